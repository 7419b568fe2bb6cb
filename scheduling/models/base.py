"""The database: one metadata, one session, moments in UTC, and how SQLite is kept honest."""

import sqlite3
import threading
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import DateTime, Dialect, Engine, Enum, MetaData, event
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

SQLITE_WITHOUT_WAL_RESET_BUG = ((3, 44, 6), (3, 50, 7))
"""Backports; every release from 3.51.3 on is free of it as well (sqlite.org/wal.html)."""

WRITE_LOCK = threading.Lock()
"""SQLite has one writer: waiting here is fair and cheap, waiting in SQLite is neither."""


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(metadata=Base.metadata)


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC on every database."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def choice(kind: type[StrEnum], name: str, *, closed: bool = True) -> Enum:
    """A column that holds one of a few words. Closed: the database refuses any other; else the list may still grow."""
    return Enum(
        kind,
        name=name,
        native_enum=False,
        create_constraint=closed,
        length=32,
        values_callable=lambda members: [member.value for member in members],
    )


def prepare(engine: Engine) -> None:
    """Teach a SQLite engine durable, explicit transactions; on any database a page is read in one moment."""
    if engine.dialect.name != "sqlite":
        event.listen(engine, "begin", _on_begin_elsewhere)
        return
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def journal_mode(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> str:
    """WAL only where SQLite is free of the WAL-reset bug."""
    backported = any(version[:2] == fixed[:2] and version >= fixed for fixed in SQLITE_WITHOUT_WAL_RESET_BUG)
    return "WAL" if backported or version >= (3, 51, 3) else "TRUNCATE"


def _on_connect(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    for pragma in (
        # SQLite does not queue the processes that wait for its one writer: on a busy machine 5 s was too short.
        "busy_timeout=15000",
        f"journal_mode={journal_mode()}",
        "synchronous=FULL",
        "foreign_keys=ON",
        "secure_delete=ON",
        "trusted_schema=OFF",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Any) -> None:
    writer = connection.get_execution_options().get("writer")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writer else "BEGIN")


def _on_begin_elsewhere(connection: Any) -> None:
    """Who reads sees one moment in all its questions; who writes sees what others did while it waited for its locks."""
    options = connection.get_execution_options()
    if not options.get("writer") and "isolation_level" not in options:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
