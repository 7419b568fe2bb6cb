"""Families that are new to the school, and who visits them: the teacher of their oldest child that begins here."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scheduling.domain.people import Authority, Name
from scheduling.domain.single_talks import SingleState, VisitReason
from scheduling.models import (
    Booking,
    ClassGroup,
    ClassLeader,
    Enrolment,
    Guardian,
    Guardianship,
    Pupil,
    SchoolYear,
    SingleTalk,
    Staff,
    TalkRequest,
    db,
)


@dataclass(frozen=True)
class NewFamily:
    """One home without a child that was here before."""

    household_id: int
    guardians: tuple[str, ...]
    children: tuple[str, ...]
    """The oldest first: whose teacher visits."""
    pupil_id: int
    class_name: str
    visitors: tuple[tuple[int, Name], ...]
    """The leaders of the class of the oldest child; of a duo one of the two."""
    state: SingleState | None = None
    """How far its visit is; None: nobody proposed one yet."""
    starts_at: datetime | None = None

    def is_visited_by(self, staff_id: int) -> bool:
        return staff_id in dict(self.visitors)


def new_families(year_id: int) -> tuple[NewFamily, ...] | None:
    """All of a year, by class. None: the school has no earlier year here, so nobody can tell who is new."""
    return _new_families(db.session(), year_id, None)


def is_new(session: Session, year_id: int, pupil_id: int) -> bool | None:
    """Is every home of this pupil new to the school? None: that cannot be known."""
    found = _new_families(session, year_id, pupil_id)
    if found is None:
        return None
    return {one.household_id for one in found} >= set(_homes_of(session, pupil_id))


def visitors_of(session: Session, year_id: int, pupil_id: int) -> tuple[tuple[int, Name], ...]:
    """Who may visit the homes of this pupil for their first child."""
    found = _new_families(session, year_id, pupil_id) or ()
    return tuple(dict.fromkeys(visitor for one in found for visitor in one.visitors))


def _homes_of(session: Session, pupil_id: int) -> list[int]:
    homes = select(Guardianship.household_id).where(
        Guardianship.pupil_id == pupil_id, Guardianship.authority != Authority.NO
    )
    return list(session.scalars(homes.distinct()))


def _new_families(session: Session, year_id: int, pupil_id: int | None) -> tuple[NewFamily, ...] | None:
    year = session.get_one(SchoolYear, year_id)
    earlier = select(Enrolment.pupil_id).join(SchoolYear).where(SchoolYear.ends_on < year.starts_on)
    if session.scalar(earlier.limit(1)) is None:
        return None
    known = select(Guardianship.household_id).where(Guardianship.pupil_id.in_(earlier))
    wanted = (
        select(Guardianship.household_id, Pupil, ClassGroup, Guardian)
        .join(Pupil, Pupil.id == Guardianship.pupil_id)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .where(
            Enrolment.year_id == year_id, Enrolment.present, Guardian.active, Guardianship.authority != Authority.NO,
            Guardianship.household_id.not_in(known),
        )
        .order_by(Pupil.birth_date, Pupil.id, Guardianship.position)
    )  # fmt: skip
    if pupil_id is not None:
        wanted = wanted.where(Guardianship.household_id.in_(_homes_of(session, pupil_id)))
    homes: dict[int, list[tuple[Pupil, ClassGroup, Guardian]]] = defaultdict(list)
    for household_id, pupil, group, guardian in session.execute(wanted):
        homes[household_id].append((pupil, group, guardian))
    leaders = _leaders(session, {rows[0][1].id for rows in homes.values()})
    visits = _visits(session, {pupil.id for rows in homes.values() for pupil, _, _ in rows})
    found = [_family(household_id, rows, leaders, visits) for household_id, rows in homes.items()]
    return tuple(sorted(found, key=lambda one: (one.class_name, one.children, one.household_id)))


Visits = dict[int, tuple[SingleState, datetime | None]]


def _family(
    household_id: int, rows: list[tuple[Pupil, ClassGroup, Guardian]], leaders: dict[int, list[tuple[int, Name]]],
    visits: Visits,
) -> NewFamily:  # fmt: skip
    oldest, group, _ = rows[0]
    children = dict.fromkeys(pupil for pupil, _, _ in rows)
    state, starts_at = next((visits[pupil.id] for pupil in children if pupil.id in visits), (None, None))
    return NewFamily(
        household_id=household_id,
        guardians=tuple(dict.fromkeys(guardian.name.full for _, _, guardian in rows)),
        children=tuple(pupil.name.full for pupil in children),
        pupil_id=oldest.id,
        class_name=group.name,
        visitors=tuple(leaders.get(group.id, ())),
        state=state,
        starts_at=starts_at,
    )


def _leaders(session: Session, class_ids: Collection[int]) -> dict[int, list[tuple[int, Name]]]:
    found: dict[int, list[tuple[int, Name]]] = defaultdict(list)
    rows = session.execute(
        select(ClassLeader.class_id, Staff)
        .join(Staff, Staff.id == ClassLeader.staff_id)
        .where(ClassLeader.class_id.in_(class_ids))
        .order_by(ClassLeader.class_id, ClassLeader.position)
    )
    for class_id, staff in rows:
        found[class_id].append((staff.id, staff.name))
    return found


def _visits(session: Session, pupil_ids: Collection[int]) -> Visits:
    """The newest visit for the first child of each of these pupils."""
    rows = session.execute(
        select(TalkRequest.pupil_id, SingleTalk.state, Booking.starts_at)
        .join(SingleTalk, SingleTalk.request_id == TalkRequest.id)
        .outerjoin(Booking, Booking.id == SingleTalk.booking_id)
        .where(
            TalkRequest.pupil_id.in_(pupil_ids), SingleTalk.reason == VisitReason.FIRST_CHILD,
            or_(Booking.id.is_(None), Booking.cancelled_at.is_(None)),
        )
        .order_by(SingleTalk.id)
    )  # fmt: skip
    return {pupil_id: (state, starts_at) for pupil_id, state, starts_at in rows}
