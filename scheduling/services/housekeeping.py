"""Periodic work: each turn is a row, made and done by whichever worker comes first."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from scheduling.models import AccessLink, DueJob, ImportDraft, PasswordKey, Throttle, Visit
from scheduling.services.inserting import insert_of
from scheduling.services.transaction import transaction

KEEP_ENDED = timedelta(days=30)
KEEP_TURNS = timedelta(days=14)
LONGEST_WINDOW = timedelta(days=1)
Work = Callable[[Session, datetime], None]


def tidy(now: datetime) -> int:
    """Take every turn that has come and that nobody took yet; how many there were."""
    return sum(_turn(job, every, work, now) for job, (every, work) in JOBS.items())


def _turn(job: str, every: timedelta, work: Work, now: datetime) -> bool:
    with transaction() as session:
        if not _take(session, job, every, now):
            return False
        work(session, now)
        session.execute(update(DueJob).where(DueJob.job == job, DueJob.done_at.is_(None)).values(done_at=now))
        return True


def _take(session: Session, job: str, every: timedelta, now: datetime) -> bool:
    seconds = int(every.total_seconds())
    due_at = datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)
    statement = insert_of(session, DueJob).values(job=job, due_at=due_at).on_conflict_do_nothing()
    return session.scalar(statement.returning(DueJob.job)) is not None


def _forget_ended_doors(session: Session, now: datetime) -> None:
    """Visits, links and password keys that open nothing any more, a while after they ended."""
    before = now - KEEP_ENDED
    session.execute(delete(Visit).where(Visit.expires_at < before))
    session.execute(delete(PasswordKey).where(PasswordKey.expires_at < before))
    session.execute(delete(AccessLink).where(AccessLink.expires_at < before))


def _forget_tries(session: Session, now: datetime) -> None:
    """Counts of windows that are over, and turns that were taken long ago."""
    session.execute(delete(Throttle).where(Throttle.window < int((now - LONGEST_WINDOW * 2).timestamp())))
    session.execute(delete(DueJob).where(DueJob.due_at < now - KEEP_TURNS))


def _forget_drafts(session: Session, now: datetime) -> None:
    """Files that were looked at and never saved."""
    session.execute(delete(ImportDraft).where(ImportDraft.expires_at <= now))


JOBS: dict[str, tuple[timedelta, Work]] = {
    "doors": (timedelta(days=1), _forget_ended_doors),
    "drafts": (timedelta(hours=1), _forget_drafts),
    "tries": (timedelta(hours=1), _forget_tries),
}
