"""A parent on a small phone, without JavaScript: to the reception with fewer, and all in the own calendar."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.domain.gatherings import Coming, Details
from scheduling.models import GatheringAnswer, db
from tests.calendars.readers import by_vobject
from tests.web.family.test_gatherings import a_reception
from tests.worlds import World

pytestmark = [pytest.mark.browser]


def test_a_parent_answers_a_reception_changes_it_and_follows_the_calendar(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None]
):
    app = served[1]
    with app.app_context():
        planned = a_reception(world, details=Details(with_pupils=True), day=date(2027, 9, 7))
    page = device(360, script=False)
    come_in(page, world.layla)
    page.goto("/family/")
    page.get_by_role("button", name="Wij komen (3)").click()
    expect(page.get_by_role("status")).to_contain_text("U komt, met 2 volwassenen en 1 kind.")
    page.get_by_label("Hoeveel volwassenen?").fill("1")
    page.get_by_role("button", name="Verander uw antwoord").click()
    expect(page.get_by_role("status")).to_contain_text("U komt, met 1 volwassene en 1 kind.")
    with app.app_context():
        (row,) = db.session.query(GatheringAnswer).filter_by(planned_id=planned)
        assert (row.coming, row.adults, row.children) == (Coming.YES, 1, 1)
    page.get_by_role("link", name="Terug naar uw gesprekken").click()
    expect(page.get_by_text("U komt, met 1 volwassene en 1 kind.")).to_be_visible()
    page.get_by_role("link", name="Alles in uw eigen agenda").click()
    page.get_by_role("button", name="Maak een nieuw adres").click()
    address = page.get_by_label("Adres", exact=True).input_value()
    feed = app.test_client().get(address[address.index("/feed/") :])
    assert "Startreceptie, groep 3" in {event["summary"] for event in by_vobject(feed.data)}
