"""The school, its years, its calendar."""

from datetime import date

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.people import FeedDetail, Sector, SeparatedParents
from scheduling.domain.single_talks import HomeVisits
from scheduling.domain.years import DayKind, Region
from scheduling.models.base import Base, choice


class School(Base):
    """The one school of this database, with the switches of its policy."""

    __tablename__ = "school"
    __table_args__ = (CheckConstraint("id = 1", name="only_one"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    sector: Mapped[Sector] = mapped_column(choice(Sector, "sector"))
    region: Mapped[Region] = mapped_column(choice(Region, "region"))
    phone: Mapped[str] = mapped_column(String(40), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    address: Mapped[str] = mapped_column(String(200), default="")
    route: Mapped[str] = mapped_column(String(300), default="")
    separated_parents: Mapped[SeparatedParents] = mapped_column(
        choice(SeparatedParents, "separated_parents"), default=SeparatedParents.SEPARATE_ON_REQUEST
    )
    feed_detail: Mapped[FeedDetail] = mapped_column(choice(FeedDetail, "feed_detail"), default=FeedDetail.INITIALS)
    walking_minutes: Mapped[int] = mapped_column(default=5)
    travel_minutes: Mapped[int] = mapped_column(default=30, server_default="30")
    """From one location of the school to another."""
    home_visits: Mapped[HomeVisits] = mapped_column(
        choice(HomeVisits, "home_visits", closed=False), default=HomeVisits.AGREED_ONLY, server_default="agreed_only"
    )
    apart_minutes: Mapped[int] = mapped_column(default=20, server_default="20")
    """Between the talks of two homes that are kept apart, unless the office says otherwise for a pupil."""
    extra_days: Mapped[int] = mapped_column(default=5, server_default="5")
    """So many school days before a talk a family asks in good time for somebody else to come."""
    video_template: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Where video calls are held; {code} stands for what differs per talk. Empty: a leader pastes a link."""
    further_forms: Mapped[list[str]] = mapped_column(JSON, default=list, server_default="[]")
    """Forms of contact that families and leaders may agree on beside those that are always there."""
    quiet_from: Mapped[str | None] = mapped_column(String(5))
    quiet_until: Mapped[str | None] = mapped_column(String(5))


class SchoolYear(Base):
    """Owns classes, rounds and plans; people live on from year to year."""

    __tablename__ = "school_year"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(9), unique=True)
    starts_on: Mapped[date]
    ends_on: Mapped[date]

    days: Mapped[list["SchoolDay"]] = relationship(back_populates="year", order_by="SchoolDay.starts_on")


class SchoolDay(Base):
    """A holiday, a closed day or a report date of the school's own calendar; both ends inclusive."""

    __tablename__ = "school_day"
    __table_args__ = (
        CheckConstraint("ends_on >= starts_on", name="in_order"),
        UniqueConstraint("year_id", "kind", "starts_on", "label"),
        Index("uq_school_day_one_report", "year_id", "kind", unique=True, sqlite_where=text("kind LIKE 'report_%'"),
              postgresql_where=text("kind LIKE 'report_%'")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id", ondelete="CASCADE"), index=True)
    kind: Mapped[DayKind] = mapped_column(choice(DayKind, "day_kind"))
    label: Mapped[str] = mapped_column(String(80))
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    own: Mapped[bool] = mapped_column(default=False)
    """False: pre-filled from the region's table. True: the school's own word, never overwritten."""

    year: Mapped[SchoolYear] = relationship(back_populates="days")


class Room(Base):
    """A room where talks are held."""

    __tablename__ = "room"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(60))
    location: Mapped[str] = mapped_column(String(60), default="")
    floor: Mapped[str] = mapped_column(String(40), default="")
    building: Mapped[str] = mapped_column(String(60), default="")

    __table_args__ = (UniqueConstraint("name", "location"),)
