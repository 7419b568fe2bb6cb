"""A family answers a proposal on its own page, and asks a talk itself."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from scheduling.domain.single_talks import Medium
from scheduling.models import Guardian, SingleTalk, Staff, db
from tests.builders import NOW
from tests.visitor import Visitor
from tests.worlds import World, a_world_to_visit


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
        yield made


def family(app: Flask, who: Guardian) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(who)


def leader(app: Flask, who: Staff) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(who)


def test_a_parent_chooses_a_time_and_the_other_parent_sees_it(app: Flask, world: World):
    address = f"/family/conversations/{world.more['single_id']}"
    page = family(app, world.layla).opens("/family/").follows("vervolggesprek")
    page = page.presses("Geef dit door", answer="1")
    assert "Uw tijd staat vast" in page.heading
    assert "Uw tijd staat vast" in family(app, world.omar).opens(address).heading
    page = page.presses("Wij kunnen toch niet")
    assert "Dit gesprek gaat niet door" in page.heading


def test_no_answer_is_asked_again_and_no_reason_is(app: Flask, world: World):
    layla = family(app, world.layla)
    address = f"/family/conversations/{world.more['single_id']}"
    page = layla.posts(address, status=422)
    assert "Kies wat u het prettigst vindt." in page.text
    assert page.soup.main.find("textarea") is None
    assert "Wij zoeken iets dat wel past" in layla.posts(address, answer="none").heading
    page = layla.posts(address, status=409, answer="1")
    assert "Hier is intussen op geantwoord" in page.text


def test_another_family_finds_no_proposal_and_cannot_answer_it(app: Flask, world: World):
    petra, address = family(app, world.petra), f"/family/conversations/{world.more['single_id']}"
    petra.opens(address, status=404)
    petra.posts(address, status=404, answer="1")
    petra.posts(f"{address}/cancel", status=404)
    assert "vervolggesprek" not in petra.opens("/family/").text


def test_a_parent_asks_a_talk_with_the_phone_beside_it_for_what_cannot_wait(app: Flask, world: World):
    page = family(app, world.petra).opens("/family/").follows("Vraag een gesprek")
    assert "Kan het niet wachten? Bel de school: 000 - 000 00 00" in page.text
    assert "Kies over wie u wilt praten" in page.visitor.posts(page.address, status=422).text
    page = page.visitor.posts(page.address, whom=f"{world.daan.id}@{world.bas.id}", subject="Rekenen")
    assert "U vroeg een gesprek" in page.heading
    found = leader(app, world.bas).opens("/staff/leader/singles").follows("Daan")
    assert "een ouder vraagt dit gesprek" in found.text
    assert "Rekenen" in found.text


@pytest.mark.parametrize("whom", ["1@999", "999@1", "99999999999999999999@1", "a@b"])
def test_nobody_asks_about_somebody_elses_child(app: Flask, world: World, whom: str):
    layla = family(app, world.layla)
    wrong = 422 if "@" not in whom or "a" in whom else 404
    layla.posts("/family/conversations/ask", status=wrong, whom=whom)


def test_who_would_rather_call_or_come_to_school_says_so_and_a_call_tells_who_calls(app: Flask, world: World):
    with app.app_context():
        talk = db.session.get_one(SingleTalk, world.more["single_id"])
        talk.medium = Medium.PHONE
        db.session.commit()
    page = family(app, world.layla).opens("/family/").follows("vervolggesprek")
    assert "Liever op school" in page.text
    page = page.presses("Geef dit door", answer="1")
    assert "Wij bellen u op het nummer dat wij van u hebben." in page.text
    assert "De school weet dat u komt" not in page.text
    assert "telefoon" in page.follows("Kijk of het nog klopt").text.lower()
