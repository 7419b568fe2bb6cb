"""Which family comes on which evening, and which requests are granted: a question of room, not of order.

With everybody there all the time, any set of requests in which nobody has more talks than slots can be put in an order
(Kőnig). So a small integer model of the room decides what is granted, and its bound on the weight is a proven one. Rows
per window of slots (Hall) take part-time teachers into account. Among the splits of the highest weight a second model
prefers one whose families need not wait and of whom few are left with less than half of their requests.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from scheduling.optimiser.milp import Milp, Solution
from scheduling.optimiser.problem import BadProblem
from scheduling.optimiser.progress import Clock, Report
from scheduling.optimiser.times import Times, covered

WAIT, UNDER, CONFLICT = 1000.0, 20.0, 3.0
BOUND_NODES = 100  # the same for the bounds on the waiting and on the families under half
NODES = 2000  # the reproducible limit of the second model; it is seldom reached


def best_split(times: Times, seed: int, clock: Clock, report: Report) -> tuple["Split", "SplitModel"]:
    """The split of the highest weight that promises the least waiting, and the model for a bound on the waiting.

    A bound of a relaxed model that is a whole number is nearly always reached, so that weight is tried at once.
    """
    ceiling = SplitModel(times, seed, relaxed=True).ceiling(clock, report)
    highest = int(ceiling + 1e-6)
    model = SplitModel(times, seed)
    if ceiling - highest < 1e-6:
        solution = model.second(clock, report, highest)
        if solution.feasible:
            return model.read(solution, highest), model
        model = SplitModel(times, seed)
    first = model.first(clock, report)
    highest = min(highest, model.highest(first))
    solution = model.second(clock, report, model.weight(first))
    return model.read(solution if solution.feasible else first, highest), model


@dataclass(frozen=True, slots=True)
class Split:
    """The evening of every granted request and of every family that comes, and the proven bound on the weight."""

    granted: dict[int, int]
    evening: dict[int, int]
    weight: int
    bound: int


class SplitModel:
    """The integer model; `first` maximises the weight, `second` keeps it and looks at everything else.

    A `relaxed` model may grant half a request: quick, and so good as a bound that most schools need no other.
    """

    def __init__(self, times: Times, seed: int, *, relaxed: bool = False) -> None:
        self.times, self.seed, self.problem, self.whole = times, seed, times.problem, not relaxed
        self.milp = Milp()
        self.grant: dict[tuple[int, int], int] = {}
        self.comes: dict[tuple[int, int], int] = {}
        self._asking: dict[tuple[int, int], list[int]] = defaultdict(list)  # teacher, evening → requests
        self._waiting: list[int] = []
        self._conflicts: list[int] = []
        self._under: list[int] = []
        self._add_requests()
        self._add_room_of_teachers()
        self._add_room_of_families()

    def first(self, clock: Clock, report: Report) -> Solution:
        """The highest weight."""
        self._price_weight()
        solution = self.milp.solve(
            seed=self.seed,
            seconds=_share(clock, 0.3),
            nodes=NODES,
            gap=0.99,
            start=self._only_pins(),
            phase="split",
            report=report,
        )
        if not solution.feasible:
            raise BadProblem(["problem: the pinned requests cannot all keep their times within the rules"])
        return solution

    def ceiling(self, clock: Clock, report: Report) -> float:
        """What the weight cannot exceed, as far as there is time to prove it; for a relaxed model."""
        self._price_weight()
        solution = self.milp.solve(seed=self.seed, seconds=_share(clock, 0.2), phase="ceiling", report=report)
        return -solution.bound if solution.proven else float(self._everything())

    def highest(self, first: Solution) -> int:
        """The proven bound on the weight: what the model proves, and never more than all that can be placed at all."""
        everything = self._everything()
        return everything if first.bound < -everything else int(-first.bound + 1e-6)

    def second(self, clock: Clock, report: Report, weight: int) -> Solution:
        """This weight with the least waiting in sight; not feasible when there is none or time is short."""
        self._hold(weight)
        self._add_waiting()
        self._add_under_half()
        prices = [(v, WAIT) for v in self._waiting]
        prices += [(v, CONFLICT) for v in self._conflicts] + [(v, UNDER) for v in self._under]
        self.milp.price(prices)
        return self.milp.solve(
            seed=self.seed, seconds=_share(clock, 0.4), nodes=NODES, gap=0.5, phase="families", report=report
        )

    def least_waiting(self, clock: Clock, report: Report) -> int:
        """A proven lower bound on the waiting slots at the highest weight; after `second`."""
        self.milp.price((v, 1.0) for v in self._waiting)
        solution = self.milp.solve(
            seed=self.seed, seconds=_share(clock, 0.5), nodes=BOUND_NODES, gap=0.99, phase="bound", report=report
        )
        return max(0, int(-(-(solution.bound - 1e-6) // 1))) if solution.feasible else 0

    def least_under_half(self, clock: Clock, report: Report) -> int:
        """A proven lower bound on the families under half at the highest weight; after `second`."""
        self.milp.price((v, 1.0) for v in self._under)
        solution = self.milp.solve(
            seed=self.seed, seconds=_share(clock, 0.5), nodes=BOUND_NODES, gap=0.99, phase="bound", report=report
        )
        hopeless = sum(bool(requests) for requests in self.times.requests_of) - len(self._under)
        return hopeless + (max(0, int(-(-(solution.bound - 1e-6) // 1))) if solution.feasible else 0)

    def weight(self, solution: Solution) -> int:
        """The weight of what a solution grants."""
        return sum(self.problem.requests[r].weight for (r, _), v in self.grant.items() if solution.values[v] > 0.5)

    def read(self, solution: Solution, bound: int) -> Split:
        """The split in a solution."""
        granted = {r: e for (r, e), v in self.grant.items() if solution.values[v] > 0.5}
        evening = {f: e for (f, e), v in self.comes.items() if solution.values[v] > 0.5}
        return Split(granted, evening, self.weight(solution), bound)

    def _price_weight(self) -> None:
        self.milp.price((v, -float(self.problem.requests[r].weight)) for (r, _), v in self.grant.items())

    def _hold(self, weight: int) -> None:
        self.milp.row([(v, float(self.problem.requests[r].weight)) for (r, _), v in self.grant.items()], low=weight)

    def _everything(self) -> int:
        return sum(self.problem.requests[r].weight for r in {r for r, _ in self.grant})

    def _add_requests(self) -> None:
        one = self.problem.one_evening_per_family
        for f, requests in enumerate(self.times.requests_of):
            evenings = [e for e in range(len(self.times.slots)) if any(self.times.starts[r][e] for r in requests)]
            if one:
                for e in evenings:
                    self.comes[f, e] = self.milp.variable(whole=self.whole)
                self.milp.row([(self.comes[f, e], 1.0) for e in evenings], high=1.0)
            for r in requests:
                possible = [e for e in evenings if self.times.starts[r][e]]
                for e in possible:
                    self.grant[r, e] = self.milp.variable(whole=self.whole)
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
                if sum(self.problem.requests[r].slots for r in inside) > room:
                    terms = [(self.grant[r, e], float(self.problem.requests[r].slots)) for r in inside]
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
                    if sum(self.problem.requests[r].slots + gap for r in inside) > room:
                        terms = [(self.grant[r, e], float(self.problem.requests[r].slots + gap)) for r in inside]
                        self.milp.row(terms, high=float(room))

    def _windows(self, requests: Iterable[int], evening: int) -> Iterator[tuple[int, list[int]]]:
        """Windows from some request's first slot to some request's last one, with the requests that lie inside."""
        used = {r: covered(self.times.starts[r][evening], self.problem.requests[r].slots) for r in requests}
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
                terms = [(self.grant[r, e], float(self.problem.requests[r].slots)) for r in inside]
                for r in chosen:
                    talk = (1 << self.problem.requests[r].slots) - 1
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
        self._waiting.append(wait)
        self._conflicts.append(conflict)
        for r in sorted({r for pair in apart for r in pair}):
            if (r, e) not in at:
                at[r, e] = self._add_slots(r, e, busy)
        taken = [(self.grant[r, e], float(self.problem.requests[r].slots + gap)) for r in here]
        for p, q in apart:
            both = [(self.grant[p, e], 1.0), (self.grant[q, e], 1.0)]
            self.milp.row([*both, (conflict, -1.0)], high=1.0)
            # wait >= last end - first start + gap - slots taken with their gaps, when both are granted
            late = [(v, float(s + self.problem.requests[q].slots)) for v, s in at[q, e]]
            early = [(v, -float(s)) for v, s in at[p, e]]
            big = 2.0 * slots
            row = [*late, *early, *((v, -k) for v, k in taken), (wait, -1.0)]
            self.milp.row(_merged([*row, *((v, big) for v, _ in both)]), high=2 * big - gap)

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
                for step in range(request.slots):
                    busy[teacher, e, slot + step].append((variable, 1.0))
        self.milp.row([*((v, 1.0) for v, _ in found), (self.grant[r, e], -1.0)], 0.0, 0.0)
        return found

    def _is_before(self, p: int, q: int, e: int) -> bool:
        """Whether every time of p lies before every time of q."""
        early = covered(self.times.starts[p][e], self.problem.requests[p].slots)
        return early.bit_length() <= _low(self.times.starts[q][e])

    def _add_under_half(self) -> None:
        for requests in self.times.requests_of:
            half = -(-len(requests) // 2)
            evenings = range(len(self.times.slots))
            terms = [(self.grant[r, e], 1.0) for r in requests for e in evenings if (r, e) in self.grant]
            if requests and terms:
                under = self.milp.variable()
                self._under.append(under)
                self.milp.row([*terms, (under, float(half))], low=float(half))

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
