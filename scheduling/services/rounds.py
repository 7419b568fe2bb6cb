"""Rounds: announced, given times, opened, and the families that are left out with a reason."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar

from sqlalchemy import ColumnElement, Select, delete, insert, or_, select
from sqlalchemy.orm import Session

from scheduling.domain.hours import (
    FileUnreadable,
    Hours,
    HoursFault,
    HoursFaultKind,
    HoursRefused,
    RoundWarning,
    SlotsHeld,
    SlotTime,
    WarningKind,
    cut_hours,
    faults_of,
)
from scheduling.domain.imports import AvailabilityRecord, SchoolFile
from scheduling.domain.journal import Actor
from scheduling.domain.kinds import PupilPart, parts_in
from scheduling.domain.rooms import is_same_room
from scheduling.domain.rounds import (
    DAYS_BEFORE_THE_YEAR,
    LIVE,
    HasATalk,
    NameNeeded,
    NeverWithoutPupil,
    NoClasses,
    NoSuchClass,
    NotInThisRound,
    NoYearFor,
    RoundKind,
    RoundMode,
    RoundNameTaken,
    RoundUnknown,
    TalksOutsidePeriod,
    ToldAlready,
    ensure_period,
    ensure_possible,
    ensure_reason,
)
from scheduling.domain.single_talks import open_questions
from scheduling.domain.texts import ensure_inviting
from scheduling.domain.timeslots import Span, local, moment_at
from scheduling.domain.wishes import ensure_in_time
from scheduling.domain.years import NoSchoolDays, Period, start_window
from scheduling.formats.process import read_files, read_uploads
from scheduling.models import (
    Booking,
    ClassGroup,
    ClassLeader,
    Enrolment,
    Guardianship,
    InterpreterRequest,
    LeaderOpening,
    Lesson,
    PracticalNeed,
    Round,
    RoundClass,
    RoundExclusion,
    RoundLink,
    RoundText,
    SchoolYear,
    Slot,
    Staff,
    StandingRound,
)
from scheduling.queries.rooms import room_list
from scheduling.queries.rounds import letters_went
from scheduling.services import bookings
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction

AVAILABILITY = "availability"
Said = TypeVar("Said", InterpreterRequest, PracticalNeed)


@dataclass(frozen=True)
class Plan:
    """What the office decides about a round."""

    name: str
    kind: RoundKind = RoundKind.START_CONVERSATION
    mode: RoundMode = RoundMode.ROSTER
    slot_minutes: int = 20
    max_in_a_row: int = 4
    lead_time_hours: int = 24
    wishes_until: datetime | None = None
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    purpose: str = ""
    by_phone: bool = False
    """Families may choose the phone instead of coming to school; the same for video."""
    by_video: bool = False
    pupil_part: PupilPart | None = None
    """What the pupil does. None: as usual in this kind; in a change: as it is."""
    questions: tuple[str, ...] | None = None
    """What a reversed conversation begins with, one to five. None, in a change: as they are."""
    period: Period | None = None
    """The first and the last day. None: those of the hours, else the start window; in a change: as it is."""


@dataclass(frozen=True)
class Without:
    """The pupils of these year levels do not take part, and why."""

    levels: tuple[str, ...]
    reason: str


@dataclass(frozen=True)
class Created:
    """The new round, and what should be known about the hours that were given."""

    id: int
    slots: int
    warnings: tuple[RoundWarning, ...] = ()


@dataclass(frozen=True)
class Offered:
    """What became of the hours: slots added, slots taken away, talks in another room, and what should be known."""

    added: int
    removed: int
    rehoused: int
    warnings: tuple[RoundWarning, ...] = ()


def read_hours(path: Path) -> list[Hours]:
    """The hours in a file of availability (`Code;Datum;Van;Tot;Lokaal`), read in a process of its own."""
    return _hours(read_files([path])[0])


def read_uploaded_hours(name: str, data: bytes) -> list[Hours]:
    """The hours in a file that came over the web."""
    return _hours(read_uploads([(name, data)])[0])


def create(
    *, plan: Plan, hours: Sequence[Hours] = (), classes: Sequence[str] | None = None, year_id: int | None = None,
    without: Without | None = None, texts_of: int | None = None, history: bool = False, by: Actor, now: datetime,
) -> Created:  # fmt: skip
    """Announce a round for these classes (all of the year when none are named), with the hours of its leaders.

    `history`: hours that have been are taken too, for a round that is read in while or after it is held.

    `without`: the pupils of some year levels do not take part, whatever class they are in. `texts_of`: with the
    paragraphs in other languages and the links of this earlier round.
    """
    ensure_possible(
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        slot_minutes=plan.slot_minutes,
        max_in_a_row=plan.max_in_a_row,
        lead_time_hours=plan.lead_time_hours,
    )
    _ensure_texts(plan)
    plan = replace(plan, questions=open_questions(plan.kind, plan.questions or ()))
    _ensure_pupil(plan.kind, plan.pupil_part)
    with transaction() as session:
        year = _year(session, year_id, hours, plan.period)
        groups = _classes(session, year, classes)
        taken = session.scalar(select(Round.id).where(Round.year_id == year.id, Round.name == plan.name.strip()))
        if taken is not None:
            raise RoundNameTaken(plan.name)
        period = plan.period or _period_of(hours, year)
        ensure_period(period, Period(year.starts_on, year.ends_on), year.label)
        ensure_in_time(plan.wishes_until, period)
        found = Round(year_id=year.id, created_at=now, **_columns(replace(plan, period=period)))
        found.classes = [RoundClass(class_id=group.id) for group in groups]
        session.add(found)
        session.flush()
        added, warnings = _add_hours(session, found, hours, now, history=history)
        if without is not None:
            _leave_out(session, found, without, by, now)
        if texts_of is not None:
            _copy_texts(session, texts_of, found.id)
        if not history:
            _carry_needs(session, found, now)
        if plan.mode is RoundMode.PICK and plan.opens_at:
            _open(session, found.id, _leader_ids(session, found.id), plan.opens_at)
        record(
            session, by=by, action="rounds.create", subject="round", subject_id=found.id, now=now,
            classes=[group.id for group in groups], slots=added,
        )  # fmt: skip
        return Created(found.id, added, tuple(warnings))


def change(*, round_id: int, plan: Plan, by: Actor, now: datetime) -> int:
    """Change what was decided about a round; the length of its slots stays as it is once there are any.

    Free times outside a new period go, and are counted; a talk never does: then the period is refused.
    """
    ensure_possible(
        opens_at=plan.opens_at,
        closes_at=plan.closes_at,
        max_in_a_row=plan.max_in_a_row,
        lead_time_hours=plan.lead_time_hours,
    )
    _ensure_texts(plan)
    with transaction() as session:
        hold_round(session, round_id)
        found = _round(session, round_id)
        other = select(Round.id).where(Round.year_id == found.year_id, Round.name == plan.name.strip())
        if session.scalar(other.where(Round.id != round_id)) is not None:
            raise RoundNameTaken(plan.name)
        ensure_in_time(plan.wishes_until, plan.period or found.period)
        plan = _with_what_families_know(session, found, plan)
        removed = _fit_slots(session, found, plan.period) if plan.period else 0
        for name, value in _columns(replace(plan, kind=found.kind, slot_minutes=found.slot_minutes)).items():
            setattr(found, name, value)
        record(
            session, by=by, action="rounds.change", subject="round", subject_id=round_id, now=now, removed=removed,
            starts_on=found.starts_on.isoformat(), ends_on=found.ends_on.isoformat(),
        )  # fmt: skip
        return removed


def set_hours(
    *, round_id: int, hours: Sequence[Hours], leaders: Collection[str] | None = None, within: Span | None = None,
    by: Actor, now: datetime,
) -> Offered:  # fmt: skip
    """These are now the hours of these leaders (those named in the hours, if not given), `within` a span or at all.

    Slots that stay as they are keep their talk, perhaps in another room; free slots that are no longer wanted go; a
    slot that holds a talk stays, or the whole change is refused.
    """
    with transaction() as session:
        hold_round(session, round_id)
        found = _round(session, round_id)
        staff = _staff_of_round(session, found)
        wanted, warnings = _wanted(session, found, hours, staff, now)
        named = {hour.leader for hour in hours} if leaders is None else set(leaders)
        by_leader = {staff[code]: slots for code, slots in wanted.items()}
        bookings.hold_all(session, list(_talks_elsewhere(session, found, by_leader, now)), now)
        added = removed = 0
        for code in sorted(named & staff.keys()):
            more, less = _replace(session, found, staff[code], code, wanted.get(code, []), within)
            added, removed = added + more, removed + less
            record(
                session, by=by, action="rounds.set_hours", subject="round", subject_id=round_id, now=now,
                leader=staff[code], added=more, removed=less,
            )  # fmt: skip
        # Asked anew: while we waited for families, one may have taken a time or left one.
        elsewhere = _talks_elsewhere(session, found, by_leader, now)
        for talk, room in elsewhere.items():
            bookings.change_room(session, booking=talk, room=room, by=by, now=now)
        return Offered(added, removed, len(elsewhere), tuple(warnings))


def open_for_picking(
    *, round_id: int, leader_ids: Collection[int] | None = None, by: Actor, now: datetime
) -> list[int]:
    """From now on families see the free times of these leaders (of all that have times, if none are named)."""
    with transaction() as session:
        found = _round(session, round_id)
        wanted = _leader_ids(session, round_id) if leader_ids is None else set(leader_ids)
        opened = _open(session, found.id, wanted, now)
        record(session, by=by, action="rounds.open", subject="round", subject_id=round_id, now=now, leaders=opened)
        return opened


def exclude(*, round_id: int, pupil_id: int, reason: str, by: Actor, now: datetime) -> None:
    """Leave a family out of the round; the reason is kept."""
    text = ensure_reason(reason)
    with transaction() as session:
        _round(session, round_id)
        _ensure_inside(session, round_id, pupil_id)
        live = select(Booking.id).where(
            Booking.round_id == round_id, Booking.pupil_id == pupil_id, Booking.status.in_(LIVE)
        )
        if session.scalar(live) is not None:
            raise HasATalk
        kept = session.get(RoundExclusion, (round_id, pupil_id)) or RoundExclusion(round_id=round_id, pupil_id=pupil_id)
        kept.reason, kept.excluded_at, kept.excluded_by = text[:200], now, by.id
        session.add(kept)
        record(session, by=by, action="rounds.exclude", subject="pupil", subject_id=pupil_id, now=now, round=round_id)


def include(*, round_id: int, pupil_id: int, by: Actor, now: datetime) -> None:
    """Let a family take part after all."""
    with transaction() as session:
        kept = session.get(RoundExclusion, (round_id, pupil_id))
        if kept is None:
            return
        session.delete(kept)
        record(session, by=by, action="rounds.include", subject="pupil", subject_id=pupil_id, now=now, round=round_id)


def hold_round(session: Session, round_id: int) -> None:
    """Let the office do one thing at a time in a round; families go on booking in it.

    A full lock would stop their new rows, which point at the round, while they hold homes and slots that we wait for.
    """
    session.execute(select(Round.id).where(Round.id == round_id).with_for_update(key_share=True))


def _ensure_texts(plan: Plan) -> None:
    """The name and the purpose of a round stand in its letters."""
    if not plan.name.strip():
        raise NameNeeded
    ensure_inviting(plan.name, field="name")
    ensure_inviting(plan.purpose, field="purpose")


def _ensure_pupil(kind: RoundKind, part: PupilPart | None) -> None:
    if part is not None and part not in parts_in(kind):
        raise NeverWithoutPupil


def _with_what_families_know(session: Session, found: Round, plan: Plan) -> Plan:
    """The pupil's part and the questions as they become; once the letters say them they stay as they are."""
    part = plan.pupil_part or found.pupil
    questions = found.open_questions if plan.questions is None else open_questions(found.kind, plan.questions)
    _ensure_pupil(found.kind, part)
    if letters_went(session, found.id):
        if part is not found.pupil:
            raise ToldAlready("pupil_part")
        if questions != found.open_questions:
            raise ToldAlready("questions")
    return replace(plan, pupil_part=part, questions=questions)


def _leave_out(session: Session, found: Round, without: Without, by: Actor, now: datetime) -> None:
    reason = ensure_reason(without.reason)[:200]
    pupils = session.scalars(
        select(Enrolment.pupil_id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .where(RoundClass.round_id == found.id, Enrolment.present, Enrolment.year_level.in_(without.levels))
    )
    session.add_all(
        RoundExclusion(round_id=found.id, pupil_id=pupil_id, reason=reason, excluded_at=now, excluded_by=by.id)
        for pupil_id in pupils
    )


def _copy_texts(session: Session, from_id: int, to_id: int) -> None:
    for text in session.scalars(select(RoundText).where(RoundText.round_id == from_id)):
        session.add(RoundText(round_id=to_id, language=text.language, paragraph=text.paragraph))
    for link in session.scalars(select(RoundLink).where(RoundLink.round_id == from_id)):
        session.add(
            RoundLink(
                round_id=to_id, language=link.language, position=link.position, title=link.title, address=link.address
            )
        )


def _hours(file: SchoolFile) -> list[Hours]:
    if file.has_errors or file.layout != AVAILABILITY:
        raise FileUnreadable(file.name, file.problems)
    return [
        Hours(
            leader=entry.code,
            day=entry.starts_at.date(),
            starts=entry.starts_at.time(),
            ends=entry.ends_at.time(),
            room=entry.room,
            row=entry.place.row,
        )
        for entry in file.records
        if isinstance(entry, AvailabilityRecord)
    ]


def _columns(plan: Plan) -> dict[str, object]:
    days = {"starts_on": plan.period.starts_on, "ends_on": plan.period.ends_on} if plan.period else {}
    return days | {
        "kind": plan.kind,
        "name": plan.name.strip(),
        "mode": plan.mode,
        "slot_minutes": plan.slot_minutes,
        "max_in_a_row": plan.max_in_a_row,
        "lead_time_hours": plan.lead_time_hours,
        "wishes_until": plan.wishes_until,
        "opens_at": plan.opens_at,
        "closes_at": plan.closes_at,
        "purpose": plan.purpose.strip(),
        "by_phone": plan.by_phone,
        "by_video": plan.by_video,
        "pupil_part": plan.pupil_part,
        "questions": "\n".join(plan.questions or ()),
    }


def _round(session: Session, round_id: int) -> Round:
    found = session.get(Round, round_id)
    if found is None:
        raise RoundUnknown(str(round_id))
    return found


def _year(session: Session, year_id: int | None, hours: Sequence[Hours], period: Period | None) -> SchoolYear:
    """The year that was asked for, else the one of the period or the first hours, else the newest."""
    if year_id is not None:
        year = session.get(SchoolYear, year_id)
        if year is None:
            raise NoYearFor(None)
        return year
    first = period.starts_on if period else min((hour.day for hour in hours), default=None)
    query = select(SchoolYear).order_by(SchoolYear.starts_on.desc())
    if first is not None:
        soon = first + timedelta(days=DAYS_BEFORE_THE_YEAR)
        query = query.where(SchoolYear.starts_on <= soon, SchoolYear.ends_on >= first)
    year = session.scalars(query).first()
    if year is None:
        raise NoYearFor(first)
    return year


def _period_of(hours: Sequence[Hours], year: SchoolYear) -> Period:
    """The days of these hours; without hours the start window of the year, or the year when it has no school days."""
    if hours:
        return Period(min(hour.day for hour in hours), max(hour.day for hour in hours))
    whole = Period(year.starts_on, year.ends_on)
    try:
        return start_window(whole, [Period(day.starts_on, day.ends_on) for day in year.days if day.kind.is_free])
    except NoSchoolDays:
        return whole


def _fit_slots(session: Session, found: Round, period: Period) -> int:
    """Take away the free times outside the new period; how many went. A talk outside it refuses the period."""
    year = session.get_one(SchoolYear, found.year_id)
    ensure_period(period, Period(year.starts_on, year.ends_on), year.label)
    opens, ends = moment_at(period.starts_on, time(0)), moment_at(period.ends_on + timedelta(days=1), time(0))
    outside = select(Slot).where(Slot.round_id == found.id, or_(Slot.starts_at < opens, Slot.starts_at >= ends))
    lock(session, Slot, session.scalars(outside.with_only_columns(Slot.id)))
    going = list(session.scalars(outside))
    talks = {slot.booking_id for slot in going if slot.booking_id is not None}
    if talks:
        days = sorted({local(slot.starts_at).date() for slot in going if slot.booking_id is not None})
        raise TalksOutsidePeriod(len(talks), days, period)
    if going:
        session.execute(delete(Slot).where(Slot.id.in_([slot.id for slot in going])))
    return len(going)


def _classes(session: Session, year: SchoolYear, names: Sequence[str] | None) -> list[ClassGroup]:
    groups = list(session.scalars(select(ClassGroup).where(ClassGroup.year_id == year.id).order_by(ClassGroup.id)))
    if not groups:
        raise NoClasses(year.label)
    if names is None:
        return groups
    wanted = {name.strip() for name in names}
    unknown = sorted(wanted - {group.name for group in groups})
    if unknown or not wanted:
        raise NoSuchClass(unknown, year.label)
    return [group for group in groups if group.name in wanted]


def _add_hours(
    session: Session, found: Round, hours: Sequence[Hours], now: datetime, *, history: bool
) -> tuple[int, list[RoundWarning]]:  # fmt: skip
    """Cut the hours into slots; what is wrong with any row refuses all of them."""
    staff = _staff_of_round(session, found)
    wanted, warnings = _wanted(session, found, hours, staff, now, history=history)
    added = sum(_replace(session, found, staff[code], code, slots, None)[0] for code, slots in wanted.items())
    return added, warnings


def _staff_of_round(session: Session, found: Round) -> dict[str, int]:
    """Who may have times: the leaders of the round's classes, and on contact evenings all who teach them, by code."""
    rows = session.execute(
        select(Staff.code, Staff.id)
        .join(ClassLeader, ClassLeader.staff_id == Staff.id)
        .join(RoundClass, RoundClass.class_id == ClassLeader.class_id)
        .where(RoundClass.round_id == found.id)
    )
    staff = {row.code: row.id for row in rows}
    if found.kind is not RoundKind.CONTACT_EVENING:
        return staff
    teaching = (
        select(Staff.code, Staff.id)
        .join(Lesson, Lesson.staff_id == Staff.id)
        .join(RoundClass, RoundClass.class_id == Lesson.class_id)
        .where(RoundClass.round_id == found.id)
        .distinct()
    )
    return staff | {row.code: row.id for row in session.execute(teaching)}


def _wanted(
    session: Session, found: Round, hours: Sequence[Hours], staff: dict[str, int], now: datetime, *,
    history: bool = False,
) -> tuple[dict[str, list[SlotTime]], list[RoundWarning]]:  # fmt: skip
    """Per leader of this round the slots to be. Colleagues who lead none of its classes are named, not refused."""
    everybody = set(session.scalars(select(Staff.code)))
    listed = room_list(session)
    inside = [hour for hour in hours if hour.leader in staff]
    faults = [HoursFault(HoursFaultKind.UNKNOWN_LEADER, hour) for hour in hours if hour.leader not in everybody]
    faults += faults_of(inside, found.period, listed)
    if not history:
        faults += _over(session, found, inside, staff, now)
    if faults:
        raise HoursRefused(sorted(faults, key=lambda fault: fault.hours.row))
    own = _own_lengths(session, found)
    slots, warnings = cut_hours(inside, found.slot_minutes, own)
    _ensure_not_elsewhere(session, found, inside, slots, staff, own)
    outside = sorted({hour.leader for hour in hours} - staff.keys())
    warnings += [RoundWarning(WarningKind.LEADS_NO_CLASS, code) for code in outside]
    rooms = _rooms(session, found)
    by_leader: dict[str, list[SlotTime]] = defaultdict(list)
    for slot in slots:
        room = slot.room or rooms.get(staff[slot.leader], "")
        by_leader[slot.leader].append(replace(slot, room=listed.named(room) or room))
    return by_leader, warnings


def _over(
    session: Session, found: Round, hours: Sequence[Hours], staff: dict[str, int], now: datetime
) -> list[HoursFault]:
    """New hours that have been already; those that were there may be typed again."""
    today = local(now)
    past = [hour for hour in hours if (hour.day, hour.ends) <= (today.date(), today.time())]
    if not past:
        return []
    rows = session.execute(select(Slot.leader_id, Slot.starts_at).where(Slot.round_id == found.id))
    known = {(leader_id, local(starts_at).date()) for leader_id, starts_at in rows}
    return [HoursFault(HoursFaultKind.OVER, hour) for hour in past if (staff[hour.leader], hour.day) not in known]


def _own_lengths(session: Session, found: Round) -> dict[tuple[str, date], int]:
    """On which days somebody's talks take another time than the round says: new hours of such a day do too."""
    rows = session.execute(
        select(Staff.code, Slot.starts_at, Slot.ends_at)
        .join(Staff, Staff.id == Slot.leader_id)
        .where(Slot.round_id == found.id)
    )
    lengths = {(code, local(begin).date()): int((end - begin).total_seconds()) // 60 for code, begin, end in rows}
    return {day: minutes for day, minutes in lengths.items() if minutes != found.slot_minutes}


def _rooms(session: Session, found: Round) -> dict[int, str]:
    """Each leader's own classroom, for hours without a room."""
    rows = session.execute(
        select(ClassLeader.staff_id, ClassGroup.room)
        .join(ClassGroup, ClassGroup.id == ClassLeader.class_id)
        .join(RoundClass, RoundClass.class_id == ClassGroup.id)
        .where(RoundClass.round_id == found.id, ClassGroup.room != "")
        .order_by(ClassLeader.position.desc(), ClassGroup.id.desc())
    )
    return {row.staff_id: row.room for row in rows}


def _ensure_not_elsewhere(
    session: Session, found: Round, hours: Iterable[Hours], slots: Sequence[SlotTime], staff: dict[str, int],
    own: Mapping[tuple[str, date], int],
) -> None:  # fmt: skip
    """A leader's times never overlap those of another round."""
    if not slots:
        return
    first, last = min(slot.span.starts_at for slot in slots), max(slot.span.ends_at for slot in slots)
    rows = session.execute(
        select(Slot.leader_id, Slot.starts_at, Slot.ends_at, Round.name)
        .join(Round, Round.id == Slot.round_id)
        .where(Slot.round_id != found.id, Slot.starts_at < last, Slot.ends_at > first)
    )
    others: dict[int, list[tuple[Span, str]]] = defaultdict(list)
    for leader_id, starts_at, ends_at, name in rows:
        others[leader_id].append((Span(starts_at, ends_at), name))
    faults = []
    for hour in hours:
        pieces, _ = cut_hours([hour], found.slot_minutes, own)
        for span, name in others[staff[hour.leader]]:
            if any(piece.span.overlaps(span) for piece in pieces):
                faults.append(HoursFault(HoursFaultKind.TAKEN, hour, name))
                break
    if faults:
        raise HoursRefused(faults)


def _talks_elsewhere(
    session: Session, found: Round, wanted: Mapping[int, Sequence[SlotTime]], now: datetime
) -> dict[Booking, str]:
    """Talks still to come whose time stays and whose room is another one from now on."""
    rooms = {(leader_id, slot.span.starts_at): slot.room for leader_id, slots in wanted.items() for slot in slots}
    coming = select(Booking).where(
        Booking.round_id == found.id, Booking.status.in_(LIVE), Booking.starts_at > now, Booking.leader_id.in_(wanted)
    )
    talks = session.scalars(coming.order_by(Booking.id))
    new = {talk: rooms.get((talk.leader_id, talk.starts_at), talk.room) for talk in talks}
    return {talk: room for talk, room in new.items() if not is_same_room(room, talk.room)}


def _replace(
    session: Session, found: Round, leader_id: int, code: str, wanted: Sequence[SlotTime], within: Span | None
) -> tuple[int, int]:
    """Bring a leader's slots in line with what is wanted; how many came and how many went."""
    query = select(Slot).where(Slot.round_id == found.id, Slot.leader_id == leader_id)
    if within is not None:
        query = query.where(Slot.starts_at >= within.starts_at, Slot.starts_at < within.ends_at)
    lock(session, Slot, session.scalars(query.with_only_columns(Slot.id)))
    present = {Span(slot.starts_at, slot.ends_at): slot for slot in session.scalars(query)}
    coming = {slot.span: slot for slot in wanted}
    going = [slot for span, slot in present.items() if span not in coming]
    held = [slot.starts_at for slot in going if slot.booking_id is not None]
    if held:
        raise SlotsHeld(code, sorted(held))
    if going:
        session.execute(delete(Slot).where(Slot.id.in_([slot.id for slot in going])))
    for span, slot in present.items():
        if span in coming and slot.room != coming[span].room:
            slot.room = coming[span].room
            slot.version += 1
    session.flush()
    fresh = [
        {
            "round_id": found.id,
            "leader_id": leader_id,
            "starts_at": span.starts_at,
            "ends_at": span.ends_at,
            "room": slot.room,
        }
        for span, slot in sorted(coming.items())
        if span not in present
    ]
    if fresh:
        session.execute(insert(Slot), fresh)
    return len(fresh), len(going)


def _leader_ids(session: Session, round_id: int) -> set[int]:
    return set(session.scalars(select(Slot.leader_id).where(Slot.round_id == round_id).distinct()))


def _open(session: Session, round_id: int, leader_ids: Collection[int], at: datetime) -> list[int]:
    already = set(session.scalars(select(LeaderOpening.leader_id).where(LeaderOpening.round_id == round_id)))
    fresh = sorted(set(leader_ids) - already)
    session.add_all(LeaderOpening(round_id=round_id, leader_id=leader_id, opened_at=at) for leader_id in fresh)
    return fresh


def _ensure_inside(session: Session, round_id: int, pupil_id: int) -> None:
    inside = (
        select(Enrolment.id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .where(RoundClass.round_id == round_id, Enrolment.pupil_id == pupil_id, Enrolment.present)
    )
    if session.scalar(inside) is None:
        raise NotInThisRound


def _carry_needs(session: Session, found: Round, now: datetime) -> None:
    """What each home said last this year comes along: an interpreter, and what it practically needs.

    Nobody is ordered yet, and the home changes it as it likes.
    """
    here = (
        select(Enrolment.pupil_id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .where(RoundClass.round_id == found.id, Enrolment.present)
    )
    own = select(Guardianship.pupil_id, Guardianship.household_id).where(Guardianship.pupil_id.in_(here))
    homes = {tuple(row) for row in session.execute(own)}
    earlier = select(Round.id).where(
        Round.year_id == found.year_id, Round.id != found.id, Round.id.not_in(select(StandingRound.round_id))
    )
    for asked in _last_said(session, InterpreterRequest, earlier, here, InterpreterRequest.request_id.is_(None)):
        if asked.household_id is None or (asked.pupil_id, asked.household_id) in homes:
            session.add(
                InterpreterRequest(
                    round_id=found.id, pupil_id=asked.pupil_id, household_id=asked.household_id, asked_at=now,
                    language=asked.language, way=asked.way,
                )
            )  # fmt: skip
    for need in _last_said(session, PracticalNeed, earlier, here):
        if need.household_id is None or (need.pupil_id, need.household_id) in homes:
            session.add(
                PracticalNeed(
                    round_id=found.id, pupil_id=need.pupil_id, household_id=need.household_id, asked_at=now,
                    ground_floor=need.ground_floor, words=need.words,
                )
            )  # fmt: skip


def _last_said(
    session: Session, kind: type[Said], rounds: Select[int], pupils: Select[int], *which: ColumnElement[bool]
) -> list[Said]:
    """Of each home the last word in these rounds."""
    rows = session.scalars(
        select(kind).where(kind.round_id.in_(rounds), kind.pupil_id.in_(pupils), *which)
        .order_by(kind.asked_at, kind.id)
    )  # fmt: skip
    return list({(row.pupil_id, row.household_id): row for row in rows}.values())
