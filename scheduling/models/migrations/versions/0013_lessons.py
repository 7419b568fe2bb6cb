"""Who teaches which subject to which class, and the contact parents of a class

Revision: 0013, after: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "lesson",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("year_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.Integer(), nullable=False),
        sa.Column("class_id", sa.Integer(), nullable=True),
        sa.Column("group_name", sa.String(length=60), nullable=False),
        sa.Column("location", sa.String(length=60), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["class_group.id"], ondelete="CASCADE",
                                name=op.f("fk_lesson_class_id_class_group")),
        sa.ForeignKeyConstraint(["staff_id"], ["staff.id"], name=op.f("fk_lesson_staff_id_staff")),
        sa.ForeignKeyConstraint(["year_id"], ["school_year.id"], name=op.f("fk_lesson_year_id_school_year")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lesson")),
        sa.UniqueConstraint("year_id", "staff_id", "group_name", "location", "subject",
                            name=op.f("uq_lesson_year_id_staff_id_group_name_location_subject")),
    )  # fmt: skip
    for column in ("class_id", "staff_id", "year_id"):
        op.create_index(op.f(f"ix_lesson_{column}"), "lesson", [column])
    op.create_table(
        "contact_parent",
        sa.Column("class_id", sa.Integer(), nullable=False),
        sa.Column("guardian_id", sa.Integer(), nullable=False),
        sa.Column("consent", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["class_id"], ["class_group.id"], ondelete="CASCADE",
                                name=op.f("fk_contact_parent_class_id_class_group")),
        sa.ForeignKeyConstraint(["guardian_id"], ["guardian.id"], ondelete="CASCADE",
                                name=op.f("fk_contact_parent_guardian_id_guardian")),
        sa.PrimaryKeyConstraint("class_id", "guardian_id", name=op.f("pk_contact_parent")),
    )  # fmt: skip
    op.create_index(op.f("ix_contact_parent_guardian_id"), "contact_parent", ["guardian_id"])


def downgrade() -> None:
    op.drop_table("contact_parent")
    op.drop_table("lesson")
