"""The free times of a leader's rounds that rest while another talk is proposed or agreed at that moment."""

from collections.abc import Collection

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from scheduling.domain.timeslots import Span
from scheduling.models import SingleHold, SingleTalk, SingleTime, Slot
from scheduling.services.transaction import lock


def rest(session: Session, *, time_id: int, leader_id: int, span: Span) -> None:
    """No family can choose the leader's times that overlap this moment; one with a talk is somebody else's to guard."""
    free = select(Slot.id).where(
        Slot.leader_id == leader_id, Slot.starts_at < span.ends_at, Slot.ends_at > span.starts_at,
        Slot.booking_id.is_(None),
    )  # fmt: skip
    found = list(session.scalars(free))
    lock(session, Slot, found)
    closed = session.scalars(
        update(Slot)
        .where(Slot.id.in_(found), Slot.booking_id.is_(None), Slot.blocked.is_(False))
        .values(blocked=True, version=Slot.version + 1)
        .returning(Slot.id)
        .execution_options(synchronize_session=False)
    ).all()
    session.add_all(SingleHold(time_id=time_id, slot_id=slot_id) for slot_id in closed)
    session.flush()
    session.expire_all()


def let_go(session: Session, time_ids: Collection[int]) -> None:
    """The times that rested for these are free again."""
    if not time_ids:
        return
    held = list(session.scalars(select(SingleHold.slot_id).where(SingleHold.time_id.in_(time_ids))))
    lock(session, Slot, held)
    session.execute(delete(SingleHold).where(SingleHold.time_id.in_(time_ids)))
    session.execute(
        update(Slot)
        .where(Slot.id.in_(held), Slot.booking_id.is_(None))
        .values(blocked=False, version=Slot.version + 1)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def let_go_of_talk(session: Session, booking_id: int) -> None:
    """A talk is off: if it was made for one pupil, the times that rested for it are free again."""
    let_go(
        session,
        session.scalars(
            select(SingleTime.id)
            .join(SingleTalk, SingleTalk.id == SingleTime.talk_id)
            .where(SingleTalk.booking_id == booking_id)
        ).all(),
    )
