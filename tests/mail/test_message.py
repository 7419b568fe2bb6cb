"""A letter as bytes: the tree of its parts, its headers, and names that try to smuggle something in."""

import email.policy
from dataclasses import replace
from email.message import EmailMessage
from email.parser import BytesParser

import pytest
from flask import Flask

from scheduling.domain.texts import HeaderSmuggled
from scheduling.mail.delivery import envelope_of
from scheduling.mail.letters import write
from scheduling.mail.message import build
from scheduling.queries.letters import LetterFacts
from tests.mail.facts import PAPER, TOKEN, facts

pytestmark = pytest.mark.usefixtures("context")
HEADERS = {
    "MIME-Version", "Content-Type", "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted",
    "X-Auto-Response-Suppress", "Content-Language", "Reply-To",
}  # fmt: skip


def data_of(found: LetterFacts) -> bytes:
    return build(write(found, token=TOKEN, paper=PAPER), envelope_of(found, PAPER)).data


def read(data: bytes) -> EmailMessage:
    return BytesParser(policy=email.policy.default).parsebytes(data)  # type: ignore[return-value]


def test_the_parts_stand_in_the_order_that_calendar_programs_want(context: Flask) -> None:
    message = read(data_of(facts()))
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed", "multipart/alternative", "text/plain", "text/html", "text/calendar", "application/ics",
    ]  # fmt: skip
    calendar, attachment = list(message.walk())[4:]
    assert dict(calendar["Content-Type"].params) == {"charset": "utf-8", "method": "REQUEST"}
    assert calendar.get_content_disposition() is None
    assert (attachment.get_content_disposition(), attachment.get_filename()) == ("attachment", "invite.ics")
    assert calendar.get_payload(decode=True) == attachment.get_payload(decode=True)
    assert b"METHOD:REQUEST" in attachment.get_payload(decode=True)


def test_every_byte_has_seven_bits_and_no_line_is_long() -> None:
    data = data_of(facts(purpose="Wij vertellen u véél. " * 200))
    assert max(data) < 128
    assert max(len(line) for line in data.split(b"\r\n")) <= 998
    assert b"\n" not in data.replace(b"\r\n", b"")


def test_the_headers_are_those_we_meant_and_no_others() -> None:
    message = read(data_of(facts()))
    assert set(message.keys()) == HEADERS
    assert message["From"] == "De Linde <kantoor@linde.example.org>"
    assert message["To"] == "Layla Yilmaz <layla@ouders.example.org>"
    assert message["Message-ID"] == "<invitation.b-01j5x.0.g7@linde.example.org>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert message["Content-Language"] == "nl"


def test_a_later_letter_answers_the_first() -> None:
    message = read(data_of(facts(thread="invitation.b-01j5x.0.g7", message_id="changed.b-01j5x.1.g7")))
    assert message["In-Reply-To"] == message["References"] == "<invitation.b-01j5x.0.g7@linde.example.org>"


@pytest.mark.parametrize("name", [
    "Layla\r\nBcc: x@example.net", "Layla\nBcc: x@example.net", "=?utf-8?q?=0ABcc=3A_x=40example.net?=",
    "=?utf-8?b?DQpCY2M6IHhAZXhhbXBsZS5uZXQ=?=", "Layla, <x@example.net>", 'Layla" <x@example.net>, "',
    "Layla\x00\u2028Bcc: x",
])  # fmt: skip
def test_a_name_smuggles_in_no_header_and_no_second_mailbox(name: str) -> None:
    message = read(data_of(facts(addressee=name, pupil=name)))
    assert set(message.keys()) == HEADERS
    assert [one.addr_spec for one in message["To"].addresses] == ["layla@ouders.example.org"]


@pytest.mark.parametrize("address", [
    "layla@example.org\r\nBcc: x@example.net", "a@example.org, b@example.org", "=?utf-8?q?=0ABcc=3A?=@example.org",
    "<a@example.org>", "geen adres", "", "é@example.org",
])  # fmt: skip
def test_an_address_that_is_none_is_refused(address: str) -> None:
    with pytest.raises(HeaderSmuggled):
        data_of(facts(address=address))


def test_the_same_letter_twice_is_the_same_but_for_its_boundaries() -> None:
    first, again = (read(data_of(facts())) for _ in range(2))
    assert [part.get_payload() for part in first.walk() if not part.is_multipart()] == [
        part.get_payload() for part in again.walk() if not part.is_multipart()
    ]
    assert first["Message-ID"] == again["Message-ID"]


def test_a_sender_without_a_name_is_called_by_the_school() -> None:
    paper = replace(PAPER, sender=replace(PAPER.sender, name=""))
    found = facts()
    message = read(build(write(found, token=TOKEN, paper=paper), envelope_of(found, paper)).data)
    assert message["From"] == "De Linde <kantoor@linde.example.org>"
