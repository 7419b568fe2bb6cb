"""Parents whom another system knows by another code: recognised by name at the same child, and asked when unsure."""

import hashlib
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from scheduling.domain.import_changes import (
    Fields,
    KnownGuardian,
    KnownRelation,
    KnownSchool,
    is_reached_alike,
    relations_agree,
)
from scheduling.domain.import_names import all_records, with_records
from scheduling.domain.import_questions import NEW, Answers, Choice, Question, QuestionKind, question_key
from scheduling.domain.imports import (
    GuardianRecord,
    Problem,
    Record,
    SchoolFile,
    Severity,
    guardian_identity,
    name_key,
    problem,
)


def recognise(
    files: Sequence[SchoolFile], known: KnownSchool, answers: Answers
) -> tuple[list[SchoolFile], list[Question]]:
    """The files with, at each stranger who is somebody the house knows, who that is; and what to ask about others."""
    strangers = _Strangers(files, known)
    same = strangers.certain()
    questions: list[Question] = []
    unclear: set[str] = set()
    for identity, people in strangers.unclear(same):
        question = _question(strangers.rows[identity], identity, people, answers)
        questions.append(question)
        chosen = next((one for one in people if _value(one.guardian) == question.answer), None)
        if chosen is not None and chosen.guardian.external_id not in same.values():
            same[identity] = chosen.guardian.external_id
        elif not question.answer:
            unclear.add(identity)
    if not same and not unclear:
        return list(files), questions
    return [_with_names(file, same, unclear) for file in files], questions


def is_nameless(guardian: KnownGuardian) -> bool:
    """The house knows no more of this guardian than an address."""
    nameless = not any(guardian.fields[name] for name in ("given_name", "initials", "surname"))
    return nameless and guardian.external_id == str(guardian.fields["email"]).casefold()


def is_same_guardian(record: GuardianRecord, known: KnownGuardian) -> bool:
    """As recognised, by code, by name, or by address when the names do not contradict."""
    if known.external_id in (record.known_as, record.code) or is_reached_alike(record, known.fields):
        return True
    if record.is_bare or is_nameless(known):
        return False
    names = [str(known.fields[name]) for name in ("given_name", "initials", "surname_prefix", "surname")]
    return name_key(*names) == name_key(record.given_name, record.initials, record.surname_prefix, record.surname)


@dataclass(frozen=True, slots=True)
class _Parent:
    """A guardian of a pupil whom the house knows and whom no row names."""

    guardian: KnownGuardian
    tie: KnownRelation


class _Strangers:
    """Guardians in the files whom the house does not know by code, address or whole name, each with who it may be."""

    def __init__(self, files: Sequence[SchoolFile], known: KnownSchool) -> None:
        self.people = {guardian.id: guardian for guardian in known.guardians}
        self.external_ids = {guardian.external_id for guardian in known.guardians}
        ties: dict[str, list[KnownRelation]] = defaultdict(list)
        for tie in known.relations:
            ties[tie.pupil].append(tie)
        of_pupil: dict[str, list[GuardianRecord]] = defaultdict(list)
        for row in all_records(files, GuardianRecord):
            if row.pupil_number in ties and row.active and not row.is_bare:
                of_pupil[row.pupil_number].append(row)
        self.rows: dict[str, list[GuardianRecord]] = defaultdict(list)
        self.may_be: dict[str, dict[str, _Parent]] = defaultdict(dict)
        """Per stranger those who may be meant, by external id."""
        self.wanted: dict[tuple[str, str], set[str]] = defaultdict(set)
        """Per pupil and guardian of the house the strangers who may be this guardian."""
        for number, rows in of_pupil.items():
            self._look(number, rows, ties[number])

    def certain(self) -> dict[str, str]:
        """Per stranger who can only be one guardian, and no other stranger can be that one: who it is."""
        found: dict[str, str] = {}
        for identity, people in self.may_be.items():
            if len(people) == 1:
                ((external_id, parent),) = people.items()
                rows = self.rows[identity]
                alone = all(self.wanted[row.pupil_number, external_id] <= {identity} for row in rows)
                if alone and all(_addresses_agree(row, parent.guardian) for row in rows):
                    found[identity] = external_id
        return found

    def unclear(self, same: Mapping[str, str]) -> Iterator[tuple[str, list[_Parent]]]:
        """The others, each with those who are not found yet."""
        found = set(same.values())
        for identity, people in self.may_be.items():
            left = [parent for external_id, parent in people.items() if external_id not in found]
            if identity not in same and left:
                yield identity, left

    def _look(self, number: str, rows: Sequence[GuardianRecord], ties: Sequence[KnownRelation]) -> None:
        known = [_Parent(self.people[tie.guardian_id], tie) for tie in ties]
        strangers = [row for row in rows if self._is_strange(row, known)]
        named = [row for row in rows if row not in strangers]
        open_ = [
            one for one in known
            if one.guardian.active and not is_nameless(one.guardian)
            and not any(self._is(row, one.guardian) for row in named)
        ]  # fmt: skip
        for row in strangers:
            identity = guardian_identity(row)
            self.rows[identity].append(row)
            for one in open_:
                if _may_be(row, one):
                    self.may_be[identity][one.guardian.external_id] = one
                    self.wanted[number, one.guardian.external_id].add(identity)

    def _is_strange(self, row: GuardianRecord, known: Iterable[_Parent]) -> bool:
        return guardian_identity(row) not in self.external_ids and not any(
            is_same_guardian(row, one.guardian) for one in known
        )

    @staticmethod
    def _is(row: GuardianRecord, guardian: KnownGuardian) -> bool:
        return guardian_identity(row) == guardian.external_id or is_same_guardian(row, guardian)


def _may_be(row: GuardianRecord, one: _Parent) -> bool:
    """The same surname, and nothing else that says otherwise."""
    fields = one.guardian.fields
    surname = name_key("", "", row.surname_prefix, row.surname)
    return (
        bool(surname)
        and surname == name_key("", "", str(fields["surname_prefix"]), str(fields["surname"]))
        and _first_names_agree(row, fields)
        and relations_agree(row.relation, str(one.tie.fields["relation"]))
    )


def _first_names_agree(row: GuardianRecord, fields: Fields) -> bool:
    """As far as both have them; beside a given name initials need only begin alike."""
    given, initials = str(fields["given_name"]), str(fields["initials"])
    if row.given_name and given:
        return row.given_name.casefold() == given.casefold()
    if row.initials and initials:
        return name_key("", row.initials, "", "") == name_key("", initials, "", "")
    first, other = row.given_name or row.initials, given or initials
    return not (first and other) or _first_letter(first) == _first_letter(other)


def _first_letter(name: str) -> str:
    """Without its accent: initials often have none."""
    return unicodedata.normalize("NFD", name)[0].casefold()


def _addresses_agree(row: GuardianRecord, known: KnownGuardian) -> bool:
    email = str(known.fields["email"]).casefold()
    return not (row.email and email) or row.email.casefold() == email


def _question(rows: Sequence[GuardianRecord], identity: str, people: Sequence[_Parent], answers: Answers) -> Question:
    key = question_key(QuestionKind.SAME_GUARDIAN, identity)
    first = rows[0]
    choices = [Choice(_value(one.guardian), {"name": _label_of_known(one)}) for one in people]
    answer = answers.get(key, "")
    return Question(
        key, QuestionKind.SAME_GUARDIAN, (*choices, Choice(NEW)), NEW,
        answer if answer in {NEW, *(one.value for one in choices)} else "",
        {
            "name": _label_of_row(first),
            "numbers": ", ".join(dict.fromkeys(row.pupil_number for row in rows)), "file": first.place.file,
        },
        first.place,
    )  # fmt: skip


def _value(guardian: KnownGuardian) -> str:
    return hashlib.sha256(guardian.external_id.encode()).hexdigest()[:16]


def _label_of_row(row: GuardianRecord) -> str:
    """The name, and by what else the file tells this one from another of that name."""
    return _label(row.given_name or row.initials, row.surname_prefix, row.surname, row.email or row.code)


def _label_of_known(one: _Parent) -> str:
    fields = {name: str(value) for name, value in one.guardian.fields.items()}
    return _label(
        fields["given_name"] or fields["initials"], fields["surname_prefix"], fields["surname"],
        str(one.tie.fields["relation"]), fields["email"],
    )  # fmt: skip


def _label(first: str, prefix: str, surname: str, *more: str) -> str:
    name, said = " ".join(filter(None, (first, prefix, surname))), ", ".join(filter(None, more))
    return f"{name} ({said})" if said else name


def _with_names(file: SchoolFile, same: Mapping[str, str], unclear: set[str]) -> SchoolFile:
    problems: list[Problem] = []
    records: list[Record] = []
    for record in file.records:
        if isinstance(record, GuardianRecord):
            identity = guardian_identity(record)
            if identity in same:
                record = replace(record, known_as=same[identity])
            elif identity in unclear:
                facts = {"name": _label_of_row(record), "number": record.pupil_number}
                problems.append(problem(record.place, "", "guardian_unclear", Severity.WARNING, **facts))
        records.append(record)
    return with_records(file, records, problems)
