"""The office asks for wishes, writes down what a family says on the phone, and reads what became of all of them."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from scheduling.domain.journal import SYSTEM
from scheduling.models import LeaderOpening, Outbox, db
from scheduling.services import rosters
from tests.builders import NOW, an_office_worker
from tests.visitor import Page, Visitor
from tests.web.family.test_wishes import DAY, EARLY, LATE, School, chosen


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as traveller:
        yield traveller


@pytest.fixture
def school(app: Flask, clock: time_machine.Traveller) -> School:
    return School(app)


@pytest.fixture
def office(app: Flask, school: School) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(an_office_worker())


def wishes_page(office: Visitor, school: School) -> Page:
    return office.opens(f"/staff/office/rounds/{school.start.id}").follows("Wensen van gezinnen")


def test_a_new_round_asks_first_and_lets_families_swap_afterwards(office: Visitor) -> None:
    page = office.opens("/staff/office/rounds/new")
    chosen_mode = page.soup.find("input", attrs={"name": "mode"}, checked=True)
    assert chosen_mode["value"] == "roster_then_swap"
    assert "Eerst vragen wij welke tijden passen. Zo gaat het meestal." in page.text
    page = page.presses("Maak de ronde", name="Later", wishes_on="2027-08-24", status=200)
    assert page.follows("Later").follows("Instellingen").soup.find(id="wishes_on")["value"] == "2027-08-24"


def test_wishes_after_the_first_talk_are_refused_beside_their_field(office: Visitor, school: School) -> None:
    page = office.opens(f"/staff/office/rounds/{school.start.id}/settings")
    assert page.soup.find(id="wishes_on")["value"] == "2027-08-23"
    page = page.presses("Bewaar", wishes_on="2027-08-25", status=422)
    assert page.soup.find(id="wishes_on-error").get_text().startswith("Wensen komen vóór het rooster.")


def test_the_office_writes_down_what_a_family_says_on_the_phone(
    office: Visitor, school: School, clock: time_machine.Traveller
) -> None:
    page = wishes_page(office, school)
    assert "0/3 gezinnen gaven wensen door" in page.text, "one home for Sami and Noor, two for Mila"
    clock.move_to(NOW + 5 * DAY)
    page = page.follows("Vul in voor Sami Yilmaz")
    page = page.presses("Bewaar deze wensen", **{EARLY: "cannot", "siblings": "apart"})
    assert chosen(page) == {EARLY: "cannot", "siblings": "apart"}
    page = wishes_page(office, school)
    assert "1/3" in page.text
    assert "door Kantoor Jansen" in page.text
    assert "na de datum" in page.text
    family = school.visit(school.layla).opens(school.address)
    assert chosen(family) == {EARLY: "cannot", "siblings": "apart"}
    assert "De school schreef dit voor u op" in family.text


def test_every_mailbox_gets_one_question_however_many_children(office: Visitor, school: School) -> None:
    page = office.opens(f"/staff/office/mailings/{school.start.id}/wishes")
    assert page.heading == "4 vragen om wensen staan klaar"
    assert "Welke tijden passen bij u? Startgesprek van" in page.follows("Lees het hele bericht").text
    page = page.presses("Verstuur 4 vragen om wensen")
    assert written(school) == [("wishes", one.id) for one in (school.layla, school.omar, school.ruud, school.els)]
    page = office.opens(f"/staff/office/mailings/{school.start.id}/wishes")
    assert "staan klaar" not in page.heading, "twice is once"


def test_nobody_is_asked_once_the_times_are_there(office: Visitor, school: School) -> None:
    with school.app.app_context():
        for leader in (school.anna, school.karin):
            db.session.add(LeaderOpening(round_id=school.start.id, leader_id=leader.id, opened_at=NOW))
        db.session.commit()
    page = office.opens(f"/staff/office/mailings/{school.start.id}/wishes")
    assert "Er is nu niemand om naar wensen te vragen." in page.text
    page = wishes_page(office, school).follows("Vul in voor Sami Yilmaz")
    assert "Dit gezin heeft al een tijd." in page.text


def test_a_draft_says_what_became_of_the_wishes(office: Visitor, school: School) -> None:
    school.visit(school.layla).opens(school.address).presses("Bewaar mijn tijden", **{LATE: "good"})
    school.visit(school.ruud).opens(school.address).presses("Bewaar mijn tijden", **{EARLY: "cannot", LATE: "cannot"})
    with school.app.app_context():
        version = rosters.request(round_id=school.start.id, seconds=20, by=SYSTEM, now=NOW)
        rosters.run_one(version_id=version, worker="test", clock=lambda: NOW)
    page = office.opens(f"/staff/office/rounds/{school.start.id}/rosters/1")
    assert "2/3 wensen uitgekomen 1 past niet" in page.text
    assert "Wensen die niet lukten Mila Yilmaz" in page.text
    assert page.text.count("Wens: past goed.") == 2


def written(school: School) -> list[tuple[str, int | None]]:
    with school.app.app_context():
        rows = db.session.query(Outbox).order_by(Outbox.guardian_id).all()
        return [(row.letter.value, row.guardian_id) for row in rows]
