"""Sheets out: CSV and XLSX in which nothing is ever calculated."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

from scheduling.formats.cells import FORMULA_STARTS

if TYPE_CHECKING:
    from openpyxl.cell import Cell

GUARD = "'"
"""Before a cell that a spreadsheet would calculate; such a program shows the cell as text."""

WIDEST = 60
"""Characters; a longer text wraps in its cell."""

SHEET_NAME_LENGTH = 31
FORMATS: dict[type, str] = {datetime: "yyyy-mm-dd hh:mm", date: "yyyy-mm-dd", time: "hh:mm"}


@dataclass(frozen=True)
class Sheet:
    """A title, the names of the columns, and rows as wide as these.

    A cell is text, a whole number, a date, a time of day, a moment on the school's clock (without an offset) or None.
    """

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[object]]


def csv_sheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with a byte order mark, semicolons and CRLF: what a Dutch spreadsheet opens at a double click."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([guarded(title) for title in header])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def xlsx_sheet(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook with one sheet."""
    return xlsx_book([Sheet(title, header, [*rows])])


def xlsx_book(sheets: Sequence[Sheet]) -> bytes:
    """A workbook: text stays text, dates, times and numbers can be sorted; the header keeps in sight and prints."""
    from openpyxl import Workbook

    book = Workbook(write_only=True)
    taken: set[str] = set()
    for sheet in sheets:
        _write(book.create_sheet(_sheet_name(sheet.title, taken)), sheet)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def guarded(value: object) -> str:
    """The cell's text, guarded when a spreadsheet would calculate it."""
    text = _text(value)
    if not isinstance(value, str):
        return text
    bare = text.lstrip(" \u00a0\n")
    return GUARD + text if bare.startswith(FORMULA_STARTS) else text


def _write(page: Any, sheet: Sheet) -> None:  # the stubs know less of a page that is only written
    from openpyxl.utils import get_column_letter

    page.freeze_panes = "A2"
    page.print_title_rows = "1:1"
    page.page_setup.orientation = "landscape"
    page.page_setup.fitToHeight = 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    for number, title in enumerate(sheet.header, start=1):
        longest = max([len(title), *(len(_text(row[number - 1])) for row in sheet.rows)])
        page.column_dimensions[get_column_letter(number)].width = min(longest + 2, WIDEST)
    page.append([_typed(page, title, bold=True) for title in sheet.header])
    for row in sheet.rows:
        page.append([_typed(page, value) for value in row])


def _typed(page: Any, value: object, *, bold: bool = False) -> "Cell":
    """A cell with the type of its value; what is text is written as text, whatever it begins with."""
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.styles import Alignment, Font

    if isinstance(value, (int, date, time)) and not isinstance(value, bool):
        cell = WriteOnlyCell(page, value=value)  # type: ignore[arg-type]  # the stubs leave out dates and times
        cell.number_format = FORMATS.get(type(value), "0")
        return cell
    text = _without_controls(_text(value))
    cell = WriteOnlyCell(page, value=text)
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    elif len(text) > WIDEST or "\n" in text:
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    return cell


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that a workbook allows, and that no other sheet of it has, whatever its capitals."""
    bare = "".join(" " if letter in r"[]:*?/\'" else letter for letter in _without_controls(title)).strip() or "1"
    name, number = bare[:SHEET_NAME_LENGTH].strip(), 1
    while name.casefold() in taken:
        number += 1
        end = f" ({number})"
        name = bare[: SHEET_NAME_LENGTH - len(end)].strip() + end
    taken.add(name.casefold())
    return name


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    return value.strftime("%H:%M") if isinstance(value, time) else str(value)


def _without_controls(text: str) -> str:
    """Control characters cannot stand in a workbook at all."""
    return "".join(letter for letter in text if letter in "\t\n" or ord(letter) >= ord(" "))
