"""The day of the talks itself: who runs late, who has arrived, and what a screen or a list on a door may say.

A door and a screen never say more of a child than a first name or a code: no surname, no reason.
"""

import hashlib
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, NotFound

LATER = (5, 10)
"""What a leader taps: so many minutes more."""

MOST_LATE = 90
LONGEST_SCREEN = timedelta(days=60)
NAME_LENGTH = 60
LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
CODE_LENGTH = 4


class ShownAs(StrEnum):
    """How a hall screen and a list on a door call a child."""

    FIRST_NAMES = "first_names"
    CODES = "codes"


class ScreenDead(NotFound):
    """This screen is unknown, over, or was withdrawn: never told apart."""


class ScreenNeedsName(Invalid):
    """A screen has a name, so that the office can tell it from the others."""

    field = "name"


class ScreenDayWrong(Invalid):
    """A screen works until a day that still comes, and for two months at most."""

    field = "until"


class NotToday(Conflict):
    """Only on the day itself somebody arrives or runs late."""


def later(minutes: int, more: int) -> int:
    """How late somebody is after this tap; nobody runs later than an hour and a half."""
    return min(minutes + more, MOST_LATE) if more in LATER else minutes


def code_of(uid: str) -> str:
    """What a family is called where no name is shown: it says nothing, and stays the same for this talk."""
    number = int.from_bytes(hashlib.sha256(uid.encode()).digest()[:8], "big")
    signs = []
    for _ in range(CODE_LENGTH):
        number, at = divmod(number, len(LETTERS))
        signs.append(LETTERS[at])
    return "".join(signs)


def is_over(ends_at: datetime, minutes_late: int, now: datetime) -> bool:
    """With the delay of its leader counted in."""
    return ends_at + timedelta(minutes=minutes_late) <= now


def ensure_screen(name: str, until: date, today: date) -> str:
    """The name of a new screen, tidied."""
    tidy = " ".join(name.split())
    if not 0 < len(tidy) <= NAME_LENGTH:
        raise ScreenNeedsName
    if not today <= until <= today + LONGEST_SCREEN:
        raise ScreenDayWrong
    return tidy


def ensure_today(starts_at_day: date, today: date) -> None:
    if starts_at_day != today:
        raise NotToday


def is_shown(room: str, rooms: Iterable[str]) -> bool:
    """Does a screen with these rooms show this one? Without rooms it shows all."""
    wanted = {one.casefold() for one in rooms}
    return not wanted or room.casefold() in wanted
