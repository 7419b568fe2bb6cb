"""An adult pupil has own contact data, and corrects them like a parent

Revision: 0003, after: 0002
"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLE = "contact_correction"


def upgrade() -> None:
    # A default in the database, because pupils are there already; SQLite keeps its triggers when a column is added.
    op.add_column("pupil", sa.Column("phone", sa.String(length=40), nullable=False, server_default=""))
    with op.batch_alter_table(TABLE, copy_from=_before()) as batch_op:
        batch_op.add_column(sa.Column("pupil_id", sa.Integer(), nullable=True))
        batch_op.alter_column("guardian_id", existing_type=sa.Integer(), nullable=True)
        batch_op.create_foreign_key(
            batch_op.f("fk_contact_correction_pupil_id_pupil"), "pupil", ["pupil_id"], ["id"], ondelete="CASCADE"
        )
        batch_op.create_check_constraint(
            batch_op.f("ck_contact_correction_one_person"), "(guardian_id IS NULL) <> (pupil_id IS NULL)"
        )
        batch_op.create_index(batch_op.f("ix_contact_correction_pupil_id"), ["pupil_id"], unique=False)


def downgrade() -> None:
    op.execute(f"DELETE FROM {TABLE} WHERE guardian_id IS NULL")
    with op.batch_alter_table(TABLE, copy_from=_after()) as batch_op:
        batch_op.drop_index(batch_op.f("ix_contact_correction_pupil_id"))
        batch_op.drop_constraint(batch_op.f("ck_contact_correction_one_person"), type_="check")
        batch_op.drop_constraint(batch_op.f("fk_contact_correction_pupil_id_pupil"), type_="foreignkey")
        batch_op.alter_column("guardian_id", existing_type=sa.Integer(), nullable=False)
        batch_op.drop_column("pupil_id")
    op.drop_column("pupil", "phone")


def _before() -> sa.Table:
    """The table as it was. SQLite rebuilds it from this, because it cannot tell its own checks."""
    return sa.Table(TABLE, sa.MetaData(), *_columns(nullable=False), *_walls())


def _after() -> sa.Table:
    pupil = sa.Column("pupil_id", sa.Integer(), nullable=True)
    return sa.Table(
        TABLE,
        sa.MetaData(),
        *_columns(nullable=True),
        pupil,
        *_walls(),
        sa.ForeignKeyConstraint(
            ["pupil_id"], ["pupil.id"], name=op.f("fk_contact_correction_pupil_id_pupil"), ondelete="CASCADE"
        ),
        sa.CheckConstraint(
            "(guardian_id IS NULL) <> (pupil_id IS NULL)", name=op.f("ck_contact_correction_one_person")
        ),
        sa.Index(op.f("ix_contact_correction_pupil_id"), pupil),
    )


def _columns(*, nullable: bool) -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=nullable),
        sa.Column("field", sa.String(length=10), nullable=False),
        sa.Column("old_value", sa.String(length=254), nullable=False),
        sa.Column("new_value", sa.String(length=254), nullable=False),
        sa.Column("proposed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("decided_by", sa.Integer(), nullable=True),
    )


def _walls() -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.PrimaryKeyConstraint("id", name=op.f("pk_contact_correction")),
        sa.CheckConstraint("field IN ('email', 'phone', 'language')", name=op.f("ck_contact_correction_field")),
        sa.ForeignKeyConstraint(["decided_by"], ["staff.id"], name=op.f("fk_contact_correction_decided_by_staff")),
        sa.ForeignKeyConstraint(
            ["guardian_id"], ["guardian.id"], name=op.f("fk_contact_correction_guardian_id_guardian"), ondelete="CASCADE"
        ),
        sa.Index(op.f("ix_contact_correction_guardian_id"), "guardian_id"),
    )
