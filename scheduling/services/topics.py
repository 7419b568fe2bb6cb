"""What a family wants to bring up, and which interpreter it needs."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.rounds import TopicAuthor, slots_needed
from scheduling.domain.timeslots import local
from scheduling.domain.topics import clean_language, clean_topic, ensure_room
from scheduling.models import Household, InterpreterRequest, Topic
from scheduling.queries import bookings as asking
from scheduling.queries.bookings import Home
from scheduling.services.bookings import hold, lengthen, rules
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def add(*, round_id: int, pupil_id: int, text: str, from_pupil: bool, by: Actor, now: datetime) -> None:
    """Write one topic down. The same words twice are one topic."""
    with transaction() as session:
        home = _home(session, round_id, pupil_id, by, now)
        line = clean_topic(text)
        own = _topics(session, round_id, home)
        if any(topic.text == line for topic in own):
            return
        ensure_room(len(own))
        himself = from_pupil or by.kind is ActorKind.PUPIL
        topic = Topic(
            round_id=round_id, pupil_id=pupil_id, household_id=home.household_id, text=line, created_at=now,
            author=TopicAuthor.PUPIL if himself else TopicAuthor.GUARDIAN,
            guardian_id=by.id if by.kind is ActorKind.GUARDIAN else None,
        )  # fmt: skip
        session.add(topic)
        session.flush()
        record(session, by=by, action="topics.add", subject="topic", subject_id=topic.id, now=now)


def remove(*, topic_id: int, by: Actor, now: datetime) -> None:
    """Take a topic back. Each home takes back its own."""
    with transaction() as session:
        topic = session.get(Topic, topic_id)
        if topic is None:
            raise NotFound
        home = _home(session, topic.round_id, topic.pupil_id, by, now)
        if topic.household_id != home.household_id:
            raise NotFound
        session.delete(topic)
        record(session, by=by, action="topics.remove", subject="topic", subject_id=topic_id, now=now)


def ask_interpreter(*, round_id: int, pupil_id: int, language: str, by: Actor, now: datetime) -> None:
    """Say which language an interpreter should speak at this talk; empty: none is needed.

    Everything is said twice then: the talk gets longer where there is room for it.
    """
    with transaction() as session:
        home = _own_home(session, round_id, pupil_id, by, now)
        talks = asking.live_talks(session, round_id, home)
        talk = talks[0] if talks else None
        leaders = [one.leader_id for one in talks]
        offered = asking.leader_slots(session, round_id, leaders)
        hold(session, pupil_id, talk.household_id if talk else home.household_id, now, leaders, offered)
        wanted = clean_language(language)
        found = session.scalar(
            select(InterpreterRequest).where(
                InterpreterRequest.round_id == round_id, InterpreterRequest.pupil_id == pupil_id,
                InterpreterRequest.household_id == home.household_id,
            )
        )  # fmt: skip
        if found and found.language == wanted:
            return
        if found:
            found.language, found.asked_at, found.arranged = wanted, now, False
        else:
            session.add(
                InterpreterRequest(
                    round_id=round_id, pupil_id=pupil_id, household_id=home.household_id, language=wanted, asked_at=now
                )
            )
        record(
            session, by=by, action="topics.ask_interpreter", subject="pupil", subject_id=pupil_id, now=now,
            round=round_id, needed=bool(wanted),
        )  # fmt: skip
        if wanted:
            _make_room(session, round_id, home, by, now)


def _own_home(session: Session, round_id: int, pupil_id: int, by: Actor, now: datetime) -> Home:
    """This person's place beside the pupil, if the pupil has or can have a talk in this round."""
    home = asking.find_home(session, by, pupil_id, local(now).date())
    if home is None or not asking.takes_part(session, round_id, pupil_id):
        raise NotFound
    return home


def _home(session: Session, round_id: int, pupil_id: int, by: Actor, now: datetime) -> Home:
    """The same, while nobody else of this home changes anything."""
    home = _own_home(session, round_id, pupil_id, by, now)
    lock(session, Household, [home.household_id] if home.household_id else [])
    return home


def _make_room(session: Session, round_id: int, home: Home, by: Actor, now: datetime) -> None:
    """Talks of this home alone, still to be changed by the family, take the next slot too if that is free."""
    for booking in asking.live_talks(session, round_id, home):
        if asking.is_joint(booking, home) or now >= rules(booking.round).until(booking.starts_at):
            continue
        if len(booking.slots) < slots_needed(interpreter=True):
            lengthen(session, booking=booking, by=by, now=now)


def _topics(session: Session, round_id: int, home: Home) -> list[Topic]:
    own = func.coalesce(Topic.household_id, 0) == (home.household_id or 0)
    wanted = select(Topic).where(Topic.round_id == round_id, Topic.pupil_id == home.pupil_id, own)
    return list(session.scalars(wanted))
