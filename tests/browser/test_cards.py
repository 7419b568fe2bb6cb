"""The cards for the children, as they come out of a printer: four on a sheet, whole, and nothing else on paper."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page

from scheduling.models import ClassGroup, Pupil, Round, School, Staff, db
from tests.browser.test_every_page import faults_of
from tests.builders import TUESDAY, a_booking, a_pupil, some_slots
from tests.worlds import World

pytestmark = pytest.mark.browser

NAMES = ("Maximiliaan-Alexander", "Ole", "Fatima Zahra", "Wilhelmina-Charlotte", "Bo")
MILLIMETRE = 96 / 25.4
CUT_OFF = (
    "cards => cards.filter(one => one.scrollHeight > one.clientHeight || one.scrollWidth > one.clientWidth).length"
)
TOO_FAR = """cards => cards.flatMap(card => [...card.querySelectorAll('p, svg')].filter(part => {
  const out = card.getBoundingClientRect(), own = part.getBoundingClientRect();
  return own.left < out.left + 20 || own.right > out.right - 20 ||
    own.top < out.top + 20 || own.bottom > out.bottom - 20
}).map(part => part.className + ': ' + part.textContent))"""


@pytest.fixture
def crowded(served: tuple[str, Flask], world: World) -> World:
    """Five more children in the round, with long names, a long room and a leader with a long name: nine talks."""
    with served[1].app_context():
        start, bas = db.session.get(Round, world.start.id), db.session.get(Staff, world.bas.id)
        three = db.session.get(ClassGroup, world.three.id)
        bas.given_name, bas.surname_prefix, bas.surname = "Anne-Wilhelmina", "van der", "Oosterhuis-Koningsbergen"
        db.session.get(School, 1).name = "Openbare basisschool De Linde aan de Zonnebloemstraat"
        slots = some_slots(start, bas, count=5, first=TUESDAY + timedelta(days=2), room="handvaardigheidslokaal")
        for name, slot in zip(NAMES, slots, strict=True):
            a_booking(start, a_pupil(name, three), slot)
        assert db.session.query(Pupil).count() == 9
        db.session.commit()
    return world


def test_the_cards_are_printed_four_on_a_sheet_and_nothing_is_cut_off(
    crowded: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None], pictures: Any
) -> None:
    page = device(1280)
    come_in(page, crowded.office)
    page.goto(f"/staff/office/rounds/{crowded.start.id}/cards")
    page.screenshot(path=str(pictures / "cards-on-screen.png"), full_page=True)
    assert faults_of(page) == []
    page.set_viewport_size({"width": 320, "height": 640})
    assert faults_of(page) == []
    page.emulate_media(media="print")
    page.set_viewport_size({"width": round(210 * MILLIMETRE), "height": round(297 * MILLIMETRE)})
    page.screenshot(path=str(pictures / "cards-printed.png"))
    printed = page.pdf(path=str(pictures / "cards.pdf"), prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == 3
    assert re.findall(rb"/MediaBox\s*\[0 0 (\d+)[.\d]* (\d+)", printed)[0] == (b"594", b"841")
    assert page.locator(".card").count() == 9
    assert page.eval_on_selector_all(".card", CUT_OFF) == 0
    assert page.eval_on_selector_all(".card", TOO_FAR) == []
    assert page.get_by_role("navigation").count() == 0
    assert not page.get_by_role("heading", level=1).is_visible()
