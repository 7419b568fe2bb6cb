"""What the office says about school files: columns of its own lists, and answers that hold for the next import

Revision: 0012, after: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_draft", sa.Column("answers", sa.JSON(), server_default="{}", nullable=False))
    op.create_table(
        "column_mapping",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("layout", sa.String(length=40), nullable=False),
        sa.Column("header", sa.JSON(), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_column_mapping")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_column_mapping_fingerprint")),
    )
    op.create_table(
        "import_answer",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("choice", sa.String(length=40), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_import_answer")),
    )


def downgrade() -> None:
    op.drop_table("import_answer")
    op.drop_table("column_mapping")
    op.drop_column("import_draft", "answers")
