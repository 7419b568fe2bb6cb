"""Reminders that go by themselves: what the school sets, and writing them when their hour has come."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.journal import SYSTEM, Actor
from scheduling.domain.mailings import Addressee, Letter
from scheduling.domain.reminders import ApproachInFuture, NextStep, Occasion, Rule, Turn, ensure_possible
from scheduling.domain.rounds import NotInThisRound, RoundUnknown
from scheduling.domain.timeslots import local
from scheduling.domain.wishes import Wisher
from scheduling.models import PersonalApproach, Reminder, ReminderRule, Round, School, StandingRound
from scheduling.queries import reminders as asking
from scheduling.queries.reminders import Line, TurnPlan
from scheduling.services import outbox
from scheduling.services.inserting import insert_new
from scheduling.services.journal import record
from scheduling.services.rounds import hold_round
from scheduling.services.transaction import transaction


def set_rule(*, round_id: int, rule: Rule, by: Actor, now: datetime) -> None:
    """What goes by itself in this round from now on; what has not left yet follows it."""
    with transaction() as session:
        hold_round(session, round_id)
        found = session.get(Round, round_id)
        standing = session.get(StandingRound, round_id)
        if found is None or standing is not None:
            raise RoundUnknown(str(round_id))
        school = session.get_one(School, 1)
        ensure_possible(rule, quiet_from=school.quiet_from, quiet_until=school.quiet_until)
        row = session.get(ReminderRule, round_id)
        if row is None:
            row = ReminderRule(round_id=round_id)
            session.add(row)
        row.halfway, row.last_day, row.day_before = rule.halfway, rule.last_day, rule.day_before
        row.most, row.hour = rule.most, rule.hour
        record(
            session, by=by, action="reminders.set", subject="round", subject_id=round_id, now=now, most=rule.most,
            halfway=rule.halfway, last_day=rule.last_day, day_before=rule.day_before, hour=rule.hour,
        )  # fmt: skip


def run(now: datetime) -> int:
    """Write every reminder whose hour has come; how many homes are reminded. Twice, or by two workers, is once."""
    with transaction() as session:
        wanted = (
            select(ReminderRule.round_id)
            .join(Round, Round.id == ReminderRule.round_id)
            .where(Round.ends_on >= local(now).date())
        )
        rounds = list(session.scalars(wanted.order_by(ReminderRule.round_id)))
    return sum(_remind(round_id, now) for round_id in rounds)


def note_approach(
    *, round_id: int, pupil_id: int, household_id: int | None, spoken_on: date, next_step: NextStep, by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """A colleague spoke to this home, or tried to; a later note takes the place of an older one."""
    if spoken_on > local(now).date():
        raise ApproachInFuture
    with transaction() as session:
        wisher = Wisher(household_id=household_id) if household_id else Wisher(pupil_id=pupil_id)
        families = asking.families_of(session, round_id, now, only=wisher)
        if not any(child.pupil_id == pupil_id for family in families for child in family.children):
            raise NotInThisRound
        values = {"spoken_on": spoken_on, "next_step": next_step, "noted_by": by.id, "noted_at": now}
        row = session.scalar(
            select(PersonalApproach).where(
                PersonalApproach.round_id == round_id, PersonalApproach.pupil_id == pupil_id,
                PersonalApproach.household_id == household_id,
            )
        )  # fmt: skip
        if row is None:
            row = PersonalApproach(round_id=round_id, pupil_id=pupil_id, household_id=household_id)
            session.add(row)
        for name, value in values.items():
            setattr(row, name, value)
        record(
            session, by=by, action="reminders.note_approach", subject="pupil", subject_id=pupil_id, now=now,
            round=round_id, next_step=next_step.value,
        )  # fmt: skip


def _remind(round_id: int, now: datetime) -> int:
    with transaction() as session:
        hold_round(session, round_id)
        found = session.get(Round, round_id)
        if found is None:
            return 0
        rule = asking.rule_of(session, round_id)
        count = sum(_write(session, round_id, rule, plan, now) for plan in asking.due_plans(session, found, rule, now))
        if count:
            record(
                session, by=SYSTEM, action="reminders.write", subject="round", subject_id=round_id, now=now, homes=count
            )
        return count


def _write(session: Session, round_id: int, rule: Rule, plan: TurnPlan, now: datetime) -> int:
    letter = Letter.SEE_YOU if plan.turn.occasion is Occasion.DAY_BEFORE else Letter.ASK_AGAIN
    until = plan.turn.hours(rule.hour).ends_at.isoformat()
    count = 0
    for line in plan.getting:
        wisher = line.family.wisher
        for reminder_id in insert_new(session, Reminder, [_row(round_id, plan.turn, wisher, now)]):
            facts = {"round_id": round_id, "household_id": wisher.household_id, "until": until}
            outbox.post_reminder(
                session, letter=letter, reminder_id=reminder_id, people=_mailboxes(line), now=now, facts=facts
            )
            count += 1
    return count


def _row(round_id: int, turn: Turn, wisher: Wisher, now: datetime) -> dict[str, object]:
    return {
        "round_id": round_id, "household_id": wisher.household_id, "pupil_id": wisher.pupil_id,
        "occasion": turn.occasion, "about": turn.about, "day": turn.day, "written_at": now,
    }  # fmt: skip


def _mailboxes(line: Line) -> list[tuple[Addressee, int]]:
    """Who gets it, each with a child of which this person hears."""
    found = []
    for person in line.family.people:
        child = next((one.child for one in line.due if person.to.key in one.child.hears), None)
        if child:
            found.append((person.to, child.pupil_id))
    return found
