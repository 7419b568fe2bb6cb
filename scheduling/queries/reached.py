"""Per round and class: how many families were reached, whatever the form."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from sqlalchemy import select

from scheduling.domain.people import natural_order
from scheduling.domain.reached import How, Reached, fullest
from scheduling.domain.rounds import LIVE, Outcome, RoundUnknown
from scheduling.domain.timeslots import moment_at
from scheduling.models import (
    Booking,
    CallRequest,
    ClassGroup,
    Enrolment,
    NoTalkNeeded,
    PersonalApproach,
    Round,
    RoundClass,
    RoundExclusion,
    StandingRound,
    db,
)
from scheduling.queries.agreed_rounds import agreed_parts


@dataclass(frozen=True)
class RoundReached:
    """The page of one round; the classes in their own order, so that nobody is ranked."""

    round_id: int
    round_name: str
    classes: tuple[Reached, ...]
    whole: Reached


def reached_in(round_id: int, now: datetime) -> RoundReached:
    """Every child of the round once, by the fullest form in which its family was reached."""
    found = db.session.get(Round, round_id)
    if found is None:
        raise RoundUnknown(str(round_id))
    ways = _ways(found, now)
    classes: dict[str, Reached] = {}
    whole = Reached("")
    for pupil_id, class_name in _pupils(round_id):
        how = fullest(ways.get(pupil_id, set()))
        classes.setdefault(class_name, Reached(class_name)).counts[how] += 1
        whole.counts[how] += 1
    ordered = sorted(classes.values(), key=lambda one: natural_order(one.name))
    return RoundReached(round_id, found.name, tuple(ordered), whole)


def _pupils(round_id: int) -> list[tuple[int, str]]:
    left_out = select(RoundExclusion.pupil_id).where(RoundExclusion.round_id == round_id)
    rows = db.session.execute(
        select(Enrolment.pupil_id, ClassGroup.name)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .where(RoundClass.round_id == round_id, Enrolment.present, Enrolment.pupil_id.not_in(left_out))
    )
    return [(pupil_id, name) for pupil_id, name in rows]


def _ways(found: Round, now: datetime) -> dict[int, set[How]]:
    ways: dict[int, set[How]] = defaultdict(set)
    talks = select(Booking).where(Booking.round_id == found.id, Booking.status.in_(LIVE))
    for talk in db.session.scalars(talks):
        if how := _how(talk, now):
            ways[talk.pupil_id].add(how)
    for pupil_id in _single_talks(found):
        ways[pupil_id].add(How.OTHER)
    calls = select(CallRequest.pupil_id).where(CallRequest.round_id == found.id, CallRequest.done_at.is_not(None))
    for pupil_id in db.session.scalars(calls):
        ways[pupil_id].add(How.PHONE)
    for pupil_id in db.session.scalars(select(NoTalkNeeded.pupil_id).where(NoTalkNeeded.round_id == found.id)):
        ways[pupil_id].add(How.NONE_NEEDED)
    for pupil_id, _household_id in agreed_parts(db.session(), found.id).out:
        ways[pupil_id].add(How.AGREED)
    spoken = select(PersonalApproach).where(PersonalApproach.round_id == found.id)
    for row in db.session.scalars(spoken):
        if row.next_step.reached:
            ways[row.pupil_id].add(How.PERSONAL)
    return ways


def _how(talk: Booking, now: datetime) -> How | None:
    if talk.outcome is not None:
        return {Outcome.HELD: How.TALK, Outcome.BY_PHONE: How.PHONE}.get(talk.outcome)
    return How.TO_NOTE if talk.ends_at <= now else How.TO_COME


def _single_talks(found: Round) -> list[int]:
    """Whose family had a talk of its own in the days of the round."""
    opens = moment_at(found.starts_on, time(0))
    closes = moment_at(found.ends_on + timedelta(days=1), time(0))
    held = select(Booking.pupil_id).where(
        Booking.round_id.in_(select(StandingRound.round_id)), Booking.outcome.in_((Outcome.HELD, Outcome.BY_PHONE)),
        Booking.starts_at >= opens, Booking.starts_at < closes,
    )  # fmt: skip
    return list(db.session.scalars(held.distinct()))
