"""Letters about contact parents, and in their words: what each says, if it still holds, and who reads of a class."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.contact_parents import ContactState, MessageState
from scheduling.domain.informal_meetings import MeetingState, MeetingWish
from scheduling.domain.mailings import UNREACHABLE, Addressee, Letter, SkipReason
from scheduling.domain.timeslots import local
from scheduling.models import (
    ClassContact,
    ClassGroup,
    ClassMessage,
    ClassMessageRefusal,
    Guardian,
    MeetingProposal,
    Outbox,
)
from scheduling.queries.consults import ConsultFacts, read_for_letter
from scheduling.queries.contact_parents import parents_of, stands
from scheduling.queries.mailings import circles_of


@dataclass(frozen=True)
class Readers:
    """Who gets a message of a class: one row for each mailbox, with the child that shows why."""

    people: tuple[tuple[Addressee, int], ...]
    unreached: int
    """How many homes no mail reaches."""


@dataclass(frozen=True)
class ContactLetter:
    """What a letter about a contact parent needs. `over`: why it no longer leaves."""

    class_name: str = ""
    shown_as: str = ""
    what: str = ""
    subject: str = ""
    words: str = ""
    note: str = ""
    sent_to: int = 0
    reply_to: str = ""
    over: str = ""
    consult: ConsultFacts | None = None
    """When these two consult."""
    meeting: MeetingWish | None = None
    """An informal meeting of the class that this parent proposes."""


SAID_OF_PROPOSAL = {
    MeetingState.PROPOSED: ("meeting_asked",), MeetingState.AGREED: ("meeting_agreed", "meeting_moved"),
    MeetingState.DECLINED: ("meeting_declined",), MeetingState.OFF: ("meeting_off", "meeting_fell"),
}  # fmt: skip


def readers_of(session: Session, class_id: int, now: datetime) -> Readers:
    """Each parent of the class once: a shared mailbox gets one letter, and nobody who would rather not."""
    today = local(now).date()
    own = parents_of(session, [class_id], today)[class_id]
    pupils = {pupil.id: pupil for found in own.values() for pupil in found}
    refused = _refusing_mailboxes(session)
    people: dict[str, tuple[Addressee, int]] = {}
    unreached: set[int] = set()
    reached: set[int | None] = set()
    for pupil_id, circle in sorted(circles_of(session, pupils, today).items()):
        told = circle.audience(None)
        for person in told.to:
            reached.add(person.household_id)
            if person.guardian_id in own and person.address.casefold() not in refused:
                people.setdefault(person.address.casefold(), (person, pupil_id))
        skipped = {one.guardian_id for one in told.skipped if one.reason in (*UNREACHABLE, SkipReason.NO_POST)}
        homes = {one.guardian_id: one.household_id for one in circle.contacts}
        unreached |= {homes[guardian_id] for guardian_id in skipped if guardian_id in own}
    return Readers(tuple(people.values()), len(unreached - reached))


def letter_of(session: Session, row: Outbox, now: datetime) -> ContactLetter | None:
    """What a letter about a contact parent says, as it stands when it leaves."""
    contact = session.get(ClassContact, row.facts.get("contact_id") or 0)
    if contact is None:
        return ContactLetter(over="contact_over")
    if "consult_id" in row.facts:
        return _letter_of_consult(session, row, contact, now)
    if "proposal_id" in row.facts:
        return _letter_of_meeting(session, row, contact, now)
    group = session.get_one(ClassGroup, contact.class_id)
    message = session.get(ClassMessage, row.facts.get("class_message_id") or 0)
    return ContactLetter(
        class_name=group.name,
        shown_as=contact.shown_as or contact.guardian.name.called,
        what=row.facts.get("what", ""),
        subject=message.subject if message else "",
        words=message.words if message else "",
        note=message.note if message else "",
        sent_to=message.sent_to if message else 0,
        reply_to=contact.guardian.email if message and message.replies and not contact.guardian.bounced_at else "",
        over=_why_over(session, row, contact, message, local(now).date()),
    )


def _letter_of_consult(session: Session, row: Outbox, contact: ClassContact, now: datetime) -> ContactLetter:
    """About when the contact parent and the mentor consult: only as it stands."""
    found = read_for_letter(session, row.facts["consult_id"])
    group = session.get_one(ClassGroup, contact.class_id)
    if found is None:
        return ContactLetter(over="contact_over")
    newest = found.sequence == (row.sequence or row.facts.get("version"))
    off = row.letter in (Letter.CONSULT_OFF, Letter.CONSULT_ELSEWHERE) or row.facts.get("what") == "consult_ended"
    holds = off or (newest and stands(session, contact, local(now).date()))
    return ContactLetter(
        class_name=group.name, shown_as=contact.shown_as or contact.guardian.name.called,
        what=row.facts.get("what", ""), consult=found, over="" if holds else "contact_over",
    )  # fmt: skip


def _letter_of_meeting(session: Session, row: Outbox, contact: ClassContact, now: datetime) -> ContactLetter:
    """About an informal meeting that a contact parent proposes: only as it stands."""
    proposal = session.get(MeetingProposal, row.facts["proposal_id"])
    what = row.facts.get("what", "")
    holds = proposal is not None and what in SAID_OF_PROPOSAL[proposal.state]
    if what == "meeting_moved":
        holds = holds and proposal is not None and row.facts["moved_to"] == proposal.wish.facts
    if what != "meeting_off":
        holds = holds and stands(session, contact, local(now).date())
    return ContactLetter(
        class_name=session.get_one(ClassGroup, contact.class_id).name,
        shown_as=contact.shown_as or contact.guardian.name.called, what=what,
        meeting=proposal.wish if proposal else None, over="" if holds else "contact_over",
    )  # fmt: skip


def _why_over(
    session: Session, row: Outbox, contact: ClassContact, message: ClassMessage | None, today: date
) -> str:  # fmt: skip
    if row.letter is Letter.CONTACT_ASKED:
        return "" if contact.state is ContactState.ASKED else "contact_over"
    if row.letter is Letter.CONTACT_NOTICE:
        return "" if row.facts.get("what") == _news_of(contact, message) else "contact_over"
    if not stands(session, contact, today):
        return "contact_over"
    if row.letter is Letter.CONTACT_SAID:
        return "" if message and message.version == row.facts.get("version") else "contact_over"
    if row.letter is not Letter.CLASS_MESSAGE:
        return ""
    if message is None or message.state is not MessageState.SENT or not message.words:
        return "contact_over"
    refused = row.address.casefold() in _refusing_mailboxes(session)
    return "no_class_messages" if refused else ""


def _news_of(contact: ClassContact, message: ClassMessage | None) -> str:
    """What there is to tell the leader now."""
    if message is not None:
        return "waiting" if message.state is MessageState.WAITING else ""
    return {ContactState.YES: "yes", ContactState.NO: "no", ContactState.ENDED: "ended"}.get(contact.state, "")


def _refusing_mailboxes(session: Session) -> set[str]:
    """A shared mailbox is left alone as soon as one of its people would rather not."""
    rows = session.scalars(
        select(Guardian.email).join(ClassMessageRefusal, ClassMessageRefusal.guardian_id == Guardian.id)
    )
    return {address.casefold() for address in rows if address}
