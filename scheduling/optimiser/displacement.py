"""Who makes way for whom when talks of a standing roster need another place: one integer model.

*Loose* talks may go anywhere. A talk that *stands* stays, or makes way: to a place that is free on its evening, or it
is *pushed aside*, which costs what a move costs and asks for no new place. So the model allows more than is true, and
what it costs is a bound on what the truth costs.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping

from scheduling.optimiser.milp import Milp, Solution
from scheduling.optimiser.progress import Clock, Report
from scheduling.optimiser.times import Times

Spot = tuple[int, int]  # an evening and a slot, by number
Claim = tuple[str, int, int, int]  # whose, its number, evening, slot

NODES = 500  # the reproducible limit
ASIDE = 1.01  # what it costs to be pushed aside: a move, and of two such answers the one that is nearer to the truth


class Displacement:
    """Where the loose talks may go, and which of the standing ones must make way for them."""

    def __init__(
        self,
        times: Times,
        standing: Mapping[int, Spot],
        loose: Iterable[int],
        pinned: Collection[int],
        evening_of: Mapping[int, int],
        *,
        pushing: bool,
    ) -> None:
        self.times, self.problem = times, times.problem
        self.standing, self.pinned, self.evening_of, self.pushing = standing, pinned, evening_of, pushing
        self.milp = Milp()
        self.at: dict[int, dict[Spot, int]] = {}
        self.stay: dict[int, int] = {}
        self.lost: dict[int, int] = {}
        self.comes: dict[int, int] = {}
        self.near: dict[int, dict[Spot, int]] = {}
        self.claims: dict[Claim, list[tuple[int, float]]] = defaultdict(list)
        self.held: dict[Claim, int] = {
            claim: r for r, spot in standing.items() for claim in claims_of(times, r, spot, self.problem.gap_slots)
        }
        for r in loose:
            self._add_loose(r)
        if self.problem.one_evening_per_family:
            self._add_evenings()
        if pushing:
            self._add_in_the_way()
            self._add_room()
            self._add_nearby()
        for claim in self.claims:
            terms = self._terms(claim)
            if len(terms) > 1:
                self.milp.row(terms, high=1.0)
        self._add_breaks()

    def price_disturbance(self, stood: Mapping[int, Spot]) -> None:
        """First the weight of the talks that are lost, then the number of talks that do not stay."""
        most = len(stood) + 1.0
        costs: list[tuple[int, float]] = []
        for r, spots in self.at.items():
            kept = most * self.problem.requests[r].weight
            costs += [(v, -kept - (spot == stood[r])) for spot, v in spots.items()]
        costs += [(v, most * self.problem.requests[r].weight) for r, v in self.lost.items()]
        for r, v in self.stay.items():
            costs.append((v, -ASIDE))
            costs += [(near, 1.0 - ASIDE) for near in self.near.get(r, {}).values()]
        self.milp.price(costs)

    def price_places(self, weights: Mapping[int, int]) -> None:
        """The weight of these requests."""
        self.milp.price((v, -float(weight)) for r, weight in weights.items() for v in self.at[r].values())

    def price_moves(self, stood: Mapping[int, Spot]) -> None:
        """The number of loose talks that do not stay."""
        self.milp.price((spots[stood[r]], -1.0) for r, spots in self.at.items() if stood.get(r) in spots)

    def price_weight(self, staying: dict[int, Spot]) -> None:
        """First the weight that is placed, then near to the family's other talks."""
        spans: dict[tuple[int, int], tuple[int, int]] = {}
        for r, (e, slot) in staying.items():
            key = (self.times.family[self.problem.requests[r].family], e)
            low, high = spans.get(key, (slot, slot))
            spans[key] = (min(low, slot), max(high, slot))
        far = float(max(self.times.slots) * len(self.at) + 1)
        costs = []
        for r, spots in self.at.items():
            family = self.times.family[self.problem.requests[r].family]
            for (e, slot), v in spots.items():
                low, high = spans.get((family, e), (slot, slot))
                costs.append((v, max(0, low - slot, slot - high) - far * self.problem.requests[r].weight))
        self.milp.price(costs)

    def keep(self, weights: Mapping[int, int], places: dict[int, Spot]) -> None:
        """Of these requests no less weight than in these places."""
        terms = [(v, float(weight)) for r, weight in weights.items() for v in self.at[r].values()]
        if terms:
            self.milp.row(terms, low=float(sum(weight for r, weight in weights.items() if r in places)))

    def solve(
        self, seed: int, clock: Clock, phase: str, report: Report, places: dict[int, Spot] | None = None
    ) -> Solution:
        """The best answer within the limits; without time to think no loose talk has a place."""
        left = clock.left()
        start = [0.0] * self.milp.size()
        for r, spots in self.at.items():
            spot = (places or {}).get(r)
            if spot in spots:
                start[spots[spot]] = 1.0
        for v in (*self.stay.values(), *self.comes.values()):
            start[v] = 1.0
        return self.milp.solve(
            seed=seed,
            seconds=None if left is None else left * 0.3,
            nodes=NODES,
            gap=0.5,
            start=start,
            phase=phase,
            report=report,
        )

    def pushed(self, solution: Solution) -> list[int]:
        """The standing talks that had to make way."""
        return [
            r
            for r, v in self.stay.items()
            if solution.values[v] + sum(solution.values[near] for near in self.near.get(r, {}).values()) < 0.99
        ]

    def stays(self, solution: Solution, r: int) -> bool:
        """Whether a standing talk stays where it stood."""
        return r not in self.stay or solution.values[self.stay[r]] > 0.5

    def read(self, solution: Solution) -> dict[int, Spot]:
        """Where the loose talks go."""
        chosen = (*self.at.items(), *self.near.items())
        return {r: spot for r, spots in chosen for spot, v in spots.items() if solution.values[v] > 0.5}

    def _add_loose(self, r: int) -> None:
        family = self.times.family[self.problem.requests[r].family]
        spots = self.at[r] = {}
        for e, starts in enumerate(self.times.starts[r]):
            if self.evening_of.get(family, e) != e:
                continue
            for slot in _bits(starts):
                claims = list(claims_of(self.times, r, (e, slot), self.problem.gap_slots))
                if self._is_taken(claims):
                    continue
                variable = spots[e, slot] = self.milp.variable()
                for claim in claims:
                    self.claims[claim].append((variable, 1.0))
        if spots:
            self.milp.row([(v, 1.0) for v in spots.values()], high=1.0)

    def _is_taken(self, claims: Iterable[Claim]) -> bool:
        return any(claim in self.held and not self._may_go(self.held[claim]) for claim in claims)

    def _may_go(self, r: int) -> bool:
        return self.pushing and r not in self.pinned

    def _stay(self, r: int) -> int:
        """The variable that a standing talk stays."""
        if r not in self.stay:
            self.stay[r] = self.milp.variable()
        return self.stay[r]

    def _terms(self, claim: Claim) -> list[tuple[int, float]]:
        """Who may claim a slot: the loose talks and the one that stands there."""
        terms = list(self.claims.get(claim, ()))
        if self.held.get(claim) in self.stay:
            terms.append((self.stay[self.held[claim]], 1.0))
        return terms

    def _add_in_the_way(self) -> None:
        """Whoever stands where a loose talk may go can be pushed aside, also out of a break."""
        for claim in self.claims:
            whose, index, e, slot = claim
            window = self.times.pause[index][e] if whose == "teacher" else 0
            near = _bits(window) if window >> slot & 1 else (slot,)
            for at in near:
                r = self.held.get((whose, index, e, at))
                if r is not None and self._may_go(r):
                    self._stay(r)

    def _add_breaks(self) -> None:
        """One slot of a break's window stays free."""
        claimed = {(index, e, slot) for whose, index, e, slot in self.claims if whose == "teacher"}
        for teacher, pauses in enumerate(self.times.pause):
            for e, window in enumerate(pauses):
                if any((teacher, e, slot) in claimed for slot in _bits(window)):
                    self._add_break(teacher, e, window)

    def _add_break(self, teacher: int, e: int, window: int) -> None:
        room = window.bit_count() - 1
        terms: dict[int, float] = defaultdict(float)
        for slot in _bits(window):
            claim = ("teacher", teacher, e, slot)
            room -= claim in self.held and self.held[claim] not in self.stay
            for v, factor in self._terms(claim):
                terms[v] += factor
        self.milp.row(terms.items(), high=float(room))

    def _add_evenings(self) -> None:
        """A family comes on one evening only; a talk that stands on the other one is pushed aside."""
        standing: dict[int, list[int]] = defaultdict(list)
        for r in self.standing:
            standing[self.times.family[self.problem.requests[r].family]].append(r)
        choices: dict[int, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for r, spots in self.at.items():
            for (e, _), v in spots.items():
                choices[self.times.family[self.problem.requests[r].family]][e].append(v)
        for family, evenings in choices.items():
            there = {self.standing[r][0] for r in standing[family]}
            if len(evenings.keys() | there) > 1:
                comes = {e: self.milp.variable() for e in sorted(evenings.keys() | there)}
                self.milp.row([(v, 1.0) for v in comes.values()], high=1.0)
                for e, variables in evenings.items():
                    for v in variables:
                        self.milp.row([(v, 1.0), (comes[e], -1.0)], high=0.0)
                for r in standing[family]:
                    here = comes[self.standing[r][0]]
                    if r in self.pinned:
                        self.milp.fix(here, 1.0)
                    else:
                        self._stay(r)
                        self.comes[r] = here

    def _add_nearby(self) -> None:
        """Who makes way may go to a place that is free: few talks in the way need more."""
        for r in list(self.stay):
            spots = self.near[r] = {}
            for spot, claims in self._free(r):
                variable = spots[spot] = self.milp.variable()
                for claim in claims:
                    self.claims[claim].append((variable, 1.0))
            terms = [(self.stay[r], 1.0), *((v, 1.0) for v in spots.values())]
            if r in self.comes:
                self.milp.row([*terms, (self.comes[r], -1.0)], high=0.0)
            else:
                self.milp.row(terms, high=1.0)

    def _free(self, r: int) -> Iterator[tuple[Spot, list[Claim]]]:
        """The places on the same evening that are free for a standing talk, and what it takes there."""
        e, now = self.standing[r]
        for slot in _bits(self.times.starts[r][e] & ~(1 << now)):
            claims = list(claims_of(self.times, r, (e, slot), self.problem.gap_slots))
            if all(self.held.get(claim, r) == r for claim in claims):
                yield (e, slot), claims

    def _add_room(self) -> None:
        """Whoever is pushed aside needs a slot of the same teacher; with more talks than slots some are lost."""
        talks: dict[int, list[int]] = defaultdict(list)
        for r in (*self.standing, *self.at):
            talks[self.times.teacher[self.problem.requests[r].teacher]].append(r)
        for teacher in sorted({self.times.teacher[self.problem.requests[r].teacher] for r in (*self.at, *self.stay)}):
            room = sum(there.bit_count() for there in self.times.teacher_there[teacher])
            room -= sum(pause > 0 for pause in self.times.pause[teacher])
            length = self.times.length
            if sum(max(length[r]) for r in talks[teacher]) <= room:
                continue
            terms = []
            for r in talks[teacher]:
                if r in self.at:
                    terms += [(v, float(length[r][e])) for (e, _), v in self.at[r].items()]
                    continue
                here = length[r][self.standing[r][0]]
                room -= here
                if self._may_go(r):
                    lost = self.lost[r] = self.milp.variable()
                    self.milp.row([(self._stay(r), 1.0), (lost, 1.0)], high=1.0)
                    terms.append((lost, -float(here)))
            self.milp.row(terms, high=float(room))


def claims_of(times: Times, r: int, spot: Spot, gap: int) -> Iterator[Claim]:
    """The slots of the teacher and of the family (with the time to walk after it) that a talk takes."""
    request, (e, slot) = times.problem.requests[r], spot
    teacher, family = times.teacher[request.teacher], times.family[request.family]
    for at in range(slot, slot + times.length[r][e]):
        yield "teacher", teacher, e, at
    for at in range(slot, slot + times.length[r][e] + gap):
        yield "family", family, e, at


def _bits(mask: int) -> Iterator[int]:
    return (slot for slot in range(mask.bit_length()) if mask >> slot & 1)
