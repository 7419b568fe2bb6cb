"""The checklist of one mentor about the pupils of one class. Nobody else's, and in no order but that of names."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scheduling.domain.checklists import EVERY, STEP, TALK, Answer, Asked, FilledRow, Item, Moment, changed, moment_on
from scheduling.domain.errors import NotFound
from scheduling.domain.people import Name
from scheduling.domain.rounds import Outcome
from scheduling.domain.timeslots import local, moment_at
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import (
    Booking,
    ChecklistItem,
    ChecklistMark,
    ClassGroup,
    ClassLeader,
    Enrolment,
    PlannedClass,
    PlannedDate,
    Pupil,
    Round,
    SchoolYear,
    db,
)


@dataclass(frozen=True)
class Row:
    """One pupil: the answers of both moments, one next step for each, and what is another answer now."""

    pupil_id: int
    number: str
    name: Name
    answers: Mapping[Moment, Mapping[Asked, str]]
    known: Mapping[Moment, Mapping[Asked, str]]
    """What the house knows itself; it stands where the mentor wrote nothing."""
    steps: Mapping[Moment, str]
    changed: tuple[Item, ...]

    def value(self, moment: Moment, key: Asked) -> str:
        if key is STEP:
            return self.steps[moment]
        return self.answers[moment].get(key) or self.known[moment].get(key, "")

    def differences(self, moment: Moment, filled: FilledRow) -> tuple[tuple[Asked, str, str], ...]:
        """What a row of a spreadsheet would change: what is asked, as it stands, as it would be."""
        return tuple(
            (key, self.value(moment, key), said) for key, said in filled.said.items() if said != self.value(moment, key)
        )

    def is_begun(self, moment: Moment) -> bool:
        return bool(self.answers[moment] or self.steps[moment])

    @property
    def step(self) -> str:
        """The one that stands."""
        return self.steps[Moment.WINTER] or self.steps[Moment.AUTUMN]


@dataclass(frozen=True)
class ClassList:
    """The list of one class."""

    class_id: int
    class_name: str
    year_id: int
    items: tuple[Item, ...]
    rows: tuple[Row, ...]
    at_hand: Moment
    planned: Mapping[Moment, date]
    """By when the year plan would like it."""

    def row(self, pupil_id: int) -> Row:
        found = next((row for row in self.rows if row.pupil_id == pupil_id), None)
        if found is None:
            raise NotFound
        return found


def every_item() -> tuple[Item, ...]:
    """Every item there can be, as this school has it."""
    rows = {row.key: row for row in db.session.scalars(select(ChecklistItem))}
    return tuple(
        Item(one.key, rows[one.key].kind, rows[one.key].on, rows[one.key].words) if one.key in rows else one
        for one in EVERY
    )


def items() -> tuple[Item, ...]:
    """The items of this school's list."""
    return tuple(item for item in every_item() if item.on)


def class_list(class_id: int, staff_id: int, now: datetime) -> ClassList:
    """The own list of a colleague who leads this class."""
    session, today = db.session(), local(now).date()
    group = session.get(ClassGroup, class_id)
    if group is None or session.get(ClassLeader, (class_id, staff_id)) is None:
        raise NotFound
    year, used = session.get_one(SchoolYear, group.year_id), items()
    pupils = session.scalars(
        select(Pupil)
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .where(Enrolment.class_id == class_id, Enrolment.present, or_(Pupil.left_on.is_(None), Pupil.left_on > today))
    ).all()
    ids = [pupil.id for pupil in pupils]
    new_year = moment_at(date(year.starts_on.year + 1, 1, 1), time())
    marks, came = _marks(session, year.id, staff_id, ids), _who_came(session, year.id, ids, new_year)
    planned = _planned(session, class_id, year.id)
    rows = [
        _row(pupil, used, marks[pupil.id], came[pupil.id])
        for pupil in sorted(pupils, key=lambda one: one.name.sort_key)
    ]
    at_hand = moment_on(today, year.starts_on)
    by_when = dict(zip(Moment, planned, strict=False))
    return ClassList(class_id, group.name, year.id, used, tuple(rows), at_hand, by_when)


def _row(
    pupil: Pupil, used: tuple[Item, ...], marks: Mapping[tuple[Moment, Asked], str], came: Mapping[Moment, Answer]
) -> Row:
    possible = {item.key: item.kind.answers for item in used}
    answers = {
        moment: {key: value for (at, key), value in marks.items() if at is moment and value in possible.get(key, ())}
        for moment in Moment
    }
    known = {moment: {TALK: came[moment]} if moment in came and TALK in possible else {} for moment in Moment}
    steps = {moment: marks.get((moment, STEP), "") for moment in Moment}
    autumn, winter = (known[moment] | answers[moment] for moment in Moment)
    return Row(pupil.id, pupil.number, pupil.name, answers, known, steps, changed(used, autumn, winter))


def _marks(
    session: Session, year_id: int, staff_id: int, pupil_ids: Collection[int]
) -> dict[int, dict[tuple[Moment, Asked], str]]:
    found: dict[int, dict[tuple[Moment, Asked], str]] = defaultdict(dict)
    rows = session.scalars(
        select(ChecklistMark).where(
            ChecklistMark.year_id == year_id, ChecklistMark.staff_id == staff_id, ChecklistMark.pupil_id.in_(pupil_ids)
        )
    )
    for row in rows:
        found[row.pupil_id][row.moment, row.key] = row.value
    return found


def _who_came(
    session: Session, year_id: int, pupil_ids: Collection[int], new_year: datetime
) -> dict[int, dict[Moment, Answer]]:
    """Per pupil whether somebody came to a talk, before the new year and by now, as far as who came was ticked."""
    rows = session.execute(
        select(Booking.pupil_id, Booking.outcome, Booking.starts_at)
        .join(Round, Round.id == Booking.round_id)
        .where(Round.year_id == year_id, Booking.pupil_id.in_(pupil_ids), Booking.outcome.is_not(None))
    )
    found: dict[int, dict[Moment, Answer]] = defaultdict(dict)
    for pupil_id, outcome, starts_at in rows:
        for moment in Moment if starts_at < new_year else (Moment.WINTER,):
            if outcome is not Outcome.NO_SHOW:
                found[pupil_id][moment] = Answer.YES
            else:
                found[pupil_id].setdefault(moment, Answer.NO)
    return found


def _planned(session: Session, class_id: int, year_id: int) -> list[date]:
    """On which days the year plan has the list for this class, in their order."""
    for_class = select(PlannedClass.planned_id).where(PlannedClass.class_id == class_id)
    rows = session.scalars(
        select(PlannedDate)
        .where(
            PlannedDate.year_id == year_id, PlannedDate.kind == PlannedKind.CHECKLIST,
            or_(PlannedDate.for_all, PlannedDate.id.in_(for_class)),
        )
        .order_by(PlannedDate.day)
    )  # fmt: skip
    return sorted({row.until or row.day for row in rows})
