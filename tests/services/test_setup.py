"""The first day: `setup` makes what is not there yet, however often it runs."""

from datetime import UTC, date, datetime

import pytest
from flask import Flask
from sqlalchemy import func, select

from scheduling.domain.people import Sector, StaffRole
from scheduling.domain.school import SchoolNameWrong
from scheduling.domain.staff import EmailBroken, PasswordTooShort
from scheduling.domain.years import CalendarDay, DayKind, OtherCountry, Period, Region, UnknownYear
from scheduling.models import Outbox, School, SchoolDay, SchoolYear, Staff, db
from scheduling.queries.people import colleague_of_visit
from scheduling.services import setup, staff, years
from tests.services.test_years import OFFICE

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PASSWORD = "paard batterij nietje"


def set_up(**changes: object) -> setup.SetUp:
    wishes = {
        "school": "Basisschool De Linde", "region": Region.MIDDLE, "email": "kantoor@linde.example.org",
        "password": PASSWORD, "now": NOW,
    }  # fmt: skip
    return setup.set_up(**(wishes | changes))


def sign_in(password: str = PASSWORD) -> str:
    return staff.sign_in(email="kantoor@linde.example.org", password=password, now=NOW, origin="here")


def count(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model))


def test_one_command_makes_school_year_holidays_and_account(any_context: Flask) -> None:
    made = set_up()
    assert (made.year, made.starts_on, made.ends_on) == ("2026-2027", date(2026, 8, 1), date(2027, 7, 31))
    assert (made.sector, made.region, made.holidays) == (Sector.PRIMARY, Region.MIDDLE, 6)
    office = colleague_of_visit(sign_in(), NOW)
    assert office is not None
    assert office.roles == {StaffRole.OFFICE}
    assert count(Outbox) == 0


def test_twice_is_once(any_context: Flask) -> None:
    first = set_up()
    key = sign_in()
    assert set_up() == first
    assert [count(model) for model in (School, SchoolYear, Staff, SchoolDay)] == [1, 1, 1, 6]
    assert colleague_of_visit(key, NOW) is not None


def test_a_second_year_is_added_by_running_it_again(any_context: Flask) -> None:
    set_up(sector=Sector.SECONDARY)
    made = set_up(year="2027-2028")
    assert (made.year, made.sector, made.holidays) == ("2027-2028", Sector.SECONDARY, 6)
    assert sorted(db.session.scalars(select(SchoolYear.label))) == ["2026-2027", "2027-2028"]


def test_a_flemish_year_begins_in_september(any_context: Flask) -> None:
    made = set_up(region=Region.FLANDERS)
    assert (made.starts_on, made.ends_on) == (date(2026, 9, 1), date(2027, 8, 31))


def test_the_schools_own_calendar_survives(any_context: Flask) -> None:
    set_up()
    year = db.session.scalar(select(SchoolYear))
    own = CalendarDay(DayKind.HOLIDAY, "herfstvakantie", Period(date(2026, 10, 10), date(2026, 10, 18)))
    years.add_day(year_id=year.id, day=own, by=OFFICE, now=NOW)
    set_up(region=Region.SOUTH)
    autumns = db.session.scalars(select(SchoolDay).where(SchoolDay.label == "herfstvakantie")).all()
    assert [row.starts_on for row in autumns] == [date(2026, 10, 10)]
    spring = db.session.scalar(select(SchoolDay).where(SchoolDay.label == "voorjaarsvakantie"))
    assert spring.starts_on == date(2027, 2, 13)


def test_a_new_password_takes_the_place_of_the_old(any_context: Flask) -> None:
    set_up()
    key = sign_in()
    set_up(password="another long password")
    assert colleague_of_visit(key, NOW) is None
    assert sign_in("another long password")


@pytest.mark.parametrize(
    "changes, refusal",
    [
        ({"school": "  "}, SchoolNameWrong),
        ({"school": "De Linde\x00"}, SchoolNameWrong),
        ({"email": "kantoor"}, EmailBroken),
        ({"password": "1234567"}, PasswordTooShort),
        ({"year": "2027"}, UnknownYear),
    ],
)
def test_what_makes_no_sense_is_refused_and_changes_nothing(
    any_context: Flask, changes: dict[str, str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        set_up(**changes)
    assert count(School) == count(Staff) == 0


def test_a_dutch_school_does_not_become_flemish(any_context: Flask) -> None:
    set_up()
    with pytest.raises(OtherCountry):
        set_up(region=Region.FLANDERS)
    assert db.session.get(School, 1).region is Region.MIDDLE


def test_setup_brings_an_empty_database_to_the_newest_schema(make_app, tmp_path) -> None:
    app = make_app(DATABASE_URL=f"sqlite:///{tmp_path / 'fresh.sqlite'}")
    with app.app_context():
        assert set_up().year == "2026-2027"
        assert count(School) == 1
