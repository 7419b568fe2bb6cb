"""OneRoster: a school in sheets that refer to each other; joined into pupils, guardians, staff, classes and lessons."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TypeVar

from scheduling.domain.imports import (
    ClassRecord,
    GuardianRecord,
    LessonRecord,
    PartialRecord,
    Place,
    Problem,
    PupilRecord,
    Record,
    Seat,
    Severity,
    StaffRecord,
    problem,
)
from scheduling.domain.people import Authority, StaffRole

P = TypeVar("P", bound="OneRosterRecord")

STUDENT, TEACHER = "student", "teacher"
RELATIONS = {"parent": "ouder", "guardian": "verzorger", "relative": "familielid"}
"""Roles of those at home, each with the relation that it stands for."""

CONTACT_PERSON = "relative"
STAFF_ROLES = {
    "teacher": StaffRole.LEADER,
    "principal": StaffRole.DIRECTOR,
    "counselor": StaffRole.INTERNAL_SUPERVISOR,
    "siteadministrator": StaffRole.OFFICE,
}
"""Roles that count; a supplier's system administrator is no colleague."""

A_DAY = timedelta(days=1)


class OneRosterRecord(PartialRecord):
    """A row of one of the sheets."""

    __slots__ = ()

    @staticmethod
    def join(parts: Sequence[PartialRecord]) -> tuple[Sequence[Record], Sequence[Problem]]:
        """The people and classes of all sheets together, in the order of the sheets themselves."""
        roster = _Roster(parts)
        if missing := roster.missing_sheets():
            place = Place(parts[0].place.file)
            return (), [problem(place, "", "oneroster_incomplete", Severity.ERROR, sheets=", ".join(missing))]
        people: list[Record] = [*roster.pupils(), *roster.guardians(), *roster.staff()]
        return [*people, *roster.classes(), *roster.lessons()], roster.problems


@dataclass(frozen=True, slots=True)
class OneRosterUser(OneRosterRecord):
    id: str
    identifier: str = ""
    given_name: str = ""
    surname_prefix: str = ""
    surname: str = ""
    initials: str = ""
    email: str = ""
    phone: str = ""
    role: str = ""
    agents: tuple[str, ...] = ()
    """Who answers for this pupil, or for which pupils this person answers."""
    grades: str = ""
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class OneRosterRole(OneRosterRecord):
    user: str
    role: str
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class OneRosterClass(OneRosterRecord):
    id: str
    title: str
    homeroom: bool = False
    org: str = ""
    terms: tuple[str, ...] = ()
    course: str = ""
    subject: str = ""
    room: str = ""
    grades: str = ""
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class OneRosterEnrollment(OneRosterRecord):
    class_id: str
    user: str
    role: str
    primary: bool = False
    begins_on: date | None = None
    ends_on: date | None = None
    """The first day on which it no longer counts."""
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class OneRosterCourse(OneRosterRecord):
    id: str
    title: str
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class OneRosterOrg(OneRosterRecord):
    id: str
    name: str
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class OneRosterSession(OneRosterRecord):
    id: str
    begins_on: date | None = None
    ends_on: date | None = None
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class OneRosterBirth(OneRosterRecord):
    user: str
    born_on: date | None = None
    place: Place = field(default=Place(), compare=False)


NEEDED = {"users.csv": OneRosterUser, "classes.csv": OneRosterClass, "enrollments.csv": OneRosterEnrollment}
"""Without these sheets nobody has a class."""


class _Roster:
    """All sheets of a school, by what they refer to."""

    def __init__(self, parts: Sequence[PartialRecord]) -> None:
        self.parts = sorted(parts, key=lambda part: (part.place.file, part.place.row))
        self.problems: list[Problem] = []
        self.users = {user.id: user for user in self._of(OneRosterUser)}
        self.orgs = {org.id: org.name for org in self._of(OneRosterOrg)}
        self.sessions = {session.id: session for session in self._of(OneRosterSession)}
        self.births = {birth.user: birth.born_on for birth in self._of(OneRosterBirth)}
        self.courses = {course.id: course.title for course in self._of(OneRosterCourse)}
        self.classes_by_id = {group.id: group for group in self._of(OneRosterClass)}
        with_homerooms = any(group.homeroom for group in self.classes_by_id.values())
        self.groups = {id_: group for id_, group in self.classes_by_id.items() if group.homeroom or not with_homerooms}
        self.several_places = len({group.org for group in self.groups.values()}) > 1
        self.seats: dict[str, list[OneRosterEnrollment]] = defaultdict(list)
        self.teaching: dict[str, list[OneRosterEnrollment]] = defaultdict(list)
        self.in_lessons: dict[str, list[OneRosterEnrollment]] = defaultdict(list)
        """Per class that is not the pupils' own: everybody in it."""
        for enrollment in self._of(OneRosterEnrollment):
            group = self.classes_by_id.get(enrollment.class_id)
            if group is None or enrollment.user not in self.users or enrollment.role not in (STUDENT, TEACHER):
                continue
            if group.id in self.groups:
                kind = self.seats if enrollment.role == STUDENT else self.teaching
                kind[enrollment.user].append(enrollment)
            if not group.homeroom:
                self.in_lessons[group.id].append(enrollment)
        self.agents = self._agents()
        self.roles = self._roles()

    def missing_sheets(self) -> list[str]:
        return [name for name, kind in NEEDED.items() if not any(isinstance(part, kind) for part in self.parts)]

    def pupils(self) -> Iterator[PupilRecord]:
        """A record per enrolment in a class; the latest that still counts is chosen with all other lists."""
        for user in self._with_role(STUDENT):
            seats = self.seats[user.id]
            if not (user.given_name or user.initials):
                self.problems.append(problem(user.place, "givenName", "missing", Severity.ERROR))
            if not seats:
                self.problems.append(problem(user.place, "", "pupil_without_class", number=_number(user)))
            if len(seats) > 1 and not any(self.groups[seat.class_id].homeroom for seat in seats):
                seats = sorted(seats, key=lambda seat: self.groups[seat.class_id].title)[:1]
                facts = {"number": _number(user), "class_name": self.groups[seats[0].class_id].title}
                self.problems.append(problem(user.place, "", "oneroster_class_chosen", Severity.WARNING, **facts))
            for seat in seats:
                yield self._pupil(user, seat)

    def guardians(self) -> Iterator[GuardianRecord]:
        """Everybody at home who answers for a pupil, as the pupil's row or their own row says."""
        said = False
        for pupil in self._with_role(STUDENT):
            for position, agent in enumerate(self.agents[pupil.id], start=1):
                role = next((role for role in RELATIONS if role in self.roles[agent]), "")
                if not role:
                    continue
                if not said:
                    said = True
                    self.problems.append(problem(Place(self.users[agent].place.file), "", "authority_not_said"))
                yield self._guardian(self.users[agent], pupil, role, position)

    def staff(self) -> Iterator[StaffRecord]:
        for user in self.users.values():
            roles = tuple(STAFF_ROLES[role] for role in STAFF_ROLES if role in self.roles[user.id])
            if roles:
                classes = dict.fromkeys(self.groups[one.class_id].title for one in self.teaching[user.id])
                yield StaffRecord(
                    code=_number(user), given_name=user.given_name or user.initials,
                    surname_prefix=user.surname_prefix, surname=user.surname, email=user.email, roles=roles,
                    classes=tuple(classes), place=user.place,
                )  # fmt: skip

    def classes(self) -> Iterator[ClassRecord]:
        leaders: dict[str, list[OneRosterEnrollment]] = defaultdict(list)
        for enrollments in self.teaching.values():
            for one in enrollments:
                leaders[one.class_id].append(one)
        for group in self.groups.values():
            first_of_all = sorted(leaders[group.id], key=lambda one: not one.primary)
            codes = dict.fromkeys(_number(self.users[one.user]) for one in first_of_all)
            yield ClassRecord(
                name=group.title, location=self._location(group), year_level=group.grades, leaders=tuple(codes),
                room=group.room, place=group.place,
            )  # fmt: skip

    def lessons(self) -> Iterator[LessonRecord]:
        """Who teaches whom: everybody in a class that is not the pupils' own, as long as both are in it."""
        for id_, enrollments in self.in_lessons.items():
            group = self.classes_by_id[id_]
            subject = group.subject or self.courses.get(group.course, "") or group.title
            for teacher in (one for one in enrollments if one.role == TEACHER):
                seats = tuple(
                    Seat(_number(self.users[one.user]), *self._both(group, teacher, one))
                    for one in enrollments if one.role == STUDENT
                )  # fmt: skip
                if seats:
                    yield LessonRecord(
                        _number(self.users[teacher.user]), group.title, subject, self._location(group), seats,
                        place=group.place,
                    )  # fmt: skip

    def _both(
        self, group: OneRosterClass, one: OneRosterEnrollment, other: OneRosterEnrollment
    ) -> tuple[date | None, date | None]:
        """From the first day on which both are in the class until the first on which not both are."""
        periods = [self._period(group, one), self._period(group, other)]
        begins, ends = [day for day, _ in periods if day], [day for _, day in periods if day]
        return max(begins, default=None), min(ends, default=None)

    def _period(self, group: OneRosterClass, one: OneRosterEnrollment) -> tuple[date | None, date | None]:
        """The first day, and the first on which it no longer counts: as said, else by the terms of the class."""
        terms = [self.sessions[term] for term in group.terms if term in self.sessions]
        begins = [term.begins_on for term in terms if term.begins_on]
        ends = [term.ends_on + A_DAY for term in terms if term.ends_on]
        return one.begins_on or min(begins, default=None), one.ends_on or max(ends, default=None)

    def _pupil(self, user: OneRosterUser, seat: OneRosterEnrollment) -> PupilRecord:
        group = self.groups[seat.class_id]
        enrolled_on, left_on = self._period(group, seat)
        return PupilRecord(
            number=_number(user), given_name=user.given_name or user.initials, class_name=group.title,
            surname_prefix=user.surname_prefix, surname=user.surname, birth_date=self.births.get(user.id),
            location=self._location(group), year_level=user.grades, email=user.email,
            enrolled_on=enrolled_on, left_on=left_on, place=user.place,
        )  # fmt: skip

    def _guardian(self, user: OneRosterUser, pupil: OneRosterUser, role: str, position: int) -> GuardianRecord:
        if not user.email:
            self.problems.append(problem(user.place, "email", "email_missing"))
        if role == CONTACT_PERSON:
            self.problems.append(problem(user.place, "role", "contact_without_consent"))
        return GuardianRecord(
            pupil_number=_number(pupil), position=position, code=user.identifier or user.id, relation=RELATIONS[role],
            given_name=user.given_name, initials=user.initials, surname_prefix=user.surname_prefix,
            surname=user.surname, email=user.email, phone=user.phone,
            authority=Authority.NO if role == CONTACT_PERSON else Authority.UNKNOWN, place=user.place,
        )  # fmt: skip

    def _agents(self) -> Mapping[str, list[str]]:
        """Per pupil those who answer for it: in the pupil's own order, then whoever names the pupil."""
        agents: dict[str, list[str]] = defaultdict(list)
        for user in self.users.values():
            agents[user.id] += [agent for agent in user.agents if agent in self.users]
        for user in self.users.values():
            for other in user.agents:
                if other in self.users and user.id not in agents[other]:
                    agents[other].append(user.id)
        return agents

    def _roles(self) -> Mapping[str, set[str]]:
        """Per user the roles: as told, else by what the user does in a class, else one who answers for a pupil."""
        told: dict[str, set[str]] = defaultdict(set)
        for role in self._of(OneRosterRole):
            told[role.user].add(role.role)
        for user in self.users.values():
            if user.role:
                told[user.id].add(user.role)
        in_lessons = [one for enrollments in self.in_lessons.values() for one in enrollments]
        taught = {one.user for one in in_lessons if one.role == STUDENT}
        teaching = {one.user for one in in_lessons if one.role == TEACHER}
        for user in self.users.values():
            if not told[user.id] and (self.seats[user.id] or user.id in taught):
                told[user.id].add(STUDENT)
            if self.teaching[user.id] or user.id in teaching:
                told[user.id].add(TEACHER)
        pupils = {user for user, roles in told.items() if STUDENT in roles}
        for pupil in pupils:
            for agent in self.agents[pupil]:
                if not told[agent]:
                    told[agent].add("guardian")
        return told

    def _with_role(self, role: str) -> Iterable[OneRosterUser]:
        return (user for user in self.users.values() if role in self.roles[user.id])

    def _location(self, group: OneRosterClass) -> str:
        """Where a class is, in a school with more than one place."""
        return self.orgs.get(group.org, "") if self.several_places else ""

    def _of(self, kind: type[P]) -> Iterator[P]:
        return (part for part in self.parts if isinstance(part, kind))


def _number(user: OneRosterUser) -> str:
    """The number or code by which the school knows this person."""
    return user.identifier or user.id
