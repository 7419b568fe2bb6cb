"""Rounds that open in turns."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.models.base import Base, Moment


class OpeningTurns(Base):
    """When the first turns of a round begin. For everybody it opens at `Round.opens_at`."""

    __tablename__ = "opening_turns"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    siblings_at: Mapped[datetime | None] = mapped_column(Moment)
    """For homes with several children in the round."""
    obligatory_at: Mapped[datetime | None] = mapped_column(Moment)
    """For families that the school would like to see."""
