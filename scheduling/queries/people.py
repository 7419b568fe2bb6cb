"""Who is who: colleagues at the door, classes, pupils, their homes and guardians."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, Session, selectinload

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.links import hash_of, is_alive
from scheduling.domain.people import (
    Authority,
    Name,
    NoSuchPupil,
    OnRequest,
    StaffRole,
    is_adult,
    may_be_invited,
    natural_order,
)
from scheduling.domain.rounds import LIVE, BookingStatus
from scheduling.domain.staff import KEEPERS, NoSuchColleague, PasswordKeyDead, is_here
from scheduling.domain.timeslots import local
from scheduling.models import (
    AccessLink,
    Booking,
    ClassGroup,
    ClassLeader,
    ContactCorrection,
    ContactParent,
    Enrolment,
    Guardian,
    Guardianship,
    Lesson,
    LessonPupil,
    PasswordKey,
    Pupil,
    Round,
    RoundExclusion,
    SchoolYear,
    Staff,
    StaffMemberRole,
    Visit,
    db,
)
from scheduling.queries.bookings import speaks_for_himself
from scheduling.queries.mailings import circles_of
from scheduling.queries.once import once

FOUND_AT_MOST = 60


@dataclass(frozen=True)
class Colleague:
    """Who stands at the staff door."""

    id: int
    code: str
    name: Name
    roles: frozenset[StaffRole]
    language: str = "nl"

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.STAFF, self.id)

    def is_(self, *roles: StaffRole) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def keeps_office(self) -> bool:
        return not self.roles.isdisjoint(KEEPERS)


@dataclass(frozen=True)
class StaffLine:
    """A colleague as the office sees one. `can_enter`: has set a password."""

    id: int
    code: str
    name: Name
    email: str
    roles: tuple[StaffRole, ...]
    classes: tuple[str, ...]
    left_on: date | None
    can_enter: bool
    talks_ahead: int = 0

    def is_gone(self, today: date) -> bool:
        return not is_here(self.left_on, today)


@dataclass(frozen=True)
class ClassLine:
    """A class, who leads it, and how its families can be reached."""

    id: int
    name: str
    location: str
    room: str
    leaders: tuple[Name, ...]
    pupils: int
    by_mail: int
    on_paper: int
    nobody: int


@dataclass(frozen=True)
class PupilLine:
    """A pupil in a list. `reach`: by mail, on paper, or nobody to invite."""

    id: int
    number: str
    name: Name
    class_name: str
    is_adult: bool
    homes: int
    reach: str


@dataclass(frozen=True)
class ClassLeaderLine:
    """Who leads a class, and whose roster the office opens for it."""

    id: int
    name: Name


@dataclass(frozen=True)
class SubjectLine:
    """A subject of a class, and who teaches it."""

    name: str
    teachers: tuple[Name, ...]


@dataclass(frozen=True)
class ContactLine:
    """A contact parent of a class; other parents read the name only with consent."""

    name: Name
    consent: bool


@dataclass(frozen=True)
class ClassPage:
    id: int
    name: str
    location: str
    year: str
    room: str
    leaders: tuple[ClassLeaderLine, ...]
    pupils: tuple[PupilLine, ...]
    subjects: tuple[SubjectLine, ...]
    contacts: tuple[ContactLine, ...]


@dataclass(frozen=True)
class PeoplePage:
    """Everybody of one school year, and what asks the office's attention."""

    classes: tuple[ClassLine, ...]
    pupils: int
    guardians: int
    households: int
    without_mail: int
    shared_mailboxes: int
    corrections: int


@dataclass(frozen=True)
class GuardianLine:
    """A guardian of one pupil. `links`: personal links that still work."""

    id: int
    external_id: str
    name: Name
    relation: str
    authority: Authority
    on_request: OnRequest
    asked_on: date | None
    """When a parent without authority asked what is given."""
    email: str
    phone: str
    language: str
    interpreter: str
    receives_post: bool
    active: bool
    bounced_at: datetime | None
    secret_address: bool
    links: int

    @property
    def may_ask(self) -> bool:
        """Without authority, and still known: gets something only on request."""
        return self.active and self.authority is Authority.NO

    @property
    def is_invited(self) -> bool:
        return may_be_invited(self.authority, self.on_request, active=self.active)


@dataclass(frozen=True)
class Sibling:
    id: int
    name: Name
    class_name: str


@dataclass(frozen=True)
class HomeLine:
    household_id: int
    guardians: tuple[GuardianLine, ...]
    siblings: tuple[Sibling, ...]


@dataclass(frozen=True)
class TalkLine:
    """A talk of this pupil, or (without a moment) the reason for which the family is left out of a round."""

    round_id: int
    round_name: str
    starts_at: datetime | None
    leader: Name | None
    status: BookingStatus | None
    reason: str = ""


@dataclass(frozen=True)
class PupilPage:
    id: int
    number: str
    name: Name
    birth_date: date | None
    is_adult: bool
    parents_permitted: bool
    email: str
    phone: str
    class_id: int
    class_name: str
    year: str
    homes: tuple[HomeLine, ...]
    talks: tuple[TalkLine, ...]
    own_links: int


@dataclass(frozen=True)
class MailboxUser:
    """One who shares a mailbox; `children` are the pupils this person is a guardian of."""

    guardian_id: int
    name: Name
    household_id: int
    children: tuple[str, ...]


@dataclass(frozen=True)
class SharedMailbox:
    """One address in two homes: letters wait for nobody, but the office says whose it is."""

    email: str
    users: tuple[MailboxUser, ...]


@dataclass(frozen=True)
class CorrectionLine:
    """What a parent, or an adult pupil, wants to have corrected. A pupil has no children."""

    id: int
    name: Name
    is_pupil: bool
    children: tuple[str, ...]
    field: str
    old_value: str
    new_value: str
    proposed_at: datetime


def colleague_of_visit(key: str, now: datetime) -> Colleague | None:
    """Who signed in with this key, as long as the visit lasts and this person works here."""
    rows = _visit(db.session(), hash_of(key))
    if not rows:
        return None
    expires_at, ended_at, staff, _role = rows[0]
    if not (is_alive(expires_at, ended_at, now) and is_here(staff.left_on, local(now).date())):
        return None
    roles = frozenset(role for _, _, _, role in rows if role is not None)
    return Colleague(staff.id, staff.code, staff.name, roles, staff.language)


@once
def _visit(session: Session, key_hash: str) -> Sequence[Row[datetime, datetime | None, Staff, StaffRole | None]]:
    """A visit after signing in, with the colleague whose it is, once for each task."""
    return session.execute(
        select(Visit.expires_at, Visit.ended_at, Staff, StaffMemberRole.role)
        .join(Staff, Staff.id == Visit.staff_id)
        .outerjoin(StaffMemberRole, StaffMemberRole.staff_id == Staff.id)
        .where(Visit.key_hash == key_hash)
    ).all()


def ensure_password_key(token: str, now: datetime) -> None:
    """Does this mailed key still set a password? Looking does not use it; raises PasswordKeyDead."""
    row = db.session.scalar(select(PasswordKey).where(PasswordKey.token_hash == hash_of(token)))
    if row is None or not is_alive(row.expires_at, row.used_at, now):
        raise PasswordKeyDead


def all_staff(year_id: int | None, *, today: date) -> tuple[StaffLine, ...]:
    """Every colleague by surname; who has left stands at the end."""
    rows = db.session.scalars(select(Staff).options(selectinload(Staff.roles))).all()
    classes = _classes_by_leader(year_id)
    lines = [_staff_line(row, classes.get(row.id, ())) for row in rows]
    return tuple(sorted(lines, key=lambda line: (line.is_gone(today), *line.name.sort_key)))


def the_colleague(staff_id: int, year_id: int | None, *, now: datetime) -> StaffLine:
    """One colleague; raises NoSuchColleague."""
    row = db.session.get(Staff, staff_id)
    if row is None:
        raise NoSuchColleague
    ahead = select(func.count(Booking.id)).where(
        Booking.leader_id == staff_id, Booking.starts_at > now, Booking.status.in_(LIVE)
    )
    return _staff_line(row, _classes_by_leader(year_id).get(staff_id, ()), db.session.scalar(ahead) or 0)


def people_page(year_id: int, *, today: date) -> PeoplePage:
    """The classes of a year with their families, and what is open."""
    lines = pupils_of_class(None, year_id=year_id, today=today)
    by_class: dict[int, list[PupilLine]] = defaultdict(list)
    for class_id, line in lines:
        by_class[class_id].append(line)
    ties = db.session.execute(
        select(Guardianship.guardian_id, Guardianship.household_id, Guardian.email, Guardian.bounced_at)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .join(Enrolment, and_(Enrolment.pupil_id == Guardianship.pupil_id, Enrolment.year_id == year_id))
        .where(Enrolment.present, Guardian.active, Guardianship.is_invited)
    ).all()
    return PeoplePage(
        classes=tuple(_class_line(group, by_class[group.id]) for group in _groups(year_id)),
        pupils=len(lines),
        guardians=len({tie.guardian_id for tie in ties}),
        households=len({tie.household_id for tie in ties}),
        without_mail=len({tie.guardian_id for tie in ties if not tie.email or tie.bounced_at}),
        shared_mailboxes=len(shared_mailboxes()),
        corrections=db.session.scalar(select(func.count()).where(ContactCorrection.decided_at.is_(None))) or 0,
    )


def leaders_by_class(year_id: int) -> dict[int, tuple[Name, ...]]:
    """Who leads each class of a year; the classes in the order people expect."""
    return {group.id: _leaders(group) for group in _groups(year_id)}


def leaders_of_class(class_id: int) -> list[int]:
    """Who leads this class, the first one first."""
    led = select(ClassLeader.staff_id).where(ClassLeader.class_id == class_id)
    return list(db.session.scalars(led.order_by(ClassLeader.position)))


def class_page(class_id: int, *, today: date) -> ClassPage:
    """One class with its pupils, by surname; raises NoSuchPupil."""
    group = db.session.get(ClassGroup, class_id)
    if group is None:
        raise NoSuchPupil
    year = db.session.get_one(SchoolYear, group.year_id)
    pupils = tuple(line for _, line in pupils_of_class(class_id, year_id=group.year_id, today=today))
    leaders = tuple(ClassLeaderLine(one.staff_id, one.staff.name) for one in group.leaders)
    return ClassPage(
        group.id, group.name, group.location, year.label, group.room, leaders, pupils, _subjects(group.id),
        _contacts(group.id),
    )  # fmt: skip


def _subjects(class_id: int) -> tuple[SubjectLine, ...]:
    teachers: dict[str, list[Name]] = defaultdict(list)
    rows = db.session.execute(
        select(Lesson.subject, Staff)
        .join(Staff, Staff.id == Lesson.staff_id)
        .where(or_(Lesson.class_id == class_id, Lesson.id.in_(_lessons_of_pupils(class_id))))
        .order_by(Lesson.subject, Staff.surname, Staff.code)
    )
    for subject, colleague in rows:
        if colleague.name not in teachers[subject]:
            teachers[subject].append(colleague.name)
    return tuple(SubjectLine(subject, tuple(names)) for subject, names in teachers.items())


def _lessons_of_pupils(class_id: int) -> Select[int]:
    """Lessons of groups in which a pupil of this class is."""
    return (
        select(LessonPupil.lesson_id)
        .join(Lesson, Lesson.id == LessonPupil.lesson_id)
        .join(Enrolment, and_(Enrolment.pupil_id == LessonPupil.pupil_id, Enrolment.year_id == Lesson.year_id))
        .where(Enrolment.class_id == class_id, Enrolment.present)
    )


def _contacts(class_id: int) -> tuple[ContactLine, ...]:
    rows = db.session.execute(
        select(Guardian, ContactParent.consent)
        .join(ContactParent, ContactParent.guardian_id == Guardian.id)
        .where(ContactParent.class_id == class_id, Guardian.active.is_(True))
        .order_by(Guardian.surname, Guardian.id)
    )
    return tuple(ContactLine(guardian.name, consent) for guardian, consent in rows)


def pupils_of_class(class_id: int | None, *, year_id: int, today: date) -> tuple[tuple[int, PupilLine], ...]:
    """The pupils of a class (of all classes), by surname, each with the id of the class."""
    wanted = Enrolment.class_id == class_id if class_id else Enrolment.year_id == year_id
    return _pupil_lines(wanted, today)


def search_pupils(text: str, year_id: int, *, today: date) -> tuple[PupilLine, ...]:
    """Pupils whose name or number, or a guardian's name, address or phone, has every word of this."""
    words = [word for word in text.casefold().split() if word][:6]
    if not words:
        return ()
    matches = and_(*(_has_word(word) for word in words))
    wanted = and_(Enrolment.year_id == year_id, matches)
    return tuple(line for _, line in _pupil_lines(wanted, today, at_most=FOUND_AT_MOST))


def permits_parents(pupil_id: int, *, today: date) -> bool:
    """May the parents of this pupil of eighteen stay involved? A pupil who is younger has no say here."""
    pupil = db.session.get(Pupil, pupil_id)
    if pupil is None or not speaks_for_himself(db.session(), pupil, today):
        raise NoSuchPupil
    return pupil.parents_permitted


def pupil_page(pupil_id: int, year_id: int, *, now: datetime) -> PupilPage:
    """Everything the office knows of a pupil and the homes; raises NoSuchPupil."""
    found = db.session.execute(
        select(Pupil, ClassGroup, SchoolYear.label)
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .join(SchoolYear, SchoolYear.id == Enrolment.year_id)
        .where(Pupil.id == pupil_id)
        .order_by(Enrolment.year_id != year_id, SchoolYear.starts_on.desc())
    ).first()
    if found is None:
        raise NoSuchPupil
    pupil, group, label = found
    return PupilPage(
        id=pupil.id,
        number=pupil.number,
        name=pupil.name,
        birth_date=pupil.birth_date,
        is_adult=is_adult(pupil.birth_date, local(now).date()),
        parents_permitted=pupil.parents_permitted,
        email=pupil.email,
        phone=pupil.phone,
        class_id=group.id,
        class_name=group.name,
        year=label,
        homes=_homes(pupil_id, group.year_id, now),
        talks=_talks(pupil_id),
        own_links=_links(AccessLink.pupil_id, [pupil_id], now)[pupil_id],
    )


def shared_mailboxes() -> tuple[SharedMailbox, ...]:
    """Addresses that two people use who never share a home."""
    twice = (
        select(func.lower(Guardian.email))
        .where(Guardian.email != "", Guardian.active)
        .group_by(func.lower(Guardian.email))
        .having(func.count() > 1)
    )
    users: dict[str, dict[int, list[tuple[Guardian, int, str]]]] = defaultdict(lambda: defaultdict(list))
    for guardian, household_id, child in db.session.execute(
        select(Guardian, Guardianship.household_id, Pupil.given_name)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .join(Pupil, Pupil.id == Guardianship.pupil_id)
        .where(func.lower(Guardian.email).in_(twice), Guardian.active, Guardianship.is_invited)
        .order_by(Guardian.id, Pupil.given_name)
    ):
        users[guardian.email.casefold()][guardian.id].append((guardian, household_id, child))
    found = []
    for email, people in sorted(users.items()):
        homes = [{household_id for _, household_id, _ in ties} for ties in people.values()]
        if len(people) > 1 and any(homes[0].isdisjoint(home) for home in homes[1:]):
            found.append(SharedMailbox(email, tuple(_mailbox_user(ties) for ties in people.values())))
    return tuple(found)


def open_corrections() -> tuple[CorrectionLine, ...]:
    """What parents and adult pupils asked to correct and nobody has decided, the oldest first."""
    rows = db.session.scalars(
        select(ContactCorrection)
        .where(ContactCorrection.decided_at.is_(None))
        .options(selectinload(ContactCorrection.guardian), selectinload(ContactCorrection.pupil))
        .order_by(ContactCorrection.proposed_at, ContactCorrection.id)
    ).all()
    children = _children([row.guardian_id for row in rows if row.guardian_id])
    return tuple(
        CorrectionLine(
            row.id, row.person.name, row.pupil_id is not None, children.get(row.guardian_id or 0, ()), row.field,
            row.old_value, row.new_value, row.proposed_at,
        )
        for row in rows
    )  # fmt: skip


def _pupil_lines(
    wanted: ColumnElement[bool], today: date, *, at_most: int | None = None
) -> tuple[tuple[int, PupilLine], ...]:
    rows = db.session.execute(
        select(Pupil, ClassGroup.id, ClassGroup.name)
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .where(wanted, Enrolment.present)
    ).all()
    shown = sorted(rows, key=lambda row: (*row[0].name.sort_key, row[0].id))[:at_most]
    circles = circles_of(db.session(), [pupil.id for pupil, _, _ in shown], today)
    lines = []
    for pupil, class_id, class_name in shown:
        circle = circles[pupil.id]
        told = circle.audience(None)
        reach = "mail" if told.to else "paper" if told.on_paper else "nobody"
        homes = len({contact.household_id for contact in circle.contacts})
        adult = is_adult(pupil.birth_date, today)
        lines.append((class_id, PupilLine(pupil.id, pupil.number, pupil.name, class_name, adult, homes, reach)))
    return tuple(lines)


def _has_word(word: str) -> ColumnElement[bool]:
    escaped = word.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    like = f"%{escaped}%"
    own = or_(
        *(func.lower(column).like(like, escape="\\") for column in (Pupil.given_name, Pupil.surname, Pupil.number))
    )
    theirs = (Guardian.given_name, Guardian.surname, Guardian.email, Guardian.phone, Guardian.external_id)
    guardians = (
        select(Guardianship.pupil_id)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(or_(*(func.lower(column).like(like, escape="\\") for column in theirs)))
    )
    return or_(own, Pupil.id.in_(guardians))


def _groups(year_id: int) -> list[ClassGroup]:
    rows = db.session.scalars(
        select(ClassGroup)
        .where(ClassGroup.year_id == year_id)
        .options(selectinload(ClassGroup.leaders).selectinload(ClassLeader.staff))
    )
    return sorted(rows, key=lambda group: (natural_order(group.name), group.location))


def _class_line(group: ClassGroup, pupils: list[PupilLine]) -> ClassLine:
    reach = Counter(line.reach for line in pupils)
    return ClassLine(
        group.id, group.name, group.location, group.room, _leaders(group), len(pupils), reach["mail"], reach["paper"],
        reach["nobody"],
    )  # fmt: skip


def _leaders(group: ClassGroup) -> tuple[Name, ...]:
    return tuple(leader.staff.name for leader in group.leaders)


def _staff_line(row: Staff, classes: Collection[str], talks: int = 0) -> StaffLine:
    roles = tuple(sorted(role.role for role in row.roles))
    can_enter = row.password_hash is not None and bool(row.email)
    return StaffLine(row.id, row.code, row.name, row.email, roles, tuple(classes), row.left_on, can_enter, talks)


def _classes_by_leader(year_id: int | None) -> dict[int, list[str]]:
    found: dict[int, list[str]] = defaultdict(list)
    for staff_id, name in db.session.execute(
        select(ClassLeader.staff_id, ClassGroup.name)
        .join(ClassGroup, ClassGroup.id == ClassLeader.class_id)
        .where(ClassGroup.year_id == year_id)
        .order_by(ClassGroup.name)
    ):
        found[staff_id].append(name)
    return found


def _homes(pupil_id: int, year_id: int, now: datetime) -> tuple[HomeLine, ...]:
    ties = db.session.scalars(
        select(Guardianship)
        .where(Guardianship.pupil_id == pupil_id)
        .options(selectinload(Guardianship.guardian))
        .order_by(Guardianship.position, Guardianship.id)
    ).all()
    links = _links(AccessLink.guardian_id, [tie.guardian_id for tie in ties], now)
    guardians: dict[int, list[GuardianLine]] = defaultdict(list)
    for tie in ties:
        guardians[tie.household_id].append(_guardian_line(tie, links[tie.guardian_id]))
    siblings = _siblings(pupil_id, list(guardians), year_id)
    return tuple(HomeLine(home, tuple(people), siblings[home]) for home, people in guardians.items())


def _guardian_line(tie: Guardianship, links: int) -> GuardianLine:
    person = tie.guardian
    return GuardianLine(
        id=person.id, external_id=person.external_id, name=person.name, relation=tie.relation,
        authority=tie.authority, on_request=tie.on_request, asked_on=tie.asked_on, email=person.email,
        phone=person.phone, language=person.language,
        interpreter=tie.interpreter, receives_post=tie.receives_post, active=person.active,
        bounced_at=person.bounced_at, secret_address=person.secret_address, links=links,
    )  # fmt: skip


def _siblings(pupil_id: int, homes: Collection[int], year_id: int) -> dict[int, tuple[Sibling, ...]]:
    found: dict[int, dict[int, Sibling]] = defaultdict(dict)
    for household_id, pupil, class_name in db.session.execute(
        select(Guardianship.household_id, Pupil, ClassGroup.name)
        .join(Pupil, Pupil.id == Guardianship.pupil_id)
        .join(Enrolment, and_(Enrolment.pupil_id == Pupil.id, Enrolment.year_id == year_id))
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .where(Guardianship.household_id.in_(homes), Pupil.id != pupil_id, Enrolment.present)
        .order_by(Pupil.given_name, Pupil.id)
    ):
        found[household_id][pupil.id] = Sibling(pupil.id, pupil.name, class_name)
    return {home: tuple(found[home].values()) for home in homes}


def _talks(pupil_id: int) -> tuple[TalkLine, ...]:
    booked = db.session.execute(
        select(Booking, Round.name, Staff)
        .join(Round, Round.id == Booking.round_id)
        .join(Staff, Staff.id == Booking.leader_id)
        .where(Booking.pupil_id == pupil_id)
        .order_by(Booking.starts_at)
    )
    talks = [TalkLine(row.round_id, name, row.starts_at, leader.name, row.status) for row, name, leader in booked]
    left_out = db.session.execute(
        select(RoundExclusion.round_id, Round.name, RoundExclusion.reason)
        .join(Round, Round.id == RoundExclusion.round_id)
        .where(RoundExclusion.pupil_id == pupil_id)
    )
    return (*talks, *(TalkLine(round_id, name, None, None, None, reason) for round_id, name, reason in left_out))


def _links(column: InstrumentedAttribute[int | None], holders: Collection[int], now: datetime) -> Counter[int]:
    rows = db.session.execute(
        select(column, func.count())
        .where(column.in_(holders), AccessLink.revoked_at.is_(None), AccessLink.expires_at > now)
        .group_by(column)
    )
    return Counter({holder: count for holder, count in rows if holder is not None})


def _mailbox_user(ties: list[tuple[Guardian, int, str]]) -> MailboxUser:
    guardian, household_id, _ = ties[0]
    return MailboxUser(guardian.id, guardian.name, household_id, tuple(dict.fromkeys(child for _, _, child in ties)))


def _children(guardian_ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    """Per guardian the children, each with the newest class: a name alone may be two pupils'."""
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for guardian_id, pupil_id, name, class_name in db.session.execute(
        select(Guardianship.guardian_id, Pupil.id, Pupil.given_name, ClassGroup.name)
        .join(Pupil, Pupil.id == Guardianship.pupil_id)
        .outerjoin(Enrolment, (Enrolment.pupil_id == Pupil.id) & Enrolment.present.is_(True))
        .outerjoin(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .where(Guardianship.guardian_id.in_(guardian_ids))
        .order_by(Pupil.given_name, Pupil.id, Enrolment.year_id.desc())
    ):
        found[guardian_id].setdefault(pupil_id, f"{name} ({class_name})" if class_name else name)
    return {guardian_id: tuple(found[guardian_id].values()) for guardian_id in guardian_ids}
