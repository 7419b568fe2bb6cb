"""200 parents race for 30 times on a real server of several processes, on both databases."""

from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import func, select, text

from scheduling.domain.rounds import LIVE
from scheduling.models import Booking, JournalLine, Outbox, Slot, db
from tests.concurrency import race

PARENTS, SLOTS = 200, 30


pytestmark = pytest.mark.alone


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_exactly_as_many_parents_win_as_there_are_times_and_all_others_read_what_is_left(
    any_app: Flask, tmp_path: Path
):
    """T36."""
    start = race.line_up(any_app, parents=PARENTS, slots=SLOTS)
    with race.serving(any_app, tmp_path) as port:
        answers = race.run(port, start)
    won = [answer for answer in answers if answer.status == 303]
    lost = [answer for answer in answers if answer.status == 409]
    assert (len(won), len(lost)) == (SLOTS, PARENTS - SLOTS), sorted({answer.status for answer in answers})
    for answer in lost:
        assert "net gekozen door iemand anders" in answer.page
        assert "Er is niets veranderd. U hebt nog geen tijd." in answer.page
    with any_app.app_context():
        assert live_talks() == SLOTS
        held = select(func.count(Slot.booking_id.distinct()))
        assert db.session.scalar(held) == SLOTS
        assert db.session.scalar(select(func.count()).select_from(Outbox)) == SLOTS
        taken = select(func.count()).select_from(JournalLine).where(JournalLine.action == "bookings.take")
        assert db.session.scalar(taken) == SLOTS
        if db.engine.dialect.name == "sqlite":
            assert db.session.scalar(text("PRAGMA integrity_check")) == "ok"


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_twin_without_the_guard_overbooks_so_this_race_can_see_it(any_app: Flask, tmp_path: Path):
    start = race.line_up(any_app, parents=60, slots=10)
    with race.serving(any_app, tmp_path, "tests.concurrency.server_without_guard") as port:
        answers = race.run(port, start)
    assert sum(1 for answer in answers if answer.status == 303) > 10
    with any_app.app_context():
        assert live_talks() > 10


def live_talks() -> int:
    return db.session.scalar(select(func.count()).select_from(Booking).where(Booking.status.in_(LIVE))) or 0
