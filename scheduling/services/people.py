"""The office puts right how families are reached: addresses, corrections, shared mailboxes, permission, links."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.domain.corrections import CorrectionField, clean_value
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.people import NoSuchGuardian, NoSuchPupil
from scheduling.domain.personal_data import PersonFile
from scheduling.models import Guardian, Guardianship, Pupil
from scheduling.queries.personal_data import file_of
from scheduling.services import outbox
from scheduling.services.addresses import corrected, follow
from scheduling.services.journal import record
from scheduling.services.transaction import transaction


def change_contact(*, guardian_id: int, email: str, phone: str, language: str, by: Actor, now: datetime) -> None:
    """The office corrects how a guardian is reached; a later import with the old value does not undo it."""
    wishes = {
        "email": clean_value(CorrectionField.EMAIL, email) if email.strip() else "",
        "phone": clean_value(CorrectionField.PHONE, phone),
        "language": clean_value(CorrectionField.LANGUAGE, language),
    }
    with transaction() as session:
        guardian = _guardian(session, guardian_id)
        for field, value in wishes.items():
            if value != getattr(guardian, field):
                session.add(corrected(guardian, field, value, by, now))
                _put(session, guardian, field, value, by, now)


def keep_mailbox(*, email: str, guardian_ids: Collection[int], by: Actor, now: datetime) -> None:
    """Whose a shared mailbox is: the others are reached on paper, until they have an address of their own."""
    with transaction() as session:
        users = session.scalars(
            select(Guardian).where(func.lower(Guardian.email) == email.lower(), Guardian.active).order_by(Guardian.id)
        ).all()
        if not any(user.id in guardian_ids for user in users):
            raise NoSuchGuardian
        for user in users:
            if user.id not in guardian_ids:
                session.add(corrected(user, "email", "", by, now))
                _put(session, user, "email", "", by, now)
        kept = sorted(user.id for user in users if user.id in guardian_ids)
        _write(session, "people.keep_mailbox", "guardian", kept[0], by, now, kept=kept)


def hand_over(*, kind: ActorKind, person_id: int, by: Actor, now: datetime) -> PersonFile:
    """Everything the house keeps of one person, to hand over to that person; that it was asked for is written down."""
    with transaction() as session:
        found = file_of(kind, person_id)
        _write(session, "people.hand_over", kind.value, person_id, by, now)
        return found


def address_works(*, guardian_id: int, by: Actor, now: datetime) -> None:
    """The office knows that a mailbox which once refused a letter takes them again."""
    with transaction() as session:
        guardian = _guardian(session, guardian_id)
        guardian.bounced_at = None
        _write(session, "people.address_works", "guardian", guardian_id, by, now)


def receive_post(*, guardian_id: int, pupil_id: int, receives: bool, by: Actor, now: datetime) -> None:
    """Does this guardian get the school's letters about this pupil?"""
    with transaction() as session:
        tie = session.scalar(
            select(Guardianship).where(Guardianship.guardian_id == guardian_id, Guardianship.pupil_id == pupil_id)
        )
        if tie is None:
            raise NoSuchGuardian
        tie.receives_post = receives
        _write(session, "people.receive_post", "guardian", guardian_id, by, now, pupil=pupil_id, receives=receives)


def mail_link(*, by: Actor, now: datetime, guardian_id: int | None = None, pupil_id: int | None = None) -> bool:
    """Mail a fresh personal link to the stored address; False when there is no address."""
    with transaction() as session:
        guardian = _guardian(session, guardian_id) if guardian_id else None
        pupil = _pupil(session, pupil_id) if pupil_id and guardian is None else None
        posted = outbox.post_link(session, now=now, guardian=guardian, pupil=pupil)
        subject, subject_id = ("guardian", guardian_id) if guardian else ("pupil", pupil_id)
        _write(session, "people.mail_link", subject, subject_id, by, now, queued=posted.queued)
        return posted.queued > 0


def _put(session: Session, guardian: Guardian, field: str, value: str, by: Actor, now: datetime) -> None:
    """Write the new value, and let letters follow a new address."""
    old = str(getattr(guardian, field))
    setattr(guardian, field, value)
    if field == "email" and old.casefold() != value.casefold():
        guardian.bounced_at = None
        session.flush()
        follow(session, person=guardian, old=old, now=now)
    _write(session, "people.change_contact", "guardian", guardian.id, by, now, field=field)


def _guardian(session: Session, guardian_id: int) -> Guardian:
    guardian = session.get(Guardian, guardian_id)
    if guardian is None:
        raise NoSuchGuardian
    return guardian


def _pupil(session: Session, pupil_id: int | None) -> Pupil:
    pupil = session.get(Pupil, pupil_id or 0)
    if pupil is None:
        raise NoSuchPupil
    return pupil


def _write(
    session: Session, action: str, subject: str, subject_id: int | None, by: Actor, now: datetime, **facts: object
) -> None:
    record(session, by=by, action=action, subject=subject, subject_id=subject_id, now=now, **facts)
