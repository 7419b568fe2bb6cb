"""School files become people: a draft to look at, and saving it, all of it or nothing.

What changes is worked out by `domain.import_changes`; here it is written, with a fixed number of statements per table
however large the school is.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from scheduling.domain.import_changes import (
    ClassKey,
    DraftGone,
    KnownSchool,
    Outcome,
    Plan,
    PreviewOutdated,
    Status,
)
from scheduling.domain.import_documents import file_document
from scheduling.domain.import_questions import Answers
from scheduling.domain.imports import (
    RoomRecord,
    SchoolFile,
)
from scheduling.domain.journal import Actor
from scheduling.domain.timeslots import local
from scheduling.domain.years import NoSuchYear
from scheduling.models import (
    Base,
    ClassGroup,
    ClassLeader,
    Enrolment,
    Guardian,
    Guardianship,
    Household,
    ImportDraft,
    Pupil,
    Room,
    School,
    SchoolYear,
    Staff,
    StaffMemberRole,
)
from scheduling.queries.imports import answers_to, files_of, known_school, reckon
from scheduling.services import ended_ties, enrolments, grown_pupils, import_undo, lessons, years
from scheduling.services.import_drafts import keep_lasting_answers, understood
from scheduling.services.journal import record
from scheduling.services.plan_moments import follow_calendar
from scheduling.services.transaction import lock, transaction

DRAFT_LIFE = timedelta(hours=24)


def draft(*, year_id: int, files: Sequence[SchoolFile], by: Actor, now: datetime) -> int:
    """Keep what was read for a day, so that the office can look before it saves."""
    with transaction() as session:
        year = _get_year(session, year_id)
        files = understood(session, files)
        row = ImportDraft(
            year_id=year.id, created_at=now, created_by=by.id, expires_at=now + DRAFT_LIFE,
            file_names=[file.name for file in files], records={"files": [file_document(file) for file in files]},
            fingerprint=_fingerprint(known_school(session, year.id)),
        )  # fmt: skip
        session.add(row)
        session.flush()
        record(
            session, by=by, action="imports.draft", subject="import_draft", subject_id=row.id, now=now,
            files=len(files), year=year.label,
        )  # fmt: skip
        return row.id


def save(*, draft_id: int, by: Actor, now: datetime) -> Outcome:
    """Save a draft as it was shown; when the people have changed since, it is shown again first."""
    with transaction() as session:
        lock(session, School, [1])  # nobody's name goes while this import says who is here
        row = session.get(ImportDraft, draft_id)
        if row is None or row.saved_at is not None or row.expires_at <= now:
            raise DraftGone
        year, known = _get_year(session, row.year_id), known_school(session, row.year_id)
        if row.fingerprint != _fingerprint(known):
            raise PreviewOutdated
        outcome = _put(session, year, files_of(row), known, by, now, answers_to(session, row))
        if outcome.saved:
            keep_lasting_answers(session, row.answers, now)
            row.saved_at, row.records, row.answers = now, {"files": []}, {}
        return outcome


def renew(*, draft_id: int, by: Actor, now: datetime) -> None:
    """The office has seen the preview anew, over the people as they are now."""
    with transaction() as session:
        row = session.get(ImportDraft, draft_id)
        if row is None or row.saved_at is not None or row.expires_at <= now:
            raise DraftGone
        row.fingerprint = _fingerprint(known_school(session, row.year_id))


def drop(*, draft_id: int, by: Actor, now: datetime) -> None:
    """Forget a draft; dropping it twice is dropping it once."""
    with transaction() as session:
        row = session.get(ImportDraft, draft_id)
        if row is not None:
            session.delete(row)
            record(session, by=by, action="imports.drop", subject="import_draft", subject_id=draft_id, now=now)


def forget_drafts(*, now: datetime) -> int:
    """Forget the drafts that are older than a day; how many there were."""
    with transaction() as session:
        return len(
            session.scalars(delete(ImportDraft).where(ImportDraft.expires_at <= now).returning(ImportDraft.id)).all()
        )


def run(
    *, year_id: int, files: Sequence[SchoolFile], by: Actor, now: datetime, dry_run: bool = False
) -> Outcome:  # fmt: skip
    """Import files at once, or with `dry_run` only say what would happen. An error in any file saves nothing."""
    with transaction() as session:
        lock(session, School, [1])
        year = _get_year(session, year_id)
        known, answers = known_school(session, year.id), answers_to(session)
        return _put(session, year, understood(session, files), known, by, now, answers, dry_run=dry_run)


@dataclass
class Keys:
    """From the school's own names of things to the ids of their rows."""

    staff: dict[str, int] = field(default_factory=dict)
    classes: dict[ClassKey, int] = field(default_factory=dict)
    pupils: dict[str, int] = field(default_factory=dict)
    guardians: dict[str, int] = field(default_factory=dict)
    households: dict[str, int] = field(default_factory=dict)


def _put(
    session: Session, year: SchoolYear, files: Sequence[SchoolFile], known: KnownSchool, by: Actor, now: datetime,
    answers: Answers, *, dry_run: bool = False,
) -> Outcome:  # fmt: skip
    reckoned = reckon(session, year, files, known, now, answers)
    plan, problems = reckoned.plan, reckoned.problems
    if reckoned.image.has_errors or dry_run:
        return Outcome(plan.counts, problems, saved=False)
    lock(session, SchoolYear, [year.id] if reckoned.days else [])
    ties = [*plan.ended_relations, *(change.id for change in plan.relations if change.id)]
    ended_ties.hold(session, ties, [*plan.changing_class, *plan.leaving])
    before, keys, invited = import_undo.look(session), Keys(), ended_ties.invited(session, now)
    _put_staff(session, plan, keys, local(now).date())
    _put_classes(session, plan, known, year, keys)
    _put_pupils(session, plan, known, year, keys)
    _put_guardians(session, plan, keys, local(now).date())
    _put_households(session, plan, keys)
    _put_relations(session, plan, keys)
    _put_rooms(session, reckoned.image.rooms)
    lessons.put_lessons(session, year, reckoned.image.lessons)
    lessons.put_contact_parents(session, year, reckoned.image.contact_parents)
    years.put_own_days(session, year, reckoned.days)
    if reckoned.days:
        follow_calendar(session, year.id, now)
    decided = [c.id for c in plan.pupils if c.id and any(one.field == "parents_permitted" for one in c.differences)]
    grown_pupils.follow(session, decided, by=by, now=now)
    told = ended_ties.follow(session, invited, now=now)
    followed = enrolments.follow(session, changed_class=plan.changing_class, left=plan.leaving, by=by, now=now)
    counts: dict[str, Any] = {
        kind: {status: n for status, n in found.items() if n} for kind, found in plan.counts.items()
    }
    record(
        session, by=by, action="imports.save", subject="school_year", subject_id=year.id, now=now, files=len(files),
        rows_left_out=sum(len(file.table.left_out) for file in files if file.table),
        rows_mended=sum(len(file.table.mended) for file in files if file.table),
        **counts, talks_moved=followed.moved, talks_released=followed.released,
    )  # fmt: skip
    talks = followed.moved + followed.released
    names = list(dict.fromkeys(file.name for file in files))
    import_undo.keep(
        session, before, year_id=year.id, files=names, counts=plan.counts, talks=talks + followed.passed + told, by=by,
        now=now,
    )  # fmt: skip
    return Outcome(plan.counts, problems, saved=True, talks=talks)


def _put_staff(session: Session, plan: Plan, keys: Keys, today: date) -> None:
    """Colleagues and their roles; a code is free before somebody else gets it."""
    left = [change for change in plan.staff if change.status is Status.LEFT]
    _change(session, Staff, [{"id": change.id, **change.values, "left_on": today} for change in left])
    new = [dict(change.values) for change in plan.staff if change.id is None]
    _change(session, Staff, [{"id": c.id, **c.values, "left_on": None} for c in plan.staff if _is_changed(c)])
    _add(session, Staff, new)
    keys.staff = {code: id_ for id_, code in session.execute(select(Staff.id, Staff.code))}
    changed = [change for change in plan.staff if change.status in (Status.NEW, Status.CHANGED)]
    ids = [keys.staff[change.key] for change in changed]
    session.execute(delete(StaffMemberRole).where(StaffMemberRole.staff_id.in_(ids)))
    _add(session, StaffMemberRole,
         [{"staff_id": keys.staff[c.key], "role": role} for c in changed for role in sorted(c.roles)])  # fmt: skip


def _put_classes(session: Session, plan: Plan, known: KnownSchool, year: SchoolYear, keys: Keys) -> None:
    _change(session, ClassGroup, [{"id": c.id, **c.values} for c in plan.classes if _is_changed(c)])
    _add(session, ClassGroup, [{"year_id": year.id, **c.values} for c in plan.classes if c.id is None])
    rows = session.execute(
        select(ClassGroup.id, ClassGroup.name, ClassGroup.location).where(ClassGroup.year_id == year.id)
    )
    by_key = {(name, location): id_ for id_, name, location in rows}
    keys.classes = {
        change.class_key: change.id or by_key[change.class_key[0], str(change.values.get("location", ""))]
        for change in plan.classes
    }
    led = [c for c in plan.classes if c.leaders is not None and c.status is not Status.UNCHANGED]
    ids = [keys.classes[change.class_key] for change in led]
    session.execute(delete(ClassLeader).where(ClassLeader.class_id.in_(ids)))
    _add(session, ClassLeader, [
        {"class_id": keys.classes[change.class_key], "staff_id": keys.staff[code], "position": position}
        for change in led for position, code in enumerate(change.leaders or (), start=1)
    ])  # fmt: skip


def _put_pupils(session: Session, plan: Plan, known: KnownSchool, year: SchoolYear, keys: Keys) -> None:
    here = [change for change in plan.pupils if change.status is not Status.LEFT]
    left = [change for change in plan.pupils if change.status is Status.LEFT]
    _add(session, Pupil, [{"number": c.key, **c.values} for c in here if c.id is None])
    _change(session, Pupil, [{"id": c.id, **c.values, "left_on": None} for c in here if _is_changed(c)])
    _change(session, Pupil, [{"id": c.id, "left_on": c.left_on} for c in left])
    keys.pupils = {number: id_ for id_, number in session.execute(select(Pupil.id, Pupil.number))}
    places = [
        (change, {"class_id": keys.classes[change.class_key], "year_level": change.year_level, "present": True})
        for change in here if change.status is not Status.UNCHANGED
    ]  # fmt: skip
    _add(session, Enrolment, [
        {"pupil_id": keys.pupils[change.key], "year_id": year.id, **place}
        for change, place in places if change.enrolment_id is None
    ])  # fmt: skip
    _change(session, Enrolment, [
        {"id": change.enrolment_id, **place} for change, place in places if change.enrolment_id is not None
    ])  # fmt: skip
    here_before = [change.enrolment_id for change in left if change.enrolment_id is not None]
    _change(session, Enrolment, [{"id": id_, "present": False} for id_ in here_before])


def _put_guardians(session: Session, plan: Plan, keys: Keys, today: date) -> None:
    """Guardians, and which of them works at the school: the same address and the same surname."""
    left = [change.id for change in plan.guardians if change.status is Status.LEFT]
    _change(session, Guardian, [{"id": c.id, **c.values, "left_on": None} for c in plan.guardians if _is_changed(c)])
    _change(session, Guardian, [{"id": id_, "active": False, "left_on": today} for id_ in left])
    _add(session, Guardian, [dict(change.values) for change in plan.guardians if change.id is None])
    keys.guardians = {key: id_ for id_, key in session.execute(select(Guardian.id, Guardian.external_id))}
    colleagues = {
        (email.casefold(), surname.casefold()): id_
        for id_, email, surname in session.execute(select(Staff.id, Staff.email, Staff.surname))
        if email
    }
    parents = session.execute(
        select(Guardian.id, Guardian.email, Guardian.surname).where(Guardian.staff_id.is_(None), Guardian.email != "")
    )
    found = [(id_, colleagues.get((email.casefold(), surname.casefold()))) for id_, email, surname in parents]
    _change(session, Guardian, [{"id": id_, "staff_id": staff} for id_, staff in found if staff])


def _put_households(session: Session, plan: Plan, keys: Keys) -> None:
    staying = [change for change in plan.households if change.status is not Status.LEFT]
    _change(session, Household, [{"id": c.id, "key": c.key} for c in staying if c.id is not None])
    _add(session, Household, [{"key": change.key} for change in staying if change.id is None])
    keys.households = {key: id_ for id_, key in session.execute(select(Household.id, Household.key))}


def _put_relations(session: Session, plan: Plan, keys: Keys) -> None:
    if plan.ended_relations:
        session.execute(delete(Guardianship).where(Guardianship.id.in_(plan.ended_relations)))
    rows = [
        (change.id, {
            "pupil_id": keys.pupils[change.pupil], "guardian_id": keys.guardians[change.guardian],
            "household_id": keys.households[change.household], **change.values,
        })
        for change in plan.relations
    ]  # fmt: skip
    _change(session, Guardianship, [{"id": id_, **values} for id_, values in rows if id_ is not None])
    _add(session, Guardianship, [values for id_, values in rows if id_ is None])


def _put_rooms(session: Session, rooms: Sequence[RoomRecord]) -> None:
    known = {(room.name, room.location): room for room in session.scalars(select(Room))}
    for room in rooms:
        row = known.get((room.name, room.location))
        if row is None:
            session.add(Room(name=room.name, location=room.location, floor=room.floor, building=room.building))
        else:
            row.floor, row.building = room.floor or row.floor, room.building or row.building
    session.flush()


def _is_changed(change: Any) -> bool:
    return change.status is Status.CHANGED


def _add(session: Session, model: type[Base], rows: Iterable[Mapping[str, Any]]) -> None:
    for alike in _by_columns(rows):
        session.execute(insert(model), alike)


def _change(session: Session, model: type[Base], rows: Iterable[Mapping[str, Any]]) -> None:
    """Change many rows, each by its id."""
    for alike in _by_columns(rows):
        session.execute(update(model), alike)


def _by_columns(rows: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """Rows with the same columns together, so that each kind of row takes one statement."""
    groups: dict[tuple[str, ...], list[Mapping[str, Any]]] = {}
    for row in rows:
        groups.setdefault(tuple(sorted(row)), []).append(row)
    return list(groups.values())


def _fingerprint(known: KnownSchool) -> str:
    """Of everybody the preview was compared with: another value after any change that matters to it."""
    return hashlib.sha256(repr(known).encode()).hexdigest()


def _get_year(session: Session, year_id: int) -> SchoolYear:
    year = session.get(SchoolYear, year_id)
    if year is None:
        raise NoSuchYear
    return year
