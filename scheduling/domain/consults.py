"""How often a contact parent and a mentor consult, and when: a series of dates, and nothing about what is said."""

import calendar
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.timeslots import moment_at
from scheduling.domain.years import Period, is_school_day

USUAL_MINUTES = 30
MINUTES = (10, 120)
A_WEEK = timedelta(days=7)
FOUR_WEEKS = 4
MOST_DATES = 45


class Rhythm(StrEnum):
    """How often."""

    ONCE = "once"
    WEEKLY = "weekly"
    TWO_WEEKLY = "two_weekly"
    MONTHLY = "monthly"
    """Every four weeks."""
    MONTHLY_WEEKDAY = "monthly_weekday"
    """Each month on the same weekday: the second Monday."""
    MONTHLY_DATE = "monthly_date"
    """Each month on the same date; without school on that date, on the first school day after it."""
    PER_PERIOD = "per_period"
    """Once between two holidays."""
    TWICE_PER_PERIOD = "twice_per_period"
    """Twice between two holidays: at its beginning, and halfway."""


class ConsultState(StrEnum):
    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    OFF = "off"


OPEN = (ConsultState.PROPOSED, ConsultState.AGREED)
"""A series that waits for an answer, or stands."""


@dataclass(frozen=True)
class Wanted:
    """How often and when, as one of the two proposes it: the first day says which weekday."""

    rhythm: Rhythm
    first: date
    until: date | None
    """None: only for one time."""
    clock: time
    minutes: int = USUAL_MINUTES


class ConsultMinutes(Invalid):
    """Longer or shorter than people consult."""

    field = "minutes"
    least, most = MINUTES


class ConsultUntilMissing(Invalid):
    """More times than one go on until some day."""

    field = "until"


class ConsultOutsideYear(Invalid):
    """A day that lies outside the school year, or is over."""

    def __init__(self, field: str, day: date) -> None:
        super().__init__(field, day)
        self.field, self.day = field, day


class ConsultOnFreeDay(Invalid):
    """There is no school on this day."""

    def __init__(self, field: str, day: date) -> None:
        super().__init__(field, day)
        self.field, self.day = field, day


class ConsultClashes(Invalid):
    """The mentor has a talk, an evening or another consult at that hour."""

    field = "clock"

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day


class ConsultUnderWay(Refused):
    """These two have a series already: change that one, or end it first."""


class ConsultOver(Conflict):
    """It was answered, changed or ended meanwhile, or lies in the past."""


def days_of(wanted: Wanted, free: Sequence[Period], year: Period, today: date) -> tuple[date, ...]:
    """The days of a series, without holidays and closed days; refused when the first day cannot be one."""
    least, most = MINUTES
    if not least <= wanted.minutes <= most:
        raise ConsultMinutes
    if not (year.starts_on <= wanted.first <= year.ends_on and wanted.first > today):
        raise ConsultOutsideYear("first", wanted.first)
    if not is_school_day(wanted.first, free):
        raise ConsultOnFreeDay("first", wanted.first)
    if wanted.rhythm is Rhythm.ONCE:
        return (wanted.first,)
    if wanted.until is None:
        raise ConsultUntilMissing
    if not wanted.first <= wanted.until <= year.ends_on:
        raise ConsultOutsideYear("until", wanted.until)
    found = tuple(day for day in _chosen(wanted.first, wanted.until, wanted.rhythm, free) if is_school_day(day, free))
    return found[:MOST_DATES]


def day_in_series(first: date, day: date) -> date:
    """The day of that week on which a weekly series has it; a calendar shows another day as one that was moved."""
    return day - timedelta(days=day.weekday() - first.weekday())


def span_on(day: date, clock: time, minutes: int) -> tuple[datetime, datetime]:
    """When it begins and ends on a day, on the school's clock."""
    begins = moment_at(day, clock)
    return begins, begins + timedelta(minutes=minutes)


def _chosen(first: date, until: date, rhythm: Rhythm, free: Sequence[Period]) -> Iterable[date]:
    """The days that this rhythm takes, from the first until the last."""
    every = [first + number * A_WEEK for number in range((until - first).days // 7 + 1)]
    if rhythm is Rhythm.TWO_WEEKLY:
        return every[::2]
    if rhythm is Rhythm.MONTHLY:
        return every[::FOUR_WEEKS]
    if rhythm in (Rhythm.PER_PERIOD, Rhythm.TWICE_PER_PERIOD):
        return _of_each_period(every, free, twice=rhythm is Rhythm.TWICE_PER_PERIOD)
    if rhythm is Rhythm.MONTHLY_WEEKDAY:
        return [day for day in _each_month(first, until, _same_weekday) if day <= until]
    if rhythm is Rhythm.MONTHLY_DATE:
        days = (_school_day_from(day, free, until) for day in _each_month(first, until, _same_date))
        return [day for day in days if day is not None]
    return every


def _of_each_period(every: Sequence[date], free: Sequence[Period], *, twice: bool) -> Iterable[date]:
    """The first school day of the row, and the first after each holiday of a week or longer; or one halfway too."""
    holidays = [one for one in free if one.ends_on - one.starts_on >= timedelta(days=6)]
    periods: dict[int, list[date]] = {}
    for day in every:
        if is_school_day(day, free):
            periods.setdefault(sum(holiday.ends_on < day for holiday in holidays), []).append(day)
    for days in periods.values():
        yield days[0]
        if twice and len(days) > 1:
            yield days[(len(days) + 1) // 2]


def _each_month(first: date, until: date, chosen: Callable[[date, date], date]) -> Iterable[date]:
    month = first.replace(day=1)
    while month <= until:
        yield chosen(first, month)
        month = (month + timedelta(days=31)).replace(day=1)


def _same_weekday(first: date, month: date) -> date:
    """The second Monday, when the first day is a second Monday; a fifth is the last of a month with four."""
    begins = month + timedelta(days=(first.weekday() - month.weekday()) % 7)
    day = begins + (first.day - 1) // 7 * A_WEEK
    return day if day.month == month.month else day - A_WEEK


def _same_date(first: date, month: date) -> date:
    """The same date, or the last one of a shorter month."""
    return month.replace(day=min(first.day, calendar.monthrange(month.year, month.month)[1]))


def _school_day_from(day: date, free: Sequence[Period], until: date) -> date | None:
    """This day, or the first school day after it."""
    while day <= until and not is_school_day(day, free):
        day += timedelta(days=1)
    return day if day <= until else None
