"""What happens to a round later: another room, closed and open again, and the same round next year."""

from collections.abc import Sequence
from datetime import date, timedelta

from scheduling.domain.errors import Conflict, Invalid
from scheduling.domain.years import Period

A_WEEK = timedelta(days=7)
A_YEAR = timedelta(weeks=52)


class RoomNeeded(Invalid):
    """Which room?"""

    field = "room"


class NoSuchRoom(Invalid):
    """The school's list has no room of this name; `near` are those that may have been meant."""

    field = "room"

    def __init__(self, room: str, near: Sequence[str] = ()) -> None:
        super().__init__(room, near)
        self.room, self.near = room, tuple(near)


class NoTimesThere(Invalid):
    """This leader has no times in this round on this day that still come."""

    field = "day"


class ClosedAlready(Conflict):
    """Families can choose no more in this round as it is."""


class OpenAlready(Conflict):
    """This round is not closed."""


class NoLaterYear(Invalid):
    """There is no school year with classes after that of this round."""


def moved_day(day: date, was: Period, will: Period) -> date | None:
    """The same weekday, as many weeks into the new period; None where that period does not reach."""
    weeks = (_monday(day) - _monday(was.starts_on)).days // 7
    new = _monday(will.starts_on) + A_WEEK * weeks + timedelta(days=day.weekday())
    return new if new in will else None


def a_year_later(period: Period, year: Period) -> Period:
    """The same weeks of the next year, within that year."""
    starts_on = min(max(period.starts_on + A_YEAR, year.starts_on), year.ends_on)
    return Period(starts_on, min(max(period.ends_on + A_YEAR, starts_on), year.ends_on))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
