"""Small problems in few words."""

from datetime import datetime, timedelta

from scheduling.optimiser.problem import (
    Break,
    ConversationsProblem,
    Evening,
    EveningProblem,
    Family,
    Leader,
    Place,
    Request,
    Siblings,
    Talk,
    Teacher,
    moment,
)

FIRST = datetime(2027, 8, 30, 15, 0)  # noqa: DTZ001 (rosters are in local time)


def at(slot: int, day: int = 0) -> str:
    """The start of a slot of twenty minutes."""
    return moment(FIRST + timedelta(days=day, minutes=20 * slot))


def leader(name: str, slots: int, day: int = 0) -> Leader:
    """A leader with so many slots in a row."""
    return Leader(name, tuple(at(slot, day) for slot in range(slots)))


def talk(
    name: str, leader: str, *slots: int, price: int = 0, length: int = 1, dear: dict[int, int] | None = None
) -> Talk:
    """A talk that may start at these slots; `dear` gives some of them a cost of their own."""
    return Talk(name, f"pupil of {name}", leader, {at(s): (dear or {}).get(s, price) for s in slots}, length)


def round_of(
    leaders: list[Leader], talks: list[Talk], siblings: tuple[Siblings, ...] = (), **more: object
) -> ConversationsProblem:
    """A round of conversations of twenty minutes."""
    return ConversationsProblem(20, tuple(leaders), tuple(talks), siblings, **more)  # type: ignore[arg-type]


def spots(slots: range | list[int], *evenings: str) -> tuple[tuple[str, int], ...]:
    """These slots on each evening, on e0 when none is named."""
    return tuple((evening, slot) for evening in evenings or ("e0",) for slot in slots)


def evening(
    teachers: dict[str, object],
    families: dict[str, object],
    requests: list[tuple[object, ...]],
    *,
    slots: int = 6,
    evenings: int = 1,
    breaks: dict[str, Break] | None = None,
    **more: object,
) -> EveningProblem:
    """An evening: who is there at which slots, and requests as (id, family, teacher[, weight[, slots]])."""
    days = tuple(Evening(f"e{n}", f"2027-02-{9 + n:02d}T18:30", slots) for n in range(evenings))

    def there(given: object) -> tuple[tuple[str, int], ...]:
        if given is None:
            return spots(range(slots), *(day.id for day in days))
        return given if isinstance(given, tuple) else spots(given)  # type: ignore[arg-type, return-value]

    return EveningProblem(
        slot_minutes=10,
        evenings=days,
        teachers=tuple(Teacher(name, there(slots), (breaks or {}).get(name)) for name, slots in teachers.items()),
        families=tuple(Family(name, there(slots)) for name, slots in families.items()),
        requests=tuple(_request(*given) for given in requests),
        **{"one_evening_per_family": True, **more},  # type: ignore[arg-type]
    )


def place(request: str, slot: int, evening: str = "e0") -> Place:
    """Where a request stands."""
    return Place(request, evening, slot)


def _request(name: object, family: object, teacher: object, weight: object = 1, slots: object = 1) -> Request:
    return Request(str(name), str(family), str(teacher), f"pupil of {name}", 1, int(str(weight)), int(str(slots)))
