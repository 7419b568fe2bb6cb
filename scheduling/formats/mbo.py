"""Students of a college: `18 op` gives the day of birth, `SLB` who leads the talks."""

from collections.abc import Iterator
from datetime import date

from scheduling.domain.imports import PupilRecord
from scheduling.domain.people import ADULT_AGE
from scheduling.formats.cells import Row
from scheduling.formats.layouts import Layout
from scheduling.formats.people import (
    CLASS_NAME,
    EMAIL,
    GIVEN_NAME,
    LEFT_ON,
    LOCATION,
    PREFIX,
    PUPIL_NUMBER,
    STATUS,
    SURNAME,
    YEAR_LEVEL,
    pupil_of,
    read_surname,
)


def read_student(row: Row) -> Iterator[PupilRecord]:
    prefix, surname = read_surname(row)
    yield pupil_of(row, prefix, surname, birth_date=_born(row.day("adult_on")))


def _born(adult_on: date | None) -> date | None:
    """The day of birth of somebody who is eighteen on this day; nobody is born on a 29 February that was not."""
    if adult_on is None:
        return None
    year = adult_on.year - ADULT_AGE
    leap_day = (adult_on.month, adult_on.day) == (2, 29)
    return date(year, 3, 1) if leap_day else adult_on.replace(year=year)


LAYOUTS = (
    Layout(
        "students",
        {
            "number": PUPIL_NUMBER,
            "given_name": GIVEN_NAME,
            "prefix": PREFIX,
            "surname": SURNAME,
            "class_name": CLASS_NAME,
            "location": LOCATION,
            "year_level": YEAR_LEVEL,
            "leaders": ("slb", "slb'er", "slber", "loopbaanbegeleider", "mentor"),
            "adult_on": ("18 op", "meerderjarig op"),
            "email": EMAIL,
            "parents_permitted": ("toestemming ouders",),
            "left_on": LEFT_ON,
            "status": STATUS,
        },
        frozenset({"number", "given_name", "class_name", "adult_on"}),
        read_student,
    ),
)
