"""After a talk: what became of it, one short conclusion, and who does what by when."""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.domain.aftercare import Aftercare, AftercareChanged, ensure_editable, ensure_worded
from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor
from scheduling.domain.leading import ensure_may_be_marked
from scheduling.domain.rounds import BookingStatus, Outcome, TalkCancelled
from scheduling.domain.timeslots import local
from scheduling.models import Booking, TalkAction, TalkNote
from scheduling.services import outbox
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def write(
    *, booking_id: int, aftercare: Aftercare, by_letter: bool, seen_version: int, leader_id: int, by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Keep the conclusion and the actions; the family reads them on its page, and by letter if the leader wants so."""
    with transaction() as session:
        booking = _own_talk(session, booking_id, leader_id)
        ensure_editable(outcome=booking.outcome, starts_at=booking.starts_at, ends_at=booking.ends_at, now=now)
        kept = ensure_worded(aftercare, held_on=local(booking.starts_at).date())
        note = session.get(TalkNote, booking_id)
        if (note.version if note else 0) != seen_version:
            raise AftercareChanged
        note = note or _blank(session, booking_id, by, now)
        if not _is_same(note, kept):
            _fill(session, note, kept, by, now)
            _note(session, "aftercare.write", booking_id, by, now, actions=len(kept.actions))
        if by_letter:
            outbox.post_afterwards(session, booking=booking, version=note.version, now=now)


def tell_no_show(*, booking_id: int, told_beforehand: bool, leader_id: int, by: Actor, now: datetime) -> None:
    """The talk was not held; `told_beforehand`: the family had said so. Either is a fact about an hour."""
    with transaction() as session:
        booking = _own_talk(session, booking_id, leader_id)
        ensure_may_be_marked(Outcome.NO_SHOW, booking.starts_at, now)
        note = session.get(TalkNote, booking_id)
        if told_beforehand and note is None:
            note = _blank(session, booking_id, by, now)
        if note is not None:
            note.told_beforehand = told_beforehand
        if booking.outcome is not Outcome.NO_SHOW:
            booking.outcome, booking.outcome_at = Outcome.NO_SHOW, now
            booking.version += 1
        _note(session, "aftercare.not_held", booking_id, by, now, told=told_beforehand)


def _own_talk(session: Session, booking_id: int, leader_id: int) -> Booking:
    lock(session, Booking, [booking_id])
    booking = session.get(Booking, booking_id)
    if booking is None or booking.leader_id != leader_id:
        raise NotFound
    if booking.status is BookingStatus.CANCELLED:
        raise TalkCancelled
    return booking


def _blank(session: Session, booking_id: int, by: Actor, now: datetime) -> TalkNote:
    note = TalkNote(
        booking_id=booking_id, conclusion="", told_beforehand=False, version=0, written_at=now, written_by=by.id
    )
    session.add(note)
    return note


def _is_same(note: TalkNote, kept: Aftercare) -> bool:
    actions = tuple((action.who, action.what, action.due_on) for action in note.actions)
    return (note.conclusion, actions) == (
        kept.conclusion,
        tuple((one.who, one.what, one.due_on) for one in kept.actions),
    )


def _fill(session: Session, note: TalkNote, kept: Aftercare, by: Actor, now: datetime) -> None:
    note.conclusion, note.written_at, note.version = kept.conclusion, now, note.version + 1
    note.written_by = by.id or note.written_by
    note.actions.clear()
    session.flush()
    note.actions.extend(
        TalkAction(position=place, who=action.who, what=action.what, due_on=action.due_on)
        for place, action in enumerate(kept.actions, 1)
    )


def _note(session: Session, action: str, booking_id: int, by: Actor, now: datetime, **facts: object) -> None:
    record(session, by=by, action=action, subject="booking", subject_id=booking_id, now=now, **facts)
