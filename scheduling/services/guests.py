"""The office's interpreters: who they are, at which talks they are booked, and that each is told of every change."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.guests import (
    TOLD_TO_FAMILY,
    Card,
    HelpState,
    InterpreterTwice,
    NoSuchGuest,
    Ordered,
    StillExpected,
    Way,
    clean_number,
    ensure_somebody,
)
from scheduling.domain.journal import Actor
from scheduling.domain.mailings import Letter
from scheduling.domain.rounds import new_ical_uid
from scheduling.domain.topics import clean_language
from scheduling.models import Household, InterpreterRequest, Outsider, Staff, TalkColleague, TalkGuest, Told, db
from scheduling.queries import guests as reading
from scheduling.queries import single_interpreters
from scheduling.queries.extra_persons import expected_colleagues, told_colleagues
from scheduling.queries.interpreting import first_clash
from scheduling.services import outbox
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction

Key = tuple[int, int]
"""Who, at which talk."""
Whose = tuple[int, int, int | None, int | None]
"""Round, pupil and home (None: the adult pupil), and which talk made for one pupil (None: those of the round)."""
Row = TypeVar("Row", bound=Told)


def add(*, card: Card, by: Actor, now: datetime) -> int:
    """Put an interpreter on the list."""
    tidy = card.tidy()
    with transaction() as session:
        row = Outsider(added_at=now)
        _write(row, tidy)
        session.add(row)
        session.flush()
        _note(session, "guests.add", row, by, now)
        return row.id


def change(*, outsider_id: int, card: Card, by: Actor, now: datetime) -> None:
    """Another name, mailbox or language."""
    tidy = card.tidy()
    with transaction() as session:
        row = _held(session, outsider_id)
        _write(row, tidy)
        _note(session, "guests.change", row, by, now)


def stop(*, outsider_id: int, by: Actor, now: datetime) -> None:
    """Nobody asks this interpreter any more; not while talks to come count on this person. Twice is once."""
    with transaction() as session:
        row = _held(session, outsider_id)
        if ahead := reading.talks_ahead(session, outsider_id, now):
            raise StillExpected(ahead)
        if row.stopped_at is None:
            row.stopped_at = now
            _note(session, "guests.stop", row, by, now)


def come_back(*, outsider_id: int, by: Actor, now: datetime) -> None:
    """This interpreter may be asked again."""
    with transaction() as session:
        row = _held(session, outsider_id)
        if row.stopped_at is not None:
            row.stopped_at = None
            _note(session, "guests.come_back", row, by, now)


def book(
    *, round_id: int, pupil_id: int, household_id: int | None, order: Ordered, by: Actor, now: datetime
) -> None:  # fmt: skip
    """How far the school is with the interpreter of one home; the family hears when it is certain, or not possible.

    One interpreter is never booked for two talks at once: then nothing is saved.
    """
    reading.the_order(round_id, pupil_id, household_id, now)
    _book((round_id, pupil_id, household_id, None), order, by, now)


def book_for_single(*, single_id: int, household_id: int | None, order: Ordered, by: Actor, now: datetime) -> None:
    """The same, for a talk that is made for one pupil."""
    found = single_interpreters.the_order(single_id, household_id, now)
    _book((found.round_id, found.pupil_id, household_id, found.request_id), order, by, now)


def find_request(
    session: Session, round_id: int, pupil_id: int, household_id: int | None, request_id: int | None = None
) -> InterpreterRequest | None:
    """What this home asked, or what the school wrote down for it; `request_id`: of a talk made for one pupil."""
    return session.scalar(
        select(InterpreterRequest).where(
            InterpreterRequest.round_id == round_id, InterpreterRequest.pupil_id == pupil_id,
            InterpreterRequest.household_id == household_id, InterpreterRequest.request_id == request_id,
        )
    )  # fmt: skip


def keep_wish(session: Session, whose: Whose, *, language: str, way: Way, by: Actor, now: datetime) -> bool:
    """What a home says of its interpreter; who was booked stays, unless the language changes. Was it new?"""
    round_id, pupil_id, household_id, request_id = whose
    found = find_request(session, *whose)
    if found and (found.language, found.way) == (language, way):
        return False
    if found is None:
        found = InterpreterRequest(
            round_id=round_id, pupil_id=pupil_id, household_id=household_id, request_id=request_id, language="",
            way=way,
        )  # fmt: skip
        session.add(found)
    if found.language != language:
        found.outsider_id = None
    found.language, found.way, found.asked_at, found.number = language, way, now, ""
    found.state = HelpState.BOOKED if found.outsider_id else HelpState.ASKED
    record(
        session, by=by, action="topics.ask_interpreter", subject="pupil", subject_id=pupil_id, now=now,
        round=round_id, needed=bool(language),
    )  # fmt: skip
    return True


def _book(whose: Whose, order: Ordered, by: Actor, now: datetime) -> None:
    wanted, where = clean_language(order.language), clean_number(order.number)
    who, state = order.interpreter_id, order.state
    ensure_somebody(state, who, wanted)
    round_id, pupil_id, household_id, request_id = whose
    with transaction() as session:
        lock(session, Household, [household_id] if household_id else [])  # it may be choosing a time just now
        lock(session, Outsider, [who] if who else [])
        if who is not None and session.get(Outsider, who) is None:
            raise NoSuchGuest
        row = find_request(session, *whose)
        if row is None:
            row = InterpreterRequest(
                round_id=round_id, pupil_id=pupil_id, household_id=household_id, request_id=request_id,
                asked_at=now, state=HelpState.ASKED,
            )  # fmt: skip
            session.add(row)
        before = row.state
        row.language, row.way, row.number = wanted, order.way, where
        row.state, row.outsider_id = state, who
        session.flush()
        if who is not None and (clash := first_clash(session, who)):
            raise InterpreterTwice(*clash)
        record(
            session, by=by, action="guests.book", subject="pupil", subject_id=pupil_id, now=now, round=round_id,
            household=household_id, state=state.value, interpreter=who,
        )  # fmt: skip
        if state is not before:
            tell_family(session, row, now)


def tell_family(session: Session, request: InterpreterRequest, now: datetime) -> None:
    """A letter, when it is certain that an interpreter comes, or that it did not work."""
    if request.state in TOLD_TO_FAMILY:
        facts = {
            "interpreter_request_id": request.id, "state": request.state.value, "pupil_id": request.pupil_id,
            "household_id": request.household_id, "round_id": request.round_id,
        }  # fmt: skip
        outbox.post_about_help(session, facts=facts, now=now)


def tell(now: datetime) -> int:
    """Who was asked to come hears of each talk to come, of each change, and of what is off; how many letters that were.

    Talks change in many ways; what was told is compared with what is. Nobody is told the same twice.
    """
    behind = reading.are_behind(db.session(), now)
    db.session.rollback()
    if not behind:
        return 0
    with transaction() as session:
        told, joined = reading.told_guests(session, now), told_colleagues(session, now)
        lock(session, Outsider, {key[0] for key in (*told, *reading.expected_guests(session, now))})
        lock(session, Staff, {key[0] for key in (*joined, *expected_colleagues(session, now))})
        outsiders = {key: one.facts for key, one in reading.expected_guests(session, now).items()}
        colleagues = expected_colleagues(session, now)
        to_guest, to_colleague = partial(_post_to_guest, session, now), partial(_post_to_colleague, session, now)
        letters = _follow(session, reading.told_guests(session, now), outsiders, now, _new_guest, to_guest)
        return letters + _follow(session, told_colleagues(session, now), colleagues, now, _new_colleague, to_colleague)


def _follow(
    session: Session, told: Mapping[Key, Row], expected: Mapping[Key, dict[str, str]], now: datetime,
    made: Callable[[Key], Row], post: Callable[[Row, bool], int],
) -> int:  # fmt: skip
    letters = 0
    for key in told.keys() - expected.keys():
        row = told[key]
        row.sequence, row.stamp, row.cancelled_at = row.sequence + 1, now, now
        letters += post(row, True)
    for key, facts in expected.items():
        known = told.get(key)
        if known is not None and known.told == facts:
            continue
        if known is None:
            known = made(key)
            session.add(known)
        known.sequence, known.stamp, known.told = known.sequence + 1, now, facts
        session.flush()
        letters += post(known, False)
    return letters


def _new_guest(key: Key) -> TalkGuest:
    return TalkGuest(outsider_id=key[0], booking_id=key[1], ical_uid=new_ical_uid(), sequence=-1)


def _new_colleague(key: Key) -> TalkColleague:
    return TalkColleague(staff_id=key[0], booking_id=key[1], ical_uid=new_ical_uid(), sequence=-1)


def _post_to_guest(session: Session, now: datetime, guest: TalkGuest, off: bool) -> int:
    return outbox.post_to_guest(session, letter=_letter(guest, off=off), guest=guest, now=now)


def _post_to_colleague(session: Session, now: datetime, joined: TalkColleague, off: bool) -> int:
    letter = Letter.GUEST_EXTRA_OFF if off else Letter.GUEST_EXTRA
    return outbox.post_to_joining(session, letter=letter, joined=joined, now=now)


def _letter(guest: TalkGuest, *, off: bool) -> Letter:
    """An interpreter reads of interpreting; anybody else of an appointment."""
    if "language" in guest.told:
        return Letter.GUEST_OFF if off else Letter.GUEST
    return Letter.GUEST_EXTRA_OFF if off else Letter.GUEST_EXTRA


def _held(session: Session, outsider_id: int) -> Outsider:
    lock(session, Outsider, [outsider_id])
    row = session.get(Outsider, outsider_id)
    if row is None:
        raise NoSuchGuest
    return row


def _write(row: Outsider, card: Card) -> None:
    row.name, row.languages, row.organisation = card.name, card.languages, card.organisation
    row.email, row.phone = card.email, card.phone


def _note(session: Session, action: str, row: Outsider, by: Actor, now: datetime, **facts: Any) -> None:
    record(session, by=by, action=action, subject="outsider", subject_id=row.id, now=now, **facts)
