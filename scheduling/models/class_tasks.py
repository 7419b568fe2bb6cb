"""Help that a class asks of its families, and who of them signed up."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.models.base import Base, Moment
from scheduling.models.people import ClassGroup
from scheduling.models.year_plans import PlannedDate


class ClassTask(Base):
    """What help is asked. Without a title it goes with a moment of the plan, and is off when that moment is gone."""

    __tablename__ = "class_task"
    __table_args__ = (CheckConstraint("wanted > 0", name="wanted"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("class_group.id", ondelete="CASCADE"), index=True)
    planned_id: Mapped[int | None] = mapped_column(ForeignKey("planned_date.id", ondelete="SET NULL"), index=True)
    title: Mapped[str] = mapped_column(String(80), default="")
    day: Mapped[date | None]
    """Of an own title; else the plan says it."""
    what: Mapped[str] = mapped_column(String(120))
    wanted: Mapped[int]
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="SET NULL"), index=True)
    """The contact parent who asks; None: the school."""
    made_at: Mapped[datetime] = mapped_column(Moment)
    withdrawn_at: Mapped[datetime | None] = mapped_column(Moment)

    class_group: Mapped[ClassGroup] = relationship()
    planned: Mapped[PlannedDate | None] = relationship()


class ClassTaskHelper(Base):
    """A parent who helps."""

    __tablename__ = "class_task_helper"
    __table_args__ = (UniqueConstraint("task_id", "guardian_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("class_task.id", ondelete="CASCADE"))
    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), index=True)
    said_at: Mapped[datetime] = mapped_column(Moment)
    told_day: Mapped[date | None]
    """The day as this parent knows it; None: that it is off."""
