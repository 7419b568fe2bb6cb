"""The office looks at a letter before it keeps its texts, in a real browser: as mail shows it, and harmless."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_every_page import faults_of
from tests.worlds import World

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("script", [True, False])
def test_the_office_looks_at_a_letter_and_then_keeps_the_text(
    script: bool, world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None], pictures: Any
) -> None:
    page = device(1280, script=script)
    said: list[str] = []
    page.on("console", lambda line: said.append(line.text) if line.type == "error" else None)
    come_in(page, world.office)
    page.goto(f"/staff/office/rounds/{world.start.id}")
    page.get_by_role("link", name="Teksten").click()
    page.get_by_label("Uw eigen alinea").fill("Dit jaar draait om lezen.\n\nNeem gerust een boek mee.")
    page.get_by_label("Naam van link 1").fill("Zo bereidt u zich voor")
    page.get_by_label("Adres van link 1").fill("https://www.linde.example.org/ouders")
    page.get_by_role("button", name="Bekijk, zonder te bewaren").click()
    letter = page.frame_locator("iframe")
    expect(letter.get_by_text("Neem gerust een boek mee.")).to_be_visible()
    expect(letter.locator("h1")).to_have_css("font-size", "24px")
    expect(letter.get_by_role("link", name="Zo bereidt u zich voor")).to_be_visible()
    page.screenshot(path=str(pictures / f"texts-looked-at-{'' if script else 'no-'}script.png"), full_page=True)
    page.get_by_role("button", name="Bewaar", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("De teksten zijn bewaard")
    assert said == []


def test_looking_at_a_letter_is_for_everybody(
    world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None], pictures: Any
) -> None:
    page = device(320)
    come_in(page, world.office)
    page.goto(f"/staff/office/rounds/{world.start.id}/texts")
    page.get_by_label("Uw eigen alinea").fill("Wij lezen samen.")
    page.get_by_role("button", name="Bekijk, zonder te bewaren").click()
    expect(page.frame_locator("iframe").get_by_text("Wij lezen samen.")).to_be_visible()
    assert faults_of(page) == []
    page.screenshot(path=str(pictures / "texts-looked-at-phone.png"), full_page=True)
    page.get_by_role("button", name="Bewaar", exact=True).click()
    come_in(page, world.layla)
    page.goto(f"/family/talks/{world.start.id}/{world.sami.id}")
    expect(page.get_by_text("Wij lezen samen.")).to_be_visible()
    page.screenshot(path=str(pictures / "texts-family.png"), full_page=True)
    assert faults_of(page) == []
