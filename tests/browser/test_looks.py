"""What people see: the answer first, on a small screen, with large spacing, without colours, at night, on paper."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from scheduling.models import FreedOffer, Pupil, db
from tests.browser.test_every_page import faults_of
from tests.worlds import World

pytestmark = pytest.mark.browser

# The spacing of WCAG 1.4.12; a sheet made this way is not stopped by our own policy against inline styles.
SPACING = """() => {
  const sheet = new CSSStyleSheet()
  sheet.replaceSync('* { line-height: 1.5 !important; letter-spacing: .12em !important }'
    + '* { word-spacing: .16em !important } p { margin-block-end: 2em !important }')
  document.adoptedStyleSheets = [sheet]
}"""
CUT_OFF = """() => [...document.querySelectorAll('h1, h2, p, dt, dd, legend, label, .b, th, td')]
  .filter(at => !at.closest('.vh, .print, .board') && at.offsetParent && at.scrollWidth > at.clientWidth + 1
    && getComputedStyle(at).display !== 'inline')
  .map(at => at.innerText.slice(0, 40))"""
MOVING = """() => [...document.querySelectorAll('*')].filter(at => {
  const look = getComputedStyle(at)
  return parseFloat(look.animationDuration) > 0 || parseFloat(look.transitionDuration) > 0
}).length"""


def family_pages(world: World) -> list[str]:
    talk = f"/family/talks/{world.start.id}/{world.sami.id}"
    return [
        "/family/",
        talk,
        f"{talk}/time",
        f"{talk}/time/{world.bas_slots[4].id}",
        f"{talk}/topics",
        f"{talk}/cancel",
    ]


def leader_pages(world: World) -> list[str]:
    talk = f"/staff/leader/talks/{world.samis_talk.id}"
    return ["/staff/leader/", talk, f"{talk}/move", "/staff/leader/times", "/staff/leader/agreements"]


def test_the_answer_stands_on_the_first_screen_of_a_small_phone(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None]
) -> None:
    with served[1].app_context():  # a time that is kept for a family stands above everything: it does not wait
        db.session.query(FreedOffer).delete()
        db.session.commit()
    page = device(320, script=False)
    page.set_viewport_size({"width": 320, "height": 568})
    come_in(page, world.layla)
    page.goto("/family/")
    talk = page.get_by_role("article").first
    for words in ("Sami", "dinsdag 31 augustus", "15.00 tot 15.20 uur", "De Linde, lokaal 3", "Bas Jansen"):
        box = talk.get_by_text(words).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= 568, f"{words} stands below the first screen"


def test_a_familys_first_page_is_light_and_asks_nobody_else(
    served: tuple[str, Flask], world: World, device: Callable[..., Page]
) -> None:
    page = device(360)
    weights: dict[str, int] = {}
    page.goto(f"/g/{world.tokens['links']}")
    page.on("response", lambda answer: weights.update({answer.url: len(answer.body()) if answer.ok else 0}))
    page.get_by_role("button", name="Bekijk en antwoord").click()
    page.wait_for_url("**/family/")
    page.wait_for_load_state("networkidle")
    page.reload(wait_until="networkidle")
    assert {address.split("/")[2] for address in weights} == {served[0].split("/")[2]}, "nobody else is asked"
    seen = {address: weight for address, weight in weights.items() if "/g/" not in address}
    assert len(seen) <= 4
    assert seen[f"{served[0]}/family/"] <= 14_000
    assert sum(seen.values()) <= 50_000


@pytest.mark.parametrize("who", ["layla", "bas"])
def test_pages_keep_long_names_with_wide_spacing_on_a_small_phone(
    who: str, served: tuple[str, Flask], world: World, device: Callable[..., Page],
    come_in: Callable[[Page, Any], None],
) -> None:  # fmt: skip
    with served[1].app_context():
        pupil = db.session.get(Pupil, world.sami.id)
        pupil.given_name, pupil.surname = "Maximiliaan-Alexander", "van Oudshoorn-Wijdeveldsbroek"
        db.session.commit()
    page = device(320)
    come_in(page, getattr(world, who))
    faults = []
    for address in family_pages(world) if who == "layla" else leader_pages(world):
        page.goto(address)
        page.evaluate(SPACING)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append(f"{address} scrolls sideways")
        faults += [f"{address} cuts off {words!r}" for words in page.evaluate(CUT_OFF)]
    assert faults == []


@pytest.mark.parametrize(
    "wishes",
    [
        {"forced_colors": "active"},
        {"reduced_motion": "reduce"},
        {"dark": True},
        {"forced_colors": "active", "dark": True},
    ],
    ids=["own colours", "no motion", "dark", "own colours at night"],
)
def test_a_familys_pages_follow_what_the_device_asks(
    wishes: dict[str, Any], served: tuple[str, Flask], world: World, device: Callable[..., Page],
    come_in: Callable[[Page, Any], None], pictures: Any,
) -> None:  # fmt: skip
    page = device(320, **wishes)
    come_in(page, world.layla)
    for address in family_pages(world)[:3]:
        page.goto(address)
        assert faults_of(page) == []
        assert page.evaluate(MOVING) == 0, "nothing moves"
    page.screenshot(path=pictures / f"family.times-{'-'.join(wishes)}.png", full_page=True)


def test_a_familys_talk_and_a_leaders_day_each_fit_one_sheet(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    pictures: Any,
) -> None:  # fmt: skip
    for person, address in ((world.layla, family_pages(world)[1]), (world.bas, "/staff/leader/sheet?topics=1")):
        page = device(1280)
        come_in(page, person)
        page.goto(address)
        page.emulate_media(media="print")
        page.screenshot(path=pictures / f"print-{address.split('/')[1]}.png", full_page=True)
        assert not page.get_by_role("button").filter(visible=True).count(), "a sheet of paper has no buttons"
        assert sheets_of(page) == 1


def sheets_of(page: Page) -> int:
    """How many sheets of A4 this page takes."""
    return len(re.findall(rb"/Type\s*/Page\b", page.pdf(format="A4", prefer_css_page_size=True)))
