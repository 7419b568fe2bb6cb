"""Who takes whose time: each rule by itself, ten thousand random markets, and brute force on small ones."""

import random
from dataclasses import replace
from itertools import product

import pytest

from scheduling.optimiser import checker
from scheduling.optimiser.instances import make_instance
from scheduling.optimiser.problem import Move, SwapSlot, SwapsProblem, SwapsRoster
from scheduling.optimiser.swaps import solve_swaps


def market(holders: str, wishes: dict[str, str], *together: tuple[str, ...], parties: int | None = 3) -> SwapsProblem:
    """Slots 0, 1, 2 … held by these talks ('.' is free); wishes as the digits of slots, best first."""
    slots = tuple(SwapSlot(f"s{n}", None if talk == "." else talk) for n, talk in enumerate(holders))
    return SwapsProblem(slots, {t: tuple(f"s{d}" for d in wanted) for t, wanted in wishes.items()}, together, parties)


def solved(problem: SwapsProblem) -> SwapsRoster:
    """An answer after the checker's yes."""
    answer = solve_swaps(problem)
    assert checker.check(problem, answer) == []
    assert answer.served <= answer.bound
    return answer


def test_a_free_slot_is_simply_taken() -> None:
    assert solved(market("a.", {"a": "1"})).moves == (Move("a", "s0", "s1"),)


def test_two_families_exchange() -> None:
    assert solved(market("ab", {"a": "1", "b": "0"})).proposals == (("a", "b"),)


def test_nobody_gives_up_a_time_without_getting_a_wish() -> None:
    assert solved(market("ab", {"a": "1"})).served == 0
    assert solved(market("abc", {"a": "1", "b": "2"})).served == 0


def test_a_chain_ends_on_a_free_slot() -> None:
    answer = solved(market("abc.", {"a": "1", "b": "2", "c": "3"}))
    assert (answer.served, len(answer.proposals)) == (3, 1)


def test_a_ring_of_four_needs_more_parties_than_three() -> None:
    ring = {"a": "1", "b": "2", "c": "3", "d": "0"}
    assert solved(market("abcd", ring)).served == 0
    assert solved(market("abcd", ring, parties=4)).served == 4
    assert solved(market("abcd", ring, parties=None)).served == 4


def test_most_talks_are_served_before_the_best_wishes() -> None:
    assert solved(market("ab..", {"a": "23", "b": "2"})).served == 2
    answer = solved(market("a..", {"a": "21"}))
    assert answer.moves[0].target == "s2"


def test_siblings_move_all_or_none() -> None:
    assert solved(market("ab.", {"a": "2", "b": "0"}, ("a", "b"))).served == 2
    assert solved(market("ab.", {"a": "2"}, ("a", "b"))).served == 0
    apart = solved(market("ab..", {"a": "2", "b": "3"}, ("a", "b")))
    assert apart.proposals in ((("a", "b"),), (("b", "a"),))
    assert solved(market("ab..", {"a": "2", "b": "3"}, ("a", "b"), parties=None)).served == 2


@pytest.mark.parametrize("parties", [2, 3, None])
def test_a_class_is_matched(parties: int | None) -> None:
    problem = make_instance("swaps", 3)
    assert isinstance(problem, SwapsProblem)
    assert solved(replace(problem, max_parties=parties)).served > 0


def test_three_parties_serve_nearly_all_that_longer_rings_could() -> None:
    served = unlimited = 0
    for seed in range(1, 41):
        problem = make_instance("swaps", seed)
        assert isinstance(problem, SwapsProblem)
        served += solved(problem).served
        unlimited += solved(replace(problem, max_parties=None)).served
    assert served >= 0.95 * unlimited


def _random_market(rng: random.Random, talks: int, free: int) -> SwapsProblem:
    holders = [*(f"k{n}" for n in range(talks)), *[None] * free]
    rng.shuffle(holders)
    slots = tuple(SwapSlot(f"s{n}", holder) for n, holder in enumerate(holders))
    wishes = {}
    for slot in slots:
        if slot.holder and rng.random() < 0.7:
            others = [other.id for other in slots if other is not slot]
            wishes[slot.holder] = tuple(rng.sample(others, rng.randint(1, min(3, len(others)))))
    names = [f"k{n}" for n in range(talks)]
    together = (tuple(rng.sample(names, 2)),) if talks > 1 and rng.random() < 0.3 else ()
    return SwapsProblem(slots, wishes, together, rng.choice((1, 2, 3, None)))


def test_in_ten_thousand_markets_nobody_is_worse_off() -> None:
    rng = random.Random(2027)
    for _ in range(10_000):
        problem = _random_market(rng, rng.randint(1, 6), rng.randint(1, 3))
        solved(problem)


def _most_served(problem: SwapsProblem) -> int:
    """By trying every combination of moves; only for markets without a limit on the parties."""
    own = {slot.holder: slot.id for slot in problem.slots if slot.holder}
    talks = list(problem.wishes)
    best = 0
    for chosen in product(*([None, *problem.wishes[talk]] for talk in talks)):
        target = {talk: slot for talk, slot in zip(talks, chosen, strict=True) if slot}
        after = [target.get(talk, slot) for talk, slot in own.items()]
        whole = all(len(set(group) & target.keys()) in (0, len(group)) for group in problem.together)
        if len(set(after)) == len(after) and whole:
            best = max(best, len(target))
    return best


def test_no_choice_of_moves_serves_more() -> None:
    rng = random.Random(7)
    for _ in range(300):
        problem = _random_market(rng, rng.randint(2, 5), rng.randint(1, 2))
        unlimited = solved(replace(problem, max_parties=None))
        assert unlimited.served == _most_served(problem)
        limited = solved(replace(problem, max_parties=len(problem.slots)))
        assert limited.served == unlimited.served
