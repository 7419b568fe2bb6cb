"""Swaps as the leader and the office see them: who looks, who is asked, and making or undoing one."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling.models import Booking, Staff, SwapProposal, db
from tests.visitor import Visitor
from tests.worlds import NOW, World, a_world_to_visit


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False), app.app_context():
        found = a_world_to_visit()
    with time_machine.travel(NOW, tick=False):
        yield found


def visit(app: Flask, colleague: Staff) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(db.session.merge(colleague, load=False))


def times(app: Flask, *talks: Booking) -> list[str]:
    with app.app_context():
        return [str(db.session.get_one(Booking, talk.id).starts_at) for talk in talks]


def test_a_leader_sees_who_looks_for_another_time_and_who_is_asked(app: Flask, world: World) -> None:
    page = visit(app, world.bas).opens(f"/staff/leader/rounds/{world.start.id}/swaps")
    assert "Daan" in page.text
    assert "nog geen antwoord" in page.text
    assert "Noor" not in page.text, "another leader's talk"


def test_a_leader_swaps_two_talks_and_undoes_it(app: Flask, world: World) -> None:
    bas = visit(app, world.bas)
    before = times(app, world.samis_talk, world.daans_talk)
    address = f"/staff/leader/rounds/{world.start.id}/swaps"
    page = bas.posts(address, talk=[world.samis_talk.id, world.daans_talk.id])
    assert "De gesprekken zijn gewisseld" in page.text
    assert times(app, world.daans_talk, world.samis_talk) == before
    with app.app_context():
        made = db.session.scalars(select(SwapProposal.id).order_by(SwapProposal.id.desc())).first()
    undone = bas.posts(f"{address}/{made}/undo")
    assert "De ruil is teruggedraaid" in undone.text
    assert times(app, world.samis_talk, world.daans_talk) == before
    assert visit(app, world.karin).posts(f"{address}/{made}/undo", status=404)


def test_the_office_is_told_what_is_wrong_with_a_swap(app: Flask, world: World) -> None:
    office = visit(app, world.office)
    address = f"/staff/office/leaders/{world.bas.id}/rounds/{world.start.id}/swaps"
    assert "twee of drie verschillende" in office.posts(address, status=422, talk=[world.samis_talk.id]).text
    other = office.posts(address, status=422, talk=[world.samis_talk.id, world.noors_talk.id])
    assert "dezelfde gespreksleider" in other.text


def test_the_office_sees_per_leader_how_much_is_swapped(app: Flask, world: World) -> None:
    page = visit(app, world.office).opens(f"/staff/office/rounds/{world.start.id}/swaps")
    lines = {link.get_text().split()[0]: link.find_parent("tr") for link in page.soup.select("th a")}
    assert [cell.get_text() for cell in lines["Bas"].find_all("td")] == ["1", "1", "0"]
    assert [cell.get_text() for cell in lines["Karin"].find_all("td")] == ["0", "0", "0"]
