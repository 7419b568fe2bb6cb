"""From typed hours to slots."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from scheduling.domain.hours import (
    Hours,
    HoursFaultKind,
    HoursRefused,
    SlotTime,
    WarningKind,
    cut_hours,
    room_for,
    stretches,
)
from scheduling.domain.timeslots import Span

DAY = date(2027, 8, 31)
THREE = datetime(2027, 8, 31, 13, 0, tzinfo=UTC)


def hours(starts: str, ends: str, *, leader: str = "anna", row: int = 2, day: date = DAY) -> Hours:
    return Hours(leader, day, time.fromisoformat(starts), time.fromisoformat(ends), "12", row)


def starts(*numbers: int) -> list[datetime]:
    return [THREE + timedelta(minutes=20 * number) for number in numbers]


def test_what_is_left_of_an_hour_is_no_slot():
    slots, warnings = cut_hours([hours("15:00", "15:50")], 20)
    assert [slot.span for slot in slots] == [Span(start, start + timedelta(minutes=20)) for start in starts(0, 1)]
    assert warnings == []


def test_every_fault_is_named_at_once_in_the_order_of_the_rows():
    with pytest.raises(HoursRefused) as refusal:
        cut_hours(
            [
                hours("15:00", "16:00", row=2),
                hours("02:30", "02:50", row=3, day=date(2028, 3, 26)),
                hours("17:00", "16:00", row=4),
                hours("15:40", "16:20", row=5),
            ],
            20,
        )
    assert [(fault.kind, fault.hours.row) for fault in refusal.value.faults] == [
        (HoursFaultKind.NO_SUCH_TIME, 3),
        (HoursFaultKind.ENDS_BEFORE, 4),
        (HoursFaultKind.OVERLAP, 5),
    ]


def test_two_leaders_may_be_busy_at_once_and_one_may_go_on_where_she_stopped():
    slots, _ = cut_hours([hours("15:00", "16:00"), hours("15:00", "16:00", leader="bas"), hours("16:00", "17:00")], 20)
    assert len(slots) == 9


def test_the_repeated_hour_of_october_is_taken_once():
    slots, _ = cut_hours([hours("02:00", "02:40", day=date(2027, 10, 31))], 20)
    assert len({slot.span for slot in slots}) == 2


def test_a_stretch_shorter_than_a_talk_is_a_warning():
    slots, warnings = cut_hours([hours("15:00", "15:10")], 20)
    assert (slots, [warning.kind for warning in warnings]) == ([], [WarningKind.TOO_SHORT])


@pytest.mark.parametrize(
    "offered, in_a_row, usable",
    [
        ((0, 1, 2, 3, 4, 5), 0, 6),
        ((0, 1, 2, 3, 4, 5), 4, 5),
        ((0, 1, 2, 3, 4, 5, 6, 7, 8, 9), 4, 8),
        ((0, 1, 2, 4, 5, 6), 2, 4),
        ((0, 1, 2, 3), 4, 4),
        ((), 4, 0),
    ],
)
def test_pauses_cost_slots(offered, in_a_row, usable):
    assert room_for(starts(*offered), 20, in_a_row) == usable


def test_slots_that_follow_each_other_in_one_room_are_said_as_one_stretch():
    length = timedelta(minutes=20)
    slots = [
        SlotTime("anna", Span(start, start + length), room)
        for start, room in zip(starts(0, 1, 2, 4), "1122", strict=True)
    ]
    assert [(s.span.starts_at, s.span.ends_at, s.room) for s in stretches(slots)] == [
        (starts(0)[0], starts(2)[0], "1"),
        (starts(2)[0], starts(3)[0], "2"),
        (starts(4)[0], starts(5)[0], "2"),
    ]
