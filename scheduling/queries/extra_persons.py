"""Who else comes to talks: what families asked, what came of it, and who has to be told.

A home sees its own questions alone, also at a talk that it has together with the other home.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session

from scheduling.domain.extra_persons import (
    TO_ARRANGE,
    ExtraKind,
    ExtraNews,
    ExtraState,
    NoSuchExtra,
    last_day_to_ask,
)
from scheduling.domain.guests import Way
from scheduling.domain.people import Name, natural_order
from scheduling.domain.rounds import LIVE, RoundUnknown
from scheduling.domain.single_talks import Medium
from scheduling.domain.staff import is_here
from scheduling.domain.timeslots import Span, local
from scheduling.models import (
    Booking,
    ClassLeader,
    Enrolment,
    ExtraPerson,
    Guardian,
    Guardianship,
    Outsider,
    Pupil,
    Round,
    School,
    SchoolDay,
    SingleTalk,
    Staff,
    TalkColleague,
    TalkWay,
    db,
)
from scheduling.queries.leaders import pupils_by_id

WAYS = {Medium.PHONE: Way.PHONE, Medium.VIDEO: Way.VIDEO}
HELD = (func.coalesce(SingleTalk.medium, TalkWay.way), func.coalesce(SingleTalk.join_link, TalkWay.join_link))
"""How a talk is held and its link, of a single talk or of one of a round; nothing: at school."""


@dataclass(frozen=True)
class Extra:
    """One person who was asked for, as a page shows it."""

    id: int
    household_id: int | None
    kind: ExtraKind
    wish: str
    state: ExtraState
    who: str
    by_school: bool
    """The school wrote it down, and may take it back."""


@dataclass(frozen=True)
class Deadline:
    """Until when a question for somebody comes in good time."""

    day: date
    is_over: bool


@dataclass(frozen=True)
class Person:
    """Somebody who can be chosen."""

    id: int
    name: str


@dataclass(frozen=True)
class Line:
    """One question in the office's list, with the talk it is for (None: there is no time now)."""

    extra: Extra
    pupil: Name
    class_name: str
    home: tuple[str, ...]
    talk: "At | None"


@dataclass(frozen=True)
class At:
    """When and where one of these talks is."""

    booking_id: int
    leader_id: int
    leader: Name
    span: Span
    room: str
    clashes: bool
    """The colleague who comes has another talk then."""


@dataclass(frozen=True)
class ExtraList:
    """All of a round."""

    round_id: int
    round_name: str
    lines: tuple[Line, ...]

    @property
    def to_do(self) -> int:
        return sum(line.extra.state in TO_ARRANGE for line in self.lines)


def as_shown(row: ExtraPerson) -> Extra:
    return Extra(row.id, row.household_id, row.kind, row.wish, row.state, row.who, row.by_school)


def extras_of(session: Session, round_ids: Collection[int], pupil_ids: Collection[int]) -> list[ExtraPerson]:
    """All questions about these pupils' talks, in the order in which they were asked."""
    if not round_ids or not pupil_ids:
        return []
    wanted = select(ExtraPerson).where(ExtraPerson.round_id.in_(round_ids), ExtraPerson.pupil_id.in_(pupil_ids))
    return list(session.scalars(wanted.order_by(ExtraPerson.id)))


def is_for(row: ExtraPerson, booking: Booking) -> bool:
    """Is it this talk that the question is about?"""
    same = (row.round_id, row.pupil_id) == (booking.round_id, booking.pupil_id)
    asked = row.request_id in (None, booking.request_id)
    return same and asked and booking.household_id in (None, row.household_id)


def talks_of(session: Session, row: ExtraPerson, now: datetime) -> list[tuple[Booking, Staff]]:
    """The talks to come of this pupil in the round, each with its leader; the first comes first."""
    wanted = (
        select(Booking, Staff)
        .join(Staff, Staff.id == Booking.leader_id)
        .where(
            Booking.round_id == row.round_id, Booking.pupil_id == row.pupil_id, Booking.status.in_(LIVE),
            Booking.ends_at > now,
        )
        .order_by(Booking.starts_at, Booking.id)
    )  # fmt: skip
    return [(booking, staff) for booking, staff in session.execute(wanted)]


def deadline(session: Session, year_id: int, starts_at: datetime, now: datetime) -> Deadline:
    """Until which day a question comes in good time, by the school's number of school days."""
    on = local(starts_at).date()
    days = session.scalar(select(School.extra_days)) or 0
    rows = session.scalars(select(SchoolDay).where(SchoolDay.year_id == year_id))
    free = {
        day.starts_on + timedelta(days=n)
        for day in rows
        if day.kind.is_free
        for n in range((day.ends_on - day.starts_on).days + 1)
    }
    last = last_day_to_ask(on, days, free)
    return Deadline(last, local(now).date() > last)


def other_mentors(session: Session, talk: Booking) -> tuple[Person, ...]:
    """Who leads this pupil's class beside the leader of the talk; nobody sits at the talk about the own child."""
    year_id = session.get_one(Round, talk.round_id).year_id
    own = (
        select(Guardian.staff_id)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .where(Guardianship.pupil_id == talk.pupil_id, Guardian.staff_id.is_not(None))
    )
    rows = session.scalars(
        select(Staff)
        .join(ClassLeader, ClassLeader.staff_id == Staff.id)
        .join(Enrolment, Enrolment.class_id == ClassLeader.class_id)
        .where(Enrolment.pupil_id == talk.pupil_id, Enrolment.year_id == year_id, Staff.id.not_in(own))
        .order_by(ClassLeader.position)
    ).all()
    if talk.leader_id not in [row.id for row in rows]:
        return ()
    on = local(talk.starts_at).date()
    return tuple(Person(row.id, row.name.full) for row in rows if row.id != talk.leader_id and is_here(row.left_on, on))


def both_mentors_of(booking_id: int) -> tuple[Person, ...]:
    """The same, for the page of a talk that stands."""
    return other_mentors(db.session(), db.session.get_one(Booking, booking_id))


def clashing(session: Session, now: datetime) -> dict[ExtraPerson, tuple[Booking, Staff]]:
    """At which talks the other mentor was expected, and has another talk by now: of the own, or beside a colleague."""
    rows = session.execute(
        _arranged(select(ExtraPerson, Booking, Staff))
        .join(Staff, Staff.id == ExtraPerson.staff_id)
        .where(Booking.ends_at > now, ExtraPerson.kind == ExtraKind.MENTOR)
        .order_by(Booking.starts_at, Booking.id)
    ).all()
    busy = _busy(session, {staff.id for _, _, staff in rows}) if rows else {}
    found: dict[ExtraPerson, tuple[Booking, Staff]] = {}
    for row, booking, staff in rows:
        span, others = Span(booking.starts_at, booking.ends_at), busy.get(staff.id, {})
        if any(key != booking.id and span.overlaps(other) for key, other in others.items()):
            found.setdefault(row, (booking, staff))
    return found


def mentors_beside(session: Session, booking_ids: Collection[int]) -> dict[tuple[int, int | None], tuple[Name, ...]]:
    """At which of these talks another mentor comes beside the leader: by talk, and by the home that asked for it."""
    rows = session.execute(
        _arranged(select(Booking.id, ExtraPerson.household_id, Staff))
        .join(Staff, Staff.id == ExtraPerson.staff_id)
        .where(
            Booking.id.in_(booking_ids), ExtraPerson.kind == ExtraKind.MENTOR, ExtraPerson.staff_id != Booking.leader_id
        )
        .order_by(ExtraPerson.id)
    )
    found: dict[tuple[int, int | None], tuple[Name, ...]] = {}
    for booking_id, household_id, staff in rows:
        found[booking_id, household_id] = (*found.get((booking_id, household_id), ()), staff.name)
    return found


def deadline_of(booking_id: int, now: datetime) -> Deadline:
    """The same, for the page of a talk that stands."""
    booking = db.session.get_one(Booking, booking_id)
    return deadline(db.session(), booking.round.year_id, booking.starts_at, now)


def the_extra(booking_id: int, leader_id: int, extra_id: int) -> Extra:
    """One question about this leader's talk, that the school can answer."""
    booking, row = db.session.get(Booking, booking_id), db.session.get(ExtraPerson, extra_id)
    if booking is None or row is None or booking.leader_id != leader_id or not is_for(row, booking):
        raise NoSuchExtra
    if row.kind is ExtraKind.FAMILY or booking.status not in LIVE:
        raise NoSuchExtra
    return as_shown(row)


def chosen(extra_id: int) -> str:
    """Who comes, as the form of the school names it: s4 (a colleague), o2 (from outside), or nobody."""
    row = db.session.get_one(ExtraPerson, extra_id)
    return f"s{row.staff_id}" if row.staff_id else f"o{row.outsider_id}" if row.outsider_id else ""


def colleagues(besides: int, now: datetime) -> tuple[Person, ...]:
    """Who works here, by name; the leader of the talk is there anyway."""
    today = local(now).date()
    rows = [row for row in db.session.scalars(select(Staff)) if is_here(row.left_on, today) and row.id != besides]
    return tuple(Person(row.id, row.name.full) for row in sorted(rows, key=lambda one: one.name.sort_key))


def from_outside() -> tuple[Person, ...]:
    """Who came from outside before, and is no interpreter."""
    rows = db.session.scalars(
        select(Outsider).where(Outsider.languages == "", Outsider.stopped_at.is_(None)).order_by(Outsider.name)
    )
    return tuple(Person(row.id, row.name) for row in rows)


def extras_of_round(round_id: int, now: datetime) -> ExtraList:
    """For the office: who was asked for, by class and name."""
    session = db.session()
    found = session.get(Round, round_id)
    if found is None:
        raise RoundUnknown(str(round_id))
    rows = list(session.scalars(select(ExtraPerson).where(ExtraPerson.round_id == round_id).order_by(ExtraPerson.id)))
    pupils = pupils_by_id({row.pupil_id for row in rows}, found.year_id, today=local(now).date())
    talks: dict[int, list[tuple[Booking, Name]]] = defaultdict(list)
    for booking, leader in session.execute(
        select(Booking, Staff)
        .join(Staff, Staff.id == Booking.leader_id)
        .where(Booking.round_id == round_id, Booking.status.in_(LIVE), Booking.pupil_id.in_(pupils))
        .order_by(Booking.starts_at, Booking.id)
    ):
        talks[booking.pupil_id].append((booking, leader.name))
    busy = _busy(session, {row.staff_id for row in rows if row.staff_id})
    lines = []
    for row in rows:
        pupil = pupils.get(row.pupil_id)
        home = pupil.home(row.household_id) if pupil else None
        if pupil is None or home is None:
            continue
        own = [(booking, leader) for booking, leader in talks[row.pupil_id] if is_for(row, booking)]
        times: list[At | None] = [_at(row, booking, leader, busy) for booking, leader in own]
        lines += [Line(as_shown(row), pupil.name, pupil.class_name, home.names, at) for at in times or [None]]
    lines.sort(key=lambda line: (natural_order(line.class_name), line.pupil.sort_key, line.extra.id))
    return ExtraList(round_id, found.name, tuple(lines))


def _at(row: ExtraPerson, booking: Booking, leader: Name, busy: dict[int, dict[int, Span]]) -> At:
    span = Span(booking.starts_at, booking.ends_at)
    others = busy.get(row.staff_id or 0, {}).items()
    clashes = row.state is ExtraState.ARRANGED and any(key != booking.id and span.overlaps(one) for key, one in others)
    return At(booking.id, booking.leader_id, leader, span, booking.room, clashes)


def _busy(session: Session, staff_ids: Collection[int]) -> dict[int, dict[int, Span]]:
    """Which talks these colleagues have: that they lead, or come to."""
    found: dict[int, dict[int, Span]] = defaultdict(dict)
    led = select(Booking.leader_id, Booking.id, Booking.starts_at, Booking.ends_at).where(
        Booking.leader_id.in_(staff_ids), Booking.status.in_(LIVE)
    )
    joined = _arranged(select(ExtraPerson.staff_id, Booking.id, Booking.starts_at, Booking.ends_at)).where(
        ExtraPerson.staff_id.in_(staff_ids)
    )
    for wanted in (led, joined):
        for staff_id, booking_id, starts_at, ends_at in session.execute(wanted):
            found[staff_id][booking_id] = Span(starts_at, ends_at)
    return found


def _arranged(wanted: Any) -> Any:
    """Talks that stand, each with who was arranged to come to it."""
    return (
        wanted.select_from(Booking)
        .join(
            ExtraPerson,
            and_(
                ExtraPerson.round_id == Booking.round_id,
                ExtraPerson.pupil_id == Booking.pupil_id,
                or_(Booking.household_id.is_(None), ExtraPerson.household_id == Booking.household_id),
                or_(ExtraPerson.request_id.is_(None), ExtraPerson.request_id == Booking.request_id),
            ),
        )
        .where(Booking.status.in_(LIVE), ExtraPerson.state == ExtraState.ARRANGED)
    )


def held(wanted: Any) -> Any:
    """The same talks, each with what `HELD` asks."""
    single = wanted.outerjoin(SingleTalk, SingleTalk.booking_id == Booking.id)
    return single.outerjoin(TalkWay, TalkWay.booking_id == Booking.id)


# What each was told


def expected_outsiders(session: Session, now: datetime) -> dict[tuple[int, int], dict[str, str]]:
    """Who comes from outside, at every talk to come: time and place alone. Never to a family's own door."""
    rows = session.execute(
        held(_arranged(select(Booking, ExtraPerson.outsider_id, *HELD)))
        .where(Booking.ends_at > now, ExtraPerson.outsider_id.is_not(None))
        .order_by(Booking.starts_at, Booking.id)
    )
    return {
        (outsider_id, booking.id): _moment(booking, medium) | {"number": join_link or ""}
        for booking, outsider_id, medium, join_link in rows
        if medium is not Medium.HOME
    }


def expected_colleagues(session: Session, now: datetime) -> dict[tuple[int, int], dict[str, str]]:
    """Which colleague comes, to every talk to come of somebody else."""
    rows = session.execute(
        held(_arranged(select(Booking, ExtraPerson.staff_id, *HELD, Pupil, Staff)))
        .join(Pupil, Pupil.id == Booking.pupil_id)
        .join(Staff, Staff.id == Booking.leader_id)
        .where(Booking.ends_at > now, ExtraPerson.staff_id.is_not(None), ExtraPerson.staff_id != Booking.leader_id)
        .order_by(Booking.starts_at, Booking.id)
    )
    return {
        (staff_id, booking.id): _moment(booking, medium)
        | {"number": join_link or "", "given_name": pupil.given_name, "leader": leader.name.full}
        for booking, staff_id, medium, join_link, pupil, leader in rows
    }


def leaving(session: Session, now: datetime) -> dict[ExtraPerson, tuple[Booking, Staff]]:
    """Which questions were arranged with a colleague who no longer works here on the day of the talk."""
    rows = session.execute(
        _arranged(select(ExtraPerson, Booking, Staff))
        .join(Staff, Staff.id == ExtraPerson.staff_id)
        .where(Booking.ends_at > now, Staff.left_on.is_not(None))
        .order_by(Booking.starts_at, Booking.id)
    )
    found: dict[ExtraPerson, tuple[Booking, Staff]] = {}
    for row, booking, staff in rows:
        if not is_here(staff.left_on, local(booking.starts_at).date()):
            found.setdefault(row, (booking, staff))
    return found


def told_colleagues(session: Session, now: datetime) -> dict[tuple[int, int], TalkColleague]:
    """What was told of talks that were still to come, and holds as far as they know."""
    rows = session.scalars(select(TalkColleague).where(TalkColleague.cancelled_at.is_(None)))
    return {(row.staff_id, row.booking_id): row for row in rows if datetime.fromisoformat(row.told["ends_at"]) > now}


def _moment(booking: Booking, medium: Medium | None) -> dict[str, str]:
    return {
        "starts_at": booking.starts_at.isoformat(), "ends_at": booking.ends_at.isoformat(), "room": booking.room,
        "way": WAYS.get(medium or Medium.SCHOOL, Way.ON_SITE).value,
    }  # fmt: skip


@dataclass(frozen=True)
class ExtraFacts:
    """A letter to a family about whom it asked for, or to the leader about the question."""

    kind: ExtraKind
    state: ExtraState
    who: str
    news: ExtraNews | None = None
    """What the leader is told."""


def extra_letter(session: Session, facts: Mapping[str, Any]) -> ExtraFacts | None:
    """As it stands now; of what was withdrawn, as it was told."""
    row = session.get(ExtraPerson, facts["extra_id"])
    news = ExtraNews(facts["news"]) if "news" in facts else None
    if news is None:
        return ExtraFacts(row.kind, row.state, row.who) if row else None
    if news is ExtraNews.WITHDRAWN:
        return ExtraFacts(ExtraKind(facts["kind"]), ExtraState.ASKED, facts["who"], news)
    return ExtraFacts(row.kind, row.state, facts["who"], news) if row else None


def at_talks(rows: Sequence[Booking]) -> dict[int, list[Extra]]:
    """Per talk who was asked for, of all its homes."""
    found = extras_of(db.session(), {row.round_id for row in rows}, {row.pupil_id for row in rows})
    return {row.id: [as_shown(one) for one in found if is_for(one, row)] for row in rows}
