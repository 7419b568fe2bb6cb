"""A leader falls ill on the day itself: from the office's first click to what the families read."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Page, expect

from scheduling.domain.mailings import Letter
from scheduling.domain.timeslots import local
from scheduling.models import Booking, CallRequest, Guardian, Outbox, Slot, db
from scheduling.web.clock import now
from tests.worlds import World

pytestmark = pytest.mark.browser


@pytest.fixture
def today(served: tuple[str, Flask], world: World) -> World:
    """Bas's talks with Sami and Daan are later today; both families know. Daan's mother gets no mail."""
    with served[1].app_context():
        db.session.query(CallRequest).delete()
        db.session.query(Slot).filter_by(leader_id=world.bas.id, booking_id=None).delete()
        for number, booking_id in enumerate((world.samis_talk.id, world.daans_talk.id)):
            talk = db.session.get_one(Booking, booking_id)
            starts_at = now().replace(second=0, microsecond=0) + timedelta(hours=2, minutes=20 * number)
            times = {"starts_at": starts_at, "ends_at": starts_at + timedelta(minutes=20)}
            db.session.query(Slot).filter_by(booking_id=talk.id).update(times)
            db.session.query(Booking).filter_by(id=talk.id).update(times | {"invited_at": now()})
        petra = db.session.get_one(Guardian, world.petra.id)
        petra.email, petra.phone = "", "+31 00 000 00 07"
        db.session.commit()
    return world


def test_on_the_day_itself_every_family_hears_and_nobody_waits_for_nothing(
    served: tuple[str, Flask], today: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None]
) -> None:
    office = device(360, script=False)
    come_in(office, today.office)
    office.goto(f"/staff/office/leaders/{today.bas.id}/")
    office.get_by_role("link", name="Deze collega kan er niet zijn").click()
    office.get_by_role("button", name="Bekijk wat er gebeurt").click()
    expect(office.get_by_text("Er is nog niets verstuurd")).to_be_visible()
    choice = office.get_by_label("Wat krijgt het gezin? Sami")
    expect(choice).to_have_value("call")  # no time is left
    choice.select_option("link")
    office.get_by_role("button", name="Verstuur en pas het rooster aan").click()
    expect(office.get_by_text("Gezinnen krijgen meteen bericht")).to_be_visible()
    office.get_by_role("link", name="Naar de bellijst").click()
    expect(office.get_by_role("row", name="Daan")).to_contain_text("+31 00 000 00 07")
    expect(office.get_by_role("row", name="Daan")).to_contain_text("krijgt geen mail")
    with served[1].app_context():
        told = db.session.query(Outbox).filter_by(letter=Letter.CANCELLED, booking_id=today.samis_talk.id).all()
        assert {row.guardian_id for row in told} == {today.layla.id, today.omar.id}
        assert {row.lane for row in told} == {0}  # these leave before anything else

    family = device(360, script=False)
    come_in(family, today.layla)
    family.goto("/family/")
    expect(family.get_by_text("Dit gesprek gaat niet door").first).to_be_visible()

    office.get_by_role("button", name="Gebeld Daan").click()
    office.goto(f"/staff/office/leaders/{today.bas.id}/away")
    office.get_by_role("button", name="Draai dit terug").click()
    expect(office.get_by_text("Teruggedraaid")).to_be_visible()
    family.goto("/family/")
    with served[1].app_context():
        again = db.session.query(Booking).filter_by(pupil_id=today.sami.id, status="invited").one()
        assert f"{local(again.starts_at):%H.%M}" in family.inner_text("main")
