"""Zermelo: parents, each with the codes of all their children in one cell."""

from collections.abc import Iterator

from scheduling.domain.imports import NUMBER_LENGTH, GuardianRecord
from scheduling.formats.cells import Row, tidy
from scheduling.formats.layouts import Layout
from scheduling.formats.own import EXTERNAL_CODE_LENGTH
from scheduling.formats.people import EMAIL, PREFIX, read_surname


def read_parent(row: Row) -> Iterator[GuardianRecord]:
    """One guardian, as often as there are children."""
    prefix, surname = read_surname(row)
    code = row.required("code", EXTERNAL_CODE_LENGTH)
    email = row.email("email")
    if not tidy(row.raw("email")):
        row.warn("email", "email_missing")
    numbers = row.parts("pupils", length=NUMBER_LENGTH * 20)
    if not numbers:
        row.warn("pupils", "no_children")
    for number in numbers:
        if len(number) > NUMBER_LENGTH:
            row.refuse("pupils", "too_long", limit=str(NUMBER_LENGTH), found=str(len(number)))
        yield GuardianRecord(
            number, code=code, surname_prefix=prefix, surname=surname, email=email, place=row.place
        )  # fmt: skip


LAYOUTS = (
    Layout(
        "zermelo_parents",
        {
            "code": ("code",),
            "prefix": PREFIX,
            "surname": ("achternaam",),
            "email": EMAIL,
            "pupils": ("leerlingcodes", "leerlingcode", "leerlingnummers"),
        },
        frozenset({"code", "surname", "pupils"}),
        read_parent,
    ),
)
