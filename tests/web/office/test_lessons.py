"""The office sees on a class's page who teaches it and who the contact parents are."""

from flask import Flask

from scheduling.models import ContactParent, Lesson, LessonPupil, db
from tests import builders
from tests.visitor import Visitor


def test_the_page_of_a_class_names_its_teachers_and_its_contact_parents(app: Flask) -> None:
    with app.app_context():
        builders.a_school()
        year = builders.a_year()
        anna = builders.a_leader("ABC")
        group = builders.a_class("3", leaders=[anna])
        first = builders.a_guardian("Layla", builders.a_pupil("Noor", group))
        other = builders.a_guardian("Ruud", builders.a_pupil("Bram", group))
        for subject in ("Engels", "gym"):
            db.session.add(
                Lesson(year_id=year.id, staff_id=anna.id, class_id=group.id, group_name="3", subject=subject)
            )
        db.session.add(ContactParent(class_id=group.id, guardian_id=first.id, consent=True))
        db.session.add(ContactParent(class_id=group.id, guardian_id=other.id, consent=False))
        db.session.commit()
        office = Visitor(app).signs_in(builders.an_office_worker())
        names = first.name.full, other.name.full, anna.name.full
        address = f"/staff/office/classes/{group.id}"
    page = office.opens(address)
    assert "2 vakken, en wie ze geeft" in page.text
    assert f"Engels: {names[2]}" in page.text
    assert names[0] in page.text
    assert names[1] in page.text
    assert "ouders zien een naam pas na het eigen ja" in page.text


def test_the_page_of_a_class_names_the_teachers_of_groups_that_its_pupils_are_in(app: Flask) -> None:
    with app.app_context():
        builders.a_school()
        year = builders.a_year()
        anna, bas = builders.a_leader("ABC"), builders.a_leader("DEF")
        group, other = builders.a_class("3", leaders=[anna]), builders.a_class("4", leaders=[bas])
        noor, bram = builders.a_pupil("Noor", group), builders.a_pupil("Bram", other)
        for teacher, name, pupil in ((bas, "3fa1", noor), (bas, "3fa2", noor), (anna, "4du1", bram)):
            lesson = Lesson(year_id=year.id, staff_id=teacher.id, group_name=name, subject=name[1:3])
            db.session.add(lesson)
            db.session.flush()
            db.session.add(LessonPupil(lesson_id=lesson.id, pupil_id=pupil.id))
        db.session.commit()
        office = Visitor(app).signs_in(builders.an_office_worker())
        address, teacher = f"/staff/office/classes/{group.id}", bas.name.full
    page = office.opens(address)
    assert page.text.count(f"fa: {teacher}") == 1
    assert "du:" not in page.text
