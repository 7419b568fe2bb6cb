"""Drafts by hand: what somebody can do with a talk of a draft, what it costs, and when it is not possible."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduling.domain.errors import Conflict, NotFound, Refused


class MoveKind(StrEnum):
    """What was done by hand."""

    MOVE = "move"
    SWAP = "swap"
    PLACE = "place"
    PARK = "park"
    HOLD = "hold"
    RELEASE = "release"
    LONGER = "longer"
    SHORTER = "shorter"
    UNDO = "undo"


class StopKind(StrEnum):
    """Why a time is not possible for a talk."""

    NO_TIME = "no_time"
    TAKEN = "taken"
    STANDING = "standing"
    HELD = "held"
    LENGTH = "length"
    FAMILY = "family"
    SIBLING = "sibling"
    TRAVEL = "travel"
    LEADS = "leads"


class CostKind(StrEnum):
    """What a family or a leader loses, or wins."""

    WITHOUT_TIME = "without_time"
    APART = "apart"
    LATER = "later"
    WISH_LOST = "wish_lost"
    NO_BREAK = "no_break"
    WITH_TIME = "with_time"
    BESIDE = "beside"
    WISH_KEPT = "wish_kept"
    BREAK = "break"

    @property
    def is_gain(self) -> bool:
        return self in (CostKind.WITH_TIME, CostKind.BESIDE, CostKind.WISH_KEPT, CostKind.BREAK)


WITHOUT_BREAK = 10
"""What each talk costs that a leader holds on from the last one without the break that was promised."""


@dataclass(frozen=True, slots=True)
class Stop:
    """Not possible, and because of whose talk (by its key)."""

    kind: StopKind
    talk: str
    other: str | None = None


@dataclass(frozen=True, slots=True)
class Cost:
    """One thing that is lost or won: by which talk, with regard to which other, or how many in a row."""

    kind: CostKind
    talk: str
    other: str | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class Weighed:
    """What a change would do: not possible, or what it costs in words and in the roster's own sum."""

    stops: tuple[Stop, ...] = ()
    costs: tuple[Cost, ...] = ()
    total: int = 0

    @property
    def is_possible(self) -> bool:
        return not self.stops

    @property
    def is_free(self) -> bool:
        return self.is_possible and all(cost.kind.is_gain for cost in self.costs)


class NoSuchTalk(NotFound):
    """This talk is not in the draft."""


class NotPossible(Conflict):
    """The talk cannot be there (any more)."""

    def __init__(self, kind: StopKind) -> None:
        super().__init__(kind)
        self.kind = kind


class MovedMeanwhile(Conflict):
    """Somebody was first with this talk: who (None: the system), when, and which talk."""

    def __init__(self, talk_id: int, staff_id: int | None = None, at: datetime | None = None) -> None:
        super().__init__(talk_id)
        self.talk_id, self.staff_id, self.at = talk_id, staff_id, at


class NothingToUndo(Conflict):
    """The talk was changed again since, or there is nothing to undo."""


class HeldInARow(Refused):
    """The talks held by hand leave a leader without a break: no roster can be made around them."""

    def __init__(self, leader: str, at_most: int) -> None:
        super().__init__(leader, at_most)
        self.leader, self.at_most = leader, at_most


def longest_row(taken: Sequence[datetime], minutes: int) -> int:
    """The most slots in a row among these starts."""
    return max(_rows(taken, minutes), default=0)


def without_break(taken: Sequence[datetime], minutes: int, at_most: int | None) -> int:
    """How many of these slots come after the moment at which a break was due; without a most, no break is promised."""
    return sum(max(0, row - at_most) for row in _rows(taken, minutes)) if at_most else 0


def _rows(taken: Sequence[datetime], minutes: int) -> list[int]:
    """How long each row of slots is that follow each other."""
    rows: list[int] = []
    earlier: datetime | None = None
    for start in sorted(set(taken)):
        if earlier is not None and (start - earlier).total_seconds() == 60 * minutes:
            rows[-1] += 1
        else:
            rows.append(1)
        earlier = start
    return rows
