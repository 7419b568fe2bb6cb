"""Contact parents stand by their own word, are seen by their class alone, and write through who leads it."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from scheduling.domain.contact_parents import (
    PER_WEEK,
    ContactState,
    Draft,
    EnoughThisWeek,
    MessageState,
    NameMissing,
    NothingWritten,
    NotOfThisClass,
    NotWaitingAnyMore,
    Reach,
    SaidNoBefore,
)
from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.messages import PER_DAY, MessageEmpty, TooManyMessages
from scheduling.domain.people import Authority
from scheduling.domain.retention import CLASS_MESSAGE_AFTER
from scheduling.domain.texts import TextCompels, TextTooLong
from scheduling.mail.delivery import envelope_of
from scheduling.models import (
    ClassContact,
    ClassMessage,
    ContactParent,
    Enrolment,
    Guardian,
    Guardianship,
    JournalLine,
    Outbox,
    db,
)
from scheduling.queries import contact_parents as reading
from scheduling.queries.letters import find_letter
from scheduling.services import contact_parents, outbox, retention
from tests.builders import NOW, a_class, a_guardian, a_pupil, a_year
from tests.mail.facts import PAPER
from tests.worlds import World, a_world, an_adult

COFFEE = Draft("Koffie op vrijdag", "Komt u vrijdag koffie drinken op het plein?")


@pytest.fixture
def world(context) -> World:
    return a_world()


@pytest.fixture
def either_world(any_context) -> World:
    return a_world()


def parent(person: Guardian) -> Actor:
    return Actor(ActorKind.GUARDIAN, person.id)


def bas(world: World) -> Actor:
    return Actor(ActorKind.STAFF, world.bas.id)


def letters(letter: Letter) -> list[Outbox]:
    return list(db.session.scalars(select(Outbox).where(Outbox.letter == letter).order_by(Outbox.id)))


def stop_of(row: Outbox) -> str:
    stop = find_letter(row.id, NOW).stop
    return stop.reason if stop else ""


def ask(world: World, person: Guardian) -> None:
    contact_parents.ask(class_id=world.three.id, guardian_id=person.id, by=bas(world), now=NOW)


def say_yes(world: World, person: Guardian, **how: Any) -> ClassContact:
    how = {"shown_as": "Layla", "reach": Reach.FORM} | how
    contact_parents.say_yes(class_id=world.three.id, by=parent(person), now=NOW, **how)
    return the_contact(person)


def the_contact(person: Guardian) -> ClassContact:
    db.session.rollback()
    return db.session.scalars(select(ClassContact).where(ClassContact.guardian_id == person.id)).one()


def seen_by(person: Guardian) -> list[tuple[str, str]]:
    db.session.rollback()
    return [(one.shown_as, one.address) for place in reading.of_family(parent(person), NOW) for one in place.contacts]


def write(world: World, draft: Draft = COFFEE, now: Any = NOW, **more: Any) -> int:
    return contact_parents.write_to_class(class_id=world.three.id, draft=draft, by=parent(world.layla), now=now, **more)


def send(world: World, message_id: int, version: int = 1, now: Any = NOW) -> int:
    return contact_parents.send(message_id=message_id, seen_version=version, by=bas(world), now=now)


def state_of(message_id: int) -> MessageState:
    db.session.rollback()
    return db.session.get_one(ClassMessage, message_id).state


def test_who_is_asked_stands_only_after_the_own_yes(world):
    ask(world, world.layla)
    assert [row.guardian_id for row in letters(Letter.CONTACT_ASKED)] == [world.layla.id]
    assert seen_by(world.petra) == []
    say_yes(world, world.layla)
    assert seen_by(world.petra) == [("Layla", "")]
    assert [row.staff_id for row in letters(Letter.CONTACT_NOTICE)] == [world.bas.id]


def test_a_parent_may_offer_it_and_choose_what_is_seen(world):
    say_yes(world, world.layla, shown_as="Lala", reach=Reach.MAIL)
    assert seen_by(world.petra) == [("Lala", world.layla.email)]
    say_yes(world, world.layla, shown_as="Lala", reach=Reach.FORM)
    assert seen_by(world.petra) == [("Lala", "")]
    assert len(letters(Letter.CONTACT_NOTICE)) == 1, "the leader hears of a yes once"


def test_only_parents_and_leaders_of_this_class_see_who_it_is(world):
    say_yes(world, world.layla)
    assert seen_by(world.ruud) == []
    assert reading.of_family(Actor(ActorKind.PUPIL, an_adult(world).id), NOW) == ()
    assert reading.leads(world.bas.id, world.three.id)
    assert not reading.leads(world.karin.id, world.three.id)


def test_somebody_of_another_class_or_without_authority_is_refused(world):
    with pytest.raises(NotOfThisClass):
        ask(world, world.ruud)
    with pytest.raises(NotOfThisClass):
        contact_parents.say_yes(
            class_id=world.three.id, shown_as="Els", reach=Reach.FORM, by=parent(world.els), now=NOW
        )
    apart = a_guardian("Elders", world.daan, authority=Authority.NO)
    with pytest.raises(NotOfThisClass):
        ask(world, apart)
    with pytest.raises(NameMissing):
        say_yes(world, world.layla, shown_as="  ")


def test_who_said_no_is_not_asked_again_but_may_come_back_to_it(world):
    ask(world, world.layla)
    contact_parents.say_no(class_id=world.three.id, by=parent(world.layla), now=NOW)
    assert stop_of(letters(Letter.CONTACT_ASKED)[0]) == "contact_over"
    with pytest.raises(SaidNoBefore):
        ask(world, world.layla)
    assert say_yes(world, world.layla).state is ContactState.YES


def test_a_button_that_is_pressed_twice_asks_once(either_world):
    world = either_world
    ask(world, world.layla)
    later = NOW + timedelta(seconds=2)
    contact_parents.ask(class_id=world.three.id, guardian_id=world.layla.id, by=bas(world), now=later)
    assert len(letters(Letter.CONTACT_ASKED)) == 1


def test_a_question_that_is_taken_back_is_not_sent_any_more(world):
    ask(world, world.layla)
    contact_parents.take_back(contact_id=the_contact(world.layla).id, by=bas(world), now=NOW)
    assert stop_of(letters(Letter.CONTACT_ASKED)[0]) == "contact_over"
    assert not reading.is_asked(parent(world.layla))


def test_the_file_only_names_whom_to_ask(world):
    db.session.add(ContactParent(class_id=world.three.id, guardian_id=world.layla.id, consent=True))
    db.session.commit()
    assert seen_by(world.petra) == []
    assert [one.in_file for one in reading.the_class(world.three.id, NOW).candidates] == [True, False, False]
    asks = {"class_id": world.three.id, "by": bas(world), "now": NOW}
    assert contact_parents.ask_proposed(**asks) == 1
    contact_parents.say_no(class_id=world.three.id, by=parent(world.layla), now=NOW)
    assert contact_parents.ask_proposed(**asks) == 0, "what a file says again asks nobody again"


def test_who_did_it_last_year_is_proposed_and_is_it_only_after_an_own_yes(world):
    say_yes(world, world.layla)
    contact_parents.ask(class_id=world.three.id, guardian_id=world.petra.id, by=bas(world), now=NOW)
    older = a_class("4", year=a_year("2028-2029"))
    for pupil in (world.sami, world.daan):
        db.session.add(Enrolment(pupil_id=pupil.id, year_id=older.year_id, class_id=older.id, year_level="4"))
    db.session.commit()
    later = NOW + timedelta(days=370)
    proposed = [one for one in reading.the_class(older.id, later).candidates if one.is_proposed]
    assert [(one.guardian_id, one.last_year, one.in_file) for one in proposed] == [(world.layla.id, True, False)]
    assert contact_parents.ask_proposed(class_id=older.id, by=bas(world), now=later) == 1
    assert contact_parents.ask_proposed(class_id=older.id, by=bas(world), now=later) == 0
    found = reading.the_class(older.id, later)
    assert [(one.guardian_id, one.state) for one in found.asked] == [(world.layla.id, ContactState.ASKED)]
    assert found.standing == ()
    contact_parents.say_no(class_id=older.id, by=parent(world.layla), now=later)
    assert not any(one.is_proposed for one in reading.the_class(older.id, later).candidates)


def test_it_ends_when_the_child_leaves_the_class_and_with_the_year(world):
    say_yes(world, world.layla)
    assert reading.of_family(parent(world.petra), NOW + timedelta(days=400)) == ()
    place = db.session.scalars(select(Enrolment).where(Enrolment.pupil_id == world.sami.id)).one()
    place.class_id = world.six.id
    db.session.commit()
    assert seen_by(world.petra) == []


def test_consent_withdrawn_is_gone_at_once_with_what_was_not_sent(world):
    say_yes(world, world.layla)
    went, waits = write(world), write(world, Draft("Nog iets", "En neem uw kopje mee."))
    send(world, went)
    contact_parents.say_no(class_id=world.three.id, by=parent(world.layla), now=NOW)
    assert seen_by(world.petra) == []
    assert {stop_of(row) for row in letters(Letter.CLASS_MESSAGE)} == {"contact_over"}
    with pytest.raises(NotWaitingAnyMore):
        send(world, waits)
    assert db.session.get_one(ClassMessage, waits).words == ""
    with pytest.raises(NotFound):
        write(world)


def test_a_message_goes_only_after_who_leads_the_class_has_read_it(world):
    say_yes(world, world.layla)
    message = write(world)
    assert letters(Letter.CLASS_MESSAGE) == []
    assert send(world, message) == 3
    sent = letters(Letter.CLASS_MESSAGE)
    assert {row.guardian_id for row in sent} == {world.layla.id, world.omar.id, world.petra.id}
    assert [row.facts["what"] for row in letters(Letter.CONTACT_SAID)] == ["sent"]
    with pytest.raises(NotWaitingAnyMore):
        send(world, message)
    assert "Koffie" not in repr([line.facts for line in db.session.scalars(select(JournalLine))])


def test_what_was_changed_meanwhile_is_not_sent_unseen(either_world):
    world = either_world
    say_yes(world, world.layla)
    message = write(world)
    contact_parents.take_message_back(message_id=message, by=parent(world.layla), now=NOW)
    write(world, Draft("Anders", "Toch thee."), message_id=message)
    with pytest.raises(NotWaitingAnyMore):
        send(world, message, version=1)
    assert send(world, message, version=2) == 3


def test_a_message_comes_back_with_a_word_and_goes_after_all(world):
    say_yes(world, world.layla)
    message = write(world)
    contact_parents.send_back(message_id=message, seen_version=1, note="Noem de tijd erbij.", by=bas(world), now=NOW)
    assert state_of(message) is MessageState.RETURNED
    assert [row.facts["what"] for row in letters(Letter.CONTACT_SAID)] == ["returned"]
    write(world, message_id=message)
    assert state_of(message) is MessageState.WAITING
    with pytest.raises(NotFound):
        contact_parents.take_message_back(message_id=message, by=parent(world.petra), now=NOW)


def test_two_homes_two_children_and_one_mailbox_get_it_once(world):
    say_yes(world, world.layla)
    sibling = a_pupil("Ali", world.three)
    db.session.add(
        Guardianship(
            pupil_id=sibling.id, guardian_id=world.petra.id, household_id=household(world.petra), relation="ouder"
        )
    )
    a_guardian("Elders", world.daan, email=world.petra.email.upper(), position=2)
    db.session.commit()
    assert send(world, write(world)) == 3
    assert len({row.address.casefold() for row in letters(Letter.CLASS_MESSAGE)}) == 3


def household(person: Guardian) -> int:
    return db.session.scalars(
        select(Guardianship.household_id).where(Guardianship.guardian_id == person.id)
    ).first()  # fmt: skip


def test_a_home_without_a_mailbox_is_counted_and_not_named(world):
    say_yes(world, world.layla)
    world.petra.email = ""
    db.session.commit()
    message = write(world)
    send(world, message)
    found = reading.own_message(message, parent(world.layla), NOW)[1]
    assert (found.sent_to, found.unreached) == (2, 1)


def test_who_would_rather_not_gets_none_even_when_it_waits_already(world):
    say_yes(world, world.layla)
    contact_parents.refuse_messages(refuses=True, by=parent(world.petra), now=NOW)
    first = write(world)
    assert send(world, first) == 2
    contact_parents.refuse_messages(refuses=True, by=parent(world.omar), now=NOW)
    stops = {row.guardian_id: stop_of(row) for row in letters(Letter.CLASS_MESSAGE)}
    assert stops == {world.layla.id: "", world.omar.id: "no_class_messages"}
    contact_parents.refuse_messages(refuses=False, by=parent(world.petra), now=NOW)
    assert not reading.refuses_messages(parent(world.petra))


def test_answers_go_to_the_contact_parent_only_when_that_parent_wishes(world):
    say_yes(world, world.layla)
    for replies, where in ((False, "kantoor@linde.example.org"), (True, world.layla.email)):
        before = len(letters(Letter.CLASS_MESSAGE))
        send(world, write(world, Draft("Koffie", f"Komt u? {replies}", replies)))
        row = letters(Letter.CLASS_MESSAGE)[before]
        assert envelope_of(find_letter(row.id, NOW), PAPER).reply_to == where


def test_a_class_gets_no_more_than_is_kind_in_a_week(either_world):
    world = either_world
    say_yes(world, world.layla)
    for number in range(PER_WEEK):
        send(world, write(world, Draft("Koffie", f"Kopje {number}")))
    with pytest.raises(EnoughThisWeek):
        write(world)
    write(world, now=NOW + timedelta(days=8))


@pytest.mark.parametrize(
    ("draft", "refused"),
    [
        (Draft("", "Komt u?"), NothingWritten),
        (Draft("Koffie", " \n "), NothingWritten),
        (Draft("Koffie", "Komen is verplicht."), TextCompels),
        (Draft("K" * 101, "Komt u?"), TextTooLong),
        (Draft("Koffie", "k" * 3001), TextTooLong),
    ],
)
def test_what_cannot_be_sent_is_said_before_anything_is_kept(world, draft, refused):
    say_yes(world, world.layla)
    with pytest.raises(refused):
        write(world, draft)
    assert db.session.scalars(select(ClassMessage)).all() == []


def test_a_parent_writes_to_a_contact_parent_without_seeing_an_address(world):
    contact = say_yes(world, world.layla)
    say = {"contact_id": contact.id, "now": NOW}
    contact_parents.write_to_contact(words="Hebt u nog bekers?", by=parent(world.petra), **say)
    (row,) = letters(Letter.CONTACT_MESSAGE)
    assert (row.guardian_id, envelope_of(find_letter(row.id, NOW), PAPER).reply_to) == (
        world.layla.id, world.petra.email,
    )  # fmt: skip
    outbox.forget_words(row)
    assert "words" not in row.facts
    with pytest.raises(NotFound):
        contact_parents.write_to_contact(words="Dag", by=parent(world.ruud), **say)
    with pytest.raises(MessageEmpty):
        contact_parents.write_to_contact(words=" ", by=parent(world.petra), **say)
    for number in range(PER_DAY - 1):
        contact_parents.write_to_contact(words=f"Dag {number}", by=parent(world.petra), **say)
    with pytest.raises(TooManyMessages):
        contact_parents.write_to_contact(words="Nog een", by=parent(world.petra), **say)


def test_the_words_are_erased_some_time_after_they_went(world):
    say_yes(world, world.layla)
    message = write(world)
    send(world, message)
    system = Actor(ActorKind.SYSTEM, None)
    retention.run(by=system, now=NOW + CLASS_MESSAGE_AFTER - timedelta(days=1))
    assert db.session.get_one(ClassMessage, message).words == COFFEE.words
    assert retention.run(by=system, now=NOW + CLASS_MESSAGE_AFTER)["class_messages"] == 1
    db.session.rollback()
    kept = db.session.get_one(ClassMessage, message)
    assert (kept.subject, kept.words, kept.sent_to) == ("", "", 3)
