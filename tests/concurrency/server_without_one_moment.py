"""The twin of the app that dawdles: each question of a page is answered by the database as it is just then."""

from sqlalchemy import Connection, event

from scheduling.models import db
from tests.concurrency.server_that_dawdles import app

__all__ = ["app"]


def begin_for_writers_only(connection: Connection) -> None:
    if connection.dialect.name == "sqlite" and connection.get_execution_options().get("writer"):
        connection.exec_driver_sql("BEGIN IMMEDIATE")


with app.app_context():
    db.engine.dispatch.begin.clear()
    event.listen(db.engine, "begin", begin_for_writers_only)
