"""The school year before another one: who was in which class, and who led it."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.year_change import LastYear, LeaderOfLastYear, PupilOfLastYear
from scheduling.models import ClassGroup, ClassLeader, Enrolment, Pupil, SchoolYear, Staff


def find_last_year(session: Session, year: SchoolYear) -> LastYear | None:
    """The newest year before this one in which anybody was enrolled; None: this is the school's first."""
    before = session.scalar(
        select(SchoolYear)
        .where(SchoolYear.starts_on < year.starts_on, SchoolYear.id.in_(select(Enrolment.year_id)))
        .order_by(SchoolYear.starts_on.desc())
        .limit(1)
    )
    if before is None:
        return None
    rows = session.execute(
        select(Pupil, Enrolment.year_level, ClassGroup)
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .where(Enrolment.year_id == before.id, Enrolment.present)
        .order_by(ClassGroup.name, Pupil.id)
    )
    pupils = {
        pupil.number: PupilOfLastYear(
            pupil.id, pupil.number, pupil.name.full, group.name, group.level, year_level or group.year_level,
            pupil.left_on is None,
        )
        for pupil, year_level, group in rows
    }  # fmt: skip
    return LastYear(before.label, before.ends_on, pupils, _leaders(session, before.id))


def _leaders(session: Session, year_id: int) -> tuple[LeaderOfLastYear, ...]:
    led: dict[int, list[str]] = defaultdict(list)
    people: dict[int, Staff] = {}
    for colleague, group in session.execute(
        select(Staff, ClassGroup.name)
        .join(ClassLeader, ClassLeader.staff_id == Staff.id)
        .join(ClassGroup, ClassGroup.id == ClassLeader.class_id)
        .where(ClassGroup.year_id == year_id, Staff.left_on.is_(None))
        .order_by(Staff.code, ClassGroup.name)
    ):
        people[colleague.id] = colleague
        led[colleague.id].append(group)
    return tuple(LeaderOfLastYear(people[id_].code, people[id_].name.full, tuple(own)) for id_, own in led.items())
