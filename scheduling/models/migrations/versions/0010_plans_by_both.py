"""The agreed contact form is made by both: earlier versions, and who said yes to which

Revision: 0010, after: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
# Who said yes to a visit at home knew the agreement and was glad with it: that yes counts for the whole.
YES_SO_FAR = """
    INSERT INTO plan_answer (plan_id, version, voice, said, words, said_at, guardian_id, pupil_id)
    SELECT plan.id, plan.version, CASE WHEN form.family_said_yes_as_pupil IS NULL THEN 'guardian' ELSE 'pupil' END,
           'yes', '', form.family_said_yes_at, form.family_said_yes_by, form.family_said_yes_as_pupil
    FROM plan_form AS form JOIN communication_plan AS plan ON plan.id = form.plan_id
    WHERE form.family_said_yes_at IS NOT NULL
"""


def upgrade() -> None:
    op.add_column("communication_plan", sa.Column("together", sa.Boolean(), nullable=False, server_default="1"))
    op.add_column("communication_plan", sa.Column("pupil_asked", sa.Boolean(), nullable=False, server_default="0"))
    op.create_table(
        "plan_version",
        sa.Column("id", sa.Integer(), primary_key=True),
        _to("communication_plan", "plan_id", nullable=False, ondelete="CASCADE"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("forms", sa.JSON(), nullable=False),
        sa.Column("rhythm", sa.String(length=200), nullable=False),
        sa.Column("goal", sa.String(length=200), nullable=False),
        sa.Column("agreed_on", sa.Date(), nullable=False),
        sa.Column("agreed_with", sa.String(length=120), nullable=False),
        _one_of("info_need", "info_need", "yes", "no", "maybe", nullable=True),
        sa.Column("info_period", sa.String(length=80), nullable=False),
        sa.Column("together", sa.Boolean(), nullable=False),
        sa.Column("pupil_asked", sa.Boolean(), nullable=False),
        _to("staff", "recorded_by", nullable=False),
        sa.Column("recorded_at", MOMENT, nullable=False),
        sa.UniqueConstraint("plan_id", "version", name=op.f("uq_plan_version_plan_id_version")),
    )
    op.create_table(
        "plan_answer",
        sa.Column("id", sa.Integer(), primary_key=True),
        _to("communication_plan", "plan_id", nullable=False, ondelete="CASCADE"),
        sa.Column("version", sa.Integer(), nullable=False),
        _one_of("voice", "plan_voice", "guardian", "pupil", "in_talk"),
        _one_of("said", "plan_said", "yes", "other"),
        sa.Column("words", sa.String(length=300), nullable=False),
        sa.Column("said_at", MOMENT, nullable=False),
        _to("guardian", "guardian_id", ondelete="SET NULL"),
        _to("pupil", "pupil_id", ondelete="SET NULL"),
        _to("staff", "staff_id"),
    )
    op.create_index(op.f("ix_plan_answer_plan_id"), "plan_answer", ["plan_id"])
    op.execute(YES_SO_FAR)


def downgrade() -> None:
    for table in ("plan_answer", "plan_version"):
        op.drop_table(table)
    for column in ("pupil_asked", "together"):
        op.drop_column("communication_plan", column)


def _to(table: str, column: str, *, nullable: bool = True, ondelete: str | None = None) -> sa.Column[int]:
    return sa.Column(column, sa.Integer(), sa.ForeignKey(f"{table}.id", ondelete=ondelete), nullable=nullable)


def _one_of(column: str, name: str, *words: str, nullable: bool = False) -> sa.Column[str]:
    kind = sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)
    return sa.Column(column, kind, nullable=nullable)
