"""One talk of an evening plan: where else it could be, and what each of those times costs.

Everything is read from the plan itself and weighed by the independent checker, for the teacher and the families that a
change touches; for all others nothing changes.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property

from sqlalchemy import select

from scheduling.domain.drafts import NoSuchTalk
from scheduling.domain.evenings import Cost, Evening, Grid, Spot
from scheduling.domain.rosters import NoRoster, VersionStatus
from scheduling.domain.timeslots import Span, moment_at
from scheduling.models import db
from scheduling.models.rosters import RosterRecord, RosterTalk, RosterVersion
from scheduling.optimiser.checker import check, evening_score
from scheduling.optimiser.problem import (
    EveningProblem,
    EveningRoster,
    Place,
    Reason,
    Request,
    read_problem,
    read_roster,
)
from scheduling.queries.evening_plans import PlannedTalk, talk_of_version

Changes = Mapping[str, Spot | None]
BEST_TIMES = 3


@dataclass(frozen=True)
class TimeChoice:
    """A time where the talk could be: what it costs, and who would change places with it."""

    key: str
    """Names it in a form: `2027-11-16.3`."""
    span: Span
    cost: Cost
    other: PlannedTalk | None


@dataclass(frozen=True)
class TalkOnBoard:
    """One talk, where it stands, and every time where it could be, in order."""

    talk: PlannedTalk
    edition: int
    is_held: bool
    choices: tuple[TimeChoice, ...]

    @property
    def best(self) -> tuple[TimeChoice, ...]:
        """The times that cost least."""
        return tuple(sorted(self.choices, key=lambda choice: (choice.cost.points, choice.span))[:BEST_TIMES])


@dataclass(frozen=True)
class EveningBoard:
    """A plan that can be changed by hand."""

    version: RosterVersion
    problem: EveningProblem
    places: Mapping[str, Spot]
    rows: Mapping[str, RosterTalk]

    @cached_property
    def grid(self) -> Grid:
        starts = {one.id: _moment(one.starts_at) for one in self.problem.evenings}
        days = {one.id: date.fromisoformat(one.id) for one in self.problem.evenings}
        evenings = {days[one.id]: Evening(days[one.id], starts[one.id], one.slots) for one in self.problem.evenings}
        return Grid(self.problem.slot_minutes, evenings)

    @cached_property
    def requests(self) -> Mapping[str, Request]:
        return {request.id: request for request in self.problem.requests}

    def key_of(self, talk_id: int) -> str:
        """The optimiser's name of a talk that can be moved."""
        found = next((key for key, row in self.rows.items() if row.id == talk_id), None)
        if found is None or found not in self.requests or self.rows[found].pinned or self.rows[found].published_at:
            raise NoSuchTalk
        return found

    def changes(self, key: str, spot: Spot) -> dict[str, Spot | None]:
        """What has to happen for this talk to begin there: it alone, or two that change places."""
        found: dict[str, Spot | None] = {key: spot}
        other = self._at(key, spot)
        if other is not None and key in self.places:
            found[other] = self.places[key]
        return found

    def is_possible(self, changes: Changes) -> bool:
        """Does every rule of the evening still hold?"""
        narrow = self._narrow(changes)
        places = _places(self._after(changes), narrow)
        there = {place.request for place in places}
        without = {one.id: Reason.COSTS_MORE.value for one in narrow.requests if one.id not in there}
        roster = EveningRoster("feasible", 1, places, without, score=None, bound=None)
        return not check(narrow, roster)

    def cost(self, changes: Changes) -> Cost:
        """What families and the teacher lose or win by it."""
        narrow = self._narrow(changes)
        before = evening_score(narrow, _places(self.places, narrow))
        after = evening_score(narrow, _places(self._after(changes), narrow))
        step = self.problem.slot_minutes
        return Cost(
            waiting=(after.waiting_slots - before.waiting_slots) * step,
            over_half_an_hour=after.families_over_30 - before.families_over_30,
            idle=(after.idle_slots - before.idle_slots) * step,
        )

    def after(self, changes: Changes) -> EveningRoster:
        """The whole plan with these talks elsewhere, counted again. It is no longer what was proven."""
        places = _places(self._after(changes), self.problem)
        there = {place.request for place in places}
        reasons = {key: self._reason(key) for key in self.requests if key not in there}
        score = evening_score(self.problem, places)
        return EveningRoster("feasible", self.version.seed, places, reasons, score, bound=None)

    def _reason(self, key: str) -> str:
        """Why it has no time, in a word that the optimiser knows: it never sets a talk apart."""
        word = self.rows[key].reason
        return word if word in {reason.value for reason in Reason} else Reason.COSTS_MORE.value

    def _after(self, changes: Changes) -> dict[str, Spot]:
        found = {key: spot for key, spot in self.places.items() if key not in changes}
        return found | {key: spot for key, spot in changes.items() if spot is not None}

    def _at(self, key: str, spot: Spot) -> str | None:
        """The one talk of this teacher that begins there and is as long; None: nobody is there, or not such a one."""
        mine = self.requests[key]
        for other, there in self.places.items():
            request = self.requests[other]
            same = request.teacher == mine.teacher and request.slots == mine.slots
            row = self.rows[other]
            if other != key and there == spot and same and not (row.pinned or row.held or row.published_at):
                return other
        return None

    def _narrow(self, changes: Changes) -> EveningProblem:
        """The problem of the teachers and families that these changes touch."""
        families = {self.requests[key].family for key in changes}
        teachers = {self.requests[key].teacher for key in changes}
        requests = tuple(one for one in self.problem.requests if one.family in families or one.teacher in teachers)
        coming = {one.family for one in requests}
        asked = {one.teacher for one in requests}
        inside = {one.id for one in requests}
        return replace(
            self.problem,
            requests=requests,
            families=tuple(one for one in self.problem.families if one.id in coming),
            teachers=tuple(one for one in self.problem.teachers if one.id in asked),
            pinned=tuple(pin for pin in self.problem.pinned if pin.request in inside and pin.request not in changes),
            previous=(),
        )


def read_board(round_id: int, number: int) -> EveningBoard:
    """A draft of an evening that can still be changed."""
    version = db.session.scalar(
        select(RosterVersion).where(RosterVersion.round_id == round_id, RosterVersion.number == number)
    )
    papers = db.session.get(RosterRecord, version.id) if version else None
    if version is None or papers is None or version.status is not VersionStatus.DRAFT:
        raise NoRoster
    problem = read_problem(papers.problem)
    roster = read_roster(papers.roster, problem)
    if not isinstance(problem, EveningProblem) or not isinstance(roster, EveningRoster):
        raise NoRoster
    places = {place.request: (place.evening, place.slot) for place in roster.placed}
    rows = {f"r{row.request_id}": row for row in version.talks}
    return EveningBoard(version, problem, places, rows)


def talk_on_board(round_id: int, number: int, talk_id: int) -> TalkOnBoard:
    """One talk with every time where it could be."""
    board = read_board(round_id, number)
    key = board.key_of(talk_id)
    row = board.rows[key]
    mine = board.requests[key]
    there = next(one.available for one in board.problem.teachers if one.id == mine.teacher)
    choices = []
    for spot in there:
        changes = board.changes(key, spot)
        if spot != board.places.get(key) and board.is_possible(changes):
            others = [board.rows[other] for other in changes if other != key]
            other = talk_of_version(board.version, others[0].id) if others else None
            name, span = f"{spot[0]}.{spot[1]}", board.grid.span(spot, board.problem.lengths.of(mine, spot[0]))
            choices.append(TimeChoice(name, span, board.cost(changes), other))
    return TalkOnBoard(talk_of_version(board.version, talk_id), row.edition, row.held, tuple(choices))


def spot_named(text: str, board: EveningBoard) -> Spot | None:
    """The spot that a form names, as long as the plan has it."""
    day, _, slot = text.rpartition(".")
    spot = (day, int(slot)) if slot.isdecimal() and len(slot) < len("1000") else None
    return spot if spot in board.grid.spots else None


def _places(places: Mapping[str, Spot], problem: EveningProblem) -> tuple[Place, ...]:
    inside: Iterable[str] = (one.id for one in problem.requests)
    return tuple(Place(key, *places[key]) for key in inside if key in places)


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return moment_at(at.date(), at.time())
