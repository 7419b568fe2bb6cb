"""The cells of a workbook (.xlsx) as text, row by row; formulas give their last value and nothing is calculated.

The parts are read as they stream by, so that a large workbook takes no more memory than a small one.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeVar
from xml.parsers import expat

from scheduling.formats.unreadable import Unreadable
from scheduling.formats.zips import BROKEN, ensure_sound, open_zip

CHUNK = 64 * 1024
TEXT_LENGTH = 40_000
"""No cell of a workbook holds more letters than this."""
MAX_STYLES = 70_000

DATE_FORMATS = frozenset({*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)})
"""The formats that every workbook knows by number and that show a date or a time."""
LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
DATE_LETTERS = re.compile(r"[dmyhs]", re.IGNORECASE)
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
COLUMN = re.compile(r"[A-Z]{1,3}")

DAY_ZERO = date(1899, 12, 30)
DAY_ZERO_OF_1904 = date(1904, 1, 1)
SECONDS_IN_A_DAY = 86_400
LAST_DAY_NUMBER = 2_958_465
MIDNIGHT = "00:00:00"

WHOLE_AS_TYPED = 1e15

Row = tuple[int, list[str]]
P = TypeVar("P", bound="_Part")


@dataclass(frozen=True)
class Limits:
    """How many rows and columns are looked at; what lies beyond makes the file unreadable."""

    rows: int
    columns: int


def read_sheet(data: bytes, limits: Limits) -> Iterator[Row]:
    """The filled rows of the first visible sheet that has any, each with its number; raises Unreadable."""
    with open_zip(data) as packed:
        ensure_sound(packed)
        if any("vbaproject" in name.casefold() for name in packed.namelist()):
            raise Unreadable("macros")
        try:
            yield from _rows(packed, limits)
        except (expat.ExpatError, *BROKEN) as error:
            raise Unreadable("broken_workbook") from error


def _rows(packed: zipfile.ZipFile, limits: Limits) -> Iterator[Row]:
    book = _read(packed, "xl/workbook.xml", _Book())
    related = _read(packed, "xl/_rels/workbook.xml.rels", _Relations())
    styles = _read(packed, related.styles, _Styles())
    strings = _read(packed, related.strings, _Strings()).strings
    sheets = [related.sheets[sheet] for sheet in book.sheets if related.sheets.get(sheet) in packed.namelist()]
    if not sheets:
        raise Unreadable("broken_workbook")
    dates, zero = styles.dates(), DAY_ZERO_OF_1904 if book.since_1904 else DAY_ZERO
    for name in sheets:
        sheet = _Sheet(strings, dates, zero, limits)
        filled = False
        for _ in _pieces(packed, name, sheet):
            rows = sheet.taken()
            filled = filled or bool(rows)
            yield from rows
        if filled:
            return


class _Part:
    """What one part of the workbook says; a subclass hears its elements go by."""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""

    def text(self, text: str) -> None:
        """Letters within an element."""

    def end(self, tag: str) -> None:
        """An element ends."""


def _read(packed: zipfile.ZipFile, name: str, part: P) -> P:
    if name in packed.namelist():
        for _ in _pieces(packed, name, part):
            continue
    return part


def _pieces(packed: zipfile.ZipFile, name: str, part: _Part) -> Iterator[None]:
    """Let a part hear its file, piece by piece. Entities are refused: no workbook needs them."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise Unreadable("broken_workbook")

    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: part.start(tag.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda tag: part.end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = part.text
    with packed.open(name) as source:
        while chunk := source.read(CHUNK):
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
        yield


class _Book(_Part):
    """Which sheets are to be seen, in their order, and from which day days are counted."""

    def __init__(self) -> None:
        self.sheets: list[str] = []
        self.since_1904 = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "sheet" and attributes.get("state", "visible") == "visible":
            self.sheets += [value for name, value in attributes.items() if name.rpartition(":")[2] == "id"]
        elif tag == "workbookPr":
            self.since_1904 = attributes.get("date1904") in ("1", "true")


class _Relations(_Part):
    """Which parts of the workbook are its sheets, its strings and its styles."""

    def __init__(self) -> None:
        self.sheets: dict[str, str] = {}
        self.strings = ""
        self.styles = ""

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag != "Relationship":
            return
        kind = attributes.get("Type", "").rpartition("/")[2]
        target = posixpath.normpath(posixpath.join("/xl", attributes.get("Target", ""))).lstrip("/")
        if kind == "worksheet":
            self.sheets[attributes.get("Id", "")] = target
        elif kind == "sharedStrings":
            self.strings = target
        elif kind == "styles":
            self.styles = target


class _Styles(_Part):
    """Which styles show a number as a date."""

    def __init__(self) -> None:
        self._formats: dict[int, str] = {}
        self._styles: list[int] = []
        self._within = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "numFmt":
            self._formats[int(attributes.get("numFmtId", "0"))] = attributes.get("formatCode", "")
        elif tag == "cellXfs":
            self._within = True
        elif tag == "xf" and self._within and len(self._styles) < MAX_STYLES:
            self._styles.append(int(attributes.get("numFmtId", "0")))

    def end(self, tag: str) -> None:
        if tag == "cellXfs":
            self._within = False

    def dates(self) -> frozenset[int]:
        return frozenset(number for number, style in enumerate(self._styles) if self._is_date(style))

    def _is_date(self, style: int) -> bool:
        if style in self._formats:
            return DATE_LETTERS.search(LITERALS.sub("", self._formats[style])) is not None
        return style in DATE_FORMATS


class _Texts(_Part):
    """Hears texts: those in an element `t` or `v`, without the readings above foreign letters."""

    def __init__(self) -> None:
        self._letters: list[str] = []
        self._length = 0
        self._hears = False
        self._beside = False

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in ("t", "v"):
            self._hears = not self._beside
        elif tag == "rPh":
            self._beside = True

    def text(self, text: str) -> None:
        if self._hears:
            self._length += len(text)
            if self._length > TEXT_LENGTH:
                raise Unreadable("broken_workbook")
            self._letters.append(text)

    def end(self, tag: str) -> None:
        if tag in ("t", "v"):
            self._hears = False
        elif tag == "rPh":
            self._beside = False

    def heard(self) -> str:
        text = "".join(self._letters)
        self._letters.clear()
        self._length = 0
        return text


class _Strings(_Texts):
    """The texts that cells refer to by number."""

    def __init__(self) -> None:
        super().__init__()
        self.strings: list[str] = []

    def end(self, tag: str) -> None:
        super().end(tag)
        if tag == "si":
            self.strings.append(_unescaped(self.heard()))


class _Sheet(_Texts):
    """The rows of a sheet, as far as they were heard."""

    def __init__(self, strings: Sequence[str], dates: frozenset[int], zero: date, limits: Limits) -> None:
        super().__init__()
        self._strings, self._dates, self._zero, self._limits = strings, dates, zero, limits
        self._rows: list[Row] = []
        self._number = 0
        self._cells: list[str] = []
        self._column = 0
        self._kind, self._style = "n", 0

    def taken(self) -> list[Row]:
        """The rows since the last time."""
        rows, self._rows = self._rows, []
        return rows

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag == "c":
            self._column = _column(attributes["r"]) if "r" in attributes else len(self._cells)
            if self._column > self._limits.columns:
                raise Unreadable("too_many_columns", self._number, limit=str(self._limits.columns))
            self._kind, self._style = attributes.get("t", "n"), int(attributes.get("s", "0"))
        elif tag == "row":
            self._number = int(attributes.get("r", self._number + 1))
            if self._number > self._limits.rows + 1:
                raise Unreadable("too_many_rows", self._number, limit=str(self._limits.rows))
            self._cells = []
        else:
            super().start(tag, attributes)

    def end(self, tag: str) -> None:
        if tag == "c":
            self._keep(self._value(self.heard()))
        elif tag == "row":
            if any(self._cells):
                self._rows.append((self._number, self._cells))
        else:
            super().end(tag)

    def _keep(self, value: str) -> None:
        missing = self._column - len(self._cells)
        if missing < 0:
            self._cells[self._column] = value
        else:
            self._cells += [""] * missing
            self._cells.append(value)

    def _value(self, text: str) -> str:
        if self._kind == "s":
            return self._strings[int(text)] if text.isdecimal() and int(text) < len(self._strings) else ""
        if self._kind in ("inlineStr", "str", "e"):
            return _unescaped(text)
        if self._kind == "b":
            return {"1": "J", "0": "N"}.get(text, "")
        if self._kind == "d":
            return text.removesuffix("Z").removesuffix(f"T{MIDNIGHT}")
        return _date(text, self._zero) if text and self._style in self._dates else _number(text)


def _column(reference: str) -> int:
    """The place of a column: A is 0, AA is 26."""
    letters = COLUMN.match(reference)
    if letters is None:
        raise ValueError(reference)
    place = 0
    for letter in letters.group():
        place = place * 26 + ord(letter) - ord("A") + 1
    return place - 1


def _number(text: str) -> str:
    """A number as it was typed: whole numbers without a point, whatever the program made of them."""
    if not text or text.isdecimal():
        return text
    number = float(text)
    return str(int(number)) if number.is_integer() and abs(number) < WHOLE_AS_TYPED else text


def _date(text: str, zero: date) -> str:
    """A day, a moment or a time of day."""
    number = float(text)
    if not 0 <= number <= LAST_DAY_NUMBER:
        return text
    days, seconds = divmod(round(number * SECONDS_IN_A_DAY), SECONDS_IN_A_DAY)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}"
    if number < 1:
        return clock
    day = (zero + timedelta(days=days)).isoformat()
    return f"{day}T{clock}:{seconds % 60:02}" if seconds else day


def _unescaped(text: str) -> str:
    """Letters that a workbook writes by their number."""
    return ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text) if "_x" in text else text
