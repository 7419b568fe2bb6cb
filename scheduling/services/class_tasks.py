"""Help for a class: asked by who leads it, the office or a contact parent; given by parents, never more than asked."""

from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.domain.class_tasks import Asked, NoSuchTask, TaskFull, TaskOver, ensure_day
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.timeslots import local
from scheduling.models import ClassTask, ClassTaskHelper, Guardian, db
from scheduling.queries import class_tasks as reading
from scheduling.queries.contact_parents import in_charge_of, parents_of
from scheduling.services import outbox
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def ask(*, class_id: int, asked: Asked, by: Actor, now: datetime) -> int:
    """Ask for help. A contact parent who asks, owns it."""
    tidy = asked.tidy()
    with transaction() as session:
        _name, occasions = reading.class_to_ask_in(class_id, by, now)
        if tidy.planned_id is not None and tidy.planned_id not in [one.planned_id for one in occasions]:
            raise TaskOver
        day = None if tidy.planned_id else ensure_day(tidy.day, *reading.days_of(session, class_id, now))
        row = ClassTask(
            class_id=class_id, planned_id=tidy.planned_id, title=tidy.title, day=day, what=tidy.what,
            wanted=tidy.wanted, guardian_id=by.id if by.kind is ActorKind.GUARDIAN else None, made_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _note(session, "class_tasks.ask", row, by, now)
        return row.id


def withdraw(*, task_id: int, by: Actor, now: datetime) -> None:
    """The help is not needed after all; who signed up is told. Twice is once."""
    with transaction() as session:
        row = _of_own(session, task_id, by, now)
        if row.withdrawn_at is None:
            row.withdrawn_at = now
            _note(session, "class_tasks.withdraw", row, by, now)


def move(*, task_id: int, day: date | None, by: Actor, now: datetime) -> None:
    """Another day, for what has a title of its own; who signed up is told."""
    with transaction() as session:
        row = _of_own(session, task_id, by, now)
        if row.withdrawn_at is not None or not row.title:
            raise TaskOver
        row.day = ensure_day(day, *reading.days_of(session, row.class_id, now))
        _note(session, "class_tasks.move", row, by, now)


def sign_up(*, task_id: int, by: Actor, now: datetime) -> None:
    """A parent of the class helps, as long as help is asked. Twice is once."""
    with transaction() as session:
        row = _of_parent(session, task_id, by, now)
        day = reading.day_of(row)
        if day is None or day < local(now).date():
            raise TaskOver
        if _helper(session, row, by) is not None:
            return
        if _count(session, task_id) >= row.wanted:
            raise TaskFull
        session.add(ClassTaskHelper(task_id=task_id, guardian_id=by.id, said_at=now, told_day=day))
        _note(session, "class_tasks.sign_up", row, by, now)


def sign_off(*, task_id: int, by: Actor, now: datetime) -> None:
    """Rather not after all; no questions asked."""
    with transaction() as session:
        row = _of_parent(session, task_id, by, now)
        helper = _helper(session, row, by)
        if helper is not None:
            session.delete(helper)
            _note(session, "class_tasks.sign_off", row, by, now)


def tell(now: datetime) -> int:
    """Every helper hears of another day, or that it is off, whoever changed it and how; how many letters.

    Who is no longer a parent of the class leaves the list, and hears so.
    """
    session = db.session()
    found, strangers = reading.behind(session, now), reading.with_strangers(session, now)
    session.rollback()
    return sum(_let_go(task_id, now) for task_id in strangers) + sum(_tell(task_id, now) for task_id in found)


def _let_go(task_id: int, now: datetime) -> int:
    with transaction() as session:
        lock(session, ClassTask, [task_id])
        row = session.get(ClassTask, task_id)
        if row is None:
            return 0
        parents = parents_of(session, [row.class_id], local(now).date())[row.class_id]
        own = ClassTaskHelper.task_id == task_id, ClassTaskHelper.guardian_id.not_in(parents)
        gone = session.scalars(select(ClassTaskHelper).where(*own).order_by(ClassTaskHelper.id)).all()
        known = [one for one in gone if session.get_one(Guardian, one.guardian_id).active]
        letters = outbox.post_about_task(session, task=row, helpers=known, day=None, now=now)
        for one in gone:
            session.delete(one)
        return letters


def _tell(task_id: int, now: datetime) -> int:
    with transaction() as session:
        lock(session, ClassTask, [task_id])
        row = session.get(ClassTask, task_id)
        if row is None:
            return 0
        day, helpers = reading.day_of(row), select(ClassTaskHelper).where(ClassTaskHelper.task_id == task_id)
        late = [one for one in session.scalars(helpers.order_by(ClassTaskHelper.id)) if one.told_day != day]
        for one in late:
            one.told_day = day
        return outbox.post_about_task(session, task=row, helpers=late, day=day, now=now)


def _of_own(session: Session, task_id: int, by: Actor, now: datetime) -> ClassTask:
    """A task of a class of which this person is in charge; of a contact parent only what that parent asked."""
    row = _held(session, task_id)
    elses = by.kind is ActorKind.GUARDIAN and row.guardian_id != by.id
    if elses or row.class_id not in in_charge_of(by, [row.class_id], now):
        raise NoSuchTask
    return row


def _of_parent(session: Session, task_id: int, by: Actor, now: datetime) -> ClassTask:
    """A task of a class in which this parent has a child."""
    row = _held(session, task_id)
    parents = parents_of(session, [row.class_id], local(now).date())[row.class_id]
    if by.kind is not ActorKind.GUARDIAN or by.id not in parents:
        raise NoSuchTask
    return row


def _held(session: Session, task_id: int) -> ClassTask:
    """The task, held: the last places are given one after the other."""
    lock(session, ClassTask, [task_id])
    row = session.get(ClassTask, task_id)
    if row is None:
        raise NoSuchTask
    return row


def _helper(session: Session, row: ClassTask, by: Actor) -> ClassTaskHelper | None:
    own = ClassTaskHelper.task_id == row.id, ClassTaskHelper.guardian_id == by.id
    return session.scalars(select(ClassTaskHelper).where(*own)).one_or_none()


def _count(session: Session, task_id: int) -> int:
    there = select(func.count()).select_from(ClassTaskHelper).where(ClassTaskHelper.task_id == task_id)
    return session.scalar(there) or 0


def _note(session: Session, action: str, row: ClassTask, by: Actor, now: datetime) -> None:
    record(session, by=by, action=action, subject="class_task", subject_id=row.id, now=now, class_id=row.class_id)
