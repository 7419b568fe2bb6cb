"""A mentor keeps the own checklist; a school decides what is in it."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from scheduling.domain.checklists import (
    EVERY,
    STEP,
    Asked,
    FilledRow,
    Item,
    ListUnreadable,
    Moment,
    NotInThisClass,
    RowsRefused,
    tidy_answers,
    tidy_item,
    tidy_step,
)
from scheduling.domain.journal import Actor
from scheduling.domain.kept_tables import KeptTable
from scheduling.domain.timeslots import local
from scheduling.formats.process import read_uploads
from scheduling.models import ChecklistItem, ChecklistMark, Pupil, School
from scheduling.queries import checklists as reading
from scheduling.queries.checklists import ClassList
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def write(
    *, class_id: int, pupil_id: int, moment: Moment, answers: Mapping[str, str], step: str, by: Actor, now: datetime
) -> None:
    """What the mentor thinks now about one pupil; it takes the place of what stood at this moment of the year."""
    tidy = tidy_step(step)
    with transaction() as session:
        lock(session, Pupil, [pupil_id])
        found = reading.class_list(class_id, by.id or 0, now)
        found.row(pupil_id)
        said = {**tidy_answers(found.items, answers), STEP: tidy}
        _write(session, found, {pupil_id: said}, moment, by, now)
        record(session, by=by, action="checklists.write", subject="pupil", subject_id=pupil_id, now=now)


def read_uploaded(name: str, data: bytes) -> KeptTable:
    """The rows of a spreadsheet that came over the web, read in a process of its own."""
    read = read_uploads([(name, data)], as_it_stands=True)[0]
    if read.table is None:
        raise ListUnreadable(read.problems)
    return read.table


def fill_in(*, class_id: int, moment: Moment, rows: Sequence[FilledRow], by: Actor, now: datetime) -> None:
    """The rows of a spreadsheet: all of them, or none. What a row says takes the place of what stood."""
    with transaction() as session:
        lock(session, Pupil, [row.pupil_id for row in rows])
        found = reading.class_list(class_id, by.id or 0, now)
        here = {row.pupil_id for row in found.rows}
        if gone := [NotInThisClass(row.row) for row in rows if row.pupil_id not in here]:
            raise RowsRefused(gone)
        _write(session, found, {row.pupil_id: row.said for row in rows}, moment, by, now)
        record(
            session, by=by, action="checklists.fill_in", subject="class", subject_id=class_id, now=now, rows=len(rows)
        )


def change_items(*, items: Sequence[Item], by: Actor, now: datetime) -> None:
    """What the list of this school asks."""
    usual = {item.key: item for item in EVERY}
    tidy = [tidy_item(item, usual[item.key]) for item in items]
    with transaction() as session:
        lock(session, School, [1])
        session.execute(delete(ChecklistItem))
        for item in tidy:
            if item != usual[item.key]:
                session.add(ChecklistItem(key=item.key, kind=item.kind, on=item.on, words=item.words))
        record(session, by=by, action="checklists.change_items", subject="school", subject_id=None, now=now)


def _write(
    session: Session, found: ClassList, said: Mapping[int, Mapping[Asked, str]], moment: Moment, by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """In the place of what stood. What the house knows itself is not kept: it goes on to follow who came."""
    keys = {key for answers in said.values() for key in answers}
    session.execute(
        delete(ChecklistMark).where(
            ChecklistMark.year_id == found.year_id, ChecklistMark.staff_id == by.id, ChecklistMark.moment == moment,
            ChecklistMark.pupil_id.in_(said), ChecklistMark.key.in_(keys),
        )
    )  # fmt: skip
    session.add_all(
        ChecklistMark(
            year_id=found.year_id, staff_id=by.id, pupil_id=pupil_id, moment=moment, key=key, value=value,
            written_on=local(now).date(),
        )
        for pupil_id, answers in said.items()
        for key, value in answers.items()
        if value and value != found.row(pupil_id).known[moment].get(key)
    )  # fmt: skip
