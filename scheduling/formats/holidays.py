"""The school holidays of the regions, from our own table `holidays.csv` (regio;vakantie;van;tot_en_met)."""

import csv
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

from scheduling.domain.years import Period, Region

TABLE = Path(__file__).with_name("holidays.csv")


@dataclass(frozen=True, slots=True)
class Holiday:
    """A holiday of a region, both ends inclusive; `year` is the school year it belongs to or closes."""

    year: str
    region: Region
    name: str
    period: Period


def holidays_of(region: Region, year: Period) -> tuple[Holiday, ...]:
    """The holidays that touch a school year, among them the summer before its first day, in order of date."""
    return tuple(
        holiday
        for holiday in all_holidays()
        if holiday.region is region
        and holiday.period.ends_on >= year.starts_on
        and holiday.period.starts_on <= year.ends_on
    )


@cache
def all_holidays() -> tuple[Holiday, ...]:
    """Every row of the table, in order of date."""
    with TABLE.open(encoding="utf-8", newline="") as source:
        rows = [
            Holiday(
                row["schooljaar"],
                Region(row["regio"]),
                row["vakantie"],
                Period(date.fromisoformat(row["van"]), date.fromisoformat(row["tot_en_met"])),
            )
            for row in csv.DictReader(source, delimiter=";")
        ]
    return tuple(sorted(rows, key=lambda holiday: (holiday.region, holiday.period.starts_on)))
