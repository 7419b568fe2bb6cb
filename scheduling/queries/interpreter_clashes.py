"""A draft changed by hand: would one interpreter have to be at two talks at once? Told before it is published."""

import itertools
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from scheduling.domain.people import Name
from scheduling.domain.rounds import LIVE
from scheduling.domain.timeslots import Span
from scheduling.models import Booking, InterpreterRequest, Outsider, Pupil, RosterTalk, RosterVersion, db
from scheduling.queries.drafts import find_version
from scheduling.queries.interpreter_chains import booked_interpreters
from scheduling.queries.interpreting import served
from scheduling.queries.snapshots import TalkLengths, talk_lengths


@dataclass(frozen=True)
class TwoTalks:
    """One interpreter at two talks at once; `starts_at` of the second."""

    interpreter: str
    first: Name
    second: Name
    starts_at: datetime


@dataclass(frozen=True)
class _Visit:
    """An interpreter at one talk, of the draft (by its number) or one that stands."""

    span: Span
    pupil: Name
    talk_id: int | None


@dataclass(frozen=True)
class Served:
    """Who interprets at which talks, when this draft would be published as it is."""

    visits: Mapping[int, tuple[_Visit, ...]] = field(default_factory=dict)
    names: Mapping[int, str] = field(default_factory=dict)
    serving: Mapping[int, frozenset[int]] = field(default_factory=dict)
    """Per talk of the draft who interprets there."""
    lengths: TalkLengths | None = None
    rows: Mapping[int, RosterTalk] = field(default_factory=dict)

    @property
    def clashes(self) -> tuple[TwoTalks, ...]:
        """The same two talks of one interpreter once, by time."""
        found = []
        for who, visits in self.visits.items():
            for first, second in itertools.combinations(visits, 2):
                if first.span.overlaps(second.span):
                    found.append(TwoTalks(self.names[who], first.pupil, second.pupil, second.span.starts_at))
        return tuple(sorted(found, key=lambda one: (one.starts_at, one.interpreter)))

    def is_elsewhere(self, talk_id: int, starts_at: datetime, besides: int | None = None) -> bool:
        """Would the interpreter of this talk be at another one then? `besides` changes places with it."""
        row = self.rows.get(talk_id)
        if row is None or self.lengths is None:
            return False
        span = self.lengths.span(row.leader_id, starts_at, row.slots)
        return any(
            visit.span.overlaps(span)
            for who in self.serving.get(talk_id, ())
            for visit in self.visits.get(who, ())
            if visit.talk_id is None or visit.talk_id not in (talk_id, besides)
        )


def interpreters_of_draft(round_id: int, number: int) -> Served:
    """Every interpreter who is booked in this round, at the talks of this draft and at those that stand anywhere."""
    session = db.session()
    version, booked = find_version(round_id, number), booked_interpreters(session, round_id)
    if not booked:
        return Served()
    visits: dict[int, list[_Visit]] = defaultdict(list)
    for who, visit in _standing(set(booked.values())):
        visits[who].append(visit)
    lengths, serving = talk_lengths(round_id), {}
    rows = _going(version)
    pupils = session.scalars(select(Pupil).where(Pupil.id.in_({row.pupil_id for row in rows.values()})))
    names = {pupil.id: pupil.name for pupil in pupils}
    for row in rows.values():
        serving[row.id] = frozenset(
            who
            for (pupil_id, home), who in booked.items()
            if pupil_id == row.pupil_id and (home is None or row.household_id in (None, home))
        )
        for who in serving[row.id]:
            if row.starts_at is not None:
                span = lengths.span(row.leader_id, row.starts_at, row.slots)
                visits[who].append(_Visit(span, names[row.pupil_id], row.id))
    known = session.execute(select(Outsider.id, Outsider.name).where(Outsider.id.in_(visits)))
    return Served(
        {who: tuple(sorted(own, key=_by_time)) for who, own in visits.items()}, {row.id: row.name for row in known},
        serving, lengths, rows,
    )  # fmt: skip


def _standing(interpreters: Collection[int]) -> list[tuple[int, _Visit]]:
    """The talks that stand, of this round and of all others, each once."""
    rows = db.session.execute(
        served(
            select(Booking.id, Booking.starts_at, Booking.ends_at, InterpreterRequest.outsider_id, Pupil).join(
                Pupil, Pupil.id == Booking.pupil_id
            )
        ).where(InterpreterRequest.outsider_id.in_(interpreters))
    )
    found = {(row.outsider_id, row.id): _Visit(Span(row.starts_at, row.ends_at), row.Pupil.name, None) for row in rows}
    return [(who, visit) for (who, _), visit in found.items()]


def _going(version: RosterVersion) -> dict[int, RosterTalk]:
    """The talks that the draft would still give a time: not those that families have already."""
    rows = db.session.execute(
        select(Booking.pupil_id, Booking.household_id, Booking.request_id).where(
            Booking.round_id == version.round_id, Booking.status.in_(LIVE)
        )
    )
    having = {(row.pupil_id, row.household_id, row.request_id) for row in rows}
    return {
        row.id: row
        for row in version.talks
        if row.published_at is None and (row.pupil_id, row.household_id, row.request_id) not in having
    }


def _by_time(visit: _Visit) -> Span:
    return visit.span
