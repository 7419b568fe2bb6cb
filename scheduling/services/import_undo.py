"""Take the last import back, as long as nothing was built on it: every row becomes what it was.

Before an import writes, the rows of its tables are read; afterwards what differs is kept, by table and key. Taking back
looks first whether anybody did something with it since: a row elsewhere that points at one that was added, a value that
changed again, a line in the journal about these people or their talks.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any

from sqlalchemy import Column, Table, and_, delete, insert, select, tuple_, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from scheduling.domain.import_undo import UNDO_LIFE, BuiltOn, BuiltOnWith, NothingToUndo, TakenBack
from scheduling.domain.journal import Actor
from scheduling.models import (
    AccessLink,
    Base,
    Booking,
    ClassGroup,
    ClassLeader,
    CommunicationPlan,
    ContactParent,
    Enrolment,
    Guardian,
    Guardianship,
    HomeWishes,
    Household,
    ImportUndo,
    JournalLine,
    Lesson,
    LessonPupil,
    Outbox,
    Pupil,
    Room,
    RosterVersion,
    Round,
    School,
    SchoolDay,
    Staff,
    StaffMemberRole,
)
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction

Key = tuple[Any, ...]
Row = dict[str, Any]

IMPORTED: tuple[Table, ...] = tuple(
    Base.metadata.tables[model.__tablename__]
    for model in (
        Staff, StaffMemberRole, ClassGroup, ClassLeader, Pupil, Enrolment, Guardian, Household, Guardianship, Room,
        SchoolDay, Lesson, LessonPupil, ContactParent,
    )
)  # fmt: skip
"""All tables that an import writes; a test holds this to what `services.imports` does."""

POINTERS = {
    "booking": BuiltOnWith.TALKS,
    "round": BuiltOnWith.ROUNDS,
    "round_class": BuiltOnWith.ROUNDS,
    "slot": BuiltOnWith.ROUNDS,
    "leader_opening": BuiltOnWith.ROUNDS,
    "roster_version": BuiltOnWith.ROSTERS,
    "roster_talk": BuiltOnWith.ROSTERS,
    "outbox": BuiltOnWith.LETTERS,
    "access_link": BuiltOnWith.LINKS,
    "communication_plan": BuiltOnWith.AGREEMENTS,
    "home_wishes": BuiltOnWith.WISHES,
    "talk_request": BuiltOnWith.WISHES,
    "password_key": BuiltOnWith.ACCOUNTS,
    "visit": BuiltOnWith.ACCOUNTS,
    "calendar_feed": BuiltOnWith.ACCOUNTS,
}
"""What a row elsewhere says was done; any other table: something was changed."""


@dataclass(frozen=True)
class Before:
    """The rows of the imported tables, as they were."""

    rows: Mapping[str, Mapping[Key, Row]]


@dataclass
class Changes:
    """What one import did to one table."""

    table: Table
    added: list[Key]
    removed: list[Row]
    changed: list[tuple[Key, Row, Row]]
    """The key, the old values and the new ones of the columns that differ."""


def look(session: Session) -> Before:
    """Read everything that an import may write."""
    session.flush()
    return Before({table.name: _rows_of(session, table) for table in IMPORTED})


def keep(
    session: Session, before: Before, *, year_id: int, files: Sequence[str], counts: Mapping[str, Any], talks: int,
    by: Actor, now: datetime,
) -> None:  # fmt: skip
    """Remember what this import changed; what an earlier one changed can no longer be taken back."""
    session.flush()
    session.expire_all()
    after = look(session)
    found = [_difference(table, before.rows[table.name], after.rows[table.name]) for table in IMPORTED]
    session.execute(delete(ImportUndo))
    newest = select(JournalLine.id).order_by(JournalLine.id.desc()).limit(1)
    session.add(
        ImportUndo(
            year_id=year_id, saved_at=now, saved_by=by.id, journal_id=session.scalar(newest) or 0,
            file_names=list(files), talks=talks, counts=dict(counts),
            changes={one.table.name: _document(one) for one in found if one.added or one.removed or one.changed},
        )
    )  # fmt: skip


def take_back(*, undo_id: int, by: Actor, now: datetime) -> TakenBack:
    """Make everything as it was before the last import; raises BuiltOn when something was done with it since."""
    with transaction() as session:
        lock(session, School, [1])
        row = session.get(ImportUndo, undo_id)
        if row is None or row.saved_at + UNDO_LIFE <= now:
            raise NothingToUndo
        found = [_changes(table, row.changes[table.name]) for table in IMPORTED if table.name in row.changes]
        ensure_nothing_built(session, row, found)
        try:
            _turn_back(session, found)
        except IntegrityError as error:
            raise BuiltOn([BuiltOnWith.CHANGES]) from error
        done = TakenBack(
            removed=sum(len(one.added) for one in found),
            restored=sum(len(one.removed) for one in found),
            changed=sum(len(one.changed) for one in found),
        )
        record(
            session, by=by, action="imports.take_back", subject="school_year", subject_id=row.year_id, now=now,
            removed=done.removed, restored=done.restored, changed=done.changed,
        )  # fmt: skip
        session.delete(row)
        return done


def forget(session: Session, now: datetime) -> None:
    """How things were before an import is not kept longer than it can be taken back."""
    session.execute(delete(ImportUndo).where(ImportUndo.saved_at <= now - UNDO_LIFE))


def ensure_nothing_built(session: Session, row: ImportUndo, found: Sequence[Changes]) -> None:
    """Refuse when anybody did something with what the import brought."""
    built = {BuiltOnWith.TALKS} if row.talks else set()
    for one in found:
        built |= set(_pointing(session, one))
        if _changed_again(session, one):
            built.add(BuiltOnWith.CHANGES)
    built |= set(_done_since(session, row, found))
    if built:
        raise BuiltOn([kind for kind in BuiltOnWith if kind in built])


def _rows_of(session: Session, table: Table) -> dict[Key, Row]:
    keys = [column.name for column in table.primary_key]
    rows = session.execute(select(table)).mappings()
    return {tuple(row[name] for name in keys): dict(row) for row in rows}


def _difference(table: Table, before: Mapping[Key, Row], after: Mapping[Key, Row]) -> Changes:
    changed = []
    for key in before.keys() & after.keys():
        old, new = before[key], after[key]
        names = [name for name in new if new[name] != old[name]]
        if names:
            changed.append((key, {name: old[name] for name in names}, {name: new[name] for name in names}))
    return Changes(
        table,
        added=sorted(after.keys() - before.keys()),
        removed=[before[key] for key in sorted(before.keys() - after.keys())],
        changed=sorted(changed, key=lambda change: change[0]),
    )


def _pointing(session: Session, one: Changes) -> Iterator[BuiltOnWith]:
    """What other tables know of rows that were added."""
    if not one.added:
        return
    ids = [key[0] for key in one.added] if len(one.table.primary_key) == 1 else []
    own = {table.name for table in IMPORTED}
    for other in Base.metadata.tables.values():
        for column in _columns_to(other, one.table):
            if other.name not in own and _any(session, column, ids):
                yield POINTERS.get(other.name, BuiltOnWith.CHANGES)


def _columns_to(other: Table, table: Table) -> list[Column[Any]]:
    return [key.parent for key in other.foreign_keys if key.column.table is table]


def _any(session: Session, column: Column[Any], ids: Sequence[Any]) -> bool:
    return any(
        session.execute(select(column).where(column.in_(some)).limit(1)).first() is not None for some in _parts(ids)
    )


def _changed_again(session: Session, one: Changes) -> bool:
    """Does a row that the import changed, or added, say something else by now, or is it gone?"""
    now = _rows_of(session, one.table)
    if any(key not in now for key in one.added):
        return True
    return any(
        key not in now or any(now[key][name] != value for name, value in new.items()) for key, _old, new in one.changed
    )


def _done_since(session: Session, row: ImportUndo, found: Sequence[Changes]) -> Iterator[BuiltOnWith]:
    """What people did since with the pupils, guardians and talks that the import touched."""
    pupils, guardians = _touched(found, "pupil"), _touched(found, "guardian")
    since = JournalLine.id > row.journal_id
    lines = {
        (subject, subject_id)
        for subject, subject_id in session.execute(
            select(JournalLine.subject, JournalLine.subject_id).where(
                since, JournalLine.action.not_in(("people.hand_over",))
            )
        )
    }
    bookings = [subject_id for subject, subject_id in lines if subject == "booking"]
    if set(session.scalars(select(Booking.pupil_id).where(Booking.id.in_(bookings)))) & pupils:
        yield BuiltOnWith.TALKS
    if any((subject == "pupil" and i in pupils) or (subject == "guardian" and i in guardians) for subject, i in lines):
        yield BuiltOnWith.CHANGES
    about = {
        BuiltOnWith.LETTERS: (Outbox.created_at, Outbox.pupil_id, Outbox.guardian_id),
        BuiltOnWith.LINKS: (AccessLink.created_at, AccessLink.pupil_id, AccessLink.guardian_id),
    }
    for kind, (at, pupil, guardian) in about.items():
        who = session.execute(select(pupil, guardian).where(at > row.saved_at))
        if any(pupil_id in pupils or guardian_id in guardians for pupil_id, guardian_id in who):
            yield kind
    homes = _touched(found, "household")
    said = session.execute(
        select(HomeWishes.pupil_id, HomeWishes.household_id).where(HomeWishes.said_at > row.saved_at)
    )
    if any(pupil_id in pupils or household_id in homes for pupil_id, household_id in said):
        yield BuiltOnWith.WISHES
    plans = session.scalars(select(CommunicationPlan.pupil_id).where(CommunicationPlan.recorded_at > row.saved_at))
    if set(plans) & pupils:
        yield BuiltOnWith.AGREEMENTS
    drafts = select(RosterVersion.id).join(Round, Round.id == RosterVersion.round_id)
    if pupils and session.scalar(drafts.where(RosterVersion.requested_at > row.saved_at,
                                              Round.year_id == row.year_id).limit(1)):  # fmt: skip
        yield BuiltOnWith.ROSTERS


def _touched(found: Iterable[Changes], person: str) -> set[Any]:
    """The ids of pupils, or of guardians, about whom the import changed anything."""
    ids: set[Any] = set()
    column = f"{person}_id"
    for one in found:
        if one.table.name == person:
            ids |= {key[0] for key in one.added} | {key[0] for key, _old, _new in one.changed}
        ids |= {row[column] for row in one.removed if column in row}
        ids |= {old[column] for _key, old, _new in one.changed if column in old}
        ids |= {new[column] for _key, _old, new in one.changed if column in new}
    return ids


def _turn_back(session: Session, found: Sequence[Changes]) -> None:
    """Let go of what was added; then it goes, what was removed comes back, and old values with it."""
    order = {table.name: number for number, table in enumerate(Base.metadata.sorted_tables)}
    by_table = sorted(found, key=lambda one: order[one.table.name])
    added = {one.table: {key[0] for key in one.added} for one in by_table}
    for one in by_table:
        for key, old, new in one.changed:
            _put(session, one.table, key, _pointing_at(one.table, old, new, added))
    for one in reversed(by_table):
        keys = tuple_(*one.table.primary_key)
        for some in _parts(one.added):
            session.execute(delete(one.table).where(keys.in_(some)))
    for one in by_table:
        if one.removed:
            session.execute(insert(one.table), one.removed)
    for one in by_table:
        for key, old, _new in one.changed:
            _put(session, one.table, key, old)
    session.expire_all()


def _pointing_at(table: Table, old: Row, new: Row, added: Mapping[Table, set[Any]]) -> Row:
    """The old values of the columns that point at a row that goes."""
    targets = {key.parent.name: key.column.table for key in table.foreign_keys}
    return {name: old[name] for name in old if name in targets and new[name] in added.get(targets[name], ())}


def _put(session: Session, table: Table, key: Key, values: Row) -> None:
    if values:
        here = and_(*(column == value for column, value in zip(table.primary_key, key, strict=True)))
        session.execute(update(table).where(here).values(values))


def _parts(keys: Sequence[Any], size: int = 500) -> Iterator[Sequence[Any]]:
    for start in range(0, len(keys), size):
        yield keys[start : start + size]


def _document(one: Changes) -> dict[str, Any]:
    return {
        "added": [_plain_key(key) for key in one.added],
        "removed": [_plain(row) for row in one.removed],
        "changed": [[_plain_key(key), _plain(old), _plain(new)] for key, old, new in one.changed],
    }


def _changes(table: Table, document: Mapping[str, Any]) -> Changes:
    keys = list(table.primary_key)

    def key_of(values: Sequence[Any]) -> Key:
        return tuple(_value(column, value) for column, value in zip(keys, values, strict=True))

    def row_of(values: Mapping[str, Any]) -> Row:
        return {name: _value(table.columns[name], value) for name, value in values.items()}

    return Changes(
        table,
        added=[key_of(key) for key in document["added"]],
        removed=[row_of(row) for row in document["removed"]],
        changed=[(key_of(key), row_of(old), row_of(new)) for key, old, new in document["changed"]],
    )


def _plain_key(key: Key) -> list[Any]:
    return [_plain({"": value})[""] for value in key]


def _plain(row: Row) -> Row:
    return {
        name: value.isoformat() if isinstance(value, date) else value.value if isinstance(value, Enum) else value
        for name, value in row.items()
    }


def _value(column: Column[Any], value: Any) -> Any:
    """The value that a column had, from its JSON."""
    kind = column.type.python_type
    if value is None:
        return None
    if issubclass(kind, (date, datetime)):
        return kind.fromisoformat(value)
    return kind(value) if issubclass(kind, Enum) else value
