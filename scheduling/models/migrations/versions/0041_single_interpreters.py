"""An interpreter for one talk that is made for one pupil

Revision: 0041, after: 0040
"""

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

TABLE = "interpreter_request"
ONE = f"uq_{TABLE}_one"
A_HOME = "round_id, pupil_id, coalesce(household_id, 0)"


def upgrade() -> None:
    request = sa.ForeignKey("talk_request.id", name=op.f(f"fk_{TABLE}_request_id_talk_request"))
    op.add_column(TABLE, sa.Column("request_id", sa.Integer(), request, nullable=True), inline_references=True)
    op.create_index(op.f(f"ix_{TABLE}_request_id"), TABLE, ["request_id"])
    _once(f"{A_HOME}, coalesce(request_id, 0)")


def downgrade() -> None:
    op.execute(f"DELETE FROM {TABLE} WHERE request_id IS NOT NULL")
    _once(A_HOME)
    op.drop_index(op.f(f"ix_{TABLE}_request_id"), TABLE)
    op.drop_column(TABLE, "request_id")


def _once(columns: str) -> None:
    """Each home says once what it needs, of a round or of one such talk."""
    op.drop_index(ONE, TABLE)
    op.execute(f"CREATE UNIQUE INDEX {ONE} ON {TABLE} ({columns})")
