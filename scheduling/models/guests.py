"""People from outside the school who come to talks, and what each of them was told."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.models.base import Base, Moment
from scheduling.models.rounds import Booking


class Outsider(Base):
    """Somebody from outside the school, as an interpreter is: known by name, and reached by mail or telephone."""

    __tablename__ = "outsider"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    organisation: Mapped[str] = mapped_column(String(120), default="")
    languages: Mapped[str] = mapped_column(String(200), default="")
    """What this interpreter speaks besides Dutch, with commas."""
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    added_at: Mapped[datetime] = mapped_column(Moment)
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)
    """From then on nobody is asked for a talk with this person."""


class PracticalNeed(Base):
    """What one home needs to be able to come to its talks of a round. Never why."""

    __tablename__ = "practical_need"
    __table_args__ = (
        Index("uq_practical_need_one", "round_id", "pupil_id", func.coalesce(text("household_id"), text("0")),
              unique=True),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    """None: the adult pupil's own."""
    ground_floor: Mapped[bool] = mapped_column(default=False)
    words: Mapped[str] = mapped_column(String(120), default="")
    asked_at: Mapped[datetime] = mapped_column(Moment)


class Told:
    """What somebody who comes to a talk was told last: an own calendar object."""

    ical_uid: Mapped[str] = mapped_column(String(120), unique=True)
    sequence: Mapped[int] = mapped_column(default=0)
    stamp: Mapped[datetime] = mapped_column(Moment)
    told: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """When, where and how: what the last letter said."""
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)


class TalkGuest(Told, Base):
    """One outsider at one talk, as it was told last: an own calendar object, that says nothing of the family's."""

    __tablename__ = "talk_guest"

    id: Mapped[int] = mapped_column(primary_key=True)
    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), index=True)
    outsider_id: Mapped[int] = mapped_column(ForeignKey("outsider.id", ondelete="CASCADE"), index=True)

    booking: Mapped[Booking] = relationship()
    outsider: Mapped[Outsider] = relationship()
