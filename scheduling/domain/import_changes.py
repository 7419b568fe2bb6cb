"""What an import would change: the files' image of the school beside what the house already knows."""

from collections import Counter, defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from itertools import count

from scheduling.domain.errors import Conflict, NotFound
from scheduling.domain.imports import (
    ClassRecord,
    GuardianPerson,
    GuardianRecord,
    Place,
    Problem,
    PupilRecord,
    Relation,
    SchoolImage,
    StaffRecord,
    household_key,
    name_key,
    problem,
)
from scheduling.domain.people import StaffRole

Fields = Mapping[str, object]
ClassKey = tuple[str, str]

STAFF_CODE_LENGTH = 40
ANY_GUARDIAN = frozenset({"", "ouder", "verzorger"})
"""What a system says that knows no more of somebody at home."""
MANY_LEFT = 10
MANY_LEFT_SHARE = 5
"""More than ten pupils and more than one in five at once: perhaps the file is not the whole school."""


class PreviewOutdated(Conflict):
    """The people changed since the preview was made: it is shown again before it is saved."""


class DraftGone(NotFound):
    """The preview is older than a day, or has been saved or dropped already."""


class Status(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Difference:
    """A field that gets another value."""

    field: str
    old: object
    new: object


@dataclass(frozen=True, slots=True)
class Change:
    """What becomes of one pupil, guardian, household, colleague or class; `id` is None for a new one."""

    key: str
    label: str
    status: Status
    id: int | None
    values: Fields = field(default_factory=dict)
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class PupilChange(Change):
    enrolment_id: int | None = None
    class_key: ClassKey = ("", "")
    year_level: str = ""
    left_on: date | None = None


@dataclass(frozen=True, slots=True)
class StaffChange(Change):
    roles: frozenset[StaffRole] = frozenset()


@dataclass(frozen=True, slots=True)
class ClassChange(Change):
    class_key: ClassKey = ("", "")
    leaders: tuple[str, ...] | None = None
    """Staff codes, the first leads first; None: as they were."""


@dataclass(frozen=True, slots=True)
class RelationChange:
    """A relation that is added (`id` is None) or changes."""

    id: int | None
    pupil: str
    guardian: str
    household: str
    values: Fields


@dataclass(frozen=True, slots=True)
class Plan:
    """All that an import does, worked out before anything is written."""

    pupils: tuple[PupilChange, ...] = ()
    guardians: tuple[Change, ...] = ()
    households: tuple[Change, ...] = ()
    staff: tuple[StaffChange, ...] = ()
    classes: tuple[ClassChange, ...] = ()
    relations: tuple[RelationChange, ...] = ()
    ended_relations: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def changing_class(self) -> list[int]:
        """The pupils who were in another class."""
        changed = [change for change in self.pupils if change.id is not None and change.status is Status.CHANGED]
        return [change.id or 0 for change in changed if any(one.field == "class_name" for one in change.differences)]

    @property
    def leaving(self) -> list[int]:
        return [change.id or 0 for change in self.pupils if change.status is Status.LEFT]

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Per kind how many are new, changed, unchanged and left."""
        kinds: dict[str, Sequence[Change]] = {
            "pupils": self.pupils,
            "guardians": self.guardians,
            "households": self.households,
            "staff": self.staff,
            "classes": self.classes,
        }
        found = {kind: Counter(change.status for change in changes) for kind, changes in kinds.items()}
        return {kind: {status.value: count[status] for status in Status} for kind, count in found.items()}


@dataclass(frozen=True, slots=True)
class Outcome:
    """What an import did, or would do."""

    counts: Mapping[str, Mapping[str, int]]
    problems: tuple[Problem, ...]
    saved: bool
    talks: int = 0
    """Talks that moved to another leader or fell away, because a pupil changed class or left."""


@dataclass(frozen=True, slots=True)
class KnownPupil:
    id: int
    number: str
    fields: Fields
    enrolment_id: int | None
    class_key: ClassKey
    year_level: str
    present: bool
    corrections: Mapping[str, object] = field(default_factory=dict)
    """Per field the value in the school's file that the adult pupil has corrected here since."""


@dataclass(frozen=True, slots=True)
class KnownGuardian:
    id: int
    external_id: str
    fields: Fields
    active: bool
    corrections: Mapping[str, str] = field(default_factory=dict)
    """Per field the value in the school's file that the guardian has corrected here since."""


@dataclass(frozen=True, slots=True)
class KnownRelation:
    id: int
    pupil: str
    guardian_id: int
    household_id: int
    fields: Fields


@dataclass(frozen=True, slots=True)
class KnownStaff:
    id: int
    code: str
    fields: Fields
    roles: tuple[StaffRole, ...]


@dataclass(frozen=True, slots=True)
class KnownClass:
    id: int
    class_key: ClassKey
    fields: Fields
    leaders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class KnownSchool:
    """The people and classes of one school year as the house knows them."""

    pupils: tuple[KnownPupil, ...] = ()
    guardians: tuple[KnownGuardian, ...] = ()
    relations: tuple[KnownRelation, ...] = ()
    household_keys: Mapping[int, str] = field(default_factory=dict)
    staff: tuple[KnownStaff, ...] = ()
    classes: tuple[KnownClass, ...] = ()


def compare(image: SchoolImage, known: KnownSchool, *, on: date) -> Plan:
    """Work out what the import changes; `on` is the day on which pupils who are no longer listed leave."""
    problems: list[Problem] = []
    staff = _compare_staff(image.staff, known.staff, problems)
    classes = _compare_classes(image.classes, known, staff, problems)
    pupils = _compare_pupils(image, known.pupils, classes, on)
    problems += _many_left(pupils, image) + _many_moved(pupils, image) + _lost_zeros(image, known)
    families = Families(image, known)
    problems += families.strangers
    return Plan(
        pupils=tuple(pupils),
        guardians=tuple(families.guardian_changes()),
        households=tuple(families.household_changes()),
        staff=tuple(staff),
        classes=tuple(classes),
        relations=tuple(families.changed),
        ended_relations=tuple(relation.id for relation in families.ended),
        problems=tuple(problems),
    )


def _compare_staff(
    records: Sequence[StaffRecord], known: Sequence[KnownStaff], problems: list[Problem]
) -> list[StaffChange]:
    """Colleagues by code, else by address; nobody loses the office role by a file.

    Nobody leaves by one either, but for who bore a code that is somebody else's now.
    """
    by_code = {colleague.code.casefold(): colleague for colleague in known}
    by_email = {str(colleague.fields["email"]).casefold(): colleague for colleague in known}
    listed = {record.code.casefold() for record in records}
    taken = {email: colleague.code.casefold() for email, colleague in by_email.items() if email}
    changes = []
    for record in records:
        code, email = record.code.casefold(), record.email.casefold()
        found = by_code.get(code)
        if found is not None and _is_somebody_else(record, found):
            changes.append(_under_an_old_code(found, by_code))
            before, text = _full_name(found.fields), _name_of(record)
            problems.append(problem(record.place, "", "staff_code_reused", staff=record.code, before=before, text=text))
            found = None
        elif found is None and email in taken and taken[email] not in listed:
            found = by_email.get(email)
        holder = taken.get(email, code)
        if email and holder != code and (found is None or holder != found.code.casefold()):
            problems.append(problem(record.place, "", "staff_email_taken", text=record.email))
            record, email = _without_email(record), ""
        if email:
            taken[email] = code
        changes.append(_staff_change(record, found))
    return changes


def _is_somebody_else(record: StaffRecord, known: KnownStaff) -> bool:
    """Another given name, another surname and no address in common: the school gave the code to somebody else."""
    given_name, surname = str(known.fields["given_name"]), str(known.fields["surname"])
    if not (record.given_name and record.surname and given_name and surname):
        return False
    email = str(known.fields["email"]).casefold()
    return (
        record.given_name.casefold() != given_name.casefold()
        and record.surname.casefold() != surname.casefold()
        and (not email or record.email.casefold() != email)
    )


def _under_an_old_code(known: KnownStaff, taken: Container[str]) -> StaffChange:
    """Who bore the code before keeps the name, for the talks of then, under a code that nobody else has."""
    endings = (" (oud)" if number == 1 else f" (oud {number})" for number in count(1))
    codes = (f"{known.code[: STAFF_CODE_LENGTH - len(ending)]}{ending}" for ending in endings)
    code = next(one for one in codes if one.casefold() not in taken)
    roles = frozenset(known.roles)
    return StaffChange(code, _full_name(known.fields), Status.LEFT, known.id, {"code": code}, (), roles)


def _without_email(record: StaffRecord) -> StaffRecord:
    return StaffRecord(
        record.code, record.given_name, record.surname_prefix, record.surname, "", record.roles, record.classes,
        record.workdays, record.place,
    )  # fmt: skip


def _name_of(record: StaffRecord) -> str:
    return " ".join(filter(None, (record.given_name, record.surname_prefix, record.surname)))


def _staff_change(record: StaffRecord, found: KnownStaff | None) -> StaffChange:
    values: dict[str, object] = {"code": record.code}
    names = {
        "given_name": record.given_name, "surname_prefix": record.surname_prefix, "surname": record.surname,
        "email": record.email, "workdays": record.workdays,
    }  # fmt: skip
    values |= {name: value for name, value in names.items() if value or found is None}
    if found is not None and record.surname:
        values["surname_prefix"] = record.surname_prefix
    roles = frozenset(record.roles)
    if found is not None:
        roles = (roles or frozenset(found.roles)) | (frozenset(found.roles) & {StaffRole.OFFICE})
    differences = _differences(values, {"code": found.code, **found.fields} if found else None)
    if found is not None and roles != frozenset(found.roles):
        differences += (Difference("roles", found.roles, tuple(sorted(roles))),)
    label = _name_of(record) or record.code
    return StaffChange(
        record.code, label, _status(found, differences), found.id if found else None, values, differences, roles
    )


def _compare_classes(
    records: Sequence[ClassRecord], known: KnownSchool, staff: Sequence[StaffChange], problems: list[Problem]
) -> list[ClassChange]:
    renamed = {change.id: change.key for change in staff if change.status is Status.LEFT}
    now = {one.code: renamed[one.id] for one in known.staff if one.id in renamed}
    groups = [replace(group, leaders=tuple(now.get(code, code) for code in group.leaders)) for group in known.classes]
    by_key = {group.class_key: group for group in groups}
    by_name = {group.class_key[0]: group for group in reversed(groups)}
    codes = _staff_codes(known.staff, staff)
    changes = []
    for record in records:
        found = by_key.get((record.name, record.location))
        if found is None:
            found = by_key.get((record.name, "")) if record.location else by_name.get(record.name)
        leaders = tuple(dict.fromkeys(codes[key] for name in record.leaders if (key := name.casefold()) in codes))
        for name in record.leaders:
            if name.casefold() not in codes:
                problems.append(problem(record.place, "", "unknown_staff", text=name))
        changes.append(_class_change(record, found, leaders))
    return changes


def _staff_codes(known: Sequence[KnownStaff], changes: Sequence[StaffChange]) -> dict[str, str]:
    """From a code or a full name to the code of the colleague; a name that two share names nobody."""
    people = {colleague.code: _full_name(colleague.fields) for colleague in known}
    people |= {change.key: change.label for change in changes}
    shared = Counter(name.casefold() for name in people.values())
    codes = {name.casefold(): code for code, name in people.items() if name and shared[name.casefold()] == 1}
    return codes | {code.casefold(): code for code in people}


def _full_name(fields: Fields) -> str:
    return " ".join(str(fields[name]) for name in ("given_name", "surname_prefix", "surname") if fields[name])


def _class_change(record: ClassRecord, found: KnownClass | None, leaders: tuple[str, ...]) -> ClassChange:
    given = {
        "location": record.location, "level": record.level, "year_level": record.year_level, "room": record.room,
    }  # fmt: skip
    values = {"name": record.name} | {name: value for name, value in given.items() if value or found is None}
    differences = _differences(values, {"name": record.name, **found.fields} if found else None)
    if found is not None and leaders and leaders != found.leaders:
        differences += (Difference("leaders", found.leaders, leaders),)
    return ClassChange(
        record.name, record.name, _status(found, differences), found.id if found else None, values, differences,
        (record.name, record.location), leaders or None,
    )  # fmt: skip


def _compare_pupils(
    image: SchoolImage, known: Sequence[KnownPupil], classes: Sequence[ClassChange], on: date
) -> list[PupilChange]:
    """Pupils by number; whoever is here and not listed any more, or listed as gone, leaves."""
    by_number = {pupil.number: pupil for pupil in known}
    keys = {change.class_key for change in classes}
    by_name = {change.class_key[0]: change.class_key for change in reversed(classes)}
    changes = []
    for record in image.pupils:
        wanted = (record.class_name, record.location)
        key = wanted if wanted in keys else by_name[record.class_name]
        changes.append(_pupil_change(record, by_number.get(record.number), key))
    listed = {record.number for record in image.pupils}
    gone = {record.number: record.left_on for record in image.gone}
    for pupil in known:
        leaves = pupil.number in gone or (image.lists_pupils and pupil.number.lstrip("0") not in image.spared)
        if pupil.present and pupil.number not in listed and leaves:
            left_on = gone.get(pupil.number) or on
            label = _full_name(pupil.fields)
            leaver = PupilChange(pupil.number, label, Status.LEFT, pupil.id, enrolment_id=pupil.enrolment_id)
            changes.append(replace(leaver, class_key=pupil.class_key, left_on=left_on))
    return changes


def _pupil_change(record: PupilRecord, found: KnownPupil | None, class_key: ClassKey) -> PupilChange:
    values: dict[str, object] = {
        "given_name": record.given_name, "surname_prefix": record.surname_prefix, "surname": record.surname,
    }  # fmt: skip
    optional: dict[str, object] = {
        "initials": record.initials, "birth_date": record.birth_date, "email": record.email,
        "parents_permitted": record.parents_permitted,
    }  # fmt: skip
    values |= {name: value for name, value in optional.items() if value not in ("", None)}
    if found is not None:
        values |= {"number": record.number} if "number" in found.fields else {}
        values |= {
            name: found.fields[name] for name, in_file in found.corrections.items() if values.get(name) == in_file
        }
    differences = _differences(values, found.fields if found else None)
    year_level = record.year_level or (found.year_level if found else "")
    if found is not None:
        if found.class_key[0] != class_key[0] or (class_key[1] and found.class_key[1] not in ("", class_key[1])):
            differences += (Difference("class_name", found.class_key[0], class_key[0]),)
        if year_level != found.year_level:
            differences += (Difference("year_level", found.year_level, year_level),)
        if not found.present and found.enrolment_id is not None:
            differences += (Difference("present", False, True),)
    label = " ".join(filter(None, (record.given_name, record.surname_prefix, record.surname)))
    return PupilChange(
        record.number, label, _status(found, differences), found.id if found else None, values, differences,
        found.enrolment_id if found else None, class_key, year_level,
    )  # fmt: skip


def _many_left(changes: Sequence[PupilChange], image: SchoolImage) -> list[Problem]:
    left = sum(change.status is Status.LEFT for change in changes)
    here = left + sum(change.id is not None and change.status is not Status.LEFT for change in changes)
    if left <= max(MANY_LEFT, here // MANY_LEFT_SHARE):
        return []
    place = next((record.place for record in (*image.pupils, *image.gone)), Place())
    return [problem(Place(place.file), "", "many_left", count=str(left))]


def _many_moved(changes: Sequence[PupilChange], image: SchoolImage) -> list[Problem]:
    """Most of the school in another class within one year: perhaps the files are of another year."""
    here = [change for change in changes if change.enrolment_id is not None and change.status is not Status.LEFT]
    moved = sum(any(one.field == "class_name" for one in change.differences) for change in here)
    if moved <= MANY_LEFT or moved * 2 <= len(here):
        return []
    return [problem(Place(image.pupils[0].place.file), "", "many_moved", count=str(moved))]


def _lost_zeros(image: SchoolImage, known: KnownSchool) -> list[Problem]:
    """A new number that differs from a known one by zeros only: perhaps a spreadsheet has eaten them."""
    numbers = {pupil.number for pupil in known.pupils}
    bare = {number.lstrip("0"): number for number in numbers}
    return [
        problem(record.place, "", "number_looks_alike", number=record.number, other=bare[record.number.lstrip("0")])
        for record in image.pupils
        if record.number not in numbers and record.number.lstrip("0") in bare
    ]


class Families:
    """Guardians, their homes and their children: which of them the house knows, and what changes."""

    def __init__(self, image: SchoolImage, known: KnownSchool) -> None:
        self.known = known
        self.people = {person.external_id: person for person in image.guardians}
        self.strangers: list[Problem] = []
        self.of_pupil: dict[str, list[KnownRelation]] = defaultdict(list)
        for relation in known.relations:
            self.of_pupil[relation.pupil].append(relation)
        self.by_id = {guardian.id: guardian for guardian in known.guardians}
        self.relations = self._reunited(self._of_known_pupils(image))
        self.matches = self._match_guardians()
        self.homes = self._match_households()
        self.changed: list[RelationChange] = []
        self.ended: list[KnownRelation] = []
        self.relation_differences: dict[str, list[Difference]] = defaultdict(list)
        self._compare_relations(number for number in image.listed if number.lstrip("0") not in image.spared)

    def guardian_changes(self) -> list[Change]:
        """Everybody the files name, and those who have no child here any more."""
        named = dict.fromkeys(relation.guardian for relation in self.relations)
        changes = [self._guardian_change(self.people[guardian]) for guardian in named]
        listed = {change.id for change in changes}
        ended = {relation.id for relation in self.ended}
        staying = {relation.guardian_id for relation in self.known.relations if relation.id not in ended}
        leaving = {relation.guardian_id for relation in self.ended} - staying - listed
        return changes + [
            Change(one.external_id, _full_name(one.fields), Status.LEFT, one.id)
            for one in self.known.guardians
            if one.id in leaving and one.active
        ]

    def household_changes(self) -> list[Change]:
        """Each home of the files; a home whose guardians are the same is unchanged, whatever their addresses."""
        members = self._members_now()
        changes = []
        for key, guardians in self._targets().items():
            found = self.homes[key]
            people = {self._id_of(guardian) for guardian in guardians}
            status = Status.NEW if found is None else Status.UNCHANGED if members[found] == people else Status.CHANGED
            changes.append(Change(key, "", status, found, {"key": key}))
        moved = {change.id for change in self.changed if change.id is not None}
        ended = {relation.id for relation in self.ended}
        staying = {r.household_id for r in self.known.relations if r.id not in ended and r.id not in moved}
        leaving = members.keys() - staying - {change.id for change in changes}
        return changes + [Change(self.known.household_keys[one], "", Status.LEFT, one) for one in sorted(leaving)]

    def _of_known_pupils(self, image: SchoolImage) -> list[Relation]:
        """Relations of pupils who are here, by the files or from before; others are told."""
        here = {pupil.number for pupil in image.pupils}
        known = {pupil.number for pupil in self.known.pupils}
        told: set[str] = set()
        kept = []
        for relation in image.relations:
            number = relation.pupil_number
            if number in here or number in known:
                kept.append(relation)
            elif number not in told:
                told.add(number)
                self.strangers.append(problem(relation.record.place, "", "unknown_pupil", number=number))
        return kept

    def _reunited(self, relations: Sequence[Relation]) -> list[Relation]:
        """A guardian who lost the address stays one person, when the house knows the rows as one person."""
        first: dict[int, str] = {}
        names: dict[str, str] = {}
        for relation in relations:
            if not (relation.record.code or relation.record.email):
                known = self._known_person(relation)
                if known is not None:
                    names[relation.guardian] = first.setdefault(known.id, relation.guardian)
        if all(name == guardian for guardian, name in names.items()):
            return list(relations)
        homes: dict[tuple[str, str], set[str]] = defaultdict(set)
        for relation in relations:
            homes[relation.pupil_number, relation.household].add(names.get(relation.guardian, relation.guardian))
        return [
            replace(
                relation,
                guardian=names.get(relation.guardian, relation.guardian),
                household=household_key(homes[relation.pupil_number, relation.household]),
            )
            for relation in relations
        ]

    def _known_person(self, relation: Relation, claimed: Container[int] = ()) -> KnownGuardian | None:
        """The guardian of this pupil with the same name, on the same place or in the same relation."""
        for known in self.of_pupil[relation.pupil_number]:
            guardian = self.by_id[known.guardian_id]
            if guardian.id not in claimed and _is_same_person(relation, guardian, known):
                return guardian
        return None

    def _match_guardians(self) -> dict[str, KnownGuardian | None]:
        """A guardian by external id; else the one whom the pupil has under the same name.

        Pupil and place say who somebody is only when the name does not say otherwise: two guardians who change places
        in the file stay who they are.
        """
        by_external_id = {guardian.external_id: guardian for guardian in self.known.guardians}
        matches: dict[str, KnownGuardian | None] = {relation.guardian: None for relation in self.relations}
        for relation in self.relations:
            found = by_external_id.get(relation.guardian)
            if found and (relation.record.code or relation.record.email or _has_same_name(relation, found)):
                matches[relation.guardian] = found
        claimed = {found.id for found in matches.values() if found}
        for relation in self.relations:
            if matches[relation.guardian] is None:
                found = self._known_person(relation, claimed)
                if found is not None:
                    matches[relation.guardian] = found
                    claimed.add(found.id)
        for guardian, match in matches.items():
            found = by_external_id.get(guardian)
            if match is None and found is not None and found.id not in claimed:
                matches[guardian] = found
        return matches

    def _match_households(self) -> dict[str, int | None]:
        """A home by its guardians, else by its key, else the one of the same child that it overlaps most."""
        members = self._members_now()
        by_members = {frozenset(people): home for home, people in members.items()}
        by_key = {key: home for home, key in self.known.household_keys.items()}
        targets = self._targets()
        homes: dict[str, int | None] = {}
        for key, guardians in targets.items():
            homes[key] = by_members.get(frozenset(self._id_of(guardian) for guardian in guardians)) or by_key.get(key)
        claimed = {home for home in homes.values() if home}
        for key, guardians in targets.items():
            if homes[key] is None:
                homes[key] = self._nearest(key, {self._id_of(guardian) for guardian in guardians}, members, claimed)
                claimed.add(homes[key] or 0)
        return homes

    def _nearest(
        self, key: str, people: set[int | str], members: Mapping[int, set[int | str]], claimed: set[int]
    ) -> int | None:
        children = {relation.pupil_number for relation in self.relations if relation.household == key}
        near = {relation.household_id for relation in self.known.relations if relation.pupil in children} - claimed
        best = max(sorted(near), key=lambda home: len(members[home] & people), default=None)
        return best if best is not None and members[best] & people else None

    def _targets(self) -> dict[str, set[str]]:
        targets: dict[str, set[str]] = defaultdict(set)
        for relation in self.relations:
            targets[relation.household].add(relation.guardian)
        return targets

    def _members_now(self) -> dict[int, set[int | str]]:
        members: dict[int, set[int | str]] = defaultdict(set)
        for relation in self.known.relations:
            members[relation.household_id].add(relation.guardian_id)
        return members

    def _id_of(self, guardian: str) -> int | str:
        found = self.matches[guardian]
        return found.id if found else guardian

    def _compare_relations(self, listed: Iterable[str]) -> None:
        known = {(relation.pupil, relation.guardian_id): relation for relation in self.known.relations}
        kept: set[int] = set()
        for relation in self.relations:
            guardian = self.matches[relation.guardian]
            found = known.get((relation.pupil_number, guardian.id)) if guardian else None
            values = _relation_values(relation)
            if found is not None:
                kept.add(found.id)
            differences = _differences(values, found.fields if found else None)
            if found is not None and self.homes[relation.household] != found.household_id:
                differences += (Difference("household", found.household_id, self.homes[relation.household]),)
            if found is None:
                differences = (Difference("pupil", "", relation.pupil_number),)
            if differences:
                self.relation_differences[relation.guardian] += differences
                self.changed.append(
                    RelationChange(
                        found.id if found else None,
                        relation.pupil_number,
                        relation.guardian,
                        relation.household,
                        values,
                    )
                )
        wanted = set(listed)
        self.ended = [one for one in self.known.relations if one.pupil in wanted and one.id not in kept]

    def _guardian_change(self, person: GuardianPerson) -> Change:
        found = self.matches[person.external_id]
        record = person.record
        values: dict[str, object] = {
            name: getattr(record, name)
            for name in (
                "salutation", "given_name", "initials", "surname_prefix", "surname", "email", "phone", "language",
                "secret_address",
            )
        } | {"external_id": person.external_id, "active": True}  # fmt: skip
        if found is not None:
            for name, in_file in found.corrections.items():
                if values[name] == in_file:
                    values[name] = found.fields[name]
        before = {**found.fields, "external_id": found.external_id, "active": found.active} if found else None
        differences = _differences(values, before)
        if found is not None:
            differences += tuple(self.relation_differences[person.external_id])
        name = " ".join(filter(None, (record.given_name or record.initials, record.surname_prefix, record.surname)))
        label = name or person.external_id
        return Change(
            person.external_id, label, _status(found, differences), found.id if found else None, values, differences
        )


def _is_same_person(relation: Relation, guardian: KnownGuardian, known: KnownRelation) -> bool:
    same_relation = relations_agree(relation.record.relation, str(known.fields["relation"]))
    same_place = known.fields["position"] == relation.record.position
    if relation.record.known_as:
        return relation.record.known_as == guardian.external_id
    if is_reached_alike(relation.record, guardian.fields):
        return True
    return (same_relation or same_place) and _has_same_name(relation, guardian)


def relations_agree(one: str, other: str) -> bool:
    """The same, or one of them says no more than that this is somebody at home."""
    first, second = one.casefold(), other.casefold()
    return first == second or not ANY_GUARDIAN.isdisjoint((first, second))


def is_reached_alike(record: GuardianRecord, known: Fields) -> bool:
    """The same address of the same pupil, and names that do not contradict: another system may know less of a name."""
    if not record.email or record.email.casefold() != str(known["email"]).casefold():
        return False
    surname = name_key("", "", str(known["surname_prefix"]), str(known["surname"]))
    firsts = (name_key(str(known["given_name"]), str(known["initials"]), "", ""),
              name_key(record.given_name, record.initials, "", ""))  # fmt: skip
    if not (record.surname and surname):
        return not (all(firsts) and firsts[0] != firsts[1])
    same_surname = name_key("", "", record.surname_prefix, record.surname) == surname
    return same_surname and (firsts[0] == firsts[1] or not all(firsts))


def _has_same_name(relation: Relation, guardian: KnownGuardian) -> bool:
    record, fields = relation.record, guardian.fields
    names = [str(fields[name]) for name in ("given_name", "initials", "surname_prefix", "surname")]
    return name_key(*names) == name_key(record.given_name, record.initials, record.surname_prefix, record.surname)


def _relation_values(relation: Relation) -> dict[str, object]:
    record = relation.record
    return {
        "position": record.position, "relation": record.relation, "authority": record.authority,
        "receives_post": record.receives_post, "interpreter": record.interpreter,
    }  # fmt: skip


def _differences(values: Fields, known: Fields | None) -> tuple[Difference, ...]:
    if known is None:
        return ()
    return tuple(Difference(name, known[name], value) for name, value in values.items() if known[name] != value)


def _status(found: object, differences: Sequence[Difference]) -> Status:
    if found is None:
        return Status.NEW
    return Status.CHANGED if differences else Status.UNCHANGED
