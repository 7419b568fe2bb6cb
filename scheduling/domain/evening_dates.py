"""On which evenings contact evenings fit: not in holidays, and not when many families have something else to do."""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from scheduling.domain.years import Period, is_school_day

TUESDAY, WEDNESDAY, THURSDAY = 1, 2, 3
MONTHS = (11, 2)
"""November and February."""
MIDDLE = 15


class Awkward(StrEnum):
    """Why few families come on a day."""

    THANKSGIVING = "thanksgiving"
    """Dankdag, the first Wednesday of November."""
    SAINT_MARTIN = "saint_martin"
    SAINT_NICHOLAS = "saint_nicholas"
    CARNIVAL = "carnival"
    ASH_WEDNESDAY = "ash_wednesday"
    PRAYER_DAY = "prayer_day"
    """Biddag, the second Wednesday of March."""
    KINGS_DAY = "kings_day"
    REMEMBRANCE = "remembrance"
    LIBERATION = "liberation"
    RAMADAN = "ramadan"


FIXED = {
    (11, 11): Awkward.SAINT_MARTIN,
    (12, 5): Awkward.SAINT_NICHOLAS,
    (4, 27): Awkward.KINGS_DAY,
    (5, 4): Awkward.REMEMBRANCE,
    (5, 5): Awkward.LIBERATION,
}
RAMADAN = (
    Period(date(2026, 2, 18), date(2026, 3, 19)),
    Period(date(2027, 2, 8), date(2027, 3, 9)),
    Period(date(2028, 1, 28), date(2028, 2, 26)),
    Period(date(2029, 1, 16), date(2029, 2, 13)),
)
"""About: the moon decides. Such evenings are possible, with late times for who eats at sunset."""


def awkward(day: date) -> Awkward | None:
    """Why this evening suits many families badly; None when nothing is known against it."""
    if (day.month, day.day) in FIXED:
        return FIXED[day.month, day.day]
    if day.weekday() == WEDNESDAY and day.month == 11 and day.day <= 7:
        return Awkward.THANKSGIVING
    if day.weekday() == WEDNESDAY and day.month == 3 and 8 <= day.day <= 14:
        return Awkward.PRAYER_DAY
    before_easter = (easter(day.year) - day).days
    if before_easter in (48, 47):
        return Awkward.CARNIVAL
    if before_easter == 46:
        return Awkward.ASH_WEDNESDAY
    return Awkward.RAMADAN if any(day in period for period in RAMADAN) else None


def proposed(year: Period, free: Iterable[Period], *, after: date) -> tuple[date, date] | None:
    """A Tuesday and a Thursday in the next November or February of this school year, of one week where that goes.

    Nearest to the middle of the month; None when both months are over, or without a fitting evening.
    """
    closed = list(free)
    for month in MONTHS:
        fitting = [day for day in _days(year) if day.month == month and day > after and _fits(day, closed)]
        tuesdays = [day for day in fitting if day.weekday() == TUESDAY]
        thursdays = [day for day in fitting if day.weekday() == THURSDAY]
        if tuesdays and thursdays:
            pairs = [(one, other) for one in tuesdays for other in thursdays]
            return min(pairs, key=lambda pair: (other_week(*pair), abs(pair[0].day - MIDDLE), pair))
    return None


def other_week(one: date, other: date) -> bool:
    """Do these days lie in different weeks?"""
    return one.isocalendar()[:2] != other.isocalendar()[:2]


def next_evening(days: Iterable[date], year: Period, free: Iterable[Period]) -> date | None:
    """One evening more, after those that are there: the next Tuesday or Thursday that fits."""
    last, closed = max(days), list(free)
    return next(
        (
            day
            for day in _days(year)
            if day > last and day.weekday() in (TUESDAY, THURSDAY) and _fits(day, closed)
        ),
        None,
    )  # fmt: skip


def easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian rule."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    k = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * k) // 451
    month, day = divmod(h + k - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _fits(day: date, free: Iterable[Period]) -> bool:
    return is_school_day(day, free) and awkward(day) in (None, Awkward.RAMADAN)


def _days(year: Period) -> Iterable[date]:
    for number in range((year.ends_on - year.starts_on).days + 1):
        yield year.starts_on + timedelta(days=number)
