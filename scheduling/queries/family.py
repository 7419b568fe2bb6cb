"""A family's own pages: its children, their talks, the times that are still free.

Everything is asked from where one person stands. What belongs to another home of the same child, or to another
family, is never loaded: it cannot be shown by mistake.
"""

import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

from sqlalchemy import select

from scheduling.domain.corrections import TOLD_FOR, CorrectionField
from scheduling.domain.errors import NotFound
from scheduling.domain.guests import HelpState
from scheduling.domain.guests import Way as HelpWay
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.kinds import PupilPart
from scheduling.domain.on_the_day import code_of
from scheduling.domain.people import Name
from scheduling.domain.requests import asks_teachers
from scheduling.domain.rooms import NOWHERE, Place
from scheduling.domain.rounds import (
    BookingOrigin,
    BookingStatus,
    OtherHomeToo,
    Outcome,
    RoundKind,
    RoundMode,
    Rules,
    SlotFacts,
    TopicAuthor,
    adjoins,
    keeps_pause,
    slots_needed,
    starts_of,
)
from scheduling.domain.single_talks import HomeVisits, Medium, may_be_at_home
from scheduling.domain.swaps import NoSwapsHere
from scheduling.domain.timeslots import Span, local
from scheduling.domain.ways import AS_USUAL, Visit, ways_beside_other_home, ways_for_family
from scheduling.domain.wishes import Answer
from scheduling.domain.years import Period
from scheduling.models import (
    Booking,
    BookingAbsence,
    CallRequest,
    ClassLeader,
    CommunicationPlan,
    ContactCorrection,
    Enrolment,
    ExtraPerson,
    Guardian,
    Guardianship,
    HomeByPhone,
    InterpreterRequest,
    JournalLine,
    LeaderOpening,
    NoTalkNeeded,
    Pupil,
    Round,
    RoundClass,
    RoundExclusion,
    Slot,
    Staff,
    StandingRound,
    TalkRequest,
    TalkWay,
    Topic,
    db,
)
from scheduling.queries import bookings as asking
from scheduling.queries import on_the_day, rooms
from scheduling.queries import turns as opening
from scheduling.queries.agreed_rounds import AgreedParts, agreed_parts
from scheduling.queries.bookings import Home
from scheduling.queries.extra_persons import Extra, as_shown, extras_of
from scheduling.queries.homes import own_talks
from scheduling.queries.kept_about import kinds_about
from scheduling.queries.leaders import year_at
from scheduling.queries.phoning import phoning_homes
from scheduling.queries.school import the_school
from scheduling.queries.visits import has_room, taken_around
from scheduling.queries.wishes import wisher_of, wishes_of_homes
from scheduling.queries.years import YearFacts, rounds_in_turns, rounds_of_year

NOT_ASKED = -1
"""In place of the request of a talk that a family may still ask on an evening of several."""


class TalkState(StrEnum):
    """How a talk stands for this person."""

    TO_CHOOSE = "to_choose"
    INVITED = "invited"
    CONFIRMED = "confirmed"
    AWAY = "away"
    CANCELLED = "cancelled"
    PAST = "past"


@dataclass(frozen=True)
class LeaderName:
    """Who leads a talk, and where to write when it cannot wait."""

    id: int
    name: Name
    email: str


@dataclass(frozen=True)
class TopicLine:
    id: int
    text: str
    author: TopicAuthor


@dataclass(frozen=True)
class Neighbour:
    """A sibling's talk that is close by."""

    name: str
    starts_at: datetime


@dataclass(frozen=True)
class Way:
    """From an earlier talk of the same evening to this one: with whom that is, where, and how long there is to walk."""

    leader: Name
    ends_at: datetime
    place: Place
    minutes: int


@dataclass(frozen=True)
class Talk:
    """One child's talk in one round, as one person sees it."""

    round_id: int
    pupil_id: int
    pupil: str
    kind: RoundKind
    minutes: int
    state: TalkState
    leaders: tuple[LeaderName, ...]
    guardians: tuple[str, ...]
    """The other guardians of the own home who are expected too."""
    by_pupil: bool
    """The person who reads is the pupil."""
    joint: bool
    """Another home is expected as well."""
    swaps: bool
    """In this round families swap times."""
    rules: Rules
    period: Period
    """The days between which the talks of this round are held."""
    household_id: int | None
    booking_id: int | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    place: Place = NOWHERE
    outcome: Outcome | None = None
    next_to: Neighbour | None = None
    call_asked: bool = False
    none_needed: bool = False
    """This home said that no talk is needed; it may still choose a time."""
    by_agreement: bool = False
    """This home agreed on another form of contact than this evening; it may still choose a time."""
    call_promised: bool = False
    """Nobody asked for it: the school calls, because the talk could not be held."""
    may_undo: bool = False
    interpreter: str = ""
    way: HelpWay = HelpWay.ON_SITE
    help: HelpState = HelpState.ASKED
    """How far the school is with the interpreter."""
    topics: tuple[TopicLine, ...] = ()
    extras: tuple[Extra, ...] = ()
    """Whom this home asked to come as well."""
    request_id: int | None = None
    """Which of several talks of an evening it is; None: the only one of this round."""
    wanted: bool = True
    """The family itself asked for it."""
    slots: int = 1
    """So many times the length of a slot were asked."""
    comes_from: "Way | None" = None
    """Where the family is just before, on an evening of several talks."""
    wish: Answer | None = None
    """How the time that the school gave, or moved it to, suits by what the own home wished."""
    minutes_late: int = 0
    """How late its leader runs today, for a talk that still has to begin."""
    code: str = ""
    """What the screen in the hall calls this family today; empty where screens show first names."""
    met: Medium = Medium.SCHOOL
    """How the family and the leader meet."""
    ways: tuple[Medium, ...] = (Medium.SCHOOL,)
    """How else this family may choose to meet, what it is now included."""
    join_link: str = ""
    """Where the video call of this talk alone is."""
    at_home: bool = False
    """The family may say that it would rather be visited."""
    visit: Visit = AS_USUAL
    """Where this family said it is visited, and how long the visitor is on the way."""

    pupil_part: PupilPart = PupilPart.PRESENT
    """What the pupil does in it."""
    questions: tuple[str, ...] = ()
    """What a reversed conversation begins with."""
    wished_at_home: bool = False
    """This home said before there was a roster that it would rather be visited."""
    swaps_at: datetime | None = None
    """From when this talk may be swapped; None: always."""

    @property
    def stands(self) -> bool:
        """There is a time, and the family comes or may come."""
        return self.state in (TalkState.INVITED, TalkState.CONFIRMED)

    @property
    def is_visit(self) -> bool:
        """The leader comes to the family."""
        return self.stands and self.met is Medium.HOME

    @property
    def until(self) -> datetime | None:
        """Until when the family changes this talk by itself."""
        return self.rules.until(self.starts_at) if self.starts_at else self.rules.closes_at

    def may_change(self, now: datetime) -> bool:
        """May the family cancel, or take back that it stays away?"""
        return self.starts_at is not None and now < self.rules.until(self.starts_at)

    def may_choose(self, now: datetime) -> bool:
        """May the family choose a time, or another one?"""
        if not self.rules.is_open(now) or self.state in (TalkState.PAST, TalkState.AWAY):
            return False
        return not self.stands or (self.may_change(now) and not self.joint)

    def may_choose_way(self, now: datetime) -> bool:
        """May the family choose how it meets the leader? Where another home comes too: how it takes part itself."""
        return self.stands and len(self.ways) > 1 and self.may_change(now)

    def may_swap(self, now: datetime) -> bool:
        """May the family look for somebody to swap with?"""
        return (
            self.swaps and self.stands and not self.is_visit and self.swap_rules.is_open(now) and self.may_change(now)
        )

    @property
    def swap_rules(self) -> Rules:
        """When this talk is swapped: a time that the school gave also before the family's turn to choose."""
        return replace(self.rules, opens_at=self.swaps_at)

    def ensure_swappable(self, now: datetime) -> None:
        """Say why this talk cannot be swapped now."""
        if not self.stands or not self.starts_at:
            raise NotFound
        if not self.swaps or self.is_visit:
            raise NoSwapsHere
        self.swap_rules.ensure_open(now)
        self.rules.ensure_in_time(self.starts_at, now)

    def ensure_choosable(self, now: datetime) -> None:
        """Say why no time can be chosen here now."""
        if self.state in (TalkState.PAST, TalkState.AWAY):
            raise NotFound
        if self.stands and self.joint:
            raise OtherHomeToo
        self.rules.ensure_open(now)
        if self.stands and self.starts_at:
            self.rules.ensure_in_time(self.starts_at, now)


ON_ONE_CARD = 3  # talks of one evening: with cards of their own a phone would show them four screens long


@dataclass(frozen=True)
class FullEvening:
    """Several talks of one round on one day, in order of time."""

    talks: tuple[Talk, ...]

    @property
    def name(self) -> str:
        """What tells this card from others on the page."""
        return f"evening-{self.talks[0].round_id}-{self.starts_at:%Y%m%d}"

    @property
    def starts_at(self) -> datetime:
        return min(talk.starts_at for talk in self.talks if talk.starts_at)

    @property
    def ends_at(self) -> datetime:
        return max(talk.ends_at for talk in self.talks if talk.ends_at)


@dataclass(frozen=True)
class Family:
    """Everything on one page: who reads, the children, and their talks in order of time."""

    name: str
    year: YearFacts
    children: tuple[str, ...]
    talks: tuple[Talk, ...]
    walking: timedelta

    @property
    def unanswered(self) -> tuple[Talk, ...]:
        """The talks that wait for a yes."""
        return tuple(talk for talk in self.talks if talk.state is TalkState.INVITED)

    @property
    def cards(self) -> list[Talk | FullEvening]:
        """A card per talk, but the many talks of one evening stand on one."""
        evenings: dict[tuple[int, date], list[Talk]] = defaultdict(list)
        for talk in self.talks:
            if talk.stands and talk.request_id and talk.starts_at:
                evenings[talk.round_id, local(talk.starts_at).date()].append(talk)
        full = [FullEvening(tuple(talks)) for talks in evenings.values() if len(talks) >= ON_ONE_CARD]
        found: list[Talk | FullEvening] = []
        for talk in self.talks:
            evening = next((one for one in full if talk in one.talks), None)
            if evening is None or talk is evening.talks[0]:
                found.append(evening or talk)
        return found

    def talk(self, round_id: int, pupil_id: int, request_id: int | None = None) -> Talk:
        """This talk, if it is this family's; on an evening of several, the one that was asked for."""
        for talk in self.talks:
            if (talk.round_id, talk.pupil_id) == (round_id, pupil_id) and request_id in (None, talk.request_id):
                return talk
        raise NotFound


@dataclass(frozen=True)
class FreeTime:
    """A time that this family may choose now."""

    slot_id: int
    starts_at: datetime
    ends_at: datetime
    place: Place
    leader: str
    next_to: Neighbour | None
    visitable: bool = False
    """The leader may come to the family then, and has time to be on the way."""


@dataclass(frozen=True)
class Day:
    day: date
    times: tuple[FreeTime, ...]


@dataclass(frozen=True)
class Choice:
    """The times that are free for one talk, by day."""

    talk: Talk
    days: tuple[Day, ...]
    several_leaders: bool

    def find(self, slot_id: int) -> FreeTime | None:
        return next((time for day in self.days for time in day.times if time.slot_id == slot_id), None)


@dataclass(frozen=True)
class CalendarFacts:
    """A talk as calendars know it: one identity for life, and how often it changed."""

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class ContactField:
    """One thing a person can correct: what is on file, what waits for the office, and what the office decided."""

    field: CorrectionField
    value: str
    waiting: str | None
    decided: "Decided | None"


@dataclass(frozen=True)
class Decided:
    """What became of a correction that this person asked for."""

    accepted: bool
    value: str
    at: datetime


def family_of(by: Actor, now: datetime) -> Family:
    """The whole page of one person: a fixed number of questions, however many children there are."""
    today, year = local(now).date(), year_at(now)
    homes = {home.pupil_id: home for home in asking.find_homes(db.session(), by, today)}
    names = asking.given_names(db.session(), by, today)
    load = _Load(by, homes, names, year, now)
    return Family(
        name=_own_name(by),
        year=year,
        children=tuple(names[pupil_id] for pupil_id in homes if pupil_id in names),
        talks=load.talks(),
        walking=load.walking,
    )


def family_with(
    by: Actor, round_id: int, teachers: Mapping[int, Sequence[int]], now: datetime
) -> tuple[Family, list[Talk]]:
    """This family, and a talk to choose with each of these colleagues (by child) whom it did not ask yet."""
    today, year = local(now).date(), year_at(now)
    homes = {home.pupil_id: home for home in asking.find_homes(db.session(), by, today)}
    names = asking.given_names(db.session(), by, today)
    load = _Load(by, homes, names, year, now)
    family = Family(_own_name(by), year, tuple(names[one] for one in homes if one in names), load.talks(), load.walking)
    return family, list(load.not_asked_yet(round_id, teachers))


def find_standing(by: Actor, round_id: int, pupil_id: int, now: datetime, request_id: int | None = None) -> int | None:
    """The talk that this family has in a round, without all that a page shows."""
    home = asking.find_home(db.session(), by, pupil_id, local(now).date())
    if home is None:
        raise NotFound
    live = asking.find_live(db.session(), round_id, home, request_id)
    return live.id if live else None


def choice_for(family: Family, talk: Talk, now: datetime) -> Choice:
    """The free times of this talk's leader: not gone, not too soon, not while the family has another talk."""
    session = db.session()
    leaders = _leaders_of(talk)
    slots = asking.leader_slots(session, talk.round_id, leaders)
    held = asking.held_slots(session, talk.round_id, leaders, now, besides=talk.request_id)
    slots = [slot for slot in slots if slot.id not in held]
    most = session.get_one(Round, talk.round_id).max_in_a_row
    expected = asking.expected_guardians(session, talk.pupil_id, talk.household_id, local(now).date())
    language = asking.interpreter_language(session, talk.round_id, talk.pupil_id, talk.household_id)
    needed = max(slots_needed(interpreter=bool(language)), talk.slots)
    names = _names_of(leaders, talk)
    siblings = siblings_of(family.talks, talk)
    places = _places({slot.room for slot in slots}, talk.pupil_id, family.year.id)
    times: list[FreeTime] = []
    for leader in leaders:
        besides = talk.booking_id if talk.stands else None
        busy = asking.times_out(session, guardians=expected, leader_id=leader, pupil_id=talk.pupil_id, besides=besides)
        if talk.request_id:
            busy += asking.times_walking(session, guardians=expected, leader_id=leader, besides=besides)
        own = {slot.id: slot for slot in slots if slot.leader_id == leader}
        taken = []
        if talk.at_home:
            taken = taken_around(session, guardians=expected, leader_id=leader, besides=besides or 0)
        for row in _free_rows(list(own.values()), talk, needed, most, busy, now):
            span = _span(row)
            near = neighbour_of(span, leader, siblings, talk.minutes, family.walking)
            there = places[own[row[0].id].room]
            visitable = talk.at_home and has_room(span, talk.visit, taken)
            if visitable or not talk.is_visit:
                times.append(FreeTime(row[0].id, span.starts_at, span.ends_at, there, names[leader], near, visitable))
    times.sort(key=lambda time: (time.starts_at, time.leader))
    by_day = itertools.groupby(times, key=lambda time: local(time.starts_at).date())
    days = tuple(Day(day, tuple(found)) for day, found in by_day)
    return Choice(talk, days, len({time.leader for time in times}) > 1)


def earlier_time(talk: Talk, now: datetime) -> FreeTime | None:
    """The time this talk had before its last move, if the family may still go back to it."""
    if not talk.may_choose(now):
        return None
    session = db.session()
    moved = select(JournalLine.facts).where(
        JournalLine.subject == "booking",
        JournalLine.subject_id == talk.booking_id,
        JournalLine.action == "bookings.move",
    )
    facts = session.scalars(moved.order_by(JournalLine.id.desc()).limit(1)).first()
    left = facts.get("left") if facts else None
    slot = session.get(Slot, left[0]) if left else None
    if slot is None or slot.booking_id or slot.blocked or now >= talk.rules.until(slot.starts_at):
        return None
    expected = asking.expected_guardians(session, talk.pupil_id, talk.household_id, local(now).date())
    out = asking.times_out(
        session, guardians=expected, leader_id=slot.leader_id, pupil_id=talk.pupil_id, besides=talk.booking_id
    )
    if talk.request_id:
        out += asking.times_walking(session, guardians=expected, leader_id=slot.leader_id, besides=talk.booking_id)
    span = Span(slot.starts_at, slot.ends_at)
    if any(map(span.overlaps, out)):
        return None
    if talk.is_visit and not has_room(
        span,
        talk.visit,
        taken_around(session, guardians=expected, leader_id=slot.leader_id, besides=talk.booking_id or 0),
    ):
        return None
    return FreeTime(slot.id, slot.starts_at, slot.ends_at, Place(slot.room), "", None)


def contact_of(by: Actor, now: datetime) -> tuple[ContactField, ...]:
    """The own contact data of a guardian or an adult pupil, what waits for the office, and what it decided lately."""
    person = _person(by)
    if isinstance(person, Pupil) and not asking.speaks_for_himself(db.session(), person, local(now).date()):
        raise NotFound
    asked = db.session.scalars(
        select(ContactCorrection).where(ContactCorrection.is_of(person)).order_by(ContactCorrection.id)
    )
    latest = {row.field: row for row in asked}
    return tuple(_contact_field(field, person, latest.get(field.value), now) for field in CorrectionField)


def calendar_facts(talk: Talk) -> CalendarFacts:
    """What a calendar needs to recognise this talk."""
    booking = db.session.get(Booking, talk.booking_id) if talk.stands else None
    if booking is None:
        raise NotFound
    return CalendarFacts(
        booking.ical_uid, booking.ical_sequence, booking.ical_stamp, booking.starts_at, booking.ends_at
    )


def language_of(by: Actor) -> str:
    """The language this person reads."""
    person = _find_person(by)
    return person.language if person else ""


def first_talk(by: Actor, now: datetime) -> Talk | None:
    """The least that a personal link tells before the button: the next talk that stands."""
    coming = [talk for talk in family_of(by, now).talks if talk.stands]
    return coming[0] if coming else None


class _Load:
    """The rows of one family's page, each kind asked for once."""

    def __init__(
        self, by: Actor, homes: dict[int, Home], names: dict[int, str], year: YearFacts, now: datetime
    ) -> None:
        self.by, self.homes, self.names, self.year, self.now = by, homes, names, year, now
        self.session = db.session()
        self.kept = kinds_about(self.session, homes)
        school = the_school(self.session)
        self.bookings = self._bookings()
        self.rounds = {row.id: row for row in rounds_of_year(self.session, year.id)}
        self.evenings = {one.id for one in self.rounds.values() if school and asks_teachers(one.kind, school.sector)}
        self.in_turns = rounds_in_turns(self.session, year.id)
        self.guardians = self._guardians()
        self.wishes = wishes_of_homes(self.session, homes.values())
        self.places = rooms.room_list(self.session)
        self.asked, self.topics, self.calls, self.away = (
            self._interpreters(),
            self._topics(),
            self._calls(),
            self._away(),
        )
        self.extras = self._asked_along()
        self.needless = self._needless()
        self.late = on_the_day.late_today(self.leaders, now) if self._comes_today() else {}
        self.met, self.phoning = self._met(), self._phoning()
        self.template = bool(school and school.video_template)
        self.visits = school.home_visits if school else HomeVisits.AGREED_ONLY
        self.codes = self._comes_today() and on_the_day.shows_codes(now)
        self.walking = timedelta(minutes=school.walking_minutes if school else 0)

    def talks(self) -> tuple[Talk, ...]:
        """Talks with a time first, in order of time; then those for which a time may be chosen."""
        found = [self._with_booking(booking) for booking in self._latest()]
        placed = {(talk.round_id, talk.pupil_id) for talk in found}
        found += [
            self._to_choose(self.rounds[round_id], pupil_id, leaders)
            for (round_id, pupil_id), leaders in self._open().items()
            if (round_id, pupil_id) not in placed and round_id not in self.evenings
        ]
        found += self._asked_without_time(found)
        found.sort(key=lambda talk: (talk.starts_at is None, talk.starts_at or self.now, talk.pupil))
        return tuple(self._with_way(self._with_neighbour(talk, found), found) for talk in found)

    def _asked_without_time(self, found: Iterable[Talk]) -> list[Talk]:
        """What this home asked of a colleague who shows times by now, and has no time yet.

        A talk with all homes is the answer to what each of them asked.
        """
        if TalkRequest not in self.kept or not self.evenings:
            return []
        placed = {talk.request_id for talk in found}
        together = {(talk.round_id, talk.pupil_id, talk.leaders[0].id) for talk in found if talk.stands and talk.joint}
        rows = self.session.execute(
            select(TalkRequest, Staff)
            .join(Staff, Staff.id == TalkRequest.teacher_id)
            .join(
                LeaderOpening,
                (LeaderOpening.round_id == TalkRequest.round_id) & (LeaderOpening.leader_id == TalkRequest.teacher_id),
            )
            .where(
                TalkRequest.round_id.in_(self.evenings), TalkRequest.pupil_id.in_(self.homes),
                TalkRequest.withdrawn_at.is_(None), TalkRequest.done_at.is_(None),
            )
            .order_by(TalkRequest.place, TalkRequest.id)
        )  # fmt: skip
        return [
            replace(
                self._to_choose(self.rounds[row.round_id], row.pupil_id, [staff]),
                request_id=row.id,
                slots=row.slots,
                wanted=row.wanted,
                household_id=row.household_id,
                joint=False,
            )
            for row, staff in rows
            if row.id not in placed
            and row.household_id == self.homes[row.pupil_id].household_id
            and (row.round_id, row.pupil_id, row.teacher_id) not in together
        ]

    def not_asked_yet(self, round_id: int, teachers: Mapping[int, Sequence[int]]) -> Iterable[Talk]:
        """A talk to choose with each of these colleagues."""
        wanted = {one for own in teachers.values() for one in own}
        staff = {one.id: one for one in self.session.scalars(select(Staff).where(Staff.id.in_(wanted)))}
        for pupil_id, own in teachers.items():
            for teacher_id in own:
                talk = self._to_choose(self.rounds[round_id], pupil_id, [staff[teacher_id]])
                household_id = self.homes[pupil_id].household_id
                yield replace(talk, request_id=NOT_ASKED, household_id=household_id, joint=False)

    def _with_way(self, talk: Talk, talks: Sequence[Talk]) -> Talk:
        """From where the family comes: its talk just before, on the same day of the same round."""
        if not (talk.request_id and talk.stands and talk.starts_at):
            return talk
        day = local(talk.starts_at).date()
        before = [
            other
            for other in talks
            if other.request_id and other.stands and other.round_id == talk.round_id and other.ends_at
            and local(other.ends_at).date() == day and other.ends_at <= talk.starts_at
        ]  # fmt: skip
        last = max(before, key=lambda other: other.ends_at or self.now, default=None)
        if last is None or last.ends_at is None:
            return talk
        minutes = int((talk.starts_at - last.ends_at).total_seconds() // 60)
        return replace(talk, comes_from=Way(last.leaders[0].name, last.ends_at, last.place, minutes))

    def _comes_today(self) -> bool:
        return any(map(self._is_today, self.bookings))

    def _is_today(self, booking: Booking) -> bool:
        is_today = local(booking.starts_at).date() == local(self.now).date()
        return is_today and booking.status is not BookingStatus.CANCELLED

    def _bookings(self) -> list[Booking]:
        rows = self.session.execute(
            select(Booking, Staff)
            .join(Round, Round.id == Booking.round_id)
            .join(Staff, Staff.id == Booking.leader_id)
            .where(
                Booking.pupil_id.in_(self.homes),
                Round.year_id == self.year.id,
                Round.id.not_in(select(StandingRound.round_id)),
            )
            .order_by(Booking.id)
        ).all()
        self.leaders = {staff.id: staff for _, staff in rows}
        return [booking for booking, _ in rows if asking.is_of(booking, self.homes[booking.pupil_id])]

    def _guardians(self) -> dict[tuple[int, int], list[tuple[int, str, str]]]:
        """Per pupil and own household: who else is there (id, given name), and the interpreter the file knows."""
        own = {home.household_id for home in self.homes.values()}
        rows = self.session.execute(
            select(Guardianship, Guardian)
            .join(Guardian, Guardian.id == Guardianship.guardian_id)
            .where(Guardianship.pupil_id.in_(self.homes), Guardianship.household_id.in_(own))
            .order_by(Guardianship.position)
        )
        found: dict[tuple[int, int], list[tuple[int, str, str]]] = defaultdict(list)
        for tie, guardian in rows:
            if tie.is_invited and guardian.active:
                found[tie.pupil_id, tie.household_id].append((guardian.id, guardian.name.called, tie.interpreter))
        return found

    def _interpreters(self) -> dict[tuple[int, int], InterpreterRequest]:
        """What this home said about an interpreter, per round and child."""
        if InterpreterRequest not in self.kept:
            return {}
        rows = self.session.scalars(select(InterpreterRequest).where(InterpreterRequest.pupil_id.in_(self.homes)))
        return {(row.round_id, row.pupil_id): row for row in rows if self._is_own(row)}

    def _topics(self) -> dict[tuple[int, int, int | None], list[TopicLine]]:
        found: dict[tuple[int, int, int | None], list[TopicLine]] = defaultdict(list)
        if Topic not in self.kept:
            return found
        rows = self.session.scalars(select(Topic).where(Topic.pupil_id.in_(self.homes)).order_by(Topic.id))
        for row in filter(self._is_own, rows):
            found[row.round_id, row.pupil_id, row.request_id].append(TopicLine(row.id, row.text, row.author))
        return found

    def _asked_along(self) -> Sequence[ExtraPerson]:
        """Everybody whom a home asked to a talk of these children."""
        if ExtraPerson not in self.kept:
            return ()
        return extras_of(self.session, {one.round_id for one in self.bookings}, self.homes)

    def _extras(self, round_id: int, home: Home, request_id: int | None) -> Iterable[Extra]:
        """Whom this home asked to this talk."""
        for row in self.extras:
            same = (row.round_id, row.pupil_id, row.household_id) == (round_id, home.pupil_id, home.household_id)
            if same and row.request_id in (None, request_id):
                yield as_shown(row)

    def _calls(self) -> dict[tuple[int, int], bool]:
        """The calls that this home waits for, and whether the school promised it by itself."""
        if CallRequest not in self.kept:
            return {}
        waiting = CallRequest.pupil_id.in_(self.homes), CallRequest.done_at.is_(None)
        rows = self.session.scalars(select(CallRequest).where(*waiting))
        return {(row.round_id, row.pupil_id): row.is_promised for row in rows if self._is_own(row)}

    def _needless(self) -> set[tuple[int, int]]:
        """For which of its children this home said that no talk is needed."""
        if NoTalkNeeded not in self.kept:
            return set()
        rows = self.session.execute(
            select(NoTalkNeeded.round_id, NoTalkNeeded.pupil_id, NoTalkNeeded.household_id).where(
                NoTalkNeeded.pupil_id.in_(self.homes)
            )
        )
        return {(round_id, pupil) for round_id, pupil, home in rows if home == self.homes[pupil].household_id}

    def _away(self) -> set[int]:
        """The joint talks from which this home stays away."""
        if BookingAbsence not in self.kept:
            return set()
        own = [home.household_id for home in self.homes.values() if home.household_id]
        talks = [booking.id for booking in self.bookings]
        wanted = BookingAbsence.booking_id.in_(talks), BookingAbsence.household_id.in_(own)
        return set(self.session.scalars(select(BookingAbsence.booking_id).where(*wanted)))

    def _phoning(self) -> set[int]:
        """The joint talks in which this home takes part on the phone."""
        if HomeByPhone not in self.kept:
            return set()
        joint = [booking.id for booking in self.bookings if asking.is_joint(booking, self.homes[booking.pupil_id])]
        own = {home.household_id for home in self.homes.values()}
        return {talk for talk, household_id in phoning_homes(self.session, joint) if household_id in own}

    def _met(self) -> dict[int, TalkWay]:
        """The talks that are not at school."""
        if TalkWay not in self.kept:
            return {}
        wanted = TalkWay.booking_id.in_([booking.id for booking in self.bookings])
        return {row.booking_id: row for row in self.session.scalars(select(TalkWay).where(wanted))}

    def _is_own(self, row: InterpreterRequest | Topic | CallRequest) -> bool:
        return row.household_id == self.homes[row.pupil_id].household_id

    def _latest(self) -> Iterable[Booking]:
        """Per round and child the talk that stands, else the last one that was cancelled."""
        latest: dict[tuple[int, int, int | None], Booking] = {}
        for booking in self.bookings:
            key = (booking.round_id, booking.pupil_id, booking.request_id)
            if key not in latest or latest[key].status is BookingStatus.CANCELLED:
                latest[key] = booking
        return latest.values()

    def _open(self) -> dict[tuple[int, int], list[Staff]]:
        """The rounds in which a child may have a talk, with the leaders of its class who are open."""
        rows = self.session.execute(
            select(RoundClass.round_id, Enrolment.pupil_id, Staff)
            .join(Enrolment, Enrolment.class_id == RoundClass.class_id)
            .join(ClassLeader, ClassLeader.class_id == RoundClass.class_id)
            .join(Staff, Staff.id == ClassLeader.staff_id)
            .join(
                LeaderOpening,
                (LeaderOpening.round_id == RoundClass.round_id) & (LeaderOpening.leader_id == Staff.id),
            )
            .outerjoin(
                RoundExclusion,
                (RoundExclusion.round_id == RoundClass.round_id) & (RoundExclusion.pupil_id == Enrolment.pupil_id),
            )
            .where(
                Enrolment.pupil_id.in_(self.homes), Enrolment.present, Enrolment.year_id == self.year.id,
                RoundExclusion.pupil_id.is_(None),
            )
            .order_by(ClassLeader.position)
        )  # fmt: skip
        found: dict[tuple[int, int], list[Staff]] = defaultdict(list)
        for round_id, pupil_id, staff in rows:
            found[round_id, pupil_id].append(staff)
        return found

    def _with_booking(self, booking: Booking) -> Talk:
        home = self.homes[booking.pupil_id]
        staff = self.leaders[booking.leader_id]
        common = self._common(self.rounds[booking.round_id], home, [staff], booking.request_id)
        state = self._state(booking)
        found, way = self.rounds[booking.round_id], self.met.get(booking.id)
        met = way.way if way else Medium.SCHOOL
        at_home, joint = may_be_at_home(found.kind, self.visits), asking.is_joint(booking, home)
        return Talk(
            **common,  # type: ignore[arg-type]
            state=state,
            met=Medium.PHONE if booking.id in self.phoning else met,
            ways=ways_beside_other_home(met)
            if joint
            else ways_for_family(
                by_phone=found.by_phone or (home.pupil_id, home.household_id) in self._agreed(found).phone,
                by_video=found.by_video and self.template,
                at_home=at_home,
                met=met,
            ),
            join_link=way.join_link if way else "",
            at_home=at_home and not joint,
            wished_at_home=self._wished_at_home(booking, home),
            visit=way.visit if way and met is Medium.HOME else AS_USUAL,
            joint=joint,
            household_id=booking.household_id,
            booking_id=booking.id,
            starts_at=booking.starts_at,
            ends_at=booking.ends_at,
            place=rooms.place_of(
                self.session, self.places, booking.room, pupil_id=booking.pupil_id, year_id=self.year.id
            ),
            outcome=booking.outcome,
            request_id=booking.request_id,
            swaps_at=opening.swaps_from(self.session, found, booking, self.now)
            if found.id in self.in_turns
            else found.opens_at,
            slots=self._slots_of(booking),
            wish=self._wish(booking, home),
            minutes_late=self._minutes_late(booking),
            code=code_of(booking.ical_uid) if self.codes and self._is_today(booking) else "",
            may_undo=state is TalkState.AWAY or (state is TalkState.CANCELLED and self._is_still_free(booking)),
        )

    def _minutes_late(self, booking: Booking) -> int:
        late = self.late.get(booking.leader_id, 0) if self._is_today(booking) else 0
        return late if booking.starts_at + timedelta(minutes=late) > self.now else 0

    def _slots_of(self, booking: Booking) -> int:
        """So many slots it was made for, on an evening of several talks."""
        return 1 if booking.request_id is None else max(1, len(booking.slots))

    def _wished_at_home(self, booking: Booking, home: Home) -> bool:
        said = self.wishes.get((booking.round_id, wisher_of(home)))
        return said is not None and said.at_home

    def _wish(self, booking: Booking, home: Home) -> Answer | None:
        said = self.wishes.get((booking.round_id, wisher_of(home)))
        if said is None or booking.origin is BookingOrigin.FAMILY:
            return None
        return said.answer_to(Span(booking.starts_at, booking.ends_at))

    def _state(self, booking: Booking) -> TalkState:
        if booking.status is BookingStatus.CANCELLED:
            return TalkState.CANCELLED
        if booking.ends_at <= self.now or booking.outcome:
            return TalkState.PAST
        if booking.id in self.away:
            return TalkState.AWAY
        return TalkState.CONFIRMED if booking.status is BookingStatus.CONFIRMED else TalkState.INVITED

    def _to_choose(self, found: Round, pupil_id: int, leaders: Sequence[Staff]) -> Talk:
        home = self.homes[pupil_id]
        others_out = self._agreed(found).homes_out(pupil_id) - {home.household_id}
        alone = not home.has_another or pupil_id in self.apart or others_out
        with_whom = home.household_id if alone else None
        joint = home.has_another and with_whom is None
        return Talk(
            **self._common(found, home, leaders),  # type: ignore[arg-type]
            state=TalkState.TO_CHOOSE,
            met=self._met_as_agreed(found, home, joint=joint),
            joint=joint,
            at_home=may_be_at_home(found.kind, self.visits) and not joint,
            household_id=with_whom,
        )

    def _met_as_agreed(self, found: Round, home: Home, *, joint: bool) -> Medium:
        """How this home will take part once it has a time; by video when everybody who comes agreed on that."""
        agreed = self._agreed(found)
        if (home.pupil_id, home.household_id) in agreed.phone:
            return Medium.PHONE
        coming: set[int | None] = {*home.homes} if joint else {home.household_id}
        return Medium.VIDEO if agreed.homes_by_video(home.pupil_id, coming) == coming else Medium.SCHOOL

    def _agreed(self, found: Round) -> AgreedParts:
        """What the agreements about these children decide of a round."""
        if CommunicationPlan not in self.kept:
            return AgreedParts()
        return agreed_parts(self.session, found.id, frozenset(self.homes))

    @cached_property
    def apart(self) -> set[int]:
        """Those of the children with another home, of whom each home has a talk of its own."""
        between = [home.pupil_id for home in self.homes.values() if home.has_another]
        return own_talks(self.session, between, self.year.id)

    def _common(
        self, found: Round, home: Home, leaders: Sequence[Staff], request_id: int | None = None
    ) -> dict[str, object]:
        own = self.guardians.get((home.pupil_id, home.household_id or 0), [])
        me = self.by.id if self.by.kind is ActorKind.GUARDIAN else None
        filed = next((language for _, _, language in own if language), "")
        asked = self.asked.get((found.id, home.pupil_id))
        return {
            "round_id": found.id,
            "pupil_id": home.pupil_id,
            "pupil": self.names[home.pupil_id],
            "kind": found.kind,
            "minutes": found.slot_minutes,
            "leaders": tuple(LeaderName(staff.id, staff.name, staff.email) for staff in leaders),
            "guardians": tuple(name for key, name, _ in own if key != me),
            "by_pupil": self.by.kind is ActorKind.PUPIL,
            "swaps": found.mode is RoundMode.ROSTER_THEN_SWAP,
            "pupil_part": found.pupil,
            "questions": found.open_questions,
            "rules": self._rules(found, home),
            "period": found.period,
            "call_asked": (found.id, home.pupil_id) in self.calls,
            "none_needed": (found.id, home.pupil_id) in self.needless,
            "by_agreement": (home.pupil_id, home.household_id) in self._agreed(found).out,
            "call_promised": self.calls.get((found.id, home.pupil_id), False),
            "interpreter": asked.language if asked else filed,
            "way": asked.way if asked else HelpWay.ON_SITE,
            "help": asked.state if asked else HelpState.ASKED,
            "topics": tuple(self.topics.get((found.id, home.pupil_id, request_id), ())),
            "extras": tuple(self._extras(found.id, home, request_id)),
        }

    def _rules(self, found: Round, home: Home) -> Rules:
        """When this home chooses: where a round opens in turns, from its own turn on."""
        opens_at = found.opens_at
        if found.id in self.in_turns:
            opens_at = opening.opens_for(self.session, found, home, local(self.now).date())
        return Rules(timedelta(hours=found.lead_time_hours), opens_at, found.closes_at)

    def _is_still_free(self, booking: Booking) -> bool:
        held = select(Slot.starts_at, Slot.ends_at).where(
            Slot.round_id == booking.round_id, Slot.leader_id == booking.leader_id, Slot.booking_id.is_(None),
            Slot.blocked.is_(False), Slot.starts_at >= booking.starts_at, Slot.ends_at <= booking.ends_at,
        )  # fmt: skip
        free = sum((ends_at - starts_at for starts_at, ends_at in self.session.execute(held)), timedelta())
        return free == booking.ends_at - booking.starts_at

    def _with_neighbour(self, talk: Talk, talks: Sequence[Talk]) -> Talk:
        if not (talk.stands and talk.starts_at and talk.ends_at):
            return talk
        span = Span(talk.starts_at, talk.ends_at)
        near = neighbour_of(span, talk.leaders[0].id, siblings_of(talks, talk), talk.minutes, self.walking)
        return replace(talk, next_to=near)


def _places(names: Iterable[str], pupil_id: int, year_id: int) -> dict[str, Place]:
    session = db.session()
    listed = rooms.room_list(session)
    return {name: rooms.place_of(session, listed, name, pupil_id=pupil_id, year_id=year_id) for name in names}


def siblings_of(talks: Iterable[Talk], talk: Talk) -> list[Talk]:
    """The talks of brothers and sisters that stand."""
    return [other for other in talks if other.pupil_id != talk.pupil_id and other.stands]


def neighbour_of(
    span: Span, leader_id: int, siblings: Iterable[Talk], minutes: int, walking: timedelta
) -> Neighbour | None:
    """The sibling's talk that this time adjoins."""
    slot = timedelta(minutes=minutes)
    for other in siblings:
        if other.starts_at and other.ends_at:
            there = Span(other.starts_at, other.ends_at)
            if adjoins(span, leader_id, there, other.leaders[0].id, slot=slot, walking=walking):
                return Neighbour(other.pupil, other.starts_at)
    return None


def _leaders_of(talk: Talk) -> list[int]:
    """Another time is with the same leader; a first one with any leader of the class who is open."""
    session = db.session()
    if talk.stands or talk.request_id:
        return [leader.id for leader in talk.leaders if asking.is_open_leader(session, talk.round_id, leader.id)]
    return asking.open_leaders(session, talk.round_id, talk.pupil_id)


def _names_of(leaders: Iterable[int], talk: Talk) -> dict[int, str]:
    """The names of these leaders; the page knows those of the talk itself."""
    known = {leader.id: leader.name.full for leader in talk.leaders}
    others = [leader for leader in leaders if leader not in known]
    rows = db.session.scalars(select(Staff).where(Staff.id.in_(others))) if others else ()
    return known | {staff.id: staff.name.full for staff in rows}


def _free_rows(
    own: Sequence[Slot], talk: Talk, needed: int, most: int, busy: Sequence[Span], now: datetime
) -> list[tuple[SlotFacts, ...]]:
    """Of one leader's slots: every row that this talk fits in."""
    mine = talk.booking_id if talk.stands else None
    free = [
        asking.facts_of(slot)
        for slot in own
        if not slot.blocked and slot.booking_id in (None, mine) and now < talk.rules.until(slot.starts_at)
    ]
    taken = [Span(slot.starts_at, slot.ends_at) for slot in own if slot.booking_id not in (None, mine)]
    return [
        row
        for row in starts_of(free, needed)
        if _span(row).starts_at != (talk.starts_at if mine else None)
        and not any(map(_span(row).overlaps, busy))
        and keeps_pause([slot.span for slot in row], taken, most)
    ]


def _span(row: Sequence[SlotFacts]) -> Span:
    return Span(row[0].span.starts_at, row[-1].span.ends_at)


def _own_name(by: Actor) -> str:
    if by.kind is ActorKind.PUPIL:
        pupil = db.session.get(Pupil, by.id)
        return pupil.given_name if pupil else ""
    guardian = db.session.get(Guardian, by.id)
    return guardian.name.called if guardian else ""


def _find_person(by: Actor) -> Guardian | Pupil | None:
    return db.session.get(Pupil, by.id) if by.kind is ActorKind.PUPIL else db.session.get(Guardian, by.id)


def _person(by: Actor) -> Guardian | Pupil:
    person = _find_person(by)
    if person is None:
        raise NotFound
    return person


def _contact_field(
    field: CorrectionField, person: Guardian | Pupil, latest: ContactCorrection | None, now: datetime
) -> ContactField:
    value = str(getattr(person, field.value))
    if latest is None:
        return ContactField(field, value, None, None)
    if latest.decided_at is None:
        return ContactField(field, value, latest.new_value, None)
    is_news = latest.proposed_at < latest.decided_at and now < latest.decided_at + TOLD_FOR
    decided = Decided(bool(latest.accepted), latest.new_value, latest.decided_at)
    return ContactField(field, value, None, decided if is_news else None)
