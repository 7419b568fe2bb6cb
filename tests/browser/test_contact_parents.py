"""A contact parent writes, the mentor reads it and sends it, and each family gets a letter of its own."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect
from sqlalchemy import select

from scheduling import jobs
from scheduling.models import ClassMessage, db
from tests.browser.test_every_page import faults_of
from tests.mail.relays import LocalRelay
from tests.worlds import NOW, World

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


def test_from_the_contact_parent_to_every_family(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None],
    pictures: Any,
) -> None:  # fmt: skip
    app = served[1]
    layla, bas = device(360, script=False), device(1280)
    come_in(layla, world.layla)
    layla.goto("/family/")
    layla.get_by_role("link", name="Contactouders van de klas").click()
    layla.get_by_role("link", name="Schrijf aan alle ouders van de klas").click()
    layla.get_by_label("Waar gaat het over?").fill("Vrijdag op het plein")
    layla.get_by_label("Uw bericht").fill("Om drie uur staat er thee.\n\nKomt u ook?")
    layla.screenshot(path=str(pictures / "contact-write.png"), full_page=True)
    layla.get_by_role("button", name="Leg het voor aan de school").click()
    expect(layla.get_by_role("status")).to_contain_text("Uw bericht ligt klaar")
    come_in(bas, world.bas)
    bas.goto("/staff/leader/")
    bas.get_by_role("link", name="Contactouders").click()
    expect(bas.get_by_text("Om drie uur staat er thee.")).to_be_visible()
    bas.screenshot(path=str(pictures / "contact-class.png"), full_page=True)
    assert faults_of(bas) == []
    waiting = bas.get_by_role("region", name="Vrijdag op het plein")
    waiting.get_by_role("button", name="Stuur aan alle ouders").click()
    expect(bas.get_by_role("status")).to_contain_text("elk in een eigen mail")
    with LocalRelay() as relay, app.app_context():
        app.config.update(relay.settings)
        jobs.drain(NOW.replace(hour=10))
        told = [(to, data) for to, data in relay.mailroom.accepted if b"drie uur staat er thee" in data]
        assert sorted(to for to, _ in told) == sorted(one.email for one in (world.layla, world.omar, world.petra))
        assert not any(world.layla.email.encode() in data for to, data in told if to != world.layla.email)
        sent = db.session.scalars(select(ClassMessage).where(ClassMessage.subject == "Vrijdag op het plein")).one()
        assert sent.sent_to == 3
    layla.goto("/family/contact-parents")
    expect(layla.get_by_text("Naar 3 mailboxen")).to_be_visible()
    layla.screenshot(path=str(pictures / "contact-parents.png"), full_page=True)
