"""Pupils of lists without numbers: found by full name and birth date; about namesakes the office is asked.

A number that we made ourselves, because the school had none, makes way for the school's own.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import NamedTuple, TypeVar

from scheduling.domain.import_changes import KnownPupil, KnownSchool
from scheduling.domain.import_questions import NONE, Answers, Choice, Question, QuestionKind, question_key
from scheduling.domain.imports import (
    Child,
    GuardianRecord,
    Place,
    Problem,
    PupilRecord,
    Record,
    SchoolFile,
    join_parts,
    name_key,
    problem,
)
from scheduling.domain.people import Name

CLASS_WORD = re.compile(r"(groep|klas|gr\.?|kl\.?)\s+(?=\S)")
DERIVED = "naam-"
"""How a number begins that we made ourselves, for a school that has none."""
BY_CLASS = "-groep"
"""How such a number ends for one of several namesakes, who are told apart by class."""

MOST_ASKED = 20
"""With more rows that fit several pupils the file wants a column more; the office is not asked about each."""

R = TypeVar("R")


def numbered(
    files: Sequence[SchoolFile], known: KnownSchool, answers: Answers
) -> tuple[list[SchoolFile], list[Question]]:
    """Every pupil and every guardian's child with a number; rows of which that is unclear are asked about, and out."""
    numbers = Numbers(files, known)
    asking = _Asking(numbers, answers)
    of_house = {pupil.number: pupil for pupil in known.pupils}
    in_class = {record.number for record in all_records(files, PupilRecord) if record.number and record.class_name}
    found = _numbers_of_rows(files, numbers)
    for pupil in all_records(files, PupilRecord):
        if not pupil.number and not found[_row(pupil)].is_clear:
            found[_row(pupil)] = asking.meant_by_pupil(pupil, found[_row(pupil)])
    chosen = {meant.numbers[0] for meant in found.values() if meant.is_clear and meant.numbers}
    unclear = {number for meant in found.values() if not meant.is_clear for number in meant.numbers} - chosen
    fitted = []
    for file in files:
        problems: list[Problem] = []
        records: list[Record] = []
        for record in file.records:
            if isinstance(record, PupilRecord) and not record.number:
                records += _known_by_name(record, found[_row(record)], problems)
            elif isinstance(record, PupilRecord) and not record.class_name and record.number not in in_class:
                records += _known_by_number(record, of_house, problems)
            elif isinstance(record, GuardianRecord) and record.child is not None:
                records += _known_child(record, record.child, asking, problems)
            else:
                records.append(record)
        fitted.append(with_records(file, records, problems))
    maybe = (of_house[number] for number in sorted(unclear & of_house.keys()))
    staying = [_as_known(pupil) for pupil in maybe if pupil.present]
    if staying:
        fitted[0] = with_records(fitted[0], (*fitted[0].records, *staying))
    return fitted, list(asking.questions.values())


def with_new_numbers(files: Sequence[SchoolFile], known: KnownSchool) -> KnownSchool:
    """The house as it is once pupils whose number we made ourselves have the school's number from these files."""
    made = [pupil for pupil in known.pupils if pupil.number.startswith(DERIVED)]
    if not made:
        return known
    taken = {pupil.number for pupil in known.pupils}
    fresh: dict[str, dict[str, Candidate]] = defaultdict(dict)
    for record in all_records(join_parts(files), PupilRecord):
        if record.number and record.number not in taken:
            one = fresh[_key_of(record)].setdefault(record.number, Candidate(record.number, record.birth_date))
            one.classes.add(record.class_name)
    alike: dict[str, list[KnownPupil]] = defaultdict(list)
    for pupil in made:
        alike[_known_key(pupil)].append(pupil)
    numbers: dict[str, str] = {}
    for name, pupils in alike.items():
        people = [Nameless(_born(pupil), {pupil.class_key[0]}, []) for pupil in pupils]
        for pupil, meant in zip(pupils, _matched(people, [*fresh[name].values()]), strict=True):
            if meant.is_clear and meant.numbers:
                numbers[pupil.number] = meant.numbers[0]
    return replace(
        known,
        pupils=tuple(
            replace(pupil, number=numbers[pupil.number], fields={**pupil.fields, "number": pupil.number})
            if pupil.number in numbers else pupil
            for pupil in known.pupils
        ),
        relations=tuple(replace(one, pupil=numbers.get(one.pupil, one.pupil)) for one in known.relations),
    )  # fmt: skip


def class_key(name: str) -> str:
    """`Groep 3`, `groep 3` and `3` are the same class."""
    return CLASS_WORD.sub("", name.casefold().strip(), count=1)


def child_key(given_name: str, prefix: str, surname: str) -> str:
    """A full name as it is compared: where its prefix was written does not matter."""
    return name_key(given_name, "", prefix, surname)


def with_records(file: SchoolFile, records: Iterable[Record], problems: Iterable[Problem] = ()) -> SchoolFile:
    found, told = tuple(records), tuple(problems)
    if found == file.records and not told:
        return file
    return replace(file, records=found, problems=(*file.problems, *told))


def all_records(files: Sequence[SchoolFile], kind: type[R]) -> Iterator[R]:
    return (record for file in files for record in file.records if isinstance(record, kind))


@dataclass
class Candidate:
    """A pupil with a number, as the files or the house know one."""

    number: str
    birth_date: date | None
    classes: set[str] = field(default_factory=set)
    present: bool = True


@dataclass
class Nameless:
    """A pupil whom the files know without a number: all rows about this one pupil."""

    birth_date: date | None
    classes: set[str]
    rows: list["Row"]


Row = tuple[str, date | None, str]
"""A pupil on a row without a number: name, birth date, class."""


class Meant(NamedTuple):
    """The numbers that fit a name: none for a stranger; more, or one that others want too, while it is unclear."""

    numbers: tuple[str, ...] = ()
    is_clear: bool = True


class Numbers:
    """Finds the number that belongs to a name."""

    def __init__(self, files: Sequence[SchoolFile], known: KnownSchool) -> None:
        self.by_name: dict[str, list[Candidate]] = defaultdict(list)
        self.by_number: dict[str, Candidate] = {}
        for record in all_records(files, PupilRecord):
            if record.number:
                self.add(_key_of(record), record.number, record.birth_date, record.class_name)
        for pupil in known.pupils:
            self.add(_known_key(pupil), pupil.number, _born(pupil), pupil.class_key[0], present=pupil.present)

    def add(self, name: str, number: str, birth_date: date | None, class_name: str, *, present: bool = True) -> None:
        one = self.by_number.get(number)
        if one is None:
            one = self.by_number[number] = Candidate(number, birth_date, present=present)
            self.by_name[name].append(one)
        one.birth_date = one.birth_date or birth_date
        one.classes |= {class_name} - {""}

    @property
    def are_the_schools(self) -> bool:
        """The school has numbers of its own."""
        return any(not number.startswith(DERIVED) for number in self.by_number)

    def meant_by(self, name: str, birth_date: date | None, class_name: str) -> list[str]:
        """The numbers of those who may be meant, the fewest there are."""
        alike = [one for one in self.by_name.get(name, ()) if _may_be_one(one.birth_date, birth_date)]
        same_day = [one for one in alike if birth_date is not None and one.birth_date == birth_date]
        alike = same_day or [one for one in alike if one.present] or alike
        in_class = [one for one in alike if class_name in one.classes]
        return [one.number for one in (in_class if len(in_class) == 1 else alike)]


class _Asking:
    """Asks which of several pupils a row is about, and remembers what was asked."""

    def __init__(self, numbers: Numbers, answers: Answers) -> None:
        self.numbers = numbers
        self.answers = answers
        self.questions: dict[str, Question] = {}

    def meant_by_pupil(self, record: PupilRecord, meant: Meant) -> Meant:
        """The one whom the office chose for this pupil's row; unclear while nobody said it."""
        name, born, class_name = _row(record)
        answer = self._ask((name, str(born or ""), class_name), meant.numbers, record.place, _full_name(record), "")
        chosen = _chosen(answer, meant.numbers)
        return Meant(tuple(chosen)) if chosen else meant

    def numbers_of_child(self, record: GuardianRecord, child: Child) -> list[str]:
        """The numbers that fit a guardian's child; none when the office said that it is nobody of them."""
        found = self.numbers.meant_by(_key_of(child), child.birth_date, child.class_name)
        if len(found) < 2:
            return found
        who = Name(record.given_name or record.initials, record.surname_prefix, record.surname).full or record.email
        row = (_key_of(child), str(child.birth_date or ""), child.class_name, who.casefold(), record.email.casefold())
        answer = self._ask(row, found, record.place, _full_name(child), who)
        return _chosen(answer, found) or ([] if answer == NONE else found)

    def _ask(self, row: Iterable[str], found: Sequence[str], place: Place, name: str, who: str) -> str:
        """The answer; empty while there is none."""
        key = question_key(QuestionKind.WHICH_PUPIL, *row, *sorted(found))
        choices = (*(self._choice(number) for number in found), Choice(NONE))
        answer = self.answers.get(key, "")
        if answer or len(self.questions) < MOST_ASKED:
            facts = {"name": name, "who": who}
            self.questions.setdefault(
                key, Question(key, QuestionKind.WHICH_PUPIL, choices, NONE, answer, facts, place)
            )  # fmt: skip
        return answer

    def _choice(self, number: str) -> Choice:
        one = self.numbers.by_number[number]
        shown = "" if number.startswith(DERIVED) else number
        born = one.birth_date.isoformat() if one.birth_date else ""
        return Choice(_value(number), {"number": shown, "class_name": ", ".join(sorted(one.classes)), "born": born})


def _value(number: str) -> str:
    """The answer is kept and the number cannot be read from it."""
    return hashlib.sha256(number.encode()).hexdigest()[:16]


def _chosen(answer: str, numbers: Iterable[str]) -> list[str]:
    return [number for number in numbers if _value(number) == answer]


def _full_name(one: PupilRecord | Child) -> str:
    return Name(one.given_name, one.surname_prefix, one.surname).full


def _may_be_one(one: date | None, other: date | None) -> bool:
    return one is None or other is None or one == other


def _key_of(one: PupilRecord | Child) -> str:
    return child_key(one.given_name, one.surname_prefix, one.surname)


def _known_key(pupil: KnownPupil) -> str:
    return child_key(*(str(pupil.fields[part]) for part in ("given_name", "surname_prefix", "surname")))


def _born(pupil: KnownPupil) -> date | None:
    born = pupil.fields["birth_date"]
    return born if isinstance(born, date) else None


def _row(record: PupilRecord) -> Row:
    return (_key_of(record), record.birth_date, record.class_name)


def _known_by_name(record: PupilRecord, meant: Meant, problems: list[Problem]) -> Iterator[PupilRecord]:
    name = _full_name(record)
    if not meant.is_clear:
        problems.append(problem(record.place, "", "namesakes_unclear", name=name))
        return
    if not meant.numbers:
        problems.append(problem(record.place, "", "child_unknown", name=name))
        return
    (number,) = meant.numbers
    if number.endswith(BY_CLASS):
        problems.append(problem(record.place, "", "namesakes_by_class", name=name))
    yield replace(record, number=number)


def _known_by_number(
    record: PupilRecord, of_house: Mapping[str, KnownPupil], problems: list[Problem]
) -> Iterator[PupilRecord]:
    """A pupil on a list without classes stays in the class where the house has this pupil."""
    known = of_house.get(record.number)
    if record.left_on is not None or record.year_level:
        yield record
    elif known is None or not known.present:
        problems.append(problem(record.place, "", "pupil_without_class", number=record.number))
    else:
        name, location = known.class_key
        yield replace(record, class_name=name, location=location, year_level=known.year_level)


def _known_child(
    record: GuardianRecord, child: Child, asking: _Asking, problems: list[Problem]
) -> Iterator[GuardianRecord]:
    found = asking.numbers_of_child(record, child)
    if len(found) == 1:
        yield replace(record, pupil_number=found[0], child=None)
        return
    told = problem(record.place, "", "child_unclear" if found else "child_unknown", name=_full_name(child))
    if told not in problems:
        problems.append(told)


def _as_known(pupil: KnownPupil) -> PupilRecord:
    """A pupil whom the files may mean, as the house has this pupil."""
    fields = pupil.fields
    return PupilRecord(
        pupil.number, str(fields["given_name"]), pupil.class_key[0], str(fields["surname_prefix"]),
        str(fields["surname"]), birth_date=_born(pupil), location=pupil.class_key[1],
        year_level=pupil.year_level,
    )  # fmt: skip


def _numbers_of_rows(files: Sequence[SchoolFile], numbers: Numbers) -> dict[Row, Meant]:
    """Per row without a number the numbers that fit."""
    named: dict[str, dict[Row, None]] = defaultdict(dict)
    for record in all_records(files, PupilRecord):
        if not record.number:
            named[_key_of(record)][_row(record)] = None
    are_the_schools = numbers.are_the_schools
    found: dict[Row, Meant] = {}
    for name, rows in named.items():
        people = _people(rows)
        for person, meant in zip(people, _matched(people, numbers.by_name.get(name, ())), strict=True):
            if not meant.numbers and not are_the_schools:
                meant = Meant((_derived(name, person, alone=len(people) == 1),))
            for row in person.rows:
                found[row] = meant
                if meant.numbers and meant.is_clear:
                    numbers.add(name, meant.numbers[0], *row[1:])
    return found


def _people(rows: Iterable[Row]) -> list[Nameless]:
    """Who the rows of one name are about: one birth date is one pupil; without one, every class has its own."""
    people: list[Nameless] = []
    for row in sorted(rows, key=lambda row: row[1] is None):
        _, born, class_name = row
        if born is not None:
            same = [one for one in people if one.birth_date == born]
        else:
            same = [one for one in people if class_name in one.classes]
        if len(same) == 1:
            same[0].classes.add(class_name)
            same[0].rows.append(row)
        else:
            people.append(Nameless(born, {class_name}, [row]))
    return people


def _matched(people: Sequence[Nameless], candidates: Sequence[Candidate]) -> list[Meant]:
    """Per pupil the numbers that fit: first by birth date, then by class, then whoever is left for whatever is left."""
    left = list(candidates)
    found: dict[int, Meant] = {}

    def take(place: int, options: Sequence[Candidate]) -> None:
        if len(options) == 1:
            found[place] = Meant((options[0].number,))
            left.remove(options[0])

    for place, one in enumerate(people):
        if one.birth_date is not None:
            take(place, [other for other in left if other.birth_date == one.birth_date])
    for place, one in enumerate(people):
        if place not in found:
            take(place, [other for other in left if other.classes & one.classes and _fits(one, other)])
    open_places = [place for place in range(len(people)) if place not in found]
    for place in open_places:
        options = [other for other in left if _fits(people[place], other)]
        options = [other for other in options if other.present] or options
        if len(open_places) == 1:
            take(place, options)
        found.setdefault(place, Meant(tuple(other.number for other in options), is_clear=not options))
    return [found[place] for place in range(len(people))]


def _fits(one: Nameless, other: Candidate) -> bool:
    return _may_be_one(one.birth_date, other.birth_date)


def _derived(name: str, person: Nameless, *, alone: bool) -> str:
    """The same name and birth date give the same number, today and next year; namesakes without one need a class."""
    born, by_class = person.birth_date, ""
    if born is None and not alone:
        by_class = class_key(min(person.classes))
    digest = hashlib.sha256("\n".join((name, born.isoformat() if born else "", by_class)).encode()).hexdigest()
    return f"{DERIVED}{digest[:12]}{BY_CLASS if by_class else ''}"
