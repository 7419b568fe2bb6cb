"""What a talk of a kind can be about, for one year group or for all."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.domain.rounds import RoundKind
from scheduling.models.base import Base, choice


class SuggestedTopic(Base):
    """One line of what the team suggests to talk about."""

    __tablename__ = "suggested_topic"

    kind: Mapped[RoundKind] = mapped_column(choice(RoundKind, "round_kind", closed=False), primary_key=True)
    year_level: Mapped[str] = mapped_column(String(10), primary_key=True, default="")
    """Empty: for every year group that has no list of its own."""
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(120))
