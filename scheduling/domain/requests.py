"""Talks that are asked for beforehand: whom a family wants to speak on a contact evening, and whom the school does."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.people import Sector
from scheduling.domain.rounds import RoundKind, RoundMode
from scheduling.domain.timeslots import moment_at

MOST_PER_CHILD = 3
"""With so many teachers a family may ask a talk for each child, if the school sets nothing else."""
LIMITS = {"most_per_child": (1, 8), "answer_hours": (2, 24 * 7)}
ANSWER_HOURS = 24
"""So long a freed time is kept for who is asked first, if the school sets nothing else."""


EITHER = 0
"""In place of a colleague: one of both mentors, whichever has most room."""


class NoRequestsHere(Refused):
    """This round asks nobody whom they want to speak, or not this family."""


class RequestsOver(Conflict):
    """The talks of this child were planned already: asking beforehand is over."""


class NothingAsked(Invalid):
    """Neither a colleague, nor "no talk needed", nor a time: nothing was said."""

    field = "asks"


class AskedAndNotNeeded(Invalid):
    """A talk was asked for this child, and that none is needed was ticked as well."""

    field = "asks"

    def __init__(self, child: str) -> None:
        super().__init__(child)
        self.child = child


class TooManyAsked(Invalid):
    """More talks for one child than the school offers."""

    field = "asks"

    def __init__(self, child: str, most: int) -> None:
        super().__init__(child, most)
        self.child, self.most = child, most


class NotATeacherOf(Invalid):
    """Somebody was asked who does not teach this child."""

    field = "asks"

    def __init__(self, child: str) -> None:
        super().__init__(child)
        self.child = child


class MoreThanFits(Invalid):
    """The talks take so many minutes; in the hours that suit there are only so many."""

    field = "asks"

    def __init__(self, asked: int, there: int) -> None:
        super().__init__(asked, there)
        self.asked, self.there = asked, there


class OutsideTheEvenings(Invalid):
    """Times were chosen at which no colleague is there: the evenings changed, or these never were among them."""

    field = "when"

    def __init__(self, days: Iterable[date]) -> None:
        self.days = tuple(sorted(set(days)))
        super().__init__(self.days)


class RuleOutOfRange(Invalid):
    """A number of these rules lies outside what is possible."""

    def __init__(self, field: str, least: int, most: int) -> None:
        super().__init__(field, least, most)
        self.field, self.least, self.most = field, least, most


class NothingChosen(Invalid):
    """No time was chosen, with nobody."""

    field = "times"


class ChosenTooNear(Invalid):
    """Two of the times that were chosen together leave no time to go from one to the other."""

    field = "times"

    def __init__(self, first: str, second: str) -> None:
        super().__init__(first, second)
        self.first, self.second = first, second


class OfferOver(Conflict):
    """This time is no longer kept for this family."""


class FreedState(StrEnum):
    """OPEN: a family is asked. TAKEN: it said yes. DECLINED: it said no. EXPIRED: it did not answer in time. OFF: the
    time went otherwise, or the family needs it no more."""

    OPEN = "open"
    TAKEN = "taken"
    DECLINED = "declined"
    EXPIRED = "expired"
    OFF = "off"


NOT_AGAIN = (FreedState.DECLINED, FreedState.EXPIRED)
"""After these a family is not asked once more for the same time."""
SHORTEST_TERM = timedelta(hours=1)
"""A time that would be kept shorter than this is not offered any more: it is free for all."""


class Some(StrEnum):
    """Which homes the office looks at."""

    ALL = "all"
    SILENT = "silent"
    ASKED = "asked"
    NONE_NEEDED = "none_needed"
    OBLIGATORY = "obligatory"
    UNREACHED = "unreached"


@dataclass(frozen=True)
class AskingRules:
    """What one round lets families ask."""

    most_per_child: int = MOST_PER_CHILD
    double_allowed: bool = False
    answer_hours: int = ANSWER_HOURS

    def ensure_possible(self) -> None:
        """The numbers make sense."""
        for field, (least, most) in LIMITS.items():
            if not least <= getattr(self, field) <= most:
                raise RuleOutOfRange(field, least, most)


@dataclass(frozen=True)
class ChosenTime:
    """A time of an evening that a family chose itself, and when it began as the family saw it."""

    slot_id: int
    seen_at: datetime


@dataclass(frozen=True)
class Choice:
    """One colleague a family wants to speak about a child; `slots` 2: twice the time."""

    teacher_id: int
    slots: int = 1


@dataclass(frozen=True)
class ChildAsks:
    """What a family says of one child: whom it wants to speak, the first wish first; or that no talk is needed."""

    choices: tuple[Choice, ...] = ()
    none_needed: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.choices and not self.none_needed


def asks_teachers(kind: RoundKind, sector: Sector) -> bool:
    """Does a family say in this round whom it wants to speak? In primary schools it is always the own teacher."""
    return kind is RoundKind.CONTACT_EVENING and sector is not Sector.PRIMARY


def asks_until(
    mode: RoundMode, *, wishes_until: datetime | None, closes_at: datetime | None, ends_on: date
) -> datetime | None:
    """Until when families ask; where they choose times themselves, as long as there is something to choose."""
    if mode is RoundMode.PICK:
        return closes_at or moment_at(ends_on + timedelta(days=1), time(0))
    return wishes_until


def in_order(choices: Iterable[Choice]) -> tuple[Choice, ...]:
    """Each colleague once, at the first place where the family named it."""
    found: dict[int, Choice] = {}
    for choice in choices:
        found.setdefault(choice.teacher_id, choice)
    return tuple(found.values())


def with_a_mentor(
    choices: Iterable[Choice], mentors: Sequence[int], had: Iterable[int], room: Mapping[int, int]
) -> tuple[Choice, ...]:
    """The same wishes with a mentor for "one of both": who was asked before, else who has most room and is not named.

    `room`: per mentor how many times are left after what is asked. With one mentor there is nothing to choose.
    """
    wishes = list(choices)
    named = {choice.teacher_id for choice in wishes}
    free = [mentor for mentor in mentors if mentor not in named]
    if EITHER not in named or len(mentors) < 2:
        return tuple(wishes)
    if not free:
        return tuple(choice for choice in wishes if choice.teacher_id != EITHER)
    before = set(had)
    best = max(free, key=lambda mentor: (mentor in before, room.get(mentor, 0), -free.index(mentor)))
    return tuple(replace(choice, teacher_id=best) if choice.teacher_id == EITHER else choice for choice in wishes)


def ensure_askable(child: str, asks: ChildAsks, rules: AskingRules, teachers: Iterable[int]) -> None:
    """Asked are colleagues who teach this child, no more than the school offers; or no talk is needed at all."""
    if asks.none_needed and asks.choices:
        raise AskedAndNotNeeded(child)
    if len(asks.choices) > rules.most_per_child:
        raise TooManyAsked(child, rules.most_per_child)
    if not {choice.teacher_id for choice in asks.choices} <= set(teachers):
        raise NotATeacherOf(child)


def minutes_asked(asks: Iterable[ChildAsks], lengths: Mapping[int, int], usual: int) -> int:
    """How long all these talks last together: a colleague's own `lengths`, or else the `usual` minutes of the round."""
    return sum(choice.slots * lengths.get(choice.teacher_id, usual) for one in asks for choice in one.choices)


def places(choices: Sequence[Choice]) -> dict[int, int]:
    """The family's own order: 1 is the first wish."""
    return {choice.teacher_id: place for place, choice in enumerate(in_order(choices), 1)}


def most_asked(teacher_ids: Iterable[int]) -> list[tuple[int, int]]:
    """Colleagues by how many talks are asked of them, the fullest first."""
    return sorted(Counter(teacher_ids).items(), key=lambda pair: (-pair[1], pair[0]))


def turn_of(*, obligatory: bool, talks: int, place: int, asked_at: datetime) -> tuple[int, int, int, datetime]:
    """Whose turn it is for a freed time, lowest first.

    Whom the school would like to see; then who has the fewest talks on this evening; then the first wish before the
    second; then who asked first.
    """
    return (0 if obligatory else 1, talks, place, asked_at)


def kept_until(
    now: datetime, starts_at: datetime, *, hours: int, lead_time: timedelta, closes_at: datetime | None = None
) -> datetime | None:
    """Until when a freed time is kept for who is asked: never past the last moment at which families choose."""
    until = min(now + timedelta(hours=hours), starts_at - lead_time)
    until = min(until, closes_at) if closes_at else until
    return until if until - now >= SHORTEST_TERM else None
