"""A leader cannot be there: what each family gets instead, and what may be asked for.

Why somebody is away is written down nowhere: only from when until when.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid
from scheduling.domain.plans import ContactForm
from scheduling.domain.timeslots import Span, local

LONGEST_AWAY = timedelta(days=90)


class Instead(StrEnum):
    """What a family gets in place of its time. MOVE: a new one. LINK: it chooses one itself. CALL: the school calls."""

    MOVE = "move"
    LINK = "link"
    CALL = "call"


class AwayInWrongOrder(Invalid):
    """The leader would be back before going."""

    field = "until"


class AwayTooLong(Invalid):
    """So long an absence is another leader, not a few moved talks."""

    field = "until"

    def __init__(self, days: int) -> None:
        super().__init__(days)
        self.days = days


class AwayOver(Invalid):
    """The whole stretch lies in the past."""

    field = "until"


class StandInUnknown(Invalid):
    """Nobody who works here, or the very leader who is away."""

    field = "stand_in"


class StandInHoursNeeded(Invalid):
    """A colleague who stands in does so on a day, from one time until another."""

    field = "stand_in_day"


class OwnTimesWhileAway(Invalid):
    """The extra times of the leader lie in the very stretch in which the leader is away."""

    field = "stand_in_day"


class TalksChangedMeanwhile(Conflict):
    """Since the colleague looked, a family chose another time or called off: first look again."""


class PlaceTaken(Conflict):
    """Two families would get this time, or somebody took it meanwhile."""

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(starts_at)
        self.starts_at = starts_at


class NothingToTakeBack(Conflict):
    """There is no absence that can be taken back any more."""


@dataclass(frozen=True, order=True)
class Place:
    """A time of a leader."""

    starts_at: datetime
    leader_id: int

    @property
    def key(self) -> str:
        """As a form sends it."""
        return f"{self.leader_id}@{int(self.starts_at.timestamp())}"


@dataclass(frozen=True)
class Answer:
    """What the colleague decided for one family; a place only where it moves."""

    instead: Instead
    place: Place | None = None


def ensure_away(span: Span, now: datetime) -> None:
    """From when until when makes sense."""
    if span.ends_at <= span.starts_at:
        raise AwayInWrongOrder
    if span.ends_at <= now:
        raise AwayOver
    if span.length > LONGEST_AWAY:
        raise AwayTooLong(LONGEST_AWAY.days)


def instead_of(agreed: Iterable[ContactForm], *, reached: bool, placed: bool, may_choose: bool) -> Instead:
    """What fits this family: who agreed on calls, or is reached by no mail, is called; the others get a letter."""
    if ContactForm.CALL in set(agreed) or not reached:
        return Instead.CALL
    if placed:
        return Instead.MOVE
    return Instead.LINK if may_choose else Instead.CALL


def cost_of_place(was: datetime, place: Place, leader_id: int, *, beside: bool, has_siblings: bool) -> int:
    """How much another time asks of a family: the old time costs nothing, each later day more."""
    days = abs((local(place.starts_at).date() - local(was).date()).days)
    apart = 15 if has_siblings and not beside else 0
    return apart + min(days, 8) + int(place.starts_at != was) + int(place.leader_id != leader_id)
