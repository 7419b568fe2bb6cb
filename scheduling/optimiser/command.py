"""The optimiser as a command of its own: solve, check, explain, baseline, instance, picture.

Progress goes to standard error as JSON lines (`phase`, `best`, `bound`, `seconds`); refusals are one clear sentence per
fault there, with exit code 1. With `--json` standard output holds one document.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from scheduling.optimiser import checker
from scheduling.optimiser.instances import TYPES, make_instance
from scheduling.optimiser.picture import draw
from scheduling.optimiser.problem import (
    BadProblem,
    ConversationsProblem,
    EveningProblem,
    EveningRoster,
    Problem,
    Roster,
    read_problem,
    read_roster,
)
from scheduling.optimiser.progress import Clock, json_lines


class Refused(Exception):
    """The command cannot be done; the sentences say why."""

    def __init__(self, *sentences: str) -> None:
        self.sentences = sentences
        super().__init__(*sentences)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and answer with its exit code."""
    options = _parser().parse_args(arguments)
    try:
        answer, code = options.run(options)
    except (Refused, BadProblem) as refusal:
        sentences = refusal.sentences if isinstance(refusal, Refused) else refusal.faults
        for sentence in sentences:
            _say(sentence)
        answer, code = {"error": "; ".join(sentences)} if options.json else None, 1
    except OSError as problem:
        _say(str(problem))
        answer, code = {"error": str(problem)} if options.json else None, 1
    if answer is not None:
        _write(None, answer)
    return int(code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m scheduling.optimiser", description="Rosters of conversations.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    solve = _command(commands, "solve", _solve, "make the best roster of a problem", "problem")
    solve.add_argument("--seconds", type=_positive, help="stop after so many seconds (not reproducible)")
    solve.add_argument("--work", type=int, help="stop after so much work (reproducible on any machine)")
    solve.add_argument("--workers", type=int, default=2, help="processes at most; the roster is the same")
    _command(commands, "check", _check, "check a roster against its problem", "problem", "roster", output=False)
    baseline = _command(commands, "baseline", _baseline, "the roster of first come, first served", "problem")
    baseline.add_argument("--rule", choices=("fcfs", "fcfs-compact"), required=True)
    instance = _command(commands, "instance", _instance, "make up a problem to measure on")
    instance.add_argument("--type", choices=TYPES, required=True)
    instance.add_argument("--pupils", type=int, default=1196, help="the size of the school")
    explain = _command(commands, "explain", _explain, "say what every time would mean for a request of an evening")
    for name in ("problem", "roster"):
        explain.add_argument(name, type=Path)
    explain.add_argument("request", help="the request's id")
    _command(commands, "picture", _picture, "draw a roster as SVG", "problem", "roster")
    for seeded in (solve, baseline, instance):
        seeded.add_argument("--seed", type=int, default=1)
    return parser


def _command(
    commands: Any, name: str, run: Any, text: str, *files: str, output: bool = True
) -> argparse.ArgumentParser:
    command: argparse.ArgumentParser = commands.add_parser(name, help=text, description=text)
    for file in files:
        command.add_argument(file, type=Path)
    if output:
        command.add_argument("-o", "--output", type=Path, help="the file to write; standard output without it")
    command.add_argument("--json", action="store_true", help="answer with one JSON document on standard output")
    command.set_defaults(run=run)
    return command


def _positive(text: str) -> float:
    value = float(text)
    if value <= 0:
        raise argparse.ArgumentTypeError("must be above 0")
    return value


def _solve(options: argparse.Namespace) -> tuple[Any, int]:
    problem = _read_problem(options.problem)
    clock = Clock(options.seconds)
    roster = solve(problem, options, clock)
    _say(f"{clock.seconds():.1f} seconds")
    return _deliver(options, roster.as_json())


def solve(problem: Problem, options: argparse.Namespace, clock: Clock) -> Roster:
    """The roster by the solver of the problem's kind; a solver is only loaded here."""
    report = json_lines(clock)
    if isinstance(problem, ConversationsProblem):
        from scheduling.optimiser.conversations import solve_conversations

        return solve_conversations(
            problem, seed=options.seed, seconds=options.seconds, nodes=options.work, report=report
        )
    if isinstance(problem, EveningProblem):
        from scheduling.optimiser.evenings import solve_evening

        return solve_evening(
            problem,
            seed=options.seed,
            seconds=options.seconds,
            work=options.work,
            workers=options.workers,
            report=report,
        )
    from scheduling.optimiser.swaps import solve_swaps

    return solve_swaps(problem, seed=options.seed)


def _check(options: argparse.Namespace) -> tuple[Any, int]:
    problem = _read_problem(options.problem)
    roster = read_roster(_read(options.roster), problem)
    broken = checker.check(problem, roster)
    for sentence in broken:
        _say(sentence)
    unknown = any("is not in the problem" in sentence for sentence in broken)
    figures = {} if unknown else checker.score(problem, roster)
    return ({"score": figures, "broken": broken} if options.json else figures), 1 if broken else 0


def _baseline(options: argparse.Namespace) -> tuple[Any, int]:
    from scheduling.optimiser.baselines import make_baseline

    return _deliver(options, make_baseline(_read_problem(options.problem), options.rule, options.seed).as_json())


def _instance(options: argparse.Namespace) -> tuple[Any, int]:
    return _deliver(options, make_instance(options.type, options.seed, options.pupils).as_json())


def _explain(options: argparse.Namespace) -> tuple[Any, int]:
    from scheduling.optimiser.explaining import explain

    problem = _read_problem(options.problem)
    roster = read_roster(_read(options.roster), problem)
    if not (isinstance(problem, EveningProblem) and isinstance(roster, EveningRoster)):
        raise Refused("only requests of an evening are explained here")
    return _deliver(options, explain(problem, roster, options.request))


def _picture(options: argparse.Namespace) -> tuple[Any, int]:
    problem = _read_problem(options.problem)
    drawing = draw(problem, read_roster(_read(options.roster), problem))
    if options.output is None:
        sys.stdout.write(drawing)
    else:
        options.output.write_text(drawing, encoding="utf-8")
    return None, 0


def _read_problem(path: Path) -> Problem:
    return read_problem(_read(path))


def _read(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise Refused(f"{path}: there is no such file") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as problem:
        raise Refused(f"{path}: this is not JSON ({problem})") from None


def _deliver(options: argparse.Namespace, document: dict[str, Any]) -> tuple[Any, int]:
    """The document in the file that was asked for, or as the answer."""
    if options.output is None:
        return document, 0
    _write(options.output, document)
    brief = {name: value for name, value in document.items() if name in ("status", "seed", "score", "bound", "kind")}
    return (brief if options.json else None), 0


def _write(path: Path | None, document: Any) -> None:
    text = json.dumps(document, ensure_ascii=False, indent=1) + "\n"
    if path is None:
        sys.stdout.write(text)
    else:
        path.write_text(text, encoding="utf-8")


def _say(sentence: str) -> None:
    sys.stderr.write(sentence + "\n")
