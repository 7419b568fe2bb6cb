"""What is asked for before a talk has a time; a pupil may have several talks in one round

Revision: 0016, after: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
STANDING = "withdrawn_at IS NULL AND done_at IS NULL"
ONE_STANDING = (
    "CREATE UNIQUE INDEX uq_talk_request_one ON talk_request (round_id, pupil_id, coalesce(household_id, 0), teacher_id)"
    f" WHERE {STANDING}"
)
LIVE = "WHERE status <> 'cancelled'"
BEFORE = (
    f"CREATE UNIQUE INDEX uq_booking_one_live ON booking (round_id, pupil_id, coalesce(household_id, 0)) {LIVE}",
    "CREATE UNIQUE INDEX uq_roster_talk_one ON roster_talk (version_id, pupil_id, coalesce(household_id, 0))",
)
AFTER = (
    "CREATE UNIQUE INDEX uq_booking_one_live ON booking"
    f" (round_id, pupil_id, coalesce(household_id, 0), coalesce(request_id, 0)) {LIVE}",
    "CREATE UNIQUE INDEX uq_roster_talk_one ON roster_talk"
    " (version_id, pupil_id, coalesce(household_id, 0), coalesce(request_id, 0))",
)


def upgrade() -> None:
    _requests()
    for table in ("booking", "roster_talk"):
        key = sa.ForeignKey("talk_request.id", name=op.f(f"fk_{table}_request_id_talk_request"))
        op.add_column(table, sa.Column("request_id", sa.Integer(), key, nullable=True), inline_references=True)
        op.create_index(op.f(f"ix_{table}_request_id"), table, ["request_id"])
    _one_of_each(AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM roster_talk WHERE request_id IS NOT NULL")
    op.execute("UPDATE slot SET booking_id = NULL WHERE booking_id IN (SELECT id FROM booking WHERE request_id > 0)")
    op.execute("DELETE FROM booking WHERE request_id IS NOT NULL")
    _one_of_each(BEFORE)
    for table in ("booking", "roster_talk"):
        op.drop_index(op.f(f"ix_{table}_request_id"), table)
        op.drop_column(table, "request_id")
    op.drop_table("talk_request")


def _one_of_each(indexes: tuple[str, str]) -> None:
    op.execute("DROP INDEX uq_booking_one_live")
    op.execute("DROP INDEX uq_roster_talk_one")
    for statement in indexes:
        op.execute(statement)


def _requests() -> None:
    op.create_table(
        "talk_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("round_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("teacher_id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False, server_default=""),
        sa.Column("place", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("slots", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("wanted", sa.Boolean(), nullable=False, server_default="1"),
        sa.Column("obligatory", sa.Boolean(), nullable=False, server_default="0"),
        sa.Column("asked_at", MOMENT, nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=True),
        sa.Column("staff_id", sa.Integer(), nullable=True),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("done_at", MOMENT, nullable=True),
        sa.CheckConstraint("slots BETWEEN 1 AND 6", name=op.f("ck_talk_request_slots")),
        sa.CheckConstraint("wanted OR obligatory", name=op.f("ck_talk_request_by_somebody")),
        sa.ForeignKeyConstraint(["round_id"], ["round.id"], name=op.f("fk_talk_request_round_id_round"),
                                ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], name=op.f("fk_talk_request_pupil_id_pupil"),
                                ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["household_id"], ["household.id"],
                                name=op.f("fk_talk_request_household_id_household")),
        sa.ForeignKeyConstraint(["teacher_id"], ["staff.id"], name=op.f("fk_talk_request_teacher_id_staff")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], name=op.f("fk_talk_request_guardian_id_guardian"),
                                ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_talk_request_staff_id_staff")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_talk_request")),
    )  # fmt: skip
    for column in ("round_id", "pupil_id", "household_id", "teacher_id"):
        op.create_index(op.f(f"ix_talk_request_{column}"), "talk_request", [column])
    op.execute(ONE_STANDING)
