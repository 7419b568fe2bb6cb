"""Keep who teaches which class, and the contact parents of a class, as school files say it."""

from collections.abc import Sequence

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from scheduling.domain.imports import ContactParentRecord, LessonRecord
from scheduling.domain.lessons import guardian_named, staff_codes
from scheduling.models import ClassGroup, ContactParent, Guardian, Lesson, SchoolYear, Staff


def put_lessons(session: Session, year: SchoolYear, records: Sequence[LessonRecord]) -> None:
    """Lessons of a year; those of a class that the files name replace what was known of that class."""
    if not records:
        return
    staff = list(session.scalars(select(Staff)))
    ids = {one.code: one.id for one in staff}
    codes = staff_codes((one.code, one.name.full) for one in staff)
    classes = _classes(session, year)
    rows = {}
    for record in records:
        code = codes.get(record.code.casefold())
        if code is not None:
            key = (ids[code], record.group, record.location, record.subject)
            rows[key] = {
                "year_id": year.id, "staff_id": ids[code], "group_name": record.group, "location": record.location,
                "subject": record.subject,
                "class_id": classes.get((record.group, record.location), classes.get((record.group, ""))),
            }  # fmt: skip
    groups = {record.group for record in records}
    session.execute(delete(Lesson).where(Lesson.year_id == year.id, Lesson.group_name.in_(groups)))
    if rows:
        session.execute(insert(Lesson), list(rows.values()))


def put_contact_parents(session: Session, year: SchoolYear, records: Sequence[ContactParentRecord]) -> None:
    """Contact parents; those of a class that the files name replace those who were there."""
    if not records:
        return
    guardians = session.execute(select(Guardian.id, Guardian.external_id, Guardian.email)).all()
    people = {row.external_id: row.email for row in guardians}
    ids = {row.external_id: row.id for row in guardians}
    classes = _classes(session, year)
    rows: dict[tuple[int, int], bool] = {}
    named = set()
    for record in records:
        class_id = classes.get((record.class_name, ""))
        guardian = guardian_named(record.guardian, people)
        if class_id is not None:
            named.add(class_id)
            if guardian is not None:
                rows[class_id, ids[guardian]] = record.consent
    session.execute(delete(ContactParent).where(ContactParent.class_id.in_(named)))
    if rows:
        session.execute(
            insert(ContactParent),
            [{"class_id": class_id, "guardian_id": id_, "consent": yes} for (class_id, id_), yes in rows.items()],
        )


def _classes(session: Session, year: SchoolYear) -> dict[tuple[str, str], int]:
    """By name and location; by name alone where one location has it."""
    rows = session.execute(
        select(ClassGroup.id, ClassGroup.name, ClassGroup.location)
        .where(ClassGroup.year_id == year.id)
        .order_by(ClassGroup.id.desc())
    ).all()
    named = {(name, ""): id_ for id_, name, _ in rows}
    return named | {(name, location): id_ for id_, name, location in rows}
