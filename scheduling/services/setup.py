"""The first day: schema, school, school year with its holidays, the office's first account. Twice is once."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.domain.journal import SYSTEM
from scheduling.domain.people import Sector
from scheduling.domain.school import ensure_school_name
from scheduling.domain.staff import ensure_email, ensure_length, tidy_email
from scheduling.domain.timeslots import local
from scheduling.domain.years import Region, ensure_same_country, year_of, year_period
from scheduling.models import School, SchoolDay, SchoolYear, Staff, db, schema
from scheduling.services import staff, years
from scheduling.services.journal import record
from scheduling.services.plan_moments import follow_calendar
from scheduling.services.transaction import transaction


@dataclass(frozen=True)
class SetUp:
    """The school as it stands after `setup`."""

    school: str
    sector: Sector
    region: Region
    year: str
    starts_on: date
    ends_on: date
    holidays: int
    account: str


def set_up(
    *, school: str, region: Region, email: str, password: str, now: datetime,
    sector: Sector | None = None, year: str | None = None,
) -> SetUp:  # fmt: skip
    """Make everything that is not there yet, and bring the rest to what is asked."""
    school, email = " ".join(school.split()), tidy_email(email)
    label = year or year_of(local(now).date(), region)
    _ensure(school, email, password, label, region)
    db.session.rollback()
    schema.upgrade(db.engine)
    keep = _has_password(email, password)
    fresh = "" if keep else staff.hash_password(password)
    with transaction() as session:
        row = _put_school(session, school, region, sector, email, now)
        school_year = years.put_year(session, label, region)
        account = staff.put_office_account(session, email=email, password_hash=fresh, keep=keep, now=now)
        facts = {"region": row.region, "sector": row.sector, "year": school_year.label, "account": account.id}
        record(session, by=SYSTEM, action="school.set_up", subject="school", subject_id=row.id, now=now, **facts)
        return SetUp(
            school=row.name, sector=row.sector, region=row.region, year=school_year.label,
            starts_on=school_year.starts_on, ends_on=school_year.ends_on,
            holidays=_days(session, school_year), account=account.email,
        )  # fmt: skip


def _ensure(school: str, email: str, password: str, label: str, region: Region) -> None:
    ensure_school_name(school)
    ensure_email(email)
    ensure_length(password)
    year_period(label, region)


def _has_password(email: str, password: str) -> bool:
    """Does this account have this password already?"""
    kept = db.session.scalar(select(Staff.password_hash).where(func.lower(Staff.email) == email.lower()))
    db.session.rollback()
    return staff.is_password(kept, password)


def _put_school(
    session: Session, name: str, region: Region, sector: Sector | None, email: str, now: datetime
) -> School:  # fmt: skip
    row = session.get(School, 1)
    if row is None:
        # Until the office says otherwise, parents who need help reach the one who set up the school.
        row = School(id=1, name=name, region=region, sector=sector or Sector.PRIMARY, email=email)
        session.add(row)
        session.flush()
        return row
    row.name, row.sector = name, sector or row.sector
    if row.region is not region:
        _move(session, row, region, now)
    return row


def _move(session: Session, row: School, region: Region, now: datetime) -> None:
    """Another region: other holidays, in every year that is there; the school's own lines stay."""
    known = session.scalars(select(SchoolYear)).all()
    if known:
        ensure_same_country(row.region, region)
    row.region = region
    for year in known:
        years.prefill(session, year, region)
        follow_calendar(session, year.id, now)


def _days(session: Session, year: SchoolYear) -> int:
    return session.scalar(select(func.count(SchoolDay.id)).where(SchoolDay.year_id == year.id)) or 0
