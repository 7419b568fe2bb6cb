"""The leader cannot be there: looked at first, then done; on the own pages and on those of the office."""

from datetime import date, timedelta

import pytest
import time_machine
from flask import Flask

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.kinds import PupilPart
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import RoundKind
from scheduling.domain.single_talks import Details, Medium
from scheduling.domain.timeslots import Span, local
from scheduling.models import Booking, CallRequest, Outbox, Slot, db
from scheduling.services import single_talks
from tests.builders import NOW, household_of
from tests.visitor import Page, Visitor
from tests.worlds import World, a_world_to_visit


@pytest.fixture
def world(app: Flask):
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            found = a_world_to_visit()
            db.session.query(Booking).update({Booking.invited_at: NOW})
            db.session.query(CallRequest).delete()
            db.session.commit()
        yield found


@pytest.fixture
def office(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(world.office)


@pytest.fixture
def bas(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(world.bas)


def letters(app: Flask) -> list[tuple[Letter, int]]:
    with app.app_context():
        wanted = db.session.query(Outbox).filter(Outbox.letter.in_([Letter.CANCELLED, Letter.CHANGED]))
        return [(row.letter, row.booking_id) for row in wanted.order_by(Outbox.id)]


def ill(visitor: Visitor, address: str, **more) -> Page:
    form = visitor.opens(address)
    return form.presses("Bekijk wat er gebeurt", from_day="2027-08-31", until_day="2027-08-31", **more)


def test_the_office_looks_first_and_then_everybody_hears(app, world, office):
    page = ill(office, f"/staff/office/leaders/{world.bas.id}/away")
    assert "Sami Yilmaz" in page.text
    assert "Er is nog niets verstuurd" in page.text
    assert letters(app) == []
    page = page.presses("Verstuur en pas het rooster aan", **{f"talk-{world.samis_talk.id}": "link"})
    assert "Gezinnen krijgen meteen bericht" in page.text
    assert (Letter.CANCELLED, world.samis_talk.id) in letters(app)


def test_the_leader_does_the_same_and_takes_it_back(app, world, bas):
    page = ill(bas, "/staff/leader/away")
    assert "Wie valt in?" not in page.text
    call = {f"talk-{talk.id}": "call" for talk in (world.samis_talk, world.daans_talk)}
    bas_away = page.presses("Verstuur en pas het rooster aan", **call)
    calls = bas_away.follows("Naar de bellijst")
    assert "2 gezinnen om te bellen" in calls.text
    assert "Layla" in calls.text
    with app.app_context():
        layla = Visitor(app).comes_by_link(world.layla)
    assert "Wij bellen u om samen een andere tijd te kiezen" in layla.opens("/family/").text
    back = bas.opens("/staff/leader/away").presses("Draai dit terug")
    assert "Teruggedraaid" in back.text
    assert "Er wacht niemand op een telefoontje" in bas.opens("/staff/leader/calls").text


def test_a_leader_gives_extra_times_and_reads_which_proposed_times_fall_away(app, world, bas):
    with app.app_context():
        begins = world.samis_talk.starts_at + timedelta(hours=2)
        single_talks.arrange(
            details=Details(RoundKind.FOLLOW_UP, 20, Medium.SCHOOL, PupilPart.PRESENT, "Lezen"),
            pupil_id=world.daan.id, household_id=household_of(world.petra).id,
            spans=[Span(begins, begins + timedelta(minutes=20))], anyway=False, after_id=None, leader_id=world.bas.id,
            by=Actor(ActorKind.STAFF, world.bas.id), now=NOW,
        )  # fmt: skip
    extra = {"stand_in": str(world.bas.id), "stand_in_starts": "15:00", "stand_in_ends": "16:00"}
    wrong = bas.opens("/staff/leader/away").presses(
        "Bekijk wat er gebeurt", from_day="2027-08-31", until_day="2027-08-31", stand_in_day="2027-08-31", status=422,
        **extra,
    )  # fmt: skip
    assert "Deze extra tijden vallen in de afwezigheid zelf." in wrong.text
    assert wrong.soup.find(id="stand_in_starts")["value"] == "15:00", "what was typed stays"
    page = ill(bas, "/staff/leader/away", stand_in_day="2027-09-01", **extra)
    assert "Voorgestelde tijden die vervallen" in page.text
    assert "Er blijft geen tijd over." in page.text
    assert "woensdag 1 september" in page.text
    page.presses("Verstuur en pas het rooster aan")
    with app.app_context():
        talk = db.session.get_one(Booking, world.samis_talk.id)
        assert (talk.leader_id, local(talk.starts_at).date()) == (world.bas.id, date(2027, 9, 1))
    assert "geen van de tijden past" in bas.opens("/staff/leader/singles").text


def test_a_colleague_stands_in_at_the_same_times(app, world, office):
    page = ill(
        office, f"/staff/office/leaders/{world.bas.id}/away", stand_in=str(world.office.id),
        stand_in_day="2027-08-31", stand_in_starts="15:00", stand_in_ends="16:00", stand_in_room="aula",
    )  # fmt: skip
    assert "Zelfde tijd, met" in page.text
    page.presses("Verstuur en pas het rooster aan")
    with app.app_context():
        talk = db.session.get_one(Booking, world.samis_talk.id)
        assert (talk.leader_id, talk.room, talk.starts_at) == (world.office.id, "aula", world.samis_talk.starts_at)


def test_what_is_wrong_stands_beside_its_field(office, world):
    address = f"/staff/office/leaders/{world.bas.id}/away"
    page = office.opens(address).presses(
        "Bekijk wat er gebeurt", from_day="2027-08-31", until_day="2027-08-30", status=422
    )
    assert "Het einde ligt voor het begin" in page.text
    page = office.opens(address).presses("Bekijk wat er gebeurt", from_day="", until_day="2027-08-30", status=422)
    assert "Kies de eerste dag." in page.text
    assert "Kies de laatste dag" not in page.text
    page = office.opens(address).presses("Bekijk wat er gebeurt", stand_in=str(world.karin.id), status=422)
    assert "op welke dag" in page.text


def test_what_changed_meanwhile_is_shown_again(app, world, office):
    page = ill(office, f"/staff/office/leaders/{world.bas.id}/away")
    with app.app_context():
        slot = db.session.query(Slot).filter_by(booking_id=world.daans_talk.id).one()
        slot.booking_id = None
        db.session.query(Booking).filter_by(id=world.daans_talk.id).update(
            {Booking.status: "cancelled", Booking.cancelled_at: NOW}
        )
        db.session.commit()
    page = page.presses("Verstuur en pas het rooster aan", status=409)
    assert "Intussen is er iets veranderd" in page.text
    assert "Daan" not in page.text
    assert letters(app) == []


def test_without_talks_the_free_times_close(app, world, office):
    page = office.opens(f"/staff/office/leaders/{world.bas.id}/away").presses(
        "Bekijk wat er gebeurt", from_day="2027-08-31", from_clock="16:00", until_day="2027-08-31", until_clock="17:00"
    )
    assert "geen gesprek" in page.text
    page.presses("Zet de vrije tijden dicht")
    with app.app_context():
        assert db.session.query(Slot).filter_by(leader_id=world.bas.id, blocked=True).count() == 3
