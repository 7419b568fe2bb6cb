"""How Alembic runs here: on the connection that `models.schema` gives, or on the app's own (`flask db …`)."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import Connection

from scheduling.models import Base, db


def run(connection: Connection) -> None:
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
        user_module_prefix="base.",
        render_item=render_item,
        include_name=lambda name, kind, _parents: kind != "foreign_key_constraint" or name is not None,
    )
    with context.begin_transaction():
        context.run_migrations()


def render_item(kind: str, item: Any, autogen: Any) -> str | Literal[False]:
    """Migrations never import models: our moment is a plain timestamp with a time zone there."""
    if kind == "type" and type(item).__name__ == "Moment":
        return "sa.DateTime(timezone=True)"
    return False


given = context.config.attributes.get("connection")
if given is not None:
    run(given)
else:
    with db.engine.connect().execution_options(writer=True) as own, own.begin():
        run(own)
