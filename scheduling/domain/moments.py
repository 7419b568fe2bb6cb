"""When a family and the school agreed to be in touch: what was said, and which days of the school's year that is.

What was said stays as it is. A holiday in the way, two moments at once or in one week are remarked; nothing is moved.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from functools import cached_property

from scheduling.domain.errors import Invalid
from scheduling.domain.timeslots import Span, moment_at
from scheduling.domain.years import (
    SATURDAY,
    CalendarDay,
    DayKind,
    NoSchoolDays,
    Period,
    first_school_day,
    is_school_day,
)

A_DAY = timedelta(days=1)
WORKING_WEEK = timedelta(days=4)
RIGHT_AFTER_DAYS = 10
"""School days that still are right after something."""
MONTH_BEGINS_UNTIL = 10
NARROW = 3
"""A moment that has more weeks than this to fall in has room beside any other."""
SHORTEST, LONGEST = 5, 180
HOLIDAY_DAYS = 4
"""A long weekend is no holiday that people count from."""


class MomentKind(StrEnum):
    FIXED = "fixed"
    WEEK_AFTER = "week_after"
    RIGHT_AFTER = "right_after"
    IN_MONTH = "in_month"
    MONTH_BEGIN = "month_begin"
    ON_DEMAND = "on_demand"

    @property
    def is_after(self) -> bool:
        return self in (MomentKind.WEEK_AFTER, MomentKind.RIGHT_AFTER)

    @property
    def is_in_month(self) -> bool:
        return self in (MomentKind.IN_MONTH, MomentKind.MONTH_BEGIN)


class Anchor(StrEnum):
    """What a moment comes after."""

    YEAR_START = "year_start"
    AUTUMN_HOLIDAY = "autumn_holiday"
    REPORT_1 = "report_1"
    CHRISTMAS_HOLIDAY = "christmas_holiday"
    SPRING_HOLIDAY = "spring_holiday"
    REPORT_2 = "report_2"
    MAY_HOLIDAY = "may_holiday"


REPORTS = {Anchor.REPORT_1: DayKind.REPORT_1, Anchor.REPORT_2: DayKind.REPORT_2}
HOLIDAYS = {
    Anchor.AUTUMN_HOLIDAY: ((10, 1), (11, 15)),
    Anchor.CHRISTMAS_HOLIDAY: ((12, 22), (12, 31)),
    Anchor.SPRING_HOLIDAY: ((2, 1), (3, 10)),
    Anchor.MAY_HOLIDAY: ((3, 22), (5, 15)),
}
"""Whatever a school calls it, the holiday that lies in these days. In Flanders that of May is the one of Easter."""


class What(StrEnum):
    """What is worth saying about a moment."""

    UNKNOWN = "unknown"
    """The report or holiday has no date yet."""
    FREE = "free"
    """There is no school on any day of it."""
    PARTLY_FREE = "partly_free"
    CLASH = "clash"
    """At the same time as another moment, or as something else of the leader."""
    SAME_WEEK = "same_week"


class MomentIncomplete(Invalid):
    """Said is what kind of moment, not which: the field that is missing."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = self.missing = field


class MomentOutsideYear(Invalid):
    """A moment lies in the school year of the agreement."""

    field = "day"

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day


class MomentLength(Invalid):
    """Too short to speak, or longer than an evening."""

    field = "minutes"


@dataclass(frozen=True)
class Timing:
    """When, as people say it: only what belongs to the kind is filled in."""

    kind: MomentKind
    anchor: Anchor | None = None
    month: int | None = None
    day: date | None = None
    begins: time | None = None
    minutes: int | None = None

    @property
    def is_dated(self) -> bool:
        return self.kind is not MomentKind.ON_DEMAND


@dataclass(frozen=True)
class Remark:
    """`other`: the place of the moment in the list that it meets; None: something else of the leader, or no other."""

    what: What
    other: int | None = None


@dataclass(frozen=True)
class Resolved:
    """A moment on the school's calendar. `days` None: on demand, or its date is not known yet."""

    timing: Timing
    days: Period | None = None
    span: Span | None = None
    remarks: tuple[Remark, ...] = ()

    def has(self, what: What) -> bool:
        return any(remark.what is what for remark in self.remarks)


@dataclass(frozen=True)
class SchoolCalendar:
    """A school year with its holidays, closed days and dates of reports."""

    year: Period
    lines: tuple[CalendarDay, ...]

    @cached_property
    def free(self) -> tuple[Period, ...]:
        return tuple(line.period for line in self.lines if line.kind.is_free)

    def is_school(self, day: date) -> bool:
        return day in self.year and is_school_day(day, self.free)

    def end_of(self, anchor: Anchor) -> date | None:
        """The last day of what a moment comes after; None while nobody knows."""
        if anchor is Anchor.YEAR_START:
            return self._first_day()
        if anchor in REPORTS:
            return max((line.period.ends_on for line in self.lines if line.kind is REPORTS[anchor]), default=None)
        first, last = (self._in_year(*day) for day in HOLIDAYS[anchor])
        around = Period(first, last)
        found = [line.period for line in self.lines if line.kind is DayKind.HOLIDAY and line.period.overlaps(around)]
        long = [period for period in found if (period.ends_on - period.starts_on).days >= HOLIDAY_DAYS]
        return max((period.ends_on for period in long), default=None)

    def month(self, number: int) -> Period:
        """A month of the school year: November is of its first calendar year, March of its second."""
        first = self._in_year(number, 1)
        following = date(first.year + number // 12, number % 12 + 1, 1)
        return Period(first, following - A_DAY)

    def school_days_after(self, day: date) -> Iterator[date]:
        while (day := day + A_DAY) <= self.year.ends_on:
            if self.is_school(day):
                yield day

    def _first_day(self) -> date | None:
        try:
            return first_school_day(self.year, self.free)
        except NoSchoolDays:
            return None

    def _in_year(self, month: int, day: int) -> date:
        start = self.year.starts_on
        return date(start.year if month >= start.month else start.year + 1, month, day)


def ensure_timing(timing: Timing, year: Period) -> None:
    """Refuse a moment that does not say which, or a day outside the school year."""
    if timing.kind.is_after and timing.anchor is None:
        raise MomentIncomplete("anchor")
    if timing.kind.is_in_month and (timing.month is None or not 1 <= timing.month <= 12):
        raise MomentIncomplete("month")
    if timing.kind is not MomentKind.FIXED:
        return
    if timing.day is None:
        raise MomentIncomplete("day")
    if timing.begins is None:
        raise MomentIncomplete("begins")
    if timing.day not in year:
        raise MomentOutsideYear(timing.day)
    if timing.minutes is None or not SHORTEST <= timing.minutes <= LONGEST:
        raise MomentLength
    moment_at(timing.day, timing.begins)


def resolve(timings: Sequence[Timing], calendar: SchoolCalendar, taken: Sequence[Span] = ()) -> tuple[Resolved, ...]:
    """Each moment on the calendar, in the same order, with what is worth saying. `taken`: what else the leader has."""
    alone = [_alone(timing, calendar) for timing in timings]
    return tuple(
        Resolved(one.timing, one.days, one.span, (*one.remarks, *_meets(place, alone, calendar, taken)))
        for place, one in enumerate(alone)
    )


def _alone(timing: Timing, calendar: SchoolCalendar) -> Resolved:
    days = _days(timing, calendar)
    if days is None:
        return Resolved(timing, remarks=(Remark(What.UNKNOWN),) if timing.is_dated else ())
    return Resolved(timing, days, span_of(timing), _free_remarks(timing, days, calendar))


def _days(timing: Timing, calendar: SchoolCalendar) -> Period | None:
    if timing.kind is MomentKind.FIXED and timing.day is not None:
        return Period(timing.day, timing.day)
    if timing.kind.is_in_month and timing.month is not None:
        month = calendar.month(timing.month)
        begins = timing.kind is MomentKind.MONTH_BEGIN
        return Period(month.starts_on, month.starts_on.replace(day=MONTH_BEGINS_UNTIL)) if begins else month
    end = calendar.end_of(timing.anchor) if timing.anchor else None
    if end is None:
        return None
    if timing.kind is MomentKind.WEEK_AFTER:
        monday = end + timedelta(days=7 - end.weekday())
        return Period(monday, monday + WORKING_WEEK)
    return _right_after(end, calendar) if timing.kind is MomentKind.RIGHT_AFTER else None


def _right_after(end: date, calendar: SchoolCalendar) -> Period:
    days = [day for day, _ in zip(calendar.school_days_after(end), range(RIGHT_AFTER_DAYS), strict=False)]
    return Period(days[0], days[-1]) if days else Period(end + A_DAY, end + timedelta(weeks=2))


def span_of(timing: Timing) -> Span | None:
    """From when until when, of a moment with a time."""
    if timing.day is None or timing.begins is None or timing.minutes is None:
        return None
    starts_at: datetime = moment_at(timing.day, timing.begins)
    return Span(starts_at, starts_at + timedelta(minutes=timing.minutes))


def _free_remarks(timing: Timing, days: Period, calendar: SchoolCalendar) -> tuple[Remark, ...]:
    weekdays = [day for day in _each(days) if day.weekday() < SATURDAY]
    at_school = [day for day in weekdays if calendar.is_school(day)]
    if not at_school:
        return (Remark(What.FREE),)
    partly = len(at_school) < len(weekdays) and timing.kind is not MomentKind.IN_MONTH
    return (Remark(What.PARTLY_FREE),) if partly else ()


def _meets(place: int, all_: Sequence[Resolved], calendar: SchoolCalendar, taken: Sequence[Span]) -> Iterator[Remark]:
    one = all_[place]
    if one.span and any(one.span.overlaps(span) for span in taken):
        yield Remark(What.CLASH)
    weeks = _weeks(one, calendar)
    for other_place, other in enumerate(all_):
        if other_place == place:
            continue
        if one.span and other.span and one.span.overlaps(other.span):
            yield Remark(What.CLASH, other_place)
        elif weeks & _weeks(other, calendar):
            yield Remark(What.SAME_WEEK, other_place)


def _weeks(one: Resolved, calendar: SchoolCalendar) -> frozenset[date]:
    """The Mondays of the weeks in which a moment can fall; none if it has room enough."""
    if one.days is None:
        return frozenset()
    days = list(_each(one.days))
    counted = [day for day in days if calendar.is_school(day)] or days
    weeks = frozenset(day - timedelta(days=day.weekday()) for day in counted)
    return weeks if len(weeks) <= NARROW and one.timing.kind is not MomentKind.IN_MONTH else frozenset()


def _each(days: Period) -> Iterator[date]:
    day = days.starts_on
    while day <= days.ends_on:
        yield day
        day += A_DAY
