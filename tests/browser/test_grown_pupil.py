"""T26: a pupil of eighteen takes the permission back on the own phone, and gives it again. Without JavaScript."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.domain.mailings import Letter, OutboxState
from scheduling.models import Booking, Guardian, Outbox, Pupil, db
from scheduling.services import outbox
from scheduling.services.transaction import transaction
from tests.browser.test_every_page import faults_of
from tests.builders import NOW
from tests.worlds import World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(600)]


def grown(app: Flask, world: World) -> Pupil:
    """Daan is nineteen and lets Petra stay involved; both had the invitation."""
    with app.app_context():
        daan = db.session.get_one(Pupil, world.daan.id)
        daan.birth_date, daan.email, daan.parents_permitted = date(2008, 1, 1), "daan@leerling.example.org", True
        db.session.commit()
        with transaction() as session:
            talk = session.get_one(Booking, world.daans_talk.id)
            talk.invited_at = NOW
            outbox.post(session, letter=Letter.INVITATION, booking=talk, now=NOW)
        for row in db.session.query(Outbox).filter_by(booking_id=world.daans_talk.id):
            row.state = OutboxState.SENT
        db.session.commit()
        daan = db.session.get_one(Pupil, world.daan.id)
        db.session.refresh(daan)
        db.session.expunge(daan)
        return daan


def letters_to(app: Flask, guardian: Guardian) -> list[tuple[str, int]]:
    with app.app_context():
        rows = db.session.query(Outbox).filter_by(guardian_id=guardian.id).order_by(Outbox.id)
        return [(row.letter.value, row.sequence) for row in rows]


def test_t26_withdrawn_on_the_phone_everything_stops_for_the_parents_at_once(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    pictures: Any,
) -> None:  # fmt: skip
    app = served[1]
    daan = grown(app, world)
    phone, petras, watching = device(360, script=False), device(360, script=False), device(320)
    for page, person in ((phone, daan), (petras, world.petra), (watching, daan)):
        come_in(page, person)
    petras.goto("/family/")
    expect(petras.locator("main")).to_contain_text("Daan")

    watching.goto("/family/parents")
    assert faults_of(watching) == []
    watching.screenshot(path=str(pictures / "family.parents-phone-light.png"), full_page=True)

    phone.goto("/family/")
    phone.get_by_role("link", name="Uw ouders en de gesprekken").click()
    expect(phone.locator("h2").first).to_have_text("Nu: uw ouders doen mee")
    phone.get_by_role("button", name="Stop dit: ik ga alleen verder").click()
    expect(phone.locator("main")).to_contain_text("Uw ouders lezen uw gesprekken niet meer.")
    phone.screenshot(path=str(pictures / "family.parents-stopped-phone-light.png"), full_page=True)

    petras.goto("/family/")
    expect(petras.locator("main")).not_to_contain_text("Daan")
    assert letters_to(app, world.petra) == [("invitation", 0), ("elsewhere", 1)]

    phone.goto("/family/")
    expect(phone.locator("main")).to_contain_text("Bas Jansen")
    phone.get_by_role("button", name="Ja, deze tijd past").click()
    expect(phone.locator("main")).to_contain_text("staat vast")

    phone.goto("/family/parents")
    phone.get_by_role("button", name="Mijn ouders mogen meedoen").click()
    expect(phone.locator("main")).to_contain_text("Uw ouders krijgen weer bericht")
    petras.goto("/family/")
    expect(petras.locator("main")).to_contain_text("Daan")
    assert [letter for letter, _ in letters_to(app, world.petra)] == ["invitation", "elsewhere", "confirmed"]
    watching.goto("/family/parents")
    assert faults_of(watching) == []


def test_a_parent_has_no_such_page(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None]
) -> None:
    page = device(360)
    come_in(page, world.layla)
    answer = page.goto("/family/parents")
    assert answer is not None
    assert answer.status == 404
