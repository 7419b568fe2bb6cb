"""How far each moment of the school's year is, and what asks for somebody today."""

from datetime import date, datetime, timedelta
from enum import StrEnum

from scheduling.domain.timeslots import Span, local
from scheduling.domain.year_plans import Planned

INVITE_BEFORE = timedelta(days=14)
"""So long beforehand an invitation is in time."""
REMIND_BEFORE = timedelta(days=5)
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
    PLACE = "place"
    """Families were invited, and nobody said where."""
    INVITE = "invite"
    REMIND = "remind"
    COUNT = "count"


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
