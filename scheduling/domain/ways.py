"""How a family and a leader meet in a talk of a round: at school, on the phone, or by video.

At school is always there: no talk is only digital. What a round offers besides is the school's choice.
"""

from scheduling.domain.errors import Invalid
from scheduling.domain.links import hash_of
from scheduling.domain.single_talks import Medium

WAYS = (Medium.SCHOOL, Medium.PHONE, Medium.VIDEO)


class WayNotOffered(Invalid):
    """In this round families do not meet in this way."""

    field = "way"


def mark_of(link: str) -> str:
    """What tells one link from another without holding it."""
    return hash_of(link)[:16] if link else ""


def ways_for_family(*, by_phone: bool, by_video: bool, met: Medium) -> tuple[Medium, ...]:
    """What a family chooses from: what the round offers, as it is now, and on the phone for who has no picture."""
    offered = {Medium.SCHOOL, met}
    if by_phone or met is Medium.VIDEO:
        offered.add(Medium.PHONE)
    if by_video:
        offered.add(Medium.VIDEO)
    return tuple(way for way in WAYS if way in offered)
