"""Interpreters at talks that are made for one pupil: asked, carried over, booked, and at one place at a time."""

from datetime import timedelta

import pytest

from scheduling.domain.errors import NotFound
from scheduling.domain.guests import (
    HelpState,
    InterpreterElsewhere,
    InterpreterTwice,
    LanguageNeeded,
    NoSuchGuest,
    Ordered,
    Way,
)
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.models import Guardianship, InterpreterRequest, Outbox, Outsider, TalkGuest, db
from scheduling.queries import guests as sheets
from scheduling.queries import single_interpreters as asking
from scheduling.queries.letters import find_letter
from scheduling.services import guests, single_talks, topics
from tests.builders import NOW, household_of
from tests.services.test_guests import sheet
from tests.services.test_single_talks import FOLLOW_UP, VISIT, arrange, at, bas, choose, layla, letters, single
from tests.worlds import World, a_welcome_visit, a_world

pytestmark = pytest.mark.usefixtures("any_context")


@pytest.fixture
def world() -> World:
    return a_world()


@pytest.fixture
def rosa(world: World) -> int:
    row = Outsider(name="Rosa Haile", languages="Tigrinya", email="rosa@tolken.example.org", added_at=NOW)
    db.session.add(row)
    db.session.commit()
    return row.id


def asks(world: World, made: int, language: str = "Tigrinya", way: Way = Way.ON_SITE) -> None:
    topics.ask_interpreter_at(single_id=made, language=language, way=way, by=layla(world), now=NOW)


def books(world: World, made: int, who: int | None, state: HelpState = HelpState.BOOKED, **more: str) -> None:
    order = Ordered(more.get("language", "Tigrinya"), Way.ON_SITE, state, who, more.get("number", ""))
    office = Actor(ActorKind.STAFF, world.office.id)
    home = household_of(world.layla).id
    guests.book_for_single(single_id=made, household_id=home, order=order, by=office, now=NOW)


def own(world: World, made: int) -> asking.Need:
    return asking.own_need(single(made, world), layla(world), NOW)


def of_mila(world: World) -> int:
    """At the same hour Karin proposes one time to Ruud."""
    karin = Actor(ActorKind.STAFF, world.karin.id)
    return single_talks.arrange(
        details=FOLLOW_UP, pupil_id=world.mila.id, household_id=household_of(world.ruud).id, spans=[at(0.1)],
        anyway=False, after_id=None, leader_id=world.karin.id, by=karin, now=NOW,
    )  # fmt: skip


def test_a_family_asks_an_interpreter_and_office_and_leader_see_it(world: World):
    made = arrange(world)
    assert asking.orders_of_singles(NOW).orders == ()
    asks(world, made, way=Way.PHONE)
    (order,) = asking.orders_of_singles(NOW).orders
    assert (order.pupil_id, order.language, order.way, order.state) == (
        world.sami.id, "Tigrinya", Way.PHONE, HelpState.ASKED,
    )  # fmt: skip
    assert asking.orders_of_singles(NOW).days == (None,)
    choose(world, made)
    assert asking.orders_of_singles(NOW).days == (at().starts_at.date(),)
    assert [need.language for need in asking.needs_at(single(made, world), NOW)] == ["Tigrinya"]


def test_what_a_home_said_before_is_carried_over_and_can_be_changed_for_this_talk_alone(world: World):
    topics.ask_interpreter(
        round_id=world.start.id, pupil_id=world.sami.id, language="Tigrinya", way=Way.VIDEO, by=layla(world), now=NOW
    )
    made = arrange(world)
    assert (own(world, made).language, own(world, made).way) == ("Tigrinya", Way.VIDEO)
    asks(world, made, "")
    assert own(world, made).language == ""
    of_round = db.session.query(InterpreterRequest).filter_by(request_id=None).one()
    assert of_round.language == "Tigrinya"
    assert asking.orders_of_singles(NOW).orders == ()


def test_without_a_word_of_its_own_the_schools_file_counts(world: World):
    tie = db.session.query(Guardianship).filter_by(guardian_id=world.layla.id, pupil_id=world.sami.id).one()
    tie.interpreter = "Arabisch"
    db.session.commit()
    made = arrange(world)
    assert own(world, made).language == "Arabisch"
    assert [order.language for order in asking.orders_of_singles(NOW).orders] == ["Arabisch"]


def test_a_parent_who_asks_a_talk_says_the_language_with_it_and_asking_twice_keeps_the_last(world: World):
    more = {"pupil_id": world.sami.id, "leader_id": world.bas.id, "subject": "", "by": layla(world), "now": NOW}
    made = single_talks.ask(language="Pools", way=Way.PHONE, **more)
    assert (own(world, made).language, own(world, made).way) == ("Pools", Way.PHONE)
    assert single_talks.ask(language="Farsi", **more) == made
    assert own(world, made).language == "Farsi"


def test_the_interpreter_hears_time_place_and_given_name_and_a_cancellation_when_the_family_cannot(
    world: World, rosa: int
):
    made = arrange(world)
    asks(world, made)
    books(world, made, rosa)
    assert guests.tell(NOW) == 0, "without a time there is nothing to say"
    choose(world, made)
    assert guests.tell(NOW) == 1
    (row,) = letters(Letter.GUEST)
    told = sheet(row)
    assert "lokaal 3" in told.text
    assert "Sami" in told.text
    assert "Yilmaz" not in told.text
    assert [task.given_name for task in sheets.tasks_of(rosa, NOW)] == ["Sami"]
    single_talks.cancel(single_id=made, by=layla(world), now=NOW)
    assert guests.tell(NOW) == 1
    guest = db.session.query(TalkGuest).one()
    assert (guest.sequence, guest.cancelled_at) == (1, NOW)
    assert len(letters(Letter.GUEST_OFF)) == 1


def test_at_a_visit_the_interpreter_reads_that_it_is_at_the_familys_and_never_where(world: World, rosa: int):
    a_welcome_visit(world)
    made = arrange(world, VISIT)
    asks(world, made)
    books(world, made, rosa)
    choose(world, made, address="Lindelaan 5")
    guests.tell(NOW)
    told = sheet(letters(Letter.GUEST)[0])
    for text in (told.text, told.html, told.calendar):
        assert "Lindelaan" not in text
        assert "ij het gezin thuis" in text
    (task,) = sheets.tasks_of(rosa, NOW)
    assert task.at_home


def test_the_family_hears_once_that_it_is_certain_or_that_it_did_not_work(world: World, rosa: int):
    made = arrange(world)
    asks(world, made)
    books(world, made, rosa)
    assert letters(Letter.HELP_SAID) == []
    books(world, made, rosa, HelpState.CONFIRMED)
    books(world, made, rosa, HelpState.CONFIRMED)
    told = letters(Letter.HELP_SAID)
    assert [row.guardian_id for row in told] == [world.layla.id, world.omar.id]
    facts = find_letter(told[0].id, NOW)
    assert facts is not None
    assert facts.stop is None
    assert own(world, made).state is HelpState.CONFIRMED


def test_one_interpreter_is_never_at_two_such_talks_at_once(world: World, rosa: int):
    made, other, ruud = arrange(world), of_mila(world), Actor(ActorKind.GUARDIAN, world.ruud.id)
    asks(world, made)
    books(world, made, rosa)
    choose(world, made)
    (time,) = asking.of_year(world.start.year_id, NOW)[-1].times
    single_talks.choose(single_id=other, time_id=time.id, by=ruud, now=NOW)
    order = Ordered("Tigrinya", Way.ON_SITE, HelpState.BOOKED, rosa)
    office, home = Actor(ActorKind.STAFF, world.office.id), household_of(world.ruud).id
    with pytest.raises(InterpreterTwice):
        guests.book_for_single(single_id=other, household_id=home, order=order, by=office, now=NOW)
    db.session.rollback()
    assert db.session.query(InterpreterRequest).count() == 1


def test_a_proposed_time_at_which_the_interpreter_is_elsewhere_is_gone_and_is_refused(world: World, rosa: int):
    made = arrange(world)
    asks(world, made)
    books(world, made, rosa)
    times = single(made, world).times
    elsewhere(world, rosa, minutes=10)
    assert asking.gone_for_interpreter(single(made, world)) == {times[0].id}
    with pytest.raises(InterpreterElsewhere):
        choose(world, made, 0)
    with pytest.raises(InterpreterElsewhere):
        single_talks.propose(
            single_id=made, details=FOLLOW_UP, spans=[at(0.1)], anyway=False,
            seen_version=single(made, world).version, leader_id=world.bas.id, by=bas(world), now=NOW,
        )  # fmt: skip
    choose(world, made, 1)


def elsewhere(world: World, who: int, *, minutes: int) -> None:
    """The talk of the round that stands already is at that hour, with the same interpreter, for another family."""
    talk = db.session.merge(world.daans_talk)
    talk.starts_at = at().starts_at + timedelta(minutes=minutes)
    talk.ends_at = talk.starts_at + timedelta(minutes=20)
    db.session.add(
        InterpreterRequest(
            round_id=world.start.id, pupil_id=world.daan.id, household_id=talk.household_id, language="Tigrinya",
            way=Way.ON_SITE, state=HelpState.BOOKED, outsider_id=who, asked_at=NOW,
        )
    )  # fmt: skip
    db.session.commit()


def test_an_interpreter_of_one_talk_does_not_bind_another_talk_of_the_same_child(world: World, rosa: int):
    first = arrange(world)
    asks(world, first)
    books(world, first, rosa)
    choose(world, first)
    second = arrange(world, spans=[at(3)])
    assert own(world, second).language == "Tigrinya"
    assert own(world, second).state is HelpState.ASKED
    choose(world, second)
    assert len(sheets.tasks_of(rosa, NOW)) == 1


def test_another_language_frees_the_interpreter_and_none_does_too(world: World, rosa: int):
    made = arrange(world)
    asks(world, made)
    books(world, made, rosa)
    choose(world, made)
    guests.tell(NOW)
    asks(world, made, "Pools")
    assert guests.tell(NOW) == 1
    assert db.session.query(Outbox).filter_by(letter=Letter.GUEST_OFF).count() == 1


def test_nobody_asks_at_another_familys_talk_or_at_one_that_is_off(world: World, rosa: int):
    made = arrange(world)
    with pytest.raises(NotFound):
        topics.ask_interpreter_at(
            single_id=made, language="Pools", way=Way.ON_SITE, by=Actor(ActorKind.GUARDIAN, world.petra.id), now=NOW
        )
    with pytest.raises(LanguageNeeded):
        books(world, made, rosa, language="")
    single_talks.decline(single_id=made, by=layla(world), now=NOW)
    with pytest.raises(NotFound):
        asks(world, made)
    with pytest.raises(NoSuchGuest):
        books(world, made, rosa)
