"""Hostile files (A22) meet a process with limits, and end in one clear sentence."""

import ast
import json
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from scheduling.formats.contents import OLD_OFFICE_PARTS, STRANGERS
from scheduling.formats.process import paths_in, read_files, read_uploads
from scheduling.formats.tables import MAX_BYTES
from scheduling.wording.imports import SENTENCES, problem_sentence
from tests.formats.files import archive, pupils, workbook

NOOR = pupils("1;Noor;;Hof;3")
SHEET_HEAD = (
    b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
)


def read(name, data):
    started = time.monotonic()
    (file,) = read_uploads([(name, data)])
    assert time.monotonic() - started < 10
    return file


def codes(file):
    return [problem.code for problem in file.problems]


def sheet_with(content: bytes) -> bytes:
    """A true workbook whose only sheet holds this XML."""
    import io
    import zipfile

    with zipfile.ZipFile(io.BytesIO(workbook([["x"]]))) as packed:
        members = [(name, packed.read(name)) for name in packed.namelist()]
    return archive([(n, content if n == "xl/worksheets/sheet1.xml" else data) for n, data in members])


def test_files_are_read_in_their_order_and_one_bad_file_does_not_hold_up_the_others(tmp_path):
    names = ["a.csv", "gone.csv", "b.csv"]
    for name in ("a.csv", "b.csv"):
        (tmp_path / name).write_bytes(NOOR)
    files = read_files([tmp_path / name for name in names])
    assert [(file.name, codes(file)) for file in files] == [("a.csv", []), ("gone.csv", ["not_found"]), ("b.csv", [])]
    assert files[0].records == files[2].records != ()


def test_a_folder_means_the_files_in_it(tmp_path):
    (tmp_path / "deeper").mkdir()
    for name in ("b.csv", "a.csv", ".hidden", "deeper/c.csv"):
        (tmp_path / name).write_bytes(NOOR)
    assert [path.name for path in paths_in([tmp_path])] == ["a.csv", "b.csv"]


def test_the_name_of_an_upload_leads_to_no_other_folder(tmp_path):
    file = read("../../../etc/a.csv", NOOR)
    assert file.name == "a.csv"
    assert len(file.records) == 1


def test_a_sheet_with_one_cell_far_away_is_refused_quickly():
    far = SHEET_HEAD + b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    assert codes(read("far.xlsx", sheet_with(far)))[0] in ("too_many_columns", "too_many_rows", "empty")


def test_a_sheet_that_unpacks_to_hundreds_of_megabytes_is_refused():
    assert codes(read("bomb.xlsx", sheet_with(b" " * 300_000_000))) == ["unpacks_too_large"]


def test_a_sheet_that_fits_the_limit_of_bytes_but_not_of_rows_is_refused():
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>' % (n, n) for n in range(1, 40_000))
    assert codes(read("rows.xlsx", sheet_with(SHEET_HEAD + rows + b"</sheetData></worksheet>"))) == ["too_many_rows"]


def test_a_hundred_thousand_rows_of_csv_are_too_many():
    assert codes(read("long.csv", pupils(*["1;Noor;;Hof;3"] * 100_000))) == ["too_many_rows"]


def test_sixty_megabytes_are_too_large():
    assert codes(read("large.csv", b"x" * (3 * MAX_BYTES))) == ["too_large"]


def test_billion_laughs_are_not_laughed():
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
    data = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e0 "ha">{entities}]><EDEX>&e9;</EDEX>'
    assert codes(read("laugh.xml", data.encode())) == ["broken_xml"]


def test_macros_strange_archives_and_programs_are_refused():
    macros = archive([("xl/workbook.xml", b"<x/>"), ("xl/vbaProject.bin", b"x")])
    assert codes(read("a.xlsm", macros)) == ["macros"]
    assert codes(read("a.xlsx", b"MZ\x90\x00\x03")) == ["not_text"]
    many = [("xl/workbook.xml", b"<x/>"), *((f"m{n}", b"x") for n in range(600))]
    assert codes(read("a.xlsx", archive(many))) == ["unpacks_too_large"]


def test_members_that_lie_over_each_other_are_refused():
    data = bytearray(archive([("xl/workbook.xml", b"<x/>" * 50), ("a", b"a" * 500), ("b", b"b" * 500)]))
    directory = data.index(b"PK\x01\x02")
    second = data.index(b"PK\x01\x02", directory + 4)
    data[second + 42 : second + 46] = (10).to_bytes(4, "little")
    assert codes(read("overlap.xlsx", bytes(data))) == ["broken_archive"]


def test_a_reader_that_takes_too_long_is_ended_and_the_next_file_is_read(tmp_path):
    slow = tmp_path / "slow.csv"
    os.mkfifo(slow)
    (tmp_path / "fine.csv").write_bytes(NOOR)
    files = read_files([slow, tmp_path / "fine.csv"], seconds=5)
    assert [codes(file) for file in files] == [["too_slow"], []]


@pytest.mark.skipif(sys.platform != "linux", reason="memory is limited on Linux only")
def test_the_reading_process_may_not_take_the_memory_of_the_machine(tmp_path):
    program = (
        "from scheduling.formats.__main__ import limit_this_process; limit_this_process(); x = bytearray(700_000_000)"
    )
    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    assert "MemoryError" in ended.stderr


def test_the_command_prints_a_line_of_json_per_file(tmp_path):
    (tmp_path / "a.csv").write_bytes(NOOR)
    command = [sys.executable, "-m", "scheduling.formats", str(tmp_path / "a.csv"), str(tmp_path / "b.csv")]
    lines = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    assert [[file["name"] for file in json.loads(line)] for line in lines] == [["a.csv"], ["b.csv"]]


def test_reading_files_loads_neither_the_web_nor_the_solver():
    program = (
        "import sys, scheduling.formats.reading, scheduling.formats.process, scheduling.samples.writing;"
        "print([m for m in ('flask', 'sqlalchemy', 'highspy', 'numpy') if m in sys.modules])"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout == "[]\n"


def test_every_problem_a_file_can_have_has_its_sentence():
    """The codes are taken from the calls that make a problem, wherever they stand."""
    place_of_code = {"problem": 2, "warn": 1, "refuse": 1, "Unreadable": 0, "refused": 1}
    codes = set()
    for path in (Path(__file__).parents[2] / "scheduling").glob("*/*.py"):
        for call in (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call)):
            name = getattr(call.func, "attr", getattr(call.func, "id", ""))
            if name in place_of_code and len(call.args) > place_of_code[name]:
                code = call.args[place_of_code[name]]
                branches = [code.body, code.orelse] if isinstance(code, ast.IfExp) else [code]
                codes |= {one.value for one in branches if isinstance(one, ast.Constant) and isinstance(one.value, str)}
    codes |= {code for _, code in (*STRANGERS, *OLD_OFFICE_PARTS)}
    assert len(codes) > 40
    assert codes <= SENTENCES.keys()


def test_a_sentence_says_what_stands_in_the_file():
    sentence = problem_sentence(read("x.csv", b"a;b\r\n1;2\r\n").problems[0])
    assert sentence.startswith("Deze indeling kennen we niet. De kolommen zijn: a, b.")
