"""Periodic work: each turn is a row, made and done by whichever worker comes first."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import delete, update

from scheduling.domain.journal import SYSTEM
from scheduling.models import DueJob, ImportDraft, PasswordKey, Throttle
from scheduling.services import contacts, import_undo, on_request, reminders, retention, single_talks
from scheduling.services.inserting import insert_of
from scheduling.services.transaction import transaction

KEEP_ENDED = timedelta(days=30)
KEEP_TURNS = timedelta(days=14)
LONGEST_WINDOW = timedelta(days=1)
Work = Callable[[datetime], None]


def tidy(now: datetime) -> int:
    """Take every turn that has come and that nobody took yet; how many there were."""
    return sum(_turn(job, every, work, now) for job, (every, work) in JOBS.items())


def _turn(job: str, every: timedelta, work: Work, now: datetime) -> bool:
    due_at = _due_at(every, now)
    if not _take(job, due_at):
        return False
    try:
        work(now)
    except BaseException:
        _give_back(job, due_at)
        raise
    with transaction() as session:
        session.execute(update(DueJob).where(DueJob.job == job, DueJob.done_at.is_(None)).values(done_at=now))
    return True


def _due_at(every: timedelta, now: datetime) -> datetime:
    seconds = int(every.total_seconds())
    return datetime.fromtimestamp(int(now.timestamp()) // seconds * seconds, UTC)


def _take(job: str, due_at: datetime) -> bool:
    with transaction() as session:
        statement = insert_of(session, DueJob).values(job=job, due_at=due_at).on_conflict_do_nothing()
        return session.scalar(statement.returning(DueJob.job)) is not None


def _give_back(job: str, due_at: datetime) -> None:
    """The work did not succeed: whoever comes next takes the turn again."""
    with transaction() as session:
        session.execute(delete(DueJob).where(DueJob.job == job, DueJob.due_at == due_at))


def _forget_password_keys(now: datetime) -> None:
    """Password keys that open nothing any more, a while after they ended."""
    with transaction() as session:
        session.execute(delete(PasswordKey).where(PasswordKey.expires_at < now - KEEP_ENDED))


def _forget_tries(now: datetime) -> None:
    """Counts of windows that are over, and turns that were taken long ago."""
    with transaction() as session:
        session.execute(delete(Throttle).where(Throttle.window < int((now - LONGEST_WINDOW * 2).timestamp())))
        session.execute(delete(DueJob).where(DueJob.due_at < now - KEEP_TURNS))


def _forget_drafts(now: datetime) -> None:
    """Files that were looked at and never saved, and how things were before an import that stays."""
    with transaction() as session:
        session.execute(delete(ImportDraft).where(ImportDraft.expires_at <= now))
        import_undo.forget(session, now)


def _forget_what_had_its_time(now: datetime) -> None:
    """What families read about on their own page: links, talks, agreements, names."""
    retention.run(by=SYSTEM, now=now)


def _free_times_nobody_answered(now: datetime) -> None:
    """Proposals whose term is over: the leader's times are free for others."""
    single_talks.expire(now)


def _remind_families(now: datetime) -> None:
    """What the school set: a reminder to who has not answered, and to who comes tomorrow."""
    reminders.run(now)


def _remind_leaders(now: datetime) -> None:
    """Contact that was agreed, and whose days are over."""
    contacts.remind(now)


def _tell_who_asked(now: datetime) -> None:
    """Word of a talk that was, to parents without authority who asked for it."""
    on_request.tell_after_talks(now)


JOBS: dict[str, tuple[timedelta, Work]] = {
    "password keys": (timedelta(days=1), _forget_password_keys),
    "drafts": (timedelta(hours=1), _forget_drafts),
    "tries": (timedelta(hours=1), _forget_tries),
    "reminders": (timedelta(minutes=10), _remind_families),
    "late contact": (timedelta(days=1), _remind_leaders),
    "single talks": (timedelta(hours=1), _free_times_nobody_answered),
    "word after talks": (timedelta(hours=1), _tell_who_asked),
    "retention": (timedelta(days=1), _forget_what_had_its_time),
}
