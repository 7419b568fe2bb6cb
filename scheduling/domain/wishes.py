"""Wishes beforehand: which parts of which days suit a home, and how it likes the talks of brothers and sisters.

A wish is kept per day and part of the day, never per time: it stays true when a leader's times change. What a family
leaves open does not matter to it, but beside a time that suits well it is only a time that is possible too.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, NotFound
from scheduling.domain.rounds import RoundMode
from scheduling.domain.timeslots import Span, local
from scheduling.domain.years import Period


class Answer(StrEnum):
    """How a part of a day suits a home."""

    GOOD = "good"
    CAN = "can"
    CANNOT = "cannot"


class PartOfDay(StrEnum):
    MORNING = "morning"
    EARLY_AFTERNOON = "early_afternoon"
    LATE_AFTERNOON = "late_afternoon"
    EARLY_EVENING = "early_evening"
    EVENING = "evening"
    """What is left of the evening."""


class SiblingWish(StrEnum):
    """How a home likes the talks of its children."""

    TOGETHER = "together"
    APART = "apart"
    NO_MATTER = "no_matter"


class Asking(StrEnum):
    """OPEN: families are asked. LATE: the date has passed, and a wish still counts. OVER: the times are there."""

    OPEN = "open"
    LATE = "late"
    OVER = "over"


class Became(StrEnum):
    """What became of a wish: how the time suits, as it stands now. CHOSEN: the family took this time itself."""

    GOOD = "good"
    CAN = "can"
    CANNOT = "cannot"
    UNNAMED = "unnamed"
    """This home named no times: only how it likes the talks of its children."""
    CHOSEN = "chosen"
    WAITING = "waiting"
    """There is no time yet."""


class Some(StrEnum):
    """Which homes of a round the office looks at."""

    ALL = "all"
    SILENT = "silent"
    SAID = "said"
    LATE = "late"
    MISSED = "missed"
    """A time that does not suit, or brothers and sisters otherwise than asked."""
    UNREACHED = "unreached"


ENDS = {
    PartOfDay.MORNING: time(12),
    PartOfDay.EARLY_AFTERNOON: time(15),
    PartOfDay.LATE_AFTERNOON: time(18),
    PartOfDay.EARLY_EVENING: time(20),
}
"""Until when each part of the day lasts; the last one lasts until the day is over."""

COST = {Answer.GOOD: 0, Answer.CAN: 2, Answer.CANNOT: 50}
"""What the optimiser pays for a time. Less than a talk without a place (60), so that no wish leaves its own family out;
more than brothers and sisters apart (15), so that nobody is asked to come when he cannot for that."""

OTHER_DAY = 5
"""What it pays for a talk on a day that was meant for a brother or sister, where a home likes two days."""

NEVER_BESIDE = 288
"""As many free slots as the longest day has: so far apart no two talks count as following each other."""


class WishesOver(Conflict):
    """The times of this round are there: wishes no longer help, swapping does."""


class NoWishesHere(NotFound):
    """In this round nobody is asked for wishes, or not this family."""


class WishesAfterTheTalks(Invalid):
    """Wishes must be in before the first talk at the latest."""

    field = "wishes_until"

    def __init__(self, first_day: date) -> None:
        super().__init__(first_day)
        self.first_day = first_day


@dataclass(frozen=True, order=True, slots=True)
class Window:
    """One part of one day."""

    day: date
    part: PartOfDay

    @property
    def key(self) -> str:
        """Names it in a form: `2027-08-31.morning`."""
        return f"{self.day.isoformat()}.{self.part.value}"


def window_of(key: str) -> Window | None:
    """The part of a day that a form names; None: something else."""
    day, _, part = key.partition(".")
    try:
        return Window(date.fromisoformat(day), PartOfDay(part))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Offered:
    """A part of a day with its first and last moment among the times that are offered."""

    window: Window
    span: Span


@dataclass(frozen=True, slots=True)
class Wishes:
    """What one home said for one round."""

    times: Mapping[Window, Answer] = field(default_factory=dict)
    siblings: SiblingWish = SiblingWish.NO_MATTER
    late: bool = False
    said_at: datetime | None = None
    at_home: bool = False
    """It would rather be visited."""

    def answer_to(self, span: Span) -> Answer | None:
        """How a time suits: the worst of the parts of the day it touches; None when the home named no time at all."""
        if not self.times:
            return None
        left_open = Answer.CAN if Answer.GOOD in self.times.values() else Answer.GOOD
        return worst(self.times.get(window, left_open) for window in windows_of(span))


@dataclass(frozen=True)
class WishedTalk:
    """One child's talk with this home, and what became of the wish for it. `starts_at` None: no time yet."""

    child: str
    starts_at: datetime | None
    became: Became


@dataclass(frozen=True)
class Outcome:
    """What became of one home's wishes. `siblings_met` None: nothing was asked, or not all times are there."""

    talks: tuple[WishedTalk, ...]
    siblings: SiblingWish
    siblings_met: bool | None

    @property
    def missed(self) -> bool:
        """A time that does not suit, or brothers and sisters otherwise than asked."""
        return self.siblings_met is False or any(talk.became is Became.CANNOT for talk in self.talks)


@dataclass(frozen=True, slots=True)
class Wisher:
    """Whose wishes they are: a home's, or an adult pupil's own."""

    household_id: int | None = None
    pupil_id: int | None = None


def is_asked(mode: RoundMode, wishes_until: datetime | None) -> bool:
    """Does this round ask for wishes? Where families choose themselves there is nothing to wish."""
    return mode is not RoundMode.PICK and wishes_until is not None


def asking(until: datetime, now: datetime, *, has_time: bool) -> Asking:
    """How far the asking is for one home. `has_time`: its leaders have opened, or a talk stands."""
    if has_time:
        return Asking.OVER
    return Asking.OPEN if now < until else Asking.LATE


def ensure_in_time(wishes_until: datetime | None, period: Period) -> None:
    """The last day for wishes comes before the first day of the talks."""
    if wishes_until and local(wishes_until - timedelta(seconds=1)).date() >= period.starts_on:
        raise WishesAfterTheTalks(period.starts_on)


def window_at(moment: datetime) -> Window:
    """The part of the day in which a moment lies."""
    there = local(moment)
    part = next((part for part, end in ENDS.items() if there.time() < end), PartOfDay.EVENING)
    return Window(there.date(), part)


def windows_of(span: Span) -> set[Window]:
    """The parts of the day that a talk touches."""
    return {window_at(span.starts_at), window_at(span.ends_at - timedelta(seconds=1))}


def offered_windows(spans: Iterable[Span]) -> tuple[Offered, ...]:
    """The parts of days in which these times lie, in order; a time belongs to the part in which it begins."""
    found: dict[Window, list[Span]] = defaultdict(list)
    for span in spans:
        found[window_at(span.starts_at)].append(span)
    return tuple(
        Offered(window, Span(min(one.starts_at for one in own), max(one.ends_at for one in own)))
        for window, own in sorted(found.items(), key=lambda item: min(item[1]))
    )


def worst(answers: Iterable[Answer]) -> Answer:
    """When something must suit several people, the one whom it suits least decides."""
    return max(answers, key=lambda answer: COST[answer])


def joint_answer(wishes: Iterable[Wishes], span: Span) -> Answer | None:
    """How a time suits everybody who is expected; None when nobody named a time."""
    answers = [answer for one in wishes if (answer := one.answer_to(span)) is not None]
    return worst(answers) if answers else None


def cost_of(wishes: Iterable[Wishes], span: Span) -> int:
    """What the optimiser pays for a talk at this time."""
    answers = [answer for one in wishes if (answer := one.answer_to(span)) is not None]
    return min(sum(COST[answer] for answer in answers), COST[Answer.CANNOT])


def became_of(wishes: Wishes, span: Span | None, *, chosen: bool) -> Became:
    """What became of a home's wish for one talk. `chosen`: the family took this time itself, or swapped for it."""
    if span is None:
        return Became.WAITING
    if chosen:
        return Became.CHOSEN
    answer = wishes.answer_to(span)
    return Became(answer.value) if answer else Became.UNNAMED


def share_days(days_of: Mapping[str, Collection[date]]) -> dict[str, frozenset[date]]:
    """Each talk its own days, of those that are possible for it: no two talks share one, as evenly as it goes."""
    shared: dict[str, set[date]] = {name: set() for name in days_of}
    for day in sorted({day for days in days_of.values() for day in days}):
        possible = sorted(name for name, days in days_of.items() if day in days)
        shared[min(possible, key=lambda name: (len(shared[name]), len(days_of[name])))].add(day)
    return {name: frozenset(days) for name, days in shared.items()}
