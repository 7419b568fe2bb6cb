"""Who takes whose time: chains to a free slot and rings, in plain Python.

A talk moves only to a slot that its family wishes, so nobody is worse off by their own statement. With a limit on the
parties every possible chain and ring is listed, and the set that serves most talks (then the best wishes) is found by
exact search; without one it is an assignment problem. More parties serve more talks and need more people to say yes.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from itertools import product

from scheduling.optimiser.matching import NEVER, Matching
from scheduling.optimiser.problem import Move, SwapsProblem, SwapsRoster

SERVED = 1000  # one more talk served outweighs any wishes: lists of wishes are far shorter
NODES = 20_000  # states the exact search may look at
TRIES = 300

Proposal = tuple[Move, ...]


class _TooMany(Exception):
    """The exact search would take too long."""


def solve_swaps(problem: SwapsProblem, seed: int = 0) -> SwapsRoster:
    """Most talks served, then the best wishes; of equal choices the one that serves who comes first in `slots`."""
    market = _Market(problem)
    most = sum(move is not None for move in market.assign(set(), set()).values())
    if problem.max_parties is None:
        chosen, proven = _unlimited(market)
    else:
        chosen, proven = _limited(market, problem.max_parties, seed, most)
    moves = tuple(sorted((move for proposal in chosen for move in proposal), key=market.order))
    proposals = tuple(sorted((tuple(move.talk for move in proposal) for proposal in chosen), key=market.first))
    return SwapsRoster(moves, proposals, len(moves), len(moves) if proven else most)


class _Market:
    """Who holds what, who wishes what, who moves together."""

    def __init__(self, problem: SwapsProblem) -> None:
        self.own = {slot.holder: slot.id for slot in problem.slots if slot.holder is not None}
        self.holder = {slot.id: slot.holder for slot in problem.slots}
        self.wishes = {talk: wanted for talk, wanted in problem.wishes.items() if wanted}
        self.groups = [frozenset(group) for group in problem.together if len(group) > 1]
        stuck = {talk for group in self.groups if not group <= self.wishes.keys() for talk in group}
        self.wishes = {talk: wanted for talk, wanted in self.wishes.items() if talk not in stuck}
        self.groups = [group for group in self.groups if not group & stuck]
        self.group_of = {talk: group for group in self.groups for talk in group}
        self.index = {slot.id: number for number, slot in enumerate(problem.slots)}
        self.rank = {(talk, slot): n for talk, wanted in self.wishes.items() for n, slot in enumerate(wanted)}

    def order(self, move: Move) -> int:
        """Moves in the order of the slots they come from."""
        return self.index[move.origin]

    def first(self, talks: tuple[str, ...]) -> int:
        """Proposals in the order of their first talk's slot."""
        return self.index[self.own[talks[0]]]

    def moves(self, talk: str) -> list[Move]:
        """What the talk would do, best wish first; a slot whose holder never moves is out of reach."""
        reachable = (
            slot for slot in self.wishes[talk] if self.holder[slot] is None or self.holder[slot] in self.wishes
        )
        return [Move(talk, self.own[talk], slot) for slot in reachable]

    def value(self, moves: Iterable[Move]) -> int:
        """Talks served first, wishes second."""
        return sum(SERVED - self.rank[move.talk, move.target] for move in moves)

    def assign(self, staying: set[str], moving: set[str]) -> dict[str, Move | None]:
        """The best moves without a limit on the parties; `staying` stay, `moving` move if it is possible at all."""
        talks = [talk for talk in self.wishes if talk not in staying]
        options = {talk: [m for m in self.moves(talk) if self.holder[m.target] not in staying] for talk in talks}
        slots = sorted(
            {self.own[t] for t in talks} | {m.target for ms in options.values() for m in ms}, key=self.index.__getitem__
        )
        column = {slot: number for number, slot in enumerate(slots)}
        forbidden = SERVED**3
        costs = [[forbidden] * len(slots) for _ in talks]
        for row, talk in zip(costs, talks, strict=True):
            row[column[self.own[talk]]] = SERVED**2 if talk in moving else SERVED
            for move in options[talk]:
                row[column[move.target]] = self.rank[talk, move.target]
        chosen = Matching(costs, [NEVER] * len(costs)).column_of  # every talk can at least stay where it is
        targets = {talk: slots[number] for talk, number in zip(talks, chosen, strict=True)}
        return {t: None if slot == self.own[t] else Move(t, self.own[t], slot) for t, slot in targets.items()}


def _unlimited(market: _Market) -> tuple[list[Proposal], bool]:
    """The best assignment; talks that belong together are tried moving and staying."""
    best: list[Move] = []
    exact = len(market.groups) <= 6
    choices = product((True, False), repeat=len(market.groups)) if exact else _one_by_one(market)
    for choice in choices:
        moving = {talk for group, goes in zip(market.groups, choice, strict=True) if goes for talk in group}
        staying = {talk for group in market.groups for talk in group} - moving
        found = market.assign(staying, moving)
        moves = [move for move in found.values() if move is not None]
        whole = moving <= {move.talk for move in moves}
        if whole and market.value(moves) > market.value(best):
            best = moves
    return _components(market, best), exact


def _one_by_one(market: _Market) -> Iterator[tuple[bool, ...]]:
    """No group moves, or one of them."""
    yield tuple(False for _ in market.groups)
    for chosen in market.groups:
        yield tuple(group is chosen for group in market.groups)


def _components(market: _Market, moves: list[Move]) -> list[Proposal]:
    """Moves that need each other, as proposals."""
    by_talk = {move.talk: move for move in moves}
    left = dict(by_talk)
    proposals = []
    for talk in by_talk:
        found: list[Move] = []
        waiting = [talk]
        while waiting:
            move = left.pop(waiting.pop(), None)
            if move is None:
                continue
            found.append(move)
            follower = market.holder[move.target]
            ahead = [follower] if follower is not None else []
            behind = [other.talk for other in moves if other.target == move.origin]
            waiting += [*ahead, *behind, *market.group_of.get(move.talk, ())]
        if found:
            proposals.append(tuple(found))
    return proposals


def _limited(market: _Market, parties: int, seed: int, most: int) -> tuple[list[Proposal], bool]:
    """The best set of proposals that share no talk and no free slot."""
    proposals = _proposals(market, parties)
    try:
        return _exact(market, proposals), True
    except _TooMany:
        chosen = _by_lot(market, proposals, random.Random(seed))
        return chosen, sum(map(len, chosen)) == most


def _proposals(market: _Market, parties: int) -> list[Proposal]:
    """Every chain and ring of at most so many talks, joined where talks belong together."""
    found: dict[frozenset[Move], Proposal] = {}
    chains = [chain for talk in market.wishes for chain in _chains(market, talk, parties)]
    rings: dict[frozenset[Move], Proposal] = {}
    for chain in chains:
        rings.setdefault(frozenset(chain), chain)
    waiting = list(rings.values())
    touching: dict[str, list[Proposal]] = {}
    for chain in waiting:
        for move in chain:
            touching.setdefault(move.talk, []).append(chain)
    while waiting:
        proposal = waiting.pop()
        talks = {move.talk for move in proposal}
        missing = next(
            (t for talk in sorted(talks) for t in sorted(market.group_of.get(talk, ())) if t not in talks), None
        )
        if missing is None:
            found[frozenset(proposal)] = proposal
            continue
        for other in touching.get(missing, ()):
            apart = talks.isdisjoint(move.talk for move in other) and len(talks) + len(other) <= parties
            if apart and {move.target for move in proposal}.isdisjoint(move.target for move in other):
                waiting.append(proposal + other)
    return sorted(found.values(), key=lambda p: (-market.value(p), [market.index[m.origin] for m in p]))


def _chains(market: _Market, first: str, parties: int) -> Iterator[Proposal]:
    """Chains that begin with this talk and end on a free slot, and rings that come back to it."""
    waiting: list[Proposal] = [(move,) for move in market.moves(first)]
    while waiting:
        chain = waiting.pop()
        follower = market.holder[chain[-1].target]
        if follower is None or follower == first:
            yield chain
        elif len(chain) < parties and follower not in {move.talk for move in chain}:
            waiting += [(*chain, move) for move in market.moves(follower)]


def _exact(market: _Market, proposals: Sequence[Proposal]) -> list[Proposal]:
    """The best choice by going through the talks one after the other, each state looked at once."""
    talks = sorted(
        {move.talk for proposal in proposals for move in proposal}, key=lambda talk: market.index[market.own[talk]]
    )
    bit = {item: 1 << number for number, item in enumerate([*talks, *_free_targets(market, proposals)])}
    options: dict[str, list[tuple[int, int, Proposal]]] = {talk: [] for talk in talks}
    for proposal in proposals:
        mask = 0
        for move in proposal:
            mask |= bit[move.talk]
            if market.holder[move.target] is None:
                mask |= bit[move.target]
        earliest = min((move.talk for move in proposal), key=talks.index)
        options[earliest].append((mask, market.value(proposal), proposal))
    memo: dict[tuple[int, int], tuple[int, tuple[Proposal, ...]]] = {}
    ahead = _relevant(talks, options)

    def best(number: int, used: int) -> tuple[int, tuple[Proposal, ...]]:
        if number == len(talks):
            return 0, ()
        state = number, used & ahead[number]
        if state not in memo:
            if len(memo) >= NODES:
                raise _TooMany
            answer: tuple[int, tuple[Proposal, ...]] = (-1, ())
            for mask, value, proposal in options[talks[number]]:
                if not mask & used:
                    worth, rest = best(number + 1, used | mask)
                    if worth + value > answer[0]:
                        answer = worth + value, (proposal, *rest)
            without = best(number + 1, used)  # looked at last: of two equal choices the talk that comes first is served
            memo[state] = answer if answer[0] >= without[0] else without
        return memo[state]

    return list(best(0, 0)[1])


def _relevant(talks: list[str], options: dict[str, list[tuple[int, int, Proposal]]]) -> list[int]:
    """Per talk, the items that its own and later options touch: what else is used does not matter any more."""
    masks, total = [], 0
    for talk in reversed(talks):
        for mask, _, _ in options[talk]:
            total |= mask
        masks.append(total)
    return masks[::-1]


def _free_targets(market: _Market, proposals: Iterable[Proposal]) -> list[str]:
    free = {m.target for proposal in proposals for m in proposal if market.holder[m.target] is None}
    return sorted(free, key=lambda slot: market.index[slot])


def _by_lot(market: _Market, proposals: Sequence[Proposal], rng: random.Random) -> list[Proposal]:
    """The best of many greedy choices, for markets too large to search."""
    best: list[Proposal] = []
    best_value = 0
    for attempt in range(TRIES):
        ordered = list(proposals)
        if attempt:
            rng.shuffle(ordered)
            ordered.sort(key=len, reverse=attempt % 2 == 0)
        chosen: list[Proposal] = []
        used: set[str] = set()
        for proposal in ordered:
            touched = {move.talk for move in proposal} | {move.target for move in proposal}
            if used.isdisjoint(touched):
                chosen.append(proposal)
                used |= touched
        value = sum(market.value(proposal) for proposal in chosen)
        if value > best_value:
            best, best_value = chosen, value
    return best
