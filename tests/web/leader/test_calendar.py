"""The own talks in one's own calendar."""

import pytest
import time_machine
from flask import Flask

from scheduling.models import CalendarFeed, db
from tests.builders import NOW
from tests.visitor import Visitor
from tests.worlds import World, a_world_to_visit


@pytest.fixture
def world(app: Flask):
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            found = a_world_to_visit()
        yield found


@pytest.fixture
def bas(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(world.bas)


@pytest.fixture
def karin(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(world.karin)


def test_the_file_holds_the_own_talks_only(bas, world):
    answer = bas.client.get("/staff/leader/calendar.ics")
    assert answer.mimetype == "text/calendar"
    text = answer.get_data(as_text=True)
    assert text.count("BEGIN:VEVENT") == 4, "and the reception and the parent circle"
    assert world.samis_talk.ical_uid in text
    assert world.noors_talk.ical_uid not in text
    assert "attachment" in answer.headers["Content-Disposition"]


def test_a_feed_is_made_renewed_and_stopped(app, karin, world):
    page = karin.opens("/staff/leader/calendar").presses("Maak een agenda-adres")
    first = page.soup.find("input", id="adres")["value"]
    assert karin.client.get(first).status_code == 200
    with app.app_context():
        kept = db.session.query(CalendarFeed).filter_by(staff_id=world.karin.id).one()
        assert first.rsplit("/", 1)[1].removesuffix(".ics") != kept.token_hash
    page = karin.opens("/staff/leader/calendar")
    assert first not in page.html
    second = page.presses("Maak een nieuw adres").soup.find("input", id="adres")["value"]
    assert [karin.client.get(address).status_code for address in (first, second)] == [404, 200]
    page = karin.opens("/staff/leader/calendar").presses("Stop dit adres")
    assert "werkt niet meer" in page.text
    assert karin.client.get(second).status_code == 404


def test_the_address_opens_in_a_calendar_program(karin):
    page = karin.opens("/staff/leader/calendar").presses("Maak een agenda-adres")
    assert [link for link in page.links() if link.startswith("webcal://")]
