"""What the database itself forbids: double times, rewritten history

Revision: 0002, after: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ONE_LIVE_BOOKING = (
    "CREATE UNIQUE INDEX uq_booking_one_live ON booking (round_id, pupil_id, coalesce(household_id, 0))"
    " WHERE status <> 'cancelled'"
)
ONE_TALK_A_VERSION = (
    "CREATE UNIQUE INDEX uq_roster_talk_one ON roster_talk (version_id, pupil_id, coalesce(household_id, 0))"
)
ONE_INTERPRETER_REQUEST = (
    "CREATE UNIQUE INDEX uq_interpreter_request_one"
    " ON interpreter_request (round_id, pupil_id, coalesce(household_id, 0))"
)
ONE_PLAN = (
    "CREATE UNIQUE INDEX uq_communication_plan_one ON communication_plan (year_id, pupil_id, coalesce(household_id, 0))"
)

# A leader's slots never overlap, and neither do a pupil's live bookings. Leaders are guarded on their slots, because
# two bookings of one leader change places in a swap while the slots stay where they are.
SQLITE = (
    """CREATE TRIGGER slot_overlap_insert BEFORE INSERT ON slot
       WHEN EXISTS (SELECT 1 FROM slot o WHERE o.leader_id = NEW.leader_id
                    AND o.starts_at < NEW.ends_at AND NEW.starts_at < o.ends_at)
       BEGIN SELECT RAISE(ABORT, 'slot_overlap'); END""",
    """CREATE TRIGGER slot_overlap_update BEFORE UPDATE OF leader_id, starts_at, ends_at ON slot
       WHEN EXISTS (SELECT 1 FROM slot o WHERE o.leader_id = NEW.leader_id AND o.id <> NEW.id
                    AND o.starts_at < NEW.ends_at AND NEW.starts_at < o.ends_at)
       BEGIN SELECT RAISE(ABORT, 'slot_overlap'); END""",
    """CREATE TRIGGER booking_overlap_insert BEFORE INSERT ON booking
       WHEN NEW.status <> 'cancelled' AND EXISTS (
            SELECT 1 FROM booking o WHERE o.pupil_id = NEW.pupil_id AND o.status <> 'cancelled'
            AND o.starts_at < NEW.ends_at AND NEW.starts_at < o.ends_at)
       BEGIN SELECT RAISE(ABORT, 'booking_overlap'); END""",
    """CREATE TRIGGER booking_overlap_update BEFORE UPDATE OF pupil_id, starts_at, ends_at, status ON booking
       WHEN NEW.status <> 'cancelled' AND EXISTS (
            SELECT 1 FROM booking o WHERE o.pupil_id = NEW.pupil_id AND o.id <> NEW.id AND o.status <> 'cancelled'
            AND o.starts_at < NEW.ends_at AND NEW.starts_at < o.ends_at)
       BEGIN SELECT RAISE(ABORT, 'booking_overlap'); END""",
    """CREATE TRIGGER journal_no_update BEFORE UPDATE ON journal
       BEGIN SELECT RAISE(ABORT, 'journal_is_append_only'); END""",
    """CREATE TRIGGER journal_no_delete BEFORE DELETE ON journal WHEN OLD.at > datetime('now', '-1 year')
       BEGIN SELECT RAISE(ABORT, 'journal_is_append_only'); END""",
)
POSTGRESQL = (
    "CREATE EXTENSION IF NOT EXISTS btree_gist",
    """ALTER TABLE slot ADD CONSTRAINT ex_slot_overlap EXCLUDE USING gist
       (leader_id WITH =, tstzrange(starts_at, ends_at) WITH &&)""",
    """ALTER TABLE booking ADD CONSTRAINT ex_booking_overlap EXCLUDE USING gist
       (pupil_id WITH =, tstzrange(starts_at, ends_at) WITH &&) WHERE (status <> 'cancelled')
       DEFERRABLE INITIALLY IMMEDIATE""",
    """CREATE FUNCTION journal_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         IF TG_OP = 'DELETE' AND OLD.at <= now() - interval '1 year' THEN RETURN OLD; END IF;
         RAISE EXCEPTION 'journal_is_append_only';
       END $$""",
    """CREATE TRIGGER journal_append_only BEFORE UPDATE OR DELETE ON journal
       FOR EACH ROW EXECUTE FUNCTION journal_is_append_only()""",
)
SQLITE_TRIGGERS = (
    "slot_overlap_insert", "slot_overlap_update", "booking_overlap_insert", "booking_overlap_update",
    "journal_no_update", "journal_no_delete",
)  # fmt: skip


def upgrade() -> None:
    for statement in (ONE_LIVE_BOOKING, ONE_TALK_A_VERSION, ONE_INTERPRETER_REQUEST, ONE_PLAN, *_walls()):
        op.execute(statement)


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for name in SQLITE_TRIGGERS:
            op.execute(f"DROP TRIGGER {name}")
    else:
        op.execute("DROP TRIGGER journal_append_only ON journal")
        op.execute("DROP FUNCTION journal_is_append_only()")
        op.execute("ALTER TABLE booking DROP CONSTRAINT ex_booking_overlap")
        op.execute("ALTER TABLE slot DROP CONSTRAINT ex_slot_overlap")
    for name in (
        "uq_communication_plan_one",
        "uq_interpreter_request_one",
        "uq_roster_talk_one",
        "uq_booking_one_live",
    ):
        op.execute(f"DROP INDEX {name}")


def _walls() -> tuple[str, ...]:
    return SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL
