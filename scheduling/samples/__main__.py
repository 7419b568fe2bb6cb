"""Writes a sample school: `python -m scheduling.samples linde|vlier|mbo|beuk FOLDER [--year 2027-2028]`."""

import argparse
import sys
from pathlib import Path

from scheduling.domain.years import UnknownYear
from scheduling.samples.writing import SCHOOLS, write_sample

DEFAULT_YEAR = "2027-2028"


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m scheduling.samples", description=__doc__)
    parser.add_argument("school", choices=sorted(SCHOOLS))
    parser.add_argument("folder", type=Path)
    parser.add_argument("--year", default=DEFAULT_YEAR)
    asked = parser.parse_args(arguments)
    try:
        paths = write_sample(asked.school, asked.folder, year=asked.year)
    except UnknownYear:
        sys.stderr.write("A school year is written as two years that follow each other: 2027-2028.\n")
        return 2
    sys.stdout.writelines(f"{path}\n" for path in paths)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
