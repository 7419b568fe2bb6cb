"""Tables in CSV and XLSX, as schools export them: encodings, separators, and limits on what is taken in."""

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice

from scheduling.domain.imports import Place, Problem, Severity, problem
from scheduling.formats.contents import Kind, kind_of
from scheduling.formats.unreadable import Unreadable
from scheduling.formats.workbooks import Limits, read_sheet

MAX_BYTES = 20_000_000
MAX_ROWS = 30_000
MAX_COLUMNS = 200
MAX_CELLS = 1_000_000
MAX_LINE = 200_000
LINES_PER_ROW = 4
"""Blank lines and line breaks within a cell: so many lines for each row that may be there."""

HEADER_WITHIN = 10
"""A list may have a title above its header: the header is looked for in so many filled rows."""

SEPARATORS = (";", ",", "\t", "|")
SEPARATOR_HINT = re.compile(r"sep=(.)", re.IGNORECASE)
UTF8_BOM = b"\xef\xbb\xbf"
UTF16_BOMS = (b"\xff\xfe", b"\xfe\xff")
WITHOUT_LETTER = bytes((0x81, 0x8D, 0x8F, 0x90, 0x9D))
"""The bytes that mean nothing in Windows-1252: a few of them are a damaged text, many are no text."""

CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\x0b\x0c\x1a")
CHUNK = 1_000_000

IsHeader = Callable[[tuple[str, ...]], bool]


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


def read_table(name: str, data: bytes, is_header: IsHeader | None = None) -> Table:
    """Read a CSV or XLSX file; raises Unreadable.

    The header is the first filled row, or the first one after a title that `is_header` knows.
    """
    if len(data) > MAX_BYTES:
        raise Unreadable("too_large", limit=str(MAX_BYTES // 1_000_000))
    if kind_of(data) is Kind.WORKBOOK:
        return squared(name, read_sheet(data, Limits(MAX_ROWS, MAX_COLUMNS)), "xlsx", is_header)
    codec = codec_of(data)
    separator = _separator(data, codec, is_header)
    return squared(name, _csv_rows(data, codec, separator), codec.removesuffix("-sig"), is_header)


def decode(data: bytes) -> tuple[str, str]:
    """A whole text, and its encoding; raises Unreadable."""
    codec = codec_of(data)
    return data.decode(codec, _errors(codec)), codec.removesuffix("-sig")


def codec_of(data: bytes) -> str:
    """How a text is encoded: a byte order mark decides, else strict UTF-8, else Windows-1252."""
    if data.startswith(UTF16_BOMS):
        if not _decodes(data, "utf-16") or "\0" in data[:CHUNK].decode("utf-16", "ignore"):
            raise Unreadable("utf16")
        return "utf-16"
    _ensure_text(data)
    if data.startswith(UTF8_BOM):
        if not _decodes(data, "utf-8-sig"):
            raise Unreadable("broken_utf8")
        return "utf-8-sig"
    return "utf-8" if _decodes(data, "utf-8") else "cp1252"


def separator_of(line: str) -> str:
    """The separator that a header line uses most, outside quotes."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max(SEPARATORS, key=bare.count)


def _ensure_text(data: bytes) -> None:
    """Refuse a program or picture; a text with a byte in it that is no letter is told apart, with its row."""
    start = data[:CHUNK]
    if start.count(0) * 3 > len(start):
        raise Unreadable("utf16")
    if _are_many(start, CONTROLS, 5) or (_are_many(start, WITHOUT_LETTER, 1) and not _starts_as_utf8(start)):
        raise Unreadable("not_text")
    if (zero := data.find(b"\0")) >= 0:
        raise Unreadable("zero_byte", data.count(b"\n", 0, zero) + 1)


def _are_many(data: bytes, some: bytes, percent: int) -> bool:
    """Are more than so many in a hundred bytes among these?"""
    return (len(data) - len(data.translate(None, some))) * 100 > percent * len(data)


def _starts_as_utf8(data: bytes) -> bool:
    return _decodes(data, "utf-8", end=False)


def _decodes(data: bytes, codec: str, *, end: bool = True) -> bool:
    """Is this text in this encoding? Told in pieces, so that the text is nowhere as a whole."""
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for start in range(0, len(data), CHUNK):
            decoder.decode(data[start : start + CHUNK], end and start + CHUNK >= len(data))
    except UnicodeDecodeError:
        return False
    return True


def _errors(codec: str) -> str:
    return "driehoek.as_latin_1" if codec == "cp1252" else "strict"


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    """A byte without a letter stays what it is, so that damaged text can be made whole."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


codecs.register_error("driehoek.as_latin_1", _as_latin_1)


def _separator(data: bytes, codec: str, is_header: IsHeader | None) -> str:
    """The separator of the first filled line; when that gives no header we know, one that does."""
    first = next((line for line in _lines(data, codec, keep_hint=True) if line.strip()), "").strip("\r\n")
    if hint := SEPARATOR_HINT.fullmatch(first):
        return hint.group(1)
    likely = separator_of(first)
    if is_header is not None:
        for separator in (likely, *(other for other in SEPARATORS if other != likely)):
            try:
                if any(is_header(_titles(row)) for _, row in _first_filled(_csv_rows(data, codec, separator))):
                    return separator
            except Unreadable:
                continue
    return likely


def _csv_rows(data: bytes, codec: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    number = 0
    try:
        reader = csv.reader(_lines(data, codec), delimiter=separator, strict=True)
        for number, row in enumerate(reader, start=1):
            if number > LINES_PER_ROW * MAX_ROWS:
                raise Unreadable("too_many_rows", number, limit=str(MAX_ROWS))
            yield number, row
    except csv.Error as error:
        raise Unreadable("broken_quotes", number + 1) from error


def _lines(data: bytes, codec: str, *, keep_hint: bool = False) -> Iterator[str]:
    """The lines one by one; a hint about the separator, which a spreadsheet understands, counts as a blank line."""
    with io.TextIOWrapper(io.BytesIO(data), codec, _errors(codec), newline="") as lines:
        number = 0
        while line := lines.readline(MAX_LINE):
            number += 1
            if len(line) == MAX_LINE:
                raise Unreadable("line_too_long", number)
            is_hint = number == 1 and not keep_hint and SEPARATOR_HINT.fullmatch(line.strip("\r\n"))
            yield "\n" if is_hint else line


def _first_filled(rows: Iterator[tuple[int, list[str]]]) -> list[tuple[int, list[str]]]:
    return list(islice((row for row in rows if _is_filled(row[1])), HEADER_WITHIN))


def _is_filled(cells: list[str]) -> bool:
    return any(cells) and any(cell.strip() for cell in cells)


def squared(
    name: str, rows: Iterator[tuple[int, list[str]]], encoding: str, is_header: IsHeader | None = None
) -> Table:  # fmt: skip
    """Every row as wide as the header, after separators too many at the end of either; other rows are errors."""
    start = _first_filled(rows)
    if not start:
        raise Unreadable("empty")
    place = next((place for place, row in enumerate(start) if is_header and is_header(_titles(row[1]))), 0)
    header, widest = _header(start[place][1], start[place][0]), len(start[place][1]) + 1
    width = len(header)
    kept: list[tuple[int, tuple[str, ...]]] = []
    crooked: list[tuple[int, tuple[str, ...]]] = []
    for number, cells in chain(start[place + 1 :], rows):
        if not _is_filled(cells):
            continue
        if len(kept) + len(crooked) >= MAX_ROWS:
            raise Unreadable("too_many_rows", number, limit=str(MAX_ROWS))
        if (len(kept) + len(crooked)) * width >= MAX_CELLS:
            raise Unreadable("too_many_cells", number)
        if width < len(cells) <= widest and not any(cell.strip() for cell in cells[width:]):
            cells = cells[:width]
        if encoding == "xlsx":
            cells = _fitted(cells, width)
        (kept if len(cells) == width else crooked).append((number, tuple(cells)))
    problems = tuple(wrong_width(name, number, width, len(cells)) for number, cells in crooked)
    return Table(name, header, tuple(kept), encoding, problems, tuple(crooked))


def wrong_width(name: str, number: int, expected: int, found: int) -> Problem:
    """A row with fewer or more cells than the header."""
    facts = {"expected": str(expected), "found": str(found)}
    return problem(Place(name, number), "", "wrong_width", Severity.ERROR, **facts)


def _header(cells: list[str], number: int) -> tuple[str, ...]:
    header = _titles(cells)
    if len(header) > MAX_COLUMNS:
        raise Unreadable("too_many_columns", number, limit=str(MAX_COLUMNS))
    return header


def _titles(cells: list[str]) -> tuple[str, ...]:
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return tuple(cell.strip() for cell in cells)


def _fitted(cells: list[str], width: int) -> list[str]:
    """A sheet leaves out empty cells at the end of a row, and may have empty cells beyond its header."""
    while len(cells) > width and not cells[-1].strip():
        cells = cells[:-1]
    return cells + [""] * (width - len(cells))
