"""The planner of the year, on the calendars of the regions and on calendars that chance made."""

import itertools
from collections import Counter
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.domain import year_plans as rules
from scheduling.domain.evening_dates import Awkward
from scheduling.domain.year_plans import (
    ClashKind,
    FindingKind,
    Group,
    InformationEvening,
    Planned,
    PlannedKind,
    PlanningFacts,
    PlanWishes,
    Why,
    clashes,
    ensure_moment,
    habits_of,
    plan,
    spread_out,
)
from scheduling.domain.years import CalendarDay, DayKind, Period, Region, start_window, year_period
from scheduling.formats.holidays import holidays_of

YEARS = ("2026-2027", "2027-2028")
CIRCLE, CONTACT = PlannedKind.PARENT_CIRCLE, PlannedKind.CONTACT_EVENING
RECEPTION, PARENTS, INFORMATION = PlannedKind.RECEPTION, PlannedKind.PARENTS_EVENING, PlannedKind.INFORMATION_EVENING
TUESDAY, WEDNESDAY, THURSDAY = 1, 2, 3

FIRST_DAYS = {
    ("2026-2027", Region.NORTH): date(2026, 8, 17), ("2027-2028", Region.NORTH): date(2027, 8, 23),
    ("2026-2027", Region.MIDDLE): date(2026, 8, 31), ("2027-2028", Region.MIDDLE): date(2027, 8, 30),
    ("2026-2027", Region.SOUTH): date(2026, 8, 24), ("2027-2028", Region.SOUTH): date(2027, 9, 6),
    ("2026-2027", Region.FLANDERS): date(2026, 9, 1), ("2027-2028", Region.FLANDERS): date(2027, 9, 1),
}  # fmt: skip


def calendar(label, region, *extra):
    """A year of a region as a school has it, with lines of its own."""
    year = year_period(label, region)
    holidays = [CalendarDay(DayKind.HOLIDAY, one.name, one.period) for one in holidays_of(region, year)]
    return PlanningFacts(year, region, (*holidays, *extra))


def closed(*days, label="studiedag"):
    return [CalendarDay(DayKind.CLOSED_DAY, label, Period(day, day)) for day in days]


def with_classes(facts, count, *pairs):
    groups = tuple(Group(number, str(number), frozenset({100 + number}), f"lokaal {number}") for number in
                   range(1, count + 1))  # fmt: skip
    return replace(facts, groups=groups, shared={frozenset(pair): 1 for pair in pairs})


def of(made, kind):
    return [row for row in made.rows if row.kind is kind]


@pytest.mark.parametrize("label", YEARS)
@pytest.mark.parametrize("region", Region)
def test_every_region_gets_a_whole_year_on_school_days(label, region):
    facts = with_classes(calendar(label, region), 6, (1, 2), (2, 3))
    made = plan(facts, PlanWishes())
    assert facts.first_day == FIRST_DAYS[label, region]
    assert Counter(row.kind for row in made.rows) == {
        PlannedKind.START_ROUND: 1, RECEPTION: 6, INFORMATION: 1, CIRCLE: 6, CONTACT: 4, PARENTS: 6,
        PlannedKind.REPORT: 2, PlannedKind.CHECKLIST: 2,
    }  # fmt: skip
    for row in made.rows:
        if row.kind is not PlannedKind.START_ROUND:
            assert facts.free_on(row.day) is None, row
            assert row.day.weekday() < 5
    assert {clash.kind for clash in clashes(made.rows, facts)} <= {ClashKind.AWKWARD}
    assert {clash.why for clash in clashes(made.rows, facts)} <= {Awkward.RAMADAN}


@pytest.mark.parametrize("label", YEARS)
@pytest.mark.parametrize("region", Region)
def test_the_kinds_are_when_they_belong(label, region):
    facts = with_classes(calendar(label, region), 4)
    made = plan(facts, PlanWishes(circles=7))
    [start] = of(made, PlannedKind.START_ROUND)
    window = start_window(facts.year, facts.periods)
    assert (start.day, start.until) == (window.starts_on, window.ends_on - timedelta(days=2))
    [evening] = of(made, INFORMATION)
    assert facts.week(2) <= evening.day < facts.week(3)
    assert {(row.day.weekday(), row.begins, row.ends) for row in of(made, CIRCLE)} == {
        (WEDNESDAY, time(20, 0), time(22, 0))
    }
    assert len(of(made, CIRCLE)) == 7
    gaps = [b.day - a.day for a, b in itertools.pairwise(of(made, CIRCLE))]
    assert timedelta(weeks=4) <= min(gaps)
    assert max(gaps) <= timedelta(weeks=9)
    assert [row.day.weekday() for row in of(made, CONTACT)] == [TUESDAY, THURSDAY] * 2
    assert [row.day.month for row in of(made, CONTACT)] == [11, 11, 2, 2]
    for row in of(made, RECEPTION):
        assert facts.first_day < row.day <= facts.first_day + timedelta(weeks=6)
        assert rules.minutes(row) <= 60
    assert len({row.day for row in of(made, PARENTS)}) <= len(of(made, PARENTS))


def test_t42_circles_leave_out_dankdag_biddag_ash_wednesday_and_the_eleventh():
    for label, region in itertools.product(YEARS, Region):
        facts = calendar(label, region)
        days = {row.day for row in of(plan(facts, PlanWishes(circles=7)), CIRCLE)}
        traps = {date(2026, 11, 11), date(2027, 2, 10), date(2027, 5, 5), date(2027, 11, 11)}
        if not region.is_flemish:
            traps |= {date(2026, 11, 4), date(2027, 3, 10), date(2027, 11, 3), date(2028, 3, 8)}
        assert not days & traps


def test_t42_with_the_switch_off_such_an_evening_is_planned_and_named():
    facts = calendar("2027-2028", Region.MIDDLE, *closed(date(2027, 10, 27), date(2027, 11, 10), date(2027, 11, 17)))
    minded, unminded = (of(plan(facts, PlanWishes(avoids=avoids)), CIRCLE) for avoids in (True, False))
    assert date(2027, 11, 3) not in {row.day for row in minded}
    assert date(2027, 11, 3) in {row.day for row in unminded}
    assert Awkward.THANKSGIVING in {clash.why for clash in clashes(unminded, facts)}


def test_what_fitted_better_and_fell_off_is_told():
    facts = calendar("2027-2028", Region.MIDDLE)
    first = of(plan(facts, PlanWishes()), CIRCLE)[0]
    barred = calendar("2027-2028", Region.MIDDLE, *closed(first.day))
    other = of(plan(barred, PlanWishes()), CIRCLE)[0]
    assert (other.instead_of, barred.free_on(first.day).label) == (first.day, "studiedag")


def test_t43_a_reception_is_in_september_where_the_year_begins_in_september():
    facts = with_classes(calendar("2027-2028", Region.SOUTH), 3)
    assert [row.day for row in of(plan(facts, PlanWishes()), RECEPTION)] == [date(2027, 9, 7)] * 3
    north = with_classes(calendar("2027-2028", Region.NORTH), 1)
    assert of(plan(north, PlanWishes()), RECEPTION)[0].day == date(2027, 8, 24)


def test_t44_the_schools_own_calendar_wins():
    own = CalendarDay(DayKind.HOLIDAY, "carnaval", Period(date(2027, 2, 6), date(2027, 2, 14)))
    facts = calendar("2026-2027", Region.MIDDLE, own)
    assert not [row for row in plan(facts, PlanWishes(circles=12)).rows if row.day in own.period]


def test_t41_evenings_keep_their_hour_when_the_clock_changes():
    facts = calendar("2026-2027", Region.MIDDLE)
    circles = of(plan(facts, PlanWishes(circles=7)), CIRCLE)
    assert {row.begins for row in circles} == {time(20, 0)}
    assert any(row.day < date(2026, 10, 25) for row in circles)
    assert any(date(2026, 10, 25) < row.day < date(2027, 3, 28) for row in circles)


def test_a_flemish_school_minds_armistice_day_and_no_dutch_days():
    facts = calendar("2026-2027", Region.FLANDERS)
    assert facts.free_on(date(2026, 11, 11)).label == "Wapenstilstand"
    assert facts.awkward(date(2027, 3, 10)) is None
    assert calendar("2026-2027", Region.MIDDLE).awkward(date(2027, 3, 10)) is Awkward.PRAYER_DAY


def test_brothers_and_sisters_never_have_receptions_at_once():
    everybody = itertools.combinations(range(1, 11), 2)
    facts = with_classes(calendar("2027-2028", Region.MIDDLE), 10, *everybody)
    made = plan(facts, PlanWishes())
    for one, other in itertools.combinations(of(made, RECEPTION), 2):
        assert not one.overlaps(other)
    for one, other in itertools.combinations(of(made, PARENTS), 2):
        assert one.day != other.day
    [proof] = [found for found in made.findings if found.what is FindingKind.NOT_IN_ONE_EVENING]
    assert (proof.groups, proof.count) == (tuple(range(1, 11)), 3)


def test_a_mentor_with_two_classes_is_at_one_reception_at_a_time():
    facts = with_classes(calendar("2027-2028", Region.MIDDLE), 2)
    same = tuple(replace(group, leaders=frozenset({1})) for group in facts.groups)
    one, other = of(plan(replace(facts, groups=same), PlanWishes()), RECEPTION)
    assert one.day == other.day
    assert not one.overlaps(other)


def test_forty_eight_receptions_in_one_evening_or_the_proof_that_they_do_not_fit():
    facts = calendar("2026-2027", Region.SOUTH)
    three_sets = [(a, b) for a, b in itertools.combinations(range(1, 49), 2) if a % 3 != b % 3 and (a * b) % 5 == 1]
    made = plan(with_classes(facts, 48, *three_sets), PlanWishes())
    assert len({row.day for row in of(made, RECEPTION)}) == 1
    fourth = [*three_sets, *itertools.combinations((1, 2, 3, 4), 2)]
    made = plan(with_classes(facts, 48, *fourth), PlanWishes())
    assert len({row.day for row in of(made, RECEPTION)}) == 2
    assert FindingKind.NOT_IN_ONE_EVENING in {found.what for found in made.findings}


def test_a_year_without_classes_says_what_is_still_to_come():
    made = plan(calendar("2027-2028", Region.MIDDLE), PlanWishes())
    assert (of(made, RECEPTION), of(made, PARENTS)) == ([], [])
    assert FindingKind.NO_CLASSES in {found.what for found in made.findings}


def test_the_leaving_classes_have_no_contact_evening():
    facts = with_classes(calendar("2027-2028", Region.MIDDLE), 3)
    leaving = (*facts.groups[:2], replace(facts.groups[2], leaves=True))
    assert {row.groups for row in of(plan(replace(facts, groups=leaving), PlanWishes()), CONTACT)} == {(1, 2)}
    assert {row.groups for row in of(plan(facts, PlanWishes()), CONTACT)} == {()}


@pytest.mark.parametrize("policy", [InformationEvening.BY_POLL, InformationEvening.NONE])
def test_the_school_may_do_without_an_information_evening(policy):
    made = plan(calendar("2027-2028", Region.MIDDLE), PlanWishes(information=policy))
    assert of(made, INFORMATION) == []
    told = FindingKind.BY_POLL in {found.what for found in made.findings}
    assert told is (policy is InformationEvening.BY_POLL)


def test_report_days_come_from_the_calendar_else_from_the_evenings():
    report = CalendarDay(DayKind.REPORT_1, "rapport", Period(date(2027, 11, 26), date(2027, 11, 26)))
    first, second = of(plan(calendar("2027-2028", Region.MIDDLE, report), PlanWishes()), PlannedKind.REPORT)
    assert (first.day, first.why) == (date(2027, 11, 26), Why.CALENDAR)
    assert second.why is Why.WITH_EVENINGS
    assert second.day.weekday() == 4


def test_t45_a_report_day_in_a_holiday_is_named_and_not_moved_in_silence():
    day = date(2028, 2, 29)
    report = CalendarDay(DayKind.REPORT_2, "rapport", Period(day, day))
    facts = calendar("2027-2028", Region.MIDDLE, report)
    made = plan(facts, PlanWishes())
    assert of(made, PlannedKind.REPORT)[1].day == day
    [clash] = [one for one in clashes(made.rows, facts) if one.kind is ClashKind.FREE_DAY]
    assert (clash.row.day, clash.label) == (day, "voorjaarsvakantie")


def test_fewer_or_more_circles_than_usual_are_named():
    for count, named in ((5, True), (6, False), (7, False), (8, True), (0, False)):
        made = plan(calendar("2027-2028", Region.MIDDLE), PlanWishes(circles=count))
        assert len(of(made, CIRCLE)) == count
        assert (FindingKind.UNUSUAL_NUMBER in {found.what for found in made.findings}) is named


def test_what_is_fixed_stays_and_the_rest_is_planned_around_it():
    facts = with_classes(calendar("2027-2028", Region.MIDDLE), 3, (1, 2))
    first = plan(facts, PlanWishes())
    circle = replace(of(first, CIRCLE)[1], day=of(first, CIRCLE)[1].day - timedelta(weeks=1))
    reception = replace(of(first, RECEPTION)[0], begins=time(18, 0), ends=time(18, 45))
    again = plan(facts, PlanWishes(), fixed=[circle, reception])
    assert len(of(again, CIRCLE)) == 5
    assert all(abs(row.day - circle.day) >= timedelta(weeks=2) for row in of(again, CIRCLE))
    assert [row.groups for row in of(again, RECEPTION)] == [(2,), (3,)]
    found = clashes([*again.rows, circle, reception], facts)
    assert {clash.kind for clash in found} <= {ClashKind.AWKWARD}
    whole = plan(facts, PlanWishes(), fixed=first.rows)
    assert whole.rows == ()


def test_next_year_has_the_hours_places_and_weekdays_of_this_year():
    facts = calendar("2026-2027", Region.MIDDLE)
    held = [
        replace(row, day=row.day + timedelta(days=1), begins=time(19, 30), ends=time(21, 30), place="aula")
        if row.kind is CIRCLE else row
        for row in plan(facts, PlanWishes()).rows
    ]  # fmt: skip
    made = plan(calendar("2027-2028", Region.MIDDLE), PlanWishes(), habits_of(held))
    for row in of(made, CIRCLE):
        assert (row.day.weekday(), row.begins, row.place) == (THURSDAY, time(19, 30), "aula")


def test_two_moments_at_once_are_named_with_what_they_share():
    facts = with_classes(calendar("2027-2028", Region.MIDDLE), 3, (1, 2))
    facts = replace(facts, groups=(*facts.groups[:2], replace(facts.groups[2], leaders=facts.groups[0].leaders)))
    day, hours = date(2027, 9, 28), {"begins": time(19, 0), "ends": time(20, 0)}
    one = Planned(PARENTS, day, groups=(1,), place="aula", **hours)
    two = Planned(PARENTS, day, groups=(2,), place="Aula", **hours)
    three = Planned(PARENTS, day, groups=(3,), **hours)
    later = replace(two, begins=time(20, 0), ends=time(21, 0))
    found = {(clash.kind, clash.row.groups, clash.other.groups) for clash in clashes([one, two, three], facts)}
    assert found == {
        (ClashKind.PLACE, (1,), (2,)), (ClashKind.FAMILIES, (1,), (2,)), (ClashKind.LEADERS, (1,), (3,)),
    }  # fmt: skip
    assert clashes([one, later], facts) == ()
    [whole] = clashes([one, replace(three, groups=())], facts)
    assert whole.kind is ClashKind.EVERYBODY


def test_bad_moments_are_named_before_they_are_saved():
    facts = calendar("2027-2028", Region.MIDDLE)
    good = Planned(RECEPTION, date(2027, 9, 2), begins=time(18, 0), ends=time(19, 0), groups=(1,))
    ensure_moment(good, facts)
    ensure_moment(replace(good, ends=time(19, 30)), facts, by_director=True)
    for change, refusal in (
        ({"ends": time(19, 30)}, rules.ReceptionTooLong),
        ({"day": date(2027, 10, 19)}, rules.OnAFreeDay),
        ({"day": date(2028, 5, 25)}, rules.OnAFreeDay),
        ({"day": date(2027, 8, 26)}, rules.BeforeSchoolBegins),
        ({"day": date(2029, 1, 9)}, rules.OutsideYear),
        ({"begins": None, "ends": None}, rules.TimesMissing),
        ({"ends": time(18, 0)}, rules.TimesInWrongOrder),
    ):
        with pytest.raises(refusal):
            ensure_moment(replace(good, **change), facts)


@pytest.mark.parametrize("wishes", [PlanWishes(circles=13), PlanWishes(circles=-1), PlanWishes(reception_minutes=90)])
def test_wishes_that_cannot_be_planned_are_refused(wishes):
    with pytest.raises((rules.WrongNumberOfCircles, rules.ReceptionLength)):
        rules.ensure_wishes(wishes)


DAYS = st.dates(date(2027, 8, 1), date(2028, 7, 31))


@settings(max_examples=30, deadline=None)
@given(
    st.lists(DAYS, max_size=40, unique=True),
    st.integers(0, 9),
    st.sets(st.tuples(st.integers(1, 6), st.integers(1, 6)).filter(lambda pair: pair[0] != pair[1])),
    st.sampled_from(Region),
)
def test_whatever_the_calendar_nothing_is_on_a_free_day_and_the_plan_is_always_the_same(days, circles, pairs, region):
    facts = with_classes(calendar("2027-2028", region, *closed(*days)), 6, *pairs)
    wishes = PlanWishes(circles=circles)
    made = plan(facts, wishes)
    assert made == plan(facts, wishes)
    assert all(facts.free_on(row.day) is None for row in made.rows if row.kind.is_evening)
    hard = {ClashKind.FREE_DAY, ClashKind.FAMILIES, ClashKind.LEADERS, ClashKind.PLACE, ClashKind.BEFORE_SCHOOL,
            ClashKind.EVERYBODY}  # fmt: skip
    assert not [clash for clash in clashes(made.rows, facts) if clash.kind in hard]
    short = sum(found.count for found in made.findings if found.what is FindingKind.TOO_FEW_DAYS)
    assert len(of(made, CIRCLE)) + short == circles
    assert plan(facts, wishes, fixed=made.rows).rows == ()


def cost_of(chosen, ideal):
    """How far from even."""
    gap = (ideal[-1] - ideal[0]).days // max(len(ideal) - 1, 1)
    uneven = sum(((after - before).days - gap) ** 2 for before, after in itertools.pairwise(chosen))
    return uneven + (chosen[0] - ideal[0]).days ** 2 + (chosen[-1] - ideal[-1]).days ** 2


@settings(max_examples=100, deadline=None)
@given(
    st.lists(DAYS, min_size=1, max_size=9, unique=True), st.lists(DAYS, max_size=2, unique=True),
    st.lists(DAYS, min_size=1, max_size=4, unique=True),
)  # fmt: skip
def test_no_other_choice_of_days_is_more_even(days, held, ideal):
    ideal, every = sorted(ideal), sorted({*days, *held})
    count = min(max(len(ideal), len(held)), len(every))
    chosen = spread_out(days, held, ideal)
    assert list(chosen) == sorted(set(chosen))
    assert set(held) <= set(chosen)
    possible = [one for one in itertools.combinations(every, count) if set(held) <= set(one)]
    assert cost_of(chosen, ideal) == min(cost_of(one, ideal) for one in possible)


def test_nothing_to_spread_is_nothing():
    assert spread_out([], [], []) == ()
    assert spread_out([], [], [date(2027, 9, 1)]) == ()
    assert spread_out([date(2027, 9, 1)], [], []) == ()
