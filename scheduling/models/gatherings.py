"""Gatherings: what goes with a moment of the year plan that families are invited to, and what they say."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.gatherings import Coming
from scheduling.models.base import Base, Moment, choice
from scheduling.models.guests import Told
from scheduling.models.year_plans import PlannedDate


class Gathering(Base):
    """How one moment of the year plan is held. When, where and for whom stands in the plan itself."""

    __tablename__ = "gathering"
    __table_args__ = (
        CheckConstraint("capacity IS NULL OR capacity > 0", name="capacity"),
        CheckConstraint("counted IS NULL OR counted >= 0", name="counted"),
    )

    planned_id: Mapped[int] = mapped_column(ForeignKey("planned_date.id", ondelete="CASCADE"), primary_key=True)
    theme: Mapped[str] = mapped_column(String(80), default="")
    words: Mapped[str] = mapped_column(String(400), default="")
    """What the invitation says besides; never an agenda for a reception."""
    route: Mapped[str] = mapped_column(String(200), default="")
    """How to find it in the building."""
    capacity: Mapped[int | None]
    """So many people fit; None: enough."""
    with_pupils: Mapped[bool] = mapped_column(default=False)
    childcare: Mapped[bool] = mapped_column(default=False)
    parents_cafe: Mapped[bool] = mapped_column(default=False)
    welcome_desk: Mapped[bool] = mapped_column(default=False)
    answer_by: Mapped[date | None]
    """The school likes to know by then; an answer is welcome until it begins."""
    topic_days: Mapped[int | None]
    """So many days before it the last topic is welcome; None: as it usually is."""
    invited_at: Mapped[datetime | None] = mapped_column(Moment)
    reminded_at: Mapped[datetime | None] = mapped_column(Moment)
    called_off_at: Mapped[datetime | None] = mapped_column(Moment)
    counted: Mapped[int | None]
    """So many people were there, pupils too."""
    came_noted: Mapped[bool] = mapped_column(default=False)
    """Of a parent circle: who came for each class was written down, also when that was nobody."""
    version: Mapped[int] = mapped_column(default=1)

    planned: Mapped[PlannedDate] = relationship()


class GatheringGuest(Told, Base):
    """One person who was invited, as it was told last: an own calendar object."""

    __tablename__ = "gathering_guest"
    __table_args__ = (
        CheckConstraint("(guardian_id IS NULL) <> (pupil_id IS NULL)", name="one_person"),
        Index("uq_gathering_guest_one", "planned_id", func.coalesce(text("guardian_id"), text("0")),
              func.coalesce(text("pupil_id"), text("0")), unique=True),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    planned_id: Mapped[int] = mapped_column(ForeignKey("planned_date.id", ondelete="CASCADE"), index=True)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    """Only a pupil of eighteen or older, who is invited without the parents."""

    planned: Mapped[PlannedDate] = relationship()


class GatheringAnswer(Base):
    """What one home says of one gathering."""

    __tablename__ = "gathering_answer"
    __table_args__ = (
        CheckConstraint("(household_id IS NULL) <> (pupil_id IS NULL)", name="one_home"),
        CheckConstraint("adults >= 0 AND children >= 0 AND in_childcare BETWEEN 0 AND children", name="people"),
        Index("uq_gathering_answer_one", "planned_id", func.coalesce(text("household_id"), text("0")),
              func.coalesce(text("pupil_id"), text("0")), unique=True),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    planned_id: Mapped[int] = mapped_column(ForeignKey("planned_date.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    """Only an adult pupil who speaks for himself."""
    coming: Mapped[Coming] = mapped_column(choice(Coming, "coming", closed=False))
    adults: Mapped[int] = mapped_column(default=0)
    children: Mapped[int] = mapped_column(default=0)
    in_childcare: Mapped[int] = mapped_column(default=0)
    shows_names: Mapped[bool] = mapped_column(default=False)
    answered_at: Mapped[datetime] = mapped_column(Moment)


class GatheringTopic(Base):
    """What somebody would like to talk about: of the class, and of nobody in it. Who gave it, is not kept."""

    __tablename__ = "gathering_topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    planned_id: Mapped[int] = mapped_column(ForeignKey("planned_date.id", ondelete="CASCADE"), index=True)
    class_id: Mapped[int | None] = mapped_column(ForeignKey("class_group.id", ondelete="SET NULL"), index=True)
    words: Mapped[str] = mapped_column(String(200))
    asked_on: Mapped[date]
    """The day alone: a moment could tell who it was."""
    on_agenda: Mapped[bool] = mapped_column(default=False)


class CircleSeat(Base):
    """Who represents a class at one parent circle: as the office wrote it down, or as it was on the evening."""

    __tablename__ = "circle_seat"
    __table_args__ = (UniqueConstraint("planned_id", "class_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    planned_id: Mapped[int] = mapped_column(ForeignKey("planned_date.id", ondelete="CASCADE"))
    class_id: Mapped[int] = mapped_column(ForeignKey("class_group.id", ondelete="CASCADE"), index=True)
    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), index=True)
    came: Mapped[bool] = mapped_column(default=False)
    """Seen there; else only expected."""
