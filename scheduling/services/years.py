"""The school's calendar: pre-filled for the region, and the school's own word that always wins."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.imports import ICALENDAR, DayRecord, Place, Problem, SchoolFile, Severity, problem
from scheduling.domain.journal import Actor
from scheduling.domain.years import (
    LABEL_LENGTH,
    CalendarDay,
    DayKind,
    NoCalendar,
    NoSuchDay,
    NoSuchYear,
    Period,
    Region,
    SameDayTwice,
    ensure_day,
    overrules,
    year_period,
)
from scheduling.formats.holidays import holidays_of
from scheduling.formats.process import read_uploads
from scheduling.models import SchoolDay, SchoolYear
from scheduling.services.journal import record
from scheduling.services.plan_moments import follow_calendar
from scheduling.services.transaction import transaction

CALENDARS = ("calendar", ICALENDAR)
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Entered:
    """What a calendar brought: new lines, lines that were there already, and pre-filled ones that it replaced."""

    new: int
    unchanged: int
    replaced: int
    left_out: int = 0
    """Lines of an agenda that are no free day or report."""


def add_day(*, year_id: int, day: CalendarDay, by: Actor, now: datetime) -> int:
    """The office writes a line in the calendar; a pre-filled line about the same holiday makes room."""
    with transaction() as session:
        year = _get_year(session, year_id)
        row = _enter(session, year, day)
        _write(session, "years.add_day", row, by, now)
        follow_calendar(session, year_id, now)
        return row.id


def change_day(*, day_id: int, day: CalendarDay, by: Actor, now: datetime) -> None:
    """The office corrects a line; from then on it is the school's own."""
    with transaction() as session:
        row = _get_day(session, day_id)
        year = _get_year(session, row.year_id)
        ensure_day(day, year.label, _period(year))
        _ensure_free(session, year, day, except_id=row.id)
        _make_room(session, year, day, except_id=row.id)
        _fill(row, day)
        _write(session, "years.change_day", row, by, now)
        follow_calendar(session, year.id, now)


def remove_day(*, day_id: int, by: Actor, now: datetime) -> int:
    """The office takes a line out of the calendar; answers the year it was in."""
    with transaction() as session:
        row = _get_day(session, day_id)
        year_id = row.year_id
        _write(session, "years.remove_day", row, by, now)
        session.delete(row)
        follow_calendar(session, year_id, now)
        return year_id


def read_calendar(
    *, year_id: int, uploads: Sequence[tuple[str, bytes]], replace: bool, by: Actor, now: datetime
) -> Entered:
    """Take in a calendar file, all of it or nothing. `replace` first forgets the school's earlier own lines."""
    files = read_uploads(uploads)
    with transaction() as session:
        year = _get_year(session, year_id)
        days = [day for file in files for day in _days_of(file, year)]
        faults = _faults(files, days, year)
        if faults:
            raise NoCalendar(faults)
        if replace:
            _forget_own(session, year)
        put = put_own_days(session, year, days)
        entered = Entered(put.new, put.unchanged, put.replaced, sum(map(_left_out, files)))
        record(
            session, by=by, action="years.read_calendar", subject="school_year", subject_id=year.id, now=now,
            new=entered.new, unchanged=entered.unchanged, replaced=entered.replaced,
        )  # fmt: skip
        follow_calendar(session, year_id, now)
        return entered


def put_own_days(session: Session, year: SchoolYear, days: Iterable[DayRecord]) -> Entered:
    """Lines of the school's own calendar, inside the caller's transaction; a line that is there stays as it is."""
    new = unchanged = replaced = 0
    for record_ in days:
        day = CalendarDay(record_.kind, record_.label, Period(record_.starts_on, record_.ends_on))
        same = _find_same(session, year, day)
        if same is not None and same.ends_on == day.period.ends_on:
            same.own = True
            unchanged += 1
            continue
        replaced += _make_room(session, year, day)
        if same is not None and not _is_gone(session, same):
            session.delete(same)
        session.flush()
        _add(session, year, day)
        new += 1
    return Entered(new, unchanged, replaced)


def put_year(session: Session, label: str, region: Region) -> SchoolYear:
    """The school year, made with the region's holidays when it is not there yet."""
    period = year_period(label, region)
    label = f"{period.starts_on.year}-{period.ends_on.year}"
    year = session.scalar(select(SchoolYear).where(SchoolYear.label == label))
    if year is None:
        year = SchoolYear(label=label, starts_on=period.starts_on, ends_on=period.ends_on)
        session.add(year)
        session.flush()
        prefill(session, year, region)
    return year


def prefill(session: Session, year: SchoolYear, region: Region) -> None:
    """Fill in the region's holidays, the summer before the year as well, around the school's own lines."""
    for row in session.scalars(select(SchoolDay).where(SchoolDay.year_id == year.id, ~SchoolDay.own)):
        session.delete(row)
    session.flush()
    own = [_as_day(row) for row in session.scalars(select(SchoolDay).where(SchoolDay.year_id == year.id))]
    for holiday in holidays_of(region, Period(year.starts_on - A_DAY, year.ends_on)):
        day = CalendarDay(DayKind.HOLIDAY, holiday.name, holiday.period)
        if not any(overrules(mine, day) for mine in own):
            session.add(_row(year, day, own=False))
    session.flush()


def _enter(session: Session, year: SchoolYear, day: CalendarDay) -> SchoolDay:
    ensure_day(day, year.label, _period(year))
    _make_room(session, year, day)
    session.flush()
    _ensure_free(session, year, day)
    return _add(session, year, day)


def _make_room(session: Session, year: SchoolYear, day: CalendarDay, *, except_id: int | None = None) -> int:
    """Take out the pre-filled lines that this own line replaces, and the same report's earlier date."""
    going = [
        row
        for row in session.scalars(select(SchoolDay).where(SchoolDay.year_id == year.id))
        if row.id != except_id
        and (overrules(day, _as_day(row)) if not row.own else row.kind is day.kind and not day.kind.is_free)
    ]
    for row in going:
        session.delete(row)
    session.flush()
    return len(going)


def _forget_own(session: Session, year: SchoolYear) -> None:
    for row in session.scalars(select(SchoolDay).where(SchoolDay.year_id == year.id, SchoolDay.own)):
        session.delete(row)
    session.flush()


def _faults(files: Sequence[SchoolFile], days: Sequence[DayRecord], year: SchoolYear) -> list[Problem]:
    """Why this is not a calendar of this year, row by row."""
    found = [item for file in files for item in file.problems if item.severity is Severity.ERROR]
    others = [file for file in files if file.layout and file.layout not in CALENDARS]
    found += [problem(Place(file.name, 1), "", "not_a_calendar", Severity.ERROR) for file in others]
    around = Period(year.starts_on - 2 * A_DAY, year.ends_on + 2 * A_DAY)
    found += [
        problem(day.place, "van", "day_outside_year", Severity.ERROR, year=year.label)
        for day in days
        if not around.overlaps(Period(day.starts_on, day.ends_on))
    ]
    if not found and not days:
        found.append(problem(Place(files[0].name if files else "", 0), "", "empty", Severity.ERROR))
    return found


def _days_of(file: SchoolFile, year: SchoolYear) -> list[DayRecord]:
    """The days a file tells; an agenda runs over the years, so of that only what touches this one."""
    days = [day for day in file.records if isinstance(day, DayRecord)]
    if file.layout != ICALENDAR:
        return days
    return [day for day in days if Period(day.starts_on, day.ends_on).overlaps(_period(year))]


def _left_out(file: SchoolFile) -> int:
    return sum(item.code.startswith("event_") for item in file.problems)


def _find_same(session: Session, year: SchoolYear, day: CalendarDay) -> SchoolDay | None:
    return session.scalar(
        select(SchoolDay).where(
            SchoolDay.year_id == year.id,
            SchoolDay.kind == day.kind,
            SchoolDay.starts_on == day.period.starts_on,
            SchoolDay.label == _label(day),
        )
    )


def _ensure_free(session: Session, year: SchoolYear, day: CalendarDay, *, except_id: int | None = None) -> None:
    same = _find_same(session, year, day)
    if same is not None and same.id != except_id:
        raise SameDayTwice(day.period.starts_on, day.label)


def _is_gone(session: Session, row: SchoolDay) -> bool:
    return row in session.deleted or row not in session


def _add(session: Session, year: SchoolYear, day: CalendarDay) -> SchoolDay:
    row = _row(year, day, own=True)
    session.add(row)
    session.flush()
    return row


def _row(year: SchoolYear, day: CalendarDay, *, own: bool) -> SchoolDay:
    return SchoolDay(
        year_id=year.id, kind=day.kind, label=_label(day), starts_on=day.period.starts_on,
        ends_on=day.period.ends_on, own=own,
    )  # fmt: skip


def _fill(row: SchoolDay, day: CalendarDay) -> None:
    row.kind, row.label, row.own = day.kind, _label(day), True
    row.starts_on, row.ends_on = day.period.starts_on, day.period.ends_on


def _label(day: CalendarDay) -> str:
    return (day.label.strip() or day.kind.value.replace("_", " "))[:LABEL_LENGTH]


def _as_day(row: SchoolDay) -> CalendarDay:
    return CalendarDay(row.kind, row.label, Period(row.starts_on, row.ends_on))


def _period(year: SchoolYear) -> Period:
    return Period(year.starts_on, year.ends_on)


def _get_year(session: Session, year_id: int) -> SchoolYear:
    year = session.get(SchoolYear, year_id)
    if year is None:
        raise NoSuchYear
    return year


def _get_day(session: Session, day_id: int) -> SchoolDay:
    row = session.get(SchoolDay, day_id)
    if row is None:
        raise NoSuchDay
    return row


def _write(session: Session, action: str, row: SchoolDay, by: Actor, now: datetime) -> None:
    record(
        session, by=by, action=action, subject="school_day", subject_id=row.id, now=now, year=row.year_id,
        kind=row.kind, starts_on=row.starts_on.isoformat(), ends_on=row.ends_on.isoformat(),
    )  # fmt: skip
