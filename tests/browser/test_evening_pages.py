"""The pages of a contact evening at each of its stages, in a real browser: whole, accessible, and no sideways scroll.

`test_every_page.py` walks a school with start conversations; these pages show something else there, or nothing at all.
Pictures go to test-output/pictures, to be looked at.
"""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from tests.browser.test_every_page import looked_at
from tests.evening_worlds import EveningWorld, Stage, an_evening_to_visit
from tests.web.test_doors import address

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

PAGES = {
    (Stage.ASKED, "layla"): ("family.home", "family.requests"),
    (Stage.ASKED, "anna"): ("leader.roster", "leader.requests", "leader.list", "leader.times"),
    (Stage.ASKED, "office"): (
        "office.rounds", "office.new_evenings", "office.round", "office.round_class", "office.round_settings",
        "office.round_minutes", "office.round_copy", "office.round_times", "office.leader_hours", "office.leader_room",
        "office.requests", "office.requests?which=silent", "office.requests_of", "office.leader_requests",
        "office.mailings", "office.mailing", "office.rosters", "office.roster", "office.roster?per=teachers",
        "office.roster?per=families", "office.roster?talk={talk}", "office.roster?talk={missed}",
        "office.compare_rosters",
    ),
    (Stage.PLANNED, "layla"): (
        "family.home", "family.requests", "family.more_requests", "family.talk?request={request}",
        "family.times?request={request}", "family.check_time?request={request}", "family.ask_cancel?request={request}",
        "family.swap?request={request}",
    ),
    (Stage.PLANNED, "anna"): (
        "leader.roster", "leader.list", "leader.sheet", "leader.talk", "leader.move", "leader.requests", "leader.away",
        "leader.check_away?from_day={day}&until_day={day}", "leader.swaps",
    ),
    (Stage.PLANNED, "office"): (
        "office.round", "office.round_class", "office.requests", "office.requests_of", "office.rosters",
        "office.roster", "office.roster?per=teachers", "office.roster?per=families", "office.mailing", "office.swaps",
        "office.leaders", "office.leader_roster", "office.pupil", "office.leader_room",
    ),
    (Stage.TODAY, "layla"): ("family.home", "family.talk?request={request}"),
    (Stage.TODAY, "anna"): (
        "leader.today", "leader.roster", "leader.talk", "leader.afterwards",
        "leader.check_away?from_day={day}&until_day={day}",
    ),
    (Stage.TODAY, "office"): (
        "office.welcome", "office.doors", "office.signs", "office.screens", "office.leader_today", "screens.show",
    ),
}  # fmt: skip
"""By stage and by person: endpoints, with what is asked for behind the question mark."""


@pytest.mark.parametrize(("stage", "who"), PAGES, ids=lambda part: str(part))
def test_every_page_of_an_evening_is_accessible_and_fits(
    stage: Stage, who: str, served: tuple[str, Flask], device: Callable[..., Page],
    come_in: Callable[[Page, Any], None], pictures: Any,
) -> None:  # fmt: skip
    app, page = served[1], device(320)
    blocked: list[str] = []
    page.on("console", lambda said: blocked.append(said.text) if said.type == "error" else None)
    with app.app_context():
        world = an_evening_to_visit(stage)
    come_in(page, getattr(world, who))
    faults = []
    for name in PAGES[stage, who]:
        answer = page.goto(address_of(app, name, world))
        assert answer is not None
        if answer.status != 200:
            faults.append(f"{name} answers {answer.status}")
        picture = f"evening-{stage}-{name.replace('?', '-').replace('{', '').replace('}', '')}"
        faults += [f"{name}: {fault}" for fault in looked_at(page, str(pictures / picture))]
    assert faults + blocked == []


def address_of(app: Flask, name: str, world: EveningWorld) -> str:
    endpoint, _, query = name.partition("?")
    (rule,) = (one for one in app.url_map.iter_rules(endpoint) if "GET" in (one.methods or ()))
    return f"{address(app, rule, world)}?{query.format(**world.arguments())}"
