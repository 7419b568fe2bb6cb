"""A family chooses all its talks of an evening on a phone, after the office let it open in turns; in a real browser."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.domain.journal import Actor, ActorKind
from scheduling.models import Booking, db
from scheduling.services import requests
from tests.browser.test_every_page import looked_at
from tests.builders import NOW, household_of
from tests.services.test_evening_choices import ChoosingSchool

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


@pytest.fixture
def school(served: tuple[str, Flask]) -> ChoosingSchool:
    with served[1].app_context():
        db.session().expire_on_commit = False
        found = ChoosingSchool()
        found.home = household_of(found.layla).id
        marked = f"{found.sami.id}-{found.home}"
        requests.mark(
            round_id=found.evening.id, teacher_id=found.bo.id, shown=[marked], wanted=[marked],
            by=Actor(ActorKind.STAFF, found.bo.id), now=NOW,
        )  # fmt: skip
        found.times_of = {
            (name, place): f"{found.slot(teacher, place).id}-{found.slot(teacher, place).starts_at.timestamp():.0f}"
            for name, teacher in (("anna", found.anna), ("bo", found.bo), ("karin", found.karin))
            for place in range(6)
        }
        for row in list(db.session):
            db.session.refresh(row)
        db.session.expunge_all()
        db.session.remove()
    return found


def test_a_family_chooses_all_its_talks_on_one_page_without_script(
    school: ChoosingSchool, served: tuple[str, Flask], device: Callable[..., Page],
    come_in: Callable[[Page, Any], None],
) -> None:  # fmt: skip
    phone = device(360, script=False)
    come_in(phone, school.layla)
    phone.goto("/family/")
    phone.get_by_role("link", name="Kies uw tijden").click()
    anna, bo, karin = (
        f"time-{pupil.id}-{teacher.id}"
        for pupil, teacher in ((school.sami, school.anna), (school.sami, school.bo), (school.noor, school.karin))
    )
    phone.locator(f"[name={anna}]").select_option(school.times_of["anna", 0])
    phone.locator(f"[name={karin}]").select_option(school.times_of["karin", 1])
    phone.get_by_role("button", name="Zet deze tijden vast").click()
    expect(phone.get_by_role("alert")).to_contain_text("gaan niet samen")
    expect(phone.locator(f"[name={anna}]")).to_have_value(school.times_of["anna", 0])
    phone.locator(f"[name={karin}]").select_option(school.times_of["karin", 4])
    phone.locator(f"[name={bo}]").select_option(school.times_of["bo", 2])
    phone.get_by_role("button", name="Zet deze tijden vast").click()
    expect(phone.get_by_role("status")).to_contain_text("3 gesprekken staan vast.")
    with served[1].app_context():
        assert db.session.query(Booking).count() == 3


def test_the_pages_of_choosing_and_of_turns_are_accessible_and_fit(
    school: ChoosingSchool, device: Callable[..., Page], come_in: Callable[[Page, Any], None], pictures: Any
) -> None:
    office = device(320)
    come_in(office, school.office)
    faults = []
    round_id = school.evening.id
    for name, address in {
        "turns": f"/staff/office/rounds/{round_id}/turns",
        "requests": f"/staff/office/rounds/{round_id}/requests",
        "choose": f"/staff/office/rounds/{round_id}/choose/home/{school.home}",
    }.items():
        office.goto(address)
        faults += [f"{name}: {fault}" for fault in looked_at(office, str(pictures / f"evening-{name}"))]
    phone = device(320)
    come_in(phone, school.layla)
    phone.goto(f"/family/evenings/{round_id}")
    faults += looked_at(phone, str(pictures / "evening-family"))
    phone.goto("/family/")
    faults += looked_at(phone, str(pictures / "evening-home"))
    assert faults == []
