"""What the leader writes after a talk, and who reads it."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from scheduling.domain.rounds import Outcome
from scheduling.models import Booking, Guardian, Staff, db
from tests.builders import TUESDAY, household_of
from tests.visitor import Visitor
from tests.worlds import World, a_world_to_visit

AFTER = TUESDAY + timedelta(hours=3)
CANARY = "Wij lezen elke dag een kwartier samen."


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(AFTER, tick=False):
        with app.app_context():
            made = a_world_to_visit()
        yield made


def family(app: Flask, person: Guardian) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(person)


def leader(app: Flask, person: Staff) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(person)


def held(app: Flask, talk: Booking, home: Guardian | None = None) -> None:
    with app.app_context():
        row = db.session.get_one(Booking, talk.id)
        row.outcome, row.outcome_at = Outcome.HELD, AFTER
        if home:
            row.household_id = household_of(home).id
        db.session.commit()


def writes(app: Flask, who: Staff, talk: Booking) -> None:
    page = leader(app, who).opens(f"/staff/leader/talks/{talk.id}")
    page = page.follows("Schrijf op wat u afsprak")
    page.visitor.posts(
        page.address, conclusion=CANARY, who_1="leader", what_1="Boeken meegeven", due_1="2027-09-10", who_2="parent",
        who_3="parent", who_4="parent", seen="0",
    )  # fmt: skip


def test_the_family_reads_on_its_own_page_what_was_agreed(app: Flask, world: World):
    held(app, world.samis_talk)
    writes(app, world.bas, world.samis_talk)
    home = family(app, world.layla).opens("/family/")
    page = home.follows("Sami, dinsdag 31 augustus")
    assert CANARY in page.text
    assert "Boeken meegeven" in page.text
    assert "vrijdag 10 september" in page.text


def test_another_family_and_another_leader_read_nothing_of_it(app: Flask, world: World):
    held(app, world.samis_talk)
    writes(app, world.bas, world.samis_talk)
    petra = family(app, world.petra)
    assert CANARY not in petra.opens("/family/").text
    petra.opens(f"/family/talks/{world.start.id}/{world.sami.id}", status=404)
    karin = leader(app, world.karin)
    karin.opens(f"/staff/leader/talks/{world.samis_talk.id}/afterwards", status=404)


def test_of_a_joint_talk_both_homes_read_it_and_of_an_own_talk_only_that_home(app: Flask, world: World):
    held(app, world.milas_talk)
    writes(app, world.karin, world.milas_talk)
    ways = [family(app, world.ruud), family(app, world.els)]
    address = f"/family/talks/{world.start.id}/{world.mila.id}"
    assert all(CANARY in way.opens(address).text for way in ways)
    assert all("De andere ouder leest dit ook." in way.opens(address).text for way in ways)
    held(app, world.milas_talk, world.ruud)
    assert CANARY in ways[0].opens(address).text
    assert CANARY not in ways[1].opens("/family/").text
    assert CANARY not in ways[1].opens(address).text


def test_what_is_too_long_comes_back_with_the_words(app: Flask, world: World):
    held(app, world.samis_talk)
    bas = leader(app, world.bas)
    page = bas.posts(
        f"/staff/leader/talks/{world.samis_talk.id}/afterwards", status=422, conclusion="woord " * 60, who_1="parent",
        who_2="parent", who_3="parent", who_4="parent", seen="0",
    )  # fmt: skip
    assert "Er is plaats voor 280" in page.text
    assert "woord woord" in page.html


def test_a_family_that_let_the_school_know_is_marked_so(app: Flask, world: World):
    page = leader(app, world.bas).opens(f"/staff/leader/talks/{world.samis_talk.id}")
    page = page.presses("Het gezin meldde zich af")
    assert page.soup.find("button", {"value": "told"})["aria-pressed"] == "true"
    assert page.soup.find("button", {"value": "no_show"}).get("aria-pressed") is None
    assert "Schrijf op wat u afsprak" not in page.text
