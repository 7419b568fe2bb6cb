"""How a kind of table is known by its header, and how its rows become records."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from scheduling.domain.imports import GuardianRecord, Place, Problem, Record, SchoolFile, problem
from scheduling.formats.cells import Row
from scheduling.formats.tables import Table

NATIONAL_NUMBER = re.compile(
    r"\b(bsn|burgerservicenummer|pgn|persoonsgebonden ?nummer|onderwijsnummer|sofi ?nummer|insz|"
    r"rijksregister(nummer|nr)?|nationaal nummer)\b"
)

AUTHORITY = frozenset({"authority", "responsible"})
"""Columns that say who may decide about a pupil."""


@dataclass(frozen=True)
class Layout:
    """A table that a school or its software makes: its columns, which of them tell it apart, and its rows."""

    name: str
    columns: Mapping[str, tuple[str, ...]]
    """Per field the headers that mean it, each as `header_keys` writes it, the best first."""
    needed: frozenset[str]
    read: Callable[[Row], Iterable[Record]]
    """What one row says: none, one or several records; none of them counts when the row has an error."""
    one_of: frozenset[str] = frozenset()
    """Beside the needed columns at least one of these."""

    def find_columns(self, header: Sequence[str]) -> dict[str, int] | None:
        """Per field the place of its column; None when this is another layout."""
        places = {key: place for place, key in enumerate(header_keys(header))}
        found: dict[str, int] = {}
        for name, titles in self.columns.items():
            place = next((places[title] for title in titles if title in places), None)
            if place is not None:
                found[name] = place
        if self.needed <= found.keys() and (not self.one_of or not self.one_of.isdisjoint(found)):
            return found
        return None


def header_key(title: str) -> str:
    """A header without capitals, hyphens and the like: `E-mailadres ` and `email_adres` do not differ."""
    return " ".join(re.sub(r"[_*:\u00a0]", " ", title.casefold()).replace("-", "").split())


def header_keys(header: Sequence[str]) -> list[str]:
    """The keys of a header; one that occurs again gets its number, as in `email (2)`."""
    seen: Counter[str] = Counter()
    keys = []
    for title in header:
        key = header_key(title)
        seen[key] += 1
        keys.append(key if seen[key] == 1 else f"{key} ({seen[key]})")
    return keys


def is_national_number(title: str) -> bool:
    """A column that holds a number of the state: never read."""
    return NATIONAL_NUMBER.search(header_key(title)) is not None


def read_rows(table: Table, layout: Layout, columns: Mapping[str, int]) -> SchoolFile:
    """The records of a table, with the problems of its rows in the order of the file."""
    headers = {name: table.header[place] for name, place in columns.items()}
    records: list[Record] = []
    problems: list[Problem] = list(table.problems)
    for title in table.header:
        if is_national_number(title):
            problems.append(problem(Place(table.name, 1), title, "national_number_dropped"))
    for number, cells in table.rows:
        values = {name: cells[place] for name, place in columns.items()}
        row = Row(Place(table.name, number), values, headers, table.encoding)
        said = list(layout.read(row))
        if row.is_good:
            records += said
        problems += row.problems
    if AUTHORITY.isdisjoint(columns) and any(isinstance(record, GuardianRecord) for record in records):
        remark = problem(Place(table.name), "", "authority_not_said")
        problems += [remark] if remark not in problems else []
    problems.sort(key=lambda item: item.row)
    return SchoolFile(table.name, layout.name, tuple(records), tuple(problems))
