"""Wishes: a home says which parts of which days suit it, or the office writes down what it says on the phone."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.single_talks import may_be_at_home
from scheduling.domain.timeslots import local
from scheduling.domain.wishes import Answer, NoWishesHere, SiblingWish, Wisher, WishesOver
from scheduling.models import HomeWishes, Household, WishedTime
from scheduling.queries import bookings
from scheduling.queries import wishes as asking
from scheduling.queries.bookings import Home
from scheduling.queries.single_talks import home_visits
from scheduling.queries.wishes import AskedHome
from scheduling.services import outbox
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def say(
    *, round_id: int, answers: Mapping[str, Answer], siblings: SiblingWish | None = None, at_home: bool | None = None,
    both_mentors: bool | None = None, by: Actor, now: datetime,
) -> None:  # fmt: skip
    """What suits this family, by the key of each part of a day; a part that is not named is left open.

    `at_home`: in a round of introductions, whether it would rather be visited. `both_mentors`: whether it would like
    to speak with both leaders of the class in one talk.

    Saying it again replaces it, whoever of the home said it first; saying the same again changes nothing. After the
    date it is kept and used all the same. The other guardian of the home is told.
    """
    with transaction() as session:
        homes = bookings.find_homes(session, by, local(now).date())
        _say(session, round_id, homes, answers, siblings, at_home, both_mentors, by, now)


def say_for(
    *, round_id: int, wisher: Wisher, answers: Mapping[str, Answer], siblings: SiblingWish | None = None,
    at_home: bool | None = None, both_mentors: bool | None = None, by: Actor, now: datetime,
) -> None:  # fmt: skip
    """The office writes down what this home says."""
    with transaction() as session:
        homes = asking.find_homes_of(session, wisher, local(now).date())
        _say(session, round_id, homes, answers, siblings, at_home, both_mentors, by, now)


def _say(
    session: Session, round_id: int, homes: Sequence[Home], answers: Mapping[str, Answer],
    siblings: SiblingWish | None, at_home: bool | None, both_mentors: bool | None, by: Actor, now: datetime,
) -> None:  # fmt: skip
    lock(session, Household, [home.household_id for home in homes if home.household_id])
    found, until = asking.ensure_asked(session, round_id)
    asked = asking.asked_homes(session, round_id, homes)
    if not asked:
        raise NoWishesHere
    if all(one.has_time for one in asked):
        raise WishesOver
    at_home = at_home if may_be_at_home(found.kind, home_visits()) else None
    for one in asked:
        both = both_mentors if one.has_two_leaders else None
        if keep(
            session, found.id, one, answers, siblings, by, now, at_home=at_home, both_mentors=both, late=now >= until
        ):
            outbox.post_about_wishes(
                session, round_id=found.id, wisher=one.wisher, pupil_ids=[child.pupil_id for child in one.children],
                now=now, by=by,
            )  # fmt: skip


def keep(
    session: Session, round_id: int, asked: AskedHome, answers: Mapping[str, Answer], siblings: SiblingWish | None,
    by: Actor, now: datetime, *, late: bool, at_home: bool | None = None, both_mentors: bool | None = None,
) -> bool:  # fmt: skip
    """Write down what one home says, within the caller's transaction and without a letter. Was anything new?"""
    row = asking.find_said(session, round_id, asked.wisher)
    other_place = at_home is not None and at_home != (row.at_home if row else False)
    others = both_mentors is not None and both_mentors != (row.both_mentors if row else False)
    if row is not None and not other_place and not others and not _differs(row, asked, answers, siblings):
        return False
    row = row or _new_row(session, round_id, asked.wisher)
    row.said_at = now
    row.guardian_id = by.id if by.kind is ActorKind.GUARDIAN else None
    row.staff_id = by.id if by.kind is ActorKind.STAFF else None
    if siblings is not None and asked.several:
        row.siblings = siblings
    row.at_home = row.at_home if at_home is None else at_home
    row.both_mentors = row.both_mentors if both_mentors is None else both_mentors
    _write(row, asked, answers)
    session.flush()
    record(
        session, by=by, action="wishes.say", subject="round", subject_id=round_id, now=now,
        household=asked.wisher.household_id, pupil=asked.wisher.pupil_id, times=len(row.times), late=late,
    )  # fmt: skip
    return True


def _differs(
    row: HomeWishes, asked: AskedHome, answers: Mapping[str, Answer], siblings: SiblingWish | None
) -> bool:  # fmt: skip
    """Is something else said than stands there? Who looks again after the date and changes nothing is not late."""
    if siblings is not None and asked.several and row.siblings is not siblings:
        return True
    known = {(time.day, time.part): time.answer for time in row.times}
    windows = [one.window for one in asked.offered]
    return any(answers.get(window.key) is not known.get((window.day, window.part)) for window in windows)


def _new_row(session: Session, round_id: int, wisher: Wisher) -> HomeWishes:
    row = HomeWishes(
        round_id=round_id, household_id=wisher.household_id, pupil_id=wisher.pupil_id, siblings=SiblingWish.NO_MATTER,
        at_home=False, both_mentors=False,
    )  # fmt: skip
    session.add(row)
    return row


def _write(row: HomeWishes, asked: AskedHome, answers: Mapping[str, Answer]) -> None:
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
