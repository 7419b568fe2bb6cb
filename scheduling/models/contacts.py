"""What became of contact with a home, and what a leader still owes it beside the agreed moments."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.domain.contacts import Channel, Went
from scheduling.domain.plans import Initiative
from scheduling.models.base import Base, Moment, choice


class LoggedContact(Base):
    """One time a home and the school were in touch. The home reads it too; no household: an adult pupil."""

    __tablename__ = "logged_contact"
    __table_args__ = (CheckConstraint("minutes > 0", name="minutes"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    moment_id: Mapped[int | None] = mapped_column(ForeignKey("plan_moment.id", ondelete="SET NULL"), index=True)
    """The agreed moment that this was; None: contact outside the agreement."""
    day: Mapped[date]
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel", closed=False))
    began: Mapped[Initiative] = mapped_column(choice(Initiative, "initiative", closed=False))
    went: Mapped[Went] = mapped_column(choice(Went, "went", closed=False))
    good_news: Mapped[bool]
    minutes: Mapped[int | None]
    line: Mapped[str] = mapped_column(String(120), default="")
    moved_to: Mapped[date | None]
    logged_at: Mapped[datetime] = mapped_column(Moment)


class DueContact(Base):
    """Contact that a leader means to have in these days. Never why; it goes once it is done."""

    __tablename__ = "due_contact"
    __table_args__ = (CheckConstraint("closes_on >= opens_on", name="days"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    channel: Mapped[Channel] = mapped_column(choice(Channel, "channel", closed=False))
    opens_on: Mapped[date]
    closes_on: Mapped[date]
