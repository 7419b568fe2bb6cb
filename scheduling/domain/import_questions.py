"""What only the office knows about school files: questions with choices; without an answer the default holds."""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from scheduling.domain.errors import Invalid
from scheduling.domain.imports import (
    GroupPupilRecord,
    GuardianRecord,
    LessonRecord,
    Place,
    Problem,
    PupilRecord,
    Record,
    Relation,
    SchoolFile,
    SchoolImage,
)
from scheduling.domain.kept_tables import ChosenCell, KeptTable

Answers = Mapping[str, str]
"""Per question, by its key, the choice."""

REPAIR, KEEP = "repair", "keep"
SAME, TWO = "same", "two"
ALL, NONE = "all", "none"
NEW = "new"

EXAMPLES = 2
ASKED_ONE_BY_ONE = 10
"""So many pairs of numbers with different names are asked about; with more of them the school simply counts so."""

ADDRESS = re.compile(r"[^\s;,<>()|/]+@[^\s;,<>()|/]+")


class QuestionKind(StrEnum):
    DAMAGED_TEXT = "damaged_text"
    SEVERAL_ADDRESSES = "several_addresses"
    SHARED_MAILBOX = "shared_mailbox"
    NUMBERS_ALIKE = "numbers_alike"
    ZEROS_LOST = "zeros_lost"
    NOT_MOVED_UP = "not_moved_up"
    SAME_GUARDIAN = "same_guardian"
    WHICH_PUPIL = "which_pupil"


LASTING = frozenset(
    {QuestionKind.SHARED_MAILBOX, QuestionKind.NUMBERS_ALIKE, QuestionKind.ZEROS_LOST, QuestionKind.WHICH_PUPIL}
)
"""Answers about people hold for the next import too; the others are about one file."""


class NoSuchChoice(Invalid):
    """The answer is not one of the choices of the question."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer; the facts stand in its sentence."""

    value: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the files leave open; its words stand in `wording/import_questions.py`."""

    key: str
    kind: QuestionKind
    choices: tuple[Choice, ...]
    default: str
    """What holds without an answer."""
    answer: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    place: Place = field(default=Place())
    examples: tuple[tuple[str, str], ...] = ()
    """Texts before and after, or beside each other."""

    @property
    def holds(self) -> str:
        return self.answer or self.default

    def ensure_choice(self, choice: str) -> None:
        """Raise NoSuchChoice when this is no answer to the question."""
        if choice not in {one.value for one in self.choices}:
            raise NoSuchChoice


def question_key(kind: QuestionKind, *facts: str) -> str:
    """The same question in the next file has the same key; no name or address can be read from it."""
    digest = hashlib.sha256("\n".join(facts).encode()).hexdigest()
    return f"{kind.value}-{digest[:32]}"


def unanswered(questions: Iterable[Question]) -> list[Question]:
    return [question for question in questions if not question.answer]


# Of one file: damaged text, more addresses in one cell


def questions_of_files(files: Sequence[SchoolFile], answers: Answers) -> list[Question]:
    """What the rows of a file leave open; answered ones too, so that an answer can be changed."""
    found: list[Question] = []
    for file in files:
        if file.table is not None and file.layout:
            found += _damaged(file.name, file.table, answers)
            found += _several_addresses(file, file.table, answers)
    return found


def with_answer(table: KeptTable, question: Question, choice: str) -> KeptTable:
    """The table with what was chosen about it; a question about people changes nothing here."""
    if question.kind is QuestionKind.DAMAGED_TEXT:
        return replace(table, repaired=choice == REPAIR)
    if question.kind is QuestionKind.SEVERAL_ADDRESSES:
        text = next((one.facts.get("email", "") for one in question.choices if one.value == choice), "")
        row, column = question.place.row, int(question.facts["place"])
        return table.with_choice(ChosenCell(row, column, text) if text else None, row, column)
    return table


def _damaged(name: str, table: KeptTable, answers: Answers) -> list[Question]:
    examples = table.damaged(EXAMPLES)
    if not examples:
        return []
    key = question_key(QuestionKind.DAMAGED_TEXT, name)
    choices = (Choice(REPAIR), Choice(KEEP))
    return [
        Question(
            key, QuestionKind.DAMAGED_TEXT, choices, KEEP, answers.get(key, ""), {"file": name}, Place(name),
            tuple(examples),
        )
    ]  # fmt: skip


def _several_addresses(file: SchoolFile, table: KeptTable, answers: Answers) -> Iterator[Question]:
    cells = {(choice.row, choice.column) for choice in table.chosen}
    for one in file.problems:
        if one.code == "email_several":
            cells |= {(one.row, place) for place in table.columns.values() if table.header[place] == one.column}
    written = {**dict(table.rows), **dict(table.mended)}
    for row, place in sorted(cells):
        addresses = dict.fromkeys(ADDRESS.findall(written[row][place])) if place < len(written.get(row, ())) else {}
        if len(addresses) < 2:
            continue
        key = question_key(QuestionKind.SEVERAL_ADDRESSES, file.name, str(row), str(place), *addresses)
        choices = (*(Choice(str(n), {"email": email}) for n, email in enumerate(addresses)), Choice(NONE))
        facts = {"column": table.header[place], "place": str(place), "who": _who(table, written[row])}
        yield Question(
            key, QuestionKind.SEVERAL_ADDRESSES, choices, NONE, answers.get(key, ""), facts, Place(file.name, row)
        )  # fmt: skip


def _who(table: KeptTable, cells: Sequence[str]) -> str:
    """The name in a row, as far as it has one."""
    places = (table.columns.get(name) for name in ("given_name", "initials", "prefix", "surname"))
    return " ".join(cells[place].strip() for place in places if place is not None and cells[place].strip())


def numbers_left_out(files: Sequence[SchoolFile]) -> frozenset[str]:
    """The pupils, by number without leading zeros, of whom the office left out a row: nobody leaves by that."""
    tables = [file.table for file in files if file.table is not None and file.table.left_out]
    texts = (
        table.cell(row, field) for table in tables for row in table.left_out for field in ("number", "pupils")
    )  # fmt: skip
    return frozenset(number.strip().lstrip("0") for text in texts for number in text.split(",") if number.strip())


# Numbers that differ by zeros only


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two spellings of what may be one pupil's number; `other` is the one that would stay."""

    number: str
    other: str
    name: str
    other_name: str
    place: Place

    @property
    def names_agree(self) -> bool:
        return not self.name or self.name.casefold() == self.other_name.casefold()


def settle_numbers(
    files: Sequence[SchoolFile], known: Mapping[str, str], answers: Answers
) -> tuple[list[SchoolFile], list[Question]]:
    """Ask about numbers that differ by zeros only, and write as one those that are the same pupil.

    `known` has the number and given name of everybody the house knows.
    """
    pairs = _pairs(files, known)
    questions: list[Question] = []
    alike = [pair for pair in pairs if pair.names_agree]
    if alike:
        questions.append(_zeros_question(alike, answers))
    unlike = [pair for pair in pairs if not pair.names_agree]
    if len(unlike) <= ASKED_ONE_BY_ONE:
        questions += [_pair_question(pair, answers) for pair in unlike]
    same = {pair.number: pair.other for pair in pairs if _is_same(pair, answers)}
    return [_renumbered(file, same) for file in files] if same else list(files), questions


def _pairs(files: Sequence[SchoolFile], known: Mapping[str, str]) -> list[_Pair]:
    names = dict(known)
    places: dict[str, Place] = {}
    for record in (record for file in files for record in file.records):
        if isinstance(record, PupilRecord) and record.number:
            places.setdefault(record.number, record.place)
            names.setdefault(record.number, record.given_name)
    for record in (record for file in files for record in file.records):
        if isinstance(record, GuardianRecord) and record.pupil_number:
            places.setdefault(record.pupil_number, record.place)
    spellings: dict[str, set[str]] = defaultdict(set)
    for number in (*names, *places):
        if number.strip("0"):
            spellings[number.lstrip("0")].add(number)
    found = []
    for alike in spellings.values():
        best = max(alike, key=lambda number: (number in known, number in names, len(number)))
        found += [
            _Pair(number, best, names.get(number, ""), names.get(best, ""), places[number])
            for number in sorted(alike - {best})
            if number in places and number not in known
        ]
    return sorted(found, key=lambda pair: (pair.place.file, pair.place.row))


def _zeros_question(pairs: Sequence[_Pair], answers: Answers) -> Question:
    key = question_key(QuestionKind.ZEROS_LOST)
    return Question(
        key, QuestionKind.ZEROS_LOST, (Choice(SAME), Choice(TWO)), TWO, answers.get(key, ""),
        {"count": str(len(pairs))}, Place(pairs[0].place.file),
        tuple((_labelled(pair.number, pair.name), _labelled(pair.other, pair.other_name)) for pair in pairs[:EXAMPLES]),
    )  # fmt: skip


def _pair_question(pair: _Pair, answers: Answers) -> Question:
    key = _pair_key(pair)
    return Question(
        key, QuestionKind.NUMBERS_ALIKE, (Choice(SAME), Choice(TWO)), TWO, answers.get(key, ""),
        {"number": pair.number, "other": pair.other, "name": pair.name, "other_name": pair.other_name}, pair.place,
    )  # fmt: skip


def _pair_key(pair: _Pair) -> str:
    return question_key(QuestionKind.NUMBERS_ALIKE, *sorted((pair.number, pair.other)))


def _is_same(pair: _Pair, answers: Answers) -> bool:
    key = question_key(QuestionKind.ZEROS_LOST) if pair.names_agree else _pair_key(pair)
    return answers.get(key) == SAME


def _labelled(number: str, name: str) -> str:
    return f"{number} {name}".strip()


def _renumbered(file: SchoolFile, same: Mapping[str, str]) -> SchoolFile:
    return replace(file, records=tuple(_with_number(record, same) for record in file.records))


def _with_number(record: Record, same: Mapping[str, str]) -> Record:
    if isinstance(record, PupilRecord):
        return replace(record, number=same[record.number]) if record.number in same else record
    if isinstance(record, GuardianRecord | GroupPupilRecord) and record.pupil_number in same:
        return replace(record, pupil_number=same[record.pupil_number])
    if isinstance(record, LessonRecord) and not same.keys().isdisjoint(seat.pupil_number for seat in record.seats):
        seats = (replace(seat, pupil_number=same.get(seat.pupil_number, seat.pupil_number)) for seat in record.seats)
        return replace(record, seats=tuple(seats))
    return record


# One mailbox in two homes


def settle_mailboxes(image: SchoolImage, answers: Answers) -> tuple[SchoolImage, list[Question]]:
    """Ask which home reads a mailbox that two homes share; the other home gets its letters on paper."""
    told = {one.facts["email"].casefold(): Place(one.file, one.row) for one in image.problems if one.code == MAILBOX}
    users: dict[str, list[Relation]] = defaultdict(list)
    for relation in image.relations:
        if relation.record.email.casefold() in told:
            users[relation.record.email.casefold()].append(relation)
    questions = []
    without: set[tuple[str, str]] = set()
    for email, relations in users.items():
        homes = _homes(relations)
        key = question_key(QuestionKind.SHARED_MAILBOX, email, *sorted(guardian for home in homes for guardian in home))
        choices = {_home_value(home): home for home in homes}
        answer = answers.get(key, "")
        questions.append(
            Question(
                key, QuestionKind.SHARED_MAILBOX,
                (*(Choice(value, _home_facts(relations, home)) for value, home in choices.items()), Choice(ALL)), ALL,
                answer if answer in {*choices, ALL} else "", {"email": relations[0].record.email}, told[email],
            )
        )  # fmt: skip
        if answer in choices:
            without |= {(guardian, email) for home in homes for guardian in home if home is not choices[answer]}
    return _without_mailboxes(image, without) if without else image, questions


MAILBOX = "mailbox_in_two_households"
ALIKE = "number_looks_alike"


def still_to_tell(problems: Iterable[Problem], questions: Iterable[Question]) -> list[Problem]:
    """The problems less those that the office has answered."""
    answered = [question for question in questions if question.answer]
    mailboxes = {one.facts["email"].casefold() for one in answered if one.kind is QuestionKind.SHARED_MAILBOX}
    pairs = {
        frozenset((one.facts["number"], one.facts["other"]))
        for one in answered
        if one.kind is QuestionKind.NUMBERS_ALIKE
    }
    zeros = any(one.kind is QuestionKind.ZEROS_LOST for one in answered)
    return [
        one
        for one in problems
        if not (one.code == MAILBOX and one.facts["email"].casefold() in mailboxes)
        and not (one.code == ALIKE and (zeros or frozenset((one.facts["number"], one.facts["other"])) in pairs))
    ]


def _homes(relations: Sequence[Relation]) -> list[frozenset[str]]:
    """The guardians who use a mailbox, those who share any home together."""
    homes: list[tuple[set[str], set[str]]] = []
    for relation in relations:
        touching = [home for home in homes if relation.guardian in home[0] or relation.household in home[1]]
        merged = ({relation.guardian}, {relation.household})
        for home in touching:
            merged[0].update(home[0])
            merged[1].update(home[1])
        homes = [home for home in homes if home not in touching] + [merged]
    return [frozenset(guardians) for guardians, _ in homes]


def _home_value(home: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(sorted(home)).encode()).hexdigest()[:16]


def _home_facts(relations: Sequence[Relation], home: frozenset[str]) -> dict[str, str]:
    names: dict[str, str] = {}
    for relation in relations:
        if relation.guardian in home:
            names.setdefault(relation.guardian, _guardian_label(relation.record))
    return {"names": ", ".join(dict.fromkeys(names.values()))}


def _guardian_label(record: GuardianRecord) -> str:
    parts = (record.given_name or record.initials, record.surname_prefix, record.surname)
    name = " ".join(filter(None, parts))
    return f"{name} ({record.relation})" if name and record.relation else name or record.relation


def _without_mailboxes(image: SchoolImage, without: set[tuple[str, str]]) -> SchoolImage:
    """The same people; some of them without the address that another home reads."""

    def shown(guardian: str, record: GuardianRecord) -> GuardianRecord:
        return replace(record, email="") if (guardian, record.email.casefold()) in without else record

    return replace(
        image,
        relations=tuple(replace(one, record=shown(one.guardian, one.record)) for one in image.relations),
        guardians=tuple(replace(one, record=shown(one.external_id, one.record)) for one in image.guardians),
    )
