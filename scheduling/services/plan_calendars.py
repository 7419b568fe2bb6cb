"""The moments that a home agreed on, in the calendar of each of its people: one letter holds all that is new to one."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from scheduling.domain.mailings import Addressee, Letter, OutboxState
from scheduling.domain.rounds import new_ical_uid
from scheduling.models import CommunicationPlan, Guardian, PlanGuest, Pupil, db
from scheduling.queries import plan_guests as reading
from scheduling.queries.gathering_guests import Key, addressee_of
from scheduling.queries.plan_guests import Standing, key_of
from scheduling.services import outbox
from scheduling.services.transaction import lock, transaction

Known = dict[int, dict[str, Any] | None]
"""By the id of a calendar object: what its person knows of it; None: nothing, or that it is off."""


def tell(now: datetime) -> int:
    """Who of a home has an agreement hears of its moments, of each change, and of what is off; how many letters.

    What was told is compared with what stands, whoever changed it and how: nobody is told the same twice.
    """
    session = db.session()
    found = reading.plans_behind(session, now)
    session.rollback()
    return sum(_tell_home(plan_id, pupil_id, now) for plan_id, pupil_id in found)


def follow_address(session: Session, *, person: Guardian | Pupil, old: str, now: datetime) -> None:
    """The new mailbox hears of every moment that was told; the old one forgets it. Within the caller's transaction."""
    session.flush()
    mine = reading.guests_of(session, person, now)
    lock(session, Pupil, [session.get_one(CommunicationPlan, guest.plan_id).pupil_id for guest in mine])
    by_plan: dict[int, list[PlanGuest]] = {}
    for guest in reading.guests_of(session, person, now):
        by_plan.setdefault(guest.plan_id, []).append(guest)
    for plan_id, guests in by_plan.items():
        key = key_of(guests[0])
        unheard = _take_back(session, plan_id, key)
        known = [guest for guest in guests if unheard.get(guest.id, guest.told) is not None]
        for guest in known:
            guest.sequence, guest.stamp = guest.sequence + 1, now
        session.flush()
        plan = session.get_one(CommunicationPlan, plan_id)
        there = Addressee(*key, None, old, person.language)
        outbox.post_dates(
            session, letter=Letter.PLAN_DATES_ELSEWHERE, plan=plan, person=there,
            dates=[_entry(guest, guest.told, off=True) for guest in known], now=now,
        )  # fmt: skip
        here = addressee_of(session, guests[0])
        if here:
            dates = [_entry(guest, None) for guest in guests]
            outbox.post_dates(session, letter=Letter.PLAN_DATES, plan=plan, person=here, dates=dates, now=now)


def _tell_home(plan_id: int, pupil_id: int, now: datetime) -> int:
    with transaction() as session:
        lock(session, Pupil, [pupil_id])
        standing = reading.standing_of(session, plan_id, now)
        plan = session.get_one(CommunicationPlan, plan_id)
        late, gone = standing.late, standing.gone
        letters = 0
        for key in sorted({*late, *map(key_of, gone)}, key=str):
            mine = [guest for guest in standing.guests if key_of(guest) == key]
            known: Known = {guest.id: guest.told if guest.cancelled_at is None else None for guest in mine}
            known |= _take_back(session, plan_id, key)
            _cancel((guest for guest in gone if key_of(guest) == key), now)
            mine += _bring_up_to_date(session, standing, key, mine, late.get(key, ()), now)
            person = standing.people.get(key) or addressee_of(session, mine[0])
            dates = [entry for guest in mine if (entry := _news(guest, known.get(guest.id)))]
            letter = Letter.PLAN_DATES_OFF if all(one["off"] for one in dates) else Letter.PLAN_DATES
            if person:
                letters += outbox.post_dates(session, letter=letter, plan=plan, person=person, dates=dates, now=now)
        return letters


def _take_back(session: Session, plan_id: int, key: Key) -> Known:
    """Letters that are still in the house stay there; what this person knew before them."""
    known: Known = {}
    for row in reading.unsent_dates(session, plan_id, key):
        row.state = OutboxState.SUPERSEDED
        for one in row.facts["dates"]:
            known.setdefault(one["guest"], one["was"])
    return known


def _cancel(gone: Iterable[PlanGuest], now: datetime) -> None:
    for guest in gone:
        guest.sequence, guest.stamp, guest.cancelled_at = guest.sequence + 1, now, now


def _bring_up_to_date(
    session: Session, standing: Standing, key: Key, mine: Iterable[PlanGuest], moments: Iterable[int], now: datetime
) -> list[PlanGuest]:
    """What was told of these moments is what stands; answers the calendar objects that are new."""
    there = {guest.moment_id: guest for guest in mine}
    fresh = []
    for moment_id in moments:
        guest = there.get(moment_id)
        if guest is None:
            guest = PlanGuest(
                plan_id=standing.plan.id, moment_id=moment_id, guardian_id=key[0], pupil_id=key[1],
                ical_uid=new_ical_uid(), sequence=-1,
            )  # fmt: skip
            session.add(guest)
            fresh.append(guest)
        guest.sequence, guest.stamp, guest.cancelled_at = guest.sequence + 1, now, None
        guest.told = standing.dates[moment_id]
    session.flush()
    return fresh


def _news(guest: PlanGuest, known: dict[str, Any] | None) -> dict[str, Any] | None:
    """What is new to this person about a moment; None: nothing."""
    if guest.cancelled_at is not None:
        return _entry(guest, known, off=True) if known else None
    return _entry(guest, known) if guest.told != known else None


def _entry(guest: PlanGuest, was: dict[str, Any] | None, *, off: bool = False) -> dict[str, Any]:
    told = was if off else guest.told
    return {
        "guest": guest.id, "uid": guest.ical_uid, "sequence": guest.sequence, "told": told, "was": was, "off": off,
    }  # fmt: skip
