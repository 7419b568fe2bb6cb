"""Which family comes on which evening, and which requests are granted: a question of room, not of order.

With everybody there all the time, any set of requests in which nobody has more talks than slots can be put in an order
(Kőnig). So a small integer model of the room decides what is granted, and its bound on the weight is a proven one. Rows
per window of slots (Hall) take part-time teachers into account.

The relaxed model gives that bound and its prices. They leave little to choose among the splits of the highest weight:
whoever has a price is granted or is not, and a row with a price is full. In what is left the families' waiting for
teachers who are never there at the same time is brought to its least, with a proof; then the number of families who are
left with less than half of their requests.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scheduling.optimiser.milp import Milp, Prices, Solution
from scheduling.optimiser.problem import BadProblem
from scheduling.optimiser.progress import Clock, Report
from scheduling.optimiser.times import Times, covered

UNDER, CONFLICT = 20.0, 3.0
BOUND_NODES = 100  # the same for the bound on the families under half
NODES = 2000  # the reproducible limit of every search; it is seldom reached
EXACT = 1e-3  # what the prices may be off


def best_split(times: Times, seed: int, clock: Clock, report: Report) -> tuple["Split", "SplitModel"]:
    """The split of the highest weight that promises the least waiting, and its model.

    A bound of the relaxed model is nearly always reached, so that weight is tried at once; its prices tell which
    requests, evenings and rows cannot be otherwise then, and leave a small model.
    """
    model = SplitModel(times, seed)
    prices = model.ceiling(clock, report)
    highest = int(1e-6 - prices.bound)
    model.keep(highest, prices)
    split = model.second(clock, report, highest)
    if split is not None:
        return split, model
    model = SplitModel(times, seed)
    first = model.first(clock, report)
    highest = min(highest, model.highest(first))
    heaviest = model.read(first, highest)
    model = SplitModel(times, seed)
    model.keep(heaviest.weight, prices)
    return model.second(clock, report, highest) or heaviest, model


@dataclass(frozen=True, slots=True)
class Split:
    """The evening of every granted request and of every family that comes."""

    granted: dict[int, int]
    evening: dict[int, int]
    weight: int
    bound: int  # the proven bound on the weight
    waiting: int = 0  # the proven bound on the slots of waiting when the weight is no less than this
    waits: tuple[int, ...] = ()  # evening → slots of waiting in sight


class SplitModel:
    """The integer model; `first` maximises the weight, `second` keeps it and looks at everything else."""

    def __init__(self, times: Times, seed: int) -> None:
        self.times, self.seed, self.problem = times, seed, times.problem
        self.milp = Milp()
        self.grant: dict[tuple[int, int], int] = {}
        self.comes: dict[tuple[int, int], int] = {}
        self._asking: dict[tuple[int, int], list[int]] = defaultdict(list)  # teacher, evening → requests
        self._waits: dict[tuple[int, int], int] = {}  # family, evening → its waiting
        self._conflicts: list[int] = []
        self._under: list[int] = []
        self._least = -1
        self._add_requests()
        self._add_room_of_teachers()
        self._add_room_of_families()

    def first(self, clock: Clock, report: Report) -> Solution:
        """The highest weight."""
        self._price_weight()
        solution = self._solve(clock, report, "split", gap=0.99, start=self._only_pins())
        if not solution.feasible:
            raise BadProblem(["problem: the pinned requests cannot all keep their times within the rules"])
        return solution

    def ceiling(self, clock: Clock, report: Report) -> Prices:
        """What the weight (below 0) cannot exceed, and what it costs to leave that."""
        report("ceiling", None, None)
        self._price_weight()
        return self.milp.prices(_share(clock, 0.2))

    def highest(self, first: Solution) -> int:
        """The proven bound on the weight: what the model proves, and never more than all that can be placed at all."""
        everything = self._everything()
        return everything if first.bound < -everything else int(-first.bound + 1e-6)

    def keep(self, weight: int, prices: Prices) -> None:
        """Only splits of this weight or more, and what they must wait."""
        slack = -weight - prices.bound
        self.milp.narrow(prices, slack + EXACT)
        if slack > EXACT:
            self.milp.row([(v, float(self.problem.requests[r].weight)) for (r, _), v in self.grant.items()], low=weight)
        self._add_waiting()

    def second(self, clock: Clock, report: Report, bound: int) -> "Split | None":
        """The split with the least waiting in sight, then the least under half; None when there is none or no time."""
        self.milp.price((v, 1.0) for v in self._waits.values())
        least = self._solve(clock, report, "waiting", gap=0.99)
        if not least.feasible:
            return None
        self._least = self.milp.row([(v, 1.0) for v in self._waits.values()], high=round(least.objective))
        start = self._add_under_half(least.values)
        self.milp.price([(v, CONFLICT) for v in self._conflicts] + [(v, UNDER) for v in self._under])
        best = self._solve(clock, report, "families", gap=0.5, start=start)
        return self.read(best if best.feasible else least, bound, _whole(least.bound))

    def least_under_half(self, clock: Clock, report: Report) -> int:
        """A proven lower bound on the families under half at the highest weight; after `second`."""
        self.milp.free(self._least)
        self.milp.price((v, 1.0) for v in self._under)
        solution = self.milp.solve(
            seed=self.seed, seconds=_share(clock, 0.5), nodes=BOUND_NODES, gap=0.99, phase="bound", report=report
        )
        hopeless = sum(bool(requests) for requests in self.times.requests_of) - len(self._under)
        return hopeless + (_whole(solution.bound) if solution.feasible else 0)

    def weight(self, solution: Solution) -> int:
        """The weight of what a solution grants."""
        return sum(self.problem.requests[r].weight for (r, _), v in self.grant.items() if solution.values[v] > 0.5)

    def read(self, solution: Solution, bound: int, waiting: int = 0) -> Split:
        """The split in a solution, with what is proven of all."""
        granted = {r: e for (r, e), v in self.grant.items() if solution.values[v] > 0.5}
        evening = {f: e for (f, e), v in self.comes.items() if solution.values[v] > 0.5}
        waits = [0.0] * len(self.times.slots)
        for (_, e), v in self._waits.items():
            waits[e] += solution.values[v]
        return Split(granted, evening, self.weight(solution), bound, waiting, tuple(map(round, waits)))

    def _solve(
        self, clock: Clock, report: Report, phase: str, *, gap: float, start: list[float] | None = None
    ) -> Solution:
        seconds = _share(clock, 0.3)
        return self.milp.solve(
            seed=self.seed, seconds=seconds, nodes=NODES, gap=gap, start=start, phase=phase, report=report
        )

    def _price_weight(self) -> None:
        self.milp.price((v, -float(self.problem.requests[r].weight)) for (r, _), v in self.grant.items())

    def _everything(self) -> int:
        return sum(self.problem.requests[r].weight for r in {r for r, _ in self.grant})

    def _add_requests(self) -> None:
        one = self.problem.one_evening_per_family
        for f, requests in enumerate(self.times.requests_of):
            evenings = [e for e in range(len(self.times.slots)) if any(self.times.starts[r][e] for r in requests)]
            if one:
                for e in evenings:
                    self.comes[f, e] = self.milp.variable()
                self.milp.row([(self.comes[f, e], 1.0) for e in evenings], high=1.0)
            for r in requests:
                possible = [e for e in evenings if self.times.starts[r][e]]
                for e in possible:
                    self.grant[r, e] = self.milp.variable()
                    if one:
                        self.milp.row([(self.grant[r, e], 1.0), (self.comes[f, e], -1.0)], high=0.0)
                pinned = self.problem.requests[r].id in self.times.pinned
                self.milp.row([(self.grant[r, e], 1.0) for e in possible], low=1.0 if pinned else 0.0, high=1.0)

    def _add_room_of_teachers(self) -> None:
        """In every window of slots a teacher has no more talks than slots, less the break that lies in it."""
        for r, e in self.grant:
            self._asking[self.times.teacher[self.problem.requests[r].teacher], e].append(r)
        for (t, e), requests in self._asking.items():
            there, pause = self.times.teacher_there[t][e], self.times.pause[t][e]
            for window, inside in self._windows(requests, e):
                room = (there & window).bit_count() - (1 if pause and pause & ~window == 0 else 0)
                if sum(self.times.length[r][e] for r in inside) > room:
                    terms = [(self.grant[r, e], float(self.times.length[r][e])) for r in inside]
                    self.milp.row(terms, high=float(room))

    def _add_room_of_families(self) -> None:
        """In every window of slots a family has no more talks, each with its gap, than fit."""
        gap = self.problem.gap_slots
        for f, requests in enumerate(self.times.requests_of):
            for e in range(len(self.times.slots)):
                there = self.times.family_there[f][e]
                for window, inside in self._windows([r for r in requests if (r, e) in self.grant], e):
                    room = (
                        (there & window).bit_count() if not gap else (there & window).bit_length() - _low(window)
                    ) + gap
                    if sum(self.times.length[r][e] + gap for r in inside) > room:
                        terms = [(self.grant[r, e], float(self.times.length[r][e] + gap)) for r in inside]
                        self.milp.row(terms, high=float(room))

    def _windows(self, requests: Iterable[int], evening: int) -> Iterator[tuple[int, list[int]]]:
        """Windows from some request's first slot to some request's last one, with the requests that lie inside."""
        used = {r: covered(self.times.starts[r][evening], self.times.length[r][evening]) for r in requests}
        seen: set[tuple[int, ...]] = set()
        for low in sorted({_low(bits) for bits in used.values()}):
            for high in sorted({bits.bit_length() for bits in used.values()}):
                window = (1 << high) - (1 << low) if high > low else 0
                inside = [r for r, bits in used.items() if bits & ~window == 0]
                if inside and tuple(inside) not in seen:
                    seen.add(tuple(inside))
                    tight = 0
                    for r in inside:
                        tight |= used[r]
                    yield (1 << tight.bit_length()) - (1 << _low(tight)), inside

    def _add_waiting(self) -> None:
        """What a family must wait between two teachers who are never there at the same time."""
        busy: dict[tuple[int, int, int], list[tuple[int, float]]] = defaultdict(list)
        at: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for f, requests in enumerate(self.times.requests_of):
            for e in range(len(self.times.slots)):
                here = [r for r in requests if (r, e) in self.grant]
                apart = [(p, q) for p in here for q in here if self._is_before(p, q, e)]
                if apart:
                    self._add_family_wait(f, e, here, apart, at, busy)
        for terms in busy.values():
            if len(terms) > 1:
                self.milp.row(terms, high=1.0)
        self._add_room_around(at)

    def _add_room_around(self, at: dict[tuple[int, int], list[tuple[int, int]]]) -> None:
        """A chosen slot takes room from the requests that can only be placed around it."""
        for (t, e), requests in self._asking.items():
            chosen = [r for r in requests if (r, e) in at]
            there, pause = self.times.teacher_there[t][e], self.times.pause[t][e]
            for window, inside in self._windows(requests, e) if chosen else ():
                room = (there & window).bit_count() - (1 if pause and pause & ~window == 0 else 0)
                terms = [(self.grant[r, e], float(self.times.length[r][e])) for r in inside]
                for r in chosen:
                    talk = (1 << self.times.length[r][e]) - 1
                    terms += [
                        (v, float(taken))
                        for v, slot in at[r, e]
                        if r not in inside and (taken := (talk << slot & window).bit_count())
                    ]
                if sum(factor for _, factor in terms) > room:
                    self.milp.row(terms, high=float(room))

    def _add_family_wait(
        self,
        f: int,
        e: int,
        here: list[int],
        apart: list[tuple[int, int]],
        at: dict[tuple[int, int], list[tuple[int, int]]],
        busy: dict[tuple[int, int, int], list[tuple[int, float]]],
    ) -> None:
        slots, gap = self.times.slots[e], self.problem.gap_slots
        wait = self.milp.variable(high=float(slots), whole=False)
        conflict = self.milp.variable(high=float(len(here)), whole=False)
        self._waits[f, e] = wait
        self._conflicts.append(conflict)
        for r in sorted({r for pair in apart for r in pair}):
            if (r, e) not in at:
                at[r, e] = self._add_slots(r, e, busy)
        taken = [(self.grant[r, e], -float(self.times.length[r][e] + gap)) for r in here]
        for p, q in apart:
            p_granted, q_granted = self.grant[p, e], self.grant[q, e]
            self.milp.row([(p_granted, 1.0), (q_granted, 1.0), (conflict, -1.0)], high=1.0)
            # wait >= last end - first start + gap - slots taken with their gaps, when both are granted; each is
            # measured from a slot between the two, so that it says little when only one is granted
            between = _low(self.times.starts[q][e])
            late = [(v, float(s + self.times.length[q][e] - between)) for v, s in at[q, e]]
            early = [(v, float(between - s)) for v, s in at[p, e]]
            latest, earliest = (max(factor for _, factor in side) for side in (late, early))
            row = [*late, *early, *taken, (p_granted, latest), (q_granted, earliest), (wait, -1.0)]
            self.milp.row(_merged(row), high=latest + earliest - gap)

    def _add_slots(
        self, r: int, e: int, busy: dict[tuple[int, int, int], list[tuple[int, float]]]
    ) -> list[tuple[int, int]]:
        """A variable per possible first slot of a request, and its claim on the teacher's slots."""
        request = self.problem.requests[r]
        teacher = self.times.teacher[request.teacher]
        found = []
        for slot in range(self.times.slots[e]):
            if self.times.starts[r][e] >> slot & 1:
                variable = self.milp.variable()
                found.append((variable, slot))
                for step in range(self.times.length[r][e]):
                    busy[teacher, e, slot + step].append((variable, 1.0))
        self.milp.row([*((v, 1.0) for v, _ in found), (self.grant[r, e], -1.0)], 0.0, 0.0)
        return found

    def _is_before(self, p: int, q: int, e: int) -> bool:
        """Whether every time of p lies before every time of q."""
        early = covered(self.times.starts[p][e], self.times.length[p][e])
        return early.bit_length() <= _low(self.times.starts[q][e])

    def _add_under_half(self, values: list[float]) -> list[float]:
        """The families left behind; the answer that was found, with who is left behind in it."""
        found = list(values)
        for requests in self.times.requests_of:
            half = -(-len(requests) // 2)
            evenings = range(len(self.times.slots))
            terms = [(self.grant[r, e], 1.0) for r in requests for e in evenings if (r, e) in self.grant]
            if requests and terms:
                under = self.milp.variable()
                self._under.append(under)
                self.milp.row([*terms, (under, float(half))], low=float(half))
                found.append(float(sum(values[v] for v, _ in terms) < half - 0.5))
        return found

    def _only_pins(self) -> list[float]:
        """The answer that grants nothing but the pinned requests: always possible, so there always is an answer."""
        values = [0.0] * self.milp.size()
        for name, place in self.times.pinned.items():
            r, e = self.times.request[name], self.times.evening[place.evening]
            family = self.times.family[self.problem.requests[r].family]
            for variables, key in ((self.grant, (r, e)), (self.comes, (family, e))):
                if key in variables:
                    values[variables[key]] = 1.0
        return values


def _whole(bound: float) -> int:
    """A bound on what is counted in whole numbers."""
    return max(0, int(-(-(bound - 1e-6) // 1)))


def _low(bits: int) -> int:
    return (bits & -bits).bit_length() - 1


def _merged(terms: Iterable[tuple[int, float]]) -> list[tuple[int, float]]:
    """A row names each variable once."""
    total: dict[int, float] = defaultdict(float)
    for variable, factor in terms:
        total[variable] += factor
    return list(total.items())


def _share(clock: Clock, share: float) -> float | None:
    left = clock.left()
    return None if left is None else left * share
