"""OneRoster 1.1 and 1.2 as sheets: users, roles, classes, enrollments, courses, orgs, sessions; loose or in one zip.

A row that is marked for deletion is gone. Birth dates are the only thing read from the sheet with personal details.
"""

import re
from collections.abc import Callable, Iterable, Iterator

from scheduling.domain.imports import CLASS_NAME_LENGTH, GIVEN_NAME_LENGTH, NUMBER_LENGTH, Record
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
from scheduling.formats.cells import TEXT_LENGTH, Row, tidy
from scheduling.formats.layouts import Layout
from scheduling.formats.lessons import SUBJECT_LENGTH
from scheduling.formats.people import PREFIXES, read_phone, read_surname

ID_LENGTH = 100
DELETED = "tobedeleted"
DOTTED = re.compile(r"(\w{1,3}\.\s?)+")
CAPITALS = re.compile(r"[^\W\d_]{1,6}")
COMMON = {"id": ("sourcedid",), "status": ("status",)}


def _are_initials(given: str, surname: str) -> bool:
    """`H.J.`, and `HJ` beside a surname that is not in capitals itself: there is no column for initials."""
    return bool(DOTTED.fullmatch(given) or (CAPITALS.fullmatch(given) and given.isupper() and not surname.isupper()))


def _read_user(row: Row) -> Iterator[Record]:
    prefix, surname = _surname(row)
    given = row.name("preferred_given_name", GIVEN_NAME_LENGTH) or row.name("given_name", GIVEN_NAME_LENGTH)
    initials = given if _are_initials(given, surname) else ""
    yield OneRosterUser(
        id=_id(row, "id"),
        identifier=row.name("identifier", NUMBER_LENGTH),
        given_name="" if initials else given,
        surname_prefix=prefix,
        surname=surname,
        initials=initials[:20],
        email=row.email("email"),
        phone=read_phone(row, "sms") or read_phone(row, "phone"),
        role=_word(row, "role"),
        agents=_ids(row, "agents"),
        grades=_grade(row),
        place=row.place,
    )


def _read_role(row: Row) -> Iterator[Record]:
    yield OneRosterRole(_id(row, "user"), _word(row, "role"), place=row.place)


def _read_class(row: Row) -> Iterator[Record]:
    yield OneRosterClass(
        id=_id(row, "id"),
        title=row.name("title", CLASS_NAME_LENGTH) or row.required("code", CLASS_NAME_LENGTH),
        homeroom=_word(row, "class_type") == "homeroom",
        org=_id(row, "org", needed=False),
        terms=_ids(row, "terms"),
        course=_id(row, "course", needed=False),
        subject=_first(row, "subjects"),
        room=row.name("location", CLASS_NAME_LENGTH),
        grades=_grade(row),
        place=row.place,
    )


def _read_enrollment(row: Row) -> Iterator[Record]:
    yield OneRosterEnrollment(
        class_id=_id(row, "class"),
        user=_id(row, "user"),
        role=_word(row, "role"),
        primary=_word(row, "primary") == "true",
        begins_on=row.day("begins_on"),
        ends_on=row.day("ends_on"),
        place=row.place,
    )


def _read_course(row: Row) -> Iterator[Record]:
    yield OneRosterCourse(_id(row, "id"), row.name("title", TEXT_LENGTH)[:SUBJECT_LENGTH], place=row.place)


def _read_org(row: Row) -> Iterator[Record]:
    yield OneRosterOrg(_id(row, "id"), row.name("name", CLASS_NAME_LENGTH), place=row.place)


def _read_session(row: Row) -> Iterator[Record]:
    yield OneRosterSession(_id(row, "id"), row.day("begins_on"), row.day("ends_on"), place=row.place)


def _read_birth(row: Row) -> Iterator[Record]:
    yield OneRosterBirth(_id(row, "id"), row.day("born_on"), place=row.place)


def _read_nothing(_row: Row) -> Iterator[Record]:
    return iter(())


def _unless_deleted(read: Callable[[Row], Iterable[Record]]) -> Callable[[Row], Iterable[Record]]:
    def read_living(row: Row) -> Iterable[Record]:
        return () if _word(row, "status") == DELETED else read(row)

    return read_living


def _sheet(kind: str, read: Callable[[Row], Iterable[Record]], /, *needed: str, **columns: str) -> Layout:
    """A sheet by the names of its columns; those in `needed` tell it apart."""
    fields = COMMON | {field: (title.casefold(),) for field, title in columns.items()}
    return Layout(f"oneroster_{kind}", fields, frozenset(needed), _unless_deleted(read))


LAYOUTS = (
    _sheet(
        "users", _read_user, "id", "given_name", "family_name", given_name="givenName", family_name="familyName",
        middle_name="middleName", preferred_given_name="preferredGivenName", identifier="identifier", email="email",
        sms="sms", phone="phone", agents="agentSourcedIds", grades="grades", role="role",
    ),
    _sheet(
        "classes", _read_class, "id", "title", "class_type", title="title", code="classCode", class_type="classType",
        location="location", org="schoolSourcedId", terms="termSourcedIds", grades="grades", course="courseSourcedId",
        subjects="subjects",
    ),
    _sheet("courses", _read_course, "id", "title", "code", title="title", code="courseCode"),
    _sheet(
        "enrollments", _read_enrollment, "id", "class", "user", "role", user="userSourcedId", role="role",
        primary="primary", begins_on="beginDate", ends_on="endDate", **{"class": "classSourcedId"},
    ),
    _sheet("roles", _read_role, "id", "user", "role", user="userSourcedId", role="role"),
    _sheet("orgs", _read_org, "id", "status", "name", "type", name="name", type="type"),
    _sheet(
        "sessions", _read_session, "id", "begins_on", "ends_on", "type", begins_on="startDate", ends_on="endDate",
        type="type",
    ),
    _sheet("demographics", _read_birth, "id", "born_on", born_on="birthDate"),
    _sheet("other", _read_nothing, "id", "status", "changed", changed="dateLastModified"),
    Layout(
        "oneroster_manifest", {"property": ("propertyname",), "value": ("value",)}, frozenset({"property", "value"}),
        _read_nothing,
    ),
)  # fmt: skip


def _surname(row: Row) -> tuple[str, str]:
    """What stands between the names is in the middle name, or before the family name; other middle names are not."""
    if tidy(row.raw("middle_name")).casefold() in PREFIXES:
        return read_surname(row, "middle_name", "family_name")
    return read_surname(row, "", "family_name")


def _id(row: Row, column: str, *, needed: bool = True) -> str:
    return row.required(column, ID_LENGTH) if needed else row.name(column, ID_LENGTH)


def _ids(row: Row, column: str) -> tuple[str, ...]:
    parts = (tidy(part) for part in row.raw(column).split(","))
    return tuple(dict.fromkeys(part[:ID_LENGTH] for part in parts if part))


def _first(row: Row, column: str) -> str:
    return next(iter(row.parts(column)), "")[:SUBJECT_LENGTH]


def _word(row: Row, column: str) -> str:
    return tidy(row.raw(column)).casefold()


def _grade(row: Row) -> str:
    """The year of one who is in one year: "05" and 5 are the same."""
    grade = tidy(row.raw("grades"))
    return (grade.lstrip("0") or grade)[:10] if "," not in grade else ""
