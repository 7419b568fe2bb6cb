"""Reminders that go by themselves: what the school sets for a round, and which home had which."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.domain.reminders import NextStep, Occasion
from scheduling.models.base import Base, Moment, choice


class ReminderRule(Base):
    """What goes by itself in one round."""

    __tablename__ = "reminder_rule"
    __table_args__ = (
        CheckConstraint("most BETWEEN 1 AND 3", name="most"),
        CheckConstraint("hour BETWEEN 9 AND 18", name="hour"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    halfway: Mapped[bool]
    last_day: Mapped[bool]
    day_before: Mapped[bool]
    most: Mapped[int]
    """Never more than so many for one home."""
    hour: Mapped[int]
    """From this hour on, as the clock of the school shows it."""


class Reminder(Base):
    """One home was reminded, once, of one thing."""

    __tablename__ = "reminder"
    __table_args__ = (
        Index("uq_reminder_one", "round_id", "occasion", "about", func.coalesce(text("household_id"), text("0")),
              func.coalesce(text("pupil_id"), text("0")), unique=True),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    """Only of an adult pupil who speaks for himself."""
    occasion: Mapped[Occasion] = mapped_column(choice(Occasion, "occasion", closed=False))
    about: Mapped[str] = mapped_column(String(10), default="", server_default="")
    """The day of the talks, for who comes the next day."""
    day: Mapped[date]
    """The day on which it went."""
    written_at: Mapped[datetime] = mapped_column(Moment)


class PersonalApproach(Base):
    """A colleague spoke to a home that did not answer, instead of one more mail. Never why: that, and what next."""

    __tablename__ = "personal_approach"
    __table_args__ = (
        Index("uq_personal_approach_one", "round_id", "pupil_id", func.coalesce(text("household_id"), text("0")),
              unique=True),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    """None: an adult pupil who speaks for himself."""
    spoken_on: Mapped[date]
    next_step: Mapped[NextStep] = mapped_column(choice(NextStep, "next_step", closed=False))
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    noted_at: Mapped[datetime] = mapped_column(Moment)
