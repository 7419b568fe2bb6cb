"""One leader's talks by themselves: the cheapest times for all of them, with breaks, whoever else comes to school."""

from collections.abc import Iterable, Mapping, Sequence
from heapq import heappop, heappush
from itertools import pairwise
from typing import NamedTuple

from scheduling.optimiser.matching import NEVER, Matching

MOST_LOOKS = 300
"""So many ways to keep breaks free are looked at before the best so far is taken."""

Prices = Mapping[int, int]
"""Possible starts of a talk, in minutes, with what each costs."""


class Seats(NamedTuple):
    """Times for a leader's talks (talk → minute; None when none were found), and what no times can be below."""

    taken: dict[str, int] | None
    least: int


class Desk:
    """Talks of one slot each that a leader still has to give a time, and the slots that are left for it."""

    def __init__(self, slots: Iterable[int], prices: Mapping[str, Prices], out: Mapping[str, int]) -> None:
        self.slots = sorted(slots)
        self.names = list(prices)
        self.column = {at: number for number, at in enumerate(self.slots)}
        self.row = {name: number for number, name in enumerate(self.names)}
        costs = [[NEVER] * len(self.slots) for _ in self.names]
        for line, name in zip(costs, self.names, strict=True):
            for at, price in prices[name].items():
                if at in self.column:
                    line[self.column[at]] = price
        self.matching = Matching(costs, [out[name] for name in self.names])
        self.least = self.matching.total

    def dearer(self, name: str, at: int | None) -> int:
        """At least so much more does this desk cost with the talk at this time, or without it (None)."""
        row = self.row[name]
        if at is None:
            return self.matching.out[row] - self.matching.row_price[row]
        return self.matching.dearer(row, self.column[at]) if at in self.column else NEVER

    def after(self, names: Sequence[str], slots: Iterable[int]) -> "Desk":
        """The desk that is left when these talks have a time and these slots are taken."""
        gone, matching = set(slots), self.matching
        rows = {
            name: {at: matching.costs[row][column] for at, column in self.column.items() if at not in gone}
            for name, row in self.row.items()
            if name not in names
        }
        out = {name: matching.out[self.row[name]] for name in rows}
        return Desk((at for at in self.slots if at not in gone), rows, out)

    def seats(self, step: int, longest: int | None, taken: Iterable[int] = ()) -> Seats:
        """The cheapest times with no more than `longest` slots in a row, beside slots that are `taken` already.

        A row that is too long is cut at each of its slots in turn, and the cheapest way so far is looked at first: so
        the first one without such a row is the best there is.
        """
        held = set(taken)
        waiting: list[tuple[int, int, int, Matching]] = [(self.least, 0, 0, self.matching)]
        seen = 0
        while waiting and seen < MOST_LOOKS:
            total, depth, _, matching = heappop(waiting)
            chosen = {self.slots[column] for column in matching.column_of if column >= 0}
            row = _too_long(held | chosen, step, longest)
            if row is None:
                return Seats(self._times(matching), total)
            for at in sorted(chosen & set(row), key=lambda at: (abs(at - row[len(row) // 2]), at)):
                other = matching.without(self.column[at])
                seen += 1
                heappush(waiting, (other.total, depth - 1, seen, other))
        return Seats(None, waiting[0][0] if waiting else NEVER)

    def _times(self, matching: Matching) -> dict[str, int]:
        return {
            name: self.slots[column] for name, column in zip(self.names, matching.column_of, strict=True) if column >= 0
        }


def _too_long(taken: set[int], step: int, longest: int | None) -> list[int] | None:
    """The first slots of a row that is too long, one more than are allowed."""
    if longest is None:
        return None
    row: list[int] = []
    for before, at in pairwise([-step, *sorted(taken)]):
        row = [*row, at] if at - before == step and row else [at]
        if len(row) > longest:
            return row
    return None
