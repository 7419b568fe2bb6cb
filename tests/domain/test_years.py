"""The school year, its first day, and the start window."""

from datetime import date, time

import pytest

from scheduling.domain.timeslots import NoSuchTime, moment_at
from scheduling.domain.years import (
    CalendarDay,
    DayKind,
    DayOutsideYear,
    DaysInWrongOrder,
    LabelMissing,
    NoSchoolDays,
    OtherCountry,
    Period,
    Region,
    UnknownYear,
    YearState,
    ensure_day,
    ensure_same_country,
    first_school_day,
    overrules,
    start_window,
    year_of,
    year_period,
    year_to_work_in,
)
from scheduling.formats.holidays import holidays_of


def a_holiday(label: str, starts_on: date, ends_on: date, kind: DayKind = DayKind.HOLIDAY) -> CalendarDay:
    return CalendarDay(kind, label, Period(starts_on, ends_on))


@pytest.mark.parametrize(
    "region, label, first, opens, closes",
    [
        (Region.NORTH, "2026-2027", date(2026, 8, 17), date(2026, 8, 12), date(2026, 9, 6)),
        (Region.MIDDLE, "2026-2027", date(2026, 8, 31), date(2026, 8, 26), date(2026, 9, 20)),
        (Region.SOUTH, "2026-2027", date(2026, 8, 24), date(2026, 8, 19), date(2026, 9, 13)),
        (Region.FLANDERS, "2026-2027", date(2026, 9, 1), date(2026, 8, 27), date(2026, 9, 20)),
        (Region.NORTH, "2027-2028", date(2027, 8, 23), date(2027, 8, 18), date(2027, 9, 12)),
        (Region.MIDDLE, "2027-2028", date(2027, 8, 30), date(2027, 8, 25), date(2027, 9, 19)),
        (Region.SOUTH, "2027-2028", date(2027, 9, 6), date(2027, 9, 1), date(2027, 9, 26)),
        (Region.FLANDERS, "2027-2028", date(2027, 9, 1), date(2027, 8, 27), date(2027, 9, 19)),
    ],
)
def test_start_conversations_belong_around_the_first_weeks_of_each_region(
    region: Region, label: str, first: date, opens: date, closes: date
) -> None:
    year = year_period(label, region)
    free = [holiday.period for holiday in holidays_of(region, year)]
    assert first_school_day(year, free) == first
    assert start_window(year, free) == Period(opens, closes)


def test_a_closed_day_in_the_first_week_does_not_shorten_the_start_window() -> None:
    year = year_period("2027-2028", Region.MIDDLE)
    free = [Period(date(2027, 7, 17), date(2027, 8, 29)), Period(date(2027, 8, 30), date(2027, 8, 30))]
    assert first_school_day(year, free) == date(2027, 8, 31)
    assert start_window(year, free).ends_on == date(2027, 9, 19)


def test_a_year_in_which_every_day_is_free_says_so() -> None:
    year = year_period("2027-2028", Region.MIDDLE)
    with pytest.raises(NoSchoolDays) as refusal:
        first_school_day(year, [year])
    assert refusal.value.label == "2027-2028"


@pytest.mark.parametrize(
    "day, region, label",
    [
        (date(2027, 7, 31), Region.MIDDLE, "2026-2027"),
        (date(2027, 8, 1), Region.MIDDLE, "2027-2028"),
        (date(2027, 8, 31), Region.FLANDERS, "2026-2027"),
        (date(2027, 9, 1), Region.FLANDERS, "2027-2028"),
    ],
)
def test_the_year_turns_in_august_and_in_flanders_in_september(day: date, region: Region, label: str) -> None:
    assert year_of(day, region) == label
    assert day in year_period(label, region)


@pytest.mark.parametrize("label", ["2027", "2027-2029", "27-28", "2027/2028", "x", "", "2028-2027", "2027-2028-2029"])
def test_two_years_that_do_not_follow_each_other_are_no_school_year(label: str) -> None:
    with pytest.raises(UnknownYear):
        year_period(label, Region.MIDDLE)


@pytest.mark.parametrize("day", [date(2027, 3, 28), date(2028, 3, 26)])
def test_a_time_over_which_the_clock_jumps_is_refused(day: date) -> None:
    with pytest.raises(NoSuchTime):
        moment_at(day, time(2, 30))
    assert moment_at(day, time(3, 0)).hour == 1


def test_a_holiday_that_the_school_moved_takes_the_place_of_the_regions() -> None:
    filled = a_holiday("herfstvakantie", date(2027, 10, 16), date(2027, 10, 24))
    assert overrules(a_holiday("Herfstvakantie", date(2027, 10, 23), date(2027, 10, 31)), filled)
    assert overrules(a_holiday("herfstvakantie", date(2027, 10, 30), date(2027, 11, 7)), filled)
    assert overrules(a_holiday("Najaarsweek", date(2027, 10, 18), date(2027, 10, 22)), filled)


def test_a_closed_day_or_another_holiday_leaves_the_regions_holiday_alone() -> None:
    filled = a_holiday("zomervakantie", date(2027, 7, 17), date(2027, 8, 29))
    assert not overrules(a_holiday("studiedag", date(2027, 8, 27), date(2027, 8, 27), DayKind.CLOSED_DAY), filled)
    assert not overrules(a_holiday("zomervakantie", date(2028, 7, 8), date(2028, 8, 20)), filled)


def test_a_line_of_the_calendar_makes_sense_for_its_year() -> None:
    year = year_period("2027-2028", Region.MIDDLE)
    ensure_day(a_holiday("zomervakantie", date(2027, 7, 17), date(2027, 8, 29)), "2027-2028", year)
    with pytest.raises(DayOutsideYear):
        ensure_day(a_holiday("kerstvakantie", date(2026, 12, 19), date(2027, 1, 3)), "2027-2028", year)
    with pytest.raises(DaysInWrongOrder):
        ensure_day(a_holiday("studiedag", date(2027, 10, 5), date(2027, 10, 4)), "2027-2028", year)
    with pytest.raises(LabelMissing):
        ensure_day(a_holiday(" ", date(2027, 10, 5), date(2027, 10, 5)), "2027-2028", year)


def test_a_school_with_years_keeps_its_country() -> None:
    ensure_same_country(Region.NORTH, Region.SOUTH)
    with pytest.raises(OtherCountry):
        ensure_same_country(Region.NORTH, Region.FLANDERS)


def a_state(label: str, *, region: Region = Region.MIDDLE, classes: bool = True, opened: bool = False) -> YearState:
    return YearState(label, year_period(label, region), classes, opened)


@pytest.mark.parametrize(
    "on, label",
    [
        (date(2020, 1, 1), "2026-2027"),
        (date(2026, 11, 1), "2026-2027"),
        (date(2027, 6, 30), "2026-2027"),
        (date(2027, 7, 1), "2027-2028"),
        (date(2027, 9, 1), "2027-2028"),
        (date(2030, 1, 1), "2027-2028"),
    ],
)
def test_people_work_in_a_year_from_a_month_before_it_begins(on: date, label: str) -> None:
    found = year_to_work_in([a_state("2027-2028"), a_state("2026-2027")], on)
    assert found is not None
    assert found.label == label


def test_families_who_see_times_of_the_next_year_find_them() -> None:
    now, following = a_state("2026-2027"), a_state("2027-2028", opened=True)
    assert year_to_work_in([now, following], date(2027, 6, 15)) == following


def test_in_flanders_the_talks_of_late_august_belong_to_the_year_that_begins_in_september() -> None:
    now, following = (a_state(label, region=Region.FLANDERS) for label in ("2026-2027", "2027-2028"))
    assert year_to_work_in([now, following], date(2027, 8, 20)) == following


def test_a_year_without_classes_gives_way_to_one_that_is_prepared() -> None:
    empty, prepared = a_state("2026-2027", classes=False), a_state("2027-2028")
    assert year_to_work_in([empty, prepared], date(2026, 11, 1)) == prepared
    assert year_to_work_in([empty], date(2026, 11, 1)) == empty
    assert year_to_work_in([], date(2026, 11, 1)) is None
