"""On an evening of several talks a topic belongs to one of them

Revision: 0024, after: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    request = sa.ForeignKey("talk_request.id", name=op.f("fk_topic_request_id_talk_request"))
    op.add_column("topic", sa.Column("request_id", sa.Integer(), request, nullable=True), inline_references=True)
    op.create_index(op.f("ix_topic_request_id"), "topic", ["request_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_topic_request_id"), "topic")
    op.drop_column("topic", "request_id")
