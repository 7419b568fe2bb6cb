"""One leader, some times, and families who would rather have another one. Call it in an app context."""

from datetime import datetime, timedelta

from sqlalchemy import select

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.rounds import RoundMode
from scheduling.domain.swaps import ProposalState
from scheduling.models import Booking, Guardian, Outbox, Pupil, Slot, SwapOffer, SwapParty, SwapProposal, db
from scheduling.queries.family import family_of
from scheduling.queries.letters import find_letter
from scheduling.queries.swaps import at_home
from scheduling.services import swaps
from tests.builders import (
    NOW,
    a_booking,
    a_class,
    a_guardian,
    a_leader,
    a_pupil,
    a_round,
    a_school,
    household_of,
    some_slots,
)

A_MINUTE = timedelta(minutes=1)


class Swapping:
    """Families A, B, C … hold the first times of one leader's row; the times after them are free."""

    def __init__(self, families: int = 3, times: int = 6, *, mode: RoundMode = RoundMode.ROSTER_THEN_SWAP) -> None:
        a_school()
        self.leader = a_leader("anna")
        self.three = a_class("3", leaders=[self.leader])
        self.round = a_round(classes=[self.three], mode=mode)
        self.round.max_in_a_row = 0
        self.slots = some_slots(self.round, self.leader, count=times)
        self.parents: dict[str, Guardian] = {}
        self.pupils: dict[str, Pupil] = {}
        self.talks: dict[str, Booking] = {}
        self.now: datetime = NOW
        for place in range(families):
            self.join("ABCDEFGHIJKLMNOPQRSTUVWXYZ"[place], place)

    def join(self, name: str, *places: int) -> None:
        """One more family, with these times."""
        self.pupils[name] = a_pupil(f"Kind{name}", self.three)
        self.parents[name] = a_guardian(f"Ouder{name}", self.pupils[name])
        home = household_of(self.parents[name])
        slots = [self.slots[place] for place in places]
        self.talks[name] = a_booking(self.round, self.pupils[name], *slots, household=home)

    def by(self, name: str) -> Actor:
        return Actor(ActorKind.GUARDIAN, self.parents[name].id)

    def offer(self, name: str, *places: int) -> None:
        """This family would rather have one of these times."""
        self.now += A_MINUTE
        wanted = [self.slots[place].id for place in places]
        swaps.offer(booking_id=self.talks[name].id, slot_ids=wanted, by=self.by(name), now=self.now)

    def withdraw(self, name: str) -> None:
        self.now += A_MINUTE
        swaps.withdraw(booking_id=self.talks[name].id, by=self.by(name), now=self.now)

    def accept(self, name: str) -> None:
        self.now += A_MINUTE
        swaps.accept(key=self.question(name).key, by=self.by(name), now=self.now)

    def decline(self, name: str, *, keep: bool = False) -> None:
        self.now += A_MINUTE
        swaps.decline(key=self.question(name).key, keep=keep, by=self.by(name), now=self.now)

    def question(self, name: str) -> SwapParty:
        """The question that is open for this family."""
        return self.questions(name)[-1]

    def questions(self, name: str) -> list[SwapParty]:
        wanted = (
            select(SwapParty)
            .join(SwapProposal, SwapProposal.id == SwapParty.proposal_id)
            .where(
                SwapParty.booking_id == self.talks[name].id, SwapParty.asked, SwapProposal.state == ProposalState.OPEN
            )
            .order_by(SwapParty.id)
        )
        return list(db.session.scalars(wanted))

    def may_put_back(self, name: str) -> bool:
        """Does this family's home page offer to put a swap back?"""
        by = self.by(name)
        return bool(at_home(by, family_of(by, self.now), self.now).fresh)

    def place(self, name: str) -> int | None:
        """Where in the row this family's talk begins now."""
        db.session.expire_all()
        held = db.session.scalars(
            select(Slot.starts_at).where(Slot.booking_id == self.talks[name].id).order_by(Slot.starts_at)
        ).first()
        return [slot.starts_at for slot in self.slots].index(held) if held else None

    def places(self) -> dict[str, int | None]:
        return {name: self.place(name) for name in self.talks}

    def state(self) -> list[str]:
        """Every proposal, oldest first."""
        return [f"{one.kind} {one.state}" for one in db.session.scalars(select(SwapProposal).order_by(SwapProposal.id))]

    def offer_state(self, name: str) -> str:
        wanted = (
            select(SwapOffer.state).where(SwapOffer.booking_id == self.talks[name].id).order_by(SwapOffer.id.desc())
        )
        return str(db.session.scalars(wanted).first())

    def letters(self, name: str) -> list[str]:
        """What this family was written, in order; letters that were kept in are not among them."""
        rows = db.session.scalars(select(Outbox).where(Outbox.guardian_id == self.parents[name].id).order_by(Outbox.id))
        return [str(row.letter) for row in rows if row.state != "superseded"]

    def letter(self, name: str, letter: str) -> int:
        """The latest letter of this sort to this family."""
        rows = select(Outbox.id).where(Outbox.guardian_id == self.parents[name].id, Outbox.letter == letter)
        return db.session.scalars(rows.order_by(Outbox.id.desc())).first() or 0

    def stops(self, letter_id: int) -> str | None:
        """Why this letter would not leave now."""
        facts = find_letter(letter_id, self.now)
        assert facts is not None
        return facts.stop.reason if facts.stop else None

    def notices(self) -> int:
        return len(self.notices_to_leader())

    def notices_to_leader(self) -> list[int]:
        wanted = select(Outbox.id).where(Outbox.staff_id == self.leader.id).order_by(Outbox.id)
        return list(db.session.scalars(wanted))

    def told(self, letter_id: int) -> set[str]:
        """Of whom this notice would tell the leader now."""
        facts = find_letter(letter_id, self.now)
        assert facts is not None
        return {one.pupil for one in facts.exchanged}

    def noes(self) -> set[tuple[str, str]]:
        """In which sort of swap which family said no."""
        said = (
            select(SwapProposal.kind, SwapParty.booking_id)
            .join(SwapParty, SwapParty.proposal_id == SwapProposal.id)
            .where(SwapParty.declined_at.is_not(None))
        )
        names = {talk.id: name for name, talk in self.talks.items()}
        return {(str(kind), names[booking_id]) for kind, booking_id in db.session.execute(said)}
