"""What happens to a round later: another room, closed and open again, and the same round next year."""

from datetime import date, timedelta

import pytest

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.round_changes import (
    ClosedAlready,
    NoLaterYear,
    NoSuchRoom,
    NoTimesThere,
    OpenAlready,
    RoomNeeded,
    RoundHasBegun,
    TalksDoNotFit,
    moved_day,
)
from scheduling.domain.rounds import OutOfRange, RoundClosed, RoundNameTaken
from scheduling.domain.timeslots import local
from scheduling.domain.years import DayKind, Period
from scheduling.models import Booking, LeaderOpening, Outbox, Room, Round, RoundLink, RoundText, SchoolDay, Slot, db
from scheduling.queries.round_copies import may_be_copied, propose_copy
from scheduling.services import bookings, round_changes
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
    household_of,
    some_slots,
)

THURSDAY = TUESDAY + timedelta(days=2)

pytestmark = pytest.mark.usefixtures("any_context")


class Scene:
    """Bas sees Sami on Tuesday and Aya on Thursday; Sami's family knows of its talk."""

    def __init__(self) -> None:
        a_school()
        self.this_year = a_year()
        self.bas = a_leader("bas")
        three = a_class("3", leaders=[self.bas])
        sami, aya = a_pupil("Sami", three), a_pupil("Aya", three)
        self.layla, mina = a_guardian("Layla", sami), a_guardian("Mina", aya)
        found = a_round("Startgesprekken 2027", classes=[three])
        tuesday, thursday = some_slots(found, self.bas, count=3), some_slots(found, self.bas, count=3, first=THURSDAY)
        self.samis = a_booking(found, sami, tuesday[0], household=household_of(self.layla)).id
        self.ayas = a_booking(found, aya, thursday[0], household=household_of(mina)).id
        db.session.get_one(Booking, self.samis).invited_at = NOW
        db.session.commit()
        self.round, self.bas_id, self.free = found.id, self.bas.id, tuesday[2].id
        self.by = Actor(ActorKind.STAFF, self.bas_id)

    def change_room(self, room: str, day: date | None = None) -> int:
        return round_changes.change_room(
            round_id=self.round, leader_id=self.bas_id, room=room, day=day, by=self.by, now=NOW
        )

    def talk(self, booking_id: int) -> Booking:
        return db.session.get(Booking, booking_id, populate_existing=True)

    def next_year(self) -> None:
        """Group 3 goes on, and its leader too."""
        year = a_year("2028-2029")
        year.days.append(
            SchoolDay(
                kind=DayKind.HOLIDAY, label="zomervakantie", starts_on=date(2028, 7, 8), ends_on=date(2028, 8, 20)
            )
        )
        db.session.commit()
        a_class("3", leaders=[self.bas], year=year)

    def move(self, now) -> None:
        layla = Actor(ActorKind.GUARDIAN, self.layla.id)
        bookings.move(booking_id=self.samis, slot_id=self.free, by=layla, now=now)


@pytest.fixture
def scene() -> Scene:
    return Scene()


def test_another_room_on_one_day_is_told_to_who_knows_and_to_nobody_else(scene):
    assert scene.change_room("aula", TUESDAY.date()) == 1
    assert [scene.talk(one).room for one in (scene.samis, scene.ayas)] == ["aula", "lokaal 3"]
    assert {slot.room for slot in db.session.query(Slot).filter(Slot.starts_at < THURSDAY)} == {"aula"}
    [letter] = db.session.query(Outbox).all()
    assert (letter.letter, letter.booking_id, letter.sequence) == (Letter.CHANGED, scene.samis, 1)
    assert scene.talk(scene.samis).starts_at == TUESDAY


def test_another_room_in_all_of_the_round(scene):
    assert scene.change_room("aula") == 2
    assert [scene.talk(one).room for one in (scene.samis, scene.ayas)] == ["aula", "aula"]
    assert [row.booking_id for row in db.session.query(Outbox)] == [scene.samis]  # Aya's family knows of no talk yet
    assert scene.change_room(" Aula ") == 0


def test_a_room_is_one_of_the_schools_on_a_day_with_times(scene):
    db.session.add(Room(name="lokaal 12"))
    db.session.commit()
    for room, day, kind in (
        (" ", None, RoomNeeded),
        ("12b", None, NoSuchRoom),
        ("lokaal 12", date(2027, 9, 3), NoTimesThere),
    ):
        with pytest.raises(kind):
            scene.change_room(room, day)
    assert db.session.query(Outbox).count() == 0


def test_in_a_closed_round_every_talk_stands_and_families_change_nothing(scene):
    round_changes.close(round_id=scene.round, by=scene.by, now=NOW)
    with pytest.raises(RoundClosed):
        scene.move(NOW + timedelta(minutes=1))
    assert scene.talk(scene.samis).starts_at == TUESDAY
    with pytest.raises(ClosedAlready):
        round_changes.close(round_id=scene.round, by=scene.by, now=NOW + timedelta(minutes=1))


def test_open_again_it_closes_when_it_would_have(scene):
    until = NOW + timedelta(days=3)
    db.session.get_one(Round, scene.round).closes_at = until
    db.session.commit()
    round_changes.close(round_id=scene.round, by=scene.by, now=NOW)
    round_changes.reopen(round_id=scene.round, by=scene.by, now=NOW + timedelta(hours=1))
    assert db.session.get_one(Round, scene.round).closes_at == until
    scene.move(NOW + timedelta(hours=2))
    with pytest.raises(OpenAlready):
        round_changes.reopen(round_id=scene.round, by=scene.by, now=NOW + timedelta(hours=2))


def test_a_round_that_would_be_over_by_now_opens_without_an_end(scene):
    db.session.get_one(Round, scene.round).closes_at = NOW - timedelta(days=1)
    db.session.commit()
    round_changes.reopen(round_id=scene.round, by=scene.by, now=NOW)
    assert db.session.get_one(Round, scene.round).closes_at is None


def test_at_another_length_talks_stay_near_their_time_and_families_hear(scene):
    uid = scene.talk(scene.samis).ical_uid
    taken = db.session.query(Slot).filter(Slot.starts_at == TUESDAY + timedelta(minutes=40)).one()
    toms = a_booking(scene.talk(scene.samis).round, a_pupil("Tom", a_class("4")), taken)
    assert round_changes.change_minutes(round_id=scene.round, minutes=15, by=scene.by, now=NOW) == 3
    samis, third = scene.talk(scene.samis), scene.talk(toms.id)
    assert (samis.starts_at, samis.ends_at) == (TUESDAY, TUESDAY + timedelta(minutes=15))
    assert (samis.ical_uid, samis.ical_sequence) == (uid, 1)
    assert third.starts_at == TUESDAY + timedelta(minutes=30)
    tuesday = db.session.query(Slot).filter(Slot.starts_at < THURSDAY).order_by(Slot.starts_at).all()
    assert [(slot.starts_at - TUESDAY).total_seconds() // 60 for slot in tuesday] == [0, 15, 30, 45]
    assert [slot.booking_id for slot in tuesday] == [samis.id, None, third.id, None]
    assert [row.booking_id for row in db.session.query(Outbox)] == [scene.samis]
    assert db.session.get_one(Round, scene.round).slot_minutes == 15


def test_longer_talks_push_each_other_on_and_free_times_go(scene):
    slot = db.session.query(Slot).filter(Slot.starts_at == TUESDAY + timedelta(minutes=20)).one()
    second = a_booking(scene.talk(scene.samis).round, a_pupil("Tom", a_class("4")), slot)
    assert round_changes.change_minutes(round_id=scene.round, minutes=30, by=scene.by, now=NOW) == 3
    assert scene.talk(second.id).starts_at == TUESDAY + timedelta(minutes=30)
    assert [slot.ends_at - slot.starts_at for slot in db.session.query(Slot)] == [timedelta(minutes=30)] * 4


def test_when_one_talk_would_not_fit_or_talks_have_begun_nothing_changes(scene):
    third = db.session.query(Slot).filter(Slot.starts_at == TUESDAY + timedelta(minutes=20)).one()
    a_booking(scene.talk(scene.samis).round, a_pupil("Tom", a_class("4")), third)
    before = [(slot.id, slot.starts_at, slot.booking_id) for slot in db.session.query(Slot).order_by(Slot.id)]
    for minutes, at, kind in ((40, NOW, TalksDoNotFit), (15, TUESDAY + timedelta(hours=1), RoundHasBegun),
                              (500, NOW, OutOfRange)):  # fmt: skip
        with pytest.raises(kind):
            round_changes.change_minutes(round_id=scene.round, minutes=minutes, by=scene.by, now=at)
        now = [(slot.id, slot.starts_at, slot.booking_id) for slot in db.session.query(Slot).order_by(Slot.id)]
        assert now == before
    assert db.session.query(Outbox).count() == 0


def test_next_year_it_has_the_same_classes_and_weekdays_in_the_new_start_window(scene):
    with pytest.raises(NoLaterYear):
        propose_copy(scene.round)
    assert not may_be_copied(scene.round)
    scene.next_year()
    assert may_be_copied(scene.round)
    proposed = propose_copy(scene.round)
    assert (proposed.name, proposed.classes, proposed.classes_gone) == ("Startgesprekken 2028", ("3",), ())
    assert proposed.year.label == "2028-2029"
    assert {hour.day.weekday() for hour in proposed.hours} == {1, 3}
    assert all(hour.day in proposed.period for hour in proposed.hours)
    assert [(hour.leader, hour.starts.hour, hour.ends.hour, hour.room) for hour in proposed.hours] == [
        ("bas", 15, 16, "lokaal 3")
    ] * 2
    assert proposed.hours_gone == 0
    assert db.session.query(Round).count() == 1


def test_the_copy_is_closed_to_families_and_has_the_texts(scene):
    scene.next_year()
    db.session.add(RoundText(round_id=scene.round, language="tr", paragraph="Merhaba"))
    db.session.add(
        RoundLink(round_id=scene.round, language="nl", position=1, title="Zo gaat het", address="https://example.org/a")
    )
    db.session.commit()
    proposed = propose_copy(scene.round)
    given = {"proposed": proposed, "classes": proposed.classes, "by": scene.by, "now": NOW}
    made = round_changes.copy(name="Startgesprekken 2028", **given)
    new = db.session.get_one(Round, made.id)
    assert (new.period, new.opens_at, new.closes_at, new.slot_minutes) == (proposed.period, None, None, 20)
    slots = db.session.query(Slot).filter_by(round_id=made.id).all()
    assert len(slots) == 6
    assert all(slot.booking_id is None for slot in slots)
    assert {local(slot.starts_at).hour for slot in slots} == {15}
    assert db.session.query(LeaderOpening).filter_by(round_id=made.id).count() == 0
    assert db.session.query(RoundText).filter_by(round_id=made.id).one().paragraph == "Merhaba"
    assert db.session.query(RoundLink).filter_by(round_id=made.id).one().title == "Zo gaat het"
    with pytest.raises(RoundNameTaken):
        round_changes.copy(name="Startgesprekken 2028", **given)


def test_times_on_a_free_day_or_outside_the_days_stay_behind(scene):
    scene.next_year()
    whole = propose_copy(scene.round)
    first = min(hour.day for hour in whole.hours)
    narrow = propose_copy(scene.round, period=Period(whole.period.starts_on, first))
    assert (len(narrow.hours), narrow.hours_gone) == (1, 1)


def test_a_day_keeps_its_weekday_and_its_week():
    was, will = Period(date(2027, 8, 25), date(2027, 9, 19)), Period(date(2028, 8, 21), date(2028, 9, 10))
    assert moved_day(date(2027, 8, 31), was, will) == date(2028, 8, 29)
    assert moved_day(date(2027, 9, 18), was, will) is None
