"""What parents said in the start conversations about an evening for the whole group: whether, and when."""

from datetime import date, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid
from scheduling.domain.years import Period


class WantedPeriod(StrEnum):
    """When such an evening would be welcome, as it is kept with the agreement."""

    SEPTEMBER = "september"
    OCTOBER = "oktober"
    NOVEMBER = "november"
    AFTER_CHRISTMAS = "na de kerst"


MONTHS = {WantedPeriod.SEPTEMBER: 9, WantedPeriod.OCTOBER: 10, WantedPeriod.NOVEMBER: 11}


class NothingWanted(Invalid):
    """For nobody, or for no period: there is nothing to plan."""

    field = "period"


class NoDayFits(Conflict):
    """In this period every evening is free, over, or in the way of something."""

    field = "period"

    def __init__(self, period: WantedPeriod) -> None:
        super().__init__(period)
        self.period = period


def days_of(period: WantedPeriod, year: Period) -> Period:
    """A month of the first half of the school year, or January and February."""
    if period is WantedPeriod.AFTER_CHRISTMAS:
        return Period(date(year.ends_on.year, 1, 1), date(year.ends_on.year, 3, 1) - timedelta(days=1))
    first = date(year.starts_on.year, MONTHS[period], 1)
    return Period(first, (first + timedelta(days=31)).replace(day=1) - timedelta(days=1))
