"""Rosters: asked for, made by the optimiser, stored with their reasons, published leader by leader."""

import itertools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import bindparam, func, insert, or_, select, update
from sqlalchemy.orm import Session

from scheduling.domain.evenings import NothingAsked, NoTimesYet, ensure_in_step
from scheduling.domain.guests import InterpreterTwice
from scheduling.domain.homes import widened
from scheduling.domain.journal import Actor
from scheduling.domain.rosters import (
    SHOWABLE,
    UNDER_WAY,
    LeaseLost,
    NoRoster,
    NotADraft,
    NothingToPublish,
    NothingToRoster,
    RosterUnderWay,
    SolverFailed,
    VersionStatus,
)
from scheduling.domain.rounds import LIVE, BookingOrigin, BookingStatus, RoundUnknown, new_ical_uid
from scheduling.domain.single_talks import Medium
from scheduling.domain.timeslots import Span, local
from scheduling.domain.travel import is_elsewhere
from scheduling.domain.ways import TRAVEL, slots_on_the_way
from scheduling.models import (
    Booking,
    ClassGroup,
    ClassLeader,
    Enrolment,
    Guardianship,
    Household,
    LeaderOpening,
    Outsider,
    RosterRecord,
    RosterTalk,
    RosterVersion,
    Round,
    RoundClass,
    RoundExclusion,
    School,
    Slot,
    Staff,
    TalkRequest,
    TalkWay,
)
from scheduling.optimiser.problem import ConversationsProblem, ConversationsRoster
from scheduling.queries.agreed_rounds import agreed_parts
from scheduling.queries.both_mentors import with_both_mentors
from scheduling.queries.drafts import settled_by
from scheduling.queries.homes import kept_apart, times_gone
from scheduling.queries.interpreter_chains import booked_interpreters, with_chains
from scheduling.queries.interpreting import times_interpreting
from scheduling.queries.snapshots import (
    Need,
    Snapshot,
    fingerprints,
    first_day_of,
    is_by_request,
    needed_talks,
    offered_slots,
    take_snapshot,
    talk_lengths,
    with_mild_wishes,
    with_time_to_travel,
    without_wished_apart,
)
from scheduling.services import bookings, evening_drafts, extra_persons, solving
from scheduling.services.explaining import explain
from scheduling.services.journal import record
from scheduling.services.rounds import hold_round
from scheduling.services.transaction import lock, transaction

LEASE = timedelta(minutes=2)
"""A run whose worker has not been heard of for so long is taken over by another."""
PROGRESS_EVERY = timedelta(seconds=1)
DEFAULT_SECONDS = 60

Clock = Callable[[], datetime]


@dataclass(frozen=True)
class Published:
    """What became of a version: leaders by code, and how many families got their time."""

    version: int
    published: tuple[str, ...]
    changed_meanwhile: tuple[str, ...]
    talks: int


@dataclass(frozen=True)
class _Run:
    """One claimed run."""

    version_id: int
    round_id: int
    seed: int
    seconds: int
    work: int | None
    worker: str
    by_request: bool
    """Families ask for several talks: it is planned as an evening."""


@dataclass(frozen=True)
class _Made:
    """A roster with a row per talk; `papers`: what an evening was made from, to be checked again."""

    rows: Sequence[Mapping[str, Any]]
    status: str
    score: Mapping[str, int]
    bound: Mapping[str, int]
    fingerprints: Mapping[str, str]
    papers: Mapping[str, Any] | None = None


def request(
    *, round_id: int, seconds: int = DEFAULT_SECONDS, seed: int = 1, work: int | None = None,
    based_on: int | None = None, by: Actor, now: datetime,
) -> int:  # fmt: skip
    """Ask for a draft roster; a worker makes it. Its id. It can go on from an earlier version, by its number."""
    with transaction() as session:
        hold_round(session, round_id)
        if session.get(Round, round_id) is None:
            raise RoundUnknown(str(round_id))
        latest = session.scalar(select(func.max(RosterVersion.number)).where(RosterVersion.round_id == round_id)) or 0
        _ensure_free(session, round_id, now)
        if is_by_request(round_id):
            _ensure_to_plan(session, round_id, now)
        version = RosterVersion(
            round_id=round_id,
            number=latest + 1,
            status=VersionStatus.REQUESTED,
            seed=seed,
            seconds=seconds,
            progress={"work": work} if work is not None else {},
            based_on=based_on,
            requested_at=now,
            requested_by=by.id,
        )
        session.add(version)
        session.flush()
        record(
            session, by=by, action="rosters.request", subject="round", subject_id=round_id, now=now,
            version=version.number, seed=seed, seconds=seconds, based_on=based_on,
        )  # fmt: skip
        return version.id


def run_requested(*, worker: str, clock: Clock) -> int:
    """Make every roster that was asked for, and those whose worker fell silent. How many became a draft."""
    made = 0
    while (run := _claim(worker, clock())) is not None:
        made += _work(run, clock)
    return made


def run_one(*, version_id: int, worker: str, clock: Clock) -> None:
    """Make this roster now; raises what stood in the way."""
    run = _claim(worker, clock(), version_id)
    if run is None:
        raise RosterUnderWay
    _work(run, clock, raising=True)


def publish(*, round_id: int, number: int | None = None, by: Actor, now: datetime) -> Published:
    """The draft becomes the families' times, for every leader whose slots are still as the draft saw them.

    Nobody gets a letter: those are sent by a mailing.
    """
    with transaction() as session:
        hold_round(session, round_id)
        _lock_families_and_slots(session, round_id)
        version = _showable(session, round_id, number)
        talks = _unpublished(session, version)
        if not talks:
            raise NothingToPublish
        changed = _changed_leaders(session, version, talks)
        going = [talk for talk in talks if talk.leader_id not in changed]
        _ensure_interpreters_apart(session, version, going)
        booked = _book(session, version.round_id, going, now)
        extra_persons.seat_both(session, round_id=version.round_id, pupil_ids={one.pupil_id for one in going}, now=now)
        leaders = {talk.leader_id for talk in going if talk.leader_id is not None}
        _finish(session, version, going, leaders, by, now)
        codes = _codes(session, {*leaders, *changed})
        return Published(
            version.number,
            tuple(sorted(codes[leader] for leader in leaders)),
            tuple(sorted(codes[leader] for leader in changed)),
            booked,
        )


def discard(*, round_id: int, number: int, by: Actor, now: datetime) -> None:
    """Throw a draft away, or a run that was not begun or failed."""
    with transaction() as session:
        version = session.scalar(
            select(RosterVersion).where(RosterVersion.round_id == round_id, RosterVersion.number == number)
        )
        if version is None:
            raise NoRoster
        if version.status in (VersionStatus.PUBLISHED, VersionStatus.RUNNING):
            raise NotADraft
        version.status = VersionStatus.DISCARDED
        record(session, by=by, action="rosters.discard", subject="round", subject_id=round_id, now=now, version=number)


# making


def _ensure_free(session: Session, round_id: int, now: datetime) -> None:
    """One run at a time; a run whose worker fell silent is over."""
    under_way = session.scalars(
        select(RosterVersion).where(RosterVersion.round_id == round_id, RosterVersion.status.in_(UNDER_WAY))
    )
    for version in under_way:
        if version.lease_until is None or version.lease_until >= now:
            raise RosterUnderWay
        version.status, version.failure, version.finished_at = VersionStatus.FAILED, LeaseLost.__name__, now


def _ensure_to_plan(session: Session, round_id: int, now: datetime) -> None:
    """Somebody asked, and the times lie in one row of slots: what is not so is named before anything is made."""
    minutes = session.scalar(select(Round.slot_minutes).where(Round.id == round_id)) or 1
    slots = [slot for slot in offered_slots(round_id) if slot.span.starts_at > now]
    if not slots:
        raise NoTimesYet
    codes = _codes(session, {slot.leader_id for slot in slots})
    times: dict[str, list[Span]] = defaultdict(list)
    for slot in slots:
        times[codes[slot.leader_id]].append(slot.span)
    ensure_in_step(times, minutes)
    if not needed_talks(round_id, on=first_day_of(slots, now)):
        raise NothingAsked


def _claim(worker: str, now: datetime, version_id: int | None = None) -> _Run | None:
    """Take a run that waits, or one whose worker fell silent."""
    waiting = or_(
        RosterVersion.status == VersionStatus.REQUESTED,
        (RosterVersion.status == VersionStatus.RUNNING) & (RosterVersion.lease_until < now),
    )
    query = select(RosterVersion.id).where(waiting).order_by(RosterVersion.id).limit(1)
    if version_id is not None:
        query = query.where(RosterVersion.id == version_id)
    with transaction() as session:
        found = session.scalar(query.with_for_update(skip_locked=True))
        if found is None:
            return None
        version = session.get(RosterVersion, found)
        if version is None:
            return None
        version.status, version.worker, version.lease_until = VersionStatus.RUNNING, worker, now + LEASE
        return _Run(
            version.id, version.round_id, version.seed, version.seconds, version.progress.get("work"), worker,
            is_by_request(version.round_id),
        )  # fmt: skip


def _work(run: _Run, clock: Clock, *, raising: bool = False) -> bool:
    """Snapshot, solve, store: only the first and the last touch the database for longer than a moment."""
    try:
        made = _make_evening(run, clock) if run.by_request else _make_round(run, clock)
        _store(run, made, clock())
    except LeaseLost:
        return False
    except BaseException as reason:
        _fail(run, type(reason).__name__, clock())
        if raising or not isinstance(reason, (SolverFailed, NothingToRoster, NothingAsked, NoTimesYet)):
            raise
        return False
    return True


def _make_evening(run: _Run, clock: Clock) -> _Made:
    """The plan of a contact evening, and beside it what first come, first served would have given."""
    with transaction() as session:
        based_on = session.get_one(RosterVersion, run.version_id).based_on
    made = evening_drafts.make(
        round_id=run.round_id, seconds=run.seconds, seed=run.seed, work=run.work, based_on=based_on, now=clock(),
        on_progress=_teller(run, clock),
    )  # fmt: skip
    return _Made(
        evening_drafts.rows_of(made), made.roster.status, asdict(made.score), asdict(made.bound),
        made.snapshot.fingerprints, made.papers,
    )  # fmt: skip


def _make_round(run: _Run, clock: Clock) -> _Made:
    snapshot, roster = _make(run, clock)
    document = roster.as_json()
    return _Made(
        explain(snapshot, roster),
        roster.status,
        without_wished_apart(snapshot.problem, document["score"] or {}),
        without_wished_apart(snapshot.problem, document["bound"] or {}),
        snapshot.fingerprints,
    )


def _make(run: _Run, clock: Clock) -> tuple[Snapshot, ConversationsRoster]:
    """A roster around the talks that stand, those with both mentors, and those of each interpreter in a row.

    Without the one or the other in the problem when they break its rules themselves.
    """
    failed = SolverFailed("nothing was tried")
    tried: ConversationsProblem | None = None
    for keep_booked, chained in ((True, True), (True, False), (False, True), (False, False)):
        snapshot = _snapshot(run, clock(), keep_booked=keep_booked, chained=chained)
        if tried == snapshot.problem:
            continue
        try:
            return snapshot, _fair(run, snapshot, clock)
        except SolverFailed as error:
            if not snapshot.problem.pinned:
                raise
            failed, tried = error, snapshot.problem
    raise failed


def _fair(run: _Run, snapshot: Snapshot, clock: Clock) -> ConversationsRoster:
    """The best roster; one in which wishes hardly count where more families get a time that way."""
    roster = _solve(run, snapshot, clock)
    mild = replace(snapshot, problem=with_mild_wishes(snapshot.problem))
    if not roster.unplaced or mild.problem == snapshot.problem:
        return roster
    other = _solve(run, mild, clock)
    return other if len(other.unplaced) < len(roster.unplaced) else roster


def _snapshot(run: _Run, now: datetime, *, keep_booked: bool, chained: bool) -> Snapshot:
    with transaction() as session:
        version = session.get_one(RosterVersion, run.version_id)
        earlier = settled_by(version.round_id, version.based_on)
        snapshot = take_snapshot(run.round_id, now=now, keep_booked=keep_booked, settled=earlier)
        snapshot = with_chains(with_both_mentors(snapshot)) if chained else snapshot
    if snapshot.is_empty:
        raise NothingToRoster
    return snapshot


def _solve(run: _Run, snapshot: Snapshot, clock: Clock) -> ConversationsRoster:
    """The best roster; made again where a family could not travel from one location to the other in time."""
    first = roster = _ask(run, snapshot.problem, clock)
    far: frozenset[tuple[str, str]] = frozenset()
    while missed := snapshot.journeys.missed({key: snapshot.span(key, at) for key, at in roster.placed.items()}) - far:
        far |= missed
        roster = _ask(run, with_time_to_travel(snapshot, far), clock)
    if roster is first:
        return first
    travelling = {key for pair in far for key in pair} - first.unplaced.keys()
    reasons = {key: "travel" if key in travelling else reason for key, reason in roster.unplaced.items()}
    proven = roster.score is not None and roster.score.objective == first.bound
    return replace(roster, unplaced=reasons, bound=first.bound, status="optimal" if proven else "feasible")


def _ask(run: _Run, problem: ConversationsProblem, clock: Clock) -> ConversationsRoster:
    return solving.solve(problem, seconds=run.seconds, seed=run.seed, work=run.work, on_progress=_teller(run, clock))


def _teller(run: _Run, clock: Clock) -> solving.Progress:
    """Writes down how far the optimiser is, now and then."""
    told = [clock() - PROGRESS_EVERY]

    def on_progress(line: dict[str, Any]) -> None:
        now = clock()
        if now - told[0] >= PROGRESS_EVERY:
            told[0] = now
            _tell(run, line, now)

    return on_progress


def _tell(run: _Run, progress: dict[str, Any], now: datetime) -> None:
    """How far it is, and that this worker is still at it."""
    with transaction() as session:
        version = _held(session, run)
        version.progress = {**version.progress, **progress}
        version.lease_until = now + LEASE


def _held(session: Session, run: _Run) -> RosterVersion:
    """The run, as long as it is this worker's."""
    version = session.scalar(select(RosterVersion).where(RosterVersion.id == run.version_id).with_for_update())
    if version is None or version.status is not VersionStatus.RUNNING or version.worker != run.worker:
        raise LeaseLost
    return version


def _store(run: _Run, made: _Made, now: datetime) -> None:
    with transaction() as session:
        version = _held(session, run)
        session.execute(insert(RosterTalk), [{**row, "version_id": version.id} for row in made.rows])
        if made.papers is not None:
            session.add(RosterRecord(version_id=version.id, **made.papers))
        version.status = VersionStatus.DRAFT
        version.proof = made.status
        version.score, version.bound = dict(made.score), dict(made.bound)
        version.snapshot = dict(made.fingerprints)
        version.lease_until, version.finished_at = None, now


def _fail(run: _Run, reason: str, now: datetime) -> None:
    with transaction() as session:
        session.execute(
            update(RosterVersion)
            .where(
                RosterVersion.id == run.version_id,
                RosterVersion.status == VersionStatus.RUNNING,
                RosterVersion.worker == run.worker,
            )
            .values(status=VersionStatus.FAILED, failure=reason, lease_until=None, finished_at=now)
        )


# publishing


def _showable(session: Session, round_id: int, number: int | None) -> RosterVersion:
    """The version of this number, else the newest that can be published."""
    query = select(RosterVersion).where(RosterVersion.round_id == round_id).order_by(RosterVersion.number.desc())
    if number is not None:
        version = session.scalars(query.where(RosterVersion.number == number)).first()
    else:
        version = session.scalars(query.where(RosterVersion.status.in_(SHOWABLE))).first()
    if version is None:
        raise NoRoster
    if version.status not in SHOWABLE:
        raise NotADraft
    return version


def _unpublished(session: Session, version: RosterVersion) -> list[RosterTalk]:
    """The placed talks that no family has yet, without pupils who meanwhile left, changed class or were left out."""
    still_led = (
        select(Enrolment.id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .join(ClassLeader, ClassLeader.class_id == Enrolment.class_id)
        .where(
            RoundClass.round_id == version.round_id,
            Enrolment.present,
            Enrolment.pupil_id == RosterTalk.pupil_id,
            ClassLeader.staff_id == RosterTalk.leader_id,
        )
    )
    excluded = select(RoundExclusion.pupil_id).where(RoundExclusion.round_id == version.round_id)
    standing = (
        select(TalkRequest.id)
        .join(Enrolment, Enrolment.pupil_id == TalkRequest.pupil_id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .where(
            RoundClass.round_id == version.round_id,
            Enrolment.present,
            TalkRequest.id == RosterTalk.request_id,
            TalkRequest.withdrawn_at.is_(None),
            TalkRequest.done_at.is_(None),
        )
    )
    return list(
        session.scalars(
            select(RosterTalk)
            .where(
                RosterTalk.version_id == version.id,
                RosterTalk.starts_at.is_not(None),
                RosterTalk.published_at.is_(None),
                ~RosterTalk.pinned,
                or_(RosterTalk.request_id.is_(None) & still_led.exists(), standing.exists()),
                RosterTalk.pupil_id.not_in(excluded),
            )
            .order_by(RosterTalk.leader_id, RosterTalk.starts_at)
        )
    )


def _lock_families_and_slots(session: Session, round_id: int) -> None:
    """Nobody books or moves in this round until we are done: first the homes, then the slots, as everywhere."""
    pupils = (
        select(Enrolment.pupil_id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .where(RoundClass.round_id == round_id)
    )
    homes = select(Guardianship.household_id).where(Guardianship.pupil_id.in_(pupils)).distinct()
    lock(session, Household, session.scalars(homes))
    lock(session, Slot, session.scalars(select(Slot.id).where(Slot.round_id == round_id)))


def _changed_leaders(session: Session, version: RosterVersion, talks: Sequence[RosterTalk]) -> set[int]:
    """Leaders whose slots are not as the draft saw them, or with a family that has got another talk meanwhile."""
    present = fingerprints(offered_slots(version.round_id))
    leaders = {talk.leader_id for talk in talks if talk.leader_id is not None}
    changed = {leader for leader in leaders if present.get(str(leader)) != version.snapshot.get(str(leader))}
    changed |= _leaders_of_other_homes(session, version, talks)
    return changed | _leaders_of_busy_families(session, version, talks)


def _leaders_of_other_homes(session: Session, version: RosterVersion, talks: Sequence[RosterTalk]) -> set[int]:
    """Leaders of a pupil for whom one talk or two was arranged meanwhile, or of homes that would come too near."""
    found = session.get_one(Round, version.round_id)
    on = first_day_of(offered_slots(found.id), version.requested_at)
    needs = {_who(need): need for need in needed_talks(found.id, on=on)}
    talk_of = {str(talk.id): talk for talk in talks}
    wrong = {key for key, talk in talk_of.items() if _who(talk) not in needs}
    spans = _spans(version, talks)
    attending = {key: needs[_who(talk)].guardians for key, talk in talk_of.items() if key not in wrong}
    for pair in kept_apart(session, found.year_id):
        first, second = pair.sides(attending)
        for key, other in itertools.product(first, second):
            if widened(spans[int(key)], pair.minutes).overlaps(spans[int(other)]):
                wrong |= {key, other}
        for key in first | second:
            if any(map(spans[int(key)].overlaps, times_gone(session, attending[key]))):
                wrong.add(key)
    leaders = {talk_of[key].leader_id for key in wrong}
    return {leader for leader in leaders if leader is not None}


def _who(talk: RosterTalk | Need) -> tuple[int, int | None, int | None]:
    """Whose talk it is, and what was asked for."""
    return (talk.pupil_id, talk.household_id, talk.request_id)


def _leaders_of_busy_families(session: Session, version: RosterVersion, talks: Sequence[RosterTalk]) -> set[int]:
    spans = _spans(version, talks)
    travel = timedelta(minutes=session.scalar(select(School.travel_minutes)) or 0)
    first = min(span.starts_at for span in spans.values()) - travel
    last = max(span.ends_at for span in spans.values()) + travel
    live = session.execute(
        select(
            Booking.round_id,
            Booking.pupil_id,
            Booking.household_id,
            Booking.request_id,
            Booking.starts_at,
            Booking.ends_at,
        ).where(
            Booking.status.in_(LIVE),
            or_(Booking.round_id == version.round_id, (Booking.starts_at < last) & (Booking.ends_at > first)),
        )
    ).all()
    if not live:
        return set()
    pupils = {talk.pupil_id for talk in talks} | {row.pupil_id for row in live}
    parents, places = _parents(session, pupils), _locations(session, version.round_id, pupils)
    busy: dict[int, list[tuple[Span, str]]] = defaultdict(list)
    having: set[tuple[int, int | None, int | None]] = set()
    for row in live:
        if row.round_id == version.round_id:
            having.add((row.pupil_id, row.household_id, row.request_id))
        for guardian in parents.get((row.pupil_id, row.household_id), ()):
            busy[guardian].append((Span(row.starts_at, row.ends_at), places.get(row.pupil_id, "")))
    found = set()
    for talk in talks:
        own, here = spans[talk.id], places.get(talk.pupil_id, "")
        around = Span(own.starts_at - travel, own.ends_at + travel)
        meets = any(
            (around if is_elsewhere(here, there) else own).overlaps(span)
            for guardian in parents.get((talk.pupil_id, talk.household_id), ())
            for span, there in busy[guardian]
        )
        has_one = any((talk.pupil_id, home, talk.request_id) in having for home in {talk.household_id, None})
        if (meets or has_one) and talk.leader_id is not None:
            found.add(talk.leader_id)
    return found


def _ensure_interpreters_apart(session: Session, version: RosterVersion, talks: Sequence[RosterTalk]) -> None:
    """By hand a draft may bring one interpreter to two talks at once: that is named before anything is published."""
    spans, booked = _spans(version, talks), booked_interpreters(session, version.round_id)
    lock(session, Outsider, booked.values())
    own: dict[int, set[tuple[Span, int]]] = defaultdict(set)
    for talk in talks:
        for (pupil_id, home), who in booked.items():
            if pupil_id == talk.pupil_id and (home is None or talk.household_id in (None, home)):
                own[who].add((spans[talk.id], talk.id))
    for who, mine in sorted(own.items()):
        every = sorted([*mine, *((span, 0) for span in times_interpreting(session, {who}))])
        for (earlier, _), (later, _) in itertools.pairwise(every):
            if earlier.overlaps(later):
                raise InterpreterTwice(session.get_one(Outsider, who).name, later.starts_at)


def _locations(session: Session, round_id: int, pupil_ids: Collection[int]) -> dict[int, str]:
    """Where the classes of these pupils are, in the year of this round."""
    rows = session.execute(
        select(Enrolment.pupil_id, ClassGroup.location)
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .join(Round, Round.year_id == Enrolment.year_id)
        .where(Round.id == round_id, Enrolment.pupil_id.in_(pupil_ids))
    )
    return {row.pupil_id: row.location for row in rows}


def _spans(version: RosterVersion, talks: Iterable[RosterTalk]) -> dict[int, Span]:
    lengths = talk_lengths(version.round_id)
    return {
        talk.id: lengths.span(talk.leader_id, talk.starts_at, talk.slots)
        for talk in talks
        if talk.starts_at is not None
    }


def _parents(session: Session, pupil_ids: set[int]) -> dict[tuple[int, int | None], set[int]]:
    """Per pupil and home (None: all homes) the guardians who come."""
    rows = session.execute(
        select(Guardianship.pupil_id, Guardianship.household_id, Guardianship.guardian_id).where(
            Guardianship.pupil_id.in_(pupil_ids)
        )
    )
    found: dict[tuple[int, int | None], set[int]] = defaultdict(set)
    for pupil_id, household_id, guardian_id in rows:
        found[pupil_id, household_id].add(guardian_id)
        found[pupil_id, None].add(guardian_id)
    return found


def _book(session: Session, round_id: int, talks: Sequence[RosterTalk], now: datetime) -> int:
    """One booking a talk, on the slots that the draft gave it: all at once, a school has a thousand."""
    if not talks:
        return 0
    free, way = _free_slots(session, round_id), slots_on_the_way(session.get_one(Round, round_id).slot_minutes)
    visits = [talk for talk in talks if talk.visit and talk.slots > 2 * way]
    wished = _still_wished(session, round_id) if visits else set()
    rows, taken, at_home = [], {}, set()
    for talk in talks:
        row, slot_ids = _booking_of(talk, free, round_id, now, way if talk in visits else 0)
        if talk in visits and _who(talk) in wished:
            at_home.add(row["ical_uid"])
        rows.append(row)
        taken[row["ical_uid"]] = slot_ids
    made = session.execute(insert(Booking).returning(Booking.id, Booking.ical_uid), rows).all()
    session.add_all(
        TalkWay(booking_id=booking_id, way=Medium.HOME, travel_before=TRAVEL, travel_after=TRAVEL)
        for booking_id, uid in made
        if uid in at_home
    )
    _meet_as_agreed(session, round_id, [booking_id for booking_id, uid in made if uid not in at_home], now)
    holding = [{"slot_id": slot_id, "holder": booking_id} for booking_id, uid in made for slot_id in taken[uid]]
    session.connection().execute(
        update(Slot)
        .where(Slot.id == bindparam("slot_id"), Slot.booking_id.is_(None), ~Slot.blocked)
        .values(booking_id=bindparam("holder"), version=Slot.version + 1),
        holding,
    )
    return len(rows)


def _meet_as_agreed(session: Session, round_id: int, booking_ids: Sequence[int], now: datetime) -> None:
    """The talks of those who agreed on the phone or on video: few, one by one."""
    agreed = agreed_parts(session, round_id)
    pupils = {pupil_id for pupil_id, _home in agreed.phone | agreed.video}
    wanted = Booking.id.in_(booking_ids), Booking.pupil_id.in_(pupils)
    for booking in session.scalars(select(Booking).where(*wanted)).all():
        bookings.meet_as_agreed(session, booking, agreed, now)


def _still_wished(session: Session, round_id: int) -> set[tuple[int, int | None, int | None]]:
    """Whose talks are at home by what the family says now."""
    first = session.scalar(select(func.min(Slot.starts_at)).where(Slot.round_id == round_id))
    needs = needed_talks(round_id, on=local(first).date()) if first else []
    return {_who(need) for need in needs if need.visit}


def _free_slots(session: Session, round_id: int) -> dict[tuple[int, datetime], Slot]:
    rows = session.scalars(select(Slot).where(Slot.round_id == round_id, Slot.booking_id.is_(None), ~Slot.blocked))
    return {(slot.leader_id, slot.starts_at): slot for slot in rows}


def _booking_of(
    talk: RosterTalk, free: Mapping[tuple[int, datetime], Slot], round_id: int, now: datetime, way: int
) -> tuple[dict[str, Any], list[int]]:
    """The talk, without the `way` slots before and after it in which its visitor is on the way."""
    if talk.leader_id is None or talk.starts_at is None:
        raise NoRoster
    slots = [free[talk.leader_id, talk.starts_at]]
    while len(slots) < talk.slots:
        slots.append(free[talk.leader_id, slots[-1].ends_at])
    slots = slots[way : len(slots) - way]
    row = {
        "round_id": round_id,
        "pupil_id": talk.pupil_id,
        "household_id": talk.household_id,
        "request_id": talk.request_id,
        "leader_id": talk.leader_id,
        "starts_at": slots[0].starts_at,
        "ends_at": slots[-1].ends_at,
        "room": slots[0].room,
        "status": BookingStatus.INVITED,
        "origin": BookingOrigin.ROSTER,
        "ical_uid": new_ical_uid(),
        "ical_stamp": now,
    }
    return row, [slot.id for slot in slots]


def _finish(
    session: Session, version: RosterVersion, talks: Sequence[RosterTalk], leaders: set[int], by: Actor, now: datetime
) -> None:
    if not talks:
        return
    version.status = VersionStatus.PUBLISHED
    session.execute(update(RosterTalk).where(RosterTalk.id.in_([talk.id for talk in talks])).values(published_at=now))
    open_already = set(
        session.scalars(select(LeaderOpening.leader_id).where(LeaderOpening.round_id == version.round_id))
    )
    for leader in sorted(leaders):
        if leader not in open_already:
            session.add(LeaderOpening(round_id=version.round_id, leader_id=leader, opened_at=now))
        count = sum(talk.leader_id == leader for talk in talks)
        record(
            session, by=by, action="rosters.publish", subject="round", subject_id=version.round_id, now=now,
            version=version.number, leader=leader, talks=count,
        )  # fmt: skip


def _codes(session: Session, staff_ids: set[int]) -> dict[int, str]:
    rows = session.execute(select(Staff.id, Staff.code).where(Staff.id.in_(staff_ids)))
    return {row.id: row.code for row in rows}
