"""Asking for talks on a contact evening: a family says whom it wants to speak, a teacher whom to see, or the office
writes down what a family says on the phone or on paper."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.requests import (
    EITHER,
    AskingRules,
    ChildAsks,
    Choice,
    MoreThanFits,
    NoRequestsHere,
    NothingAsked,
    OutsideTheEvenings,
    RequestsOver,
    ensure_askable,
    in_order,
    minutes_asked,
    with_a_mentor,
)
from scheduling.domain.rounds import RoundMode, TalkStands
from scheduling.domain.timeslots import local
from scheduling.domain.wishes import Answer, Asking, SiblingWish, Wisher, window_of
from scheduling.models import AskingRule, Household, NoTalkNeeded, Round, TalkRequest
from scheduling.queries import bookings, day_lengths, requests
from scheduling.queries import wishes as wishing
from scheduling.queries.bookings import Home
from scheduling.queries.requests import Teacher
from scheduling.queries.wishes import AskedHome
from scheduling.services import outbox
from scheduling.services import wishes as times
from scheduling.services.journal import record
from scheduling.services.rounds import hold_round
from scheduling.services.transaction import lock, transaction


@dataclass(frozen=True)
class Said:
    """Everything one home says on its page: of each child whom it wants to speak, and which times suit."""

    asks: Mapping[int, ChildAsks]
    answers: Mapping[str, Answer]
    siblings: SiblingWish | None = None


@dataclass(frozen=True)
class _Heard:
    """`said`: of a child something is said, or was; `new`: it is something else than stood there."""

    said: bool
    new: bool


def say(*, round_id: int, said: Said, by: Actor, now: datetime) -> None:
    """Whom this family wants to speak, and when. Saying it again replaces it, whoever of the home said it first.

    After the date it is kept as well, and used if it can be. Everybody of the home gets a copy of what was asked.
    """
    with transaction() as session:
        homes = bookings.find_homes(session, by, local(now).date())
        _say(session, round_id, homes, said, by, now)


def say_for(*, round_id: int, wisher: Wisher, said: Said, by: Actor, now: datetime) -> None:
    """The office writes down what this home says."""
    with transaction() as session:
        homes = wishing.find_homes_of(session, wisher, local(now).date())
        _say(session, round_id, homes, said, by, now)


def ask_more(*, round_id: int, pupil_id: int, teacher_id: int, by: Actor, now: datetime) -> int:
    """After the roster: this family would like one more talk, also if it said that none was needed.

    Answers the request, for which a free time may be chosen. Asking twice is asking once.
    """
    with transaction() as session:
        home = bookings.find_home(session, by, pupil_id, local(now).date())
        if home is None:
            raise NotFound
        lock(session, Household, [home.household_id] if home.household_id else [])
        found, _ = requests.ensure_asks(session, round_id)
        return ask_one(session, found, home, teacher_id, by, now).id


def ask_one(session: Session, found: Round, home: Home, teacher_id: int, by: Actor, now: datetime) -> TalkRequest:
    """What this home asks of this colleague: what stands, or else a new request. Hold the household first."""
    round_id, pupil_id, wisher = found.id, home.pupil_id, wishing.wisher_of(home)
    child = requests.child_after(session, found, home)
    standing = requests.requests_of(session, round_id, wisher, [pupil_id])
    row = next((one for one in standing if one.teacher_id == teacher_id), None)
    if row is not None:
        return row
    choices = [Choice(one.teacher_id) for one in standing if one.wanted] + [Choice(teacher_id)]
    rules = requests.rules_of(session, round_id)
    left = [teacher.id for teacher in child.teachers]
    already = [choice.teacher_id for choice in choices[:-1]]
    ensure_askable(child.name, ChildAsks(tuple(choices)), rules, left + already)
    subject = next(", ".join(one.subjects) for one in child.teachers if one.id == teacher_id)
    row = TalkRequest(
        round_id=round_id, pupil_id=pupil_id, household_id=wisher.household_id, teacher_id=teacher_id,
        subject=subject[:60], place=len(choices), asked_at=now,
    )  # fmt: skip
    _sign(row, by)
    session.add(row)
    for none in requests.find_none_needed(session, round_id, wisher, [pupil_id]):
        session.delete(none)
    session.flush()
    record(
        session, by=by, action="requests.ask_more", subject="pupil", subject_id=pupil_id, now=now, round=round_id,
        teacher=teacher_id, household=wisher.household_id,
    )  # fmt: skip
    return row


def withdraw(*, round_id: int, pupil_id: int, request_id: int, by: Actor, now: datetime) -> None:
    """This talk, which has no time, is no longer needed. What the school asked stays."""
    with transaction() as session:
        home = bookings.find_home(session, by, pupil_id, local(now).date())
        row = bookings.find_request(session, round_id, home, request_id) if home else None
        if home is None or row is None:
            raise NotFound
        lock(session, Household, [home.household_id] if home.household_id else [])
        standing = bookings.find_live(session, round_id, home, request_id)
        if standing:
            raise TalkStands(standing.starts_at)
        if not row.wanted:
            return
        _drop_wish(row, now)
        record(
            session, by=by, action="requests.withdraw", subject="pupil", subject_id=pupil_id, now=now, round=round_id,
            teacher=row.teacher_id, household=row.household_id,
        )  # fmt: skip


def mark(
    *, round_id: int, teacher_id: int, shown: Collection[str], wanted: Collection[str], by: Actor, now: datetime
) -> int:
    """Of the families that were shown: these the colleague would like to see, the others need not come for that.

    Answers how many marks changed. A family that asked itself keeps its own wish.
    """
    with transaction() as session:
        found, until = requests.ensure_asks(session, round_id)
        hold_round(session, round_id)
        if requests.asking_of(session, found, until, teacher_id, now) is Asking.OVER:
            raise RequestsOver
        changed = 0
        families = requests.families_of(session, found, teacher_id, local(now).date())
        lock(session, Household, [family.household_id for family in families if family.household_id])
        for family in families:
            if family.key in shown and family.obligatory is not (family.key in wanted):
                _mark(session, found, teacher_id, family, by, now)
                changed += 1
        return changed


def set_rules(*, round_id: int, rules: AskingRules, by: Actor, now: datetime) -> None:
    """What this round lets families ask. What was asked already stays as it is."""
    rules.ensure_possible()
    with transaction() as session:
        requests.ensure_asks(session, round_id)
        hold_round(session, round_id)
        row = session.get(AskingRule, round_id)
        if row is None:
            row = AskingRule(round_id=round_id)
            session.add(row)
        row.most_per_child, row.double_allowed = rules.most_per_child, rules.double_allowed
        row.answer_hours = rules.answer_hours
        record(
            session, by=by, action="requests.set_rules", subject="round", subject_id=round_id, now=now,
            most=rules.most_per_child, double=rules.double_allowed, hours=rules.answer_hours,
        )  # fmt: skip


def _say(session: Session, round_id: int, homes: Sequence[Home], said: Said, by: Actor, now: datetime) -> None:
    lock(session, Household, [home.household_id for home in homes if home.household_id])
    found, until = requests.ensure_asks(session, round_id)
    if found.mode is RoundMode.PICK:
        raise NoRequestsHere
    asked = wishing.asked_homes(session, round_id, homes)
    if not asked:
        raise NoRequestsHere
    if all(one.has_time for one in asked):
        raise RequestsOver
    children = [child.pupil_id for one in asked for child in one.children]
    teachers = requests.teachers_by_child(session, found, children)
    rules = requests.rules_of(session, round_id)
    _ensure_within(asked, said)
    said = _with_mentors(session, round_id, asked, said, teachers)
    for one in asked:
        _ensure_askable(session, found, one, said, rules, teachers)
    heard = [_say_of_home(session, found, one, said, teachers, by, now) for one in asked]
    if not any(one.said for one in heard) and not said.answers:
        raise NothingAsked
    for one, told in zip(asked, heard, strict=True):
        if _keep_times(session, found.id, one, said, by, now, late=now >= until) or told.new:
            outbox.post_about_wishes(
                session, round_id=round_id, wisher=one.wisher, pupil_ids=[child.pupil_id for child in one.children],
                now=now, by=None, letter=Letter.REQUESTS_SAID,
            )  # fmt: skip


def _with_mentors(
    session: Session, round_id: int, asked: Sequence[AskedHome], said: Said, teachers: Mapping[int, Sequence[Teacher]]
) -> Said:
    """What was said, with a name where a family asked for one of both mentors."""
    wanting = [pupil_id for pupil_id, asks in said.asks.items() if any(c.teacher_id == EITHER for c in asks.choices)]
    if not wanting:
        return said
    room, answers = requests.room_left(session, round_id), dict(said.asks)
    for one in asked:
        for pupil_id in [child.pupil_id for child in one.children if child.pupil_id in wanting]:
            mentors = [teacher.id for teacher in teachers[pupil_id] if teacher.leads]
            own = requests.requests_of(session, round_id, one.wisher, [pupil_id])
            had = [row.teacher_id for row in own if row.wanted]
            choices = with_a_mentor(said.asks[pupil_id].choices, mentors, had, room)
            answers[pupil_id] = replace(said.asks[pupil_id], choices=choices)
    return replace(said, asks=answers)


def _ensure_within(asked: Sequence[AskedHome], said: Said) -> None:
    """Every time that was chosen is one of these evenings."""
    offered = {one.window.key for home in asked for one in home.offered}
    windows = (window_of(key) for key in said.answers.keys() - offered)
    outside = [window.day for window in windows if window is not None]
    if outside:
        raise OutsideTheEvenings(outside)


def _ensure_askable(
    session: Session,
    found: Round,
    asked: AskedHome,
    said: Said,
    rules: AskingRules,
    teachers: Mapping[int, Sequence[Teacher]],
) -> None:
    of_home = [(child, said.asks.get(child.pupil_id, ChildAsks())) for child in asked.children if not child.has_time]
    for child, asks in of_home:
        ensure_askable(child.name, asks, rules, [teacher.id for teacher in teachers[child.pupil_id]])
    there = [one.span for one in asked.offered if said.answers.get(one.window.key) is not Answer.CANNOT]
    possible = sum(int((span.ends_at - span.starts_at).total_seconds() // 60) for span in there)
    named = {choice.teacher_id for _, asks in of_home for choice in asks.choices}
    days = {local(span.starts_at).date() for span in there}
    lengths = day_lengths.shortest_talks(session, found.id, named, days)
    minutes = minutes_asked((asks for _, asks in of_home), lengths, found.slot_minutes)
    if asked.offered and minutes > possible:
        raise MoreThanFits(minutes, possible)


def _say_of_home(
    session: Session, found: Round, asked: AskedHome, said: Said, teachers: Mapping[int, Sequence[Teacher]],
    by: Actor, now: datetime,
) -> "_Heard":  # fmt: skip
    """Write down what is said of each child."""
    ids = [child.pupil_id for child in asked.children if not child.has_time]
    rows = requests.requests_of(session, found.id, asked.wisher, ids)
    none = {row.pupil_id: row for row in requests.find_none_needed(session, found.id, asked.wisher, ids)}
    empty = all(said.asks.get(pupil_id, ChildAsks()).is_empty for pupil_id in ids)
    if empty and not none and not any(row.wanted for row in rows):
        return _Heard(said=False, new=False)
    changed = False
    for pupil_id in ids:
        asks = said.asks.get(pupil_id, ChildAsks())
        own = {row.teacher_id: row for row in rows if row.pupil_id == pupil_id}
        subjects = {teacher.id: ", ".join(teacher.subjects)[:60] for teacher in teachers[pupil_id]}
        changed |= _write(session, found.id, asked.wisher, pupil_id, asks, own, subjects, by, now)
        changed |= _write_none(session, found.id, asked.wisher, pupil_id, asks, none.get(pupil_id), by, now)
    if changed:
        session.flush()
        record(
            session, by=by, action="requests.say", subject="round", subject_id=found.id, now=now,
            household=asked.wisher.household_id, pupil=asked.wisher.pupil_id,
            asked=sum(len(said.asks[pupil_id].choices) for pupil_id in ids if pupil_id in said.asks),
        )  # fmt: skip
    return _Heard(said=True, new=changed)


def _write(
    session: Session, round_id: int, wisher: Wisher, pupil_id: int, asks: ChildAsks, own: Mapping[int, TalkRequest],
    subjects: Mapping[int, str], by: Actor, now: datetime,
) -> bool:  # fmt: skip
    """Of one child: who is asked for, in this order. Who asked first stays known; what the school asked stays."""
    changed = False
    choices = in_order(asks.choices)
    for place, choice in enumerate(choices, 1):
        row = own.get(choice.teacher_id)
        if row and (row.wanted, row.place, row.slots) == (True, place, choice.slots):
            continue
        changed = True
        if row is None:
            row = TalkRequest(
                round_id=round_id, pupil_id=pupil_id, household_id=wisher.household_id, teacher_id=choice.teacher_id,
                subject=subjects[choice.teacher_id],
            )  # fmt: skip
            session.add(row)
        if not row.wanted or row.asked_at is None:
            row.asked_at = now
        row.wanted, row.place, row.slots = True, place, choice.slots
        _sign(row, by)
    for teacher_id, row in own.items():
        if row.wanted and teacher_id not in {choice.teacher_id for choice in choices}:
            changed = True
            _drop_wish(row, now)
    return changed


def _drop_wish(row: TalkRequest, now: datetime) -> None:
    """The family does not ask for this talk any more; the school may still."""
    if row.obligatory:
        row.wanted = False
    else:
        row.withdrawn_at = now


def _write_none(
    session: Session, round_id: int, wisher: Wisher, pupil_id: int, asks: ChildAsks, row: NoTalkNeeded | None,
    by: Actor, now: datetime,
) -> bool:  # fmt: skip
    if asks.none_needed and row is None:
        row = NoTalkNeeded(round_id=round_id, pupil_id=pupil_id, household_id=wisher.household_id, said_at=now)
        _sign(row, by)
        session.add(row)
        return True
    if not asks.none_needed and row is not None:
        session.delete(row)
        return True
    return False


def _sign(row: TalkRequest | NoTalkNeeded, by: Actor) -> None:
    row.guardian_id = by.id if by.kind is ActorKind.GUARDIAN else None
    row.staff_id = by.id if by.kind is ActorKind.STAFF else None


def _keep_times(
    session: Session, round_id: int, asked: AskedHome, said: Said, by: Actor, now: datetime, *, late: bool
) -> bool:
    """Which times suit: was anything new? A home that says nothing about times needs no row."""
    nothing = not said.answers and said.siblings in (None, SiblingWish.NO_MATTER)
    if nothing and wishing.find_said(session, round_id, asked.wisher) is None:
        return False
    return times.keep(session, round_id, asked, said.answers, said.siblings, by, now, late=late)


def _mark(session: Session, found: Round, teacher_id: int, family: requests.Seen, by: Actor, now: datetime) -> None:
    wisher = Wisher(family.household_id, None if family.household_id else family.pupil_id)
    own = requests.requests_of(session, found.id, wisher, [family.pupil_id])
    row = next((one for one in own if one.teacher_id == teacher_id), None)
    if row is None:
        row = TalkRequest(
            round_id=found.id, pupil_id=family.pupil_id, household_id=family.household_id, teacher_id=teacher_id,
            wanted=False, obligatory=True, asked_at=now, staff_id=by.id,
        )  # fmt: skip
        session.add(row)
    elif not family.obligatory:
        row.obligatory = True
    elif row.wanted:
        row.obligatory = False
    else:
        row.withdrawn_at = now
    session.flush()
    record(
        session, by=by, action="requests.unmark" if family.obligatory else "requests.mark", subject="pupil",
        subject_id=family.pupil_id, now=now, round=found.id, teacher=teacher_id, household=family.household_id,
    )  # fmt: skip
