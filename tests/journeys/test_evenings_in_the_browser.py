"""Contact evenings in a real browser, page by page: two homes, an ill teacher, a teacher who runs late.

The pages come from a real server and the letters go to a real mail server. Pictures are kept, to be looked at.
"""

import itertools
import re
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Page, expect
from waitress.server import create_server

from scheduling.domain.timeslots import local
from scheduling.models import Booking, Guardian, Guardianship, Slot, db
from scheduling.services import on_the_day, rosters
from scheduling.web.clock import now
from tests.asking import AskingSchool
from tests.builders import NOW
from tests.evening_worlds import EveningWorld, Stage, an_evening_to_visit
from tests.journeys import vlier
from tests.journeys.vlier import event_of
from tests.mail.relays import LocalRelay

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1500)]

LONG = 180_000
EVENINGS = "Contactavonden november"


@pytest.fixture
def relay() -> Iterator[LocalRelay]:
    with LocalRelay() as running:
        yield running


@pytest.fixture
def served(make_app: Callable[..., Flask], relay: LocalRelay) -> Iterator[tuple[str, Flask]]:
    """The school's server on a Friday in August."""
    with time_machine.travel(NOW, tick=True):
        app = make_app(BASE_URL="http://127.0.0.1", **relay.settings)
        server: Any = create_server(app, host="127.0.0.1", port=0, threads=4)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.effective_port}", app
        server.close()
        thread.join(timeout=5)


@pytest.fixture
def office(device: Callable[..., Page]) -> Page:
    page = device(1280)
    page.set_default_timeout(60_000)
    return page


def events_of(letter: EmailMessage) -> list[str]:
    """The calendar ids in a letter."""
    calendars = [part.get_content() for part in letter.walk() if part.get_content_type() == "text/calendar"]
    return sorted({uid for calendar in calendars for uid in re.findall(r"^UID:(\S+)", calendar, re.MULTILINE)})


# Two homes of one child


def test_two_homes_each_ask_and_each_come_at_a_time_of_their_own(
    served: tuple[str, Flask], office: Page, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    relay: LocalRelay,
) -> None:  # fmt: skip
    """Mila's parents live apart: each asks on an own phone, neither reads anything of the other (T01 on an evening)."""
    app = served[1]
    with app.app_context():
        db.session().expire_on_commit = False
        school = AskingSchool(NOW + timedelta(days=7))
        school.times(first=NOW + timedelta(days=11, hours=8, minutes=30))
        round_id, mail = school.evening.id, {"Ruud": school.ruud.email, "Els": school.els.email}
        db.session.expunge_all()
    phones = {}
    for name, parent, wants in (("Ruud", school.ruud, ("Anna", "Bo")), ("Els", school.els, ("Cas",))):
        phones[name] = device(360, has_touch=True, script=False)
        come_in(phones[name], parent)
        phones[name].goto("/family/")
        expect(phones[name].get_by_role("link", name="Kies wie u wilt spreken")).to_be_visible()
        phones[name].get_by_role("link", name="Kies wie u wilt spreken").tap()
        for place, teacher in enumerate(wants):
            choice = phones[name].get_by_role("combobox").nth(place)
            value = choice.locator("option").filter(has_text=teacher).get_attribute("value")
            choice.select_option(value)
        phones[name].get_by_role("button", name="Bewaar mijn keuze").tap()
        expect(phones[name].locator(".note.good")).to_contain_text("Bewaard")
    come_in(office, school.office)
    office.goto(f"/staff/office/rounds/{round_id}/rosters")
    office.get_by_role("button", name="Maak een concept").click()
    with app.app_context():
        assert rosters.run_requested(worker="journey", clock=now) == 1
    office.goto(office.url)
    office.get_by_role("button", name="Geef 3 gesprekken deze tijd").click()
    vlier.command(app, "mailings", "send", "Contactavond", "--letter", "invitation")
    vlier.command(app, "jobs", "drain")
    for name, others, wants in (("Ruud", "Els", "Cas"), ("Els", "Ruud", "Bo")):
        phones[name].goto("/family/")
        said = phones[name].inner_text("main")
        assert others not in said, "nothing of the other home"
        assert wants not in said
        letters = [
            letter for letter, address in zip(relay.mailroom.since(0), relay.mailroom.addresses, strict=True)
            if address == mail[name]
        ]  # fmt: skip
        assert letters
        assert not any(others in vlier.text_of(letter) or mail[others] in letter.as_string() for letter in letters)
    with app.app_context():
        spans = sorted((talk.starts_at, talk.ends_at) for talk in db.session.query(Booking))
        assert all(one[1] <= other[0] for one, other in itertools.pairwise(spans)), "they never meet at a door"


# On the day itself


def test_a_teacher_falls_ill_on_the_evening_itself(
    served: tuple[str, Flask], office: Page, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    relay: LocalRelay, pictures: Path,
) -> None:  # fmt: skip
    """T32: every family hears at once; calendars lose the talk or get the new time, and the hall shows what is left."""
    app = served[1]
    with app.app_context():
        world = an_evening_to_visit(Stage.TODAY)
        talks = [talk for talk in annas_talks(world) if local(talk.starts_at).date() == local(NOW).date()]
        before = {talk.ical_uid: talk.starts_at for talk in talks}
        assert before
    come_in(office, world.office)
    office.goto("/staff/office/leaders")
    office.get_by_role("link", name=re.compile("Anna")).first.click()
    office.get_by_role("link", name="Deze collega kan er niet zijn").click()
    office.get_by_role("button", name="Bekijk wat er gebeurt").click()
    expect(office.get_by_text("Er is nog niets verstuurd")).to_be_visible()
    office.screenshot(path=pictures / "evening-ill.png", full_page=True)
    office.get_by_role("button", name="Verstuur en pas het rooster aan").click()
    expect(office.get_by_text("Gezinnen krijgen meteen bericht")).to_be_visible()
    vlier.command(app, "jobs", "drain")
    told = {}
    for letter in relay.mailroom.since(0):
        if events_of(letter):
            event = event_of(letter)
            told[event.uid] = (event.method, event.starts_at)
    with app.app_context():
        after = {talk.ical_uid: talk.starts_at for talk in annas_talks(world)}
    assert set(told) == set(before), "every family, and nobody else"
    for uid, (method, starts_at) in told.items():
        expected = ("REQUEST", after[uid]) if uid in after else ("CANCEL", before[uid])
        assert (method, starts_at) == expected
        assert after.get(uid) is None or local(after[uid]).date() != local(NOW).date(), "not this evening"
    hall = device(1280)
    hall.goto(f"/hall/{world.tokens['screens']}")
    expect(hall.locator("body")).not_to_contain_text("lokaal anna")


def annas_talks(world: EveningWorld) -> list[Booking]:
    """To come, and not called off."""
    wanted = db.session.query(Booking).filter(
        Booking.leader_id == world.anna.id, Booking.starts_at > now(), Booking.status.in_(("invited", "confirmed"))
    )
    return list(wanted)


def test_a_tap_in_the_classroom_is_read_in_the_hall_and_at_home(
    served: tuple[str, Flask], device: Callable[..., Page], come_in: Callable[[Page, Any], None]
) -> None:
    app = served[1]
    with app.app_context():
        world = an_evening_to_visit(Stage.TODAY)
        on_the_day.run_late(leader_id=world.bo.id, more=0, by=world.by, now=now())
        talk = db.session.query(Booking).filter(Booking.leader_id == world.anna.id, Booking.starts_at > now()).first()
        assert talk is not None
        ties = db.session.query(Guardianship).filter_by(household_id=talk.household_id, pupil_id=talk.pupil_id)
        parent = db.session.get_one(Guardian, ties[0].guardian_id)
        db.session.expunge(parent)
        assert db.session.query(Slot).count()
    anna, family, hall = device(360, has_touch=True, script=False), device(360, script=False), device(1280)
    come_in(anna, world.anna)
    come_in(family, parent)
    hall.goto(f"/hall/{world.tokens['screens']}")
    expect(hall.locator("body")).not_to_contain_text("minuten later")
    anna.goto("/staff/leader/today")
    anna.get_by_role("button", name="+5 minuten").tap()
    anna.get_by_role("button", name="+10 minuten").tap()
    expect(anna.get_by_role("heading", name="U loopt ongeveer 15 minuten uit")).to_be_visible()
    expect(hall.locator(".late")).to_contain_text("ongeveer 15 minuten later", timeout=60_000)  # by itself
    family.goto("/family/")
    expect(family.get_by_text("Het loopt ongeveer 15 minuten uit").first).to_be_visible()
    anna.get_by_role("button", name="Weer op tijd").tap()
    expect(anna.get_by_role("heading", name="U loopt op tijd")).to_be_visible()
    family.goto("/family/")
    expect(family.get_by_text("minuten uit")).to_have_count(0)
