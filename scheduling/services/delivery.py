"""The life of a letter on its way out: claimed, offered, and then what the relay said.

Three short transactions and nothing slow in any of them. A row is `offered` just before the relay has all of it: from
then on a crash leaves it uncertain, and until then it is certainly not sent.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, or_, select, update
from sqlalchemy.orm import Session

from scheduling.domain.links import Secret
from scheduling.domain.mailings import BY_DAY, OutboxState, SkipReason, Stop
from scheduling.domain.relays import (
    GIVE_UP_AFTER,
    LEASE,
    TURN,
    Bucket,
    Fate,
    Judgement,
    Limits,
    Reply,
    judge,
    pause_after,
)
from scheduling.domain.reminders import is_quiet
from scheduling.domain.timeslots import local
from scheduling.models import Booking, Guardian, Mailing, Outbox, Relay, School
from scheduling.services import outbox
from scheduling.services.inserting import insert_of
from scheduling.services.links import add_link
from scheduling.services.transaction import transaction

OURS = (OutboxState.CLAIMED, OutboxState.OFFERED, OutboxState.UNCERTAIN)
"""Also uncertain: somebody took us for dead while the relay was thinking."""


@dataclass(frozen=True)
class Claimed:
    """Letters that are this worker's now. `again_at`: the relay's pace asks to wait until then for the next."""

    ids: tuple[int, ...] = ()
    again_at: datetime | None = None


@dataclass(frozen=True)
class Recovered:
    """What a dead worker left behind: `requeued` had certainly not left, `uncertain` may have."""

    requeued: int = 0
    uncertain: int = 0


@dataclass(frozen=True)
class Settled:
    """What became of a letter. `rests`: the relay wants no more of us for now."""

    fate: Fate
    rests: bool = False


def recover(now: datetime, is_gone: Callable[[str], bool] = lambda _worker: False) -> Recovered:
    """Take up what a worker that died was busy with: its time is up, or `is_gone` knows that it is no more."""
    with transaction() as session:
        busy = Outbox.state.in_((OutboxState.CLAIMED, OutboxState.OFFERED))
        workers = session.scalars(select(Outbox.worker).where(busy).distinct()).all()
        left = or_(Outbox.lease_until < now, Outbox.worker.in_([worker for worker in workers if is_gone(worker)]))
        requeued = session.scalars(
            update(Outbox)
            .where(Outbox.state == OutboxState.CLAIMED, left)
            .values(state=OutboxState.QUEUED, worker="", lease_until=None)
            .returning(Outbox.id)
        ).all()
        uncertain = session.scalars(
            update(Outbox)
            .where(Outbox.state == OutboxState.OFFERED, left)
            .values(state=OutboxState.UNCERTAIN, lease_until=None)
            .returning(Outbox.id)
        ).all()
        return Recovered(len(requeued), len(uncertain))


def claim(*, worker: str, limits: Limits, most: int, now: datetime) -> Claimed:
    """Take the next letters that are due, cancellations first; never more than the relay allows now."""
    with transaction() as session:
        relay = _relay(session)
        if relay.paused_at or (relay.slow_until and now < relay.slow_until):
            return Claimed()
        bucket = Bucket(relay.tokens, relay.refilled_at).at(now, limits)
        allowed = _allowed(relay, bucket, limits, most, now)
        due = _due(session, now)
        if _is_full(session, worker, limits, now):
            return Claimed(again_at=now + TURN if _is_any(session, due) else None)
        if not allowed:
            return Claimed(again_at=_again_at(session, relay, bucket, limits, due, now))
        order = (Outbox.lane, Outbox.not_before, Outbox.id)
        wanted = select(Outbox.id).where(*due).order_by(*order).limit(allowed).with_for_update(skip_locked=True)
        ids = tuple(session.scalars(wanted))
        if ids:
            session.execute(
                update(Outbox)
                .where(Outbox.id.in_(ids))
                .values(state=OutboxState.CLAIMED, worker=worker, lease_until=now + LEASE, attempts=Outbox.attempts + 1)
            )
            _use(relay, bucket, limits, len(ids), now)
        return Claimed(ids)


def release(*, worker: str, now: datetime) -> None:
    """Give back what this worker had taken and not begun."""
    with transaction() as session:
        session.execute(
            update(Outbox)
            .where(Outbox.state == OutboxState.CLAIMED, Outbox.worker == worker)
            .values(state=OutboxState.QUEUED, worker="", lease_until=None, attempts=Outbox.attempts - 1)
        )


def offer(*, outbox_id: int, worker: str, address: str, digest: str, link: Secret | None, now: datetime) -> bool:
    """The point of no return: written down just before the relay has the whole letter.

    False if the letter was taken back meanwhile, by a newer one about the same talk. The letter's personal link comes
    to life here: a link exists only if its letter was offered.
    """
    with transaction() as session:
        done = session.scalar(
            update(Outbox)
            .where(Outbox.id == outbox_id, Outbox.state == OutboxState.CLAIMED, Outbox.worker == worker)
            .values(state=OutboxState.OFFERED, offered_at=now, address=address, digest=digest, lease_until=now + LEASE)
            .returning(Outbox.id)
        )
        if done is None:
            return False
        row = session.get_one(Outbox, outbox_id)
        if link is not None:
            add_link(session, link, guardian_id=row.guardian_id, pupil_id=row.pupil_id, now=now, outbox_id=outbox_id)
        return True


def settle(*, outbox_id: int, worker: str, reply: Reply, jitter: float, now: datetime) -> Settled:
    """Write down what the relay said, and what follows from it."""
    judgement = judge(reply)
    with transaction() as session:
        row = session.get_one(Outbox, outbox_id)
        if row.worker != worker or row.state not in OURS:
            return Settled(Fate.UNCERTAIN)
        row.last_code, row.last_text, row.lease_until = reply.code, reply.text[:300], None
        fate = _gives_up(row, judgement, now)
        _apply(session, row, judgement, fate, jitter, now)
        return Settled(fate, rests=judgement.slows or fate is Fate.HELD)


def stop(*, outbox_id: int, worker: str, why: Stop, now: datetime) -> None:
    """Keep a letter in the house that is no longer true, or no longer for this person."""
    with transaction() as session:
        row = session.get_one(Outbox, outbox_id)
        if row.state is not OutboxState.CLAIMED or row.worker != worker:
            return
        row.state, row.last_text, row.lease_until = why.state, why.reason, None
        if why.reason == SkipReason.ADULT_PUPIL and row.booking_id is not None:
            session.flush()
            booking = session.get_one(Booking, row.booking_id)
            outbox.post(
                session, letter=row.letter, booking=booking, now=now, mailing_id=row.mailing_id, facts=row.facts
            )


def spoil(*, outbox_id: int, worker: str, text: str) -> None:
    """A letter that cannot be written: somebody has to look at it."""
    with transaction() as session:
        session.execute(
            update(Outbox)
            .where(Outbox.id == outbox_id, Outbox.state == OutboxState.CLAIMED, Outbox.worker == worker)
            .values(state=OutboxState.FAILED, last_text=text[:300], lease_until=None)
        )


def _gives_up(row: Outbox, judgement: Judgement, now: datetime) -> Fate:
    too_long = now - row.created_at > GIVE_UP_AFTER
    return Fate.FAILED if judgement.fate is Fate.RETRY and too_long else judgement.fate


def _apply(session: Session, row: Outbox, judgement: Judgement, fate: Fate, jitter: float, now: datetime) -> None:
    pause = pause_after(row.attempts, jitter)
    match fate:
        case Fate.SENT:
            row.state, row.sent_at = OutboxState.SENT, now
            outbox.forget_words(row)
        case Fate.UNCERTAIN:
            row.state = OutboxState.UNCERTAIN
        case Fate.FAILED:
            row.state = OutboxState.FAILED
        case Fate.HELD:
            row.state, row.not_before, row.attempts = OutboxState.RETRY, now, row.attempts - 1
            _rest(session, paused_at=now, paused_because=row.last_text)
        case Fate.RETRY:
            row.state, row.not_before = OutboxState.RETRY, now + pause
    if judgement.slows:
        _rest(session, slow_until=now + pause)
    if judgement.bounced and row.guardian_id is not None:
        session.execute(
            update(Guardian).where(Guardian.id == row.guardian_id, Guardian.email == row.address).values(bounced_at=now)
        )


def _rest(session: Session, **until: object) -> None:
    session.execute(update(Relay).where(Relay.id == 1).values(**until))


def _relay(session: Session) -> Relay:
    session.execute(insert_of(session, Relay).values(id=1, tokens=0.0).on_conflict_do_nothing())
    relay = session.scalars(
        select(Relay).where(Relay.id == 1).with_for_update().execution_options(populate_existing=True)
    )
    return relay.one()


def _allowed(relay: Relay, bucket: Bucket, limits: Limits, most: int, now: datetime) -> int:
    today = relay.sent_today if relay.day == _day(now) else 0
    left = [most]
    if limits.per_minute:
        left.append(int(bucket.tokens + 1e-6))
    if limits.per_day:
        left.append(max(limits.per_day - today, 0))
    return min(left)


def _again_at(
    session: Session, relay: Relay, bucket: Bucket, limits: Limits, due: Collection[ColumnElement[bool]], now: datetime
) -> datetime | None:
    used_up = limits.per_day and relay.day == _day(now) and relay.sent_today >= limits.per_day
    if used_up or not _is_any(session, due):
        return None
    return bucket.next_at(now, limits)


def _is_any(session: Session, due: Collection[ColumnElement[bool]]) -> bool:
    return session.scalar(select(Outbox.id).where(*due).limit(1)) is not None


def _is_full(session: Session, worker: str, limits: Limits, now: datetime) -> bool:
    """Do other workers use all the connections that the relay allows?"""
    if not limits.connections:
        return False
    busy = Outbox.state.in_((OutboxState.CLAIMED, OutboxState.OFFERED)) & (Outbox.lease_until >= now)
    others = session.scalar(select(func.count(Outbox.worker.distinct())).where(busy, Outbox.worker != worker))
    return (others or 0) >= limits.connections


def _use(relay: Relay, bucket: Bucket, limits: Limits, count: int, now: datetime) -> None:
    relay.tokens, relay.refilled_at = bucket.tokens - count, bucket.filled_at
    relay.sent_today = (relay.sent_today if relay.day == _day(now) else 0) + count
    relay.day = _day(now)


def _due(session: Session, now: datetime) -> list[ColumnElement[bool]]:
    held = select(Mailing.id).where(Mailing.paused_at.is_not(None))
    due = [
        Outbox.state.in_((OutboxState.QUEUED, OutboxState.RETRY)),
        Outbox.not_before <= now,
        or_(Outbox.mailing_id.is_(None), Outbox.mailing_id.not_in(held)),
    ]
    return [*due, Outbox.letter.not_in(BY_DAY)] if _is_quiet(session, now) else due


def _is_quiet(session: Session, now: datetime) -> bool:
    """In the school's quiet hours no batch leaves; what a family did itself is answered at once."""
    school = session.get(School, 1)
    if school is None or not school.quiet_from or not school.quiet_until:
        return False
    return is_quiet(f"{local(now):%H:%M}", school.quiet_from, school.quiet_until)


def _day(now: datetime) -> str:
    return local(now).date().isoformat()
