"""The plan of a school year, as it stands."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.year_plans import InformationEvening, PlannedKind, Why
from scheduling.models.base import Base, Moment, choice


class YearPlanning(Base):
    """What the school decided before this year was planned, and what the planner had to say."""

    __tablename__ = "year_plan"

    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id", ondelete="CASCADE"), primary_key=True)
    information: Mapped[InformationEvening] = mapped_column(
        choice(InformationEvening, "information_evening", closed=False)
    )
    circles: Mapped[int]
    reception_minutes: Mapped[int]
    avoids: Mapped[bool]
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    planned_at: Mapped[datetime] = mapped_column(Moment)


class PlannedDate(Base):
    """One moment of the plan. Without times it lasts the whole day, or from `day` until `until`."""

    __tablename__ = "planned_date"
    __table_args__ = (
        CheckConstraint("until IS NULL OR until >= day", name="days_in_order"),
        CheckConstraint("(begins IS NULL) = (ends IS NULL) AND (begins IS NULL OR ends > begins)", name="times"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id", ondelete="CASCADE"), index=True)
    kind: Mapped[PlannedKind] = mapped_column(choice(PlannedKind, "planned_kind", closed=False))
    day: Mapped[date]
    until: Mapped[date | None]
    begins: Mapped[time | None]
    ends: Mapped[time | None]
    place: Mapped[str] = mapped_column(String(60), default="")
    for_all: Mapped[bool]
    """For the whole school, whatever classes come and go."""
    why: Mapped[Why | None] = mapped_column(choice(Why, "why", closed=False))
    instead_of: Mapped[date | None]
    moved: Mapped[bool] = mapped_column(default=False)
    """By hand: planning again leaves it where it is."""
    published_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    ical_uid: Mapped[str] = mapped_column(String(120), unique=True)
    ical_sequence: Mapped[int] = mapped_column(default=0)
    ical_stamp: Mapped[datetime] = mapped_column(Moment)

    classes: Mapped[list["PlannedClass"]] = relationship(
        cascade="all, delete-orphan", order_by="PlannedClass.class_id", lazy="selectin"
    )


class PlannedClass(Base):
    """A class that a moment is for."""

    __tablename__ = "planned_date_class"

    planned_id: Mapped[int] = mapped_column(ForeignKey("planned_date.id", ondelete="CASCADE"), primary_key=True)
    class_id: Mapped[int] = mapped_column(
        ForeignKey("class_group.id", ondelete="CASCADE"), primary_key=True, index=True
    )
