"""One letter as bytes for the wire: the tree of its parts, its headers, seven bits.

multipart/mixed
├─ multipart/alternative
│   ├─ text/plain, text/html     quoted-printable
│   └─ text/calendar; method=…   base64, last: preferred by clients that know calendars
└─ application/ics               base64, the same bytes, for clients that know attachments

Several calendar objects in one letter: no text/calendar in the alternative, and each a text/calendar file.
"""

import email.policy
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.parser import BytesParser
from email.utils import format_datetime

from scheduling.domain.texts import HeaderSmuggled, one_line
from scheduling.mail.calendar import Mailbox, Method

POLICY = email.policy.SMTP.clone(cte_type="7bit", max_line_length=78)
ALWAYS = (
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
    "Content-Type", "Content-Language",
)  # fmt: skip
SOMETIMES = ("Reply-To", "In-Reply-To", "References", "Content-Transfer-Encoding")
TAKEN_FOR_FRAUD = str.maketrans(dict.fromkeys('@:,;"<>()[]\\'))
"""Signs in a sender's name that large providers take for fraud."""


@dataclass(frozen=True)
class CalendarFile:
    """A calendar object as a file that the reader opens."""

    data: bytes
    method: Method


@dataclass(frozen=True)
class Sheet:
    """A letter that has been written: what the family reads, and its calendar object if it has one."""

    subject: str
    text: str
    html: str
    language: str
    calendar: bytes | None = None
    method: Method | None = None
    apart: tuple["CalendarFile", ...] = ()
    """Several calendar objects in one letter: each a file of its own, since an invitation holds one event."""


@dataclass(frozen=True)
class Envelope:
    """Who writes to whom, and the marks that stay the same however often this letter is sent."""

    sender: Mailbox
    to: Mailbox
    reply_to: str
    message_id: str
    thread: str
    written_at: datetime


@dataclass(frozen=True)
class Ready:
    """Bytes for the wire. `digest`: their SHA-256."""

    sender: str
    to: str
    data: bytes

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.data).hexdigest()


def build(sheet: Sheet, envelope: Envelope) -> Ready:
    """The message; refused if a name or address smuggled in a header."""
    message = _body(sheet)
    for name, value in _headers(sheet, envelope).items():
        message[name] = value
    data = message.as_bytes(policy=POLICY)
    _ensure_as_meant(data, envelope)
    return Ready(envelope.sender.address, envelope.to.address, data)


def _body(sheet: Sheet) -> EmailMessage:
    alternative = EmailMessage(policy=POLICY)
    alternative.set_content(sheet.text, charset="utf-8", cte="quoted-printable")
    alternative.add_alternative(sheet.html, subtype="html", charset="utf-8", cte="quoted-printable")
    for part in alternative.iter_parts():
        del part["MIME-Version"]
    if sheet.apart:
        return _mixed(alternative, [_file(one, number) for number, one in enumerate(sheet.apart, 1)])
    if sheet.calendar is None or sheet.method is None:
        return alternative
    part = EmailMessage(policy=POLICY)
    part.set_content(sheet.calendar, maintype="text", subtype="calendar", cte="base64")
    part.replace_header("Content-Type", f'text/calendar; charset="utf-8"; method="{sheet.method.value}"')
    alternative.attach(_without_version(part))
    return _mixed(alternative, [_attachment(sheet.calendar)])


def _mixed(alternative: EmailMessage, attached: Iterable[EmailMessage]) -> EmailMessage:
    message = EmailMessage(policy=POLICY)
    message["MIME-Version"] = "1.0"
    message.make_mixed()
    message.attach(_without_version(alternative))
    for part in attached:
        message.attach(part)
    return message


def _file(one: CalendarFile, number: int) -> EmailMessage:
    """Says its method, so that a calendar takes a cancellation for one."""
    part = EmailMessage(policy=POLICY)
    part.set_content(one.data, maintype="text", subtype="calendar", cte="base64")
    name = f"agenda-{number}.ics"
    part.replace_header("Content-Type", f'text/calendar; charset="utf-8"; method="{one.method.value}"; name="{name}"')
    part["Content-Disposition"] = f'attachment; filename="{name}"'
    return _without_version(part)


def _attachment(calendar: bytes) -> EmailMessage:
    part = EmailMessage(policy=POLICY)
    part.set_content(calendar, maintype="application", subtype="ics", cte="base64", filename="invite.ics")
    part.set_param("name", "invite.ics")
    return _without_version(part)


def _without_version(part: EmailMessage) -> EmailMessage:
    del part["MIME-Version"]
    return part


def _headers(sheet: Sheet, envelope: Envelope) -> dict[str, object]:
    domain = envelope.sender.address.rpartition("@")[2]
    headers: dict[str, object] = {
        "From": _address(envelope.sender),
        "To": _address(envelope.to),
        "Subject": one_line(sheet.subject),
        "Date": format_datetime(envelope.written_at),
        "Message-ID": f"<{envelope.message_id}@{domain}>",
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
        "Content-Language": sheet.language,
    }
    if envelope.reply_to:
        headers["Reply-To"] = _address(Mailbox("", envelope.reply_to))
    if envelope.thread:
        headers["In-Reply-To"] = headers["References"] = f"<{envelope.thread}@{domain}>"
    return headers


def _address(mailbox: Mailbox) -> Address:
    if "=?" in mailbox.address or any(ord(sign) < 33 or ord(sign) > 126 for sign in mailbox.address):
        raise HeaderSmuggled
    try:
        return Address(one_line(mailbox.name).translate(TAKEN_FOR_FRAUD).strip()[:80], addr_spec=mailbox.address)
    except (ValueError, IndexError, MessageError) as error:
        raise HeaderSmuggled from error


def _ensure_as_meant(data: bytes, envelope: Envelope) -> None:
    """Read the message back: the headers are those we wrote, each once, and it goes to one mailbox."""
    read = BytesParser(policy=email.policy.SMTP).parsebytes(data, headersonly=True)
    names = list(read.keys())
    meant = len(names) == len(set(names)) and set(ALWAYS) <= set(names) <= {*ALWAYS, *SOMETIMES}
    to = read["To"].addresses if meant else ()
    if not meant or [one.addr_spec for one in to] != [envelope.to.address]:
        raise HeaderSmuggled
