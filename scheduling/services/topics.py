"""What a family wants to bring up, and which interpreter it needs."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.guests import Way
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.rounds import BookingStatus, TopicAuthor, slots_needed
from scheduling.domain.timeslots import local
from scheduling.domain.topics import clean_language, clean_need, clean_topic, ensure_room
from scheduling.models import Booking, Household, PracticalNeed, Topic
from scheduling.queries import bookings as asking
from scheduling.queries import guests
from scheduling.queries.bookings import Home
from scheduling.queries.guests import may_say_what_it_needs
from scheduling.queries.single_talks import of_home, single_request
from scheduling.services.bookings import hold, lengthen, rules
from scheduling.services.guests import keep_wish
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def add(
    *, round_id: int, pupil_id: int, text: str, from_pupil: bool, request_id: int | None = None, by: Actor,
    now: datetime,
) -> None:  # fmt: skip
    """Write one topic down, of several talks on one evening for this one. The same words twice are one topic."""
    with transaction() as session:
        home = _home(session, round_id, pupil_id, by, now)
        line = clean_topic(text)
        if request_id is not None and not _has_talk(session, round_id, home, request_id):
            raise NotFound
        own = _topics(session, round_id, home, request_id)
        if any(topic.text == line for topic in own):
            return
        ensure_room(len(own))
        himself = from_pupil or by.kind is ActorKind.PUPIL
        topic = Topic(
            round_id=round_id, pupil_id=pupil_id, household_id=home.household_id, text=line, created_at=now,
            author=TopicAuthor.PUPIL if himself else TopicAuthor.GUARDIAN,
            guardian_id=by.id if by.kind is ActorKind.GUARDIAN else None, request_id=request_id,
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


def ask_interpreter(
    *, round_id: int, pupil_id: int, language: str, way: Way = Way.ON_SITE, by: Actor, now: datetime
) -> None:
    """Say which language an interpreter should speak at this talk; empty: none is needed.

    Everything is said twice then: the talk gets longer where there is room for it.
    """
    with transaction() as session:
        home = _home_beforehand(session, round_id, pupil_id, by, now)
        _ask(session, round_id, home, clean_language(language), way, by, now)


def say_need(*, round_id: int, pupil_id: int, ground_floor: bool, words: str, by: Actor, now: datetime) -> None:
    """What this home needs to be able to come; nothing at all takes back what it said before."""
    with transaction() as session:
        home = _home_beforehand(session, round_id, pupil_id, by, now)
        lock(session, Household, [home.household_id] if home.household_id else [])
        line = clean_need(words)
        found = guests.find_need(session, round_id, home)
        if found is not None and not line and not ground_floor:
            session.delete(found)
        elif line or ground_floor:
            found = found or PracticalNeed(
                round_id=round_id, pupil_id=pupil_id, household_id=home.household_id, asked_at=now
            )
            found.ground_floor, found.words = ground_floor, line
            session.add(found)
        record(session, by=by, action="topics.say_need", subject="pupil", subject_id=pupil_id, now=now, round=round_id)


def ask_interpreter_for(
    *, booking_id: int, household_id: int | None, leader_id: int, language: str, way: Way, by: Actor, now: datetime
) -> None:
    """The same, by the school: this home told so on the phone or at the door."""
    with transaction() as session:
        talk = session.get(Booking, booking_id)
        if talk is None or talk.leader_id != leader_id or talk.status is BookingStatus.CANCELLED:
            raise NotFound
        homes = asking.homes_invited(session, talk.pupil_id, local(now).date())
        invited = household_id in homes if homes else household_id is None  # an adult pupil speaks for himself
        if talk.household_id not in (None, household_id) or not invited:
            raise NotFound
        home, wanted = Home(talk.pupil_id, household_id, frozenset(homes)), clean_language(language)
        if (request_id := single_request(session, talk)) is not None:
            _ask_at_single(session, talk.round_id, home, request_id, wanted, way, by, now)
        else:
            _ask(session, talk.round_id, home, wanted, way, by, now)


def ask_interpreter_at(*, single_id: int, language: str, way: Way, by: Actor, now: datetime) -> None:
    """The family says which interpreter it needs at a talk that is made for one pupil; empty: none."""
    found = of_home(single_id, by, now)
    if found.is_over(now):
        raise NotFound
    wanted = clean_language(language)
    with transaction() as session:
        home = asking.find_home(session, by, found.pupil_id, local(now).date())
        if home is None:
            raise NotFound
        _ask_at_single(session, found.round_id, home, found.request_id, wanted, way, by, now)


def _ask_at_single(
    session: Session, round_id: int, home: Home, request_id: int, wanted: str, way: Way, by: Actor, now: datetime
) -> None:
    lock(session, Household, [home.household_id] if home.household_id else [])
    whose = (round_id, home.pupil_id, home.household_id, request_id)
    keep_wish(session, whose, language=wanted, way=way, by=by, now=now)


def _ask(session: Session, round_id: int, home: Home, wanted: str, way: Way, by: Actor, now: datetime) -> None:
    talks = asking.live_talks(session, round_id, home)
    talk = talks[0] if talks else None
    leaders = [one.leader_id for one in talks]
    offered = asking.leader_slots(session, round_id, leaders)
    hold(session, home.pupil_id, talk.household_id if talk else home.household_id, now, leaders, offered)
    whose = (round_id, home.pupil_id, home.household_id, None)
    if keep_wish(session, whose, language=wanted, way=way, by=by, now=now) and wanted:
        _make_room(session, round_id, home, by, now)


def _has_talk(session: Session, round_id: int, home: Home, request_id: int) -> bool:
    """Did this home ask for this talk, or does it come to it with the other home?"""
    if asking.find_request(session, round_id, home, request_id) is not None:
        return True
    return asking.find_live(session, round_id, home, request_id) is not None


def _home_beforehand(session: Session, round_id: int, pupil_id: int, by: Actor, now: datetime) -> Home:
    """This person's place beside the pupil, as soon as the round asks the home anything: there may be no time yet."""
    home = asking.find_home(session, by, pupil_id, local(now).date())
    if home is None or not may_say_what_it_needs(session, round_id, home):
        raise NotFound
    return home


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


def _topics(session: Session, round_id: int, home: Home, request_id: int | None) -> list[Topic]:
    own = func.coalesce(Topic.household_id, 0) == (home.household_id or 0)
    talk = func.coalesce(Topic.request_id, 0) == (request_id or 0)
    wanted = select(Topic).where(Topic.round_id == round_id, Topic.pupil_id == home.pupil_id, own, talk)
    return list(session.scalars(wanted))
