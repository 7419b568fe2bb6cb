"""What a roster is made for: the talks a round needs, who leads them, and the optimiser's problem."""

import hashlib
import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, or_, select

from scheduling.domain.agreed_rounds import still_wanted
from scheduling.domain.homes import Apart, HomeTalks, shared_out, widened
from scheduling.domain.hours import room_for
from scheduling.domain.people import is_adult
from scheduling.domain.requests import asks_teachers
from scheduling.domain.rosters import Choice, share_out, sibling_groups, talks_needed, walking_gap, who_may_lead
from scheduling.domain.rounds import LIVE, BookingStatus, RoundUnknown, slots_needed
from scheduling.domain.single_talks import Medium, around, may_be_at_home
from scheduling.domain.timeslots import Span, local, moment_at
from scheduling.domain.travel import NOWHERE, Journeys, is_elsewhere, journeys
from scheduling.domain.ways import slots_on_the_way
from scheduling.domain.wishes import (
    COST,
    NEVER_BESIDE,
    OTHER_DAY,
    Answer,
    SiblingWish,
    Wisher,
    Wishes,
    cost_of,
    share_days,
)
from scheduling.models import (
    Booking,
    ClassGroup,
    ClassLeader,
    Enrolment,
    Guardian,
    Guardianship,
    HomeWishes,
    InterpreterRequest,
    Pupil,
    Round,
    RoundClass,
    RoundExclusion,
    School,
    Slot,
    TalkRequest,
    TalkWay,
    db,
)
from scheduling.optimiser.families import APART
from scheduling.optimiser.problem import ConversationsProblem, Leader, Siblings, Talk, moment
from scheduling.queries.agreed_rounds import agreed_parts
from scheduling.queries.homes import exceptions_of, kept_apart, own_talks, policy_of, times_gone
from scheduling.queries.joining import joining
from scheduling.queries.school import the_school
from scheduling.queries.wishes import wishes_of_round


def talk_key(pupil_id: int, household_id: int | None, request_id: int | None = None) -> str:
    """What the optimiser calls a talk."""
    if request_id is not None:
        return f"r{request_id}"
    return f"p{pupil_id}" if household_id is None else f"p{pupil_id}h{household_id}"


@dataclass(frozen=True, slots=True)
class Need:
    """One talk that a round needs: of which pupil, with which home (None: with everybody), led by whom of these."""

    pupil_id: int
    household_id: int | None
    class_id: int
    leaders: tuple[int, ...]
    slots: int = 1
    interpreter: bool = False
    visit: bool = False
    """The family would rather be visited: `slots` counts the way there and back."""
    guardians: frozenset[int] = frozenset()
    colleagues: frozenset[int] = frozenset()
    """Guardians of this talk who also work here, as staff."""
    homes: frozenset[int] = frozenset()
    """The households that are invited to it."""
    request_id: int | None = None
    """What was asked for, in a round in which families ask for several talks."""
    asked_too: tuple[int, ...] = ()
    """What other homes of the pupil asked, for which this is the talk as well."""

    @property
    def key(self) -> str:
        return talk_key(self.pupil_id, self.household_id, self.request_id)

    @property
    def wishers(self) -> tuple[Wisher, ...]:
        """The one home that comes, or the adult pupil; none where two homes come together."""
        homes = (self.household_id,) if self.household_id else tuple(self.homes)
        return tuple(map(Wisher, homes)) if len(homes) == 1 else () if homes else (Wisher(pupil_id=self.pupil_id),)


@dataclass(frozen=True, slots=True)
class Planned:
    """A talk in the optimiser's problem, or one that cannot be in it because its class has no leader."""

    need: Need
    leader_id: int | None
    booking_id: int | None = None
    starts_at: datetime | None = None
    """Where the talk stands already, for one that has a booking."""
    slots: int = 1
    held: bool = False
    """Kept at its time by hand, in the version this snapshot goes on from."""


@dataclass(frozen=True, slots=True)
class Settled:
    """What a version says about a talk that has no booking yet."""

    leader_id: int | None
    starts_at: datetime | None
    slots: int | None = None
    """Only where somebody chose another length by hand."""
    held: bool = False


@dataclass(frozen=True)
class Snapshot:
    """What a roster is made for: the problem, whose talks its names are, and each leader's slots as they were."""

    round_id: int
    slot_minutes: int
    problem: ConversationsProblem
    talks: Mapping[str, Planned]
    fingerprints: Mapping[str, str]
    journeys: Journeys = NOWHERE
    """The talks of one family at two locations of the school."""

    def span(self, key: str, start: str) -> Span:
        """When a talk is that the optimiser lets begin then."""
        at = datetime.fromisoformat(start)
        begin = moment_at(at.date(), at.time())
        return Span(begin, begin + timedelta(minutes=self.slot_minutes * self.talks[key].slots))

    @property
    def is_empty(self) -> bool:
        return all(talk.booking_id is not None for talk in self.talks.values())


@dataclass(frozen=True, slots=True)
class OfferedSlot:
    """A slot as the snapshot sees it."""

    id: int
    leader_id: int
    span: Span
    blocked: bool
    booking_id: int | None
    version: int


@dataclass(frozen=True, slots=True)
class _Parent:
    """A guardian who may be invited."""

    guardian_id: int
    staff_id: int | None
    interpreter: bool


def needed_talks(round_id: int, *, on: date) -> list[Need]:
    """Every talk this round needs, of all present pupils of its classes whose family was not left out.

    A home that agreed on another form of contact is left out too, unless it would like to come.
    """
    policy, exceptions = policy_of(db.session()), _exceptions(round_id)
    pupils = _pupils(round_id)
    homes = _homes(round_id)
    asked = _interpreters_asked(round_id)
    if is_by_request(round_id):
        return _asked_talks(round_id, pupils, homes, asked, on)
    leaders = leaders_of_classes({class_id for class_id, *_ in pupils.values()})
    standing = _standing(round_id, [pupil_id for pupil_id, own in homes.items() if len(own) > 1])
    agreed = agreed_parts(db.session(), round_id)
    needs = []
    for pupil_id, (class_id, birth_date, permitted) in pupils.items():
        alone = is_adult(birth_date, on) and not permitted
        own = {} if alone else homes.get(pupil_id, {})
        wanted = talks_needed(sorted(own), policy, exception=exceptions.get(pupil_id), speaks_for_self=alone)
        wanted = _as_it_stands(wanted, sorted(own), standing.get(pupil_id, set()))
        for household in still_wanted(wanted, sorted(own), agreed.homes_out(pupil_id)):
            needs.append(_need(pupil_id, household, class_id, leaders.get(class_id, ()), own, asked))
    return _with_visits(round_id, needs)


def _with_visits(round_id: int, needs: Sequence[Need]) -> list[Need]:
    """Where families may say that they are rather visited: who said so, and comes with one home, needs time for it."""
    found, school = db.session.get(Round, round_id), the_school(db.session())
    if found is None or school is None or not may_be_at_home(found.kind, school.home_visits):
        return list(needs)
    wanted = select(HomeWishes).where(HomeWishes.round_id == round_id, HomeWishes.at_home)
    said = {row.wisher for row in db.session.scalars(wanted)}
    way = 2 * slots_on_the_way(found.slot_minutes)
    return [
        replace(need, visit=True, slots=need.slots + way) if said & set(need.wishers) else need for need in needs
    ]  # fmt: skip


def is_by_request(round_id: int) -> bool:
    """Is every talk of this round asked for, with a teacher of the family's choice?"""
    found = db.session.get(Round, round_id)
    sector = db.session.scalar(select(School.sector))
    return found is not None and sector is not None and asks_teachers(found.kind, sector)


def _asked_talks(
    round_id: int,
    pupils: Mapping[int, tuple[int, date | None, bool]],
    homes: Mapping[int, Mapping[int, Sequence[_Parent]]],
    asked: Mapping[tuple[int, int | None], bool],
    on: date,
) -> list[Need]:
    """One talk for every request that stands, of pupils who are here; one for both homes where those have one talk."""
    requests = db.session.scalars(
        select(TalkRequest)
        .where(TalkRequest.round_id == round_id, TalkRequest.withdrawn_at.is_(None), TalkRequest.done_at.is_(None))
        .order_by(TalkRequest.id)
    )
    here = [request for request in requests if request.pupil_id in pupils]
    needs = []
    for request, *others in _asked_together(round_id, here):
        class_id, birth_date, permitted = pupils[request.pupil_id]
        own = {} if is_adult(birth_date, on) and not permitted else homes.get(request.pupil_id, {})
        household = None if others else request.household_id
        need = _need(request.pupil_id, household, class_id, (request.teacher_id,), own, asked)
        slots = max(need.slots, request.slots, *(other.slots for other in others))
        also = tuple(other.id for other in others)
        needs.append(replace(need, slots=slots, request_id=request.id, asked_too=also))
    return needs


def _asked_together(round_id: int, requests: Sequence[TalkRequest]) -> list[list[TalkRequest]]:
    """The requests of each talk: one, or that of both homes of a pupil for the same teacher, where they have one talk.

    A talk that one of them has alone already stays its own.
    """
    groups: dict[tuple[int, int], list[TalkRequest]] = defaultdict(list)
    for request in requests:
        groups[request.pupil_id, request.teacher_id].append(request)
    several = {pupil_id for (pupil_id, _), own in groups.items() if len({one.household_id for one in own}) > 1}
    year_id = db.session.scalar(select(Round.year_id).where(Round.id == round_id)) or 0
    apart = own_talks(db.session(), several, year_id) if several else set()
    rows = db.session.execute(
        select(Booking.request_id, Booking.household_id).where(
            Booking.round_id == round_id, Booking.status.in_(LIVE), Booking.pupil_id.in_(several)
        )
    )
    standing: dict[int | None, int | None] = {row.request_id: row.household_id for row in rows}
    found = []
    for (pupil_id, _), own in groups.items():
        homes = {one.household_id for one in own}
        alone = any(standing.get(one.id) is not None for one in own)
        if len(homes) > 1 and None not in homes and pupil_id not in apart and not alone:
            found.append(sorted(own, key=lambda one: (one.id not in standing, one.id)))
        else:
            found += [[one] for one in own]
    return sorted(found, key=lambda own: own[0].id)


def leaders_of_classes(class_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """Per class its leaders, the first one first."""
    rows = db.session.execute(
        select(ClassLeader.class_id, ClassLeader.staff_id)
        .where(ClassLeader.class_id.in_(class_ids))
        .order_by(ClassLeader.class_id, ClassLeader.position, ClassLeader.staff_id)
    )
    found: dict[int, list[int]] = defaultdict(list)
    for class_id, staff_id in rows:
        found[class_id].append(staff_id)
    return {class_id: tuple(staff) for class_id, staff in found.items()}


def offered_slots(round_id: int) -> list[OfferedSlot]:
    """All slots of a round, by leader and time."""
    rows = db.session.execute(
        select(Slot.id, Slot.leader_id, Slot.starts_at, Slot.ends_at, Slot.blocked, Slot.booking_id, Slot.version)
        .where(Slot.round_id == round_id)
        .order_by(Slot.leader_id, Slot.starts_at)
    )
    slots = [OfferedSlot(row[0], row[1], Span(row[2], row[3]), *row[4:]) for row in rows]
    return _without_ways(round_id, slots)


def _without_ways(round_id: int, slots: Sequence[OfferedSlot]) -> list[OfferedSlot]:
    """While somebody is on the way to a visit or back, or sits beside the other mentor, there is no talk."""
    visits = db.session.execute(
        select(Booking.leader_id, Booking.starts_at, Booking.ends_at, TalkWay.travel_before, TalkWay.travel_after)
        .join(TalkWay, TalkWay.booking_id == Booking.id)
        .where(Booking.round_id == round_id, Booking.status.in_(LIVE), TalkWay.way == Medium.HOME)
    )
    ways: dict[int, list[Span]] = defaultdict(list, joining(db.session(), {slot.leader_id for slot in slots}))
    for leader_id, starts_at, ends_at, before, after in visits:
        ways[leader_id].append(around(Span(starts_at, ends_at), before, after))
    return [
        replace(slot, blocked=True)
        if slot.booking_id is None and any(map(slot.span.overlaps, ways.get(slot.leader_id, ())))
        else slot
        for slot in slots
    ]


class TalkLengths:
    """How long talks take: as long as the round says, unless a leader's own times of a day are longer or shorter."""

    def __init__(self, minutes: int, slots: Iterable[OfferedSlot]) -> None:
        self.usual = timedelta(minutes=minutes)
        self._own = {
            (slot.leader_id, local(slot.span.starts_at).date()): slot.span.ends_at - slot.span.starts_at
            for slot in slots
        }

    def span(self, leader_id: int | None, starts_at: datetime, slots: int) -> Span:
        """From when until when a talk of so many slots is that begins then."""
        length = self._own.get((leader_id or 0, local(starts_at).date()), self.usual)
        return Span(starts_at, starts_at + slots * length)


def talk_lengths(round_id: int) -> TalkLengths:
    """How long the talks of a round take, leader by leader and day by day."""
    minutes = db.session.scalar(select(Round.slot_minutes).where(Round.id == round_id)) or 0
    return TalkLengths(minutes, offered_slots(round_id))


def fingerprints(slots: Iterable[OfferedSlot]) -> dict[str, str]:
    """Per leader a short word that changes when any slot of that leader does."""
    by_leader: dict[int, list[tuple[object, ...]]] = defaultdict(list)
    for slot in sorted(slots, key=lambda slot: slot.id):
        by_leader[slot.leader_id].append((slot.id, slot.version, slot.booking_id, slot.blocked))
    return {
        str(leader): hashlib.sha256(json.dumps(rows).encode()).hexdigest()[:16] for leader, rows in by_leader.items()
    }


def take_snapshot(
    round_id: int, *, now: datetime, keep_booked: bool = True, settled: Mapping[str, Settled] | None = None
) -> Snapshot:
    """The round as the optimiser sees it; talks that have a booking keep their time.

    With `settled` it goes on from a version: its leaders and lengths, the talks held by hand keep their time, and the
    others stay where they are as far as they can.
    """
    found = db.session.get(Round, round_id)
    if found is None:
        raise RoundUnknown(str(round_id))
    slots = offered_slots(round_id)
    needs = needed_talks(round_id, on=first_day_of(slots, now))
    booked = booked_talks(round_id, needs)
    planned = _plan(needs, booked, slots, found.slot_minutes, found.max_in_a_row, now)
    planned = _go_on(planned, settled or {})
    inside = {key: talk for key, talk in planned.items() if talk.leader_id is not None}
    if not keep_booked:
        inside = {key: talk for key, talk in inside.items() if talk.booking_id is None}
    walking = db.session.scalar(select(School.walking_minutes)) or 0
    travelling = _journeys(inside)
    problem = ConversationsProblem(
        slot_minutes=found.slot_minutes,
        max_in_a_row=found.max_in_a_row or None,
        leaders=_problem_leaders(inside, slots, now),
        talks=_problem_talks(inside, _open_starts(found, inside, slots, now)),
        siblings=_problem_siblings(inside, walking_gap(walking, found.slot_minutes), travelling, found.slot_minutes),
        guardian_leads=_guardian_leads(inside),
        pinned={key: moment(local(talk.starts_at)) for key, talk in inside.items() if talk.starts_at},
    )
    problem = _with_wishes(problem, _needs(inside), wishes_of_round(round_id))
    problem, planned = _keep_places(problem, planned, settled or {})
    return Snapshot(round_id, found.slot_minutes, problem, planned, fingerprints(slots), travelling)


def _go_on(planned: Mapping[str, Planned], settled: Mapping[str, Settled]) -> dict[str, Planned]:
    """Talks without a booking keep the leader and the length that the version gave them."""
    found = dict(planned)
    for key, earlier in settled.items():
        talk = planned.get(key)
        if talk is None or talk.booking_id is not None:
            continue
        leader = earlier.leader_id if earlier.leader_id in talk.need.leaders else talk.leader_id
        found[key] = replace(talk, leader_id=leader, slots=earlier.slots or talk.slots)
    return found


def _keep_places(
    problem: ConversationsProblem, planned: Mapping[str, Planned], settled: Mapping[str, Settled]
) -> tuple[ConversationsProblem, dict[str, Planned]]:
    """Held talks at their time, as long as it is still there; all others where they stood, when they can."""
    pinned, previous, found = dict(problem.pinned), dict[str, str](), dict(planned)
    for talk in problem.talks:
        earlier = settled.get(talk.id)
        if earlier is None or earlier.starts_at is None or planned[talk.id].booking_id is not None:
            continue
        start = moment(local(earlier.starts_at))
        if not fits(problem, talk, start) or earlier.leader_id != planned[talk.id].leader_id:
            continue
        previous[talk.id] = start
        if earlier.held:
            pinned[talk.id] = start
            found[talk.id] = replace(planned[talk.id], held=True)
    return replace(problem, pinned=pinned, previous=previous), found


def fits(problem: ConversationsProblem, talk: Talk, start: str) -> bool:
    """Whether this start is possible for the family, and the leader has all the slots the talk would take."""
    own = next((leader.slots for leader in problem.leaders if leader.id == talk.leader), ())
    return start in talk.cost and set(slots_from(start, talk.slots, problem.slot_minutes)) <= set(own)


def slots_from(start: str, slots: int, slot_minutes: int) -> list[str]:
    """The starts of the slots that a talk takes."""
    first = datetime.fromisoformat(start)
    return [moment(first + timedelta(minutes=slot_minutes * n)) for n in range(slots)]


def _standing(round_id: int, pupil_ids: Collection[int]) -> dict[int, set[int | None]]:
    """With which homes (None: all together) pupils with two homes have a talk already."""
    found: dict[int, set[int | None]] = defaultdict(set)
    if pupil_ids:
        live = select(Booking.pupil_id, Booking.household_id).where(
            Booking.round_id == round_id, Booking.status.in_(LIVE), Booking.pupil_id.in_(pupil_ids)
        )
        for pupil_id, household_id in db.session.execute(live):
            found[pupil_id].add(household_id)
    return found


def _as_it_stands(
    wanted: tuple[int | None, ...], homes: Sequence[int], standing: Collection[int | None]
) -> tuple[int | None, ...]:
    """What was arranged; but a talk of both homes stays one until it is split, and two stay two until they are one."""
    if len(homes) > 1 and None in standing:
        return (None,)
    return tuple(homes) if None in wanted and len(set(homes) & set(standing)) > 1 else wanted


def _exceptions(round_id: int) -> dict[int, HomeTalks]:
    year_id = db.session.scalar(select(Round.year_id).where(Round.id == round_id))
    return exceptions_of(db.session(), year_id) if year_id else {}


def with_mild_wishes(problem: ConversationsProblem) -> ConversationsProblem:
    """The same, where only what a family cannot counts, and hardly: for when wishes would leave somebody out."""
    cannot = COST[Answer.CANNOT]
    talks = (replace(talk, cost={at: int(cost >= cannot) for at, cost in talk.cost.items()}) for talk in problem.talks)
    return replace(problem, talks=tuple(talks))


def without_wished_apart(problem: ConversationsProblem, sums: Mapping[str, int]) -> dict[str, int]:
    """A score or bound without the pairs of brothers and sisters whose home asked for different days."""
    pairs = sum(len(group.talks) - 1 for group in problem.siblings if group.gap_slots == NEVER_BESIDE)
    less = {"objective": APART * pairs, "sibling_pairs": pairs}
    return {name: value - less.get(name, 0) for name, value in sums.items()}


def _pupils(round_id: int) -> dict[int, tuple[int, date | None, bool]]:
    rows = db.session.execute(
        select(Enrolment.pupil_id, Enrolment.class_id, Pupil.birth_date, Pupil.parents_permitted)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .join(Pupil, Pupil.id == Enrolment.pupil_id)
        .outerjoin(
            RoundExclusion,
            (RoundExclusion.round_id == RoundClass.round_id) & (RoundExclusion.pupil_id == Enrolment.pupil_id),
        )
        .where(RoundClass.round_id == round_id, Enrolment.present, RoundExclusion.pupil_id.is_(None))
        .order_by(Enrolment.pupil_id)
    )
    return {pupil_id: (class_id, birth, permitted) for pupil_id, class_id, birth, permitted in rows}


def _homes(round_id: int) -> dict[int, dict[int, list[_Parent]]]:
    """Per pupil and household the parents who may be invited."""
    inside = (
        select(Enrolment.pupil_id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .where(RoundClass.round_id == round_id)
    )
    rows = db.session.execute(
        select(
            Guardianship.pupil_id,
            Guardianship.household_id,
            Guardianship.guardian_id,
            Guardianship.is_invited,
            Guardianship.interpreter,
            Guardian.active,
            Guardian.staff_id,
        )
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.pupil_id.in_(inside))
        .order_by(Guardianship.pupil_id, Guardianship.household_id, Guardianship.guardian_id)
    )
    homes: dict[int, dict[int, list[_Parent]]] = defaultdict(lambda: defaultdict(list))
    for pupil_id, household_id, guardian_id, invited, interpreter, active, staff_id in rows:
        if invited and active:
            homes[pupil_id][household_id].append(_Parent(guardian_id, staff_id, bool(interpreter)))
    return homes


def _interpreters_asked(round_id: int) -> dict[tuple[int, int | None], bool]:
    """Per pupil and home (None: the adult pupil) whether an interpreter is needed."""
    rows = db.session.execute(
        select(InterpreterRequest.pupil_id, InterpreterRequest.household_id, InterpreterRequest.language).where(
            InterpreterRequest.round_id == round_id
        )
    )
    return {(pupil_id, household_id): bool(language) for pupil_id, household_id, language in rows}


def _need(
    pupil_id: int,
    household: int | None,
    class_id: int,
    leaders: tuple[int, ...],
    homes: Mapping[int, Sequence[_Parent]],
    asked: Mapping[tuple[int, int | None], bool],
) -> Need:
    own = {home: parents for home, parents in homes.items() if household in (None, home)}
    everybody = [parent for parents in own.values() for parent in parents]
    interpreter = asked.get((pupil_id, None), False) or any(
        asked.get((pupil_id, home), any(parent.interpreter for parent in parents)) for home, parents in own.items()
    )
    colleagues = frozenset(parent.staff_id for parent in everybody if parent.staff_id is not None)
    return Need(
        pupil_id=pupil_id,
        household_id=household,
        class_id=class_id,
        leaders=who_may_lead(leaders, colleagues),
        slots=slots_needed(interpreter=interpreter),
        interpreter=interpreter,
        guardians=frozenset(parent.guardian_id for parent in everybody),
        colleagues=colleagues,
        homes=frozenset(own),
    )


def first_day_of(slots: Sequence[OfferedSlot], now: datetime) -> date:
    """The day on which the talks of a round begin."""
    return local(min((slot.span.starts_at for slot in slots), default=now)).date()


@dataclass(frozen=True, slots=True)
class Held:
    """The live booking of a needed talk."""

    booking_id: int
    leader_id: int
    starts_at: datetime
    ends_at: datetime
    slots: int
    status: BookingStatus


def booked_talks(round_id: int, needs: Iterable[Need]) -> dict[str, Held]:
    """Which needed talks have a live booking; a joint one stands for both homes, and the other way round."""
    rows = db.session.execute(
        select(
            Booking.pupil_id,
            Booking.household_id,
            Booking.request_id,
            Booking.id,
            Booking.leader_id,
            Booking.starts_at,
            Booking.ends_at,
            func.count(Slot.id),
            Booking.status,
        )
        .join(Slot, Slot.booking_id == Booking.id)
        .where(Booking.round_id == round_id, Booking.status.in_(LIVE))
        .group_by(Booking.id)
        .order_by(Booking.id)
    )
    held: dict[tuple[int, int | None], dict[int | None, Held]] = defaultdict(dict)
    for pupil_id, household_id, request_id, booking_id, leader_id, starts_at, ends_at, slots, status in rows:
        held[pupil_id, request_id][household_id] = Held(booking_id, leader_id, starts_at, ends_at, slots, status)
    found: dict[str, Held] = {}
    used: set[int] = set()
    for need in needs:
        own = held.get((need.pupil_id, need.request_id), {})
        match = own.get(need.household_id) or own.get(None)
        if match is None and need.household_id is None and own:
            match = next(iter(own.values()))
        if match is not None and match.booking_id not in used:
            found[need.key] = match
            used.add(match.booking_id)
    return found


def _plan(
    needs: Sequence[Need], booked: Mapping[str, Held], slots: Sequence[OfferedSlot], minutes: int, in_a_row: int,
    now: datetime,
) -> dict[str, Planned]:  # fmt: skip
    """Each talk with its one responsible leader."""
    open_slots: dict[int, list[Span]] = defaultdict(list)
    for slot in slots:
        if _is_open(slot, now):
            open_slots[slot.leader_id].append(slot.span)
    room = {
        leader: room_for((span.starts_at for span in spans), minutes, in_a_row) for leader, spans in open_slots.items()
    }
    days = {leader: {local(span.starts_at).date() for span in spans} for leader, spans in open_slots.items()}
    leading = share_out(_choices([need for need in needs if need.key not in booked]), room, days)
    planned = {}
    for need in needs:
        held = booked.get(need.key)
        if held:
            planned[need.key] = Planned(need, held.leader_id, held.booking_id, held.starts_at, held.slots)
        else:
            planned[need.key] = Planned(need, leading.get(need.pupil_id), slots=need.slots)
    return planned


def _choices(needs: Sequence[Need]) -> list[Choice]:
    """One choice a pupil: both talks of a pupil with two homes are led by the same person."""
    children: dict[int, set[int]] = defaultdict(set)
    by_pupil: dict[int, list[Need]] = defaultdict(list)
    for need in needs:
        by_pupil[need.pupil_id].append(need)
        for guardian in need.guardians:
            children[guardian].add(need.pupil_id)
    choices = []
    for pupil, own in by_pupil.items():
        leaders = min((need.leaders for need in own), key=len)
        siblings = frozenset().union(*(children[guardian] for need in own for guardian in need.guardians)) - {pupil}
        choices.append(Choice(pupil, leaders, sum(need.slots for need in own), siblings))
    return choices


def _is_open(slot: OfferedSlot, now: datetime) -> bool:
    return not slot.blocked and slot.booking_id is None and slot.span.starts_at > now


def _usable(talks: Mapping[str, Planned], slots: Sequence[OfferedSlot], now: datetime) -> dict[int, list[OfferedSlot]]:
    """Per leader the slots of the problem: those that are free, and those of the talks that keep their time."""
    kept = {talk.booking_id for talk in talks.values()} - {None}
    usable: dict[int, list[OfferedSlot]] = defaultdict(list)
    for slot in slots:
        if _is_open(slot, now) or slot.booking_id in kept:
            usable[slot.leader_id].append(slot)
    return usable


def _problem_leaders(talks: Mapping[str, Planned], slots: Sequence[OfferedSlot], now: datetime) -> tuple[Leader, ...]:
    usable = _usable(talks, slots, now)
    ids = {talk.leader_id for talk in talks.values() if talk.leader_id is not None} | usable.keys()
    return tuple(
        Leader.of(f"s{leader}", [local(slot.span.starts_at) for slot in usable.get(leader, [])])
        for leader in sorted(ids)
    )


def _problem_talks(talks: Mapping[str, Planned], starts: Mapping[str, Sequence[datetime]]) -> tuple[Talk, ...]:
    made = []
    for key, talk in talks.items():
        costs = {local(start): 0 for start in ([talk.starts_at] if talk.starts_at else starts[key])}
        made.append(
            Talk.of(key, pupil=f"p{talk.need.pupil_id}", leader=f"s{talk.leader_id}", costs=costs, slots=talk.slots)
        )
    return tuple(made)


def _open_starts(
    found: Round, talks: Mapping[str, Planned], slots: Sequence[OfferedSlot], now: datetime
) -> dict[str, list[datetime]]:
    """Per talk without a time the starts at which everybody can, and at which homes kept apart do not meet."""
    usable, busy = _usable(talks, slots, now), busy_elsewhere(found.id, _needs(talks), slots)
    spans: dict[str, list[Span]] = {}
    for key, talk in talks.items():
        if not talk.starts_at:
            free = [slot.span for slot in usable.get(talk.leader_id or 0, []) if slot.booking_id is None]
            spans[key] = [span for span in free if not any(map(span.overlaps, busy.get(key, ())))]
    spans = _without_meetings(found, talks, spans)
    return {key: [span.starts_at for span in own] for key, own in spans.items()}


def _without_meetings(
    found: Round, talks: Mapping[str, Planned], spans: Mapping[str, list[Span]]
) -> dict[str, list[Span]]:
    """Homes kept apart share out the times beforehand, and keep clear of what the other home has already."""
    left = dict(spans)
    attending = {key: talks[key].need.guardians for key in spans}
    pairs = []
    for pair in kept_apart(db.session(), found.year_id):
        first, second = pair.sides(attending)
        for key in first | second:
            gone = times_gone(db.session(), attending[key])
            length = timedelta(minutes=found.slot_minutes * talks[key].slots)
            whole = {span: Span(span.starts_at, span.starts_at + length) for span in left[key]}
            left[key] = [span for span, talk in whole.items() if not any(map(talk.overlaps, gone))]
        # A talk of two slots runs on after the last start that it keeps: so much more lies between.
        longest = max((talks[key].slots for key in first | second), default=1) - 1
        margin = timedelta(minutes=pair.minutes + found.slot_minutes * longest)
        pairs.append(Apart(first, second, margin))
    days = {span.starts_at: local(span.starts_at).date() for own in left.values() for span in own}
    return shared_out(left, days, pairs)


def _problem_siblings(
    talks: Mapping[str, Planned], gap_slots: int, far: Journeys, slot_minutes: int
) -> tuple[Siblings, ...]:
    found = []
    for group in _families(talks):
        near = _within_reach(group, far)
        if len(near) == 1:
            found.append(Siblings(group, _gap(group, talks, gap_slots)))
        elif len(group) == 2:
            found.append(Siblings(group, walking_gap(far.minutes, slot_minutes)))
        else:  # none of them overlap; those at one location like to follow each other
            found.append(Siblings(group, NEVER_BESIDE))
            found += [Siblings(own, _gap(own, talks, gap_slots)) for own in near if len(own) > 1]
    return tuple(found)


def _families(talks: Mapping[str, Planned]) -> tuple[tuple[str, ...], ...]:
    """The talks that the same people come to."""
    attending: dict[int, list[str]] = defaultdict(list)
    for key, talk in talks.items():
        for guardian in talk.need.guardians:
            attending[guardian].append(key)
    return sibling_groups(attending)


def _within_reach(group: Sequence[str], far: Journeys) -> list[tuple[str, ...]]:
    """A family's talks, location by location."""
    places: list[list[str]] = []
    for key in group:
        ends = far.other_ends(key)
        own = next((place for place in places if not any(other in ends for other in place)), None)
        if own is None:
            places.append([key])
        else:
            own.append(key)
    return [tuple(place) for place in places]


def _journeys(talks: Mapping[str, Planned]) -> Journeys:
    """Between which talks a family travels from one location of the school to another."""
    rows = db.session.execute(select(ClassGroup.id, ClassGroup.location).where(ClassGroup.location != "")).all()
    location_of = {row.id: row.location for row in rows}
    if len(set(location_of.values())) < 2:
        return NOWHERE
    minutes = db.session.scalar(select(School.travel_minutes)) or 0
    places = {key: location_of.get(talk.need.class_id, "") for key, talk in talks.items()}
    return journeys(_families(talks), places, minutes)


def with_time_to_travel(snapshot: Snapshot, pairs: Collection[tuple[str, str]]) -> ConversationsProblem:
    """The same, where these pairs of talks of one family keep clear of each other: the day's times are shared out."""
    problem, minutes = snapshot.problem, snapshot.journeys.minutes
    concerned = {key for pair in pairs for key in pair}
    times = {
        talk.id: {snapshot.span(talk.id, start): start for start in talk.cost if _may_start(problem, talk.id, start)}
        for talk in problem.talks
        if talk.id in concerned
    }
    settled = {key: next(iter(own)) for key, own in times.items() if key in problem.pinned}
    for key, other in (*pairs, *((there, here) for here, there in pairs)):
        if key in settled and other not in settled:
            gone = widened(settled[key], minutes)
            times[other] = {span: start for span, start in times[other].items() if not span.overlaps(gone)}
    free = {key: list(own) for key, own in times.items() if key not in settled}
    days = {span.starts_at: local(span.starts_at).date() for own in free.values() for span in own}
    margin = timedelta(minutes=minutes)
    apart = [Apart(frozenset({one}), frozenset({other}), margin) for one, other in sorted(pairs)]
    kept = {key: {times[key][span] for span in own} for key, own in shared_out(free, days, apart).items()}
    talks = tuple(
        replace(talk, cost={start: cost for start, cost in talk.cost.items() if start in kept.get(talk.id, talk.cost)})
        for talk in problem.talks
    )
    previous = {key: start for key, start in problem.previous.items() if start in kept.get(key, {start})}
    return replace(problem, talks=talks, previous=previous)


def _may_start(problem: ConversationsProblem, key: str, start: str) -> bool:
    return problem.pinned.get(key, start) == start


def _gap(group: Sequence[str], talks: Mapping[str, Planned], gap_slots: int) -> int:
    """Nobody needs to walk when one leader sees all of them."""
    return 0 if len({talks[key].leader_id for key in group}) == 1 else gap_slots


def _guardian_leads(talks: Mapping[str, Planned]) -> tuple[tuple[str, str], ...]:
    leading = {talk.leader_id for talk in talks.values()}
    return tuple(
        (key, f"s{colleague}")
        for key, talk in talks.items()
        for colleague in sorted(talk.need.colleagues)
        if colleague in leading
    )


def _needs(talks: Mapping[str, Planned]) -> dict[str, Need]:
    return {key: talk.need for key, talk in talks.items()}


def busy_elsewhere(round_id: int, needs: Mapping[str, Need], slots: Sequence[OfferedSlot]) -> dict[str, list[Span]]:
    """Per talk the times at which its people have a talk in another round, as parent or as leader, or travel for it."""
    if not slots:
        return {}
    first, last = min(slot.span.starts_at for slot in slots), max(slot.span.ends_at for slot in slots)
    minutes = db.session.scalar(select(School.travel_minutes)) or 0
    rows = db.session.execute(
        select(
            Guardianship.guardian_id, Booking.pupil_id, Booking.leader_id, Booking.starts_at, Booking.ends_at,
            ClassGroup.location,
        )
        .select_from(Booking)
        .join(Round, Round.id == Booking.round_id)
        .outerjoin(
            Guardianship,
            (Guardianship.pupil_id == Booking.pupil_id)
            & or_(Booking.household_id.is_(None), Booking.household_id == Guardianship.household_id),
        )
        .outerjoin(Enrolment, (Enrolment.pupil_id == Booking.pupil_id) & (Enrolment.year_id == Round.year_id))
        .outerjoin(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .where(
            Booking.round_id != round_id,
            Booking.status.in_(LIVE),
            Booking.starts_at < last + timedelta(minutes=minutes),
            Booking.ends_at > first - timedelta(minutes=minutes),
        )
    ).all()  # fmt: skip
    if not rows:
        return {}
    spans: dict[tuple[str, int], set[tuple[Span, str]]] = defaultdict(set)
    for guardian, pupil, leader, starts_at, ends_at, there in rows:
        for name, number in (("guardian", guardian), ("pupil", pupil), ("staff", leader)):
            spans[name, number].add((Span(starts_at, ends_at), there or ""))
    places = {row.id: row.location for row in db.session.execute(select(ClassGroup.id, ClassGroup.location))}
    return {key: _spans_of(need, spans, places.get(need.class_id, ""), minutes) for key, need in needs.items()}


def _spans_of(
    need: Need, spans: Mapping[tuple[str, int], set[tuple[Span, str]]], here: str, minutes: int
) -> list[Span]:  # fmt: skip
    wanted = [("guardian", one) for one in need.guardians] + [("staff", one) for one in need.colleagues]
    found: set[Span] = set()
    for name in [*wanted, ("pupil", need.pupil_id)]:
        for span, there in spans.get(name, ()):
            found.add(widened(span, minutes) if is_elsewhere(here, there) else span)
    return sorted(found)


# What families wish


def _with_wishes(
    problem: ConversationsProblem, needs: Mapping[str, Need], wishes: Mapping[Wisher, Wishes]
) -> ConversationsProblem:
    """Each time costs what the families said of it; a home that likes two days is not drawn to one."""
    if not wishes:
        return problem
    apart = {group for group in problem.siblings if _likes_apart(group, needs, wishes)}
    days = _own_days(problem, apart)
    talks = tuple(
        replace(talk, cost=_costs(talk, said_of(needs[talk.id], wishes), days.get(talk.id), problem.slot_minutes))
        for talk in problem.talks
    )
    siblings = tuple(replace(group, gap_slots=NEVER_BESIDE) if group in apart else group for group in problem.siblings)
    return replace(problem, talks=talks, siblings=siblings)


def said_of(need: Need, wishes: Mapping[Wisher, Wishes]) -> list[Wishes]:
    """The wishes of everybody who is expected at a talk."""
    expected = [*(Wisher(household_id=home) for home in sorted(need.homes)), Wisher(pupil_id=need.pupil_id)]
    return [wishes[wisher] for wisher in expected if wisher in wishes]


def _costs(talk: Talk, wishes: Sequence[Wishes], days: frozenset[date] | None, minutes: int) -> dict[str, int]:
    found = {}
    for start in talk.cost:
        at = datetime.fromisoformat(start)
        begin = moment_at(at.date(), at.time())
        away = OTHER_DAY if days is not None and at.date() not in days else 0
        found[start] = cost_of(wishes, Span(begin, begin + timedelta(minutes=minutes * talk.slots))) + away
    return found


def _likes_apart(group: Siblings, needs: Mapping[str, Need], wishes: Mapping[Wisher, Wishes]) -> bool:
    """A home that comes to all of these talks wants them on different days, and no other wants them together."""
    homes = frozenset.intersection(*(needs[key].homes for key in group.talks))
    said = {wishes[Wisher(home)].siblings for home in homes if Wisher(home) in wishes}
    return SiblingWish.APART in said and SiblingWish.TOGETHER not in said


def _own_days(problem: ConversationsProblem, apart: Collection[Siblings]) -> dict[str, frozenset[date]]:
    """The days that each talk of such a home is meant to be on."""
    possible = {talk.id: {datetime.fromisoformat(start).date() for start in talk.cost} for talk in problem.talks}
    found: dict[str, frozenset[date]] = {}
    for group in problem.siblings:
        if group in apart:
            found |= share_days({key: possible[key] for key in group.talks})
    return found
