"""How long a school file takes: VLIER from its files, and 6,000 rows of guardians, beside the csv module alone.

    python -m benchmarks.imports [--turns 5] [--database postgresql://…]

Each line is the median of its turns, in seconds of processor; the ratio is to the bare reading.
"""

import argparse
import csv
import resource
import statistics
import subprocess
import sys
import tempfile
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
from scheduling.samples.schools import GUARDIANS, Writing
from scheduling.samples.writing import write_sample
from scheduling.services import imports, setup

ROWS = 6_000
BARE_ALONE = (
    "import csv, sys\nfor path in sys.argv[1:]: list(csv.reader(open(path, encoding='utf-8-sig', newline='')))\n"
)
READING_ALONE = "import sys; from scheduling.formats.__main__ import main; main(sys.argv[1:])\n"
PEAK = "print([line for line in open('/proc/self/status') if 'VmHWM' in line][0].split()[1], file=sys.stderr)"
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
        school = _reading(paths, asked.turns) + _saving(Path(folder), paths, asked)
        _print("VLIER: 1,200 pupils, 2,228 rows of guardians", school, paths)
        table = _write_guardians(Path(folder))
        _print(
            f"{ROWS:,} rows of guardians, {table.stat().st_size / 1e6:.1f} MB", _reading([table], asked.turns), [table]
        )


def _print(title: str, measured: list[tuple[str, float]], paths: list[Path]) -> None:
    bare = measured[0][1]
    print(f"{title:<52}{'seconds':>9}{'ratio':>8}")
    for what, seconds in measured:
        print(f"{what:<52}{seconds:>9.3f}{seconds / bare:>8.1f}")
    peaks = [_peak(BARE_ALONE, paths), _peak(READING_ALONE, paths)]
    print(f"peak of memory: {peaks[0]:.0f} MB for the csv module alone, {peaks[1]:.0f} MB for the reading process\n")


def _write_guardians(folder: Path) -> Path:
    """Two guardians for each of 3,000 pupils."""
    path = folder / "verzorgers.csv"
    rows = [
        (f"{pupil:06d}", str(place), ("moeder", "vader")[place - 1], "", "A.B.", "van der", f"Voorbeeld{pupil % 500}",
         f"ouder{pupil}.{place}@example.org", "", "J", "N", "J", "Nederlands", "N", "A", "")
        for pupil in range(ROWS // 2) for place in (1, 2)
    ]  # fmt: skip
    path.write_bytes(Writing("utf-8", ";").sheet(GUARDIANS, rows))
    return path


def _peak(program: str, paths: list[Path]) -> float:
    """The most memory that a process of its own took at one moment, in megabytes (on Linux)."""
    command = [sys.executable, "-c", program + PEAK, *map(str, paths)]
    ended = subprocess.run(command, capture_output=True, text=True, check=True)
    return int(ended.stderr.split()[-1]) / 1024


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
    began = _processor()
    act()
    return _processor() - began


def _processor() -> float:
    """The seconds of processor of this process and of those it started, which other work does not lengthen."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


if __name__ == "__main__":
    main()
