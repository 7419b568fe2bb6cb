"""Magister: the list that its screen exports, and the longer one with a row per enrolment (the Decibel layout)."""

from collections.abc import Iterator

from scheduling.domain.imports import GuardianRecord, Record
from scheduling.formats.cells import Row, tidy
from scheduling.formats.layouts import Layout
from scheduling.formats.people import (
    CLASS_NAME,
    EMAIL,
    GIVEN_NAME,
    NUMBER,
    PARENTS,
    PREFIX,
    SURNAME,
    pupil_of,
    read_pupil,
    read_surname,
)


def read_enrolment(row: Row) -> Iterator[Record]:
    """A pupil's enrolment; the second column for an address is of the first guardian, of whom no more is said."""
    prefix, surname = read_surname(row)
    if not tidy(row.raw("left_on")):
        row.cells = {**row.cells, "left_on": row.raw("enrolment_ended_on")}
    if not tidy(row.raw("leaders")):
        row.cells = {**row.cells, "leaders": row.raw("mentor")}
    pupil = pupil_of(row, prefix, surname)
    yield pupil
    address = row.email("guardian_email")
    if address and address.casefold() != pupil.email.casefold():
        yield GuardianRecord(pupil.number, 1, email=address, place=row.place)


LAYOUTS = (
    Layout(
        "decibel",
        {
            "number": ("stamnr", "stamnummer"),
            "initials": ("initials",),
            "given_name": ("firstname",),
            "prefix": ("prefix",),
            "surname": ("lastname",),
            "email": ("email",),
            "birth_date": ("birthdate",),
            "class_name": ("class",),
            "location": ("location",),
            "year_level": ("studyyear",),
            "leaders": ("cmentorcode",),
            "mentor": ("pmentorcode",),
            "enrolled_on": ("studiebegindatum",),
            "enrolment_ended_on": ("studieeinddatum",),
            "left_on": ("vertrekdatum",),
            "guardian_email": ("email (2)",),
        },
        frozenset({"number", "given_name", "surname", "class_name"}),
        read_enrolment,
        frozenset({"leaders", "enrolled_on", "guardian_email"}),
    ),
    Layout(
        "magister",
        {
            "number": NUMBER,
            "given_name": GIVEN_NAME,
            "prefix": PREFIX,
            "surname": SURNAME,
            "class_name": CLASS_NAME,
            "leaders": ("klassenmentor 1",),
            "leader_2": ("klassenmentor 2",),
            "email": EMAIL,
            **PARENTS,
        },
        frozenset({"number", "given_name", "class_name", "leaders"}),
        read_pupil,
    ),
)
