"""The parent circle: who comes for a class, asking again where nobody said yes, and who was there."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.circles import NobodyToAsk, NoSuchCircle, NotAParentHere
from scheduling.domain.gatherings import GatheringOver, NotInvitedYet
from scheduling.domain.journal import Actor
from scheduling.domain.mailings import Letter
from scheduling.domain.staff import is_here
from scheduling.domain.timeslots import local
from scheduling.models import CircleSeat, ClassLeader, Gathering, GatheringGuest, Guardian, PlannedDate, Staff
from scheduling.queries.circles import Circle, circle
from scheduling.queries.gathering_guests import company_of
from scheduling.services import outbox
from scheduling.services.gatherings import new_gathering
from scheduling.services.journal import record
from scheduling.services.outbox import AboutGathering
from scheduling.services.transaction import lock, transaction


def seat(*, planned_id: int, chosen: Mapping[int, int | None], by: Actor, now: datetime) -> None:
    """Who comes for these classes, by the office's word; None: as the class says itself. Once it began: who came.

    A parent of another class is refused, and then nothing is kept.
    """
    with transaction() as session:
        lock(session, PlannedDate, [planned_id])
        found = circle(planned_id, now)
        if found.called_off:
            raise GatheringOver
        covers = {one.class_id: one for one in found.classes}
        if not chosen.keys() <= covers.keys():
            raise NoSuchCircle
        for class_id, guardian_id in chosen.items():
            if guardian_id is not None and guardian_id not in [one.guardian_id for one in covers[class_id].parents]:
                parent = session.get(Guardian, guardian_id)
                raise NotAParentHere(class_id, covers[class_id].name, parent.name.full if parent else "")
        for class_id, guardian_id in chosen.items():
            _seat(session, planned_id, class_id, guardian_id, came=found.begun)
        if found.begun:
            kept = session.get(Gathering, planned_id) or new_gathering(session, planned_id)
            kept.came_noted = True
        record(
            session, by=by, action="circles.came" if found.begun else "circles.seat", subject="planned_date",
            subject_id=planned_id, now=now, classes=len(chosen),
        )  # fmt: skip


def ask_again(*, planned_id: int, by: Actor, now: datetime) -> int:
    """Ask each class without a yes again: the contact parents who said nothing, else its leader. How many letters.

    Once a day at most; whoever said no or perhaps is left in peace.
    """
    with transaction() as session:
        lock(session, PlannedDate, [planned_id])
        found = circle(planned_id, now)
        if found.begun or found.called_off:
            raise GatheringOver
        if not found.invited:
            raise NotInvitedYet
        letters = _ask_parents(session, found, now) + _ask_leaders(session, found, now)
        if not letters:
            raise NobodyToAsk
        record(
            session, by=by, action="circles.ask_again", subject="planned_date", subject_id=planned_id, now=now,
            letters=letters,
        )  # fmt: skip
        return letters


def _seat(session: Session, planned_id: int, class_id: int, guardian_id: int | None, *, came: bool) -> None:
    own = CircleSeat.planned_id == planned_id, CircleSeat.class_id == class_id
    row = session.scalars(select(CircleSeat).where(*own)).one_or_none()
    if guardian_id is None:
        if row is not None:
            session.delete(row)
        return
    if row is None:
        row = CircleSeat(planned_id=planned_id, class_id=class_id)
        session.add(row)
    row.guardian_id, row.came = guardian_id, came


def _ask_parents(session: Session, found: Circle, now: datetime) -> int:
    silent = {one.guardian_id for cover in found.missing for one in cover.silent}
    row = session.get_one(PlannedDate, found.line.id)
    people = company_of(session, row).people
    guests = session.scalars(
        select(GatheringGuest)
        .where(
            GatheringGuest.planned_id == row.id, GatheringGuest.guardian_id.in_(silent),
            GatheringGuest.cancelled_at.is_(None),
        )
        .order_by(GatheringGuest.id)
    )  # fmt: skip
    about = [
        AboutGathering(guest, person, None, f".{local(now):%Y%m%d}")
        for guest in guests
        if (person := people.get((guest.guardian_id, None)))
    ]
    return outbox.post_to_gathering(session, letter=Letter.GATHERING_REMINDER, about=about, now=now)


def _ask_leaders(session: Session, found: Circle, now: datetime) -> int:
    """Of the classes where no contact parent is left to ask, and of no home somebody comes."""
    wanted = [cover.class_id for cover in found.missing if not cover.silent and not cover.doubtful]
    rows = session.execute(
        select(ClassLeader.class_id, Staff)
        .join(Staff, Staff.id == ClassLeader.staff_id)
        .where(ClassLeader.class_id.in_(wanted), Staff.email != "")
        .order_by(ClassLeader.class_id, ClassLeader.position)
    )
    today = local(now).date()
    leaders = [(class_id, staff) for class_id, staff in rows if is_here(staff.left_on, today)]
    return outbox.post_circle_notice(session, planned_id=found.line.id, leaders=leaders, now=now)
