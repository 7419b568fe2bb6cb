"""A round has a first and a last day: those of its slots, else the start window of its year

Revision: 0004, after: 0003
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ZONE = ZoneInfo("Europe/Amsterdam")
A_DAY = timedelta(days=1)

ROUND = sa.table(
    "round", sa.column("id", sa.Integer), sa.column("year_id", sa.Integer), sa.column("starts_on", sa.Date),
    sa.column("ends_on", sa.Date),
)  # fmt: skip
YEAR = sa.table(
    "school_year", sa.column("id", sa.Integer), sa.column("starts_on", sa.Date), sa.column("ends_on", sa.Date)
)
DAY = sa.table(
    "school_day", sa.column("year_id", sa.Integer), sa.column("kind", sa.String), sa.column("starts_on", sa.Date),
    sa.column("ends_on", sa.Date),
)  # fmt: skip
SLOT = sa.table("slot", sa.column("round_id", sa.Integer), sa.column("starts_at", sa.DateTime(timezone=True)))
FREE = ("holiday", "public_holiday", "closed_day")


def upgrade() -> None:
    op.add_column("round", sa.Column("starts_on", sa.Date(), nullable=True))
    op.add_column("round", sa.Column("ends_on", sa.Date(), nullable=True))
    connection = op.get_bind()
    for round_id, year_id in connection.execute(sa.select(ROUND.c.id, ROUND.c.year_id)).all():
        first, last = _days_of_slots(connection, round_id) or _start_window(connection, year_id)
        connection.execute(sa.update(ROUND).where(ROUND.c.id == round_id).values(starts_on=first, ends_on=last))
    with op.batch_alter_table("round") as table:
        table.alter_column("starts_on", existing_type=sa.Date(), nullable=False)
        table.alter_column("ends_on", existing_type=sa.Date(), nullable=False)
        table.create_check_constraint(op.f("ck_round_period_in_order"), "ends_on >= starts_on")


def downgrade() -> None:
    with op.batch_alter_table("round") as table:
        table.drop_constraint(op.f("ck_round_period_in_order"), type_="check")
        table.drop_column("ends_on")
        table.drop_column("starts_on")


def _days_of_slots(connection: sa.Connection, round_id: int) -> tuple[date, date] | None:
    first, last = connection.execute(
        sa.select(sa.func.min(SLOT.c.starts_at), sa.func.max(SLOT.c.starts_at)).where(SLOT.c.round_id == round_id)
    ).one()
    return (_local_day(first), _local_day(last)) if first else None


def _local_day(moment: datetime) -> date:
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return aware.astimezone(ZONE).date()


def _start_window(connection: sa.Connection, year_id: int) -> tuple[date, date]:
    """The last 3 weekdays of the summer holiday to the end of school week 3; a year without school days whole."""
    first, last = connection.execute(sa.select(YEAR.c.starts_on, YEAR.c.ends_on).where(YEAR.c.id == year_id)).one()
    free = connection.execute(
        sa.select(DAY.c.starts_on, DAY.c.ends_on).where(DAY.c.year_id == year_id, DAY.c.kind.in_(FREE))
    ).all()
    day = next((day for day in _days(first, last) if not any(start <= day <= end for start, end in free)), None)
    if day is None:
        return first, last
    weekdays_before = [before for n in range(1, 8) if (before := day - n * A_DAY).weekday() < 5]
    return weekdays_before[2], day - day.weekday() * A_DAY + 20 * A_DAY


def _days(first: date, last: date) -> Iterable[date]:
    days = (first + n * A_DAY for n in range((last - first).days + 1))
    return (day for day in days if day.weekday() < 5)
