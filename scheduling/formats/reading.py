"""Any school file: which layout is it, and what does it say? New layouts are added here, one file each."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from scheduling.domain.imports import Place, SchoolFile, Severity, problem
from scheduling.domain.kept_tables import KeptTable
from scheduling.formats import by_name, contact_parents, flemish, lessons, magister, mbo, own, zermelo
from scheduling.formats.edexml import is_xml, read_edexml
from scheduling.formats.layouts import Layout, is_national_number, read_rows
from scheduling.formats.tables import Table, Unreadable, read_table, wrong_width

LAYOUTS: Sequence[Layout] = (
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
        return read_edexml(name, data) if is_xml(data) else _read_table(name, data)
    except Unreadable as reason:
        return refused(name, reason.code, reason.row, **reason.facts)


def refused(name: str, code: str, row: int = 0, **facts: str) -> SchoolFile:
    """A file that says nothing but why it cannot be read."""
    return SchoolFile(name, problems=(problem(Place(name, row), "", code, Severity.ERROR, **facts),))


def _read_table(name: str, data: bytes) -> SchoolFile:
    table = read_table(name, data)
    for layout in LAYOUTS:
        columns = layout.find_columns(table.header)
        if columns is not None:
            return replace(read_rows(table, layout, columns), table=_kept(table, columns))
    unknown = problem(
        Place(name, 1), "", "unknown_layout", Severity.ERROR, header=", ".join(table.header)[:200]
    )  # fmt: skip
    return SchoolFile(name, problems=(unknown,), table=_kept(table, {}))


def read_table_again(file: SchoolFile, table: KeptTable, layout: str = "") -> SchoolFile:
    """What a file says now that its kept rows were mended, or now that the office has named its columns."""
    meant = next(one for one in LAYOUTS if one.name == (layout or file.layout))
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
