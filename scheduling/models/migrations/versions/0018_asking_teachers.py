"""What a contact evening lets families ask, and where a family said that no talk is needed

Revision: 0018, after: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "asking_rule",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("most_per_child", sa.Integer(), nullable=False),
        sa.Column("double_allowed", sa.Boolean(), nullable=False),
        sa.Column("answer_hours", sa.Integer(), nullable=False),
        sa.CheckConstraint("most_per_child BETWEEN 1 AND 8", name=op.f("ck_asking_rule_most_per_child")),
        sa.CheckConstraint("answer_hours BETWEEN 2 AND 168", name=op.f("ck_asking_rule_answer_hours")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_asking_rule_round_id_round"),
                                ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_asking_rule")),
    )  # fmt: skip
    op.create_table(
        "no_talk_needed",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("said_at", MOMENT, nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_no_talk_needed_round_id_round"),
                                ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_no_talk_needed_pupil_id_pupil"),
                                ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"],
                                name=op.f("fk_no_talk_needed_household_id_household")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_no_talk_needed_guardian_id_guardian"),
                                ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_no_talk_needed_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_no_talk_needed")),
    )  # fmt: skip
    for column in ("round_id", "pupil_id", "household_id"):
        op.create_index(op.f(f"ix_no_talk_needed_{column}"), "no_talk_needed", [column])
    op.execute(
        "CREATE UNIQUE INDEX uq_no_talk_needed_one ON no_talk_needed (round_id, pupil_id, coalesce(household_id, 0))"
    )


def downgrade() -> None:
    op.drop_table("no_talk_needed")
    op.drop_table("asking_rule")
