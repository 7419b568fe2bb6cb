"""Gatherings: how each is held, who is invited, what a home says, and that everybody hears of every change."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from scheduling.domain.gatherings import (
    COUNTED_AT_MOST,
    GATHERINGS,
    AlreadyReminded,
    Answer,
    CannotInvite,
    Coming,
    Details,
    FewerThanComing,
    GatheringFull,
    GatheringMeanwhile,
    GatheringOver,
    HallTaken,
    NoSuchGathering,
    NotInvitedYet,
    NotYetHeld,
    WrongCount,
)
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Addressee, Letter, OutboxState
from scheduling.domain.rounds import new_ical_uid
from scheduling.domain.wishes import Wisher
from scheduling.domain.year_plans import ClashKind, Planned, PlanningFacts, clashes_of, ensure_moment
from scheduling.models import (
    Gathering,
    GatheringAnswer,
    GatheringGuest,
    Guardian,
    Household,
    PlannedDate,
    Pupil,
    SchoolYear,
    db,
)
from scheduling.queries import gathering_guests as reading
from scheduling.queries.bookings import find_homes
from scheduling.queries.gathering_guests import Behind, Heard, Key, span_of
from scheduling.queries.year_plans import as_planned, planning_facts, standing_rows
from scheduling.services import outbox
from scheduling.services.inserting import insert_new
from scheduling.services.journal import record
from scheduling.services.outbox import AboutGathering
from scheduling.services.transaction import lock, transaction

CHUNK = 200


def set_up(*, planned_id: int, version: int, details: Details, by: Actor, now: datetime) -> None:
    """How this moment is held. `version` 0: nothing was said of it yet."""
    with transaction() as session:
        row, gathering = _held(session, planned_id)
        if (gathering.version if gathering else 0) != version:
            raise GatheringMeanwhile
        if row.kind not in GATHERINGS:
            raise NoSuchGathering
        _ensure_to_come(row, gathering, now)
        tidy = details.tidy(row.kind, row.day)
        coming = reading.people_coming(reading.answers_to(session, [planned_id])[planned_id])
        if tidy.capacity is not None and tidy.capacity < coming:
            raise FewerThanComing(coming)
        if gathering is None:
            gathering = new_gathering(session, planned_id)
        gathering.theme, gathering.words, gathering.route = tidy.theme, tidy.words, tidy.route
        gathering.capacity, gathering.answer_by = tidy.capacity, tidy.answer_by
        gathering.with_pupils, gathering.childcare = tidy.with_pupils, tidy.childcare
        gathering.parents_cafe, gathering.welcome_desk = tidy.parents_cafe, tidy.welcome_desk
        gathering.topic_days = tidy.topic_days
        gathering.version = version + 1
        record(session, by=by, action="gatherings.set_up", subject="planned_date", subject_id=planned_id, now=now)


def invite(*, planned_ids: Collection[int], by: Actor, now: datetime, sure: bool = False) -> int:
    """Invite the families these moments are for, and make the moments known; how many were not invited before.

    All of them, or none. A hall that is taken is said first, unless `sure`.
    """
    with transaction() as session:
        years = set(session.scalars(select(PlannedDate.year_id).where(PlannedDate.id.in_(planned_ids))))
        lock(session, SchoolYear, years)
        lock(session, PlannedDate, planned_ids)
        facts = {year_id: planning_facts(year_id) for year_id in years}
        others = {year_id: [as_planned(row) for row in standing_rows(session, year_id)] for year_id in years}
        invited = 0
        for planned_id in sorted(set(planned_ids)):
            row, gathering = _found(session, planned_id)
            _ensure_invitable(row, gathering, facts[row.year_id], now)
            if not sure:
                _ensure_hall(as_planned(row), others[row.year_id], facts[row.year_id])
            invited += _invite(session, row, gathering, by, now)
        return invited


def answer(*, planned_id: int, wisher: Wisher, answer: Answer, by: Actor, now: datetime) -> None:
    """What this home says: yes, perhaps or no, and with how many. It can be changed until the gathering begins."""
    with transaction() as session:
        lock(session, Household, [wisher.household_id] if wisher.household_id else [])
        row, gathering = _held(session, planned_id)
        if not _may_answer(session, row, wisher, by):
            raise NoSuchGathering
        if gathering is None or gathering.invited_at is None:
            raise NotInvitedYet if by.kind is ActorKind.STAFF else NoSuchGathering
        if not reading.stands(gathering) or span_of(row).starts_at <= now:
            raise GatheringOver
        said = answer.tidy(childcare=gathering.childcare)
        answers = reading.answers_to(session, [planned_id])[planned_id]
        known = answers.get(wisher)
        if said.coming is Coming.YES and gathering.capacity is not None:
            left = gathering.capacity - reading.people_coming(answers, besides=wisher)
            if said.people > left:
                raise GatheringFull(max(left, 0))
        if known is None:
            known = GatheringAnswer(planned_id=planned_id, household_id=wisher.household_id, pupil_id=wisher.pupil_id)
            session.add(known)
        elif reading.said_by(known) == said:
            return
        known.coming, known.adults, known.children = said.coming, said.adults, said.children
        known.in_childcare, known.shows_names, known.answered_at = said.in_childcare, said.shows_names, now
        session.flush()
        record(
            session, by=by, action="gatherings.answer", subject="planned_date", subject_id=planned_id, now=now,
            household=wisher.household_id, pupil=wisher.pupil_id, coming=said.coming.value, people=said.people,
        )  # fmt: skip


def call_off(*, planned_id: int, version: int, by: Actor, now: datetime) -> None:
    """It does not go on: who was invited is told, and the year plan loses it. Twice is once."""
    with transaction() as session:
        year_id = session.scalar(select(PlannedDate.year_id).where(PlannedDate.id == planned_id))
        lock(session, SchoolYear, [year_id] if year_id else [])
        row, gathering = _held(session, planned_id)
        if gathering is None or gathering.invited_at is None:
            raise NotInvitedYet
        if gathering.called_off_at is not None:
            return
        if gathering.version != version:
            raise GatheringMeanwhile
        if span_of(row).starts_at <= now:
            raise GatheringOver
        take_off(session, gathering, by=by, now=now)


def take_off(session: Session, gathering: Gathering, *, by: Actor, now: datetime) -> None:
    """Call it off within the caller's transaction; the letters follow by `tell`."""
    row = gathering.planned
    gathering.called_off_at = now
    gathering.version += 1
    row.published_at = None
    row.version += 1
    row.ical_sequence += 1
    record(
        session, by=by, action="gatherings.call_off", subject="planned_date", subject_id=row.id, now=now,
        kind=row.kind, day=row.day.isoformat(),
    )  # fmt: skip


def remind(*, planned_id: int, by: Actor, now: datetime) -> int:
    """One friendly reminder to the homes that said nothing, and never a second; how many letters that are.

    Families can answer meanwhile: the moment is held for some letters at a time. Whoever asks twice at once, or again
    after it broke off halfway, writes each letter once.
    """
    with transaction() as session:
        _ensure_remindable(session, planned_id, now)
    silent = _silent(planned_id)
    letters = 0
    for start in range(0, len(silent), CHUNK):
        with transaction() as session:
            _ensure_remindable(session, planned_id, now)
            asked = dict(silent[start : start + CHUNK])
            guests = session.scalars(_told_guests(planned_id).where(GatheringGuest.id.in_(asked)))
            about = [AboutGathering(guest, asked[guest.id], None) for guest in guests]
            letters += outbox.post_to_gathering(session, letter=Letter.GATHERING_REMINDER, about=about, now=now)
    with transaction() as session:
        _ensure_remindable(session, planned_id, now).reminded_at = now
        record(
            session, by=by, action="gatherings.remind", subject="planned_date", subject_id=planned_id, now=now,
            letters=letters,
        )  # fmt: skip
    return letters


def count(*, planned_id: int, counted: int, by: Actor, now: datetime) -> None:
    """So many people were there, pupils too. Counting again puts it right."""
    if not 0 <= counted <= COUNTED_AT_MOST:
        raise WrongCount
    with transaction() as session:
        row, gathering = _held(session, planned_id)
        if row.kind not in GATHERINGS:
            raise NoSuchGathering
        if row.begins is None or span_of(row).starts_at > now:
            raise NotYetHeld
        if gathering is not None and gathering.called_off_at is not None:
            raise GatheringOver
        gathering = gathering or new_gathering(session, planned_id)
        gathering.counted = counted
        record(
            session, by=by, action="gatherings.count", subject="planned_date", subject_id=planned_id, now=now,
            counted=counted,
        )  # fmt: skip


def tell(now: datetime) -> int:
    """Everybody who is invited hears of each gathering to come, of each change, and of what is off; how many letters.

    What was told is compared with what stands, whoever changed it and how: nobody is told the same twice.
    """
    session = db.session()
    found = reading.behind(session, now)
    session.rollback()
    return sum(_tell_off(one, now) + _tell_some(one, now) for one in found)


def follow_address(session: Session, *, person: Guardian | Pupil, old: str, now: datetime) -> None:
    """The new mailbox hears of every gathering that was told; the old one forgets it. Within the caller's transaction.

    Letters that have not left need nothing: they look up the address when they leave.
    """
    session.flush()
    lock(session, PlannedDate, [guest.planned_id for guest in reading.guests_of(session, person, now)])
    guests = reading.guests_of(session, person, now)
    heard = reading.heard_by(session, guests)
    known = [guest for guest in guests if heard[guest.id].told is not None]
    for guest in known:
        guest.sequence, guest.stamp = guest.sequence + 1, now
        _take_back(heard[guest.id])
    session.flush()
    there = [(guest, Addressee(guest.guardian_id, guest.pupil_id, None, old, person.language)) for guest in known]
    here = [(guest, reading.addressee_of(session, guest)) for guest in known]
    for letter, to in ((Letter.GATHERING_ELSEWHERE, there), (Letter.GATHERING, here)):
        about = [AboutGathering(guest, reached, None) for guest, reached in to if reached and reached.address]
        outbox.post_to_gathering(session, letter=letter, about=about, now=now)


def new_gathering(session: Session, planned_id: int) -> Gathering:
    """Of which nothing was said yet. Within the caller's transaction."""
    gathering = Gathering(planned_id=planned_id)
    session.add(gathering)
    session.flush()
    return gathering


def _tell_off(seen: Behind, now: datetime) -> int:
    """It leaves the calendars of who heard of it; who did not, hears nothing at all."""
    letters = 0
    for start in range(0, len(seen.gone), CHUNK):
        with transaction() as session:
            lock(session, PlannedDate, [seen.planned_id])
            if not reading.is_still(session, seen):
                break  # somebody changed it just now: the next look tells
            wanted = GatheringGuest.id.in_(seen.gone[start : start + CHUNK]), GatheringGuest.cancelled_at.is_(None)
            letters += _take_out(session, session.scalars(select(GatheringGuest).where(*wanted)).all(), now)
    return letters


def _take_out(session: Session, gone: Sequence[GatheringGuest], now: datetime) -> int:
    heard = reading.heard_by(session, gone)
    for guest in gone:
        guest.sequence, guest.stamp, guest.cancelled_at = guest.sequence + 1, now, now
        _take_back(heard[guest.id])
    session.flush()
    letters = [
        AboutGathering(guest, person, None)
        for guest in gone
        if heard[guest.id].told is not None and (person := reading.addressee_of(session, guest))
    ]
    return outbox.post_to_gathering(session, letter=Letter.GATHERING_OFF, about=letters, now=now)


def _tell_some(seen: Behind, now: datetime) -> int:
    letters = 0
    for start in range(0, len(seen.to_tell), CHUNK):
        with transaction() as session:
            lock(session, PlannedDate, [seen.planned_id])
            if not reading.is_still(session, seen):
                break  # as above
            letters += _bring_up_to_date(session, seen, seen.to_tell[start : start + CHUNK], now)
    return letters


def _bring_up_to_date(session: Session, seen: Behind, people: Sequence[Addressee], now: datetime) -> int:
    """An invitation to who heard nothing yet, else what changed; nothing, when it changed and came back meanwhile."""
    known = reading.guests_among(session, seen.planned_id, people)
    late = [guest for guest in known.values() if guest.cancelled_at is not None or guest.told != seen.facts]
    heard = reading.heard_by(session, late)
    for guest in late:
        guest.sequence, guest.stamp, guest.cancelled_at, guest.told = guest.sequence + 1, now, None, seen.facts
        _take_back(heard[guest.id])
    session.flush()
    strangers = [person for person in people if _key(person) not in known]
    fresh = _new_guests(session, seen.planned_id, strangers, seen.facts, now)
    about = [AboutGathering(fresh[_key(person)], person, None) for person in strangers]
    about += [
        AboutGathering(row, person, heard[row.id].told)
        for person in people
        if (row := known.get(_key(person))) and row.id in heard
    ]
    invited = [one for one in about if one.was is None]
    changed = [one for one in about if one.was is not None and one.was != seen.facts]
    return sum(
        outbox.post_to_gathering(session, letter=letter, about=these, now=now)
        for letter, these in ((Letter.GATHERING, invited), (Letter.GATHERING_CHANGED, changed))
    )


def _ensure_remindable(session: Session, planned_id: int, now: datetime) -> Gathering:
    row, gathering = _held(session, planned_id)
    if gathering is None or gathering.invited_at is None:
        raise NotInvitedYet
    if not reading.stands(gathering) or span_of(row).starts_at <= now:
        raise GatheringOver
    if gathering.reminded_at is not None:
        raise AlreadyReminded(gathering.reminded_at)
    return gathering


def _silent(planned_id: int) -> list[tuple[int, Addressee]]:
    """Who was told, and no home of theirs answered. Nothing is held: who answers meanwhile gets no letter."""
    session = db.session()
    company = reading.company_of(session, session.get_one(PlannedDate, planned_id))
    answered = reading.answers_to(session, [planned_id])[planned_id].keys()
    found = [
        (guest.id, person)
        for guest in session.scalars(_told_guests(planned_id))
        if (person := company.people.get((guest.guardian_id, guest.pupil_id)))
        and company.homes_of[guest.guardian_id, guest.pupil_id].isdisjoint(answered)
    ]
    session.rollback()
    return found


def _key(person: Addressee) -> Key:
    return person.guardian_id, person.pupil_id


def _take_back(heard: Heard) -> None:
    for row in heard.unsent:
        row.state = OutboxState.SUPERSEDED


def _new_guests(
    session: Session, planned_id: int, people: Sequence[Addressee], facts: dict[str, Any], now: datetime
) -> dict[Key, GatheringGuest]:
    """Who was told nothing yet, all in one go."""
    rows = [
        {
            "planned_id": planned_id, "guardian_id": person.guardian_id, "pupil_id": person.pupil_id,
            "ical_uid": new_ical_uid(), "sequence": 0, "stamp": now, "told": facts, "cancelled_at": None,
        }
        for person in people
    ]  # fmt: skip
    made = insert_new(session, GatheringGuest, rows)
    guests = session.scalars(select(GatheringGuest).where(GatheringGuest.id.in_(made)))
    return {(guest.guardian_id, guest.pupil_id): guest for guest in guests}


def _held(session: Session, planned_id: int) -> tuple[PlannedDate, Gathering | None]:
    """The moment, held: the last places are given one home after the other."""
    lock(session, PlannedDate, [planned_id])
    return _found(session, planned_id)


def _found(session: Session, planned_id: int) -> tuple[PlannedDate, Gathering | None]:
    row = session.get(PlannedDate, planned_id)
    if row is None:
        raise NoSuchGathering
    return row, session.get(Gathering, planned_id)


def _ensure_to_come(row: PlannedDate, gathering: Gathering | None, now: datetime) -> None:
    off = gathering is not None and gathering.called_off_at is not None
    if off or (row.begins is not None and span_of(row).starts_at <= now):
        raise GatheringOver


def _ensure_invitable(row: PlannedDate, gathering: Gathering | None, facts: PlanningFacts, now: datetime) -> None:
    if row.kind not in GATHERINGS:
        raise CannotInvite(row.kind)
    ensure_moment(as_planned(row), facts, by_director=row.moved)
    _ensure_to_come(row, gathering, now)


def _ensure_hall(row: Planned, others: Sequence[Planned], facts: PlanningFacts) -> None:
    """Nothing else is in the same place at that time."""
    for clash in clashes_of(row, [other for other in others if other.id != row.id], facts):
        if clash.kind is ClashKind.PLACE and clash.other is not None:
            raise HallTaken(row.place, row.day, clash.other.kind)


def _invite(session: Session, row: PlannedDate, gathering: Gathering | None, by: Actor, now: datetime) -> int:
    gathering = gathering or new_gathering(session, row.id)
    if row.published_at is None:
        row.published_at, row.ical_stamp = now, now
    if gathering.invited_at is not None:
        return 0
    gathering.invited_at = now
    gathering.version += 1
    record(
        session, by=by, action="gatherings.invite", subject="planned_date", subject_id=row.id, now=now, kind=row.kind,
        day=row.day.isoformat(),
    )  # fmt: skip
    return 1


def _may_answer(session: Session, row: PlannedDate, wisher: Wisher, by: Actor) -> bool:
    """Is this home invited, and does this person speak for it?"""
    pupils = reading.children_of(session, [wisher])
    if by.kind is not ActorKind.STAFF:
        mine = {
            home.pupil_id for home in find_homes(session, by, row.day)
            if (home.household_id, wisher.pupil_id) == (wisher.household_id, None)
            or (home.household_id is None and home.pupil_id == wisher.pupil_id)
        }  # fmt: skip
        pupils = [pupil_id for pupil_id in pupils if pupil_id in mine]
    company = reading.company_of(session, row, pupils) if pupils else None
    return company is not None and any(wisher in homes for homes in company.homes_of.values())


def _told_guests(planned_id: int) -> Select[GatheringGuest]:
    told = GatheringGuest.planned_id == planned_id, GatheringGuest.cancelled_at.is_(None)
    return select(GatheringGuest).where(*told).order_by(GatheringGuest.id)
