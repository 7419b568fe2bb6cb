"""Both mentors at one talk: arranged at once where both are free, in both calendars, and never twice at one moment."""

from datetime import timedelta

import pytest

from scheduling.domain.errors import NotFound
from scheduling.domain.extra_persons import ColleagueElsewhere, ExtraKind, ExtraState
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import BookingOrigin, SlotTaken
from scheduling.mail.letters import write
from scheduling.models import Booking, ExtraPerson, Outbox, TalkColleague, db
from scheduling.queries import extra_persons as asking
from scheduling.queries import family
from scheduling.queries.letters import find_letter
from scheduling.queries.single_talks import leader_out
from scheduling.services import extra_persons, guests, leading
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
