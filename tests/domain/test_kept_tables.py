"""The rows of a school file, kept for a day: mended, left out, repaired, and as they were written again."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.import_documents import file_document, file_from_document
from scheduling.domain.imports import Severity
from scheduling.domain.kept_tables import ChosenCell, KeptTable
from scheduling.domain.mojibake import is_mojibake, repair_mojibake
from scheduling.formats.reading import read_file, read_table_again
from tests.formats.files import PUPILS, pupils, sheet

TABLE = KeptTable(
    ("Nummer", "Naam", "Geheim"), ((2, ("1", "IsmaÃ«l", "")), (3, ("2", "Zoë", ""))), columns={"number": 0, "name": 1}
)


def rows(table: KeptTable) -> dict[int, tuple[str, ...]]:
    return dict(table.in_use())


def test_a_mended_row_counts_as_written_now_and_cells_that_nobody_reads_stay_empty() -> None:
    mended = TABLE.with_row(3, ("2", "Zoé", "123456782"))
    assert rows(mended)[3] == mended.cells(3) == ("2", "Zoé", "")
    assert mended.as_written(3) == TABLE


def test_a_row_that_is_left_out_does_not_count_until_it_is_mended_or_taken_back() -> None:
    without = TABLE.without_row(2)
    assert list(rows(without)) == [3]
    assert without.without_row(2) == without
    assert list(rows(without.as_written(2))) == [2, 3]
    assert list(rows(without.with_row(2, ("1", "Ismaël", "")))) == [2, 3]


def test_a_chosen_cell_says_what_was_chosen_until_the_row_is_written_anew() -> None:
    chosen = TABLE.with_choice(ChosenCell(3, 1, "Zoey"), 3, 1)
    assert rows(chosen)[3] == ("2", "Zoey", "")
    assert chosen.with_choice(None, 3, 1) == TABLE
    assert rows(chosen.with_row(3, ("2", "Z", "")))[3] == ("2", "Z", "")


def test_a_row_that_is_not_there_has_no_cells() -> None:
    assert TABLE.cells(99) is None


def test_damaged_text_is_shown_before_and_after_and_repaired_where_it_counts() -> None:
    repaired = replace(TABLE, repaired=True)
    assert TABLE.damaged(2) == repaired.damaged(2) == [("IsmaÃ«l", "Ismaël")]
    assert rows(repaired) == {2: ("1", "Ismaël", ""), 3: ("2", "Zoë", "")}


def test_letters_whose_bytes_have_no_place_in_windows_1252_are_repaired_too() -> None:
    damaged = "Árpád".encode().decode("latin-1")
    assert "\x81" in damaged
    assert is_mojibake(damaged)
    assert repair_mojibake(damaged) == "Árpád"


@given(st.text(alphabet=st.characters(codec="cp1252", exclude_categories=("Cc", "Cs"))))
def test_a_text_that_was_damaged_once_comes_back_whole_and_a_whole_text_stays(text: str) -> None:
    damaged = "".join(_read_as_windows(byte) for byte in text.encode())
    assert repair_mojibake(damaged) == text
    if not is_mojibake(text):
        return
    assert repair_mojibake(repair_mojibake(damaged)) == repair_mojibake(text)


def _read_as_windows(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


def test_a_file_is_read_again_from_its_kept_rows_and_says_the_same() -> None:
    file = read_file("a.csv", pupils("1;Noor;;Hof;3", "2;;;Smit;3", "3;Bram;;Bos", encoding="cp1252"))
    assert file.table is not None
    again = read_table_again(file_from_document(file_document(file)), file.table)
    assert again.records == file.records
    assert {(one.row, one.code) for one in again.problems} == {(3, "missing"), (4, "wrong_width")}
    assert {(one.row, one.code) for one in file.problems} == {(3, "missing"), (4, "wrong_width")}


def test_a_mended_row_and_a_row_left_out_make_a_file_good() -> None:
    file = read_file("a.csv", pupils("1;Noor;;Hof;3", "2;;;Smit;3", "3;Bram;;Bos"))
    assert file.table is not None
    table = file.table.with_row(3, ("2", "Daan", "", "Smit", "3")).without_row(4)
    mended = read_table_again(file, table)
    assert not mended.has_errors
    assert [record.number for record in mended.records] == ["1", "2"]
    assert [(one.code, one.severity) for one in mended.problems] == [("row_left_out", Severity.WARNING)]
    assert mended.table == table


def test_only_columns_that_are_read_are_kept_and_a_number_of_the_state_never() -> None:
    header = PUPILS + ";BSN;Schoenmaat"
    file = read_file("a.csv", sheet(header, "1;Noor;;Hof;3;123456782;31", "2;Bram;;Bos;3;123456783"))
    assert file.table is not None
    assert "123456782" not in str(file_document(file))
    assert "31" not in str(file.table.rows)
    assert file.table.cells(3) == ()
    unknown = read_file("b.csv", sheet("Lln;Onderwijsnummer", "1;123456782"))
    assert unknown.table is not None
    assert unknown.table.rows == ((2, ("1", "")),)
