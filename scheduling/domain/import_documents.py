"""A file that was read, as JSON and back: how the reading process hands it over, and how a draft keeps it."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date
from enum import Enum
from functools import cache, partial
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from scheduling.domain.imports import (
    AvailabilityRecord,
    ClassRecord,
    ContactParentRecord,
    DayRecord,
    GroupPupilRecord,
    GuardianRecord,
    LessonRecord,
    Problem,
    PupilRecord,
    Record,
    RoomRecord,
    SchoolFile,
    StaffRecord,
)
from scheduling.domain.kept_tables import ChosenCell, KeptTable
from scheduling.domain.oneroster import (
    OneRosterBirth,
    OneRosterClass,
    OneRosterCourse,
    OneRosterEnrollment,
    OneRosterOrg,
    OneRosterRole,
    OneRosterSession,
    OneRosterUser,
)

KINDS: Mapping[str, type] = {
    "pupil": PupilRecord,
    "guardian": GuardianRecord,
    "staff": StaffRecord,
    "class": ClassRecord,
    "room": RoomRecord,
    "day": DayRecord,
    "availability": AvailabilityRecord,
    "lesson": LessonRecord,
    "group_pupil": GroupPupilRecord,
    "contact_parent": ContactParentRecord,
    "user": OneRosterUser,
    "role": OneRosterRole,
    "roster_class": OneRosterClass,
    "course": OneRosterCourse,
    "enrollment": OneRosterEnrollment,
    "org": OneRosterOrg,
    "session": OneRosterSession,
    "birth": OneRosterBirth,
}
NAMES = {kind: name for name, kind in KINDS.items()}
AS_IT_IS = (str, int, bool)


def file_document(file: SchoolFile) -> dict[str, Any]:
    """Shape: {name, layout, problems: [{…}], records: [{record, …}], table: {…}}; empty fields are left out."""
    document = {
        "name": file.name,
        "layout": file.layout,
        "problems": [_plain(problem) for problem in file.problems],
        "records": [{"record": NAMES[type(record)], **_plain(record)} for record in file.records],
    }
    return document if file.table is None else {**document, "table": _table_document(file.table)}


def file_from_document(document: Mapping[str, Any]) -> SchoolFile:
    """The file that `file_document` wrote."""
    return SchoolFile(
        name=document["name"],
        layout=document["layout"],
        records=tuple(_record(KINDS[record["record"]], record) for record in document["records"]),
        problems=tuple(_record(Problem, problem) for problem in document["problems"]),
        table=_table(document["table"]) if "table" in document else None,
    )


def record_kind(record: Record) -> str:
    """The word for a kind of record."""
    return NAMES[type(record)]


def _table_document(table: KeptTable) -> dict[str, Any]:
    """Shape: {header, rows: [[number, [cell, …]], …], encoding, columns: {field: place}, mended, left_out, …}."""
    return {
        "header": table.header,
        "rows": table.rows,
        "encoding": table.encoding,
        "columns": dict(table.columns),
        "mended": table.mended,
        "left_out": table.left_out,
        "chosen": [_plain(choice) for choice in table.chosen],
        "repaired": table.repaired,
    }


def _table(document: Mapping[str, Any]) -> KeptTable:
    return KeptTable(
        header=tuple(document["header"]),
        rows=tuple((number, tuple(cells)) for number, cells in document["rows"]),
        encoding=document["encoding"],
        columns=document["columns"],
        mended=tuple((number, tuple(cells)) for number, cells in document["mended"]),
        left_out=tuple(document["left_out"]),
        chosen=tuple(ChosenCell(**{"text": "", **choice}) for choice in document["chosen"]),
        repaired=document["repaired"],
    )


def _plain(record: Any) -> dict[str, Any]:
    kind: type = type(record)
    pairs = ((name, getattr(record, name)) for name in _names(kind))
    return {
        name: value if type(value) in AS_IT_IS else _plain_value(value)
        for name, value in pairs
        if value not in ("", None, ())
    }


def _plain_value(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [_plain_value(part) for part in value]
    if dataclasses.is_dataclass(value):
        return _plain(value)
    return dict(value) if isinstance(value, Mapping) else value


def _record(kind: type, document: Mapping[str, Any]) -> Any:
    readers = _readers(kind)
    values = dict.fromkeys(_required(kind), "")
    for name, value in document.items():
        if name in readers:
            read = readers[name]
            values[name] = value if read is None else read(value)
    return kind(**values)


@cache
def _names(kind: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(kind))


@cache
def _readers(kind: type) -> dict[str, Callable[[Any], Any] | None]:
    """Per field how its value is read from JSON; None: it is what it says."""
    hints = get_type_hints(kind)
    return {name: _reader(hints[name]) for name in _names(kind)}


def _reader(kind: Any) -> Callable[[Any], Any] | None:
    if get_origin(kind) in (Union, UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    if get_origin(kind) is tuple:
        read = _reader(get_args(kind)[0])
        return tuple if read is None else lambda values: tuple(map(read, values))
    if isinstance(kind, type):
        if issubclass(kind, date):
            return kind.fromisoformat
        if issubclass(kind, Enum):
            return kind
        if dataclasses.is_dataclass(kind):
            return partial(_record, kind)
    return None


@cache
def _required(kind: type) -> tuple[str, ...]:
    """The texts without a default: an empty one was left out of the document."""
    hints = get_type_hints(kind)
    return tuple(
        field.name
        for field in dataclasses.fields(kind)
        if field.default is dataclasses.MISSING
        and field.default_factory is dataclasses.MISSING
        and hints[field.name] is str
    )
