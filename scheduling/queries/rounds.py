"""Rounds as the office sees them: the list, how far one is, what should be known, the times of its leaders."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from scheduling.domain.evening_dates import awkward
from scheduling.domain.hours import RoundWarning, SlotTime, WarningKind, room_for, stretches
from scheduling.domain.kinds import PupilPart
from scheduling.domain.mailings import Letter
from scheduling.domain.people import Name, natural_order
from scheduling.domain.rooms import RoomList, Stay, meetings
from scheduling.domain.rosters import SHOWABLE
from scheduling.domain.rounds import (
    LIVE,
    BookingOrigin,
    BookingStatus,
    NotInThisRound,
    RoundKind,
    RoundMode,
    RoundUnknown,
)
from scheduling.domain.timeslots import Span, local, moment_at
from scheduling.domain.years import Period
from scheduling.models import (
    Booking,
    CallRequest,
    ClassGroup,
    ClassLeader,
    Enrolment,
    LeaderOpening,
    Lesson,
    Mailing,
    Pupil,
    RosterVersion,
    Round,
    RoundClass,
    RoundExclusion,
    SchoolYear,
    Slot,
    Staff,
    StandingRound,
    db,
)
from scheduling.queries import years
from scheduling.queries.agreed_rounds import agreed_parts
from scheduling.queries.rooms import room_list
from scheduling.queries.snapshots import (
    Held,
    Need,
    OfferedSlot,
    booked_talks,
    first_day_of,
    is_by_request,
    leaders_of_classes,
    needed_talks,
    offered_slots,
)

A_DAY = timedelta(days=1)
DIGITS = 12
"""A longer number is a name."""


class Step(StrEnum):
    TIMES = "times"
    ROSTER = "roster"
    OPEN = "open"
    INVITE = "invite"
    ANSWERS = "answers"


@dataclass(frozen=True)
class RoundFacts:
    """A round as it was decided."""

    id: int
    name: str
    kind: RoundKind
    mode: RoundMode
    year_id: int
    year: str
    slot_minutes: int
    max_in_a_row: int
    lead_time_hours: int
    wishes_until: datetime | None
    opens_at: datetime | None
    closes_at: datetime | None
    purpose: str
    period: Period
    by_phone: bool
    by_video: bool
    pupil_part: PupilPart
    questions: tuple[str, ...]
    told: bool
    """The invitations went: what they say about the pupil and the questions stays."""


@dataclass(frozen=True)
class RoundLine:
    """One round in the list."""

    id: int
    name: str
    year: str
    mode: RoundMode
    period: Period
    slots: int
    classes: int
    talks: int


@dataclass(frozen=True)
class Colleague:
    """A leader, by code and name."""

    id: int
    code: str
    name: Name


@dataclass(frozen=True)
class ClassProgress:
    """How complete the round is for one class; `talks` are needed, the others are how many of those."""

    id: int
    name: str
    leaders: tuple[Colleague, ...]
    days: tuple[date, ...]
    pupils: int
    excluded: int
    by_agreement: int
    """Homes that are not invited, as was agreed with them."""
    talks: int
    with_time: int
    confirmed: int
    held: int
    calls: int

    @property
    def is_complete(self) -> bool:
        return self.with_time == self.talks


@dataclass(frozen=True)
class LeaderTimes:
    """What a leader offers in a round."""

    leader: Colleague
    classes: tuple[str, ...]
    slots: int
    held: int
    blocked: int
    hours: tuple[SlotTime, ...]
    opened_at: datetime | None

    @property
    def minutes(self) -> int:
        return sum(int(stretch.span.length.total_seconds()) // 60 for stretch in self.hours)


@dataclass(frozen=True)
class Overview:
    """A round on one page."""

    facts: RoundFacts
    classes: tuple[ClassProgress, ...]
    step: Step
    steps: tuple[Step, ...]
    slots: int
    uninvited: int
    unopened: int
    warnings: tuple[RoundWarning, ...]
    version: int | None
    is_proven: bool
    sibling_pairs: int
    sibling_pairs_adjacent: int

    @property
    def talks(self) -> int:
        return sum(group.talks for group in self.classes)

    @property
    def with_time(self) -> int:
        return sum(group.with_time for group in self.classes)

    @property
    def confirmed(self) -> int:
        return sum(group.confirmed for group in self.classes)


@dataclass(frozen=True)
class ShownBooking:
    id: int
    pupil: str
    household: int | None
    status: BookingStatus
    origin: BookingOrigin
    ical_uid: str
    ical_sequence: int
    pupil_id: int
    pupil_name: Name


@dataclass(frozen=True)
class ShownSlot:
    """A slot with the talk it holds."""

    id: int
    leader: str
    span: Span
    room: str
    blocked: bool
    booking: ShownBooking | None


@dataclass(frozen=True)
class PupilLine:
    """A pupil of a class in this round."""

    id: int
    name: Name
    talks: int
    starts_at: tuple[datetime, ...]
    status: BookingStatus | None
    excluded: str
    """The reason why this family does not take part; empty: it does."""
    by_agreement: bool = False
    """A home of this pupil agreed on another form of contact."""


@dataclass(frozen=True)
class PupilInRound:
    """A pupil and the class that takes part."""

    id: int
    name: Name
    class_id: int
    group: str


@dataclass(frozen=True)
class _RoomTaken:
    """A room that a leader has for the length of a slot."""

    round_id: int
    leader_id: int
    code: str
    room: str
    starts_at: datetime
    ends_at: datetime


def find_round(wanted: str) -> RoundFacts:
    """The round with this id or name; of rounds with one name the newest."""
    number = int(wanted) if wanted.isascii() and wanted.isdecimal() and len(wanted) < DIGITS else None
    found = db.session.get(Round, number) if number is not None else None
    if found is None:
        found = db.session.scalars(select(Round).where(Round.name == wanted).order_by(Round.id.desc())).first()
    if found is None:
        raise RoundUnknown(wanted)
    return _facts(found)


def round_facts(round_id: int) -> RoundFacts:
    """The round with this id."""
    found = db.session.get(Round, round_id)
    if found is None:
        raise RoundUnknown(str(round_id))
    return _facts(found)


def list_rounds() -> list[RoundLine]:
    """All rounds, the newest first."""
    classes = dict(db.session.execute(select(RoundClass.round_id, func.count()).group_by(RoundClass.round_id)).all())
    talks = dict(
        db.session.execute(
            select(Booking.round_id, func.count()).where(Booking.status.in_(LIVE)).group_by(Booking.round_id)
        ).all()
    )
    rows = db.session.execute(
        select(Round.id, Round.name, SchoolYear.label, Round.mode, Round.starts_on, Round.ends_on, func.count(Slot.id))
        .join(SchoolYear, SchoolYear.id == Round.year_id)
        .outerjoin(Slot, Slot.round_id == Round.id)
        .where(Round.id.not_in(select(StandingRound.round_id)))
        .group_by(Round.id, SchoolYear.label)
        .order_by(Round.id.desc())
    )
    return [
        RoundLine(
            id=id_, name=name, year=year, mode=mode, period=Period(starts_on, ends_on), slots=slots,
            classes=classes.get(id_, 0), talks=talks.get(id_, 0),
        )
        for id_, name, year, mode, starts_on, ends_on, slots in rows
    ]  # fmt: skip


def overview(round_id: int, now: datetime) -> Overview:
    """How far a round is, per class, and what to do next."""
    facts = round_facts(round_id)
    slots = offered_slots(round_id)
    needs = needed_talks(round_id, on=first_day_of(slots, now))
    held = booked_talks(round_id, needs)
    classes = _progress(round_id, needs, held, slots)
    uninvited = _uninvited(round_id)
    unopened = _unopened(round_id)
    version = _latest_version(round_id)
    steps = _steps_of(facts.mode)
    found = Overview(
        facts=facts,
        classes=classes,
        step=steps[0],
        steps=steps,
        slots=len(slots),
        uninvited=uninvited,
        unopened=unopened,
        warnings=warnings_of(round_id, now),
        version=version.number if version else None,
        is_proven=bool(version and version.proof == "optimal"),
        sibling_pairs=(version.score if version else {}).get("sibling_pairs", 0),
        sibling_pairs_adjacent=(version.score if version else {}).get("sibling_pairs_adjacent", 0),
    )
    return Overview(**{**found.__dict__, "step": _step_of(found)})


def warnings_of(round_id: int, now: datetime) -> tuple[RoundWarning, ...]:
    """What does not stop the round, but should be known before it starts."""
    found = round_facts(round_id)
    slots = offered_slots(round_id)
    needs = needed_talks(round_id, on=first_day_of(slots, now))
    groups = _groups(round_id)
    leading = leaders_of_classes([group.id for group in groups])
    asked = _asked(needs) if is_by_request(round_id) else None
    offering = {slot.leader_id for slot in slots}
    staff = _colleagues({leader for leaders in leading.values() for leader in leaders} | offering | {*(asked or {})})
    return (
        *_outside_window(found, slots),
        *_awkward_days(found, slots),
        *(() if asked is not None else _without_leader(groups, leading)),
        *_without_times({0: tuple(asked)} if asked is not None else leading, slots, staff),
        *(_too_few(found, groups, needs, slots) if asked is None else _too_few_asked(asked, slots, staff)),
        *_room_missing(round_id, staff),
        *_rooms_to_look_at(found),
        *_own_children(groups, needs, staff),
    )


def leader_times(round_id: int) -> list[LeaderTimes]:
    """What each leader of the round's classes offers, also those who offer nothing yet."""
    names: dict[int, list[str]] = defaultdict(list)
    groups = {group.id: group.name for group in _groups(round_id)}
    for class_id, leaders in leaders_of_classes(groups.keys()).items():
        for leader in leaders:
            names[leader].append(groups[class_id])
    for leader, class_id in _teaching(round_id):
        if groups[class_id] not in names[leader]:
            names[leader].append(groups[class_id])
    opened = {
        row.leader_id: row.opened_at
        for row in db.session.scalars(select(LeaderOpening).where(LeaderOpening.round_id == round_id))
    }
    rows = list(db.session.scalars(select(Slot).where(Slot.round_id == round_id).order_by(Slot.starts_at)))
    staff = _colleagues(names.keys() | {slot.leader_id for slot in rows})
    offered: dict[int, list[Slot]] = defaultdict(list)
    for slot in rows:
        offered[slot.leader_id].append(slot)
    return [
        LeaderTimes(
            leader=person,
            classes=tuple(names[person.id]),
            slots=len(offered[person.id]),
            held=sum(slot.booking_id is not None for slot in offered[person.id]),
            blocked=sum(slot.blocked for slot in offered[person.id]),
            hours=tuple(stretches(_slot_time(slot, person.code) for slot in offered[person.id])),
            opened_at=opened.get(person.id),
        )
        for person in sorted(staff.values(), key=lambda person: person.name.sort_key)
    ]


def _teaching(round_id: int) -> list[tuple[int, int]]:
    """On contact evenings: who teaches which of the classes."""
    rows = db.session.execute(
        select(Lesson.staff_id, Lesson.class_id)
        .join(RoundClass, RoundClass.class_id == Lesson.class_id)
        .join(Round, Round.id == RoundClass.round_id)
        .where(Round.id == round_id, Round.kind == RoundKind.CONTACT_EVENING)
        .distinct()
        .order_by(Lesson.class_id)
    )
    return [(staff_id, class_id) for staff_id, class_id in rows if class_id is not None]


def times_of(round_id: int, leader_id: int) -> LeaderTimes:
    """What this leader offers; raises for somebody who leads no class of the round."""
    found = next((person for person in leader_times(round_id) if person.leader.id == leader_id), None)
    if found is None:
        raise NotInThisRound
    return found


def show_slots(round_id: int, *, leader_id: int | None = None) -> list[ShownSlot]:
    """Every slot with the talk it holds, by leader and time."""
    query = (
        select(Slot, Staff.code, Booking, Pupil)
        .join(Staff, Staff.id == Slot.leader_id)
        .outerjoin(Booking, Booking.id == Slot.booking_id)
        .outerjoin(Pupil, Pupil.id == Booking.pupil_id)
        .where(Slot.round_id == round_id)
        .order_by(Staff.code, Slot.starts_at)
    )
    if leader_id is not None:
        query = query.where(Slot.leader_id == leader_id)
    rows = db.session.execute(query)
    return [
        ShownSlot(slot.id, code, Span(slot.starts_at, slot.ends_at), slot.room, slot.blocked, _shown(booking, pupil))
        for slot, code, booking, pupil in rows
    ]


def pupils_of(round_id: int, class_id: int, now: datetime) -> list[PupilLine]:
    """The pupils of one class: who has a time, who is left out and why."""
    if db.session.get(RoundClass, (round_id, class_id)) is None:
        raise NotInThisRound
    needs = needed_talks(round_id, on=first_day_of(offered_slots(round_id), now))
    held, agreed = booked_talks(round_id, needs), agreed_parts(db.session(), round_id)
    by_pupil: dict[int, list[Need]] = defaultdict(list)
    for need in needs:
        by_pupil[need.pupil_id].append(need)
    reasons = {
        row.pupil_id: row.reason
        for row in db.session.scalars(select(RoundExclusion).where(RoundExclusion.round_id == round_id))
    }
    pupils = db.session.scalars(
        select(Pupil)
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .where(Enrolment.class_id == class_id, Enrolment.present)
    )
    return [
        _pupil_line(
            pupil, by_pupil[pupil.id], held, reasons.get(pupil.id, ""), by_agreement=bool(agreed.homes_out(pupil.id))
        )
        for pupil in sorted(pupils, key=lambda pupil: pupil.name.sort_key)
    ]


def pupil_in(round_id: int, pupil_id: int) -> PupilInRound:
    """A pupil of a class of this round."""
    row = db.session.execute(
        select(Pupil, ClassGroup)
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .join(RoundClass, RoundClass.class_id == ClassGroup.id)
        .where(RoundClass.round_id == round_id, Pupil.id == pupil_id, Enrolment.present)
    ).first()
    if row is None:
        raise NotInThisRound
    return PupilInRound(row[0].id, row[0].name, row[1].id, row[1].name)


def _facts(found: Round) -> RoundFacts:
    year = db.session.get(SchoolYear, found.year_id)
    return RoundFacts(
        id=found.id,
        name=found.name,
        kind=found.kind,
        mode=found.mode,
        year_id=found.year_id,
        year=year.label if year else "",
        slot_minutes=found.slot_minutes,
        max_in_a_row=found.max_in_a_row,
        lead_time_hours=found.lead_time_hours,
        wishes_until=found.wishes_until,
        opens_at=found.opens_at,
        closes_at=found.closes_at,
        purpose=found.purpose,
        period=found.period,
        by_phone=found.by_phone,
        by_video=found.by_video,
        pupil_part=found.pupil,
        questions=found.open_questions,
        told=letters_went(db.session(), found.id),
    )


def letters_went(session: Session, round_id: int) -> bool:
    """Was any family invited to this round?"""
    batch = select(Mailing.id).where(Mailing.round_id == round_id, Mailing.letter == Letter.INVITATION)
    told = select(Booking.id).where(Booking.round_id == round_id, Booking.invited_at.is_not(None))
    return any(session.scalar(wanted.limit(1)) is not None for wanted in (batch, told))


def _groups(round_id: int) -> list[ClassGroup]:
    rows = db.session.scalars(
        select(ClassGroup).join(RoundClass, RoundClass.class_id == ClassGroup.id).where(RoundClass.round_id == round_id)
    )
    return sorted(rows, key=lambda group: (natural_order(group.name), group.location))


def _colleagues(staff_ids: Iterable[int]) -> dict[int, Colleague]:
    rows = db.session.scalars(select(Staff).where(Staff.id.in_(set(staff_ids))))
    return {person.id: Colleague(person.id, person.code, person.name) for person in rows}


def _slot_time(slot: Slot, code: str) -> SlotTime:
    return SlotTime(code, Span(slot.starts_at, slot.ends_at), slot.room)


def _shown(booking: Booking | None, pupil: Pupil | None) -> ShownBooking | None:
    if booking is None or pupil is None:
        return None
    return ShownBooking(
        id=booking.id,
        pupil=pupil.number,
        household=booking.household_id,
        status=booking.status,
        origin=booking.origin,
        ical_uid=booking.ical_uid,
        ical_sequence=booking.ical_sequence,
        pupil_id=pupil.id,
        pupil_name=pupil.name,
    )


def _pupil_line(
    pupil: Pupil, needs: Sequence[Need], held: Mapping[str, Held], reason: str, *, by_agreement: bool
) -> PupilLine:
    own = [held[need.key] for need in needs if need.key in held]
    return PupilLine(
        id=pupil.id,
        name=pupil.name,
        talks=len(needs),
        starts_at=tuple(sorted(talk.starts_at for talk in own)),
        status=min((talk.status for talk in own), default=None, key=lambda status: status is BookingStatus.CONFIRMED),
        excluded=reason,
        by_agreement=by_agreement,
    )


# how far it is


def _progress(
    round_id: int, needs: Sequence[Need], held: Mapping[str, Held], slots: Sequence[OfferedSlot]
) -> tuple[ClassProgress, ...]:
    groups = _groups(round_id)
    leading = leaders_of_classes([group.id for group in groups])
    staff = _colleagues({leader for leaders in leading.values() for leader in leaders})
    days: dict[int, set[date]] = defaultdict(set)
    for slot in slots:
        days[slot.leader_id].add(local(slot.span.starts_at).date())
    by_class: dict[int, list[Need]] = defaultdict(list)
    for need in needs:
        by_class[need.class_id].append(need)
    excluded, agreed = _count_per_class(round_id, RoundExclusion), _agreed_per_class(round_id)
    calls = _count_per_class(round_id, CallRequest)
    done = _outcomes(round_id)
    return tuple(
        ClassProgress(
            id=group.id,
            name=group.name,
            leaders=tuple(staff[leader] for leader in leading.get(group.id, ())),
            days=tuple(sorted({day for leader in leading.get(group.id, ()) for day in days[leader]})),
            pupils=len({need.pupil_id for need in by_class[group.id]}),
            excluded=excluded[group.id],
            by_agreement=agreed[group.id],
            talks=len(by_class[group.id]),
            with_time=sum(need.key in held for need in by_class[group.id]),
            confirmed=sum(
                held[need.key].status is BookingStatus.CONFIRMED for need in by_class[group.id] if need.key in held
            ),
            held=sum(held[need.key].booking_id in done for need in by_class[group.id] if need.key in held),
            calls=calls[group.id],
        )
        for group in groups
    )


def _agreed_per_class(round_id: int) -> Counter[int]:
    """Homes that agreed on another form of contact."""
    out = Counter(pupil_id for pupil_id, _household_id in agreed_parts(db.session(), round_id).out)
    rows = db.session.execute(
        select(Enrolment.class_id, Enrolment.pupil_id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .where(RoundClass.round_id == round_id, Enrolment.present, Enrolment.pupil_id.in_(out))
    )
    counts: Counter[int] = Counter()
    for class_id, pupil_id in rows:
        counts[class_id] += out[pupil_id]
    return counts


def _count_per_class(round_id: int, kind: type[RoundExclusion] | type[CallRequest]) -> Counter[int]:
    query = (
        select(Enrolment.class_id, func.count())
        .join(kind, kind.pupil_id == Enrolment.pupil_id)
        .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
        .where(kind.round_id == round_id, RoundClass.round_id == round_id, Enrolment.present)
        .group_by(Enrolment.class_id)
    )
    if kind is CallRequest:
        query = query.where(CallRequest.done_at.is_(None))
    return Counter(dict(db.session.execute(query).all()))


def _outcomes(round_id: int) -> set[int]:
    return set(db.session.scalars(select(Booking.id).where(Booking.round_id == round_id, Booking.outcome.is_not(None))))


def _uninvited(round_id: int) -> int:
    query = select(func.count()).where(
        Booking.round_id == round_id, Booking.status == BookingStatus.INVITED, Booking.invited_at.is_(None)
    )
    return db.session.scalar(query) or 0


def _unopened(round_id: int) -> int:
    """Leaders with times that families do not see yet."""
    opened = select(LeaderOpening.leader_id).where(LeaderOpening.round_id == round_id)
    query = select(func.count(Slot.leader_id.distinct())).where(
        Slot.round_id == round_id, Slot.leader_id.not_in(opened)
    )
    return db.session.scalar(query) or 0


def _latest_version(round_id: int) -> RosterVersion | None:
    return db.session.scalars(
        select(RosterVersion)
        .where(RosterVersion.round_id == round_id, RosterVersion.status.in_(SHOWABLE))
        .order_by(RosterVersion.number.desc())
    ).first()


def _steps_of(mode: RoundMode) -> tuple[Step, ...]:
    second = Step.OPEN if mode is RoundMode.PICK else Step.ROSTER
    return (Step.TIMES, second, Step.INVITE, Step.ANSWERS)


def _step_of(found: Overview) -> Step:
    """The first step that still asks something."""
    if not found.slots:
        return Step.TIMES
    if found.facts.mode is RoundMode.PICK:
        return Step.OPEN if found.unopened else Step.ANSWERS
    if found.with_time < found.talks and found.uninvited == found.with_time:
        return Step.ROSTER  # once families are invited, one that cannot come does not take the round back to here
    return Step.INVITE if found.uninvited else Step.ANSWERS


# what should be known


def _outside_window(found: RoundFacts, slots: Sequence[OfferedSlot]) -> list[RoundWarning]:
    """Days before or after the start window, and days in it or later on which the school is closed."""
    calendar = years.calendar(years.find_year(found.year))
    window, first = calendar.start_window, calendar.first_school_day
    if window is None or first is None or found.kind is not RoundKind.START_CONVERSATION:
        return []
    free = years.free_periods(found.year_id)
    days = sorted({local(slot.span.starts_at).date() for slot in slots})
    outside = [day for day in days if day not in window]
    closed = [day for day in days if day > first and any(day in period for period in free)]
    facts = {"days": outside, "first": window.starts_on, "last": window.ends_on}
    warnings = [RoundWarning(WarningKind.OUTSIDE_START_WINDOW, "", facts)] if outside else []
    if not outside and (found.period.starts_on not in window or found.period.ends_on not in window):
        both = {"period": found.period, "window": window}
        warnings.append(RoundWarning(WarningKind.PERIOD_OUTSIDE_START_WINDOW, "", both))
    return warnings + ([RoundWarning(WarningKind.FREE_DAY, "", {"days": closed})] if closed else [])


def _without_leader(groups: Iterable[ClassGroup], leading: Mapping[int, Sequence[int]]) -> list[RoundWarning]:
    return [RoundWarning(WarningKind.CLASS_WITHOUT_LEADER, group.name) for group in groups if not leading.get(group.id)]


def _without_times(
    leading: Mapping[int, Sequence[int]], slots: Iterable[OfferedSlot], staff: Mapping[int, Colleague]
) -> list[RoundWarning]:
    offering = {slot.leader_id for slot in slots}
    missing = {leader for leaders in leading.values() for leader in leaders} - offering
    return [
        RoundWarning(WarningKind.LEADER_WITHOUT_TIMES, staff[leader].code, {"leader": leader})
        for leader in sorted(missing, key=lambda leader: staff[leader].code)
    ]


def _too_few(
    found: RoundFacts, groups: Iterable[ClassGroup], needs: Iterable[Need], slots: Iterable[OfferedSlot]
) -> list[RoundWarning]:
    """Classes of the same leaders are taken together: one leader's time is spent once."""
    starts: dict[int, list[datetime]] = defaultdict(list)
    for slot in slots:
        if not slot.blocked:
            starts[slot.leader_id].append(slot.span.starts_at)
    room = {leader: room_for(own, found.slot_minutes, found.max_in_a_row) for leader, own in starts.items()}
    needed: Counter[tuple[int, ...]] = Counter()
    named: dict[tuple[int, ...], set[str]] = defaultdict(set)
    names = {group.id: group.name for group in groups}
    leading = leaders_of_classes(names.keys())
    for need in needs:
        leaders = tuple(sorted(leading.get(need.class_id, ())))
        needed[leaders] += need.slots
        named[leaders].add(names[need.class_id])
    return [
        RoundWarning(
            WarningKind.TOO_FEW_SLOTS,
            ", ".join(sorted(named[leaders])),
            {"needed": count, "room": sum(room.get(leader, 0) for leader in leaders)},
        )
        for leaders, count in sorted(needed.items(), key=lambda item: sorted(named[item[0]]))
        if leaders and count > sum(room.get(leader, 0) for leader in leaders)
    ]


def _asked(needs: Iterable[Need]) -> Counter[int]:
    """Per teacher how many times the talks take that were asked for."""
    asked: Counter[int] = Counter()
    for need in needs:
        asked[need.leaders[0]] += need.slots
    return asked


def _too_few_asked(
    asked: Mapping[int, int], slots: Iterable[OfferedSlot], staff: Mapping[int, Colleague]
) -> list[RoundWarning]:
    """Teachers of whom more talks are asked than they have times."""
    room = Counter(slot.leader_id for slot in slots if not slot.blocked)
    return [
        RoundWarning(
            WarningKind.TOO_MANY_ASKED, staff[leader].code,
            {"needed": count, "room": room[leader], "leader": leader, "name": staff[leader].name.full},
        )
        for leader, count in sorted(asked.items(), key=lambda item: staff[item[0]].code)
        if 0 < room[leader] < count
    ]  # fmt: skip


def _awkward_days(found: RoundFacts, slots: Iterable[OfferedSlot]) -> list[RoundWarning]:
    """Evenings on which many families have something else to do, and days on which the school is closed."""
    if found.kind is not RoundKind.CONTACT_EVENING:
        return []
    free = years.free_periods(found.year_id)
    days = sorted({local(slot.span.starts_at).date() for slot in slots})
    closed = [day for day in days if any(day in period for period in free)]
    warnings = [RoundWarning(WarningKind.FREE_DAY, "", {"days": closed})] if closed else []
    return warnings + [
        RoundWarning(WarningKind.AWKWARD_DAY, "", {"day": day, "why": why})
        for day in days
        if (why := awkward(day)) is not None
    ]


def _room_missing(round_id: int, staff: Mapping[int, Colleague]) -> list[RoundWarning]:
    rows = db.session.scalars(select(Slot.leader_id).where(Slot.round_id == round_id, Slot.room == "").distinct())
    codes = sorted(staff[leader].code for leader in rows if leader in staff)
    return [RoundWarning(WarningKind.ROOM_MISSING, code) for code in codes]


def _rooms_to_look_at(found: RoundFacts) -> list[RoundWarning]:
    """Rooms that are not on the school's list, and rooms that two leaders have at the same time."""
    opens, ends = moment_at(found.period.starts_on, time(0)), moment_at(found.period.ends_on + A_DAY, time(0))
    rows = db.session.execute(
        select(Slot.round_id, Slot.leader_id, Staff.code, Slot.room, Slot.starts_at, Slot.ends_at)
        .join(Staff, Staff.id == Slot.leader_id)
        .where(Slot.room != "", ~Slot.blocked, Slot.starts_at >= opens, Slot.starts_at < ends)
    )
    rooms = room_list(db.session())
    taken = [_RoomTaken(*row) for row in rows]
    own = [one for one in taken if one.round_id == found.id]
    return [*_unlisted(own, rooms), *_shared(found, taken, {one.code for one in own}, rooms)]


def _unlisted(taken: Iterable[_RoomTaken], rooms: RoomList) -> list[RoundWarning]:
    strange: dict[str, set[str]] = defaultdict(set)
    for one in taken:
        if rooms and rooms.named(one.room) is None:
            strange[one.room].add(one.code)
    return [
        RoundWarning(WarningKind.ROOM_UNKNOWN, ", ".join(sorted(codes)), {"room": room})
        for room, codes in sorted(strange.items())
    ]


def _shared(
    found: RoundFacts, taken: Sequence[_RoomTaken], codes: set[str], rooms: RoomList
) -> list[RoundWarning]:  # fmt: skip
    """Leaders of this round who meet somebody else in their room; two rooms of one name are told apart by location."""
    twofold = {one.room for one in taken if rooms.is_ambiguous(one.room)}
    at = _locations(found.year_id) if twofold else {}
    stays = [
        Stay(
            (rooms.named(one.room) or one.room, at.get(one.leader_id, "") if one.room in twofold else ""),
            one.code,
            Span(one.starts_at, one.ends_at),
        )
        for one in taken
    ]
    return [
        RoundWarning(
            WarningKind.ROOM_SHARED,
            ", ".join(met.leaders),
            {"room": met.room, "leaders": met.leaders, "spans": met.spans},
        )
        for met in meetings(stays)
        if codes & set(met.leaders)
    ]


def _locations(year_id: int) -> dict[int, str]:
    """Where each leader's class has its lessons."""
    rows = db.session.execute(
        select(ClassLeader.staff_id, ClassGroup.location)
        .join(ClassGroup, ClassGroup.id == ClassLeader.class_id)
        .where(ClassGroup.year_id == year_id)
        .order_by(ClassLeader.position.desc(), ClassGroup.id.desc())
    )
    return {row.staff_id: row.location for row in rows}


def _own_children(
    groups: Iterable[ClassGroup], needs: Iterable[Need], staff: Mapping[int, Colleague]
) -> list[RoundWarning]:
    names = {group.id: group.name for group in groups}
    found = {
        (staff[leader].code, names[need.class_id])
        for need in needs
        if need.leaders and set(need.leaders) <= need.colleagues
        for leader in need.leaders
    }
    return [RoundWarning(WarningKind.GUARDIAN_LEADS_OWN_CHILD, code, {"group": group}) for code, group in sorted(found)]
