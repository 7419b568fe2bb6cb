"""What is the matter with a school file is told once, with every row that has it."""

import pytest

from scheduling.domain.imports import Problem, Severity
from scheduling.wording.changes import SHOWN_ROWS, tell

pytestmark = pytest.mark.usefixtures("context")


def empty_cells(*rows: int) -> list[Problem]:
    return [Problem("leerlingen.csv", row, "Roepnaam", "missing", Severity.ERROR) for row in rows]


@pytest.mark.parametrize(("rows", "where"), [
    ((0,), "heel het bestand"), ((3,), "rij 3, Roepnaam"), ((3, 5, 7), "rijen 3, 5 en 7, Roepnaam"),
    ((3, 3), "rij 3, Roepnaam"),
])  # fmt: skip
def test_one_problem_names_its_rows_once(rows: tuple[int, ...], where: str):
    assert [told.where for told in tell(empty_cells(*rows))] == [where]


def test_a_long_list_of_rows_ends_in_a_count():
    (told,) = tell(empty_cells(*range(2, SHOWN_ROWS + 5)))
    assert told.where.endswith("13 en nog 3, Roepnaam")


@pytest.mark.parametrize(("count", "begins"), [("1", "1 gesprek gaat mee"), ("4", "4 gesprekken gaan mee")])
def test_one_talk_is_one_talk(count: str, begins: str):
    facts = {"count": count, "names": "Sami Yilmaz"}
    touched = Problem("leerlingen.csv", 0, "", "talks_touched", Severity.WARNING, facts)
    (told,) = tell([touched])
    assert told.text.startswith(begins)
