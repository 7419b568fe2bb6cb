"""Inserts that give way to a row that is already there: asking twice is asking once."""

from typing import Any

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from scheduling.models import Base


def insert_of(session: Session, model: type[Base]) -> Any:
    """INSERT with ON CONFLICT, in the words of the database at hand."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    return dialect.insert(model)


def insert_new(session: Session, model: type[Base], rows: list[dict[str, Any]]) -> list[int]:
    """Insert the rows that are not there yet; the ids of those that were new."""
    if not rows:
        return []
    statement = insert_of(session, model).values(rows).on_conflict_do_nothing().returning(model.__table__.c.id)
    return list(session.scalars(statement))
