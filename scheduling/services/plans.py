"""Agree how to keep contact this year: the leader proposes, the family and where wanted the pupil say yes.

Every act holds the pupil, so that of an answer and a change one is first; who answers says which version that was.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.links import HolderKind
from scheduling.domain.mailings import Letter
from scheduling.domain.people import Person
from scheduling.domain.plans import (
    AgreedMoment,
    Agreement,
    AskAgain,
    ContactForm,
    HomeVisitNotAsked,
    HomeVisitStillAsked,
    NewerVersion,
    NoFormChosen,
    NothingChanged,
    PlanChanged,
    PlanState,
    PupilNotAsked,
    Said,
    Voice,
    changed_fields,
    ensure_complete,
    ensure_offered,
    ensure_worded,
    forms_offered,
    without_visits,
)
from scheduling.domain.timeslots import local
from scheduling.models import CommunicationPlan, PlanAnswer, PlanForm, PlanVersion, Pupil, SchoolYear, Staff
from scheduling.queries import plans
from scheduling.queries.leaders import pupils_of
from scheduling.queries.moments import school_calendar
from scheduling.queries.school import further_forms
from scheduling.services import outbox
from scheduling.services.journal import record
from scheduling.services.plan_moments import agreed, keep_moments, settle
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
    """Propose to one home how to keep contact, or change it: the family gets a copy and is asked, also about a change.

    The office passes no leader and may do so for every pupil. What was agreed together in a talk is asked just as well.
    What stands already is not asked again: there is no new version.
    """
    today = local(now).date()
    recorder = _colleague(by)
    with transaction() as session:
        lock(session, SchoolYear, [year_id] if agreement.moments else [])  # its days are what the moments fall on
        lock(session, Pupil, [pupil_id])
        found = plans.home_plan(pupil_id, household_id, year_id, leader_id=leader_id, today=today)
        if found.version != seen_version:
            raise PlanChanged
        agreement = _with_own_reason(agreement, found.plan, is_own=leader_id == recorder)
        standing = found.plan.wanted.forms if found.plan else ()
        ensure_offered(agreement.forms, forms_offered(further_forms(), standing))
        ensure_complete(agreement, today=today, year=school_calendar(session, year_id).year)
        if found.plan is not None and _is_same(found.plan, agreement):
            return _keep_as_it_is(session, found, agreement, recorder, by, now)
        plan = _plan(session, found, recorder)
        _write(plan, agreement, recorder, now)
        keep_moments(session, plan, agreement.moments, now)
        session.flush()
        _note(session, "plans.agree", plan, by, now)
        if _pupil_speaks_through_leader(plan, found) and agreement.pupil_said_yes:
            _hear(session, plan, Voice.IN_TALK, now, staff_id=recorder)
        _tell_home(session, Letter.PLAN_PROPOSED, plan, now)
        return plan.id


def ask_again(*, year_id: int, leader_id: int | None, by: Actor, now: datetime) -> int:
    """One more letter to every home that said nothing yet; to how many homes. Never within a week, nor a third time.

    Of the leader's own classes; the office passes no leader and asks in every class.
    """
    _colleague(by)
    today = local(now).date()
    with transaction() as session:
        lock(session, Pupil, [one.id for one in pupils_of(year_id, leader_id=leader_id, today=today)])
        classes = plans.agreements_by_class(year_id, leader_id=leader_id, today=today)
        homes = plans.asking_again(classes, now)[AskAgain.BY_LETTER]
        for home in homes:
            if home.plan:
                plan = session.get_one(CommunicationPlan, home.plan.id)
                _note(session, plans.ASKED_AGAIN, plan, by, now)
                _tell_home(session, Letter.PLAN_PROPOSED, plan, now)
        return len(homes)


def confirm(*, plan_id: int, seen_version: int, person: Person, by: Actor, now: datetime) -> None:
    """It is fine like this. Saying it twice is saying it once."""
    with transaction() as session:
        plan, found = _own(session, plan_id, seen_version, person, now)
        if found.asks_home_visit:
            raise HomeVisitStillAsked
        _say_yes(session, plan, found, person, by, now)


def wish_other(*, plan_id: int, seen_version: int, words: str, person: Person, by: Actor, now: datetime) -> None:
    """Something else would suit better, in the own words; the leader hears it and looks together with the family."""
    with transaction() as session:
        plan, found = _own(session, plan_id, seen_version, person, now)
        words = words.strip()
        ensure_worded(words)
        if found.wish and found.wish.words == words:
            return
        _hear(session, plan, _voice(person), now, said=Said.OTHER, words=words, person=person)
        _note(session, "plans.wish_other", plan, by, now)
        _tell_answer(session, plan, person, now)


def welcome_home_visit(*, plan_id: int, seen_version: int, person: Person, by: Actor, now: datetime) -> None:
    """The family itself says that a visit at home is welcome: from now on it counts, and so does the rest."""
    with transaction() as session:
        plan, _ = _own(session, plan_id, seen_version, person, now)
        asked = _asked(plan)
        if asked.family_said_yes_at is None:
            asked.family_said_yes_at = now
            if person.kind is HolderKind.PUPIL:
                asked.family_said_yes_as_pupil = person.id
            else:
                asked.family_said_yes_by = person.id
            _note(session, "plans.welcome_home_visit", plan, by, now)
        session.flush()
        _say_yes(session, plan, _now(session, plan), person, by, now)


def choose_instead(
    *, plan_id: int, seen_version: int, person: Person, instead: ContactForm | None, by: Actor, now: datetime
) -> None:
    """The family would rather have another form than a visit at home, or keeps the other forms of the agreement.

    The school left that choice, so with it the family says yes. Nothing keeps that a visit was asked for.
    """
    with transaction() as session:
        plan, _ = _own(session, plan_id, seen_version, person, now)
        plan.forms.remove(_asked(plan))
        kept = {row.form for row in plan.forms}
        if instead is not None and instead is not ContactForm.HOME_VISIT and instead not in kept:
            plan.forms.append(PlanForm(form=instead))
        if not plan.forms:
            raise NoFormChosen
        kept_form = instead if instead in {row.form for row in plan.forms} else None
        keep_moments(session, plan, without_visits(agreed(plan), kept_form), now)
        _forget_home_visit(session, plan)
        _ask_anew(session, plan)
        _note(session, "plans.choose_forms", plan, by, now)
        _say_yes(session, plan, _now(session, plan), person, by, now)


def hear_pupil(
    *,
    pupil_id: int,
    household_id: int | None,
    year_id: int,
    seen_version: int,
    leader_id: int | None,
    by: Actor,
    now: datetime,
) -> None:
    """The pupil said yes too, in a talk with the leader: for a pupil who has no link of the own."""
    heard_by = _colleague(by)
    with transaction() as session:
        lock(session, Pupil, [pupil_id])
        found = plans.home_plan(pupil_id, household_id, year_id, leader_id=leader_id, today=local(now).date())
        if found.version != seen_version:
            raise PlanChanged
        if found.plan is None:
            raise PupilNotAsked
        plan = session.get_one(CommunicationPlan, found.plan.id)
        if not _pupil_speaks_through_leader(plan, found):
            raise PupilNotAsked
        if not found.plan.pupil_waits:
            return
        _hear_pupil(session, plan, heard_by, by, now)


def _say_yes(
    session: Session, plan: CommunicationPlan, found: plans.PlanFacts, person: Person, by: Actor, now: datetime
) -> None:
    voice = _voice(person)
    mine = [one for one in found.answers if one.voice is voice]
    if mine and mine[-1].said is Said.YES:
        return
    _hear(session, plan, voice, now, person=person)
    _note(session, "plans.confirm", plan, by, now)
    _tell_answer(session, plan, person, now)


def _voice(person: Person) -> Voice:
    return Voice.PUPIL if person.kind is HolderKind.PUPIL else Voice.GUARDIAN


def _hear(
    session: Session,
    plan: CommunicationPlan,
    voice: Voice,
    now: datetime,
    *,
    said: Said = Said.YES,
    words: str = "",
    person: Person | None = None,
    staff_id: int | None = None,
) -> None:
    """Write down one answer to the version that stands."""
    session.add(
        PlanAnswer(
            plan_id=plan.id,
            version=plan.version,
            voice=voice,
            said=said,
            words=words,
            said_at=now,
            guardian_id=person.id if person and voice is Voice.GUARDIAN else None,
            pupil_id=person.id if person and voice is Voice.PUPIL else None,
            staff_id=staff_id,
        )
    )
    settle(session, plan)


def _tell_answer(session: Session, plan: CommunicationPlan, person: Person, now: datetime) -> None:
    """The leader hears it; the whole home gets its copy when all said yes, else whoever of it did not answer hears."""
    for staff_id in plans.leaders_to_tell(session, plan):
        staff = session.get_one(Staff, staff_id)
        outbox.post_to_staff(session, letter=Letter.PLAN_NOTICE, staff=staff, now=now, facts=_letter_facts(plan))
    if _now(session, plan).state is PlanState.AGREED:
        _tell_home(session, Letter.PLAN_AGREED, plan, now)
    else:
        _tell_home(session, Letter.PLAN_ANSWERED, plan, now, besides=person)


def _tell_home(
    session: Session, letter: Letter, plan: CommunicationPlan, now: datetime, *, besides: Person | None = None
) -> None:
    outbox.post_about_plan(
        session,
        letter=letter,
        pupil_id=plan.pupil_id,
        household_id=plan.household_id,
        now=now,
        facts=_letter_facts(plan),
        besides=besides,
    )


def _letter_facts(plan: CommunicationPlan) -> dict[str, int]:
    return {"plan_id": plan.id, "version": plan.version, "pupil_id": plan.pupil_id}


def _pupil_speaks_through_leader(plan: CommunicationPlan, found: plans.HomePlan) -> bool:
    """An adult pupil answers by the own link."""
    return plan.pupil_asked and not found.pupil.is_adult


def _now(session: Session, plan: CommunicationPlan) -> plans.PlanFacts:
    """The agreement as it stands in the middle of this act."""
    session.flush()
    return plans.plans_of([plan.pupil_id], plan.year_id)[plan.pupil_id, plan.household_id]


def _colleague(by: Actor) -> int:
    """Only a colleague records an agreement."""
    if by.kind is not ActorKind.STAFF or by.id is None:
        raise NotFound
    return by.id


def _plan(session: Session, found: plans.HomePlan, recorder: int) -> CommunicationPlan:
    """The row that is there, one version on; or a new one."""
    if found.plan is not None:
        plan = session.get_one(CommunicationPlan, found.plan.id)
        session.add(_as_it_was(plan))
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


def _as_it_was(plan: CommunicationPlan) -> PlanVersion:
    """What both sides can read back after the change."""
    return PlanVersion(
        plan_id=plan.id,
        version=plan.version,
        forms=[form.value for form in ContactForm if form in {row.form for row in plan.forms}],
        rhythm=plan.rhythm,
        goal=plan.goal,
        agreed_on=plan.agreed_on,
        agreed_with=plan.agreed_with,
        info_need=plan.info_need,
        info_period=plan.info_period,
        together=plan.together,
        pupil_asked=plan.pupil_asked,
        moments=[moment.document() for moment in agreed(plan)],
        reason=plan.reason,
        initiative=plan.initiative,
        self_managed=plan.self_managed,
        pupil_does=plan.pupil_does,
        told_by=plan.told_by,
        recorded_by=plan.recorded_by,
        recorded_at=plan.recorded_at,
    )


def _is_same(plan: plans.PlanFacts, agreement: Agreement) -> bool:
    """Is this what stands, in the words that the family reads? On which day it is typed again changes nothing."""
    asks_pupil = agreement.pupil_asked and plan.household_id is not None
    return not changed_fields(plan.wanted, agreement.terms) and (plan.together, plan.pupil_asked) == (
        agreement.together, asks_pupil,
    )  # fmt: skip


def _keep_as_it_is(
    session: Session, found: plans.HomePlan, agreement: Agreement, recorder: int, by: Actor, now: datetime
) -> int:
    """At most the pupil's yes is new."""
    facts = found.plan
    if facts is None or not (agreement.pupil_said_yes and facts.pupil_waits and not found.pupil.is_adult):
        raise NothingChanged
    plan = session.get_one(CommunicationPlan, facts.id)
    _hear_pupil(session, plan, recorder, by, now)
    return plan.id


def _hear_pupil(session: Session, plan: CommunicationPlan, heard_by: int, by: Actor, now: datetime) -> None:
    _hear(session, plan, Voice.IN_TALK, now, staff_id=heard_by)
    _note(session, "plans.hear_pupil", plan, by, now)
    if _now(session, plan).state is PlanState.AGREED:
        _tell_home(session, Letter.PLAN_AGREED, plan, now)


def _write(plan: CommunicationPlan, agreement: Agreement, recorder: int, now: datetime) -> None:
    plan.rhythm = agreement.rhythm
    plan.goal = agreement.goal
    plan.agreed_on = agreement.agreed_on
    plan.agreed_with = agreement.agreed_with if agreement.together else ""
    plan.together = agreement.together
    plan.pupil_asked = agreement.pupil_asked and plan.household_id is not None
    plan.info_need = agreement.info_need
    plan.info_period = agreement.info_period
    plan.reason = agreement.reason
    plan.initiative = agreement.initiative
    plan.self_managed, plan.pupil_does = agreement.self_managed, agreement.pupil_does
    plan.told_by = agreement.told_by
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


def _with_own_reason(agreement: Agreement, plan: plans.PlanFacts | None, *, is_own: bool) -> Agreement:
    """The office does not read the leader's line, and leaves it as it is."""
    return agreement if is_own else replace(agreement, reason=plan.reason if plan else "")


def _own(
    session: Session, plan_id: int, seen_version: int, person: Person, now: datetime
) -> tuple[CommunicationPlan, plans.PlanFacts]:
    """A plan of the person's own home in the version that was looked at, held until the transaction ends."""
    pupil_id = session.scalar(select(CommunicationPlan.pupil_id).where(CommunicationPlan.id == plan_id))
    lock(session, Pupil, [pupil_id] if pupil_id else [])
    found = plans.family_plan(person, plan_id, today=local(now).date())
    if found.plan is None or found.version != seen_version:
        raise NewerVersion
    return session.get_one(CommunicationPlan, plan_id), found.plan


def _asked(plan: CommunicationPlan) -> PlanForm:
    row = next((row for row in plan.forms if row.form is ContactForm.HOME_VISIT), None)
    if row is None:
        raise HomeVisitNotAsked
    return row


def _forget_home_visit(session: Session, plan: CommunicationPlan) -> None:
    """Also earlier versions no longer say that a visit was asked for: why a family would rather not is its own."""
    for row in session.scalars(select(PlanVersion).where(PlanVersion.plan_id == plan.id)):
        row.forms = [form for form in row.forms if form != ContactForm.HOME_VISIT]
        kept = (AgreedMoment.of(moment) for moment in row.moments)
        row.moments = [moment.document() for moment in without_visits(kept, None)]


def _ask_anew(session: Session, plan: CommunicationPlan) -> None:
    """What was said to the forms before this change no longer counts; a wish in own words stays."""
    here = (PlanAnswer.plan_id == plan.id, PlanAnswer.version == plan.version)
    session.execute(delete(PlanAnswer).where(*here, PlanAnswer.said == Said.YES))
    session.execute(update(PlanAnswer).where(*here).values(version=plan.version + 1))
    plan.version += 1
    session.flush()


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
