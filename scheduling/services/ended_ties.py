"""A parent who is no longer invited to talks about a child, since the authority ended: the talks leave the calendar.

What had not left yet stays in the house. Somebody whom the school's file no longer knows at all gets no letter: that
may be somebody who died. Works inside the caller's transaction.
"""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scheduling.domain.mailings import BECAUSE_ENDED, Letter, SkipReason
from scheduling.domain.rounds import LIVE
from scheduling.models import Booking, Guardian, Guardianship, Household, Outbox
from scheduling.queries.mailings import circle_of
from scheduling.services import outbox
from scheduling.services.transaction import lock

Tie = tuple[int, int]
"""A guardian and a pupil."""


def invited(session: Session, now: datetime) -> set[Tie]:
    """Who is invited to talks about which pupil with a talk to come. Nobody publishes a talk for them meanwhile."""
    session.flush()
    ahead = select(Booking.pupil_id).where(Booking.status.in_(LIVE), Booking.starts_at > now)
    ties = select(Guardianship.guardian_id, Guardianship.pupil_id).join(
        Guardian, Guardian.id == Guardianship.guardian_id
    )
    wanted = ties.where(Guardianship.pupil_id.in_(ahead), Guardianship.is_invited, Guardian.active)
    return {(guardian, pupil) for guardian, pupil in session.execute(wanted)}


def hold(session: Session, tie_ids: Collection[int], pupil_ids: Collection[int]) -> None:
    """Who publishes or books for the homes of these ties and pupils waits, and then looks anew whom it may invite."""
    touched = or_(Guardianship.id.in_(tie_ids), Guardianship.pupil_id.in_(pupil_ids))
    lock(session, Household, session.scalars(select(Guardianship.household_id).where(touched)))


def follow(session: Session, before: Collection[Tie], *, now: datetime) -> int:
    """Talks leave the calendars of who is no longer invited, and come back for who is again. How many of either."""
    after = invited(session, now)
    here = set(session.scalars(select(Guardian.id).where(Guardian.active)))
    ended = {tie for tie in set(before) - after if tie[0] in here}
    return sum(_take_out(session, tie, now) for tie in sorted(ended)) + sum(
        _tell_again(session, tie, now) for tie in sorted(after - set(before))
    )


def _take_out(session: Session, tie: Tie, now: datetime) -> int:
    guardian_id, pupil_id = tie
    for row in outbox.unsent_about(session, pupil_id, [guardian_id]):
        outbox.keep_in(row, SkipReason.NO_AUTHORITY)
    session.flush()
    talks = _ahead(session, pupil_id, now)
    for talk in talks:
        told = circle_of(session, pupil_id, outbox.day_of(talk, now)).audience(talk.household_id)
        outbox.take_out(
            session, booking=talk, guardian_ids=[guardian_id], besides=[one.address for one in told.to], now=now,
            because=BECAUSE_ENDED,
        )  # fmt: skip
    return len(talks)


def _tell_again(session: Session, tie: Tie, now: datetime) -> int:
    guardian_id, pupil_id = tie
    told = 0
    for talk in _ahead(session, pupil_id, now):
        last = select(Outbox.letter).where(Outbox.booking_id == talk.id, Outbox.guardian_id == guardian_id)
        person = next(
            (
                one
                for one in circle_of(session, pupil_id, outbox.day_of(talk, now)).audience(talk.household_id).to
                if one.guardian_id == guardian_id
            ),
            None,
        )
        if person is None or session.scalar(last.order_by(Outbox.id.desc()).limit(1)) is not Letter.ELSEWHERE:
            continue
        # The cancellation counts one above the talk; only what is higher brings it back.
        talk.ical_sequence += 2
        talk.ical_stamp, talk.version = now, talk.version + 1
        outbox.post_again(session, booking=talk, person=person, now=now)
        told += 1
    return told


def _ahead(session: Session, pupil_id: int, now: datetime) -> list[Booking]:
    wanted = select(Booking).where(Booking.pupil_id == pupil_id, Booking.status.in_(LIVE), Booking.starts_at > now)
    return list(session.scalars(wanted.order_by(Booking.starts_at, Booking.id)))
