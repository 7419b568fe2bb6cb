"""Writes a sample school: `python -m scheduling.samples linde|vlier|mbo|beuk FOLDER [--year 2027-2028]`.

With `--layout` as one system hands it over, for example `--layout zermelo`; `--layout all` writes every layout of the
school, each in a folder of its own, and in `traps/` every trap in the layout of every system that can carry it.
With `--moved-up` the people of the year before, a group further: for trying out the change of the school year (linde).
"""

import argparse
import sys
from pathlib import Path

from scheduling.domain.years import UnknownYear
from scheduling.samples.exports import EXPORTS
from scheduling.samples.writing import MOVED_UP, SCHOOLS, write_export, write_sample, write_system_traps

DEFAULT_YEAR = "2027-2028"
ALL = "all"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(
        prog="python -m scheduling.samples", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("school", choices=sorted(SCHOOLS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--year", default=DEFAULT_YEAR)
    parser.add_argument("--layout", help="; ".join(f"{name}: {', '.join(EXPORTS[name])}" for name in EXPORTS))
    parser.add_argument("--moved-up", action="store_true", help="the people of the year before, a year on (linde)")
    asked = parser.parse_args(arguments)
    if asked.moved_up and (asked.school not in MOVED_UP or asked.layout):
        parser.error(f"--moved-up is there for {', '.join(MOVED_UP)}, without --layout")
    known = EXPORTS[asked.school]
    if asked.layout not in (None, ALL, *known):
        parser.error(f"{asked.school} has no layout {asked.layout}; it has {', '.join(known)}")
    try:
        paths = _write(asked.school, asked.folder, asked.layout, asked.year, moved_up=asked.moved_up)
    except UnknownYear:
        sys.stderr.write("A school year is written as two years that follow each other: 2027-2028.\n")
        return 2
    sys.stdout.writelines(f"{path}\n" for path in paths)
    return 0


def _write(school: str, folder: Path, layout: str | None, year: str, *, moved_up: bool) -> list[Path]:
    if layout is None:
        return write_sample(school, folder, year=year, moved_up=moved_up)
    if layout == ALL:
        paths = [path for name in EXPORTS[school] for path in write_export(school, name, folder / name, year=year)]
        return paths + write_system_traps(folder / "traps")
    return write_export(school, layout, folder, year=year)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
