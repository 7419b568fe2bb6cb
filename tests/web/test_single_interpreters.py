"""An interpreter at a talk for one pupil, on the pages of the family, the leader and the office."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from scheduling.models import InterpreterRequest, db
from tests.builders import NOW
from tests.visitor import Visitor
from tests.worlds import World, a_world_to_visit


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
        yield made


def family(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(world.layla)


def test_a_family_asks_the_office_books_and_everybody_sees_the_same(app: Flask, world: World):
    layla, number = family(app, world), world.more["single_id"]
    page = layla.opens(f"/family/conversations/{number}").follows("Vraag een tolk")
    page = page.presses("Ja, graag een tolk", language="Tigrinya", way="phone")
    assert "Tigrinya" in page.text
    assert ", aan de telefoon. De school regelt dit voor u." in page.text
    with app.app_context():
        office, bas = Visitor(app).signs_in(world.office), Visitor(app).signs_in(world.bas)
    assert "aan de telefoon: gevraagd" in bas.opens(f"/staff/leader/singles/{number}").text
    assert "neem meer tijd" in bas.opens(f"/staff/leader/singles/{number}/times").text
    page = office.opens("/staff/office/interpreters").follows("Tolken bij losse gesprekken")
    assert "vervolggesprek" in page.text
    page = page.follows("Boek").presses("Bewaar", interpreter="1", state="confirmed", way="phone", number="0900")
    assert "Bewaard. Wie het aangaat, krijgt bericht." in page.text
    assert "Geregeld." in layla.opens(f"/family/conversations/{number}").text
    assert "Rosa Haile" in bas.opens(f"/staff/leader/singles/{number}").text
    assert "Rosa Haile" not in layla.opens(f"/family/conversations/{number}").text
    page = layla.opens(f"/family/conversations/{number}/interpreter").presses("Nee, geen tolk nodig")
    assert "Tigrinya" not in page.text


def test_who_asks_a_talk_says_the_language_with_it_and_finds_it_again_when_it_is_too_long(app: Flask, world: World):
    layla, whom = family(app, world), f"{world.sami.id}@{world.bas.id}"
    asked = {"whom": whom, "subject": "Lezen", "way": "video"}
    page = layla.posts("/family/conversations/ask", status=422, language="x" * 60, **asked)
    assert page.soup.find("input", {"name": "language"})["value"] == "x" * 60
    assert page.soup.find("input", {"name": "subject"})["value"] == "Lezen"
    with app.app_context():
        assert db.session.query(InterpreterRequest).count() == 0
    assert ", met beeld. De school" in layla.posts("/family/conversations/ask", language="Pools", **asked).text
    again = layla.opens("/family/conversations/ask")
    assert again.soup.find("input", {"name": "language"})["value"] == "Pools", "said once is known"


def test_booked_without_somebody_is_said_and_what_was_typed_stays(app: Flask, world: World):
    with app.app_context():
        office = Visitor(app).signs_in(world.office)
    address = f"/staff/office/interpreters/singles/{world.more['single_id']}/{world.samis_talk.household_id}"
    page = office.posts(address, status=422, state="booked", language="Pools", way="phone")
    assert "Kies wie er tolkt." in page.text
    assert page.soup.find("input", {"name": "language"})["value"] == "Pools"
    with app.app_context():
        assert db.session.query(InterpreterRequest).count() == 0
