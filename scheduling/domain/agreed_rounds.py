"""What the agreed contact form of a home decides of a round of talks.

A home that agreed on being called talks on the phone, and one that agreed on video by video where the round has it.
One that agreed on none of these and no evening at school has no contact evening: it is not invited, and is welcome
all the same when it would like to come.
"""

from collections.abc import Collection
from enum import StrEnum

from scheduling.domain.plans import ContactForm
from scheduling.domain.rounds import RoundKind

AT_SCHOOL = frozenset({ContactForm.SCHOOL_VISIT_DAY, ContactForm.SCHOOL_VISIT_EVENING})


class Part(StrEnum):
    """How a home takes part by its agreement. NONE: it is not invited."""

    SCHOOL = "school"
    PHONE = "phone"
    VIDEO = "video"
    NONE = "none"


def part_in(kind: RoundKind, forms: Collection[ContactForm]) -> Part:
    """How a home that agreed on these forms takes part in a round. By day at school is no contact evening."""
    is_evening = kind is RoundKind.CONTACT_EVENING
    suits = {ContactForm.SCHOOL_VISIT_EVENING} if is_evening else AT_SCHOOL
    if not suits.isdisjoint(forms):
        return Part.SCHOOL
    if ContactForm.CALL in forms:
        return Part.PHONE
    if ContactForm.VIDEO in forms:
        return Part.VIDEO
    return Part.NONE if is_evening else Part.SCHOOL


def still_wanted(
    wanted: Collection[int | None], homes: Collection[int], out: Collection[int | None]
) -> tuple[int | None, ...]:
    """The household of each talk that is left; of a talk of all homes (None) those that come, each by itself.

    `homes`: the pupil's; none of an adult who speaks for himself, who is None in `out`.
    """
    left = tuple(home for home in homes if home not in out)
    if len(left) == len(homes):
        return () if None in out and not homes else tuple(wanted)
    return left
