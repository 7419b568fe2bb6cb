"""The whole run of a large school in a real browser: the office at a desk, three families on a phone, their mentor.

Vlierhof College again, but every step is a page. The pages and the letters come from processes of their own, as on a
school's server; the letters arrive at a real mail server. Pictures of the office's pages are kept, to be looked at.
"""

import os
import re
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.samples.writing import write_sample
from tests.conftest import SETTINGS
from tests.journeys import vlier
from tests.journeys.vlier import OFFICE, PASSWORD, ROUND, YEAR, event_of, link_in
from tests.mail.relays import LocalRelay

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(1500)]

HOME = Path(__file__).parents[2]
FILES = (
    "leerlingen.csv", "verzorgers.csv", "docenten.csv", "klassen.csv", "lokalen.csv", f"kalender_{YEAR}.csv",
)  # fmt: skip
SOON, LONG = 60_000, 900_000
"""Milliseconds: for a page, and for all letters."""
TALKS = """() => [...document.querySelectorAll('td > time')].map(at => {
  const row = at.closest('tr')
  return {pupil: row.cells[0].textContent, starts_at: at.dateTime, leader: row.cells[2].textContent}
})"""


@pytest.fixture
def relay() -> Iterator[LocalRelay]:
    with LocalRelay() as running:
        yield running


@pytest.fixture
def served(make_app: Callable[..., Flask], relay: LocalRelay, tmp_path: Path) -> Iterator[tuple[str, Flask]]:
    """The school's server on a day in August: pages from one process, letters and rosters from another."""
    shift = str((vlier.IN_AUGUST - datetime.now(UTC)).total_seconds())
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening, time_machine.travel(vlier.IN_AUGUST):
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = make_app(BASE_URL=address, **relay.settings)
        settings = {name: str(app.config[name]) for name in (*SETTINGS, *relay.settings, "BASE_URL", "DATABASE_URL")}
        environment = os.environ | settings | {"INSTANCE_PATH": str(tmp_path / "instance")}
        place = listening.fileno()
        with running(environment, shift, "serve", str(place), open_for=[place]), running(environment, shift, "worker"):
            yield address, app


@contextmanager
def running(environment: dict[str, str], shift: str, *what: str, open_for: list[int] | None = None) -> Iterator[None]:
    command = [sys.executable, "-m", "tests.journeys.on_a_day", shift, *what]
    process = subprocess.Popen(command, cwd=HOME, env=environment, pass_fds=open_for or ())
    try:
        yield
        assert process.poll() is None, f"{what[0]} has stopped"
    finally:
        process.terminate()
        process.wait(timeout=60)


@pytest.fixture
def picture(pictures: Path) -> Callable[[Page, str], None]:
    """Keep a page as it is seen now."""
    return lambda page, name: page.screenshot(path=pictures / f"vlier-{name}.png", full_page=True)


def test_a_large_school_goes_from_its_files_to_the_leaders_calendar_page_by_page(
    served: tuple[str, Flask], device: Callable[..., Page], relay: LocalRelay, tmp_path: Path,
    picture: Callable[[Page, str], None],
) -> None:  # fmt: skip
    """One story; each step builds on the one before."""
    app, files, office = served[1], tmp_path / "files", device(1280)
    office.set_default_timeout(SOON)
    write_sample("vlier", files, year=YEAR)
    vlier.command(app, *vlier.SETUP)
    signs_in(office, OFFICE)
    reads_the_files(office, files, picture)
    makes_a_round(office, files, picture)
    talks = gets_the_best_roster(office, picture)
    letters = sends_every_letter_once(office, relay, picture)
    the_letters_say_what_the_page_says(app, letters, relay.mailroom.addresses, talks)
    chosen = vlier.three_families_of_one_leader(letters, relay.mailroom.addresses[1:], vlier.bookings_of(app))
    answers = three_families_answer(app, device, relay, chosen)
    leader = comes_in_as_leader(office, device, relay, answers.leader)
    the_leader_sees_the_answers(leader, answers, picture)
    the_calendar_says_what_the_list_says(leader, answers)
    the_office_sees_how_far_the_round_is(office, picture)


def signs_in(page: Page, email: str, password: str = PASSWORD) -> None:
    page.goto("/staff/")
    page.get_by_label("E-mailadres van school").fill(email)
    page.get_by_label("Wachtwoord").fill(password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Log uit")).to_be_visible()


def reads_the_files(page: Page, files: Path, picture: Callable[[Page, str], None]) -> None:
    """Choose, look, save."""
    page.get_by_role("link", name="Inlezen").first.click()
    page.get_by_label("Kies de bestanden").set_input_files([files / name for name in FILES])
    page.get_by_role("button", name="Lees en laat zien").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Klaar om te bewaren")
    for kind, count in (("Leerlingen", "1200"), ("Groepen", "48")):
        row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name=kind, exact=True))
        expect(row.get_by_role("cell").first).to_have_text(count)
    picture(page, "1-preview")
    page.get_by_role("button", name="Bewaar alles").click()
    expect(page.locator(".note.good")).to_contain_text("1200 nieuwe leerlingen")
    picture(page, "2-saved")


def makes_a_round(page: Page, files: Path, picture: Callable[[Page, str], None]) -> None:
    """All classes; the times of the sixty mentors from their file."""
    page.get_by_role("link", name="Rondes", exact=True).click()
    page.get_by_role("link", name=re.compile("Maak een ronde")).first.click()
    page.get_by_label("Naam van de ronde").fill(ROUND)
    classes = page.get_by_role("group", name="Voor welke klassen?").get_by_role("checkbox")
    expect(classes).to_have_count(48)
    picture(page, "3-new-round")
    page.get_by_role("button", name="Maak de ronde").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tijden van de collega's")
    picture(page, "4-no-times")
    page.get_by_label("Bestand met tijden").set_input_files(files / "availability.csv")
    page.get_by_role("button", name="Lees het bestand").click()
    expect(page.get_by_role("status")).to_contain_text("De tijden zijn bewaard")
    expect(page.get_by_text("nog geen tijden")).to_have_count(0)
    picture(page, "5-times")
    page.get_by_role("link", name=ROUND).click()
    expect(page.get_by_role("heading", name="Nu het rooster")).to_be_visible()
    picture(page, "6-round")


def gets_the_best_roster(page: Page, picture: Callable[[Page, str], None]) -> list[dict[str, str]]:
    """Ask, wait while the worker works, look, publish; every talk as the page tells it."""
    page.get_by_role("link", name="Naar het rooster").click()
    picture(page, "7-rosters")
    page.get_by_role("button", name="Maak een concept").click()
    expect(page.get_by_role("status")).to_contain_text("Wij maken nu het rooster")
    picture(page, "8-waiting")
    figures = page.locator(".figures")  # the page shows it by itself
    expect(figures).to_contain_text("Bewezen", timeout=LONG)
    expect(figures).to_contain_text("1200/1200")
    adjoining, pairs = map(int, figures.get_by_text(re.compile("sluiten aan")).locator("b").inner_text().split("/"))
    assert 300 < adjoining <= pairs
    picture(page, "9-draft")
    page.get_by_text("van 27 met een tijd").first.click()
    expect(page.locator("details[open] tbody tr")).to_have_count(27)
    page.get_by_role("button", name="Geef 1200 gezinnen deze tijd").click()
    expect(page.get_by_role("status")).to_contain_text("1200 gezinnen hebben nu deze tijd")
    talks = page.evaluate(TALKS)
    assert len(talks) == 1200
    picture(page, "10-published")
    return talks


def sends_every_letter_once(page: Page, relay: LocalRelay, picture: Callable[[Page, str], None]) -> list[EmailMessage]:
    """A trial to oneself, then everybody; the page tells how far it is until all are gone."""
    page.get_by_role("link", name="Naar de uitnodigingen").click()
    page.get_by_role("link", name=f"Bekijk wie wat krijgt {ROUND}").first.click()
    send = page.get_by_role("button", name=re.compile(r"^Verstuur \d+ uitnodigingen"))
    (number,) = re.findall(r"\d+", send.inner_text())
    picture(page, "11-invitation")
    page.get_by_role("button", name="Stuur eerst een proef aan mij").click()
    expect(page.get_by_role("status")).to_contain_text("De proef komt naar uw eigen mailadres")
    comes_to_pass(lambda: relay.mailroom.addresses == [OFFICE])
    expect(page.locator("progress")).to_have_count(0)  # a trial is no part of what the families get
    page.get_by_role("button", name=re.compile(r"^Verstuur \d+ uitnodigingen")).click(click_count=2)
    expect(page.locator("progress")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(rf"^[1-9]\d* van {number} "))).to_be_visible(timeout=LONG)
    picture(page, "12-sending")
    expect(page.get_by_role("heading", name=f"{number} van {number} berichten zijn weg")).to_be_visible(timeout=LONG)
    picture(page, "13-sent")
    page.get_by_role("link", name="Bekijk iedereen met naam").click()
    expect(page.locator("tbody tr").filter(has_text="✓ Verstuurd")).to_have_count(int(number))
    picture(page, "14-by-name")
    letters = relay.mailroom.since(1)
    assert len(letters) == int(number) > 1200
    return letters


def the_letters_say_what_the_page_says(
    app: Flask, letters: list[EmailMessage], addresses: list[str], talks: list[dict[str, str]]
) -> None:
    """Every talk on the page is in a letter's calendar or on paper, and no letter names another time or leader."""
    on_page = {(talk["leader"], datetime.fromisoformat(talk["starts_at"])): talk["pupil"] for talk in talks}
    assert len(on_page) == 1200
    for letter in letters:
        event = event_of(letter)
        leader = event.description.splitlines()[0].removeprefix("Met ")
        assert on_page[leader, event.starts_at].split()[0] in vlier.text_of(letter)
    bookings = vlier.bookings_of(app)
    reached = vlier.letters_say_what_the_roster_says(letters, addresses[1:], bookings)
    on_paper = vlier.command(app, "mailings", "send", ROUND, "--letter", "invitation")
    assert on_paper["queued"] == 0, "nobody was forgotten"
    assert len(reached) + len(on_paper["on_paper"]) == 1200


def three_families_answer(
    app: Flask, device: Callable[..., Page], relay: LocalRelay, letters: list[EmailMessage]
) -> SimpleNamespace:
    """Each on a phone, by the link in its own letter: yes, another time, no. Their news comes by mail."""
    before = len(relay.mailroom.addresses)
    yes, other, no = (event_of(letter) for letter in letters)
    homes = [comes_by(letter, device(360, has_touch=True, script=script)) for letter, script in
             zip(letters, (True, False, True), strict=True)]  # fmt: skip
    for home, event in zip(homes, (yes, other, no), strict=True):
        assert event.starts_at in moments_on(home)
    homes[0].get_by_role("button", name="Ja, deze tijd past").tap()
    expect(homes[0].get_by_role("heading", level=1)).to_have_text("Uw tijd staat vast")
    homes[1].get_by_role("link", name="Kies een andere tijd").tap()
    homes[1].locator("label.time").first.tap()
    homes[1].get_by_role("button", name="Verder").tap()
    homes[1].get_by_role("button", name=re.compile("^Bevestig")).tap()
    expect(homes[1].get_by_role("heading", level=1)).to_have_text("Uw tijd staat vast")
    (moved,) = set(moments_on(homes[1])) - {other.starts_at}
    homes[2].get_by_role("link", name="Wij kunnen niet").tap()
    homes[2].get_by_role("button", name="Wij komen niet").tap()
    expect(homes[2].get_by_role("heading", level=1)).to_have_text("Dit gesprek gaat niet door")
    comes_to_pass(lambda: {other.uid: ("REQUEST", moved), no.uid: ("CANCEL", no.starts_at)}.items()
                  <= newest(relay.mailroom.since(before)).items())  # fmt: skip
    leader = vlier.bookings_of(app)[yes.uid].leader
    return SimpleNamespace(yes=yes.starts_at, before=other.starts_at, moved=moved, no=no.starts_at, leader=leader)


def comes_by(letter: EmailMessage, page: Page) -> Page:
    page.goto(link_in(letter))
    page.get_by_role("button", name="Bekijk en antwoord").tap()
    expect(page).to_have_url(re.compile(r"/family/$"))
    return page


def newest(letters: list[EmailMessage]) -> dict[str, tuple[str, datetime]]:
    """What the calendars of these mailboxes show now, by calendar id."""
    events = sorted(map(event_of, letters), key=lambda event: event.sequence)
    return {event.uid: (event.method, event.starts_at) for event in events}


def comes_in_as_leader(office: Page, device: Callable[..., Page], relay: LocalRelay, code: str) -> Page:
    """The office invites the colleague, who chooses a password by the link in the letter."""
    before = len(relay.mailroom.addresses)
    office.get_by_role("link", name="Collega's").first.click()
    office.get_by_role("row").filter(has_text=code).get_by_role("link").click()
    email = office.get_by_label("E-mailadres").input_value()
    office.get_by_role("button", name="Nodig uit").click()
    expect(office.locator(".note.good")).to_contain_text(email)
    comes_to_pass(lambda: email in relay.mailroom.addresses[before:])
    letter = next(one for one in relay.mailroom.since(before) if email in str(one["To"]))
    page = device(1280)
    page.goto(link_in(letter))
    page.get_by_label("Wachtwoord").fill(PASSWORD[::-1])
    page.get_by_role("button", name="Bewaar mijn wachtwoord").click()
    signs_in(page, email, PASSWORD[::-1])
    return page


def the_leader_sees_the_answers(page: Page, answers: SimpleNamespace, picture: Callable[[Page, str], None]) -> None:
    page.get_by_role("link", name="Open mijn rooster").click()
    picture(page, "15-leader")
    page.get_by_role("link", name="Lijst met onderwerpen").click()
    rows = {datetime.fromisoformat(row["at"]): row["words"] for row in page.evaluate(
        "() => [...document.querySelectorAll('tbody tr')].map("
        "row => ({at: row.querySelector('time').dateTime, words: row.cells[2].innerText}))"
    )}  # fmt: skip
    assert {"✓"} == {words[0] for words in (rows[answers.yes], rows[answers.moved])}
    assert answers.no not in rows
    assert answers.before not in rows
    picture(page, "16-leaders-list")


def the_calendar_says_what_the_list_says(page: Page, answers: SimpleNamespace) -> None:
    """The address that a calendar follows, fetched as a calendar would."""
    on_page = set(moments_on(page))
    page.goto("/staff/leader/calendar")
    page.get_by_role("button", name="Maak een agenda-adres").click()
    address = page.get_by_label("Adres", exact=True).input_value()
    with urllib.request.urlopen(address, timeout=60) as answer:  # noqa: S310 - our own server's address
        starts = vlier.live_starts(answer.read().decode())
    assert set(starts) == on_page
    assert len(starts) == len(on_page)
    assert {answers.yes, answers.moved} <= set(starts)


def the_office_sees_how_far_the_round_is(page: Page, picture: Callable[[Page, str], None]) -> None:
    page.get_by_role("link", name="Rondes", exact=True).click()
    page.get_by_role("link", name=ROUND, exact=True).click()
    expect(page.locator(".figures")).to_contain_text("1199/1200")
    expect(page.locator(".figures")).to_contain_text("dit rooster kan niet beter")
    expect(page.get_by_role("heading", name="De gezinnen zijn aan zet")).to_be_visible()
    picture(page, "17-round-answered")


def moments_on(page: Page) -> list[datetime]:
    written: list[Any] = page.evaluate("() => [...document.querySelectorAll('main time')].map(at => at.dateTime)")
    return [datetime.fromisoformat(moment) for moment in written if "T" in moment]


def comes_to_pass(holds: Callable[[], bool], within: float = 120) -> None:
    """Wait for what another process does."""
    until = time.monotonic() + within
    while not holds():
        assert time.monotonic() < until, "this took too long"
        time.sleep(0.2)
