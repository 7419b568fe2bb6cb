"""A parent corrects own contact data; the office approves it or not."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.corrections import AlreadyDecided, CorrectionField, clean_value
from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.models import ContactCorrection, Guardian
from scheduling.services.addresses import follow
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def propose(*, values: Mapping[CorrectionField, str], by: Actor, now: datetime) -> int:
    """A parent tells what should change in the own contact data; how many corrections wait for the office then."""
    with transaction() as session:
        guardian = _guardian(session, by)
        lock(session, Guardian, [guardian.id])
        clean = {field: clean_value(field, text) for field, text in values.items()}
        waiting = {row.field: row for row in _waiting(session, guardian.id)}
        for field, value in clean.items():
            _set(session, guardian, field, value, waiting.get(field.value), by, now)
        session.flush()
        return len(_waiting(session, guardian.id))


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
            subject="guardian", subject_id=correction.guardian_id, now=now, field=correction.field,
        )  # fmt: skip


def _apply(session: Session, correction: ContactCorrection, now: datetime) -> None:
    old = correction.guardian.email
    setattr(correction.guardian, correction.field, correction.new_value)
    if correction.field == CorrectionField.EMAIL:
        correction.guardian.bounced_at = None
        follow(session, guardian=correction.guardian, old=old, now=now)


def _guardian(session: Session, by: Actor) -> Guardian:
    guardian = session.get(Guardian, by.id) if by.kind is ActorKind.GUARDIAN else None
    if guardian is None:
        raise NotFound
    return guardian


def _waiting(session: Session, guardian_id: int) -> list[ContactCorrection]:
    wanted = select(ContactCorrection).where(
        ContactCorrection.guardian_id == guardian_id, ContactCorrection.decided_at.is_(None)
    )
    return list(session.scalars(wanted))


def _set(
    session: Session, guardian: Guardian, field: CorrectionField, value: str, waiting: ContactCorrection | None,
    by: Actor, now: datetime,
) -> None:  # fmt: skip
    """One correction per field waits: typing again replaces it, typing what is on file takes it back."""
    current = str(getattr(guardian, field.value))
    if waiting and waiting.new_value == value:
        return
    if waiting:
        session.delete(waiting)
    if value != current:
        session.add(
            ContactCorrection(
                guardian_id=guardian.id, field=field.value, old_value=current, new_value=value, proposed_at=now
            )
        )
    if waiting or value != current:
        record(
            session, by=by, action="corrections.propose", subject="guardian", subject_id=guardian.id, now=now,
            field=field.value,
        )  # fmt: skip
