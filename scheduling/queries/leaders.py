"""Who leads what: a leader's own classes and pupils, the homes of a pupil, and the leaders the office may open.

A leader sees own classes only. A class has one leader or a duo; both see all of it.
"""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, or_, select

from scheduling.domain.errors import NotFound
from scheduling.domain.people import Authority, Name, is_adult
from scheduling.domain.plans import homes_to_agree_with
from scheduling.domain.rounds import LIVE
from scheduling.domain.timeslots import local
from scheduling.models import (
    Booking,
    ClassGroup,
    ClassLeader,
    Enrolment,
    Guardian,
    Guardianship,
    Pupil,
    Round,
    Slot,
    Staff,
    db,
)
from scheduling.queries import years


@dataclass(frozen=True)
class LeaderFacts:
    id: int
    code: str
    name: Name
    classes: tuple[str, ...]


@dataclass(frozen=True)
class GuardianFacts:
    """Somebody of a home who may be invited."""

    id: int
    name: Name
    relation: str
    phone: str
    email: str
    interpreter: str
    on_request: bool = False
    """Without authority."""


@dataclass(frozen=True)
class Home:
    """One home of a pupil. No household: the adult pupil who speaks for himself."""

    household_id: int | None
    guardians: tuple[GuardianFacts, ...]
    on_request: bool = False
    """Invited because a parent without authority asked: to talks of the own, never to one with the other home."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(guardian.name.full for guardian in self.guardians)


@dataclass(frozen=True)
class PupilFacts:
    """A pupil of this year, with the homes the school agrees and talks with."""

    id: int
    name: Name
    year_id: int
    class_id: int
    class_name: str
    is_adult: bool
    email: str
    phone: str
    """Of an adult pupil, who is written to himself; else empty."""
    homes: tuple[Home, ...]
    number: str
    """The school's own, for its pupil system."""

    @property
    def tables(self) -> tuple[Home | None, ...]:
        """With whom a talk may be: one home, or every home together (None)."""
        together = len(self.homes) > 1 and not any(home.on_request for home in self.homes)
        return (None, *self.homes) if together else self.homes

    def may_meet(self, household_id: int | None) -> bool:
        """May a talk be with this home, or (None) with every home together?"""
        return household_id in [home and home.household_id for home in self.tables]

    def homes_at(self, household_id: int | None) -> tuple[Home, ...]:
        """Whose a talk is: of this home, or (None) of every home together but those invited on request alone."""
        joint = household_id is None
        return tuple(
            home for home in self.homes
            if home.household_id in (None, household_id) or (joint and not home.on_request)
        )  # fmt: skip

    def home(self, household_id: int | None) -> Home | None:
        return next((home for home in self.homes if home.household_id == household_id), None)


def year_at(now: datetime) -> years.YearFacts:
    """The school year that people work in now."""
    year = years.year_in_use(local(now).date())
    if year is None:
        raise NotFound
    return year


def the_leader(leader_id: int, year_id: int) -> LeaderFacts:
    """The colleague whose pages these are, with the names of the classes."""
    staff = db.session.get(Staff, leader_id)
    if staff is None:
        raise NotFound
    return LeaderFacts(staff.id, staff.code, staff.name, tuple(name for _, name in classes_of(leader_id, year_id)))


def all_leaders(year_id: int) -> tuple[LeaderFacts, ...]:
    """Everybody who leads a class or offers times this year, by surname."""
    classes: dict[int, list[str]] = defaultdict(list)
    for staff_id, name in db.session.execute(
        select(ClassLeader.staff_id, ClassGroup.name).join(ClassGroup).where(ClassGroup.year_id == year_id)
    ):
        classes[staff_id].append(name)
    offering = select(Slot.leader_id).join(Round, Round.id == Slot.round_id).where(Round.year_id == year_id)
    rows = db.session.scalars(select(Staff).where(or_(Staff.id.in_(classes), Staff.id.in_(offering)))).all()
    return tuple(
        LeaderFacts(staff.id, staff.code, staff.name, tuple(sorted(classes[staff.id])))
        for staff in sorted(rows, key=lambda staff: staff.name.sort_key)
    )


def leader_by_class(year_id: int) -> dict[int, int]:
    """Per class the first of its leaders: whose pages the office opens for it."""
    rows = db.session.execute(
        select(ClassLeader.class_id, ClassLeader.staff_id)
        .join(ClassGroup, ClassGroup.id == ClassLeader.class_id)
        .where(ClassGroup.year_id == year_id)
        .order_by(ClassLeader.position.desc())
    )
    return {row.class_id: row.staff_id for row in rows}


def classes_of(leader_id: int, year_id: int) -> tuple[tuple[int, str], ...]:
    """The ids and names of a leader's own classes."""
    rows = db.session.execute(
        select(ClassGroup.id, ClassGroup.name)
        .join(ClassLeader, ClassLeader.class_id == ClassGroup.id)
        .where(ClassLeader.staff_id == leader_id, ClassGroup.year_id == year_id)
        .order_by(ClassGroup.name)
    )
    return tuple((class_id, name) for class_id, name in rows)


def the_pupil(pupil_id: int, year_id: int, *, leader_id: int | None, today: date) -> PupilFacts:
    """A pupil of this leader's own classes, or one whose talk this leader leads; the office (None) sees everyone."""
    wanted = _present(year_id).where(Pupil.id == pupil_id)
    if leader_id is not None:
        wanted = wanted.where(_is_own(leader_id, year_id))
    found = _pupils(wanted, year_id, today)
    if not found:
        raise NotFound
    return found[0]


def pupils_of(year_id: int, *, leader_id: int | None, today: date) -> tuple[PupilFacts, ...]:
    """All pupils of a leader's own classes (the office: of all classes), by class and surname."""
    wanted = _present(year_id)
    if leader_id is not None:
        led = select(ClassLeader.class_id).where(ClassLeader.staff_id == leader_id)
        wanted = wanted.where(Enrolment.class_id.in_(led))
    return _pupils(wanted, year_id, today)


def pupils_by_id(pupil_ids: Collection[int], year_id: int, *, today: date) -> dict[int, PupilFacts]:
    """These pupils, also those who left meanwhile."""
    wanted = _enrolled(year_id).where(Pupil.id.in_(pupil_ids))
    return {pupil.id: pupil for pupil in _pupils(wanted, year_id, today)} if pupil_ids else {}


def _enrolled(year_id: int) -> Select[Pupil, int, str]:
    return (
        select(Pupil, ClassGroup.id, ClassGroup.name)
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .where(Enrolment.year_id == year_id)
    )


def _present(year_id: int) -> Select[Pupil, int, str]:
    return _enrolled(year_id).where(Enrolment.present)


def _is_own(leader_id: int, year_id: int) -> ColumnElement[bool]:
    led = select(ClassLeader.class_id).where(ClassLeader.staff_id == leader_id)
    talks = select(Booking.pupil_id).join(Round, Round.id == Booking.round_id)
    own_talks = talks.where(Booking.leader_id == leader_id, Round.year_id == year_id, Booking.status.in_(LIVE))
    return or_(Enrolment.class_id.in_(led), Pupil.id.in_(own_talks))


def _pupils(wanted: Select[Pupil, int, str], year_id: int, today: date) -> tuple[PupilFacts, ...]:
    rows = db.session.execute(wanted).all()
    homes = _homes([pupil.id for pupil, _, _ in rows])
    found = []
    for pupil, class_id, class_name in rows:
        adult = is_adult(pupil.birth_date, today)
        own = homes.get(pupil.id, {})
        wanted_homes = homes_to_agree_with(own, adult=adult, parents_permitted=pupil.parents_permitted)
        found.append(
            PupilFacts(
                id=pupil.id,
                name=pupil.name,
                year_id=year_id,
                class_id=class_id,
                class_name=class_name,
                is_adult=adult,
                email=pupil.email if adult else "",
                phone=pupil.phone if adult else "",
                homes=tuple(_home(home, own.get(home or 0, ())) for home in wanted_homes),
                number=pupil.number,
            )
        )
    return tuple(sorted(found, key=lambda pupil: (pupil.class_name, *pupil.name.sort_key, pupil.id)))


def _home(household_id: int | None, guardians: Sequence[GuardianFacts]) -> Home:
    return Home(household_id, tuple(guardians), bool(guardians) and all(one.on_request for one in guardians))


def _homes(pupil_ids: Collection[int]) -> dict[int, dict[int, list[GuardianFacts]]]:
    """Per pupil and household: those who may be invited, in the order of the school's file."""
    homes: dict[int, dict[int, list[GuardianFacts]]] = defaultdict(lambda: defaultdict(list))
    if not pupil_ids:
        return homes
    rows = db.session.execute(
        select(Guardianship, Guardian)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.pupil_id.in_(pupil_ids))
        .order_by(Guardianship.pupil_id, Guardianship.position, Guardian.id)
    )
    for tie, guardian in rows:
        if tie.is_invited and guardian.active:
            facts = GuardianFacts(
                guardian.id,
                guardian.name,
                tie.relation,
                guardian.phone,
                guardian.email,
                tie.interpreter,
                tie.authority is Authority.NO,
            )
            homes[tie.pupil_id][tie.household_id].append(facts)
    return homes
