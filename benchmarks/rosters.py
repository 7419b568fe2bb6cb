"""The figures of docs/optimiser.md: every kind of roster, beside first come, first served and the proven bound.

`python -m benchmarks.rosters` prints the tables of all parts; `--seeds 3 --only dense,repair` is a quick look. Every
roster is made by the command in a process of its own and checked; seconds are of the clock (other work on the machine
counts), CPU seconds and MB are those of all its processes together, MB at the peak. What two parts ask for is solved
once. The parts come in the order of their weight and each row is printed when it is known.
"""

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from scheduling.optimiser import checker
from scheduling.optimiser.baselines import make_baseline
from scheduling.optimiser.instances import make_instance
from scheduling.optimiser.problem import (
    ConversationsProblem,
    ConversationsRoster,
    EveningProblem,
    EveningRoster,
    Problem,
    Roster,
    SwapsProblem,
    SwapsRoster,
    read_roster,
)

FEW = 5  # seeds at most for what takes up to a minute a roster
ORDERS = 200  # other orders in which the families of a school could have answered
LOOK = 0.1  # seconds between two looks at the memory


@dataclass(frozen=True)
class Run:
    """One roster made by the command, and what it took."""

    roster: Roster
    seconds: float
    cpu: float
    megabytes: float


def solve(problem: Problem, folder: Path, *options: str) -> Run:
    """Let the command make a roster and the checker check it."""
    source, target = folder / "problem.json", folder / "roster.json"
    source.write_text(json.dumps(problem.as_json()), encoding="utf-8")
    command = [sys.executable, "-m", "scheduling.optimiser", "solve", str(source), "-o", str(target), *options]
    began = time.monotonic()
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    held, ended = [0.0], threading.Event()
    watch = threading.Thread(target=_watch, args=(process.pid, held, ended))
    watch.start()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = time.monotonic() - began
    ended.set()
    watch.join()
    assert process.returncode == 0, "the command refused"
    roster = read_roster(json.loads(target.read_text(encoding="utf-8")), problem)
    assert checker.check(problem, roster) == []
    return Run(roster, seconds, used.ru_utime + used.ru_stime, max(held))


def _watch(pid: int, held: list[float], ended: threading.Event) -> None:
    while not ended.wait(LOOK):
        held.append(_megabytes(pid))


def _megabytes(pid: int) -> float:
    """What a process and those it started hold now; what they share is divided over them (Linux)."""
    try:
        fields = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8").split()
        started = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
        own = int(fields[fields.index("Pss:") + 1]) / 1024
    except (OSError, ValueError):  # it has ended meanwhile
        return 0.0
    return own + sum(_megabytes(int(child)) for child in started)


MADE: dict[EveningProblem, Run] = {}


def waits(problem: EveningProblem, roster: EveningRoster) -> list[int]:
    """Minutes that each family with two or more talks waits."""
    requests = {request.id: request for request in problem.requests}
    talks: dict[tuple[str, str], list[range]] = defaultdict(list)
    for place in roster.placed:
        request = requests[place.request]
        talks[request.family, place.evening].append(range(place.slot, place.slot + request.slots))
    found: dict[str, int] = defaultdict(int)
    for (family, _), spans in talks.items():
        if len(spans) > 1:
            between = max(span.stop for span in spans) - min(span.start for span in spans)
            found[family] += between - sum(map(len, spans)) - problem.gap_slots * (len(spans) - 1)
    return [slots * problem.slot_minutes for slots in found.values()]


def served(problem: EveningProblem, roster: EveningRoster, families: Iterable[int]) -> float:
    """The share of these families' requests that are placed, in per cent."""
    placed = {place.request for place in roster.placed}
    names = {problem.families[index].id for index in families}
    asked = [request.id in placed for request in problem.requests if request.family in names]
    return 100 * sum(asked) / len(asked)


def evening_of(kind: str, seed: int, pupils: int = 1196) -> EveningProblem:
    """An instance that is known to be an evening."""
    problem = make_instance(kind, seed, pupils)
    assert isinstance(problem, EveningProblem)
    return problem


def solve_evening(problem: EveningProblem, folder: Path) -> tuple[Run, EveningRoster]:
    """A run of which the roster is known to be one of evenings; the same problem is solved once."""
    run = MADE.get(problem) or solve(problem, folder)
    MADE[problem] = run
    assert isinstance(run.roster, EveningRoster)
    return run, run.roster


def table(title: str, head: list[str], rows: Iterable[list[object]]) -> None:
    """Print a table, row by row as the figures come."""
    print(f"\n### {title}\n\n| {' | '.join(head)} |\n|{'---|' * len(head)}", flush=True)
    for row in rows:
        print(f"| {' | '.join(map(str, row))} |", flush=True)


def say(*facts: object) -> None:
    """One line on standard error per roster: a long run should be seen to go on."""
    print(*facts, file=sys.stderr, flush=True)


def middle(values: list[float], digits: int = 1, worst: Callable[[list[float]], float] = max) -> str:
    """Median and worst seed."""
    return f"{statistics.median(values):.{digits}f} / {worst(values):.{digits}f}"


EVENING_HEAD = ["type", "seeds", "weight = bound", "least weight of bound", "proven on levels 1-3"]
EVENING_HEAD += ["mean wait", "longest wait", "over 30 min", "under half", "idle slots", "seconds", "CPU s", "MB"]
SCHOOL_HEAD = ["seed", "weight", "bound", "waiting slots", "bound", "under half", "least possible", "idle slots"]
SCHOOL_HEAD += ["proven", "seconds", "CPU s"]


def evening_row(name: str, problems: list[EveningProblem], folder: Path) -> list[object]:
    """One line: this kind of problem over all its seeds, median / worst seed."""
    columns: dict[str, list[float]] = defaultdict(list)
    for problem in problems:
        run, roster = solve_evening(problem, folder)
        score, bound, minutes = roster.score, roster.bound, waits(problem, roster)
        assert score is not None
        assert bound is not None
        for key, value in (
            ("bound", score.weight == bound.weight),
            ("share", 100 * score.weight / bound.weight),
            ("proven", roster.status == "optimal"),
            ("mean", statistics.mean(minutes)),
            ("longest", max(minutes)),
            ("over", score.families_over_30),
            ("under", score.families_under_half),
            ("idle", score.idle_slots),
            ("seconds", run.seconds),
            ("cpu", run.cpu),
            ("mb", run.megabytes),
        ):
            columns[key].append(float(value))
        say(name, score, bound, roster.status, f"{run.seconds:.1f} s", f"{run.cpu:.1f} CPU s")
    count = len(problems)
    return [
        name,
        count,
        f"{sum(columns['bound']):.0f} of {count}",
        f"{min(columns['share']):.2f} %",
        f"{sum(columns['proven']):.0f} of {count}",
        middle(columns["mean"], 2),
        middle(columns["longest"], 0),
        middle(columns["over"], 0),
        middle(columns["under"], 0),
        middle(columns["idle"], 0),
        middle(columns["seconds"]),
        middle(columns["cpu"]),
        middle(columns["mb"], 0),
    ]


def school_row(kind: str, seed: int, folder: Path) -> list[object]:
    """One line: one school, beside what is proven of it."""
    from scheduling.optimiser.progress import Clock, silent
    from scheduling.optimiser.split import best_split
    from scheduling.optimiser.times import Times

    problem = evening_of(kind, seed)
    run, roster = solve_evening(problem, folder)
    score, bound = roster.score, roster.bound
    assert score is not None
    assert bound is not None
    _, model = best_split(Times(problem), 1, Clock(None), silent)
    least = model.least_under_half(Clock(None), silent)
    figures: list[object] = [seed, score.weight, bound.weight, score.waiting_slots, bound.waiting_slots]
    figures += [score.families_under_half, least, score.idle_slots, "yes" if roster.status == "optimal" else "no"]
    return [*figures, f"{run.seconds:.1f}", f"{run.cpu:.1f}"]


def evenings(kind: str, seeds: range, folder: Path) -> None:
    """One type of evening, school by school and together, and both baselines."""
    table(f"Contact evenings: {kind}", SCHOOL_HEAD, (school_row(kind, seed, folder) for seed in seeds))
    table(
        f"Contact evenings: {kind} (median / worst seed)",
        EVENING_HEAD,
        [evening_row(kind, [evening_of(kind, seed) for seed in seeds], folder)],
    )
    table(
        f"The same evenings ({kind}), first come, first served (median / worst seed)",
        ["rule", "weight, % of bound", "mean wait", "over 30 min", "under half", "idle slots"],
        (baseline_row(kind, rule, seeds) for rule in ("fcfs", "fcfs-compact")),
    )


def baseline_row(kind: str, rule: str, seeds: range) -> list[object]:
    """One line of a baseline; its bound is that of the split."""
    from scheduling.optimiser.progress import Clock, silent
    from scheduling.optimiser.split import SplitModel
    from scheduling.optimiser.times import Times

    columns: dict[str, list[float]] = defaultdict(list)
    for seed in seeds:
        problem = evening_of(kind, seed)
        roster = make_baseline(problem, rule, seed)
        assert isinstance(roster, EveningRoster)
        assert roster.score is not None
        assert checker.check(problem, roster) == []
        bound = -SplitModel(Times(problem), 1).ceiling(Clock(None), silent).bound
        columns["weight"].append(100 * roster.score.weight / int(bound + 1e-6))
        columns["mean"].append(statistics.mean(waits(problem, roster)))
        columns["over"].append(roster.score.families_over_30)
        columns["under"].append(roster.score.families_under_half)
        columns["idle"].append(roster.score.idle_slots)
    digits = {"weight": 1, "mean": 1, "over": 0, "under": 0, "idle": 0}
    return [rule, *(middle(columns[k], d, min if k == "weight" else max) for k, d in digits.items())]


def features(seeds: range, folder: Path) -> None:
    """What schools ask besides."""

    def doubled(problem: EveningProblem) -> EveningProblem:
        requests = tuple(replace(r, slots=2 if n % 10 == 0 else 1) for n, r in enumerate(problem.requests))
        return replace(problem, requests=requests)

    def pinned(problem: EveningProblem) -> EveningProblem:
        places = make_baseline(problem, "fcfs-compact", 1)
        assert isinstance(places, EveningRoster)
        return replace(problem, pinned=tuple(random.Random(1).sample(places.placed, len(places.placed) // 20)))

    changes: dict[str, Callable[[EveningProblem], EveningProblem]] = {
        "dense, several evenings": lambda problem: replace(problem, one_evening_per_family=False),
        "typical, 1 in 10 double": doubled,
        "dense, 1 in 10 double": doubled,
        "dense, 5 % pinned at first-come times": pinned,
    }
    rows = (
        evening_row(name, [change(evening_of(name.split(",")[0], seed)) for seed in seeds[:FEW]], folder)
        for name, change in changes.items()
    )
    table("What schools ask besides (median / worst seed)", EVENING_HEAD, rows)


def gap(seeds: range, folder: Path) -> None:
    """One slot to walk between two talks of a family."""
    rows = (
        evening_row(f"{kind}, gap of 1 slot", [replace(evening_of(kind, s), gap_slots=1) for s in seeds[:FEW]], folder)
        for kind in ("typical", "dense")
    )
    table("A slot to walk (median / worst seed)", EVENING_HEAD, rows)


def sizes(seeds: range, folder: Path) -> None:
    """Seconds and memory against the size of the school."""
    rows = (
        evening_row(f"dense, {pupils} pupils", [evening_of("dense", seed, pupils) for seed in seeds[:3]], folder)
        for pupils in (600, 1196, 2000, 3000)
    )
    table("Size (median / worst seed)", EVENING_HEAD, rows)


def fairness(seeds: range, folder: Path) -> None:
    """Requests served of the first and of the last fifth of the families to answer, dense.

    The engine is not told the order. What any roster would show by chance alone is the range of `ORDERS` other orders
    of the same families with the same roster: 95 in 100 of those lie between the two figures of the last row.
    """

    def rows() -> Iterable[list[object]]:
        gaps: dict[str, list[float]] = defaultdict(list)
        chance: list[float] = []
        for seed in seeds:
            problem = evening_of("dense", seed)
            fifth = len(problem.families) // 5
            _, best = solve_evening(problem, folder)
            order = list(range(len(problem.families)))
            random.Random(seed).shuffle(order)
            rosters = {"optimiser": best}
            for rule in ("fcfs", "fcfs-compact"):
                roster = make_baseline(problem, rule, seed)
                assert isinstance(roster, EveningRoster)
                rosters[rule] = roster
            for name, roster in rosters.items():
                gaps[name].append(served(problem, roster, order[:fifth]) - served(problem, roster, order[-fifth:]))
            other = random.Random(-seed)
            for _ in range(ORDERS):
                other.shuffle(order)
                chance.append(served(problem, best, order[:fifth]) - served(problem, best, order[-fifth:]))
        for name, found in gaps.items():
            yield [name, f"{statistics.mean(found):+.1f}", f"{min(found):+.1f} … {max(found):+.1f}"]
        chance.sort()
        low, high = chance[len(chance) // 40], chance[-1 - len(chance) // 40]
        yield ["other orders, 95 of 100", f"{statistics.mean(chance):+.1f}", f"{low:+.1f} … {high:+.1f}"]

    table("Fairness, dense: served share of the first fifth minus the last fifth", ["", "mean", "seeds"], rows())


def start(seeds: range, folder: Path) -> None:
    """Start rounds, and their repair."""

    def rows() -> Iterable[list[object]]:
        columns = _start_columns(seeds, folder)
        yield ["proven optimal", f"{sum(columns['proven']):.0f} of {len(seeds)}"]
        for key, name, digits in (
            ("objective", "objective", 0),
            ("compact", "objective of fcfs-compact", 0),
            ("apart", "sibling pairs not adjacent", 0),
            ("seconds", "seconds", 1),
            ("cpu", "CPU seconds", 1),
            ("mb", "MB", 0),
            ("ratio", "repair: moved / proven minimum", 2),
            ("moved", "repair: talks moved", 0),
            ("repair seconds", "repair: seconds", 1),
            ("repair cpu", "repair: CPU seconds", 1),
            ("repair mb", "repair: MB", 0),
        ):
            yield [name, middle(columns[key], digits)]

    table("Start round of 1,196 pupils and its repair (median / worst seed)", ["", ""], rows())


def start_sizes(seeds: range, folder: Path) -> None:
    """Seconds and memory of a start round and its repair against the size of the school."""

    def rows() -> Iterable[list[object]]:
        for pupils in (300, 600, 1196, 2000, 3000):
            columns = _start_columns(seeds[:FEW], folder, pupils)
            proven = sum(columns["proven"]), sum(ratio == 1 for ratio in columns["ratio"])
            yield [
                pupils,
                *(f"{count:.0f} of {len(seeds[:FEW])}" for count in proven),
                *(middle(columns[key]) for key in ("seconds", "cpu")),
                middle(columns["mb"], 0),
                *(middle(columns[key]) for key in ("repair seconds", "repair cpu")),
                middle(columns["repair mb"], 0),
            ]

    head = ["pupils", "proven", "repair proven", "seconds", "CPU s", "MB", "repair: seconds", "CPU s", "MB"]
    table("Start rounds by size (median / worst seed)", head, rows())


def _start_columns(seeds: range, folder: Path, pupils: int = 1196) -> dict[str, list[float]]:
    columns: dict[str, list[float]] = defaultdict(list)
    for seed in seeds:
        problem = make_instance("start", seed, pupils)
        assert isinstance(problem, ConversationsProblem)
        run = solve(problem, folder)
        assert isinstance(run.roster, ConversationsRoster)
        score, compact = run.roster.score, make_baseline(problem, "fcfs-compact", seed)
        assert score is not None
        assert isinstance(compact, ConversationsRoster)
        assert compact.score is not None
        columns["proven"].append(run.roster.status == "optimal")
        columns["objective"].append(score.objective)
        columns["compact"].append(compact.score.objective)
        columns["apart"].append(score.sibling_pairs - score.sibling_pairs_adjacent)
        columns["seconds"].append(run.seconds)
        columns["cpu"].append(run.cpu)
        columns["mb"].append(run.megabytes)
        _repair_start(problem, run.roster, seed, folder, columns)
        say("start", pupils, seed, {name: round(values[-1], 2) for name, values in columns.items()})
    return columns


def _repair_start(
    problem: ConversationsProblem, roster: ConversationsRoster, seed: int, folder: Path, columns: dict[str, list[float]]
) -> None:
    """25 families lose a day, 2 leaders are ill on one."""
    rng = random.Random(seed)
    losers = set(rng.sample([talk.id for talk in problem.talks], 25))
    ill = {leader.id: rng.choice(leader.slots)[:10] for leader in rng.sample(problem.leaders, 2)}
    talks = []
    for talk in problem.talks:
        gone = roster.placed.get(talk.id, "")[:10] if talk.id in losers else "-"
        talks.append(replace(talk, cost={s: c for s, c in talk.cost.items() if not s.startswith(gone)}))
    leaders = [
        replace(m, slots=tuple(s for s in m.slots if not s.startswith(ill.get(m.id, "-")))) for m in problem.leaders
    ]
    changed = replace(problem, talks=tuple(talks), leaders=tuple(leaders), previous=roster.placed)
    run = solve(changed, folder)
    assert isinstance(run.roster, ConversationsRoster)
    moved = sum(roster.placed.get(name, start) != start for name, start in run.roster.placed.items())
    columns["moved"].append(moved)
    columns["ratio"].append(1.0 if run.roster.status == "optimal" else float("nan"))
    columns["repair seconds"].append(run.seconds)
    columns["repair cpu"].append(run.cpu)
    columns["repair mb"].append(run.megabytes)


def repair(seeds: range, folder: Path) -> None:
    """Evenings: 2 teachers 40 minutes late, 12 families an hour later, 15 families cancel."""

    def rows() -> Iterable[list[object]]:
        for kind in ("typical", "dense"):
            columns: dict[str, list[float]] = defaultdict(list)
            for seed in seeds:
                problem = evening_of(kind, seed)
                _, first = solve_evening(problem, folder)
                changed, forced = _disturbed(problem, first, seed)
                for key, value in _repair_figures(changed, first, forced, solve_evening(changed, folder)).items():
                    columns[key].append(value)
                say("repair", kind, seed, {key: round(values[-1], 2) for key, values in columns.items()})
            figures = (middle(found, 0 if key in WHOLE else 2) for key, found in columns.items())
            late = sorted(columns["seconds"])[int(0.95 * (len(columns["seconds"]) - 1))]
            yield [kind, len(seeds), *figures, f"{late:.1f}"]

    head = ["type", "seeds", *WHOLE, "moved / forced", "seconds", "CPU s", "seconds, p95"]
    table("Repair of an evening (median / worst seed)", head, rows())


WHOLE = ("forced", "moved", "lost talks", "lost weight", "new talks", "weight below bound", "waiting slots")


def _repair_figures(
    changed: EveningProblem, first: EveningRoster, forced: int, made: tuple[Run, EveningRoster]
) -> dict[str, float]:
    run, roster = made
    assert roster.score is not None
    assert roster.bound is not None
    weights = {request.id: request.weight for request in changed.requests}
    stood = {place.request: place for place in first.placed if place.request in weights}
    now = {place.request: place for place in roster.placed}
    moved, lost = sum(stood.get(name, place) != place for name, place in now.items()), stood.keys() - now.keys()
    whole: tuple[int, ...] = (
        forced,
        moved,
        len(lost),
        sum(weights[name] for name in lost),
        len(now.keys() - stood.keys()),
    )
    whole += (roster.bound.weight - roster.score.weight, roster.score.waiting_slots)
    return dict(zip(WHOLE, whole, strict=True)) | {
        "ratio": moved / max(1, forced),
        "seconds": run.seconds,
        "cpu": run.cpu,
    }


def _disturbed(problem: EveningProblem, roster: EveningRoster, seed: int) -> tuple[EveningProblem, int]:
    """The problem after a day of telephone calls, and how many talks cannot stay where they are."""
    rng = random.Random(seed)
    late = {teacher.id: 4 for teacher in rng.sample(problem.teachers, 2)}
    chosen = rng.sample([family.id for family in problem.families], 27)
    late |= dict.fromkeys(chosen[:12], 6)
    teachers = tuple(replace(t, available=_after(t.available, late.get(t.id, 0))) for t in problem.teachers)
    families = tuple(replace(f, available=_after(f.available, late.get(f.id, 0))) for f in problem.families)
    requests = tuple(request for request in problem.requests if request.family not in chosen[12:])
    known = {request.id: request for request in requests}
    forced = sum(
        place.request in known
        and place.slot < max(late.get(known[place.request].teacher, 0), late.get(known[place.request].family, 0))
        for place in roster.placed
    )
    return replace(problem, teachers=teachers, families=families, requests=requests, previous=roster.placed), forced


def _after(available: tuple[tuple[str, int], ...], slot: int) -> tuple[tuple[str, int], ...]:
    return tuple(spot for spot in available if spot[1] >= slot)


def swaps(seeds: range, folder: Path) -> None:
    """A class of 26 with 6 free slots; the solver is timed in this process, without starting Python."""
    from scheduling.optimiser.swaps import solve_swaps

    def rows() -> Iterable[list[object]]:
        problems = [make_instance("swaps", seed) for seed in range(1, 5 * len(seeds) + 1)]
        most = 0
        for parties in (None, 3, 2, 1):
            total, seconds = 0, []
            for problem in problems:
                assert isinstance(problem, SwapsProblem)
                began = time.process_time()
                answer = solve_swaps(replace(problem, max_parties=parties))
                seconds.append(1000 * (time.process_time() - began))
                assert isinstance(answer, SwapsRoster)
                total += answer.served
            most = most or total
            yield [parties or "no limit", len(problems), total, f"{100 * total / most:.1f} %", middle(seconds)]

    table(
        "Swaps",
        ["parties", "classes", "talks served", "of the maximum", "milliseconds of processor (median / worst)"],
        rows(),
    )


PARTS: dict[str, Callable[[range, Path], None]] = {
    "dense": partial(evenings, "dense"),
    "typical": partial(evenings, "typical"),
    "one-evening": partial(evenings, "one-evening"),
    "repair": repair,
    "start": start,
    "swaps": swaps,
    "fairness": fairness,
    "sizes": sizes,
    "start-sizes": start_sizes,
    "features": features,
    "gap": gap,
}


def main() -> None:
    """Print the parts that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="seeds a type")
    parser.add_argument("--only", default=",".join(PARTS), help="parts, separated by commas")
    options = parser.parse_args()
    facts: list[Any] = [platform.python_version(), os.cpu_count(), options.seeds]
    print("Python {}, {} processors, seeds 1 to {}".format(*facts))
    with tempfile.TemporaryDirectory() as folder:
        for part in options.only.split(","):
            PARTS[part](range(1, options.seeds + 1), Path(folder))


if __name__ == "__main__":
    main()
