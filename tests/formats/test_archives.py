"""A zip of school files is read as the files in it; what is wrong with a zip is said in one sentence."""

import struct

import pytest

from scheduling.formats.archives import MAX_FILES, read_all
from scheduling.formats.process import read_files, read_uploads
from tests.formats.files import PUPILS, archive, guardian, guardians, pupils, workbook

NOOR = pupils("1;Noor;;Hof;3")


def codes(files):
    return [[problem.code for problem in file.problems] for file in files]


def locked(members):
    """The same zip, with a lock on each member by its own word."""
    data = bytearray(archive(members))
    for sign, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = 0
        while (start := data.find(sign, start)) >= 0:
            data[start + place] |= 1
            start += 4
    return bytes(data)


def test_a_zip_is_read_as_the_files_in_it_whatever_folder_they_are_in():
    sheet = workbook([PUPILS.split(";"), ["2", "Bram", "", "Smit", "3"]])
    members = [("uit/leerlingen.csv", NOOR), ("uit/verzorgers.csv", guardians(guardian())), ("bram.xlsx", sheet)]
    files = read_all("export.zip", archive(members))
    assert [(file.name, file.layout, len(file.records)) for file in files] == [
        ("export.zip/uit/leerlingen.csv", "pupils", 1),
        ("export.zip/uit/verzorgers.csv", "guardians", 1),
        ("export.zip/bram.xlsx", "pupils", 1),
    ]


def test_what_an_operating_system_or_a_careful_colleague_adds_holds_nothing_up():
    members = [("__MACOSX/._a.csv", b"\0\5"), (".DS_Store", b"\0"), ("a/", b""), ("a/Thumbs.db", b"x"),
               ("a.csv", NOOR), ("brief.pdf", b"%PDF-1.7")]  # fmt: skip
    files = read_all("export.zip", archive(members))
    assert [file.name for file in files] == ["export.zip/a.csv", "export.zip/brief.pdf"]
    assert codes(files) == [[], ["no_list"]]
    assert not any(file.has_errors for file in files)


@pytest.mark.parametrize("path", ["../a.csv", "x/../../a.csv", "/etc/a.csv", "..\\a.csv", "C:\\a.csv", "a\nb.csv"])
def test_a_name_that_leads_to_another_folder_is_refused(path):
    assert codes(read_all("export.zip", archive([("b.csv", NOOR), (path, NOOR)]))) == [["strange_path"]]


def test_a_zip_in_a_zip_is_refused_and_a_workbook_in_a_zip_is_not():
    inner = archive([("a.csv", NOOR)])
    assert codes(read_all("export.zip", archive([("inner.zip", inner)]))) == [["archive_within"]]


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (locked([("a.csv", NOOR)]), "locked"),
        (archive([]), "empty_archive"),
        (archive([("a/", b"")]), "empty_archive"),
        (archive([(f"{n}.csv", NOOR) for n in range(MAX_FILES + 1)]), "archive_too_full"),
        (archive([(f"{n}.csv", b"x") for n in range(2_000)]), "unpacks_too_large"),
        (archive([("a.csv", b" " * 61_000_000)]), "unpacks_too_large"),
        (archive([("a.csv", NOOR)])[:-30], "broken_archive"),
    ],
)
def test_a_zip_that_is_not_to_be_trusted_is_refused(data, code):
    assert codes(read_all("export.zip", data)) == [[code]]


def test_a_zip_that_promises_less_than_it_holds_unpacks_no_more_than_it_promised():
    data = bytearray(archive([("a.csv", b"x;" * 5_000_000)]))
    for sign, place in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        start = data.index(sign)
        data[start + place : start + place + 4] = struct.pack("<I", 100)
    assert codes(read_all("export.zip", bytes(data))) == [["broken_archive"]]


def test_a_zip_with_a_damaged_file_names_the_damage_and_no_error_of_ours():
    data = bytearray(archive([("a.csv", NOOR * 100)]))
    data[60:90] = b"\xff" * 30
    assert codes(read_all("export.zip", bytes(data))) == [["broken_archive"]]


def test_the_reading_process_hands_over_every_file_of_a_zip_in_its_place(tmp_path):
    (tmp_path / "a.csv").write_bytes(NOOR)
    (tmp_path / "b.zip").write_bytes(archive([("c.csv", NOOR), ("d.csv", NOOR)]))
    names = [file.name for file in read_files([tmp_path / "b.zip", tmp_path / "a.csv"])]
    assert names == ["b.zip/c.csv", "b.zip/d.csv", "a.csv"]


def test_two_files_of_one_name_keep_their_problems_apart():
    files = read_uploads([("a.csv", NOOR), ("x/a.csv", b"?")])
    assert [file.name for file in files] == ["a.csv", "a (2).csv"]
    assert {problem.file for problem in files[1].problems} == {"a (2).csv"}
