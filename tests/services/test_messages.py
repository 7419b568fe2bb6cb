"""A family writes to who leads the talks: an ordinary mail, to the right colleague, kept until it has left."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.messages import PER_DAY, MessageEmpty, MessageTooLong, NobodyToWrite, TooManyMessages
from scheduling.mail.delivery import envelope_of
from scheduling.mail.letters import write
from scheduling.models import Outbox, db
from scheduling.queries.letters import find_letter
from scheduling.queries.messages import readers_for
from scheduling.services import mailings, messages
from tests.builders import NOW
from tests.mail.facts import PAPER
from tests.worlds import World, a_world, an_adult


@pytest.fixture
def world(context) -> World:
    return a_world()


def layla(world: World) -> Actor:
    return Actor(ActorKind.GUARDIAN, world.layla.id)


def to_bas(world: World) -> str:
    return f"{world.bas.id}-{world.sami.id}"


def the_message() -> Outbox:
    return db.session.scalars(select(Outbox).where(Outbox.letter == Letter.MESSAGE)).one()


def test_a_parent_of_two_writes_to_the_leader_of_each_child(world):
    readers = readers_for(layla(world), NOW)
    assert [(one.leader_id, one.child) for one in readers] == [(world.bas.id, "Sami"), (world.karin.id, "Noor")]


def test_the_message_is_a_mail_that_is_answered_to_the_parent_and_to_nobody_else(world):
    messages.send(to=to_bas(world), words="Kunt u {zacht} praten?", by=layla(world), now=NOW)
    facts = find_letter(the_message().id, NOW)
    sheet = write(facts, token="", paper=PAPER)
    envelope = envelope_of(facts, PAPER)
    assert (envelope.to.address, envelope.reply_to) == (world.bas.email, world.layla.email)
    assert "Kunt u {zacht} praten?" in sheet.text
    assert world.omar.email not in sheet.text + sheet.html
    assert world.layla.email not in sheet.text + sheet.html


def test_without_an_own_mailbox_the_answer_does_not_go_to_another_parent(world):
    world.layla.email = ""
    db.session.commit()
    messages.send(to=to_bas(world), words="Dag", by=layla(world), now=NOW)
    assert envelope_of(find_letter(the_message().id, NOW), PAPER).reply_to == "kantoor@linde.example.org"


def test_the_same_words_twice_on_a_day_are_one_message(world):
    for _ in range(2):
        messages.send(to=to_bas(world), words="Dag", by=layla(world), now=NOW)
    assert the_message().staff_id == world.bas.id


def test_the_words_are_forgotten_when_the_mail_has_left(world):
    messages.send(to=to_bas(world), words="Dag", by=layla(world), now=NOW)
    row = the_message()
    row.state = OutboxState.UNCERTAIN
    db.session.commit()
    mailings.mark_sent(outbox_id=row.id, by=Actor(ActorKind.STAFF, world.office.id), now=NOW)
    assert "words" not in the_message().facts


def test_an_adult_pupil_writes_himself(world):
    pupil = an_adult(world)
    by = Actor(ActorKind.PUPIL, pupil.id)
    messages.send(to=f"{world.karin.id}-{pupil.id}", words="Dag", by=by, now=NOW)
    assert find_letter(the_message().id, NOW).message.writer == pupil.name.full


def test_what_cannot_be_sent_is_said(world):
    send = {"by": layla(world), "now": NOW}
    with pytest.raises(MessageEmpty):
        messages.send(to=to_bas(world), words=" \n ", **send)
    with pytest.raises(MessageTooLong):
        messages.send(to=to_bas(world), words="a" * 1501, **send)
    for somebody_else in (f"{world.karin.id}-{world.sami.id}", f"{world.bas.id}-{world.daan.id}", "", "x"):
        with pytest.raises(NobodyToWrite):
            messages.send(to=somebody_else, words="Dag", **send)
    for number in range(PER_DAY):
        messages.send(to=to_bas(world), words=f"Dag {number}", **send)
    with pytest.raises(TooManyMessages):
        messages.send(to=to_bas(world), words="Nog een", **send)
    messages.send(to=to_bas(world), words="Nog een", by=layla(world), now=NOW + timedelta(days=1))


def test_a_colleague_who_left_or_has_no_mailbox_is_not_offered(world):
    world.bas.left_on = NOW.date()
    world.karin.email = ""
    db.session.commit()
    assert readers_for(layla(world), NOW) == ()
