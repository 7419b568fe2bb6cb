"""Write letters down, in the transaction that causes them: one row per mailbox that may hear of it.

Facts only: never text, never a token. The worker renders the letter and makes its personal link when it leaves.
"""

import secrets
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scheduling.domain.extra_persons import ExtraNews
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.links import HolderKind
from scheduling.domain.mailings import (
    ABOUT_SWAPS,
    ARRIVED,
    BECAUSE_GROWN,
    LANES,
    TELLS_THE_TIME,
    UNSENT,
    WITH_WORDS,
    Addressee,
    Audience,
    Letter,
    OutboxState,
    Skipped,
    SkipReason,
)
from scheduling.domain.on_request import Word
from scheduling.domain.people import Person
from scheduling.domain.rounds import BookingStatus
from scheduling.domain.texts import DUTCH
from scheduling.domain.timeslots import local
from scheduling.domain.ways import mark_of
from scheduling.domain.wishes import Wisher
from scheduling.models import (
    Booking,
    ClassContact,
    ClassMessage,
    ClassTask,
    ClassTaskHelper,
    CommunicationPlan,
    Consult,
    ExtraPerson,
    GatheringGuest,
    Guardian,
    Guardianship,
    Outbox,
    Outsider,
    Pupil,
    SingleTalk,
    Staff,
    SupportGuest,
    SupportMeeting,
    TalkColleague,
    TalkGuest,
)
from scheduling.queries.letters import QUIET_ABSENCE, absent_homes
from scheduling.queries.mailings import Circle, Recipient, circle_of, circles_of
from scheduling.services.inserting import insert_new

CHUNK = 200
STANDS_ALONE = (
    Letter.REMINDER, Letter.ELSEWHERE, Letter.LINK, Letter.SET_PASSWORD, Letter.TRIAL, Letter.AFTERWARDS, *ABOUT_SWAPS,
)  # fmt: skip
"""Letters that say nothing new about a talk, and so take the place of no other."""


@dataclass(frozen=True)
class Posted:
    """What was written down. `on_paper`: a home of this talk is reached by no mail."""

    queued: int = 0
    skipped: tuple[Skipped, ...] = ()
    on_paper: bool = False


def day_of(booking: Booking, now: datetime) -> date:
    """The day on which a pupil is eighteen or not, for letters about this talk: its own, or today once it was."""
    return local(max(booking.starts_at, now)).date()


def as_it_was(booking: Booking) -> dict[str, Any]:
    """Facts for a letter about a change: ask for them before the change, and give them to `post`."""
    return {
        "was": {
            "starts_at": booking.starts_at.isoformat(),
            "ends_at": booking.ends_at.isoformat(),
            "room": booking.room,
            "leader_id": booking.leader_id,
            "way": booking.met.value,
            "link": mark_of(booking.way.join_link) if booking.way else "",
        }
    }


def post(
    session: Session,
    *,
    letter: Letter,
    booking: Booking,
    now: datetime,
    mailing_id: int | None = None,
    facts: dict[str, Any] | None = None,
    circle: Circle | None = None,
) -> Posted:
    """One letter about this talk to each mailbox that may hear of it; an older unsent one about it falls away."""
    session.flush()
    if circle is None:
        circle = circle_of(session, booking.pupil_id, day_of(booking, now))
    absent = absent_homes(session, booking) if letter in QUIET_ABSENCE else ()
    told = circle.audience(booking.household_id, absent)
    older = {} if letter in STANDS_ALONE else _supersede(session, booking)
    rows = [
        _row(letter, booking, person, now, mailing_id, facts or {}, older.get(person.key, ())) for person in told.to
    ]
    queued = insert_new(session, Outbox, rows)
    grown = [one.guardian_id for one in told.skipped if one.reason is SkipReason.ADULT_PUPIL]
    if grown and letter not in STANDS_ALONE:
        take_out(session, booking=booking, guardian_ids=grown, besides=[circle.pupil.address], now=now)
    return Posted(len(queued), told.skipped, bool(told.on_paper))


def unsent_about(session: Session, pupil_id: int, guardian_ids: Collection[int]) -> list[Outbox]:
    """What has not left yet about this pupil for these guardians; a letter that is leaving now is first, or we are."""
    waiting = session.scalars(
        select(Outbox)
        .where(Outbox.guardian_id.in_(guardian_ids), Outbox.state.in_(UNSENT), Outbox.letter != Letter.ELSEWHERE)
        .order_by(Outbox.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).all()
    about = {row.id: session.get_one(Booking, row.booking_id).pupil_id for row in waiting if row.booking_id}
    return [row for row in waiting if about.get(row.id, row.facts.get("pupil_id")) == pupil_id]


def keep_in(row: Outbox, why: SkipReason) -> None:
    """This letter stays in the house."""
    row.state, row.last_text, row.lease_until = OutboxState.SUPPRESSED, why.value, None


def take_out(
    session: Session, *, booking: Booking, guardian_ids: Collection[int], besides: Collection[str], now: datetime,
    because: str = BECAUSE_GROWN,
) -> None:  # fmt: skip
    """A talk leaves the calendars of these parents, if they knew of it: it goes on without them.

    `besides`: the mailboxes of who still goes, which keep it.
    """
    kept = {address.casefold() for address in besides}
    rows = session.execute(
        select(Outbox.guardian_id, Outbox.letter, Outbox.address)
        .where(
            Outbox.booking_id == booking.id, Outbox.guardian_id.in_(guardian_ids),
            or_(
                Outbox.letter.in_(TELLS_THE_TIME) & Outbox.state.in_(ARRIVED), Outbox.letter == Letter.ELSEWHERE
            ),
        )
        .order_by(Outbox.id)
    )  # fmt: skip
    newest = {guardian_id: (letter, address) for guardian_id, letter, address in rows}
    guardians = session.scalars(select(Guardian).where(Guardian.id.in_(newest)).order_by(Guardian.id)).all()
    for guardian in guardians:
        letter, address = newest.pop(guardian.id)
        known = letter is not Letter.ELSEWHERE and address.casefold() not in kept
        if known and not any(address == other for _, other in newest.values()):
            post_elsewhere(session, booking=booking, person=guardian, address=address, now=now, because=because)


def post_batch(
    session: Session, *, letter: Letter, recipients: Sequence[Recipient], mailing_id: int, now: datetime
) -> int:
    """One letter to each of these, for a batch; answers how many were new."""
    queued = 0
    for start in range(0, len(recipients), CHUNK):
        part = recipients[start : start + CHUNK]
        rows = [_batch_row(letter, recipient, mailing_id, now) for recipient in part]
        queued += len(insert_new(session, Outbox, rows))
    return queued


def post_again(session: Session, *, booking: Booking, person: Addressee, now: datetime) -> Posted:
    """Tell a talk anew to one person, who is reached elsewhere from now on; nobody else hears of it."""
    letter = Letter.CONFIRMED if booking.status is BookingStatus.CONFIRMED else Letter.INVITATION
    row = _once_more(_row(letter, booking, person, now, None, {}, ()), _moment(now))
    return Posted(len(insert_new(session, Outbox, [row])))


def post_afterwards(session: Session, *, booking: Booking, version: int, now: datetime) -> Posted:
    """What the talk came to, to each mailbox of a home that was there; one letter for each version of it."""
    session.flush()
    circle = circle_of(session, booking.pupil_id, day_of(booking, now))
    told = circle.audience(booking.household_id, absent_homes(session, booking))
    facts = {"version": version}
    rows = [
        _once_more(_row(Letter.AFTERWARDS, booking, person, now, None, facts, ()), str(version)) for person in told.to
    ]
    queued = insert_new(session, Outbox, rows)
    return Posted(len(queued), told.skipped, bool(told.on_paper))


def post_about_single(session: Session, *, talk: SingleTalk, now: datetime) -> Posted:
    """The times that are proposed, to each mailbox of the home; one letter for each proposal."""
    session.flush()
    request = talk.request
    first = min((time.starts_at for time in talk.times), default=now)
    told = circle_of(session, request.pupil_id, local(max(first, now)).date()).audience(request.household_id)
    facts = {
        "single_id": talk.id, "version": talk.version, "pupil_id": request.pupil_id,
        "household_id": request.household_id,
    }  # fmt: skip
    return _tell(session, Letter.SINGLE_PROPOSED, told, once=f"{talk.id}.{talk.version}", facts=facts, now=now)


def post_single_notice(session: Session, *, talk: SingleTalk, leader: Staff, now: datetime) -> Posted:
    """To the leader: a family asks a talk, or answered."""
    if not leader.email:
        return Posted(on_paper=True)
    row = _to_staff(
        Letter.SINGLE_NOTICE, leader, now, once=_anew(f"{talk.id}.{talk.version}"),
        facts={"single_id": talk.id, "version": talk.version, "pupil_id": talk.request.pupil_id},
    )  # fmt: skip
    return Posted(len(insert_new(session, Outbox, [row])))


def post_about_meeting(
    session: Session, *, letter: Letter, meeting: SupportMeeting, staff: Sequence[Staff],
    guests: Collection[SupportGuest], family: bool, now: datetime,
) -> Posted:  # fmt: skip
    """To who sits at the table of the support team; a guest's row stands under the supervisor who asked him."""
    told = Audience()
    if family:
        day = local(max(meeting.starts_at, now)).date()
        told = circle_of(session, meeting.pupil_id, day).audience(meeting.household_id)
    facts = {"meeting_id": meeting.id, "pupil_id": meeting.pupil_id, "household_id": meeting.household_id}
    about = _anew(f"{meeting.ical_uid.partition('@')[0]}.{meeting.ical_sequence}")
    rows = [_to_person(letter, person, now, once=about, facts=facts) for person in told.to]
    rows += [_to_staff(letter, one, now, once=about, facts=facts) for one in staff if one.email]
    rows += [
        _plain_row(
            letter, guest.email, DUTCH, now, once=f"{about}.e{guest.id}", staff_id=meeting.supervisor_id,
            facts={"meeting_id": meeting.id, "guest_id": guest.id},
        )
        for guest in guests
    ]  # fmt: skip
    of_meeting = {"sequence": meeting.ical_sequence, "stamp": meeting.ical_stamp.replace(microsecond=0)}
    queued = insert_new(session, Outbox, [row | of_meeting for row in rows])
    return Posted(len(queued), told.skipped, bool(told.on_paper))


def post_elsewhere(
    session: Session, *, booking: Booking, person: Guardian | Pupil, address: str, now: datetime, because: str = ""
) -> Posted:
    """Take a talk out of the calendar of a mailbox that this person no longer uses; it opens nothing.

    `because`: the mailbox is the person's still, but the talk is no longer this person's.
    """
    guardian_id, pupil_id = (person.id, None) if isinstance(person, Guardian) else (None, person.id)
    old = Addressee(guardian_id, pupil_id, None, address, person.language)
    row = _row(Letter.ELSEWHERE, booking, old, now, None, {"because": because} if because else {}, ())
    # A cancellation counts only with a higher sequence (RFC 5546 §3.2.5). The talk itself goes on with its own, so that
    # letters to others that have not left yet stay the newest.
    row = _once_more(row, _moment(now)) | {"sequence": booking.ical_sequence + 1}
    return Posted(len(insert_new(session, Outbox, [row])))


def post_to_home(
    session: Session,
    *,
    letter: Letter,
    booking: Booking,
    household_id: int | None,
    now: datetime,
    facts: dict[str, Any],
) -> Posted:
    """A letter about this talk to one of its homes only (None: to the adult pupil's own circle)."""
    session.flush()
    circle = circle_of(session, booking.pupil_id, day_of(booking, now))
    told = circle.audience(household_id if household_id is not None else booking.household_id)
    again = secrets.token_hex(4)
    rows = [_once_more(_row(letter, booking, person, now, None, facts, ()), again) for person in told.to]
    queued = insert_new(session, Outbox, rows)
    return Posted(len(queued), told.skipped, bool(told.on_paper))


def post_about_plan(
    session: Session,
    *,
    letter: Letter,
    pupil_id: int,
    household_id: int | None,
    now: datetime,
    facts: dict[str, Any],
    besides: Person | None = None,
) -> Posted:
    """A letter about its agreed contact form to one home (None: to the adult pupil), but not to who caused it."""
    session.flush()
    told = circle_of(session, pupil_id, local(now).date()).audience(household_id)
    if besides:
        himself = f"{'p' if besides.kind is HolderKind.PUPIL else 'g'}{besides.id}"
        told = replace(told, to=tuple(person for person in told.to if person.key != himself))
    return _tell(session, letter, told, once=f"{facts['plan_id']}.{facts['version']}", facts=facts, now=now)


def post_dates(
    session: Session, *, letter: Letter, plan: CommunicationPlan, person: Addressee, dates: Sequence[dict[str, Any]],
    now: datetime,
) -> int:  # fmt: skip
    """To one person of a home: what is new about the moments of its agreement, all in one letter."""
    if not dates:
        return 0
    facts = {"plan_id": plan.id, "version": plan.version, "pupil_id": plan.pupil_id, "dates": list(dates)}
    row = _to_person(letter, person, now, once=_anew(f"{plan.id}.{plan.version}"), facts=facts)
    return len(insert_new(session, Outbox, [row]))


def post_reminder(
    session: Session, *, letter: Letter, reminder_id: int, people: Sequence[tuple[Addressee, int]], now: datetime,
    facts: dict[str, Any],
) -> Posted:  # fmt: skip
    """A reminder to each mailbox of a home, with the child that shows whether this person may hear of it."""
    facts = facts | {"reminder_id": reminder_id}
    rows = [
        _to_person(letter, person, now, once=str(reminder_id), facts=facts | {"pupil_id": pupil_id})
        for person, pupil_id in people
    ]
    return Posted(len(insert_new(session, Outbox, rows)))


def post_about_wishes(
    session: Session, *, round_id: int, wisher: Wisher, pupil_ids: Collection[int], now: datetime, by: Actor | None,
    letter: Letter = Letter.WISHES_SAID, offer: str = "",
) -> Posted:  # fmt: skip
    """Tell the rest of a home (`by` None: all of it) what is known; a letter that has not left yet says it as well."""
    session.flush()
    waiting = session.execute(
        select(Outbox.guardian_id, Outbox.pupil_id, Outbox.facts).where(
            Outbox.letter == letter, Outbox.state.in_(UNSENT)
        )
    )
    same = (round_id, offer)
    told = {
        (guardian, pupil)
        for guardian, pupil, facts in waiting
        if (facts.get("round_id"), facts.get("offer", "")) == same
    }
    rows = {}
    for pupil_id, circle in circles_of(session, pupil_ids, local(now).date()).items():
        for person in circle.audience(wisher.household_id).to:
            of_this_home = (person.guardian_id is None) is (wisher.household_id is None)
            if of_this_home and not _is(person, by) and (person.guardian_id, person.pupil_id) not in told:
                facts: dict[str, Any] = {
                    "round_id": round_id, "pupil_id": pupil_id, "household_id": wisher.household_id
                }  # fmt: skip
                facts |= {"offer": offer} if offer else {}
                rows[person.key] = _to_person(letter, person, now, once=_anew(round_id), facts=facts)
    return Posted(len(insert_new(session, Outbox, list(rows.values()))))


def post_about_help(session: Session, *, facts: dict[str, Any], now: datetime) -> Posted:
    """To a home (None: to the adult pupil) that asked for an interpreter: what came of it."""
    session.flush()
    circle = circles_of(session, [facts["pupil_id"]], local(now).date())[facts["pupil_id"]]
    told = circle.audience(facts["household_id"])
    return _tell(session, Letter.HELP_SAID, told, once=facts["interpreter_request_id"], facts=facts, now=now)


def post_word(session: Session, *, tie: Guardianship, word: Word, once: str, now: datetime) -> bool:
    """To a parent without authority who asked; was there a mailbox? `once`: the same again is no second letter."""
    session.flush()
    parent = tie.guardian
    if circle_of(session, tie.pupil_id, local(now).date()).why_no_word(parent.id):
        return False
    person = Addressee(parent.id, None, tie.household_id, parent.email, parent.language)
    facts = {"word": word.value, "pupil_id": tie.pupil_id, "household_id": tie.household_id}
    about = f"{tie.pupil_id}.{word}.{once}"
    insert_new(session, Outbox, [_to_person(Letter.ON_REQUEST, person, now, once=about, facts=facts)])
    return True


def post_to_guest(session: Session, *, letter: Letter, guest: TalkGuest, now: datetime) -> int:
    """To an interpreter: one talk, with a calendar object of its own. Without a mailbox the office tells it."""
    person = session.get_one(Outsider, guest.outsider_id)
    if not person.email:
        return 0
    row = _plain_row(
        letter, person.email, DUTCH, now, once=_entry(guest.ical_uid, guest.sequence), outsider_id=person.id,
        sequence=guest.sequence, facts={"guest_id": guest.id},
    )  # fmt: skip
    return len(insert_new(session, Outbox, [row]))


def post_to_joining(session: Session, *, letter: Letter, joined: TalkColleague, now: datetime) -> int:
    """To a colleague who comes to somebody else's talk, with a calendar object of its own."""
    staff = session.get_one(Staff, joined.staff_id)
    if not staff.email:
        return 0
    row = _plain_row(
        letter, staff.email, staff.language, now, once=_entry(joined.ical_uid, joined.sequence), staff_id=staff.id,
        sequence=joined.sequence, facts={"colleague_id": joined.id},
    )  # fmt: skip
    return len(insert_new(session, Outbox, [row]))


def post_about_extra(session: Session, *, extra: ExtraPerson, now: datetime) -> Posted:
    """To a home (None: to the adult pupil) that asked somebody to its talk: who comes, or that it was not possible."""
    session.flush()
    told = circles_of(session, [extra.pupil_id], local(now).date())[extra.pupil_id].audience(extra.household_id)
    facts = {
        "extra_id": extra.id, "state": extra.state.value, "who": extra.who, "pupil_id": extra.pupil_id,
        "household_id": extra.household_id, "round_id": extra.round_id,
    }  # fmt: skip
    return _tell(session, Letter.EXTRA_SAID, told, once=extra.id, facts=facts, now=now)


@dataclass(frozen=True)
class AboutGathering:
    """One letter about a gathering to one person. `was`: what this person knew of it before."""

    guest: GatheringGuest
    person: Addressee
    was: dict[str, Any] | None
    again: str = ""
    """Of a question that is asked again: which time."""


def post_to_gathering(
    session: Session, *, letter: Letter, about: Sequence[AboutGathering], now: datetime
) -> int:  # fmt: skip
    """To everybody who is invited to a gathering: each person an own calendar object."""
    queued = 0
    for start in range(0, len(about), CHUNK):
        rows = [_gathering_row(letter, one, now) for one in about[start : start + CHUNK]]
        queued += len(insert_new(session, Outbox, rows))
    return queued


def post_circle_notice(
    session: Session, *, planned_id: int, leaders: Sequence[tuple[int, Staff]], now: datetime
) -> int:
    """To who leads a class from which nobody comes to the parent circle yet: once a day at most."""
    rows = [
        _to_staff(
            Letter.CIRCLE_NOTICE, one, now, once=f"{planned_id}.{class_id}.{local(now):%Y%m%d}",
            facts={"planned_id": planned_id, "class_id": class_id},
        )
        for class_id, one in leaders
    ]  # fmt: skip
    return len(insert_new(session, Outbox, rows))


def post_about_task(
    session: Session, *, task: ClassTask, helpers: Sequence[ClassTaskHelper], day: date | None, now: datetime
) -> int:
    """To parents who help: it is on another day, or off."""
    rows = []
    for one in helpers:
        parent = session.get_one(Guardian, one.guardian_id)
        if parent.email and parent.bounced_at is None:
            facts = {"class_task_id": task.id, "helper_id": one.id, "day": day.isoformat() if day else ""}
            rows.append(
                _plain_row(
                    Letter.TASK_CHANGED, parent.email, parent.language, now, once=_anew(one.id),
                    guardian_id=parent.id, facts=facts,
                )
            )  # fmt: skip
    return len(insert_new(session, Outbox, rows))


def post_extra_notice(
    session: Session, *, extra: ExtraPerson, leader: Staff, news: ExtraNews, who: str, now: datetime
) -> Posted:
    """To the leader: a family asks somebody to its talk, or does without; or who would come leaves the school.

    What was not sent yet and is withdrawn, is never told.
    """
    waiting = [
        row
        for row in session.scalars(
            select(Outbox).where(
                Outbox.letter == Letter.EXTRA_NOTICE, Outbox.staff_id == leader.id,
                Outbox.state.in_((OutboxState.QUEUED, OutboxState.RETRY)),
            )
        )
        if row.facts.get("extra_id") == extra.id
    ]  # fmt: skip
    for row in waiting:
        row.state = OutboxState.SUPERSEDED
    never_told = news is ExtraNews.WITHDRAWN and any(row.facts["news"] == ExtraNews.ASKED for row in waiting)
    if never_told or not leader.email:
        return Posted(on_paper=not leader.email)
    facts = {
        "extra_id": extra.id, "pupil_id": extra.pupil_id, "news": news.value, "kind": extra.kind.value, "who": who,
    }  # fmt: skip
    made = _to_staff(Letter.EXTRA_NOTICE, leader, now, once=_anew(extra.id), facts=facts)
    return Posted(len(insert_new(session, Outbox, [made])))


def post_to_staff(
    session: Session,
    *,
    letter: Letter,
    staff: Staff,
    now: datetime,
    facts: dict[str, Any] | None = None,
    booking: Booking | None = None,
    once: str = "",
) -> Posted:
    """A letter to a colleague (to set a password, or a trial letter). `once`: of this there is only one."""
    about = booking.id if booking else None
    row = _to_staff(letter, staff, now, once=once or _moment(now), facts=facts or {}, booking_id=about)
    return Posted(len(insert_new(session, Outbox, [row]))) if staff.email else Posted(on_paper=True)


def post_message(
    session: Session, *, leader: Staff, by: Actor, words: str, pupil_id: int, once: str, now: datetime
) -> Posted:
    """What a family wrote to this colleague; its words are kept until the letter has left."""
    facts = {"words": words, "pupil_id": pupil_id, "by": by.kind.value, "by_id": by.id}
    row = _plain_row(
        Letter.MESSAGE, leader.email, leader.language, now, once=once, staff_id=leader.id, facts=facts
    )  # fmt: skip
    return Posted(len(insert_new(session, Outbox, [row])))


def post_to_contact(
    session: Session, *, letter: Letter, contact: ClassContact, facts: dict[str, Any], once: str, now: datetime,
    sequence: int = 0, address: str = "",
) -> Posted:  # fmt: skip
    """To a parent who is asked to be contact parent, or is one; `address`: an older mailbox of this parent."""
    parent = session.get_one(Guardian, contact.guardian_id)
    facts = facts | {"contact_id": contact.id}
    return post_to_parent(
        session, letter=letter, parent=parent, facts=facts, once=once, now=now, sequence=sequence, address=address
    )  # fmt: skip


def post_to_parent(
    session: Session, *, letter: Letter, parent: Guardian, facts: dict[str, Any], once: str, now: datetime,
    sequence: int = 0, address: str = "",
) -> Posted:  # fmt: skip
    """To one parent alone, about no talk; `address`: an older mailbox of this parent."""
    if not address and (not parent.email or parent.bounced_at is not None):
        return Posted(on_paper=True)
    row = _plain_row(
        letter, address or parent.email, parent.language, now, once=once, guardian_id=parent.id, sequence=sequence,
        facts=facts,
    )  # fmt: skip
    return Posted(len(insert_new(session, Outbox, [row])))


def post_contact_notice(
    session: Session, *, contact: ClassContact, leaders: Sequence[Staff], facts: dict[str, Any], now: datetime
) -> Posted:  # fmt: skip
    """To who leads the class: a parent answered, or a message waits."""
    facts = facts | {"contact_id": contact.id}
    rows = [_to_staff(Letter.CONTACT_NOTICE, one, now, once=_anew(contact.id), facts=facts) for one in leaders]
    return Posted(len(insert_new(session, Outbox, rows)))


def post_consult(
    session: Session, *, letter: Letter, consult: Consult, contact: ClassContact, now: datetime, address: str = ""
) -> Posted:  # fmt: skip
    """To a contact parent: the series as it stands, as one entry of the calendar with all its dates."""
    return post_to_contact(
        session, letter=letter, contact=contact, facts={"consult_id": consult.id}, now=now,
        once=_entry(consult.ical_uid, consult.ical_sequence), sequence=consult.ical_sequence, address=address,
    )  # fmt: skip


def post_to_class(
    session: Session, *, message: ClassMessage, people: Sequence[tuple[Addressee, int]], now: datetime
) -> int:
    """One letter to each of these, with the child that shows whether this person may still hear of it."""
    rows = []
    for person, pupil_id in people:
        facts = {
            "contact_id": message.contact_id, "class_message_id": message.id, "pupil_id": pupil_id,
            "household_id": person.household_id,
        }  # fmt: skip
        once = f"{message.id}.{message.version}"
        rows.append(_to_person(Letter.CLASS_MESSAGE, person, now, once=once, facts=facts))
    return len(insert_new(session, Outbox, rows))


def post_questionnaire(
    session: Session, *, year_id: int, people: Sequence[tuple[Addressee, int]], now: datetime
) -> int:
    """One letter to each of these, with the child that shows whether this person is still asked."""
    rows = []
    for person, pupil_id in people:
        facts = {"questionnaire_id": year_id, "pupil_id": pupil_id, "household_id": person.household_id}
        rows.append(_to_person(Letter.QUESTIONNAIRE, person, now, once=str(year_id), facts=facts))
    return len(insert_new(session, Outbox, rows))


def forget_words(row: Outbox) -> None:
    """What a family wrote has arrived with whom it was for: the house keeps it no longer."""
    if row.letter in WITH_WORDS:
        row.facts = {name: value for name, value in row.facts.items() if name != "words"}


def post_link(
    session: Session, *, now: datetime, guardian: Guardian | None = None, pupil: Pupil | None = None
) -> Posted:
    """A letter with nothing but a fresh personal link."""
    person = guardian or pupil
    if person is None or not person.email:
        return Posted(on_paper=True)
    holder = "guardian_id" if guardian else "pupil_id"
    once = f"{_moment(now)}.{holder[0]}{person.id}"
    row = _plain_row(Letter.LINK, person.email, person.language, now, once=once, **{holder: person.id})
    return Posted(len(insert_new(session, Outbox, [row])))


def _supersede(session: Session, booking: Booking) -> dict[str, list[Outbox]]:
    """Take back what is still in the house about this talk, by the key of whom it was for."""
    older: dict[str, list[Outbox]] = {}
    unsent = session.scalars(
        select(Outbox)
        .where(Outbox.booking_id == booking.id, Outbox.state.in_(UNSENT), Outbox.letter.not_in(STANDS_ALONE))
        .order_by(Outbox.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    for row in unsent:
        row.state = OutboxState.SUPERSEDED
        older.setdefault(f"g{row.guardian_id}" if row.guardian_id else f"p{row.pupil_id}", []).append(row)
    session.flush()
    return older


def _row(
    letter: Letter,
    booking: Booking,
    person: Addressee,
    now: datetime,
    mailing_id: int | None,
    facts: dict[str, Any],
    older: Iterable[Outbox],
) -> dict[str, Any]:
    for row in older:
        if letter is Letter.CHANGED and row.letter is Letter.INVITATION:
            letter, facts = Letter.INVITATION, {}  # this family has not heard of the first time: it is simply invited
        elif letter is Letter.CHANGED and row.letter is Letter.CHANGED:
            facts = facts | {"was": row.facts["was"]}  # the family knows the time of the letter that did leave
    return _about_talk(
        letter, person, now, booking.id, booking.ical_uid, booking.ical_sequence, max(now, booking.ical_stamp),
        mailing_id=mailing_id, facts=facts,
    )  # fmt: skip


def _batch_row(letter: Letter, to: Recipient, mailing_id: int, now: datetime) -> dict[str, Any]:
    talk = to.talk
    if talk is None:  # a family that chooses a time itself: there is no talk yet
        about, facts = f"round.{mailing_id}.{to.pupil_id}", {"pupil_id": to.pupil_id}
        row = _to_person(letter, to.person, now, once=f"{about}.{now:%Y%m%d}", mailing_id=mailing_id, facts=facts)
        return row | {"dedup_key": f"{letter}:{about}:{to.person.key}"}
    return _about_talk(
        letter, to.person, now, talk.id, talk.uid, talk.sequence, max(now, talk.stamp), mailing_id=mailing_id
    )  # fmt: skip


def _about_talk(
    letter: Letter, person: Addressee, now: datetime, booking_id: int, uid: str, sequence: int, stamp: datetime,
    **told: Any,
) -> dict[str, Any]:  # fmt: skip
    """A talk is told once to each mailbox, for every time it has had."""
    return _to_person(letter, person, now, once=_entry(uid, sequence), **told) | {
        "dedup_key": f"{letter}:{booking_id}:{sequence}:{person.key}",
        "booking_id": booking_id, "sequence": sequence, "stamp": stamp.replace(microsecond=0),
    }  # fmt: skip


def _gathering_row(letter: Letter, about: AboutGathering, now: datetime) -> dict[str, Any]:
    guest, person = about.guest, about.person
    facts = {"gathering_guest_id": guest.id, "told": guest.told} | ({"was": about.was} if about.was else {})
    return _plain_row(
        letter, person.address, person.language, now, once=_entry(guest.ical_uid, guest.sequence) + about.again,
        facts=facts, guardian_id=person.guardian_id, pupil_id=person.pupil_id, sequence=guest.sequence,
    )  # fmt: skip


def _is(person: Addressee, by: Actor | None) -> bool:
    if by is None:
        return False
    if by.kind is ActorKind.PUPIL:
        return person.pupil_id == by.id
    return by.kind is ActorKind.GUARDIAN and person.guardian_id == by.id


def _tell(
    session: Session, letter: Letter, told: Audience, *, once: object, facts: dict[str, Any], now: datetime
) -> Posted:
    """One letter to each mailbox of a home, every time that it is asked for."""
    rows = [_to_person(letter, person, now, once=_anew(once), facts=facts) for person in told.to]
    return Posted(len(insert_new(session, Outbox, rows)), told.skipped, bool(told.on_paper))


def _to_person(letter: Letter, person: Addressee, now: datetime, *, once: str, **told: Any) -> dict[str, Any]:
    return _plain_row(
        letter, person.address, person.language, now, once=f"{once}.{person.key}", guardian_id=person.guardian_id,
        pupil_id=person.pupil_id, **told,
    )  # fmt: skip


def _to_staff(letter: Letter, staff: Staff, now: datetime, *, once: str, **told: Any) -> dict[str, Any]:
    return _plain_row(
        letter, staff.email, staff.language, now, once=f"{once}.s{staff.id}", staff_id=staff.id, **told
    )  # fmt: skip


def _plain_row(
    letter: Letter, address: str, language: str, now: datetime, *, once: str, **told: Any
) -> dict[str, Any]:  # fmt: skip
    """A row of the outbox. `once`: asking the same letter twice is asking once; `told`: what else the row holds."""
    return {
        "dedup_key": f"{letter}:{once}",
        "letter": letter,
        "lane": LANES[letter],
        "guardian_id": None,
        "pupil_id": None,
        "staff_id": None,
        "outsider_id": None,
        "address": address,
        "booking_id": None,
        "mailing_id": None,
        "sequence": 0,
        "language": language,
        "stamp": now.replace(microsecond=0),
        "facts": {},
        "message_id": f"{letter}.{once}",
        "state": OutboxState.QUEUED,
        "not_before": now,
        "created_at": now,
    } | told


def _entry(uid: str, sequence: int) -> str:
    """One version of an entry in somebody's calendar."""
    return f"{uid.partition('@')[0]}.{sequence}"


def _anew(about: object) -> str:
    return f"{about}.{secrets.token_hex(4)}"


def _moment(now: datetime) -> str:
    return f"{now.timestamp():.6f}"


def _once_more(row: dict[str, Any], again: str) -> dict[str, Any]:
    """The same letter about the same talk, told anew."""
    return row | {"dedup_key": f"{row['dedup_key']}:{again}", "message_id": f"{row['message_id']}.{again}"}
