"""EDEXML 2.1 (edu-standard, February 2017): pupils, classes and staff of a primary school; no parents.

A pupil's `key` is taken for the pupil number, a colleague's `key` for the staff code. Only base groups count:
a pupil is invited with its own class, not with every plus group.
"""

from collections.abc import Mapping
from xml.etree.ElementTree import Element, ParseError, TreeBuilder

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from scheduling.domain.imports import (
    CLASS_NAME_LENGTH,
    EDEXML,
    GIVEN_NAME_LENGTH,
    INITIALS_LENGTH,
    NUMBER_LENGTH,
    PREFIX_LENGTH,
    SURNAME_LENGTH,
    ClassRecord,
    Place,
    Problem,
    PupilRecord,
    Record,
    SchoolFile,
    StaffRecord,
    problem,
)
from scheduling.domain.people import StaffRole
from scheduling.formats.cells import Row
from scheduling.formats.tables import MAX_CELLS, MAX_ROWS
from scheduling.formats.unreadable import Unreadable

ROOT = "EDEX"
NUMBERS_OF_THE_STATE = ("bsn", "onderwijsnummer", "pgn")
ROLES = {"dir": StaffRole.DIRECTOR, "ib": StaffRole.INTERNAL_SUPERVISOR, "adm": StaffRole.OFFICE}
MAX_DEPTH = 20
NO_STAFF = "OUD"
"""The role of a parent who helps: listed among the staff, is none."""

PUPIL = {
    "number": "key", "given_name": "roepnaam", "surname_prefix": "voorvoegsel", "surname": "achternaam",
    "initials": "voorletters-1", "birth_date": "geboortedatum", "year_level": "jaargroep", "email": "emailadres",
    "class_name": "groep", "enrolled_on": "instroomdatum", "left_on": "uitstroomdatum",
}  # fmt: skip
STAFF = {
    "code": "key", "given_name": "roepnaam", "surname_prefix": "voorvoegsel", "surname": "achternaam",
    "email": "emailadres", "role": "rol",
}  # fmt: skip


def read_edexml(name: str, data: bytes) -> SchoolFile:
    """Pupils, classes and staff of an EDEXML file; raises Unreadable. Rows count the pupils and colleagues."""
    root = _root(data)
    groups = {group.get("key", ""): _text(group, "naam") for group in root.iterfind("groepen/groep")}
    problems: list[Problem] = []
    records: list[Record] = []
    for row, group in enumerate(root.iterfind("groepen/groep"), start=1):
        records += _class(_row(name, row, group, {"name": "naam", "year_level": "jaargroep"}), problems)
    for row, element in enumerate(root.iterfind("leerlingen/leerling"), start=1):
        records += _pupil(_row(name, row, element, PUPIL), _group_names(element, "groep", groups), problems)
    for row, element in enumerate(root.iterfind("leerkrachten/leerkracht"), start=1):
        records += _staff(_row(name, row, element, STAFF), _group_names(element, "groepen/groep", groups), problems)
    for number in NUMBERS_OF_THE_STATE:
        if root.find(f"leerlingen/leerling/{number}") is not None:
            problems.append(problem(Place(name), number, "national_number_dropped"))
    return SchoolFile(name, EDEXML, tuple(records), tuple(problems))


class _Tree(TreeBuilder):
    """Elements as they are heard, no more of them and no deeper within each other than a school needs."""

    def __init__(self) -> None:
        super().__init__()
        self._count = self._depth = 0

    def start(self, tag: str, attributes: dict[str, str], /) -> Element:
        self._count += 1
        self._depth += 1
        if self._count > MAX_CELLS:
            raise Unreadable("too_many_cells")
        if self._depth > MAX_DEPTH:
            raise Unreadable("broken_xml")
        return super().start(tag, attributes)

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(tag)


def _root(data: bytes) -> Element:
    try:
        parser = DefusedXMLParser(target=_Tree(), forbid_dtd=True)
        parser.feed(data)
        root: Element = parser.close()
    except (ParseError, DefusedXmlException, ValueError, LookupError) as error:
        raise Unreadable("broken_xml") from error
    if root.tag != ROOT:
        raise Unreadable("unknown_layout", header=root.tag[:80])
    if len(root.findall("leerlingen/leerling")) > MAX_ROWS:
        raise Unreadable("too_many_rows", limit=str(MAX_ROWS))
    return root


def _row(name: str, number: int, element: Element, tags: Mapping[str, str]) -> Row:
    cells = {field: element.get("key", "") if tag == "key" else _text(element, tag) for field, tag in tags.items()}
    return Row(Place(name, number), cells, dict(tags))


def _text(element: Element, tag: str) -> str:
    return element.findtext(tag) or ""


def _group_names(element: Element, path: str, groups: Mapping[str, str]) -> tuple[str, ...]:
    keys = (group.get("key", "") for group in element.iterfind(path))
    return tuple(dict.fromkeys(groups[key] for key in keys if groups.get(key)))


def _class(row: Row, problems: list[Problem]) -> list[ClassRecord]:
    level = row.text("year_level", 10)
    record = ClassRecord(
        name=row.required("name", CLASS_NAME_LENGTH),
        year_level=level if level.isdecimal() else "",
        place=row.place,
    )
    problems += row.problems
    return [record] if row.is_good else []


def _pupil(row: Row, classes: tuple[str, ...], problems: list[Problem]) -> list[PupilRecord]:
    row.cells = {**row.cells, "class_name": classes[0] if classes else ""}
    record = PupilRecord(
        number=row.required("number", NUMBER_LENGTH),
        given_name=row.required("given_name", GIVEN_NAME_LENGTH),
        class_name=_class_of(row),
        surname_prefix=row.name("surname_prefix", PREFIX_LENGTH),
        surname=row.name("surname", SURNAME_LENGTH),
        initials=row.name("initials", INITIALS_LENGTH),
        birth_date=row.day("birth_date"),
        year_level=row.text("year_level", 10),
        email=row.email("email"),
        enrolled_on=row.day("enrolled_on"),
        left_on=row.day("left_on"),
        place=row.place,
    )
    problems += row.problems
    return [record] if row.is_good else []


def _class_of(row: Row) -> str:
    """A pupil who has left needs no class any more."""
    has_left = row.raw("year_level").upper() == "H" or row.raw("left_on")
    return row.name("class_name", CLASS_NAME_LENGTH) if has_left else row.required("class_name", CLASS_NAME_LENGTH)


def _staff(row: Row, classes: tuple[str, ...], problems: list[Problem]) -> list[StaffRecord]:
    if row.raw("role").upper() == NO_STAFF:
        return []
    record = StaffRecord(
        code=row.required("code", NUMBER_LENGTH),
        given_name=row.name("given_name", GIVEN_NAME_LENGTH),
        surname_prefix=row.name("surname_prefix", PREFIX_LENGTH),
        surname=row.name("surname", SURNAME_LENGTH),
        email=row.email("email"),
        roles=(ROLES.get(row.raw("role").casefold(), StaffRole.LEADER),),
        classes=classes,
        place=row.place,
    )
    problems += row.problems
    return [record] if row.is_good else []
