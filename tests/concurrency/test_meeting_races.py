"""The two mentors of a class agree with one proposed meeting at the same moment; on both databases."""

import contextlib
import threading
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from scheduling.domain.contact_parents import Reach
from scheduling.domain.informal_meetings import MeetingAnswered
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import ClassLeader, PlannedDate, db
from scheduling.services import contact_parents, informal_meetings
from tests.builders import NOW
from tests.concurrency.test_leaders_race import at_once
from tests.services.test_informal_meetings import layla, propose
from tests.worlds import a_world


def two_mentors_agree(app: Flask, monkeypatch: pytest.MonkeyPatch) -> tuple[list[type | None], int]:
    """Both read that it waits before either answers, if they can."""
    with app.app_context():
        world = a_world()
        contact_parents.say_yes(class_id=world.three.id, shown_as="Layla", reach=Reach.FORM, by=layla(world), now=NOW)
        db.session.add(ClassLeader(class_id=world.three.id, staff_id=world.karin.id, position=2))
        db.session.commit()
        made = propose(world)
        mentors = [Actor(ActorKind.STAFF, one.id) for one in (world.bas, world.karin)]
        db.session.remove()
    looking, look = threading.Barrier(2), informal_meetings._ensure_leads

    def look_together(*facts):
        look(*facts)
        with contextlib.suppress(threading.BrokenBarrierError):
            looking.wait(timeout=2)

    monkeypatch.setattr(informal_meetings, "_ensure_leads", look_together)
    acts = (lambda by=by: informal_meetings.agree(proposal_id=made, sure=True, by=by, now=NOW) for by in mentors)
    said = at_once(app, *acts)
    meetings = select(func.count()).where(PlannedDate.kind == PlannedKind.INFORMAL_MEETING)
    with app.app_context():
        planned = db.session.scalar(meetings)
        db.session.remove()
    return said, planned


def test_of_two_mentors_who_agree_at_once_one_does_and_it_stands_in_the_plan_once(
    any_app: Flask, monkeypatch: pytest.MonkeyPatch
):
    said, planned = two_mentors_agree(any_app, monkeypatch)
    assert sorted(map(str, said)) == sorted(map(str, [None, MeetingAnswered]))
    assert planned == 1


@pytest.mark.postgres
def test_without_holding_the_proposal_it_would_stand_in_the_plan_twice(
    make_app: Callable[..., Flask], postgres_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(informal_meetings, "lock", lambda *_held: None)
    said, planned = two_mentors_agree(make_app(DATABASE_URL=postgres_url), monkeypatch)
    assert (said, planned) == ([None, None], 2)
