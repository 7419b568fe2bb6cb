"""Contact evenings announced: the same hours for every teacher on each evening, with room for all classes."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time

from scheduling.domain.evenings import (
    EveningOver,
    NoEvening,
    NoTimeInTheEvening,
    SameEveningTwice,
    Short,
    TooFewTimes,
)
from scheduling.domain.hours import Hours, cut_hours, room_for
from scheduling.domain.journal import Actor
from scheduling.domain.requests import asks_teachers
from scheduling.domain.timeslots import local
from scheduling.domain.years import Period
from scheduling.queries import evening_rounds
from scheduling.queries.evening_rounds import EveningClass, Teacher
from scheduling.queries.years import YearFacts
from scheduling.services import rounds
from scheduling.services.rounds import Created, Plan, Without

FIELDS = ("first", "second", "third")


@dataclass(frozen=True)
class Evenings:
    """When everybody holds talks: on these days, from and until these hours."""

    days: Mapping[str, date] = field(default_factory=dict)
    """By the field in which each was typed."""
    starts: time = time(18, 30)
    ends: time = time(21, 30)

    def ensure_possible(self, now: datetime, minutes: int) -> None:
        """There is an evening, none twice, none over, and a talk fits in it."""
        if not self.days:
            raise NoEvening
        seen: set[date] = set()
        for name, day in self.days.items():
            if day < local(now).date() or (day == local(now).date() and self.starts <= local(now).time()):
                raise EveningOver(day, name)
            if day in seen:
                raise SameEveningTwice(day, name)
            seen.add(day)
        length = (self.ends.hour - self.starts.hour) * 60 + self.ends.minute - self.starts.minute
        if length < minutes:
            raise NoTimeInTheEvening

    @property
    def period(self) -> Period:
        return Period(min(self.days.values()), max(self.days.values()))


def create(
    *, plan: Plan, evenings: Evenings, classes: Sequence[str], year: YearFacts, without: Without | None = None,
    even_if_short: bool = False, by: Actor, now: datetime,
) -> Created:  # fmt: skip
    """A round of contact evenings, with the times of everybody who leads or teaches these classes.

    Where each family has one talk with its own teacher, a class that does not fit is named first.
    """
    evenings.ensure_possible(now, plan.slot_minutes)
    teachers = evening_rounds.teachers_of_classes(year, classes, min(evenings.days.values()))
    hours = _hours(evenings, teachers)
    if not even_if_short and _own_teacher(plan):
        shorts = _shorts(plan, year, classes, hours, teachers, without.levels if without else ())
        if shorts:
            raise TooFewTimes(shorts, evening_rounds.extra_evening(year, evenings.days.values()))
    return rounds.create(
        plan=replace(plan, period=evenings.period), hours=hours, classes=classes, year_id=year.id, without=without,
        by=by, now=now,
    )  # fmt: skip


def _own_teacher(plan: Plan) -> bool:
    return not asks_teachers(plan.kind, evening_rounds.sector())


def _hours(evenings: Evenings, teachers: Sequence[Teacher]) -> list[Hours]:
    """On the evenings of their own workdays; who never works on them has times all the same."""
    found = []
    for teacher in teachers:
        own = [day for day in evenings.days.values() if teacher.works_on(day)] or list(evenings.days.values())
        found += [Hours(teacher.code, day, evenings.starts, evenings.ends) for day in sorted(own)]
    return found


def _shorts(
    plan: Plan, year: YearFacts, names: Sequence[str], hours: Sequence[Hours], teachers: Sequence[Teacher],
    without: Collection[str],
) -> list[Short]:  # fmt: skip
    """Classes of the same teachers are counted together: a teacher's time is spent once."""
    slots, _ = cut_hours(hours, plan.slot_minutes)
    codes = {teacher.id: teacher.code for teacher in teachers}
    starts: dict[str, list[datetime]] = {}
    for slot in slots:
        starts.setdefault(slot.leader, []).append(slot.span.starts_at)
    grouped: dict[tuple[str, ...], list[EveningClass]] = {}
    for group in evening_rounds.classes_of(year):
        if group.name in names and group.leaders:
            leaders = tuple(sorted(codes[leader] for leader in group.leaders if leader in codes))
            grouped.setdefault(leaders, []).append(group)
    found = []
    for leaders, groups in grouped.items():
        needed = sum(group.talks(without) for group in groups)
        room = sum(room_for(starts.get(code, ()), plan.slot_minutes, plan.max_in_a_row) for code in leaders)
        if leaders and needed > room:
            found.append(Short(", ".join(group.name for group in groups), needed, room))
    return found
