"""Families first: nearly every start round is done without a solver, and proven."""

from datetime import datetime, timedelta

import pytest

from scheduling.optimiser import checker
from scheduling.optimiser.conversations import solve_conversations
from scheduling.optimiser.families import Ways
from scheduling.optimiser.floor import Floor, possible_times
from scheduling.optimiser.instances import make_instance
from scheduling.optimiser.opening import Opening
from scheduling.optimiser.problem import ConversationsProblem, Leader, Siblings, Talk

MONDAY = datetime.fromisoformat("2027-08-30T15:00")


def grid(days: int, slots: int, first: int = 0) -> list[datetime]:
    step = timedelta(minutes=20)
    return [MONDAY + timedelta(days=day) + n * step for day in range(first, first + days) for n in range(slots)]


def a_school(families: int, *, leaders: int = 4, gap_slots: int = 1, size: int = 2) -> ConversationsProblem:
    """So many families, each with a child in so many classes."""
    times = grid(5, 8)
    talks = [
        Talk.of(f"f{f}k{n}", pupil=f"f{f}k{n}", leader=f"m{(f + n) % leaders}", costs=dict.fromkeys(times, 0))
        for f in range(families)
        for n in range(size)
    ]
    return ConversationsProblem(
        slot_minutes=20,
        max_in_a_row=4,
        leaders=tuple(Leader.of(f"m{n}", times) for n in range(leaders)),
        talks=tuple(talks),
        siblings=tuple(Siblings(tuple(f"f{f}k{n}" for n in range(size)), gap_slots) for f in range(families)),
    )


def opened(problem: ConversationsProblem, seed: int = 1) -> tuple[dict[str, str], int]:
    """A first roster, and what none can be below."""
    times = possible_times(problem)
    families = [Ways(problem, group, times) for group in problem.siblings]
    floor = Floor(problem, times, dict.fromkeys(times, 60), families)
    return Opening(floor).best(seed), floor.least


@pytest.mark.parametrize("size", [2, 3])
def test_when_every_family_can_be_together_all_are_and_it_is_proven(size):
    problem = a_school(12, size=size)
    roster = solve_conversations(problem, seed=1)
    assert (roster.status, roster.bound) == ("optimal", 0)
    assert roster.score.sibling_pairs_adjacent == roster.score.sibling_pairs == 12 * (size - 1)
    assert checker.check(problem, roster) == []


def test_a_family_whose_leaders_share_no_day_costs_what_it_must():
    problem = a_school(1)
    away = Leader.of("m1", grid(2, 8, first=7))
    talks = (problem.talks[0], Talk.of("f0k1", pupil="x", leader="m1", costs=dict.fromkeys(grid(2, 8, first=7), 0)))
    apart = ConversationsProblem(20, (problem.leaders[0], away), talks, problem.siblings, max_in_a_row=4)
    assert opened(apart)[1] == 15
    roster = solve_conversations(apart, seed=1)
    assert (roster.status, roster.score.objective) == ("optimal", 15)


def test_a_guardian_of_many_pupils_is_no_burden():
    problem = a_school(1, leaders=12, size=12)
    placed, least = opened(problem)
    assert (len(placed), least) == (12, 0)


def test_a_pinned_talk_keeps_its_time_and_its_family_comes_to_it():
    problem = a_school(4)
    start = problem.leaders[0].slots[9]
    pinned = ConversationsProblem(
        20, problem.leaders, problem.talks, problem.siblings, pinned={"f0k0": start}, max_in_a_row=4
    )
    roster = solve_conversations(pinned, seed=1)
    assert roster.placed["f0k0"] == start
    assert (roster.status, roster.score.objective) == ("optimal", 0)
    assert checker.check(pinned, roster) == []


@pytest.mark.parametrize("seed", range(1, 6))
def test_the_least_that_is_claimed_is_never_above_what_the_solver_proves(seed):
    problem = make_instance("start", seed, 60)
    roster = solve_conversations(problem, seed=seed)
    assert roster.status == "optimal"
    placed, least = opened(problem, seed)
    assert least <= roster.score.objective
    assert checker.conversations_score(problem, placed).objective >= roster.score.objective


def test_the_same_seed_gives_the_same_roster():
    problem = a_school(12)
    assert opened(problem, 7) == opened(problem, 7)
