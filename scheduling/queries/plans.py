"""The agreed contact form as pages show it: per pupil and home, per class, and to the family itself."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, selectinload

from scheduling.domain.contacts import Went
from scheduling.domain.links import HolderKind
from scheduling.domain.moments import Resolved, Timing, span_of
from scheduling.domain.people import Name, Person
from scheduling.domain.plans import (
    FOR_THE_FAMILY,
    FOR_THE_PUPIL,
    AgreedMoment,
    Answer,
    AskAgain,
    ContactForm,
    FormTerms,
    InfoNeed,
    Initiative,
    NoSuchHome,
    PlanState,
    Said,
    Terms,
    ToldBy,
    Voice,
    agreed_at,
    ask_again,
    changed_fields,
    last_answer,
    state_of,
)
from scheduling.domain.single_talks import HomeVisits
from scheduling.domain.timeslots import Span, local
from scheduling.domain.years import Period
from scheduling.models import (
    ClassLeader,
    CommunicationPlan,
    Enrolment,
    Guardian,
    Guardianship,
    JournalLine,
    LoggedContact,
    PlanAnswer,
    PlanMoment,
    PlanVersion,
    Pupil,
    SchoolYear,
    Staff,
    db,
)
from scheduling.queries.leaders import Home, PupilFacts, pupils_by_id, pupils_of, the_pupil

ASKED_AGAIN = "plans.ask_again"
"""How the journal names one more letter about a version that waits."""

PlanKey = tuple[int, int | None]
"""A pupil's id, and the household's (None: an adult pupil)."""


@dataclass(frozen=True)
class AnswerFacts(Answer):
    """Who said what to a version. `by` is empty for somebody who is no longer in the school's file."""

    version: int
    by: Name
    guardian_id: int | None
    words: str


@dataclass(frozen=True)
class DatedMoment:
    """A moment that has days, as calendars want it. `stands`: everybody said yes to it as it reads."""

    moment: AgreedMoment
    stands: bool
    days: Period
    span: Span | None
    uid: str
    sequence: int
    stamp: datetime
    id: int


@dataclass(frozen=True)
class MovedMoment:
    """A moment that falls on other days than before, with the family of this pupil."""

    pupil: str
    found: Resolved


@dataclass(frozen=True)
class PlanFacts:
    """What was agreed with one home, or proposed to it. `answers`: to this version, the oldest first."""

    id: int
    version: int
    household_id: int | None
    terms: tuple[FormTerms, ...]
    rhythm: str
    goal: str
    agreed_on: date
    agreed_with: str
    info_need: InfoNeed | None
    info_period: str
    recorded_by: Name
    recorded_at: datetime
    together: bool
    pupil_asked: bool
    answers: tuple[AnswerFacts, ...] = ()
    moments: tuple[AgreedMoment, ...] = ()
    reason: str = ""
    initiative: Initiative | None = None
    self_managed: bool = False
    pupil_does: str = ""
    told_by: ToldBy | None = None
    dated: tuple[DatedMoment, ...] = ()
    recorder_id: int = 0

    @property
    def in_calendars(self) -> tuple[DatedMoment, ...]:
        """What everybody said yes to, also while a change in the rest waits; nor a visit that is not welcome yet."""
        return tuple(
            one for one in self.dated if one.stands and (one.moment.form is None or one.moment.form in self.forms)
        )

    @property
    def state(self) -> PlanState:
        return state_of(self.terms, self.answers, pupil_asked=self.pupil_asked)

    @property
    def agreed_at(self) -> datetime | None:
        """When the last yes came that was asked for."""
        return agreed_at(self.answers, pupil_asked=self.pupil_asked) if self.state is PlanState.AGREED else None

    @property
    def family_said_yes(self) -> bool:
        last = last_answer(self.answers, FOR_THE_FAMILY)
        return last is not None and last.said is Said.YES

    @property
    def pupil_waits(self) -> bool:
        """The yes of the pupil is wanted too, and is not there."""
        last = last_answer(self.answers, FOR_THE_PUPIL)
        return self.pupil_asked and (last is None or last.said is not Said.YES)

    @property
    def wish(self) -> AnswerFacts | None:
        """What the family would like to have otherwise, if that is what it said last."""
        last = next((one for one in reversed(self.answers) if one.voice in FOR_THE_FAMILY), None)
        return last if last and last.said is Said.OTHER else None

    @property
    def wanted(self) -> Terms:
        """What can change."""
        forms = tuple(term.form for term in self.terms)
        return Terms(
            forms, self.rhythm, self.goal, self.info_need, self.info_period, self.moments, self.reason,
            self.initiative, self.self_managed, self.pupil_does, self.told_by,
        )  # fmt: skip

    @property
    def forms(self) -> tuple[ContactForm, ...]:
        """The forms that count."""
        return tuple(term.form for term in self.terms if term.counts)

    @property
    def asks_home_visit(self) -> bool:
        """The family still chooses whether a visit at home is welcome."""
        return any(not term.counts for term in self.terms)


@dataclass(frozen=True)
class PlanBefore:
    """What the same home agreed in an earlier year."""

    year: str
    plan: PlanFacts


@dataclass(frozen=True)
class HomePlan:
    """A pupil, one home, and what they and the school agreed (None: nothing yet)."""

    pupil: PupilFacts
    home: Home
    plan: PlanFacts | None
    looked_back: bool = False
    """A look back of this agreement was noted."""

    @property
    def state(self) -> PlanState:
        return self.plan.state if self.plan else PlanState.NONE

    @property
    def asks_family(self) -> bool:
        """The family has said nothing yet to the version that stands."""
        return self.plan is not None and not (self.plan.family_said_yes or self.plan.wish)

    @property
    def is_reached(self) -> bool:
        """Is there an address for a letter?"""
        return any((*(guardian.email for guardian in self.home.guardians), self.pupil.email))

    def review_overdue(self, today: date) -> Period | None:
        """The days in which they would look back, when these are over and nothing was agreed since."""
        if self.plan is None or self.looked_back or self.state is not PlanState.AGREED:
            return None
        over = [one.days for one in self.plan.dated if one.moment.is_review and one.days.ends_on < today]
        since = local(self.plan.recorded_at).date()
        return max((days for days in over if since <= days.ends_on), default=None, key=lambda days: days.ends_on)

    @property
    def version(self) -> int:
        """What an editor has seen; 0: nothing."""
        return self.plan.version if self.plan else 0


@dataclass(frozen=True)
class Step:
    """One version in the history: what it said, who wrote it, what everybody answered, and what it changed."""

    version: int
    terms: Terms
    was: Terms | None
    changed: tuple[str, ...]
    agreed_on: date
    together: bool
    recorded_by: Name
    recorded_at: datetime
    answers: tuple[AnswerFacts, ...]


@dataclass(frozen=True)
class ClassAgreements:
    """One class: every pupil and home, how far each is, and what the families said about a joint moment."""

    class_id: int
    class_name: str
    rows: tuple[HomePlan, ...]

    @property
    def open(self) -> tuple[HomePlan, ...]:
        """Nothing recorded yet."""
        return tuple(row for row in self.rows if row.state is PlanState.NONE)

    @property
    def proposed(self) -> tuple[HomePlan, ...]:
        """Recorded, and not everybody said yes yet."""
        return tuple(row for row in self.rows if row.state is PlanState.PROPOSED)

    @property
    def agreed(self) -> tuple[HomePlan, ...]:
        return tuple(row for row in self.rows if row.state is PlanState.AGREED)

    def overdue(self, today: date) -> tuple[tuple[HomePlan, Period], ...]:
        """Whose look back is over time."""
        found = ((row, row.review_overdue(today)) for row in self.rows)
        return tuple((row, days) for row, days in found if days)

    def needs(self, need: InfoNeed) -> int:
        return sum(1 for row in self.rows if row.plan and row.plan.info_need == need)

    @property
    def periods(self) -> tuple[tuple[str, int], ...]:
        """When a joint moment would be welcome, most wanted first."""
        said = [row.plan.info_period for row in self.rows if row.plan and row.plan.info_period]
        return tuple(sorted({(period, said.count(period)) for period in said}, key=lambda pair: (-pair[1], pair[0])))


def plans_of(pupil_ids: Collection[int], year_id: int) -> dict[PlanKey, PlanFacts]:
    """The plans of these pupils, by pupil and household."""
    if not pupil_ids:
        return {}
    rows = db.session.execute(
        select(CommunicationPlan, Staff)
        .join(Staff, Staff.id == CommunicationPlan.recorded_by)
        .where(CommunicationPlan.pupil_id.in_(pupil_ids), CommunicationPlan.year_id == year_id)
        .options(selectinload(CommunicationPlan.forms), selectinload(CommunicationPlan.moments))
    ).all()
    said = _answers(db.session(), [plan.id for plan, _ in rows])
    return {(plan.pupil_id, plan.household_id): _facts(plan, staff, said[plan.id]) for plan, staff in rows}


def plans_before(pupil_ids: Collection[int], year_id: int) -> dict[PlanKey, PlanBefore]:
    """What was agreed in the newest earlier year that has an agreement, by pupil and household."""
    year = db.session.get_one(SchoolYear, year_id)
    rows = db.session.execute(
        select(CommunicationPlan, Staff, SchoolYear.label)
        .join(Staff, Staff.id == CommunicationPlan.recorded_by)
        .join(SchoolYear, SchoolYear.id == CommunicationPlan.year_id)
        .where(CommunicationPlan.pupil_id.in_(pupil_ids), SchoolYear.starts_on < year.starts_on)
        .order_by(SchoolYear.starts_on)
        .options(selectinload(CommunicationPlan.forms), selectinload(CommunicationPlan.moments))
    ).all()
    said = _answers(db.session(), [plan.id for plan, _staff, _label in rows])
    return {
        (plan.pupil_id, plan.household_id): PlanBefore(label, _facts(plan, staff, said[plan.id]))
        for plan, staff, label in rows
    }


def plan_to_send(session: Session, plan_id: int) -> tuple[PlanFacts, tuple[Step, ...]] | None:
    """An agreement for a letter about it, with its history; None once it is gone."""
    plan = session.get(CommunicationPlan, plan_id)
    if plan is None:
        return None
    said = _answers(session, [plan.id])[plan.id]
    facts = _facts(plan, session.get_one(Staff, plan.recorded_by), said)
    return facts, _steps(session, facts, said)


def history(plan: PlanFacts) -> tuple[Step, ...]:
    """Every version of an agreement, the newest first."""
    return _steps(db.session(), plan, _answers(db.session(), [plan.id])[plan.id])


def moments_as_told(session: Session, told: Collection[tuple[int, int]]) -> tuple[MovedMoment, ...]:
    """Moments for a letter about their days, by id and sequence; what moved again has a newer letter."""
    sequences = dict(told)
    if not sequences:
        return ()
    rows = session.execute(
        select(PlanMoment, Pupil.given_name)
        .join(CommunicationPlan, CommunicationPlan.id == PlanMoment.plan_id)
        .join(Pupil, Pupil.id == CommunicationPlan.pupil_id)
        .where(PlanMoment.id.in_(sequences), PlanMoment.stands)
        .order_by(Pupil.given_name, Pupil.id, PlanMoment.position)
    )
    return tuple(
        MovedMoment(
            pupil,
            Resolved(
                as_agreed(row).timing,
                Period(row.opens_on, row.closes_on) if row.opens_on and row.closes_on else None,
            ),
        )
        for row, pupil in rows
        if row.ical_sequence == sequences[row.id]
    )


def leaders_to_tell(session: Session, plan: CommunicationPlan) -> list[int]:
    """Whoever made the agreement, if a leader of the pupil did; else the leaders of the pupil's class."""
    rows = session.scalars(
        select(ClassLeader.staff_id)
        .join(Enrolment, Enrolment.class_id == ClassLeader.class_id)
        .where(Enrolment.pupil_id == plan.pupil_id, Enrolment.year_id == plan.year_id, Enrolment.present)
        .order_by(ClassLeader.position)
    ).all()
    return [plan.recorded_by] if plan.recorded_by in rows or not rows else list(rows)


def home_plan(pupil_id: int, household_id: int | None, year_id: int, *, leader_id: int | None, today: date) -> HomePlan:
    """One home's agreement, for a leader of the pupil (or the office: None)."""
    pupil = the_pupil(pupil_id, year_id, leader_id=leader_id, today=today)
    home = pupil.home(household_id)
    if home is None:
        raise NoSuchHome
    return HomePlan(pupil, home, plans_of([pupil_id], year_id).get((pupil_id, household_id)))


def agreements_by_class(year_id: int, *, leader_id: int | None, today: date) -> tuple[ClassAgreements, ...]:
    """Every class of this leader (the office: all classes), with every pupil and home."""
    pupils = pupils_of(year_id, leader_id=leader_id, today=today)
    plans = plans_of([pupil.id for pupil in pupils], year_id)
    looked_back = _looked_back([plan.id for plan in plans.values()])
    classes: dict[tuple[str, int], list[HomePlan]] = {}
    for pupil in pupils:
        rows = classes.setdefault((pupil.class_name, pupil.class_id), [])
        for home in pupil.homes:
            plan = plans.get((pupil.id, home.household_id))
            rows.append(HomePlan(pupil, home, plan, plan is not None and plan.id in looked_back))
    return tuple(ClassAgreements(class_id, name, tuple(rows)) for (name, class_id), rows in classes.items())


def leader_plans(staff_id: int, year_id: int, *, today: date) -> tuple[HomePlan, ...]:
    """The agreements that this leader carries out: the own ones, and those of the own classes that no leader made."""
    rows = [row for group in agreements_by_class(year_id, leader_id=staff_id, today=today) for row in group.rows]
    leading = leaders_of({row.pupil.class_id for row in rows if row.plan})
    return tuple(
        row for row in rows if row.plan and staff_id in carriers(row.plan.recorder_id, leading.get(row.pupil.class_id))
    )


def leaders_of(class_ids: Collection[int]) -> dict[int, list[int]]:
    """Who leads these classes, the first one first."""
    leading: dict[int, list[int]] = defaultdict(list)
    wanted = select(ClassLeader.class_id, ClassLeader.staff_id).where(ClassLeader.class_id.in_(class_ids))
    for class_id, leader_id in db.session.execute(wanted.order_by(ClassLeader.position)) if class_ids else ():
        leading[class_id].append(leader_id)
    return leading


def carriers(made_by: int, leaders: Sequence[int] | None) -> Sequence[int]:
    """Whoever made it, if a leader of the class did; else all of them: a new leader takes over from the one before."""
    return [made_by] if not leaders or made_by in leaders else leaders


def _looked_back(plan_ids: Collection[int]) -> set[int]:
    """The agreements of which a look back was noted as done."""
    rows = db.session.scalars(
        select(PlanMoment.plan_id)
        .join(LoggedContact, LoggedContact.moment_id == PlanMoment.id)
        .where(PlanMoment.plan_id.in_(plan_ids), PlanMoment.is_review, LoggedContact.went == Went.DONE)
    )
    return set(rows)


def asking_again(classes: Iterable[ClassAgreements], now: datetime) -> dict[AskAgain, tuple[HomePlan, ...]]:
    """The homes that said nothing yet to the version that stands, by what may be done about it."""
    rows = [row for group in classes for row in group.rows if row.asks_family]
    asked: dict[tuple[int, int], list[datetime]] = defaultdict(list)
    wanted = select(JournalLine).where(
        JournalLine.subject == "communication_plan", JournalLine.action == ASKED_AGAIN,
        JournalLine.subject_id.in_([row.plan.id for row in rows if row.plan]),
    )  # fmt: skip
    for line in db.session.scalars(wanted) if rows else ():
        asked[line.subject_id or 0, line.facts["version"]].append(line.at)
    found: dict[AskAgain, list[HomePlan]] = {step: [] for step in AskAgain}
    for row in rows:
        if row.plan:
            letters = [row.plan.recorded_at, *asked[row.plan.id, row.plan.version]]
            found[ask_again(letters, reached=row.is_reached, now=now)].append(row)
    return {step: tuple(homes) for step, homes in found.items()}


def may_visit(pupil: PupilFacts, household_id: int | None, policy: HomeVisits) -> bool:
    """May a visit at this home be proposed? Where visits follow from agreements, every home that is there agreed on it.

    `household_id` None: all homes of the pupil together, or the adult pupil.
    """
    if policy is not HomeVisits.AGREED_ONLY:
        return True
    known = plans_of([pupil.id], pupil.year_id)
    homes = [home.household_id for home in pupil.homes if household_id in (None, home.household_id)]
    agreed = [known.get((pupil.id, home)) for home in homes]
    return bool(agreed) and all(
        plan is not None and plan.state is PlanState.AGREED and ContactForm.HOME_VISIT in plan.forms for plan in agreed
    )


def family_plans(person: Person, year_id: int, *, today: date) -> tuple[HomePlan, ...]:
    """Whoever stands at the family door sees the own home's agreements, with the children's names."""
    homes = _homes_of(person, year_id)
    pupils = pupils_by_id([pupil_id for pupil_id, _ in homes], year_id, today=today)
    plans = plans_of(list(pupils), year_id)
    return tuple(
        HomePlan(pupil, home, plans.get((pupil.id, home.household_id)))
        for pupil in sorted(pupils.values(), key=lambda pupil: (pupil.name.sort_key, pupil.id))
        for home in pupil.homes
        if (pupil.id, home.household_id) in homes or (person.kind is HolderKind.PUPIL and pupil.is_adult)
    )


def has_agreements(person: Person) -> bool:
    """Was there ever an agreement about a child of this person? Mostly not, and then there is nothing to look up."""
    own = select(Guardianship.pupil_id).where(Guardianship.guardian_id == person.id)
    if person.kind is HolderKind.PUPIL:
        own = select(Pupil.id).where(Pupil.id == person.id)
    found = select(CommunicationPlan.id).where(CommunicationPlan.pupil_id.in_(own))
    return db.session.scalar(found.limit(1)) is not None


def family_plan(person: Person, plan_id: int, *, today: date) -> HomePlan:
    """One agreement of the own home."""
    row = db.session.get(CommunicationPlan, plan_id)
    own = family_plans(person, row.year_id, today=today) if row else ()
    plan = next((found for found in own if found.plan and found.plan.id == plan_id), None)
    if plan is None:
        raise NoSuchHome
    return plan


def _homes_of(person: Person, year_id: int) -> set[PlanKey]:
    """The pupils of this year for whom this person speaks, each with the person's own household.

    An interpreter or contact parent has no business with anybody's agreement.
    """
    here = select(Enrolment.pupil_id).where(Enrolment.year_id == year_id, Enrolment.present)
    if person.kind is HolderKind.PUPIL:
        return {(pupil_id, None) for pupil_id in db.session.scalars(here.where(Enrolment.pupil_id == person.id))}
    if person.kind is not HolderKind.GUARDIAN:
        return set()
    rows = db.session.execute(
        select(Guardianship, Guardian.active)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.guardian_id == person.id, Guardianship.pupil_id.in_(here))
    )
    return {(tie.pupil_id, tie.household_id) for tie, active in rows if tie.is_invited and active}


def _answers(session: Session, plan_ids: Collection[int]) -> dict[int, list[AnswerFacts]]:
    """Per agreement what was said to any of its versions, the oldest first."""
    found: dict[int, list[AnswerFacts]] = defaultdict(list)
    if not plan_ids:
        return found
    rows = session.execute(
        select(PlanAnswer, Guardian, Pupil)
        .outerjoin(Guardian, Guardian.id == PlanAnswer.guardian_id)
        .outerjoin(CommunicationPlan, CommunicationPlan.id == PlanAnswer.plan_id)
        .outerjoin(Pupil, Pupil.id == CommunicationPlan.pupil_id)
        .where(PlanAnswer.plan_id.in_(plan_ids))
        .order_by(PlanAnswer.said_at, PlanAnswer.id)
    )
    for row, guardian, pupil in rows:
        person = guardian if row.voice is Voice.GUARDIAN else pupil
        by = person.name if person else Name("")
        found[row.plan_id].append(
            AnswerFacts(row.voice, row.said, row.said_at, row.version, by, row.guardian_id, row.words)
        )
    return found


def _steps(session: Session, plan: PlanFacts, said: Iterable[AnswerFacts]) -> tuple[Step, ...]:
    rows = session.execute(
        select(PlanVersion, Staff)
        .join(Staff, Staff.id == PlanVersion.recorded_by)
        .where(PlanVersion.plan_id == plan.id)
        .order_by(PlanVersion.version)
    ).all()
    steps: list[Step] = []
    for row, staff in rows:
        forms = tuple(ContactForm(form) for form in row.forms)
        terms = Terms(
            forms, row.rhythm, row.goal, row.info_need, row.info_period,
            tuple(AgreedMoment.of(kept) for kept in row.moments), row.reason, row.initiative, row.self_managed,
            row.pupil_does, row.told_by,
        )  # fmt: skip
        steps.append(_step(row, staff.name, terms, steps, said))
    steps.append(_step(plan, plan.recorded_by, plan.wanted, steps, said))
    return tuple(reversed(steps))


def _step(
    row: PlanVersion | PlanFacts, by: Name, terms: Terms, before: list[Step], said: Iterable[AnswerFacts]
) -> Step:
    was = before[-1].terms if before else None
    return Step(
        version=row.version,
        terms=terms,
        was=was,
        changed=changed_fields(was, terms) if was else (),
        agreed_on=row.agreed_on,
        together=row.together,
        recorded_by=by,
        recorded_at=row.recorded_at,
        answers=tuple(answer for answer in said if answer.version == row.version),
    )


def _facts(plan: CommunicationPlan, staff: Staff, said: Iterable[AnswerFacts]) -> PlanFacts:
    order = {form: place for place, form in enumerate(ContactForm)}
    return PlanFacts(
        id=plan.id,
        version=plan.version,
        household_id=plan.household_id,
        terms=tuple(
            FormTerms(row.form, row.family_said_yes_at) for row in sorted(plan.forms, key=lambda row: order[row.form])
        ),
        rhythm=plan.rhythm,
        goal=plan.goal,
        agreed_on=plan.agreed_on,
        agreed_with=plan.agreed_with,
        info_need=plan.info_need,
        info_period=plan.info_period,
        recorded_by=staff.name,
        recorded_at=plan.recorded_at,
        together=plan.together,
        pupil_asked=plan.pupil_asked,
        answers=tuple(answer for answer in said if answer.version == plan.version),
        moments=tuple(as_agreed(row) for row in plan.moments),
        reason=plan.reason,
        initiative=plan.initiative,
        self_managed=plan.self_managed,
        pupil_does=plan.pupil_does,
        told_by=plan.told_by,
        dated=tuple(
            _dated(row, Period(row.opens_on, row.closes_on)) for row in plan.moments if row.opens_on and row.closes_on
        ),
        recorder_id=plan.recorded_by,
    )


def _dated(row: PlanMoment, days: Period) -> DatedMoment:
    moment = as_agreed(row)
    return DatedMoment(
        moment, row.stands, days, span_of(moment.timing), row.ical_uid, row.ical_sequence, row.ical_stamp, row.id
    )  # fmt: skip


def as_agreed(row: PlanMoment) -> AgreedMoment:
    """What was said of a moment."""
    timing = Timing(row.kind, row.anchor, row.month, row.day, row.begins, row.minutes)
    return AgreedMoment(timing, row.form, row.with_pupil, row.purpose, row.is_review)
