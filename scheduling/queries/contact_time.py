"""What contact with families takes of each leader: minutes that were agreed, and minutes that were spent."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select, true

from scheduling.domain.contacts import minutes_of
from scheduling.domain.people import Name
from scheduling.domain.requests import asks_teachers
from scheduling.domain.rounds import LIVE, Outcome, RoundKind
from scheduling.models import Booking, LoggedContact, Round, Staff, db
from scheduling.queries import plans
from scheduling.queries.agreed_rounds import agreed_parts
from scheduling.queries.contacts import as_noted, homes_of, leaders_by_class
from scheduling.queries.plans import HomePlan
from scheduling.queries.school import the_school

HELD = (Outcome.HELD, Outcome.BY_PHONE)


@dataclass(frozen=True)
class TimeBalance:
    """The minutes of one leader this year: planned, and spent as far as it is known."""

    leader_id: int
    name: Name
    homes: int = 0
    moments: int = 0
    planned_moments: int = 0
    planned_talks: int = 0
    start_talks: int = 0
    """Of these: start conversations."""
    spared_talks: int = 0
    """Talks of contact evenings that nobody needs, because the family agreed on another form of contact."""
    spent_contacts: int = 0
    spent_talks: int = 0
    guessed: int = 0
    """So many contacts of which nobody wrote the minutes down."""


def time_balances(year_id: int, *, leader_id: int | None, today: date) -> tuple[TimeBalance, ...]:
    """Per leader (or of this one) what contact with families takes this year; a moment counts for one of a duo."""
    rows = homes_of(year_id, leader_id, today)
    by_class = leaders_by_class(rows)
    balances: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in rows:
        if row.plan and row.plan.in_calendars:
            balance = balances[plans.carriers(row.plan.recorder_id, by_class.get(row.pupil.class_id))[0]]
            balance["homes"] += 1
            balance["moments"] += len(row.plan.in_calendars)
            balance["planned_moments"] += sum(minutes_of(one.moment) for one in row.plan.in_calendars)
    _add_spared(balances, rows, by_class, year_id)
    _add_contacts(balances, year_id, leader_id)
    _add_talks(balances, year_id, leader_id)
    wanted = {leader for leaders in by_class.values() for leader in leaders} | balances.keys()
    staff = db.session.scalars(select(Staff).where(Staff.id.in_(wanted if leader_id is None else {leader_id})))
    return tuple(
        TimeBalance(one.id, one.name, **balances[one.id]) for one in sorted(staff, key=lambda one: one.name.sort_key)
    )


def _add_spared(
    balances: dict[int, dict[str, int]], rows: Sequence[HomePlan], by_class: dict[int, list[int]], year_id: int
) -> None:
    """Of a pupil with two homes it takes both. Where families ask for subject teachers nobody knows how many talks."""
    homes: dict[int, list[HomePlan]] = defaultdict(list)
    for row in rows:
        homes[row.pupil.id].append(row)
    school = the_school(db.session())
    evenings = select(Round).where(Round.year_id == year_id, Round.kind == RoundKind.CONTACT_EVENING)
    for found in db.session.scalars(evenings).all():
        if school is None or asks_teachers(found.kind, school.sector):
            continue
        out = agreed_parts(db.session(), found.id).out
        for own in homes.values():
            if all((row.pupil.id, row.home.household_id) in out for row in own):
                made_by = own[0].plan.recorder_id if own[0].plan else 0
                leader = plans.carriers(made_by, by_class.get(own[0].pupil.class_id))[0]
                balances[leader]["spared_talks"] += found.slot_minutes


def _add_contacts(balances: dict[int, dict[str, int]], year_id: int, leader_id: int | None) -> None:
    whose = LoggedContact.staff_id == leader_id if leader_id else true()
    rows = db.session.execute(
        select(LoggedContact, Staff)
        .join(Staff, Staff.id == LoggedContact.staff_id)
        .where(LoggedContact.year_id == year_id, whose)
    )
    for row, staff in rows:
        contact = as_noted(row, staff.name)
        balances[staff.id]["spent_contacts"] += contact.spent
        balances[staff.id]["guessed"] += contact.is_guessed


def _add_talks(balances: dict[int, dict[str, int]], year_id: int, leader_id: int | None) -> None:
    whose = Booking.leader_id == leader_id if leader_id else true()
    rows = db.session.execute(
        select(Booking.leader_id, Booking.starts_at, Booking.ends_at, Booking.outcome, Round.kind)
        .join(Round, Round.id == Booking.round_id)
        .where(Round.year_id == year_id, Booking.status.in_(LIVE), whose)
    )
    for leader_id, starts_at, ends_at, outcome, kind in rows:
        minutes = int((ends_at - starts_at).total_seconds()) // 60
        balances[leader_id]["planned_talks"] += minutes
        balances[leader_id]["start_talks"] += minutes if kind is RoundKind.START_CONVERSATION else 0
        balances[leader_id]["spent_talks"] += minutes if outcome in HELD else 0
