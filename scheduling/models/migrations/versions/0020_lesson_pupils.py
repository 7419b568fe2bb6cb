"""Which pupils are in a lesson group that is not a class

Revision: 0020, after: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lesson_pupil",
        sa.Column("lesson_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.Integer(), nullable=False),
        sa.Column("begins_on", sa.Date(), nullable=True),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["lesson_id"], ["lesson.id"], ondelete="CASCADE",
                                name=op.f("fk_lesson_pupil_lesson_id_lesson")),
        sa.ForeignKeyConstraint(["pupil_id"], ["pupil.id"], ondelete="CASCADE",
                                name=op.f("fk_lesson_pupil_pupil_id_pupil")),
        sa.PrimaryKeyConstraint("lesson_id", "pupil_id", name=op.f("pk_lesson_pupil")),
    )  # fmt: skip
    op.create_index(op.f("ix_lesson_pupil_pupil_id"), "lesson_pupil", ["pupil_id"])


def downgrade() -> None:
    op.drop_table("lesson_pupil")
