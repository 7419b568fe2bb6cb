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
from tests.evening_worlds import Stage, an_evening_to_visit
from tests.web.test_evening_pages import PAGES, address_of

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


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
