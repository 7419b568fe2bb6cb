"""Both mentors at one talk (T21): where both are free, in both calendars, and never twice at one moment."""

from datetime import timedelta

import pytest

from scheduling.domain.errors import NotFound
from scheduling.domain.extra_persons import ColleagueElsewhere, ExtraKind, ExtraState
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import BookingOrigin, SlotTaken
from scheduling.domain.timeslots import Span
from scheduling.domain.wishes import Wisher
from scheduling.mail.family_agendas import family_calendar
from scheduling.mail.letters import write
from scheduling.mail.message import Sheet
from scheduling.models import (
    Booking,
    ClassGroup,
    ClassLeader,
    ExtraPerson,
    HomeWishes,
    Outbox,
    RosterTalk,
    TalkColleague,
    db,
)
from scheduling.queries import extra_persons as asking
from scheduling.queries import family
from scheduling.queries import wishes as asked_wishes
from scheduling.queries.family_feeds import find_family_feed
from scheduling.queries.letters import find_letter
from scheduling.queries.single_talks import leader_out
from scheduling.services import extra_persons, family_feeds, guests, leading, outbox, rosters, wishes
from scheduling.services.transaction import transaction
from tests.builders import (
    NOW,
    a_booking,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    an_office_worker,
    household_of,
    some_slots,
)
from tests.mail.facts import PAPER

pytestmark = pytest.mark.usefixtures("any_context")


class Story:
    """Anna and Karin lead class 3 together, and offer the same hours. Sami talks with Anna, Tess with Karin later."""

    def __init__(self) -> None:
        a_school()
        self.office = Actor(ActorKind.STAFF, an_office_worker().id)
        self.anna, self.karin, self.bas = a_leader("anna"), a_leader("karin"), a_leader("bas")
        three, six = a_class("3", leaders=[self.anna, self.karin]), a_class("6", leaders=[self.bas])
        self.round = a_round(classes=[three, six])
        self.sami, self.tess, self.noor = a_pupil("Sami", three), a_pupil("Tess", three), a_pupil("Noor", six)
        self.layla, self.meryem = a_guardian("Layla", self.sami), a_guardian("Meryem", self.tess)
        self.petra = a_guardian("Petra", self.noor)
        self.annas = some_slots(self.round, self.anna, count=8)
        self.karins = some_slots(self.round, self.karin, count=8, room="lokaal 11")
        self.bass = some_slots(self.round, self.bas, count=8, room="lokaal 12")
        self.samis = a_booking(self.round, self.sami, self.annas[0], household=household_of(self.layla))
        self.tesses = a_booking(self.round, self.tess, self.karins[4], household=household_of(self.meryem))
        self.noors = a_booking(self.round, self.noor, self.bass[0], household=household_of(self.petra))
        db.session.commit()

    def asks(self, *, pupil=None, parent=None) -> ExtraPerson:
        extra_persons.ask(
            round_id=self.round.id, pupil_id=(pupil or self.sami).id, request_id=None, kind=ExtraKind.MENTOR, name="",
            by=Actor(ActorKind.GUARDIAN, (parent or self.layla).id), now=NOW,
        )  # fmt: skip
        return db.session.query(ExtraPerson).order_by(ExtraPerson.id.desc()).first()

    def moves(self, talk, slot, leader) -> None:
        leading.move(
            booking_id=talk.id, slot_id=slot.id, leader_id=leader.id, agreed=False, origin=BookingOrigin.LEADER,
            by=self.office, now=NOW,
        )  # fmt: skip


@pytest.fixture
def story() -> Story:
    return Story()


def letters(letter: Letter) -> list[Outbox]:
    db.session.expire_all()
    return list(db.session.query(Outbox).filter_by(letter=letter).order_by(Outbox.id))


def words(row: Outbox) -> str:
    found = find_letter(row.id, NOW)
    assert found.stop is None
    return write(found, token="geheim", paper=PAPER).text


def test_both_are_free_so_it_is_arranged_and_in_both_calendars(story):
    row = story.asks()
    assert (row.state, row.staff_id) == (ExtraState.ARRANGED, story.karin.id)
    assert "samen met Karin" in words(letters(Letter.EXTRA_NOTICE)[0])
    assert len(letters(Letter.EXTRA_SAID)) == 1
    assert guests.tell(NOW) == 1
    (joined,) = db.session.query(TalkColleague)
    assert (joined.staff_id, joined.booking_id) == (story.karin.id, story.samis.id)
    assert (
        b"BEGIN:VCALENDAR"
        in write(find_letter(letters(Letter.GUEST_EXTRA)[0].id, NOW), token="geheim", paper=PAPER).calendar
    )
    assert db.session.query(Booking).filter_by(pupil_id=story.sami.id).count() == 1, "one talk, not two"


def test_no_other_family_gets_the_time_of_the_mentor_who_comes_along(story):
    assert is_offered(story)
    story.asks()
    assert not is_offered(story)
    with pytest.raises(SlotTaken):
        story.moves(story.tesses, story.karins[0], story.karin)
    span = asking.Span(story.samis.starts_at, story.samis.ends_at)
    assert any(map(span.overlaps, leader_out(db.session(), story.karin.id)))
    assert not any(map(span.overlaps, leader_out(db.session(), story.karin.id, besides_talk=story.samis.id)))


def is_offered(story) -> bool:
    """May Meryem choose the first hour of Karin?"""
    found = family.family_of(Actor(ActorKind.GUARDIAN, story.meryem.id), NOW)
    choice = family.choice_for(found, found.talk(story.round.id, story.tess.id), NOW)
    return choice.find(story.karins[0].id) is not None


@pytest.mark.parametrize("how", ["a talk", "a pause", "no times"])
def test_who_is_not_free_is_asked_and_the_leader_arranges_it(story, how):
    if how == "a talk":
        story.moves(story.tesses, story.karins[0], story.karin)
    elif how == "a pause":
        leading.block(slot_ids=[story.karins[0].id], leader_id=story.karin.id, by=story.office, now=NOW)
    else:
        for slot in story.karins:
            if slot.booking_id is None:
                db.session.delete(db.session.merge(slot))
        db.session.commit()
    row = story.asks()
    assert (row.state, row.wish, row.staff_id) == (ExtraState.ASKED, story.karin.name.full, None)
    assert "vraagt iemand bij het gesprek" in words(letters(Letter.EXTRA_NOTICE)[0])
    decide = {
        "extra_id": row.id, "booking_id": story.samis.id, "leader_id": story.anna.id, "state": ExtraState.ARRANGED,
        "who": f"s{story.karin.id}", "name": "", "email": "", "by": story.office, "now": NOW,
    }  # fmt: skip
    if how == "a talk":
        with pytest.raises(ColleagueElsewhere):
            extra_persons.decide(**decide)
    else:
        extra_persons.decide(**decide)
        assert db.session.get(ExtraPerson, row.id).staff_id == story.karin.id


def test_moved_to_where_the_other_mentor_has_a_talk_it_is_arranged_again_and_everybody_hears(story):
    story.asks()
    guests.tell(NOW)
    story.moves(story.samis, story.annas[1], story.anna)
    assert extra_persons.arrange_again(NOW) == 0, "free there too: it simply follows"
    story.moves(story.samis, story.annas[4], story.anna)
    assert extra_persons.arrange_again(NOW) == 1
    assert extra_persons.arrange_again(NOW) == 0
    row = db.session.query(ExtraPerson).one()
    assert row.state is ExtraState.AGAIN
    assert "nu een ander gesprek" in words(letters(Letter.EXTRA_NOTICE)[-1])
    assert "Wij zoeken een oplossing" in words(letters(Letter.EXTRA_SAID)[-1])
    guests.tell(NOW)
    assert db.session.query(TalkColleague).one().cancelled_at == NOW


def test_one_mentor_alone_offers_no_talk_with_both_and_neither_does_the_own_parent(story):
    assert [one.id for one in asking.both_mentors_of(story.samis.id)] == [story.karin.id]
    assert asking.both_mentors_of(story.noors.id) == ()
    with pytest.raises(NotFound):
        story.asks(pupil=story.noor, parent=story.petra)
    layla = db.session.merge(story.layla)
    layla.staff_id = story.karin.id
    db.session.commit()
    assert asking.both_mentors_of(story.samis.id) == ()
    story.karin.left_on = (NOW + timedelta(days=1)).date()
    db.session.commit()
    assert asking.both_mentors_of(story.tesses.id)[0].id == story.anna.id


def test_taken_back_the_time_is_free_again_and_the_mentor_hears_it(story):
    row = story.asks()
    guests.tell(NOW)
    extra_persons.take_back(extra_id=row.id, by=Actor(ActorKind.GUARDIAN, story.layla.id), now=NOW)
    assert guests.tell(NOW) == 1
    assert len(letters(Letter.GUEST_EXTRA_OFF)) == 1
    assert is_offered(story)


class Before:
    """There is no roster yet. Anna has three times and Karin three, of which one is the same; class 3 has five pupils.

    So everybody has a time only if the talk with both is at the one moment that they share.
    """

    def __init__(self, *, shared: bool = True) -> None:
        a_school()
        self.office = Actor(ActorKind.STAFF, an_office_worker().id)
        self.anna, self.karin = a_leader("anna"), a_leader("karin")
        three = a_class("3", leaders=[self.anna, self.karin])
        self.three = three.id
        self.round = a_round(classes=[three], max_in_a_row=0)
        self.round.wishes_until = NOW + timedelta(days=3)
        self.sami, *others = (a_pupil(name, three) for name in ("Sami", "Tess", "Daan", "Noor", "Bram"))
        self.layla = a_guardian("Layla", self.sami)
        for number, pupil in enumerate(others):
            a_guardian(f"Ouder{number}", pupil)
        self.annas = some_slots(self.round, self.anna, count=3, opened=False)
        first = self.annas[2].starts_at if shared else self.annas[2].ends_at
        some_slots(self.round, self.karin, count=3, first=first, room="lokaal 11", opened=False)
        db.session.commit()

    def says(self, *, both: bool | None = True) -> None:
        by = Actor(ActorKind.GUARDIAN, self.layla.id)
        wishes.say(round_id=self.round.id, answers={}, both_mentors=both, by=by, now=NOW)

    def office_says(self) -> None:
        wisher = Wisher(household_id=household_of(self.layla).id)
        wishes.say_for(round_id=self.round.id, wisher=wisher, answers={}, both_mentors=True, by=self.office, now=NOW)

    def plans(self) -> dict[int, Booking]:
        """Made, published: the talk of each pupil."""
        made = rosters.request(round_id=self.round.id, seconds=5, by=self.office, now=NOW)
        rosters.run_one(version_id=made, worker="test", clock=lambda: NOW)
        rosters.publish(round_id=self.round.id, by=self.office, now=NOW)
        return {talk.pupil_id: talk for talk in db.session.query(Booking)}


def test_a_family_that_asks_for_both_before_the_roster_has_one_talk_with_both():
    before = Before()
    before.says()
    talks = before.plans()
    own = talks[before.sami.id]
    assert (len(talks), own.starts_at) == (5, before.annas[2].starts_at)
    row = db.session.query(ExtraPerson).one()
    assert (row.kind, row.state) == (ExtraKind.MENTOR, ExtraState.ARRANGED)
    assert {own.leader_id, row.staff_id} == {before.anna.id, before.karin.id}
    assert [talk for talk in talks.values() if talk.starts_at == own.starts_at] == [own]
    span = Span(own.starts_at, own.ends_at)
    assert span in leader_out(db.session(), row.staff_id)
    assert [one.who for one in extras_at(own)] != [""]
    assert letters(Letter.EXTRA_SAID) == [], "the family has not heard of its talk yet"
    assert extra_persons.arrange_again(NOW) == 0


def test_a_roster_that_is_made_later_leaves_the_other_mentor_at_that_talk():
    before = Before()
    before.says()
    before.plans()
    finn = a_pupil("Finn", db.session.get_one(ClassGroup, before.three))
    a_guardian("Femke", finn)
    made = rosters.request(round_id=before.round.id, seconds=5, by=before.office, now=NOW)
    rosters.run_one(version_id=made, worker="test", clock=lambda: NOW)
    (left,) = db.session.query(RosterTalk).filter_by(version_id=made, pupil_id=finn.id)
    assert left.starts_at is None, "the only free time is one at which that mentor sits beside the other"


def test_the_other_mentor_has_the_talk_in_the_own_calendar():
    before = Before()
    before.office_says()
    before.plans()
    joining = db.session.query(ExtraPerson).one().staff_id
    guests.tell(NOW)
    extra_persons.arrange_again(NOW)
    assert {row.staff_id for row in db.session.query(TalkColleague)} == {joining}


@pytest.mark.parametrize("letter", [Letter.INVITATION, Letter.CONFIRMED, Letter.REMINDER])
def test_a_letter_and_its_calendar_name_both_as_long_as_both_come(story: Story, letter: Letter):
    row = story.asks()
    told = _told(story, letter)
    anna, karin = story.anna.name.full, story.karin.name.full
    assert f"Met: {anna}, {karin}, Sami en u" in told.text
    assert f"{anna}, {karin}" in told.html
    if told.calendar:
        assert f"{anna}\\, {karin}" in told.calendar.decode().replace("\r\n ", "")
    row.state, row.staff_id = ExtraState.AGAIN, None
    db.session.commit()
    assert karin not in _told(story, letter).text


def _told(story: Story, letter: Letter) -> Sheet:
    with transaction() as session:
        outbox.post(session, letter=letter, booking=session.get_one(Booking, story.samis.id), now=NOW)
    return write(find_letter(letters(letter)[-1].id, NOW), token="geheim", paper=PAPER)


def test_at_a_talk_together_only_the_home_that_asked_reads_that_both_come(story: Story):
    story.asks()
    omar = a_guardian("Omar", story.sami, position=2)
    story.samis.household_id = None
    db.session.commit()
    for who, both in ((story.layla, True), (omar, False)):
        token = family_feeds.issue(by=Actor(ActorKind.GUARDIAN, who.id), now=NOW)
        followed = family_calendar(find_family_feed(token, NOW)).decode().replace("\r\n ", "")
        assert (story.karin.name.full in followed) is both


def test_where_the_two_share_no_time_the_talk_is_with_one_and_the_office_arranges():
    before = Before(shared=False)
    before.says()
    talks = before.plans()
    assert len(talks) == 5
    assert db.session.query(ExtraPerson).one().state is ExtraState.ASKED
    assert asking.extras_of_round(before.round.id, NOW).to_do == 1


@pytest.mark.parametrize("said", [None, False])
def test_who_asks_for_one_of_them_takes_nobodys_time(said: bool | None):
    before = Before()
    before.says()
    before.says(both=False)
    before.says(both=said)
    before.plans()
    assert db.session.query(ExtraPerson).count() == 0


def test_saying_it_again_keeps_it_until_it_is_said_otherwise():
    before = Before()
    before.says()
    before.says(both=None)
    page = asked_wishes.family_page(Actor(ActorKind.GUARDIAN, before.layla.id), before.round.id, NOW)
    assert page.both_mentors is True
    assert db.session.query(HomeWishes).one().both_mentors


def test_a_class_with_one_leader_asks_nobody_about_a_second():
    before = Before()
    db.session.query(ClassLeader).filter_by(staff_id=before.karin.id).delete()
    db.session.commit()
    before.says()
    page = asked_wishes.family_page(Actor(ActorKind.GUARDIAN, before.layla.id), before.round.id, NOW)
    assert page.both_mentors is None
    assert not db.session.query(HomeWishes).one().both_mentors


def extras_at(talk: Booking) -> list[asking.Extra]:
    return [line.extra for line in asking.extras_of_round(talk.round_id, NOW).lines]
