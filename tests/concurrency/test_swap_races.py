"""Swaps at the same moment, by processes of their own, on both databases: one is first, and every rule holds.

A thousand rounds on each database are in `python -m benchmarks.swap_races`; here each case is played a few times.
"""

import random

import pytest
from flask import Flask

from tests.concurrency import swap_races
from tests.concurrency.players import playing

ROUNDS = 3
TWIN_ROUNDS = 12

pytestmark = [pytest.mark.alone, pytest.mark.slow]


@pytest.mark.timeout(600)
def test_of_two_who_act_at_once_one_is_first_and_every_rule_holds(any_app: Flask):
    """T37: a yes while the other cancels, two yeses, chains of three."""
    dice = random.Random(1)
    with playing(any_app, swap_races.AT_ONCE) as players, any_app.app_context():
        ground = swap_races.Ground()
        for case, families in swap_races.CASES:
            for _ in range(ROUNDS):
                swap_races.run(players, ground, case, families, dice)


@pytest.mark.timeout(600)
def test_without_holding_still_and_looking_the_rules_break(any_app: Flask):
    dice = random.Random(1)
    broken = 0
    with playing(any_app, swap_races.AT_ONCE, swap_races.without_guards) as players, any_app.app_context():
        ground = swap_races.Ground()
        for _ in range(TWIN_ROUNDS):
            try:
                swap_races.run(players, ground, swap_races.two_families_say_yes, 3, dice)
            except AssertionError:
                broken += 1
    assert broken > 0, "the twin without guards must break a rule, or these races prove nothing"
