"""The pages of the buddy list, for parents, mentors and office."""

import io
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from openpyxl import load_workbook

from scheduling.domain.buddies import Shown
from scheduling.models import BuddyPair, db
from tests.visitor import Visitor
from tests.web.test_doors import enter
from tests.worlds import NOW, World, a_world_to_visit


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """Layla looks for somebody who speaks Polish; Els does, and neither answered yet."""
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
            pair = db.session.get_one(BuddyPair, made.more["pair_id"])
            pair.need_yes = pair.need_shows = None
            db.session.commit()
        yield made


def sends(visitor: Visitor, where: str, **fields: str) -> tuple[int, str]:
    answer = visitor.client.post(where, data={"csrf_token": visitor.csrf(), **fields}, follow_redirects=True)
    return answer.status_code, answer.text


def test_a_parent_answers_and_may_stop(app: Flask, world: World):
    layla = enter(app, world, "Layla")
    assert "Wilt u kennismaken met een andere ouder?" in layla.opens("/family/").text
    page = layla.opens("/family/buddies").text
    assert "wil u hierin graag helpen" in page
    assert "Els" not in page
    where = f"/family/buddies/{world.more['pair_id']}"
    assert sends(layla, where, said="yes", shown="phone")[0] == 422
    assert "Uw ja is binnen" in sends(layla, where, said="yes", shown="mail")[1]
    assert "Wilt u kennismaken" not in layla.opens("/family/").text
    assert "Het is weg" in sends(layla, f"/family/buddies/stop/{world.more['wish_id']}")[1]
    assert sends(layla, where, said="yes", shown="mail")[0] == 404


def test_a_parent_writes_a_line(app: Flask, world: World):
    petra = enter(app, world, "Petra")
    status, page = sends(petra, "/family/buddies", side="offer", kind="experience", topic="")
    assert (status, "bijvoorbeeld: Pools" in page) == (422, True)
    assert (
        "Ervaring (blokfluit)" in sends(petra, "/family/buddies", side="offer", kind="experience", topic="blokfluit")[1]
    )


def test_the_list_is_a_file_with_the_names_that_stand_on_the_page(app: Flask, world: World):
    for who, els in (("Bas", False), ("office", True)):
        visitor = enter(app, world, who)
        text = visitor.client.get("/staff/buddies/csv").data.decode("utf-8-sig")
        assert ("Layla Yilmaz" in text, "Els" in text) == (True, els)
        assert '"Pools";"allebei gevraagd"' in text
        book = load_workbook(io.BytesIO(visitor.client.get("/staff/buddies/xlsx").data))
        assert book.active["A1"].value == "Ouder"


def test_the_school_notes_and_asks(app: Flask, world: World):
    bas, office = enter(app, world, "Bas"), enter(app, world, "office")
    page = bas.opens("/staff/buddies").text
    assert "allebei gevraagd" in page
    assert "Els" not in page, "she has no child in his class"
    assert "Els" in office.opens("/staff/buddies").text
    note = {"guardian": str(world.petra.id), "side": "need", "kind": "language", "topic": "Pools"}
    assert sends(bas, "/staff/buddies", **note | {"guardian": ""})[0] == 422
    page = sends(bas, "/staff/buddies", **note)[1]
    assert "Vraag het allebei" in page
    assert sends(bas, "/staff/buddies/ask", need=str(world.more["wish_id"]), offer="0")[0] == 409
    need = page.split('name="need" value="')[1].split('"')[0]
    offer = page.split('name="offer" value="')[1].split('"')[0]
    assert "Wij vragen het allebei" in sends(bas, "/staff/buddies/ask", need=need, offer=offer)[1]


def test_who_shows_a_number_that_went_shows_nothing_else_instead(app: Flask, world: World):
    layla = enter(app, world, "Layla")
    for phone, told in (("+31 00 000 00 55", "+31 00 000 00 55"), ("", "De school helpt u")):
        with app.app_context():
            pair = db.session.get_one(BuddyPair, world.more["pair_id"])
            pair.need_yes = pair.offer_yes = True
            pair.need_shows, pair.offer_shows = Shown.MAIL, Shown.PHONE
            pair.offer.guardian.phone = phone
            db.session.commit()
        page = layla.opens("/family/buddies").text
        assert told in page
        assert world.els.email not in page, "the mailbox was not what she chose to show"
