"""A parent on an old phone chooses how to meet, and the leader pastes a link: every page on the way can be used."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.models import Round, School, db
from tests.browser.test_every_page import looked_at
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_every_page_about_the_way_to_meet_can_be_used(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    pictures: Any,
) -> None:  # fmt: skip
    with served[1].app_context():
        found = db.session.get_one(Round, world.start.id)
        found.by_phone = found.by_video = True
        db.session.get_one(School, 1).video_template = "https://beeld.example.org/{code}"
        db.session.commit()
    faults = []
    page = device(360, script=False)
    come_in(page, world.layla)
    page.goto(f"/family/talks/{world.start.id}/{world.sami.id}")
    page.get_by_role("link", name="Op school of anders").click()
    page.get_by_label("Met beeld, via een eigen link").check(force=True)
    page.get_by_role("button", name="Bewaar").click()
    expect(page.get_by_role("link", name="Doe mee met beeld")).to_be_visible()
    looking = device(320)
    come_in(looking, world.layla)
    for name, end in (("family.way", "/way"), ("family.talk_by_video", "")):
        looking.goto(f"/family/talks/{world.start.id}/{world.sami.id}{end}")
        faults += looked_at(looking, str(pictures / name))
    desk = device(320)
    come_in(desk, world.bas)
    for name, address in (
        ("leader.way", f"/staff/leader/talks/{world.samis_talk.id}/way"),
        ("leader.talk_by_video", f"/staff/leader/talks/{world.samis_talk.id}"),
        ("leader.roster_with_ways", "/staff/leader/"),
        ("leader.sheet_with_ways", "/staff/leader/sheet"),
    ):
        desk.goto(address)
        faults += looked_at(desk, str(pictures / name))
    desk = device(320)
    come_in(desk, world.office)
    desk.goto(f"/staff/office/rounds/{world.start.id}/settings")
    faults += looked_at(desk, str(pictures / "office.settings_with_ways"))
    day = world.samis_talk.starts_at.date().isoformat()
    for name in ("days", "days/doors"):
        desk.goto(f"/staff/office/{name}?day={day}")
        faults += looked_at(desk, str(pictures / f"office.{name.replace('/', '_')}_with_ways"))
    assert faults == []
