"""Each trap file does what `traps.csv` says of it."""

import csv
from collections import Counter
from datetime import date

import pytest
from sqlalchemy import select

from scheduling.domain.imports import SchoolFile, combine
from scheduling.domain.journal import SYSTEM
from scheduling.domain.years import Region
from scheduling.formats.reading import read_file
from scheduling.models import (
    ClassGroup,
    Enrolment,
    Guardian,
    Guardianship,
    Household,
    Pupil,
    SchoolDay,
    SchoolYear,
    Staff,
    db,
)
from scheduling.samples.traps import TRAPS, write_traps
from scheduling.services import imports, years
from scheduling.services.transaction import transaction
from tests.builders import NOW, a_school, a_year

ON = date(2026, 11, 21)


@pytest.fixture
def year(context):
    a_school()
    return a_year()


def put(year, *names: str):
    outcome = imports.run(year_id=year.id, files=[read(name) for name in names], by=SYSTEM, now=NOW)
    assert outcome.saved
    db.session.expire_all()
    return outcome


def read(name: str) -> SchoolFile:
    trap = next(trap for trap in TRAPS if trap.name == name)
    return read_file(trap.name, trap.content)


@pytest.mark.parametrize("trap", [trap for trap in TRAPS if not trap.beside], ids=lambda trap: trap.name)
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
    wanted = {*range(1, 8), *range(9, 21), *range(27, 32), 44, 46, 47, *range(51, 55)}
    assert {f"T{number:02}" for number in wanted} <= {row["trap_id"] for row in rows}


@pytest.mark.parametrize("trap", [trap for trap in TRAPS if trap.beside], ids=lambda trap: trap.name)
def test_a_trap_of_several_files_is_told_when_they_come_together(trap, year):
    outcome = put(year, *trap.beside, trap.name)
    told = {f"{one.severity.value}:{one.code}" for one in outcome.problems if one.file == trap.name}
    assert told == {expected for _, expected in trap.expected} - {"ok"}


def test_brothers_and_sisters_in_three_classes_are_one_home(year):
    put(year, "T17_leerlingen.csv", "T17_verzorgers.csv")
    assert len(db.session.scalars(select(Guardian)).all()) == 1
    assert {row.pupil_id for row in db.session.scalars(select(Guardianship))} == set(
        db.session.scalars(select(Pupil.id))
    )
    assert len(db.session.scalars(select(Household)).all()) == 1


def test_a_class_name_on_two_locations_is_two_classes(year):
    put(year, "T18_leerlingen.csv")
    assert set(map(tuple, db.session.execute(select(ClassGroup.name, ClassGroup.location)))) == {
        ("1a", "00"),
        ("1a", "01"),
    }


@pytest.mark.parametrize("trap", ["T19", "T20"])
def test_a_guardian_who_teaches_here_is_known_as_both(trap, year):
    put(year, f"{trap}_leerlingen.csv", f"{trap}_personeel.csv", f"{trap}_verzorgers.csv")
    guardian = db.session.scalars(select(Guardian)).one()
    assert guardian.staff_id == db.session.scalars(select(Staff.id).where(Staff.code == "HOF")).one()


def test_the_schools_own_autumn_holiday_takes_the_place_of_the_regions(context):
    a_school()
    with transaction() as session:
        years.put_year(session, "2027-2028", Region.MIDDLE)
    year = db.session.scalars(select(SchoolYear)).one()
    put(year, "T44_kalender.csv")
    autumn = db.session.scalars(select(SchoolDay).where(SchoolDay.label == "herfstvakantie")).all()
    assert [(day.starts_on, day.ends_on) for day in autumn] == [(date(2027, 10, 16), date(2027, 10, 31))]


def test_phone_numbers_of_two_countries_are_kept_as_every_phone_dials_them(year):
    put(year, "T00_leerlingen.csv", "T52_verzorgers.csv")
    phones = set(db.session.scalars(select(Guardian.phone)))
    assert phones == {"+31200000001", "+3220000001"}


def test_a_pupil_in_another_class_is_moved_and_stays_the_same_pupil(year):
    put(year, "T00_leerlingen.csv")
    before = db.session.scalars(select(Pupil.id).where(Pupil.number == "1001")).one()
    outcome = put(year, "T31_leerlingen.csv")
    assert (outcome.counts["pupils"]["changed"], outcome.counts["pupils"]["unchanged"]) == (1, 1)
    row = db.session.scalars(select(Enrolment).where(Enrolment.pupil_id == before)).one()
    assert row.class_group.name == "4"


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
