"""Conversation rounds, the slots leaders offer, and the bookings that hold them."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.guests import HelpState, Way
from scheduling.domain.kinds import KINDS, PupilPart
from scheduling.domain.rounds import BookingOrigin, BookingStatus, Outcome, RoundKind, RoundMode, TopicAuthor
from scheduling.domain.single_talks import Medium
from scheduling.domain.ways import Visit
from scheduling.domain.years import Period
from scheduling.models.base import Base, Moment, choice
from scheduling.models.people import ClassGroup, Guardian, Pupil, Staff

LIVE = text("status <> 'cancelled'")


class Round(Base):
    """An announced series of talks of one kind."""

    __tablename__ = "round"
    __table_args__ = (
        UniqueConstraint("year_id", "name"),
        CheckConstraint("slot_minutes BETWEEN 5 AND 120", name="slot_minutes"),
        CheckConstraint("max_in_a_row BETWEEN 0 AND 40", name="max_in_a_row"),
        CheckConstraint("ends_on >= starts_on", name="period_in_order"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id"), index=True)
    kind: Mapped[RoundKind] = mapped_column(choice(RoundKind, "round_kind", closed=False))
    name: Mapped[str] = mapped_column(String(120))
    mode: Mapped[RoundMode] = mapped_column(choice(RoundMode, "round_mode"), default=RoundMode.ROSTER)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    """The days between which its talks are held, both included."""
    slot_minutes: Mapped[int] = mapped_column(default=20)
    max_in_a_row: Mapped[int] = mapped_column(default=4)
    """At most so many talks one after the other; 0: no limit."""
    lead_time_hours: Mapped[int] = mapped_column(default=24)
    """Families may choose, move or cancel until so many hours before a slot."""
    wishes_until: Mapped[datetime | None] = mapped_column(Moment)
    opens_at: Mapped[datetime | None] = mapped_column(Moment)
    closes_at: Mapped[datetime | None] = mapped_column(Moment)
    purpose: Mapped[str] = mapped_column(String(1000), default="")
    """The school's own paragraph in the invitation; empty: the product's own text."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    by_phone: Mapped[bool] = mapped_column(default=False, server_default="0")
    """Families may choose to talk on the phone instead of at school."""
    by_video: Mapped[bool] = mapped_column(default=False, server_default="0")
    """Families may choose to talk by video instead of at school, where the school has a template for links."""

    pupil_part: Mapped[PupilPart | None] = mapped_column(choice(PupilPart, "pupil_part", closed=False))
    """What the pupil does in its talks; None: as usual in this kind."""
    questions: Mapped[str] = mapped_column(String(1100), default="", server_default="")
    """What a reversed conversation begins with, a question a line; sent ahead."""

    classes: Mapped[list["RoundClass"]] = relationship(back_populates="round", cascade="all, delete-orphan")

    @property
    def period(self) -> Period:
        return Period(self.starts_on, self.ends_on)

    @property
    def pupil(self) -> PupilPart:
        """What the pupil does in its talks."""
        return self.pupil_part or KINDS[self.kind].pupil

    @property
    def open_questions(self) -> tuple[str, ...]:
        return tuple(self.questions.splitlines())


class RoundClass(Base):
    __tablename__ = "round_class"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("class_group.id"), primary_key=True)

    round: Mapped[Round] = relationship(back_populates="classes")
    class_group: Mapped[ClassGroup] = relationship()


class RoundExclusion(Base):
    """A family that is left out of a round, with the reason that is kept."""

    __tablename__ = "round_exclusion"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), primary_key=True)
    reason: Mapped[str] = mapped_column(String(200))
    excluded_at: Mapped[datetime] = mapped_column(Moment)
    excluded_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    __table_args__ = (CheckConstraint("length(trim(reason)) > 0", name="reason"),)


class Booking(Base):
    """A pupil's talk with one household (or with both jointly): it holds one or more adjacent slots.

    Time, place and leader stand here too, so that a cancelled talk still knows what it was.
    """

    __tablename__ = "booking"
    __table_args__ = (
        Index("uq_booking_one_live", "round_id", "pupil_id", func.coalesce(text("household_id"), text("0")),
              func.coalesce(text("request_id"), text("0")), unique=True,
              sqlite_where=LIVE, postgresql_where=LIVE),
        CheckConstraint("ends_at > starts_at", name="in_order"),
        CheckConstraint("(status = 'cancelled') = (cancelled_at IS NOT NULL)", name="cancelled"),
        Index("ix_booking_leader_time", "leader_id", "starts_at"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"), index=True)
    """None: a joint talk, with every household of the pupil."""
    request_id: Mapped[int | None] = mapped_column(ForeignKey("talk_request.id"), index=True)
    """What was asked for; None: the one talk of this round, as in a round of start conversations."""
    leader_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    room: Mapped[str] = mapped_column(String(60), default="")
    status: Mapped[BookingStatus] = mapped_column(choice(BookingStatus, "booking_status"))
    origin: Mapped[BookingOrigin] = mapped_column(choice(BookingOrigin, "booking_origin"))
    ical_uid: Mapped[str] = mapped_column(String(120), unique=True)
    ical_sequence: Mapped[int] = mapped_column(default=0)
    ical_stamp: Mapped[datetime] = mapped_column(Moment)
    """The moment of the last change; DTSTAMP of its calendar object."""
    invited_at: Mapped[datetime | None] = mapped_column(Moment)
    """When its invitation was queued; None: the family has had no letter about this talk."""
    confirmed_at: Mapped[datetime | None] = mapped_column(Moment)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    outcome: Mapped[Outcome | None] = mapped_column(choice(Outcome, "outcome"))
    outcome_at: Mapped[datetime | None] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    keeps_time: Mapped[bool] = mapped_column(default=False, server_default="0")
    """The family asked not to be asked for swaps of this talk any more."""

    round: Mapped[Round] = relationship()
    pupil: Mapped[Pupil] = relationship()
    leader: Mapped[Staff] = relationship()
    slots: Mapped[list["Slot"]] = relationship(back_populates="booking", order_by="Slot.starts_at")
    way: Mapped["TalkWay | None"] = relationship(cascade="all, delete-orphan", passive_deletes=True)

    @property
    def is_published(self) -> bool:
        """The school gave the family this time: with its roster, or in a letter."""
        return self.origin is BookingOrigin.ROSTER or self.invited_at is not None

    @property
    def met(self) -> Medium:
        """How people meet in this talk of a round; of a talk for one pupil `SingleTalk` knows."""
        return self.way.way if self.way else Medium.SCHOOL


class TalkWay(Base):
    """A talk of a round that is not held at school. It stays with its family, whatever the time becomes."""

    __tablename__ = "talk_way"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True)
    way: Mapped[Medium] = mapped_column(choice(Medium, "medium", closed=False))
    join_link: Mapped[str] = mapped_column(String(300), default="", index=True)
    """Of this talk alone; the family reads it on its page, in its letter and in its calendar."""
    address: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Where the family is visited, as it said itself; only the visitor's screen shows it; it goes after the visit."""
    travel_before: Mapped[int] = mapped_column(default=0, server_default="0")
    """So many minutes the visitor is on the way there; and back: `travel_after`."""
    travel_after: Mapped[int] = mapped_column(default=0, server_default="0")

    @property
    def visit(self) -> Visit:
        """Of a talk at the family's home: where it is, and the way there and back."""
        return Visit(self.address, self.travel_before, self.travel_after)

    def become(self, way: Medium, *, join_link: str = "", visit: Visit | None = None) -> None:
        """Met in this way from now on; what belonged to the other way goes."""
        self.way, self.join_link = way, join_link
        self.address = visit.address if visit else ""
        self.travel_before, self.travel_after = (visit.before, visit.after) if visit else (0, 0)

    def again(self) -> "TalkWay":
        """The same for a talk that comes in place of this one."""
        copy = TalkWay()
        copy.become(self.way, join_link=self.join_link, visit=self.visit)
        return copy


class BookingAbsence(Base):
    """One home that will not come to a joint talk; the talk itself stands as long as another home may come."""

    __tablename__ = "booking_absence"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    said_at: Mapped[datetime] = mapped_column(Moment)


class HomeByPhone(Base):
    """One home that takes part in a joint talk at school on the phone; the other sits at the table."""

    __tablename__ = "home_by_phone"

    booking_id: Mapped[int] = mapped_column(ForeignKey("booking.id", ondelete="CASCADE"), primary_key=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), primary_key=True)
    said_at: Mapped[datetime] = mapped_column(Moment)


class Slot(Base):
    """A time one leader offers. It holds at most one booking, because `booking_id` is one column."""

    __tablename__ = "slot"
    __table_args__ = (
        UniqueConstraint("leader_id", "starts_at"),
        CheckConstraint("ends_at > starts_at", name="in_order"),
        CheckConstraint("NOT (blocked AND booking_id IS NOT NULL)", name="blocked_is_empty"),
        Index("ix_slot_round_leader", "round_id", "leader_id", "starts_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"))
    leader_id: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    room: Mapped[str] = mapped_column(String(60), default="")
    blocked: Mapped[bool] = mapped_column(default=False)
    booking_id: Mapped[int | None] = mapped_column(ForeignKey("booking.id"), index=True)
    version: Mapped[int] = mapped_column(default=1)
    """Rises on every change; a draft roster is published only over slots it has seen as they are."""

    booking: Mapped[Booking | None] = relationship(back_populates="slots")
    leader: Mapped[Staff] = relationship()


class LeaderOpening(Base):
    """From this moment on families see this leader's slots of a round (published, or opened for picking)."""

    __tablename__ = "leader_opening"

    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), primary_key=True)
    leader_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True)
    opened_at: Mapped[datetime] = mapped_column(Moment)
    swaps_seen: Mapped[int] = mapped_column(default=0, server_default="0")
    """The sum of this leader's slot versions when swaps were last looked for: any other sum asks for a new look."""
    swaps_due: Mapped[datetime | None] = mapped_column(Moment)
    """When the next offer or question ends by itself."""


class Topic(Base):
    """Something a parent or pupil wants to bring up; belongs to the family, survives a move."""

    __tablename__ = "topic"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    """Whose topic it is: the other household never sees it. None: the adult pupil's own."""
    author: Mapped[TopicAuthor] = mapped_column(choice(TopicAuthor, "topic_author"))
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="SET NULL"))
    text: Mapped[str] = mapped_column(String(200))
    created_at: Mapped[datetime] = mapped_column(Moment)
    request_id: Mapped[int | None] = mapped_column(ForeignKey("talk_request.id"), index=True)
    """For which of several talks of one evening it is: only who leads that one reads it. None: the round's one talk."""

    guardian: Mapped[Guardian | None] = relationship()


class InterpreterRequest(Base):
    """A family asks for an interpreter at this round's talk (or says that none is needed: language empty)."""

    __tablename__ = "interpreter_request"
    __table_args__ = (
        Index("uq_interpreter_request_one", "round_id", "pupil_id", func.coalesce(text("household_id"), text("0")),
              func.coalesce(text("request_id"), text("0")), unique=True),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    """None: the adult pupil's own request."""
    request_id: Mapped[int | None] = mapped_column(ForeignKey("talk_request.id"), index=True)
    """For the talk that was made for one pupil. None: for all talks of this home in the round."""
    language: Mapped[str] = mapped_column(String(40), default="")
    way: Mapped[Way] = mapped_column(choice(Way, "way", closed=False), default=Way.ON_SITE, server_default="on_site")
    state: Mapped[HelpState] = mapped_column(
        choice(HelpState, "help_state", closed=False), default=HelpState.ASKED, server_default="asked"
    )
    outsider_id: Mapped[int | None] = mapped_column(ForeignKey("outsider.id"), index=True)
    """The interpreter who was booked for the talks of this home in this round."""
    number: Mapped[str] = mapped_column(String(300), default="", server_default="")
    """What the interpreter calls, or the link to a talk by video."""
    asked_at: Mapped[datetime] = mapped_column(Moment)


class CallRequest(Base):
    """A family without a talk asks the leader to call, or the school promised to; open until the leader did."""

    __tablename__ = "call_request"

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    done_at: Mapped[datetime | None] = mapped_column(Moment)
    done_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    @property
    def is_promised(self) -> bool:
        """Nobody asked for it. A pupil of eighteen has no household and asks himself."""
        return self.guardian_id is None and self.household_id is not None
