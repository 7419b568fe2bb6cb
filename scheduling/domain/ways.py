"""How a family and a leader meet in a talk of a round: at school, on the phone, by video, or at the family's home.

At school is always there: no talk is only digital, and nobody is visited who did not say so. What a round offers
besides is the school's choice.
"""

from dataclasses import dataclass

from scheduling.domain.errors import Conflict, Invalid
from scheduling.domain.links import hash_of
from scheduling.domain.rounds import FamilyBusy
from scheduling.domain.single_talks import Medium, ensure_travel, tidy_address

WAYS = (Medium.SCHOOL, Medium.PHONE, Medium.VIDEO, Medium.HOME)
TRAVEL = 15
"""So many minutes a visitor is on the way to a family and back, unless he says otherwise."""


def slots_on_the_way(slot_minutes: int) -> int:
    """So many slots a roster leaves free before a visit, and as many after it."""
    return -(-TRAVEL // slot_minutes)


class WayNotOffered(Invalid):
    """In this round families do not meet in this way."""

    field = "way"


class WayChangedMeanwhile(Conflict):
    """Since the colleague looked, somebody else chose how people meet in this talk; `way` and `link` stand now."""

    def __init__(self, way: Medium, link: str) -> None:
        super().__init__(way)
        self.way, self.link = way, link


class NobodyAtTheTable(Invalid):
    """All homes of a talk at school on the phone: then the talk itself is one on the phone."""

    field = "phoning"


class NoRoomForVisit(FamilyBusy):
    """The visitor, or the family, has another talk too soon before or after this time to be on the way."""

    field = "way"


@dataclass(frozen=True)
class Visit:
    """A talk at the family's home: where it said it is welcome, and the minutes on the way there and back."""

    address: str = ""
    before: int = TRAVEL
    after: int = TRAVEL

    def ensure_fit(self) -> "Visit":
        """As it will be kept."""
        ensure_travel(self.before, self.after)
        return Visit(tidy_address(self.address), self.before, self.after)


AS_USUAL = Visit()
"""No address yet, and the usual way there and back."""


def ways_for_school(*, at_home: bool, met: Medium) -> tuple[Medium, ...]:
    """What the school may write down for a family: any way, and at home where families may say so."""
    return WAYS if at_home or met is Medium.HOME else tuple(way for way in WAYS if way is not Medium.HOME)


def ways_beside_other_home(met: Medium) -> tuple[Medium, ...]:
    """How a home takes part in a talk with the other home: at the table as well, or on the phone."""
    return (met, Medium.PHONE) if met is Medium.SCHOOL else (met,)


def mark_of(link: str) -> str:
    """What tells one link from another without holding it."""
    return hash_of(link)[:16] if link else ""


def seen_as(way: Medium, link: str) -> str:
    """How a page remembers what stood there when it was opened."""
    return f"{way.value}.{mark_of(link)}"


def ways_for_family(*, by_phone: bool, by_video: bool, at_home: bool, met: Medium) -> tuple[Medium, ...]:
    """What a family chooses from: what the round offers, as it is now, and on the phone for who has no picture."""
    offered = {Medium.SCHOOL, met}
    if by_phone or met is Medium.VIDEO:
        offered.add(Medium.PHONE)
    if by_video:
        offered.add(Medium.VIDEO)
    if at_home:
        offered.add(Medium.HOME)
    return tuple(way for way in WAYS if way in offered)
