"""The school's calendar as moments of contact see it."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.moments import MomentKind, Resolved, SchoolCalendar, resolve, span_of
from scheduling.domain.plans import AgreedMoment
from scheduling.domain.rounds import LIVE
from scheduling.domain.timeslots import Span
from scheduling.domain.year_plans import PlannedKind, public_holidays
from scheduling.domain.years import CalendarDay, DayKind, NoSuchYear, Period, Region
from scheduling.models import Booking, CommunicationPlan, PlanMoment, PlannedDate, School, SchoolDay, SchoolYear, db
from scheduling.queries.once import once
from scheduling.queries.plans import PlanKey, as_agreed


@once
def school_calendar(session: Session, year_id: int) -> SchoolCalendar:
    """Days without school, and the reports: as the year plan made them known, else as the calendar has them."""
    year = session.get(SchoolYear, year_id)
    if year is None:
        raise NoSuchYear
    period = Period(year.starts_on, year.ends_on)
    rows = session.scalars(select(SchoolDay).where(SchoolDay.year_id == year_id).order_by(SchoolDay.starts_on))
    lines = [CalendarDay(row.kind, row.label, Period(row.starts_on, row.ends_on)) for row in rows]
    region = session.scalar(select(School.region)) or Region.MIDDLE
    known = _reports(session, year_id, period)
    own = [line for line in lines if line.kind not in known]
    reports = [CalendarDay(kind, "", Period(day, day)) for kind, day in known.items()]
    return SchoolCalendar(period, (*own, *public_holidays(period, region), *reports))


def on_the_calendar(moments: Sequence[AgreedMoment], year_id: int) -> tuple[Resolved, ...]:
    """Moments of an agreement on the school's days, as a family reads them."""
    if not moments:
        return ()
    return resolve([moment.timing for moment in moments], school_calendar(db.session(), year_id))


def beside_the_rest(
    moments: Sequence[AgreedMoment], year_id: int, *, leader_id: int, plan_key: PlanKey
) -> tuple[Resolved, ...]:
    """The same for their leader: also beside this colleague's talks, and what was agreed with other homes."""
    timings = [moment.timing for moment in moments]
    if not any(timing.kind is MomentKind.FIXED for timing in timings):
        return on_the_calendar(moments, year_id)
    session = db.session()
    taken = [*_talks_of(session, leader_id), *_moments_of(session, leader_id, year_id, plan_key)]
    return resolve(timings, school_calendar(session, year_id), taken)


def _talks_of(session: Session, leader_id: int) -> list[Span]:
    rows = session.execute(
        select(Booking.starts_at, Booking.ends_at).where(Booking.leader_id == leader_id, Booking.status.in_(LIVE))
    )
    return [Span(starts_at, ends_at) for starts_at, ends_at in rows if starts_at and ends_at]


def _moments_of(session: Session, leader_id: int, year_id: int, besides: PlanKey) -> list[Span]:
    rows = session.execute(
        select(PlanMoment, CommunicationPlan.pupil_id, CommunicationPlan.household_id)
        .join(CommunicationPlan, CommunicationPlan.id == PlanMoment.plan_id)
        .where(
            CommunicationPlan.recorded_by == leader_id, CommunicationPlan.year_id == year_id,
            PlanMoment.kind == MomentKind.FIXED,
        )
    )  # fmt: skip
    spans = [span_of(as_agreed(row).timing) for row, pupil_id, home_id in rows if (pupil_id, home_id) != besides]
    return [span for span in spans if span]


def _reports(session: Session, year_id: int, year: Period) -> dict[DayKind, date]:
    """The first report of each half of the year that the school made known in its year plan."""
    days = session.scalars(
        select(PlannedDate.day)
        .where(
            PlannedDate.year_id == year_id, PlannedDate.kind == PlannedKind.REPORT,
            PlannedDate.published_at.is_not(None),
        )
        .order_by(PlannedDate.day.desc())
    )  # fmt: skip
    new_year = date(year.ends_on.year, 1, 1)
    return {DayKind.REPORT_1 if day < new_year else DayKind.REPORT_2: day for day in days}
