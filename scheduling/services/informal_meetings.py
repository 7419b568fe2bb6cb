"""A mentor plans an informal meeting of the class, or agrees with what a contact parent proposes.

Every act holds the contact parent's row first, then the year.
"""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.informal_meetings import MeetingAnswered, MeetingAsked, MeetingState, MeetingWish
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.mailings import Letter
from scheduling.domain.timeslots import local
from scheduling.domain.year_plans import ensure_moment
from scheduling.models import ClassContact, ClassGroup, ClassLeader, Gathering, MeetingProposal, db
from scheduling.queries import contact_parents as reading
from scheduling.queries import informal_meetings as asking
from scheduling.queries.contact_parents import leaders_here
from scheduling.queries.year_plans import planning_facts
from scheduling.services import outbox
from scheduling.services.journal import record
from scheduling.services.transaction import lock, transaction
from scheduling.services.year_plans import put


def plan(*, class_id: int, wish: MeetingWish, sure: bool, by: Actor, now: datetime) -> int:
    """Who leads the class puts it in the plan of the year; what it gets in the way of is said first, unless `sure`."""
    with transaction() as session:
        _ensure_leads(session, class_id, by)
        return _put(session, class_id, wish, sure, by, now)


def propose(*, contact_id: int, wish: MeetingWish, by: Actor, now: datetime) -> int:
    """A contact parent proposes it; who leads the class agrees, or would rather not."""
    with transaction() as session:
        contact = _own(session, contact_id, by, now)
        waits = MeetingProposal.contact_id == contact_id, MeetingProposal.state == MeetingState.PROPOSED
        if session.scalar(select(MeetingProposal.id).where(*waits).limit(1)) is not None:
            raise MeetingAsked
        tidy = wish.tidy(local(now).date())
        group = session.get_one(ClassGroup, contact.class_id)
        ensure_moment(tidy.planned(group.id), planning_facts(group.year_id))
        row = MeetingProposal(
            contact_id=contact_id, day=tidy.day, begins=tidy.begins, ends=tidy.ends, place=tidy.place,
            theme=tidy.theme, state=MeetingState.PROPOSED, made_at=now,
        )  # fmt: skip
        session.add(row)
        session.flush()
        _tell_leaders(session, row, "meeting_asked", now)
        _note(session, "informal_meetings.propose", row, by, now)
        return row.id


def agree(*, proposal_id: int, sure: bool, by: Actor, now: datetime) -> int:
    """As the contact parent proposed it, it stands in the plan of the year."""
    with transaction() as session:
        row = _waiting(session, proposal_id)
        _ensure_leads(session, row.contact.class_id, by)
        if not reading.stands(session, row.contact, local(now).date()):
            raise MeetingAnswered
        row.state = MeetingState.AGREED
        made = row.planned_id = _put(session, row.contact.class_id, row.wish, sure, by, now)
        _tell_contact(session, row, "meeting_agreed", now)
        _note(session, "informal_meetings.agree", row, by, now)
        return made


def decline(*, proposal_id: int, by: Actor, now: datetime) -> None:
    """Rather otherwise; the contact parent can propose something else."""
    with transaction() as session:
        row = _waiting(session, proposal_id)
        _ensure_leads(session, row.contact.class_id, by)
        row.state = MeetingState.DECLINED
        _tell_contact(session, row, "meeting_declined", now)
        _note(session, "informal_meetings.decline", row, by, now)


def take_back(*, proposal_id: int, by: Actor, now: datetime) -> None:
    """The contact parent would rather not after all."""
    with transaction() as session:
        row = _waiting(session, proposal_id)
        _own(session, row.contact_id, by, now)
        row.state = MeetingState.OFF
        _tell_leaders(session, row, "meeting_off", now)
        _note(session, "informal_meetings.take_back", row, by, now)


def tell(now: datetime) -> int:
    """Who proposed it hears that it moved or left the plan, whoever changed it and how; how many letters.

    Once families are invited, the invitation's own letters say so.
    """
    session = db.session()
    found = [(row.id, row.contact_id) for row in asking.behind(session, now)]
    session.rollback()
    return sum(_tell_of_change(proposal_id, contact_id, now) for proposal_id, contact_id in found)


def _tell_of_change(proposal_id: int, contact_id: int, now: datetime) -> int:
    with transaction() as session:
        lock(session, ClassContact, [contact_id])
        lock(session, MeetingProposal, [proposal_id])
        row = next((one for one in asking.behind(session, now) if one.id == proposal_id), None)
        if row is None:
            return 0
        stands = asking.wish_as_planned(row)
        if stands is None:
            row.state = MeetingState.OFF
            return _tell_contact(session, row, "meeting_fell", now)
        row.day, row.begins, row.ends, row.place = stands.day, stands.begins, stands.ends, stands.place
        gathering = session.get(Gathering, row.planned_id)
        invited = gathering is not None and gathering.invited_at is not None
        return 0 if invited else _tell_contact(session, row, "meeting_moved", now)


def end_of_contact(session: Session, contact: ClassContact) -> None:
    """A contact parent stops: what waited is off. Within the caller's transaction."""
    waits = MeetingProposal.contact_id == contact.id, MeetingProposal.state == MeetingState.PROPOSED
    for row in session.scalars(select(MeetingProposal).where(*waits)):
        row.state = MeetingState.OFF


def _put(session: Session, class_id: int, wish: MeetingWish, sure: bool, by: Actor, now: datetime) -> int:
    """Parents, pupils and who leads the class are welcome; the office invites."""
    tidy = wish.tidy(local(now).date())
    year_id = session.get_one(ClassGroup, class_id).year_id
    made = put(session, year_id=year_id, moment=tidy.planned(class_id), sure=sure, by=by, now=now)
    session.add(Gathering(planned_id=made, theme=tidy.theme, with_pupils=True))
    session.flush()
    return made


def _ensure_leads(session: Session, class_id: int, by: Actor) -> None:
    if by.kind is not ActorKind.STAFF or session.get(ClassLeader, (class_id, by.id)) is None:
        raise NotFound


def _own(session: Session, contact_id: int, by: Actor, now: datetime) -> ClassContact:
    """This parent's own row, as long as it stands."""
    lock(session, ClassContact, [contact_id])
    row = session.get(ClassContact, contact_id)
    if row is None or by.kind is not ActorKind.GUARDIAN or row.guardian_id != by.id:
        raise NotFound
    if not reading.stands(session, row, local(now).date()):
        raise NotFound
    return row


def _waiting(session: Session, proposal_id: int) -> MeetingProposal:
    row = session.get(MeetingProposal, proposal_id)
    if row is None:
        raise NotFound
    lock(session, ClassContact, [row.contact_id])
    lock(session, MeetingProposal, [proposal_id])
    row = session.get_one(MeetingProposal, proposal_id)
    if row.state is not MeetingState.PROPOSED:
        raise MeetingAnswered
    return row


def _tell_leaders(session: Session, row: MeetingProposal, what: str, now: datetime) -> None:
    session.flush()
    leaders = leaders_here(session, row.contact.class_id, local(now).date())
    facts = {"what": what, "proposal_id": row.id}
    outbox.post_contact_notice(session, contact=row.contact, leaders=leaders, facts=facts, now=now)


def _tell_contact(session: Session, row: MeetingProposal, what: str, now: datetime) -> int:
    session.flush()
    facts = {"what": what, "proposal_id": row.id, "moved_to": row.wish.facts}
    posted = outbox.post_to_contact(
        session, letter=Letter.CONTACT_SAID, contact=row.contact, facts=facts, now=now,
        once=f"m{row.id}.{what}.{now.timestamp():.0f}",
    )  # fmt: skip
    return posted.queued


def _note(session: Session, action: str, row: MeetingProposal, by: Actor, now: datetime) -> None:
    record(
        session, by=by, action=action, subject="guardian", subject_id=row.contact.guardian_id, now=now,
        class_id=row.contact.class_id,
    )  # fmt: skip
