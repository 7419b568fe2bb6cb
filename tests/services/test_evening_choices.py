"""Families choose their own times on an evening of several talks: together, with time to walk, or nothing at all."""

from datetime import timedelta

import pytest

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.requests import (
    ChosenTime,
    ChosenTooNear,
    NoRequestsHere,
    NotATeacherOf,
    NothingChosen,
    TooManyAsked,
)
from scheduling.domain.rounds import (
    BookingOrigin,
    BookingStatus,
    FamilyBusy,
    NotOpenYet,
    RoundMode,
    SlotTaken,
)
from scheduling.domain.turns import NotTheirTurn, Turns
from scheduling.domain.wishes import Wisher
from scheduling.models import Booking, Guardian, LeaderOpening, Outbox, Pupil, School, Slot, Staff, TalkRequest, db
from scheduling.queries.evening_choices import evenings_to_choose, page_of
from scheduling.services import bookings, evening_choices, requests, turns
from scheduling.services.requests import Said
from tests.asking import AskingSchool
from tests.builders import NOW, TUESDAY, a_booking, household_of

pytestmark = pytest.mark.usefixtures("any_context")

HOUR = timedelta(hours=1)


class ChoosingSchool(AskingSchool):
    """The same school, where families choose their own times from now on; it takes ten minutes to walk."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self.evening.mode, self.evening.wishes_until = RoundMode.PICK, None
        db.session.query(School).update({School.walking_minutes: 10})
        db.session.commit()
        self.times(first=TUESDAY, opened=True)

    def slot(self, teacher: Staff, place: int) -> Slot:
        """This colleague's first, second … time."""
        own = db.session.query(Slot).filter_by(round_id=self.evening.id, leader_id=teacher.id)
        return own.order_by(Slot.starts_at).all()[place]

    def seen(self, teacher: Staff, place: int) -> ChosenTime:
        """The same, as it is on the page of a family now."""
        return ChosenTime(self.slot(teacher, place).id, self.slot(teacher, place).starts_at)

    def choose(self, parent: Guardian, *wanted: tuple[Pupil, Staff, int], after: timedelta = timedelta()) -> int:
        times = {(pupil.id, teacher.id): self.seen(teacher, place) for pupil, teacher, place in wanted}
        return evening_choices.choose(round_id=self.evening.id, times=times, by=by(parent), now=NOW + after)


def by(parent: Guardian) -> Actor:
    return Actor(ActorKind.GUARDIAN, parent.id)


def talks() -> list[tuple[int, int]]:
    db.session.expire_all()
    live = db.session.query(Booking).filter(Booking.status != BookingStatus.CANCELLED).order_by(Booking.starts_at)
    return [(row.pupil_id, row.leader_id) for row in live]


def free(school: ChoosingSchool, parent: Guardian, pupil: Pupil, teacher: Staff) -> list[int]:
    """At how many minutes the free times begin that the page shows."""
    page = page_of(by(parent), school.evening.id, {}, NOW)
    line = next(one for child in page.children for one in child.lines if one.key == (pupil.id, teacher.id))
    return [int((time.starts_at - TUESDAY).total_seconds() // 60) for day in line.days for time in day.times]


def test_a_family_chooses_all_its_talks_for_all_its_children_at_once() -> None:
    school = ChoosingSchool()
    done = school.choose(
        school.layla, (school.sami, school.anna, 0), (school.sami, school.cas, 2), (school.noor, school.bo, 4)
    )
    assert done == 3
    assert talks() == [
        (school.sami.id, school.anna.id), (school.sami.id, school.cas.id), (school.noor.id, school.bo.id)
    ]  # fmt: skip
    told = db.session.query(Outbox).filter_by(letter=Letter.CONFIRMED).all()
    assert {row.guardian_id for row in told} == {school.layla.id, school.omar.id}
    asked = db.session.query(TalkRequest).all()
    assert {(row.pupil_id, row.teacher_id) for row in asked} == set(talks())
    assert all(row.household_id == household_of(school.layla).id for row in asked)


def test_times_that_leave_no_time_to_walk_are_refused_together_and_nothing_is_kept() -> None:
    school = ChoosingSchool()
    with pytest.raises(ChosenTooNear) as refusal:
        school.choose(school.layla, (school.sami, school.anna, 0), (school.noor, school.bo, 1))
    assert (refusal.value.first, refusal.value.second) == (school.anna.name.full, school.bo.name.full)
    assert talks() == []
    assert db.session.query(TalkRequest).count() == 0
    school.choose(school.layla, (school.sami, school.bo, 0), (school.noor, school.bo, 1))


def test_what_clashes_with_a_talk_that_stands_is_not_offered_and_not_taken() -> None:
    school = ChoosingSchool()
    school.choose(school.layla, (school.sami, school.anna, 2))
    assert free(school, school.omar, school.noor, school.bo) == [0, 40, 50]
    assert free(school, school.ruud, school.mila, school.bo) == [0, 10, 20, 30, 40, 50]
    with pytest.raises(FamilyBusy):
        school.choose(school.omar, (school.noor, school.bo, 3))


def test_what_was_typed_leaves_only_what_goes_with_it() -> None:
    school = ChoosingSchool()
    typed = {
        (school.sami.id, school.anna.id): school.seen(school.anna, 2),
        (school.noor.id, school.bo.id): school.seen(school.bo, 3),
    }
    page = page_of(by(school.layla), school.evening.id, typed, NOW)
    lines = {line.key: line for child in page.children for line in child.lines}
    assert lines[school.sami.id, school.anna.id].chosen == school.slot(school.anna, 2).id
    clashing = lines[school.noor.id, school.bo.id]
    assert clashing.chosen is None
    offered = [time.slot_id for day in clashing.days for time in day.times]
    assert offered == [school.slot(school.bo, place).id for place in (0, 4, 5)]


def test_a_time_that_begins_elsewhen_than_the_family_saw_is_not_taken_and_neither_are_the_others() -> None:
    school = ChoosingSchool()
    times = {
        (school.sami.id, school.anna.id): school.seen(school.anna, 0),
        (school.noor.id, school.bo.id): school.seen(school.bo, 4),
    }
    for slot in db.session.query(Slot).filter_by(leader_id=school.bo.id):
        slot.starts_at, slot.ends_at = slot.starts_at + 2 * HOUR, slot.ends_at + 2 * HOUR
    db.session.commit()
    with pytest.raises(SlotTaken):
        evening_choices.choose(round_id=school.evening.id, times=times, by=by(school.layla), now=NOW)
    office = Actor(ActorKind.STAFF, school.office.id)
    wisher = Wisher(household_of(school.layla).id)
    with pytest.raises(SlotTaken):
        evening_choices.choose_for(
            round_id=school.evening.id, wisher=wisher, times=times, early=True, by=office, now=NOW
        )
    assert talks() == []
    page = page_of(by(school.layla), school.evening.id, times, NOW)
    chosen = {line.key: line.chosen for child in page.children for line in child.lines}
    assert chosen[school.sami.id, school.anna.id] == school.slot(school.anna, 0).id
    assert chosen[school.noor.id, school.bo.id] is None, "at its new moment the family did not choose it"
    assert school.choose(school.layla, (school.sami, school.anna, 0), (school.noor, school.bo, 4)) == 2


def test_of_many_times_one_that_is_gone_keeps_all_of_them_back() -> None:
    school = ChoosingSchool()
    school.choose(school.ruud, (school.mila, school.bo, 4))
    with pytest.raises(SlotTaken):
        school.choose(school.layla, (school.sami, school.anna, 0), (school.sami, school.bo, 4))
    assert talks() == [(school.mila.id, school.bo.id)]


def test_each_home_of_a_child_chooses_for_itself() -> None:
    school = ChoosingSchool()
    school.choose(school.ruud, (school.mila, school.bo, 0))
    school.choose(school.els, (school.mila, school.bo, 3))
    homes = {row.household_id for row in db.session.query(Booking)}
    assert homes == {household_of(school.ruud).id, household_of(school.els).id}


def test_no_more_than_the_school_offers_only_own_teachers_and_only_own_children() -> None:
    school = ChoosingSchool()
    requests.set_rules(
        round_id=school.evening.id, rules=requests.AskingRules(most_per_child=1), by=by(school.layla), now=NOW
    )
    with pytest.raises(TooManyAsked):
        school.choose(school.layla, (school.sami, school.anna, 0), (school.sami, school.bo, 4))
    with pytest.raises(NotATeacherOf):
        school.choose(school.layla, (school.noor, school.cas, 0))
    with pytest.raises(NotFound):
        school.choose(school.layla, (school.mila, school.bo, 0))
    with pytest.raises(NothingChosen):
        school.choose(school.layla)
    assert talks() == []


def test_whom_the_school_would_like_to_see_counts_in_no_limit_and_stands_on_the_page() -> None:
    school = ChoosingSchool()
    requests.set_rules(
        round_id=school.evening.id, rules=requests.AskingRules(most_per_child=1), by=by(school.layla), now=NOW
    )
    home = household_of(school.layla).id
    office = Actor(ActorKind.STAFF, school.bo.id)
    marked = f"{school.sami.id}-{home}"
    requests.mark(
        round_id=school.evening.id, teacher_id=school.bo.id, shown=[marked], wanted=[marked], by=office, now=NOW
    )
    page = page_of(by(school.layla), school.evening.id, {}, NOW)
    assert [line.obliged for line in page.children[0].lines if line.teacher.id == school.bo.id] == [True]
    assert school.choose(school.layla, (school.sami, school.bo, 0), (school.sami, school.anna, 4)) == 2


def test_nobody_chooses_before_the_evening_opens_for_its_home_and_the_office_only_knowingly() -> None:
    school = ChoosingSchool()
    office = Actor(ActorKind.STAFF, school.office.id)
    turns.set_turns(round_id=school.evening.id, turns=Turns(NOW, None, NOW + HOUR), by=office, now=NOW)
    school.choose(school.layla, (school.sami, school.anna, 0))
    with pytest.raises(NotOpenYet):
        school.choose(school.ruud, (school.mila, school.anna, 1))
    assert [one.opens_at for one in evenings_to_choose(by(school.ruud), school.evening.year_id, NOW)] == [NOW + HOUR]
    phone = {
        "round_id": school.evening.id, "wisher": Wisher(household_of(school.ruud).id),
        "times": {(school.mila.id, school.anna.id): school.seen(school.anna, 1)}, "by": office, "now": NOW,
    }  # fmt: skip
    with pytest.raises(NotTheirTurn):
        evening_choices.choose_for(**phone, early=False)
    assert evening_choices.choose_for(**phone, early=True) == 1
    assert db.session.query(Booking).filter_by(origin=BookingOrigin.OFFICE).one().pupil_id == school.mila.id
    school.choose(school.els, (school.mila, school.bo, 4), after=HOUR)


def test_a_talk_that_was_called_off_may_be_chosen_again() -> None:
    school = ChoosingSchool()
    school.choose(school.layla, (school.sami, school.anna, 0))
    mine = db.session.query(Booking).one()
    bookings.cancel(booking_id=mine.id, by=by(school.layla), now=NOW)
    school.choose(school.omar, (school.sami, school.anna, 3))
    assert db.session.query(TalkRequest).count() == 1
    assert talks() == [(school.sami.id, school.anna.id)]


def test_an_evening_that_is_planned_is_not_chosen_like_this_and_one_that_is_chosen_asks_for_no_wishes() -> None:
    school = ChoosingSchool()
    with pytest.raises(NoRequestsHere):
        requests.say(round_id=school.evening.id, said=Said({}, {}), by=by(school.layla), now=NOW)
    school.evening.mode, school.evening.wishes_until = RoundMode.ROSTER, NOW
    db.session.commit()
    with pytest.raises(NoRequestsHere):
        school.choose(school.layla, (school.sami, school.anna, 0))


def test_nothing_is_offered_of_a_colleague_who_shows_no_times_yet() -> None:
    school = ChoosingSchool()
    db.session.query(LeaderOpening).filter_by(leader_id=school.bo.id).delete()
    db.session.commit()
    page = page_of(by(school.layla), school.evening.id, {}, NOW)
    assert {line.teacher.id for child in page.children for line in child.lines} == {
        school.anna.id, school.karin.id, school.cas.id
    }  # fmt: skip
    with pytest.raises(NotATeacherOf):
        school.choose(school.layla, (school.sami, school.bo, 0))


def test_a_talk_beside_the_evening_is_minded_too() -> None:
    school = ChoosingSchool()
    slot = school.slot(school.karin, 0)
    a_booking(school.evening, school.noor, slot, household=household_of(school.layla))
    assert free(school, school.layla, school.sami, school.anna) == [20, 30, 40, 50]
