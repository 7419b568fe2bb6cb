"""Whom a family would like to have at its talk: a counsellor, somebody from outside, an adult of the family."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from enum import StrEnum

from scheduling.domain.corrections import clean_email
from scheduling.domain.errors import Conflict, Invalid, NotFound
from scheduling.domain.texts import one_line

NAME_LENGTH = 120
MOST_EXTRAS = 4
MOST_DAYS = 30
SATURDAY = 5


class ExtraKind(StrEnum):
    """Who it is. Never why."""

    MENTOR = "mentor"
    """The other mentor of the class: one talk with both."""
    COUNSELLOR = "counsellor"
    CARE = "care"
    EXTERNAL = "external"
    FAMILY = "family"
    """An adult of the family's own choice: nobody has to arrange anything."""


class ExtraState(StrEnum):
    """How far the school is with it."""

    ASKED = "asked"
    ARRANGED = "arranged"
    NOT_POSSIBLE = "not_possible"
    AGAIN = "again"
    """Who would come leaves the school before the talk, or has a talk then: it is arranged anew."""


TO_ARRANGE = (ExtraState.ASKED, ExtraState.AGAIN)


class ExtraNews(StrEnum):
    """What the leader of the talk is written about."""

    ASKED = "asked"
    WITHDRAWN = "withdrawn"
    AGAIN = "again"
    """Who would come leaves the school."""
    ELSEWHERE = "elsewhere"
    """The other mentor has another talk at that moment now."""


class NoSuchExtra(NotFound):
    """Nobody was asked for at this talk, or it is another home's."""


class ExtraNeedsName(Invalid):
    """Who comes along with the family has a name."""

    field = "name"
    most = NAME_LENGTH


class WhoComes(Invalid):
    """Arranged is somebody: a colleague, or a name."""

    field = "who"


class ColleagueElsewhere(Conflict):
    """The other mentor has another talk at that moment."""

    field = "who"

    def __init__(self, starts_at: datetime) -> None:
        super().__init__(starts_at)
        self.starts_at = starts_at


class ExtrasFull(Conflict):
    """So many people sit at one talk at most."""

    field = "kind"
    most = MOST_EXTRAS


class ExtraDaysWrong(Invalid):
    """A family says it between no day and thirty school days before."""

    field = "extra_days"


def clean_name(text: str, kind: ExtraKind) -> str:
    """Whom the family means; only who comes along with the family itself cannot do without."""
    line = one_line(text)
    if len(line) > NAME_LENGTH or (kind is ExtraKind.FAMILY and not line):
        raise ExtraNeedsName
    return line


def clean_person(name: str, email: str) -> tuple[str, str]:
    """Somebody who is no colleague: a name, and perhaps a mailbox."""
    line = one_line(name)
    if not 0 < len(line) <= NAME_LENGTH:
        raise ExtraNeedsName
    return line, clean_email(email.strip()) if email.strip() else ""


def last_day_to_ask(day: date, school_days: int, free: Collection[date]) -> date:
    """So many school days before the talk; weekends and free days are none."""
    left = school_days
    while left > 0:
        day -= timedelta(days=1)
        if day.weekday() < SATURDAY and day not in free:
            left -= 1
    return day
