"""The office's interpreters: the list, booking one, the sheet; and a leader who asks for a family."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from scheduling.domain.guests import HelpState
from scheduling.models import InterpreterRequest, Outsider, db
from tests.builders import NOW
from tests.visitor import Visitor
from tests.worlds import World, a_world_to_visit


@pytest.fixture
def now() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(app: Flask, now: None) -> World:
    with app.app_context():
        return a_world_to_visit()


@pytest.fixture
def office(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(world.office)


def parent(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(world.layla)


def asks(app: Flask, world: World) -> None:
    page = parent(app, world).opens(f"/family/talks/{world.start.id}/{world.sami.id}/interpreter")
    page.presses("Ja, graag een tolk", language="Tigrinya", way="phone")


def test_a_family_asks_the_office_books_and_the_sheet_tells_the_interpreter(app, world, office):
    asks(app, world)
    orders = office.opens(f"/staff/office/rounds/{world.start.id}/interpreters")
    assert "Tigrinya" in orders.text
    assert "aan de telefoon" in orders.text
    page = orders.follows("Boek")
    page = page.presses("Bewaar", interpreter="1", state="confirmed", way="phone", number="000 - 000 00 09")
    assert "Rosa Haile" in page.text
    assert "bevestigd" in page.text
    sheet = office.opens("/staff/office/interpreters/1")
    assert "Sami" in sheet.text
    assert "Yilmaz" not in sheet.text
    assert "000 - 000 00 09" in sheet.text
    assert "Geregeld." in parent(app, world).opens("/family/").text


def test_booked_without_somebody_is_said_beside_the_field(app, world, office):
    asks(app, world)
    address = f"/staff/office/rounds/{world.start.id}/interpreters/{world.sami.id}/{world.samis_talk.household_id}"
    page = office.opens(address).presses("Bewaar", status=422, state="booked", interpreter="")
    assert "Kies wie er tolkt." in page.text
    with app.app_context():
        assert db.session.query(InterpreterRequest).one().state is HelpState.ASKED


def test_the_office_keeps_the_list(app, world, office):
    page = office.opens("/staff/office/interpreters")
    wrong = page.presses("Zet op de lijst", status=422, name="Ali Noor", languages="", email="ali")
    assert "ten minste één taal" in wrong.text
    assert "Ali Noor" in str(wrong.html)
    wrong.presses("Zet op de lijst", name="Ali Noor", languages="Tigrinya", email="ali@tolken.example.org")
    with app.app_context():
        ali = db.session.query(Outsider.id).filter_by(name="Ali Noor").scalar()
    page = office.opens(f"/staff/office/interpreters/{ali}").presses("Bewaar", languages="Tigrinya, Arabisch")
    assert "Bewaard." in page.text
    assert "niet meer gevraagd" in page.presses("Vraag deze tolk niet meer").text


def test_the_leader_asks_for_a_family_at_the_door(app, world):
    with app.app_context():
        bas = Visitor(app).signs_in(world.bas)
    page = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}").follows("Vraag een tolk")
    page = page.presses("Bewaar", language="Pools", way="video")
    assert "De administratie ziet het" in page.text
    assert "Pools, met beeld (nog regelen)" in page.text


def test_the_lists_can_be_taken_away(app, world, office):
    asks(app, world)
    address = "/staff/office/lists/interpreter_orders.csv"
    text = office.client.get(address, query_string={"round": world.start.id}).get_data(as_text=True)
    assert "Tigrinya" in text
    assert "aan de telefoon" in text
    assert "Rosa Haile" in office.client.get("/staff/office/lists/interpreters.csv").get_data(as_text=True)


def test_what_a_family_needs_stands_on_the_pages_of_leader_and_office(app, world, office):
    page = parent(app, world).opens(f"/family/talks/{world.start.id}/{world.sami.id}").follows("Praktisch nodig")
    page = page.presses("Bewaar", need="x" * 121, ground_floor="y", status=422)
    assert "hoogstens 120 tekens" in page.text
    page.presses("Bewaar", need="gebarentaal", ground_floor="y")
    orders = office.opens(f"/staff/office/rounds/{world.start.id}/interpreters")
    assert "lokaal op de begane grond, gebarentaal" in orders.text
    with app.app_context():
        bas = Visitor(app).signs_in(world.bas)
    assert "lokaal op de begane grond, gebarentaal" in bas.opens(f"/staff/leader/talks/{world.samis_talk.id}").text
    assert "gebarentaal" in bas.opens("/staff/leader/sheet").text
