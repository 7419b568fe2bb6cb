"""What the office does to a round that stands: another room for a leader, closed, open again, copied to next year."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor
from scheduling.domain.mailings import Letter
from scheduling.domain.rooms import is_same_room
from scheduling.domain.round_changes import (
    ClosedAlready,
    NoSuchRoom,
    NoTimesThere,
    OpenAlready,
    RoomNeeded,
    RoundHasBegun,
    TalksDoNotFit,
    ensure_goes_along,
    recut,
)
from scheduling.domain.rounds import LIVE, RoundUnknown, ensure_possible
from scheduling.domain.timeslots import Span, moment_at
from scheduling.models import Booking, JournalLine, Round, Slot
from scheduling.queries import day_lengths
from scheduling.queries.rooms import room_list
from scheduling.queries.round_copies import RoundCopy
from scheduling.queries.turns import turns_of
from scheduling.services import bookings, outbox, rounds
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction

CLOSED, REOPENED = "round_changes.close", "round_changes.reopen"
SET_ASIDE = datetime(2200, 1, 1, tzinfo=UTC)
"""Where times stand that are no longer wanted, until their talks have left them."""


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
        if found.opens_at is not None and found.opens_at >= now and not turns_of(session, found).are_set:
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


def change_minutes(*, round_id: int, minutes: int, by: Actor, now: datetime) -> int:
    """Every talk of the round takes so long from now on, within the hours that its leader has. How many talks move.

    Each stays as near to its time as it can, in the same order; families that know of their talk hear it. Nothing
    changes when one of them would not fit, or once talks have begun.
    """
    ensure_possible(opens_at=None, closes_at=None, slot_minutes=minutes)
    with transaction() as session:
        found = _round(session, round_id)
        if found.slot_minutes == minutes:
            return 0
        own = select(Booking).where(Booking.round_id == round_id, Booking.status.in_(LIVE))
        bookings.hold_all(session, list(session.scalars(own)), now)
        lock(session, Slot, session.scalars(select(Slot.id).where(Slot.round_id == round_id)))
        talks = list(session.scalars(own.order_by(Booking.starts_at, Booking.id)))
        if any(talk.starts_at <= now for talk in talks):
            raise RoundHasBegun
        slots = list(session.scalars(select(Slot).where(Slot.round_id == round_id).order_by(Slot.starts_at)))
        before = {talk.id: outbox.as_it_was(talk) for talk in talks}
        moves = _recut(session, slots, talks, minutes)
        found.slot_minutes = minutes
        session.flush()
        # All at once: a brother's talk with another leader moves as well.
        together = [(talk, moves[talk.id]) for talk in talks if talk.id in moves]
        bookings.exchange(session, moves=together, by=by, now=now)
        session.execute(delete(Slot).where(Slot.round_id == round_id, Slot.starts_at >= SET_ASIDE))
        for talk in talks:
            if talk.invited_at is not None or talk.confirmed_at is not None:
                outbox.post(session, letter=Letter.CHANGED, booking=talk, now=now, facts=before[talk.id])
        record(
            session, by=by, action="round_changes.change_minutes", subject="round", subject_id=round_id, now=now,
            minutes=minutes, talks=len(moves),
        )  # fmt: skip
        return len(moves)


def change_day_minutes(
    *, round_id: int, leader_id: int, day: date, minutes: int, by: Actor, now: datetime
) -> int:  # fmt: skip
    """On this day this leader's talks take so long, within the hours that are there. How many talks change.

    Families that know of their talk hear it. Nothing changes when a talk would not fit, or somebody is elsewhere then.
    """
    with transaction() as session:
        found = _round(session, round_id)
        day_lengths.ensure_may_differ(round_id)
        ensure_goes_along(minutes, found.slot_minutes)
        begins, ends = moment_at(day, time(0)), moment_at(day + timedelta(days=1), time(0))
        here = Slot.round_id == round_id, Slot.leader_id == leader_id, Slot.starts_at >= begins, Slot.starts_at < ends
        own = select(Booking).where(
            Booking.round_id == round_id, Booking.leader_id == leader_id, Booking.status.in_(LIVE),
            Booking.starts_at >= begins, Booking.starts_at < ends,
        )  # fmt: skip
        bookings.hold_all(session, list(session.scalars(own)), now)
        lock(session, Slot, session.scalars(select(Slot.id).where(*here)))
        slots = list(session.scalars(select(Slot).where(*here).order_by(Slot.starts_at)))
        if not slots or slots[-1].starts_at <= now:
            raise NoTimesThere
        if slots[0].starts_at <= now:
            raise RoundHasBegun
        talks = list(session.scalars(own.order_by(Booking.starts_at, Booking.id)))
        before = {talk.id: outbox.as_it_was(talk) for talk in talks}
        moves = _recut(session, slots, talks, minutes)
        changed = [talk for talk in talks if _is_elsewhen(talk, moves[talk.id])]
        bookings.exchange(session, moves=[(talk, moves[talk.id]) for talk in talks], by=by, now=now)
        session.execute(delete(Slot).where(Slot.round_id == round_id, Slot.starts_at >= SET_ASIDE))
        for talk in changed:
            if talk.invited_at is not None or talk.confirmed_at is not None:
                outbox.post(session, letter=Letter.CHANGED, booking=talk, now=now, facts=before[talk.id])
        record(
            session, by=by, action="round_changes.change_day_minutes", subject="round", subject_id=round_id, now=now,
            leader=leader_id, day=day.isoformat(), minutes=minutes, talks=len(changed),
        )  # fmt: skip
        return len(changed)


def _is_elsewhen(talk: Booking, slots: Sequence[Slot]) -> bool:
    return (talk.starts_at, talk.ends_at) != (slots[0].starts_at, slots[-1].ends_at)


def copy(*, proposed: RoundCopy, name: str, classes: Sequence[str], by: Actor, now: datetime) -> rounds.Created:
    """The same round in the next year, as it was proposed: nobody sees it until the office opens it."""
    plan = rounds.Plan(
        name=name, kind=proposed.kind, mode=proposed.mode, slot_minutes=proposed.slot_minutes,
        max_in_a_row=proposed.max_in_a_row, lead_time_hours=proposed.lead_time_hours, purpose=proposed.purpose,
        by_phone=proposed.by_phone, by_video=proposed.by_video, pupil_part=proposed.pupil_part,
        questions=proposed.questions, period=proposed.period,
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


def _recut(session: Session, slots: Sequence[Slot], talks: Sequence[Booking], minutes: int) -> dict[int, list[Slot]]:
    """Give every stretch its new times, in the rows that it has; per talk the slots it goes to."""
    moves: dict[int, list[Slot]] = {}
    lost = 0
    for own in day_lengths.stretches_of(slots):
        span = Span(own[0].starts_at, own[-1].ends_at)
        inside = [talk for talk in talks if talk.slots and talk.slots[0] in own]
        counted = [(Span(talk.starts_at, talk.ends_at), len(talk.slots)) for talk in inside]
        times, places = recut(span, minutes, counted)
        closed = [Span(slot.starts_at, slot.ends_at) for slot in own if slot.blocked]
        rows = _refit(session, own, times)
        for slot in rows:
            here = Span(slot.starts_at, slot.ends_at)
            slot.blocked = any(map(here.overlaps, closed)) and slot.booking_id is None
        for talk, place, (_span, count) in zip(inside, places, counted, strict=True):
            if place is None:
                lost += 1
            else:
                moves[talk.id] = rows[place : place + count]
                for slot in moves[talk.id]:
                    slot.blocked = False
    if lost:
        raise TalksDoNotFit(lost)
    return moves


def _refit(session: Session, own: Sequence[Slot], times: Sequence[Span]) -> list[Slot]:
    """The rows of a stretch at their new times: in the order in which no two of them ever begin together."""
    rows = list(own[: len(times)])
    for number, slot in enumerate(own[len(times) :]):
        aside = SET_ASIDE + timedelta(days=slot.id, minutes=number)
        slot.starts_at, slot.ends_at, slot.blocked = aside, aside + timedelta(minutes=1), False
        session.flush()
    shorter = len(rows) > 1 and times[1].starts_at < rows[1].starts_at
    pairs = list(zip(rows, times, strict=False))
    for slot, span in pairs if shorter else reversed(pairs):
        slot.starts_at, slot.ends_at, slot.version = span.starts_at, span.ends_at, slot.version + 1
        session.flush()
    for span in times[len(rows) :]:
        more = Slot(
            round_id=own[0].round_id, leader_id=own[0].leader_id, room=own[0].room, starts_at=span.starts_at,
            ends_at=span.ends_at,
        )  # fmt: skip
        session.add(more)
        rows.append(more)
    session.flush()
    return rows


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
