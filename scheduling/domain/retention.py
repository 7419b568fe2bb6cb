"""How long the house keeps what it knows of a family. The family's page and the clearing up both read it here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from scheduling.domain.links import LINK_OUTLIVES_YEAR

CONTACT_AFTER_LEAVING = timedelta(days=92)
"""Name and contact data: three months after the last child has left the school."""

VISIT_AFTER_IT_ENDED = timedelta(days=30)
"""When somebody opened a personal link, or signed in."""

NOTE_AFTER_VISIT = timedelta(days=30)
"""A short note on a visit at home that nobody copied to the pupil system; where it was goes the day after."""

CLASS_MESSAGE_AFTER = timedelta(days=30)
"""The words of a contact parent's message to the class, after they went or came back."""

DUE_AFTER = timedelta(days=30)
"""What a leader meant to do and did not note as done, after the last day of it."""

NAMELESS = "–"
"""In place of the given name of a pupil whose talks are still kept."""

ERASED = "gone-"


@dataclass(frozen=True)
class Terms:
    """Until when one school year's data are kept: on that day they are gone."""

    links: date
    talks: date
    plans: date


def terms_of(year_ends_on: date) -> Terms:
    """Talks, topics, interpreters and letters a year after the school year; agreements to the end of the next one."""
    next_year = _a_year_later(year_ends_on)
    return Terms(links=year_ends_on + LINK_OUTLIVES_YEAR, talks=next_year, plans=next_year)


def contact_until(left_on: date) -> date:
    """Until when somebody who left on this day has a name here."""
    return left_on + CONTACT_AFTER_LEAVING


def journal_since(today: date) -> date:
    """Who did what, and when: a year. What is older goes."""
    return _in_year(today, today.year - 1)


def is_over(until: date, today: date) -> bool:
    """Has what was kept until this day had its time?"""
    return until <= today


def year_of(day: date, ends: Iterable[date]) -> date | None:
    """The end of the school year that something of this day counts for; None as long as that year is not made."""
    return min((end for end in ends if day <= end), default=None)


def day_of_leaving(left_on: date | None, *, last_year: date | None, newest_year: date) -> date | None:
    """The day on which a pupil left who is in no class now.

    The school's file said so; else the pupil's last year (its end is `last_year`) is over, and the school has read in
    a newer one without this pupil. Until it does, nobody can know who left, and everybody stays, but no longer than
    the talks of that last year do.
    """
    if left_on is not None or last_year is None:
        return left_on
    return last_year if newest_year > last_year else _a_year_later(last_year)


def erased_id(row_id: int) -> str:
    """In place of the school's own number or code of somebody: it says nothing, and nobody else has it."""
    return f"{ERASED}{row_id}"


def _a_year_later(day: date) -> date:
    return _in_year(day, day.year + 1)


def _in_year(day: date, year: int) -> date:
    """The same day of another year; the last of February where there is no 29th."""
    try:
        return day.replace(year=year)
    except ValueError:
        return day.replace(year=year, day=28)
