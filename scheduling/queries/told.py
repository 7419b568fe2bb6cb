"""What each home of a pupil was told about its talks: where there are two, the school can show that both heard it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.people import Name
from scheduling.models import Booking, Guardian, Guardianship, Outbox, db

ABOUT_A_TALK = (
    Letter.INVITATION,
    Letter.REMINDER,
    Letter.CONFIRMED,
    Letter.CHANGED,
    Letter.CANCELLED,
    Letter.AFTERWARDS,
)
"""What every home of a talk hears. A swap, or what one home asked, is that home's own."""


@dataclass(frozen=True)
class Told:
    """One letter to one parent, about a talk that is (or was) at that moment."""

    letter: Letter
    to: Name
    starts_at: datetime
    state: OutboxState
    at: datetime
    """When it left; of one that did not, when it was written."""
    together: bool
    """The talk is with every home of the pupil."""


def told_to_homes(pupil_id: int) -> dict[int, tuple[Told, ...]]:
    """Per home, in order of time. A letter that gave way to a newer one never left, and is not here."""
    rows = db.session.execute(
        select(Outbox, Booking, Guardian, Guardianship.household_id)
        .join(Booking, Booking.id == Outbox.booking_id)
        .join(Guardian, Guardian.id == Outbox.guardian_id)
        .join(
            Guardianship, (Guardianship.guardian_id == Outbox.guardian_id) & (Guardianship.pupil_id == Booking.pupil_id)
        )
        .where(
            Booking.pupil_id == pupil_id, Outbox.letter.in_(ABOUT_A_TALK), Outbox.state != OutboxState.SUPERSEDED
        )
        .order_by(Outbox.id)
    )  # fmt: skip
    found: dict[int, list[Told]] = defaultdict(list)
    for row, talk, guardian, household_id in rows:
        found[household_id].append(
            Told(
                row.letter, guardian.name, talk.starts_at, row.state, row.sent_at or row.created_at,
                talk.household_id is None,
            )
        )  # fmt: skip
    return {household_id: tuple(lines) for household_id, lines in found.items()}
