"""A family of a round of introductions says on a phone that it is visited; the visitor alone reads where."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.domain.rounds import RoundKind
from scheduling.domain.single_talks import HomeVisits, Medium
from scheduling.models import Round, School, TalkWay, db
from tests.browser.test_every_page import looked_at
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def introducing(served: tuple[str, Flask], world: World) -> World:
    with served[1].app_context():
        db.session.get_one(Round, world.start.id).kind = RoundKind.INTRO_CONVERSATION
        db.session.get_one(School, 1).home_visits = HomeVisits.INTRO_CHOICE
        db.session.commit()
    return world


def test_a_family_picks_a_time_at_home_without_script_and_the_visitor_reads_where(
    introducing: World, served: tuple[str, Flask], device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    pictures: Any,
) -> None:  # fmt: skip
    phone, desk, round_id = device(320, script=False), device(320), introducing.start.id
    come_in(phone, introducing.layla)
    talk = f"/family/talks/{round_id}/{introducing.sami.id}"
    phone.goto(f"{talk}/cancel")
    phone.locator("main form button").first.click()
    phone.goto(f"{talk}/time")
    phone.locator("label.time", has_text="ook bij u thuis").first.locator("input").check()
    phone.get_by_role("button", name="Verder").click()
    phone.get_by_label("Bij u thuis", exact=True).check()
    phone.get_by_label("waar komen wij dan?").fill("Laan 3")
    phone.get_by_role("button", name="Bevestig").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("Uw tijd staat vast")
    expect(phone.locator("main")).to_contain_text("Bij u thuis")
    with served[1].app_context():
        made = db.session.query(TalkWay).filter_by(way=Medium.HOME).one().booking_id
    come_in(desk, introducing.bas)
    faults = []
    for name, page in {"talk": f"/staff/leader/talks/{made}", "way": f"/staff/leader/talks/{made}/way"}.items():
        desk.goto(page)
        faults += [f"{name}: {fault}" for fault in looked_at(desk, str(pictures / f"visit-leader-{name}"))]
    expect(desk.get_by_label("Waar bent u welkom?")).to_have_value("Laan 3")
    seen = device(320)
    come_in(seen, introducing.layla)
    for name, page in {"talk": talk, "way": f"{talk}/way", "times": f"{talk}/time"}.items():
        seen.goto(page)
        faults += [f"{name}: {fault}" for fault in looked_at(seen, str(pictures / f"visit-family-{name}"))]
    seen.goto(f"{talk}/cancel")
    seen.locator("main form button").first.click()
    seen.goto(f"{talk}/time")
    seen.locator("label.time", has_text="ook bij u thuis").first.locator("input").check()
    seen.get_by_role("button", name="Verder").click()
    faults += [f"check: {fault}" for fault in looked_at(seen, str(pictures / "visit-family-check"))]
    come_in(desk, introducing.office)
    for name, page in {
        "new": "/staff/office/rounds/new?kind=reversed_conversation",
        "settings": f"/staff/office/rounds/{round_id}/settings",
    }.items():  # fmt: skip
        desk.goto(page)
        faults += [f"{name}: {fault}" for fault in looked_at(desk, str(pictures / f"visit-office-{name}"))]
    assert faults == []
