"""A letter that is about to leave: everything its text needs, and whether it may still leave at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, aliased

from scheduling.domain.errors import NotFound
from scheduling.domain.extra_persons import ExtraKind, ExtraNews, ExtraState
from scheduling.domain.gatherings import GATHERINGS
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.kinds import PupilPart
from scheduling.domain.mailings import (
    ABOUT_BUDDIES,
    ABOUT_CONTACTS,
    ABOUT_DATES,
    ABOUT_GATHERINGS,
    ABOUT_MEETINGS,
    ABOUT_PLANS,
    TO_GUESTS,
    WITH_WORDS,
    Addressee,
    Letter,
    OutboxState,
    SkipReason,
    Stop,
    TalkState,
    find_stop,
)
from scheduling.domain.people import Name, Sector
from scheduling.domain.plans import PlanState
from scheduling.domain.reminders import Occasion
from scheduling.domain.rooms import Place, RoomList
from scheduling.domain.rounds import LIVE, BookingStatus, RoundKind
from scheduling.domain.single_talks import Medium, SingleState
from scheduling.domain.swaps import OfferState
from scheduling.domain.texts import DUTCH, OwnText, PreparationLink, ReadText, text_for
from scheduling.domain.timeslots import local
from scheduling.domain.ways import mark_of
from scheduling.domain.wishes import Wisher
from scheduling.domain.years import Period
from scheduling.models import (
    Booking,
    BookingAbsence,
    Guardian,
    Guardianship,
    LeaderOpening,
    Mailing,
    Outbox,
    Outsider,
    PlannedDate,
    Pupil,
    Reminder,
    Round,
    School,
    SingleTalk,
    SingleTime,
    Staff,
    SupportGuest,
    SwapOffer,
    SwapParty,
    db,
)
from scheduling.queries import reminders, rooms
from scheduling.queries.aftercare import AftercareFacts, read_all
from scheduling.queries.bookings import find_homes, homes_invited, opens_to_guardian
from scheduling.queries.buddies import BuddyLetter
from scheduling.queries.buddies import letter_of as buddy_letter
from scheduling.queries.class_tasks import TaskLetter, task_letter
from scheduling.queries.contact_letters import ContactLetter
from scheduling.queries.contact_letters import letter_of as contact_letter
from scheduling.queries.extra_persons import ExtraFacts, extra_letter, mentors_beside
from scheduling.queries.gathering_guests import (
    Company,
    GatheringLetter,
    Key,
    circle_notice,
    company_of,
    example_of,
    gathering_letter,
)
from scheduling.queries.guests import GuestFacts, HelpFacts, guest_letter, help_letter
from scheduling.queries.mailings import Recipient, circle_of, circles_of, plan_of
from scheduling.queries.on_request import WordFacts, tie_of, word_letter, word_stop
from scheduling.queries.phoning import is_phoning
from scheduling.queries.plan_guests import ToldDate, told_dates
from scheduling.queries.plans import AnswerFacts, MovedMoment, PlanFacts, Step, moments_as_told, plan_to_send
from scheduling.queries.questionnaires import is_over as questionnaire_over
from scheduling.queries.requests import AskedChild, asked_by_child
from scheduling.queries.single_talks import Single, read_for_letter, single_of
from scheduling.queries.suggestions import agenda_of
from scheduling.queries.support import SupportTalk
from scheduling.queries.support import read_for_letter as read_meeting
from scheduling.queries.swaps import still_asks
from scheduling.queries.texts import read_by, texts_of
from scheduling.queries.turns import opens_for_wisher
from scheduling.queries.waiting import Freed, find_freed
from scheduling.queries.wishes import Wished, asked_homes, asks_for_teachers, last_word

WITH_AGENDA = (Letter.INVITATION, Letter.REMINDER)
QUIET_ABSENCE = (Letter.REMINDER, Letter.CONFIRMED, Letter.AFTERWARDS)
"""Letters that a home which stays away from a joint talk does not get."""


@dataclass(frozen=True)
class Sender:
    """The school, as a letter names it."""

    name: str
    sector: Sector
    phone: str
    email: str
    address: str
    route: str


@dataclass(frozen=True)
class Talk:
    """A talk, as a letter tells it."""

    pupil: str
    leader: Name
    starts_at: datetime
    ends_at: datetime
    place: Place
    uid: str
    sequence: int
    status: BookingStatus
    mentors: tuple[Name, ...] = ()
    """Who of the class comes beside the leader, as this home asked."""
    joint: bool = False
    """The other home of the child is invited as well."""
    medium: Medium | None = None
    """How people meet in a talk that was made for one pupil; None: a talk of a round."""
    pupil_part: PupilPart | None = None
    """What the pupil does in it."""
    pupil_only: bool = False
    """The pupil and the leader, without the family."""
    way: Medium = Medium.SCHOOL
    """How people meet in a talk of a round."""
    join_link: str = ""
    """Where the video call of this talk alone is."""

    @property
    def with_whom(self) -> str:
        """Everybody of the school whom the family speaks, the leader first."""
        return ", ".join(name.full for name in (self.leader, *self.mentors))

    @property
    def pupil_absent(self) -> bool:
        return self.pupil_part is PupilPart.ABSENT

    @property
    def elsewhere(self) -> bool:
        """Not at school."""
        return self.met is not Medium.SCHOOL

    @property
    def met(self) -> Medium:
        """How people meet."""
        return self.medium or self.way

    @property
    def minutes(self) -> int:
        return int((self.ends_at - self.starts_at).total_seconds() // 60)


@dataclass(frozen=True)
class Was:
    """A talk as it was before a change."""

    starts_at: datetime
    ends_at: datetime
    place: Place
    leader: Name
    met: Medium | None = None
    """How people would meet then; None: it is not known any more."""
    other_link: bool = False
    """A video call had another link then."""


@dataclass(frozen=True)
class Swap:
    """What a letter about a swap tells one home: its own two times, and nothing of anybody else.

    `how`: a change of time came from a swap ("done") or from one that was put back ("undone").
    """

    how: str = ""
    starts_at: datetime | None = None
    to_starts_at: datetime | None = None
    until: datetime | None = None
    looking: bool = False
    """Nobody could, and we go on looking."""
    other_home: bool = False
    """The other home of this joint talk asks."""


@dataclass(frozen=True)
class Exchanged:
    """To the leader: one talk that changed times."""

    pupil: str
    was: datetime
    now: datetime
    undone: bool


@dataclass(frozen=True)
class PlanCopy:
    """The agreed contact form of one home as a letter tells it: the version it is about, and what that changed."""

    plan: PlanFacts
    step: Step

    @property
    def answer(self) -> AnswerFacts | None:
        """What was said last to this version."""
        return self.step.answers[-1] if self.step.answers else None

    @property
    def is_newest(self) -> bool:
        return self.step.version == self.plan.version


@dataclass(frozen=True)
class Message:
    """What somebody of a family wrote to a colleague, and where the answer goes; empty: to the school."""

    writer: str
    words: str
    reply_to: str
    subject: str = ""
    """Of what a contact parent writes to the class."""


@dataclass(frozen=True)
class Reminded:
    """What a reminder that goes by itself is about; all that is still open when it leaves."""

    occasion: Occasion
    children: tuple[str, ...]
    talks: tuple[Talk, ...]
    until: datetime | None
    """Until when an answer helps."""
    teachers: bool = False
    """On a contact evening: whom would you like to speak?"""


@dataclass(frozen=True)
class LetterFacts:
    """One letter. `addressee` is empty when we know no name. `stop`: why it may no longer leave."""

    id: int | None
    letter: Letter
    language: str
    address: str
    addressee: str
    guardian_id: int | None
    pupil_id: int | None
    staff_id: int | None
    to_pupil: bool
    school: Sender
    kind: RoundKind | None
    purpose: str
    pupil: str
    period: Period | None
    """The days between which the talks of this round are held."""
    talk: Talk | None
    siblings: tuple[Talk, ...]
    was: Was | None
    change_until: datetime | None
    message_id: str
    thread: str
    sequence: int
    stamp: datetime
    created_at: datetime
    attempts: int
    trial_of: Letter = Letter.INVITATION
    swap: Swap | None = None
    exchanged: tuple[Exchanged, ...] = ()
    homes: str = ""
    """Why a talk is off: each home gets its own ("apart"), or there is one with both ("together")."""
    away: str = ""
    """The leader cannot be there: the family has a new time ("move"), chooses one ("link"), or is called ("call")."""
    plan: PlanCopy | None = None
    dates: tuple[ToldDate, ...] = ()
    """Moments of an agreement, each a calendar object."""
    moved: tuple[MovedMoment, ...] = ()
    """To a leader: moments that fall on other days than before."""
    children: tuple[str, ...] = ()
    """Of whom the wishes are asked."""
    wishes_until: datetime | None = None
    wished_by: str = ""
    """Who said which times suit; empty: the school wrote it down."""
    wished_late: bool = False
    requests: tuple[AskedChild, ...] = ()
    """Whom this home wants to speak on a contact evening, about each child."""
    single: Single | None = None
    """A talk that is arranged with this family alone."""
    meeting: SupportTalk | None = None
    """A conversation of the support team."""
    to_guest: bool = False
    """To somebody from outside the school, who hears time and place alone."""
    because: str = ""
    """Why a talk leaves a mailbox that is still this person's."""
    afterwards: AftercareFacts | None = None
    """What the talk came to."""
    guest: GuestFacts | None = None
    """A talk as its interpreter reads it."""
    help: HelpFacts | None = None
    """What came of an interpreter that the family asked for."""
    extra: ExtraFacts | None = None
    """What came of somebody whom the family asked to its talk."""
    word: WordFacts | None = None
    """What a parent without authority hears who asked."""
    buddy: BuddyLetter | None = None
    """Another parent: what it is about, and after two times yes who it is."""
    contact: ContactLetter | None = None
    """What a letter about a contact parent of a class tells."""
    reminded: Reminded | None = None
    message: Message | None = None
    agenda: tuple[str, ...] = ()
    """What the team suggests to talk about."""
    pupil_part: PupilPart | None = None
    """What the pupil does in the talks of this round."""
    questions: tuple[str, ...] = ()
    """What a reversed conversation of a round begins with."""
    freed: Freed | None = None
    """A time that is kept for this home."""
    gathering: GatheringLetter | None = None
    """A gathering that this person is invited to."""
    task: TaskLetter | None = None
    """What this person helps with."""
    opens_at: datetime | None = None
    """From when this home chooses, as long as that is still to come."""
    stop: Stop | None = None
    purpose_language: str = DUTCH
    links: tuple[PreparationLink, ...] = ()
    """Pages of the school's choice that help the family prepare."""
    links_language: str = DUTCH


def find_letter(outbox_id: int, now: datetime) -> LetterFacts | None:
    """The letter of this row as it stands now. Read in a session of its own, closed before anything slow happens."""
    with Session(db.engine) as session:
        row = session.get(Outbox, outbox_id)
        return _letter(session, row, now) if row else None


def example_letter(round_id: int, letter: Letter, now: datetime) -> LetterFacts:
    """How this letter of a round will read, for the first family that gets it."""
    with Session(db.engine) as session:
        found = session.get(Round, round_id)
        if found and letter is Letter.WISHES:
            return _example_of_wishes(session, found, now)
        talk = session.scalar(
            select(Booking)
            .where(Booking.round_id == round_id, Booking.status.in_(LIVE))
            .order_by(Booking.starts_at)
            .limit(1)
        )
        if found is None or talk is None:
            raise NotFound
        return _example(session, found, talk, letter, now)


def example_gathering(planned_id: int, now: datetime) -> LetterFacts:
    """How the invitation to a gathering will read, for the first family that gets it."""
    with Session(db.engine) as session:
        planned, company = _gathering_at(session, planned_id)
        first = list(company.people.values())[:1]
        if not first:
            raise NotFound
        return _gathering_invitations(session, planned, company, first, now)[0]


def paper_gathering(planned_id: int, people: Sequence[Addressee], now: datetime) -> tuple[LetterFacts, ...]:
    """The invitations of people whom no mail reaches."""
    with Session(db.engine) as session:
        planned, company = _gathering_at(session, planned_id)
        return _gathering_invitations(session, planned, company, people, now)


def _gathering_at(session: Session, planned_id: int) -> tuple[PlannedDate, Company]:
    planned = session.get(PlannedDate, planned_id)
    if planned is None or planned.kind not in GATHERINGS:
        raise NotFound
    return planned, company_of(session, planned)


def _gathering_invitations(
    session: Session, planned: PlannedDate, company: Company, people: Sequence[Addressee], now: datetime
) -> tuple[LetterFacts, ...]:
    """Invitations that are no rows: on paper, or to look at."""
    names, school, said = _names_of(session, people), _sender(session), example_of(session, planned)
    return tuple(
        LetterFacts(
            id=None, letter=Letter.GATHERING, language=to.language, address="", addressee=names[key],
            guardian_id=key[0], pupil_id=key[1], staff_id=None, to_pupil=key[0] is None, school=school, kind=None,
            purpose="", pupil="", period=None, talk=None, siblings=(), was=None, change_until=None, message_id="",
            thread="", sequence=0, stamp=now, created_at=now, attempts=0,
            gathering=replace(said, children=company.children_for(key)),
        )
        for to, key in ((one, (one.guardian_id, one.pupil_id)) for one in people)
    )  # fmt: skip


def _names_of(session: Session, people: Sequence[Addressee]) -> dict[Key, str]:
    parents = session.scalars(select(Guardian).where(Guardian.id.in_([one.guardian_id for one in people])))
    pupils = session.scalars(select(Pupil).where(Pupil.id.in_([one.pupil_id for one in people])))
    found: dict[Key, str] = {(row.id, None): row.name.full for row in parents}
    return found | {(None, row.id): row.name.full for row in pupils}


def trial_letter(
    to: Recipient, round_id: int, letter: Letter, language: str, text: OwnText, now: datetime
) -> LetterFacts:
    """How this family would read a letter in this language, if the school's text in it were this one."""
    facts = replace(paper_letter(to, round_id, now), letter=letter, language=language)
    with Session(db.engine) as session:
        own = text_for(language, texts_of(session, session.get_one(Round, round_id)) | {language: text})
    return replace(
        facts, purpose=own.paragraph, purpose_language=own.paragraph_language, links=own.links,
        links_language=own.links_language,
    )  # fmt: skip


def paper_letter(to: Recipient, round_id: int, now: datetime) -> LetterFacts:
    """The invitation of somebody whom no mail reaches."""
    with Session(db.engine) as session:
        found = session.get_one(Round, round_id)
        booking = session.get(Booking, to.talk.id) if to.talk else None
        listed = rooms.room_list(session)
        siblings = _siblings(session, listed, to.person.guardian_id, booking, now) if booking else ()
        return _facts(session, found, booking, to, tuple(siblings), now)


def _letter(session: Session, row: Outbox, now: datetime) -> LetterFacts:
    booking = session.get(Booking, row.booking_id) if row.booking_id else None
    found, listed = _round_of(session, row, booking), rooms.room_list(session)
    pupil = session.get(Pupil, booking.pupil_id if booking else row.facts.get("pupil_id") or row.pupil_id or 0)
    plan, moved = _plan(session, row), moments_as_told(session, row.facts.get("moments", ()))
    wished = _wished(session, row, found, now)
    household_id = (
        plan.plan.household_id if plan else booking.household_id if booking else row.facts.get("household_id")
    )
    address, skip = _where_to(session, row, booking, pupil, household_id, now)
    state = TalkState(booking.ical_sequence, booking.cancelled_at is not None, booking.ends_at) if booking else None
    own = read_by(session, found, row.language) if found else ReadText()
    single = read_for_letter(session, row.facts["single_id"], now) if "single_id" in row.facts else None
    meeting = read_meeting(session, row.facts["meeting_id"]) if "meeting_id" in row.facts else None
    afterwards = read_all(session, [booking.id]).get(booking.id) if booking else None
    freed = find_freed(session, row.facts.get("offer", ""), now) if row.letter is Letter.TIME_FREED else None
    exchanged = tuple(_exchanged(session, row.facts.get("moves", ())))
    guest = guest_letter(session, row.facts) if row.letter in TO_GUESTS else None
    help_ = help_letter(session, row.facts) if row.letter is Letter.HELP_SAID else None
    gathering = _gathering(session, row)
    task = task_letter(session, row.facts) if row.letter is Letter.TASK_CHANGED else None
    extra = extra_letter(session, row.facts) if row.letter in (Letter.EXTRA_SAID, Letter.EXTRA_NOTICE) else None
    word = word_letter(session, row, now) if row.letter is Letter.ON_REQUEST else None
    reminded = _reminded(session, listed, row, now)
    contact = contact_letter(session, row, now) if row.letter in ABOUT_CONTACTS else None
    buddy = buddy_letter(session, row, now) if row.letter in ABOUT_BUDDIES else None
    return LetterFacts(
        id=row.id,
        letter=row.letter,
        language=row.language,
        address=address,
        addressee=_addressee(session, row),
        guardian_id=row.guardian_id,
        pupil_id=row.pupil_id,
        staff_id=row.staff_id,
        to_pupil=row.pupil_id is not None,
        school=_sender(session),
        kind=found.kind if found else single.kind if single else None,
        purpose=own.paragraph,
        pupil=pupil.given_name if pupil else "",
        period=found.period if found else None,
        talk=_talk(session, listed, booking, row.guardian_id, now) if booking else None,
        siblings=tuple(_siblings(session, listed, row.guardian_id, booking, now)) if booking else (),
        was=_was(session, listed, row.facts.get("was"), booking),
        change_until=booking.starts_at - timedelta(hours=found.lead_time_hours) if booking and found else None,
        opens_at=_opens_at(session, found, pupil, row.guardian_id, now) if found and not booking else None,
        message_id=row.message_id,
        thread=_thread(session, row),
        sequence=row.sequence,
        stamp=row.stamp,
        created_at=row.created_at,
        attempts=row.attempts,
        trial_of=Letter(row.facts.get("of", Letter.INVITATION)),
        swap=_swap(row.facts.get("swap")),
        exchanged=exchanged,
        homes=row.facts.get("homes", ""),
        away=row.facts.get("away", ""),
        because=row.facts.get("because", ""),
        meeting=meeting,
        task=task,
        to_guest=_is_of_table(row),
        plan=plan,
        dates=told_dates(row.facts),
        moved=moved,
        afterwards=afterwards,
        reminded=reminded,
        word=word,
        buddy=buddy,
        contact=contact,
        message=_of_contact(contact) if row.letter is Letter.CLASS_MESSAGE else _message(session, row),
        agenda=agenda_of(session, found.id, pupil.id) if found and pupil and row.letter in WITH_AGENDA else (),
        single=single,
        guest=guest,
        help=help_,
        extra=extra,
        requests=_requests(session, row, found, now),
        freed=freed,
        gathering=gathering,
        pupil_part=found.pupil if found else None,
        questions=found.open_questions if found else (),
        purpose_language=own.paragraph_language,
        links=own.links,
        links_language=own.links_language,
        children=tuple(_asked_children(session, row, found, pupil, now)),
        wishes_until=found.wishes_until if found else None,
        wished_by=wished.by if wished else "",
        wished_late=wished.late if wished else False,
        stop=_plan_stop(row.letter, plan)
        or _moved_stop(row.letter, moved)
        or _contact_stop(contact)
        or word_stop(word)
        or _questionnaire_stop(session, row)
        or _buddy_stop(row, buddy)
        or _guest_stop(row, guest, now)
        or _help_stop(row, help_)
        or _extra_stop(row, extra)
        or _reminder_stop(session, row, reminded, now)
        or _afterwards_stop(row, afterwards)
        or _single_stop(row, single)
        or _meeting_stop(row, meeting, now)
        or _gathering_stop(row, gathering, now)
        or _task_stop(row, task)
        or _wished_stop(row, wished)
        or _freed_stop(row, freed)
        or _swap_stop(session, row, exchanged, now)
        or find_stop(
            row.letter, row.sequence, talk=state, skip=skip or _wishes_over(session, row, found, now), now=now
        ),
    )


def _example(session: Session, found: Round, booking: Booking, letter: Letter, now: datetime) -> LetterFacts:
    plan = plan_of(session, found.id, Letter.INVITATION, now)
    first = next((one for one in plan.recipients if one.talk and one.talk.id == booking.id), None)
    return replace(_facts(session, found, booking, first, (), now), letter=letter)


def _example_of_wishes(session: Session, found: Round, now: datetime) -> LetterFacts:
    first = next(iter(plan_of(session, found.id, Letter.WISHES, now).recipients), None)
    if first is None:
        raise NotFound
    facts = _facts(session, found, None, first, (), now)
    return replace(facts, letter=Letter.WISHES, children=(first.pupil.given,), wishes_until=found.wishes_until)


def _facts(
    session: Session, found: Round, booking: Booking | None, to: Recipient | None, siblings: tuple[Talk, ...],
    now: datetime,
) -> LetterFacts:  # fmt: skip
    """An invitation that is no row: on paper, or to look at."""
    talk = (
        _talk(session, rooms.room_list(session), booking, to.person.guardian_id if to else None, now)
        if booking
        else None
    )
    language = to.person.language if to else DUTCH
    own = read_by(session, found, language)
    return LetterFacts(
        id=None, letter=Letter.INVITATION, language=language, address="",
        addressee=to.name.full if to else "", guardian_id=to.person.guardian_id if to else None,
        pupil_id=to.person.pupil_id if to else None, staff_id=None, to_pupil=bool(to and to.person.pupil_id),
        school=_sender(session), kind=found.kind, purpose=own.paragraph,
        pupil=talk.pupil if talk else to.pupil.given if to else "", period=found.period, talk=talk,
        siblings=siblings, was=None,
        change_until=booking.starts_at - timedelta(hours=found.lead_time_hours) if booking else None,
        opens_at=_opens_at(session, found, session.get(Pupil, to.pupil_id), to.person.guardian_id, now)
        if to and not booking else None,
        message_id="",
        thread="", agenda=agenda_of(session, found.id, to.pupil_id) if to else (),
        sequence=talk.sequence if talk else 0, stamp=now, created_at=now, attempts=0,
        purpose_language=own.paragraph_language, links=own.links, links_language=own.links_language,
        pupil_part=found.pupil, questions=found.open_questions,
    )  # fmt: skip


def _asked_children(
    session: Session, row: Outbox, found: Round | None, pupil: Pupil | None, now: datetime
) -> Iterable[str]:
    """For a letter about wishes: the children in this round for whom this guardian speaks."""
    if row.letter not in (Letter.WISHES, Letter.WISHES_SAID) or row.guardian_id is None or found is None:
        return [pupil.given_name] if pupil else []
    homes = find_homes(session, Actor(ActorKind.GUARDIAN, row.guardian_id), local(now).date())
    if row.letter is Letter.WISHES_SAID:
        homes = [home for home in homes if home.household_id == row.facts.get("household_id")]
    asked = asked_homes(session, found.id, homes)
    return dict.fromkeys(child.name for home in asked for child in home.children if not child.has_time)


def _wishes_over(session: Session, row: Outbox, found: Round | None, now: datetime) -> str | None:
    """Why nobody needs to be asked for wishes any more."""
    if row.letter is not Letter.WISHES:
        return None
    until = found.wishes_until if found else None
    opened = select(LeaderOpening.leader_id).where(LeaderOpening.round_id == (found.id if found else 0)).limit(1)
    over = until is None or now >= until or session.scalar(opened) is not None
    return "wishes_over" if over else None


def _wished(session: Session, row: Outbox, found: Round | None, now: datetime) -> Wished | None:
    """What was last said by the home that a letter tells of, as long as there is no time yet."""
    if row.letter is not Letter.WISHES_SAID or found is None:
        return None
    household_id = row.facts.get("household_id")
    wisher = Wisher(household_id=household_id) if household_id else Wisher(pupil_id=row.pupil_id)
    return last_word(session, found.id, wisher, now)


def _single_stop(row: Outbox, single: Single | None) -> Stop | None:
    """Nobody is asked what was answered or withdrawn since, and the leader reads only of the last answer."""
    if row.letter not in (Letter.SINGLE_PROPOSED, Letter.SINGLE_NOTICE):
        return None
    newest = single is not None and single.version == row.facts.get("version")
    asks = single is not None and single.state is SingleState.PROPOSED
    if not newest or (row.letter is Letter.SINGLE_PROPOSED and not asks):
        return Stop(OutboxState.SUPERSEDED, "newer")
    return None


def _guest_stop(row: Outbox, guest: GuestFacts | None, now: datetime) -> Stop | None:
    """An interpreter reads only of what holds now."""
    if row.letter not in TO_GUESTS:
        return None
    if guest is None or guest.sequence != row.sequence:
        return Stop(OutboxState.SUPERSEDED, "newer")
    return Stop(OutboxState.SUPPRESSED, "over") if guest.ends_at <= now else None


def _help_stop(row: Outbox, said: HelpFacts | None) -> Stop | None:
    """A family reads of its interpreter only what holds now."""
    if row.letter is not Letter.HELP_SAID:
        return None
    holds = said is not None and said.language and said.state == row.facts.get("state")
    return None if holds else Stop(OutboxState.SUPERSEDED, "newer")


def _extra_stop(row: Outbox, said: ExtraFacts | None) -> Stop | None:
    """A family reads of who comes only what holds now, and so does the leader of what is asked."""
    if row.letter is Letter.EXTRA_NOTICE:
        return None if said is not None and _is_news(said) else Stop(OutboxState.SUPERSEDED, "newer")
    if row.letter is not Letter.EXTRA_SAID:
        return None
    holds = said is not None and (said.state, said.who) == (row.facts.get("state"), row.facts.get("who"))
    return None if holds else Stop(OutboxState.SUPERSEDED, "newer")


def _is_news(said: ExtraFacts) -> bool:
    if said.news is ExtraNews.ASKED:
        at_once = said.kind in (ExtraKind.FAMILY, ExtraKind.MENTOR) and said.state is ExtraState.ARRANGED
        return at_once or said.state is ExtraState.ASKED
    return said.news is ExtraNews.WITHDRAWN or said.state is ExtraState.AGAIN


def _meeting_stop(row: Outbox, meeting: SupportTalk | None, now: datetime) -> Stop | None:
    """Only how the table of the support team stands now, and only before it sits."""
    if row.letter not in ABOUT_MEETINGS:
        return None
    if meeting is None or meeting.span.ends_at <= now:
        return Stop(OutboxState.SUPPRESSED, "over")
    newer = row.sequence < meeting.sequence or (meeting.is_off and row.letter is not Letter.SUPPORT_CANCELLED)
    return Stop(OutboxState.SUPERSEDED, "newer") if newer else None


def _gathering(session: Session, row: Outbox) -> GatheringLetter | None:
    if row.letter is Letter.CIRCLE_NOTICE:
        return circle_notice(session, row.facts)
    return gathering_letter(session, row.facts) if row.letter in ABOUT_GATHERINGS else None


def _gathering_stop(row: Outbox, found: GatheringLetter | None, now: datetime) -> Stop | None:
    """Only how it stands now, only to who is invited still, and no question to who answered meanwhile."""
    if row.letter is Letter.CIRCLE_NOTICE:
        return None if found and found.now.starts_at > now else Stop(OutboxState.SUPERSEDED, "answered")
    if row.letter not in ABOUT_GATHERINGS:
        return None
    if found is not None and found.now.ends_at <= now:
        return Stop(OutboxState.SUPPRESSED, "over")
    if found is not None and row.letter is Letter.GATHERING_ELSEWHERE:
        return None
    if found is None or row.sequence != found.sequence or found.off is not (row.letter is Letter.GATHERING_OFF):
        return Stop(OutboxState.SUPERSEDED, "newer")
    if not found.off and not found.stands:
        return Stop(OutboxState.SUPERSEDED, "newer")
    answered = row.letter is Letter.GATHERING_REMINDER and found.coming is not None
    return Stop(OutboxState.SUPERSEDED, "answered") if answered else None


def _task_stop(row: Outbox, task: TaskLetter | None) -> Stop | None:
    """A helper reads only of what holds now."""
    if row.letter is not Letter.TASK_CHANGED:
        return None
    return None if task is not None and task.stands else Stop(OutboxState.SUPERSEDED, "newer")


def _afterwards_stop(row: Outbox, afterwards: AftercareFacts | None) -> Stop | None:
    """A home reads only of the conclusion that stands."""
    if row.letter is not Letter.AFTERWARDS:
        return None
    stands = afterwards is not None and afterwards.is_worded and afterwards.version == row.facts.get("version")
    return None if stands else Stop(OutboxState.SUPERSEDED, "newer")


def _message(session: Session, row: Outbox) -> Message | None:
    if row.letter not in WITH_WORDS:
        return None
    by_id, by_parent = row.facts["by_id"], row.facts["by"] == ActorKind.GUARDIAN
    writer: Guardian | Pupil | None = session.get(Guardian, by_id) if by_parent else session.get(Pupil, by_id)
    bounced = isinstance(writer, Guardian) and writer.bounced_at is not None
    address = writer.email if writer and not bounced else ""
    return Message(writer.name.full if writer else "", row.facts.get("words", ""), address)


def _of_contact(contact: ContactLetter | None) -> Message | None:
    return Message(contact.shown_as, contact.words, contact.reply_to, contact.subject) if contact else None


def _contact_stop(contact: ContactLetter | None) -> Stop | None:
    """Of a contact parent nobody hears any more than holds now: consent withdrawn is gone at once."""
    return Stop(OutboxState.SUPPRESSED, contact.over) if contact and contact.over else None


def _buddy_stop(row: Outbox, buddy: BuddyLetter | None) -> Stop | None:
    """Only as it holds now: who stopped is named to nobody any more."""
    if row.letter not in ABOUT_BUDDIES:
        return None
    return Stop(OutboxState.SUPPRESSED, "buddy_over") if buddy is None or buddy.over else None


def _questionnaire_stop(session: Session, row: Outbox) -> Stop | None:
    over = row.letter is Letter.QUESTIONNAIRE and questionnaire_over(session, row)
    return Stop(OutboxState.SUPPRESSED, "questionnaire_over") if over else None


def _reminded(session: Session, listed: RoomList, row: Outbox, now: datetime) -> Reminded | None:
    reminder = session.get(Reminder, row.facts["reminder_id"]) if "reminder_id" in row.facts else None
    if reminder is None:
        return None
    found = session.get_one(Round, reminder.round_id)
    key = f"g{row.guardian_id}" if row.guardian_id else f"p{row.pupil_id}"
    due = reminders.still_due(session, reminder, key, now)
    wishes, answers = reminders.phases_of(session, found)
    phase = wishes if reminder.occasion.is_about_wishes else answers
    return Reminded(
        reminder.occasion, tuple(one.child.name.given for one in due),
        tuple(_talk(session, listed, talk, row.guardian_id, now) for one in due for talk in one.talks),
        phase.until if phase else None,
        teachers=reminder.occasion.is_about_wishes and asks_for_teachers(session, found),
    )  # fmt: skip


def _reminder_stop(session: Session, row: Outbox, reminded: Reminded | None, now: datetime) -> Stop | None:
    """Who answered meanwhile is not asked again; and nothing leaves that was turned off, or is too late."""
    if "reminder_id" not in row.facts:
        return None
    if reminded is None or not reminders.rule_of(session, row.facts["round_id"]).allows(reminded.occasion):
        return Stop(OutboxState.SUPPRESSED, "reminder_off")
    if now >= datetime.fromisoformat(row.facts["until"]):
        return Stop(OutboxState.SUPPRESSED, "too_late")
    return None if reminded.children else Stop(OutboxState.SUPERSEDED, "answered")


def _requests(session: Session, row: Outbox, found: Round | None, now: datetime) -> tuple[AskedChild, ...]:
    """What the home asked, as it stands when the letter leaves."""
    if row.letter is not Letter.REQUESTS_SAID or found is None:
        return ()
    household_id = row.facts.get("household_id")
    wisher = Wisher(household_id) if household_id else Wisher(pupil_id=row.pupil_id)
    return asked_by_child(session, found.id, wisher, local(now).date())


def _freed_stop(row: Outbox, freed: Freed | None) -> Stop | None:
    """Nobody is asked for a time that is not kept any more."""
    return Stop(OutboxState.SUPERSEDED, "newer") if row.letter is Letter.TIME_FREED and freed is None else None


def _wished_stop(row: Outbox, wished: Wished | None) -> Stop | None:
    """Nobody reads of wishes that he said himself, or that no longer help."""
    if row.letter is not Letter.WISHES_SAID:
        return None
    if wished is None:
        return Stop(OutboxState.SUPPRESSED, "wishes_over")
    own = row.guardian_id is not None and wished.guardian_id == row.guardian_id
    return Stop(OutboxState.SUPERSEDED, "newer") if own else None


def _swap_stop(session: Session, row: Outbox, exchanged: Sequence[Exchanged], now: datetime) -> Stop | None:
    """Of swaps a home, and a leader, reads only what still holds when the letter leaves."""
    if row.letter in (Letter.SWAP_NOTICE, Letter.STAND_IN):
        return None if exchanged else Stop(OutboxState.SUPERSEDED, "newer")
    holds = True
    if row.letter in (Letter.SWAP_ASKED, Letter.SWAP_ACCEPTED):
        holds = _question_holds(session, row, now)
    elif row.letter is Letter.SWAP_EXPIRED or (row.letter is Letter.SWAP_DECLINED and row.facts["swap"].get("looking")):
        holds = _search_holds(session, row, now)
    return None if holds else Stop(OutboxState.SUPERSEDED, "swap_over")


def _question_holds(session: Session, row: Outbox, now: datetime) -> bool:
    """A home is not asked what it answered already, nor told of a yes that no longer counts."""
    party = session.scalar(select(SwapParty).where(SwapParty.key == row.facts["swap"].get("key")))
    if party is None or not still_asks(session, party, now):
        return False
    return (party.accepted_at is not None) is (row.letter is Letter.SWAP_ACCEPTED)


def _search_holds(session: Session, row: Outbox, now: datetime) -> bool:
    """Nobody could, and since then nobody else was asked; or we stopped looking, and the family did not begin again."""
    if row.letter is Letter.SWAP_EXPIRED:
        again = select(SwapOffer.id).where(SwapOffer.booking_id == row.booking_id, SwapOffer.state == OfferState.OPEN)
        return session.scalar(again.limit(1)) is None
    offer = session.get(SwapOffer, row.facts["swap"].get("offer") or 0)
    open_still = offer is not None and offer.state is OfferState.OPEN and now < offer.expires_at
    return offer is not None and open_still and offer.told_at == row.created_at


def _round_of(session: Session, row: Outbox, booking: Booking | None) -> Round | None:
    if booking:
        return booking.round
    if "round_id" in row.facts:
        return session.get(Round, row.facts["round_id"])
    mailing = session.get(Mailing, row.mailing_id) if row.mailing_id else None
    return session.get(Round, mailing.round_id) if mailing else None


def _where_to(
    session: Session,
    row: Outbox,
    booking: Booking | None,
    pupil: Pupil | None,
    household_id: int | None,
    now: datetime,
) -> tuple[str, str | None]:
    """The address as it is now, and the reason if this person may no longer get the letter."""
    if _is_of_table(row):
        asked = session.get(SupportGuest, row.facts["guest_id"])
        return (asked.email, None) if asked and asked.email else (row.address, SkipReason.NO_ADDRESS)
    if row.staff_id:
        staff = session.get_one(Staff, row.staff_id)
        gone = staff.left_on is not None and staff.left_on <= local(now).date()
        return staff.email, SkipReason.INACTIVE if gone else None if staff.email else SkipReason.NO_ADDRESS
    if row.outsider_id:
        guest = session.get_one(Outsider, row.outsider_id)
        return guest.email, None if guest.email else SkipReason.NO_ADDRESS
    if row.letter in (
        Letter.ELSEWHERE, Letter.GATHERING_ELSEWHERE, Letter.CONSULT_ELSEWHERE, Letter.PLAN_DATES_ELSEWHERE
    ):  # fmt: skip
        return row.address, None
    if row.letter is Letter.ON_REQUEST and pupil is not None:
        parent = session.get_one(Guardian, row.guardian_id)
        return parent.email, circle_of(session, pupil.id, local(now).date()).why_no_word(parent.id)
    if row.letter in (Letter.LINK, Letter.PLAN_DATES_OFF, *ABOUT_GATHERINGS) or pupil is None:
        holder: Any = session.get(Guardian, row.guardian_id) if row.guardian_id else session.get(Pupil, row.pupil_id)
        if row.guardian_id and row.letter is Letter.LINK and not opens_to_guardian(session, row.guardian_id, now):
            return holder.email, SkipReason.ADULT_PUPIL
        return holder.email, None if holder.email else SkipReason.NO_ADDRESS
    circle = circle_of(session, pupil.id, _day_of(session, row, booking, now))
    absent = absent_homes(session, booking) if booking and row.letter in QUIET_ABSENCE else ()
    before_talks = booking is None and (row.letter in (Letter.INVITATION, Letter.WISHES) or "reminder_id" in row.facts)
    told = circle.to_ask() if before_talks else circle.audience(household_id, absent)
    for person in told.to:
        if (person.guardian_id, person.pupil_id) == (row.guardian_id, row.pupil_id):
            return person.address, None
    reasons = {one.guardian_id: one.reason.value for one in told.skipped}
    return row.address, reasons.get(row.guardian_id or 0, "not_invited")


def _day_of(session: Session, row: Outbox, booking: Booking | None, now: datetime) -> date:
    """The day that decides whether the pupil is eighteen: that of the talk, or of the first time that is proposed."""
    if booking is not None:
        return local(max(booking.starts_at, now)).date()
    times = select(SingleTime.starts_at).where(SingleTime.talk_id == row.facts.get("single_id", 0))
    first = session.scalar(times.order_by(SingleTime.starts_at).limit(1))
    return local(max(first or now, now)).date()


def absent_homes(session: Session, booking: Booking) -> list[int]:
    """The homes that will not come to this joint talk."""
    if booking.household_id is not None:
        return []
    return list(session.scalars(select(BookingAbsence.household_id).where(BookingAbsence.booking_id == booking.id)))


def _is_of_table(row: Outbox) -> bool:
    """Is this to somebody from outside who sits at the table of the support team?"""
    return row.letter in ABOUT_MEETINGS and "guest_id" in row.facts


def _addressee(session: Session, row: Outbox) -> str:
    if _is_of_table(row):
        guest = session.get(SupportGuest, row.facts["guest_id"])
        return guest.name if guest else ""
    if row.guardian_id:
        return session.get_one(Guardian, row.guardian_id).name.full
    if row.pupil_id:
        return session.get_one(Pupil, row.pupil_id).name.full
    if row.outsider_id:
        return session.get_one(Outsider, row.outsider_id).name
    return session.get_one(Staff, row.staff_id).name.full


def _sender(session: Session) -> Sender:
    school = session.get_one(School, 1)
    return Sender(school.name, school.sector, school.phone, school.email, school.address, school.route)


def _talk(session: Session, listed: RoomList, booking: Booking, guardian_id: int | None, now: datetime) -> Talk:
    """A talk as this parent reads of it: who takes part in it on the phone, reads that."""
    single = single_of(session, booking.id)
    return Talk(
        medium=single.medium if single else None,
        pupil_part=PupilPart(single.pupil_part) if single else booking.round.pupil,
        pupil_only=single is not None and booking.round.kind is RoundKind.PUPIL_CONVERSATION,
        way=Medium.PHONE if is_phoning(session, booking, guardian_id) else booking.met,
        join_link=_join_link(single, booking),
        pupil=session.get_one(Pupil, booking.pupil_id).given_name,
        leader=session.get_one(Staff, booking.leader_id).name,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        place=_place(session, listed, booking, booking.room),
        uid=booking.ical_uid,
        sequence=booking.ical_sequence,
        status=booking.status,
        joint=booking.household_id is None and len(homes_invited(session, booking.pupil_id, local(now).date())) > 1,
        mentors=_mentors(session, booking, guardian_id),
    )


def _mentors(session: Session, booking: Booking, guardian_id: int | None) -> tuple[Name, ...]:
    """Which other mentors come because the own home asked so; at a talk together the other home does not read it."""
    found = mentors_beside(session, [booking.id])
    tie = tie_of(session, guardian_id, booking.pupil_id) if found and guardian_id else None
    return found.get((booking.id, tie.household_id if tie else None), ())


def _join_link(single: SingleTalk | None, booking: Booking) -> str:
    if single is not None:
        return single.join_link if single.medium is Medium.VIDEO else ""
    return booking.way.join_link if booking.way else ""


def _opens_at(
    session: Session, found: Round, pupil: Pupil | None, guardian_id: int | None, now: datetime
) -> datetime | None:
    """From when the home of who reads chooses a time: where a round opens in turns, its own turn."""
    if pupil is None:
        return None
    home = select(Guardianship.household_id).where(
        Guardianship.guardian_id == (guardian_id or 0), Guardianship.pupil_id == pupil.id
    )
    household_id = session.scalar(home.limit(1))
    wisher = Wisher(household_id) if household_id else Wisher(pupil_id=pupil.id)
    opens_at = opens_for_wisher(session, found, wisher, local(now).date())
    return opens_at if opens_at and now < opens_at else None


def _siblings(
    session: Session, listed: RoomList, guardian_id: int | None, booking: Booking, now: datetime
) -> Iterable[Talk]:
    """The other talks of this round that the same guardian is invited to."""
    if guardian_id is None:
        return []
    own = aliased(Guardianship)
    others = session.scalars(
        select(Booking)
        .join(own, own.pupil_id == Booking.pupil_id)
        .where(
            own.guardian_id == guardian_id,
            Booking.round_id == booking.round_id,
            Booking.id != booking.id,
            Booking.status.in_(LIVE),
            (Booking.household_id.is_(None)) | (Booking.household_id == own.household_id),
        )
        .order_by(Booking.starts_at)
    ).all()
    circles = circles_of(session, [other.pupil_id for other in others], local(now).date()) if others else {}
    return [
        _talk(session, listed, other, guardian_id, now)
        for other in others
        if circles[other.pupil_id].on(local(max(other.starts_at, now)).date()).may_hear(guardian_id, other.household_id)
    ]


def _place(session: Session, listed: RoomList, booking: Booking, room: str) -> Place:
    return rooms.place_of(session, listed, room, pupil_id=booking.pupil_id, year_id=booking.round.year_id)


def _was(session: Session, listed: RoomList, facts: dict[str, Any] | None, booking: Booking | None) -> Was | None:
    if not facts or booking is None:
        return None
    leader = session.get(Staff, facts.get("leader_id") or 0)
    starts_at, ends_at = datetime.fromisoformat(facts["starts_at"]), datetime.fromisoformat(facts["ends_at"])
    met = Medium(facts["way"]) if "way" in facts else None
    link = mark_of(booking.way.join_link) if booking.way else ""
    other_link = bool(link) and facts.get("link", link) not in ("", link)
    before = starts_at, ends_at, facts.get("room", ""), facts.get("leader_id"), met or booking.met
    came_back = before == (booking.starts_at, booking.ends_at, booking.room, booking.leader_id, booking.met)
    if came_back and not other_link:
        return None  # it went and came back while the letter waited
    return Was(
        starts_at=starts_at,
        ends_at=ends_at,
        place=_place(session, listed, booking, facts.get("room", "")),
        leader=leader.name if leader else Name(""),
        met=met,
        other_link=other_link,
    )


def _swap(facts: dict[str, Any] | None) -> Swap | None:
    if facts is None:
        return None
    own, to, until = (
        datetime.fromisoformat(facts[name]) if name in facts else None for name in ("from", "to", "until")
    )
    looking, other_home = bool(facts.get("looking")), bool(facts.get("other_home"))
    return Swap(facts.get("how", ""), own, to, until, looking, other_home)


def _exchanged(session: Session, moves: Iterable[dict[str, Any]]) -> Iterable[Exchanged]:
    """The talks that still are where the swap put them."""
    for move in moves:
        talk = session.get(Booking, move.get("booking_id") or 0)
        if talk is None or talk.status not in LIVE or talk.starts_at != datetime.fromisoformat(move["now"]):
            continue
        pupil = session.get(Pupil, move["pupil_id"])
        was, now = datetime.fromisoformat(move["was"]), datetime.fromisoformat(move["now"])
        yield Exchanged(pupil.given_name if pupil else "", was, now, move["how"] == "undone")


def _plan(session: Session, row: Outbox) -> PlanCopy | None:
    found = plan_to_send(session, row.facts["plan_id"]) if "plan_id" in row.facts else None
    if found is None:
        return None
    plan, steps = found
    step = next((step for step in steps if step.version == row.facts["version"]), steps[0])
    return PlanCopy(plan, step)


def _plan_stop(letter: Letter, copy: PlanCopy | None) -> Stop | None:
    """A home reads only of the version that stands, and is not asked what it answered already."""
    if letter not in (*ABOUT_PLANS, *ABOUT_DATES, Letter.PLAN_NOTICE):
        return None
    if copy is None:
        return Stop(OutboxState.SUPPRESSED, "over")
    if letter in ABOUT_DATES:
        return None
    agreed = copy.plan.state is PlanState.AGREED
    if letter is Letter.PLAN_NOTICE:
        return None if copy.answer else Stop(OutboxState.SUPERSEDED, "newer")
    if not copy.is_newest or agreed is not (letter is Letter.PLAN_AGREED):
        return Stop(OutboxState.SUPERSEDED, "newer")
    return None if copy.answer or letter is Letter.PLAN_PROPOSED else Stop(OutboxState.SUPERSEDED, "newer")


def _moved_stop(letter: Letter, moved: Sequence[MovedMoment]) -> Stop | None:
    """A leader reads only of days that are so now."""
    return Stop(OutboxState.SUPERSEDED, "newer") if letter is Letter.PLAN_MOVED_NOTICE and not moved else None


def _thread(session: Session, row: Outbox) -> str:
    """The first letter about this talk that this person got: later ones answer it."""
    if row.booking_id is None:
        return ""
    first = session.scalar(
        select(Outbox.message_id)
        .where(
            Outbox.booking_id == row.booking_id,
            Outbox.id < row.id,
            Outbox.state == OutboxState.SENT,
            Outbox.guardian_id == row.guardian_id if row.guardian_id else Outbox.pupil_id == row.pupil_id,
            Outbox.staff_id.is_(None),
        )
        .order_by(Outbox.id)
        .limit(1)
    )
    return first or ""
