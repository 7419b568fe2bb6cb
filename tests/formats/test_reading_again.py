"""A kept row that is mended reads as if the file had said so from the start, whatever kind of file it was."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.domain.import_documents import file_document, file_from_document
from scheduling.domain.imports import SchoolFile
from scheduling.formats.process import paths_in, read_uploads
from scheduling.formats.reading import LAYOUTS, read_file, read_table_again
from scheduling.samples.writing import write_sample
from tests.formats.files import PUPILS, archive, pupils, workbook

WORD = st.text(
    alphabet=st.characters(codec="utf-8", exclude_characters='";\r\n', exclude_categories=("Cc", "Cs")), max_size=12
)
ROWS = st.lists(st.tuples(WORD, WORD, WORD, WORD, WORD), min_size=1, max_size=6)


def written(rows: list[tuple[str, ...]]) -> bytes:
    lines = [";".join(f'"{cell}"' for cell in row) for row in rows]
    return "\r\n".join([PUPILS, *lines, ""]).encode("utf-8-sig")


def said(file: SchoolFile) -> tuple[object, object]:
    return file.records, sorted((one.row, one.column, one.code, one.severity) for one in file.problems)


@settings(max_examples=25, deadline=None)
@given(ROWS, ROWS, st.integers(min_value=0))
def test_a_row_that_is_mended_reads_as_if_it_had_been_written_so(
    rows: list[tuple[str, ...]], others: list[tuple[str, ...]], which: int
) -> None:
    rows = [(f"{number}", *row[1:]) for number, row in enumerate(rows, start=1)]
    place, better = which % len(rows), ("9", *others[0][1:])
    file = read_file("a.csv", written(rows))
    assert file.table is not None
    again = read_table_again(file, file.table.with_row(place + 2, better))
    assert said(again) == said(read_file("a.csv", written([*rows[:place], better, *rows[place + 1 :]])))


@settings(max_examples=20, deadline=None)
@given(ROWS)
def test_a_file_with_its_rows_survives_a_day_in_a_draft(rows: list[tuple[str, ...]]) -> None:
    file = read_file("a.csv", written(rows))
    assert file_from_document(file_document(file)) == file


@pytest.mark.parametrize("name", ["linde", "vlier"])
def test_every_list_of_a_school_says_the_same_when_it_is_read_from_its_kept_rows(name, tmp_path) -> None:
    write_sample(name, tmp_path / name, year="2027-2028")
    tables = 0
    for path in paths_in([tmp_path / name]):
        file = read_file(path.name, path.read_bytes())
        if file.table is not None and file.layout in {layout.name for layout in LAYOUTS}:
            tables += 1
            assert said(read_table_again(file, file.table)) == said(file), path.name
    assert tables > 4


def test_a_sheet_and_a_member_of_a_zip_are_mended_like_any_other_file() -> None:
    sheet = workbook([PUPILS.split(";"), ["1", "", None, "Hof", 3], ["2", "Bram", "van", "Bos", 4]])
    packed = archive([("leerlingen.csv", pupils("1;;;Hof;3")), ("meer.xlsx", sheet)])
    files = read_uploads([("alles.zip", packed), ("los.xlsx", sheet)])
    assert len(files) == 3
    for file in files:
        assert file.has_errors
        assert file.table is not None
        mended = read_table_again(file, file.table.with_row(2, ("1", "Noor", "", "Hof", "3")))
        assert not mended.has_errors
        assert mended.records[0].given_name == "Noor"
