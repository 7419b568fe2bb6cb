"""What no roster of a round can cost less than, without a solver: in all, and with a talk at one of its times.

Every leader's talks cost at least their cheapest times together, breaks kept. The prices of that matching tell what
any other time adds, so every family can be added at its best: how near together it can be, and at what times. A start
with which a roster would cost more than one that is known is not worth looking at.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from dataclasses import replace

from scheduling.optimiser.board import Board
from scheduling.optimiser.desks import Desk, Prices
from scheduling.optimiser.families import APART, Ways
from scheduling.optimiser.matching import NEVER
from scheduling.optimiser.problem import ConversationsProblem, Leader
from scheduling.optimiser.problem.fields import minute

Spot = tuple[str, int]
"""A talk at a time."""


def possible_times(problem: ConversationsProblem) -> dict[str, dict[int, int]]:
    """Every talk's possible times with their costs; a pinned talk has one."""
    board, times = Board(problem), {}
    for talk in problem.talks:
        times[talk.id] = {minute(start): talk.cost[start] for start in board.starts(talk)}
        if talk.id in problem.pinned:
            pin = minute(problem.pinned[talk.id])
            times[talk.id] = {pin: times[talk.id][pin]}
    return times


class Floor:
    """The least that a round costs, at these prices for times and for each talk left out."""

    def __init__(
        self,
        problem: ConversationsProblem,
        times: Mapping[str, Prices],
        out: Mapping[str, int],
        families: Sequence[Ways] = (),
        paid: Mapping[str, int] | None = None,
    ) -> None:
        """`paid` is what certain leaders cost in any case and is not counted."""
        self.problem, self.times, self.out, self.paid = problem, times, out, paid or {}
        self._leader = {talk.id: talk.leader for talk in problem.talks}
        self._desk: dict[str, Desk] = {}
        self._breaks: dict[str, int] = {}
        self.of_leader: dict[str, int] = {}
        for leader in problem.leaders:
            self._add_leader(leader)
        self._family: dict[str, _FamilyFloor] = {}
        self.families: list[tuple[Ways, _FamilyFloor]] = []
        for ways in families:
            own = [name for name in ways.group.talks if name not in self._family]  # a talk can be in two families
            floor = _FamilyFloor(ways, {name: self._added(name) for name in own})
            self._family |= dict.fromkeys(own, floor)
            self.families.append((ways, floor))
        self._sum = sum(self.of_leader.values()) + sum(floor.least for _, floor in self.families)
        self._raise, self.raised_by, self._raised = 0, frozenset[str](), frozenset[str]()

    @property
    def least(self) -> int:
        """What no roster can be below."""
        return max(0, self._sum + self._raise)

    def at(self, name: str, time: int) -> int:
        """The least with this talk at this time."""
        return max(self.least, self._sum + self._adds(name, time) + (self._raise if name in self._raised else 0))

    def below(self, limit: int) -> dict[str, dict[int, int]]:
        """Per talk the times at which a roster may still cost no more than this, with their prices."""
        return {
            name: {at: price for at, price in times.items() if self.at(name, at) <= limit}
            for name, times in self.times.items()
        }

    def total(self, placed: Mapping[str, str]) -> int:
        """What a roster costs."""
        times = {name: minute(start) for name, start in placed.items()}
        apart = sum(ways.apart(times) for ways, _ in self.families)
        return apart + sum(self._price(name, times) for name in self.times) - sum(self.paid.values())

    def hurting(self, placed: Mapping[str, str]) -> set[str]:
        """The leaders at whom a roster costs more than it would have to, by themselves or for a family of theirs."""
        times = {name: minute(start) for name, start in placed.items()}
        spent = {leader: -self.paid.get(leader, 0) for leader in self.of_leader}
        for name, leader in self._leader.items():
            family = self._family.get(name)
            spent[leader] += self._price(name, times) - (family.adds(name, times.get(name)) if family else 0)
        found = {leader for leader, cost in spent.items() if cost > self.of_leader[leader]}
        for ways, floor in self.families:
            added = sum(floor.adds(name, times.get(name)) for name in ways.group.talks)
            if ways.apart(times) + added > floor.least:
                found |= {self._leader[name] for name in ways.group.talks}
        return found

    def part(self, problem: ConversationsProblem, leaders: Set[str]) -> tuple[ConversationsProblem, int]:
        """The round of some leaders alone, and the least that the others cost.

        A family that comes to one of them and to others is as near together as it could be with a talk at that time.
        No roster costs less than the best one of the part and this least together.
        """
        inside = {name for name, leader in self._leader.items() if leader in leaders}
        outside = sum(least for leader, least in self.of_leader.items() if leader not in leaders)
        added: dict[Spot, int] = defaultdict(int)
        for ways, floor in self.families:
            names = [name for name in ways.group.talks if name in inside]
            if not names:
                outside += floor.least
            elif len(names) == 1 < len(ways.group.talks):
                for at in self.times[names[0]]:
                    added[names[0], at] += floor.at((names[0], at)) - floor.adds(names[0], at)
        talks = tuple(
            replace(talk, cost={start: price + added[talk.id, minute(start)] for start, price in talk.cost.items()})
            for talk in problem.talks
            if talk.id in inside
        )
        part = replace(
            problem,
            leaders=tuple(leader for leader in problem.leaders if leader.id in leaders),
            talks=talks,
            siblings=tuple(group for group in problem.siblings if inside.issuperset(group.talks)),
            guardian_leads=tuple(pair for pair in problem.guardian_leads if pair[0] in inside and pair[1] in leaders),
            pinned={name: start for name, start in problem.pinned.items() if name in inside},
            previous={name: start for name, start in problem.previous.items() if name in inside},
        )
        return part, outside

    def raise_to(self, least: int, leaders: Set[str]) -> None:
        """It is proven that nothing is below this, whatever happens outside these leaders."""
        if least > self.least:
            self._raise, self.raised_by = least - self._sum, frozenset(leaders)
            near = {name for ways, _ in self.families for name in ways.group.talks if self._meets(ways, leaders)}
            self._raised = frozenset(
                name for name, leader in self._leader.items() if leader not in leaders and name not in near
            )

    def _meets(self, ways: Ways, leaders: Set[str]) -> bool:
        return any(self._leader[name] in leaders for name in ways.group.talks)

    def _add_leader(self, leader: Leader) -> None:
        names = [name for name, whose in self._leader.items() if whose == leader.id]
        leaving = {name: NEVER if name in self.problem.pinned else self.out[name] for name in names}
        desk = Desk(map(minute, leader.slots), {name: self.times[name] for name in names}, leaving)
        seats = desk.seats(self.problem.slot_minutes, self.problem.max_in_a_row)
        self._desk |= dict.fromkeys(names, desk)
        self._breaks |= dict.fromkeys(names, seats.least - desk.least)
        self.of_leader[leader.id] = seats.least - self.paid.get(leader.id, 0)

    def _price(self, name: str, times: Mapping[str, int]) -> int:
        return self.times[name][times[name]] if name in times else self.out[name]

    def _adds(self, name: str, time: int) -> int:
        """At least so much does this talk at this time add."""
        desk, family = self._desk[name], self._family.get(name)
        if self._breaks[name]:
            return desk.dearer(name, time) - self._breaks[name]
        return desk.dearer(name, time) if family is None else family.at((name, time)) - family.least

    def _added(self, name: str) -> dict[int | None, int]:
        """What each time of a talk (and leaving it out, None) adds; nothing where breaks are counted already."""
        desk, counted = self._desk[name], self._breaks[name] > 0
        return {at: 0 if counted else desk.dearer(name, at) for at in (None, *self.times[name])}


class _FamilyFloor:
    """The least that a family adds to its leaders' cheapest times, over every way to cut its talks into chains."""

    def __init__(self, ways: Ways, added: Mapping[str, Mapping[int | None, int]]) -> None:
        self.everybody = frozenset(ways.group.talks)
        self._added = added
        self._at: dict[frozenset[str], dict[Spot, int]] = {}
        self._chain: dict[frozenset[str], int] = {}
        self._cut: dict[frozenset[str], int] = {}
        for names, chains in ways.chains.items():
            spots = self._at[names] = {}
            for price, chain in chains:
                total = price + sum(self.adds(name, at) for name, at in chain)
                for spot in chain:
                    spots[spot] = min(total, spots.get(spot, total))
            self._chain[names] = min(spots.values(), default=NEVER)
            for name in names if len(names) == 1 else ():
                self._chain[names] = min(self._chain[names], self.adds(name, None))
        self.least = self._least(self.everybody) if self._chain else 0

    def at(self, spot: Spot) -> int:
        """The least with this talk at this time."""
        if not self._chain:
            return self.adds(*spot)
        options = []
        for names, spots in self._at.items():
            if spot in spots:
                left = self.everybody - names
                options.append(spots[spot] + (APART + self._least(left) if left else 0))
        return min(options)

    def adds(self, name: str, at: int | None) -> int:
        """What this time of a talk adds to its leader's cheapest times."""
        return self._added[name][at] if name in self._added else 0

    def _least(self, names: frozenset[str]) -> int:
        if names not in self._cut:
            first = min(names)
            self._cut[names] = min(
                self._chain[chosen] + (APART + self._least(names - chosen) if names != chosen else 0)
                for chosen in self._chain
                if first in chosen and chosen <= names
            )
        return self._cut[names]
