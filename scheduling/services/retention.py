"""What was kept long enough goes, by the terms that a family reads on its own page (`domain.retention`).

Each step clears one batch in a transaction of its own, and writes down how many of what: never whose. A person who
left first becomes nameless; the row itself goes when no talk, agreement, letter or link that is kept points at it.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, FromClause, Select, String, cast, delete, func, literal, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from scheduling.domain.journal import Actor
from scheduling.domain.mailings import UNSENT, OutboxState
from scheduling.domain.retention import (
    CLASS_MESSAGE_AFTER,
    CONTACT_AFTER_LEAVING,
    DUE_AFTER,
    ERASED,
    NAMELESS,
    NOTE_AFTER_VISIT,
    VISIT_AFTER_IT_ENDED,
    Terms,
    contact_until,
    day_of_leaving,
    erased_id,
    is_over,
    journal_since,
    terms_of,
)
from scheduling.domain.timeslots import local, moment_at
from scheduling.models import (
    AccessLink,
    Arrival,
    Base,
    Booking,
    BuddyWish,
    CallRequest,
    ChecklistMark,
    CircleSeat,
    ClassContact,
    ClassGroup,
    ClassMessage,
    ClassMessageRefusal,
    ClassTask,
    ClassTaskHelper,
    CommunicationPlan,
    ContactCorrection,
    ContactParent,
    DueContact,
    Enrolment,
    ExtraPerson,
    FamilyFeed,
    GatheringAnswer,
    GatheringGuest,
    GatheringTopic,
    Guardian,
    Guardianship,
    HallScreen,
    HomeWishes,
    Household,
    ImportAnswer,
    InterpreterRequest,
    JournalLine,
    LeaderDelay,
    Lesson,
    LessonPupil,
    LoggedContact,
    Mailing,
    NoTalkNeeded,
    Outbox,
    Outsider,
    OwnTalkWish,
    PersonalApproach,
    PlanAnswer,
    PlanMoment,
    PlannedDate,
    PlanVersion,
    PracticalNeed,
    Pupil,
    Questionnaire,
    Reminder,
    RosterVersion,
    Round,
    School,
    SchoolYear,
    SingleTalk,
    Slot,
    SupportGuest,
    SupportMeeting,
    TalkRequest,
    TalkWay,
    Topic,
    TwoHomes,
    Visit,
)
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction

BATCH = 200
IN_HAND = (OutboxState.CLAIMED, OutboxState.OFFERED)
"""A worker holds the letter at this moment."""

Counts = Mapping[str, int]
Step = Callable[[Session, datetime], Counts]


def run(*, by: Actor, now: datetime) -> dict[str, int]:
    """Clear all that had its time; how many of each kind. Twice is once."""
    cleared = _nothing()
    for step in STEPS:
        while found := _one_batch(step, by, now):
            cleared.update(found)
    return dict(cleared)


def foresee(*, now: datetime) -> dict[str, int]:
    """What `run` would clear now. It is done and undone, so that the count is exact."""
    cleared = _nothing()
    with transaction() as session:
        for step in STEPS:
            while found := _some(step(session, now)):
                cleared.update(found)
        session.rollback()
    return dict(cleared)


def _nothing() -> Counter[str]:
    return Counter(dict.fromkeys(KINDS, 0))


def _one_batch(step: Step, by: Actor, now: datetime) -> Counts:
    with transaction() as session:
        found = _some(step(session, now))
        if found:
            record(session, by=by, action="retention.clear", subject="school", subject_id=None, now=now, **found)
        return found


def _some(counts: Counts) -> Counts:
    return {kind: count for kind, count in counts.items() if count}


# What belongs to a school year


def _visits(session: Session, now: datetime) -> Counts:
    ended = _batch(select(Visit.id).where(Visit.expires_at <= now - VISIT_AFTER_IT_ENDED))
    return {"visits": _drop(session, Visit, Visit.id.in_(ended))}


def _links(session: Session, now: datetime) -> Counts:
    years = _years_over(session, now, lambda terms: terms.links)
    return {"links": _drop(session, AccessLink, AccessLink.id.in_(_batch(_of_years(AccessLink, years))))}


def _talks(session: Session, now: datetime) -> Counts:
    """Talks of a year that is over, with every letter about them; not while a worker holds such a letter."""
    years = _years_over(session, now, lambda terms: terms.talks)
    held = select(Outbox.booking_id).where(Outbox.booking_id.is_not(None), Outbox.state.in_(IN_HAND))
    wanted = select(Booking.id).join(Round).where(Round.year_id.in_(years), Booking.id.not_in(held))
    talks = list(session.scalars(_batch(wanted)))
    letters = _drop(session, Outbox, Outbox.booking_id.in_(talks))
    session.execute(update(Slot).where(Slot.booking_id.in_(talks)).values(booking_id=None))
    return {"talks": _drop(session, Booking, Booking.id.in_(talks)), "letters": letters}


def _rounds(session: Session, now: datetime) -> Counts:
    """One round whose talks are gone, with all that families asked or wrote for it, its times and its drafts."""
    years = _years_over(session, now, lambda terms: terms.talks)
    held = select(Mailing.round_id).join(Outbox, Outbox.mailing_id == Mailing.id).where(Outbox.state.in_(IN_HAND))
    wanted = select(Round.id).where(
        Round.year_id.in_(years), Round.id.not_in(select(Booking.round_id)), Round.id.not_in(held)
    )
    found = list(session.scalars(wanted.order_by(Round.id).limit(1)))
    mailings = select(Mailing.id).where(Mailing.round_id.in_(found))
    homes = [_drop(session, kind, kind.year_id.in_(years)) for kind in (OwnTalkWish, TwoHomes)]
    _drop(session, RosterVersion, RosterVersion.round_id.in_(found))  # its talks name what was asked for
    return {
        "homes": sum(homes),  # what homes asked and got belongs to the talks of that year
        "wishes": _drop(session, HomeWishes, HomeWishes.round_id.in_(found)),
        "letters": _drop(session, Outbox, Outbox.mailing_id.in_(mailings)),
        "mailings": _drop(session, Mailing, Mailing.round_id.in_(found)),
        "reminders": sum(_drop(session, kind, kind.round_id.in_(found)) for kind in (Reminder, PersonalApproach)),
        "extras": _drop(session, ExtraPerson, ExtraPerson.round_id.in_(found)),
        "topics": _drop(session, Topic, Topic.round_id.in_(found)),
        "interpreters": _drop(session, InterpreterRequest, InterpreterRequest.round_id.in_(found)),
        "requests": sum(_drop(session, kind, kind.round_id.in_(found)) for kind in (TalkRequest, NoTalkNeeded)),
        "needs": _drop(session, PracticalNeed, PracticalNeed.round_id.in_(found)),
        "calls": _drop(session, CallRequest, CallRequest.round_id.in_(found)),
        "rounds": _drop(session, Round, Round.id.in_(found)),
    }


def _other_letters(session: Session, now: datetime) -> Counts:
    """Letters about no talk (a new link, a password) of a year that is over, once they have left."""
    over = [year.ends_on for year in _years(session) if is_over(terms_of(year.ends_on).talks, local(now).date())]
    if not over:
        return {}
    wanted = select(Outbox.id).where(
        Outbox.booking_id.is_(None), Outbox.mailing_id.is_(None), Outbox.state.not_in((*UNSENT, OutboxState.OFFERED)),
        Outbox.created_at < moment_at(max(over) + timedelta(days=1), time(0)),
    )  # fmt: skip
    return {"letters": _drop(session, Outbox, Outbox.id.in_(_batch(wanted)))}


def _forget_visits(session: Session, began: datetime) -> None:
    """Where a family was visited, from the day after; a note that nobody copied, after some weeks."""
    over = select(Booking.id).where(or_(Booking.ends_at <= began, Booking.cancelled_at < began))
    long_ago = select(Booking.id).where(Booking.ends_at <= began - NOTE_AFTER_VISIT)
    for text, booked in ((SingleTalk.address, over), (SingleTalk.note, long_ago)):
        session.execute(
            update(SingleTalk).where(text != "", SingleTalk.booking_id.in_(booked)).values({text: ""})
            .execution_options(synchronize_session=False)
        )  # fmt: skip
    session.execute(
        update(TalkWay).where(TalkWay.address != "", TalkWay.booking_id.in_(over)).values(address="")
        .execution_options(synchronize_session=False)
    )  # fmt: skip


def _meetings(session: Session, now: datetime) -> Counts:
    """Conversations of the support team as long as other talks; who came from outside until the day after."""
    began = moment_at(local(now).date(), time(0))
    earlier = select(SupportMeeting.id).where(SupportMeeting.ends_at <= began)
    years = _years_over(session, now, lambda terms: terms.talks)
    return {
        "guests": _drop(session, SupportGuest, SupportGuest.meeting_id.in_(earlier)),
        "meetings": _drop(session, SupportMeeting, SupportMeeting.year_id.in_(years)),
    }


def _gatherings(session: Session, now: datetime) -> Counts:
    """Who was invited to a gathering, what each said, the topics, and who came to a circle: as long as talks."""
    held = select(PlannedDate.id).where(PlannedDate.year_id.in_(_years_over(session, now, lambda terms: terms.talks)))
    dropped = [
        _drop(session, kind, kind.id.in_(_batch(select(kind.id).where(kind.planned_id.in_(held)))))
        for kind in (GatheringGuest, GatheringAnswer, GatheringTopic, CircleSeat)
    ]
    return {"gatherings": sum(dropped)}


def _contact_parents(session: Session, now: datetime) -> Counts:
    """What contact parents wrote, some time after it went; that they were, and who helped, as long as talks."""
    long_ago = func.coalesce(ClassMessage.decided_at, ClassMessage.written_at) <= now - CLASS_MESSAGE_AFTER
    worded = select(ClassMessage.id).where(ClassMessage.words != "", long_ago)
    erased = update(ClassMessage).where(ClassMessage.id.in_(_batch(worded))).values(subject="", words="", note="")
    said = session.scalars(erased.returning(ClassMessage.id).execution_options(synchronize_session=False)).all()
    years = _years_over(session, now, lambda terms: terms.talks)
    contacts, tasks = (
        _drop(session, kind, kind.id.in_(_batch(select(kind.id).join(ClassGroup).where(ClassGroup.year_id.in_(years)))))
        for kind in (ClassContact, ClassTask)
    )
    return {"class_messages": len(said), "contacts": contacts + tasks}


def _remarks(session: Session, now: datetime) -> Counts:
    """What was written with a questionnaire, as long as talks: after that there are only its totals."""
    years = _years_over(session, now, lambda terms: terms.talks)
    found = session.scalars(select(Questionnaire).where(Questionnaire.id.in_(years)).with_for_update()).all()
    count = sum(len(texts) for one in found for texts in one.remarks.values())
    for one in found:
        if one.remarks or one.marks:
            one.remarks, one.marks = {}, []
    return {"remarks": count}


def _checklists(session: Session, now: datetime) -> Counts:
    """What a mentor kept for itself about parents: no longer than personal links work."""
    years = _years_over(session, now, lambda terms: terms.links)
    own = _batch(select(ChecklistMark.id).where(ChecklistMark.year_id.in_(years)))
    return {"checklists": _drop(session, ChecklistMark, ChecklistMark.id.in_(own))}


def _buddies(session: Session, now: datetime) -> Counts:
    """What parents offered each other in a year that is over, and who found whom."""
    years = _years_over(session, now, lambda terms: terms.links)
    over = _batch(select(BuddyWish.id).where(BuddyWish.year_id.in_(years)))
    return {"buddies": _drop(session, BuddyWish, BuddyWish.id.in_(over))}


def _lessons(session: Session, now: datetime) -> Counts:
    """In which lesson groups a pupil was: as long as the talks with those teachers."""
    years = _years_over(session, now, lambda terms: terms.talks)
    lessons = select(Lesson.id).where(Lesson.year_id.in_(years), Lesson.id.in_(select(LessonPupil.lesson_id)))
    gone = delete(LessonPupil).where(LessonPupil.lesson_id.in_(_batch(lessons))).returning(LessonPupil.pupil_id)
    return {"lessons": len(session.scalars(gone.execution_options(synchronize_session=False)).all())}


def _answers(session: Session, now: datetime) -> Counts:
    """What the office once said about its files, until a year after the school year in which it did."""
    over = [year.ends_on for year in _years(session) if is_over(terms_of(year.ends_on).talks, local(now).date())]
    if not over:
        return {}
    until = moment_at(max(over) + timedelta(days=1), time(0))
    gone = delete(ImportAnswer).where(ImportAnswer.answered_at < until).returning(ImportAnswer.key)
    return {"answers": len(session.scalars(gone.execution_options(synchronize_session=False)).all())}


def _plans(session: Session, now: datetime) -> Counts:
    years = _years_over(session, now, lambda terms: terms.plans)
    wanted = _batch(_of_years(CommunicationPlan, years))
    return {"plans": _drop(session, CommunicationPlan, CommunicationPlan.id.in_(wanted))}


def _contact_log(session: Session, now: datetime) -> Counts:
    """What became of contact with families: as long as the agreements it belongs to; what was due, some weeks."""
    years = _years_over(session, now, lambda terms: terms.plans)
    long_ago = DueContact.closes_on <= local(now).date() - DUE_AFTER
    over = or_(DueContact.year_id.in_(years), long_ago)
    wanted = _batch(select(LoggedContact.id).where(LoggedContact.year_id.in_(years)))
    return {
        "contact_log": _drop(session, LoggedContact, LoggedContact.id.in_(wanted)),
        "due_contact": _drop(session, DueContact, DueContact.id.in_(_batch(select(DueContact.id).where(over)))),
    }


def _journal(session: Session, now: datetime) -> Counts:
    """Lines of more than a year ago. The database has a wall around younger ones, and goes by its own clock."""
    clock = session.execute(select(func.now())).scalar_one()
    wall = clock if clock.tzinfo else clock.replace(tzinfo=UTC)
    since = moment_at(journal_since(local(min(now, wall)).date()), time(0))
    old = _batch(select(JournalLine.id).where(JournalLine.at < since))
    return {"journal": _drop(session, JournalLine, JournalLine.id.in_(old))}


def _days_over(session: Session, now: datetime) -> Counts:
    """Who ran late and who had arrived on an earlier day, and screens that work no longer."""
    today = local(now).date()
    began = moment_at(today, time(0))
    earlier = select(Booking.id).where(Booking.ends_at <= began)
    _forget_visits(session, began)
    late = delete(LeaderDelay).where(LeaderDelay.day < today).returning(LeaderDelay.leader_id)
    came = delete(Arrival).where(Arrival.booking_id.in_(earlier)).returning(Arrival.booking_id)
    gone = [len(session.scalars(one.execution_options(synchronize_session=False)).all()) for one in (late, came)]
    over = or_(HallScreen.until < today, HallScreen.revoked_at < began)
    return {"days": sum(gone), "screens": _drop(session, HallScreen, over)}


# People who left


def _pupils(session: Session, now: datetime) -> Counts:
    """Pupils whose time is over lose their name and their guardians."""
    lock(session, School, [1])  # an import may bring somebody back: one after the other
    left = dict(_pupils_over(session, now))
    if not left:
        return {}
    for pupil in session.scalars(select(Pupil).where(Pupil.id.in_(left))):
        pupil.number, pupil.given_name, pupil.surname_prefix, pupil.surname = erased_id(pupil.id), NAMELESS, "", ""
        pupil.initials, pupil.birth_date, pupil.parents_permitted = "", None, False
        pupil.permission_said_at = None
        _wipe_contact(pupil)
    _forget_words_of_plans(session, left)
    names = update(ExtraPerson).where(ExtraPerson.pupil_id.in_(list(left))).values(wish="", name="")
    session.execute(names)
    session.execute(delete(ChecklistMark).where(ChecklistMark.pupil_id.in_(left)))
    _forget_addresses(session, Pupil, left)
    _part(session, left)
    return {"pupils": len(left)}


def _forget_words_of_plans(session: Session, pupil_ids: Iterable[int]) -> None:
    """Who was there, what was written in lines of one's own: that names people, or tells of them."""
    plans = select(CommunicationPlan.id).where(CommunicationPlan.pupil_id.in_(list(pupil_ids)))
    wordless = {"agreed_with": "", "reason": "", "pupil_does": ""}
    session.execute(update(CommunicationPlan).where(CommunicationPlan.id.in_(plans)).values(**wordless))
    session.execute(update(PlanVersion).where(PlanVersion.plan_id.in_(plans)).values(**wordless, moments=[]))
    session.execute(update(PlanMoment).where(PlanMoment.plan_id.in_(plans)).values(purpose=""))
    session.execute(update(PlanAnswer).where(PlanAnswer.plan_id.in_(plans)).values(words=""))
    session.execute(update(LoggedContact).where(LoggedContact.pupil_id.in_(list(pupil_ids))).values(line=""))


def _part(session: Session, left: Mapping[int, date]) -> None:
    """Nobody is these pupils' guardian any more; who has no child here now left with the last of them."""
    ties = session.scalars(select(Guardianship).where(Guardianship.pupil_id.in_(left))).all()
    days: dict[int, date] = {}
    for tie in ties:
        days[tie.guardian_id] = max(left[tie.pupil_id], days.get(tie.guardian_id, date.min))
    homes = {tie.household_id for tie in ties}
    _drop(session, Guardianship, Guardianship.id.in_([tie.id for tie in ties]))
    with_child = select(Guardianship.guardian_id)
    for guardian in session.scalars(select(Guardian).where(Guardian.id.in_(days), Guardian.id.not_in(with_child))):
        guardian.active, guardian.left_on = False, days[guardian.id]
    with_people = select(Guardianship.household_id)
    for home in session.scalars(select(Household).where(Household.id.in_(homes), Household.id.not_in(with_people))):
        home.key = erased_id(home.id)


def _guardians(session: Session, now: datetime) -> Counts:
    """Guardians without a child here lose name and contact data."""
    lock(session, School, [1])
    wanted = select(Guardian.id, Guardian.external_id, Guardian.left_on).where(
        Guardian.left_on.is_not(None), Guardian.id.not_in(select(Guardianship.guardian_id)),
        ~_letter_waits(Outbox.guardian_id == Guardian.id, now),
    )  # fmt: skip
    today = local(now).date()
    rows = [
        row.id
        for row in session.execute(wanted.order_by(Guardian.id))
        if row.external_id != erased_id(row.id) and is_over(contact_until(row.left_on), today)
    ][:BATCH]
    for guardian in session.scalars(select(Guardian).where(Guardian.id.in_(rows))):
        guardian.external_id, guardian.salutation, guardian.given_name = erased_id(guardian.id), "", ""
        guardian.initials, guardian.surname_prefix, guardian.surname = "", "", ""
        guardian.secret_address, guardian.staff_id, guardian.bounced_at, guardian.active = False, None, None, False
        _wipe_contact(guardian)
    for kind in (ContactParent, ClassContact, ClassMessageRefusal, CircleSeat, ClassTaskHelper, BuddyWish):
        session.execute(delete(kind).where(kind.guardian_id.in_(rows)))
    _forget_addresses(session, Guardian, rows)
    return {"guardians": len(rows)}


def _wipe_contact(person: Guardian | Pupil) -> None:
    person.email, person.phone, person.language = "", "", "nl"


def _forget_addresses(session: Session, model: type[Guardian] | type[Pupil], ids: Iterable[int]) -> None:
    """Corrections, calendars, and the addresses on letters; that one was sent is kept as long as its talk."""
    ids = list(ids)
    for gone in (ContactCorrection, FamilyFeed):
        for column in _columns_to(model, gone.__table__):
            session.execute(delete(gone).where(column.in_(ids)))
    for column in _columns_to(model, Outbox.__table__):
        session.execute(update(Outbox).where(column.in_(ids)).values(address="", last_text=""))


def _pupils_over(session: Session, now: datetime) -> Iterator[tuple[int, date]]:
    """A batch of pupils who are in no class now, with the day on which they left, long enough ago."""
    today = local(now).date()
    last_year = select(func.max(SchoolYear.ends_on)).join(Enrolment, Enrolment.year_id == SchoolYear.id)
    newest = session.scalar(last_year)
    here = select(Enrolment.pupil_id).join(SchoolYear).where(Enrolment.present, SchoolYear.ends_on >= today)
    to_come = select(Booking.pupil_id).where(Booking.ends_at > now)
    own_last_year = last_year.where(Enrolment.pupil_id == Pupil.id).scalar_subquery()
    rows = session.execute(
        select(Pupil.id, Pupil.number, Pupil.left_on, own_last_year.label("last_year"))
        .where(Pupil.id.not_in(here), Pupil.id.not_in(to_come), ~_letter_waits(Outbox.pupil_id == Pupil.id, now))
        .order_by(Pupil.id)
    )
    count = 0
    for row in rows:
        left_on = day_of_leaving(row.left_on, last_year=row.last_year, newest_year=newest or date.min)
        gone = left_on is not None and is_over(contact_until(left_on), today)
        if left_on and gone and row.number != erased_id(row.id) and count < BATCH:
            count += 1
            yield row.id, left_on


def _letter_waits(to: ColumnElement[bool], now: datetime) -> ColumnElement[bool]:
    """Is there a letter to this person that must still leave? One about a talk that is over stays in the house."""
    over = select(Booking.id).where(Booking.ends_at <= now)
    about_now = Outbox.booking_id.is_(None) | Outbox.booking_id.not_in(over)
    return select(Outbox.id).where(to, about_now, Outbox.state.in_((*UNSENT, OutboxState.OFFERED))).exists()


def _enrolments(session: Session, now: datetime) -> Counts:
    """In which class a pupil without a name was, in a year whose talks are gone."""
    years = _years_over(session, now, lambda terms: terms.talks)
    wanted = _of_years(Enrolment, years).join(Pupil).where(Pupil.number == _erased(Pupil.id))
    return {"enrolments": _drop(session, Enrolment, Enrolment.id.in_(_batch(wanted)))}


def _nameless(session: Session, now: datetime) -> Counts:
    """People without a name, and homes without people, at whom nothing points any more."""
    guardians = select(Guardian.id).where(Guardian.external_id == _erased(Guardian.id), *_alone(Guardian))
    pupils = select(Pupil.id).where(Pupil.number == _erased(Pupil.id), *_alone(Pupil))
    homes = select(Household.id).where(*_alone(Household))
    return {
        "rows": _drop(session, Guardian, Guardian.id.in_(_batch(guardians)))
        + _drop(session, Pupil, Pupil.id.in_(_batch(pupils)))
        + _drop(session, Household, Household.id.in_(_batch(homes)))
    }


def _outsiders(session: Session, now: datetime) -> Counts:
    """Interpreters whom nobody asks any more, and others from outside, once nothing that is kept points at them."""
    over = moment_at(local(now).date() - CONTACT_AFTER_LEAVING, time(0))
    came = Outsider.languages == ""
    wanted = select(Outsider.id).where(
        or_(Outsider.stopped_at < over, came & (Outsider.added_at < over)), *_alone(Outsider)
    )
    return {"outsiders": _drop(session, Outsider, Outsider.id.in_(_batch(wanted)))}


STEPS: tuple[Step, ...] = (
    _visits, _days_over, _links, _talks, _rounds, _meetings, _gatherings, _contact_parents, _remarks, _checklists,
    _buddies, _other_letters, _lessons, _answers, _contact_log, _plans, _pupils, _guardians, _enrolments, _nameless,
    _outsiders, _journal,
)  # fmt: skip
"""In this order: talks before the rounds they belong to, pupils before the guardians they leave behind, rows last."""

KINDS = (
    "visits", "days", "screens", "links", "talks", "letters", "mailings", "extras", "topics", "needs", "interpreters",
    "calls", "wishes", "requests", "reminders", "homes", "rounds", "plans", "pupils", "guardians", "enrolments",
    "lessons", "answers", "guests", "meetings", "gatherings", "class_messages", "contacts",
    "remarks", "checklists", "buddies", "contact_log", "due_contact", "rows", "outsiders", "journal",
)  # fmt: skip


def _years(session: Session) -> list[SchoolYear]:
    return list(session.scalars(select(SchoolYear).order_by(SchoolYear.ends_on)))


def _years_over(session: Session, now: datetime, term: Callable[[Terms], date]) -> list[int]:
    today = local(now).date()
    return [year.id for year in _years(session) if is_over(term(terms_of(year.ends_on)), today)]


def _of_years(model: type[AccessLink] | type[CommunicationPlan] | type[Enrolment], years: list[int]) -> Select[Any]:
    return select(model.id).where(model.year_id.in_(years))


def _batch(wanted: Select[Any]) -> Select[Any]:
    return wanted.limit(BATCH)


def _drop(session: Session, model: type[Base], which: ColumnElement[bool]) -> int:
    """Delete these rows, with all that the database lets go with them; how many there were."""
    gone = delete(model).where(which).returning(model.__table__.c.id)
    return len(session.scalars(gone.execution_options(synchronize_session=False)).all())


def _erased(row_id: InstrumentedAttribute[int]) -> ColumnElement[str]:
    return literal(ERASED).concat(cast(row_id, String))


def _alone(model: type[Base]) -> list[ColumnElement[bool]]:
    """Nothing in the house points at this row: asked of every table, also of those that come later."""
    return [
        ~select(column).where(column == model.__table__.c.id).exists()
        for table in Base.metadata.sorted_tables
        for column in _columns_to(model, table)
    ]


def _columns_to(model: type[Base], table: FromClause) -> list[ColumnElement[Any]]:
    key = model.__table__.c.id
    return [column for column in table.c if any(foreign.column is key for foreign in column.foreign_keys)]
