"""Start rounds, solved to a proven optimum.

A first roster (`opening`) is held against what none can be below (`floor`); where the two meet, it is proven without a
solver, which is nearly always. Else an integer model (`round_model`) is built of the starts that a better roster could
still have, and HiGHS closes the gap. With `previous` this happens twice: who has a place and how few talks move first,
the rest of the objective within that.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass, replace
from typing import NamedTuple

from scheduling.optimiser import checker
from scheduling.optimiser.baselines import greedy_conversations
from scheduling.optimiser.board import Board
from scheduling.optimiser.desks import Prices
from scheduling.optimiser.families import APART, Ways
from scheduling.optimiser.floor import Floor, possible_times
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


class _Share(NamedTuple):
    """How much the talks of some leaders are disturbed together in every roster with the least disturbance."""

    leaders: frozenset[str]
    most: int


@dataclass(frozen=True, slots=True)
class _Repair:
    """What a repair may still do: the problem with the starts that are left, and each leader's share of it."""

    found: _Found
    problem: ConversationsProblem
    disturbance: Mapping[str, Mapping[int, int]]
    unplaced: int
    alone: Mapping[str, int]
    """The share of each leader of whom it is known."""
    shares: tuple[_Share, ...]

    def allows(self, placed: Mapping[str, str]) -> bool:
        """Whether this roster disturbs nobody more than it must."""
        spent: dict[str, int] = defaultdict(int)
        for talk in self.problem.talks:
            start = placed.get(talk.id)
            spent[talk.leader] += self.unplaced if start is None else self.disturbance[talk.id][minute(start)]
        return all(sum(spent[leader] for leader in share.leaders) <= share.most for share in self.shares)


@dataclass(frozen=True, slots=True)
class _Prices:
    """What the solver looks at: the objective, or how much a roster disturbs; within these shares."""

    unplaced: int = 0
    by_disturbance: bool = False
    shares: tuple[_Share, ...] = ()

    @property
    def phase(self) -> str:
        return "repair" if self.by_disturbance else "solve"


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
    repair = _least_disturbed(problem, limits) if problem.previous else None
    best = _best(repair.problem if repair else problem, limits, repair)
    roster = _roster(problem, seed, best, proven=best.proven and (repair is None or repair.found.proven))
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


def _least_disturbed(problem: ConversationsProblem, limits: _Limits) -> _Repair:
    """A roster with the least disturbance: talks without a place first, talks that move second."""
    unplaced = len(problem.talks) + 1
    times: dict[str, dict[int, int]] = {}
    for name, costs in possible_times(problem).items():
        before = minute(problem.previous[name]) if name in problem.previous else None
        times[name] = {at: int(before is not None and at != before) for at in costs}
    floor = Floor(problem, times, dict.fromkeys(times, unplaced))
    placed = Opening(floor).mended(greedy_conversations(problem))
    found = _Found(placed, floor.total(placed), floor.least)
    limits.report("repair", found.total, found.least)
    found = _by_parts(problem, floor, found, limits, _Prices(unplaced, by_disturbance=True))
    if found.proven:
        free = floor.raised_by
        alone = {leader: least for leader, least in floor.of_leader.items() if leader not in free}
    else:
        free, alone = frozenset(floor.of_leader), {}
    shares = [_Share(frozenset({leader}), least) for leader, least in alone.items()]
    shares += [_Share(free, found.total - sum(alone.values()))] if free else []
    narrow = _narrowed(problem, floor.below(found.total), found.placed)
    return _Repair(found, narrow, times, unplaced, alone, tuple(shares))


def _best(problem: ConversationsProblem, limits: _Limits, repair: _Repair | None) -> _Found:
    """The roster with the least objective; in a repair one that disturbs as little as possible."""
    times = possible_times(problem)
    families = [Ways(problem, group, times) for group in problem.siblings]
    if repair is None:
        floor, prices = Floor(problem, times, dict.fromkeys(times, UNPLACED), families), _Prices()
    else:
        floor, prices = _repair_floor(times, families, repair), _Prices(repair.unplaced, shares=repair.shares)
    placed = Opening(floor).best(limits.seed)
    if repair and not (repair.allows(placed) and floor.total(placed) <= floor.total(repair.found.placed)):
        placed = repair.found.placed
    found = _Found(placed, floor.total(placed), floor.least)
    limits.report("solve", found.total, found.least)
    return _by_parts(problem, floor, found, limits, prices)


def _repair_floor(times: Mapping[str, Prices], families: list[Ways], repair: _Repair) -> Floor:
    """As a leader's share of the disturbance is known, anything more is priced out, and the share itself is paid."""
    too_dear = 1 + sum(max(UNPLACED, *prices.values(), 0) + APART + 1 for prices in times.values())
    priced: dict[str, dict[int, int]] = {}
    out: dict[str, int] = {}
    for talk in repair.problem.talks:
        factor = too_dear if talk.leader in repair.alone else 0
        moves = repair.disturbance[talk.id]
        priced[talk.id] = {at: price + factor * moves[at] for at, price in times[talk.id].items()}
        out[talk.id] = UNPLACED + factor * repair.unplaced
    paid = {leader: too_dear * share for leader, share in repair.alone.items()}
    return Floor(repair.problem, priced, out, families, paid)


def _by_parts(problem: ConversationsProblem, floor: Floor, found: _Found, limits: _Limits, prices: _Prices) -> _Found:
    """Open the leaders where a roster is not yet at its best, and more of them until nothing else can be better.

    What is better with all the other leaders as they are is a better roster. What these leaders cost when the others
    leave them all the room they want is a bound. In the end the two meet, or every leader is open.
    """
    leaders = floor.hurting(found.placed)
    while not found.proven and not limits.clock.is_over():
        narrow = _narrowed(problem, floor.below(found.total - 1), found.placed)
        if 2 * len(leaders) > len(problem.leaders):
            found = _solved(narrow, found, limits, prices)
            floor.raise_to(found.least, floor.of_leader.keys())
            return found
        better = _solved(_opened(narrow, leaders, found.placed), found, limits, prices)
        found = better._replace(least=found.least)
        if not found.proven:
            part, outside = floor.part(narrow, leaders)
            standing = {talk.id: found.placed[talk.id] for talk in part.talks if talk.id in found.placed}
            bound = _solved(part, _Found(standing, found.total - outside, 0), limits, prices).least + outside
            floor.raise_to(min(bound, found.total), leaders)
            found = found._replace(least=floor.least)
            limits.report(prices.phase, found.total, found.least)
        wider = _with_neighbours(problem, leaders | floor.hurting(found.placed), prices.shares)
        leaders = wider if wider != leaders else set(floor.of_leader)
    return found


def _solved(problem: ConversationsProblem, known: _Found, limits: _Limits, prices: _Prices) -> _Found:
    """The best roster within these starts, by the integer model; `known` when it finds none."""
    from scheduling.optimiser.round_model import RoundModel  # most rounds are proven without loading a solver

    model = RoundModel(problem)
    if prices.by_disturbance:
        model.price_disturbance(prices.unplaced)
    leaders = {leader.id for leader in problem.leaders}
    for share in prices.shares:
        if share.leaders <= leaders:
            model.hold_disturbance(share.leaders, prices.unplaced, share.most)
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


def _with_neighbours(problem: ConversationsProblem, leaders: set[str], shares: Iterable[_Share]) -> set[str]:
    """These leaders, and those with whom they share a family or a part of the repair."""
    leader = {talk.id: talk.leader for talk in problem.talks}
    groups = [{leader[name] for name in group.talks} for group in problem.siblings]
    groups += [{leader[name], other} for name, other in problem.guardian_leads]
    groups += [set(share.leaders) for share in shares]
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
