"""A leader's subscribable calendar: its secret, told once, renewed and withdrawn in one step."""

from datetime import datetime

from sqlalchemy import update
from sqlalchemy.orm import Session

from scheduling.domain.journal import Actor
from scheduling.domain.links import new_secret
from scheduling.domain.staff import NoSuchColleague
from scheduling.models import CalendarFeed, Staff
from scheduling.services.journal import record
from scheduling.services.transaction import transaction


def issue(*, staff_id: int, by: Actor, now: datetime) -> str:
    """A fresh secret for this colleague's calendar. An older one stops working: one colleague, one address."""
    secret = new_secret()
    with transaction() as session:
        if session.get(Staff, staff_id) is None:
            raise NoSuchColleague
        _end(session, staff_id, now)
        session.add(CalendarFeed(token_hash=secret.hash, staff_id=staff_id, created_at=now))
        record(session, by=by, action="feeds.issue", subject="staff", subject_id=staff_id, now=now)
    return secret.token


def revoke(*, staff_id: int, by: Actor, now: datetime) -> None:
    """This colleague's calendar address stops working."""
    with transaction() as session:
        _end(session, staff_id, now)
        record(session, by=by, action="feeds.revoke", subject="staff", subject_id=staff_id, now=now)


def _end(session: Session, staff_id: int, now: datetime) -> None:
    session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.staff_id == staff_id, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=now)
    )
