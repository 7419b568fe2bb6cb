"""One row of a file in a draft, to be mended; and a list whose columns are to be named."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from scheduling.domain.columns import NoSuchFile
from scheduling.domain.import_changes import DraftGone
from scheduling.domain.import_documents import file_from_document
from scheduling.domain.imports import Problem, SchoolFile
from scheduling.domain.kept_tables import KeptTable
from scheduling.formats.columns import fields_of, likely_layout, needed_of, propose_columns
from scheduling.formats.layouts import is_national_number
from scheduling.models import ColumnMapping, ImportDraft, db
from scheduling.queries.imports import is_named, preview

SAMPLES = 3
SAMPLE_LENGTH = 60


@dataclass(frozen=True)
class Cell:
    """A cell of a row under its header, and what is the matter with it."""

    place: int
    title: str
    text: str
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class RowPage:
    """A row as it counts now; the cells with a problem come first."""

    draft_id: int
    file: int
    file_name: str
    row: int
    faulty: tuple[Cell, ...]
    others: tuple[Cell, ...]
    problems: tuple[Problem, ...]
    """What is the matter with the row as a whole."""
    too_many: tuple[str, ...]
    """Cells beyond the header."""
    is_left_out: bool
    is_mended: bool
    wrong: tuple[tuple[int, int], ...]
    """The rows with an error in all files, by file and row."""
    next: tuple[int, int] | None
    """The next row with an error, by file and row."""


@dataclass(frozen=True)
class Column:
    """A column of a list, with some of its cells and what it seems to mean."""

    place: int
    title: str
    samples: tuple[str, ...]
    field: str


@dataclass(frozen=True)
class ColumnsPage:
    """A list whose columns the office names."""

    draft_id: int
    file: int
    file_name: str
    layout: str
    columns: tuple[Column, ...]
    unread: tuple[str, ...]
    """Columns with a number of the state: nobody reads them."""
    fields: tuple[str, ...]
    needed: tuple[str, ...]


@dataclass(frozen=True)
class NamedList:
    """A list that the office has named the columns of."""

    id: int
    layout: str
    header: tuple[str, ...]
    created_at: datetime


def row_page(draft_id: int, file: int, row: int, *, now: datetime) -> RowPage:
    """A row with its problems; raises DraftGone or NoSuchFile."""
    shown = preview(draft_id, now=now)
    found = _file(draft_id, file)
    table = found.table
    if table is None or not found.layout or row not in table.row_numbers:
        raise NoSuchFile
    problems = [
        one for group in shown.problems for one in group.problems if one.file == found.name and one.row == row
    ]  # fmt: skip
    cells = _cells(table, row, problems)
    titles = {cell.title for cell in cells}
    wrong = shown.wrong_rows
    later = [place for place in wrong if place > (file, row)] + [place for place in wrong if place < (file, row)]
    return RowPage(
        draft_id=draft_id,
        file=file,
        file_name=found.name,
        row=row,
        faulty=tuple(cell for cell in cells if cell.problems),
        others=tuple(cell for cell in cells if not cell.problems),
        problems=tuple(one for one in problems if one.column not in titles),
        too_many=(table.cells(row) or ())[len(table.header) :],
        is_left_out=row in table.left_out,
        is_mended=row in dict(table.mended),
        wrong=tuple(wrong),
        next=later[0] if later else None,
    )


def columns_page(
    draft_id: int, file: int, *, now: datetime, layout: str = "", chosen: Mapping[int, str] | None = None
) -> ColumnsPage:
    """A list with what its columns seem to mean, or with what was chosen for them; raises DraftGone or NoSuchFile."""
    draft = db.session.get(ImportDraft, draft_id)
    if draft is None or draft.saved_at is not None or draft.expires_at <= now:
        raise DraftGone
    found = _file(draft_id, file)
    if found.table is None or (found.layout and not is_named(db.session(), found)):
        raise NoSuchFile
    layout = layout or found.layout or likely_layout(found)
    if chosen is None:
        named = {place: field for field, place in found.table.columns.items()}
        chosen = named if layout == found.layout else propose_columns(found.table, layout)
    national = {place for place, title in enumerate(found.table.header) if is_national_number(title)}
    return ColumnsPage(
        draft_id=draft_id,
        file=file,
        file_name=found.name,
        layout=layout,
        columns=tuple(
            Column(place, title, _samples(found.table, place), chosen.get(place, ""))
            for place, title in enumerate(found.table.header)
            if place not in national
        ),
        unread=tuple(found.table.header[place] for place in sorted(national)),
        fields=fields_of(layout),
        needed=needed_of(layout),
    )


def named_lists() -> tuple[NamedList, ...]:
    """The lists of this school that are known because the office has named their columns, the newest first."""
    rows = db.session.scalars(select(ColumnMapping).order_by(ColumnMapping.id.desc()))
    return tuple(NamedList(row.id, row.layout, tuple(row.header), row.created_at) for row in rows)


def _file(draft_id: int, number: int) -> SchoolFile:
    documents = db.session.get_one(ImportDraft, draft_id).records["files"]
    if number >= len(documents):
        raise NoSuchFile
    return file_from_document(documents[number])


def _cells(table: KeptTable, row: int, problems: list[Problem]) -> list[Cell]:
    texts = table.cells(row) or ()
    return [
        Cell(
            place,
            table.header[place],
            texts[place] if place < len(texts) else "",
            tuple(one for one in problems if one.column == table.header[place]),
        )
        for place in sorted(set(table.columns.values()))
    ]


def _samples(table: KeptTable, place: int) -> tuple[str, ...]:
    texts = (cells[place].strip()[:SAMPLE_LENGTH] for _, cells in table.rows if place < len(cells))
    return tuple(dict.fromkeys(text for text in texts if text))[:SAMPLES]
