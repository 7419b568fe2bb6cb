"""A teacher says on one page whom to see on a contact evening, and reads who asked."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from scheduling.models import LeaderOpening, Staff, TalkRequest, db
from tests.asking import AskingSchool
from tests.builders import NOW, TUESDAY
from tests.visitor import Page, Visitor

DAY = timedelta(days=1)


class School(AskingSchool):
    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            db.session().expire_on_commit = False
            super().__init__(NOW.replace(hour=22) + 3 * DAY)
            self.times(first=TUESDAY)
            db.session.expunge_all()
        self.address = f"/staff/leader/requests?round={self.evening.id}"

    def enter(self, who: Staff) -> Visitor:
        with self.app.app_context():
            return Visitor(self.app).signs_in(db.session.merge(who, load=False))

    def asked(self) -> list[tuple[int, bool, int | None]]:
        with self.app.app_context():
            rows = db.session.query(TalkRequest).filter_by(withdrawn_at=None).order_by(TalkRequest.id)
            return [(row.pupil_id, row.obligatory, row.staff_id) for row in rows]

    def add(self, *rows: object) -> None:
        with self.app.app_context():
            db.session.add_all(rows)
            db.session.commit()


@pytest.fixture
def school(app: Flask) -> Iterator[School]:
    with time_machine.travel(NOW, tick=False):
        yield School(app)


def lines(page: Page) -> list[str]:
    return [" ".join(row.get_text(" ").split()) for row in page.soup.select("tbody tr")]


def keys(page: Page, name: str) -> list[str]:
    return [row.find("input", attrs={"name": "family"})["value"] for row in page.soup.select("tbody tr")
            if name in row.get_text()]  # fmt: skip


def test_a_teacher_ticks_whom_to_see_and_the_rest_stays_as_it_was(school: School) -> None:
    bo = school.enter(school.bo)
    page = bo.opens("/staff/leader/").follows("kies wie u graag wilt spreken")
    assert [line.split(" Yilmaz")[0] for line in lines(page)] == ["Mila", "Mila", "Sami", "Noor"]
    page = page.presses("Bewaar wie u wilt spreken", family=keys(page, "Sami"))
    assert "Bewaard: 1 gezin veranderd." in page.text
    only = page.presses("Zoek", **{"class": "4b"})
    assert len(lines(only)) == 1
    only.presses("Bewaar wie u wilt spreken", family=keys(only, "Noor"))
    assert school.asked() == [(school.sami.id, True, school.bo.id), (school.noor.id, True, school.bo.id)]


def test_a_teacher_reads_who_asked_and_finds_a_family_by_name(school: School) -> None:
    school.add(TalkRequest(
        round_id=school.evening.id, pupil_id=school.mila.id, household_id=None, teacher_id=school.cas.id, asked_at=NOW,
        wanted=True, place=2,
    ))  # fmt: skip
    cas = school.enter(school.cas)
    page = cas.opens(f"{school.address}&q=els")
    assert len(lines(page)) == 1
    assert "Els Yilmaz" in page.text
    assert "Ruud" not in page.soup.find("tbody").get_text()
    assert cas.opens(f"{school.address}&q=niemand").text.count("Niemand.") == 1


def test_once_the_times_are_there_the_list_is_only_to_read(school: School) -> None:
    bo = school.enter(school.bo)
    page = bo.opens(school.address)
    school.add(LeaderOpening(round_id=school.evening.id, leader_id=school.bo.id, opened_at=NOW))
    after = page.presses("Bewaar wie u wilt spreken", status=409, family=keys(page, "Sami"))
    assert "De tijden zijn al gemaakt." in after.text
    assert after.soup.find("input", attrs={"name": "family"}) is None
    assert school.asked() == []


def test_the_list_goes_along_as_a_file(school: School) -> None:
    bo = school.enter(school.bo)
    found = bo.client.get(f"/staff/leader/lists/requests.csv?round={school.evening.id}").data.decode("utf-8-sig")
    assert found.splitlines()[0].endswith('"Klas";"Thuis";"Vroeg u";"Graag spreken"')
    assert len(found.splitlines()) == 5


def test_a_colleague_without_a_contact_evening_reads_so(school: School) -> None:
    with school.app.app_context():
        db.session.merge(school.evening).wishes_until = None
        db.session.commit()
    assert "Er is nu geen contactavond" in school.enter(school.bo).opens("/staff/leader/requests").text
