"""The simple list of who offers and who looks. Until both said yes neither parent reads anything of the other."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from scheduling.domain.buddies import BuddyState, Shown, Wish, fit
from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.people import Name, natural_order
from scheduling.domain.timeslots import local
from scheduling.models import (
    BuddyPair,
    BuddyWish,
    ClassGroup,
    ClassLeader,
    Enrolment,
    Guardian,
    Guardianship,
    Outbox,
    SchoolYear,
    db,
)
from scheduling.queries.bookings import find_homes
from scheduling.queries.contact_parents import parents_of
from scheduling.queries.kept_about import kinds_about_parent


@dataclass(frozen=True)
class Line:
    """One line of the list as the school reads it. `name` None: a parent of somebody else's class."""

    id: int
    guardian_id: int
    name: Name | None
    classes: tuple[str, ...]
    wish: Wish


@dataclass(frozen=True)
class Need:
    """What a parent looks for, with who could be asked and who was."""

    line: Line
    offers: tuple[Line, ...]
    """Who offers it and was not asked yet; the same word first."""
    asked: tuple[tuple[Line, BuddyState], ...]


@dataclass(frozen=True)
class Board:
    """The list of a school as one colleague reads it."""

    needs: tuple[Need, ...]
    offers: tuple[Line, ...]
    parents: tuple[tuple[int, Name], ...]
    """For whom this colleague may note something."""


@dataclass(frozen=True)
class Meeting:
    """A question to this parent, or a buddy that was found."""

    pair_id: int
    wish: Wish
    """The own line."""
    state: BuddyState
    said: bool | None
    name: str = ""
    reach: str = ""
    """The other parent's mailbox or number, as that parent chose to show it; only after two times yes."""


@dataclass(frozen=True)
class Own:
    """What a parent sees: the own lines, and what came of them."""

    may: bool
    lines: tuple[tuple[int, Wish], ...]
    meetings: tuple[Meeting, ...]
    shows: tuple[Shown, ...]
    """What the house knows and this parent could show."""

    @property
    def questions(self) -> tuple[Meeting, ...]:
        return tuple(one for one in self.meetings if one.state is BuddyState.ASKED and one.said is None)


def board(year_id: int, staff_id: int | None, now: datetime) -> Board:
    """The list; for a leader (`staff_id`) with names of the own class alone, for the office with all."""
    session, today = db.session(), local(now).date()
    groups = _classes(session, year_id)
    parents = parents_of(session, groups, today)
    own = set(groups) if staff_id is None else _led(session, staff_id) & set(groups)
    named = {guardian_id for class_id in own for guardian_id in parents[class_id]}
    at: dict[int, list[str]] = defaultdict(list)
    for class_id, found in parents.items():
        for guardian_id in found:
            at[guardian_id].append(groups[class_id])
    rows = {row.id: row for row in _wishes(session, year_id, at)}
    lines = {row.id: _line(row, row.guardian_id in named, at[row.guardian_id]) for row in rows.values()}
    pairs = list(session.scalars(select(BuddyPair).where(BuddyPair.need_id.in_(rows), BuddyPair.offer_id.in_(rows))))
    mine = [line for line in lines.values() if line.guardian_id in named]
    kin = kin_of(session, {line.guardian_id for line in lines.values()})
    names = session.execute(select(Guardian).where(Guardian.id.in_(named))).scalars()
    return Board(
        tuple(_need(line, lines, pairs, kin) for line in mine if not line.wish.offers),
        tuple(line for line in mine if line.wish.offers),
        tuple(sorted(((one.id, one.name) for one in names), key=lambda one: one[1].sort_key)),
    )


def own(by: Actor, year_id: int, now: datetime) -> Own:
    """The own lines of a parent and what came of them; nobody but a parent has any."""
    session, today = db.session(), local(now).date()
    if by.kind is not ActorKind.GUARDIAN or not may_join(session, by.id or 0, year_id, today):
        return Own(may=False, lines=(), meetings=(), shows=())
    rows = {row.id: row for row in _wishes(session, year_id, [by.id or 0])}
    pairs = session.scalars(
        select(BuddyPair)
        .where(or_(BuddyPair.need_id.in_(rows), BuddyPair.offer_id.in_(rows)))
        .options(joinedload(BuddyPair.need), joinedload(BuddyPair.offer))
        .order_by(BuddyPair.id)
    )
    return Own(
        True,
        tuple((row.id, row.wish) for row in rows.values()),
        tuple(_meeting(pair, pair.offer_id in rows) for pair in pairs if pair.state is not BuddyState.OFF),
        what_shows(session.get_one(Guardian, by.id)),
    )


def is_asked(by: Actor, year_id: int, today: date) -> bool:
    """Does a question about a buddy wait for this parent?"""
    if BuddyWish not in kinds_about_parent(db.session(), by):
        return False
    need, offer = aliased(BuddyWish), aliased(BuddyWish)
    found = (
        select(BuddyPair.id)
        .join(need, need.id == BuddyPair.need_id)
        .join(offer, offer.id == BuddyPair.offer_id)
        .join(SchoolYear, SchoolYear.id == need.year_id)
        .where(
            need.year_id == year_id,
            SchoolYear.ends_on >= today,
            or_(
                (need.guardian_id == by.id) & BuddyPair.need_yes.is_(None) & BuddyPair.offer_yes.is_not(False),
                (offer.guardian_id == by.id) & BuddyPair.offer_yes.is_(None) & BuddyPair.need_yes.is_not(False),
            ),
        )
    )
    return db.session.scalar(found.limit(1)) is not None


def may_join(session: Session, guardian_id: int, year_id: int, today: date) -> bool:
    """Is this somebody with a child in a class of this year?"""
    if today > session.get_one(SchoolYear, year_id).ends_on:
        return False
    children = [home.pupil_id for home in find_homes(session, Actor(ActorKind.GUARDIAN, guardian_id), today)]
    here = select(Enrolment.id).where(Enrolment.pupil_id.in_(children), Enrolment.year_id == year_id, Enrolment.present)
    return session.scalar(here.limit(1)) is not None


def ensure_own_parent(session: Session, guardian_id: int, year_id: int, staff_id: int | None, today: date) -> None:
    """Somebody of a class that this colleague leads; for the office (None) of any class."""
    groups = set(_classes(session, year_id))
    wanted = groups if staff_id is None else groups & _led(session, staff_id)
    if not any(guardian_id in parents for parents in parents_of(session, wanted, today).values()):
        raise NotFound


def kin_of(session: Session, guardian_ids: Collection[int]) -> dict[int, set[int]]:
    """Per parent with whom a child is shared: these two are never brought together here."""
    mine, other = aliased(Guardianship), aliased(Guardianship)
    rows = session.execute(
        select(mine.guardian_id, other.guardian_id)
        .join(other, other.pupil_id == mine.pupil_id)
        .where(mine.guardian_id.in_(guardian_ids))
    )
    found: dict[int, set[int]] = {guardian_id: {guardian_id} for guardian_id in guardian_ids}
    for one, another in rows:
        found[one].add(another)
    return found


def what_shows(person: Guardian) -> tuple[Shown, ...]:
    mail = person.email and person.bounced_at is None
    return tuple(one for one, there in ((Shown.MAIL, mail), (Shown.PHONE, person.phone)) if there)


@dataclass(frozen=True)
class BuddyLetter:
    """What a letter about a buddy says to one of the two. `over`: why it no longer leaves."""

    offers: bool
    wish: Wish
    name: str = ""
    reach: str = ""
    over: str = ""


def letter_of(session: Session, row: Outbox, now: datetime) -> BuddyLetter | None:
    """As it stands when it leaves; None: one of the two stopped."""
    pair = session.get(BuddyPair, row.facts.get("pair_id") or 0)
    if pair is None:
        return None
    offers = pair.offer.guardian_id == row.guardian_id
    found = _meeting(pair, offers)
    year = session.get_one(SchoolYear, pair.need.year_id)
    asks = row.facts.get("what") == "asked"
    holds = (pair.state is BuddyState.ASKED and found.said is None) if asks else pair.state is BuddyState.FOUND
    over = "" if holds and local(now).date() <= year.ends_on else "buddy_over"
    return BuddyLetter(offers, found.wish, found.name, found.reach, over)


def _need(line: Line, lines: dict[int, Line], pairs: Sequence[BuddyPair], kin: dict[int, set[int]]) -> Need:
    asked = {pair.offer_id: pair.state for pair in pairs if pair.need_id == line.id}
    free = [
        one
        for one in lines.values()
        if fit(line.wish, one.wish) and one.id not in asked and one.guardian_id not in kin[line.guardian_id]
    ]
    free.sort(key=lambda one: (one.wish.topic.casefold() != line.wish.topic.casefold(), one.id))
    return Need(line, tuple(free), tuple((lines[id_], state) for id_, state in asked.items() if id_ in lines))


def _meeting(pair: BuddyPair, offers: bool) -> Meeting:
    own, other = (pair.offer, pair.need) if offers else (pair.need, pair.offer)
    shows = pair.need_shows if offers else pair.offer_shows
    state, said = pair.state, pair.said(offers=offers)
    if state is not BuddyState.FOUND:
        return Meeting(pair.id, own.wish, state, said)
    person = other.guardian
    reach = person.phone if shows is Shown.PHONE else person.email
    return Meeting(pair.id, own.wish, state, said, person.name.full, reach)


def _wishes(session: Session, year_id: int, guardian_ids: Collection[int]) -> Sequence[BuddyWish]:
    wanted = select(BuddyWish).where(BuddyWish.year_id == year_id, BuddyWish.guardian_id.in_(guardian_ids))
    return session.scalars(wanted.options(joinedload(BuddyWish.guardian)).order_by(BuddyWish.kind, BuddyWish.id)).all()


def _line(row: BuddyWish, named: bool, classes: Sequence[str]) -> Line:
    return Line(
        row.id, row.guardian_id, row.guardian.name if named else None, tuple(sorted(classes, key=natural_order)),
        row.wish,
    )  # fmt: skip


def _classes(session: Session, year_id: int) -> dict[int, str]:
    rows = session.execute(select(ClassGroup.id, ClassGroup.name).where(ClassGroup.year_id == year_id))
    return {row[0]: row[1] for row in rows}


def _led(session: Session, staff_id: int) -> set[int]:
    return set(session.scalars(select(ClassLeader.class_id).where(ClassLeader.staff_id == staff_id)))
