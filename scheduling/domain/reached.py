"""How many families a round reached, whatever the form. A reference line beside it, never a score of parents."""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

REFERENCE = 97
"""Percent: what schools with the best attendance report."""


class How(StrEnum):
    """How the family of one child was reached, the fullest form first; or how far it is."""

    TALK = "talk"
    PHONE = "phone"
    OTHER = "other"
    """A talk that was made for this family alone, in the days of the round."""
    PERSONAL = "personal"
    NONE_NEEDED = "none_needed"
    AGREED = "agreed"
    """It agreed on another form of contact than this evening."""
    TO_NOTE = "to_note"
    """The time of its talk is over, and nobody noted what became of it."""
    TO_COME = "to_come"
    NOT_YET = "not_yet"

    @property
    def is_reached(self) -> bool:
        return self not in (How.TO_NOTE, How.TO_COME, How.NOT_YET)


@dataclass(frozen=True)
class Reached:
    """The families of one class, or of a whole round."""

    name: str
    counts: Counter[How] = field(default_factory=Counter)

    @property
    def families(self) -> int:
        return sum(self.counts.values())

    @property
    def reached(self) -> int:
        return sum(count for how, count in self.counts.items() if how.is_reached)

    @property
    def percent(self) -> int | None:
        """Rounded down, so that a hundred is everybody; None: nobody takes part."""
        return self.reached * 100 // self.families if self.families else None


def fullest(ways: set[How]) -> How:
    """One child is counted once, by the fullest form."""
    return next((how for how in How if how in ways), How.NOT_YET)
