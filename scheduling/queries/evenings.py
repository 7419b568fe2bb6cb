"""A contact evening as the optimiser sees it: who asks for whom, who can come when, and what stands already."""

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import select

from scheduling.domain.chains import Pace
from scheduling.domain.evenings import (
    Grid,
    Spot,
    families,
    grid_of,
    minutes_of,
    pause_of,
    step_of,
    weight_of,
)
from scheduling.domain.homes import Apart, shared_out, widened
from scheduling.domain.rosters import walking_gap
from scheduling.domain.rounds import RoundKind, RoundUnknown
from scheduling.domain.timeslots import Span, local
from scheduling.domain.wishes import Answer, Wishes
from scheduling.models import Booking, Round, School, TalkRequest, db
from scheduling.models.rosters import RosterTalk, RosterVersion
from scheduling.optimiser.problem import Break, Evening, EveningProblem, Family, Place, Request, Teacher, moment
from scheduling.queries.evening_places import (
    Part,
    by_place,
    locations,
    share_desks,
    share_families,
    share_parents,
)
from scheduling.queries.homes import kept_apart, times_gone
from scheduling.queries.interpreter_chains import Chains, Job, booked_interpreters, interpreter_of, make_chains
from scheduling.queries.snapshots import (
    Held,
    Need,
    OfferedSlot,
    booked_talks,
    busy_elsewhere,
    fingerprints,
    first_day_of,
    needed_talks,
    offered_slots,
    said_of,
)
from scheduling.queries.wishes import wishes_of_round


@dataclass(frozen=True, slots=True)
class Ask:
    """One talk that was asked for, and where it stands already."""

    need: Need
    family: str
    place: int
    wanted: bool
    obligatory: bool
    lost_last_time: bool
    subject: str
    party: str = ""
    """The family, as far as its talks are at one location of the school: so the optimiser calls it."""
    desk: str = ""
    """The teacher, likewise."""
    travels: bool = False
    """Has the family or the teacher talks at another location as well?"""
    booked: Held | None = None
    held: bool = False
    """Kept at its time by hand, in the version this one goes on from."""

    @property
    def teacher_id(self) -> int:
        return self.booked.leader_id if self.booked else self.need.leaders[0]

    @property
    def slots(self) -> int:
        return self.booked.slots if self.booked else self.need.slots

    @property
    def stands(self) -> Span | None:
        """When it is, for one that has a booking."""
        return Span(self.booked.starts_at, self.booked.ends_at) if self.booked else None

    @property
    def weight(self) -> int:
        return weight_of(self.place, obligatory=self.obligatory, lost_last_time=self.lost_last_time)


@dataclass(frozen=True)
class EveningSnapshot:
    """What an evening is planned for: the problem, whose talks its names are, and the teachers' slots as they were."""

    round_id: int
    grid: Grid
    problem: EveningProblem
    asks: Mapping[str, Ask]
    fingerprints: Mapping[str, str]
    left_out: frozenset[str] = frozenset()
    """Talks for which the interpreter has no time beside the others."""

    @property
    def is_empty(self) -> bool:
        return all(ask.booked is not None for ask in self.asks.values())

    def moment(self, place: Place) -> datetime:
        """When a talk begins that the optimiser put there."""
        return self.grid.moment(place.evening, place.slot)


@dataclass(frozen=True)
class _Times:
    """Who is there when."""

    teachers: Mapping[str, set[Spot]]
    families: Mapping[str, set[Spot]]
    pins: tuple[Place, ...] = ()
    previous: tuple[Place, ...] = field(default=())


Units = Mapping[tuple[int, str], int]
"""Per teacher and evening: how many steps of the grid one slot takes."""


def take_evening(
    round_id: int, *, now: datetime, keep_booked: bool = True, based_on: int | None = None, chained: bool = True
) -> EveningSnapshot:
    """The evening as the optimiser sees it; talks that have a booking keep their time.

    `chained`: the talks of one interpreter have theirs too, one after the other.

    With `based_on`, the number of an earlier version, its held talks keep their time and the others stay where they
    can.
    """
    found = db.session.get(Round, round_id)
    if found is None:
        raise RoundUnknown(str(round_id))
    slots = offered_slots(round_id)
    needs = needed_talks(round_id, on=first_day_of(slots, now))
    booked = booked_talks(round_id, needs)
    travel, location_of = locations()
    asks = _in_places(_asks(found, needs, booked), location_of)
    inside = asks if keep_booked else {key: ask for key, ask in asks.items() if ask.booked is None}
    standing = {ask.booked.booking_id for ask in inside.values() if ask.booked}
    usable = [slot for slot in slots if _is_usable(slot, standing, now)]
    lengths = _lengths(usable)
    grid = grid_of(
        (slot.span for slot in usable), step_of((slot.span for slot in usable), found.slot_minutes)
    )  # fmt: skip
    units = {spot: minutes // grid.minutes for spot, minutes in lengths.items()}
    earlier = _earlier(round_id, based_on)
    gap = walking_gap(db.session.scalar(select(School.walking_minutes)) or 0, grid.minutes)
    beside = _standing_beside(asks, inside)
    homes = _family_times(found, grid, inside, slots, beside)
    teachers = _teacher_times(grid, inside, usable)
    homes, desks = _apart(homes, teachers, _parts(asks, inside, units, grid), grid, travel, gap)
    desks = _whole_slots(desks, inside, usable, grid)
    inside, times = _times(grid, inside, homes, desks, earlier, units)
    chains = _chains(found, grid, inside, times, units, gap * grid.minutes) if chained else Chains()
    spots = {key: grid.spot(at) for key, at in chains.places.items()}
    times = replace(times, pins=(*times.pins, *(Place(key, *spot) for key, spot in spots.items() if spot)))
    problem = EveningProblem(
        slot_minutes=grid.minutes,
        evenings=_evenings(grid),
        teachers=_teachers(grid, times.teachers, units, _pause(grid, found)),
        families=tuple(Family(name, tuple(sorted(times.families[name]))) for name in sorted(times.families)),
        requests=tuple(_request(key, ask) for key, ask in inside.items() if key not in chains.left),
        gap_slots=gap,
        one_evening_per_family=_comes_once(inside, times.pins),
        pinned=times.pins,
        previous=tuple(place for place in times.previous if place.request not in chains.left),
    )
    return EveningSnapshot(round_id, grid, problem, {**asks, **inside}, fingerprints(slots), chains.left)


def _chains(found: Round, grid: Grid, asks: Mapping[str, Ask], times: _Times, units: Units, walk: int) -> Chains:
    """The talks of each interpreter, placed beforehand around what stands."""
    booked = booked_interpreters(db.session(), found.id)
    serving = {key: who for key, ask in asks.items() if (who := interpreter_of(ask.need, booked)) is not None}
    if not serving:
        return Chains()
    standing = {pin.request: (pin.evening, pin.slot) for pin in times.pins}
    previous = {place.request: (place.evening, place.slot) for place in times.previous}
    spans = {key: _span_at(asks[key], spot, grid, units) for key, spot in standing.items()}
    jobs = []
    for key, who in serving.items():
        ask = asks[key]
        spots = [standing[key]] if key in standing else _possible(ask, asks, grid, times, spans, units, walk)
        starts = {grid.moment(*spot): int(previous.get(key, spot) != spot) for spot in spots}
        lengths = {day: grid.minutes * ask.slots * _unit(units, ask.teacher_id, day) for day, _ in grid.spots}
        jobs.append(Job(key, who, ask.family, f"s{ask.teacher_id}", lengths, starts, fixed=key in standing))
    pace = Pace(walk, found.slot_minutes, found.max_in_a_row * found.slot_minutes)
    return make_chains(db.session(), jobs, pace)


def _span_at(ask: Ask, spot: Spot, grid: Grid, units: Units) -> Span:
    return grid.span(spot, ask.slots * _unit(units, ask.teacher_id, spot[0]))


def _possible(
    ask: Ask, asks: Mapping[str, Ask], grid: Grid, times: _Times, spans: Mapping[str, Span], units: Units, walk: int
) -> list[Spot]:
    """Where this talk may begin: teacher and family are there, and not at a talk that stands."""
    theirs = [span for key, span in spans.items() if asks[key].family == ask.family]
    gone = [span for key, span in spans.items() if asks[key].teacher_id == ask.teacher_id]
    gone += [widened(span, walk) for span in theirs]
    days = {local(span.starts_at).date().isoformat() for span in theirs} or {day for day, _ in grid.spots}
    return [
        spot
        for spot in grid.spots
        if spot[0] in days
        and _fits(ask, spot, times.teachers, times.families, units)
        and not any(map(_span_at(ask, spot, grid, units).overlaps, gone))
    ]


def _is_usable(slot: OfferedSlot, standing: Collection[int], now: datetime) -> bool:
    """A free time that is still to come, or one of a talk that keeps its time."""
    if slot.booking_id is not None:
        return slot.booking_id in standing
    return not slot.blocked and slot.span.starts_at > now


def _asks(found: Round, needs: Sequence[Need], booked: Mapping[str, Held]) -> dict[str, Ask]:
    family_of = families({need.key: need.guardians for need in needs})
    rows = {row.id: row for row in db.session.scalars(select(TalkRequest).where(TalkRequest.round_id == found.id))}
    lost = _lost_last_time(found)
    asks = {}
    for need in needs:
        own = [rows[request_id] for request_id in (need.request_id or 0, *need.asked_too)]
        lost_last_time = any(one.wanted and _home_of(one) in lost for one in own)
        asks[need.key] = Ask(
            need=need,
            family=family_of[need.key],
            place=min(one.place for one in own),
            wanted=any(one.wanted for one in own),
            obligatory=any(one.obligatory for one in own),
            lost_last_time=lost_last_time,
            subject=own[0].subject,
            booked=booked.get(need.key),
        )
    return asks


def _lost_last_time(found: Round) -> set[tuple[int | None, int]]:
    """The homes (or adult pupils) of whom a wish found no place in the contact evenings before these."""
    before = db.session.scalars(
        select(Round)
        .where(Round.kind == RoundKind.CONTACT_EVENING, Round.starts_on < found.starts_on, Round.id != found.id)
        .order_by(Round.starts_on.desc())
        .limit(1)
    ).first()
    if before is None or db.session.scalar(select(Booking.id).where(Booking.round_id == before.id).limit(1)) is None:
        return set()
    had = select(Booking.request_id).where(Booking.round_id == before.id, Booking.request_id.is_not(None))
    rows = db.session.scalars(
        select(TalkRequest).where(
            TalkRequest.round_id == before.id, TalkRequest.wanted, TalkRequest.withdrawn_at.is_(None),
            TalkRequest.id.not_in(had),
        )
    )  # fmt: skip
    joint = select(TalkRequest.pupil_id, TalkRequest.teacher_id).join(Booking, Booking.request_id == TalkRequest.id)
    both = {tuple(row) for row in db.session.execute(joint.where(Booking.household_id.is_(None)))}
    return {_home_of(row) for row in rows if (row.pupil_id, row.teacher_id) not in both}


def _home_of(row: TalkRequest) -> tuple[int | None, int]:
    """Which home asked it, or which adult pupil."""
    return (row.household_id, row.pupil_id if row.household_id is None else 0)


def _earlier(round_id: int, number: int | None) -> dict[str, RosterTalk]:
    if number is None:
        return {}
    rows = db.session.scalars(
        select(RosterTalk)
        .join(RosterVersion)
        .where(RosterVersion.round_id == round_id, RosterVersion.number == number, RosterTalk.request_id.is_not(None))
    )
    return {f"r{row.request_id}": row for row in rows}


def _standing_beside(asks: Mapping[str, Ask], inside: Mapping[str, Ask]) -> dict[str, list[Span]]:
    """Per family its talks that stand and are not in the problem: around those it is planned."""
    found: dict[str, list[Span]] = defaultdict(list)
    for key, ask in asks.items():
        if ask.stands and key not in inside:
            found[ask.party].append(ask.stands)
    return found


def _in_places(asks: Mapping[str, Ask], location_of: Mapping[int, str]) -> dict[str, Ask]:
    """The same, with families and teachers once for every location at which they have talks."""
    places = {key: location_of.get(ask.need.class_id, "") for key, ask in asks.items()}
    parties = by_place({key: ask.family for key, ask in asks.items()}, places)
    desks = by_place({key: f"s{ask.teacher_id}" for key, ask in asks.items()}, places)
    parts: dict[str, set[str]] = defaultdict(set)
    for key, ask in asks.items():
        parts[ask.family].add(parties[key])
        parts[f"s{ask.teacher_id}"].add(desks[key])
    return {
        key: replace(
            ask, party=parties[key], desk=desks[key],
            travels=len(parts[ask.family]) > 1 or len(parts[f"s{ask.teacher_id}"]) > 1,
        )
        for key, ask in asks.items()
    }  # fmt: skip


def _lengths(usable: Sequence[OfferedSlot]) -> dict[tuple[int, str], int]:
    """Per teacher and evening how many minutes a talk takes there."""
    return {
        (slot.leader_id, local(slot.span.starts_at).date().isoformat()): minutes_of(slot.span) for slot in usable
    }  # fmt: skip


def _unit(units: Units, teacher: int, evening: str) -> int:
    """One slot of a teacher who is not there takes as much as one of the others, at most."""
    return units.get((teacher, evening)) or max(
        (unit for (_, day), unit in units.items() if day == evening), default=1
    )  # fmt: skip


def _parts(asks: Mapping[str, Ask], inside: Mapping[str, Ask], units: Units, grid: Grid) -> dict[str, Part]:
    """What matters of each talk for who is where; a talk that is not in the problem still takes its time."""
    found = {}
    for key, ask in asks.items():
        if key in inside or ask.stands:
            days = [evening.id for evening in grid.evenings.values()]
            steps = ask.slots * max((_unit(units, ask.teacher_id, day) for day in days), default=1)
            found[key] = Part(
                ask.family, ask.party, ask.teacher_id, ask.desk, steps, ask.need.colleagues, ask.stands
            )  # fmt: skip
    return found


def _whole_slots(
    desks: Mapping[str, set[Spot]], asks: Mapping[str, Ask], usable: Sequence[OfferedSlot], grid: Grid
) -> dict[str, set[Spot]]:
    """Only slots of which nothing was given away: half of one is no time for a talk."""
    own: dict[int, list[set[Spot]]] = defaultdict(list)
    for slot in usable:
        own[slot.leader_id].append(grid.inside(slot.span))
    names: dict[int, set[str]] = defaultdict(set)
    for ask in asks.values():
        names[ask.teacher_id].add(ask.desk)
    found = dict(desks)
    for teacher, slots in own.items():
        for name in names[teacher] | {f"s{teacher}"}:
            if name in found:
                found[name] = set().union(*(slot for slot in slots if slot <= desks[name]))
    return found


def _apart(
    homes: Mapping[str, set[Spot]], teachers: Mapping[int, set[Spot]], parts: Mapping[str, Part], grid: Grid,
    travel: int, gap: int,
) -> tuple[dict[str, set[Spot]], dict[str, set[Spot]]]:  # fmt: skip
    """The times of families and teachers, with the time to travel, and with parents who teach in one place at once."""
    there = {part.party: set(homes.get(part.party, ())) for part in parts.values()}
    desks = share_desks(teachers, parts, grid, travel)
    own, desks = share_parents(there, desks, parts, grid, gap)
    return share_families(own, desks, parts, grid, travel), desks


def _teacher_times(grid: Grid, asks: Mapping[str, Ask], usable: Sequence[OfferedSlot]) -> dict[int, set[Spot]]:
    teachers: dict[int, set[Spot]] = defaultdict(set)
    for slot in usable:
        teachers[slot.leader_id] |= grid.inside(slot.span)
    for ask in asks.values():
        teachers.setdefault(ask.teacher_id, set())
    return teachers


def _times(
    grid: Grid, asks: Mapping[str, Ask], homes: dict[str, set[Spot]], desks: dict[str, set[Spot]],
    earlier: Mapping[str, RosterTalk], units: Units,
) -> tuple[dict[str, Ask], _Times]:  # fmt: skip
    """When teachers and families are there, what is fixed, and where the others stood before."""
    pins, after = [], dict(asks)
    for key, ask in asks.items():
        if ask.stands and (spot := grid.spot(ask.stands.starts_at)) is not None:
            pins.append(Place(key, *spot))
            homes[ask.party] |= grid.inside(ask.stands)
            desks[ask.desk] |= grid.inside(ask.stands)
    previous = []
    for key, row in earlier.items():
        spot = grid.spot(row.starts_at) if row.starts_at else None
        again = asks.get(key)
        if again is None or again.booked or spot is None or not _fits(again, spot, desks, homes, units):
            continue
        previous.append(Place(key, *spot))
        if row.held:
            pins.append(Place(key, *spot))
            after[key] = replace(again, held=True)
    coming = {ask.party for ask in asks.values()}
    return after, _Times(desks, {name: homes[name] for name in coming}, tuple(pins), tuple(previous))


def _fits(
    ask: Ask, spot: Spot, desks: Mapping[str, set[Spot]], homes: Mapping[str, set[Spot]], units: Units
) -> bool:  # fmt: skip
    """Is everybody there for all of it, and does it begin where the teacher's talks begin?"""
    unit, before, (day, first) = _unit(units, ask.teacher_id, spot[0]), 0, spot
    while (day, first - before - 1) in desks[ask.desk]:
        before += 1
    taken = {(day, first + step) for step in range(ask.slots * unit)}
    return before % unit == 0 and taken <= desks[ask.desk] & homes[ask.party]


def _family_times(
    found: Round, grid: Grid, asks: Mapping[str, Ask], slots: Sequence[OfferedSlot],
    beside: Mapping[str, Sequence[Span]],
) -> dict[str, set[Spot]]:  # fmt: skip
    """Per family the times at which it can come: not what it cannot, nor when it is elsewhere in the school."""
    wishes = wishes_of_round(found.id)
    needs = {key: ask.need for key, ask in asks.items()}
    busy = busy_elsewhere(found.id, needs, slots)
    members: dict[str, list[str]] = defaultdict(list)
    for key, ask in asks.items():
        members[ask.party].append(key)
    homes = {}
    for family, keys in members.items():
        said = {id(one): one for key in keys for one in said_of(needs[key], wishes)}.values()
        away = [span for key in keys for span in busy.get(key, ())] + [*beside.get(family, ())]
        homes[family] = {spot for spot in grid.spots if _can_come(grid.span(spot), said, away)}
    return _without_meetings(found, grid, asks, homes)


def _can_come(span: Span, said: Iterable[Wishes], away: Iterable[Span]) -> bool:
    return not any(one.answer_to(span) is Answer.CANNOT for one in said) and not any(map(span.overlaps, away))


def _without_meetings(
    found: Round, grid: Grid, asks: Mapping[str, Ask], homes: dict[str, set[Spot]]
) -> dict[str, set[Spot]]:
    """Two homes of one pupil share out the time: they never meet, and the pupil is never in two talks at once."""
    attending: dict[str, frozenset[int]] = defaultdict(frozenset)
    children: dict[str, set[int]] = defaultdict(set)
    for ask in asks.values():
        attending[ask.party] |= ask.need.guardians
        children[ask.party].add(ask.need.pupil_id)
    pairs = []
    for pair in kept_apart(db.session(), found.year_id):
        first, second = pair.sides(attending)
        if first and second:
            pairs.append(Apart(first, second, timedelta(minutes=pair.minutes)))
            for name in first | second:
                gone = times_gone(db.session(), attending[name])
                homes[name] = {spot for spot in homes[name] if not any(map(grid.span(spot).overlaps, gone))}
    settled = {frozenset((one, other)) for pair in pairs for one in pair.first for other in pair.second}
    pairs += [
        Apart(frozenset({one}), frozenset({other}), timedelta())
        for one, other in _of_one_pupil(children)
        if frozenset((one, other)) not in settled
    ]
    if not pairs:
        return homes
    concerned = {name for pair in pairs for name in pair.first | pair.second}
    spans = {name: [grid.span(spot) for spot in sorted(homes[name])] for name in concerned}
    days = {span.starts_at: local(span.starts_at).date() for own in spans.values() for span in own}
    shared = shared_out(spans, days, pairs)
    kept = {name: {grid.spot(span.starts_at) for span in own} for name, own in shared.items()}
    return homes | {name: {spot for spot in own if spot is not None} for name, own in kept.items()}


def _of_one_pupil(children: Mapping[str, set[int]]) -> list[tuple[str, str]]:
    """Families that come for the same pupil, each from a home of its own."""
    coming: dict[int, list[str]] = defaultdict(list)
    for family in sorted(children):
        for pupil in children[family]:
            coming[pupil].append(family)
    return sorted({pair for own in coming.values() for pair in itertools.combinations(own, 2)})


def _evenings(grid: Grid) -> tuple[Evening, ...]:
    return tuple(
        Evening(evening.id, moment(local(evening.starts_at)), evening.slots)
        for _, evening in sorted(grid.evenings.items())
    )


def _pause(grid: Grid, found: Round) -> tuple[int, int] | None:
    """Between which steps of an evening somebody who is there all the time pauses, once."""
    longest = max((evening.slots for evening in grid.evenings.values()), default=0)
    steps = found.slot_minutes // grid.minutes
    window = pause_of(-(-longest // steps), found.max_in_a_row)
    return (window[0] * steps, min(window[1] * steps, longest)) if window else None


def _teachers(
    grid: Grid, times: Mapping[str, set[Spot]], units: Units, pause: tuple[int, int] | None
) -> tuple[Teacher, ...]:
    """A teacher who is there all evening pauses once in it; who chose the own times pauses in those."""
    days = sorted(evening.id for evening in grid.evenings.values())
    found = []
    for desk, spots in sorted(times.items()):
        teacher = int(desk[1:].partition(".")[0])
        own = tuple((day, _unit(units, teacher, day)) for day in days if _unit(units, teacher, day) > 1)
        found.append(Teacher(desk, tuple(sorted(spots)), Break(*pause) if pause else None, own))
    return tuple(found)


def _request(key: str, ask: Ask) -> Request:
    return Request(
        id=key,
        family=ask.party,
        teacher=ask.desk,
        pupil=f"p{ask.need.pupil_id}",
        priority=ask.place,
        weight=ask.weight,
        slots=ask.slots,
    )


def _comes_once(asks: Mapping[str, Ask], pins: Iterable[Place]) -> bool:
    """All talks of a family on one evening, unless a family has talks on more than one already."""
    evenings: dict[str, set[str]] = defaultdict(set)
    for pin in pins:
        evenings[asks[pin.request].party].add(pin.evening)
    return all(len(own) == 1 for own in evenings.values())


def asked_of(round_id: int, now: datetime) -> dict[int, tuple[int, int]]:
    """Per teacher of a round of requests: how many times its talks need, and how many there are."""
    slots = offered_slots(round_id)
    room = Counter(slot.leader_id for slot in slots if not slot.blocked)
    needed: Counter[int] = Counter()
    for need in needed_talks(round_id, on=first_day_of(slots, now)):
        needed[need.leaders[0]] += need.slots
    return {teacher: (count, room[teacher]) for teacher, count in needed.items()}
