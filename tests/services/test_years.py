"""The school's own calendar always wins."""

from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.years import (
    CalendarDay,
    DayKind,
    DaysInWrongOrder,
    NoCalendar,
    NoSuchDay,
    NoSuchYear,
    Period,
    Region,
    SameDayTwice,
)
from scheduling.models import JournalLine, SchoolDay, SchoolYear, db
from scheduling.services import years
from scheduling.services.transaction import transaction
from tests.builders import NOW

OFFICE = Actor(ActorKind.STAFF, 1)
SUMMER, AUTUMN = "zomervakantie", "herfstvakantie"


def a_filled_year(label: str = "2027-2028", region: Region = Region.MIDDLE) -> SchoolYear:
    with transaction() as session:
        return years.put_year(session, label, region)


def a_day(label: str, starts_on: date, ends_on: date | None = None, kind: DayKind = DayKind.HOLIDAY) -> CalendarDay:
    return CalendarDay(kind, label, Period(starts_on, ends_on or starts_on))


def calendar(*, own: bool | None = None) -> list[tuple[str, date, date]]:
    rows = db.session.scalars(select(SchoolDay).order_by(SchoolDay.starts_on, SchoolDay.label))
    return [(row.label, row.starts_on, row.ends_on) for row in rows if own is None or row.own is own]


def add(year: SchoolYear, day: CalendarDay) -> int:
    return years.add_day(year_id=year.id, day=day, by=OFFICE, now=NOW)


def read(year: SchoolYear, text: str, *, replace: bool = False, name: str = "kalender.csv") -> years.Entered:
    uploads = [(name, text.encode("cp1252"))]
    return years.read_calendar(year_id=year.id, uploads=uploads, replace=replace, by=OFFICE, now=NOW)


def test_a_year_begins_with_the_holidays_of_its_region_and_the_summer_before(any_context: Flask) -> None:
    a_filled_year()
    assert [label for label, _, _ in calendar(own=False)] == [
        SUMMER, AUTUMN, "kerstvakantie", "voorjaarsvakantie", "meivakantie", SUMMER,
    ]  # fmt: skip
    assert calendar()[0][2] == date(2027, 8, 29)


def test_flanders_has_its_own_year_and_its_own_summer_before_it(any_context: Flask) -> None:
    year = a_filled_year(region=Region.FLANDERS)
    assert (year.starts_on, year.ends_on) == (date(2027, 9, 1), date(2028, 8, 31))
    assert calendar()[0] == (SUMMER, date(2027, 7, 1), date(2027, 8, 31))


def test_a_moved_holiday_replaces_the_regions(any_context: Flask) -> None:
    year = a_filled_year()
    add(year, a_day("Herfstvakantie", date(2027, 10, 23), date(2027, 10, 31)))
    autumns = [line for line in calendar() if line[0].casefold() == AUTUMN]
    assert autumns == [("Herfstvakantie", date(2027, 10, 23), date(2027, 10, 31))]


def test_a_closed_day_stands_beside_the_holidays(any_context: Flask) -> None:
    year = a_filled_year()
    add(year, a_day("studiedag", date(2027, 10, 18), kind=DayKind.CLOSED_DAY))
    assert len(calendar()) == 7


def test_making_the_year_again_never_overwrites_the_schools_own_lines(any_context: Flask) -> None:
    year = a_filled_year()
    add(year, a_day(AUTUMN, date(2027, 10, 23), date(2027, 10, 31)))
    before = calendar()
    a_filled_year()
    with transaction() as session:
        years.prefill(session, session.get(SchoolYear, year.id), Region.MIDDLE)
    assert calendar() == before


def test_a_corrected_line_becomes_the_schools_own(any_context: Flask) -> None:
    year = a_filled_year()
    day_id = db.session.scalar(select(SchoolDay.id).where(SchoolDay.label == AUTUMN))
    years.change_day(day_id=day_id, day=a_day(AUTUMN, date(2027, 10, 9), date(2027, 10, 17)), by=OFFICE, now=NOW)
    with transaction() as session:
        years.prefill(session, session.get(SchoolYear, year.id), Region.MIDDLE)
    assert [line for line in calendar() if line[0] == AUTUMN] == [(AUTUMN, date(2027, 10, 9), date(2027, 10, 17))]


def test_the_office_takes_a_line_out_and_the_journal_knows(any_context: Flask) -> None:
    year = a_filled_year()
    day_id = add(year, a_day("studiedag", date(2027, 10, 5), kind=DayKind.CLOSED_DAY))
    assert years.remove_day(day_id=day_id, by=OFFICE, now=NOW) == year.id
    with pytest.raises(NoSuchDay):
        years.remove_day(day_id=day_id, by=OFFICE, now=NOW)
    assert list(db.session.scalars(select(JournalLine.action))) == ["years.add_day", "years.remove_day"]


def test_a_report_has_one_date(any_context: Flask) -> None:
    year = a_filled_year()
    add(year, a_day("", date(2027, 11, 12), kind=DayKind.REPORT_1))
    add(year, a_day("", date(2027, 11, 19), kind=DayKind.REPORT_1))
    reports = db.session.scalars(select(SchoolDay).where(SchoolDay.kind == DayKind.REPORT_1)).all()
    assert [row.starts_on for row in reports] == [date(2027, 11, 19)]


def test_what_makes_no_sense_is_refused(any_context: Flask) -> None:
    year = a_filled_year()
    add(year, a_day("studiedag", date(2027, 10, 5), kind=DayKind.CLOSED_DAY))
    with pytest.raises(SameDayTwice):
        add(year, a_day("studiedag", date(2027, 10, 5), kind=DayKind.CLOSED_DAY))
    with pytest.raises(DaysInWrongOrder):
        add(year, a_day("studiedag", date(2027, 10, 5), date(2027, 10, 4)))
    with pytest.raises(NoSuchYear):
        years.add_day(year_id=99, day=a_day("studiedag", date(2027, 10, 5)), by=OFFICE, now=NOW)


CALENDAR = (
    "van;tot_en_met;soort;omschrijving\r\n"
    "23-10-2027;31-10-2027;vakantie;herfstvakantie\r\n"
    "2027-12-06;2027-12-06;studiedag;na Sinterklaas\r\n"
    "19-11-2027;;rapport_1;\r\n"
    "28-03-2028;28-03-2028;feestdag;tweede paasdag café\r\n"
)


def test_a_calendar_file_is_taken_in_once_however_often_it_comes(any_context: Flask) -> None:
    year = a_filled_year()
    assert read(year, CALENDAR) == years.Entered(new=4, unchanged=0, replaced=1)
    before = calendar()
    assert read(year, CALENDAR) == years.Entered(new=0, unchanged=4, replaced=0)
    assert calendar() == before
    assert ("tweede paasdag café", date(2028, 3, 28), date(2028, 3, 28)) in calendar(own=True)


def test_a_corrected_file_may_replace_what_the_earlier_one_said(any_context: Flask) -> None:
    year = a_filled_year()
    read(year, CALENDAR)
    read(year, CALENDAR.replace("2027-12-06", "2027-12-07"), replace=True)
    assert [line[1] for line in calendar() if line[0] == "na Sinterklaas"] == [date(2027, 12, 7)]


@pytest.mark.parametrize(
    "text, code, row",
    [
        (CALENDAR.replace("studiedag", "feestje"), "kind_unknown", 3),
        (CALENDAR.replace("31-10-2027", "31-02-2027"), None, 2),
        (CALENDAR.replace("19-11-2027", "19-11-2031"), "day_outside_year", 4),
        ("Lokaal;Verdieping\r\n1;0\r\n", "not_a_calendar", 1),
        ("van;tot_en_met;soort;omschrijving\r\n", "empty", 0),
    ],
)
def test_a_calendar_with_a_fault_saves_nothing_and_says_where(
    any_context: Flask, text: str, code: str | None, row: int
) -> None:
    year = a_filled_year()
    before = calendar()
    with pytest.raises(NoCalendar) as refusal:
        read(year, text)
    assert calendar() == before
    first = refusal.value.problems[0]
    assert first.row == row
    assert code is None or first.code == code


AGENDA = """BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//school//NL
BEGIN:VEVENT
SUMMARY:Herfstvakantie
DTSTART;VALUE=DATE:20271023
DTEND;VALUE=DATE:20271101
END:VEVENT
BEGIN:VEVENT
SUMMARY:Studiedag
DTSTART;VALUE=DATE:20271105
END:VEVENT
BEGIN:VEVENT
SUMMARY:Studiedag
DTSTART;VALUE=DATE:20251105
END:VEVENT
BEGIN:VEVENT
SUMMARY:Schoolreis
DTSTART;VALUE=DATE:20271112
END:VEVENT
END:VCALENDAR
"""


def test_the_schools_own_agenda_wins_over_the_region_and_other_years_in_it_are_passed_over(any_context: Flask) -> None:
    year = a_filled_year()
    assert read(year, AGENDA, name="agenda.ics") == years.Entered(new=2, unchanged=0, replaced=1, left_out=1)
    assert [line for line in calendar() if line[0].casefold() in (AUTUMN, "studiedag")] == [
        ("Herfstvakantie", date(2027, 10, 23), date(2027, 10, 31)),
        ("Studiedag", date(2027, 11, 5), date(2027, 11, 5)),
    ]
    assert read(year, AGENDA, name="agenda.ics") == years.Entered(new=0, unchanged=2, replaced=0, left_out=1)
