"""Which evenings the product proposes for contact evenings."""

from datetime import date

import pytest

from scheduling.domain.evening_dates import Awkward, awkward, next_evening, proposed
from scheduling.domain.years import Period

YEAR = Period(date(2027, 8, 1), date(2028, 7, 31))
SPRING = Period(date(2028, 2, 26), date(2028, 3, 5))


def test_first_in_november_and_after_that_in_february_a_tuesday_and_a_thursday_of_one_week():
    first = proposed(YEAR, [], after=date(2027, 9, 1))
    assert first == (date(2027, 11, 16), date(2027, 11, 18))
    second = proposed(YEAR, [SPRING], after=date(2027, 11, 30))
    assert second == (date(2028, 2, 15), date(2028, 2, 17))
    assert [day.weekday() for day in second] == [1, 3]
    assert proposed(YEAR, [], after=date(2028, 3, 1)) is None, "the school year has no third"


def test_never_in_a_holiday_and_not_on_an_evening_that_suits_few_families():
    holiday = Period(date(2027, 11, 8), date(2027, 11, 28))
    one, other = proposed(YEAR, [holiday], after=date(2027, 9, 1))
    assert (one.month, other.month) == (11, 11)
    assert one not in holiday
    assert other not in holiday
    assert awkward(date(2027, 11, 11)) is Awkward.SAINT_MARTIN, "a Thursday that would have been nearer"
    assert other != date(2027, 11, 11)
    assert next_evening([one, other], YEAR, [holiday]) > other


@pytest.mark.parametrize(
    "day, why",
    [
        (date(2027, 11, 3), Awkward.THANKSGIVING),
        (date(2027, 12, 5), Awkward.SAINT_NICHOLAS),
        (date(2028, 2, 28), Awkward.CARNIVAL),
        (date(2028, 3, 1), Awkward.ASH_WEDNESDAY),
        (date(2028, 3, 8), Awkward.PRAYER_DAY),
        (date(2028, 2, 15), Awkward.RAMADAN),
        (date(2027, 11, 16), None),
    ],
)
def test_what_families_do_on_an_evening_is_known(day: date, why: Awkward | None):
    assert awkward(day) is why
