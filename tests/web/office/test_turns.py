"""The office lets a round open in turns; who is on the phone before its turn is booked knowingly."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from scheduling.models import Booking, Guardian, Round, Staff, db
from tests.builders import NOW
from tests.services.test_turns import Choosing
from tests.visitor import Page, Visitor

MOMENTS = {
    "siblings_on": "2027-08-23", "siblings_hour": "17:00", "obligatory_on": "2027-08-23", "obligatory_hour": "19:00",
    "all_on": "2027-08-24", "all_hour": "08:30",
}  # fmt: skip


class School(Choosing):
    """The same, for visits."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            db.session().expire_on_commit = False
            super().__init__()
            self.clerk = Visitor(app).signs_in(db.session.get_one(Staff, self.office.id))
            db.session.expunge_all()

    def home(self, parent: Guardian) -> Page:
        with self.app.app_context():
            visitor = Visitor(self.app).comes_by_link(parent)
        return visitor.opens("/family/")


@pytest.fixture
def school(app: Flask) -> Iterator[School]:
    with time_machine.travel(NOW, tick=False):
        yield School(app)


def test_the_office_sets_turns_and_each_family_reads_its_own_moment(app: Flask, school: School) -> None:
    settings = f"/staff/office/rounds/{school.round.id}/settings"
    page = school.clerk.opens(settings).follows("Open in beurten, of op een ander uur")
    assert "Gezinnen met meer kinderen in deze ronde Nu 1 gezin." in page.text
    page = page.presses("Bewaar", **MOMENTS)
    assert "De uitnodiging en de pagina van elk gezin noemen het eigen moment." in page.text
    assert "U kunt een tijd kiezen vanaf maandag 23 augustus, 17.00 uur." in school.home(school.layla).text
    assert "U kunt een tijd kiezen vanaf dinsdag 24 augustus, 08.30 uur." in school.home(school.petra).text
    school.clerk.opens(settings).presses("Bewaar")
    with app.app_context():
        opens_at = db.session.get_one(Round, school.round.id).opens_at
    assert opens_at is not None
    assert opens_at.hour == 6, "who leaves the day as it was, leaves the hour too"


def test_a_turn_after_the_next_one_is_named(school: School) -> None:
    page = school.clerk.opens(f"/staff/office/rounds/{school.round.id}/turns")
    page = page.presses("Bewaar", status=422, **MOMENTS | {"obligatory_on": "2027-08-25"})
    assert "Deze beurt begint niet vóór de volgende." in page.text
    page = page.presses("Bewaar", status=422, **MOMENTS | {"all_on": ""})
    assert "Kies ook vanaf wanneer alle gezinnen kunnen kiezen." in page.text


def test_who_phones_before_its_turn_is_booked_only_after_a_tick(app: Flask, school: School) -> None:
    with app.app_context():
        school.open()
    page = school.clerk.opens(
        f"/staff/office/leaders/{school.anna.id}/rounds/{school.round.id}/pupils/{school.daan.id}/book"
    )
    assert "Dit gezin kiest zelf vanaf" in page.text
    page = page.presses("Zet dit gesprek vast", status=409, slot=school.slots[0].id)
    assert "Dit gezin is aan de beurt vanaf" in page.text
    page.presses("Zet dit gesprek vast", slot=school.slots[0].id, early="y")
    with app.app_context():
        assert db.session.query(Booking).filter_by(pupil_id=school.daan.id).count() == 1
