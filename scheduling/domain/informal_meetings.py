"""An informal meeting of a class, that its mentor and a contact parent organise together."""

from dataclasses import dataclass
from datetime import date, time
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, Refused
from scheduling.domain.gatherings import THEME_LENGTH, DetailTooLong
from scheduling.domain.texts import one_line
from scheduling.domain.timeslots import Span, span_at
from scheduling.domain.year_plans import Planned, PlannedKind


class MeetingState(StrEnum):
    """What became of a contact parent's proposal. OFF: taken back, this parent stopped, or it left the plan."""

    PROPOSED = "proposed"
    AGREED = "agreed"
    DECLINED = "declined"
    OFF = "off"


@dataclass(frozen=True)
class MeetingWish:
    """When, where and perhaps about what."""

    day: date
    begins: time
    ends: time
    place: str = ""
    theme: str = ""

    def tidy(self, today: date) -> "MeetingWish":
        """As it is kept."""
        theme = one_line(self.theme)
        if len(theme) > THEME_LENGTH:
            raise DetailTooLong("theme", THEME_LENGTH)
        if self.day <= today:
            raise MeetingTooEarly
        return MeetingWish(self.day, self.begins, self.ends, one_line(self.place), theme)

    @property
    def span(self) -> Span:
        return span_at(self.day, self.begins, self.ends)

    @property
    def facts(self) -> list[str]:
        """When and where, as a letter keeps it: of a later change it says no longer the old."""
        return [self.span.starts_at.isoformat(), self.span.ends_at.isoformat(), self.place]

    def planned(self, class_id: int) -> Planned:
        """As a moment of the plan of the year."""
        return Planned(
            PlannedKind.INFORMAL_MEETING, self.day, begins=self.begins, ends=self.ends, groups=(class_id,),
            place=self.place,
        )  # fmt: skip


class MeetingTooEarly(Invalid):
    """Today, or a day that was."""

    field = "day"


class MeetingAsked(Refused):
    """A proposal of this contact parent waits already."""


class MeetingAnswered(Conflict):
    """It was answered or taken back meanwhile."""
