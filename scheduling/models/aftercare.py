"""What a talk came to: a short conclusion and who does what by when; the family reads along."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.aftercare import ActionBy
from scheduling.models.base import Base, Moment, choice


class TalkNote(Base):
    """The conclusion of one talk, or that the family had said beforehand that it could not come."""

    __tablename__ = "talk_note"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True)
    conclusion: Mapped[str] = mapped_column(String(280), default="")
    told_beforehand: Mapped[bool] = mapped_column(default=False)
    """The family let the school know that it could not come."""
    version: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime] = mapped_column(Moment)
    written_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))

    actions: Mapped[list["TalkAction"]] = relationship(
        order_by="TalkAction.position", cascade="all, delete-orphan", passive_deletes=True
    )


class TalkAction(Base):
    """One thing that somebody does after a talk."""

    __tablename__ = "talk_action"
    __table_args__ = (CheckConstraint("length(trim(what)) > 0", name="what"),)

    booking_id: Mapped[int] = mapped_column(ForeignKey("talk_note.booking_id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    who: Mapped[ActionBy] = mapped_column(choice(ActionBy, "action_by"))
    what: Mapped[str] = mapped_column(String(120))
    due_on: Mapped[date | None]
