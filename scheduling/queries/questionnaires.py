"""The questionnaire of a year: who may answer, how many did, and the totals. Never an answer, never a person."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Addressee
from scheduling.domain.people import natural_order
from scheduling.domain.questionnaires import (
    FEWEST,
    SCHOOL,
    Asked,
    Group,
    Item,
    Part,
    Side,
    Tally,
    Total,
    groups_of,
    merged,
    shown,
)
from scheduling.domain.timeslots import local
from scheduling.models import (
    ClassGroup,
    ClassLeader,
    Enrolment,
    Outbox,
    Questionnaire,
    QuestionnaireTally,
    School,
    SchoolYear,
    db,
)
from scheduling.queries.bookings import find_homes
from scheduling.queries.contact_parents import parents_of
from scheduling.queries.mailings import circles_of

BARS = tuple((asked, side) for asked in (Asked.PARENT, Asked.MENTOR) for side in Side)
"""Parent beside mentor, and experience beside importance."""

CLASS = (ClassGroup.id, ClassGroup.name, ClassGroup.level)


@dataclass(frozen=True)
class Choice:
    """A class that an answer can be about: one's own, or the one of a child."""

    key: str
    year_id: int
    class_name: str
    level: str
    grade: str


@dataclass(frozen=True)
class Turn:
    """Where this person stands: is it open, about which classes, and is the answer in?"""

    is_open: bool
    is_in: bool
    choices: tuple[Choice, ...]

    @property
    def asks(self) -> bool:
        return self.is_open and not self.is_in and bool(self.choices)


@dataclass(frozen=True)
class Line:
    """One subject with its four totals; None: fewer than ten, or to be had from other totals."""

    item: Item
    totals: Mapping[tuple[Asked, Side], Total | None]


@dataclass(frozen=True)
class Held:
    """The questionnaire of a year as the office reads it; the totals only after it has closed."""

    year_id: int
    opened_on: date | None
    closed_on: date | None
    people: Mapping[Asked, int]
    lines: Mapping[Group, tuple[Line, ...]]
    """Of every group that has a total to show: the school, its levels, its years."""
    remarks: Mapping[Asked, tuple[str, ...]]

    @property
    def is_open(self) -> bool:
        return self.opened_on is not None and self.closed_on is None


def turn_of(by: Actor, year_id: int, mark: str, now: datetime) -> Turn:
    """Of a parent or of who leads a class; nobody else has one."""
    session = db.session()
    found = session.get(Questionnaire, year_id)
    if found is None or not found.is_open:
        return Turn(is_open=False, is_in=False, choices=())
    return Turn(True, mark in found.marks, _choices(session, by, year_id, local(now).date()))


def is_open(year_id: int) -> bool:
    """Is there anything to answer in this year?"""
    found = db.session.get(Questionnaire, year_id)
    return found is not None and found.is_open


def years_held() -> tuple[str, ...]:
    """The years that had a questionnaire, the newest first."""
    rows = select(SchoolYear.label).join(Questionnaire, Questionnaire.id == SchoolYear.id)
    return tuple(db.session.scalars(rows.order_by(SchoolYear.starts_on.desc())))


def held(year_id: int) -> Held:
    """How many answered, and after it has closed the totals of the school and its parts."""
    session = db.session()
    found = session.get(Questionnaire, year_id)
    people = dict.fromkeys(Asked, 0)
    if found is None:
        return Held(year_id, None, None, people, {}, {})
    rows = session.scalars(select(QuestionnaireTally).where(QuestionnaireTally.questionnaire_id == year_id)).all()
    tallies = {(row.asked, Group(row.part, row.name)): Tally(row.people, row.counts) for row in rows}
    people |= {asked: tally.people for (asked, group), tally in tallies.items() if group == SCHOOL}
    if found.is_open:
        return Held(year_id, found.opened_on, None, people, {}, {})
    enough = [asked for asked in Asked if people[asked] >= FEWEST]
    remarks = {asked: tuple(found.remarks[asked]) for asked in enough if asked in found.remarks}
    lines = _lines(tallies, _groups_of_classes(session, year_id))
    return Held(year_id, found.opened_on, found.closed_on, people, lines, remarks)


def mailboxes_of(session: Session, year_id: int, now: datetime) -> Sequence[tuple[Addressee, int]]:
    """Every parent of the year once, a shared mailbox too, with a child that shows why."""
    today = local(now).date()
    classes = session.scalars(select(ClassGroup.id).where(ClassGroup.year_id == year_id)).all()
    parents: dict[int, set[int]] = defaultdict(set)
    for own in parents_of(session, classes, today).values():
        for guardian_id, pupils in own.items():
            for pupil in pupils:
                parents[pupil.id].add(guardian_id)
    people: dict[str, tuple[Addressee, int]] = {}
    for pupil_id, circle in sorted(circles_of(session, parents, today).items()):
        for person in circle.audience(None).to:
            if person.guardian_id in parents[pupil_id]:
                people.setdefault(person.address.casefold(), (person, pupil_id))
    return tuple(people.values())


def is_over(session: Session, row: Outbox) -> bool:
    """A letter about a questionnaire that has closed stays in the house."""
    found = session.get(Questionnaire, row.facts.get("questionnaire_id") or 0)
    return found is None or not found.is_open


def _choices(session: Session, by: Actor, year_id: int, today: date) -> tuple[Choice, ...]:
    if by.kind is ActorKind.STAFF:
        rows = session.execute(
            select(*CLASS, ClassGroup.year_level)
            .join(ClassLeader, ClassLeader.class_id == ClassGroup.id)
            .where(ClassLeader.staff_id == by.id, ClassGroup.year_id == year_id)
        ).all()
    elif by.kind is ActorKind.GUARDIAN:
        children = [home.pupil_id for home in find_homes(session, by, today)]
        rows = session.execute(
            select(*CLASS, func.coalesce(func.nullif(Enrolment.year_level, ""), ClassGroup.year_level))
            .join(Enrolment, Enrolment.class_id == ClassGroup.id)
            .where(Enrolment.pupil_id.in_(children), Enrolment.year_id == year_id, Enrolment.present)
        ).all()
    else:
        return ()
    found = {Choice(f"{class_id}-{grade}", year_id, name, level, grade) for class_id, name, level, grade in rows}
    return tuple(sorted(found, key=lambda one: (natural_order(one.class_name), one.key)))


def _groups_of_classes(session: Session, year_id: int) -> list[tuple[Group, ...]]:
    """In which groups the answers about each class were counted."""
    school = session.get(School, 1)
    if school is None:
        raise NotFound
    rows = session.execute(
        select(ClassGroup.level, ClassGroup.year_level, Enrolment.year_level)
        .outerjoin(Enrolment, Enrolment.class_id == ClassGroup.id)
        .where(ClassGroup.year_id == year_id)
        .distinct()
    )
    found = {groups_of(level, one, school.sector) for level, grade, own in rows for one in (grade, own or grade)}
    return sorted(found)


def _lines(
    tallies: Mapping[tuple[Asked, Group], Tally], of_classes: Sequence[Sequence[Group]]
) -> dict[Group, tuple[Line, ...]]:
    """Per group its four totals on each subject, as far as they may be shown."""
    groups = _in_order({group for _asked, group in tallies})
    totals = {(item, bar): _totals(tallies, item, bar, groups, of_classes) for item in Item for bar in BARS}
    seen = [group for group in groups if any(group in one for one in totals.values())]
    return {
        group: tuple(Line(item, {bar: totals[item, bar].get(group) for bar in BARS}) for item in Item) for group in seen
    }


def _totals(
    tallies: Mapping[tuple[Asked, Group], Tally], item: Item, bar: tuple[Asked, Side], groups: Sequence[Group],
    of_classes: Sequence[Sequence[Group]],
) -> dict[Group, Total]:  # fmt: skip
    """One bar, of the groups of which it may be shown."""
    asked, side = bar
    each = {group: merged(tallies[asked, group].of(item, side)) for group in groups if (asked, group) in tallies}
    open_ = shown({group: total.answered for group, total in each.items()}, of_classes)
    return {group: each[group] for group in open_}


def _in_order(groups: Collection[Group]) -> list[Group]:
    """The school, its levels, its years."""
    return sorted(groups, key=lambda one: (list(Part).index(one.part), natural_order(one.name)))
