"""Agree how to keep contact this year: the leader records it during the talk, the family answers about a home visit."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.links import HolderKind
from scheduling.domain.people import Person
from scheduling.domain.plans import (
    Agreement,
    ContactForm,
    HomeVisitNotAsked,
    NoFormChosen,
    PlanChanged,
    ensure_complete,
)
from scheduling.domain.timeslots import local
from scheduling.models import CommunicationPlan, PlanForm, Pupil
from scheduling.queries import plans
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def agree(
    *,
    pupil_id: int,
    household_id: int | None,
    year_id: int,
    agreement: Agreement,
    seen_version: int,
    leader_id: int | None,
    by: Actor,
    now: datetime,
) -> int:
    """Record what was agreed with one home, or change it. The office passes no leader and may do so for every pupil."""
    today = local(now).date()
    recorder = _colleague(by)
    with transaction() as session:
        lock(session, Pupil, [pupil_id])
        found = plans.home_plan(pupil_id, household_id, year_id, leader_id=leader_id, today=today)
        if found.version != seen_version:
            raise PlanChanged
        ensure_complete(agreement, today=today)
        plan = _plan(session, found, recorder)
        _write(plan, agreement, recorder, now)
        session.flush()
        _note(session, "plans.agree", plan, by, now)
        return plan.id


def welcome_home_visit(*, plan_id: int, person: Person, by: Actor, now: datetime) -> None:
    """The family itself says that a visit at home is welcome: from now on it counts."""
    with transaction() as session:
        plan = _own(session, plan_id, person, now)
        asked = _asked(plan)
        if asked.family_said_yes_at is not None:
            return
        asked.family_said_yes_at = now
        if person.kind is HolderKind.PUPIL:
            asked.family_said_yes_as_pupil = person.id
        else:
            asked.family_said_yes_by = person.id
        _note(session, "plans.welcome_home_visit", plan, by, now)


def choose_instead(*, plan_id: int, person: Person, instead: ContactForm | None, by: Actor, now: datetime) -> None:
    """The family would rather have another form than a visit at home, or keeps the other forms of the agreement."""
    with transaction() as session:
        plan = _own(session, plan_id, person, now)
        plan.forms.remove(_asked(plan))
        kept = {row.form for row in plan.forms}
        if instead is not None and instead is not ContactForm.HOME_VISIT and instead not in kept:
            plan.forms.append(PlanForm(form=instead))
        if not plan.forms:
            raise NoFormChosen
        plan.version += 1
        session.flush()
        _note(session, "plans.choose_forms", plan, by, now)


def _colleague(by: Actor) -> int:
    """Only a colleague records an agreement."""
    if by.kind is not ActorKind.STAFF or by.id is None:
        raise NotFound
    return by.id


def _plan(session: Session, found: plans.HomePlan, recorder: int) -> CommunicationPlan:
    """The row that is there, one version on; or a new one."""
    if found.plan is not None:
        plan = session.get_one(CommunicationPlan, found.plan.id)
        plan.version += 1
        return plan
    plan = CommunicationPlan(
        year_id=found.pupil.year_id,
        pupil_id=found.pupil.id,
        household_id=found.home.household_id,
        recorded_by=recorder,
        version=1,
    )
    session.add(plan)
    return plan


def _write(plan: CommunicationPlan, agreement: Agreement, recorder: int, now: datetime) -> None:
    plan.rhythm = agreement.rhythm
    plan.goal = agreement.goal
    plan.agreed_on = agreement.agreed_on
    plan.agreed_with = agreement.agreed_with
    plan.info_need = agreement.info_need
    plan.info_period = agreement.info_period
    plan.recorded_by = recorder
    plan.recorded_at = now
    _keep_forms(plan, agreement.forms)


def _keep_forms(plan: CommunicationPlan, wanted: Iterable[ContactForm]) -> None:
    """A form that stays keeps the family's own yes; one that comes back has to be asked again."""
    forms = set(wanted)
    for row in [row for row in plan.forms if row.form not in forms]:
        plan.forms.remove(row)
    kept = {row.form for row in plan.forms}
    plan.forms.extend(PlanForm(form=form) for form in ContactForm if form in forms - kept)


def _own(session: Session, plan_id: int, person: Person, now: datetime) -> CommunicationPlan:
    """A plan of the person's own home, held until the transaction ends."""
    lock(session, CommunicationPlan, [plan_id])
    found = plans.family_plan(person, plan_id, today=local(now).date())
    return session.get_one(CommunicationPlan, found.plan.id if found.plan else plan_id)


def _asked(plan: CommunicationPlan) -> PlanForm:
    row = next((row for row in plan.forms if row.form is ContactForm.HOME_VISIT), None)
    if row is None:
        raise HomeVisitNotAsked
    return row


def _note(session: Session, action: str, plan: CommunicationPlan, by: Actor, now: datetime) -> None:
    record(
        session,
        by=by,
        action=action,
        subject="communication_plan",
        subject_id=plan.id,
        now=now,
        pupil=plan.pupil_id,
        household=plan.household_id,
        version=plan.version,
        forms=sorted(row.form.value for row in plan.forms),
    )
