"""Lists without pupil numbers: Social Schools, overviews that a school makes for itself, older lists.

A pupil of such a list is found by full name and birth date; see `domain/import_names.py`.
"""

from collections.abc import Iterator

from scheduling.domain.imports import STUDENT_LIST, GuardianRecord
from scheduling.formats.cells import Row
from scheduling.formats.layouts import Layout
from scheduling.formats.people import (
    CLASS_NAME,
    EMAIL,
    INITIALS,
    LEFT_ON,
    LOCATION,
    NAMES,
    NUMBER,
    PARENT_ADDRESSES,
    PARENTS,
    PUPIL_NUMBER,
    STATUS,
    YEAR_LEVEL,
    read_parents,
    read_pupil,
)


def read_parents_only(row: Row) -> Iterator[GuardianRecord]:
    """The parents on a row whose pupil another list describes."""
    row.required("number" if "number" in row.cells else "given_name", 60)
    yield from read_parents(row)


LAYOUTS = (
    Layout(
        "social_schools_parents",
        {**NAMES, **PARENTS},
        frozenset({"given_name", "surname"}),
        read_parents_only,
        PARENT_ADDRESSES,
    ),
    Layout(
        "parents_by_number",
        {"number": NUMBER, **PARENTS},
        frozenset({"number"}),
        read_parents_only,
        PARENT_ADDRESSES,
    ),
    Layout(
        "social_schools_pupils",
        {**NAMES, "class_name": ("klasnaam",), "year_level": YEAR_LEVEL, **PARENTS},
        frozenset({"given_name", "surname", "class_name", "birth_date"}),
        read_pupil,
    ),
    Layout(
        "pupils_by_name",
        {
            **NAMES,
            "initials": INITIALS,
            "class_name": CLASS_NAME,
            "location": LOCATION,
            "year_level": YEAR_LEVEL,
            "leaders": ("leerkracht", "mentor"),
            "left_on": LEFT_ON,
            "status": STATUS,
            **PARENTS,
        },
        frozenset({"given_name", "surname", "class_name"}),
        read_pupil,
    ),
    Layout(
        STUDENT_LIST,
        {**NAMES, "number": PUPIL_NUMBER, "email": ("email school", "schoolmail", *EMAIL)},
        frozenset({"number", "given_name", "surname"}),
        read_pupil,
    ),
)
