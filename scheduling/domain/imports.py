"""What school files say, and what they mean together: records, problems, identities, households."""

import hashlib
from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from enum import StrEnum
from typing import TypeVar

from scheduling.domain.kept_tables import KeptTable
from scheduling.domain.people import Authority, StaffRole
from scheduling.domain.years import DayKind

R = TypeVar("R")

NOT_YET = "aangemeld"
EDEXML = "edexml"
ICALENDAR = "icalendar"
STUDENT_LIST = "student_list"
"""A list without classes: it adds to pupils whom another list or the house knows."""
NO_LONGER = frozenset({"uitgeschreven", "vertrokken", "oud-leerling"})
LEFT_YEAR_LEVEL = "H"
"""EDEXML's year level of a pupil who has left (`historisch`)."""

NUMBER_LENGTH = 40
GIVEN_NAME_LENGTH = 60
PREFIX_LENGTH = 20
SURNAME_LENGTH = 80
INITIALS_LENGTH = 20
CLASS_NAME_LENGTH = 60
EMAIL_LENGTH = 254


class Severity(StrEnum):
    """An error saves nothing; a warning is told and does not stop."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Place:
    """Where in a file something is said; row 1 is the header, row 0 the file as a whole."""

    file: str = ""
    row: int = 0


@dataclass(frozen=True, slots=True)
class Problem:
    """Something the office should know about a file; the sentence for it stands in `wording/imports.py`."""

    file: str
    row: int
    column: str
    code: str
    severity: Severity
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PupilRecord:
    number: str
    given_name: str
    class_name: str
    surname_prefix: str = ""
    surname: str = ""
    initials: str = ""
    birth_date: date | None = None
    location: str = ""
    year_level: str = ""
    leaders: tuple[str, ...] = ()
    email: str = ""
    parents_permitted: bool | None = None
    enrolled_on: date | None = None
    left_on: date | None = None
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Child:
    """A pupil as a file without numbers names one."""

    given_name: str
    surname_prefix: str = ""
    surname: str = ""
    birth_date: date | None = None
    class_name: str = ""


@dataclass(frozen=True, slots=True)
class GuardianRecord:
    """One guardian of one pupil."""

    pupil_number: str
    position: int = 0
    code: str = ""
    relation: str = ""
    salutation: str = ""
    given_name: str = ""
    initials: str = ""
    surname_prefix: str = ""
    surname: str = ""
    email: str = ""
    phone: str = ""
    authority: Authority = Authority.UNKNOWN
    secret_address: bool = False
    receives_post: bool = True
    language: str = "nl"
    interpreter: str = ""
    household: str = ""
    active: bool = True
    child: Child | None = None
    """The pupil, when the file has no pupil numbers."""
    known_as: str = ""
    """The external id by which the house knows this person, when that is another one than the file's."""
    place: Place = field(default=Place(), compare=False)

    @property
    def is_bare(self) -> bool:
        """Nothing but an address: such a row says how to reach a home, not who lives there."""
        return not (self.code or self.given_name or self.initials or self.surname)


@dataclass(frozen=True, slots=True)
class StaffRecord:
    code: str
    given_name: str = ""
    surname_prefix: str = ""
    surname: str = ""
    email: str = ""
    roles: tuple[StaffRole, ...] = ()
    classes: tuple[str, ...] = ()
    workdays: str = ""
    """Weekdays as ISO digits, for example "124"; empty: every day."""
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class ClassRecord:
    name: str
    location: str = ""
    level: str = ""
    year_level: str = ""
    leaders: tuple[str, ...] = ()
    room: str = ""
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class RoomRecord:
    name: str
    location: str = ""
    floor: str = ""
    building: str = ""
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class DayRecord:
    """A line of the school's own calendar, both ends inclusive."""

    starts_on: date
    ends_on: date
    kind: DayKind
    label: str = ""
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class AvailabilityRecord:
    """When a colleague can lead talks, on the school's clock, and where."""

    code: str
    starts_at: datetime
    ends_at: datetime
    room: str = ""
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class Seat:
    """A pupil in a lesson group, from the first day until the day on which it no longer counts."""

    pupil_number: str
    begins_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True, slots=True)
class LessonRecord:
    """A colleague teaches a class, or a group of pupils from several classes."""

    code: str
    group: str
    subject: str
    location: str = ""
    seats: tuple[Seat, ...] = ()
    """Who is in the group, when the file says so; else everybody of the class with this name."""
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class GroupPupilRecord:
    """A pupil is in a lesson group; who teaches it stands in a list of lessons."""

    pupil_number: str
    group: str
    place: Place = field(default=Place(), compare=False)


@dataclass(frozen=True, slots=True)
class ContactParentRecord:
    """A parent whom other parents of the class may turn to, as far as this parent agrees."""

    class_name: str
    guardian: str
    consent: bool = False
    place: Place = field(default=Place(), compare=False)


class PartialRecord(ABC):
    """A row of a system that spreads its people over several sheets: joined with its like before it says anything."""

    __slots__ = ()
    place: Place

    @staticmethod
    @abstractmethod
    def join(parts: Sequence["PartialRecord"]) -> "tuple[Sequence[Record], Sequence[Problem]]":
        """What all rows of this system say together, and what is wrong with that."""


Record = (
    PupilRecord
    | GuardianRecord
    | StaffRecord
    | ClassRecord
    | RoomRecord
    | DayRecord
    | AvailabilityRecord
    | LessonRecord
    | GroupPupilRecord
    | ContactParentRecord
    | PartialRecord
)


@dataclass(frozen=True, slots=True)
class SchoolFile:
    """A file as it was read: which layout it has, what it says, what is wrong with it."""

    name: str
    layout: str = ""
    records: tuple[Record, ...] = ()
    problems: tuple[Problem, ...] = ()
    table: KeptTable | None = None
    """Its rows as they stood there, when it is a table: with these it can be mended and read again."""

    @property
    def has_errors(self) -> bool:
        return any(problem.severity is Severity.ERROR for problem in self.problems)


@dataclass(frozen=True, slots=True)
class GuardianPerson:
    """One guardian, however many children; `external_id` is how the school knows this person."""

    external_id: str
    record: GuardianRecord


@dataclass(frozen=True, slots=True)
class Relation:
    """A guardian of a pupil, in one of the pupil's households."""

    pupil_number: str
    guardian: str
    household: str
    record: GuardianRecord


@dataclass(frozen=True, slots=True)
class SchoolImage:
    """What all files together say about the school."""

    pupils: tuple[PupilRecord, ...] = ()
    gone: tuple[PupilRecord, ...] = ()
    guardians: tuple[GuardianPerson, ...] = ()
    relations: tuple[Relation, ...] = ()
    staff: tuple[StaffRecord, ...] = ()
    classes: tuple[ClassRecord, ...] = ()
    rooms: tuple[RoomRecord, ...] = ()
    days: tuple[DayRecord, ...] = ()
    lessons: tuple[LessonRecord, ...] = ()
    contact_parents: tuple[ContactParentRecord, ...] = ()
    problems: tuple[Problem, ...] = ()
    lists_pupils: bool = False
    listed: frozenset[str] = frozenset()
    """The pupils whose guardians a file lists, all of them."""
    spared: frozenset[str] = frozenset()
    """Numbers, without leading zeros, of rows that the office left out: about them the files say nothing."""

    @property
    def has_errors(self) -> bool:
        return any(problem.severity is Severity.ERROR for problem in self.problems)


def combine(files: Sequence[SchoolFile], *, on: date) -> SchoolImage:
    """Put the files of a school together, in any order; `on` decides which pupils have left."""
    files = sorted(join_parts(files), key=lambda file: file.layout == EDEXML)
    problems = [problem for file in files for problem in file.problems]
    pupil_rows = _records(files, PupilRecord)
    guardian_rows = _records(files, GuardianRecord)
    present, gone = _settle_pupils(pupil_rows, on, problems)
    beside_pupils = {row.place for row in pupil_rows}  # a second enrolment says the same of the parents
    repeated: list[Problem] = []
    rows = _placed(_without_duplicates(guardian_rows, repeated), problems)
    problems += [one for one in repeated if Place(one.file, one.row) not in beside_pupils]
    absent = {pupil.number for pupil in gone}
    rows = [row for row in rows if row.active and row.pupil_number not in absent]
    identities = identify_guardians(rows)
    relations = _settle_households(rows, identities, problems)
    staff = _settle_staff(_records(files, StaffRecord), problems)
    problems += _shared_mailboxes(relations)
    problems += _confusable_numbers(pupil_rows)
    return SchoolImage(
        pupils=tuple(present),
        gone=tuple(gone),
        guardians=_persons(relations),
        relations=tuple(relations),
        staff=tuple(staff),
        classes=_settle_classes(_records(files, ClassRecord), present, staff),
        rooms=tuple({(room.name, room.location): room for room in _records(files, RoomRecord)}.values()),
        days=tuple(dict.fromkeys(_records(files, DayRecord))),
        lessons=_settle_lessons(_records(files, LessonRecord), _records(files, GroupPupilRecord), problems),
        contact_parents=tuple(dict.fromkeys(_records(files, ContactParentRecord))),
        problems=tuple(problems),
        lists_pupils=any(_records([file], PupilRecord) for file in files if file.layout != STUDENT_LIST),
        listed=frozenset(row.pupil_number for row in guardian_rows) - absent,
    )


def join_parts(files: Sequence[SchoolFile]) -> list[SchoolFile]:
    """The files, with what sheets that refer to each other say together in the place of their parts."""
    parts = [record for file in files for record in file.records if isinstance(record, PartialRecord)]
    if not parts:
        return list(files)
    records, problems = parts[0].join(parts)
    others = [
        replace(file, records=tuple(record for record in file.records if not isinstance(record, PartialRecord)))
        for file in files
    ]
    return [*others, SchoolFile("", records=tuple(records), problems=tuple(problems))]


def problem(place: Place, column: str, code: str, severity: Severity = Severity.WARNING, **facts: str) -> Problem:
    """A problem at a place; a warning unless said otherwise."""
    return Problem(place.file, place.row, column, code, severity, facts)


def household_key(external_ids: Iterable[str]) -> str:
    """The same guardians are the same household."""
    return hashlib.sha256("\n".join(sorted(external_ids)).encode()).hexdigest()


def guardian_identity(record: GuardianRecord) -> str:
    """How the school knows a guardian: by code, else by e-mail with relation and name, else by pupil and place."""
    if record.code:
        return record.code
    if record.email:
        return f"{record.email.casefold()} {record.relation.casefold()} {_name_key(record)}".strip()[:300]
    return f"{record.pupil_number}-{record.position}"


def identify_guardians(rows: Sequence[GuardianRecord]) -> list[str]:
    """Give every row its guardian.

    A guardian without an address of his own is the same person for brothers and sisters only when they also
    share a guardian who is known by code or e-mail: a name alone never merges two people.
    """
    identities = [guardian_identity(row) for row in rows]
    partners: dict[tuple[str, str], list[str]] = defaultdict(list)
    for row, identity in zip(rows, identities, strict=True):
        if row.code or row.email:
            partners[row.pupil_number, row.household].append(identity)
    first: dict[tuple[str, str, str], str] = {}
    for number, row in enumerate(rows):
        if row.code or row.email:
            continue
        for partner in partners[row.pupil_number, row.household]:
            person = (partner, row.relation.casefold(), _name_key(row))
            identities[number] = first.setdefault(person, identities[number])
    return identities


def name_key(given_name: str, initials: str, prefix: str, surname: str) -> str:
    """A name as it is compared: capitals, dots and spaces do not make another person."""
    return " ".join(" ".join((given_name, initials.replace(".", ""), prefix, surname)).casefold().split())


def _name_key(record: GuardianRecord) -> str:
    return name_key(record.given_name, record.initials, record.surname_prefix, record.surname)


def _records(files: Sequence[SchoolFile], kind: type[R]) -> list[R]:
    return [record for file in files for record in file.records if isinstance(record, kind)]


def _without_duplicates(rows: Sequence[R], problems: list[Problem]) -> list[R]:
    """Rows without exact repetitions; one within a file is told, two files may well say the same."""
    seen: dict[R, Place] = {}
    for row in rows:
        place = _place(row)
        first = seen.setdefault(row, place)
        if first != place and first.file == place.file:
            problems.append(problem(place, "", "duplicate_row"))
    return list(seen)


def _place(record: object) -> Place:
    place = getattr(record, "place", None)
    return place if isinstance(place, Place) else Place()


def _settle_pupils(
    rows: Sequence[PupilRecord], on: date, problems: list[Problem]
) -> tuple[list[PupilRecord], list[PupilRecord]]:
    """One record per pupil: the latest active enrolment; and those who are not, or no longer, here."""
    by_number: dict[str, list[PupilRecord]] = defaultdict(list)
    for row in _without_duplicates(rows, problems):
        by_number[row.number].append(row)
    present: list[PupilRecord] = []
    gone: list[PupilRecord] = []
    for enrolments in by_number.values():
        problems += _two_pupils_one_number(enrolments)
        active = [row for row in enrolments if not is_gone(row, on)]
        if active:
            present.append(_latest(active, problems))
        else:
            gone.append(enrolments[-1])
            problems.append(_absence(enrolments[-1]))
    return present, gone


def is_gone(pupil: PupilRecord, on: date) -> bool:
    """Left, not yet begun, or kept in the file for history only."""
    if pupil.left_on is not None and pupil.left_on <= on:
        return True
    return is_gone_word(pupil.class_name) or pupil.year_level.upper() == LEFT_YEAR_LEVEL


def is_gone_word(text: str) -> bool:
    """`aangemeld`, `Aangemeld 2028`, `uitgeschreven`: where a class should stand, or in a column of its own."""
    word = text.casefold().strip()
    return word.startswith(NOT_YET) or word in NO_LONGER


def _absence(pupil: PupilRecord) -> Problem:
    code = "pupil_not_yet" if pupil.class_name.casefold().startswith(NOT_YET) else "pupil_gone"
    return problem(pupil.place, "", code, number=pupil.number)


def _two_pupils_one_number(rows: Sequence[PupilRecord]) -> list[Problem]:
    first = rows[0]
    return [
        problem(row.place, "", "number_used_twice", Severity.ERROR, number=row.number)
        for row in rows[1:]
        if row.birth_date and first.birth_date and row.birth_date != first.birth_date
        and row.given_name.casefold() != first.given_name.casefold()
    ]  # fmt: skip


def _latest(rows: Sequence[PupilRecord], problems: list[Problem]) -> PupilRecord:
    """The latest enrolment, with what the other rows add to it; a list without classes only adds."""
    latest = max(rows, key=lambda row: (bool(row.class_name), row.enrolled_on or date.min))
    filled = latest
    for row in (row for row in rows if row is not latest):
        if row.place.file == latest.place.file or row.class_name not in ("", latest.class_name):
            facts = {"number": row.number, "class_name": latest.class_name}
            problems.append(problem(row.place, "", "pupil_twice", Severity.WARNING, **facts))
        filled = _filled(filled, row)
    return filled


def _filled(record: R, other: R) -> R:
    """The record, with its empty fields taken from another record of the same thing."""
    names = [name for name in getattr(record, "__slots__", ()) if name != "place"]
    missing = {name: getattr(other, name) for name in names if getattr(record, name) in ("", None, ())}
    return replace(record, **missing)  # type: ignore[type-var]  # every record is a dataclass


def _placed(rows: Sequence[GuardianRecord], problems: list[Problem]) -> list[GuardianRecord]:
    """Give every guardian of a pupil a position of his own."""
    taken: dict[str, set[int]] = defaultdict(set)
    placed = []
    for row in rows:
        position = row.position
        if not position or position in taken[row.pupil_number]:
            if position and not row.code and not row.email:
                problems.append(problem(row.place, "", "position_twice", number=row.pupil_number))
            position = next(n for n in range(1, len(rows) + 2) if n not in taken[row.pupil_number])
        taken[row.pupil_number].add(position)
        placed.append(row if position == row.position else replace(row, position=position))
    return placed


def _settle_households(
    rows: Sequence[GuardianRecord], identities: Sequence[str], problems: list[Problem]
) -> list[Relation]:
    """The relations of each pupil, with the household that its letter stands for."""
    homes: dict[tuple[str, str], dict[str, GuardianRecord]] = defaultdict(dict)
    for row, guardian in zip(rows, identities, strict=True):
        letters = [letter for letter in "AB" if guardian in homes.get((row.pupil_number, letter), {})]
        if letters:
            problems.append(problem(row.place, "", "guardian_twice", number=row.pupil_number))
            continue
        homes[row.pupil_number, row.household or "A"][guardian] = row
    return [
        Relation(number, guardian, household_key(home), row)
        for (number, _letter), home in homes.items()
        for guardian, row in home.items()
    ]


def _persons(relations: Sequence[Relation]) -> tuple[GuardianPerson, ...]:
    """Each guardian once, as the first row about this person says, filled from the other rows."""
    records: dict[str, GuardianRecord] = {}
    secret: set[str] = set()
    for relation in relations:
        known = records.get(relation.guardian)
        records[relation.guardian] = _filled(known, relation.record) if known else relation.record
        if relation.record.secret_address:
            secret.add(relation.guardian)
    return tuple(
        GuardianPerson(guardian, replace(record, phone="", secret_address=True) if guardian in secret else record)
        for guardian, record in records.items()
    )


def _settle_staff(rows: Sequence[StaffRecord], problems: list[Problem]) -> list[StaffRecord]:
    by_code: dict[str, StaffRecord] = {}
    for row in _without_duplicates(rows, problems):
        known = by_code.get(row.code)
        if known is None:
            by_code[row.code] = row
            continue
        if known.place.file == row.place.file:
            problems.append(problem(row.place, "", "staff_twice", staff=row.code))
        both = dict.fromkeys(known.classes + row.classes)
        by_code[row.code] = replace(_filled(known, row), classes=tuple(both))
    return list(by_code.values())


def _settle_classes(
    rows: Sequence[ClassRecord], pupils: Sequence[PupilRecord], staff: Sequence[StaffRecord]
) -> tuple[ClassRecord, ...]:
    """Every class that a file names, with its leaders: from the class list, else the staff, else the pupils."""
    classes: dict[tuple[str, str], ClassRecord] = {}
    for row in rows:
        key = (row.name, row.location)
        classes[key] = _filled(classes[key], row) if key in classes else row
    by_name: dict[str, tuple[str, str]] = {}
    for name, location in classes:
        by_name.setdefault(name, (name, location))
    levels: dict[tuple[str, str], set[str]] = defaultdict(set)
    named: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for pupil in pupils:
        key = _class_key(pupil.class_name, pupil.location, classes, by_name)
        classes.setdefault(key, ClassRecord(pupil.class_name, pupil.location, place=pupil.place))
        levels[key].add(pupil.year_level)
        named[key].update(dict.fromkeys(pupil.leaders))
    leading: dict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for colleague in staff:
        for name in colleague.classes:
            key = _class_key(name, "", classes, by_name)
            classes.setdefault(key, ClassRecord(name, place=colleague.place))
            if not colleague.roles or StaffRole.LEADER in colleague.roles:
                leading[key][colleague.code] = None
    return tuple(
        replace(
            row,
            leaders=row.leaders or tuple(leading[key]) or tuple(named[key]),
            year_level=row.year_level or (next(iter(levels[key])) if len(levels[key]) == 1 else ""),
        )
        for key, row in classes.items()
    )


def _settle_lessons(
    rows: Sequence[LessonRecord], places: Sequence[GroupPupilRecord], problems: list[Problem]
) -> tuple[LessonRecord, ...]:
    """Every lesson once; of a group whose pupils a file lists, with these pupils."""
    seats: dict[str, dict[Seat, None]] = defaultdict(dict)
    for place in places:
        seats[place.group][Seat(place.pupil_number)] = None
    taught = {row.group for row in rows}
    told: dict[str, Problem] = {}
    for place in places:
        if place.group not in taught:
            told.setdefault(place.group, problem(place.place, "", "group_without_lessons", text=place.group))
    problems += told.values()
    joined = (replace(row, seats=(*row.seats, *seats[row.group])) if row.group in seats else row for row in rows)
    return tuple(dict.fromkeys(joined))


def _class_key(
    name: str, location: str, classes: Mapping[tuple[str, str], ClassRecord], by_name: dict[str, tuple[str, str]]
) -> tuple[str, str]:
    """A class by name and location; without a location, the class of that name."""
    if (name, location) in classes or location:
        key = (name, location) if (name, location) in classes or (name, "") not in classes else (name, "")
    else:
        key = by_name.get(name, (name, location))
    by_name.setdefault(name, key)
    return key


def _shared_mailboxes(relations: Sequence[Relation]) -> list[Problem]:
    """A mailbox that two people use who live in two households: the office must choose."""
    users: dict[str, dict[str, list[Relation]]] = defaultdict(lambda: defaultdict(list))
    for relation in relations:
        if relation.record.email:
            users[relation.record.email.casefold()][relation.guardian].append(relation)
    found = []
    for email, people in users.items():
        first, *others = people.values()
        homes = {relation.household for relation in first}
        for other in others:
            same_person = _name_key(first[0].record) == _name_key(other[0].record)
            if not same_person and homes.isdisjoint(relation.household for relation in other):
                found.append(problem(other[0].record.place, "", "mailbox_in_two_households", email=email))
    return found


def _confusable_numbers(rows: Sequence[PupilRecord]) -> list[Problem]:
    """001234 and 1234 are two pupils; that both occur deserves a look."""
    spellings: dict[str, dict[str, Place]] = defaultdict(dict)
    for row in rows:
        spellings[row.number.lstrip("0")].setdefault(row.number, row.place)
    return [
        problem(place, "", "number_looks_alike", number=number, other=next(iter(alike)))
        for alike in spellings.values()
        for number, place in list(alike.items())[1:]
    ]
