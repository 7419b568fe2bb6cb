"""A pupil changes class, or leaves, after the roster was made (T31)."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduling.domain.journal import SYSTEM
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import BookingStatus
from scheduling.formats.reading import read_file
from scheduling.models import Booking, Enrolment, Outbox, Pupil, Slot, db
from scheduling.queries import imports as looking
from scheduling.services import imports
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
    a_year,
    some_slots,
)
from tests.formats.files import pupils


@pytest.fixture
def house(any_context):
    """Sami of class 3 has a talk with Anna; Bob leads class 4 and has times at the same hours."""
    a_school()
    year = a_year()
    anna, bob = a_leader("anna"), a_leader("bob")
    three, four = a_class("3", leaders=[anna]), a_class("4", leaders=[bob])
    sami = a_pupil("Sami", three)
    layla = a_guardian("Layla", sami)
    found = a_round(classes=[three, four])
    slots, others = some_slots(found, anna), some_slots(found, bob)
    talk = a_booking(found, sami, slots[2])
    return {"year": year, "sami": sami, "layla": layla, "bob": bob, "talk": talk, "slots": slots, "others": others,
            "round": found}  # fmt: skip


def put(house, *rows):
    file = read_file("x.csv", pupils(*rows))
    assert imports.run(year_id=house["year"].id, files=[file], by=SYSTEM, now=NOW).saved
    db.session.expire_all()


def heard(house):
    house["talk"].invited_at = NOW
    db.session.commit()


def letters():
    return list(db.session.scalars(select(Outbox.letter)))


def move_to_four(house):
    put(house, f"{house['sami'].number};Sami;;Yilmaz;4")


def test_the_talk_goes_along_to_the_leader_of_the_new_class(house):
    heard(house)
    move_to_four(house)
    talk = db.session.get(Booking, house["talk"].id)
    assert (talk.leader_id, talk.starts_at, talk.status) == (
        house["bob"].id, TUESDAY + timedelta(minutes=40), BookingStatus.INVITED
    )  # fmt: skip
    assert talk.ical_sequence == 1
    assert db.session.get(Slot, house["slots"][2].id).booking_id is None
    assert db.session.get(Slot, house["others"][2].id).booking_id == talk.id
    assert letters() == [Letter.CHANGED]


def test_a_family_that_had_not_heard_of_the_time_gets_no_letter(house):
    move_to_four(house)
    assert db.session.get(Booking, house["talk"].id).leader_id == house["bob"].id
    assert letters() == []


def test_the_nearest_free_time_counts_when_the_same_hour_is_taken(house):
    tess = a_pupil("Tess", db.session.get(Enrolment, 1).class_group)
    a_booking(house["round"], tess, house["others"][2])
    put(house, f"{house['sami'].number};Sami;;Yilmaz;4", f"{tess.number};Tess;;Yilmaz;3")
    talk = db.session.get(Booking, house["talk"].id)
    assert talk.starts_at in (TUESDAY + timedelta(minutes=20), TUESDAY + timedelta(minutes=60))


def test_without_a_time_of_the_new_leader_the_talk_falls_away_and_the_family_hears_it(house):
    heard(house)
    for slot in house["others"]:
        slot.blocked = True
    db.session.commit()
    move_to_four(house)
    assert db.session.get(Booking, house["talk"].id).status is BookingStatus.CANCELLED
    assert db.session.get(Slot, house["slots"][2].id).booking_id is None
    assert letters() == [Letter.CANCELLED]


def test_a_pupil_who_leaves_gives_the_time_back(house):
    heard(house)
    put(house, "77;Nieuw;;Kind;3")
    assert db.session.get(Pupil, house["sami"].id).left_on is not None
    assert db.session.get(Booking, house["talk"].id).status is BookingStatus.CANCELLED
    assert letters() == [Letter.CANCELLED]


def test_a_pupil_who_stays_keeps_the_talk(house):
    heard(house)
    put(house, f"{house['sami'].number};Samuel;;Yilmaz;3")
    talk = db.session.get(Booking, house["talk"].id)
    assert (talk.status, talk.ical_sequence) == (BookingStatus.INVITED, 0)
    assert letters() == []


def test_the_preview_says_that_talks_will_move(house):
    file = read_file("x.csv", pupils(f"{house['sami'].number};Sami;;Yilmaz;4"))
    draft = imports.draft(year_id=house["year"].id, files=[file], by=SYSTEM, now=NOW)
    [told] = looking.preview(draft, now=NOW).problems
    assert (told.code, told.problems[0].facts) == ("talks_touched", {"count": "1", "names": "Sami Yilmaz"})
    outcome = imports.save(draft_id=draft, by=SYSTEM, now=NOW)
    assert outcome.talks == 1
