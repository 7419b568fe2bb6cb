"""A pupil with two homes: one talk with both or two talks, and how far apart their talks are kept.

What one home asks or gets is never told to the other. Nobody is asked for a reason.
"""

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, NotFound, Refused
from scheduling.domain.people import SeparatedParents
from scheduling.domain.timeslots import Span

MOST_MINUTES_APART = 240


class HomeTalks(StrEnum):
    """What a pupil with two homes has this year, other than the school's policy. TOGETHER: one talk. APART: two."""

    TOGETHER = "together"
    APART = "apart"


class OneHome(Refused):
    """This pupil has no two homes that are invited."""


class ApartMinutesWrong(Invalid):
    """Talks of two homes are kept apart by no minutes at all, or by at most four hours."""

    field = "apart_minutes"


class GivenOnRequest(Invalid):
    """A parent without authority gets a talk of the own: that is never one together."""

    field = "talks"


class NobodyApart(Invalid):
    """Time between the talks of two homes needs two talks."""

    field = "apart_minutes"


class NoOwnTalkHere(Refused):
    """This school always has one talk with everybody."""


class NoSuchWish(NotFound):
    """Nobody asked this."""


class WishDecided(Conflict):
    """The office decided about this already."""


class NothingToSplit(Conflict):
    """There is no talk of both homes that can still be split."""


class SameTimeTwice(Conflict):
    """Both homes were given the same time, or times that overlap."""


class TooNear(Conflict):
    """Between the times of two homes that are kept apart lie too few minutes."""

    def __init__(self, minutes: int) -> None:
        super().__init__(minutes)
        self.minutes = minutes


class NothingToJoin(Conflict):
    """There are no two talks of the homes of which one can still be kept for both."""


@dataclass(frozen=True, slots=True)
class Apart:
    """Two families that must not meet, by the names of their talks, and how long lies between."""

    first: frozenset[str]
    second: frozenset[str]
    margin: timedelta


def has_own_talks(policy: SeparatedParents, exception: HomeTalks | None) -> bool:
    """Does each home of a pupil have its own talk?"""
    return exception is HomeTalks.APART or (exception is None and policy is SeparatedParents.ALWAYS_TWO)


def may_ask(policy: SeparatedParents, exception: HomeTalks | None) -> bool:
    """May a home ask for a talk of its own?"""
    return policy is not SeparatedParents.ONE_JOINT and not has_own_talks(policy, exception)


def ensure_apart(minutes: int, *, own_talks: bool) -> None:
    """So many minutes between the talks of two homes are possible."""
    if not 0 <= minutes <= MOST_MINUTES_APART:
        raise ApartMinutesWrong
    if minutes and not own_talks:
        raise NobodyApart


def ensure_far_enough(spans: Iterable[Span], minutes: int) -> None:
    """These times of different homes do not overlap, and lie so many minutes apart."""
    for one, other in itertools.combinations(sorted(spans), 2):
        if one.overlaps(other):
            raise SameTimeTwice
        if minutes and widened(one, minutes).overlaps(other):
            raise TooNear(minutes)


def widened(span: Span, minutes: int) -> Span:
    """The time that the other home cannot have: this talk and the minutes around it."""
    margin = timedelta(minutes=minutes)
    return Span(span.starts_at - margin, span.ends_at + margin)


def shared_out(
    starts: Mapping[str, Sequence[Span]], days: Mapping[datetime, date], apart: Iterable[Apart]
) -> dict[str, list[Span]]:
    """The starts each talk keeps, so that two families never meet, whichever of them their talks get.

    Each pair of families shares out the time: by days, or every day before and after one moment, whichever leaves the
    talk with the fewest starts the most of them. `days` tells the day of each start.
    """
    left = {name: list(own) for name, own in starts.items()}
    for pair in apart:
        mine = [name for name in sorted(pair.first) if name in left]
        theirs = [name for name in sorted(pair.second) if name in left]
        if mine and theirs:
            best = max(_ways(left, days, mine, theirs, pair.margin), key=lambda way: _worst(way, left))
            left |= best
    return left


Way = dict[str, list[Span]]


def _ways(
    left: Mapping[str, Sequence[Span]], days: Mapping[datetime, date], mine: Sequence[str], theirs: Sequence[str],
    margin: timedelta,
) -> Iterable[Way]:  # fmt: skip
    there = sorted({span for name in (*mine, *theirs) for span in left[name]})
    found = sorted({days[span.starts_at] for span in there})
    for odd in (0, 1):
        first = {day for number, day in enumerate(found) if number % 2 == odd}
        yield _by_day(left, days, mine, theirs, first)
    for part in (0.5, 0.33, 0.67):
        cuts = _cuts(there, days, part)
        for early, late in ((mine, theirs), (theirs, mine)):
            yield _by_moment(left, days, early, late, cuts, margin)


def _by_day(
    left: Mapping[str, Sequence[Span]], days: Mapping[datetime, date], mine: Sequence[str], theirs: Sequence[str],
    first: Collection[date],
) -> Way:  # fmt: skip
    return {name: [span for span in left[name] if days[span.starts_at] in first] for name in mine} | {
        name: [span for span in left[name] if days[span.starts_at] not in first] for name in theirs
    }


def _cuts(there: Sequence[Span], days: Mapping[datetime, date], part: float) -> dict[date, datetime]:
    """Per day a moment before which this part of the times ends."""
    by_day: dict[date, list[Span]] = {}
    for span in there:
        by_day.setdefault(days[span.starts_at], []).append(span)
    return {day: spans[min(int(len(spans) * part), len(spans) - 1)].starts_at for day, spans in by_day.items()}


def _by_moment(
    left: Mapping[str, Sequence[Span]], days: Mapping[datetime, date], early: Sequence[str], late: Sequence[str],
    cuts: Mapping[date, datetime], margin: timedelta,
) -> Way:  # fmt: skip
    """Before the cut the ones, and so long after it the others."""
    return {name: [span for span in left[name] if span.ends_at <= cuts[days[span.starts_at]]] for name in early} | {
        name: [span for span in left[name] if span.starts_at >= cuts[days[span.starts_at]] + margin] for name in late
    }


def _worst(way: Way, left: Mapping[str, Sequence[Span]]) -> tuple[int, int]:
    """How many starts the talk with the fewest keeps, of those that had any; then how many there are in all."""
    kept = [len(spans) for name, spans in way.items() if left[name]]
    return (min(kept, default=0), sum(kept))
