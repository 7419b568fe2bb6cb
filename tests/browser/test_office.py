"""The office in a real browser: from the school's own files to letters that have arrived, page by page."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.jobs import drain
from scheduling.models import Booking, Guardian, Outbox, Pupil, Slot, db
from scheduling.samples.writing import write_sample
from tests.browser.test_looks import sheets_of
from tests.mail.relays import LocalRelay
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

OFFICE, PASSWORD = "kantoor@linde.example.org", "vier woorden zonder onderling verband"
FILES = ("leerlingen.csv", "verzorgers.csv", "personeel.csv", "klassen.csv", "lokalen.csv", "kalender_2027-2028.csv")


@pytest.fixture
def relay() -> Iterator[LocalRelay]:
    with LocalRelay() as running:
        yield running


@pytest.fixture
def make_app(make_app: Callable[..., Flask], relay: LocalRelay) -> Callable[..., Flask]:
    """Apps that send their letters to a mail server of this test."""
    return lambda **extra: make_app(**relay.settings, **extra)


def test_the_office_goes_from_its_files_to_invited_families(
    served: tuple[str, Flask], device: Callable[..., Page], relay: LocalRelay, tmp_path: Path
) -> None:
    app, page = served[1], device(1280)
    files = tmp_path / "files"
    write_sample("linde", files, year="2027-2028")
    set_up(app)
    signs_in(page)
    pupils = reads_the_files(page, files)
    with app.app_context():
        assert db.session.query(Pupil).count() == pupils > 200
    makes_a_round(page, files)
    gets_a_roster(page, app)
    sends_the_letters(page, app, relay)


def set_up(app: Flask) -> None:
    done = app.test_cli_runner().invoke(
        args=["setup", "--school", "De Linde", "--region", "NL-MI", "--sector", "po", "--email", OFFICE,
              "--password", PASSWORD, "--year", "2027-2028"]
    )  # fmt: skip
    assert done.exit_code == 0, done.output


def signs_in(page: Page) -> None:
    page.goto("/staff/office/rounds")
    page.get_by_label("E-mailadres van school").fill(OFFICE)
    page.get_by_label("Wachtwoord").fill("niet dit wachtwoord")
    page.get_by_role("button", name="Log in").click()
    expect(page).to_have_title(re.compile("^Fout: "))
    page.get_by_label("Wachtwoord").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("button", name="Log uit")).to_be_visible()


def reads_the_files(page: Page, files: Path) -> int:
    """Choose, look, save; how many pupils came in."""
    page.get_by_role("link", name="Inlezen").first.click()
    page.get_by_label("Kies de bestanden").set_input_files([files / name for name in FILES])
    page.get_by_role("button", name="Lees en laat zien").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Klaar om te bewaren")
    row = page.get_by_role("row").filter(has=page.get_by_role("rowheader", name="Leerlingen", exact=True))
    pupils = int(row.get_by_role("cell").first.inner_text())
    page.get_by_role("button", name="Bewaar alles").click()
    expect(page.locator(".note.good")).to_contain_text(f"{pupils} nieuwe leerlingen")
    return pupils


def makes_a_round(page: Page, files: Path) -> None:
    page.get_by_role("link", name="Rondes", exact=True).click()
    page.get_by_role("link", name=re.compile("Maak een ronde")).first.click()
    page.get_by_label("Naam van de ronde").fill("Startgesprekken")
    for tick in page.get_by_role("group", name="Voor welke klassen?").get_by_role("checkbox").all()[4:]:
        tick.uncheck()
    page.get_by_label("Bestand met tijden").set_input_files(files / "availability.csv")
    page.get_by_role("button", name="Maak de ronde").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Startgesprekken")
    expect(page.get_by_role("heading", name="Nu het rooster")).to_be_visible()


def gets_a_roster(page: Page, app: Flask) -> None:
    """Ask, let the worker work, look why, publish."""
    page.get_by_role("link", name="Naar het rooster").click()
    page.get_by_role("button", name="Maak een concept").click()
    expect(page.get_by_role("status")).to_contain_text("Wij maken nu het rooster")
    with app.app_context():
        drain()
        assert not db.session.query(Booking).count(), "a draft is no promise"
    page.reload()
    expect(page.locator(".figures")).to_contain_text("Bewezen")
    placed, talks = map(int, page.locator(".figure b").first.inner_text().split("/"))
    assert placed == talks > 50
    page.get_by_role("button", name=re.compile(rf"^Geef {placed} gezinnen deze tijd")).click()
    expect(page.get_by_role("status")).to_contain_text(f"{placed} gezinnen hebben nu deze tijd")
    with app.app_context():
        assert db.session.query(Booking).count() == placed
        assert db.session.query(Slot).filter(Slot.booking_id.is_not(None)).count() >= placed
        assert not db.session.query(Outbox).count(), "publishing sends nothing"


def sends_the_letters(page: Page, app: Flask, relay: LocalRelay) -> None:
    """A trial to oneself first; then everybody once, however often the button is pressed."""
    page.get_by_role("link", name="Naar de uitnodigingen").click()
    page.get_by_role("link", name="Bekijk wie wat krijgt Startgesprekken").first.click()
    page.get_by_role("button", name="Stuur eerst een proef aan mij").click()
    with app.app_context():
        drain()
    assert relay.mailroom.addresses == [OFFICE]
    send = page.get_by_role("button", name=re.compile(r"^Verstuur \d+ uitnodigingen"))
    (number,) = re.findall(r"\d+", send.inner_text())
    send.click(click_count=2)
    expect(page.get_by_role("heading", name=f"0 van {number} berichten zijn weg")).to_be_visible()
    with app.app_context():
        assert drain()["sent"] == int(number)
    page.get_by_role("link", name="Ververs").click()
    expect(page.get_by_role("heading", name=f"{number} van {number} berichten zijn weg")).to_be_visible()
    assert len(relay.mailroom.addresses) == int(number) + 1
    page.get_by_role("link", name="Bekijk iedereen met naam").click()
    # Per class, folded: every name is on the page.
    expect(page.locator("tbody tr").filter(has_text="✓ Verstuurd")).to_have_count(int(number))


def test_letters_on_paper_take_one_sheet_for_each_person(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None]
) -> None:
    with served[1].app_context():
        for person in (world.ruud, world.els, world.petra):
            db.session.get(Guardian, person.id).email = ""
        db.session.commit()
    page = device(1280)
    come_in(page, world.office)
    page.goto(f"/staff/office/mailings/{world.start.id}/invitation")
    page.get_by_role("button", name=re.compile("brieven om te printen")).click()
    letters = page.locator("article.sheet")
    expect(letters.first).to_be_visible()
    assert sheets_of(page) == letters.count()
    page.emulate_media(media="print")
    expect(page.locator("header.top")).to_be_hidden()
