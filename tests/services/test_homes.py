"""A pupil with two homes: one talk or two, asked and arranged, split and joined, and never too near each other."""

from dataclasses import dataclass

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.errors import NotFound
from scheduling.domain.homes import (
    HomeTalks,
    NobodyApart,
    NoOwnTalkHere,
    NothingToJoin,
    NothingToSplit,
    OneHome,
    WishDecided,
)
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.people import Authority, SeparatedParents
from scheduling.domain.rounds import BookingStatus, FamilyBusy, RoundMode, SlotTaken
from scheduling.domain.swaps import CannotChangePlaces, Hindrance
from scheduling.models import (
    Booking,
    ClassGroup,
    Guardian,
    Outbox,
    OwnTalkWish,
    Pupil,
    Round,
    School,
    Slot,
    Staff,
    TwoHomes,
    db,
)
from scheduling.queries.bookings import find_home, household_for
from scheduling.queries.family import choice_for, earlier_time, family_of
from scheduling.queries.letters import find_letter
from scheduling.queries.snapshots import needed_talks, take_snapshot
from scheduling.queries.swaps import offering_for
from scheduling.services import bookings, homes, leading, rosters, swaps
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
    an_office_worker,
    household_of,
    some_slots,
)


@dataclass
class Story:
    """Ruud and Els live apart and are Mila's parents; Ruud is Daan's father too, who is in another class."""

    year: int
    office: Actor
    anna: Staff
    bert: Staff
    three: ClassGroup
    mila: Pupil
    daan: Pupil
    ruud: Guardian
    els: Guardian
    start: Round
    slots: list[Slot]
    other_slots: list[Slot]

    def by(self, guardian: Guardian) -> Actor:
        return Actor(ActorKind.GUARDIAN, guardian.id)

    def arrange(self, talks: HomeTalks | None = HomeTalks.APART, apart: int = 0) -> None:
        homes.arrange(
            pupil_id=self.mila.id, year_id=self.year, talks=talks, apart_minutes=apart, by=self.office, now=NOW
        )

    def own_talk(self, guardian: Guardian, place: int) -> Booking:
        return a_booking(self.start, self.mila, self.slots[place], household=household_of(guardian))

    def free(self, guardian: Guardian, pupil: Pupil) -> list[int]:
        """Which of the leader's times this guardian may choose now, by their place in the row."""
        family = family_of(self.by(guardian), NOW)
        choice = choice_for(family, family.talk(self.start.id, pupil.id), NOW)
        rows = self.slots if pupil is self.mila else self.other_slots
        places = {slot.id: place for place, slot in enumerate(rows)}
        return [places[time.slot_id] for day in choice.days for time in day.times]

    def makes_a_draft(self) -> None:
        version_id = rosters.request(round_id=self.start.id, seconds=5, by=self.office, now=NOW)
        rosters.run_one(version_id=version_id, worker="test", clock=lambda: NOW)

    def letters(self, guardian: Guardian) -> list[str]:
        wanted = select(Outbox).where(Outbox.guardian_id == guardian.id).order_by(Outbox.id)
        return [str(row.letter) for row in db.session.scalars(wanted) if row.state != "superseded"]

    def talks(self) -> dict[int | None, Booking]:
        live = select(Booking).where(Booking.pupil_id == self.mila.id, Booking.status != BookingStatus.CANCELLED)
        return {talk.household_id: talk for talk in db.session.scalars(live)}


@pytest.fixture
def story(any_context: Flask) -> Story:
    a_school()
    year = a_year()
    anna, bert = a_leader("anna"), a_leader("bert")
    three, six = a_class("3", leaders=[anna]), a_class("6", leaders=[bert])
    mila, daan = a_pupil("Mila", three), a_pupil("Daan", six)
    ruud, els = a_guardian("Ruud", mila, daan), a_guardian("Els", mila, position=2)
    start = a_round(classes=[three, six], mode=RoundMode.ROSTER_THEN_SWAP, max_in_a_row=0)
    return Story(
        year.id, Actor(ActorKind.STAFF, an_office_worker().id), anna, bert, three, mila, daan, ruud, els, start,
        some_slots(start, anna, count=8), some_slots(start, bert, count=8, room="lokaal 6"),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("policy", "exception", "talks"),
    [
        (SeparatedParents.ONE_JOINT, HomeTalks.APART, 2),
        (SeparatedParents.SEPARATE_ON_REQUEST, HomeTalks.APART, 2),
        (SeparatedParents.ALWAYS_TWO, HomeTalks.TOGETHER, 1),
        (SeparatedParents.ALWAYS_TWO, None, 2),
        (SeparatedParents.SEPARATE_ON_REQUEST, None, 1),
    ],
)
def test_what_the_office_arranged_for_a_pupil_goes_before_the_policy(story, policy, exception, talks):
    db.session.get(School, 1).separated_parents = policy
    db.session.commit()
    story.arrange(exception)
    needs = [need for need in needed_talks(story.start.id, on=TUESDAY.date()) if need.pupil_id == story.mila.id]
    assert len(needs) == talks
    home = find_home(db.session(), story.by(story.els), story.mila.id, NOW.date())
    assert (household_for(db.session(), home, story.start) is None) is (talks == 1)


def test_another_year_begins_with_the_policy_again(story):
    next_year = a_year("2028-2029")
    homes.arrange(
        pupil_id=story.mila.id, year_id=next_year.id, talks=HomeTalks.APART, apart_minutes=0, by=story.office, now=NOW
    )
    assert len([one for one in needed_talks(story.start.id, on=TUESDAY.date()) if one.pupil_id == story.mila.id]) == 1


def test_a_pupil_with_one_home_has_nothing_to_arrange(story):
    with pytest.raises(OneHome):
        homes.arrange(
            pupil_id=story.daan.id, year_id=story.year, talks=HomeTalks.APART, apart_minutes=0, by=story.office, now=NOW
        )


def test_homes_that_are_kept_apart_have_two_talks(story):
    with pytest.raises(NobodyApart):
        story.arrange(HomeTalks.TOGETHER, 20)
    assert db.session.scalars(select(TwoHomes)).all() == []


def test_a_home_asks_for_its_own_talk_and_the_office_says_yes(story):
    for _twice in range(2):
        homes.ask(pupil_id=story.mila.id, year_id=story.year, by=story.by(story.els), now=NOW)
    (wish,) = db.session.scalars(select(OwnTalkWish)).all()
    assert wish.household_id == household_of(story.els).id
    homes.decide(wish_id=wish.id, accept=True, by=story.office, now=NOW)
    assert len([one for one in needed_talks(story.start.id, on=TUESDAY.date()) if one.pupil_id == story.mila.id]) == 2
    with pytest.raises(WishDecided):
        homes.decide(wish_id=wish.id, accept=False, by=story.office, now=NOW)
    assert db.session.scalars(select(Outbox)).all() == []


def test_a_home_takes_back_what_it_asked_and_no_is_no(story):
    homes.ask(pupil_id=story.mila.id, year_id=story.year, by=story.by(story.els), now=NOW)
    homes.withdraw(pupil_id=story.mila.id, year_id=story.year, by=story.by(story.els), now=NOW)
    assert db.session.scalars(select(OwnTalkWish)).all() == []
    homes.ask(pupil_id=story.mila.id, year_id=story.year, by=story.by(story.els), now=NOW)
    (wish,) = db.session.scalars(select(OwnTalkWish)).all()
    homes.decide(wish_id=wish.id, accept=False, by=story.office, now=NOW)
    assert len([one for one in needed_talks(story.start.id, on=TUESDAY.date()) if one.pupil_id == story.mila.id]) == 1


def test_the_other_home_cannot_take_back_what_a_home_asked(story):
    homes.ask(pupil_id=story.mila.id, year_id=story.year, by=story.by(story.els), now=NOW)
    homes.withdraw(pupil_id=story.mila.id, year_id=story.year, by=story.by(story.ruud), now=NOW)
    assert len(db.session.scalars(select(OwnTalkWish)).all()) == 1


def test_only_a_home_of_a_joint_talk_asks(story):
    def asks(guardian: Guardian, pupil: Pupil) -> None:
        homes.ask(pupil_id=pupil.id, year_id=story.year, by=story.by(guardian), now=NOW)

    with pytest.raises(NoOwnTalkHere):
        asks(story.ruud, story.daan)
    with pytest.raises(NotFound):
        asks(story.els, story.daan)
    stranger = a_guardian("Tom", story.mila, authority=Authority.NO)
    with pytest.raises(NotFound):
        asks(stranger, story.mila)
    db.session.get(School, 1).separated_parents = SeparatedParents.ONE_JOINT
    db.session.commit()
    with pytest.raises(NoOwnTalkHere):
        asks(story.els, story.mila)


def test_a_joint_talk_stays_until_it_is_split_and_then_each_home_hears_of_its_own(story):
    joint = a_booking(story.start, story.mila, story.slots[0])
    joint.invited_at = NOW
    db.session.commit()
    story.arrange()
    assert story.talks() == {None: joint}
    ruud, els = household_of(story.ruud).id, household_of(story.els).id
    homes.split(
        round_id=story.start.id, pupil_id=story.mila.id, slots={ruud: story.slots[0].id, els: story.slots[5].id},
        by=story.office, now=NOW,
    )  # fmt: skip
    talks = story.talks()
    assert talks.keys() == {ruud, els}
    assert talks[ruud].starts_at == story.slots[0].starts_at
    assert talks[els].starts_at == story.slots[5].starts_at
    assert {talk.ical_uid for talk in talks.values()}.isdisjoint({joint.ical_uid})
    for guardian in (story.ruud, story.els):
        assert story.letters(guardian) == ["cancelled", "invitation"]


def test_a_home_without_a_time_after_the_split_has_none_and_chooses(story):
    a_booking(story.start, story.mila, story.slots[0])
    story.arrange()
    ruud, els = household_of(story.ruud).id, household_of(story.els).id
    homes.split(
        round_id=story.start.id, pupil_id=story.mila.id, slots={ruud: story.slots[0].id, els: None}, by=story.office,
        now=NOW,
    )  # fmt: skip
    assert story.talks().keys() == {ruud}
    assert story.letters(story.ruud) == []
    bookings.pick(
        round_id=story.start.id, pupil_id=story.mila.id, slot_id=story.slots[3].id, by=story.by(story.els), now=NOW
    )
    assert story.talks().keys() == {ruud, els}


def test_a_talk_is_split_only_when_two_are_wanted(story):
    a_booking(story.start, story.mila, story.slots[0])
    wanted = {"round_id": story.start.id, "pupil_id": story.mila.id, "slots": {}, "by": story.office, "now": NOW}
    with pytest.raises(NothingToSplit):
        homes.split(**wanted)
    story.arrange()
    homes.split(**wanted)
    with pytest.raises(NothingToSplit):
        homes.split(**wanted)


def test_a_split_that_meets_a_taken_time_changes_nothing(story):
    joint = a_booking(story.start, story.mila, story.slots[0])
    a_booking(story.start, story.daan, story.slots[5])
    story.arrange()
    with pytest.raises(SlotTaken):
        homes.split(
            round_id=story.start.id, pupil_id=story.mila.id,
            slots={household_of(story.els).id: story.slots[5].id}, by=story.office, now=NOW,
        )  # fmt: skip
    db.session.expire_all()
    assert story.talks() == {None: joint}


def test_two_talks_are_joined_one_is_kept_and_the_other_cancelled(story):
    story.arrange()
    kept, off = story.own_talk(story.ruud, 1), story.own_talk(story.els, 4)
    kept.invited_at = off.invited_at = NOW
    db.session.commit()
    wanted = {
        "round_id": story.start.id,
        "pupil_id": story.mila.id,
        "booking_id": kept.id,
        "by": story.office,
        "now": NOW,
    }
    with pytest.raises(NothingToJoin):
        homes.join(**wanted)
    story.arrange(HomeTalks.TOGETHER)
    homes.join(**wanted)
    assert story.talks() == {None: kept}
    assert (kept.ical_sequence, off.status) == (1, BookingStatus.CANCELLED)
    assert story.letters(story.ruud) == ["invitation"]
    assert story.letters(story.els) == ["cancelled", "invitation"]


def test_a_letter_says_that_the_other_parent_comes_when_and_only_when_the_talk_is_together(story):
    story.arrange()
    kept, off = story.own_talk(story.ruud, 1), story.own_talk(story.els, 4)
    kept.invited_at = off.invited_at = NOW
    db.session.commit()
    story.arrange(HomeTalks.TOGETHER)
    homes.join(
        round_id=story.start.id, pupil_id=story.mila.id, booking_id=kept.id, by=story.office, now=NOW
    )  # fmt: skip
    told = [find_letter(row_id, NOW) for row_id in db.session.scalars(select(Outbox.id).order_by(Outbox.id))]
    together = {(str(letter.letter), letter.talk.joint) for letter in told if letter.stop is None}
    assert together == {("cancelled", False), ("invitation", True)}


def test_a_talk_is_not_joined_at_a_time_when_the_other_home_is_elsewhere(story):
    story.arrange()
    kept = story.own_talk(story.els, 1)
    a_booking(story.start, story.daan, story.other_slots[1], household=household_of(story.ruud))
    story.arrange(HomeTalks.TOGETHER)
    with pytest.raises(FamilyBusy):
        homes.join(round_id=story.start.id, pupil_id=story.mila.id, booking_id=kept.id, by=story.office, now=NOW)


def test_times_near_the_other_home_are_not_offered(story):
    story.arrange(apart=20)
    story.own_talk(story.ruud, 3)
    assert story.free(story.els, story.mila) == [0, 1, 5, 6, 7]
    story.arrange(apart=0)
    assert story.free(story.els, story.mila) == [0, 1, 2, 4, 5, 6, 7]


def test_times_near_the_other_homes_talk_for_a_brother_are_not_offered_either(story):
    story.arrange(apart=20)
    a_booking(story.start, story.daan, story.other_slots[3], household=household_of(story.ruud))
    assert story.free(story.els, story.mila) == [0, 1, 5, 6, 7]


def test_the_brothers_talk_keeps_away_from_the_other_home_as_well(story):
    story.arrange(apart=20)
    story.own_talk(story.els, 3)
    assert story.free(story.ruud, story.daan) == [0, 1, 5, 6, 7]


def test_a_time_near_the_other_home_is_answered_as_one_that_is_gone(story):
    story.arrange(apart=20)
    story.own_talk(story.ruud, 3)
    for place in (2, 3, 4):
        with pytest.raises(SlotTaken):
            bookings.pick(
                round_id=story.start.id, pupil_id=story.mila.id, slot_id=story.slots[place].id, by=story.by(story.els),
                now=NOW,
            )  # fmt: skip
    talk = story.own_talk(story.els, 6)
    with pytest.raises(SlotTaken):
        bookings.move(booking_id=talk.id, slot_id=story.slots[4].id, by=story.by(story.els), now=NOW)
    with pytest.raises(SlotTaken):
        leading.move(
            booking_id=talk.id, slot_id=story.slots[4].id, leader_id=story.anna.id, agreed=True,
            origin=talk.origin, by=story.office, now=NOW,
        )  # fmt: skip


def test_a_roster_keeps_the_homes_apart_whatever_it_chooses(story):
    story.arrange(apart=20)
    talks = {talk.id: talk for talk in take_snapshot(story.start.id, now=NOW).problem.talks}
    els = talks[f"p{story.mila.id}h{household_of(story.els).id}"]
    ruud = talks[f"p{story.mila.id}h{household_of(story.ruud).id}"]
    daan = talks[f"p{story.daan.id}h{household_of(story.ruud).id}"]
    for theirs in (ruud, daan):
        assert els.cost
        assert theirs.cost
        apart = [abs(_minutes(one) - _minutes(other)) for one in els.cost for other in theirs.cost]
        assert min(apart) >= 40  # a talk of twenty minutes, and twenty minutes between


def test_a_roster_keeps_clear_of_the_talk_that_the_other_home_has_already(story):
    story.arrange(apart=20)
    story.own_talk(story.ruud, 3)
    talks = {talk.id: talk for talk in take_snapshot(story.start.id, now=NOW).problem.talks}
    els = talks[f"p{story.mila.id}h{household_of(story.els).id}"]
    assert els.cost
    assert all(abs(_minutes(start) - 16 * 60) >= 40 for start in els.cost)


def test_a_swap_never_brings_two_homes_near_each_other(story):
    story.arrange(apart=20)
    story.own_talk(story.ruud, 3)
    mine = story.own_talk(story.els, 7)
    tom = a_pupil("Tom", story.three)
    near = a_booking(story.start, tom, story.slots[4], household=household_of(a_guardian("Tine", tom)))
    family = family_of(story.by(story.els), NOW)
    offering = offering_for(family, family.talk(story.start.id, story.mila.id), NOW)
    assert offering.days == ()
    with pytest.raises(SlotTaken):
        swaps.offer(booking_id=mine.id, slot_ids=[story.slots[4].id], by=story.by(story.els), now=NOW)
    with pytest.raises(CannotChangePlaces) as refused:
        swaps.make(booking_ids=[mine.id, near.id], leader_id=story.anna.id, by=story.office, now=NOW)
    assert refused.value.why is Hindrance.BUSY, "the same as for any other time that is gone"


def test_three_who_move_together_do_not_bring_two_homes_near_each_other(story):
    story.arrange(apart=20)
    ruud, els = story.own_talk(story.ruud, 0), story.own_talk(story.els, 4)
    tom = a_pupil("Tom", story.three)
    near = a_booking(story.start, tom, story.slots[2], household=household_of(a_guardian("Tine", tom)))
    with pytest.raises(
        CannotChangePlaces
    ):  # Ruud to 15.40, Tom to 16.20, Els to 15.00: twenty minutes apart, but not two talks
        swaps.make(booking_ids=[ruud.id, near.id, els.id], leader_id=story.anna.id, by=story.office, now=NOW)


def test_without_the_switch_talks_of_two_homes_may_follow_each_other(story):
    story.arrange(apart=0)
    story.own_talk(story.ruud, 3)
    bookings.pick(
        round_id=story.start.id, pupil_id=story.mila.id, slot_id=story.slots[4].id, by=story.by(story.els), now=NOW
    )


def _minutes(start: str) -> int:
    return int(start[11:13]) * 60 + int(start[14:16])


def test_a_joint_talk_that_stands_is_all_a_roster_needs_until_it_is_split(story):
    a_booking(story.start, story.mila, story.slots[0])
    story.arrange()
    homes_of_talks = [one.household_id for one in needed_talks(story.start.id, on=TUESDAY.date())]
    assert homes_of_talks == [None, household_of(story.ruud).id]


def test_two_talks_that_stand_are_all_a_roster_needs_until_they_are_joined(story):
    story.arrange()
    story.own_talk(story.ruud, 1)
    story.own_talk(story.els, 4)
    story.arrange(HomeTalks.TOGETHER)
    needs = [one.household_id for one in needed_talks(story.start.id, on=TUESDAY.date())]
    assert sorted(needs[:2]) == sorted([household_of(story.ruud).id, household_of(story.els).id])


def test_a_draft_made_before_the_arrangement_is_not_published_for_that_leader(story):
    story.makes_a_draft()
    story.arrange()
    published = rosters.publish(round_id=story.start.id, by=story.office, now=NOW)
    assert (published.published, published.changed_meanwhile) == (("bert",), ("anna",))


def test_a_draft_made_before_the_homes_were_kept_apart_is_not_published_where_they_would_meet(story):
    story.arrange()
    story.makes_a_draft()
    story.arrange(apart=240)
    published = rosters.publish(round_id=story.start.id, by=story.office, now=NOW)
    assert "anna" in published.changed_meanwhile


def test_the_earlier_time_is_not_offered_back_once_the_other_home_is_near_it(story):
    story.arrange(apart=20)
    talk = story.own_talk(story.els, 0)
    bookings.move(booking_id=talk.id, slot_id=story.slots[7].id, by=story.by(story.els), now=NOW)

    def earlier() -> object:
        family = family_of(story.by(story.els), NOW)
        return earlier_time(family.talk(story.start.id, story.mila.id), NOW)

    assert earlier()
    story.own_talk(story.ruud, 1)
    assert earlier() is None
