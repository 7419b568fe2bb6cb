"""Hold a questionnaire without names, and count an answer in.

An answer is in no journal and gets no row: it is added to sums in the same transaction in which the turn is marked as
used, and the two have nothing in common. The questionnaire's row is held first, so sums are never added to at once.
"""

from datetime import date, datetime

from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor
from scheduling.domain.questionnaires import AnsweredBefore, Asked, Group, HeldBefore, NotOpen, Said, Tally, groups_of
from scheduling.domain.timeslots import local
from scheduling.models import Questionnaire, QuestionnaireTally, School, SchoolYear
from scheduling.queries import questionnaires as reading
from scheduling.services import outbox
from scheduling.services.inserting import insert_new
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def start(*, year_id: int, send: bool, by: Actor, now: datetime) -> int:
    """It opens for parents and mentors; with a letter to every parent who has a mailbox. Answers how many letters."""
    with transaction() as session:
        if session.get(SchoolYear, year_id) is None:
            raise NotFound
        row = {"id": year_id, "opened_on": _today(now), "closed_on": None, "remarks": {}, "marks": []}
        if not insert_new(session, Questionnaire, [row]):
            raise HeldBefore
        people = reading.mailboxes_of(session, year_id, now) if send else ()
        sent = outbox.post_questionnaire(session, year_id=year_id, people=people, now=now)
        record(
            session, by=by, action="questionnaires.start", subject="school_year", subject_id=year_id, now=now, sent=sent
        )
        return sent


def answer(*, asked: Asked, choice: reading.Choice, said: Said, mark: str, now: datetime) -> None:
    """Count one person in, once. `mark` is of the person and cannot be read; `choice`: which class it is about."""
    tidy = said.tidy()
    with transaction() as session:
        found = _held(session, choice.year_id)
        if not found.is_open:
            raise NotOpen
        _ensure_first(found, mark)
        found.marks = sorted([*found.marks, mark])
        sector = session.get_one(School, 1).sector
        for group in groups_of(choice.level, choice.grade, sector):
            _count_in(session, found.id, asked, group, tidy)
        if tidy.remark:
            texts = [*found.remarks.get(asked, ()), tidy.remark]
            found.remarks = {**found.remarks, asked.value: sorted(texts)}


def close(*, year_id: int, by: Actor, now: datetime) -> None:
    """Nobody answers any more; who did is forgotten, and the totals may be read."""
    with transaction() as session:
        found = _held(session, year_id)
        if not found.is_open:
            return
        found.closed_on = max(_today(now), found.opened_on)
        found.marks = []
        record(session, by=by, action="questionnaires.close", subject="school_year", subject_id=year_id, now=now)


def _held(session: Session, year_id: int) -> Questionnaire:
    lock(session, Questionnaire, [year_id])
    found = session.get(Questionnaire, year_id)
    if found is None:
        raise NotOpen
    return found


def _ensure_first(found: Questionnaire, mark: str) -> None:
    if mark in found.marks:
        raise AnsweredBefore


def _count_in(session: Session, year_id: int, asked: Asked, group: Group, said: Said) -> None:
    key = (year_id, asked, group.part, group.name)
    row = session.get(QuestionnaireTally, key)
    if row is None:
        row = QuestionnaireTally(
            questionnaire_id=year_id, asked=asked, part=group.part, name=group.name, people=0, counts={}
        )
        session.add(row)
    tally = Tally(row.people, {name: list(counts) for name, counts in row.counts.items()})
    tally.add(said)
    row.people, row.counts = tally.people, tally.counts


def _today(now: datetime) -> date:
    return local(now).date()
