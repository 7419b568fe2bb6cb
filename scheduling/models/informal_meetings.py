"""What a contact parent proposes for an informal meeting of the class, until its mentor answers."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.informal_meetings import MeetingState, MeetingWish
from scheduling.models.base import Base, Moment, choice
from scheduling.models.contact_parents import ClassContact
from scheduling.models.year_plans import PlannedDate


class MeetingProposal(Base):
    """A day, hours, a place and perhaps a theme; agreed it stands in the plan of the year.

    When that moves, this follows: it is what the contact parent knows.
    """

    __tablename__ = "meeting_proposal"
    __table_args__ = (CheckConstraint("ends > begins", name="times"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("class_contact.id", ondelete="CASCADE"), index=True)
    day: Mapped[date]
    begins: Mapped[time]
    ends: Mapped[time]
    place: Mapped[str] = mapped_column(String(60), default="")
    theme: Mapped[str] = mapped_column(String(80), default="")
    state: Mapped[MeetingState] = mapped_column(choice(MeetingState, "meeting_state", closed=False))
    made_at: Mapped[datetime] = mapped_column(Moment)
    planned_id: Mapped[int | None] = mapped_column(ForeignKey("planned_date.id", ondelete="SET NULL"), index=True)
    """Where it stands in the plan of the year, once agreed."""

    contact: Mapped[ClassContact] = relationship()
    planned: Mapped[PlannedDate | None] = relationship()

    @property
    def wish(self) -> MeetingWish:
        return MeetingWish(self.day, self.begins, self.ends, self.place, self.theme)
