"""JSON in: a problem with every fault named at once, a roster as far as it goes."""

from collections.abc import Callable
from typing import Any

from scheduling.optimiser.problem.conversations import ConversationsProblem, read_conversations
from scheduling.optimiser.problem.evenings import EveningProblem, Place, read_evening
from scheduling.optimiser.problem.fields import BadProblem, Fields
from scheduling.optimiser.problem.rosters import (
    ConversationsRoster,
    ConversationsScore,
    EveningBound,
    EveningRoster,
    EveningScore,
    Move,
    SwapsRoster,
)
from scheduling.optimiser.problem.swaps import SwapsProblem, read_swaps

Problem = ConversationsProblem | EveningProblem | SwapsProblem
Roster = ConversationsRoster | EveningRoster | SwapsRoster


def read_problem(data: object) -> Problem:
    """A problem from parsed JSON; raises `BadProblem` with every fault."""
    document = Fields(data, "problem", [])
    readers: dict[object, Callable[[Fields], Problem]] = {
        "conversations": read_conversations,
        "evening": read_evening,
        "swaps": read_swaps,
    }
    kind = document.data.get("kind")
    if kind not in readers:
        raise BadProblem([*document.faults, f"problem: 'kind' is not one of conversations, evening, swaps: {kind!r}"])
    problem = readers[kind](document)
    if document.faults:
        raise BadProblem(document.faults)
    return problem


def read_roster(data: object, problem: Problem) -> Roster:
    """A roster of this problem's kind from parsed JSON; raises `BadProblem` when its form is wrong."""
    document = Fields(data, "roster", [])
    readers: dict[type, Callable[[Fields], Roster]] = {
        ConversationsProblem: _conversations,
        EveningProblem: _evening,
        SwapsProblem: _swaps,
    }
    roster = readers[type(problem)](document)
    if document.faults:
        raise BadProblem(document.faults)
    return roster


def _conversations(document: Fields) -> ConversationsRoster:
    placed = [(item.text("talk"), item.time(item.data.get("start"), "start")) for item in document.objects("placed")]
    document.unique("placed", (talk for talk, _ in placed))
    return ConversationsRoster(
        status=document.text("status", ""),
        seed=document.whole("seed", 0),
        placed=dict(placed),
        unplaced=_reasons(document, "talk"),
        score=_figures(document, "score", ConversationsScore, "objective sibling_pairs sibling_pairs_adjacent"),
        bound=Fields(document.data["bound"], "bound", document.faults).whole("objective")
        if document.data.get("bound")
        else None,
    )


def _evening(document: Fields) -> EveningRoster:
    levels = "weight families_over_30 waiting_slots"
    return EveningRoster(
        status=document.text("status", ""),
        seed=document.whole("seed", 0),
        placed=tuple(
            Place(item.text("request"), item.text("evening"), item.whole("slot")) for item in document.objects("placed")
        ),
        unplaced=_reasons(document, "request"),
        score=_figures(document, "score", EveningScore, f"{levels} families_under_half idle_slots"),
        bound=_figures(document, "bound", EveningBound, levels),
    )


def _swaps(document: Fields) -> SwapsRoster:
    groups = [Fields({"talks": group}, "proposals", document.faults) for group in document.listed("proposals")]
    served = {
        key: Fields(document.data.get(key) or {"served": 0}, key, document.faults).whole("served")
        for key in ("score", "bound")
    }
    return SwapsRoster(
        moves=tuple(Move(item.text("talk"), item.text("from"), item.text("to")) for item in document.objects("moves")),
        proposals=tuple(tuple(group.texts("talks")) for group in groups),
        served=served["score"],
        bound=served["bound"],
    )


def _reasons(document: Fields, key: str) -> dict[str, str]:
    return {item.text(key): item.text("reason", "") for item in document.objects("unplaced")}


def _figures(document: Fields, key: str, shape: Any, names: str) -> Any:
    if not document.data.get(key):
        return None
    figures = Fields(document.data[key], key, document.faults)
    return shape(**{name: figures.whole(name) for name in names.split()})
