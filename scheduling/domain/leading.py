"""What a leader does with own times and talks."""

from datetime import datetime

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.rounds import Outcome


class SlotHasTalk(Conflict):
    """A family has a talk at this time meanwhile: move that first."""

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(starts_at)
        self.starts_at = starts_at


class MovedMeanwhile(Conflict):
    """The talk has another time than the colleague saw: the family or another colleague chose it meanwhile."""

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(starts_at)
        self.starts_at = starts_at


class NothingChosen(Invalid):
    """No time was chosen."""

    field = "slot"


class SlotPast(Refused):
    """This time is over."""

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(starts_at)
        self.starts_at = starts_at


class TalkNotYet(Refused):
    """A talk that still has to begin was neither held nor missed."""

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(starts_at)
        self.starts_at = starts_at


class NotPublished(Refused):
    """Families do not see this leader's times yet: first the office publishes the roster."""


class OwnChild(Refused):
    """Nobody leads the talk about the own child."""


class CallDone(Conflict):
    """A colleague called already."""


def ensure_ahead(starts_at: datetime, now: datetime) -> None:
    """A talk is put at a time that still has to come."""
    if starts_at <= now:
        raise SlotPast(starts_at)


def ensure_may_be_marked(outcome: Outcome | None, starts_at: datetime, now: datetime) -> None:
    """A call in place of the talk may come earlier; all else is known once the talk has begun."""
    if outcome in (Outcome.HELD, Outcome.NO_SHOW) and now < starts_at:
        raise TalkNotYet(starts_at)
