"""The menu says where a colleague is, on every page and not only on the first one of a part."""

import pytest
import time_machine
from flask import Flask

from tests.visitor import Page, Visitor
from tests.worlds import NOW, World, a_world_to_visit


@pytest.fixture
def world(app: Flask):
    with time_machine.travel(NOW, tick=False), app.app_context():
        yield a_world_to_visit()


def marked(page: Page) -> list[tuple[str, str]]:
    menu = page.soup.find("nav", attrs={"aria-label": "Hoofdmenu"})
    return [(link.get_text(), str(link["aria-current"])) for link in menu.find_all("a", attrs={"aria-current": True})]


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("rounds/{round}/times/{bas}", "Rondes"), ("rounds/evenings", "Rondes"), ("leaders/{bas}/", "Roosters"),
        ("leaders/{bas}/away", "Roosters"), ("agreements", "Roosters"), ("days/doors", "De dag"),
        ("screens", "De dag"), ("mailings/{round}/invitation", "Brieven"), ("pupils/{sami}", "Mensen"),
        ("classes/{three}", "Mensen"), ("corrections", "Mensen"), ("homes", "Mensen"), ("mailboxes", "Mensen"),
        ("staff/{bas}", "Collega's"), ("staff/new", "Collega's"),
    ],
)  # fmt: skip
def test_a_page_of_the_office_belongs_to_one_place_in_the_menu(app: Flask, world: World, address: str, place: str):
    office = Visitor(app).signs_in(world.office)
    ids = {"round": world.start.id, "bas": world.bas.id, "sami": world.sami.id, "three": world.three.id}
    assert marked(office.opens("/staff/office/" + address.format(**ids))) == [(place, "true")]


def test_the_page_of_a_place_itself_is_the_page_one_is_on(app: Flask, world: World):
    office = Visitor(app).signs_in(world.office)
    assert marked(office.opens("/staff/office/rounds")) == [("Rondes", "page")]
    assert marked(office.opens("/staff/")) == []


def test_every_page_of_a_leader_belongs_to_the_roster_unless_it_has_a_place_of_its_own(app: Flask, world: World):
    bas = Visitor(app).signs_in(world.bas)
    assert marked(bas.opens("/staff/leader/")) == [("Mijn rooster", "page")]
    assert marked(bas.opens("/staff/leader/away")) == [("Mijn rooster", "true")]
    assert marked(bas.opens(f"/staff/leader/talks/{world.samis_talk.id}")) == [("Mijn rooster", "true")]
    assert marked(bas.opens("/staff/leader/agreements")) == [("Afspraken", "page")]
