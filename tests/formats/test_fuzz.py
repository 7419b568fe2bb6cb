"""Files of every system, damaged in every way: always an answer, never an exception, never beyond the limits.

A few seconds in the suite; `FUZZ_SECONDS=600` makes it long, `FUZZ_SEED=2` takes another course.
"""

import io
import json
import os
import random
import time
import zipfile
from datetime import date

import pytest

from scheduling.domain.import_documents import file_document, file_from_document
from scheduling.domain.imports import SchoolFile, combine
from scheduling.formats.archives import read_all
from scheduling.formats.contents import ZIP_STARTS
from scheduling.formats.tables import MAX_ROWS
from scheduling.samples.exports import EXPORTS
from scheduling.samples.traps import TRAPS
from scheduling.samples.writing import SCHOOLS
from scheduling.wording.imports import problem_sentence
from tests.formats.files import archive

SECONDS = float(os.environ.get("FUZZ_SECONDS", "4"))
SEED = int(os.environ.get("FUZZ_SEED", "1"))
LONGEST = 5.0
LINES = 25
YEAR = "2027-2028"
SCHOOLS_WITH_ALL = ("linde", "mbo", "beuk")

TOKENS = (
    b";", b",", b"\t", b'"', b'""', b"\r", b"\n", b"\r\n", b"\0", b"\x81", b"\xff\xfe", b"\xef\xbb\xbf", b"=cmd",
    b"=?utf-8?q?",
    b"<", b"</", b"<!--", b"<!DOCTYPE x [", b"&a;", b"]]>", b"BEGIN:VEVENT\r\n", b"END:VCALENDAR\r\n",
    b"RRULE:FREQ=DAILY\r\n",
    b"99999999999999999999", b"-1", b"1e999", b"nan", b"31-02-2027", b"\xe2\x80\xae", b"\xc3\x83\xc2\xab", b"A" * 3_000,
    b";" * 500, b"PK\x03\x04", b"tobedeleted", b"overleden", "＝１".encode(),
)  # fmt: skip


@pytest.fixture(scope="module")
def seeds():
    """A short piece of every file of every system, and the files with traps; workbooks and zips as they are."""
    pieces: dict[bytes, None] = {}
    for school in SCHOOLS_WITH_ALL:
        made = SCHOOLS[school](YEAR)
        for export in EXPORTS[school].values():
            pieces |= dict.fromkeys(_shortened(content) for content in export.files(made).values())
    pieces |= dict.fromkeys(trap.content for trap in TRAPS)
    return list(pieces)


def test_random_bytes_are_never_more_than_a_problem():
    chance = random.Random(SEED)
    for start in (
        b"",
        b"PK\x03\x04",
        b"<EDEX>",
        b"BEGIN:VCALENDAR\r\n",
        b"<table><tr><td>",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b"a;b\r\n",
    ):
        for length in (0, 1, 2, 30, 3_000):
            check(start + chance.randbytes(length))


def test_damaged_files_of_every_system_are_never_more_than_a_problem(seeds):
    chance = random.Random(SEED)
    ends, tried = time.monotonic() + SECONDS, 0
    while time.monotonic() < ends or tried < len(seeds):
        check(damaged(seeds[tried % len(seeds)], chance))
        tried += 1
    assert tried >= len(seeds)


def check(data):
    """Read a file as the reading process does, and everything that follows from it."""
    began = time.process_time()
    files = read_all("bestand", data)
    assert time.process_time() - began < LONGEST, data[:200]
    assert files
    for file in files:
        assert isinstance(file, SchoolFile)
        assert len(file.records) <= 10 * MAX_ROWS
        assert all(problem_sentence(problem) for problem in file.problems)
        assert file_from_document(json.loads(json.dumps(file_document(file)))) == file
    image = combine(files, on=date(2027, 9, 1))
    assert all(problem_sentence(problem) for problem in image.problems)


def damaged(data, chance):
    """The same file after one to four mishaps; of a zip, what is in it."""
    if data.startswith(ZIP_STARTS) and chance.random() < 0.8:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = [(name, packed.read(name)) for name in packed.namelist()]
        place = chance.randrange(len(members))
        members[place] = (members[place][0], damaged(members[place][1], chance))
        return archive(members)
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(MISHAPS)(bytearray(data), chance)
    return bytes(data)


def _flip(data, chance):
    if data:
        data[chance.randrange(len(data))] = chance.randrange(256)
    return data


def _insert(data, chance):
    place = chance.randint(0, len(data))
    return data[:place] + chance.choice(TOKENS) + data[place:]


def _cut(data, chance):
    start = chance.randint(0, len(data))
    return data[:start] + data[start + chance.randint(1, 200) :]


def _repeat(data, chance):
    start = chance.randint(0, len(data))
    piece = data[start : start + chance.randint(1, 200)]
    return data[:start] + piece * chance.randint(2, 30) + data[start:]


def _end_early(data, chance):
    return data[: chance.randint(0, len(data))]


def _mix_lines(data, chance):
    lines = bytes(data).splitlines(keepends=True)
    chance.shuffle(lines)
    return bytearray(b"".join(lines))


MISHAPS = (_flip, _insert, _insert, _cut, _repeat, _end_early, _mix_lines)


def _shortened(content):
    if content.startswith(ZIP_STARTS) or content.lstrip().startswith(b"<"):
        return content
    return b"\n".join(content.split(b"\n")[:LINES])
