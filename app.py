"""Driehoek: from settings to an application. Nothing here is kept in a module global."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
from flask import Flask
from flask.cli import ScriptInfo
from sqlalchemy.exc import OperationalError

from scheduling import cli, jobs, mail, web
from scheduling.models import db, prepare
from scheduling.models.schema import MIGRATIONS
from scheduling.settings import BadSetting, load

HERE = Path(__file__).parent


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """The application: database first, then the doors."""
    instance = Path((settings or {}).get("INSTANCE_PATH", HERE / "instance"))
    instance.mkdir(exist_ok=True)
    app = Flask("scheduling", root_path=str(HERE), instance_path=str(instance.resolve()))
    app.config.update(_settings(instance, settings))
    db.init_app(app)
    with app.app_context():
        prepare(db.engine)
    app.cli.add_command(Migrations("db", short_help="The steps of the schema, for who builds on it."))
    mail.init_app(app)
    web.init_app(app)
    app.register_error_handler(OperationalError, web.errors.unavailable)
    cli.init_app(app)
    jobs.init_app(app)
    return app


class Migrations(click.Command):
    """`flask db …`, the steps of the schema. Alembic loads slowly: it waits until somebody asks for a step."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        from flask_migrate import Migrate
        from flask_migrate.cli import db as steps

        context = parent or click.Context(self)
        Migrate(context.ensure_object(ScriptInfo).load_app(), db, directory=str(MIGRATIONS))
        return steps.make_context(info_name, args, parent, **extra)


def _settings(instance: Path, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """A bad setting stops the start with one sentence; commands print it without a traceback."""
    try:
        return load(instance, given)
    except BadSetting as error:
        raise click.ClickException(f"Driehoek does not start: {error}") from None
