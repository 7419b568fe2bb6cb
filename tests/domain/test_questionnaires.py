"""Totals that tell of nobody: ten or more, also when they are taken from each other."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduling.domain.people import Sector
from scheduling.domain.questionnaires import (
    FEWEST,
    LONGEST_REMARK,
    ORDER,
    SCHOOL,
    Group,
    Item,
    NothingSaid,
    Part,
    Said,
    Side,
    Tally,
    Total,
    groups_of,
    merged,
    shown,
)
from scheduling.domain.texts import TextTooLong

HAVO, VWO = Group(Part.LEVEL, "havo"), Group(Part.LEVEL, "vwo")
ONE, SIX = Group(Part.GRADE, "1"), Group(Part.GRADE, "6")


def test_each_list_asks_all_eleven_once():
    assert {tuple(sorted(order)) for order in ORDER.values()} == {tuple(sorted(Item))}
    assert len(Item) == 11


@pytest.mark.parametrize(
    ("level", "grade", "sector", "names"),
    [
        ("havo/vwo", "1", Sector.SECONDARY, ["vwo", "1"]),
        ("vmbo/havo", "5", Sector.SECONDARY, ["havo", "5/6"]),
        ("VWO", "6", Sector.SECONDARY, ["vwo", "5/6"]),
        ("", "6", Sector.PRIMARY, ["6"]),
        ("", "", Sector.PRIMARY, []),
    ],
)
def test_a_mixed_level_counts_as_the_higher_one_and_five_and_six_together(level, grade, sector, names):
    first, *rest = groups_of(level, grade, sector)
    assert first == SCHOOL
    assert [group.name for group in rest] == names


def test_nine_answers_are_shown_to_nobody_and_ten_are():
    assert shown({SCHOOL: 9}, []) == frozenset()
    assert shown({SCHOOL: 10}, []) == {SCHOOL}


def test_a_group_is_hidden_when_the_school_minus_it_would_tell_of_a_few():
    of_classes = [(SCHOOL, HAVO), (SCHOOL, VWO)]
    assert shown({SCHOOL: 25, HAVO: 20, VWO: 5}, of_classes) == {SCHOOL}
    assert shown({SCHOOL: 40, HAVO: 20, VWO: 20}, of_classes) == {SCHOOL, HAVO, VWO}


def test_a_level_is_hidden_when_a_year_within_it_would_leave_a_few():
    of_classes = [(SCHOOL, VWO, SIX), (SCHOOL, VWO, ONE), (SCHOOL, HAVO, ONE)]
    counts = {SCHOOL: 60, VWO: 15, HAVO: 45, SIX: 12, ONE: 48}
    assert VWO not in shown(counts, of_classes), "vwo without year six would be three people"


@given(st.tuples(*[st.integers(0, 30)] * 9).filter(any))
def test_no_total_and_no_difference_of_a_total_and_the_groups_within_it_is_of_fewer_than_ten(sizes):
    classes = itertools.product(("havo", "vwo", "mavo"), "123")
    cells = [(*one, size) for one, size in zip(classes, sizes, strict=True) if size]
    of_classes = [groups_of(level, grade, Sector.SECONDARY) for level, grade, _count in cells]
    counts: dict[Group, int] = {}
    for groups, (_level, _grade, count) in zip(of_classes, cells, strict=True):
        for group in groups:
            counts[group] = counts.get(group, 0) + count
    open_ = shown(counts, of_classes)
    people = {
        group: {number for number, groups in enumerate(of_classes) if group in groups} for group in open_
    }  # fmt: skip
    for whole in open_:
        assert counts[whole] >= FEWEST
        for part in (Part.LEVEL, Part.GRADE):
            within = [one for one in open_ if one.part is part and one != whole and people[one] <= people[whole]]
            rest = people[whole] - set().union(*(people[one] for one in within)) if within else set()
            left = sum(cells[number][2] for number in rest)
            assert left == 0 or left >= FEWEST or not within


@given(st.tuples(*[st.integers(0, 500)] * 3).filter(any))
def test_the_parts_of_a_bar_are_a_hundred_together(counts):
    percents = Total(*counts).percents
    assert sum(percents) == 100
    for percent, count in zip(percents, counts, strict=True):
        assert abs(percent - 100 * count / sum(counts)) < 1


def test_the_two_lowest_answers_are_one():
    assert merged((1, 2, 3, 4)) == Total(3, 3, 4)


def test_sums_do_not_tell_who_said_what_together():
    """Two people who answer crosswise leave the same sums as two who answer alike."""
    sums = []
    for first, second in (((1, 4), (4, 1)), ((1, 1), (4, 4))):
        tally = Tally()
        for one, other in (first, second):
            tally.add(Said({(Item.HOME, Side.EXPERIENCE): one, (Item.ROLE, Side.EXPERIENCE): other}))
        sums.append((tally.people, tally.counts))
    assert sums[0] == sums[1]


def test_one_answer_is_enough_and_a_remark_alone_is_none():
    assert Said({(Item.HOME, Side.EXPERIENCE): 4, (Item.ROLE, Side.EXPERIENCE): 9}).tidy().answers == {
        (Item.HOME, Side.EXPERIENCE): 4
    }
    with pytest.raises(NothingSaid):
        Said({}, "Dank").tidy()
    with pytest.raises(TextTooLong):
        Said({(Item.HOME, Side.EXPERIENCE): 4}, "x" * (LONGEST_REMARK + 1)).tidy()
