"""A family says by link whom it wants to speak on a contact evening, for all its children on one page."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from scheduling.domain.journal import SYSTEM
from scheduling.models import AskingRule, Guardian, LeaderOpening, TalkRequest, db
from scheduling.services import round_changes
from tests.asking import AskingSchool
from tests.builders import NOW, TUESDAY
from tests.visitor import Page, Visitor

DAY = timedelta(days=1)
LATE = "2027-08-31.late_afternoon"


class School(AskingSchool):
    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            db.session().expire_on_commit = False
            super().__init__(NOW.replace(hour=22) + 3 * DAY)
            self.times(first=TUESDAY)
            db.session.expunge_all()
        self.address = f"/family/requests/{self.evening.id}"
        self.first = f"ask-{self.sami.id}-1"
        self.second = f"ask-{self.sami.id}-2"

    def visit(self, who: Guardian) -> Visitor:
        with self.app.app_context():
            return Visitor(self.app).comes_by_link(db.session.merge(who, load=False))

    def add(self, *rows: object) -> None:
        with self.app.app_context():
            db.session.add_all(rows)
            db.session.commit()

    def count(self) -> int:
        with self.app.app_context():
            return db.session.query(TalkRequest).count()


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def school(app: Flask, clock: time_machine.Traveller) -> School:
    return School(app)


def chosen(page: Page) -> dict[str, str]:
    """Who is chosen, by the name of the field."""
    return {
        str(one.find_parent("select")["name"]): " ".join(one.get_text().split())
        for one in page.soup.select("main option[selected]")
    }


def test_the_first_page_behind_the_link_asks_whom_the_family_wants_to_speak(school: School) -> None:
    home = school.visit(school.layla).opens("/family/")
    assert "Doorgeven of veranderen kan tot en met maandag 23 augustus" in home.text
    page = home.follows("Kies wie u wilt spreken")
    assert page.heading == "Wie wilt u spreken?"
    assert "Een gesprek duurt 10 minuten." in page.text
    options = [one.get_text() for one in page.soup.find("select", id=school.first).find_all("option")]
    assert options == ["Niemand", "Anna Jansen, mentor", "Cas Jansen, Engels", "Bo Jansen, wiskunde"]


def test_what_was_chosen_stands_there_again_and_on_the_first_page_for_both_parents(school: School) -> None:
    page = school.visit(school.layla).opens(school.address)
    values = {school.first: school.bo.id, school.second: school.anna.id, "none": school.noor.id, LATE: "good"}
    page = page.presses("Bewaar mijn keuze", **values)
    assert "Iedereen bij u thuis met een mailadres krijgt hiervan een kopie." in page.text
    assert chosen(page) == {school.first: "Bo Jansen, wiskunde", school.second: "Anna Jansen, mentor"}
    home = school.visit(school.omar).opens("/family/")
    assert "1. Bo Jansen 2. Anna Jansen" in home.text
    assert "geen gesprek nodig" in home.text
    assert chosen(home.follows("Bekijk of verander uw keuze")) == chosen(page)


def test_what_is_unclear_is_named_and_what_was_typed_stays(school: School) -> None:
    page = school.visit(school.layla).opens(school.address)
    page = page.presses(
        "Bewaar mijn keuze", status=422, **{school.first: school.bo.id, "none": school.sami.id, LATE: "can"}
    )
    assert "Bij Sami koos u een gesprek én „geen gesprek nodig”." in page.text
    assert chosen(page) == {school.first: "Bo Jansen, wiskunde"}
    assert page.soup.find("input", value="can", attrs={"name": LATE}).has_attr("checked")
    assert school.count() == 0


def test_more_talks_than_time_are_named_before_anything_is_kept(school: School) -> None:
    page = school.visit(school.layla).opens(school.address)
    page = page.presses("Bewaar mijn keuze", status=422, **{school.first: school.bo.id, LATE: "cannot"})
    assert "U vraagt 10 minuten gesprek, en in de uren die u passen zijn er 0." in page.text
    assert school.count() == 0


def test_twice_the_time_only_where_the_school_allows_it(school: School) -> None:
    layla = school.visit(school.layla)
    assert "Dubbele tijd" not in layla.opens(school.address).text
    rule = AskingRule(round_id=school.evening.id, most_per_child=2, double_allowed=True, answer_hours=24)
    school.add(rule)
    page = layla.opens(school.address)
    assert "Dubbele tijd (20 minuten)" in page.text
    twice = f"twice-{school.sami.id}-1"
    page = page.presses("Bewaar mijn keuze", **{school.first: school.anna.id, twice: "y"})
    assert page.soup.find("input", attrs={"name": twice}).has_attr("checked")
    assert page.soup.find("select", id=f"ask-{school.sami.id}-3") is None


def test_whose_talks_take_longer_says_so_beside_the_name(school: School) -> None:
    with school.app.app_context():
        round_changes.change_day_minutes(
            round_id=school.evening.id, leader_id=school.anna.id, day=TUESDAY.date(), minutes=20, by=SYSTEM, now=NOW
        )
    page = school.visit(school.layla).opens(school.address)
    choices = page.soup.find("select", id=school.first).find_all("option")
    names = {option["value"]: option.get_text(" ", strip=True) for option in choices}
    assert names[str(school.anna.id)].endswith(", 20 minuten")
    assert "minuten" not in names[str(school.bo.id)]


def test_once_the_times_are_there_the_page_leads_to_them(school: School) -> None:
    layla = school.visit(school.layla)
    late = layla.opens(school.address)
    teachers = (school.anna, school.karin)
    school.add(*(LeaderOpening(round_id=school.evening.id, leader_id=one.id, opened_at=NOW) for one in teachers))
    page = late.presses("Bewaar mijn keuze", status=409, **{school.first: school.anna.id})
    assert page.heading == "Uw tijden zijn er"
    assert "De tijden zijn al gemaakt." in page.text
    assert school.count() == 0


def test_another_family_reads_nothing_of_it(school: School) -> None:
    school.visit(school.ruud).opens(school.address).presses(
        "Bewaar mijn keuze", **{f"ask-{school.mila.id}-1": school.cas.id}
    )
    page = school.visit(school.els).opens(school.address)
    assert chosen(page) == {}
    assert "Ruud" not in page.html
    assert "Mila" not in school.visit(school.layla).opens(school.address).text


def test_what_a_family_needs_to_come_is_said_where_it_chooses_whom_to_speak(school: School) -> None:
    layla = school.visit(school.layla)
    page = layla.opens(school.address).follows("Praktisch nodig bij het gesprek over Sami")
    page = page.presses("Bewaar", need="x" * 121, status=422)
    page = page.presses("Bewaar", ground_floor="y", need="een rustige plek")
    assert "Bewaard. De school houdt er rekening mee." in page.text
    assert page.soup.find(attrs={"name": "need"})["value"] == "een rustige plek"
    assert page.soup.find(attrs={"name": "ground_floor"}).has_attr("checked")
    page = page.presses("Bewaar", ground_floor=None, need="")
    assert "Bewaard. Er is niets extra nodig." in page.text
    school.visit(school.ruud).opens(f"/family/talks/{school.evening.id}/{school.sami.id}/needs", status=404)
