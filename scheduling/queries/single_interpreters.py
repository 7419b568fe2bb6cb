"""Interpreters at talks that are made for one pupil: who needs one, what a home said before, and who is booked."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from scheduling.domain.guests import HelpState, NoSuchGuest, Way
from scheduling.domain.journal import Actor
from scheduling.domain.single_talks import Medium
from scheduling.domain.timeslots import local
from scheduling.models import Booking, InterpreterRequest, Outsider, SingleTalk, db
from scheduling.queries.bookings import find_home
from scheduling.queries.guests import Order, OrderList, TalkTime, filed_language
from scheduling.queries.interpreting import interpreters_at, times_interpreting
from scheduling.queries.leaders import Home, PupilFacts, pupils_by_id, year_at
from scheduling.queries.single_talks import Single, of_year, the_one


@dataclass(frozen=True)
class Need:
    """What one home said of its interpreter, or else what the school's file says."""

    household_id: int | None
    home: tuple[str, ...]
    language: str
    way: Way
    state: HelpState
    interpreter: str
    """Who is booked, by name; only the school reads it."""
    number: str = ""
    interpreter_id: int | None = None


def orders_of_singles(now: datetime) -> OrderList:
    """Every home that needs an interpreter at a talk made for one pupil that is still to come, or to be arranged."""
    year_id = year_at(now).id
    singles = [one for one in of_year(year_id, now) if not one.is_over(now)]
    needs, pupils, rooms = _needs(singles, year_id, now), _pupils(singles, year_id, now), _rooms(singles)
    orders = [
        _order(one, pupils[one.pupil_id], need, rooms)
        for one in singles
        for need in needs[one.id]
        if need.language
    ]  # fmt: skip
    return OrderList(0, "", tuple(orders))


def the_order(single_id: int, household_id: int | None, now: datetime) -> Order:
    """What one home of such a talk needs; without a language it needs nobody so far."""
    one = the_one(single_id, now)
    if one is None or one.is_over(now):
        raise NoSuchGuest
    pupils = _pupils([one], one.year_id, now)
    for need in _needs([one], one.year_id, now)[one.id]:
        if need.household_id == household_id:
            return _order(one, pupils[one.pupil_id], need, _rooms([one]))
    raise NoSuchGuest


def needs_at(single: Single, now: datetime) -> tuple[Need, ...]:
    """What every home of this talk needs, for its leader."""
    return _needs([single], single.year_id, now)[single.id]


def own_need(single: Single, by: Actor, now: datetime) -> Need:
    """What the own home said, for its own page."""
    home = find_home(db.session(), by, single.pupil_id, local(now).date())
    own = home.household_id if home else None
    found = [need for need in needs_at(single, now) if need.household_id == own]
    return found[0] if found else Need(own, (), "", Way.ON_SITE, HelpState.ASKED, "")


def needs_of_pupil(pupil: PupilFacts) -> tuple[Need, ...]:
    """What the homes of this pupil said before, or the school's file: for who is about to propose a talk."""
    session = db.session()
    return tuple(need for home in pupil.homes if (need := _before(session, pupil.id, home)).language)


def gone_for_interpreter(single: Single) -> frozenset[int]:
    """Which of the proposed times are gone, because the interpreter who is booked is elsewhere then."""
    busy = times_interpreting(db.session(), interpreters_at(db.session(), single.request_id))
    return frozenset(time.id for time in single.times if any(map(time.span.overlaps, busy)))


def said_before(session: Session, pupil_id: int, household_id: int | None) -> InterpreterRequest | None:
    """The last that this home said of an interpreter, of any child and any talk; None: it never said anything."""
    own: ColumnElement[bool] = InterpreterRequest.household_id == household_id
    if household_id is None:
        own = own & (InterpreterRequest.pupil_id == pupil_id)
    newest = select(InterpreterRequest).where(own).order_by(InterpreterRequest.asked_at.desc())
    return session.scalar(newest.order_by(InterpreterRequest.id.desc()).limit(1))


def language_before(by: Actor, pupil_ids: Collection[int], now: datetime) -> tuple[str, Way]:
    """What the own home needs as far as it is known, to begin a new question with."""
    session, today = db.session(), local(now).date()
    pupils = pupils_by_id(set(pupil_ids), year_at(now).id, today=today)
    for pupil_id in pupil_ids:
        home, pupil = find_home(session, by, pupil_id, today), pupils.get(pupil_id)
        facts = pupil.home(home.household_id) if home and pupil else None
        if facts is not None and (need := _before(session, pupil_id, facts)).language:
            return need.language, need.way
    return "", Way.ON_SITE


def _before(session: Session, pupil_id: int, home: Home) -> Need:
    said = said_before(session, pupil_id, home.household_id)
    language = said.language if said else filed_language(home)
    way = said.way if said else Way.ON_SITE
    return Need(home.household_id, home.names, language, way, HelpState.ASKED, "")


def _needs(singles: Sequence[Single], year_id: int, now: datetime) -> dict[int, tuple[Need, ...]]:
    pupils = _pupils(singles, year_id, now)
    rows = db.session.execute(
        select(InterpreterRequest, Outsider.name)
        .outerjoin(Outsider, Outsider.id == InterpreterRequest.outsider_id)
        .where(InterpreterRequest.request_id.in_([one.request_id for one in singles]))
    )
    asked = {(row.request_id, row.household_id): (row, name) for row, name in rows}
    found: dict[int, tuple[Need, ...]] = defaultdict(tuple)
    for one in singles:
        for home in pupils[one.pupil_id].homes_at(one.household_id) if one.pupil_id in pupils else ():
            row, name = asked.get((one.request_id, home.household_id), (None, ""))
            found[one.id] += (_need(home, row, name or ""),)
    return found


def _need(home: Home, row: InterpreterRequest | None, name: str) -> Need:
    if row is None:
        return Need(home.household_id, home.names, filed_language(home), Way.ON_SITE, HelpState.ASKED, "")
    return Need(home.household_id, home.names, row.language, row.way, row.state, name, row.number, row.outsider_id)


def _order(one: Single, pupil: PupilFacts, need: Need, rooms: dict[int, str]) -> Order:
    room = rooms.get(one.booking_id or 0, "")
    talks = (TalkTime(one.booking_id, one.span, room, one.leader),) if one.booking_id and one.span else ()
    return Order(
        round_id=one.round_id, pupil_id=one.pupil_id, household_id=need.household_id, pupil=one.pupil,
        class_name=pupil.class_name, home=need.home, language=need.language, way=need.way, state=need.state,
        interpreter_id=need.interpreter_id, interpreter=need.interpreter, number=need.number, wanted=1, talks=talks,
        long_enough=timedelta(), single_id=one.id, request_id=one.request_id, kind=one.kind,
        at_home=one.medium is Medium.HOME,
    )  # fmt: skip


def _pupils(singles: Collection[Single], year_id: int, now: datetime) -> dict[int, PupilFacts]:
    return pupils_by_id({one.pupil_id for one in singles}, year_id, today=local(now).date())


def _rooms(singles: Collection[Single]) -> dict[int, str]:
    wanted = select(Booking.id, Booking.room).join(SingleTalk, SingleTalk.booking_id == Booking.id)
    rows = db.session.execute(wanted.where(SingleTalk.id.in_([one.id for one in singles])))
    return {row.id: row.room for row in rows}
