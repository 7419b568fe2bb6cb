"""Calendar files: the invitation that goes with a letter, a leader's feed, a file to download.

RFC 5545 (the format), 5546 (REQUEST and CANCEL), 7986 (names and refreshing). Times are in UTC: no zone to get wrong,
and exact in the repeated hour of October. One event keeps one UID for life and a rising SEQUENCE; no personal link is
ever inside, because people share their calendars.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from icalendar import Alarm, Calendar, Event, vCalAddress, vText, vUri

from scheduling.domain.texts import clean, one_line

PRODUCT = "-//Driehoek//NL"
ALARM_BEFORE = timedelta(hours=2)
REFRESH = timedelta(minutes=30)
NOT_IN_A_NAME = re.compile(r"[^\w \-'.()]")
"""Some clients show an escaped common name raw, and one cuts it at a semicolon."""


class Method(StrEnum):
    REQUEST = "REQUEST"
    CANCEL = "CANCEL"


@dataclass(frozen=True)
class Entry:
    """One talk in a calendar."""

    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    summary: str
    description: str = ""
    location: str = ""
    video: str = ""
    """The link of a video call, of this talk alone."""


@dataclass(frozen=True)
class WholeDays:
    """Something in a calendar that has no hours: it hinders nothing on its days, the last included."""

    uid: str
    sequence: int
    stamp: datetime
    first: date
    last: date
    summary: str
    description: str = ""


@dataclass(frozen=True)
class Mailbox:
    name: str
    address: str


def invitation(
    entry: Entry, *, method: Method, organizer: Mailbox, attendee: Mailbox, accepted: bool, alarm: str
) -> bytes:
    """The calendar object of one letter: exactly one event, the mailbox that gets it as the only attendee."""
    calendar = _calendar()
    calendar.add("method", method.value)
    event = _event(entry)
    event.add("organizer", _person(organizer))
    event.add("attendee", _attendee(attendee, method, accepted=accepted))
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    if method is Method.REQUEST:
        event.add_component(_alarm(alarm))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def feed(entries: Iterable[Entry | WholeDays], *, name: str, public: bool = False) -> bytes:
    """A calendar to follow. The same talks give the same bytes: nothing in it depends on when it is asked for.

    `public`: the school's own, which anybody may read.
    """
    calendar = _calendar()
    calendar.add("name", one_line(name))
    calendar.add("x-wr-calname", one_line(name))
    calendar.add("color", "teal")
    calendar.add("refresh-interval", REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT30M")
    for entry in sorted(entries, key=lambda entry: entry.uid):
        event = _days(entry) if isinstance(entry, WholeDays) else _event(entry)
        if public:
            event["class"] = vText("PUBLIC")
        event.add("last-modified", entry.stamp.astimezone(UTC))
        event.add("status", "CONFIRMED")
        calendar.add_component(event)
    return bytes(calendar.to_ical())


def one_talk(entry: Entry) -> bytes:
    """A file to download: one talk, and no name of a calendar, or some clients would open a new calendar for it."""
    calendar = _calendar()
    event = _event(entry)
    event.add("status", "CONFIRMED")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def _calendar() -> Calendar:
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    return calendar


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", one_line(entry.uid))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp.astimezone(UTC))
    event.add("dtstart", entry.starts_at.astimezone(UTC))
    event.add("dtend", entry.ends_at.astimezone(UTC))
    event.add("summary", one_line(entry.summary))
    if entry.description:
        event.add("description", clean(entry.description).strip())
    if entry.location:
        event.add("location", one_line(entry.location))
    if entry.video:
        event.add("url", entry.video)
        event.add("conference", vUri(entry.video), parameters={"VALUE": "URI", "FEATURE": "VIDEO"})
    event.add("class", "PRIVATE")
    event.add("transp", "OPAQUE")
    return event


def _days(entry: WholeDays) -> Event:
    event = Event()
    event.add("uid", one_line(entry.uid))
    event.add("sequence", entry.sequence)
    event.add("dtstamp", entry.stamp.astimezone(UTC))
    event.add("dtstart", entry.first)
    event.add("dtend", entry.last + timedelta(days=1))
    event.add("summary", one_line(entry.summary))
    if entry.description:
        event.add("description", clean(entry.description).strip())
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event


def _attendee(mailbox: Mailbox, method: Method, *, accepted: bool) -> vCalAddress:
    person = _person(mailbox)
    person.params["CUTYPE"] = vText("INDIVIDUAL")
    person.params["ROLE"] = vText("REQ-PARTICIPANT")
    if method is Method.REQUEST:
        person.params["PARTSTAT"] = vText("ACCEPTED" if accepted else "NEEDS-ACTION")
    person.params["RSVP"] = vText("FALSE")
    return person


def _person(mailbox: Mailbox) -> vCalAddress:
    person = vCalAddress(f"mailto:{one_line(mailbox.address)}")
    name = NOT_IN_A_NAME.sub("", one_line(mailbox.name)).strip()
    if name:
        person.params["CN"] = vText(name)
    return person


def _alarm(text: str) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", one_line(text))
    alarm.add("trigger", -ALARM_BEFORE)
    return alarm
