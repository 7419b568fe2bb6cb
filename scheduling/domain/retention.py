"""How long the house keeps what it knows of a family."""

from dataclasses import dataclass
from datetime import date, timedelta

from scheduling.domain.links import LINK_OUTLIVES_YEAR

CONTACT_AFTER_LEAVING = timedelta(days=92)
"""Name and contact data: three months after the last child has left the school."""


@dataclass(frozen=True)
class Terms:
    """The last days of one school year's data."""

    links: date
    talks: date
    plans: date


def terms_of(year_ends_on: date) -> Terms:
    """Talks, topics, interpreters and letters a year after the school year; agreements to the end of the next one."""
    next_year = _a_year_later(year_ends_on)
    return Terms(links=year_ends_on + LINK_OUTLIVES_YEAR, talks=next_year, plans=next_year)


def _a_year_later(day: date) -> date:
    return day.replace(year=day.year + 1)
