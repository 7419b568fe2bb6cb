"""What a school gets without optimisation: families come in a random order and take what is free.

`fcfs` takes the first free time of each talk; `fcfs-compact` gives every arriving family the schedule with the least
waiting (or the nearest siblings) that is still free.
"""

import random
from itertools import product

from scheduling.optimiser import checker
from scheduling.optimiser.board import Board
from scheduling.optimiser.problem import BadProblem, ConversationsProblem, ConversationsRoster, Problem, Roster
from scheduling.optimiser.problem.fields import minute

RULES = ("fcfs", "fcfs-compact")


def make_baseline(problem: Problem, rule: str, seed: int) -> Roster:
    """The baseline roster of a problem by one of the `RULES`."""
    if isinstance(problem, ConversationsProblem):
        return baseline_conversations(problem, rule, seed)
    raise BadProblem(["problem: there is no baseline for this kind"])


def greedy_conversations(problem: ConversationsProblem, order: list[str] | None = None) -> dict[str, str]:
    """Talk after talk takes its pin, else its previous start, else its cheapest free start."""
    board = Board(problem)
    for name, start in problem.pinned.items():
        if board.obstacle(board.talks[name], start) is None:
            board.place(name, start)
    for name, start in problem.previous.items():
        if name in board.talks and name not in board.placed and start in board.talks[name].cost:
            _take(board, name, [start])
    for name in order or [talk.id for talk in problem.talks]:
        if name not in board.placed:
            _take(board, name, board.starts(board.talks[name]))
    return board.placed


def baseline_conversations(problem: ConversationsProblem, rule: str, seed: int) -> ConversationsRoster:
    """The roster that families arriving in a random order would have made."""
    families = _families(problem)
    random.Random(seed).shuffle(families)
    if rule == "fcfs":
        placed = greedy_conversations(problem, [name for family in families for name in family])
    else:
        placed = _compact_conversations(problem, families)
    board = Board(problem)
    for name, start in placed.items():
        board.place(name, start)
    unplaced = {talk.id: str(board.reason(talk.id)) for talk in problem.talks if talk.id not in placed}
    return ConversationsRoster(
        "feasible", seed, placed, unplaced, checker.conversations_score(problem, placed), bound=None
    )


def _take(board: Board, name: str, starts: list[str]) -> None:
    talk = board.talks[name]
    for start in starts:
        if board.obstacle(talk, start) is None:
            board.place(name, start)
            return


def _families(problem: ConversationsProblem) -> list[list[str]]:
    """Talks that arrive together: siblings, or a talk by itself."""
    grouped: dict[str, list[str]] = {}
    for group in problem.siblings:
        names = [name for name in group.talks if name not in grouped]
        grouped.update(dict.fromkeys(names, names))
    families = [names for names in {id(names): names for names in grouped.values()}.values() if names]
    return families + [[talk.id] for talk in problem.talks if talk.id not in grouped]


def _compact_conversations(problem: ConversationsProblem, families: list[list[str]]) -> dict[str, str]:
    board = Board(problem)
    for name, start in problem.pinned.items():
        board.place(name, start)
    for family in families:
        waiting = [name for name in family if name not in board.placed]
        if len(waiting) == 2:
            _take_together(board, waiting)
        for name in waiting:
            if name not in board.placed:
                _take(board, name, board.starts(board.talks[name]))
    return board.placed


def _take_together(board: Board, names: list[str]) -> None:
    """Two siblings take the cheapest pair of times, apart costing what it costs in the objective."""
    first, second = (board.talks[name] for name in names)
    free = [[s for s in board.starts(talk) if board.obstacle(talk, s) is None] for talk in (first, second)]
    gap = next(group.gap_slots for group in board.problem.siblings if set(names) <= set(group.talks))
    best: tuple[int, str, str] | None = None
    for here, there in product(*free):
        begin, late = minute(here), minute(there)
        apart = late - begin - first.slots * board.step if begin < late else begin - late - second.slots * board.step
        if apart < 0:
            continue
        near = begin // 1440 == late // 1440 and gap * board.step <= apart <= (gap + 1) * board.step
        price = first.cost[here] + second.cost[there] + (apart > gap * board.step if near else 15)
        if best is None or (price, here, there) < best:
            best = (price, here, there)
    if best is not None and (first.leader != second.leader or board.problem.max_in_a_row is None):
        for name, start in zip(names, best[1:], strict=True):
            board.place(name, start)
    elif best is not None:
        for name, start in zip(names, best[1:], strict=True):
            _take(board, name, [start])
