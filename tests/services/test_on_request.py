"""A parent without authority (T02): nothing by itself; on request word after a talk or an own one, until taken back."""

from datetime import date, timedelta

import pytest
from sqlalchemy import delete, select

from scheduling.domain.errors import NotFound, Refused
from scheduling.domain.homes import GivenOnRequest, HomeTalks
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.kinds import PupilPart
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.on_request import AskedLater, InvitedAnyway, PupilDecides, SharesHome, TwoHomesAlready
from scheduling.domain.people import Authority, OnRequest
from scheduling.domain.rounds import BookingStatus, Outcome, RoundKind, RoundMode
from scheduling.domain.single_talks import Details, Medium, SingleState
from scheduling.domain.timeslots import Span, local
from scheduling.mail.letters import write
from scheduling.models import (
    Booking,
    Guardian,
    Guardianship,
    JournalLine,
    LeaderOpening,
    Outbox,
    SingleTalk,
    SupportMeeting,
    db,
)
from scheduling.queries import support
from scheduling.queries.family import family_of
from scheduling.queries.leading import the_talk
from scheduling.queries.letters import find_letter
from scheduling.queries.mailings import plan_of
from scheduling.queries.personal_data import file_of
from scheduling.queries.reminders import families_of
from scheduling.queries.retention import kept_of
from scheduling.queries.snapshots import needed_talks
from scheduling.queries.two_homes import homes_page
from scheduling.services import bookings, homes, mailings, on_request, outbox, single_talks
from scheduling.services.transaction import transaction
from tests import builders
from tests.builders import NOW, a_booking, a_guardian, household_of, some_slots
from tests.mail.facts import PAPER

pytestmark = pytest.mark.usefixtures("any_context")
TODAY = local(NOW).date()


class Story:
    """Els is Mila's mother. Tom, her father, has no authority and lives elsewhere. Anna leads the class."""

    def __init__(self) -> None:
        builders.a_school()
        self.year = builders.a_year()
        self.office = Actor(ActorKind.STAFF, builders.an_office_worker().id)
        self.anna, self.bert = builders.a_leader("anna"), builders.a_leader("bert")
        self.three = three = builders.a_class("3", leaders=[self.anna])
        self.mila = builders.a_pupil("Mila", three)
        self.els = a_guardian("Els", self.mila)
        self.tom = a_guardian("Tom", self.mila, authority=Authority.NO, position=2)
        self.round = builders.a_round(classes=[three], mode=RoundMode.ROSTER_THEN_SWAP, max_in_a_row=0)
        self.slots = some_slots(self.round, self.anna, count=8)

    def gives(self, what: OnRequest = OnRequest.TALK, *, to: Guardian | None = None, asked_on: date = TODAY) -> bool:
        return on_request.give(
            pupil_id=self.mila.id,
            guardian_id=(to or self.tom).id,
            what=what,
            asked_on=asked_on,
            by=self.office,
            now=NOW,
        )

    def takes_back(self) -> None:
        on_request.take_back(pupil_id=self.mila.id, guardian_id=self.tom.id, by=self.office, now=NOW)

    def talk_of(self, who: Guardian, place: int) -> Booking:
        return a_booking(self.round, self.mila, self.slots[place], household=household_of(who))

    def homes_with_a_talk(self) -> set[int | None]:
        return {talk.household_id for talk in needed_talks(self.round.id, on=TODAY)}

    def letters(self, who: Guardian) -> list[Outbox]:
        wanted = select(Outbox).where(Outbox.guardian_id == who.id).order_by(Outbox.id)
        return list(db.session.scalars(wanted.execution_options(populate_existing=True)))

    def by(self, who: Guardian) -> Actor:
        return Actor(ActorKind.GUARDIAN, who.id)


@pytest.fixture
def story() -> Story:
    return Story()


def read(row: Outbox, now=NOW) -> str:
    found = find_letter(row.id, now)
    assert found.stop is None
    return " ".join(write(found, token="geheim", paper=PAPER).text.split())


def test_by_itself_such_a_parent_gets_nothing(story: Story):
    assert {one.household_id for one in family_of(story.by(story.els), NOW).talks} != set()
    assert family_of(story.by(story.tom), NOW).talks == ()
    plan = plan_of(db.session(), story.round.id, Letter.INVITATION, NOW)
    assert story.tom.id not in {one.person.guardian_id for one in plan.recipients}
    on_request.tell_after_talks(NOW)
    assert story.letters(story.tom) == []


def test_on_request_it_gets_a_talk_of_its_own_and_the_other_home_hears_nothing(story: Story):
    assert story.gives()
    (told,) = story.letters(story.tom)
    assert "U krijgt een eigen gesprek" in read(told)
    assert "geheim" in read(told)
    assert story.letters(story.els) == []
    toms, elses = household_of(story.tom).id, household_of(story.els).id
    assert {talk.household_id for talk in family_of(story.by(story.tom), NOW).talks} == {toms}
    picked = bookings.pick(
        round_id=story.round.id, pupil_id=story.mila.id, slot_id=story.slots[5].id, by=story.by(story.tom), now=NOW
    )
    assert db.session.get_one(Booking, picked).household_id == toms
    with transaction() as session:
        outbox.post(session, letter=Letter.INVITATION, booking=session.get_one(Booking, picked), now=NOW)
    assert {row.guardian_id for row in db.session.scalars(select(Outbox))} == {story.tom.id}
    assert toms != elses


@pytest.mark.parametrize("letter", [Letter.INVITATION, Letter.WISHES])
def test_where_homes_choose_or_say_what_suits_this_one_is_asked_as_well(story: Story, letter: Letter):
    story.round.mode = RoundMode.PICK if letter is Letter.INVITATION else RoundMode.ROSTER
    story.round.wishes_until = NOW + timedelta(days=7) if letter is Letter.WISHES else None
    if letter is Letter.WISHES:
        db.session.execute(delete(LeaderOpening))
    db.session.commit()

    def asks() -> list[str]:
        mailings.send(round_id=story.round.id, letter=letter, by=story.office, now=NOW)
        waits = select(Outbox).where(Outbox.letter == letter).order_by(Outbox.id)
        return [find_letter(row.id, NOW).addressee for row in db.session.scalars(waits) if read(row)]

    assert asks() == [story.els.name.full]
    story.gives()
    assert asks() == [story.els.name.full, story.tom.name.full]
    assert story.tom.id in {
        one.to.guardian_id for home in families_of(db.session(), story.round.id, NOW) for one in home.people
    }
    story.takes_back()
    assert story.tom.id not in {
        one.to.guardian_id for home in families_of(db.session(), story.round.id, NOW) for one in home.people
    }
    waits = select(Outbox.id).where(Outbox.guardian_id == story.tom.id, Outbox.letter == letter)
    assert find_letter(db.session.scalars(waits).one(), NOW).stop is not None


def test_a_roster_plans_a_talk_for_each_home_then(story: Story):
    before = story.homes_with_a_talk()
    story.gives()
    assert before == {household_of(story.els).id}
    assert story.homes_with_a_talk() == {household_of(story.els).id, household_of(story.tom).id}


def test_a_talk_that_stood_stays_the_other_homes_alone(story: Story):
    joint = a_booking(story.round, story.mila, story.slots[0])
    story.gives()
    db.session.refresh(joint)
    assert joint.household_id == household_of(story.els).id
    assert [talk.booking_id for talk in family_of(story.by(story.tom), NOW).talks if talk.booking_id] == []


def test_a_talk_together_is_not_arranged_beside_one_on_request(story: Story):
    story.gives()
    for talks in (None, HomeTalks.TOGETHER):
        with pytest.raises(GivenOnRequest):
            homes.arrange(
                pupil_id=story.mila.id, year_id=story.year.id, talks=talks, apart_minutes=0, by=story.office, now=NOW
            )
    with pytest.raises(NotFound):
        _propose(story, None)


class Before:
    """What two homes had together, the father's among them, before that one left and Tom got a talk of his own."""

    def __init__(self, story: Story) -> None:
        self.story = story
        ruud = a_guardian("Ruud", story.mila, position=5)
        self.talk = a_booking(story.round, story.mila, story.slots[0])
        self.single = _propose(story, None)
        begins = NOW + timedelta(days=20)
        self.meeting = SupportMeeting(
            year_id=story.year.id, pupil_id=story.mila.id, household_id=None, supervisor_id=story.bert.id,
            starts_at=begins, ends_at=begins + timedelta(hours=1), ical_uid="tafel", ical_stamp=NOW, made_at=NOW,
        )  # fmt: skip
        db.session.add(self.meeting)
        ruud.active = False
        db.session.commit()
        self.after = self.talk.ends_at + timedelta(hours=1)
        on_request.give(
            pupil_id=story.mila.id, guardian_id=story.tom.id, what=OnRequest.TALK, asked_on=TODAY, by=story.office,
            now=self.after,
        )  # fmt: skip


def test_what_two_homes_had_together_stays_closed_for_who_comes_on_request(story: Story):
    before = Before(story)
    tom, els, now = story.by(story.tom), story.by(story.els), before.after
    assert (before.talk.household_id, before.talk.status) == (None, BookingStatus.INVITED)
    assert [one.booking_id for one in family_of(els, now).talks] == [before.talk.id]
    assert [one.booking_id for one in family_of(tom, now).talks] == [None]
    assert [one.id for one in support.of_family(els, now)] == [before.meeting.id]
    assert support.of_family(tom, now) == ()
    for closed in (
        lambda: support.of_home(before.meeting.id, tom, now),
        lambda: single_talks.decline(single_id=before.single, by=tom, now=now),
    ):
        with pytest.raises(NotFound):
            closed()
    assert [kept_of(who, now).years[0].talks for who in (els, tom)] == [1, 0]
    for who, count in ((story.els, 1), (story.tom, 0)):
        kept = {part.name: len(part.rows) for part in file_of(ActorKind.GUARDIAN, who.id).parts}
        assert (kept.get("talks", 0), kept.get("support", 0)) == (count, count)


def test_a_talk_of_the_other_homes_in_the_same_round_does_not_stand_in_the_way_of_the_own_one(story: Story):
    before = Before(story)
    picked = bookings.pick(
        round_id=story.round.id, pupil_id=story.mila.id, by=story.by(story.tom), now=before.after,
        slot_id=some_slots(story.round, story.anna, count=1, first=before.after + timedelta(days=2))[0].id,
    )  # fmt: skip
    assert db.session.get_one(Booking, picked).household_id == household_of(story.tom).id


def test_the_leader_reads_who_was_at_a_talk_together_without_who_comes_on_request(story: Story):
    before = Before(story)
    assert [name.full for name in the_talk(before.talk.id, story.anna.id, now=before.after).expected] == [
        story.mila.name.full, story.els.name.full,
    ]  # fmt: skip


def test_the_office_reads_of_both_homes_that_each_has_its_own_talk(story: Story):
    story.gives()
    page = homes_page(story.mila.id, story.year.id, "2027-2028", now=NOW)
    assert [home.label for home in page.homes] == [story.els.name.full, story.tom.name.full]
    assert (page.talks, page.own_talks, page.differing) == (HomeTalks.APART, True, ())


def test_taken_back_own_talks_are_off_and_leave_the_calendar(story: Story):
    story.gives()
    elses, toms = story.talk_of(story.els, 0), story.talk_of(story.tom, 2)
    with transaction() as session:
        for talk in (elses, toms):
            session.get_one(Booking, talk.id).invited_at = NOW
            outbox.post(session, letter=Letter.INVITATION, booking=session.get_one(Booking, talk.id), now=NOW)
    for row in story.letters(story.tom):
        row.state = OutboxState.SENT
    db.session.commit()
    story.takes_back()
    db.session.expire_all()
    assert (toms.status, elses.status) == (BookingStatus.CANCELLED, BookingStatus.INVITED)
    assert story.slots[2].booking_id is None
    gone = story.letters(story.tom)[-1]
    assert gone.letter is Letter.ELSEWHERE
    found = write(find_letter(gone.id, NOW), token="geheim", paper=PAPER)
    assert b"METHOD:CANCEL" in found.calendar
    assert toms.ical_uid.encode() in found.calendar.replace(b"\r\n ", b"")
    assert "geheim" not in found.text
    assert [row.letter for row in story.letters(story.els)] == [Letter.INVITATION]
    assert family_of(story.by(story.tom), NOW).talks == ()
    assert story.homes_with_a_talk() == {household_of(story.els).id}


def test_what_had_not_left_stays_in_the_house_when_it_is_taken_back(story: Story):
    story.gives()
    toms = story.talk_of(story.tom, 2)
    with transaction() as session:
        outbox.post(session, letter=Letter.INVITATION, booking=session.get_one(Booking, toms.id), now=NOW)
    story.takes_back()
    assert {row.state for row in story.letters(story.tom)} == {OutboxState.SUPPRESSED}


def _propose(story: Story, household_id: int | None) -> int:
    begins = NOW + timedelta(days=30)
    return single_talks.arrange(
        details=Details(RoundKind.FOLLOW_UP, 20, Medium.SCHOOL, PupilPart.PRESENT, "Lezen"), pupil_id=story.mila.id,
        household_id=household_id, spans=[Span(begins, begins + timedelta(minutes=20))], anyway=True, after_id=None,
        leader_id=story.anna.id, by=Actor(ActorKind.STAFF, story.anna.id), now=NOW,
    )  # fmt: skip


def test_a_proposal_to_this_parent_is_over_when_it_is_taken_back(story: Story):
    story.gives()
    made = _propose(story, household_of(story.tom).id)
    story.takes_back()
    db.session.expire_all()
    talk = db.session.get_one(SingleTalk, made)
    assert (talk.state, talk.times) == (SingleState.WITHDRAWN, [])
    assert {row.state for row in story.letters(story.tom)} == {OutboxState.SUPPRESSED}


def test_a_home_where_somebody_else_is_invited_keeps_its_talk(story: Story):
    story.gives()
    toms = story.talk_of(story.tom, 2)
    a_guardian("Ida", story.mila, household=household_of(story.tom), position=3)
    story.takes_back()
    db.session.refresh(toms)
    assert toms.status is BookingStatus.INVITED


def test_word_after_a_talk_goes_once_a_day_later_without_a_time_or_a_name_of_the_other_home(story: Story):
    story.gives(OnRequest.INFORMATION)
    first = story.letters(story.tom)[-1]
    assert "bericht" in read(first)
    assert "geheim" not in read(first)
    assert family_of(story.by(story.tom), NOW).talks == ()
    story.talk_of(story.els, 0)
    other = builders.a_round("Vervolg", classes=[story.three])
    ends = a_booking(other, story.mila, some_slots(other, story.bert, count=3)[2]).ends_at
    for later in (timedelta(hours=1), timedelta(hours=25), timedelta(hours=30), timedelta(days=3)):
        on_request.tell_after_talks(ends + later)
    told = story.letters(story.tom)[1:]
    assert len(told) == 1
    text = read(told[0], ends + timedelta(hours=25))
    assert "er een gesprek over Mila" in text
    assert story.anna.name.full in text
    assert "Els" not in text
    assert f"{local(story.slots[0].starts_at):%H.%M}" not in text
    assert story.letters(story.els) == []


@pytest.mark.parametrize("why", ["not held", "asked later", "taken back", "long ago"])
def test_no_word_goes_of_a_talk_that_gives_no_reason_for_it(story: Story, why: str):
    talk = story.talk_of(story.els, 0)
    asked_on = TODAY
    talk.outcome = Outcome.NO_SHOW if why == "not held" else None
    db.session.commit()
    story.gives(OnRequest.INFORMATION, asked_on=asked_on)
    if why == "asked later":
        db.session.query(Guardianship).filter_by(guardian_id=story.tom.id).update(
            {"asked_on": local(talk.ends_at).date() + timedelta(days=1)}
        )
        db.session.commit()
    if why == "taken back":
        story.takes_back()
    on_request.tell_after_talks(talk.ends_at + timedelta(days=9 if why == "long ago" else 1, minutes=1))
    assert len(story.letters(story.tom)) == 1


def test_a_letter_that_waits_says_only_what_the_school_still_gives(story: Story):
    story.gives(OnRequest.INFORMATION)
    (first,) = story.letters(story.tom)
    story.gives(OnRequest.TALK)
    assert find_letter(first.id, NOW).stop is not None
    story.takes_back()
    assert all(row.state is OutboxState.SUPPRESSED or find_letter(row.id, NOW).stop for row in story.letters(story.tom))


def test_from_a_talk_to_word_alone_calls_the_talk_off(story: Story):
    story.gives()
    toms = story.talk_of(story.tom, 2)
    story.gives(OnRequest.INFORMATION)
    db.session.refresh(toms)
    assert toms.status is BookingStatus.CANCELLED
    assert family_of(story.by(story.tom), NOW).talks == ()


def test_the_journal_shows_what_was_given_when_and_by_whom(story: Story):
    story.gives(asked_on=TODAY - timedelta(days=2))
    story.gives(asked_on=TODAY - timedelta(days=2))
    story.takes_back()
    story.takes_back()
    lines = db.session.scalars(
        select(JournalLine).where(JournalLine.action.startswith("on_request")).order_by(JournalLine.id)
    )
    assert [(line.action, line.subject_id, line.actor_id) for line in lines] == [
        ("on_request.give", story.tom.id, story.office.id), ("on_request.take_back", story.tom.id, story.office.id)
    ]  # fmt: skip
    kept = str(file_of(ActorKind.GUARDIAN, story.tom.id))
    assert "on_request" in kept


def test_what_cannot_be_given_is_named_and_nothing_changes(story: Story):
    together = a_guardian("Sam", story.mila, authority=Authority.NO, household=household_of(story.els), position=4)
    for error, act in (
        (InvitedAnyway, lambda: story.gives(to=story.els)),
        (InvitedAnyway, lambda: story.gives(OnRequest.NOTHING)),
        (AskedLater, lambda: story.gives(asked_on=TODAY + timedelta(days=1))),
        (SharesHome, lambda: story.gives(to=together)),
    ):
        with pytest.raises(error):
            act()
    assert story.gives(OnRequest.INFORMATION, to=together)
    a_guardian("Ruud", story.mila, position=5)
    with pytest.raises(TwoHomesAlready):
        story.gives()
    story.mila.birth_date = date(2000, 1, 1)
    db.session.commit()
    with pytest.raises(PupilDecides):
        story.gives(OnRequest.INFORMATION)
    assert (
        db.session.scalar(select(Guardianship.on_request).where(Guardianship.guardian_id == story.tom.id))
        is OnRequest.NOTHING
    )
    assert story.letters(story.tom) == []


def test_a_stranger_is_not_there(story: Story):
    with pytest.raises(Refused):
        on_request.take_back(pupil_id=story.mila.id, guardian_id=0, by=story.office, now=NOW)


def test_without_a_mailbox_the_office_knows_that_no_letter_goes(story: Story):
    story.tom.email = ""
    db.session.commit()
    assert not story.gives()
    assert story.letters(story.tom) == []
