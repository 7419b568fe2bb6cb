"""The pages on which a class asks for help and parents give it."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling.models import ClassTask, ClassTaskHelper, db
from tests.visitor import Visitor
from tests.web.test_doors import enter
from tests.worlds import NOW, World, a_world_to_visit

FAMILY, STAFF = "/family/tasks", "/staff/tasks"


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """Layla, contact parent of Sami's and Daan's class, asks one parent to drive."""
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
        yield made


def sends(visitor: Visitor, where: str, **fields: str) -> tuple[int, str]:
    answer = visitor.client.post(where, data={"csrf_token": visitor.csrf(), **fields}, follow_redirects=True)
    return answer.status_code, answer.text


def test_a_parent_helps_and_only_who_is_in_charge_reads_the_name(app: Flask, world: World):
    petra, layla, bas = (enter(app, world, name) for name in ("Petra", "Layla", "Bas"))
    assert FAMILY in petra.opens("/family/").links()
    page = petra.opens(FAMILY)
    assert "Schoolreis" in page.text
    assert "Vraag hulp" not in page.text
    page = page.presses("Ik help")
    assert "Fijn dat u helpt" in page.text
    for visitor, where in ((layla, FAMILY), (bas, STAFF)):
        text = visitor.opens(where).text
        assert "Wie helpt: Petra" in text
        assert world.petra.surname not in text.partition("Wie helpt")[2]
    assert "genoeg helpers" in layla.opens(FAMILY).text
    assert sends(layla, f"{FAMILY}/{world.more['class_task_id']}", help="yes")[0] == 409
    assert "afgemeld" in petra.opens(FAMILY).presses("Meld u af").text
    with app.app_context():
        assert db.session.scalar(select(ClassTaskHelper)) is None


def test_asking_moving_and_taking_back(app: Flask, world: World):
    layla, bas, petra = (enter(app, world, name) for name in ("Layla", "Bas", "Petra"))
    where = f"{FAMILY}/new/{world.three.id}"
    fields = {"what": "Koffie schenken", "wanted": "twee", "title": "Zomerfeest", "day": "2027-11-05"}
    status, page = sends(layla, where, **fields)
    assert (status, "Koffie schenken" in page, "twee" in page, "Zomerfeest" in page) == (422, True, True, True)
    assert sends(layla, where, **fields | {"wanted": "2"})[0] == 200
    assert sends(petra, where, **fields | {"wanted": "2"})[0] == 404
    assert "Zomerfeest" in petra.opens(FAMILY).text
    assert sends(bas, f"{STAFF}/new/{world.three.id}", **fields | {"what": ""})[0] == 422
    with app.app_context():
        task = db.session.scalars(select(ClassTask.id).where(ClassTask.title == "Zomerfeest")).one()
    assert sends(bas, f"{STAFF}/{task}/change", change="move", day="1999-01-01")[0] == 422
    assert "12 november" in sends(bas, f"{STAFF}/{task}/change", change="move", day="2027-11-12")[1]
    assert "Zomerfeest" not in sends(layla, f"{FAMILY}/{task}/change", change="withdraw")[1]
