"""Conversation rounds: kinds, modes, the life of a slot and of a booking."""

import itertools
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, NotFound, Refused
from scheduling.domain.timeslots import Span
from scheduling.domain.years import Period


class RoundKind(StrEnum):
    """What kind of talk; what goes with each stands in `domain/kinds.py`."""

    START_CONVERSATION = "start_conversation"
    INTRO_CONVERSATION = "intro_conversation"
    CONTACT_EVENING = "contact_evening"
    HOME_VISIT = "home_visit"
    SUPPORT_TEAM_MEETING = "support_team_meeting"
    FOLLOW_UP = "follow_up"
    REQUESTED_CONVERSATION = "requested_conversation"
    EVALUATION = "evaluation"
    PHONE_APPOINTMENT = "phone_appointment"
    REVERSED_CONVERSATION = "reversed_conversation"
    PUPIL_CONVERSATION = "pupil_conversation"
    ADVICE_CONVERSATION = "advice_conversation"


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


def new_ical_uid() -> str:
    """A talk's name in every calendar, for life: random (RFC 7986 §5.3), so it tells nothing and never returns."""
    return f"b-{uuid.uuid4().hex}@driehoek"


# Bookings: what a family may do with its talk, and until when.


class SlotTaken(Conflict):
    """Somebody else was first, or the leader took this time out of the round."""


class FamilyBusy(Conflict):
    """Somebody who is expected has another talk at that time; `starts_at` of the time that was asked."""

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(starts_at)
        self.starts_at = starts_at


class AlreadyBooked(Conflict):
    """The family already has a talk in this round, at `starts_at`."""

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(starts_at)
        self.starts_at = starts_at


class TalkCancelled(Conflict):
    """This talk was cancelled meanwhile."""


class TalkStands(Conflict):
    """There is a talk at `starts_at`: it goes first."""

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(starts_at)
        self.starts_at = starts_at


class TimesChanged(Conflict):
    """One of the talks that a family says yes to together is no longer as the family saw it."""


class NotOpenYet(Refused):
    """Choosing begins at `opens_at`."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(opens_at)
        self.opens_at = opens_at


class RoundClosed(Refused):
    """Choosing ended at `closed_at`."""

    def __init__(self, closed_at: datetime) -> None:
        super().__init__(closed_at)
        self.closed_at = closed_at


class TooLate(Refused):
    """Until `until` this could be done here; now the school can still be called."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class OtherHomeToo(Refused):
    """A talk of two homes is moved by the school: the other home has to agree."""


@dataclass(frozen=True)
class SlotFacts:
    """A slot as the rules see it."""

    id: int
    leader_id: int
    span: Span


@dataclass(frozen=True)
class Rules:
    """When a round lets families choose."""

    lead_time: timedelta
    opens_at: datetime | None = None
    closes_at: datetime | None = None

    def ensure_open(self, now: datetime) -> None:
        """Families choose between opening and closing."""
        if self.opens_at and now < self.opens_at:
            raise NotOpenYet(self.opens_at)
        if self.closes_at and now >= self.closes_at:
            raise RoundClosed(self.closes_at)

    def is_open(self, now: datetime) -> bool:
        return (self.opens_at is None or self.opens_at <= now) and (self.closes_at is None or now < self.closes_at)

    def until(self, starts_at: datetime) -> datetime:
        """The last moment at which a family changes something about a slot by itself."""
        return starts_at - self.lead_time

    def ensure_in_time(self, starts_at: datetime, now: datetime) -> None:
        if now >= self.until(starts_at):
            raise TooLate(self.until(starts_at))


def slots_needed(*, interpreter: bool) -> int:
    """With an interpreter everything is said twice: such a talk takes two slots."""
    return 2 if interpreter else 1


def keeps_pause(talk: Sequence[Span], taken: Iterable[Span], most: int) -> bool:
    """Does the leader still get a pause: at most `most` slots in a row (0: no limit)? `talk` is a row of slots."""
    others = list(taken)
    starts, ends = {span.starts_at: span for span in others}, {span.ends_at: span for span in others}
    row = [*talk]
    while row[0].starts_at in ends:
        row.insert(0, ends[row[0].starts_at])
    while row[-1].ends_at in starts:
        row.append(starts[row[-1].ends_at])
    return not most or len(row) <= most


def is_next_to(talk: Span, sibling: Span, *, slot: timedelta, walking: timedelta) -> bool:
    """Does a talk adjoin a sibling's: time enough to walk, and no more than one slot beyond that?"""
    gap = max(talk.starts_at - sibling.ends_at, sibling.starts_at - talk.ends_at)
    return walking <= gap <= walking + slot


def adjoins(talk: Span, leader_id: int, sibling: Span, its_leader: int, *, slot: timedelta, walking: timedelta) -> bool:
    """As `is_next_to`; with the same leader there is nowhere to walk."""
    return is_next_to(talk, sibling, slot=slot, walking=timedelta() if leader_id == its_leader else walking)


def starts_of(free: Iterable[SlotFacts], count: int) -> list[tuple[SlotFacts, ...]]:
    """Every row of `count` adjacent free slots of one leader, in order of time."""
    ordered = sorted(free, key=lambda slot: (slot.leader_id, slot.span))
    rows = (tuple(ordered[n : n + count]) for n in range(len(ordered) - count + 1))
    found = [row for row in rows if all(_adjoin(a, b) for a, b in itertools.pairwise(row))]
    return sorted(found, key=lambda row: (row[0].span, row[0].leader_id))


def _adjoin(first: SlotFacts, second: SlotFacts) -> bool:
    return first.leader_id == second.leader_id and first.span.ends_at == second.span.starts_at


# The round itself: rules of the office.


class RoundUnknown(NotFound):
    """There is no round of this number or name."""

    def __init__(self, wanted: str) -> None:
        super().__init__(wanted)
        self.wanted = wanted


class RoundNameTaken(Invalid):
    field = "name"

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


class NoSuchClass(Invalid):
    """Names that are no class of this school year."""

    field = "classes"

    def __init__(self, names: Sequence[str], year: str) -> None:
        super().__init__(names, year)
        self.names, self.year = tuple(names), year


class NoClasses(Invalid):
    """The school year has no classes yet."""

    field = "classes"

    def __init__(self, year: str) -> None:
        super().__init__(year)
        self.year = year


class NoYearFor(Invalid):
    """No school year of ours holds this day."""

    field = "hours"

    def __init__(self, day: date | None) -> None:
        super().__init__(day)
        self.day = day


class ClosesBeforeItOpens(Invalid):
    field = "closes_at"


class OutOfRange(Invalid):
    """A number of the round lies outside what is possible."""

    def __init__(self, field: str, least: int, most: int) -> None:
        super().__init__(field, least, most)
        self.field, self.least, self.most = field, least, most


class NameNeeded(Invalid):
    field = "name"


class PeriodInWrongOrder(Invalid):
    """The last day of the round comes before its first."""

    field = "ends_on"

    def __init__(self, starts_on: date, ends_on: date) -> None:
        super().__init__(starts_on, ends_on)
        self.starts_on, self.ends_on = starts_on, ends_on


class PeriodOutsideYear(Invalid):
    """The days of the round do not all lie in its school year, or in the last days of the summer before it."""

    field = "starts_on"

    def __init__(self, period: Period, year: str) -> None:
        super().__init__(period, year)
        self.period, self.year = period, year


class TalksOutsidePeriod(Conflict):
    """So many talks, on these days, would fall outside the new period of their round."""

    field = "starts_on"

    def __init__(self, talks: int, days: Sequence[date], period: Period) -> None:
        super().__init__(talks, days, period)
        self.talks, self.days, self.period = talks, tuple(days), period


class NeverWithoutPupil(Invalid):
    """A start conversation is with the pupil."""

    field = "pupil_part"


class ToldAlready(Conflict):
    """The letters of the round say it already: what the pupil does, and which questions it begins with."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class ReasonNeeded(Invalid):
    """Leaving a family out needs a reason that is kept."""

    field = "reason"


class NotInThisRound(NotFound):
    """This pupil is not in a class of the round."""


class HasATalk(Conflict):
    """A family with a talk cannot be left out: the talk comes first."""


LIMITS = {"slot_minutes": (5, 120), "max_in_a_row": (0, 40), "lead_time_hours": (0, 24 * 14)}
DAYS_BEFORE_THE_YEAR = 14
"""In the last days of the summer holiday the talks already belong to the year that comes."""


def ensure_possible(*, opens_at: datetime | None, closes_at: datetime | None, **numbers: int) -> None:
    """The numbers and moments of a round make sense."""
    for name, number in numbers.items():
        least, most = LIMITS[name]
        if not least <= number <= most:
            raise OutOfRange(name, least, most)
    if opens_at and closes_at and closes_at <= opens_at:
        raise ClosesBeforeItOpens


def ensure_period(period: Period, year: Period, label: str) -> None:
    """The days of a round follow each other, within the school year or just before it."""
    if period.ends_on < period.starts_on:
        raise PeriodInWrongOrder(period.starts_on, period.ends_on)
    if period.starts_on < year.starts_on - timedelta(days=DAYS_BEFORE_THE_YEAR) or period.ends_on > year.ends_on:
        raise PeriodOutsideYear(period, label)


def ensure_reason(reason: str) -> str:
    """A reason of at least one word."""
    if not reason.strip():
        raise ReasonNeeded
    return reason.strip()
