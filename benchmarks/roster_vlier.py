"""How long the start roster of a whole school takes: VLIER, 1,200 pupils in 48 classes.

`python -m benchmarks.roster_vlier` prints the table: seconds on the clock and of the processor (of our own process).
"""

import resource
import secrets
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from flask import Flask

from app import create_app
from scheduling.domain.journal import SYSTEM
from scheduling.domain.people import Sector
from scheduling.domain.years import Region
from scheduling.formats.process import paths_in, read_files
from scheduling.models import db, schema
from scheduling.queries import rosters as roster_queries
from scheduling.queries import rounds as round_queries
from scheduling.queries.snapshots import take_snapshot
from scheduling.queries.years import find_year
from scheduling.samples.writing import write_sample
from scheduling.services import imports, rosters, rounds, setup

YEAR = "2027-2028"
NOW = datetime(2027, 8, 16, 8, 0, tzinfo=UTC)
Result = TypeVar("Result")
LINES: list[tuple[str, str]] = []


def timed(what: str, act: Callable[[], Result]) -> Result:
    begun, worked = time.perf_counter(), time.process_time()
    result = act()
    LINES.append((what, f"{time.perf_counter() - begun:.2f} s ({time.process_time() - worked:.2f} s)"))
    return result


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(
            {
                "INSTANCE_PATH": folder, "DATABASE_URL": f"sqlite:///{folder}/vlier.sqlite",
                "SECRET_KEY": "for this measurement only, nothing else", "DRIEHOEK_ENV": "development",
            }
        )  # fmt: skip
        with app.app_context():
            measure(app, Path(folder))
    width = max(len(what) for what, _ in LINES)
    for what, figure in LINES:
        print(f"| {what:<{width}} | {figure:>10} |")


def measure(app: Flask, folder: Path) -> None:
    schema.upgrade(db.engine)
    setup.set_up(
        school="Vlierhof College", region=Region.SOUTH, email="kantoor@vlierhof.example.org",
        password=secrets.token_hex(), sector=Sector.SECONDARY, year=YEAR, now=NOW,
    )  # fmt: skip
    write_sample("vlier", folder / "files", year=YEAR)
    files = read_files(paths_in([folder / "files"]))
    imports.run(year_id=find_year(YEAR).id, files=files, by=SYSTEM, now=NOW)
    hours = timed("read the file with the leaders' times", lambda: rounds.read_hours(folder / "files/availability.csv"))
    made = timed("make the round", lambda: rounds.create(plan=rounds.Plan("Start"), hours=hours, by=SYSTEM, now=NOW))
    snapshot = timed("take the snapshot", lambda: take_snapshot(made.id, now=NOW))
    version_id = rosters.request(round_id=made.id, by=SYSTEM, now=NOW)
    timed("make the draft", lambda: rosters.run_one(version_id=version_id, worker="here", clock=lambda: NOW))
    version = roster_queries.version_by_id(version_id)
    done = timed("publish", lambda: rosters.publish(round_id=made.id, by=SYSTEM, now=NOW))
    timed("the round's page: its questions", lambda: round_queries.overview(made.id, NOW))
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    LINES.extend(
        [
            ("talks, leaders, slots", f"{len(snapshot.talks)}, {len(done.published)}, {made.slots}"),
            ("placed", str(version.placed)),
            ("score, proven bound", f"{version.score['objective']}, {version.bound['objective']} ({version.proof})"),
            ("siblings that adjoin", f"{version.score['sibling_pairs_adjacent']} of {version.score['sibling_pairs']}"),
            ("processor and memory of the optimiser", f"{children.ru_utime:.1f} s, {children.ru_maxrss / 1024:.0f} MB"),
        ]
    )


if __name__ == "__main__":
    main()
