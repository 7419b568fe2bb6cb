"""The office sees what families ask for a contact evening, sets what they may ask, and fills in for who phones."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from scheduling.models import AskingRule, TalkRequest, db
from tests.asking import AskingSchool
from tests.builders import NOW, TUESDAY, household_of
from tests.visitor import Visitor

DAY = timedelta(days=1)


class School(AskingSchool):
    def __init__(self, app: Flask) -> None:
        with app.app_context():
            db.session().expire_on_commit = False
            super().__init__(NOW.replace(hour=22) + 3 * DAY)
            self.times(first=TUESDAY)
            self.home = household_of(self.layla).id
            self.visitor = Visitor(app).signs_in(self.office)
            db.session.expunge_all()
        self.address = f"/staff/office/rounds/{self.evening.id}/requests"


@pytest.fixture
def school(app: Flask) -> Iterator[School]:
    with time_machine.travel(NOW, tick=False):
        yield School(app)


def test_the_office_fills_in_for_a_family_that_phones(app: Flask, school: School) -> None:
    page = school.visitor.opens(f"/staff/office/rounds/{school.evening.id}").follows("Gevraagde gesprekken")
    assert "0/3 gezinnen bereikt" in page.text
    form = school.visitor.opens(f"{school.address}/home/{school.home}")
    assert form.heading == "Gesprekken voor Sami, Noor"
    form = form.presses("Bewaar voor dit gezin", **{f"ask-{school.sami.id}-1": school.bo.id, "none": school.noor.id})
    assert "Bewaard." in form.text
    page = form.follows("Gevraagde gesprekken")
    assert "1/3 gezinnen bereikt" in page.text
    assert "Sami: Bo Jansen Noor : geen gesprek nodig" in page.text
    with app.app_context():
        row = db.session.query(TalkRequest).one()
        assert (row.staff_id, row.guardian_id) == (school.office.id, None)


def test_what_is_unclear_is_named_to_the_office_too(app: Flask, school: School) -> None:
    form = school.visitor.opens(f"{school.address}/home/{school.home}")
    form = form.presses("Bewaar voor dit gezin", status=422)
    assert "Kies wie u wilt spreken, of vink aan dat er geen gesprek nodig is." in form.text


def test_the_office_sets_what_families_may_ask(app: Flask, school: School) -> None:
    page = school.visitor.opens(school.address)
    page = page.presses("Bewaar", status=422, most_per_child="99")
    assert "Vul een getal in van 1 tot en met 8." in page.text
    page = page.presses("Bewaar", status=422, most_per_child="3", answer_hours="1")
    assert "Vul een getal in van 2 tot en met 168." in page.text
    page = page.presses("Bewaar", most_per_child="5", double_allowed="y", answer_hours="48")
    assert "Dit geldt voor wat gezinnen vanaf nu vragen." in page.text
    with app.app_context():
        row = db.session.query(AskingRule).one()
        assert (row.most_per_child, row.double_allowed, row.answer_hours) == (5, True, 48)


def test_the_wishes_of_a_contact_evening_stand_with_what_is_asked(school: School) -> None:
    page = school.visitor.opens(f"/staff/office/rounds/{school.evening.id}/wishes/home/{school.home}")
    assert page.address == f"{school.address}/home/{school.home}"


def test_the_list_goes_along_as_a_file(school: School) -> None:
    found = school.visitor.client.get(f"/staff/office/lists/requests.csv?round={school.evening.id}").data.decode()
    assert "Sami Yilmaz (2a), Noor Yilmaz (4b)" in found
