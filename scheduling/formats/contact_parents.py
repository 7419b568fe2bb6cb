"""Contact parents: whom other parents of a class may turn to, and whether this parent agrees."""

from collections.abc import Iterator

from scheduling.domain.imports import CLASS_NAME_LENGTH, ContactParentRecord
from scheduling.formats.cells import Row
from scheduling.formats.layouts import Layout

GUARDIAN_LENGTH = 300


def read_contact_parent(row: Row) -> Iterator[ContactParentRecord]:
    class_name = row.required("class_name", CLASS_NAME_LENGTH)
    guardian = row.required("guardian", GUARDIAN_LENGTH)
    consent = row.yes("consent")
    if not consent:
        row.warn("consent", "no_consent_to_publish")
    yield ContactParentRecord(class_name, guardian, consent is True, place=row.place)


LAYOUTS = (
    Layout(
        "contact_parents",
        {
            "class_name": ("klas", "groep"),
            "guardian": (
                "code ouder",
                "oudercode",
                "code verzorger",
                "emailadres ouder",
                "email ouder",
                "contactouder",
            ),
            "consent": ("toestemming", "toestemming publicatie"),
        },
        frozenset({"class_name", "guardian", "consent"}),
        read_contact_parent,
    ),
)
