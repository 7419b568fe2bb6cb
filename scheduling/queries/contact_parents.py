"""Contact parents of a class, who may read of them, and what they write: nobody's address is in any answer here.

A contact parent stands by the own yes, as long as a child is in the class and the school year runs.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.orm import Session

from scheduling.domain.contact_parents import A_WEEK, PER_WEEK, ContactState, MessageState, Reach
from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter, OutboxState
from scheduling.domain.people import Authority, Name, StaffRole, is_adult, natural_order
from scheduling.domain.staff import is_here
from scheduling.domain.timeslots import local
from scheduling.models import (
    ClassContact,
    ClassGroup,
    ClassLeader,
    ClassMessage,
    ClassMessageRefusal,
    ContactParent,
    Enrolment,
    Guardian,
    Guardianship,
    Outbox,
    Pupil,
    SchoolYear,
    Staff,
    db,
)
from scheduling.queries import bookings as asking
from scheduling.queries.kept_about import kinds_about_parent

OFFICE = {StaffRole.OFFICE, StaffRole.DIRECTOR}


@dataclass(frozen=True)
class Contact:
    """A contact parent as parents of the class read it: by the chosen name, and how to reach."""

    id: int
    class_id: int
    guardian_id: int
    shown_as: str
    reach: Reach
    address: str
    """The mailbox or the number that this parent wants to show; empty: through the school's pages."""


@dataclass(frozen=True)
class OwnPlace:
    """Where this parent stands in a class."""

    contact_id: int | None
    state: ContactState | None
    shown_as: str
    reach: Reach
    stands: bool


@dataclass(frozen=True)
class Written:
    """A message to the class, as its writer and whoever decides about it read it."""

    id: int
    contact_id: int
    class_id: int
    shown_as: str
    subject: str
    words: str
    replies: bool
    state: MessageState
    note: str
    version: int
    written_at: datetime
    decided_at: datetime | None
    sent_to: int
    unreached: int
    arrived: int = 0
    """How many have left the house."""


@dataclass(frozen=True)
class ClassPlace:
    """A class in which this family has a child."""

    class_id: int
    name: str
    children: tuple[str, ...]
    contacts: tuple[Contact, ...]
    own: OwnPlace
    messages: tuple[Written, ...]
    room_this_week: int
    """How many messages the class may still get in these seven days."""
    leader_ids: tuple[tuple[int, str], ...] = ()
    """With whom a contact parent may consult."""


@dataclass(frozen=True)
class Asked:
    """A parent as the school reads it: asked, stood or ended."""

    id: int
    guardian_id: int
    name: Name
    shown_as: str
    state: ContactState
    stands: bool


@dataclass(frozen=True)
class Candidate:
    """A parent of the class who may be asked."""

    guardian_id: int
    name: Name
    children: tuple[str, ...]
    in_file: bool = False
    last_year: bool = False
    """Was contact parent of another class in the year before; that is no yes for this one."""

    @property
    def is_proposed(self) -> bool:
        return self.in_file or self.last_year


@dataclass(frozen=True)
class ClassContacts:
    """A class as its leader and the office read it."""

    class_id: int
    name: str
    leaders: tuple[Name, ...]
    asked: tuple[Asked, ...]
    messages: tuple[Written, ...]
    candidates: tuple[Candidate, ...] = ()

    @property
    def standing(self) -> tuple[Asked, ...]:
        return tuple(one for one in self.asked if one.stands)

    @property
    def open_questions(self) -> tuple[Asked, ...]:
        return tuple(one for one in self.asked if one.state is ContactState.ASKED)

    @property
    def waiting(self) -> tuple[Written, ...]:
        return tuple(one for one in self.messages if one.state is MessageState.WAITING)


def parents_of(session: Session, class_ids: Collection[int], today: date) -> dict[int, dict[int, list[Pupil]]]:
    """Per class its parents, each with the children there; none without authority, or whose grown child goes alone."""
    rows = session.execute(
        select(Enrolment.class_id, Guardianship.guardian_id, Pupil)
        .join(Pupil, Pupil.id == Enrolment.pupil_id)
        .join(Guardianship, Guardianship.pupil_id == Pupil.id)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .join(SchoolYear, SchoolYear.id == Enrolment.year_id)
        .where(
            Enrolment.class_id.in_(class_ids), Enrolment.present, SchoolYear.ends_on >= today, Guardian.active,
            Guardianship.authority != Authority.NO, or_(Pupil.left_on.is_(None), Pupil.left_on > today),
        )
        .order_by(Guardian.surname, Guardian.id, Pupil.birth_date, Pupil.id)
    )  # fmt: skip
    found: dict[int, dict[int, list[Pupil]]] = {class_id: {} for class_id in class_ids}
    for class_id, guardian_id, pupil in rows:
        if pupil.parents_permitted or not is_adult(pupil.birth_date, today):
            found[class_id].setdefault(guardian_id, []).append(pupil)
    return found


def stands(session: Session, contact: ClassContact, today: date) -> bool:
    """Is this parent contact parent today?"""
    own = parents_of(session, [contact.class_id], today)[contact.class_id]
    return contact.state is ContactState.YES and contact.guardian_id in own


def contacts_of(session: Session, class_ids: Collection[int], today: date) -> dict[int, list[Contact]]:
    """Per class who stands, in the order in which they said yes."""
    parents = parents_of(session, class_ids, today)
    rows = session.execute(
        select(ClassContact, Guardian)
        .join(Guardian, Guardian.id == ClassContact.guardian_id)
        .where(ClassContact.class_id.in_(class_ids), ClassContact.state == ContactState.YES)
        .order_by(ClassContact.said_at, ClassContact.id)
    )
    found: dict[int, list[Contact]] = {class_id: [] for class_id in class_ids}
    for row, guardian in rows:
        if guardian.id in parents[row.class_id]:
            shown = {Reach.MAIL: guardian.email, Reach.PHONE: guardian.phone}.get(row.reach, "")
            found[row.class_id].append(Contact(row.id, row.class_id, guardian.id, row.shown_as, row.reach, shown))
    return found


def stands_in(by: Actor, class_ids: Collection[int], now: datetime) -> set[int]:
    """The classes among these of which this parent is contact parent."""
    session = db.session()
    wanted = ClassContact.guardian_id == by.id, ClassContact.state == ContactState.YES
    own = set(session.scalars(select(ClassContact.class_id).where(*wanted))) & set(class_ids)
    parents = parents_of(session, own, local(now).date()) if own else {}
    return {class_id for class_id in own if by.id in parents[class_id]}


def in_charge_of(by: Actor, class_ids: Collection[int], now: datetime) -> set[int]:
    """The classes among these that this person leads, or is contact parent of; for the office all."""
    session = db.session()
    if by.kind is ActorKind.GUARDIAN:
        return stands_in(by, class_ids, now)
    staff = session.get(Staff, by.id) if by.kind is ActorKind.STAFF else None
    if staff is None:
        return set()
    if OFFICE & {one.role for one in staff.roles}:
        return set(class_ids)
    led = select(ClassLeader.class_id).where(ClassLeader.staff_id == staff.id, ClassLeader.class_id.in_(class_ids))
    return set(session.scalars(led))


def is_asked(by: Actor) -> bool:
    """Does a question wait for this parent?"""
    if ClassContact not in kinds_about_parent(db.session(), by):
        return False
    mine = select(ClassContact.id).where(ClassContact.guardian_id == by.id, ClassContact.state == ContactState.ASKED)
    return db.session.scalar(mine.limit(1)) is not None


def refuses_messages(by: Actor) -> bool:
    """Would this parent rather get no messages of contact parents?"""
    return by.kind is ActorKind.GUARDIAN and db.session.get(ClassMessageRefusal, by.id) is not None


def of_family(by: Actor, now: datetime) -> tuple[ClassPlace, ...]:
    """The classes of the own children, with their contact parents; a grown pupil is nobody's parent here."""
    if by.kind is not ActorKind.GUARDIAN:
        return ()
    session, today = db.session(), local(now).date()
    children = _children_by_class(session, by, today)
    if not children:
        return ()
    contacts = contacts_of(session, children, today)
    mine = {
        row.class_id: row
        for row in session.scalars(
            select(ClassContact).where(ClassContact.guardian_id == by.id, ClassContact.class_id.in_(children))
        )
    }
    own_name = session.get_one(Guardian, by.id).given_name
    messages = _messages(session, ClassMessage.contact_id.in_([row.id for row in mine.values()]))
    who, lately = _leaders(session, children), sent_lately(session, children, now)
    names = _names(session, children)
    return tuple(
        ClassPlace(
            class_id, names[class_id], tuple(children[class_id]), tuple(contacts[class_id]),
            _own(mine.get(class_id), contacts[class_id], own_name),
            tuple(one for one in messages if one.class_id == class_id),
            max(PER_WEEK - lately.get(class_id, 0), 0),
            tuple((staff.id, staff.name.full) for staff in who[class_id] if is_here(staff.left_on, today)),
        )
        for class_id in sorted(children, key=lambda one: natural_order(names[one]))
    )  # fmt: skip


def place_of(class_id: int, by: Actor, now: datetime) -> ClassPlace:
    """One class of the own children; any other is not there."""
    found = next((one for one in of_family(by, now) if one.class_id == class_id), None)
    if found is None:
        raise NotFound
    return found


def contact_of(contact_id: int, by: Actor, now: datetime) -> tuple[ClassPlace, Contact]:
    """A contact parent of a class in which this family has a child."""
    for place in of_family(by, now):
        for contact in place.contacts:
            if contact.id == contact_id:
                return place, contact
    raise NotFound


def own_message(message_id: int, by: Actor, now: datetime) -> tuple[ClassPlace, Written]:
    """What this parent wrote itself, as a contact parent who still is one."""
    for place in of_family(by, now):
        for one in place.messages:
            if one.id == message_id and place.own.stands:
                return place, one
    raise NotFound


def of_classes(class_ids: Collection[int], now: datetime) -> tuple[ClassContacts, ...]:
    """These classes as the school reads them."""
    session = db.session()
    return _as_read(session, class_ids, parents_of(session, class_ids, local(now).date()))


def _as_read(
    session: Session, class_ids: Collection[int], parents: Mapping[int, Mapping[int, list[Pupil]]]
) -> tuple[ClassContacts, ...]:
    asked: dict[int, list[Asked]] = defaultdict(list)
    rows = session.execute(
        select(ClassContact, Guardian)
        .join(Guardian, Guardian.id == ClassContact.guardian_id)
        .where(ClassContact.class_id.in_(class_ids))
        .order_by(ClassContact.asked_at, ClassContact.id)
    )
    for row, guardian in rows:
        there = row.state is ContactState.YES and guardian.id in parents[row.class_id]
        asked[row.class_id].append(Asked(row.id, guardian.id, guardian.name, row.shown_as, row.state, there))
    messages = _messages(session, ClassContact.class_id.in_(class_ids))
    leaders = _leaders(session, class_ids)
    names = _names(session, class_ids)
    return tuple(
        ClassContacts(
            class_id, names[class_id], tuple(staff.name for staff in leaders[class_id]), tuple(asked[class_id]),
            tuple(one for one in messages if one.class_id == class_id),
        )
        for class_id in sorted(names, key=lambda one: natural_order(names[one]))
    )  # fmt: skip


def the_class(class_id: int, now: datetime) -> ClassContacts:
    """One class with the parents who may be asked. Whose class it is, is asked by who calls."""
    session, today = db.session(), local(now).date()
    every = parents_of(session, [class_id], today)
    found = next(iter(_as_read(session, [class_id], every)), None)
    if found is None:
        raise NotFound
    parents = every[class_id]
    known = {one.guardian_id for one in found.asked if one.state is not ContactState.TAKEN_BACK}
    filed, before = named_in_file(session, class_id), _last_year(session, class_id)
    names = {row.id: row.name for row in session.scalars(select(Guardian).where(Guardian.id.in_(parents)))}
    candidates = [
        Candidate(guardian_id, names[guardian_id], tuple(dict.fromkeys(one.given_name for one in pupils)),
                  guardian_id in filed, guardian_id in before)
        for guardian_id, pupils in parents.items()
        if guardian_id not in known
    ]  # fmt: skip
    candidates.sort(key=lambda one: (not one.is_proposed, one.name.sort_key))
    return replace(found, candidates=tuple(candidates))


def proposed_in(session: Session, class_id: int) -> set[int]:
    """Whom the school's file names for this class, and who did it last year: to be asked, and nothing more."""
    return named_in_file(session, class_id) | _last_year(session, class_id)


def named_in_file(session: Session, class_id: int) -> set[int]:
    """Whom the school's file names for this class."""
    return set(session.scalars(select(ContactParent.guardian_id).where(ContactParent.class_id == class_id)))


def classes_of_year(year_id: int) -> list[int]:
    """All classes of a year."""
    return list(db.session.scalars(select(ClassGroup.id).where(ClassGroup.year_id == year_id)))


def leads(staff_id: int, class_id: int) -> bool:
    """Is this colleague a leader of this class?"""
    return db.session.get(ClassLeader, (class_id, staff_id)) is not None


def _last_year(session: Session, class_id: int) -> set[int]:
    """Who was contact parent of any class in the year before the one of this class, until it was over."""
    year = session.get_one(SchoolYear, session.get_one(ClassGroup, class_id).year_id)
    before = select(func.max(SchoolYear.starts_on)).where(SchoolYear.starts_on < year.starts_on).scalar_subquery()
    stood = (
        select(ClassContact.guardian_id)
        .join(ClassGroup, ClassGroup.id == ClassContact.class_id)
        .join(SchoolYear, SchoolYear.id == ClassGroup.year_id)
        .where(ClassContact.state == ContactState.YES, SchoolYear.starts_on == before)
    )
    return set(session.scalars(stood))


def sent_lately(session: Session, class_ids: Collection[int], now: datetime) -> dict[int, int]:
    """Per class how many messages wait, or went in the last seven days."""
    rows = session.execute(
        select(ClassContact.class_id, func.count())
        .join(ClassMessage, ClassMessage.contact_id == ClassContact.id)
        .where(
            ClassContact.class_id.in_(class_ids),
            or_(
                ClassMessage.state == MessageState.WAITING,
                and_(ClassMessage.state == MessageState.SENT, ClassMessage.decided_at > now - A_WEEK),
            ),
        )
        .group_by(ClassContact.class_id)
    )
    return {row[0]: row[1] for row in rows}


def _children_by_class(session: Session, by: Actor, today: date) -> dict[int, list[str]]:
    homes = asking.find_homes(session, by, today)
    rows = session.execute(
        select(Enrolment.class_id, Pupil.given_name)
        .join(Pupil, Pupil.id == Enrolment.pupil_id)
        .join(SchoolYear, SchoolYear.id == Enrolment.year_id)
        .where(
            Enrolment.pupil_id.in_([home.pupil_id for home in homes]), Enrolment.present, SchoolYear.ends_on >= today
        )
        .order_by(Pupil.birth_date, Pupil.id)
    )
    found: dict[int, list[str]] = {}
    for class_id, name in rows:
        found.setdefault(class_id, []).append(name)
    return found


def _own(row: ClassContact | None, contacts: Collection[Contact], own_name: str) -> OwnPlace:
    if row is None:
        return OwnPlace(None, None, own_name, Reach.FORM, stands=False)
    there = any(contact.id == row.id for contact in contacts)
    return OwnPlace(row.id, row.state, row.shown_as or own_name, row.reach, there)


def _names(session: Session, class_ids: Collection[int]) -> dict[int, str]:
    rows = session.execute(select(ClassGroup.id, ClassGroup.name).where(ClassGroup.id.in_(class_ids)))
    return {row[0]: row[1] for row in rows}


def leaders_here(session: Session, class_id: int, today: date) -> list[Staff]:
    """Who leads this class, works here still, and has a mailbox."""
    leaders = _leaders(session, [class_id]).get(class_id, [])
    return [staff for staff in leaders if staff.email and is_here(staff.left_on, today)]


def _leaders(session: Session, class_ids: Collection[int]) -> Mapping[int, list[Staff]]:
    found: dict[int, list[Staff]] = defaultdict(list)
    rows = session.execute(
        select(ClassLeader.class_id, Staff)
        .join(Staff, Staff.id == ClassLeader.staff_id)
        .where(ClassLeader.class_id.in_(class_ids))
        .order_by(ClassLeader.position)
    )
    for class_id, staff in rows:
        found[class_id].append(staff)
    return found


def _messages(session: Session, wanted: ColumnElement[bool]) -> list[Written]:
    """The newest first, each with how many of its letters have left."""
    rows = session.execute(
        select(ClassMessage, ClassContact)
        .join(ClassContact, ClassContact.id == ClassMessage.contact_id)
        .where(wanted, or_(ClassMessage.state == MessageState.SENT, ClassMessage.words != ""))
        .order_by(ClassMessage.written_at.desc(), ClassMessage.id.desc())
    ).all()
    left = _arrived(session, [row.id for row, _ in rows if row.state is MessageState.SENT])
    return [
        Written(
            row.id, contact.id, contact.class_id, contact.shown_as, row.subject, row.words, row.replies, row.state,
            row.note, row.version, row.written_at, row.decided_at, row.sent_to, row.unreached, left.get(row.id, 0),
        )
        for row, contact in rows
    ]  # fmt: skip


def _arrived(session: Session, message_ids: Collection[int]) -> dict[int, int]:
    """Of these messages: how many letters have left the house."""
    if not message_ids:
        return {}
    number = Outbox.facts["class_message_id"].as_integer()
    rows = session.execute(
        select(number, func.count())
        .where(
            Outbox.letter == Letter.CLASS_MESSAGE, Outbox.state == OutboxState.SENT, number.in_(message_ids)
        )
        .group_by(number)
    )  # fmt: skip
    return {row[0]: row[1] for row in rows}
