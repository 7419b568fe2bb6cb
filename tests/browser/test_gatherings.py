"""A reception from plan to head count, in a browser: as the office holds it, without JavaScript."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.domain.timeslots import moment_at
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import db
from tests import builders
from tests.services.test_year_plans import School

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


class _Town(School):
    def __init__(self) -> None:
        db.session().expire_on_commit = False
        super().__init__()
        self.office = builders.an_office_worker()
        builders.a_guardian("Marie", builders.a_pupil("Bo", self.three), email="")
        self.propose()
        self.reception = next(
            row for row in self.rows(PlannedKind.RECEPTION) if row.classes[0].class_id == self.three.id
        )


def test_a_reception_from_plan_to_head_count(
    served: tuple[str, Flask], device: Callable[..., Page], come_in: Callable[[Page, Any], None]
):
    with served[1].app_context():
        town = _Town()
    page = device(360, script=False)
    come_in(page, town.office)
    page.goto("/staff/")
    page.get_by_role("link", name="Nodig uit").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Startreceptie")
    page.goto(f"/staff/office/year/plan/{town.reception.id}/gathering")
    page.get_by_label("Route in het gebouw").fill("via het plein")
    page.get_by_role("button", name="Bewaar").click()
    expect(page.get_by_text("Bewaard.")).to_be_visible()
    page.get_by_role("button", name="Nodig uit", exact=True).click()
    expect(page.get_by_text("De uitnodigingen gaan de deur uit.")).to_be_visible()
    page.get_by_role("link", name="Antwoorden per gezin").click()
    page.get_by_role("link", name="Vul in Bo").click()
    page.get_by_text("komt", exact=True).click()
    page.get_by_label("Volwassenen").fill("2")
    page.get_by_role("button", name="Bewaar voor dit gezin").click()
    expect(page.get_by_text("Het antwoord is bewaard.")).to_be_visible()
    page.goto(f"/staff/office/year/plan/{town.reception.id}/gathering/door")
    expect(page.locator(".door li")).to_have_text("☐ Bo: 2")
    ends = moment_at(town.reception.day, town.reception.ends)
    with time_machine.travel(ends + timedelta(hours=1), tick=True):
        come_in(page, town.office)
        page.goto("/staff/office/year/board")
        page.get_by_role("link", name="Vul het aantal in").click()
        page.get_by_role("textbox", name="Hoeveel mensen waren er").fill("17")
        page.get_by_role("button", name="Bewaar het aantal").click()
        expect(page.get_by_text("Het aantal is bewaard.")).to_be_visible()
        page.goto("/staff/office/year/board")
        expect(page.get_by_role("row", name="Startreceptie").filter(has_text="groep 3")).to_contain_text("17")
