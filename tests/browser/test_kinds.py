"""Talks of every kind, from making to after the talk: a leader at a desk, a family on a phone without JavaScript."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.domain.single_talks import HomeVisits
from scheduling.models import School, SingleTalk, db
from tests.browser.test_every_page import faults_of
from tests.builders import NOW
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]

KINDS = (
    ("phone_appointment", "phone", "absent", {}),
    ("evaluation", "school", "leading", {}),
    ("advice_conversation", "video", "present", {"join_link": "https://beeld.example.org/kamer-sami"}),
    ("pupil_conversation", "school", "active", {"in_place": "in_place"}),
    ("reversed_conversation", "school", "absent", {"question_1": "Waar wordt Sami blij van?"}),
    ("intro_conversation", "home", "present", {"travel_before": "10"}),
)
"""The kind, how, what the pupil does, and what else is filled in."""


def test_talks_of_every_kind_go_from_a_proposal_to_what_was_agreed_in_them(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    pictures: Any,
) -> None:  # fmt: skip
    app = served[1]
    with app.app_context():
        db.session.get_one(School, 1).home_visits = HomeVisits.INTRO_CHOICE
        db.session.commit()
    desk, phone, small = device(1280), device(360, script=False), device(320)
    for page, person in ((desk, world.bas), (phone, world.layla), (small, world.layla)):
        come_in(page, person)
    faults: list[str] = []

    def looked_at(page: Page, name: str) -> None:
        page.screenshot(path=str(pictures / f"kinds-{name}.png"), full_page=True)
        if page is desk:
            desk.set_viewport_size({"width": 320, "height": 640})
            faults.extend(f"{name}: {fault}" for fault in faults_of(desk))
            desk.set_viewport_size({"width": 360, "height": 740})
            desk.screenshot(path=str(pictures / f"kinds-{name}-narrow.png"), full_page=True)
            desk.set_viewport_size({"width": 1280, "height": 800})
        elif page is small:
            faults.extend(f"{name}: {fault}" for fault in faults_of(small))

    for number, (kind, medium, part, more) in enumerate(KINDS):
        desk.goto(f"/staff/leader/singles/new?pupil={world.sami.id}&kind={kind}")
        looked_at(desk, f"{kind}-form")
        desk.locator(f"input[name=medium][value={medium}]").check(force=True)
        desk.locator(f"input[name=pupil_part][value={part}]").check(force=True)
        for name, value in more.items():
            field = desk.locator(f"[name={name}]")
            if name == "in_place":
                field.and_(desk.locator(f"[value={value}]")).check(force=True)
            else:
                field.fill(value)
        desk.locator("[name=day_1]").fill("2027-09-14")
        desk.locator("[name=clock_1]").fill(f"{9 + number:02}:00")
        desk.get_by_role("button", name="Stel dit voor aan het gezin").click()
        expect(desk.locator("main")).to_contain_text("wacht op antwoord")
        made = int(desk.url.split("/singles/")[1].split("?")[0])
        small.goto(f"/family/conversations/{made}")
        looked_at(small, f"{kind}-asked")
        phone.goto(small.url)
        phone.locator("input[name=answer]").first.check(force=True)
        phone.get_by_role("button", name="Geef dit door").click()
        expect(phone.locator("h1")).to_contain_text("Uw tijd staat vast")
        small.goto(phone.url)
        looked_at(small, f"{kind}-agreed")
        desk.reload()
        looked_at(desk, f"{kind}-agreed-desk")

    phone.goto("/family/")
    looked_at(phone, "family-home")
    desk.goto("/staff/leader/singles")
    looked_at(desk, "singles")
    with app.app_context():
        booking_id = db.session.get_one(SingleTalk, made).booking_id
    with time_machine.travel(NOW + timedelta(days=26), tick=True):
        for page, person in ((desk, world.bas), (phone, world.layla)):
            come_in(page, person)
        desk.goto(f"/staff/leader/talks/{booking_id}")
        desk.get_by_role("button", name="Wij spraken elkaar").click()
        looked_at(desk, "talk-held")
        desk.get_by_role("link", name="Schrijf op wat u afsprak").click()
        looked_at(desk, "afterwards")
        desk.get_by_label("Wat spraken wij af?").fill("Sami leest thuis elke dag een kwartier.")
        desk.get_by_role("button", name="Bewaar").click()
        expect(desk.locator("main")).to_contain_text("Sami leest thuis")
        desk.get_by_role("link", name="Vervolggesprek afspreken").click()
        looked_at(desk, "follow-up")
        phone.goto(f"/family/conversations/{made}")
        expect(phone.locator("main")).to_contain_text("Sami leest thuis elke dag een kwartier.")
        looked_at(phone, "after-family")
    assert faults == []
