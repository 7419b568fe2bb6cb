"""A contact evening on which several people act at the same moment, on both databases: one of them is first."""

from collections.abc import Iterator

import pytest
from flask import Flask

from scheduling.domain.drafts import MovedMeanwhile, MoveKind
from scheduling.domain.errors import Unavailable
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.rounds import LIVE, BookingOrigin, TalkStands
from scheduling.domain.timeslots import Span
from scheduling.models import Booking, RosterMove, RosterTalk, Slot, TalkRequest, db
from scheduling.queries.evening_boards import talk_on_board
from scheduling.services import bookings, evening_moves, leader_away, requests, rosters
from scheduling.services.drafts import Seen
from scheduling.services.leader_away import Answer
from tests.builders import NOW
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
