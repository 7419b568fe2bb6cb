"""Family feeds: the calendar that a parent or an adult pupil follows

Revision: 0039, after: 0038
"""

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "family_feed",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("guardian_id", sa.Integer(), sa.ForeignKey("guardian.id", ondelete="CASCADE")),
        sa.Column("pupil_id", sa.Integer(), sa.ForeignKey("pupil.id", ondelete="CASCADE")),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint("token_hash", name=op.f("uq_family_feed_token_hash")),
        sa.UniqueConstraint("guardian_id", name=op.f("uq_family_feed_guardian_id")),
        sa.UniqueConstraint("pupil_id", name=op.f("uq_family_feed_pupil_id")),
        sa.CheckConstraint("(guardian_id IS NULL) <> (pupil_id IS NULL)", name=op.f("ck_family_feed_one_person")),
    )


def downgrade() -> None:
    op.drop_table("family_feed")
