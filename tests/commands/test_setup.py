"""`flask setup`, as an operator or a script runs it."""

import json

from flask import Flask

from scheduling.queries.school import find_school

WISHES = ["setup", "--school", "De Linde", "--region", "NL-MI", "--email", "kantoor@linde.example.org"]
PASSWORD = ["--password", "een lang wachtwoord"]


def test_setup_says_what_there_is_now(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=[*WISHES, *PASSWORD, "--year", "2027-2028", "--sector", "vo"])
    assert answer.exit_code == 0, answer.output
    assert "De Linde (vo, NL-MI)" in answer.stdout
    assert "2027-2028" in answer.stdout
    assert answer.stderr == ""


def test_setup_prints_one_json_document(app: Flask) -> None:
    runner = app.test_cli_runner()
    asked = [*WISHES, *PASSWORD, "--year", "2027-2028", "--json"]
    first, second = (json.loads(runner.invoke(args=asked).stdout) for _ in range(2))
    assert first == second
    assert first["year"] == "2027-2028"
    assert (first["starts_on"], first["ends_on"], first["sector"]) == ("2027-08-01", "2028-07-31", "po")


def test_a_refused_setup_is_one_sentence_and_changes_nothing(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=[*WISHES, "--password", "kort", "--json"])
    assert answer.exit_code == 1
    assert "te kort" in json.loads(answer.stdout)["error"]
    assert answer.stderr.count("\n") == 1
    assert "Traceback" not in answer.output
    with app.app_context():
        assert find_school() is None


def test_an_unknown_region_is_wrong_usage(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["setup", "--school", "De Linde", "--region", "mars"])
    assert answer.exit_code == 2


def test_help_is_there(app: Flask) -> None:
    answer = app.test_cli_runner().invoke(args=["setup", "--help"])
    assert answer.exit_code == 0
    assert "--region" in answer.stdout
