"""A parent circle at which nobody came is saved as such, and a contact parent hears what becomes of an agreed meeting

Revision: 0059, after: 0058
"""

import sqlalchemy as sa
from alembic import op

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

PLANNED = "fk_meeting_proposal_planned_id_planned_date"


def upgrade() -> None:
    op.add_column("gathering", sa.Column("came_noted", sa.Boolean(), nullable=False, server_default="0"))
    op.execute(
        "INSERT INTO gathering (planned_id, theme, words, route, with_pupils, childcare, parents_cafe, welcome_desk,"
        " version) SELECT DISTINCT planned_id, '', '', '', false, false, false, false, 1 FROM circle_seat"
        " WHERE came AND planned_id NOT IN (SELECT planned_id FROM gathering)"
    )
    op.execute(
        "UPDATE gathering SET came_noted = true WHERE planned_id IN (SELECT planned_id FROM circle_seat WHERE came)"
    )
    with op.batch_alter_table("meeting_proposal") as batch:
        batch.add_column(sa.Column("planned_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(op.f(PLANNED), "planned_date", ["planned_id"], ["id"], ondelete="SET NULL")
        batch.create_index(op.f("ix_meeting_proposal_planned_id"), ["planned_id"])
    # What was agreed before this, is followed no further: it is not known any more where it stands.
    op.execute("UPDATE meeting_proposal SET state = 'off' WHERE state = 'agreed'")


def downgrade() -> None:
    with op.batch_alter_table("meeting_proposal") as batch:
        batch.drop_index(op.f("ix_meeting_proposal_planned_id"))
        batch.drop_constraint(op.f(PLANNED), type_="foreignkey")
        batch.drop_column("planned_id")
    op.drop_column("gathering", "came_noted")
