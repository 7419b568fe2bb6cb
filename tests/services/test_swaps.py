"""Families swap times, blind both ways, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.rounds import OtherHomeToo, RoundMode, SlotTaken, TalkCancelled, TooLate
from scheduling.domain.swaps import (
    CannotChangePlaces,
    Hindrance,
    NoSwapsHere,
    NotEnoughTalks,
    NothingTicked,
    NotTheSameLeader,
    NotTheSameLength,
    SwapOver,
    TooLateToTakeBack,
)
from scheduling.models import Booking, Guardian, Guardianship, JournalLine, Outbox, SwapProposal, db
from scheduling.queries.letters import find_letter
from scheduling.queries.swaps import log_of
from scheduling.services import bookings, swaps
from tests.builders import NOW, TUESDAY, a_booking, a_guardian, a_leader, a_pupil, household_of, some_slots
from tests.swapping import A_MINUTE, Swapping

pytestmark = pytest.mark.usefixtures("any_context")


def test_a_free_time_is_taken_at_once() -> None:
    market = Swapping()
    market.offer("A", 4, 1)
    assert market.place("A") == 4
    assert market.letters("A") == ["changed"]
    assert market.letters("B") == []
    assert market.notices() == 1


def test_who_holds_a_ticked_time_is_asked_and_a_yes_changes_both() -> None:
    market = Swapping()
    before = {name: (talk.ical_uid, talk.ical_sequence) for name, talk in market.talks.items()}
    market.offer("A", 1, 2)
    assert market.places() == {"A": 0, "B": 1, "C": 2}
    assert (market.letters("A"), market.letters("B"), market.letters("C")) == ([], ["swap_asked"], ["swap_asked"])
    market.accept("B")
    assert market.places() == {"A": 1, "B": 0, "C": 2}
    assert market.state() == ["pair done", "pair off"]
    for name in "AB":
        uid, sequence = before[name]
        assert (market.talks[name].ical_uid, market.talks[name].ical_sequence) == (uid, sequence + 1)
    assert market.letters("A") == ["changed"]
    assert market.letters("B") == ["swap_asked", "changed"]
    assert market.letters("C") == [], "a question that had not left the house stays in"
    assert market.notices() == 1


def test_saying_yes_twice_is_saying_it_once_and_a_no_after_it_is_too_late() -> None:
    market = Swapping()
    market.offer("A", 1)
    key = market.question("B").key
    market.accept("B")
    swaps.accept(key=key, by=market.by("B"), now=market.now)
    assert market.places() == {"A": 1, "B": 0, "C": 2}
    with pytest.raises(SwapOver):
        swaps.decline(key=key, by=market.by("B"), now=market.now)


def test_the_first_yes_counts_and_the_second_hears_that_the_own_time_stands() -> None:
    market = Swapping()
    market.offer("A", 1, 2)
    late = market.question("C").key
    market.accept("B")
    with pytest.raises(SwapOver):
        swaps.accept(key=late, by=market.by("C"), now=market.now)
    assert market.place("C") == 2


def test_a_no_changes_nothing_and_the_one_who_offered_hears_it_when_nobody_is_left() -> None:
    market = Swapping()
    market.offer("A", 1, 2)
    market.decline("B")
    assert market.letters("A") == []
    market.decline("C")
    assert market.letters("A") == ["swap_declined"]
    assert market.places() == {"A": 0, "B": 1, "C": 2}
    assert market.offer_state("A") == "open", "a ticked time may still become free"
    assert swaps.look_again(market.now) == 0


def test_a_home_has_one_question_at_a_time_and_who_offered_first_goes_first() -> None:
    market = Swapping()
    market.offer("A", 2)
    market.offer("B", 2)
    assert len(market.questions("C")) == 1
    assert market.question("C").proposal.moves[0].booking_id == market.talks["A"].id
    market.decline("C")
    assert market.question("C").proposal.moves[0].booking_id == market.talks["B"].id
    market.accept("C")
    assert market.places() == {"A": 0, "B": 2, "C": 1}


def test_who_does_not_want_to_be_asked_again_is_not() -> None:
    market = Swapping()
    market.offer("A", 2)
    market.decline("C", keep=True)
    market.offer("B", 2)
    assert market.questions("C") == []


def test_two_who_ticked_each_others_times_change_places_at_once() -> None:
    market = Swapping()
    market.offer("A", 1)
    market.offer("B", 0)
    assert market.places() == {"A": 1, "B": 0, "C": 2}
    assert market.state() == ["pair done"]
    assert (market.offer_state("A"), market.offer_state("B")) == ("done", "done")


def test_three_who_each_want_the_next_ones_time_are_asked_together_and_all_must_say_yes() -> None:
    market = a_ring()
    assert market.state()[-1] == "ring open"
    market.accept("A")
    market.accept("B")
    assert market.places() == {"A": 0, "B": 1, "C": 2}, "a part of the yeses never moves anything"
    market.accept("C")
    assert market.places() == {"A": 1, "B": 2, "C": 0}
    assert market.letters("A")[-2:] == ["swap_accepted", "changed"]
    assert market.notices() == 1


def test_a_late_no_ends_a_ring_and_who_had_said_yes_is_told() -> None:
    market = a_ring()
    market.accept("A")
    market.accept("B")
    market.decline("C")
    assert market.places() == {"A": 0, "B": 1, "C": 2}
    assert market.state()[-1] == "ring declined"
    assert market.letters("A")[-1] == "swap_declined"
    assert "swap_declined" in market.letters("B")
    assert [market.offer_state(name) for name in "ABC"] == ["open", "open", "withdrawn"], "C wanted no other time"


def test_who_did_not_answer_before_another_said_no_to_a_ring_still_changes_with_who_ticks_its_time() -> None:
    market = a_ring()
    market.decline("C")
    market.offer("B", 0)
    assert market.places() == {"A": 1, "B": 0, "C": 2}, "A ticked B's time and never said no to it"


def test_who_let_a_ring_pass_still_changes_with_who_ticks_its_time_but_is_not_asked_for_it_again() -> None:
    market = a_ring()
    market.now += timedelta(days=4)
    swaps.look_again(market.now)
    assert market.state()[-1] == "ring expired"
    assert [len(market.questions(name)) for name in "ABC"] == [0, 0, 0]
    market.offer("B", 0)
    assert market.places() == {"A": 1, "B": 0, "C": 2}


def test_who_never_wants_to_be_asked_again_is_rid_of_the_question_that_is_open_too() -> None:
    market = Swapping()
    market.offer("A", 1)
    old = market.question("B").key
    market.withdraw("A")
    market.offer("C", 1)
    assert len(market.questions("B")) == 1
    swaps.decline(key=old, keep=True, by=market.by("B"), now=market.now + A_MINUTE)
    assert market.questions("B") == [], "pressed on the page of the question before"
    assert market.letters("C")[-1] == "swap_declined"


def test_who_never_wants_to_be_asked_again_keeps_the_questions_about_its_own_ticks_only() -> None:
    market = Swapping(4)
    market.offer("A", 1)
    old = market.question("B").key
    market.withdraw("A")
    market.offer("C", 1)
    market.offer("B", 3)
    assert len(market.questions("B")) == 1
    swaps.decline(key=old, keep=True, by=market.by("B"), now=market.now + A_MINUTE)
    assert market.questions("B") == []
    assert [len(market.questions("D")), market.offer_state("B")] == [1, "open"], "B's own search goes on"


def test_a_ticked_time_that_becomes_free_is_taken_at_the_next_look() -> None:
    market = Swapping()
    market.offer("A", 1)
    market.offer("B", 2)
    bookings.cancel(booking_id=market.talks["C"].id, by=market.by("C"), now=market.now)
    assert swaps.look_again(market.now) == 1
    assert (market.place("A"), market.place("B")) == (1, 2), "and the time it leaves serves the next"
    assert swaps.look_again(market.now) == 0


def test_of_two_who_want_a_free_time_who_offered_first_gets_it() -> None:
    market = Swapping(4)
    market.offer("B", 3)
    market.offer("A", 3)
    bookings.cancel(booking_id=market.talks["D"].id, by=market.by("D"), now=market.now)
    swaps.look_again(market.now)
    assert (market.place("A"), market.place("B")) == (0, 3)


def test_stopping_ends_the_questions_and_letters_that_have_not_left_stay_in() -> None:
    market = Swapping()
    market.offer("A", 1)
    key = market.question("B").key
    market.withdraw("A")
    assert market.offer_state("A") == "withdrawn"
    assert market.letters("B") == []
    with pytest.raises(SwapOver):
        swaps.accept(key=key, by=market.by("B"), now=market.now)
    assert market.places() == {"A": 0, "B": 1, "C": 2}


def test_a_question_that_is_over_or_answered_no_longer_leaves_though_nobody_looked_again() -> None:
    market = Swapping(4)
    for name, place in (("A", 1), ("B", 2), ("C", 0)):
        market.offer(name, place)
    letters = {row.guardian_id: row for row in db.session.scalars(select(Outbox)) if row.letter == "swap_asked"}
    asked = {name: letters[market.parents[name].id].id for name in "ABC"}
    assert [market.stops(asked[name]) for name in "ABC"] == [None, None, None]
    market.accept("A")
    assert [market.stops(asked[name]) for name in "ABC"] == ["swap_over", None, None]
    market.now += timedelta(days=3)
    assert market.state()[-1] == "ring open"
    assert [market.stops(asked[name]) for name in "ABC"] == ["swap_over"] * 3


def test_a_question_about_a_talk_that_went_elsewhere_no_longer_leaves_though_nobody_looked_again() -> None:
    market = Swapping()
    market.offer("A", 1)
    asked = market.letter("B", "swap_asked")
    bookings.move(booking_id=market.talks["A"].id, slot_id=market.slots[4].id, by=market.by("A"), now=market.now)
    assert market.state() == ["pair open"]
    assert market.stops(asked) == "swap_over"


def test_word_that_a_yes_is_noted_leaves_only_while_that_yes_counts() -> None:
    market = a_ring()
    market.accept("A")
    noted = market.letter("A", "swap_accepted")
    assert market.stops(noted) is None
    market.now += timedelta(days=3)
    assert market.state()[-1] == "ring open", "nobody looked again"
    assert market.stops(noted) == "swap_over"


@pytest.mark.parametrize("who", "AC")
def test_word_that_a_yes_is_noted_stays_in_when_its_home_or_another_says_no(who: str) -> None:
    market = a_ring()
    market.accept("A")
    noted = market.letter("A", "swap_accepted")
    market.decline(who)
    assert "ring declined" in market.state()
    assert market.stops(noted) == "swap_over"
    assert "swap_accepted" not in market.letters("A")


def test_word_that_nobody_could_leaves_only_while_nobody_is_asked_and_the_ticks_are_the_same() -> None:
    market = Swapping()
    market.offer("A", 1)
    market.decline("B")
    nobody = market.letter("A", "swap_declined")
    assert market.stops(nobody) is None
    market.offer("A", 1, 2)
    assert market.stops(nobody) == "swap_over", "C is asked now"
    market.decline("C")
    assert market.stops(nobody) == "swap_over", "the word about all ticks leaves, and that once"
    assert market.stops(market.letter("A", "swap_declined")) is None
    market.withdraw("A")
    assert market.stops(market.letter("A", "swap_declined")) == "swap_over"


def test_word_that_nobody_could_stays_in_when_somebody_is_asked_after_all_and_is_said_when_it_is_true() -> None:
    market = Swapping(4)
    market.offer("D", 2)
    market.offer("A", 2, 1)
    market.decline("B")
    assert market.letters("A") == ["swap_declined"], "C answers D first"
    nobody = market.letter("A", "swap_declined")
    market.withdraw("D")
    assert len(market.questions("C")) == 1
    assert market.stops(nobody) == "swap_over"
    market.decline("C")
    assert market.stops(nobody) == "swap_over"
    assert market.stops(market.letter("A", "swap_declined")) is None


def test_word_that_looking_ended_stays_in_when_the_family_looks_again() -> None:
    market = Swapping()
    market.offer("A", 1)
    market.now = market.slots[0].starts_at - timedelta(hours=24)
    swaps.look_again(market.now)
    ended = market.letter("A", "swap_expired")
    assert market.stops(ended) is None
    market.round.lead_time_hours = 2
    db.session.commit()
    market.offer("A", 2)
    assert market.stops(ended) == "swap_over"


def test_the_leader_reads_only_of_talks_that_still_are_where_a_swap_put_them() -> None:
    market = Swapping()
    market.offer("A", 1)
    key = market.question("B").key
    market.accept("B")
    (told,) = market.notices_to_leader()
    assert market.told(told) == {"KindA", "KindB"}
    bookings.move(booking_id=market.talks["A"].id, slot_id=market.slots[4].id, by=market.by("A"), now=market.now)
    assert (market.told(told), market.stops(told)) == ({"KindB"}, None)
    bookings.move(booking_id=market.talks["A"].id, slot_id=market.slots[1].id, by=market.by("A"), now=market.now)
    swaps.take_back(key=key, by=market.by("B"), now=market.now + A_MINUTE)
    first, second = market.notices_to_leader()
    assert (market.told(first), market.stops(first)) == (set(), "newer")
    assert (market.told(second), market.stops(second)) == ({"KindA", "KindB"}, None)


def test_who_never_heard_of_a_swap_that_was_put_back_does_not_read_of_another_place() -> None:
    market = Swapping()
    market.offer("A", 1)
    key = market.question("B").key
    market.accept("B")
    swaps.take_back(key=key, by=market.by("B"), now=market.now + A_MINUTE)
    facts = find_letter(market.letter("A", "changed"), market.now)
    assert facts is not None
    assert facts.swap is not None
    assert facts.swap.how == "undone"
    assert facts.was is None, "the only time that A knows is the one it has"
    bookings.move(booking_id=market.talks["A"].id, slot_id=market.slots[4].id, by=market.by("A"), now=market.now)
    facts = find_letter(market.letter("A", "changed"), market.now)
    assert facts is not None
    assert facts.swap is None
    assert facts.was is not None
    assert facts.was.starts_at == market.slots[0].starts_at


def test_who_is_put_back_by_the_other_may_be_asked_for_that_time_once_more() -> None:
    market = Swapping()
    market.offer("A", 1)
    key = market.question("B").key
    market.accept("B")
    swaps.take_back(key=key, by=market.by("B"), now=market.now)
    market.withdraw("A")
    market.offer("B", 0)
    assert market.question("A").booking_id == market.talks["A"].id
    assert market.questions("B") == []


def test_changing_the_ticks_keeps_the_questions_that_still_fit() -> None:
    market = Swapping()
    market.offer("A", 1)
    key = market.question("B").key
    market.offer("A", 1, 2)
    assert market.question("B").key == key
    market.offer("A", 2)
    assert market.questions("B") == []
    assert market.letters("C") == ["swap_asked"]


def test_who_moved_and_offers_again_before_anybody_looked_is_looked_for_from_the_new_time() -> None:
    market = Swapping()
    market.offer("A", 1)
    bookings.move(booking_id=market.talks["A"].id, slot_id=market.slots[4].id, by=market.by("A"), now=market.now)
    market.offer("A", 2)
    assert market.offer_state("A") == "open"
    market.accept("C")
    assert market.places() == {"A": 2, "B": 1, "C": 4}


def test_who_ticks_a_time_that_it_refused_before_says_yes_to_it_after_all() -> None:
    market = Swapping()
    market.offer("B", 2)
    market.offer("C", 0)
    market.decline("C")
    market.offer("C", 0, 1)
    assert market.places() == {"A": 0, "B": 2, "C": 1}


def test_who_refuses_a_time_in_a_ring_does_not_get_it_by_its_own_earlier_offer() -> None:
    market = Swapping()
    for name, place in (("A", 1), ("B", 2), ("C", 0)):
        market.offer(name, place)
    market.decline("B")
    market.offer("C", 1)
    assert market.places() == {"A": 0, "B": 1, "C": 2}


def test_an_earlier_swap_to_a_time_that_is_refused_in_a_ring_ends_as_a_no_and_not_as_if_nobody_looked_any_more() -> (
    None
):
    market = Swapping()
    for name, place in (("A", 1), ("B", 2), ("C", 0)):
        market.offer(name, place)
    assert market.state() == ["pair open", "pair open", "ring open"]
    market.decline("B")
    assert market.state()[:3] == ["pair open", "pair declined", "ring declined"]
    assert market.noes() == {("pair", "B"), ("ring", "B")}, "B said no to that time, in both"
    actions = set(db.session.scalars(select(JournalLine.action).where(JournalLine.subject == "swap")))
    assert actions == {"swaps.decline", "swaps.declined"}
    log = log_of(market.round.id, market.leader.id, market.now)
    assert [[move.pupil.given for move in line.moves if move.said_no] for line in log.past] == [["KindB"], ["KindB"]]
    assert market.offer_state("B") == "withdrawn", "there is no other time that B looks for"
    assert "swap_declined" not in market.letters("B"), "nobody writes that we go on looking"


def test_who_refuses_one_of_its_times_in_a_ring_is_looked_for_as_to_the_others() -> None:
    market = Swapping(4)
    market.offer("A", 1)
    market.offer("B", 2, 3)
    market.offer("C", 0)
    market.decline("B")
    assert market.offer_state("B") == "open"
    market.accept("D")
    assert market.places() == {"A": 0, "B": 3, "C": 2, "D": 1}


def test_who_offered_a_joint_talk_hears_that_the_other_home_said_no_and_goes_on_looking() -> None:
    market, jan, fatma = with_two_homes()
    swaps.offer(booking_id=market.talks["J"].id, slot_ids=[market.slots[5].id], by=jan, now=NOW)
    swaps.decline(key=market.question("J").key, by=fatma, now=NOW + A_MINUTE)
    assert market.offer_state("J") == "open"
    assert market.letters("J") == ["swap_declined"]


def test_a_tick_that_was_refused_in_a_ring_is_nobodys_yes_and_leaves_no_question_that_nobody_can_answer() -> None:
    market = Swapping()
    market.offer("A", 1)
    market.offer("B", 2)
    market.decline("C")
    market.offer("C", 0)
    market.decline("B")
    market.offer("C", 1)
    assert market.places() == {"A": 0, "B": 1, "C": 2}
    assert market.offer_state("C") == "open"
    for proposal in db.session.scalars(select(SwapProposal).where(SwapProposal.state == "open")):
        assert any(party.asked and not party.accepted_at for party in proposal.parties)


def test_a_talk_that_is_cancelled_ends_its_offer_and_its_questions() -> None:
    market = Swapping()
    market.offer("A", 1)
    key = market.question("B").key
    bookings.cancel(booking_id=market.talks["A"].id, by=market.by("A"), now=market.now)
    with pytest.raises(SwapOver):
        swaps.accept(key=key, by=market.by("B"), now=market.now)
    assert market.offer_state("A") == "ended"
    assert market.place("B") == 1


def test_silence_ends_a_question_and_the_same_question_is_not_asked_again() -> None:
    market = Swapping()
    market.offer("A", 1)
    market.now += timedelta(days=3)
    assert swaps.look_again(market.now) == 1
    assert market.state() == ["pair expired"]
    assert market.letters("A") == ["swap_declined"]
    assert market.questions("B") == []


def test_an_offer_ends_at_the_lead_time_and_the_family_hears_it() -> None:
    market = Swapping()
    market.offer("A", 1)
    market.now = market.slots[0].starts_at - timedelta(hours=24)
    swaps.look_again(market.now)
    assert market.offer_state("A") == "expired"
    assert market.letters("A")[-1] == "swap_expired"
    with pytest.raises(TooLate):
        market.offer("A", 2)


def test_a_yes_can_be_taken_back_for_a_short_while() -> None:
    market = Swapping()
    market.offer("A", 1)
    key = market.question("B").key
    market.accept("B")
    swaps.take_back(key=key, by=market.by("B"), now=market.now + timedelta(minutes=14))
    assert market.places() == {"A": 0, "B": 1, "C": 2}
    assert market.letters("A")[-1] == "changed"
    assert market.offer_state("A") == "open"
    assert market.questions("B") == [], "and nobody is asked the same again"
    swaps.take_back(key=key, by=market.by("B"), now=market.now)


def test_taking_back_ends_after_a_quarter_of_an_hour_or_when_somebody_moved_on() -> None:
    market = Swapping()
    market.offer("A", 1)
    key = market.question("B").key
    market.accept("B")
    with pytest.raises(TooLateToTakeBack):
        swaps.take_back(key=key, by=market.by("B"), now=market.now + timedelta(minutes=15))
    bookings.move(
        booking_id=market.talks["A"].id, slot_id=market.slots[5].id, by=market.by("A"), now=market.now + A_MINUTE
    )
    with pytest.raises(SwapOver):
        swaps.take_back(key=key, by=market.by("B"), now=market.now + A_MINUTE)
    assert market.places() == {"A": 5, "B": 0, "C": 2}


def test_who_went_on_looking_from_the_new_time_is_looked_for_as_before_when_it_is_taken_back() -> None:
    market = Swapping()
    market.offer("A", 1)
    key = market.question("B").key
    market.accept("B")
    market.offer("A", 2)
    swaps.take_back(key=key, by=market.by("B"), now=market.now + A_MINUTE)
    assert market.places() == {"A": 0, "B": 1, "C": 2}
    assert market.offer_state("A") == "ended", "the later offer was of a time it no longer has"
    assert market.questions("C") == []


def test_the_school_makes_and_undoes_a_swap_of_three() -> None:
    market = Swapping()
    office = Actor(ActorKind.STAFF, market.leader.id)
    made = swaps.make(
        booking_ids=[market.talks[name].id for name in "ABC"], leader_id=market.leader.id, by=office, now=NOW
    )
    assert market.places() == {"A": 1, "B": 2, "C": 0}
    assert [market.letters(name) for name in "ABC"] == [["changed"]] * 3
    swaps.undo(proposal_id=made, leader_id=market.leader.id, by=office, now=NOW + timedelta(days=2))
    assert market.places() == {"A": 0, "B": 1, "C": 2}
    assert db.session.get_one(SwapProposal, made).state == "undone"
    with pytest.raises(NotEnoughTalks):
        swaps.make(booking_ids=[market.talks["A"].id] * 2, leader_id=market.leader.id, by=office, now=NOW)


def test_the_school_swaps_until_a_talk_begins_and_hears_whose_talk_stands_in_the_way() -> None:
    market = Swapping(3)
    office = Actor(ActorKind.STAFF, market.leader.id)
    by_phone = TUESDAY - timedelta(hours=1)
    both = [market.talks[name].id for name in "AB"]
    made = swaps.make(booking_ids=both, leader_id=market.leader.id, by=office, now=by_phone)
    swaps.undo(proposal_id=made, leader_id=market.leader.id, by=office, now=by_phone + A_MINUTE)
    assert market.places() == {"A": 0, "B": 1, "C": 2}
    with pytest.raises(CannotChangePlaces) as begun:
        swaps.make(booking_ids=both, leader_id=market.leader.id, by=office, now=TUESDAY)
    assert begun.value.why is Hindrance.BEGUN
    other = a_leader("bram")
    slots = some_slots(market.round, other, count=1)
    brother = a_pupil("Broer", market.three)
    a_guardian("OuderBis", brother)
    tie = db.session.query(Guardianship).filter_by(pupil_id=brother.id).one()
    tie.guardian_id, tie.household_id = market.parents["B"].id, household_of(market.parents["B"]).id
    db.session.commit()
    a_booking(market.round, brother, slots[0], household=household_of(market.parents["B"]))
    with pytest.raises(CannotChangePlaces) as busy:
        swaps.make(booking_ids=both, leader_id=market.leader.id, by=office, now=by_phone)
    assert (busy.value.why, busy.value.child, busy.value.moment) == (Hindrance.BUSY, "KindB", TUESDAY)


def test_a_swap_that_the_school_puts_back_leaves_each_talk_as_it_was() -> None:
    market = Swapping(2)
    office = Actor(ActorKind.STAFF, market.leader.id)
    bookings.confirm(booking_id=market.talks["B"].id, by=market.by("B"), now=NOW)
    both = [market.talks[name].id for name in "AB"]
    made = swaps.make(booking_ids=both, leader_id=market.leader.id, by=office, now=NOW + A_MINUTE)
    assert [db.session.get_one(Booking, one).status for one in both] == ["confirmed", "confirmed"]
    swaps.undo(proposal_id=made, leader_id=market.leader.id, by=office, now=NOW + 2 * A_MINUTE)
    db.session.expire_all()
    a, b = (db.session.get_one(Booking, one) for one in both)
    assert (a.status, a.confirmed_at, a.origin) == ("invited", None, "roster")
    assert (b.status, b.confirmed_at) == ("confirmed", NOW), "its own earlier yes, not one of the swap"


def test_in_a_ring_each_home_may_put_it_back_for_a_while_after_its_own_yes() -> None:
    market = Swapping()
    for name, place in (("A", 1), ("B", 2), ("C", 0)):
        market.offer(name, place)
    keys = {name: market.question(name).key for name in "ABC"}
    market.accept("A")
    market.now += timedelta(minutes=9)
    market.accept("B")
    market.now += timedelta(minutes=7)
    market.accept("C")
    assert market.places() == {"A": 1, "B": 2, "C": 0}
    assert [market.may_put_back(name) for name in "ABC"] == [False, True, True]
    with pytest.raises(TooLateToTakeBack):
        swaps.take_back(key=keys["A"], by=market.by("A"), now=market.now)
    swaps.take_back(key=keys["B"], by=market.by("B"), now=market.now + A_MINUTE)
    assert market.places() == {"A": 0, "B": 1, "C": 2}


def test_talks_of_another_leader_or_length_do_not_change_places() -> None:
    """T38."""
    market = Swapping(2)
    market.join("L", 3, 4)
    office = Actor(ActorKind.STAFF, market.leader.id)
    with pytest.raises(NotTheSameLength):
        swaps.make(
            booking_ids=[market.talks["A"].id, market.talks["L"].id], leader_id=market.leader.id, by=office, now=NOW
        )
    other = a_leader("bram")
    slots = some_slots(market.round, other, count=1)
    pupil = a_pupil("Elders", market.three)
    elsewhere = a_booking(market.round, pupil, slots[0], household=household_of(a_guardian("Ver", pupil)))
    with pytest.raises(NotTheSameLeader):
        swaps.make(booking_ids=[market.talks["A"].id, elsewhere.id], leader_id=market.leader.id, by=office, now=NOW)
    with pytest.raises(SlotTaken):
        market.offer("A", 3)


def test_who_has_another_talk_at_that_time_is_not_asked() -> None:
    market = Swapping()
    other = a_leader("bram")
    slots = some_slots(market.round, other, count=1)
    brother = a_pupil("Broer", market.three)
    a_guardian("OuderBis", brother)
    tie = db.session.query(Guardianship).filter_by(pupil_id=brother.id).one()
    tie.guardian_id, tie.household_id = market.parents["B"].id, household_of(market.parents["B"]).id
    db.session.commit()
    a_booking(market.round, brother, slots[0], household=household_of(market.parents["B"]))
    market.offer("A", 1)
    assert market.questions("B") == [], "B's parent is with the brother at A's time"


def test_outsiders_find_nothing() -> None:
    market = Swapping()
    market.offer("A", 1)
    key = market.question("B").key
    for act in (swaps.accept, swaps.decline, swaps.take_back):
        with pytest.raises(NotFound):
            act(key=key, by=market.by("C"), now=market.now)
    with pytest.raises(NotFound):
        swaps.offer(booking_id=market.talks["A"].id, slot_ids=[market.slots[1].id], by=market.by("B"), now=market.now)
    with pytest.raises(NotFound):
        swaps.withdraw(booking_id=market.talks["A"].id, by=market.by("B"), now=market.now)


def test_a_round_without_swaps_and_an_offer_without_ticks_are_refused() -> None:
    market = Swapping(mode=RoundMode.ROSTER)
    with pytest.raises(NoSwapsHere):
        market.offer("A", 1)
    market.round.mode = RoundMode.ROSTER_THEN_SWAP
    db.session.commit()
    with pytest.raises(NothingTicked):
        market.offer("A")
    bookings.cancel(booking_id=market.talks["A"].id, by=market.by("A"), now=market.now)
    with pytest.raises(TalkCancelled):
        market.offer("A", 1)


def test_a_joint_talk_moves_when_the_other_home_says_yes_too() -> None:
    market, jan, fatma = with_two_homes()
    with pytest.raises(OtherHomeToo):
        bookings.move(booking_id=market.talks["J"].id, slot_id=market.slots[5].id, by=jan, now=NOW)
    swaps.offer(booking_id=market.talks["J"].id, slot_ids=[market.slots[5].id], by=jan, now=NOW)
    assert market.place("J") == 2, "even a free time waits for the other home"
    question = market.question("J")
    with pytest.raises(NotFound):
        swaps.accept(key=question.key, by=jan, now=NOW)
    swaps.accept(key=question.key, by=fatma, now=NOW)
    assert market.place("J") == 5


def test_both_homes_of_a_joint_talk_are_asked_for_its_time() -> None:
    market, jan, fatma = with_two_homes()
    market.offer("A", 2)
    first, second = market.questions("J")
    swaps.accept(key=first.key, by=jan if first.household_id == home_of(jan) else fatma, now=market.now)
    assert market.place("J") == 2
    swaps.accept(key=second.key, by=jan if second.household_id == home_of(jan) else fatma, now=market.now)
    assert market.places()["J"] == 0
    assert market.place("A") == 2


def a_ring() -> Swapping:
    """A wants B's time, B wants C's, C wants A's, and none of them wants another."""
    market = Swapping()
    market.offer("A", 1)
    market.decline("B")
    market.offer("B", 2)
    market.decline("C")
    market.offer("C", 0)
    return market


def with_two_homes() -> tuple[Swapping, Actor, Actor]:
    market = Swapping(2)
    noor = a_pupil("Noor", market.three)
    jan, fatma = a_guardian("Jan", noor), a_guardian("Fatma", noor, position=2)
    market.pupils["J"], market.parents["J"] = noor, jan
    market.talks["J"] = a_booking(market.round, noor, market.slots[2])
    return market, Actor(ActorKind.GUARDIAN, jan.id), Actor(ActorKind.GUARDIAN, fatma.id)


def home_of(by: Actor) -> int:
    return household_of(db.session.get_one(Guardian, by.id or 0)).id
