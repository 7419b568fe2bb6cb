"""Who chose English reads English: no page of a family or a colleague falls back to Dutch halfway."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from bs4 import BeautifulSoup
from flask import Flask

from tests.visitor import Page, Visitor
from tests.web.test_doors import address, enter, may
from tests.worlds import NOW, World, a_full_world_to_visit

DUTCH = re.compile(
    r"\b(het|een|voor|niet|wij|uw|u|van|er|zijn|naar|dit|deze|die|dat|kunt|kan|geen|nog|ook|wordt|kies|tijd|tijden|"
    r"gesprek|gesprekken|ouder|ouders|leerling|leerlingen|groep|klas|lokaal|rooster|brief|brieven|bewaar|terug|wijzig|"
    r"maandag|dinsdag|woensdag|donderdag|vrijdag|uur|minuten|taal|hoe|wanneer|wie|waar|waarom|alle|bij|om|tot|uit)\b",
    re.I,
)
SPOKEN = ("aria-label", "alt", "title", "placeholder")
SAID_BY_PEOPLE = "bdi, [lang=nl], textarea, code, kbd"
"""Names, keys, and what parents and colleagues wrote themselves, stay as they are."""

OF_THIS_SCHOOL = re.compile(
    r"lokaal 3|lokaal 11|studiedag|zomervakantie|^ouder$|[\w.]+@[\w.]+|leerlingen\.csv|gesprekken\.ics|"
    r"Code; Datum; Van; Tot; Lokaal|van; tot_en_met; soort; omschrijving"
)
"""What is data on these pages; the columns of a school's files keep their own names too."""


@pytest.fixture(scope="module")
def at_noon() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


@pytest.fixture
def world(app: Flask, at_noon: None) -> World:
    with app.app_context():
        return a_full_world_to_visit()


@pytest.mark.parametrize("actor", ["stranger", "Layla", "Bas", "office", "supervisor"])
def test_a_page_in_english_says_nothing_in_dutch(app: Flask, world: World, actor: str):
    visitor = in_english(enter(app, world, actor))
    assert {page.address: dutch_on(page) for page in pages(app, visitor, world, actor) if dutch_on(page)} == {}


@pytest.mark.parametrize(
    ("answer", "status"), [("confirm", 200), ("cancel", 200), ("call", 409), ("time", 422), ("topics", 422)]
)
def test_what_follows_an_answer_is_in_english_too(app: Flask, world: World, answer: str, status: int):
    visitor = in_english(enter(app, world, "Layla"))
    after = visitor.posts(f"/family/talks/{world.start.id}/{world.sami.id}/{answer}", status=status)
    assert [dutch_on(page) for page in (after, visitor.opens("/family/"))] == [[], []]


def in_english(visitor: Visitor) -> Visitor:
    visitor.client.post("/language", data={"language": "en", "csrf_token": visitor.csrf()})
    return visitor


def pages(app: Flask, visitor: Visitor, world: World, actor: str) -> Iterator[Page]:
    """Every page this person may open."""
    for rule in app.url_map.iter_rules():
        if "GET" in rule.methods and rule.endpoint != "static" and may(rule, actor):
            answer = visitor.client.get(address(app, rule, world), follow_redirects=True)
            if answer.mimetype == "text/html":
                yield Page(visitor, answer, answer.status_code)


def dutch_on(page: Page) -> list[str]:
    """The Dutch words among what this page says, with their neighbours."""
    soup = BeautifulSoup(page.html, "html.parser")
    assert soup.html["lang"] == "en", page.address
    for said in soup.select(SAID_BY_PEOPLE):
        said.decompose()
    spoken = [str(tag[name]) for tag in soup.find_all(True) for name in SPOKEN if tag.has_attr(name)]
    texts = [" ".join(text.split()) for text in soup.find_all(string=True)] + spoken
    return sorted({text for text in texts if DUTCH.search(OF_THIS_SCHOOL.sub("", text))})
