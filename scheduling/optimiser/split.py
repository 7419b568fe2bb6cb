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
from scheduling.optimiser.times import Times, covered, first_slots

WAIT, CONFLICT, UNDER = 100.0, 3.0, 4.0
MISS = 2.0  # what a request costs that has no free place, so that others must move for it
BOUND_NODES = 100  # the same for the bound on the waiting, which is asked for when a family waits
FEW_NODES = 20  # the same for a repair, which should be there in seconds
NODES = 2000  # the reproducible limit of the second model; it is seldom reached


@dataclass(frozen=True, slots=True)
class Split:
    """The evening of every granted request and of every family that comes, and the proven bound on the weight."""

    granted: dict[int, int]
    evening: dict[int, int]
    free: dict[int, int]  # request → a slot that is free for it in the previous roster
    weight: int
    bound: int


class SplitModel:
    """The integer model; `first` maximises the weight, `second` keeps it and looks at everything else."""

    def __init__(self, times: Times, seed: int) -> None:
        self.times, self.seed, self.problem = times, seed, times.problem
        self.milp = Milp()
        self.grant: dict[tuple[int, int], int] = {}
        self.comes: dict[tuple[int, int], int] = {}
        self._asking: dict[tuple[int, int], list[int]] = defaultdict(list)  # teacher, evening → requests
        self._free: dict[tuple[int, int, int], int] = {}
        self._waiting: list[int] = []
        self._conflicts: list[int] = []
        self._under: list[int] = []
        self._add_requests()
        self._add_room_of_teachers()
        self._add_room_of_families()

    def first(self, clock: Clock, report: Report) -> Solution:
        """The highest weight."""
        weights = [(v, -float(self.problem.requests[r].weight)) for (r, _), v in self.grant.items()]
        self.milp.price(weights)
        solution = self.milp.solve(
            seed=self.seed,
            seconds=_share(clock, 0.3),
            nodes=FEW_NODES if self.times.previous else NODES,
            gap=0.99,
            start=self._only_pins(),
            phase="split",
            report=report,
        )
        if not solution.feasible:
            raise BadProblem(["problem: the pinned requests cannot all keep their times within the rules"])
        return solution

    def highest(self, first: Solution) -> int:
        """The proven bound on the weight: what the model proves, and never more than all that can be placed at all."""
        everything = sum(self.problem.requests[r].weight for r in {r for r, _ in self.grant})
        return everything if first.bound < -everything else int(-first.bound + 1e-6)

    def keep(self, clock: Clock, report: Report, first: Solution) -> Solution:
        """With a previous roster: lose as little of it as possible, then place the most, on the same evenings."""
        weights = {(r, e): float(self.problem.requests[r].weight) for r, e in self.grant}
        stood = {key: v for key, v in self.grant.items() if self._stood(key[0]) is not None}
        self.milp.price((v, -weights[key]) for key, v in stood.items())
        kept = self.milp.solve(
            seed=self.seed,
            seconds=_share(clock, 0.3),
            nodes=NODES,
            gap=0.99,
            start=first.values,
            phase="keep",
            report=report,
        )
        if not kept.feasible:
            return first
        total = sum(weights[key] for key, v in stood.items() if kept.values[v] > 0.5)
        self.milp.row([(v, weights[key]) for key, v in stood.items()], low=total)
        staying = [(v, -1.0) for (r, e), v in stood.items() if self._stood(r) == e]
        moving = self._add_free_places()
        most = len(stood) + MISS * len(moving) + 1.0
        chosen = [(v, -most * weights[key]) for key, v in self.grant.items()]
        self.milp.price([*chosen, *staying, *((v, MISS) for v in moving)])
        start = kept.values + [0.0] * (self.milp.size() - len(kept.values))
        for v in moving:
            start[v] = 1.0
        solution = self.milp.solve(
            seed=self.seed,
            seconds=_share(clock, 0.3),
            nodes=NODES,
            gap=0.99,
            start=start,
            phase="keep",
            report=report,
        )
        return solution if solution.feasible else kept

    def second(self, clock: Clock, report: Report, first: Solution) -> Solution:
        """The same weight with the least waiting in sight, or the first answer again when time is short."""
        self.hold_weight(first)
        self._add_waiting()
        self._add_under_half()
        prices = [(v, WAIT) for v in self._waiting]
        prices += [(v, CONFLICT) for v in self._conflicts] + [(v, UNDER) for v in self._under]
        self.milp.price(prices)
        solution = self.milp.solve(
            seed=self.seed, seconds=_share(clock, 0.4), nodes=NODES, gap=0.5, phase="families", report=report
        )
        return solution if solution.feasible else first

    def least_waiting(self, clock: Clock, report: Report) -> int:
        """A proven lower bound on the waiting slots at the highest weight; after `second`."""
        self.milp.price((v, 1.0) for v in self._waiting)
        solution = self.milp.solve(
            seed=self.seed, seconds=_share(clock, 0.5), nodes=BOUND_NODES, gap=0.99, phase="bound", report=report
        )
        return max(0, int(-(-(solution.bound - 1e-6) // 1))) if solution.feasible else 0

    def hold_weight(self, solution: Solution) -> None:
        """Never less than this solution's weight."""
        self.milp.row(
            [(v, float(self.problem.requests[r].weight)) for (r, _), v in self.grant.items()],
            low=float(self.weight(solution)),
        )

    def weight(self, solution: Solution) -> int:
        """The weight of what a solution grants."""
        return sum(self.problem.requests[r].weight for (r, _), v in self.grant.items() if solution.values[v] > 0.5)

    def read(self, solution: Solution, bound: int) -> Split:
        """The split in a solution."""
        granted = {r: e for (r, e), v in self.grant.items() if solution.values[v] > 0.5}
        evening = {f: e for (f, e), v in self.comes.items() if solution.values[v] > 0.5}
        known = len(solution.values)
        free = {r: s for (r, e, s), v in self._free.items() if v < known and solution.values[v] > 0.5}
        return Split(granted, evening, free, self.weight(solution), bound)

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

    def _add_free_places(self) -> list[int]:
        """For every request that cannot stay, the places that are free; a variable that is 1 when it needs another."""
        teachers, families = [list(x) for x in self.times.teacher_there], [list(x) for x in self.times.family_there]
        for place in self.times.previous.values():
            r, e = self.times.request[place.request], self.times.evening[place.evening]
            if self.times.starts[r][e] >> place.slot & 1:
                request = self.problem.requests[r]
                talk = ((1 << request.slots) - 1) << place.slot
                teachers[self.times.teacher[request.teacher]][e] &= ~talk
                families[self.times.family[request.family]][e] &= ~talk
        claims: dict[tuple[str, int, int, int], list[tuple[int, float]]] = defaultdict(list)
        moving = []
        for (r, e), granted in self.grant.items():
            home = self.times.home(r, e)
            if home >= 0 and self.times.starts[r][e] >> home & 1:
                continue
            request = self.problem.requests[r]
            teacher, family = self.times.teacher[request.teacher], self.times.family[request.family]
            free = first_slots(teachers[teacher][e] & families[family][e], request.slots) & self.times.starts[r][e]
            miss = self.milp.variable(whole=False)
            moving.append(miss)
            row = [(granted, 1.0), (miss, -1.0)]
            for slot in range(free.bit_length()):
                if free >> slot & 1:
                    here = self._free[r, e, slot] = self.milp.variable()
                    row.append((here, -1.0))
                    for at in range(slot, slot + request.slots):
                        claims["teacher", teacher, e, at].append((here, 1.0))
                        claims["family", family, e, at].append((here, 1.0))
            self.milp.row(row, high=0.0)
        self._add_claims(claims, teachers)
        return moving

    def _add_claims(
        self, claims: dict[tuple[str, int, int, int], list[tuple[int, float]]], free: list[list[int]]
    ) -> None:
        """A free place is given once, and the last free slot of a break not at all."""
        for terms in claims.values():
            if len(terms) > 1:
                self.milp.row(terms, high=1.0)
        for teacher, pauses in enumerate(self.times.pause):
            for e, pause in enumerate(pauses):
                left = pause & free[teacher][e]
                inside = [
                    term
                    for slot in range(left.bit_length())
                    if left >> slot & 1
                    for term in claims.get(("teacher", teacher, e, slot), ())
                ]
                if inside:
                    self.milp.row(_merged(inside), high=float(left.bit_count() - 1))

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

    def _stood(self, request: int) -> int | None:
        """The evening of a request in the previous roster."""
        place = self.times.previous.get(self.problem.requests[request].id)
        return None if place is None else self.times.evening[place.evening]


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
