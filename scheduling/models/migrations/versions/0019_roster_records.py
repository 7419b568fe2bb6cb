"""What a plan of a contact evening was made from, to be checked again

Revision: 0019, after: 0018
"""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roster_record",
        sa.Column("version_id", sa.Integer(), nullable=False),
        sa.Column("problem", sa.JSON(), nullable=False),
        sa.Column("roster", sa.JSON(), nullable=False),
        sa.Column("first_come", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["version_id"], ["roster_version.id"], ondelete="CASCADE",
                                name=op.f("fk_roster_record_version_id_roster_version")),
        sa.PrimaryKeyConstraint("version_id", name=op.f("pk_roster_record")),
    )  # fmt: skip


def downgrade() -> None:
    op.drop_table("roster_record")
