"""A pupil of eighteen and the parents: T25 (eighteen between sending and talk) and T26 (permission withdrawn)."""

from datetime import date, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.rounds import RoundMode
from scheduling.domain.swaps import OfferState
from scheduling.models import Booking, Guardian, JournalLine, Outbox, Pupil, SwapOffer, db
from scheduling.queries.bookings import opens_to_guardian
from scheduling.queries.family import family_of
from scheduling.queries.imports import known_school
from scheduling.queries.links import person_of_visit
from scheduling.services import bookings, links, outbox, swaps
from scheduling.services.grown_pupils import permit_parents
from scheduling.services.transaction import transaction
from tests import builders
from tests.builders import NOW, TUESDAY, household_of

BORN = date(2008, 1, 1)


class Story:
    """Kim is nineteen, and lets Layla and Omar stay involved. The talk was told to all three."""

    def __init__(self) -> None:
        builders.a_school()
        builders.a_year()
        self.anna = builders.a_leader("anna")
        self.group = builders.a_class("5v", leaders=[self.anna])
        self.kim = builders.a_pupil("Kim", self.group, birth_date=BORN)
        self.kim.email, self.kim.parents_permitted = "kim@leerlingen.example.org", True
        self.layla = builders.a_guardian("Layla", self.kim)
        self.omar = builders.a_guardian("Omar", self.kim, household=household_of(self.layla), position=2)
        self.start = builders.a_round(classes=[self.group], mode=RoundMode.ROSTER_THEN_SWAP)
        self.slots = builders.some_slots(self.start, self.anna, count=6)
        self.talk = builders.a_booking(self.start, self.kim, self.slots[0], household=household_of(self.layla))
        self.by_kim = Actor(ActorKind.PUPIL, self.kim.id)
        self.by_layla = Actor(ActorKind.GUARDIAN, self.layla.id)

    def invites(self) -> None:
        with transaction() as session:
            talk = session.get_one(Booking, self.talk.id)
            talk.invited_at = NOW
            outbox.post(session, letter=Letter.INVITATION, booking=talk, now=NOW)

    def says(self, permitted: bool, *, hours: int = 1) -> None:
        permit_parents(pupil_id=self.kim.id, permitted=permitted, by=self.by_kim, now=NOW + timedelta(hours=hours))

    def reads(self, by: Actor) -> list[int | None]:
        return [talk.booking_id for talk in family_of(by, NOW + timedelta(hours=2)).talks]


@pytest.fixture
def story(any_context: Flask) -> Story:
    return Story()


def rows() -> list[Outbox]:
    return list(db.session.scalars(select(Outbox).order_by(Outbox.id)))


def all_sent() -> None:
    for row in rows():
        row.state = OutboxState.SENT
    db.session.commit()


def who(row: Outbox) -> str:
    return row.address.partition("@")[0].rstrip("0123456789")


def to(letters: list[Outbox]) -> list[tuple[str, str, int]]:
    return [(row.letter.value, who(row), row.sequence) for row in letters]


def test_t26_withdrawn_the_talk_leaves_the_parents_calendars_and_stays_in_the_pupils(story: Story) -> None:
    story.invites()
    all_sent()
    assert to(rows()) == [("invitation", "kim", 0), ("invitation", "layla", 0), ("invitation", "omar", 0)]
    story.says(False)
    assert to(rows()[3:]) == [("elsewhere", "layla", 1), ("elsewhere", "omar", 1)]
    assert {row.facts["because"] for row in rows()[3:]} == {"grown"}
    assert story.reads(story.by_kim) == [story.talk.id]
    assert story.reads(story.by_layla) == []
    with pytest.raises(NotFound):
        bookings.cancel(booking_id=story.talk.id, by=story.by_layla, now=NOW + timedelta(hours=2))
    bookings.confirm(booking_id=story.talk.id, by=story.by_kim, now=NOW + timedelta(hours=2))


def test_t26_what_had_not_left_for_the_parents_stays_in_the_house_and_the_pupils_letter_leaves(story: Story) -> None:
    story.invites()
    story.says(False)
    assert [(who(row), row.state) for row in rows()] == [
        ("kim", OutboxState.QUEUED), ("layla", OutboxState.SUPPRESSED), ("omar", OutboxState.SUPPRESSED),
    ]  # fmt: skip


def test_t26_the_parents_links_open_nothing_at_once_and_again_when_the_pupil_says_so(story: Story) -> None:
    token = links.issue(guardian_id=story.layla.id, by=SYSTEM, now=NOW)
    key = links.enter(token=token, now=NOW).key
    assert links.find_link(token, NOW) is not None
    story.says(False)

    assert links.find_link(token, NOW) is None
    assert person_of_visit(key, NOW) is None
    story.says(True, hours=2)
    assert links.find_link(token, NOW) is not None
    assert person_of_visit(key, NOW) is not None


def test_t26_a_parent_with_a_younger_child_keeps_the_link_and_reads_of_that_child_only(story: Story) -> None:
    builders.a_guardian("Petra", builders.a_pupil("Daan", story.group))
    younger = builders.a_pupil("Tim", story.group, birth_date=date(2015, 1, 1))
    db.session.add(
        builders.Guardianship(
            pupil_id=younger.id, guardian_id=story.layla.id, household_id=household_of(story.layla).id
        )
    )
    db.session.commit()
    story.says(False)
    assert opens_to_guardian(db.session(), story.layla.id, NOW)
    assert not opens_to_guardian(db.session(), story.omar.id, NOW)
    assert family_of(story.by_layla, NOW).children == ("Tim",)


def test_given_again_everybody_is_told_anew_and_calendars_take_it_back_in(story: Story) -> None:
    story.invites()
    all_sent()
    story.says(False)
    all_sent()
    story.says(True, hours=2)
    assert to(rows()[5:]) == [("invitation", "kim", 2), ("invitation", "layla", 2), ("invitation", "omar", 2)]
    all_sent()
    story.says(False, hours=3)
    assert to(rows()[8:]) == [("elsewhere", "layla", 3), ("elsewhere", "omar", 3)]
    story.says(False, hours=4)
    assert len(rows()) == 10, "saying it twice is saying it once"


def test_a_mailbox_that_is_the_pupils_as_well_keeps_the_talk(story: Story) -> None:
    layla, kim = db.session.get_one(Guardian, story.layla.id), db.session.get_one(Pupil, story.kim.id)
    layla.email = kim.email
    db.session.commit()
    story.invites()
    all_sent()
    story.says(False)
    assert [who(row) for row in rows() if row.letter is Letter.ELSEWHERE] == ["omar"]


def test_a_swap_that_a_parent_began_ends_and_the_pupil_may_begin_one(story: Story) -> None:
    other = builders.a_pupil("Daan", story.group)
    petra = builders.a_guardian("Petra", other)
    builders.a_booking(story.start, other, story.slots[2], household=household_of(petra))
    wanted = [story.slots[2].id]
    swaps.offer(booking_id=story.talk.id, slot_ids=wanted, by=story.by_layla, now=NOW)
    story.says(False)
    (offer,) = db.session.scalars(select(SwapOffer))
    assert offer.state is OfferState.WITHDRAWN
    swaps.offer(booking_id=story.talk.id, slot_ids=wanted, by=story.by_kim, now=NOW + timedelta(hours=2))
    opened = db.session.scalars(select(SwapOffer).where(SwapOffer.state == OfferState.OPEN)).one()
    assert opened.household_id is None


def test_an_older_file_does_not_give_the_parents_back_what_the_pupil_took(story: Story) -> None:
    story.says(False)
    kim = db.session.get_one(Pupil, story.kim.id)

    known = {one.number: one for one in known_school(db.session(), story.start.year_id).pupils}[kim.number]
    assert known.corrections == {"parents_permitted": True}
    story.says(True, hours=2)
    known = {one.number: one for one in known_school(db.session(), story.start.year_id).pupils}[kim.number]
    assert known.corrections == {"parents_permitted": False}


def test_t25_a_talk_that_moves_past_the_birthday_leaves_the_parents_calendars(story: Story) -> None:
    """At seventeen the parents were invited; the new time is after the birthday."""
    kim = db.session.get_one(Pupil, story.kim.id)
    kim.birth_date, kim.parents_permitted = date(2009, 9, 7), False
    later = builders.some_slots(story.start, story.anna, count=1, first=TUESDAY + timedelta(days=7))[0].id
    db.session.commit()
    story.invites()
    all_sent()
    assert [who(row) for row in rows()] == ["layla", "omar"]
    bookings.move(booking_id=story.talk.id, slot_id=later, by=story.by_layla, now=NOW)
    assert [(row.letter.value, who(row)) for row in rows()[2:]] == [
        ("changed", "kim"), ("elsewhere", "layla"), ("elsewhere", "omar"),
    ]  # fmt: skip
    assert story.reads(story.by_kim) == [story.talk.id], "who is invited can open the own page"


def test_who_turns_eighteen_before_the_talk_may_already_say_that_the_parents_stay_involved(story: Story) -> None:
    kim = db.session.get_one(Pupil, story.kim.id)
    kim.birth_date, kim.parents_permitted = date(2009, 8, 31), False
    db.session.commit()
    story.invites()
    assert [who(row) for row in rows()] == ["kim"]
    story.says(True)
    unsent = [row for row in rows() if row.state is OutboxState.QUEUED]
    assert [who(row) for row in unsent] == ["kim", "layla", "omar"]


def test_a_new_link_is_not_mailed_to_a_parent_for_whom_nothing_is_left(story: Story) -> None:
    story.says(False)
    links.resend(address=story.layla.email, now=NOW)
    assert rows() == []


def test_the_journal_says_who_decided(story: Story) -> None:
    story.says(False)
    line = db.session.scalars(select(JournalLine).where(JournalLine.action == "people.permit_parents")).one()
    assert (line.actor_kind, line.actor_id, line.facts) == (ActorKind.PUPIL, story.kim.id, {"permitted": False})
