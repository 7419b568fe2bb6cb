"""A time that becomes free is kept for the family whose turn it is, until it answers; on both databases."""

from datetime import datetime, timedelta

import pytest

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.requests import FreedState, OfferOver, kept_until
from scheduling.domain.rounds import FamilyBusy, SlotTaken
from scheduling.domain.wishes import Answer, PartOfDay
from scheduling.models import (
    Booking,
    FreedOffer,
    Guardian,
    HomeWishes,
    Outbox,
    Pupil,
    School,
    Slot,
    TalkRequest,
    WishedTime,
    db,
)
from scheduling.queries.family import choice_for, family_of
from scheduling.queries.letters import find_letter
from scheduling.queries.waiting import freed_for
from scheduling.services import bookings, requests, waiting
from tests.asking import AskingSchool
from tests.builders import NOW, TUESDAY, a_booking, a_guardian, a_pupil, household_of

pytestmark = pytest.mark.usefixtures("any_context")

HOUR = timedelta(hours=1)


class Full(AskingSchool):
    """Bo has two times on Tuesday, with Daan and Ruud's Mila. Layla's Sami waits with a first wish, Noor with a
    second one that was asked earlier."""

    def __init__(self) -> None:
        super().__init__(NOW - timedelta(days=1))
        self.times(first=TUESDAY, count=2, opened=True)
        self.daan = a_pupil("Daan", self.two)
        self.petra = a_guardian("Petra", self.daan)
        self.lars = a_pupil("Lars", self.two)
        self.jan = a_guardian("Jan", self.lars)
        self.slots = db.session.query(Slot).filter_by(leader_id=self.bo.id).order_by(Slot.starts_at).all()
        self.daans = self.talk(self.daan, self.petra, self.slots[0])
        self.milas = self.talk(self.mila, self.ruud, self.slots[1])
        self.samis = self.ask(self.sami, self.layla, place=1, asked_at=NOW)
        self.larss = self.ask(self.lars, self.jan, place=2, asked_at=NOW - HOUR)

    def ask(self, pupil: Pupil, parent: Guardian, *, place: int = 1, asked_at: datetime = NOW) -> TalkRequest:
        row = TalkRequest(
            round_id=self.evening.id, pupil_id=pupil.id, household_id=household_of(parent).id, teacher_id=self.bo.id,
            place=place, asked_at=asked_at,
        )  # fmt: skip
        db.session.add(row)
        db.session.commit()
        return row

    def talk(self, pupil: Pupil, parent: Guardian, slot: Slot) -> Booking:
        booking = a_booking(self.evening, pupil, slot, household=household_of(parent))
        booking.request_id = self.ask(pupil, parent).id
        db.session.commit()
        return booking

    def frees(self, booking: Booking, parent: Guardian) -> None:
        bookings.cancel(booking_id=booking.id, by=actor_of(parent), now=NOW)


def actor_of(parent: Guardian) -> Actor:
    return Actor(ActorKind.GUARDIAN, parent.id)


def offers() -> list[tuple[int, FreedState]]:
    db.session.expire_all()
    return [(row.request.pupil_id, row.state) for row in db.session.query(FreedOffer).order_by(FreedOffer.id)]


def key_of(parent: Guardian) -> str:
    return freed_for(actor_of(parent), NOW)[0].key


def test_a_freed_time_goes_to_whose_turn_it_is_and_is_kept_for_that_family() -> None:
    school = Full()
    assert waiting.look_again(NOW) == 0
    school.frees(school.daans, school.petra)
    assert waiting.look_again(NOW) == 1
    assert offers() == [(school.sami.id, FreedState.OPEN)], "the first wish goes before the second"
    assert waiting.look_again(NOW) == 0
    kept = freed_for(actor_of(school.omar), NOW)[0]
    assert (kept.pupil, kept.leader.given, kept.starts_at, kept.until) == ("Sami", "Bo", TUESDAY, NOW + 24 * HOUR)
    assert freed_for(actor_of(school.jan), NOW) == ()
    mine = family_of(actor_of(school.jan), NOW)
    assert choice_for(mine, mine.talk(school.evening.id, school.lars.id, school.larss.id), NOW).days == ()
    with pytest.raises(SlotTaken):
        bookings.pick(
            round_id=school.evening.id, pupil_id=school.lars.id, slot_id=school.slots[0].id,
            request_id=school.larss.id, by=actor_of(school.jan), now=NOW,
        )  # fmt: skip


def test_a_yes_books_the_talk_at_once_and_tells_the_whole_home() -> None:
    school = Full()
    school.frees(school.daans, school.petra)
    waiting.look_again(NOW)
    asked = db.session.query(Outbox).filter_by(letter=Letter.TIME_FREED).order_by(Outbox.id).all()
    assert [row.guardian_id for row in asked] == [school.layla.id, school.omar.id]
    booking_id = waiting.accept(key=key_of(school.layla), by=actor_of(school.omar), now=NOW)
    booking = db.session.get_one(Booking, booking_id)
    assert (booking.request_id, booking.starts_at, booking.leader_id) == (school.samis.id, TUESDAY, school.bo.id)
    assert offers() == [(school.sami.id, FreedState.TAKEN)]
    told = db.session.query(Outbox).filter_by(letter=Letter.CONFIRMED, booking_id=booking_id).all()
    assert {row.guardian_id for row in told} == {school.layla.id, school.omar.id}
    late = find_letter(asked[0].id, NOW)
    assert late is not None
    assert late.stop is not None, "a letter that has not left yet stays in the house"


def test_after_a_no_or_a_term_without_an_answer_the_next_family_is_asked() -> None:
    school = Full()
    school.frees(school.daans, school.petra)
    waiting.look_again(NOW)
    waiting.decline(key=key_of(school.layla), by=actor_of(school.layla), now=NOW)
    waiting.look_again(NOW)
    assert offers() == [(school.sami.id, FreedState.DECLINED), (school.lars.id, FreedState.OPEN)]
    key = key_of(school.jan)
    waiting.look_again(NOW + 24 * HOUR)
    assert offers()[-1] == (school.lars.id, FreedState.EXPIRED)
    with pytest.raises(OfferOver):
        waiting.accept(key=key, by=actor_of(school.jan), now=NOW + 24 * HOUR)
    assert waiting.look_again(NOW + 25 * HOUR) == 0, "nobody is asked twice for the same time"


def test_whom_the_school_would_like_to_see_goes_first_and_who_cannot_then_is_passed_over() -> None:
    school = Full()
    school.larss.obligatory = True
    db.session.commit()
    school.frees(school.daans, school.petra)
    waiting.look_again(NOW)
    assert offers() == [(school.lars.id, FreedState.OPEN)]
    wishes = HomeWishes(round_id=school.evening.id, household_id=household_of(school.layla).id, said_at=NOW)
    wishes.times = [WishedTime(day=TUESDAY.date(), part=PartOfDay.LATE_AFTERNOON, answer=Answer.CANNOT)]
    db.session.add(wishes)
    db.session.commit()
    school.frees(school.milas, school.ruud)
    assert waiting.look_again(NOW) == 0
    assert offers() == [(school.lars.id, FreedState.OPEN)]


def test_a_stranger_and_the_other_home_answer_nothing() -> None:
    school = Full()
    school.frees(school.daans, school.petra)
    waiting.look_again(NOW)
    for parent in (school.jan, school.els):
        with pytest.raises(NotFound):
            waiting.accept(key=key_of(school.layla), by=actor_of(parent), now=NOW)


def test_a_time_that_the_school_gave_away_meanwhile_is_not_promised_any_more() -> None:
    school = Full()
    school.frees(school.daans, school.petra)
    waiting.look_again(NOW)
    key = key_of(school.layla)
    a_booking(school.evening, school.lars, school.slots[0], household=household_of(school.jan))
    with pytest.raises(SlotTaken):
        waiting.accept(key=key, by=actor_of(school.layla), now=NOW)
    waiting.look_again(NOW)
    assert offers() == [(school.sami.id, FreedState.OFF)]


def test_a_kept_time_that_begins_elsewhen_than_the_family_was_told_is_not_booked() -> None:
    school = Full()
    school.frees(school.daans, school.petra)
    waiting.look_again(NOW)
    key = key_of(school.layla)
    first = db.session.get_one(Slot, school.slots[0].id)
    first.starts_at -= timedelta(minutes=5)
    db.session.commit()
    with pytest.raises(SlotTaken):
        waiting.accept(key=key, by=actor_of(school.layla), now=NOW)
    waiting.look_again(NOW)
    assert offers()[0] == (school.sami.id, FreedState.OFF)


def test_a_yes_is_refused_when_the_talk_is_no_longer_asked_or_another_talk_leaves_no_time_to_walk() -> None:
    school = Full()
    db.session.query(School).update({School.walking_minutes: 5})
    school.frees(school.daans, school.petra)
    waiting.look_again(NOW)
    key = key_of(school.layla)
    english = db.session.query(Slot).filter_by(leader_id=school.cas.id).order_by(Slot.starts_at).all()[1]
    beside = a_booking(school.evening, school.sami, english, household=household_of(school.layla))
    with pytest.raises(FamilyBusy):
        waiting.accept(key=key, by=actor_of(school.layla), now=NOW)
    bookings.cancel(booking_id=beside.id, by=actor_of(school.layla), now=NOW)
    requests.withdraw(
        round_id=school.evening.id, pupil_id=school.sami.id, request_id=school.samis.id, by=actor_of(school.layla),
        now=NOW,
    )  # fmt: skip
    with pytest.raises(OfferOver):
        waiting.accept(key=key, by=actor_of(school.layla), now=NOW)
    waiting.look_again(NOW)
    assert offers() == [(school.sami.id, FreedState.OFF), (school.lars.id, FreedState.OPEN)]


def test_no_time_is_kept_after_families_stop_choosing() -> None:
    school = Full()
    school.frees(school.daans, school.petra)
    school.evening.closes_at = NOW + 3 * HOUR
    db.session.commit()
    waiting.look_again(NOW)
    assert freed_for(actor_of(school.layla), NOW)[0].until == NOW + 3 * HOUR
    waiting.look_again(NOW + 3 * HOUR)
    assert offers() == [(school.sami.id, FreedState.EXPIRED)]


def test_a_time_is_never_kept_past_the_moment_until_which_families_choose() -> None:
    starts, lead = NOW + 30 * HOUR, 24 * HOUR
    assert kept_until(NOW, starts, hours=24, lead_time=lead) == NOW + 6 * HOUR
    assert kept_until(NOW, starts, hours=2, lead_time=lead) == NOW + 2 * HOUR
    assert kept_until(NOW + 5 * HOUR + HOUR / 2, starts, hours=2, lead_time=lead) is None
