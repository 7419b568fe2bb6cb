"""Whatever a file holds, reading takes less than 300 MB and ten seconds of a processor, and says one thing."""

import io
import json
import subprocess
import sys
import zipfile

import pytest

from scheduling.formats.process import read_files
from scheduling.formats.tables import MAX_BYTES, MAX_ROWS
from tests.formats.files import GUARDIANS, PUPILS, archive, guardian, workbook

MEGABYTE = 1_000_000
READ_AND_MEASURE = """
import resource, sys
from scheduling.formats.__main__ import main
code = main(sys.argv[1:])
peak = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
used = resource.getrusage(resource.RUSAGE_SELF)
print(peak.split()[1], used.ru_utime + used.ru_stime, file=sys.stderr)
sys.exit(code)
"""
NAMESPACE = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
HEAD = f"{PUPILS}\r\n".encode()


def filled(part, content):
    with zipfile.ZipFile(io.BytesIO(workbook([["x"]]))) as packed:
        parts = {name: packed.read(name) for name in packed.namelist()}
    return archive(list({**parts, part: content}.items()))


def sheet_xml(rows):
    return b'<worksheet xmlns="%s"><sheetData>%s</sheetData></worksheet>' % (NAMESPACE.encode(), rows)


def as_many_guardians_as_may_be(broken=False):
    rows = (
        guardian(f"{n}", relation="moeder", name=f"A.B.;van der;Achternaam{n}", email=f"ouder{n}@example.org")
        for n in range(MAX_ROWS)
    )
    lines = (row.replace(";J;N;J;", ";?;x;x;").replace("@", "@@") if broken else row for row in rows)
    return "\r\n".join([GUARDIANS, *lines]).encode()


def refilled():
    """A list within a zip that unpacks to fifty megabytes of one letter."""
    return archive([("lijst.csv", b"x" * 50 * MEGABYTE)])


HOSTILE = {
    "separators": (lambda: HEAD + b";" * (MAX_BYTES - 1_000), "line_too_long"),
    "quotes": (lambda: HEAD + b'"' * (MAX_BYTES - 1_000), "line_too_long"),
    "an open quote over many lines": (lambda: HEAD + b'1;"' + b"x\r\n" * 6_000_000, "broken_quotes"),
    "blank lines": (lambda: HEAD + b"\r\n" * 9_000_000, "too_many_rows"),
    "one line": (lambda: b"x" * (MAX_BYTES - 1), "line_too_long"),
    "letters of four bytes": (lambda: ("\U0001f600;\U0001f600\r\n" * 1_800_000).encode(), "too_many_rows"),
    "cells": (lambda: (b"x;" * 199 + b"x\r\n") * 49_000, "too_many_cells"),
    "sixty megabytes": (lambda: b"x" * 60 * MEGABYTE, "too_large"),
    "elements": (lambda: b"<EDEX>" + b"<a/>" * 4_000_000 + b"</EDEX>", "too_many_cells"),
    "elements within each other": (lambda: b"<EDEX>" + b"<a>" * 6_000_000, "broken_xml"),
    "a web page that only begins": (lambda: b"<table><tr><td>" + b"<td " * 4_000_000, "web_page"),
    "comments that never close": (lambda: b"<html>" + b"<!--" * 4_000_000, "web_page"),
    "a workbook of blanks": (lambda: filled("xl/worksheets/sheet1.xml", b" " * 300 * MEGABYTE), "unpacks_too_large"),
    "a workbook of cells": (
        lambda: filled("xl/worksheets/sheet1.xml", sheet_xml(b"<row>" + b"<c><v>1</v></c>" * 3_000_000 + b"</row>")),
        "too_many_columns",
    ),
    "a workbook of rows": (
        lambda: filled("xl/worksheets/sheet1.xml", sheet_xml(b"<row><c><v>1</v></c></row>" * 1_500_000)),
        "too_many_rows",
    ),
    "a zip of one letter": (refilled, "too_large"),
    "as many guardians as may be": (as_many_guardians_as_may_be, None),
    "as many guardians, each with three faults": (lambda: as_many_guardians_as_may_be(broken=True), "email_broken"),
}

MAY_END_THE_PROCESS = {"a workbook of cells", "a workbook of rows"}
"""The library for workbooks takes its time over these: a limit ends the process, and the file says it is too much."""


@pytest.mark.skipif(sys.platform != "linux", reason="the peak of memory is told by Linux")
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_hostile_file_meets_the_limits(kind, tmp_path):
    make, expected = HOSTILE[kind]
    (tmp_path / "file").write_bytes(make())
    ended = subprocess.run(
        [sys.executable, "-c", READ_AND_MEASURE, str(tmp_path / "file")], capture_output=True, text=True, check=False
    )
    if kind in MAY_END_THE_PROCESS and not ended.stdout:
        [told] = [problem.code for file in read_files([tmp_path / "file"]) for problem in file.problems]
        assert told in ("too_heavy", "too_slow")
        return
    peak, seconds = ended.stderr.split()[-2:]
    assert int(peak) * 1024 < 300 * MEGABYTE
    assert float(seconds) < 10
    assert ended.returncode == 0
    problems = [problem["code"] for file in json.loads(ended.stdout) for problem in file["problems"]]
    assert problems[:1] == ([expected] if expected else [])
