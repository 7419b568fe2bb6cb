"""Swaps on a family's pages: offered, asked, answered, and never a word about anybody else (A25, A26)."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling.models import Booking, Guardian, Slot, SwapParty, db
from tests.visitor import Visitor
from tests.worlds import NOW, World, a_world_to_visit


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False), app.app_context():
        found = a_world_to_visit()
    with time_machine.travel(NOW, tick=False):
        yield found


def visit(app: Flask, guardian: Guardian) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(db.session.merge(guardian, load=False))


def starts_of(app: Flask, booking: Booking) -> str:
    with app.app_context():
        return str(db.session.get_one(Booking, booking.id).starts_at)


def test_a_family_is_asked_on_its_home_page_and_says_yes(app: Flask, world: World) -> None:
    layla = visit(app, world.layla)
    assert "Een ander gezin wil graag ruilen" in layla.opens("/family/").text
    question = layla.opens(f"/family/swaps/{world.more['question']}")
    assert "Uw tijd nu" in question.text
    before = starts_of(app, world.samis_talk), starts_of(app, world.daans_talk)
    answered = layla.posts(f"/family/swaps/{world.more['question']}", answer="yes")
    assert "De ruil is gelukt" in answered.text
    assert (starts_of(app, world.daans_talk), starts_of(app, world.samis_talk)) == before
    assert "Een ander gezin" not in layla.opens("/family/").text


def test_a_yes_is_taken_back_on_the_same_page(app: Flask, world: World) -> None:
    layla = visit(app, world.layla)
    before = starts_of(app, world.samis_talk)
    layla.posts(f"/family/swaps/{world.more['question']}", answer="yes")
    page = layla.posts(f"/family/swaps/{world.more['question']}", answer="back")
    assert "De ruil is teruggedraaid" in page.text
    assert starts_of(app, world.samis_talk) == before


def test_a_yes_that_changed_the_times_is_taken_back_from_the_home_page(app: Flask, world: World) -> None:
    layla = visit(app, world.layla)
    layla.posts(f"/family/swaps/{world.more['question']}", answer="yes")
    home = layla.opens("/family/")
    assert "De ruil is gelukt" in home.text
    assert "Draai terug (kan tot 10.15 uur)" in home.follows("Terugdraaien kan tot 10.15 uur").text
    petra = visit(app, world.petra).opens("/family/")
    assert "Terugdraaien" not in petra.text, "who asked for the time has got it"


def test_a_no_keeps_the_own_time_and_a_second_answer_is_too_late(app: Flask, world: World) -> None:
    layla = visit(app, world.layla)
    before = starts_of(app, world.samis_talk)
    page = layla.posts(f"/family/swaps/{world.more['question']}", answer="no")
    assert "U houdt uw tijd" in page.text
    late = layla.posts(f"/family/swaps/{world.more['question']}", answer="yes", status=409)
    assert "Uw eigen tijd is niet veranderd" in late.text
    assert starts_of(app, world.samis_talk) == before


def test_a_family_offers_its_time_and_stops(app: Flask, world: World) -> None:
    petra = visit(app, world.petra)
    base = f"/family/talks/{world.start.id}/{world.daan.id}"
    standing = petra.opens(f"{base}/swap")
    assert "Wij zoeken een andere tijd voor u" in standing.text
    assert "Wij hebben gevraagd of iemand wil ruilen" in standing.text
    petra.posts(f"{base}/swap/stop")
    again = petra.opens(f"{base}/swap")
    assert "Welke tijden passen ook?" in again.text
    nothing = petra.posts(f"{base}/swap", status=422)
    assert "Vink minstens één tijd aan" in nothing.text
    ticked = re.findall(r'name="slot" value="(\d+)"', again.html)
    assert ticked == [str(world.bas_slots[0].id)], "only times that another talk of this leader has"
    offered = petra.posts(f"{base}/swap", slot=ticked)
    assert "U hoeft niets te doen" in offered.text


def test_a_ticked_time_that_is_free_is_had_at_once(app: Flask, world: World) -> None:
    petra = visit(app, world.petra)
    base = f"/family/talks/{world.start.id}/{world.daan.id}"
    page = petra.posts(f"{base}/swap", slot=[str(world.bas_slots[4].id)])
    assert "Uw tijd staat vast" in page.text
    with app.app_context():
        assert db.session.get_one(Slot, world.bas_slots[4].id).booking_id == world.daans_talk.id


def test_neither_side_reads_a_word_about_the_other(app: Flask, world: World) -> None:
    layla, petra = visit(app, world.layla), visit(app, world.petra)
    key = world.more["question"]
    with app.app_context():
        own = db.session.scalars(select(SwapParty.key).where(SwapParty.booking_id == world.daans_talk.id)).one()
    laylas = [
        layla.opens("/family/").html, layla.opens(f"/family/swaps/{key}").html,
        layla.opens(f"/family/talks/{world.start.id}/{world.sami.id}/swap").html,
        layla.posts(f"/family/swaps/{key}", answer="no").html,
        layla.posts(f"/family/swaps/{key}", answer="yes", status=409).html,
        layla.opens(f"/family/swaps/{own}", status=404).html,
    ]  # fmt: skip
    base = f"/family/talks/{world.start.id}/{world.daan.id}"
    petras = [
        petra.opens("/family/").html, petra.opens(f"{base}/swap").html, petra.posts(f"{base}/swap", status=422).html,
        petra.opens(f"/family/swaps/{key}", status=404).html,
        petra.posts(f"/family/swaps/{key}", answer="yes", status=404).html,
        petra.opens(f"/family/talks/{world.start.id}/{world.sami.id}/swap", status=404).html,
    ]  # fmt: skip
    for html in laylas:
        assert not any(word in html for word in ("Daan", "Petra"))
    for html in petras:
        assert not any(word in html for word in ("Sami", "Noor", "Layla", "Omar"))


def test_two_questions_at_once_are_never_seen(app: Flask, world: World) -> None:
    """Who could count questions, could count families: the second waits until the first is answered."""
    page = visit(app, world.layla).opens("/family/")
    assert page.html.count("/family/swaps/") == 1
