"""What is no list says so, each kind with its own way to save it well; what nearly is a list is read."""

import pytest

from scheduling.domain.imports import PupilRecord
from scheduling.formats.contents import OLD_OFFICE
from scheduling.formats.reading import read_file
from scheduling.wording.imports import problem_sentence
from tests.formats.files import PUPILS, archive, sheet

NOOR = PupilRecord("001", "Noor", "3", "van 't", "Hof")


def stream(name):
    return OLD_OFFICE + b"\0" * 500 + name.encode("utf-16-le") + b"\0" * 500


@pytest.mark.parametrize(
    ("data", "code", "words"),
    [
        (b"%PDF-1.7\n%\xe2\xe3", "pdf", "PDF"),
        (stream("Workbook"), "old_excel", ".xlsx"),
        (stream("WordDocument"), "word", "Word"),
        (stream("EncryptedPackage"), "locked", "wachtwoord"),
        (b"{\\rtf1\\ansi lijst}", "word", "Word"),
        (b"\x89PNG\r\n\x1a\n", "picture", "plaatje"),
        (b"\xff\xd8\xff\xe0", "picture", "plaatje"),
        (b"7z\xbc\xaf\x27\x1c", "other_archive", "zip"),
        (archive([("word/document.xml", b"<x/>")]), "word", "Word"),
        (archive([("mimetype", b"x"), ("content.xml", b"<x/>")]), "open_document", "LibreOffice"),
        (archive([("Index/Document.iwa", b"x")]), "numbers", "Numbers"),
        (archive([("xl/workbook.bin", b"x")]), "old_excel", ".xlsx"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
            "old_excel",
            "Excel",
        ),
        (b"<!DOCTYPE html><html><body><h1>Inloggen</h1></body></html>", "web_page", "webpagina"),
    ],
)
def test_what_is_no_list_says_how_to_save_it_well(data, code, words):
    (problem,) = read_file("lijst.csv", data).problems
    assert problem.code == code
    assert words in problem_sentence(problem)


def test_a_web_page_with_a_table_under_the_name_of_a_spreadsheet_is_read():
    cells = "".join(f"<th>{title}</th>" for title in PUPILS.split(";"))
    page = f"<html><table><tr><td>menu</td></tr></table><table><tr>{cells}</tr><tr><td>001<td>No<b>or</b><td>van 't"
    page += "<td>Hof<br></td><td>&#51;</td></tr></table></html>"
    file = read_file("lijst.xls", page.encode())
    assert (file.layout, file.records) == ("pupils", (NOOR,))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_a_unicode_text_of_a_spreadsheet_is_read(encoding):
    text = "\r\n".join((PUPILS, "001;Noor;van 't;Hof;3", "002;Łukasz;;Şahin;3")).replace(";", "\t")
    bom = "" if encoding == "utf-16" else "\ufeff"
    file = read_file("x", (bom + text).encode(encoding))
    assert [record.given_name for record in file.records] == ["Noor", "Łukasz"]


def test_a_title_above_the_header_is_no_header():
    file = read_file("x", sheet("Leerlingenlijst; groep 3, 2027-2028", "", PUPILS, "001;Noor;van 't;Hof;3"))
    assert file.records == (NOOR,)


def test_a_title_with_another_separator_above_the_header_is_no_hint():
    file = read_file("x", sheet("Vrijdag, 1 oktober, 12 uur", PUPILS, "001;Noor;van 't;Hof;3", ";Bo;;;"))
    assert file.records == (NOOR,)
    assert [(problem.code, problem.row) for problem in file.problems] == [("missing", 4)]


def test_line_ends_of_an_old_macintosh_are_line_ends():
    assert read_file("x", sheet(PUPILS, "001;Noor;van 't;Hof;3", end="\r")).records == (NOOR,)


def test_a_text_that_was_damaged_on_its_way_is_still_a_text():
    """UTF-8 with one letter in Windows-1252 in it: every other letter is shown as it can be mended."""
    rows = ("1;Áron;;Hof;3", *(f"{number};Bo;;Hof;3" for number in range(2, 9)))
    data = sheet(PUPILS, *rows) + "99;Zo\xeb;;Hof;3".encode("latin-1")
    file = read_file("x", data)
    assert {problem.code for problem in file.problems} <= {"mojibake", "control_characters"}
    assert file.problems
