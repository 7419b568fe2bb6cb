"""The internal supervisor's pages for the support team, from asking to calling off; and the family's answer."""

from collections.abc import Callable, Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling import jobs
from scheduling.models import Outbox, SupportMeeting, db
from tests.builders import NOW
from tests.calendars.readers import by_vobject
from tests.mail.relays import LocalRelay
from tests.visitor import Visitor
from tests.worlds import World, a_world_to_visit


@pytest.fixture
def relay() -> Iterator[LocalRelay]:
    with LocalRelay() as running:
        yield running


@pytest.fixture
def app(make_app: Callable[..., Flask], relay: LocalRelay) -> Flask:
    return make_app(**relay.settings)


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            found = a_world_to_visit()
        yield found


@pytest.fixture
def supervisor(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(db.session.merge(world.supervisor))


def family(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(db.session.merge(world.layla))


def test_from_asking_to_the_answer_of_the_family(app: Flask, world: World, supervisor: Visitor) -> None:
    found = supervisor.opens("/staff/support", q="Daan")
    page = found.follows("Daan Yilmaz")
    faulty = page.presses("Vraag iedereen aan tafel", status=422, day="2027-09-14", clock="10:00", guests="geen adres")
    assert "Nog niet duidelijk is: geen adres" in faulty.text
    made = faulty.presses(
        "Vraag iedereen aan tafel", day="2027-09-14", clock="10:00", room="kamer 2",
        guests="A. Bakker, bakker@example.org",
    )  # fmt: skip
    assert "Gedaan. Iedereen aan tafel krijgt een brief" in made.text
    assert "Bas Jansen" in made.text
    with app.app_context():
        petra = Visitor(app).comes_by_link(db.session.merge(world.petra))
        number = db.session.scalar(select(SupportMeeting.id).order_by(SupportMeeting.id.desc()))
    asked = petra.opens("/family/").follows("Daan, gesprek met het ondersteuningsteam")
    assert "A. Bakker" in asked.text
    assert "bakker@example.org" not in asked.text
    said = asked.presses("Geef dit door", answer="call")
    assert "Liever aan de telefoon" in said.text
    assert "wil liever bellen" in supervisor.opens(f"/staff/support/{number}").text
    change = supervisor.opens(f"/staff/support/{number}/change")
    again = change.presses("Bewaar en vertel het iedereen", clock="11:00")
    assert "11.00" in again.text
    assert "heeft nog niet geantwoord" in again.text
    off = again.presses("Zeg het gesprek af")
    assert "afgezegd" in off.text
    assert "gaat niet door" in petra.opens(f"/family/meetings/{number}").text


def test_the_office_sees_nothing_of_it(app: Flask, world: World) -> None:
    with app.app_context():
        office = Visitor(app).signs_in(db.session.merge(world.office))
    office.opens("/staff/support", status=404)
    office.opens(f"/staff/support/{world.more['meeting_id']}", status=404)
    for address in (
        f"/staff/office/pupils/{world.sami.id}", f"/staff/office/leaders/{world.bas.id}/singles", "/staff/office/days",
        f"/staff/office/leaders/{world.bas.id}/", "/staff/office/mailings",
    ):  # fmt: skip
        answer = office.client.get(address, follow_redirects=True).get_data(as_text=True)
        assert "ondersteuning" not in answer.casefold(), address
        assert "overlegkamer" not in answer, address


def test_the_director_looks_and_does_not_change(app: Flask, world: World) -> None:
    with app.app_context():
        director = Visitor(app).signs_in(db.session.merge(world.director))
    number = world.more["meeting_id"]
    assert "Zeg het gesprek af" not in director.opens(f"/staff/support/{number}").text
    director.posts(f"/staff/support/{number}/cancel", status=404)
    director.opens(f"/staff/support/{number}/change", status=404)


def test_a_guest_reads_time_and_place_alone(app: Flask, world: World, supervisor: Visitor, relay: LocalRelay) -> None:
    with app.app_context():
        db.session.execute(Outbox.__table__.delete())
        db.session.commit()
    supervisor.opens(f"/staff/support/{world.more['meeting_id']}/change").presses("Bewaar en vertel het iedereen")
    with app.app_context():
        jobs.drain(NOW)
    letters = {letter["To"].addresses[0].addr_spec: letter for letter in relay.mailroom.letters}
    guests = letters.pop("a.bakker@example.org")
    whole = "\n".join(str(part.get_content()) for part in guests.walk() if part.get_content_maintype() == "text")
    assert "overlegkamer" in whole
    for word in ("Sami", "Yilmaz", "Bas", "ondersteuning", "/g/", "/staff"):
        assert word not in whole, word
    assert {"METHOD:REQUEST"} == {line for line in whole.splitlines() if line.startswith("METHOD")}
    for address, letter in letters.items():
        (calendar,) = [part.get_content() for part in letter.walk() if part.get_content_type() == "text/calendar"]
        assert "Sami" not in calendar, address
        assert by_vobject(calendar if isinstance(calendar, bytes) else calendar.encode())
    assert family(app, world).opens(f"/family/meetings/{world.more['meeting_id']}").text
