"""Any school file: which layout is it, and what does it say? New layouts are added here, one file each."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from scheduling.domain.imports import Place, SchoolFile, Severity, problem
from scheduling.domain.kept_tables import KeptTable
from scheduling.formats import (
    by_name,
    contact_parents,
    edexml,
    flemish,
    lessons,
    magister,
    mbo,
    oneroster,
    own,
    zermelo,
)
from scheduling.formats.calendars import read_calendar
from scheduling.formats.contents import Kind, kind_of
from scheduling.formats.layouts import Layout, is_national_number, read_rows
from scheduling.formats.tables import MAX_BYTES, Table, read_table, wrong_width
from scheduling.formats.unreadable import Unreadable
from scheduling.formats.web_pages import read_web_page

LAYOUTS: Sequence[Layout] = (
    *oneroster.LAYOUTS,
    *zermelo.LAYOUTS,
    *magister.LAYOUTS,
    *flemish.LAYOUTS,
    *mbo.LAYOUTS,
    *contact_parents.LAYOUTS,
    *lessons.LAYOUTS,
    *own.LAYOUTS,
    *by_name.LAYOUTS,
)
"""In this order: the first whose columns are all there reads the file."""


def read_file(name: str, data: bytes) -> SchoolFile:
    """Read one file in this process; what cannot be read comes back as a problem, never as an exception."""
    try:
        if len(data) > MAX_BYTES:
            raise Unreadable("too_large", limit=str(MAX_BYTES // 1_000_000))
        kind = kind_of(data)
        if kind is Kind.ARCHIVE:
            raise Unreadable("archive_within")
        if kind in OTHER_READERS:
            return OTHER_READERS[kind](name, data)
        return _read_table(
            read_web_page(name, data, _is_known) if kind is Kind.WEB_PAGE else read_table(name, data, _is_known)
        )
    except Unreadable as reason:
        return refused(name, reason.code, reason.row, **reason.facts)


def read_as_it_stands(name: str, data: bytes) -> SchoolFile:
    """A table with columns of its own: every cell as it stands there, or why the file cannot be read."""
    try:
        table = read_table(name, data)
    except Unreadable as reason:
        return refused(name, reason.code, reason.row, **reason.facts)
    return SchoolFile(name, table=KeptTable(table.header, tuple(sorted(table.rows + table.crooked)), table.encoding))


def refused(name: str, code: str, row: int = 0, **facts: str) -> SchoolFile:
    """A file that says nothing but why it cannot be read."""
    return SchoolFile(name, problems=(problem(Place(name, row), "", code, Severity.ERROR, **facts),))


def _read_table(table: Table) -> SchoolFile:
    for layout in LAYOUTS:
        columns = layout.find_columns(table.header)
        if columns is not None:
            return replace(read_rows(table, layout, columns), table=_kept(table, columns))
    unknown = problem(
        Place(table.name, 1), "", "unknown_layout", Severity.ERROR, header=", ".join(table.header)[:200]
    )  # fmt: skip
    return SchoolFile(table.name, problems=(unknown,), table=_kept(table, {}))


def _is_known(header: Sequence[str]) -> bool:
    return any(layout.find_columns(header) is not None for layout in LAYOUTS)


def read_table_again(file: SchoolFile, table: KeptTable, layout: str = "") -> SchoolFile:
    """What a file says now that its kept rows were mended, or now that the office has named its columns."""
    meant = next(one for one in (*LAYOUTS, edexml.LAYOUT) if one.name == (layout or file.layout))
    width = len(table.header)
    rows = list(table.in_use())
    straight = tuple(row for row in rows if len(row[1]) == width)
    crooked = [row for row in rows if len(row[1]) != width]
    problems = [wrong_width(file.name, number, width, len(cells)) for number, cells in crooked]
    problems += [problem(Place(file.name, number), "", "row_left_out") for number in table.left_out]
    whole = [one for one in file.problems if one.row == 0]
    read = read_rows(
        Table(file.name, table.header, straight, table.encoding, (*whole, *problems)), meant, table.columns
    )
    return replace(read, table=table)


def _kept(table: Table, columns: Mapping[str, int]) -> KeptTable:
    """The rows for a draft, without the cells that nobody reads; an unknown layout loses national numbers only.

    A crooked row may have such a number in any of its cells, so beside such a column it keeps none of them.
    """
    national = {place for place, title in enumerate(table.header) if is_national_number(title)}
    read = set(columns.values()) if columns else set(range(len(table.header))) - national
    straight = [
        (number, tuple(text if place in read else "" for place, text in enumerate(cells)))
        for number, cells in table.rows
    ]
    crooked = [(number, () if national else cells) for number, cells in table.crooked]
    return KeptTable(table.header, tuple(sorted(straight + crooked)), table.encoding, columns)


def _read_edexml(name: str, data: bytes) -> SchoolFile:
    table, columns = edexml.read_edexml(name, data)
    return replace(read_rows(table, edexml.LAYOUT, columns), table=_kept(table, columns))


OTHER_READERS: Mapping[Kind, Callable[[str, bytes], SchoolFile]] = {
    Kind.XML: _read_edexml,
    Kind.CALENDAR: read_calendar,
}
"""What is no table at all, by its kind."""
