"""Two people of the office press Publish at once, while parents choose: every family has one talk, every time one."""

import threading
from collections.abc import Callable

import pytest
from flask import Flask

from scheduling.domain.errors import Refused, Unavailable
from scheduling.domain.journal import SYSTEM
from scheduling.domain.rounds import BookingOrigin, BookingStatus
from scheduling.models import Booking, Household, Round, Slot, db
from scheduling.services import bookings, rosters
from scheduling.services.transaction import lock, transaction
from tests.builders import NOW, a_class, a_guardian, a_leader, a_pupil, a_round, a_school, a_year, some_slots

PUPILS = 12


@pytest.fixture
def round_id(any_app: Flask) -> int:
    """A round with a draft for every pupil."""
    with any_app.app_context():
        a_school()
        a_year()
        anna, bas = a_leader("anna"), a_leader("bas")
        classes = [a_class("3", leaders=[anna]), a_class("4", leaders=[bas])]
        for number in range(PUPILS):
            a_guardian(f"Ouder {number}", a_pupil(f"Kind {number}", classes[number % 2]))
        found = a_round(classes=classes)
        some_slots(found, anna, count=10, opened=False)
        some_slots(found, bas, count=10, opened=False)
        version_id = rosters.request(round_id=found.id, by=SYSTEM, now=NOW)
        rosters.run_one(version_id=version_id, worker="test", clock=lambda: NOW)
        return found.id


def at_once(app: Flask, *acts: Callable[[], object]) -> list[object]:
    """Do these things at the same moment, each with a connection of its own; what each gave or refused with."""
    ready, outcomes = threading.Barrier(len(acts)), [None] * len(acts)

    def do(number: int) -> None:
        with app.app_context():
            ready.wait()
            try:
                outcomes[number] = acts[number]()
            except Refused as refusal:
                outcomes[number] = refusal
            finally:
                db.session.remove()

    threads = [threading.Thread(target=do, args=(number,)) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def publish(round_id: int) -> rosters.Published:
    return rosters.publish(round_id=round_id, by=SYSTEM, now=NOW)


def take_first_free(round_id: int) -> int:
    """A parent chooses the first time of the first leader for the first pupil."""
    with transaction() as session:
        lock(session, Household, [1])
        slot = session.query(Slot).filter_by(round_id=round_id).order_by(Slot.id).first()
        lock(session, Slot, [slot.id])
        booking = bookings.take(
            session, round=session.get(Round, round_id), pupil_id=1, household_id=1, slots=[slot],
            status=BookingStatus.CONFIRMED, origin=BookingOrigin.FAMILY, by=SYSTEM, now=NOW,
        )  # fmt: skip
        return booking.id


def test_two_who_publish_at_once_give_every_family_one_talk(any_app: Flask, round_id: int):
    outcomes = at_once(any_app, *[lambda: publish(round_id)] * 4)
    assert sorted(getattr(outcome, "talks", 0) for outcome in outcomes) == [0, 0, 0, PUPILS]
    with any_app.app_context():
        assert db.session.query(Booking).count() == PUPILS
        assert db.session.query(Slot).filter(Slot.booking_id.is_not(None)).count() == PUPILS


def test_a_parent_who_chooses_while_the_office_publishes_never_shares_a_time(any_app: Flask, round_id: int):
    outcomes = at_once(any_app, lambda: publish(round_id), lambda: take_first_free(round_id))
    assert not [outcome for outcome in outcomes if isinstance(outcome, Unavailable)], "they wait for each other once"
    with any_app.app_context():
        talks = db.session.query(Booking).all()
        held = [slot.booking_id for slot in db.session.query(Slot).filter(Slot.booking_id.is_not(None))]
        assert sorted(held) == sorted(talk.id for talk in talks)
        assert len({talk.pupil_id for talk in talks}) == len(talks)
        assert len(talks) in (PUPILS, PUPILS // 2 + 1), "all by the office, or Anna's families wait"
