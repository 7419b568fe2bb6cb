"""The least that a letter with a calendar object costs: ready text, the standard library and icalendar, no Driehoek."""

from datetime import UTC, datetime, timedelta
from email import policy
from email.message import EmailMessage

from icalendar import Calendar, Event

TEXT = "Welkom op het startgesprek.\n" * 40
PAGE = "<p>Welkom op het startgesprek.</p>\n" * 200
STARTS = datetime(2027, 8, 31, 13, 20, tzinfo=UTC)


def bare_letter(number: int) -> bytes:
    """One message with text, page and calendar, as bytes."""
    calendar = Calendar()
    calendar.add("prodid", "-//bare//NL")
    calendar.add("version", "2.0")
    calendar.add("method", "REQUEST")
    event = Event()
    event.add("uid", f"b-{number}@localhost")
    event.add("dtstamp", STARTS)
    event.add("dtstart", STARTS)
    event.add("dtend", STARTS + timedelta(minutes=20))
    event.add("summary", "Startgesprek")
    calendar.add_component(event)
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"] = "kantoor@linde.example.org", f"ouder{number}@ouders.example.org"
    message["Subject"] = "Startgesprek"
    message.set_content(TEXT, cte="quoted-printable")
    message.add_alternative(PAGE, subtype="html", cte="quoted-printable")
    message.add_attachment(calendar.to_ical(), maintype="application", subtype="ics", filename="invite.ics")
    return message.as_bytes()
