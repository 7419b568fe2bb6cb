"""Interpreters: asked, booked, told of every change, and at one place at a time (traps T22 and T23)."""

from dataclasses import dataclass

import pytest

from scheduling.domain.corrections import BadEmail
from scheduling.domain.errors import NotFound
from scheduling.domain.guests import (
    Card,
    GuestNeedsName,
    HelpState,
    InterpreterElsewhere,
    InterpreterNeeded,
    InterpreterTwice,
    LanguageNeeded,
    LanguagesNeeded,
    Ordered,
    StillExpected,
    Way,
)
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import BookingOrigin
from scheduling.domain.single_talks import Medium
from scheduling.domain.swaps import Loss
from scheduling.mail.letters import write
from scheduling.models import InterpreterRequest, Outbox, Outsider, TalkGuest, TalkWay, db
from scheduling.queries import family, swaps
from scheduling.queries import guests as asking
from scheduling.queries.letters import find_letter
from scheduling.services import bookings, guests, leading, topics
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
    an_office_worker,
    household_of,
    some_slots,
)
from tests.mail.facts import PAPER

pytestmark = pytest.mark.usefixtures("any_context")


class Story:
    """Anna and Karin lead talks at the same hours; Layla and Meryem both need Tigrinya. Rosa and Ali interpret."""

    def __init__(self) -> None:
        a_school()
        office = an_office_worker()
        self.office = Actor(ActorKind.STAFF, office.id)
        self.anna, self.karin = a_leader("anna"), a_leader("karin")
        self.three, six = a_class("3", leaders=[self.anna]), a_class("6", leaders=[self.karin])
        self.round = a_round(classes=[self.three, six])
        self.sami, self.tess = a_pupil("Sami", self.three), a_pupil("Tess", six)
        self.layla, self.meryem = a_guardian("Layla", self.sami), a_guardian("Meryem", self.tess)
        self.annas = some_slots(self.round, self.anna, count=8)
        self.karins = some_slots(self.round, self.karin, count=8, room="lokaal 11")
        self.samis = a_booking(self.round, self.sami, *self.annas[:2], household=household_of(self.layla))
        self.tesses = a_booking(self.round, self.tess, *self.karins[2:4], household=household_of(self.meryem))
        self.rosa = guests.add(
            card=Card("Rosa Haile", "Tigrinya, Amhaars", "Tolkbureau Noord", "rosa@tolken.example.org"),
            by=self.office, now=NOW,
        )  # fmt: skip
        self.ali = guests.add(
            card=Card("Ali Noor", "tigrinya", email="ali@tolken.example.org"), by=self.office, now=NOW
        )
        for pupil, parent in ((self.sami, self.layla), (self.tess, self.meryem)):
            self.asks(pupil, parent)

    def asks(self, pupil, parent, language="Tigrinya", way=Way.ON_SITE) -> None:
        topics.ask_interpreter(
            round_id=self.round.id, pupil_id=pupil.id, language=language, way=way,
            by=Actor(ActorKind.GUARDIAN, parent.id), now=NOW,
        )  # fmt: skip

    def books(self, pupil, parent, who, state=HelpState.BOOKED, **more) -> None:
        given = {"language": "Tigrinya", "way": Way.ON_SITE, "number": ""} | more
        guests.book(
            round_id=self.round.id, pupil_id=pupil.id, household_id=household_of(parent).id,
            order=Ordered(state=state, interpreter_id=who, **given), by=self.office, now=NOW,
        )  # fmt: skip

    def books_both(self) -> None:
        self.books(self.sami, self.layla, self.rosa)
        self.books(self.tess, self.meryem, self.rosa)

    def moves(self, talk, slot, leader) -> None:
        leading.move(
            booking_id=talk.id, slot_id=slot.id, leader_id=leader.id, agreed=False, origin=BookingOrigin.LEADER,
            by=self.office, now=NOW,
        )  # fmt: skip


@pytest.fixture
def story() -> Story:
    return Story()


def letters(*kinds: Letter) -> list[Outbox]:
    db.session.expire_all()
    return list(db.session.query(Outbox).filter(Outbox.letter.in_(kinds)).order_by(Outbox.id))


@dataclass
class Sheet:
    text: str
    html: str
    calendar: str


def sheet(row: Outbox) -> Sheet:
    """The letter as it leaves, with the folded lines of its calendar unfolded."""
    made = write(find_letter(row.id, NOW), token="geheim", paper=PAPER)
    return Sheet(made.text, made.html, made.calendar.replace(b"\r\n ", b"").decode())


def to_guests() -> list[tuple[Letter, int, str]]:
    return [(row.letter, row.sequence, row.address) for row in letters(Letter.GUEST, Letter.GUEST_OFF)]


@pytest.mark.parametrize("card, refusal", [
    (Card("", "Pools"), GuestNeedsName), (Card("x" * 121, "Pools"), GuestNeedsName),
    (Card("Rosa", " , "), LanguagesNeeded), (Card("Rosa", "Pools", email="rosa"), BadEmail),
])  # fmt: skip
def test_an_interpreter_has_a_name_and_a_language_and_a_mailbox_that_can_exist(story, card, refusal):
    with pytest.raises(refusal):
        guests.add(card=card, by=story.office, now=NOW)
    assert db.session.query(Outsider).count() == 2


def test_the_list_to_order_from_tells_day_language_and_what_is_still_to_do(story):
    page = asking.orders_of(story.round.id, NOW)
    assert page.to_do == 2
    assert [(one.language, one.pupil.given) for one in page.on(TUESDAY.date())] == [
        ("Tigrinya", "Sami"),
        ("Tigrinya", "Tess"),
    ]
    assert page.clashes == ()
    assert page.shifts == ()
    story.books_both()
    page = asking.orders_of(story.round.id, NOW)
    assert page.to_do == 0
    (shift,) = page.shifts
    assert (shift.interpreter, shift.idle, len(shift.spans)) == ("Rosa Haile", 0, 2)


def test_a_family_of_which_the_file_says_it_stands_in_the_list_as_well(story):
    noor = a_pupil("Noor", story.three)
    a_guardian("Petra", noor, interpreter="Pools")
    (order,) = [one for one in asking.orders_of(story.round.id, NOW).orders if one.language == "Pools"]
    assert (order.state, order.talks, order.wanted) == (HelpState.ASKED, (), 1)
    assert asking.orders_of(story.round.id, NOW).days == (TUESDAY.date(), None)


def test_who_speaks_the_language_comes_first(story):
    guests.add(card=Card("Aart Bos", "Pools"), by=story.office, now=NOW)
    assert [one.name for one in asking.fitting("TIGRINYA", None)] == ["Ali Noor", "Rosa Haile", "Aart Bos"]


def test_booked_is_somebody(story):
    with pytest.raises(InterpreterNeeded):
        story.books(story.sami, story.layla, None)
    with pytest.raises(LanguageNeeded):
        story.books(story.sami, story.layla, story.rosa, language="  ")
    with pytest.raises(NotFound):
        story.books(story.sami, story.layla, 987_654)
    with pytest.raises(NotFound):
        guests.book(
            round_id=story.round.id, pupil_id=story.sami.id, household_id=household_of(story.meryem).id,
            order=Ordered("Pools", Way.PHONE, HelpState.ASKED, None), by=story.office, now=NOW,
        )  # fmt: skip


def test_the_family_hears_when_it_is_certain_and_when_it_did_not_work_and_not_in_between(story):
    story.books(story.sami, story.layla, story.rosa)
    assert letters(Letter.HELP_SAID) == []
    story.books(story.sami, story.layla, story.rosa, HelpState.CONFIRMED)
    story.books(story.sami, story.layla, story.rosa, HelpState.CONFIRMED)
    (letter,) = letters(Letter.HELP_SAID)
    assert (letter.address, letter.facts["state"]) == (story.layla.email, "confirmed")
    story.books(story.tess, story.meryem, None, HelpState.NOT_POSSIBLE)
    assert [row.address for row in letters(Letter.HELP_SAID)] == [story.layla.email, story.meryem.email]


def test_the_leader_who_says_that_the_interpreter_comes_tells_the_family_too(story):
    leading.arrange_interpreter(booking_id=story.samis.id, leader_id=story.anna.id, by=story.office, now=NOW)
    leading.arrange_interpreter(booking_id=story.samis.id, leader_id=story.anna.id, by=story.office, now=NOW)
    assert [row.facts["state"] for row in letters(Letter.HELP_SAID)] == ["confirmed"]


def test_an_interpreter_is_told_of_each_talk_once(story):
    assert guests.tell(NOW) == 0
    story.books_both()
    assert guests.tell(NOW) == 2
    assert guests.tell(NOW) == 0
    assert to_guests() == [(Letter.GUEST, 0, "rosa@tolken.example.org")] * 2


def test_the_calendar_of_the_interpreter_follows_a_move_and_a_talk_that_is_off(story):
    story.books_both()
    guests.tell(NOW)
    uid = db.session.query(TalkGuest).filter_by(booking_id=story.samis.id).one().ical_uid
    story.moves(story.samis, story.annas[5], story.anna)
    assert guests.tell(NOW) == 1
    leading.call_off(booking_id=story.samis.id, leader_id=story.anna.id, by=story.office, now=NOW)
    assert guests.tell(NOW) == 1
    assert guests.tell(NOW) == 0
    assert to_guests()[2:] == [
        (Letter.GUEST, 1, "rosa@tolken.example.org"),
        (Letter.GUEST_OFF, 2, "rosa@tolken.example.org"),
    ]
    row = db.session.query(TalkGuest).filter_by(booking_id=story.samis.id).one()
    assert (row.ical_uid, row.cancelled_at) == (uid, NOW)
    assert uid != story.samis.ical_uid


def test_another_interpreter_takes_it_over_and_the_first_one_hears_it(story):
    story.books(story.sami, story.layla, story.rosa)
    guests.tell(NOW)
    story.books(story.sami, story.layla, story.ali)
    assert guests.tell(NOW) == 2
    assert to_guests()[1:] == [
        (Letter.GUEST_OFF, 1, "rosa@tolken.example.org"),
        (Letter.GUEST, 0, "ali@tolken.example.org"),
    ]


@pytest.mark.parametrize("language", ["", "Pools"])
def test_a_family_that_no_longer_needs_this_language_frees_the_interpreter(story, language):
    story.books(story.sami, story.layla, story.rosa)
    guests.tell(NOW)
    story.asks(story.sami, story.layla, language)
    assert guests.tell(NOW) == 1
    request = db.session.query(InterpreterRequest).filter_by(pupil_id=story.sami.id).one()
    assert (request.state, request.outsider_id) == (HelpState.ASKED, None)
    assert to_guests()[-1][0] is Letter.GUEST_OFF


def test_another_way_keeps_the_interpreter_and_tells_of_it(story):
    story.books(story.sami, story.layla, story.rosa, HelpState.CONFIRMED)
    guests.tell(NOW)
    story.asks(story.sami, story.layla, way=Way.PHONE)
    assert guests.tell(NOW) == 1
    assert db.session.query(TalkGuest).one().told["way"] == "phone"
    assert db.session.query(InterpreterRequest).filter_by(pupil_id=story.sami.id).one().state is HelpState.BOOKED


def test_what_leaves_tells_time_place_and_language_and_of_the_child_the_given_name_alone(story):
    story.sami.surname = "Familienaam"
    db.session.commit()
    story.books(story.sami, story.layla, story.rosa)
    guests.tell(NOW)
    (row,) = letters(Letter.GUEST)
    mail = sheet(row)
    text = mail.text + mail.html
    assert "Tigrinya" in text
    assert "Sami" in text
    assert "lokaal" in text
    assert "Familienaam" not in text
    assert "Layla" not in text
    assert "/g/" not in text
    assert "METHOD:REQUEST" in mail.calendar
    assert "SEQUENCE:0" in mail.calendar
    assert "Tolken Tigrinya" in mail.calendar
    assert "Sami" not in mail.calendar
    assert "Layla" not in mail.calendar
    leading.call_off(booking_id=story.samis.id, leader_id=story.anna.id, by=story.office, now=NOW)
    guests.tell(NOW)
    (off,) = letters(Letter.GUEST_OFF)
    assert "METHOD:CANCEL" in sheet(off).calendar
    assert "SEQUENCE:1" in sheet(off).calendar


def test_a_letter_that_has_not_left_gives_way_to_a_newer_one(story):
    story.books(story.sami, story.layla, story.rosa)
    guests.tell(NOW)
    story.moves(story.samis, story.annas[5], story.anna)
    guests.tell(NOW)
    older, newer = (find_letter(row.id, NOW) for row in letters(Letter.GUEST))
    assert older.stop is not None
    assert newer.stop is None


def test_a_letter_to_the_family_stays_in_the_house_when_it_no_longer_holds(story):
    story.books(story.sami, story.layla, story.rosa, HelpState.CONFIRMED)
    (row,) = letters(Letter.HELP_SAID)
    assert find_letter(row.id, NOW).stop is None
    story.books(story.sami, story.layla, story.rosa, HelpState.BOOKED)
    assert find_letter(row.id, NOW).stop is not None


def test_one_interpreter_is_never_booked_at_two_places_at_once(story):
    story.moves(story.tesses, story.karins[1], story.karin)
    story.books(story.sami, story.layla, story.rosa)
    with pytest.raises(InterpreterTwice) as refused:
        story.books(story.tess, story.meryem, story.rosa)
    assert refused.value.name == "Rosa Haile"
    assert db.session.query(InterpreterRequest).filter_by(pupil_id=story.tess.id).one().outsider_id is None
    story.books(story.tess, story.meryem, story.ali)


def test_a_talk_does_not_move_to_where_its_interpreter_is_elsewhere(story):
    story.books_both()
    with pytest.raises(InterpreterElsewhere):
        story.moves(story.samis, story.annas[3], story.anna)
    with pytest.raises(InterpreterElsewhere):
        bookings.move(
            booking_id=story.samis.id, slot_id=story.annas[2].id, by=Actor(ActorKind.GUARDIAN, story.layla.id), now=NOW
        )
    story.moves(story.samis, story.annas[4], story.anna)


def test_a_family_is_not_offered_the_times_at_which_its_interpreter_is_elsewhere(story):
    by = Actor(ActorKind.GUARDIAN, story.layla.id)

    def offered() -> set:
        own = family.family_of(by, NOW)
        choice = family.choice_for(own, own.talk(story.round.id, story.sami.id), NOW)
        return {time.starts_at for day in choice.days for time in day.times}

    assert story.annas[2].starts_at in offered()
    story.books_both()
    gone = {slot.starts_at for slot in story.annas[1:4]}
    assert not gone & offered()
    assert story.annas[4].starts_at in offered()


def test_a_swap_warns_that_an_interpreter_is_booked(story):
    story.books(story.sami, story.layla, story.rosa)
    found = family.family_of(Actor(ActorKind.GUARDIAN, story.layla.id), NOW)
    losses = swaps._losses(db.session(), found.talk(story.round.id, story.sami.id), story.annas[6].starts_at, found)
    assert Loss.INTERPRETER in losses


def test_who_is_still_expected_cannot_stop_and_who_stopped_is_not_offered(story):
    story.books(story.sami, story.layla, story.rosa)
    with pytest.raises(StillExpected) as refused:
        guests.stop(outsider_id=story.rosa, by=story.office, now=NOW)
    assert refused.value.talks == 1
    guests.stop(outsider_id=story.ali, by=story.office, now=NOW)
    assert [one.name for one in asking.fitting("Tigrinya", None)] == ["Rosa Haile"]
    guests.come_back(outsider_id=story.ali, by=story.office, now=NOW)
    assert len(asking.fitting("Tigrinya", None)) == 2


def test_somebody_without_a_mailbox_is_told_by_the_office(story):
    guests.change(outsider_id=story.rosa, card=Card("Rosa Haile", "Tigrinya"), by=story.office, now=NOW)
    story.books(story.sami, story.layla, story.rosa)
    assert guests.tell(NOW) == 0
    assert [task.given_name for task in asking.tasks_of(story.rosa, NOW)] == ["Sami"]


def test_the_school_asks_for_a_family_that_told_it_at_the_door(story):
    ask = {"booking_id": story.samis.id, "leader_id": story.anna.id, "by": story.office, "now": NOW, "way": Way.VIDEO}
    home = household_of(story.layla).id
    topics.ask_interpreter_for(household_id=home, language="Pools", **ask)
    request = db.session.query(InterpreterRequest).filter_by(pupil_id=story.sami.id).one()
    assert (request.language, request.way) == ("Pools", Way.VIDEO)
    for wrong in ({"household_id": household_of(story.meryem).id}, {"household_id": None}):
        with pytest.raises(NotFound):
            topics.ask_interpreter_for(language="Pools", **ask, **wrong)
    with pytest.raises(NotFound):
        topics.ask_interpreter_for(household_id=home, language="Pools", **(ask | {"leader_id": story.karin.id}))


def test_at_a_talk_of_a_round_at_home_the_interpreter_reads_no_address_of_the_school(story):
    db.session.add(TalkWay(booking_id=story.samis.id, way=Medium.HOME, join_link=""))
    db.session.commit()
    story.books(story.sami, story.layla, story.rosa)
    guests.tell(NOW)
    told = sheet(letters(Letter.GUEST)[0])
    assert "bij het gezin thuis" in told.text
    assert "LOCATION:Bij het gezin thuis" in told.calendar
    assert asking.tasks_of(story.rosa, NOW)[0].at_home
