"""A leader's day in a real browser: a time blocked, a talk held, an agreement recorded while the family looks on."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from scheduling.domain.plans import ContactForm
from scheduling.domain.rounds import Outcome
from scheduling.models import Booking, CommunicationPlan, PlanForm, Slot, db
from tests.worlds import World

pytestmark = pytest.mark.browser


class Taps:
    """A thumb that counts what it does."""

    def __init__(self) -> None:
        self.count = 0

    def on(self, place: Locator) -> None:
        self.count += 1
        place.tap()


def test_a_leader_closes_a_time_holds_a_talk_and_agrees_on_a_visit_that_the_family_welcomes(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None]
) -> None:
    app, page, thumb = served[1], device(360, script=False, has_touch=True), Taps()
    forget_agreements(app)
    come_in(page, world.bas)
    closes_a_time(page, app, world)
    with time_machine.travel(world.samis_talk.starts_at + timedelta(minutes=15), tick=True):
        page.goto("/staff/leader/")
        thumb.on(page.get_by_role("link", name="Sami").first)
        thumb.on(page.get_by_role("button", name="Wij spraken elkaar"))
        expect(page.get_by_role("button", name="Wij spraken elkaar")).to_have_attribute("aria-pressed", "true")
        thumb.on(page.get_by_role("link", name="Leg de afspraak vast"))
        for words in ("Thuis", "Bellen", "na elk rapport", "Misschien", "Layla Yilmaz"):
            thumb.on(page.get_by_label(words, exact=True))
        thumb.on(page.get_by_role("button", name="Bewaar de afspraak"))
        expect(page.get_by_text("De afspraak is bewaard")).to_be_visible()
        assert thumb.count <= 10, "held and agreed in ten taps, and nothing to type"
        with app.app_context():
            assert db.session.get(Booking, world.samis_talk.id).outcome is Outcome.HELD
            assert home_visit().family_said_yes_at is None, "a leader cannot say yes for a family"
        the_family_says_yes(device(360, script=False), come_in, world)
        with app.app_context():
            assert home_visit().family_said_yes_by == world.layla.id


def forget_agreements(app: Flask) -> None:
    with app.app_context():
        db.session.query(PlanForm).delete()
        db.session.query(CommunicationPlan).delete()
        db.session.commit()


def closes_a_time(page: Page, app: Flask, world: World) -> None:
    page.goto("/staff/leader/times")
    page.get_by_label("16.40 uur").tap()
    page.get_by_role("button", name="Zet dicht").tap()
    expect(page.get_by_text("dicht", exact=True).first).to_be_visible()
    with app.app_context():
        assert db.session.get(Slot, world.bas_slots[5].id).blocked


def the_family_says_yes(page: Page, come_in: Callable[[Page, Any], None], world: World) -> None:
    come_in(page, world.layla)
    page.goto("/family/")
    page.get_by_role("link", name="Afspraak over Sami").click()
    expect(page.get_by_role("article")).to_contain_text("Bellen")
    page.get_by_label("Ja, bij ons thuis is fijn").check()
    page.get_by_role("button", name="Geef dit antwoord").click()
    expect(page.get_by_role("status")).to_contain_text("Zo doen wij het")


def home_visit() -> PlanForm:
    return db.session.query(PlanForm).filter_by(form=ContactForm.HOME_VISIT).one()
