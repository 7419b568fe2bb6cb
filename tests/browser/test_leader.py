"""A leader at work: by keyboard alone, and on a phone during the talk."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from scheduling.models import Booking, CommunicationPlan, PlanForm, db
from tests.worlds import World

pytestmark = pytest.mark.browser


def test_a_leader_moves_a_talk_by_keyboard_alone_and_without_scripts(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None]
) -> None:
    page = device(script=False)
    come_in(page, world.bas)
    page.goto(f"/staff/leader/talks/{world.samis_talk.id}")
    tab_to(page, "Verplaats dit gesprek")
    page.keyboard.press("Enter")
    page.wait_for_url("**/move")
    tab_to(page, "16.00 uur")
    page.keyboard.press("Space")
    tab_to(page, "Verder")
    page.keyboard.press("Enter")
    page.wait_for_url("**/check**")
    tab_to(page, "Het gezin weet het al")
    page.keyboard.press("Space")
    tab_to(page, "Verplaats naar")
    page.keyboard.press("Enter")
    page.wait_for_url("**/talks/*done=moved")
    assert "16.00 tot 16.20 uur" in page.inner_text("main")
    with served[1].app_context():
        booking = db.session.get(Booking, world.samis_talk.id)
        assert booking.starts_at == world.bas_slots[3].starts_at


def test_an_agreement_takes_a_few_taps_on_a_phone(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None]
) -> None:
    with served[1].app_context():
        db.session.query(PlanForm).delete()
        db.session.query(CommunicationPlan).delete()
        db.session.commit()
    page = device(width=360, script=False, has_touch=True)
    come_in(page, world.bas)
    page.goto("/staff/leader/")
    started = time.perf_counter()
    page.get_by_role("link", name="Leg de afspraak vast").first.tap()
    for words in ("Bellen", "na elk rapport", "Ja", "Layla Yilmaz"):
        page.get_by_label(words, exact=True).tap()
    page.get_by_role("button", name="Bewaar de afspraak").tap()
    page.get_by_text("De afspraak is bewaard").wait_for()
    assert time.perf_counter() - started < 20
    with served[1].app_context():
        plan = db.session.query(CommunicationPlan).one()
        assert (plan.rhythm, plan.agreed_with) == ("na elk rapport", "Sami, Layla Yilmaz")


def tab_to(page: Page, words: str) -> None:
    """Press Tab until the focus stands on something that says these words."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if words in focused(page):
            return
    raise AssertionError(f"the keyboard never reaches {words!r}")


def focused(page: Page) -> str:
    # Playwright's own evaluation works with page scripts off.
    said = page.evaluate(
        "() => { const at = document.activeElement; return (at.closest('label') || at).innerText || '' }"
    )
    return " ".join(str(said).split())
