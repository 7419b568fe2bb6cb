"""What is asked for before a talk has a time: which family with which teacher."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.requests import FreedState
from scheduling.models.base import Base, Moment, choice
from scheduling.models.people import Pupil, Staff
from scheduling.models.rounds import Slot

OPEN = text("state = 'open'")
STANDING = text("withdrawn_at IS NULL AND done_at IS NULL")


class TalkRequest(Base):
    """One talk that a family, or the school, would like: of one pupil's home with one teacher."""

    __tablename__ = "talk_request"
    __table_args__ = (
        Index("uq_talk_request_one", "round_id", "pupil_id", func.coalesce(text("household_id"), text("0")),
              "teacher_id", unique=True, sqlite_where=STANDING, postgresql_where=STANDING),
        CheckConstraint("slots BETWEEN 1 AND 6", name="slots"),
        CheckConstraint("wanted OR obligatory", name="by_somebody"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    """None: an adult pupil who speaks for himself, or a talk of all homes together."""
    teacher_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    subject: Mapped[str] = mapped_column(String(60), default="", server_default="")
    place: Mapped[int] = mapped_column(default=1, server_default="1")
    """The family's own order: 1 comes first."""
    slots: Mapped[int] = mapped_column(default=1, server_default="1")
    wanted: Mapped[bool] = mapped_column(default=True, server_default="1")
    """The family asks for it."""
    obligatory: Mapped[bool] = mapped_column(default=False, server_default="0")
    """The school would like to see this family."""
    asked_at: Mapped[datetime] = mapped_column(Moment)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="SET NULL"))
    """Who asked; with neither guardian nor colleague: the adult pupil, or the school for a whole class."""
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """The colleague who wrote it down."""
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    """Its talk has been: the same people may ask for another."""

    pupil: Mapped[Pupil] = relationship()
    teacher: Mapped[Staff] = relationship(foreign_keys=[teacher_id])


class AskingRule(Base):
    """What one contact evening lets families ask."""

    __tablename__ = "asking_rule"
    __table_args__ = (
        CheckConstraint("most_per_child BETWEEN 1 AND 8", name="most_per_child"),
        CheckConstraint("answer_hours BETWEEN 2 AND 168", name="answer_hours"),
    )

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    most_per_child: Mapped[int]
    double_allowed: Mapped[bool]
    answer_hours: Mapped[int]
    """So long a freed time waits for the answer of the family that is asked."""


class NoTalkNeeded(Base):
    """A family is content without a talk about this child: it was reached, and may come back on it."""

    __tablename__ = "no_talk_needed"
    __table_args__ = (
        Index("uq_no_talk_needed_one", "round_id", "pupil_id", func.coalesce(text("household_id"), text("0")),
              unique=True),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    """None: the adult pupil said it."""
    said_at: Mapped[datetime] = mapped_column(Moment)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="SET NULL"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """The colleague who wrote it down."""


class FreedOffer(Base):
    """A time that became free, kept for some hours for a family that waits for it."""

    __tablename__ = "freed_offer"
    __table_args__ = (
        Index("uq_freed_offer_request", "request_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
        Index("uq_freed_offer_slot", "slot_id", unique=True, sqlite_where=OPEN, postgresql_where=OPEN),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("talk_request.id", ondelete="CASCADE"), index=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id", ondelete="CASCADE"), index=True)
    """Where it begins; a double talk takes the next one too."""
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    offered_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    state: Mapped[FreedState] = mapped_column(choice(FreedState, "freed_state"), default=FreedState.OPEN)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

    request: Mapped[TalkRequest] = relationship()
    slot: Mapped[Slot] = relationship()
