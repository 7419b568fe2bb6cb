"""Another room, a round that is closed and opened again, and the same round next year, on the pages of the office."""

from datetime import date

import pytest
import time_machine
from flask import Flask

from scheduling.domain.years import DayKind
from scheduling.models import Booking, Outbox, Round, SchoolDay, Slot, Staff, db
from tests.builders import NOW, a_class, a_year
from tests.visitor import Visitor
from tests.worlds import World, a_world_to_visit


@pytest.fixture
def world(app: Flask):
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            found = a_world_to_visit()
            db.session.query(Booking).update({Booking.invited_at: NOW})
            db.session.commit()
        yield found


@pytest.fixture
def office(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(world.office)


def test_another_room_for_one_day(app, world, office):
    page = office.opens(f"/staff/office/rounds/{world.start.id}/times/{world.bas.id}").follows("Ander lokaal")
    refused = page.presses("Verander het lokaal", room="", status=422)
    assert "Vul een lokaal in" in refused.text
    page = page.presses("Verander het lokaal", room="aula", day="2027-08-31")
    assert "2 gesprekken hebben een ander lokaal" in page.text
    with app.app_context():
        slots = db.session.query(Slot).filter_by(leader_id=world.bas.id, round_id=world.start.id)
        assert {slot.room for slot in slots} == {"aula"}
        told = db.session.query(Outbox).filter_by(letter="changed").all()
        assert {row.booking_id for row in told} == {world.samis_talk.id, world.daans_talk.id}


def test_a_round_is_closed_and_opened_again(app, world, office):
    with app.app_context():
        layla = Visitor(app).comes_by_link(world.layla)
    assert "Kies een andere tijd" in layla.opens("/family/").text
    page = office.opens(f"/staff/office/rounds/{world.start.id}/settings").presses("Sluit deze ronde")
    assert "Elk gesprek blijft staan" in page.text
    assert "Kies een andere tijd" not in layla.opens("/family/").text
    page = page.presses("Open de ronde weer")
    assert "weer open" in page.text
    assert "Kies een andere tijd" in layla.opens("/family/").text


def test_every_talk_gets_another_length(app, world, office):
    page = office.opens(f"/staff/office/rounds/{world.start.id}/settings").follows("Verander de duur")
    assert "getal" in page.presses("Verander de duur", minutes="", status=422).text
    page = page.presses("Verander de duur", minutes="15")
    assert "4 gesprekken duren nu anders" in page.text
    with app.app_context():
        samis = db.session.get_one(Booking, world.samis_talk.id)
        assert (samis.ends_at - samis.starts_at).total_seconds() == 15 * 60


def test_the_same_round_next_year_is_looked_at_before_it_is_made(app, world, office):
    settings = f"/staff/office/rounds/{world.start.id}/settings"
    assert "ook voor het volgende schooljaar" not in office.opens(settings).text
    with app.app_context():
        year = a_year("2028-2029")
        year.days.append(
            SchoolDay(kind=DayKind.HOLIDAY, label="zomer", starts_on=date(2028, 7, 8), ends_on=date(2028, 8, 20))
        )
        db.session.commit()
        a_class("3", leaders=[db.session.get_one(Staff, world.bas.id)], year=year)
    page = office.opens(settings).follows("ook voor het volgende schooljaar")
    assert "Deze klassen zijn er dat jaar niet: 6" in page.text
    assert "1 blok gaat niet mee" in page.text
    page = page.presses("Bekijk met deze dagen", ends_on="2028-08-21")
    assert "2 blokken gaan niet mee" in page.text
    refused = page.presses("Maak deze ronde", name="", status=422)
    assert "Geef de ronde een naam" in refused.text
    page = office.opens(f"/staff/office/rounds/{world.start.id}/copy").presses("Maak deze ronde", name="Start 2028")
    assert page.heading == "Start 2028"
    assert "Er is nog niets verstuurd" in page.text
    with app.app_context():
        made = db.session.query(Round).filter_by(name="Start 2028").one()
        assert db.session.query(Slot).filter_by(round_id=made.id).count() == 6
