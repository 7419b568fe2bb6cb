"""Brothers and sisters at two locations of the school (T18): a family has the time to travel, or comes another day."""

from datetime import timedelta
from itertools import combinations

import pytest

from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.people import Authority
from scheduling.domain.rounds import BookingStatus, RoundMode, SlotTaken
from scheduling.domain.timeslots import local
from scheduling.domain.travel import NotThereInTime
from scheduling.models import Booking, ClassGroup, Guardian, Guardianship, Pupil, RosterVersion, db
from scheduling.queries.bookings import times_out
from scheduling.queries.family import family_of
from scheduling.queries.snapshots import take_snapshot
from scheduling.queries.swaps import offering_for
from scheduling.services import bookings, rosters, swaps
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
    some_slots,
)

pytestmark = pytest.mark.usefixtures("any_context")


class Town:
    """A school in two places: Noor is at the one, Bram at the other, and their mother comes to both."""

    def __init__(self, *, travel: int = 30, mode: RoundMode = RoundMode.ROSTER) -> None:
        school = a_school()
        school.travel_minutes = travel
        a_year()
        self.anna, self.bas = a_leader("anna"), a_leader("bas")
        self.north, self.south = self.at("3", "Noord", self.anna), self.at("5", "Zuid", self.bas)
        self.noor, self.bram = a_pupil("Noor", self.north), a_pupil("Bram", self.south)
        self.mother = a_guardian("Fatima", self.noor, self.bram)
        self.round = a_round(classes=[self.north, self.south], mode=mode)

    @staticmethod
    def at(name: str, location: str, leader) -> ClassGroup:
        group = a_class(name, leaders=[leader])
        group.location = location
        db.session.commit()
        return group

    def draft(self) -> RosterVersion:
        version_id = rosters.request(round_id=self.round.id, seconds=20, by=SYSTEM, now=NOW)
        rosters.run_one(version_id=version_id, worker="test", clock=lambda: NOW)
        return db.session.get(RosterVersion, version_id)


def minutes_between(version: RosterVersion, *pupils) -> list[int]:
    """Between the talks of these pupils, those of one day only."""
    spans = sorted(
        (talk.starts_at, talk.starts_at + timedelta(minutes=20 * talk.slots))
        for talk in version.talks
        if talk.pupil_id in {pupil.id for pupil in pupils} and talk.starts_at
    )
    return [
        (late[0] - early[1]) // timedelta(minutes=1)
        for early, late in combinations(spans, 2)
        if local(early[0]).date() == local(late[0]).date()
    ]


@pytest.mark.parametrize("travel", [0, 30, 75])
def test_siblings_at_two_locations_get_times_with_the_journey_between_and_no_long_wait(travel):
    town = Town(travel=travel)
    some_slots(town.round, town.anna, count=8)
    some_slots(town.round, town.bas, count=8)
    version = town.draft()
    (between,) = minutes_between(version, town.noor, town.bram)
    slots = -(-travel // 20)
    assert slots * 20 <= between <= (slots + 1) * 20 if travel else between <= 20
    assert version.proof == "optimal"


def test_where_the_journey_does_not_fit_one_of_them_comes_another_day():
    town = Town(travel=90)
    some_slots(town.round, town.anna, count=2)
    some_slots(town.round, town.bas, count=3)
    some_slots(town.round, town.bas, count=1, first=TUESDAY + timedelta(days=1))
    version = town.draft()
    assert all(talk.starts_at for talk in version.talks)
    assert minutes_between(version, town.noor, town.bram) == []


def test_a_family_that_cannot_be_at_both_is_told_to_the_office_and_never_given_both():
    town = Town(travel=90)
    some_slots(town.round, town.anna, count=2)
    some_slots(town.round, town.bas, count=2)
    version = town.draft()
    assert sorted(bool(talk.starts_at) for talk in version.talks) == [False, True]
    assert {talk.reason for talk in version.talks if not talk.starts_at} == {"travel"}
    assert version.proof == "feasible"


def test_three_children_follow_each_other_where_they_are_together_and_travel_to_the_third():
    town = Town(travel=40)
    carl = a_leader("carl")
    four = town.at("4", "Noord", carl)
    pim = a_pupil("Pim", four)
    comes_for(town.mother, pim)
    town.round = a_round("Alle drie", classes=[town.north, town.south, four])
    for leader in (town.anna, town.bas, carl):
        some_slots(town.round, leader, count=10)
    version = town.draft()
    between = minutes_between(version, town.noor, pim)
    assert [20 <= minutes <= 40 for minutes in between] == [True]  # five minutes to walk is one slot
    assert all(minutes >= 40 for minutes in minutes_between(version, town.noor, town.bram))
    assert all(minutes >= 40 for minutes in minutes_between(version, pim, town.bram))
    assert version.score["sibling_pairs"] == version.score["sibling_pairs_adjacent"] == 1


def test_a_school_that_names_no_locations_travels_nowhere():
    town = Town(travel=30)
    town.north.location = town.south.location = ""
    db.session.commit()
    some_slots(town.round, town.anna)
    some_slots(town.round, town.bas)
    assert take_snapshot(town.round.id, now=NOW).journeys.pairs == frozenset()


def test_a_time_too_near_to_the_talk_elsewhere_is_not_offered_and_cannot_be_taken():
    town = Town(travel=30, mode=RoundMode.PICK)
    north, south = some_slots(town.round, town.anna), some_slots(town.round, town.bas)
    a_booking(town.round, town.noor, north[2], status=BookingStatus.CONFIRMED)
    out = times_out(db.session(), guardians={town.mother.id}, leader_id=town.bas.id, pupil_id=town.bram.id)
    free = [n for n, slot in enumerate(south) if not any(span.starts_at < slot.ends_at and slot.starts_at < span.ends_at
                                                         for span in out)]  # fmt: skip
    assert free == [5]  # from 16.40; the talk about Noor is from 15.40 to 16.00
    with pytest.raises(NotThereInTime):
        take(town, south[4])
    assert take(town, south[5]).starts_at == south[5].starts_at


def test_a_swap_to_a_time_from_which_nobody_could_travel_is_not_offered():
    town = Town(travel=30, mode=RoundMode.ROSTER_THEN_SWAP)
    north, south = some_slots(town.round, town.anna), some_slots(town.round, town.bas, count=8)
    a_booking(town.round, town.noor, north[2], status=BookingStatus.CONFIRMED)
    talk = a_booking(town.round, town.bram, south[5], status=BookingStatus.CONFIRMED)
    for name, slot in (("Mia", south[4]), ("Tom", south[7])):
        other = a_pupil(name, town.south)
        a_guardian(f"Ouder {name}", other)
        a_booking(town.round, other, slot)
    by = Actor(ActorKind.GUARDIAN, town.mother.id)
    family = family_of(by, NOW)
    offering = offering_for(family, family.talk(town.round.id, town.bram.id), NOW)
    assert [time.starts_at for day in offering.days for time in day.times] == [south[7].starts_at]
    with pytest.raises(SlotTaken):
        swaps.offer(booking_id=talk.id, slot_ids=[south[4].id], by=by, now=NOW)


def test_a_draft_is_not_published_over_a_talk_that_was_chosen_elsewhere_meanwhile():
    town = Town(travel=60)
    north, _ = some_slots(town.round, town.anna, count=12), some_slots(town.round, town.bas, count=12)
    version = town.draft()
    at = next(talk.starts_at for talk in version.talks if talk.pupil_id == town.bram.id)
    mia = a_pupil("Mia", town.north)
    comes_for(town.mother, mia)
    other = a_round("Ander", classes=[town.north])
    later = some_slots(other, a_leader("dirk"), count=1, first=at + timedelta(minutes=60))
    a_booking(other, mia, *later)
    assert north
    said = rosters.publish(round_id=town.round.id, by=SYSTEM, now=NOW)
    assert "bas" in said.changed_meanwhile
    assert not db.session.query(Booking).filter_by(pupil_id=town.bram.id).count()


def take(town: Town, slot) -> Booking:
    by = Actor(ActorKind.GUARDIAN, town.mother.id)
    booking_id = bookings.pick(round_id=town.round.id, pupil_id=town.bram.id, slot_id=slot.id, by=by, now=NOW)
    return db.session.get(Booking, booking_id)


def comes_for(guardian: Guardian, pupil: Pupil) -> None:
    """The mother of the others is this child's mother too."""
    of = db.session.query(Guardianship).filter_by(guardian_id=guardian.id).first()
    db.session.add(
        Guardianship(
            pupil_id=pupil.id, guardian_id=guardian.id, household_id=of.household_id, relation="ouder",
            authority=Authority.YES,
        )
    )  # fmt: skip
    db.session.commit()
