"""A code that the school gave to somebody else: whoever bore it keeps the name, and the talks of then (T54)."""

import pytest
from sqlalchemy import select

from scheduling.domain.journal import SYSTEM
from scheduling.formats.reading import read_file
from scheduling.models import Booking, ClassGroup, ImportUndo, Staff, db
from scheduling.services import import_undo, imports
from tests.builders import NOW, a_booking, a_class, a_leader, a_pupil, a_round, a_school, a_year, some_slots
from tests.formats.files import sheet

STAFF = "Code;Roepnaam;Tussenvoegsel;Achternaam;E-mail;Rol;Groepen;Werkdagen"
BO = "ANNA;Bo;;Vos;b.vos@example.org;LRK;3;"


@pytest.fixture
def house(any_context):
    """Anna leads class 3, and Sami's talk."""
    a_school()
    year = a_year()
    anna = a_leader("ANNA", email="a.jansen@example.org")
    three = a_class("3", leaders=[anna])
    found = a_round(classes=[three])
    return year, anna, a_booking(found, a_pupil("Sami", three), some_slots(found, anna)[2])


def put(year, *rows):
    outcome = imports.run(
        year_id=year.id, files=[read_file("personeel.csv", sheet(STAFF, *rows))], by=SYSTEM, now=NOW
    )  # fmt: skip
    assert outcome.saved
    db.session.expire_all()
    return outcome


def test_an_old_talk_stays_with_whoever_bore_the_code_and_the_class_gets_the_new_one(house):
    year, anna, talk = house
    outcome = put(year, BO)
    assert [problem.code for problem in outcome.problems] == ["staff_code_reused"]
    assert {status: count for status, count in outcome.counts["staff"].items() if count} == {"new": 1, "left": 1}
    leader = db.session.get_one(Staff, db.session.get_one(Booking, talk.id).leader_id)
    assert (leader.id, leader.name.full, leader.code) == (anna.id, "Anna Jansen", "ANNA (oud)")
    assert leader.left_on is not None
    three = db.session.scalars(select(ClassGroup).where(ClassGroup.name == "3")).one()
    assert [one.staff.name.full for one in three.leaders] == ["Bo Vos"]


def test_the_same_list_again_changes_nothing_and_a_third_bearer_gets_the_code_too(house):
    year, *_ = house
    put(year, BO)
    assert put(year, BO).counts["staff"]["unchanged"] == 1
    put(year, "ANNA;Cas;;Mulder;c.mulder@example.org;LRK;3;")
    names = {one.code: one.given_name for one in db.session.scalars(select(Staff))}
    assert names == {"ANNA": "Cas", "ANNA (oud)": "Anna", "ANNA (oud 2)": "Bo"}


@pytest.mark.parametrize(
    "row",
    ["ANNA;Anna;de;Wit;anna.dewit@example.org;LRK;3;", "ANNA;Annie;;Jansen;a.jansen@example.org;LRK;3;",
     "ANNA;Annie;;de Wit;a.jansen@example.org;LRK;3;", "ANNA;;;Vos;b.vos@example.org;LRK;3;"],
)  # fmt: skip
def test_somebody_who_marries_or_is_called_otherwise_stays_the_same_colleague(house, row):
    year, anna, _talk = house
    put(year, row)
    assert db.session.scalars(select(Staff.id)).all() == [anna.id]


def test_taking_the_import_back_gives_the_code_back(house):
    year, anna, _talk = house
    put(year, BO)
    import_undo.take_back(undo_id=db.session.scalars(select(ImportUndo.id)).one(), by=SYSTEM, now=NOW)
    assert [(one.id, one.code, one.left_on) for one in db.session.scalars(select(Staff))] == [(anna.id, "ANNA", None)]
