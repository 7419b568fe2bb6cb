"""A contact evening on which several people act at the same moment, on both databases: one of them is first."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scheduling.domain.drafts import MovedMeanwhile, MoveKind, NothingToUndo
from scheduling.domain.errors import Unavailable
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.leader_away import Instead, TalksChangedMeanwhile
from scheduling.domain.round_changes import TalksDoNotFit
from scheduling.domain.rounds import LIVE, BookingOrigin, FamilyBusy, TalkStands
from scheduling.domain.timeslots import Span
from scheduling.models import Booking, CallRequest, RosterMove, RosterTalk, RosterVersion, Slot, TalkRequest, db
from scheduling.queries.evening_boards import talk_on_board
from scheduling.services import bookings, evening_moves, leader_away, requests, rosters, round_changes
from scheduling.services.drafts import Seen
from scheduling.services.leader_away import Answer
from tests.builders import NOW, a_booking, household_of, some_slots
from tests.concurrency.test_publishing import at_once
from tests.evenings import EVENING, TEN, School

ROUNDS = 3
"""How often the same two act: who is first differs."""


class Ground:
    """Three families ask for Anna and Bas; the plan lies ready. Ids only, so that threads may use it."""

    def __init__(self) -> None:
        school = School()
        school.times(school.anna, school.bas, count=8)
        self.families = []
        for name in ("Sami", "Daan", "Mila"):
            parent, (pupil,) = school.family(name)
            first, second = school.asks(parent, pupil, school.anna, school.bas)
            self.families.append((Actor(ActorKind.GUARDIAN, parent.id), pupil.id, first.id, second.id))
        version = school.draft()
        self.round, self.anna, self.number = school.round.id, school.anna.id, version.number
        self.talk = next(talk.id for talk in version.talks if talk.request_id == self.families[0][2])

    def publish(self) -> rosters.Published:
        return rosters.publish(round_id=self.round, by=SYSTEM, now=NOW)

    def withdraw(self) -> None:
        by, pupil_id, _first, second = self.families[0]
        requests.withdraw(round_id=self.round, pupil_id=pupil_id, request_id=second, by=by, now=NOW)


@pytest.fixture
def ground(any_app: Flask) -> Iterator[Ground]:
    with any_app.app_context():
        ready = Ground()
        db.session.remove()
        yield ready
        db.session.remove()


def live_talks() -> list[Booking]:
    db.session.rollback()
    return list(db.session.query(Booking).filter(Booking.status.in_(LIVE)).order_by(Booking.id))


def every_time_is_held_once(talks: list[Booking]) -> None:
    held = [slot.booking_id for slot in db.session.query(Slot).filter(Slot.booking_id.is_not(None))]
    assert sorted(held) == sorted(talk.id for talk in talks)


def test_two_who_publish_an_evening_at_once_give_every_request_one_talk(any_app: Flask, ground: Ground):
    outcomes = at_once(any_app, *[ground.publish] * 4)
    assert sorted(getattr(outcome, "talks", 0) for outcome in outcomes) == [0, 0, 0, 6]
    talks = live_talks()
    assert len({talk.request_id for talk in talks}) == len(talks) == 6
    every_time_is_held_once(talks)


def everything_planned(_session: Session, version: RosterVersion) -> list[RosterTalk]:
    """What a publisher would take who looks at nothing that happened since the plan was made."""
    return [talk for talk in version.talks if talk.starts_at]


def test_without_looking_at_what_is_published_only_the_wall_of_the_database_is_left(
    any_app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch
):
    """The twin: the second one meets no refusal that can be told to somebody, but a fault."""

    def publish_blindly() -> object:
        try:
            return ground.publish()
        except IntegrityError as fault:
            return fault

    def all_times(session: Session, round_id: int) -> dict[tuple[int, datetime], Slot]:
        slots = session.query(Slot).filter_by(round_id=round_id)
        return {(slot.leader_id, slot.starts_at): slot for slot in slots}

    monkeypatch.setattr(rosters, "_unpublished", everything_planned)
    monkeypatch.setattr(rosters, "_changed_leaders", lambda *_facts: set())
    monkeypatch.setattr(rosters, "_free_slots", all_times)
    outcomes = at_once(any_app, *[publish_blindly] * 3)
    assert sum(isinstance(outcome, IntegrityError) for outcome in outcomes) == 2
    every_time_is_held_once(live_talks())


def test_a_family_that_takes_its_wish_back_while_the_office_publishes_is_first_or_has_a_talk(
    any_app: Flask, ground: Ground
):
    published, taken_back = at_once(any_app, ground.publish, ground.withdraw)
    assert isinstance(published, rosters.Published)
    talks = live_talks()
    wish = db.session.get_one(TalkRequest, ground.families[0][3])
    has_talk = wish.id in {talk.request_id for talk in talks}
    assert has_talk is isinstance(taken_back, TalkStands)
    assert (wish.withdrawn_at is None) is has_talk
    every_time_is_held_once(talks)


def test_without_looking_at_each_other_a_wish_that_was_taken_back_has_a_talk(
    any_app: Flask, ground: Ground, monkeypatch: pytest.MonkeyPatch
):
    """The twin: the office does not look at wishes, and the family not at talks."""
    monkeypatch.setattr(rosters, "_unpublished", everything_planned)
    monkeypatch.setattr(rosters, "_changed_leaders", lambda *_facts: set())
    monkeypatch.setattr(requests.bookings, "find_live", lambda *_facts: None)
    published, taken_back = at_once(any_app, ground.publish, ground.withdraw)
    assert isinstance(published, rosters.Published)
    assert taken_back is None
    wish = db.session.get_one(TalkRequest, ground.families[0][3])
    assert wish.withdrawn_at is not None
    assert wish.id in {talk.request_id for talk in live_talks()}


def hold(ground: Ground, seen: Seen) -> None:
    evening_moves.change(round_id=ground.round, number=ground.number, seen=seen, kind=MoveKind.HOLD, by=SYSTEM, now=NOW)


def test_of_two_colleagues_who_change_one_talk_of_a_plan_the_second_is_told(any_app: Flask, ground: Ground):
    seen = Seen(ground.talk, db.session.get_one(RosterTalk, ground.talk).edition)
    db.session.rollback()
    outcomes = at_once(any_app, *[lambda: hold(ground, seen)] * 3)
    assert sum(isinstance(outcome, MovedMeanwhile) for outcome in outcomes) == 2
    db.session.rollback()
    assert db.session.query(RosterMove).count() == 1


def test_without_naming_what_they_saw_all_of_them_would_get_through(any_app: Flask, ground: Ground):
    """The twin without the guard: each names the edition of the moment, so nobody notices the others."""
    db.session.rollback()
    for _ in range(ROUNDS):
        board = talk_on_board(ground.round, ground.number, ground.talk)
        db.session.rollback()
        hold(ground, Seen(ground.talk, board.edition))
    assert db.session.query(RosterMove).count() == ROUNDS


def undo(ground: Ground, move_id: int) -> None:
    evening_moves.undo(round_id=ground.round, number=ground.number, move_id=move_id, by=SYSTEM, now=NOW)


def last_move() -> int:
    db.session.rollback()
    found = db.session.query(RosterMove.id).order_by(RosterMove.id.desc()).limit(1).scalar()
    db.session.rollback()
    return found


def held(ground: Ground) -> Seen:
    """The talk is held by hand; as it is seen from then on."""
    hold(ground, Seen(ground.talk, db.session.get_one(RosterTalk, ground.talk).edition))
    db.session.rollback()
    seen = Seen(ground.talk, db.session.get_one(RosterTalk, ground.talk).edition)
    db.session.rollback()
    return seen


def test_of_three_who_put_back_the_same_step_at_once_two_are_told(any_app: Flask, ground: Ground):
    held(ground)
    step = last_move()
    outcomes = at_once(any_app, *[lambda: undo(ground, step)] * 3)
    assert sum(isinstance(outcome, NothingToUndo) for outcome in outcomes) == 2
    db.session.rollback()
    assert db.session.query(RosterMove).count() == 2
    assert not db.session.get_one(RosterTalk, ground.talk).held


def test_of_one_who_puts_a_step_back_and_one_who_goes_on_from_it_the_second_is_told(any_app: Flask, ground: Ground):
    seen = held(ground)
    step = last_move()

    def release() -> None:
        evening_moves.change(
            round_id=ground.round, number=ground.number, seen=seen, kind=MoveKind.PARK, by=SYSTEM, now=NOW
        )

    said = [type(outcome) for outcome in at_once(any_app, lambda: undo(ground, step), release)]
    assert said in ([type(None), MovedMeanwhile], [NothingToUndo, type(None)])
    db.session.rollback()
    assert db.session.query(RosterMove).count() == 2


def test_without_naming_which_step_they_saw_all_of_them_would_put_back(any_app: Flask, ground: Ground):
    """The twin: each puts back whatever was last, so each undoes what the one before did."""
    held(ground)
    for _ in range(ROUNDS):
        undo(ground, last_move())
    db.session.rollback()
    assert db.session.query(RosterMove).count() == 1 + ROUNDS


class Longer:
    """Sami's talk with Anna becomes longer, while Noor's talk with Bas goes to the minutes that it grows by."""

    def __init__(self) -> None:
        school = School()
        parent, (sami, noor) = school.family("Sami", "Noor")
        annas, bass = (some_slots(school.round, one, count=8, first=EVENING) for one in (school.anna, school.bas))
        home = household_of(parent)
        a_booking(school.round, sami, annas[0], household=home)
        self.noors = a_booking(school.round, noor, bass[5], household=home).id
        self.beside, self.back = bass[1].id, bass[5].id
        self.round, self.anna, self.by = school.round.id, school.anna.id, Actor(ActorKind.GUARDIAN, parent.id)

    def last(self, minutes: int) -> None:
        round_changes.change_day_minutes(
            round_id=self.round, leader_id=self.anna, day=EVENING.date(), minutes=minutes, by=SYSTEM, now=NOW
        )

    def goes(self, slot_id: int) -> None:
        bookings.move(booking_id=self.noors, slot_id=slot_id, by=self.by, now=NOW)

    def both(self, app: Flask) -> list[type]:
        db.session.rollback()
        return [type(said) for said in at_once(app, lambda: self.last(20), lambda: self.goes(self.beside))]

    def talks(self) -> list[Span]:
        return sorted(Span(talk.starts_at, talk.ends_at) for talk in live_talks())


@pytest.fixture
def longer(any_app: Flask) -> Iterator[Longer]:
    with any_app.app_context():
        yield Longer()
        db.session.remove()


def test_a_talk_that_becomes_longer_while_its_family_takes_the_next_time_elsewhere_leaves_nobody_in_two_places(
    any_app: Flask, longer: Longer
):
    for _ in range(ROUNDS):
        said = longer.both(any_app)
        assert said in ([type(None), FamilyBusy], [TalksDoNotFit, type(None)], [FamilyBusy, type(None)])
        first, second = longer.talks()
        assert not first.overlaps(second)
        every_time_is_held_once(live_talks())
        longer.goes(longer.back)
        longer.last(10)


def test_without_looking_where_the_family_is_it_would_be_in_two_places(
    any_app: Flask, longer: Longer, monkeypatch: pytest.MonkeyPatch
):
    """The twin without the guard."""
    monkeypatch.setattr(bookings, "_ensure_nobody_is_busy", lambda *_facts, **_more: None)
    assert longer.both(any_app) == [type(None), type(None)]
    first, second = longer.talks()
    assert first.overlaps(second)


def test_a_teacher_who_falls_ill_while_a_family_cancels_leaves_nobody_with_half_a_talk(any_app: Flask, ground: Ground):
    ground.publish()
    talks = {talk.request_id: talk for talk in live_talks()}
    by, _pupil, first, _second = ground.families[0]
    booking_id = talks[first].id
    span = Span(EVENING - TEN, EVENING + 10 * TEN)
    proposed = leader_away.propose(leader_id=ground.anna, span=span, stand_in=None, now=NOW).talks
    answers = {talk.found.id: Answer(talk.instead, talk.place) for talk in proposed}
    assert len(answers) == 3
    db.session.rollback()
    _ill, cancelled = at_once(
        any_app,
        lambda: leader_away.apply(
            leader_id=ground.anna, span=span, answers=answers, stand_in=None, origin=BookingOrigin.OFFICE, by=SYSTEM,
            now=NOW,
        ),
        lambda: bookings.cancel(booking_id=booking_id, by=by, now=NOW),
    )  # fmt: skip
    assert not isinstance(cancelled, Unavailable)
    standing = live_talks()
    every_time_is_held_once(standing)
    assert booking_id not in {talk.id for talk in standing}
    for request in (first for _by, _pupil, first, _second in ground.families):
        assert sum(talk.request_id == request for talk in standing) <= 1


def test_without_looking_again_who_cancelled_would_be_promised_a_call(ground: Ground, monkeypatch: pytest.MonkeyPatch):
    """The twin: what the leader saw a moment ago is taken for what is; else that is refused and nothing changes."""
    ground.publish()
    by, _pupil, first, _second = ground.families[0]
    mine = next(talk.id for talk in live_talks() if talk.request_id == first)
    span = Span(EVENING - TEN, EVENING + 10 * TEN)
    seen = [talk.id for talk in live_talks() if talk.leader_id == ground.anna]
    db.session.rollback()
    bookings.cancel(booking_id=mine, by=by, now=NOW)
    everybody_is_called = {
        "leader_id": ground.anna, "span": span, "answers": {talk: Answer(Instead.CALL, None) for talk in seen},
        "stand_in": None, "origin": BookingOrigin.OFFICE, "by": SYSTEM, "now": NOW,
    }  # fmt: skip
    with pytest.raises(TalksChangedMeanwhile):
        leader_away.apply(**everybody_is_called)
    assert db.session.query(CallRequest).count() == 0
    monkeypatch.setattr(
        leader_away.away, "touched", lambda session, *_facts: [session.get_one(Booking, talk) for talk in seen]
    )
    assert leader_away.apply(**everybody_is_called).calls == len(seen)
    assert mine in seen
