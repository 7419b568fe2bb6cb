"""What the office needs to announce contact evenings: the classes, their teachers, and evenings that fit."""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import func, select

from scheduling.domain.evening_dates import next_evening, proposed
from scheduling.domain.people import Sector, natural_order
from scheduling.domain.rounds import RoundKind
from scheduling.domain.staff import is_here
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import ClassGroup, ClassLeader, Enrolment, Lesson, PlannedDate, Round, School, Staff, db
from scheduling.queries import years
from scheduling.queries.years import YearFacts

ONE_PAIR = timedelta(days=14)
"""So close together two evenings are one round."""

LEAVING_LEVEL = "8"
"""The last year of primary school: its teachers choose their own evenings."""


@dataclass(frozen=True)
class EveningClass:
    """A class that may take part: how many pupils of each year level, and who holds its talks."""

    name: str
    pupils: Mapping[str, int]
    leaders: tuple[int, ...]

    def talks(self, without: Collection[str]) -> int:
        return sum(count for level, count in self.pupils.items() if level not in without)


@dataclass(frozen=True)
class Teacher:
    """A colleague who has times on contact evenings. Without workdays every day will do."""

    id: int
    code: str
    workdays: frozenset[str]
    """Digits: 1 is Monday."""

    def works_on(self, day: date) -> bool:
        return not self.workdays or str(day.isoweekday()) in self.workdays


def sector() -> Sector:
    """What kind of school this is."""
    return db.session.scalar(select(School.sector)) or Sector.PRIMARY


def classes_of(year: YearFacts) -> tuple[EveningClass, ...]:
    """The classes of a year by name, with their pupils per year level and their leaders."""
    pupils: dict[int, Counter[str]] = defaultdict(Counter)
    here = select(Enrolment.class_id, Enrolment.year_level).where(Enrolment.year_id == year.id, Enrolment.present)
    for class_id, level in db.session.execute(here):
        pupils[class_id][level] += 1
    leaders: dict[int, list[int]] = defaultdict(list)
    leading = select(ClassLeader.class_id, ClassLeader.staff_id).order_by(ClassLeader.class_id, ClassLeader.position)
    for class_id, staff_id in db.session.execute(leading):
        leaders[class_id].append(staff_id)
    groups = db.session.scalars(select(ClassGroup).where(ClassGroup.year_id == year.id))
    return tuple(
        EveningClass(group.name, pupils[group.id], tuple(leaders[group.id]))
        for group in sorted(groups, key=lambda group: (natural_order(group.name), group.location))
    )


def is_leaving(group: EveningClass) -> bool:
    """Is everybody of this class in the last year of primary school?"""
    return bool(group.pupils) and set(group.pupils) == {LEAVING_LEVEL}


def teachers_of_classes(year: YearFacts, names: Collection[str], on: date) -> tuple[Teacher, ...]:
    """Who leads or teaches these classes and works here, by code."""
    leading = (
        select(Staff)
        .join(ClassLeader, ClassLeader.staff_id == Staff.id)
        .join(ClassGroup, ClassGroup.id == ClassLeader.class_id)
        .where(ClassGroup.year_id == year.id, ClassGroup.name.in_(names))
    )
    teaching = (
        select(Staff)
        .join(Lesson, Lesson.staff_id == Staff.id)
        .join(ClassGroup, ClassGroup.id == Lesson.class_id)
        .where(ClassGroup.year_id == year.id, ClassGroup.name.in_(names))
    )
    found = {person.id: person for query in (leading, teaching) for person in db.session.scalars(query)}
    return tuple(
        Teacher(person.id, person.code, frozenset(person.workdays))
        for person in sorted(found.values(), key=lambda person: person.code)
        if is_here(person.left_on, on)
    )


def proposed_evenings(year: YearFacts, today: date) -> tuple[date, date] | None:
    """The next two of the year plan, else a Tuesday and a Thursday that fit, in the next November or February.

    After the months that have a round of contact evenings already: the second round is in another month.
    """
    after = max(today, _months_done(year) or today)
    return _planned_evenings(year, after) or proposed(year.period, years.free_periods(year.id), after=after)


def _months_done(year: YearFacts) -> date | None:
    """The end of the month of the last contact evenings that were made."""
    last = db.session.scalar(
        select(func.max(Round.ends_on)).where(Round.year_id == year.id, Round.kind == RoundKind.CONTACT_EVENING)
    )
    return last.replace(day=monthrange(last.year, last.month)[1]) if last else None


def _planned_evenings(year: YearFacts, today: date) -> tuple[date, date] | None:
    """Two evenings that the school planned close together."""
    wanted = (
        select(PlannedDate.day)
        .where(PlannedDate.year_id == year.id, PlannedDate.kind == PlannedKind.CONTACT_EVENING, PlannedDate.day > today)
        .order_by(PlannedDate.day)
        .limit(2)
    )
    days = db.session.scalars(wanted).all()
    return (days[0], days[1]) if len(days) == 2 and days[1] - days[0] <= ONE_PAIR else None


def extra_evening(year: YearFacts, days: Collection[date]) -> date | None:
    """One evening more, after these."""
    return next_evening(days, year.period, years.free_periods(year.id))
