"""The school year, its holidays, and the start window.

A school day is a weekday outside holidays and closed days. School weeks are counted from the first school day.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from scheduling.domain.errors import Invalid, NotFound, Refused

MOVED_AT_MOST = timedelta(days=31)
"""A school's own autumn holiday may lie weeks away from the region's, and is still that holiday."""

SOON = timedelta(days=31)
"""So long before a school year begins people work in it already, if it has classes."""

LABEL_LENGTH = 80
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


class NoSuchYear(NotFound):
    """This school year has not been made here."""


class NoSuchDay(NotFound):
    """This day of the calendar is not there (any more)."""


class DaysInWrongOrder(Invalid):
    field = "ends_on"

    def __init__(self, starts_on: date, ends_on: date) -> None:
        super().__init__(starts_on, ends_on)
        self.starts_on, self.ends_on = starts_on, ends_on


class DayOutsideYear(Invalid):
    """A day of a school year touches that year, or the summer before it."""

    field = "starts_on"

    def __init__(self, day: date, label: str) -> None:
        super().__init__(day, label)
        self.day, self.label = day, label


class LabelMissing(Invalid):
    """A holiday or closed day has a name."""

    field = "label"


class SameDayTwice(Invalid):
    """This day stands in the calendar already."""

    field = "starts_on"

    def __init__(self, day: date, label: str) -> None:
        super().__init__(day, label)
        self.day, self.label = day, label


class NoCalendar(Invalid):
    """The file is not a calendar, or something in it cannot be read; says where."""

    field = "files"

    def __init__(self, problems: Sequence[object]) -> None:
        super().__init__(len(problems))
        self.problems = tuple(problems)


class OtherCountry(Refused):
    """A school with years keeps its country: the year would begin in another month."""


class NoSchoolDays(Refused):
    """Every day of the year is free."""

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

    def overlaps(self, other: "Period") -> bool:
        return self.starts_on <= other.ends_on and other.starts_on <= self.ends_on

    def gap_to(self, other: "Period") -> timedelta:
        """How far two periods lie apart; zero when they touch or overlap."""
        return max(self.starts_on - other.ends_on, other.starts_on - self.ends_on, timedelta())


@dataclass(frozen=True)
class CalendarDay:
    """One line of a school's calendar."""

    kind: DayKind
    label: str
    period: Period


def overrules(own: CalendarDay, filled: CalendarDay) -> bool:
    """Does the school's own line take the place of this pre-filled one? The same holiday, moved or not."""
    if own.kind is not filled.kind:
        return False
    same_name = own.label.casefold().strip() == filled.label.casefold().strip()
    return own.period.overlaps(filled.period) or (same_name and own.period.gap_to(filled.period) <= MOVED_AT_MOST)


def ensure_day(day: CalendarDay, label: str, year: Period) -> None:
    """A line of the calendar makes sense for this year: it touches the year or the summer before it."""
    period = day.period
    if period.ends_on < period.starts_on:
        raise DaysInWrongOrder(period.starts_on, period.ends_on)
    if not period.overlaps(Period(year.starts_on - MOVED_AT_MOST, year.ends_on + MOVED_AT_MOST)):
        raise DayOutsideYear(period.starts_on, label)
    if not day.label.strip() and day.kind.is_free:
        raise LabelMissing


def ensure_same_country(before: Region, after: Region) -> None:
    if before.is_flemish != after.is_flemish:
        raise OtherCountry


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


@dataclass(frozen=True)
class YearState:
    """A school year, and how far its preparation is. `opened`: families see times of one of its rounds."""

    label: str
    period: Period
    has_classes: bool = False
    opened: bool = False

    def is_at_hand(self, on: date) -> bool:
        """This day's year; or the next one, from a month before, or as soon as families see its times."""
        return on <= self.period.ends_on and (self.opened or self.period.starts_on - SOON <= on)


def year_to_work_in(years: Sequence[YearState], on: date) -> YearState | None:
    """The last year at hand that has classes; else the next that is prepared; else the next; else the last."""
    ordered = sorted(years, key=lambda year: year.period.starts_on)
    ahead = [year for year in ordered if on <= year.period.ends_on]
    at_hand = [year for year in ahead if year.has_classes and year.is_at_hand(on)]
    prepared = [year for year in ahead if year.has_classes]
    return next(iter([*at_hand[-1:], *prepared, *ahead, *reversed(ordered)]), None)


def is_school_day(day: date, free: Iterable[Period]) -> bool:
    return day.weekday() < SATURDAY and not any(day in period for period in free)


def first_school_day(year: Period, free: Iterable[Period]) -> date:
    """The first weekday of the year on which there is school."""
    periods = tuple(free)
    day = year.starts_on
    while not is_school_day(day, periods):
        day += timedelta(days=1)
        if day > year.ends_on:
            raise NoSchoolDays(year_label(year.starts_on.year))
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
