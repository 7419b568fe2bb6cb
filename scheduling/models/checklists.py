"""The checklist of parent contact: what a school asks in it, and what a mentor keeps for itself."""

from datetime import date

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.domain.checklists import Asked, Kind, Moment
from scheduling.models.base import Base, choice


class ChecklistItem(Base):
    """A line as the school changed it; without a row it is as usual."""

    __tablename__ = "checklist_item"

    key: Mapped[Asked] = mapped_column(choice(Asked, "checklist_item_key", closed=False), primary_key=True)
    kind: Mapped[Kind] = mapped_column(choice(Kind, "checklist_kind", closed=False))
    on: Mapped[bool]
    words: Mapped[str] = mapped_column(String(150))


class ChecklistMark(Base):
    """One answer, or the next step, of one mentor about one pupil."""

    __tablename__ = "checklist_mark"
    __table_args__ = (UniqueConstraint("year_id", "staff_id", "pupil_id", "moment", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id", ondelete="CASCADE"))
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    moment: Mapped[Moment] = mapped_column(choice(Moment, "checklist_moment", closed=False))
    key: Mapped[Asked] = mapped_column(choice(Asked, "checklist_key", closed=False))
    value: Mapped[str] = mapped_column(String(250))
    written_on: Mapped[date]
