"""Send a letter to a whole round, and look after what could not be delivered."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scheduling.domain.journal import Actor
from scheduling.domain.mailings import (
    BATCHES,
    GOOD_NOTICE,
    Letter,
    LetterHasLeft,
    NobodyToTry,
    NoOwnAddress,
    NoSuchLetter,
    NotABatch,
    OutboxState,
    SkipReason,
)
from scheduling.domain.rounds import LIVE
from scheduling.domain.staff import ensure_email, tidy_email
from scheduling.models import Booking, Guardian, Mailing, Outbox, Relay, Staff
from scheduling.queries.mailings import Recipient, plan_of
from scheduling.services import outbox
from scheduling.services.addresses import corrected, follow
from scheduling.services.journal import record
from scheduling.services.links import link_on_paper
from scheduling.services.rounds import hold_round
from scheduling.services.transaction import lock, transaction

UNDECIDED = (OutboxState.UNCERTAIN, OutboxState.FAILED, OutboxState.SUPPRESSED)


@dataclass(frozen=True)
class SkippedGuardian:
    guardian: str
    """The school's own id."""
    reason: SkipReason


@dataclass(frozen=True)
class Sent:
    """What a batch wrote down: how many letters, who got none of his own and why, which pupils' homes need paper."""

    queued: int
    skipped: tuple[SkippedGuardian, ...]
    on_paper: tuple[str, ...]
    first_talk_at: datetime | None = None
    late: bool = False
    """The first talk is nearer than good notice asks."""


def send(*, round_id: int, letter: Letter, by: Actor, now: datetime, dry_run: bool = False) -> Sent:
    """One letter per talk and mailbox of a round, to whom it has not gone yet. Pressing twice is pressing once."""
    if letter not in BATCHES:
        raise NotABatch
    with transaction() as session:
        hold_round(session, round_id)
        plan = plan_of(session, round_id, letter, now)
        waiting = [recipient for recipient in plan.recipients if not recipient.has_it]
        queued = 0 if dry_run else _write(session, round_id, letter, waiting, by, now)
        if not dry_run and letter is Letter.INVITATION:
            _mark_invited(session, plan.talks_told, now)
        skipped = tuple(dict.fromkeys(SkippedGuardian(one.guardian, one.reason) for one in plan.skipped))
        first = plan.first_talk_at
        return Sent(
            queued=len(waiting) if dry_run else queued,
            skipped=skipped,
            on_paper=tuple(dict.fromkeys(one.number for one in plan.on_paper)),
            first_talk_at=first,
            late=letter is Letter.INVITATION and first is not None and first - now < GOOD_NOTICE,
        )


def _write(session: Session, round_id: int, letter: Letter, waiting: list[Recipient], by: Actor, now: datetime) -> int:
    if not waiting:
        return 0
    mailing = _mailing(session, round_id, letter, by, now)
    queued = outbox.post_batch(session, letter=letter, recipients=waiting, mailing_id=mailing.id, now=now)
    record(
        session, by=by, action="mailings.send", subject="round", subject_id=round_id, now=now,
        letter=letter.value, mailing=mailing.id, queued=queued,
    )  # fmt: skip
    return queued


def _mailing(session: Session, round_id: int, letter: Letter, by: Actor, now: datetime) -> Mailing:
    mailing = session.scalar(select(Mailing).where(Mailing.round_id == round_id, Mailing.letter == letter))
    if mailing is None:
        mailing = Mailing(round_id=round_id, letter=letter, created_at=now, created_by=by.id)
        session.add(mailing)
        session.flush()
    return mailing


def _mark_invited(session: Session, booking_ids: Collection[int], now: datetime) -> None:
    wanted = sorted(set(booking_ids))
    for start in range(0, len(wanted), 500):
        part = wanted[start : start + 500]
        session.execute(
            update(Booking).where(Booking.id.in_(part), Booking.invited_at.is_(None)).values(invited_at=now)
        )


@dataclass(frozen=True)
class Printed:
    """A letter on paper: whose it is, and the token of its code. It is told here once."""

    recipient: Recipient
    token: str


def print_out(*, round_id: int, by: Actor, now: datetime) -> tuple[Printed, ...]:
    """Letters for the homes that no mail reaches: each with a fresh personal link, and these talks count as told."""
    with transaction() as session:
        plan = plan_of(session, round_id, Letter.INVITATION, now)
        printed = tuple(
            Printed(recipient, link_on_paper(session, recipient.person, now)) for recipient in plan.on_paper
        )
        _mark_invited(session, {one.recipient.talk.id for one in printed if one.recipient.talk}, now)
        record(
            session, by=by, action="mailings.print", subject="round", subject_id=round_id, now=now, letters=len(printed)
        )
    return printed


def try_out(*, round_id: int, letter: Letter, staff_id: int, by: Actor, now: datetime) -> None:
    """Send a colleague this letter as the first family of the round will get it."""
    with transaction() as session:
        staff = session.get_one(Staff, staff_id)
        if not staff.email:
            raise NoOwnAddress
        if letter is Letter.WISHES:
            _try_wishes(session, round_id, staff, by, now)
            return
        booking = session.scalar(
            select(Booking)
            .where(Booking.round_id == round_id, Booking.status.in_(LIVE), Booking.ends_at > now)
            .order_by(Booking.starts_at)
            .limit(1)
        )
        if booking is None:
            raise NobodyToTry
        outbox.post_to_staff(
            session, letter=Letter.TRIAL, staff=staff, now=now, booking=booking, facts={"of": letter.value}
        )
        record(session, by=by, action="mailings.try_out", subject="round", subject_id=round_id, now=now)


def _try_wishes(session: Session, round_id: int, staff: Staff, by: Actor, now: datetime) -> None:
    first = next(iter(plan_of(session, round_id, Letter.WISHES, now).recipients), None)
    if first is None:
        raise NobodyToTry
    facts = {"of": Letter.WISHES.value, "round_id": round_id, "pupil_id": first.pupil_id}
    outbox.post_to_staff(session, letter=Letter.TRIAL, staff=staff, now=now, facts=facts)
    record(session, by=by, action="mailings.try_out", subject="round", subject_id=round_id, now=now)


def hold(*, round_id: int, letter: Letter, by: Actor, now: datetime) -> None:
    """Keep what has not left yet of a batch in the house."""
    _set_paused(round_id, letter, now, "mailings.hold", by, now)


def go_on(*, round_id: int, letter: Letter, by: Actor, now: datetime) -> None:
    """Let the rest of a batch leave after all."""
    _set_paused(round_id, letter, None, "mailings.go_on", by, now)


def _set_paused(
    round_id: int, letter: Letter, paused_at: datetime | None, action: str, by: Actor, now: datetime
) -> None:
    with transaction() as session:
        mailing = session.scalar(select(Mailing).where(Mailing.round_id == round_id, Mailing.letter == letter))
        if mailing is None:
            raise NoSuchLetter
        mailing.paused_at = paused_at
        record(session, by=by, action=action, subject="mailing", subject_id=mailing.id, now=now)


def open_relay(*, by: Actor, now: datetime) -> None:
    """The mail settings have been mended: try again."""
    with transaction() as session:
        session.execute(update(Relay).where(Relay.id == 1).values(paused_at=None, paused_because="", slow_until=None))
        session.execute(update(Outbox).where(Outbox.state == OutboxState.RETRY).values(not_before=now))
        record(session, by=by, action="mailings.open_relay", subject="relay", subject_id=1, now=now)


def resend(*, outbox_id: int, by: Actor, now: datetime) -> None:
    """Send this letter again: the same letter, with the same marks for calendars, and a fresh link."""
    with transaction() as session:
        row = _undecided(session, outbox_id)
        _send_again(session, row, now)
        _note(session, "mailings.resend", row, by, now)


def mark_sent(*, outbox_id: int, by: Actor, now: datetime) -> None:
    """It did arrive, or it need not: leave it."""
    with transaction() as session:
        row = _undecided(session, outbox_id)
        row.state, row.sent_at = OutboxState.SENT, row.sent_at or row.offered_at or now
        outbox.forget_words(row)
        _note(session, "mailings.mark_sent", row, by, now)


def readdress(*, outbox_id: int, address: str, by: Actor, now: datetime) -> None:
    """Correct a guardian's address, and send this letter and all others that were refused there again."""
    address = tidy_email(address)
    ensure_email(address)
    with transaction() as session:
        row = _undecided(session, outbox_id)
        guardian = session.get(Guardian, row.guardian_id) if row.guardian_id else None
        if guardian is None:
            raise NoSuchLetter
        old = guardian.email
        session.add(corrected(guardian, "email", address, by, now))
        guardian.email, guardian.bounced_at = address, None
        for other in session.scalars(
            select(Outbox).where(
                Outbox.guardian_id == guardian.id, Outbox.state.in_((OutboxState.FAILED, OutboxState.SUPPRESSED))
            )
        ):
            _send_again(session, other, now)
        _send_again(session, row, now)
        follow(session, person=guardian, old=old, now=now)
        _note(session, "mailings.readdress", row, by, now)


def _undecided(session: Session, outbox_id: int) -> Outbox:
    lock(session, Outbox, [outbox_id])
    row = session.get(Outbox, outbox_id)
    if row is None:
        raise NoSuchLetter
    if row.state not in UNDECIDED:
        raise LetterHasLeft
    return row


def _send_again(session: Session, row: Outbox, now: datetime) -> None:
    row.state, row.attempts, row.not_before, row.created_at = OutboxState.QUEUED, 0, now, now
    row.last_code, row.last_text, row.offered_at = None, "", None


def _note(session: Session, action: str, row: Outbox, by: Actor, now: datetime) -> None:
    record(session, by=by, action=action, subject="outbox", subject_id=row.id, now=now)
