"""Talks with one family, answered at the same moment: nobody is ever at two of them at once; on both databases."""

from datetime import datetime, timedelta

import pytest
from flask import Flask

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.kinds import PupilPart
from scheduling.domain.rounds import BookingStatus, FamilyBusy, RoundKind
from scheduling.domain.single_talks import AnsweredAlready, Details, LeaderBusy, Medium, SingleState
from scheduling.domain.timeslots import Span
from scheduling.models import Booking, SingleHold, SingleTalk, SingleTime, TalkRequest, db
from scheduling.services import single_talks
from tests.builders import NOW, household_of
from tests.concurrency.test_leaders_race import at_once
from tests.worlds import a_world

SEPTEMBER = datetime(2027, 9, 14, 13, 0, tzinfo=NOW.tzinfo)
LENGTH = timedelta(minutes=20)
TURNS = 4


class Race:
    """Bas leads Sami and Daan, Karin leads Noor; Layla and Omar are of Sami and Noor, Petra of Daan."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            world = a_world()
            self.leaders = {"bas": world.bas.id, "karin": world.karin.id}
            self.people = {one.given_name: one.id for one in (world.layla, world.omar, world.petra)}
            self.homes = {
                pupil.given_name: (pupil.id, household_of(parent).id)
                for pupil, parent in ((world.sami, world.layla), (world.noor, world.layla), (world.daan, world.petra))
            }
            db.session.remove()

    def arranges(self, leader: str, pupil: str, *hours: float) -> None:
        pupil_id, household_id = self.homes[pupil]
        leader_id = self.leaders[leader]
        starts = [SEPTEMBER + timedelta(hours=hour) for hour in hours]
        single_talks.arrange(
            details=Details(RoundKind.FOLLOW_UP, 20, Medium.SCHOOL, PupilPart.PRESENT, "Lezen"),
            pupil_id=pupil_id, household_id=household_id, spans=[Span(one, one + LENGTH) for one in starts],
            anyway=False, after_id=None, leader_id=leader_id, by=Actor(ActorKind.STAFF, leader_id), now=NOW,
        )  # fmt: skip

    def proposes(self, leader: str, pupil: str, *hours: float) -> list[tuple[int, int]]:
        """Of each time the number of its talk and its own."""
        with self.app.app_context():
            self.arranges(leader, pupil, *hours)
            talk = db.session.query(SingleTalk).order_by(SingleTalk.id.desc()).first()
            found = [(talk.id, time.id) for time in talk.times]
            db.session.remove()
        return found

    def chooses(self, parent: str, time: tuple[int, int]) -> None:
        by = Actor(ActorKind.GUARDIAN, self.people[parent])
        single_talks.choose(single_id=time[0], time_id=time[1], by=by, now=NOW)

    def moved(self, time: tuple[int, int], hour: float) -> None:
        """The proposal says another time, as if it slipped past every check."""
        with self.app.app_context():
            start = SEPTEMBER + timedelta(hours=hour)
            db.session.query(SingleTime).filter_by(id=time[1]).update({"starts_at": start, "ends_at": start + LENGTH})
            db.session.commit()
            db.session.remove()

    def talks(self) -> int:
        with self.app.app_context():
            live = db.session.query(Booking).filter(
                Booking.starts_at >= SEPTEMBER, Booking.status != BookingStatus.CANCELLED
            )  # fmt: skip
            count = live.count()
            db.session.remove()
        return count

    def again(self) -> None:
        with self.app.app_context():
            db.session.query(SingleHold).delete()
            db.session.query(SingleTime).delete()
            db.session.query(SingleTalk).update({"state": SingleState.WITHDRAWN, "booking_id": None})
            db.session.query(TalkRequest).update({"withdrawn_at": NOW})
            db.session.query(Booking).filter(Booking.starts_at >= SEPTEMBER).update(
                {"status": BookingStatus.CANCELLED, "cancelled_at": NOW}
            )
            db.session.commit()
            db.session.remove()


@pytest.fixture
def nobody_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    """The guard that the twins go without."""
    monkeypatch.setattr(single_talks, "_ensure_free", lambda *_facts: None)


def one_family_with_two_leaders(race: Race) -> list[type | None]:
    sami, noor = race.proposes("bas", "Sami", 0)[0], race.proposes("karin", "Noor", 0.25)[0]
    return at_once(race.app, lambda: race.chooses("Layla", sami), lambda: race.chooses("Omar", noor))


def two_families_with_one_leader(race: Race) -> list[type | None]:
    sami, daan = race.proposes("bas", "Sami", 0)[0], race.proposes("bas", "Daan", 3)[0]
    race.moved(daan, 0.25)
    return at_once(race.app, lambda: race.chooses("Layla", sami), lambda: race.chooses("Petra", daan))


def test_two_parents_who_say_yes_at_once_to_overlapping_times_have_one_talk(any_app: Flask) -> None:
    race = Race(any_app)
    for _turn in range(TURNS):
        said = one_family_with_two_leaders(race)
        assert sorted(map(str, said)) == sorted(map(str, [None, FamilyBusy]))
        assert race.talks() == 1
        race.again()


@pytest.mark.usefixtures("nobody_looks")
def test_the_twin_that_does_not_look_at_the_family_has_it_in_two_places(any_app: Flask) -> None:
    race = Race(any_app)
    assert one_family_with_two_leaders(race) == [None, None]
    assert race.talks() == 2


def test_two_families_never_get_one_leader_at_the_same_moment(any_app: Flask) -> None:
    race = Race(any_app)
    for _turn in range(TURNS):
        said = two_families_with_one_leader(race)
        assert set(said) <= {None, LeaderBusy}
        assert race.talks() == said.count(None) <= 1
        race.again()


@pytest.mark.usefixtures("nobody_looks")
def test_the_twin_that_does_not_look_at_the_leader_has_two_families_at_once(any_app: Flask) -> None:
    race = Race(any_app)
    assert two_families_with_one_leader(race) == [None, None]
    assert race.talks() == 2


def test_two_parents_who_choose_other_times_of_one_proposal_have_one_talk(any_app: Flask) -> None:
    race = Race(any_app)
    for _turn in range(TURNS):
        first, second = race.proposes("bas", "Sami", 0, 1)
        said = at_once(
            any_app,
            lambda first=first: race.chooses("Layla", first),
            lambda second=second: race.chooses("Omar", second),
        )
        assert sorted(map(str, said)) == sorted(map(str, [None, AnsweredAlready]))
        assert race.talks() == 1
        race.again()


def test_of_two_proposals_of_one_time_made_at_once_one_is_refused(any_app: Flask) -> None:
    race = Race(any_app)
    for _turn in range(TURNS):
        said = at_once(any_app, lambda: race.arranges("bas", "Sami", 0), lambda: race.arranges("bas", "Daan", 0.25))
        assert sorted(map(str, said)) == sorted(map(str, [None, LeaderBusy]))
        race.again()
