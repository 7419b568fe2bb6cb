"""What goes with each kind of talk, until the school decides otherwise."""

from dataclasses import dataclass
from enum import StrEnum

from scheduling.domain.people import StaffRole
from scheduling.domain.rounds import RoundKind


class Form(StrEnum):
    """ROUND: announced for whole classes. SINGLE: made for one pupil."""

    ROUND = "round"
    SINGLE = "single"


class PupilPart(StrEnum):
    """What the pupil does in the talk."""

    ABSENT = "absent"
    PRESENT = "present"
    ACTIVE = "active"
    LEADING = "leading"


class Place(StrEnum):
    SCHOOL = "school"
    HOME = "home"
    SCHOOL_OR_HOME = "school_or_home"
    PHONE = "phone"


@dataclass(frozen=True)
class KindDefaults:
    """How a talk of a kind is, unless somebody decides otherwise."""

    minutes: int
    forms: frozenset[Form]
    pupil: PupilPart
    place: Place
    made_by: frozenset[StaffRole]
    in_a_row: int = 4
    """So many talks follow each other at most, before a pause of one."""

    @property
    def in_rounds(self) -> bool:
        return Form.ROUND in self.forms

    @property
    def single(self) -> bool:
        return Form.SINGLE in self.forms


ROUND, SINGLE = frozenset({Form.ROUND}), frozenset({Form.SINGLE})
OFFICE = frozenset({StaffRole.OFFICE})
LEADERS = frozenset({StaffRole.LEADER, StaffRole.OFFICE})
SUPERVISOR = frozenset({StaffRole.INTERNAL_SUPERVISOR})

KINDS = {
    RoundKind.START_CONVERSATION: KindDefaults(20, ROUND, PupilPart.PRESENT, Place.SCHOOL, OFFICE),
    RoundKind.INTRO_CONVERSATION: KindDefaults(20, ROUND | SINGLE, PupilPart.PRESENT, Place.SCHOOL_OR_HOME, LEADERS),
    RoundKind.CONTACT_EVENING: KindDefaults(10, ROUND, PupilPart.PRESENT, Place.SCHOOL, OFFICE, in_a_row=9),
    RoundKind.HOME_VISIT: KindDefaults(45, SINGLE, PupilPart.PRESENT, Place.HOME, LEADERS),
    RoundKind.SUPPORT_TEAM_MEETING: KindDefaults(45, SINGLE, PupilPart.PRESENT, Place.SCHOOL, SUPERVISOR),
    RoundKind.FOLLOW_UP: KindDefaults(20, SINGLE, PupilPart.PRESENT, Place.SCHOOL, LEADERS),
    RoundKind.REQUESTED_CONVERSATION: KindDefaults(20, SINGLE, PupilPart.PRESENT, Place.SCHOOL, LEADERS),
    RoundKind.EVALUATION: KindDefaults(15, SINGLE, PupilPart.ACTIVE, Place.SCHOOL, LEADERS),
    RoundKind.PHONE_APPOINTMENT: KindDefaults(10, SINGLE, PupilPart.ABSENT, Place.PHONE, LEADERS),
    RoundKind.REVERSED_CONVERSATION: KindDefaults(20, ROUND | SINGLE, PupilPart.PRESENT, Place.SCHOOL, LEADERS),
    RoundKind.PUPIL_CONVERSATION: KindDefaults(10, SINGLE, PupilPart.ACTIVE, Place.SCHOOL, LEADERS),
    RoundKind.ADVICE_CONVERSATION: KindDefaults(20, ROUND | SINGLE, PupilPart.PRESENT, Place.SCHOOL, LEADERS),
}

FOR_CLASSES = (
    RoundKind.START_CONVERSATION,
    RoundKind.INTRO_CONVERSATION,
    RoundKind.REVERSED_CONVERSATION,
    RoundKind.ADVICE_CONVERSATION,
)
"""The kinds of which the office makes a round for the classes it chooses, each pupil with the own leaders."""


def parts_in(kind: RoundKind) -> tuple[PupilPart, ...]:
    """What a pupil may do in a talk of a round: a start conversation is never without."""
    never_without = kind is RoundKind.START_CONVERSATION
    return tuple(part for part in PupilPart if not (never_without and part is PupilPart.ABSENT))


OFFERED = (*FOR_CLASSES, RoundKind.CONTACT_EVENING)
"""The kinds of which the office makes a round."""
