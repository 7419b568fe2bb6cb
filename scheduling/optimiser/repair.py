"""A roster again after the telephone calls, with the least change for those who had a place.

As little weight of the previous roster is lost as possible: nobody makes way for good for a weightier new request. Then
all that can be placed is placed, and as few talks as possible move for it: three integer models of the whole evening,
one after the other (`_whole`), as long as these are small.

In a large school that would take longer than people wait at the telephone, and move a hundred families for those who
get a talk besides. There nobody moves for a request that had no place before: it takes a place that is free for both.
And a family keeps its evening, unless a time of its own fell away and another evening saves a talk. The least loss and
the fewest moves are then solved exactly without looking at the whole school. At first only the talks that cannot stay
are loose. If others must make way for them and find no free place, these are made loose too and it is solved again;
when nobody is pushed aside any more, the answer is true, and proven to be the best (`displacement`).
"""

from collections.abc import Mapping

from scheduling.optimiser.displacement import Displacement, Spot, claims_of
from scheduling.optimiser.milp import Solution
from scheduling.optimiser.problem import BadProblem
from scheduling.optimiser.progress import Clock, Report
from scheduling.optimiser.times import Times

SMALL = 4_000  # possible places of all requests together, up to which the whole evening is looked at
LARGEST = 20_000  # variables; beyond that nobody more is made loose
LARGEST_CHANGE = 3_000  # the same while families may change evening, which should cost no more than a second


def repair(times: Times, seed: int, clock: Clock, report: Report, small: int = SMALL) -> dict[int, Spot]:
    """Request → where it stands now; the previous places must be known to `times`."""
    places = sum(bits.bit_count() for starts in times.starts for bits in starts)
    work = _Repair(times, seed, clock, report)
    return (work.whole() if places <= small else None) or work.nearby()


class _Repair:
    """The talks that stand where they stood, and those that are loose."""

    def __init__(self, times: Times, seed: int, clock: Clock, report: Report) -> None:
        self.times, self.seed, self.clock, self.report = times, seed, clock, report
        self.requests = times.problem.requests
        self.stood = {times.request[r]: (times.evening[p.evening], p.slot) for r, p in times.previous.items()}
        self.pinned = {times.request[r]: (times.evening[p.evening], p.slot) for r, p in times.pinned.items()}
        self.standing = _consistent(times, self.stood, self.pinned)
        self.loose = sorted(self.stood.keys() - self.standing.keys())

    def whole(self) -> dict[int, Spot] | None:
        """The roster that loses least, then places most, then moves fewest; None when that was not proven."""
        loose = [r for r in range(len(self.requests)) if r not in self.pinned]
        model = Displacement(self.times, self.pinned, loose, self.pinned.keys(), {}, pushing=False)
        weights = {r: self.requests[r].weight for r in loose}
        places = {r: spot for r, spot in self.standing.items() if r not in self.pinned}
        for wanted in ({r: weights[r] for r in loose if r in self.stood}, weights):
            model.price_places(wanted)
            solution = model.solve(self.seed, self.clock, "place", self.report, places)
            if not solution.proven:
                return None
            places = model.read(solution)
            model.keep(wanted, places)
        model.price_moves(self.stood)
        solution = model.solve(self.seed, self.clock, "least moved", self.report, places)
        return self._told({**self.pinned, **model.read(solution)}) if solution.proven else None

    def nearby(self) -> dict[int, Spot]:
        """The best roster on which families keep their evening, or one that loses less when they need not."""
        evicted = {self.requests[r].family for r in self.loose}
        keeping = self._evenings(self.standing)
        changing = self._evenings({r: s for r, s in self.standing.items() if self.requests[r].family not in evicted})
        best = self._search(keeping, LARGEST)
        if best is None:
            model = self._model(keeping, pushing=False)
            best = self._read(model, self._solve(model))
        better = self._search(changing, LARGEST_CHANGE) if self.stood.keys() - best.keys() else None
        return self._told(self._filled(better or best, changing if better else keeping))

    def _told(self, best: dict[int, Spot]) -> dict[int, Spot]:
        moved = sum(self.stood.get(r, spot) != spot for r, spot in best.items())
        self.report("repair", {"moved": moved, "lost": len(self.stood.keys() - best.keys())}, None)
        return best

    def _search(self, evening_of: Mapping[int, int], largest: int) -> dict[int, Spot] | None:
        """Loosen talks until none is pushed aside; None when the model grows too large before that."""
        while True:
            model = self._model(evening_of, pushing=True)
            if model.milp.size() > largest or self.clock.is_over():
                return None
            solution = self._solve(model)
            if not solution.proven:
                return None
            pushed = model.pushed(solution)
            if not pushed:
                return self._read(model, solution)
            self._loosen(pushed)

    def _model(self, evening_of: Mapping[int, int], *, pushing: bool) -> Displacement:
        return Displacement(self.times, self.standing, self.loose, self.pinned.keys(), evening_of, pushing=pushing)

    def _solve(self, model: Displacement) -> Solution:
        model.price_disturbance(self.stood)
        return model.solve(self.seed, self.clock, "least moved", self.report)

    def _read(self, model: Displacement, solution: Solution) -> dict[int, Spot]:
        staying = {r: spot for r, spot in self.standing.items() if model.stays(solution, r)}
        return {**staying, **model.read(solution)}

    def _loosen(self, pushed: list[int]) -> None:
        """All talks of these teachers that evening: if one cannot go elsewhere, another of them may."""
        crowded = {(self.requests[r].teacher, self.standing[r][0]) for r in pushed}
        here = [r for r, (e, _) in self.standing.items() if (self.requests[r].teacher, e) in crowded]
        for r in here:
            if r not in self.pinned:
                del self.standing[r]
                self.loose.append(r)
        self.loose.sort()

    def _filled(self, places: dict[int, Spot], evening_of: Mapping[int, int]) -> dict[int, Spot]:
        """Who stays stays; the others, and requests without a place, choose among the places that are left."""
        staying = {r: s for r, s in places.items() if self.stood.get(r) == s or r in self.pinned}
        loose = [r for r in range(len(self.requests)) if r not in staying]
        evenings = {**evening_of, **self._evenings(staying)}
        model = Displacement(self.times, staying, loose, self.pinned.keys(), evenings, pushing=False)
        model.keep({r: self.requests[r].weight for r in self.stood if r not in staying}, places)
        model.price_weight(staying)
        solution = model.solve(self.seed, self.clock, "fill", self.report, places)
        return {**staying, **model.read(solution)} if solution.feasible else places

    def _evenings(self, places: Mapping[int, Spot]) -> dict[int, int]:
        """The evening on which each family comes, when it may come on one only."""
        if not self.times.problem.one_evening_per_family:
            return {}
        return {self.times.family[self.requests[r].family]: e for r, (e, _) in places.items()}


def _consistent(times: Times, stood: Mapping[int, Spot], pinned: Mapping[int, Spot]) -> dict[int, Spot]:
    """The pins, and the talks that can all stay where they stood: heavy ones first where they exclude each other."""
    gap, weights = times.problem.gap_slots, [request.weight for request in times.problem.requests]
    room = {(t, e): window.bit_count() for t, pauses in enumerate(times.pause) for e, window in enumerate(pauses)}
    kept: dict[int, Spot] = {}
    taken: set[tuple[str, int, int, int]] = set()
    comes: dict[int, int] = {}
    for r in sorted(stood.keys() | pinned.keys(), key=lambda r: (r not in pinned, -weights[r], r)):
        e, slot = pinned.get(r) or stood[r]
        request = times.problem.requests[r]
        teacher, family = times.teacher[request.teacher], times.family[request.family]
        claims = set(claims_of(times, r, (e, slot), gap))
        pause = (times.pause[teacher][e] & ((1 << times.length[r][e]) - 1) << slot).bit_count()
        possible = times.starts[r][e] >> slot & 1 and not claims & taken
        if times.problem.one_evening_per_family:
            possible = possible and comes.get(family, e) == e
        rests = not pause or room[teacher, e] > pause
        if r in pinned and not rests:
            raise BadProblem(["problem: the pinned requests cannot all keep their times within the rules"])
        if r in pinned or (possible and rests):
            room[teacher, e] -= pause
            comes[family] = e
            taken |= claims
            kept[r] = (e, slot)
    return kept
