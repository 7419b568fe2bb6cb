"""A family's year: everything with a day, of all own children, in order of time; and what is new since last time."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from enum import StrEnum

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import lazyload

from scheduling.domain.gathering_topics import COLLECTS
from scheduling.domain.gatherings import Answer, Coming, NoSuchGathering
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.links import hash_of
from scheduling.domain.timeslots import local, moment_at
from scheduling.domain.wishes import Wisher
from scheduling.domain.year_plans import Planned, PlannedKind
from scheduling.models import (
    AccessLink,
    Enrolment,
    Guardian,
    Guardianship,
    JournalLine,
    PlannedClass,
    PlannedDate,
    Visit,
    db,
)
from scheduling.queries.bookings import MOVES, Home, find_homes
from scheduling.queries.consults import ConsultFacts, consults_of_parent
from scheduling.queries.family import Family, Talk, TalkState
from scheduling.queries.gatherings import HomeGathering, for_home
from scheduling.queries.single_talks import Single
from scheduling.queries.support import SupportTalk

DECIDED = ("corrections.accept", "corrections.decline")
"""How the journal calls an answer of the school to what a person asked to put right."""


class Sort(StrEnum):
    """What stands on a day."""

    TALK = "talk"
    SINGLE = "single"
    MEETING = "meeting"
    GATHERING = "gathering"
    CONSULT = "consult"
    """With a mentor, as contact parent."""
    SCHOOL = "school"
    """A day of the school, to which nobody has to say anything."""


@dataclass(frozen=True)
class YearItem:
    """One thing of the year. Without hours it lasts the whole day, or until another."""

    sort: Sort
    what: Talk | Single | SupportTalk | HomeGathering | ConsultFacts | Planned
    starts_at: datetime
    ends_at: datetime
    whole_days: bool = False

    @property
    def collects(self) -> bool:
        """A day of the school for which families bring up topics."""
        return isinstance(self.what, Planned) and self.what.kind in COLLECTS and not self.whole_days


@dataclass(frozen=True)
class FamilyYear:
    """The next thing first; and what was, the last first."""

    ahead: tuple[YearItem, ...]
    past: tuple[YearItem, ...]


@dataclass(frozen=True)
class News:
    """What changed since this person was here before."""

    moved: tuple[Talk, ...] = ()
    invited: tuple[HomeGathering, ...] = ()
    changed: tuple[HomeGathering, ...] = ()
    """Gatherings that are at another time or place, or do not go on."""
    answered: bool = False
    """The school answered to what this person asked to put right."""

    def __bool__(self) -> bool:
        return bool(self.moved or self.invited or self.changed or self.answered)


@dataclass(frozen=True)
class HomeNow:
    """What a family's page shows of its year."""

    year: FamilyYear
    asked: tuple[tuple[HomeGathering, Answer], ...]
    """The gatherings that wait for an answer, each with how this home would usually come."""
    news: News


def home_now(
    by: Actor, family: Family, singles: Iterable[Single], meetings: Iterable[SupportTalk], visit: str, now: datetime
) -> HomeNow:
    """Everything of this page that is not a talk's own card."""
    homes = find_homes(db.session(), by, local(now).date())
    gatherings = for_home(by, homes, now)
    known = _made_known(family.year.id, homes, {one.planned_id for one in gatherings})
    items = [
        *(
            YearItem(Sort.TALK, one, one.starts_at, one.ends_at)
            for one in family.talks
            if one.starts_at and one.ends_at and one.state is not TalkState.CANCELLED
        ),
        *(YearItem(Sort.SINGLE, one, one.span.starts_at, one.span.ends_at) for one in singles if one.span),
        *(YearItem(Sort.MEETING, one, one.span.starts_at, one.span.ends_at) for one in meetings if not one.is_off),
        *(YearItem(Sort.GATHERING, one, one.span.starts_at, one.span.ends_at) for one in gatherings),
        *(
            YearItem(Sort.CONSULT, one, day.starts_at, day.ends_at)
            for one in consults_of_parent(by, now)
            for day in one.days
            if not day.cancelled
        ),
        *map(_school_day, known),
    ]
    open_ones = [one for one in gatherings if one.open and one.answer is None]
    return HomeNow(in_order(items, now), _with_usual(open_ones), _news(by, family, gatherings, visit))


def in_order(items: Iterable[YearItem], now: datetime) -> FamilyYear:
    """What is to come or is going on, and what was."""
    found = sorted(items, key=lambda item: (item.starts_at, item.ends_at, item.sort.value))
    past = [item for item in found if item.ends_at <= now]
    return FamilyYear(tuple(item for item in found if item.ends_at > now), tuple(reversed(past)))


def the_gathering(by: Actor, planned_id: int, household_id: int | None, now: datetime) -> HomeGathering:
    """One to which an own home is invited: this home, or the only one."""
    for one in for_home(by, find_homes(db.session(), by, local(now).date()), now):
        if one.planned_id == planned_id and household_id in (None, one.wisher.household_id):
            return one
    raise NoSuchGathering


def usual_of(gathering: HomeGathering) -> Answer:
    """How this home would usually come: everybody, and the children where they are welcome; to a circle one parent."""
    return _with_usual([gathering])[0][1]


def _with_usual(gatherings: Sequence[HomeGathering]) -> tuple[tuple[HomeGathering, Answer], ...]:
    adults = _adults({one.wisher for one in gatherings})
    return tuple((one, _usual(one, adults.get(one.wisher, 1))) for one in gatherings)


def _usual(gathering: HomeGathering, adults: int) -> Answer:
    children = len(gathering.children) if gathering.details.with_pupils and gathering.wisher.household_id else 0
    left = gathering.places_left
    alone = gathering.line.planned.kind is PlannedKind.PARENT_CIRCLE
    answer = Answer(Coming.YES, 1 if alone else adults, children)
    return answer if left is None or answer.people <= left else replace(answer, coming=Coming.PERHAPS)


def _adults(wishers: Collection[Wisher]) -> dict[Wisher, int]:
    """How many parents each home has."""
    ids = [one.household_id for one in wishers if one.household_id]
    if not ids:
        return {}
    rows = db.session.execute(
        select(Guardianship.household_id, func.count(Guardianship.guardian_id.distinct()))
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.household_id.in_(ids), Guardianship.is_invited, Guardian.active)
        .group_by(Guardianship.household_id)
    )
    return {Wisher(household_id): number for household_id, number in rows}


def _school_day(planned: Planned) -> YearItem:
    last = planned.until or planned.day
    begins, ends = planned.begins or time(0), planned.ends or time(23, 59)
    return YearItem(
        Sort.SCHOOL, planned, moment_at(planned.day, begins), moment_at(last, ends), whole_days=planned.begins is None
    )


def _made_known(year_id: int, homes: Collection[Home], besides: Collection[int]) -> list[Planned]:
    """What the school made known of its year and concerns an own child's class, or everybody."""
    classes = select(Enrolment.class_id).where(
        Enrolment.pupil_id.in_([home.pupil_id for home in homes]), Enrolment.year_id == year_id, Enrolment.present
    )
    own = select(PlannedClass.planned_id).where(PlannedClass.class_id.in_(classes))
    rows = db.session.scalars(
        select(PlannedDate)
        .options(lazyload(PlannedDate.classes))
        .where(
            PlannedDate.year_id == year_id, PlannedDate.published_at.is_not(None),
            PlannedDate.kind.not_in((PlannedKind.CHECKLIST, PlannedKind.ENROLMENT_MEETING)),
            or_(PlannedDate.for_all, PlannedDate.id.in_(own)), PlannedDate.id.not_in(besides),
        )
    )  # fmt: skip
    return [
        Planned(row.kind, row.day, row.why, row.until, row.begins, row.ends, place=row.place, id=row.id) for row in rows
    ]


def _news(by: Actor, family: Family, gatherings: Iterable[HomeGathering], visit: str) -> News:
    """What others changed since this person came before; nothing on the first visit."""
    since = _visit_before(by, visit)
    if since is None:
        return News()
    talks = {talk.booking_id: talk for talk in family.talks if talk.stands and talk.booking_id}
    changed = _journal_since(by, since, [key for key in talks if key])
    fresh = [one for one in gatherings if one.stamp > since]
    return News(
        moved=tuple(talk for key, talk in talks.items() if ("booking", key) in changed),
        invited=tuple(one for one in fresh if one.sequence == 0 and not one.called_off),
        changed=tuple(one for one in fresh if one.sequence > 0 or one.called_off),
        answered=(by.kind.value, by.id) in changed,
    )


def _visit_before(by: Actor, visit: str) -> datetime | None:
    """When this person came before, on whatever device."""
    mine = AccessLink.pupil_id == by.id if by.kind is ActorKind.PUPIL else AccessLink.guardian_id == by.id
    this = select(Visit.started_at).where(Visit.key_hash == hash_of(visit)).scalar_subquery()
    before = select(func.max(Visit.started_at)).join(AccessLink, AccessLink.id == Visit.link_id)
    return db.session.scalar(before.where(mine, Visit.started_at < this))


def _journal_since(by: Actor, since: datetime, talks: Collection[int]) -> set[tuple[str, int | None]]:
    """About which own talks, or about this person, somebody else wrote something down since."""
    talk = and_(JournalLine.subject == "booking", JournalLine.subject_id.in_(talks), JournalLine.action.in_(MOVES))
    asked = and_(JournalLine.subject == by.kind.value, JournalLine.subject_id == by.id, JournalLine.action.in_(DECIDED))
    others = or_(JournalLine.actor_kind != by.kind, JournalLine.actor_id.is_(None), JournalLine.actor_id != by.id)
    rows = db.session.execute(
        select(JournalLine.subject, JournalLine.subject_id).where(JournalLine.at > since, or_(talk, asked), others)
    )
    return {(subject, subject_id) for subject, subject_id in rows}
