"""The year of each sample school in two school years, with its own calendar, classes, families and teachers."""

import itertools
from collections import Counter, defaultdict
from datetime import date, time

import pytest

from scheduling.domain.evening_dates import Awkward
from scheduling.domain.year_plans import (
    ClashKind,
    FindingKind,
    Group,
    PlannedKind,
    PlanningFacts,
    PlanWishes,
    clashes,
    plan,
)
from scheduling.domain.years import CalendarDay, DayKind, Period, overrules
from scheduling.formats.holidays import holidays_of
from scheduling.formats.reading import read_file
from scheduling.samples.beuk import beuk
from scheduling.samples.linde import linde
from scheduling.samples.schools import own_files
from scheduling.samples.vlier import vlier

YEARS = ("2026-2027", "2027-2028")
SCHOOLS = {"linde": (linde, 6), "vlier": (vlier, 7), "beuk": (beuk, 6)}


def facts_of(make, label):
    """What an import of this school's files makes known to the planner."""
    school = make(label)
    file = read_file("kalender.csv", own_files(school)[f"kalender_{label}.csv"])
    own = [CalendarDay(day.kind, day.label, Period(day.starts_on, day.ends_on)) for day in file.records]
    filled = [
        CalendarDay(DayKind.HOLIDAY, one.name, one.period) for one in holidays_of(school.region, school.year)
    ]  # fmt: skip
    days = (*own, *(day for day in filled if not any(overrules(mine, day) for mine in own)))
    ids = {group.name: number for number, group in enumerate(school.classes, start=1)}
    codes = {one.code: number for number, one in enumerate(school.staff)}
    groups = tuple(
        Group(ids[one.name], one.name, frozenset(codes[code] for code in one.leaders), one.room, one.year_level == "8")
        for one in school.classes
    )
    shared = Counter(
        frozenset(pair)
        for family in school.families
        for pair in itertools.combinations(sorted({ids[child.seat.class_name] for child in family.children}), 2)
    )
    return PlanningFacts(school.year, school.region, days, groups, shared)


@pytest.fixture(scope="module")
def years():
    found = {}
    for (name, (make, circles)), label in itertools.product(SCHOOLS.items(), YEARS):
        facts = facts_of(make, label)
        found[name, label] = facts, plan(facts, PlanWishes(circles=circles))
    return found


@pytest.fixture(params=itertools.product(SCHOOLS, YEARS), ids=" ".join)
def planned(request, years):
    return years[request.param]


def per_kind(made):
    found = defaultdict(list)
    for row in made.rows:
        found[row.kind].append(row)
    return found


def test_every_moment_is_on_a_school_day_and_nobody_is_in_two_places(planned):
    facts, made = planned
    assert all(facts.free_on(row.day) is None for row in made.rows if row.kind is not PlannedKind.START_ROUND)
    found = clashes(made.rows, facts)
    assert {clash.kind for clash in found} <= {ClashKind.AWKWARD}
    assert {clash.why for clash in found} <= {Awkward.RAMADAN}


def test_the_year_is_whole(planned):
    facts, made = planned
    kinds = per_kind(made)
    assert len(kinds[PlannedKind.RECEPTION]) == len(kinds[PlannedKind.PARENTS_EVENING]) == len(facts.groups)
    assert len(kinds[PlannedKind.CONTACT_EVENING]) == 4
    assert {(row.begins, row.ends, row.day.weekday()) for row in kinds[PlannedKind.PARENT_CIRCLE]} == {
        (time(20), time(22), 2)
    }
    gaps = [(after.day - before.day).days for before, after in itertools.pairwise(kinds[PlannedKind.PARENT_CIRCLE])]
    assert min(gaps) >= 28
    assert not [one for one in made.findings if one.what in (FindingKind.NO_MOMENT, FindingKind.TOO_FEW_DAYS)]


def test_the_wednesday_traps_are_left_out(planned):
    facts, made = planned
    circles = {row.day for row in per_kind(made)[PlannedKind.PARENT_CIRCLE]}
    traps = {date(2026, 11, 11), date(2027, 2, 10), date(2027, 5, 5)}
    if not facts.region.is_flemish:
        traps |= {date(2026, 11, 4), date(2027, 3, 10), date(2027, 11, 3), date(2028, 3, 8)}
    assert not circles & traps


def test_brothers_and_sisters_are_never_at_two_receptions_at_once(planned):
    facts, made = planned
    for one, other in itertools.combinations(per_kind(made)[PlannedKind.RECEPTION], 2):
        if frozenset({*one.groups, *other.groups}) in facts.shared:
            assert not one.overlaps(other)


def test_one_evening_holds_all_receptions_or_the_plan_proves_that_it_cannot(planned):
    _facts, made = planned
    evenings = {row.day for row in per_kind(made)[PlannedKind.RECEPTION]}
    said = {one.what for one in made.findings if one.kind is PlannedKind.RECEPTION}
    assert (FindingKind.NOT_IN_ONE_EVENING in said) is (len(evenings) > 1)
    assert (FindingKind.FEWEST_EVENINGS in said) is (len(evenings) > 1)


def test_the_classes_that_prove_it_share_somebody_two_by_two_and_are_more_than_an_evening_holds(planned):
    facts, made = planned
    (proof,) = [one for one in made.findings if one.what is FindingKind.NOT_IN_ONE_EVENING]
    assert len(proof.groups) > proof.count
    for one, other in itertools.combinations(map(facts.group, proof.groups), 2):
        room = one.room and one.room.casefold() == other.room.casefold()
        assert frozenset({one.id, other.id}) in facts.shared or one.leaders & other.leaders or room


def test_the_forty_eight_classes_of_vlier_take_two_evenings_and_no_fewer(years):
    for label in YEARS:
        facts, made = years["vlier", label]
        receptions = per_kind(made)[PlannedKind.RECEPTION]
        assert len(facts.groups) == len(receptions) == 48
        assert len({row.day for row in receptions}) == 2


def test_the_same_school_has_the_same_year_every_time(years):
    for name, (make, circles) in SCHOOLS.items():
        _facts, made = years[name, YEARS[1]]
        again = plan(facts_of(make, YEARS[1]), PlanWishes(circles=circles))
        assert again == made


def test_t43_a_reception_in_the_south_is_in_september_in_2027(years):
    _facts, made = years["vlier", "2027-2028"]
    assert {row.day.month for row in per_kind(made)[PlannedKind.RECEPTION]} == {9}
