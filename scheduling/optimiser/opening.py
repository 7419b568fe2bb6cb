"""Families first: a start roster in which brothers and sisters get their places before everybody else.

A family takes the way to follow each other that costs it and the other pupils of its leaders least; then every leader's
other talks get the cheapest times together. A good roster in half a second, without a solver.
"""

import random
from collections.abc import Iterable, Mapping, Sequence

from scheduling.optimiser.board import Board
from scheduling.optimiser.desks import Desk
from scheduling.optimiser.families import APART, Chain, Way, Ways
from scheduling.optimiser.floor import Floor
from scheduling.optimiser.matching import NEVER
from scheduling.optimiser.problem import Siblings
from scheduling.optimiser.problem.fields import minute

ROUNDS = 6
TRIED = 40
"""So many ways of a family are tried before the best of them is taken."""


class Opening:
    """Makes first rosters: pinned talks, then families from the most constrained on, then everybody else."""

    def __init__(self, floor: Floor) -> None:
        self.floor, self.problem, self.times = floor, floor.problem, floor.times
        problem, families = floor.problem, [ways for ways, _ in floor.families]
        self.starts = {minute(start): start for leader in problem.leaders for start in leader.slots}
        self.empty = Board(problem)
        for name, start in problem.pinned.items():
            self.empty.place(name, start)
        grouped = {name for ways in families for name in ways.group.talks}
        long = [talk for talk in problem.talks if talk.slots > 1 and talk.id not in grouped]
        self.parties = [*families, *(Ways(problem, Siblings((talk.id,)), self.times) for talk in long)]
        self.parties.sort(key=lambda ways: min(map(len, ways.chains.values()), default=0))
        self.of_leader: dict[str, list[str]] = {leader.id: [] for leader in problem.leaders}
        for talk in problem.talks:
            self.of_leader[talk.leader].append(talk.id)
        self.desks = {leader: self._desk(self.empty, leader, names) for leader, names in self.of_leader.items()}

    def best(self, seed: int) -> dict[str, str]:
        """The best of some tries (talk → start); it stops at a roster that nothing can be below."""
        rng = random.Random(seed)
        best: dict[str, str] = {}
        best_score: int | None = None
        order = self.parties
        for _ in range(ROUNDS):
            placed, unlucky = self._try(order, rng)
            score = self.floor.total(placed)
            if best_score is None or score < best_score:
                best, best_score = placed, score
            if best_score <= self.floor.least:
                break
            order = [*unlucky, *(ways for ways in order if ways not in unlucky)]
        return best

    def mended(self, placed: Mapping[str, str]) -> dict[str, str]:
        """This roster, with new times for the talks of a leader whenever they can then cost less by themselves."""
        board = Board(self.problem)
        for name, start in placed.items():
            board.place(name, start)
        for leader, names in self.of_leader.items():
            before = {name: board.placed[name] for name in names if name in board.placed}
            cost = self._cost(names, before)
            if cost > self.floor.of_leader[leader]:
                _empty(board, [name for name in before if name not in self.problem.pinned])
                self._fill(board, leader)
                if self._cost(names, board.placed) >= cost:
                    _empty(board, [name for name in names if name in board.placed])
                    for name, start in before.items():
                        board.place(name, start)
        return board.placed

    def _cost(self, names: Iterable[str], placed: Mapping[str, str]) -> int:
        out, times = self.floor.out, self.times
        return sum(times[name][minute(placed[name])] if name in placed else out[name] for name in names)

    def _try(self, order: Sequence[Ways], rng: random.Random) -> tuple[dict[str, str], list[Ways]]:
        """One roster, and the families that did not get all that they could have."""
        board, desks = Board(self.problem), dict(self.desks)
        for name, start in self.empty.placed.items():
            board.place(name, start)
        unlucky = [ways for ways in order if not self._seat(board, desks, ways, rng)]
        for leader in self.problem.leaders:
            self._fill(board, leader.id)
        return board.placed, unlucky

    def _seat(self, board: Board, desks: dict[str, Desk], ways: Ways, rng: random.Random) -> bool:
        """Give a family its cheapest way; whether that costs no more than it would in an empty school."""
        options = [(self._hoped(board, desks, way), way) for way in ways.options()]
        rng.shuffle(options)
        options.sort(key=lambda option: option[0])
        apart = APART * (len(ways.group.talks) - 1) if len(ways.group.talks) > 1 else NEVER
        best, chosen = apart, None
        for hoped, way in options[:TRIED]:
            if hoped >= best:
                break
            if _fits(board, self._starts(way.chain)):
                after = self._after(board, desks, way.chain)
                cost = way.price + self._own(board, way.chain) + sum(d.least - desks[k].least for k, d in after.items())
                if cost < best:
                    best, chosen = cost, (way, after)
        if chosen is None:
            return not options or options[0][0] >= apart
        for name, start in self._starts(chosen[0].chain).items():
            if name not in board.placed:
                board.place(name, start)
        desks.update(chosen[1])
        return best <= min(self._hoped(self.empty, self.desks, way) for _, way in options)

    def _hoped(self, board: Board, desks: Mapping[str, Desk], way: Way) -> int:
        """At least so much more does everything cost with this way."""
        total = way.price
        for name, at in way.chain:
            if name not in board.placed:
                desk = desks[board.talks[name].leader]
                total += desk.dearer(name, at) if name in desk.row else self.times[name][at]
        return total

    def _after(self, board: Board, desks: Mapping[str, Desk], chain: Chain) -> dict[str, Desk]:
        """The desks of these talks' leaders once they have these times."""
        fresh = [(name, at) for name, at in chain if name not in board.placed]
        after = {}
        for leader in sorted({board.talks[name].leader for name, _ in fresh}):
            own = [(name, at) for name, at in fresh if board.talks[name].leader == leader]
            slots = [slot for name, at in own for slot in self._slots(name, at)]
            after[leader] = desks[leader].after([name for name, _ in own], slots)
        return after

    def _own(self, board: Board, chain: Chain) -> int:
        return sum(self.times[name][at] for name, at in chain if name not in board.placed)

    def _fill(self, board: Board, leader: str) -> None:
        """The cheapest times for all talks of a leader that have none yet."""
        waiting = [name for name in self.of_leader[leader] if name not in board.placed]
        for name in waiting:
            if board.talks[name].slots > 1:
                self._take(board, name)
        desk = self._desk(board, leader, waiting)
        seats = desk.seats(board.step, self.problem.max_in_a_row, board.taken[leader])
        for name, at in (seats.taken or {}).items():
            board.place(name, self.starts[at])
        if seats.taken is None:
            for name in waiting:
                self._take(board, name)

    def _take(self, board: Board, name: str) -> None:
        for at in sorted(self.times[name], key=lambda at: (self.times[name][at], at)):
            if name not in board.placed and board.obstacle(board.talks[name], self.starts[at]) is None:
                board.place(name, self.starts[at])

    def _desk(self, board: Board, leader: str, names: Iterable[str]) -> Desk:
        """What is left to be given out by a leader."""
        single = [board.talks[name] for name in names if name not in board.placed and board.talks[name].slots == 1]
        prices = {
            talk.id: {
                at: price for at, price in self.times[talk.id].items() if board.elsewhere(talk, self.starts[at]) is None
            }
            for talk in single
        }
        return Desk(
            board.open[leader] - board.taken[leader].keys(), prices, {name: self.floor.out[name] for name in prices}
        )

    def _starts(self, chain: Chain) -> dict[str, str]:
        return {name: self.starts[at] for name, at in chain}

    def _slots(self, name: str, at: int) -> range:
        return range(at, at + self.empty.talks[name].slots * self.empty.step, self.empty.step)


def _empty(board: Board, names: Iterable[str]) -> None:
    for name in names:
        board.remove(name)


def _fits(board: Board, starts: Mapping[str, str]) -> bool:
    """Whether a whole chain can be placed beside what stands on the board."""
    fresh: list[str] = []
    for name, start in starts.items():
        standing = board.placed.get(name)
        if standing != start and (standing is not None or board.obstacle(board.talks[name], start) is not None):
            break
        if standing is None:
            board.place(name, start)
            fresh.append(name)
    fits = all(name in board.placed and board.placed[name] == start for name, start in starts.items())
    for name in fresh:
        board.remove(name)
    return fits
