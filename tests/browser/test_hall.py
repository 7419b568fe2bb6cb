"""The screen in the hall, as it hangs there: to be read from far, by day and at night, and it renews itself."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from scheduling.domain.journal import SYSTEM
from scheduling.models import Booking, Slot, db
from scheduling.services import on_the_day
from scheduling.web.clock import now
from tests.browser.test_every_page import faults_of
from tests.worlds import World

pytestmark = pytest.mark.browser

READABLE = 40
"""CSS pixels of the letters on a full-HD screen: about two and a half centimetres on 43 inches, for four metres."""


@pytest.fixture
def today(served: tuple[str, Flask], world: World) -> World:
    """Sami's and Daan's talks are an hour from now."""
    with served[1].app_context():
        for number, booking_id in enumerate((world.samis_talk.id, world.daans_talk.id)):
            talk = db.session.get_one(Booking, booking_id)
            starts_at = now().replace(second=0, microsecond=0) + timedelta(minutes=5 + 20 * number)
            db.session.query(Slot).filter_by(booking_id=talk.id).update(
                {Slot.starts_at: starts_at, Slot.ends_at: starts_at + timedelta(minutes=20)}
            )
            talk.starts_at, talk.ends_at = starts_at, starts_at + timedelta(minutes=20)
        db.session.commit()
    return world


def test_the_screen_is_read_from_four_metres_and_says_no_surname(
    served: tuple[str, Flask], today: World, device: Callable[..., Page], pictures: Any
) -> None:
    page = device(1920)
    page.set_viewport_size({"width": 1920, "height": 1080})
    answer = page.goto(f"/hall/{today.tokens['screens']}")
    assert answer is not None
    assert answer.headers["refresh"] == "30"
    assert "Sami" in page.inner_text("main")
    assert "Yilmaz" not in page.content()
    size = page.evaluate("parseFloat(getComputedStyle(document.querySelector('td')).fontSize)")
    assert size >= READABLE
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path=str(pictures / f"hall-{scheme}.png"))
        assert faults_of(page) == []


def test_the_screen_follows_by_itself_without_a_script(
    served: tuple[str, Flask], today: World, device: Callable[..., Page]
) -> None:
    page = device(1280)
    page.goto(f"/hall/{today.tokens['screens']}")
    assert page.locator("script").count() == 0
    assert "minuten later" not in page.inner_text("main")
    with served[1].app_context():
        on_the_day.run_late(leader_id=today.bas.id, more=10, by=SYSTEM, now=now())
    page.wait_for_selector("text=ongeveer 10 minuten later", timeout=60_000)
