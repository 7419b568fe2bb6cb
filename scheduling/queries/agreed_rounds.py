"""What agreements decide of a round: which homes it leaves out with their agreement, and which of them are called.

It is read from what is agreed at that moment, and kept nowhere else: a changed agreement counts in the next letter.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, joinedload

from scheduling.domain.agreed_rounds import Part, part_in
from scheduling.domain.plans import Answer, FormTerms, PlanState, state_of
from scheduling.domain.rounds import LIVE
from scheduling.models import (
    Booking,
    CommunicationPlan,
    Enrolment,
    Guardianship,
    HomeWishes,
    PlanAnswer,
    Round,
    RoundClass,
    TalkRequest,
)
from scheduling.queries.once import once
from scheduling.queries.school import video_template

HomeKey = tuple[int, int | None]
"""A pupil's id, and the household's (None: an adult pupil)."""


@dataclass(frozen=True)
class AgreedParts:
    """Of one round: who is left out as agreed and did not come back on it, who is called, and who meets by video."""

    out: frozenset[HomeKey] = frozenset()
    phone: frozenset[HomeKey] = frozenset()
    video: frozenset[HomeKey] = frozenset()
    """Only in a round that has talks by video; else these homes come to school."""

    def homes_out(self, pupil_id: int) -> set[int | None]:
        """The homes of this pupil that are left out; None: the adult pupil."""
        return {household_id for pupil, household_id in self.out if pupil == pupil_id}

    def homes_by_phone(self, pupil_id: int, households: Collection[int | None]) -> set[int | None]:
        """Those of these homes that agreed on the phone."""
        return {household_id for household_id in households if (pupil_id, household_id) in self.phone}

    def homes_by_video(self, pupil_id: int, households: Collection[int | None]) -> set[int | None]:
        """Those of these homes that agreed on video."""
        return {household_id for household_id in households if (pupil_id, household_id) in self.video}


@once
def agreed_parts(session: Session, round_id: int, pupils: frozenset[int] | None = None) -> AgreedParts:
    """How the homes of a round take part by their agreement, where that is not as everybody does.

    `pupils`: only of these, all the children of one home.
    """
    found = session.get_one(Round, round_id)
    inside = _inside(round_id)
    if pupils is not None:
        inside = inside.where(Enrolment.pupil_id.in_(pupils))
    parts = _agreed(session, found, CommunicationPlan.pupil_id.in_(inside))
    out = {key for key, part in parts.items() if part is Part.NONE}
    phone = frozenset(key for key, part in parts.items() if part is Part.PHONE)
    seen = found.by_video and bool(video_template(session))
    video = frozenset(key for key, part in parts.items() if seen and part is Part.VIDEO)
    return AgreedParts(frozenset(out - _back(session, found, out)), phone, video)


def _inside(round_id: int) -> Select[int]:
    """The pupils of the round's classes who are here."""
    return (
        select(Enrolment.pupil_id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .where(RoundClass.round_id == round_id, Enrolment.present)
    )


def _agreed(session: Session, found: Round, whose: ColumnElement[bool]) -> dict[HomeKey, Part]:
    """By every agreement of the round's year to which everybody said yes who is asked."""
    here = CommunicationPlan.year_id == found.year_id, whose
    plans = session.scalars(select(CommunicationPlan).where(*here).options(joinedload(CommunicationPlan.forms)))
    every = plans.unique().all()
    if not every:
        return {}
    said: dict[int, list[Answer]] = defaultdict(list)
    answers = (
        select(PlanAnswer)
        .join(CommunicationPlan, CommunicationPlan.id == PlanAnswer.plan_id)
        .where(*here, PlanAnswer.version == CommunicationPlan.version)
        .order_by(PlanAnswer.said_at, PlanAnswer.id)
    )
    for row in session.scalars(answers):
        said[row.plan_id].append(Answer(row.voice, row.said, row.said_at))
    parts = {}
    for plan in every:
        terms = [FormTerms(row.form, row.family_said_yes_at) for row in plan.forms]
        if state_of(terms, said[plan.id], pupil_asked=plan.pupil_asked) is PlanState.AGREED:
            counting = {term.form for term in terms if term.counts}
            parts[plan.pupil_id, plan.household_id] = part_in(found.kind, counting)
    return parts


def _back(session: Session, found: Round, out: Collection[HomeKey]) -> set[HomeKey]:
    """Those of these homes that take part all the same: a talk stands or was asked, or they gave wishes.

    The wishes of a home are about its other children when not each of them is left out.
    """
    if not out:
        return set()
    pupils = {pupil_id for pupil_id, _ in out}
    talks = select(Booking.pupil_id, Booking.household_id).where(
        Booking.round_id == found.id, Booking.status.in_(LIVE), Booking.pupil_id.in_(pupils)
    )
    asked = select(TalkRequest.pupil_id, TalkRequest.household_id).where(
        TalkRequest.round_id == found.id, TalkRequest.withdrawn_at.is_(None), TalkRequest.pupil_id.in_(pupils)
    )
    back = {tuple(row) for query in (talks, asked) for row in session.execute(query)}
    alone = select(HomeWishes.pupil_id).where(HomeWishes.round_id == found.id, HomeWishes.pupil_id.in_(pupils))
    back |= {(pupil_id, None) for pupil_id in session.scalars(alone)}
    return {key for key in out if key in back or (key[0], None) in back} | _wished(session, found, out)


def _wished(session: Session, found: Round, out: Collection[HomeKey]) -> set[HomeKey]:
    """Those of these homes that gave wishes, and have no other child in the round to give them for."""
    homes = {household_id for _, household_id in out if household_id is not None}
    rows = session.execute(
        select(Guardianship.household_id, Guardianship.pupil_id)
        .join(HomeWishes, HomeWishes.household_id == Guardianship.household_id)
        .where(
            HomeWishes.round_id == found.id, Guardianship.household_id.in_(homes),
            Guardianship.pupil_id.in_(_inside(found.id)),
        )
    )  # fmt: skip
    children: dict[int, set[HomeKey]] = defaultdict(set)
    for household_id, pupil_id in rows:
        children[household_id].add((pupil_id, household_id))
    return set().union(*(own for own in children.values() if own <= set(out)))
