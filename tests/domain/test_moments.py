"""When a family and the school agreed to be in touch, on the calendars of the regions and on calendars of chance."""

from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.domain.moments import (
    RIGHT_AFTER_DAYS,
    Anchor,
    MomentIncomplete,
    MomentKind,
    MomentLength,
    MomentOutsideYear,
    Resolved,
    SchoolCalendar,
    Timing,
    What,
    ensure_timing,
    resolve,
)
from scheduling.domain.timeslots import NoSuchTime, Span, moment_at
from scheduling.domain.years import CalendarDay, DayKind, Period, Region, year_period
from scheduling.formats.holidays import holidays_of

FIXED, WEEK_AFTER, RIGHT_AFTER = MomentKind.FIXED, MomentKind.WEEK_AFTER, MomentKind.RIGHT_AFTER
IN_MONTH, MONTH_BEGIN, ON_DEMAND = MomentKind.IN_MONTH, MomentKind.MONTH_BEGIN, MomentKind.ON_DEMAND
NORTH, SOUTH = Region.NORTH, Region.SOUTH
YEAR = "2026-2027"

AFTER_1, AFTER_2 = Timing(WEEK_AFTER, Anchor.REPORT_1), Timing(WEEK_AFTER, Anchor.REPORT_2)


def calendar(region: Region, *, first: date | None = date(2026, 11, 20), second: date | None = None) -> SchoolCalendar:
    """The year of a region with the dates of its two reports."""
    year = year_period(YEAR, region)
    lines = [CalendarDay(DayKind.HOLIDAY, one.name, one.period) for one in holidays_of(region, year)]
    for kind, day in ((DayKind.REPORT_1, first), (DayKind.REPORT_2, second)):
        if day:
            lines.append(CalendarDay(kind, kind.value, Period(day, day)))
    return SchoolCalendar(year, tuple(lines))


def alone(timing: Timing, school: SchoolCalendar) -> Resolved:
    [found] = resolve([timing], school)
    return found


def said(one: Resolved) -> list[What]:
    return [remark.what for remark in one.remarks]


def on(day: date, hour: int = 16, minutes: int = 15) -> Timing:
    return Timing(FIXED, day=day, begins=time(hour), minutes=minutes)


@pytest.mark.parametrize("region", [NORTH, SOUTH])
@pytest.mark.parametrize(
    "timing, days",
    [
        (AFTER_1, Period(date(2026, 11, 23), date(2026, 11, 27))),
        (Timing(RIGHT_AFTER, Anchor.REPORT_1), Period(date(2026, 11, 23), date(2026, 12, 4))),
        (Timing(IN_MONTH, month=11), Period(date(2026, 11, 1), date(2026, 11, 30))),
        (Timing(IN_MONTH, month=3), Period(date(2027, 3, 1), date(2027, 3, 31))),
        (Timing(MONTH_BEGIN, month=6), Period(date(2027, 6, 1), date(2027, 6, 10))),
        (Timing(WEEK_AFTER, Anchor.CHRISTMAS_HOLIDAY), Period(date(2027, 1, 4), date(2027, 1, 8))),
        (on(date(2026, 9, 29)), Period(date(2026, 9, 29), date(2026, 9, 29))),
    ],
)
def test_what_was_said_becomes_days_of_the_school_year(region, timing, days):
    found = alone(timing, calendar(region))
    assert (found.days, found.remarks) == (days, ())


@pytest.mark.parametrize(
    "region, anchor, monday",
    [
        (NORTH, Anchor.AUTUMN_HOLIDAY, date(2026, 10, 19)),
        (SOUTH, Anchor.AUTUMN_HOLIDAY, date(2026, 10, 26)),
        (NORTH, Anchor.SPRING_HOLIDAY, date(2027, 3, 1)),
        (SOUTH, Anchor.SPRING_HOLIDAY, date(2027, 2, 22)),
        (NORTH, Anchor.MAY_HOLIDAY, date(2027, 5, 3)),
        (NORTH, Anchor.YEAR_START, date(2026, 8, 24)),
        (SOUTH, Anchor.YEAR_START, date(2026, 8, 31)),
        (Region.FLANDERS, Anchor.AUTUMN_HOLIDAY, date(2026, 11, 9)),
        (Region.FLANDERS, Anchor.SPRING_HOLIDAY, date(2027, 2, 15)),
        (Region.FLANDERS, Anchor.MAY_HOLIDAY, date(2027, 4, 12)),
    ],
)
def test_the_week_after_a_holiday_is_the_first_one_back(region, anchor, monday):
    found = alone(Timing(WEEK_AFTER, anchor), calendar(region))
    assert found.days == Period(monday, monday + timedelta(days=4))


@pytest.mark.parametrize(
    "report, free_in",
    [(date(2027, 7, 9), NORTH), (date(2027, 2, 12), SOUTH)],
)
def test_a_week_after_the_second_report_that_is_a_holiday_is_said_and_not_moved(report, free_in):
    """T45: the same report date is fine in one region, and before a holiday in the other."""
    monday = report + timedelta(days=3)
    for region in (NORTH, SOUTH):
        found = alone(AFTER_2, calendar(region, second=report))
        assert found.days == Period(monday, monday + timedelta(days=4))
        assert said(found) == ([What.FREE] if region is free_in else [])


@pytest.mark.parametrize("region", [NORTH, SOUTH])
def test_a_plan_on_demand_has_no_dates_and_nothing_is_wrong_with_it(region):
    """T50: the family and the leader mail when there is something."""
    found = alone(Timing(ON_DEMAND), calendar(region))
    assert (found.days, found.span, found.remarks) == (None, None, ())


def test_a_call_after_the_second_report_and_a_talk_at_the_beginning_of_june_may_be_in_one_week():
    call, talk = resolve([AFTER_2, Timing(MONTH_BEGIN, month=6)], calendar(NORTH, second=date(2027, 6, 4)))
    assert call.days == Period(date(2027, 6, 7), date(2027, 6, 11))
    assert [(one.what, one.other) for one in call.remarks] == [(What.SAME_WEEK, 1)]
    assert [(one.what, one.other) for one in talk.remarks] == [(What.SAME_WEEK, 0)]


def test_a_moment_with_a_whole_month_has_room_beside_any_other():
    found = resolve([AFTER_1, Timing(IN_MONTH, month=11)], calendar(SOUTH))
    assert [said(one) for one in found] == [[], []]


def test_a_report_without_a_date_is_said():
    assert said(alone(AFTER_2, calendar(NORTH))) == [What.UNKNOWN]


def test_a_day_and_time_in_a_holiday_stays_where_it_is():
    found = alone(on(date(2026, 10, 13)), calendar(NORTH))
    assert (found.days, said(found)) == (Period(date(2026, 10, 13), date(2026, 10, 13)), [What.FREE])
    assert said(alone(on(date(2026, 10, 13)), calendar(SOUTH))) == []


def test_right_after_counts_school_days_and_says_that_a_holiday_is_among_them():
    found = alone(Timing(RIGHT_AFTER, Anchor.REPORT_1), calendar(NORTH, first=date(2026, 12, 11)))
    assert (found.days, said(found)) == (Period(date(2026, 12, 14), date(2027, 1, 8)), [What.PARTLY_FREE])


def test_two_moments_at_once_and_one_beside_something_else_of_the_leader_are_said():
    day = date(2026, 9, 29)
    taken = Span(moment_at(day, time(17)), moment_at(day, time(17, 30)))
    one, other, third = resolve([on(day), on(day, minutes=60), on(day, 17)], calendar(NORTH), [taken])
    assert [(it.what, it.other) for it in one.remarks] == [(What.CLASH, 1), (What.SAME_WEEK, 2)]
    assert What.CLASH in said(other)
    assert next((it.what, it.other) for it in third.remarks) == (What.CLASH, None)


def test_a_long_weekend_is_not_the_autumn_holiday():
    school = calendar(NORTH)
    weekend = CalendarDay(DayKind.HOLIDAY, "lang weekend", Period(date(2026, 11, 6), date(2026, 11, 9)))
    assert SchoolCalendar(school.year, (*school.lines, weekend)).end_of(Anchor.AUTUMN_HOLIDAY) == date(2026, 10, 18)


@pytest.mark.parametrize(
    "timing, refusal, field",
    [
        (Timing(WEEK_AFTER), MomentIncomplete, "anchor"),
        (Timing(RIGHT_AFTER), MomentIncomplete, "anchor"),
        (Timing(IN_MONTH), MomentIncomplete, "month"),
        (Timing(MONTH_BEGIN, month=13), MomentIncomplete, "month"),
        (Timing(FIXED, begins=time(16), minutes=15), MomentIncomplete, "day"),
        (Timing(FIXED, day=date(2026, 9, 29), minutes=15), MomentIncomplete, "begins"),
        (on(date(2027, 8, 1)), MomentOutsideYear, "day"),
        (on(date(2026, 9, 29), minutes=0), MomentLength, "minutes"),
        (on(date(2026, 9, 29), minutes=240), MomentLength, "minutes"),
        (on(date(2027, 3, 28), 2), NoSuchTime, None),
    ],
)
def test_a_moment_says_which(timing, refusal, field):
    with pytest.raises(refusal) as caught:
        ensure_timing(timing, year_period(YEAR, NORTH))
    assert field is None or caught.value.field == field


@pytest.mark.parametrize("timing", [Timing(ON_DEMAND), AFTER_1, Timing(IN_MONTH, month=3), on(date(2026, 9, 29))])
def test_a_moment_that_says_which_is_fine(timing):
    ensure_timing(timing, year_period(YEAR, NORTH))


DAYS = st.dates(date(2026, 8, 1), date(2027, 7, 31))
MADE_UP = st.one_of(
    st.builds(Timing, st.just(ON_DEMAND)),
    st.builds(Timing, st.sampled_from([WEEK_AFTER, RIGHT_AFTER]), st.sampled_from(list(Anchor))),
    st.builds(lambda kind, month: Timing(kind, month=month), st.sampled_from([IN_MONTH, MONTH_BEGIN]),
              st.integers(1, 12)),
    st.builds(on, DAYS, st.integers(7, 22), st.sampled_from([15, 60, 180])),
)  # fmt: skip
SCHOOLS = st.builds(
    lambda region, days, first, second: SchoolCalendar(
        (made := calendar(region, first=first, second=second)).year,
        (*made.lines, *(CalendarDay(DayKind.CLOSED_DAY, "dicht", Period(day, day + timedelta(days=long)))
                        for day, long in days)),
    ),
    st.sampled_from(list(Region)), st.lists(st.tuples(DAYS, st.integers(0, 60)), max_size=4),
    st.none() | DAYS, st.none() | DAYS,
)  # fmt: skip


@settings(deadline=None, max_examples=60)
@given(st.lists(MADE_UP, max_size=6), SCHOOLS)
def test_whatever_the_calendar_no_moment_is_left_out_moved_or_silent(timings, school):
    found = resolve(timings, school)
    assert [one.timing for one in found] == timings
    for place, one in enumerate(found):
        assert one.days == alone(one.timing, school).days, "beside others it is on the same days"
        assert one.has(What.UNKNOWN) == (one.days is None and one.timing.is_dated)
        for remark in one.remarks:
            if remark.other is not None:
                assert any(back.other == place and back.what is remark.what for back in found[remark.other].remarks)
        if one.days is None:
            continue
        days = [one.days.starts_on + timedelta(days=n) for n in range((one.days.ends_on - one.days.starts_on).days + 1)]
        at_school = [day for day in days if school.is_school(day)]
        assert one.has(What.FREE) == (not at_school)
        if one.timing.kind is FIXED:
            assert days == [one.timing.day]
        if one.timing.kind is WEEK_AFTER:
            assert [day.weekday() for day in days] == [0, 1, 2, 3, 4]
            assert timedelta(0) < one.days.starts_on - school.end_of(one.timing.anchor) <= timedelta(days=7)
        if one.timing.kind is RIGHT_AFTER:
            assert len(at_school) <= RIGHT_AFTER_DAYS
            assert one.days.starts_on > school.end_of(one.timing.anchor)


@settings(deadline=None, max_examples=60)
@given(MADE_UP, SCHOOLS, DAYS)
def test_only_what_comes_after_a_report_follows_its_date(timing, school, report):
    other = [line for line in school.lines if line.kind is not DayKind.REPORT_1]
    moved = SchoolCalendar(school.year, (*other, CalendarDay(DayKind.REPORT_1, "rapport", Period(report, report))))
    if timing.anchor is not Anchor.REPORT_1:
        assert alone(timing, moved) == alone(timing, school)
    else:
        days = alone(timing, moved).days
        assert days is not None
        assert days.starts_on > report
