"""What is noted on the day itself: running late, who has arrived, and the screens that the office puts in the hall.

None of it changes a talk or a calendar, and none of it lasts: the next day it says nothing, and soon it is gone.
"""

from collections.abc import Collection
from datetime import date, datetime

from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor
from scheduling.domain.links import new_secret
from scheduling.domain.on_the_day import ShownAs, ensure_screen, ensure_today, later
from scheduling.domain.rounds import BookingStatus, TalkCancelled
from scheduling.domain.timeslots import local
from scheduling.models import Arrival, Booking, HallScreen, LeaderDelay, Staff
from scheduling.queries.on_the_day import room_names
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def run_late(*, leader_id: int, more: int, by: Actor, now: datetime) -> int:
    """So many minutes later still (0: on time again); how late the leader runs now."""
    today = local(now).date()
    with transaction() as session:
        lock(session, Staff, [leader_id])
        if session.get(Staff, leader_id) is None:
            raise NotFound
        row = session.get(LeaderDelay, (leader_id, today))
        minutes = later(row.minutes if row else 0, more) if more else 0
        if row and not minutes:
            session.delete(row)
        elif minutes:
            row = row or LeaderDelay(leader_id=leader_id, day=today)
            row.minutes, row.said_at = minutes, now
            session.add(row)
        record(
            session, by=by, action="on_the_day.run_late", subject="staff", subject_id=leader_id, now=now,
            minutes=minutes,
        )  # fmt: skip
        return minutes


def arrive(*, booking_id: int, by: Actor, now: datetime) -> None:
    """This family is here. Two desks may say it: it is said once, and the first moment counts."""
    with transaction() as session:
        _todays(session, booking_id, now)
        if session.get(Arrival, booking_id) is None:
            session.add(Arrival(booking_id=booking_id, arrived_at=now, noted_by=by.id))


def not_here(*, booking_id: int, by: Actor, now: datetime) -> None:
    """Noted by mistake: this family is not here yet."""
    with transaction() as session:
        _todays(session, booking_id, now)
        found = session.get(Arrival, booking_id)
        if found is not None:
            session.delete(found)


def hang_screen(*, name: str, shown_as: ShownAs, rooms: Collection[str], until: date, by: Actor, now: datetime) -> str:
    """A new hall screen; its address is told once, here."""
    tidy = ensure_screen(name, until, local(now).date())
    secret = new_secret()
    with transaction() as session:
        known = set(room_names())
        row = HallScreen(
            name=tidy, token_hash=secret.hash, shown_as=shown_as, rooms=sorted(known & set(rooms)), until=until,
            created_at=now, created_by=by.id,
        )  # fmt: skip
        session.add(row)
        session.flush()
        record(session, by=by, action="on_the_day.hang_screen", subject="hall_screen", subject_id=row.id, now=now)
    return secret.token


def take_down_screen(*, screen_id: int, by: Actor, now: datetime) -> None:
    """This screen shows nothing any more. Twice is once."""
    with transaction() as session:
        lock(session, HallScreen, [screen_id])
        row = session.get(HallScreen, screen_id)
        if row is None:
            raise NotFound
        if row.revoked_at is None:
            row.revoked_at = now
            record(
                session, by=by, action="on_the_day.take_down_screen", subject="hall_screen", subject_id=row.id, now=now
            )


def _todays(session: Session, booking_id: int, now: datetime) -> Booking:
    lock(session, Booking, [booking_id])
    booking = session.get(Booking, booking_id)
    if booking is None:
        raise NotFound
    if booking.status is BookingStatus.CANCELLED:
        raise TalkCancelled
    ensure_today(local(booking.starts_at).date(), local(now).date())
    return booking
