"""Vlierhof College, 1,200 pupils in 48 classes, as its journeys know it: the commands, the letters, the calendars.

The calendars are read by vobject, which had no hand in writing them.
"""

import json
import re
from collections.abc import Sequence
from datetime import UTC, datetime
from email.message import EmailMessage
from types import SimpleNamespace
from typing import Any

import vobject
from flask import Flask

ROUND, YEAR = "Startgesprekken", "2027-2028"
OFFICE, PASSWORD = "kantoor@vlierhof.example.org", "vier woorden zonder onderling verband"
SETUP = (
    "setup", "--school", "Vlierhof College", "--region", "NL-ZU", "--sector", "vo", "--email", OFFICE,
    "--password", PASSWORD, "--year", YEAR,
)  # fmt: skip
IN_AUGUST = datetime(2027, 8, 16, 8, 0, tzinfo=UTC)
LINK = re.compile(r"^https?://[^/\s]+(/(?:g|staff/set-password)/\S+)\s*$", re.MULTILINE)


def command(app: Flask, *words: str) -> Any:
    """What a command of the school says, as it is printed for machines."""
    done = app.test_cli_runner().invoke(args=[*words, "--json"])
    assert done.exit_code == 0, done.output[-2000:] + done.stderr[-2000:]
    return json.loads(done.stdout)


def bookings_of(app: Flask) -> dict[str, SimpleNamespace]:
    """Every talk by its calendar id: when it starts and ends, with whom."""
    found: dict[str, SimpleNamespace] = {}
    for slot in command(app, "rounds", "show", ROUND)["slots"]:
        if slot["booking"]:
            talk = SimpleNamespace(leader=slot["leader"], starts_at=slot["starts_at"], room=slot["room"], slots=0,
                                   **slot["booking"])  # fmt: skip
            talk = found.setdefault(slot["booking"]["ical_uid"], talk)
            talk.ends_at = slot["ends_at"]
            talk.slots += 1
    return found


def text_of(letter: EmailMessage) -> str:
    body = letter.get_body(("plain",))
    assert body is not None
    return body.get_content()


def link_in(letter: EmailMessage) -> str:
    """The personal link of a letter, without the name of the server."""
    (path,) = LINK.findall(text_of(letter))
    return path


def event_of(letter: EmailMessage) -> Any:
    """The one appointment in a letter."""
    (part,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
    calendar = vobject.readOne(part.get_content())
    (event,) = calendar.vevent_list
    return SimpleNamespace(
        uid=event.uid.value, starts_at=event.dtstart.value, ends_at=event.dtend.value, method=calendar.method.value,
        sequence=int(event.sequence.value), attendees=[one.value for one in event.contents.get("attendee", ())],
        location=event.location.value if hasattr(event, "location") else "", description=event.description.value,
    )  # fmt: skip


def live_starts(feed: str) -> list[datetime]:
    """When the talks in a leader's calendar begin, without those called off."""
    events = vobject.readOne(feed).vevent_list
    return [event.dtstart.value for event in events if event.status.value != "CANCELLED"]


def same_moment(written: str, moment: datetime) -> bool:
    return datetime.fromisoformat(written) == moment


def letters_say_what_the_roster_says(
    letters: Sequence[EmailMessage], addresses: Sequence[str], talks: dict[str, SimpleNamespace]
) -> set[str]:
    """Each invitation holds the right appointment, with its own mailbox as the only guest; the pupils it reached."""
    reached = set()
    for letter, address in zip(letters, addresses, strict=True):
        event = event_of(letter)
        talk = talks[event.uid]
        assert same_moment(talk.starts_at, event.starts_at)
        assert same_moment(talk.ends_at, event.ends_at)
        assert talk.room in event.location
        assert event.attendees == [f"mailto:{address}"]
        assert (event.method, event.sequence) == ("REQUEST", 0)
        reached.add(talk.pupil)
    return reached


def three_families_of_one_leader(
    letters: Sequence[EmailMessage], addresses: Sequence[str], talks: dict[str, SimpleNamespace]
) -> list[EmailMessage]:
    """A letter to each of three families with one talk, of one home, in one slot; the same leader receives them."""
    of_leader: dict[str, dict[str, EmailMessage]] = {}
    for letter, address in zip(letters, addresses, strict=True):
        uid = event_of(letter).uid
        talk = talks[uid]
        if talk.household is not None and talk.slots == 1 and addresses.count(address) == 1:
            found = of_leader.setdefault(talk.leader, {})
            found.setdefault(uid, letter)
            if len(found) == 3:
                return list(found.values())
    raise AssertionError("no leader receives three such families")
