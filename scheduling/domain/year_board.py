"""How far each moment of the school's year is, and what asks for somebody today."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from scheduling.domain.timeslots import Span, local
from scheduling.domain.year_plans import Planned
from scheduling.domain.years import Period

INVITE_BEFORE = timedelta(days=14)
"""So long beforehand an invitation is in time."""
REMIND_BEFORE = timedelta(days=5)
ROUND_BEFORE = timedelta(days=28)
"""So long beforehand the talks of a round or an evening are made."""
COUNT_WITHIN = timedelta(days=14)
"""Later nobody knows any more."""


class Stage(StrEnum):
    """How far a moment is."""

    PLANNED = "planned"
    KNOWN = "known"
    """Made known to everybody; nobody was invited."""
    INVITED = "invited"
    HELD = "held"
    OFF = "off"


class Need(StrEnum):
    """What asks for somebody, the most urgent first."""

    TODAY = "today"
    """The list for the door can be printed."""
    ROUND = "round"
    """Talks are planned, and nobody made them yet."""
    PLACE = "place"
    """Families were invited, and nobody said where."""
    INVITE = "invite"
    REMIND = "remind"
    COUNT = "count"
    NOTE = "note"
    """Talks were, and of some nobody noted whether they were held."""


def stage_of(planned: Planned, today: date, *, published: bool, invited: bool, held: bool, off: bool) -> Stage:
    """How far it is. What lasts all day is over when its last day is."""
    if off:
        return Stage.OFF
    if held or (planned.until or planned.day) < today:
        return Stage.HELD
    if invited:
        return Stage.INVITED
    return Stage.KNOWN if published else Stage.PLANNED


def need_of(
    span: Span, now: datetime, *, placed: bool, invited: bool, silent: bool, reminded: bool, counted: bool
) -> Need | None:
    """What a gathering that goes on asks for: the first of these."""
    if now >= span.starts_at:
        return Need.COUNT if invited and not counted and span.ends_at <= now <= span.ends_at + COUNT_WITHIN else None
    left = span.starts_at - now
    if not invited:
        return Need.INVITE if left <= INVITE_BEFORE else None
    if local(now).date() == local(span.starts_at).date():
        return Need.TODAY
    if not placed and left <= INVITE_BEFORE:
        return Need.PLACE
    return Need.REMIND if silent and not reminded and left <= REMIND_BEFORE else None


def need_of_talks(days: Period, today: date, *, made: bool, invited: bool, to_note: bool) -> Need | None:
    """What talks on these days ask for: the first of these. Who is silent is asked by the round itself."""
    if today > days.ends_on:
        return Need.NOTE if to_note and today - days.ends_on <= COUNT_WITHIN else None
    left = days.starts_on - today
    if not made:
        return Need.ROUND if left <= ROUND_BEFORE else None
    return Need.INVITE if not invited and left <= INVITE_BEFORE else None
