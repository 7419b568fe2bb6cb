"""From an earlier schema to the newest, with the rows that were there."""

import sqlite3
import uuid
import warnings
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Engine, create_engine, text

from scheduling.models import Base, db, prepare, schema


@pytest.fixture(params=["sqlite", "postgres"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """An empty database: no table yet."""
    if request.param == "sqlite":
        found = create_engine(f"sqlite:///{tmp_path / 'old.sqlite'}")
        prepare(found)
        yield found
        found.dispose()
        return
    server = request.getfixturevalue("postgres_server").set(database="postgres")
    name = f"old_{uuid.uuid4().hex}"
    desk = create_engine(server, isolation_level="AUTOCOMMIT")
    with desk.connect() as connection:
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"')
    found = create_engine(server.set(database=name))
    yield found
    found.dispose()
    with desk.connect() as connection:
        connection.exec_driver_sql(f'DROP DATABASE "{name}"')
    desk.dispose()


def move(engine: Engine, step: str, revision: str) -> None:
    """Bring the schema up or down to a revision."""
    config = Config()
    config.set_main_option("script_location", str(schema.MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        getattr(command, step)(config, revision)


def triggers(engine: Engine) -> set[str]:
    with engine.connect() as connection:
        return set(connection.scalars(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")))


@pytest.mark.usefixtures("any_context")
def test_the_migrations_make_what_the_models_say():
    with db.engine.connect() as connection, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # indexes on expressions cannot be compared
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []


def test_a_correction_that_a_parent_asked_is_still_there_in_the_newest_schema(engine):
    move(engine, "upgrade", "0002")
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO guardian (id, external_id, salutation, given_name, initials, surname_prefix, surname,"
                " email, phone, language, secret_address, active)"
                " VALUES (7, 'g7', '', 'Layla', '', '', 'Yilmaz', '', '', 'nl', false, true)"
            )
        )
        connection.execute(
            text(
                "INSERT INTO contact_correction (guardian_id, field, old_value, new_value, proposed_at)"
                " VALUES (7, 'phone', '', '06 00 00 00 01', '2027-08-20 08:00:00')"
            )
        )
    move(engine, "upgrade", "0003")
    move(engine, "downgrade", "0002")
    schema.upgrade(engine)
    with engine.connect() as connection:
        (kept,) = connection.execute(text("SELECT guardian_id, pupil_id, field, new_value FROM contact_correction"))
    assert tuple(kept) == (7, None, "phone", "06 00 00 00 01")


def test_what_a_home_said_of_a_whole_evening_holds_for_both_of_its_parts(engine):
    move(engine, "upgrade", "0033")
    without_keys(
        engine,
        "INSERT INTO home_wishes (id, round_id, household_id, siblings, said_at)"
        " VALUES (7, 1, 1, 'together', '2027-08-20 08:00:00')",
        "INSERT INTO wished_time (wishes_id, day, part, answer) VALUES (7, '2027-11-16', 'evening', 'cannot')",
        "INSERT INTO wished_time (wishes_id, day, part, answer) VALUES (7, '2027-11-16', 'morning', 'good')",
    )
    words = text("SELECT part, answer FROM wished_time ORDER BY part")
    schema.upgrade(engine)
    with engine.connect() as connection:
        upgraded = [tuple(row) for row in connection.execute(words)]
    assert upgraded == [("early_evening", "cannot"), ("evening", "cannot"), ("morning", "good")]
    move(engine, "downgrade", "0033")
    with engine.connect() as connection:
        assert [tuple(row) for row in connection.execute(words)] == [("evening", "cannot"), ("morning", "good")]


def without_keys(engine: Engine, *statements: str) -> None:
    """Write rows whose own rounds and homes are not there."""
    if engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(str(engine.url.database))) as file:  # as sqlite3 opens it, keys are not looked at
            for statement in statements:
                file.execute(statement)
            file.commit()
        return
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            connection.execute(text(statement))


def test_a_rebuilt_table_keeps_the_walls_around_it(tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path / 'old.sqlite'}")
    prepare(engine)
    move(engine, "upgrade", "0002")
    before = triggers(engine)
    assert "slot_overlap_insert" in before
    schema.upgrade(engine)
    assert before <= triggers(engine)
    engine.dispose()


def test_guardians_who_were_gone_already_leave_on_the_day_of_the_migration_and_others_stay(engine):
    move(engine, "upgrade", "0005")
    with engine.begin() as connection:
        for number, active in ((7, True), (8, False)):
            connection.execute(
                text(
                    "INSERT INTO guardian (id, external_id, salutation, given_name, initials, surname_prefix, surname,"
                    " email, phone, language, secret_address, active)"
                    " VALUES (:id, :key, '', '', '', '', '', '', '', 'nl', false, :active)"
                ),
                {"id": number, "key": f"g{number}", "active": active},
            )
    schema.upgrade(engine)
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT id, left_on = CURRENT_DATE FROM guardian ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [(7, None), (8, True)]
