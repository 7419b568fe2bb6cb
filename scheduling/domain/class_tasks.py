"""Help that a class asks of its families: what, how many people, and when. Whoever asked, stays responsible for it."""

from dataclasses import dataclass, replace
from datetime import date

from scheduling.domain.errors import Conflict, Invalid, NotFound
from scheduling.domain.texts import TextTooLong, ensure_inviting, one_line

LONGEST_TITLE = 80
LONGEST_WHAT = 120
HELPERS_AT_MOST = 40


@dataclass(frozen=True)
class Asked:
    """What is asked. For a moment of the plan, or under an own title and on an own day."""

    what: str
    wanted: int
    planned_id: int | None = None
    title: str = ""
    day: date | None = None

    def tidy(self) -> "Asked":
        """As it is kept, or the first thing that does not go."""
        what, title = one_line(self.what), "" if self.planned_id else one_line(self.title)
        if not what:
            raise NothingAsked
        if self.planned_id is None and not title:
            raise NoOccasion
        for text, field, most in ((what, "what", LONGEST_WHAT), (title, "title", LONGEST_TITLE)):
            if len(text) > most:
                raise TextTooLong(most, field)
            ensure_inviting(text, field=field)
        if not 0 < self.wanted <= HELPERS_AT_MOST:
            raise WrongNumberOfHelpers
        return replace(self, what=what, title=title, day=None if self.planned_id else self.day)


def ensure_day(day: date | None, first: date, last: date) -> date:
    """The day of an own occasion: in the school year, and not over."""
    if day is None or not first <= day <= last:
        raise TaskDayElsewhere(first, last)
    return day


class NoSuchTask(NotFound):
    """Nobody asks for this help, or not this person."""


class NothingAsked(Invalid):
    """What is the help?"""

    field = "what"


class NoOccasion(Invalid):
    """Neither a moment of the plan nor a title: what is it for?"""

    field = "title"


class WrongNumberOfHelpers(Invalid):
    field = "wanted"


class TaskDayElsewhere(Invalid):
    """Not a day of this school year that is still to come."""

    field = "day"

    def __init__(self, first: date, last: date) -> None:
        super().__init__(first, last)
        self.first, self.last = first, last


class TaskFull(Conflict):
    """There are as many helpers as were asked for."""


class TaskOver(Conflict):
    """It was already, or the help is not needed any more."""
