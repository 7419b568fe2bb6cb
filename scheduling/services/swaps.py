"""Swaps by families: offer a time, say yes or no, take it back; by the school: make one, undo one.

Every act holds the leader's whole market (`services/markets.py`), so that of two answers one is first.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import BookingStatus, RoundMode, SlotTaken, TalkCancelled
from scheduling.domain.single_talks import Medium
from scheduling.domain.swaps import (
    MOST_PARTIES,
    CannotChangePlaces,
    Hindrance,
    NoSuchSwap,
    NoSwapsHere,
    NotEnoughTalks,
    NothingTicked,
    NotTheSameLeader,
    NotTheSameLength,
    OfferState,
    ProposalKind,
    ProposalState,
    SwapOver,
    ensure_takes_back,
    offer_ends,
    takes_back_until,
)
from scheduling.domain.timeslots import local
from scheduling.models import (
    Booking,
    SwapOffer,
    SwapParty,
    SwapProposal,
    SwapWish,
)
from scheduling.queries import bookings as asking
from scheduling.queries.bookings import Home
from scheduling.queries.swaps import markets_to_look_at
from scheduling.queries.turns import swaps_from
from scheduling.services.journal import record
from scheduling.services.markets import Market
from scheduling.services.transaction import transaction


def offer(*, booking_id: int, slot_ids: Sequence[int], by: Actor, now: datetime) -> None:
    """Offer this talk's time; each ticked time would do instead. Offering again changes the ticks."""
    with transaction() as session:
        talk, home = _own(session, booking_id, by, now)
        market = Market(session, talk.round_id, talk.leader_id, now)
        _ensure_swaps(market, talk, now)
        wanted = [slot_id for slot_id in dict.fromkeys(slot_ids) if market.edge(talk, slot_id)]
        if not slot_ids:
            raise NothingTicked
        if not wanted:
            raise SlotTaken
        _write_down(market, talk, home, wanted, by)
        talk.keeps_time = False
        record(session, by=by, action="swaps.offer", subject="booking", subject_id=talk.id, now=now, slots=wanted)
        market.read()
        _say_yes_by_ticks(market, talk, home, wanted, by)
        market.settle()


def withdraw(*, booking_id: int, by: Actor, now: datetime) -> None:
    """Stop looking: the own time stays as it is."""
    with transaction() as session:
        talk, _ = _own(session, booking_id, by, now)
        market = Market(session, talk.round_id, talk.leader_id, now)
        if talk.id in market.offers:
            market.end_offer(market.offers[talk.id], OfferState.WITHDRAWN, by)
            record(session, by=by, action="swaps.withdraw", subject="booking", subject_id=talk.id, now=now)
            market.settle()


def accept(*, key: str, by: Actor, now: datetime) -> None:
    """Yes: when everybody said so, the times change at once. Saying it twice is saying it once."""
    over = False
    with transaction() as session:
        market, party = _asked(session, key, by, now)
        proposal = party.proposal
        if proposal.state is ProposalState.DONE or (proposal.state is ProposalState.OPEN and party.accepted_at):
            return
        over = not _is_open(market, proposal)
        if not over:
            party.accepted_at = now
            record(session, by=by, action="swaps.accept", subject="swap", subject_id=proposal.id, now=now)
            if all(one.accepted_at for one in proposal.parties):
                market.carry_out(proposal, by)
            else:
                market.post(Letter.SWAP_ACCEPTED, party.booking, party.household_id, key=party.key)
        market.settle()
    if over:
        raise SwapOver


def decline(*, key: str, keep: bool = False, by: Actor, now: datetime) -> None:
    """No, we keep our time; with `keep` we are not asked about this talk again. Also: our yes no longer counts."""
    over = False
    with transaction() as session:
        market, party = _asked(session, key, by, now)
        proposal = party.proposal
        over = proposal.state is ProposalState.DONE
        if proposal.state is ProposalState.OPEN:
            market.refuse(party, by)
            _refuse_same_move(market, party, by)
            _stop_if_all_is_refused(market, party, by)
        if keep and not over:
            party.booking.keeps_time = True
            _end_other_questions(market, party, by)
        if not over:
            record(session, by=by, action="swaps.decline", subject="swap", subject_id=proposal.id, now=now, keep=keep)
            market.settle()
    if over:
        raise SwapOver


def take_back(*, key: str, by: Actor, now: datetime) -> None:
    """Everybody back to the earlier time, for a short while after our yes."""
    with transaction() as session:
        market, party = _asked(session, key, by, now)
        proposal = party.proposal
        if proposal.state is ProposalState.UNDONE:
            return
        if proposal.state is not ProposalState.DONE:
            raise SwapOver
        ensure_takes_back(takes_back_until(proposal.back_until, party.accepted_at), now)
        _put_back(market, proposal, by)
        party.declined_at, party.accepted_at = now, None
        _look_again_for(market, proposal, besides=party.booking_id)
        market.settle()


def make(*, booking_ids: Sequence[int], leader_id: int, by: Actor, now: datetime) -> int:
    """The school lets two or three talks of this leader change times, each to the next one's; its id."""
    if not 2 <= len(booking_ids) <= MOST_PARTIES or len(set(booking_ids)) < len(booking_ids):
        raise NotEnoughTalks
    with transaction() as session:
        talks = [_standing(session, booking_id) for booking_id in booking_ids]
        if {(talk.round_id, talk.leader_id) for talk in talks} != {(talks[0].round_id, leader_id)}:
            raise NotTheSameLeader
        market = Market(session, talks[0].round_id, talks[0].leader_id, now)
        if len({len(market.rows[talk.id]) for talk in talks}) > 1:
            raise NotTheSameLength
        edges = []
        for talk, following in zip(talks, [*talks[1:], talks[0]], strict=True):
            slot_id = market.rows[following.id][0].id
            edge = market.edge(talk, slot_id, by_school=True)
            if edge is None:
                raise market.hindrance(talk, slot_id)
            edges.append(edge)
        if not market.keeps_apart(edges):
            raise CannotChangePlaces(Hindrance.OTHER)
        proposal = market.propose(ProposalKind.BY_SCHOOL, edges, made_by=by.id)
        market.carry_out(proposal, by)
        market.settle()
        return proposal.id


def undo(*, proposal_id: int, leader_id: int, by: Actor, now: datetime) -> None:
    """The school puts a swap back; everybody in it is told."""
    with transaction() as session:
        found = session.get(SwapProposal, proposal_id)
        if found is None or found.leader_id != leader_id:
            raise NoSuchSwap
        market = Market(session, found.round_id, found.leader_id, now)
        session.refresh(found)
        if found.state is ProposalState.UNDONE:
            return
        if found.state is not ProposalState.DONE:
            raise SwapOver
        _put_back(market, found, by, by_school=True)
        market.settle()


def look_again(now: datetime) -> int:
    """Look at every market where something changed or ended since it was looked at last; how many those were."""
    looked = 0
    for round_id, leader_id in markets_to_look_at(now):
        with transaction() as session:
            Market(session, round_id, leader_id, now).settle()
            looked += 1
    return looked


def _own(session: Session, booking_id: int, by: Actor, now: datetime) -> tuple[Booking, Home]:
    talk = session.get(Booking, booking_id)
    home = asking.find_home(session, by, talk.pupil_id, local(now).date()) if talk else None
    if talk is None or home is None or not asking.is_of(talk, home):
        raise NotFound
    return talk, home


def _standing(session: Session, booking_id: int) -> Booking:
    talk = session.get(Booking, booking_id)
    if talk is None:
        raise NotFound
    if talk.status is BookingStatus.CANCELLED:
        raise TalkCancelled
    return talk


def _write_down(market: Market, talk: Booking, home: Home, wanted: Sequence[int], by: Actor) -> None:
    """The offer with these ticks. One that stands keeps its turn, and the questions that still fit it.

    Not one of a time that this talk left meanwhile, or by the other home; and a new tick for a time that was refused
    counts from now.
    """
    standing = market.offers.get(talk.id)
    moved = standing is not None and standing.starts_at != talk.starts_at
    if standing and (moved or standing.household_id != home.household_id):
        market.end_offer(standing, OfferState.ENDED if moved else OfferState.WITHDRAWN, by)
        market.session.flush()
        standing = None
    if standing is None:
        standing = SwapOffer(
            booking_id=talk.id, household_id=home.household_id, starts_at=talk.starts_at, offered_at=market.now,
            state=OfferState.OPEN, expires_at=offer_ends(market.rules, talk.starts_at),
        )  # fmt: skip
        market.session.add(standing)
    for proposal in list(market.proposals):
        if any(move.offer_id == standing.id and move.to_slot_id not in wanted for move in proposal.moves):
            market.end(proposal, ProposalState.WITHDRAWN, by)
    ticked = {wish.slot_id: wish for wish in standing.wishes}
    if any((talk.id, slot_id) in market.refused(standing) for slot_id in wanted if slot_id not in ticked):
        standing.offered_at = market.now  # another mind counts from now on: it takes away no earlier turn
    standing.wishes = [ticked.get(slot_id) or SwapWish(slot_id=slot_id) for slot_id in wanted]
    standing.told_at = None


def _ensure_swaps(market: Market, talk: Booking, now: datetime) -> None:
    if market.round.mode is not RoundMode.ROSTER_THEN_SWAP or talk.met is Medium.HOME:
        raise NoSwapsHere
    if talk.id not in market.talks:
        raise TalkCancelled
    replace(market.rules, opens_at=swaps_from(market.session, market.round, talk, now)).ensure_open(now)
    market.rules.ensure_in_time(talk.starts_at, now)


def _asked(session: Session, key: str, by: Actor, now: datetime) -> tuple[Market, SwapParty]:
    """The question of this key, if it was put to this person's home; anybody else's is not there."""
    party = session.scalar(select(SwapParty).where(SwapParty.key == key))
    home = asking.find_home(session, by, party.booking.pupil_id, local(now).date()) if party else None
    if party is None or home is None or not party.asked:
        raise NotFound
    if party.household_id != home.household_id or not asking.is_of(party.booking, home):
        raise NotFound
    market = Market(session, party.proposal.round_id, party.proposal.leader_id, now)
    session.refresh(party)
    session.refresh(party.proposal)
    return market, party


def _refuse_same_move(market: Market, refused: SwapParty, by: Actor) -> None:
    """Who said no to a time does not get it by another swap either, not even by an own tick: it is a no there too."""
    move = next(move for move in refused.proposal.moves if move.booking_id == refused.booking_id)
    for proposal in list(market.proposals):
        if (move.booking_id, move.to_slot_id) in [(one.booking_id, one.to_slot_id) for one in proposal.moves]:
            for party in proposal.parties:
                if (party.booking_id, party.household_id) == (refused.booking_id, refused.household_id):
                    market.refuse(party, by)


def _stop_if_all_is_refused(market: Market, refused: SwapParty, by: Actor) -> None:
    """Who said no to the last time that it had ticked itself looks no further."""
    offer = market.offers.get(refused.booking_id)
    if offer and offer.household_id == refused.household_id:
        noes = market.refused(offer, silently=False)
        if all((offer.booking_id, wish.slot_id) in noes for wish in offer.wishes):
            market.end_offer(offer, OfferState.WITHDRAWN, by)


def _end_other_questions(market: Market, kept: SwapParty, by: Actor) -> None:
    """Who does not want to be asked any more is not left with another question; own ticks stand."""
    offer = market.offers.get(kept.booking_id)
    ticks = {wish.slot_id for wish in offer.wishes} if offer else set()
    for proposal in list(market.proposals):
        if any(move.booking_id == kept.booking_id and move.to_slot_id in ticks for move in proposal.moves):
            continue
        for party in proposal.parties:
            if party.asked and (party.booking_id, party.household_id) == (kept.booking_id, kept.household_id):
                market.refuse(party, by)


def _is_open(market: Market, proposal: SwapProposal) -> bool:
    open_still = proposal.state is ProposalState.OPEN and market.now < proposal.expires_at
    return open_still and market.is_possible(proposal)


def _say_yes_by_ticks(market: Market, talk: Booking, home: Home, wanted: Sequence[int], by: Actor) -> None:
    """Who is asked for a swap and then ticks that very time, says yes to it."""
    for proposal in list(market.proposals):
        for party in proposal.parties:
            mine = party.asked and (party.booking_id, party.household_id) == (talk.id, home.household_id)
            move = next(move for move in proposal.moves if move.booking_id == party.booking_id)
            if mine and proposal.kind is ProposalKind.PAIR and move.to_slot_id in wanted and _is_open(market, proposal):
                party.accepted_at = market.now
                if all(one.accepted_at for one in proposal.parties):
                    market.carry_out(proposal, by)
                    return


def _put_back(market: Market, proposal: SwapProposal, by: Actor, *, by_school: bool = False) -> None:
    """As it was before, if nobody of them moved since and each earlier time is theirs to return to."""
    partners = {move.booking_id for move in proposal.moves}
    edges = []
    for move in proposal.moves:
        talk = market.talks.get(move.booking_id)
        stands = talk is not None and talk.starts_at == move.to_starts_at
        edge = market.edge(talk, move.from_slot_id, by_school=by_school) if talk and stands else None
        if edge is None or (edge.holder and edge.holder.id not in partners):
            raise SwapOver
        edges.append(edge)
    if not market.keeps_apart(edges):
        raise SwapOver
    market.put_back(proposal, by)


def _look_again_for(market: Market, proposal: SwapProposal, *, besides: int) -> None:
    """Who still wants another time is looked for again, except the one who went back."""
    for move in proposal.moves:
        found = market.session.get(SwapOffer, move.offer_id) if move.offer_id else None
        again = found is not None and move.booking_id != besides and market.now < found.expires_at
        if found and again and found.state is OfferState.DONE:
            if later := market.offers.get(move.booking_id):  # of the time that it has no longer
                market.end_offer(later, OfferState.ENDED)
                market.session.flush()
            found.state, found.ended_at, found.told_at = OfferState.OPEN, None, market.now
    market.read()
