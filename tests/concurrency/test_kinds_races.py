"""Interpreters, both mentors, visits and the phone, acted on at the same moment; on both databases.

At a talk for one pupil, where both mentors come, at a family's home, and with one of two homes on the phone.
"""

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError

from scheduling.domain.errors import Refused
from scheduling.domain.extra_persons import ExtraState
from scheduling.domain.guests import HelpState, InterpreterElsewhere, Ordered, Way
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import BookingStatus, FamilyBusy, SlotTaken
from scheduling.domain.single_talks import Medium
from scheduling.models import Booking, ExtraPerson, HomeByPhone, Outbox, Outsider, Slot, db
from scheduling.queries import single_talks as asking
from scheduling.queries.extra_persons import clashing
from scheduling.services import bookings, extra_persons, guests, single_talks, ways
from scheduling.services.transaction import is_alone
from tests.builders import NOW, a_guardian, household_of
from tests.concurrency.pause import Pause, has_patience, holds_nothing
from tests.services import test_both_mentors, test_single_interpreters, test_single_talks, test_visits, test_ways
from tests.worlds import a_world

pytestmark = pytest.mark.usefixtures("any_context")

Said = list[type[Refused] | None]


def by(parent_id: int) -> Actor:
    return Actor(ActorKind.GUARDIAN, parent_id)


class TwoTalks:
    """Bas proposes a talk to Layla and Karin one to Ruud, at one hour; Rosa is booked for both."""

    def __init__(self) -> None:
        world = a_world()
        rosa = Outsider(name="Rosa Haile", languages="Tigrinya", email="rosa@tolken.example.org", added_at=NOW)
        db.session.add(rosa)
        db.session.commit()
        self.times = []
        for made, leader, parent in (
            (test_single_talks.arrange(world), world.bas, world.layla),
            (test_single_interpreters.of_mila(world), world.karin, world.ruud),
        ):
            guests.book_for_single(
                single_id=made, household_id=household_of(parent).id, by=Actor(ActorKind.STAFF, world.office.id),
                order=Ordered("Tigrinya", Way.ON_SITE, HelpState.BOOKED, rosa.id, ""), now=NOW,
            )  # fmt: skip
            self.times.append((made, asking.the_single(made, leader.id, NOW).times[0].id, parent.id))

    def chooses(self, place: int) -> None:
        made, time_id, parent_id = self.times[place]
        single_talks.choose(single_id=made, time_id=time_id, by=by(parent_id), now=NOW)

    def both(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Said:
        pause = Pause(monkeypatch, single_talks, "times_interpreting")
        return pause.runs(app, lambda: self.chooses(0), lambda: self.chooses(1))


def test_of_two_single_talks_with_one_interpreter_at_one_hour_one_is_told(any_app: Flask, monkeypatch):
    assert TwoTalks().both(any_app, monkeypatch) == [None, InterpreterElsewhere]


def test_the_twin_that_does_not_look_has_the_interpreter_at_two_single_talks(any_app: Flask, monkeypatch):
    two = TwoTalks()
    monkeypatch.setattr(single_talks, "times_interpreting", lambda *_facts, **_more: [])
    assert two.both(any_app, monkeypatch) == [None, None]


def test_the_twin_that_does_not_hold_the_interpreter_has_it_at_two_single_talks(any_app: Flask, monkeypatch):
    two = TwoTalks()
    holds_nothing(monkeypatch, single_talks, Outsider)
    said = two.both(any_app, monkeypatch)
    assert said == ([None, InterpreterElsewhere] if is_alone(db.session()) else [None, None])


class TwoMentors:
    """Layla asks for both mentors at her talk with Anna, while Meryem takes Karin's time of that moment."""

    def __init__(self) -> None:
        story = test_both_mentors.Story()
        self.round, self.sami, self.layla, self.meryem = (
            story.round.id, story.sami.id, story.layla.id, story.meryem.id,
        )  # fmt: skip
        self.tesses, self.karins = story.tesses.id, story.karins[0].id

    def layla_asks(self) -> None:
        extra_persons.ask(
            round_id=self.round, pupil_id=self.sami, request_id=None, kind=test_both_mentors.ExtraKind.MENTOR, name="",
            by=by(self.layla), now=NOW,
        )  # fmt: skip

    def meryem_moves(self) -> None:
        bookings.move(booking_id=self.tesses, slot_id=self.karins, by=by(self.meryem), now=NOW)

    def both(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Said:
        return Pause(monkeypatch, extra_persons, "_is_elsewhere").runs(app, self.layla_asks, self.meryem_moves)

    def in_two_places(self) -> int:
        db.session.rollback()
        assert db.session.query(ExtraPerson).one().state is ExtraState.ARRANGED
        return len(clashing(db.session(), NOW))


def test_a_mentor_who_comes_along_is_not_booked_meanwhile(any_app: Flask, monkeypatch):
    two = TwoMentors()
    assert two.both(any_app, monkeypatch) == [None, SlotTaken]
    assert two.in_two_places() == 0


def test_the_twin_that_does_not_hold_the_mentors_time_has_the_mentor_at_two_talks(any_app: Flask, monkeypatch):
    two = TwoMentors()
    holds_nothing(monkeypatch, extra_persons, Slot)
    said = two.both(any_app, monkeypatch)
    assert said == ([None, SlotTaken] if is_alone(db.session()) else [None, None])
    assert two.in_two_places() == (0 if is_alone(db.session()) else 1)


class OneVisitor:
    """Bas is to visit Sami in the first hour, while Daan's family takes the time right after it."""

    def __init__(self) -> None:
        scene = test_visits.Visiting()
        self.samis, self.daans, self.after = scene.samis.id, scene.daans.id, scene.slots[1].id
        self.layla, self.petra = scene.layla.id, scene.petra.id

    def layla_is_visited(self) -> None:
        ways.choose(booking_id=self.samis, way=Medium.HOME, address="Beukenlaan 4", by=by(self.layla), now=NOW)

    def petra_moves(self) -> None:
        bookings.move(booking_id=self.daans, slot_id=self.after, by=by(self.petra), now=NOW)

    def both(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Said:
        return Pause(monkeypatch, bookings, "taken_around").runs(app, self.layla_is_visited, self.petra_moves)

    def is_there_in_time(self) -> bool:
        db.session.rollback()
        visit, after = db.session.get_one(Booking, self.samis), db.session.get_one(Booking, self.daans)
        way = visit.way.visit.after if visit.way else 0
        return after.starts_at >= visit.ends_at and (after.starts_at - visit.ends_at).total_seconds() >= 60 * way


def test_nobody_takes_the_time_that_the_visitor_needs_for_the_way(any_app: Flask, monkeypatch):
    visitor = OneVisitor()
    said = visitor.both(any_app, monkeypatch)
    assert said[0] is None
    assert said[1] is not None
    assert issubclass(said[1], SlotTaken | FamilyBusy)
    assert visitor.is_there_in_time()


def test_the_twin_that_holds_nobody_has_the_visitor_too_late(any_app: Flask, monkeypatch):
    visitor = OneVisitor()
    monkeypatch.setattr(ways.bookings, "hold_all", lambda *_facts: None)
    has_patience(monkeypatch)
    said = visitor.both(any_app, monkeypatch)
    assert (said[1] is None) is not is_alone(db.session())
    assert visitor.is_there_in_time() is is_alone(db.session())


class OneHome:
    """Jan and Tine live together and have a talk about Noor with Fatma's home. Both say that they call in."""

    def __init__(self) -> None:
        scene = test_ways.Scene()
        self.noors, self.jan = scene.noors.id, scene.jan.id
        self.tine = a_guardian("Tine", scene.noors.pupil, household=household_of(scene.jan)).id
        self.broken: list[int] = []

    def calls(self, parent_id: int) -> None:
        try:
            ways.choose(booking_id=self.noors, way=Medium.PHONE, by=by(parent_id), now=NOW)
        except IntegrityError:
            self.broken.append(parent_id)

    def both(self, app: Flask, monkeypatch: pytest.MonkeyPatch) -> Said:
        pause = Pause(monkeypatch, ways, "record")
        return pause.runs(app, lambda: self.calls(self.jan), lambda: self.calls(self.tine))

    def told(self) -> int:
        db.session.rollback()
        assert db.session.query(HomeByPhone).count() == 1
        assert db.session.get_one(Booking, self.noors).status is BookingStatus.INVITED
        return db.session.query(Outbox).filter_by(letter=Letter.CHANGED).count()


def test_two_parents_of_one_home_who_call_in_at_once_are_one_answer(any_app: Flask, monkeypatch):
    home = OneHome()
    assert home.both(any_app, monkeypatch) == [None, None]
    assert home.broken == []
    assert home.told() == 2, "one letter to each of the two"


def test_the_twin_that_does_not_hold_the_home_breaks_on_the_second_answer(any_app: Flask, monkeypatch):
    home = OneHome()
    monkeypatch.setattr(ways.bookings, "hold_all", lambda *_facts: None)
    home.both(any_app, monkeypatch)
    assert home.broken == ([] if is_alone(db.session()) else [home.jan])
