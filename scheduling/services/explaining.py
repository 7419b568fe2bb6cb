"""Why a roster is as it is: per talk its place and what explains it, or the true reason why it has none."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from scheduling.domain.rosters import Apart, adjoins
from scheduling.domain.timeslots import Span, moment_at
from scheduling.domain.wishes import NEVER_BESIDE
from scheduling.optimiser.problem import ConversationsRoster, Siblings
from scheduling.queries.snapshots import Planned, Snapshot

NO_LEADER = "no_leader"
"""The class has nobody who leads its talks: such a talk never reaches the optimiser."""


def explain(snapshot: Snapshot, roster: ConversationsRoster) -> list[dict[str, Any]]:
    """One row per talk of the round, as `RosterTalk` keeps it."""
    spans = {key: snapshot.span(key, start) for key, start in roster.placed.items()}
    beside = _beside(snapshot, spans)
    return [_row(key, talk, snapshot, roster, spans, beside.get(key)) for key, talk in snapshot.talks.items()]


def explain_families(
    snapshot: Snapshot, places: Mapping[str, str], touched: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """What is true of brothers and sisters now, for these talks and all that belong to them."""
    keys = {*touched}
    own = {key for group in snapshot.problem.siblings if keys & set(group.talks) for key in group.talks} | keys
    groups = tuple(group for group in snapshot.problem.siblings if own & set(group.talks))
    there = {key for group in groups for key in group.talks}
    spans = {key: snapshot.span(key, start) for key, start in places.items() if key in there}
    narrow = replace(snapshot, problem=replace(snapshot.problem, siblings=groups))
    return {key: facts for key, facts in _beside(narrow, spans).items() if key in own}


def _row(
    key: str,
    talk: Planned,
    snapshot: Snapshot,
    roster: ConversationsRoster,
    spans: Mapping[str, Span],
    family: dict[str, Any] | None,
) -> dict[str, Any]:
    starts_at = spans[key].starts_at if key in spans else talk.starts_at
    reason = "" if starts_at else roster.unplaced.get(key, NO_LEADER)
    return {
        "pupil_id": talk.need.pupil_id,
        "household_id": talk.need.household_id,
        "leader_id": talk.leader_id,
        "slots": talk.slots,
        "starts_at": starts_at,
        "reason": reason,
        "facts": _facts(talk, snapshot) | (family or {}),
        "pinned": talk.booking_id is not None,
        "held": talk.held,
        "visit": talk.need.visit and talk.booking_id is None,
        "own_length": talk.booking_id is None and talk.slots != talk.need.slots,
    }


def _facts(talk: Planned, snapshot: Snapshot) -> dict[str, Any]:
    need = talk.need
    facts: dict[str, Any] = {}
    if need.interpreter:
        facts["interpreter"] = True
    if need.colleagues:
        facts["colleagues"] = sorted(need.colleagues)
        facts["own_parent_leads"] = talk.leader_id in need.colleagues
    if len(need.leaders) > 1:
        facts["shared_class"] = True
    if not need.guardians:
        facts["without_parents"] = True
    return facts


def _beside(snapshot: Snapshot, spans: Mapping[str, Span]) -> dict[str, dict[str, Any]]:
    """Per talk the siblings it adjoins, and those not in one row with it: whether their leaders' times allow it."""
    found: dict[str, dict[str, Any]] = {}
    for group in snapshot.problem.siblings:
        if group.gap_slots == NEVER_BESIDE:  # this home asked for different days
            continue
        for key in group.talks:
            others = [other for other in group.talks if other != key and other in spans]
            near = [other for other in others if key in spans and _adjoin(snapshot, group, spans[key], spans[other])]
            row = _row_of(snapshot, group, spans, key)
            far = [other for other in others if other not in row and key in spans]
            facts = found.setdefault(key, {"beside": [], "apart": []})
            facts["beside"] += [snapshot.talks[other].need.pupil_id for other in near]
            facts["apart"] += [
                [apart.pupil, apart.possible] for apart in (_apart(snapshot, group, key, other) for other in far)
            ]
    return found


def _row_of(snapshot: Snapshot, group: Siblings, spans: Mapping[str, Span], key: str) -> set[str]:
    """The siblings whose talks follow each other without a break, this one among them."""
    row, looked = {key}, set[str]()
    while row - looked:
        one = (row - looked).pop()
        looked.add(one)
        row |= {other for other in group.talks if one in spans and other in spans
                and _adjoin(snapshot, group, spans[one], spans[other])}  # fmt: skip
    return row


def _apart(snapshot: Snapshot, group: Siblings, key: str, other: str) -> Apart:
    mine, theirs = _possible(snapshot, key), _possible(snapshot, other)
    by_day: dict[date, list[Span]] = {}
    for span in theirs:
        by_day.setdefault(span.starts_at.date(), []).append(span)
    possible = any(
        not span.overlaps(late) and _adjoin(snapshot, group, span, late)
        for span in mine
        for late in by_day.get(span.starts_at.date(), ())
    )
    return Apart(snapshot.talks[other].need.pupil_id, possible)


def _possible(snapshot: Snapshot, key: str) -> Sequence[Span]:
    talk = next(talk for talk in snapshot.problem.talks if talk.id == key)
    return _spans(snapshot, talk.slots, talk.cost)


def _spans(snapshot: Snapshot, slots: int, starts: Iterable[str]) -> list[Span]:
    length = timedelta(minutes=slots * snapshot.slot_minutes)
    return [Span(moment_of(start), moment_of(start) + length) for start in starts]


def _adjoin(snapshot: Snapshot, group: Siblings, first: Span, second: Span) -> bool:
    return adjoins(first, second, group.gap_slots, snapshot.slot_minutes)


def moment_of(start: str) -> datetime:
    """The moment that the optimiser wrote as `2027-08-30T15:00`."""
    day, _, clock = start.partition("T")
    return moment_at(date.fromisoformat(day), time.fromisoformat(clock))
