"""What a talk of a kind can be about, per year group

Revision: 0027, after: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "suggested_topic",
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("year_level", sa.String(length=10), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", sa.String(length=120), nullable=False),
        sa.PrimaryKeyConstraint("kind", "year_level", "position", name=op.f("pk_suggested_topic")),
    )


def downgrade() -> None:
    op.drop_table("suggested_topic")
