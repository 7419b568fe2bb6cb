"""The only place that commits.

On SQLite a writing transaction starts with BEGIN IMMEDIATE, one at a time per process; on PostgreSQL rows are locked
by `lock`, always households before slots and in the order of their ids, so that two acts never wait for each other.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager

from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from scheduling.domain.errors import Unavailable
from scheduling.models import WRITE_LOCK, Base, db


@contextmanager
def transaction() -> Iterator[Session]:
    """All of it, or nothing. Never nested: a use case does not call another use case."""
    session = db.session()
    session.rollback()
    with ExitStack() as stack:
        if is_alone(session):
            stack.enter_context(WRITE_LOCK)
        try:
            session.connection(execution_options={"writer": True})
            yield session
            session.commit()
        except OperationalError as error:
            session.rollback()
            raise Unavailable from error
        except BaseException:
            session.rollback()
            raise


def is_alone(session: Session) -> bool:
    """Is this writer the only one, as on SQLite? Then nothing has to be held still."""
    return session.get_bind().dialect.name == "sqlite"


def lock(session: Session, model: type[Base], ids: Iterable[int]) -> None:
    """Hold these rows until the transaction ends (PostgreSQL; on SQLite the writer is alone already)."""
    wanted = sorted(set(ids))
    if wanted and not is_alone(session):
        key = model.__table__.c.id
        session.execute(select(key).where(key.in_(wanted)).order_by(key).with_for_update())
        session.expire_all()
