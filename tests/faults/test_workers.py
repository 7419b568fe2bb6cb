"""A worker dies in the middle of a batch, or two work on it at once: no family gets a letter twice, none is forgotten.

Each has a twin with a careless worker that must fail: it shows that the test would see the fault.
"""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from scheduling.domain.journal import SYSTEM
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.models import Outbox, db
from scheduling.services import mailings
from tests.builders import NOW, a_booking, a_class, a_guardian, a_leader, a_pupil, a_round, a_school, a_year, some_slots
from tests.mail.relays import LocalRelay

pytestmark = pytest.mark.alone

LETTERS = 40
KILLED_AT = {"recipient": (3,), "dot": (8, 22)}
"""The worker dies when it names the so many-th recipient, or when the relay has the so many-th letter and says so."""

HOME = Path(__file__).parents[2]


@pytest.fixture
def relay() -> Iterator[LocalRelay]:
    with LocalRelay() as relay:
        yield relay


@pytest.fixture
def batch(any_app: Flask) -> Flask:
    """A class of forty, all invited."""
    with any_app.app_context():
        a_school()
        a_year()
        anna = a_leader("anna")
        three = a_class("3", leaders=[anna])
        start = a_round(classes=[three])
        for number, slot in enumerate(some_slots(start, anna, count=LETTERS)):
            pupil = a_pupil(f"Kind {number}", three)
            a_guardian(f"ouder{number}", pupil, email=f"ouder{number}@ouders.example.org")
            a_booking(start, pupil, slot)
        mailings.send(round_id=start.id, letter=Letter.INVITATION, by=SYSTEM, now=NOW)
        db.session.remove()
    return any_app


@pytest.fixture
def start(batch: Flask, relay: LocalRelay, tmp_path: Path) -> Iterator[Callable[..., subprocess.Popen[bytes]]]:
    """Start a worker of a kind at a moment; all that still run are stopped at the end."""
    running = []

    def run(kind: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.faults.workers", kind, NOW.isoformat()]
        running.append(subprocess.Popen(command, cwd=HOME, env=os.environ | settings_of(batch, relay, tmp_path)))
        return running[-1]

    yield run
    for process in running:
        process.kill()
        process.wait()


def letters(app: Flask) -> Counter[OutboxState]:
    with app.app_context():
        return Counter(row.state for row in db.session.query(Outbox))


def run_until_done(kind: str, relay: LocalRelay, start: Callable[..., subprocess.Popen[bytes]]) -> int:
    """Start workers one after the other until one lives to the end; how many died."""
    for turn in range(20):
        process = start(kind)
        relay.mailroom.victim = process.pid
        if process.wait(timeout=120) == 0:
            return turn
        assert process.returncode == -signal.SIGKILL
    raise AssertionError("no worker lived to the end")


@pytest.mark.slow
def test_a_worker_that_is_killed_sends_nothing_twice_and_forgets_nothing(
    batch: Flask, relay: LocalRelay, start: Callable[..., subprocess.Popen[bytes]]
) -> None:
    relay.mailroom.killed_at = dict(KILLED_AT)
    killed = run_until_done("careful", relay, start)
    arrived, states = Counter(relay.mailroom.addresses), letters(batch)
    assert killed == 3
    assert max(arrived.values()) == 1
    assert len(arrived) == LETTERS
    assert states[OutboxState.UNCERTAIN] == len(KILLED_AT["dot"]) <= killed
    assert states == {OutboxState.SENT: LETTERS - 2, OutboxState.UNCERTAIN: 2}


@pytest.mark.slow
def test_the_twin_that_marks_after_sending_sends_twice(
    batch: Flask, relay: LocalRelay, start: Callable[..., subprocess.Popen[bytes]]
) -> None:
    relay.mailroom.killed_at = {"dot": KILLED_AT["dot"][:1]}
    run_until_done("careless", relay, start)
    assert max(Counter(relay.mailroom.addresses).values()) > 1


@pytest.mark.slow
def test_two_workers_share_a_batch_and_send_no_letter_twice(
    batch: Flask, relay: LocalRelay, start: Callable[..., subprocess.Popen[bytes]]
) -> None:
    workers = [start("careful") for _ in range(2)]
    assert [worker.wait(timeout=120) for worker in workers] == [0, 0]
    assert Counter(relay.mailroom.addresses) == {f"ouder{n}@ouders.example.org": 1 for n in range(LETTERS)}
    assert letters(batch) == {OutboxState.SENT: LETTERS}


@pytest.mark.slow
def test_the_twins_that_claim_nothing_send_twice(
    batch: Flask, relay: LocalRelay, start: Callable[..., subprocess.Popen[bytes]]
) -> None:
    relay.mailroom.wait_for = 2
    workers = [start("careless") for _ in range(2)]
    for worker in workers:
        worker.wait(timeout=120)
    assert max(Counter(relay.mailroom.addresses).values()) > 1


@pytest.mark.slow
def test_a_worker_that_is_told_to_stop_finishes_its_letter_and_gives_back_the_others(
    app: Flask, relay: LocalRelay, tmp_path: Path
) -> None:
    """The real command, with its own clock: the talk lies a month ahead of today."""
    with app.app_context():
        a_small_batch(datetime.now(UTC) + timedelta(days=30))
    relay.mailroom.at_data = lambda _to: time.sleep(0.05)
    process = subprocess.Popen(
        [sys.executable, "-m", "flask", "--app", "app", "worker"], cwd=HOME,
        env=os.environ | settings_of(app, relay, tmp_path),
    )  # fmt: skip
    try:
        wait_until(lambda: len(relay.mailroom.accepted) >= 3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=60) == 0
    finally:
        process.kill()
        process.wait()
    states = letters(app)
    assert set(states) <= {OutboxState.SENT, OutboxState.QUEUED}
    assert states[OutboxState.SENT] == len(relay.mailroom.accepted) == len(set(relay.mailroom.addresses))
    assert states.total() == 30


def wait_until(happened: Callable[[], bool]) -> None:
    for _ in range(1200):
        if happened():
            return
        time.sleep(0.05)
    raise AssertionError("it did not happen within a minute")


def settings_of(app: Flask, relay: LocalRelay, folder: Path) -> dict[str, str]:
    return {
        "DATABASE_URL": app.config["DATABASE_URL"], "INSTANCE_PATH": str(folder / "worker"), "SECRET_KEY": "k" * 40,
        "BASE_URL": "http://localhost", "MAIL_SERVER": "127.0.0.1", "MAIL_PORT": str(relay.port),
        "MAIL_CONNECTIONS": "2", "MAIL_DEFAULT_SENDER": "De Linde <kantoor@linde.example.org>",
    }  # fmt: skip


def a_small_batch(first: datetime) -> None:
    """Thirty talks from this moment on, all invited."""
    a_school()
    a_year()
    anna = a_leader("anna")
    three = a_class("3", leaders=[anna])
    start = a_round(classes=[three])
    for number, slot in enumerate(some_slots(start, anna, count=30, first=first)):
        pupil = a_pupil(f"Kind {number}", three)
        a_guardian(f"ouder{number}", pupil, email=f"ouder{number}@ouders.example.org")
        a_booking(start, pupil, slot)
    mailings.send(round_id=start.id, letter=Letter.INVITATION, by=SYSTEM, now=datetime.now(UTC))
    db.session.remove()
