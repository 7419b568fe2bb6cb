"""When a contact parent and a mentor consult

Revision: 0046, after: 0045
"""

import sqlalchemy as sa
from alembic import op

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "consult",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("contact_id", sa.Integer(), sa.ForeignKey("class_contact.id", ondelete="CASCADE"), nullable=False),
        sa.Column("staff_id", sa.Integer(), sa.ForeignKey("staff.id"), nullable=False),
        sa.Column("by_parent", sa.Boolean(), nullable=False),
        sa.Column("rhythm", sa.String(32), nullable=False),
        sa.Column("starts", sa.Time(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False),
        sa.Column("ical_uid", sa.String(120), nullable=False),
        sa.Column("ical_sequence", sa.Integer(), nullable=False),
        sa.Column("ical_stamp", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_consult_lasts")),
        sa.UniqueConstraint("ical_uid", name=op.f("uq_consult_ical_uid")),
    )
    for column in ("contact_id", "staff_id"):
        op.create_index(op.f(f"ix_consult_{column}"), "consult", [column])
    op.create_table(
        "consult_date",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("consult_id", sa.Integer(), sa.ForeignKey("consult.id", ondelete="CASCADE"), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("consult_id", "day", name=op.f("uq_consult_date_consult_id_day")),
    )


def downgrade() -> None:
    op.drop_table("consult_date")
    op.drop_table("consult")
