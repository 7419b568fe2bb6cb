"""A Flemish school and a college for adults, from the lists of their own systems to the answer of a family."""

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from flask import Flask

from scheduling.domain.people import is_adult
from scheduling.samples.exports import EXPORTS
from scheduling.samples.schools import own_files
from scheduling.samples.systems import guardians
from scheduling.samples.writing import SCHOOLS
from tests.journeys import vlier
from tests.journeys.vlier import IN_AUGUST, OFFICE, PASSWORD, ROUND, YEAR
from tests.mail.relays import LocalRelay
from tests.visitor import Page, Visitor

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


class Story:
    """A school with a mail server, its commands and its office."""

    def __init__(self, app: Flask, folder: Path, relay: LocalRelay) -> None:
        self.app, self.folder, self.relay = app, folder, relay

    def command(self, *words: str) -> Any:
        return vlier.command(self.app, *words)

    def begins(self, name: str, region: str, sector: str) -> Visitor:
        """Set up, and sign in as the office."""
        self.command(
            "setup", "--school", name, "--region", region, "--sector", sector, "--email", OFFICE,
            "--password", PASSWORD, "--year", YEAR,
        )  # fmt: skip
        return Visitor(self.app).opens("/staff/sign-in").presses("Log in", email=OFFICE, password=PASSWORD).visitor

    def plans(self, availability: bytes, *, minutes: int) -> SimpleNamespace:
        """A round in which every pupil gets a time, and its letters."""
        hours = self.folder / "availability.csv"
        hours.write_bytes(availability)
        self.command(
            "rounds", "create", "--kind", "start_conversation", "--name", ROUND, "--availability", str(hours),
            "--slot-minutes", str(minutes),
        )  # fmt: skip
        draft = self.command("rosters", "generate", ROUND, "--seconds", "5")
        self.command("rosters", "publish", ROUND)
        sent = self.command("mailings", "send", ROUND, "--letter", "invitation")
        posted = self.command("jobs", "drain")
        return SimpleNamespace(placed=draft["placed"], unplaced=draft["unplaced"], **sent, posted=posted["sent"])


@pytest.fixture
def story(tmp_path: Path, make_app: Callable[..., Flask]) -> Iterator[Story]:
    with LocalRelay() as relay, time_machine.travel(IN_AUGUST, tick=True):
        yield Story(make_app(**relay.settings), tmp_path, relay)


def choose(office: Visitor, files: dict[str, bytes]) -> Page:
    """The office chooses these files, in this order."""
    uploads = [(io.BytesIO(content), name) for name, content in files.items()]
    fields = {"csrf_token": office.csrf(), "year": YEAR, "files": uploads}
    answer = office.client.post(
        "/staff/office/imports", data=fields, content_type="multipart/form-data", follow_redirects=True
    )
    return Page(office, answer, 200)


def test_a_flemish_school_comes_in_with_its_relations_first_and_every_home_gets_its_letter(story: Story) -> None:
    beuk = SCHOOLS["beuk"](YEAR)
    office = story.begins(beuk.name, "BE-VLG", "po")
    files = dict(reversed(EXPORTS["beuk"]["flemish"].files(beuk).items()))
    preview = choose(office, files)
    assert preview.heading == "Klaar om te bewaren"
    assert "120 nieuwe leerlingen" in preview.presses("Bewaar alles").text
    done = story.plans(own_files(beuk)["availability.csv"], minutes=15)
    assert (done.placed, done.unplaced) == (120, [])
    assert done.posted == done.queued == len(story.relay.mailroom.since(0))
    unreachable = {
        child.number for family in beuk.families for child in family.children
        if not any(parent.email for parent in family.parents)
    }  # fmt: skip
    assert set(done.on_paper) == unreachable
    assert len(unreachable) == 3
    broeck = next(f for f in beuk.families if f.children[0].surname == "Van den Broeck" and len(f.parents) == 2)
    letters = {
        address: letter
        for address, letter in zip(story.relay.mailroom.addresses, story.relay.mailroom.since(0), strict=True)
        if address in {parent.email for parent in broeck.parents}
    }
    assert len(letters) == 2
    for letter in letters.values():
        home = Visitor(story.app).opens(vlier.link_in(letter)).presses("Bekijk en antwoord")
        assert broeck.children[0].given_name in home.text
    home.presses("Ja, deze tijd past")
    talks = vlier.bookings_of(story.app).values()
    (confirmed,) = [talk.pupil for talk in talks if talk.status == "confirmed"]
    assert confirmed in {child.number for child in broeck.children}


def test_at_a_college_an_adult_without_permission_is_not_written_about_to_the_parents(story: Story) -> None:
    kompas = SCHOOLS["mbo"](YEAR)
    office = story.begins(kompas.name, "NL-NO", "mbo")
    files = {**EXPORTS["mbo"]["students"].files(kompas), **guardians(kompas)}
    assert "60 nieuwe leerlingen" in choose(office, files).presses("Bewaar alles").text
    done = story.plans(own_files(kompas)["availability.csv"], minutes=20)
    assert (done.placed, done.unplaced) == (60, [])
    written_to = set(story.relay.mailroom.addresses)
    for family in kompas.families:
        (student,) = family.children
        may_write = not is_adult(student.born, IN_AUGUST.date()) or student.permitted == "J"
        addresses = {parent.email for parent in family.parents}
        assert (addresses <= written_to) is may_write, student.number
        assert may_write or addresses.isdisjoint(written_to)
