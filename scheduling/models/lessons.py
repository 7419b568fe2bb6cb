"""Who teaches which class, and to whom the parents of a class may turn."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.models.base import Base


class Lesson(Base):
    """A colleague teaches a subject to a class of one school year, or to a group of pupils from several classes."""

    __tablename__ = "lesson"
    __table_args__ = (UniqueConstraint("year_id", "staff_id", "group_name", "location", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    class_id: Mapped[int | None] = mapped_column(ForeignKey("class_group.id", ondelete="CASCADE"), index=True)
    """None for a group that is not a class of its own; whom it holds is known when the school says so."""
    group_name: Mapped[str] = mapped_column(String(60))
    location: Mapped[str] = mapped_column(String(60), default="")
    subject: Mapped[str] = mapped_column(String(60))


class LessonPupil(Base):
    """A pupil in the group of a lesson, from the first day until the day on which it no longer counts."""

    __tablename__ = "lesson_pupil"

    lesson_id: Mapped[int] = mapped_column(ForeignKey("lesson.id", ondelete="CASCADE"), primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), primary_key=True, index=True)
    begins_on: Mapped[date | None]
    ends_on: Mapped[date | None]


class ContactParent(Base):
    """A parent to whom other parents of the class may turn."""

    __tablename__ = "contact_parent"

    class_id: Mapped[int] = mapped_column(ForeignKey("class_group.id", ondelete="CASCADE"), primary_key=True)
    guardian_id: Mapped[int] = mapped_column(
        ForeignKey("guardian.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    consent: Mapped[bool] = mapped_column(default=False)
    """Without it nobody but the school reads the name."""
