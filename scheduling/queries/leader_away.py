"""A leader cannot be there: which talks that touches, where each of them may go, and whom we call."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scheduling.domain.evenings import minutes_of
from scheduling.domain.homes import Apart, shared_out
from scheduling.domain.leader_away import Place, cost_of_place
from scheduling.domain.people import Name
from scheduling.domain.plans import ContactForm
from scheduling.domain.rounds import LIVE, Rules, SlotFacts, adjoins, starts_of
from scheduling.domain.single_talks import SingleState, around
from scheduling.domain.timeslots import Span, local
from scheduling.domain.wishes import cost_of
from scheduling.models import (
    Booking,
    CallRequest,
    Guardian,
    Guardianship,
    JournalLine,
    Pupil,
    Round,
    School,
    SingleTalk,
    SingleTime,
    Slot,
    Staff,
    StandingRound,
    TalkRequest,
    db,
)
from scheduling.optimiser.problem import ConversationsProblem, Leader, Siblings, moment
from scheduling.optimiser.problem import Talk as LooseTalk
from scheduling.queries import bookings as asking
from scheduling.queries.homes import kept_apart
from scheduling.queries.leaders import Home, PupilFacts, pupils_by_id
from scheduling.queries.mailings import circles_of
from scheduling.queries.talks import Talk, read_talks
from scheduling.queries.turns import opens_for_talk
from scheduling.queries.wishes import wishes_about

APPLIED, TAKEN_BACK = "leader_away.apply", "leader_away.take_back"


@dataclass(frozen=True)
class StandIn:
    """A colleague who takes over, when and where; or the leader, with extra times before or after."""

    leader_id: int
    round_id: int
    """The round in which these times are made."""
    spans: tuple[Span, ...]
    room: str = ""


@dataclass(frozen=True)
class Affected:
    """A talk that cannot be held as it stands, and what we know of its family."""

    talk: Talk
    household_id: int | None
    slots: int
    heard: bool
    """The family knows of this time."""
    reached: bool
    """Every home of it gets our mail."""
    agreed: tuple[ContactForm, ...]
    may_choose: bool
    """The round lets families choose a time themselves."""
    places: tuple[Place, ...]
    costs: Mapping[Place, int]
    slot_minutes: int
    max_in_a_row: int
    names: Mapping[int, Name]
    """Of the leaders of these places."""
    is_kept_apart: bool = False
    """Another home, with which this one is kept apart, is touched as well: the times are shared out between them."""

    @property
    def id(self) -> int:
        return self.talk.id


@dataclass(frozen=True)
class Falling:
    """A talk for one pupil of which the family has not chosen a time yet: these times fall away, so many are left."""

    single_id: int
    pupil: Name
    gone: tuple[datetime, ...]
    left: int


@dataclass(frozen=True)
class Done:
    """An absence that was worked out, and what became of its talks."""

    line_id: int
    span: Span
    moved: int
    released: int
    calls: int


@dataclass(frozen=True)
class CallLine:
    """A home that waits for a call: who, at which number, and the time that fell out."""

    id: int
    pupil: PupilFacts
    home: Home
    was: datetime | None
    reached: bool
    leader: str
    promised: bool = False
    """The school promised it; else the family asked."""


def touched(session: Session, leader_id: int, span: Span, now: datetime) -> list[Booking]:
    """The talks of this leader that still have to begin and fall in this time, the soonest first."""
    wanted = select(Booking).where(
        Booking.leader_id == leader_id, Booking.status.in_(LIVE), Booking.outcome.is_(None), Booking.starts_at > now,
        Booking.starts_at < span.ends_at, Booking.ends_at > span.starts_at,
    )  # fmt: skip
    return list(session.scalars(wanted.order_by(Booking.starts_at, Booking.id)))


def falling(leader_id: int, span: Span, now: datetime) -> tuple[Falling, ...]:
    """What was proposed to families in this time, and can no longer be chosen."""
    rows = db.session.execute(
        select(SingleTalk, Pupil)
        .join(TalkRequest, TalkRequest.id == SingleTalk.request_id)
        .join(Pupil, Pupil.id == TalkRequest.pupil_id)
        .where(TalkRequest.teacher_id == leader_id, SingleTalk.state == SingleState.PROPOSED)
        .order_by(SingleTalk.id)
    )
    found = []
    for talk, pupil in rows:
        ahead = [time for time in talk.times if time.starts_at > now]
        gone = tuple(time.starts_at for time in ahead if falls_in(talk, time, span))
        if gone:
            found.append(Falling(talk.id, pupil.name, gone, len(ahead) - len(gone)))
    return tuple(found)


def falls_in(talk: SingleTalk, time: SingleTime, span: Span) -> bool:
    """Would the leader be away at this proposed time, or on the way to it or back?"""
    return around(Span(time.starts_at, time.ends_at), talk.travel_before, talk.travel_after).overlaps(span)


def round_for_times(session: Session, talks: Sequence[Booking]) -> Round | None:
    """In which round extra times help these talks: that of the first; talks for one pupil have no times of a round."""
    standing = set(session.scalars(select(StandingRound.round_id)))
    return next((talk.round for talk in talks if talk.round_id not in standing), None)


def affected(leader_id: int, span: Span, stand_in: StandIn | None, now: datetime) -> tuple[Affected, ...]:
    """Each touched talk with everything that a choice for its family needs."""
    session = db.session()
    rows = touched(session, leader_id, span, now)
    talks: dict[int, Talk] = {}
    for found in {row.round_id: row.round for row in rows}.values():
        own = [row for row in rows if row.round_id == found.id]
        talks |= {talk.id: talk for talk in read_talks(own, found.year_id, now, names={found.id: found.name})}
    circles = circles_of(session, [row.pupil_id for row in rows], local(now).date())
    touching = [
        _affected(session, row, talks[row.id], not circles[row.pupil_id].audience(row.household_id).on_paper,
                  _slots_for(session, row, leader_id, span, stand_in, now), now)
        for row in rows
        if row.id in talks
    ]  # fmt: skip
    return tuple(_shared_out(session, touching, {row.id: row for row in rows}))


def _shared_out(session: Session, found: Sequence[Affected], rows: Mapping[int, Booking]) -> list[Affected]:
    """Homes that are kept apart and both lose their time share the others out: whatever each gets, they never meet."""
    by_id = {str(talk.id): talk for talk in found}
    attending = {
        key: asking.expected_guardians(session, row.pupil_id, row.household_id, local(row.starts_at).date())
        for key in by_id
        for row in [rows[int(key)]]
    }
    pairs = []
    for year_id in {rows[talk.id].round.year_id for talk in found}:
        for pair in kept_apart(session, year_id):
            first, second = pair.sides(attending)
            if first and second:
                pairs.append(Apart(first, second, timedelta(minutes=pair.minutes)))
    if not pairs:
        return list(found)
    concerned = {key for pair in pairs for key in pair.first | pair.second}
    lengths = {key: by_id[key].talk.span.length for key in concerned}
    spans = {
        key: sorted({Span(place.starts_at, place.starts_at + lengths[key]) for place in by_id[key].places})
        for key in concerned
    }
    days = {span.starts_at: local(span.starts_at).date() for own in spans.values() for span in own}
    kept = {key: {span.starts_at for span in own} for key, own in shared_out(spans, days, pairs).items()}
    return [
        replace(
            talk, is_kept_apart=True,
            places=tuple(place for place in talk.places if place.starts_at in kept[str(talk.id)]),
        )
        if str(talk.id) in concerned
        else talk
        for talk in found
    ]  # fmt: skip


def rearrangement(found: Sequence[Affected], leader_id: int, taken: Mapping[int, Sequence[Span]]) -> (
    tuple[ConversationsProblem, Mapping[str, Mapping[str, Place]]] | None
):  # fmt: skip
    """These talks with this leader as the engine wants them, and what its answer means; None: there is no place.

    Nobody else moves: the other talks of the leader (`taken`) only count for the pauses.
    """
    own = {talk.id: [place for place in talk.places if place.leader_id == leader_id] for talk in found}
    if not any(own.values()):
        return None
    minutes = min(talk.slot_minutes for talk in found)
    length = timedelta(minutes=minutes)
    loose, meaning, starts = [], {}, set()
    for talk in found:
        costs = {local(place.starts_at): talk.costs[place] for place in own[talk.id]}
        if not costs:
            continue
        key = f"b{talk.id}"
        meaning[key] = {moment(local(place.starts_at)): place for place in own[talk.id]}
        starts |= {local(place.starts_at + n * length) for place in own[talk.id] for n in range(talk.slots)}
        loose.append(LooseTalk.of(key, pupil=f"p{talk.talk.pupil.id}", leader="s", costs=costs, slots=talk.slots))
    standing, pinned = [], {}
    for number, span in enumerate(taken.get(leader_id, ())):
        at, slots = local(span.starts_at), max(1, round(span.length / length))
        standing.append(LooseTalk.of(f"k{number}", pupil=f"k{number}", leader="s", costs={at: 0}, slots=slots))
        pinned[f"k{number}"] = moment(at)
        starts |= {at + n * length for n in range(slots)}
    problem = ConversationsProblem(
        slot_minutes=minutes,
        max_in_a_row=found[0].max_in_a_row or None,
        leaders=(Leader.of("s", starts),),
        talks=(*loose, *standing),
        siblings=_siblings(found, meaning),
        pinned=pinned,
    )
    return problem, meaning


def other_talks(round_id: int, leader_ids: Iterable[int], besides: Collection[int]) -> dict[int, list[Span]]:
    """When these leaders have talks of this round that stay."""
    rows = db.session.execute(
        select(Booking.leader_id, Booking.starts_at, Booking.ends_at)
        .where(Booking.leader_id.in_(list(leader_ids)), Booking.status.in_(LIVE), Booking.id.not_in(besides))
        .where(Booking.round_id == round_id)
        .order_by(Booking.starts_at)
    )
    found: dict[int, list[Span]] = defaultdict(list)
    for leader_id, starts_at, ends_at in rows:
        found[leader_id].append(Span(starts_at, ends_at))
    return found


def stand_ins(leader_id: int, now: datetime) -> tuple[tuple[int, Name, str], ...]:
    """Who may stand in: everybody who works here (id, name, code)."""
    today = local(now).date()
    rows = db.session.scalars(select(Staff).where(Staff.id != leader_id))
    here = [row for row in rows if row.left_on is None or row.left_on > today]
    return tuple((row.id, row.name, row.code) for row in sorted(here, key=lambda row: row.name.sort_key))


def last_done(leader_id: int, now: datetime) -> Done | None:
    """The last absence of this leader that is worked out, not over, and not taken back."""
    line = find_done(db.session(), leader_id)
    if line is None:
        return None
    span = span_of(line)
    if span.ends_at <= now:
        return None
    facts = line.facts
    return Done(line.id, span, len(facts["moved"]), len(facts["released"]), len(facts["calls"]))


def find_done(session: Session, leader_id: int) -> JournalLine | None:
    """The journal's line about it."""
    wanted = select(JournalLine).where(
        JournalLine.subject == "staff", JournalLine.subject_id == leader_id,
        JournalLine.action.in_((APPLIED, TAKEN_BACK)),
    )  # fmt: skip
    last = session.scalars(wanted.order_by(JournalLine.id.desc()).limit(1)).first()
    return last if last is not None and last.action == APPLIED else None


def span_of(line: JournalLine) -> Span:
    return Span(datetime.fromisoformat(line.facts["starts_at"]), datetime.fromisoformat(line.facts["ends_at"]))


def calls_of(leader_id: int, year_id: int, now: datetime) -> tuple[CallLine, ...]:
    """The homes that wait for a call about a talk of this leader: who hears nothing by mail first, then the soonest."""
    session = db.session()
    led = select(Booking.pupil_id).where(Booking.leader_id == leader_id, Booking.round_id == CallRequest.round_id)
    wanted = (
        select(CallRequest)
        .join(Round, Round.id == CallRequest.round_id)
        .where(CallRequest.done_at.is_(None), Round.year_id == year_id, CallRequest.pupil_id.in_(led))
    )
    rows = session.scalars(wanted.order_by(CallRequest.asked_at, CallRequest.id)).all()
    today = local(now).date()
    pupils = pupils_by_id({row.pupil_id for row in rows}, year_id, today=today)
    circles = circles_of(session, list(pupils), today)
    leader = session.get_one(Staff, leader_id).name.full
    lines = [
        CallLine(
            row.id,
            pupils[row.pupil_id],
            pupils[row.pupil_id].home(row.household_id) or Home(row.household_id, ()),
            _fell_out(session, row, leader_id),
            not circles[row.pupil_id].audience(row.household_id).on_paper,
            leader,
            row.is_promised,
        )
        for row in rows
        if row.pupil_id in pupils
    ]
    return tuple(sorted(lines, key=lambda line: (line.reached, line.was or now, line.id)))


def _fell_out(session: Session, call: CallRequest, leader_id: int) -> datetime | None:
    gone = select(Booking.starts_at).where(
        Booking.round_id == call.round_id, Booking.pupil_id == call.pupil_id, Booking.leader_id == leader_id,
        Booking.status.not_in(LIVE),
        or_(Booking.household_id.is_(None), Booking.household_id == call.household_id),
    )  # fmt: skip
    return session.scalar(gone.order_by(Booking.cancelled_at.desc()).limit(1))


def _affected(
    session: Session, row: Booking, talk: Talk, reached: bool, slots: Sequence[SlotFacts], now: datetime
) -> Affected:
    count = max(len(row.slots), 1)
    guardians = asking.expected_guardians(session, row.pupil_id, row.household_id, local(row.starts_at).date())
    places = _free_places(session, row, guardians, slots, count)
    found = row.round
    opens_at = opens_for_talk(session, found, row.pupil_id, row.household_id, now)
    rules = Rules(timedelta(hours=found.lead_time_hours), opens_at, found.closes_at)
    return Affected(
        talk=talk,
        household_id=row.household_id,
        slots=count,
        heard=row.invited_at is not None or row.confirmed_at is not None,
        reached=reached,
        agreed=tuple(dict.fromkeys(form for at in talk.homes if at.comes and at.plan for form in at.plan.forms)),
        may_choose=rules.is_open(now) and any(now < rules.until(place.starts_at) for place in places),
        places=places,
        costs=_costs(session, row, guardians, places, timedelta(minutes=found.slot_minutes)),
        slot_minutes=minutes_of(Span(row.starts_at, row.ends_at)) // count,
        max_in_a_row=found.max_in_a_row,
        names={one: session.get_one(Staff, one).name for one in {place.leader_id for place in places}},
    )


def _slots_for(
    session: Session, row: Booking, leader_id: int, span: Span, stand_in: StandIn | None, now: datetime
) -> list[SlotFacts]:
    """The free slots that this talk could have: the leader's own before or after, those of a duo, of who stands in."""
    leaders = {leader_id, *asking.open_leaders(session, row.round_id, row.pupil_id)}
    free = [
        SlotFacts(slot.id, slot.leader_id, Span(slot.starts_at, slot.ends_at))
        for slot in asking.leader_slots(session, row.round_id, leaders)
        if slot.booking_id is None
        and not slot.blocked
        and slot.starts_at > now
        and not (slot.leader_id == leader_id and span.overlaps(Span(slot.starts_at, slot.ends_at)))
    ]
    if stand_in and row.round_id == stand_in.round_id and not _is_own_child(session, row.pupil_id, stand_in.leader_id):
        free += [SlotFacts(0, stand_in.leader_id, piece) for piece in stand_in.spans if piece.starts_at > now]
    return free


def _is_own_child(session: Session, pupil_id: int, leader_id: int) -> bool:
    of = select(Guardian.id).join(Guardianship, Guardianship.guardian_id == Guardian.id)
    return session.scalar(of.where(Guardian.staff_id == leader_id, Guardianship.pupil_id == pupil_id)) is not None


def _free_places(
    session: Session, row: Booking, guardians: frozenset[int], slots: Iterable[SlotFacts], count: int
) -> tuple[Place, ...]:
    by_leader: dict[int, list[SlotFacts]] = defaultdict(list)
    for slot in slots:
        by_leader[slot.leader_id].append(slot)
    found = []
    for leader_id, own in by_leader.items():
        out = asking.times_out(session, guardians=guardians, leader_id=leader_id, pupil_id=row.pupil_id, besides=row.id)
        for places in starts_of(own, count):
            whole = Span(places[0].span.starts_at, places[-1].span.ends_at)
            if not any(map(whole.overlaps, out)):
                found.append(Place(whole.starts_at, leader_id))
    return tuple(sorted(found))


def _costs(
    session: Session, row: Booking, guardians: frozenset[int], places: Iterable[Place], slot: timedelta
) -> dict[Place, int]:
    siblings = asking.sibling_talks(session, guardians=guardians, pupil_id=row.pupil_id)
    walking = timedelta(minutes=session.scalar(select(School.walking_minutes)) or 0)
    said = wishes_about(row.round_id, [(row.pupil_id, row.household_id)]).get((row.pupil_id, row.household_id), ())
    costs = {}
    for place in places:
        span = Span(place.starts_at, place.starts_at + (row.ends_at - row.starts_at))
        beside = any(
            adjoins(span, place.leader_id, other, its_leader, slot=slot, walking=walking)
            for its_leader, other in siblings
        )
        asked = cost_of_place(row.starts_at, place, row.leader_id, beside=beside, has_siblings=bool(siblings))
        costs[place] = asked + cost_of(said, span)
    return costs


def _siblings(found: Sequence[Affected], loose: Mapping[str, object]) -> tuple[Siblings, ...]:
    """Talks of one family among these never overlap."""
    groups: dict[object, list[str]] = defaultdict(list)
    for talk in found:
        key = f"b{talk.id}"
        if key in loose:
            homes = [at.home.household_id for at in talk.talk.homes if at.comes and at.home.household_id]
            for name in [*(("home", home) for home in homes), ("pupil", talk.talk.pupil.id)]:
                groups[name].append(key)
    wanted = {tuple(sorted(set(keys))) for keys in groups.values() if len(set(keys)) > 1}
    return tuple(Siblings(keys) for keys in sorted(wanted))


def slot_at(session: Session, round_id: int, place: Place, count: int) -> list[Slot]:
    """The row of free slots that begins at this place; fewer when some are gone."""
    own = [slot for slot in asking.leader_slots(session, round_id, [place.leader_id]) if not slot.blocked]
    first = next((slot for slot in own if slot.starts_at == place.starts_at), None)
    if first is None:
        return []
    return own[own.index(first) :][:count]
