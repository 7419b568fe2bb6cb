"""Who hears of a talk: the people behind it, as letters see them."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.mailings import Audience, Contact, PupilContact, audience
from scheduling.domain.people import is_adult
from scheduling.models import Guardian, Guardianship, Pupil


@dataclass(frozen=True)
class Circle:
    """A pupil and the guardians around him."""

    pupil: PupilContact
    contacts: tuple[Contact, ...]

    def audience(self, household_id: int | None) -> Audience:
        """Who hears of a talk with this household (None: with every household)."""
        return audience(self.pupil, self.contacts, household_id=household_id)


def circles_of(session: Session, pupil_ids: Collection[int], on: date) -> dict[int, Circle]:
    """The circle of each of these pupils, as it is on this day."""
    contacts: dict[int, list[Contact]] = {pupil_id: [] for pupil_id in pupil_ids}
    wanted = list(contacts)
    for tie, guardian in session.execute(
        select(Guardianship, Guardian)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.pupil_id.in_(wanted))
    ):
        contacts[tie.pupil_id].append(_contact(tie, guardian))
    pupils = session.scalars(select(Pupil).where(Pupil.id.in_(wanted)))
    return {pupil.id: Circle(_pupil_contact(pupil, on), tuple(contacts[pupil.id])) for pupil in pupils}


def _contact(tie: Guardianship, guardian: Guardian) -> Contact:
    return Contact(
        guardian_id=guardian.id,
        household_id=tie.household_id,
        position=tie.position,
        authority=tie.authority,
        active=guardian.active,
        receives_post=tie.receives_post,
        address=guardian.email,
        bounced=guardian.bounced_at is not None,
        language=guardian.language,
    )


def _pupil_contact(pupil: Pupil, on: date) -> PupilContact:
    return PupilContact(
        pupil_id=pupil.id,
        adult=is_adult(pupil.birth_date, on),
        parents_permitted=pupil.parents_permitted,
        address=pupil.email,
        language=pupil.language,
    )
