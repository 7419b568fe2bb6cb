"""Made-up schools to measure on: the same type and seed give the same problem everywhere.

The evening types follow published sizes of secondary schools: 26 pupils a class, 11 subjects, 30 % of the teachers part
time, a tenth of the pupils with a sibling at school, a fifth of the families on one evening only and a fifth with a
wish for the hour. Every wish is for a teacher of the pupil's own class.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduling.optimiser.problem import (
    Break,
    ConversationsProblem,
    Evening,
    EveningProblem,
    Family,
    Leader,
    Problem,
    Request,
    Siblings,
    SwapSlot,
    SwapsProblem,
    Talk,
    Teacher,
)

TYPES = ("typical", "dense", "one-evening", "start", "swaps")
PUPILS_A_CLASS = 26
TEACHERS_PER_46_CLASSES = (10, 10, 10, 8, 8, 7, 6, 6, 5, 5, 5)  # one figure a subject
POPULARITY = (7, 6, 6, 4, 4, 3, 3, 2, 2, 1, 1)
WEIGHTS = {1: 4, 2: 2, 3: 1}


@dataclass(frozen=True)
class _Type:
    """What makes one kind of evening different from another."""

    coming: float
    wishes: tuple[int, int]
    evenings: int
    slots: int


_EVENING_TYPES = {
    "typical": _Type(0.65, (1, 3), 2, 18),
    "dense": _Type(0.50, (4, 6), 2, 24),
    "one-evening": _Type(0.40, (1, 3), 1, 21),
}


def make_instance(kind: str, seed: int, pupils: int = 1196) -> Problem:
    """A problem of this type; `pupils` is the size of the school."""
    rng = random.Random(f"{kind} {seed}")
    if kind == "start":
        return _start(rng, pupils)
    if kind == "swaps":
        return _swaps(rng)
    return _evening(rng, _EVENING_TYPES[kind], pupils)


def _evening(rng: random.Random, kind: _Type, pupils: int) -> EveningProblem:
    evenings = tuple(
        Evening(f"e{index}", f"2027-02-{9 + 2 * index:02d}T18:30", kind.slots) for index in range(kind.evenings)
    )
    classes = max(1, round(pupils / PUPILS_A_CLASS))
    subjects = _subjects(classes)
    teachers = tuple(_teacher(rng, name, kind) for names in subjects for name in names)
    lessons = [[_shuffled(rng, names, classes)[number] for names in subjects] for number in range(classes)]
    families: list[Family] = []
    requests: list[Request] = []
    for children in _households(rng, pupils):
        if rng.random() >= kind.coming:
            continue
        family = Family(f"f{len(families)}", _family_times(rng, kind))
        families.append(family)
        for child in children:
            wanted = _wishes(rng, lessons[child % classes], rng.randint(*kind.wishes))
            for priority, teacher in wanted:
                requests.append(
                    Request(f"r{len(requests)}", family.id, teacher, f"p{child}", priority, WEIGHTS[priority])
                )
    return EveningProblem(10, evenings, teachers, tuple(families), tuple(requests), one_evening_per_family=True)


def _subjects(classes: int) -> list[list[str]]:
    """The teachers' ids per subject."""
    sizes = [max(1, round(size * classes / 46)) for size in TEACHERS_PER_46_CLASSES]
    numbers = iter(range(sum(sizes)))
    return [[f"t{next(numbers)}" for _ in range(size)] for size in sizes]


def _shuffled(rng: random.Random, names: list[str], classes: int) -> list[str]:
    """One teacher per class, each about as often as the others."""
    copies = names * -(-classes // len(names))
    return rng.sample(copies, classes)


def _teacher(rng: random.Random, name: str, kind: _Type) -> Teacher:
    chance = rng.random()
    middle = kind.slots // 2
    days = range(kind.evenings)
    slots = range(kind.slots)
    if chance < 0.2 and kind.evenings > 1:
        days = range(chosen := rng.randrange(kind.evenings), chosen + 1)
    elif 0.2 <= chance < 0.3:
        slots = range(middle) if rng.random() < 0.5 else range(middle, kind.slots)
    return Teacher(name, tuple((f"e{day}", slot) for day in days for slot in slots), Break(middle - 3, middle + 3))


def _households(rng: random.Random, pupils: int) -> list[list[int]]:
    order = list(range(pupils))
    rng.shuffle(order)
    paired = pupils // 20 * 2
    pairs = [order[index : index + 2] for index in range(0, paired, 2)]
    return pairs + [[child] for child in order[paired:]]


def _family_times(rng: random.Random, kind: _Type) -> tuple[tuple[str, int], ...]:
    days, slots = range(kind.evenings), range(kind.slots)
    if rng.random() < 0.2:
        days = range(chosen := rng.randrange(kind.evenings), chosen + 1)
    if rng.random() < 0.2:
        third = kind.slots // 3
        slots = range(third, kind.slots) if rng.random() < 0.5 else range(2 * third)
    return tuple((f"e{day}", slot) for day in days for slot in slots)


def _wishes(rng: random.Random, own: list[str], number: int) -> list[tuple[int, str]]:
    """Different teachers of the class, the first wish with the highest priority."""
    subjects: list[int] = []
    while len(subjects) < number:
        (subject,) = rng.choices(range(len(own)), POPULARITY)
        if subject not in subjects:
            subjects.append(subject)
    return [(min(3, place + 1), own[subject]) for place, subject in enumerate(subjects)]


def _start(rng: random.Random, pupils: int) -> ConversationsProblem:
    classes = max(1, round(pupils / PUPILS_A_CLASS))
    first = datetime(2027, 8, 30, 15, 0)  # noqa: DTZ001 (rosters are in local time)
    days = [first + timedelta(days=day) for day in range(5)]
    grid = [[day + timedelta(minutes=20 * slot) for slot in range(8)] for day in days]
    leaders = tuple(Leader.of(f"m{number}", [start for day in grid for start in day]) for number in range(classes))
    talks = tuple(
        Talk.of(f"k{child}", pupil=f"p{child}", leader=f"m{child % classes}", costs=_costs(rng, grid))
        for child in range(pupils)
    )
    pairs = pupils // 20
    order = rng.sample(range(pupils), 2 * pairs)
    siblings = tuple(
        Siblings((f"k{order[2 * number]}", f"k{order[2 * number + 1]}"), gap_slots=1) for number in range(pairs)
    )
    return ConversationsProblem(20, leaders, talks, siblings, max_in_a_row=4)


def _costs(rng: random.Random, grid: list[list[datetime]]) -> dict[datetime, int]:
    """One day that is impossible, one or two that are wished, an early or a late preference on the others."""
    order = rng.sample(range(len(grid)), len(grid))
    impossible, wished = order[0], order[1 : rng.choice((2, 3, 4))]
    late = rng.random() < 0.5
    costs: dict[datetime, int] = {}
    for number, day in enumerate(grid):
        for slot, start in enumerate(day):
            if number != impossible:
                costs[start] = 0 if number in wished else 1 + rng.randrange(2) + ((slot < 4) == late)
    return costs


def _swaps(rng: random.Random) -> SwapsProblem:
    holders: list[str | None] = [*(f"k{number}" for number in range(26)), *[None] * 6]
    rng.shuffle(holders)
    slots = tuple(SwapSlot(f"s{number}", holder) for number, holder in enumerate(holders))
    wishes = {
        slot.holder: tuple(rng.sample([other.id for other in slots if other != slot], 4))
        for slot in slots
        if slot.holder is not None and rng.random() < 0.4
    }
    return SwapsProblem(slots, wishes)
