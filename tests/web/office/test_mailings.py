"""The office sends letters: who gets what, once, and what to do when one comes back."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask

from scheduling import jobs
from scheduling.domain.mailings import OutboxState
from scheduling.models import Booking, Guardian, JournalLine, Outbox, db
from tests.builders import NOW
from tests.mail.desk import a_world_without_letters
from tests.mail.relays import LocalRelay
from tests.visitor import Visitor
from tests.worlds import World


@pytest.fixture
def relay() -> Iterator[LocalRelay]:
    with LocalRelay() as relay:
        yield relay


@pytest.fixture
def app(make_app: Callable[..., Flask], relay: LocalRelay) -> Flask:
    return make_app(**relay.settings)


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            world = a_world_without_letters(to_visit=True)
        yield world


@pytest.fixture
def office(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(world.office)


def address(world: World, letter: str = "invitation") -> str:
    return f"/staff/office/mailings/{world.start.id}/{letter}"


def outbox(app: Flask) -> list[Outbox]:
    with app.app_context():
        db.session().expire_on_commit = False
        return db.session.query(Outbox).order_by(Outbox.id).all()


def drain(app: Flask) -> dict[str, int]:
    with app.app_context():
        return jobs.drain(NOW)


def set_address(app: Flask, guardian: Guardian, address: str) -> None:
    with app.app_context():
        db.session.get_one(Guardian, guardian.id).email = address
        db.session.commit()


def test_the_page_says_who_gets_what_before_anything_leaves(office: Visitor, world: World, app: Flask):
    page = office.opens("/staff/office/mailings").follows("Bekijk wie wat krijgt")
    assert "7 uitnodigingen staan klaar" in page.heading
    assert "Het eerste gesprek is over 11 dagen." in page.text
    assert outbox(app) == []


def test_the_button_sends_once_however_often_it_is_pressed(office: Visitor, world: World, app: Flask):
    page = office.opens(address(world))
    for _ in range(2):
        office.posts(f"{address(world)}/send")
    assert len(outbox(app)) == 7
    assert page.presses("Verstuur 7 uitnodigingen").text.count("0 van 7 berichten zijn weg") == 1
    assert len(outbox(app)) == 7


def test_progress_and_outcome_are_shown(office: Visitor, world: World, app: Flask, relay: LocalRelay):
    office.opens(address(world)).presses("Verstuur 7 uitnodigingen")
    drain(app)
    page = office.opens(address(world))
    assert "7 van 7 berichten zijn weg" in page.text
    assert "7 aangenomen door de mailserver" in page.text
    assert page.follows("Bekijk iedereen met naam").text.count("Verstuurd") == 7
    assert len(relay.mailroom.accepted) == 7


def test_a_home_without_mail_gets_a_letter_with_a_code_that_opens_its_page(office: Visitor, world: World, app: Flask):
    set_address(app, world.petra, "")
    page = office.opens(address(world))
    assert "Een brief op papier" not in page.text
    paper = page.presses("Maak één brief om te printen")
    assert paper.soup.svg is not None
    assert "style" not in paper.soup.find("div", class_="code").svg.attrs
    link = "".join(paper.soup.find("div", class_="code").find_all("b")[1].get_text().split())
    assert link.startswith("http://localhost/g/")
    with app.app_context():
        assert db.session.get_one(Booking, world.daans_talk.id).invited_at == NOW
        assert link.rsplit("/", 1)[1] not in "".join(str(line.facts) for line in db.session.query(JournalLine))


def test_a_trial_goes_to_the_colleague_who_asks_and_opens_nothing(
    office: Visitor, world: World, app: Flask, relay: LocalRelay
):
    page = office.opens(address(world)).presses("Stuur eerst een proef aan mij")
    assert "De proef komt naar uw eigen mailadres." in page.text
    assert drain(app)["sent"] == 1
    (letter,) = relay.mailroom.letters
    assert letter["Subject"].startswith("Proef: Startgesprek van")
    assert letter["To"].addresses[0].addr_spec == "kantoor@linde.example.org"
    assert "DIT IS EEN PROEF" in letter.get_body(("plain",)).get_content()
    assert "http://localhost/g/voorbeeld" in letter.get_body(("plain",)).get_content()
    assert "text/calendar" not in [part.get_content_type() for part in letter.walk()]
    with app.app_context():
        assert db.session.get_one(Booking, world.samis_talk.id).invited_at is None
    assert not office.opens(address(world)).soup.find("progress"), "a trial is no part of what families get"


def test_the_rest_can_be_held_and_let_go(office: Visitor, world: World, app: Flask, relay: LocalRelay):
    page = office.opens(address(world)).presses("Verstuur 7 uitnodigingen").presses("Wacht met de laatste 7")
    assert drain(app)["sent"] == 0
    page.presses("Ga verder met de rest")
    assert drain(app)["sent"] == 7


def test_a_refused_letter_is_shown_and_goes_out_again_to_a_corrected_address(
    office: Visitor, world: World, app: Flask, relay: LocalRelay
):
    set_address(app, world.petra, "perm@ouders.example.org")
    office.opens(address(world)).presses("Verstuur 7 uitnodigingen")
    assert drain(app)["failed"] == 1
    page = office.opens("/staff/office/mailings")
    assert "Dit adres bestaat niet, zegt de mailserver." in page.text
    wrong = page.follows("Ander adres").presses("Bewaar het adres", address="geen adres", status=422)
    assert "Fout:" in wrong.soup.title.get_text()
    wrong.presses("Bewaar het adres", address="petra.nieuw@ouders.example.org")
    assert drain(app)["sent"] == 1
    assert relay.mailroom.addresses[-1] == "petra.nieuw@ouders.example.org"
    with app.app_context():
        petra = db.session.get_one(Guardian, world.petra.id)
        assert (petra.email, petra.bounced_at) == ("petra.nieuw@ouders.example.org", None)


def test_an_uncertain_letter_waits_for_a_person(office: Visitor, world: World, app: Flask, relay: LocalRelay):
    set_address(app, world.petra, "lost@ouders.example.org")
    office.opens(address(world)).presses("Verstuur 7 uitnodigingen")
    assert drain(app)["uncertain"] == 1
    page = office.opens(address(world))
    assert "Misschien kwam het aan." in page.text
    page.presses("Laat zo")
    assert {row.state for row in outbox(app)} == {OutboxState.SENT}
    office.posts(f"/staff/office/mailings/letter/{outbox(app)[0].id}/again", status=409)


def test_when_the_relay_refuses_us_everything_waits_and_the_office_reads_why(
    office: Visitor, world: World, app: Flask, relay: LocalRelay
):
    relay.mailroom.refuse_sender = "535 5.7.139 Authentication unsuccessful"
    office.opens(address(world)).presses("Verstuur 7 uitnodigingen")
    done = drain(app)
    assert (done["held"], done["sent"], done["failed"]) == (1, 0, 0)
    page = office.opens("/staff/office/mailings")
    assert "Authentication unsuccessful" in page.text
    relay.mailroom.refuse_sender = ""
    page.presses("Probeer het opnieuw")
    assert drain(app)["sent"] == 7


def test_the_whole_letter_can_be_read_first(office: Visitor, world: World, app: Flask):
    page = office.opens(address(world)).follows("Lees het hele bericht")
    assert "Wij maken kennis en kijken wat wij dit jaar willen bereiken." in page.text
    assert "Onderwerp: Startgesprek van" in page.text


def test_letters_that_leave_late_come_with_a_warning(office: Visitor, world: World, app: Flask):
    with time_machine.travel(world.samis_talk.starts_at.replace(hour=8), tick=False):
        assert "Een uitnodiging komt liefst zeven dagen vooruit." in office.opens(address(world)).text
