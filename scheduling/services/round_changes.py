"""What the office does to a round that stands: another room for a leader, closed, open again, copied to next year."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor
from scheduling.domain.rooms import is_same_room
from scheduling.domain.round_changes import ClosedAlready, NoSuchRoom, NoTimesThere, OpenAlready, RoomNeeded
from scheduling.domain.rounds import LIVE, RoundUnknown
from scheduling.domain.timeslots import moment_at
from scheduling.models import Booking, JournalLine, Round, Slot
from scheduling.queries.rooms import room_list
from scheduling.queries.round_copies import RoundCopy
from scheduling.services import bookings, rounds
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction

CLOSED, REOPENED = "round_changes.close", "round_changes.reopen"


def change_room(*, round_id: int, leader_id: int, room: str, day: date | None = None, by: Actor, now: datetime) -> int:
    """From now on this leader's talks are in another room, on one day or in all of the round.

    Families that know of their talk hear it, and their calendar follows. How many talks went.
    """
    with transaction() as session:
        rounds.hold_round(session, round_id)
        if session.get(Round, round_id) is None:
            raise RoundUnknown(str(round_id))
        wanted = _room(session, room)
        coming = select(Slot).where(Slot.round_id == round_id, Slot.leader_id == leader_id, Slot.starts_at > now)
        talks = select(Booking).where(
            Booking.round_id == round_id, Booking.leader_id == leader_id, Booking.status.in_(LIVE),
            Booking.starts_at > now,
        )  # fmt: skip
        if day is not None:
            begins, ends = moment_at(day, time(0)), moment_at(day + timedelta(days=1), time(0))
            coming = coming.where(Slot.starts_at >= begins, Slot.starts_at < ends)
            talks = talks.where(Booking.starts_at >= begins, Booking.starts_at < ends)
        bookings.hold_all(session, list(session.scalars(talks)), now)
        lock(session, Slot, session.scalars(coming.with_only_columns(Slot.id)))
        slots = list(session.scalars(coming))
        if not slots:
            raise NoTimesThere
        for slot in slots:
            if slot.room != wanted:
                slot.room, slot.version = wanted, slot.version + 1
        moved = [talk for talk in session.scalars(talks.order_by(Booking.starts_at))
                 if not is_same_room(talk.room, wanted)]  # fmt: skip
        for talk in moved:
            bookings.change_room(session, booking=talk, room=wanted, by=by, now=now)
        record(
            session, by=by, action="round_changes.change_room", subject="round", subject_id=round_id, now=now,
            leader=leader_id, day=day.isoformat() if day else None, talks=len(moved),
        )  # fmt: skip
        return len(moved)


def close(*, round_id: int, by: Actor, now: datetime) -> None:
    """From now on families choose, move and swap no more by themselves; every talk stands."""
    with transaction() as session:
        found = _round(session, round_id)
        if found.closes_at is not None and found.closes_at <= now:
            raise ClosedAlready
        was = found.closes_at
        if found.opens_at is not None and found.opens_at >= now:
            found.opens_at = None  # it never opened; a round closes after it opens
        found.closes_at = now
        record(
            session, by=by, action=CLOSED, subject="round", subject_id=round_id, now=now,
            closes_at=was.isoformat() if was else None,
        )  # fmt: skip


def reopen(*, round_id: int, by: Actor, now: datetime) -> None:
    """Families choose again: until the day that stood before it was closed, if that still comes."""
    with transaction() as session:
        found = _round(session, round_id)
        if found.closes_at is None or found.closes_at > now:
            raise OpenAlready
        found.closes_at = _before(session, round_id, now)
        record(session, by=by, action=REOPENED, subject="round", subject_id=round_id, now=now)


def copy(*, proposed: RoundCopy, name: str, classes: Sequence[str], by: Actor, now: datetime) -> rounds.Created:
    """The same round in the next year, as it was proposed: nobody sees it until the office opens it."""
    plan = rounds.Plan(
        name=name, kind=proposed.kind, mode=proposed.mode, slot_minutes=proposed.slot_minutes,
        max_in_a_row=proposed.max_in_a_row, lead_time_hours=proposed.lead_time_hours, purpose=proposed.purpose,
        period=proposed.period,
    )  # fmt: skip
    return rounds.create(
        plan=plan, hours=proposed.hours, classes=classes, year_id=proposed.year.id, texts_of=proposed.round_id,
        by=by, now=now,
    )  # fmt: skip


def _round(session: Session, round_id: int) -> Round:
    rounds.hold_round(session, round_id)
    found = session.get(Round, round_id)
    if found is None:
        raise NotFound
    return found


def _room(session: Session, typed: str) -> str:
    """The room as the school's list spells it; without a list every name will do."""
    name = " ".join(typed.split())[:60]
    if not name:
        raise RoomNeeded
    listed = room_list(session)
    if listed and listed.named(name) is None:
        raise NoSuchRoom(name, listed.near(name))
    return listed.named(name) or name


def _before(session: Session, round_id: int, now: datetime) -> datetime | None:
    """When the round would have closed by itself, as the journal knows it."""
    closed = select(JournalLine).where(
        JournalLine.subject == "round", JournalLine.subject_id == round_id, JournalLine.action == CLOSED
    )
    line = session.scalars(closed.order_by(JournalLine.id.desc()).limit(1)).first()
    was = datetime.fromisoformat(line.facts["closes_at"]) if line and line.facts["closes_at"] else None
    return was if was is not None and was > now else None
