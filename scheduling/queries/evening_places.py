"""Nobody is in two places on one evening.

Families and teachers with talks at two locations of the school get the time to travel: the optimiser sees them once
per location, each with times of its own. A colleague who is a parent too comes for the own child while leading no talk.
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from scheduling.domain.evenings import Grid, Spot
from scheduling.domain.homes import Apart, shared_out, widened
from scheduling.domain.timeslots import Span, local
from scheduling.models import ClassGroup, School, db


@dataclass(frozen=True, slots=True)
class Part:
    """One talk as far as places go: which part of which family, with which part of which teacher."""

    family: str
    party: str
    teacher: int
    desk: str
    slots: int
    colleagues: frozenset[int]
    booked: Span | None = None


Times = dict[str, set[Spot]]
Parts = Mapping[str, Part]


def locations() -> tuple[int, dict[int, str]]:
    """How many minutes lie between two locations, and where each class is; nothing for a school in one place."""
    rows = db.session.execute(select(ClassGroup.id, ClassGroup.location).where(ClassGroup.location != "")).all()
    found = {row.id: row.location for row in rows}
    minutes = db.session.scalar(select(School.travel_minutes)) or 0
    return (minutes, found) if minutes and len(set(found.values())) > 1 else (0, {})


def by_place(owners: Mapping[str, str], places: Mapping[str, str]) -> dict[str, str]:
    """Per talk its owner, once for each location: the first keeps its name; no location is wherever the first is."""
    there: dict[str, set[str]] = defaultdict(set)
    for key, owner in owners.items():
        if places.get(key):
            there[owner].add(places[key])
    names = {}
    for key, owner in owners.items():
        number = sorted(there[owner]).index(places[key]) if places.get(key) else 0
        names[key] = f"{owner}.{number + 1}" if number else owner
    return names


def share_desks(there: Mapping[int, set[Spot]], parts: Parts, grid: Grid, minutes: int) -> Times:
    """Per part of a teacher its times: who has talks at two locations is first at the one, then at the other."""
    desks: dict[int, dict[str, list[Part]]] = defaultdict(lambda: defaultdict(list))
    for part in parts.values():
        desks[part.teacher][part.desk].append(part)
    found: Times = {f"s{teacher}": set(spots) for teacher, spots in there.items()}
    for teacher, own in desks.items():
        if len(own) > 1:
            found |= _divided(there.get(teacher, set()), own, grid, minutes)
    return found


def share_families(homes: Times, desks: Times, parts: Parts, grid: Grid, minutes: int) -> Times:
    """Per part of a family its times: with talks at two locations there is time to travel between them."""
    own: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for key, part in parts.items():
        own[part.family][part.party].append(key)
    found, apart, spans = dict(homes), [], {}
    for parties in own.values():
        if len(parties) < 2:
            continue
        settled = {party: [parts[key].booked for key in keys] for party, keys in parties.items()}
        for party, keys in parties.items():
            gone = [widened(span, minutes) for other in parties if other != party for span in settled[other] if span]
            found[party] = {spot for spot in found[party] if not any(map(grid.span(spot).overlaps, gone))}
            for key in keys:
                if parts[key].booked is None:
                    spans[key] = [grid.span(spot) for spot in sorted(found[party] & desks[parts[key].desk])]
        for one, other in itertools.combinations(parties.values(), 2):
            apart.append(Apart(frozenset(one), frozenset(other), timedelta(minutes=minutes)))
    days = {span.starts_at: local(span.starts_at).date() for mine in spans.values() for span in mine}
    kept = shared_out(spans, days, apart)
    for party in {parts[key].party for key in kept}:
        mine = [grid.spot(span.starts_at) for key in kept if parts[key].party == party for span in kept[key]]
        found[party] = {spot for spot in mine if spot is not None}
    return found


def share_parents(homes: Times, desks: Times, parts: Parts, grid: Grid, gap: int) -> tuple[Times, Times]:
    """Families and teachers, where a colleague who comes as a parent leads no talk at that time."""
    homes, desks = dict(homes), dict(desks)
    own: dict[str, list[Part]] = defaultdict(list)
    leading: dict[int, set[str]] = defaultdict(set)
    for part in parts.values():
        own[part.party].append(part)
        leading[part.teacher].add(part.desk)
    for party, coming in sorted(own.items()):
        for colleague in sorted(frozenset().union(*(part.colleagues for part in coming)) & leading.keys()):
            led = [part.booked for part in parts.values() if part.teacher == colleague and part.booked]
            homes[party] = {spot for spot in homes[party] if not any(map(grid.span(spot).overlaps, led))}
            others = [part for part in coming if part.teacher != colleague]
            away = _reserved(homes[party], others, leading[colleague], desks, grid, gap)
            away |= {spot for part in coming if part.booked for spot in grid.inside(part.booked)}
            for desk in leading[colleague]:
                desks[desk] = desks[desk] - away
            homes[party] -= set().union(*(desks[desk] for desk in leading[colleague]))
    return homes, desks


def _reserved(
    home: set[Spot], coming: Sequence[Part], leading: Collection[str], desks: Times, grid: Grid, gap: int
) -> set[Spot]:
    """The stretch in which this colleague is a parent; nothing where there is time enough besides the own talks."""
    waiting = [part for part in coming if part.booked is None]
    long = sum(part.slots + gap for part in waiting) - gap
    busy = set().union(*(desks[desk] for desk in leading))
    if not waiting or all(len((home - busy) & desks[part.desk]) >= long for part in waiting):
        return set()
    stretches = [[(day, first + n) for n in range(long)] for day, first in grid.spots]
    fitting = [set(one) for one in stretches if one[-1] in grid.spots]
    return max(
        fitting,
        key=lambda one: (min(len(one & home & desks[part.desk]) for part in waiting), max(one)),
        default=set(),
    )


def _divided(there: set[Spot], own: Mapping[str, Sequence[Part]], grid: Grid, minutes: int) -> Times:
    """The times of one teacher, location after location: each as much of every evening as its talks ask for."""
    free = {}
    for desk in own:
        gone = [widened(part.booked, minutes) for other in own if other != desk for part in own[other] if part.booked]
        free[desk] = {spot for spot in there if not any(map(grid.span(spot).overlaps, gone))}
    loads = {desk: sum(part.slots for part in parts if not part.booked) for desk, parts in sorted(own.items())}
    asked = [desk for desk, load in loads.items() if load]
    if len(asked) < 2:
        return {desk: free[desk] if desk in asked else set() for desk in own}
    far = -(-minutes // grid.minutes)
    found: Times = {desk: set() for desk in own}
    for day in {day for day, _ in there}:
        slots = sorted(slot for at, slot in there if at == day)
        room, begins, total = max(0, len(slots) - far * (len(asked) - 1)), slots[0], sum(loads.values())
        for number, desk in enumerate(asked):
            count = -(-room * loads[desk] // total)
            inside = [slot for slot in slots if slot >= begins]
            mine = inside if number == len(asked) - 1 else inside[:count]
            found[desk] |= {(day, slot) for slot in mine} & free[desk]
            begins = (mine[-1] + 1 + far) if mine else begins
    return found
