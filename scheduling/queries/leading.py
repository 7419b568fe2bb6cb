"""A leader's own roster: the week as an agenda, the talks as a list, and what asks for attention."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from scheduling.domain.errors import NotFound, Refused
from scheduling.domain.journal import ActorKind
from scheduling.domain.rounds import (
    LIVE,
    AlreadyBooked,
    BookingStatus,
    Outcome,
    SlotFacts,
    adjoins,
    slots_needed,
    starts_of,
)
from scheduling.domain.single_talks import Medium, may_be_at_home
from scheduling.domain.timeslots import Span, local
from scheduling.domain.ways import ways_for_school
from scheduling.models import (
    Booking,
    CallRequest,
    JournalLine,
    LeaderOpening,
    Round,
    RoundClass,
    RoundExclusion,
    School,
    Slot,
    db,
)
from scheduling.queries.agreed_rounds import AgreedParts, agreed_parts
from scheduling.queries.bookings import (
    expected_guardians,
    interpreter_language,
    last_step,
    sibling_talks,
    times_out,
)
from scheduling.queries.homes import own_talks
from scheduling.queries.leaders import Home, LeaderFacts, PupilFacts, pupils_of, the_leader, the_pupil
from scheduling.queries.single_talks import home_visits
from scheduling.queries.talks import Talk, read_talks
from scheduling.queries.turns import waits_for_turn
from scheduling.queries.visits import has_room, taken_around
from scheduling.queries.weeks import SlotLine, Week, weeks_of


@dataclass(frozen=True)
class RoundFacts:
    id: int
    name: str
    year_id: int
    slot_minutes: int
    first: datetime
    last: datetime


@dataclass(frozen=True)
class CallLine:
    """A family that asked for a call."""

    id: int
    pupil: PupilFacts
    home: Home
    asked_at: datetime
    promised: bool = False
    """Nobody asked: the school promised it, because a talk could not be held."""


@dataclass(frozen=True)
class Todo:
    """What asks for the leader's attention."""

    calls: tuple[CallLine, ...]
    unanswered: tuple[Talk, ...]
    interpreters: tuple[Talk, ...]
    without_time: tuple[tuple[PupilFacts, Home | None], ...]
    to_close: tuple[Talk, ...]
    """Talks that are over, and nobody has said what became of them."""
    to_agree: tuple[Talk, ...]
    """Talks that were held, and no form of contact is agreed."""
    by_agreement: tuple[tuple[PupilFacts, Home], ...] = ()
    """Homes that are not invited, as was agreed with them: nothing to do, good to know."""

    @property
    def is_empty(self) -> bool:
        return not any(
            (self.calls, self.unanswered, self.interpreters, self.without_time, self.to_close, self.to_agree)
        )


@dataclass(frozen=True)
class Roster:
    """All of one leader's round."""

    leader: LeaderFacts
    round: RoundFacts | None
    rounds: tuple[RoundFacts, ...]
    published: bool
    version: int
    slots: tuple[SlotLine, ...]
    talks: tuple[Talk, ...]
    todo: Todo
    next_talk: Talk | None
    weeks: tuple[Week[Talk], ...] = field(default=())

    @property
    def confirmed(self) -> int:
        return sum(1 for talk in self.talks if talk.status is BookingStatus.CONFIRMED)

    @property
    def minutes(self) -> int:
        return sum(talk.minutes for talk in self.talks)

    @property
    def free(self) -> tuple[SlotLine, ...]:
        return tuple(slot for slot in self.slots if slot.is_free)

    @property
    def days(self) -> tuple[tuple[date, tuple[Talk, ...]], ...]:
        """The talks by day."""
        days: dict[date, list[Talk]] = defaultdict(list)
        for talk in self.talks:
            days[local(talk.starts_at).date()].append(talk)
        return tuple((day, tuple(talks)) for day, talks in days.items())

    @property
    def slot_days(self) -> tuple[tuple[date, tuple[SlotLine, ...]], ...]:
        """All own times by day."""
        days: dict[date, list[SlotLine]] = defaultdict(list)
        for slot in self.slots:
            days[local(slot.span.starts_at).date()].append(slot)
        return tuple((day, tuple(slots)) for day, slots in days.items())

    def talk_on(self, slot: SlotLine) -> Talk | None:
        return next((talk for talk in self.talks if talk.id == slot.booking_id), None)


@dataclass(frozen=True)
class Choice:
    """A time to choose: the first of its adjacent slots."""

    slot_id: int
    span: Span
    next_to_sibling: bool = False

    @property
    def day(self) -> date:
        return local(self.span.starts_at).date()


@dataclass(frozen=True)
class Moving:
    """A talk, and where its leader may put it."""

    talk: Talk
    choices: tuple[Choice, ...]

    def choice(self, slot_id: int | None) -> Choice | None:
        return next((choice for choice in self.choices if choice.slot_id == slot_id), None)


@dataclass(frozen=True)
class NewTalk:
    """A family without a talk, with whom it may be, and when."""

    round: RoundFacts
    pupil: PupilFacts
    homes: tuple[Home | None, ...]
    """With whom: one home, or None for all homes together."""
    choices: tuple[Choice, ...]
    turn_at: datetime | None = None
    """Others go first until then."""


def rounds_of(leader_id: int, year_id: int) -> tuple[RoundFacts, ...]:
    """The rounds in which this leader offers times, in order of time."""
    rows = db.session.execute(
        select(Round, func.min(Slot.starts_at), func.max(Slot.ends_at))
        .join(Slot, Slot.round_id == Round.id)
        .where(Slot.leader_id == leader_id, Round.year_id == year_id)
        .group_by(Round.id)
    ).all()
    found = [_round(row, first, last) for row, first, last in rows]
    return tuple(sorted(found, key=lambda found: (found.first, found.id)))


def roster(leader_id: int, year_id: int, *, now: datetime, round_id: int | None = None) -> Roster:
    """One round of a leader (or the one that is on or comes next), with everything its pages show."""
    leader = the_leader(leader_id, year_id)
    rounds = rounds_of(leader_id, year_id)
    found = _chosen(rounds, round_id, now)
    if found is None:
        return Roster(leader, None, (), False, 0, (), (), Todo((), (), (), (), (), ()), None)
    slots, version = _slots(found.id, leader_id)
    own = pupils_of(found.year_id, leader_id=leader_id, today=local(now).date())
    talks = read_talks(_bookings(found.id, leader_id), found.year_id, now, names={found.id: found.name}, known=own)
    published = db.session.get(LeaderOpening, (found.id, leader_id)) is not None
    return Roster(
        leader=leader,
        round=found,
        rounds=rounds,
        published=published,
        version=version,
        slots=slots,
        talks=talks,
        todo=_todo(found, own, talks, published=published, now=now),
        next_talk=next((talk for talk in talks if talk.ends_at > now and talk.outcome is None), None),
        weeks=weeks_of(slots, {talk.id: talk for talk in talks}),
    )


def the_talk(booking_id: int, leader_id: int, *, now: datetime) -> Talk:
    """One own talk; somebody else's is not there."""
    booking = db.session.get(Booking, booking_id)
    if booking is None or booking.leader_id != leader_id or booking.status not in LIVE:
        raise NotFound
    [talk] = read_talks([booking], booking.round.year_id, now, names={booking.round_id: booking.round.name})
    return talk


def ways_of(talk: Talk) -> tuple[Medium, ...]:
    """In which ways the school may write down that it meets the family of this talk."""
    kind = db.session.get_one(Round, talk.round_id).kind
    return ways_for_school(at_home=may_be_at_home(kind, home_visits()), met=talk.met)


def moving(booking_id: int, leader_id: int, *, now: datetime) -> Moving:
    """Where this talk may go: as many adjacent free times as it has now, with the same leader."""
    talk = the_talk(booking_id, leader_id, now=now)
    slots, _ = _slots(talk.round_id, leader_id)
    own = sum(1 for slot in slots if slot.booking_id == talk.id)
    choices = _choices((slot for slot in slots if slot.is_free or slot.booking_id == talk.id), own, leader_id, now)
    household_id = db.session.scalar(select(Booking.household_id).where(Booking.id == booking_id))
    busy = _busy(talk.pupil.id, household_id, leader_id, now, besides=booking_id)
    elsewhere = (choice for choice in choices if choice.span.starts_at != talk.starts_at)
    marked = _marked(_without(busy, elsewhere), talk.round_id, talk.pupil.id, household_id, leader_id, now)
    return Moving(talk, marked)


def is_no_visit_then(talk: Talk, choice: Choice, leader_id: int, now: datetime) -> bool:
    """Is a visit at the family's home held at school at this time, because there is no time to be on the way?"""
    if talk.met is not Medium.HOME:
        return False
    session = db.session()
    household_id = session.scalar(select(Booking.household_id).where(Booking.id == talk.id))
    guardians = expected_guardians(session, talk.pupil.id, household_id, local(now).date())
    taken = taken_around(session, guardians=guardians, leader_id=leader_id, besides=talk.id)
    return not has_room(choice.span, talk.visit, taken)


def earlier_time(booking_id: int, leader_id: int, *, now: datetime) -> Choice | None:
    """The time a talk had before a colleague moved it, while nothing else was done with it and it still fits there."""
    slot_id = earlier_slot(last_step(db.session(), booking_id))
    return moving(booking_id, leader_id, now=now).choice(slot_id) if slot_id else None


def earlier_slot(step: JournalLine | None) -> int | None:
    """The first slot that a colleague moved a talk away from, when that was the last thing done with it."""
    moved = step is not None and step.action == "bookings.move" and step.actor_kind is ActorKind.STAFF
    return next(iter(step.facts["left"]), None) if moved and step is not None else None


def booking_for(round_id: int, pupil_id: int, leader_id: int, year_id: int, *, now: datetime) -> NewTalk:
    """A pupil of an own class without a talk: with whom it may be, and the leader's free times."""
    found = next((found for found in rounds_of(leader_id, year_id) if found.id == round_id), None)
    if found is None:
        raise NotFound
    own = pupils_of(year_id, leader_id=leader_id, today=local(now).date())
    mine = [pupil for pupil in own if pupil.id == pupil_id]
    agreed = agreed_parts(db.session(), found.id)
    waiting = _without_time(found, mine, agreed) or _without_time(found, mine, AgreedParts())
    if not waiting:
        the_pupil(pupil_id, year_id, leader_id=leader_id, today=local(now).date())
        raise _already(round_id, pupil_id)
    pupil = waiting[0][0]
    homes = tuple(home for _, home in waiting)
    if homes == (None,):
        homes = (None, *pupil.homes)
    slots, _ = _slots(round_id, leader_id)
    count = slots_needed(interpreter=bool(interpreter_language(db.session(), round_id, pupil.id, None)))
    choices = _choices((slot for slot in slots if slot.is_free), count, leader_id, now)
    fit = _without(_busy(pupil.id, None, leader_id, now), choices)
    return NewTalk(
        found, pupil, homes, _marked(fit, round_id, pupil.id, None, leader_id, now),
        _turn_at(round_id, pupil.id, homes, now),
    )  # fmt: skip


def _turn_at(round_id: int, pupil_id: int, homes: Sequence[Home | None], now: datetime) -> datetime | None:
    """For which moment one of these homes still waits."""
    session = db.session()
    found = session.get_one(Round, round_id)
    moments = [waits_for_turn(session, found, pupil_id, home.household_id if home else None, now) for home in homes]
    return max((at for at in moments if at), default=None)


def _already(round_id: int, pupil_id: int) -> Refused:
    """Why there is nothing to book for this pupil."""
    standing = select(Booking.starts_at).where(
        Booking.round_id == round_id, Booking.pupil_id == pupil_id, Booking.status.in_(LIVE)
    )
    starts_at = db.session.scalar(standing.order_by(Booking.starts_at))
    return AlreadyBooked(starts_at) if starts_at else NotFound()


def _round(row: Round, first: datetime, last: datetime) -> RoundFacts:
    return RoundFacts(row.id, row.name, row.year_id, row.slot_minutes, first, last)


def _chosen(rounds: Sequence[RoundFacts], round_id: int | None, now: datetime) -> RoundFacts | None:
    if round_id is not None:
        found = next((found for found in rounds if found.id == round_id), None)
        if found is None:
            raise NotFound
        return found
    coming = (found for found in rounds if found.last > now)
    return next(coming, rounds[-1] if rounds else None)


def _slots(round_id: int, leader_id: int) -> tuple[tuple[SlotLine, ...], int]:
    """All times, and a version that rises with every change to one of them."""
    rows = db.session.execute(
        select(Slot.id, Slot.starts_at, Slot.ends_at, Slot.blocked, Slot.booking_id, Slot.version)
        .where(Slot.round_id == round_id, Slot.leader_id == leader_id)
        .order_by(Slot.starts_at)
    ).all()
    lines = tuple(SlotLine(row.id, Span(row.starts_at, row.ends_at), row.blocked, row.booking_id) for row in rows)
    return lines, 1 + sum(row.version - 1 for row in rows)


def _bookings(round_id: int, leader_id: int) -> Sequence[Booking]:
    wanted = select(Booking).where(
        Booking.round_id == round_id, Booking.leader_id == leader_id, Booking.status.in_(LIVE)
    )
    return db.session.scalars(wanted.order_by(Booking.starts_at)).all()


def _todo(
    found: RoundFacts, own: Sequence[PupilFacts], talks: Sequence[Talk], *, published: bool, now: datetime
) -> Todo:
    over = [talk for talk in talks if talk.ends_at <= now]
    return Todo(
        calls=_calls(found, own),
        unanswered=tuple(
            talk
            for talk in talks
            if talk.status is BookingStatus.INVITED and talk.was_invited and talk.starts_at > now and not talk.outcome
        ),
        interpreters=tuple(talk for talk in talks if talk.interpreter_open and talk.starts_at > now),
        without_time=tuple(_without_time(found, own, agreed_parts(db.session(), found.id))) if published else (),
        to_close=tuple(talk for talk in over if talk.outcome is None),
        to_agree=tuple(talk for talk in talks if talk.outcome in (Outcome.HELD, Outcome.BY_PHONE) and talk.plans_open),
        by_agreement=tuple(_left_out(found, own)),
    )


def _calls(found: RoundFacts, pupils: Sequence[PupilFacts]) -> tuple[CallLine, ...]:
    own = {pupil.id: pupil for pupil in pupils}
    wanted = select(CallRequest).where(CallRequest.round_id == found.id, CallRequest.done_at.is_(None))
    rows = db.session.scalars(wanted.where(CallRequest.pupil_id.in_(own)).order_by(CallRequest.asked_at))
    return tuple(
        CallLine(
            row.id,
            own[row.pupil_id],
            own[row.pupil_id].home(row.household_id) or Home(None, ()),
            row.asked_at,
            row.is_promised,
        )
        for row in rows
    )


def _without_time(
    found: RoundFacts, own: Sequence[PupilFacts], agreed: AgreedParts
) -> list[tuple[PupilFacts, Home | None]]:
    """Pupils of own classes without a talk in this round; with the home, where each home has a talk of its own.

    Without the homes that are left out as `agreed`.
    """
    ids = [pupil.id for pupil in own]
    classes = set(db.session.scalars(select(RoundClass.class_id).where(RoundClass.round_id == found.id)))
    excluded = select(RoundExclusion.pupil_id).where(RoundExclusion.round_id == found.id)
    left_out = set(db.session.scalars(excluded.where(RoundExclusion.pupil_id.in_(ids))))
    booked: dict[int, set[int | None]] = defaultdict(set)
    live = select(Booking.pupil_id, Booking.household_id).where(Booking.round_id == found.id, Booking.status.in_(LIVE))
    for pupil_id, household_id in db.session.execute(live.where(Booking.pupil_id.in_(ids))):
        booked[pupil_id].add(household_id)
    two = [pupil.id for pupil in own if len(pupil.homes) > 1]
    apart = own_talks(db.session(), two, found.year_id) if two else set()
    waiting: list[tuple[PupilFacts, Home | None]] = []
    for pupil in own:
        if pupil.class_id not in classes or pupil.id in left_out or None in booked[pupil.id]:
            continue
        out = agreed.homes_out(pupil.id)
        homes = [home for home in pupil.homes if home.household_id not in out]
        if pupil.id in apart:
            waiting.extend((pupil, home) for home in homes if home.household_id not in booked[pupil.id])
        elif homes and not booked[pupil.id]:
            waiting.append((pupil, homes[0] if len(homes) == 1 else None))
    return waiting


def _left_out(found: RoundFacts, own: Sequence[PupilFacts]) -> Iterator[tuple[PupilFacts, Home]]:
    """The own pupils with the homes that agreed on another form of contact than this evening."""
    agreed = agreed_parts(db.session(), found.id)
    for pupil in own:
        out = agreed.homes_out(pupil.id)
        yield from ((pupil, home) for home in pupil.homes if home.household_id in out)


def _choices(slots: Iterable[SlotLine], count: int, leader_id: int, now: datetime) -> tuple[Choice, ...]:
    ahead = (SlotFacts(slot.id, leader_id, slot.span) for slot in slots if slot.span.starts_at > now)
    return tuple(
        Choice(row[0].id, Span(row[0].span.starts_at, row[-1].span.ends_at)) for row in starts_of(ahead, max(count, 1))
    )


def _busy(
    pupil_id: int, household_id: int | None, leader_id: int, now: datetime, besides: int | None = None
) -> list[Span]:
    """When somebody who is expected, or the leader as a parent, has another talk."""
    session = db.session()
    guardians = expected_guardians(session, pupil_id, household_id, local(now).date())
    return times_out(session, guardians=guardians, leader_id=leader_id, pupil_id=pupil_id, besides=besides)


def _marked(
    choices: Sequence[Choice], round_id: int, pupil_id: int, household_id: int | None, leader_id: int, now: datetime
) -> tuple[Choice, ...]:
    """The same times; those that adjoin the talk of a brother or sister say so."""
    session = db.session()
    guardians = expected_guardians(session, pupil_id, household_id, local(now).date())
    siblings = sibling_talks(session, guardians=guardians, pupil_id=pupil_id)
    slot = timedelta(minutes=session.get_one(Round, round_id).slot_minutes)
    walking = timedelta(minutes=session.scalar(select(School.walking_minutes)) or 0)
    return tuple(
        replace(
            choice,
            next_to_sibling=any(
                adjoins(choice.span, leader_id, span, its_leader, slot=slot, walking=walking)
                for its_leader, span in siblings
            ),
        )
        for choice in choices
    )


def _without(busy: Sequence[Span], choices: Iterable[Choice]) -> tuple[Choice, ...]:
    return tuple(choice for choice in choices if not any(choice.span.overlaps(span) for span in busy))
