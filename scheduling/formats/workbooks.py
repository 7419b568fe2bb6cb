"""The cells of a workbook (.xlsx) as text, row by row; formulas give their last value and nothing is calculated."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from scheduling.formats.unreadable import Unreadable
from scheduling.formats.zips import BROKEN, ensure_sound, open_zip

DOCUMENT_TYPE = b"<!DOCTYPE"
WHERE_IT_STANDS = 4096
"""Bytes: a part that declares a document type does so before its first element. No workbook needs one; bombs do."""

TEXT_LENGTH = 40_000
"""No cell of a workbook holds more letters than this."""

Row = tuple[int, list[str]]


@dataclass(frozen=True)
class Limits:
    """How many rows and columns are looked at; what lies beyond makes the file unreadable."""

    rows: int
    columns: int


def read_sheet(data: bytes, limits: Limits) -> Iterator[Row]:
    """The filled rows of the first visible sheet that has any, each with its number; raises Unreadable."""
    _ensure_harmless(data)
    from openpyxl import load_workbook

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
        for sheet in (one for one in book.worksheets if one.sheet_state == "visible"):
            sheet.reset_dimensions()
            filled = False
            for number, values in enumerate(sheet.iter_rows(values_only=True), start=1):
                if number > limits.rows + 1:
                    raise Unreadable("too_many_rows", number, limit=str(limits.rows))
                if any(value is not None for value in values):
                    filled = True
                    yield number, _cells(number, values, limits)
            if filled:
                return
    except (Unreadable, MemoryError):
        raise
    except Exception as error:  # a broken workbook fails in as many ways as there are parts in it
        raise Unreadable("broken_workbook") from error


def _ensure_harmless(data: bytes) -> None:
    """Refuse what unpacks too large, hides programs, points twice at the same bytes or declares entities."""
    with open_zip(data) as packed:
        ensure_sound(packed)
        if any("vbaproject" in name.casefold() for name in packed.namelist()):
            raise Unreadable("macros")
        try:
            if any(_declares_type(packed, name) for name in packed.namelist()):
                raise Unreadable("broken_workbook")
        except BROKEN as error:
            raise Unreadable("broken_workbook") from error


def _declares_type(packed: zipfile.ZipFile, name: str) -> bool:
    with packed.open(name) as part:
        return DOCUMENT_TYPE in part.read(WHERE_IT_STANDS).replace(b"\0", b"").upper()


def _cells(number: int, values: Sequence[object], limits: Limits) -> list[str]:
    if len(values) > limits.columns + 1:
        raise Unreadable("too_many_columns", number, limit=str(limits.columns))
    cells = [_cell_text(value) for value in values]
    if any(len(cell) > TEXT_LENGTH for cell in cells):
        raise Unreadable("broken_workbook", number)
    return cells


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
    return value.isoformat() if isinstance(value, date) else _typed(str(value))


def _typed(text: str) -> str:
    """The letters that a workbook writes by their number: a hidden line end is seen by whoever reads the cell."""
    from openpyxl.utils.escape import unescape

    return unescape(text) if "_x" in text else text
