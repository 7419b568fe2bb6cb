"""What happens to a round later: another room, closed and open again, and the same round next year."""

import math
from collections.abc import Sequence
from datetime import date, timedelta

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.timeslots import Span, cut
from scheduling.domain.years import Period

A_WEEK = timedelta(days=7)
A_YEAR = timedelta(weeks=52)
SHORTEST, LONGEST = 5, 60
"""Minutes of a talk on an evening on which a colleague takes another length than the others."""


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


class RoundHasBegun(Conflict):
    """Talks of this round were held already, at the length they have."""


class TalksDoNotFit(Invalid):
    """At this length so many talks find no place in the hours of their leader."""

    field = "minutes"

    def __init__(self, talks: int) -> None:
        super().__init__(talks)
        self.talks = talks


class LengthWrong(Invalid):
    """Talks of so many minutes do not go together with those of the round, which take `usual`."""

    field = "minutes"

    def __init__(self, usual: int) -> None:
        super().__init__(usual)
        self.usual = usual


class OneLengthHere(Refused):
    """In this round every talk takes as long as any other."""


class NoLaterYear(Invalid):
    """There is no school year with classes after that of this round."""


def moved_day(day: date, was: Period, will: Period) -> date | None:
    """The same weekday, as many weeks into the new period; None where that period does not reach."""
    weeks = (_monday(day) - _monday(was.starts_on)).days // 7
    new = _monday(will.starts_on) + A_WEEK * weeks + timedelta(days=day.weekday())
    return new if new in will else None


def ensure_goes_along(minutes: int, usual: int) -> None:
    """Talks of this length fit in one evening with those of the round: both are so many times five minutes."""
    if not SHORTEST <= minutes <= LONGEST or (minutes != usual and math.gcd(minutes, usual) < SHORTEST):
        raise LengthWrong(usual)


def recut(span: Span, minutes: int, talks: Sequence[tuple[Span, int]]) -> tuple[list[Span], list[int | None]]:
    """The times of one stretch at another length, and at which of them each talk begins (None: it does not fit).

    `talks`: when each is now and how many slots it takes, in order of time. They keep that order, and each begins as
    near before its own time as it can.
    """
    times = cut(span, minutes)
    length, first = timedelta(minutes=minutes), 0
    places: list[int | None] = []
    for talk, slots in talks:
        place = max(first, (talk.starts_at - span.starts_at) // length)
        if place + slots > len(times):
            place = len(times) - slots
        if place < first:
            places.append(None)
            continue
        places.append(place)
        first = place + slots
    return times, places


def a_year_later(period: Period, year: Period) -> Period:
    """The same weeks of the next year, within that year."""
    starts_on = min(max(period.starts_on + A_YEAR, year.starts_on), year.ends_on)
    return Period(starts_on, min(max(period.ends_on + A_YEAR, starts_on), year.ends_on))


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
