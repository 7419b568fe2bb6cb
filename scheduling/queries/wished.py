"""What became of wishes: per home, by its talks as they stand now, so that every later move is told as well.

What one home wished is never loaded for another one of the same child.
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.rounds import LIVE, BookingOrigin, adjoins
from scheduling.domain.timeslots import Span, local
from scheduling.domain.wishes import Outcome, SiblingWish, WishedTalk, Wisher, Wishes, became_of
from scheduling.models import Booking, Round, School


def outcomes(
    session: Session, round_id: int, said: Mapping[Wisher, Wishes], children: Mapping[Wisher, Mapping[int, str]]
) -> dict[Wisher, Outcome]:
    """For every home that said something: its children's talks (by number and name) against what it said."""
    pupils = {pupil_id for wisher in said for pupil_id in children.get(wisher, {})}
    talks = _talks(session, round_id, pupils)
    measure = _measure(session, round_id)
    return {
        wisher: _outcome(wishes, children[wisher], _own(talks, wisher, children[wisher]), measure)
        for wisher, wishes in said.items()
        if children.get(wisher)
    }


def _outcome(
    wishes: Wishes, children: Mapping[int, str], talks: Mapping[int, Booking], measure: tuple[timedelta, timedelta]
) -> Outcome:
    found = []
    for pupil_id, name in children.items():
        talk = talks.get(pupil_id)
        span = Span(talk.starts_at, talk.ends_at) if talk else None
        chosen = talk is not None and talk.origin is BookingOrigin.FAMILY
        found.append(WishedTalk(name, span.starts_at if span else None, became_of(wishes, span, chosen=chosen)))
    found.sort(key=lambda one: (one.starts_at is None, one.starts_at and one.starts_at.timestamp()))
    complete = len(children) > 1 and len(talks) == len(children)
    met = _siblings_met(wishes.siblings, talks.values(), measure) if complete else None
    return Outcome(tuple(found), wishes.siblings, met)


def _siblings_met(
    wish: SiblingWish, talks: Iterable[Booking], measure: tuple[timedelta, timedelta]
) -> bool | None:  # fmt: skip
    ordered = sorted(talks, key=lambda talk: talk.starts_at)
    pairs = list(itertools.pairwise(ordered))
    if wish is SiblingWish.APART:
        return all(local(one.starts_at).date() != local(other.starts_at).date() for one, other in pairs)
    if wish is SiblingWish.TOGETHER:
        return all(_adjoin(one, other, *measure) for one, other in pairs)
    return None


def _adjoin(one: Booking, other: Booking, slot: timedelta, walking: timedelta) -> bool:
    first, second = Span(one.starts_at, one.ends_at), Span(other.starts_at, other.ends_at)
    return adjoins(first, one.leader_id, second, other.leader_id, slot=slot, walking=walking)


def _measure(session: Session, round_id: int) -> tuple[timedelta, timedelta]:
    """How long a talk of the round is, and how long one walks between two rooms."""
    minutes = session.scalar(select(Round.slot_minutes).where(Round.id == round_id)) or 0
    walking = session.scalar(select(School.walking_minutes)) or 0
    return timedelta(minutes=minutes), timedelta(minutes=walking)


def _talks(session: Session, round_id: int, pupil_ids: Collection[int]) -> dict[int, list[Booking]]:
    wanted = select(Booking).where(
        Booking.round_id == round_id, Booking.status.in_(LIVE), Booking.pupil_id.in_(pupil_ids)
    )
    found: dict[int, list[Booking]] = defaultdict(list)
    for talk in session.scalars(wanted):
        found[talk.pupil_id].append(talk)
    return found


def _own(
    talks: Mapping[int, list[Booking]], wisher: Wisher, children: Mapping[int, str]
) -> dict[int, Booking]:  # fmt: skip
    """Of each child the talk with this home, or the joint one."""
    found = {}
    for pupil_id in children:
        with_us = [one for one in talks.get(pupil_id, ()) if one.household_id in (None, wisher.household_id)]
        if with_us:
            found[pupil_id] = with_us[0]
    return found
