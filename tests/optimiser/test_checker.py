"""The checker by itself: a valid roster passes, and every way of breaking a rule is named."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from scheduling.optimiser import checker
from scheduling.optimiser.problem import (
    Break,
    ConversationsProblem,
    ConversationsRoster,
    ConversationsScore,
    EveningBound,
    EveningProblem,
    EveningRoster,
    EveningScore,
    Move,
    Place,
    Siblings,
    SwapSlot,
    SwapsProblem,
    SwapsRoster,
)
from tests.optimiser.small import at, evening, leader, place, round_of, talk

ROUND = round_of(
    [leader("m", 6), leader("n", 6)],
    [talk("a", "m", *range(6)), talk("b", "m", *range(6)), talk("c", "n", *range(6), length=2)],
    (Siblings(("a", "c"), 0),),
    guardian_leads=(("c", "m"),),
    max_in_a_row=2,
)


def _round_says(placed: dict[str, int], problem: ConversationsProblem = ROUND) -> str:
    starts = {name: at(slot) for name, slot in placed.items()}
    return "\n".join(checker.check(problem, ConversationsRoster("feasible", 0, starts, {}, None, None)))


def test_a_round_that_keeps_every_rule_passes() -> None:
    assert _round_says({"a": 0, "b": 3, "c": 1}) == ""


@pytest.mark.parametrize(
    ("placed", "sentence"),
    [
        ({"a": 0, "b": 0}, "overlap"),
        ({"a": 7}, "not possible"),
        ({"c": 5}, "outside the slots"),
        ({"a": 1, "c": 0}, "siblings ['a', 'c']"),
        ({"b": 1, "c": 0}, "guardian m"),
        ({"x": 0}, "x is not in the problem"),
    ],
)
def test_a_round_that_breaks_a_rule_is_told_which(placed: dict[str, int], sentence: str) -> None:
    assert sentence in _round_says(placed)


def test_a_row_that_is_too_long_is_told() -> None:
    problem = round_of([leader("m", 3)], [talk(name, "m", 0, 1, 2) for name in "abc"], max_in_a_row=2)
    assert "more than 2 slots in a row" in _round_says({"a": 0, "b": 1, "c": 2}, problem)


def test_a_pin_that_was_moved_is_told() -> None:
    assert "where it is pinned" in _round_says({"a": 1}, replace(ROUND, pinned={"a": at(0)}))


EVENING = evening(
    {"t": None, "u": None},
    {"f": [0, 1, 2, 3], "g": None},
    [("a", "f", "t", 2), ("b", "f", "u", 1, 2), ("c", "g", "t"), ("d", "g", "u")],
    evenings=2,
    breaks={"t": Break(2, 4)},
    gap_slots=1,
)
EVENING = replace(
    EVENING,
    families=(
        replace(EVENING.families[0], available=tuple((e, s) for e in ("e0", "e1") for s in range(4))),
        EVENING.families[1],
    ),
)


def _evening_says(*placed: Place, problem: EveningProblem = EVENING) -> str:
    return "\n".join(checker.check(problem, EveningRoster("feasible", 0, placed, {}, None, None)))


def test_an_evening_that_keeps_every_rule_passes() -> None:
    assert _evening_says(place("a", 0), place("b", 2), place("c", 3)) == ""


@pytest.mark.parametrize(
    ("placed", "sentence"),
    [
        ((place("a", 3), place("c", 3)), "teacher t has two talks at once"),
        ((place("a", 1), place("b", 0)), "family f has two talks at once"),
        ((place("a", 2), place("b", 0)), "less than 1 slots between"),
        ((place("b", 3),), "when the family is not there"),
        ((place("a", 2), place("c", 3)), "no break"),
        ((place("a", 0), place("b", 2, "e1")), "several evenings"),
        ((place("a", 0), place("a", 2)), "placed twice"),
        ((place("z", 0),), "not in the problem"),
    ],
)
def test_an_evening_that_breaks_a_rule_is_told_which(placed: tuple[Place, ...], sentence: str) -> None:
    assert sentence in _evening_says(*placed)


def test_every_level_of_the_score_is_counted_by_hand() -> None:
    problem = evening(
        {"t": None, "u": None},
        {"f": None, "g": None},
        [("a", "f", "t", 4), ("b", "f", "u", 2), ("c", "g", "t", 1), ("d", "g", "u", 1), ("e", "g", "u", 1)],
    )
    placed = (place("a", 0), place("b", 5), place("c", 2))
    assert checker.evening_score(problem, placed) == EveningScore(7, 1, 4, 1, 1)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda r: replace(r, score=replace(r.score, weight=9)), "score says weight 9, it is 2"),
        (lambda r: replace(r, bound=EveningBound(1, 0, 0)), "above its bound"),
        (lambda r: replace(r, status="optimal", bound=EveningBound(9, 0, 0)), "optimal although"),
        (lambda r: replace(r, unplaced={"b": "no_idea", "c": "break", "d": "break"}), "unknown reason"),
        (lambda r: replace(r, unplaced={"b": "break"}), "neither placed nor unplaced"),
        (lambda r: replace(r, unplaced={"a": "break"}), "both placed and not"),
    ],
)
def test_figures_that_are_not_true_are_told(change: Callable[[EveningRoster], EveningRoster], sentence: str) -> None:
    honest = EveningRoster("feasible", 0, (place("a", 0),), {}, EveningScore(2, 0, 0, 1, 0), EveningBound(5, 0, 0))
    assert checker.check(EVENING, honest) == []
    assert sentence in "\n".join(checker.check(EVENING, change(honest)))


MARKET = SwapsProblem(
    (SwapSlot("s0", "a"), SwapSlot("s1", "b"), SwapSlot("s2", "c"), SwapSlot("s3")),
    {"a": ("s1", "s3"), "b": ("s0",), "c": ("s3",)},
    together=(("a", "b"),),
)


@pytest.mark.parametrize(
    ("moves", "proposals", "sentence"),
    [
        ((Move("a", "s0", "s1"), Move("b", "s1", "s0")), (("a", "b"),), ""),
        ((Move("a", "s0", "s3"),), (("a",),), "do not move together"),
        ((Move("a", "s0", "s2"),), (("a",),), "does not wish"),
        ((Move("c", "s1", "s3"),), (("c",),), "does not hold"),
        ((Move("a", "s0", "s1"), Move("b", "s1", "s0")), (("a",), ("b",)), "needs the slot of b"),
        ((Move("c", "s2", "s3"),), (), "not exactly the moves"),
        ((Move("a", "s0", "s3"), Move("c", "s2", "s3")), (("a",), ("c",)), "would be held by a and c"),
    ],
)
def test_a_swap_that_breaks_a_rule_is_told(
    moves: tuple[Move, ...], proposals: tuple[tuple[str, ...], ...], sentence: str
) -> None:
    said = checker.check(MARKET, SwapsRoster(moves, proposals, len(moves), len(moves)))
    assert sentence in "\n".join(said) if sentence else said == []


def test_more_served_than_is_said_to_be_possible_is_told() -> None:
    said = checker.check(MARKET, SwapsRoster((Move("c", "s2", "s3"),), (("c",),), 1, 0))
    assert "above their bound 0" in "\n".join(said)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (lambda r: replace(r, score=ConversationsScore(3, 1, 1)), "score says objective 3, it is 0"),
        (lambda r: replace(r, bound=1), "the bound 1 is above the objective 0"),
        (lambda r: replace(r, status="optimal", bound=None), "optimal although"),
        (lambda r: replace(r, unplaced={"b": "no_idea"}), "unknown reason"),
    ],
)
def test_figures_of_a_round_that_are_not_true_are_told(
    change: Callable[[ConversationsRoster], ConversationsRoster], sentence: str
) -> None:
    placed = {"a": at(0), "b": at(3), "c": at(1)}
    honest = ConversationsRoster("feasible", 0, placed, {}, ConversationsScore(0, 1, 1), 0)
    assert checker.check(ROUND, honest) == []
    assert sentence in "\n".join(checker.check(ROUND, change(honest)))
