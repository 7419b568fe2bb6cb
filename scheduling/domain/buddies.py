"""Parents who can mean something to each other: who offers, who looks, and a meeting of the two after both said yes."""

from dataclasses import dataclass
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.texts import TextTooLong, clean, ensure_inviting, one_line

LONGEST_TOPIC = 80
MOST = 6
"""So many lines of one parent in a year."""


class BuddyKind(StrEnum):
    """What it is about."""

    LANGUAGE = "language"
    NEW = "new"
    EXPERIENCE = "experience"
    OTHER = "other"

    @property
    def wants_topic(self) -> bool:
        """New at school says enough; the others have a word of the parent's own."""
        return self is not BuddyKind.NEW


class Shown(StrEnum):
    """By what the other parent reaches this one, once both said yes."""

    MAIL = "mail"
    PHONE = "phone"


class BuddyState(StrEnum):
    """How far two parents are."""

    ASKED = "asked"
    FOUND = "found"
    OFF = "off"


@dataclass(frozen=True)
class Wish:
    """What a parent offers, or looks for. The topic is the parent's own, and says nothing of a child."""

    kind: BuddyKind
    offers: bool
    topic: str = ""

    def tidy(self) -> "Wish":
        topic = one_line(clean(self.topic)).strip()
        if self.kind.wants_topic and not topic:
            raise TopicMissing
        if len(topic) > LONGEST_TOPIC:
            raise TextTooLong(LONGEST_TOPIC, "topic")
        ensure_inviting(topic, field="topic")
        return Wish(self.kind, self.offers, topic)


class TopicMissing(Invalid):
    """In a word or two: which language, what experience, what else."""

    field = "topic"


class ParentMissing(Invalid):
    """It is noted for a parent of the own class."""

    field = "guardian"


class ContactMissing(Invalid):
    """The house does not know what this parent wants to show."""

    field = "shown"


class EnoughLines(Refused):
    """This parent has as many lines as fit on a simple list."""

    most = MOST


class NoPair(Conflict):
    """These two do not look for each other, share a child, or were asked before."""


class NotAskedAnyMore(Conflict):
    """One of the two stopped, or the year is over."""


def fit(need: Wish, offer: Wish) -> bool:
    """Does the one offer what the other looks for?"""
    return need.kind is offer.kind and offer.offers and not need.offers


def state_of(need_yes: bool | None, offer_yes: bool | None) -> BuddyState:
    """Found only after two times yes; one no is enough to end it."""
    if need_yes is False or offer_yes is False:
        return BuddyState.OFF
    return BuddyState.FOUND if need_yes and offer_yes else BuddyState.ASKED
