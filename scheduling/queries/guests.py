"""Interpreters: which family needs one, who is booked, at which talks, and what each was told last.

Nobody here learns of another home: a time at which an interpreter is elsewhere is only gone.
"""

import itertools
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.guests import ARRANGED, HelpState, NoSuchGuest, Way, speaks
from scheduling.domain.journal import Actor
from scheduling.domain.people import Name, natural_order
from scheduling.domain.rooms import Place
from scheduling.domain.rounds import LIVE, RoundKind, RoundUnknown, slots_needed
from scheduling.domain.single_talks import Medium
from scheduling.domain.timeslots import Span, local
from scheduling.models import (
    Booking,
    InterpreterRequest,
    Outsider,
    PracticalNeed,
    Pupil,
    Room,
    Round,
    Staff,
    TalkColleague,
    TalkGuest,
    db,
)
from scheduling.queries.bookings import Home as OwnHome
from scheduling.queries.bookings import find_home, interpreter_language, takes_part
from scheduling.queries.extra_persons import HELD, expected_colleagues, expected_outsiders, held, told_colleagues
from scheduling.queries.interpreting import served
from scheduling.queries.leaders import Home, PupilFacts, pupils_by_id
from scheduling.queries.rooms import place_of, room_list
from scheduling.queries.snapshots import Need, first_day_of, needed_talks, offered_slots
from scheduling.queries.wishes import is_asked_about


@dataclass(frozen=True)
class Interpreter:
    """Somebody of the office's list."""

    id: int
    name: str
    organisation: str
    languages: str
    email: str
    phone: str
    is_active: bool


@dataclass(frozen=True)
class TalkTime:
    """One talk of a family that needs an interpreter."""

    booking_id: int
    span: Span
    room: str
    leader: Name

    @property
    def day(self) -> date:
        return local(self.span.starts_at).date()

    @property
    def minutes(self) -> int:
        return int(self.span.length.total_seconds()) // 60


@dataclass(frozen=True)
class Order:
    """One home that needs an interpreter in a round, and its talks."""

    round_id: int
    pupil_id: int
    household_id: int | None
    pupil: Name
    class_name: str
    home: tuple[str, ...]
    language: str
    way: Way
    state: HelpState
    interpreter_id: int | None
    interpreter: str
    number: str
    wanted: int
    """So many talks this home needs in the round."""
    talks: tuple[TalkTime, ...]
    long_enough: timedelta
    """With an interpreter everything is said twice: two slots."""
    single_id: int = 0
    """Of a talk that is made for one pupil; with what it was asked by, its kind, and whether it is at the family's."""
    request_id: int | None = None
    kind: RoundKind | None = None
    at_home: bool = False

    @property
    def short(self) -> bool:
        """Some talk is no longer than one without an interpreter."""
        return any(talk.span.length < self.long_enough for talk in self.talks)

    def on(self, day: date | None) -> tuple[TalkTime, ...]:
        """The talks of this day; None: without a time there are none."""
        return tuple(talk for talk in self.talks if talk.day == day)


@dataclass(frozen=True)
class Clash:
    """Two talks of one interpreter at once."""

    interpreter: str
    first: tuple[str, Span]
    second: tuple[str, Span]


@dataclass(frozen=True)
class Shift:
    """One interpreter's talks of one day, one after the other."""

    interpreter_id: int
    interpreter: str
    day: date
    spans: tuple[Span, ...]

    @property
    def whole(self) -> Span:
        return Span(self.spans[0].starts_at, max(span.ends_at for span in self.spans))

    @property
    def idle(self) -> int:
        """Minutes between the talks in which there is nothing to interpret."""
        gaps = (later.starts_at - earlier.ends_at for earlier, later in itertools.pairwise(self.spans))
        return sum(int(gap.total_seconds()) // 60 for gap in gaps if gap > timedelta())


@dataclass(frozen=True)
class OrderList:
    """All interpreters of a round: what is needed, per day and language, and who is booked."""

    round_id: int
    round_name: str
    orders: tuple[Order, ...]

    @property
    def days(self) -> tuple[date | None, ...]:
        """The days with talks; last, None: for what has no time yet."""
        days = sorted({talk.day for order in self.orders for talk in order.talks})
        return (*days, None) if any(not order.talks for order in self.orders) else tuple(days)

    def on(self, day: date | None) -> list[Order]:
        """What is needed that day, by language and then by time."""
        found = [order for order in self.orders if (order.on(day) if day else not order.talks)]
        return sorted(found, key=lambda one: (one.language.casefold(), _first(one, day), one.pupil.sort_key))

    @property
    def to_do(self) -> int:
        """How many families wait for an interpreter."""
        return sum(order.state is HelpState.ASKED for order in self.orders)

    @property
    def clashes(self) -> tuple[Clash, ...]:
        found = []
        for name, talks in self._by_interpreter().values():
            for (one, earlier), (other, later) in itertools.combinations(talks, 2):
                if earlier.overlaps(later):
                    found.append(Clash(name, (one, earlier), (other, later)))
        return tuple(found)

    @property
    def shifts(self) -> tuple[Shift, ...]:
        """Who comes when, by day."""
        found = []
        for interpreter_id, (name, talks) in self._by_interpreter().items():
            days: dict[date, list[Span]] = defaultdict(list)
            for _, span in talks:
                days[local(span.starts_at).date()].append(span)
            found += [Shift(interpreter_id, name, day, tuple(sorted(spans))) for day, spans in days.items()]
        return tuple(sorted(found, key=lambda shift: (shift.day, shift.whole.starts_at, shift.interpreter)))

    def _by_interpreter(self) -> dict[int, tuple[str, list[tuple[str, Span]]]]:
        found: dict[int, tuple[str, dict[int, tuple[str, Span]]]] = {}
        for order in self.orders:
            if order.interpreter_id is not None and order.state in ARRANGED:
                _, own = found.setdefault(order.interpreter_id, (order.interpreter, {}))
                own |= {talk.booking_id: (order.pupil.full, talk.span) for talk in order.talks}
        return {
            key: (name, sorted(own.values(), key=lambda one: (one[1], one[0]))) for key, (name, own) in found.items()
        }


@dataclass(frozen=True)
class Task:
    """One talk on an interpreter's own sheet: never more of the child than the given name."""

    span: Span
    room: str
    given_name: str
    language: str
    way: Way
    number: str
    state: HelpState
    at_home: bool = False
    """At the family's; where that is, the school tells."""


def interpreters() -> tuple[Interpreter, ...]:
    """The office's list, by name; who stopped comes last."""
    rows = db.session.scalars(
        select(Outsider)
        .where(Outsider.languages != "")
        .order_by(Outsider.stopped_at.is_not(None), Outsider.name, Outsider.id)
    )
    return tuple(_interpreter(row) for row in rows)


def the_interpreter(outsider_id: int) -> Interpreter:
    row = db.session.get(Outsider, outsider_id)
    if row is None or not row.languages:
        raise NoSuchGuest
    return _interpreter(row)


def fitting(language: str, chosen: int | None) -> tuple[Interpreter, ...]:
    """Who may be booked: first those who speak the language. Who is booked already stays in the list."""
    found = [one for one in interpreters() if one.is_active or one.id == chosen]
    return tuple(sorted(found, key=lambda one: not speaks(one.languages, language)))


def tasks_of(outsider_id: int, now: datetime) -> tuple[Task, ...]:
    """The sheet of one interpreter: the talks to come, in order of time."""
    rows = db.session.execute(
        _served()
        .where(InterpreterRequest.outsider_id == outsider_id, Booking.ends_at > now)
        .order_by(Booking.starts_at, Booking.id)
    )
    found = {
        booking.id: Task(
            Span(booking.starts_at, booking.ends_at), booking.room, pupil.given_name, request.language, request.way,
            request.number, request.state, at_home=is_at_home(medium, request.way),
        )
        for booking, request, pupil, medium in rows
    }  # fmt: skip
    return tuple(found.values())


def _served() -> Any:
    """Talks that stand, each with what its interpreter is booked for, the child, and how people meet."""
    asked = select(Booking, InterpreterRequest, Pupil, HELD[0]).join(Pupil, Pupil.id == Booking.pupil_id)
    return held(served(asked))


def orders_of(round_id: int, now: datetime) -> OrderList:
    """Every home of a round that needs an interpreter: by its own word, else by the school's file."""
    found, orders = _orders(round_id, now)
    return OrderList(round_id, found.name, tuple(order for order in orders if order.language))


def the_order(round_id: int, pupil_id: int, household_id: int | None, now: datetime) -> Order:
    """What one home of the round needs; without a language it needs nobody so far."""
    for order in _orders(round_id, now, pupil_id)[1]:
        if order.household_id == household_id:
            return order
    raise NoSuchGuest


def _orders(round_id: int, now: datetime, pupil_id: int | None = None) -> tuple[Round, list[Order]]:
    """Of every home that may need an interpreter, or of all homes of this one pupil."""
    found = db.session.get(Round, round_id)
    if found is None:
        raise RoundUnknown(str(round_id))
    first = first_day_of(offered_slots(round_id), now)
    every = needed_talks(round_id, on=first)
    needs = [need for need in every if (need.interpreter if pupil_id is None else need.pupil_id == pupil_id)]
    pupils = pupils_by_id({need.pupil_id for need in needs}, found.year_id, today=first)
    wanted: dict[tuple[int, int | None], list[Need]] = defaultdict(list)
    for need in needs:
        for home in pupils[need.pupil_id].homes if need.pupil_id in pupils else ():
            if need.household_id in (None, home.household_id) or home.household_id is None:
                wanted[need.pupil_id, home.household_id].append(need)
    asked, talks = _asked(round_id), _talks(round_id, set(pupils))
    names = {one.id: one.name for one in interpreters()}
    long_enough = timedelta(minutes=found.slot_minutes * slots_needed(interpreter=True))
    orders = []
    for (pupil, household_id), own in wanted.items():
        own_home = pupils[pupil].home(household_id)
        if own_home is not None:
            times = [talk for held, talk in talks.get(pupil, ()) if held in (None, household_id)]
            request = asked.get((pupil, household_id))
            orders.append(_order(round_id, pupils[pupil], own_home, request, names, len(own), times, long_enough))
    return found, orders


def _order(
    round_id: int, pupil: PupilFacts, home: Home, request: InterpreterRequest | None, names: Mapping[int, str],
    wanted: int, talks: Sequence[TalkTime], long_enough: timedelta,
) -> Order:  # fmt: skip
    interpreter_id = request.outsider_id if request else None
    return Order(
        round_id=round_id, pupil_id=pupil.id, household_id=home.household_id, pupil=pupil.name,
        class_name=pupil.class_name, home=home.names, language=request.language if request else filed_language(home),
        way=request.way if request else Way.ON_SITE, state=request.state if request else HelpState.ASKED,
        interpreter_id=interpreter_id, interpreter=names.get(interpreter_id or 0, ""),
        number=request.number if request else "", wanted=wanted, talks=tuple(talks), long_enough=long_enough,
    )  # fmt: skip


def _interpreter(row: Outsider) -> Interpreter:
    return Interpreter(
        row.id, row.name, row.organisation, row.languages, row.email, row.phone, is_active=row.stopped_at is None
    )


def _first(order: Order, day: date | None) -> float:
    return min((talk.span.starts_at.timestamp() for talk in order.on(day)), default=0.0)


def filed_language(home: Home) -> str:
    """Which interpreter the school's file knows for this home."""
    return next((guardian.interpreter for guardian in home.guardians if guardian.interpreter), "")


def _asked(round_id: int) -> dict[tuple[int, int | None], InterpreterRequest]:
    rows = db.session.scalars(select(InterpreterRequest).where(InterpreterRequest.round_id == round_id))
    return {(row.pupil_id, row.household_id): row for row in rows}


def _talks(round_id: int, pupil_ids: Collection[int]) -> dict[int, list[tuple[int | None, TalkTime]]]:
    """Per pupil the talks that stand, each with its home (None: all homes together)."""
    rows = db.session.execute(
        select(Booking, Staff)
        .join(Staff, Staff.id == Booking.leader_id)
        .where(Booking.round_id == round_id, Booking.status.in_(LIVE), Booking.pupil_id.in_(pupil_ids))
        .order_by(Booking.starts_at, Booking.id)
    )
    found: dict[int, list[tuple[int | None, TalkTime]]] = defaultdict(list)
    for booking, leader in rows:
        time = TalkTime(booking.id, Span(booking.starts_at, booking.ends_at), booking.room, leader.name)
        found[booking.pupil_id].append((booking.household_id, time))
    return found


# What a family says itself


@dataclass(frozen=True)
class AskedInterpreter:
    """What a home said about an interpreter for this child, by the names that the pages of a talk use."""

    round_id: int
    pupil_id: int
    pupil: str
    interpreter: str
    way: Way
    request_id: int | None = None


def may_say_what_it_needs(session: Session, round_id: int, home: OwnHome) -> bool:
    """There is a talk, or one may be chosen; or the home is asked beforehand when or whom it would like to speak."""
    return takes_part(session, round_id, home.pupil_id) or is_asked_about(session, round_id, home)


def asked_beforehand(by: Actor, round_id: int, pupil_id: int, now: datetime) -> AskedInterpreter:
    """For a talk that has no time yet: the roster that is to come counts on the interpreter."""
    session = db.session()
    home = find_home(session, by, pupil_id, local(now).date())
    if home is None or not is_asked_about(session, round_id, home):
        raise NotFound
    found = session.scalar(
        select(InterpreterRequest).where(
            InterpreterRequest.round_id == round_id, InterpreterRequest.pupil_id == pupil_id,
            InterpreterRequest.household_id == home.household_id,
        )
    )  # fmt: skip
    return AskedInterpreter(
        round_id, pupil_id, session.get_one(Pupil, pupil_id).given_name,
        interpreter_language(session, round_id, pupil_id, home.household_id),
        found.way if found else Way.ON_SITE,
    )  # fmt: skip


# What a family needs to be able to come

GROUND_FLOOR = frozenset({"begane grond", "bg", "b.g.", "0", "gelijkvloers", "verdieping 0"})


@dataclass(frozen=True)
class NeedLine:
    """What one home needs, and where its talks are."""

    pupil: Name
    class_name: str
    home: tuple[str, ...]
    ground_floor: bool
    words: str
    talks: tuple[tuple[datetime, Place], ...]

    @property
    def upstairs(self) -> tuple[Place, ...]:
        """The rooms of which the school's list says that they are not on the ground floor, where that is needed."""
        there = {place for _, place in self.talks if place.floor and not is_ground(place.floor)}
        return tuple(sorted(there, key=lambda place: place.room)) if self.ground_floor else ()


def is_ground(floor: str) -> bool:
    return " ".join(floor.split()).casefold() in GROUND_FLOOR


def ground_rooms() -> tuple[str, ...]:
    """The rooms on the ground floor, as far as the school's list tells floors."""
    rows = db.session.execute(select(Room.name, Room.floor).order_by(Room.name))
    return tuple(dict.fromkeys(name for name, floor in rows if is_ground(floor)))


def find_need(session: Session, round_id: int, home: OwnHome) -> PracticalNeed | None:
    """What this home said."""
    return session.scalar(
        select(PracticalNeed).where(
            PracticalNeed.round_id == round_id, PracticalNeed.pupil_id == home.pupil_id,
            PracticalNeed.household_id == home.household_id,
        )
    )  # fmt: skip


def own_need(by: Actor, round_id: int, pupil_id: int, now: datetime) -> tuple[bool, str]:
    """For the family's own page: a room on the ground floor, and what else."""
    home = find_home(db.session(), by, pupil_id, local(now).date())
    found = find_need(db.session(), round_id, home) if home else None
    return (found.ground_floor, found.words) if found else (False, "")


def needs_of(round_id: int, now: datetime) -> tuple[NeedLine, ...]:
    """Of all homes of a round, by class and name."""
    found = db.session.get(Round, round_id)
    if found is None:
        raise RoundUnknown(str(round_id))
    session = db.session()
    rows = session.scalars(select(PracticalNeed).where(PracticalNeed.round_id == round_id)).all()
    pupils = pupils_by_id({row.pupil_id for row in rows}, found.year_id, today=local(now).date())
    talks, listed = _talks(round_id, set(pupils)), room_list(session)
    lines = []
    for row in rows:
        pupil = pupils.get(row.pupil_id)
        home = pupil.home(row.household_id) if pupil else None
        if pupil is not None and home is not None:
            times = tuple(
                (talk.span.starts_at, place_of(session, listed, talk.room, pupil_id=pupil.id, year_id=found.year_id))
                for held, talk in talks.get(pupil.id, ())
                if held in (None, row.household_id)
            )
            lines.append(NeedLine(pupil.name, pupil.class_name, home.names, row.ground_floor, row.words, times))
    return tuple(sorted(lines, key=lambda line: (natural_order(line.class_name), line.pupil.sort_key)))


# What each was told


@dataclass(frozen=True)
class Expected:
    """One interpreter at one talk, as it is now."""

    outsider_id: int
    booking_id: int
    facts: dict[str, str]


def expected_guests(session: Session, now: datetime) -> dict[tuple[int, int], Expected]:
    """Every interpreter, and everybody else from outside, at every talk to come."""
    rows = session.execute(_served().where(Booking.ends_at > now).order_by(Booking.starts_at, Booking.id))
    found = {}
    for booking, request, pupil, medium in rows:
        facts = {
            "starts_at": booking.starts_at.isoformat(), "ends_at": booking.ends_at.isoformat(), "room": booking.room,
            "language": request.language, "way": request.way.value, "number": request.number,
            "given_name": pupil.given_name,
        }  # fmt: skip
        if is_at_home(medium, request.way):
            facts[AT_HOME] = "yes"  # never whose home or where: who visits says that
        found[request.outsider_id, booking.id] = Expected(request.outsider_id, booking.id, facts)
    for (outsider_id, booking_id), facts in expected_outsiders(session, now).items():
        found[outsider_id, booking_id] = Expected(outsider_id, booking_id, facts)
    return found


def told_guests(session: Session, now: datetime) -> dict[tuple[int, int], TalkGuest]:
    """What was told of talks that were still to come, and holds as far as they know."""
    rows = session.scalars(select(TalkGuest).where(TalkGuest.cancelled_at.is_(None)))
    return {(row.outsider_id, row.booking_id): row for row in rows if _ends(row) > now}


def _ends(row: TalkGuest) -> datetime:
    return datetime.fromisoformat(row.told["ends_at"])


def are_behind(session: Session, now: datetime) -> bool:
    """Does anybody have to be told something?"""
    expected, told = expected_guests(session, now), told_guests(session, now)
    if expected.keys() != told.keys() or any(told[key].told != one.facts for key, one in expected.items()):
        return True
    coming, known = expected_colleagues(session, now), told_colleagues(session, now)
    return coming.keys() != known.keys() or any(known[key].told != facts for key, facts in coming.items())


AT_HOME = "at_home"


def is_at_home(medium: Medium | None, way: Way) -> bool:
    """Does the interpreter come to the family's own door?"""
    return medium is Medium.HOME and way is Way.ON_SITE


@dataclass(frozen=True)
class GuestFacts:
    """A letter to an interpreter: one talk, and all others of that day."""

    uid: str
    sequence: int
    starts_at: datetime
    ends_at: datetime
    room: str
    language: str
    way: Way
    number: str
    given_name: str
    cancelled: bool
    is_new: bool
    """The first letter about this talk."""
    others: tuple[Task, ...]
    leader: str = ""
    """Whose talk it is: only a colleague reads that."""
    at_home: bool = False
    """At the family's; where that is, the school tells."""


def guest_letter(session: Session, facts: Mapping[str, Any]) -> GuestFacts | None:
    """What the last letter about this talk says."""
    if "colleague_id" in facts:
        joined = session.get(TalkColleague, facts["colleague_id"])
        return _guest_facts(joined, ()) if joined else None
    row = session.get(TalkGuest, facts["guest_id"])
    if row is None:
        return None
    same_day = session.scalars(
        select(TalkGuest).where(
            TalkGuest.outsider_id == row.outsider_id, TalkGuest.cancelled_at.is_(None), TalkGuest.id != row.id
        )
    )
    others = [_told(one) for one in same_day]
    day = local(datetime.fromisoformat(row.told["starts_at"])).date()
    return _guest_facts(
        row, tuple(sorted((one for one in others if local(one.span.starts_at).date() == day), key=_by_time))
    )


def _guest_facts(row: TalkGuest | TalkColleague, others: tuple[Task, ...]) -> GuestFacts:
    told = row.told
    return GuestFacts(
        uid=row.ical_uid, sequence=row.sequence, starts_at=datetime.fromisoformat(told["starts_at"]),
        ends_at=datetime.fromisoformat(told["ends_at"]), room=told["room"], language=told.get("language", ""),
        way=Way(told["way"]), number=told["number"], given_name=told.get("given_name", ""),
        cancelled=row.cancelled_at is not None, is_new=row.sequence == 0, others=others, leader=told.get("leader", ""),
        at_home=AT_HOME in told,
    )  # fmt: skip


def _told(row: TalkGuest) -> Task:
    told = row.told
    span = Span(datetime.fromisoformat(told["starts_at"]), datetime.fromisoformat(told["ends_at"]))
    return Task(
        span, told["room"], told.get("given_name", ""), told.get("language", ""), Way(told["way"]), told["number"],
        HelpState.BOOKED, at_home=AT_HOME in told,
    )  # fmt: skip


def _by_time(task: Task) -> Span:
    return task.span


def talks_ahead(session: Session, outsider_id: int, now: datetime) -> int:
    """At how many talks to come this interpreter is expected."""
    wanted = served(select(func.count(Booking.id.distinct()))).where(
        InterpreterRequest.outsider_id == outsider_id, Booking.ends_at > now
    )
    return session.scalar(wanted) or 0


@dataclass(frozen=True)
class HelpFacts:
    """A letter to a family about its interpreter."""

    state: HelpState
    language: str
    way: Way


def help_letter(session: Session, facts: Mapping[str, Any]) -> HelpFacts | None:
    row = session.get(InterpreterRequest, facts.get("interpreter_request_id") or 0)
    return HelpFacts(row.state, row.language, row.way) if row else None
