"""Conversations of the support team, apart from all other talks: no list of talks reads these tables."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.support import FamilySaid
from scheduling.models.base import Base, Moment, choice
from scheduling.models.people import Pupil, Staff


class SupportMeeting(Base):
    """One such conversation about a pupil."""

    __tablename__ = "support_meeting"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    """None: every home of the pupil, or a pupil of eighteen alone."""
    supervisor_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    """Who made it and leads it."""
    teacher_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    director_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    room: Mapped[str] = mapped_column(String(60), default="")
    ical_uid: Mapped[str] = mapped_column(String(120), unique=True)
    ical_sequence: Mapped[int] = mapped_column(default=0)
    ical_stamp: Mapped[datetime] = mapped_column(Moment)
    made_at: Mapped[datetime] = mapped_column(Moment)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)

    pupil: Mapped[Pupil] = relationship()
    supervisor: Mapped[Staff] = relationship(foreign_keys=[supervisor_id])
    guests: Mapped[list["SupportGuest"]] = relationship(
        order_by="SupportGuest.id", cascade="all, delete-orphan", passive_deletes=True
    )
    answers: Mapped[list["SupportAnswer"]] = relationship(
        order_by="SupportAnswer.id", cascade="all, delete-orphan", passive_deletes=True
    )


class SupportGuest(Base):
    """Somebody from outside the school who was asked; gone the day after."""

    __tablename__ = "support_guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("support_meeting.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    email: Mapped[str] = mapped_column(String(254))
    left_at: Mapped[datetime | None] = mapped_column(Moment)
    """No longer asked; the cancellation still has to find the way."""


class SupportAnswer(Base):
    """What one home said; the other home does not read it."""

    __tablename__ = "support_answer"
    __table_args__ = (
        Index("uq_support_answer_one", "meeting_id", func.coalesce(text("household_id"), text("0")), unique=True),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("support_meeting.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    """None: the pupil of eighteen."""
    said: Mapped[FamilySaid] = mapped_column(choice(FamilySaid, "family_said", closed=False))
    said_at: Mapped[datetime] = mapped_column(Moment)
