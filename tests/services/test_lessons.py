"""Lessons and contact parents come in with the school's files, and a new file replaces what it names."""

import pytest
from sqlalchemy import func, select

from scheduling.domain.journal import SYSTEM
from scheduling.formats.reading import read_file
from scheduling.models import ClassGroup, ContactParent, Guardian, Lesson, LessonPupil, Pupil, Staff, db
from scheduling.services import imports
from tests.builders import NOW, a_school, a_year
from tests.formats.files import sheet

STAFF = sheet("Code;Roepnaam;Achternaam;Rol;E-mail", "ABC;Anna;Wit;DOC;wit@example.net", "DEF;Dirk;Vos;DOC;")
CLASSES = sheet("Klas;Mentor 1", "3a;ABC", "3b;DEF")
PUPILS = sheet("Leerlingnummer;Roepnaam;Achternaam;Klas", "1;Noor;Hof;3b", "2;Bo;Wit;3b")
PARENTS = sheet(
    "Code;Achternaam;Email;Leerlingcodes", "ouder1;Hof;hof@example.org;1", "ouder2;Wit;wit@example.net;2"
)  # fmt: skip
SCHOOL = (STAFF, CLASSES, PUPILS, PARENTS)


@pytest.fixture
def year(any_context):
    a_school()
    return a_year()


def put(year, *files):
    read = [read_file(f"{number}.csv", data) for number, data in enumerate(files, start=1)]
    outcome = imports.run(year_id=year.id, files=read, by=SYSTEM, now=NOW)
    db.session.expire_all()
    assert outcome.saved
    return [problem.code for problem in outcome.problems]


def lessons():
    rows = db.session.execute(
        select(Staff.code, Lesson.group_name, Lesson.subject, ClassGroup.name)
        .join(Staff, Staff.id == Lesson.staff_id)
        .outerjoin(ClassGroup, ClassGroup.id == Lesson.class_id)
    )
    return sorted(tuple(row) for row in rows)


def contacts():
    rows = db.session.execute(
        select(ClassGroup.name, Guardian.external_id, ContactParent.consent)
        .join(ClassGroup, ClassGroup.id == ContactParent.class_id)
        .join(Guardian, Guardian.id == ContactParent.guardian_id)
    )
    return sorted(tuple(row) for row in rows)


def test_who_teaches_which_class_is_known_after_the_import(year):
    told = put(year, *SCHOOL, sheet("Docent;Klas;Vak", "ABC;3a,3b;Engels", "Dirk Vos;3a;gym"))
    assert lessons() == [("ABC", "3a", "Engels", "3a"), ("ABC", "3b", "Engels", "3b"), ("DEF", "3a", "gym", "3a")]
    assert "unknown_teacher" not in told


def test_a_new_list_of_lessons_replaces_those_of_the_classes_it_names(year):
    put(year, *SCHOOL, sheet("Docent;Klas;Vak", "ABC;3a;Engels", "ABC;3b;Engels"))
    put(year, sheet("Docent;Klas;Vak", "DEF;3a;Frans"))
    assert lessons() == [("ABC", "3b", "Engels", "3b"), ("DEF", "3a", "Frans", "3a")]


def test_a_group_of_several_classes_is_kept_by_its_name_and_a_strange_teacher_is_told(year):
    told = put(year, *SCHOOL, sheet("Docent;Lesgroep;Vak", "ABC;3ab.fa1;Frans", "XYZ;3a;Frans", "XYZ;3b;Frans"))
    assert lessons() == [("ABC", "3ab.fa1", "Frans", None)]
    assert told.count("unknown_teacher") == told.count("lesson_group_unknown") == 1


def test_a_contact_parent_is_known_by_code_or_by_address(year):
    put(year, *SCHOOL, sheet("Klas;Code ouder;Toestemming", "3b;ouder1;J", "3b;WIT@example.net;"))
    assert contacts() == [("3b", "ouder1", True), ("3b", "ouder2", False)]
    put(year, sheet("Klas;Code ouder;Toestemming", "3b;ouder2;J"))
    assert contacts() == [("3b", "ouder2", True)]


def test_a_contact_parent_whom_nobody_knows_is_told(year):
    told = put(year, *SCHOOL, sheet("Klas;Code ouder;Toestemming", "3b;ouder9;J", "9z;ouder1;J"))
    assert contacts() == []
    assert {"contact_parent_unknown", "contact_class_unknown"} <= set(told)


def test_a_mentor_of_the_own_childs_class_is_told_and_a_colleague_elsewhere_is_not(year):
    assert "leads_own_child" not in put(year, *SCHOOL)
    leads = sheet("Klas;Mentor 1", "3a;DEF", "3b;ABC")
    assert put(year, *SCHOOL[:1], leads, *SCHOOL[2:]).count("leads_own_child") == 1


def test_a_list_of_pupils_in_groups_says_to_whom_a_lesson_is_given(year):
    lessons_of_groups = sheet("Docent;Lesgroep;Vak", "ABC;3fa1;Frans", "DEF;3du1;Duits")
    told = put(
        year, *SCHOOL, sheet("Leerlingnummer;Lesgroepen", "1;3fa1", '2;"3fa1,3du1"', "2;3sp1"), lessons_of_groups
    )
    numbers = {one.id: one.number for one in db.session.scalars(select(Pupil))}
    rows = db.session.execute(select(Lesson.subject, LessonPupil.pupil_id).join_from(Lesson, LessonPupil))
    assert sorted((subject, numbers[pupil]) for subject, pupil in rows) == [
        ("Duits", "2"), ("Frans", "1"), ("Frans", "2")
    ]  # fmt: skip
    assert told.count("group_without_lessons") == 1
    put(year, lessons_of_groups)
    assert db.session.scalar(select(func.count()).select_from(LessonPupil)) == 3
    assert "lesson_group_unknown" not in told
