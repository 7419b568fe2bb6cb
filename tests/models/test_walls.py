"""What the database itself forbids, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError

from scheduling.domain.journal import SYSTEM
from scheduling.domain.rounds import BookingStatus
from scheduling.models import ContactCorrection, Slot, db, schema
from scheduling.services import journal
from scheduling.services.transaction import transaction
from tests.builders import (
    NOW,
    TUESDAY,
    a_booking,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    some_slots,
)

pytestmark = pytest.mark.usefixtures("any_context")


@pytest.fixture
def start():
    a_school()
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    return a_round(classes=[three]), anna, a_pupil("Sami", three)


def test_the_newest_schema_is_there_and_asking_again_changes_nothing():
    assert schema.is_current(db.engine)
    schema.upgrade(db.engine)
    assert schema.is_current(db.engine)


def test_a_leader_cannot_offer_two_slots_at_the_same_time(start):
    found, anna, _ = start
    some_slots(found, anna, count=1)
    db.session.add(
        Slot(
            round_id=found.id, leader_id=anna.id, starts_at=TUESDAY + timedelta(minutes=10),
            ends_at=TUESDAY + timedelta(minutes=30),
        )
    )  # fmt: skip
    with pytest.raises(DBAPIError, match="overlap"):
        db.session.commit()
    db.session.rollback()


def test_a_pupil_has_one_live_talk_in_a_round(start):
    found, anna, sami = start
    slots = some_slots(found, anna, count=3)
    a_booking(found, sami, slots[0])
    with pytest.raises(IntegrityError):
        a_booking(found, sami, slots[2])
    db.session.rollback()


def test_a_cancelled_talk_makes_room_for_a_new_one(start):
    found, anna, sami = start
    slots = some_slots(found, anna, count=3)
    first = a_booking(found, sami, slots[0])
    slots[0].booking_id = None
    first.status, first.cancelled_at = BookingStatus.CANCELLED, NOW
    db.session.commit()
    assert a_booking(found, sami, slots[2]).id != first.id


def test_a_line_of_the_journal_is_never_changed_or_removed(start):
    with transaction() as session:
        journal.record(session, by=SYSTEM, action="rounds.create", subject="round", subject_id=1, now=NOW)
    for statement in ("UPDATE journal SET action = 'x'", "DELETE FROM journal"):
        with pytest.raises(DBAPIError, match="append_only"):
            db.session.execute(text(statement))
        db.session.rollback()


def test_an_act_that_fails_halfway_leaves_nothing(start):
    found, _, _ = start

    def rename_and_fail() -> None:
        with transaction() as session:
            session.get(type(found), found.id).name = "half"
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        rename_and_fail()
    assert db.session.get(type(found), found.id).name == "Startgesprekken"


def test_a_correction_belongs_to_one_person(start):
    _, _, sami = start
    layla = a_guardian("Layla", sami)
    for whose in ({}, {"guardian_id": layla.id, "pupil_id": sami.id}):
        db.session.add(ContactCorrection(field="phone", old_value="", new_value="0", proposed_at=NOW, **whose))
        with pytest.raises(IntegrityError):
            db.session.commit()
        db.session.rollback()
