"""A questionnaire without names: that it is held, whose turn is used (unreadable), and sums. No answer is a row.

Nothing here can be joined: a mark points at no person and no sum, a sum at no mark. No row has a moment or a number
that grows, and what is in a list stands in an order that says nothing of who came when.
"""

from datetime import date
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.domain.questionnaires import Asked, Part
from scheduling.models.base import Base, choice


class Questionnaire(Base):
    """Of one school year: from which day, and until when."""

    __tablename__ = "questionnaire"
    __table_args__ = (CheckConstraint("closed_on IS NULL OR closed_on >= opened_on", name="days_in_order"),)

    id: Mapped[int] = mapped_column(ForeignKey("school_year.id", ondelete="CASCADE"), primary_key=True)
    """The school year itself: there is one in a year."""
    opened_on: Mapped[date]
    closed_on: Mapped[date | None]
    remarks: Mapped[dict[str, list[str]]] = mapped_column(JSON)
    """What parents and what mentors wrote, by the alphabet: the order says nothing of who or when."""
    marks: Mapped[list[str]] = mapped_column(JSON)
    """Of everybody who has answered a hash with a key that is not in the database, in the order of the hashes.

    Not rows: even without a number of their own these would lie in the order in which people came. All marks go when
    the questionnaire closes.
    """

    @property
    def is_open(self) -> bool:
        return self.closed_on is None


class QuestionnaireTally(Base):
    """The sums of the parents or the mentors of the school, or of one level or year of it."""

    __tablename__ = "questionnaire_tally"
    __table_args__ = (CheckConstraint("people >= 0", name="counted"),)

    questionnaire_id: Mapped[int] = mapped_column(ForeignKey("questionnaire.id", ondelete="CASCADE"), primary_key=True)
    asked: Mapped[Asked] = mapped_column(choice(Asked, "asked", closed=False), primary_key=True)
    part: Mapped[Part] = mapped_column(choice(Part, "questionnaire_part", closed=False), primary_key=True)
    name: Mapped[str] = mapped_column(String(60), primary_key=True)
    people: Mapped[int] = mapped_column(default=0)
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    """Per question how many gave each of the four answers."""
