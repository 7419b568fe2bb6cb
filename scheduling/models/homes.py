"""Pupils with two homes: what the school arranged with them for a year, and what a home asked."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.homes import HomeTalks
from scheduling.models.base import Base, Moment, choice
from scheduling.models.people import Guardian, Pupil

WAITING = text("decided_at IS NULL")


class TwoHomes(Base):
    """What differs from the school's policy for one pupil with two homes, in one school year."""

    __tablename__ = "two_homes"
    __table_args__ = (
        UniqueConstraint("pupil_id", "year_id"),
        CheckConstraint("apart_minutes BETWEEN 0 AND 240", name="apart_minutes"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id"), index=True)
    talks: Mapped[HomeTalks | None] = mapped_column(choice(HomeTalks, "home_talks"))
    """None: as the school's policy says."""
    apart_minutes: Mapped[int] = mapped_column(default=0)
    """The two homes never have talks within so many minutes of each other; 0: no matter."""


class OwnTalkWish(Base):
    """A home asks for a talk of its own, without the other home. The reason is not asked, the other home not told."""

    __tablename__ = "own_talk_wish"
    __table_args__ = (
        Index("uq_own_talk_wish_waiting", "pupil_id", "year_id", "household_id", unique=True, sqlite_where=WAITING,
              postgresql_where=WAITING),
        CheckConstraint("(decided_at IS NULL) = (accepted IS NULL)", name="decided"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted: Mapped[bool | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    pupil: Mapped[Pupil] = relationship()
    guardian: Mapped[Guardian | None] = relationship()
