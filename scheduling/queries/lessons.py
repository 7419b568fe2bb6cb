"""Which colleagues really teach a child: whom the parents may want to speak when many teachers are there at once."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import NamedTuple

from sqlalchemy import Select, literal, or_, select
from sqlalchemy.orm import Session

from scheduling.domain.staff import is_here
from scheduling.models import ClassLeader, Enrolment, Lesson, LessonPupil, Staff, db


class Teaching(NamedTuple):
    """A colleague teaches a subject to a pupil; the subject of whoever leads the class is empty."""

    staff_id: int
    subject: str


def teachers_of(
    pupil_ids: Collection[int], *, year_id: int, on: date, session: Session | None = None
) -> Mapping[int, tuple[Teaching, ...]]:
    """Per pupil who teaches what in this year: who leads the class first; nobody who has left.

    A leader who also gives lessons stands there twice: as the leader and with the subject.
    """
    session = session or db.session()
    found: dict[int, dict[Teaching, None]] = {pupil_id: {} for pupil_id in pupil_ids}
    for query in (_leaders(year_id), _of_classes(year_id), _of_groups(year_id, on)):
        for pupil_id, staff_id, subject, left_on in session.execute(query.where(Enrolment.pupil_id.in_(found))):
            if is_here(left_on, on):
                found[pupil_id][Teaching(staff_id, subject)] = None
    return {pupil_id: tuple(teachings) for pupil_id, teachings in found.items()}


def _leaders(year_id: int) -> Select[int, int, str, date | None]:
    return (
        select(Enrolment.pupil_id, Staff.id, literal(""), Staff.left_on)
        .join(ClassLeader, ClassLeader.class_id == Enrolment.class_id)
        .join(Staff, Staff.id == ClassLeader.staff_id)
        .where(Enrolment.year_id == year_id, Enrolment.present)
        .order_by(Enrolment.pupil_id, ClassLeader.position, Staff.code)
    )


def _of_classes(year_id: int) -> Select[int, int, str, date | None]:
    return (
        select(Enrolment.pupil_id, Staff.id, Lesson.subject, Staff.left_on)
        .join(Lesson, Lesson.class_id == Enrolment.class_id)
        .join(Staff, Staff.id == Lesson.staff_id)
        .where(Enrolment.year_id == year_id, Enrolment.present)
        .order_by(Enrolment.pupil_id, Lesson.subject, Staff.surname, Staff.code)
    )


def _of_groups(year_id: int, on: date) -> Select[int, int, str, date | None]:
    """Lessons of a group of which the school says who is in it, on this day."""
    return (
        select(Enrolment.pupil_id, Staff.id, Lesson.subject, Staff.left_on)
        .join(LessonPupil, LessonPupil.pupil_id == Enrolment.pupil_id)
        .join(Lesson, Lesson.id == LessonPupil.lesson_id)
        .join(Staff, Staff.id == Lesson.staff_id)
        .where(Enrolment.year_id == year_id, Lesson.year_id == year_id, Enrolment.present)
        .where(or_(LessonPupil.begins_on.is_(None), LessonPupil.begins_on <= on))
        .where(or_(LessonPupil.ends_on.is_(None), LessonPupil.ends_on > on))
        .order_by(Enrolment.pupil_id, Lesson.subject, Staff.surname, Staff.code)
    )
