"""Whose turn it is to choose: which homes of a round go first, and from when each of them chooses."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.orm import Session

from scheduling.domain.people import is_adult
from scheduling.domain.timeslots import local
from scheduling.domain.turns import Turn, Turns
from scheduling.domain.wishes import Wisher
from scheduling.models import (
    Booking,
    Enrolment,
    Guardian,
    Guardianship,
    OpeningTurns,
    Pupil,
    Round,
    RoundClass,
    RoundExclusion,
    TalkRequest,
    db,
)
from scheduling.queries import rounds
from scheduling.queries import wishes as wishing
from scheduling.queries.bookings import Home, homes_invited


@dataclass(frozen=True)
class TurnsPage:
    """How a round opens, and how many homes each turn is for."""

    facts: rounds.RoundFacts
    turns: Turns
    homes: Mapping[Turn, int]
    asks_teachers: bool
    """Colleagues may say whom they would like to see: without it nobody has that turn."""


def turns_page(round_id: int, now: datetime) -> TurnsPage:
    """What the office decides about turns."""
    session = db.session()
    facts = rounds.round_facts(round_id)
    found = session.get_one(Round, round_id)
    groups = groups_by_home(session, round_id, local(now).date())
    firsts = (Turn.SIBLINGS, Turn.OBLIGATORY)
    homes = {turn: sum(turn in own for own in groups.values()) for turn in firsts}
    homes[Turn.ALL] = len(groups)
    return TurnsPage(facts, turns_of(session, found), homes, wishing.asks_for_teachers(session, found))


def turns_of(session: Session, found: Round) -> Turns:
    """When each turn of this round begins."""
    row = session.get(OpeningTurns, found.id)
    return Turns(row.siblings_at, row.obligatory_at, found.opens_at) if row else Turns(all_at=found.opens_at)


def opens_for(session: Session, found: Round, home: Home, on: date) -> datetime | None:
    """From when this home chooses in this round; None: always."""
    return opens_for_wisher(session, found, wishing.wisher_of(home), on)


def opens_for_wisher(session: Session, found: Round, wisher: Wisher, on: date) -> datetime | None:
    """The same, of a home that is named by its household, or by the adult pupil."""
    turns = turns_of(session, found)
    if not turns.are_set:
        return found.opens_at
    return turns.opens_at(groups_by_home(session, found.id, on, only=wisher).get(wisher, frozenset()))


def swaps_from(session: Session, found: Round, booking: Booking, now: datetime) -> datetime | None:
    """From when this talk may be swapped; None: always. Where a round opens in turns: its family's turn, unless the
    school gave the time itself."""
    if not turns_of(session, found).are_set:
        return found.opens_at
    if booking.is_published:
        return None
    return opens_for_talk(session, found, booking.pupil_id, booking.household_id, now)


def waits_for_turn(
    session: Session, found: Round, pupil_id: int, household_id: int | None, now: datetime
) -> datetime | None:
    """The moment for which a family still waits where a round opens in turns; None: it may choose."""
    if not turns_of(session, found).are_set:
        return None
    opens_at = opens_for_talk(session, found, pupil_id, household_id, now)
    return opens_at if opens_at and now < opens_at else None


def opens_for_talk(
    session: Session, found: Round, pupil_id: int, household_id: int | None, now: datetime
) -> datetime | None:
    """From when a talk is chosen; of one with every home together, the home whose turn comes first counts."""
    on = local(now).date()
    homes = [household_id] if household_id else sorted(homes_invited(session, pupil_id, on))
    wishers = [Wisher(home) for home in homes] or [Wisher(pupil_id=pupil_id)]
    moments = [opens_for_wisher(session, found, wisher, on) for wisher in wishers]
    return min((at for at in moments if at), default=None)


def groups_by_home(
    session: Session, round_id: int, on: date, *, only: Wisher | None = None
) -> dict[Wisher, frozenset[Turn]]:
    """Every home of a round (or this one) with the turns that are its own, besides everybody's."""
    rows = session.execute(
        select(Pupil, Guardianship, Guardian)
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .outerjoin(Guardianship, Guardianship.pupil_id == Pupil.id)
        .outerjoin(Guardian, Guardian.id == Guardianship.guardian_id)
        .outerjoin(RoundExclusion, (RoundExclusion.round_id == round_id) & (RoundExclusion.pupil_id == Pupil.id))
        .where(RoundClass.round_id == round_id, Enrolment.present, RoundExclusion.pupil_id.is_(None))
        .where(_is_of(only) if only else true())
    )
    children: dict[Wisher, set[int]] = defaultdict(set)
    for pupil, tie, guardian in rows:
        adult = is_adult(pupil.birth_date, on)
        if adult:
            children[Wisher(pupil_id=pupil.id)].add(pupil.id)
        invited = tie is not None and tie.is_invited and guardian.active
        if invited and (not adult or pupil.parents_permitted):
            children[Wisher(household_id=tie.household_id)].add(pupil.id)
    marked = _marked(session, round_id)
    return {wisher: _groups(len(own), wisher in marked) for wisher, own in children.items()}


def _groups(children: int, marked: bool) -> frozenset[Turn]:
    return frozenset([Turn.SIBLINGS] * (children > 1) + [Turn.OBLIGATORY] * marked)


def _is_of(wisher: Wisher) -> ColumnElement[bool]:
    if wisher.household_id is None:
        return Pupil.id == wisher.pupil_id
    return Guardianship.household_id == wisher.household_id


def _marked(session: Session, round_id: int) -> set[Wisher]:
    """The homes that somebody of the school would like to see."""
    rows = session.execute(
        select(TalkRequest.pupil_id, TalkRequest.household_id).where(
            TalkRequest.round_id == round_id, TalkRequest.obligatory, TalkRequest.withdrawn_at.is_(None)
        )
    )
    return {Wisher(household_id, None if household_id else pupil_id) for pupil_id, household_id in rows}
