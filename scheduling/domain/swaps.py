"""Swaps: a family offers its time, ticks the times that would do instead, and others say yes or no.

Blind both ways: nothing here holds a name, and no answer tells how many others take part or when they did.
A tick is a lasting yes: a ticked time that is free, or becomes free, is taken at once, and so is a time whose family
ticked ours. Everybody else is asked first. A home is asked one question at a time, so that it cannot count the others.
"""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, NotFound, Refused
from scheduling.domain.rounds import Rules

ASK_FOR = timedelta(days=3)
"""A question that nobody answers ends after so long, and the next family may be asked."""
TAKE_BACK_WITHIN = timedelta(minutes=15)
"""So long after a swap somebody who said yes may still put everything back."""
MOST_PARTIES = 3


class OfferState(StrEnum):
    """OPEN: we look for another time. DONE: found. WITHDRAWN: by the family. EXPIRED: too late now. ENDED: the talk
    moved or was cancelled, so there is nothing left to offer."""

    OPEN = "open"
    DONE = "done"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    ENDED = "ended"


class ProposalKind(StrEnum):
    """FREE: to a free time. PAIR: two talks change places. RING: three do. BY_SCHOOL: made by the office or leader."""

    FREE = "free"
    PAIR = "pair"
    RING = "ring"
    BY_SCHOOL = "by_school"


class ProposalState(StrEnum):
    """OPEN: somebody is asked. DONE: the times changed. UNDONE: they changed back. DECLINED: somebody said no.
    WITHDRAWN: who offered stopped. EXPIRED: nobody answered in time. OFF: somebody else was first, or a talk moved."""

    OPEN = "open"
    DONE = "done"
    UNDONE = "undone"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    OFF = "off"


NOT_AGAIN = (ProposalState.DECLINED, ProposalState.EXPIRED, ProposalState.UNDONE)
"""After these a home is not asked the same question once more."""


class NoSwapsHere(Refused):
    """In this round times are not swapped."""


class NothingTicked(Invalid):
    """An offer needs at least one time that would do instead."""

    field = "slot"


class SwapOver(Conflict):
    """This question is no longer open: the own time stands as it is."""


class TooLateToTakeBack(Refused):
    """Taking a swap back was possible until `until`."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class NoSuchSwap(NotFound):
    """There is no such swap here."""


class NotTheSameLeader(Invalid):
    """Only talks with the same leader in the same round change places."""


class NotTheSameLength(Invalid):
    """Only talks of the same length change places."""


class Hindrance(StrEnum):
    """Why one talk of a swap by the school cannot go to the other's time. BUSY: somebody of the family has another
    talk then. BEGUN: one of both times is there or past. OTHER: something changed meanwhile, or homes would meet."""

    BUSY = "busy"
    BEGUN = "begun"
    OTHER = "other"


class CannotChangePlaces(Conflict):
    """A swap by the school that is not possible: whose talk stands in the way, and why."""

    def __init__(self, why: Hindrance, child: str = "", moment: datetime | None = None) -> None:
        super().__init__(why, child, moment)
        self.why, self.child, self.moment = why, child, moment


class NotEnoughTalks(Invalid):
    """A swap needs two or three different talks."""


@dataclass(frozen=True, slots=True)
class Trade:
    """What one talk gives and gets: its own time and the one it would have."""

    booking_id: int
    from_starts_at: datetime
    to_starts_at: datetime


class Loss(StrEnum):
    """What a family would lose by saying yes."""

    SIBLING = "sibling"
    """The talk now follows a sibling's, and then no longer."""
    INTERPRETER = "interpreter"
    """An interpreter is arranged for the time as it is."""


def new_key() -> str:
    """Names a question in an address: random, so that it counts nothing."""
    return secrets.token_urlsafe(9)


def offer_ends(rules: Rules, starts_at: datetime) -> datetime:
    """Until when we look for another time for a talk that begins now at `starts_at`."""
    return min(filter(None, (rules.until(starts_at), rules.closes_at)))


def question_ends(rules: Rules, starts: Iterable[datetime], now: datetime) -> datetime:
    """Until when a home may answer: as long as each of the times may still change hands.

    A whole hour, so that it tells nobody at which minute another family acted.
    """
    asked_until = (now + ASK_FOR).replace(minute=0, second=0, microsecond=0)
    return min(asked_until, *(offer_ends(rules, starts_at) for starts_at in starts))


def takes_back_until(done_until: datetime | None, said_yes_at: datetime | None) -> datetime | None:
    """Until when a home may put a swap back: for a short while after its own yes, whoever said yes last."""
    if done_until is None or said_yes_at is None:
        return None
    return min(done_until, said_yes_at + TAKE_BACK_WITHIN)


def ensure_takes_back(until: datetime | None, now: datetime) -> None:
    """Taking back is possible for a short while."""
    if until is None or now >= until:
        raise TooLateToTakeBack(until or now)
