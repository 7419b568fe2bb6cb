"""Reminders that go by themselves, and who was spoken to in person

Revision: 0026, after: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reminder_rule",
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("halfway", sa.Boolean(), nullable=False),
        sa.Column("last_day", sa.Boolean(), nullable=False),
        sa.Column("day_before", sa.Boolean(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("hour", sa.Integer(), nullable=False),
        sa.CheckConstraint("most BETWEEN 1 AND 3", name=op.f("ck_reminder_rule_most")),
        sa.CheckConstraint("hour BETWEEN 9 AND 18", name=op.f("ck_reminder_rule_hour")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], ondelete="CASCADE",
                                name=op.f("fk_reminder_rule_round_id_round")),
        sa.PrimaryKeyConstraint("round_id", name=op.f("pk_reminder_rule")),
    )  # fmt: skip
    op.create_table(
        "reminder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("pupil_id", sa.Integer(), nullable=True),
        sa.Column("occasion", sa.String(length=32), nullable=False),
        sa.Column("about", sa.String(length=10), nullable=False, server_default=""),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], ondelete="CASCADE",
                                name=op.f("fk_reminder_round_id_round")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"], name=op.f("fk_reminder_household_id_household")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], ondelete="CASCADE",
                                name=op.f("fk_reminder_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reminder")),
    )  # fmt: skip
    op.create_table(
        "personal_approach",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("spoken_on", sa.Date(), nullable=False),
        sa.Column("next_step", sa.String(length=32), nullable=False),
        sa.Column("noted_by", sa.Integer(), nullable=True),
        sa.Column("noted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], ondelete="CASCADE",
                                name=op.f("fk_personal_approach_round_id_round")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], ondelete="CASCADE",
                                name=op.f("fk_personal_approach_pupil_id_pupil")),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"],
                                name=op.f("fk_personal_approach_household_id_household")),
        sa.ForeignKeyConstraint(["noted_by"], ["staff.id"], ondelete="SET NULL",
                                name=op.f("fk_personal_approach_noted_by_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_approach")),
    )  # fmt: skip
    for table, columns in (
        ("reminder", ("round_id", "household_id", "pupil_id")),
        ("personal_approach", ("round_id", "pupil_id", "household_id")),
    ):
        for column in columns:
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column], unique=False)
    nobody = [sa.text("coalesce(household_id, 0)"), sa.text("coalesce(pupil_id, 0)")]
    op.create_index("uq_reminder_one", "reminder", ["round_id", "occasion", "about", *nobody], unique=True)
    op.create_index("uq_personal_approach_one", "personal_approach", ["round_id", "pupil_id", nobody[0]], unique=True)


def downgrade() -> None:
    for table in ("personal_approach", "reminder", "reminder_rule"):
        op.drop_table(table)
