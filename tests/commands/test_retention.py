"""`retention run`: what an operator may count on."""

import json

import pytest
import time_machine
from flask import Flask
from sqlalchemy import func, select

from scheduling.models import Booking, JournalLine, Round, db
from scheduling.services.retention import KINDS
from tests.builders import NOW
from tests.worlds import a_world

TWO_YEARS = "2029-08-01T04:00:00+00:00"


@pytest.fixture
def school(any_app: Flask) -> Flask:
    with any_app.app_context():
        a_world()
        db.session.remove()
    return any_app


def run(app: Flask, *words: str) -> dict:
    answer = app.test_cli_runner().invoke(args=["retention", "run", "--json", *words])
    assert answer.exit_code == 0, answer.output
    return json.loads(answer.stdout)


def talks(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Booking))


def test_a_dry_run_says_what_would_go_and_clears_nothing(school):
    with time_machine.travel(TWO_YEARS, tick=False):
        foreseen = run(school, "--dry-run")
        assert foreseen["dry_run"] is True
        assert foreseen["cleared"]["talks"] == 4
        assert talks(school) == 4
        done = run(school)
        assert done["cleared"] == foreseen["cleared"]
        assert set(done["cleared"]) == set(KINDS)
        assert talks(school) == 0
        assert set(run(school)["cleared"].values()) == {0}


def test_in_a_running_year_nothing_goes(school):
    with time_machine.travel(NOW, tick=False):
        assert set(run(school)["cleared"].values()) == {0}


def test_without_json_it_is_one_line_per_kind(school):
    with time_machine.travel(TWO_YEARS, tick=False):
        answer = school.test_cli_runner().invoke(args=["retention", "run"])
    assert "talks: 4" in answer.stdout.splitlines()
    with school.app_context():
        assert db.session.scalar(select(func.count()).select_from(Round)) == 0
        lines = db.session.scalars(select(JournalLine).where(JournalLine.action == "retention.clear")).all()
        assert sum(line.facts.get("talks", 0) for line in lines) == 4
        assert all(type(value) is int for line in lines for value in line.facts.values())
