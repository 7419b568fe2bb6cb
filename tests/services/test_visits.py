"""An introduction of a round at the family's home: as it says itself, with time to be on the way; on both databases."""

from datetime import timedelta

import pytest

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.rounds import BookingOrigin, BookingStatus, OtherHomeToo, RoundKind, RoundMode, SlotTaken
from scheduling.domain.single_talks import HomeVisits, Medium, TravelWrong, around
from scheduling.domain.swaps import NoSwapsHere
from scheduling.domain.timeslots import Span
from scheduling.domain.travel import NotThereInTime
from scheduling.domain.ways import NoRoomForVisit, Visit, WayNotOffered
from scheduling.models import Booking, HomeWishes, Outbox, RosterTalk, Round, School, Slot, db
from scheduling.queries import family
from scheduling.queries import wishes as asked
from scheduling.queries.leading import the_talk, ways_of
from scheduling.queries.personal_data import file_of
from scheduling.queries.snapshots import offered_slots
from scheduling.services import bookings, leading, retention, rosters, swaps, ways, wishes
from tests.builders import (
    NOW,
    a_booking,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    a_year,
    household_of,
    some_slots,
)
from tests.services.test_ways import Scene, calendar_lines, letters, newest, parent, row

pytestmark = pytest.mark.usefixtures("any_context")

ROAD = "Beukenlaan 4, achterom"


class Visiting(Scene):
    """The same class in a round of introductions of 20 minutes, where a family chooses school or home.

    Sami has the first time, Daan the fourth and Noor, with both homes, the last one of eight.
    """

    def __init__(self) -> None:
        super().__init__()
        self.slots += some_slots(self.round, self.bas, count=2, first=self.slots[-1].ends_at)
        for talk, slot in ((self.daans, self.slots[3]), (self.noors, self.slots[7])):
            for held in list(talk.slots):
                held.booking_id = None
            talk.starts_at, talk.ends_at, slot.booking_id = slot.starts_at, slot.ends_at, talk.id
        self.policy(HomeVisits.INTRO_CHOICE)
        self.round.kind, self.round.mode = RoundKind.INTRO_CONVERSATION, RoundMode.ROSTER_THEN_SWAP
        db.session.commit()

    def policy(self, policy: HomeVisits) -> None:
        db.session.get_one(School, 1).home_visits = policy
        db.session.commit()

    def visited(self, talk: Booking | None = None, who=None, address: str = ROAD) -> None:
        talk = talk or self.samis
        ways.choose(booking_id=talk.id, way=Medium.HOME, address=address, by=parent(who or self.layla), now=NOW)

    def school_moves(self, slot: Slot) -> None:
        leading.move(
            booking_id=self.samis.id, slot_id=slot.id, leader_id=self.bas.id, agreed=True, origin=BookingOrigin.LEADER,
            by=Actor(ActorKind.STAFF, self.bas.id), now=NOW,
        )  # fmt: skip

    def free(self, who=None, *, visitable: bool = False) -> list[int]:
        """Which of the leader's times the family may choose, and which of those at home."""
        mine = family.family_of(parent(who or self.layla), NOW)
        numbers = [slot.id for slot in self.slots]
        days = family.choice_for(mine, mine.talks[0], NOW).days
        return [numbers.index(time.slot_id) for day in days for time in day.times if time.visitable or not visitable]


@pytest.fixture
def scene() -> Visiting:
    return Visiting()


def test_a_family_says_that_it_is_visited_and_only_the_visitor_reads_where(scene):
    assert Medium.HOME in scene.page().ways
    scene.visited()
    found = row(scene.samis)
    assert (found.way, found.visit) == (Medium.HOME, Visit(ROAD, 15, 15))
    assert [one.letter for one in letters(scene.samis)] == [Letter.CHANGED]
    sheet = newest(scene.samis)
    assert "U spreekt elkaar nu bij u thuis." in sheet.text
    assert ROAD not in sheet.text + sheet.html
    lines = calendar_lines(sheet)
    assert "LOCATION:Bij u thuis" in lines
    assert the_talk(scene.samis.id, scene.bas.id, now=NOW).visit.address == ROAD
    assert scene.page().visit.address == ROAD
    scene.visited(address="Bij oma")
    assert len(letters(scene.samis)) == 1, "another address is no other way"
    assert row(scene.samis).address == "Bij oma"
    ways.choose(booking_id=scene.samis.id, way=Medium.SCHOOL, by=parent(scene.layla), now=NOW)
    assert row(scene.samis) is None


def test_nobody_is_visited_where_the_school_does_not_offer_it_or_another_home_comes_too(scene):
    with pytest.raises(OtherHomeToo):
        scene.visited(scene.noors, scene.jan)
    with pytest.raises(OtherHomeToo):
        scene.sets(Medium.HOME, talk=scene.noors)
    scene.policy(HomeVisits.FIRST_CHILD)
    assert Medium.HOME not in scene.page().ways
    with pytest.raises(WayNotOffered):
        scene.visited()
    with pytest.raises(WayNotOffered):
        scene.sets(Medium.HOME)
    scene.policy(HomeVisits.INTRO_CHOICE)
    db.session.get_one(Round, scene.round.id).kind = RoundKind.START_CONVERSATION
    db.session.commit()
    with pytest.raises(WayNotOffered):
        scene.visited()
    with pytest.raises(NotFound):
        scene.visited(who=scene.petra)


def test_around_a_visit_there_is_time_to_be_on_the_way_for_the_visitor_and_for_other_families(scene):
    scene.visited(scene.daans, scene.petra)
    assert scene.free() == [1, 5, 6], "beside the visit the leader is on the way"
    assert scene.free(visitable=True) == [1, 5], "there and back takes a time on both sides"
    with pytest.raises(SlotTaken):
        bookings.move(booking_id=scene.samis.id, slot_id=scene.slots[2].id, by=parent(scene.layla), now=NOW)
    bookings.move(booking_id=scene.samis.id, slot_id=scene.slots[1].id, by=parent(scene.layla), now=NOW)
    with pytest.raises(SlotTaken):
        scene.school_moves(scene.slots[4])


def test_a_time_beside_another_talk_is_no_time_for_a_visit_and_that_is_said(scene):
    beside = a_pupil("Rosa", scene.round.classes[0].class_group)
    a_booking(scene.round, beside, scene.slots[1], household=household_of(a_guardian("Ines", beside)))
    with pytest.raises(NoRoomForVisit):
        scene.visited()
    assert row(scene.samis) is None
    assert letters(scene.samis) == []


def test_a_family_with_another_talk_at_school_just_after_it_is_not_at_home_yet(scene):
    other = a_round("Andere ronde", classes=[], mode=RoundMode.PICK)
    anna = some_slots(other, scene.anna, count=2, first=scene.slots[1].starts_at)
    talk = a_booking(other, scene.sami, anna[0], household=household_of(scene.layla))
    with pytest.raises(NoRoomForVisit):
        scene.visited()
    bookings.release(db.session(), booking=talk, by=parent(scene.layla), now=NOW)
    db.session.commit()
    scene.visited()
    with pytest.raises(NotThereInTime):
        bookings.take(
            db.session(), round=other, pupil_id=scene.sami.id, household_id=household_of(scene.layla).id,
            slots=[anna[0]], status=BookingStatus.CONFIRMED, origin=BookingOrigin.OFFICE, by=SYSTEM, now=NOW,
        )  # fmt: skip


def test_who_picks_a_time_says_at_once_that_it_is_at_home(scene):
    bookings.cancel(booking_id=scene.samis.id, by=parent(scene.layla), now=NOW)
    pick = {"round_id": scene.round.id, "pupil_id": scene.sami.id, "by": parent(scene.layla), "now": NOW}
    with pytest.raises(NoRoomForVisit):
        bookings.pick(slot_id=scene.slots[2].id, visit=Visit(ROAD), **pick)
    assert scene.page().stands is False
    made = bookings.pick(slot_id=scene.slots[1].id, visit=Visit(ROAD), **pick)
    talk = db.session.get_one(Booking, made)
    assert (talk.met, talk.way.address) == (Medium.HOME, ROAD)
    sheet = newest(talk)
    assert "bij u thuis" in sheet.text.lower()
    assert ROAD not in sheet.text
    assert "LOCATION:Bij u thuis" in calendar_lines(sheet)


def test_a_visit_moves_to_where_it_fits_and_the_school_moves_it_to_school_where_it_does_not(scene):
    scene.visited()
    with pytest.raises(NoRoomForVisit):
        bookings.move(booking_id=scene.samis.id, slot_id=scene.slots[2].id, by=parent(scene.layla), now=NOW)
    bookings.move(booking_id=scene.samis.id, slot_id=scene.slots[5].id, by=parent(scene.layla), now=NOW)
    assert row(scene.samis).visit.address == ROAD
    db.session.query(Outbox).update({Outbox.state: OutboxState.SENT})
    db.session.commit()
    scene.school_moves(scene.slots[2])
    assert row(scene.samis) is None
    sheet = newest(scene.samis)
    assert "bij u thuis" in sheet.text, "it was"
    assert "LOCATION:De Linde" in "\n".join(calendar_lines(sheet))


def test_a_visit_is_not_swapped_and_nobody_asks_for_its_time(scene):
    scene.visited(scene.daans, scene.petra)
    with pytest.raises(NoSwapsHere):
        swaps.offer(booking_id=scene.daans.id, slot_ids=[scene.slots[0].id], by=parent(scene.petra), now=NOW)
    with pytest.raises(SlotTaken):
        swaps.offer(booking_id=scene.samis.id, slot_ids=[scene.slots[3].id], by=parent(scene.layla), now=NOW)
    assert not scene.page(scene.petra).may_swap(NOW)


def test_the_visitor_sets_how_long_the_way_is_and_writes_down_where(scene):
    assert Medium.HOME in ways_of(the_talk(scene.samis.id, scene.bas.id, now=NOW))
    scene.sets(Medium.HOME, visit=Visit("Dorpsstraat 2", 5, 20))
    assert row(scene.samis).visit == Visit("Dorpsstraat 2", 5, 20)
    with pytest.raises(TravelWrong):
        scene.sets(Medium.HOME, visit=Visit("", 5, 200))
    with pytest.raises(NoRoomForVisit):
        scene.sets(Medium.HOME, visit=Visit("", 5, 60))
    scene.visited(address="Achterdeur")
    assert row(scene.samis).visit == Visit("Achterdeur", 5, 20), "the way is as the visitor set it"


def test_a_family_that_comes_back_on_its_no_is_visited_again_if_there_is_time(scene):
    scene.visited()
    bookings.cancel(booking_id=scene.samis.id, by=parent(scene.layla), now=NOW)
    again = db.session.get_one(
        Booking, bookings.undo_cancel(booking_id=scene.samis.id, by=parent(scene.layla), now=NOW)
    )
    assert again.way.visit == Visit(ROAD, 15, 15)


def test_the_address_is_gone_the_day_after_and_stands_in_the_own_file_until_then(scene):
    scene.visited()
    assert ROAD in str(file_of(ActorKind.GUARDIAN, scene.layla.id))
    ends_at = scene.samis.ends_at
    retention.run(by=SYSTEM, now=ends_at)
    assert row(scene.samis).address == ROAD
    retention.run(by=SYSTEM, now=ends_at + timedelta(days=1))
    assert row(scene.samis).address == ""


class Wishing:
    """A round of introductions of 20 minutes that asks for wishes first: Bas sees Sami, Daan and Noor, who has two
    homes, in ten times."""

    def __init__(self) -> None:
        a_school()
        a_year()
        db.session.get_one(School, 1).home_visits = HomeVisits.INTRO_CHOICE
        self.bas = a_leader("bas")
        three = a_class("3", leaders=[self.bas])
        self.sami, self.daan, self.noor = (a_pupil(name, three) for name in ("Sami", "Daan", "Noor"))
        self.layla, self.petra = a_guardian("Layla", self.sami), a_guardian("Petra", self.daan)
        self.jan, self.fatma = a_guardian("Jan", self.noor), a_guardian("Fatma", self.noor)
        self.round = a_round(classes=[three], mode=RoundMode.ROSTER, kind=RoundKind.INTRO_CONVERSATION)
        self.round.wishes_until = NOW + timedelta(days=1)
        self.slots = some_slots(self.round, self.bas, count=10, opened=False)
        db.session.commit()

    def wishes(self, who, *, at_home: bool) -> None:
        wishes.say(round_id=self.round.id, answers={}, at_home=at_home, by=parent(who), now=NOW)

    def plans(self) -> int:
        version_id = rosters.request(round_id=self.round.id, seconds=10, by=SYSTEM, now=NOW)
        rosters.run_one(version_id=version_id, worker="test", clock=lambda: NOW)
        return version_id

    def talk(self, pupil) -> Booking:
        return db.session.query(Booking).filter_by(pupil_id=pupil.id).one()


@pytest.fixture
def wishing() -> Wishing:
    return Wishing()


def test_a_family_that_said_so_before_the_roster_is_visited_with_time_for_the_way_and_the_others_come(wishing):
    for who in (wishing.layla, wishing.jan):
        wishing.wishes(who, at_home=True)
    assert asked.family_page(parent(wishing.layla), wishing.round.id, NOW).at_home is True
    assert asked.family_page(parent(wishing.petra), wishing.round.id, NOW).at_home is False
    version_id = wishing.plans()
    drafted = db.session.query(RosterTalk).filter_by(version_id=version_id, pupil_id=wishing.sami.id).one()
    assert (drafted.visit, drafted.slots) == (True, 3), "there, the talk, and back"
    rosters.publish(round_id=wishing.round.id, by=SYSTEM, now=NOW)
    samis = wishing.talk(wishing.sami)
    assert (samis.met, samis.way.visit) == (Medium.HOME, Visit("", 15, 15))
    assert samis.ends_at - samis.starts_at == timedelta(minutes=20)
    assert len(samis.slots) == 1
    assert [wishing.talk(pupil).met for pupil in (wishing.daan, wishing.noor)] == [Medium.SCHOOL, Medium.SCHOOL]
    whole = around(Span(samis.starts_at, samis.ends_at), 15, 15)
    for pupil in (wishing.daan, wishing.noor):
        other = wishing.talk(pupil)
        assert not whole.overlaps(Span(other.starts_at, other.ends_at))
    mine = family.family_of(parent(wishing.layla), NOW).talks[0]
    assert mine.is_visit
    assert mine.wished_at_home


def test_a_wish_that_was_taken_back_after_the_draft_is_a_talk_at_school_of_the_usual_length(wishing):
    wishing.wishes(wishing.layla, at_home=True)
    wishing.plans()
    wishing.wishes(wishing.layla, at_home=False)
    rosters.publish(round_id=wishing.round.id, by=SYSTEM, now=NOW)
    samis = wishing.talk(wishing.sami)
    assert (samis.met, samis.ends_at - samis.starts_at) == (Medium.SCHOOL, timedelta(minutes=20))


def test_a_roster_made_again_leaves_the_way_to_a_visit_free(wishing):
    wishing.wishes(wishing.layla, at_home=True)
    wishing.plans()
    rosters.publish(round_id=wishing.round.id, by=SYSTEM, now=NOW)
    samis = wishing.talk(wishing.sami)
    whole = around(Span(samis.starts_at, samis.ends_at), 15, 15)
    free = [slot for slot in offered_slots(wishing.round.id) if not slot.blocked and slot.booking_id is None]
    assert free
    assert not [slot for slot in free if slot.span.overlaps(whole)]


def test_only_a_round_of_introductions_of_a_school_that_offers_it_asks_where(wishing):
    db.session.get_one(School, 1).home_visits = HomeVisits.AGREED_ONLY
    db.session.commit()
    assert asked.family_page(parent(wishing.layla), wishing.round.id, NOW).at_home is None
    wishing.wishes(wishing.layla, at_home=True)
    assert db.session.query(HomeWishes).one().at_home is False
