"""Sheets out: CSV and XLSX in which nothing is ever calculated."""

import csv
import io
from collections.abc import Iterable, Sequence

from scheduling.formats.cells import FORMULA_STARTS

GUARD = "'"
"""Before a cell that a spreadsheet would calculate; such a program shows the cell as text."""


def csv_sheet(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """UTF-8 with a byte order mark, semicolons and CRLF: what a Dutch spreadsheet opens at a double click."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([guarded(title) for title in header])
    writer.writerows([guarded(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def xlsx_sheet(title: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A workbook with one sheet, every cell typed as text, the header kept in sight."""
    from openpyxl import Workbook
    from openpyxl.cell import Cell, WriteOnlyCell
    from openpyxl.styles import Font

    book = Workbook(write_only=True)
    sheet = book.create_sheet("".join(" " if letter in r"[]:*?/\'" else letter for letter in title)[:31] or None)
    sheet.freeze_panes = "A2"

    def typed(value: object, *, bold: bool = False) -> Cell:
        cell = WriteOnlyCell(sheet, value=_without_controls(_text(value)))
        cell.data_type = "s"
        if bold:
            cell.font = Font(bold=True)
        return cell

    sheet.append([typed(name, bold=True) for name in header])
    for row in rows:
        sheet.append([typed(value) for value in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def guarded(value: object) -> str:
    """The cell's text, guarded when a spreadsheet would calculate it."""
    text = _text(value)
    bare = text.lstrip(" \u00a0\n")
    return GUARD + text if bare.startswith(FORMULA_STARTS) else text


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _without_controls(text: str) -> str:
    """Control characters cannot stand in a workbook at all."""
    return "".join(letter for letter in text if letter in "\t\n" or ord(letter) >= ord(" "))
