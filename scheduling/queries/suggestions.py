"""What the team suggests to talk about: per kind and year group, and for the talk of one pupil."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from scheduling.domain.people import natural_order
from scheduling.domain.rounds import RoundKind
from scheduling.models import Enrolment, Round, SuggestedTopic, db
from scheduling.queries.leaders import year_at


def suggestions_of(kind: RoundKind, year_level: str) -> tuple[str, ...]:
    """The list of exactly this kind and year group (empty: of all groups)."""
    return _lists(db.session()).get((kind, year_level), ())


def year_levels(now: datetime) -> list[str]:
    """The year groups of this school year."""
    rows = select(Enrolment.year_level).where(Enrolment.year_id == year_at(now).id, Enrolment.year_level != "")
    return sorted(set(db.session.scalars(rows.distinct())), key=natural_order)


def written_lists() -> list[tuple[RoundKind, str, int]]:
    """Which lists there are, and how long each is."""
    return sorted((kind, level, len(lines)) for (kind, level), lines in _lists(db.session()).items())


def agendas_of(session: Session, talks: Collection[tuple[int, int]]) -> dict[tuple[int, int], tuple[str, ...]]:
    """For talks (round, pupil): the list of the pupil's year group, or else that of all groups."""
    lists = _lists(session)
    if not lists or not talks:
        return {}
    rows = session.execute(
        select(Round.id, Enrolment.pupil_id, Round.kind, Enrolment.year_level)
        .join(Enrolment, and_(Enrolment.year_id == Round.year_id, Enrolment.present))
        .where(Round.id.in_({round_id for round_id, _ in talks}), Enrolment.pupil_id.in_({pupil for _, pupil in talks}))
    )
    return {
        (round_id, pupil_id): lists.get((kind, level)) or lists.get((kind, ""), ())
        for round_id, pupil_id, kind, level in rows
    }


def agenda_of(session: Session, round_id: int, pupil_id: int) -> tuple[str, ...]:
    """The same for one talk."""
    return agendas_of(session, [(round_id, pupil_id)]).get((round_id, pupil_id), ())


def agenda_on_page(round_id: int, pupil_id: int) -> tuple[str, ...]:
    """The same, for a page."""
    return agenda_of(db.session(), round_id, pupil_id)


def agendas_by_class(talks: Iterable[tuple[int, int, str]]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    """For talks (round, pupil, class): each list once, with the classes that it is for."""
    found = list(talks)
    agendas = agendas_of(db.session(), [(round_id, pupil_id) for round_id, pupil_id, _ in found])
    classes: dict[tuple[str, ...], dict[str, None]] = {}
    for round_id, pupil_id, class_name in found:
        if lines := agendas.get((round_id, pupil_id)):
            classes.setdefault(lines, {})[class_name] = None
    return [(lines, tuple(names)) for lines, names in classes.items()]


def _lists(session: Session) -> dict[tuple[RoundKind, str], tuple[str, ...]]:
    found: dict[tuple[RoundKind, str], tuple[str, ...]] = {}
    for row in session.scalars(select(SuggestedTopic).order_by(SuggestedTopic.position)):
        key = (row.kind, row.year_level)
        found[key] = (*found.get(key, ()), row.text)
    return found
