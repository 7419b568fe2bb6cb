"""What a talk came to, for its leader and for the family that was there."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.aftercare import Action, Aftercare, in_order
from scheduling.domain.people import Name
from scheduling.models import Staff, TalkAction, TalkNote, db


@dataclass(frozen=True)
class AftercareFacts:
    """A conclusion and its actions, as they stand now."""

    conclusion: str
    actions: tuple[Action, ...]
    told_beforehand: bool
    version: int
    written_at: datetime
    written_by: Name

    @property
    def is_worded(self) -> bool:
        """Is there anything to read?"""
        return bool(self.conclusion or self.actions)

    @property
    def aftercare(self) -> Aftercare:
        return Aftercare(self.conclusion, self.actions)


def aftercare_of(booking_id: int) -> AftercareFacts | None:
    """Of one talk. Whose talk it is, is asked by who calls: the talk of a home carries that home's conclusion."""
    return read_all(db.session(), [booking_id]).get(booking_id)


def worded_of(booking_ids: Collection[int]) -> set[int]:
    """Those of these talks after which something was written."""
    return {booking_id for booking_id, found in read_all(db.session(), booking_ids).items() if found.is_worded}


def read_all(session: Session, booking_ids: Collection[int]) -> dict[int, AftercareFacts]:
    """Of these talks, as far as something was written."""
    if not booking_ids:
        return {}
    rows = session.execute(
        select(TalkNote, Staff)
        .join(Staff, Staff.id == TalkNote.written_by)
        .where(TalkNote.booking_id.in_(booking_ids))
        .order_by(TalkNote.booking_id)
    ).all()
    if not rows:
        return {}
    actions: dict[int, list[Action]] = {}
    wanted = select(TalkAction).where(TalkAction.booking_id.in_([note.booking_id for note, _ in rows]))
    for row in session.scalars(wanted.order_by(TalkAction.booking_id, TalkAction.position)):
        actions.setdefault(row.booking_id, []).append(Action(row.who, row.what, row.due_on))
    return {
        note.booking_id: AftercareFacts(
            note.conclusion, in_order(actions.get(note.booking_id, [])), note.told_beforehand, note.version,
            note.written_at, staff.name,
        )
        for note, staff in rows
    }  # fmt: skip
