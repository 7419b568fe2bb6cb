"""What a family's pages know, and what they cost, on both databases."""

from datetime import date, timedelta

import pytest

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.people import Authority
from scheduling.domain.rounds import Outcome, RoundMode
from scheduling.models import Guardianship, LeaderOpening, Room, Round, RoundClass, Slot, db
from scheduling.queries import family
from scheduling.queries.family import TalkState
from scheduling.services import bookings, topics
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
    household_of,
    some_slots,
)
from tests.questions import questions as asked

pytestmark = pytest.mark.usefixtures("any_context")
SLOT = timedelta(minutes=20)


class World:
    """Layla's Sami (class 3, Anna) and Noor (class 6, Bas), one round for both."""

    def __init__(self) -> None:
        a_school()
        self.anna, self.bas = a_leader("anna"), a_leader("bas")
        self.three, self.six = a_class("3", leaders=[self.anna]), a_class("6", leaders=[self.bas])
        self.sami = a_pupil("Sami", self.three, birth_date=date(2019, 5, 4))
        self.noor = a_pupil("Noor", self.six, birth_date=date(2016, 5, 4))
        self.layla = a_guardian("Layla", self.sami, self.noor)
        self.home = household_of(self.layla)
        self.round = a_round(classes=[self.three, self.six])
        self.annas = some_slots(self.round, self.anna, count=6)
        self.bass = some_slots(self.round, self.bas, count=6, room="lokaal 6")

    def family(self, who=None, now=NOW) -> family.Family:
        return family.family_of(Actor(ActorKind.GUARDIAN, (who or self.layla).id), now)

    def free(self, pupil, now=NOW) -> list[int]:
        mine = self.family()
        choice = family.choice_for(mine, mine.talk(self.round.id, pupil.id), now)
        return [time.slot_id for day in choice.days for time in day.times]


@pytest.fixture
def world() -> World:
    return World()


def test_talks_with_a_time_come_first_and_in_order(world):
    a_booking(world.round, world.sami, world.annas[3], household=world.home)
    talks = world.family().talks
    assert [(talk.pupil, talk.state) for talk in talks] == [("Sami", TalkState.INVITED), ("Noor", TalkState.TO_CHOOSE)]


def test_siblings_talks_that_adjoin_say_so_with_time_to_walk(world):
    a_booking(world.round, world.sami, world.annas[0], household=world.home)
    a_booking(world.round, world.noor, world.bass[2], household=world.home)
    near = world.family().talk(world.round.id, world.sami.id).next_to
    assert (near.name, near.starts_at) == ("Noor", TUESDAY + 2 * SLOT)
    mine = world.family()
    choice = family.choice_for(mine, mine.talk(world.round.id, world.noor.id), NOW)
    assert [(time.slot_id, time.next_to is not None) for time in choice.days[0].times] == [
        (world.bass[place].id, False) for place in (1, 3, 4, 5)
    ]


def test_free_times_leave_out_what_is_taken_blocked_too_soon_or_while_a_sibling_talks(world):
    a_booking(world.round, world.noor, world.bass[1], household=world.home)
    other = a_pupil("Daan", world.three)
    a_booking(world.round, other, world.annas[3])
    world.annas[4].blocked = True
    db.session.commit()
    assert world.free(world.sami) == [world.annas[place].id for place in (0, 2, 5)]
    assert world.free(world.sami, TUESDAY + SLOT - timedelta(hours=24)) == [world.annas[2].id, world.annas[5].id]


def test_free_times_keep_the_leaders_pause(world):
    world.round.max_in_a_row = 2
    db.session.commit()
    for place in (0, 1):
        a_booking(world.round, a_pupil(f"Kind{place}", world.three), world.annas[place])
    assert world.free(world.sami) == [world.annas[place].id for place in (3, 4, 5)]


def test_with_an_interpreter_only_double_times_are_offered(world):
    topics.ask_interpreter(
        round_id=world.round.id, pupil_id=world.sami.id, language="Pools", now=NOW,
        by=Actor(ActorKind.GUARDIAN, world.layla.id),
    )  # fmt: skip
    world.annas[2].blocked = True
    db.session.commit()
    assert world.free(world.sami) == [world.annas[place].id for place in (0, 3, 4)]
    assert world.family().talk(world.round.id, world.sami.id).interpreter == "Pools"


def test_a_leader_who_is_not_open_is_not_on_the_page(world):
    db.session.query(LeaderOpening).delete()
    db.session.commit()
    assert world.family().talks == ()


def test_what_is_over_or_said_off_says_so(world):
    talk = a_booking(world.round, world.sami, world.annas[0], household=world.home)
    late = TUESDAY + SLOT
    assert world.family(now=late).talk(world.round.id, world.sami.id).state is TalkState.PAST
    talk.outcome, talk.outcome_at = Outcome.BY_PHONE, NOW
    db.session.commit()
    assert world.family().talk(world.round.id, world.sami.id).outcome is Outcome.BY_PHONE
    talk.outcome = None
    db.session.commit()
    by = Actor(ActorKind.GUARDIAN, world.layla.id)
    bookings.cancel(booking_id=talk.id, by=by, now=NOW)
    off = world.family().talk(world.round.id, world.sami.id)
    assert (off.state, off.may_undo) == (TalkState.CANCELLED, True)
    a_booking(world.round, a_pupil("Daan", world.three), world.annas[0])
    assert not world.family().talk(world.round.id, world.sami.id).may_undo


def test_the_floor_of_a_room_is_told_when_the_school_gave_it(world):
    db.session.add(Room(name="lokaal 3", floor="begane grond"))
    db.session.commit()
    a_booking(world.round, world.sami, world.annas[0], household=world.home)
    assert world.family().talk(world.round.id, world.sami.id).place.floor == "begane grond"


def test_a_parent_without_authority_sees_nothing_of_the_child(world):
    wim = a_guardian("Wim", world.sami, authority=Authority.NO)
    a_booking(world.round, world.sami, world.annas[0])
    assert world.family(wim).talks == ()
    with pytest.raises(NotFound):
        world.family(wim).talk(world.round.id, world.sami.id)
    assert not world.family().talk(world.round.id, world.sami.id).joint


def test_each_home_sees_its_own_topics_only(world):
    jan = a_guardian("Jan", world.sami)
    a_booking(world.round, world.sami, world.annas[0])
    for who, text in ((world.layla, "Lezen"), (jan, "Slapen")):
        topics.add(
            round_id=world.round.id, pupil_id=world.sami.id, text=text, from_pupil=False, now=NOW,
            by=Actor(ActorKind.GUARDIAN, who.id),
        )  # fmt: skip
    for who, text in ((world.layla, "Lezen"), (jan, "Slapen")):
        talk = world.family(who).talk(world.round.id, world.sami.id)
        assert [topic.text for topic in talk.topics] == [text]
        assert talk.guardians == ()
        assert talk.joint


def test_a_duos_families_choose_between_both_leaders_and_never_the_own_parent(world):
    karin = a_leader("karin")
    four = a_class("4", leaders=[world.anna, karin])
    db.session.add(RoundClass(round_id=world.round.id, class_id=four.id))
    db.session.commit()
    some_slots(world.round, karin, count=2, first=TUESDAY + timedelta(days=1))
    tess = a_pupil("Tess", four)
    mother = a_guardian("Meryem", tess)
    mine = world.family(mother)
    choice = family.choice_for(mine, mine.talk(world.round.id, tess.id), NOW)
    assert (len(choice.days), choice.several_leaders) == (2, True)
    mother.staff_id = karin.id
    db.session.commit()
    choice = family.choice_for(mine, mine.talk(world.round.id, tess.id), NOW)
    assert {time.leader for day in choice.days for time in day.times} == {"Anna Jansen"}


def test_in_a_round_to_pick_in_choosing_waits_for_the_opening(world):
    world.round.mode, world.round.opens_at = RoundMode.PICK, NOW + timedelta(days=1)
    db.session.commit()
    talk = world.family().talk(world.round.id, world.sami.id)
    assert (talk.may_choose(NOW), talk.may_choose(NOW + timedelta(days=1))) == (False, True)


def test_the_time_before_the_last_move_is_offered_while_it_is_free(world):
    talk = a_booking(world.round, world.sami, world.annas[0], household=world.home)
    by = Actor(ActorKind.GUARDIAN, world.layla.id)
    bookings.move(booking_id=talk.id, slot_id=world.annas[4].id, by=by, now=NOW)
    moved = world.family().talk(world.round.id, world.sami.id)
    assert family.earlier_time(moved, NOW).slot_id == world.annas[0].id
    db.session.get(Slot, world.annas[0].id).blocked = True
    db.session.commit()
    assert family.earlier_time(moved, NOW) is None


def test_the_page_asks_as_many_questions_for_six_children_as_for_two(world):
    by, home, round_id = Actor(ActorKind.GUARDIAN, world.layla.id), world.home.id, world.round.id
    slots = [slot.id for slot in world.annas]
    a_booking(world.round, world.sami, world.annas[0], household=world.home)
    two = questions(by)
    for place in range(1, 5):
        pupil = a_pupil(f"Kind{place}", world.three)
        db.session.add(Guardianship(pupil_id=pupil.id, guardian_id=by.id, household_id=home))
        db.session.commit()
        a_booking(db.session.get(Round, round_id), pupil, db.session.get(Slot, slots[place]), household=world.home)
    assert questions(by) == two < 15


def questions(by: Actor) -> int:
    """How many the database is asked for one page of this family."""
    db.session.commit()
    with asked(db.engine) as seen:
        assert family.family_of(by, NOW).talks
    return len(seen)
