"""School years and their calendar, as pages show them and as rules need them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Row, exists, select
from sqlalchemy.orm import Session

from scheduling.domain.years import (
    DayKind,
    NoSchoolDays,
    NoSuchDay,
    NoSuchYear,
    Period,
    YearState,
    first_school_day,
    start_window,
    year_to_work_in,
)
from scheduling.models import ClassGroup, LeaderOpening, OpeningTurns, Round, SchoolDay, SchoolYear, db
from scheduling.queries.once import once


@dataclass(frozen=True)
class YearFacts:
    id: int
    label: str
    period: Period


@dataclass(frozen=True)
class DayFacts:
    """One line of the calendar. `own`: the school's own word."""

    id: int
    year_id: int
    kind: DayKind
    label: str
    starts_on: date
    ends_on: date
    own: bool

    @property
    def is_one_day(self) -> bool:
        return self.starts_on == self.ends_on


@dataclass(frozen=True)
class CalendarFacts:
    """The calendar of a year. Without a first school day every day would be free, and there is no start window."""

    year: YearFacts
    days: tuple[DayFacts, ...]
    first_school_day: date | None
    start_window: Period | None


def all_years() -> tuple[YearFacts, ...]:
    """Every school year that was made, the oldest first."""
    rows = db.session.scalars(select(SchoolYear).order_by(SchoolYear.starts_on))
    return tuple(_facts(row) for row in rows)


def find_year(label: str) -> YearFacts:
    """The year that is called so; raises NoSuchYear."""
    row = db.session.scalar(select(SchoolYear).where(SchoolYear.label == label))
    if row is None:
        raise NoSuchYear
    return _facts(row)


def year_in_use(on: date) -> YearFacts | None:
    """The year that people work in on this day; None before the first is made."""
    return _in_use(db.session(), on)


def the_year(label: str | None, today: date) -> YearFacts:
    """The year that is called so; without a name the one in use. Raises NoSuchYear."""
    found = find_year(label) if label else year_in_use(today)
    if found is None:
        raise NoSuchYear
    return found


@once
def _in_use(session: Session, on: date) -> YearFacts | None:
    filled = exists().where(ClassGroup.year_id == SchoolYear.id)
    opened = exists().where(Round.year_id == SchoolYear.id, LeaderOpening.round_id == Round.id)
    rows = session.execute(select(SchoolYear, filled, opened)).all()
    states = [
        YearState(row.label, Period(row.starts_on, row.ends_on), has_classes, is_open)
        for row, has_classes, is_open in rows
    ]
    wanted = year_to_work_in(states, on)
    return next((_facts(row) for row, _, _ in rows if wanted and row.label == wanted.label), None)


def rounds_of_year(session: Session, year_id: int) -> tuple[Round, ...]:
    """Every round of a year, the first one first."""
    return tuple(found for found, _turns in _rounds(session, year_id))


def rounds_in_turns(session: Session, year_id: int) -> frozenset[int]:
    """Those of them in which some homes choose before others."""
    return frozenset(found.id for found, turns in _rounds(session, year_id) if turns)


@once
def _rounds(session: Session, year_id: int) -> Sequence[Row[Round, OpeningTurns | None]]:
    return session.execute(
        select(Round, OpeningTurns)
        .outerjoin(OpeningTurns, OpeningTurns.round_id == Round.id)
        .where(Round.year_id == year_id)
        .order_by(Round.starts_on, Round.id)
    ).all()


def free_periods(year_id: int) -> tuple[Period, ...]:
    """When there is no school: holidays, public holidays, closed days, the summer before the year as well."""
    rows = db.session.execute(
        select(SchoolDay.kind, SchoolDay.starts_on, SchoolDay.ends_on)
        .where(SchoolDay.year_id == year_id)
        .order_by(SchoolDay.starts_on)
    )
    return tuple(Period(starts_on, ends_on) for kind, starts_on, ends_on in rows if kind.is_free)


def calendar(year: YearFacts) -> CalendarFacts:
    """All lines of a year in order of date, and what follows from them."""
    rows = db.session.scalars(
        select(SchoolDay).where(SchoolDay.year_id == year.id).order_by(SchoolDay.starts_on, SchoolDay.ends_on)
    )
    days = tuple(_day(row) for row in rows)
    free = tuple(Period(day.starts_on, day.ends_on) for day in days if day.kind.is_free)
    try:
        return CalendarFacts(year, days, first_school_day(year.period, free), start_window(year.period, free))
    except NoSchoolDays:
        return CalendarFacts(year, days, None, None)


def the_day(day_id: int) -> DayFacts:
    """One line of the calendar; raises NoSuchDay."""
    row = db.session.get(SchoolDay, day_id)
    if row is None:
        raise NoSuchDay
    return _day(row)


def _facts(row: SchoolYear) -> YearFacts:
    return YearFacts(row.id, row.label, Period(row.starts_on, row.ends_on))


def _day(row: SchoolDay) -> DayFacts:
    return DayFacts(row.id, row.year_id, row.kind, row.label, row.starts_on, row.ends_on, row.own)
