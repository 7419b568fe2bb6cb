"""Gatherings: how a moment of the year plan is held, who was invited and what a home says

Revision: 0038, after: 0037
"""

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "gathering",
        sa.Column("planned_id", sa.Integer(), _of("planned_date"), primary_key=True),
        sa.Column("theme", sa.String(80), nullable=False),
        sa.Column("words", sa.String(400), nullable=False),
        sa.Column("route", sa.String(200), nullable=False),
        sa.Column("capacity", sa.Integer()),
        *(
            sa.Column(name, sa.Boolean(), nullable=False)
            for name in ("with_pupils", "childcare", "parents_cafe", "welcome_desk")
        ),
        sa.Column("answer_by", sa.Date()),
        *(sa.Column(name, MOMENT) for name in ("invited_at", "reminded_at", "called_off_at")),
        sa.Column("counted", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("capacity IS NULL OR capacity > 0", name=op.f("ck_gathering_capacity")),
        sa.CheckConstraint("counted IS NULL OR counted >= 0", name=op.f("ck_gathering_counted")),
    )
    op.create_table(
        "gathering_guest",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("planned_id", sa.Integer(), _of("planned_date"), nullable=False),
        sa.Column("guardian_id", sa.Integer(), _of("guardian")),
        sa.Column("pupil_id", sa.Integer(), _of("pupil")),
        sa.Column("ical_uid", sa.String(120), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamp", MOMENT, nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("cancelled_at", MOMENT),
        sa.UniqueConstraint("ical_uid", name=op.f("uq_gathering_guest_ical_uid")),
        sa.CheckConstraint(
            "(guardian_id IS NULL) <> (pupil_id IS NULL)", name=op.f("ck_gathering_guest_one_person")
        ),
    )
    op.create_table(
        "gathering_answer",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("planned_id", sa.Integer(), _of("planned_date"), nullable=False),
        sa.Column("household_id", sa.Integer(), _of("household")),
        sa.Column("pupil_id", sa.Integer(), _of("pupil")),
        sa.Column("coming", sa.String(32), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("adults", "children", "in_childcare")),
        sa.Column("shows_names", sa.Boolean(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=False),
        sa.CheckConstraint(
            "(household_id IS NULL) <> (pupil_id IS NULL)", name=op.f("ck_gathering_answer_one_home")
        ),
        sa.CheckConstraint(
            "adults >= 0 AND children >= 0 AND in_childcare BETWEEN 0 AND children",
            name=op.f("ck_gathering_answer_people"),
        ),
    )
    _once("gathering_guest", "guardian_id", "pupil_id")
    _once("gathering_answer", "household_id", "pupil_id")


def downgrade() -> None:
    for table in ("gathering_answer", "gathering_guest", "gathering"):
        op.drop_table(table)


def _once(table: str, one: str, other: str) -> None:
    """Either of two persons or homes, once a gathering."""
    for column in ("planned_id", one, other):
        op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    either = [sa.func.coalesce(sa.text(column), sa.text("0")) for column in (one, other)]
    op.create_index(f"uq_{table}_one", table, ["planned_id", *either], unique=True)


def _of(table: str) -> sa.ForeignKey:
    return sa.ForeignKey(f"{table}.id", ondelete="CASCADE")
