"""A leader's times as a table per week: a line per clock time, a column per day."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Generic, Protocol, TypeVar

from scheduling.domain.timeslots import Span, local


class Timed(Protocol):
    """A talk, of a roster or of a draft: it has a time."""

    @property
    def span(self) -> Span: ...


T = TypeVar("T", bound=Timed)


@dataclass(frozen=True)
class SlotLine:
    """One of the leader's times."""

    id: int
    span: Span
    blocked: bool
    booking_id: int | None

    @property
    def is_free(self) -> bool:
        return not self.blocked and self.booking_id is None


@dataclass(frozen=True)
class Cell(Generic[T]):
    """One field of the week: `kind` is talk, free, blocked or none; `rows` lines high."""

    kind: str
    rows: int = 1
    slot: SlotLine | None = None
    talk: T | None = None


@dataclass(frozen=True)
class Week(Generic[T]):
    """A week as a table: per line a clock time, and a cell per day (None: an earlier cell reaches over it)."""

    number: int
    days: tuple[date, ...]
    lines: tuple[tuple[datetime, tuple[Cell[T] | None, ...]], ...]


def weeks_of(slots: Sequence[SlotLine], talks: dict[int, T]) -> tuple[Week[T], ...]:
    by_week: dict[tuple[int, int], list[SlotLine]] = defaultdict(list)
    for slot in slots:
        year, week, _ = local(slot.span.starts_at).isocalendar()
        by_week[year, week].append(slot)
    return tuple(_week(number, lines, talks) for (_, number), lines in sorted(by_week.items()))


def _week(number: int, slots: Sequence[SlotLine], talks: dict[int, T]) -> Week[T]:
    moments = {local(slot.span.starts_at).time(): slot.span.starts_at for slot in reversed(slots)}
    clocks = sorted(moments)
    by_day: dict[date, list[SlotLine]] = defaultdict(list)
    for slot in slots:
        by_day[local(slot.span.starts_at).date()].append(slot)
    columns = [_column(by_day[day], clocks, talks) for day in sorted(by_day)]
    lines = zip(clocks, zip(*columns, strict=True), strict=True)
    return Week(number, tuple(sorted(by_day)), tuple((moments[clock], cells) for clock, cells in lines))


def _column(slots: Sequence[SlotLine], clocks: Sequence[time], talks: dict[int, T]) -> list[Cell[T] | None]:
    """One day from top to bottom: a talk of two slots is one cell, two lines high."""
    starts: dict[time, Cell[T]] = {}
    covered: set[time] = set()
    for slot in slots:
        talk = talks.get(slot.booking_id or 0)
        span = talk.span if talk else slot.span
        begins, ends = local(span.starts_at).time(), local(span.ends_at).time()
        reached = [clock for clock in clocks if begins <= clock < ends]
        kind = "talk" if talk else "blocked" if slot.blocked else "free"
        starts.setdefault(begins, Cell(kind, max(1, len(reached)), slot, talk))
        covered.update(reached[1:])
    return [starts.get(clock) or (None if clock in covered else Cell("none")) for clock in clocks]
