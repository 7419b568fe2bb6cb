"""The same round in a later year: its classes by name, its days in the new start window, its times by weekday."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from scheduling.domain.hours import Hours, SlotTime, stretches
from scheduling.domain.kinds import KINDS, PupilPart
from scheduling.domain.people import natural_order
from scheduling.domain.round_changes import NoLaterYear, a_year_later, moved_day
from scheduling.domain.rounds import RoundKind, RoundMode, RoundUnknown
from scheduling.domain.timeslots import Span, local
from scheduling.domain.years import Period
from scheduling.models import ClassGroup, ClassLeader, Round, RoundClass, Slot, Staff, db
from scheduling.queries import years
from scheduling.queries.rooms import rooms_of_the_school


@dataclass(frozen=True)
class RoundCopy:
    """What the new round would be; the office may change its name and days, and later all of it."""

    round_id: int
    round_name: str
    year: years.YearFacts
    name: str
    kind: RoundKind
    mode: RoundMode
    slot_minutes: int
    max_in_a_row: int
    lead_time_hours: int
    purpose: str
    by_phone: bool
    by_video: bool
    pupil_part: PupilPart
    questions: tuple[str, ...]
    period: Period
    classes: tuple[str, ...]
    classes_gone: tuple[str, ...]
    """Classes of the old round that the new year does not have."""
    hours: tuple[Hours, ...]
    hours_gone: int
    """Stretches that fall outside the new days, on a day without school, or belong to nobody of these classes."""


def propose_copy(round_id: int, *, period: Period | None = None) -> RoundCopy:
    """The copy in the first later year that has classes, in the given days or those that are proposed."""
    found = db.session.get(Round, round_id)
    if found is None:
        raise RoundUnknown(str(round_id))
    own_year = next(year for year in years.all_years() if year.id == found.year_id)
    year = _later(own_year)
    calendar = years.calendar(year)
    is_start = found.kind is RoundKind.START_CONVERSATION
    proposed = calendar.start_window if is_start and calendar.start_window else a_year_later(found.period, year.period)
    will = period or proposed
    wanted = set(db.session.scalars(select(ClassGroup.name).join(RoundClass).where(RoundClass.round_id == round_id)))
    there = set(db.session.scalars(select(ClassGroup.name).where(ClassGroup.year_id == year.id)))
    classes = sorted(wanted & there, key=natural_order)
    old = _stretches(round_id)
    hours = tuple(_moved(old, found.period, will, year, _leaders_of(year.id, classes)))
    return RoundCopy(
        round_id=found.id, round_name=found.name, year=year, name=_named(found.name, own_year.label, year.label),
        kind=found.kind, mode=found.mode, slot_minutes=found.slot_minutes, max_in_a_row=found.max_in_a_row,
        lead_time_hours=found.lead_time_hours, purpose=found.purpose, period=will, classes=tuple(classes),
        by_phone=found.by_phone, by_video=found.by_video, pupil_part=found.pupil, questions=found.open_questions,
        classes_gone=tuple(sorted(wanted - there, key=natural_order)), hours=hours, hours_gone=len(old) - len(hours),
    )  # fmt: skip


def may_be_copied(round_id: int) -> bool:
    """Is there a later year with classes, and are the times of this kind its leaders' own?"""
    found = db.session.get(Round, round_id)
    if found is None or not KINDS[found.kind].in_rounds:
        return False
    own = next(year for year in years.all_years() if year.id == found.year_id)
    return _find_later(own) is not None


def _later(own: years.YearFacts) -> years.YearFacts:
    found = _find_later(own)
    if found is None:
        raise NoLaterYear
    return found


def _find_later(own: years.YearFacts) -> years.YearFacts | None:
    filled = set(db.session.scalars(select(ClassGroup.year_id).distinct()))
    later = (year for year in years.all_years() if year.period.starts_on > own.period.starts_on and year.id in filled)
    return next(later, None)


def _named(name: str, was: str, will: str) -> str:
    """ "Startgesprekken 2026" becomes "Startgesprekken 2027": the years in a name follow."""
    first, last = was.split("-")
    new_first, new_last = will.split("-")
    if was in name:
        return name.replace(was, will)
    if last in name:
        return name.replace(last, new_last)
    return name.replace(first, new_first)


def _stretches(round_id: int) -> list[SlotTime]:
    rows = db.session.execute(
        select(Staff.code, Slot.starts_at, Slot.ends_at, Slot.room)
        .join(Staff, Staff.id == Slot.leader_id)
        .where(Slot.round_id == round_id)
        .order_by(Staff.code, Slot.starts_at)
    )
    return stretches(SlotTime(code, Span(starts_at, ends_at), room) for code, starts_at, ends_at, room in rows)


def _leaders_of(year_id: int, classes: Iterable[str]) -> set[str]:
    return set(
        db.session.scalars(
            select(Staff.code)
            .join(ClassLeader, ClassLeader.staff_id == Staff.id)
            .join(ClassGroup, ClassGroup.id == ClassLeader.class_id)
            .where(ClassGroup.year_id == year_id, ClassGroup.name.in_(list(classes)))
        )
    )


def _moved(
    old: Iterable[SlotTime], was: Period, will: Period, year: years.YearFacts, leaders: set[str]
) -> Iterable[Hours]:
    free, listed = years.free_periods(year.id), rooms_of_the_school()
    for row, stretch in enumerate(old, 1):
        starts, ends = local(stretch.span.starts_at), local(stretch.span.ends_at)
        day = moved_day(starts.date(), was, will)
        if day is None or stretch.leader not in leaders or _is_free(day, free):
            continue
        room = (listed.named(stretch.room) or "") if listed else stretch.room
        yield Hours(stretch.leader, day, starts.time(), ends.time(), room, row=row)


def _is_free(day: date, free: Iterable[Period]) -> bool:
    return any(day in period for period in free)
