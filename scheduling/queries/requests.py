"""Whom families want to speak on a contact evening, and whom the school would like to see: asked, said, and by whom.

Asked from where one home stands: what another home of the same child asked is never loaded for a family.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, Select, and_, func, select
from sqlalchemy.orm import Session

from scheduling.domain.journal import Actor
from scheduling.domain.people import Name, is_adult, natural_order
from scheduling.domain.requests import AskingRules, Choice, NoRequestsHere, Some, asks_until
from scheduling.domain.rounds import RoundMode
from scheduling.domain.timeslots import local
from scheduling.domain.wishes import Asking, Wisher, asking
from scheduling.models import (
    AskingRule,
    ClassGroup,
    ClassLeader,
    Enrolment,
    Guardian,
    Guardianship,
    LeaderOpening,
    NoTalkNeeded,
    Pupil,
    Round,
    RoundClass,
    RoundExclusion,
    Slot,
    Staff,
    StandingRound,
    TalkRequest,
    db,
)
from scheduling.queries import bookings
from scheduling.queries import wishes as wishing
from scheduling.queries.bookings import Home
from scheduling.queries.lessons import teachers_of
from scheduling.queries.wishes import AskedHome, Child, WishPage


@dataclass(frozen=True)
class Teacher:
    """A colleague who teaches a child; `leads`: as mentor of the class."""

    id: int
    name: Name
    subjects: tuple[str, ...]
    leads: bool


@dataclass(frozen=True)
class AskedTeacher:
    """A colleague whom the family wants to speak, or who would like to speak the family."""

    teacher: Teacher
    slots: int = 1


@dataclass(frozen=True)
class ChildRequests:
    """What one home says of one child: the first wish first."""

    pupil_id: int
    name: str
    class_name: str
    teachers: tuple[Teacher, ...]
    asked: tuple[AskedTeacher, ...]
    obliged: tuple[AskedTeacher, ...]
    """Who would like to speak this family."""
    none_needed: bool
    has_time: bool

    @property
    def is_said(self) -> bool:
        return bool(self.asked) or self.none_needed

    @property
    def has_two_mentors(self) -> bool:
        """May the family ask for one of both?"""
        return sum(teacher.leads for teacher in self.teachers) > 1

    def at(self, place: int) -> AskedTeacher | None:
        """The wish at this place, 1 being the first."""
        return self.asked[place - 1] if place <= len(self.asked) else None


@dataclass(frozen=True)
class RequestPage:
    """The page on which a home says whom it wants to speak, and when; one page for all its children."""

    when: WishPage
    rules: AskingRules
    minutes: int
    children: tuple[ChildRequests, ...]

    @property
    def is_said(self) -> bool:
        return any(child.is_said for child in self.children)


@dataclass(frozen=True)
class HomeRequests:
    """One home in the office's list: whose children, and what it asked."""

    wisher: Wisher
    children: tuple[str, ...]
    guardians: tuple[Name, ...]
    phone: str
    reached: bool
    """By mail."""
    asked: tuple[str, ...]
    """Who is asked for, as "Sami: Anna de Vries"."""
    obliged: tuple[str, ...]
    none_needed: tuple[str, ...]
    """The children for whom no talk is needed."""
    said_at: datetime | None
    said_by: str

    @property
    def answered(self) -> bool:
        return bool(self.asked or self.none_needed)


@dataclass(frozen=True)
class RoundRequests:
    """Every home of a contact evening, and how many talks are asked of whom."""

    round_id: int
    round_name: str
    until: datetime
    rules: AskingRules
    homes: tuple[HomeRequests, ...]
    chooses: bool = False
    """Families choose the times themselves."""

    def some(self, which: Some) -> tuple[HomeRequests, ...]:
        """The homes of this kind."""
        return tuple(home for home in self.homes if _is_one_of(home, which))


def _is_one_of(home: HomeRequests, which: Some) -> bool:
    return {
        Some.ALL: True,
        Some.SILENT: not home.answered,
        Some.ASKED: bool(home.asked),
        Some.NONE_NEEDED: bool(home.none_needed),
        Some.OBLIGATORY: bool(home.obliged),
        Some.UNREACHED: not home.reached and not home.answered,
    }[which]


@dataclass(frozen=True)
class Seen:
    """One family as a teacher may mark it: a pupil with one of its homes."""

    pupil_id: int
    household_id: int | None
    """None: an adult pupil who speaks for himself."""
    name: Name
    class_name: str
    home: str
    """Whose home it is; empty where the pupil has one home."""
    place: int | None
    """At which place this family asked for the teacher; None: it did not."""
    double: bool
    obligatory: bool

    @property
    def key(self) -> str:
        """How a form names this line."""
        return f"{self.pupil_id}-{self.household_id or 0}"


@dataclass(frozen=True)
class TeacherPage:
    """Everybody a teacher teaches in a round that asks for teachers."""

    round_id: int
    round_name: str
    until: datetime
    asking: Asking
    classes: tuple[str, ...]
    families: tuple[Seen, ...]

    @property
    def asked(self) -> int:
        return sum(one.place is not None for one in self.families)

    @property
    def marked(self) -> int:
        return sum(one.obligatory for one in self.families)


@dataclass(frozen=True)
class AskedChild:
    """What a home asked about one child, as a letter tells it."""

    child: str
    teachers: tuple[Name, ...]
    none_needed: bool


def rules_of(session: Session, round_id: int) -> AskingRules:
    """What this round lets families ask."""
    row = session.get(AskingRule, round_id)
    return AskingRules(row.most_per_child, row.double_allowed, row.answer_hours) if row else AskingRules()


def ensure_asks(session: Session, round_id: int) -> tuple[Round, datetime]:
    """The round, and until when it asks families whom they want to speak."""
    found = session.get(Round, round_id)
    until = until_of(found) if found else None
    if found is None or until is None or not wishing.asks_for_teachers(session, found):
        raise NoRequestsHere
    return found, until


def until_of(found: Round) -> datetime | None:
    """Until when this round asks families whom they want to speak, if it does."""
    return asks_until(
        found.mode, wishes_until=found.wishes_until, closes_at=found.closes_at, ends_on=found.ends_on
    )  # fmt: skip


def asking_of(session: Session, found: Round, until: datetime, teacher_id: int, now: datetime) -> Asking:
    """How far one colleague is with asking: where families choose times themselves, until the round closes."""
    if found.mode is RoundMode.PICK:
        return asking(until, now, has_time=now >= until)
    return asking(until, now, has_time=session.get(LeaderOpening, (found.id, teacher_id)) is not None)


def asks_here(round_id: int) -> bool:
    """Does this round ask families whom they want to speak?"""
    session = db.session()
    found = session.get(Round, round_id)
    return found is not None and until_of(found) is not None and wishing.asks_for_teachers(session, found)


def chooses_here(round_id: int) -> bool:
    """Do families choose the times with several teachers by themselves in this round?"""
    found = db.session.get(Round, round_id)
    return found is not None and found.mode is RoundMode.PICK and wishing.asks_for_teachers(db.session(), found)


def family_page(by: Actor, round_id: int, now: datetime) -> RequestPage:
    """What one person of a family is asked, with what the own home said already."""
    session = db.session()
    found, _ = ensure_asks(session, round_id)
    homes = bookings.find_homes(session, by, local(now).date())
    return _page(session, found, homes, wishing.family_page(by, round_id, now))


def office_page(round_id: int, wisher: Wisher, now: datetime) -> RequestPage:
    """The same for the office, which writes down what a family says on the phone or on paper."""
    session = db.session()
    found, _ = ensure_asks(session, round_id)
    homes = wishing.find_homes_of(session, wisher, local(now).date())
    return _page(session, found, homes, wishing.office_page(round_id, wisher, now))


def teachers_by_child(session: Session, found: Round, pupil_ids: Collection[int]) -> dict[int, tuple[Teacher, ...]]:
    """Whom the parents of each child may ask: the mentor first, and never the child's own parent."""
    teachings = teachers_of(pupil_ids, year_id=found.year_id, on=found.starts_on, session=session)
    wanted = {one.staff_id for own in teachings.values() for one in own}
    names = {one.id: one.name for one in session.scalars(select(Staff).where(Staff.id.in_(wanted)))}
    own_parents = _own_parents(session, pupil_ids)
    by_child = {}
    for pupil_id, own in teachings.items():
        subjects: dict[int, list[str]] = {}
        for one in own:
            subjects.setdefault(one.staff_id, []).append(one.subject)
        by_child[pupil_id] = tuple(
            Teacher(staff_id, names[staff_id], tuple(filter(None, said)), leads="" in said)
            for staff_id, said in subjects.items()
            if staff_id not in own_parents.get(pupil_id, ())
        )
    return by_child


def standing_requests(session: Session, round_id: int, pupil_ids: Collection[int]) -> list[TalkRequest]:
    """What is asked for these children and not withdrawn, in the order in which each home wants it."""
    wanted = select(TalkRequest).where(
        TalkRequest.round_id == round_id, TalkRequest.pupil_id.in_(pupil_ids), TalkRequest.withdrawn_at.is_(None)
    )
    return list(session.scalars(wanted.order_by(TalkRequest.place, TalkRequest.id)))


def requests_of(session: Session, round_id: int, wisher: Wisher, pupil_ids: Collection[int]) -> list[TalkRequest]:
    """What this home asked, and what the school asked of it."""
    own = standing_requests(session, round_id, pupil_ids)
    return [row for row in own if row.household_id == wisher.household_id]


def room_left(session: Session, round_id: int) -> dict[int, int]:
    """Per colleague how many times are left after what is asked."""
    times = select(Slot.leader_id, func.count()).where(Slot.round_id == round_id, ~Slot.blocked)
    asked = select(TalkRequest.teacher_id, func.sum(TalkRequest.slots)).where(
        TalkRequest.round_id == round_id, TalkRequest.withdrawn_at.is_(None), TalkRequest.done_at.is_(None)
    )
    room = dict(iter(session.execute(times.group_by(Slot.leader_id))))
    for teacher, slots in session.execute(asked.group_by(TalkRequest.teacher_id)):
        room[teacher] = room.get(teacher, 0) - slots
    return room


def find_none_needed(session: Session, round_id: int, wisher: Wisher, pupil_ids: Collection[int]) -> list[NoTalkNeeded]:
    """The children of whom this home said that no talk is needed."""
    wanted = select(NoTalkNeeded).where(
        NoTalkNeeded.round_id == round_id, NoTalkNeeded.pupil_id.in_(pupil_ids), _is_home(NoTalkNeeded, wisher)
    )
    return list(session.scalars(wanted))


def _is_home(model: type[NoTalkNeeded], wisher: Wisher) -> ColumnElement[bool]:
    if wisher.household_id is None:
        return model.household_id.is_(None)
    return model.household_id == wisher.household_id


@dataclass(frozen=True)
class MorePage:
    """After the roster: whom a family may still ask about its children."""

    round_id: int
    round_name: str
    children: tuple[ChildRequests, ...]


def more_page(by: Actor, round_id: int, now: datetime) -> MorePage:
    """The colleagues who show their times by now and whom the family did not ask yet, child by child."""
    session = db.session()
    found, _ = ensure_asks(session, round_id)
    homes = bookings.find_homes(session, by, local(now).date())
    asked = [child.pupil_id for one in wishing.asked_homes(session, round_id, homes) for child in one.children]
    children = [child_after(session, found, home) for home in homes if home.pupil_id in asked]
    return MorePage(round_id, found.name, tuple(child for child in children if child.teachers))


def child_after(session: Session, found: Round, home: Home) -> ChildRequests:
    """One child as it stands after the roster; `teachers`: who may still be asked."""
    asked = next(iter(wishing.asked_homes(session, found.id, [home])), None)
    if asked is None:
        raise NoRequestsHere
    opened = set(session.scalars(select(LeaderOpening.leader_id).where(LeaderOpening.round_id == found.id)))
    known = teachers_by_child(session, found, [home.pupil_id])
    child = next(iter(_children(session, found.id, asked, known)))
    had = {one.teacher.id for one in (*child.asked, *child.obliged)}
    left = len(child.asked) < rules_of(session, found.id).most_per_child
    free = tuple(one for one in child.teachers if one.id in opened and one.id not in had) if left else ()
    return replace(child, teachers=free)


def evenings_after(by: Actor, year_id: int, now: datetime) -> list[tuple[int, str]]:
    """The contact evenings to come in which this family may still ask for a talk, by number and name."""
    session = db.session()
    rounds = [
        one
        for one in wishing.evenings_to_come(session, year_id, now)
        if one.mode is not RoundMode.PICK and one.wishes_until is not None
    ]
    return [(one.id, one.name) for one in rounds if more_page(by, one.id, now).children]


def asked_by_child(session: Session, round_id: int, wisher: Wisher, on: date) -> tuple[AskedChild, ...]:
    """What this home asked, child by child; a child of whom nothing was said is not named."""
    pupil_ids = [home.pupil_id for home in wishing.find_homes_of(session, wisher, on)]
    rows = [row for row in requests_of(session, round_id, wisher, pupil_ids) if row.wanted]
    none = {row.pupil_id for row in find_none_needed(session, round_id, wisher, pupil_ids)}
    names = {
        one.id: one.name for one in session.scalars(select(Staff).where(Staff.id.in_([r.teacher_id for r in rows])))
    }
    pupils = session.scalars(select(Pupil).where(Pupil.id.in_(pupil_ids)).order_by(Pupil.birth_date, Pupil.id))
    found = [
        AskedChild(
            pupil.given_name, tuple(names[row.teacher_id] for row in rows if row.pupil_id == pupil.id), pupil.id in none
        )
        for pupil in pupils
    ]
    return tuple(one for one in found if one.teachers or one.none_needed)


def round_requests(round_id: int, now: datetime) -> RoundRequests:
    """Every home of a round: what it asked, or how it can be asked."""
    session = db.session()
    found, until = ensure_asks(session, round_id)
    pupils = {row.id: row for row in session.scalars(_pupils_of(round_id))}
    rows = _by_home(standing_requests(session, round_id, list(pupils)))
    needless = _needless(session, round_id)
    names = {one.id: one.name for one in session.scalars(select(Staff))}
    parents = {one.id: one.name for one in session.scalars(select(Guardian).where(Guardian.id.in_(_askers(rows))))}
    homes = []
    for line in wishing.homes_of_round(round_id, until, now):
        own = sorted(rows.get(line.wisher, []), key=lambda row: row.pupil_id)
        none = needless.get(line.wisher, [])
        said: list[TalkRequest | NoTalkNeeded] = [*(row for row in own if row.wanted), *none]
        latest = max(said, key=_at, default=None)
        homes.append(
            HomeRequests(
                line.wisher, line.children, line.guardians, line.phone, line.reached,
                asked=_lines((row for row in own if row.wanted), pupils, names),
                obliged=_lines((row for row in own if row.obligatory), pupils, names),
                none_needed=tuple(pupils[row.pupil_id].given_name for row in none if row.pupil_id in pupils),
                said_at=_at(latest) if latest else None,
                said_by=_name_of(latest, names, parents) if latest else "",
            )
        )  # fmt: skip
    return RoundRequests(
        round_id, found.name, until, rules_of(session, round_id), tuple(homes), found.mode is RoundMode.PICK
    )


def teacher_page(leader_id: int, round_id: int, now: datetime) -> TeacherPage:
    """The families of everybody this colleague teaches: who asked for a talk, and whom the colleague wants to see."""
    session = db.session()
    found, until = ensure_asks(session, round_id)
    families = families_of(session, found, leader_id, local(now).date())
    classes = sorted({one.class_name for one in families}, key=natural_order)
    return TeacherPage(
        round_id, found.name, until, asking_of(session, found, until, leader_id, now), tuple(classes), tuple(families)
    )


def families_of(session: Session, found: Round, teacher_id: int, on: date) -> list[Seen]:
    """Each pupil this colleague teaches in a round, once for every home that is invited; by class and name."""
    people = _people(session, found, teacher_id)
    marks = {
        (row.pupil_id, row.household_id): row
        for row in standing_requests(session, found.id, {pupil.id for pupil, *_ in people})
        if row.teacher_id == teacher_id
    }
    homes: dict[tuple[int, int | None], list[Name]] = defaultdict(list)
    pupils: dict[int, tuple[Pupil, str]] = {}
    for pupil, group, tie, guardian in people:
        pupils[pupil.id] = (pupil, group)
        if is_adult(pupil.birth_date, on):
            homes[pupil.id, None] = []
        elif tie and guardian and tie.is_invited and guardian.active:
            homes[pupil.id, tie.household_id].append(guardian.name)
    several = {pupil_id for pupil_id in pupils if sum(one == pupil_id for one, _ in homes) > 1}
    found_lines = [
        _seen(
            *pupils[pupil_id], household_id, names if pupil_id in several else (), marks.get((pupil_id, household_id))
        )
        for (pupil_id, household_id), names in homes.items()
    ]
    return sorted(found_lines, key=lambda one: (natural_order(one.class_name), one.name.sort_key, one.key))


def rounds_asking(leader_id: int, year_id: int) -> list[tuple[int, str]]:
    """The rounds of a year in which this colleague may say whom to see, by number and name."""
    session = db.session()
    asks = [
        one
        for one in wishing.evenings_of(session, year_id)
        if one.wishes_until is not None or one.mode is RoundMode.PICK
    ]
    return [(found.id, found.name) for found in asks if _taught(session, found, leader_id)]


@dataclass(frozen=True)
class Passed:
    """What was asked of a colleague who no longer teaches the child goes to another, or (None) to nobody."""

    request_id: int
    teacher: Teacher | None


def passed_on(
    session: Session, *, changed_class: Collection[int], left: Collection[int], on: date
) -> tuple[Passed, ...]:
    """What becomes of the requests about these pupils in rounds to come, now that they are in other classes or gone.

    A mentor is followed by the new mentor, and a teacher by who gives that subject now.
    """
    wanted = (
        select(TalkRequest, Round)
        .join(Round, Round.id == TalkRequest.round_id)
        .where(
            TalkRequest.pupil_id.in_([*changed_class, *left]), TalkRequest.withdrawn_at.is_(None),
            TalkRequest.done_at.is_(None), Round.ends_on >= on,
            Round.id.not_in(select(StandingRound.round_id)),
        )
        .order_by(TalkRequest.place, TalkRequest.id)
    )  # fmt: skip
    by_round: dict[Round, list[TalkRequest]] = defaultdict(list)
    for request, found in session.execute(wanted):
        by_round[found].append(request)
    return tuple(one for found, rows in by_round.items() for one in _passed_on(session, found, rows, left))


def _passed_on(
    session: Session, found: Round, rows: Sequence[TalkRequest], left: Collection[int]
) -> Iterable[Passed]:  # fmt: skip
    here = {pupil.id for pupil in session.scalars(_pupils_of(found.id))} - set(left)
    teachers = teachers_by_child(session, found, here & {row.pupil_id for row in rows})
    mentors = set(
        session.scalars(
            select(ClassLeader.staff_id)
            .join(RoundClass, RoundClass.class_id == ClassLeader.class_id)
            .where(RoundClass.round_id == found.id)
        )
    )
    asked = {(row.pupil_id, row.household_id, row.teacher_id) for row in rows}
    for row in rows:
        own = teachers.get(row.pupil_id, ())
        if row.teacher_id in {one.id for one in own}:
            continue
        like = [one for one in own if _follows(one, row, was_mentor=row.teacher_id in mentors)] if row.wanted else []
        new = next((one for one in like if (row.pupil_id, row.household_id, one.id) not in asked), None)
        if new:
            asked.add((row.pupil_id, row.household_id, new.id))
        yield Passed(row.id, new)


def _follows(teacher: Teacher, row: TalkRequest, *, was_mentor: bool) -> bool:
    return teacher.leads if was_mentor else bool(set(teacher.subjects) & set(row.subject.split(", ")))


def rounds_to_mark(leader_id: int, year_id: int) -> list[tuple[int, str]]:
    """Those of them in which this colleague's times are not there yet: it still counts whom to see."""
    session = db.session()
    rounds = rounds_asking(leader_id, year_id)
    if not rounds:
        return []
    opened = set(session.scalars(select(LeaderOpening.round_id).where(LeaderOpening.leader_id == leader_id)))
    return [one for one in rounds if one[0] not in opened]


def is_taught_by(session: Session, found: Round, pupil_id: int, teacher_id: int) -> bool:
    """Does this colleague really teach this pupil?"""
    own = teachers_of([pupil_id], year_id=found.year_id, on=found.starts_on, session=session)
    return any(one.staff_id == teacher_id for one in own[pupil_id])


def _page(session: Session, found: Round, homes: Sequence[Home], when: WishPage) -> RequestPage:
    asked = wishing.asked_homes(session, found.id, homes)
    teachers = teachers_by_child(session, found, [child.pupil_id for one in asked for child in one.children])
    children = [child for one in asked for child in _children(session, found.id, one, teachers)]
    return RequestPage(when, rules_of(session, found.id), found.slot_minutes, tuple(children))


def _children(
    session: Session, round_id: int, asked: AskedHome, teachers: Mapping[int, tuple[Teacher, ...]]
) -> Iterable[ChildRequests]:
    ids = [child.pupil_id for child in asked.children]
    rows = requests_of(session, round_id, asked.wisher, ids)
    none = {row.pupil_id for row in find_none_needed(session, round_id, asked.wisher, ids)}
    for child in asked.children:
        own = [row for row in rows if row.pupil_id == child.pupil_id]
        yield _child(child, teachers.get(child.pupil_id, ()), own, none_needed=child.pupil_id in none)


def _child(
    child: Child, teachers: tuple[Teacher, ...], rows: Sequence[TalkRequest], *, none_needed: bool
) -> ChildRequests:
    known = {one.id: one for one in teachers}
    asked = [AskedTeacher(known[row.teacher_id], row.slots) for row in rows if row.wanted and row.teacher_id in known]
    obliged = [
        AskedTeacher(known[row.teacher_id], row.slots) for row in rows if row.obligatory and row.teacher_id in known
    ]
    return ChildRequests(
        child.pupil_id, child.name, child.class_name, teachers, tuple(asked), tuple(obliged), none_needed,
        child.has_time,
    )  # fmt: skip


def choices_of(child: ChildRequests) -> tuple[Choice, ...]:
    """What stands there, as it was chosen."""
    return tuple(Choice(one.teacher.id, one.slots) for one in child.asked)


def _own_parents(session: Session, pupil_ids: Collection[int]) -> dict[int, set[int]]:
    rows = session.execute(
        select(Guardianship.pupil_id, Guardian.staff_id)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.pupil_id.in_(pupil_ids), Guardian.staff_id.is_not(None))
    )
    found: dict[int, set[int]] = defaultdict(set)
    for pupil_id, staff_id in rows:
        found[pupil_id].add(staff_id or 0)
    return found


def _by_home(rows: Iterable[TalkRequest]) -> dict[Wisher, list[TalkRequest]]:
    found: dict[Wisher, list[TalkRequest]] = defaultdict(list)
    for row in rows:
        found[_wisher(row)].append(row)
    return found


def _needless(session: Session, round_id: int) -> dict[Wisher, list[NoTalkNeeded]]:
    found: dict[Wisher, list[NoTalkNeeded]] = defaultdict(list)
    for row in session.scalars(select(NoTalkNeeded).where(NoTalkNeeded.round_id == round_id)):
        found[_wisher(row)].append(row)
    return found


def _wisher(row: TalkRequest | NoTalkNeeded) -> Wisher:
    if row.household_id is None:
        return Wisher(pupil_id=row.pupil_id)
    return Wisher(household_id=row.household_id)


def _askers(rows: Mapping[Wisher, Sequence[TalkRequest]]) -> set[int]:
    return {row.guardian_id for own in rows.values() for row in own if row.guardian_id}


def _at(row: TalkRequest | NoTalkNeeded) -> datetime:
    return row.asked_at if isinstance(row, TalkRequest) else row.said_at


def _name_of(row: TalkRequest | NoTalkNeeded, colleagues: Mapping[int, Name], parents: Mapping[int, Name]) -> str:
    name = colleagues.get(row.staff_id or 0) or parents.get(row.guardian_id or 0)
    return name.full if name else ""


def _lines(rows: Iterable[TalkRequest], pupils: Mapping[int, Pupil], names: Mapping[int, Name]) -> tuple[str, ...]:
    return tuple(f"{pupils[row.pupil_id].given_name}: {names[row.teacher_id].full}" for row in rows)


def _seen(pupil: Pupil, group: str, household_id: int | None, home: Sequence[Name], row: TalkRequest | None) -> Seen:
    return Seen(
        pupil.id, household_id, pupil.name, group, ", ".join(name.full for name in home),
        place=row.place if row and row.wanted else None, double=bool(row and row.slots > 1),
        obligatory=bool(row and row.obligatory),
    )  # fmt: skip


def _pupils_of(round_id: int) -> Select[Pupil]:
    return (
        select(Pupil)
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .where(RoundClass.round_id == round_id, Enrolment.present)
    )


def _taught(session: Session, found: Round, teacher_id: int) -> set[int]:
    """The pupils of the round whom this colleague teaches."""
    pupils = [row.id for row in session.scalars(_pupils_of(found.id))]
    teachings = teachers_of(pupils, year_id=found.year_id, on=found.starts_on, session=session)
    return {pupil_id for pupil_id, own in teachings.items() if any(one.staff_id == teacher_id for one in own)}


def _people(
    session: Session, found: Round, teacher_id: int
) -> list[tuple[Pupil, str, Guardianship | None, Guardian | None]]:
    own_child = select(Guardianship.pupil_id).join(Guardian, Guardian.id == Guardianship.guardian_id)
    rows = session.execute(
        select(Pupil, ClassGroup.name, Guardianship, Guardian)
        .join(Enrolment, and_(Enrolment.pupil_id == Pupil.id, Enrolment.year_id == found.year_id))
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .outerjoin(Guardianship, Guardianship.pupil_id == Pupil.id)
        .outerjoin(Guardian, Guardian.id == Guardianship.guardian_id)
        .outerjoin(
            RoundExclusion, and_(RoundExclusion.round_id == found.id, RoundExclusion.pupil_id == Pupil.id)
        )
        .where(
            Pupil.id.in_(_taught(session, found, teacher_id)), RoundExclusion.pupil_id.is_(None), Enrolment.present,
            Pupil.id.not_in(own_child.where(Guardian.staff_id == teacher_id)),
        )
        .order_by(Guardianship.position)
    )  # fmt: skip
    return [(pupil, group, tie, guardian) for pupil, group, tie, guardian in rows]
