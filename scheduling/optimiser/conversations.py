"""Start rounds, solved to a proven optimum.

A first roster (`opening`) is held against what none can be below (`floor`); where the two meet, it is proven without a
solver, which is nearly always. Else an integer model (`round_model`) is built of the starts that a better roster could
still have, and HiGHS closes the gap. With `previous` this happens twice: who has a place and how few talks move first,
the rest of the objective within that.
"""

from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from typing import NamedTuple

from scheduling.optimiser import checker
from scheduling.optimiser.baselines import greedy_conversations
from scheduling.optimiser.board import Board
from scheduling.optimiser.desks import Prices
from scheduling.optimiser.families import Ways
from scheduling.optimiser.floor import Floor, possible_times
from scheduling.optimiser.matching import NEVER
from scheduling.optimiser.opening import Opening
from scheduling.optimiser.problem import BadProblem, ConversationsProblem, ConversationsRoster
from scheduling.optimiser.problem.fields import minute
from scheduling.optimiser.progress import Clock, Report, silent

UNPLACED = 60


class _Found(NamedTuple):
    """A roster (talk → start), its total, and what no roster can be below."""

    placed: dict[str, str]
    total: int
    least: int

    @property
    def proven(self) -> bool:
        return self.total <= self.least


class _Disturbance(NamedTuple):
    """How far a roster is from the previous one: talks without a place first, talks that move second."""

    unplaced: int
    moved: int


@dataclass(frozen=True, slots=True)
class _Prices:
    """What the solver looks at: the objective, within a disturbance that is `held`, or the disturbance itself."""

    out: int | None = None
    """What a talk without a place counts for in a disturbance, as against 1 for a talk that moves."""
    held: _Disturbance | None = None

    @property
    def phase(self) -> str:
        return "solve" if self.out is None else "repair"


@dataclass(frozen=True, slots=True)
class _Limits:
    """How long the solver may go on."""

    seed: int
    clock: Clock
    nodes: int | None
    report: Report


def solve_conversations(
    problem: ConversationsProblem,
    *,
    seed: int = 0,
    seconds: float | None = None,
    nodes: int | None = None,
    report: Report = silent,
) -> ConversationsRoster:
    """The best roster of a round, with its proven bound."""
    limits = _Limits(seed, Clock(seconds), nodes, report)
    _refuse_impossible_pins(problem)
    if problem.previous:
        kept, within = _least_disturbed(problem, limits)
        best = _best(within, limits, kept.placed)
        roster = _roster(problem, seed, best, proven=kept.proven and best.proven)
    else:
        best = _best(problem, limits)
        roster = _roster(problem, seed, best, proven=best.proven)
    report("done", best.total, best.least)
    return roster


def _refuse_impossible_pins(problem: ConversationsProblem) -> None:
    board, faults = Board(problem), []
    for name, start in problem.pinned.items():
        if start not in board.talks[name].cost or board.obstacle(board.talks[name], start) is not None:
            faults.append(f"talk {name} cannot keep its pinned time {start} within the rules")
        else:
            board.place(name, start)
    if faults:
        raise BadProblem(faults)


def _least_disturbed(problem: ConversationsProblem, limits: _Limits) -> tuple[_Found, ConversationsProblem]:
    """A roster with the least disturbance, and the problem with only the starts that such a roster can have."""
    out = len(problem.talks) + 1
    times: dict[str, dict[int, int]] = {}
    for name, costs in possible_times(problem).items():
        before = minute(problem.previous[name]) if name in problem.previous else None
        times[name] = {at: int(before is not None and at != before) for at in costs}
    floor = Floor(problem, times, out, ())
    placed = Opening(problem, times, out, ()).mended(greedy_conversations(problem), floor)
    unplaced, moved = _disturbance(problem, placed)
    found = _Found(placed, out * unplaced + moved, floor.least)
    limits.report("repair", found.total, found.least)
    found = _by_parts(problem, floor, found, limits, _Prices(out))
    return found, _narrowed(problem, floor.below(found.total), found.placed)


def _best(problem: ConversationsProblem, limits: _Limits, kept: Mapping[str, str] | None = None) -> _Found:
    """The roster with the least objective; in a repair one that disturbs as little as the one that is `kept`."""
    times = possible_times(problem)
    families = [Ways(problem, group, times) for group in problem.siblings]
    nobody_out = kept is not None and len(kept) == len(problem.talks)
    floor = Floor(problem, times, NEVER if nobody_out else UNPLACED, families)
    placed = Opening(problem, times, UNPLACED, families).best(floor.least, limits.seed)
    if kept is not None and _rank(problem, kept) < _rank(problem, placed):
        placed = dict(kept)
    found = _Found(placed, checker.conversations_score(problem, placed).objective, floor.least)
    limits.report("solve", found.total, found.least)
    if kept is None:
        return _by_parts(problem, floor, found, limits, _Prices())
    if found.proven:
        return found
    held = _Prices(held=_disturbance(problem, kept))
    return _solved(_narrowed(problem, floor.below(found.total - 1), placed), found, limits, held)


def _by_parts(problem: ConversationsProblem, floor: Floor, found: _Found, limits: _Limits, prices: _Prices) -> _Found:
    """Open the leaders where a roster is not yet at its best, and more of them until nothing else can be better.

    What is better with all the other leaders as they are is a better roster. What these leaders cost when the others
    leave them all the room they want is a bound. In the end the two meet, or every leader is open.
    """
    leaders = floor.hurting(found.placed)
    while not found.proven and not limits.clock.is_over():
        narrow = _narrowed(problem, floor.below(found.total - 1), found.placed)
        if 2 * len(leaders) > len(problem.leaders):
            return _solved(narrow, found, limits, prices)
        better = _solved(_opened(narrow, leaders, found.placed), found, limits, prices)
        found = better._replace(least=found.least)
        if not found.proven:
            part, outside = floor.part(narrow, leaders)
            standing = {talk.id: found.placed[talk.id] for talk in part.talks if talk.id in found.placed}
            bound = _solved(part, _Found(standing, found.total - outside, 0), limits, prices).least + outside
            floor.raise_to(min(bound, found.total), leaders)
            found = found._replace(least=floor.least)
            limits.report(prices.phase, found.total, found.least)
        leaders = _with_neighbours(problem, leaders | floor.hurting(found.placed))
    return found


def _solved(problem: ConversationsProblem, known: _Found, limits: _Limits, prices: _Prices) -> _Found:
    """The best roster within these starts, by the integer model; `known` when it finds none."""
    from scheduling.optimiser.round_model import RoundModel  # most rounds are proven without loading a solver

    model = RoundModel(problem)
    if prices.out is not None:
        model.price_disturbance(prices.out)
    if prices.held is not None:
        model.hold_disturbance(*prices.held)
    solution = model.solve(limits.seed, limits.clock, limits.nodes, known.placed, prices.phase, limits.report)
    if not solution.feasible:
        return known
    total = round(solution.objective)
    return _Found(model.placed(solution), total, total if solution.proven else max(known.least, _up(solution.bound)))


def _opened(problem: ConversationsProblem, leaders: Set[str], placed: Mapping[str, str]) -> ConversationsProblem:
    """The problem in which only the talks of these leaders can move."""
    times = {
        talk.id: dict.fromkeys(map(minute, talk.cost), 0) if talk.leader in leaders else {} for talk in problem.talks
    }
    return _narrowed(problem, times, placed)


def _with_neighbours(problem: ConversationsProblem, leaders: set[str]) -> set[str]:
    """These leaders, and those with whom they share a family."""
    leader = {talk.id: talk.leader for talk in problem.talks}
    groups = [{leader[name] for name in group.talks} for group in problem.siblings]
    groups += [{leader[name], other} for name, other in problem.guardian_leads]
    return leaders.union(*(group for group in groups if group & leaders))


def _narrowed(
    problem: ConversationsProblem, times: Mapping[str, Prices], placed: Mapping[str, str]
) -> ConversationsProblem:
    """The problem with only these starts, and those of a roster that is known."""
    talks = []
    for talk in problem.talks:
        own, standing = times[talk.id], placed.get(talk.id)
        left = {start: cost for start, cost in talk.cost.items() if start == standing or minute(start) in own}
        talks.append(replace(talk, cost=left))
    return replace(problem, talks=tuple(talks))


def _disturbance(problem: ConversationsProblem, placed: Mapping[str, str]) -> _Disturbance:
    moved = sum(problem.previous.get(name, start) != start for name, start in placed.items())
    return _Disturbance(len(problem.talks) - len(placed), moved)


def _rank(problem: ConversationsProblem, placed: Mapping[str, str]) -> tuple[int, int, int]:
    return (*_disturbance(problem, placed), checker.conversations_score(problem, placed).objective)


def _roster(problem: ConversationsProblem, seed: int, found: _Found, *, proven: bool) -> ConversationsRoster:
    board = Board(problem)
    placed = {talk.id: found.placed[talk.id] for talk in problem.talks if talk.id in found.placed}
    for name, start in placed.items():
        board.place(name, start)
    unplaced = {talk.id: str(board.reason(talk.id)) for talk in problem.talks if talk.id not in placed}
    score = checker.conversations_score(problem, placed)
    least = score.objective if proven else found.least
    return ConversationsRoster("optimal" if proven else "feasible", seed, placed, unplaced, score, least)


def _up(bound: float) -> int:
    return 0 if bound < -1e15 else int(-(-(bound - 1e-6) // 1))
