"""Pupils with two homes: who has own talks, which families are kept apart and when, and what the office decides."""

import itertools
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, literal, or_, select
from sqlalchemy.orm import Session, aliased

from scheduling.domain.homes import HomeTalks, has_own_talks, may_ask, widened
from scheduling.domain.people import Authority, OnRequest, SeparatedParents
from scheduling.domain.rounds import LIVE
from scheduling.domain.timeslots import Span
from scheduling.models import Booking, Guardianship, Round, TwoHomes
from scheduling.queries.once import once
from scheduling.queries.school import the_school


@dataclass(frozen=True, slots=True)
class Near:
    """A talk of the other home, and the time around it that this home cannot have."""

    booking_id: int
    span: Span
    minutes: int


@dataclass(frozen=True, slots=True)
class KeptApart:
    """Two homes whose talks never come within so many minutes of each other."""

    first: frozenset[int]
    second: frozenset[int]
    minutes: int

    def sides(self, attending: Mapping[str, Collection[int]]) -> tuple[frozenset[str], frozenset[str]]:
        """Of these talks and who comes to them: those of the one home, and those of the other."""
        first = frozenset(key for key, who in attending.items() if self._is_of(who, self.first, self.second))
        second = frozenset(key for key, who in attending.items() if self._is_of(who, self.second, self.first))
        return first, second

    def _is_of(self, who: Collection[int], own: frozenset[int], other: frozenset[int]) -> bool:
        return not own.isdisjoint(who) and other.isdisjoint(who)


def policy_of(session: Session) -> SeparatedParents:
    """What the school does for a pupil with two homes."""
    school = the_school(session)
    return school.separated_parents if school else SeparatedParents.SEPARATE_ON_REQUEST


def exceptions_of(session: Session, year_id: int, pupil_ids: Collection[int] | None = None) -> dict[int, HomeTalks]:
    """The pupils for whom a year goes otherwise than the school's policy says; a talk on request is an own one."""
    arranged = select(TwoHomes.pupil_id, TwoHomes.talks).where(TwoHomes.year_id == year_id, TwoHomes.talks.is_not(None))
    asked = select(Guardianship.pupil_id, literal(HomeTalks.APART, TwoHomes.talks.type)).where(_is_on_request())
    if pupil_ids is not None:
        arranged = arranged.where(TwoHomes.pupil_id.in_(pupil_ids))
        asked = asked.where(Guardianship.pupil_id.in_(pupil_ids))
    rows = session.execute(arranged.union_all(asked)).all()
    apart = {pupil_id for pupil_id, talks in rows if talks is HomeTalks.APART}
    return {pupil_id: HomeTalks.APART if pupil_id in apart else HomeTalks.TOGETHER for pupil_id, _ in rows}


def own_talks(session: Session, pupil_ids: Collection[int], year_id: int) -> set[int]:
    """Those of these pupils with two homes of whom each home has a talk of its own this year."""
    policy, exceptions = policy_of(session), exceptions_of(session, year_id, pupil_ids)
    return {pupil_id for pupil_id in pupil_ids if has_own_talks(policy, exceptions.get(pupil_id))}


def each_has_own(session: Session, pupil_id: int, year_id: int) -> bool:
    """Does each home of this pupil have a talk of its own this year?"""
    return bool(own_talks(session, [pupil_id], year_id))


def has_talk_on_request(session: Session, pupil_id: int) -> bool:
    """Did the school give a parent without authority a talk of the own about this pupil?"""
    wanted = select(Guardianship.id).where(Guardianship.pupil_id == pupil_id, _is_on_request())
    return session.scalar(wanted.limit(1)) is not None


def _is_on_request() -> ColumnElement[bool]:
    return and_(Guardianship.authority == Authority.NO, Guardianship.on_request == OnRequest.TALK)


def may_ask_own(session: Session, pupil_id: int, year_id: int) -> bool:
    """May a home of this pupil ask for a talk of its own this year?"""
    return may_ask(policy_of(session), exceptions_of(session, year_id, [pupil_id]).get(pupil_id))


def kept_apart(session: Session, year_id: int) -> list[KeptApart]:
    """The homes that are kept apart this year, by their guardians."""
    rows = session.execute(
        select(Guardianship.pupil_id, Guardianship.household_id, Guardianship.guardian_id, TwoHomes.apart_minutes)
        .join(TwoHomes, TwoHomes.pupil_id == Guardianship.pupil_id)
        .where(TwoHomes.year_id == year_id, TwoHomes.apart_minutes > 0, Guardianship.is_invited)
        .order_by(Guardianship.pupil_id, Guardianship.household_id, Guardianship.guardian_id)
    )
    homes: dict[int, dict[int, set[int]]] = defaultdict(lambda: defaultdict(set))
    minutes: dict[int, int] = {}
    for pupil_id, household_id, guardian_id, apart in rows:
        homes[pupil_id][household_id].add(guardian_id)
        minutes[pupil_id] = apart
    pairs: dict[tuple[frozenset[int], frozenset[int]], int] = {}
    for pupil_id, own in homes.items():
        for one, other in itertools.combinations(sorted(own), 2):
            pair = (frozenset(own[one] - own[other]), frozenset(own[other] - own[one]))
            pairs[pair] = max(minutes[pupil_id], pairs.get(pair, 0))
    return [KeptApart(first, second, apart) for (first, second), apart in pairs.items() if first and second]


def talks_near(session: Session, guardians: Collection[int], *, besides: int | None = None) -> list[Near]:
    """The talks of homes that these guardians must not meet. For whoever reads this: only that the time is gone."""
    if not guardians or not _are_kept_apart(session, frozenset(guardians)):
        return []
    mine, theirs, there = aliased(Guardianship), aliased(Guardianship), aliased(Guardianship)
    rows = session.execute(
        select(Booking.id, Booking.starts_at, Booking.ends_at, TwoHomes.apart_minutes)
        .select_from(mine)
        .join(theirs, (theirs.pupil_id == mine.pupil_id) & (theirs.household_id != mine.household_id))
        .join(TwoHomes, TwoHomes.pupil_id == mine.pupil_id)
        .join(there, there.guardian_id == theirs.guardian_id)
        .join(
            Booking,
            (Booking.pupil_id == there.pupil_id)
            & or_(Booking.household_id.is_(None), Booking.household_id == there.household_id),
        )
        .join(Round, (Round.id == Booking.round_id) & (Round.year_id == TwoHomes.year_id))
        .where(
            mine.guardian_id.in_(guardians), mine.is_invited, theirs.is_invited,
            theirs.guardian_id.not_in(guardians), there.is_invited, TwoHomes.apart_minutes > 0,
            Booking.status.in_(LIVE), Booking.id != (besides or 0), ~_come(guardians),
        )
        .distinct()
    )  # fmt: skip
    return [Near(booking_id, Span(starts_at, ends_at), apart) for booking_id, starts_at, ends_at, apart in rows]


def times_gone(session: Session, guardians: Collection[int], *, besides: int | None = None) -> list[Span]:
    """When these guardians cannot come, because a home that they must not meet is there then."""
    return [widened(near.span, near.minutes) for near in talks_near(session, guardians, besides=besides)]


def homes_beside(guardians: Collection[int]) -> Select[Any]:
    """The pupils of these guardians whose homes are kept apart: their other homes must hold still as well."""
    return (
        select(TwoHomes.pupil_id)
        .join(Guardianship, Guardianship.pupil_id == TwoHomes.pupil_id)
        .where(Guardianship.guardian_id.in_(guardians), TwoHomes.apart_minutes > 0)
    )


@once
def _are_kept_apart(session: Session, guardians: frozenset[int]) -> bool:
    return session.scalar(homes_beside(guardians).limit(1)) is not None


def _come(guardians: Collection[int]) -> ColumnElement[bool]:
    """One of these guardians comes to this talk too: then it is one that both homes share."""
    here = aliased(Guardianship)
    return (
        select(here.id)
        .where(
            here.guardian_id.in_(guardians), here.pupil_id == Booking.pupil_id, here.is_invited,
            or_(Booking.household_id.is_(None), Booking.household_id == here.household_id),
        )
        .correlate(Booking)
        .exists()
    )  # fmt: skip
