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
from tests.worlds import World

pytestmark = pytest.mark.browser

WALKERS = {"stranger": None, "Layla": "layla", "Bas": "bas", "office": "office", "supervisor": "supervisor"}
NOT_A_PAGE = ("static", "health.", "feeds.", "demo.")
AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
DEVICES = {"phone": {"width": 320}, "desk": {"width": 1280, "dark": True}}


def pages_of(app: Flask, actor: str) -> list[Rule]:
    """The pages that are meant for this person, and not for everybody who stands before them in this list."""
    earlier = set().union(*(ACTORS[name] for name in list(WALKERS)[: list(WALKERS).index(actor)]), set())
    return [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in rule.methods
        and not rule.endpoint.startswith(NOT_A_PAGE)
        and not str(rule).endswith((".ics", ".csv", ".xlsx", ".txt"))
        and set(WHO[rule.endpoint].split(" or ")) & ACTORS[actor]
        and not set(WHO[rule.endpoint].split(" or ")) & earlier
    ]


@pytest.mark.parametrize("device_name", DEVICES)
@pytest.mark.parametrize("actor", WALKERS)
def test_every_page_is_accessible_and_fits(
    actor: str, device_name: str, served: tuple[str, Flask], world: World, device: Callable[..., Page],
    come_in: Callable[[Page, Any], None], pictures: Any,
) -> None:  # fmt: skip
    app = served[1]
    page = device(**DEVICES[device_name])
    blocked: list[str] = []
    page.on("console", lambda said: blocked.append(said.text) if said.type == "error" else None)
    if WALKERS[actor]:
        come_in(page, getattr(world, WALKERS[actor]))
    faults = []
    for rule in pages_of(app, actor):
        answer = page.goto(address(app, rule, world))
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        page.screenshot(path=pictures / f"{rule.endpoint}-{device_name}.png", full_page=True)
        faults += [f"{rule}: {fault}" for fault in faults_of(page)]
    # A page that is not there answers 404, and the browser says so in its console: that is not a fault of the page.
    blocked = [line for line in blocked if "status of 4" not in line]
    assert faults + blocked == []


def faults_of(page: Page) -> list[str]:
    """What axe finds, and whether the page scrolls sideways."""
    found = Axe().run(page, options=AXE).response["violations"]
    faults = [f"{each['id']} at {each['nodes'][0]['target']}" for each in found]
    if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
        faults.append("scrolls sideways")
    return faults
