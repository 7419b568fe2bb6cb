"""Families of one leader swap times on their phones; nobody ever learns with whom.

Pages and letters come from processes of their own, as on a school's server, and the letters arrive at a real mail
server. Calendars are read by vobject and libical, which had no hand in writing them.
"""

import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.domain.journal import SYSTEM
from scheduling.models import db
from scheduling.services import feeds, links
from tests.browser.test_every_page import faults_of
from tests.builders import NOW
from tests.calendars.readers import by_vobject, libical_errors
from tests.conftest import SETTINGS
from tests.journeys.test_vlier_in_the_browser import comes_to_pass, running
from tests.journeys.vlier import event_of, link_in, text_of
from tests.mail.relays import LocalRelay
from tests.swapping import Swapping

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

HOURS = ("15.00 uur", "15.20 uur", "15.40 uur", "16.00 uur", "16.20 uur")
"""Of the leader's row; families A, B, C, D hold the first four, and the last is free."""
NAMES = {"A": "Amira", "B": "Bente", "C": "Cyriel", "D": "Dounia"}
COUNTS = re.compile(r"\b(\d+|twee|drie|vier) (andere )?(gezin|ouder|kind|famil|vra|aanbod)", re.IGNORECASE)
SOON = 60_000


@pytest.fixture
def relay() -> Iterator[LocalRelay]:
    with LocalRelay() as running_relay:
        yield running_relay


@pytest.fixture
def served(make_app: Callable[..., Flask], relay: LocalRelay, tmp_path: Path) -> Iterator[tuple[str, Flask]]:
    """The school's server on a day in August: pages from one process, letters from another."""
    shift = str((NOW - datetime.now(UTC)).total_seconds())
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening, time_machine.travel(NOW):
        address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        app = make_app(BASE_URL=address, **relay.settings)
        settings = {name: str(app.config[name]) for name in (*SETTINGS, *relay.settings, "BASE_URL", "DATABASE_URL")}
        environment = os.environ | settings | {"INSTANCE_PATH": str(tmp_path / "instance")}
        place = listening.fileno()
        with running(environment, shift, "serve", str(place), open_for=[place]), running(environment, shift, "worker"):
            yield address, app


@pytest.fixture
def street(
    served: tuple[str, Flask], device: Callable[..., Page], come_in: Callable[[Page, Any], None], relay: LocalRelay
) -> "Street":
    return Street(served, device, come_in, relay)


class Street:
    """Four families, each with a phone of 360 px; C's has no scripts. What they see and get is looked through."""

    def __init__(
        self, served: tuple[str, Flask], device: Callable[..., Page], come_in: Callable[[Page, Any], None],
        relay: LocalRelay,
    ) -> None:  # fmt: skip
        self.base, self.app = served
        self.relay = relay
        self.device = device
        self.come_in = come_in
        self.read: dict[str, int] = {}
        with self.app.app_context():
            world = Swapping(4, 5)
            for letter, name in NAMES.items():
                world.pupils[letter].given_name = name
                world.parents[letter].given_name, world.parents[letter].surname = f"Ouder{name}", f"Van{name}"
                world.pupils[letter].surname = f"Van{name}"
            db.session.commit()
            self.leader = db.session.merge(world.leader)
            self.round_id = world.round.id
            self.mail = {letter: parent.email for letter, parent in world.parents.items()}
            self.mail["leader"] = world.leader.email
            self.uid = {letter: talk.ical_uid for letter, talk in world.talks.items()}
            self.talk = {letter: f"/family/talks/{world.round.id}/{world.pupils[letter].id}" for letter in NAMES}
            self.feed = feeds.issue(staff_id=world.leader.id, by=SYSTEM, now=NOW)
            tokens = {letter: links.issue(guardian_id=world.parents[letter].id, by=SYSTEM, now=NOW) for letter in NAMES}
            db.session.refresh(self.leader)
            db.session.expunge(self.leader)
        self.phone = {letter: self.a_phone(letter, tokens[letter]) for letter in NAMES}

    def a_phone(self, who: str, token: str) -> Page:
        page = self.device(360, script=who != "C", has_touch=True)
        page.set_default_timeout(SOON)
        page.goto(f"/g/{token}")
        page.get_by_role("button", name="Bekijk en antwoord").tap()
        expect(page).to_have_url(re.compile(r"/family/$"))
        return page

    def sees(self, who: str, heading: str) -> Page:
        """This is the heading of the page on this phone, and the page tells nothing of anybody else."""
        page = self.phone[who]
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        self.tells_nothing(who, page.content())
        return page

    def tells_nothing(self, who: str, words: str) -> None:
        """No name, mailbox or talk of another family, and no count."""
        for other in NAMES.keys() - {who}:
            for secret in (NAMES[other], self.mail[other], self.uid[other], self.talk[other]):
                assert secret not in words, f"{who} sees {secret}"
        assert not COUNTS.search(re.sub(r"<[^>]+>|\s+", " ", words)), f"{who} can count others"

    def letter(self, who: str, about: str) -> EmailMessage:
        """The next letter in this mailbox, when it comes; it tells nothing of anybody else."""
        seen = self.read.get(who, 0)
        comes_to_pass(lambda: len(self.mailbox(who)) > seen)
        found = self.mailbox(who)[seen]
        self.read[who] = seen + 1
        assert about in str(found["Subject"]), (who, str(found["Subject"]))
        if who != "leader":
            self.tells_nothing(who, text_of(found))
            self.tells_nothing(who, found.get_body(("html",)).get_content())
            self.tells_nothing(who, str(found["Subject"]) + str(found["To"]) + str(found["Cc"]))
        return found

    def mailbox(self, who: str) -> list[EmailMessage]:
        both = zip(self.relay.mailroom.letters, self.relay.mailroom.addresses, strict=False)
        return [letter for letter, address in both if address == self.mail[who]]

    def offers(self, who: str, *places: int) -> Page:
        page = self.phone[who]
        page.goto(self.talk[who])
        page.get_by_role("link", name=re.compile("^Ruil van tijd")).tap()
        expect(page).to_have_url(re.compile("/swap$"))
        self.sees(who, "Welke tijden passen ook?")
        for place in places:
            page.get_by_label(HOURS[place]).check()
        page.get_by_role("button", name=re.compile("aan en zoek een ruil$")).tap()
        return self.sees(who, "Wij zoeken een andere tijd voor u")

    def stops(self, who: str) -> None:
        page = self.phone[who]
        page.goto("/family/")
        page.get_by_role("link", name="Bekijk of stop het zoeken").tap()
        self.sees(who, "Wij zoeken een andere tijd voor u")
        self.answers(who, "Stop met zoeken, ik houd mijn tijd")
        expect(page).to_have_url(re.compile(re.escape(self.talk[who]) + "$"))
        expect(page.get_by_role("link", name="Bekijk of stop het zoeken")).to_have_count(0)

    def opens_question(self, who: str) -> Page:
        """From the letter to the question, as a parent goes."""
        page = self.phone[who]
        page.goto(link_in(self.letter(who, "Ruilen van tijd?")))
        page.get_by_role("button", name="Bekijk en antwoord").tap()
        expect(page.get_by_role("link", name="Bekijk en antwoord")).to_be_visible()
        self.tells_nothing(who, page.content())
        page.get_by_role("link", name="Bekijk en antwoord").tap()
        return self.sees(who, f"Wilt u van tijd ruilen voor het gesprek van {NAMES[who]}?")

    def answers(self, who: str, button: str) -> None:
        self.phone[who].get_by_role("button", name=re.compile(f"^{button}")).tap()

    def says_yes(self, who: str, *, last: bool = False) -> None:
        self.opens_question(who)
        self.answers(who, "Ja, ik ga naar")
        self.sees(who, "De ruil is gelukt" if last else "Uw ja is binnen. Wij wachten nog op antwoord.")
        if not last:
            self.letter(who, "Uw ja is binnen")

    def says_no(self, who: str) -> None:
        self.opens_question(who)
        self.answers(who, "Nee, ik houd")
        self.sees(who, "U houdt uw tijd")

    def places(self) -> str:
        """Whose talk begins at each of the five times, as the families' own pages say it."""
        row = ["-"] * len(HOURS)
        for who, page in self.phone.items():
            page.goto(self.talk[who])
            hour = page.locator("article .when, main .when").first.inner_text().splitlines()[-1].split(" ")[0]
            row[HOURS.index(f"{hour} uur")] = who
            self.tells_nothing(who, page.content())
        assert self.feed_places() == "".join(row), "the leader's calendar says something else"
        return "".join(row)

    def feed_places(self) -> str:
        answer = self.phone["A"].request.get(f"{self.base}/feed/{self.feed}.ics")
        assert answer.status == 200
        data = answer.body()
        assert libical_errors(data) == 0
        row = ["-"] * len(HOURS)
        for event in by_vobject(data):
            if event["status"] != "CANCELLED":
                who = next(letter for letter, uid in self.uid.items() if uid == event["uid"])
                row[place_of(event["start"])] = who
        return "".join(row)

    def calendar(self, who: str, sequence: int, place: int) -> None:
        """The next letter puts the same appointment at this time, with a higher number."""
        letter = self.letter(who, f"Nieuwe tijd: startgesprek van {NAMES[who]}")
        event = event_of(letter)
        (part,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
        assert libical_errors(part.get_payload(decode=True)) == 0
        assert (event.uid, event.sequence, event.method) == (self.uid[who], sequence, "REQUEST")
        assert event.attendees == [f"mailto:{self.mail[who]}"]
        assert place_of(event.starts_at.astimezone(UTC).isoformat()) == place
        self.tells_nothing(who, json.dumps([str(value) for value in vars(event).values()]))

    def notice(self) -> str:
        return text_of(self.letter("leader", "Gesprekken zijn van tijd gewisseld"))


def place_of(start: str) -> int:
    """Which of the five times begins at this moment."""
    local = datetime.fromisoformat(start).astimezone(datetime.fromisoformat("2027-08-31T15:00:00+02:00").tzinfo)
    return HOURS.index(f"{local:%H.%M} uur")


def test_two_families_swap_and_pages_letters_and_calendars_agree(street: Street, pictures: Path) -> None:
    street.offers("A", 2)
    page = street.opens_question("C")
    assert page.locator("dl.trade").inner_text().count("uur") >= 2
    assert faults_of(street.phone["A"]) == []
    page.screenshot(path=pictures / "swap-question.png", full_page=True)
    page.goto("/family/")
    page.screenshot(path=pictures / "swap-home.png", full_page=True)
    page.go_back()
    street.answers("C", "Ja, ik ga naar dinsdag 31 augustus, 15.00 uur")
    street.sees("C", "De ruil is gelukt")
    street.calendar("C", 1, 0)
    street.calendar("A", 1, 2)
    assert street.places() == "CBAD-"
    notice = street.notice()
    assert "Amira" in notice
    assert "Cyriel" in notice
    assert [len(street.mailbox(who)) for who in "ABCD"] == [1, 0, 2, 0], "who has no part in it hears nothing"


def test_a_ring_of_three_waits_for_every_yes_and_a_late_no_moves_nothing(street: Street) -> None:
    street.offers("A", 1)
    street.says_no("B")
    street.letter("A", "Uw tijd blijft")
    street.offers("B", 2)
    street.says_no("C")
    street.letter("B", "Uw tijd blijft")
    street.offers("C", 0)
    street.says_yes("A")
    street.says_yes("B")
    assert street.places() == "ABCD-", "a part of the yeses moves nothing"
    street.says_no("C")
    for who in "AB":
        street.letter(who, "Uw tijd blijft")
    assert street.places() == "ABCD-"
    assert street.mailbox("leader") == [], "nothing changed for the leader"
    street.phone["B"].goto("/family/")
    street.phone["B"].get_by_role("link", name="Bekijk of stop het zoeken").tap()
    street.sees("B", "Wij zoeken een andere tijd voor u")
    street.phone["B"].get_by_label(HOURS[3]).check()
    street.answers("B", "Bewaar deze tijden")
    street.says_no("D")
    street.letter("B", "Uw tijd blijft")
    street.offers("D", 0)
    for who in "ADB":
        street.says_yes(who, last=who == "B")
    for who, place in (("A", 1), ("B", 3), ("D", 0)):
        street.calendar(who, 1, place)
    assert street.places() == "DACB-"
    notice = street.notice()
    assert all(NAMES[who] in notice for who in "ABD")


def test_who_was_asked_for_an_offer_that_is_withdrawn_reads_that_it_is_no_longer_needed(street: Street) -> None:
    street.offers("A", 2)
    page = street.opens_question("C")
    street.stops("A")
    with page.expect_response(lambda answer: answer.request.method == "POST") as answered:
        street.answers("C", "Ja, ik ga naar")
    assert answered.value.status == 409
    street.sees("C", "U houdt uw tijd")
    expect(page.get_by_text("niet meer nodig of niet meer mogelijk")).to_be_visible()
    page.goto("/family/")
    expect(page.get_by_role("link", name="Bekijk en antwoord")).to_have_count(0)
    assert street.places() == "ABCD-"
    assert [len(street.mailbox(who)) for who in ("A", "C", "leader")] == [0, 1, 0]


def test_a_yes_is_taken_back_by_the_family_and_another_swap_by_the_leader(street: Street, pictures: Path) -> None:
    street.offers("A", 2, 1)
    street.opens_question("B")
    street.says_yes("C", last=True)
    street.calendar("A", 1, 2)
    street.calendar("C", 1, 0)
    street.notice()
    street.answers("C", "Draai terug")
    street.sees("C", "De ruil is teruggedraaid")
    street.calendar("A", 2, 0)
    street.calendar("C", 2, 2)
    assert "teruggedraaid" in street.notice()
    assert street.places() == "ABCD-"
    street.says_yes("B", last=True)
    street.calendar("A", 3, 1)
    street.calendar("B", 1, 0)
    street.notice()
    desk = street.device(1280)
    street.come_in(desk, street.leader)
    desk.goto(f"/staff/leader/rounds/{street.round_id}/swaps")
    desk.screenshot(path=pictures / "swap-desk.png", full_page=True)
    desk.get_by_role("button", name=re.compile("^Draai terug")).click()
    expect(desk.get_by_role("status")).to_contain_text("De ruil is teruggedraaid")
    street.calendar("A", 4, 0)
    street.calendar("B", 2, 1)
    assert "teruggedraaid" in street.notice()
    assert street.places() == "ABCD-"
