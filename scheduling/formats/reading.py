"""Any school file: which layout is it, and what does it say? New layouts are added here, one file each."""

from collections.abc import Sequence

from scheduling.domain.imports import Place, SchoolFile, Severity, problem
from scheduling.formats import own
from scheduling.formats.edexml import is_xml, read_edexml
from scheduling.formats.layouts import Layout, read_rows
from scheduling.formats.tables import Unreadable, read_table

LAYOUTS: Sequence[Layout] = own.LAYOUTS
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
            return read_rows(table, layout, columns)
    raise Unreadable("unknown_layout", 1, header=", ".join(table.header)[:200])
