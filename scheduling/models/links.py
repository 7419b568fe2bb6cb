"""Personal links, visits (sessions), calendar feeds, and the throttle. Only hashes of secrets are kept."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from scheduling.domain.links import HolderKind
from scheduling.models.base import Base, Moment, choice


class AccessLink(Base):
    """A personal link: belongs to one person and opens that person's whole year."""

    __tablename__ = "access_link"
    __table_args__ = (
        CheckConstraint(
            "(kind NOT IN ('guardian', 'contact_parent') OR guardian_id IS NOT NULL)"
            " AND (kind <> 'pupil' OR pupil_id IS NOT NULL)",
            name="holder",
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    kind: Mapped[HolderKind] = mapped_column(choice(HolderKind, "holder_kind"))
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    external_name: Mapped[str] = mapped_column(String(120), default="")
    """For an interpreter or other person from outside the school."""
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id"))
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)
    outbox_id: Mapped[int | None] = mapped_column(ForeignKey("outbox.id", ondelete="SET NULL"), index=True)


class Visit(Base):
    """A session on one device: a family's (from a link) or a colleague's (signed in)."""

    __tablename__ = "visit"
    __table_args__ = (CheckConstraint("(link_id IS NULL) <> (staff_id IS NULL)", name="one_holder"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key_hash: Mapped[str] = mapped_column(String(64), unique=True)
    link_id: Mapped[int | None] = mapped_column(ForeignKey("access_link.id", ondelete="CASCADE"), index=True)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    started_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)


class PasswordKey(Base):
    """A mailed key with which a colleague sets a password, once."""

    __tablename__ = "password_key"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    used_at: Mapped[datetime | None] = mapped_column(Moment)


class CalendarFeed(Base):
    """A leader's subscribable calendar; secret and revocable."""

    __tablename__ = "calendar_feed"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    revoked_at: Mapped[datetime | None] = mapped_column(Moment)


class FamilyFeed(Base):
    """A parent's or adult pupil's subscribable calendar: one a person, a fresh one takes its place."""

    __tablename__ = "family_feed"
    __table_args__ = (CheckConstraint("(guardian_id IS NULL) <> (pupil_id IS NULL)", name="one_person"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), unique=True)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), unique=True)
    """Only an adult pupil who speaks for himself."""
    created_at: Mapped[datetime] = mapped_column(Moment)


class Throttle(Base):
    """How often something was tried in one window of time, by one key (a hash: no address is kept)."""

    __tablename__ = "throttle"

    key: Mapped[str] = mapped_column(String(90), primary_key=True)
    window: Mapped[int] = mapped_column(primary_key=True)
    count: Mapped[int] = mapped_column(default=0)
