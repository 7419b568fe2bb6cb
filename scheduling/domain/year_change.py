"""The first import of a new school year: who goes up, who comes, and who of last year is in no file."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from scheduling.domain.import_changes import ClassKey, Difference, KnownSchool, Plan, PupilChange, Status
from scheduling.domain.import_questions import Answers, Choice, Question, QuestionKind, question_key
from scheduling.domain.imports import Place, Problem, SchoolImage, problem

LEFT, LATER = "left", "later"
ASKED_ONE_BY_ONE = 12
"""Of so many pupils it is asked one by one whether they left; of more of them at once."""

NAMED = 8
"""So many names stand in one sentence."""


@dataclass(frozen=True, slots=True)
class PupilOfLastYear:
    """Where a pupil was in the year before; `is_here`: nobody said that this pupil has left."""

    id: int
    number: str
    label: str
    class_name: str
    level: str
    year_level: str
    is_here: bool


@dataclass(frozen=True, slots=True)
class LeaderOfLastYear:
    code: str
    label: str
    classes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LastYear:
    """The school year before the one that is read in."""

    label: str
    ends_on: date
    pupils: Mapping[str, PupilOfLastYear]
    """By number."""
    leaders: tuple[LeaderOfLastYear, ...]


@dataclass(frozen=True, slots=True)
class YearChange:
    """What the change of the year does to the pupils, in numbers."""

    last_year: str
    go_on: int
    new: int
    finished: int
    """Of last year's top level, and in no file."""
    missing: int
    """Others of last year who are in no file."""


def change_year(
    image: SchoolImage, known: KnownSchool, plan: Plan, last: LastYear, answers: Answers, *, starts_on: date
) -> tuple[Plan, YearChange | None, list[Problem], list[Question]]:
    """The plan with last year beside it; who was answered to have left leaves on the day before this year starts.

    Nothing to say, and no YearChange, when the files list no pupils or last year's are all here already.
    """
    here = {pupil.number for pupil in known.pupils if pupil.present}
    listed = {pupil.number for pupil in image.pupils} | {pupil.number for pupil in image.gone}
    absent = [
        pupil for pupil in last.pupils.values() if pupil.is_here and pupil.number not in listed | here | image.spared
    ]
    going_on = [change for change in plan.pupils if change.key in last.pupils and change.enrolment_id is None]
    if not image.lists_pupils or not (going_on or absent):
        return plan, None, [], []
    tops = _top_levels(last.pupils.values())
    finished = [pupil for pupil in absent if pupil.year_level and pupil.year_level == tops.get(pupil.level)]
    missing = sorted((pupil for pupil in absent if pupil not in finished), key=lambda pupil: pupil.class_name)
    questions = _questions(missing, last, answers)
    leaving = _leaving(missing, questions)
    told = YearChange(
        last.label, len(going_on), sum(change.id is None for change in plan.pupils), len(finished), len(missing)
    )
    plan = replace(plan, pupils=(*_beside_last_year(plan.pupils, last), *_leave(leaving, starts_on)))
    return plan, told, _to_know(image, known, plan, going_on, last), questions


def _top_levels(pupils: Iterable[PupilOfLastYear]) -> dict[str, str]:
    """Per kind of education the highest year level that anybody was in."""
    tops: dict[str, int] = {}
    for pupil in pupils:
        if pupil.year_level.isdecimal():
            tops[pupil.level] = max(tops.get(pupil.level, 0), int(pupil.year_level))
    return {level: str(top) for level, top in tops.items()}


def _questions(missing: Sequence[PupilOfLastYear], last: LastYear, answers: Answers) -> list[Question]:
    """Has this pupil left? One by one, or all at once when there are many."""
    groups = [[pupil] for pupil in missing] if len(missing) <= ASKED_ONE_BY_ONE else [list(missing)]
    found = []
    for pupils in groups:
        key = question_key(QuestionKind.NOT_MOVED_UP, last.label, *(pupil.number for pupil in pupils))
        facts = {"names": _names(pupils), "count": str(len(pupils)), "class_name": pupils[0].class_name}
        choices = (Choice(LEFT), Choice(LATER))
        found.append(Question(key, QuestionKind.NOT_MOVED_UP, choices, LATER, answers.get(key, ""), facts))
    return found


def _leaving(missing: Sequence[PupilOfLastYear], questions: Sequence[Question]) -> list[PupilOfLastYear]:
    if len(missing) > ASKED_ONE_BY_ONE:
        return list(missing) if questions[0].answer == LEFT else []
    return [pupil for pupil, question in zip(missing, questions, strict=True) if question.answer == LEFT]


def _leave(pupils: Iterable[PupilOfLastYear], starts_on: date) -> list[PupilChange]:
    left_on = starts_on - timedelta(days=1)
    return [PupilChange(pupil.number, pupil.label, Status.LEFT, pupil.id, left_on=left_on) for pupil in pupils]


def _beside_last_year(changes: Sequence[PupilChange], last: LastYear) -> list[PupilChange]:
    """Who comes from last year's class is shown with that class."""
    return [
        replace(change, differences=tuple(_from_class(one, last.pupils[change.key]) for one in change.differences))
        if change.key in last.pupils and change.enrolment_id is None
        else change
        for change in changes
    ]


def _from_class(one: Difference, pupil: PupilOfLastYear) -> Difference:
    was = {"class_name": pupil.class_name, "year_level": pupil.year_level}
    return replace(one, old=was[one.field]) if one.field in was else one


def _to_know(
    image: SchoolImage, known: KnownSchool, plan: Plan, going_on: Sequence[PupilChange], last: LastYear
) -> list[Problem]:
    """What does not stop the new year, but is worth a look."""
    found = []
    again = [
        last.pupils[change.key]
        for change in going_on
        if change.year_level and change.year_level == last.pupils[change.key].year_level
    ]
    if again:
        found.append(problem(Place(), "", "year_level_again", count=str(len(again)), names=_names(again)))
    if unled := _without_leader(known, plan):
        found.append(problem(Place(), "", "class_without_leader", names=", ".join(unled)))
    codes = {record.code.casefold() for record in image.staff}
    absent = [leader for leader in last.leaders if leader.code.casefold() not in codes] if codes else []
    if absent:
        names = ", ".join(f"{leader.label} ({', '.join(leader.classes)})" for leader in absent[:NAMED])
        found.append(problem(Place(), "", "leader_not_listed", count=str(len(absent)), names=names))
    return found


def _without_leader(known: KnownSchool, plan: Plan) -> list[str]:
    """Classes with pupils of this import that nobody leads."""
    led: dict[ClassKey, bool] = {group.class_key: bool(group.leaders) for group in known.classes}
    led |= {change.class_key: bool(change.leaders) or led.get(change.class_key, False) for change in plan.classes}
    filled: dict[ClassKey, int] = defaultdict(int)
    for change in plan.pupils:
        filled[change.class_key] += change.status is not Status.LEFT
    return sorted(key[0] for key, count in filled.items() if count and key[0] and not led.get(key, False))


def _names(pupils: Sequence[PupilOfLastYear]) -> str:
    named = [f"{pupil.label} ({pupil.class_name})" for pupil in pupils[:NAMED]]
    return ", ".join([*named, "…"] if len(pupils) > NAMED else named)
