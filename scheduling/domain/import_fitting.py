"""School files beside one another and beside what the house knows: what a file leaves open is filled in.

A pupil without a number is found by full name and birth date. An address without a name is somebody's whom we know.
`Groep 3` and `3` are one class. A file that does not say who lives where, or who has authority, leaves that as it is.
A guardian whom another system knows by another code is recognised by name, or the office is asked.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, NamedTuple

from scheduling.domain.import_changes import KnownGuardian, KnownRelation, KnownSchool
from scheduling.domain.import_guardians import is_nameless, is_same_guardian, recognise
from scheduling.domain.import_names import all_records, class_key, numbered, with_records
from scheduling.domain.import_questions import Answers, Question
from scheduling.domain.imports import (
    ClassRecord,
    ContactParentRecord,
    GroupPupilRecord,
    GuardianRecord,
    LessonRecord,
    Problem,
    PupilRecord,
    Record,
    SchoolFile,
    StaffRecord,
    join_parts,
    problem,
)
from scheduling.domain.lost_letters import with_known_letters
from scheduling.domain.phones import international

LETTERS = "AB"
NO_ANSWERS: Answers = MappingProxyType({})

FIRST_NAMES = ("given_name", "initials")
WHO = (*FIRST_NAMES, "relation")
"""What stays of somebody who was recognised although the row does not say it."""
SOMETIMES_SILENT = (
    "position", "relation", "salutation", "given_name", "initials", "phone", "authority", "secret_address",
    "receives_post", "language", "interpreter",
)  # fmt: skip
"""What some systems do not list of a guardian."""
NOTHING_SAID = GuardianRecord("")
ANY_PARENT = "ouder"
MORE_EXACT = ("moeder", "vader", "ouder")
"""A system that calls everybody a parent does not know better than one that says mother or foster parent."""


class Fitted(NamedTuple):
    """The files with everything filled in that they leave open, and what to ask about the people in them."""

    files: tuple[SchoolFile, ...]
    questions: list[Question]


def fit(
    files: Sequence[SchoolFile], known: KnownSchool, *, answers: Answers = NO_ANSWERS, flemish: bool = False
) -> Fitted:  # fmt: skip
    """Fill in what the files leave open; what stays unclear is asked, or told as a problem."""
    spelled = _spelled(join_parts(files), known)
    named, namesakes = numbered(spelled, known, answers)
    reached = _reached(with_known_letters(named, known), known)
    recognised, strangers = recognise(reached, known, answers)
    housed = _housed(_remembered(recognised, known), known)
    fitted = (with_records(file, (_with_phone(record, flemish=flemish) for record in file.records)) for file in housed)
    return Fitted(tuple(fitted), [*namesakes, *strangers])


# Classes


def _spelled(files: Sequence[SchoolFile], known: KnownSchool) -> list[SchoolFile]:
    """One spelling per class: the one we know, else the class list's, else the staff's, else the first pupil's."""
    spelling: dict[str, str] = {}
    lists: tuple[Iterable[str], ...] = (
        (group.class_key[0] for group in known.classes),
        (record.name for record in all_records(files, ClassRecord)),
        (name for record in all_records(files, StaffRecord) for name in record.classes),
        (record.class_name for record in all_records(files, PupilRecord)),
    )
    for name in (name for names in lists for name in names):
        spelling.setdefault(class_key(name), name)
    return [with_records(file, (_respelled(record, spelling) for record in file.records)) for file in files]


def _respelled(record: Record, spelling: Mapping[str, str]) -> Record:
    def spelled(name: str) -> str:
        return spelling.get(class_key(name), name)

    if isinstance(record, PupilRecord | ContactParentRecord):
        return replace(record, class_name=spelled(record.class_name))
    if isinstance(record, StaffRecord):
        return replace(record, classes=tuple(dict.fromkeys(spelled(name) for name in record.classes)))
    if isinstance(record, ClassRecord):
        return replace(record, name=spelled(record.name))
    if isinstance(record, LessonRecord | GroupPupilRecord):
        return replace(record, group=spelled(record.group))
    if isinstance(record, GuardianRecord) and record.child is not None:
        return replace(record, child=replace(record.child, class_name=spelled(record.child.class_name)))
    return record


# Addresses and homes


def _reached(files: Sequence[SchoolFile], known: KnownSchool) -> list[SchoolFile]:
    """An address without a name makes a guardian only for a pupil of whom no guardian is known by name or code."""
    of_pupil: dict[str, set[str]] = defaultdict(set)
    for row in all_records(files, GuardianRecord):
        if not row.is_bare:
            of_pupil[row.pupil_number].add(row.email.casefold())
    people = {guardian.id: guardian for guardian in known.guardians}
    for relation in known.relations:
        guardian = people[relation.guardian_id]
        if guardian.active and not is_nameless(guardian):
            of_pupil[relation.pupil].add(str(guardian.fields["email"]).casefold())
    fitted = []
    for file in files:
        problems: list[Problem] = []
        seen: set[tuple[str, str]] = set()
        records: list[Record] = []
        for record in file.records:
            if not isinstance(record, GuardianRecord) or not record.is_bare:
                records.append(record)
                continue
            address = record.email.casefold()
            others = of_pupil.get(record.pupil_number)
            if others is None:
                if (record.pupil_number, address) not in seen:
                    records.append(record)
                seen.add((record.pupil_number, address))
            elif address and address not in others:
                number = record.pupil_number
                told = problem(record.place, "", "address_of_nobody", email=record.email, number=number)
                problems += [told] if told not in problems else []
        fitted.append(with_records(file, records, problems))
    return fitted


def _remembered(files: Sequence[SchoolFile], known: KnownSchool) -> list[SchoolFile]:
    """What a file has no column for stays as the house knows it of each guardian."""
    people = {guardian.id: guardian for guardian in known.guardians}
    ties: dict[str, list[KnownRelation]] = defaultdict(list)
    for relation in known.relations:
        ties[relation.pupil].append(relation)
    fitted = []
    for file in files:
        silent = [name for name in SOMETIMES_SILENT if not _says(file, name)]
        records = list(file.records)
        for place, record in enumerate(records):
            if isinstance(record, GuardianRecord) and (silent or record.known_as):
                for tie in ties.get(record.pupil_number, ()):
                    if is_same_guardian(record, people[tie.guardian_id]):
                        unsaid = {*silent, *(WHO if record.known_as else ())}
                        records[place] = _as_remembered(record, unsaid, people[tie.guardian_id], tie)
                        break
        fitted.append(with_records(file, records))
    return fitted


def _says(file: SchoolFile, name: str) -> bool:
    columns = file.table.columns if file.table is not None else {}
    return name in columns or (name == "authority" and "responsible" in columns)


def _as_remembered(
    record: GuardianRecord, silent: Iterable[str], guardian: KnownGuardian, tie: KnownRelation
) -> GuardianRecord:
    facts: dict[str, Any] = {**guardian.fields, **tie.fields}
    open_ = [name for name in silent if getattr(record, name) == getattr(NOTHING_SAID, name)]
    kept = {name: facts[name] for name in open_ if facts[name] not in ("", None)}
    if any(getattr(record, name) for name in FIRST_NAMES):
        kept = {name: value for name, value in kept.items() if name not in FIRST_NAMES}
    if record.relation.casefold() == ANY_PARENT and str(tie.fields["relation"]).casefold().endswith(MORE_EXACT):
        kept["relation"] = tie.fields["relation"]
    found = replace(record, **kept)
    return replace(found, phone="") if found.secret_address else found


def _housed(files: Sequence[SchoolFile], known: KnownSchool) -> list[SchoolFile]:
    """A pupil with two homes keeps them when no row says who lives where."""
    homes: dict[str, dict[int, int]] = defaultdict(dict)
    for relation in known.relations:
        homes[relation.pupil][relation.guardian_id] = relation.household_id
    said = {row.pupil_number for row in all_records(files, GuardianRecord) if row.household}
    parted = {pupil: of for pupil, of in homes.items() if len(set(of.values())) > 1 and pupil not in said}
    if not parted:
        return list(files)
    people = {guardian.id: guardian for guardian in known.guardians}
    fitted = []
    for file in files:
        problems: list[Problem] = []
        records: list[Record] = []
        for record in file.records:
            if isinstance(record, GuardianRecord) and record.pupil_number in parted:
                record = _at_home(record, parted[record.pupil_number], people, problems)
            records.append(record)
        fitted.append(with_records(file, records, problems))
    return fitted


def _at_home(
    record: GuardianRecord, homes: Mapping[int, int], people: Mapping[int, KnownGuardian], problems: list[Problem]
) -> GuardianRecord:
    letters = dict(zip(sorted(set(homes.values())), LETTERS, strict=False))
    for id_, home in homes.items():
        if is_same_guardian(record, people[id_]):
            return replace(record, household=letters.get(home, ""))
    problems.append(problem(record.place, "", "home_unknown", number=record.pupil_number))
    return record


def _with_phone(record: Record, *, flemish: bool) -> Record:
    if isinstance(record, GuardianRecord) and record.phone:
        return replace(record, phone=international(record.phone, flemish=flemish))
    return record
