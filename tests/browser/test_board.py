"""The roster board in a real browser: by keyboard only, without JavaScript, by dragging, on a phone."""

import time
from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from scheduling.models import RosterTalk, RosterVersion, db
from tests.drafting import SLOT, TUESDAY, Draft, a_draft_to_visit

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


@pytest.fixture
def draft(served: tuple[str, Flask]) -> Draft:
    with served[1].app_context():
        return a_draft_to_visit()


@pytest.fixture
def office(device: Callable[..., Page], come_in: Callable[[Page, Any], None], draft: Draft) -> Callable[..., Page]:
    """A device of the office, with Anna's board before it."""

    def make(width: int = 1280, **more: Any) -> Page:
        page = device(width, **more)
        come_in(page, draft.office)
        page.goto(draft.board)
        return page

    return make


def place_of(app: Flask, pupil: Any) -> int | None:
    with app.app_context():
        talk = db.session.query(RosterTalk).join(RosterVersion).filter(RosterTalk.pupil_id == pupil.id).one()
        return None if talk.starts_at is None else (talk.starts_at - TUESDAY) // SLOT


def focused(page: Page) -> str:
    return " ".join(str(page.evaluate("document.activeElement.textContent")).split())


def walks_to_the_week(page: Page) -> None:
    """Tab until the focus is in the table."""
    for _ in range(40):
        if page.evaluate("!!document.activeElement.closest('table[data-grid]')"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("Tab never comes to the week")


def moves_by_keys(page: Page, child: str, steps: int) -> None:
    """M, so many times down, Enter, and Enter again to say yes; the focus is on the child before and after."""
    expect(page.locator(":focus")).to_have_text(child)
    page.keyboard.press("m")
    expect(page.locator("td.held")).to_be_focused()
    for _ in range(abs(steps)):
        page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Ja, ")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text(f"{child} ging van")
    expect(page.locator(":focus")).to_have_text(child)


def drags(page: Page, what: Locator, where: Locator) -> None:
    """As a hand does it: press, move in steps, let go."""
    what.scroll_into_view_if_needed()
    begin, end = what.bounding_box(), where.bounding_box()
    assert begin
    assert end
    page.mouse.move(begin["x"] + 10, begin["y"] + 8)
    page.mouse.down()
    page.mouse.move(begin["x"] + 15, begin["y"] + 20, steps=5)
    page.mouse.move(end["x"] + 20, end["y"] + 15, steps=10)
    page.mouse.up()


def test_five_families_move_within_a_minute_by_keyboard_only(
    served: tuple[str, Flask], office: Callable[..., Page], draft: Draft
) -> None:
    page = office()
    began = time.perf_counter()
    walks_to_the_week(page)
    assert focused(page) == "Sami"
    moves_by_keys(page, "Sami", 6)
    for _ in range(5):
        page.keyboard.press("ArrowUp")
    moves_by_keys(page, "Daan", 4)
    moves_by_keys(page, "Daan", -3)
    page.keyboard.press("ArrowDown")
    moves_by_keys(page, "Aya", 1)
    moves_by_keys(page, "Aya", 3)
    took = time.perf_counter() - began
    print(f"five moves by keyboard: {took:.1f} s")
    assert took < 60
    assert (place_of(served[1], draft.sami), place_of(served[1], draft.daan)) == (6, 2)
    assert place_of(served[1], draft.aya) == 7


def test_keys_hold_put_back_help_and_stop_and_can_be_switched_off(
    served: tuple[str, Flask], office: Callable[..., Page], draft: Draft
) -> None:
    page = office()
    walks_to_the_week(page)
    moves_by_keys(page, "Sami", 6)
    page.keyboard.press("u")
    expect(page.get_by_role("status")).to_contain_text("naar dinsdag 31 augustus, 15.00 uur")
    assert place_of(served[1], draft.sami) == 0
    expect(page.locator(":focus")).to_have_text("Sami")
    page.keyboard.press("p")
    expect(page.get_by_role("status")).to_have_text("Sami staat nu vast.")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Verplaats", exact=True)).to_be_focused()
    page.keyboard.press("m")
    expect(page.get_by_role("heading", name="U verplaatst Sami Yilmaz")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(":focus")).to_have_text("Sami")
    page.keyboard.press("?")
    expect(page.get_by_label("Letters werken als sneltoets")).to_be_focused()
    page.keyboard.press("Space")
    page.reload()
    walks_to_the_week(page)
    address = page.url
    page.keyboard.press("m")
    page.keyboard.press("u")
    assert page.url == address, "letters do nothing any more"


def test_everything_works_without_javascript(
    served: tuple[str, Flask], office: Callable[..., Page], draft: Draft
) -> None:
    page = office(script=False)
    expect(page.get_by_text("Sneltoetsen")).not_to_be_visible()
    page.get_by_role("link", name="Daan", exact=True).click()
    page.get_by_role("link", name="Verplaats", exact=True).click()
    page.locator("td").get_by_role("link", name="Wissel met Aya").click()
    page.get_by_role("button", name="Ja, wissel").click()
    expect(page.get_by_role("status")).to_contain_text("Daan ging van")
    expect(page.locator(":focus")).to_have_text("Daan")
    assert (place_of(served[1], draft.daan), place_of(served[1], draft.aya)) == (3, 1)
    page.get_by_role("button", name="Maak ongedaan").first.click()
    assert (place_of(served[1], draft.daan), place_of(served[1], draft.aya)) == (1, 3)
    page.get_by_role("link", name="Daan", exact=True).click()
    page.get_by_role("button", name="Zet apart").click()
    page.get_by_role("link", name="Geef een tijd").click()
    page.get_by_role("link", name="Vrij").last.click()
    page.get_by_role("button", name="Ja, verplaats").click()
    assert place_of(served[1], draft.daan) == 7


def test_dragging_asks_the_same_question(served: tuple[str, Flask], office: Callable[..., Page], draft: Draft) -> None:
    page = office()
    drags(page, page.get_by_role("link", name="Daan", exact=True), page.locator("td[data-slot]").nth(6))
    expect(page.get_by_role("button", name="Ja, verplaats")).to_be_visible()
    assert place_of(served[1], draft.daan) == 1, "nothing moves before the yes"
    page.get_by_role("button", name="Ja, verplaats").click()
    assert place_of(served[1], draft.daan) == 6


@pytest.mark.parametrize("dark", [False, True])
def test_the_board_is_for_everybody_and_fits_a_phone(office: Callable[..., Page], draft: Draft, dark: bool) -> None:
    for width in (1280, 320):
        page = office(width, dark=dark)
        page.get_by_role("link", name="Daan", exact=True).click()
        page.get_by_role("link", name="Verplaats", exact=True).click()
        expect(page.get_by_role("heading", name="U verplaatst")).to_be_visible()
        found = Axe().run(page, options={"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"]})
        assert found.violations_count == 0, found.generate_report()
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"too wide at {width}"
