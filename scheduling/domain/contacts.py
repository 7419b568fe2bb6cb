"""What became of contact with a family, agreed or not: a few facts and at most one line, which that home reads too.

There is no other field on purpose: no label, no reason, no circumstances of a family. This is not the pupil's file.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from scheduling.domain.aftercare import tidy_line
from scheduling.domain.errors import Conflict, Invalid, NotFound
from scheduling.domain.plans import AgreedMoment, ContactForm, Initiative, forms_offered
from scheduling.domain.years import Period

LINE_LENGTH = 120
LONGEST_MINUTES = 240
MANY_MOMENTS = 4
"""More moments than this with one home are asked about: will there be time?"""
BEGAN = (Initiative.SCHOOL, Initiative.FAMILY, Initiative.PUPIL)
FRIDAY = 4
SUNDAY = 6


class Channel(StrEnum):
    CALL = "call"
    MAIL = "mail"
    VISIT = "visit"
    SCHOOL = "school"
    VIDEO = "video"
    WHATSAPP = "whatsapp"
    SMS = "sms"


class Went(StrEnum):
    DONE = "done"
    NOT_REACHED = "not_reached"
    MOVED = "moved"


class Group(StrEnum):
    """Where something that is due stands in the week."""

    LATE = "late"
    TODAY = "today"
    WEEK = "week"


CHANNELS = {
    ContactForm.CALL: Channel.CALL,
    ContactForm.MAIL: Channel.MAIL,
    ContactForm.HOME_VISIT: Channel.VISIT,
    ContactForm.SCHOOL_VISIT_DAY: Channel.SCHOOL,
    ContactForm.SCHOOL_VISIT_EVENING: Channel.SCHOOL,
    ContactForm.VIDEO: Channel.VIDEO,
    ContactForm.WHATSAPP: Channel.WHATSAPP,
    ContactForm.SMS: Channel.SMS,
}
USUAL_MINUTES = {
    Channel.CALL: 15, Channel.MAIL: 10, Channel.VISIT: 60, Channel.SCHOOL: 20, Channel.VIDEO: 20, Channel.WHATSAPP: 5,
    Channel.SMS: 5,
}  # fmt: skip
"""What contact takes of which nobody wrote down how long it was."""


class ContactLater(Invalid):
    """What is still to come cannot have gone well."""

    field = "day"

    def __init__(self, day: date) -> None:
        super().__init__(day)
        self.day = day


class ContactOutsideYear(Invalid):
    """A day of another school year."""

    def __init__(self, field: str, day: date) -> None:
        super().__init__(field, day)
        self.field, self.day = field, day


class MinutesWrong(Invalid):
    """No minutes at all, or more than an afternoon."""

    field = "minutes"

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class MovedNowhere(Invalid):
    """What is moved gets another day, after that of this contact."""

    field = "moved_to"


class MovedInAgreement(Invalid):
    """A moment with a day and time to come stands in the calendars of both: another time is another agreement."""

    field = "moved_to"


class AlreadyDone(Conflict):
    """A colleague noted already that this was done."""


class NoSuchContact(NotFound):
    """It is not there, or not of this leader's classes."""


@dataclass(frozen=True)
class Contact:
    """One time that a home and the school were in touch, or tried to be."""

    day: date
    channel: Channel
    began: Initiative
    went: Went
    good_news: bool = False
    minutes: int | None = None
    line: str = ""
    moved_to: date | None = None
    """Only of what was moved: the day on which it is due instead."""

    @property
    def spent(self) -> int:
        """The minutes it took; as usual where nobody wrote them down, none where nobody was reached."""
        if self.minutes is not None:
            return self.minutes
        return USUAL_MINUTES[self.channel] if self.went is Went.DONE else 0

    @property
    def is_guessed(self) -> bool:
        return self.minutes is None and self.went is Went.DONE


def ensure_complete(contact: Contact, *, today: date, year: Period) -> Contact:
    """What was typed, tidied; or the first thing that is wrong with it."""
    if contact.day > today:
        raise ContactLater(contact.day)
    if contact.day not in year:
        raise ContactOutsideYear("day", contact.day)
    if contact.minutes is not None and not 1 <= contact.minutes <= LONGEST_MINUTES:
        raise MinutesWrong(LONGEST_MINUTES)
    line = tidy_line(contact.line, "line", LINE_LENGTH)
    if contact.went is not Went.MOVED:
        return replace(contact, line=line, moved_to=None)
    if contact.moved_to is None or contact.moved_to < max(today, contact.day):
        raise MovedNowhere
    if contact.moved_to not in year:
        raise ContactOutsideYear("moved_to", contact.moved_to)
    return replace(contact, line=line)


def channel_of(form: ContactForm | None) -> Channel:
    """How a moment is kept; of one without a form yet: by phone."""
    return CHANNELS[form] if form else Channel.CALL


def channels_offered(further: Collection[ContactForm]) -> set[Channel]:
    """How contact is noted: in each form that can be agreed on."""
    return {CHANNELS[form] for form in forms_offered(further)}


def due_days(days: Period, contacts: Iterable[Contact]) -> Period | None:
    """When a moment is due, after the contacts (the oldest first) that were about it; None: it is done."""
    for contact in contacts:
        if contact.went is Went.DONE:
            return None
        if contact.moved_to is not None:
            days = Period(contact.moved_to, contact.moved_to)
    return days


def group_of(days: Period, today: date) -> Group | None:
    """Late once its last day is over; None: not before next week."""
    if days.ends_on < today:
        return Group.LATE
    if days.ends_on == today:
        return Group.TODAY
    sunday = today + timedelta(days=SUNDAY - today.weekday())
    return Group.WEEK if days.starts_on <= sunday else None


def this_week(today: date) -> Period:
    """From today to Friday; on Friday and in the weekend to the next one."""
    friday = today + timedelta(days=(FRIDAY - today.weekday()) % 7)
    return Period(today, friday if friday > today else friday + timedelta(days=7))


def minutes_of(moment: AgreedMoment) -> int:
    """How long a moment will take: as agreed, else as usual."""
    return moment.timing.minutes or USUAL_MINUTES[channel_of(moment.form)]
