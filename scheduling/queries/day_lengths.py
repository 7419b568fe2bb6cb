"""How long one colleague's talks take on one day, and what another length would do to the talks that stand."""

from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.evenings import minutes_of
from scheduling.domain.people import Name
from scheduling.domain.round_changes import NoTimesThere, OneLengthHere, RoundHasBegun, ensure_goes_along, recut
from scheduling.domain.rounds import LIVE, RoundKind, RoundMode
from scheduling.domain.timeslots import Span, local, moment_at
from scheduling.models import Booking, Round, Slot, db
from scheduling.queries import bookings
from scheduling.queries.snapshots import is_by_request


@dataclass(frozen=True)
class LengthOfDay:
    """One day with a colleague's times in a round: how long a talk takes now, and in the round."""

    round_id: int
    round_name: str
    day: date
    minutes: int
    usual: int
    times: int

    @property
    def key(self) -> str:
        """How a form names it."""
        return f"{self.round_id}-{self.day.isoformat()}"


@dataclass(frozen=True)
class ChangedTalk:
    """A talk that stands, and when it would be; None: it finds no place."""

    booking_id: int
    pupil: Name
    was: Span
    becomes: Span | None
    is_busy: bool
    """Somebody of this family is elsewhere then."""

    @property
    def is_possible(self) -> bool:
        return self.becomes is not None and not self.is_busy


@dataclass(frozen=True)
class Lengthened:
    """What another length does to one day."""

    of: LengthOfDay
    minutes: int
    times: int
    talks: tuple[ChangedTalk, ...]

    @property
    def stuck(self) -> tuple[ChangedTalk, ...]:
        """The talks that need another time first."""
        return tuple(talk for talk in self.talks if not talk.is_possible)


def may_differ(round_id: int) -> bool:
    """May talks of one colleague take longer on one day? The roster of one talk per family has talks of one length."""
    found = db.session.get(Round, round_id)
    if found is None or found.kind is not RoundKind.CONTACT_EVENING:
        return False
    return found.mode is RoundMode.PICK or is_by_request(round_id)


def ensure_may_differ(round_id: int) -> None:
    """They may, in this round."""
    if not may_differ(round_id):
        raise OneLengthHere


def days_of(leader_id: int, year_id: int, now: datetime) -> tuple[LengthOfDay, ...]:
    """The evenings to come on which this colleague has times, in order."""
    rounds = db.session.scalars(
        select(Round).where(Round.year_id == year_id, Round.kind == RoundKind.CONTACT_EVENING).order_by(Round.id)
    )
    found = []
    for one in rounds:
        if not may_differ(one.id):
            continue
        slots = db.session.scalars(select(Slot).where(Slot.round_id == one.id, Slot.leader_id == leader_id)).all()
        for day in sorted({local(slot.starts_at).date() for slot in slots}):
            own = [slot for slot in slots if local(slot.starts_at).date() == day]
            if min(slot.starts_at for slot in own) > now:
                found.append(_day(one, day, own))
    return tuple(sorted(found, key=lambda one: (one.day, one.round_id)))


def lengthened(leader_id: int, of: LengthOfDay, minutes: int, now: datetime) -> Lengthened:
    """What this length would do to the day. Nothing changes by looking."""
    ensure_goes_along(minutes, of.usual)
    session = db.session()
    begins, ends = moment_at(of.day, time(0)), moment_at(of.day + timedelta(days=1), time(0))
    slots = session.scalars(
        select(Slot).where(
            Slot.round_id == of.round_id, Slot.leader_id == leader_id, Slot.starts_at >= begins, Slot.starts_at < ends
        )
    ).all()
    if not slots:
        raise NoTimesThere
    if min(slot.starts_at for slot in slots) <= now:
        raise RoundHasBegun
    talks = session.scalars(
        select(Booking)
        .where(
            Booking.round_id == of.round_id, Booking.leader_id == leader_id, Booking.status.in_(LIVE),
            Booking.starts_at >= begins, Booking.starts_at < ends,
        )
        .order_by(Booking.starts_at, Booking.id)
    ).all()  # fmt: skip
    becomes: dict[int, Span | None] = {}
    count = 0
    for own in stretches_of(slots):
        span = Span(own[0].starts_at, own[-1].ends_at)
        inside = [talk for talk in talks if talk.slots and talk.slots[0] in own]
        times, places = recut(
            span, minutes, [(Span(talk.starts_at, talk.ends_at), len(talk.slots)) for talk in inside]
        )  # fmt: skip
        count += len(times)
        for talk, place in zip(inside, places, strict=True):
            last = None if place is None else times[place + len(talk.slots) - 1]
            becomes[talk.id] = None if place is None or last is None else Span(times[place].starts_at, last.ends_at)
    here = {Span(talk.starts_at, talk.ends_at) for talk in talks}
    changed = [_changed(session, talk, becomes.get(talk.id), here) for talk in talks]
    return Lengthened(of, minutes, count, tuple(changed))


def shortest_talks(
    session: Session, round_id: int, leader_ids: Iterable[int], days: Collection[date]
) -> dict[int, int]:
    """How many minutes a talk with each of these colleagues takes at least, on these days or else on the others."""
    rows = session.execute(
        select(Slot.leader_id, Slot.starts_at, Slot.ends_at).where(
            Slot.round_id == round_id, Slot.leader_id.in_(list(leader_ids))
        )
    )
    found: dict[int, dict[bool, int]] = {}
    for leader_id, starts_at, ends_at in rows:
        own, here = found.setdefault(leader_id, {}), local(starts_at).date() in days
        minutes = minutes_of(Span(starts_at, ends_at))
        own[here] = min(own.get(here, minutes), minutes)
    return {leader_id: own.get(True, own.get(False, 0)) for leader_id, own in found.items()}


def other_lengths(round_id: int, leader_ids: Iterable[int], usual: int) -> dict[int, int]:
    """Whose talks never take the `usual` minutes of the round, and how many they take at least."""
    shortest = shortest_talks(db.session(), round_id, leader_ids, ())
    return {leader_id: minutes for leader_id, minutes in shortest.items() if minutes != usual}


def stretches_of(slots: Iterable[Slot]) -> list[list[Slot]]:
    """Slots of one leader in one room that follow each other."""
    found: list[list[Slot]] = []
    for slot in sorted(slots, key=lambda slot: (slot.leader_id, slot.starts_at)):
        last = found[-1][-1] if found else None
        if last and (last.leader_id, last.room, last.ends_at) == (slot.leader_id, slot.room, slot.starts_at):
            found[-1].append(slot)
        else:
            found.append([slot])
    return found


def _day(found: Round, day: date, own: Sequence[Slot]) -> LengthOfDay:
    lengths = Counter(minutes_of(Span(slot.starts_at, slot.ends_at)) for slot in own)
    return LengthOfDay(found.id, found.name, day, lengths.most_common(1)[0][0], found.slot_minutes, len(own))


def _changed(session: Session, talk: Booking, to: Span | None, here: set[Span]) -> ChangedTalk:
    """Talks of this colleague on this day move along: they are in nobody's way."""
    expected = bookings.expected_guardians(session, talk.pupil_id, talk.household_id, local(talk.starts_at).date())
    out = bookings.times_out(
        session, guardians=expected, leader_id=talk.leader_id, pupil_id=talk.pupil_id, besides=talk.id
    )
    busy = to is not None and any(to.overlaps(span) for span in out if span not in here)
    return ChangedTalk(talk.id, talk.pupil.name, Span(talk.starts_at, talk.ends_at), to, busy)
