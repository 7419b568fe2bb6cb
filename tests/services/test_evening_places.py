"""On one evening nobody is in two places: families and teachers travel between locations (T18), and a colleague who is
a parent too comes for the own child while leading no talk (T19, T20)."""

from datetime import timedelta
from itertools import product

import pytest

from scheduling.domain.drafts import NotPossible
from scheduling.domain.homes import widened
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.rounds import BookingStatus
from scheduling.domain.timeslots import Span
from scheduling.domain.travel import NotThereInTime
from scheduling.models import Booking, Guardian, Pupil, RosterVersion, Slot, Staff, db
from scheduling.models import School as SchoolRow
from scheduling.queries.evening_boards import talk_on_board
from scheduling.queries.evening_plans import evening_plan
from scheduling.services import bookings, evening_moves
from scheduling.services.drafts import Seen
from scheduling.wording.rosters import why_not
from tests.builders import NOW, a_booking, a_class, a_guardian, a_pupil, household_of, some_slots
from tests.evenings import EVENING, TEN, THURSDAY, School, span_of, talk_of

pytestmark = pytest.mark.usefixtures("any_context")


class Town(School):
    """The same school in two places: 2B is at Noord, 5H at Zuid, and one mother has a child in each."""

    def __init__(self, travel: int = 30) -> None:
        super().__init__()
        db.session.query(SchoolRow).one().travel_minutes = travel
        self.group.location = "Noord"
        self.south = a_class("5H", leaders=[self.cas])
        self.south.location = "Zuid"
        db.session.commit()
        self.round = self.evening("Overal", classes=[self.group, self.south])
        self.noor, self.bram = a_pupil("Noor", self.group), a_pupil("Bram", self.south)
        self.mother = a_guardian("Fatima", self.noor, self.bram)


@pytest.fixture
def school(any_context) -> School:
    return School()


def test_a_family_has_time_to_travel_between_the_talks_of_one_evening(any_context):
    town = Town(travel=30)
    town.times(town.anna, town.bas, town.cas, count=12)
    north = town.asks(town.mother, town.noor, town.anna, town.bas)
    (south,) = town.asks(town.mother, town.bram, town.cas)
    version = town.draft()
    for one in north:
        assert not widened(span_of(version, one), 30).overlaps(span_of(version, south))


def test_without_the_journey_the_same_talks_follow_each_other(any_context):
    town = Town(travel=0)
    town.times(town.anna, town.bas, town.cas, count=12)
    north = town.asks(town.mother, town.noor, town.anna, town.bas)
    (south,) = town.asks(town.mother, town.bram, town.cas)
    version = town.draft()
    spans = sorted(span_of(version, one) for one in (*north, south))
    assert spans[-1].ends_at - spans[0].starts_at == 5 * TEN, "three talks and twice the time to walk"


def test_where_there_is_no_time_to_travel_one_talk_waits_and_the_office_reads_why(any_context):
    town = Town(travel=90)
    town.times(town.anna, town.cas, count=4)
    (north,), (south,) = town.asks(town.mother, town.noor, town.anna), town.asks(town.mother, town.bram, town.cas)
    version = town.draft()
    talks = [talk_of(version, one) for one in (north, south)]
    assert sorted(bool(talk.starts_at) for talk in talks) == [False, True]
    assert {talk.reason for talk in talks if talk.starts_at is None} == {"travel"}
    town.times(town.cas, first=THURSDAY)
    later = town.draft()
    assert all(talk_of(later, one).starts_at for one in (north, south)), "another evening is time enough"


def test_a_teacher_of_two_locations_is_first_at_the_one_and_then_at_the_other(any_context):
    town = Town(travel=30)
    town.times(town.anna, count=12)
    asked = {"Noord": [], "Zuid": []}
    for number in range(3):
        for place, group in (("Noord", town.group), ("Zuid", town.south)):
            pupil = a_pupil(f"{place} {number}", group)
            asked[place] += town.asks(a_guardian(f"Ouder {place} {number}", pupil), pupil, town.anna)
    version = town.draft()
    assert all(talk_of(version, one).starts_at for one in (*asked["Noord"], *asked["Zuid"]))
    for one, other in product(asked["Noord"], asked["Zuid"]):
        assert not widened(span_of(version, one), 30).overlaps(span_of(version, other))


def test_a_talk_that_stands_elsewhere_keeps_its_journey_in_a_plan_made_around_it(any_context):
    town = Town(travel=30)
    town.times(town.anna, town.cas, count=9)
    (north,) = town.asks(town.mother, town.noor, town.anna)
    town.draft()
    town.publish()
    standing = db.session.query(Booking).one()
    (south,) = town.asks(town.mother, town.bram, town.cas)
    version = town.draft()
    assert talk_of(version, north).starts_at == standing.starts_at
    stands = Span(standing.starts_at, standing.ends_at)
    assert not widened(stands, 30).overlaps(span_of(version, south))


def test_a_talk_of_another_round_at_the_other_location_is_travelled_from_as_well(any_context):
    town = Town(travel=60)
    other = town.evening("Eerder")
    slots = some_slots(other, town.bas, count=1, first=EVENING)
    a_booking(other, town.noor, slots[0], household=household_of(town.mother))
    town.times(town.cas, count=9)
    (south,) = town.asks(town.mother, town.bram, town.cas)
    assert span_of(town.draft(), south).starts_at >= EVENING + TEN + timedelta(minutes=60)


def test_by_hand_a_talk_goes_to_no_time_without_the_journey(any_context):
    town = Town(travel=30)
    town.times(town.anna, town.cas, count=12)
    (north,), (south,) = town.asks(town.mother, town.noor, town.anna), town.asks(town.mother, town.bram, town.cas)
    version = town.draft()
    stands = span_of(version, north)
    talk = talk_of(version, south)
    board = talk_on_board(town.round.id, version.number, talk.id)
    assert board.choices
    assert not any(widened(stands, 30).overlaps(choice.span) for choice in board.choices)
    beside = next(n for n in range(12) if EVENING + n * TEN == stands.ends_at)
    with pytest.raises(NotPossible):
        evening_moves.move(
            round_id=town.round.id, number=version.number, seen=Seen(talk.id, talk.edition), by=SYSTEM, now=NOW,
            spot=f"2027-11-16.{beside}",
        )  # fmt: skip


def test_after_publishing_no_family_moves_to_a_time_from_which_it_could_not_travel(any_context):
    town = Town(travel=30)
    town.times(town.anna, town.cas, count=12)
    (north,), (south,) = town.asks(town.mother, town.noor, town.anna), town.asks(town.mother, town.bram, town.cas)
    town.draft()
    town.publish()
    talks = {talk.request_id: talk for talk in db.session.query(Booking)}
    free = free_slot(town, town.cas, talks[north.id].ends_at + TEN)
    with pytest.raises(NotThereInTime):
        bookings.move(
            booking_id=talks[south.id].id, slot_id=free, by=Actor(ActorKind.GUARDIAN, town.mother.id), now=NOW
        )  # fmt: skip


def free_slot(town: School, teacher: Staff, at) -> int:
    return db.session.query(Slot).filter_by(round_id=town.round.id, leader_id=teacher.id, starts_at=at).one().id


def a_parent_who_teaches(school: School) -> tuple[Guardian, Pupil]:
    """Bas is the father of Lot."""
    father, (lot,) = school.family("Lot")
    father.staff_id = school.bas.id
    db.session.commit()
    return father, lot


def led_by(version: RosterVersion, teacher: Staff) -> list[Span]:
    return [
        Span(talk.starts_at, talk.starts_at + TEN * talk.slots)
        for talk in version.talks
        if talk.leader_id == teacher.id and talk.starts_at
    ]


@pytest.mark.parametrize("others", [2, 6, 9])
def test_a_teacher_who_is_a_parent_comes_for_the_own_child_while_leading_no_talk(school: School, others: int):
    school.times(school.anna, school.bas, school.cas, count=9)
    father, lot = a_parent_who_teaches(school)
    own = school.asks(father, lot, school.anna, school.cas)
    for number in range(others):
        parent, (pupil,) = school.family(f"Kind {number}")
        school.asks(parent, pupil, school.bas)
    version = school.draft()
    for one in own:
        assert not any(span_of(version, one).overlaps(led) for led in led_by(version, school.bas))
    assert len(led_by(version, school.bas)) == min(others, 6), "three slots are the father's: two talks and a walk"


def test_a_parent_who_teaches_at_other_hours_gives_up_no_time(school: School):
    school.times(school.anna, count=9)
    school.times(school.bas, count=6)
    father, lot = a_parent_who_teaches(school)
    (own,) = school.asks(father, lot, school.anna)
    for number in range(6):
        parent, (pupil,) = school.family(f"Kind {number}")
        school.asks(parent, pupil, school.bas)
    version = school.draft()
    assert len(led_by(version, school.bas)) == 6
    assert span_of(version, own).starts_at >= EVENING + 6 * TEN


def test_by_hand_the_own_childs_talk_goes_to_no_time_at_which_the_parent_leads_one(school: School):
    school.times(school.anna, count=9)
    school.times(school.bas, count=6)
    father, lot = a_parent_who_teaches(school)
    (own,) = school.asks(father, lot, school.anna)
    for number in range(4):
        parent, (pupil,) = school.family(f"Kind {number}")
        school.asks(parent, pupil, school.bas)
    version = school.draft()
    board = talk_on_board(school.round.id, version.number, talk_of(version, own).id)
    led = led_by(version, school.bas)
    assert board.choices
    assert not any(choice.span.overlaps(span) for choice in board.choices for span in led)


def test_a_parent_asked_as_teacher_of_the_own_child_is_named_to_the_office(school: School):
    school.times(school.bas)
    father, lot = a_parent_who_teaches(school)
    school.asks(father, lot, school.bas)
    version = school.draft()
    (family,) = evening_plan(school.round.id, version.number).families
    assert [(talk.own_parent_leads, talk.reason) for talk in family.missing] == [(True, "own_parent")]
    assert "zelf ouder" in why_not("own_parent", "Bas Bakker")


def test_the_own_child_goes_first_and_whoever_finds_no_time_reads_that_the_teacher_is_full(school: School):
    school.times(school.anna, count=1)
    school.times(school.bas, count=1)
    father, lot = a_parent_who_teaches(school)
    (own,) = school.asks(father, lot, school.anna)
    parent, (pupil,) = school.family("Kind")
    (other,) = school.asks(parent, pupil, school.bas, obligatory=True)
    version = school.draft()
    assert talk_of(version, own).starts_at == EVENING
    assert talk_of(version, other).reason == "teacher_full"


def test_a_family_that_is_told_a_time_has_it_at_one_location_only(any_context):
    town = Town(travel=30)
    town.times(town.anna, town.cas, count=12)
    asked = [*town.asks(town.mother, town.noor, town.anna), *town.asks(town.mother, town.bram, town.cas)]
    version = town.draft()
    families = {talk_of(version, one).facts["family"] for one in asked}
    assert len(families) == 1, "the office still sees one family"
    assert town.publish().talks == 2
    assert {talk.status for talk in db.session.query(Booking)} == {BookingStatus.INVITED}
