"""An evening of several talks on which families choose their own times: whom, and which times go together."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.homes import widened
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.requests import ChosenTime, NoRequestsHere
from scheduling.domain.rounds import RoundMode
from scheduling.domain.timeslots import Span, local
from scheduling.domain.wishes import Wisher
from scheduling.models import Guardian, Guardianship, LeaderOpening, Round, db
from scheduling.queries import bookings as asking
from scheduling.queries import requests, turns
from scheduling.queries import wishes as wishing
from scheduling.queries.family import Day, FreeTime, Talk, TalkState, choice_for, family_with
from scheduling.queries.requests import ChildRequests, Teacher

Key = tuple[int, int]
"""A talk that may be chosen: of which pupil, with which colleague."""


@dataclass(frozen=True)
class Line:
    """One colleague of a child: the time that stands, or the times that are free; `chosen` on the page now."""

    teacher: Teacher
    talk: Talk
    days: tuple[Day, ...]
    obliged: bool
    chosen: int | None = None

    @property
    def key(self) -> Key:
        return self.talk.pupil_id, self.teacher.id


@dataclass(frozen=True)
class ChildLines:
    """One child, and everybody whom its home may speak."""

    name: str
    class_name: str
    left: int
    """For so many talks more a time may be chosen."""
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class ChoicesPage:
    """All children of a home, with all their talks of the evening."""

    round_id: int
    round_name: str
    minutes: int
    most_per_child: int
    opens_at: datetime | None
    """This home chooses from then on; None: now."""
    in_turns: bool
    """Others may go first."""
    is_closed: bool
    children: tuple[ChildLines, ...]

    @property
    def may_choose(self) -> bool:
        return self.opens_at is None and not self.is_closed


@dataclass(frozen=True)
class OpenEvening:
    """An evening on which this family chooses times, now or from `opens_at` on."""

    round_id: int
    name: str
    opens_at: datetime | None
    by_agreement: bool = False
    """This family agreed on another form of contact, and is welcome all the same."""


def page_of(by: Actor, round_id: int, typed: Mapping[Key, ChosenTime], now: datetime) -> ChoicesPage:
    """What one person of a family may choose. `typed`: what was chosen on the page and not kept; what goes together
    with it is left."""
    session = db.session()
    found = _round(session, round_id)
    homes = asking.find_homes(session, by, local(now).date())
    asked = [child.pupil_id for one in wishing.asked_homes(session, round_id, homes) for child in one.children]
    own = {home.pupil_id: home for home in homes if home.pupil_id in asked}
    if not own:
        raise NoRequestsHere
    children = {pupil_id: requests.child_after(session, found, home) for pupil_id, home in own.items()}
    opened = _opened(session, round_id)
    rules = requests.rules_of(session, round_id)
    known = requests.teachers_by_child(session, found, list(own))
    fresh = {pupil_id: [one.id for one in child.teachers] for pupil_id, child in children.items()}
    family, unasked = family_with(by, round_id, fresh, now)
    talks = {(talk.pupil_id, talk.leaders[0].id): talk for talk in (*unasked, *family.talks)
             if talk.round_id == round_id and talk.request_id}  # fmt: skip
    lines = {
        pupil_id: [
            Line(one, talk, choice_for(family, talk, now).days if _is_to_choose(talk) else (), _asks(child, one))
            for one in known[pupil_id]
            if one.id in opened and (talk := talks.get((pupil_id, one.id)))
        ]
        for pupil_id, child in children.items()
    }
    fitting = _fit([line for own_lines in lines.values() for line in own_lines], typed, family.walking)
    first = next(iter(own.values()))
    opens_at = turns.opens_for(session, found, first, local(now).date())
    return ChoicesPage(
        round_id, found.name, found.slot_minutes, rules.most_per_child,
        opens_at if opens_at and now < opens_at else None, turns.turns_of(session, found).are_set,
        _is_closed(found, now),
        tuple(
            ChildLines(
                child.name, child.class_name, max(0, rules.most_per_child - len(child.asked)),
                tuple(fitting[line.key] for line in lines[pupil_id]),
            )
            for pupil_id, child in children.items()
        ),
    )  # fmt: skip


def office_page(round_id: int, wisher: Wisher, typed: Mapping[Key, ChosenTime], now: datetime) -> ChoicesPage:
    """The same for the office, which chooses with a family that is on the phone."""
    return page_of(_somebody_of(db.session(), wisher), round_id, typed, now)


def evenings_to_choose(by: Actor, year_id: int, now: datetime) -> tuple[OpenEvening, ...]:
    """The evenings to come on which this family chooses its own times, as soon as colleagues show theirs."""
    session = db.session()
    rounds = [
        one
        for one in wishing.evenings_to_come(session, year_id, now)
        if one.mode is RoundMode.PICK and not _is_closed(one, now)
    ]
    homes = asking.find_homes(session, by, local(now).date()) if rounds else []
    evenings = []
    for one in rounds:
        asked = wishing.asked_homes(session, one.id, homes)
        pupils = {child.pupil_id for home in asked for child in home.children}
        home = next((home for home in homes if home.pupil_id in pupils), None)
        if home is not None:
            opens_at = turns.opens_for(session, one, home, local(now).date())
            out = wishing.left_out(session, one.id, homes)
            all_out = all((child.pupil_id, own.wisher) in out for own in asked for child in own.children)
            evenings.append(OpenEvening(one.id, one.name, opens_at if opens_at and now < opens_at else None, all_out))
    return tuple(evenings)


def _round(session: Session, round_id: int) -> Round:
    found = session.get(Round, round_id)
    if found is None or not requests.chooses_here(round_id):
        raise NoRequestsHere
    return found


def _is_closed(found: Round, now: datetime) -> bool:
    return found.closes_at is not None and now >= found.closes_at


def _opened(session: Session, round_id: int) -> Collection[int]:
    return set(session.scalars(select(LeaderOpening.leader_id).where(LeaderOpening.round_id == round_id)))


def _somebody_of(session: Session, wisher: Wisher) -> Actor:
    """A person of this home who is invited, whose page it is."""
    if wisher.pupil_id is not None:
        return Actor(ActorKind.PUPIL, wisher.pupil_id)
    guardian = session.scalar(
        select(Guardian.id)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .where(Guardianship.household_id == wisher.household_id, Guardian.active)
        .order_by(Guardianship.position, Guardian.id)
        .limit(1)
    )
    if guardian is None:
        raise NotFound
    return Actor(ActorKind.GUARDIAN, guardian)


def _is_to_choose(talk: Talk) -> bool:
    return talk.state in (TalkState.TO_CHOOSE, TalkState.CANCELLED)


def _asks(child: ChildRequests, teacher: Teacher) -> bool:
    return any(one.teacher.id == teacher.id for one in child.obliged)


def _fit(lines: Sequence[Line], typed: Mapping[Key, ChosenTime], walking: timedelta) -> dict[Key, Line]:
    """Every line with what was chosen in it, if that goes with what was chosen before it; and of its other times
    those that go with all that is chosen."""
    picked: dict[Key, Span] = {}
    for line in lines:
        wanted = typed.get(line.key)
        time = next((one for day in line.days for one in day.times if _as_seen(one) == wanted), None)
        if time and not _clashes(time, line.key, picked, walking):
            picked[line.key] = Span(time.starts_at, time.ends_at)
    found = {}
    for line in lines:
        others = {key: span for key, span in picked.items() if key != line.key}
        days = [
            Day(day.day, tuple(one for one in day.times if not _clashes(one, line.key, others, walking)))
            for day in line.days
        ]
        chosen = typed[line.key].slot_id if line.key in picked else None
        found[line.key] = replace(line, days=tuple(day for day in days if day.times), chosen=chosen)
    return found


def _as_seen(time: FreeTime) -> ChosenTime:
    return ChosenTime(time.slot_id, time.starts_at)


def _clashes(time: FreeTime, key: Key, picked: Mapping[Key, Span], walking: timedelta) -> bool:
    span = Span(time.starts_at, time.ends_at)
    minutes = int(walking.total_seconds() // 60)
    return any(
        (widened(other, minutes) if teacher != key[1] else other).overlaps(span)
        for (_, teacher), other in picked.items()
    )
