"""How brothers and sisters can follow each other, as if nobody else came to school."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from itertools import combinations, pairwise
from typing import NamedTuple

from scheduling.optimiser.desks import Prices
from scheduling.optimiser.problem import ConversationsProblem, Siblings

APART = 15
"""What a pair of siblings costs who do not follow each other."""
LARGEST = 5
"""A larger group (an institution that is guardian of many) is placed talk by talk."""
MINUTES_A_DAY = 1440

Chain = tuple[tuple[str, int], ...]
"""Talks with their times, each adjoining the one before."""


class Way(NamedTuple):
    """How some of a family's talks follow each other, and what that costs besides the times themselves."""

    price: int
    chain: Chain


class Ways:
    """Every way in which a family's talks can follow each other, per set of talks."""

    def __init__(self, problem: ConversationsProblem, group: Siblings, times: Mapping[str, Prices]) -> None:
        self.step, self.group = problem.slot_minutes, group
        self.length = {talk.id: talk.slots * self.step for talk in problem.talks if talk.id in group.talks}
        self.times = {name: sorted(times[name]) for name in group.talks}
        self.chains: dict[frozenset[str], list[Way]] = {}
        if len(group.talks) <= LARGEST:
            for size in range(1, len(group.talks) + 1):
                for names in map(frozenset, combinations(group.talks, size)):
                    self.chains[names] = list(self._grow((), names, 0))

    def options(self) -> Iterator[Way]:
        """The ways for two or more of the talks, with the price of the talks that each leaves apart."""
        for names, ways in self.chains.items():
            if len(names) > 1 or len(self.group.talks) == 1:
                cuts = APART * (len(self.group.talks) - len(names))
                yield from (Way(cuts + price, chain) for price, chain in ways)

    def apart(self, times: Mapping[str, int]) -> int:
        """What the family costs besides its times when its talks are at these."""
        standing = sorted((times[name], name) for name in self.group.talks if name in times)
        price = APART * (len(self.group.talks) - 1)
        for (begin, last), (at, _) in pairwise(standing):
            soonest = self._soonest(last, begin)
            if soonest <= at <= soonest + self.step and at // MINUTES_A_DAY == begin // MINUTES_A_DAY:
                price += int(at > soonest) - APART
        return price

    def _grow(self, chain: Chain, left: frozenset[str], price: int) -> Iterator[Way]:
        if not left:
            yield Way(price, chain)
            return
        for name in sorted(left):
            for at, longer in self._next(name, chain):
                yield from self._grow((*chain, (name, at)), left - {name}, price + longer)

    def _next(self, name: str, chain: Chain) -> list[tuple[int, int]]:
        """When a talk can begin: any time, or right after the last one (walking counted); 1 for the longer gap."""
        if not chain:
            return [(at, 0) for at in self.times[name]]
        last, begin = chain[-1]
        soonest, times = self._soonest(last, begin), self.times[name]
        near = times[bisect_left(times, soonest) : bisect_right(times, soonest + self.step)]
        return [(at, int(at > soonest)) for at in near if at // MINUTES_A_DAY == begin // MINUTES_A_DAY]

    def _soonest(self, last: str, begin: int) -> int:
        return begin + self.length[last] + self.group.gap_slots * self.step
