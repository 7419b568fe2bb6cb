"""The questionnaire in a real browser: filled in without a mouse or JavaScript, and totals that read without colour."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.questionnaires import ORDER, Asked, Said, Side
from scheduling.queries.questionnaires import Choice
from scheduling.services import questionnaires
from tests.browser.test_every_page import faults_of
from tests.worlds import NOW, World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]
WIDTHS = (360, 1280)


@pytest.fixture
def office(served: tuple[str, Flask], world: World) -> Actor:
    """The office has opened it."""
    by = Actor(ActorKind.STAFF, world.office.id)
    with served[1].app_context():
        questionnaires.start(year_id=world.start.year_id, send=False, by=by, now=NOW)
    return by


def twelve_answer(world: World) -> None:
    """Twelve parents and ten mentors, each a little otherwise."""
    for asked, many in ((Asked.PARENT, 12), (Asked.MENTOR, 10)):
        for number in range(many):
            answers = {
                (item, side): (number + place + shift) % 4 + 1
                for place, item in enumerate(ORDER[asked])
                for shift, side in enumerate(Side)
            }
            about = Choice("", world.start.year_id, "3", "", "3" if number % 2 else "6")
            remark = "Fijn dat u vroeg hoe het thuis gaat." if number == 3 else ""
            mark = f"{asked.value}{number}"
            questionnaires.answer(asked=asked, choice=about, said=Said(answers, remark), mark=mark, now=NOW)


def looked_at(page: Page, where: str, pictures: Path, name: str) -> list[str]:
    """The faults on a small phone; pictures on a phone and on a desk."""
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto(where)
    faults = [f"{where}: {fault}" for fault in faults_of(page)]
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        page.screenshot(path=str(pictures / f"{name}-{width}.png"), full_page=True)
    return faults


@pytest.mark.usefixtures("office")
def test_a_parent_fills_it_in_with_the_keyboard_and_without_javascript(
    world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None]
):
    page = device(360, script=False)
    come_in(page, world.petra)
    page.goto("/family/questionnaire")
    page.locator('input[type="radio"]').first.focus()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("meegeteld")


def test_its_pages_are_accessible_and_its_bars_read_without_colour(
    world: World, served: tuple[str, Flask], device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    pictures: Path, office: Actor,
):  # fmt: skip
    faults = []
    for who, where in ((world.layla, "/family/questionnaire"), (world.bas, "/staff/questionnaire")):
        page = device(320)
        come_in(page, who)
        faults += looked_at(page, where, pictures, f"questionnaire-open-{where.split('/')[1]}")
    with served[1].app_context():
        twelve_answer(world)
        questionnaires.close(year_id=world.start.year_id, by=office, now=NOW)
    page = device(320)
    come_in(page, world.office)
    faults += looked_at(page, "/staff/office/questionnaire", pictures, "questionnaire-closed")
    assert faults == []
    bar = page.locator("svg.share").first
    fills = bar.locator("rect").evaluate_all("parts => parts.map(part => getComputedStyle(part).fill)")
    assert len(set(fills)) == 3
    assert [fill.startswith("url(") for fill in fills] == [True, True, False], "hatched, dotted, full"
    page.emulate_media(media="print")
    page.screenshot(path=str(pictures / "questionnaire-closed-print.png"), full_page=True)
    expect(page.get_by_role("navigation", name="Deel van de school")).to_be_hidden()
    expect(bar).to_be_visible()
    row = page.get_by_role("row").filter(has=page.locator("svg.share")).first
    assert row.inner_text().count("%") == 3, "each part of a bar stands beside it in figures"
