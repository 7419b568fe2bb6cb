"""Help that classes ask: as families, the owner and who leads the class see it, and what helpers still have to hear."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from scheduling.domain.class_tasks import NoSuchTask
from scheduling.domain.journal import Actor
from scheduling.domain.people import natural_order
from scheduling.domain.timeslots import local
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import ClassGroup, ClassTask, ClassTaskHelper, Guardian, PlannedDate, SchoolYear, db
from scheduling.queries.contact_parents import Contact, contacts_of, in_charge_of, of_family, parents_of


@dataclass(frozen=True)
class Helper:
    """A parent who signed up, by the given name."""

    guardian_id: int
    name: str


@dataclass(frozen=True)
class Task:
    """Help that is asked. `day` None: it is off."""

    id: int
    class_id: int
    class_name: str
    kind: PlannedKind | None
    """The moment of the plan it goes with; None: it has a title of its own."""
    title: str
    day: date | None
    what: str
    wanted: int
    helpers: tuple[Helper, ...]
    owner_id: int | None
    owner: str
    """The contact parent who asks, by the name that parents of the class read; empty: the school, or no longer one."""

    @property
    def left(self) -> int:
        return max(self.wanted - len(self.helpers), 0)

    @property
    def is_own_day(self) -> bool:
        return bool(self.title)

    def has(self, guardian_id: int) -> bool:
        """Does this parent help?"""
        return any(one.guardian_id == guardian_id for one in self.helpers)


@dataclass(frozen=True)
class ClassTasks:
    """One class and its tasks, for somebody who may ask for help (`manages`) or give it."""

    class_id: int
    name: str
    manages: bool
    tasks: tuple[Task, ...]


@dataclass(frozen=True)
class Occasion:
    """A moment of the plan for which a class can ask help."""

    planned_id: int
    kind: PlannedKind
    day: date


@dataclass(frozen=True)
class TaskLetter:
    """What a helper reads of a change."""

    what: str
    class_name: str
    day: date | None
    """None: it is off, or this parent is on the list no longer."""
    stands: bool
    """It is still as the letter was meant."""


def tasks_for_family(by: Actor, now: datetime) -> tuple[ClassTasks, ...]:
    """The classes of the own children, with what is asked there."""
    places = of_family(by, now)
    tasks = _by_class(db.session(), {place.class_id: place.contacts for place in places}, now)
    return tuple(ClassTasks(one.class_id, one.name, one.own.stands, tuple(tasks[one.class_id])) for one in places)


def tasks_for_staff(by: Actor, class_ids: Collection[int], now: datetime) -> tuple[ClassTasks, ...]:
    """Of these classes those of which this colleague is in charge."""
    session = db.session()
    own = in_charge_of(by, class_ids, now)
    tasks = _by_class(session, contacts_of(session, own, local(now).date()), now)
    rows = session.execute(select(ClassGroup.id, ClassGroup.name).where(ClassGroup.id.in_(own)))
    names = sorted(rows, key=lambda row: natural_order(row.name))
    return tuple(ClassTasks(row.id, row.name, manages=True, tasks=tuple(tasks[row.id])) for row in names)


def class_to_ask_in(class_id: int, by: Actor, now: datetime) -> tuple[str, tuple[Occasion, ...]]:
    """The name of a class for which this person may ask help, and the moments of the plan it can be for."""
    session = db.session()
    group = session.get(ClassGroup, class_id)
    if group is None or class_id not in in_charge_of(by, [class_id], now):
        raise NoSuchTask
    rows = session.scalars(
        select(PlannedDate)
        .where(
            PlannedDate.year_id == group.year_id, PlannedDate.published_at.is_not(None),
            PlannedDate.day >= local(now).date(), PlannedDate.begins.is_not(None),
        )
        .order_by(PlannedDate.day, PlannedDate.begins, PlannedDate.id)
    )  # fmt: skip
    here = [row for row in rows if row.for_all or class_id in {one.class_id for one in row.classes}]
    return group.name, tuple(Occasion(row.id, row.kind, row.day) for row in here)


def days_of(session: Session, class_id: int, now: datetime) -> tuple[date, date]:
    """From today until the end of the class's year."""
    group = session.get_one(ClassGroup, class_id)
    return local(now).date(), session.get_one(SchoolYear, group.year_id).ends_on


def day_of(task: ClassTask) -> date | None:
    """When it is, as it stands now; None: it is off."""
    if task.withdrawn_at is not None:
        return None
    if task.title:
        return task.day
    return task.planned.day if task.planned and task.planned.published_at is not None else None


def behind(session: Session, now: datetime) -> list[int]:
    """The tasks of which some helper knows another day than the one that stands."""
    rows = session.execute(
        select(ClassTask, ClassTaskHelper.told_day)
        .join(ClassTaskHelper, ClassTaskHelper.task_id == ClassTask.id)
        .outerjoin(ClassTask.planned)
        .options(contains_eager(ClassTask.planned))
        .where(or_(ClassTaskHelper.told_day.is_(None), ClassTaskHelper.told_day >= local(now).date()))
    ).unique()
    return sorted({task.id for task, told in rows if told != day_of(task)})


def with_strangers(session: Session, now: datetime) -> list[int]:
    """The tasks to come with a helper who is no longer a parent of the class."""
    today = local(now).date()
    rows = session.execute(
        select(ClassTask.id, ClassTask.class_id, ClassTaskHelper.guardian_id)
        .join(ClassTaskHelper, ClassTaskHelper.task_id == ClassTask.id)
        .where(ClassTaskHelper.told_day >= today)
    ).all()
    parents = parents_of(session, {row.class_id for row in rows}, today) if rows else {}
    return sorted({row.id for row in rows if row.guardian_id not in parents[row.class_id]})


def task_letter(session: Session, facts: Mapping[str, Any]) -> TaskLetter | None:
    """What the letter says when it leaves; None: that task is gone."""
    task = session.get(ClassTask, facts["class_task_id"])
    if task is None:
        return None
    helps = ClassTaskHelper.task_id == task.id, ClassTaskHelper.id == facts["helper_id"]
    there = session.scalar(select(ClassTaskHelper.id).where(*helps)) is not None
    day = day_of(task) if there else None
    return TaskLetter(task.what, task.class_group.name, day, (day.isoformat() if day else "") == facts["day"])


def _by_class(session: Session, contacts: Mapping[int, Sequence[Contact]], now: datetime) -> dict[int, list[Task]]:
    """What is asked and still to come, the nearest first; what is off stays until its helpers were told."""
    today = local(now).date()
    rows = list(
        session.scalars(
            select(ClassTask)
            .options(joinedload(ClassTask.planned), joinedload(ClassTask.class_group))
            .where(ClassTask.class_id.in_(contacts), ClassTask.withdrawn_at.is_(None))
            .order_by(ClassTask.id)
        )
    )
    helpers = _helpers(session, [row.id for row in rows])
    names = {(one.class_id, one.guardian_id): one.shown_as for here in contacts.values() for one in here}
    found: dict[int, list[Task]] = defaultdict(list)
    for row in rows:
        day = day_of(row)
        if day is not None and day >= today:
            found[row.class_id].append(
                Task(
                    row.id, row.class_id, row.class_group.name, row.planned.kind if row.planned else None, row.title,
                    day, row.what, row.wanted, tuple(helpers[row.id]), row.guardian_id,
                    names.get((row.class_id, row.guardian_id or 0), ""),
                )
            )  # fmt: skip
    for tasks in found.values():
        tasks.sort(key=lambda one: (str(one.day), one.id))
    return found


def _helpers(session: Session, task_ids: Collection[int]) -> dict[int, list[Helper]]:
    rows = session.execute(
        select(ClassTaskHelper.task_id, Guardian)
        .join(Guardian, Guardian.id == ClassTaskHelper.guardian_id)
        .where(ClassTaskHelper.task_id.in_(task_ids))
        .order_by(ClassTaskHelper.said_at, ClassTaskHelper.id)
    )
    found: dict[int, list[Helper]] = defaultdict(list)
    for task_id, guardian in rows:
        found[task_id].append(Helper(guardian.id, guardian.name.called))
    return found
