"""One interpreter, and two families that take overlapping times at the same moment; on both databases (trap T23)."""

import threading
from collections.abc import Iterable, Iterator

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from scheduling.domain.errors import Refused
from scheduling.domain.guests import HelpState, InterpreterElsewhere, InterpreterTwice, Ordered, Way
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.timeslots import Span
from scheduling.models import Booking, Household, Outsider, db
from scheduling.queries.guests import orders_of
from scheduling.services import bookings, guests
from scheduling.services.transaction import is_alone, lock
from tests.builders import NOW, household_of
from tests.concurrency.test_leaders_race import at_once
from tests.services.test_guests import Story

TURNS = 4
"""How often the same two act: who is first differs."""
PATIENCE = 3
"""Seconds that somebody who has looked waits for the other to look as well."""


class Ground:
    """Rosa interprets for Layla with Anna and for Meryem with Karin. Ids only, so that threads may use it."""

    def __init__(self) -> None:
        story = Story()
        story.books_both()
        self.round, self.rosa = story.round.id, story.rosa
        self.layla, self.meryem = story.layla.id, story.meryem.id
        self.sami, self.home = story.sami.id, household_of(story.layla).id
        self.samis, self.tesses = story.samis.id, story.tesses.id
        self.annas, self.karins = [one.id for one in story.annas], [one.id for one in story.karins]

    def layla_moves(self, place: int = 4) -> None:
        self._moves(self.samis, self.annas[place], self.layla)

    def meryem_moves(self, place: int = 5) -> None:
        """One slot later than Layla: the last slot of hers is the first of this one."""
        self._moves(self.tesses, self.karins[place], self.meryem)

    def _moves(self, booking_id: int, slot_id: int, parent: int) -> None:
        bookings.move(booking_id=booking_id, slot_id=slot_id, by=Actor(ActorKind.GUARDIAN, parent), now=NOW)

    def office_books(self) -> None:
        """Rosa for Layla too: where Layla's talk is when this is looked at."""
        guests.book(
            round_id=self.round, pupil_id=self.sami, household_id=self.home,
            order=Ordered("Tigrinya", Way.ON_SITE, HelpState.BOOKED, self.rosa), by=SYSTEM, now=NOW,
        )  # fmt: skip

    def layla_needs_nobody_yet(self) -> None:
        guests.book(
            round_id=self.round, pupil_id=self.sami, household_id=self.home,
            order=Ordered("Tigrinya", Way.ON_SITE, HelpState.ASKED, None), by=SYSTEM, now=NOW,
        )  # fmt: skip

    def both_move(self, app: Flask) -> list[type[Refused] | None]:
        db.session.remove()
        return at_once(app, self.layla_moves, self.meryem_moves)

    def clashes(self) -> int:
        db.session.rollback()
        return len(orders_of(self.round, NOW).clashes)

    def spans(self) -> set[Span]:
        db.session.rollback()
        return {Span(talk.starts_at, talk.ends_at) for talk in db.session.query(Booking)}


@pytest.fixture
def ground(any_app: Flask) -> Iterator[Ground]:
    with any_app.app_context():
        yield Ground()
        db.session.remove()


def test_of_two_families_that_take_overlapping_times_with_one_interpreter_one_is_told(any_app: Flask, ground: Ground):
    before = ground.spans()
    for _turn in range(TURNS):
        said = ground.both_move(any_app)
        assert sorted(map(str, said)) == sorted(map(str, [None, InterpreterElsewhere]))
        assert ground.clashes() == 0
        assert len(ground.spans() & before) == 1
        ground.layla_moves(0)
        ground.meryem_moves(2)


def test_the_twin_that_does_not_look_at_the_interpreter_has_it_in_two_places(
    any_app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bookings, "times_interpreting", lambda *_facts, **_more: [])
    assert ground.both_move(any_app) == [None, None]
    assert ground.clashes() == 1


@pytest.fixture
def both_look_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who looked when the interpreter is busy, goes on when the other looked as well: the worst of all moments."""
    look, both = bookings.times_interpreting, threading.Barrier(2)

    def look_and_wait(*facts, **more) -> list[Span]:
        found = look(*facts, **more)
        try:
            both.wait(PATIENCE)
        except threading.BrokenBarrierError:
            both.reset()
        return found

    monkeypatch.setattr(bookings, "times_interpreting", look_and_wait)


@pytest.mark.usefixtures("both_look_first")
def test_at_the_worst_of_moments_too_one_of_them_is_told(any_app: Flask, ground: Ground):
    said = ground.both_move(any_app)
    assert sorted(map(str, said)) == sorted(map(str, [None, InterpreterElsewhere]))
    assert ground.clashes() == 0


@pytest.mark.usefixtures("both_look_first")
def test_the_twin_that_does_not_hold_the_interpreter_still_has_it_in_two_places(
    any_app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch
):
    """Where writers are not alone the lock on the interpreter is what tells the second one."""

    def hold_all_but_the_interpreter(session: Session, model: type, ids: Iterable[int]) -> None:
        if model is not Outsider:
            lock(session, model, ids)

    monkeypatch.setattr(bookings, "lock", hold_all_but_the_interpreter)
    said = ground.both_move(any_app)
    if is_alone(db.session()):
        assert sorted(map(str, said)) == sorted(map(str, [None, InterpreterElsewhere]))
    else:
        assert said == [None, None]
        assert ground.clashes() == 1


@pytest.fixture
def booked_and_chosen_at_once(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> Ground:
    """Layla goes to where Rosa is for Meryem, while the office books Rosa for Layla: both look, and then both act."""
    ground.layla_needs_nobody_yet()
    who, clash, both = bookings.interpreters_of, guests.first_clash, threading.Barrier(2)

    def and_wait(found):
        try:
            both.wait(PATIENCE)
        except threading.BrokenBarrierError:
            both.reset()
        return found

    monkeypatch.setattr(bookings, "interpreters_of", lambda *facts, **more: and_wait(who(*facts, **more)))
    monkeypatch.setattr(guests, "first_clash", lambda *facts: and_wait(clash(*facts)))
    db.session.remove()
    return ground


def test_an_interpreter_who_is_booked_while_the_family_chooses_is_not_in_two_places(
    any_app: Flask, booked_and_chosen_at_once: Ground
):
    ground = booked_and_chosen_at_once
    said = at_once(any_app, lambda: ground.layla_moves(2), ground.office_books)
    assert said in ([None, InterpreterTwice], [InterpreterElsewhere, None])
    assert ground.clashes() == 0


def test_the_twin_that_books_while_the_home_goes_on_choosing_has_it_in_two_places(
    any_app: Flask, booked_and_chosen_at_once: Ground, monkeypatch: pytest.MonkeyPatch
):
    ground = booked_and_chosen_at_once

    def hold_all_but_the_home(session: Session, model: type, ids: Iterable[int]) -> None:
        if model is not Household:
            lock(session, model, ids)

    monkeypatch.setattr(guests, "lock", hold_all_but_the_home)
    said = at_once(any_app, lambda: ground.layla_moves(2), ground.office_books)
    if is_alone(db.session()):
        assert said in ([None, InterpreterTwice], [InterpreterElsewhere, None])
    else:
        assert said == [None, None]
        assert ground.clashes() == 1
