"""A list that only one school has: what its columns may mean, as the office names them once."""

import hashlib
import re
from collections.abc import Mapping, Sequence

from scheduling.domain.columns import ColumnsMissing, ColumnTwice, NoSuchList
from scheduling.domain.imports import SchoolFile
from scheduling.domain.kept_tables import KeptTable
from scheduling.formats.cells import EMAIL, parse_date, tidy
from scheduling.formats.layouts import Layout, header_key, header_keys, is_national_number
from scheduling.formats.reading import LAYOUTS

NAMEABLE: Mapping[str, frozenset[str]] = {
    "pupils": frozenset({"number", "given_name", "class_name"}),
    "pupils_by_name": frozenset({"given_name", "surname", "class_name"}),
    "guardians": frozenset({"number", "surname"}),
    "staff": frozenset({"code", "surname"}),
    "classes": frozenset({"name"}),
    "rooms": frozenset({"name"}),
    "calendar": frozenset({"starts_on", "kind"}),
    "lessons": frozenset({"code", "group", "subject"}),
    "contact_parents": frozenset({"class_name", "guardian", "consent"}),
}
"""The kinds of list whose columns can be named, each with the fields without which it says nothing."""

RARE = re.compile(r"parent_[3-6]_\w+|(parent_\d|father|mother)_(initials|prefix|status)|(father|mother)_relation")
"""What a school's own list hardly has, and what would make a long choice longer."""

LOOKED_AT = 20
SHORT_WORD = 3
HINTS: Mapping[str, tuple[str, ...]] = {
    "number": ("lln", "llnr", "leerling", "student"),
    "given_name": ("kind", "roepnaam", "voornaam"),
    "surname": ("familie", "familienaam"),
    "class_name": ("klas", "groep"),
    "email": ("mail",),
    "phone": ("tel", "mobiel"),
}
"""Words that make a meaning likely; too weak to know a list by."""


def header_fingerprint(header: Sequence[str]) -> str:
    """The same columns in the same order, whatever their capitals."""
    return hashlib.sha256("\n".join(header_keys(header)).encode()).hexdigest()


def fields_of(layout: str) -> tuple[str, ...]:
    """What a column of this kind of list can mean."""
    return tuple(field for field in _layout(layout).columns if not RARE.fullmatch(field))


def needed_of(layout: str) -> tuple[str, ...]:
    """The fields without which this kind of list says nothing."""
    return tuple(field for field in _layout(layout).columns if field in NAMEABLE[layout])


def likely_layout(file: SchoolFile) -> str:
    """The kind of list for which most of the columns are understood."""
    if file.table is None:
        return next(iter(NAMEABLE))
    proposals = {name: propose_columns(file.table, name) for name in NAMEABLE}
    needed = {
        name: len(NAMEABLE[name] & set(found.values())) / len(NAMEABLE[name]) for name, found in proposals.items()
    }
    return max(NAMEABLE, key=lambda name: (needed[name], len(proposals[name])))


def propose_columns(table: KeptTable, layout: str) -> dict[int, str]:
    """Per column the field it seems to mean: by its header, else by a word of it, else by what stands in it."""
    titles = {field: _layout(layout).columns[field] for field in fields_of(layout)}
    found: dict[int, str] = {}
    for meant in (_by_title, _by_word, _by_content):
        for place, title in enumerate(table.header):
            if place not in found and not is_national_number(title):
                field = meant(table, place, titles, set(found.values()))
                if field:
                    found[place] = field
    return found


def ensure_columns(layout: str, fields: Mapping[int, str], header: Sequence[str]) -> dict[str, int]:
    """Per field its column; raises ColumnsMissing, ColumnTwice or NoSuchList."""
    if layout not in NAMEABLE:
        raise NoSuchList
    columns: dict[str, int] = {}
    for place, field in sorted(fields.items()):
        allowed = field in _layout(layout).columns and 0 <= place < len(header)
        if not allowed or is_national_number(header[place]):
            raise NoSuchList
        if field in columns:
            raise ColumnTwice(field)
        columns[field] = place
    missing = [field for field in needed_of(layout) if field not in columns]
    if missing:
        raise ColumnsMissing(layout, missing)
    return columns


def _layout(name: str) -> Layout:
    found = next((layout for layout in LAYOUTS if layout.name == name and name in NAMEABLE), None)
    if found is None:
        raise NoSuchList
    return found


def _by_title(table: KeptTable, place: int, titles: Mapping[str, tuple[str, ...]], taken: set[str]) -> str:
    key = header_key(table.header[place])
    return next((field for field, known in titles.items() if field not in taken and key in known), "")


def _by_word(table: KeptTable, place: int, titles: Mapping[str, tuple[str, ...]], taken: set[str]) -> str:
    """A header with a known title as one of its words, or as the start or end of one, such as `Stamklas nu`."""
    words = re.findall(r"\w+", header_key(table.header[place]))
    for field, known in titles.items():
        if field not in taken and any(
            _says(word, title) for word in words for title in (*known, *HINTS.get(field, ()))
        ):
            return field
    return ""


def _says(word: str, title: str) -> bool:
    return word == title or (len(title) > SHORT_WORD and (word.startswith(title) or word.endswith(title)))


def _by_content(table: KeptTable, place: int, titles: Mapping[str, tuple[str, ...]], taken: set[str]) -> str:
    """A column with addresses is the address, one with dates of long ago the birth date."""
    texts = [tidy(cells[place]) for _, cells in table.rows[:LOOKED_AT] if place < len(cells) and tidy(cells[place])]
    if not texts:
        return ""
    if "email" in titles.keys() - taken and all(EMAIL.fullmatch(text) for text in texts):
        return "email"
    dates = [parse_date(text) for text in texts if re.search(r"\D", text)]
    if "birth_date" in titles.keys() - taken and len(dates) == len(texts) and all(dates):
        return "birth_date"
    return ""
