"""Days and times as people say them: "dinsdag 31 augustus 2027", "15.20 uur", in the reader's language.

CLDR's short time is a 12-hour clock in some of our languages; all readers here know the 24-hour clock: it is fixed.
"""

from datetime import date, datetime, timedelta

from babel.dates import format_date
from flask_babel import get_locale, gettext

from scheduling.domain.timeslots import local
from scheduling.domain.years import Period


def day_long(day: date | datetime, *, year: bool = False) -> str:
    """ "dinsdag 31 augustus", with the year if asked."""
    return format_date(_day(day), "EEEE d MMMM y" if year else "EEEE d MMMM", locale=get_locale())


def month_name(day: date | datetime) -> str:
    """ "november"."""
    return format_date(_day(day), "MMMM", locale=get_locale())


def day_short(day: date | datetime) -> str:
    """ "di 31 aug"."""
    return format_date(_day(day), "EEE d MMM", locale=get_locale()).replace(".", "")


def day_before(until: datetime) -> date:
    """The last whole day before a moment: what lasts until midnight lasts up to and including that day."""
    return local(until - timedelta(seconds=1)).date()


def period_text(period: Period, *, year: bool = False) -> str:
    """ "woensdag 25 augustus tot en met zondag 19 september"; of one day only that day."""
    first, last = day_long(period.starts_on, year=year), day_long(period.ends_on, year=year)
    return first if first == last else gettext("%(first)s tot en met %(last)s", first=first, last=last)


def held_between(period: Period) -> str:
    """When the talks of a round are, for who has no time yet."""
    if period.starts_on == period.ends_on:
        return gettext("De gesprekken zijn op %(day)s.", day=day_long(period.starts_on))
    return gettext(
        "De gesprekken zijn tussen %(first)s en %(last)s.",
        first=day_long(period.starts_on),
        last=day_long(period.ends_on),
    )


def clock(moment: datetime) -> str:
    """ "15.20" in Dutch, "15:20" elsewhere."""
    return f"{local(moment):%H.%M}" if _is_dutch() else f"{local(moment):%H:%M}"


def hour(moment: datetime) -> str:
    """ "15.20 uur"."""
    return gettext("%(time)s uur", time=clock(moment))


def hours(starts_at: datetime, ends_at: datetime) -> str:
    """ "15.20 tot 15.40 uur"."""
    return gettext("%(start)s tot %(end)s uur", start=clock(starts_at), end=clock(ends_at))


def day_and_hour(moment: datetime) -> str:
    """ "dinsdag 31 augustus, 15.20 uur"."""
    return gettext("%(day)s, %(hour)s", day=day_long(moment), hour=hour(moment))


def iso(moment: datetime) -> str:
    """For `<time datetime>` and JSON: local time with its offset."""
    return local(moment).isoformat(timespec="minutes")


def duration(minutes: int) -> str:
    """ "20 minuten", "8 uur 20"."""
    whole, rest = divmod(minutes, 60)
    if not whole:
        return gettext("%(count)s minuten", count=rest)
    return gettext("%(whole)s uur %(rest)s", whole=whole, rest=rest) if rest else gettext("%(whole)s uur", whole=whole)


def _day(day: date | datetime) -> date:
    return local(day).date() if isinstance(day, datetime) else day


def _is_dutch() -> bool:
    return getattr(get_locale(), "language", "nl") == "nl"
