"""Flemish schools: the school's list, relations, and Smartschool's co-accounts on the pupil's own row.

The prefix of a Flemish name is a part of it: Van den Broeck is found under V.
"""

from collections.abc import Iterator
from dataclasses import replace

from scheduling.domain.imports import SURNAME_LENGTH, GuardianRecord, Record
from scheduling.domain.people import Authority
from scheduling.formats.cells import Row
from scheduling.formats.layouts import Layout
from scheduling.formats.own import read_guardian
from scheduling.formats.people import (
    BIRTH_DATE,
    EMAIL,
    GIVEN_NAME,
    LEFT_ON,
    PARENT_ADDRESSES,
    PARENTS,
    STATUS,
    YEAR_LEVEL,
    pupil_of,
    read_parents,
)

PARENTS_BY_LAW = ("vader", "moeder", "ouder", "plusouder", "voogd", "pleeg")
"""Relations of people who may be a parent by law, also when somebody else answers for compulsory education."""


def read_flemish_pupil(row: Row) -> Iterator[Record]:
    yield pupil_of(row, "", row.name("surname", SURNAME_LENGTH))
    for parent in read_parents(row):
        yield _under_the_prefix(parent)


def read_relation(row: Row) -> Iterator[GuardianRecord]:
    """A guardian; who answers for compulsory education has authority, of another parent we do not know."""
    if row.yes("responsible"):
        row.cells = {**row.cells, "authority": "J"}
    for record in read_guardian(row):
        if record.active and record.authority is Authority.UNKNOWN:
            if record.relation.casefold().startswith(PARENTS_BY_LAW):
                row.warn("responsible", "authority_unknown")
            else:
                row.warn("relation", "contact_without_consent")
                record = replace(record, authority=Authority.NO)
        yield _under_the_prefix(record)


def _under_the_prefix(record: GuardianRecord) -> GuardianRecord:
    whole = " ".join(filter(None, (record.surname_prefix, record.surname)))
    return replace(record, surname_prefix="", surname=whole[:SURNAME_LENGTH])


PUPIL = {
    "number": ("stamnummer", "stamboeknummer", "internnummer", "intern nummer"),
    "given_name": GIVEN_NAME,
    "surname": ("naam", "achternaam", "familienaam"),
    "birth_date": BIRTH_DATE,
    "class_name": ("klas", "officiële klas", "officiele klas", "klascode"),
    "location": ("vestigingsplaats", "vestiging"),
    "year_level": YEAR_LEVEL,
    "email": EMAIL,
    "left_on": LEFT_ON,
    "status": STATUS,
    **PARENTS,
}

LAYOUTS = (
    Layout(
        "flemish_relations",
        {
            "number": ("stamnummer", "stamboeknummer"),
            "relation": ("type relatie",),
            "given_name": GIVEN_NAME,
            "surname": ("naam", "achternaam", "familienaam"),
            "email": EMAIL,
            "phone": ("gsm", "telefoon", "gsmnummer"),
            "responsible": ("leerplichtverantwoordelijke",),
            "receives_post": ("post", "er mag post verstuurd worden"),
            "language": ("taal", "thuistaal"),
            "interpreter": ("tolk nodig", "tolk"),
            "household": ("huishouden",),
            "consent": ("toestemming",),
            "status": STATUS,
        },
        frozenset({"number", "relation", "surname"}),
        read_relation,
        frozenset({"responsible", "receives_post"}),
    ),
    Layout(
        "smartschool",
        PUPIL,
        frozenset({"number", "given_name", "surname", "class_name"}),
        read_flemish_pupil,
        PARENT_ADDRESSES,
    ),
    Layout(
        "flemish_pupils",
        {**PUPIL, "school": ("instellingsnummer",)},
        frozenset({"school", "number", "given_name", "surname", "class_name"}),
        read_flemish_pupil,
    ),
)
