"""EDEXML 2.1 (edu-standard, February 2017): pupils, classes and staff of a primary school; no parents.

A pupil's `key` is taken for the pupil number, a colleague's `key` for the staff code. Only base groups count:
a pupil is invited with its own class, not with every plus group.
"""

from collections.abc import Iterable, Mapping, Sequence
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
    PupilRecord,
    Record,
    StaffRecord,
    problem,
)
from scheduling.domain.people import StaffRole
from scheduling.formats.cells import Row
from scheduling.formats.layouts import Layout
from scheduling.formats.tables import MAX_CELLS, MAX_ROWS, Table
from scheduling.formats.unreadable import Unreadable

ROOT = "EDEX"
NUMBERS_OF_THE_STATE = ("bsn", "onderwijsnummer", "pgn")
ROLES = {"dir": StaffRole.DIRECTOR, "ib": StaffRole.INTERNAL_SUPERVISOR, "adm": StaffRole.OFFICE}
MAX_DEPTH = 20
NO_STAFF = "OUD"
"""The role of a parent who helps: listed among the staff, is none."""

CLASS_WORD, PUPIL_WORD, STAFF_WORD = "groep", "leerling", "leerkracht"
SEVERAL = "; "
TAGS = {
    "kind": "soort", "key": "key", "name": "naam", "given_name": "roepnaam", "surname_prefix": "voorvoegsel",
    "surname": "achternaam", "initials": "voorletters-1", "birth_date": "geboortedatum", "year_level": "jaargroep",
    "class_name": "groep", "email": "emailadres", "role": "rol", "enrolled_on": "instroomdatum",
    "left_on": "uitstroomdatum",
}  # fmt: skip
"""Per column of the table that is made of the file the element, or what is made up: the kind of row."""

MEANINGS = ("number", "code")
"""What a key is: of a pupil, of a colleague."""


def read_edexml(name: str, data: bytes) -> tuple[Table, dict[str, int]]:
    """Classes, pupils and staff of an EDEXML file as the rows of one table, so that they can be mended as others can.

    Beside it per field the place of its column. Raises Unreadable. Rows count classes, then pupils, then colleagues.
    """
    root = _root(data)
    groups = {group.get("key", ""): _text(group, "naam") for group in root.iterfind("groepen/groep")}
    cells = [_cells(CLASS_WORD, one, ()) for one in root.iterfind("groepen/groep")]
    for one in root.iterfind("leerlingen/leerling"):
        cells.append(_cells(PUPIL_WORD, one, _group_names(one, "groep", groups)[:1]))
    for one in root.iterfind("leerkrachten/leerkracht"):
        cells.append(_cells(STAFF_WORD, one, _group_names(one, "groepen/groep", groups)))
    problems = tuple(
        problem(Place(name), number, "national_number_dropped")
        for number in NUMBERS_OF_THE_STATE
        if root.find(f"leerlingen/leerling/{number}") is not None
    )
    columns = {field: place for place, field in enumerate(TAGS)}
    columns |= dict.fromkeys(MEANINGS, columns.pop("key"))
    return Table(name, tuple(TAGS.values()), tuple(enumerate(cells, start=1)), "utf-8", problems), columns


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


def _cells(kind: str, element: Element, classes: Sequence[str]) -> tuple[str, ...]:
    known = {"kind": kind, "key": element.get("key", ""), "class_name": SEVERAL.join(classes)}
    return tuple(known[field] if field in known else _text(element, tag) for field, tag in TAGS.items())


def _text(element: Element, tag: str) -> str:
    return element.findtext(tag) or ""


def _group_names(element: Element, path: str, groups: Mapping[str, str]) -> tuple[str, ...]:
    keys = (group.get("key", "") for group in element.iterfind(path))
    return tuple(dict.fromkeys(groups[key] for key in keys if groups.get(key)))


def _read(row: Row) -> Iterable[Record]:
    readers = {CLASS_WORD: _class, PUPIL_WORD: _pupil, STAFF_WORD: _staff}
    reader = readers.get(row.raw("kind").strip().casefold())
    if reader is None:
        row.refuse("kind", "missing")
        return ()
    return reader(row)


def _class(row: Row) -> list[Record]:
    level = row.text("year_level", 10)
    name = row.required("name", CLASS_NAME_LENGTH)
    return [ClassRecord(name=name, year_level=level if level.isdecimal() else "", place=row.place)]


def _pupil(row: Row) -> list[Record]:
    return [
        PupilRecord(
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
    ]


def _class_of(row: Row) -> str:
    """A pupil who has left needs no class any more."""
    has_left = row.raw("year_level").upper() == "H" or row.raw("left_on")
    return row.name("class_name", CLASS_NAME_LENGTH) if has_left else row.required("class_name", CLASS_NAME_LENGTH)


def _staff(row: Row) -> list[Record]:
    if row.raw("role").upper() == NO_STAFF:
        return []
    return [
        StaffRecord(
            code=row.required("code", NUMBER_LENGTH),
            given_name=row.name("given_name", GIVEN_NAME_LENGTH),
            surname_prefix=row.name("surname_prefix", PREFIX_LENGTH),
            surname=row.name("surname", SURNAME_LENGTH),
            email=row.email("email"),
            roles=(ROLES.get(row.raw("role").casefold(), StaffRole.LEADER),),
            classes=tuple(name.strip() for name in row.raw("class_name").split(SEVERAL.strip()) if name.strip()),
            place=row.place,
        )
    ]


LAYOUT = Layout(EDEXML, {}, frozenset(), _read)
"""How the rows of the table become records; no table of a school is known for it by its header."""
