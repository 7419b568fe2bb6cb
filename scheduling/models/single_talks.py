"""Talks made for one pupil: what is proposed to a family before there is a booking."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.kinds import PupilPart
from scheduling.domain.rounds import RoundKind
from scheduling.domain.single_talks import Medium, SingleState, VisitReason
from scheduling.models.base import Base, Moment, choice
from scheduling.models.requests import TalkRequest
from scheduling.models.rounds import Booking, Round


class StandingRound(Base):
    """The round that holds all single talks of one kind in a school year. Nobody sees it as a round."""

    __tablename__ = "standing_round"
    __table_args__ = (UniqueConstraint("year_id", "kind"),)

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id"))
    kind: Mapped[RoundKind] = mapped_column(choice(RoundKind, "round_kind", closed=False))

    round: Mapped[Round] = relationship()


class SingleTalk(Base):
    """One such talk, from the first proposal on; with whom stands in its request."""

    __tablename__ = "single_talk"
    __table_args__ = (CheckConstraint("minutes BETWEEN 5 AND 120", name="minutes"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("talk_request.id", ondelete="CASCADE"), unique=True)
    state: Mapped[SingleState] = mapped_column(choice(SingleState, "single_state", closed=False))
    minutes: Mapped[int]
    medium: Mapped[Medium] = mapped_column(choice(Medium, "medium", closed=False))
    pupil_part: Mapped[PupilPart] = mapped_column(choice(PupilPart, "pupil_part", closed=False))
    room: Mapped[str] = mapped_column(String(60), default="")
    join_link: Mapped[str] = mapped_column(String(300), default="")
    """Of this talk alone; the family reads it on its page, in its letter and in its calendar."""
    reason: Mapped[VisitReason | None] = mapped_column(choice(VisitReason, "visit_reason", closed=False))
    travel_before: Mapped[int] = mapped_column(default=0)
    travel_after: Mapped[int] = mapped_column(default=0)
    rather: Mapped[Medium | None] = mapped_column(choice(Medium, "medium", closed=False))
    """How the family would rather meet."""
    in_place: Mapped[bool] = mapped_column(default=False, server_default=false())
    """A talk with the pupil alone comes in place of one with the family; else it goes before it."""
    address: Mapped[str] = mapped_column(String(200), default="")
    """Where the family is visited, as it said itself; only the visitor's screen shows it; it goes after the visit."""
    note: Mapped[str] = mapped_column(String(300), default="")
    """A short note on a visit, until it stands in the pupil system."""
    copied_at: Mapped[datetime | None] = mapped_column(Moment)
    after_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id", ondelete="SET NULL"), index=True)
    """The talk that this one follows."""
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id", ondelete="SET NULL"), unique=True)
    made_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    """Rises with every proposal and answer."""

    request: Mapped[TalkRequest] = relationship()
    booking: Mapped[Booking | None] = relationship(foreign_keys=[booking_id])
    times: Mapped[list["SingleTime"]] = relationship(
        order_by="SingleTime.starts_at", cascade="all, delete-orphan", passive_deletes=True
    )
    questions: Mapped[list["OpenQuestion"]] = relationship(
        order_by="OpenQuestion.position", cascade="all, delete-orphan", passive_deletes=True
    )


class SingleTime(Base):
    """A time that is proposed to a family; of an agreed talk, the one that it chose."""

    __tablename__ = "single_time"
    __table_args__ = (CheckConstraint("ends_at > starts_at", name="in_order"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    talk_id: Mapped[int] = mapped_column(ForeignKey("single_talk.id", ondelete="CASCADE"), index=True)
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)


class SingleHold(Base):
    """A free time of the leader's rounds that rests as long as a proposed time stands."""

    __tablename__ = "single_hold"

    time_id: Mapped[int] = mapped_column(ForeignKey("single_time.id", ondelete="CASCADE"), primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("slot.id", ondelete="CASCADE"), primary_key=True, index=True)


class OpenQuestion(Base):
    """An open question that a reversed conversation begins with; sent ahead."""

    __tablename__ = "open_question"

    talk_id: Mapped[int] = mapped_column(ForeignKey("single_talk.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(String(200))
