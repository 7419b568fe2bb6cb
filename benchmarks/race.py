"""200 parents press for 30 times at the same moment, on a real server of four processes.

    python -m benchmarks.race [--parents 200] [--slots 30] [--database postgresql+psycopg://…] [--without-guard]

The database named must be empty; without one a SQLite file is made. `--without-guard` serves the twin that takes slots
without asking whether they are still free: it shows that the race is a race.
"""

import argparse
import logging
import statistics
import tempfile
from pathlib import Path

from app import create_app
from scheduling.domain.rounds import LIVE
from scheduling.models import Booking, db, schema
from tests.concurrency import race


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--parents", type=int, default=200)
    options.add_argument("--slots", type=int, default=30)
    options.add_argument("--database", default="")
    options.add_argument("--without-guard", action="store_true")
    given = options.parse_args()
    logging.disable(logging.INFO)
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            {
                "INSTANCE_PATH": folder, "DATABASE_URL": given.database or f"sqlite:///{folder}/race.sqlite",
                "SECRET_KEY": "a key for measuring only, long enough for anyone", "BASE_URL": "http://127.0.0.1",
                "DRIEHOEK_ENV": "production",
            }
        )  # fmt: skip
        with app.app_context():
            schema.upgrade(db.engine)
        start = race.line_up(app, parents=given.parents, slots=given.slots)
        module = "tests.concurrency.server_without_guard" if given.without_guard else "tests.concurrency.server"
        with race.serving(app, Path(folder), module) as port:
            answers = race.run(port, start)
        with app.app_context():
            live = db.session.query(Booking).filter(Booking.status.in_(LIVE)).count()
            engine = db.engine.dialect.name
    seconds = sorted(answer.seconds for answer in answers)
    statuses = [answer.status for answer in answers]
    print(
        "| database | guard | parents | times | told yes | told no (409) | other | talks | median s | p95 s | max s |"
    )
    print("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|")
    print(
        f"| {engine} | {'off' if given.without_guard else 'on'} | {given.parents} | {given.slots} "
        f"| {statuses.count(303)} | {statuses.count(409)} | {sum(s not in (303, 409) for s in statuses)} | {live} "
        f"| {statistics.median(seconds):.2f} | {seconds[int(len(seconds) * 0.95)]:.2f} | {seconds[-1]:.2f} |"
    )


if __name__ == "__main__":
    main()
