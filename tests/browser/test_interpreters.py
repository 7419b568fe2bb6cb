"""Two families need the same interpreter on one contact evening: from the question to the interpreter's calendar."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.domain.guests import Card, HelpState, Ordered, Way
from scheduling.domain.journal import SYSTEM
from scheduling.domain.mailings import Letter
from scheduling.models import Guardian, Guardianship, Outbox, RosterVersion, Round, Staff, TalkGuest, db
from scheduling.services import guests, rosters
from scheduling.web.clock import now
from tests.browser.test_every_page import SIZES, faults_of
from tests.builders import an_office_worker
from tests.evenings import School

pytestmark = pytest.mark.browser


@dataclass
class Evening:
    office: Staff
    round: Round
    layla: Guardian
    meryem: Guardian


@pytest.fixture
def evening(served: tuple[str, Flask]) -> Evening:
    with served[1].app_context():
        db.session().expire_on_commit = False
        school = School()
        school.times(school.anna, school.bas, school.cas, count=12)
        school.round.wishes_until = now() + timedelta(days=30)
        (layla, (sami,)), (meryem, (tess,)) = school.family("Sami"), school.family("Tess")
        school.asks(layla, sami, school.anna, school.bas)
        school.asks(meryem, tess, school.cas)
        made = Evening(an_office_worker(), school.round, layla, meryem)
        db.session.expunge_all()
        db.session.remove()
        return made


def look(page: Page, name: str, folder: Path) -> None:
    """No fault, and a picture for a person to look at, on a phone and on a desk."""
    for device, width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        page.screenshot(path=str(folder / f"interpreters-{name}-{device}.png"), full_page=True)
    page.set_viewport_size({"width": 360, "height": 740})
    assert faults_of(page) == []


def test_one_interpreter_goes_from_talk_to_talk_and_hears_what_changes(
    served: tuple[str, Flask], evening: Evening, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    pictures: Path,
) -> None:  # fmt: skip
    app, layla = served[1], device(360)
    for parent in (evening.layla, evening.meryem):
        page = layla if parent is evening.layla else device(360)
        come_in(page, parent)
        page.goto(f"/family/requests/{evening.round.id}")
        page.get_by_role("link", name="Tolk bij het gesprek").click()
        page.get_by_label("Welke taal spreekt de tolk?").fill("Tigrinya")
        look(page, "asked", pictures)
        page.get_by_role("button", name="Ja, graag een tolk").click()
        expect(page.get_by_text("De school houdt er rekening mee")).to_be_visible()
        page.goto(f"/family/requests/{evening.round.id}")
        look(page, "beforehand", pictures)
        page.get_by_role("link", name="Praktisch nodig bij het gesprek").click()
        page.get_by_label("Een lokaal op de begane grond").check()
        page.get_by_role("button", name="Bewaar").click()
        expect(page.get_by_role("status")).to_have_text("Bewaard. De school houdt er rekening mee.")
        look(page, "needs", pictures)
        page.get_by_label("Een lokaal op de begane grond").uncheck()
        page.get_by_role("button", name="Bewaar").click()
        expect(page.get_by_role("status")).to_have_text("Bewaard. Er is niets extra nodig.")

    office = device(360)
    come_in(office, evening.office)
    office.goto("/staff/office/interpreters")
    office.get_by_label("Naam", exact=True).fill("Rosa Haile")
    office.get_by_label("Talen").fill("Tigrinya, Amhaars")
    office.get_by_label("E-mail").fill("rosa@tolken.example.org")
    office.get_by_role("button", name="Zet op de lijst").click()
    look(office, "list", pictures)
    office.goto(f"/staff/office/rounds/{evening.round.id}")
    office.get_by_role("link", name="Tolken").click()
    for child in ("Sami", "Tess"):
        office.get_by_role("row", name=child).get_by_role("link", name="Boek").click()
        office.get_by_label("Wie tolkt er?").select_option(label="Rosa Haile (Tigrinya, Amhaars)")
        office.get_by_label("bevestigd", exact=True).check()
        look(office, "order", pictures)
        office.get_by_role("button", name="Bewaar").click()
        expect(office.get_by_role("row", name=child)).to_contain_text("Rosa Haile")

    with app.app_context():
        version = rosters.request(round_id=evening.round.id, seconds=5, by=SYSTEM, now=now())
        rosters.run_one(version_id=version, worker="test", clock=now)
        rosters.publish(round_id=evening.round.id, by=SYSTEM, now=now())
        assert guests.tell(now()) == 3
    office.reload()
    expect(office.get_by_text("Wie komt wanneer")).to_be_visible()
    look(office, "orders", pictures)
    office.get_by_role("link", name="Rosa Haile").click()
    expect(office.get_by_role("row", name="Sami")).to_have_count(2)
    expect(office.get_by_role("row", name="Tess")).to_have_count(1)
    assert office.get_by_text("Yilmaz").count() == 0
    look(office, "sheet", pictures)

    layla.goto("/family/")
    layla.get_by_role("link", name="Wij kunnen niet").first.click()
    layla.get_by_role("button", name="Wij komen niet").click()
    with app.app_context():
        assert guests.tell(now()) == 1
        (off,) = db.session.query(Outbox).filter_by(letter=Letter.GUEST_OFF).all()
        guest = db.session.get_one(TalkGuest, off.facts["guest_id"])
        assert (off.sequence, guest.cancelled_at is not None) == (1, True)
    office.reload()
    expect(office.get_by_role("row", name="Sami")).to_have_count(1)


def test_a_plan_that_needs_an_interpreter_twice_at_one_time_says_so(
    served: tuple[str, Flask], evening: Evening, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    pictures: Path,
) -> None:  # fmt: skip
    with served[1].app_context():
        rosa = guests.add(card=Card("Rosa Haile", "Tigrinya"), by=SYSTEM, now=now())
        for parent in (evening.layla, evening.meryem):
            (own,) = db.session.query(Guardianship).filter_by(guardian_id=parent.id)
            guests.book(
                round_id=evening.round.id, pupil_id=own.pupil_id, household_id=own.household_id,
                order=Ordered("Tigrinya", Way.ON_SITE, HelpState.BOOKED, rosa), by=SYSTEM, now=now(),
            )  # fmt: skip
        version_id = rosters.request(round_id=evening.round.id, seconds=5, by=SYSTEM, now=now())
        rosters.run_one(version_id=version_id, worker="test", clock=now)
        talks = db.session.get_one(RosterVersion, version_id).talks
        hers = next(talk for talk in talks if talk.pupil_id == own.pupil_id)
        mine = next(talk for talk in talks if talk.pupil_id != own.pupil_id)
        mine.starts_at = hers.starts_at
        address = f"/staff/office/rounds/{evening.round.id}/rosters/1"
        talk = f"{address}?talk={hers.id}"
        db.session.commit()
        db.session.remove()
    office = device(360)
    come_in(office, evening.office)
    for name, page in (("plan", address), ("talk", talk)):
        office.goto(page)
        expect(office.get_by_text("Rosa Haile").first).to_be_visible()
        look(office, f"twice-{name}", pictures)
