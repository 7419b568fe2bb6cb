"""What families of a class would like to talk about at a parents' evening or in the parent circle: never who asked."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, NotFound, Refused
from scheduling.domain.texts import ensure_inviting
from scheduling.domain.topics import clean_topic
from scheduling.domain.year_plans import PlannedKind

COLLECTS = (PlannedKind.PARENTS_EVENING, PlannedKind.PARENT_CIRCLE)
"""The gatherings for which families bring up topics beforehand."""

DAYS_BEFORE = 10
DAYS_AT_MOST = 60
PER_DAY = 5
"""So many topics one person gives for one gathering in a day."""


class TopicChoice(StrEnum):
    """What the leader or a contact parent of the class does with a topic."""

    ON = "on"
    OFF = "off"
    STRIKE = "strike"
    """It is gone for good: it was about one child, or somebody asked for it."""


@dataclass(frozen=True)
class Agenda:
    """What a parents' evening is about; nothing yet when it is empty."""

    topics: tuple[str, ...] = ()
    from_the_circle: bool = False
    """A parent circle was before it: what was said there comes back."""

    def __bool__(self) -> bool:
        return bool(self.topics) or self.from_the_circle


def last_day_for(day: date, days_before: int | None) -> date:
    """Until when a topic can be given; None: nothing else was said."""
    return day - timedelta(days=DAYS_BEFORE if days_before is None else days_before)


def ensure_days(days_before: int) -> int:
    """So many days before it begins is the last one for topics."""
    if not 0 <= days_before <= DAYS_AT_MOST:
        raise WrongTopicDays
    return days_before


def clean_class_topic(text: str) -> str:
    """One short line about the class, without words that compel."""
    line = clean_topic(text)
    ensure_inviting(line, field="text")
    return line


class NoSuchTopics(NotFound):
    """For this nobody brings up topics, or not this person."""


class TopicsClosed(Conflict):
    """The last day for topics is over."""

    def __init__(self, last_day: date) -> None:
        super().__init__(last_day)
        self.last_day = last_day


class TooManyClassTopics(Refused):
    """Enough topics of one person for today."""

    most = PER_DAY


class WhichClass(Invalid):
    """The family has children in several of these classes."""

    field = "group"


class NoAgendaHere(Conflict):
    """A parent circle has no agenda: who comes reads the topics."""


class WrongTopicDays(Invalid):
    field = "topic_days"
