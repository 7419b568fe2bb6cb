"""Families first: a start roster in which brothers and sisters get their places before everybody else.

A good roster in a second, and a bound that needs no solver: every family at its best as if it were alone in the
school. Where the two meet, nothing can be better and no model has to be built.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from scheduling.optimiser import checker
from scheduling.optimiser.board import Board
from scheduling.optimiser.problem import ConversationsProblem, Siblings, Talk
from scheduling.optimiser.problem.fields import minute

APART, UNPLACED = 15, 60
LARGEST = 5
"""A larger group (an institution that is guardian of many) is placed talk by talk."""
ROUNDS = 12
MINUTES_A_DAY = 1440

Chain = tuple[tuple[str, str], ...]
"""Talks with their starts, each adjoining the one before."""


class Opening(NamedTuple):
    """A first roster (talk → start), and what no roster can be below."""

    placed: dict[str, str]
    least: int


def families_first(problem: ConversationsProblem, seed: int = 0) -> Opening:
    """Pinned talks, then families from the most constrained on, then everybody else; the best of some tries.

    The least is each talk at its cheapest, and each family as near together as its leaders allow.
    """
    rng, empty = random.Random(seed), Board(problem)
    ways = {group: _Ways(empty, group) for group in problem.siblings}
    least = _least(problem, ways.values())
    order = sorted(problem.siblings, key=lambda group: len(ways[group].whole))
    best: dict[str, str] = {}
    best_score: int | None = None
    for _ in range(ROUNDS):
        board, unlucky = _fill(problem, order, ways, rng)
        score = checker.conversations_score(problem, board.placed).objective
        if best_score is None or score < best_score:
            best, best_score = dict(board.placed), score
        if best_score <= least or not unlucky:
            break
        order = [*unlucky, *(group for group in order if group not in unlucky)]
    return Opening(best, least)


def _least(problem: ConversationsProblem, ways: Iterable["_Ways"]) -> int:
    talks = sum(min([*talk.cost.values(), UNPLACED]) for talk in problem.talks)
    return talks + sum(family.least() for family in ways)


class _Ways:
    """How a family's talks can follow each other, as if nobody else came."""

    def __init__(self, board: Board, group: Siblings) -> None:
        self.step, self.group = board.step, group
        self.talks: dict[str, Talk] = {name: board.talks[name] for name in group.talks}
        self.starts: dict[str, dict[int, str]] = {}
        for name, talk in self.talks.items():
            pin = board.problem.pinned.get(name)
            self.starts[name] = {minute(start): start for start in ([pin] if pin else board.starts(talk))}
        self._known: dict[frozenset[str], list[tuple[int, Chain]]] = {}
        self.whole = self.chains(group.talks) if len(group.talks) <= LARGEST else []

    def chains(self, names: Sequence[str]) -> list[tuple[int, Chain]]:
        """Every way to let these talks follow each other, with its price, the cheapest first."""
        key = frozenset(names)
        if key not in self._known:
            self._known[key] = sorted(self._grow((), key, 0, 0), key=lambda way: way[0])
        return self._known[key]

    def parts(self) -> Iterator[list[tuple[int, Chain]]]:
        """The ways of the whole family; then of ever fewer of its talks."""
        yield self.whole
        if len(self.group.talks) <= LARGEST:
            for size in range(len(self.group.talks) - 1, 1, -1):
                yield [way for names in combinations(self.group.talks, size) for way in self.chains(names)]

    def least(self) -> int:
        """The least that the family costs for being apart."""
        if len(self.group.talks) > LARGEST:
            return 0
        return self._least(frozenset(self.group.talks), {})

    def _least(self, names: frozenset[str], known: dict[frozenset[str], int]) -> int:
        """Over every way to cut these talks into chains: 15 per cut, 1 per longer gap."""
        if len(names) < 2:
            return 0
        if names not in known:
            first = min(names)
            rest = names - {first}
            options = []
            for size in range(len(rest) + 1):
                for others in combinations(sorted(rest), size):
                    chain = self._gaps((first, *others))
                    left = names - {first, *others}
                    if chain is not None:
                        options.append(chain + (APART + self._least(left, known) if left else 0))
            known[names] = min(options)
        return known[names]

    def _gaps(self, names: Sequence[str]) -> int | None:
        """The fewest longer gaps with which these talks can follow each other; None when they cannot."""
        if len(names) == 1:
            return 0
        priced = ((self._longer(chain), chain) for _, chain in self.chains(names))
        return min((longer for longer, _ in priced), default=None)

    def _longer(self, chain: Chain) -> int:
        ends = [minute(start) + self.talks[name].slots * self.step for name, start in chain]
        gaps = [minute(start) - end for end, (_, start) in zip(ends, chain[1:], strict=False)]
        return sum(gap > self.group.gap_slots * self.step for gap in gaps)

    def _grow(self, chain: Chain, left: frozenset[str], end: int, price: int) -> Iterator[tuple[int, Chain]]:
        if not left:
            yield price, chain
            return
        for name in sorted(left):
            for begin, longer in self._next(name, end, is_first=not chain):
                start = self.starts[name][begin]
                cost = price + longer + self.talks[name].cost[start]
                after = begin + self.talks[name].slots * self.step
                yield from self._grow((*chain, (name, start)), left - {name}, after, cost)

    def _next(self, name: str, end: int, *, is_first: bool) -> list[tuple[int, int]]:
        """Where a talk can begin: anywhere, or right after the one that ends here (walking counted)."""
        if is_first:
            return [(begin, 0) for begin in self.starts[name]]
        wanted = ((end + (self.group.gap_slots + extra) * self.step, extra) for extra in (0, 1))
        same_day = (end - 1) // MINUTES_A_DAY
        return [
            (begin, extra)
            for begin, extra in wanted
            if begin in self.starts[name] and begin // MINUTES_A_DAY == same_day
        ]


def _fill(
    problem: ConversationsProblem, order: Sequence[Siblings], ways: dict[Siblings, _Ways], rng: random.Random
) -> tuple[Board, list[Siblings]]:
    """One try; the families that did not get all that they could have."""
    board = Board(problem)
    for name, start in problem.pinned.items():
        if board.obstacle(board.talks[name], start) is None:
            board.place(name, start)
    unlucky = [group for group in order if not _seat(board, ways[group], rng)]
    waiting = [talk for talk in problem.talks if talk.id not in board.placed]
    for talk in sorted(waiting, key=lambda talk: (-talk.slots, len(talk.cost))):
        free = next((start for start in board.starts(talk) if board.obstacle(talk, start) is None), None)
        if free is not None:
            board.place(talk.id, free)
    return board, unlucky


def _seat(board: Board, ways: _Ways, rng: random.Random) -> bool:
    """Give a family the cheapest way that is still free; whether that was a way for all of its talks."""
    for number, options in enumerate(ways.parts()):
        for _, chain in sorted(rng.sample(options, len(options)), key=lambda way: way[0]):
            if _take(board, chain):
                return number == 0
    return not ways.whole


def _take(board: Board, chain: Chain) -> bool:
    """Place a whole chain, or nothing of it."""
    fresh: list[str] = []
    for name, start in chain:
        if board.placed.get(name) == start:
            continue
        if name in board.placed or board.obstacle(board.talks[name], start) is not None:
            for done in fresh:
                board.remove(done)
            return False
        board.place(name, start)
        fresh.append(name)
    return True
