"""Does the database answer, is its schema the newest, and how long does the oldest letter wait."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from scheduling.domain.mailings import OutboxState
from scheduling.models import Outbox, db, schema


@dataclass(frozen=True)
class Health:
    status: str
    database: str
    oldest_unsent_seconds: int


def check(now: datetime) -> Health:
    """ok, or what is wrong with the database."""
    try:
        if not schema.is_current(db.engine):
            return Health("failing", "schema is not the newest", 0)
        return Health("ok", "ok", _oldest_unsent(now))
    except SQLAlchemyError:
        return Health("failing", "unreachable", 0)


def _oldest_unsent(now: datetime) -> int:
    """Letters that may leave now and have not."""
    waiting = (OutboxState.QUEUED, OutboxState.CLAIMED, OutboxState.RETRY)
    oldest = db.session.scalar(
        select(func.min(Outbox.not_before)).where(Outbox.state.in_(waiting), Outbox.not_before <= now)
    )
    return max(0, int((now - oldest).total_seconds())) if oldest else 0
