"""The agreed contact form as pages show it: per pupil and home, per class, and to the family itself."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from scheduling.domain.links import HolderKind
from scheduling.domain.people import Name, Person, may_be_invited
from scheduling.domain.plans import ContactForm, FormTerms, InfoNeed, NoSuchHome, PlanState, state_of
from scheduling.models import CommunicationPlan, Enrolment, Guardian, Guardianship, Staff, db
from scheduling.queries.leaders import Home, PupilFacts, pupils_by_id, pupils_of, the_pupil

PlanKey = tuple[int, int | None]
"""A pupil's id, and the household's (None: an adult pupil)."""


@dataclass(frozen=True)
class PlanFacts:
    """What was agreed with one home."""

    id: int
    version: int
    terms: tuple[FormTerms, ...]
    rhythm: str
    goal: str
    agreed_on: date
    agreed_with: str
    info_need: InfoNeed | None
    info_period: str
    recorded_by: Name
    recorded_at: datetime

    @property
    def state(self) -> PlanState:
        return state_of(self.terms)

    @property
    def forms(self) -> tuple[ContactForm, ...]:
        """The forms that count."""
        return tuple(term.form for term in self.terms if term.counts)

    @property
    def asks_home_visit(self) -> bool:
        """The family still chooses whether a visit at home is welcome."""
        return any(not term.counts for term in self.terms)


@dataclass(frozen=True)
class HomePlan:
    """A pupil, one home, and what they and the school agreed (None: nothing yet)."""

    pupil: PupilFacts
    home: Home
    plan: PlanFacts | None

    @property
    def state(self) -> PlanState:
        return self.plan.state if self.plan else PlanState.NONE

    @property
    def version(self) -> int:
        """What an editor has seen; 0: nothing."""
        return self.plan.version if self.plan else 0


@dataclass(frozen=True)
class ClassAgreements:
    """One class: every pupil and home, who has no agreement yet, and what the families said about a joint moment."""

    class_id: int
    class_name: str
    rows: tuple[HomePlan, ...]

    @property
    def open(self) -> tuple[HomePlan, ...]:
        return tuple(row for row in self.rows if row.state is not PlanState.AGREED)

    @property
    def agreed(self) -> tuple[HomePlan, ...]:
        return tuple(row for row in self.rows if row.state is PlanState.AGREED)

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
        .options(selectinload(CommunicationPlan.forms))
    )
    return {(plan.pupil_id, plan.household_id): _facts(plan, staff) for plan, staff in rows}


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
    classes: dict[tuple[str, int], list[HomePlan]] = {}
    for pupil in pupils:
        rows = classes.setdefault((pupil.class_name, pupil.class_id), [])
        rows.extend(HomePlan(pupil, home, plans.get((pupil.id, home.household_id))) for home in pupil.homes)
    return tuple(ClassAgreements(class_id, name, tuple(rows)) for (name, class_id), rows in classes.items())


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
    return {(tie.pupil_id, tie.household_id) for tie, active in rows if may_be_invited(tie.authority, active=active)}


def _facts(plan: CommunicationPlan, staff: Staff) -> PlanFacts:
    order = {form: place for place, form in enumerate(ContactForm)}
    return PlanFacts(
        id=plan.id,
        version=plan.version,
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
    )
