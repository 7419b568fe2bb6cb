"""Which colleagues really teach a child, as the lists of lessons say it."""

from datetime import date

import pytest
from sqlalchemy import select

from scheduling.domain.journal import SYSTEM
from scheduling.formats.reading import read_file
from scheduling.models import LessonPupil, Pupil, Staff, db
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


USERS = (
    "sourcedId,status,dateLastModified,enabledUser,username,givenName,familyName,identifier,email,agentSourcedIds,role"
)
CLASSES_OF_ROSTER = "sourcedId,status,dateLastModified,title,classType,subjects,schoolSourcedId,termSourcedIds"
SEATS = "sourcedId,status,dateLastModified,classSourcedId,schoolSourcedId,userSourcedId,role,primary,beginDate,endDate"


def one_roster(*seats):
    """A school of one class and two lesson groups; `seats` as "class user role begins ends"."""
    people = [("t1", "Anna", "Wit", "ABC", "teacher"), ("t2", "Dirk", "Vos", "DEF", "teacher"),
              ("p1", "Noor", "Hof", "1", "student"), ("p2", "Bo", "Wit", "2", "student")]  # fmt: skip
    users = [f"{id_},active,,true,{id_},{given},{family},{code},,,{role}" for id_, given, family, code, role in people]
    own = ["c1 p1 student", "c1 p2 student", "c1 t1 teacher"]
    lines = []
    for one in [*own, *seats]:
        place, user, role, *period = one.split()
        lines.append(f"e-{one},active,,{place},org1,{user},{role},,{','.join(period) or ','}")
    return (
        sheet(USERS, *users),
        sheet(CLASSES_OF_ROSTER, "c1,active,,3a,homeroom,,org1,", "c2,active,,3fa1,scheduled,Frans,org1,",
              "c3,active,,3du1,scheduled,Duits,org1,"),
        sheet(SEATS, *lines),
    )  # fmt: skip


FRENCH = ("c2 t2 teacher", "c2 p1 student")


def test_a_lesson_group_is_taught_to_who_is_in_it_and_to_nobody_else_of_the_class(year):
    put(year, *one_roster(*FRENCH))
    assert taught(year, "1", "2") == {"1": [("ABC", ""), ("DEF", "Frans")], "2": [("ABC", "")]}


def test_whoever_changes_groups_has_the_new_teacher_from_that_day(year):
    put(year, *one_roster("c2 t2 teacher", "c2 p1 student 2027-08-30 2027-11-16", "c3 t1 teacher",
                          "c3 p1 student 2027-11-16 2028-07-01"))  # fmt: skip
    assert taught(year, "1", on=date(2027, 11, 15))["1"] == [("ABC", ""), ("DEF", "Frans")]
    assert taught(year, "1", on=ON)["1"] == [("ABC", ""), ("ABC", "Duits")]


def test_a_new_export_replaces_the_groups_and_the_same_one_changes_nothing(year):
    put(year, *one_roster(*FRENCH))
    rows = db.session.execute(select(LessonPupil.lesson_id, LessonPupil.pupil_id)).all()
    put(year, *one_roster(*FRENCH))
    assert db.session.execute(select(LessonPupil.lesson_id, LessonPupil.pupil_id)).all() == rows
    put(year, *one_roster("c3 t2 teacher", "c3 p2 student"))
    assert taught(year, "1", "2") == {"1": [("ABC", "")], "2": [("ABC", ""), ("DEF", "Duits")]}


def test_a_list_of_classes_leaves_the_groups_of_another_file_as_they_were(year):
    put(year, *one_roster(*FRENCH))
    put(year, sheet("Docent;Klas;Vak", "ABC;3a;Engels"))
    assert taught(year, "1")["1"] == [("ABC", ""), ("ABC", "Engels"), ("DEF", "Frans")]
