"""Contact parents: none to several in a class, each by the own word, and what they write to its parents."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.texts import TextTooLong, clean, ensure_inviting, one_line

TARGET = 2
"""How many a class would like to have; nothing waits for it."""

LONGEST_SHOWN = 40
LONGEST_SUBJECT = 100
LONGEST_WORDS = 3000
LONGEST_NOTE = 400
A_WEEK = timedelta(days=7)
PER_WEEK = 2
"""So many messages of contact parents in seven days are enough for a class."""


class ContactState(StrEnum):
    """What became of the question whether a parent is contact parent."""

    ASKED = "asked"
    YES = "yes"
    NO = "no"
    ENDED = "ended"
    """The parent said yes, and later that it is enough."""
    TAKEN_BACK = "taken_back"
    """The school asked, and takes the question back."""


class Reach(StrEnum):
    """How parents of the class reach a contact parent."""

    FORM = "form"
    """Through the school's pages: no address is shown."""
    MAIL = "mail"
    PHONE = "phone"


class MessageState(StrEnum):
    """Where a message to the class is on its way."""

    WAITING = "waiting"
    RETURNED = "returned"
    SENT = "sent"
    TAKEN_BACK = "taken_back"

    @property
    def may_change(self) -> bool:
        return self in (MessageState.RETURNED, MessageState.TAKEN_BACK)


@dataclass(frozen=True)
class Draft:
    """What a contact parent wants to tell the class."""

    subject: str
    words: str
    replies: bool = False

    def tidy(self) -> "Draft":
        """As it will be sent, or the first thing that does not go: plain words that compel nobody."""
        subject, words = one_line(self.subject), clean(self.words).strip()
        for text, field, most in ((subject, "subject", LONGEST_SUBJECT), (words, "words", LONGEST_WORDS)):
            if not text:
                raise NothingWritten(field)
            if len(text) > most:
                raise TextTooLong(most, field)
            ensure_inviting(text, field=field)
        return Draft(subject, words, self.replies)


class NothingWritten(Invalid):
    """A message to the class has a subject and words."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class NameMissing(Invalid):
    """Parents of the class know a contact parent by a name."""

    field = "shown_as"


class NotOfThisClass(Invalid):
    """Contact parent of a class is somebody with a child in it."""

    field = "guardian"


class SaidNoBefore(Refused):
    """This parent would rather not, this year; only the parent can come back to it."""


class EnoughThisWeek(Refused):
    """The class got, or is about to get, as many messages as is kind in a week."""

    most = PER_WEEK


class NotWaitingAnyMore(Conflict):
    """The message was sent, returned or changed while the page was open."""


def clean_shown(name: str) -> str:
    """The name that parents of the class read."""
    found = one_line(name)
    if not found:
        raise NameMissing
    if len(found) > LONGEST_SHOWN:
        raise TextTooLong(LONGEST_SHOWN, "shown_as")
    ensure_inviting(found, field="shown_as")
    return found


def clean_note(text: str) -> str:
    """Why a message comes back: short and kind, or nothing."""
    found = clean(text).strip()
    if len(found) > LONGEST_NOTE:
        raise TextTooLong(LONGEST_NOTE, "note")
    ensure_inviting(found, field="note")
    return found
