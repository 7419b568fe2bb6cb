"""Races about swaps: in each round a fresh row of times, two or three who act at once, and every rule looked at after.

A row of times is written as a word: `ABC...` says that families A, B and C hold the first three times. A case lists for
every pair of answers how the row may look then: one of the two was first, and nothing in between exists.
"""

import hashlib
import itertools
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from flask import Flask
from sqlalchemy import event, select, update
from sqlalchemy.orm import Session

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.people import Authority
from scheduling.domain.rounds import LIVE, BookingOrigin, BookingStatus, RoundMode
from scheduling.domain.swaps import OfferState, ProposalState
from scheduling.models import (
    Booking,
    Enrolment,
    Guardian,
    Guardianship,
    Household,
    JournalLine,
    LeaderOpening,
    Outbox,
    Pupil,
    Slot,
    Staff,
    SwapOffer,
    SwapParty,
    SwapProposal,
    base,
    db,
)
from scheduling.services import bookings, markets
from scheduling.services.markets import Market
from scheduling.services.transaction import transaction
from tests.builders import NOW, TUESDAY, a_class, a_leader, a_round, a_school, a_year
from tests.concurrency.players import OK, Act, Players

LENGTH = timedelta(minutes=20)
TIMES = 6
SOON = 0.012
"""Nobody begins later than so many seconds after the first: who is first differs from round to round."""
MOVES = ("bookings.swap", "bookings.move")
CHANGES = (*MOVES, "bookings.release")


@dataclass(frozen=True)
class Family:
    guardian_id: int
    pupil_id: int
    talk_id: int

    @property
    def by(self) -> Actor:
        return Actor(ActorKind.GUARDIAN, self.guardian_id)


@dataclass
class Row:
    """One leader's times and the families that hold the first of them."""

    round_id: int
    leader_id: int
    slots: list[int]
    families: dict[str, Family]
    now: datetime = NOW
    keys: dict[str, str] = field(default_factory=dict)

    def later(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now

    # what families do

    def offer(self, name: str, *places: int) -> Act:
        slots = [self.slots[place] for place in places]
        return self._act("swaps.offer", name, booking_id=self.families[name].talk_id, slot_ids=slots)

    def withdraw(self, name: str) -> Act:
        return self._act("swaps.withdraw", name, booking_id=self.families[name].talk_id)

    def accept(self, name: str) -> Act:
        return self._act("swaps.accept", name, key=self.keys[name])

    def decline(self, name: str) -> Act:
        return self._act("swaps.decline", name, key=self.keys[name])

    def take_back(self, name: str) -> Act:
        return self._act("swaps.take_back", name, key=self.keys[name])

    def move(self, name: str, place: int) -> Act:
        return self._act("bookings.move", name, booking_id=self.families[name].talk_id, slot_id=self.slots[place])

    def cancel(self, name: str) -> Act:
        return self._act("bookings.cancel", name, booking_id=self.families[name].talk_id)

    def led(self, name: str, place: int) -> Act:
        """The leader moves this family's talk, after a call."""
        given = {"booking_id": self.families[name].talk_id, "slot_id": self.slots[place], "leader_id": self.leader_id}
        by = Actor(ActorKind.STAFF, self.leader_id)
        return Act("leading.move", given | {"agreed": True, "origin": BookingOrigin.LEADER, "by": by, "now": self.now})

    def undo(self) -> Act:
        """The school puts the last swap back."""
        last = select(SwapProposal.id).where(SwapProposal.leader_id == self.leader_id).order_by(SwapProposal.id.desc())
        given = {"proposal_id": db.session.scalars(last).first(), "leader_id": self.leader_id}
        db.session.rollback()
        return Act("swaps.undo", given | {"by": Actor(ActorKind.STAFF, self.leader_id), "now": self.now})

    def before(self, *steps: tuple[Any, ...]) -> None:
        """What happened before the race, one thing after the other: the verb, the family, the places."""
        for verb, name, *places in steps:
            getattr(self, verb)(name, *places).do()
            self.later()
            self.ask_who_is_asked()

    def ask_who_is_asked(self) -> None:
        """Remember each family's open question."""
        wanted = (
            select(SwapParty.booking_id, SwapParty.key)
            .join(SwapProposal, SwapProposal.id == SwapParty.proposal_id)
            .where(
                SwapProposal.leader_id == self.leader_id, SwapProposal.state == ProposalState.OPEN, SwapParty.asked,
            )
            .order_by(SwapParty.id)
        )  # fmt: skip
        found = dict(db.session.execute(wanted).all())
        self.keys |= {n: found[family.talk_id] for n, family in self.families.items() if family.talk_id in found}
        db.session.rollback()

    def word(self) -> str:
        names = {family.talk_id: name for name, family in self.families.items()}
        held = select(Slot.booking_id).where(Slot.id.in_(self.slots)).order_by(Slot.starts_at)
        return "".join(names[talk_id] if talk_id else "." for talk_id in db.session.scalars(held))

    def _act(self, service: str, name: str, **given: Any) -> Act:
        return Act(service, given | {"by": self.families[name].by, "now": self.now})


Ends = Mapping[tuple[str, ...], set[str]]
OVER, TAKEN = "SwapOver", "SlotTaken"


@dataclass(frozen=True)
class Race:
    """Who acts at once, and then perhaps once more, and how the row may look for each answer."""

    acts: list[Act]
    ends: Ends
    then: Callable[[], list[Act]] | None = None


def two_families_say_yes(row: Row) -> Race:
    row.before(("offer", "A", 1, 2))
    return Race([row.accept("B"), row.accept("C")], {(OK, OVER): {"BAC..."}, (OVER, OK): {"CBA..."}})


def one_yes_is_pressed_twice(row: Row) -> Race:
    row.before(("offer", "A", 1))
    return Race([row.accept("B"), row.accept("B")], {(OK, OK): {"BAC..."}})


def a_yes_and_a_no_from_one_home(row: Row) -> Race:
    row.before(("offer", "A", 1))
    return Race([row.accept("B"), row.decline("B")], {(OK, OVER): {"BAC..."}, (OVER, OK): {"ABC..."}})


def a_yes_while_the_offer_is_withdrawn(row: Row) -> Race:
    row.before(("offer", "A", 1))
    return Race([row.accept("B"), row.withdraw("A")], {(OK, OK): {"BAC..."}, (OVER, OK): {"ABC..."}})


def a_yes_while_the_other_cancels(row: Row) -> Race:
    row.before(("offer", "A", 1))
    return Race([row.accept("B"), row.cancel("A")], {(OK, OK): {"B.C..."}, (OVER, OK): {".BC..."}})


def a_yes_while_the_same_home_cancels(row: Row) -> Race:
    """Who cancelled first leaves a time that A ticked: A gets it all the same."""
    row.before(("offer", "A", 1))
    return Race([row.accept("B"), row.cancel("B")], {(OK, OK): {".AC..."}, (OVER, OK): {".AC..."}})


def a_yes_while_the_other_moves(row: Row) -> Race:
    row.before(("offer", "A", 1))
    return Race([row.accept("B"), row.move("A", 5)], {(OK, OK): {"B.C..A"}, (OVER, OK): {".BC..A"}})


def a_yes_while_the_same_home_moves(row: Row) -> Race:
    row.before(("offer", "A", 1))
    return Race([row.accept("B"), row.move("B", 5)], {(OK, OK): {".AC..B"}, (OVER, OK): {".AC..B"}})


def a_ring_of_three_says_yes(row: Row) -> Race:
    _ring(row)
    return Race([row.accept("A"), row.accept("B"), row.accept("C")], {(OK, OK, OK): {"CABD.."}})


def a_ring_and_a_pair_that_share_a_talk(row: Row) -> Race:
    _ring(row, 1, 3)
    row.before(("accept", "A"), ("accept", "B"))
    return Race([row.accept("C"), row.accept("D")], {(OK, OVER): {"CABD.."}, (OVER, OK): {"DBCA.."}})


def two_rings_that_share_two_talks(row: Row) -> Race:
    """A wants B's time, B wants C's or D's, and C and D both want A's at the same moment; then everybody says yes."""
    row.before(("offer", "A", 1), ("decline", "B"), ("offer", "B", 2, 3), ("decline", "C"), ("decline", "D"))
    row.keys.clear()

    def everybody_says_yes() -> list[Act]:
        row.ask_who_is_asked()
        return [row.accept(name) for name in row.keys]

    return Race([row.offer("C", 0), row.offer("D", 0)], {(OK, OK): {"CABD..", "DACB.."}}, everybody_says_yes)


def two_tick_each_others_time(row: Row) -> Race:
    return Race([row.offer("A", 1), row.offer("B", 0)], {(OK, OK): {"BAC..."}})


def two_tick_one_free_time(row: Row) -> Race:
    return Race([row.offer("A", 4), row.offer("B", 4)], {(OK, OK): {".BC.A.", "A.C.B."}})


def a_tick_and_a_move_to_one_free_time(row: Row) -> Race:
    return Race([row.offer("A", 4), row.move("B", 4)], {(OK, TAKEN): {".BC.A."}, (OK, OK): {"A.C.B."}})


def taking_back_while_the_other_moves(row: Row) -> Race:
    row.before(("offer", "A", 1), ("accept", "B"))
    return Race([row.take_back("B"), row.move("A", 5)], {(OK, OK): {".BC..A"}, (OVER, OK): {"B.C..A"}})


def taking_back_while_the_school_undoes(row: Row) -> Race:
    row.before(("offer", "A", 1), ("accept", "B"))
    return Race([row.take_back("B"), row.undo()], {(OK, OK): {"ABC..."}})


def two_colleagues_move_one_talk(row: Row) -> Race:
    return Race([row.led("A", 4), row.led("A", 5)], {(OK, OK): {".BC.A.", ".BC..A"}})


def a_leader_and_a_family_want_one_free_time(row: Row) -> Race:
    return Race([row.led("A", 4), row.move("B", 4)], {(OK, TAKEN): {".BC.A."}, (TAKEN, OK): {"A.C.B."}})


def a_leader_and_a_family_move_one_talk(row: Row) -> Race:
    return Race([row.led("A", 4), row.move("A", 5)], {(OK, OK): {".BC.A.", ".BC..A"}})


def a_yes_while_the_leader_moves_the_talk(row: Row) -> Race:
    row.before(("offer", "A", 1))
    return Race([row.accept("B"), row.led("A", 5)], {(OK, OK): {"B.C..A"}, (OVER, OK): {".BC..A"}})


CASES: list[tuple[Callable[[Row], Race], int]] = [
    (two_families_say_yes, 3), (one_yes_is_pressed_twice, 3), (a_yes_and_a_no_from_one_home, 3),
    (a_yes_while_the_offer_is_withdrawn, 3), (a_yes_while_the_other_cancels, 3),
    (a_yes_while_the_same_home_cancels, 3), (a_yes_while_the_other_moves, 3), (a_yes_while_the_same_home_moves, 3),
    (a_ring_of_three_says_yes, 4), (a_ring_and_a_pair_that_share_a_talk, 4), (two_rings_that_share_two_talks, 4),
    (two_tick_each_others_time, 3), (two_tick_one_free_time, 3), (a_tick_and_a_move_to_one_free_time, 3),
    (taking_back_while_the_other_moves, 3), (taking_back_while_the_school_undoes, 3),
    (two_colleagues_move_one_talk, 3), (a_leader_and_a_family_want_one_free_time, 3),
    (a_leader_and_a_family_move_one_talk, 3), (a_yes_while_the_leader_moves_the_talk, 3),
]  # fmt: skip
"""Each case and how many families it needs."""

AT_ONCE = 4
"""So many processes play."""


class Ground:
    """The school in which every round of the races is played."""

    def __init__(self) -> None:
        a_school()
        self.year_id = a_year().id
        self.class_id = a_class("3", leaders=[a_leader("anna")]).id
        found = a_round(classes=[], mode=RoundMode.ROSTER_THEN_SWAP, max_in_a_row=0)
        self.round_id = found.id
        self.count = 0

    def row(self, families: int) -> Row:
        """A leader of its own with six times, and families who hold the first ones."""
        self.count += 1
        mark = f"r{self.count}"
        leader = Staff(code=mark, given_name="Leider", surname="Jansen", email=f"{mark}@linde.example.org")
        db.session.add(leader)
        db.session.flush()
        db.session.add(LeaderOpening(round_id=self.round_id, leader_id=leader.id, opened_at=NOW))
        first = [TUESDAY + n * LENGTH for n in range(TIMES)]
        slots = [
            Slot(round_id=self.round_id, leader_id=leader.id, starts_at=at, ends_at=at + LENGTH, room="lokaal 3")
            for at in first
        ]
        db.session.add_all(slots)
        names = "ABCD"[:families]
        people = {name: self._family(f"{mark}{name}") for name in names}
        db.session.flush()
        row = Row(self.round_id, leader.id, [slot.id for slot in slots], {})
        for (name, (pupil, home, guardian)), slot in zip(people.items(), slots, strict=False):
            row.families[name] = self._talk(leader, pupil, home, guardian, slot)
        db.session.commit()
        return row

    def _family(self, mark: str) -> tuple[Pupil, Household, Guardian]:
        trio = (
            Pupil(number=mark, given_name=f"Kind{mark}"),
            Household(key=hashlib.sha256(mark.encode()).hexdigest()),
            Guardian(external_id=mark, given_name=f"Ouder{mark}", email=f"{mark}@ouders.example.org"),
        )
        db.session.add_all(trio)
        return trio

    def _talk(self, leader: Staff, pupil: Pupil, home: Household, guardian: Guardian, slot: Slot) -> Family:
        talk = Booking(
            round_id=self.round_id, pupil_id=pupil.id, household_id=home.id, leader_id=leader.id,
            starts_at=slot.starts_at, ends_at=slot.ends_at, room=slot.room, status=BookingStatus.INVITED,
            origin=BookingOrigin.ROSTER, ical_uid=f"{pupil.number}@localhost", ical_stamp=NOW,
        )  # fmt: skip
        db.session.add_all([
            talk, Enrolment(pupil_id=pupil.id, year_id=self.year_id, class_id=self.class_id),
            Guardianship(pupil_id=pupil.id, guardian_id=guardian.id, household_id=home.id, authority=Authority.YES),
        ])  # fmt: skip
        db.session.flush()
        slot.booking_id = talk.id
        return Family(guardian.id, pupil.id, talk.id)


def run(players: Players, ground: Ground, case: Callable[[Row], Race], families: int, dice: random.Random) -> Row:
    """One round: lay out, let them act at once, look at everything. Raises what is wrong."""
    row = ground.row(families)
    race = case(row)
    row.later()
    answers = players.act(*_shuffled(race.acts, dice))
    if race.then:
        again = players.act(*_shuffled(race.then(), dice))
        assert set(again) <= {OK, OVER}, again
    db.session.rollback()
    assert answers in race.ends, f"{case.__name__}: {answers}"
    word = row.word()
    assert word in race.ends[answers], f"{case.__name__}: {answers} and then {word}"
    check(row)
    return row


def _shuffled(acts: Sequence[Act], dice: random.Random) -> list[Act]:
    return [Act(act.service, act.given, dice.choice((0.0, dice.uniform(0, SOON)))) for act in acts]


# what must hold after every round


def check(row: Row) -> None:
    """Every rule of a leader's row: talks and times, letters and history, offers and proposals."""
    db.session.rollback()
    with transaction() as session:
        Market(session, row.round_id, row.leader_id, row.now).settle()
    talks = list(db.session.scalars(select(Booking).where(Booking.leader_id == row.leader_id)))
    slots = list(db.session.scalars(select(Slot).where(Slot.leader_id == row.leader_id).order_by(Slot.starts_at)))
    lines = list(
        db.session.scalars(
            select(JournalLine)
            .where(JournalLine.subject == "booking", JournalLine.subject_id.in_([talk.id for talk in talks]))
            .order_by(JournalLine.id)
        )
    )
    changes = [line for line in lines if line.action in CHANGES]
    check_talks(talks, slots)
    check_history(row, talks, slots, changes)
    check_letters(row, talks, changes)
    check_swaps(row, talks, slots, changes)
    db.session.rollback()


def check_talks(talks: Sequence[Booking], slots: Sequence[Slot]) -> None:
    """Each talk holds exactly its own times; nobody is in two places."""
    for talk in talks:
        held = [slot for slot in slots if slot.booking_id == talk.id]
        if talk.status not in LIVE:
            assert not held, "a talk that is off holds no time"
            continue
        assert held, "a talk without a time"
        assert (held[0].starts_at, held[-1].ends_at) == (talk.starts_at, talk.ends_at), "a talk beside its time"
        assert all(a.ends_at == b.starts_at for a, b in itertools.pairwise(held)), "a talk in pieces"
    live = [talk for talk in talks if talk.status in LIVE]
    assert {slot.booking_id for slot in slots} - {None} == {talk.id for talk in live}
    for one, other in itertools.combinations(live, 2):
        if one.pupil_id == other.pupil_id:
            assert one.ends_at <= other.starts_at or other.ends_at <= one.starts_at, "a pupil in two talks at once"


def check_history(row: Row, talks: Sequence[Booking], slots: Sequence[Slot], changes: Sequence[JournalLine]) -> None:
    """The journal, played again line by line, is possible at every step and leads to what is there now."""
    held: dict[int, int] = {
        slot: family.talk_id for slot, family in zip(row.slots, row.families.values(), strict=False)
    }
    waiting = list(changes)
    while waiting:
        count = waiting[0].facts.get("talks", 1)
        together, waiting = waiting[:count], waiting[count:]
        assert all(line.facts.get("talks", 1) == count for line in together), "a swap in pieces"
        for line in together:
            for slot in line.facts["left"]:
                assert held.pop(slot, None) == line.subject_id, "somebody left a time that was not theirs"
        for line in together:
            for slot in line.facts.get("slots", []):
                assert slot not in held, "somebody took a time that was taken"
                held[slot] = line.subject_id or 0
    assert held == {slot.id: slot.booking_id for slot in slots if slot.booking_id}, "the history leads elsewhere"
    for talk in talks:
        own = [line for line in changes if line.subject_id == talk.id]
        assert talk.ical_sequence == len(own), "the sequence rises once with every change"


def check_letters(row: Row, talks: Sequence[Booking], changes: Sequence[JournalLine]) -> None:
    """Every change has its letter, no letter is without its change, and the leader reads of every swap."""
    wanted = Outbox.booking_id.in_([talk.id for talk in talks])
    rows = db.session.scalars(select(Outbox).where(wanted, Outbox.letter.in_([Letter.CHANGED, Letter.CANCELLED]))).all()
    written = sorted((letter.booking_id or 0, letter.sequence, str(letter.letter)) for letter in rows)
    known = {family.talk_id: TUESDAY + n * LENGTH for n, family in enumerate(row.families.values())}
    for letter in rows:
        was = letter.facts.get("was", {}).get("starts_at")
        told = datetime.fromisoformat(was) if was else None
        assert letter.letter is Letter.CANCELLED or told == known[letter.booking_id or 0], "a letter about another time"
    due: list[tuple[int, int, str]] = []
    for talk in talks:
        own = [line for line in changes if line.subject_id == talk.id]
        due += [
            (talk.id, n, str(Letter.CHANGED if line.action in MOVES else Letter.CANCELLED))
            for n, line in enumerate(own, 1)
        ]
    assert written == sorted(due), "a letter for every change, and none besides"
    notices = db.session.scalars(select(Outbox).where(Outbox.staff_id == row.leader_id))
    told = sum(len(notice.facts["moves"]) for notice in notices)
    assert told == sum(line.action == "bookings.swap" for line in changes), "the leader reads of every swap once"


def check_swaps(row: Row, talks: Sequence[Booking], slots: Sequence[Slot], changes: Sequence[JournalLine]) -> None:
    """Proposals are over or still possible; what was carried out was agreed by all, and moved everybody once."""
    live = {talk.id: talk for talk in talks if talk.status in LIVE}
    holder = {slot.id: slot.booking_id for slot in slots}
    wanted = select(SwapProposal).where(SwapProposal.leader_id == row.leader_id)
    swapped = 0
    for proposal in db.session.scalars(wanted):
        partners = {move.booking_id for move in proposal.moves}
        if proposal.state is ProposalState.OPEN:
            for move in proposal.moves:
                assert move.booking_id in live, "a question about a talk that is off"
                assert live[move.booking_id].starts_at == move.from_starts_at, "a question about a time that is gone"
                assert holder[move.to_slot_id or 0] in partners | {None}, "a question about somebody else's time"
        elif proposal.state in (ProposalState.DONE, ProposalState.UNDONE):
            swapped += len(partners) * (1 if proposal.state is ProposalState.DONE else 2)
        if proposal.state is ProposalState.DONE:
            assert all(party.accepted_at for party in proposal.parties), "moved without a yes"
    assert swapped == sum(line.action == "bookings.swap" for line in changes), "what was agreed, happened once"
    open_offers = select(SwapOffer).where(
        SwapOffer.booking_id.in_([talk.id for talk in talks]), SwapOffer.state == OfferState.OPEN
    )
    for offer in db.session.scalars(open_offers):
        assert offer.booking_id in live, "an offer of a talk that is off"
        assert live[offer.booking_id].starts_at == offer.starts_at, "an offer of a time that is gone"


# the twin


def without_guards(app: Flask) -> None:
    """Nobody holds still, no statement waits for another's transaction, and times are taken without looking."""
    with app.app_context():
        if db.engine.dialect.name == "sqlite":
            event.remove(db.engine, "begin", base._on_begin)
    exchange = bookings.exchange

    def exchange_later(*given: Any, **named: Any) -> None:
        time.sleep(0.02)  # what was looked at may be old by now
        exchange(*given, **named)

    def claim_without_looking(session: Session, booking: Booking, slots: Sequence[Slot]) -> None:
        values = {"booking_id": booking.id, "version": Slot.version + 1}
        wanted = Slot.id.in_([slot.id for slot in slots])
        session.execute(update(Slot).where(wanted).values(values).execution_options(synchronize_session=False))
        bookings._forget(session, booking, slots)

    def hold_nothing(session: Session, round_id: int, leader_id: int) -> LeaderOpening:
        return session.get_one(LeaderOpening, (round_id, leader_id))

    def lock_nothing(*_: object) -> None:
        """Everybody goes on."""

    bookings.exchange = exchange_later
    bookings._claim = claim_without_looking
    markets._hold = hold_nothing
    for module in (bookings, markets):
        module.lock = lock_nothing


def _ring(row: Row, *first: int) -> None:
    """A wants B's time (or another of these), B wants C's, C wants A's: all three are asked."""
    row.before(
        ("offer", "A", *(first or (1,))), ("decline", "B"), ("offer", "B", 2), ("decline", "C"), ("offer", "C", 0)
    )
