"""Problems in and out of JSON, and everything that can be wrong with one."""

import json

import pytest

from scheduling.optimiser.instances import TYPES, make_instance
from scheduling.optimiser.problem import BadProblem, ConversationsProblem, Leader, Talk, moment, read_problem
from tests.optimiser.small import FIRST, at


@pytest.mark.parametrize("kind", TYPES)
def test_a_problem_survives_being_written_and_read(kind: str) -> None:
    problem = make_instance(kind, 3, pupils=52)
    assert read_problem(json.loads(json.dumps(problem.as_json()))) == problem


def test_a_problem_is_built_from_the_times_in_the_database() -> None:
    leader = Leader.of("m0", [FIRST])
    talk = Talk.of("k0", pupil="p0", leader="m0", costs={FIRST: 2})
    assert leader.slots == ("2027-08-30T15:00",)
    assert talk.cost == {moment(FIRST): 2}


def test_empty_and_missing_keys_mean_the_same() -> None:
    short = {"kind": "conversations", "slot_minutes": 20}
    empty = {**short, "leaders": [], "talks": [], "siblings": [], "pinned": {}, "previous": {}, "max_in_a_row": None}
    assert read_problem(short) == read_problem(empty) == ConversationsProblem(20, (), ())


def _faults(data: object) -> str:
    with pytest.raises(BadProblem) as caught:
        read_problem(data)
    return "\n".join(caught.value.faults)


def test_every_fault_of_a_round_is_named_at_once() -> None:
    faults = _faults(
        {
            "kind": "conversations",
            "leaders": [{"id": "m0", "slots": [at(0), "15:20"]}, {"id": "m0", "slots": []}],
            "talks": [
                {"id": "k0", "leader": "m9", "cost": {at(0): -1}},
                {"id": "k0", "leader": "m0", "slots": 0, "cost": {}},
            ],
            "siblings": [{"talks": ["k0", "k5"]}, {"talks": ["k0"]}],
            "guardian_leads": [["k7", "m8"], "k0"],
            "pinned": {"k6": at(0)},
        }
    )
    for part in (
        "'slot_minutes' is missing",
        "'15:20'",
        "'leaders' has the id m0 twice",
        "'talks' has the id k0 twice",
        "unknown leader m9",
        "is not a whole number of at least 0",
        "'slots' is not a whole number of at least 1",
        "unknown talk k5",
        "not two or more different talks",
        "unknown talk k7",
        "unknown leader m8",
        "guardian_leads[1]",
        "unknown talk k6",
    ):
        assert part in faults


def test_every_fault_of_an_evening_is_named_at_once() -> None:
    faults = _faults(
        {
            "kind": "evening",
            "slot_minutes": 10,
            "one_evening_per_family": "yes",
            "evenings": [{"id": "e0", "starts_at": "18:30", "slots": 4}],
            "teachers": [{"id": "t0", "available": [["e0", 4], ["e1", 0]], "break": {"from": 3, "until": 2}}],
            "families": [{"id": "f0", "available": [["e0", "0"]]}],
            "requests": [
                {"id": "r0", "family": "f1", "teacher": "t1"},
                {"id": "r0", "family": "f0", "teacher": "t0", "weight": -1},
            ],
            "pinned": [{"request": "r9", "evening": "e0", "slot": 9}, {"request": "r0", "evening": "e7", "slot": 0}],
        }
    )
    for part in (
        "not true or false",
        "'18:30'",
        "slot 4, outside evening e0",
        "unknown evening e1",
        "'until' is not after 'from'",
        "'available[0]'",
        "unknown family f1",
        "unknown teacher t1",
        "'requests' has the id r0 twice",
        "'weight'",
        "unknown request r9",
        "slot 9, outside evening e0",
        "unknown evening e7",
    ):
        assert part in faults


def test_numbers_beyond_all_measure_are_refused_rather_than_tried() -> None:
    faults = _faults(
        {
            "kind": "evening",
            "slot_minutes": 10**6,
            "gap_slots": 10**6,
            "evenings": [{"id": "e0", "starts_at": "9999-12-31T23:00", "slots": 10**9}],
            "teachers": [{"id": "t0", "break": {"from": 0, "until": 10**9}}],
            "families": [{"id": "f0"}],
            "requests": [{"id": "r0", "family": "f0", "teacher": "t0", "weight": 10**12, "slots": 10**9}],
        }
    )
    for part in (
        "'slot_minutes' is more than 1440",
        "'gap_slots' is more than 288",
        "(e0): 'slots' is more than 288",
        "'9999-12-31T23:00'",
        "'until' is more than 288",
        "'weight' is more than 10000",
        "(r0): 'slots' is more than 288",
    ):
        assert part in faults
    cost = {"id": "k0", "leader": "m0", "cost": {at(0): 10**6}}
    leader = {"id": "m0", "slots": [at(0)]}
    dear = {"kind": "conversations", "slot_minutes": 20, "leaders": [leader], "talks": [cost]}
    assert "is more than 10000" in _faults(dear)


def test_pins_that_overlap_are_refused() -> None:
    conversations = {
        "kind": "conversations",
        "slot_minutes": 20,
        "leaders": [{"id": "m0", "slots": [at(0), at(1)]}],
        "talks": [{"id": k, "leader": "m0", "cost": {at(0): 0}} for k in ("k0", "k1")],
        "pinned": {"k0": at(0), "k1": at(0)},
    }
    assert "k0 and k1 overlap" in _faults(conversations)
    everybody = [["e0", 0], ["e0", 1]]
    evening = {
        "kind": "evening",
        "slot_minutes": 10,
        "evenings": [{"id": "e0", "starts_at": "2027-02-09T18:30", "slots": 2}],
        "teachers": [{"id": "t0", "available": everybody}],
        "families": [{"id": "f0", "available": everybody}, {"id": "f1", "available": everybody}],
        "requests": [{"id": "r0", "family": "f0", "teacher": "t0"}, {"id": "r1", "family": "f1", "teacher": "t0"}],
        "pinned": [{"request": "r0", "evening": "e0", "slot": 1}, {"request": "r1", "evening": "e0", "slot": 1}],
    }
    assert "r0 and r1 overlap" in _faults(evening)


def test_pins_that_overlap_are_named_beside_every_other_fault() -> None:
    faults = _faults(
        {
            "kind": "conversations",
            "slot_minutes": 20,
            "leaders": [{"id": "m0", "slots": [at(0), at(1)]}],
            "talks": [
                {"id": "k0", "leader": "m0", "cost": {at(0): 0}},
                {"id": "k1", "leader": "m0", "cost": {at(0): 0}},
                {"id": "k2", "leader": "m9", "cost": {at(0): 0}},
            ],
            "siblings": [{"talks": ["k0", "k5"]}],
            "pinned": {"k0": at(0), "k1": at(0), "k2": at(0), "k3": at(0)},
        }
    )
    for part in ("k0 and k1 overlap", "unknown leader m9", "unknown talk k3", "unknown talk k5"):
        assert part in faults


def test_pins_of_an_evening_that_overlap_are_named_beside_every_other_fault() -> None:
    faults = _faults(
        {
            "kind": "evening",
            "slot_minutes": 10,
            "one_evening_per_family": True,
            "evenings": [
                {"id": "e0", "starts_at": "2027-02-09T18:30", "slots": 2},
                {"id": "e1", "starts_at": "2027-02-11T18:30", "slots": 2},
            ],
            "teachers": [{"id": "t0", "available": [["e0", 0], ["e0", 1], ["e1", 0]]}],
            "families": [{"id": f, "available": [["e0", 0], ["e1", 0]]} for f in ("f0", "f1")],
            "requests": [
                {"id": "r0", "family": "f0", "teacher": "t0"},
                {"id": "r1", "family": "f1", "teacher": "t0"},
                {"id": "r2", "family": "f1", "teacher": "t9"},
                {"id": "r3", "family": "f1", "teacher": "t0"},
            ],
            "pinned": [
                {"request": "r0", "evening": "e0", "slot": 0},
                {"request": "r1", "evening": "e0", "slot": 0},
                {"request": "r2", "evening": "e1", "slot": 0},
                {"request": "r3", "evening": "e0", "slot": 1},
                {"request": "r8", "evening": "e0", "slot": 0},
            ],
        }
    )
    for part in ("r0 and r1 overlap", "f1 is pinned on several", "family f1 is not there", "teacher t9", "request r8"):
        assert part in faults


def test_a_pin_at_an_impossible_time_is_refused() -> None:
    problem = {
        "kind": "conversations",
        "slot_minutes": 20,
        "leaders": [{"id": "m0", "slots": [at(0)]}],
        "talks": [{"id": "k0", "leader": "m0", "cost": {at(0): 0}}],
        "pinned": {"k0": at(1)},
    }
    assert "not possible for it" in _faults(problem)


def test_every_fault_of_a_market_is_named_at_once() -> None:
    faults = _faults(
        {
            "kind": "swaps",
            "max_parties": 0,
            "slots": [{"id": "s0", "holder": "k0"}, {"id": "s0", "holder": "k0"}],
            "wishes": {"k0": ["s0", "s9", "s9"], "k5": []},
            "together": [["k0", "k8"]],
        }
    )
    for part in ("max_parties", "id s0 twice", "id k0 twice", "own slot", "unknown slot s9", "twice", "k5", "k8"):
        assert part in faults


@pytest.mark.parametrize("data", [None, 3, [], {}, {"kind": "lessons"}, {"kind": "evening", "teachers": 3}])
def test_what_is_no_problem_at_all_is_refused(data: object) -> None:
    assert _faults(data)
