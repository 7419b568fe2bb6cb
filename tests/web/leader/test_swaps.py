"""Swaps as the leader and the office see them: who looks, who is asked, and making or undoing one."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling.domain.guests import HelpState
from scheduling.domain.rounds import BookingStatus
from scheduling.models import Booking, InterpreterRequest, Staff, SwapProposal, db
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
    check = bas.opens(f"{address}/check?talk={world.samis_talk.id}&talk={world.daans_talk.id}&talk=")
    assert check.heading == "Klopt deze wissel?"
    assert "dinsdag 31 augustus, 15.00 uur Straks dinsdag 31 augustus, 15.20 uur" in check.text
    assert times(app, world.samis_talk, world.daans_talk) == before, "looking changes nothing"
    page = check.presses("Ja, wissel deze gesprekken")
    assert "De gesprekken zijn gewisseld" in page.text
    assert times(app, world.daans_talk, world.samis_talk) == before
    with app.app_context():
        made = db.session.scalars(select(SwapProposal.id).order_by(SwapProposal.id.desc())).first()
    undone = bas.posts(f"{address}/{made}/undo")
    assert "De ruil is teruggedraaid" in undone.text
    assert times(app, world.samis_talk, world.daans_talk) == before
    assert visit(app, world.karin).posts(f"{address}/{made}/undo", status=404)


def test_the_check_says_what_each_family_would_lose(app: Flask, world: World) -> None:
    with app.app_context():
        asked = {"round_id": world.start.id, "pupil_id": world.daan.id, "household_id": world.daans_talk.household_id}
        db.session.add(InterpreterRequest(**asked, language="Arabisch", asked_at=NOW, state=HelpState.CONFIRMED))
        db.session.get_one(Booking, world.daans_talk.id).status = BookingStatus.CONFIRMED
        db.session.commit()
    bas = visit(app, world.bas)
    address = f"/staff/leader/rounds/{world.start.id}/swaps/check"
    page = bas.opens(f"{address}?talk={world.samis_talk.id}&talk={world.daans_talk.id}")
    sami, daan = (section.get_text(" ", strip=True) for section in page.soup.select("main section"))
    assert "sluit dan niet meer aan op dat van een broer of zus" in sami
    assert "is een tolk geregeld" in daan
    assert "zei ja op de tijd van nu" in daan
    assert "tolk" not in sami


def test_a_swap_is_not_undone_when_a_talk_went_elsewhere_since(app: Flask, world: World) -> None:
    bas = visit(app, world.bas)
    address = f"/staff/leader/rounds/{world.start.id}/swaps"
    bas.posts(address, talk=[world.samis_talk.id, world.daans_talk.id])
    with app.app_context():
        made = db.session.scalars(select(SwapProposal.id).order_by(SwapProposal.id.desc())).first()
    bas.posts(f"/staff/leader/talks/{world.samis_talk.id}/move", slot=world.bas_slots[4].id)
    log = bas.opens(address)
    assert "Draai terug" not in log.text
    late = bas.posts(f"{address}/{made}/undo", status=409)
    assert "staat intussen ergens anders" in late.text


def test_the_office_is_told_what_is_wrong_with_a_swap(app: Flask, world: World) -> None:
    office = visit(app, world.office)
    address = f"/staff/office/leaders/{world.bas.id}/rounds/{world.start.id}/swaps"
    assert "twee of drie verschillende" in office.posts(address, status=422, talk=[world.samis_talk.id]).text
    one = office.opens(f"{address}/check?talk={world.samis_talk.id}", status=422)
    assert one.soup.find("option", selected=True)["value"] == str(world.samis_talk.id), "what was chosen stays"
    other = office.posts(address, status=422, talk=[world.samis_talk.id, world.noors_talk.id])
    assert "dezelfde gespreksleider" in other.text


def test_the_office_sees_per_leader_how_much_is_swapped(app: Flask, world: World) -> None:
    page = visit(app, world.office).opens(f"/staff/office/rounds/{world.start.id}/swaps")
    lines = {link.get_text().split()[0]: link.find_parent("tr") for link in page.soup.select("th a")}
    assert [cell.get_text() for cell in lines["Bas"].find_all("td")] == ["1", "1", "0"]
    assert list(lines) == ["Bas", "Karin"], "where something happens stands first"
    assert [cell.get_text() for cell in lines["Karin"].find_all("td")] == ["0", "0", "0"]
