"""The plan of a school year: which collective moment is when, and why then.

The same calendar, classes and wishes always give the same plan. What the school moved by hand or made known stays; the
rest is planned around it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, time, timedelta
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from scheduling.domain.apart import fewest_moments, fit_in
from scheduling.domain.errors import Conflict, Invalid, NotFound, Refused
from scheduling.domain.evening_dates import Awkward, awkward, easter, other_week, proposed
from scheduling.domain.years import (
    CalendarDay,
    DayKind,
    Period,
    Region,
    first_school_day,
    is_school_day,
    start_window,
)

MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
WEEK = timedelta(weeks=1)
A_DAY = timedelta(days=1)
PLACE_LENGTH = 60

RECEPTION_AT_MOST = 60
RECEPTION_AT_LEAST = 15
RECEPTION_MINUTES = 45
RECEPTION_WEEKS = 6
RECEPTIONS_FROM, RECEPTIONS_UNTIL = time(17, 0), time(20, 30)
BETWEEN_RECEPTIONS = 15
"""Minutes to go from one class to the next."""

CIRCLES_USUAL = (6, 7)
CIRCLES_AT_MOST = 12
FIRST_CIRCLE_WEEKS, LAST_CIRCLE_WEEKS = 3, 5
"""The first so many weeks after school begins, the last so many weeks before the year ends."""

PARENTS_EVENINGS_UNTIL = (4, 15)
T = TypeVar("T")

REPORTS_KIND = {11: DayKind.REPORT_1, 2: DayKind.REPORT_2}


class PlannedKind(StrEnum):
    START_ROUND = "start_round"
    RECEPTION = "new_year_reception"
    INFORMATION_EVENING = "information_evening"
    PARENT_CIRCLE = "parent_circle"
    CONTACT_EVENING = "contact_evening"
    PARENTS_EVENING = "parents_evening"
    INFORMATION_MOMENT = "information_moment"
    """For who asked for it in the start conversations: the school adds it by hand, as the two below."""
    INFORMAL_MEETING = "informal_meeting"
    ENROLMENT_MEETING = "enrolment_meeting"
    """For families whose child has no class yet."""
    REPORT = "report"
    CHECKLIST = "checklist"

    @property
    def is_evening(self) -> bool:
        """Do people come together, at a time and in a place?"""
        return self in EVENINGS

    @property
    def is_for_families(self) -> bool:
        """The checklist is the leader's own: it stands in no public overview."""
        return self is not PlannedKind.CHECKLIST


EVENINGS = frozenset({
    PlannedKind.RECEPTION, PlannedKind.INFORMATION_EVENING, PlannedKind.PARENT_CIRCLE, PlannedKind.CONTACT_EVENING,
    PlannedKind.PARENTS_EVENING, PlannedKind.INFORMATION_MOMENT, PlannedKind.INFORMAL_MEETING,
    PlannedKind.ENROLMENT_MEETING,
})  # fmt: skip

USUAL_TIMES = {
    PlannedKind.INFORMATION_EVENING: (time(19, 0), time(20, 30)),
    PlannedKind.PARENT_CIRCLE: (time(20, 0), time(22, 0)),
    PlannedKind.CONTACT_EVENING: (time(18, 30), time(21, 30)),
    PlannedKind.PARENTS_EVENING: (time(19, 30), time(21, 0)),
}


class Why(StrEnum):
    """Why this day."""

    START_WINDOW = "start_window"
    START_OF_YEAR = "start_of_year"
    WEEK_TWO = "week_two"
    NOVEMBER = "november"
    FEBRUARY = "february"
    SPREAD = "spread"
    AFTER_CIRCLE = "after_circle"
    CALENDAR = "calendar"
    WITH_EVENINGS = "with_evenings"
    BEFORE_AUTUMN = "before_autumn"
    AFTER_CHRISTMAS = "after_christmas"


class InformationEvening(StrEnum):
    """What the school does with an evening for all parents at the start. BY_POLL: asked in the start conversations."""

    WEEK_TWO = "week_two"
    BY_POLL = "by_poll"
    NONE = "none"


@dataclass(frozen=True)
class PlanWishes:
    """What the school decides before a year is planned."""

    information: InformationEvening = InformationEvening.WEEK_TWO
    circles: int = 6
    reception_minutes: int = RECEPTION_MINUTES
    avoids: bool = True
    """Leave out evenings on which many families have something else."""


@dataclass(frozen=True)
class Group:
    """A class, as planning sees it."""

    id: int
    name: str
    leaders: frozenset[int] = frozenset()
    room: str = ""
    leaves: bool = False
    """The last year of a Dutch primary school: its contact evenings are its teachers' own."""
    grades: frozenset[str] = frozenset()
    """Of which years of the school it has pupils."""


@dataclass(frozen=True)
class PlanningFacts:
    """The calendar of a year, its classes, and how many families have a child in each of two."""

    year: Period
    region: Region
    days: tuple[CalendarDay, ...]
    groups: tuple[Group, ...] = ()
    shared: Mapping[frozenset[int], int] = field(default_factory=dict)

    @cached_property
    def free(self) -> tuple[CalendarDay, ...]:
        """Holidays, closed days, and public holidays by rule."""
        return (*(day for day in self.days if day.kind.is_free), *public_holidays(self.year, self.region))

    @cached_property
    def periods(self) -> tuple[Period, ...]:
        return tuple(day.period for day in self.free)

    @cached_property
    def first_day(self) -> date:
        return first_school_day(self.year, self.periods)

    def week(self, number: int) -> date:
        """The Monday of a school week; the first is that of the first school day."""
        return self.first_day - timedelta(days=self.first_day.weekday()) + (number - 1) * WEEK

    def free_on(self, day: date) -> CalendarDay | None:
        """What makes this day free."""
        return next((one for one in self.free if day in one.period), None)

    def awkward(self, day: date) -> Awkward | None:
        """What many families here have on this evening."""
        found = awkward(day)
        return None if self.region.is_flemish and found in NOT_IN_FLANDERS else found

    def group(self, group_id: int) -> Group | None:
        return next((one for one in self.groups if one.id == group_id), None)


NOT_IN_FLANDERS = (
    Awkward.THANKSGIVING, Awkward.PRAYER_DAY, Awkward.KINGS_DAY, Awkward.REMEMBRANCE, Awkward.LIBERATION,
)  # fmt: skip


@dataclass(frozen=True)
class Planned:
    """One moment of the plan. Without groups it is for the whole school; without times for the whole day."""

    kind: PlannedKind
    day: date
    why: Why | None = None
    until: date | None = None
    begins: time | None = None
    ends: time | None = None
    groups: tuple[int, ...] = ()
    place: str = ""
    instead_of: date | None = None
    """The day that fitted the rule best, if it was free or awkward."""
    id: int | None = None

    @property
    def for_all(self) -> bool:
        return not self.groups

    def overlaps(self, other: "Planned") -> bool:
        """At the same time? What lasts a whole day hinders nothing."""
        if self.begins is None or self.ends is None or other.begins is None or other.ends is None:
            return False
        return self.day == other.day and self.begins < other.ends and other.begins < self.ends


class FindingKind(StrEnum):
    """What the planner has to say about a plan."""

    NOT_IN_ONE_EVENING = "not_in_one_evening"
    FEWEST_EVENINGS = "fewest_evenings"
    NO_MOMENT = "no_moment"
    TOO_FEW_DAYS = "too_few_days"
    UNUSUAL_NUMBER = "unusual_number"
    BY_POLL = "by_poll"
    MORE_CHILDREN = "more_children"
    NO_CLASSES = "no_classes"


@dataclass(frozen=True)
class Finding:
    """One thing to know about a kind: `groups` it is about, and a `count`."""

    what: FindingKind
    kind: PlannedKind
    groups: tuple[int, ...] = ()
    count: int = 0


@dataclass(frozen=True)
class YearPlan:
    rows: tuple[Planned, ...]
    findings: tuple[Finding, ...]


class ClashKind(StrEnum):
    FREE_DAY = "free_day"
    AWKWARD = "awkward"
    PLACE = "place"
    LEADERS = "leaders"
    FAMILIES = "families"
    EVERYBODY = "everybody"
    BEFORE_SCHOOL = "before_school"
    OUTSIDE_WINDOW = "outside_window"


@dataclass(frozen=True)
class Clash:
    """Two moments that get in each other's way, or one on a day that suits badly."""

    kind: ClashKind
    row: Planned
    other: Planned | None = None
    count: int = 0
    """So many families, or colleagues."""
    label: str = ""
    why: Awkward | None = None


@dataclass(frozen=True)
class Habit:
    """How the school held a kind last year."""

    begins: time
    ends: time
    place: str = ""
    weekday: int | None = None


Habits = Mapping[PlannedKind, Habit]


class NoSuchPlanned(NotFound):
    """This moment does not stand in the plan (any more)."""


class PlannedMeanwhile(Conflict):
    """Somebody changed this moment since the page was opened."""


class WrongNumberOfCircles(Invalid):
    field = "circles"


class ReceptionTooLong(Invalid):
    """A reception is short: an hour at most, unless the director decides otherwise."""

    field = "ends"


class ReceptionLength(Invalid):
    field = "reception_minutes"


class OnAFreeDay(Invalid):
    """An evening on a holiday or a closed day."""

    field = "day"

    def __init__(self, day: date, label: str) -> None:
        super().__init__(day, label)
        self.day, self.label = day, label


class OutsideYear(Invalid):
    field = "day"

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day


class BeforeSchoolBegins(Invalid):
    """A reception or an evening of the year before its first school day."""

    field = "day"

    def __init__(self, first: date) -> None:
        super().__init__(first)
        self.first = first


class TimesMissing(Invalid):
    field = "begins"


class TimesInWrongOrder(Invalid):
    field = "ends"


class WouldClash(Refused):
    """The move is possible, and gets in the way of something: the office sees what, and says yes or no."""

    def __init__(self, clashes: Sequence[Clash]) -> None:
        super().__init__(len(clashes))
        self.clashes = tuple(clashes)


class NothingChosen(Invalid):
    field = "kinds"


def ensure_wishes(wishes: PlanWishes) -> None:
    """These wishes can be planned."""
    if not 0 <= wishes.circles <= CIRCLES_AT_MOST:
        raise WrongNumberOfCircles
    if not RECEPTION_AT_LEAST <= wishes.reception_minutes <= RECEPTION_AT_MOST:
        raise ReceptionLength


def ensure_moment(row: Planned, facts: PlanningFacts, *, by_director: bool = False) -> None:
    """This moment can stand in the plan of this year."""
    if row.day not in facts.year or (row.until or row.day) < row.day:
        raise OutsideYear(row.day)
    if not row.kind.is_evening:
        return
    if row.begins is None or row.ends is None:
        raise TimesMissing
    if row.ends <= row.begins:
        raise TimesInWrongOrder
    if row.kind is PlannedKind.RECEPTION and minutes(row) > RECEPTION_AT_MOST and not by_director:
        raise ReceptionTooLong
    if row.day < facts.first_day:
        raise BeforeSchoolBegins(facts.first_day)
    free = facts.free_on(row.day)
    if free is not None:
        raise OnAFreeDay(row.day, free.label)


def minutes(row: Planned) -> int:
    """How long it lasts."""
    if row.begins is None or row.ends is None:
        return 0
    return _minutes(row.ends) - _minutes(row.begins)


def plan(
    facts: PlanningFacts, wishes: PlanWishes, habits: Habits | None = None, fixed: Sequence[Planned] = ()
) -> YearPlan:
    """The whole year around what is `fixed`; answers the new moments alone, in order of time."""
    planner = _Planner(facts, wishes, habits or {}, tuple(fixed))
    for step in (
        planner.start_round, planner.information_evening, planner.contact_evenings, planner.circles,
        planner.receptions, planner.parents_evenings, planner.reports, planner.checklists,
    ):  # fmt: skip
        planner.rows.extend(step())
    return YearPlan(tuple(sorted(planner.rows, key=in_order)), tuple(planner.findings))


def in_order(row: Planned) -> tuple[date, time, str, tuple[int, ...]]:
    """By day, time and kind."""
    return row.day, row.begins or time(0), row.kind.value, row.groups


def habits_of(rows: Iterable[Planned]) -> dict[PlannedKind, Habit]:
    """How a school does it: per kind the times and the weekday it has most, and the place for everybody."""
    found = [*rows]
    habits = {}
    for kind in USUAL_TIMES:
        held = [row for row in found if row.kind is kind]
        times = _most((row.begins, row.ends) for row in held if row.begins and row.ends)
        if times is not None and times[0] and times[1]:
            place = _most(row.place for row in held if row.for_all) or ""
            habits[kind] = Habit(times[0], times[1], place, _most(row.day.weekday() for row in held))
    return habits


def clashes(rows: Sequence[Planned], facts: PlanningFacts) -> tuple[Clash, ...]:
    """Everything in a plan that gets in each other's way, every pair once."""
    found = [clash for row in rows for clash in _alone(row, facts)]
    by_day: dict[date, list[Planned]] = {}
    for row in rows:
        by_day.setdefault(row.day, []).append(row)
    for together in by_day.values():
        for place, row in enumerate(together):
            for other in together[place + 1 :]:
                found += _between(row, other, facts)
    return tuple(sorted(found, key=lambda clash: (in_order(clash.row), clash.kind.value)))


def clashes_of(row: Planned, others: Iterable[Planned], facts: PlanningFacts) -> tuple[Clash, ...]:
    """What one moment gets in the way of."""
    return (*_alone(row, facts), *(clash for other in others for clash in _between(row, other, facts)))


def better_days(row: Planned, others: Sequence[Planned], facts: PlanningFacts, *, after: date) -> tuple[date, ...]:
    """Up to three days near this one on which it clashes with nothing: of the same weekday first."""
    near = [row.day + timedelta(days=days) for days in range(-42, 43) if days]
    fitting = []
    for day in sorted(near, key=lambda day: (day.weekday() != row.day.weekday(), abs(day - row.day), day)):
        moved = replace(row, day=day, until=None)
        if day > after and day in facts.year and day.weekday() <= THURSDAY and not clashes_of(moved, others, facts):
            fitting.append(day)
        if len(fitting) == 3:
            break
    return tuple(fitting)


def first_that_fits(
    row: Planned, others: Sequence[Planned], facts: PlanningFacts, days: Period, *, after: date
) -> Planned | None:
    """This evening in the first week of these days in which it clashes with nothing: on a Tuesday or Thursday first."""
    order = (TUESDAY, THURSDAY, MONDAY, WEDNESDAY)
    found = [day for day in _days(days) if day > after and day in facts.year and day.weekday() in order]
    for day in sorted(found, key=lambda day: (day - timedelta(days=day.weekday()), order.index(day.weekday()))):
        moved = replace(row, day=day)
        if not clashes_of(moved, others, facts):
            return moved
    return None


def public_holidays(year: Period, region: Region) -> tuple[CalendarDay, ...]:
    """The days on which no school is open, by rule; a school's calendar may leave them out."""
    days: list[tuple[str, date]] = []
    for number in (year.starts_on.year, year.ends_on.year):
        sunday = easter(number)
        days += [
            ("tweede paasdag", sunday + A_DAY), ("Hemelvaart", sunday + timedelta(days=39)),
            ("vrijdag na Hemelvaart", sunday + timedelta(days=40)), ("tweede pinksterdag", sunday + timedelta(days=50)),
            ("Kerstmis", date(number, 12, 25)), ("nieuwjaarsdag", date(number, 1, 1)),
        ]  # fmt: skip
        if region.is_flemish:
            days += [("Allerheiligen", date(number, 11, 1)), ("Wapenstilstand", date(number, 11, 11)),
                     ("Dag van de Arbeid", date(number, 5, 1))]  # fmt: skip
        else:
            days += [("Koningsdag", date(number, 4, 27)), ("tweede kerstdag", date(number, 12, 26)),
                     ("Goede Vrijdag", sunday - 2 * A_DAY)]  # fmt: skip
    return tuple(
        CalendarDay(DayKind.PUBLIC_HOLIDAY, label, Period(day, day))
        for label, day in sorted(days, key=lambda one: one[1])
        if day in year
    )


def spread_out(days: Iterable[date], held: Iterable[date], ideal: Sequence[date]) -> tuple[date, ...]:
    """As many days as there are ideal ones, those that are `held` among them, with gaps as even as can be.

    The first and the last are near the ideal ones; what counts is the sum of squares. Too few days: all of them.
    """
    fixed = set(held)
    every = sorted({*days, *fixed})
    count = min(max(len(ideal), len(fixed)), len(every))
    if not count:
        return ()
    gap = (ideal[-1] - ideal[0]).days // max(len(ideal) - 1, 1) if ideal else 0
    first, last = (ideal[0], ideal[-1]) if ideal else (every[0], every[-1])
    best: dict[tuple[int, int], tuple[int, tuple[date, ...]]] = {}
    for place, day in enumerate(every):
        if not any(one in fixed for one in every[:place]):
            best[place, 1] = ((day - first).days ** 2, (day,))
    for done in range(2, count + 1):
        for place, day in enumerate(every):
            ways = [
                (best[before, done - 1][0] + ((day - every[before]).days - gap) ** 2, (*best[before, done - 1][1], day))
                for before in range(place)
                if (before, done - 1) in best and not any(one in fixed for one in every[before + 1 : place])
            ]
            if ways:
                best[place, done] = min(ways)
    ends = [
        (cost + (day - last).days ** 2, chosen)
        for place, day in enumerate(every)
        if (place, count) in best and not any(one in fixed for one in every[place + 1 :])
        for cost, chosen in [best[place, count]]
    ]
    return min(ends)[1]


@dataclass
class _Planner:
    """Plans kind by kind; every kind sees what is there already."""

    facts: PlanningFacts
    wishes: PlanWishes
    habits: Habits
    fixed: tuple[Planned, ...]
    rows: list[Planned] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def start_round(self) -> Iterator[Planned]:
        if self._fixed(PlannedKind.START_ROUND):
            return
        window = start_window(self.facts.year, self.facts.periods)
        friday = window.ends_on - 2 * A_DAY
        yield Planned(PlannedKind.START_ROUND, window.starts_on, Why.START_WINDOW, until=friday)

    def information_evening(self) -> Iterator[Planned]:
        kind = PlannedKind.INFORMATION_EVENING
        if self.wishes.information is InformationEvening.BY_POLL:
            self._note(FindingKind.BY_POLL, kind)
        if self.wishes.information is not InformationEvening.WEEK_TWO or self._fixed(kind):
            return
        usual = self._habit(kind).weekday
        first = TUESDAY if usual is None or usual > THURSDAY else usual
        order = [first, *(day for day in (TUESDAY, THURSDAY, MONDAY, WEDNESDAY) if day != first)]
        days = [self.facts.week(2) + timedelta(days=weekday) for weekday in order]
        fitting = [day for day in days if self._fits(day) and not self._on(day)]
        if not fitting:
            self._note(FindingKind.NO_MOMENT, kind)
            return
        yield self._evening(kind, fitting[0], Why.WEEK_TWO, days[0])
        several = sum(self.facts.shared.values())
        if several:
            self._note(FindingKind.MORE_CHILDREN, kind, count=several)

    def contact_evenings(self) -> Iterator[Planned]:
        halves = (
            (11, Why.NOVEMBER, self.facts.first_day),
            (2, Why.FEBRUARY, date(self.facts.year.ends_on.year, 1, 1)),
        )
        new_year = date(self.facts.year.ends_on.year, 1, 1)
        for month, why, after in halves:
            there = [one for one in self._fixed(PlannedKind.CONTACT_EVENING) if (one.day < new_year) == (month == 11)]
            pair = proposed(self.facts.year, self._contact_free(), after=after)
            if pair is None or pair[0].month != month:
                if not there:
                    self._note(FindingKind.NO_MOMENT, PlannedKind.CONTACT_EVENING, count=month)
                continue
            for day in _without_nearest(pair, [one.day for one in there]):
                yield self._evening(PlannedKind.CONTACT_EVENING, day, why, groups=self._contact_groups())

    def circles(self) -> Iterator[Planned]:
        kind = PlannedKind.PARENT_CIRCLE
        if self.wishes.circles and self.wishes.circles not in CIRCLES_USUAL:
            self._note(FindingKind.UNUSUAL_NUMBER, kind, count=self.wishes.circles)
        ideal = self._ideal_circles()
        held = [one.day for one in self._fixed(kind)]
        weekday = self._circle_weekday()
        every = [day for day in _days(self.facts.year) if day.weekday() == weekday and day >= self.facts.first_day]
        days = [day for day in every if self._fits(day) and not self._on(day)]
        chosen = spread_out(days, held, ideal)
        if len(chosen) < len(ideal):
            self._note(FindingKind.TOO_FEW_DAYS, kind, count=len(ideal) - len(chosen))
        for day, best in zip(chosen, ideal, strict=False):
            if day not in held:
                yield self._evening(kind, day, Why.SPREAD, min(every, key=lambda one: (abs(one - best), one)))

    def receptions(self) -> list[Planned]:
        kind = PlannedKind.RECEPTION
        if not self.facts.groups:
            self._note(FindingKind.NO_CLASSES, kind)
            return []
        starts = _starts(self.wishes.reception_minutes)
        days = [
            day
            for day in _days(Period(self.facts.first_day + A_DAY, self.facts.first_day + RECEPTION_WEEKS * WEEK))
            if day.weekday() in (TUESDAY, THURSDAY) and self._fits(day) and not self._has_one_for_all(day)
        ]
        moments = [(day, start, _later(start, self.wishes.reception_minutes)) for day in days for start in starts]
        return self._per_group(kind, moments, Why.START_OF_YEAR, len(starts))

    def parents_evenings(self) -> list[Planned]:
        kind = PlannedKind.PARENTS_EVENING
        circles = [one.day for one in self._all() if one.kind is PlannedKind.PARENT_CIRCLE]
        first = min(circles, default=self.facts.week(4))
        contact = [one.day for one in self._all() if one.kind is PlannedKind.CONTACT_EVENING]
        last = date(self.facts.year.ends_on.year, *PARENTS_EVENINGS_UNTIL)
        days = [
            day
            for day in _days(Period(first + A_DAY, last))
            if day.weekday() in (TUESDAY, THURSDAY)
            and self._fits(day)
            and all(other_week(day, one) for one in contact)
            and not self._has_one_for_all(day)
        ]
        habit = self._habit(kind)
        return self._per_group(kind, [(day, habit.begins, habit.ends) for day in days], Why.AFTER_CIRCLE, 1)

    def reports(self) -> Iterator[Planned]:
        kind = PlannedKind.REPORT
        there = [one.day for one in self._fixed(kind)]
        new_year = date(self.facts.year.ends_on.year, 1, 1)
        for month, report in REPORTS_KIND.items():
            if any((day < new_year) == (month == 11) for day in there):
                continue
            own = next((day for day in self.facts.days if day.kind is report), None)
            contact = [one.day for one in self._all() if one.kind is PlannedKind.CONTACT_EVENING]
            evenings = [day for day in contact if (day < new_year) == (month == 11)]
            if own is not None:
                yield Planned(kind, own.period.starts_on, Why.CALENDAR)
            elif evenings:
                friday = min(evenings) - timedelta(days=min(evenings).weekday() - FRIDAY) - WEEK
                day = self._last_school_day(friday)
                yield Planned(kind, day, Why.WITH_EVENINGS, instead_of=friday if day != friday else None)

    def checklists(self) -> Iterator[Planned]:
        """One before the autumn holiday, one after Christmas."""
        there = [one.day for one in self._fixed(PlannedKind.CHECKLIST)]
        new_year = date(self.facts.year.ends_on.year, 1, 1)
        autumn = self._next_holiday(self.facts.first_day + 3 * WEEK)
        if autumn and autumn < new_year and not any(day < new_year for day in there):
            yield Planned(PlannedKind.CHECKLIST, self._last_school_day(autumn - A_DAY), Why.BEFORE_AUTUMN)
        if not any(day >= new_year for day in there):
            back = next(day for day in _days(Period(new_year, self.facts.year.ends_on)) if self._is_school(day))
            friday = back - timedelta(days=back.weekday() - FRIDAY) + WEEK
            yield Planned(PlannedKind.CHECKLIST, self._last_school_day(friday), Why.AFTER_CHRISTMAS)

    def _per_group(
        self, kind: PlannedKind, moments: Sequence[tuple[date, time, time]], why: Why, per_evening: int
    ) -> list[Planned]:
        """A moment for every class that has none yet, never two at once that share a family, a leader or a room."""
        done = {group for one in self._fixed(kind) for group in one.groups}
        wanted = [group for group in self.facts.groups if group.id not in done]
        if not wanted:
            return []
        sharing = {group.id: [other.id for other in wanted if self._share(group, other)] for group in wanted}
        there = self._all()

        def at(group: Group, moment: int) -> Planned:
            day, begins, ends = moments[moment]
            return Planned(kind, day, why, begins=begins, ends=ends, groups=(group.id,), place=group.room)

        barred = {
            group.id: [place for place in range(len(moments)) if self._in_the_way(at(group, place), there)]
            for group in wanted
        }
        ids = [group.id for group in wanted]
        spread = fewest_moments(ids, sharing, barred=barred, most=len(moments))
        if spread.left_out:
            self._note(FindingKind.NO_MOMENT, kind, spread.left_out)
        used = {moments[moment][0] for moment in spread.moment_of.values()}
        if len(used) > 1 and per_evening > 1 and fit_in(ids, sharing, per_evening) is False:
            self._note(FindingKind.NOT_IN_ONE_EVENING, kind, spread.all_apart, per_evening)
        if spread.proven and len(used) > 1:
            self._note(FindingKind.FEWEST_EVENINGS, kind, spread.all_apart, len(used))
        return [at(group, spread.moment_of[group.id]) for group in wanted if group.id in spread.moment_of]

    def _share(self, one: Group, other: Group) -> bool:
        if one.id == other.id:
            return False
        same_room = bool(one.room) and one.room.casefold() == other.room.casefold()
        return frozenset({one.id, other.id}) in self.facts.shared or bool(one.leaders & other.leaders) or same_room

    def _in_the_way(self, row: Planned, there: Iterable[Planned]) -> bool:
        return any(_between(row, other, self.facts) for other in there)

    def _ideal_circles(self) -> list[date]:
        """Evenly from the first weeks of the year to the last."""
        count = self.wishes.circles
        first = self.facts.week(1 + FIRST_CIRCLE_WEEKS) + timedelta(days=WEDNESDAY)
        end = self._last_school_day(self.facts.year.ends_on)
        last = end - timedelta(days=end.weekday() - WEDNESDAY) - LAST_CIRCLE_WEEKS * WEEK
        if count < 2 or last <= first:
            return [first] * count
        return [first + (last - first) * place // (count - 1) for place in range(count)]

    def _circle_weekday(self) -> int:
        usual = self.habits.get(PlannedKind.PARENT_CIRCLE)
        return WEDNESDAY if usual is None or usual.weekday is None else usual.weekday

    def _evening(
        self, kind: PlannedKind, day: date, why: Why, best: date | None = None, groups: tuple[int, ...] = ()
    ) -> Planned:
        habit = self._habit(kind)
        missed = best if best is not None and best != day and not self._fits(best) else None
        return Planned(kind, day, why, begins=habit.begins, ends=habit.ends, groups=groups, place=habit.place,
                       instead_of=missed)  # fmt: skip

    def _habit(self, kind: PlannedKind) -> Habit:
        return self.habits.get(kind) or Habit(*USUAL_TIMES[kind])

    def _contact_free(self) -> list[Period]:
        """Also the evenings that are somebody else's already."""
        evenings = [one.day for one in self._all() if one.kind.is_evening and one.for_all]
        return [*self.facts.periods, *(Period(day, day) for day in evenings)]

    def _contact_groups(self) -> tuple[int, ...]:
        """Everybody but the leaving classes; nobody leaves: the whole school."""
        staying = tuple(group.id for group in self.facts.groups if not group.leaves)
        return staying if len(staying) < len(self.facts.groups) else ()

    def _fits(self, day: date) -> bool:
        """An evening on a school day; unless the school minds nothing, not when many have something else."""
        if day not in self.facts.year or not self._is_school(day):
            return False
        why = self.facts.awkward(day)
        if why is None or why is Awkward.RAMADAN:
            return True
        return not self.wishes.avoids and why not in (Awkward.REMEMBRANCE, Awkward.KINGS_DAY)

    def _is_school(self, day: date) -> bool:
        return is_school_day(day, self.facts.periods)

    def _last_school_day(self, day: date) -> date:
        while not self._is_school(day) and day > self.facts.year.starts_on:
            day -= A_DAY
        return day

    def _next_holiday(self, after: date) -> date | None:
        found = [day.period.starts_on for day in self.facts.free
                 if day.kind is DayKind.HOLIDAY and day.period.starts_on > after]  # fmt: skip
        return min(found, default=None)

    def _fixed(self, kind: PlannedKind) -> list[Planned]:
        return [one for one in self.fixed if one.kind is kind]

    def _all(self) -> list[Planned]:
        return [*self.fixed, *self.rows]

    def _on(self, day: date) -> bool:
        return any(one.day == day and one.kind.is_evening for one in self._all())

    def _has_one_for_all(self, day: date) -> bool:
        return any(one.day == day and one.kind.is_evening and one.for_all for one in self._all())

    def _note(self, what: FindingKind, kind: PlannedKind, groups: tuple[int, ...] = (), count: int = 0) -> None:
        self.findings.append(Finding(what, kind, groups, count))


def _alone(row: Planned, facts: PlanningFacts) -> list[Clash]:
    """What is the matter with the day itself."""
    found = []
    free = facts.free_on(row.day)
    why = facts.awkward(row.day)
    if free is not None and row.kind is not PlannedKind.START_ROUND:
        found.append(Clash(ClashKind.FREE_DAY, row, label=free.label))
    if why is not None and free is None and row.kind.is_evening:
        found.append(Clash(ClashKind.AWKWARD, row, why=why))
    if row.kind.is_evening and row.day < facts.first_day:
        found.append(Clash(ClashKind.BEFORE_SCHOOL, row))
    if row.kind is PlannedKind.START_ROUND:
        window = start_window(facts.year, facts.periods)
        if row.day not in window or (row.until or row.day) not in window:
            found.append(Clash(ClashKind.OUTSIDE_WINDOW, row))
    return found


def _between(row: Planned, other: Planned, facts: PlanningFacts) -> list[Clash]:
    """What two moments at the same time do to each other."""
    if not row.overlaps(other):
        return []
    found = []
    if row.place and row.place.casefold() == other.place.casefold():
        found.append(Clash(ClashKind.PLACE, row, other, label=row.place))
    if row.for_all or other.for_all:
        return [*found, Clash(ClashKind.EVERYBODY, row, other)]
    leaders = _leaders(row, facts) & _leaders(other, facts)
    if leaders:
        found.append(Clash(ClashKind.LEADERS, row, other, count=len(leaders)))
    families = sum(
        facts.shared.get(frozenset({one, two}), 0) for one in row.groups for two in other.groups if one != two
    )
    if families:
        found.append(Clash(ClashKind.FAMILIES, row, other, count=families))
    return found


def _leaders(row: Planned, facts: PlanningFacts) -> frozenset[int]:
    found = [group.leaders for group in facts.groups if group.id in row.groups]
    return frozenset().union(*found)


def _starts(length: int) -> list[time]:
    """When receptions of one evening begin."""
    first, last = _minutes(RECEPTIONS_FROM), _minutes(RECEPTIONS_UNTIL) - length
    return [_clock(start) for start in range(first, last + 1, length + BETWEEN_RECEPTIONS)]


def _later(start: time, length: int) -> time:
    return _clock(_minutes(start) + length)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _clock(number: int) -> time:
    return time(*divmod(number, 60))


def _without_nearest(pair: Sequence[date], there: Sequence[date]) -> list[date]:
    """The days that are still wanted: each that is there already stands for the nearest of the two."""
    left = list(pair)
    for day in there:
        if left:
            left.remove(min(left, key=lambda one: (abs(one - day), one)))
    return left


def _days(period: Period) -> Iterator[date]:
    for number in range((period.ends_on - period.starts_on).days + 1):
        yield period.starts_on + timedelta(days=number)


def _most(values: Iterable[T]) -> T | None:
    """The value that is there most; of equals the first."""
    counted = Counter(values)
    return counted.most_common(1)[0][0] if counted else None
