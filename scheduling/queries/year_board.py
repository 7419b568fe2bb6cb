"""The year as the office looks at it: per month and class how far each moment is, and what asks for somebody today."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import case, func, or_, select

from scheduling.domain.people import natural_order
from scheduling.domain.rounds import LIVE, Outcome, RoundKind, RoundMode
from scheduling.domain.timeslots import local
from scheduling.domain.year_board import Need, Stage, need_of_talks, stage_of
from scheduling.domain.year_plans import Group, Planned, PlannedKind
from scheduling.domain.years import Period
from scheduling.models import Booking, Round, RoundClass, StandingRound, db
from scheduling.queries import gatherings
from scheduling.queries.gatherings import BoardLine
from scheduling.queries.year_plans import PlanLine, groups_of, lines_of, year_names
from scheduling.queries.years import YearFacts

TALKS_OF = {
    PlannedKind.START_ROUND: (RoundKind.START_CONVERSATION, RoundKind.INTRO_CONVERSATION),
    PlannedKind.CONTACT_EVENING: (RoundKind.CONTACT_EVENING,),
}
"""Which rounds hold the talks that the plan of the year has."""


@dataclass(frozen=True)
class RoundStand:
    """The talks of one round on some days: how many there are, and how many homes were asked, said yes and came."""

    id: int
    name: str
    talks: int = 0
    invited: int = 0
    answered: int = 0
    held: int = 0
    to_note: int = 0
    chosen: bool = False
    """Families choose their own time: nobody makes the talks for them."""
    opened: bool = False
    """They can."""


@dataclass(frozen=True)
class BoardRow:
    """One moment of the year and how far it is. With neither `at` nor `round` nobody is invited to it."""

    line: PlanLine
    stage: Stage
    at: BoardLine | None = None
    round: RoundStand | None = None
    needs: Need | None = None

    @property
    def planned(self) -> Planned:
        return self.line.planned


@dataclass(frozen=True)
class ToDo:
    """One thing to do; `more`: the same goes for so many others of its kind on that day."""

    need: Need
    line: PlanLine
    more: int
    round: RoundStand | None = None


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
        return sum(row.at.answered if row.at else row.round.answered if row.round else 0 for row in self.rows)


def year_board(year: YearFacts, now: datetime, class_id: int | None = None) -> YearBoard:
    """How far the year is, for the whole school or for one class."""
    rows = _rows(year.id, now)
    shown = [row for row in rows if class_id is None or row.planned.for_all or class_id in row.planned.groups]
    return YearBoard(
        year, _todo(rows), tuple(sorted(shown, key=_by_time)), groups_of(year.id), class_id,
        local(now).date().replace(day=1),
    )  # fmt: skip


def todo_of(year: YearFacts, now: datetime) -> tuple[ToDo, ...]:
    """What asks for somebody today."""
    return _todo(_rows(year.id, now))


def _rows(year_id: int, now: datetime) -> list[BoardRow]:
    """Gatherings, talks, and the other days of the plan; few queries, however many families."""
    today, company = local(now).date(), gatherings.board(year_id, now).lines
    known = {at.line.id for at in company}
    others = [line for line in lines_of(year_id) if line.id not in known]
    rows = [_row(at.line, at, today) for at in company]
    rows += [_row(line, None, today) for line in others if line.planned.kind not in TALKS_OF]
    return [*rows, *_talks(year_id, [line for line in others if line.planned.kind in TALKS_OF], now)]


def _talks(year_id: int, lines: Iterable[PlanLine], now: datetime) -> Iterable[BoardRow]:
    """Each evening or round of the plan with the round that holds its talks; and every round that no plan has."""
    today, rounds, classes, talks = local(now).date(), _rounds(year_id), _classes(year_id), _stands(year_id)
    found, matched = [], set()
    for line in lines:
        own = [one for one in rounds if _holds(one, line.planned, classes[one.id])]
        matched |= {one.id for one in own}
        for one in own:
            stand = _stand(one, talks[one.id], Period(line.planned.day, line.planned.until or line.planned.day), now)
            found.append(_talk_row(line, stand, today))
        if not own:
            found.append(_talk_row(line, None, today))
    names = year_names(year_id)
    for one in rounds:
        if one.id not in matched:
            line = _line_of(one, classes[one.id], names)
            found.append(_talk_row(line, _stand(one, talks[one.id], one.period, now), today))
    return found


def _rounds(year_id: int) -> list[Round]:
    single = select(StandingRound.round_id)
    wanted = select(Round).where(Round.year_id == year_id, Round.id.not_in(single)).order_by(Round.starts_on, Round.id)
    return list(db.session.scalars(wanted))


def _classes(year_id: int) -> dict[int, set[int]]:
    rows = db.session.execute(
        select(RoundClass.round_id, RoundClass.class_id)
        .join(Round, Round.id == RoundClass.round_id)
        .where(Round.year_id == year_id)
    )
    found: dict[int, set[int]] = defaultdict(set)
    for round_id, class_id in rows:
        found[round_id].add(class_id)
    return found


def _stands(year_id: int) -> dict[int, dict[date, tuple[int, ...]]]:
    """Per round and day: its talks, and of these how many homes were asked, said yes and came; last what is to note."""
    held = Booking.outcome.in_((Outcome.HELD, Outcome.BY_PHONE))
    asked = or_(Booking.invited_at.is_not(None), Booking.confirmed_at.is_not(None))
    counts = [
        func.sum(case((which, 1), else_=0))
        for which in (asked, Booking.confirmed_at.is_not(None), held, Booking.outcome.is_(None))
    ]
    rows = db.session.execute(
        select(Booking.round_id, Booking.starts_at, func.count(), *counts)
        .join(Round, Round.id == Booking.round_id)
        .where(Round.year_id == year_id, Booking.status.in_(LIVE))
        .group_by(Booking.round_id, Booking.starts_at)
    )
    found: dict[int, dict[date, tuple[int, ...]]] = defaultdict(dict)
    for round_id, starts_at, *numbers in rows:
        day = local(starts_at).date()
        before = found[round_id].get(day, (0,) * len(numbers))
        found[round_id][day] = tuple(map(sum, zip(before, numbers, strict=True)))
    return found


def _stand(one: Round, talks: Mapping[date, tuple[int, ...]], days: Period, now: datetime) -> RoundStand:
    every = [numbers for day, numbers in talks.items() if day in days]
    number, invited, answered, held, to_note = map(sum, zip((0,) * 5, *every, strict=True))
    chosen = one.mode is RoundMode.PICK
    opened = chosen and one.opens_at is not None and one.opens_at <= now
    return RoundStand(one.id, one.name, number, invited, answered, held, to_note, chosen, opened)


def _holds(one: Round, planned: Planned, classes: set[int]) -> bool:
    """Are these the talks that the plan has on these days?"""
    same_days = one.starts_on <= (planned.until or planned.day) and planned.day <= one.ends_on
    return same_days and one.kind in TALKS_OF[planned.kind] and (planned.for_all or bool(classes & set(planned.groups)))


def _line_of(one: Round, classes: set[int], names: Mapping[int, str]) -> PlanLine:
    """A round that the plan of the year does not have, as a line of it."""
    kind = PlannedKind.CONTACT_EVENING if one.kind is RoundKind.CONTACT_EVENING else PlannedKind.START_ROUND
    groups = () if classes >= names.keys() else tuple(sorted(classes))
    planned = Planned(kind, one.starts_on, until=one.ends_on, groups=groups)
    return PlanLine(planned, tuple(sorted((names[group] for group in groups), key=natural_order)), False, None, 1)


def _talk_row(line: PlanLine, stand: RoundStand | None, today: date) -> BoardRow:
    planned, found = line.planned, stand or RoundStand(0, "")
    made, invited = found.chosen or found.talks > 0, found.opened or found.invited > 0
    days = Period(planned.day, planned.until or planned.day)
    stage = stage_of(planned, today, published=line.published_at is not None, invited=invited, held=False, off=False)
    needs = need_of_talks(days, today, made=made, invited=invited, to_note=invited and found.to_note > 0)
    return BoardRow(line, stage, None, stand, needs)


def _row(line: PlanLine, at: BoardLine | None, today: date) -> BoardRow:
    stage = stage_of(
        line.planned, today, published=line.published_at is not None, invited=bool(at and at.invited_at),
        held=bool(at and at.held), off=bool(at and at.called_off_at),
    )  # fmt: skip
    return BoardRow(line, stage, at, None, at.needs if at else None)


def _todo(rows: Iterable[BoardRow]) -> tuple[ToDo, ...]:
    """The most urgent first; the receptions of one evening are one line, and each round its own."""
    found: dict[tuple[int, date, str, int], list[BoardRow]] = {}
    order = list(Need)
    for row in rows:
        if row.needs:
            key = order.index(row.needs), row.planned.day, row.planned.kind.value, row.round.id if row.round else 0
            found.setdefault(key, []).append(row)
    return tuple(
        ToDo(order[key[0]], found[key][0].line, len(found[key]) - 1, found[key][0].round) for key in sorted(found)
    )


def _by_time(row: BoardRow) -> tuple[date, str, str, tuple[str, ...]]:
    return row.planned.day, str(row.planned.begins or ""), row.planned.kind.value, row.line.group_names
