"""The moments of an agreement: kept with it, on days that follow the school's calendar."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.mailings import Letter
from scheduling.domain.moments import SchoolCalendar, resolve
from scheduling.domain.plans import AgreedMoment, PlanState
from scheduling.domain.timeslots import local
from scheduling.models import CommunicationPlan, PlanMoment, Pupil, SchoolYear, Staff
from scheduling.queries import plans
from scheduling.queries.moments import school_calendar
from scheduling.services import outbox
from scheduling.services.contacts import forget_outcomes
from scheduling.services.transaction import lock


def agreed(plan: CommunicationPlan) -> tuple[AgreedMoment, ...]:
    """What stands of moments, in its order."""
    return tuple(plans.as_agreed(row) for row in plan.moments)


def keep_moments(session: Session, plan: CommunicationPlan, wanted: Iterable[AgreedMoment], now: datetime) -> None:
    """A moment that stays keeps its place in calendars; one that changed keeps it too, and says so there."""
    there = list(plan.moments)
    rows: dict[int, PlanMoment] = {}
    changed = []
    for place, moment in enumerate(wanted):
        same = next((row for row in there if plans.as_agreed(row) == moment), None)
        if same is None:
            changed.append((place, moment))
        else:
            there.remove(same)
            rows[place] = same
    for place, moment in changed:
        rows[place] = there.pop(0) if there else _new_moment(plan)
        if plans.as_agreed(rows[place]).timing != moment.timing:
            forget_outcomes(session, rows[place])
        _say(rows[place], moment)
        _changes(rows[place], now)
    for place, row in rows.items():
        row.position = place
    for row in there:
        plan.moments.remove(row)
    _put_days(list(rows.values()), school_calendar(session, plan.year_id))


def settle(session: Session, plan: CommunicationPlan) -> None:
    """After an answer: everybody said yes, and calendars hold it; or somebody would rather have it otherwise.

    While a change waits, what reads as before still stands.
    """
    session.flush()
    facts = plans.plans_of([plan.pupil_id], plan.year_id)[plan.pupil_id, plan.household_id]
    if facts.state is PlanState.AGREED or facts.wish:
        for row in plan.moments:
            row.stands = facts.wish is None


def follow_calendar(session: Session, year_id: int, now: datetime) -> int:
    """After a change of the school's days, in the caller's transaction.

    The year is held: who makes an agreement with moments does so before this, or with the days as they are now. What
    was agreed stands; the days it falls on are others. Of what stands the leader is told, unless those days are over;
    the home by its calendars. Answers how many agreements were told of.
    """
    session.flush()
    lock(session, SchoolYear, [year_id])
    having = select(PlanMoment.plan_id)
    of_year = CommunicationPlan.year_id == year_id, CommunicationPlan.id.in_(having)
    pupils = list(session.scalars(select(CommunicationPlan.pupil_id).where(*of_year)))
    if not pupils:
        return 0
    lock(session, Pupil, pupils)
    calendar, today = school_calendar(session, year_id), local(now).date()
    moved = {}
    for plan in session.scalars(select(CommunicationPlan).where(*of_year).order_by(CommunicationPlan.id)):
        rows = _put_days(list(plan.moments), calendar)
        for row in rows:
            _changes(row, now)
        coming = [row for row in rows if row.stands and (row.closes_on is None or row.closes_on >= today)]
        if coming:
            moved[plan] = coming
    session.flush()
    _tell_leaders(session, moved, now)
    return len(moved)


def _tell_leaders(session: Session, moved: Mapping[CommunicationPlan, Sequence[PlanMoment]], now: datetime) -> None:
    """One letter to each leader, with every family that it is about."""
    told: dict[int, list[list[int]]] = {}
    for plan, rows in moved.items():
        for staff_id in plans.leaders_to_tell(session, plan):
            told.setdefault(staff_id, []).extend([row.id, row.ical_sequence] for row in rows)
    for staff_id, moments in told.items():
        staff = session.get_one(Staff, staff_id)
        facts = {"moments": moments}
        outbox.post_to_staff(session, letter=Letter.PLAN_MOVED_NOTICE, staff=staff, now=now, facts=facts)


def _put_days(rows: Sequence[PlanMoment], calendar: SchoolCalendar) -> list[PlanMoment]:
    """Each moment on the days it has now; answers those whose days are others than before."""
    found = resolve([plans.as_agreed(row).timing for row in rows], calendar)
    moved = []
    for row, one in zip(rows, found, strict=True):
        days = (one.days.starts_on, one.days.ends_on) if one.days else (None, None)
        if (row.opens_on, row.closes_on) != days:
            row.opens_on, row.closes_on = days
            moved.append(row)
    return moved


def _new_moment(plan: CommunicationPlan) -> PlanMoment:
    row = PlanMoment(ical_uid=f"m-{uuid.uuid4().hex}@driehoek", ical_sequence=-1)
    plan.moments.append(row)
    return row


def _changes(row: PlanMoment, now: datetime) -> None:
    row.ical_sequence += 1
    row.ical_stamp = now


def _say(row: PlanMoment, moment: AgreedMoment) -> None:
    timing = moment.timing
    row.kind, row.anchor, row.month, row.day = timing.kind, timing.anchor, timing.month, timing.day
    row.begins, row.minutes = timing.begins, timing.minutes
    row.form, row.with_pupil = moment.form, moment.with_pupil
    row.purpose, row.is_review = moment.purpose, moment.is_review
    row.stands = False
