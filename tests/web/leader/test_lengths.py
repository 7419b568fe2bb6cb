"""A teacher, or the office, makes the talks of one evening longer: looked at first, then changed."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from scheduling.models import Booking, Slot, Staff, db
from tests.builders import NOW, an_office_worker
from tests.evenings import School as Evenings
from tests.visitor import Visitor


class School(Evenings):
    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            db.session().expire_on_commit = False
            super().__init__()
            self.office = an_office_worker()
            self.times(self.anna, count=6)
            for name in ("Sami", "Lina"):
                parent, (pupil,) = self.family(name)
                self.asks(parent, pupil, self.anna)
            self.draft()
            self.publish()
            self.annas = f"/staff/office/leaders/{self.anna.id}/lengths"
            db.session.expunge_all()

    def enter(self, who: Staff) -> Visitor:
        with self.app.app_context():
            return Visitor(self.app).signs_in(db.session.merge(who, load=False))

    def minutes(self) -> set[int]:
        with self.app.app_context():
            return {int((slot.ends_at - slot.starts_at).total_seconds()) // 60 for slot in db.session.query(Slot)}

    def lasting(self) -> set[int]:
        with self.app.app_context():
            return {int((talk.ends_at - talk.starts_at).total_seconds()) // 60 for talk in db.session.query(Booking)}


@pytest.fixture
def school(app: Flask) -> Iterator[School]:
    with time_machine.travel(NOW, tick=False):
        yield School(app)


def test_a_teacher_sees_who_gets_which_time_and_then_takes_longer(school: School) -> None:
    page = school.enter(school.anna).opens("/staff/leader/times").follows("langer of korter")
    seen = page.presses("Bekijk wat er gebeurt", minutes="20")
    assert "Er is dan plaats voor 3 gesprekken. Nu zijn het er 6." in seen.text
    assert len(seen.soup.select("tbody tr")) == 2
    assert school.minutes() == {10}
    assert "2 gesprekken kregen een andere tijd." in seen.presses("Verander de duur").text
    assert (school.minutes(), school.lasting()) == ({20}, {20})


def test_the_office_reads_which_talk_does_not_fit_and_nothing_changes(school: School) -> None:
    office = school.enter(school.office)
    page = office.opens(school.annas)
    seen = page.presses("Bekijk wat er gebeurt", minutes="40")
    assert "1 gesprek past zo niet." in seen.text
    assert "past niet meer" in seen.soup.find("tbody").get_text()
    assert not seen.soup.find("button", string="Verander de duur")
    assert school.minutes() == {10}


def test_a_length_that_goes_with_no_other_is_named(school: School) -> None:
    page = school.enter(school.anna).opens("/staff/leader/lengths")
    assert "meestal 10 minuten" in page.presses("Bekijk wat er gebeurt", status=422, minutes="13").text
    assert "meestal 10 minuten" in page.presses("Bekijk wat er gebeurt", status=422, minutes="lang").text
