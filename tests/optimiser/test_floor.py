"""What no roster can cost less than: held against every roster there is."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import product

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scheduling.optimiser import checker
from scheduling.optimiser.families import Ways
from scheduling.optimiser.floor import Floor, possible_times
from scheduling.optimiser.problem import ConversationsProblem, ConversationsRoster, Siblings
from scheduling.optimiser.problem.fields import minute
from tests.optimiser.small import at, leader, round_of, talk
from tests.optimiser.test_conversations import rounds


def every_roster(problem: ConversationsProblem) -> Iterator[tuple[dict[str, str], int]]:
    """All rosters that keep the rules, with what they cost."""
    names = [one.id for one in problem.talks]
    for starts in product(*([None, *one.cost] for one in problem.talks)):
        placed = {name: start for name, start in zip(names, starts, strict=True) if start is not None}
        if not checker.check(problem, ConversationsRoster("feasible", 0, placed, {}, None, None)):
            yield placed, checker.conversations_score(problem, placed).objective


def floor_of(problem: ConversationsProblem) -> Floor:
    times = possible_times(problem)
    return Floor(problem, times, dict.fromkeys(times, 60), [Ways(problem, group, times) for group in problem.siblings])


@settings(max_examples=300, deadline=None)
@given(rounds())
def test_no_roster_is_below_the_floor_nor_a_start_below_its_own(problem: ConversationsProblem) -> None:
    rosters = list(every_roster(problem))
    assume(rosters)
    floor = floor_of(problem)
    for placed, cost in rosters:
        assert cost >= floor.least
        assert all(cost >= floor.at(name, minute(start)) for name, start in placed.items())


@settings(max_examples=200, deadline=None)
@given(rounds(), st.sets(st.sampled_from("mnop"), min_size=1, max_size=3))
def test_no_roster_is_below_the_best_of_a_part_and_the_least_of_the_rest(
    problem: ConversationsProblem, leaders: set[str]
) -> None:
    rosters = list(every_roster(problem))
    assume(rosters)
    floor = floor_of(problem)
    part, outside = floor.part(problem, leaders & {one.id for one in problem.leaders})
    least = outside + min(cost for _, cost in every_roster(part))
    floor.raise_to(least, leaders)
    for placed, cost in rosters:
        assert cost >= least
        assert all(cost >= floor.at(name, minute(start)) for name, start in placed.items())


def test_a_family_pays_for_the_time_at_which_it_can_be_together() -> None:
    problem = round_of(
        [leader("m", 4), leader("n", 4)],
        [talk("a", "m", 0, 1, dear={1: 4}), talk("b", "n", 2, 3)],
        (Siblings(("a", "b")),),
    )
    floor = floor_of(problem)
    assert floor.least == 1  # at 0 and 2: one slot more than they need to walk
    assert (floor.at("a", minute(at(0))), floor.at("a", minute(at(1))), floor.at("b", minute(at(3)))) == (1, 4, 5)
    assert floor.hurting({"a": at(0), "b": at(3)}) == {"m", "n"}
    assert floor.hurting({"a": at(0), "b": at(2)}) == set()


def test_a_break_that_costs_something_is_counted() -> None:
    problem = round_of([leader("m", 3)], [talk("a", "m", 0), talk("b", "m", 1, 2, dear={2: 3})], max_in_a_row=1)
    assert floor_of(problem).least == 3
    assert floor_of(replace(problem, max_in_a_row=None)).least == 0
