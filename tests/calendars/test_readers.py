"""Others read our calendars as we mean them: the same moments, texts and marks, in four independent readers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from scheduling.domain.mailings import Letter
from scheduling.mail.calendar import Entry, Mailbox, Method, feed, invitation
from scheduling.mail.letters import write
from scheduling.queries.letters import LetterFacts
from tests.calendars.readers import by_node, by_vobject, libical_errors, moment
from tests.mail.facts import PAPER, TALK, TOKEN, facts

READERS: dict[str, Callable[[bytes], list[dict[str, Any]]]] = {
    "vobject": by_vobject,
    "ical.js": lambda data: by_node(data)["icaljs"],
    "node-ical": lambda data: by_node(data)["nodeical"],
}
MOMENTS = [
    datetime(2027, 8, 31, 13, 20, tzinfo=UTC),
    datetime(2027, 1, 12, 18, 30, tzinfo=UTC),
    datetime(2027, 3, 28, 0, 50, tzinfo=UTC),
    datetime(2027, 3, 28, 1, 0, tzinfo=UTC),
    datetime(2027, 10, 31, 0, 30, tzinfo=UTC),
    datetime(2027, 10, 31, 1, 30, tzinfo=UTC),
]
"""In summer, in winter, on both sides of the clock change in spring, and both half past twos of October."""

WILD = "Sami; Noor, \\ \"Mila\" 'Jan-Piet' 🎈 Łódź: é\nBEGIN:VALARM"


def calendar_of(found: LetterFacts) -> bytes:
    calendar = write(found, token=TOKEN, paper=PAPER).calendar
    assert calendar is not None
    return calendar


def lives() -> list[LetterFacts]:
    """The life of one talk: invited, changed twice, cancelled."""
    moved = replace(TALK, starts_at=TALK.starts_at + timedelta(days=1), ends_at=TALK.ends_at + timedelta(days=1))
    later = facts().stamp + timedelta(days=1)
    return [
        facts(),
        facts(Letter.CHANGED, talk=replace(moved, sequence=1), sequence=1, stamp=later),
        facts(Letter.CHANGED, talk=replace(TALK, sequence=2), sequence=2, stamp=later + timedelta(hours=1)),
        facts(Letter.CANCELLED, talk=replace(TALK, sequence=3), sequence=3, stamp=later + timedelta(hours=2)),
    ]


@pytest.mark.parametrize("reader", READERS)
def test_others_see_the_life_of_a_talk_as_one_event(context: Flask, reader: str) -> None:
    seen = [READERS[reader](calendar_of(one)) for one in lives()]
    assert [len(events) for events in seen] == [1, 1, 1, 1]
    events = [events[0] for events in seen]
    assert {event["uid"] for event in events} == {TALK.uid}
    assert [event["sequence"] for event in events] == [0, 1, 2, 3]
    assert [event["status"] for event in events] == ["CONFIRMED", "CONFIRMED", "CONFIRMED", "CANCELLED"]
    starts = [TALK.starts_at + timedelta(days=day) for day in (0, 1, 0, 0)]
    assert [moment(event["start"]) for event in events] == [moment(start) for start in starts]
    assert {tuple(event["attendees"]) for event in events} == {("mailto:layla@ouders.example.org",)}


def test_the_method_says_what_the_letter_says(context: Flask) -> None:
    assert [by_node(calendar_of(one))["method"] for one in lives()] == ["REQUEST", "REQUEST", "REQUEST", "CANCEL"]


@pytest.mark.parametrize("reader", READERS)
def test_others_read_the_very_moments_also_when_the_clock_changes(reader: str) -> None:
    entries = [
        Entry(f"b-{number}@example.org", 0, MOMENTS[0], start, start + timedelta(minutes=70), "Gesprek", location="3")
        for number, start in enumerate(MOMENTS)
    ]
    seen = {event["uid"]: event for event in READERS[reader](feed(entries, name="Gesprekken"))}
    for entry in entries:
        event = seen[entry.uid]
        assert (moment(event["start"]), moment(event["end"])) == (moment(entry.starts_at), moment(entry.ends_at))


@pytest.mark.parametrize("reader", READERS)
def test_wild_texts_stay_text(reader: str) -> None:
    entry = Entry("b-1@example.org", 0, MOMENTS[0], MOMENTS[0], MOMENTS[0] + timedelta(minutes=20), WILD, WILD, WILD)
    data = invitation(
        entry, method=Method.REQUEST, organizer=Mailbox(WILD, "kantoor@linde.example.org"),
        attendee=Mailbox(WILD, "layla@ouders.example.org"), accepted=False, alarm=WILD,
    )  # fmt: skip
    (event,) = READERS[reader](data)
    assert event["summary"] == event["location"] == WILD.replace("\n", " ")
    assert event["attendees"] == ["mailto:layla@ouders.example.org"]
    assert data.split(b"\r\n").count(b"BEGIN:VALARM") == 1


def test_libical_finds_nothing_to_complain_about(context: Flask) -> None:
    for one in lives():
        assert libical_errors(calendar_of(one)) == 0


def test_libical_would_complain() -> None:
    """The checker checks: a cancellation without a sequence, a request without anybody asked."""
    data = _request()
    assert libical_errors(data) == 0
    assert libical_errors(data.replace(b"SEQUENCE:0\r\n", b"").replace(b"REQUEST", b"CANCEL", 1)) > 0
    lines = [line for line in data.split(b"\r\n") if not line.startswith((b"ATTENDEE", b" "))]
    assert libical_errors(b"\r\n".join(lines)) > 0


def _request() -> bytes:
    entry = Entry("b-1@example.org", 0, MOMENTS[0], MOMENTS[0], MOMENTS[0] + timedelta(minutes=20), "Gesprek")
    return invitation(
        entry, method=Method.REQUEST, organizer=Mailbox("De Linde", "kantoor@linde.example.org"),
        attendee=Mailbox("Layla", "layla@ouders.example.org"), accepted=False, alarm="Gesprek",
    )  # fmt: skip


def test_lines_are_folded_between_letters_and_end_as_they_should(context: Flask) -> None:
    school = replace(facts().school, route="Trap op – é🎈 " * 40)
    for data in (calendar_of(facts(school=school)), _request()):
        assert b"\n" not in data.replace(b"\r\n", b"")
        assert max(len(line) for line in data.split(b"\r\n")) <= 75
        for line in data.split(b"\r\n"):
            line.decode()


def test_a_feed_of_a_whole_school_year_reads_the_same_everywhere() -> None:
    entries = [
        Entry(f"b-{n:04}@example.org", n % 3, MOMENTS[0], MOMENTS[0] + timedelta(minutes=20 * n),
              MOMENTS[0] + timedelta(minutes=20 * n + 20), f"Gesprek S.{n}", location="lokaal 3")
        for n in range(500)
    ]  # fmt: skip
    data = feed(entries, name="Gesprekken De Linde")
    assert data == feed(reversed(entries), name="Gesprekken De Linde")
    both = by_node(data)
    seen = [sorted((event["uid"], moment(event["start"])) for event in events) for events in
            (by_vobject(data), both["icaljs"], both["nodeical"])]  # fmt: skip
    assert seen[0] == seen[1] == seen[2]
    assert len(seen[0]) == 500
    assert both["method"] is None
    assert b"REFRESH-INTERVAL;VALUE=DURATION:PT30M" in data
    assert b"ORGANIZER" not in data
    assert b"ATTENDEE" not in data
    assert libical_errors(data) == 0
