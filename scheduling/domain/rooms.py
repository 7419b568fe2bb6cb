"""Rooms: the school's list of them, what somebody may have meant, and who is in one at the same time."""

import difflib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from scheduling.domain.timeslots import Span

SUGGESTED = 3
ALIKE = 0.6
"""From so much likeness on a name may have been meant (difflib's ratio)."""


@dataclass(frozen=True, slots=True)
class Place:
    """A room, and how to find it."""

    room: str
    floor: str = ""
    building: str = ""
    location: str = ""


NOWHERE = Place("")


class RoomList:
    """The rooms a school has. An empty list: the school never gave one, and every name will do."""

    def __init__(self, places: Iterable[Place]) -> None:
        self.places = tuple(places)
        self._by_key: dict[str, list[Place]] = defaultdict(list)
        for place in self.places:
            self._by_key[_key(place.room)].append(place)

    def __bool__(self) -> bool:
        return bool(self.places)

    @property
    def has_locations(self) -> bool:
        """Does the school hold talks in more than one location?"""
        return len({place.location for place in self.places}) > 1

    def named(self, typed: str) -> str | None:
        """The room as the list spells it; None: there is no such room."""
        found = self._by_key.get(_key(typed))
        return found[0].room if found else None

    def near(self, typed: str) -> tuple[str, ...]:
        """The rooms that may have been meant, the likeliest first: "12" may be "lokaal 12"."""
        wanted = _key(typed)
        within = [key for key in self._by_key if set(wanted.split()) <= set(key.split())]
        alike = difflib.get_close_matches(wanted, self._by_key, n=SUGGESTED, cutoff=ALIKE)
        keys = list(dict.fromkeys([*within, *alike]))[:SUGGESTED]
        return tuple(self._by_key[key][0].room for key in keys)

    def is_ambiguous(self, room: str) -> bool:
        """Do several locations have a room of this name?"""
        return len(self._by_key.get(_key(room), ())) > 1

    def find(self, room: str, location: str = "") -> Place:
        """Where this room is; of rooms with one name the one at this location. Of an unknown room only its name."""
        places = self._by_key.get(_key(room), [])
        found = next((place for place in places if place.location == location), None)
        if found is None and len(places) == 1:
            found = places[0]
        if found is None:
            return Place(room)
        return Place(room, found.floor, found.building, found.location if self.has_locations else "")


def is_same_room(one: str, other: str) -> bool:
    """Capitals and spaces make no other room."""
    return _key(one) == _key(other)


@dataclass(frozen=True, slots=True)
class Stay:
    """A leader is in a room for a while. `room` also tells rooms of one name at two locations apart."""

    room: tuple[str, str]
    leader: str
    span: Span


@dataclass(frozen=True, slots=True)
class Meeting:
    """Two leaders in one room, and when."""

    room: str
    leaders: tuple[str, str]
    spans: tuple[Span, ...]


def meetings(stays: Iterable[Stay]) -> list[Meeting]:
    """Every two leaders who would be in one room at the same time, with the stretches in which they are."""
    by_room: dict[tuple[str, str], list[Stay]] = defaultdict(list)
    for stay in stays:
        by_room[stay.room].append(stay)
    found: dict[tuple[str, tuple[str, str]], list[Span]] = defaultdict(list)
    for (room, _), own in by_room.items():
        for first, second in _together(sorted(own, key=lambda stay: stay.span)):
            pair = (min(first.leader, second.leader), max(first.leader, second.leader))
            both = Span(max(first.span.starts_at, second.span.starts_at), min(first.span.ends_at, second.span.ends_at))
            found[room, pair].append(both)
    return [Meeting(room, pair, _joined(spans)) for (room, pair), spans in sorted(found.items(), key=lambda i: i[0])]


def _together(ordered: Sequence[Stay]) -> Iterable[tuple[Stay, Stay]]:
    present: list[Stay] = []
    for second in ordered:
        present = [first for first in present if first.span.overlaps(second.span)]
        yield from ((first, second) for first in present if first.leader != second.leader)
        present.append(second)


def _joined(spans: Iterable[Span]) -> tuple[Span, ...]:
    """Stretches that touch, as one."""
    joined: list[Span] = []
    for span in sorted(spans):
        if joined and span.starts_at <= joined[-1].ends_at:
            joined[-1] = Span(joined[-1].starts_at, max(joined[-1].ends_at, span.ends_at))
        else:
            joined.append(span)
    return tuple(joined)


def _key(name: str) -> str:
    return " ".join(name.casefold().split())
