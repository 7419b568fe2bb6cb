"""A roster with talks of both mentors: those get their time first, where both are free, and nobody else gets either's.

A family says so before there is a roster. What finds no such time is planned with one of them, and the office hears it.
"""

from collections.abc import Iterable
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.wishes import Wisher
from scheduling.models import HomeWishes, db
from scheduling.optimiser.problem import ConversationsProblem
from scheduling.queries.interpreter_chains import away, has_room, talk_costs
from scheduling.queries.snapshots import Need, Planned, Snapshot, slots_from


def wished_both(session: Session, round_id: int) -> dict[Wisher, HomeWishes]:
    """Who said that it would like to speak with both."""
    rows = session.scalars(select(HomeWishes).where(HomeWishes.round_id == round_id, HomeWishes.both_mentors))
    return {row.wisher: row for row in rows}


def with_both_mentors(snapshot: Snapshot) -> Snapshot:
    """The same, where each talk with both has its time, one after the other, and the other mentor's time is taken."""
    asked = wished_both(db.session(), snapshot.round_id)
    problem = snapshot.problem
    for talk in _wanted(snapshot, asked) if asked else ():
        problem = _placed(snapshot, problem, talk)
    return replace(snapshot, problem=problem)


def _wanted(snapshot: Snapshot, asked: Iterable[Wisher]) -> list[Planned]:
    """Talks without a time yet, of a home that asks for both leaders; with an interpreter they go in that one's row."""
    said = set(asked)
    return [
        talk
        for key, talk in sorted(snapshot.talks.items())
        if talk.leader_id and talk.booking_id is None and len(talk.need.leaders) > 1 and not talk.need.interpreter
        and key not in snapshot.problem.pinned and said & _wishers(talk.need)
    ]  # fmt: skip


def _wishers(need: Need) -> set[Wisher]:
    return {Wisher(household_id=home) for home in need.homes} or {Wisher(pupil_id=need.pupil_id)}


def _placed(snapshot: Snapshot, problem: ConversationsProblem, talk: Planned) -> ConversationsProblem:
    """With this talk at the best time at which both are free; as it was where there is none."""
    key, leader = talk.need.key, f"s{talk.leader_id}"
    free = _free(snapshot, problem)
    spans = {one: snapshot.span(one, at) for one, at in problem.pinned.items() if one in snapshot.talks}
    gone = away(problem, key, spans)
    for other in (f"s{one}" for one in talk.need.leaders if one != talk.leader_id):
        both = free.get(leader, set()) & free.get(other, set())
        starts = [
            (cost, at)
            for at, cost in talk_costs(problem)[key].items()
            if has_room(problem, talk.slots, at, both) and not any(map(snapshot.span(key, at).overlaps, gone))
        ]
        if starts:
            _, at = min(starts)
            taken = set(slots_from(at, talk.slots, problem.slot_minutes))
            leaders = tuple(
                replace(one, slots=tuple(slot for slot in one.slots if slot not in taken)) if one.id == other else one
                for one in problem.leaders
            )
            return replace(problem, leaders=leaders, pinned={**problem.pinned, key: at})
    return problem


def _free(snapshot: Snapshot, problem: ConversationsProblem) -> dict[str, set[str]]:
    """Per leader the slots that no talk with a time of its own takes."""
    free = {leader.id: set(leader.slots) for leader in problem.leaders}
    for key, at in problem.pinned.items():
        talk = snapshot.talks.get(key)
        if talk:
            free.get(f"s{talk.leader_id}", set()).difference_update(slots_from(at, talk.slots, problem.slot_minutes))
    return free
