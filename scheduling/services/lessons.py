"""Keep who teaches which class, and the contact parents of a class, as school files say it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from scheduling.domain.imports import ContactParentRecord, LessonRecord
from scheduling.domain.lessons import guardian_named, staff_codes
from scheduling.models import ClassGroup, ContactParent, Guardian, Lesson, LessonPupil, Pupil, SchoolYear, Staff

Period = tuple[date | None, date | None]


def put_lessons(session: Session, year: SchoolYear, records: Sequence[LessonRecord]) -> None:
    """Lessons of a year: what a file says of a group replaces what was known of it.

    A file that says which pupils are in its groups has all such groups of the school; one that does not say it leaves
    them in it.
    """
    if not records:
        return
    known = _known(session, year)
    wanted = {
        key: known[key][1] if said == NOBODY_SAID and key in known else said
        for key, said in _wanted(session, year, records).items()
    }
    groups = {record.group for record in records}
    with_pupils = any(record.seats for record in records)
    stale = {
        key for key, (_, said) in known.items()
        if wanted.get(key) != said and (key.group_name in groups or (with_pupils and said.seats))
    }  # fmt: skip
    session.execute(delete(Lesson).where(Lesson.id.in_([known[key][0] for key in stale])))
    new = {key: said for key, said in wanted.items() if key not in known or key in stale}
    if new:
        rows = [{"year_id": year.id, "class_id": said.class_id, **key._asdict()} for key, said in new.items()]
        session.execute(insert(Lesson), rows)
    ids = {key: id_ for key, (id_, _) in _known(session, year).items()}
    seats = [
        {"lesson_id": ids[key], "pupil_id": pupil, "begins_on": begins_on, "ends_on": ends_on}
        for key, said in new.items() for pupil, (begins_on, ends_on) in said.seats.items()
    ]  # fmt: skip
    if seats:
        session.execute(insert(LessonPupil), seats)


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


class _Key(NamedTuple):
    """One lesson of a year; the names are those of the columns."""

    staff_id: int
    group_name: str
    location: str
    subject: str


@dataclass(frozen=True)
class _Said:
    """To whom a lesson is given: a class, or the pupils of a group with their first day and the day it ends."""

    class_id: int | None
    seats: Mapping[int, Period]


NOBODY_SAID = _Said(None, {})


def _wanted(session: Session, year: SchoolYear, records: Sequence[LessonRecord]) -> dict[_Key, _Said]:
    """What the records say together; lessons of a colleague whom nobody knows are left out."""
    staff = list(session.scalars(select(Staff)))
    ids = {one.code: one.id for one in staff}
    codes = staff_codes((one.code, one.name.full) for one in staff)
    classes = _classes(session, year)
    pupils = {number: id_ for id_, number in session.execute(select(Pupil.id, Pupil.number))}
    found: dict[_Key, _Said] = {}
    for record in records:
        code = codes.get(record.code.casefold())
        if code is None:
            continue
        key = _Key(ids[code], record.group, record.location, record.subject)
        if not record.seats:
            class_id = classes.get((record.group, record.location), classes.get((record.group, "")))
            found[key] = _Said(class_id, {})
            continue
        seats = dict(found[key].seats) if key in found else {}
        for seat in record.seats:
            if (pupil := pupils.get(seat.pupil_number)) is not None:
                seats[pupil] = _together(seats.get(pupil), (seat.begins_on, seat.ends_on))
        found[key] = _Said(None, seats)
    return found


def _together(one: Period | None, other: Period) -> Period:
    """From the first day of both to the last; a day that is not said has no end."""
    if one is None:
        return other
    begins = [day for day, _ in (one, other) if day is not None]
    ends = [day for _, day in (one, other) if day is not None]
    return (min(begins) if len(begins) == 2 else None, max(ends) if len(ends) == 2 else None)


def _known(session: Session, year: SchoolYear) -> dict[_Key, tuple[int, _Said]]:
    """The lessons of the year as the house has them, each with its id."""
    seats: dict[int, dict[int, Period]] = defaultdict(dict)
    sitting = select(LessonPupil.lesson_id, LessonPupil.pupil_id, LessonPupil.begins_on, LessonPupil.ends_on)
    for row in session.execute(sitting.join(Lesson).where(Lesson.year_id == year.id)):
        seats[row.lesson_id][row.pupil_id] = (row.begins_on, row.ends_on)
    lessons = session.execute(
        select(
            Lesson.id, Lesson.class_id, Lesson.staff_id, Lesson.group_name, Lesson.location, Lesson.subject
        ).where(Lesson.year_id == year.id)
    )  # fmt: skip
    return {
        _Key(row.staff_id, row.group_name, row.location, row.subject): (row.id, _Said(row.class_id, seats[row.id]))
        for row in lessons
    }


def _classes(session: Session, year: SchoolYear) -> dict[tuple[str, str], int]:
    """By name and location; by name alone where one location has it."""
    rows = session.execute(
        select(ClassGroup.id, ClassGroup.name, ClassGroup.location)
        .where(ClassGroup.year_id == year.id)
        .order_by(ClassGroup.id.desc())
    ).all()
    named = {(name, ""): id_ for id_, name, _ in rows}
    return named | {(name, location): id_ for id_, name, location in rows}
