"""The page about all formats says what the program does: no row that the code does not hold, and none left out."""

import re
from pathlib import Path

import pytest

from scheduling.domain.imports import EDEXML, ICALENDAR
from scheduling.formats.reading import LAYOUTS, read_file
from scheduling.samples.exports import EXPORTS, Told
from scheduling.samples.small_schools import SYSTEMS
from scheduling.samples.system_traps import TRAPS, systems_of

HOME = Path(__file__).parents[2]
PAGE = (HOME / "docs" / "formats.md").read_text(encoding="utf-8")
OF_THE_IMPORT = {*range(1, 21), *range(27, 32), 44, 46, 47, *range(51, 55)}
"""The traps that a school file can set, or that follow from one."""

TICKED = {
    "nummers": Told.NUMBERS, "geboortedatums": Told.BIRTH_DATES, "huizen": Told.HOMES, "leiders": Told.LEADERS,
    "kalender": Told.CALENDAR, "lessen": Told.LESSONS, "contactouders": Told.CONTACT_PARENTS,
}  # fmt: skip
PARENTS = {"allen": Told.GUARDIANS, "adressen": Told.ADDRESSES, "adres van één": Told.FIRST_GUARDIAN}


def table(title):
    """The rows of the table whose header begins with this word, as dictionaries."""
    lines = PAGE.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith(f"| {title} |"))
    rows = []
    for line in lines[start:]:
        if not line.startswith("|"):
            break
        rows.append([cell.strip() for cell in line.strip("|").split("|")])
    return [dict(zip(rows[0], row, strict=True)) for row in rows[2:]]


HEADERS = [(row["indeling"].strip("`"), row["kop"].strip("`")) for row in table("indeling")]


def matrix():
    """Per trap of the big table the systems with a tick."""
    lines = PAGE[PAGE.index("## Indeling × valkuil") :].splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("|")]
    systems = rows[0][2:]
    return {
        row[0].split()[0]: [system for system, cell in zip(systems, row[2:], strict=True) if cell == "✓"]
        for row in rows[2:]
        if len(row) == len(rows[0])
    }


def test_the_page_lists_every_layout_that_is_read_and_no_other():
    names = [name for name, _ in HEADERS]
    assert len(names) == len(set(names))
    assert set(names) == {layout.name for layout in LAYOUTS} | {EDEXML, ICALENDAR}


@pytest.mark.parametrize(("name", "header"), HEADERS, ids=lambda cell: cell[:20])
def test_a_header_on_the_page_is_known_for_what_the_page_says(name, header):
    end = "END:VCALENDAR" if header.startswith("BEGIN:") else ""
    assert read_file("x", f"{header}\r\n{end}".encode()).layout == name


def test_the_page_says_of_every_system_what_it_tells_of_which_school():
    said = {}
    for row in table("`--layout`"):
        told = {TICKED[title] for title in TICKED if row[title] == "✓"}
        told |= {PARENTS[row["ouders"]]} if row["ouders"] else set()
        said |= {(school, row["`--layout`"]): told for school in row["scholen"].split(", ")}
    assert said == {(school, name): set(one.tells) for school, all_ in EXPORTS.items() for name, one in all_.items()}


def test_the_matrix_ticks_every_trap_where_a_file_sets_it_and_nowhere_else():
    assert matrix() == {trap: systems_of(trap) for trap in TRAPS}
    assert {system for systems in matrix().values() for system in systems} == set(SYSTEMS)


def test_every_trap_of_the_import_is_on_the_page_with_a_test_that_is_there():
    elsewhere = dict(re.findall(r"^\| (T\d\d) [^|]*\|[^|]*\| `([^`]+)` \|$", PAGE, re.MULTILINE))
    assert {f"T{number:02}" for number in OF_THE_IMPORT} == TRAPS.keys() | elsewhere.keys()
    assert not TRAPS.keys() & elsewhere.keys()
    for named in elsewhere.values():
        path, _, test = named.partition("::")
        assert f"def {test}(" in (HOME / path).read_text(encoding="utf-8")
