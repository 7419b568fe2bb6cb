"""A round that opens in turns: nobody chooses before its own turn, and the school only knowingly; both databases."""

from datetime import timedelta

import pytest

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.rounds import BookingOrigin, ClosesBeforeItOpens, NotOpenYet, RoundMode
from scheduling.domain.turns import MomentForAllNeeded, NotTheirTurn, Turn, Turns, TurnsOutOfOrder
from scheduling.models import Booking, Guardian, Guardianship, OpeningTurns, Pupil, TalkRequest, db
from scheduling.queries.family import TalkState, family_of
from scheduling.queries.letters import find_letter
from scheduling.queries.turns import turns_page
from scheduling.services import bookings, leading, mailings, round_changes, swaps, turns
from tests.builders import (
    NOW,
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
from tests.swapping import Swapping

pytestmark = pytest.mark.usefixtures("any_context")

HOUR = timedelta(hours=1)
IN_TURNS = Turns(NOW + HOUR, NOW + 2 * HOUR, NOW + 3 * HOUR)


class Choosing:
    """Anna leads 3, Bert 6. Layla and Omar have a child in each, Petra one; the school likes to see Jan."""

    def __init__(self) -> None:
        a_school()
        a_year()
        self.office = Actor(ActorKind.STAFF, an_office_worker().id)
        self.anna, self.bert = a_leader("anna"), a_leader("bert")
        three, six = a_class("3", leaders=[self.anna]), a_class("6", leaders=[self.bert])
        self.round = a_round(classes=[three, six], mode=RoundMode.PICK, max_in_a_row=0)
        self.slots = some_slots(self.round, self.anna, count=6)
        some_slots(self.round, self.bert, count=6, room="lokaal 6")
        self.sami, self.noor = a_pupil("Sami", three), a_pupil("Noor", six)
        self.layla = a_guardian("Layla", self.sami, self.noor)
        self.daan, self.lars = a_pupil("Daan", three), a_pupil("Lars", three)
        self.petra, self.jan = a_guardian("Petra", self.daan), a_guardian("Jan", self.lars)
        db.session.add(
            TalkRequest(
                round_id=self.round.id, pupil_id=self.lars.id, household_id=household_of(self.jan).id,
                teacher_id=self.anna.id, wanted=False, obligatory=True, asked_at=NOW, staff_id=self.anna.id,
            )
        )  # fmt: skip
        db.session.commit()

    def open(self, moments: Turns = IN_TURNS) -> None:
        turns.set_turns(round_id=self.round.id, turns=moments, by=self.office, now=NOW)

    def chooses(self, parent: Guardian, pupil: Pupil, slot: int, after: timedelta) -> int:
        by = Actor(ActorKind.GUARDIAN, parent.id)
        return bookings.pick(
            round_id=self.round.id, pupil_id=pupil.id, slot_id=self.slots[slot].id, by=by, now=NOW + after
        )

    def waits_until(self, parent: Guardian, pupil: Pupil, slot: int, after: timedelta) -> object:
        with pytest.raises(NotOpenYet) as refusal:
            self.chooses(parent, pupil, slot, after)
        return refusal.value.opens_at


@pytest.fixture
def trading() -> Swapping:
    """Families A, B and C have times that the office chose with them on the phone; A has a second child in the round.

    Homes with several children go first, everybody else an hour later.
    """
    a_year()
    school = Swapping()
    sister, home = a_pupil("Zus", school.three), household_of(school.parents["A"])
    db.session.add(Guardianship(pupil_id=sister.id, guardian_id=school.parents["A"].id, household_id=home.id))
    for talk in school.talks.values():
        talk.origin = BookingOrigin.OFFICE
    db.session.add(OpeningTurns(round_id=school.round.id, siblings_at=NOW))
    school.round.opens_at = NOW + HOUR
    db.session.commit()
    return school


def may_swap(school: Swapping, name: str, after: timedelta = timedelta()) -> bool:
    mine = family_of(school.by(name), NOW + after)
    return mine.talk(school.round.id, school.pupils[name].id).may_swap(NOW + after)


def test_who_may_choose_may_look_for_a_swap_and_who_waits_for_a_turn_is_not_asked(trading: Swapping) -> None:
    assert [may_swap(trading, name) for name in "ABC"] == [True, False, False]
    with pytest.raises(NotOpenYet) as refusal:
        trading.offer("B", 0)
    assert refusal.value.opens_at == NOW + HOUR
    trading.offer("A", 1)
    assert trading.questions("B") == [], "its own turn is still to come"
    swaps.look_again(NOW + HOUR - timedelta(seconds=1))
    assert trading.questions("B") == []
    swaps.look_again(NOW + HOUR)
    assert len(trading.questions("B")) == 1, "now it is asked, without anybody doing anything"
    assert may_swap(trading, "B", HOUR)


def test_a_time_that_the_school_gave_is_swapped_before_the_turn_comes(trading: Swapping) -> None:
    for name in "BC":
        trading.talks[name].origin = BookingOrigin.ROSTER
    db.session.commit()
    assert [may_swap(trading, name) for name in "ABC"] == [True, True, True]
    trading.offer("B", 2)
    assert len(trading.questions("C")) == 1
    trading.accept("C")
    assert (trading.place("B"), trading.place("C")) == (2, 1)


def test_a_closed_round_is_closed_for_swaps_too_whoever_gave_the_time(trading: Swapping) -> None:
    trading.talks["B"].origin = BookingOrigin.ROSTER
    trading.round.closes_at = NOW + 2 * HOUR
    db.session.commit()
    assert may_swap(trading, "B")
    assert not may_swap(trading, "B", 2 * HOUR)


def test_homes_with_several_children_choose_first_then_whom_the_school_asks_then_all() -> None:
    school = Choosing()
    school.open()
    assert school.waits_until(school.layla, school.sami, 0, HOUR - timedelta(seconds=1)) == NOW + HOUR
    school.chooses(school.layla, school.sami, 0, HOUR)
    assert school.waits_until(school.jan, school.lars, 1, HOUR) == NOW + 2 * HOUR
    school.chooses(school.jan, school.lars, 1, 2 * HOUR)
    assert school.waits_until(school.petra, school.daan, 2, 2 * HOUR) == NOW + 3 * HOUR
    school.chooses(school.petra, school.daan, 2, 3 * HOUR)


def test_another_time_is_chosen_from_the_own_turn_on_too() -> None:
    school = Choosing()
    mine = school.chooses(school.petra, school.daan, 0, timedelta())
    school.open()
    by = Actor(ActorKind.GUARDIAN, school.petra.id)
    with pytest.raises(NotOpenYet):
        bookings.move(booking_id=mine, slot_id=school.slots[3].id, by=by, now=NOW + HOUR)
    bookings.move(booking_id=mine, slot_id=school.slots[3].id, by=by, now=NOW + 3 * HOUR)


def test_a_turn_that_was_left_empty_begins_with_everybodys() -> None:
    school = Choosing()
    school.open(Turns(obligatory_at=NOW + HOUR, all_at=NOW + 2 * HOUR))
    assert school.waits_until(school.layla, school.sami, 0, HOUR) == NOW + 2 * HOUR
    school.chooses(school.jan, school.lars, 0, HOUR)


def test_who_waits_sees_its_own_moment_and_so_does_its_letter() -> None:
    school = Choosing()
    school.open()
    mailings.send(round_id=school.round.id, letter=mailings.Letter.INVITATION, by=school.office, now=NOW)
    told = {}
    for parent in (school.layla, school.jan, school.petra):
        talk = family_of(Actor(ActorKind.GUARDIAN, parent.id), NOW).talks[0]
        assert talk.state is TalkState.TO_CHOOSE
        assert not talk.may_choose(NOW)
        row = db.session.query(mailings.Outbox).filter_by(guardian_id=parent.id).first()
        letter = find_letter(row.id, NOW)
        assert letter is not None
        assert letter.opens_at == talk.rules.opens_at
        told[parent.given_name] = talk.rules.opens_at
        late = find_letter(row.id, NOW + 3 * HOUR)
        assert late is not None
        assert late.opens_at is None
    assert told == {"Layla": NOW + HOUR, "Jan": NOW + 2 * HOUR, "Petra": NOW + 3 * HOUR}


def test_the_school_books_before_a_turn_only_knowingly() -> None:
    school = Choosing()
    school.open()
    phone = {
        "round_id": school.round.id, "pupil_id": school.daan.id, "household_id": household_of(school.petra).id,
        "slot_id": school.slots[0].id, "leader_id": school.anna.id, "origin": BookingOrigin.OFFICE,
        "by": school.office, "now": NOW + 2 * HOUR,
    }  # fmt: skip
    with pytest.raises(NotTheirTurn) as refusal:
        leading.book(**phone)
    assert refusal.value.opens_at == NOW + 3 * HOUR
    booked = leading.book(**phone, early=True)
    assert db.session.get_one(Booking, booked).pupil_id == school.daan.id


def test_turns_stand_in_order_and_end_with_everybody() -> None:
    school = Choosing()
    with pytest.raises(MomentForAllNeeded):
        school.open(Turns(siblings_at=NOW))
    with pytest.raises(TurnsOutOfOrder) as refusal:
        school.open(Turns(NOW + 2 * HOUR, NOW + HOUR, NOW + 3 * HOUR))
    assert refusal.value.turn is Turn.SIBLINGS
    with pytest.raises(TurnsOutOfOrder) as refusal:
        school.open(Turns(obligatory_at=NOW + HOUR, all_at=NOW + HOUR))
    assert refusal.value.turn is Turn.OBLIGATORY
    school.round.closes_at = NOW + HOUR
    db.session.commit()
    with pytest.raises(ClosesBeforeItOpens):
        school.open()
    assert db.session.query(OpeningTurns).count() == 0


def test_without_turns_everybody_begins_at_once() -> None:
    school = Choosing()
    school.open()
    school.open(Turns(all_at=NOW + HOUR))
    assert school.waits_until(school.layla, school.sami, 0, timedelta()) == NOW + HOUR
    school.open(Turns())
    school.chooses(school.petra, school.daan, 0, timedelta())


def test_a_round_that_is_closed_and_opened_again_keeps_its_turns() -> None:
    school = Choosing()
    school.open()
    round_changes.close(round_id=school.round.id, by=school.office, now=NOW + HOUR)
    round_changes.reopen(round_id=school.round.id, by=school.office, now=NOW + HOUR)
    assert school.waits_until(school.petra, school.daan, 0, HOUR) == NOW + 3 * HOUR
    school.chooses(school.layla, school.sami, 0, HOUR)


def test_the_office_sees_for_how_many_homes_each_turn_is() -> None:
    school = Choosing()
    page = turns_page(school.round.id, NOW)
    assert page.homes == {Turn.SIBLINGS: 1, Turn.OBLIGATORY: 1, Turn.ALL: 3}
