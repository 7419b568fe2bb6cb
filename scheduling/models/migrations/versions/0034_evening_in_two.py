"""An evening is asked about in two parts: until eight o'clock, and from then on

Revision: 0034, after: 0033
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

NAME = "ck_wished_time_part_of_day"
BEFORE = "part IN ('morning', 'early_afternoon', 'late_afternoon', 'evening')"
AFTER = "part IN ('morning', 'early_afternoon', 'late_afternoon', 'early_evening', 'evening')"


def upgrade() -> None:
    """What was said of a whole evening holds for both of its parts."""
    _let_in(BEFORE, AFTER)
    op.execute(
        "INSERT INTO wished_time (wishes_id, day, part, answer)"
        " SELECT wishes_id, day, 'early_evening', answer FROM wished_time WHERE part = 'evening'"
    )


def downgrade() -> None:
    op.execute("DELETE FROM wished_time WHERE part = 'early_evening'")
    _let_in(AFTER, BEFORE)


def _let_in(before: str, after: str) -> None:
    bind = op.get_bind()
    if bind.dialect.name != "sqlite":
        op.drop_constraint(op.f(NAME), "wished_time", type_="check")
        op.create_check_constraint(op.f(NAME), "wished_time", after)
        return
    words = str(bind.scalar(sa.text("SELECT sql FROM sqlite_master WHERE name = 'wished_time'")))
    fresh = words.replace("wished_time", "wished_time_anew", 1).replace(before, after)
    if fresh.count(after) != 1:
        raise RuntimeError("the table of wished times is not as the migrations before this one left it")
    op.execute(sa.text(fresh))
    op.execute("INSERT INTO wished_time_anew SELECT * FROM wished_time")
    op.execute("DROP TABLE wished_time")
    op.execute("ALTER TABLE wished_time_anew RENAME TO wished_time")
