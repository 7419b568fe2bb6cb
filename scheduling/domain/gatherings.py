"""Gatherings: moments of the year plan to which families are invited, and who says to come."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, NotFound
from scheduling.domain.gathering_topics import COLLECTS, ensure_days
from scheduling.domain.texts import one_line
from scheduling.domain.year_plans import PlannedKind

THEME_LENGTH = 80
WORDS_LENGTH = 400
ROUTE_LENGTH = 200
PEOPLE_AT_MOST = 20
"""So many people one home can come with."""
CAPACITY_AT_MOST = 5000
COUNTED_AT_MOST = 10_000

GATHERINGS = (
    PlannedKind.RECEPTION, PlannedKind.INFORMATION_EVENING, PlannedKind.INFORMATION_MOMENT,
    PlannedKind.INFORMAL_MEETING, PlannedKind.PARENTS_EVENING, PlannedKind.ENROLMENT_MEETING,
    PlannedKind.PARENT_CIRCLE,
)  # fmt: skip
"""The kinds that families are invited to as a company; at a contact evening each has a talk of its own.

To a parent circle come the contact parents of its classes, not all parents.
"""

WITHOUT_PROGRAMME = (PlannedKind.RECEPTION, PlannedKind.PARENT_CIRCLE)
"""A drink and a bite, or a circle that sets its own topics: nothing to announce."""


class Coming(StrEnum):
    """What a home says. Each can be changed until it begins."""

    YES = "yes"
    PERHAPS = "perhaps"
    NO = "no"


@dataclass(frozen=True)
class Answer:
    """Who of a home come, and what they would like."""

    coming: Coming
    adults: int = 0
    children: int = 0
    in_childcare: int = 0
    """So many of the children are looked after meanwhile."""
    shows_names: bool = False
    """Other families who come may read this home's first names."""

    @property
    def people(self) -> int:
        return self.adults + self.children

    def tidy(self, *, childcare: bool) -> "Answer":
        """As it is kept. Who does not come brings nobody, and shows no names."""
        if self.coming is Coming.NO:
            return Answer(Coming.NO)
        if min(self.adults, self.children, self.in_childcare) < 0 or self.people > PEOPLE_AT_MOST:
            raise TooManyPeople
        if self.coming is Coming.YES and not self.people:
            raise NobodyComes
        if self.in_childcare and not childcare:
            raise NoChildcareHere
        if self.in_childcare > self.children:
            raise MoreInChildcare
        return self


@dataclass(frozen=True)
class Details:
    """How one gathering is held, as far as the plan of the year does not say it."""

    theme: str = ""
    words: str = ""
    route: str = ""
    capacity: int | None = None
    with_pupils: bool = False
    childcare: bool = False
    parents_cafe: bool = False
    welcome_desk: bool = False
    answer_by: date | None = None
    topic_days: int | None = None
    """So many days before it the last topic is welcome, where families bring these up."""

    def tidy(self, kind: PlannedKind, day: date) -> "Details":
        """As it is kept; refused when it does not suit this kind, or this day."""
        theme, words, route = one_line(self.theme), self.words.strip(), one_line(self.route)
        if theme and kind in WITHOUT_PROGRAMME:
            raise NoThemeHere(kind)
        for field, text, most in (
            ("theme", theme, THEME_LENGTH), ("words", words, WORDS_LENGTH), ("route", route, ROUTE_LENGTH),
        ):  # fmt: skip
            if len(text) > most:
                raise DetailTooLong(field, most)
        if self.capacity is not None and not 0 < self.capacity <= CAPACITY_AT_MOST:
            raise WrongCapacity
        if self.answer_by is not None and self.answer_by > day:
            raise AnswerByTooLate(day)
        days = None if self.topic_days is None or kind not in COLLECTS else ensure_days(self.topic_days)
        return replace(self, theme=theme, words=words, route=route, topic_days=days)


class NoSuchGathering(NotFound):
    """Nobody is invited to this (any more)."""


class GatheringOver(Conflict):
    """It began already, or does not go on."""


class GatheringFull(Conflict):
    """So many people do not fit in the room any more; `places` still do."""

    def __init__(self, places: int) -> None:
        super().__init__(places)
        self.places = places


class NobodyComes(Invalid):
    """Yes, and nobody: how many people come?"""

    field = "adults"


class TooManyPeople(Invalid):
    field = "adults"


class MoreInChildcare(Invalid):
    """More children are looked after than come."""

    field = "in_childcare"


class NoChildcareHere(Invalid):
    """Nobody looks after children during this gathering."""

    field = "in_childcare"


class NoThemeHere(Invalid):
    """A reception has no programme, and neither has a parent circle."""

    field = "theme"

    def __init__(self, kind: PlannedKind) -> None:
        super().__init__(kind)
        self.kind = kind


class DetailTooLong(Invalid):
    def __init__(self, field: str, most: int) -> None:
        super().__init__(field, most)
        self.field, self.most = field, most


class WrongCapacity(Invalid):
    field = "capacity"


class FewerThanComing(Conflict):
    """More `people` said yes already than would fit."""

    field = "capacity"

    def __init__(self, people: int) -> None:
        super().__init__(people)
        self.people = people


class AnswerByTooLate(Invalid):
    """The school likes to know before it begins."""

    field = "answer_by"

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day


class WrongCount(Invalid):
    field = "counted"


class NotYetHeld(Conflict):
    """Nobody can be counted before it begins."""

    field = "counted"


class GatheringMeanwhile(Conflict):
    """Somebody changed this gathering since the page was opened."""


class CannotInvite(Conflict):
    """To this kind of moment families are not invited as a company."""

    def __init__(self, kind: PlannedKind) -> None:
        super().__init__(kind)
        self.kind = kind


class NotInvitedYet(Conflict):
    """Nobody was invited: there is nobody to remind or to answer, and nothing to call off."""


class AlreadyReminded(Conflict):
    """One friendly reminder, and no second."""

    def __init__(self, reminded_at: datetime) -> None:
        super().__init__(reminded_at)
        self.reminded_at = reminded_at


class HallTaken(Conflict):
    """At that time something else is in the same place."""

    def __init__(self, place: str, day: date, other: PlannedKind) -> None:
        super().__init__(place, day, other)
        self.place, self.day, self.other = place, day, other
