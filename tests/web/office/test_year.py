"""The office keeps the school's calendar."""

import io
from datetime import date

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.years import Region
from scheduling.models import SchoolDay, db
from scheduling.services import years
from scheduling.services.transaction import transaction
from tests import builders
from tests.services.test_years import CALENDAR
from tests.visitor import Page, Visitor


@pytest.fixture
def office(app: Flask) -> Visitor:
    with app.app_context():
        builders.a_school()
        with transaction() as session:
            years.put_year(session, "2027-2028", Region.MIDDLE)
        return Visitor(app).signs_in(builders.an_office_worker())


def upload(page: Page, file: tuple[io.BytesIO, str], status: int) -> Page:
    visitor = page.visitor
    fields = {"csrf_token": visitor.csrf(), "year": "2027-2028", "files": file}
    answer = visitor.client.post(
        "/staff/office/year/calendar", data=fields, content_type="multipart/form-data", follow_redirects=True
    )
    return Page(visitor, answer, status)


def test_the_year_page_explains_the_start_window(office: Visitor) -> None:
    page = office.opens("/staff/office/year")
    assert "Startgesprekken: woensdag 25 augustus tot en met zondag 19 september" in page.text
    assert "De eerste schooldag is maandag 30 augustus" in page.text
    assert page.text.count("van de regio") >= 6


def test_the_office_adds_corrects_and_removes_a_day(app: Flask, office: Visitor) -> None:
    page = office.opens("/staff/office/year").presses(
        "Zet in de kalender", kind="closed_day", label="studiedag", starts_on="2027-10-05"
    )
    assert "De dagen staan in de kalender" in page.text
    assert "van de school" in page.text
    page = page.follows("Wijzig studiedag").presses("Bewaar", starts_on="06-10-2027", ends_on="")
    assert "6 okt" in page.text
    page = page.follows("Wijzig studiedag").presses("Haal uit de kalender")
    assert "studiedag" not in page.soup.find("table").get_text()


def test_what_was_typed_comes_back_with_the_mistake(office: Visitor) -> None:
    page = office.opens("/staff/office/year").presses(
        "Zet in de kalender", label="studiedag", starts_on="2027-10-05", ends_on="2027-10-04", status=422
    )
    assert "ligt voor de eerste" in page.text
    assert page.soup.find(id="label")["value"] == "studiedag"
    page = page.presses("Zet in de kalender", starts_on="", status=422)
    assert "Vul de eerste dag in" in page.text
    page = page.presses("Zet in de kalender", starts_on="31-02-2028", ends_on="", status=422)
    assert page.soup.title.get_text().startswith("Fout: ")


def test_a_calendar_file_moves_the_holidays(app: Flask, office: Visitor) -> None:
    page = upload(office.opens("/staff/office/year"), (io.BytesIO(CALENDAR.encode()), "kalender.csv"), 200)
    assert "4 nieuw, 0 stonden er al, 1 vervangen" in page.text
    with app.app_context():
        autumn = db.session.scalars(select(SchoolDay).where(SchoolDay.label == "herfstvakantie")).one()
        assert autumn.starts_on == date(2027, 10, 23)


def test_a_calendar_with_a_fault_says_where(office: Visitor) -> None:
    broken = CALENDAR.replace("studiedag", "feestje")
    page = upload(office.opens("/staff/office/year"), (io.BytesIO(broken.encode()), "kalender.csv"), 422)
    assert "rij 3" in page.text
    assert "niet bewaard" in page.text


def test_another_year_is_one_link_away(app: Flask, office: Visitor) -> None:
    with app.app_context(), transaction() as session:
        years.put_year(session, "2026-2027", Region.MIDDLE)
    page = office.opens("/staff/office/year", year="2027-2028").follows("2026-2027")
    assert page.heading == "Schooljaar 2026-2027"
    office.opens("/staff/office/year", year="1999-2000", status=404)
