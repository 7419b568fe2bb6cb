"""A roster that knows its interpreters: their talks follow each other, and get their time before all others."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.chains import Link, Pace, days_of
from scheduling.domain.guests import ARRANGED
from scheduling.domain.homes import widened
from scheduling.domain.timeslots import Span, local
from scheduling.domain.wishes import NEVER_BESIDE
from scheduling.models import InterpreterRequest, School, db
from scheduling.optimiser.problem import ConversationsProblem, Siblings
from scheduling.queries.interpreting import times_interpreting
from scheduling.queries.snapshots import Need, Snapshot, slots_from


@dataclass(frozen=True)
class Job:
    """One talk with an interpreter: where it may be, or where it stands."""

    key: str
    interpreter: int
    family: str
    leader: str
    lengths: Mapping[str, int]
    """How many minutes it takes, per day."""
    starts: Mapping[datetime, int]
    fixed: bool = False

    def span(self, start: datetime) -> Span:
        return Span(start, start + timedelta(minutes=self.lengths[_day(start)]))


def _day(at: datetime) -> str:
    return local(at).date().isoformat()


@dataclass(frozen=True)
class Chains:
    """When the talks with an interpreter begin, and which of them found no place beside the others."""

    places: Mapping[str, datetime] = field(default_factory=dict)
    left: frozenset[str] = frozenset()


def booked_interpreters(session: Session, round_id: int) -> dict[tuple[int, int | None], int]:
    """Per pupil and home (None: the adult pupil) who is booked in this round."""
    rows = session.scalars(
        select(InterpreterRequest).where(
            InterpreterRequest.round_id == round_id, InterpreterRequest.outsider_id.is_not(None),
            InterpreterRequest.state.in_(ARRANGED), InterpreterRequest.language != "",
        )
    )  # fmt: skip
    return {(row.pupil_id, row.household_id): row.outsider_id for row in rows if row.outsider_id is not None}


def interpreter_of(need: Need, booked: Mapping[tuple[int, int | None], int]) -> int | None:
    """Who interprets at this talk: of two homes together the first."""
    found = [booked[need.pupil_id, home] for home in (None, *sorted(need.homes)) if (need.pupil_id, home) in booked]
    return found[0] if found else None


def make_chains(session: Session, jobs: Iterable[Job], pace: Pace) -> Chains:
    """Interpreter by interpreter, who has most talks first; no leader gets two talks at once."""
    own: dict[int, list[Job]] = defaultdict(list)
    for job in jobs:
        own[job.interpreter].append(job)
    places: dict[str, datetime] = {}
    left: set[str] = set()
    taken: dict[str, list[Span]] = defaultdict(list)
    for interpreter, mine in sorted(own.items(), key=lambda one: (-len(one[1]), one[0])):
        busy = times_interpreting(session, {interpreter})
        for key, start in _chain(mine, busy, taken, pace).items():
            places[key] = start
        for job in mine:
            if job.key in places:
                taken[job.leader].append(job.span(places[job.key]))
            else:
                left.add(job.key)
    fixed = {job.key for mine in own.values() for job in mine if job.fixed}
    return Chains({key: at for key, at in places.items() if key not in fixed}, frozenset(left - fixed))


def _chain(
    jobs: Collection[Job], busy: Collection[Span], taken: Mapping[str, list[Span]], pace: Pace
) -> dict[str, datetime]:
    """One interpreter's talks, day by day."""
    days: dict[str, dict[str, Link]] = defaultdict(dict)
    for job in jobs:
        for day, starts in _by_day(job, busy, taken).items():
            minutes = {int(at.timestamp()) // 60: cost for at, cost in starts.items()}
            days[day][job.key] = Link(job.key, job.leader, job.lengths[day], minutes, job.fixed)
    made = days_of(days, {job.key: job.family for job in jobs}, pace)
    return {key: datetime.fromtimestamp(start * 60, UTC) for starts in made.values() for key, start in starts.items()}


def _by_day(job: Job, busy: Collection[Span], taken: Mapping[str, list[Span]]) -> dict[str, dict[datetime, int]]:
    """Where this one may be, without the times at which the interpreter or the leader is elsewhere."""
    found: dict[str, dict[datetime, int]] = defaultdict(dict)
    gone = () if job.fixed else (*busy, *taken.get(job.leader, ()))
    for start, cost in job.starts.items():
        if not any(map(job.span(start).overlaps, gone)):
            found[_day(start)][start] = cost
    return found


# A round in which every pupil has one talk


def with_chains(snapshot: Snapshot) -> Snapshot:
    """The same, where the talks of one interpreter have their time; what found none keeps clear of those."""
    session = db.session()
    booked = booked_interpreters(session, snapshot.round_id)
    serving = {
        key: who for key, talk in snapshot.talks.items() if (who := interpreter_of(talk.need, booked)) is not None
    }
    jobs = {job.key: job for job in _jobs(snapshot, serving)}
    if not jobs:
        return snapshot
    problem = snapshot.problem
    walking = session.scalar(select(School.walking_minutes)) or 0
    pace = Pace(walking, problem.slot_minutes, (problem.max_in_a_row or 0) * problem.slot_minutes)
    chains = make_chains(session, jobs.values(), pace)
    names = {key: {snapshot.span(key, at).starts_at: at for at in talk_costs(problem)[key]} for key in jobs}
    pinned = {**problem.pinned, **{key: names[key][at] for key, at in chains.places.items()}}
    held: dict[int, list[Span]] = defaultdict(list)
    for key, who in serving.items():
        if key in pinned:
            held[who].append(snapshot.span(key, pinned[key]))
    talks = tuple(
        replace(talk, cost={
            at: cost for at, cost in talk.cost.items()
            if not any(map(snapshot.span(talk.id, at).overlaps, held[serving[talk.id]]))
        }) if talk.id in chains.left else talk
        for talk in problem.talks
    )  # fmt: skip
    apart: dict[int, list[str]] = defaultdict(list)
    for key in sorted(chains.left):
        apart[serving[key]].append(key)
    siblings = (*problem.siblings, *(Siblings(tuple(keys), NEVER_BESIDE) for keys in apart.values() if len(keys) > 1))
    return replace(snapshot, problem=replace(problem, talks=talks, pinned=pinned, siblings=siblings))


def _jobs(snapshot: Snapshot, serving: Mapping[str, int]) -> Iterable[Job]:
    problem = snapshot.problem
    free = {leader.id: set(leader.slots) for leader in problem.leaders}
    spans = {key: snapshot.span(key, at) for key, at in problem.pinned.items() if key in snapshot.talks}
    for key in spans:
        talk = snapshot.talks[key]
        free[f"s{talk.leader_id}"] -= set(slots_from(problem.pinned[key], talk.slots, problem.slot_minutes))
    costs = talk_costs(problem)
    for key, who in serving.items():
        if key not in costs:
            continue
        talk, leader = snapshot.talks[key], f"s{snapshot.talks[key].leader_id}"
        fixed = key in problem.pinned
        gone = [] if fixed else away(problem, key, spans)
        starts = {
            snapshot.span(key, at).starts_at: 2 * cost + (problem.previous.get(key, at) != at)
            for at, cost in costs[key].items()
            if (at == problem.pinned[key] if fixed else has_room(problem, talk.slots, at, free.get(leader, set())))
            and not any(map(snapshot.span(key, at).overlaps, gone))
        }
        lengths = {_day(start): talk.slots * problem.slot_minutes for start in starts}
        yield Job(key, who, key, leader, lengths, starts, fixed)


def talk_costs(problem: ConversationsProblem) -> dict[str, Mapping[str, int]]:
    """When each talk may begin, and how little that suits."""
    return {talk.id: talk.cost for talk in problem.talks}


def has_room(problem: ConversationsProblem, slots: int, at: str, free: Collection[str]) -> bool:
    """Are all slots that a talk takes among these?"""
    return set(slots_from(at, slots, problem.slot_minutes)) <= set(free)


def away(problem: ConversationsProblem, key: str, spans: Mapping[str, Span]) -> list[Span]:
    """When the family of this talk, or a parent who leads, is at a talk that stands."""
    gap = problem.slot_minutes
    beside = [
        widened(spans[other], 0 if group.gap_slots == NEVER_BESIDE else gap * group.gap_slots)
        for group in problem.siblings
        if key in group.talks
        for other in group.talks
        if other in spans
    ]
    leading = {leader for talk, leader in problem.guardian_leads if talk == key}
    return beside + [spans[talk.id] for talk in problem.talks if talk.leader in leading and talk.id in spans]
