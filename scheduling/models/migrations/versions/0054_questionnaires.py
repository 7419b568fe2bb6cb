"""A questionnaire without names

Revision: 0054, after: 0053
"""

import sqlalchemy as sa
from alembic import op

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "questionnaire",
        sa.Column("id", sa.Integer(), sa.ForeignKey("school_year.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("opened_on", sa.Date(), nullable=False),
        sa.Column("closed_on", sa.Date(), nullable=True),
        sa.Column("remarks", sa.JSON(), nullable=False),
        sa.Column("marks", sa.JSON(), nullable=False),
        sa.CheckConstraint(
            "closed_on IS NULL OR closed_on >= opened_on", name=op.f("ck_questionnaire_days_in_order")
        ),
    )
    op.create_table(
        "questionnaire_tally",
        sa.Column("questionnaire_id", sa.Integer(), sa.ForeignKey("questionnaire.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("asked", sa.String(32), primary_key=True),
        sa.Column("part", sa.String(32), primary_key=True),
        sa.Column("name", sa.String(60), primary_key=True),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.CheckConstraint("people >= 0", name=op.f("ck_questionnaire_tally_counted")),
    )


def downgrade() -> None:
    op.drop_table("questionnaire_tally")
    op.drop_table("questionnaire")
