"""What a school gets without optimisation: families come in a random order and take what is free.

`fcfs` takes the first free time of each talk; `fcfs-compact` gives every arriving family the schedule with the least
waiting (or the nearest siblings) that is still free.
"""

import random
from itertools import product

from scheduling.optimiser import checker
from scheduling.optimiser.board import Board
from scheduling.optimiser.problem import (
    BadProblem,
    ConversationsProblem,
    ConversationsRoster,
    EveningProblem,
    EveningRoster,
    Problem,
    Roster,
)
from scheduling.optimiser.problem.fields import minute
from scheduling.optimiser.reasons import reasons
from scheduling.optimiser.times import Times, covered, first_slots

RULES = ("fcfs", "fcfs-compact")
MOST_AT_ONCE = 8  # requests of one family that are put in the best order together; further ones join where they can


def make_baseline(problem: Problem, rule: str, seed: int) -> Roster:
    """The baseline roster of a problem by one of the `RULES`."""
    if isinstance(problem, ConversationsProblem):
        return baseline_conversations(problem, rule, seed)
    if isinstance(problem, EveningProblem):
        return baseline_evening(problem, rule, seed)
    raise BadProblem(["problem: families who exchange times do not arrive in an order, so there is no baseline"])


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


def baseline_evening(problem: EveningProblem, rule: str, seed: int) -> EveningRoster:
    """The roster that families arriving in a random order would have made."""
    times = Times(problem)
    hall = _Hall(times)
    families = list(range(len(problem.families)))
    random.Random(seed).shuffle(families)
    for family in families:
        wanted = [r for r in times.requests_of[family] if r not in hall.placed]
        wanted.sort(key=lambda r: (problem.requests[r].priority, r))
        if rule == "fcfs":
            _take_first(hall, wanted)
        else:
            _take_compact(hall, family, wanted)
    placed = tuple(times.place(r, *hall.placed[r]) for r in sorted(hall.placed))
    score = checker.evening_score(problem, placed)
    return EveningRoster("feasible", seed, placed, reasons(times, placed), score, bound=None)


class _Hall:
    """What every teacher and family still has free while families come in one by one."""

    def __init__(self, times: Times) -> None:
        self.times, self.problem = times, times.problem
        self.teacher = [list(there) for there in times.teacher_there]
        self.family = [list(there) for there in times.family_there]
        self.comes: dict[int, int] = {}
        self.placed: dict[int, tuple[int, int]] = {}
        for pin in times.pinned.values():
            self.take(times.request[pin.request], times.evening[pin.evening], pin.slot)

    def slots(self, r: int, e: int) -> int:
        """The slots at which a request may still start, as bits."""
        request = self.problem.requests[r]
        family, teacher = self.times.family[request.family], self.times.teacher[request.teacher]
        if self.problem.one_evening_per_family and self.comes.get(family, e) != e:
            return 0
        length = self.times.length[r][e]
        free = first_slots(self.teacher[teacher][e] & self.family[family][e], length) & self.times.starts[r][e]
        pause, talk = self.times.pause[teacher][e], (1 << length) - 1
        if pause and free:
            left = self.teacher[teacher][e] & pause
            free = sum(1 << s for s in range(free.bit_length()) if free >> s & 1 and left & ~(talk << s))
        return free

    def take(self, r: int, e: int, slot: int) -> None:
        """Place a request."""
        request, gap = self.problem.requests[r], self.problem.gap_slots
        family, teacher = self.times.family[request.family], self.times.teacher[request.teacher]
        talk = ((1 << self.times.length[r][e]) - 1) << slot
        self.teacher[teacher][e] &= ~talk
        self.family[family][e] &= ~(covered(talk, gap + 1) | covered(talk, gap + 1) >> gap)
        self.comes[family] = e
        self.placed[r] = (e, slot)


def _take_first(hall: _Hall, wanted: list[int]) -> None:
    """The first free time with the most wanted teacher, then the nearest times with the others."""
    stands: dict[int, int] = {}
    for r in wanted:
        free = [(e, s) for e in range(len(hall.times.slots)) for s in _bits(hall.slots(r, e))]
        if free:
            e, slot = min(free, key=lambda spot: (abs(spot[1] - stands[spot[0]]) if spot[0] in stands else 99, spot))
            hall.take(r, e, slot)
            stands.setdefault(e, slot)


def _take_compact(hall: _Hall, family: int, wanted: list[int]) -> None:
    """The evening and order of talks that place the most weight and then wait least."""
    first = wanted[:MOST_AT_ONCE]
    options = [_best_evening(hall, first, e) for e in range(len(hall.times.slots))]
    if not options:
        return
    chosen = min(range(len(options)), key=lambda e: (options[e][0], e))
    for r, slot in options[chosen][1]:
        if hall.slots(r, chosen) >> slot & 1:  # two talks with one teacher may leave it no break
            hall.take(r, chosen, slot)
    _take_first(hall, [r for r in wanted if r not in hall.placed])


def _best_evening(hall: _Hall, wanted: list[int], e: int) -> tuple[tuple[int, int], list[tuple[int, int]]]:
    """The best schedule of one family on one evening, by going through the slots with the set of talks held so far.

    A state is the set of placed requests; its value the weight missed and the slots waited so far.
    """
    problem, gap = hall.problem, hall.problem.gap_slots
    free = [hall.slots(r, e) for r in wanted]
    weights = [problem.requests[r].weight for r in wanted]
    best: tuple[tuple[int, int], list[tuple[int, int]]] = ((0, 0), [])
    # (talks held, first slot from which the next may start) → (waited, schedule)
    states: dict[tuple[int, int], tuple[int, list[tuple[int, int]]]] = {(0, 0): (0, [])}
    for slot in range(hall.times.slots[e]):
        for (held, ready), (waited, schedule) in list(states.items()):
            if ready > slot:
                continue
            for n, r in enumerate(wanted):
                if held >> n & 1 or not free[n] >> slot & 1:
                    continue
                longer = waited + (slot - ready if held else 0)
                now = (held | 1 << n, slot + hall.times.length[r][e] + gap)
                if now not in states or states[now][0] > longer:
                    states[now] = (longer, [*schedule, (r, slot)])
                    weight = sum(w for m, w in enumerate(weights) if now[0] >> m & 1)
                    if (-weight, longer) < best[0]:
                        best = ((-weight, longer), states[now][1])
    return best


def _bits(mask: int) -> list[int]:
    return [slot for slot in range(mask.bit_length()) if mask >> slot & 1]
