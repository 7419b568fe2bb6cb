"""Families in a real browser: an old phone, two who want the same time, a keyboard and nothing else."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Locator, Page, expect

from scheduling.domain.rounds import BookingStatus
from scheduling.models import Booking, CommunicationPlan, InterpreterRequest, Slot, Topic, db
from tests.worlds import World

pytestmark = pytest.mark.browser

FOCUS = """() => {
  const at = document.activeElement, look = getComputedStyle(at), box = at.getBoundingClientRect()
  const drawn = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) >= 2
  const inView = box.bottom > 0 && box.top < innerHeight
  return {words: (at.closest('label') || at).innerText || '', visible: drawn && inView, tag: at.tagName}
}"""


def test_a_parent_on_an_old_phone_does_everything_without_scripts(
    served: tuple[str, Flask], world: World, device: Callable[..., Page]
) -> None:
    app = served[1]
    page = device(360, script=False, has_touch=True)
    page.goto(f"/g/{world.tokens['links']}")
    page.get_by_role("button", name="Bekijk en antwoord").tap()
    expect(page).to_have_url(re.compile(r"/family/$"))
    talk_of(page, "Sami").get_by_role("link", name="Kies een andere tijd").tap()
    page.get_by_label("16.20 uur").tap()
    page.get_by_role("button", name="Verder").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Klopt dit?")
    assert first_slot(app, world) == world.bas_slots[0].id, "looking at a time takes nothing"
    page.get_by_role("button", name="Bevestig dinsdag 31 augustus, 16.20 uur").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw tijd staat vast")
    bookmark = page.url
    assert first_slot(app, world) == world.bas_slots[4].id
    page.get_by_role("link", name="Ik wil iets bespreken").tap()
    page.get_by_label("Wat wilt u bespreken?").fill("Slaapt slecht")
    page.get_by_role("button", name="Schrijf op").tap()
    expect(page.get_by_role("listitem").filter(has_text="Slaapt slecht")).to_be_visible()
    page.get_by_role("link", name="Klaar").tap()
    page.get_by_role("link", name="Tolk voor het gesprek van Sami").tap()
    page.get_by_label("Welke taal spreekt de tolk?").fill("Tigrinya")
    page.get_by_role("button", name="Ja, graag een tolk").tap()
    expect(talk_of(page, "Sami")).to_contain_text("Tigrinya")
    with app.app_context():
        assert db.session.query(Topic).filter_by(text="Slaapt slecht").one().pupil_id == world.sami.id
        assert db.session.query(InterpreterRequest).one().language == "Tigrinya"
    page.get_by_role("link", name="Wij kunnen niet").tap()
    page.get_by_role("button", name="Wij komen niet").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Dit gesprek gaat niet door")
    assert first_slot(app, world) is None
    page.get_by_role("button", name="Wij komen toch").tap()
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw tijd staat vast")
    page.goto(bookmark)
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw tijd staat vast")
    expect(talk_of(page, "Sami")).to_contain_text("16.20")
    assert first_slot(app, world) == world.bas_slots[4].id


def test_of_two_parents_who_want_one_time_the_second_keeps_the_own_time_and_sees_what_is_free(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None]
) -> None:
    laylas, petras = device(360), device(360, script=False)
    for page, person, pupil in ((laylas, world.layla, world.sami), (petras, world.petra, world.daan)):
        come_in(page, person)
        page.goto(f"/family/talks/{world.start.id}/{pupil.id}/time")
        page.get_by_label("16.00 uur").check()
        page.get_by_role("button", name="Verder").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Klopt dit?")
    laylas.get_by_role("button", name="Bevestig").click()
    expect(laylas.get_by_role("heading", level=1)).to_have_text("Uw tijd staat vast")
    with petras.expect_response(lambda answer: answer.request.method == "POST") as answered:
        petras.get_by_role("button", name="Bevestig").click()
    assert answered.value.status == 409
    expect(petras.get_by_role("heading", level=1)).to_have_text("Deze tijd is net gekozen door iemand anders")
    note = petras.locator(".note").filter(has_text="Uw eigen tijd is niet veranderd")
    expect(note).to_contain_text("dinsdag 31 augustus, 15.20 uur")
    free = [words.split()[0] for words in petras.locator("label.time b").all_inner_texts()]
    assert free == ["15.00", "15.40", "16.20", "16.40"], "Sami's old time is free; the one just lost is not"
    assert "Sami" not in petras.content()
    with served[1].app_context():
        assert db.session.get(Slot, world.bas_slots[3].id).booking_id == world.samis_talk.id
        assert db.session.get(Slot, world.bas_slots[1].id).booking_id == world.daans_talk.id
        assert db.session.get(Booking, world.daans_talk.id).starts_at == world.bas_slots[1].starts_at
    petras.get_by_label("16.20 uur").check()
    petras.get_by_role("button", name="Verder").click()
    petras.get_by_role("button", name="Bevestig").click()
    expect(petras.get_by_role("heading", level=1)).to_have_text("Uw tijd staat vast")


def test_a_time_is_picked_with_a_keyboard_in_twelve_presses_and_the_focus_is_always_seen(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None]
) -> None:
    page = device(320)
    come_in(page, world.layla)
    page.goto(f"/family/talks/{world.start.id}/{world.sami.id}/time")
    presses = tab_to(page, "16.00 uur") + press(page, "Space") + tab_to(page, "Verder") + press(page, "Enter")
    page.wait_for_url("**/time/*")
    assert presses <= 12
    presses = tab_to(page, "Bevestig dinsdag") + press(page, "Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Uw tijd staat vast")
    assert presses <= 12
    assert first_slot(served[1], world) == world.bas_slots[3].id


def test_a_family_welcomes_its_teacher_at_home_only_by_its_own_yes(
    served: tuple[str, Flask], world: World, device: Callable[..., Page], come_in: Callable[[Page, Any], None]
) -> None:
    page = device(360, script=False)
    come_in(page, world.layla)
    page.goto("/family/")
    page.get_by_role("link", name="Afspraak over Sami").click()
    expect(page.locator(".chip")).to_have_text("Een vraag aan u")
    page.get_by_role("button", name="Geef dit antwoord").click()
    expect(page).to_have_title(re.compile("^Fout: "))
    page.get_by_label("Ja, bij ons thuis is fijn").check()
    page.get_by_role("button", name="Geef dit antwoord").click()
    expect(page.get_by_role("status")).to_contain_text("Zo doen wij het")
    with served[1].app_context():
        plan = db.session.query(CommunicationPlan).one()
        assert plan.forms[0].family_said_yes_by == world.layla.id


def talk_of(page: Page, pupil: str) -> Locator:
    return page.get_by_role("article", name=re.compile(f"^{pupil}"))


def first_slot(app: Flask, world: World) -> int | None:
    """The slot where Sami's talk begins now."""
    with app.app_context():
        held = (
            db.session.query(Slot)
            .join(Booking, Slot.booking_id == Booking.id)
            .filter(Booking.pupil_id == world.sami.id, Booking.status != BookingStatus.CANCELLED)
            .order_by(Slot.starts_at)
            .first()
        )
        return held.id if held else None


def press(page: Page, key: str) -> int:
    page.keyboard.press(key)
    return 1


def tab_to(page: Page, words: str) -> int:
    """Press Tab until the focus stands on something with these words; how often. The focus is seen all along."""
    for count in range(1, 40):
        page.keyboard.press("Tab")
        found = page.evaluate(FOCUS)
        assert found["visible"], f"nobody sees where the keyboard is: {found}"
        if words in found["words"]:
            return count
    raise AssertionError(f"the keyboard never reaches {words!r}")
