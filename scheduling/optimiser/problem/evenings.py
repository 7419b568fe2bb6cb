"""Kind `evening`: families ask for talks with several teachers on one or more evenings."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from scheduling.optimiser.problem.fields import DAY, MOST_SLOTS, MOST_WEIGHT, Fields, overlaps

Spot = tuple[str, int]  # an evening's id and a slot of it


@dataclass(frozen=True, slots=True)
class Evening:
    """One evening: its first minute and its number of slots."""

    id: str
    starts_at: str
    slots: int


@dataclass(frozen=True, slots=True)
class Break:
    """Of the slots `start` … `until` - 1 one stays free on an evening on which the teacher is there for all of them."""

    start: int
    until: int


@dataclass(frozen=True, slots=True)
class Teacher:
    """When a teacher is there."""

    id: str
    available: tuple[Spot, ...]
    pause: Break | None = None
    units: tuple[tuple[str, int], ...] = ()
    """On these evenings one slot of a request takes so many slots of the evening, and a talk begins so many after the
    beginning of the stretch in which the teacher is there, or twice so many, and so on; elsewhere one."""


@dataclass(frozen=True, slots=True)
class Family:
    """When a family can come."""

    id: str
    available: tuple[Spot, ...]


@dataclass(frozen=True, slots=True)
class Request:
    """A family's wish to speak with a teacher about a pupil."""

    id: str
    family: str
    teacher: str
    pupil: str = ""
    priority: int = 1
    weight: int = 1
    slots: int = 1


@dataclass(frozen=True, slots=True)
class Lengths:
    """Per teacher and evening how many slots of the evening one slot of a request takes, where it is not one."""

    units: Mapping[tuple[str, str], int]

    def of(self, request: Request, evening: str) -> int:
        """The slots of this evening that a talk takes."""
        return request.slots * self.units.get((request.teacher, evening), 1)

    def unit(self, teacher: str, evening: str) -> int:
        """So many slots lie between two beginnings of this teacher's talks."""
        return self.units.get((teacher, evening), 1)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request stands: the first slot of its talk."""

    request: str
    evening: str
    slot: int

    def as_json(self) -> dict[str, Any]:
        """The place as INTERFACES writes it."""
        return {"request": self.request, "evening": self.evening, "slot": self.slot}


@dataclass(frozen=True, slots=True)
class EveningProblem:
    """A contact evening; INTERFACES describes each field."""

    slot_minutes: int
    evenings: tuple[Evening, ...]
    teachers: tuple[Teacher, ...]
    families: tuple[Family, ...]
    requests: tuple[Request, ...]
    gap_slots: int = 0
    one_evening_per_family: bool = False
    pinned: tuple[Place, ...] = ()
    previous: tuple[Place, ...] = ()

    @property
    def lengths(self) -> "Lengths":
        """How many slots of an evening a talk takes."""
        return Lengths({(teacher.id, evening): unit for teacher in self.teachers for evening, unit in teacher.units})

    def as_json(self) -> dict[str, Any]:
        """The problem as INTERFACES writes it."""
        return {
            "kind": "evening",
            "slot_minutes": self.slot_minutes,
            "gap_slots": self.gap_slots,
            "one_evening_per_family": self.one_evening_per_family,
            "evenings": [{"id": e.id, "starts_at": e.starts_at, "slots": e.slots} for e in self.evenings],
            "teachers": [_teacher_json(teacher) for teacher in self.teachers],
            "families": [{"id": f.id, "available": [list(spot) for spot in f.available]} for f in self.families],
            "requests": [_request_json(request) for request in self.requests],
            "pinned": [place.as_json() for place in self.pinned],
            "previous": [place.as_json() for place in self.previous],
        }


def read_evening(document: Fields) -> EveningProblem:
    """The problem in a document; what is wrong is noted in the document's faults."""
    problem = EveningProblem(
        slot_minutes=document.whole("slot_minutes", least=1, most=DAY),
        gap_slots=document.whole("gap_slots", 0, most=MOST_SLOTS),
        one_evening_per_family=document.switch("one_evening_per_family"),
        evenings=tuple(
            Evening(
                e.text("id"), e.time(e.data.get("starts_at"), "starts_at"), e.whole("slots", least=1, most=MOST_SLOTS)
            )
            for e in document.objects("evenings")
        ),
        teachers=tuple(_teacher(item) for item in document.objects("teachers")),
        families=tuple(Family(f.text("id"), tuple(f.pairs("available", int))) for f in document.objects("families")),
        requests=tuple(_request(item) for item in document.objects("requests")),
        pinned=tuple(_place(item) for item in document.objects("pinned")),
        previous=tuple(_place(item) for item in document.objects("previous")),
    )
    _note_unknown(problem, document)
    _note_impossible_pins(problem, document)
    return problem


def _teacher_json(teacher: Teacher) -> dict[str, Any]:
    written: dict[str, Any] = {"id": teacher.id, "available": [list(spot) for spot in teacher.available]}
    if teacher.pause:
        written["break"] = {"from": teacher.pause.start, "until": teacher.pause.until}
    if teacher.units:
        written["units"] = [list(unit) for unit in teacher.units]
    return written


def _request_json(request: Request) -> dict[str, Any]:
    return {
        "id": request.id,
        "family": request.family,
        "teacher": request.teacher,
        "pupil": request.pupil,
        "priority": request.priority,
        "weight": request.weight,
        "slots": request.slots,
    }


def _teacher(item: Fields) -> Teacher:
    pause = None
    if item.data.get("break"):
        window = Fields(item.data["break"], f"{item.where} break", item.faults)
        pause = Break(window.whole("from"), window.whole("until", least=1, most=MOST_SLOTS))
        if pause.until <= pause.start:
            window.fault("'until' is not after 'from'")
    units = tuple(item.pairs("units", int)) if "units" in item.data else ()
    for evening, unit in units:
        if not 1 <= unit <= MOST_SLOTS:
            item.fault(f"'units' has {unit} slots on {evening}")
    return Teacher(item.text("id"), tuple(item.pairs("available", int)), pause, units)


def _request(item: Fields) -> Request:
    return Request(
        id=item.text("id"),
        family=item.text("family"),
        teacher=item.text("teacher"),
        pupil=item.text("pupil", ""),
        priority=item.whole("priority", default=1),
        weight=item.whole("weight", default=1, most=MOST_WEIGHT),
        slots=item.whole("slots", default=1, least=1, most=MOST_SLOTS),
    )


def _place(item: Fields) -> Place:
    return Place(item.text("request"), item.text("evening"), item.whole("slot"))


def _note_unknown(problem: EveningProblem, document: Fields) -> None:
    document.unique("evenings", (evening.id for evening in problem.evenings))
    lengths = {evening.id: evening.slots for evening in problem.evenings}
    teachers = document.unique("teachers", (teacher.id for teacher in problem.teachers))
    families = document.unique("families", (family.id for family in problem.families))
    requests = document.unique("requests", (request.id for request in problem.requests))
    there = [(teacher.id, teacher.available) for teacher in problem.teachers]
    for name, available in [*there, *((family.id, family.available) for family in problem.families)]:
        for evening, slot in available:
            if evening not in lengths:
                document.fault(f"{name} is available on the unknown evening {evening}")
            elif not 0 <= slot < lengths[evening]:
                document.fault(f"{name} is available at slot {slot}, outside evening {evening}")
    for request in problem.requests:
        if request.family and request.family not in families:
            document.fault(f"request {request.id} has the unknown family {request.family}")
        if request.teacher and request.teacher not in teachers:
            document.fault(f"request {request.id} has the unknown teacher {request.teacher}")
    for place in problem.pinned:
        if place.request not in requests:
            document.fault(f"pinned names the unknown request {place.request}")
    for place in (*problem.pinned, *problem.previous):
        if place.evening and place.evening not in lengths:
            document.fault(f"request {place.request} is placed on the unknown evening {place.evening}")
        elif place.slot >= lengths.get(place.evening, MOST_SLOTS):
            document.fault(f"request {place.request} is placed at slot {place.slot}, outside evening {place.evening}")
    for key, places in (("pinned", problem.pinned), ("previous", problem.previous)):
        for name, times in Counter(place.request for place in places).items():
            if times > 1:
                document.fault(f"'{key}' names the request {name} twice")


def _note_impossible_pins(problem: EveningProblem, document: Fields) -> None:
    """Pins that exclude each other or somebody's times; what they name must be known to say so."""
    requests = {request.id: request for request in problem.requests}
    lengths = problem.lengths
    there = {("teacher", teacher.id): set(teacher.available) for teacher in problem.teachers}
    there |= {("family", family.id): set(family.available) for family in problem.families}
    busy: dict[tuple[str, str, str], list[tuple[int, int, str]]] = defaultdict(list)
    evenings: dict[str, set[str]] = defaultdict(set)
    known = {place.request: place for place in problem.pinned if place.request and place.request in requests}
    for place in known.values():
        request = requests[place.request]
        evenings[request.family].add(place.evening)
        length = lengths.of(request, place.evening)
        spots = {(place.evening, place.slot + step) for step in range(length)}
        for role, name, gap in (("teacher", request.teacher, 0), ("family", request.family, problem.gap_slots)):
            busy[role, name, place.evening].append((place.slot, place.slot + length + gap, place.request))
            if not spots <= there.get((role, name), spots):
                document.fault(f"request {place.request} is pinned when {role} {name} is not there")
    for pins in busy.values():
        for first, second in overlaps(pins):
            document.fault(f"the pinned requests {first} and {second} overlap")
    for family, chosen in evenings.items():
        if problem.one_evening_per_family and len(chosen) > 1:
            document.fault(f"family {family} is pinned on several evenings")
