"""What the house keeps of one person, and until when: the page and the clearing up go by the same terms."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, false, func, or_, select
from sqlalchemy.orm import aliased

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.people import Name
from scheduling.domain.retention import (
    CLASS_MESSAGE_AFTER,
    CONTACT_AFTER_LEAVING,
    VISIT_AFTER_IT_ENDED,
    Terms,
    terms_of,
    year_of,
)
from scheduling.domain.timeslots import local
from scheduling.models import (
    AccessLink,
    Booking,
    CommunicationPlan,
    Guardian,
    LoggedContact,
    Mailing,
    Outbox,
    Pupil,
    Round,
    SchoolYear,
    Topic,
    Visit,
    db,
)
from scheduling.queries import bookings as asking
from scheduling.queries.bookings import Home
from scheduling.queries.leaders import year_at


@dataclass(frozen=True)
class KeptYear:
    """What one school year left behind of this person, and until when."""

    label: str
    terms: Terms
    talks: int = 0
    topics: int = 0
    letters: int = 0
    plans: int = 0
    contacts: int = 0
    links: int = 0


@dataclass(frozen=True)
class Kept:
    """What the house keeps of this person: no more than this."""

    name: Name
    email: str
    phone: str
    language: str
    children: tuple[str, ...]
    years: tuple[KeptYear, ...]
    visits: int
    after_leaving: timedelta = CONTACT_AFTER_LEAVING
    after_a_visit: timedelta = VISIT_AFTER_IT_ENDED
    after_class_message: timedelta = CLASS_MESSAGE_AFTER


def kept_of(by: Actor, now: datetime) -> Kept:
    """The newest year first: this one always, an older one as long as something of it is kept."""
    session, today = db.session(), local(now).date()
    person = session.get(Pupil if by.kind is ActorKind.PUPIL else Guardian, by.id)
    if not isinstance(person, (Pupil, Guardian)):
        raise NotFound
    homes = asking.find_homes(session, by, today)
    names = select(Pupil.given_name).where(Pupil.id.in_([home.pupil_id for home in homes]))
    own_link = AccessLink.pupil_id == by.id if by.kind is ActorKind.PUPIL else AccessLink.guardian_id == by.id
    visits = select(func.count()).select_from(Visit).join(AccessLink, AccessLink.id == Visit.link_id).where(own_link)
    return Kept(
        name=person.name,
        email=person.email,
        phone=person.phone,
        language=person.language,
        children=tuple(session.scalars(names.order_by(Pupil.birth_date, Pupil.id))),
        years=_Years(by, homes).kept(year_at(now).id),
        visits=session.scalar(visits) or 0,
    )


class _Years:
    """Everything of one person that belongs to a school year, counted by year."""

    def __init__(self, by: Actor, homes: list[Home]) -> None:
        self.by, self.homes, self.session = by, homes, db.session()
        self.is_pupil = by.kind is ActorKind.PUPIL

    def kept(self, now_in: int) -> tuple[KeptYear, ...]:
        years = self.session.scalars(select(SchoolYear).order_by(SchoolYear.starts_on.desc())).all()
        counts = {
            "talks": self._talks(),
            "topics": self._topics(),
            "letters": self._letters(years),
            "plans": self._plans(),
            "contacts": self._count(select(LoggedContact.year_id).where(self._own(LoggedContact))),
            "links": self._links(),
        }
        return tuple(
            KeptYear(year.label, terms_of(year.ends_on), **{kind: found[year.id] for kind, found in counts.items()})
            for year in years
            if year.id == now_in or any(found[year.id] for found in counts.values())
        )

    def _talks(self) -> Counter[int]:
        asked = (
            and_(Booking.pupil_id == home.pupil_id, home.asked_by(Booking.household_id.expression))
            for home in self.homes
        )
        return self._count(select(Round.year_id).join(Booking).where(or_(false(), *asked)))

    def _topics(self) -> Counter[int]:
        alone = and_(Topic.pupil_id == self.by.id, Topic.household_id.is_(None))
        own = alone if self.is_pupil else Topic.guardian_id == self.by.id
        return self._count(select(Round.year_id).join(Topic).where(own))

    def _plans(self) -> Counter[int]:
        return self._count(select(CommunicationPlan.year_id).where(self._own(CommunicationPlan)))

    def _links(self) -> Counter[int]:
        own = AccessLink.pupil_id == self.by.id if self.is_pupil else AccessLink.guardian_id == self.by.id
        return self._count(select(AccessLink.year_id).where(own))

    def _letters(self, years: Sequence[SchoolYear]) -> Counter[int]:
        """Of the year of the talk or the batch; a letter about neither counts for the year it was written in."""
        booked, batch = aliased(Round), aliased(Round)
        own = Outbox.pupil_id == self.by.id if self.is_pupil else Outbox.guardian_id == self.by.id
        rows = self.session.execute(
            select(func.coalesce(booked.year_id, batch.year_id), Outbox.created_at)
            .outerjoin(Booking, Booking.id == Outbox.booking_id)
            .outerjoin(booked, booked.id == Booking.round_id)
            .outerjoin(Mailing, Mailing.id == Outbox.mailing_id)
            .outerjoin(batch, batch.id == Mailing.round_id)
            .where(own)
        )
        return Counter(year_id or _year_of(local(written_at).date(), years) for year_id, written_at in rows)

    def _count(self, years: Select[int]) -> Counter[int]:
        return Counter(self.session.scalars(years))

    def _own(self, model: type[Booking] | type[CommunicationPlan] | type[LoggedContact]) -> ColumnElement[bool]:
        """What was agreed with the own home alone; of an adult pupil: with nobody but the pupil."""
        mine = [and_(model.pupil_id == home.pupil_id, model.household_id == home.household_id) for home in self.homes]
        return or_(false(), *mine)


def _year_of(day: date, years: Sequence[SchoolYear]) -> int:
    """The year that something of this day counts for; a day after all of them counts for the newest."""
    end = year_of(day, [year.ends_on for year in years])
    return next((year.id for year in years if year.ends_on == end), years[0].id)
