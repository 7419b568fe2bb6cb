"""The office changes a draft on the board: links and forms only, every time says what it costs."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from scheduling.domain.guests import Card, HelpState, Ordered, Way
from scheduling.domain.people import StaffRole
from scheduling.models import Guardianship, RosterTalk, RosterVersion, Slot, db
from scheduling.services import guests, rosters
from tests.builders import NOW, a_booking, a_class, a_leader, a_pupil
from tests.drafting import SLOT, TUESDAY, Draft, a_draft_to_visit
from tests.visitor import Page, Visitor


@pytest.fixture(autouse=True)
def _at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def draft(app: Flask) -> Draft:
    with app.app_context():
        return a_draft_to_visit()


@pytest.fixture
def office(app: Flask, draft: Draft) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(db.session.merge(draft.office))


def place_of(app: Flask, pupil) -> int | None:
    with app.app_context():
        talk = db.session.query(RosterTalk).join(RosterVersion).filter(RosterVersion.number == 1)
        starts_at = talk.filter(RosterTalk.pupil_id == pupil.id).one().starts_at
        return None if starts_at is None else (starts_at - TUESDAY) // SLOT


def cell(page: Page, clock: str) -> str:
    """What stands in the week at this time."""
    row = next(row for row in page.soup.select("tbody tr") if row.th and row.th.get_text() == clock)
    return " ".join(row.td.get_text(" ").split())


def chooses(page: Page, clock: str) -> Page:
    row = next(row for row in page.soup.select("tbody tr") if row.th and row.th.get_text() == clock)
    return page.visitor.opens(str(row.td.a["href"]))


def test_a_talk_goes_to_another_time_with_the_costs_in_words_before(app: Flask, draft: Draft, office: Visitor):
    page = office.opens(draft.board).follows("Sami").follows("Verplaats")
    assert page.heading == "Bord van Anna Jansen"
    assert "Sami staat nu op dinsdag 31 augustus, 15.00 uur" in page.text
    assert "Dit past het best" in page.text
    assert cell(page, "15.20") == "Wissel met Daan kost 15 punten: Sami en Lina sluiten dan niet meer aan"
    assert cell(page, "15.40") == "Vrij kan niet: dan is ook het gesprek over Lina"
    assert cell(page, "16.20") == "Vrij kost niets"
    page = chooses(page, "17.00")
    assert "van dinsdag 31 augustus, 15.00 uur naar dinsdag 31 augustus, 17.00 uur." in page.text
    assert place_of(app, draft.sami) == 0, "looking changes nothing"
    page = page.presses("Ja, verplaats")
    assert "Sami ging van dinsdag 31 augustus, 15.00 uur naar dinsdag 31 augustus, 17.00 uur." in page.text
    assert page.soup.find(autofocus=True).get_text() == "Sami", "the focus stays on what moved"
    assert page.soup.find(attrs={"role": "status"}).get_text().startswith("Sami ging van")
    assert place_of(app, draft.sami) == 6
    page.presses("Maak ongedaan")
    assert place_of(app, draft.sami) == 0


def test_two_talks_change_places(app: Flask, draft: Draft, office: Visitor):
    page = office.opens(draft.board).follows("Daan").follows("Verplaats")
    page = chooses(page, "16.00").presses("Ja, wissel")
    assert "Aya ging van" in page.text
    assert (place_of(app, draft.daan), place_of(app, draft.aya)) == (3, 1)


def test_a_talk_is_held_lengthened_and_set_apart(app: Flask, draft: Draft, office: Visitor):
    page = office.opens(draft.board).follows("Daan").presses("Zet vast")
    assert "Daan staat nu vast." in page.text
    assert "Daan staat vast" in cell(page, "15.20")
    page = page.follows("Daan").presses("Maak 40 minuten")
    assert "Het gesprek over Daan is nu 40 minuten." in page.text
    page = page.follows("Daan").presses("Zet apart")
    assert "Daan staat nu apart." in page.text
    assert place_of(app, draft.daan) is None
    page = page.follows("Geef een tijd aan Daan")
    assert cell(page, "16.20") == "Vrij wint 60 punten: Daan krijgt een tijd"
    chooses(page, "16.20").presses("Ja, verplaats")
    assert place_of(app, draft.daan) == 4


def test_who_was_second_sees_who_was_first_and_how_it_is_now(app: Flask, draft: Draft, office: Visitor):
    with app.app_context():
        colleague = a_leader("karin", roles=[StaffRole.OFFICE])
        second = Visitor(app).signs_in(colleague)
    mine = office.opens(draft.board).follows("Daan").follows("Verplaats")
    theirs = second.opens(draft.board).follows("Daan").follows("Verplaats")
    mine, theirs = chooses(mine, "16.20"), chooses(theirs, "16.40")
    mine.presses("Ja, verplaats")
    page = theirs.presses("Ja, verplaats", status=409)
    assert "Kantoor Jansen was eerst, op vrijdag 20 augustus, 10.00 uur." in page.text
    assert "Daan staat nu op dinsdag 31 augustus, 16.20 uur" in page.text
    assert place_of(app, draft.daan) == 4


def test_a_time_that_a_parent_books_meanwhile_is_refused_and_the_board_shows_it(
    app: Flask, draft: Draft, office: Visitor
):
    page = chooses(office.opens(draft.board).follows("Daan").follows("Verplaats"), "16.20")
    with app.app_context():
        quick = a_pupil("Vlug", db.session.merge(a_class("5", leaders=[db.session.merge(draft.anna)])))
        a_booking(db.session.merge(draft.round), quick, db.session.get(Slot, draft.slots[4].id))
    page = page.presses("Ja, verplaats", status=409)
    assert "Die tijd kan niet meer." in page.text
    assert cell(page, "16.20") == "dicht"
    assert "Bij deze collega zijn de tijden veranderd" in page.text
    assert place_of(app, draft.daan) == 1


def test_the_rest_is_made_anew_and_stands_beside_the_first(app: Flask, draft: Draft, office: Visitor):
    page = office.opens(draft.board).follows("Daan").follows("Verplaats")
    page = chooses(page, "17.00").presses("Ja, verplaats").follows("Daan").presses("Zet vast")
    page = page.presses("Zoek opnieuw rond 1 vast gesprek")
    assert page.heading == "Rooster, versie 2"
    with app.app_context():
        rosters.run_requested(worker="test", clock=lambda: NOW)
    page = office.opens(page.address).follows("Wat is anders dan in versie 1?")
    assert page.heading == "Versie 1 naast versie 2"
    assert "Alle gesprekken staan in beide versies op dezelfde tijd." in page.text
    assert "4/4" in page.text


def test_publishing_over_what_parents_did_has_the_rest_made_anew_at_once(app: Flask, draft: Draft, office: Visitor):
    with app.app_context():
        quick = a_pupil("Vlug", a_class("5", leaders=[db.session.merge(draft.anna)]))
        a_booking(db.session.merge(draft.round), quick, db.session.get(Slot, draft.slots[1].id))
    page = office.opens(f"/staff/office/rounds/{draft.round.id}/rosters/1").presses("Geef 4 gezinnen deze tijd")
    assert "3 gezinnen kregen nog geen tijd" in page.text
    assert "Bij Anna Jansen zijn de tijden intussen veranderd" in page.text
    page = page.follows("Naar versie 2")
    with app.app_context():
        rosters.run_requested(worker="test", clock=lambda: NOW)
    page = office.opens(f"/staff/office/rounds/{draft.round.id}/rosters/1/compare", **{"with": 2})
    assert "Daan Yilmaz" in page.text


def test_who_got_no_time_at_publishing_is_said_until_there_is_a_newer_version(
    app: Flask, draft: Draft, office: Visitor
):
    with app.app_context():
        quick = a_pupil("Vlug", a_class("5", leaders=[db.session.merge(draft.anna)]))
        a_booking(db.session.merge(draft.round), quick, db.session.get(Slot, draft.slots[1].id))
        rosters.publish(round_id=draft.round.id, by=draft.by, now=NOW)
    page = office.opens(f"/staff/office/rounds/{draft.round.id}/rosters/1")
    assert "3 gezinnen kregen nog geen tijd" in page.text
    assert not [button for button in page.soup.find_all("button") if "Geef" in button.get_text()]
    again = page.presses("Zoek opnieuw voor deze gezinnen")
    assert again.heading == "Rooster, versie 2"
    assert "Wij zochten opnieuw" in office.opens(f"/staff/office/rounds/{draft.round.id}/rosters/1").text


def test_a_published_version_is_only_looked_at(app: Flask, draft: Draft, office: Visitor):
    with app.app_context():
        rosters.publish(round_id=draft.round.id, by=draft.by, now=NOW)
    page = office.opens(draft.board)
    assert "U kunt hier alleen kijken." in page.text
    assert not page.soup.select("[data-talk]")


def test_a_form_with_nonsense_changes_nothing(app: Flask, draft: Draft, office: Visitor):
    for name in ("move", "change", "undo"):
        office.posts(f"{draft.board}/{name}", status=409 if name == "undo" else 404 if name == "move" else 200)
    assert (place_of(app, draft.daan), place_of(app, draft.sami)) == (1, 0)


def test_a_move_that_needs_an_interpreter_twice_at_one_time_says_so_before_and_after(
    app: Flask, draft: Draft, office: Visitor
):
    with app.app_context():
        rosa = guests.add(card=Card("Rosa Haile", "Tigrinya"), by=draft.by, now=NOW)
        for pupil in (draft.aya, draft.lina):
            home = db.session.query(Guardianship).filter_by(pupil_id=pupil.id).first().household_id
            guests.book(
                round_id=draft.round.id, pupil_id=pupil.id, household_id=home,
                order=Ordered("Tigrinya", Way.ON_SITE, HelpState.BOOKED, rosa), by=draft.by, now=NOW,
            )  # fmt: skip
    page = office.opens(draft.board)
    assert "Rosa Haile" not in page.text
    page = page.follows("Aya").follows("Verplaats")
    assert "De tolk is dan bij een ander gesprek." not in chooses(page, "17.00").text
    page = chooses(page, "15.40")
    assert "De tolk is dan bij een ander gesprek." in page.text
    page = page.presses("Ja, verplaats")
    warning = page.soup.find(attrs={"role": "alert"}).get_text(" ", strip=True)
    assert "Rosa Haile staat bij twee gesprekken tegelijk, op dinsdag 31 augustus, 15.40 uur:" in warning
    assert "Aya" in warning
    assert "Lina" in warning
    assert "Rosa Haile" in office.opens(f"/staff/office/rounds/{draft.round.id}/rosters/1").text
    page = office.opens(draft.board).presses("Maak ongedaan")
    assert page.soup.find(attrs={"role": "alert"}) is None
