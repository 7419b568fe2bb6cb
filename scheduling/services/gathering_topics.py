"""Topics for a gathering: given by families without their name, put on the agenda by whose class it is."""

from datetime import datetime

from sqlalchemy import select

from scheduling.domain.gathering_topics import (
    PER_DAY,
    NoAgendaHere,
    NoSuchTopics,
    TooManyClassTopics,
    TopicChoice,
    TopicsClosed,
    WhichClass,
    clean_class_topic,
)
from scheduling.domain.gatherings import GatheringOver
from scheduling.domain.journal import SYSTEM, Actor
from scheduling.domain.messages import A_DAY
from scheduling.domain.timeslots import local
from scheduling.models import GatheringTopic, PlannedDate
from scheduling.queries.gathering_topics import topics_of
from scheduling.services.journal import record
from scheduling.services.throttle import count
from scheduling.services.transaction import lock, transaction


def give(*, planned_id: int, class_id: int | None, text: str, by: Actor, now: datetime) -> None:
    """A topic of a class. Nothing tells who gave it, the journal neither; the same words twice are one topic."""
    with transaction() as session:
        lock(session, PlannedDate, [planned_id])
        found = topics_of(planned_id, by, now)
        own = [one for one, _name in found.gives_for]
        if not own:
            raise NoSuchTopics
        if not found.open:
            raise TopicsClosed(found.last_day)
        chosen = own[0] if len(own) == 1 else class_id
        if chosen not in own:
            raise WhichClass
        words = clean_class_topic(text)
        same = GatheringTopic.planned_id == planned_id, GatheringTopic.class_id == chosen, GatheringTopic.words == words
        if session.scalar(select(GatheringTopic.id).where(*same).limit(1)) is not None:
            return
        if count(session, f"gathering_topic:{planned_id}:{by.kind}:{by.id}", A_DAY, now) > PER_DAY:
            raise TooManyClassTopics
        session.add(
            GatheringTopic(planned_id=planned_id, class_id=chosen, words=words, asked_on=local(now).date())
        )  # fmt: skip
        record(
            session, by=SYSTEM, action="gathering_topics.give", subject="planned_date", subject_id=planned_id, now=now
        )


def choose(*, planned_id: int, topic_id: int, choice: TopicChoice, by: Actor, now: datetime) -> None:
    """On the agenda, off it, or gone: by who leads the class, a contact parent of it, or the office. Twice is once."""
    with transaction() as session:
        lock(session, PlannedDate, [planned_id])
        found = topics_of(planned_id, by, now)
        if topic_id not in [one.id for one in found.topics]:
            raise NoSuchTopics
        if found.begun:
            raise GatheringOver
        if choice is not TopicChoice.STRIKE and not found.has_agenda:
            raise NoAgendaHere
        topic = session.get_one(GatheringTopic, topic_id)
        if choice is TopicChoice.STRIKE:
            session.delete(topic)
        else:
            topic.on_agenda = choice is TopicChoice.ON
        record(
            session, by=by, action=f"gathering_topics.{choice.value}", subject="planned_date", subject_id=planned_id,
            now=now,
        )  # fmt: skip
