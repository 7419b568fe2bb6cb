"""A conversation of the support team: the internal supervisor makes it, and only who sits at the table knows of it.

Nothing is kept of what is said: when, where and with whom. What it was about stands in the pupil system.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.single_talks import MINUTES, MinutesWrong, NoLongerOffered, worded
from scheduling.domain.staff import EMAIL
from scheduling.domain.texts import clean
from scheduling.domain.timeslots import Span

MOST_GUESTS = 6
LONGEST_GUEST = 80
LONGEST_ROOM = 60
USUAL_MINUTES = 45


class FamilySaid(StrEnum):
    """What a home answered: each is as good as the other."""

    COMES = "comes"
    OTHER_TIME = "other_time"
    CALL = "call"
    NO = "no"


@dataclass(frozen=True)
class Guest:
    """Somebody from outside the school: hears time and place alone."""

    name: str
    email: str


@dataclass(frozen=True)
class Meeting:
    """When, where and with whom."""

    span: Span
    room: str = ""
    teacher_id: int | None = None
    director_id: int | None = None
    guests: tuple[Guest, ...] = ()


class GuestUnclear(Invalid):
    """A line is not a name and an e-mail address."""

    field = "guests"

    def __init__(self, line: str) -> None:
        super().__init__(line)
        self.line = line


class TooManyGuests(Invalid):
    field = "guests"
    most = MOST_GUESTS


class ColleagueNotHere(Invalid):
    """Nobody who works here, or not in this part."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class MeetingOver(Refused):
    """It has begun, or it is off: there is nothing to change or to answer any more."""


class MeetingChanged(Conflict):
    """Somebody changed it while the page was open."""


def guests_of(text: str) -> tuple[Guest, ...]:
    """One a line, as people write it: `A. Bakker, a.bakker@example.org`."""
    found: dict[str, Guest] = {}
    for line in filter(None, (" ".join(clean(line).split()) for line in text.splitlines())):
        match = EMAIL.search(line)
        name = re.sub(r"[<>,;:]", " ", line.replace(match[0], " ")) if match else ""
        name = " ".join(name.split())
        if match is None or not name or len(name) > LONGEST_GUEST or "@" in name:
            raise GuestUnclear(line[:LONGEST_GUEST])
        found.setdefault(match[0].casefold(), Guest(name, match[0]))
    if len(found) > MOST_GUESTS:
        raise TooManyGuests
    return tuple(found.values())


def as_lines(guests: Sequence[Guest]) -> str:
    """The same, to show and change."""
    return "\n".join(f"{guest.name}, {guest.email}" for guest in guests)


def ensure_fit(meeting: Meeting, now: datetime) -> Meeting:
    """As it will be kept, or the first thing that does not go together."""
    least, most = (timedelta(minutes=minutes) for minutes in MINUTES)
    if not least <= meeting.span.ends_at - meeting.span.starts_at <= most:
        raise MinutesWrong("minutes")
    if meeting.span.starts_at <= now:
        raise NoLongerOffered
    return Meeting(
        meeting.span, worded(meeting.room, "room", LONGEST_ROOM), meeting.teacher_id, meeting.director_id,
        meeting.guests,
    )  # fmt: skip
