"""Which systems hand over which sample school, and how much of the school each of them tells."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from scheduling.samples import oneroster, systems
from scheduling.samples.schools import SampleSchool, edexml, own_files
from scheduling.samples.systems import ANSI, Files

Writer = Callable[[SampleSchool], Files]


class Told(StrEnum):
    """What a reader can know from the files of a system."""

    NUMBERS = "numbers"
    BIRTH_DATES = "birth_dates"
    GUARDIANS = "guardians"
    FIRST_GUARDIAN = "first_guardian"
    """Only the address of the first guardian of each pupil."""
    ADDRESSES = "addresses"
    """Of the guardians nothing but their addresses."""
    HOMES = "homes"
    LEADERS = "leaders"
    CALENDAR = "calendar"
    LESSONS = "lessons"
    CONTACT_PARENTS = "contact_parents"


@dataclass(frozen=True)
class Export:
    """The files that one system hands over of a school."""

    writers: tuple[Writer, ...]
    tells: frozenset[Told]
    encoding: str = "utf-8"
    """Letters that this encoding lacks are lost on the way."""

    def files(self, school: SampleSchool) -> Files:
        written: dict[str, bytes] = {}
        for writer in self.writers:
            written |= writer(school)
        return written


ALL = frozenset({Told.NUMBERS, Told.BIRTH_DATES, Told.GUARDIANS, Told.HOMES, Told.LEADERS, Told.CALENDAR})
PUPILS_ONLY = frozenset({Told.NUMBERS, Told.LEADERS})
NAMES_ONLY = frozenset({Told.LEADERS})
MAGISTER = Export((systems.magister, systems.staff), PUPILS_ONLY)
OWN = Export((own_files,), ALL)

EXPORTS: Mapping[str, Mapping[str, Export]] = {
    "linde": {
        "own": OWN,
        "edexml": Export((edexml, systems.guardians), ALL - {Told.CALENDAR}),
        "social-schools": Export(
            (systems.social_schools, systems.staff), frozenset({Told.BIRTH_DATES, Told.ADDRESSES, Told.LEADERS})
        ),
        "parnassys": Export((systems.parnassys, systems.staff), NAMES_ONLY, ANSI.encoding),
        "oneroster": Export((oneroster.packed,), PUPILS_ONLY | {Told.GUARDIANS}),
        "oneroster-class": Export((oneroster.one_class,), PUPILS_ONLY | {Told.GUARDIANS}),
        "icalendar": Export((systems.icalendar,), ALL),
    },
    "vlier": {
        "own": OWN,
        "magister": MAGISTER,
        "student-list": Export(
            (systems.magister, systems.staff, systems.student_list), PUPILS_ONLY | {Told.BIRTH_DATES}
        ),
        "decibel": Export(
            (systems.decibel, systems.staff), PUPILS_ONLY | {Told.BIRTH_DATES, Told.FIRST_GUARDIAN}, ANSI.encoding
        ),
        "zermelo": Export(
            (systems.magister, systems.staff, systems.zermelo_parents, systems.lessons, systems.contact_parents),
            PUPILS_ONLY | {Told.GUARDIANS, Told.LESSONS, Told.CONTACT_PARENTS},
        ),
        "social-schools": Export(
            (systems.social_schools, systems.staff), frozenset({Told.BIRTH_DATES, Told.ADDRESSES, Told.LEADERS})
        ),
        "oneroster": Export((oneroster.packed,), PUPILS_ONLY | {Told.GUARDIANS, Told.LESSONS}),
        "icalendar": Export((systems.icalendar,), ALL),
    },
    "mbo": {
        "own": OWN,
        "students": Export((systems.students, systems.staff), PUPILS_ONLY | {Told.BIRTH_DATES}),
        "oneroster": Export((oneroster.packed,), PUPILS_ONLY | {Told.GUARDIANS}),
    },
    "beuk": {
        "own": OWN,
        "flemish": Export((systems.flemish, systems.staff), PUPILS_ONLY | {Told.GUARDIANS}),
        "co-accounts": Export((systems.co_accounts, systems.staff), PUPILS_ONLY | {Told.GUARDIANS}),
        "oneroster": Export((oneroster.packed,), PUPILS_ONLY | {Told.GUARDIANS}),
        "icalendar": Export((systems.icalendar,), ALL),
    },
}  # fmt: skip
"""Per school and system. The staff comes from our own sheet where the system does not name it."""
