"""Workbooks: what a person sees in the cells is what is read, and nothing in them is calculated."""

import io
import zipfile
from datetime import date, datetime, time

import pytest
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from scheduling.formats.tables import read_table
from scheduling.formats.unreadable import Unreadable
from tests.formats.files import archive, workbook

NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


def saved(book):
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows(data):
    table = read_table("x.xlsx", data)
    return [list(table.header), *(list(cells) for _, cells in table.rows)]


def with_part(name, content, data=None):
    """A true workbook in which one part says something else."""
    with zipfile.ZipFile(io.BytesIO(data or workbook([["a", "b"], ["1", "2"]]))) as packed:
        parts = {part: packed.read(part) for part in packed.namelist()}
    return archive(list({**parts, name: content}.items()))


def sheet_of(xml):
    return with_part(
        "xl/worksheets/sheet1.xml", f'<worksheet xmlns="{NAMESPACE}"><sheetData>{xml}</sheetData></worksheet>'.encode()
    )


def code_of(data):
    with pytest.raises(Unreadable) as refused:
        read_table("x.xlsx", data)
    return refused.value.code


def test_cells_are_read_as_a_person_sees_them():
    book = Workbook()
    page = book.active
    page.append(["tekst", "getal", "deel", "dag", "moment", "uur", "ja", "formule"])
    page.append(
        ["001", 201700045, 0.5, date(2027, 8, 31), datetime.fromisoformat("2027-08-31T15:20"), time(9, 5), True, "=1+1"]
    )
    page.append(["x" * 300, 3.0, -2, None, None, None, False, ""])
    assert rows(saved(book))[1:] == [
        ["001", "201700045", "0.5", "2027-08-31", "2027-08-31T15:20:00", "09:05", "J", ""],
        ["x" * 300, "3", "-2", "", "", "", "N", ""],
    ]


def test_a_formula_gives_the_value_that_was_last_seen():
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
    cells += '<row r="2"><c r="A2" t="str"><f>HYPERLINK("x")</f><v>Noor</v></c></row>'
    assert rows(sheet_of(cells)) == [["a"], ["Noor"]]


def test_text_in_several_styles_is_one_text():
    book = Workbook()
    book.active.append(["naam"])
    book.active["A2"] = CellRichText(TextBlock(InlineFont(b=True), "No"), "or ", TextBlock(InlineFont(i=True), "Ç"))
    assert rows(saved(book)) == [["naam"], ["Noor Ç"]]


def test_the_first_sheet_with_something_on_it_is_read_and_hidden_ones_are_not():
    book = Workbook()
    book.active.title = "leeg"
    hidden = book.create_sheet("oud")
    hidden.append(["geheim"])
    hidden.sheet_state = "hidden"
    book.create_sheet("lijst").append(["naam"])
    book.create_sheet("later").append(["later"])
    assert rows(saved(book)) == [["naam"]]


def test_days_counted_from_1904_are_the_same_days():
    book = Workbook()
    book.epoch = datetime.fromisoformat("1904-01-01")
    book.active.append(["dag"])
    book.active.append([date(2027, 8, 31)])
    assert rows(saved(book)) == [["dag"], ["2027-08-31"]]


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        ("dd-mm-yyyy", "2027-08-31"),
        ('"dag "0', "46630"),
        ("[Red]0", "46630"),
        ("General", "46630"),
        ("d mmm", "2027-08-31"),
    ],
)
def test_a_number_is_a_date_only_when_it_is_shown_as_one(shown, expected):
    book = Workbook()
    book.active.append(["x"])
    book.active["A2"] = 46630
    book.active["A2"].number_format = shown
    assert rows(saved(book)) == [["x"], [expected]]


def test_cells_without_a_place_follow_each_other():
    cells = "<row><c><v>1</v></c><c><v>2</v></c></row><row><c r='B2'><v>4</v></c></row>"
    assert rows(sheet_of(cells)) == [["1", "2"], ["", "4"]]


def test_rows_keep_the_number_that_the_spreadsheet_shows():
    table = read_table("x.xlsx", workbook([["a"], [None], [None], ["1"]]))
    assert [number for number, _ in table.rows] == [4]


def test_letters_written_by_number_are_letters_and_a_hidden_line_end_stays_visible_to_the_reader():
    cells = '<row r="1"><c r="A1" t="inlineStr"><is><t>No_x006F_r_x000D_Bcc</t></is></c></row>'
    assert rows(sheet_of(cells)) == [["Noor\rBcc"]]


def test_texts_that_are_kept_apart_come_back_in_their_cells():
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    relation = f'<Relationship Id="rId9" Type="{kind}" Target="sharedStrings.xml"/></Relationships>'
    content = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    listed = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{content}"/></Types>'
    data = sheet_of('<row r="1"><c r="A1" t="s"><v>0</v></c></row><row r="2"><c r="A2" t="s"><v>1</v></c></row>')
    for name, end, added in (
        ("xl/_rels/workbook.xml.rels", "</Relationships>", relation), ("[Content_Types].xml", "</Types>", listed)
    ):  # fmt: skip
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            part = packed.read(name).decode()
        data = with_part(name, part.replace(end, added).encode(), data) if content not in part else data
    strings = f'<sst xmlns="{NAMESPACE}"><si><t>naam</t></si><si><r><t>No</t></r><r><t>or</t></r></si></sst>'
    assert rows(with_part("xl/sharedStrings.xml", strings, data)) == [["naam"], ["Noor"]]


def a_book():
    book = Workbook()
    book.active.append(["naam"])
    return book


@pytest.mark.parametrize("part", ["worksheets/sheet1", "sharedStrings", "workbook", "styles"])
def test_entities_in_any_part_are_refused(part):
    bomb = f'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "{"&a;" * 50}">]>'
    content = f'<?xml version="1.0"?>{bomb}<x xmlns="{NAMESPACE}">&b;</x>'.encode()
    data = saved(a_book())
    assert rows(data) == [["naam"]]
    assert code_of(with_part(f"xl/{part}.xml", content, data)) == "broken_workbook"


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ('<row r="1"><c r="XFD1"><v>1</v></c></row>', "too_many_columns"),
        ('<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "too_many_rows"),
        ('<row r="x"><c r="A1"><v>1</v></c></row>', "broken_workbook"),
        ('<row r="1"><c r="?"><v>1</v></c></row>', "broken_workbook"),
        ('<row r="1"><c r="A1"><v>one</v></c></row>', "broken_workbook"),
        ('<row r="1"><c r="A1" t="s"><v>99</v></c></row>', "broken_workbook"),
        ('<row r="1"><c r="A1"><v>' + "1" * 50_000 + "</v></c></row>", "broken_workbook"),
        ("<row><c>", "broken_workbook"),
        ("", "empty"),
    ],
)
def test_a_sheet_that_makes_no_sense_says_so(cells, code):
    assert code_of(sheet_of(cells)) == code


def test_a_workbook_without_the_sheet_it_names_has_nothing_in_it():
    with zipfile.ZipFile(io.BytesIO(workbook([["a"]]))) as packed:
        parts = [(part, packed.read(part)) for part in packed.namelist() if "worksheets" not in part]
    assert code_of(archive(parts)) == "empty"
