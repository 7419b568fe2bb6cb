"""A parent or an adult pupil corrects own contact data; the office approves it or not."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.corrections import AlreadyDecided, CorrectionField, clean_value
from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.timeslots import local
from scheduling.models import ContactCorrection, Guardian, Pupil
from scheduling.queries.bookings import speaks_for_himself
from scheduling.services.addresses import Reached, follow, subject_of
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def propose(*, values: Mapping[CorrectionField, str], by: Actor, now: datetime) -> int:
    """Somebody tells what should change in the own contact data; how many corrections wait for the office then."""
    with transaction() as session:
        person = _person(session, by, now)
        lock(session, type(person), [person.id])
        clean = {field: clean_value(field, text) for field, text in values.items()}
        waiting = {row.field: row for row in _waiting(session, person)}
        for field, value in clean.items():
            _set(session, person, field, value, waiting.get(field.value), by, now)
        session.flush()
        return len(_waiting(session, person))


def decide(*, correction_id: int, accept: bool, by: Actor, now: datetime) -> None:
    """The office takes a correction over, or leaves the data as they are."""
    with transaction() as session:
        lock(session, ContactCorrection, [correction_id])
        correction = session.get(ContactCorrection, correction_id)
        if correction is None:
            raise NotFound
        if correction.decided_at is not None:
            raise AlreadyDecided
        correction.decided_at, correction.accepted, correction.decided_by = now, accept, by.id
        if accept:
            _apply(session, correction, now)
        record(
            session, by=by, action="corrections.accept" if accept else "corrections.decline",
            subject=subject_of(correction.person), subject_id=correction.person.id, now=now, field=correction.field,
        )  # fmt: skip


def _apply(session: Session, correction: ContactCorrection, now: datetime) -> None:
    person = correction.person
    old = person.email
    setattr(person, correction.field, correction.new_value)
    if correction.field == CorrectionField.EMAIL:
        if isinstance(person, Guardian):
            person.bounced_at = None
        follow(session, person=person, old=old, now=now)


def _person(session: Session, by: Actor, now: datetime) -> Reached:
    if by.kind is ActorKind.GUARDIAN and (guardian := session.get(Guardian, by.id)):
        return guardian
    pupil = session.get(Pupil, by.id) if by.kind is ActorKind.PUPIL else None
    if pupil is None or not speaks_for_himself(session, pupil, local(now).date()):
        raise NotFound
    return pupil


def _waiting(session: Session, person: Reached) -> list[ContactCorrection]:
    wanted = select(ContactCorrection).where(ContactCorrection.is_of(person), ContactCorrection.decided_at.is_(None))
    return list(session.scalars(wanted))


def _set(
    session: Session, person: Reached, field: CorrectionField, value: str, waiting: ContactCorrection | None,
    by: Actor, now: datetime,
) -> None:  # fmt: skip
    """One correction per field waits: typing again replaces it, typing what is on file takes it back."""
    current = str(getattr(person, field.value))
    if waiting and waiting.new_value == value:
        return
    if waiting:
        session.delete(waiting)
    if value != current:
        asked = ContactCorrection(field=field.value, old_value=current, new_value=value, proposed_at=now)
        asked.person = person
        session.add(asked)
    if waiting or value != current:
        record(
            session, by=by, action="corrections.propose", subject=subject_of(person), subject_id=person.id, now=now,
            field=field.value,
        )  # fmt: skip
