"""A mentor and a contact parent organise an informal meeting: in the plan of the year, with a theme if they like."""

from datetime import date, time, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.contact_parents import Reach
from scheduling.domain.errors import NotFound
from scheduling.domain.gatherings import DetailTooLong
from scheduling.domain.informal_meetings import (
    MeetingAnswered,
    MeetingAsked,
    MeetingState,
    MeetingTooEarly,
    MeetingWish,
)
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.year_plans import OnAFreeDay, OutsideYear, PlannedKind, TimesInWrongOrder, WouldClash
from scheduling.models import ClassContact, Enrolment, Gathering, MeetingProposal, Outbox, PlannedDate, db
from scheduling.queries import informal_meetings as asking
from scheduling.queries.letters import find_letter
from scheduling.services import contact_parents, gatherings, informal_meetings, year_plans
from tests.builders import NOW
from tests.services.test_gatherings import OFFICE
from tests.worlds import World, a_world

DAY = date(2027, 9, 21)
WISH = MeetingWish(DAY, time(19, 30), time(21), "aula", " gamen ")


@pytest.fixture
def world(any_context: Flask) -> World:
    made = a_world()
    contact_parents.say_yes(class_id=made.three.id, shown_as="Layla", reach=Reach.FORM, by=layla(made), now=NOW)
    return made


def layla(world: World) -> Actor:
    return Actor(ActorKind.GUARDIAN, world.layla.id)


def bas(world: World) -> Actor:
    return Actor(ActorKind.STAFF, world.bas.id)


def contact() -> int:
    return db.session.scalars(select(ClassContact.id)).one()


def propose(world: World, wish: MeetingWish = WISH) -> int:
    return informal_meetings.propose(contact_id=contact(), wish=wish, by=layla(world), now=NOW)


def plan(world: World, wish: MeetingWish = WISH, by: Actor | None = None, *, sure: bool = False) -> int:
    return informal_meetings.plan(class_id=world.three.id, wish=wish, sure=sure, by=by or bas(world), now=NOW)


def planned() -> list[PlannedDate]:
    db.session.rollback()
    return list(db.session.scalars(select(PlannedDate).where(PlannedDate.kind == PlannedKind.INFORMAL_MEETING)))


def told(letter: Letter) -> list[tuple[str, bool]]:
    """What was written in these letters about meetings, and whether it still leaves."""
    db.session.rollback()
    rows = db.session.scalars(select(Outbox).where(Outbox.letter == letter).order_by(Outbox.id))
    return [
        (row.facts["what"], find_letter(row.id, NOW).stop is None) for row in rows if "proposal_id" in row.facts
    ]  # fmt: skip


def test_the_mentor_plans_it_for_the_own_class_and_families_are_invited_as_to_any_gathering(world: World):
    made = plan(world)
    (row,) = planned()
    assert (row.day, row.begins, row.place, row.published_at) == (DAY, time(19, 30), "aula", None)
    assert [one.class_id for one in row.classes] == [world.three.id]
    gathering = db.session.get_one(Gathering, made)
    assert (gathering.theme, gathering.with_pupils, gathering.invited_at) == ("gamen", True, None)
    assert [line.id for line in asking.planned_for(world.three.id)] == [made]
    assert gatherings.invite(planned_ids=[made], by=Actor(ActorKind.STAFF, world.office.id), now=NOW) == 1


def test_a_contact_parent_proposes_and_the_mentor_agrees(world: World):
    made = propose(world)
    assert told(Letter.CONTACT_NOTICE) == [("meeting_asked", True)]
    assert [one.wish.theme for one in asking.waiting_in(world.three.id, NOW)] == ["gamen"]
    assert planned() == []
    with pytest.raises(MeetingAsked):
        propose(world)
    informal_meetings.agree(proposal_id=made, sure=False, by=bas(world), now=NOW)
    (row,) = planned()
    assert (row.day, row.moved) == (DAY, True)
    assert told(Letter.CONTACT_SAID) == [("meeting_agreed", True)]
    assert told(Letter.CONTACT_NOTICE) == [("meeting_asked", False)]
    for act in (informal_meetings.agree, informal_meetings.decline):
        more: dict[str, Any] = {"sure": True} if act is informal_meetings.agree else {}
        with pytest.raises(MeetingAnswered):
            act(proposal_id=made, by=bas(world), now=NOW, **more)


def test_a_no_leaves_room_for_another_proposal_and_a_proposal_is_taken_back(world: World):
    informal_meetings.decline(proposal_id=propose(world), by=bas(world), now=NOW)
    assert told(Letter.CONTACT_SAID) == [("meeting_declined", True)]
    again = propose(world)
    informal_meetings.take_back(proposal_id=again, by=layla(world), now=NOW)
    assert told(Letter.CONTACT_NOTICE)[-1] == ("meeting_off", True)
    assert asking.waiting_in(world.three.id, NOW) == ()
    assert planned() == []


def test_what_it_gets_in_the_way_of_is_named_before_anything_is_planned(world: World):
    plan(world)
    made = propose(world)
    with pytest.raises(WouldClash):
        informal_meetings.agree(proposal_id=made, sure=False, by=bas(world), now=NOW)
    assert db.session.get_one(MeetingProposal, made).state is MeetingState.PROPOSED
    with pytest.raises(WouldClash):
        plan(world)
    assert len(planned()) == 1
    informal_meetings.agree(proposal_id=made, sure=True, by=bas(world), now=NOW)
    assert len(planned()) == 2


@pytest.mark.parametrize(
    ("wish", "refused"),
    [
        (MeetingWish(NOW.date(), time(19), time(20)), MeetingTooEarly),
        (MeetingWish(date(2028, 9, 5), time(19), time(20)), OutsideYear),
        (MeetingWish(date(2027, 10, 4), time(19), time(20)), OnAFreeDay),
        (MeetingWish(DAY, time(20), time(19)), TimesInWrongOrder),
        (MeetingWish(DAY, time(19), time(20), theme="g" * 81), DetailTooLong),
    ],
)
def test_what_cannot_be_is_named_and_nothing_is_kept(world: World, wish: MeetingWish, refused: type[Exception]):
    for act in (propose, plan):
        with pytest.raises(refused):
            act(world, wish)
    assert (planned(), list(db.session.scalars(select(MeetingProposal)))) == ([], [])


def test_only_who_leads_the_class_plans_and_answers_and_only_its_contact_parent_proposes(world: World):
    karin, petra = Actor(ActorKind.STAFF, world.karin.id), Actor(ActorKind.GUARDIAN, world.petra.id)
    with pytest.raises(NotFound):
        plan(world, by=karin)
    with pytest.raises(NotFound):
        informal_meetings.propose(contact_id=contact(), wish=WISH, by=petra, now=NOW)
    made = propose(world)
    for stranger in (karin, layla(world)):
        with pytest.raises(NotFound):
            informal_meetings.agree(proposal_id=made, sure=True, by=stranger, now=NOW)
    with pytest.raises(NotFound):
        informal_meetings.take_back(proposal_id=made, by=petra, now=NOW)


def agreed(world: World) -> PlannedDate:
    informal_meetings.agree(proposal_id=propose(world), sure=False, by=bas(world), now=NOW)
    assert informal_meetings.tell(NOW) == 0
    return planned()[0]


def moves(row: PlannedDate, day: date, place: str = "aula") -> None:
    year_plans.move(
        planned_id=row.id, version=row.version, day=day, begins=row.begins, ends=row.ends, place=place, sure=True,
        by=OFFICE, now=NOW,
    )  # fmt: skip


def test_who_proposed_it_hears_that_it_moves_and_that_it_falls(world: World):
    moves(agreed(world), DAY + timedelta(days=1))
    assert (informal_meetings.tell(NOW), informal_meetings.tell(NOW)) == (1, 0)
    assert told(Letter.CONTACT_SAID) == [("meeting_agreed", True), ("meeting_moved", True)]
    assert asking.newest_of(contact()).wish.day == DAY + timedelta(days=1)
    moves(planned()[0], DAY + timedelta(days=2))
    later = NOW + timedelta(minutes=5)
    assert informal_meetings.tell(later) == 1
    assert told(Letter.CONTACT_SAID)[1:] == [("meeting_moved", False), ("meeting_moved", True)]
    row = planned()[0]
    year_plans.remove(planned_id=row.id, version=row.version, by=OFFICE, now=NOW)
    assert (informal_meetings.tell(later), informal_meetings.tell(later)) == (1, 0)
    assert told(Letter.CONTACT_SAID)[-1] == ("meeting_fell", True)
    assert [holds for _what, holds in told(Letter.CONTACT_SAID)[:-1]] == [False, False, False]
    propose(world)


def test_once_families_are_invited_the_letters_of_the_invitation_say_what_changes(world: World):
    row = agreed(world)
    gatherings.invite(planned_ids=[row.id], by=OFFICE, now=NOW)
    moves(row, DAY + timedelta(days=1))
    assert informal_meetings.tell(NOW) == 0
    assert asking.newest_of(contact()).wish.day == DAY + timedelta(days=1)
    gatherings.call_off(
        planned_id=row.id, version=db.session.get_one(Gathering, row.id).version, by=OFFICE, now=NOW
    )  # fmt: skip
    assert informal_meetings.tell(NOW) == 0


def test_with_the_consent_what_waits_is_gone(world: World):
    made = propose(world)
    contact_parents.say_no(class_id=world.three.id, by=layla(world), now=NOW)
    assert db.session.get_one(MeetingProposal, made).state is MeetingState.OFF
    assert told(Letter.CONTACT_NOTICE) == [("meeting_asked", False)]


def test_when_the_child_leaves_the_class_the_mentor_reads_of_it_no_more(world: World):
    made = propose(world)
    place = db.session.scalars(select(Enrolment).where(Enrolment.pupil_id == world.sami.id)).one()
    place.class_id = world.six.id
    db.session.commit()
    assert asking.waiting_in(world.three.id, NOW) == ()
    with pytest.raises(MeetingAnswered):
        informal_meetings.agree(proposal_id=made, sure=False, by=bas(world), now=NOW)
