"""Why a request stands where it stands: every other time is looked at."""

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduling.optimiser import checker
from scheduling.optimiser.command import main
from scheduling.optimiser.explaining import explain
from scheduling.optimiser.problem import BadProblem, Break, EveningProblem, EveningRoster, Place
from tests.optimiser.small import evening, place, spots


def roster_of(problem: EveningProblem, *places: Place) -> EveningRoster:
    """A roster with these places, as far as an explanation reads it."""
    unplaced = {r.id: "teacher_full" for r in problem.requests if r.id not in {one.request for one in places}}
    return EveningRoster("feasible", 1, places, unplaced, None, None)


def whys(problem: EveningProblem, roster: EveningRoster, name: str) -> list[str]:
    """What is said of each time, in order."""
    return [time["why"] for time in explain(problem, roster, name)["times"]]


def test_every_time_says_what_is_in_its_way() -> None:
    problem = evening(
        {"t": [0, 1, 2, 3, 4, 5, 6], "u": None},
        {"f": [1, 2, 3, 4, 5, 6, 7], "g": None},
        [("mine", "f", "t"), ("other", "f", "u"), ("full", "g", "t")],
        slots=8,
        gap_slots=1,
        breaks={"t": Break(1, 3)},
    )
    roster = roster_of(problem, place("mine", 6), place("other", 4), place("full", 1))
    found = whys(problem, roster, "mine")
    assert found == [
        "family_away", "teacher_busy", "break", "too_close", "family_busy", "too_close", "here", "teacher_away",
    ]  # fmt: skip


def test_a_time_that_is_free_says_what_it_would_change() -> None:
    problem = evening({"t": None, "u": None}, {"f": None}, [("a", "f", "t"), ("b", "f", "u")], slots=4)
    answer = explain(problem, roster_of(problem, place("a", 0), place("b", 1)), "b")
    assert answer["place"] == {"request": "b", "evening": "e0", "slot": 1}
    assert [time["why"] for time in answer["times"]] == ["family_busy", "here", "free", "free"]
    assert [time["change"]["waiting_slots"] for time in answer["times"][2:]] == [1, 2]


def test_a_request_without_a_place_says_why_and_what_a_place_would_bring() -> None:
    problem = evening({"t": [0]}, {"f": [0], "g": [0]}, [("a", "f", "t", 3), ("b", "g", "t")], slots=1)
    answer = explain(problem, roster_of(problem, place("a", 0)), "b")
    assert (answer["place"], answer["reason"], answer["times"][0]["why"]) == (None, "teacher_full", "teacher_busy")


def test_a_family_on_one_evening_and_a_pin_are_named() -> None:
    problem = evening(
        {"t": None, "u": None},
        {"f": None},
        [("a", "f", "t"), ("b", "f", "u")],
        slots=2,
        evenings=2,
        pinned=(place("a", 0),),
    )
    roster = roster_of(problem, place("a", 0), place("b", 1))
    assert whys(problem, roster, "a") == ["here", "pinned", "pinned", "pinned"]
    assert whys(problem, roster, "b") == ["family_busy", "here", "other_evening", "other_evening"]


@st.composite
def halls(draw: st.DrawFn) -> tuple[EveningProblem, EveningRoster]:
    """A small evening with a roster that keeps all rules."""
    there = st.lists(st.integers(0, 4), unique=True).map(lambda slots: spots(slots, "e0", "e1"))
    requests = [
        (f"r{n}", draw(st.sampled_from("fg")), draw(st.sampled_from("tu")), 1, draw(st.integers(1, 2)))
        for n in range(draw(st.integers(1, 4)))
    ]
    problem = evening(
        {"t": draw(there), "u": draw(there)},
        {"f": draw(there), "g": draw(there)},
        requests,
        slots=5,
        evenings=2,
        breaks={"t": Break(1, 3)},
        gap_slots=draw(st.integers(0, 1)),
        one_evening_per_family=draw(st.booleans()),
    )
    placed: list[Place] = []
    for name, *_ in requests:
        spot = place(str(name), draw(st.integers(0, 4)), draw(st.sampled_from(("e0", "e1"))))
        if not checker.check(problem, roster_of(problem, *placed, spot)):
            placed.append(spot)
    return problem, roster_of(problem, *placed)


@settings(max_examples=150, deadline=None)
@given(halls())
def test_exactly_the_times_that_keep_every_rule_are_called_free(hall: tuple[EveningProblem, EveningRoster]) -> None:
    problem, roster = hall
    for request in problem.requests:
        others = [one for one in roster.placed if one.request != request.id]
        for time in explain(problem, roster, request.id)["times"]:
            spot = place(request.id, time["slot"], time["evening"])
            keeps = not checker.check(problem, roster_of(problem, *others, spot))
            assert keeps == (time["why"] in ("free", "here"))


def test_a_request_that_is_not_there_is_refused() -> None:
    problem = evening({"t": [0]}, {"f": [0]}, [("a", "f", "t")], slots=1)
    with pytest.raises(BadProblem, match="no request z"):
        explain(problem, roster_of(problem), "z")


def test_the_command_explains_a_request(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    problem, roster = tmp_path / "p.json", tmp_path / "r.json"
    assert main(["instance", "--type", "one-evening", "--pupils", "60", "-o", str(problem)]) == 0
    assert main(["baseline", str(problem), "--rule", "fcfs", "-o", str(roster)]) == 0
    assert main(["explain", str(problem), str(roster), "r0"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert [time["why"] for time in answer["times"]].count("here") == 1
    assert main(["explain", str(problem), str(roster), "z"]) == 1
    assert "no request z" in capsys.readouterr().err
