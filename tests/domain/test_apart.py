"""Groups that cannot meet at the same moment get the fewest moments there can be, or the proof that none are."""

import itertools

from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.domain.apart import fewest_moments, fit_in


def sharing(pairs, count):
    found = {group: set() for group in range(count)}
    for one, other in pairs:
        found[one].add(other)
        found[other].add(one)
    return found


@st.composite
def schools(draw):
    count = draw(st.integers(1, 6))
    every = list(itertools.combinations(range(count), 2))
    pairs = draw(st.sets(st.sampled_from(every))) if every else set()
    return count, sharing(pairs, count)


def by_trying_everything(count, near):
    """The fewest moments, found without any thought."""
    for moments in range(1, count + 1):
        for chosen in itertools.product(range(moments), repeat=count):
            if all(chosen[one] != chosen[other] for one in near for other in near[one]):
                return moments
    return 0


@settings(max_examples=150, deadline=None)
@given(schools())
def test_no_two_that_share_meet_at_once_and_fewer_moments_do_not_do(school):
    count, near = school
    spread = fewest_moments(range(count), near, most=count)
    assert all(spread.moment_of[one] != spread.moment_of[other] for one in near for other in near[one])
    assert spread.proven
    assert spread.moments == by_trying_everything(count, near)
    assert spread == fewest_moments(range(count), near, most=count)


@settings(max_examples=100, deadline=None)
@given(schools(), st.integers(1, 4))
def test_fitting_in_is_proved_or_disproved(school, moments):
    count, near = school
    assert fit_in(range(count), near, moments) is (by_trying_everything(count, near) <= moments)


@settings(max_examples=100, deadline=None)
@given(schools(), st.data())
def test_a_barred_moment_is_never_given(school, data):
    count, near = school
    barred = {group: data.draw(st.sets(st.integers(0, 3), max_size=2)) for group in range(count)}
    spread = fewest_moments(range(count), near, barred=barred, most=count + 4)
    assert spread.left_out == ()
    assert all(moment not in barred[group] for group, moment in spread.moment_of.items())
    assert all(spread.moment_of[one] != spread.moment_of[other] for one in near for other in near[one])


def test_who_has_no_moment_is_named():
    everybody = sharing(itertools.combinations(range(4), 2), 4)
    spread = fewest_moments(range(4), everybody, most=3)
    assert (len(spread.moment_of), spread.left_out, spread.proven) == (3, (3,), False)
    assert spread.all_apart == (0, 1, 2, 3)


def test_an_odd_ring_needs_three_moments_although_no_three_share():
    ring = sharing([(0, 1), (1, 2), (2, 3), (3, 4), (4, 0)], 5)
    assert fit_in(range(5), ring, 2) is False
    spread = fewest_moments(range(5), ring, most=5)
    assert (spread.moments, spread.proven, len(spread.all_apart)) == (3, True, 2)
