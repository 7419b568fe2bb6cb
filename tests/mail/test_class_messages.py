"""A contact parent writes to 27 families: 27 letters over the wire, and no address of anybody else in any of them."""

import email
import email.policy
import re
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling import jobs
from scheduling.domain.contact_parents import Draft, Reach
from scheduling.domain.journal import Actor, ActorKind
from scheduling.models import ClassGroup, Guardian, db
from scheduling.queries import contact_parents as reading
from scheduling.services import contact_parents
from tests.builders import NOW, a_class, a_guardian, a_leader, a_pupil, a_school, a_year, household_of
from tests.mail.relays import LocalRelay

FAMILIES = 27
SENDER = "driehoek@localhost"
ADDRESS = re.compile(r"[\w.+-]+@[\w.-]+\w")


@pytest.fixture
def relay() -> Iterator[LocalRelay]:
    with LocalRelay() as relay:
        yield relay


@pytest.fixture
def group(make_app: Callable[..., Flask], relay: LocalRelay) -> Iterator[ClassGroup]:
    """27 families with a surname of their own; every third has two parents, of whom some share a mailbox."""
    with make_app(**relay.settings).app_context():
        a_school()
        a_year()
        found = a_class("2B", leaders=[a_leader("bas")])
        for number in range(FAMILIES):
            child = a_pupil(f"Kind{number}", found)
            one = a_guardian(f"Ouder{number}", child)
            one.surname = f"Achternaam{number}zq"
            if number % 3 == 0:
                other = a_guardian(f"Tweede{number}", child, email=one.email, household=household_of(one), position=2)
                other.surname = f"Tweedenaam{number}zq"
        db.session.commit()
        yield found
        db.session.remove()


def decoded(raw: bytes) -> str:
    """All that stands in a message: its headers as they went, and its parts as they are read."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    parts = [part.get_content() for part in message.walk() if not part.is_multipart()]
    return "\n".join([*(f"{name}: {value}" for name, value in message.items()), *map(str, parts)])


@pytest.mark.parametrize("replies", [False, True])
def test_27_families_get_a_letter_of_their_own_without_any_address_or_surname_of_another(
    group: ClassGroup, relay: LocalRelay, replies: bool
) -> None:
    parents = list(db.session.scalars(select(Guardian).order_by(Guardian.id)))
    writer, leader = parents[0], group.leaders[0].staff_id
    by = Actor(ActorKind.GUARDIAN, writer.id)
    contact_parents.say_yes(class_id=group.id, shown_as="Noura", reach=Reach.FORM, by=by, now=NOW)
    message = contact_parents.write_to_class(
        class_id=group.id, draft=Draft("Koffie", "Komt u vrijdag op het plein?", replies), by=by, now=NOW
    )
    jobs.drain(NOW)
    before = len(relay.mailroom.accepted)
    sent_to = contact_parents.send(message_id=message, seen_version=1, by=Actor(ActorKind.STAFF, leader), now=NOW)
    assert sent_to == FAMILIES
    jobs.drain(NOW)
    raw = [(to, data) for to, data in relay.mailroom.accepted[before:] if b"Koffie" in data]
    assert len(raw) == FAMILIES
    assert len({to for to, _ in raw}) == FAMILIES
    surnames = {parent.surname: parent.email for parent in parents}
    for to, data in raw:
        told = email.message_from_bytes(data, policy=email.policy.default)
        assert [one.addr_spec for one in told["To"].addresses] == [to]
        assert (told["Cc"], told["Bcc"]) == (None, None)
        answers = writer.email if replies else "kantoor@linde.example.org"
        assert [one.addr_spec for one in told["Reply-To"].addresses] == [answers]
        text = decoded(data)
        addresses = {one for one in ADDRESS.findall(text) if not one.startswith("class_message.")}
        assert addresses - {to, answers, told["From"].addresses[0].addr_spec} == set()
        assert [name for name, theirs in surnames.items() if name in text and theirs != to] == []
    assert reading.own_message(message, by, NOW)[1].arrived == FAMILIES
