"""`flask import`, as an operator or a script runs it."""

import json

import pytest

from scheduling.models import Pupil, db
from scheduling.samples.writing import write_sample
from tests.builders import a_school, a_year
from tests.formats.files import guardian, guardians, pupils


@pytest.fixture
def run(app):
    with app.app_context():
        a_school()
        a_year()
    runner = app.test_cli_runner()
    return lambda *arguments: runner.invoke(args=["import", *map(str, arguments)])


def how_many(app):
    with app.app_context():
        return db.session.query(Pupil).count()


def test_a_school_is_imported_from_a_folder_and_a_second_time_changes_nothing(app, run, tmp_path):
    folder = tmp_path / "linde"
    write_sample("linde", folder, year="2027-2028")
    first = run(folder, "--year", "2027-2028", "--json")
    assert first.exit_code == 0, first.output
    document = json.loads(first.stdout)
    assert document["saved"] is True
    assert document["counts"]["pupils"] == {"new": 240, "changed": 0, "unchanged": 0, "left": 0}
    assert document["counts"]["guardians"]["new"] == 262
    assert {problem["severity"] for problem in document["problems"]} == {"warning"}
    second = json.loads(run(folder, "--json").stdout)
    assert {kind: counts["unchanged"] for kind, counts in second["counts"].items()} == {
        "pupils": 240, "guardians": 262, "households": 168, "staff": 20, "classes": 10
    }  # fmt: skip
    assert how_many(app) == 240


def test_an_error_saves_nothing_and_says_where(app, run, tmp_path):
    (tmp_path / "leerlingen.csv").write_bytes(pupils("1;Noor;;Hof;3", ";Bram;;Smit;3"))
    answer = run(tmp_path / "leerlingen.csv", "--json")
    assert answer.exit_code == 1
    document = json.loads(answer.stdout)
    assert document["saved"] is False
    assert document["problems"] == [
        {
            "file": "leerlingen.csv", "row": 3, "column": "Leerlingnummer", "code": "missing", "severity": "error",
            "message": "Hier ontbreekt Leerlingnummer. Vul dit aan.",
        }
    ]  # fmt: skip
    assert how_many(app) == 0


def test_a_person_reads_the_problems_beside_the_counts(run, tmp_path):
    (tmp_path / "a.csv").write_bytes(pupils("1;Noor;;Hof;3"))
    (tmp_path / "b.csv").write_bytes(guardians(guardian(email="")))
    answer = run(tmp_path / "a.csv", tmp_path / "b.csv")
    assert answer.exit_code == 0
    assert "b.csv, rij 2: Er is geen e-mailadres." in answer.stderr
    assert "pupils: {'new': 1" in answer.stdout


def test_a_dry_run_saves_nothing(app, run, tmp_path):
    (tmp_path / "a.csv").write_bytes(pupils("1;Noor;;Hof;3"))
    answer = run(tmp_path / "a.csv", "--dry-run", "--json")
    assert answer.exit_code == 0
    assert json.loads(answer.stdout)["counts"]["pupils"]["new"] == 1
    assert how_many(app) == 0


@pytest.mark.parametrize("arguments", [["nergens.csv"], ["--year", "2040-2041", "."]])
def test_a_refusal_still_prints_its_document(app, run, arguments):
    answer = run(*arguments, "--json")
    assert answer.exit_code == 1
    assert "Traceback" not in answer.output
    document = json.loads(answer.stdout)
    assert document["saved"] is False
    assert document["counts"]["households"] == {"new": 0, "changed": 0, "unchanged": 0, "left": 0}
    assert document["problems"][0]["severity"] == "error"


def test_without_a_path_it_is_wrong_usage(run):
    assert run().exit_code == 2
