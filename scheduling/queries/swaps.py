"""Swaps, as each side may see them: a family only its own two times, the school everything of its own leaders."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, joinedload

from scheduling.domain.errors import NotFound
from scheduling.domain.guests import ARRANGED
from scheduling.domain.journal import Actor
from scheduling.domain.people import Name
from scheduling.domain.rounds import LIVE, BookingStatus, RoundMode, adjoins, starts_of
from scheduling.domain.swaps import (
    MOST_PARTIES,
    Loss,
    NotEnoughTalks,
    NotTheSameLeader,
    NotTheSameLength,
    OfferState,
    ProposalKind,
    ProposalState,
    offer_ends,
    takes_back_until,
)
from scheduling.domain.timeslots import Span, local
from scheduling.models import (
    Booking,
    InterpreterRequest,
    LeaderOpening,
    Round,
    School,
    Slot,
    Staff,
    SwapMove,
    SwapOffer,
    SwapParty,
    SwapProposal,
    db,
)
from scheduling.queries import bookings as asking
from scheduling.queries.family import Family, Neighbour, Talk, neighbour_of, siblings_of
from scheduling.queries.homes import times_gone


@dataclass(frozen=True)
class SwapTime:
    """A time that somebody else has now, or (for a talk of two homes) a free one; and how it lies for this family."""

    slot_id: int
    starts_at: datetime
    ends_at: datetime
    free: bool
    ticked: bool
    next_to: Neighbour | None
    wait: timedelta | None
    """How long the family would wait between this and a sibling's talk on the same day."""
    other_day: str
    """The brother or sister whose talk is on another day."""


@dataclass(frozen=True)
class SwapDay:
    day: date
    times: tuple[SwapTime, ...]


@dataclass(frozen=True)
class Offering:
    """What a family may tick for one talk; `since` a standing offer it may also stop."""

    talk: Talk
    days: tuple[SwapDay, ...]
    until: datetime
    standing: bool
    searching: bool
    """Somebody is asked now."""

    @property
    def ticked(self) -> list[SwapTime]:
        return [time for day in self.days for time in day.times if time.ticked]


@dataclass(frozen=True)
class Question:
    """A swap that was put to this home: its own two times, until when, and how it stands."""

    key: str
    talk: Talk
    kind: ProposalKind
    state: ProposalState
    starts_at: datetime
    to_starts_at: datetime
    until: datetime
    said_yes: bool
    said_no: bool
    other_home: bool
    """The other home of this joint talk asks."""
    losses: tuple[Loss, ...]
    back_until: datetime | None

    @property
    def is_open(self) -> bool:
        return self.state is ProposalState.OPEN

    def may_take_back(self, now: datetime) -> bool:
        return self.state is ProposalState.DONE and self.back_until is not None and now < self.back_until


@dataclass(frozen=True)
class SwapsAtHome:
    """What the home page says about swaps: questions that wait for this home, and talks it offers."""

    questions: tuple[Question, ...]
    offered: frozenset[int]
    fresh: tuple[Question, ...]
    """Swaps that just went through after a yes of this home, which it may still put back."""


def offering_for(family: Family, talk: Talk, now: datetime) -> Offering:
    """The times this talk could have instead. Times only: nothing here knows who has them."""
    session = db.session()
    leader = talk.leaders[0].id
    slots = asking.leader_slots(session, talk.round_id, [leader])
    standing = _open_offer(session, talk)
    ticked = {wish.slot_id for wish in standing.wishes} if standing else set()
    expected = asking.expected_guardians(session, talk.pupil_id, talk.household_id, local(now).date())
    busy = asking.busy_spans(session, guardians=expected, pupil_id=talk.pupil_id, besides=talk.booking_id)
    busy += asking.times_travelling(
        session, guardians=expected, pupil_id=talk.pupil_id, besides=talk.booking_id, leader_id=leader
    )
    busy += times_gone(session, expected, besides=talk.booking_id)
    if talk.request_id:
        busy += asking.times_walking(session, guardians=expected, leader_id=leader, besides=talk.booking_id)
    times = []
    for row, free in _rows(slots, talk):
        span = Span(row[0].starts_at, row[-1].ends_at)
        if now < offer_ends(talk.rules, span.starts_at) and not any(map(span.overlaps, busy)):
            times.append(_time(row[0].id, span, free, row[0].id in ticked, family, talk))
    times.sort(key=lambda time: time.starts_at)
    by_day = itertools.groupby(times, key=lambda time: local(time.starts_at).date())
    return Offering(
        talk,
        tuple(SwapDay(day, tuple(found)) for day, found in by_day),
        until=offer_ends(talk.rules, talk.starts_at or now),
        standing=standing is not None,
        searching=standing is not None and _is_searching(session, standing),
    )


def at_home(by: Actor, family: Family, now: datetime) -> SwapsAtHome:
    """The open questions of this person's homes, and the talks for which another time is sought."""
    own = {talk.booking_id: talk for talk in family.talks if talk.stands and talk.swaps and talk.booking_id}
    if not own:
        return SwapsAtHome((), frozenset(), ())
    session = db.session()
    offered = select(SwapOffer.booking_id).where(SwapOffer.booking_id.in_(own), SwapOffer.state == OfferState.OPEN)
    swap = joinedload(SwapParty.proposal)
    parties = session.scalars(
        select(SwapParty)
        .join(SwapProposal, SwapProposal.id == SwapParty.proposal_id)
        .where(
            SwapParty.booking_id.in_(own), SwapParty.asked,
            or_(
                (SwapProposal.state == ProposalState.OPEN) & (SwapProposal.expires_at > now),
                (SwapProposal.state == ProposalState.DONE) & (SwapProposal.back_until > now),
            ),
        )
        .order_by(SwapParty.id)
        .options(joinedload(SwapParty.booking), swap.selectinload(SwapProposal.moves))
        .options(swap.selectinload(SwapProposal.parties))
    )  # fmt: skip
    mine = [party for party in parties if _is_asked(session, party, by, now)]
    questions = tuple(_question(session, party, own[party.booking_id], family) for party in mine)
    return SwapsAtHome(
        tuple(question for question in questions if question.is_open),
        frozenset(session.scalars(offered)),
        tuple(one for one in questions if one.may_take_back(now) and one.talk.starts_at == one.to_starts_at),
    )


def question_of(by: Actor, family: Family, key: str, now: datetime) -> Question:
    """The question of this key, if it was put to this person's home."""
    session = db.session()
    party = session.scalar(select(SwapParty).where(SwapParty.key == key))
    talk = next((talk for talk in family.talks if party and talk.booking_id == party.booking_id), None)
    if party is None or talk is None or not party.asked or not _is_asked(session, party, by, now):
        raise NotFound
    return _question(session, party, talk, family)


def still_asks(session: Session, party: SwapParty, now: datetime) -> bool:
    """Is this home's answer still waited for, or its yes still counted? Also if nobody looked at the swap since."""
    proposal = party.proposal
    if proposal.state is not ProposalState.OPEN or now >= proposal.expires_at:
        return False
    partners = {None, *(move.booking_id for move in proposal.moves)}
    for move in proposal.moves:
        there = session.get(Slot, move.to_slot_id) if move.to_slot_id else None
        stands = move.booking.status in LIVE and move.booking.starts_at == move.from_starts_at
        if not stands or there is None or there.booking_id not in partners:
            return False
    return True


def _rows(slots: list[Slot], talk: Talk) -> list[tuple[tuple[Slot, ...], bool]]:
    """Other talks of the same length, and for a talk of two homes the free times of that length."""
    held: dict[int, list[Slot]] = {}
    for slot in slots:
        if slot.booking_id:
            held.setdefault(slot.booking_id, []).append(slot)
    length = len(held.get(talk.booking_id or 0, ()))
    rows = [(tuple(row), False) for holder, row in held.items() if holder != talk.booking_id and len(row) == length]
    if talk.joint and length:
        by_id = {slot.id: slot for slot in slots}
        free = [asking.facts_of(slot) for slot in slots if not slot.blocked and not slot.booking_id]
        rows += [(tuple(by_id[fact.id] for fact in row), True) for row in starts_of(free, length)]
    return rows


def _time(slot_id: int, span: Span, free: bool, ticked: bool, family: Family, talk: Talk) -> SwapTime:
    siblings = siblings_of(family.talks, talk)
    near = neighbour_of(span, talk.leaders[0].id, siblings, talk.minutes, family.walking)
    day = local(span.starts_at).date()
    same_day = [one for one in siblings if one.starts_at and local(one.starts_at).date() == day]
    gaps = [
        max(span.starts_at - one.ends_at, one.starts_at - span.ends_at)
        for one in same_day
        if one.ends_at and one.starts_at
    ]
    elsewhere = siblings[0].pupil if siblings and not same_day else ""
    return SwapTime(
        slot_id, span.starts_at, span.ends_at, free, ticked, near,
        wait=min(gaps) if gaps and not near else None, other_day=elsewhere,
    )  # fmt: skip


def _open_offer(session: Session, talk: Talk) -> SwapOffer | None:
    wanted = select(SwapOffer).where(SwapOffer.booking_id == talk.booking_id, SwapOffer.state == OfferState.OPEN)
    return session.scalars(wanted).first()


def _is_searching(session: Session, offer: SwapOffer) -> bool:
    asked = (
        select(SwapMove.proposal_id)
        .join(SwapProposal, SwapProposal.id == SwapMove.proposal_id)
        .where(SwapMove.offer_id == offer.id, SwapProposal.state == ProposalState.OPEN)
    )
    return session.scalar(asked.limit(1)) is not None


def _is_asked(session: Session, party: SwapParty, by: Actor, now: datetime) -> bool:
    home = asking.find_home(session, by, party.booking.pupil_id, local(now).date())
    return home is not None and home.household_id == party.household_id and asking.is_of(party.booking, home)


def _question(session: Session, party: SwapParty, talk: Talk, family: Family) -> Question:
    proposal = party.proposal
    move = next(move for move in proposal.moves if move.booking_id == party.booking_id)
    return Question(
        key=party.key, talk=talk, kind=proposal.kind, state=proposal.state, starts_at=move.from_starts_at,
        to_starts_at=move.to_starts_at, until=proposal.expires_at, said_yes=party.accepted_at is not None,
        said_no=party.declined_at is not None,
        other_home=any(one.booking_id == party.booking_id and not one.asked for one in proposal.parties),
        losses=_losses(session, talk, move.to_starts_at, family),
        back_until=takes_back_until(proposal.back_until, party.accepted_at),
    )  # fmt: skip


def _losses(session: Session, talk: Talk, to: datetime, family: Family) -> tuple[Loss, ...]:
    losses = []
    if talk.next_to and talk.starts_at and talk.ends_at:
        there = Span(to, to + (talk.ends_at - talk.starts_at))
        leader, siblings = talk.leaders[0].id, siblings_of(family.talks, talk)
        if not neighbour_of(there, leader, siblings, talk.minutes, family.walking):
            losses.append(Loss.SIBLING)
    arranged = select(InterpreterRequest.id).where(
        InterpreterRequest.round_id == talk.round_id, InterpreterRequest.pupil_id == talk.pupil_id,
        InterpreterRequest.household_id == talk.household_id,
        InterpreterRequest.state.in_(ARRANGED),
    )  # fmt: skip
    if session.scalar(arranged.limit(1)) is not None:
        losses.append(Loss.INTERPRETER)
    return tuple(losses)


@dataclass(frozen=True)
class MovedTalk:
    """One talk of a swap, for the school."""

    pupil: Name
    from_starts_at: datetime
    to_starts_at: datetime
    asked: bool
    said_yes: bool
    said_no: bool


@dataclass(frozen=True)
class SwapLine:
    """One swap, for the school."""

    id: int
    kind: ProposalKind
    state: ProposalState
    at: datetime
    moves: tuple[MovedTalk, ...]
    may_undo: bool
    """The times changed, and every talk still stands where the swap put it."""


@dataclass(frozen=True)
class OfferLine:
    """A family that looks for another time, and the times that would do."""

    booking_id: int
    pupil: Name
    starts_at: datetime
    wanted: tuple[datetime, ...]
    until: datetime


@dataclass(frozen=True)
class TalkToSwap:
    booking_id: int
    pupil: Name
    starts_at: datetime


@dataclass(frozen=True)
class SwapLog:
    """Everything about swaps of one leader in one round."""

    round_id: int
    round_name: str
    leader: Name
    with_families: bool
    """Families swap by themselves in this round."""
    offers: tuple[OfferLine, ...]
    open: tuple[SwapLine, ...]
    past: tuple[SwapLine, ...]
    talks: tuple[TalkToSwap, ...]


@dataclass(frozen=True)
class Exchange:
    """What one talk gives and gets in a swap by the school, and what its family notices."""

    booking_id: int
    pupil: Name
    starts_at: datetime
    to_starts_at: datetime
    said_yes: bool
    """The family said yes to the time it has now."""
    leaves_sibling: bool
    joins_sibling: bool
    interpreter: bool
    """An interpreter is arranged for the time it has now."""


@dataclass(frozen=True)
class LeaderSwaps:
    """How much is swapped with one leader."""

    leader_id: int
    name: Name
    offers: int
    asked: int
    done: int

    @property
    def is_quiet(self) -> bool:
        return not (self.offers or self.asked or self.done)


def swaps_by_leader(round_id: int) -> tuple[str, list[LeaderSwaps]]:
    """The round's name, and per leader whom families see: who looks for a time, who is asked, what changed."""
    session = db.session()
    found = session.get(Round, round_id)
    if found is None:
        raise NotFound
    offers = _counts(
        select(Booking.leader_id, func.count())
        .join(SwapOffer, SwapOffer.booking_id == Booking.id)
        .where(Booking.round_id == round_id, SwapOffer.state == OfferState.OPEN)
        .group_by(Booking.leader_id)
    )
    proposals = select(SwapProposal.leader_id, func.count()).group_by(SwapProposal.leader_id)
    here = SwapProposal.round_id == round_id
    asked = _counts(proposals.where(here, SwapProposal.state == ProposalState.OPEN))
    done = _counts(proposals.where(here, SwapProposal.state == ProposalState.DONE))
    staff = session.scalars(
        select(Staff).join(LeaderOpening, LeaderOpening.leader_id == Staff.id).where(LeaderOpening.round_id == round_id)
    )
    lines = [
        LeaderSwaps(one.id, one.name, offers.get(one.id, 0), asked.get(one.id, 0), done.get(one.id, 0)) for one in staff
    ]
    return found.name, sorted(lines, key=lambda line: (line.is_quiet, line.name.sort_key))


def _counts(rows: Select[int, int]) -> dict[int, int]:
    return dict(iter(db.session.execute(rows)))


def exchange_of(round_id: int, leader_id: int, booking_ids: Sequence[int], now: datetime) -> list[Exchange]:
    """What happens when these talks of a leader change times, each to the next one's. Nothing changes by looking."""
    if not 2 <= len(booking_ids) <= MOST_PARTIES or len(set(booking_ids)) < len(booking_ids):
        raise NotEnoughTalks
    session = db.session()
    here = Booking.round_id == round_id, Booking.leader_id == leader_id, Booking.status.in_(LIVE)
    rows = {row.id: row for row in session.scalars(select(Booking).where(Booking.id.in_(booking_ids), *here))}
    if set(rows) != set(booking_ids):
        raise NotTheSameLeader
    talks = [rows[booking_id] for booking_id in booking_ids]
    if len({len(talk.slots) for talk in talks}) > 1:
        raise NotTheSameLength
    spans = {talk.id: Span(talk.starts_at, talk.ends_at) for talk in talks}
    nexts = {talk.id: spans[other.id] for talk, other in zip(talks, [*talks[1:], talks[0]], strict=True)}
    after = {spans[talk_id]: nexts[talk_id] for talk_id in spans}
    return [_exchange(session, talk, spans[talk.id], nexts[talk.id], after, now) for talk in talks]


def _exchange(
    session: Session, talk: Booking, own: Span, to: Span, after: Mapping[Span, Span], now: datetime
) -> Exchange:
    expected = asking.expected_guardians(session, talk.pupil_id, talk.household_id, local(now).date())
    siblings = asking.sibling_talks(session, guardians=expected, pupil_id=talk.pupil_id)
    slot = timedelta(minutes=talk.round.slot_minutes)
    walking = timedelta(minutes=session.scalar(select(School.walking_minutes)) or 0)

    def follows(span: Span, *, then: bool) -> bool:
        return any(
            adjoins(
                span, talk.leader_id, after.get(at, at) if then and leader == talk.leader_id else at, leader,
                slot=slot, walking=walking,
            )
            for leader, at in siblings
        )  # fmt: skip

    before, afterwards = follows(own, then=False), follows(to, then=True)
    arranged = select(InterpreterRequest.id).where(
        InterpreterRequest.round_id == talk.round_id, InterpreterRequest.pupil_id == talk.pupil_id,
        InterpreterRequest.state.in_(ARRANGED),
    )  # fmt: skip
    return Exchange(
        talk.id, talk.pupil.name, own.starts_at, to.starts_at,
        said_yes=talk.status is BookingStatus.CONFIRMED,
        leaves_sibling=before and not afterwards,
        joins_sibling=afterwards and not before,
        interpreter=session.scalar(arranged.limit(1)) is not None,
    )  # fmt: skip


def log_of(round_id: int, leader_id: int, now: datetime) -> SwapLog:
    """What families of this leader offered, asked and answered, the latest first."""
    session = db.session()
    found, leader = session.get(Round, round_id), session.get(Staff, leader_id)
    if found is None or leader is None or session.get(LeaderOpening, (round_id, leader_id)) is None:
        raise NotFound
    here = Booking.round_id == round_id, Booking.leader_id == leader_id
    talks = session.scalars(select(Booking).where(*here, Booking.status.in_(LIVE)).order_by(Booking.starts_at))
    offers = session.scalars(
        select(SwapOffer)
        .join(Booking, Booking.id == SwapOffer.booking_id)
        .where(*here, SwapOffer.state == OfferState.OPEN)
        .order_by(SwapOffer.offered_at)
    )
    lines = [
        _line(proposal, now)
        for proposal in session.scalars(
            select(SwapProposal)
            .where(SwapProposal.round_id == round_id, SwapProposal.leader_id == leader_id)
            .order_by(SwapProposal.id.desc())
        )
    ]
    return SwapLog(
        round_id, found.name, leader.name, found.mode is RoundMode.ROSTER_THEN_SWAP,
        offers=tuple(_offer_line(offer) for offer in offers),
        open=tuple(line for line in lines if line.state is ProposalState.OPEN),
        past=tuple(line for line in lines if line.state is not ProposalState.OPEN),
        talks=tuple(TalkToSwap(talk.id, talk.pupil.name, talk.starts_at) for talk in talks),
    )  # fmt: skip


def _line(proposal: SwapProposal, now: datetime) -> SwapLine:
    moves = []
    for move in proposal.moves:
        homes = [party for party in proposal.parties if party.booking_id == move.booking_id]
        asked, said_yes = any(one.asked for one in homes), all(one.accepted_at for one in homes)
        said_no = any(one.declined_at for one in homes)
        moves.append(
            MovedTalk(move.booking.pupil.name, move.from_starts_at, move.to_starts_at, asked, said_yes, said_no)
        )
    there = all(
        move.booking.status in LIVE
        and move.booking.starts_at == move.to_starts_at
        and now < min(move.from_starts_at, move.to_starts_at)
        for move in proposal.moves
    )
    return SwapLine(
        proposal.id, proposal.kind, proposal.state, proposal.ended_at or proposal.made_at, tuple(moves),
        may_undo=there and proposal.state is ProposalState.DONE,
    )  # fmt: skip


def _offer_line(offer: SwapOffer) -> OfferLine:
    wanted = sorted(wish.slot.starts_at for wish in offer.wishes)
    return OfferLine(offer.booking_id, offer.booking.pupil.name, offer.starts_at, tuple(wanted), offer.expires_at)


def markets_to_look_at(now: datetime) -> list[tuple[int, int]]:
    """Round and leader of every market where something changed or ended since it was looked at last."""
    offered = (
        select(SwapOffer.id)
        .join(Booking, Booking.id == SwapOffer.booking_id)
        .where(
            Booking.round_id == LeaderOpening.round_id, Booking.leader_id == LeaderOpening.leader_id,
            SwapOffer.state == OfferState.OPEN,
        )
    )  # fmt: skip
    proposed = select(SwapProposal.id).where(
        SwapProposal.round_id == LeaderOpening.round_id, SwapProposal.leader_id == LeaderOpening.leader_id,
        SwapProposal.state == ProposalState.OPEN,
    )  # fmt: skip
    with Session(db.engine) as session:
        rows = session.scalars(select(LeaderOpening).where(or_(offered.exists(), proposed.exists()))).all()
        return [
            (row.round_id, row.leader_id)
            for row in rows
            if (row.swaps_due and row.swaps_due <= now)
            or row.swaps_seen != versions_of(session, row.round_id, row.leader_id)
        ]


def versions_of(session: Session, round_id: int, leader_id: int) -> int:
    """A number that rises with every change of this leader's slots."""
    wanted = select(func.sum(Slot.version)).where(Slot.round_id == round_id, Slot.leader_id == leader_id)
    return session.scalar(wanted) or 0
