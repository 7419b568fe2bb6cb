"""The optimiser in a process of its own: it may take long, and the web never loads a solver."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from scheduling.domain.rosters import SolverFailed
from scheduling.optimiser.problem import (
    BadProblem,
    ConversationsProblem,
    ConversationsRoster,
    EveningProblem,
    EveningRoster,
    Problem,
    Roster,
    read_roster,
)

PACKAGE_HOME = Path(__file__).resolve().parents[2]
GRACE_SECONDS = 60
"""A process that has not ended so long after its own limit is stopped."""
FIRST_COME_SECONDS = 120
INHERITED = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TMPDIR", "TEMP")
"""All that the process gets to see of our settings: no secret is among them."""

Progress = Callable[[dict[str, Any]], None]


def solve(
    problem: ConversationsProblem, *, seconds: int, seed: int, work: int | None = None, on_progress: Progress
) -> ConversationsRoster:
    """The best roster; `on_progress` hears the phase, the best so far and the bound. Raises SolverFailed."""
    roster = _solved(problem, seconds, seed, work, on_progress)
    if not isinstance(roster, ConversationsRoster):
        raise SolverFailed("the answer is of another kind")
    return roster


def solve_evening(
    problem: EveningProblem, *, seconds: int, seed: int, work: int | None = None, on_progress: Progress
) -> EveningRoster:
    """The best plan of a contact evening; as `solve`."""
    roster = _solved(problem, seconds, seed, work, on_progress)
    if not isinstance(roster, EveningRoster):
        raise SolverFailed("the answer is of another kind")
    return roster


def first_come(problem: EveningProblem, *, seed: int, seconds: int = FIRST_COME_SECONDS) -> EveningRoster:
    """What the evening would be if families came in a random order and each took the first free times."""
    roster = _answered(problem, ["baseline", "--rule", "fcfs", "--seed", str(seed)], seconds, lambda _line: None)
    if not isinstance(roster, EveningRoster):
        raise SolverFailed("the answer is of another kind")
    return roster


def _solved(problem: Problem, seconds: int, seed: int, work: int | None, on_progress: Progress) -> Roster:
    limits = ["--seconds", str(seconds), "--seed", str(seed)]
    if work is not None:
        limits += ["--work", str(work)]
    return _answered(problem, ["solve", *limits], seconds + GRACE_SECONDS, on_progress)


def _answered(problem: Problem, words: list[str], limit: float, on_progress: Progress) -> Roster:
    with tempfile.TemporaryDirectory(prefix="driehoek-") as folder:
        asked, answered = Path(folder, "problem.json"), Path(folder, "roster.json")
        asked.write_text(json.dumps(problem.as_json()), encoding="utf-8")
        said = _run([words[0], str(asked), "-o", str(answered), *words[1:]], limit, on_progress)
        try:
            return read_roster(json.loads(answered.read_text(encoding="utf-8")), problem)
        except (OSError, ValueError, BadProblem) as reason:
            raise SolverFailed("; ".join(said)[:300] or str(reason)) from reason


def _run(arguments: list[str], limit: float, on_progress: Progress) -> list[str]:
    """Run the optimiser behind the other work of this machine; what it said that was no progress."""
    nice = [shutil.which("nice") or "", "-n", "10"] if shutil.which("nice") else []
    environment = {name: os.environ[name] for name in INHERITED if name in os.environ}
    environment |= {"PYTHONPATH": str(PACKAGE_HOME), "PYTHONUTF8": "1"}
    process = subprocess.Popen(  # noqa: S603 - our own module, the paths are arguments and never a shell's
        [*nice, sys.executable, "-m", "scheduling.optimiser", *arguments],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env=environment,
        text=True,
        encoding="utf-8",
        errors="replace",
    )
    watch = threading.Timer(limit, process.kill)
    watch.start()
    try:
        return _listen(process.stderr or [], on_progress)
    finally:
        watch.cancel()
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()


def _listen(lines: Iterable[str], on_progress: Progress) -> list[str]:
    said = []
    for line in lines:
        if line.startswith("{"):
            on_progress(json.loads(line))
        elif line.strip():
            said.append(line.strip())
    return said
