"""Sheets out: nothing in them is ever calculated (A19)."""

import csv
import io

import pytest
from openpyxl import load_workbook

from scheduling.formats.sheets import SHEET_NAME_LENGTH, Sheet, csv_sheet, xlsx_book, xlsx_sheet

HOSTILE = (
    "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "＋1", "－1", "＠x", " =1",
    "\u00a0=1", '";=1', "a\n=1", "Noor",
)  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_a_cell_of_a_csv_sheet_is_never_a_formula(text):
    data = csv_sheet(["Naam", "Groep"], [[text, 3], [None, "3"]])
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline=""), delimiter=";"))
    assert rows[0] == ["Naam", "Groep"]
    assert rows[1][0].removeprefix("'") == text
    assert not rows[1][0].lstrip(" \u00a0\n\t\r").startswith(("=", "+", "-", "@", "＝", "＋", "－", "＠"))
    assert rows[2] == ["", "3"]


def test_every_cell_of_a_workbook_is_text_and_reads_back_the_same():
    data = xlsx_sheet("Rooster: groep [3]", ["Naam"], [[text] for text in HOSTILE])
    cells = [row[0] for row in load_workbook(io.BytesIO(data)).active.iter_rows(min_row=2)]
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.value for cell in cells] == [text.replace("\r", "") for text in HOSTILE]


def test_control_characters_do_not_break_a_workbook():
    data = xlsx_sheet("", ["Naam"], [["a\x00b\x07c"]])
    assert load_workbook(io.BytesIO(data)).active["A2"].value == "abc"


def test_sheets_of_one_workbook_keep_names_of_their_own_however_long_their_titles_are():
    """A leader's sheet is called by name: two of one long name, or of one name in other capitals, are both there."""
    long = "Wilhelmina van Oudenaarden-Schimmelpenninck"
    titles = [long, f"{long} junior", "Anna [3]", "ANNA  3", "anna: 3", "", "?", "'Noor'", *[long] * 9]
    names = load_workbook(io.BytesIO(xlsx_book([Sheet(title, ["Naam"], [[title]]) for title in titles]))).sheetnames
    assert len({name.casefold() for name in names}) == len(titles)
    assert all(name and len(name) <= SHEET_NAME_LENGTH for name in names)
    assert not any(letter in name for name in names for letter in "[]:*?/\\'")
