"""Reminders of a round: who would get which and when, and whether one that waits to leave still helps."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.orm import Session

from scheduling.domain.mailings import Addressee, Letter, OutboxState
from scheduling.domain.people import Name
from scheduling.domain.reminders import Had, Occasion, Phase, Rule, Turn, WhyNot, turns_of, why_not
from scheduling.domain.rounds import LIVE, BookingStatus, RoundMode, RoundUnknown
from scheduling.domain.timeslots import local, moment_at
from scheduling.domain.wishes import Wisher, is_asked
from scheduling.models import (
    Booking,
    BookingAbsence,
    CallRequest,
    ClassGroup,
    ClassLeader,
    Enrolment,
    Guardian,
    Guardianship,
    HomeWishes,
    LeaderOpening,
    Mailing,
    NoTalkNeeded,
    Outbox,
    Pupil,
    Reminder,
    ReminderRule,
    Round,
    RoundClass,
    RoundExclusion,
    School,
    TalkRequest,
    db,
)
from scheduling.queries.agreed_rounds import agreed_parts
from scheduling.queries.mailings import circles_of
from scheduling.queries.wishes import asks_for_teachers


@dataclass(frozen=True)
class Child:
    """A child of a home in this round. `hears`: the keys of who gets letters about it."""

    pupil_id: int
    name: Name
    class_id: int
    class_name: str
    is_open: bool
    """Its leaders show their times."""
    hears: frozenset[str]


@dataclass(frozen=True)
class Person:
    """Somebody of a home who gets its letters."""

    to: Addressee
    name: Name
    phone: str


@dataclass(frozen=True)
class Family:
    """One home in a round, or an adult pupil who speaks for himself. Whom no mail reaches is `on_paper`."""

    wisher: Wisher
    children: tuple[Child, ...]
    people: tuple[Person, ...]
    on_paper: tuple[Person, ...]


@dataclass(frozen=True)
class Due:
    """A child about whom something is still asked, or who has a talk; `talks` the times that it is about."""

    child: Child
    talks: tuple[Booking, ...] = ()


@dataclass(frozen=True)
class Line:
    """One home that a reminder is about; `why_not` None: it gets it."""

    family: Family
    due: tuple[Due, ...]
    why_not: WhyNot | None


@dataclass(frozen=True)
class TurnPlan:
    """One reminder, and whom it is about if nothing changes."""

    turn: Turn
    lines: tuple[Line, ...]

    @property
    def getting(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.why_not is None)

    @property
    def others(self) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.why_not is not None)


@dataclass(frozen=True)
class RoundReminders:
    """The page of the office: what is set, what comes, and what went."""

    round_id: int
    round_name: str
    rule: Rule
    wishes: Phase | None
    answers: Phase | None
    coming: tuple[TurnPlan, ...]
    gone: tuple[tuple[Turn, int], ...]
    quiet: tuple[str, str] | None


@dataclass
class _State:
    """How the homes of a round stand."""

    found: Round
    asks_teachers: bool
    said: set[Wisher]
    live: Mapping[int, Sequence[Booking]]
    absent: set[tuple[int, int]]
    declined: set[tuple[int, int]]
    """(pupil, home) that said: no talk, or please call."""
    had: dict[Wisher, list[Had]]
    by_hand: set[str]
    """To whom the office sent a reminder itself."""


def page_of(round_id: int, now: datetime) -> RoundReminders:
    """Who gets what when, as it stands now."""
    session = db.session()
    found = session.get(Round, round_id)
    if found is None:
        raise RoundUnknown(str(round_id))
    rule = rule_of(session, round_id)
    wishes, answers = phases_of(session, found)
    school = session.get_one(School, 1)
    quiet = (school.quiet_from, school.quiet_until) if school.quiet_from and school.quiet_until else None
    rows = session.execute(
        select(Reminder.day, Reminder.occasion, Reminder.about, func.count())
        .where(Reminder.round_id == round_id)
        .group_by(Reminder.day, Reminder.occasion, Reminder.about)
        .order_by(Reminder.day.desc(), Reminder.occasion)
    )
    gone = tuple((Turn(day, occasion, about), count) for day, occasion, about, count in rows)
    return RoundReminders(
        round_id, found.name, rule, wishes, answers, coming_plans(session, found, rule, now), gone, quiet
    )


def coming_plans(session: Session, found: Round, rule: Rule, now: datetime) -> tuple[TurnPlan, ...]:
    """Every reminder from now on, if nothing changes."""
    turns = [turn for turn in _turns(session, found, rule, now) if now < turn.hours(rule.hour).ends_at]
    return _plans(session, found, rule, turns, now)


def due_plans(session: Session, found: Round, rule: Rule, now: datetime) -> tuple[TurnPlan, ...]:
    """The reminders that may leave at this moment: who comes tomorrow first."""
    turns = []
    for turn in _turns(session, found, rule, now):
        hours = turn.hours(rule.hour)
        if hours.starts_at <= now < hours.ends_at:
            turns.append(turn)
    return _plans(session, found, rule, turns, now)


def rule_of(session: Session, round_id: int) -> Rule:
    """What the school set for this round."""
    row = session.get(ReminderRule, round_id)
    return Rule(row.halfway, row.last_day, row.day_before, row.most, row.hour) if row else Rule()


def phases_of(session: Session, found: Round) -> tuple[Phase | None, Phase | None]:
    """Between which moments families are asked for wishes, and for an answer; None: they are not, or not yet."""
    began: dict[Letter, datetime] = {}
    for letter, at in session.execute(
        select(Mailing.letter, func.min(Mailing.created_at))
        .where(Mailing.round_id == found.id, Mailing.letter.in_((Letter.WISHES, Letter.INVITATION)))
        .group_by(Mailing.letter)
    ):
        began[letter] = at
    return _wishing(session, found, began), _answering(found, began)


def _wishing(session: Session, found: Round, began: Mapping[Letter, datetime]) -> Phase | None:
    opened = session.scalar(select(LeaderOpening.leader_id).where(LeaderOpening.round_id == found.id).limit(1))
    asks = is_asked(found.mode, found.wishes_until) and opened is None
    if not asks or found.wishes_until is None or Letter.WISHES not in began:
        return None
    return Phase(began[Letter.WISHES], found.wishes_until)


def _answering(found: Round, began: Mapping[Letter, datetime]) -> Phase | None:
    if Letter.INVITATION not in began:
        return None
    asked_at = max(began[Letter.INVITATION], found.opens_at or began[Letter.INVITATION])
    until = found.closes_at or moment_at(found.starts_on, time(0))
    return Phase(asked_at, until) if asked_at < until else None


def _turns(session: Session, found: Round, rule: Rule, now: datetime) -> tuple[Turn, ...]:
    if not rule.is_on:
        return ()
    wishes, answers = phases_of(session, found)
    starts = session.scalars(
        select(Booking.starts_at).where(
            Booking.round_id == found.id, Booking.status.in_(LIVE), Booking.starts_at > now,
            Booking.invited_at.is_not(None),
        ).distinct()
    )  # fmt: skip
    days = {local(at).date() for at in starts}
    return turns_of(rule, wishes=wishes, answers=answers, talk_days=days)


def _plans(session: Session, found: Round, rule: Rule, turns: Sequence[Turn], now: datetime) -> tuple[TurnPlan, ...]:
    """A home that gets one of these has had it when the next is looked at."""
    if not turns:
        return ()
    families, state = families_of(session, found.id, now), _state_of(session, found)
    plans = []
    for turn in turns:
        plan = TurnPlan(turn, tuple(_lines(rule, turn, families, state, now)))
        for line in plan.getting:
            state.had.setdefault(line.family.wisher, []).append(Had(turn.occasion, turn.day, turn.about))
        plans.append(plan)
    return tuple(plans)


def _lines(rule: Rule, turn: Turn, families: Iterable[Family], state: "_State", now: datetime) -> Iterable[Line]:
    for family in families:
        due = _due_of(turn, family, state, now)
        if not due:
            continue
        by_hand = int(any(person.to.key in state.by_hand for person in family.people))
        reason = why_not(rule, turn, state.had.get(family.wisher, ()), by_hand=by_hand)
        if reason is None and not family.people:
            reason = WhyNot.NO_MAIL
        if reason is not WhyNot.HAD_IT:
            yield Line(family, due, reason)


def _due_of(turn: Turn, family: Family, state: "_State", now: datetime) -> tuple[Due, ...]:
    """The children of this home whom the reminder is about; none: it answered, or does not come."""
    if turn.occasion.is_about_wishes:
        return () if family.wisher in state.said else tuple(map(Due, family.children))
    if turn.occasion is Occasion.DAY_BEFORE:
        day = date.fromisoformat(turn.about)
        found = [Due(child, tuple(_comes_on(day, child, family, state, now))) for child in family.children]
        return tuple(one for one in found if one.talks)
    asked = [(child, _unanswered(child, family, state, now)) for child in family.children]
    return tuple(Due(child, talks) for child, talks in asked if talks is not None)


def _own_talks(child: Child, family: Family, state: "_State") -> list[Booking]:
    """The talks that this home is invited to and did not say it stays away from."""
    home = family.wisher.household_id
    return [
        talk
        for talk in state.live.get(child.pupil_id, ())
        if (home is None or talk.household_id in (None, home)) and (talk.id, home or 0) not in state.absent
    ]


def _comes_on(day: date, child: Child, family: Family, state: "_State", now: datetime) -> list[Booking]:
    own = _own_talks(child, family, state)
    return [talk for talk in own if talk.invited_at and talk.starts_at > now and local(talk.starts_at).date() == day]


def _unanswered(child: Child, family: Family, state: "_State", now: datetime) -> tuple[Booking, ...] | None:
    """The times to say yes or no to; empty: there is a time to choose; None: nothing is asked about this child."""
    has_any = bool(state.live.get(child.pupil_id))
    own = _own_talks(child, family, state)
    if own:
        open_ = [
            talk for talk in own
            if talk.status is BookingStatus.INVITED and talk.invited_at and talk.starts_at > now
        ]  # fmt: skip
        return tuple(open_) or None
    chooses = state.found.mode is RoundMode.PICK and child.is_open and not state.asks_teachers and not has_any
    said_no = {(child.pupil_id, 0), (child.pupil_id, family.wisher.household_id or 0)} & state.declined
    return () if chooses and not said_no else None


def families_of(
    session: Session, round_id: int, now: datetime, *, only: Wisher | None = None, leader_id: int | None = None
) -> list[Family]:
    """Every home of a round with its children there (or one home; or the homes of one leader's classes).

    Without the homes that the round leaves out as agreed.
    """
    on = local(now).date()
    pupils = _pupils_of(session, round_id, only, leader_id)
    circles = circles_of(session, list(pupils), on)
    people, agreed = _people_of(session, pupils), agreed_parts(session, round_id)
    children: dict[Wisher, dict[int, Child]] = defaultdict(dict)
    told: dict[Wisher, dict[str, Person]] = defaultdict(dict)
    unreached: dict[Wisher, dict[str, Person]] = defaultdict(dict)
    for pupil_id, (pupil, group, is_open) in pupils.items():
        out = agreed.homes_out(pupil_id)
        if circles[pupil_id].is_left_out(out):
            continue
        audience = circles[pupil_id].without(out).to_ask()
        hears = frozenset(person.key for person in audience.to)
        for kept, addressees in ((told, audience.to), (unreached, audience.on_paper)):
            for to in addressees:
                wisher = Wisher(household_id=to.household_id) if to.household_id else Wisher(pupil_id=pupil_id)
                if only in (None, wisher):
                    name, phone = people.get(to.guardian_id or 0, (pupil.name, pupil.phone))
                    kept[wisher].setdefault(to.key, Person(to, name, phone))
                    children[wisher][pupil_id] = Child(pupil_id, pupil.name, group.id, group.name, is_open, hears)
    return [
        Family(
            wisher, tuple(own.values()), tuple(told[wisher].values()),
            () if told[wisher] else tuple(unreached[wisher].values()),
        )
        for wisher, own in children.items()
    ]  # fmt: skip


def _pupils_of(
    session: Session, round_id: int, only: Wisher | None, leader_id: int | None
) -> dict[int, tuple[Pupil, ClassGroup, bool]]:
    opened = select(ClassLeader.class_id).join(
        LeaderOpening, (LeaderOpening.leader_id == ClassLeader.staff_id) & (LeaderOpening.round_id == round_id)
    )
    led = select(ClassLeader.class_id).where(ClassLeader.staff_id == leader_id)
    rows = session.execute(
        select(Pupil, ClassGroup, ClassGroup.id.in_(opened))
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .join(RoundClass, RoundClass.class_id == ClassGroup.id)
        .outerjoin(RoundExclusion, (RoundExclusion.round_id == round_id) & (RoundExclusion.pupil_id == Pupil.id))
        .where(RoundClass.round_id == round_id, Enrolment.present.is_(True), RoundExclusion.pupil_id.is_(None))
        .where(_is_of(only) if only else true(), ClassGroup.id.in_(led) if leader_id else true())
        .order_by(ClassGroup.name, Pupil.surname, Pupil.given_name, Pupil.id)
    )
    return {pupil.id: (pupil, group, bool(is_open)) for pupil, group, is_open in rows}


def _is_of(wisher: Wisher) -> ColumnElement[bool]:
    if wisher.pupil_id is not None:
        return Pupil.id == wisher.pupil_id
    return Pupil.id.in_(select(Guardianship.pupil_id).where(Guardianship.household_id == wisher.household_id))


def _people_of(session: Session, pupil_ids: Collection[int]) -> dict[int, tuple[Name, str]]:
    rows = session.scalars(
        select(Guardian)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .where(Guardianship.pupil_id.in_(pupil_ids))
    )
    return {guardian.id: (guardian.name, guardian.phone) for guardian in rows}


def _state_of(session: Session, found: Round, only: Wisher | None = None) -> _State:
    """How the homes stand; for one home only its own children's talks are read."""
    pupils = select(Pupil.id).where(_is_of(only)) if only else None
    live: dict[int, list[Booking]] = defaultdict(list)
    of_these = Booking.pupil_id.in_(pupils) if pupils is not None else true()
    wanted = select(Booking).where(Booking.round_id == found.id, of_these).order_by(Booking.starts_at)
    declined: set[tuple[int, int]] = set()
    for talk in session.scalars(wanted):
        if talk.status in LIVE:
            live[talk.pupil_id].append(talk)
        else:
            declined.add((talk.pupil_id, talk.household_id or 0))
    asks = asks_for_teachers(session, found)
    for kind in (CallRequest, NoTalkNeeded):
        rows = session.execute(select(kind.pupil_id, kind.household_id).where(kind.round_id == found.id))
        declined |= {(pupil_id, home or 0) for pupil_id, home in rows}
    return _State(
        found, asks, _said(session, found, asks=asks), live, _absent(session, found.id), declined,
        {} if only else _had(session, found.id), set() if only else _reminded_by_hand(session, found.id),
    )  # fmt: skip


def _said(session: Session, found: Round, *, asks: bool) -> set[Wisher]:
    """The homes that answered the question for wishes; on a contact evening: whom they want to speak."""
    if not asks:
        rows = session.execute(
            select(HomeWishes.household_id, HomeWishes.pupil_id).where(HomeWishes.round_id == found.id)
        )
        return {Wisher(home, pupil) for home, pupil in rows}
    asked = select(TalkRequest.household_id, TalkRequest.pupil_id).where(
        TalkRequest.round_id == found.id, TalkRequest.wanted, TalkRequest.withdrawn_at.is_(None)
    )
    none = select(NoTalkNeeded.household_id, NoTalkNeeded.pupil_id).where(NoTalkNeeded.round_id == found.id)
    said = [*session.execute(asked), *session.execute(none)]
    return {Wisher(household_id=home) if home else Wisher(pupil_id=pupil) for home, pupil in said}


def _absent(session: Session, round_id: int) -> set[tuple[int, int]]:
    rows = session.execute(
        select(BookingAbsence.booking_id, BookingAbsence.household_id)
        .join(Booking, Booking.id == BookingAbsence.booking_id)
        .where(Booking.round_id == round_id)
    )
    return {(booking_id, home) for booking_id, home in rows}


def _had(session: Session, round_id: int) -> dict[Wisher, list[Had]]:
    had: dict[Wisher, list[Had]] = defaultdict(list)
    for row in session.scalars(select(Reminder).where(Reminder.round_id == round_id)):
        had[Wisher(row.household_id, row.pupil_id)].append(Had(row.occasion, row.day, row.about))
    return had


def _reminded_by_hand(session: Session, round_id: int) -> set[str]:
    rows = session.execute(
        select(Outbox.guardian_id, Outbox.pupil_id)
        .join(Booking, Booking.id == Outbox.booking_id)
        .where(
            Outbox.letter == Letter.REMINDER, Booking.round_id == round_id,
            Outbox.state.not_in((OutboxState.SUPERSEDED, OutboxState.SUPPRESSED)),
        )
    )  # fmt: skip
    return {f"g{guardian_id}" if guardian_id else f"p{pupil_id}" for guardian_id, pupil_id in rows}


def still_due(session: Session, reminder: Reminder, key: str, now: datetime) -> tuple[Due, ...]:
    """What a reminder that is about to leave still has to say to this person; nothing: somebody answered meanwhile."""
    found = session.get_one(Round, reminder.round_id)
    wisher = Wisher(reminder.household_id, reminder.pupil_id)
    turn = Turn(reminder.day, reminder.occasion, reminder.about)
    wishes, answers = phases_of(session, found)
    phase = wishes if turn.occasion.is_about_wishes else answers
    if turn.occasion.asks and (phase is None or now >= phase.until):
        return ()
    families = families_of(session, reminder.round_id, now, only=wisher)
    state = _state_of(session, found, wisher)
    due = [one for family in families for one in _due_of(turn, family, state, now)]
    return tuple(one for one in due if key in one.child.hears)


def open_questions(
    session: Session, found: Round, families: Iterable[Family], now: datetime
) -> Iterable[tuple[Family, tuple[Due, ...], Sequence[Had]]]:
    """The homes of which an answer is still awaited, and the reminders that each had."""
    state = _state_of(session, found)
    wishes, _answers = phases_of(session, found)
    today = local(now).date()
    turns = [Turn(today, Occasion.ANSWER_LAST_DAY)]
    if wishes and state.asks_teachers:
        turns.append(Turn(today, Occasion.WISHES_LAST_DAY))
    for family in families:
        due = next((due for due in (_due_of(turn, family, state, now) for turn in turns) if due), ())
        if due:
            yield family, due, state.had.get(family.wisher, [])
