"""How things were before the last import, as long as it may be taken back

Revision: 0014, after: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "import_undo",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year_id", sa.Integer(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Integer(), nullable=True),
        sa.Column("journal_id", sa.Integer(), nullable=False),
        sa.Column("file_names", sa.JSON(), nullable=False),
        sa.Column("talks", sa.Integer(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["saved_by"], ["staff.id"], name=op.f("fk_import_undo_saved_by_staff")),
        sa.ForeignKeyConstraint(["year_id"], ["school_year.id"], name=op.f("fk_import_undo_year_id_school_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_import_undo")),
    )


def downgrade() -> None:
    op.drop_table("import_undo")
