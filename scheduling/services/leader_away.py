"""A leader cannot be there: what every family gets is proposed, looked at, and then done in one step, or not at all.

Nobody else moves: only talks in this time get another one, the same time with who stands in before any other. Every
home of a talk hears the same, at the same moment. It can be taken back as far as families have not chosen since.
"""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from scheduling.domain.hours import Hours, HoursFault, HoursFaultKind, HoursRefused, cut_hours, faults_of
from scheduling.domain.journal import Actor
from scheduling.domain.leader_away import (
    Answer,
    Instead,
    NothingToTakeBack,
    OwnTimesWhileAway,
    Place,
    PlaceTaken,
    StandInHoursNeeded,
    StandInUnknown,
    TalksChangedMeanwhile,
    ensure_away,
    instead_of,
)
from scheduling.domain.mailings import Letter
from scheduling.domain.rosters import SolverFailed
from scheduling.domain.rounds import (
    LIVE,
    AlreadyBooked,
    BookingOrigin,
    BookingStatus,
    FamilyBusy,
    SlotTaken,
    TalkCancelled,
)
from scheduling.domain.timeslots import Span, local
from scheduling.models import Booking, CallRequest, Household, LeaderOpening, Round, Slot, Staff
from scheduling.optimiser.problem import ConversationsProblem, ConversationsRoster
from scheduling.queries import bookings as asking
from scheduling.queries import leader_away as away
from scheduling.queries.leader_away import Affected, Falling, StandIn
from scheduling.queries.rooms import rooms_of_the_school
from scheduling.services import bookings, outbox, single_talks, solving
from scheduling.services.journal import record
from scheduling.services.transaction import is_alone, lock, transaction

SECONDS = 5


@dataclass(frozen=True)
class StandInHours:
    """Who stands in, as it was typed."""

    leader_id: int
    day: date | None = None
    starts: time | None = None
    ends: time | None = None
    room: str = ""


@dataclass(frozen=True)
class Proposed:
    """One family: what fits it best, and what else is possible."""

    found: Affected
    instead: Instead
    place: Place | None

    @property
    def choices(self) -> tuple[Place, ...]:
        return self.found.places


@dataclass(frozen=True)
class Proposal:
    """What would happen to each talk in this time. Looking at it changes nothing."""

    span: Span
    stand_in: StandIn | None
    talks: tuple[Proposed, ...]
    falling: tuple[Falling, ...] = ()
    """Times that were proposed to other families and can no longer be chosen."""

    def count(self, instead: Instead) -> int:
        return sum(talk.instead is instead for talk in self.talks)


@dataclass(frozen=True)
class Applied:
    """How many families got a new time, may choose one, or are called."""

    moved: int
    released: int
    calls: int


def propose(*, leader_id: int, span: Span, stand_in: StandInHours | None = None, now: datetime) -> Proposal:
    """For every touched family a new time, a letter with a link, or a call. Nothing is kept or sent."""
    ensure_away(span, now)
    with transaction() as session:
        who = _stand_in(session, leader_id, span, stand_in, now)
        found = away.affected(leader_id, span, who, now)
        falling = away.falling(leader_id, span, now)
        taken = _taken(found)
    placed = _placed(found, leader_id, who, taken)  # the solver works while no transaction is open
    return Proposal(span, who, tuple(_proposed(talk, placed.get(talk.id)) for talk in found), falling)


def apply(
    *, leader_id: int, span: Span, answers: Mapping[int, Answer], stand_in: StandInHours | None = None,
    origin: BookingOrigin, by: Actor, now: datetime,
) -> Applied:  # fmt: skip
    """Do what was decided per talk, for all of them or for none. The times of the leader close meanwhile."""
    ensure_away(span, now)
    with transaction() as session:
        single_talks.hold_proposed(session, leader_id)
        who = _stand_in(session, leader_id, span, stand_in, now)
        _hold(session, away.touched(session, leader_id, span, now), leader_id, who, now)
        talks = away.touched(session, leader_id, span, now)
        if {talk.id for talk in talks} != set(answers):
            raise TalksChangedMeanwhile
        made = _open_times(session, who, now)
        dropped = single_talks.drop_times(session, leader_id=leader_id, span=span, by=by, now=now)
        given = [answer.place for answer in answers.values() if answer.place]
        if len(given) != len(set(given)):
            raise PlaceTaken(next(place.starts_at for place in given if given.count(place) > 1))
        moved, released, calls = [], [], []
        taken_over: dict[int, list[tuple[Booking, datetime]]] = {}
        for talk in talks:
            answer = answers[talk.id]
            if answer.instead is Instead.MOVE and answer.place:
                was = talk.starts_at
                _move(session, talk, answer.place, origin, by, now)
                moved.append(talk.id)
                taken_over.setdefault(answer.place.leader_id, []).append((talk, was))
                continue
            _call_off(session, talk, answer.instead, by, now)
            released.append(talk.id)
            if answer.instead is Instead.CALL:
                calls += _ask_calls(session, talk, now)
        record(
            session, by=by, action=away.APPLIED, subject="staff", subject_id=leader_id, now=now,
            starts_at=span.starts_at.isoformat(), ends_at=span.ends_at.isoformat(), moved=moved, released=released,
            calls=calls, blocked=_close_times(session, leader_id, span, now), made=made,
            stand_in=who.leader_id if who else None, dropped=dropped,
        )  # fmt: skip
        taken_over.pop(leader_id, None)
        _tell_colleagues(session, taken_over, "done", now)
        return Applied(len(moved), len(released), len(calls))


def take_back(*, leader_id: int, by: Actor, now: datetime) -> int:
    """The leader is there after all: talks return to their times, but for what families chose since. How many did."""
    with transaction() as session:
        line = away.find_done(session, leader_id)
        if line is None or away.span_of(line).ends_at <= now:
            raise NothingToTakeBack
        facts = line.facts
        talks = [session.get_one(Booking, talk_id) for talk_id in (*facts["moved"], *facts["released"])]
        _hold(session, talks, leader_id, None, now)
        for slot in session.scalars(select(Slot).where(Slot.id.in_(facts["blocked"]), Slot.blocked)):
            slot.blocked, slot.version = False, slot.version + 1
        session.flush()
        given_back: dict[int, list[tuple[Booking, datetime]]] = {}
        back = 0
        for one in facts["moved"]:
            talk = session.get_one(Booking, one)
            colleague, was = talk.leader_id, talk.starts_at
            if _move_back(session, talk, by, now):
                back += 1
                given_back.setdefault(colleague, []).append((talk, was))
        given_back.pop(leader_id, None)
        _tell_colleagues(session, given_back, "undone", now)
        back += sum(_restore(session, session.get_one(Booking, one), by, now) for one in facts["released"])
        _drop_calls(session, facts["calls"], by, now)
        session.execute(delete(Slot).where(Slot.id.in_(facts["made"]), Slot.booking_id.is_(None)))
        record(
            session, by=by, action=away.TAKEN_BACK, subject="staff", subject_id=leader_id, now=now, of=line.id,
            talks=back,
        )  # fmt: skip
        return back


def _stand_in(
    session: Session, leader_id: int, span: Span, hours: StandInHours | None, now: datetime
) -> StandIn | None:
    """The times of who stands in, cut as the round of these talks is; what is wrong with them is named.

    The leader may give extra times too, before or after the absence.
    """
    if hours is None:
        return None
    staff = session.get(Staff, hours.leader_id)
    if staff is None or (staff.left_on and staff.left_on <= local(now).date()):
        raise StandInUnknown
    if hours.day is None or hours.starts is None or hours.ends is None:
        raise StandInHoursNeeded
    talks = away.touched(session, leader_id, span, now)
    found, listed = away.round_for_times(session, talks), rooms_of_the_school()
    if found is None:
        return StandIn(staff.id, 0, ())
    typed = Hours(staff.code, hours.day, hours.starts, hours.ends, hours.room, row=1)
    if faults := faults_of([typed], found.period, listed):
        raise HoursRefused(faults)
    slots, _warnings = cut_hours([typed], found.slot_minutes)
    spans = tuple(slot.span for slot in slots)
    if staff.id == leader_id and any(map(span.overlaps, spans)):
        raise OwnTimesWhileAway
    if other := _other_times(session, staff.id, spans):
        raise HoursRefused([HoursFault(HoursFaultKind.TAKEN, typed, other)])
    return StandIn(staff.id, found.id, spans, listed.named(hours.room) or hours.room)


def _other_times(session: Session, leader_id: int, spans: Sequence[Span]) -> str | None:
    """The name of a round in which this colleague has times just then."""
    for span in spans:
        there = select(Round.name).join(Slot, Slot.round_id == Round.id)
        there = there.where(Slot.leader_id == leader_id, Slot.starts_at < span.ends_at, Slot.ends_at > span.starts_at)
        if name := session.scalar(there.limit(1)):
            return name
    return None


def _taken(found: Sequence[Affected]) -> dict[int, Mapping[int, Sequence[Span]]]:
    """Per round and leader the talks that stay."""
    leaders: dict[int, set[int]] = defaultdict(set)
    for talk in found:
        leaders[talk.talk.round_id] |= {place.leader_id for place in talk.places}
    gone = [talk.id for talk in found]
    return {round_id: away.other_talks(round_id, own, gone) for round_id, own in leaders.items()}


def _placed(
    found: Sequence[Affected], leader_id: int, who: StandIn | None, taken: Mapping[int, Mapping[int, Sequence[Span]]]
) -> dict[int, Place]:
    """The places the engine gives: with who stands in first, then the own times, then those of a duo."""
    placed: dict[int, Place] = {}
    for round_id in sorted({talk.talk.round_id for talk in found}):
        own = [talk for talk in found if talk.talk.round_id == round_id and _may_move(talk)]
        others = sorted({place.leader_id for talk in own for place in talk.places})
        first = [who.leader_id] if who else []
        order = dict.fromkeys([*first, leader_id, *others])
        for leader in order:
            left = [_beside(talk, placed, own) for talk in own if talk.id not in placed]
            asked = away.rearrangement(left, leader, taken[round_id]) if left else None
            if asked:
                problem, meaning = asked
                roster = _solve(problem)
                placed |= {
                    talk.id: meaning[key][roster.placed[key]]
                    for talk in left
                    if (key := f"b{talk.id}") in meaning and key in roster.placed
                }
    return placed


def _may_move(talk: Affected) -> bool:
    return instead_of(talk.agreed, reached=talk.reached or not talk.heard, placed=True, may_choose=True) is Instead.MOVE


def _beside(talk: Affected, placed: Mapping[int, Place], all_of_them: Sequence[Affected]) -> Affected:
    """Without the times at which its own family was given another talk just now."""
    homes = {at.home.household_id for at in talk.talk.homes}
    gone = [
        Span(placed[other.id].starts_at, placed[other.id].starts_at + other.talk.span.length)
        for other in all_of_them
        if other.id in placed
        and (other.talk.pupil.id == talk.talk.pupil.id or homes & {at.home.household_id for at in other.talk.homes})
    ]
    length = talk.talk.span.length
    places = (
        place
        for place in talk.places
        if not any(Span(place.starts_at, place.starts_at + length).overlaps(span) for span in gone)
    )
    return replace(talk, places=tuple(places))


def _solve(problem: ConversationsProblem) -> ConversationsRoster:
    """Within the leader's pauses; without them where the talks that stand already have none."""

    def quietly(_line: object) -> None:
        """Nobody waits for the progress of so small a roster."""

    try:
        return solving.solve(problem, seconds=SECONDS, seed=1, on_progress=quietly)
    except SolverFailed:
        free = replace(problem, max_in_a_row=None)
        return solving.solve(free, seconds=SECONDS, seed=1, on_progress=quietly)


def _proposed(talk: Affected, place: Place | None) -> Proposed:
    reached = talk.reached or not talk.heard  # who knows of no time yet needs no call about it
    instead = instead_of(talk.agreed, reached=reached, placed=place is not None, may_choose=talk.may_choose)
    return Proposed(talk, instead, place if instead is Instead.MOVE else None)


def _hold(session: Session, talks: Sequence[Booking], leader_id: int, who: StandIn | None, now: datetime) -> None:
    """All families first, then all slots: of these talks, of the leader, and of who stands in."""
    if is_alone(session):
        return
    on, homes, slots = local(now).date(), set[int](), set[int]()
    leaders = {leader_id, *(talk.leader_id for talk in talks), *([who.leader_id] if who else [])}
    around = asking.guardians_among(session, leaders)
    for talk in talks:
        guardians = asking.expected_guardians(session, talk.pupil_id, talk.household_id, on)
        homes.update(asking.households_around(session, talk.pupil_id, guardians | around))
        leaders.update(asking.open_leaders(session, talk.round_id, talk.pupil_id))
    for round_id in {talk.round_id for talk in talks}:
        slots.update(slot.id for slot in asking.leader_slots(session, round_id, leaders))
    slots.update(session.scalars(select(Slot.id).where(Slot.leader_id == leader_id)))
    lock(session, Household, homes)
    lock(session, Slot, slots)


def _open_times(session: Session, who: StandIn | None, now: datetime) -> list[int]:
    """The times of who stands in, in the round of these talks, seen by the families that get one."""
    if who is None or not who.spans:
        return []
    round_id = who.round_id
    made = [
        Slot(round_id=round_id, leader_id=who.leader_id, starts_at=span.starts_at, ends_at=span.ends_at, room=who.room)
        for span in who.spans
        if span.starts_at > now
    ]
    session.add_all(made)
    if session.get(LeaderOpening, (round_id, who.leader_id)) is None:
        session.add(LeaderOpening(round_id=round_id, leader_id=who.leader_id, opened_at=now))
    session.flush()
    return [slot.id for slot in made]


def _move(session: Session, talk: Booking, place: Place, origin: BookingOrigin, by: Actor, now: datetime) -> None:
    slots = away.slot_at(session, talk.round_id, place, max(len(talk.slots), 1))
    before, heard = outbox.as_it_was(talk), _has_heard(talk)
    try:
        if len(slots) != len(talk.slots) or place.starts_at <= now:
            raise SlotTaken
        bookings.move_to(session, booking=talk, slots=slots, by=by, now=now)
    except (SlotTaken, FamilyBusy) as reason:
        raise PlaceTaken(place.starts_at) from reason
    talk.origin, talk.status, talk.confirmed_at = origin, BookingStatus.INVITED, None
    if heard:
        talk.invited_at = talk.invited_at or now
        outbox.post(session, letter=Letter.CHANGED, booking=talk, now=now, facts=before | {"away": Instead.MOVE.value})


def _tell_colleagues(
    session: Session, talks: Mapping[int, Sequence[tuple[Booking, datetime]]], how: str, now: datetime
) -> None:
    """Who takes talks over, or gives them back, reads which: on the page and by mail."""
    for staff_id, found in sorted(talks.items()):
        moves = [
            {"booking_id": talk.id, "pupil_id": talk.pupil_id, "was": was.isoformat(),
             "now": talk.starts_at.isoformat(), "how": how}
            for talk, was in sorted(found, key=lambda one: one[0].starts_at)
        ]  # fmt: skip
        staff = session.get_one(Staff, staff_id)
        outbox.post_to_staff(session, letter=Letter.STAND_IN, staff=staff, now=now, facts={"moves": moves})


def _call_off(session: Session, talk: Booking, instead: Instead, by: Actor, now: datetime) -> None:
    heard = _has_heard(talk)
    bookings.release(session, booking=talk, by=by, now=now)
    if heard:
        outbox.post(session, letter=Letter.CANCELLED, booking=talk, now=now, facts={"away": instead.value})


def _ask_calls(session: Session, talk: Booking, now: datetime) -> list[int]:
    """Each home of the talk is called, so that both hear it in the same way."""
    homes: set[int | None] = set()
    if talk.household_id is not None:
        homes = {talk.household_id}
    else:
        homes |= asking.homes_invited(session, talk.pupil_id, local(now).date())
    calls = []
    for home in sorted(homes, key=lambda home: home or 0) or [None]:
        waits = select(CallRequest.id).where(
            CallRequest.round_id == talk.round_id, CallRequest.pupil_id == talk.pupil_id,
            CallRequest.household_id == home, CallRequest.done_at.is_(None),
        )  # fmt: skip
        if session.scalar(waits) is None:
            call = CallRequest(round_id=talk.round_id, pupil_id=talk.pupil_id, household_id=home, asked_at=now)
            session.add(call)
            session.flush()
            calls.append(call.id)
    return calls


def _close_times(session: Session, leader_id: int, span: Span, now: datetime) -> list[int]:
    """Nobody can choose a time while the leader is away."""
    free = select(Slot).where(
        Slot.leader_id == leader_id, Slot.booking_id.is_(None), ~Slot.blocked, Slot.starts_at < span.ends_at,
        Slot.ends_at > span.starts_at, Slot.starts_at > now,
    )  # fmt: skip
    closed = []
    for slot in session.scalars(free.order_by(Slot.id)):
        slot.blocked, slot.version = True, slot.version + 1
        closed.append(slot.id)
    return closed


def _move_back(session: Session, talk: Booking, by: Actor, now: datetime) -> bool:
    """To the time that it had, unless the family or a colleague did something with it since."""
    step = asking.last_step(session, talk.id)
    if step is None or step.action != "bookings.move" or talk.status not in LIVE:
        return False
    slots = _free_again(session, step.facts["left"], now)
    before, answer, heard = outbox.as_it_was(talk), asking.answer_before(session, talk.id), _has_heard(talk)
    if not slots or not _fits(lambda: bookings.move_to(session, booking=talk, slots=slots, by=by, now=now)):
        return False
    bookings.answer_again(talk, answer)
    if heard:
        outbox.post(session, letter=Letter.CHANGED, booking=talk, now=now, facts=before)
    return True


def _restore(session: Session, talk: Booking, by: Actor, now: datetime) -> bool:
    """A talk that was called off, at its own time: for calendars a new one, since the other is over."""
    step = asking.last_step(session, talk.id)
    if step is None or step.action != "bookings.release" or talk.status is not BookingStatus.CANCELLED:
        return False
    slots = _free_again(session, step.facts["left"], now)
    if not slots:
        return False
    again: list[Booking] = []
    status = BookingStatus.CONFIRMED if talk.confirmed_at else BookingStatus.INVITED
    if not _fits(
        lambda: again.append(
            bookings.take(
                session, round=talk.round, pupil_id=talk.pupil_id, household_id=talk.household_id, slots=slots,
                status=status, origin=talk.origin, by=by, now=now, request_id=talk.request_id,
            )
        )
    ):  # fmt: skip
        return False
    again[0].invited_at = talk.invited_at
    if _has_heard(talk):
        letter = Letter.CONFIRMED if status is BookingStatus.CONFIRMED else Letter.INVITATION
        outbox.post(session, letter=letter, booking=again[0], now=now)
    return True


def _free_again(session: Session, slot_ids: Sequence[int], now: datetime) -> list[Slot]:
    """These slots, if every one of them is free and still to come."""
    slots = session.scalars(select(Slot).where(Slot.id.in_(slot_ids)).order_by(Slot.starts_at)).all()
    free = [slot for slot in slots if not slot.blocked and slot.booking_id is None and slot.starts_at > now]
    return free if len(free) == len(slot_ids) else []


def _drop_calls(session: Session, call_ids: Sequence[int], by: Actor, now: datetime) -> None:
    """Nobody waits for a call about a talk that stands again."""
    for call in session.scalars(select(CallRequest).where(CallRequest.id.in_(call_ids), CallRequest.done_at.is_(None))):
        standing = select(Booking.id).where(
            Booking.round_id == call.round_id, Booking.pupil_id == call.pupil_id, Booking.status.in_(LIVE)
        )
        if session.scalar(standing.limit(1)) is not None:
            call.done_at, call.done_by = now, by.id


def _fits(act: Callable[[], object]) -> bool:
    """Do this, unless somebody is there meanwhile."""
    try:
        act()
    except (SlotTaken, FamilyBusy, AlreadyBooked, TalkCancelled):
        return False
    return True


def _has_heard(talk: Booking) -> bool:
    return talk.invited_at is not None or talk.confirmed_at is not None
