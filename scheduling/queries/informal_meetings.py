"""Informal meetings of a class: what contact parents propose, and what stands in the plan of the year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from scheduling.domain.contact_parents import ContactState
from scheduling.domain.informal_meetings import MeetingState, MeetingWish
from scheduling.domain.timeslots import local
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import ClassContact, ClassGroup, MeetingProposal, db
from scheduling.queries.contact_parents import parents_of
from scheduling.queries.year_plans import PlanLine, lines_of, year_names


@dataclass(frozen=True)
class Proposal:
    """What a contact parent proposes, or what became of it."""

    id: int
    contact_id: int
    shown_as: str
    wish: MeetingWish
    state: MeetingState


def waiting_in(class_id: int, now: datetime) -> tuple[Proposal, ...]:
    """What waits for who leads this class, of parents who still are contact parent."""
    today = local(now).date()
    found = _proposals(
        select(ClassContact.id).where(ClassContact.class_id == class_id, ClassContact.state == ContactState.YES)
    )
    parents = parents_of(db.session(), [class_id], today)[class_id] if found else {}
    return tuple(one for row, one in found if one.state is MeetingState.PROPOSED and row.contact.guardian_id in parents)


def newest_of(contact_id: int) -> Proposal | None:
    """What this contact parent proposed last, and did not take back."""
    found = [one for _row, one in _proposals([contact_id]) if one.state is not MeetingState.OFF]
    return found[-1] if found else None


def names_beside(class_id: int) -> dict[int, str]:
    """The classes of the same year by their number."""
    return year_names(_year_of(class_id))


def planned_for(class_id: int) -> tuple[PlanLine, ...]:
    """The informal meetings of this class in the plan of its year."""
    return tuple(
        line
        for line in lines_of(_year_of(class_id))
        if line.planned.kind is PlannedKind.INFORMAL_MEETING and class_id in line.planned.groups
    )


def behind(session: Session, now: datetime) -> list[MeetingProposal]:
    """What was agreed and is still to come, and stands otherwise in the plan of the year than its parent knows."""
    agreed = MeetingProposal.state == MeetingState.AGREED, MeetingProposal.day >= local(now).date()
    rows = session.scalars(
        select(MeetingProposal)
        .where(*agreed)
        .options(joinedload(MeetingProposal.planned))
        .order_by(MeetingProposal.id)
        .execution_options(populate_existing=True)
    )
    return [row for row in rows if wish_as_planned(row) != row.wish]


def wish_as_planned(row: MeetingProposal) -> MeetingWish | None:
    """As it stands in the plan of the year; None: it left the plan."""
    planned = row.planned
    if planned is None:
        return None
    begins, ends = planned.begins or row.begins, planned.ends or row.ends
    return MeetingWish(planned.day, begins, ends, planned.place, row.theme)


def _year_of(class_id: int) -> int:
    return db.session.get_one(ClassGroup, class_id).year_id


def _proposals(contact_ids: Sequence[int] | Select[int]) -> list[tuple[MeetingProposal, Proposal]]:
    wanted = select(MeetingProposal).where(MeetingProposal.contact_id.in_(contact_ids)).order_by(MeetingProposal.id)
    return [
        (row, Proposal(row.id, row.contact_id, row.contact.shown_as, row.wish, row.state))
        for row in db.session.scalars(wanted)
    ]
