"""Contact evenings: the grid of times in which they are planned, what a wish weighs, and when a teacher pauses.

All the times of one day are one evening. They lie in one row of equal slots, so that a family walks from teacher to
teacher; whoever begins in between cannot be planned, and is named before anything is made.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from scheduling.domain.errors import Invalid, Refused
from scheduling.domain.timeslots import Span, local

PLACES = (8, 6, 4, 3)
"""What the first, second … wish of a family weighs; any further one the least."""
FURTHER = 2
SCHOOL_ASKS = 16
"""What a talk weighs that the school itself asks for: two first wishes."""
LOST_LAST_TIME = 3
"""What is added to the wishes of a family for which a wish was not met the last time."""

Spot = tuple[str, int]
"""An evening, by its day, and a slot of it."""


class TimesOutOfStep(Refused):
    """On this day these colleagues begin between the times of the others."""

    def __init__(self, day: date, codes: Collection[str], minutes: int) -> None:
        super().__init__(day, codes, minutes)
        self.day, self.codes, self.minutes = day, tuple(codes), minutes


class NothingAsked(Refused):
    """Nobody asked for a talk yet, so there is nothing to plan."""


class NoTimesYet(Refused):
    """No teacher has a time that is still to come."""


class NoEvening(Invalid):
    """A round of contact evenings has at least one evening."""

    field = "first"


class EveningOver(Invalid):
    """This evening has been already."""

    def __init__(self, day: date, field: str) -> None:
        super().__init__(day, field)
        self.day, self.field = day, field


class SameEveningTwice(Invalid):
    """One day is named twice."""

    def __init__(self, day: date, field: str) -> None:
        super().__init__(day, field)
        self.day, self.field = day, field


class NoTimeInTheEvening(Invalid):
    """Between the beginning and the end not one talk fits."""

    field = "ends"


@dataclass(frozen=True)
class Short:
    """A class with more talks than its teachers have times."""

    group: str
    needed: int
    room: int


class TooFewTimes(Invalid):
    """These classes do not fit in these evenings; one evening more could be on `extra`."""

    field = "third"

    def __init__(self, shorts: Sequence[Short], extra: date | None) -> None:
        super().__init__(shorts, extra)
        self.shorts, self.extra = tuple(shorts), extra


@dataclass(frozen=True)
class Evening:
    """One day with talks: its first moment and how many slots there are."""

    day: date
    starts_at: datetime
    slots: int

    @property
    def id(self) -> str:
        return self.day.isoformat()


@dataclass(frozen=True)
class Grid:
    """The evenings of a round, in steps of one talk."""

    minutes: int
    evenings: Mapping[date, Evening]

    def spot(self, at: datetime) -> Spot | None:
        """Where a moment lies in the grid; None when it lies beside it."""
        evening = self.evenings.get(local(at).date())
        if evening is None:
            return None
        steps, rest = divmod(at - evening.starts_at, timedelta(minutes=self.minutes))
        return (evening.id, steps) if not rest and 0 <= steps < evening.slots else None

    def moment(self, evening_id: str, slot: int) -> datetime:
        """When a slot begins."""
        return self.evenings[date.fromisoformat(evening_id)].starts_at + timedelta(minutes=self.minutes * slot)

    def span(self, spot: Spot, slots: int = 1) -> Span:
        """From the beginning of a spot, so many slots long."""
        begin = self.moment(*spot)
        return Span(begin, begin + timedelta(minutes=self.minutes * slots))

    def inside(self, span: Span) -> set[Spot]:
        """Every spot that lies in this stretch of one evening; none when it does not begin on a spot."""
        first, length = self.spot(span.starts_at), span.ends_at - span.starts_at
        if first is None:
            return set()
        slots = self.evenings[date.fromisoformat(first[0])].slots
        count = -(-length // timedelta(minutes=self.minutes))
        return {(first[0], slot) for slot in range(first[1], min(first[1] + count, slots))}

    @property
    def spots(self) -> tuple[Spot, ...]:
        """Every slot of every evening, in order."""
        ordered = sorted(self.evenings.values(), key=lambda evening: evening.day)
        return tuple((evening.id, slot) for evening in ordered for slot in range(evening.slots))


@dataclass(frozen=True)
class Cost:
    """What a change by hand costs in minutes and families; below zero it is won."""

    waiting: int = 0
    over_half_an_hour: int = 0
    idle: int = 0

    @property
    def points(self) -> tuple[int, int, int]:
        """The smaller, the better; in the optimiser's own order."""
        return (self.over_half_an_hour, self.waiting, self.idle)


def grid_of(times: Iterable[Span], minutes: int) -> Grid:
    """The evenings in which these times lie: each day from its first time to its last."""
    days: dict[date, list[Span]] = {}
    for span in times:
        days.setdefault(local(span.starts_at).date(), []).append(span)
    evenings = {}
    for day, spans in days.items():
        first = min(span.starts_at for span in spans)
        length = max(span.ends_at for span in spans) - first
        evenings[day] = Evening(day, first, -(-length // timedelta(minutes=minutes)))
    return Grid(minutes, evenings)


def ensure_in_step(times: Mapping[str, Iterable[Span]], minutes: int) -> None:
    """Per colleague's code the times: on one day all of them begin in the same steps."""
    steps: dict[date, dict[int, set[str]]] = {}
    own: dict[date, dict[str, set[tuple[int, int]]]] = {}
    for code, spans in times.items():
        for span in spans:
            there, length = local(span.starts_at), minutes_of(span)
            at = there.hour * 60 + there.minute
            if length == minutes:
                steps.setdefault(there.date(), {}).setdefault(at % minutes, set()).add(code)
            own.setdefault(there.date(), {}).setdefault(code, set()).add((at, length))
    for day in sorted(own):
        there_of = steps.get(day, {})
        usual = max(sorted(there_of), key=lambda step: len(there_of[step]), default=None)
        others = set().union(*(codes for step, codes in there_of.items() if step != usual))
        others |= {code for code, found in own[day].items() if _is_out_of_step(found, usual, minutes)}
        if others:
            raise TimesOutOfStep(day, sorted(others), minutes)


def _is_out_of_step(found: Collection[tuple[int, int]], usual: int | None, minutes: int) -> bool:
    """Do talks of another length than the others' begin where no step of the evening begins, or in two lengths?"""
    lengths = {length for _, length in found}
    step = math.gcd(minutes, *lengths)
    first = min(at for at, _ in found) if usual is None else usual
    return len(lengths) > 1 or any((at - first) % step for at, _ in found)


def step_of(times: Iterable[Span], minutes: int) -> int:
    """In steps of so many minutes every one of these times fits; a talk of the round takes `minutes`."""
    return math.gcd(minutes, *{minutes_of(span) for span in times})


def minutes_of(span: Span) -> int:
    """How long it is."""
    return int((span.ends_at - span.starts_at).total_seconds()) // 60


def weight_of(place: int, *, obligatory: bool, lost_last_time: bool) -> int:
    """What a talk is worth in the plan: what the school asks for first, then the families' own order."""
    own = PLACES[place - 1] if 1 <= place <= len(PLACES) else FURTHER
    return (SCHOOL_ASKS if obligatory else own) + (LOST_LAST_TIME if lost_last_time else 0)


def pause_of(slots: int, most: int) -> tuple[int, int] | None:
    """Between which slots of an evening of so many one stays free, so that at most `most` talks follow each other.

    None: no pause is needed. A single pause in an evening longer than twice `most` lies in its middle third.
    """
    if not most or slots <= most:
        return None
    start, until = slots - 1 - most, most + 1
    if start < until:
        return max(start, 0), min(until, slots)
    return slots // 3, slots - slots // 3


def families(attending: Mapping[str, Collection[int]]) -> dict[str, str]:
    """Per talk the name of its family: talks to which the same people come belong to one; `attending` are the people.

    A talk to which only the pupil comes is a family of its own.
    """
    root: dict[int, int] = {}

    def top(person: int) -> int:
        while root.setdefault(person, person) != person:
            person = root[person]
        return person

    for people in attending.values():
        ordered = sorted(people)
        for other in ordered[1:]:
            first, second = sorted((top(ordered[0]), top(other)))
            root[second] = first
    return {key: f"f{top(min(people))}" if people else f"a{key}" for key, people in attending.items()}
