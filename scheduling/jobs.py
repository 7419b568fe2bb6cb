"""Background work: what is due is a row in our own database, and whoever comes first does it.

`jobs drain` does everything that is due now and stops; `worker` does the same each second until it is told to stop.
Several of them, on several machines, share the work and never do it twice.
"""

import json
import signal
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import click
from flask import Flask, current_app
from flask.cli import with_appcontext

from scheduling.mail.delivery import deliver_due, way_of
from scheduling.services import (
    class_tasks,
    consults,
    gatherings,
    housekeeping,
    informal_meetings,
    plan_calendars,
    rosters,
    swaps,
    waiting,
)

PAUSE = 1.0
PAUSE_AFTER_A_STUMBLE = 10.0
TIDY_EVERY = 60.0
Clock = Callable[[], datetime]


def init_app(app: Flask) -> None:
    """Hang the commands on `flask --app app`."""
    app.cli.add_command(jobs)
    app.cli.add_command(worker)


@click.group()
def jobs() -> None:
    """Background work, in the foreground."""


@jobs.command("drain")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document, and nothing else.")
@with_appcontext
def drain_command(as_json: bool) -> None:
    """Do everything that is due now, with or without a worker elsewhere, and tell what became of it."""
    done = drain()
    if as_json:
        click.echo(json.dumps(done, indent=2))
    else:
        for name, count in done.items():
            click.echo(f"{name}: {count}")


@click.command()
@with_appcontext
def worker() -> None:
    """Do what is due, each second, until told to stop (SIGTERM or SIGINT); the letter in hand is finished first."""
    told = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: told.set())
    solving = threading.Thread(target=_solve_until, args=(_app(), told), daemon=True)
    solving.start()
    tidied_at = -TIDY_EVERY
    while not told.is_set():
        try:
            if time.monotonic() - tidied_at >= TIDY_EVERY:
                tidied_at = time.monotonic()
                housekeeping.tidy(_now())
                waiting.look_again(_now())
                _follow(_now())
            swaps.look_again(_now())
            deliver_due(way_of(_app()), _now, stopping=told.is_set, patient=False)
        except Exception as error:  # the database may be away for a moment: a worker waits, it does not die
            _app().logger.error("worker stumbled", exc_info=error)
            told.wait(PAUSE_AFTER_A_STUMBLE)
        told.wait(PAUSE)


def drain(now: datetime | None = None) -> dict[str, int]:
    """Everything that is due: housekeeping, swaps, letters, rosters. `now` (for tests) is when it starts."""
    clock = _clock_from(now)
    tidied = housekeeping.tidy(clock())
    looked = swaps.look_again(clock())
    offered = waiting.look_again(clock())
    _follow(clock())
    tally = deliver_due(way_of(_app()), clock)
    made = rosters.run_requested(worker=way_of(_app()).worker, clock=clock)
    return tally.as_dict() | {"rosters": made, "tidied": tidied, "swaps": looked, "offers": offered}


def _follow(now: datetime) -> None:
    """Letters and calendars follow what changed, whoever changed it and how."""
    gatherings.tell(now)
    class_tasks.tell(now)
    informal_meetings.tell(now)
    plan_calendars.tell(now)
    consults.end_over(now)


def _solve_until(app: Flask, told: threading.Event) -> None:
    """Rosters take minutes, and a cancellation never waits for one: they have a thread of their own."""
    with app.app_context():
        worker = way_of(app).worker
        while not told.wait(PAUSE):
            try:
                rosters.run_requested(worker=worker, clock=_now)
            except Exception as error:  # as above: the next turn may go better
                app.logger.error("worker stumbled", exc_info=error)
                told.wait(PAUSE_AFTER_A_STUMBLE)


def _app() -> Flask:
    return current_app._get_current_object()  # type: ignore[attr-defined,no-any-return]


def _now() -> datetime:
    return datetime.now(UTC)


def _clock_from(start: datetime | None) -> Clock:
    """The clock on the wall, or one that begins at another moment and runs on."""
    if start is None:
        return _now
    begun = time.monotonic()
    return lambda: start + timedelta(seconds=time.monotonic() - begun)
