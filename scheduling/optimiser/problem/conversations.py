"""Kind `conversations`: every pupil has one talk with one leader."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from scheduling.optimiser.problem.fields import DAY, MOST_SLOTS, MOST_WEIGHT, TIME_FORMAT, Fields, minute, overlaps


def moment(when: datetime) -> str:
    """A local time as problems and rosters write it: `2027-08-30T15:00`."""
    return when.strftime(TIME_FORMAT)


@dataclass(frozen=True, slots=True)
class Leader:
    """Who holds the talks, and the starts of the slots that are open for it."""

    id: str
    slots: tuple[str, ...]

    @classmethod
    def of(cls, id: str, starts: Iterable[datetime]) -> "Leader":
        """A leader from the database's local slot times."""
        return cls(id, tuple(sorted(moment(start) for start in starts)))


@dataclass(frozen=True, slots=True)
class Talk:
    """One pupil's talk: the starts that are possible for the family and what each costs."""

    id: str
    pupil: str
    leader: str
    cost: Mapping[str, int]
    slots: int = 1

    @classmethod
    def of(cls, id: str, *, pupil: str, leader: str, costs: Mapping[datetime, int], slots: int = 1) -> "Talk":
        """A talk from the database's local slot times."""
        return cls(id, pupil, leader, {moment(start): costs[start] for start in sorted(costs)}, slots)


@dataclass(frozen=True, slots=True)
class Siblings:
    """Talks of one family that like to follow each other with `gap_slots` to walk."""

    talks: tuple[str, ...]
    gap_slots: int = 0


@dataclass(frozen=True, slots=True)
class ConversationsProblem:
    """A round of conversations; INTERFACES describes each field."""

    slot_minutes: int
    leaders: tuple[Leader, ...]
    talks: tuple[Talk, ...]
    siblings: tuple[Siblings, ...] = ()
    guardian_leads: tuple[tuple[str, str], ...] = ()
    pinned: Mapping[str, str] = field(default_factory=dict)
    previous: Mapping[str, str] = field(default_factory=dict)
    max_in_a_row: int | None = None

    def as_json(self) -> dict[str, Any]:
        """The problem as INTERFACES writes it."""
        return {
            "kind": "conversations",
            "slot_minutes": self.slot_minutes,
            "max_in_a_row": self.max_in_a_row,
            "leaders": [{"id": leader.id, "slots": list(leader.slots)} for leader in self.leaders],
            "talks": [
                {"id": t.id, "pupil": t.pupil, "leader": t.leader, "slots": t.slots, "cost": dict(t.cost)}
                for t in self.talks
            ],
            "siblings": [{"talks": list(group.talks), "gap_slots": group.gap_slots} for group in self.siblings],
            "guardian_leads": [list(pair) for pair in self.guardian_leads],
            "pinned": dict(self.pinned),
            "previous": dict(self.previous),
        }


def read_conversations(document: Fields) -> ConversationsProblem:
    """The problem in a document; what is wrong is noted in the document's faults."""
    problem = ConversationsProblem(
        slot_minutes=document.whole("slot_minutes", least=1, most=DAY),
        max_in_a_row=document.whole("max_in_a_row", least=1) if document.data.get("max_in_a_row") else None,
        leaders=tuple(_leader(item) for item in document.objects("leaders")),
        talks=tuple(_talk(item) for item in document.objects("talks")),
        siblings=tuple(
            Siblings(tuple(item.texts("talks")), item.whole("gap_slots", 0, most=MOST_SLOTS))
            for item in document.objects("siblings")
        ),
        guardian_leads=tuple(document.pairs("guardian_leads", str)),
        pinned=_times(document, "pinned"),
        previous=_times(document, "previous"),
    )
    _note_unknown(problem, document)
    _note_impossible_pins(problem, document)
    return problem


def _leader(item: Fields) -> Leader:
    return Leader(item.text("id"), tuple(item.time(value, "slots") for value in item.listed("slots")))


def _talk(item: Fields) -> Talk:
    costs: dict[str, int] = {}
    for start, cost in item.mapped("cost").items():
        if isinstance(cost, bool) or not isinstance(cost, int) or cost < 0:
            item.fault(f"the cost of {start} is not a whole number of at least 0")
        elif cost > MOST_WEIGHT:
            item.fault(f"the cost of {start} is more than {MOST_WEIGHT}")
        else:
            costs[item.time(start, "cost")] = cost
    return Talk(
        item.text("id"),
        item.text("pupil", ""),
        item.text("leader"),
        costs,
        item.whole("slots", default=1, least=1, most=MOST_SLOTS),
    )


def _times(document: Fields, key: str) -> dict[str, str]:
    return {name: document.time(start, f"{key}.{name}") for name, start in document.mapped(key).items()}


def _note_unknown(problem: ConversationsProblem, document: Fields) -> None:
    leaders = document.unique("leaders", (leader.id for leader in problem.leaders))
    talks = document.unique("talks", (talk.id for talk in problem.talks))
    for leader in problem.leaders:
        slots = [(minute(slot), minute(slot) + problem.slot_minutes, slot) for slot in leader.slots]
        for first, second in overlaps(slots):
            document.fault(f"leader {leader.id} has overlapping slots {first} and {second}")
    for talk in problem.talks:
        if talk.leader and talk.leader not in leaders:
            document.fault(f"talk {talk.id} has the unknown leader {talk.leader}")
    for group in problem.siblings:
        if len(set(group.talks)) < max(2, len(group.talks)):
            document.fault(f"siblings {list(group.talks)} are not two or more different talks")
        for name in group.talks:
            if name not in talks:
                document.fault(f"siblings {list(group.talks)} name the unknown talk {name}")
    for name, leader_id in problem.guardian_leads:
        if name not in talks:
            document.fault(f"guardian_leads names the unknown talk {name}")
        if leader_id not in leaders:
            document.fault(f"guardian_leads names the unknown leader {leader_id}")
    for name in problem.pinned:
        if name not in talks:
            document.fault(f"pinned names the unknown talk {name}")


def _note_impossible_pins(problem: ConversationsProblem, document: Fields) -> None:
    talks = {talk.id: talk for talk in problem.talks}
    slots = {leader.id: {minute(slot) for slot in leader.slots} for leader in problem.leaders}
    spans: dict[str, tuple[int, int, str]] = {}
    for name, start in problem.pinned.items():
        if name not in talks or talks[name].leader not in slots:
            continue  # named as unknown already
        talk, begin = talks[name], minute(start)
        end = begin + talk.slots * problem.slot_minutes
        spans[name] = (begin, end, name)
        if start not in talk.cost or not set(range(begin, end, problem.slot_minutes)) <= slots[talk.leader]:
            document.fault(f"talk {name} is pinned at {start}, which is not possible for it")
    together = [[name for name in spans if talks[name].leader == leader.id] for leader in problem.leaders]
    together += [[name for name in group.talks if name in spans] for group in problem.siblings]
    for names in together:
        for first, second in overlaps(spans[name] for name in names):
            document.fault(f"the pinned talks {first} and {second} overlap")
