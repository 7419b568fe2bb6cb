"""Write letters down, in the transaction that causes them: one row per mailbox that may hear of it.

Facts only: never text, never a token. The worker renders the letter and makes its personal link when it leaves.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.mailings import LANES, UNSENT, Addressee, Letter, OutboxState, Skipped
from scheduling.domain.timeslots import local
from scheduling.models import Booking, Guardian, Outbox, Pupil, Staff
from scheduling.queries.mailings import Circle, circles_of
from scheduling.services.inserting import insert_new

STANDS_ALONE = (Letter.REMINDER, Letter.LINK, Letter.SET_PASSWORD, Letter.TRIAL)
"""Letters that say nothing new about a talk, and so take the place of no other."""


@dataclass(frozen=True)
class Posted:
    """What was written down. `on_paper`: a home of this talk is reached by no mail."""

    queued: int = 0
    skipped: tuple[Skipped, ...] = ()
    on_paper: bool = False


def as_it_was(booking: Booking) -> dict[str, Any]:
    """Facts for a letter about a change: ask for them before the change, and give them to `post`."""
    return {
        "was": {
            "starts_at": booking.starts_at.isoformat(),
            "ends_at": booking.ends_at.isoformat(),
            "room": booking.room,
            "leader_id": booking.leader_id,
        }
    }


def post(
    session: Session,
    *,
    letter: Letter,
    booking: Booking,
    now: datetime,
    mailing_id: int | None = None,
    facts: dict[str, Any] | None = None,
    circle: Circle | None = None,
) -> Posted:
    """One letter about this talk to each mailbox that may hear of it; an older unsent one about it falls away."""
    session.flush()
    if circle is None:
        circle = circles_of(session, [booking.pupil_id], local(now).date())[booking.pupil_id]
    told = circle.audience(booking.household_id)
    older = {} if letter in STANDS_ALONE else _supersede(session, booking)
    rows = [
        _row(letter, booking, person, now, mailing_id, facts or {}, older.get(person.key, ())) for person in told.to
    ]
    queued = insert_new(session, Outbox, rows)
    return Posted(len(queued), told.skipped, bool(told.on_paper))


def post_to_staff(
    session: Session,
    *,
    letter: Letter,
    staff: Staff,
    now: datetime,
    facts: dict[str, Any] | None = None,
    booking: Booking | None = None,
) -> Posted:
    """A letter to a colleague (to set a password, or a trial letter)."""
    row = _plain_row(letter, f"s{staff.id}", staff.email, staff.language, now) | {
        "staff_id": staff.id,
        "booking_id": booking.id if booking else None,
        "facts": facts or {},
    }
    return Posted(len(insert_new(session, Outbox, [row]))) if staff.email else Posted(on_paper=True)


def post_link(
    session: Session, *, now: datetime, guardian: Guardian | None = None, pupil: Pupil | None = None
) -> Posted:
    """A letter with nothing but a fresh personal link."""
    person = guardian or pupil
    if person is None or not person.email:
        return Posted(on_paper=True)
    key = f"g{guardian.id}" if guardian else f"p{person.id}"
    row = _plain_row(Letter.LINK, key, person.email, person.language, now) | {
        "guardian_id": guardian.id if guardian else None,
        "pupil_id": None if guardian else person.id,
    }
    return Posted(len(insert_new(session, Outbox, [row])))


def _supersede(session: Session, booking: Booking) -> dict[str, list[Outbox]]:
    """Take back what is still in the house about this talk, by the key of whom it was for."""
    older: dict[str, list[Outbox]] = {}
    unsent = session.scalars(
        select(Outbox)
        .where(Outbox.booking_id == booking.id, Outbox.state.in_(UNSENT), Outbox.letter.not_in(STANDS_ALONE))
        .order_by(Outbox.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for row in unsent:
        row.state = OutboxState.SUPERSEDED
        older.setdefault(f"g{row.guardian_id}" if row.guardian_id else f"p{row.pupil_id}", []).append(row)
    session.flush()
    return older


def _row(
    letter: Letter,
    booking: Booking,
    person: Addressee,
    now: datetime,
    mailing_id: int | None,
    facts: dict[str, Any],
    older: Iterable[Outbox],
) -> dict[str, Any]:
    for row in older:
        if letter is Letter.CHANGED and row.letter is Letter.INVITATION:
            letter, facts = Letter.INVITATION, {}  # this family has not heard of the first time: it is simply invited
        elif letter is Letter.CHANGED and row.letter is Letter.CHANGED:
            facts = facts | row.facts  # what the family knows is the time of the letter that did leave
    return {
        "dedup_key": f"{letter}:{booking.id}:{booking.ical_sequence}:{person.key}",
        "letter": letter,
        "lane": LANES[letter],
        "guardian_id": person.guardian_id,
        "pupil_id": person.pupil_id,
        "staff_id": None,
        "address": person.address,
        "booking_id": booking.id,
        "mailing_id": mailing_id,
        "sequence": booking.ical_sequence,
        "language": person.language,
        "stamp": max(now, booking.ical_stamp).replace(microsecond=0),
        "facts": facts,
        "message_id": f"{letter}.{booking.ical_uid.partition('@')[0]}.{booking.ical_sequence}.{person.key}",
        "state": OutboxState.QUEUED,
        "not_before": now,
        "created_at": now,
    }


def _plain_row(letter: Letter, key: str, address: str, language: str, now: datetime) -> dict[str, Any]:
    moment = f"{now.timestamp():.6f}"
    return {
        "dedup_key": f"{letter}:{moment}:{key}",
        "letter": letter,
        "lane": LANES[letter],
        "address": address,
        "language": language,
        "stamp": now.replace(microsecond=0),
        "message_id": f"{letter}.{moment}.{key}",
        "state": OutboxState.QUEUED,
        "not_before": now,
        "created_at": now,
    }
