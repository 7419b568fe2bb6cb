"""A freed time that is kept for one family: who takes it, who says yes and who is asked next, at the same moment."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from scheduling.domain.errors import Refused
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.requests import FreedState
from scheduling.models import Booking, FreedOffer, Slot, db
from scheduling.queries import bookings as asking
from scheduling.services import bookings, waiting
from tests.builders import NOW
from tests.concurrency.test_leaders_race import at_once
from tests.services.test_waiting import Full

HEAD_STARTS = (0.0, 0.005, 0.02, 0.3)
"""So much later than the first the second acts."""
TERM = timedelta(hours=24)


class Race:
    """Bo's first time is free; Layla's Sami is first in turn, Jan's Lars second."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            school = Full()
            school.frees(school.daans, school.petra)
            self.round, self.slot = school.evening.id, school.slots[0].id
            self.lars, self.larss = school.lars.id, school.larss.id
            self.layla, self.jan = (Actor(ActorKind.GUARDIAN, one.id) for one in (school.layla, school.jan))
            db.session.remove()

    def again(self) -> None:
        """The time is free, and nobody was asked."""
        with self.app.app_context():
            db.session.query(FreedOffer).delete()
            db.session.query(Slot).filter_by(id=self.slot).update({"booking_id": None})
            db.session.query(Booking).filter(Booking.starts_at == db.session.get_one(Slot, self.slot).starts_at).update(
                {"status": "cancelled", "cancelled_at": NOW, "request_id": None}
            )
            db.session.commit()
            db.session.remove()

    def offer(self) -> str:
        with self.app.app_context():
            waiting.look_again(NOW)
            key = db.session.query(FreedOffer).one().key
            db.session.remove()
        return key

    def takes(self) -> None:
        """Jan chooses the time as if nobody waited."""
        bookings.pick(
            round_id=self.round, pupil_id=self.lars, slot_id=self.slot, request_id=self.larss, by=self.jan, now=NOW
        )

    def clashes(self) -> bool:
        """Is the time promised to a family, and a talk of another one?"""
        with self.app.app_context():
            held = db.session.get_one(Slot, self.slot).booking
            promised = db.session.query(FreedOffer).filter_by(state=FreedState.OPEN).one_or_none()
            clash = held is not None and promised is not None
            db.session.remove()
        return clash


def later(seconds: float, act: Callable[[], object]) -> Callable[[], None]:
    def wait() -> None:
        time.sleep(seconds)
        act()

    return wait


@pytest.fixture
def nothing_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who chooses a time does not look whether it is kept for another family."""
    kept = asking.held_slots

    def nobody_looks(*facts: Any, **besides: Any) -> set[int]:
        return set() if besides else kept(*facts)

    monkeypatch.setattr(asking, "held_slots", nobody_looks)


def offered_and_taken(race: Race) -> list[tuple[bool, list[type[Refused] | None]]]:
    found = []
    for seconds in HEAD_STARTS:
        race.again()
        said = at_once(race.app, lambda: waiting.look_again(NOW), later(seconds, race.takes))
        found.append((race.clashes(), said))
    race.again()
    race.offer()
    said = at_once(race.app, race.takes)
    return [*found, (race.clashes(), [None, *said])]


def test_a_freed_time_is_never_both_kept_and_taken(any_app: Flask) -> None:
    turns = offered_and_taken(Race(any_app))
    assert not any(clash for clash, _ in turns)
    assert {said[0] for _, said in turns} == {None}


@pytest.mark.usefixtures("nothing_is_kept")
def test_the_twin_that_keeps_nothing_promises_a_time_that_is_gone(any_app: Flask) -> None:
    assert any(clash for clash, _ in offered_and_taken(Race(any_app)))


def test_a_yes_at_the_last_moment_counts_or_the_next_family_is_asked_never_both(any_app: Flask) -> None:
    race = Race(any_app)
    for seconds in HEAD_STARTS:
        race.again()
        key = race.offer()
        said = at_once(
            any_app,
            lambda: waiting.look_again(NOW + TERM),
            later(seconds, lambda key=key: waiting.accept(key=key, by=race.layla, now=NOW + TERM - timedelta(1e-5))),
        )
        assert not race.clashes()
        with any_app.app_context():
            taken = db.session.get_one(Slot, race.slot).booking_id is not None
            states = [row.state for row in db.session.query(FreedOffer).order_by(FreedOffer.id)]
            db.session.remove()
        assert (said[1] is None) is taken
        assert states == ([FreedState.TAKEN] if taken else [FreedState.EXPIRED, FreedState.OPEN])


def test_two_workers_who_look_at_once_ask_one_family(any_app: Flask) -> None:
    race = Race(any_app)
    for _turn in HEAD_STARTS:
        race.again()
        said = at_once(any_app, lambda: waiting.look_again(NOW), lambda: waiting.look_again(NOW))
        assert said == [None, None]
        with any_app.app_context():
            assert db.session.query(FreedOffer).count() == 1
            db.session.remove()
