"""What parents offer each other and look for, and which two were asked."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.buddies import BuddyKind, BuddyState, Shown, Wish, state_of
from scheduling.models.base import Base, Moment, choice
from scheduling.models.people import Guardian


class BuddyWish(Base):
    """One line of the list: a parent offers something, or looks for it, this school year."""

    __tablename__ = "buddy_wish"

    id: Mapped[int] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id", ondelete="CASCADE"), index=True)
    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), index=True)
    kind: Mapped[BuddyKind] = mapped_column(choice(BuddyKind, "buddy_kind", closed=False))
    offers: Mapped[bool]
    topic: Mapped[str] = mapped_column(String(100), default="")
    noted_at: Mapped[datetime] = mapped_column(Moment)

    guardian: Mapped[Guardian] = relationship()

    @property
    def wish(self) -> Wish:
        return Wish(self.kind, self.offers, self.topic)


class BuddyPair(Base):
    """Two lines that fit, and what each parent says. Gone as soon as one of the lines is."""

    __tablename__ = "buddy_pair"
    __table_args__ = (UniqueConstraint("need_id", "offer_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    need_id: Mapped[int] = mapped_column(ForeignKey("buddy_wish.id", ondelete="CASCADE"))
    offer_id: Mapped[int] = mapped_column(ForeignKey("buddy_wish.id", ondelete="CASCADE"), index=True)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    need_yes: Mapped[bool | None]
    offer_yes: Mapped[bool | None]
    need_shows: Mapped[Shown | None] = mapped_column(choice(Shown, "buddy_need_shows", closed=False))
    offer_shows: Mapped[Shown | None] = mapped_column(choice(Shown, "buddy_offer_shows", closed=False))

    need: Mapped[BuddyWish] = relationship(foreign_keys=[need_id])
    offer: Mapped[BuddyWish] = relationship(foreign_keys=[offer_id])

    @property
    def state(self) -> BuddyState:
        return state_of(self.need_yes, self.offer_yes)

    def said(self, *, offers: bool) -> bool | None:
        """What the one who offers (or looks) said."""
        return self.offer_yes if offers else self.need_yes
