"""Wishes: a home says which parts of which days suit it, or the office writes down what it says on the phone."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.timeslots import local
from scheduling.domain.wishes import Answer, NoWishesHere, SiblingWish, Wisher, WishesOver
from scheduling.models import HomeWishes, Household, WishedTime
from scheduling.queries import bookings
from scheduling.queries import wishes as asking
from scheduling.queries.bookings import Home
from scheduling.queries.wishes import AskedHome
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def say(
    *, round_id: int, answers: Mapping[str, Answer], siblings: SiblingWish | None = None, by: Actor, now: datetime
) -> None:
    """What suits this family, by the key of each part of a day; a part that is not named is left open.

    Saying it again replaces it, whoever of the home said it first. After the date it is kept and used all the same.
    """
    with transaction() as session:
        homes = bookings.find_homes(session, by, local(now).date())
        _say(session, round_id, homes, answers, siblings, by, now)


def say_for(
    *, round_id: int, wisher: Wisher, answers: Mapping[str, Answer], siblings: SiblingWish | None = None, by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """The office writes down what this home says."""
    with transaction() as session:
        homes = asking.find_homes_of(session, wisher, local(now).date())
        _say(session, round_id, homes, answers, siblings, by, now)


def _say(
    session: Session, round_id: int, homes: Sequence[Home], answers: Mapping[str, Answer],
    siblings: SiblingWish | None, by: Actor, now: datetime,
) -> None:  # fmt: skip
    lock(session, Household, [home.household_id for home in homes if home.household_id])
    _found, until = asking.ensure_asked(session, round_id)
    asked = asking.asked_homes(session, round_id, homes)
    if not asked:
        raise NoWishesHere
    if all(one.has_time for one in asked):
        raise WishesOver
    for one in asked:
        row = _row(session, round_id, one.wisher, by, now)
        if siblings is not None and len(one.children) > 1:
            row.siblings = siblings
        count = _keep(row, one, answers)
        session.flush()
        record(
            session, by=by, action="wishes.say", subject="round", subject_id=round_id, now=now,
            household=one.wisher.household_id, pupil=one.wisher.pupil_id, times=count, late=now >= until,
        )  # fmt: skip


def _row(session: Session, round_id: int, wisher: Wisher, by: Actor, now: datetime) -> HomeWishes:
    row = asking.find_said(session, round_id, wisher)
    if row is None:
        row = HomeWishes(
            round_id=round_id, household_id=wisher.household_id, pupil_id=wisher.pupil_id,
            siblings=SiblingWish.NO_MATTER,
        )  # fmt: skip
        session.add(row)
    row.said_at = now
    row.guardian_id = by.id if by.kind is ActorKind.GUARDIAN else None
    row.staff_id = by.id if by.kind is ActorKind.STAFF else None
    return row


def _keep(row: HomeWishes, asked: AskedHome, answers: Mapping[str, Answer]) -> int:
    """Only of the times this home is asked about; the rest stays as the other guardian said it."""
    known = {(time.day, time.part): time for time in row.times}
    for window in (one.window for one in asked.offered):
        answer, time = answers.get(window.key), known.get((window.day, window.part))
        if answer is None:
            if time:
                row.times.remove(time)
        elif time:
            time.answer = answer
        else:
            row.times.append(WishedTime(day=window.day, part=window.part, answer=answer))
    return len(row.times)
