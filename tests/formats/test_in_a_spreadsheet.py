"""What leaves as a list, opened and saved again by a spreadsheet: nothing is calculated or becomes something else."""

import io
import shutil
import subprocess
from datetime import date, datetime, time
from pathlib import Path

import pytest
from openpyxl import load_workbook

from scheduling.formats.sheets import Sheet, csv_sheet, xlsx_book
from tests.conftest import unavailable
from tests.formats.test_sheets import HOSTILE

SPREADSHEET = shutil.which("soffice")
SEMICOLONS_IN_UTF8 = "CSV:59,34,76,1"
FORMULA = '=HYPERLINK("http://example.org";"klik")'
TEXTS = (*HOSTILE, FORMULA, "001234", "06-12345678", "3-4", "1E5", "Łukasz Nguyễn", "WAAR", "2027-09-01")
DAY, AT, MOMENT = date(2027, 8, 31), time(15, 20), datetime(2027, 8, 31, 15, 20)  # noqa: DTZ001 (the school's clock)


def saved_again(path: Path, *options: str) -> bytes:
    """The file as a workbook, after a spreadsheet has opened it."""
    if SPREADSHEET is None:
        unavailable("LibreOffice")
    out = path.parent / "out"
    subprocess.run(
        [SPREADSHEET or "", f"-env:UserInstallation={(path.parent / 'profile').as_uri()}", "--headless", *options,
         "--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", out, path],
        check=True, capture_output=True, timeout=240,
    )  # fmt: skip
    return (out / f"{path.stem}.xlsx").read_bytes()


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_workbook_of_ours_holds_the_same_texts_days_and_times_and_no_formula(tmp_path: Path) -> None:
    rows = [[text, DAY, AT, MOMENT, 7] for text in TEXTS]
    path = tmp_path / "lijst.xlsx"
    path.write_bytes(xlsx_book([Sheet("Rooster", ["Naam", "Dag", "Tijd", "Moment", "Aantal"], rows)]))
    page = load_workbook(io.BytesIO(saved_again(path))).active
    found = [list(row) for row in page.iter_rows(min_row=2)]
    assert not [cell for row in found for cell in row if cell.data_type == "f"]
    assert [row[0].value for row in found] == [text.replace("\r", "") for text in TEXTS]
    assert {(row[1].value, row[2].value, row[3].value, row[4].value) for row in found} == {
        (datetime.combine(DAY, time()), AT, MOMENT, 7)
    }


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_a_comma_list_of_ours_is_never_calculated(tmp_path: Path) -> None:
    path = tmp_path / "lijst.csv"
    path.write_bytes(csv_sheet(["Naam", "Nummer"], [[text, "1"] for text in TEXTS]))
    page = load_workbook(io.BytesIO(saved_again(path, f"--infilter={SEMICOLONS_IN_UTF8}"))).active
    found = [row[0] for row in page.iter_rows(min_row=2)]
    assert not [cell.value for cell in found if cell.data_type in ("f", "e")]
    assert len(found) == len(TEXTS)
    assert FORMULA in str(found[len(HOSTILE)].value)
