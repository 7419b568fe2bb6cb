"""The day of the talks itself: who runs late, who has arrived, and the screens in the hall. Gone soon after."""

from datetime import date, datetime

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.domain.on_the_day import ShownAs
from scheduling.models.base import Base, Moment, choice


class LeaderDelay(Base):
    """So many minutes this leader runs late today; tomorrow it says nothing any more."""

    __tablename__ = "leader_delay"
    __table_args__ = (CheckConstraint("minutes BETWEEN 1 AND 90", name="minutes"),)

    leader_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    minutes: Mapped[int]
    said_at: Mapped[datetime] = mapped_column(Moment)


class Arrival(Base):
    """The family of this talk is in the building."""

    __tablename__ = "arrival"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True)
    arrived_at: Mapped[datetime] = mapped_column(Moment)
    noted_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))


class HallScreen(Base):
    """A screen in a hall: opened by its token, of which only the hash is kept, until its last day or sooner."""

    __tablename__ = "hall_screen"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    shown_as: Mapped[ShownAs] = mapped_column(choice(ShownAs, "shown_as"))
    rooms: Mapped[list[str]] = mapped_column(JSON, default=list)
    """The rooms it shows; empty: all of them."""
    until: Mapped[date]
    created_at: Mapped[datetime] = mapped_column(Moment)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="SET NULL"))
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
