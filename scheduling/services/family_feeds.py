"""The calendar that a family follows: its secret, told once, renewed and withdrawn in one step by the family itself."""

from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.links import new_secret
from scheduling.models import FamilyFeed, Guardian, Pupil
from scheduling.queries.family_feeds import feed_of, may_follow
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def issue(*, by: Actor, now: datetime) -> str:
    """A fresh secret for this person's calendar. An older one stops working: one person, one address."""
    secret = new_secret()
    with transaction() as session:
        lock(session, Pupil if by.kind is ActorKind.PUPIL else Guardian, [by.id or 0])
        if not may_follow(by, now):
            raise NotFound
        _end(session, by)
        own = {"pupil_id": by.id} if by.kind is ActorKind.PUPIL else {"guardian_id": by.id}
        session.add(FamilyFeed(token_hash=secret.hash, created_at=now, **own))
        record(session, by=by, action="feeds.issue", subject=by.kind.value, subject_id=by.id, now=now)
    return secret.token


def revoke(*, by: Actor, now: datetime) -> None:
    """This person's calendar address stops working."""
    with transaction() as session:
        _end(session, by)
        record(session, by=by, action="feeds.revoke", subject=by.kind.value, subject_id=by.id, now=now)


def _end(session: Session, by: Actor) -> None:
    session.execute(delete(FamilyFeed).where(feed_of(by)))
