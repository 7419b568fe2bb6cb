"""A parent circle with a missing class, in a real browser without JavaScript: from inviting to the next date."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.domain.mailings import Letter
from scheduling.models import CircleSeat, Enrolment, db
from scheduling.services import gatherings
from tests import builders
from tests.browser.conftest import served
from tests.browser.test_every_page import faults_of
from tests.builders import NOW
from tests.services.test_circles import SECOND, a_circle, on_the_evening
from tests.services.test_gathering_topics import a_contact
from tests.services.test_gatherings import School, letters, they_leave

__all__ = ["served"]
pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


class _Town(School):
    """Layla is contact parent of group 3, Tess of group 4; two parent circles stand in the year."""

    def __init__(self) -> None:
        db.session().expire_on_commit = False
        super().__init__()
        self.office = builders.an_office_worker()
        self.tom = builders.a_pupil("Tom", self.four)
        self.tess = builders.a_guardian("Tess", self.tom)
        a_contact(self, self.layla, self.three.id)
        a_contact(self, self.tess, self.four.id)
        self.first, self.second = a_circle(self), a_circle(self, SECOND)


@pytest.fixture
def town(served: tuple[str, Flask]) -> _Town:
    with served[1].app_context():
        return _Town()


def test_a_missing_class_is_asked_again_and_the_next_date_proposes_who_was_there(
    served: tuple[str, Flask], town: _Town, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    pictures: Any,
):  # fmt: skip
    app = served[1]
    office, layla = device(360, script=False), device(360, script=False)
    come_in(office, town.office)
    come_in(layla, town.layla)
    office.goto("/staff/office/year/board?year=2027-2028")
    office.get_by_role("link", name="Ouderkringen").click()
    office.get_by_role("region").get_by_role("link").first.click()
    office.get_by_role("link", name="Nodig uit").click()
    office.get_by_role("button", name="Nodig uit", exact=True).click()
    with app.app_context():
        gatherings.tell(NOW)
        they_leave()
    layla.goto("/family/")
    layla.get_by_role("button", name="Wij komen (1)").click()
    expect(layla.get_by_role("status")).to_contain_text("U komt, met 1 volwassene")

    office.goto(f"/staff/office/year/plan/{town.first}/circle")
    expect(office.get_by_role("heading", name="1 klas heeft nog niemand")).to_be_visible()
    expect(office.locator("tbody tr").first).to_contain_text(town.layla.name.full)
    office.screenshot(path=str(pictures / "circle-missing.png"), full_page=True)
    office.get_by_role("button", name="Vraag het opnieuw").click()
    expect(office.get_by_role("status")).to_contain_text("De vraag gaat de deur uit")
    with app.app_context():
        assert [row.guardian_id for row in letters(Letter.GATHERING_REMINDER)] == [town.tess.id]

    _moves_to(app, town.tom.id, town.three.id)
    office.get_by_label("Wie komt er namens 4?").select_option(str(town.tess.id))
    office.get_by_role("button", name="Bewaar", exact=True).click()
    expect(office.get_by_role("alert")).to_contain_text(f"{town.tess.name.full} heeft geen kind in 4.")
    with app.app_context():
        assert db.session.query(CircleSeat).count() == 0
    _moves_to(app, town.tom.id, town.four.id)
    office.goto(f"/staff/office/year/plan/{town.first}/circle")
    office.get_by_label("Wie komt er namens 4?").select_option(str(town.tess.id))
    office.get_by_role("button", name="Bewaar", exact=True).click()
    expect(office.get_by_role("status")).to_contain_text("Bewaard.")
    expect(office.get_by_text("heeft nog niemand")).to_have_count(0)

    with time_machine.travel(on_the_evening() + timedelta(hours=2), tick=True):
        come_in(office, town.office)
        office.goto(f"/staff/office/year/plan/{town.first}/circle")
        office.get_by_label("Wie komt er namens 4?").select_option("")
        office.get_by_role("button", name="Bewaar wie er was").click()
        expect(office.get_by_role("status")).to_contain_text("Bewaard.")
        office.goto(f"/staff/office/year/plan/{town.second}/circle")
        proposed = office.get_by_label("Wie komt er namens 3?").locator("option").nth(1)
        expect(proposed).to_have_text(f"{town.layla.name.full} (vorige keer)")
        office.get_by_role("link", name="Alle ouderkringen").click()
        expect(office.locator("tbody tr").first).to_contain_text(town.layla.name.full)
        expect(office.locator("tbody tr").last).to_contain_text("niemand")
        scripted = device(320)
        come_in(scripted, town.office)
        scripted.goto("/staff/office/year/circles?year=2027-2028")
        assert faults_of(scripted) == []


def _moves_to(app: Flask, pupil_id: int, class_id: int) -> None:
    with app.app_context():
        db.session.query(Enrolment).filter_by(pupil_id=pupil_id).update({"class_id": class_id})
        db.session.commit()
