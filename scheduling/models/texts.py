"""What the school itself says about a round, in the languages its families read."""

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.models.base import Base


class RoundText(Base):
    """The school's own paragraph in one more language; the Dutch one is `Round.purpose`."""

    __tablename__ = "round_text"
    __table_args__ = (CheckConstraint("language <> 'nl'", name="not_the_dutch_one"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    paragraph: Mapped[str] = mapped_column(String(1000))


class RoundLink(Base):
    """A page that helps families of one language prepare; at most three, in order."""

    __tablename__ = "round_link"
    __table_args__ = (CheckConstraint("position BETWEEN 1 AND 3", name="position"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    language: Mapped[str] = mapped_column(String(8), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(80))
    address: Mapped[str] = mapped_column(String(800))
