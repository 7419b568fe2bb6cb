"""What the school's own pages need besides of a gathering: lists for door and kitchen, and what may be done."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, select

from scheduling.domain.gatherings import GATHERINGS, Coming, NoSuchGathering
from scheduling.domain.people import natural_order
from scheduling.domain.wishes import Wisher
from scheduling.models import GatheringAnswer, Guardian, Guardianship, PlannedDate, db
from scheduling.queries import gatherings
from scheduling.queries.gatherings import BoardLine, GatheringPage, HomeAnswer
from scheduling.queries.leaders import classes_of
from scheduling.queries.year_plans import PlanLine, lines_of
from scheduling.queries.years import YearFacts, all_years


@dataclass(frozen=True)
class OfficeGathering:
    """One gathering, in which year, and the others of its kind on that day."""

    page: GatheringPage
    year: YearFacts
    beside: tuple[PlanLine, ...]


@dataclass(frozen=True)
class DoorRow:
    """Children of one home as they are called at the door, and how many people come with them."""

    given: tuple[str, ...]
    yes: int
    perhaps: int


@dataclass(frozen=True)
class Door:
    class_name: str
    rows: tuple[DoorRow, ...]

    @property
    def people(self) -> int:
        return sum(row.yes for row in self.rows)


@dataclass(frozen=True)
class Kitchen:
    """How many people to expect at one gathering; `perhaps` so many more may come."""

    line: PlanLine
    adults: int
    children: int
    in_childcare: int
    perhaps: int

    @property
    def people(self) -> int:
        return self.adults + self.children


@dataclass(frozen=True)
class LeaderGathering:
    """One gathering of own classes, and what their homes said."""

    page: GatheringPage
    homes: tuple[HomeAnswer, ...]

    def said(self, coming: Coming | None) -> int:
        return sum((home.answer.coming if home.answer else None) == coming for home in self.homes)

    @property
    def doors(self) -> tuple[Door, ...]:
        return doors_of(self.homes)

    @property
    def people(self) -> int:
        return sum(door.people for door in self.doors)


def gatherings_of_leader(leader_id: int, year_id: int, now: datetime) -> tuple[BoardLine, ...]:
    """What families of the own classes are invited to, in order of time; not what is for the whole school."""
    own = dict(classes_of(leader_id, year_id))
    return tuple(
        at
        for at in gatherings.board(year_id, now).lines
        if at.line.planned.kind in GATHERINGS and own.keys() & set(at.line.planned.groups)
    )


def gathering_of_leader(leader_id: int, planned_id: int, now: datetime) -> LeaderGathering:
    """One of these, with the homes of own classes only; raises NoSuchGathering for any other."""
    row = db.session.get(PlannedDate, planned_id)
    if row is None or row.for_all or row.kind not in GATHERINGS:
        raise NoSuchGathering
    own = dict(classes_of(leader_id, row.year_id))
    names = {own[one.class_id] for one in row.classes if one.class_id in own}
    if not names:
        raise NoSuchGathering
    page = gatherings.gathering_page(planned_id, now)
    return LeaderGathering(page, tuple(home for home in page.homes if names & set(home.classes)))


def office_gathering(planned_id: int, now: datetime) -> OfficeGathering:
    """One gathering as the office handles it; raises NoSuchGathering, also for what nobody is invited to."""
    row = db.session.get(PlannedDate, planned_id)
    if row is None or row.kind not in GATHERINGS:
        raise NoSuchGathering
    page = gatherings.gathering_page(planned_id, now)
    year = next(year for year in all_years() if year.id == row.year_id)
    planned = page.line.planned
    same = (line for line in lines_of(year.id) if (line.planned.kind, line.planned.day) == (planned.kind, planned.day))
    return OfficeGathering(page, year, tuple(line for line in same if line.id != planned_id))


def home_of(page: GatheringPage, wisher: Wisher) -> HomeAnswer:
    """One home that is invited; raises NoSuchGathering for any other."""
    found = next((home for home in page.homes if home.wisher == wisher), None)
    if found is None:
        raise NoSuchGathering
    return found


def guardians_of(homes: Iterable[HomeAnswer]) -> Mapping[int, tuple[str, ...]]:
    """By household the parents' names, for who phones them."""
    wanted = {home.wisher.household_id for home in homes if home.wisher.household_id}
    rows = db.session.execute(
        select(Guardianship.household_id, Guardian)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.household_id.in_(wanted))
        .order_by(Guardianship.position, Guardianship.id)
    )
    found: dict[int, dict[int, str]] = defaultdict(dict)
    for household_id, guardian in rows:
        found[household_id][guardian.id] = guardian.name.full
    return {household_id: tuple(names.values()) for household_id, names in found.items()}


def doors_of(homes: Iterable[HomeAnswer]) -> tuple[Door, ...]:
    """Who comes, per class of the first child. Two homes of one child stand in one row: nobody sees who is whose."""
    found: dict[str, dict[tuple[str, ...], list[HomeAnswer]]] = defaultdict(lambda: defaultdict(list))
    for home in homes:
        if home.answer and home.answer.coming is not Coming.NO:
            found[home.classes[0] if home.classes else ""][home.children].append(home)
    return tuple(
        Door(name, tuple(_row(given, own) for given, own in sorted(found[name].items())))
        for name in sorted(found, key=natural_order)
    )


def kitchen_of(found: OfficeGathering) -> tuple[Kitchen, ...]:
    """How many people to expect at each gathering of this kind on that day."""
    lines = sorted((found.page.line, *found.beside), key=lambda line: (str(line.planned.begins), line.group_names))
    said: dict[tuple[int, Coming], tuple[int, int, int]] = {
        (planned_id, coming): (adults, children, in_childcare)
        for planned_id, coming, adults, children, in_childcare in db.session.execute(_sums([one.id for one in lines]))
    }
    return tuple(
        Kitchen(line, *said.get((line.id, Coming.YES), (0, 0, 0)), sum(said.get((line.id, Coming.PERHAPS), (0,))[:2]))
        for line in lines
    )


def _sums(planned_ids: Sequence[int]) -> Select[int, Coming, int, int, int]:
    row = GatheringAnswer
    figures = (func.sum(row.adults), func.sum(row.children), func.sum(row.in_childcare))
    wanted = select(row.planned_id, row.coming, *figures).where(row.planned_id.in_(planned_ids))
    return wanted.group_by(row.planned_id, row.coming)


def _row(given: tuple[str, ...], homes: list[HomeAnswer]) -> DoorRow:
    people = {coming: sum(home.answer.people for home in homes if home.answer and home.answer.coming is coming)
              for coming in (Coming.YES, Coming.PERHAPS)}  # fmt: skip
    return DoorRow(given, people[Coming.YES], people[Coming.PERHAPS])
