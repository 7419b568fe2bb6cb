"""Contact with families as their leader and they themselves read it: what was, and what is due."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from scheduling.domain.contacts import (
    Channel,
    Contact,
    Group,
    NoSuchContact,
    channel_of,
    due_days,
    group_of,
)
from scheduling.domain.people import Name, Person
from scheduling.domain.plans import AgreedMoment
from scheduling.domain.timeslots import Span
from scheduling.domain.years import Period
from scheduling.models import DueContact, LoggedContact, Staff, db
from scheduling.queries import plans
from scheduling.queries.leaders import classes_of
from scheduling.queries.plans import HomePlan, PlanKey


@dataclass(frozen=True)
class LoggedFacts(Contact):
    """One line of the log, with who kept it."""

    id: int = 0
    by: Name = field(default_factory=lambda: Name(""))
    moment_id: int | None = None


Log = dict[PlanKey, tuple[LoggedFacts, ...]]
"""Per pupil and home: the oldest first."""


@dataclass(frozen=True)
class DueLine:
    """Contact that is due: a moment of the agreement (`moment`), or what the leader noted to do (`due_id`)."""

    row: HomePlan
    channel: Channel
    days: Period
    group: Group
    moment: AgreedMoment | None = None
    span: Span | None = None
    moment_id: int | None = None
    due_id: int | None = None
    last: LoggedFacts | None = None
    """The newest contact with this home."""

    @property
    def key(self) -> str:
        return f"m{self.moment_id}" if self.moment_id else f"d{self.due_id}"

    @property
    def minutes(self) -> int | None:
        return self.moment.timing.minutes if self.moment else None


@dataclass(frozen=True)
class WeekOfContact:
    """What a leader has to do, the latest first; and every home that could be noted."""

    lines: tuple[DueLine, ...]
    homes: tuple[HomePlan, ...]
    from_others: int
    """So many agreements of a colleague before."""

    def of(self, group: Group) -> tuple[DueLine, ...]:
        return tuple(line for line in self.lines if line.group is group)


@dataclass(frozen=True)
class HomeLog:
    """One home's contact this year, the newest first."""

    row: HomePlan
    contacts: tuple[LoggedFacts, ...]


@dataclass(frozen=True)
class TakenOver:
    """An agreement that a colleague made who no longer leads this class, with what is still to come."""

    row: HomePlan
    made_by: Name
    open: tuple[AgreedMoment, ...]
    last: LoggedFacts | None


def log_of(keys: Collection[PlanKey], year_id: int) -> Log:
    """What was noted of these homes."""
    if not keys:
        return {}
    rows = db.session.execute(
        select(LoggedContact, Staff)
        .join(Staff, Staff.id == LoggedContact.staff_id)
        .where(LoggedContact.year_id == year_id, LoggedContact.pupil_id.in_({pupil_id for pupil_id, _home in keys}))
        .order_by(LoggedContact.day, LoggedContact.id)
    )
    found: dict[PlanKey, list[LoggedFacts]] = defaultdict(list)
    for row, staff in rows:
        found[row.pupil_id, row.household_id].append(as_noted(row, staff.name))
    return {key: tuple(found[key]) for key in keys if key in found}


def week_of(leader_id: int, year_id: int, *, today: date) -> WeekOfContact:
    """What this leader has to do now, in own classes only."""
    rows = homes_of(year_id, leader_id, today)
    by_class = leaders_by_class(rows)
    lines = [line for leaders, line in _due(rows, by_class, year_id, today) if leader_id in leaders]
    ordered = sorted(lines, key=lambda line: (line.days.ends_on, line.row.pupil.name.sort_key, line.key))
    return WeekOfContact(tuple(ordered), rows, sum(_is_taken_over(row, by_class) for row in rows))


def late_leaders(year_id: int, *, today: date) -> set[int]:
    """Who has contact of which the last day is over."""
    rows = homes_of(year_id, None, today)
    due = _due(rows, leaders_by_class(rows), year_id, today)
    return {leader_id for leaders, line in due if line.group is Group.LATE for leader_id in leaders}


def home_log(pupil_id: int, household_id: int | None, year_id: int, *, leader_id: int, today: date) -> HomeLog:
    """One home of a pupil in a class of this leader."""
    row = plans.home_plan(pupil_id, household_id, year_id, leader_id=leader_id, today=today)
    if row.pupil.class_id not in dict(classes_of(leader_id, year_id)):
        raise NoSuchContact
    return HomeLog(row, tuple(reversed(log_of([_key(row)], year_id).get(_key(row), ()))))


def class_logs(leader_id: int, year_id: int, *, today: date) -> tuple[HomeLog, ...]:
    """All homes of a leader's own classes, in the order of the school's lists."""
    rows = homes_of(year_id, leader_id, today)
    log = log_of([_key(row) for row in rows], year_id)
    return tuple(HomeLog(row, tuple(reversed(log.get(_key(row), ())))) for row in rows)


def family_logs(person: Person, year_id: int, *, today: date) -> tuple[HomeLog, ...]:
    """What the school noted of contact with the own home, per child."""
    rows = plans.family_plans(person, year_id, today=today)
    log = log_of([_key(row) for row in rows], year_id)
    return tuple(HomeLog(row, tuple(reversed(log.get(_key(row), ())))) for row in rows)


def taken_over(leader_id: int, year_id: int, *, today: date) -> tuple[TakenOver, ...]:
    """The agreements of this leader's classes that come from a colleague before, with what is open."""
    rows = homes_of(year_id, leader_id, today)
    by_class = leaders_by_class(rows)
    log = log_of([_key(row) for row in rows], year_id)
    return tuple(
        TakenOver(row, row.plan.recorded_by, tuple(_open(row, log)), next(reversed(log.get(_key(row), ())), None))
        for row in rows
        if row.plan and _is_taken_over(row, by_class)
    )


def homes_of(year_id: int, leader_id: int | None, today: date) -> tuple[HomePlan, ...]:
    """Every home of this leader's classes (None: of all classes), with what was agreed."""
    groups = plans.agreements_by_class(year_id, leader_id=leader_id, today=today)
    return tuple(row for group in groups for row in group.rows)


def leaders_by_class(rows: Iterable[HomePlan]) -> dict[int, list[int]]:
    """Who leads the classes of these homes."""
    return plans.leaders_of({row.pupil.class_id for row in rows})


def _key(row: HomePlan) -> PlanKey:
    return row.pupil.id, row.home.household_id


def _is_taken_over(row: HomePlan, by_class: dict[int, list[int]]) -> bool:
    return row.plan is not None and row.plan.recorder_id not in by_class.get(row.pupil.class_id, ())


def _due(
    rows: Sequence[HomePlan], by_class: dict[int, list[int]], year_id: int, today: date
) -> Iterator[tuple[Sequence[int], DueLine]]:
    """Everything that is due with these homes, and which leaders see to it."""
    log = log_of([_key(row) for row in rows], year_id)
    noted: dict[PlanKey, list[DueContact]] = defaultdict(list)
    for one in db.session.scalars(select(DueContact).where(DueContact.year_id == year_id).order_by(DueContact.id)):
        noted[one.pupil_id, one.household_id].append(one)
    for row in rows:
        leaders, last = by_class.get(row.pupil.class_id), next(reversed(log.get(_key(row), ())), None)
        for line in _moments_due(row, log, last, today):
            yield plans.carriers(row.plan.recorder_id if row.plan else 0, leaders), line
        for one in noted[_key(row)]:
            days = Period(one.opens_on, one.closes_on)
            if group := group_of(days, today):
                line = DueLine(row, one.channel, days, group, due_id=one.id, last=last)
                yield plans.carriers(one.staff_id, leaders), line


def _moments_due(row: HomePlan, log: Log, last: LoggedFacts | None, today: date) -> Iterator[DueLine]:
    """What everybody said yes to: of which nobody said yet how it went, it stays late."""
    about = _by_moment(log.get(_key(row), ()))
    for one in row.plan.in_calendars if row.plan else ():
        days = due_days(one.days, about[one.id])
        group = group_of(days, today) if days else None
        if days and group:
            span = one.span if days == one.days else None
            yield DueLine(row, channel_of(one.moment.form), days, group, one.moment, span, moment_id=one.id, last=last)


def _open(row: HomePlan, log: Log) -> Iterator[AgreedMoment]:
    """The moments that nobody kept yet; one without days is always open."""
    about = _by_moment(log.get(_key(row), ()))
    done = [one.moment for one in row.plan.dated if due_days(one.days, about[one.id]) is None] if row.plan else []
    return (moment for moment in (row.plan.moments if row.plan else ()) if moment not in done)


def _by_moment(contacts: Iterable[LoggedFacts]) -> dict[int | None, list[LoggedFacts]]:
    found: dict[int | None, list[LoggedFacts]] = defaultdict(list)
    for contact in contacts:
        found[contact.moment_id].append(contact)
    return found


def as_noted(row: LoggedContact, by: Name) -> LoggedFacts:
    """One line, by whom it was kept."""
    return LoggedFacts(
        row.day, row.channel, row.began, row.went, row.good_news, row.minutes, row.line, row.moved_to,
        id=row.id, by=by, moment_id=row.moment_id,
    )  # fmt: skip
