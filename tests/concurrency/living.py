"""Stories that play at the same moment in a round that lives: the office, parents, colleagues, and who only reads."""

import itertools
import random
import time
from collections import Counter
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, select

from scheduling.domain.errors import Refused
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.rounds import LIVE, BookingOrigin
from scheduling.domain.swaps import ProposalState
from scheduling.models import Booking, JournalLine, RosterTalk, Slot, SwapParty, SwapProposal, db
from scheduling.queries import bookings as asking
from scheduling.queries.family import family_of
from scheduling.services import bookings, leading, rosters, swaps

Person = tuple[int, int]
"""A guardian and the child the talk is about."""


def office(*, round_id: int, times: int, now: datetime) -> None:
    """Make a new draft and publish it, again and again."""
    for _ in range(times):
        try:
            version_id = rosters.request(round_id=round_id, seconds=2, by=SYSTEM, now=now)
            rosters.run_one(version_id=version_id, worker="office", clock=lambda: now)
            rosters.publish(round_id=round_id, by=SYSTEM, now=now)
        except Refused as refusal:
            _no_accident(refusal)


def parents(*, round_id: int, people: Sequence[Person], acts: int, seed: int, now: datetime) -> None:
    """Each of these in turn does what a parent can do, as often as `acts`."""
    dice = random.Random(seed)
    for guardian_id, pupil_id in list(people) * acts:
        try:
            _parent(round_id, Actor(ActorKind.GUARDIAN, guardian_id), pupil_id, dice, now)
        except Refused as refusal:
            _no_accident(refusal)
        finally:
            db.session.remove()


def colleague(*, round_id: int, leader_id: int, acts: int, seed: int, now: datetime) -> None:
    """A leader moves talks, after a call."""
    dice = random.Random(seed)
    for _ in range(acts):
        talks = select(Booking.id).where(
            Booking.round_id == round_id, Booking.leader_id == leader_id, Booking.status.in_(LIVE)
        )
        talk_id = dice.choice(db.session.scalars(talks).all())
        slot_id = dice.choice(db.session.scalars(select(Slot.id).where(Slot.leader_id == leader_id)).all())
        db.session.remove()
        try:
            leading.move(
                booking_id=talk_id, slot_id=slot_id, leader_id=leader_id, agreed=True, origin=BookingOrigin.LEADER,
                by=Actor(ActorKind.STAFF, leader_id), now=now,
            )  # fmt: skip
        except Refused as refusal:
            _no_accident(refusal)


def worker(*, times: int, now: datetime) -> None:
    """Look again at every market that changed."""
    for _ in range(times):
        try:
            swaps.look_again(now)
        except Refused as refusal:
            _no_accident(refusal)
        time.sleep(0.05)


def reader(*, round_id: int, people: Sequence[Person], seconds: float, now: datetime) -> None:
    """Whoever reads in between sees whole versions only: in one look at the tables, and on every family's page."""
    until = time.monotonic() + seconds
    seen: set[tuple[int, datetime]] = set()
    turns = itertools.cycle(people)
    while time.monotonic() < until:
        look(round_id)
        guardian_id, pupil_id = next(turns)
        for talk in family_of(Actor(ActorKind.GUARDIAN, guardian_id), now).talks:
            if talk.pupil_id == pupil_id and talk.starts_at and talk.booking_id:
                seen.add((pupil_id, talk.starts_at))
        db.session.remove()
    _ensure_was_true(round_id, seen)


def look(round_id: int) -> None:
    """In one moment of the database: talks and times agree, and of every leader a version is there whole."""
    if db.engine.dialect.name == "postgresql":
        db.session.connection(execution_options={"isolation_level": "REPEATABLE READ"})
    held = dict(
        db.session.execute(
            select(Slot.booking_id, func.min(Slot.starts_at))
            .where(Slot.round_id == round_id, Slot.booking_id.is_not(None))
            .group_by(Slot.booking_id)
        ).all()
    )
    rows = db.session.execute(
        select(Booking.id, Booking.leader_id, Booking.starts_at, Booking.status, Booking.pupil_id).where(
            Booking.round_id == round_id
        )
    ).all()
    live = [row for row in rows if row.status in LIVE]
    assert {row.id for row in live} == set(held), "talks and times agree"
    assert all(_same(held[row.id], row.starts_at) for row in live), "a talk stands where its time is"
    assert len({row.pupil_id for row in live}) == len(live), "one talk a family"
    journal = db.session.execute(
        select(JournalLine.action, JournalLine.subject_id, JournalLine.facts).where(
            JournalLine.action.in_(["rosters.publish", "bookings.take"])
        )
    ).all()
    by_hand = {line.subject_id for line in journal if line.action == "bookings.take"}
    published: Counter[int] = Counter()
    for line in journal:
        if line.action == "rosters.publish":
            published[line.facts["leader"]] += line.facts["talks"]
    there = Counter(row.leader_id for row in rows if row.id not in by_hand)
    assert there == published, f"a version is there half: {there} of {published}"
    db.session.rollback()


def _ensure_was_true(round_id: int, seen: set[tuple[int, datetime]]) -> None:
    """What a page said was true at some moment: it stood in a published version, or somebody moved the talk there."""
    rostered = select(RosterTalk.pupil_id, RosterTalk.starts_at).where(RosterTalk.published_at.is_not(None))
    true = {(pupil, _plain(at)) for pupil, at in db.session.execute(rostered)}
    moved = (
        select(Booking.pupil_id, JournalLine.facts)
        .join(Booking, Booking.id == JournalLine.subject_id)
        .where(JournalLine.subject == "booking", Booking.round_id == round_id)
    )
    true |= {
        (pupil, _plain(datetime.fromisoformat(facts["starts_at"])))
        for pupil, facts in db.session.execute(moved)
        if "starts_at" in facts
    }
    wrong = {(pupil, at) for pupil, at in seen if (pupil, _plain(at)) not in true}
    assert seen, "nobody read anything"
    assert not wrong, f"a page said what never was: {wrong}"


def _parent(round_id: int, by: Actor, pupil_id: int, dice: random.Random, now: datetime) -> None:
    latest = select(Booking).where(Booking.pupil_id == pupil_id).order_by(Booking.id.desc()).limit(1)
    talk = db.session.scalars(latest).first()
    questions = (
        select(SwapParty.key)
        .join(SwapProposal, SwapProposal.id == SwapParty.proposal_id)
        .join(Booking, Booking.id == SwapParty.booking_id)
        .where(Booking.pupil_id == pupil_id, SwapParty.asked, SwapProposal.state == ProposalState.OPEN)
    )
    key = db.session.scalars(questions).first()
    leaders = [talk.leader_id] if talk else asking.open_leaders(db.session(), round_id, pupil_id)
    slots = asking.leader_slots(db.session(), round_id, leaders)
    free = [slot.id for slot in slots if slot.booking_id is None] or [slot.id for slot in slots]
    any_time = [slot.id for slot in slots]
    talk_id, off = (talk.id, talk.status not in LIVE) if talk else (None, True)
    db.session.rollback()
    if not any_time:
        return
    if key and dice.random() < 0.7:
        answer = dice.choice([swaps.accept, swaps.accept, swaps.decline])
        answer(key=key, by=by, now=now)
    elif talk_id is None or (off and dice.random() < 0.5):
        bookings.pick(round_id=round_id, pupil_id=pupil_id, slot_id=dice.choice(free), by=by, now=now)
    elif off:
        bookings.undo_cancel(booking_id=talk_id, by=by, now=now)
    else:
        what = dice.randrange(10)
        if what < 5:
            wanted = dice.sample(any_time, min(3, len(any_time)))
            swaps.offer(booking_id=talk_id, slot_ids=wanted, by=by, now=now)
        elif what < 7:
            bookings.move(booking_id=talk_id, slot_id=dice.choice(free), by=by, now=now)
        elif what == 7:
            swaps.withdraw(booking_id=talk_id, by=by, now=now)
        elif what == 8:
            bookings.cancel(booking_id=talk_id, by=by, now=now)
        else:
            bookings.confirm(booking_id=talk_id, by=by, now=now)


def _no_accident(refusal: Refused) -> None:
    """A refusal says what is true; a database that gave up does not."""
    db.session.rollback()
    assert type(refusal).__name__ != "Unavailable", f"the database gave up: {refusal.__cause__}"


def _same(one: datetime, other: datetime) -> bool:
    return _plain(one) == _plain(other)


def _plain(moment: datetime) -> datetime:
    return moment.replace(tzinfo=None)
