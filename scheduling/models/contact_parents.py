"""Contact parents as they said it themselves, what they write to their class, and who would rather not read it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from scheduling.domain.contact_parents import ContactState, MessageState, Reach
from scheduling.models.base import Base, Moment, choice
from scheduling.models.people import ClassGroup, Guardian


class ClassContact(Base):
    """A parent who was asked to be contact parent of a class, or offered it; and the parent's own word."""

    __tablename__ = "class_contact"
    __table_args__ = (UniqueConstraint("class_id", "guardian_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    class_id: Mapped[int] = mapped_column(ForeignKey("class_group.id", ondelete="CASCADE"))
    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), index=True)
    state: Mapped[ContactState] = mapped_column(choice(ContactState, "contact_state", closed=False))
    shown_as: Mapped[str] = mapped_column(String(40), default="")
    """The name that parents of the class read: the parent's own choice."""
    reach: Mapped[Reach] = mapped_column(choice(Reach, "reach", closed=False), default=Reach.FORM)
    asked_at: Mapped[datetime] = mapped_column(Moment)
    said_at: Mapped[datetime | None] = mapped_column(Moment)

    class_group: Mapped[ClassGroup] = relationship()
    guardian: Mapped[Guardian] = relationship()


class ClassMessage(Base):
    """What a contact parent writes to the class; its words are erased some time after it went."""

    __tablename__ = "class_message"
    __table_args__ = (CheckConstraint("sent_to >= 0", name="counted"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    contact_id: Mapped[int] = mapped_column(ForeignKey("class_contact.id", ondelete="CASCADE"), index=True)
    subject: Mapped[str] = mapped_column(String(120))
    words: Mapped[str] = mapped_column(String(4000))
    replies: Mapped[bool] = mapped_column(default=False)
    """Answers go to the contact parent's own mailbox; else to the school."""
    state: Mapped[MessageState] = mapped_column(choice(MessageState, "class_message_state", closed=False))
    note: Mapped[str] = mapped_column(String(500), default="")
    """What whoever returned it said."""
    version: Mapped[int] = mapped_column(default=1)
    written_at: Mapped[datetime] = mapped_column(Moment)
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    sent_to: Mapped[int] = mapped_column(default=0)
    """To how many mailboxes."""
    unreached: Mapped[int] = mapped_column(default=0)
    """How many homes have no mailbox that works."""

    contact: Mapped[ClassContact] = relationship()


class ClassMessageRefusal(Base):
    """A parent who would rather get no messages of contact parents."""

    __tablename__ = "class_message_refusal"

    guardian_id: Mapped[int] = mapped_column(ForeignKey("guardian.id", ondelete="CASCADE"), primary_key=True)
    said_at: Mapped[datetime] = mapped_column(Moment)
