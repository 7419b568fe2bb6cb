"""What a family can do with its talk, on both databases."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.people import SeparatedParents
from scheduling.domain.rounds import (
    AlreadyBooked,
    BookingOrigin,
    BookingStatus,
    FamilyBusy,
    NotOpenYet,
    OtherHomeToo,
    RoundClosed,
    RoundMode,
    SlotTaken,
    TalkCancelled,
    TalkStands,
    TimesChanged,
    TooLate,
)
from scheduling.models import (
    Booking,
    BookingAbsence,
    CallRequest,
    InterpreterRequest,
    JournalLine,
    LeaderOpening,
    Outbox,
    Pupil,
    RoundExclusion,
    School,
    Slot,
    db,
)
from scheduling.services import bookings
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
    household_of,
    some_slots,
)

pytestmark = pytest.mark.usefixtures("any_context")


class World:
    """One class, one leader, six slots; Sami has one home (Layla), Noor has two (Jan and Fatma)."""

    def __init__(self) -> None:
        a_school()
        self.anna = a_leader("anna")
        self.three = a_class("3", leaders=[self.anna])
        self.sami = a_pupil("Sami", self.three)
        self.layla = a_guardian("Layla", self.sami)
        self.noor = a_pupil("Noor", self.three)
        self.jan, self.fatma = a_guardian("Jan", self.noor), a_guardian("Fatma", self.noor)
        self.round = a_round(classes=[self.three], mode=RoundMode.PICK)
        self.slots = some_slots(self.round, self.anna, count=6)

    def talk_of_sami(self, *places: int) -> Booking:
        slots = [self.slots[place] for place in places or (0,)]
        return a_booking(self.round, self.sami, *slots, household=household_of(self.layla))

    def pick(self, place: int, **changes):
        given = {
            "round_id": self.round.id, "pupil_id": self.sami.id, "slot_id": self.slots[place].id,
            "by": guardian(self.layla), "now": NOW,
        }  # fmt: skip
        return bookings.pick(**given | changes)


@pytest.fixture
def world() -> World:
    return World()


def guardian(who) -> Actor:
    return Actor(ActorKind.GUARDIAN, who.id)


def holder(slot) -> int | None:
    return db.session.scalar(select(Slot.booking_id).where(Slot.id == slot.id))


def letters(kind: Letter | None = None) -> list[Outbox]:
    wanted = select(Outbox).order_by(Outbox.id)
    return list(db.session.scalars(wanted.where(Outbox.letter == kind) if kind else wanted))


def actions() -> list[str]:
    return list(db.session.scalars(select(JournalLine.action).order_by(JournalLine.id)))


def test_a_family_that_says_yes_is_confirmed_once_and_hears_of_it_once(world):
    talk = world.talk_of_sami()
    for _ in range(3):
        bookings.confirm(booking_id=talk.id, by=guardian(world.layla), now=NOW)
    assert talk.status is BookingStatus.CONFIRMED
    assert talk.confirmed_at == NOW
    assert [row.guardian_id for row in letters(Letter.CONFIRMED)] == [world.layla.id]
    assert actions() == ["bookings.confirm"]


@pytest.fixture
def three_talks(world):
    """Hana has three children in the class, and a talk for each of them."""
    children = [a_pupil(name, world.three) for name in ("Ada", "Ben", "Cas")]
    world.hana = a_guardian("Hana", *children)
    home = household_of(world.hana)
    return [a_booking(world.round, child, world.slots[2 * n], household=home) for n, child in enumerate(children)]


def test_a_family_says_yes_to_all_its_times_at_once_and_hears_of_each_once(world, three_talks):
    seen = {talk.id: talk.starts_at for talk in three_talks}
    for _ in range(2):
        bookings.confirm_all(seen=seen, by=guardian(world.hana), now=NOW)
    assert {talk.status for talk in three_talks} == {BookingStatus.CONFIRMED}
    assert [row.booking_id for row in letters(Letter.CONFIRMED)] == [talk.id for talk in three_talks]
    assert actions() == ["bookings.confirm"] * 3


def test_nothing_is_confirmed_when_one_of_the_times_changed_meanwhile(world, three_talks):
    seen = {talk.id: talk.starts_at for talk in three_talks}
    bookings.move(booking_id=three_talks[1].id, slot_id=world.slots[3].id, by=guardian(world.hana), now=NOW)
    with pytest.raises(TimesChanged):
        bookings.confirm_all(seen=seen, by=guardian(world.hana), now=NOW)
    bookings.cancel(booking_id=three_talks[1].id, by=guardian(world.hana), now=NOW)
    seen[three_talks[1].id] = three_talks[1].starts_at
    with pytest.raises(TimesChanged):
        bookings.confirm_all(seen=seen, by=guardian(world.hana), now=NOW)
    assert [three_talks[0].status, three_talks[2].status] == [BookingStatus.INVITED] * 2
    assert letters(Letter.CONFIRMED) == []


def test_a_joint_talk_this_home_said_it_stays_away_from_is_not_confirmed_in_passing(world):
    talk = a_booking(world.round, world.noor, world.slots[0])
    bookings.cancel(booking_id=talk.id, by=guardian(world.jan), now=NOW)
    with pytest.raises(TimesChanged):
        bookings.confirm_all(seen={talk.id: talk.starts_at}, by=guardian(world.jan), now=NOW)
    assert db.session.query(BookingAbsence).count() == 1


def test_nobody_says_yes_for_another_family_by_adding_its_talk(world, three_talks):
    seen = {talk.id: talk.starts_at for talk in three_talks}
    with pytest.raises(NotFound):
        bookings.confirm_all(seen=seen, by=guardian(world.layla), now=NOW)
    other = a_booking(world.round, world.sami, world.slots[5], household=household_of(world.layla))
    with pytest.raises(NotFound):
        bookings.confirm_all(seen=seen | {other.id: other.starts_at}, by=guardian(world.hana), now=NOW)
    assert {talk.status for talk in three_talks} == {BookingStatus.INVITED}


def test_nobody_else_can_confirm_move_or_cancel_it(world):
    talk = world.talk_of_sami()
    for who in (guardian(world.jan), Actor(ActorKind.PUPIL, world.sami.id), Actor(ActorKind.GUARDIAN, 999)):
        for act in (bookings.confirm, bookings.cancel, bookings.undo_cancel):
            with pytest.raises(NotFound):
                act(booking_id=talk.id, by=who, now=NOW)
        with pytest.raises(NotFound):
            bookings.move(booking_id=talk.id, slot_id=world.slots[3].id, by=who, now=NOW)
        with pytest.raises(NotFound):
            world.pick(3, by=who)
    assert holder(world.slots[0]) == talk.id
    assert actions() == []


def test_a_family_picks_a_free_time_and_it_is_theirs(world):
    talk = db.session.get(Booking, world.pick(2))
    assert (talk.starts_at, talk.leader_id, talk.room) == (world.slots[2].starts_at, world.anna.id, "lokaal 3")
    assert (talk.status, talk.origin) == (BookingStatus.CONFIRMED, BookingOrigin.FAMILY)
    assert talk.household_id == household_of(world.layla).id
    assert holder(world.slots[2]) == talk.id
    assert len(letters(Letter.CONFIRMED)) == 1


def test_the_same_choice_sent_again_has_one_effect(world):
    first = world.pick(2)
    assert world.pick(2, now=NOW + timedelta(hours=1)) == first
    assert len(letters()) == 1
    with pytest.raises(AlreadyBooked):
        world.pick(4)
    assert holder(world.slots[4]) is None


def test_a_time_that_another_family_has_is_not_given_twice(world):
    taken = a_booking(world.round, world.noor, world.slots[2])
    with pytest.raises(SlotTaken):
        world.pick(2)
    assert holder(world.slots[2]) == taken.id
    assert db.session.query(Booking).count() == 1
    assert letters() == []


def test_a_blocked_time_is_not_given(world):
    world.slots[2].blocked = True
    db.session.commit()
    with pytest.raises(SlotTaken):
        world.pick(2)


def test_a_moved_talk_keeps_its_calendar_identity_and_frees_its_old_time(world):
    talk = world.talk_of_sami()
    uid = talk.ical_uid
    bookings.move(booking_id=talk.id, slot_id=world.slots[4].id, by=guardian(world.layla), now=NOW)
    assert (talk.ical_uid, talk.ical_sequence, talk.ical_stamp) == (uid, 1, NOW)
    assert (talk.status, talk.starts_at) == (BookingStatus.CONFIRMED, world.slots[4].starts_at)
    assert (holder(world.slots[0]), holder(world.slots[4])) == (None, talk.id)
    (letter,) = letters()
    assert letter.letter is Letter.CHANGED
    assert letter.facts["was"]["starts_at"] == TUESDAY.isoformat()


def test_moving_to_the_time_one_has_changes_nothing(world):
    talk = world.talk_of_sami()
    bookings.move(booking_id=talk.id, slot_id=world.slots[0].id, by=guardian(world.layla), now=NOW)
    assert (talk.ical_sequence, talk.status) == (0, BookingStatus.INVITED)
    assert letters() == []


def test_who_loses_the_race_for_another_time_keeps_the_old_one(world):
    talk = world.talk_of_sami()
    a_booking(world.round, world.noor, world.slots[4])
    with pytest.raises(SlotTaken):
        bookings.move(booking_id=talk.id, slot_id=world.slots[4].id, by=guardian(world.layla), now=NOW)
    assert holder(world.slots[0]) == talk.id
    assert (talk.status, talk.ical_sequence, talk.starts_at) == (BookingStatus.INVITED, 0, TUESDAY)
    assert letters() == []


def test_a_time_of_another_leader_or_another_round_or_no_time_at_all_is_not_there(world):
    talk = world.talk_of_sami()
    bas = a_leader("bas")
    other = some_slots(world.round, bas, count=1)[0]
    second = a_round("Tweede ronde", classes=[world.three])
    elsewhere = some_slots(second, world.anna, count=1, first=TUESDAY + timedelta(days=1))[0]
    for slot_id in (other.id, elsewhere.id, 0, -1, 10**9):
        with pytest.raises(NotFound):
            bookings.move(booking_id=talk.id, slot_id=slot_id, by=guardian(world.layla), now=NOW)
    assert holder(world.slots[0]) == talk.id


def test_a_leader_who_is_not_open_yet_offers_nothing(world):
    db.session.query(LeaderOpening).delete()
    db.session.commit()
    with pytest.raises(NotFound):
        world.pick(2)


def test_families_choose_between_opening_and_closing(world):
    world.round.opens_at, world.round.closes_at = NOW + timedelta(days=1), NOW + timedelta(days=3)
    db.session.commit()
    with pytest.raises(NotOpenYet):
        world.pick(2)
    with pytest.raises(RoundClosed):
        world.pick(2, now=NOW + timedelta(days=3))
    assert world.pick(2, now=NOW + timedelta(days=1))


def test_choosing_moving_and_cancelling_end_a_day_before_the_talk_and_not_before(world):
    talk = world.talk_of_sami()
    by, limit = guardian(world.layla), TUESDAY - timedelta(hours=24)
    for act in (
        lambda now: bookings.cancel(booking_id=talk.id, by=by, now=now),
        lambda now: bookings.move(booking_id=talk.id, slot_id=world.slots[5].id, by=by, now=now),
    ):
        with pytest.raises(TooLate) as refusal:
            act(limit)
        assert refusal.value.until == limit
    with pytest.raises(TooLate):
        world.pick(0, pupil_id=world.noor.id, by=guardian(world.jan), now=limit)
    bookings.confirm(booking_id=talk.id, by=by, now=limit)
    bookings.cancel(booking_id=talk.id, by=by, now=limit - timedelta(seconds=1))
    assert talk.status is BookingStatus.CANCELLED


def test_a_cancelled_talk_frees_its_time_and_undoing_makes_a_talk_with_a_new_calendar_identity(world):
    talk = world.talk_of_sami()
    by = guardian(world.layla)
    for _ in range(2):
        bookings.cancel(booking_id=talk.id, by=by, now=NOW)
    assert holder(world.slots[0]) is None
    assert (talk.ical_sequence, len(letters(Letter.CANCELLED))) == (1, 1)
    again = {bookings.undo_cancel(booking_id=talk.id, by=by, now=NOW) for _ in range(2)}
    (found,) = [db.session.get(Booking, key) for key in again]
    assert holder(world.slots[0]) == found.id
    assert found.ical_uid != talk.ical_uid
    assert found.status is BookingStatus.CONFIRMED


def test_a_cancelled_time_that_another_family_took_does_not_come_back(world):
    talk = world.talk_of_sami()
    bookings.cancel(booking_id=talk.id, by=guardian(world.layla), now=NOW)
    a_booking(world.round, world.noor, world.slots[0])
    with pytest.raises(SlotTaken):
        bookings.undo_cancel(booking_id=talk.id, by=guardian(world.layla), now=NOW)
    with pytest.raises(TalkCancelled):
        bookings.confirm(booking_id=talk.id, by=guardian(world.layla), now=NOW)


def test_after_cancelling_a_family_can_choose_again_or_ask_for_a_call(world):
    talk = world.talk_of_sami()
    by = guardian(world.layla)
    asked = {"round_id": world.round.id, "pupil_id": world.sami.id, "by": by, "now": NOW}
    with pytest.raises(TalkStands):
        bookings.ask_call(**asked)
    bookings.cancel(booking_id=talk.id, by=by, now=NOW)
    for _ in range(2):
        bookings.ask_call(**asked)
    assert db.session.query(CallRequest).one().guardian_id == world.layla.id
    assert holder(world.slots[3]) != world.pick(3)


def test_a_parent_never_has_two_talks_at_once_whichever_child_they_are_about(world):
    bas = a_leader("bas")
    six = a_class("6", leaders=[bas])
    tess = a_pupil("Tess", six)
    mother = a_guardian("Meryem", world.sami, tess)
    other = a_round("Groep 6", classes=[six], mode=RoundMode.PICK)
    theirs = some_slots(other, bas, count=3)
    world.pick(1, by=guardian(mother))
    with pytest.raises(FamilyBusy):
        bookings.pick(round_id=other.id, pupil_id=tess.id, slot_id=theirs[1].id, by=guardian(mother), now=NOW)
    assert bookings.pick(round_id=other.id, pupil_id=tess.id, slot_id=theirs[2].id, by=guardian(mother), now=NOW)


def test_a_parent_who_leads_a_talk_at_that_time_is_busy(world):
    bas = a_leader("bas")
    six = a_class("6", leaders=[bas])
    tess = a_pupil("Tess", six)
    aunt = a_guardian("Meryem", tess)
    aunt.staff_id = world.anna.id
    db.session.commit()
    a_booking(world.round, world.noor, world.slots[1])
    other = a_round("Groep 6", classes=[six], mode=RoundMode.PICK)
    theirs = some_slots(other, bas, count=3)
    asked = {"round_id": other.id, "pupil_id": tess.id, "by": guardian(aunt), "now": NOW}
    with pytest.raises(FamilyBusy):
        bookings.pick(slot_id=theirs[1].id, **asked)
    bookings.pick(slot_id=theirs[2].id, **asked)


def test_a_leader_is_not_asked_while_with_the_own_child_and_nobody_hears_why(world):
    bas = a_leader("bas")
    six = a_class("6", leaders=[bas])
    tess = a_pupil("Tess", six)
    a_guardian("Meryem", tess).staff_id = world.anna.id
    db.session.commit()
    other = a_round("Groep 6", classes=[six])
    a_booking(other, tess, some_slots(other, bas, count=3)[2])
    with pytest.raises(SlotTaken):
        world.pick(2)


def test_a_talk_with_an_interpreter_takes_two_adjacent_times(world):
    home = household_of(world.layla)
    db.session.add(
        InterpreterRequest(
            round_id=world.round.id, pupil_id=world.sami.id, household_id=home.id, language="ti", asked_at=NOW
        )
    )
    db.session.commit()
    with pytest.raises(SlotTaken):
        world.pick(5)
    talk = db.session.get(Booking, world.pick(1))
    assert [holder(slot) for slot in world.slots] == [None, talk.id, talk.id, None, None, None]
    assert talk.ends_at - talk.starts_at == timedelta(minutes=40)
    bookings.move(booking_id=talk.id, slot_id=world.slots[2].id, by=guardian(world.layla), now=NOW)
    assert [holder(slot) for slot in world.slots] == [None, None, talk.id, talk.id, None, None]


def test_a_family_does_not_choose_away_the_pause_of_the_leader(world):
    world.round.max_in_a_row = 3
    db.session.commit()
    others = [a_pupil(f"Kind {n}", world.three) for n in range(3)]
    for pupil, slot in zip(others, world.slots, strict=False):
        a_booking(world.round, pupil, slot)
    with pytest.raises(SlotTaken):
        world.pick(3)
    assert world.pick(4)


def test_either_home_may_confirm_a_joint_talk_and_both_hear_of_it(world):
    talk = a_booking(world.round, world.noor, world.slots[0])
    bookings.confirm(booking_id=talk.id, by=guardian(world.fatma), now=NOW)
    assert {row.guardian_id for row in letters(Letter.CONFIRMED)} == {world.jan.id, world.fatma.id}


def test_one_home_that_stays_away_does_not_take_the_talk_from_the_other(world):
    talk = a_booking(world.round, world.noor, world.slots[0])
    for _ in range(2):
        bookings.cancel(booking_id=talk.id, by=guardian(world.jan), now=NOW)
    assert (talk.status, holder(world.slots[0])) == (BookingStatus.INVITED, talk.id)
    assert letters() == []
    assert db.session.query(BookingAbsence).one().household_id == household_of(world.jan).id
    bookings.undo_cancel(booking_id=talk.id, by=guardian(world.jan), now=NOW)
    assert db.session.query(BookingAbsence).count() == 0
    for who in (world.jan, world.fatma):
        bookings.cancel(booking_id=talk.id, by=guardian(who), now=NOW)
    assert talk.status is BookingStatus.CANCELLED
    again = bookings.undo_cancel(booking_id=talk.id, by=guardian(world.fatma), now=NOW)
    assert db.session.query(BookingAbsence).filter_by(booking_id=again).one().household_id == household_of(world.jan).id


def test_a_joint_talk_is_moved_by_the_school(world):
    talk = a_booking(world.round, world.noor, world.slots[0])
    with pytest.raises(OtherHomeToo):
        bookings.move(booking_id=talk.id, slot_id=world.slots[1].id, by=guardian(world.jan), now=NOW)


def test_homes_with_a_talk_each_do_not_touch_each_others(world):
    db.session.get(School, 1).separated_parents = SeparatedParents.ALWAYS_TWO
    db.session.commit()
    asked = {"round_id": world.round.id, "pupil_id": world.noor.id, "now": NOW}
    first = bookings.pick(slot_id=world.slots[0].id, by=guardian(world.jan), **asked)
    with pytest.raises(NotFound):
        bookings.cancel(booking_id=first, by=guardian(world.fatma), now=NOW)
    with pytest.raises(SlotTaken):
        bookings.pick(slot_id=world.slots[0].id, by=guardian(world.fatma), **asked)
    second = bookings.pick(slot_id=world.slots[1].id, by=guardian(world.fatma), **asked)
    assert first != second
    assert bookings.move(booking_id=second, slot_id=world.slots[3].id, by=guardian(world.fatma), now=NOW)


def test_an_adult_pupil_speaks_for_himself_and_his_parents_only_with_his_permission(world):
    db.session.get(Pupil, world.sami.id).birth_date = date(2009, 8, 1)
    db.session.commit()
    with pytest.raises(NotFound):
        world.pick(2)
    himself = Actor(ActorKind.PUPIL, world.sami.id)
    talk = db.session.get(Booking, world.pick(2, by=himself))
    assert talk.household_id is None
    world.sami.parents_permitted = True
    db.session.commit()
    bookings.move(booking_id=talk.id, slot_id=world.slots[3].id, by=guardian(world.layla), now=NOW)
    bookings.cancel(booking_id=talk.id, by=himself, now=NOW)
    assert talk.status is BookingStatus.CANCELLED


def test_a_family_that_was_left_out_of_the_round_chooses_nothing(world):
    db.session.add(RoundExclusion(round_id=world.round.id, pupil_id=world.sami.id, reason="verhuisd", excluded_at=NOW))
    db.session.commit()
    with pytest.raises(NotFound):
        world.pick(2)


def test_the_school_itself_takes_moves_and_releases_in_its_own_transaction(world):
    with transaction() as session:
        talk = bookings.take(
            session, round=world.round, pupil_id=world.noor.id, household_id=None, slots=world.slots[:2],
            status=BookingStatus.INVITED, origin=BookingOrigin.ROSTER, by=SYSTEM, now=NOW,
        )  # fmt: skip
    with transaction() as session:
        bookings.move_to(session, booking=talk, slots=world.slots[1:3], by=SYSTEM, now=NOW)
    assert [holder(slot) for slot in world.slots[:4]] == [None, talk.id, talk.id, None]
    with transaction() as session:
        bookings.release(session, booking=talk, by=SYSTEM, now=NOW)
    assert {holder(slot) for slot in world.slots} == {None}
    assert actions() == ["bookings.take", "bookings.move", "bookings.release"]
    assert letters() == []
