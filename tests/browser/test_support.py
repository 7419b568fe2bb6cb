"""The internal supervisor asks a family to the table, and the family answers on a phone without JavaScript."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from tests.browser.test_every_page import faults_of
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def test_a_family_is_asked_to_the_table_and_says_what_suits(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    pictures: Any,
) -> None:  # fmt: skip
    desk, phone, small = device(1280), device(360, script=False), device(320)
    for page, person in ((desk, world.supervisor), (phone, world.petra), (small, world.petra)):
        come_in(page, person)
    faults = []

    def looked_at(page: Page, name: str) -> None:
        page.screenshot(path=str(pictures / f"support-{name}.png"), full_page=True)
        faults.extend(f"{name}: {fault}" for fault in (faults_of(page) if page is not phone else []))

    desk.goto("/staff/support?q=Daan")
    looked_at(desk, "search")
    desk.get_by_role("link", name="Daan Yilmaz").click()
    desk.get_by_label("Dag", exact=True).fill("2027-09-14")
    desk.get_by_label("Tijd", exact=True).fill("10:00")
    desk.get_by_label("Lokaal").fill("overlegkamer")
    desk.get_by_label("Mensen van buiten de school").fill("A. Bakker, bakker@example.org")
    looked_at(desk, "form")
    desk.get_by_role("button", name="Vraag iedereen aan tafel").click()
    expect(desk.locator("main")).to_contain_text("Iedereen aan tafel krijgt een brief")
    looked_at(desk, "made")

    phone.goto("/family/")
    phone.get_by_role("link", name="gesprek met het ondersteuningsteam").first.click()
    small.goto(phone.url)
    looked_at(small, "asked-phone")
    looked_at(phone, "asked")
    phone.get_by_text("Liever aan de telefoon").click()
    phone.get_by_role("button", name="Geef dit door").click()
    expect(phone.locator("main")).to_contain_text("De school weet het.")

    desk.reload()
    expect(desk.locator("main")).to_contain_text("wil liever bellen")
    desk.set_viewport_size({"width": 320, "height": 640})
    looked_at(desk, "answered-narrow")
    desk.get_by_role("link", name="Verander tijd, plaats of gezelschap").click()
    looked_at(desk, "change-narrow")
    assert faults == []
