"""Who did what, when. Lines are added, never changed: triggers refuse it (see the first migration)."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.domain.journal import ActorKind
from scheduling.models.base import Base, Moment, choice


class JournalLine(Base):
    """One act: who, what, about which row, with the old and new facts. No names, addresses or free text."""

    __tablename__ = "journal"
    __table_args__ = (Index("ix_journal_subject", "subject", "subject_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    actor_kind: Mapped[ActorKind] = mapped_column(choice(ActorKind, "actor_kind"))
    actor_id: Mapped[int | None]
    action: Mapped[str] = mapped_column(String(60))
    """verb.noun in the house's own words, for example `bookings.move`."""
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[int | None]
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)


class DueJob(Base):
    """Periodic work: made by whichever worker comes first, done once."""

    __tablename__ = "due_job"

    job: Mapped[str] = mapped_column(String(40), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(Moment, primary_key=True)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
