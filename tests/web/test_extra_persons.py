"""The pages on which somebody is asked to a talk: of the family, of the leader, and of the office."""

from collections.abc import Iterator

import pytest
import time_machine
from flask import Flask

from scheduling.domain.extra_persons import ExtraKind, ExtraState
from scheduling.models import Booking, ClassLeader, ExtraPerson, School, db
from tests.builders import NOW
from tests.visitor import Visitor
from tests.worlds import World, a_world_to_visit


@pytest.fixture
def world(app: Flask) -> Iterator[World]:
    with time_machine.travel(NOW, tick=False):
        with app.app_context():
            made = a_world_to_visit()
        yield made


def parent(app: Flask, world: World) -> Visitor:
    with app.app_context():
        return Visitor(app).comes_by_link(world.layla)


def asks_before(app: Flask, school_days: int) -> None:
    with app.app_context():
        db.session.query(School).one().extra_days = school_days
        db.session.commit()


def colleague(app: Flask, who) -> Visitor:
    with app.app_context():
        return Visitor(app).signs_in(who)


def test_one_talk_with_both_mentors_is_offered_where_a_class_has_two(app, world):
    talk = f"/family/talks/{world.start.id}/{world.sami.id}/extras"
    assert "één gesprek met allebei" not in parent(app, world).opens(talk).text
    with app.app_context():
        db.session.add(ClassLeader(class_id=world.three.id, staff_id=world.karin.id, position=2))
        db.session.commit()
    page = parent(app, world).opens(talk)
    assert "één gesprek met allebei: ook Karin Jansen" in page.text
    page = page.presses("Vraag dit", kind=f"mentor{world.karin.id}")
    assert "de andere mentor of leerkracht: gevraagd" in page.text, "she offers no time at that moment"
    bas = colleague(app, world.bas)
    assert "één gesprek met allebei" in bas.opens(f"/staff/leader/talks/{world.samis_talk.id}/extras").text
    parent(app, world).posts(talk, status=404, kind="mentor999")


def test_a_mentor_who_has_another_talk_then_is_named_beside_the_list(app, world):
    with app.app_context():
        db.session.add(ClassLeader(class_id=world.three.id, staff_id=world.karin.id, position=2))
        db.session.commit()
    talk = f"/family/talks/{world.start.id}/{world.sami.id}/extras"
    parent(app, world).opens(talk).presses("Vraag dit", kind=f"mentor{world.karin.id}")
    with app.app_context():
        own, other = (db.session.get_one(Booking, one.id) for one in (world.samis_talk, world.milas_talk))
        other.starts_at, other.ends_at = own.starts_at, own.ends_at
        db.session.commit()
        asked = db.session.query(ExtraPerson.id).filter_by(kind=ExtraKind.MENTOR).scalar()
    page = colleague(app, world.bas).opens(f"/staff/leader/talks/{world.samis_talk.id}/extras/{asked}")
    page = page.presses("Bewaar", status=409, state="arranged", who=f"s{world.karin.id}", name="")
    chosen = page.soup.find(id="who")
    assert chosen["aria-invalid"] == "true"
    assert chosen.find("option", selected=True)["value"] == f"s{world.karin.id}"


def test_a_family_asks_the_leader_arranges_and_the_family_reads_it(app, world):
    asks_before(app, 1)
    talk = f"/family/talks/{world.start.id}/{world.sami.id}"
    page = parent(app, world).opens(talk).follows("Iemand erbij")
    assert "mevrouw Smit" in page.text
    assert "Vraag het uiterlijk" in page.text
    wrong = page.presses("Vraag dit", kind="family", name="", status=422)
    assert "Schrijf een naam" in wrong.text
    page = wrong.presses("Vraag dit", kind="family", name="Tante Fatma")
    assert "Tante Fatma" in page.text
    assert "komt mee" in page.text
    bas = colleague(app, world.bas)
    shown = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}")
    assert "Tante Fatma" in shown.text
    assert "een volwassene van het gezin (komt mee)" in shown.text
    assert "Tante Fatma" in bas.opens("/staff/leader/sheet").text
    form = shown.follows("Iemand erbij").follows("Regel")
    wrong = form.presses("Bewaar", state="arranged", who="", name="", status=422)
    assert "Kies een collega" in wrong.text
    done = wrong.presses("Bewaar", state="arranged", who=f"s{world.karin.id}")
    assert "Bewaard." in done.text
    assert "(geregeld)" in parent(app, world).opens(talk).text


def test_a_family_takes_back_what_it_asked(app, world):
    page = parent(app, world).opens(f"/family/talks/{world.start.id}/{world.sami.id}/extras")
    assert "mevrouw Smit" not in page.presses("Toch niet").text
    with app.app_context():
        assert db.session.query(ExtraPerson).count() == 0


def test_late_is_said_and_asked_all_the_same(app, world):
    asks_before(app, 30)
    page = parent(app, world).opens(f"/family/talks/{world.start.id}/{world.sami.id}/extras")
    assert "Het gesprek is al gauw" in page.text
    page.presses("Vraag dit", kind="external", name="")
    with app.app_context():
        assert db.session.query(ExtraPerson).count() == 2


def test_the_office_sees_the_list_arranges_and_takes_the_file_away(app, world):
    office = colleague(app, world.office)
    page = office.opens(f"/staff/office/rounds/{world.start.id}").follows("Wie komt erbij")
    assert "nog te regelen" in page.text
    page.follows("Regel").presses("Bewaar", state="not_possible")
    with app.app_context():
        assert db.session.query(ExtraPerson).one().state is ExtraState.NOT_POSSIBLE
    where = "/staff/office/lists/extra_persons.csv"
    assert "niet mogelijk" in office.client.get(where, query_string={"round": world.start.id}).get_data(as_text=True)


def test_the_leader_writes_it_down_and_takes_it_back(app, world):
    bas = colleague(app, world.bas)
    page = bas.opens(f"/staff/leader/talks/{world.samis_talk.id}/extras")
    page = page.presses("Schrijf op", kind="family", name="Oom Ali")
    assert "Oom Ali" in page.text
    assert "Oom Ali" not in page.presses("Haal weg").text


def test_the_school_says_how_many_days_before(app, world):
    page = colleague(app, world.office).opens("/staff/office/school")
    assert "0 tot en met 30" in page.presses("Bewaar", extra_days="31", status=422).text
    page.presses("Bewaar", extra_days="3")
    with app.app_context():
        assert db.session.query(School).one().extra_days == 3
