"""The pages on which families bring up topics, and on which whose class it is puts them in order."""

import re
from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select

from scheduling.domain.gatherings import Details
from scheduling.domain.journal import SYSTEM
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import Gathering, GatheringTopic, PlannedDate, db
from scheduling.services import gatherings
from tests.visitor import Visitor
from tests.web.test_doors import enter
from tests.worlds import NOW, World, a_world_to_visit


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    """Layla is contact parent of Sami's and Daan's class, of which the parents come to a circle."""
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
        yield made


def sends(visitor: Visitor, where: str, **fields: str) -> tuple[int, str]:
    answer = visitor.client.post(where, data={"csrf_token": visitor.csrf(), **fields}, follow_redirects=True)
    return answer.status_code, answer.text


def an_evening(app: Flask, world: World) -> int:
    """A parents' evening of the class of the circle, to which its families are invited."""
    with app.app_context():
        circle = db.session.get_one(PlannedDate, world.more["collecting_id"])
        row = PlannedDate(
            year_id=circle.year_id, kind=PlannedKind.PARENTS_EVENING, day=circle.day.replace(day=24), for_all=True,
            begins=circle.begins, ends=circle.ends, place="aula", published_at=NOW, ical_uid="e@linde", ical_stamp=NOW,
        )  # fmt: skip
        db.session.add(row)
        db.session.commit()
        evening = row.id
        gatherings.set_up(planned_id=evening, version=0, details=Details(), by=SYSTEM, now=NOW)
        gatherings.invite(planned_ids=[evening], by=SYSTEM, now=NOW)
        gatherings.tell(NOW)
        return evening


def test_a_parent_gives_a_topic_for_the_circle_and_reads_where_what_is_personal_belongs(app: Flask, world: World):
    petra, where = enter(app, world, "Petra"), f"/family/gatherings/{world.more['collecting_id']}/topics"
    assert where in petra.opens("/family/").links()
    page = petra.opens(where)
    assert "/family/conversations/ask" in page.links()
    assert "tot en met" in page.text
    assert "Fietsen bij de poort" not in page.text, "another parent's topic"
    status, page = sends(petra, where, text="Huiswerk is verplicht")
    assert (status, "Huiswerk is verplicht" in page) == (422, True)
    status, page = sends(petra, where, text="Overblijven")
    assert (status, "zonder uw naam" in page) == (200, True)
    with app.app_context():
        assert "Overblijven" in db.session.scalars(select(GatheringTopic.words)).all()


def test_a_contact_parent_and_the_leader_read_them_and_nobody_makes_an_agenda_of_a_circle(app: Flask, world: World):
    layla, bas = enter(app, world, "Layla"), enter(app, world, "Bas")
    where = f"/family/gatherings/{world.more['collecting_id']}/topics"
    page = layla.opens(where).text
    assert "Fietsen bij de poort" in page
    assert "Zet op de agenda" not in page
    own = where.replace("/family", "/staff")
    page = bas.opens("/staff/leader/gatherings")
    assert (page.links().count(own), page.soup.find_all("h2")) == (1, []), "the circle stands there once"
    page = bas.opens(own)
    assert "Fietsen bij de poort" in page.text
    assert not re.search('<textarea|type="file"', page.html), "no minutes, no decisions, no uploads"
    with app.app_context():
        topic = db.session.scalars(select(GatheringTopic.id)).one()
    assert sends(bas, own, choice="on", topic=str(topic))[0] == 409
    assert sends(bas, own, choice="nonsense", topic=str(topic))[0] == 404
    assert "Bewaard" in sends(layla, f"{where}/choose", choice="strike", topic=str(topic))[1]
    assert "Fietsen bij de poort" not in bas.opens(own).text


def test_what_is_on_the_agenda_of_an_evening_stands_on_the_page_of_every_family(app: Flask, world: World):
    evening = an_evening(app, world)
    petra, bas = enter(app, world, "Petra"), enter(app, world, "Bas")
    assert f"/family/gatherings/{evening}/topics" in petra.opens(f"/family/gatherings/{evening}").links()
    sends(petra, f"/family/gatherings/{evening}/topics", text="Gamen")
    with app.app_context():
        topic = db.session.scalars(select(GatheringTopic.id).where(GatheringTopic.words == "Gamen")).one()
    sends(bas, f"/staff/gatherings/{evening}/topics", choice="on", topic=str(topic))
    page = petra.opens(f"/family/gatherings/{evening}").text
    assert "Gamen" in page
    assert "Terugkoppeling uit de ouderkring" in page
    office = enter(app, world, "office")
    where = f"/staff/office/year/plan/{evening}/gathering"
    assert f"/staff/gatherings/{evening}/topics" in office.opens(where).links()
    assert sends(office, where, version="2", topic_days="99")[0] == 422
    sends(office, where, version="2", topic_days="3")
    with app.app_context():
        assert db.session.get_one(Gathering, evening).topic_days == 3
