"""Video, WhatsApp and SMS beside the forms of contact that are always there, where the school switches them on

Revision: 0060, after: 0059
"""

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None

NAME = "ck_plan_form_contact_form"
BEFORE = "form IN ('call', 'mail', 'home_visit', 'school_visit_day', 'school_visit_evening')"
AFTER = (
    "form IN ('call', 'mail', 'home_visit', 'school_visit_day', 'school_visit_evening', 'video', 'whatsapp', 'sms')"
)


def upgrade() -> None:
    op.add_column("school", sa.Column("further_forms", sa.JSON(), nullable=False, server_default="[]"))
    _let_in(BEFORE, AFTER)


def downgrade() -> None:
    """What was agreed in one of these forms has no place any more."""
    op.execute("DELETE FROM plan_form WHERE form IN ('video', 'whatsapp', 'sms')")
    _let_in(AFTER, BEFORE)
    op.drop_column("school", "further_forms")


def _let_in(before: str, after: str) -> None:
    """SQLite changes no constraint of a table that is there: it is made anew from its own words. No trigger is on it."""
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.drop_constraint(op.f(NAME), "plan_form", type_="check")
        op.create_check_constraint(op.f(NAME), "plan_form", after)
        return
    words = str(bind.scalar(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'plan_form'")))
    fresh = words.replace("plan_form", "plan_form_anew", 1).replace(before, after)
    if fresh.count(after) != 1:
        raise RuntimeError("the table of agreed forms is not as the migrations before this one left it")
    op.execute(sa.text(fresh))
    op.execute("INSERT INTO plan_form_anew SELECT * FROM plan_form")
    op.execute("DROP TABLE plan_form")
    op.execute("ALTER TABLE plan_form_anew RENAME TO plan_form")
    op.create_index(op.f("ix_plan_form_plan_id"), "plan_form", ["plan_id"])
