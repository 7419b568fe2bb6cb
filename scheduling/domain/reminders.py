"""Reminders that go by themselves: which, on what day, and that a family never gets more than the school sets."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from scheduling.domain.errors import Invalid
from scheduling.domain.timeslots import Span, local, moment_at

FIRST_HOUR, LAST_HOUR = 9, 19
"""Between these hours a reminder may leave; what is not gone by the last hour of its day stays in the house."""
USUAL_HOUR = 16
LEAST, MOST, USUAL_MOST = 1, 3, 2
MOST_QUESTIONS = 2
"""Who was asked twice more is spoken to in person: no third question goes by mail."""


class Occasion(StrEnum):
    """What a family is reminded of, and when."""

    WISHES_HALFWAY = "wishes_halfway"
    WISHES_LAST_DAY = "wishes_last_day"
    ANSWER_HALFWAY = "answer_halfway"
    ANSWER_LAST_DAY = "answer_last_day"
    DAY_BEFORE = "day_before"

    @property
    def asks(self) -> bool:
        """It asks for something; else it only says: see you tomorrow."""
        return self is not Occasion.DAY_BEFORE

    @property
    def is_about_wishes(self) -> bool:
        return self in (Occasion.WISHES_HALFWAY, Occasion.WISHES_LAST_DAY)


class WhyNot(StrEnum):
    """Why a family that a reminder is about gets none."""

    ENOUGH = "enough"
    """It had as many as the school sets."""
    SPEAK = "speak"
    """It was asked twice more: somebody speaks to it."""
    TODAY = "today"
    """It gets another one today."""
    HAD_IT = "had_it"
    NO_MAIL = "no_mail"


class NextStep(StrEnum):
    """What follows after a family was spoken to. A list to choose from: there is nothing to write about it."""

    SPOKEN = "spoken"
    """It was spoken to; nothing more is needed now."""
    FAMILY_CHOOSES = "family_chooses"
    WE_CALL = "we_call"
    WE_MEET = "we_meet"
    """Another moment or place was agreed."""
    TRY_AGAIN = "try_again"
    """Nobody was there."""

    @property
    def reached(self) -> bool:
        return self is not NextStep.TRY_AGAIN


class ApproachInFuture(Invalid):
    """A day that is still to come cannot be the day on which somebody was spoken to."""

    field = "spoken_on"


class HourOutOfRange(Invalid):
    """Reminders leave by day."""

    field = "hour"
    least, most = FIRST_HOUR, LAST_HOUR - 1


class HourIsQuiet(Invalid):
    """In the quiet hours of the school no reminder leaves."""

    field = "hour"

    def __init__(self, quiet_from: str, quiet_until: str) -> None:
        super().__init__(quiet_from, quiet_until)
        self.quiet_from, self.quiet_until = quiet_from, quiet_until


class MostOutOfRange(Invalid):
    field = "most"
    least, most = LEAST, MOST


@dataclass(frozen=True)
class Rule:
    """What the school sets for one round. Nothing goes by itself until somebody turns it on."""

    halfway: bool = False
    last_day: bool = False
    day_before: bool = False
    most: int = USUAL_MOST
    hour: int = USUAL_HOUR

    @property
    def is_on(self) -> bool:
        return self.halfway or self.last_day or self.day_before

    def allows(self, occasion: Occasion) -> bool:
        if occasion is Occasion.DAY_BEFORE:
            return self.day_before
        return self.halfway if occasion in (Occasion.WISHES_HALFWAY, Occasion.ANSWER_HALFWAY) else self.last_day


@dataclass(frozen=True, order=True)
class Turn:
    """One reminder on one day. `about`: the day of the talks that it is about, for the day before."""

    day: date
    occasion: Occasion
    about: str = ""

    def hours(self, hour: int) -> Span:
        """When it may leave."""
        return Span(moment_at(self.day, time(hour)), moment_at(self.day, time(LAST_HOUR)))


@dataclass(frozen=True)
class Had:
    """One reminder that a family had."""

    occasion: Occasion
    day: date
    about: str = ""


@dataclass(frozen=True)
class Phase:
    """Between these moments families are asked something."""

    asked_at: datetime
    until: datetime

    def halfway(self, hour: int) -> date | None:
        """The day in the middle; None where that is the first day, or hardly before the last."""
        first, last = local(self.asked_at).date(), self.last_day(hour)
        middle = local(self.asked_at + (self.until - self.asked_at) / 2).date()
        return middle if last and first < middle < last else None

    def last_day(self, hour: int) -> date | None:
        """The last day on which an answer helps, with some hours left after the reminder."""
        first, day = local(self.asked_at).date(), local(self.until - timedelta(minutes=1)).date()
        if moment_at(day, time(hour)) + timedelta(hours=2) > self.until:
            day -= timedelta(days=1)
        return day if day > first else None


def ensure_possible(rule: Rule, *, quiet_from: str | None, quiet_until: str | None) -> None:
    """At a decent hour, outside the quiet hours, and no more than three."""
    if not FIRST_HOUR <= rule.hour < LAST_HOUR:
        raise HourOutOfRange
    if not LEAST <= rule.most <= MOST:
        raise MostOutOfRange
    if quiet_from and quiet_until and is_quiet(f"{rule.hour:02}:00", quiet_from, quiet_until):
        raise HourIsQuiet(quiet_from, quiet_until)


def is_quiet(clock: str, quiet_from: str, quiet_until: str) -> bool:
    """Is this time of the day (`16:00`) within the quiet hours, which may go past midnight?"""
    if quiet_from <= quiet_until:
        return quiet_from <= clock < quiet_until
    return clock >= quiet_from or clock < quiet_until


def turns_of(
    rule: Rule, *, wishes: Phase | None, answers: Phase | None, talk_days: Collection[date]
) -> tuple[Turn, ...]:
    """All reminders of a round, in order of their days."""
    found = []
    for phase, halfway, last_day in (
        (wishes, Occasion.WISHES_HALFWAY, Occasion.WISHES_LAST_DAY),
        (answers, Occasion.ANSWER_HALFWAY, Occasion.ANSWER_LAST_DAY),
    ):
        if phase is None:
            continue
        for occasion, day in ((halfway, phase.halfway(rule.hour)), (last_day, phase.last_day(rule.hour))):
            if day and rule.allows(occasion):
                found.append(Turn(day, occasion))
    if rule.day_before:
        found += [Turn(day - timedelta(days=1), Occasion.DAY_BEFORE, day.isoformat()) for day in talk_days]
    return tuple(sorted(found, key=lambda turn: (turn.day, turn.occasion.asks, turn.occasion, turn.about)))


def why_not(rule: Rule, turn: Turn, had: Collection[Had], *, by_hand: int) -> WhyNot | None:
    """Why this family gets no such reminder; None: it does. `by_hand`: what the office sent itself counts as well."""
    if any((one.occasion, one.about) == (turn.occasion, turn.about) for one in had):
        return WhyNot.HAD_IT
    if any(one.day == turn.day for one in had):
        return WhyNot.TODAY
    if turn.occasion.asks and sum(one.occasion.asks for one in had) + by_hand >= MOST_QUESTIONS:
        return WhyNot.SPEAK
    return WhyNot.ENOUGH if len(had) + by_hand >= rule.most else None
