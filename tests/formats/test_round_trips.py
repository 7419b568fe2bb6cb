"""Any table that a program writes, in any encoding, with any separator, line end and quoting, reads back the same."""

import csv
import io

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scheduling.formats.archives import read_all
from scheduling.formats.tables import read_table
from scheduling.formats.web_pages import read_web_page
from tests.formats.files import archive, workbook

HEADER = ["Aa", "Bb", "Cc"]
SEPARATORS = [";", ",", "\t", "|"]
ENDS = ["\r\n", "\n", "\r"]
QUOTINGS = [csv.QUOTE_ALL, csv.QUOTE_MINIMAL, csv.QUOTE_NONNUMERIC]

unicode = st.characters(exclude_categories=("Cs", "Cc", "Cn"), include_characters="\n\r")
western = st.characters(codec="cp1252", exclude_categories=("Cc",), include_characters="\n\r")
printable = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Zl", "Zp"))


def tables(letters, **options):
    cell = st.text(letters, max_size=12, **options)
    row = st.lists(cell, min_size=3, max_size=3).filter(lambda cells: any(text.strip() for text in cells))
    return st.lists(row, max_size=6)


def written(rows, separator, end, quoting):
    if end != "\r\n" and any(set(text) & set("\r\n") for row in rows for text in row):
        quoting = csv.QUOTE_ALL  # elsewhere the writer forgets to quote the other line end
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting).writerows([HEADER, *rows])
    return out.getvalue()


def read(data):
    table = read_table("x", data)
    assert list(table.header) == HEADER
    assert not table.problems
    return [list(cells) for _, cells in table.rows]


@settings(max_examples=200, deadline=None)
@given(tables(unicode), st.sampled_from(SEPARATORS), st.sampled_from(ENDS), st.sampled_from(QUOTINGS),
       st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))  # fmt: skip
def test_every_letter_comes_back_from_unicode(rows, separator, end, quoting, encoding):
    assert read(written(rows, separator, end, quoting).encode(encoding)) == rows


@settings(max_examples=200, deadline=None)
@given(tables(western), st.sampled_from(SEPARATORS), st.sampled_from(ENDS), st.sampled_from(QUOTINGS))
def test_every_letter_comes_back_from_windows_1252(rows, separator, end, quoting):
    text = written(rows, separator, end, quoting)
    data = text.encode("cp1252")
    assume(text.isascii() or not is_utf8(data))  # such bytes are two texts, and UTF-8 is by far the likelier
    assert read(data) == rows


@settings(max_examples=60, deadline=None)
@given(tables(printable))
def test_every_letter_comes_back_from_a_workbook(rows):
    rows = [[f"'{text}" for text in row] for row in rows]  # nothing in it is a formula
    assume(not any("_x" in text for row in rows for text in row))
    assert read(workbook([HEADER, *rows])) == rows


@settings(max_examples=60, deadline=None)
@given(tables(printable))
def test_a_table_in_a_web_page_reads_as_it_is_shown(rows):
    lines = "".join("<tr>" + "".join(f"<td>{escaped(text)}</td>" for text in row) + "</tr>" for row in [HEADER, *rows])
    shown = [[" ".join(text.split()) for text in row] for row in rows]
    assume(shown and all(any(row) for row in shown))
    table = read_web_page("x", f"<table>{lines}</table>".encode())
    assert [list(cells) for _, cells in table.rows] == shown


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=400))
def test_whatever_stands_in_a_zip_comes_out_of_it_or_is_told(data):
    files = read_all("x.zip", archive([("a.csv", data), ("b.csv", b"Lokaal;Verdieping\r\nB12;1\r\n")]))
    assert [file.name for file in files] == ["x.zip/a.csv", "x.zip/b.csv"]
    assert files[1].layout == "rooms"


def escaped(text):
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def is_utf8(data):
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
