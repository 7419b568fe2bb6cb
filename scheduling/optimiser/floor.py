"""What no roster of a round can cost less than, without a solver: in all, and with a talk at one of its times.

Every leader's talks cost at least their cheapest times together, breaks kept. The prices of that matching tell what
any other time adds, so every family can be added at its best: how near together it can be, and at what times. A start
with which a roster would cost more than one that is known is not worth looking at.
"""

from collections.abc import Mapping, Sequence

from scheduling.optimiser.board import Board
from scheduling.optimiser.desks import Desk, Prices
from scheduling.optimiser.families import APART, Ways
from scheduling.optimiser.matching import NEVER
from scheduling.optimiser.problem import ConversationsProblem
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
    """The least that a round costs, at these prices for times and for a talk left out."""

    def __init__(
        self, problem: ConversationsProblem, times: Mapping[str, Prices], out: int, families: Sequence[Ways]
    ) -> None:
        self.times = times
        talks: dict[str, list[str]] = {leader.id: [] for leader in problem.leaders}
        for talk in problem.talks:
            talks[talk.leader].append(talk.id)
        self._desk: dict[str, Desk] = {}
        self._breaks: dict[str, int] = {}
        self.of_leader: dict[str, int] = {}
        for leader in problem.leaders:
            names = talks[leader.id]
            leaving = {name: NEVER if name in problem.pinned else out for name in names}
            desk = Desk(map(minute, leader.slots), {name: times[name] for name in names}, leaving)
            seats = desk.seats(problem.slot_minutes, problem.max_in_a_row)
            self._desk |= dict.fromkeys(names, desk)
            self._breaks |= dict.fromkeys(names, seats.least - desk.least)
            self.of_leader[leader.id] = seats.least
        self.least = sum(self.of_leader.values())
        self._family: dict[str, _FamilyFloor] = {}
        for ways in families:
            own = [name for name in ways.group.talks if name not in self._family]  # a talk can be in two families
            floor = _FamilyFloor(ways, {name: self._added(name) for name in own})
            self._family |= dict.fromkeys(own, floor)
            self.least += floor.least

    def at(self, name: str, time: int) -> int:
        """The least with this talk at this time."""
        desk, family = self._desk[name], self._family.get(name)
        if self._breaks[name]:
            return self.least + max(0, desk.dearer(name, time) - self._breaks[name])
        if family is None:
            return self.least + desk.dearer(name, time)
        return self.least - family.least + family.at((name, time))

    def below(self, limit: int) -> dict[str, dict[int, int]]:
        """Per talk the times at which a roster may still cost no more than this, with their prices."""
        return {
            name: {at: price for at, price in times.items() if self.at(name, at) <= limit}
            for name, times in self.times.items()
        }

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
                total = price + sum(self._adds(name, at) for name, at in chain)
                for spot in chain:
                    spots[spot] = min(total, spots.get(spot, total))
            self._chain[names] = min(spots.values(), default=NEVER)
            for name in names if len(names) == 1 else ():
                self._chain[names] = min(self._chain[names], self._adds(name, None))
        self.least = self._least(self.everybody) if self._chain else 0

    def at(self, spot: Spot) -> int:
        """The least with this talk at this time."""
        if not self._chain:
            return self._adds(*spot)
        options = []
        for names, spots in self._at.items():
            if spot in spots:
                left = self.everybody - names
                options.append(spots[spot] + (APART + self._least(left) if left else 0))
        return min(options)

    def _adds(self, name: str, at: int | None) -> int:
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
