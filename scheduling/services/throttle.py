"""How often something may be tried: counted in the database, so that all processes count together."""

import hashlib
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from scheduling.models import Throttle
from scheduling.services.inserting import insert_of
from scheduling.services.transaction import transaction


def hit(key: str, limit: int, per: timedelta, now: datetime) -> bool:
    """Count one try in the running window of time; True while there were no more than `limit`."""
    with transaction() as session:
        return count(session, key, per, now) <= limit


def count(session: Session, key: str, per: timedelta, now: datetime) -> int:
    """Count one try, and tell how many there were in this window. The key itself is not kept: it may be an address."""
    seconds = int(per.total_seconds())
    window = int(now.timestamp()) // seconds * seconds
    statement = insert_of(session, Throttle).values(
        key=f"{hashlib.sha256(key.encode()).hexdigest()}:{seconds}", window=window, count=1
    )
    statement = statement.on_conflict_do_update(
        index_elements=["key", "window"], set_={"count": Throttle.count + 1}
    ).returning(Throttle.count)
    return int(session.scalars(statement).one())
