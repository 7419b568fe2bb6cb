"""One colleague's talks take longer on one evening: named before it is saved, planned, offered and told as they are."""

from datetime import date, timedelta

import pytest

from scheduling.domain.evenings import TimesOutOfStep
from scheduling.domain.hours import Hours
from scheduling.domain.journal import SYSTEM
from scheduling.domain.mailings import Letter
from scheduling.domain.round_changes import LengthWrong, OneLengthHere, RoundHasBegun, TalksDoNotFit
from scheduling.domain.rounds import RoundKind, RoundMode
from scheduling.domain.timeslots import Span, local
from scheduling.models import Booking, Outbox, RosterRecord, Round, Slot, Staff, db
from scheduling.optimiser.checker import check
from scheduling.optimiser.problem import read_problem, read_roster
from scheduling.queries import day_lengths
from scheduling.queries.evening_boards import talk_on_board
from scheduling.queries.evening_plans import evening_plan
from scheduling.services import evening_moves, round_changes, rounds
from scheduling.services.drafts import Seen
from tests.builders import NOW
from tests.evenings import EVENING, TEN, THURSDAY, School, talk_of

pytestmark = pytest.mark.usefixtures("any_context")
DAY = date(2027, 11, 16)
LATER = date(2027, 11, 18)


@pytest.fixture
def school(any_context) -> School:
    return School()


def change(school: School, teacher: Staff, minutes: int, day: date = DAY, **more: object) -> int:
    wanted = {"round_id": school.round.id, "leader_id": teacher.id, "day": day, "minutes": minutes, "now": NOW}
    return round_changes.change_day_minutes(**{**wanted, "by": SYSTEM, **more})


def lengths(school: School, teacher: Staff) -> dict[date, set[int]]:
    found: dict[date, set[int]] = {}
    for slot in db.session.query(Slot).filter_by(round_id=school.round.id, leader_id=teacher.id):
        minutes = int((slot.ends_at - slot.starts_at).total_seconds()) // 60
        found.setdefault(local(slot.starts_at).date(), set()).add(minutes)
    return found


def of_day(school: School, teacher: Staff, day: date = DAY) -> day_lengths.LengthOfDay:
    year_id = school.round.year_id
    return next(one for one in day_lengths.days_of(teacher.id, year_id, NOW) if one.day == day)


@pytest.mark.parametrize("minutes", [15, 20])
def test_only_this_teacher_on_this_evening_has_longer_talks(school: School, minutes: int):
    school.times(school.anna, school.bas, count=12)
    school.times(school.anna, first=THURSDAY, count=12)
    assert change(school, school.anna, minutes) == 0
    assert lengths(school, school.anna) == {DAY: {minutes}, LATER: {10}}
    assert lengths(school, school.bas) == {DAY: {10}}
    assert db.session.query(Slot).filter_by(leader_id=school.anna.id).count() == 120 // minutes + 12


@pytest.mark.parametrize("minutes", [15, 20])
def test_the_plan_of_the_evening_gives_each_talk_the_length_of_its_teacher_that_evening(school: School, minutes: int):
    school.times(school.anna, school.bas, count=12)
    change(school, school.anna, minutes)
    asked = []
    for number in range(6):
        parent, (pupil,) = school.family(f"Kind {number}")
        asked.append(school.asks(parent, pupil, school.anna, school.bas))
    version = school.draft()
    begins = {
        slot.starts_at for slot in db.session.query(Slot).filter_by(round_id=school.round.id, leader_id=school.anna.id)
    }
    assert {talk_of(version, long).starts_at for long, _ in asked} <= begins
    plan = evening_plan(school.round.id, version.number)
    told = {
        talk.teacher_id: {int((talk.span.ends_at - talk.span.starts_at).total_seconds()) // 60}
        for family in plan.families
        for talk in family.talks
        if talk.span
    }
    assert told == {school.anna.id: {minutes}, school.bas.id: {10}}
    papers = db.session.get_one(RosterRecord, version.id)
    problem = read_problem(papers.problem)
    assert check(problem, read_roster(papers.roster, problem)) == []
    assert school.publish().talks == 12
    talks = db.session.query(Booking).filter_by(leader_id=school.anna.id)
    assert {talk.ends_at - talk.starts_at for talk in talks} == {timedelta(minutes=minutes)}


def test_a_teacher_with_two_lengths_on_two_evenings_keeps_both(school: School):
    school.times(school.anna, count=4)
    school.times(school.anna, first=THURSDAY, count=4)
    change(school, school.anna, 20)
    for number in range(6):
        parent, (pupil,) = school.family(f"Kind {number}")
        school.asks(parent, pupil, school.anna)
    school.draft()
    assert school.publish().talks == 6
    found = {(local(talk.starts_at).date(), talk.ends_at - talk.starts_at) for talk in db.session.query(Booking)}
    assert found == {(DAY, 2 * TEN), (LATER, TEN)}


def test_by_hand_a_longer_talk_goes_only_to_a_time_of_its_teacher(school: School):
    school.times(school.anna, school.bas, count=12)
    change(school, school.anna, 15)
    parent, (sami,) = school.family("Sami")
    asked, _ = school.asks(parent, sami, school.anna, school.bas)
    version = school.draft()
    talk = talk_of(version, asked)
    board = talk_on_board(school.round.id, version.number, talk.id)
    begins = {slot.starts_at for slot in db.session.query(Slot).filter_by(leader_id=school.anna.id)}
    assert {choice.span.starts_at for choice in board.choices} <= begins
    assert {choice.span.ends_at - choice.span.starts_at for choice in board.choices} == {timedelta(minutes=15)}
    wanted = board.choices[-1]
    evening_moves.move(
        round_id=school.round.id, number=version.number, seen=Seen(talk.id, talk.edition), spot=wanted.key, by=SYSTEM,
        now=NOW,
    )  # fmt: skip
    assert talk_of(version, asked).starts_at == wanted.span.starts_at


def two_talks(school: School) -> list[Booking]:
    school.times(school.anna, count=4)
    for name in ("Sami", "Lina"):
        parent, (pupil,) = school.family(name)
        school.asks(parent, pupil, school.anna)
    school.draft()
    school.publish()
    talks = db.session.query(Booking).order_by(Booking.starts_at).all()
    for talk in talks:
        talk.invited_at = NOW
    db.session.commit()
    return talks


def test_talks_that_stand_are_named_with_their_new_time_before_anything_is_saved(school: School):
    talks = two_talks(school)
    seen = day_lengths.lengthened(school.anna.id, of_day(school, school.anna), 20, NOW)
    assert [talk.pupil for talk in seen.talks] == [talk.pupil.name for talk in talks]
    assert not seen.stuck
    assert lengths(school, school.anna) == {DAY: {10}}
    change(school, school.anna, 20)
    assert [Span(talk.starts_at, talk.ends_at) for talk in talks] == [talk.becomes for talk in seen.talks]
    assert {letter.letter for letter in db.session.query(Outbox)} == {Letter.CHANGED}


def test_a_talk_that_no_longer_fits_is_named_and_nothing_changes(school: School):
    talks = two_talks(school)
    seen = day_lengths.lengthened(school.anna.id, of_day(school, school.anna), 40, NOW)
    assert [talk.booking_id for talk in seen.stuck] == [talks[1].id]
    with pytest.raises(TalksDoNotFit):
        change(school, school.anna, 40)
    assert lengths(school, school.anna) == {DAY: {10}}
    assert [talk.ends_at - talk.starts_at for talk in talks] == [TEN, TEN]
    assert db.session.query(Outbox).count() == 0


def test_a_family_that_is_elsewhere_at_the_new_time_is_named(school: School):
    school.times(school.anna, school.bas, count=4)
    parent, (sami,) = school.family("Sami")
    school.asks(parent, sami, school.anna, school.bas)
    school.draft()
    school.publish()
    seen = day_lengths.lengthened(school.anna.id, of_day(school, school.anna), 40, NOW)
    assert [talk.is_busy for talk in seen.stuck] == [True]


@pytest.mark.parametrize("minutes", [0, 3, 12, 61])
def test_a_length_that_does_not_go_with_the_others_is_refused(school: School, minutes: int):
    school.times(school.anna)
    with pytest.raises(LengthWrong):
        change(school, school.anna, minutes)


def test_an_evening_that_has_begun_keeps_its_length(school: School):
    school.times(school.anna)
    with pytest.raises(RoundHasBegun):
        change(school, school.anna, 15, now=EVENING + TEN)


def test_where_each_family_has_one_planned_talk_all_talks_are_as_long(school: School):
    school.times(school.anna)
    school.round.kind = RoundKind.START_CONVERSATION
    db.session.commit()
    with pytest.raises(OneLengthHere):
        change(school, school.anna, 15)


def test_where_families_pick_by_themselves_a_teacher_may_take_longer(school: School):
    school.round.mode = RoundMode.PICK
    db.session.commit()
    school.times(school.anna)
    change(school, school.anna, 15)
    assert lengths(school, school.anna) == {DAY: {15}}


def test_new_hours_of_that_evening_have_the_same_length(school: School):
    school.times(school.anna)
    change(school, school.anna, 15)
    found = db.session.get_one(Round, school.round.id)
    begin = local(EVENING)
    hours = Hours("anna", DAY, begin.time(), (begin + timedelta(hours=2)).time())
    rounds.set_hours(round_id=found.id, hours=[hours], by=SYSTEM, now=NOW)
    assert lengths(school, school.anna) == {DAY: {15}}
    assert db.session.query(Slot).filter_by(leader_id=school.anna.id).count() == 8


def test_longer_talks_that_begin_between_the_steps_of_the_evening_are_named(school: School):
    school.times(school.anna, school.bas)
    school.times(school.cas, first=EVENING + timedelta(minutes=3))
    for slot in db.session.query(Slot).filter_by(leader_id=school.cas.id).order_by(Slot.starts_at.desc()):
        slot.starts_at += timedelta(hours=1)
        slot.ends_at = slot.starts_at + timedelta(minutes=15)
        break
    db.session.commit()
    with pytest.raises(TimesOutOfStep) as refusal:
        school.draft()
    assert refusal.value.codes == ("cas",)
