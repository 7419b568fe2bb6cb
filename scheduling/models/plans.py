"""The agreed contact form of a pupil and household in one school year, its earlier versions, and who said yes."""

from datetime import date, datetime, time
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, UniqueConstraint, func, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.moments import Anchor, MomentKind
from scheduling.domain.plans import ContactForm, InfoNeed, Initiative, Said, ToldBy, Voice
from scheduling.models.base import Base, Moment, choice
from scheduling.models.guests import Told
from scheduling.models.people import Pupil


class CommunicationPlan(Base):
    """How this family and the school keep contact this year, and what they hope for."""

    __tablename__ = "communication_plan"
    __table_args__ = (
        Index("uq_communication_plan_one", "year_id", "pupil_id", func.coalesce(text("household_id"), text("0")),
              unique=True),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id"), index=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int | None] = mapped_column(ForeignKey("household.id"))
    """None only for an adult pupil who speaks for himself."""
    rhythm: Mapped[str] = mapped_column(String(200), default="")
    """How often or when, in words."""
    goal: Mapped[str] = mapped_column(String(200), default="")
    agreed_on: Mapped[date]
    agreed_with: Mapped[str] = mapped_column(String(120), default="")
    info_need: Mapped[InfoNeed | None] = mapped_column(choice(InfoNeed, "info_need"))
    info_period: Mapped[str] = mapped_column(String(80), default="")
    recorded_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    version: Mapped[int] = mapped_column(default=1)
    together: Mapped[bool] = mapped_column(default=True, server_default="1")
    """Agreed in a talk with the family; else the leader's own proposal."""
    pupil_asked: Mapped[bool] = mapped_column(default=False, server_default="0")
    """The pupil says yes too."""
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    """Why so, in a line of the leader: for that home and the pupil's leaders, never for the office."""
    initiative: Mapped[Initiative | None] = mapped_column(choice(Initiative, "initiative", closed=False))
    self_managed: Mapped[bool] = mapped_column(default=False, server_default="0")
    pupil_does: Mapped[str] = mapped_column(String(200), default="", server_default="")
    told_by: Mapped[ToldBy | None] = mapped_column(choice(ToldBy, "told_by", closed=False))

    forms: Mapped[list["PlanForm"]] = relationship(back_populates="plan", cascade="all, delete-orphan")
    moments: Mapped[list["PlanMoment"]] = relationship(
        back_populates="plan", cascade="all, delete-orphan", order_by="PlanMoment.position"
    )
    pupil: Mapped[Pupil] = relationship()


class PlanForm(Base):
    """One agreed form. A home visit counts only once the family itself said yes."""

    __tablename__ = "plan_form"
    __table_args__ = (UniqueConstraint("plan_id", "form"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("communication_plan.id", ondelete="CASCADE"), index=True)
    form: Mapped[ContactForm] = mapped_column(choice(ContactForm, "contact_form"))
    family_said_yes_at: Mapped[datetime | None] = mapped_column(Moment)
    """Only for a home visit: when the family itself agreed, and through whom."""
    family_said_yes_by: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="SET NULL"))
    family_said_yes_as_pupil: Mapped[int | None] = mapped_column(ForeignKey("pupil.id", ondelete="SET NULL"))

    plan: Mapped[CommunicationPlan] = relationship(back_populates="forms")


class PlanMoment(Base):
    """One moment of the version that stands: what was said of it, and on which days it falls as was told last."""

    __tablename__ = "plan_moment"
    __table_args__ = (
        CheckConstraint("(opens_on IS NULL) = (closes_on IS NULL) AND (opens_on IS NULL OR closes_on >= opens_on)",
                        name="days"),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("communication_plan.id", ondelete="CASCADE"), index=True)
    position: Mapped[int]
    kind: Mapped[MomentKind] = mapped_column(choice(MomentKind, "moment_kind", closed=False))
    anchor: Mapped[Anchor | None] = mapped_column(choice(Anchor, "anchor", closed=False))
    month: Mapped[int | None]
    day: Mapped[date | None]
    begins: Mapped[time | None]
    minutes: Mapped[int | None]
    form: Mapped[ContactForm | None] = mapped_column(choice(ContactForm, "contact_form", closed=False))
    with_pupil: Mapped[bool]
    purpose: Mapped[str] = mapped_column(String(120), default="")
    is_review: Mapped[bool]
    opens_on: Mapped[date | None]
    closes_on: Mapped[date | None]
    """As the family and the leader were told last; None: on demand, or its report has no date yet."""
    stands: Mapped[bool] = mapped_column(default=False, server_default="0")
    """Everybody said yes to it as it reads: calendars hold it, also while a change in the rest waits for a yes."""
    ical_uid: Mapped[str] = mapped_column(String(120), unique=True)
    ical_sequence: Mapped[int] = mapped_column(default=0)
    ical_stamp: Mapped[datetime] = mapped_column(Moment)

    plan: Mapped[CommunicationPlan] = relationship(back_populates="moments")


class PlanGuest(Told, Base):
    """One moment as one person of the home was told it last: an own calendar object."""

    __tablename__ = "plan_guest"
    __table_args__ = (
        CheckConstraint("(guardian_id IS NULL) <> (pupil_id IS NULL)", name="one_person"),
        Index("uq_plan_guest_one", "moment_id", func.coalesce(text("guardian_id"), text("0")),
              func.coalesce(text("pupil_id"), text("0")), unique=True),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("communication_plan.id", ondelete="CASCADE"), index=True)
    moment_id: Mapped[int | None] = mapped_column(ForeignKey("plan_moment.id", ondelete="SET NULL"))
    """None: it is agreed no longer."""
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    """Only a pupil of eighteen or older."""


class PlanVersion(Base):
    """An agreement as it was before a change: both sides can read back what it said."""

    __tablename__ = "plan_version"
    __table_args__ = (UniqueConstraint("plan_id", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("communication_plan.id", ondelete="CASCADE"))
    version: Mapped[int]
    forms: Mapped[list[str]] = mapped_column(JSON, default=list)
    rhythm: Mapped[str] = mapped_column(String(200), default="")
    goal: Mapped[str] = mapped_column(String(200), default="")
    agreed_on: Mapped[date]
    agreed_with: Mapped[str] = mapped_column(String(120), default="")
    info_need: Mapped[InfoNeed | None] = mapped_column(choice(InfoNeed, "info_need"))
    info_period: Mapped[str] = mapped_column(String(80), default="")
    together: Mapped[bool]
    pupil_asked: Mapped[bool]
    moments: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list, server_default="[]")
    reason: Mapped[str] = mapped_column(String(200), default="", server_default="")
    initiative: Mapped[Initiative | None] = mapped_column(choice(Initiative, "initiative", closed=False))
    self_managed: Mapped[bool] = mapped_column(default=False, server_default="0")
    pupil_does: Mapped[str] = mapped_column(String(200), default="", server_default="")
    told_by: Mapped[ToldBy | None] = mapped_column(choice(ToldBy, "told_by", closed=False))
    recorded_by: Mapped[int] = mapped_column(ForeignKey("staff.id"))
    recorded_at: Mapped[datetime] = mapped_column(Moment)


class PlanAnswer(Base):
    """What somebody of the family said to one version: yes, or something else in the own words."""

    __tablename__ = "plan_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    plan_id: Mapped[int] = mapped_column(ForeignKey("communication_plan.id", ondelete="CASCADE"), index=True)
    version: Mapped[int]
    voice: Mapped[Voice] = mapped_column(choice(Voice, "plan_voice"))
    said: Mapped[Said] = mapped_column(choice(Said, "plan_said"))
    words: Mapped[str] = mapped_column(String(300), default="")
    said_at: Mapped[datetime] = mapped_column(Moment)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="SET NULL"))
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id", ondelete="SET NULL"))
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """The colleague who heard the pupil say yes in the talk."""
