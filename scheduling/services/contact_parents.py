"""Contact parents: asked or offered, standing by their own word, and writing to their class through its leader.

Every act holds the parent's row first, then the message.
"""

import hashlib
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from scheduling.domain.contact_parents import (
    PER_WEEK,
    ContactState,
    Draft,
    EnoughThisWeek,
    MessageState,
    NotOfThisClass,
    NotWaitingAnyMore,
    Reach,
    SaidNoBefore,
    clean_note,
    clean_shown,
)
from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.messages import A_DAY, PER_DAY, TooManyMessages, clean_message
from scheduling.domain.timeslots import local
from scheduling.models import (
    ClassContact,
    ClassGroup,
    ClassMessage,
    ClassMessageRefusal,
)
from scheduling.queries import contact_letters
from scheduling.queries import contact_parents as reading
from scheduling.services import consults, informal_meetings, outbox
from scheduling.services.inserting import insert_new, insert_of
from scheduling.services.journal import record
from scheduling.services.throttle import count
from scheduling.services.transaction import lock, transaction

TRIED_BEFORE = (ContactState.NO, ContactState.ENDED)


def ask(*, class_id: int, guardian_id: int, by: Actor, now: datetime) -> None:
    """The school asks a parent of this class, once. Who said no, or that it was enough, is asked no more this year."""
    with transaction() as session:
        _ensure_parent(session, class_id, guardian_id, now)
        _ask(session, class_id, guardian_id, by, now)


def ask_proposed(*, class_id: int, by: Actor, now: datetime) -> int:
    """Ask whom the school's file names, and who did it last year, if they were not asked before; how many these are."""
    with transaction() as session:
        today = local(now).date()
        parents = reading.parents_of(session, [class_id], today)[class_id]
        named = reading.proposed_in(session, class_id)
        known = set(session.scalars(select(ClassContact.guardian_id).where(ClassContact.class_id == class_id)))
        wanted = [one for one in parents if one in named and one not in known]
        for guardian_id in wanted:
            _ask(session, class_id, guardian_id, by, now)
        return len(wanted)


def take_back(*, contact_id: int, by: Actor, now: datetime) -> None:
    """The school asks no longer, as long as there was no answer."""
    with transaction() as session:
        row = _held(session, contact_id)
        if row.state is ContactState.ASKED:
            row.state = ContactState.TAKEN_BACK
            _note(session, "contact_parents.take_back", row, by, now)


def say_yes(*, class_id: int, shown_as: str, reach: Reach, by: Actor, now: datetime) -> None:
    """The parent's own word: yes, known by this name, and reached like this. Also to offer it, or to change it."""
    shown = clean_shown(shown_as)
    with transaction() as session:
        _ensure_parent(session, class_id, _guardian(by), now)
        row = _own_row(session, class_id, by, now)
        news = row.state is not ContactState.YES
        row.state, row.shown_as, row.reach = ContactState.YES, shown, reach
        row.said_at = now if news or row.said_at is None else row.said_at
        _note(session, "contact_parents.yes", row, by, now, reach=reach.value)
        if news:
            _tell_leaders(session, row, {"what": "yes"}, now)


def say_no(*, class_id: int, by: Actor, now: datetime) -> None:
    """The parent would rather not, or it was enough: gone at once, with what was not sent yet."""
    with transaction() as session:
        row = session.scalar(
            select(ClassContact).where(ClassContact.class_id == class_id, ClassContact.guardian_id == _guardian(by))
        )
        if row is None:
            raise NotFound
        lock(session, ClassContact, [row.id])
        if row.state not in (ContactState.ASKED, ContactState.YES):
            return
        ends = row.state is ContactState.YES
        row.state, row.said_at = (ContactState.ENDED if ends else ContactState.NO), now
        row.reach, row.shown_as = Reach.FORM, ""
        _drop_open_messages(session, row)
        consults.end_of_contact(session, row, now)
        informal_meetings.end_of_contact(session, row)
        _note(session, "contact_parents.end" if ends else "contact_parents.no", row, by, now)
        _tell_leaders(session, row, {"what": "ended" if ends else "no"}, now)


def write_to_class(*, class_id: int, draft: Draft, by: Actor, now: datetime, message_id: int | None = None) -> int:
    """A contact parent writes; who leads the class sees it first. `message_id`: one that came back, written anew."""
    tidy = draft.tidy()
    with transaction() as session:
        row = _standing(session, class_id, by, now)
        message = _to_change(session, message_id, row) if message_id else None
        if reading.sent_lately(session, [class_id], now).get(class_id, 0) >= PER_WEEK:
            raise EnoughThisWeek
        if message is None:
            message = ClassMessage(contact_id=row.id, version=0)
            session.add(message)
        message.subject, message.words, message.replies = tidy.subject, tidy.words, tidy.replies
        message.state, message.note, message.written_at, message.decided_at = MessageState.WAITING, "", now, None
        message.version += 1
        session.flush()
        _note(session, "contact_parents.write", row, by, now, message=message.id)
        _tell_leaders(session, row, {"what": "waiting", "class_message_id": message.id}, now)
        return message.id


def take_message_back(*, message_id: int, by: Actor, now: datetime) -> None:
    """The contact parent would rather not send it, or first change it."""
    with transaction() as session:
        message, row = _message(session, message_id)
        if row.guardian_id != _guardian(by):
            raise NotFound
        if message.state is not MessageState.WAITING:
            raise NotWaitingAnyMore
        message.state = MessageState.TAKEN_BACK
        _note(session, "contact_parents.take_message_back", row, by, now, message=message.id)


def send(*, message_id: int, seen_version: int, by: Actor, now: datetime) -> int:
    """It goes to every parent of the class, each apart; answers to how many mailboxes."""
    with transaction() as session:
        message, row = _to_decide(session, message_id, seen_version)
        if not reading.stands(session, row, local(now).date()):
            raise NotWaitingAnyMore
        readers = contact_letters.readers_of(session, row.class_id, now)
        message.state, message.decided_at, message.unreached = MessageState.SENT, now, readers.unreached
        message.sent_to = outbox.post_to_class(session, message=message, people=readers.people, now=now)
        _tell_writer(session, row, message, "sent", now)
        _note(session, "contact_parents.send", row, by, now, message=message.id, sent_to=message.sent_to)
        return message.sent_to


def send_back(*, message_id: int, seen_version: int, note: str, by: Actor, now: datetime) -> None:
    """It comes back to its writer, with a word."""
    said = clean_note(note)
    with transaction() as session:
        message, row = _to_decide(session, message_id, seen_version)
        message.state, message.decided_at, message.note = MessageState.RETURNED, now, said
        _tell_writer(session, row, message, "returned", now)
        _note(session, "contact_parents.send_back", row, by, now, message=message.id)


def write_to_contact(*, contact_id: int, words: str, by: Actor, now: datetime) -> None:
    """A parent of the class writes to a contact parent: an ordinary mail, kept here only until it has left."""
    written = clean_message(words)
    with transaction() as session:
        reading.contact_of(contact_id, by, now)
        row = _held(session, contact_id)
        if count(session, f"contact_message:{by.id}", A_DAY, now) > PER_DAY:
            raise TooManyMessages
        digest = hashlib.sha256(written.encode()).hexdigest()[:16]
        posted = outbox.post_to_contact(
            session, letter=Letter.CONTACT_MESSAGE, contact=row, now=now,
            facts={"words": written, "by": by.kind.value, "by_id": by.id},
            once=f"{row.id}.g{by.id}.{local(now):%Y%m%d}.{digest}",
        )  # fmt: skip
        if posted.queued:
            _note(session, "contact_parents.message", row, by, now)


def refuse_messages(*, refuses: bool, by: Actor, now: datetime) -> None:
    """A parent would rather get no messages of contact parents, or after all does."""
    with transaction() as session:
        guardian_id = _guardian(by)
        row = session.get(ClassMessageRefusal, guardian_id)
        if refuses is (row is not None):
            return
        if row is None:
            new = insert_of(session, ClassMessageRefusal).values(guardian_id=guardian_id, said_at=now)
            session.execute(new.on_conflict_do_nothing())
        else:
            session.delete(row)
        action = "contact_parents.refuse" if refuses else "contact_parents.allow"
        record(session, by=by, action=action, subject="guardian", subject_id=guardian_id, now=now)


def _guardian(by: Actor) -> int:
    if by.kind is not ActorKind.GUARDIAN or not by.id:
        raise NotFound
    return by.id


def _ensure_parent(session: Session, class_id: int, guardian_id: int, now: datetime) -> None:
    parents = reading.parents_of(session, [class_id], local(now).date())[class_id]
    if guardian_id not in parents:
        raise NotOfThisClass


def _ask(session: Session, class_id: int, guardian_id: int, by: Actor, now: datetime) -> None:
    row = _row_for(session, class_id, guardian_id, now)
    if row.state in TRIED_BEFORE:
        raise SaidNoBefore
    if row.state in (ContactState.ASKED, ContactState.YES):
        return
    row.state, row.asked_at = ContactState.ASKED, now
    session.flush()
    posted = outbox.post_to_contact(
        session, letter=Letter.CONTACT_ASKED, contact=row, facts={}, once=f"{row.id}.{now.timestamp():.0f}", now=now
    )
    _note(session, "contact_parents.ask", row, by, now, mailed=posted.queued)


def _row_for(session: Session, class_id: int, guardian_id: int, now: datetime) -> ClassContact:
    """The row of this parent in this class, held; of two who make it at one moment, one does."""
    new = {
        "class_id": class_id, "guardian_id": guardian_id, "state": ContactState.TAKEN_BACK, "shown_as": "",
        "reach": Reach.FORM, "asked_at": now,
    }  # fmt: skip
    insert_new(session, ClassContact, [new])
    mine = select(ClassContact).where(ClassContact.class_id == class_id, ClassContact.guardian_id == guardian_id)
    row = session.scalars(mine).one()
    lock(session, ClassContact, [row.id])
    return row


def _own_row(session: Session, class_id: int, by: Actor, now: datetime) -> ClassContact:
    return _row_for(session, class_id, _guardian(by), now)


def _held(session: Session, contact_id: int) -> ClassContact:
    lock(session, ClassContact, [contact_id])
    row = session.get(ClassContact, contact_id)
    if row is None:
        raise NotFound
    return row


def _standing(session: Session, class_id: int, by: Actor, now: datetime) -> ClassContact:
    """This parent's own row, as long as it stands; the class is held, so that its messages are counted one by one."""
    lock(session, ClassGroup, [class_id])
    mine = select(ClassContact).where(ClassContact.class_id == class_id, ClassContact.guardian_id == _guardian(by))
    row = session.scalar(mine)
    if row is None:
        raise NotFound
    lock(session, ClassContact, [row.id])
    if not reading.stands(session, row, local(now).date()):
        raise NotFound
    return row


def _message(session: Session, message_id: int) -> tuple[ClassMessage, ClassContact]:
    message = session.get(ClassMessage, message_id)
    if message is None:
        raise NotFound
    row = _held(session, message.contact_id)
    lock(session, ClassMessage, [message_id])
    return session.get_one(ClassMessage, message_id), row


def _to_change(session: Session, message_id: int, row: ClassContact) -> ClassMessage:
    lock(session, ClassMessage, [message_id])
    message = session.get(ClassMessage, message_id)
    if message is None or message.contact_id != row.id:
        raise NotFound
    if not message.state.may_change:
        raise NotWaitingAnyMore
    return message


def _to_decide(session: Session, message_id: int, seen_version: int) -> tuple[ClassMessage, ClassContact]:
    message, row = _message(session, message_id)
    if message.state is not MessageState.WAITING or message.version != seen_version:
        raise NotWaitingAnyMore
    return message, row


def _drop_open_messages(session: Session, row: ClassContact) -> None:
    """What was not sent yet is gone with the consent."""
    open_ones = (MessageState.WAITING, MessageState.RETURNED, MessageState.TAKEN_BACK)
    session.execute(
        update(ClassMessage)
        .where(ClassMessage.contact_id == row.id, ClassMessage.state.in_(open_ones))
        .values(state=MessageState.TAKEN_BACK, subject="", words="", note="")
    )


def _tell_leaders(session: Session, row: ClassContact, facts: dict[str, object], now: datetime) -> None:
    session.flush()
    here = reading.leaders_here(session, row.class_id, local(now).date())
    outbox.post_contact_notice(session, contact=row, leaders=here, facts=facts, now=now)


def _tell_writer(session: Session, row: ClassContact, message: ClassMessage, what: str, now: datetime) -> None:
    session.flush()
    facts = {"what": what, "class_message_id": message.id, "version": message.version}
    outbox.post_to_contact(
        session, letter=Letter.CONTACT_SAID, contact=row, facts=facts, now=now,
        once=f"{message.id}.{message.version}.{what}",
    )  # fmt: skip


def _note(session: Session, action: str, row: ClassContact, by: Actor, now: datetime, **facts: object) -> None:
    record(
        session, by=by, action=action, subject="guardian", subject_id=row.guardian_id, now=now, class_id=row.class_id,
        **facts,
    )  # fmt: skip
