"""The office asks for wishes, writes down what a family says on the phone, and reads what became of all of them."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from scheduling.domain.journal import SYSTEM
from scheduling.models import Booking, LeaderOpening, Outbox, db
from scheduling.services import rosters
from tests.builders import NOW, a_booking, a_class, an_office_worker, household_of
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


def test_the_round_asks_for_wishes_first_and_then_for_a_roster(
    office: Visitor, school: School, clock: time_machine.Traveller
) -> None:
    address = f"/staff/office/rounds/{school.start.id}"
    page = office.opens(address)
    assert "Eerst de wensen, dan het rooster" in page.text
    assert "De vraag is nog niet verstuurd." in page.text
    letter = page.follows("Naar de brief over wensen")
    letter.presses("Verstuur 4 vragen om wensen")
    school.visit(school.layla).opens(school.address).presses("Bewaar mijn tijden", **{EARLY: "good"})
    page = office.opens(address)
    assert "1 gezin deed dat al." in page.text
    assert page.follows("Bekijk de wensen").heading == "Wensen van gezinnen"
    clock.move_to(NOW + 5 * DAY)
    assert "Nu het rooster" in office.opens(address).text


def test_a_new_round_ticks_all_classes_or_none(office: Visitor, school: School, app: Flask) -> None:
    with app.app_context():
        for name in ("1", "2", "4"):
            a_class(name)
    page = office.opens("/staff/office/rounds/new")
    assert ticked(page) == ["1", "2", "3", "4", "6"]
    page = page.follows("Kies geen klas")
    assert ticked(page) == []
    assert ticked(page.follows("Kies alle klassen")) == ["1", "2", "3", "4", "6"]


def ticked(page: Page) -> list[str]:
    return [str(box["value"]) for box in page.soup.find_all("input", attrs={"name": "classes"}, checked=True)]


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


def test_the_list_says_what_became_of_every_wish_and_finds_those_that_did_not_work_out(
    office: Visitor, school: School, clock: time_machine.Traveller
) -> None:
    school.visit(school.layla).opens(school.address).presses(
        "Bewaar mijn tijden", **{EARLY: "good", "siblings": "together"}
    )
    clock.move_to(NOW + 5 * DAY)
    school.visit(school.ruud).opens(school.address).presses("Bewaar mijn tijden", **{EARLY: "cannot", LATE: "can"})
    page = wishes_page(office, school)
    assert row_of(page, "Sami")[3] == "Sami: nog geen tijd Noor: nog geen tijd"
    with school.app.app_context():
        home = household_of(school.layla)
        slots = [db.session.merge(slot, load=False) for slot in (*school.slots[:3], school.karins[2])]
        a_booking(school.start, school.sami, slots[0], household=home)
        a_booking(school.start, school.noor, slots[3], household=home)
        a_booking(school.start, school.mila, slots[1])
    page = wishes_page(office, school)
    assert row_of(page, "Sami")[3] == (
        "Sami: past goed di 31 aug, 14.00 uur Noor: kan ook di 31 aug, 15.40 uur niet na elkaar"
    )
    assert row_of(page, "Mila")[3] == "past niet di 31 aug, 14.20 uur"
    missed = page.follows("Niet gelukt (2)")
    assert [row_of(missed, name) != [] for name in ("Sami", "Mila")] == [True, True]
    late = missed.follows("Na de datum (1)")
    assert row_of(late, "Sami") == []
    assert row_of(late, "Mila")[2].startswith("✓ wo 25 aug na de datum")
    with school.app.app_context():
        found = db.session.query(Booking).filter_by(pupil_id=school.mila.id).one()
        found.starts_at, found.ends_at = NOW.replace(day=31, hour=13), NOW.replace(day=31, hour=13, minute=20)
        db.session.commit()
    page = wishes_page(office, school)
    assert row_of(page, "Mila")[3] == "kan ook di 31 aug, 15.00 uur", "a later move is told as well"
    assert page.soup.find("a", string="Niet gelukt (1)") is not None
    of_mila = page.follows("Bekijk voor Mila Yilmaz")
    assert "14.00 tot 15.00 uur: past niet" in of_mila.text, "what was said stays readable"


def test_a_wish_that_came_after_a_draft_is_said_with_that_draft(
    office: Visitor, school: School, clock: time_machine.Traveller
) -> None:
    school.visit(school.layla).opens(school.address).presses("Bewaar mijn tijden", **{LATE: "good"})
    with school.app.app_context():
        version = rosters.request(round_id=school.start.id, seconds=20, by=SYSTEM, now=NOW)
        rosters.run_one(version_id=version, worker="test", clock=lambda: NOW)
    draft = f"/staff/office/rounds/{school.start.id}/rosters/1"
    assert "na dit concept" not in office.opens(draft).text
    clock.move_to(NOW + DAY)
    school.visit(school.layla).opens(school.address).presses("Bewaar mijn tijden", **{EARLY: "good", LATE: "cannot"})
    page = office.opens(draft)
    assert "De wensen voor 2 gesprekken kwamen na dit concept." in page.text
    assert "2 passen niet" in page.text, "the wish as it is now, not as it was"


def row_of(page: Page, child: str) -> list[str]:
    """The cells of this child's family in the list."""
    for row in page.soup.select("tbody tr"):
        if row.th and child in row.th.get_text():
            return [" ".join(cell.get_text(" ").split()).replace(" :", ":") for cell in row.find_all(["th", "td"])]
    return []


def written(school: School) -> list[tuple[str, int | None]]:
    with school.app.app_context():
        rows = db.session.query(Outbox).order_by(Outbox.guardian_id).all()
        return [(row.letter.value, row.guardian_id) for row in rows]
