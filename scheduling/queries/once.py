"""What a page asks of the database only once.

Whoever reads sees one moment in all of its questions (see models/base), so the same question has the same answer until
that reading ends. Who writes, or read before it was written, asks anew: others may have changed it meanwhile.
"""

from collections.abc import Callable, Hashable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Connection, event
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction

from scheduling.models import db

P = ParamSpec("P")
Answer = TypeVar("Answer")

ANSWERS = "answers"
"""Where a session that reads keeps what it was told."""


def once(question: Callable[Concatenate[Session, P], Answer]) -> Callable[Concatenate[Session, P], Answer]:
    """Ask this of one reading only once. Its answer is not to be changed by who gets it."""

    @wraps(question)
    def ask(session: Session, /, *args: P.args, **kwargs: P.kwargs) -> Answer:
        key = (question, args, tuple(sorted(kwargs.items())))
        known: dict[Hashable, Answer] = session.info.get(ANSWERS, {})
        if key in known:
            return known[key]
        answer = question(session, *args, **kwargs)
        session.info.get(ANSWERS, {})[key] = answer  # the first question of all begins the reading
        return answer

    return ask


@event.listens_for(db.session, "after_begin")
def _begin(session: Session, _transaction: SessionTransaction, connection: Connection) -> None:
    options = connection.get_execution_options()
    if not options.get("writer") and "isolation_level" not in options:
        session.info[ANSWERS] = {}


@event.listens_for(db.session, "after_transaction_end")
def _end(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(ANSWERS, None)


@event.listens_for(db.session, "after_flush")
def _write(session: Session, _flushed: Any) -> None:
    session.info.pop(ANSWERS, None)


@event.listens_for(db.session, "do_orm_execute")
def _execute(asked: ORMExecuteState) -> None:
    if not asked.is_select:
        asked.session.info.pop(ANSWERS, None)
