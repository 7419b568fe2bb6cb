"""The plan of a school year: proposed in one go, moved by hand, made known in parts."""

import uuid
from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.gatherings import GatheringOver
from scheduling.domain.information_poll import NoDayFits, WantedPeriod, days_of
from scheduling.domain.journal import Actor
from scheduling.domain.people import StaffRole
from scheduling.domain.timeslots import local
from scheduling.domain.year_plans import (
    USUAL_TIMES,
    Finding,
    Habit,
    NoSuchPlanned,
    NothingChosen,
    Planned,
    PlannedKind,
    PlannedMeanwhile,
    PlanWishes,
    WouldClash,
    clashes_of,
    ensure_moment,
    ensure_wishes,
    first_that_fits,
    plan,
)
from scheduling.models import Gathering, PlannedClass, PlannedDate, SchoolYear, StaffMemberRole, YearPlanning
from scheduling.queries.gathering_guests import span_of
from scheduling.queries.year_plans import as_planned, habits_for, planning_facts, standing_rows
from scheduling.queries.years import YearFacts
from scheduling.services.gatherings import take_off
from scheduling.services.journal import record
from scheduling.services.plan_moments import follow_calendar
from scheduling.services.transaction import lock, transaction


def propose(*, year: YearFacts, wishes: PlanWishes, by: Actor, now: datetime) -> int:
    """Plan the year around what was moved by hand or made known; answers how many moments are new."""
    ensure_wishes(wishes)
    with transaction() as session:
        lock(session, SchoolYear, [year.id])
        kept = []
        with_details = set(session.scalars(select(Gathering.planned_id)))
        for row in _rows(session, year.id):
            if row.moved or row.published_at or row.id in with_details:
                kept.append(as_planned(row))
            else:
                session.delete(row)
        session.flush()
        made = plan(planning_facts(year.id), wishes, habits_for(year), kept)
        session.add_all(_row(year.id, one, now) for one in made.rows)
        session.merge(
            YearPlanning(
                year_id=year.id, information=wishes.information, circles=wishes.circles,
                reception_minutes=wishes.reception_minutes, avoids=wishes.avoids, planned_at=now,
                findings=[_document(one) for one in made.findings],
            )
        )  # fmt: skip
        record(
            session, by=by, action="year_plans.propose", subject="school_year", subject_id=year.id, now=now,
            new=len(made.rows), kept=len(kept),
        )  # fmt: skip
        return len(made.rows)


def move(
    *, planned_id: int, version: int, day: date, until: date | None = None, begins: time | None, ends: time | None,
    place: str, sure: bool, by: Actor, now: datetime,
) -> None:  # fmt: skip
    """Another day, time or place. What then gets in the way of something is said first, unless `sure`."""
    with transaction() as session:
        row = _locked(session, planned_id, version)
        facts = planning_facts(row.year_id)
        before = as_planned(row)
        moved = replace(
            before, day=day, until=until, begins=begins, ends=ends, place=place.strip(), why=None, instead_of=None
        )
        ensure_moment(moved, facts, by_director=sure and _is_director(session, by))
        others = [as_planned(other) for other in _rows(session, row.year_id) if other.id != planned_id]
        found = clashes_of(moved, others, facts)
        if found and not sure:
            raise WouldClash(found)
        row.day, row.until, row.begins, row.ends, row.place = day, until, begins, ends, moved.place
        row.why, row.instead_of, row.moved = None, None, True
        row.version += 1
        row.ical_sequence += 1
        row.ical_stamp = now
        record(
            session, by=by, action="year_plans.move", subject="planned_date", subject_id=row.id, now=now,
            kind=row.kind, before=before.day.isoformat(), after=day.isoformat(), clashes=len(found),
        )  # fmt: skip
        _move_moments(session, row.year_id, [row.kind], now)


def add(*, year_id: int, moment: Planned, sure: bool, by: Actor, now: datetime) -> int:
    """One moment more, chosen by the school. What it gets in the way of is said first, unless `sure`."""
    with transaction() as session:
        return put(session, year_id=year_id, moment=moment, sure=sure, by=by, now=now)


def put(session: Session, *, year_id: int, moment: Planned, sure: bool, by: Actor, now: datetime) -> int:
    """The same within the caller's transaction."""
    lock(session, SchoolYear, [year_id])
    facts = planning_facts(year_id)
    wanted = replace(moment, place=moment.place.strip(), why=None)
    if not set(wanted.groups) <= {group.id for group in facts.groups}:
        raise NotFound
    ensure_moment(wanted, facts, by_director=sure and _is_director(session, by))
    found = clashes_of(wanted, [as_planned(other) for other in _rows(session, year_id)], facts)
    if found and not sure:
        raise WouldClash(found)
    return _keep(session, year_id, wanted, len(found), by, now)


def add_within(
    *, year: YearFacts, kind: PlannedKind, groups: Collection[int], period: WantedPeriod, by: Actor, now: datetime
) -> int:
    """An evening in the period that families want, on the first day on which it clashes with nothing."""
    with transaction() as session:
        lock(session, SchoolYear, [year.id])
        facts = planning_facts(year.id)
        if not set(groups) <= {group.id for group in facts.groups}:
            raise NotFound
        days = days_of(period, year.period)
        usual = habits_for(year).get(PlannedKind.INFORMATION_EVENING) or Habit(
            *USUAL_TIMES[PlannedKind.INFORMATION_EVENING]
        )
        wanted = Planned(
            kind, days.starts_on, begins=usual.begins, ends=usual.ends, groups=tuple(sorted(groups)), place=usual.place
        )
        others = [as_planned(other) for other in _rows(session, year.id)]
        found = first_that_fits(wanted, others, facts, days, after=local(now).date())
        if found is None:
            raise NoDayFits(period)
        return _keep(session, year.id, found, 0, by, now)


def remove(*, planned_id: int, version: int, by: Actor, now: datetime) -> int:
    """This moment is not held; answers its year. Where it was known, calendars and the overview lose it.

    When families were invited to it, it is called off: they are told, and who said what is kept as long as talks are.
    What they were invited to and has begun, was held: it stays.
    """
    with transaction() as session:
        row = _locked(session, planned_id, version)
        year_id = row.year_id
        gathering = session.get(Gathering, planned_id)
        if gathering is not None and gathering.invited_at is not None:
            if span_of(row).starts_at <= now:
                raise GatheringOver
            take_off(session, gathering, by=by, now=now)
            return year_id
        record(
            session, by=by, action="year_plans.remove", subject="planned_date", subject_id=row.id, now=now,
            kind=row.kind, day=row.day.isoformat(), was_known=row.published_at is not None,
        )  # fmt: skip
        session.delete(row)
        _move_moments(session, year_id, [row.kind], now)
        return year_id


def publish(*, year_id: int, kinds: Collection[PlannedKind], by: Actor, now: datetime) -> int:
    """Make these kinds known: public overview and colleagues' calendars. All of it can be held, or nothing is known."""
    if not kinds:
        raise NothingChosen
    with transaction() as session:
        lock(session, SchoolYear, [year_id])
        facts = planning_facts(year_id)
        rows = [row for row in _rows(session, year_id) if row.kind in kinds and row.published_at is None]
        for row in rows:
            ensure_moment(as_planned(row), facts, by_director=row.moved)
            row.published_at, row.ical_stamp = now, now
        _tell(session, "year_plans.publish", year_id, kinds, len(rows), by, now)
        _move_moments(session, year_id, kinds, now)
        return len(rows)


def withdraw(*, year_id: int, kinds: Collection[PlannedKind], by: Actor, now: datetime) -> int:
    """These kinds are known no longer; the plan itself stays."""
    if not kinds:
        raise NothingChosen
    with transaction() as session:
        lock(session, SchoolYear, [year_id])
        rows = [row for row in _rows(session, year_id) if row.kind in kinds and row.published_at is not None]
        for row in rows:
            row.published_at = None
            row.ical_sequence += 1
        _tell(session, "year_plans.withdraw", year_id, kinds, len(rows), by, now)
        _move_moments(session, year_id, kinds, now)
        return len(rows)


def _tell(
    session: Session, action: str, year_id: int, kinds: Collection[PlannedKind], count: int, by: Actor, now: datetime
) -> None:
    record(
        session, by=by, action=action, subject="school_year", subject_id=year_id, now=now, count=count,
        kinds=sorted(kind.value for kind in kinds),
    )  # fmt: skip


def _move_moments(session: Session, year_id: int, kinds: Collection[PlannedKind], now: datetime) -> None:
    """What families agreed for after a report follows the date that is known of it."""
    if PlannedKind.REPORT in kinds:
        follow_calendar(session, year_id, now)


def _keep(session: Session, year_id: int, moment: Planned, clashes: int, by: Actor, now: datetime) -> int:
    """One moment that the school chose itself."""
    row = _row(year_id, moment, now)
    row.moved = True
    session.add(row)
    session.flush()
    record(
        session, by=by, action="year_plans.add", subject="planned_date", subject_id=row.id, now=now,
        kind=row.kind, day=row.day.isoformat(), clashes=clashes,
    )  # fmt: skip
    return row.id


def _rows(session: Session, year_id: int) -> list[PlannedDate]:
    return standing_rows(session, year_id)


def _locked(session: Session, planned_id: int, version: int) -> PlannedDate:
    """The moment as the office saw it. Its year is held: two moves at once would not see each other's clash."""
    year_id = session.scalar(select(PlannedDate.year_id).where(PlannedDate.id == planned_id))
    if year_id is None:
        raise NoSuchPlanned
    lock(session, SchoolYear, [year_id])
    row, gathering = session.get(PlannedDate, planned_id), session.get(Gathering, planned_id)
    if row is None or (gathering is not None and gathering.called_off_at is not None):
        raise NoSuchPlanned
    if row.version != version:
        raise PlannedMeanwhile
    return row


def _row(year_id: int, one: Planned, now: datetime) -> PlannedDate:
    return PlannedDate(
        year_id=year_id, kind=one.kind, day=one.day, until=one.until, begins=one.begins, ends=one.ends,
        place=one.place, for_all=one.for_all, why=one.why, instead_of=one.instead_of, moved=False, version=1,
        ical_uid=f"y-{uuid.uuid4().hex}@driehoek", ical_sequence=0, ical_stamp=now,
        classes=[PlannedClass(class_id=group) for group in one.groups],
    )  # fmt: skip


def _document(finding: Finding) -> dict[str, object]:
    return {
        "what": finding.what.value, "kind": finding.kind.value, "groups": list(finding.groups),
        "count": finding.count,
    }  # fmt: skip


def _is_director(session: Session, by: Actor) -> bool:
    return session.get(StaffMemberRole, (by.id, StaffRole.DIRECTOR)) is not None
