"""Contact evenings: each rule and each level of the objective by itself, then against every roster there is."""

from dataclasses import replace
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.optimiser import checker
from scheduling.optimiser.baselines import RULES, make_baseline
from scheduling.optimiser.evenings import solve_evening
from scheduling.optimiser.instances import make_instance
from scheduling.optimiser.problem import (
    BadProblem,
    Break,
    EveningProblem,
    EveningRoster,
    EveningScore,
    Place,
    Reason,
    Request,
)
from scheduling.optimiser.progress import Clock, silent
from scheduling.optimiser.repair import repair
from scheduling.optimiser.split import best_split
from scheduling.optimiser.times import Times
from tests.optimiser.small import evening, place, spots

QUICK = 30_000


def solved(problem: EveningProblem, work: int = QUICK) -> EveningRoster:
    """A roster after the checker's yes."""
    roster = solve_evening(problem, seed=1, work=work, workers=1)
    assert checker.check(problem, roster) == []
    return roster


def slots(roster: EveningRoster) -> dict[str, int]:
    """The slot of each placed request."""
    return {one.request: one.slot for one in roster.placed}


def test_a_teacher_and_a_family_have_one_talk_at_a_time() -> None:
    problem = evening(
        {"t": [0, 1], "u": [0, 1]}, {"f": None, "g": None}, [("a", "f", "t"), ("b", "f", "u"), ("c", "g", "t")]
    )
    roster = solved(problem)
    assert len(roster.placed) == 3
    assert roster.status == "optimal"


def test_the_weightiest_requests_are_granted_first() -> None:
    problem = evening({"t": [0]}, {"f": None, "g": None}, [("a", "f", "t", 1), ("b", "g", "t", 4)])
    roster = solved(problem)
    assert slots(roster) == {"b": 0}
    assert roster.unplaced == {"a": Reason.TEACHER_FULL}


def test_a_family_does_not_wait_when_it_need_not() -> None:
    problem = evening({"t": [2, 5], "u": [0, 3]}, {"f": None}, [("a", "f", "t"), ("b", "f", "u")])
    assert slots(solved(problem)) == {"a": 2, "b": 3}


def test_waiting_that_cannot_be_avoided_is_proven() -> None:
    roster = solved(evening({"t": [0], "u": [3]}, {"f": None}, [("a", "f", "t"), ("b", "f", "u")]))
    assert roster.score == EveningScore(2, 0, 2, 0, 0)
    assert roster.bound is not None
    assert (roster.bound.waiting_slots, roster.status) == (2, "optimal")


def test_many_short_waits_are_better_than_one_over_half_an_hour() -> None:
    """Granted both, f waits 4 slots and g none, or f 3 slots and g 2: nobody over 30 minutes comes first."""
    problem = evening(
        {"t": [0, 1], "u": [5], "v": [0, 1], "w": [2, 4]},
        {"f": None, "g": None},
        [("a", "f", "t"), ("b", "f", "u"), ("c", "g", "t"), ("d", "g", "w")],
    )
    roster = solved(problem)
    assert roster.score is not None
    assert (roster.score.families_over_30, slots(roster)["a"], slots(roster)["c"]) == (0, 1, 0)


def test_no_family_is_left_with_less_than_half_when_another_can_spare_a_talk() -> None:
    teachers = {"t": [0], "u": None, "v": None}
    requests = [("a", "f", "t"), ("b", "f", "u"), ("c", "f", "v"), ("d", "g", "t")]
    roster = solved(evening(teachers, {"f": None, "g": None}, requests))
    assert roster.score is not None
    assert roster.score.families_under_half == 0
    assert "d" in slots(roster)


def test_it_is_known_how_many_families_full_weight_must_leave_under_half() -> None:
    """One slot for two families, and a third whose teacher is never there when it is."""
    teachers = {"t": [0], "u": [1]}
    problem = evening(teachers, {"f": None, "g": None, "h": [0]}, [("a", "f", "t"), ("b", "g", "t"), ("c", "h", "u")])
    _, model = best_split(Times(problem), 1, Clock(None), silent)
    assert model.least_under_half(Clock(None), silent) == 2
    found = solved(problem).score
    assert found is not None
    assert found.families_under_half == 2


def test_teachers_idle_least_among_rosters_that_are_equal_otherwise() -> None:
    problem = evening({"t": None}, dict.fromkeys("fgh"), [("a", "f", "t"), ("b", "g", "t"), ("c", "h", "t")])
    roster = solved(problem)
    assert roster.score is not None
    assert roster.score.idle_slots == 0


def test_one_slot_of_the_break_stays_free() -> None:
    families = dict.fromkeys("fghij")
    requests = [(f"r{name}", name, "t") for name in families]
    problem = evening({"t": None}, families, requests, slots=5, breaks={"t": Break(1, 4)})
    roster = solved(problem)
    assert len(roster.placed) == 4
    assert not set(range(1, 4)) <= set(slots(roster).values())
    assert list(roster.unplaced.values()) == [Reason.BREAK]


def test_a_teacher_who_is_not_there_for_the_whole_window_needs_no_break() -> None:
    families = dict.fromkeys("fgh")
    requests = [(f"r{name}", name, "t") for name in families]
    assert len(solved(evening({"t": [0, 1, 2]}, families, requests, breaks={"t": Break(1, 4)})).placed) == 3


def test_there_is_time_to_walk_between_two_talks() -> None:
    problem = evening({"t": [0, 1], "u": [1, 2, 3]}, {"f": None}, [("a", "f", "t"), ("b", "f", "u")], gap_slots=2)
    roster = solved(problem)
    assert slots(roster)["b"] - slots(roster)["a"] == 3
    assert roster.score is not None
    assert roster.score.waiting_slots == 0


def test_a_family_comes_on_one_evening_or_on_several_as_the_school_likes() -> None:
    teachers = {"t": spots([0], "e0"), "u": spots([0], "e1")}
    requests = [("a", "f", "t"), ("b", "f", "u")]
    one = solved(evening(teachers, {"f": None}, requests, evenings=2))
    assert len(one.placed) == 1
    assert list(one.unplaced.values()) == [Reason.OTHER_EVENING]
    several = solved(evening(teachers, {"f": None}, requests, evenings=2, one_evening_per_family=False))
    assert len(several.placed) == 2


def test_a_double_talk_takes_two_slots_in_a_row_of_both() -> None:
    problem = evening({"t": [0, 1, 3]}, {"f": [0, 1, 2, 3]}, [("a", "f", "t", 1, 2), ("b", "f", "t")])
    assert slots(solved(problem)) == {"a": 0, "b": 3}


def test_a_day_of_more_than_sixty_slots_is_an_evening_too() -> None:
    requests = [("long", "f", "t", 1, 3), ("late", "g", "t", 1, 2), ("near", "f", "u", 1, 1)]
    roster = solved(evening({"t": None, "u": [64]}, {"f": None, "g": [66, 67]}, requests, slots=70))
    assert roster.status == "optimal"
    assert roster.score is not None
    assert (roster.score.weight, roster.score.waiting_slots, roster.score.idle_slots) == (3, 0, 2)


def test_a_pinned_request_stays_where_it_is() -> None:
    problem = evening(
        {"t": None}, {"f": None, "g": None}, [("a", "f", "t", 1), ("b", "g", "t", 9)], pinned=(place("a", 4),)
    )
    assert slots(solved(problem))["a"] == 4


def test_pins_that_leave_no_break_are_refused() -> None:
    families = dict.fromkeys("fg")
    pins = (place("rf", 1), place("rg", 2))
    requests = [(f"r{name}", name, "t") for name in families]
    with pytest.raises(BadProblem):
        solve_evening(evening({"t": None}, families, requests, breaks={"t": Break(1, 3)}, pinned=pins), workers=1)


def test_two_requests_for_one_teacher_are_two_talks() -> None:
    assert len(solved(evening({"t": [0, 1]}, {"f": None}, [("a", "f", "t"), ("b", "f", "t")])).placed) == 2


@pytest.mark.parametrize(
    ("teachers", "family", "requests", "name", "reason"),
    [
        ({"t": []}, None, [("a", "f", "t")], "a", Reason.NO_SLOTS),
        ({"t": [0]}, [1], [("a", "f", "t")], "a", Reason.NO_POSSIBLE_TIME),
        ({"t": [0, 1]}, [0], [("a", "f", "t"), ("b", "g", "t", 4), ("c", "h", "t", 4)], "a", Reason.TEACHER_FULL),
        ({"t": [0, 1]}, [0], [("a", "f", "t"), ("b", "k", "t", 4)], "a", Reason.FAMILY_TIMES),
        ({"t": [0], "u": [0]}, [0], [("a", "f", "t"), ("b", "f", "u", 4)], "a", Reason.EVENING_TOO_SHORT),
        ({"t": [0], "u": [0]}, [0, 1], [("a", "f", "t"), ("b", "f", "u", 4)], "a", Reason.OWN_TALKS),
    ],
)
def test_an_unplaced_request_says_why(
    teachers: dict[str, object], family: object, requests: list[tuple[object, ...]], name: str, reason: Reason
) -> None:
    families = {"f": family, "g": None, "h": None, "k": [0]}
    assert solved(evening(teachers, families, requests)).unplaced == {name: reason}


def test_a_talk_moves_when_a_new_request_has_no_place_otherwise() -> None:
    """With g's talk moved to slot 1 there is room for the new request of f, who can only come at slot 0."""
    problem = evening(
        {"t": [0, 1]}, {"f": [0], "g": None}, [("a", "f", "t"), ("b", "g", "t")], previous=(place("b", 0),)
    )
    assert slots(solved(problem)) == {"a": 0, "b": 1}


def test_nobody_loses_a_talk_to_a_weightier_new_request() -> None:
    problem = evening(
        {"t": [0]}, {"f": None, "g": None}, [("a", "f", "t", 9), ("b", "g", "t")], previous=(place("b", 0),)
    )
    assert slots(solved(problem)) == {"b": 0}


def test_in_a_large_school_nobody_moves_for_a_request_that_had_no_place() -> None:
    problem = evening(
        {"t": [0, 1]}, {"f": [0], "g": None}, [("a", "f", "t", 9), ("b", "g", "t")], previous=(place("b", 0),)
    )
    assert repair(Times(problem), 1, Clock(None), silent, small=0) == {1: (0, 0)}


def test_a_request_that_had_no_place_takes_one_that_falls_free() -> None:
    problem = evening({"t": [0]}, {"f": None, "g": None}, [("b", "g", "t")], previous=(place("a", 0),))
    assert slots(solved(problem)) == {"b": 0}


def test_others_move_when_a_talk_would_be_lost_otherwise() -> None:
    """f can no longer come at slot 1; the only place it still can is that of g, who can make way."""
    problem = evening(
        {"t": [0, 1]},
        {"f": [0], "g": None},
        [("a", "f", "t"), ("b", "g", "t")],
        previous=(place("a", 1), place("b", 0)),
    )
    assert slots(solved(problem)) == {"a": 0, "b": 1}


def test_a_family_changes_evening_only_to_save_a_talk() -> None:
    """On e1 both would be kept; on e0 only u is there for f, and on e1 there is a place for both."""
    teachers = {"t": spots([0, 1], "e1"), "u": spots([0, 1], "e0", "e1")}
    before = (place("a", 0, "e0"), place("b", 1, "e0"))
    problem = evening(teachers, {"f": None}, [("a", "f", "t"), ("b", "f", "u")], evenings=2, previous=before)
    assert {one.evening for one in solved(problem).placed} == {"e1"}
    assert len(solved(problem).placed) == 2


def test_repair_leaves_every_talk_that_need_not_move() -> None:
    school = make_instance("typical", 4, pupils=130)
    assert isinstance(school, EveningProblem)
    first = solved(school)
    sick, hours = school.teachers[0], 4
    late = replace(sick, available=tuple(spot for spot in sick.available if spot[1] >= hours))
    changed = replace(school, teachers=(late, *school.teachers[1:]), previous=first.placed)
    forced = sum(school.requests[int(one.request[1:])].teacher == sick.id and one.slot < hours for one in first.placed)
    repaired = solved(changed)
    stood = {one.request: one for one in first.placed}
    moved = sum(stood.get(one.request, one) != one for one in repaired.placed)
    assert len(repaired.placed) >= len(first.placed) - forced
    assert moved <= 2 * max(1, forced)


def test_repair_without_any_change_moves_nobody() -> None:
    school = make_instance("typical", 4, pupils=130)
    assert isinstance(school, EveningProblem)
    first = solved(school)
    again = solved(replace(school, previous=first.placed))
    assert again.placed == first.placed


def test_a_request_that_was_withdrawn_may_still_stand_in_the_previous_roster() -> None:
    problem = evening({"t": None}, {"f": None}, [("a", "f", "t")], previous=(place("gone", 0), place("a", 3)))
    assert slots(solved(problem)) == {"a": 3}


def test_the_work_decides_the_roster_and_not_the_number_of_processes() -> None:
    school = make_instance("dense", 9, pupils=104)
    assert isinstance(school, EveningProblem)
    alone = solve_evening(school, seed=3, work=60_000, workers=1)
    assert alone.as_json() == solve_evening(school, seed=3, work=60_000, workers=2).as_json()
    assert alone.as_json() == solve_evening(school, seed=3, work=60_000, workers=1).as_json()


def test_a_second_is_enough_for_a_roster() -> None:
    school = make_instance("dense", 2, pupils=390)
    assert isinstance(school, EveningProblem)
    roster = solve_evening(school, seed=1, seconds=1.0, workers=1)
    assert checker.check(school, roster) == []
    assert len(roster.placed) > len(school.requests) // 2


@pytest.mark.parametrize("pupils", [390, 3000])
def test_a_roster_is_valid_even_when_there_was_no_time_to_think(pupils: int) -> None:
    school = make_instance("dense", 2, pupils=pupils)
    assert isinstance(school, EveningProblem)
    roster = solve_evening(school, seed=1, seconds=0.01, workers=1)
    assert checker.check(school, roster) == []
    assert roster.placed


@pytest.mark.parametrize("kind", ["typical", "dense", "one-evening"])
def test_a_school_of_every_type_reaches_the_bound(kind: str) -> None:
    school = make_instance(kind, 7, pupils=260)
    assert isinstance(school, EveningProblem)
    roster = solved(school, work=400_000)
    assert roster.score is not None
    assert roster.bound is not None
    assert roster.score.weight == roster.bound.weight
    assert roster.score.families_over_30 == 0


@pytest.mark.parametrize("rule", RULES)
def test_two_children_with_one_teacher_leave_the_teacher_its_break(rule: str) -> None:
    problem = evening(
        {"t": None}, {"f": [0, 1]}, [("a", "f", "t"), ("b", "f", "t")], slots=3, breaks={"t": Break(0, 2)}
    )
    roster = make_baseline(problem, rule, seed=1)
    assert checker.check(problem, roster) == []
    assert isinstance(roster, EveningRoster)
    assert len(roster.placed) == 1
    assert list(roster.unplaced.values()) == [Reason.BREAK]


@pytest.mark.parametrize("rule", RULES)
def test_first_come_first_served_is_never_better(rule: str) -> None:
    school = make_instance("dense", 8, pupils=130)
    baseline = make_baseline(school, rule, seed=1)
    assert checker.check(school, baseline) == []
    assert isinstance(school, EveningProblem)
    assert isinstance(baseline, EveningRoster)
    best = solved(school).score
    assert best is not None
    assert baseline.score is not None
    assert best.rank() < baseline.score.rank()


@st.composite
def evenings(draw: st.DrawFn) -> EveningProblem:
    """Evenings so small that every roster can be tried."""
    length, days = draw(st.integers(3, 4)), draw(st.sampled_from((1, 1, 2)))
    times = [(f"e{day}", slot) for day in range(days) for slot in range(length)]

    def there() -> tuple[tuple[str, int], ...]:
        return tuple(sorted(draw(st.lists(st.sampled_from(times), min_size=2, unique=True))))

    teachers = {name: there() for name in "tu"}
    families = {name: there() for name in "fg"}
    requests = [
        (f"r{n}", draw(st.sampled_from("fg")), draw(st.sampled_from("tu")), draw(st.sampled_from((1, 2, 4))), length)
        for n, length in enumerate(draw(st.lists(st.sampled_from((1, 1, 1, 2)), min_size=1, max_size=4)))
    ]
    return evening(
        dict(teachers),
        dict(families),
        list(requests),
        slots=length,
        evenings=days,
        breaks={"t": Break(0, 2)} if draw(st.booleans()) else {},
        gap_slots=draw(st.sampled_from((0, 0, 1))),
        one_evening_per_family=draw(st.booleans()),
    )


@st.composite
def disturbed(draw: st.DrawFn) -> EveningProblem:
    """Small evenings with a roster, after which somebody is there less, a request is withdrawn and one is new."""
    before = draw(evenings())
    requests = before.requests
    roster = solved(replace(before, requests=requests[1:]) if len(requests) > 1 else before, work=QUICK // 10)

    def less(available: tuple[tuple[str, int], ...]) -> tuple[tuple[str, int], ...]:
        gone = draw(st.lists(st.sampled_from(available), max_size=len(available) - 1, unique=True))
        return tuple(spot for spot in available if spot not in gone)

    teacher, *teachers = before.teachers
    family, *families = before.families
    return replace(
        before,
        teachers=(replace(teacher, available=less(teacher.available)), *teachers),
        families=(replace(family, available=less(family.available)), *families),
        requests=requests if draw(st.booleans()) else requests[:-1] or requests,
        previous=roster.placed,
    )


def _possible(problem: EveningProblem, request: Request) -> list[Place | None]:
    family = next(one for one in problem.families if one.id == request.family)
    return [None, *(Place(request.id, e, slot) for e, slot in family.available)]


@settings(max_examples=60, deadline=None, derandomize=True)
@given(evenings())
def test_no_roster_breaks_a_rule_or_its_bound_and_few_could_be_better(problem: EveningProblem) -> None:
    roster = solved(problem)
    ranks = [checker.evening_score(problem, placed).rank() for placed in _rosters(problem)]
    best = min(ranks)
    assert roster.score is not None
    assert roster.bound is not None
    assert roster.bound.weight >= -best[0]
    if roster.bound.weight == -best[0]:
        assert roster.bound.waiting_slots <= min(rank[2] for rank in ranks if rank[0] == best[0])
    if roster.status == "optimal":
        assert roster.score.rank()[:3] == best[:3]
    if all(request.slots == 1 for request in problem.requests) and not problem.gap_slots:
        assert roster.score.weight == -best[0]


def _rosters(problem: EveningProblem) -> list[tuple[Place, ...]]:
    found = []
    for chosen in product(*(_possible(problem, request) for request in problem.requests)):
        placed = tuple(one for one in chosen if one is not None)
        if not checker.check(problem, EveningRoster("feasible", 0, placed, {}, None, None)):
            found.append(placed)
    return found


def _disturbance(problem: EveningProblem, placed: tuple[Place, ...]) -> tuple[int, int]:
    """The weight that is lost, and how many talks do not stand where they stood."""
    weights = {request.id: request.weight for request in problem.requests}
    stood = {one.request: one for one in problem.previous if one.request in weights}
    now = {one.request: one for one in placed}
    return sum(weights[name] for name in stood.keys() - now.keys()), sum(now.get(n) != one for n, one in stood.items())


def _evenings_kept(problem: EveningProblem, placed: tuple[Place, ...], *, by_all: bool) -> bool:
    """Whether families come on the evening of their talks that can stay; by all, or by those who lost no time."""
    if not problem.one_evening_per_family:
        return True
    requests = {request.id: request for request in problem.requests}
    there = {teacher.id: set(teacher.available) for teacher in problem.teachers}
    family_there = {family.id: set(family.available) for family in problem.families}
    keeps, evicted = {}, set()
    for one in problem.previous:
        request = requests.get(one.request)
        if request:
            needed = {(one.evening, one.slot + step) for step in range(request.slots)}
            if needed <= there[request.teacher] & family_there[request.family]:
                keeps[request.family] = one.evening
            else:
                evicted.add(request.family)
    return all(
        keeps.get(family, one.evening) == one.evening or (family in evicted and not by_all)
        for one in placed
        for family in (requests[one.request].family,)
    )


@settings(max_examples=60, deadline=None, derandomize=True)
@given(disturbed())
def test_repair_loses_least_then_places_most_then_moves_fewest_of_all_rosters(problem: EveningProblem) -> None:
    def rank(placed: tuple[Place, ...]) -> tuple[int, int, int]:
        lost, moved = _disturbance(problem, placed)
        return lost, -checker.evening_score(problem, placed).weight, moved

    assert rank(solved(problem).placed) == min(map(rank, _rosters(problem)))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(disturbed())
def test_repair_of_a_large_school_loses_and_moves_no_more_than_the_least_of_all_rosters(
    problem: EveningProblem,
) -> None:
    times = Times(problem)
    found_places = repair(times, 1, Clock(None), silent, small=0)
    placed = tuple(times.place(r, *found_places[r]) for r in sorted(found_places))
    assert checker.check(problem, EveningRoster("feasible", 0, placed, {}, None, None)) == []
    rosters = [(one, _disturbance(problem, one)) for one in _rosters(problem)]
    allowed = [(one, found) for one, found in rosters if _evenings_kept(problem, one, by_all=True)]
    if min(found for _, found in allowed)[0]:
        allowed = [(one, found) for one, found in rosters if _evenings_kept(problem, one, by_all=False)]
    least = min(found for _, found in allowed)
    assert _disturbance(problem, placed) == least
    staying = set(placed) & set(problem.previous)
    equal = [one for one, found in allowed if found == least and staying <= set(one)]
    best = max(checker.evening_score(problem, one).weight for one in equal)
    assert checker.evening_score(problem, placed).weight == best
