"""The last place on a list of helpers, when two parents sign up at the same moment; on both databases."""

import contextlib
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from scheduling.domain.class_tasks import TaskFull
from scheduling.models import ClassTaskHelper, db
from scheduling.services import class_tasks
from tests.builders import NOW
from tests.concurrency.test_leaders_race import at_once
from tests.services.test_class_tasks import a_trip
from tests.services.test_gathering_topics import parent
from tests.services.test_gatherings import School


def two_parents_take_the_last_place(app: Flask, monkeypatch: pytest.MonkeyPatch) -> tuple[list[type | None], int]:
    """One helper is asked; both look before either saves, if they can."""
    with app.app_context():
        school = School()
        task = a_trip(school)
        people = [parent(school.layla), parent(school.ruud)]
        db.session.remove()
    looking, look = threading.Barrier(2), class_tasks._count

    def look_together(*facts):
        seen = look(*facts)
        with contextlib.suppress(threading.BrokenBarrierError):
            looking.wait(timeout=2)
        return seen

    monkeypatch.setattr(class_tasks, "_count", look_together)
    said = at_once(app, *(lambda by=by: class_tasks.sign_up(task_id=task, by=by, now=NOW) for by in people))
    with app.app_context():
        helpers = db.session.scalar(select(func.count()).select_from(ClassTaskHelper))
        db.session.remove()
    return said, helpers


def test_of_two_parents_who_want_the_last_place_one_gets_it(any_app: Flask, monkeypatch: pytest.MonkeyPatch):
    said, helpers = two_parents_take_the_last_place(any_app, monkeypatch)
    assert sorted(map(str, said)) == sorted(map(str, [None, TaskFull]))
    assert helpers == 1


@pytest.mark.postgres
def test_without_holding_the_task_more_would_help_than_asked(
    make_app: Callable[..., Flask], postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(class_tasks, "lock", lambda *_held: None)
    said, helpers = two_parents_take_the_last_place(make_app(DATABASE_URL=postgres_url), monkeypatch)
    assert (said, helpers) == ([None, None], 2)
