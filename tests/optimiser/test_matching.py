"""Who takes which place: against every way there is, while places close one by one."""

import random
from itertools import product

from scheduling.optimiser.desks import Desk
from scheduling.optimiser.matching import NEVER, Matching


def _cheapest(costs: list[list[int]], out: list[int], closed: set[int]) -> int:
    """The least that any way costs, by trying all of them."""
    totals = []
    for way in product(range(-1, len(costs[0])), repeat=len(costs)):
        taken = [column for column in way if column >= 0]
        if len(set(taken)) == len(taken) and closed.isdisjoint(taken):
            totals.append(sum(out[row] if column < 0 else costs[row][column] for row, column in enumerate(way)))
    return min(totals)


def test_a_matching_is_the_cheapest_one_whatever_closes() -> None:
    rng = random.Random(2)
    for _ in range(300):
        rows, columns = rng.randint(1, 4), rng.randint(1, 4)
        costs = [[rng.choice((0, 1, 2, 9, NEVER)) for _ in range(columns)] for _ in range(rows)]
        out = [rng.choice((2, 5, 60)) for _ in range(rows)]
        matching, closed = Matching(costs, out), set[int]()
        while True:
            assert matching.total == _cheapest(costs, out, closed)
            if not matching.open:
                break
            column = rng.choice(matching.open)
            closed.add(column)
            matching = matching.without(column)


def test_no_way_with_a_certain_place_is_below_what_the_prices_say() -> None:
    rng = random.Random(3)
    for _ in range(300):
        costs = [[rng.choice((0, 1, 2, 9)) for _ in range(3)] for _ in range(3)]
        matching = Matching(costs, [5, 5, 5])
        row, column = rng.randrange(3), rng.randrange(3)
        others = [[NEVER if number == column else cost for number, cost in enumerate(line)] for line in costs]
        others[row] = [cost if number == column else NEVER for number, cost in enumerate(costs[row])]
        leaving = [NEVER if number == row else 5 for number in range(3)]
        assert matching.total + matching.dearer(row, column) <= Matching(others, leaving).total


def test_a_leader_gets_the_cheapest_times_with_breaks() -> None:
    rng = random.Random(4)
    for _ in range(200):
        slots, longest = rng.randint(2, 5), rng.randint(1, 3)
        names = "abcd"[: rng.randint(1, 4)]
        prices = {name: {at: rng.choice((0, 1, 4)) for at in range(slots) if rng.random() < 0.7} for name in names}
        seats = Desk(range(slots), prices, dict.fromkeys(names, 60)).seats(1, longest)
        totals = []
        for way in product(*([None, *prices[name]] for name in names)):
            taken = [at for at in way if at is not None]
            rows = "".join("x" if at in taken else "." for at in range(slots)).split(".")
            if len(set(taken)) == len(taken) and max(map(len, rows)) <= longest:
                totals.append(sum(60 if at is None else prices[n][at] for n, at in zip(names, way, strict=True)))
        assert seats.least == min(totals)
        assert seats.taken is not None
        assert sum(prices[name][at] for name, at in seats.taken.items()) + 60 * (len(names) - len(seats.taken)) == min(
            totals
        )
