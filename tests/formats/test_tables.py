"""Encodings, separators, quotes, XLSX: what a school sends is read as it was meant."""

from datetime import date

import pytest

from scheduling.domain.imports import PupilRecord, Severity
from scheduling.formats.cells import parse_date, repair_mojibake
from scheduling.formats.layouts import is_national_number
from scheduling.formats.reading import read_file
from scheduling.formats.tables import decode
from scheduling.formats.unreadable import Unreadable
from tests.formats.files import PUPILS, pupils, sheet, workbook

NOOR = PupilRecord("001", "Noor", "3", "van 't", "Hof")


def codes(file):
    return [(problem.row, problem.code, problem.severity.value) for problem in file.problems]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_every_encoding_separator_and_line_end_reads_the_same(encoding, separator, end):
    lines = [line.replace(";", separator) for line in (PUPILS, "001;Noor;van 't;Hof;3", "002;Zoë;;Çelik;1/2a")]
    file = read_file("x", sheet(*lines, encoding=encoding, end=end))
    assert file.records == (NOOR, PupilRecord("002", "Zoë", "1/2a", "", "Çelik"))
    assert not file.problems


def test_windows_quotes_and_dashes_are_not_control_characters():
    file = read_file("x", pupils("1;Noor;van ’t;Hof – Smit;3", encoding="cp1252"))
    assert file.records[0].surname_prefix == "van ’t"
    assert file.records[0].surname == "Hof – Smit"


def test_one_separator_too_many_at_the_end_of_every_row_is_forgiven():
    assert read_file("x", sheet(f"{PUPILS};", "001;Noor;van 't;Hof;3;")).records == (NOOR,)
    assert read_file("x", sheet(PUPILS, "001;Noor;van 't;Hof;3;")).records == (NOOR,)


@pytest.mark.parametrize("row", ["1;Noor;Hof;3", "1;Noor;;Hof;3;x"])
def test_a_row_with_fewer_or_more_cells_than_the_header_is_an_error(row):
    file = read_file("x", pupils("001;Noor;van 't;Hof;3", row))
    assert codes(file) == [(3, "wrong_width", "error")]


def test_quotes_hold_separators_and_line_breaks_together():
    file = read_file("x", sheet(f"{PUPILS};Opmerking", '"001";"Noor";"van \'t";"Hof";"3";"een; twee\r\ndrie"'))
    assert file.records == (NOOR,)


def test_a_quote_that_never_closes_is_told_and_swallows_nothing_silently():
    file = read_file("x", pupils('1;"Noor;;Hof;3', "2;Bram;;Smit;3"))
    assert [problem.code for problem in file.problems] == ["broken_quotes"]
    assert not file.records


def test_empty_rows_are_skipped_and_rows_keep_the_number_a_spreadsheet_shows():
    file = read_file("x", pupils("001;Noor;van 't;Hof;3", "", ";;;;", "2;;;Smit;3"))
    assert len(file.records) == 1
    assert codes(file) == [(5, "missing", "error")]


@pytest.mark.parametrize("row", [";Noor;;Hof;3", "1;;;Hof;3", "1;Noor;;Hof;"])
def test_a_pupil_without_number_given_name_or_class_is_an_error(row):
    assert codes(read_file("x", pupils(row))) == [(2, "missing", "error")]


def test_leading_zeros_stay():
    assert [r.number for r in read_file("x", pupils("001234;N;;;3", "1234;B;;;3")).records] == ["001234", "1234"]


def test_a_workbook_reads_as_the_same_table_in_csv():
    rows = [PUPILS.split(";"), ["001", "Noor", "van 't", "Hof", 3], [None] * 5, ["2", "Bram", None, "Smit", "3"]]
    file = read_file("x", workbook(rows))
    assert file.records == (NOOR, PupilRecord("2", "Bram", "3", "", "Smit"))
    assert not file.problems


def test_a_date_in_a_workbook_is_a_date():
    rows = [[*PUPILS.split(";"), "Geboortedatum"], ["1", "Noor", "", "Hof", "3", date(2019, 5, 4)]]
    assert read_file("x", workbook(rows)).records[0].birth_date == date(2019, 5, 4)


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", "\ufeff".encode()])
def test_an_empty_file_says_so(data):
    assert codes(read_file("x", data)) == [(0, "empty", "error")]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (PUPILS.encode("utf-16-le"), "utf16"),
        (PUPILS.encode("utf-16")[:-1], "utf16"),
        (PUPILS.encode("utf-32"), "utf16"),
        (PUPILS.encode() + b"\r\n1;No\0or;;Hof;3\r\n", "zero_byte"),
        (PUPILS.encode() + b"\r\n" + b"x" * 300_000, "line_too_long"),
        (b"MZ\x00\x01\x02", "not_text"),
        (b"\xef\xbb\xbfRoepnaam;\xff", "broken_utf8"),
        (b"Roepnaam;\x81\x8d", "not_text"),
        (b"Kolom A;Kolom B\r\n1;2\r\n", "unknown_layout"),
        (b"PK\x03\x04 and no more", "broken_archive"),
    ],
)
def test_what_cannot_be_read_says_why(data, code):
    assert [problem.code for problem in read_file("x", data).problems] == [code]


def test_an_unknown_layout_names_the_columns_it_found():
    problem = read_file("x", b"Kolom A;Kolom B\r\n1;2\r\n").problems[0]
    assert problem.severity is Severity.ERROR
    assert problem.facts == {"header": "Kolom A, Kolom B"}


def test_a_hint_about_the_separator_on_the_first_line_is_followed():
    assert read_file("x", sheet("sep=;", PUPILS, "001;Noor;van 't;Hof;3")).records == (NOOR,)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("31-08-2027", date(2027, 8, 31)),
        ("1-2-19", date(2019, 2, 1)),
        ("1-2-85", date(1985, 2, 1)),
        ("2027-08-31", date(2027, 8, 31)),
        ("2027-08-31T00:00:00", date(2027, 8, 31)),
        ("43589", date(2019, 5, 4)),
        ("31-02-2027", None),
        ("vandaag", None),
    ],
)
def test_dates_are_read_as_schools_write_them(text, day):
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "title",
    ["BSN", "bsn leerling", "Burgerservicenummer", "PGN", "Onderwijsnummer", "Rijksregisternummer", "INSZ"],
)
def test_numbers_of_the_state_are_known_by_their_column(title):
    assert is_national_number(title)
    file = read_file("x", sheet(f"{PUPILS};{title}", "001;Noor;van 't;Hof;3;999999990"))
    assert [(problem.code, problem.column) for problem in file.problems] == [("national_number_dropped", title)]
    assert "999999990" not in repr(file)


def test_decoding_refuses_what_it_would_have_to_guess():
    with pytest.raises(Unreadable):
        decode(b"\xff\xfeR")
    assert decode("Aïsha".encode("utf-16")) == ("Aïsha", "utf-16")
    assert decode("Aïsha".encode("cp1252")) == ("Aïsha", "cp1252")


def test_mojibake_can_be_repaired_and_other_text_stays():
    assert repair_mojibake("IsmaÃ«l") == "Ismaël"
    assert repair_mojibake("Noor") == "Noor"
    assert repair_mojibake("Zoë") == "Zoë"
