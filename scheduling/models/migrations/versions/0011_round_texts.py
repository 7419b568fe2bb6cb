"""What a school says about a round in more languages than Dutch, and links with which families prepare

Revision: 0011, after: 0010
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "round_text",
        *_of_round(),
        sa.Column("paragraph", sa.String(length=1000), nullable=False),
        sa.CheckConstraint("language <> 'nl'", name=op.f("ck_round_text_not_the_dutch_one")),
    )
    op.create_table(
        "round_link",
        *_of_round(),
        sa.Column("position", sa.Integer(), primary_key=True, autoincrement=False, nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("address", sa.String(length=800), nullable=False),
        sa.CheckConstraint("position BETWEEN 1 AND 3", name=op.f("ck_round_link_position")),
    )


def downgrade() -> None:
    op.drop_table("round_link")
    op.drop_table("round_text")


def _of_round() -> tuple[sa.Column[int], sa.Column[str]]:
    return (
        sa.Column("round_id", sa.Integer(), sa.ForeignKey("round.id", ondelete="CASCADE"), primary_key=True),
        sa.Column("language", sa.String(length=8), primary_key=True, nullable=False),
    )
