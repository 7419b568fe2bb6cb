"""Write down who did what; called inside the transaction of the act itself."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from scheduling.domain.journal import Actor
from scheduling.models import JournalLine


def record(
    session: Session, *, by: Actor, action: str, subject: str, subject_id: int | None, now: datetime, **facts: Any
) -> None:
    """Add one line. `facts` holds ids, codes and moments: never a name, an address or somebody's words."""
    session.add(
        JournalLine(
            at=now,
            actor_kind=by.kind,
            actor_id=by.id,
            action=action,
            subject=subject,
            subject_id=subject_id,
            facts=facts,
        )
    )
