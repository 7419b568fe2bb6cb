"""When a contact parent and a mentor consult: a series and its dates. There is no field for what is said."""

from datetime import date, datetime, time

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.consults import ConsultState, Rhythm
from scheduling.models.base import Base, Moment, choice
from scheduling.models.contact_parents import ClassContact
from scheduling.models.people import Staff


class Consult(Base):
    """How often these two consult, proposed by one of them and agreed by the other; one entry in a calendar."""

    __tablename__ = "consult"
    __table_args__ = (CheckConstraint("minutes > 0", name="lasts"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("class_contact.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    by_parent: Mapped[bool]
    """Who proposed it last: the other one answers."""
    rhythm: Mapped[Rhythm] = mapped_column(choice(Rhythm, "rhythm", closed=False))
    starts: Mapped[time]
    minutes: Mapped[int]
    state: Mapped[ConsultState] = mapped_column(choice(ConsultState, "consult_state", closed=False))
    told: Mapped[bool] = mapped_column(default=False)
    """It stands in the contact parent's calendar."""
    ical_uid: Mapped[str] = mapped_column(String(120), unique=True)
    ical_sequence: Mapped[int] = mapped_column(default=0)
    ical_stamp: Mapped[datetime] = mapped_column(Moment)
    made_at: Mapped[datetime] = mapped_column(Moment)

    contact: Mapped[ClassContact] = relationship()
    staff: Mapped[Staff] = relationship()
    dates: Mapped[list["ConsultDate"]] = relationship(
        order_by="ConsultDate.starts_at", cascade="all, delete-orphan", passive_deletes=True
    )


class ConsultDate(Base):
    """One time they consult. `day`: on which the series has it, wherever it was moved."""

    __tablename__ = "consult_date"
    __table_args__ = (UniqueConstraint("consult_id", "day"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    consult_id: Mapped[int] = mapped_column(ForeignKey("consult.id", ondelete="CASCADE"))
    day: Mapped[date]
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    cancelled: Mapped[bool] = mapped_column(default=False)
