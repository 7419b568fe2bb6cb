"""All classes of a year at a glance: talks and agreed forms of contact, and who has none yet."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from scheduling.domain.people import Name
from scheduling.domain.plans import PlanState
from scheduling.domain.timeslots import local
from scheduling.queries import people, plans, rounds, years


@dataclass(frozen=True)
class RoundProgress:
    """How far one round is in one class."""

    pupils: int
    with_time: int
    held: int


@dataclass(frozen=True)
class ClassOverview:
    """One class. `without_form`: pupils of whom at least one home has no agreed form of contact."""

    id: int
    name: str
    leaders: tuple[Name, ...]
    pupils: int
    agreed: int
    without_form: tuple[Name, ...]
    rounds: tuple[RoundProgress | None, ...]


@dataclass(frozen=True)
class Overview:
    """The year, the names of its rounds, and every class in the order of the rounds."""

    year: str
    rounds: tuple[str, ...]
    classes: tuple[ClassOverview, ...]


def all_classes(now: datetime) -> Overview:
    """Every class of the year people work in; an empty page before there is one."""
    year = years.year_in_use(local(now).date())
    if year is None:
        return Overview("", (), ())
    lines = [line for line in rounds.list_rounds() if line.year == year.label]
    progress: dict[int, dict[int, RoundProgress]] = defaultdict(dict)
    for line in lines:
        for group in rounds.overview(line.id, now).classes:
            progress[group.id][line.id] = RoundProgress(group.pupils, group.with_time, group.held)
    leaders = people.leaders_by_class(year.id)
    agreed = plans.agreements_by_class(year.id, leader_id=None, today=local(now).date())
    classes = sorted(agreed, key=lambda group: list(leaders).index(group.class_id))
    return Overview(
        year.label,
        tuple(line.name for line in lines),
        tuple(
            _class(group, leaders[group.class_id], tuple(progress[group.class_id].get(line.id) for line in lines))
            for group in classes
        ),
    )


def _class(
    group: plans.ClassAgreements, leaders: tuple[Name, ...], progress: tuple[RoundProgress | None, ...]
) -> ClassOverview:
    pupils = {row.pupil.id: row.pupil.name for row in group.rows}
    open_ = {row.pupil.id for row in group.rows if row.state is not PlanState.AGREED}
    without = sorted((pupils[pupil_id] for pupil_id in open_), key=lambda name: name.sort_key)
    return ClassOverview(
        group.class_id, group.class_name, leaders, len(pupils), len(pupils) - len(open_), tuple(without), progress
    )
