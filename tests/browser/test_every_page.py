"""Every page a person can open, in a real browser: accessible, no sideways scroll on a small phone, nothing blocked.

Pictures of all pages go to test-output/pictures, to be looked at.
"""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Page
from werkzeug.routing import Rule

from tests.web.test_doors import ACTORS, WHO, address
from tests.worlds import World, a_full_world_to_visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

WALKERS = {"stranger": None, "Layla": "layla", "Bas": "bas", "office": "office", "supervisor": "supervisor"}
NOT_A_PAGE = ("static", "health.", "feeds.", "demo.")
AXE = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    "resultTypes": ["violations"],
}
SIZES = (("phone", 360, 740), ("desk", 1280, 800))
SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


@pytest.fixture
def world(served: tuple[str, Flask]) -> World:
    """With rows in every list: what is not there cannot be looked at."""
    with served[1].app_context():
        return a_full_world_to_visit()


def pages_of(app: Flask, actor: str) -> list[Rule]:
    """The pages that are meant for this person, and not for everybody who stands before them in this list."""
    earlier = set().union(*(ACTORS[name] for name in list(WALKERS)[: list(WALKERS).index(actor)]), set())
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and not rule.endpoint.startswith(NOT_A_PAGE)
        and not str(rule).endswith((".ics", ".csv", ".xlsx", ".txt", "csv, xlsx):form>"))
        and set(WHO[rule.endpoint].split(" or ")) & ACTORS[actor]
        and not set(WHO[rule.endpoint].split(" or ")) & earlier
    ]


@pytest.mark.parametrize("actor", WALKERS)
def test_every_page_is_accessible_and_fits(
    actor: str, served: tuple[str, Flask], world: World, device: Callable[..., Page],
    come_in: Callable[[Page, Any], None], pictures: Any,
) -> None:  # fmt: skip
    app, page = served[1], device(320)
    blocked: list[str] = []
    page.on("console", lambda said: blocked.append(said.text) if said.type == "error" else None)
    if WALKERS[actor]:
        come_in(page, getattr(world, WALKERS[actor]))
    faults = []
    for rule in pages_of(app, actor):
        answer = page.goto(address(app, rule, world))
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        faults += [f"{rule}: {fault}" for fault in looked_at(page, str(pictures / rule.endpoint))]
    # A page that is not there answers 404, and the browser says so in its console: that is not a fault of the page.
    blocked = [line for line in blocked if "status of 4" not in line]
    assert faults + blocked == []


def faults_of(page: Page) -> list[str]:
    """What axe finds, and whether the page scrolls sideways."""
    if not page.evaluate("'axe' in window"):
        page.evaluate(Axe().axe_script)
    found = page.evaluate("options => axe.run(document, options)", AXE)["violations"]
    faults = [f"{each['id']} at {each['nodes'][0]['target']}" for each in found]
    return faults + (["scrolls sideways"] if page.evaluate(SIDEWAYS) else [])


def looked_at(page: Page, picture: str) -> list[str]:
    """The faults on the smallest phone by day and on a desk at night, and pictures of both by day and at night."""
    faults = [f"{fault}, on a phone" for fault in faults_of(page)]
    for device, width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=f"{picture}-{device}-{scheme}.png", full_page=True)
    faults += [f"{fault}, on a desk at night" for fault in faults_of(page)]
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 320, "height": 640})
    return faults
