"""Classes, pupils, guardians, households, staff."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ColumnElement, ForeignKey, Index, String, UniqueConstraint, or_, text
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.people import Authority, Name, OnRequest, StaffRole, dotted, may_be_invited
from scheduling.models.base import Base, Moment, choice
from scheduling.wording.names import some_parent


class Staff(Base):
    """A colleague; may lead talks, may sign in when `email` and a password are there."""

    __tablename__ = "staff"
    __table_args__ = (
        Index("uq_staff_email", "email", unique=True, sqlite_where=text("email <> ''"),
              postgresql_where=text("email <> ''")),
    )  # fmt: skip

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(40), unique=True)
    given_name: Mapped[str] = mapped_column(String(60))
    surname_prefix: Mapped[str] = mapped_column(String(20), default="")
    surname: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    workdays: Mapped[str] = mapped_column(String(20), default="")
    """Weekdays as ISO digits, for example "124"; empty: every day."""
    left_on: Mapped[date | None]
    password_hash: Mapped[str | None] = mapped_column(String(200))
    language: Mapped[str] = mapped_column(String(8), default="nl")

    roles: Mapped[list["StaffMemberRole"]] = relationship(back_populates="staff", cascade="all, delete-orphan")

    @property
    def name(self) -> Name:
        return Name(self.given_name, self.surname_prefix, self.surname)


class StaffMemberRole(Base):
    __tablename__ = "staff_role"

    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[StaffRole] = mapped_column(choice(StaffRole, "role"), primary_key=True)

    staff: Mapped[Staff] = relationship(back_populates="roles")


class ClassGroup(Base):
    """A class of one school year."""

    __tablename__ = "class_group"
    __table_args__ = (UniqueConstraint("year_id", "name", "location"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id"), index=True)
    name: Mapped[str] = mapped_column(String(60))
    location: Mapped[str] = mapped_column(String(60), default="")
    level: Mapped[str] = mapped_column(String(40), default="")
    year_level: Mapped[str] = mapped_column(String(10), default="")
    room: Mapped[str] = mapped_column(String(60), default="")

    leaders: Mapped[list["ClassLeader"]] = relationship(
        back_populates="class_group", order_by="ClassLeader.position", cascade="all, delete-orphan"
    )


class ClassLeader(Base):
    """Who leads the talks of a class; a class may have two (a duo)."""

    __tablename__ = "class_leader"

    class_id: Mapped[int] = mapped_column(ForeignKey("class_group.id", ondelete="CASCADE"), primary_key=True)
    staff_id: Mapped[int] = mapped_column(ForeignKey("staff.id"), primary_key=True, index=True)
    position: Mapped[int] = mapped_column(default=1)

    class_group: Mapped[ClassGroup] = relationship(back_populates="leaders")
    staff: Mapped[Staff] = relationship()


class Pupil(Base):
    """A pupil, known by the school's own number, from year to year."""

    __tablename__ = "pupil"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    given_name: Mapped[str] = mapped_column(String(60))
    surname_prefix: Mapped[str] = mapped_column(String(20), default="")
    surname: Mapped[str] = mapped_column(String(80), default="")
    initials: Mapped[str] = mapped_column(String(20), default="")
    birth_date: Mapped[date | None]
    email: Mapped[str] = mapped_column(String(254), default="")
    phone: Mapped[str] = mapped_column(String(40), default="")
    """Only what an adult pupil tells the school; no file of a school brings it."""
    language: Mapped[str] = mapped_column(String(8), default="nl")
    parents_permitted: Mapped[bool] = mapped_column(default=False)
    """An adult pupil's recorded permission that the parents stay involved."""
    permission_said_at: Mapped[datetime | None] = mapped_column(Moment)
    """When it was last given or withdrawn here; None: only a file of the school said it."""
    left_on: Mapped[date | None]

    @property
    def name(self) -> Name:
        return Name(self.given_name, self.surname_prefix, self.surname)


class Enrolment(Base):
    """A pupil's class in one school year."""

    __tablename__ = "enrolment"
    __table_args__ = (UniqueConstraint("pupil_id", "year_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    year_id: Mapped[int] = mapped_column(ForeignKey("school_year.id"), index=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("class_group.id"), index=True)
    year_level: Mapped[str] = mapped_column(String(10), default="")
    present: Mapped[bool] = mapped_column(default=True)
    """False: left during the year, or no longer in the school's file."""

    pupil: Mapped[Pupil] = relationship()
    class_group: Mapped[ClassGroup] = relationship()


class Guardian(Base):
    """A parent, legal guardian or carer; one row per person however many children."""

    __tablename__ = "guardian"

    id: Mapped[int] = mapped_column(primary_key=True)
    external_id: Mapped[str] = mapped_column(String(300), unique=True)
    salutation: Mapped[str] = mapped_column(String(20), default="")
    given_name: Mapped[str] = mapped_column(String(60), default="")
    initials: Mapped[str] = mapped_column(String(20), default="")
    surname_prefix: Mapped[str] = mapped_column(String(20), default="")
    surname: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(254), default="", index=True)
    phone: Mapped[str] = mapped_column(String(40), default="")
    language: Mapped[str] = mapped_column(String(8), default="nl")
    secret_address: Mapped[bool] = mapped_column(default=False)
    staff_id: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))
    """Set when this parent also works at the school."""
    active: Mapped[bool] = mapped_column(default=True)
    left_on: Mapped[date | None]
    """When the last child left, or the school's file no longer named this guardian."""
    bounced_at: Mapped[datetime | None] = mapped_column(Moment)

    @property
    def name(self) -> Name:
        """As the school writes it; somebody of whom only the address is known is just a parent."""
        name = Name(self.given_name or dotted(self.initials), self.surname_prefix, self.surname)
        return name if name.full else Name(some_parent())


class Household(Base):
    """The unit of contact: the same guardians are the same household."""

    __tablename__ = "household"

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(64), unique=True)
    """SHA-256 of the sorted external ids of its guardians."""


class Guardianship(Base):
    """A guardian of a pupil, in one of the pupil's one or two households."""

    __tablename__ = "guardianship"
    __table_args__ = (UniqueConstraint("pupil_id", "guardian_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    pupil_id: Mapped[int] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), index=True)
    household_id: Mapped[int] = mapped_column(ForeignKey("household.id"), index=True)
    position: Mapped[int] = mapped_column(default=1)
    """`Volgnummer` in the school's file: the lower one gets a shared mailbox's letter."""
    relation: Mapped[str] = mapped_column(String(40), default="")
    authority: Mapped[Authority] = mapped_column(choice(Authority, "authority"), default=Authority.UNKNOWN)
    on_request: Mapped[OnRequest] = mapped_column(
        choice(OnRequest, "on_request", closed=False), default=OnRequest.NOTHING, server_default="nothing"
    )
    """What this parent asked for and the school gives; it counts only of a parent without authority."""
    asked_on: Mapped[date | None]
    receives_post: Mapped[bool] = mapped_column(default=True)
    interpreter: Mapped[str] = mapped_column(String(40), default="")
    """The language for which an interpreter is needed; empty: none."""

    pupil: Mapped[Pupil] = relationship()
    guardian: Mapped[Guardian] = relationship()

    @hybrid_property
    def is_invited(self) -> bool:
        """With authority, or without it to a talk of the own that the school gave."""
        return may_be_invited(self.authority, self.on_request, active=True)

    @is_invited.inplace.expression
    @classmethod
    def _is_invited(cls) -> ColumnElement[bool]:
        return or_(cls.authority != Authority.NO, cls.on_request == OnRequest.TALK)


class ContactCorrection(Base):
    """A parent's or an adult pupil's correction of own contact data, and what the office decided."""

    __tablename__ = "contact_correction"
    __table_args__ = (
        CheckConstraint("field IN ('email', 'phone', 'language')", name="field"),
        CheckConstraint("(guardian_id IS NULL) <> (pupil_id IS NULL)", name="one_person"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    guardian_id: Mapped[int | None] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), index=True)
    pupil_id: Mapped[int | None] = mapped_column(ForeignKey("pupil.id", ondelete="CASCADE"), index=True)
    field: Mapped[str] = mapped_column(String(10))
    old_value: Mapped[str] = mapped_column(String(254))
    new_value: Mapped[str] = mapped_column(String(254))
    proposed_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    accepted: Mapped[bool | None]
    decided_by: Mapped[int | None] = mapped_column(ForeignKey("staff.id"))

    guardian: Mapped[Guardian | None] = relationship()
    pupil: Mapped[Pupil | None] = relationship()

    @property
    def person(self) -> Guardian | Pupil:
        """Whose contact data these are."""
        person = self.guardian or self.pupil
        if person is None:
            raise LookupError("a correction belongs to somebody")
        return person

    @person.setter
    def person(self, person: Guardian | Pupil) -> None:
        self.guardian_id, self.pupil_id = (person.id, None) if isinstance(person, Guardian) else (None, person.id)

    @classmethod
    def is_of(cls, person: Guardian | Pupil) -> ColumnElement[bool]:
        """The corrections of this person."""
        return cls.guardian_id == person.id if isinstance(person, Guardian) else cls.pupil_id == person.id
