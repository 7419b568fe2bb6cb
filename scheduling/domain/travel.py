"""A school in several places: a family that has talks at two of them travels in between."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from scheduling.domain.homes import widened
from scheduling.domain.rounds import FamilyBusy
from scheduling.domain.timeslots import Span


class NotThereInTime(FamilyBusy):
    """Somebody who is expected comes from a talk at another location, or goes there."""


def is_elsewhere(here: str, there: str) -> bool:
    """Are these two locations? One that no file told of is nowhere else."""
    return bool(here and there) and here != there


@dataclass(frozen=True, slots=True)
class Journeys:
    """Pairs of talks of one family at two locations, and how long it takes to come from the one to the other."""

    minutes: int = 0
    pairs: frozenset[tuple[str, str]] = frozenset()

    def other_ends(self, talk: str) -> list[str]:
        """The talks to or from which a family of this talk travels."""
        return sorted({end for pair in self.pairs if talk in pair for end in pair} - {talk})

    def missed(self, spans: Mapping[str, Span]) -> frozenset[tuple[str, str]]:
        """The pairs with too little time between them; `spans` has the time of each placed talk."""
        return frozenset(
            (one, other)
            for one, other in self.pairs
            if one in spans and other in spans and widened(spans[one], self.minutes).overlaps(spans[other])
        )


NOWHERE = Journeys()
"""For a school in one place."""


def journeys(groups: Iterable[Sequence[str]], location_of: Mapping[str, str], minutes: int) -> Journeys:
    """Between which talks of these families lies a journey."""
    found = {
        (min(one, other), max(one, other))
        for group in groups
        for one in group
        for other in group
        if is_elsewhere(location_of.get(one, ""), location_of.get(other, ""))
    }
    return Journeys(minutes, frozenset(found)) if minutes else NOWHERE
