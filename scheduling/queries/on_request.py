"""Parents without authority who asked: whom a talk that was held is told to, and what a letter to one of them says."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scheduling.domain.mailings import OutboxState, Stop
from scheduling.domain.on_request import Word
from scheduling.domain.people import Authority, Name, OnRequest
from scheduling.domain.rounds import LIVE, Outcome, RoundKind
from scheduling.domain.timeslots import local
from scheduling.models import Booking, ClassLeader, Enrolment, Guardianship, Outbox, Round, SchoolYear, Staff

AFTER, UNTIL = timedelta(days=1), timedelta(days=4)
"""A talk is told a day after it was; not any more when that was forgotten for so long."""


@dataclass(frozen=True)
class WordFacts:
    """A letter to a parent without authority: what it says, and who tells more."""

    word: Word
    leaders: tuple[Name, ...]
    stands: bool
    """The school still gives it."""

    @property
    def has_page(self) -> bool:
        """Only who gets a talk of the own finds anything behind a link."""
        return self.word is Word.TALK


def tie_of(session: Session, guardian_id: int | None, pupil_id: int) -> Guardianship | None:
    """This guardian's place beside this pupil."""
    wanted = select(Guardianship).where(Guardianship.guardian_id == guardian_id, Guardianship.pupil_id == pupil_id)
    return session.scalar(wanted)


def word_letter(session: Session, row: Outbox, now: datetime) -> WordFacts:
    """What such a letter says when it leaves."""
    word, pupil_id = Word(row.facts["word"]), row.facts["pupil_id"]
    tie = tie_of(session, row.guardian_id, pupil_id)
    given = OnRequest.TALK if word is Word.TALK else OnRequest.INFORMATION
    stands = tie is not None and tie.authority is Authority.NO and tie.on_request is given
    return WordFacts(word, _leaders(session, pupil_id, now), stands)


def word_stop(found: WordFacts | None) -> Stop | None:
    """Taken back, or given otherwise: the letter stays in the house."""
    return Stop(OutboxState.SUPERSEDED, "newer") if found and not found.stands else None


def talks_to_tell(session: Session, now: datetime) -> Sequence[tuple[Guardianship, datetime]]:
    """Who asked for word after a talk, and when a talk about the child was that is to be told now."""
    rows = session.execute(
        select(Guardianship, Booking.ends_at)
        .join(Booking, Booking.pupil_id == Guardianship.pupil_id)
        .join(Round, Round.id == Booking.round_id)
        .where(
            Guardianship.on_request == OnRequest.INFORMATION, Guardianship.authority == Authority.NO,
            Booking.status.in_(LIVE), Booking.ends_at <= now - AFTER, Booking.ends_at > now - UNTIL,
            or_(Booking.outcome.is_(None), Booking.outcome != Outcome.NO_SHOW),
            Round.kind != RoundKind.PUPIL_CONVERSATION,
        )
        .order_by(Booking.ends_at, Guardianship.id)
    )  # fmt: skip
    return [(tie, ended) for tie, ended in rows if tie.asked_on and tie.asked_on <= local(ended).date()]


def _leaders(session: Session, pupil_id: int, now: datetime) -> tuple[Name, ...]:
    today = local(now).date()
    rows = session.scalars(
        select(Staff)
        .join(ClassLeader, ClassLeader.staff_id == Staff.id)
        .join(Enrolment, Enrolment.class_id == ClassLeader.class_id)
        .join(SchoolYear, SchoolYear.id == Enrolment.year_id)
        .where(
            Enrolment.pupil_id == pupil_id, Enrolment.present, SchoolYear.starts_on <= today,
            SchoolYear.ends_on >= today, Staff.left_on.is_(None),
        )
        .order_by(ClassLeader.position, Staff.id)
    )  # fmt: skip
    return tuple(staff.name for staff in rows)
