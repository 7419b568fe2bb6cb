"""Interpreters as people: who is booked, how, and what each was told; letters to somebody from outside

Revision: 0023, after: 0022
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
NAME = "ck_outbox_one_recipient"


def _one_of(*columns: str) -> str:
    return " + ".join(f"(CASE WHEN {column} IS NULL THEN 0 ELSE 1 END)" for column in columns) + " = 1"


BEFORE = _one_of("guardian_id", "pupil_id", "staff_id")
AFTER = _one_of("guardian_id", "pupil_id", "staff_id", "outsider_id")


def upgrade() -> None:
    op.create_table(
        "outsider",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("organisation", sa.String(120), nullable=False),
        sa.Column("languages", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("stopped_at", MOMENT),
    )
    op.create_table(
        "talk_guest",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("booking_id", sa.Integer(), sa.ForeignKey("booking.id", ondelete="CASCADE"), nullable=False),
        sa.Column("outsider_id", sa.Integer(), sa.ForeignKey("outsider.id", ondelete="CASCADE"), nullable=False),
        sa.Column("ical_uid", sa.String(120), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("stamp", MOMENT, nullable=False),
        sa.Column("told", sa.JSON(), nullable=False),
        sa.Column("cancelled_at", MOMENT),
        sa.UniqueConstraint("ical_uid"),
    )
    op.create_index(op.f("ix_talk_guest_booking_id"), "talk_guest", ["booking_id"])
    op.create_index(op.f("ix_talk_guest_outsider_id"), "talk_guest", ["outsider_id"])
    _interpreters()
    _add_outsider("outbox")
    _let_in(BEFORE, AFTER)


def downgrade() -> None:
    op.execute("DELETE FROM outbox WHERE outsider_id IS NOT NULL")
    _let_in(AFTER, BEFORE)
    op.drop_index(op.f("ix_outbox_outsider_id"), "outbox")
    op.drop_column("outbox", "outsider_id")
    op.add_column("interpreter_request", sa.Column("arranged", sa.Boolean(), nullable=False, server_default="0"))
    op.execute("UPDATE interpreter_request SET arranged = true WHERE state = 'confirmed'")
    op.drop_index(op.f("ix_interpreter_request_outsider_id"), "interpreter_request")
    for column in ("way", "state", "outsider_id", "number"):
        op.drop_column("interpreter_request", column)
    op.drop_table("talk_guest")
    op.drop_table("outsider")


def _interpreters() -> None:
    """Whether an interpreter was arranged becomes how far the school is with it."""
    table = "interpreter_request"
    op.add_column(table, sa.Column("way", sa.String(32), nullable=False, server_default="on_site"))
    op.add_column(table, sa.Column("state", sa.String(32), nullable=False, server_default="asked"))
    op.add_column(table, sa.Column("number", sa.String(300), nullable=False, server_default=""))
    _add_outsider(table)
    op.execute(f"UPDATE {table} SET state = 'confirmed' WHERE arranged")
    op.drop_column(table, "arranged")


def _add_outsider(table: str) -> None:
    key = sa.ForeignKey("outsider.id", name=op.f(f"fk_{table}_outsider_id_outsider"))
    op.add_column(table, sa.Column("outsider_id", sa.Integer(), key, nullable=True), inline_references=True)
    op.create_index(op.f(f"ix_{table}_outsider_id"), table, ["outsider_id"])


def _let_in(before: str, after: str) -> None:
    """A letter has one recipient, of other kinds than before."""
    if op.get_bind().dialect.name != "sqlite":
        op.drop_constraint(op.f(NAME), "outbox", type_="check")
        op.create_check_constraint(op.f(NAME), "outbox", after)
        return
    _rebuild(before, after)


def _rebuild(before: str, after: str) -> None:
    """SQLite changes no constraint of a table that is there: it is made anew from its own words.

    No trigger hangs on it. Dropping it would make the links forget their letters, so those are put back.
    """
    bind = op.get_bind()
    words = bind.scalar(sa.text("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = 'outbox'"))
    made = sa.text("SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = 'outbox' AND sql IS NOT NULL")
    indexes = list(bind.scalars(made))
    fresh = re.sub(r'^CREATE TABLE "?outbox"?', "CREATE TABLE outbox_anew", str(words)).replace(before, after)
    if fresh.count(after) != 1:
        raise RuntimeError("the outbox is not as the migrations before this one left it")
    op.execute("CREATE TEMPORARY TABLE letter_of_link AS SELECT id, outbox_id FROM access_link")
    op.execute(sa.text(fresh.replace(":", r"\:")))
    op.execute("INSERT INTO outbox_anew SELECT * FROM outbox")
    op.execute("DROP TABLE outbox")
    op.execute("ALTER TABLE outbox_anew RENAME TO outbox")
    for index in indexes:
        op.execute(sa.text(index))
    op.execute(
        "UPDATE access_link SET outbox_id ="
        " (SELECT outbox_id FROM letter_of_link WHERE letter_of_link.id = access_link.id)"
    )
    op.execute("DROP TABLE letter_of_link")
