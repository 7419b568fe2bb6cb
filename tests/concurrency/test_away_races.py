"""A leader is away while a family chooses one of the times that were proposed to it; on both databases."""

from datetime import timedelta

import pytest
from flask import Flask

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.kinds import PupilPart
from scheduling.domain.leader_away import Answer, TalksChangedMeanwhile
from scheduling.domain.rounds import BookingOrigin, RoundKind
from scheduling.domain.single_talks import AnsweredAlready, Details, Medium
from scheduling.domain.timeslots import Span
from scheduling.models import Booking, SingleTalk, db
from scheduling.services import leader_away, single_talks
from tests.builders import NOW, household_of
from tests.concurrency.test_leaders_race import at_once
from tests.concurrency.test_single_races import LENGTH, SEPTEMBER
from tests.worlds import a_world

AWAY = Span(SEPTEMBER - timedelta(hours=5), SEPTEMBER + timedelta(hours=5))
TURNS = 3


class Ground:
    """Bas proposed Layla a time in September, and then falls ill on that day; ids only, so that threads may use it."""

    def __init__(self) -> None:
        world = a_world()
        self.bas, self.layla = world.bas.id, world.layla.id
        self.home = (world.sami.id, household_of(world.layla).id)

    def proposes(self) -> None:
        self.single = single_talks.arrange(
            details=Details(RoundKind.FOLLOW_UP, 20, Medium.SCHOOL, PupilPart.PRESENT, "Lezen"),
            pupil_id=self.home[0], household_id=self.home[1], spans=[Span(SEPTEMBER, SEPTEMBER + LENGTH)],
            anyway=False, after_id=None, leader_id=self.bas, by=Actor(ActorKind.STAFF, self.bas), now=NOW,
        )  # fmt: skip
        [self.time] = [time.id for time in db.session.get_one(SingleTalk, self.single).times]
        answers = leader_away.propose(leader_id=self.bas, span=AWAY, now=NOW).talks
        self.answers = {one.found.id: Answer(one.instead, one.place) for one in answers}
        db.session.remove()

    def is_away(self) -> None:
        leader_away.apply(
            leader_id=self.bas, span=AWAY, answers=self.answers, origin=BookingOrigin.LEADER,
            by=Actor(ActorKind.STAFF, self.bas), now=NOW,
        )  # fmt: skip

    def chooses(self) -> None:
        by = Actor(ActorKind.GUARDIAN, self.layla)
        single_talks.choose(single_id=self.single, time_id=self.time, by=by, now=NOW)

    def in_the_absence(self) -> int:
        db.session.rollback()
        return db.session.query(Booking).filter(Booking.starts_at == SEPTEMBER, Booking.status != "cancelled").count()

    def again(self) -> None:
        """Whatever became of it, the next one may be proposed."""
        talk = db.session.get_one(SingleTalk, self.single, populate_existing=True)
        by = Actor(ActorKind.GUARDIAN, self.layla)
        if talk.booking_id:
            single_talks.cancel(single_id=self.single, by=by, now=NOW)
        else:
            single_talks.decline(single_id=self.single, by=by, now=NOW)


def test_a_proposed_time_in_the_absence_is_chosen_before_it_or_not_any_more(any_app: Flask):
    with any_app.app_context():
        ground = Ground()
        for _turn in range(TURNS):
            ground.proposes()
            said = at_once(any_app, ground.is_away, ground.chooses)
            assert said in ([None, AnsweredAlready], [TalksChangedMeanwhile, None])
            assert ground.in_the_absence() == (1 if said[1] is None else 0), "who was first, was first for both"
            ground.again()


def test_the_twin_that_lets_proposed_times_be_gives_a_family_a_talk_with_nobody(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(single_talks, "drop_times", lambda *_facts, **_more: [])
    with any_app.app_context():
        ground = Ground()
        ground.proposes()
        ground.is_away()
        ground.chooses()
        assert ground.in_the_absence() == 1
