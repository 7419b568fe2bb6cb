"""Each trap file does what `traps.csv` says of it."""

import csv
from collections import Counter
from datetime import date

import pytest

from scheduling.domain.imports import SchoolFile, combine
from scheduling.formats.reading import read_file
from scheduling.samples.traps import TRAPS, write_traps

ON = date(2026, 11, 21)


def read(name: str) -> SchoolFile:
    trap = next(trap for trap in TRAPS if trap.name == name)
    return read_file(trap.name, trap.content)


@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_every_row_of_a_trap_is_told_as_the_list_says(trap):
    image = combine([read_file(trap.name, trap.content)], on=ON)
    told = {(problem.row, f"{problem.severity.value}:{problem.code}") for problem in image.problems}
    for row, expected in trap.expected:
        if expected == "ok":
            assert not [code for number, code in told if number == row]
        else:
            assert (row, expected) in told


def test_the_list_of_traps_names_every_file_and_every_trap_of_the_import(tmp_path):
    write_traps(tmp_path)
    with (tmp_path / "traps.csv").open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source, delimiter=";"))
    assert {row["file"] for row in rows} == {path.name for path in tmp_path.iterdir()} - {"traps.csv"}
    wanted = {*range(1, 8), *range(9, 17), *range(27, 32), 46, 47, 53}
    assert {f"T{number:02}" for number in wanted} <= {row["trap_id"] for row in rows}


def test_every_way_of_writing_the_same_table_says_the_same():
    names = [trap.name for trap in TRAPS if trap.trap == "T13"]
    assert len(names) == 6
    assert len({read(name).records for name in names}) == 1


def test_of_two_enrolments_the_active_one_counts():
    image = combine([read("T15_leerlingen.csv")], on=ON)
    assert [(pupil.number, pupil.class_name) for pupil in image.pupils] == [("1", "4"), ("2", "3")]


def test_twins_and_namesakes_stay_two_pupils():
    for name in ("T16_leerlingen.csv", "T53_leerlingen.csv"):
        assert len(combine([read(name)], on=ON).pupils) == 2


def test_pupils_who_are_not_here_yet_or_no_more_are_left_out():
    image = combine([read("T30_leerlingen.csv")], on=ON)
    assert not image.pupils
    assert Counter(problem.code for problem in image.problems) == {"pupil_gone": 3, "pupil_not_yet": 1}


def test_two_homes_are_two_households_and_one_home_is_one():
    homes = {
        trap: {relation.household for relation in combine([read(f"{trap}_verzorgers.csv")], on=ON).relations}
        for trap in ("T01", "T04")
    }
    assert (len(homes["T01"]), len(homes["T04"])) == (2, 1)
