"""Calendar files: the invitation that goes with a letter, a leader's feed, a file to download.

RFC 5545 (the format), 5546 (REQUEST and CANCEL), 7986 (names and refreshing). Times are in UTC: no zone to get wrong,
and exact in the repeated hour of October. One event keeps one UID for life and a rising SEQUENCE; no personal link is
ever inside, because people share their calendars.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum

from icalendar import Alarm, Calendar, Event, vCalAddress, vText, vUri

from scheduling.domain.texts import clean, one_line
from scheduling.domain.timeslots import local, moment_at

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
class SeriesDay:
    """One date of a series; `planned_at`: where the series has it, wherever it was moved."""

    planned_at: datetime
    starts_at: datetime
    cancelled: bool = False


@dataclass(frozen=True)
class Series:
    """Something in a calendar that returns on the same weekday and hour, but not every week."""

    uid: str
    sequence: int
    stamp: datetime
    minutes: int
    summary: str
    days: tuple[SeriesDay, ...]
    """In the order in which they were planned."""
    location: str = ""


@dataclass(frozen=True)
class Mailbox:
    name: str
    address: str


def invitation(
    entry: Entry | WholeDays, *, method: Method, organizer: Mailbox, attendee: Mailbox, accepted: bool, alarm: str
) -> bytes:
    """The calendar object of one letter: exactly one event, the mailbox that gets it as the only attendee.

    Without `alarm` nothing rings.
    """
    calendar = _calendar()
    calendar.add("method", method.value)
    event = _days(entry) if isinstance(entry, WholeDays) else _event(entry)
    event.add("organizer", _person(organizer))
    event.add("attendee", _attendee(attendee, method, accepted=accepted))
    event.add("status", "CANCELLED" if method is Method.CANCEL else "CONFIRMED")
    if method is Method.REQUEST and alarm:
        event.add_component(_alarm(alarm))
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def repeating(
    series: Series, *, method: Method, organizer: Mailbox, attendee: Mailbox, alarm: str
) -> bytes:  # fmt: skip
    """The calendar object of a series: one event that returns weekly, without the weeks it leaves out.

    A date that was moved is an event of its own with the same UID. Hours are those of the school's clock, so that the
    series keeps them when the clock changes.
    """
    calendar = _calendar()
    calendar.add("method", method.value)
    cancelled = method is Method.CANCEL
    live = [day for day in series.days if not day.cancelled] or list(series.days)
    for event in _returning(series, live[:1] if cancelled else live):
        event.add("organizer", _person(organizer))
        event.add("attendee", _attendee(attendee, method, accepted=True))
        event.add("status", "CANCELLED" if cancelled else "CONFIRMED")
        if not cancelled:
            event.add_component(_alarm(alarm))
        calendar.add_component(event)
    if not cancelled:
        calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _returning(series: Series, live: Sequence[SeriesDay]) -> list[Event]:
    """The event that returns on these dates, and one for each of them that was moved."""
    if len(live) == 1:
        return [_on_clock(series, live[0].starts_at)]
    master = _on_clock(series, live[0].planned_at)
    master.add("rrule", {"freq": "weekly", "until": live[-1].planned_at.astimezone(UTC)})
    for moment in _left_out(live):
        master.add("exdate", moment)
    return [master, *(_moved(series, day) for day in live if day.starts_at != day.planned_at)]


def _left_out(live: Sequence[SeriesDay]) -> list[datetime]:
    """The weeks between the first and the last date that have none."""
    kept = {local(day.planned_at).date() for day in live}
    first, last = local(live[0].planned_at), local(live[-1].planned_at).date()
    every = (first.date() + timedelta(weeks=number) for number in range((last - first.date()).days // 7 + 1))
    return [local(moment_at(day, first.time())) for day in every if day not in kept]


def _moved(series: Series, day: SeriesDay) -> Event:
    event = _on_clock(series, day.starts_at)
    event.add("recurrence-id", local(day.planned_at))
    return event


def _on_clock(series: Series, starts_at: datetime) -> Event:
    """One time of a series on the school's own clock, with the name of its zone."""
    event = _event(
        Entry(series.uid, series.sequence, series.stamp, starts_at, starts_at, series.summary, location=series.location)
    )
    del event["dtstart"], event["dtend"]
    event.add("dtstart", local(starts_at))
    event.add("dtend", local(starts_at + timedelta(minutes=series.minutes)))
    return event


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
