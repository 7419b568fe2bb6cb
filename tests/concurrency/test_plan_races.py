"""A family says yes while the mentor changes the agreement, and two workers tell of it at once; on both databases."""

import contextlib
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import select

from scheduling.domain.mailings import Letter
from scheduling.domain.plans import AgreedMoment
from scheduling.models import Outbox, PlanMoment, db
from scheduling.queries import plans as reading
from scheduling.services import plan_calendars, plans
from tests.builders import NOW
from tests.concurrency.test_leaders_race import at_once
from tests.services.test_plan_moments import AFTER_REPORT, ON_TUESDAY
from tests.services.test_plans import CALL, Scene

TUESDAY = AgreedMoment(ON_TUESDAY, CALL)


def a_yes_meets_a_change(app: Flask, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Both look before either writes, if they can. Does a moment stand that the family did not say yes to?"""
    with app.app_context():
        scene = Scene()
        plan = scene.agree(CALL, moments=(TUESDAY,))
        db.session.remove()
    looking, look = threading.Barrier(2), reading.plans_of

    def look_together(*asked, **more):
        seen = look(*asked, **more)
        with contextlib.suppress(threading.BrokenBarrierError):
            looking.wait(timeout=2)
        return seen

    monkeypatch.setattr(reading, "plans_of", look_together)
    at_once(
        app,
        lambda: scene.says_yes(plan, seen=1),
        lambda: scene.agree(CALL, seen=1, moments=(AgreedMoment(AFTER_REPORT, CALL),)),
    )
    monkeypatch.setattr(reading, "plans_of", look)
    with app.app_context():
        [row] = db.session.scalars(select(PlanMoment))
        changed = scene.version(plan) == 2
        stands = row.stands
        db.session.remove()
    return changed and stands


def test_a_yes_to_what_just_changed_puts_nothing_in_calendars(any_app: Flask, monkeypatch: pytest.MonkeyPatch):
    assert a_yes_meets_a_change(any_app, monkeypatch) is False


@pytest.mark.postgres
def test_without_holding_the_pupil_it_would(
    make_app: Callable[..., Flask], postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(plans, "lock", lambda *_held: None)
    assert a_yes_meets_a_change(make_app(DATABASE_URL=postgres_url), monkeypatch) is True


def test_two_workers_at_once_tell_everybody_once(any_app: Flask):
    with any_app.app_context():
        scene = Scene()
        scene.says_yes(scene.agree(CALL, moments=(TUESDAY,)))
        db.session.remove()
    assert at_once(any_app, lambda: plan_calendars.tell(NOW), lambda: plan_calendars.tell(NOW)) == [None, None]
    with any_app.app_context():
        rows = db.session.scalars(select(Outbox.address).where(Outbox.letter == Letter.PLAN_DATES)).all()
        db.session.remove()
    assert len(rows) == 1
