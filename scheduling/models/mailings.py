"""Mailings (batches of letters) and their delivery; a letter is a row before it is a mail."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.domain.mailings import Letter, OutboxState
from scheduling.models.base import Base, Moment, choice


class Mailing(Base):
    """A batch: one letter to every family of a round that has not had it yet."""

    __tablename__ = "mailing"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    letter: Mapped[Letter] = mapped_column(choice(Letter, "letter", closed=False))
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    paused_at: Mapped[datetime | None] = mapped_column(Moment)


class Outbox(Base):
    """One letter to one mailbox: facts, never text and never a token; written in the transaction that causes it."""

    __tablename__ = "outbox"
    __table_args__ = (
        CheckConstraint(
            "(CASE WHEN guardian_id IS NULL THEN 0 ELSE 1 END) + (CASE WHEN pupil_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN staff_id IS NULL THEN 0 ELSE 1 END)"
            " + (CASE WHEN outsider_id IS NULL THEN 0 ELSE 1 END) = 1",
            name="one_recipient",
        ),
        Index("ix_outbox_due", "state", "lane", "not_before"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dedup_key: Mapped[str] = mapped_column(String(200), unique=True)
    """For example `invitation:17:0:g42` (letter, booking, sequence, recipient): asking twice is asking once."""
    letter: Mapped[Letter] = mapped_column(choice(Letter, "letter", closed=False))
    lane: Mapped[int]
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    outsider_id: Mapped[int | None] = mapped_column(ForeignKey("outsider.id"), index=True)
    """Somebody from outside the school who comes to a talk, as an interpreter does."""
    address: Mapped[str] = mapped_column(String(254))
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    mailing_id: Mapped[int | None] = mapped_column(ForeignKey("mailing.id"), index=True)
    sequence: Mapped[int] = mapped_column(default=0)
    language: Mapped[str] = mapped_column(String(8), default="nl")
    stamp: Mapped[datetime] = mapped_column(Moment)
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What the booking no longer knows when the letter leaves: the old time, the new leader."""
    message_id: Mapped[str] = mapped_column(String(200))
    state: Mapped[OutboxState] = mapped_column(choice(OutboxState, "outbox_state"), default=OutboxState.QUEUED)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime] = mapped_column(Moment)
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    worker: Mapped[str] = mapped_column(String(80), default="")
    last_code: Mapped[int | None]
    last_text: Mapped[str] = mapped_column(String(300), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    offered_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    digest: Mapped[str] = mapped_column(String(64), default="")
    """SHA-256 of the bytes that were offered."""


class Relay(Base):
    """The one mail relay: what of its limits is used up, and whether it is paused by a configuration fault."""

    __tablename__ = "relay"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    tokens: Mapped[float] = mapped_column(default=0.0)
    refilled_at: Mapped[datetime | None] = mapped_column(Moment)
    day: Mapped[str] = mapped_column(String(10), default="")
    sent_today: Mapped[int] = mapped_column(default=0)
    slow_until: Mapped[datetime | None] = mapped_column(Moment)
    paused_at: Mapped[datetime | None] = mapped_column(Moment)
    paused_because: Mapped[str] = mapped_column(String(300), default="")
