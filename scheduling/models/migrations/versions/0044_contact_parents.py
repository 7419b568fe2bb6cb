"""Contact parents by their own word, and what they write to their class

Revision: 0044, after: 0043
"""

import sqlalchemy as sa
from alembic import op

revision = "0044"
down_revision = "0043"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "class_contact",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("class_id", sa.Integer(), sa.ForeignKey("class_group.id", ondelete="CASCADE"), nullable=False),
        sa.Column("guardian_id", sa.Integer(), sa.ForeignKey("guardian.id", ondelete="CASCADE"), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("shown_as", sa.String(40), nullable=False),
        sa.Column("reach", sa.String(32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=True),
        sa.UniqueConstraint("class_id", "guardian_id", name=op.f("uq_class_contact_class_id_guardian_id")),
    )
    op.create_index(op.f("ix_class_contact_guardian_id"), "class_contact", ["guardian_id"])
    op.create_table(
        "class_message",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("contact_id", sa.Integer(), sa.ForeignKey("class_contact.id", ondelete="CASCADE"), nullable=False),
        sa.Column("subject", sa.String(120), nullable=False),
        sa.Column("words", sa.String(4000), nullable=False),
        sa.Column("replies", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(32), nullable=False),
        sa.Column("note", sa.String(500), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sent_to", sa.Integer(), nullable=False),
        sa.Column("unreached", sa.Integer(), nullable=False),
        sa.CheckConstraint("sent_to >= 0", name=op.f("ck_class_message_counted")),
    )
    op.create_index(op.f("ix_class_message_contact_id"), "class_message", ["contact_id"])
    op.create_table(
        "class_message_refusal",
        sa.Column("guardian_id", sa.Integer(), sa.ForeignKey("guardian.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("said_at", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("class_message_refusal")
    op.drop_table("class_message")
    op.drop_table("class_contact")
