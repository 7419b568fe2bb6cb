"""A pupil changes class or leaves: what was planned or asked goes along to the new leader or teacher, or falls away.

Works inside the caller's transaction. A letter goes only to families who had heard of the old time.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.journal import Actor
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import LIVE, BookingStatus, FamilyBusy, keeps_pause, starts_of
from scheduling.domain.timeslots import Span, local
from scheduling.models import Booking, Household, Slot, TalkRequest
from scheduling.queries import bookings as asking
from scheduling.queries import requests
from scheduling.services import bookings, outbox
from scheduling.services.journal import record
from scheduling.services.transaction import lock


@dataclass(frozen=True)
class Followed:
    """How many talks moved to another leader, how many fell away, and how many wishes went to another colleague."""

    moved: int = 0
    released: int = 0
    passed: int = 0


def follow(
    session: Session, *, changed_class: Collection[int], left: Collection[int], by: Actor, now: datetime
) -> Followed:
    """Bring the talks to come of these pupils in line with the classes they are in from now on."""
    session.flush()
    session.expire_all()
    talks = _talks_to_come(session, {*changed_class, *left}, now)
    passed = requests.passed_on(session, changed_class=changed_class, left=left, on=local(now).date())
    asked = {one.request_id: one.teacher.id if one.teacher else None for one in passed}
    leaders = {talk.id: _leaders(session, talk, left, asked) for talk in talks}
    talks = [talk for talk in talks if talk.leader_id not in leaders[talk.id]]
    _hold(session, talks, leaders, now)
    for one in passed:
        _pass_on(session, one, by, now)
    moved = sum(_follow(session, talk, leaders[talk.id], by, now) for talk in talks)
    return Followed(moved, len(talks) - moved, len(passed))


def _talks_to_come(session: Session, pupil_ids: Collection[int], now: datetime) -> list[Booking]:
    wanted = select(Booking).where(
        Booking.pupil_id.in_(list(pupil_ids)), Booking.status.in_(LIVE), Booking.starts_at > now
    )
    return list(session.scalars(wanted.order_by(Booking.starts_at, Booking.id)))


def _leaders(
    session: Session, talk: Booking, left: Collection[int], asked: Mapping[int, int | None]
) -> list[int]:  # fmt: skip
    """Who may lead this talk from now on: nobody for a pupil who has left. People who agreed on a talk keep it."""
    if talk.pupil_id in left:
        return []
    if talk.request_id is None:
        return asking.open_leaders(session, talk.round_id, talk.pupil_id)
    if talk.request_id not in asked:
        return [talk.leader_id]
    teacher_id = asked[talk.request_id]
    return [teacher_id] if teacher_id and asking.is_open_leader(session, talk.round_id, teacher_id) else []


def _pass_on(session: Session, passed: requests.Passed, by: Actor, now: datetime) -> None:
    """Ask the new teacher instead. That the old one would like to see the family goes with the old one."""
    row = session.get_one(TalkRequest, passed.request_id)
    if passed.teacher is None:
        row.withdrawn_at = now
    else:
        row.teacher_id, row.obligatory = passed.teacher.id, False
        row.subject = ", ".join(passed.teacher.subjects)[:60]
    session.flush()
    record(
        session, by=by, action="requests.follow", subject="pupil", subject_id=row.pupil_id, now=now,
        round=row.round_id, teacher=passed.teacher.id if passed.teacher else None, household=row.household_id,
    )  # fmt: skip


def _hold(session: Session, talks: list[Booking], leaders: dict[int, list[int]], now: datetime) -> None:
    """Everybody these changes touch holds still: first all households, then all slots."""
    homes: set[int] = set()
    slots: set[int] = set()
    for talk in talks:
        guardians = asking.expected_guardians(session, talk.pupil_id, talk.household_id, local(now).date())
        guardians |= asking.guardians_among(session, leaders[talk.id])
        homes.update(asking.households_around(session, talk.pupil_id, guardians))
        everybody = [talk.leader_id, *leaders[talk.id]]
        slots.update(slot.id for slot in asking.leader_slots(session, talk.round_id, everybody))
    lock(session, Household, homes)
    lock(session, Slot, slots)


def _follow(session: Session, talk: Booking, leaders: list[int], by: Actor, now: datetime) -> bool:
    """Move the talk to the nearest time of a new leader; without one it falls away."""
    heard = talk.invited_at is not None or talk.confirmed_at is not None
    before = outbox.as_it_was(talk)
    for row in _rows_near(session, talk, leaders, now):
        try:
            bookings.move_to(session, booking=talk, slots=row, by=by, now=now)
        except FamilyBusy:
            continue
        talk.status, talk.confirmed_at = BookingStatus.INVITED, None
        if heard:
            talk.invited_at = talk.invited_at or now  # a next move is news to this family too
            outbox.post(session, letter=Letter.CHANGED, booking=talk, now=now, facts=before)
        return True
    bookings.release(session, booking=talk, by=by, now=now)
    if heard:
        outbox.post(session, letter=Letter.CANCELLED, booking=talk, now=now)
    return False


def _rows_near(session: Session, talk: Booking, leaders: list[int], now: datetime) -> list[list[Slot]]:
    """Free times of these leaders that are as long as the talk, the nearest to its old time first."""
    slots = {slot.id: slot for slot in asking.leader_slots(session, talk.round_id, leaders)}
    rules = bookings.rules(talk.round)
    free = [
        asking.facts_of(slot)
        for slot in slots.values()
        if slot.booking_id is None and not slot.blocked and now < rules.until(slot.starts_at)
    ]
    taken = [slot for slot in slots.values() if slot.booking_id is not None]
    rows = [
        row
        for row in starts_of(free, len(talk.slots))
        if keeps_pause(
            [slot.span for slot in row],
            [Span(slot.starts_at, slot.ends_at) for slot in taken if slot.leader_id == row[0].leader_id],
            talk.round.max_in_a_row,
        )
    ]
    rows.sort(key=lambda row: (abs(row[0].span.starts_at - talk.starts_at), row[0].leader_id))
    return [[slots[slot.id] for slot in row] for row in rows]
