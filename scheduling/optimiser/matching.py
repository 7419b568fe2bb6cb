"""Who takes which place at the least total cost: rows that each take one column or stay out, in plain Python.

Kuhn and Munkres with prices: what a row and a column are worth tells how much dearer another choice is at least.
"""

from collections.abc import Sequence

NEVER = 10**15
"""The cost of a column that a row cannot take."""


class Matching:
    """The cheapest way to give every row a column of its own or leave it out; columns can be closed afterwards."""

    def __init__(self, costs: Sequence[Sequence[int]], out: Sequence[int]) -> None:
        self.costs, self.out = costs, out
        columns = len(costs[0]) if costs else 0
        self.open = list(range(columns))
        self.column_of = [-1] * len(costs)
        self.row_of = [-1] * columns
        self.row_price = [min(min(line, default=NEVER), leave) for line, leave in zip(costs, out, strict=True)]
        self.column_price = [0] * columns
        for row in range(len(costs)):
            self._seat(row)

    @property
    def total(self) -> int:
        """What this costs."""
        return sum(
            self.out[row] if column < 0 else self.costs[row][column] for row, column in enumerate(self.column_of)
        )

    def dearer(self, row: int, column: int) -> int:
        """At least so much more does everything cost with this row on this column."""
        return self.costs[row][column] - self.row_price[row] - self.column_price[column]

    def without(self, column: int) -> "Matching":
        """The cheapest way when nobody takes this column."""
        other = Matching((), ())
        other.costs, other.out = self.costs, self.out
        other.open = [number for number in self.open if number != column]
        other.column_of, other.row_of = self.column_of.copy(), self.row_of.copy()
        other.row_price, other.column_price = self.row_price.copy(), self.column_price.copy()
        row = other.row_of[column]
        if row >= 0:
            other.row_of[column] = other.column_of[row] = -1
            other._seat(row)
        return other

    def _seat(self, row: int) -> None:
        """Give a row without a column one along the cheapest chain of moves, or let the cheapest to leave go out."""
        distance, came = [2 * NEVER] * len(self.row_of), [-1] * len(self.row_of)
        waiting, passed = self.open.copy(), []
        here, column, base = row, -1, 0
        leaving, last = 2 * NEVER, -1
        while True:
            line, base = self.costs[here], base - self.row_price[here]
            if base + self.out[here] < leaving:
                leaving, last = base + self.out[here], column
            nearest, found = 2 * NEVER, -1
            for number in waiting:
                reached = base + line[number] - self.column_price[number]
                if reached < distance[number]:
                    distance[number], came[number] = reached, column
                if distance[number] < nearest:
                    nearest, found = distance[number], number
            if leaving <= nearest:
                nearest, column = leaving, last
                if column >= 0:
                    self.column_of[self.row_of[column]] = -1
                break
            column = found
            here, base = self.row_of[column], nearest
            if here < 0:
                break
            waiting.remove(column)
            passed.append(column)
        self._raise_prices(row, nearest, [(number, distance[number]) for number in passed])
        while column >= 0:
            mover = row if came[column] < 0 else self.row_of[came[column]]
            self.row_of[column], self.column_of[mover] = mover, column
            column = came[column]

    def _raise_prices(self, row: int, length: int, passed: Sequence[tuple[int, int]]) -> None:
        self.row_price[row] += length
        for column, distance in passed:
            self.row_price[self.row_of[column]] += length - distance
            self.column_price[column] -= length - distance
