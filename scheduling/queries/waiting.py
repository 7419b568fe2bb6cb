"""Who waits for a time with a teacher, and which times are kept for whom."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, exists, func, or_, select
from sqlalchemy.orm import Session, joinedload

from scheduling.domain.journal import Actor
from scheduling.domain.people import Name
from scheduling.domain.requests import FreedState, turn_of
from scheduling.domain.rounds import LIVE, RoundKind
from scheduling.domain.timeslots import local
from scheduling.models import Booking, FreedOffer, LeaderOpening, Round, Slot, TalkRequest, db
from scheduling.queries import bookings
from scheduling.queries.kept_about import kinds_about


@dataclass(frozen=True)
class Freed:
    """A time that is kept for one home until it answers."""

    key: str
    round_id: int
    pupil: str
    leader: Name
    starts_at: datetime
    ends_at: datetime
    until: datetime


def find_freed(session: Session, key: str, now: datetime) -> Freed | None:
    """The time of this key, as long as it is kept."""
    offer = session.scalar(select(FreedOffer).where(FreedOffer.key == key))
    if offer is None or offer.state is not FreedState.OPEN or offer.expires_at <= now:
        return None
    return _freed(offer)


def freed_for(by: Actor, now: datetime) -> tuple[Freed, ...]:
    """The times that are kept for this person's homes."""
    session = db.session()
    homes = {(home.pupil_id, home.household_id) for home in bookings.find_homes(session, by, local(now).date())}
    if TalkRequest not in kinds_about(session, {pupil_id for pupil_id, _ in homes}):
        return ()
    asked = joinedload(FreedOffer.request)
    offers = session.scalars(
        select(FreedOffer)
        .where(FreedOffer.state == FreedState.OPEN, FreedOffer.expires_at > now)
        .order_by(FreedOffer.starts_at)
        .options(asked.joinedload(TalkRequest.pupil), asked.joinedload(TalkRequest.teacher))
    )
    return tuple(_freed(one) for one in offers if (one.request.pupil_id, one.request.household_id) in homes)


def _freed(offer: FreedOffer) -> Freed:
    asked = offer.request
    return Freed(
        offer.key, asked.round_id, asked.pupil.given_name, asked.teacher.name, offer.starts_at, offer.ends_at,
        offer.expires_at,
    )  # fmt: skip


def waiting_lists(session: Session, now: datetime) -> list[tuple[int, int]]:
    """Of which teacher in which round something may have to be offered, or an offer may be over."""
    waits = (
        select(TalkRequest.round_id, TalkRequest.teacher_id)
        .join(Round, Round.id == TalkRequest.round_id)
        .join(
            LeaderOpening,
            (LeaderOpening.round_id == TalkRequest.round_id) & (LeaderOpening.leader_id == TalkRequest.teacher_id),
        )
        .where(*_waits(), Round.kind == RoundKind.CONTACT_EVENING, Round.ends_on >= local(now).date())
        .where(exists().where(
            Slot.round_id == TalkRequest.round_id, Slot.leader_id == TalkRequest.teacher_id,
            Slot.booking_id.is_(None), ~Slot.blocked, Slot.starts_at > now,
        ))
    )  # fmt: skip
    offered = (
        select(TalkRequest.round_id, TalkRequest.teacher_id)
        .join(FreedOffer, FreedOffer.request_id == TalkRequest.id)
        .where(FreedOffer.state == FreedState.OPEN)
    )
    return sorted({(row[0], row[1]) for query in (waits, offered) for row in session.execute(query)})


def in_turn(session: Session, round_id: int, teacher_id: int) -> list[TalkRequest]:
    """Everybody who waits for this teacher, whose turn it is first."""
    rows = session.scalars(
        select(TalkRequest).where(
            *_waits(), TalkRequest.round_id == round_id, TalkRequest.teacher_id == teacher_id
        )
    ).all()  # fmt: skip
    talks = _talks_of(session, round_id, rows)
    return sorted(
        rows,
        key=lambda row: (
            turn_of(obligatory=row.obligatory, talks=talks[row.id], place=row.place, asked_at=row.asked_at), row.id
        ),
    )  # fmt: skip


def _waits() -> tuple[ColumnElement[bool], ...]:
    """Who never had this talk; a family that gave its time up chooses another one itself."""
    had = exists().where(Booking.request_id == TalkRequest.id)
    return TalkRequest.withdrawn_at.is_(None), TalkRequest.done_at.is_(None), ~had


def _talks_of(session: Session, round_id: int, rows: Sequence[TalkRequest]) -> dict[int, int]:
    """How many talks each of these homes has in this round."""
    return {
        row.id: session.scalar(
            select(func.count(Booking.id)).where(
                Booking.round_id == round_id, Booking.status.in_(LIVE),
                Booking.pupil_id == row.pupil_id,
                or_(Booking.household_id.is_(None), Booking.household_id == (row.household_id or 0)),
            )
        ) or 0
        for row in rows
    }  # fmt: skip
