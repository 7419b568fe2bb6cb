"""Everything the house keeps of one person, to hand over to that person; nothing of another home is in it."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, case, false, or_, select, type_coerce

from scheduling.domain.checklists import STEP, Answer
from scheduling.domain.journal import ActorKind
from scheduling.domain.people import Authority, NobodyKnownAs, NoSuchGuardian, NoSuchPupil
from scheduling.domain.personal_data import Part, PersonFile
from scheduling.domain.staff import NoSuchColleague
from scheduling.models import (
    AccessLink,
    Booking,
    BookingAbsence,
    BuddyWish,
    CalendarFeed,
    CallRequest,
    ChecklistMark,
    CircleSeat,
    ClassContact,
    ClassGroup,
    ClassLeader,
    ClassMessage,
    ClassMessageRefusal,
    ClassTask,
    ClassTaskHelper,
    CommunicationPlan,
    Consult,
    ConsultDate,
    ContactCorrection,
    ContactParent,
    DueContact,
    Enrolment,
    ExtraPerson,
    FamilyFeed,
    FreedOffer,
    GatheringAnswer,
    GatheringGuest,
    Guardian,
    Guardianship,
    HomeByPhone,
    HomeWishes,
    InterpreterRequest,
    JournalLine,
    LeaderOpening,
    Lesson,
    LessonPupil,
    LoggedContact,
    MeetingProposal,
    NoTalkNeeded,
    Outbox,
    OwnTalkWish,
    PasswordKey,
    PersonalApproach,
    PlanAnswer,
    PlanForm,
    PlanGuest,
    PlanMoment,
    PlannedDate,
    PlanVersion,
    PracticalNeed,
    Pupil,
    Reminder,
    Round,
    RoundExclusion,
    SchoolYear,
    Slot,
    Staff,
    StaffMemberRole,
    SupportAnswer,
    SupportMeeting,
    SwapMove,
    SwapOffer,
    SwapParty,
    SwapProposal,
    TalkAction,
    TalkColleague,
    TalkNote,
    TalkRequest,
    TalkWay,
    Topic,
    TwoHomes,
    Visit,
    WishedTime,
    db,
)
from scheduling.models.base import choice
from scheduling.queries.imports import find_guardian

Rows = Select[*tuple[Any, ...]]
Query = tuple[str, Rows]

IS_STEP = ChecklistMark.key == STEP
ON_CHECKLIST = type_coerce(case((IS_STEP, None), else_=ChecklistMark.value), choice(Answer, "answer", closed=False))
"""The answer of a line of a checklist; none where it is the next step."""


def file_of(kind: ActorKind, person_id: int) -> PersonFile:
    """The file of a pupil, a guardian or a colleague; parts of which there is nothing are left out."""
    session = db.session()
    if kind is ActorKind.PUPIL:
        pupil = session.get(Pupil, person_id)
        if pupil is None:
            raise NoSuchPupil
        return PersonFile(kind, pupil.number, pupil.name, _filled(pupil_queries(person_id)))
    if kind is ActorKind.GUARDIAN:
        guardian = session.get(Guardian, person_id)
        if guardian is None:
            raise NoSuchGuardian
        return PersonFile(kind, guardian.external_id, guardian.name, _filled(guardian_queries(person_id)))
    colleague = session.get(Staff, person_id)
    if colleague is None:
        raise NoSuchColleague
    return PersonFile(kind, colleague.code, colleague.name, _filled(staff_queries(person_id)))


def person_known_as(external_id: str, kind: ActorKind | None = None) -> tuple[ActorKind, int]:
    """Who the school knows by this number or code; `kind` where a pupil and a colleague go by the same."""
    asked = {
        ActorKind.PUPIL: db.session.scalar(select(Pupil.id).where(Pupil.number == external_id)),
        ActorKind.GUARDIAN: find_guardian(external_id),
        ActorKind.STAFF: db.session.scalar(select(Staff.id).where(Staff.code == external_id)),
    }
    known = [(one, found) for one, found in asked.items() if found is not None and kind in (None, one)]
    if len(known) != 1:
        raise NobodyKnownAs(external_id, [one for one, _ in known])
    return known[0]


def _filled(queries: Iterator[Query]) -> tuple[Part, ...]:
    parts = []
    for name, query in queries:
        answer = db.session.execute(query)
        columns = tuple(answer.keys())
        if rows := tuple(tuple(row) for row in answer):
            parts.append(Part(name, columns, rows))
    return tuple(parts)


def pupil_queries(pupil_id: int) -> Iterator[Query]:
    """What is kept of the pupil, apart from what belongs to a home: that stands in the file of its guardians."""
    own = Pupil.id == pupil_id
    yield "person", select(
        Pupil.number, Pupil.given_name, Pupil.surname_prefix, Pupil.surname, Pupil.initials, Pupil.birth_date,
        Pupil.email, Pupil.phone, Pupil.language, Pupil.parents_permitted,
        Pupil.permission_said_at, Pupil.left_on,
    ).where(own)  # fmt: skip
    yield "classes", (
        select(SchoolYear.label.label("year"), ClassGroup.name.label("class_name"), Enrolment.year_level,
               Enrolment.present)
        .select_from(Enrolment)
        .join(SchoolYear, SchoolYear.id == Enrolment.year_id)
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .where(Enrolment.pupil_id == pupil_id)
        .order_by(SchoolYear.starts_on)
    )  # fmt: skip
    yield (
        "lessons",
        (
            select(SchoolYear.label.label("year"), Lesson.group_name, Lesson.subject, LessonPupil.begins_on,
                   LessonPupil.ends_on)
            .select_from(LessonPupil)
            .join(Lesson, Lesson.id == LessonPupil.lesson_id)
            .join(SchoolYear, SchoolYear.id == Lesson.year_id)
            .where(LessonPupil.pupil_id == pupil_id)
            .order_by(SchoolYear.starts_on, Lesson.subject)
        ),
    )  # fmt: skip
    yield (
        "relations",
        (
            select(Guardianship.relation, Guardianship.authority)
            .where(Guardianship.pupil_id == pupil_id)
            .order_by(Guardianship.position)
        ),
    )
    yield "talks", _talks(Booking.pupil_id == pupil_id)
    yield (
        "not_taking_part",
        (
            select(Round.name.label("round"), RoundExclusion.reason, RoundExclusion.excluded_at)
            .join(Round, Round.id == RoundExclusion.round_id)
            .where(RoundExclusion.pupil_id == pupil_id)
        ),
    )
    yield (
        "two_homes",
        (
            select(SchoolYear.label.label("year"), TwoHomes.talks, TwoHomes.apart_minutes)
            .join(SchoolYear, SchoolYear.id == TwoHomes.year_id)
            .where(TwoHomes.pupil_id == pupil_id)
        ),
    )
    alone = Topic.household_id.is_(None)
    yield "topics", _topics(and_(Topic.pupil_id == pupil_id, alone))
    yield "practical_needs", _practical(and_(PracticalNeed.pupil_id == pupil_id, PracticalNeed.household_id.is_(None)))
    alone = ExtraPerson.household_id.is_(None)
    yield "extra_persons", _extras(and_(ExtraPerson.pupil_id == pupil_id, alone))
    yield "wishes", _wishes(HomeWishes.pupil_id == pupil_id)
    yield "asked_talks", _asked(and_(TalkRequest.pupil_id == pupil_id, TalkRequest.household_id.is_(None)))
    yield "kept_times", _kept_times(and_(TalkRequest.pupil_id == pupil_id, TalkRequest.household_id.is_(None)))
    yield "no_talk_needed", _needless(and_(NoTalkNeeded.pupil_id == pupil_id, NoTalkNeeded.household_id.is_(None)))
    yield "reminders", _reminders(Reminder.pupil_id == pupil_id)
    alone = PersonalApproach.household_id.is_(None)
    yield "personal_approaches", _approaches(and_(PersonalApproach.pupil_id == pupil_id, alone))
    mine = and_(CommunicationPlan.pupil_id == pupil_id, CommunicationPlan.household_id.is_(None))
    yield from _plans(mine, PlanAnswer.pupil_id == pupil_id)
    yield from _contact_log(
        and_(LoggedContact.pupil_id == pupil_id, LoggedContact.household_id.is_(None)),
        and_(DueContact.pupil_id == pupil_id, DueContact.household_id.is_(None)),
    )
    yield "support", _meetings(SupportMeeting.pupil_id == pupil_id, SupportAnswer.household_id.is_(None))
    yield _moments_told(PlanGuest.pupil_id == pupil_id)
    yield from _gatherings(GatheringGuest.pupil_id == pupil_id, GatheringAnswer.pupil_id == pupil_id)
    yield (
        "checklist",
        (
            select(
                SchoolYear.label.label("year"), ChecklistMark.moment, ChecklistMark.key.label("item"),
                ON_CHECKLIST.label("answer"),
                case((IS_STEP, ChecklistMark.value), else_="").label("text"), ChecklistMark.written_on,
            )
            .join(SchoolYear, SchoolYear.id == ChecklistMark.year_id)
            .where(ChecklistMark.pupil_id == pupil_id)
            .order_by(ChecklistMark.moment, ChecklistMark.key)
        ),
    )  # fmt: skip
    yield "corrections", _corrections(ContactCorrection.pupil_id == pupil_id)
    yield "calendars", select(FamilyFeed.created_at).where(FamilyFeed.pupil_id == pupil_id)
    yield "letters", _letters(Outbox.pupil_id == pupil_id)
    yield from _links(AccessLink.pupil_id == pupil_id)
    bookings = select(Booking.id).where(Booking.pupil_id == pupil_id)
    yield from _aftercare(and_(Booking.pupil_id == pupil_id, Booking.household_id.is_(None)))
    yield "journal", _journal(ActorKind.PUPIL, pupil_id, "pupil", bookings)


def guardian_queries(guardian_id: int) -> Iterator[Query]:
    """What is kept of the guardian and of the own home; the other home of a child is nowhere in it."""
    ties = select(Guardianship).where(Guardianship.guardian_id == guardian_id).subquery()
    homes = select(ties.c.household_id)
    children = select(ties.c.pupil_id)
    yield "person", select(
        Guardian.external_id, Guardian.salutation, Guardian.given_name, Guardian.initials, Guardian.surname_prefix,
        Guardian.surname, Guardian.email, Guardian.phone, Guardian.language, Guardian.secret_address, Guardian.active,
        Guardian.left_on, Guardian.bounced_at,
    ).where(Guardian.id == guardian_id)  # fmt: skip
    yield "children", (
        select(*_names(Pupil), Guardianship.relation, Guardianship.authority, Guardianship.receives_post,
               Guardianship.interpreter, Guardianship.on_request, Guardianship.asked_on)
        .join(Pupil, Pupil.id == Guardianship.pupil_id)
        .where(Guardianship.guardian_id == guardian_id)
        .order_by(Pupil.birth_date, Pupil.id)
    )  # fmt: skip
    together = select(ties.c.pupil_id).where(ties.c.authority != Authority.NO)
    talks = _with(Booking, homes, children, together)
    yield "talks", _talks(talks)
    yield from _aftercare(talks)
    yield (
        "absences",
        (
            select(Round.name.label("round"), Booking.starts_at, BookingAbsence.said_at)
            .select_from(BookingAbsence)
            .join(Booking, Booking.id == BookingAbsence.booking_id)
            .join(Round, Round.id == Booking.round_id)
            .where(BookingAbsence.household_id.in_(homes))
        ),
    )
    yield (
        "by_phone",
        (
            select(Round.name.label("round"), Booking.starts_at, HomeByPhone.said_at)
            .select_from(HomeByPhone)
            .join(Booking, Booking.id == HomeByPhone.booking_id)
            .join(Round, Round.id == Booking.round_id)
            .where(HomeByPhone.household_id.in_(homes))
        ),
    )
    yield "topics", _topics(Topic.household_id.in_(homes))
    yield "wishes", _wishes(HomeWishes.household_id.in_(homes))
    yield "asked_talks", _asked(TalkRequest.household_id.in_(homes))
    yield "kept_times", _kept_times(TalkRequest.household_id.in_(homes))
    yield "no_talk_needed", _needless(NoTalkNeeded.household_id.in_(homes))
    yield "reminders", _reminders(Reminder.household_id.in_(homes))
    yield "personal_approaches", _approaches(PersonalApproach.household_id.in_(homes))
    yield (
        "swap_offers",
        (
            select(SwapOffer.starts_at, SwapOffer.state, SwapOffer.offered_at, SwapOffer.expires_at, SwapOffer.ended_at)
            .join(Booking, Booking.id == SwapOffer.booking_id)
            .where(SwapOffer.household_id.in_(homes), Booking.pupil_id.in_(children))
        ),
    )
    yield "swaps", (
        select(SwapMove.from_starts_at, SwapMove.to_starts_at, SwapProposal.state, SwapParty.accepted_at,
               SwapParty.declined_at)
        .select_from(SwapParty)
        .join(SwapProposal, SwapProposal.id == SwapParty.proposal_id)
        .join(SwapMove, and_(SwapMove.proposal_id == SwapParty.proposal_id,
                             SwapMove.booking_id == SwapParty.booking_id))
        .join(Booking, Booking.id == SwapParty.booking_id)
        .where(SwapParty.household_id.in_(homes), Booking.pupil_id.in_(children))
    )  # fmt: skip
    yield (
        "calls",
        (
            select(Round.name.label("round"), CallRequest.asked_at, CallRequest.done_at)
            .join(Round, Round.id == CallRequest.round_id)
            .where(or_(CallRequest.guardian_id == guardian_id, CallRequest.household_id.in_(homes)))
        ),
    )
    yield "interpreters", (
        select(Round.name.label("round"), InterpreterRequest.language, InterpreterRequest.way,
               InterpreterRequest.state, InterpreterRequest.asked_at)
        .join(Round, Round.id == InterpreterRequest.round_id)
        .where(InterpreterRequest.household_id.in_(homes))
    )  # fmt: skip
    yield "practical_needs", _practical(PracticalNeed.household_id.in_(homes))
    yield "extra_persons", _extras(ExtraPerson.household_id.in_(homes))
    yield (
        "own_talk",
        (
            select(SchoolYear.label.label("year"), OwnTalkWish.asked_at, OwnTalkWish.decided_at, OwnTalkWish.accepted)
            .join(SchoolYear, SchoolYear.id == OwnTalkWish.year_id)
            .where(OwnTalkWish.guardian_id == guardian_id)
        ),
    )
    yield (
        "support",
        _meetings(
            _with(SupportMeeting, homes, children, together),
            SupportAnswer.household_id.in_(homes),
        ),
    )
    yield from _plans(CommunicationPlan.household_id.in_(homes), PlanAnswer.guardian_id == guardian_id)
    yield from _contact_log(LoggedContact.household_id.in_(homes), DueContact.household_id.in_(homes))
    yield (
        "contact_parent",
        (
            select(SchoolYear.label.label("year"), ClassGroup.name.label("class_name"), ContactParent.consent)
            .select_from(ContactParent)
            .join(ClassGroup, ClassGroup.id == ContactParent.class_id)
            .join(SchoolYear, SchoolYear.id == ClassGroup.year_id)
            .where(ContactParent.guardian_id == guardian_id)
        ),
    )
    yield _moments_told(PlanGuest.guardian_id == guardian_id)
    yield (
        "buddies",
        (
            select(
                SchoolYear.label.label("year"), BuddyWish.kind.label("about"), BuddyWish.offers,
                BuddyWish.topic.label("text"), BuddyWish.noted_at.label("written_at"),
            )
            .join(SchoolYear, SchoolYear.id == BuddyWish.year_id)
            .where(BuddyWish.guardian_id == guardian_id)
            .order_by(BuddyWish.id)
        ),
    )  # fmt: skip
    yield from _gatherings(GatheringGuest.guardian_id == guardian_id, GatheringAnswer.household_id.in_(homes))
    yield (
        "parent_circles",
        (
            select(PlannedDate.day, ClassGroup.name.label("class_name"), CircleSeat.came)
            .select_from(CircleSeat)
            .join(PlannedDate, PlannedDate.id == CircleSeat.planned_id)
            .join(ClassGroup, ClassGroup.id == CircleSeat.class_id)
            .where(CircleSeat.guardian_id == guardian_id)
            .order_by(PlannedDate.day)
        ),
    )
    yield (
        "class_tasks",
        (
            select(
                ClassGroup.name.label("class_name"),
                ClassTask.title.label("about"),
                ClassTask.what,
                ClassTask.made_at.label("asked_at"),
            )
            .select_from(ClassTask)
            .join(ClassGroup, ClassGroup.id == ClassTask.class_id)
            .where(ClassTask.guardian_id == guardian_id)
            .order_by(ClassTask.made_at)
        ),
    )
    yield (
        "class_help",
        (
            select(ClassTask.what, ClassTaskHelper.told_day.label("day"), ClassTaskHelper.said_at)
            .select_from(ClassTaskHelper)
            .join(ClassTask, ClassTask.id == ClassTaskHelper.task_id)
            .where(ClassTaskHelper.guardian_id == guardian_id)
            .order_by(ClassTaskHelper.said_at)
        ),
    )
    yield (
        "contact_parent_said",
        (
            select(
                SchoolYear.label.label("year"),
                ClassGroup.name.label("class_name"),
                ClassContact.state,
                ClassContact.shown_as,
                ClassContact.reach,
                ClassContact.asked_at,
                ClassContact.said_at,
            )
            .select_from(ClassContact)
            .join(ClassGroup, ClassGroup.id == ClassContact.class_id)
            .join(SchoolYear, SchoolYear.id == ClassGroup.year_id)
            .where(ClassContact.guardian_id == guardian_id)
        ),
    )
    yield (
        "class_messages",
        (
            select(
                ClassGroup.name.label("class_name"),
                ClassMessage.subject.label("about"),
                ClassMessage.words,
                ClassMessage.state,
                ClassMessage.note,
                ClassMessage.written_at,
                ClassMessage.sent_to,
            )
            .select_from(ClassMessage)
            .join(ClassContact, ClassContact.id == ClassMessage.contact_id)
            .join(ClassGroup, ClassGroup.id == ClassContact.class_id)
            .where(ClassContact.guardian_id == guardian_id)
            .order_by(ClassMessage.written_at)
        ),
    )
    yield "consults", _consults(ClassContact.guardian_id == guardian_id)
    yield "class_meetings", _class_meetings(guardian_id)
    yield (
        "no_class_messages",
        select(ClassMessageRefusal.said_at).where(ClassMessageRefusal.guardian_id == guardian_id),
    )
    yield "corrections", _corrections(ContactCorrection.guardian_id == guardian_id)
    yield "calendars", select(FamilyFeed.created_at).where(FamilyFeed.guardian_id == guardian_id)
    yield "letters", _letters(Outbox.guardian_id == guardian_id)
    yield from _links(AccessLink.guardian_id == guardian_id)
    yield "journal", _journal(ActorKind.GUARDIAN, guardian_id, "guardian", select(Booking.id).where(talks))


def _consults(which: ColumnElement[bool]) -> Rows:
    """When a contact parent and a mentor consult."""
    return (
        select(ClassGroup.name.label("class_name"), ConsultDate.starts_at, ConsultDate.ends_at, Consult.state)
        .select_from(ConsultDate)
        .join(Consult, Consult.id == ConsultDate.consult_id)
        .join(ClassContact, ClassContact.id == Consult.contact_id)
        .join(ClassGroup, ClassGroup.id == ClassContact.class_id)
        .where(which)
        .order_by(ConsultDate.starts_at)
    )


def _class_meetings(guardian_id: int) -> Rows:
    """What this contact parent proposed for the class to come together."""
    return (
        select(
            ClassGroup.name.label("class_name"), MeetingProposal.day, MeetingProposal.place.label("room"),
            MeetingProposal.theme, MeetingProposal.state,
        )
        .join(ClassContact, ClassContact.id == MeetingProposal.contact_id)
        .join(ClassGroup, ClassGroup.id == ClassContact.class_id)
        .where(ClassContact.guardian_id == guardian_id)
        .order_by(MeetingProposal.id)
    )  # fmt: skip


def _meetings(which: ColumnElement[bool], own: ColumnElement[bool]) -> Rows:
    """When the support team met with this person, and what the own home said."""
    return (
        select(SupportMeeting.starts_at, SupportMeeting.ends_at, SupportMeeting.room, SupportMeeting.cancelled_at,
               SupportAnswer.said)
        .outerjoin(SupportAnswer, and_(SupportAnswer.meeting_id == SupportMeeting.id, own))
        .where(which)
        .order_by(SupportMeeting.starts_at)
    )  # fmt: skip


def staff_queries(staff_id: int) -> Iterator[Query]:
    """What is kept of the colleague. Of the talks only when and where: with whom is the family's."""
    yield "person", select(
        Staff.code, Staff.given_name, Staff.surname_prefix, Staff.surname, Staff.email, Staff.workdays, Staff.language,
        Staff.left_on,
    ).where(Staff.id == staff_id)  # fmt: skip
    yield "roles", select(StaffMemberRole.role).where(StaffMemberRole.staff_id == staff_id)
    yield (
        "classes",
        (
            select(SchoolYear.label.label("year"), ClassGroup.name.label("class_name"))
            .select_from(ClassLeader)
            .join(ClassGroup, ClassGroup.id == ClassLeader.class_id)
            .join(SchoolYear, SchoolYear.id == ClassGroup.year_id)
            .where(ClassLeader.staff_id == staff_id)
            .order_by(SchoolYear.starts_on, ClassGroup.name)
        ),
    )
    yield (
        "lessons",
        (
            select(SchoolYear.label.label("year"), Lesson.group_name, Lesson.subject)
            .join(SchoolYear, SchoolYear.id == Lesson.year_id)
            .where(Lesson.staff_id == staff_id)
        ),
    )
    yield (
        "times",
        (
            select(Round.name.label("round"), Slot.starts_at, Slot.ends_at, Slot.room)
            .join(Round, Round.id == Slot.round_id)
            .where(Slot.leader_id == staff_id)
            .order_by(Slot.starts_at)
        ),
    )
    yield (
        "talks",
        (
            select(Round.name.label("round"), Booking.starts_at, Booking.ends_at, Booking.room, Booking.status)
            .join(Round, Round.id == Booking.round_id)
            .where(Booking.leader_id == staff_id)
            .order_by(Booking.starts_at)
        ),
    )
    yield (
        "joined",
        (
            select(
                Round.name.label("round"), Booking.starts_at, Booking.ends_at, Booking.room, TalkColleague.cancelled_at
            )
            .join(Booking, Booking.id == TalkColleague.booking_id)
            .join(Round, Round.id == Booking.round_id)
            .where(TalkColleague.staff_id == staff_id)
            .order_by(Booking.starts_at)
        ),
    )
    yield (
        "opened",
        (
            select(Round.name.label("round"), LeaderOpening.opened_at)
            .join(Round, Round.id == LeaderOpening.round_id)
            .where(LeaderOpening.leader_id == staff_id)
        ),
    )
    yield "consults", _consults(Consult.staff_id == staff_id)
    yield (
        "contact_log",
        (
            select(LoggedContact.day, LoggedContact.channel, LoggedContact.went, LoggedContact.minutes)
            .where(LoggedContact.staff_id == staff_id)
            .order_by(LoggedContact.day, LoggedContact.id)
        ),
    )
    yield "calendars", select(CalendarFeed.created_at, CalendarFeed.revoked_at).where(CalendarFeed.staff_id == staff_id)
    yield "passwords", (
        select(PasswordKey.created_at, PasswordKey.expires_at, PasswordKey.used_at)
        .where(PasswordKey.staff_id == staff_id)
    )  # fmt: skip
    yield (
        "visits",
        (
            select(Visit.started_at, Visit.expires_at, Visit.ended_at)
            .where(Visit.staff_id == staff_id)
            .order_by(Visit.started_at)
        ),
    )
    yield "letters", _letters(Outbox.staff_id == staff_id)
    yield "journal", _journal(ActorKind.STAFF, staff_id, "staff", select(Booking.id).where(false()))


def _names(person: type[Pupil]) -> Sequence[Any]:
    return (person.given_name, person.surname_prefix, person.surname)


def _with(
    model: type[Booking] | type[SupportMeeting], homes: Select[Any], children: Select[Any], together: Select[Any]
) -> ColumnElement[bool]:
    """Those with the own home, and those with every home together of the children for which this one has authority."""
    joint = and_(model.household_id.is_(None), model.pupil_id.in_(together))
    return or_(joint, and_(model.household_id.in_(homes), model.pupil_id.in_(children)))


def _talks(wanted: ColumnElement[bool]) -> Rows:
    return (
        select(Round.name.label("round"), Pupil.given_name.label("pupil"), Booking.starts_at, Booking.ends_at,
               Booking.room, Booking.status, Booking.invited_at, Booking.confirmed_at, Booking.cancelled_at,
               Booking.outcome, TalkWay.way, TalkWay.join_link, TalkWay.address)
        .select_from(Booking)
        .outerjoin(TalkWay, TalkWay.booking_id == Booking.id)
        .join(Round, Round.id == Booking.round_id)
        .join(Pupil, Pupil.id == Booking.pupil_id)
        .where(wanted)
        .order_by(Booking.starts_at, Booking.id)
    )  # fmt: skip


def _aftercare(wanted: ColumnElement[bool]) -> Iterator[Query]:
    """What these talks came to, and who does what."""
    talks = select(Booking.id).where(wanted)
    yield (
        "conclusions",
        (
            select(Booking.starts_at, TalkNote.conclusion, TalkNote.told_beforehand, TalkNote.written_at)
            .join(Booking, Booking.id == TalkNote.booking_id)
            .where(TalkNote.booking_id.in_(talks))
            .order_by(Booking.starts_at)
        ),
    )
    yield (
        "actions",
        (
            select(Booking.starts_at, TalkAction.who, TalkAction.what, TalkAction.due_on)
            .join(Booking, Booking.id == TalkAction.booking_id)
            .where(TalkAction.booking_id.in_(talks))
            .order_by(Booking.starts_at, TalkAction.position)
        ),
    )


def _topics(wanted: ColumnElement[bool]) -> Rows:
    return (
        select(Round.name.label("round"), Topic.text, Topic.created_at)
        .join(Round, Round.id == Topic.round_id)
        .where(wanted)
        .order_by(Topic.created_at)
    )


def _wishes(wanted: ColumnElement[bool]) -> Rows:
    return (
        select(Round.name.label("round"), HomeWishes.said_at, HomeWishes.siblings, HomeWishes.at_home,
               HomeWishes.both_mentors, WishedTime.day, WishedTime.part,
               WishedTime.answer)
        .select_from(HomeWishes)
        .join(Round, Round.id == HomeWishes.round_id)
        .outerjoin(WishedTime, WishedTime.wishes_id == HomeWishes.id)
        .where(wanted)
        .order_by(HomeWishes.said_at, WishedTime.day, WishedTime.part)
    )  # fmt: skip


def _reminders(which: ColumnElement[bool]) -> Rows:
    return (
        select(Round.name.label("round"), Reminder.occasion, Reminder.day)
        .join(Round, Round.id == Reminder.round_id)
        .where(which)
        .order_by(Reminder.day, Reminder.id)
    )


def _approaches(which: ColumnElement[bool]) -> Rows:
    return (
        select(Round.name.label("round"), PersonalApproach.spoken_on, PersonalApproach.next_step)
        .join(Round, Round.id == PersonalApproach.round_id)
        .where(which)
        .order_by(PersonalApproach.spoken_on, PersonalApproach.id)
    )


def _needless(wanted: ColumnElement[bool]) -> Rows:
    return (
        select(Round.name.label("round"), Pupil.given_name.label("pupil"), NoTalkNeeded.said_at)
        .select_from(NoTalkNeeded)
        .join(Round, Round.id == NoTalkNeeded.round_id)
        .join(Pupil, Pupil.id == NoTalkNeeded.pupil_id)
        .where(wanted)
        .order_by(NoTalkNeeded.said_at)
    )


def _asked(wanted: ColumnElement[bool]) -> Rows:
    return (
        select(Round.name.label("round"), Pupil.given_name.label("pupil"), Staff.code, TalkRequest.subject,
               TalkRequest.place, TalkRequest.wanted, TalkRequest.obligatory, TalkRequest.asked_at,
               TalkRequest.withdrawn_at)
        .select_from(TalkRequest)
        .join(Round, Round.id == TalkRequest.round_id)
        .join(Pupil, Pupil.id == TalkRequest.pupil_id)
        .join(Staff, Staff.id == TalkRequest.teacher_id)
        .where(wanted)
        .order_by(TalkRequest.asked_at, TalkRequest.place)
    )  # fmt: skip


def _kept_times(wanted: ColumnElement[bool]) -> Rows:
    """The freed times that were kept for them, and what they answered."""
    return (
        select(Round.name.label("round"), Pupil.given_name.label("pupil"), Staff.code, FreedOffer.starts_at,
               FreedOffer.ends_at, FreedOffer.offered_at, FreedOffer.expires_at.label("kept_until"),
               FreedOffer.state, FreedOffer.ended_at)
        .select_from(FreedOffer)
        .join(TalkRequest, TalkRequest.id == FreedOffer.request_id)
        .join(Round, Round.id == TalkRequest.round_id)
        .join(Pupil, Pupil.id == TalkRequest.pupil_id)
        .join(Staff, Staff.id == TalkRequest.teacher_id)
        .where(wanted)
        .order_by(FreedOffer.offered_at)
    )  # fmt: skip


def _plans(wanted: ColumnElement[bool], said_by: ColumnElement[bool]) -> Iterator[Query]:
    own = select(CommunicationPlan.id).where(wanted)
    yield "agreements", (
        select(SchoolYear.label.label("year"), Pupil.given_name.label("pupil"), PlanForm.form,
               CommunicationPlan.rhythm, CommunicationPlan.goal, CommunicationPlan.agreed_on,
               CommunicationPlan.agreed_with, CommunicationPlan.info_need, CommunicationPlan.info_period,
               CommunicationPlan.reason, CommunicationPlan.initiative, CommunicationPlan.self_managed,
               CommunicationPlan.pupil_does, CommunicationPlan.told_by)
        .select_from(CommunicationPlan)
        .join(SchoolYear, SchoolYear.id == CommunicationPlan.year_id)
        .join(Pupil, Pupil.id == CommunicationPlan.pupil_id)
        .outerjoin(PlanForm, PlanForm.plan_id == CommunicationPlan.id)
        .where(wanted)
        .order_by(CommunicationPlan.agreed_on)
    )  # fmt: skip
    yield "agreements_before", (
        select(PlanVersion.version, PlanVersion.forms, PlanVersion.rhythm, PlanVersion.goal, PlanVersion.agreed_on,
               PlanVersion.recorded_at, PlanVersion.reason, PlanVersion.initiative, PlanVersion.pupil_does)
        .where(PlanVersion.plan_id.in_(own))
        .order_by(PlanVersion.plan_id, PlanVersion.version)
    )  # fmt: skip
    yield "agreed_moments", (
        select(PlanMoment.kind.label("moment"), PlanMoment.anchor.label("after"), PlanMoment.month.label("in_month"),
               PlanMoment.day, PlanMoment.begins.label("at_clock"), PlanMoment.minutes.label("lasts"),
               PlanMoment.form, PlanMoment.with_pupil, PlanMoment.purpose, PlanMoment.is_review, PlanMoment.opens_on,
               PlanMoment.closes_on)
        .where(PlanMoment.plan_id.in_(own))
        .order_by(PlanMoment.plan_id, PlanMoment.position)
    )  # fmt: skip
    yield (
        "answers_to_agreements",
        (
            select(PlanAnswer.said, PlanAnswer.words, PlanAnswer.said_at)
            .where(PlanAnswer.plan_id.in_(own), said_by)
            .order_by(PlanAnswer.said_at)
        ),
    )


def _contact_log(noted: ColumnElement[bool], due: ColumnElement[bool]) -> Iterator[Query]:
    """What became of contact with the own home, and what the school still means to do."""
    yield "contact_log", (
        select(Pupil.given_name.label("pupil"), LoggedContact.day, LoggedContact.channel, LoggedContact.began,
               LoggedContact.went, LoggedContact.good_news, LoggedContact.minutes, LoggedContact.line,
               LoggedContact.moved_to)
        .join(Pupil, Pupil.id == LoggedContact.pupil_id)
        .where(noted)
        .order_by(LoggedContact.day, LoggedContact.id)
    )  # fmt: skip
    yield "due_contact", (
        select(Pupil.given_name.label("pupil"), DueContact.channel, DueContact.opens_on, DueContact.closes_on)
        .join(Pupil, Pupil.id == DueContact.pupil_id)
        .where(due)
        .order_by(DueContact.closes_on)
    )  # fmt: skip


def _moments_told(own: ColumnElement[bool]) -> Query:
    """What somebody was told, for the own calendar, of the moments of an agreement."""
    return (
        "agreed_moments_told",
        select(PlanGuest.stamp.label("told_at"), PlanGuest.cancelled_at).where(own).order_by(PlanGuest.id),
    )  # fmt: skip


def _gatherings(invited: ColumnElement[bool], said: ColumnElement[bool]) -> Iterator[Query]:
    """To which gatherings somebody was invited, and what the own home said."""
    yield (
        "gatherings",
        (
            select(PlannedDate.kind.label("gathering"), PlannedDate.day, GatheringGuest.stamp.label("told_at"),
                   GatheringGuest.cancelled_at)
            .join(PlannedDate, PlannedDate.id == GatheringGuest.planned_id)
            .where(invited)
            .order_by(PlannedDate.day, PlannedDate.id)
        ),
    )  # fmt: skip
    yield (
        "gathering_answers",
        (
            select(PlannedDate.kind.label("gathering"), PlannedDate.day, GatheringAnswer.coming,
                   GatheringAnswer.adults, GatheringAnswer.children, GatheringAnswer.in_childcare,
                   GatheringAnswer.shows_names, GatheringAnswer.answered_at)
            .join(PlannedDate, PlannedDate.id == GatheringAnswer.planned_id)
            .where(said)
            .order_by(PlannedDate.day, PlannedDate.id)
        ),
    )  # fmt: skip


def _corrections(wanted: ColumnElement[bool]) -> Rows:
    return select(
        ContactCorrection.field, ContactCorrection.old_value, ContactCorrection.new_value,
        ContactCorrection.proposed_at, ContactCorrection.decided_at, ContactCorrection.accepted,
    ).where(wanted).order_by(ContactCorrection.proposed_at)  # fmt: skip


def _practical(wanted: ColumnElement[bool]) -> Rows:
    return (
        select(Round.name.label("round"), PracticalNeed.ground_floor, PracticalNeed.words, PracticalNeed.asked_at)
        .join(Round, Round.id == PracticalNeed.round_id)
        .where(wanted)
        .order_by(PracticalNeed.asked_at)
    )


def _extras(wanted: ColumnElement[bool]) -> Rows:
    return (
        select(Round.name.label("round"), ExtraPerson.kind, ExtraPerson.wish, ExtraPerson.state, ExtraPerson.asked_at)
        .join(Round, Round.id == ExtraPerson.round_id)
        .where(wanted)
        .order_by(ExtraPerson.asked_at)
    )


def _letters(wanted: ColumnElement[bool]) -> Rows:
    return (
        select(Outbox.letter, Outbox.address, Outbox.language, Outbox.state, Outbox.created_at, Outbox.sent_at)
        .where(wanted)
        .order_by(Outbox.created_at, Outbox.id)
    )


def _links(wanted: ColumnElement[bool]) -> Iterator[Query]:
    yield (
        "links",
        (
            select(AccessLink.created_at, AccessLink.expires_at, AccessLink.revoked_at)
            .where(wanted)
            .order_by(AccessLink.created_at)
        ),
    )
    yield (
        "visits",
        (
            select(Visit.started_at, Visit.expires_at, Visit.ended_at)
            .join(AccessLink, AccessLink.id == Visit.link_id)
            .where(wanted)
            .order_by(Visit.started_at)
        ),
    )


def _journal(kind: ActorKind, person_id: int, subject: str, bookings: Rows) -> Rows:
    """What this person did, and what was done about this person and the own talks: when, and what."""
    own = and_(JournalLine.actor_kind == kind, JournalLine.actor_id == person_id)
    about = and_(JournalLine.subject == subject, JournalLine.subject_id == person_id)
    talks = and_(JournalLine.subject == "booking", JournalLine.subject_id.in_(bookings))
    return (
        select(JournalLine.at, JournalLine.action)
        .where(or_(own, about, talks))
        .order_by(JournalLine.at, JournalLine.id)
    )  # fmt: skip
