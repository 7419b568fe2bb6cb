"""The facts of one letter, as a query would give them: Sami's start conversation."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from scheduling.domain.aftercare import Action, ActionBy
from scheduling.domain.buddies import BuddyKind, Wish
from scheduling.domain.consults import ConsultState, Rhythm
from scheduling.domain.extra_persons import ExtraKind, ExtraNews, ExtraState
from scheduling.domain.gatherings import Details as GatheringDetails
from scheduling.domain.guests import HelpState, Way
from scheduling.domain.informal_meetings import MeetingWish
from scheduling.domain.kinds import PupilPart
from scheduling.domain.mailings import (
    ABOUT_BUDDIES,
    ABOUT_CONTACTS,
    ABOUT_DATES,
    ABOUT_GATHERINGS,
    ABOUT_MEETINGS,
    ABOUT_PLANS,
    ABOUT_SWAPS,
    TO_GUESTS,
    WITH_WORDS,
    Letter,
)
from scheduling.domain.moments import Anchor, MomentKind, Resolved, Timing
from scheduling.domain.on_request import Word
from scheduling.domain.people import Name, Sector
from scheduling.domain.plans import (
    AgreedMoment,
    ContactForm,
    FormTerms,
    InfoNeed,
    Initiative,
    Said,
    Terms,
    Voice,
    changed_fields,
)
from scheduling.domain.reminders import Occasion
from scheduling.domain.rooms import Place
from scheduling.domain.rounds import BookingStatus, RoundKind
from scheduling.domain.single_talks import Details, Medium, SingleState
from scheduling.domain.support import Guest
from scheduling.domain.timeslots import Span, span_at
from scheduling.domain.year_plans import PlannedKind
from scheduling.domain.years import Period
from scheduling.mail.calendar import Mailbox
from scheduling.mail.letters import Paper
from scheduling.queries.aftercare import AftercareFacts
from scheduling.queries.buddies import BuddyLetter
from scheduling.queries.class_tasks import TaskLetter
from scheduling.queries.consults import ConsultDay, ConsultFacts
from scheduling.queries.contact_letters import ContactLetter
from scheduling.queries.extra_persons import ExtraFacts
from scheduling.queries.gathering_guests import GatheringLetter, ToldFacts
from scheduling.queries.guests import GuestFacts, HelpFacts, Task
from scheduling.queries.letters import (
    Exchanged,
    LetterFacts,
    Message,
    PlanCopy,
    Reminded,
    Sender,
    Swap,
    Talk,
    Was,
)
from scheduling.queries.on_request import WordFacts
from scheduling.queries.plan_guests import ToldDate
from scheduling.queries.plans import AnswerFacts, MovedMoment, PlanFacts, Step
from scheduling.queries.requests import AskedChild
from scheduling.queries.single_talks import ProposedTime, Single
from scheduling.queries.support import SupportTalk
from scheduling.queries.waiting import Freed
from tests.builders import START_WINDOW

STAMP = datetime(2027, 8, 20, 8, 0, tzinfo=UTC)
STARTS = datetime(2027, 8, 31, 13, 20, tzinfo=UTC)
WISHES_UNTIL = datetime(2027, 8, 23, 22, 0, tzinfo=UTC)
TOKEN = "q7wWkLm2x9-token-of-this-letter-only"
PAPER = Paper(Mailbox("De Linde", "kantoor@linde.example.org"), "https://ouders.linde.example.org")
TALK = Talk(
    pupil="Sami", leader=Name("Anna", "de", "Vries"), starts_at=STARTS, ends_at=STARTS + timedelta(minutes=20),
    place=Place("lokaal 3"), uid="b-01j5x@linde.example.org", sequence=0, status=BookingStatus.INVITED,
)  # fmt: skip
NOOR = replace(
    TALK, pupil="Noor", leader=Name("Karin", "", "Bakker"), starts_at=STARTS + timedelta(minutes=40),
    ends_at=STARTS + timedelta(minutes=60), place=Place("lokaal 11"),
)  # fmt: skip
WAS = Was(
    STARTS - timedelta(days=1), STARTS - timedelta(days=1, minutes=-20), Place("lokaal 3"), Name("Anna", "de", "Vries")
)
SCHOOL = Sender(
    name="De Linde", sector=Sector.PRIMARY, phone="000 - 000 00 00", email="kantoor@linde.example.org",
    address="Lindelaan 1", route="Trap op, tweede deur rechts",
)  # fmt: skip
EXCHANGED = (
    Exchanged("Sami", STARTS, STARTS + timedelta(minutes=20), undone=False),
    Exchanged("Daan", STARTS + timedelta(minutes=20), STARTS, undone=True),
)


OMAR = Name("Omar", "", "Yilmaz")
TERMS = Terms(
    (ContactForm.CALL, ContactForm.HOME_VISIT), "na elk rapport", "Sami leest met plezier", InfoNeed.YES, "oktober"
)
MOMENTS = (
    AgreedMoment(Timing(MomentKind.WEEK_AFTER, Anchor.REPORT_1), ContactForm.CALL, purpose="hoe het lezen gaat"),
    AgreedMoment(Timing(MomentKind.FIXED, day=date(2027, 9, 28), begins=time(16), minutes=20)),
)
TERMS_WITH_MOMENTS = replace(TERMS, moments=MOMENTS, reason="in geen brief", initiative=Initiative.SCHOOL)
TERMS_BEFORE = Terms((ContactForm.MAIL,), "elke maand", "", InfoNeed.MAYBE, "")

FREED = Freed(
    "key", 1, "Sami", Name("Karin", "", "Bakker"), STARTS, STARTS + timedelta(minutes=10), STARTS - timedelta(days=2)
)
TASK = TaskLetter("Rijden naar het museum", "3", STARTS.date(), stands=True)
ASKED = (
    AskedChild("Sami", (Name("Anna", "de", "Vries"), Name("Karin", "", "Bakker")), none_needed=False),
    AskedChild("Noor", (), none_needed=True),
)


def plan_copy(
    *,
    said: Said | None = None,
    asks_pupil: bool = False,
    before: Terms | None = None,
    together: bool = True,
    terms: Terms = TERMS,
) -> PlanCopy:
    """Layla's home and Bas agree, or nearly."""
    version = 2 if before else 1
    answers = () if said is None else (
        AnswerFacts(Voice.GUARDIAN, said, STAMP + timedelta(days=1), version, OMAR, 8, "liever {zo}"),
    )  # fmt: skip
    visit = STAMP + timedelta(days=1) if said is Said.YES else None
    plan = PlanFacts(
        id=1, version=version, household_id=3,
        terms=(FormTerms(ContactForm.CALL), FormTerms(ContactForm.HOME_VISIT, visit)), rhythm=TERMS.rhythm,
        goal=TERMS.goal, agreed_on=STAMP.date(), agreed_with="Sami, Layla Yilmaz", info_need=TERMS.info_need,
        info_period=TERMS.info_period, recorded_by=Name("Anna", "de", "Vries"), recorded_at=STAMP, together=together,
        pupil_asked=asks_pupil, answers=answers,
    )  # fmt: skip
    changed = changed_fields(before, terms) if before else ()
    step = Step(version, terms, before, changed, plan.agreed_on, together, plan.recorded_by, STAMP, answers)
    return PlanCopy(plan, step)


MOVED = (
    MovedMoment(
        "Noor",
        Resolved(Timing(MomentKind.WEEK_AFTER, Anchor.REPORT_1), Period(date(2027, 11, 22), date(2027, 11, 26))),
    ),
    MovedMoment("Sami", Resolved(Timing(MomentKind.RIGHT_AFTER, Anchor.REPORT_2))),
)
A_WEEK = ToldDate("p-1@driehoek", 1, Period(date(2027, 11, 29), date(2027, 12, 3)), None, ContactForm.CALL)
AT_FOUR = ToldDate(
    "p-2@driehoek", 0, Period(date(2027, 9, 28), date(2027, 9, 28)),
    span_at(date(2027, 9, 28), time(16), time(16, 20)), ContactForm.SCHOOL_VISIT_DAY,
)  # fmt: skip
DATES = {
    Letter.PLAN_DATES: (
        AT_FOUR,
        replace(A_WEEK, was=replace(A_WEEK, days=Period(date(2027, 11, 22), date(2027, 11, 26)))),
        replace(A_WEEK, uid="p-3@driehoek", form=None, off=True),
    ),
    Letter.PLAN_DATES_OFF: (replace(AT_FOUR, off=True),),
    Letter.PLAN_DATES_ELSEWHERE: (replace(AT_FOUR, off=True), replace(A_WEEK, off=True)),
}

AFTERWARDS = AftercareFacts(
    "Sami leest elke dag een kwartier, thuis en op school.",
    (
        Action(ActionBy.PARENT, "Elke avond samen lezen", STARTS.date() + timedelta(days=14)),
        Action(ActionBy.LEADER, "Boeken meegeven"),
    ),
    told_beforehand=False, version=1, written_at=STARTS + timedelta(hours=1), written_by=Name("Anna", "de", "Vries"),
)  # fmt: skip


SINGLE = Single(
    id=1, round_id=9, request_id=9, kind=RoundKind.FOLLOW_UP, state=SingleState.PROPOSED, pupil_id=4,
    pupil=Name("Sami", "", "Yilmaz"),
    household_id=3, leader_id=2, leader=Name("Anna", "de", "Vries"), leader_email="anna@linde.example.org",
    subject="Lezen", details=Details(RoundKind.FOLLOW_UP, 20, Medium.SCHOOL, PupilPart.PRESENT, "Lezen"),
    times=tuple(
        ProposedTime(n, Span(STARTS + timedelta(days=n), STARTS + timedelta(days=n, minutes=20))) for n in (1, 2)
    ),
    expires_at=STARTS + timedelta(days=2), rather=None, booking_id=None, span=None, is_off=False,
    asked_by_family=False, address="", note="", copied_at=None, version=2, year_id=1,
)  # fmt: skip


GUEST = GuestFacts(
    uid="b-01tolk@linde.example.org", sequence=0, starts_at=STARTS, ends_at=STARTS + timedelta(minutes=40),
    room="lokaal 3", language="Tigrinya", way=Way.ON_SITE, number="", given_name="Sami", cancelled=False, is_new=True,
    others=(
        Task(
            Span(STARTS + timedelta(minutes=40), STARTS + timedelta(minutes=80)), "lokaal 11", "Tess", "Tigrinya",
            Way.ON_SITE, "", HelpState.BOOKED,
        ),
    ),
)  # fmt: skip
WORD = WordFacts(Word.INFORMATION, (Name("Anna", "de", "Vries"),), stands=True)
HELP = HelpFacts(HelpState.CONFIRMED, "Tigrinya", Way.ON_SITE)
EXTRA = ExtraFacts(ExtraKind.COUNSELLOR, ExtraState.ARRANGED, "Karin Smit")
EXTRA_ASKED = ExtraFacts(ExtraKind.COUNSELLOR, ExtraState.ASKED, "Karin", ExtraNews.ASKED)
MESSAGE = Message(
    "Layla Yilmaz", "Sami leest nu elke avond {zelf}.\n\nMag hij een dikker boek?", "layla@ouders.example.org"
)
REMINDED = {
    Letter.ASK_AGAIN: Reminded(
        Occasion.ANSWER_HALFWAY, ("Sami", "Noor"), (TALK, NOOR), STARTS - timedelta(days=3)
    ),
    Letter.SEE_YOU: Reminded(Occasion.DAY_BEFORE, ("Sami", "Noor"), (TALK, NOOR), None),
}  # fmt: skip
MEETING = SupportTalk(
    id=1, pupil_id=4, pupil=Name("Sami", "", "Yilmaz"), household_id=3,
    span=Span(STARTS, STARTS + timedelta(minutes=45)), room="overlegkamer", supervisor=Name("Ida", "", "Bos"),
    supervisor_id=9, teacher=Name("Anna", "de", "Vries"), teacher_id=2, director=None, director_id=None,
    guests=(Guest("A. Bakker", "bakker@example.org"),), is_off=False, uid="b-01m5x@linde.example.org", sequence=0,
    version=1,
)  # fmt: skip


RECEPTION = GatheringLetter(
    uid="b-reception@driehoek", sequence=0,
    now=ToldFacts(
        PlannedKind.RECEPTION, datetime(2027, 9, 7, 15, 0, tzinfo=UTC), datetime(2027, 9, 7, 15, 45, tzinfo=UTC),
        "lokaal 3", "De zijdeur aan het plein is open.", "", ("3",),
    ),
    was=None,
    details=GatheringDetails(
        words="Neem gerust opa of oma mee.", with_pupils=True, childcare=True, parents_cafe=True, welcome_desk=True,
        answer_by=date(2027, 9, 3),
    ),
    children=("Sami",), coming=None, off=False, stands=True,
)  # fmt: skip
RECEPTION_BEFORE = replace(
    RECEPTION.now, starts_at=RECEPTION.now.starts_at - timedelta(days=1),
    ends_at=RECEPTION.now.ends_at - timedelta(days=1), place="aula",
)  # fmt: skip
BUDDY = BuddyLetter(offers=False, wish=Wish(BuddyKind.LANGUAGE, offers=False, topic="Pools"))
BUDDY_FOUND = replace(BUDDY, name="Noura Haddad", reach="noura@ouders.example.org")
CONTACT = ContactLetter(class_name="3", shown_as="Noura", what="waiting", sent_to=27)
_WEEKLY = [STARTS + timedelta(days=7 * number) for number in range(4)]
CLASS_MEETING = MeetingWish(STARTS.date(), time(19, 30), time(21), "aula", "gamen")
ABOUT_CONSULTS = (Letter.CONSULT, Letter.CONSULT_ELSEWHERE, Letter.CONSULT_OFF)
CONSULT = ConsultFacts(
    id=1, contact_id=1, class_id=1, staff_id=2, class_name="3", shown_as="Noura", leader=Name("Anna", "de", "Vries"),
    rhythm=Rhythm.WEEKLY, starts=time(15, 0), minutes=30, state=ConsultState.AGREED, by_parent=True,
    uid="b-consult@driehoek", sequence=1, stamp=STAMP,
    days=tuple(
        ConsultDay(number, at, at + timedelta(days=number == 2), at + timedelta(days=number == 2, minutes=30),
                   cancelled=number == 1)
        for number, at in enumerate(_WEEKLY)
    ),
)  # fmt: skip
TO_CLASS = Message("Noura", "Vrijdag drinken wij koffie op het plein.\n\nKomt u ook?", "", subject="Koffie op vrijdag")


def facts(letter: Letter = Letter.INVITATION, **changes: Any) -> LetterFacts:
    """A letter to Layla about Sami, with what is different in this test."""
    status = BookingStatus.CONFIRMED if letter is Letter.CONFIRMED else BookingStatus.INVITED
    about_plan = letter in (*ABOUT_PLANS, *ABOUT_DATES, Letter.PLAN_NOTICE)
    single = letter in (Letter.SINGLE_PROPOSED, Letter.SINGLE_NOTICE)
    early = letter in (Letter.WISHES, Letter.WISHES_SAID, Letter.REQUESTS_SAID, Letter.TIME_FREED)
    message = letter in WITH_WORDS
    contact = letter in ABOUT_CONTACTS
    by_itself = letter in (Letter.ASK_AGAIN, Letter.SEE_YOU)
    meeting = letter in ABOUT_MEETINGS
    to_staff = letter in (
        Letter.SET_PASSWORD, Letter.SWAP_NOTICE, Letter.STAND_IN, Letter.CONTACT_LATE, Letter.PLAN_MOVED_NOTICE
    )  # fmt: skip
    about_extra = letter in (Letter.EXTRA_SAID, Letter.EXTRA_NOTICE)
    bare = message or to_staff or contact or about_extra or letter in (
        *TO_GUESTS, *ABOUT_GATHERINGS, *ABOUT_BUDDIES, Letter.CIRCLE_NOTICE, Letter.TASK_CHANGED, Letter.HELP_SAID,
        Letter.LINK, Letter.QUESTIONNAIRE, Letter.ON_REQUEST,
    )  # fmt: skip
    alone = early or by_itself or meeting or bare or about_plan or single
    named = about_plan or early or single or meeting or about_extra
    named = named or letter in (Letter.MESSAGE, Letter.HELP_SAID, Letter.ON_REQUEST)
    plan = plan_copy(
        said=None if letter is Letter.PLAN_PROPOSED else Said.YES, asks_pupil=letter is Letter.PLAN_ANSWERED
    )
    swap = Swap(starts_at=STARTS, to_starts_at=STARTS + timedelta(days=2), until=STARTS - timedelta(days=1))
    found = LetterFacts(
        id=1, letter=letter, language="nl", address="layla@ouders.example.org", addressee="Layla Yilmaz",
        guardian_id=7, pupil_id=None, staff_id=None, to_pupil=False, school=SCHOOL,
        kind=RoundKind.FOLLOW_UP if single else RoundKind.START_CONVERSATION,
        purpose="", pupil="" if alone and not named else "Sami",
        period=None if alone and not early else START_WINDOW,
        talk=None if alone else replace(TALK, status=status), siblings=() if alone else (NOOR,),
        was=WAS if letter is Letter.CHANGED else None, change_until=None if alone else STARTS - timedelta(hours=24),
        message_id="invitation.b-01j5x.0.g7", thread="", sequence=0, stamp=STAMP, created_at=STAMP, attempts=1,
        swap=swap if letter in ABOUT_SWAPS else None,
        single=SINGLE if single else None,
        plan=plan if about_plan else None, dates=DATES.get(letter, ()),
        moved=MOVED if letter is Letter.PLAN_MOVED_NOTICE else (),
        afterwards=AFTERWARDS if letter is Letter.AFTERWARDS else None,
        exchanged=EXCHANGED if letter in (Letter.SWAP_NOTICE, Letter.STAND_IN) else (),
        meeting=replace(MEETING, is_off=letter is Letter.SUPPORT_CANCELLED) if meeting else None,
        children=("Sami", "Noor") if early else (), wishes_until=WISHES_UNTIL if early else None,
        wished_by="Omar Yilmaz" if letter is Letter.WISHES_SAID else "",
        guest=GUEST if letter in TO_GUESTS else None, help=HELP if letter is Letter.HELP_SAID else None,
        word=WORD if letter is Letter.ON_REQUEST else None,
        extra=EXTRA_ASKED if letter is Letter.EXTRA_NOTICE else EXTRA if about_extra else None,
        gathering=_gathering(letter) if letter in (*ABOUT_GATHERINGS, Letter.CIRCLE_NOTICE) else None,
        message=TO_CLASS if letter is Letter.CLASS_MESSAGE else MESSAGE if message else None,
        buddy=BUDDY_FOUND if letter is Letter.BUDDY_FOUND else BUDDY if letter is Letter.BUDDY_ASKED else None,
        contact=replace(CONTACT, consult=CONSULT if letter in ABOUT_CONSULTS else None)
        if contact
        else None,
        reminded=REMINDED[letter] if by_itself else None,
        requests=ASKED if letter is Letter.REQUESTS_SAID else (),
        task=TASK if letter is Letter.TASK_CHANGED else None,
        freed=FREED if letter is Letter.TIME_FREED else None,
    )  # fmt: skip
    return replace(found, **changes)


def _gathering(letter: Letter) -> GatheringLetter:
    if letter is Letter.CIRCLE_NOTICE:
        return replace(RECEPTION, now=replace(RECEPTION.now, kind=PlannedKind.PARENT_CIRCLE))
    before = RECEPTION_BEFORE if letter is Letter.GATHERING_CHANGED else None
    return replace(RECEPTION, was=before, off=letter is Letter.GATHERING_OFF)
