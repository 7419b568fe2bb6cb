"""Which colleagues really teach a child, as the lists of lessons say it."""

from datetime import date

import pytest
from sqlalchemy import select

from scheduling.domain.journal import SYSTEM
from scheduling.formats.reading import read_file
from scheduling.models import Pupil, Staff, db
from scheduling.queries.lessons import teachers_of
from scheduling.services import imports
from tests.builders import NOW, a_school, a_year
from tests.formats.files import sheet

ON = date(2027, 11, 16)
STAFF = sheet("Code;Roepnaam;Achternaam;Rol", "ABC;Anna;Wit;DOC", "DEF;Dirk;Vos;DOC", "GHI;Gijs;As;DOC")
CLASSES = sheet("Klas;Mentor 1;Mentor 2", "3a;GHI;ABC", "3b;DEF;")
PUPILS = sheet("Leerlingnummer;Roepnaam;Achternaam;Klas", "1;Noor;Hof;3a", "2;Bo;Wit;3b")
LESSONS = sheet("Docent;Klas;Vak", "DEF;3a;gym", "ABC;3a,3b;Engels", "GHI;3a;Frans")


@pytest.fixture
def year(any_context):
    a_school()
    return a_year()


def put(year, *files):
    read = [read_file(f"{number}.csv", data) for number, data in enumerate(files, start=1)]
    assert imports.run(year_id=year.id, files=read, by=SYSTEM, now=NOW).saved
    db.session.expire_all()


def taught(year, *numbers, on=ON):
    """Per pupil, by number, code and subject."""
    codes = {one.id: one.code for one in db.session.scalars(select(Staff))}
    ids = {one.number: one.id for one in db.session.scalars(select(Pupil))}
    found = teachers_of([ids[number] for number in numbers], year_id=year.id, on=on)
    return {number: [(codes[one.staff_id], one.subject) for one in found[ids[number]]] for number in numbers}


def test_a_child_is_taught_by_its_mentors_and_by_who_gives_its_class_a_subject(year):
    put(year, STAFF, CLASSES, PUPILS, LESSONS)
    assert taught(year, "1", "2") == {
        "1": [("GHI", ""), ("ABC", ""), ("ABC", "Engels"), ("GHI", "Frans"), ("DEF", "gym")],
        "2": [("DEF", ""), ("ABC", "Engels")],
    }


def test_without_a_list_of_lessons_only_who_leads_the_class_teaches_it(year):
    put(year, STAFF, CLASSES, PUPILS)
    assert taught(year, "2") == {"2": [("DEF", "")]}


def test_a_colleague_who_has_left_teaches_nobody_from_that_day(year):
    put(year, STAFF, CLASSES, PUPILS, LESSONS)
    db.session.scalars(select(Staff).where(Staff.code == "ABC")).one().left_on = ON
    db.session.commit()
    assert taught(year, "2") == {"2": [("DEF", "")]}
    assert ("ABC", "Engels") in taught(year, "2", on=date(2027, 11, 15))["2"]


def test_a_child_that_left_is_taught_by_nobody(year):
    put(year, STAFF, CLASSES, PUPILS, LESSONS)
    put(year, sheet("Leerlingnummer;Roepnaam;Achternaam;Klas", "1;Noor;Hof;3a"))
    assert taught(year, "2") == {"2": []}
