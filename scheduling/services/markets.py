"""One leader's talks of a round, and who of them can change places: looked at as a whole, changed as a whole.

While a market is held, nobody in it can book, move or cancel. `settle` does everything that follows from what families
ticked and answered: it ends what is over, carries out what needs nobody's answer any more, finds rings, asks the next
homes. It may run again at any time, and changes nothing when there is nothing to do.

The order of fairness: most families helped, then who offered first. A home has one open question at a time.
"""

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, joinedload

from scheduling.domain.homes import widened
from scheduling.domain.journal import SYSTEM, Actor
from scheduling.domain.mailings import UNSENT, Letter, OutboxState
from scheduling.domain.rounds import LIVE, BookingOrigin, BookingStatus, keeps_pause
from scheduling.domain.single_talks import Medium
from scheduling.domain.swaps import (
    MOST_PARTIES,
    NOT_AGAIN,
    TAKE_BACK_WITHIN,
    CannotChangePlaces,
    Hindrance,
    OfferState,
    ProposalKind,
    ProposalState,
    offer_ends,
    question_ends,
)
from scheduling.domain.timeslots import Span, local
from scheduling.models import (
    Booking,
    Guardianship,
    Household,
    LeaderOpening,
    Outbox,
    Round,
    Slot,
    Staff,
    SwapMove,
    SwapOffer,
    SwapParty,
    SwapProposal,
)
from scheduling.optimiser.problem import SwapSlot, SwapsProblem
from scheduling.optimiser.swaps import solve_swaps
from scheduling.queries import bookings as asking
from scheduling.queries.homes import Near, homes_beside, talks_near
from scheduling.queries.swaps import versions_of
from scheduling.queries.turns import swaps_from, turns_of
from scheduling.services import bookings, outbox
from scheduling.services.journal import record
from scheduling.services.transaction import is_alone, lock

Row = tuple[Slot, ...]
Change = tuple[Booking, Row]


@dataclass(frozen=True)
class _Edge:
    """A talk that would go to this row; `holder` has it now, or it is free."""

    talk: Booking
    row: Row
    holder: Booking | None


class Market:
    """The talks, slots, offers and proposals of one leader in one round, held still until the transaction ends."""

    def __init__(self, session: Session, round_id: int, leader_id: int, now: datetime) -> None:
        self.session, self.leader_id, self.now = session, leader_id, now
        self.opening = _hold(session, round_id, leader_id)
        self.round = session.get_one(Round, round_id)
        self.rules = bookings.rules(self.round)
        self.told: list[dict[str, Any]] = []
        self.read()

    def read(self) -> None:
        """Everything as it is now."""
        self.session.flush()
        self._busy: dict[int, list[Span]] = {}
        self._near: dict[int, dict[int, Near]] = {}
        self.slots = asking.leader_slots(self.session, self.round.id, [self.leader_id])
        self.held = asking.held_slots(self.session, self.round.id, [self.leader_id], self.now)
        wanted = select(Booking).where(
            Booking.round_id == self.round.id, Booking.leader_id == self.leader_id, Booking.status.in_(LIVE)
        )
        wanted = wanted.options(joinedload(Booking.way)).order_by(Booking.id)
        self.talks = {talk.id: talk for talk in self.session.scalars(wanted)}
        self.rows: dict[int, Row] = {
            talk_id: tuple(slot for slot in self.slots if slot.booking_id == talk_id) for talk_id in self.talks
        }
        self.waiting = self._whose_turn_is_to_come()
        offers = self.session.scalars(
            select(SwapOffer)
            .join(Booking, Booking.id == SwapOffer.booking_id)
            .where(
                Booking.round_id == self.round.id, Booking.leader_id == self.leader_id,
                SwapOffer.state == OfferState.OPEN,
            )
            .order_by(SwapOffer.offered_at, SwapOffer.id)
        )  # fmt: skip
        self.offers = {offer.booking_id: offer for offer in offers}
        self.proposals = list(
            self.session.scalars(
                select(SwapProposal)
                .where(
                    SwapProposal.round_id == self.round.id, SwapProposal.leader_id == self.leader_id,
                    SwapProposal.state == ProposalState.OPEN,
                )
                .order_by(SwapProposal.id)
            )
        )  # fmt: skip

    # what is possible

    def row_from(self, slot_id: int | None, length: int) -> Row:
        """So many adjoining slots from this one on; empty when there are not."""
        first = next((n for n, slot in enumerate(self.slots) if slot.id == slot_id), None)
        if first is None:
            return ()
        row = tuple(self.slots[first : first + length])
        whole = len(row) == length and all(a.ends_at == b.starts_at for a, b in itertools.pairwise(row))
        return row if whole else ()

    def edge(self, talk: Booking, slot_id: int | None, *, by_school: bool = False) -> _Edge | None:
        """This talk at this time, if it may be there: free, or another talk of the same length has exactly it.

        Families may change until the lead time; the school, which agrees with them, until a talk begins. A visit at
        home is not swapped: its visitor is on the way before and after it.
        """
        if talk.met is Medium.HOME or (talk.id in self.waiting and not by_school):
            return None
        own = self.rows.get(talk.id, ())
        row = self.row_from(slot_id, len(own)) if own else ()
        if not row or row[0].id == own[0].id or self._is_busy(talk, row):
            return None
        if not (self._is_ahead(talk, row) if by_school else self._in_time(talk, row)):
            return None
        holders = {slot.booking_id for slot in row} - {talk.id}
        if holders == {None} and not any(slot.blocked or slot.id in self.held for slot in row):
            return _Edge(talk, row, None) if self._keeps_pause(talk, row) else None
        holder = self.talks.get(next(iter(holders)) or 0) if len(holders) == 1 else None
        exactly = holder is not None and self.rows[holder.id] == row
        return _Edge(talk, row, holder) if exactly else None

    def keeps_apart(self, edges: Sequence[_Edge]) -> bool:
        """Would homes that must not meet still be so far from each other, when all of these talks have moved?"""
        for edge, other in itertools.permutations(edges, 2):
            near = self._near.get(edge.talk.id, {}).get(other.talk.id)
            if near and widened(_span(other.row), near.minutes).overlaps(_span(edge.row)):
                return False
        return True

    def homes_of(self, talk: Booking) -> list[int | None]:
        """The homes whose yes this talk needs: its own, or both of a joint one; not one that stays away."""
        if talk.household_id is not None:
            return [talk.household_id]
        everybody = asking.homes_invited(self.session, talk.pupil_id, local(self.now).date())
        coming = everybody - bookings.homes_away(self.session, talk)
        return [*sorted(coming)] if coming else [None]

    def is_possible(self, proposal: SwapProposal) -> bool:
        """Could everything of this proposal happen now?"""
        edges = []
        for move in proposal.moves:
            talk = self.talks.get(move.booking_id)
            if talk is None or talk.starts_at != move.from_starts_at:
                return False
            edge = self.edge(talk, move.to_slot_id)
            partners = {other.booking_id for other in proposal.moves}
            if edge is None or (edge.holder and edge.holder.id not in partners):
                return False
            edges.append(edge)
        return self.keeps_apart(edges)

    def _in_time(self, talk: Booking, row: Row) -> bool:
        last = min(offer_ends(self.rules, talk.starts_at), offer_ends(self.rules, row[0].starts_at))
        return self.now < last

    def _is_ahead(self, talk: Booking, row: Row) -> bool:
        return self.now < min(talk.starts_at, row[0].starts_at)

    def hindrance(self, talk: Booking, slot_id: int | None) -> CannotChangePlaces:
        """Why the school cannot put this talk there."""
        row = self.row_from(slot_id, len(self.rows.get(talk.id, ())))
        child = talk.pupil.name.given
        if not row:
            return CannotChangePlaces(Hindrance.OTHER, child)
        if not self._is_ahead(talk, row):
            return CannotChangePlaces(Hindrance.BEGUN, child, min(talk.starts_at, row[0].starts_at))
        if self._is_busy(talk, row):
            return CannotChangePlaces(Hindrance.BUSY, child, row[0].starts_at)
        return CannotChangePlaces(Hindrance.OTHER, child, row[0].starts_at)

    def _keeps_pause(self, talk: Booking, row: Row) -> bool:
        taken = [_span([slot]) for slot in self.slots if slot.booking_id not in (None, talk.id)]
        return keeps_pause([_span([slot]) for slot in row], taken, self.round.max_in_a_row)

    def _is_busy(self, talk: Booking, row: Row) -> bool:
        """Does somebody of this family have another talk then? What this leader does then is the swap itself."""
        if talk.id not in self._busy:
            on = local(talk.starts_at).date()
            expected = asking.expected_guardians(self.session, talk.pupil_id, talk.household_id, on)
            leading = asking.guardians_among(self.session, [self.leader_id])
            own = asking.busy_spans(self.session, guardians=expected, pupil_id=talk.pupil_id, besides=talk.id)
            if talk.request_id:
                own += asking.times_walking(self.session, guardians=expected, leader_id=self.leader_id, besides=talk.id)
            own += asking.times_travelling(
                self.session, guardians=expected, pupil_id=talk.pupil_id, besides=talk.id, leader_id=self.leader_id
            )
            led = asking.busy_spans(self.session, guardians=leading, besides=talk.id) if leading else []
            here = {Span(other.starts_at, other.ends_at) for other in self.talks.values()}
            near = {one.booking_id: one for one in talks_near(self.session, expected, besides=talk.id)}
            gone = [widened(one.span, one.minutes) for one in near.values()]
            self._busy[talk.id] = [*own, *gone, *(span for span in led if span not in here)]
            self._near[talk.id] = near
        return any(map(_span(row).overlaps, self._busy[talk.id]))

    # what becomes of it

    def propose(
        self, kind: ProposalKind, edges: Sequence[_Edge], *, agreed: Iterable[int] = (), made_by: int | None = None
    ) -> SwapProposal:
        """Write a proposal down; the homes that offered `agreed` talks need not be asked."""
        starts = [moment for edge in edges for moment in (edge.talk.starts_at, edge.row[0].starts_at)]
        proposal = SwapProposal(
            round_id=self.round.id, leader_id=self.leader_id, kind=kind, made_at=self.now, made_by=made_by,
            state=ProposalState.OPEN, expires_at=question_ends(self.rules, starts, self.now),
        )  # fmt: skip
        for position, edge in enumerate(edges):
            offer = self.offers.get(edge.talk.id)
            proposal.moves.append(
                SwapMove(
                    booking_id=edge.talk.id, position=position, offer_id=offer.id if offer else None,
                    from_slot_id=self.rows[edge.talk.id][0].id, from_starts_at=edge.talk.starts_at,
                    to_slot_id=edge.row[0].id, to_starts_at=edge.row[0].starts_at,
                )
            )  # fmt: skip
            for home in self.homes_of(edge.talk):
                says_yes = made_by is not None or (
                    edge.talk.id in agreed and offer is not None and offer.household_id == home
                )
                proposal.parties.append(
                    SwapParty(
                        booking_id=edge.talk.id, household_id=home, asked=not says_yes,
                        accepted_at=self.now if says_yes else None,
                    )
                )  # fmt: skip
        self.session.add(proposal)
        self.session.flush()
        self.proposals.append(proposal)
        return proposal

    def carry_out(self, proposal: SwapProposal, by: Actor) -> None:
        """All talks of the proposal change times now, and everybody is told."""
        asked = any(party.asked for party in proposal.parties)
        self._change([(move.booking_id, move.to_slot_id) for move in proposal.moves], by, "done")
        proposal.state, proposal.ended_at = ProposalState.DONE, self.now
        proposal.back_until = self.now + TAKE_BACK_WITHIN if asked else None
        for move in proposal.moves:
            if move.booking_id in self.offers:
                self._end_offer(self.offers[move.booking_id], OfferState.DONE)
        self._note("swaps.done", proposal, by)
        self.read()

    def put_back(self, proposal: SwapProposal, by: Actor) -> None:
        """Everybody gets the earlier time back, and is told."""
        self._change([(move.booking_id, move.from_slot_id) for move in proposal.moves], by, "undone")
        proposal.state, proposal.ended_at, proposal.back_until = ProposalState.UNDONE, self.now, None
        self._note("swaps.undone", proposal, by)
        self.read()

    def refuse(self, party: SwapParty, by: Actor) -> None:
        """This home says no, and so this proposal is over."""
        party.declined_at, party.accepted_at = self.now, None
        self.end(party.proposal, ProposalState.DECLINED, by)

    def end(self, proposal: SwapProposal, state: ProposalState, by: Actor = SYSTEM) -> None:
        """This proposal is over; its letters that have not left the house stay in, and who said yes is told."""
        proposal.state, proposal.ended_at = state, self.now
        self._note(f"swaps.{state}", proposal, by)
        for party in proposal.parties:
            self._keep_in(party)
            if party.asked and party.accepted_at and party.booking_id in self.talks:
                self.post(Letter.SWAP_DECLINED, self.talks[party.booking_id], party.household_id)
        self.proposals = [other for other in self.proposals if other is not proposal]

    def end_offer(self, offer: SwapOffer, state: OfferState, by: Actor = SYSTEM) -> None:
        """Stop looking for this talk; the questions that its time was part of end as well."""
        self._end_offer(offer, state)
        why = ProposalState.WITHDRAWN if state is OfferState.WITHDRAWN else ProposalState.OFF
        for proposal in [one for one in self.proposals if any(move.offer_id == offer.id for move in one.moves)]:
            self.end(proposal, why, by)

    def post(self, letter: Letter, talk: Booking, home: int | None, **facts: Any) -> None:
        """A letter about a swap to one home only."""
        outbox.post_to_home(
            self.session, letter=letter, booking=talk, household_id=home, now=self.now, facts={"swap": facts}
        )

    # what follows from what families said

    def settle(self) -> None:
        """Do everything that follows now."""
        self._end_what_is_over()
        while self._serve():
            self._end_what_is_over()
        self._find_rings()
        self._ask_holders()
        self._tell_who_found_nothing()
        self._tell_leader()
        self.session.flush()
        self.opening.swaps_seen = versions_of(self.session, self.round.id, self.leader_id)
        ends = [offer.expires_at for offer in self.offers.values()] + [one.expires_at for one in self.proposals]
        ends += self.waiting.values() if self.offers else ()  # whose turn comes may be asked
        self.opening.swaps_due = min(ends, default=None)

    def _whose_turn_is_to_come(self) -> dict[int, datetime]:
        """Where the round opens in turns: the talks that nobody swaps before their family's turn, and until when."""
        if not turns_of(self.session, self.round).are_set:
            return {}
        kept = [talk for talk in self.talks.values() if not talk.is_published]
        begin = {talk.id: swaps_from(self.session, self.round, talk, self.now) for talk in kept}
        return {talk_id: at for talk_id, at in begin.items() if at and self.now < at}

    def _end_what_is_over(self) -> None:
        for proposal in list(self.proposals):
            if self.now >= proposal.expires_at:
                self.end(proposal, ProposalState.EXPIRED)
            elif not self.is_possible(proposal):
                self.end(proposal, ProposalState.OFF)
        for offer in list(self.offers.values()):
            talk = self.talks.get(offer.booking_id)
            if talk is None or talk.starts_at != offer.starts_at:
                self.end_offer(offer, OfferState.ENDED)
            elif self.now >= offer.expires_at:
                self.end_offer(offer, OfferState.EXPIRED)
                self.post(Letter.SWAP_EXPIRED, talk, offer.household_id)

    def _serve(self) -> bool:
        """Carry out one change that needs no answer any more: to free times, or two who ticked each other's."""
        alone = {offer.booking_id for offer in self.offers.values() if not self._needs_other_home(offer)}
        for edges in self._found(alone, parties=2):
            kind = ProposalKind.PAIR if edges[-1].holder else ProposalKind.FREE
            self.carry_out(self.propose(kind, edges, agreed={edge.talk.id for edge in edges}), SYSTEM)
            return True
        return False

    def _find_rings(self) -> None:
        """Three talks that each want the next one's time: all are asked."""
        waiting = {move.booking_id for one in self.proposals if one.kind is ProposalKind.RING for move in one.moves}
        free = {offer.booking_id for offer in self.offers.values() if not self._needs_other_home(offer)} - waiting
        for edges in self._found(free, parties=MOST_PARTIES):
            if len(edges) == MOST_PARTIES:
                self._ask(self.propose(ProposalKind.RING, edges))

    def _ask_holders(self) -> None:
        """Ask the homes that hold a ticked time, first for who offered first; each home one question at a time."""
        for offer in self.offers.values():
            talk = self.talks[offer.booking_id]
            for wish in sorted(offer.wishes, key=lambda wish: (wish.slot.starts_at, wish.slot_id)):
                edge = self.edge(talk, wish.slot_id)
                edges = self._exchange(edge) if edge else []
                if edges and self._may_ask(edges):
                    kind = ProposalKind.PAIR if len(edges) > 1 else ProposalKind.FREE
                    self._ask(self.propose(kind, edges, agreed=self.offers))

    def _exchange(self, edge: _Edge) -> list[_Edge]:
        """This talk and the one whose time it would get, there and back; alone, to a free time."""
        if edge.holder is None:
            return [edge]
        back = self.edge(edge.holder, self.rows[edge.talk.id][0].id)
        own = self.offers.get(edge.holder.id)
        ticked = own is None or back is None or back.row[0].id in {wish.slot_id for wish in own.wishes}
        return [edge, back] if back and ticked and self.keeps_apart([edge, back]) else []

    def _may_ask(self, edges: Sequence[_Edge]) -> bool:
        asked = {
            (party.booking_id, party.household_id) for one in self.proposals for party in one.parties if party.asked
        }
        standing = {frozenset((move.booking_id, move.to_slot_id) for move in one.moves) for one in self.proposals}
        if frozenset((edge.talk.id, edge.row[0].id) for edge in edges) in standing:
            return False
        for edge in edges:
            offer = self.offers.get(edge.talk.id)
            homes = [home for home in self.homes_of(edge.talk) if not (offer and offer.household_id == home)]
            if edge.talk.keeps_time and not offer:
                return False
            if any((edge.talk.id, home) in asked for home in homes):
                return False
            if (edge.talk.id, edge.row[0].id) in self.refused(offer, silently=bool(homes)):
                return False
        return True

    def refused(self, offer: SwapOffer | None, *, silently: bool = True) -> set[tuple[int, int | None]]:
        """Which talk would not have which time: said no, or let a question pass. An offer made afterwards asks anew.

        Not who had no time to answer because somebody else in the ring said no.
        """
        said_no = SwapParty.declined_at.is_not(None)
        said_nothing = (SwapProposal.state == ProposalState.EXPIRED) & SwapParty.accepted_at.is_(None)
        rows = self.session.execute(
            select(SwapMove.booking_id, SwapMove.to_slot_id, SwapProposal.ended_at)
            .join(SwapProposal, SwapProposal.id == SwapMove.proposal_id)
            .join(
                SwapParty,
                (SwapParty.proposal_id == SwapMove.proposal_id) & (SwapParty.booking_id == SwapMove.booking_id),
            )
            .where(
                SwapProposal.round_id == self.round.id, SwapProposal.leader_id == self.leader_id,
                SwapProposal.state.in_(NOT_AGAIN), SwapParty.asked,
                or_(said_no, said_nothing) if silently else said_no,
            )
        )  # fmt: skip
        return {
            (talk_id, slot_id)
            for talk_id, slot_id, ended_at in rows
            if offer is None or (ended_at and ended_at >= offer.offered_at)
        }

    def _found(self, talks: set[int], *, parties: int) -> list[list[_Edge]]:
        """The chains and rings that serve most of these talks by their own ticks; who offered first goes first."""
        found: list[list[_Edge]] = []
        for length in sorted({len(self.rows[talk_id]) for talk_id in talks}):
            own = {talk_id for talk_id in talks if len(self.rows[talk_id]) == length}
            edges = self._ticked(own, asking=parties == MOST_PARTIES)
            if edges:
                roster = solve_swaps(self._problem(edges, length, parties))
                ordered = sorted(
                    roster.proposals, key=lambda one: (-len(one), [list(self.offers).index(int(talk)) for talk in one])
                )
                targets = {move.talk: move.target for move in roster.moves}
                found += [_in_order([edges[int(talk), int(targets[talk])] for talk in one]) for one in ordered]
        return [edges for edges in found if self.keeps_apart(edges)]

    def _ticked(self, talks: set[int], *, asking: bool) -> dict[tuple[int, int], _Edge]:
        """Where these talks would go by their ticks. A tick outlives a question that was let pass; but we do not ask
        for it again."""
        edges = {}
        for talk_id in talks:
            offer = self.offers[talk_id]
            refused = self.refused(offer, silently=asking)
            for wish in offer.wishes:
                edge = self.edge(self.talks[talk_id], wish.slot_id)
                if edge and (talk_id, wish.slot_id) not in refused:
                    edges[talk_id, wish.slot_id] = edge
        return edges

    def _problem(self, edges: dict[tuple[int, int], _Edge], length: int, parties: int) -> SwapsProblem:
        held = {self.rows[talk_id][0].id: str(talk_id) for talk_id in self.talks if len(self.rows[talk_id]) == length}
        order = {talk_id: number for number, talk_id in enumerate(self.offers)}
        own = sorted(held, key=lambda slot_id: (order.get(int(held[slot_id]), len(order)), slot_id))
        free = sorted({slot_id for (_, slot_id), edge in edges.items() if edge.holder is None})
        wishes: dict[str, list[str]] = {}
        for talk_id, slot_id in sorted(edges, key=lambda pair: (order[pair[0]], edges[pair].row[0].starts_at)):
            wishes.setdefault(str(talk_id), []).append(str(slot_id))
        slots = [*(SwapSlot(str(slot_id), held[slot_id]) for slot_id in own), *(SwapSlot(str(n)) for n in free)]
        return SwapsProblem(
            slots=tuple(slots), wishes={talk: tuple(wanted) for talk, wanted in wishes.items()}, max_parties=parties
        )

    def _needs_other_home(self, offer: SwapOffer) -> bool:
        return self.homes_of(self.talks[offer.booking_id]) != [offer.household_id]

    def _ask(self, proposal: SwapProposal) -> None:
        for move in proposal.moves:
            if move.booking_id in self.offers:
                self._unsay(self.offers[move.booking_id])
        for party in proposal.parties:
            if party.asked:
                self.post(
                    Letter.SWAP_ASKED, self.talks[party.booking_id], party.household_id, **_trade(proposal, party)
                )

    def _tell_who_found_nothing(self) -> None:
        """Who was sought a time for, and for whom nobody is left to ask, hears that once; we go on looking."""
        for offer in self.offers.values():
            mine = [one for one in self.proposals if any(move.offer_id == offer.id for move in one.moves)]
            if mine or offer.told_at:
                continue
            ended = select(SwapMove.proposal_id).where(SwapMove.offer_id == offer.id).limit(1)
            if self.session.scalar(ended) is not None:
                offer.told_at = self.now
                talk = self.talks[offer.booking_id]
                self.post(Letter.SWAP_DECLINED, talk, offer.household_id, looking=True, offer=offer.id)

    def _unsay(self, offer: SwapOffer) -> None:
        """Somebody is asked after all: word that nobody could, if it has not left, is said again when it is true."""
        if offer.told_at is None:
            return
        waits = select(Outbox.id).where(
            Outbox.letter == Letter.SWAP_DECLINED, Outbox.booking_id == offer.booking_id, Outbox.state.in_(UNSENT),
            Outbox.created_at == offer.told_at,
        )  # fmt: skip
        if self.session.scalar(waits.limit(1)) is not None:
            offer.told_at = None

    def _tell_leader(self) -> None:
        leader = self.session.get_one(Staff, self.leader_id)
        if self.told:
            outbox.post_to_staff(
                self.session, letter=Letter.SWAP_NOTICE, staff=leader, now=self.now, facts={"moves": self.told}
            )
            self.told = []

    def _change(self, moves: Sequence[tuple[int, int | None]], by: Actor, how: str) -> None:
        changes: list[Change] = []
        for talk_id, slot_id in moves:
            talk = self.talks[talk_id]
            changes.append((talk, self.row_from(slot_id, len(self.rows[talk_id]))))
        before = {talk.id: outbox.as_it_was(talk) for talk, _ in changes}
        answers = {talk.id: asking.answer_before(self.session, talk.id) for talk, _ in changes}
        bookings.exchange(self.session, moves=changes, by=by, now=self.now)
        for talk, _ in changes:
            talk.status, talk.confirmed_at, talk.origin = BookingStatus.CONFIRMED, self.now, BookingOrigin.FAMILY
            talk.invited_at = talk.invited_at or self.now  # a next change is news to this family too
            if how == "undone":
                bookings.answer_again(talk, answers[talk.id])
            facts = before[talk.id] | {"swap": {"how": how}}
            outbox.post(self.session, letter=Letter.CHANGED, booking=talk, now=self.now, facts=facts)
            self.told.append(
                {
                    "pupil_id": talk.pupil_id, "booking_id": talk.id, "was": before[talk.id]["was"]["starts_at"],
                    "now": talk.starts_at.isoformat(), "how": how,
                }
            )  # fmt: skip

    def _end_offer(self, offer: SwapOffer, state: OfferState) -> None:
        offer.state, offer.ended_at = state, self.now
        self.offers.pop(offer.booking_id, None)

    def _keep_in(self, party: SwapParty) -> None:
        """A letter of this question, or about the yes to it, that has not left yet stays in the house."""
        letters = Letter.SWAP_ASKED, Letter.SWAP_ACCEPTED
        waiting = self.session.scalars(
            select(Outbox)
            .where(Outbox.letter.in_(letters), Outbox.booking_id == party.booking_id, Outbox.state.in_(UNSENT))
            .with_for_update()
        )
        for row in waiting:
            if row.facts.get("swap", {}).get("key") == party.key:
                row.state = OutboxState.SUPERSEDED

    def _note(self, action: str, proposal: SwapProposal, by: Actor) -> None:
        record(
            self.session, by=by, action=action, subject="swap", subject_id=proposal.id, now=self.now,
            talks=[move.booking_id for move in proposal.moves], kind=proposal.kind,
        )  # fmt: skip


def _hold(session: Session, round_id: int, leader_id: int) -> LeaderOpening:
    """Lock the market, then its families, then its slots: in this order, always."""
    wanted = select(LeaderOpening).where(LeaderOpening.round_id == round_id, LeaderOpening.leader_id == leader_id)
    opening = session.scalars(wanted.with_for_update()).one()
    if is_alone(session):
        return opening
    pupils = select(Booking.pupil_id).where(
        Booking.round_id == round_id, Booking.leader_id == leader_id, Booking.status.in_(LIVE)
    )
    guardians = set(session.scalars(select(Guardianship.guardian_id).where(Guardianship.pupil_id.in_(pupils))))
    guardians |= asking.guardians_among(session, [leader_id])
    around = or_(
        Guardianship.pupil_id.in_(pupils),
        Guardianship.guardian_id.in_(guardians),
        Guardianship.pupil_id.in_(homes_beside(guardians)),
    )
    lock(session, Household, session.scalars(select(Guardianship.household_id).where(around).distinct()))
    slots = select(Slot.id).where(Slot.round_id == round_id, Slot.leader_id == leader_id)
    lock(session, Slot, session.scalars(slots))
    return opening


def _span(slots: Sequence[Slot]) -> Span:
    return Span(slots[0].starts_at, slots[-1].ends_at)


def _in_order(edges: list[_Edge]) -> list[_Edge]:
    """Each talk before the one whose time it takes: a chain ends at the free time."""
    by_talk = {edge.talk.id: edge for edge in edges}
    wanted = {edge.holder.id for edge in edges if edge.holder}
    first = next((edge for edge in edges if edge.talk.id not in wanted), edges[0])
    ordered = [first]
    while len(ordered) < len(edges) and ordered[-1].holder:
        ordered.append(by_talk[ordered[-1].holder.id])
    return ordered


def _trade(proposal: SwapProposal, party: SwapParty) -> dict[str, Any]:
    """What a letter asks one home: its own two times and until when, and nothing of anybody else."""
    move = next(move for move in proposal.moves if move.booking_id == party.booking_id)
    return {
        "key": party.key, "from": move.from_starts_at.isoformat(), "to": move.to_starts_at.isoformat(),
        "until": proposal.expires_at.isoformat(),
        "other_home": any(one.booking_id == party.booking_id and not one.asked for one in proposal.parties),
    }  # fmt: skip
