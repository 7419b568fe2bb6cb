"""One person's talks of one day, one after the other: as many as fit, with as little waiting between them as can be.

For an interpreter, before a roster is made: these talks get their time first, the roster is made around them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

WIDTH = 300
"""Up to eight talks every order is looked at; of more, only so many beginnings are kept at each step."""


@dataclass(frozen=True)
class Link:
    """One talk: the minutes at which it may begin, and what each costs."""

    key: str
    leader: str
    minutes: int
    starts: Mapping[int, int]
    fixed: bool = False
    """It stands already: it is there whatever becomes of the others."""


@dataclass(frozen=True)
class Pace:
    """What lies between two talks: the way to another leader, and a pause for a leader after so many minutes."""

    walk: int = 0
    slot: int = 10
    most: int = 0
    """The longest row of one leader in minutes; 0: no limit."""


@dataclass(frozen=True)
class _State:
    """A beginning of the day: which talks it has, when the last one ends, and how long its leader has gone on."""

    done: frozenset[int]
    last: int
    ends: int
    row: int
    idle: int
    cost: int
    places: tuple[tuple[int, int], ...]


def chain(links: Sequence[Link], pace: Pace) -> dict[str, int]:
    """When each of these begins; who is not in it found no place. The same talks give the same answer."""
    best: _State | None = None
    for first in sorted({start for link in links for start in link.starts}):
        for state in _from(first, links, pace):
            if best is None or _rank(state, links) < _rank(best, links):
                best = state
    return {links[index].key: start for index, start in best.places} if best else {}


Days = Mapping[str, Mapping[str, Link]]


def days_of(talks: Days, families: Mapping[str, str], pace: Pace) -> dict[str, dict[str, int]]:
    """Per day its chain; the day that holds most goes first, and a family comes on one day.

    `talks`: per day what may be then. What stands on a day keeps its family there. A family of which only a part fits
    waits for a day on which all of it may; what no day holds whole is added at last where there is room.
    """
    home = {families[key]: day for day, own in talks.items() for key, link in own.items() if link.fixed}
    found: dict[str, dict[str, int]] = {}
    left = dict(talks)
    while left:
        made = {day: chain(_own(talks, day, families, home), pace) for day in left}
        day = min(made, key=lambda one: (-len(made[one]), one))
        del left[day]
        found[day] = _whole(talks, day, made[day], left, families, home, pace)
        home |= {families[key]: day for key in found[day]}
    for day in sorted(found):
        kept = {key: replace(link, starts={found[day][key]: 0}, fixed=True)
                for key, link in talks[day].items() if key in found[day]}  # fmt: skip
        others = [link for link in _own(talks, day, families, home) if link.key not in kept]
        found[day] = chain([*kept.values(), *others], pace)
        home |= {families[key]: day for key in found[day]}
    return found


def _own(talks: Days, day: str, families: Mapping[str, str], home: Mapping[str, str]) -> list[Link]:
    """What may be on this day: not of a family that comes on another."""
    return [link for key, link in sorted(talks[day].items()) if home.get(families[key], day) == day]


def _whole(
    talks: Days, day: str, made: Mapping[str, int], left: Days, families: Mapping[str, str], home: Mapping[str, str],
    pace: Pace,
) -> dict[str, int]:  # fmt: skip
    """The chain of this day without families that fit in part, as long as another day is left for them."""
    later = {families[key] for own in left.values() for key in own} - home.keys()
    every = {key for own in talks.values() for key in own}
    split = {families[key] for key in every - made.keys()} & {families[key] for key in made} & later
    if not split:
        return dict(made)
    return chain([link for link in _own(talks, day, families, home) if families[link.key] not in split], pace)


def _from(first: int, links: Sequence[Link], pace: Pace) -> Iterable[_State]:
    """The days that begin at this minute."""
    states = [
        _State(frozenset({n}), n, first + link.minutes, link.minutes, 0, link.starts[first], ((n, first),))
        for n, link in enumerate(links)
        if first in link.starts
    ]
    while states:
        yield from states
        longer: dict[tuple[frozenset[int], int], _State] = {}
        for state in states:
            for further in _further(state, links, pace):
                key = (further.done, further.last)
                known = longer.get(key)
                if known is None or _order(further) < _order(known):
                    longer[key] = further
        states = sorted(longer.values(), key=lambda state: (-_fixed(state.done, links), *_order(state)))[:WIDTH]


def _further(state: _State, links: Sequence[Link], pace: Pace) -> Iterable[_State]:
    for n, link in enumerate(links):
        if n in state.done:
            continue
        start = _next_start(state, links[state.last], link, pace)
        if start is not None:
            goes_on = link.leader == links[state.last].leader and start == state.ends
            yield _State(
                state.done | {n}, n, start + link.minutes, link.minutes + (state.row if goes_on else 0),
                state.idle + start - state.ends, state.cost + link.starts[start], (*state.places, (n, start)),
            )  # fmt: skip


def _next_start(state: _State, last: Link, link: Link, pace: Pace) -> int | None:
    """The first minute at which this one may follow."""
    same = link.leader == last.leader
    earliest = state.ends if same else state.ends + pace.walk
    if same and pace.most and state.row + link.minutes > pace.most:
        earliest += pace.slot
    return min((start for start in link.starts if start >= earliest), default=None)


def _fixed(done: Collection[int], links: Sequence[Link]) -> int:
    return sum(links[n].fixed for n in done)


def _order(state: _State) -> tuple[int, ...]:
    return (state.ends, state.cost, *(start for _, start in state.places))


def _rank(state: _State, links: Sequence[Link]) -> tuple[int, ...]:
    """What stands, then as many as can be, then no waiting, then what families like, then early."""
    return (-_fixed(state.done, links), -len(state.done), state.idle, state.cost, *_order(state))
