"""What the house knows beside a school file, and the preview of an import that the office looks at."""

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from scheduling.domain.import_changes import (
    Change,
    ClassKey,
    DraftGone,
    Fields,
    KnownClass,
    KnownGuardian,
    KnownPupil,
    KnownRelation,
    KnownSchool,
    KnownStaff,
    Plan,
    Status,
    compare,
)
from scheduling.domain.import_documents import file_from_document, record_kind
from scheduling.domain.import_fitting import fit
from scheduling.domain.import_names import with_new_numbers
from scheduling.domain.import_questions import (
    Answers,
    Question,
    numbers_left_out,
    questions_of_files,
    settle_mailboxes,
    settle_numbers,
    still_to_tell,
    unanswered,
)
from scheduling.domain.import_undo import UNDO_LIFE, LastImport
from scheduling.domain.imports import (
    ICALENDAR,
    AvailabilityRecord,
    DayRecord,
    Place,
    Problem,
    SchoolFile,
    SchoolImage,
    Severity,
    combine,
    problem,
)
from scheduling.domain.lessons import teaching_problems
from scheduling.domain.rounds import LIVE
from scheduling.domain.timeslots import local
from scheduling.domain.year_change import NAMED, YearChange, change_year
from scheduling.formats.columns import NAMEABLE, header_fingerprint
from scheduling.models import (
    Booking,
    ClassGroup,
    ClassLeader,
    ColumnMapping,
    ContactCorrection,
    Enrolment,
    Guardian,
    Guardianship,
    Household,
    ImportAnswer,
    ImportDraft,
    ImportUndo,
    Pupil,
    School,
    SchoolYear,
    Staff,
    StaffMemberRole,
    db,
)
from scheduling.queries.last_year import find_last_year

PUPIL = ("given_name", "surname_prefix", "surname", "initials", "birth_date", "email", "parents_permitted")
GUARDIAN = (
    "salutation", "given_name", "initials", "surname_prefix", "surname", "email", "phone", "language",
    "secret_address",
)  # fmt: skip
RELATION = ("position", "relation", "authority", "receives_post", "interpreter")
STAFF = ("given_name", "surname_prefix", "surname", "email", "workdays")
CLASS = ("location", "level", "year_level", "room")


EMAIL_WITHIN = re.compile(r"[^\s|;,/:]+@[A-Za-z0-9.-]+")
PUPIL_AND_POSITION = re.compile(r"(\w+)\W+(\d{1,4})")
WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class ProblemGroup:
    """All problems of one kind, in the order of the files."""

    code: str
    severity: Severity
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class FileLine:
    """One of the files of a draft: what it was taken for, what it says and what was done to its rows."""

    number: int
    name: str
    layout: str
    counts: Mapping[str, int]
    """Per kind of record how many."""
    errors: int
    rows: frozenset[int]
    """The rows that can be mended here."""
    unread: tuple[str, ...]
    """Columns that nobody reads."""
    left_out: tuple[int, ...]
    mended: int
    can_be_named: bool
    """The office can say what its columns mean, or say it anew."""


@dataclass(frozen=True)
class Preview:
    """What saving this draft would do: per kind new, changed (field by field), left, and how many stay as they are."""

    id: int
    year: str
    file_names: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    counts: Mapping[str, Mapping[str, int]]
    new: Mapping[str, tuple[Change, ...]]
    changed: Mapping[str, tuple[Change, ...]]
    left: Mapping[str, tuple[Change, ...]]
    problems: tuple[ProblemGroup, ...]
    may_save: bool
    files: tuple[FileLine, ...] = ()
    questions: tuple[Question, ...] = ()
    year_change: YearChange | None = None

    @property
    def open_questions(self) -> int:
        return len(unanswered(self.questions))

    @property
    def mendable(self) -> Mapping[str, tuple[int, frozenset[int]]]:
        """Per file, by its name, its number and the rows that can be mended here."""
        return {file.name: (file.number, file.rows) for file in self.files}

    @property
    def wrong_rows(self) -> list[tuple[int, int]]:
        """The rows with an error that can be mended here, by file and row."""
        errors = (one for group in self.problems if group.severity is Severity.ERROR for one in group.problems)
        return sorted({place for one in errors if (place := self.row_of(one))})

    def row_of(self, one: Problem) -> tuple[int, int] | None:
        """Where this problem can be mended: the file and the row of it that were kept; None when nowhere."""
        return next(
            ((file.number, one.row) for file in self.files if file.name == one.file and one.row in file.rows), None
        )


@dataclass(frozen=True)
class DraftLine:
    """A draft that waits for the office."""

    id: int
    year: str
    file_names: tuple[str, ...]
    created_at: datetime
    expires_at: datetime


def preview(draft_id: int, *, now: datetime) -> Preview:
    """The preview of a draft; raises DraftGone when it is saved, dropped or older than a day."""
    draft = db.session.get(ImportDraft, draft_id)
    if draft is None or draft.saved_at is not None or draft.expires_at <= now:
        raise DraftGone
    year = db.session.get_one(SchoolYear, draft.year_id)
    session = db.session()
    files = files_of(draft)
    reckoned = reckon(session, year, files, known_school(session, year.id), now, answers_to(session, draft))
    plan = reckoned.plan
    changes: Mapping[str, tuple[Change, ...]] = {
        "pupils": plan.pupils, "guardians": plan.guardians, "households": plan.households, "staff": plan.staff,
        "classes": plan.classes,
    }  # fmt: skip
    return Preview(
        id=draft.id,
        year=year.label,
        file_names=tuple(draft.file_names),
        created_at=draft.created_at,
        expires_at=draft.expires_at,
        counts=plan.counts,
        new=_with(changes, Status.NEW),
        changed=_with(changes, Status.CHANGED),
        left=_with(changes, Status.LEFT),
        problems=group_problems(reckoned.problems),
        may_save=not reckoned.image.has_errors,
        files=tuple(_file_line(number, file, is_named(session, file)) for number, file in enumerate(files)),
        questions=reckoned.questions,
        year_change=reckoned.year_change,
    )


def waiting_drafts(*, now: datetime) -> tuple[DraftLine, ...]:
    """The drafts that can still be saved, the newest first."""
    rows = db.session.execute(
        select(ImportDraft, SchoolYear.label)
        .join(SchoolYear, SchoolYear.id == ImportDraft.year_id)
        .where(ImportDraft.saved_at.is_(None), ImportDraft.expires_at > now)
        .order_by(ImportDraft.id.desc())
    )
    return tuple(
        DraftLine(draft.id, label, tuple(draft.file_names), draft.created_at, draft.expires_at) for draft, label in rows
    )


def last_import(*, now: datetime) -> LastImport | None:
    """The import that can still be taken back, unless something was built on it."""
    row = db.session.scalar(
        select(ImportUndo).where(ImportUndo.saved_at > now - UNDO_LIFE).order_by(ImportUndo.id.desc()).limit(1)
    )
    if row is None or not row.changes:
        return None
    colleague = db.session.get(Staff, row.saved_by) if row.saved_by else None
    pupils = row.counts.get("pupils", {})
    sizes = [{kind: len(rows) for kind, rows in change.items()} for change in row.changes.values()]
    return LastImport(
        id=row.id, year=db.session.get_one(SchoolYear, row.year_id).label, saved_at=row.saved_at,
        by=colleague.name.full if colleague else "", file_names=tuple(row.file_names),
        new_pupils=pupils.get("new", 0), left_pupils=pupils.get("left", 0),
        added=sum(size["added"] for size in sizes), changed=sum(size["changed"] for size in sizes),
        removed=sum(size["removed"] for size in sizes),
    )  # fmt: skip


def group_problems(problems: tuple[Problem, ...]) -> tuple[ProblemGroup, ...]:
    """Errors first; within a group as they stand in the files."""
    groups: dict[tuple[bool, str], list[Problem]] = defaultdict(list)
    for one in problems:
        groups[one.severity is not Severity.ERROR, one.code].append(one)
    return tuple(
        ProblemGroup(code, found[0].severity, tuple(found))
        for (_, code), found in sorted(groups.items(), key=lambda item: item[0][0])
    )


@dataclass(frozen=True)
class Reckoning:
    """What files say, what they would change in a year, and everything the office should know about that."""

    image: SchoolImage
    plan: Plan
    days: tuple[DayRecord, ...]
    problems: tuple[Problem, ...]
    questions: tuple[Question, ...] = ()
    year_change: YearChange | None = None


def find_guardian(external_id: str) -> int | None:
    """A guardian as the school knows this person, however exactly it is typed.

    By the external id itself; else by the e-mail in it, with the name where several share a mailbox; else by pupil
    number and `Volgnummer` with anything between them.
    """
    active = select(Guardian).where(Guardian.active.is_(True))
    exact = db.session.scalar(active.where(Guardian.external_id == external_id))
    if exact is not None:
        return exact.id
    if address := EMAIL_WITHIN.search(external_id):
        sharing = db.session.scalars(active.where(func.lower(Guardian.email) == address.group().lower())).all()
        words = set(WORD.findall(external_id.casefold()))
        named = [one for one in sharing if set(WORD.findall(one.name.full.casefold())) <= words]
        found = named if len(sharing) > 1 else sharing
        return found[0].id if len(found) == 1 else None
    if place := PUPIL_AND_POSITION.fullmatch(external_id.strip()):
        number, position = place.groups()
        return db.session.scalar(
            select(Guardianship.guardian_id)
            .join(Pupil, Pupil.id == Guardianship.pupil_id)
            .join(Guardian, Guardian.id == Guardianship.guardian_id)
            .where(Pupil.number == number, Guardianship.position == int(position), Guardian.active.is_(True))
        )
    return None


def reckon(
    session: Session, year: SchoolYear, files: Sequence[SchoolFile], known: KnownSchool, now: datetime,
    answers: Answers,
) -> Reckoning:  # fmt: skip
    """Work out an import without changing anything."""
    on = min(max(local(now).date(), year.starts_on), year.ends_on)
    questions = questions_of_files(files, answers)
    known = with_new_numbers(files, known)
    fitted = fit(files, known, answers=answers, flemish=session.get_one(School, 1).region.is_flemish)
    files, questions = fitted.files, [*questions, *fitted.questions]
    names = {pupil.number: str(pupil.fields["given_name"]) for pupil in known.pupils}
    files, about_numbers = settle_numbers(files, names, answers)
    image, about_mailboxes = settle_mailboxes(combine(files, on=on), answers)
    questions += about_numbers + about_mailboxes
    image = replace(image, spared=numbers_left_out(files))
    plan = compare(image, known, on=on)
    days = tuple(day for day in image.days if day.ends_on >= year.starts_on and day.starts_on <= year.ends_on)
    last, turned = find_last_year(session, year), None
    about_the_year: list[Problem] = []
    if last is not None:
        plan, turned, about_the_year, asked = change_year(image, known, plan, last, answers, starts_on=year.starts_on)
        questions += asked
    problems = [*image.problems, *plan.problems, *_talks_touched(session, plan, files, now), *about_the_year]
    problems += teaching_problems(image, plan, known)
    problems += [
        problem(Place(file.name), "", "belongs_to_round")
        for file in files
        if any(isinstance(record, AvailabilityRecord) for record in file.records)
    ]
    problems += _outside(files, [day for day in image.days if day not in days], year.label)
    return Reckoning(image, plan, days, tuple(still_to_tell(problems, questions)), tuple(questions), turned)


def _outside(files: Sequence[SchoolFile], days: Sequence[DayRecord], year: str) -> list[Problem]:
    """Days of other years: told one by one, but an agenda runs over the years and says it once."""
    agendas = {file.name for file in files if file.layout == ICALENDAR}
    found = [problem(day.place, "", "day_outside_year", year=year) for day in days if day.place.file not in agendas]
    counts = Counter(day.place.file for day in days if day.place.file in agendas)
    return found + [
        problem(Place(name), "", "days_outside_year", year=year, count=str(count)) for name, count in counts.items()
    ]


def _talks_touched(session: Session, plan: Plan, files: Sequence[SchoolFile], now: datetime) -> list[Problem]:
    """Talks to come of pupils who change class or leave: they move or fall away when this is saved."""
    pupils = {*plan.changing_class, *plan.leaving}
    talks = (
        select(Pupil)
        .join(Booking, Booking.pupil_id == Pupil.id)
        .where(Booking.status.in_(LIVE), Booking.starts_at > now)
        .order_by(Booking.starts_at)
    )
    found = [pupil.name.full for pupil in session.scalars(talks) if pupil.id in pupils] if pupils else []
    if not found:
        return []
    names = ", ".join([*found[:NAMED], "…"] if len(found) > NAMED else found)
    return [problem(Place(files[0].name), "", "talks_touched", count=str(len(found)), names=names)]


def answers_to(session: Session, draft: ImportDraft | None = None) -> Answers:
    """What the office answered before and still holds, and what it answered about this draft."""
    lasting = {row.key: row.choice for row in session.execute(select(ImportAnswer.key, ImportAnswer.choice))}
    return {**lasting, **(draft.answers if draft is not None else {})}


def files_of(draft: ImportDraft) -> tuple[SchoolFile, ...]:
    return tuple(file_from_document(document) for document in draft.records["files"])


def known_school(session: Session, year_id: int) -> KnownSchool:
    """The people and classes of a year; a fixed number of queries, however large the school."""
    codes = {colleague.id: colleague.code for colleague in session.scalars(select(Staff))}
    classes = {group.id: group for group in session.scalars(select(ClassGroup).where(ClassGroup.year_id == year_id))}
    numbers = {row.id: row.number for row in session.execute(select(Pupil.id, Pupil.number))}
    return KnownSchool(
        pupils=_pupils(session, year_id, classes),
        guardians=_guardians(session),
        relations=tuple(
            KnownRelation(row.id, numbers[row.pupil_id], row.guardian_id, row.household_id, _fields(row, RELATION))
            for row in session.scalars(select(Guardianship).order_by(Guardianship.id))
        ),
        household_keys={row.id: row.key for row in session.execute(select(Household.id, Household.key))},
        staff=_staff(session),
        classes=_classes(session, classes, codes),
    )


def _pupils(session: Session, year_id: int, classes: Mapping[int, ClassGroup]) -> tuple[KnownPupil, ...]:
    corrections = _corrections(session, ContactCorrection.pupil_id)
    rows = session.execute(
        select(Pupil, Enrolment)
        .outerjoin(Enrolment, (Enrolment.pupil_id == Pupil.id) & (Enrolment.year_id == year_id))
        .order_by(Pupil.id)
    )
    return tuple(
        KnownPupil(
            id=pupil.id, number=pupil.number, fields=_fields(pupil, PUPIL),
            enrolment_id=enrolment.id if enrolment else None,
            class_key=_class_key(classes[enrolment.class_id]) if enrolment else ("", ""),
            year_level=enrolment.year_level if enrolment else "",
            present=bool(enrolment and enrolment.present), corrections=corrections.get(pupil.id, {}) | _decided(pupil),
        )
        for pupil, enrolment in rows
    )  # fmt: skip


def _decided(pupil: Pupil) -> dict[str, object]:
    """What the pupil decided about the parents stands, whatever an older file still says."""
    return {"parents_permitted": not pupil.parents_permitted} if pupil.permission_said_at else {}


def _guardians(session: Session) -> tuple[KnownGuardian, ...]:
    corrections = _corrections(session, ContactCorrection.guardian_id)
    return tuple(
        KnownGuardian(row.id, row.external_id, _fields(row, GUARDIAN), row.active, corrections.get(row.id, {}))
        for row in session.scalars(select(Guardian).order_by(Guardian.id))
    )


def _corrections(session: Session, whose: InstrumentedAttribute[int | None]) -> dict[int, dict[str, str]]:
    """Per person and field the value that the school's file had when it was first corrected here."""
    found: dict[int, dict[str, str]] = defaultdict(dict)
    accepted = (
        select(whose, ContactCorrection.field, ContactCorrection.old_value)
        .where(ContactCorrection.accepted.is_(True), whose.is_not(None))
        .order_by(ContactCorrection.id)
    )
    for person_id, field, old in session.execute(accepted):
        found[person_id or 0].setdefault(field, old)
    return found


def _staff(session: Session) -> tuple[KnownStaff, ...]:
    roles = defaultdict(set)
    for row in session.execute(select(StaffMemberRole.staff_id, StaffMemberRole.role)):
        roles[row.staff_id].add(row.role)
    return tuple(
        KnownStaff(row.id, row.code, _fields(row, STAFF), tuple(sorted(roles[row.id])))
        for row in session.scalars(select(Staff).order_by(Staff.id))
    )


def _classes(
    session: Session, classes: Mapping[int, ClassGroup], codes: Mapping[int, str]
) -> tuple[KnownClass, ...]:  # fmt: skip
    leaders: dict[int, list[str]] = defaultdict(list)
    for leader in session.scalars(select(ClassLeader).order_by(ClassLeader.class_id, ClassLeader.position)):
        leaders[leader.class_id].append(codes[leader.staff_id])
    return tuple(
        KnownClass(group.id, _class_key(group), _fields(group, CLASS), tuple(leaders[group.id]))
        for group in classes.values()
    )


def _class_key(group: ClassGroup) -> ClassKey:
    return (group.name, group.location)


def _fields(row: object, names: tuple[str, ...]) -> Fields:
    return {name: getattr(row, name) for name in names}


def is_named(session: Session, file: SchoolFile) -> bool:
    """Is this a list whose columns the office has named?"""
    if file.table is None or file.layout not in NAMEABLE:
        return False
    fingerprint = header_fingerprint(file.table.header)
    return session.scalar(select(ColumnMapping.id).where(ColumnMapping.fingerprint == fingerprint)) is not None


def _file_line(number: int, file: SchoolFile, named: bool) -> FileLine:
    table = file.table
    read = set(table.columns.values()) if table else set()
    return FileLine(
        number=number,
        name=file.name,
        layout=file.layout,
        counts=Counter(record_kind(record) for record in file.records),
        errors=sum(one.severity is Severity.ERROR for one in file.problems),
        rows=table.row_numbers if table and file.layout else frozenset(),
        unread=tuple(title for place, title in enumerate(table.header) if place not in read) if table else (),
        left_out=table.left_out if table else (),
        mended=len(table.mended) if table else 0,
        can_be_named=table is not None and (named or not file.layout),
    )


def _with(changes: Mapping[str, tuple[Change, ...]], status: Status) -> Mapping[str, tuple[Change, ...]]:
    return {kind: tuple(change for change in found if change.status is status) for kind, found in changes.items()}
