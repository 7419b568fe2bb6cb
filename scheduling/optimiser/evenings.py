"""Contact evenings: split, seat, anneal, and say what is proven.

1. `split` decides with HiGHS which requests are granted on which evening and proves the highest weight.
2. Every evening becomes a `sheet`; `seat` gives all granted requests a slot by Kőnig's chains (milliseconds).
3. `annealing` takes the waiting out, then the families left behind, then the teachers' idle slots; the evenings are
   independent and use a process each.
4. What still waits is annealed again from another seed; the best sheet stays. The work is counted in proposals.
"""

import random
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import nullcontext
from dataclasses import dataclass, replace
from multiprocessing import get_context

from scheduling.optimiser import checker
from scheduling.optimiser.annealing import Schedule, anneal, gather
from scheduling.optimiser.kempe import drop_too_close, insert, squeeze
from scheduling.optimiser.problem import EveningBound, EveningProblem, EveningRoster, EveningScore, Place
from scheduling.optimiser.progress import Clock, Report, silent
from scheduling.optimiser.reasons import reasons
from scheduling.optimiser.repair import repair
from scheduling.optimiser.sheet import Sheet
from scheduling.optimiser.split import Split, SplitModel, best_split
from scheduling.optimiser.times import Times

MAIN = Schedule(500, warm=0.8, focus=0.8)  # proposals a talk
AGAIN = Schedule(600, warm=0.8, focus=0.5)
IDLE = Schedule(900, warm=1.0, cold=0.12, idle=1.5, stay=0.0, focus=0.25)
MILDER = [replace(IDLE, proposals=270, warm=warm, pressed=0.3, goes_on=True) for warm in (0.45, 0.55, 0.65)]
COOL = replace(IDLE, proposals=270, warm=0.15, pressed=0.3)  # hardly leaves the roster that it begins from
REPAIR = Schedule(60, warm=0.3, cold=0.05, idle=0.1, moved=30.0, exchange=0.0)
ROUNDS = 8  # times a sheet that still waits is annealed again when no limit is given
MOST_AGAIN, MOST_IDLE = 5_000_000, 6_000_000  # proposals an evening, which only the largest schools reach
LEAST = 8_192  # proposals, for the smallest evening


def solve_evening(
    problem: EveningProblem,
    *,
    seed: int = 0,
    seconds: float | None = None,
    work: int | None = None,
    workers: int = 2,
    report: Report = silent,
) -> EveningRoster:
    """The best roster found within the limits, with proven bounds on weight and waiting."""
    clock = Clock(seconds)
    times = Times(problem)
    if times.previous:
        return _repaired(times, seed, clock, report)
    split = best_split(times, seed, clock, report)[0]  # and forget its model, which is large
    sheets = [seat(times, split, evening) for evening in range(len(times.slots))]
    search = _Search(times, split, sheets, seed, work, clock, report)
    parallel = workers > 1 and len(sheets) > 1
    pool = ProcessPoolExecutor(min(workers, len(sheets)), get_context("spawn")) if parallel else nullcontext()
    with pool as executor:
        search.run(executor)
    placed = _places(times, search.sheets)
    score = checker.evening_score(problem, placed)
    waiting = split.waiting if score.weight >= split.weight else 0
    return _roster(times, seed, placed, score, EveningBound(split.bound, 0, waiting))


def _repaired(times: Times, seed: int, clock: Clock, report: Report) -> EveningRoster:
    """The previous roster with the least change; every evening may still gain in what moves nobody more."""
    found = repair(times, seed, clock, report)
    highest = int(1e-6 - SplitModel(times, seed).ceiling(clock, report).bound)
    evening = {times.family[times.problem.requests[r].family]: e for r, (e, _) in found.items()}
    split = Split({r: e for r, (e, _) in found.items()}, evening, 0, highest)
    sheets = [
        _stand(times, split, e, {r: slot for r, (at, slot) in found.items() if at == e})
        for e in range(len(times.slots))
    ]
    for sheet in sheets:
        anneal(sheet, replace(REPAIR, proposals=_proposals(REPAIR, sheet)), seed, clock.is_over)
        for talk, slot in enumerate(sheet.pos):
            if slot < 0:
                insert(sheet, talk, keep_gaps=True, chains=False)
    placed = _places(times, sheets)
    score = checker.evening_score(times.problem, placed)
    return _roster(times, seed, placed, score, EveningBound(highest, 0, 0))


def _roster(
    times: Times, seed: int, placed: tuple[Place, ...], score: EveningScore, bound: EveningBound
) -> EveningRoster:
    levels = (score.weight, score.families_over_30, score.waiting_slots)
    proven = levels == (bound.weight, bound.families_over_30, bound.waiting_slots)
    return EveningRoster("optimal" if proven else "feasible", seed, placed, reasons(times, placed), score, bound)


def seat(times: Times, split: Split, evening: int) -> Sheet:
    """The sheet of one evening with every granted request that the chains can place."""
    sheet = _sheet(times, split, evening)
    wanted = [talk for talk, name in enumerate(sheet.names) if not name or times.request[name] in split.granted]
    for talk in _by_urgency(sheet, wanted):
        insert(sheet, talk)
    return sheet


def _stand(times: Times, split: Split, evening: int, slots: Mapping[int, int]) -> Sheet:
    """The sheet of one evening with every request on its slot."""
    sheet = _sheet(times, split, evening)
    for talk, name in enumerate(sheet.names):
        if name and times.request[name] in slots:
            sheet.put(talk, slots[times.request[name]])
    for talk in range(len(sheet.names)):
        if sheet.is_break(talk):
            insert(sheet, talk, chains=False)
    return sheet


def _sheet(times: Times, split: Split, evening: int) -> Sheet:
    """The sheet of one evening with nothing placed yet: breaks, granted requests and those that may still join."""
    problem = times.problem
    sheet = Sheet(times.slots[evening], problem.gap_slots, 30 // problem.slot_minutes)
    for there in times.teacher_there:
        sheet.add_teacher(there[evening])
    _add_breaks(sheet, times, evening)
    granted = {r for r, e in split.granted.items() if e == evening}
    for f, requests in enumerate(times.requests_of):
        here = [r for r in requests if r in granted or _may_join(times, split, f, r, evening)]
        if here:
            elsewhere = sum(split.granted.get(r, evening) != evening for r in requests)
            family = sheet.add_family(len(requests), elsewhere)
            for r in here:
                _add_request(sheet, times, family, r, evening)
    return sheet


def _may_join(times: Times, split: Split, family: int, request: int, evening: int) -> bool:
    """Whether a request that was left out may still be tried on this evening; each on one evening only."""
    if request in split.granted or not times.starts[request][evening]:
        return False
    if times.problem.one_evening_per_family:
        return split.evening.get(family, times.likely_evening(family)) == evening
    return all(not times.starts[request][e] for e in range(evening))


def _add_breaks(sheet: Sheet, times: Times, evening: int) -> None:
    for teacher, pauses in enumerate(times.pause):
        if pauses[evening]:
            nobody = sheet.add_family(0)
            sheet.add_talk("", nobody, teacher, pauses[evening], 1, 0, home=-1, fixed=True)


def _add_request(sheet: Sheet, times: Times, family: int, index: int, evening: int) -> None:
    request = times.problem.requests[index]
    sheet.add_talk(
        request.id,
        family,
        times.teacher[request.teacher],
        times.starts[index][evening],
        times.length[index][evening],
        request.weight,
        home=times.home(index, evening),
        fixed=request.id in times.pinned,
    )


def _by_urgency(sheet: Sheet, wanted: list[int]) -> list[int]:
    """Pins and breaks, then the longest, then the least free."""
    load = [0] * sheet.teachers
    for talk in wanted:
        load[sheet.teacher[talk]] += sheet.length[talk]

    def urgency(talk: int) -> tuple[int, ...]:
        free = sheet.allowed[talk].bit_count()
        return (not sheet.fixed[talk], -sheet.length[talk], free, -load[sheet.teacher[talk]], talk)

    return sorted(wanted, key=urgency)


def _places(times: Times, sheets: list[Sheet]) -> tuple[Place, ...]:
    """The places of all requests in the problem's order."""
    found = {
        times.request[name]: (evening, sheet.pos[talk])
        for evening, sheet in enumerate(sheets)
        for talk, name in enumerate(sheet.names)
        if name and sheet.pos[talk] >= 0
    }
    return tuple(times.place(r, *found[r]) for r in sorted(found))


@dataclass(frozen=True, slots=True)
class _Job:
    """One run of the annealing, for a process of its own."""

    sheet: Sheet
    schedule: Schedule
    seed: int
    seconds: float | None
    most: int  # proposals
    target: int  # the weight that was granted on this evening
    finish: bool  # whether this is the last run, after which no two talks may stand too close


def _run(job: _Job) -> tuple[list[int], int]:
    clock = Clock(job.seconds)
    if job.finish:
        further = [replace(plan, enough=job.schedule.enough) for plan in _idle_plans(job.sheet)[1:]]
        done = gather(job.sheet, [job.schedule, *further], job.most, job.seed, clock.is_over)
        drop_too_close(job.sheet)
    else:
        done = anneal(job.sheet, job.schedule, job.seed, clock.is_over)
    for talk, slot in enumerate(job.sheet.pos):
        if slot < 0:
            insert(job.sheet, talk, keep_gaps=True, chains=not clock.is_over())
    if job.finish and not clock.is_over():
        squeeze(job.sheet, job.target)
    return job.sheet.pos, done


class _Search:
    """The evenings' sheets, each the best so far, and the proposals they may still make."""

    def __init__(
        self, times: Times, split: Split, sheets: list[Sheet], seed: int, work: int | None, clock: Clock, report: Report
    ) -> None:
        self.times, self.split, self.sheets = times, split, sheets
        self.clock, self.report = clock, report
        self.seeds = random.Random(seed)
        self.targets = [
            sum(times.problem.requests[r].weight for r, at in split.granted.items() if at == e)
            for e in range(len(sheets))
        ]
        self.enough = [split.waits[e] if split.waits else 0 for e in range(len(sheets))]
        most_idle = [min(MOST_IDLE, sum(plan.proposals for plan in _idle_plans(sheet))) for sheet in sheets]
        self.idle_work = most_idle if work is None else [max(1, work // 4) for _ in sheets]
        most = [_proposals(MAIN, sheet) + min(MOST_AGAIN, ROUNDS * _proposals(AGAIN, sheet)) for sheet in sheets]
        self.left = most if work is None else [work - work // 4 for _ in sheets]

    def run(self, executor: Executor | None) -> None:
        """Anneal until nobody waits longer than is proven or the work is done, then look at the idle slots."""
        self._round(executor, "annealing", MAIN, self.left, lambda e: True)
        while self._may_wait_less() and self._round(executor, "again", AGAIN, self.left, self._waits):
            pass
        self._round(executor, "idle", IDLE, self.idle_work, lambda e: True)

    def _round(
        self,
        executor: Executor | None,
        phase: str,
        schedule: Schedule,
        left: list[int],
        wanted: Callable[[int], bool],
    ) -> bool:
        """Anneal the wanted sheets once; False when there was none."""
        chosen = [e for e in range(len(self.sheets)) if left[e] > 0 and wanted(e)]
        jobs = []
        for e in chosen:
            proposals = min(_proposals(schedule, self.sheets[e]), left[e])
            plan = replace(schedule, proposals=proposals, enough=self.enough[e])
            jobs.append(
                _Job(
                    self.sheets[e],
                    plan,
                    self.seeds.randrange(2**31),
                    self.clock.left(),
                    left[e],
                    self.targets[e],
                    finish=left is self.idle_work,
                )
            )
        for e, (positions, done) in zip(chosen, (executor.map if executor else map)(_run, jobs), strict=True):
            self._keep_better(e, positions)
            left[e] -= max(1, done)
        self.report(phase, self._figures(), {"weight": self.split.bound, "waiting_slots": self.split.waiting})
        return bool(chosen)

    def _keep_better(self, evening: int, positions: list[int]) -> None:
        sheet = self.sheets[evening]
        before, kept = sheet.rank(), list(sheet.pos)
        sheet.load(positions)
        if sheet.rank() > before:
            sheet.load(kept)

    def _may_wait_less(self) -> bool:
        """Whether there is time left and the bound leaves something to gain."""
        figures = self._figures()
        much = figures["too_close"] or figures["over"] or figures["waiting_slots"] > self.split.waiting
        return bool(much) and not self.clock.is_over()

    def _waits(self, evening: int) -> bool:
        """Whether somebody waits longer on this evening than must be."""
        close, _, _, over, waiting, _, _ = self.sheets[evening].rank()
        return bool(close or over or waiting > self.enough[evening])

    def _figures(self) -> dict[str, int]:
        ranks = [sheet.rank() for sheet in self.sheets]
        names = ("too_close", "weight", "moved", "over", "waiting_slots", "families_under_half", "idle_slots")
        totals = {name: sum(rank[index] for rank in ranks) for index, name in enumerate(names)}
        return {**totals, "weight": -totals["weight"]}


def _proposals(schedule: Schedule, sheet: Sheet) -> int:
    return max(LEAST, schedule.proposals * len(sheet.pos))


def _idle_plans(sheet: Sheet) -> list[Schedule]:
    """What is tried one after the other for the idle slots; warm runs seldom end well where talks are long or apart."""
    warm = [IDLE] if sheet.gap or max(sheet.length, default=1) > 1 else [IDLE, *MILDER] * 4
    return [replace(plan, proposals=_proposals(plan, sheet)) for plan in (*warm, COOL)]
