"""Parts of days, what a time costs, and which days each of two talks gets."""

from datetime import UTC, date, datetime, timedelta

import pytest

from scheduling.domain.rounds import RoundMode
from scheduling.domain.timeslots import Span
from scheduling.domain.wishes import (
    COST,
    OTHER_DAY,
    Answer,
    Asking,
    PartOfDay,
    SiblingWish,
    Window,
    Wishes,
    WishesAfterTheTalks,
    asking,
    cost_of,
    ensure_in_time,
    is_asked,
    joint_answer,
    offered_windows,
    share_days,
    window_at,
)
from scheduling.domain.years import Period

DAY = date(2027, 8, 31)
TUESDAY_15 = datetime(2027, 8, 31, 13, 0, tzinfo=UTC)
"""15.00 hours on the clock of the school."""

SLOT = timedelta(minutes=20)
AFTERNOON, LATE = Window(DAY, PartOfDay.EARLY_AFTERNOON), Window(DAY, PartOfDay.LATE_AFTERNOON)


def a_time(slots_from_15: int, *, slots: int = 1) -> Span:
    begin = TUESDAY_15 + slots_from_15 * SLOT
    return Span(begin, begin + slots * SLOT)


@pytest.mark.parametrize(
    ("hour", "part"),
    [
        (6, "morning"),
        (9, "morning"),
        (10, "early_afternoon"),
        (13, "late_afternoon"),
        (16, "early_evening"),
        (17, "early_evening"),
        (18, "evening"),
        (20, "evening"),
    ],
)
def test_a_day_has_five_parts_on_the_clock_of_the_school(hour: int, part: str) -> None:
    assert window_at(datetime(2027, 8, 31, hour, 0, tzinfo=UTC)) == Window(DAY, PartOfDay(part))


def test_families_are_asked_about_the_stretches_in_which_times_lie() -> None:
    found = offered_windows([a_time(2), a_time(-1), a_time(0), a_time(-3)])
    assert [(one.window, one.span) for one in found] == [
        (AFTERNOON, Span(a_time(-3).starts_at, a_time(-1).ends_at)),
        (LATE, Span(a_time(0).starts_at, a_time(2).ends_at)),
    ]


def test_what_is_left_open_is_as_good_as_any_time_unless_another_suits_well() -> None:
    assert Wishes({LATE: Answer.CANNOT}).answer_to(a_time(-1)) is Answer.GOOD
    assert Wishes({LATE: Answer.GOOD}).answer_to(a_time(-1)) is Answer.CAN
    assert Wishes().answer_to(a_time(0)) is None
    assert Wishes(siblings=SiblingWish.APART).answer_to(a_time(0)) is None


def test_a_double_talk_suits_as_its_worst_part_of_the_day() -> None:
    wishes = Wishes({AFTERNOON: Answer.GOOD, LATE: Answer.CANNOT})
    assert wishes.answer_to(a_time(-1)) is Answer.GOOD
    assert wishes.answer_to(a_time(-1, slots=2)) is Answer.CANNOT


def test_a_joint_talk_suits_as_the_home_that_it_suits_least() -> None:
    one, other = Wishes({LATE: Answer.GOOD}), Wishes({LATE: Answer.CAN})
    assert joint_answer([one, other], a_time(0)) is Answer.CAN
    assert joint_answer([one, Wishes()], a_time(0)) is Answer.GOOD
    assert joint_answer([Wishes()], a_time(0)) is None


def test_no_wish_costs_as_much_as_having_no_time() -> None:
    cannot = Wishes({LATE: Answer.CANNOT})
    assert cost_of([], a_time(0)) == 0
    assert cost_of([Wishes({LATE: Answer.CAN})], a_time(0)) == COST[Answer.CAN]
    assert cost_of([cannot, cannot], a_time(0)) + OTHER_DAY < 60
    assert COST[Answer.CANNOT] > 2 * 15, "brothers and sisters side by side do not outweigh what a family cannot"


def test_two_talks_never_share_a_day_and_one_day_goes_to_who_has_no_other() -> None:
    monday, tuesday, friday = (date(2027, 8, day) for day in (30, 31, 27))
    assert share_days({"a": {monday, tuesday}, "b": {tuesday}}) == {"a": {monday}, "b": {tuesday}}
    shared = share_days({"a": {monday, tuesday, friday}, "b": {monday, tuesday, friday}})
    assert shared["a"].isdisjoint(shared["b"])
    assert {len(days) for days in shared.values()} == {1, 2}


def test_wishing_ends_when_the_times_are_there_and_late_is_no_end() -> None:
    until = TUESDAY_15
    assert asking(until, until - SLOT, has_time=False) is Asking.OPEN
    assert asking(until, until, has_time=False) is Asking.LATE
    assert asking(until, until - SLOT, has_time=True) is Asking.OVER


def test_where_families_choose_themselves_nobody_is_asked() -> None:
    assert is_asked(RoundMode.ROSTER_THEN_SWAP, TUESDAY_15)
    assert is_asked(RoundMode.ROSTER, TUESDAY_15)
    assert not is_asked(RoundMode.PICK, TUESDAY_15)
    assert not is_asked(RoundMode.ROSTER, None)


def test_the_last_day_for_wishes_comes_before_the_first_talk() -> None:
    period = Period(date(2027, 8, 31), date(2027, 9, 10))
    ensure_in_time(None, period)
    ensure_in_time(datetime(2027, 8, 30, 22, 0, tzinfo=UTC), period)
    with pytest.raises(WishesAfterTheTalks):
        ensure_in_time(datetime(2027, 8, 31, 22, 0, tzinfo=UTC), period)
