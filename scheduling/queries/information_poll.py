"""The poll of the start conversations: per class, per year and for the school who wants an evening, and when."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import select

from scheduling.domain.information_poll import WantedPeriod
from scheduling.domain.plans import InfoNeed
from scheduling.domain.year_plans import InformationEvening, PlannedKind
from scheduling.models import ClassGroup, db
from scheduling.queries.plans import ClassAgreements, agreements_by_class
from scheduling.queries.year_plans import PlanLine, lines_of, wishes_of
from scheduling.queries.years import YearFacts


@dataclass(frozen=True)
class PollRow:
    """What families of these classes said. `name`: of one class or one year; empty: the whole school."""

    name: str
    class_ids: tuple[int, ...]
    homes: int
    yes: int
    maybe: int
    no: int
    periods: Counter[str]
    is_grade: bool = False

    @property
    def silent(self) -> int:
        """With so many homes it was not talked about yet."""
        return self.homes - self.yes - self.maybe - self.no

    @property
    def key(self) -> str:
        return "-".join(map(str, self.class_ids))


@dataclass(frozen=True)
class InformationPoll:
    """The whole school first, then each year of more than one class, then each class."""

    year: YearFacts
    policy: InformationEvening
    rows: tuple[PollRow, ...]
    planned: tuple[PlanLine, ...]
    """The information moments that are in the plan."""

    @property
    def periods(self) -> Counter[str]:
        """When it would be welcome, of the whole school."""
        return self.rows[0].periods if self.rows else Counter()

    @property
    def wanted(self) -> tuple[PollRow, ...]:
        """For whom there is something to plan."""
        return tuple(row for row in self.rows if row.yes + row.maybe)

    @property
    def other_periods(self) -> tuple[str, ...]:
        """What was said in other words than the choices there are."""
        return tuple(sorted(set(self.periods) - set(WantedPeriod)))

    @property
    def favourite(self) -> WantedPeriod:
        """The period that most families chose; of equals the first."""
        return max(WantedPeriod, key=lambda period: self.periods[period.value])


def information_poll(year: YearFacts, today: date) -> InformationPoll:
    """What families said so far; who said nothing is counted too."""
    classes = agreements_by_class(year.id, leader_id=None, today=today)
    wishes, _planned, _before = wishes_of(year)
    moments = (line for line in lines_of(year.id) if line.planned.kind is PlannedKind.INFORMATION_MOMENT)
    rows = (_row("", classes), *_grades(year.id, classes), *(_row(one.class_name, [one]) for one in classes))
    return InformationPoll(year, wishes.information, rows if classes else (), tuple(moments))


def _grades(year_id: int, classes: Iterable[ClassAgreements]) -> list[PollRow]:
    """Each grade that has more than one class; a class of several grades stands alone."""
    grade_of = dict(
        db.session.execute(select(ClassGroup.id, ClassGroup.year_level).where(ClassGroup.year_id == year_id)).all()
    )
    found: dict[str, list[ClassAgreements]] = defaultdict(list)
    for one in classes:
        found[grade_of[one.class_id]].append(one)
    return [replace(_row(grade, own), is_grade=True) for grade, own in found.items() if grade and len(own) > 1]


def _row(name: str, classes: Sequence[ClassAgreements]) -> PollRow:
    said = {need: sum(one.needs(need) for one in classes) for need in InfoNeed}
    periods: Counter[str] = Counter()
    for one in classes:
        periods.update(dict(one.periods))
    return PollRow(
        name, tuple(one.class_id for one in classes), sum(len(one.rows) for one in classes), said[InfoNeed.YES],
        said[InfoNeed.MAYBE], said[InfoNeed.NO], periods,
    )  # fmt: skip
