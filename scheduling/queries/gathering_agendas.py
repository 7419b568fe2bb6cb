"""What a parents' evening is about: topics that were chosen, and what comes back from the parent circle."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.gathering_topics import Agenda
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import GatheringTopic, PlannedDate, db


def agenda_of(session: Session, planned: PlannedDate) -> Agenda:
    """What a parents' evening is about; any other gathering has no agenda."""
    if planned.kind is not PlannedKind.PARENTS_EVENING:
        return Agenda()
    chosen = session.scalars(
        select(GatheringTopic.words)
        .where(GatheringTopic.planned_id == planned.id, GatheringTopic.on_agenda)
        .order_by(GatheringTopic.id)
    )
    return Agenda(tuple(dict.fromkeys(chosen)), _circle_before(session, planned))


def agenda_at(planned_id: int) -> Agenda:
    """The same, by number."""
    session = db.session()
    return agenda_of(session, session.get_one(PlannedDate, planned_id))


def _circle_before(session: Session, planned: PlannedDate) -> bool:
    """Was a parent circle of one of these classes, or of the whole school, before this evening?"""
    own = {one.class_id for one in planned.classes}
    circles = session.scalars(
        select(PlannedDate).where(
            PlannedDate.year_id == planned.year_id, PlannedDate.kind == PlannedKind.PARENT_CIRCLE,
            PlannedDate.published_at.is_not(None), PlannedDate.day < planned.day,
        )
    )  # fmt: skip
    return any(row.for_all or planned.for_all or own & {one.class_id for one in row.classes} for row in circles)
