"""Colleagues at the door: signing in and out, passwords, and what is never told."""

import re
import time
from collections.abc import Callable
from statistics import mean

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.people import StaffRole
from scheduling.models import Outbox, Staff, Visit, db
from scheduling.services import staff
from scheduling.web.clock import now
from tests import builders
from tests.visitor import Page, Visitor

PASSWORD = "paard batterij nietje correct"
OTHER = "vier woorden zonder verband"
ANNA = "anna@linde.example.org"


@pytest.fixture
def anna(app: Flask) -> Staff:
    with app.app_context():
        builders.a_school()
        builders.a_year()
        colleague = builders.a_leader("anna", roles=[StaffRole.LEADER])
        colleague.password_hash = staff.hash_password(PASSWORD)
        db.session.commit()
        db.session.refresh(colleague)
        db.session.expunge(colleague)
        return colleague


def try_in(visitor: Visitor, email: str = ANNA, password: str = PASSWORD, *, status: int = 200) -> Page:
    return visitor.opens("/staff/sign-in").presses("Log in", email=email, password=password, status=status)


def test_a_colleague_signs_in_and_out(app: Flask, anna: Staff) -> None:
    visitor = Visitor(app)
    page = try_in(visitor)
    assert page.address == "/staff/"
    assert "Anna" in page.heading
    page = page.presses("Log uit")
    assert page.address == "/staff/sign-in"
    assert visitor.opens("/staff/").address == "/staff/sign-in"


def test_who_came_for_a_page_gets_that_page(app: Flask, anna: Staff) -> None:
    page = Visitor(app).opens("/staff/password")
    assert page.address == "/staff/sign-in"
    assert page.presses("Log in", email=ANNA, password=PASSWORD).address == "/staff/password"


@pytest.mark.parametrize(
    "wanted",
    ["//evil.example.org", "/\\evil.example.org", "https:evil.example.org", "https://evil.example.org", "\\\\evil",
     "/%09/evil\t", "javascript:alert(1)", " //evil.example.org", "/\n/evil"],
)  # fmt: skip
def test_signing_in_leads_to_own_pages_only(app: Flask, anna: Staff, wanted: str) -> None:
    visitor = Visitor(app)
    fields = {"email": ANNA, "password": PASSWORD, "next": wanted, "csrf_token": visitor.csrf()}
    answer = visitor.client.post("/staff/sign-in", data=fields)
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/staff/")
    again = visitor.client.get("/staff/sign-in", query_string={"next": wanted})
    assert again.headers["Location"].startswith("/staff/")


def test_unknown_wrong_and_too_often_look_the_same(app: Flask, anna: Staff) -> None:
    visitor = Visitor(app)
    pages = [try_in(visitor, "nobody@linde.example.org", status=422), try_in(visitor, password="wrong", status=422)]
    for _ in range(10):
        pages.append(try_in(visitor, password="wrong", status=422))
    pages.append(try_in(visitor, status=422))
    seen = {_without_what_was_typed(page) for page in pages}
    assert len(seen) == 1
    assert len({tuple(sorted(name for name, _ in page.answer.headers)) for page in pages}) == 1
    assert "passen niet bij elkaar" in pages[0].text
    assert pages[0].soup.title.get_text().startswith("Fout: ")


def test_an_unknown_address_takes_as_long_as_a_known_one(app: Flask, anna: Staff) -> None:
    with app.app_context():
        known, unknown = [], []
        for number in range(12):
            for email, times in ((ANNA, known), ("nobody@linde.example.org", unknown)):
                began = time.perf_counter()
                with pytest.raises(staff.SignInRefused):
                    staff.sign_in(email=email, password="wrong", now=now(), origin=f"origin {number}")
                times.append(time.perf_counter() - began)
    assert abs(mean(sorted(known)[:8]) - mean(sorted(unknown)[:8])) < 0.35 * mean(known)


def test_a_family_that_signs_in_as_a_colleague_leaves_its_visit_behind(app: Flask, anna: Staff) -> None:
    with app.app_context():
        group = builders.a_class("3")
        visitor = Visitor(app).comes_by_link(builders.a_guardian("Layla", builders.a_pupil("Sami", group)))
    with visitor.client.session_transaction() as kept:
        planted = dict(kept)
    try_in(visitor)
    with visitor.client.session_transaction() as kept:
        assert "visit" not in kept
        assert kept["_user_id"] != planted.get("_user_id")


def test_every_sign_in_has_a_fresh_key(app: Flask, anna: Staff) -> None:
    visitor = Visitor(app)
    with visitor.client.session_transaction() as kept:
        kept["_user_id"] = "a key that somebody planted"
    try_in(visitor)
    with visitor.client.session_transaction() as kept:
        assert kept["_user_id"] != "a key that somebody planted"


def test_a_forgotten_password_gives_everyone_the_same_answer(app: Flask, anna: Staff) -> None:
    texts = set()
    for email in (ANNA, "nobody@linde.example.org"):
        page = Visitor(app).opens("/staff/sign-in").follows("Ik weet mijn wachtwoord niet meer")
        texts.add(page.presses("Mail mij de link", email=email).text)
    assert len(texts) == 1
    with app.app_context():
        assert db.session.scalars(select(Outbox.address)).all() == [ANNA]


def test_a_password_that_is_forgotten_too_often_gets_that_same_answer(app: Flask, anna: Staff) -> None:
    page = Visitor(app).opens("/staff/forgot")
    texts = {
        page.presses("Mail mij de link", email=email).text for email in [ANNA] * 5 + ["nobody@linde.example.org"] * 5
    }
    assert len(texts) == 1
    with app.app_context():
        assert db.session.scalars(select(Outbox.address)).all() == [ANNA] * 3


def test_another_host_gets_no_letter_with_its_name(app: Flask, anna: Staff) -> None:
    client = app.test_client()
    answer = client.post("/staff/forgot", data={"email": ANNA}, headers={"Host": "evil.example.org"})
    assert answer.status_code == 400
    visitor = Visitor(app)
    fields = {"email": ANNA, "csrf_token": visitor.csrf()}
    answer = visitor.client.post("/staff/forgot", data=fields, headers={"X-Forwarded-Host": "evil.example.org"})
    assert "evil" not in answer.headers["Location"]


def test_over_https_every_form_is_accepted_with_the_referrer_that_we_allow(
    app: Flask, anna: Staff, make_app: Callable[..., Flask]
) -> None:
    base = "https://ouders.linde.example.org"
    client = make_app(BASE_URL=base).test_client()
    page = client.get("/staff/sign-in", base_url=base)
    assert page.headers["Referrer-Policy"] == "strict-origin"
    token = re.search(r'name="csrf_token" value="([^"]+)"', page.get_data(as_text=True)).group(1)
    fields = {"email": ANNA, "password": PASSWORD, "csrf_token": token}
    sent = client.post("/staff/sign-in", data=fields, base_url=base, headers={"Referer": f"{base}/"})
    assert sent.status_code == 303
    cookie = sent.headers["Set-Cookie"]
    assert cookie.startswith("__Host-")
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= {part.strip() for part in cookie.split(";")}
    elsewhere = client.post(
        "/staff/sign-in", data=fields, base_url=base, headers={"Referer": "https://evil.example.org/"}
    )
    assert elsewhere.status_code == 403


def test_a_mailed_key_sets_a_password_once(app: Flask, anna: Staff) -> None:
    with app.app_context():
        key = staff.new_password_key(staff_id=anna.id, now=now())
    visitor = Visitor(app)
    page = visitor.opens(f"/staff/set-password/{key}")
    refused = page.presses("Bewaar mijn wachtwoord", password="kort", status=422)
    assert "te kort" in refused.text
    page = refused.presses("Bewaar mijn wachtwoord", password=OTHER)
    assert "Uw wachtwoord is bewaard" in page.text
    assert try_in(visitor, password=OTHER).address == "/staff/"
    dead = Visitor(app).opens(f"/staff/set-password/{key}", status=404)
    assert "Vraag een nieuwe aan" in dead.text


def test_a_colleague_changes_the_own_password(app: Flask, anna: Staff) -> None:
    visitor = Visitor(app)
    try_in(visitor)
    page = visitor.opens("/staff/password")
    page = page.presses("Bewaar mijn wachtwoord", current="wrong", password=OTHER, status=422)
    page = page.presses("Bewaar mijn wachtwoord", current=PASSWORD, password=OTHER)
    assert "is bewaard" in page.text
    assert visitor.opens("/staff/").address == "/staff/"
    assert try_in(Visitor(app), password=OTHER).address == "/staff/"


def test_a_visit_that_ended_elsewhere_ends_here(app: Flask, anna: Staff) -> None:
    visitor = Visitor(app)
    try_in(visitor)
    with app.app_context():
        visit = db.session.scalars(select(Visit)).one()
        visit.ended_at = now()
        db.session.commit()
    assert visitor.opens("/staff/").address == "/staff/sign-in"


@pytest.mark.parametrize(
    "role, sees, not_",
    [
        (StaffRole.LEADER, "Uw gesprekken", "Gesprekken plannen"),
        (StaffRole.OFFICE, "Gesprekken plannen", "Uw gesprekken"),
        (StaffRole.DIRECTOR, "Gesprekken plannen", "Uw gesprekken"),
        (StaffRole.INTERNAL_SUPERVISOR, "Alle groepen op een rij", "Gesprekken plannen"),
    ],
)
def test_each_role_is_led_to_its_work(app: Flask, anna: Staff, role: StaffRole, sees: str, not_: str) -> None:
    with app.app_context():
        visitor = Visitor(app).signs_in(builders.a_leader("someone", roles=[role]))
    page = visitor.opens("/staff/")
    assert sees in page.text
    assert not_ not in page.text


def test_the_internal_supervisor_looks_at_all_classes_and_changes_nothing(app: Flask) -> None:
    from tests.worlds import a_world_to_visit

    with app.app_context():
        world = a_world_to_visit()
        visitor = Visitor(app).signs_in(db.session.merge(world.supervisor))
    page = visitor.opens("/staff/overview")
    assert "Sami" in page.text
    assert "2 / 2" in page.text
    buttons = {button.get_text(strip=True) for button in page.soup.find("main").find_all("button")}
    assert buttons == set()
    assert visitor.opens("/staff/office/people", status=404)


def _without_what_was_typed(page: Page) -> str:
    for field in page.soup.find_all("input"):
        field.attrs.pop("value", None)
    return str(page.soup)
