"""How often a contact parent and a mentor consult, and when: a series of dates, and nothing about what is said."""

from collections.abc import Iterable, Sequence
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
    PER_PERIOD = "per_period"
    """Once between two holidays."""


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
    weeks = (wanted.until - wanted.first).days // 7
    every = [wanted.first + number * A_WEEK for number in range(weeks + 1)]
    found = tuple(day for day in _chosen(every, wanted.rhythm, free) if is_school_day(day, free))
    return found[:MOST_DATES]


def span_on(day: date, clock: time, minutes: int) -> tuple[datetime, datetime]:
    """When it begins and ends on a day, on the school's clock."""
    begins = moment_at(day, clock)
    return begins, begins + timedelta(minutes=minutes)


def _chosen(every: Sequence[date], rhythm: Rhythm, free: Sequence[Period]) -> Iterable[date]:
    """Of all the weeks those that this rhythm takes."""
    if rhythm is Rhythm.TWO_WEEKLY:
        return every[::2]
    if rhythm is Rhythm.MONTHLY:
        return every[::FOUR_WEEKS]
    if rhythm is Rhythm.PER_PERIOD:
        return _first_of_each_period(every, free)
    return every


def _first_of_each_period(every: Sequence[date], free: Sequence[Period]) -> Iterable[date]:
    """The first school day of the row, and the first after each holiday of a week or longer."""
    holidays = [one for one in free if one.ends_on - one.starts_on >= timedelta(days=6)]
    seen: set[int] = set()
    for day in every:
        period = sum(holiday.ends_on < day for holiday in holidays)
        if is_school_day(day, free) and period not in seen:
            seen.add(period)
            yield day
