"""Gatherings, as the office, a class's leaders and the families see them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Select, and_, case, func, or_, select
from sqlalchemy.orm import Session, contains_eager

from scheduling.domain.gatherings import GATHERINGS, Answer, Coming, Details, NoSuchGathering
from scheduling.domain.journal import Actor
from scheduling.domain.people import Authority, natural_order
from scheduling.domain.timeslots import Span, local
from scheduling.domain.wishes import Wisher
from scheduling.domain.year_board import Need, need_of
from scheduling.domain.year_plans import Planned, PlannedKind
from scheduling.models import (
    Enrolment,
    Gathering,
    GatheringAnswer,
    GatheringGuest,
    Guardianship,
    PlannedClass,
    PlannedDate,
    SchoolYear,
    db,
)
from scheduling.queries.bookings import Home
from scheduling.queries.gathering_guests import (
    Company,
    answers_to,
    children_of,
    companies_of,
    company_of,
    details_of,
    key_of,
    people_coming,
    said_by,
    span_of,
)
from scheduling.queries.year_plans import PlanLine, as_line, standing_rows, year_names


@dataclass(frozen=True)
class HomeAnswer:
    """One home that is invited, and what it said; None: nothing yet."""

    wisher: Wisher
    classes: tuple[str, ...]
    children: tuple[str, ...]
    """Given names alone."""
    reached: bool
    """Some mailbox of this home gets the letter; else it is invited on paper."""
    answer: Answer | None

    @property
    def numbers(self) -> tuple[int | None, int | None, int | None]:
        """So many adults, children and children in childcare, for a list."""
        said = self.answer
        return (said.adults, said.children, said.in_childcare) if said else (None, None, None)


@dataclass(frozen=True)
class Counts:
    """What the homes said so far."""

    homes: int = 0
    yes: int = 0
    perhaps: int = 0
    no: int = 0
    silent: int = 0
    adults: int = 0
    children: int = 0
    in_childcare: int = 0
    perhaps_people: int = 0
    on_paper: int = 0

    @property
    def people(self) -> int:
        """Who said to come."""
        return self.adults + self.children


@dataclass(frozen=True)
class GatheringPage:
    """One gathering for the office. `version` 0: nothing was said of it yet."""

    line: PlanLine
    span: Span
    details: Details
    version: int
    invited_at: datetime | None
    reminded_at: datetime | None
    called_off_at: datetime | None
    counted: int | None
    counts: Counts
    places_left: int | None
    homes: tuple[HomeAnswer, ...]
    """Every home that is invited, by class and first name."""
    begun: bool
    over: bool

    @property
    def on_paper(self) -> tuple[HomeAnswer, ...]:
        """The homes that no mail reaches."""
        return tuple(home for home in self.homes if not home.reached)

    @property
    def is_invitable(self) -> bool:
        return self.called_off_at is None and not self.begun

    @property
    def may_print(self) -> bool:
        """Some home is reached by no mail and did not say no: its invitation goes on paper."""
        asked = self.invited_at is not None and self.called_off_at is None and not self.begun
        return asked and any(home.answer is None or home.answer.coming is not Coming.NO for home in self.on_paper)

    @property
    def may_remind(self) -> bool:
        asked = self.invited_at is not None and self.reminded_at is None and self.called_off_at is None
        return asked and not self.begun and self.counts.silent > 0


@dataclass(frozen=True)
class HomeGathering:
    """One gathering to which the own home is invited."""

    planned_id: int
    wisher: Wisher
    line: PlanLine
    span: Span
    details: Details
    children: tuple[str, ...]
    answer: Answer | None
    others: tuple[str, ...]
    """The first names of children whose homes come and say so."""
    places_left: int | None
    """Besides those of this home; None: there is room for everybody."""
    called_off: bool
    open: bool
    """It has not begun, and it goes on: the home can answer."""
    uid: str
    sequence: int
    stamp: datetime
    """As in the letter to this person; without a letter as in the school's own calendar."""


@dataclass(frozen=True)
class BoardLine:
    """One gathering of the year, and how far it is."""

    line: PlanLine
    invited_at: datetime | None
    reminded_at: datetime | None
    called_off_at: datetime | None
    homes: int
    """So many homes got a letter."""
    answered: int
    """So many homes said something."""
    coming: int
    """So many people said to come."""
    counted: int | None
    held: bool
    needs: Need | None


@dataclass(frozen=True)
class Board:
    """The gatherings of a year in order of time, and what asks for something now: the nearest first."""

    lines: tuple[BoardLine, ...]

    @property
    def attention(self) -> tuple[BoardLine, ...]:
        return tuple(line for line in self.lines if line.needs)


def gathering_page(planned_id: int, now: datetime) -> GatheringPage:
    """One gathering: how it is held, who is invited, and what was said."""
    session = db.session()
    row, gathering = _found(session, planned_id)
    homes = _homes(session, row)
    counts, span, details = _counts(homes), span_of(row), details_of(gathering)
    return GatheringPage(
        line=as_line(row, year_names(row.year_id)), span=span, details=details,
        version=gathering.version if gathering else 0,
        invited_at=gathering.invited_at if gathering else None,
        reminded_at=gathering.reminded_at if gathering else None,
        called_off_at=gathering.called_off_at if gathering else None,
        counted=gathering.counted if gathering else None, counts=counts,
        places_left=_left(details, counts.people), homes=homes, begun=span.starts_at <= now, over=span.ends_at <= now,
    )  # fmt: skip


def for_home(by: Actor, homes: Sequence[Home], now: datetime) -> tuple[HomeGathering, ...]:
    """What this person's homes are invited to, from today on; one that was called off until its day is over."""
    session = db.session()
    pupil_ids = {home.pupil_id for home in homes}
    rows = _known_to(session, pupil_ids, now) if pupil_ids else []
    if not rows:
        return ()
    ids = [row.planned_id for row in rows]
    answers, guests = answers_to(session, ids), _guests_of(session, by, ids)
    companies = companies_of(session, [row.planned for row in rows], pupil_ids)
    shown, beside = _shown(session, rows, answers), _beside(homes)
    names = {year_id: year_names(year_id) for year_id in {row.planned.year_id for row in rows}}
    found = []
    for row in rows:
        company, said = companies[row.planned_id], answers[row.planned_id]
        for wisher in sorted(company.homes_of.get(key_of(by), ()), key=str):
            others = [name for home, name in shown[row.planned_id] if home not in beside and home != wisher]
            line = as_line(row.planned, names[row.planned.year_id])
            made = _for_home(row, line, wisher, company, said, guests.get(row.planned_id), now)
            found.append(replace(made, others=tuple(sorted(others))))
    return tuple(found)


def _beside(homes: Iterable[Home]) -> set[Wisher]:
    """Every home of the own children: what another of them does, is told to nobody of these."""
    return {Wisher(household_id) for home in homes for household_id in home.homes}


def board(year_id: int, now: datetime) -> Board:
    """All gatherings of a year; few queries, however many families."""
    session = db.session()
    names = year_names(year_id)
    rows = {row.planned_id: row for row in session.scalars(_of_year(year_id))}
    off = [row.planned for row in rows.values() if row.called_off_at]
    told, said, answered_by = _told(session, year_id), _said(session, year_id), _answered(session, year_id)
    lines = []
    for planned in [*standing_rows(session, year_id), *off]:
        if planned.kind in GATHERINGS:
            gathering = rows.get(planned.id)
            answered, coming = said.get(planned.id, (0, 0))
            invited = told.get(planned.id, {})
            silent = any(homes.isdisjoint(answered_by.get(planned.id, ())) for homes in invited.values())
            lines.append(
                _board_line(
                    as_line(planned, names), span_of(planned), gathering, len(set().union(*invited.values())), answered,
                    coming, silent, now,
                )
            )  # fmt: skip
    return Board(tuple(sorted(lines, key=_by_time)))


def _board_line(
    line: PlanLine,
    span: Span,
    gathering: Gathering | None,
    homes: int,
    answered: int,
    coming: int,
    silent: bool,
    now: datetime,
) -> BoardLine:
    return BoardLine(
        line=line, invited_at=gathering.invited_at if gathering else None,
        reminded_at=gathering.reminded_at if gathering else None,
        called_off_at=gathering.called_off_at if gathering else None, homes=homes, answered=answered, coming=coming,
        counted=gathering.counted if gathering else None, held=span.ends_at <= now,
        needs=_needs(line.planned, span, gathering, silent=silent, now=now),
    )  # fmt: skip


def _needs(planned: Planned, span: Span, gathering: Gathering | None, *, silent: bool, now: datetime) -> Need | None:
    """What this gathering asks of the office now."""
    if gathering and gathering.called_off_at:
        return None
    return need_of(
        span, now, placed=bool(planned.place), invited=bool(gathering and gathering.invited_at), silent=silent,
        reminded=bool(gathering and gathering.reminded_at),
        counted=gathering is not None and gathering.counted is not None,
    )  # fmt: skip


def _by_time(one: BoardLine) -> tuple[str, str, str, int]:
    planned = one.line.planned
    return planned.day.isoformat(), str(planned.begins), planned.kind.value, one.line.id


def _found(session: Session, planned_id: int) -> tuple[PlannedDate, Gathering | None]:
    row = session.get(PlannedDate, planned_id)
    if row is None or row.kind not in GATHERINGS:
        raise NoSuchGathering
    return row, session.get(Gathering, planned_id)


def _homes(session: Session, row: PlannedDate) -> tuple[HomeAnswer, ...]:
    answers = answers_to(session, [row.id])[row.id]
    found = [
        HomeAnswer(home.wisher, home.classes, home.children, home.reached, said_by(answers.get(home.wisher)))
        for home in company_of(session, row).homes.values()
    ]
    return tuple(sorted(found, key=lambda one: (natural_order(" ".join(one.classes)), one.children, str(one.wisher))))


def _counts(homes: Iterable[HomeAnswer]) -> Counts:
    every = list(homes)
    said: dict[Coming, list[Answer]] = defaultdict(list)
    for home in every:
        if home.answer:
            said[home.answer.coming].append(home.answer)
    yes, perhaps = said[Coming.YES], said[Coming.PERHAPS]
    return Counts(
        homes=len(every), yes=len(yes), perhaps=len(perhaps), no=len(said[Coming.NO]),
        silent=sum(home.answer is None for home in every), adults=sum(one.adults for one in yes),
        children=sum(one.children for one in yes), in_childcare=sum(one.in_childcare for one in yes),
        perhaps_people=sum(one.people for one in perhaps), on_paper=sum(not home.reached for home in every),
    )  # fmt: skip


def _left(details: Details, coming: int) -> int | None:
    return None if details.capacity is None else max(details.capacity - coming, 0)


def _known_to(session: Session, pupil_ids: Iterable[int], now: datetime) -> list[Gathering]:
    """The gatherings that families of these pupils' years were invited to, in order of time."""
    ids = list(pupil_ids)
    years = select(Enrolment.year_id).where(Enrolment.pupil_id.in_(ids), Enrolment.present)
    newest = select(SchoolYear.id).where(SchoolYear.ends_on >= local(now).date())
    rows = session.scalars(
        select(Gathering)
        .join(Gathering.planned)
        .options(contains_eager(Gathering.planned))
        .where(
            Gathering.invited_at.is_not(None), PlannedDate.day >= local(now).date(),
            PlannedDate.published_at.is_not(None) | Gathering.called_off_at.is_not(None),
            PlannedDate.year_id.in_(years) | PlannedDate.year_id.in_(newest),
        )
        .order_by(PlannedDate.day, PlannedDate.begins, PlannedDate.id)
    )  # fmt: skip
    return list(rows)


def _guests_of(session: Session, by: Actor, planned_ids: Sequence[int]) -> dict[int, GatheringGuest]:
    """The letters' calendar objects of this person, by gathering."""
    guardian_id, pupil_id = key_of(by)
    rows = session.scalars(
        select(GatheringGuest).where(
            GatheringGuest.planned_id.in_(planned_ids), GatheringGuest.guardian_id == guardian_id,
            GatheringGuest.pupil_id == pupil_id,
        )
    )  # fmt: skip
    return {row.planned_id: row for row in rows}


def _for_home(
    row: Gathering, line: PlanLine, wisher: Wisher, company: Company, answers: Mapping[Wisher, GatheringAnswer],
    guest: GatheringGuest | None, now: datetime,
) -> HomeGathering:  # fmt: skip
    planned, details, span = row.planned, details_of(row), span_of(row.planned)
    home = company.homes.get(wisher)
    off = row.called_off_at is not None
    return HomeGathering(
        planned_id=planned.id, wisher=wisher, line=line, span=span, details=details,
        children=home.children if home else (), answer=said_by(answers.get(wisher)), others=(),
        places_left=_left(details, people_coming(answers, besides=wisher)), called_off=off,
        open=not off and span.starts_at > now,
        uid=guest.ical_uid if guest else planned.ical_uid,
        sequence=guest.sequence if guest else planned.ical_sequence,
        stamp=guest.stamp if guest else planned.ical_stamp,
    )  # fmt: skip


def _shown(
    session: Session, rows: Iterable[Gathering], answers: Mapping[int, Mapping[Wisher, GatheringAnswer]]
) -> dict[int, list[tuple[Wisher, str]]]:
    """Per gathering the first names of children whose homes come and let others know: no surname, and no number."""
    shown: dict[int, set[Wisher]] = {
        planned_id: {home for home, row in said.items() if row.shows_names and row.coming is not Coming.NO}
        for planned_id, said in answers.items()
    }
    every = set().union(*shown.values())
    moments = [row.planned for row in rows if shown[row.planned_id]]
    companies = companies_of(session, moments, children_of(session, every)) if every else {}
    return {
        planned_id: [
            (home, name)
            for home in homes
            if home in companies[planned_id].homes
            for name in companies[planned_id].homes[home].children
        ]
        for planned_id, homes in shown.items()
    }


def _of_year(year_id: int) -> Select[Gathering]:
    wanted = select(Gathering).join(Gathering.planned).options(contains_eager(Gathering.planned))
    return wanted.where(PlannedDate.year_id == year_id)


def _told(session: Session, year_id: int) -> dict[int, dict[int, set[Wisher]]]:
    """Per gathering everybody who got a letter, with the homes of their children whom it is for."""
    tie = (Guardianship.guardian_id == GatheringGuest.guardian_id) & (Guardianship.authority != Authority.NO)
    here = and_(
        Enrolment.pupil_id == Guardianship.pupil_id, Enrolment.year_id == PlannedDate.year_id, Enrolment.present
    )
    own_class = (PlannedClass.planned_id == PlannedDate.id) & (PlannedClass.class_id == Enrolment.class_id)
    without_class = (PlannedDate.kind == PlannedKind.ENROLMENT_MEETING) & Enrolment.id.is_(None)
    rows = session.execute(
        select(GatheringGuest.planned_id, GatheringGuest.id, GatheringGuest.pupil_id, Guardianship.household_id)
        .join(PlannedDate, PlannedDate.id == GatheringGuest.planned_id)
        .outerjoin(Guardianship, tie)
        .outerjoin(Enrolment, here)
        .outerjoin(PlannedClass, own_class)
        .where(
            PlannedDate.year_id == year_id, GatheringGuest.cancelled_at.is_(None),
            or_(
                GatheringGuest.pupil_id.is_not(None), without_class, PlannedClass.class_id.is_not(None),
                PlannedDate.for_all & Enrolment.id.is_not(None),
            ),
        )
        .distinct()
    )  # fmt: skip
    found: dict[int, dict[int, set[Wisher]]] = defaultdict(lambda: defaultdict(set))
    for planned_id, guest_id, pupil_id, household_id in rows:
        found[planned_id][guest_id].add(Wisher(pupil_id=pupil_id) if pupil_id else Wisher(household_id))
    return found


def _answered(session: Session, year_id: int) -> dict[int, set[Wisher]]:
    """Per gathering the homes that said something."""
    rows = session.execute(
        select(GatheringAnswer.planned_id, GatheringAnswer.household_id, GatheringAnswer.pupil_id)
        .join(PlannedDate, PlannedDate.id == GatheringAnswer.planned_id)
        .where(PlannedDate.year_id == year_id)
    )
    found: dict[int, set[Wisher]] = defaultdict(set)
    for planned_id, household_id, pupil_id in rows:
        found[planned_id].add(Wisher(household_id, pupil_id))
    return found


def _said(session: Session, year_id: int) -> dict[int, tuple[int, int]]:
    """Per gathering how many homes answered, and how many people said to come."""
    people = case((GatheringAnswer.coming == Coming.YES, GatheringAnswer.adults + GatheringAnswer.children), else_=0)
    rows = session.execute(
        select(GatheringAnswer.planned_id, func.count(), func.sum(people))
        .join(PlannedDate, PlannedDate.id == GatheringAnswer.planned_id)
        .where(PlannedDate.year_id == year_id)
        .group_by(GatheringAnswer.planned_id)
    )
    return {planned_id: (homes, int(coming)) for planned_id, homes, coming in rows}
