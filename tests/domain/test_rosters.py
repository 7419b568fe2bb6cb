"""Which talks a round needs, who leads them, who belongs together."""

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling.domain.people import SeparatedParents
from scheduling.domain.rosters import (
    Choice,
    adjoins,
    share_out,
    sibling_groups,
    talks_needed,
    walking_gap,
    who_may_lead,
)
from scheduling.domain.timeslots import Span

MONDAY, TUESDAY = date(2027, 8, 30), date(2027, 8, 31)
THREE = datetime(2027, 8, 31, 13, 0, tzinfo=UTC)


def at(minutes: int, length: int = 20) -> Span:
    start = THREE + timedelta(minutes=minutes)
    return Span(start, start + timedelta(minutes=length))


@pytest.mark.parametrize(
    "homes, policy, talks",
    [
        ([], SeparatedParents.ONE_JOINT, (None,)),
        ([4], SeparatedParents.ONE_JOINT, (4,)),
        ([4, 7], SeparatedParents.ONE_JOINT, (None,)),
        ([4, 7], SeparatedParents.SEPARATE_ON_REQUEST, (None,)),
        ([4, 7], SeparatedParents.ALWAYS_TWO, (4, 7)),
    ],
)
def test_a_pupil_has_a_talk_per_home_only_if_the_school_says_so(homes, policy, talks):
    assert talks_needed(homes, policy) == talks


def test_an_adult_pupil_has_one_talk_whatever_the_homes():
    assert talks_needed([4, 7], SeparatedParents.ALWAYS_TWO, speaks_for_self=True) == (None,)


def test_a_parent_leads_the_own_childs_talk_only_when_nobody_else_can():
    assert who_may_lead([1, 2], {1}) == (2,)
    assert who_may_lead([1], {1}) == (1,)


@pytest.mark.parametrize("walking, minutes, gap", [(0, 20, 0), (5, 20, 1), (20, 20, 1), (25, 20, 2), (5, 10, 1)])
def test_there_is_time_to_walk(walking, minutes, gap):
    assert walking_gap(walking, minutes) == gap


def test_both_parents_of_a_family_make_one_group_and_half_siblings_another():
    groups = sibling_groups({1: ["a", "b"], 2: ["b", "a"], 3: ["b", "c"], 4: ["a"], 5: ["a", "b", "d"], 6: ["a", "d"]})
    assert groups == (("a", "b", "d"), ("b", "c"))


def test_pupils_are_shared_out_by_the_room_of_their_leaders():
    led = share_out([Choice(n, (1, 2), 1) for n in range(9)], {1: 8, 2: 4}, {1: {MONDAY}, 2: {TUESDAY}})
    assert (list(led.values()).count(1), list(led.values()).count(2)) == (6, 3)


def test_a_leader_without_times_leads_nobody_as_long_as_the_other_has_room():
    led = share_out([Choice(n, (1, 2), 1) for n in range(4)], {1: 4, 2: 0}, {1: {MONDAY}})
    assert set(led.values()) == {1}


def test_a_pupil_with_a_sibling_goes_to_the_leader_who_is_there_on_the_same_days():
    choices = [Choice(1, (9,), 1, frozenset({2})), Choice(2, (7, 8), 1, frozenset({1})), Choice(3, (7, 8), 1)]
    led = share_out(choices, {7: 5, 8: 5, 9: 5}, {7: {MONDAY}, 8: {TUESDAY}, 9: {TUESDAY}})
    assert (led[2], led[3]) == (8, 7)


def test_a_class_without_leaders_gives_its_pupils_none():
    assert share_out([Choice(1, (), 1)], {}, {}) == {}


@pytest.mark.parametrize("gap, yes", [(0, False), (20, True), (40, True), (60, False)])
def test_talks_adjoin_when_there_is_time_to_walk_and_no_long_wait(gap, yes):
    assert adjoins(at(0), at(20 + gap), 1, 20) is yes
    assert adjoins(at(20 + gap), at(0), 1, 20) is yes


def test_talks_of_two_days_never_adjoin():
    late = Span(datetime(2027, 8, 31, 21, 40, tzinfo=UTC), datetime(2027, 8, 31, 22, 0, tzinfo=UTC))
    early = Span(datetime(2027, 8, 31, 22, 0, tzinfo=UTC), datetime(2027, 8, 31, 22, 20, tzinfo=UTC))
    assert not adjoins(late, early, 0, 20)
