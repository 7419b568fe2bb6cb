"""Who else a family would like at its talk, and what a colleague who comes was told."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.extra_persons import ExtraKind, ExtraState
from scheduling.models.base import Base, Moment, choice
from scheduling.models.guests import Outsider, Told
from scheduling.models.people import Staff
from scheduling.models.rounds import Booking


class ExtraPerson(Base):
    """Somebody whom one home asks to its talk, and what came of it. Never why. Survives a move of the talk."""

    __tablename__ = "extra_person"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    """Whose question it is: the other home never sees it. None: the adult pupil's own."""
    request_id: Mapped[int | None] = mapped_column(ForeignKey("talk_request.id"), index=True)
    """For which of several talks of one evening it is. None: the round's one talk."""
    kind: Mapped[ExtraKind] = mapped_column(choice(ExtraKind, "extra_kind", closed=False))
    wish: Mapped[str] = mapped_column(String(120), default="")
    """Whom the family means, when it knows a name."""
    state: Mapped[ExtraState] = mapped_column(choice(ExtraState, "extra_state", closed=False))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"), index=True)
    """The colleague who comes."""
    outsider_id: Mapped[int | None] = mapped_column(ForeignKey("outsider.id"), index=True)
    """Who comes from outside, and has a mailbox."""
    name: Mapped[str] = mapped_column(String(120), default="")
    """Who comes, when it is neither."""
    by_school: Mapped[bool] = mapped_column(default=False)
    """The school wrote it down for the family, and may take it back."""
    asked_at: Mapped[datetime] = mapped_column(Moment)

    staff: Mapped[Staff | None] = relationship(lazy="joined")
    outsider: Mapped[Outsider | None] = relationship(lazy="joined")

    @property
    def who(self) -> str:
        """Who comes, by name; empty as long as that is not known."""
        if self.staff:
            return self.staff.name.full
        return self.outsider.name if self.outsider else self.name


class TalkColleague(Told, Base):
    """A colleague at somebody else's talk, as it was told last: an own calendar object."""

    __tablename__ = "talk_colleague"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)

    booking: Mapped[Booking] = relationship()
    staff: Mapped[Staff] = relationship()
