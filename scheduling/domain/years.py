"""The school year, its holidays, and the start window.

A school day is a weekday outside holidays and closed days. School weeks are counted from the first school day.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from scheduling.domain.errors import Invalid

START_WINDOW_WEEKDAYS_BEFORE = 3
START_WINDOW_WEEKS = 3
SATURDAY = 5


class Region(StrEnum):
    NORTH = "NL-NO"
    MIDDLE = "NL-MI"
    SOUTH = "NL-ZU"
    FLANDERS = "BE-VLG"

    @property
    def is_flemish(self) -> bool:
        return self is Region.FLANDERS


class DayKind(StrEnum):
    HOLIDAY = "holiday"
    PUBLIC_HOLIDAY = "public_holiday"
    CLOSED_DAY = "closed_day"
    REPORT_1 = "report_1"
    REPORT_2 = "report_2"

    @property
    def is_free(self) -> bool:
        return self in (DayKind.HOLIDAY, DayKind.PUBLIC_HOLIDAY, DayKind.CLOSED_DAY)


class UnknownYear(Invalid):
    """A school year is written as two years that follow each other: 2027-2028."""

    field = "year"

    def __init__(self, label: str) -> None:
        super().__init__(label)
        self.label = label


@dataclass(frozen=True)
class Period:
    """Days that belong together, both ends inclusive."""

    starts_on: date
    ends_on: date

    def __contains__(self, day: date) -> bool:
        return self.starts_on <= day <= self.ends_on


def year_label(first_year: int) -> str:
    return f"{first_year}-{first_year + 1}"


def year_period(label: str, region: Region) -> Period:
    """1 August to 31 July; in Flanders 1 September to 31 August."""
    first, _, second = label.partition("-")
    if not (first.isdecimal() and second.isdecimal() and len(first) == 4 and int(second) == int(first) + 1):
        raise UnknownYear(label)
    start = date(int(first), 9 if region.is_flemish else 8, 1)
    return Period(start, date(int(second), start.month, 1) - timedelta(days=1))


def year_of(day: date, region: Region) -> str:
    """The label of the school year a day falls in."""
    first_month = 9 if region.is_flemish else 8
    return year_label(day.year if day.month >= first_month else day.year - 1)


def is_school_day(day: date, free: Iterable[Period]) -> bool:
    return day.weekday() < SATURDAY and not any(day in period for period in free)


def first_school_day(year: Period, free: Iterable[Period]) -> date:
    """The first weekday of the year on which there is school."""
    periods = tuple(free)
    day = year.starts_on
    while not is_school_day(day, periods):
        day += timedelta(days=1)
        if day > year.ends_on:
            raise Invalid("every day of the year is free")
    return day


def start_window(year: Period, free: Iterable[Period]) -> Period:
    """When start conversations belong: the last 3 weekdays of the summer holiday to the end of school week 3."""
    first = first_school_day(year, free)
    opens = first
    for _ in range(START_WINDOW_WEEKDAYS_BEFORE):
        opens = _previous_weekday(opens)
    monday = first - timedelta(days=first.weekday())
    return Period(opens, monday + timedelta(weeks=START_WINDOW_WEEKS, days=-1))


def _previous_weekday(day: date) -> date:
    day -= timedelta(days=1)
    while day.weekday() >= SATURDAY:
        day -= timedelta(days=1)
    return day
