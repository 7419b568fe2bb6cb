"""Families that choose their own times on an evening of several talks: all of them together, or none."""

import itertools
from collections.abc import Mapping, Sequence
from datetime import datetime
from operator import itemgetter

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.homes import widened
from scheduling.domain.journal import Actor
from scheduling.domain.mailings import Letter
from scheduling.domain.requests import ChosenTime, ChosenTooNear, NoRequestsHere, NothingChosen
from scheduling.domain.rounds import AlreadyBooked, BookingOrigin, BookingStatus
from scheduling.domain.timeslots import Span, local
from scheduling.domain.wishes import Wisher
from scheduling.models import Round, School, Slot, Staff, TalkRequest
from scheduling.queries import bookings as asking
from scheduling.queries import requests as wanted
from scheduling.queries import wishes as wishing
from scheduling.queries.bookings import Home
from scheduling.services import bookings, outbox, requests
from scheduling.services.journal import record
from scheduling.services.transaction import transaction
from scheduling.services.turns import ensure_turn

Times = Mapping[tuple[int, int], ChosenTime]
"""Per pupil and colleague the time that was chosen, as it was on the page."""


def choose(*, round_id: int, times: Times, by: Actor, now: datetime) -> int:
    """These times, with these colleagues, about the own children: each is a talk at once. How many there are."""
    with transaction() as session:
        homes = {home.pupil_id: home for home in asking.find_homes(session, by, local(now).date())}
        found = _held(session, round_id, homes, times, now)
        for pupil_id in {pupil_id for pupil_id, _ in times}:
            bookings.rules_for(session, found, homes[pupil_id], now).ensure_open(now)
        return _choose(session, found, homes, times, BookingOrigin.FAMILY, by, now)


def choose_for(*, round_id: int, wisher: Wisher, times: Times, early: bool, by: Actor, now: datetime) -> int:
    """The same by the office, for a family that is on the phone; before its turn only knowingly (`early`)."""
    with transaction() as session:
        homes = {home.pupil_id: home for home in wishing.find_homes_of(session, wisher, local(now).date())}
        found = _held(session, round_id, homes, times, now)
        for pupil_id in sorted({pupil_id for pupil_id, _ in times}):
            ensure_turn(
                session, found, pupil_id=pupil_id, household_id=homes[pupil_id].household_id, early=early, now=now
            )
        return _choose(session, found, homes, times, BookingOrigin.OFFICE, by, now)


def _held(session: Session, round_id: int, homes: Mapping[int, Home], times: Times, now: datetime) -> Round:
    """The round, with everybody whom these talks touch holding still."""
    found, _ = wanted.ensure_asks(session, round_id)
    if not wanted.chooses_here(round_id):
        raise NoRequestsHere
    if not times:
        raise NothingChosen
    if any(pupil_id not in homes for pupil_id, _ in times):
        raise NotFound
    talks = [(round_id, pupil_id, homes[pupil_id].household_id, teacher_id) for pupil_id, teacher_id in times]
    bookings.hold_everybody(session, talks, now)
    return found


def _choose(
    session: Session, found: Round, homes: Mapping[int, Home], times: Times, origin: BookingOrigin, by: Actor,
    now: datetime,
) -> int:  # fmt: skip
    talks: list[tuple[TalkRequest, list[Slot]]] = []
    for (pupil_id, teacher_id), time in sorted(times.items(), key=itemgetter(0)):
        asked = requests.ask_one(session, found, homes[pupil_id], teacher_id, by, now)
        standing = asking.find_live(session, found.id, homes[pupil_id], asked.id)
        if standing:
            raise AlreadyBooked(standing.starts_at)
        talks.append((asked, bookings.row_for(session, found, asked, time.slot_id, time.seen_at, now)))
    talks.sort(key=lambda talk: talk[1][0].starts_at)
    _ensure_time_between(session, talks)
    for asked, slots in talks:
        booking = bookings.take(
            session, round=found, pupil_id=asked.pupil_id, household_id=asked.household_id, slots=slots,
            request_id=asked.id, status=BookingStatus.CONFIRMED, origin=origin, by=by, now=now,
        )  # fmt: skip
        outbox.post(session, letter=Letter.CONFIRMED, booking=booking, now=now)
    record(
        session, by=by, action="evening_choices.choose", subject="round", subject_id=found.id, now=now,
        talks=len(talks),
    )  # fmt: skip
    return len(talks)


def _ensure_time_between(session: Session, talks: Sequence[tuple[TalkRequest, list[Slot]]]) -> None:
    """Of the times that were chosen together none overlap, and there is time to walk from one to the next."""
    walking = session.scalar(select(School.walking_minutes)) or 0
    for (first, before), (second, after) in itertools.combinations(talks, 2):
        margin = 0 if first.teacher_id == second.teacher_id else walking
        if widened(_span(before), margin).overlaps(_span(after)):
            names = [session.get_one(Staff, one.teacher_id).name.full for one in (first, second)]
            raise ChosenTooNear(*names)


def _span(slots: Sequence[Slot]) -> Span:
    return Span(slots[0].starts_at, slots[-1].ends_at)
