"""Roster versions: a draft the optimiser made, what was done to it by hand, until the office publishes it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.drafts import MoveKind
from scheduling.domain.rosters import VersionStatus
from scheduling.models.base import Base, Moment, choice


class RosterVersion(Base):
    """One run of the optimiser over one round, with what it was given and what it proved."""

    __tablename__ = "roster_version"
    __table_args__ = (UniqueConstraint("round_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    round_id: Mapped[int] = mapped_column(ForeignKey("round.id", ondelete="CASCADE"), index=True)
    number: Mapped[int]
    status: Mapped[VersionStatus] = mapped_column(choice(VersionStatus, "version_status"))
    seed: Mapped[int] = mapped_column(default=1)
    seconds: Mapped[int] = mapped_column(default=30)
    proof: Mapped[str] = mapped_column(String(20), default="")
    """The optimiser's own word: optimal or feasible."""
    score: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    bound: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    progress: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    snapshot: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """Per leader: a fingerprint of the slots (id, version) the draft was made for."""
    based_on: Mapped[int | None]
    """The number of the version this one goes on from: its held talks stay, and few others move."""
    failure: Mapped[str] = mapped_column(String(300), default="")
    lease_until: Mapped[datetime | None] = mapped_column(Moment)
    worker: Mapped[str] = mapped_column(String(80), default="")
    requested_at: Mapped[datetime] = mapped_column(Moment)
    requested_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    finished_at: Mapped[datetime | None] = mapped_column(Moment)

    talks: Mapped[list["RosterTalk"]] = relationship(back_populates="version", cascade="all, delete-orphan")


class RosterTalk(Base):
    """One talk of a version: where it was placed, or the true reason why not."""

    __tablename__ = "roster_talk"
    __table_args__ = (
        Index(
            "uq_roster_talk_one", "version_id", "pupil_id", func.coalesce(text("household_id"), text("0")),
            func.coalesce(text("request_id"), text("0")), unique=True,
        ),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("roster_version.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"))
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    request_id: Mapped[int | None] = mapped_column(ForeignKey("talk_request.id"), index=True)
    """What was asked for, in an evening of several talks; None in a round of one talk each."""
    leader_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    slots: Mapped[int] = mapped_column(default=1)
    starts_at: Mapped[datetime | None] = mapped_column(Moment)
    """None: not placed; `reason` says why."""
    reason: Mapped[str] = mapped_column(String(40), default="")
    facts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    """What explains the place: siblings it adjoins, interpreter, wishes."""
    pinned: Mapped[bool] = mapped_column(default=False)
    held: Mapped[bool] = mapped_column(default=False)
    """Kept at its time by hand, also when the rest is made anew."""
    own_length: Mapped[bool] = mapped_column(default=False)
    """Somebody chose by hand how long it takes."""
    visit: Mapped[bool] = mapped_column(default=False, server_default="0")
    """The family is visited: the first and the last of its slots are for the way there and back."""
    edition: Mapped[int] = mapped_column(default=1)
    """Rises with every change by hand: who looked at an earlier one changes nothing."""
    published_at: Mapped[datetime | None] = mapped_column(Moment)

    version: Mapped[RosterVersion] = relationship(back_populates="talks")


class RosterRecord(Base):
    """What a version was made from, what the optimiser answered, and what first come, first served would have been.

    It names nobody: talks, families and teachers go by numbers. With it anybody can check the figures again.
    """

    __tablename__ = "roster_record"

    version_id: Mapped[int] = mapped_column(ForeignKey("roster_version.id", ondelete="CASCADE"), primary_key=True)
    problem: Mapped[dict[str, Any]] = mapped_column(JSON)
    roster: Mapped[dict[str, Any]] = mapped_column(JSON)
    first_come: Mapped[dict[str, Any]] = mapped_column(JSON)


class RosterMove(Base):
    """One thing somebody did to a draft by hand; what it did to each talk is in its steps."""

    __tablename__ = "roster_move"

    id: Mapped[int] = mapped_column(primary_key=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("roster_version.id", ondelete="CASCADE"), index=True)
    kind: Mapped[MoveKind] = mapped_column(choice(MoveKind, "move_kind"))
    undoes_id: Mapped[int | None] = mapped_column(ForeignKey("roster_move.id", ondelete="CASCADE"))
    """The move that this one puts back."""
    made_at: Mapped[datetime] = mapped_column(Moment)
    made_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    steps: Mapped[list["RosterStep"]] = relationship(
        back_populates="move", cascade="all, delete-orphan", order_by="RosterStep.position"
    )


class RosterStep(Base):
    """What a move did to one talk: how it was, and how it became."""

    __tablename__ = "roster_step"

    move_id: Mapped[int] = mapped_column(ForeignKey("roster_move.id", ondelete="CASCADE"), primary_key=True)
    talk_id: Mapped[int] = mapped_column(ForeignKey("roster_talk.id", ondelete="CASCADE"), primary_key=True, index=True)
    position: Mapped[int]
    from_starts_at: Mapped[datetime | None] = mapped_column(Moment)
    from_slots: Mapped[int]
    from_held: Mapped[bool]
    to_starts_at: Mapped[datetime | None] = mapped_column(Moment)
    to_slots: Mapped[int]
    to_held: Mapped[bool]
    edition: Mapped[int]
    """The edition it gave the talk: while the talk still has it, the step can be put back."""

    move: Mapped[RosterMove] = relationship(back_populates="steps")
    talk: Mapped[RosterTalk] = relationship()
