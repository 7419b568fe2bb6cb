"""Parent circles: for each class who comes, who may, who came before; and the same over all dates of a year."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.circles import NoSuchCircle
from scheduling.domain.contact_parents import ContactState
from scheduling.domain.gatherings import Coming
from scheduling.domain.people import natural_order
from scheduling.domain.timeslots import Span, local
from scheduling.domain.wishes import Wisher
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import (
    CircleSeat,
    ClassContact,
    Gathering,
    GatheringAnswer,
    Guardian,
    Guardianship,
    PlannedDate,
    Pupil,
    SchoolYear,
    db,
)
from scheduling.queries.contact_parents import parents_of
from scheduling.queries.gathering_guests import answers_to, span_of
from scheduling.queries.year_plans import PlanLine, as_line, year_names


@dataclass(frozen=True)
class Representative:
    """A parent who comes, or may come, for a class."""

    guardian_id: int
    name: str
    is_contact: bool
    coming: Coming | None
    """What the own home said; None: nothing yet."""
    came_last: bool
    """This parent was there the time before."""
    certain: bool = True
    """The home brings enough adults: it is not another contact parent of it who comes, for another class."""


@dataclass(frozen=True)
class Cover:
    """One class at one parent circle. `parents`: who was there last time first, then the other contact parents."""

    class_id: int
    name: str
    parents: tuple[Representative, ...]
    representative: Representative | None
    by_hand: bool
    came: bool

    @property
    def contacts(self) -> tuple[Representative, ...]:
        return tuple(one for one in self.parents if one.is_contact)

    @property
    def silent(self) -> tuple[Representative, ...]:
        """The contact parents who said nothing yet."""
        return tuple(one for one in self.contacts if one.coming is None)

    @property
    def doubtful(self) -> bool:
        """Somebody of a home comes, for this class or for another: the office asks for which, and writes it down."""
        return self.representative is None and any(one.coming is Coming.YES for one in self.contacts)


@dataclass(frozen=True)
class Circle:
    """One parent circle, class by class."""

    line: PlanLine
    year_id: int
    span: Span
    classes: tuple[Cover, ...]
    invited: bool
    called_off: bool
    begun: bool
    ticked: bool
    """It was written down who came, also when that was nobody."""

    @property
    def missing(self) -> tuple[Cover, ...]:
        return tuple(one for one in self.classes if one.representative is None)


@dataclass(frozen=True)
class CircleYear:
    """Every class over all dates of a year: continuity at a glance."""

    circles: tuple[Circle, ...]
    rows: tuple[tuple[str, tuple[Cover | None, ...]], ...]
    """Per class what it is at each circle; None: that circle is not for this class."""


def circle(planned_id: int, now: datetime) -> Circle:
    """One parent circle."""
    session = db.session()
    row = session.get(PlannedDate, planned_id)
    if row is None or row.kind is not PlannedKind.PARENT_CIRCLE or row.begins is None:
        raise NoSuchCircle
    return _circles(session, row.year_id, now)[planned_id]


def circles_of_year(year_id: int, now: datetime) -> CircleYear:
    """All parent circles of a year, in order of time; in as few questions as one."""
    circles = tuple(_circles(db.session(), year_id, now).values())
    names: dict[int, str] = {cover.class_id: cover.name for one in circles for cover in one.classes}
    seen = [{cover.class_id: cover for cover in one.classes} for one in circles]
    rows = [
        (names[class_id], tuple(one.get(class_id) for one in seen))
        for class_id in sorted(names, key=lambda class_id: natural_order(names[class_id]))
    ]
    return CircleYear(circles, tuple(rows))


def _circles(session: Session, year_id: int, now: datetime) -> dict[int, Circle]:
    rows = list(
        session.scalars(
            select(PlannedDate)
            .where(
                PlannedDate.year_id == year_id, PlannedDate.kind == PlannedKind.PARENT_CIRCLE,
                PlannedDate.begins.is_not(None),
            )
            .order_by(PlannedDate.day, PlannedDate.begins, PlannedDate.id)
        )
    )  # fmt: skip
    ids, names = [row.id for row in rows], year_names(year_id)
    held = {row.planned_id: row for row in session.scalars(select(Gathering).where(Gathering.planned_id.in_(ids)))}
    seats, answers = _seats(session, ids), answers_to(session, ids)
    school = _School(session, names, seats.values(), now)
    last, found = school.came_before(_last_year(session, year_id)), {}
    for row in rows:
        own = {one.class_id for one in row.classes}
        here = [class_id for class_id in names if row.for_all or class_id in own]
        at_home = school.contacts_at_home(here)
        covers = [
            school.cover(class_id, seats.get((row.id, class_id)), answers[row.id], last.get(class_id), at_home)
            for class_id in sorted(here, key=lambda class_id: natural_order(names[class_id]))
        ]
        last |= {seat.class_id: seat.guardian_id for seat in seats.values() if seat.planned_id == row.id and seat.came}
        kept, span = held.get(row.id), span_of(row)
        found[row.id] = Circle(
            as_line(row, names), year_id, span, tuple(covers), bool(kept and kept.invited_at),
            bool(kept and kept.called_off_at), span.starts_at <= now, bool(kept and kept.came_noted),
        )  # fmt: skip
    return found


class _School:
    """Who may come for each class, looked up once for all dates."""

    def __init__(
        self, session: Session, names: Mapping[int, str], seats: Collection[CircleSeat], now: datetime
    ) -> None:
        self.names = names
        self.parents = parents_of(session, names, local(now).date())
        seated = {one.guardian_id for one in seats}
        self.people = _people(session, seated.union(*self.parents.values()))
        self.contacts = _contacts(session, names)
        self.homes = _homes(session, self.parents)

    def came_before(self, guardian_ids: Sequence[int]) -> dict[int, int]:
        """Per class a parent of it who represented a class last year, the latest: the first to be proposed now."""
        return {
            class_id: guardian_id
            for class_id, parents in self.parents.items()
            for guardian_id in guardian_ids
            if guardian_id in parents
        }

    def contacts_at_home(self, class_ids: Collection[int]) -> dict[Wisher, set[int]]:
        """The contact parents of these classes in each home."""
        found: dict[Wisher, set[int]] = defaultdict(set)
        for class_id in class_ids:
            for guardian_id in self.contacts[class_id]:
                for home in self.homes.get((class_id, guardian_id), ()):
                    found[home].add(guardian_id)
        return found

    def cover(
        self, class_id: int, seat: CircleSeat | None, answers: Mapping[Wisher, GatheringAnswer], last: int | None,
        at_home: Mapping[Wisher, set[int]],
    ) -> Cover:  # fmt: skip
        parents = [self._parent(class_id, one, answers, last, at_home) for one in self.parents[class_id]]
        order = {guardian_id: place for place, guardian_id in enumerate(self.contacts[class_id])}
        parents.sort(key=lambda one: (not one.came_last, order.get(one.guardian_id, len(order)), one.name))
        seated = next((one for one in parents if seat and one.guardian_id == seat.guardian_id), None)
        if seat is not None and seat.came and seated is None:  # the child left the class since
            seated = Representative(seat.guardian_id, self.people[seat.guardian_id], False, None, False)
            parents.append(seated)
        said_yes = next((one for one in parents if one.is_contact and one.coming is Coming.YES and one.certain), None)
        return Cover(
            class_id, self.names[class_id], tuple(parents), seated or said_yes, seated is not None,
            seated is not None and seat is not None and seat.came,
        )  # fmt: skip

    def _parent(
        self, class_id: int, guardian_id: int, answers: Mapping[Wisher, GatheringAnswer], last: int | None,
        at_home: Mapping[Wisher, set[int]],
    ) -> Representative:  # fmt: skip
        homes = self.homes.get((class_id, guardian_id), ())
        said = {answers[home].coming for home in homes if home in answers}
        coming = next((one for one in Coming if one in said), None)
        own = set(self.contacts[class_id])
        certain = any(
            answers[home].coming is coming and answers[home].adults > len(at_home.get(home, set()) - own)
            for home in homes
            if home in answers
        )
        return Representative(
            guardian_id, self.people[guardian_id], guardian_id in own, coming, guardian_id == last, certain,
        )  # fmt: skip


def _seats(session: Session, planned_ids: Collection[int]) -> dict[tuple[int, int], CircleSeat]:
    rows = session.scalars(select(CircleSeat).where(CircleSeat.planned_id.in_(planned_ids)))
    return {(row.planned_id, row.class_id): row for row in rows}


def _last_year(session: Session, year_id: int) -> Sequence[int]:
    """Who represented a class in the years before, as far as that is kept; the latest last."""
    starts_on = select(SchoolYear.starts_on).where(SchoolYear.id == year_id).scalar_subquery()
    rows = session.scalars(
        select(CircleSeat.guardian_id)
        .join(PlannedDate, PlannedDate.id == CircleSeat.planned_id)
        .where(CircleSeat.came, PlannedDate.day < starts_on)
        .order_by(PlannedDate.day, CircleSeat.id)
    )
    return rows.all()


def _people(session: Session, guardian_ids: Collection[int]) -> dict[int, str]:
    rows = session.scalars(select(Guardian).where(Guardian.id.in_(guardian_ids)))
    return {row.id: row.name.full for row in rows}


def _contacts(session: Session, class_ids: Collection[int]) -> dict[int, list[int]]:
    """Per class its contact parents, in the order in which they said yes."""
    rows = session.execute(
        select(ClassContact.class_id, ClassContact.guardian_id)
        .where(ClassContact.class_id.in_(class_ids), ClassContact.state == ContactState.YES)
        .order_by(ClassContact.said_at, ClassContact.id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for class_id, guardian_id in rows:
        found[class_id].append(guardian_id)
    return found


def _homes(
    session: Session, parents: Mapping[int, Mapping[int, Sequence[Pupil]]]
) -> dict[tuple[int, int], list[Wisher]]:
    """The home in which each parent answers for a class."""
    classes: dict[tuple[int, int], list[int]] = defaultdict(list)
    for class_id, found in parents.items():
        for guardian_id, pupils in found.items():
            for pupil in pupils:
                classes[guardian_id, pupil.id].append(class_id)
    homes: dict[tuple[int, int], list[Wisher]] = defaultdict(list)
    people = {guardian_id for guardian_id, _pupil in classes}
    rows = session.execute(
        select(Guardianship.guardian_id, Guardianship.pupil_id, Guardianship.household_id).where(
            Guardianship.guardian_id.in_(people)
        )
    )
    for guardian_id, pupil_id, household_id in rows:
        for class_id in classes.get((guardian_id, pupil_id), ()):
            homes[class_id, guardian_id].append(Wisher(household_id))
    return homes
