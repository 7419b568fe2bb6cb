"""Our own table of school holidays."""

import itertools
from datetime import date

import pytest

from scheduling.domain.years import Region, year_period
from scheduling.formats.holidays import all_holidays, holidays_of


def test_dutch_holidays_run_from_saturday_to_sunday():
    for holiday in all_holidays():
        days = (holiday.period.ends_on - holiday.period.starts_on).days + 1
        if holiday.region is not Region.FLANDERS:
            assert (holiday.period.starts_on.weekday(), holiday.period.ends_on.weekday()) == (5, 6), holiday
            assert days in (9, 16, 44), holiday


@pytest.mark.parametrize("region", list(Region))
@pytest.mark.parametrize("label", ["2026-2027", "2027-2028"])
def test_every_region_has_its_holidays_in_order_and_without_overlap(region, label):
    found = holidays_of(region, year_period(label, region))
    assert len([one for one in found if one.year == label]) == 5
    periods = [holiday.period for holiday in found]
    assert periods == sorted(periods, key=lambda period: period.starts_on)
    assert all(a.ends_on < b.starts_on for a, b in itertools.pairwise(periods))


def test_the_year_begins_with_the_rest_of_the_summer_holiday():
    first = holidays_of(Region.MIDDLE, year_period("2027-2028", Region.MIDDLE))[0]
    assert (first.name, first.period.ends_on) == ("zomervakantie", date(2027, 8, 29))
