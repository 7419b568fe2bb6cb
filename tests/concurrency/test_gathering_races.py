"""The last places of a gathering, and its letters, when several come at the same moment; on both databases."""

import contextlib
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from scheduling.domain.gatherings import Answer, Coming, GatheringFull
from scheduling.domain.mailings import Letter
from scheduling.models import GatheringAnswer, Outbox, db
from scheduling.queries import gathering_guests
from scheduling.services import gatherings
from tests.builders import NOW
from tests.concurrency.test_leaders_race import at_once
from tests.services.test_gatherings import LATER, OFFICE, School


def two_homes_take_the_last_places(app: Flask, monkeypatch: pytest.MonkeyPatch) -> tuple[list[type | None], int]:
    """Three places, and two homes that come with two; both look before either saves, if they can."""
    with app.app_context():
        school = School()
        school.set_up(school.at_three, capacity=3)
        school.invite(school.at_three)
        planned_id, homes = school.at_three, [school.home(school.layla), school.home(school.ruud)]
        db.session.remove()
    looking, look = threading.Barrier(2), gathering_guests.people_coming

    def look_together(*facts, **more):
        seen = look(*facts, **more)
        with contextlib.suppress(threading.BrokenBarrierError):
            looking.wait(timeout=2)
        return seen

    monkeypatch.setattr(gathering_guests, "people_coming", look_together)
    answer = Answer(Coming.YES, adults=2)
    said = at_once(
        app,
        *(
            lambda home=home: gatherings.answer(
                planned_id=planned_id, wisher=home, answer=answer, by=OFFICE, now=LATER
            )
            for home in homes
        ),
    )  # fmt: skip
    with app.app_context():
        people = db.session.scalar(select(func.sum(GatheringAnswer.adults)))
        db.session.remove()
    return said, people


def test_of_two_homes_that_want_the_last_places_one_gets_them(any_app: Flask, monkeypatch: pytest.MonkeyPatch):
    said, people = two_homes_take_the_last_places(any_app, monkeypatch)
    assert sorted(map(str, said)) == sorted(map(str, [None, GatheringFull]))
    assert people == 2


@pytest.mark.postgres
def test_without_holding_the_gathering_more_would_come_than_fit(
    make_app: Callable[..., Flask], postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(gatherings, "lock", lambda *_held: None)
    said, people = two_homes_take_the_last_places(make_app(DATABASE_URL=postgres_url), monkeypatch)
    assert (said, people) == ([None, None], 4)


def test_two_workers_at_once_invite_everybody_once(any_app: Flask):
    with any_app.app_context():
        school = School()
        gatherings.invite(planned_ids=[school.at_three, school.at_four], by=OFFICE, now=NOW)
        db.session.remove()
    assert at_once(any_app, lambda: gatherings.tell(NOW), lambda: gatherings.tell(NOW)) == [None, None]
    with any_app.app_context():
        rows = db.session.scalars(select(Outbox.address).where(Outbox.letter == Letter.GATHERING)).all()
        db.session.remove()
    assert len(rows) == 6
