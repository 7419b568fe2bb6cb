"""How long a school file takes: VLIER from its files, beside the same files read bare with the csv module.

    python -m benchmarks.imports [--turns 5] [--database postgresql://…]

Each line is the median of its turns, in seconds; the ratio is to the bare reading.
"""

import argparse
import csv
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app import create_app
from scheduling.domain.imports import SchoolFile
from scheduling.domain.journal import SYSTEM
from scheduling.domain.people import Sector
from scheduling.domain.years import Region
from scheduling.formats.process import paths_in, read_files
from scheduling.formats.reading import read_file
from scheduling.models import db, schema
from scheduling.queries.years import find_year
from scheduling.samples.writing import write_sample
from scheduling.services import imports, setup

NOW = datetime(2027, 8, 20, 8, 0, tzinfo=UTC)
YEAR = "2027-2028"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--database", default="")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        write_sample("vlier", Path(folder) / "vlier", year=YEAR)
        paths = paths_in([Path(folder) / "vlier"])
        measured = _reading(paths, asked.turns) + _saving(Path(folder), paths, asked)
    bare = measured[0][1]
    print(f"{'VLIER: 1,200 pupils, 2,228 rows of guardians':<52}{'seconds':>9}{'ratio':>8}")
    for what, seconds in measured:
        print(f"{what:<52}{seconds:>9.3f}{seconds / bare:>8.1f}")
    megabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    print(f"the reading process takes {megabytes:.0f} MB at most", file=sys.stderr)


def _reading(paths: list[Path], turns: int) -> list[tuple[str, float]]:
    return [
        ("read bare with the csv module", _median(lambda: [_bare(path) for path in paths], turns)),
        ("read and checked", _median(lambda: [read_file(path.name, path.read_bytes()) for path in paths], turns)),
        ("read and checked in a process of its own", _median(lambda: read_files(paths), turns)),
    ]


def _saving(folder: Path, paths: list[Path], asked: Any) -> list[tuple[str, float]]:
    files = read_files(paths)
    database = asked.database or f"sqlite:///{folder / 'bench.sqlite'}"
    app = create_app({
        "DATABASE_URL": database, "INSTANCE_PATH": str(folder / "instance"), "DRIEHOEK_ENV": "development",
        "BASE_URL": "http://localhost", "SECRET_KEY": "a key for the figures only, long enough to be accepted",
    })  # fmt: skip
    with app.app_context():
        schema.upgrade(db.engine)
        setup.set_up(
            school="VLIER", region=Region.SOUTH, sector=Sector.SECONDARY, year=YEAR, email="kantoor@example.org",
            password="een lang wachtwoord", now=NOW,  # noqa: S106 - of a database that lives for a second
        )  # fmt: skip
        measured = [
            ("reckoned without saving (--dry-run)", _median(lambda: _save(files, dry_run=True), asked.turns)),
            ("saved for the first time", _median(lambda: _save(files), 1)),
            ("saved again, nothing changed", _median(lambda: _save(files), asked.turns)),
        ]
        db.session.remove()
        db.engine.dispose()
    return measured


def _save(files: list[SchoolFile], *, dry_run: bool = False) -> None:
    outcome = imports.run(year_id=find_year(YEAR).id, files=files, by=SYSTEM, now=NOW, dry_run=dry_run)
    assert outcome.saved is not dry_run


def _bare(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig", newline="") as source:
        return list(csv.reader(source))


def _median(act: Callable[[], object], turns: int) -> float:
    return statistics.median(_timed(act) for _ in range(turns))


def _timed(act: Callable[[], object]) -> float:
    began = time.perf_counter()
    act()
    return time.perf_counter() - began


if __name__ == "__main__":
    main()
