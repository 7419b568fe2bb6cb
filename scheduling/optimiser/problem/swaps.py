"""Kind `swaps`: holders of one leader's slots who would rather have another time."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scheduling.optimiser.problem.fields import Fields


@dataclass(frozen=True, slots=True)
class SwapSlot:
    """A slot and the talk that holds it; None is free."""

    id: str
    holder: str | None = None


@dataclass(frozen=True, slots=True)
class SwapsProblem:
    """A market of slots; a talk without wishes never moves. `max_parties` None is without limit."""

    slots: tuple[SwapSlot, ...]
    wishes: Mapping[str, tuple[str, ...]]
    together: tuple[tuple[str, ...], ...] = ()
    max_parties: int | None = 3

    def as_json(self) -> dict[str, Any]:
        """The problem as INTERFACES writes it."""
        return {
            "kind": "swaps",
            "max_parties": self.max_parties,
            "slots": [{"id": slot.id, "holder": slot.holder} for slot in self.slots],
            "wishes": {talk: list(wanted) for talk, wanted in self.wishes.items()},
            "together": [list(group) for group in self.together],
        }


def read_swaps(document: Fields) -> SwapsProblem:
    """The problem in a document; what is wrong is noted in the document's faults."""
    wishes = Fields(document.mapped("wishes"), "wishes", document.faults)
    parties = document.data.get("max_parties", 3)
    problem = SwapsProblem(
        slots=tuple(SwapSlot(item.text("id"), _holder(item)) for item in document.objects("slots")),
        wishes={talk: tuple(wishes.texts(talk)) for talk in wishes.data},
        together=tuple(_group(document, index) for index in range(len(document.listed("together")))),
        max_parties=None if parties is None else document.whole("max_parties", 3, least=1),
    )
    _note_unknown(problem, document)
    return problem


def _holder(item: Fields) -> str | None:
    return None if item.data.get("holder") is None else item.text("holder")


def _group(document: Fields, index: int) -> tuple[str, ...]:
    return tuple(
        Fields({"talks": document.listed("together")[index]}, f"together[{index}]", document.faults).texts("talks")
    )


def _note_unknown(problem: SwapsProblem, document: Fields) -> None:
    slots = document.unique("slots", (slot.id for slot in problem.slots))
    holders = document.unique("holders", (slot.holder for slot in problem.slots if slot.holder is not None))
    own = {slot.holder: slot.id for slot in problem.slots}
    for talk, wanted in problem.wishes.items():
        if talk not in holders:
            document.fault(f"wishes name the talk {talk}, which holds no slot")
        if len(set(wanted)) < len(wanted):
            document.fault(f"talk {talk} wishes a slot twice")
        for slot in wanted:
            if slot not in slots:
                document.fault(f"talk {talk} wishes the unknown slot {slot}")
            elif own.get(talk) == slot:
                document.fault(f"talk {talk} wishes its own slot {slot}")
    grouped = [talk for group in problem.together for talk in group]
    document.unique("together", grouped)
    for talk in grouped:
        if talk not in holders:
            document.fault(f"together names the talk {talk}, which holds no slot")
