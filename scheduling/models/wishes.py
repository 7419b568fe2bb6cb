"""Wishes beforehand: what a home said about days and times, before the roster is made."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.wishes import Answer, PartOfDay, SiblingWish, Window, Wisher, Wishes
from scheduling.models.base import Base, Moment, choice


class HomeWishes(Base):
    """The wishes of one home (or of an adult pupil) in one round: who said them last, and when."""

    __tablename__ = "home_wishes"
    __table_args__ = (
        Index("uq_home_wishes_one", "round_id", func.coalesce(text("household_id"), text("0")),
              func.coalesce(text("pupil_id"), text("0")), unique=True),
        CheckConstraint("(household_id IS NULL) <> (pupil_id IS NULL)", name="one_wisher"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    """Only for an adult pupil who speaks for himself."""
    siblings: Mapped[SiblingWish] = mapped_column(choice(SiblingWish, "sibling_wish"), default=SiblingWish.NO_MATTER)
    at_home: Mapped[bool] = mapped_column(default=False, server_default="0")
    """In a round of introductions: it would rather be visited."""
    both_mentors: Mapped[bool] = mapped_column(default=False, server_default="0")
    """Of a class with two leaders: it would like to speak with both, in one talk."""
    said_at: Mapped[datetime] = mapped_column(Moment)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="SET NULL"))
    """Who said it; with neither guardian nor colleague: the adult pupil."""
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """The colleague who wrote it down for a family that phoned."""

    times: Mapped[list["WishedTime"]] = relationship(
        back_populates="wishes", cascade="all, delete-orphan", order_by="WishedTime.day"
    )

    @property
    def wisher(self) -> Wisher:
        return Wisher(self.household_id, self.pupil_id)

    @property
    def as_said(self) -> Wishes:
        return Wishes(
            {Window(time.day, time.part): time.answer for time in self.times},
            self.siblings,
            said_at=self.said_at,
            at_home=self.at_home,
        )


class WishedTime(Base):
    """How one part of one day suits; a part that is left open has no row."""

    __tablename__ = "wished_time"

    wishes_id: Mapped[int] = mapped_column(ForeignKey("home_wishes.id", ondelete="CASCADE"), primary_key=True)
    day: Mapped[date] = mapped_column(primary_key=True)
    part: Mapped[PartOfDay] = mapped_column(choice(PartOfDay, "part_of_day"), primary_key=True)
    answer: Mapped[Answer] = mapped_column(choice(Answer, "wish_answer"))

    wishes: Mapped[HomeWishes] = relationship(back_populates="times")
