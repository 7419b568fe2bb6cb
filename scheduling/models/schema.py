"""The newest schema, and how to get there: one at a time, whoever starts first.

Alembic loads slowly: only who asks for the schema waits for it, and once.
"""

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, Engine

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = Path(__file__).parent / "migrations"
UPGRADE_LOCK = 730_411_925


def upgrade(engine: Engine) -> None:
    """Bring the database to the newest schema; a second process that starts meanwhile waits, then finds it done."""
    with engine.connect() as connection:
        if connection.dialect.name == "sqlite":
            _upgrade_sqlite(connection)
        else:
            _upgrade_locked(connection)


def is_current(engine: Engine) -> bool:
    """Does this database have the newest schema?"""
    from alembic.runtime.migration import MigrationContext

    with engine.connect() as connection:
        return set(MigrationContext.configure(connection).get_current_heads()) == newest()


@cache
def newest() -> frozenset[str]:
    """The revision that our migrations lead to; they stay as they are as long as this process lives."""
    from alembic.script import ScriptDirectory

    return frozenset(ScriptDirectory(str(MIGRATIONS)).get_heads())


def _upgrade_sqlite(connection: Connection) -> None:
    from alembic import command

    # Foreign keys are off while tables are rebuilt; the pragma only works outside a transaction.
    raw = connection.connection
    raw.cursor().execute("PRAGMA foreign_keys=OFF")
    try:
        writer = connection.execution_options(writer=True)
        with writer.begin():
            command.upgrade(_config(writer), "head")
    finally:
        raw.cursor().execute("PRAGMA foreign_keys=ON")


def _upgrade_locked(connection: Connection) -> None:
    from alembic import command

    writer = connection.execution_options(writer=True)
    with writer.begin():
        writer.exec_driver_sql(f"SELECT pg_advisory_xact_lock({UPGRADE_LOCK})")
        command.upgrade(_config(writer), "head")


def _config(connection: Connection) -> "Config":
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config
