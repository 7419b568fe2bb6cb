"""Both mentors at one talk: when is a mentor at a talk that a colleague leads?"""

from collections import defaultdict
from collections.abc import Collection

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session

from scheduling.domain.extra_persons import ExtraKind, ExtraState
from scheduling.domain.rounds import LIVE
from scheduling.domain.timeslots import Span
from scheduling.models import Booking, ExtraPerson


def times_joining(session: Session, leader_id: int, *, besides: int | None = None) -> list[Span]:
    """The moments that are gone for other families: this mentor sits beside the other one. `besides` this talk."""
    return joining(session, [leader_id], besides=besides).get(leader_id, [])


def joining(session: Session, leader_ids: Collection[int], *, besides: int | None = None) -> dict[int, list[Span]]:
    """The same of each of these mentors."""
    rows = session.execute(
        select(ExtraPerson.staff_id, Booking.starts_at, Booking.ends_at)
        .join(
            ExtraPerson,
            and_(
                ExtraPerson.round_id == Booking.round_id,
                ExtraPerson.pupil_id == Booking.pupil_id,
                or_(Booking.household_id.is_(None), ExtraPerson.household_id == Booking.household_id),
                or_(ExtraPerson.request_id.is_(None), ExtraPerson.request_id == Booking.request_id),
            ),
        )
        .where(
            ExtraPerson.kind == ExtraKind.MENTOR, ExtraPerson.state == ExtraState.ARRANGED,
            ExtraPerson.staff_id.in_(leader_ids), Booking.leader_id != ExtraPerson.staff_id, Booking.status.in_(LIVE),
            Booking.id != (besides or 0),
        )
    )  # fmt: skip
    found: dict[int, set[Span]] = defaultdict(set)
    for staff_id, starts_at, ends_at in rows:
        found[staff_id or 0].add(Span(starts_at, ends_at))
    return {staff_id: sorted(spans) for staff_id, spans in found.items()}
