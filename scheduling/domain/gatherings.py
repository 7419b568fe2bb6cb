"""Gatherings: moments of the year plan to which families are invited, and who says to come."""

from dataclasses import dataclass
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, NotFound
from scheduling.domain.year_plans import PlannedKind

THEME_LENGTH = 80
WORDS_LENGTH = 400
ROUTE_LENGTH = 200
PEOPLE_AT_MOST = 20
"""So many people one home can come with."""

GATHERINGS = (
    PlannedKind.RECEPTION, PlannedKind.INFORMATION_EVENING, PlannedKind.INFORMATION_MOMENT,
    PlannedKind.INFORMAL_MEETING, PlannedKind.PARENTS_EVENING, PlannedKind.ENROLMENT_MEETING,
    PlannedKind.PARENT_CIRCLE,
)  # fmt: skip
"""The kinds that families are invited to as a company; at a contact evening each has a talk of its own."""


class Coming(StrEnum):
    """What a home says. Each can be changed until it begins."""

    YES = "yes"
    PERHAPS = "perhaps"
    NO = "no"


@dataclass(frozen=True)
class Answer:
    """Who of a home come, and what they would like."""

    coming: Coming
    adults: int = 0
    children: int = 0
    in_childcare: int = 0
    """So many of the children are looked after meanwhile."""
    shows_names: bool = False
    """Other families who come may read this home's first names."""

    @property
    def people(self) -> int:
        return self.adults + self.children


class NoSuchGathering(NotFound):
    """Nobody is invited to this (any more)."""


class GatheringOver(Conflict):
    """It began already, or does not go on."""


class GatheringFull(Conflict):
    """So many people do not fit in the room any more; `places` still do."""

    def __init__(self, places: int) -> None:
        super().__init__(places)
        self.places = places


class NobodyComes(Invalid):
    """Yes, and nobody: how many people come?"""

    field = "adults"


class TooManyPeople(Invalid):
    field = "adults"


class MoreInChildcare(Invalid):
    """More children are looked after than come."""

    field = "in_childcare"
