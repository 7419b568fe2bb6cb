"""The plan of a school year: what planning needs to know, and what pages and calendars show."""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from scheduling.domain.people import Sector, natural_order
from scheduling.domain.year_plans import (
    Clash,
    Finding,
    FindingKind,
    Group,
    Habits,
    NoSuchPlanned,
    Planned,
    PlannedKind,
    PlanningFacts,
    PlanWishes,
    better_days,
    clashes,
    clashes_of,
    habits_of,
    in_order,
)
from scheduling.domain.years import CalendarDay, DayKind, NoSuchYear, Period
from scheduling.models import (
    ClassGroup,
    ClassLeader,
    Enrolment,
    Gathering,
    Guardianship,
    PlannedClass,
    PlannedDate,
    School,
    SchoolDay,
    SchoolYear,
    YearPlanning,
    db,
)
from scheduling.models.guests import Told
from scheduling.queries.evening_rounds import LEAVING_LEVEL
from scheduling.queries.years import YearFacts, all_years, year_in_use


@dataclass(frozen=True)
class PlanLine:
    """One moment of the plan, and how it stands."""

    planned: Planned
    group_names: tuple[str, ...]
    moved: bool
    published_at: datetime | None
    version: int

    @property
    def id(self) -> int:
        return self.planned.id or 0


@dataclass(frozen=True)
class KindDay:
    """Moments of one kind on one day: the receptions of six classes are one evening."""

    kind: PlannedKind
    day: date
    lines: tuple[PlanLine, ...]

    @property
    def first(self) -> Planned:
        return self.lines[0].planned

    @property
    def example(self) -> Planned:
        """A moment that tells why this day: one that nobody moved, if there is any."""
        return next((line.planned for line in self.lines if not line.moved), self.first)

    @property
    def month(self) -> date:
        """The first day of its month."""
        return self.day.replace(day=1)

    @property
    def published(self) -> bool:
        return all(line.published_at for line in self.lines)


@dataclass(frozen=True)
class Month:
    """The first day of a month, what is planned in it, and when there is no school."""

    first: date
    kind_days: tuple[KindDay, ...]
    free: tuple[CalendarDay, ...]


@dataclass(frozen=True)
class KindState:
    """How much of a kind is known outside."""

    kind: PlannedKind
    planned: int
    published: int


@dataclass(frozen=True)
class PlanPage:
    """The plan of a year; `wishes` without any plan are those to begin with."""

    year: YearFacts
    wishes: PlanWishes
    planned: bool
    months: tuple[Month, ...]
    kinds: tuple[KindState, ...]
    clashes: tuple[Clash, ...]
    findings: tuple[Finding, ...]
    names: Mapping[int, str]
    from_year: str
    """The year that this one was, or would be, modelled after; empty: none."""
    missed: Mapping[date, CalendarDay]
    """What made a day free that fitted better than the one that was chosen."""

    def group_names(self, ids: Iterable[int]) -> list[str]:
        return [self.names[one] for one in ids if one in self.names]


@dataclass(frozen=True)
class PlannedPage:
    """One moment, what it gets in the way of, and days that would suit better."""

    year: YearFacts
    line: PlanLine
    clashes: tuple[Clash, ...]
    better: tuple[date, ...]
    missed: CalendarDay | None
    """What made the day free that fitted better."""
    names: Mapping[int, str]


@dataclass(frozen=True)
class CalendarMoment:
    """A moment as calendars want it."""

    planned: Planned
    group_names: tuple[str, ...]
    uid: str
    sequence: int
    stamp: datetime


def planning_facts(year_id: int) -> PlanningFacts:
    """The calendar, the classes with their leaders, and who has children in more than one class."""
    year = db.session.get(SchoolYear, year_id)
    if year is None:
        raise NoSuchYear
    sector, region = db.session.execute(select(School.sector, School.region)).one()
    rows = db.session.scalars(select(SchoolDay).where(SchoolDay.year_id == year_id).order_by(SchoolDay.starts_on))
    days = tuple(CalendarDay(row.kind, row.label, Period(row.starts_on, row.ends_on)) for row in rows)
    leaves = sector is Sector.PRIMARY and not region.is_flemish
    return PlanningFacts(
        Period(year.starts_on, year.ends_on), region, days, _groups(year_id, leaves=leaves), _shared(year_id)
    )


def lines_of(year_id: int) -> tuple[PlanLine, ...]:
    """Every moment of a year, in order of time."""
    names = year_names(year_id)
    found = [as_line(row, names) for row in standing_rows(db.session(), year_id)]
    return tuple(
        sorted(found, key=lambda line: (in_order(line.planned)[:3], natural_order(" ".join(line.group_names))))
    )


def standing_rows(session: Session, year_id: int) -> list[PlannedDate]:
    """Every moment of a year but those to which families were invited and that were called off."""
    return list(session.scalars(select(PlannedDate).where(*_standing(year_id)).order_by(PlannedDate.id)))


def _standing(year_id: int) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    off = select(Gathering.planned_id).where(Gathering.called_off_at.is_not(None))
    return PlannedDate.year_id == year_id, PlannedDate.id.not_in(off)


def wishes_of(year: YearFacts) -> tuple[PlanWishes, bool, str]:
    """What was decided for this year, else for the last year before it that has a plan; and which year that was."""
    own = db.session.get(YearPlanning, year.id)
    before = year_before(year)
    kept = own or (db.session.get(YearPlanning, before.id) if before else None)
    wishes = PlanWishes(kept.information, kept.circles, kept.reception_minutes, kept.avoids) if kept else PlanWishes()
    return wishes, own is not None, before.label if before else ""


def year_before(year: YearFacts) -> YearFacts | None:
    """The last earlier year with a plan."""
    planned = set(db.session.scalars(select(YearPlanning.year_id)))
    earlier = [one for one in all_years() if one.period.ends_on < year.period.starts_on and one.id in planned]
    return earlier[-1] if earlier else None


def habits_for(year: YearFacts) -> Habits:
    """How the school held each kind in the last year that was planned."""
    before = year_before(year)
    return habits_of(line.planned for line in lines_of(before.id)) if before else {}


def plan_page(year: YearFacts) -> PlanPage:
    """The whole year on one page."""
    wishes, planned, before = wishes_of(year)
    facts, lines = planning_facts(year.id), lines_of(year.id)
    row = db.session.get(YearPlanning, year.id)
    return PlanPage(
        year, wishes, planned, _months(lines, facts), _kinds(lines),
        clashes([line.planned for line in lines], facts) if lines else (),
        tuple(_finding(one) for one in row.findings) if row else (),
        year_names(year.id), before, _missed(lines, facts),
    )  # fmt: skip


def planned_page(planned_id: int, today: date) -> PlannedPage:
    """One moment of the plan."""
    row = db.session.get(PlannedDate, planned_id)
    if row is None:
        raise NoSuchPlanned
    year = next(year for year in all_years() if year.id == row.year_id)
    facts, names = planning_facts(year.id), year_names(year.id)
    others = [line.planned for line in lines_of(year.id) if line.id != planned_id]
    line = as_line(row, names)
    better = better_days(line.planned, others, facts, after=today) if line.planned.kind.is_evening else ()
    missed = facts.free_on(row.instead_of) if row.instead_of else None
    return PlannedPage(year, line, clashes_of(line.planned, others, facts), better, missed, names)


def groups_of(year_id: int) -> tuple[Group, ...]:
    """The classes of a year, in the order of their names."""
    return planning_facts(year_id).groups


def public_lines(year: YearFacts) -> tuple[KindDay, ...]:
    """What the school made known to everybody."""
    return _kind_days(
        [line for line in lines_of(year.id) if line.published_at and line.planned.kind.is_for_families]
    )  # fmt: skip


def public_year(today: date) -> YearFacts:
    """The year of which something is known outside: this day's, else the next, else the last; else the one in use."""
    known = set(db.session.scalars(select(PlannedDate.year_id).where(PlannedDate.published_at.is_not(None))))
    years = [year for year in all_years() if year.id in known]
    found = next((year for year in years if today <= year.period.ends_on), years[-1] if years else year_in_use(today))
    if found is None:
        raise NoSuchYear
    return found


def is_made_known(today: date) -> bool:
    """Can families read of this year, or of the next, when what is?"""
    wanted = (
        select(PlannedDate.id)
        .join(SchoolYear, SchoolYear.id == PlannedDate.year_id)
        .where(
            PlannedDate.published_at.is_not(None), PlannedDate.kind != PlannedKind.CHECKLIST,
            SchoolYear.ends_on >= today,
        )
        .limit(1)
    )  # fmt: skip
    return db.session.scalar(wanted) is not None


def calendar_of_year(year_id: int, *, public: bool) -> tuple[CalendarMoment, ...]:
    """The moments of a year; `public`: only what is known outside and meant for families."""
    which = _standing(year_id)
    known = PlannedDate.published_at.is_not(None), PlannedDate.kind != PlannedKind.CHECKLIST
    return _moments([*which, *known] if public else which)


def calendar_of_leader(staff_id: int, still: date) -> tuple[CalendarMoment, ...]:
    """What is known of the running years and concerns this colleague: the whole school, or an own class."""
    own = (
        select(PlannedClass.planned_id)
        .join(ClassLeader, ClassLeader.class_id == PlannedClass.class_id)
        .where(ClassLeader.staff_id == staff_id)
    )
    running = select(SchoolYear.id).where(SchoolYear.ends_on >= still)
    return _moments(
        [
            PlannedDate.published_at.is_not(None),
            PlannedDate.year_id.in_(running),
            or_(PlannedDate.for_all, PlannedDate.id.in_(own)),
        ]
    )


def moments_of(told: Mapping[int, Told]) -> tuple[CalendarMoment, ...]:
    """These moments, each by the calendar object that one person was given of it."""
    rows = _moments([PlannedDate.id.in_(told)]) if told else ()
    own = [(row, told[row.planned.id]) for row in rows if row.planned.id]
    return tuple(replace(row, uid=one.ical_uid, sequence=one.sequence, stamp=one.stamp) for row, one in own)


def as_planned(row: PlannedDate) -> Planned:
    """A row as the rules see it."""
    return Planned(
        row.kind, row.day, row.why, row.until, row.begins, row.ends,
        () if row.for_all else tuple(one.class_id for one in row.classes), row.place, row.instead_of, row.id,
    )  # fmt: skip


def _moments(wanted: Iterable[ColumnElement[bool]]) -> tuple[CalendarMoment, ...]:
    rows = db.session.scalars(select(PlannedDate).where(*wanted).order_by(PlannedDate.id)).all()
    names = {year_id: year_names(year_id) for year_id in {row.year_id for row in rows}}
    return tuple(
        CalendarMoment(line.planned, line.group_names, row.ical_uid, row.ical_sequence, row.ical_stamp)
        for row in rows
        for line in [as_line(row, names[row.year_id])]
    )


def as_line(row: PlannedDate, names: Mapping[int, str]) -> PlanLine:
    """A moment with the names of its classes."""
    planned = as_planned(row)
    shown = sorted((names[one] for one in planned.groups if one in names), key=natural_order)
    return PlanLine(planned, tuple(shown), row.moved, row.published_at, row.version)


def _groups(year_id: int, *, leaves: bool) -> tuple[Group, ...]:
    leaders: dict[int, set[int]] = defaultdict(set)
    for class_id, staff_id in db.session.execute(select(ClassLeader.class_id, ClassLeader.staff_id)):
        leaders[class_id].add(staff_id)
    levels: dict[int, set[str]] = defaultdict(set)
    here = select(Enrolment.class_id, Enrolment.year_level).where(Enrolment.year_id == year_id, Enrolment.present)
    for class_id, level in db.session.execute(here):
        levels[class_id].add(level)
    rows = db.session.scalars(select(ClassGroup).where(ClassGroup.year_id == year_id))
    return tuple(
        Group(
            row.id,
            row.name,
            frozenset(leaders[row.id]),
            row.room,
            leaves and levels[row.id] == {LEAVING_LEVEL},
            frozenset(levels[row.id] - {""}),
        )
        for row in sorted(rows, key=lambda row: (natural_order(row.name), row.location))
    )


def _shared(year_id: int) -> dict[frozenset[int], int]:
    """Per two classes the families with a child in both; two parents of the same children are one family."""
    rows = db.session.execute(
        select(Guardianship.guardian_id, Guardianship.pupil_id, Enrolment.class_id)
        .join(Enrolment, Enrolment.pupil_id == Guardianship.pupil_id)
        .where(Enrolment.year_id == year_id, Enrolment.present, Guardianship.is_invited)
    )
    children: dict[int, set[tuple[int, int]]] = defaultdict(set)
    for guardian_id, pupil_id, class_id in rows:
        children[guardian_id].add((class_id, pupil_id))
    families: dict[frozenset[int], set[frozenset[int]]] = defaultdict(set)
    for own in children.values():
        for one, other in itertools.combinations(sorted({class_id for class_id, _ in own}), 2):
            pupils = frozenset(pupil_id for class_id, pupil_id in own if class_id in (one, other))
            families[frozenset({one, other})].add(pupils)
    return {pair: len(found) for pair, found in families.items()}


def year_names(year_id: int) -> dict[int, str]:
    """The classes of a year by their number."""
    return {
        group.id: group.name for group in db.session.scalars(select(ClassGroup).where(ClassGroup.year_id == year_id))
    }


def _kind_days(lines: Iterable[PlanLine]) -> tuple[KindDay, ...]:
    found: dict[tuple[date, PlannedKind], list[PlanLine]] = defaultdict(list)
    for line in lines:
        found[line.planned.day, line.planned.kind].append(line)
    return tuple(KindDay(kind, day, tuple(own)) for (day, kind), own in sorted(found.items(), key=_by_day))


def _by_day(item: tuple[tuple[date, PlannedKind], list[PlanLine]]) -> tuple[date, bool, str]:
    (day, kind), _lines = item
    return day, kind.is_evening, kind.value


def _months(lines: Iterable[PlanLine], facts: PlanningFacts) -> tuple[Month, ...]:
    """Every month from the first with something in it to the last."""
    kind_days = _kind_days(lines)
    if not kind_days:
        return ()
    month, last = kind_days[0].day.replace(day=1), kind_days[-1].day.replace(day=1)
    free = sorted(facts.free, key=lambda day: day.period.starts_on)
    found = []
    while month <= last:
        here = tuple(one for one in kind_days if one.day.replace(day=1) == month)
        found.append(Month(month, here, tuple(day for day in free if _begins_in(day, month))))
        month = (month.replace(day=28) + timedelta(days=4)).replace(day=1)
    return tuple(found)


def _begins_in(day: CalendarDay, month: date) -> bool:
    """In which month a holiday is named: once, where it begins. A holiday makes the day within it no news."""
    return day.period.starts_on.replace(day=1) == month and day.kind is not DayKind.PUBLIC_HOLIDAY


def _missed(lines: Iterable[PlanLine], facts: PlanningFacts) -> dict[date, CalendarDay]:
    wanted = {line.planned.instead_of for line in lines if line.planned.instead_of}
    return {day: free for day in wanted if (free := facts.free_on(day))}


def _kinds(lines: Iterable[PlanLine]) -> tuple[KindState, ...]:
    found: dict[PlannedKind, list[PlanLine]] = defaultdict(list)
    for line in lines:
        found[line.planned.kind].append(line)
    return tuple(
        KindState(kind, len(found[kind]), sum(line.published_at is not None for line in found[kind]))
        for kind in PlannedKind
        if kind in found
    )


def _finding(document: Mapping[str, Any]) -> Finding:
    return Finding(
        FindingKind(document["what"]), PlannedKind(document["kind"]), tuple(document["groups"]), document["count"]
    )
