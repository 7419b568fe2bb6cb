"""Which year people work in, and what its calendar says."""

from datetime import date

import pytest
from flask import Flask

from scheduling.domain.years import CalendarDay, DayKind, NoSuchYear, Period, Region
from scheduling.models import SchoolYear
from scheduling.queries import years
from scheduling.services import years as keeping
from scheduling.services.transaction import transaction
from tests import builders
from tests.builders import NOW
from tests.services.test_years import OFFICE


def a_year(label: str, region: Region = Region.MIDDLE) -> SchoolYear:
    with transaction() as session:
        return keeping.put_year(session, label, region)


def test_without_any_year_there_is_none(any_context: Flask) -> None:
    assert years.year_in_use(date(2026, 11, 1)) is None
    with pytest.raises(NoSuchYear):
        years.find_year("2026-2027")


def test_people_work_in_the_year_of_today(any_context: Flask) -> None:
    for label in ("2026-2027", "2027-2028"):
        builders.a_class("3", year=a_year(label))
    assert years.year_in_use(date(2026, 11, 1)).label == "2026-2027"
    assert years.year_in_use(date(2027, 9, 1)).label == "2027-2028"
    assert years.year_in_use(date(2030, 1, 1)).label == "2027-2028"
    assert years.year_in_use(date(2020, 1, 1)).label == "2026-2027"


def test_a_year_without_classes_gives_way_to_the_one_that_is_prepared(any_context: Flask) -> None:
    a_year("2026-2027")
    builders.a_class("3", year=a_year("2027-2028"))
    assert years.year_in_use(date(2026, 11, 1)).label == "2027-2028"


def test_the_calendar_tells_the_first_school_day_and_the_start_window(any_context: Flask) -> None:
    a_year("2027-2028", Region.SOUTH)
    page = years.calendar(years.find_year("2027-2028"))
    assert page.first_school_day == date(2027, 9, 6)
    assert page.start_window == Period(date(2027, 9, 1), date(2027, 9, 26))
    assert len(years.free_periods(page.year.id)) == 6


def test_a_year_without_any_school_day_has_no_start_window(any_context: Flask) -> None:
    year = a_year("2027-2028")
    always = CalendarDay(DayKind.HOLIDAY, "altijd vrij", Period(date(2027, 8, 1), date(2028, 7, 31)))
    keeping.add_day(year_id=year.id, day=always, by=OFFICE, now=NOW)
    page = years.calendar(years.find_year("2027-2028"))
    assert (page.first_school_day, page.start_window) == (None, None)
