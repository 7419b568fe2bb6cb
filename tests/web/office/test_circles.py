"""The parent circle on the office's pages: which class has somebody, and the year in one table."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling.domain.contact_parents import Reach
from scheduling.domain.gatherings import Answer, Coming
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.wishes import Wisher
from scheduling.models import CircleSeat, Outbox, PlannedDate, db
from scheduling.services import contact_parents, gatherings
from tests.builders import household_of
from tests.visitor import Visitor
from tests.web.test_doors import enter
from tests.worlds import NOW, World, a_world_to_visit


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """The parents of Bas's class are asked to a circle; Layla is its contact parent."""
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
        yield made


def sends(visitor: Visitor, where: str, **fields: str) -> tuple[int, str]:
    answer = visitor.client.post(where, data={"csrf_token": visitor.csrf(), **fields}, follow_redirects=True)
    return answer.status_code, answer.text


def where_of(world: World) -> str:
    return f"/staff/office/year/plan/{world.more['circle_id']}"


def test_from_inviting_to_who_was_there(app: Flask, world: World):
    office, where = enter(app, world, "office"), where_of(world)
    page = office.opens(f"{where}/gathering").presses("Nodig uit")
    with app.app_context():
        gatherings.tell(NOW)
    assert f"{where}/circle" in page.links()
    page = office.opens(f"{where}/circle")
    assert "1 klas heeft nog niemand" in page.text
    assert "Layla" in page.text
    page.presses("Vraag het opnieuw")
    with app.app_context():
        asked = db.session.scalars(select(Outbox.guardian_id).where(Outbox.letter == Letter.GATHERING_REMINDER)).all()
        assert asked == [world.layla.id]
    layla = enter(app, world, "Layla")
    page = layla.opens("/family/").presses("Wij komen (1)")
    assert "U komt, met 1 volwassene" in page.text
    assert "heeft nog niemand" not in office.opens(f"{where}/circle").text
    with time_machine.travel(datetime(2027, 11, 17, 20, tzinfo=UTC), tick=False):
        office = enter(app, world, "office")
        page = office.opens(f"{where}/circle")
        assert "Bewaar wie er was" in page.text
        assert not page.soup.find_all("textarea"), "no minutes and no decisions"
        assert not page.soup.find_all("input", type="file"), "no uploads"
        page.presses("Bewaar wie er was")
        with app.app_context():
            assert db.session.scalars(select(CircleSeat.guardian_id).where(CircleSeat.came)).all() == [world.layla.id]
        page = office.opens("/staff/office/year/circles?year=2027-2028")
        assert "Layla Yilmaz" in page.text


def test_a_parent_of_another_class_is_named_and_nothing_is_kept(app: Flask, world: World):
    office, where = enter(app, world, "office"), f"{where_of(world)}/circle"
    with app.app_context():
        karins = world.six.id
    status, page = sends(office, where, **{f"class-{world.three.id}": "987654"})
    assert (status, "Kies een ouder van" in page) == (422, True)
    assert sends(office, where, **{f"class-{karins}": str(world.layla.id)})[0] == 404, "not a class of this circle"
    with app.app_context():
        assert db.session.scalar(select(CircleSeat)) is None


def test_when_one_of_two_contact_parents_at_home_comes_the_office_is_asked_for_which_class(app: Flask, world: World):
    where = world.more["circle_id"]
    with app.app_context():
        db.session.get_one(PlannedDate, where).for_all = True
        db.session.commit()
        omar = Actor(ActorKind.GUARDIAN, world.omar.id)
        contact_parents.say_yes(class_id=world.six.id, shown_as="Omar", reach=Reach.FORM, by=omar, now=NOW)
        gatherings.invite(planned_ids=[where], by=Actor(ActorKind.STAFF, world.office.id), now=NOW)
        home = Wisher(household_of(db.session.merge(world.omar)).id)
        gatherings.answer(planned_id=where, wisher=home, answer=Answer(Coming.YES, adults=1), by=omar, now=NOW)
    page = enter(app, world, "office").opens(f"{where_of(world)}/circle")
    assert "kies die ouder hieronder" in page.text
    assert page.text.count("of een andere contactouder thuis") == 2


def test_nobody_is_asked_again_before_anybody_was_asked(app: Flask, world: World):
    status, page = sends(enter(app, world, "office"), f"{where_of(world)}/circle/ask-again")
    assert (status, "nog niemand uitgenodigd" in page) == (409, True)
