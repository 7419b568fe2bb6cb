"""What a leader notes of contact with a family, and when contact is due."""

from dataclasses import replace
from datetime import date

import pytest

from scheduling.domain.aftercare import AfterwordTooLong, MarkupInAfterword
from scheduling.domain.contacts import (
    LINE_LENGTH,
    LONGEST_MINUTES,
    Channel,
    Contact,
    ContactLater,
    ContactOutsideYear,
    Group,
    MinutesWrong,
    MovedNowhere,
    Went,
    due_days,
    ensure_complete,
    group_of,
    minutes_of,
    this_week,
)
from scheduling.domain.moments import MomentKind, Timing
from scheduling.domain.plans import AgreedMoment, ContactForm, Initiative
from scheduling.domain.texts import TextCompels
from scheduling.domain.years import Period

YEAR = Period(date(2027, 8, 1), date(2028, 7, 31))
TODAY = date(2027, 11, 24)
"""A Wednesday."""
CALLED = Contact(TODAY, Channel.CALL, Initiative.SCHOOL, Went.DONE)


def kept(**changes) -> Contact:
    return ensure_complete(replace(CALLED, **changes), today=TODAY, year=YEAR)


@pytest.mark.parametrize(
    "changes, refusal",
    [
        ({"day": date(2027, 11, 25)}, ContactLater),
        ({"day": date(2027, 7, 31)}, ContactOutsideYear),
        ({"minutes": 0}, MinutesWrong),
        ({"minutes": LONGEST_MINUTES + 1}, MinutesWrong),
        ({"line": "a" * (LINE_LENGTH + 1)}, AfterwordTooLong),
        ({"line": "zie https://example.org"}, MarkupInAfterword),
        ({"line": "dit moet u doen"}, TextCompels),
        ({"went": Went.MOVED}, MovedNowhere),
        ({"went": Went.MOVED, "moved_to": date(2027, 11, 23)}, MovedNowhere),
        ({"went": Went.MOVED, "moved_to": date(2028, 8, 1)}, ContactOutsideYear),
    ],
)
def test_what_cannot_be_is_refused(changes, refusal):
    with pytest.raises(refusal):
        kept(**changes)


def test_a_line_is_tidied_and_only_what_is_moved_has_another_day():
    assert kept(line="  wij  lezen\n samen ").line == "wij lezen samen"
    assert kept(moved_to=date(2027, 12, 1)).moved_to is None
    assert kept(went=Went.MOVED, moved_to=TODAY).moved_to == TODAY


def test_what_was_done_is_due_no_more_and_what_was_moved_on_its_new_day():
    week = Period(date(2027, 11, 22), date(2027, 11, 26))
    moved = replace(CALLED, went=Went.MOVED, moved_to=date(2027, 12, 1))
    missed = replace(CALLED, went=Went.NOT_REACHED)
    assert due_days(week, []) == due_days(week, [missed]) == week
    assert due_days(week, [moved, missed]) == Period(date(2027, 12, 1), date(2027, 12, 1))
    assert due_days(week, [moved, CALLED]) is None


@pytest.mark.parametrize(
    "first, last, group",
    [
        (22, 23, Group.LATE),
        (22, 24, Group.TODAY),
        (24, 24, Group.TODAY),
        (22, 26, Group.WEEK),
        (28, 30, Group.WEEK),
        (29, 30, None),
    ],
)
def test_what_is_due_stands_under_late_today_or_this_week(first, last, group):
    assert group_of(Period(date(2027, 11, first), date(2027, 11, last)), TODAY) is group


@pytest.mark.parametrize("today, friday", [(22, 26), (25, 26), (26, 3), (27, 3), (28, 3)])
def test_within_the_week_is_until_friday_and_from_friday_on_until_the_next(today, friday):
    found = this_week(date(2027, 11, today))
    assert (found.starts_on.day, found.ends_on.day) == (today, friday)


def test_time_is_as_agreed_or_written_down_and_else_as_usual():
    assert minutes_of(AgreedMoment(Timing(MomentKind.IN_MONTH, month=3), ContactForm.HOME_VISIT)) == 60
    assert minutes_of(AgreedMoment(Timing(MomentKind.FIXED, minutes=45), ContactForm.CALL)) == 45
    assert (CALLED.spent, replace(CALLED, minutes=4).spent, replace(CALLED, went=Went.NOT_REACHED).spent) == (15, 4, 0)
