"""A parent without authority asks, and the office gives a talk of the own or word after a talk; or takes it back."""

from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.journal import Actor
from scheduling.domain.mailings import BECAUSE_ENDED, SkipReason
from scheduling.domain.on_request import AskedLater, InvitedAnyway, PupilDecides, SharesHome, TwoHomesAlready, Word
from scheduling.domain.people import Authority, NoSuchGuardian, OnRequest, is_adult
from scheduling.domain.rounds import LIVE
from scheduling.domain.timeslots import local
from scheduling.models import Booking, Guardianship, Household, TalkRequest
from scheduling.queries import bookings as asking
from scheduling.queries.mailings import circle_of
from scheduling.queries.on_request import talks_to_tell, tie_of
from scheduling.services import bookings, outbox, single_talks
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def give(*, pupil_id: int, guardian_id: int, what: OnRequest, asked_on: date, by: Actor, now: datetime) -> bool:
    """What this parent asked is given from now on; a letter says so. Was there a mailbox for it?

    The talk that stands is that of the other home alone: a talk on request is never one together.
    """
    with transaction() as session:
        tie = _hold(session, pupil_id, guardian_id)
        _ensure_may_ask(session, tie, what, asked_on, now)
        if (tie.on_request, tie.asked_on) == (what, asked_on):
            return True
        if tie.on_request is OnRequest.TALK and what is not OnRequest.TALK:
            _end_talks(session, tie, by, now)
        if what is OnRequest.TALK and tie.on_request is not OnRequest.TALK:
            _leave_to_the_other_home(session, pupil_id, now)
        tie.on_request, tie.asked_on = what, asked_on
        _note(session, "on_request.give", tie, by, now, what=what.value, asked_on=asked_on.isoformat())
        return outbox.post_word(session, tie=tie, word=Word(what.value), once=f"{now.timestamp():.6f}", now=now)


def take_back(*, pupil_id: int, guardian_id: int, by: Actor, now: datetime) -> None:
    """From now on this parent gets nothing again: own talks are off, and leave the calendar."""
    with transaction() as session:
        tie = _hold(session, pupil_id, guardian_id)
        if tie.on_request is OnRequest.NOTHING:
            return
        if tie.on_request is OnRequest.TALK:
            _end_talks(session, tie, by, now)
        tie.on_request, tie.asked_on = OnRequest.NOTHING, None
        _note(session, "on_request.take_back", tie, by, now)


def tell_after_talks(now: datetime) -> int:
    """A day after a talk about the child, who asked for it gets word: one letter for all talks of a day."""
    with transaction() as session:
        told = 0
        for tie, ended in talks_to_tell(session, now):
            told += outbox.post_word(session, tie=tie, word=Word.HELD, once=local(ended).date().isoformat(), now=now)
        return told


def _hold(session: Session, pupil_id: int, guardian_id: int) -> Guardianship:
    """Nobody answers for this home or books for this pupil meanwhile."""
    tie = tie_of(session, guardian_id, pupil_id)
    if tie is None:
        raise NoSuchGuardian
    single_talks.hold_of_home(session, pupil_id, tie.household_id)
    homes = select(Guardianship.household_id).where(Guardianship.pupil_id == pupil_id)
    lock(session, Household, session.scalars(homes.distinct()))
    session.refresh(tie)
    return tie


def _ensure_may_ask(session: Session, tie: Guardianship, what: OnRequest, asked_on: date, now: datetime) -> None:
    today = local(now).date()
    if tie.authority is not Authority.NO or not tie.guardian.active or what is OnRequest.NOTHING:
        raise InvitedAnyway
    if is_adult(tie.pupil.birth_date, today):
        raise PupilDecides
    if asked_on > today:
        raise AskedLater
    if what is OnRequest.TALK and tie.on_request is not OnRequest.TALK:
        invited = asking.homes_invited(session, tie.pupil_id, today)
        if tie.household_id in invited:
            raise SharesHome
        if len(invited) > 1:
            raise TwoHomesAlready


def _leave_to_the_other_home(session: Session, pupil_id: int, now: datetime) -> None:
    """What was planned before is a talk of the one home that was invited."""
    homes = asking.homes_invited(session, pupil_id, local(now).date())
    for talk in _ahead(session, pupil_id, None, now):
        talk.household_id = next(iter(homes), None)
        talk.version += 1
    session.flush()


def _end_talks(session: Session, tie: Guardianship, by: Actor, now: datetime) -> None:
    """Own talks leave the calendar and are off; unless somebody else of this home is invited: then it keeps them."""
    others = asking.expected_guardians(session, tie.pupil_id, tie.household_id, local(now).date()) - {tie.guardian_id}
    if not others:
        single_talks.close_of_home(session, tie.pupil_id, tie.household_id, by=by, now=now)
    for row in outbox.unsent_about(session, tie.pupil_id, [tie.guardian_id]):
        outbox.keep_in(row, SkipReason.NO_AUTHORITY)
    session.flush()
    for talk in _ahead(session, tie.pupil_id, tie.household_id, now):
        told = circle_of(session, tie.pupil_id, outbox.day_of(talk, now)).audience(talk.household_id)
        others_told = [one.address for one in told.to if one.guardian_id != tie.guardian_id]
        outbox.take_out(
            session, booking=talk, guardian_ids=[tie.guardian_id], besides=others_told, now=now, because=BECAUSE_ENDED
        )
        if not others:
            bookings.release(session, booking=talk, by=by, now=now)
    if not others:
        _withdraw_requests(session, tie, now)


def _withdraw_requests(session: Session, tie: Guardianship, now: datetime) -> None:
    """What this home asked on an evening is not planned any more."""
    wanted = select(TalkRequest).where(
        TalkRequest.pupil_id == tie.pupil_id, TalkRequest.household_id == tie.household_id,
        TalkRequest.withdrawn_at.is_(None), TalkRequest.done_at.is_(None),
    )  # fmt: skip
    for row in session.scalars(wanted):
        row.withdrawn_at = now
    session.flush()


def _ahead(session: Session, pupil_id: int, household_id: int | None, now: datetime) -> list[Booking]:
    wanted = select(Booking).where(
        Booking.pupil_id == pupil_id, Booking.household_id.is_not_distinct_from(household_id),
        Booking.status.in_(LIVE), Booking.starts_at > now,
    )  # fmt: skip
    return list(session.scalars(wanted.order_by(Booking.starts_at, Booking.id)))


def _note(session: Session, action: str, tie: Guardianship, by: Actor, now: datetime, **facts: object) -> None:
    record(
        session, by=by, action=action, subject="guardian", subject_id=tie.guardian_id, now=now, pupil=tie.pupil_id,
        **facts,
    )  # fmt: skip
