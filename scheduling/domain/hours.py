"""The hours in which leaders can hold talks: from typed times to slots, and what the office should know about them."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from typing import Any

from scheduling.domain.errors import Conflict, Invalid
from scheduling.domain.imports import Problem
from scheduling.domain.rooms import RoomList
from scheduling.domain.timeslots import EndsBeforeItStarts, NoSuchTime, Span, cut, span_at
from scheduling.domain.years import Period


@dataclass(frozen=True, slots=True)
class Hours:
    """A stretch of one day in which a leader can hold talks, on the school's clock."""

    leader: str
    """The leader's code."""
    day: date
    starts: time
    ends: time
    room: str = ""
    row: int = 0
    """Where it was typed: a row of the file, or of the form."""


@dataclass(frozen=True, slots=True)
class SlotTime:
    """One slot to be: whose, when, where."""

    leader: str
    span: Span
    room: str = ""


class HoursFaultKind(StrEnum):
    UNKNOWN_LEADER = "unknown_leader"
    NO_SUCH_TIME = "no_such_time"
    ENDS_BEFORE = "ends_before"
    OVERLAP = "overlap"
    TAKEN = "taken"
    OUTSIDE_PERIOD = "outside_period"
    UNKNOWN_ROOM = "unknown_room"
    OVER = "over"


@dataclass(frozen=True, slots=True)
class HoursFault:
    """What is wrong with one stretch; `other` is the row or the round it collides with.

    `period` are the days of the round, `near` the rooms that may have been meant.
    """

    kind: HoursFaultKind
    hours: Hours
    other: str = ""
    period: Period | None = None
    near: tuple[str, ...] = ()


class HoursRefused(Invalid):
    """Some hours cannot be used; every fault is named, so that one look at the list mends them all."""

    field = "hours"

    def __init__(self, faults: Sequence[HoursFault]) -> None:
        super().__init__(faults)
        self.faults = tuple(faults)


class FileUnreadable(Invalid):
    """The file with hours is not what it should be; the problems say where."""

    field = "file"

    def __init__(self, name: str, problems: Sequence[Problem] = ()) -> None:
        super().__init__(name, problems)
        self.name, self.problems = name, tuple(problems)


class SlotsHeld(Conflict):
    """These times hold a talk: they can only go when the talk has another time."""

    def __init__(self, leader: str, starts: Sequence[datetime]) -> None:
        super().__init__(leader, starts)
        self.leader, self.starts = leader, tuple(starts)


class WarningKind(StrEnum):
    """What does not stop a round but should be known."""

    OUTSIDE_START_WINDOW = "outside_start_window"
    PERIOD_OUTSIDE_START_WINDOW = "period_outside_start_window"
    FREE_DAY = "free_day"
    LEADER_WITHOUT_TIMES = "leader_without_times"
    CLASS_WITHOUT_LEADER = "class_without_leader"
    TOO_FEW_SLOTS = "too_few_slots"
    TOO_MANY_ASKED = "too_many_asked"
    AWKWARD_DAY = "awkward_day"
    ROOM_MISSING = "room_missing"
    ROOM_UNKNOWN = "room_unknown"
    ROOM_SHARED = "room_shared"
    LEADS_NO_CLASS = "leads_no_class"
    TOO_SHORT = "too_short"
    GUARDIAN_LEADS_OWN_CHILD = "guardian_leads_own_child"


@dataclass(frozen=True, slots=True)
class RoundWarning:
    """One warning: about whom or which class, with the facts of its sentence."""

    kind: WarningKind
    subject: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)


def cut_hours(
    hours: Sequence[Hours], minutes: int, own: Mapping[tuple[str, date], int] | None = None
) -> tuple[list[SlotTime], list[RoundWarning]]:
    """The slots in these hours; refuses impossible times and a leader's hours that overlap each other.

    `own`: on these days talks of a leader, by code, take another number of minutes.
    """
    lengths = own or {}

    def pieces(span: Span, stretch: Hours) -> list[Span]:
        return cut(span, lengths.get((stretch.leader, stretch.day), minutes))

    faults: list[HoursFault] = []
    spans: list[tuple[Span, Hours]] = []
    for stretch in hours:
        try:
            spans.append((span_at(stretch.day, stretch.starts, stretch.ends), stretch))
        except NoSuchTime:
            faults.append(HoursFault(HoursFaultKind.NO_SUCH_TIME, stretch))
        except EndsBeforeItStarts:
            faults.append(HoursFault(HoursFaultKind.ENDS_BEFORE, stretch))
    faults += _overlaps(spans)
    if faults:
        raise HoursRefused(sorted(faults, key=lambda fault: fault.hours.row))
    slots = [SlotTime(one.leader, piece, one.room) for span, one in spans for piece in pieces(span, one)]
    return slots, [_too_short(stretch, minutes) for span, stretch in spans if not pieces(span, stretch)]


def faults_of(hours: Iterable[Hours], period: Period, rooms: RoomList) -> list[HoursFault]:
    """Hours on days that are not the round's, and rooms that the school does not have."""
    found = []
    for stretch in hours:
        if stretch.day not in period:
            found.append(HoursFault(HoursFaultKind.OUTSIDE_PERIOD, stretch, period=period))
        if stretch.room and rooms and rooms.named(stretch.room) is None:
            found.append(HoursFault(HoursFaultKind.UNKNOWN_ROOM, stretch, near=rooms.near(stretch.room)))
    return found


def room_for(starts: Iterable[datetime], minutes: int, max_in_a_row: int) -> int:
    """How many of these slots can be used when a leader never has more than so many talks in a row (0: no limit)."""
    rows = _rows(sorted(starts), timedelta(minutes=minutes))
    return sum(row - (row // (max_in_a_row + 1) if max_in_a_row else 0) for row in rows)


def stretches(slots: Iterable[SlotTime]) -> list[SlotTime]:
    """Slots that follow each other in one room, joined: how a person would say it."""
    joined: list[SlotTime] = []
    for slot in sorted(slots, key=lambda slot: (slot.leader, slot.span.starts_at)):
        last = joined[-1] if joined else None
        if last and (last.leader, last.room, last.span.ends_at) == (slot.leader, slot.room, slot.span.starts_at):
            joined[-1] = SlotTime(slot.leader, Span(last.span.starts_at, slot.span.ends_at), slot.room)
        else:
            joined.append(slot)
    return joined


def _overlaps(spans: Sequence[tuple[Span, Hours]]) -> list[HoursFault]:
    by_leader: dict[str, list[tuple[Span, Hours]]] = defaultdict(list)
    for span, stretch in spans:
        by_leader[stretch.leader].append((span, stretch))
    faults = []
    for own in by_leader.values():
        own.sort(key=lambda pair: (pair[0], pair[1].row))
        for (span, stretch), (later, second) in itertools.pairwise(own):
            if span.overlaps(later):
                faults.append(HoursFault(HoursFaultKind.OVERLAP, second, str(stretch.row)))
    return faults


def _too_short(stretch: Hours, minutes: int) -> RoundWarning:
    facts = {"day": stretch.day, "starts": stretch.starts, "ends": stretch.ends, "minutes": minutes}
    return RoundWarning(WarningKind.TOO_SHORT, stretch.leader, facts | {"row": stretch.row})


def _rows(starts: Sequence[datetime], step: timedelta) -> list[int]:
    rows: list[int] = []
    previous: datetime | None = None
    for start in starts:
        if previous is not None and start - previous == step:
            rows[-1] += 1
        else:
            rows.append(1)
        previous = start
    return rows
