"""Conversation rounds: kinds, modes, the life of a slot and of a booking."""

from enum import StrEnum


class RoundKind(StrEnum):
    START_CONVERSATION = "start_conversation"


class RoundMode(StrEnum):
    """ROSTER: the school gives every family a time. PICK: families choose one themselves."""

    ROSTER = "roster"
    PICK = "pick"
    ROSTER_THEN_SWAP = "roster_then_swap"


class BookingStatus(StrEnum):
    """INVITED: has a time, has not answered. CONFIRMED: the family said yes, or chose it itself."""

    INVITED = "invited"
    CONFIRMED = "confirmed"
    CANCELLED = "cancelled"


class BookingOrigin(StrEnum):
    """Who chose this time."""

    ROSTER = "roster"
    FAMILY = "family"
    LEADER = "leader"
    OFFICE = "office"


class Outcome(StrEnum):
    """What became of the talk."""

    HELD = "held"
    NO_SHOW = "no_show"
    BY_PHONE = "by_phone"


class TopicAuthor(StrEnum):
    GUARDIAN = "guardian"
    PUPIL = "pupil"


LIVE = (BookingStatus.INVITED, BookingStatus.CONFIRMED)
