"""One interpreter is at one place at a time: when is who at a talk? By number only, nobody is named."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.orm import Session

from scheduling.domain.guests import ARRANGED
from scheduling.domain.rounds import LIVE
from scheduling.domain.timeslots import Span
from scheduling.models import Booking, Guardianship, InterpreterRequest, Outsider


def interpreters_of(
    session: Session, pupil_id: int, guardians: Collection[int], *, round_id: int | None = None
) -> set[int]:
    """Who is booked for the rounds of this pupil with these guardians (or of the adult pupil himself)."""
    homes = select(Guardianship.household_id).where(
        Guardianship.pupil_id == pupil_id, Guardianship.guardian_id.in_(guardians)
    )
    rows = select(InterpreterRequest.outsider_id).where(
        InterpreterRequest.pupil_id == pupil_id, InterpreterRequest.request_id.is_(None), *_is_arranged(),
        or_(InterpreterRequest.household_id.is_(None), InterpreterRequest.household_id.in_(homes)),
    )  # fmt: skip
    if round_id is not None:
        rows = rows.where(InterpreterRequest.round_id == round_id)
    return {one for one in session.scalars(rows) if one is not None}


def interpreters_at(session: Session, request_id: int) -> set[int]:
    """Who is booked for this one talk that is made for one pupil."""
    rows = select(InterpreterRequest.outsider_id).where(InterpreterRequest.request_id == request_id, *_is_arranged())
    return {one for one in session.scalars(rows) if one is not None}


def times_interpreting(session: Session, interpreters: Collection[int], *, besides: int | None = None) -> list[Span]:
    """When one of these interpreters is at a talk; `besides` this one."""
    if not interpreters:
        return []
    rows = session.execute(
        served(select(Booking.starts_at, Booking.ends_at)).where(
            InterpreterRequest.outsider_id.in_(interpreters), Booking.id != (besides or 0)
        )
    )
    return sorted({Span(starts_at, ends_at) for starts_at, ends_at in rows})


def first_clash(session: Session, outsider_id: int) -> tuple[str, datetime] | None:
    """The first moment at which this interpreter would be at two talks, with the name."""
    rows = session.execute(
        served(select(Booking.id, Booking.starts_at, Booking.ends_at, Outsider.name))
        .join(Outsider, Outsider.id == InterpreterRequest.outsider_id)
        .where(InterpreterRequest.outsider_id == outsider_id)
    )
    talks = {row.id: (Span(row.starts_at, row.ends_at), row.name) for row in rows}
    ordered = sorted(talks.values())
    latest: datetime | None = None
    for span, name in ordered:
        if latest is not None and span.starts_at < latest:
            return name, span.starts_at
        latest = max(latest or span.ends_at, span.ends_at)
    return None


def _is_arranged() -> list[ColumnElement[bool]]:
    return [
        InterpreterRequest.outsider_id.is_not(None), InterpreterRequest.state.in_(ARRANGED),
        InterpreterRequest.language != "",
    ]  # fmt: skip


def served(wanted: Any) -> Any:
    """Talks that stand, each with the requests of its homes for which an interpreter is booked."""
    return wanted.join(
        InterpreterRequest,
        and_(
            InterpreterRequest.round_id == Booking.round_id,
            InterpreterRequest.pupil_id == Booking.pupil_id,
            or_(InterpreterRequest.request_id.is_(None), InterpreterRequest.request_id == Booking.request_id),
            or_(
                Booking.household_id.is_(None),
                InterpreterRequest.household_id.is_(None),
                InterpreterRequest.household_id == Booking.household_id,
            ),
        ),
    ).where(Booking.status.in_(LIVE), *_is_arranged())
