"""Drafts change by hand: talks held and lengthened, what was done and how to put it back

Revision: 0007, after: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
KINDS = ("move", "swap", "place", "park", "hold", "release", "longer", "shorter", "undo")


def upgrade() -> None:
    op.add_column("roster_version", sa.Column("based_on", sa.Integer(), nullable=True))
    op.add_column("roster_talk", sa.Column("held", sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("roster_talk", sa.Column("own_length", sa.Boolean(), nullable=False, server_default="0"))
    op.add_column("roster_talk", sa.Column("edition", sa.Integer(), nullable=False, server_default="1"))
    op.create_table(
        "roster_move",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "version_id", sa.Integer(), sa.ForeignKey("roster_version.id", ondelete="CASCADE"), nullable=False
        ),
        sa.Column("kind", sa.Enum(*KINDS, name="move_kind", native_enum=False, create_constraint=True, length=32),
                  nullable=False),
        sa.Column("undoes_id", sa.Integer(), sa.ForeignKey("roster_move.id", ondelete="CASCADE")),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Integer(), sa.ForeignKey("staff.id")),
    )  # fmt: skip
    op.create_index(op.f("ix_roster_move_version_id"), "roster_move", ["version_id"])
    op.create_table(
        "roster_step",
        sa.Column("move_id", sa.Integer(), sa.ForeignKey("roster_move.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("talk_id", sa.Integer(), sa.ForeignKey("roster_talk.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("from_starts_at", MOMENT),
        sa.Column("from_slots", sa.Integer(), nullable=False),
        sa.Column("from_held", sa.Boolean(), nullable=False),
        sa.Column("to_starts_at", MOMENT),
        sa.Column("to_slots", sa.Integer(), nullable=False),
        sa.Column("to_held", sa.Boolean(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=False),
    )
    op.create_index(op.f("ix_roster_step_talk_id"), "roster_step", ["talk_id"])


def downgrade() -> None:
    for table in ("roster_step", "roster_move"):
        op.drop_table(table)
    for column in ("edition", "own_length", "held"):
        op.drop_column("roster_talk", column)
    op.drop_column("roster_version", "based_on")
