"""Tables in CSV and XLSX, as schools export them: encodings, separators, and limits on what is taken in."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time

from scheduling.domain.imports import Place, Problem, Severity, problem

MAX_BYTES = 20_000_000
MAX_ROWS = 50_000
MAX_COLUMNS = 60
MAX_MEMBERS = 200
MAX_UNPACKED_BYTES = 100_000_000

SEPARATORS = (";", ",", "\t")
UTF8_BOM = b"\xef\xbb\xbf"
UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
ZIP_START = b"PK\x03\x04"
LOCAL_HEADER_BYTES = 30
ENCRYPTED = 0x1


class Unreadable(Exception):
    """A file that cannot be taken in; `code` and `facts` say why, `row` where, as far as known."""

    def __init__(self, code: str, row: int = 0, **facts: str) -> None:
        super().__init__(code)
        self.code = code
        self.row = row
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Table:
    """A header and its rows of text, each with its row number as a spreadsheet counts; blank rows left out."""

    name: str
    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]
    encoding: str
    problems: tuple[Problem, ...] = ()
    crooked: tuple[tuple[int, tuple[str, ...]], ...] = ()
    """Rows with fewer or more cells than the header; each is among the problems."""


def read_table(name: str, data: bytes) -> Table:
    """Read a CSV or XLSX file; raises Unreadable."""
    if len(data) > MAX_BYTES:
        raise Unreadable("too_large", limit=str(MAX_BYTES // 1_000_000))
    if data.startswith(ZIP_START):
        return _squared(name, _sheet_rows(data), "xlsx")
    text, encoding = decode(data)
    return _squared(name, _csv_rows(text), encoding)


def decode(data: bytes) -> tuple[str, str]:
    """Text and its encoding: a byte order mark decides, else strict UTF-8, else Windows-1252."""
    if data.startswith(UTF16_BOMS):
        raise Unreadable("utf16")
    if b"\0" in data:
        raise Unreadable("not_text")
    if data.startswith(UTF8_BOM):
        try:
            return data.decode("utf-8-sig"), "utf-8"
        except UnicodeDecodeError as error:
            raise Unreadable("broken_utf8") from error
    for encoding in ("utf-8", "cp1252"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise Unreadable("not_text")


def separator_of(line: str) -> str:
    """The separator that a header line uses most, outside quotes."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max(SEPARATORS, key=bare.count)


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    lines = text.lstrip("\r\n")
    skipped = text[: len(text) - len(lines)].count("\n")
    first = lines.split("\n", 1)[0].rstrip("\r")
    separator = separator_of(first)
    if hint := re.fullmatch(r"sep=(.)", first, re.IGNORECASE):
        separator = hint.group(1)
        lines = lines[len(first) :]
    reader = csv.reader(io.StringIO(lines, newline=""), delimiter=separator, strict=True)
    number = skipped
    try:
        for number, row in enumerate(reader, start=skipped + 1):
            yield number, row
    except csv.Error as error:
        raise Unreadable("broken_quotes", number + 1) from error


def _sheet_rows(data: bytes) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet, as text. Shape: (row number, cells); formulas give their last value."""
    _ensure_harmless(data)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        sheet = book.worksheets[0]
        sheet.reset_dimensions()
        for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
            if number > MAX_ROWS + 1:
                raise Unreadable("too_many_rows", number, limit=str(MAX_ROWS))
            if len(values) > MAX_COLUMNS + 1:
                raise Unreadable("too_many_columns", number, limit=str(MAX_COLUMNS))
            yield number, [_cell_text(value) for value in values]
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # a broken workbook fails in as many ways as there are parts in it
        raise Unreadable("broken_workbook") from error


def _ensure_harmless(data: bytes) -> None:
    """Refuse what unpacks too large, hides programs or points twice at the same bytes."""
    try:
        members = sorted(zipfile.ZipFile(io.BytesIO(data)).infolist(), key=lambda member: member.header_offset)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Unreadable("broken_workbook") from error
    names = [member.filename for member in members]
    if "xl/workbook.xml" not in names or len(set(names)) < len(names):
        raise Unreadable("broken_workbook")
    if any("vbaproject" in name.casefold() for name in names):
        raise Unreadable("macros")
    if any(member.flag_bits & ENCRYPTED for member in members):
        raise Unreadable("locked")
    if len(members) > MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNPACKED_BYTES:
        raise Unreadable("unpacks_too_large")
    ends = [member.header_offset + LOCAL_HEADER_BYTES + member.compress_size for member in members]
    if any(end > later.header_offset for end, later in zip(ends, members[1:], strict=False)):
        raise Unreadable("broken_workbook")


def _cell_text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "J" if value else "N"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return (value.date() if value.time() == time() else value.replace(microsecond=0)).isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    return value.isoformat() if isinstance(value, date) else str(value)


def _squared(name: str, rows: Iterator[tuple[int, list[str]]], encoding: str) -> Table:
    """Every row as wide as the header, after separators too many at the end of either; other rows are errors."""
    header: tuple[str, ...] = ()
    widest = 0
    kept: list[tuple[int, tuple[str, ...]]] = []
    crooked: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in rows:
        if not any(cell.strip() for cell in cells):
            continue
        if not header:
            header, widest = _header(cells, number), len(cells) + 1
            continue
        if len(kept) + len(crooked) >= MAX_ROWS:
            raise Unreadable("too_many_rows", number, limit=str(MAX_ROWS))
        width = len(header)
        if width < len(cells) <= widest and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
        if encoding == "xlsx":
            cells = _fitted(cells, width)
        (kept if len(cells) == width else crooked).append((number, tuple(cells)))
    if not header:
        raise Unreadable("empty")
    problems = tuple(wrong_width(name, number, len(header), len(cells)) for number, cells in crooked)
    return Table(name, header, tuple(kept), encoding, problems, tuple(crooked))


def wrong_width(name: str, number: int, expected: int, found: int) -> Problem:
    """A row with fewer or more cells than the header."""
    facts = {"expected": str(expected), "found": str(found)}
    return problem(Place(name, number), "", "wrong_width", Severity.ERROR, **facts)


def _header(cells: list[str], number: int) -> tuple[str, ...]:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    if len(cells) > MAX_COLUMNS:
        raise Unreadable("too_many_columns", number, limit=str(MAX_COLUMNS))
    return tuple(cell.strip() for cell in cells)


def _fitted(cells: list[str], width: int) -> list[str]:
    """A sheet leaves out empty cells at the end of a row, and may have empty cells beyond its header."""
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return cells + [""] * (width - len(cells))
