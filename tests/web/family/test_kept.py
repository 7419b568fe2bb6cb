"""The page "Wat wij van u bewaren": of each school year what is kept, under that year's own term."""

from datetime import timedelta

import pytest
import time_machine
from flask import Flask

from scheduling.domain.links import HolderKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.models import AccessLink, Guardian, Outbox, db
from tests.builders import NOW, a_year
from tests.visitor import Page, Visitor
from tests.worlds import World, a_world_to_visit, an_adult


@pytest.fixture
def world(app: Flask) -> World:
    with app.app_context():
        return a_world_to_visit()


@pytest.fixture(autouse=True)
def in_august():
    with time_machine.travel(NOW, tick=False):
        yield


def kept(app: Flask, person: Guardian) -> Page:
    with app.app_context():
        visitor = Visitor(app).comes_by_link(person)
    return visitor.opens("/family/kept")


def sections(page: Page) -> dict[str, str]:
    """Per heading the text until the next one."""
    found = {}
    for heading in page.soup.find_all("h2"):
        found[heading.get_text(" ", strip=True)] = heading.find_next_sibling("dl").get_text(" ", strip=True)
    return found


def test_each_school_year_stands_under_its_own_term(app, world):
    with app.app_context():
        last = a_year("2026-2027")
        db.session.add_all([
            AccessLink(
                token_hash="of last year", kind=HolderKind.GUARDIAN, guardian_id=world.layla.id, year_id=last.id,
                created_at=NOW, expires_at=NOW + timedelta(days=10),
            ),
            Outbox(
                dedup_key="link", letter=Letter.LINK, lane=1, guardian_id=world.layla.id, address="", stamp=NOW,
                message_id="link", not_before=NOW, created_at=NOW - timedelta(days=100), state=OutboxState.SENT,
            ),
        ])  # fmt: skip
        db.session.commit()
    page = kept(app, world.layla)
    found = sections(page)
    this, before = found["Van schooljaar 2027-2028"], found["Van schooljaar 2026-2027"]
    assert "2 gesprekken" in this
    assert "1 onderwerp " in this
    assert "1 afspraak" in this
    assert "31 juli 2029" in this
    assert "30 augustus 2028" in this
    assert "0 gesprekken" in before
    assert "1 brief" in before
    assert "1 persoonlijke link" in before
    assert "31 juli 2028" in before
    assert "30 augustus 2027" in before
    assert "tot 92 dagen nadat uw laatste kind van school is" in page.text


def test_the_openings_of_the_link_are_told_with_their_own_term(app, world):
    found = sections(kept(app, world.layla))
    assert "1 keer dat u uw link opende: alleen het tijdstip 30 dagen" in found["Van uw bezoek aan deze pagina's"]


def test_a_grown_pupil_reads_the_own_term(app, world):
    with app.app_context():
        visitor = Visitor(app).comes_by_link(an_adult(world))
    page = visitor.opens("/family/kept")
    assert "tot 92 dagen nadat u van school bent" in page.text
    assert "0 gesprekken" in sections(page)["Van schooljaar 2027-2028"]


def test_of_the_other_home_nothing_is_counted(app, world):
    found = sections(kept(app, world.ruud))["Van schooljaar 2027-2028"]
    assert "1 gesprek:" in found
    assert "0 onderwerpen" in found
    assert "0 afspraken" in found
