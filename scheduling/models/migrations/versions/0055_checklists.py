"""The checklist of parent contact

Revision: 0055, after: 0054
"""

import sqlalchemy as sa
from alembic import op

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "checklist_item",
        sa.Column("key", sa.String(32), primary_key=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("on", sa.Boolean(), nullable=False),
        sa.Column("words", sa.String(150), nullable=False),
    )
    op.create_table(
        "checklist_mark",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("year_id", sa.Integer(), sa.ForeignKey("school_year.id", ondelete="CASCADE"), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("pupil_id", sa.Integer(), sa.ForeignKey("pupil.id", ondelete="CASCADE"), nullable=False),
        sa.Column("moment", sa.String(32), nullable=False),
        sa.Column("key", sa.String(32), nullable=False),
        sa.Column("value", sa.String(250), nullable=False),
        sa.Column("written_on", sa.Date(), nullable=False),
        sa.UniqueConstraint(
            "year_id", "staff_id", "pupil_id", "moment", "key", name=op.f("uq_checklist_mark_year_id_staff_id_pupil_id_moment_key")
        ),
    )
    for column in ("staff_id", "pupil_id"):
        op.create_index(op.f(f"ix_checklist_mark_{column}"), "checklist_mark", [column])


def downgrade() -> None:
    op.drop_table("checklist_mark")
    op.drop_table("checklist_item")
