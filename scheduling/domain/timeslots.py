"""Times: cutting a leader's hours into slots, overlap, neighbours, and local time to moments and back.

Inside, every moment is aware and in UTC. A school lives in one zone; Amsterdam and Brussels keep the same clock.
"""

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduling.domain.errors import Invalid

ZONE = ZoneInfo("Europe/Amsterdam")


class NoSuchTime(Invalid):
    """The clock jumps over this local time: that night it does not exist."""

    def __init__(self, day: date, clock: time) -> None:
        super().__init__(day, clock)
        self.day = day
        self.clock = clock


class EndsBeforeItStarts(Invalid):
    def __init__(self, day: date, starts: time, ends: time) -> None:
        super().__init__(day, starts, ends)
        self.day, self.starts, self.ends = day, starts, ends


@dataclass(frozen=True, order=True)
class Span:
    """A stretch of time: aware moments, the end not included."""

    starts_at: datetime
    ends_at: datetime

    def overlaps(self, other: "Span") -> bool:
        return self.starts_at < other.ends_at and other.starts_at < self.ends_at

    @property
    def length(self) -> timedelta:
        return self.ends_at - self.starts_at


def moment_at(day: date, clock: time) -> datetime:
    """The moment of a local time; in the repeated hour of October the first of the two."""
    local = datetime.combine(day, clock, tzinfo=ZONE)
    moment = local.astimezone(UTC)
    if moment.astimezone(ZONE).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise NoSuchTime(day, clock)
    return moment


def local(moment: datetime) -> datetime:
    """A moment as the clocks on the wall of the school show it."""
    return moment.astimezone(ZONE)


def span_at(day: date, starts: time, ends: time) -> Span:
    """Two local times of one day as a span."""
    if ends <= starts:
        raise EndsBeforeItStarts(day, starts, ends)
    return Span(moment_at(day, starts), moment_at(day, ends))


def cut(span: Span, minutes: int) -> list[Span]:
    """As many slots of this length as fit, one after the other from the start."""
    length = timedelta(minutes=minutes)
    count = span.length // length
    return [Span(span.starts_at + n * length, span.starts_at + (n + 1) * length) for n in range(count)]


def first_overlap(spans: Iterable[Span]) -> tuple[Span, Span] | None:
    """Two spans that overlap, if any do."""
    ordered = sorted(spans)
    return next(((a, b) for a, b in itertools.pairwise(ordered) if a.overlaps(b)), None)
