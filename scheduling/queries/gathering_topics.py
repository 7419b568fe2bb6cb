"""Topics of a gathering: given by the families of its classes, read by whose class it is."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.gathering_topics import COLLECTS, Agenda, NoSuchTopics, last_day_for
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.people import natural_order
from scheduling.domain.timeslots import Span, local
from scheduling.domain.year_plans import PlannedKind
from scheduling.models import Enrolment, Gathering, GatheringTopic, PlannedDate, db
from scheduling.queries.bookings import find_homes
from scheduling.queries.contact_parents import in_charge_of
from scheduling.queries.gathering_agendas import agenda_of
from scheduling.queries.gathering_guests import span_of
from scheduling.queries.leaders import classes_of
from scheduling.queries.year_plans import PlanLine, as_line, year_names


@dataclass(frozen=True)
class TopicLine:
    """One topic. Nobody reads who gave it."""

    id: int
    text: str
    class_name: str
    on_agenda: bool


@dataclass(frozen=True)
class GatheringTopics:
    """The topics of one gathering, as far as this person may give and read them."""

    line: PlanLine
    span: Span
    last_day: date
    open: bool
    """A topic is still welcome."""
    begun: bool
    gives_for: tuple[tuple[int, str], ...]
    """The own children's classes here."""
    reads_of: tuple[tuple[int, str], ...]
    """The classes whose topics this person reads and puts in order."""
    topics: tuple[TopicLine, ...]
    agenda: Agenda

    @property
    def has_agenda(self) -> bool:
        return self.line.planned.kind is PlannedKind.PARENTS_EVENING

    @property
    def may_choose(self) -> bool:
        return bool(self.reads_of) and not self.begun


def topics_of(planned_id: int, by: Actor, now: datetime) -> GatheringTopics:
    """The topics of this gathering, for who has a child in it, leads a class of it, or works in the office."""
    session, today = db.session(), local(now).date()
    row = _collecting(session, planned_id)
    names = _class_names(row)
    gives = _own_classes(session, row, by, today) & names.keys()
    reads = in_charge_of(by, names.keys(), now)
    if not gives and not reads:
        raise NoSuchTopics
    kept = session.get(Gathering, planned_id)
    span, last_day = span_of(row), last_day_for(row.day, kept.topic_days if kept else None)
    return GatheringTopics(
        line=as_line(row, year_names(row.year_id)), span=span, last_day=last_day,
        open=today <= last_day and span.starts_at > now, begun=span.starts_at <= now, gives_for=_named(gives, names),
        reads_of=_named(reads, names), topics=_topics(session, planned_id, reads, names) if reads else (),
        agenda=agenda_of(session, row),
    )  # fmt: skip


def circles_of_leader(leader_id: int, year_id: int, now: datetime) -> tuple[PlanLine, ...]:
    """The parent circles of own classes that families know of and that are still to come."""
    session, names = db.session(), year_names(year_id)
    own = dict(classes_of(leader_id, year_id)).keys()
    rows = session.scalars(
        select(PlannedDate)
        .where(
            PlannedDate.year_id == year_id, PlannedDate.kind == PlannedKind.PARENT_CIRCLE,
            PlannedDate.published_at.is_not(None), PlannedDate.day >= local(now).date(),
        )
        .order_by(PlannedDate.day, PlannedDate.id)
    )  # fmt: skip
    return tuple(as_line(row, names) for row in rows if own & _class_names(row).keys())


def _collecting(session: Session, planned_id: int) -> PlannedDate:
    """A gathering that families know of, and for which they bring up topics."""
    row = session.get(PlannedDate, planned_id)
    if row is None or row.kind not in COLLECTS or row.published_at is None or row.begins is None:
        raise NoSuchTopics
    return row


def _class_names(row: PlannedDate) -> dict[int, str]:
    names, own = year_names(row.year_id), {one.class_id for one in row.classes}
    return names if row.for_all else {class_id: name for class_id, name in names.items() if class_id in own}


def _own_classes(session: Session, row: PlannedDate, by: Actor, today: date) -> set[int]:
    """Where the own children are; a parent circle is for parents alone."""
    if not by.is_family or (by.kind is ActorKind.PUPIL and row.kind is PlannedKind.PARENT_CIRCLE):
        return set()
    pupils = [home.pupil_id for home in find_homes(session, by, today)]
    wanted = Enrolment.pupil_id.in_(pupils), Enrolment.year_id == row.year_id, Enrolment.present
    return {class_id for class_id in session.scalars(select(Enrolment.class_id).where(*wanted)) if class_id}


def _topics(
    session: Session, planned_id: int, class_ids: Collection[int], names: Mapping[int, str]
) -> tuple[TopicLine, ...]:
    rows = session.scalars(
        select(GatheringTopic)
        .where(
            GatheringTopic.planned_id == planned_id,
            GatheringTopic.class_id.in_(class_ids) | GatheringTopic.class_id.is_(None),
        )
        .order_by(GatheringTopic.id)
    )
    found = [TopicLine(row.id, row.words, names.get(row.class_id or 0, ""), row.on_agenda) for row in rows]
    return tuple(sorted(found, key=lambda one: natural_order(one.class_name)))


def _named(class_ids: Collection[int], names: Mapping[int, str]) -> tuple[tuple[int, str], ...]:
    return tuple(sorted(((one, names[one]) for one in class_ids), key=lambda one: natural_order(one[1])))
