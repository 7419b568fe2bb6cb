"""The personal link: who looks changes nothing, who presses comes in; and what to do without a link."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.models import AccessLink, Base, Guardian, Outbox, Visit, db
from scheduling.services import links
from tests.visitor import Page, Visitor
from tests.worlds import NOW, World, a_world_to_visit

SCANNERS = ("Mozilla/5.0 (SafeLinks)", "Slackbot-LinkExpanding 1.0", "GoogleImageProxy", "")


@pytest.fixture
def in_august() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOW, tick=False) as clock:
        yield clock


@pytest.fixture
def world(app: Flask, in_august: time_machine.Traveller) -> World:
    with app.app_context():
        return a_world_to_visit()


def token_for(app: Flask, guardian: Guardian) -> str:
    with app.app_context():
        return links.issue(guardian_id=guardian.id, by=SYSTEM, now=NOW)


def rows(app: Flask) -> dict[str, int]:
    with app.app_context():
        return {name: db.session.scalar(select(func.count()).select_from(table))
                for name, table in Base.metadata.tables.items()}  # fmt: skip


def test_a_link_tells_the_first_name_time_and_place_and_has_one_button(app, world):
    page = Visitor(app).opens(f"/g/{token_for(app, world.layla)}")
    assert page.heading == "Het gesprek van Sami"
    assert "15.00 tot 15.20 uur" in page.text
    assert "lokaal 3" in page.text
    for hidden in ("Yilmaz", "Layla", "Omar", "Bas", "Noor"):
        assert hidden not in page.text
    assert [button.get_text() for button in page.soup.select("main button")] == ["Bekijk en antwoord"]


def test_scanners_that_look_fifty_times_change_nothing_and_the_parent_still_comes_in(app, world):
    token = token_for(app, world.layla)
    before = rows(app)
    for look in range(50):
        client = app.test_client()
        agent = {"User-Agent": SCANNERS[look % len(SCANNERS)], "Sec-Purpose": "prefetch"}
        ask = client.head if look % 3 == 0 else client.get
        assert ask(f"/g/{token}", headers=agent).status_code == 200
    assert rows(app) == before
    page = Visitor(app).opens(f"/g/{token}").presses("Bekijk en antwoord")
    assert page.address == "/family/"


def test_even_a_scanner_that_presses_the_button_answers_nothing(app, world):
    token = token_for(app, world.layla)
    before = rows(app)
    Visitor(app).opens(f"/g/{token}").presses("Bekijk en antwoord")
    after = rows(app)
    assert {name for name in after if after[name] != before[name]} == {"visit"}


def test_after_the_button_the_link_is_in_no_address_and_in_no_page(app, world):
    token = token_for(app, world.layla)
    page = Visitor(app).opens(f"/g/{token}").presses("Bekijk en antwoord")
    assert token not in page.html
    assert token not in page.answer.request.url


def test_unknown_ended_and_withdrawn_links_are_one_and_the_same_page(app, world, in_august):
    ended, withdrawn = token_for(app, world.petra), token_for(app, world.layla)
    with app.app_context():
        links.revoke_all(guardian_id=world.layla.id, by=SYSTEM, now=NOW)
        db.session.scalars(select(AccessLink).where(AccessLink.guardian_id == world.petra.id)).one().expires_at = NOW
        db.session.commit()
    pages = [Visitor(app).opens(f"/g/{token}", status=404) for token in ("x", "ø" * 40, ended, withdrawn)]
    assert {anonymous(page) for page in pages} == {anonymous(pages[0])}
    assert "Vraag een nieuwe link" in pages[0].text
    for token in ("x", ended, withdrawn):
        assert Visitor(app).posts(f"/g/{token}", status=404).heading == pages[0].heading


def anonymous(page: Page) -> str:
    """The page without what differs by nature: the form's own token and the address it was asked at."""
    return re.sub(r'name="(csrf_token|next)" value="[^"]*"', "", page.html)


def test_withdrawing_a_link_ends_the_visits_it_opened(app, world):
    visitor = Visitor(app)
    page = visitor.opens(f"/g/{token_for(app, world.layla)}").presses("Bekijk en antwoord")
    assert page.answer.status_code == 200
    with app.app_context():
        links.revoke_all(guardian_id=world.layla.id, by=Actor(ActorKind.STAFF, world.office.id), now=NOW)
    page = visitor.opens("/family/", status=401)
    assert "Open de link" in page.text
    assert "Sami" not in page.text


def test_an_older_link_still_works_after_newer_ones(app, world):
    oldest = token_for(app, world.layla)
    for _ in range(3):
        token_for(app, world.layla)
    assert Visitor(app).opens(f"/g/{oldest}").presses("Bekijk en antwoord").address == "/family/"


def test_a_planted_session_is_dead_after_coming_in_and_every_visit_has_its_own_key(app, world):
    visitor = Visitor(app)
    with visitor.client.session_transaction() as kept:
        kept["visit"], kept["planted"] = "planted", "yes"
    token = token_for(app, world.layla)
    keys = set()
    for _ in range(2):
        visitor.opens(f"/g/{token}").presses("Bekijk en antwoord")
        with visitor.client.session_transaction() as kept:
            assert "planted" not in kept
            keys.add(kept["visit"])
    assert len(keys | {"planted"}) == 3
    with app.app_context():
        assert db.session.scalar(select(func.count()).select_from(Visit)) == 2


def test_the_next_person_on_the_same_device_sees_nothing_of_the_last(app, world):
    visitor = Visitor(app)
    visitor.opens(f"/g/{token_for(app, world.layla)}").presses("Bekijk en antwoord")
    page = visitor.opens(f"/g/{token_for(app, world.petra)}").presses("Bekijk en antwoord")
    assert "Daan" in page.text
    assert "Sami" not in page.text
    assert page.answer.headers["Cache-Control"] == "no-store"
    visitor.opens(f"/family/talks/{world.start.id}/{world.sami.id}", status=404)


def test_whoever_asks_for_a_new_link_gets_the_same_answer_and_mail_goes_to_stored_addresses_only(app, world):
    answers = set()
    for address in (world.layla.email, "niemand@example.org", world.ruud.email, "", "geen adres"):
        page = Visitor(app).opens("/nieuwe-link").presses("Stuur mij een nieuwe link", email=address)
        assert page.heading == "Kijk in uw e-mail"
        answers.add(anonymous(page))
    assert len(answers) == 1
    with app.app_context():
        sent = db.session.scalars(
            select(Outbox.address).where(Outbox.letter == Letter.LINK).order_by(Outbox.address)
        ).all()
    assert sent == sorted([world.layla.email, world.ruud.email])


def test_a_mailbox_that_two_parents_share_gets_a_link_for_each_and_never_more_than_three_an_hour(app, world):
    with app.app_context():
        db.session.get(Guardian, world.omar.id).email = world.layla.email.upper()
        db.session.commit()
    for _ in range(5):
        Visitor(app).opens("/nieuwe-link").presses("Stuur mij een nieuwe link", email=f" {world.layla.email} ")
    with app.app_context():
        who = db.session.scalars(select(Outbox.guardian_id).where(Outbox.letter == Letter.LINK)).all()
    assert set(who) == {world.layla.id, world.omar.id}
    assert len(who) <= 6


def test_a_reader_of_english_is_greeted_in_english(app, world):
    with app.app_context():
        db.session.get(Guardian, world.layla.id).language = "en"
        db.session.commit()
    page = Visitor(app).opens(f"/g/{token_for(app, world.layla)}")
    assert page.soup.html["lang"] == "en"
