"""The year as the office looks at it: per month and class how far each moment is, and what asks for somebody today."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from scheduling.domain.timeslots import local
from scheduling.domain.year_board import Need, Stage, stage_of
from scheduling.domain.year_plans import Group, Planned
from scheduling.queries import gatherings
from scheduling.queries.gatherings import BoardLine
from scheduling.queries.year_plans import PlanLine, groups_of, lines_of
from scheduling.queries.years import YearFacts


@dataclass(frozen=True)
class BoardRow:
    """One moment of the year and how far it is. `at` None: families are not invited to it as a company."""

    line: PlanLine
    stage: Stage
    at: BoardLine | None

    @property
    def planned(self) -> Planned:
        return self.line.planned


@dataclass(frozen=True)
class ToDo:
    """One thing to do; `more`: the same goes for so many others of its kind on that day."""

    need: Need
    line: PlanLine
    more: int


@dataclass(frozen=True)
class BoardMonth:
    first: date
    rows: tuple[BoardRow, ...]


@dataclass(frozen=True)
class YearBoard:
    """The whole board. `chosen`: only what concerns this class."""

    year: YearFacts
    todo: tuple[ToDo, ...]
    rows: tuple[BoardRow, ...]
    groups: tuple[Group, ...]
    chosen: int | None
    this_month: date

    @property
    def months(self) -> tuple[BoardMonth, ...]:
        found: dict[date, list[BoardRow]] = {}
        for row in self.rows:
            found.setdefault(row.planned.day.replace(day=1), []).append(row)
        return tuple(BoardMonth(first, tuple(own)) for first, own in sorted(found.items()))

    @property
    def stages(self) -> Counter[Stage]:
        return Counter(row.stage for row in self.rows)

    @property
    def answered(self) -> int:
        return sum(row.at.answered for row in self.rows if row.at)


def year_board(year: YearFacts, now: datetime, class_id: int | None = None) -> YearBoard:
    """How far the year is, for the whole school or for one class."""
    today, lines = local(now).date(), gatherings.board(year.id, now).lines
    company = {at.line.id for at in lines}
    rows = [_row(at.line, at, today) for at in lines]
    rows += [_row(line, None, today) for line in lines_of(year.id) if line.id not in company]
    shown = [row for row in rows if class_id is None or row.planned.for_all or class_id in row.planned.groups]
    return YearBoard(
        year, _todo(lines), tuple(sorted(shown, key=_by_time)), groups_of(year.id), class_id, today.replace(day=1)
    )


def todo_of(year: YearFacts, now: datetime) -> tuple[ToDo, ...]:
    """What asks for somebody today."""
    return _todo(gatherings.board(year.id, now).lines)


def _row(line: PlanLine, at: BoardLine | None, today: date) -> BoardRow:
    stage = stage_of(
        line.planned, today, published=line.published_at is not None, invited=bool(at and at.invited_at),
        held=bool(at and at.held), off=bool(at and at.called_off_at),
    )  # fmt: skip
    return BoardRow(line, stage, at)


def _todo(lines: Iterable[BoardLine]) -> tuple[ToDo, ...]:
    """The most urgent first; the receptions of one evening are one line."""
    found: dict[tuple[int, date, str], list[BoardLine]] = {}
    order = list(Need)
    for at in lines:
        if at.needs:
            planned = at.line.planned
            found.setdefault((order.index(at.needs), planned.day, planned.kind.value), []).append(at)
    return tuple(ToDo(order[key[0]], found[key][0].line, len(found[key]) - 1) for key in sorted(found))


def _by_time(row: BoardRow) -> tuple[date, str, str, tuple[str, ...]]:
    return row.planned.day, str(row.planned.begins or ""), row.planned.kind.value, row.line.group_names
