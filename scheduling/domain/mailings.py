"""Letters: who hears of a talk, who does not and why, and the life of an outbox row."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid, NotFound
from scheduling.domain.people import Authority, OnRequest, may_be_invited


class Letter(StrEnum):
    """One message to one mailbox about one thing. The name is also the folder of its templates."""

    WISHES = "wishes"
    """Which times suit you? Before there is a roster."""
    WISHES_SAID = "wishes_said"
    """To the rest of the home: one of you, or the school on the phone, said which times suit."""
    REQUESTS_SAID = "requests_said"
    """To everybody of a home: this is whom you asked to speak on the contact evening."""
    TIME_FREED = "time_freed"
    """To a home that waits for a talk: a time became free, and is kept for you until then."""
    INVITATION = "invitation"
    REMINDER = "reminder"
    ASK_AGAIN = "ask_again"
    """By itself, to a home that has not answered yet: may we hear from you?"""
    SEE_YOU = "see_you"
    """By itself, the day before: see you tomorrow."""
    CONFIRMED = "confirmed"
    CHANGED = "changed"
    CANCELLED = "cancelled"
    ELSEWHERE = "elsewhere"
    """To a mailbox that is no longer used: the talk goes on, and leaves this calendar."""
    SWAP_ASKED = "swap_asked"
    SWAP_ACCEPTED = "swap_accepted"
    SWAP_DECLINED = "swap_declined"
    SWAP_EXPIRED = "swap_expired"
    SWAP_NOTICE = "swap_notice"
    """To the leader: these talks changed times."""
    PLAN_PROPOSED = "plan_proposed"
    """How we keep contact this year, or what changed in it: is it fine like this?"""
    PLAN_ANSWERED = "plan_answered"
    """To the rest of the home: one of you answered."""
    PLAN_AGREED = "plan_agreed"
    PLAN_NOTICE = "plan_notice"
    """To the leader: the family answered."""
    PLAN_DATES = "plan_dates"
    """To somebody of the home: the moments that were agreed, for the calendar, or the days that changed."""
    PLAN_DATES_OFF = "plan_dates_off"
    """These moments are agreed no longer, or not with this person."""
    PLAN_DATES_ELSEWHERE = "plan_dates_elsewhere"
    """To a mailbox that is no longer used: the moments stand, and leave this calendar."""
    PLAN_MOVED_NOTICE = "plan_moved_notice"
    """To the leader: a report has another date, and so a moment that was agreed falls on other days."""
    CONTACT_LATE = "contact_late"
    """To the leader, once a week at most: contact that was agreed is still to be had, and its day is over."""
    SINGLE_PROPOSED = "single_proposed"
    """A talk with this family alone: which of these times suits?"""
    SINGLE_NOTICE = "single_notice"
    """To the leader: a family asks a talk, or answered a proposal."""
    SUPPORT_INVITED = "support_invited"
    """To everybody at the table of the support team, family, colleagues and guests: when and where we meet."""
    SUPPORT_CANCELLED = "support_cancelled"
    SUPPORT_NOTICE = "support_notice"
    """To the internal supervisor: a home answered."""
    STAND_IN = "stand_in"
    """To a colleague who stands in: these talks are yours for now, or no longer."""
    AFTERWARDS = "afterwards"
    """What the talk came to: the leader wants the family to have it by letter too."""
    HELP_SAID = "help_said"
    """To a family: the interpreter is certain, or it did not work."""
    GUEST = "guest"
    """To an interpreter: when and where a talk is, or what is new about it."""
    GUEST_OFF = "guest_off"
    """To an interpreter: this talk is off, or goes on without one."""
    GUEST_EXTRA = "guest_extra"
    """To somebody from outside, or a colleague, who is asked to a talk: when and where, or what is new about it."""
    GUEST_EXTRA_OFF = "guest_extra_off"
    EXTRA_SAID = "extra_said"
    """To a family: who it asked for comes, or it was not possible."""
    GATHERING = "gathering"
    """To a family: you are welcome at a gathering; will you come?"""
    GATHERING_CHANGED = "gathering_changed"
    GATHERING_OFF = "gathering_off"
    """It does not go on, or no longer with this person."""
    GATHERING_ELSEWHERE = "gathering_elsewhere"
    """To a mailbox that is no longer used: the gathering goes on, and leaves this calendar."""
    GATHERING_REMINDER = "gathering_reminder"
    """Once, to a home that did not answer."""
    CIRCLE_NOTICE = "circle_notice"
    """To the leader: nobody of the class comes to the parent circle yet."""
    TASK_CHANGED = "task_changed"
    """To a parent who helps: it is on another day, or off."""
    EXTRA_NOTICE = "extra_notice"
    """To the leader: a family asks somebody to its talk, or does without; or who would come leaves the school."""
    MESSAGE = "message"
    """To the leader: a family wrote in the message box."""
    CONTACT_ASKED = "contact_asked"
    """To a parent: would you like to be contact parent of this class?"""
    CONTACT_SAID = "contact_said"
    """To a contact parent: your message to the class went, or comes back with a word."""
    CONTACT_NOTICE = "contact_notice"
    """To the leader of a class: a parent answered, or a message to the class waits."""
    CONTACT_MESSAGE = "contact_message"
    """To a contact parent: a parent of the class writes."""
    CLASS_MESSAGE = "class_message"
    """To every parent of a class, each apart: what a contact parent writes."""
    CONSULT = "consult"
    """To a contact parent: when you and the mentor consult, or what is new about it."""
    CONSULT_ELSEWHERE = "consult_elsewhere"
    """To an older mailbox of a contact parent: the consults go on, and stand in the new one."""
    CONSULT_OFF = "consult_off"
    ON_REQUEST = "on_request"
    """To a parent without authority who asked: what the school gives, or that there was a talk about the child."""
    BUDDY_ASKED = "buddy_asked"
    """To two parents who fit, each apart: would you like to meet another parent?"""
    BUDDY_FOUND = "buddy_found"
    """To each of the two after both said yes: who the other is."""
    QUESTIONNAIRE = "questionnaire"
    """To every parent: what do you find of your contact with the mentor? Without names."""
    LINK = "link"
    SET_PASSWORD = "set_password"  # noqa: S105 - the name of a letter
    TRIAL = "trial"


class OutboxState(StrEnum):
    QUEUED = "queued"
    CLAIMED = "claimed"
    OFFERED = "offered"
    SENT = "sent"
    RETRY = "retry"
    FAILED = "failed"
    UNCERTAIN = "uncertain"
    SUPERSEDED = "superseded"
    SUPPRESSED = "suppressed"


LANES = {
    Letter.CANCELLED: 0,
    Letter.CHANGED: 1,
    Letter.ELSEWHERE: 1,
    Letter.SWAP_ASKED: 1,
    Letter.SWAP_ACCEPTED: 2,
    Letter.SWAP_DECLINED: 2,
    Letter.SWAP_EXPIRED: 2,
    Letter.SWAP_NOTICE: 3,
    Letter.PLAN_PROPOSED: 2,
    Letter.PLAN_ANSWERED: 3,
    Letter.PLAN_AGREED: 2,
    Letter.PLAN_NOTICE: 3,
    Letter.PLAN_DATES: 3,
    Letter.PLAN_DATES_OFF: 1,
    Letter.PLAN_DATES_ELSEWHERE: 1,
    Letter.PLAN_MOVED_NOTICE: 3,
    Letter.CONTACT_LATE: 5,
    Letter.AFTERWARDS: 3,
    Letter.SINGLE_PROPOSED: 2,
    Letter.SINGLE_NOTICE: 3,
    Letter.HELP_SAID: 2,
    Letter.GUEST: 2,
    Letter.GUEST_OFF: 0,
    Letter.GUEST_EXTRA: 2,
    Letter.GUEST_EXTRA_OFF: 0,
    Letter.EXTRA_SAID: 2,
    Letter.GATHERING: 4,
    Letter.GATHERING_CHANGED: 1,
    Letter.GATHERING_OFF: 0,
    Letter.GATHERING_ELSEWHERE: 1,
    Letter.GATHERING_REMINDER: 5,
    Letter.CIRCLE_NOTICE: 5,
    Letter.TASK_CHANGED: 1,
    Letter.EXTRA_NOTICE: 3,
    Letter.MESSAGE: 2,
    Letter.STAND_IN: 2,
    Letter.SUPPORT_INVITED: 2,
    Letter.SUPPORT_CANCELLED: 0,
    Letter.SUPPORT_NOTICE: 3,
    Letter.CONTACT_ASKED: 3,
    Letter.CONTACT_SAID: 3,
    Letter.CONTACT_NOTICE: 3,
    Letter.CONTACT_MESSAGE: 2,
    Letter.CLASS_MESSAGE: 4,
    Letter.CONSULT: 2,
    Letter.CONSULT_ELSEWHERE: 1,
    Letter.CONSULT_OFF: 0,
    Letter.ON_REQUEST: 3,
    Letter.BUDDY_ASKED: 3,
    Letter.BUDDY_FOUND: 2,
    Letter.QUESTIONNAIRE: 5,
    Letter.LINK: 1,
    Letter.SET_PASSWORD: 1,
    Letter.CONFIRMED: 2,
    Letter.TRIAL: 2,
    Letter.WISHES: 4,
    Letter.WISHES_SAID: 3,
    Letter.REQUESTS_SAID: 3,
    Letter.TIME_FREED: 1,
    Letter.INVITATION: 4,
    Letter.REMINDER: 5,
    Letter.ASK_AGAIN: 5,
    Letter.SEE_YOU: 5,
}
"""Lower goes first: a batch of invitations never holds up a cancellation."""

ABOUT_SWAPS = (Letter.SWAP_ASKED, Letter.SWAP_ACCEPTED, Letter.SWAP_DECLINED, Letter.SWAP_EXPIRED)
"""Letters to one home about a swap that is sought: they carry no calendar and take the place of no other."""

ABOUT_PLANS = (Letter.PLAN_PROPOSED, Letter.PLAN_ANSWERED, Letter.PLAN_AGREED)
"""Letters to one home about its agreed contact form. They are about no talk, and carry no calendar."""

ABOUT_DATES = (Letter.PLAN_DATES, Letter.PLAN_DATES_OFF, Letter.PLAN_DATES_ELSEWHERE)
"""Letters to one person about the moments of an agreement: each moment is a calendar object of that person's own."""

TO_GUESTS = (Letter.GUEST, Letter.GUEST_OFF, Letter.GUEST_EXTRA, Letter.GUEST_EXTRA_OFF)
"""Letters to who comes to a talk from outside the family: no link opens anything for them."""

ABOUT_MEETINGS = (Letter.SUPPORT_INVITED, Letter.SUPPORT_CANCELLED, Letter.SUPPORT_NOTICE)
"""Letters to who sits at the table of the support team."""

ABOUT_GATHERINGS = (
    Letter.GATHERING, Letter.GATHERING_CHANGED, Letter.GATHERING_OFF, Letter.GATHERING_ELSEWHERE,
    Letter.GATHERING_REMINDER,
)  # fmt: skip
"""Letters to one person about a gathering; all but the reminder carry a calendar object of that person's own."""

ABOUT_CONTACTS = (
    Letter.CONTACT_ASKED, Letter.CONTACT_SAID, Letter.CONTACT_NOTICE, Letter.CONTACT_MESSAGE, Letter.CLASS_MESSAGE,
    Letter.CONSULT, Letter.CONSULT_ELSEWHERE, Letter.CONSULT_OFF,
)  # fmt: skip
"""Letters about or of a contact parent of a class."""

ABOUT_BUDDIES = (Letter.BUDDY_ASKED, Letter.BUDDY_FOUND)
"""Letters to parents who may help each other."""

WITH_WORDS = (Letter.MESSAGE, Letter.CONTACT_MESSAGE)
"""Letters that carry what somebody wrote, until they have left."""

UNSENT = (OutboxState.QUEUED, OutboxState.CLAIMED, OutboxState.RETRY)
"""Certainly not out of the house yet: these may still be superseded."""

BATCHES = (Letter.WISHES, Letter.INVITATION, Letter.REMINDER)
"""What the office sends to a whole round."""

BY_DAY = (
    *BATCHES, Letter.ASK_AGAIN, Letter.SEE_YOU, Letter.GATHERING, Letter.GATHERING_REMINDER, Letter.CLASS_MESSAGE,
    Letter.CONTACT_LATE,
)  # fmt: skip
"""What waits until the quiet hours of the school are over."""

TELLS_THE_TIME = (Letter.INVITATION, Letter.CONFIRMED, Letter.CHANGED)
"""After any of these a family knows when its talk is."""

ARRIVED = (OutboxState.SENT, OutboxState.OFFERED, OutboxState.UNCERTAIN)
"""What may stand in a mailbox."""

BECAUSE_GROWN = "grown"
"""A talk leaves a parent's calendar because the pupil of eighteen goes on without the parents."""

BECAUSE_ENDED = "ended"
"""A talk leaves a parent's calendar because this parent is no longer invited to talks about the child."""

GOOD_NOTICE = timedelta(days=7)
"""Invitations leave at least so long before the first talk, or the office is warned."""


class NotABatch(Invalid):
    """Only questions for wishes, invitations and reminders go to a whole round."""

    field = "letter"


class NoSuchLetter(NotFound):
    """There is no such letter."""


class LetterHasLeft(Conflict):
    """This letter is no longer uncertain, refused or held: somebody decided already."""


class NobodyToTry(Conflict):
    """A trial letter shows a talk of the round, and there is none yet."""


class NoOwnAddress(Invalid):
    """A trial letter goes to the colleague who asks for it, and this one has no address."""


class SkipReason(StrEnum):
    """Why somebody of the family gets no letter of his own."""

    INACTIVE = "inactive"
    NO_AUTHORITY = "no_authority"
    ADULT_PUPIL = "adult_pupil"
    NO_POST = "no_post"
    NO_ADDRESS = "no_address"
    BOUNCED = "bounced"
    SAME_MAILBOX = "same_mailbox"
    STAYS_AWAY = "stays_away"


UNREACHABLE = (SkipReason.NO_ADDRESS, SkipReason.BOUNCED)
"""May hear of the talk, but not by mail: paper, if nobody else in the home is reached."""


@dataclass(frozen=True)
class Contact:
    """A guardian of one pupil, as far as letters are concerned."""

    guardian_id: int
    household_id: int
    position: int
    authority: Authority
    on_request: OnRequest
    active: bool
    receives_post: bool
    address: str
    bounced: bool
    language: str = "nl"


@dataclass(frozen=True)
class PupilContact:
    """The pupil, as far as letters are concerned. `adult` on the day the letter leaves."""

    pupil_id: int
    adult: bool = False
    parents_permitted: bool = False
    address: str = ""
    language: str = "nl"


@dataclass(frozen=True)
class Addressee:
    """A person who hears of a talk: a guardian, or the adult pupil."""

    guardian_id: int | None
    pupil_id: int | None
    household_id: int | None
    address: str
    language: str

    @property
    def key(self) -> str:
        return f"g{self.guardian_id}" if self.guardian_id else f"p{self.pupil_id}"


@dataclass(frozen=True)
class Skipped:
    guardian_id: int
    reason: SkipReason


@dataclass(frozen=True)
class Audience:
    """Who hears of one talk, and how. `on_paper` has one person per home that no mail reaches."""

    to: tuple[Addressee, ...] = ()
    skipped: tuple[Skipped, ...] = ()
    on_paper: tuple[Addressee, ...] = ()


@dataclass
class _Home:
    to: list[Addressee] = field(default_factory=list)
    unreached: list[Addressee] = field(default_factory=list)


def audience(
    pupil: PupilContact,
    contacts: Iterable[Contact],
    *,
    household_id: int | None,
    absent: Collection[int] = (),
    together: bool = True,
) -> Audience:
    """Who hears of this pupil's talk with one household (None: a joint talk, with every household).

    Not `together`: before there are talks every household hears that it is asked, each for its own.

    A parent without authority is invited only to a talk of the own that was given on request; an adult pupil is
    invited himself, and his parents only with his recorded permission; two guardians of one household with one mailbox
    get one letter, the lower position. Homes that said that they stay `absent` from a joint talk hear no more of it.
    """
    invited = [contact for contact in contacts if household_id in (None, contact.household_id)]
    homes: dict[int, _Home] = {}
    skipped = []
    for contact in sorted(invited, key=lambda contact: (contact.position, contact.guardian_id)):
        home = homes.setdefault(contact.household_id, _Home())
        person = Addressee(contact.guardian_id, None, contact.household_id, contact.address, contact.language)
        away = contact.household_id in absent
        reason = (
            SkipReason.STAYS_AWAY
            if away
            else _reason_to_skip(contact, pupil, home.to, own=household_id is not None or not together)
        )
        if reason is None:
            home.to.append(person)
            continue
        skipped.append(Skipped(contact.guardian_id, reason))
        if reason in UNREACHABLE:
            home.unreached.append(person)
    to = [person for home in homes.values() for person in home.to]
    on_paper = [home.unreached[0] for home in homes.values() if home.unreached and not home.to]
    if pupil.adult:
        own = Addressee(None, pupil.pupil_id, None, pupil.address, pupil.language)
        (to if pupil.address else on_paper).insert(0, own)
    return Audience(tuple(to), tuple(skipped), tuple(on_paper))


def why_no_word(pupil: PupilContact, contact: Contact) -> SkipReason | None:
    """Why a parent without authority who asked for information gets no letter."""
    return _reason_to_skip(replace(contact, on_request=OnRequest.TALK), pupil, (), own=True)


def _reason_to_skip(
    contact: Contact, pupil: PupilContact, reached: Sequence[Addressee], *, own: bool
) -> SkipReason | None:
    if not contact.active:
        return SkipReason.INACTIVE
    if not may_be_invited(contact.authority, contact.on_request if own else OnRequest.NOTHING, active=contact.active):
        return SkipReason.NO_AUTHORITY
    if pupil.adult and not pupil.parents_permitted:
        return SkipReason.ADULT_PUPIL
    if not contact.receives_post:
        return SkipReason.NO_POST
    if not contact.address:
        return SkipReason.NO_ADDRESS
    if contact.bounced:
        return SkipReason.BOUNCED
    if any(person.address.casefold() == contact.address.casefold() for person in reached):
        return SkipReason.SAME_MAILBOX
    return None


@dataclass(frozen=True)
class TalkState:
    """A talk at the moment when a letter about it is about to leave."""

    sequence: int
    cancelled: bool
    ends_at: datetime


@dataclass(frozen=True)
class Stop:
    """Why a letter stays in the house after all."""

    state: OutboxState
    reason: str


def find_stop(letter: Letter, sequence: int, *, talk: TalkState | None, skip: str | None, now: datetime) -> Stop | None:
    """The last look before a letter leaves: does it still tell the truth, to somebody who may hear it?"""
    if letter is Letter.ELSEWHERE:
        return Stop(OutboxState.SUPPRESSED, "over") if talk is None or talk.ends_at <= now else None
    if talk and sequence < talk.sequence:
        return Stop(OutboxState.SUPERSEDED, "newer")
    if talk and talk.cancelled and letter not in (Letter.CANCELLED, Letter.TRIAL):
        return Stop(OutboxState.SUPERSEDED, "cancelled")
    if talk and talk.ends_at <= now and letter not in (Letter.TRIAL, Letter.AFTERWARDS):
        return Stop(OutboxState.SUPPRESSED, "over")
    return Stop(OutboxState.SUPPRESSED, skip) if skip else None
