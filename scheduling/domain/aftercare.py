"""After a talk: one short conclusion, and who does what by when. The family reads along; nothing else is kept of it.

There is no other field on purpose: no label, no judgement, no circumstances of a family. This is not the pupil's file.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.rounds import Outcome
from scheduling.domain.texts import clean, ensure_inviting

LONGEST_CONCLUSION = 280
LONGEST_ACTION = 120
MOST_ACTIONS = 4
EDITABLE_FOR = timedelta(days=14)
"""So long after the talk its leader may still mend what stands there."""
LATEST_ACTION = timedelta(days=400)


class ActionBy(StrEnum):
    """Who takes up an action."""

    PARENT = "parent"
    PUPIL = "pupil"
    LEADER = "leader"


@dataclass(frozen=True)
class Action:
    """One thing that somebody does after the talk."""

    who: ActionBy
    what: str
    due_on: date | None = None


@dataclass(frozen=True)
class Aftercare:
    """What a talk came to."""

    conclusion: str = ""
    actions: tuple[Action, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.conclusion or self.actions)


class NothingConcluded(Invalid):
    """Neither a conclusion nor an action was written."""

    field = "conclusion"


class AfterwordTooLong(Invalid):
    """A conclusion or an action has more signs than there is room for."""

    def __init__(self, field: str, most: int, length: int) -> None:
        super().__init__(field, most, length)
        self.field, self.most, self.length = field, most, length


class MarkupInAfterword(Invalid):
    """Signs that make a text into a page or a link."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class ActionHalf(Invalid):
    """A day without the words of what happens then."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class ActionDayWrong(Invalid):
    """An action is due on the day of the talk or later, and within a year or so."""

    def __init__(self, field: str, day: date) -> None:
        super().__init__(field, day)
        self.field, self.day = field, day


class NotHeld(Refused):
    """Only a talk that was held, or became a call, has a conclusion."""


class AftercareClosed(Refused):
    """Until `until` the leader could still change what stands there."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class AftercareChanged(Conflict):
    """A colleague wrote something here meanwhile."""


def ensure_worded(found: Aftercare, *, held_on: date) -> Aftercare:
    """What was typed, tidied; or the first thing that is wrong: `conclusion`, `what_1`, `due_1` …"""
    conclusion = tidy_line(found.conclusion, "conclusion", LONGEST_CONCLUSION)
    actions = []
    for number, action in enumerate(found.actions[:MOST_ACTIONS], start=1):
        what = tidy_line(action.what, f"what_{number}", LONGEST_ACTION)
        if not what and action.due_on:
            raise ActionHalf(f"what_{number}")
        if not what:
            continue
        if action.due_on and not held_on <= action.due_on <= held_on + LATEST_ACTION:
            raise ActionDayWrong(f"due_{number}", action.due_on)
        actions.append(Action(action.who, what, action.due_on))
    if not conclusion and not actions:
        raise NothingConcluded
    return Aftercare(conclusion, tuple(actions))


def ensure_editable(*, outcome: Outcome | None, starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    """Of a talk that was held, and not long ago."""
    if outcome not in (Outcome.HELD, Outcome.BY_PHONE):
        raise NotHeld
    if now >= editable_until(ends_at):
        raise AftercareClosed(editable_until(ends_at))


def editable_until(ends_at: datetime) -> datetime:
    """From then on it stands as it is."""
    return ends_at + EDITABLE_FOR


def in_order(actions: Sequence[Action]) -> tuple[Action, ...]:
    """The action that is due first comes first; one without a day last."""
    return tuple(sorted(actions, key=lambda action: (action.due_on is None, action.due_on or date.min)))


def tidy_line(text: str, field: str, most: int) -> str:
    """One line without what cannot be seen, no markup, and no word that compels."""
    line = " ".join(clean(text).split())
    if len(line) > most:
        raise AfterwordTooLong(field, most, len(line))
    if "<" in line or ">" in line or "://" in line:
        raise MarkupInAfterword(field)
    ensure_inviting(line, field=field)
    return line
