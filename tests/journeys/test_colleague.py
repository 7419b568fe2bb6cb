"""A new colleague: invited by the office, a letter over real mail, a password, the first sign-in."""

from collections.abc import Callable, Iterator
from email.message import EmailMessage

import pytest
from flask import Flask

from scheduling import jobs
from scheduling.domain.mailings import Letter
from scheduling.domain.people import StaffRole
from scheduling.models import db
from scheduling.services import outbox, staff
from scheduling.services.transaction import transaction
from scheduling.web.clock import now
from tests import builders
from tests.mail.relays import LocalRelay
from tests.visitor import Visitor

PASSWORD = "vier woorden zonder verband"


@pytest.fixture
def relay() -> Iterator[LocalRelay]:
    with LocalRelay() as relay:
        yield relay


@pytest.fixture
def school(make_app: Callable[..., Flask], relay: LocalRelay) -> Flask:
    app = make_app(**relay.settings)
    with app.app_context():
        builders.a_school()
        builders.a_year()
        office = builders.an_office_worker()
        office.password_hash = staff.hash_password(PASSWORD)
        db.session.commit()
    return app


def the_link(relay: LocalRelay, to: str) -> str:
    """The address on a line of its own in the newest letter to this mailbox."""
    letter = next(one for one in reversed(relay.mailroom.letters) if to in str(one["To"]))
    lines = letter.get_body(("plain",)).get_content().splitlines()
    return next(line for line in lines if "/staff/set-password/" in line).removeprefix("http://localhost")


def test_an_invited_colleague_comes_in_and_finds_the_own_work(school: Flask, relay: LocalRelay) -> None:
    office = Visitor(school)
    page = office.opens("/staff/").presses("Log in", email="kantoor@linde.example.org", password=PASSWORD)
    page = page.follows("Collega's").follows("Voeg een collega toe")
    page.presses("Voeg toe en nodig uit", code="bas", given_name="Bas", email="bas@linde.example.org", roles=["leader"])
    with school.app_context():
        assert jobs.drain(now())["sent"] == 1
    bas = Visitor(school)
    page = bas.opens(the_link(relay, "bas@linde.example.org")).presses("Bewaar mijn wachtwoord", password=PASSWORD)
    page = page.presses("Log in", email="bas@linde.example.org", password=PASSWORD)
    assert page.heading == "Dag Bas"
    assert "Uw gesprekken" in page.text
    bas.opens("/staff/office/people", status=404)


def test_a_forgotten_password_comes_back_by_mail(school: Flask, relay: LocalRelay) -> None:
    visitor = Visitor(school)
    visitor.opens("/staff/forgot").presses("Mail mij de link", email="kantoor@linde.example.org")
    with school.app_context():
        assert jobs.drain(now())["sent"] == 1
    page = visitor.opens(the_link(relay, "kantoor@linde.example.org"))
    page = page.presses("Bewaar mijn wachtwoord", password="een heel ander geheim")
    page = page.presses("Log in", email="kantoor@linde.example.org", password="een heel ander geheim")
    assert page.address == "/staff/"


def test_a_corrected_address_moves_a_talk_from_one_calendar_to_the_other(school: Flask, relay: LocalRelay) -> None:
    with school.app_context():
        sami = builders.a_pupil("Sami", builders.a_class("3"))
        layla = builders.a_guardian("Layla", sami, email="old@ouders.example.org")
        found = builders.a_round()
        slot = builders.some_slots(found, builders.a_leader("bas", roles=[StaffRole.LEADER]), count=1)[0]
        talk = builders.a_booking(found, sami, slot)
        with transaction() as session:
            outbox.post(session, letter=Letter.INVITATION, booking=session.merge(talk), now=now())
        jobs.drain(now())
        address = f"/staff/office/pupils/{sami.id}/guardians/{layla.id}"
    office = Visitor(school)
    office.opens("/staff/").presses("Log in", email="kantoor@linde.example.org", password=PASSWORD)
    office.opens(address).presses("Bewaar", email="new@ouders.example.org")
    with school.app_context():
        assert jobs.drain(now())["sent"] == 2
    methods = {str(letter["To"]).split("<")[-1].strip(">"): method(letter) for letter in relay.mailroom.letters[1:]}
    assert methods == {"new@ouders.example.org": "REQUEST", "old@ouders.example.org": "CANCEL"}
    uids = {line for letter in relay.mailroom.letters for line in str(calendar(letter)).splitlines() if "UID" in line}
    assert len(uids) == 1
    farewell = next(letter for letter in relay.mailroom.letters[1:] if "old@" in str(letter["To"]))
    assert "/g/" not in farewell.get_body(("plain",)).get_content()


def calendar(letter: EmailMessage) -> str:
    part = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    return part.get_content()


def method(letter: EmailMessage) -> str:
    part = next(part for part in letter.walk() if part.get_content_type() == "text/calendar")
    return part.get_param("method")
