"""Note what parents offer and look for, ask two of them, and bring them together after both said yes.

Every act holds the rows of the parents it is about, in the order of their ids.
"""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.domain.buddies import (
    MOST,
    BuddyState,
    ContactMissing,
    EnoughLines,
    NoPair,
    NotAskedAnyMore,
    ParentMissing,
    Shown,
    Wish,
    fit,
)
from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.timeslots import local
from scheduling.models import BuddyPair, BuddyWish, Guardian, SchoolYear
from scheduling.queries import buddies as reading
from scheduling.services import outbox
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction


def note(*, guardian_id: int, wish: Wish, year_id: int, leader_id: int | None, by: Actor, now: datetime) -> int:
    """The school writes down what a parent said in a conversation. `leader_id` None: the office, for any class."""
    tidy = wish.tidy()
    with transaction() as session:
        try:
            reading.ensure_own_parent(session, guardian_id, year_id, leader_id, local(now).date())
        except NotFound as error:
            raise ParentMissing from error
        return _note(session, guardian_id, tidy, year_id, by, now)


def say(*, wish: Wish, year_id: int, by: Actor, now: datetime) -> int:
    """A parent writes down the own line."""
    tidy = wish.tidy()
    with transaction() as session:
        guardian_id = _guardian(by)
        if not reading.may_join(session, guardian_id, year_id, local(now).date()):
            raise NotFound
        return _note(session, guardian_id, tidy, year_id, by, now)


def stop(*, wish_id: int, by: Actor, now: datetime) -> None:
    """The own line goes, and with it every question and every buddy that came of it."""
    with transaction() as session:
        lock(session, Guardian, [_own_line(session, wish_id, by).guardian_id])
        row = _own_line(session, wish_id, by)  # a second tap may just have taken it away
        _record(session, "buddies.stop", row.guardian_id, by, now)
        session.delete(row)


def propose(*, need_id: int, offer_id: int, leader_id: int | None, by: Actor, now: datetime) -> int:
    """Ask two parents whose lines fit; neither hears who the other is."""
    with transaction() as session:
        today = local(now).date()
        need, offer = _two(session, need_id, offer_id)
        reading.ensure_own_parent(session, need.guardian_id, need.year_id, leader_id, today)
        lock(session, Guardian, [need.guardian_id, offer.guardian_id])
        need, offer = _two(session, need_id, offer_id)
        kin = reading.kin_of(session, [need.guardian_id])[need.guardian_id]
        if not fit(need.wish, offer.wish) or offer.guardian_id in kin or _were_asked(session, need_id, offer_id):
            raise NoPair
        if not reading.may_join(session, offer.guardian_id, offer.year_id, today):
            raise NoPair
        pair = BuddyPair(need_id=need_id, offer_id=offer_id, asked_at=now)
        session.add(pair)
        session.flush()
        _post(session, Letter.BUDDY_ASKED, pair, now)
        _record(session, "buddies.propose", need.guardian_id, by, now, pair=pair.id)
        return pair.id


def answer(*, pair_id: int, yes: bool, shown: Shown | None, by: Actor, now: datetime) -> BuddyState:
    """One of the two says yes or no. After two times yes each gets the other's name and one way to reach the other."""
    with transaction() as session:
        asked, _ = _own_pair(session, pair_id, _guardian(by))
        lock(session, Guardian, [asked.need.guardian_id, asked.offer.guardian_id])
        pair, offers = _own_pair(session, pair_id, _guardian(by))  # the other may just have stopped
        year = session.get_one(SchoolYear, pair.need.year_id)
        if pair.state is BuddyState.OFF or local(now).date() > year.ends_on:
            raise NotAskedAnyMore
        if yes and shown not in reading.what_shows(session.get_one(Guardian, by.id)):
            raise ContactMissing
        before = pair.state
        if offers:
            pair.offer_yes, pair.offer_shows = yes, shown if yes else None
        else:
            pair.need_yes, pair.need_shows = yes, shown if yes else None
        _record(session, "buddies.yes" if yes else "buddies.no", by.id, by, now, pair=pair.id)
        if pair.state is BuddyState.FOUND and before is not BuddyState.FOUND:
            _post(session, Letter.BUDDY_FOUND, pair, now)
        return pair.state


def _note(session: Session, guardian_id: int, wish: Wish, year_id: int, by: Actor, now: datetime) -> int:
    lock(session, Guardian, [guardian_id])
    own = select(BuddyWish).where(BuddyWish.guardian_id == guardian_id, BuddyWish.year_id == year_id)
    same = [row for row in session.scalars(own) if row.wish == wish]
    if same:
        return same[0].id
    if (session.scalar(select(func.count()).select_from(own.subquery())) or 0) >= MOST:
        raise EnoughLines
    row = BuddyWish(
        year_id=year_id, guardian_id=guardian_id, kind=wish.kind, offers=wish.offers, topic=wish.topic, noted_at=now
    )
    session.add(row)
    session.flush()
    _record(session, "buddies.note", guardian_id, by, now, wish=row.id)
    return row.id


def _own_line(session: Session, wish_id: int, by: Actor) -> BuddyWish:
    row = session.get(BuddyWish, wish_id)
    if row is None or row.guardian_id != _guardian(by):
        raise NotFound
    return row


def _own_pair(session: Session, pair_id: int, guardian_id: int) -> tuple[BuddyPair, bool]:
    """The pair, and whether this parent is the one who offers."""
    pair = session.scalar(select(BuddyPair).where(BuddyPair.id == pair_id))
    if pair is None or guardian_id not in (pair.need.guardian_id, pair.offer.guardian_id):
        raise NotFound
    return pair, pair.offer.guardian_id == guardian_id


def _two(session: Session, need_id: int, offer_id: int) -> tuple[BuddyWish, BuddyWish]:
    need, offer = (session.scalar(select(BuddyWish).where(BuddyWish.id == wish_id)) for wish_id in (need_id, offer_id))
    if need is None or offer is None or need.year_id != offer.year_id:
        raise NoPair
    return need, offer


def _were_asked(session: Session, need_id: int, offer_id: int) -> bool:
    asked = select(BuddyPair.id).where(BuddyPair.need_id == need_id, BuddyPair.offer_id == offer_id)
    return session.scalar(asked) is not None


def _post(session: Session, letter: Letter, pair: BuddyPair, now: datetime) -> None:
    what = "asked" if letter is Letter.BUDDY_ASKED else "found"
    for row in (pair.need, pair.offer):
        outbox.post_to_parent(
            session, letter=letter, parent=row.guardian, facts={"pair_id": pair.id, "what": what},
            once=f"{pair.id}.g{row.guardian_id}.{now.timestamp():.0f}", now=now,
        )  # fmt: skip


def _guardian(by: Actor) -> int:
    if by.kind is not ActorKind.GUARDIAN or by.id is None:
        raise NotFound
    return by.id


def _record(session: Session, action: str, guardian_id: int | None, by: Actor, now: datetime, **facts: int) -> None:
    record(session, by=by, action=action, subject="guardian", subject_id=guardian_id, now=now, **facts)
