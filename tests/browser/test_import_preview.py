"""The office mends school files in a real browser: by keyboard, on a phone, and at a desk."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.test_every_page import SIZES, faults_of
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(180)]

PUPILS = (
    "Leerlingnummer;Roepnaam;Tussenvoegsel;Achternaam;Groep;Schoenmaat\n"
    "0901;IsmaÃ«l;;Bos;3;31\n0902;;van der;Berg;3;32\n0903;Tess;;Vos;;33\n"
)
PARENTS = (
    "Leerlingnummer;Relatie;Achternaam;E-mailadres;Gezag;Huishouden\n"
    '0901;moeder;Bos;"aaltje@example.org, bos@example.org";J;A\n0902;moeder;van der Berg;gezin@example.org;J;A\n'
    "0902;vader;Jansen;gezin@example.org;;B\n0903;oma;Vos;geen;;A\n"
)
OWN_LIST = "Lln;Naam kind;Familie;Groep nu;BSN;Mail thuis\n904;Aya;Vos;3;123456782;aya@example.org\n"


def files() -> list[FilePayload]:
    made = {"leerlingen.csv": PUPILS, "ouders.csv": PARENTS, "eigen lijst.csv": OWN_LIST}
    return [FilePayload(name=name, mimeType="text/csv", buffer=text.encode()) for name, text in made.items()]


def test_files_are_mended_answered_and_explained_by_keyboard(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    pictures: Any,
) -> None:  # fmt: skip
    page = device(360)
    come_in(page, world.office)
    page.goto("/staff/office/imports")
    page.locator("input[type=file]").set_input_files(files())
    page.get_by_role("button", name="Lees en laat zien").press("Enter")
    looked_at(page, pictures / "import-preview")
    page.get_by_role("link", name="Leg deze lijst uit").press("Enter")
    looked_at(page, pictures / "import-columns")
    page.get_by_label("Familie").select_option("surname")
    page.get_by_role("button", name="Lees de lijst zo").press("Enter")
    mend = page.get_by_role("link", name="Verbeter de rijen hier")
    place = mend.bounding_box()
    assert place is not None
    assert place["y"] + place["height"] <= SIZES[0][2], "how to mend the rows stands on the first screen of a phone"
    mend.press("Enter")
    looked_at(page, pictures / "import-row")
    page.get_by_label("Roepnaam", exact=True).fill("Noor")
    page.get_by_label("Roepnaam", exact=True).press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rij 4 van leerlingen.csv")
    page.get_by_role("button", name="Laat deze rij weg").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Klaar om te bewaren")
    page.get_by_label("Herstel de letters in dit bestand").press("Space")
    page.get_by_label("bos@example.org", exact=True).press("Space")
    page.get_by_label("Alleen Jansen (vader)").press("Space")
    page.get_by_role("button", name="Neem deze antwoorden mee").press("Enter")
    expect(page.get_by_text("Uw antwoorden tellen mee")).to_be_visible()
    looked_at(page, pictures / "import-answered")
    page.get_by_role("button", name="Bewaar alles").press("Enter")
    expect(page.get_by_role("heading", name="Bewaard", exact=True)).to_be_visible()
    looked_at(page, pictures / "import-saved")


def looked_at(page: Page, picture: Any) -> None:
    """Pictures by day and at night, on a phone and a desk; no fault that a machine can find, nothing sideways."""
    faults = []
    for device, width, height in SIZES:
        page.set_viewport_size({"width": width, "height": height})
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            page.screenshot(path=f"{picture}-{device}-{scheme}.png", full_page=True)
        faults += faults_of(page)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 360, "height": 640})
    assert faults == []
