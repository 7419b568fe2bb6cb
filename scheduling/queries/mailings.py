"""Who hears of a talk, who gets what of a batch of letters, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.orm import Session, aliased

from scheduling.domain.mailings import (
    TELLS_THE_TIME,
    Addressee,
    Audience,
    Contact,
    Letter,
    NoSuchLetter,
    OutboxState,
    PupilContact,
    SkipReason,
    audience,
    why_no_word,
)
from scheduling.domain.people import Name, is_adult, may_be_invited
from scheduling.domain.rounds import LIVE, RoundMode, RoundUnknown
from scheduling.domain.timeslots import local
from scheduling.domain.wishes import is_asked
from scheduling.models import (
    Booking,
    BookingAbsence,
    ClassGroup,
    ClassLeader,
    Enrolment,
    Guardian,
    Guardianship,
    LeaderOpening,
    Mailing,
    Outbox,
    Pupil,
    Relay,
    Round,
    RoundClass,
    RoundExclusion,
    Staff,
    StandingRound,
    TalkRequest,
    db,
)
from scheduling.queries.agreed_rounds import AgreedParts, agreed_parts
from scheduling.queries.snapshots import is_by_request

HEARS_ANYWAY = (SkipReason.SAME_MAILBOX, SkipReason.NO_ADDRESS, SkipReason.BOUNCED)


@dataclass(frozen=True)
class Circle:
    """A pupil and the guardians around him."""

    pupil: PupilContact
    contacts: tuple[Contact, ...]
    born: date | None = None

    def on(self, day: date) -> "Circle":
        """As it is on another day: a pupil who is eighteen then is invited himself."""
        return replace(self, pupil=replace(self.pupil, adult=is_adult(self.born, day)))

    def without(self, homes: Collection[int | None]) -> "Circle":
        """The same without these homes, which agreed on another form of contact."""
        return replace(self, contacts=tuple(one for one in self.contacts if one.household_id not in homes))

    def is_left_out(self, homes: Collection[int | None]) -> bool:
        """Is there nobody to invite besides these homes? None among them: the adult pupil, who speaks for himself."""
        invited = {
            one.household_id
            for one in self.contacts
            if may_be_invited(one.authority, one.on_request, active=one.active)
        }
        return bool(homes) and (None in homes or invited <= set(homes))

    def audience(self, household_id: int | None, absent: Collection[int] = ()) -> Audience:
        """Who hears of a talk with this household (None: with every household)."""
        return audience(self.pupil, self.contacts, household_id=household_id, absent=absent)

    def to_ask(self) -> Audience:
        """Who is asked before there is a talk: each home for its own."""
        return audience(self.pupil, self.contacts, household_id=None, together=False)

    def parents_alone(self, guardian_ids: Collection[int]) -> "Circle":
        """The same with these parents only, and never the pupil himself."""
        heard = not self.pupil.adult or self.pupil.parents_permitted
        contacts = tuple(one for one in self.contacts if heard and one.guardian_id in guardian_ids)
        return replace(self, contacts=contacts, pupil=replace(self.pupil, adult=False))

    def why_no_word(self, guardian_id: int | None) -> SkipReason | None:
        """Why a parent without authority who asked for information gets no letter."""
        contact = next((one for one in self.contacts if one.guardian_id == guardian_id), None)
        return why_no_word(self.pupil, contact) if contact else SkipReason.INACTIVE

    def may_hear(self, guardian_id: int, household_id: int | None) -> bool:
        """Is this guardian invited to the talk, whether or not a letter of his own goes out?"""
        told = self.audience(household_id)
        skipped = {one.guardian_id: one.reason for one in told.skipped}
        return guardian_id in {one.guardian_id for one in told.to} or skipped.get(guardian_id) in HEARS_ANYWAY


def circles_of(session: Session, pupil_ids: Collection[int], on: date) -> dict[int, Circle]:
    """The circle of each of these pupils, as it is on this day."""
    contacts: dict[int, list[Contact]] = {pupil_id: [] for pupil_id in pupil_ids}
    wanted = list(contacts)
    for tie, guardian in session.execute(
        select(Guardianship, Guardian)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.pupil_id.in_(wanted))
    ):
        contacts[tie.pupil_id].append(_contact(tie, guardian))
    pupils = session.scalars(select(Pupil).where(Pupil.id.in_(wanted)))
    return {
        pupil.id: Circle(_pupil_contact(pupil, on), tuple(contacts[pupil.id]), pupil.birth_date) for pupil in pupils
    }


def circle_of(session: Session, pupil_id: int, on: date) -> Circle:
    """The circle of one pupil, as it is on this day."""
    return circles_of(session, [pupil_id], on)[pupil_id]


def _contact(tie: Guardianship, guardian: Guardian) -> Contact:
    return Contact(
        guardian_id=guardian.id,
        household_id=tie.household_id,
        position=tie.position,
        authority=tie.authority,
        on_request=tie.on_request,
        active=guardian.active,
        receives_post=tie.receives_post,
        address=guardian.email,
        bounced=guardian.bounced_at is not None,
        language=guardian.language,
    )


def _pupil_contact(pupil: Pupil, on: date) -> PupilContact:
    return PupilContact(
        pupil_id=pupil.id,
        adult=is_adult(pupil.birth_date, on),
        parents_permitted=pupil.parents_permitted,
        address=pupil.email,
        language=pupil.language,
    )


@dataclass(frozen=True)
class PlannedTalk:
    """A talk that a letter of the batch is about."""

    id: int
    uid: str
    sequence: int
    stamp: datetime
    starts_at: datetime


@dataclass(frozen=True)
class Recipient:
    """A person whom the batch concerns: gets it by mail, or on paper. `talk` None: the family still has to choose."""

    person: Addressee
    name: Name
    relation: str
    pupil_id: int
    pupil: Name
    number: str
    class_name: str
    talk: PlannedTalk | None
    has_it: bool = False


@dataclass(frozen=True)
class NotTold:
    """A guardian who gets no letter of his own, and why."""

    guardian: str
    """The school's own id."""
    name: Name
    relation: str
    pupil: Name
    class_name: str
    reason: SkipReason


@dataclass(frozen=True)
class WithoutTalk:
    """A pupil of the round about whom there is nothing to write yet."""

    pupil: Name
    class_name: str


@dataclass
class Plan:
    """Who gets what of a batch, who not and why, and whose home needs paper: nobody is forgotten."""

    recipients: list[Recipient] = field(default_factory=list)
    skipped: list[NotTold] = field(default_factory=list)
    on_paper: list[Recipient] = field(default_factory=list)
    without_talk: list[WithoutTalk] = field(default_factory=list)
    by_agreement: list[WithoutTalk] = field(default_factory=list)
    """Whose home, or one of whose homes, agreed on another form of contact than this evening."""

    @property
    def waiting(self) -> list[Recipient]:
        """Who has not got this letter yet."""
        return [recipient for recipient in self.recipients if not recipient.has_it]

    @property
    def talks_told(self) -> set[int]:
        """The talks that somebody hears of, by mail or on paper."""
        return {one.talk.id for one in [*self.recipients, *self.on_paper] if one.talk}

    @property
    def first_talk_at(self) -> datetime | None:
        return min((one.talk.starts_at for one in [*self.recipients, *self.on_paper] if one.talk), default=None)


def plan_of(session: Session, round_id: int, letter: Letter, now: datetime) -> Plan:
    """Who would get this letter of a round if it were sent now."""
    found = session.get(Round, round_id)
    if found is None:
        raise RoundUnknown(str(round_id))
    pupils = _pupils_of(session, round_id)
    circles = circles_of(session, list(pupils), local(now).date())
    ties = _ties_of(session, list(pupils))
    had = _had_it(session, round_id, letter)
    agreed = agreed_parts(session, round_id)
    if letter is Letter.WISHES:
        return _wishes_plan(session, found, pupils, circles, ties, {key for *_, key in had}, agreed, now)
    talks = _talks_of(session, round_id, letter, now)
    absent = _absent_homes(session, round_id) if letter is Letter.REMINDER else {}
    asked = _asked_pupils(session, round_id) if is_by_request(round_id) else pupils.keys()
    plan = Plan()
    for pupil_id, (pupil, class_name, leaders_open) in pupils.items():
        own = talks.get(pupil_id, [])
        out = agreed.homes_out(pupil_id)
        plan.by_agreement += [WithoutTalk(pupil.name, class_name)] * len(out)
        if not own and circles[pupil_id].is_left_out(out):
            continue
        chooses = found.mode is RoundMode.PICK and letter is Letter.INVITATION and leaders_open
        if not own and not chooses and pupil_id in asked:
            plan.without_talk.append(WithoutTalk(pupil.name, class_name))
        about: list[Booking | None] = [*own] if own or not chooses else [None]
        for talk in about:
            circle = circles[pupil_id].on(local(talk.starts_at).date()) if talk else circles[pupil_id].without(out)
            told = circle.audience(talk.household_id, absent.get(talk.id, ())) if talk else circle.to_ask()
            _add(plan, told, talk, pupil, class_name, ties, had)
    return plan


def _asked_pupils(session: Session, round_id: int) -> set[int]:
    """For whom a talk was asked in this round."""
    standing = select(TalkRequest.pupil_id).where(TalkRequest.round_id == round_id, TalkRequest.withdrawn_at.is_(None))
    return set(session.scalars(standing))


def _wishes_plan(
    session: Session,
    found: Round,
    pupils: dict[int, tuple[Pupil, str, bool]],
    circles: dict[int, Circle],
    ties: dict[tuple[int, int], tuple[Guardian, str]],
    had: set[str],
    agreed: AgreedParts,
    now: datetime,
) -> Plan:
    """Everybody once, however many children: as long as one of them has no time, and the date has not passed."""
    if found.wishes_until is None or now >= found.wishes_until or not is_asked(found.mode, found.wishes_until):
        return Plan()
    timed = set(session.scalars(select(Booking.pupil_id).where(Booking.round_id == found.id, Booking.status.in_(LIVE))))
    every = Plan()
    for pupil_id, (pupil, class_name, leaders_open) in pupils.items():
        out = agreed.homes_out(pupil_id)
        every.by_agreement += [WithoutTalk(pupil.name, class_name)] * len(out)
        if pupil_id not in timed and not leaders_open and not circles[pupil_id].is_left_out(out):
            _add(every, circles[pupil_id].without(out).to_ask(), None, pupil, class_name, ties, set())
    once = {one.person.key: replace(one, has_it=one.person.key in had) for one in reversed(every.recipients)}
    unheard = {one.guardian: one for one in reversed(every.skipped)}
    return Plan(
        recipients=list(reversed(once.values())),
        skipped=list(reversed(unheard.values())),
        on_paper=list({one.person.key: one for one in every.on_paper if one.person.key not in once}.values()),
        by_agreement=every.by_agreement,
    )


def _add(
    plan: Plan,
    told: Audience,
    talk: Booking | None,
    pupil: Pupil,
    class_name: str,
    ties: dict[tuple[int, int], tuple[Guardian, str]],
    had: set[tuple[int | None, int, str]],
) -> None:
    about = PlannedTalk(talk.id, talk.ical_uid, talk.ical_sequence, talk.ical_stamp, talk.starts_at) if talk else None

    def recipient(person: Addressee) -> Recipient:
        guardian, relation = ties.get((pupil.id, person.guardian_id or 0), (None, ""))
        return Recipient(
            person=person,
            name=guardian.name if guardian else pupil.name,
            relation=relation,
            pupil_id=pupil.id,
            pupil=pupil.name,
            number=pupil.number,
            class_name=class_name,
            talk=about,
            has_it=(talk.id if talk else None, pupil.id, person.key) in had,
        )

    plan.recipients += [recipient(person) for person in told.to]
    plan.on_paper += [recipient(person) for person in told.on_paper]
    for one in told.skipped:
        guardian, relation = ties[pupil.id, one.guardian_id]
        plan.skipped.append(NotTold(guardian.external_id, guardian.name, relation, pupil.name, class_name, one.reason))


def _pupils_of(session: Session, round_id: int) -> dict[int, tuple[Pupil, str, bool]]:
    """The pupils of the round's classes who are here and not left out; their class, and whether its leaders opened."""
    opened = select(ClassLeader.class_id).join(
        LeaderOpening, (LeaderOpening.leader_id == ClassLeader.staff_id) & (LeaderOpening.round_id == round_id)
    )
    rows = session.execute(
        select(Pupil, ClassGroup.name, ClassGroup.id.in_(opened))
        .join(Enrolment, Enrolment.pupil_id == Pupil.id)
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .join(RoundClass, RoundClass.class_id == ClassGroup.id)
        .outerjoin(RoundExclusion, (RoundExclusion.round_id == round_id) & (RoundExclusion.pupil_id == Pupil.id))
        .where(RoundClass.round_id == round_id, Enrolment.present.is_(True), RoundExclusion.pupil_id.is_(None))
        .order_by(ClassGroup.name, Pupil.surname, Pupil.given_name, Pupil.id)
    )
    return {pupil.id: (pupil, class_name, bool(leaders_open)) for pupil, class_name, leaders_open in rows}


def _talks_of(session: Session, round_id: int, letter: Letter, now: datetime) -> dict[int, list[Booking]]:
    wanted = select(Booking).where(Booking.round_id == round_id, Booking.status.in_(LIVE), Booking.starts_at > now)
    if letter is Letter.REMINDER:
        wanted = wanted.where(Booking.invited_at.is_not(None))
    talks: dict[int, list[Booking]] = {}
    for talk in session.scalars(wanted.order_by(Booking.starts_at, Booking.id)):
        talks.setdefault(talk.pupil_id, []).append(talk)
    return talks


def _ties_of(session: Session, pupil_ids: Collection[int]) -> dict[tuple[int, int], tuple[Guardian, str]]:
    rows = session.execute(
        select(Guardianship.pupil_id, Guardianship.relation, Guardian)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.pupil_id.in_(pupil_ids))
    )
    return {(pupil_id, guardian.id): (guardian, relation) for pupil_id, relation, guardian in rows}


def _had_it(session: Session, round_id: int, letter: Letter) -> set[tuple[int | None, int, str]]:
    """To whom this letter, or one that says as much, has been written already: (talk, pupil, person)."""
    kinds = TELLS_THE_TIME if letter is Letter.INVITATION else (letter,)
    gone = (OutboxState.SUPERSEDED, OutboxState.SUPPRESSED)
    told = set()
    rows = session.execute(
        select(Outbox.booking_id, Outbox.guardian_id, Outbox.pupil_id, Booking.pupil_id, Outbox.facts)
        .outerjoin(Booking, Booking.id == Outbox.booking_id)
        .outerjoin(Mailing, Mailing.id == Outbox.mailing_id)
        .where(
            or_(Booking.round_id == round_id, Mailing.round_id == round_id),
            Outbox.letter.in_(kinds),
            Outbox.state.not_in(gone),
        )
    )
    for booking_id, guardian_id, adult_id, about_id, facts in rows:
        key = f"g{guardian_id}" if guardian_id else f"p{adult_id}"
        told.add((booking_id, about_id or facts.get("pupil_id") or adult_id, key))
    return told


def _absent_homes(session: Session, round_id: int) -> dict[int, list[int]]:
    absent: dict[int, list[int]] = {}
    rows = session.execute(
        select(BookingAbsence.booking_id, BookingAbsence.household_id)
        .join(Booking, Booking.id == BookingAbsence.booking_id)
        .where(Booking.round_id == round_id)
    )
    for booking_id, household_id in rows:
        absent.setdefault(booking_id, []).append(household_id)
    return absent


@dataclass(frozen=True)
class RoundLetters:
    """A round, and how far its letters are."""

    round_id: int
    name: str
    written: dict[Letter, int]


@dataclass(frozen=True)
class Preview:
    """A batch before it leaves (or as far as it has left): the plan, and what became of what was written."""

    round_id: int
    round_name: str
    letter: Letter
    plan: Plan
    progress: "Progress"
    mailing_id: int | None
    held: bool


@dataclass(frozen=True)
class Progress:
    """How many letters of a batch are where."""

    counts: dict[OutboxState, int]

    def of(self, *states: OutboxState) -> int:
        return sum(self.counts.get(state, 0) for state in states)

    @property
    def total(self) -> int:
        """All that were written and not taken back."""
        return sum(self.counts.values()) - self.of(OutboxState.SUPERSEDED)

    @property
    def waiting(self) -> int:
        return self.of(OutboxState.QUEUED, OutboxState.CLAIMED, OutboxState.RETRY, OutboxState.OFFERED)

    @property
    def settled(self) -> int:
        return self.total - self.waiting

    @property
    def sent(self) -> int:
        return self.of(OutboxState.SENT)

    @property
    def uncertain(self) -> int:
        return self.of(OutboxState.UNCERTAIN)

    @property
    def refused(self) -> int:
        return self.of(OutboxState.FAILED, OutboxState.SUPPRESSED)


@dataclass(frozen=True)
class WrittenLetter:
    """One letter that was written, and what became of it."""

    id: int
    letter: Letter
    state: OutboxState
    name: Name
    relation: str
    pupil: Name | None
    class_name: str
    booking_id: int | None
    guardian_id: int | None
    address: str
    code: int | None
    text: str
    attempts: int
    at: datetime


@dataclass(frozen=True)
class RelayState:
    """Does the mail go out? `paused_because`: what the relay said when it refused us."""

    paused_at: datetime | None
    paused_because: str
    waiting: int


_CONCERNS_FAMILIES = or_(Outbox.staff_id.is_(None), Outbox.letter == Letter.MESSAGE)


def rounds_with_letters() -> list[RoundLetters]:
    """Every round, newest first, with what has been written for it."""
    counts: dict[int, dict[Letter, int]] = {}
    rows = db.session.execute(
        select(Mailing.round_id, Mailing.letter, func.count(Outbox.id))
        .join(Outbox, Outbox.mailing_id == Mailing.id)
        .where(Outbox.state != OutboxState.SUPERSEDED)
        .group_by(Mailing.round_id, Mailing.letter)
    )
    for round_id, letter, count in rows:
        counts.setdefault(round_id, {})[letter] = count
    standing = select(StandingRound.round_id)
    rounds = db.session.execute(select(Round.id, Round.name).where(Round.id.not_in(standing)).order_by(Round.id.desc()))
    return [RoundLetters(round_id, name, counts.get(round_id, {})) for round_id, name in rounds]


def preview(round_id: int, letter: Letter, now: datetime) -> Preview:
    """The page of one batch."""
    plan = plan_of(db.session(), round_id, letter, now)
    mailing = db.session.scalar(select(Mailing).where(Mailing.round_id == round_id, Mailing.letter == letter))
    return Preview(
        round_id=round_id,
        round_name=db.session.get_one(Round, round_id).name,
        letter=letter,
        plan=plan,
        progress=_progress(mailing.id if mailing else None),
        mailing_id=mailing.id if mailing else None,
        held=mailing is not None and mailing.paused_at is not None,
    )


def needs_somebody() -> list[WrittenLetter]:
    """Letters to families, and messages of families, that did not arrive, or perhaps not: a person decides."""
    states = (OutboxState.UNCERTAIN, OutboxState.FAILED)
    return _written(Outbox.state.in_(states) & _CONCERNS_FAMILIES)


def results_of(mailing_id: int) -> list[WrittenLetter]:
    """What became of every letter of a batch."""
    return _written((Outbox.mailing_id == mailing_id) & (Outbox.state != OutboxState.SUPERSEDED))


def find_written(outbox_id: int) -> WrittenLetter:
    """One letter to a family."""
    found = _written((Outbox.id == outbox_id) & _CONCERNS_FAMILIES)
    if not found:
        raise NoSuchLetter
    return found[0]


def relay_state(now: datetime) -> RelayState:
    """How the relay stands, and how many letters are due and still here."""
    relay = db.session.get(Relay, 1)
    waiting = db.session.scalar(
        select(func.count(Outbox.id)).where(
            Outbox.state.in_((OutboxState.QUEUED, OutboxState.RETRY)), Outbox.not_before <= now
        )
    )
    return RelayState(relay.paused_at if relay else None, relay.paused_because if relay else "", waiting or 0)


def _progress(mailing_id: int | None) -> Progress:
    if mailing_id is None:
        return Progress({})  # letters outside a batch belong to nobody's progress
    rows = db.session.execute(
        select(Outbox.state, func.count(Outbox.id)).where(Outbox.mailing_id == mailing_id).group_by(Outbox.state)
    )
    counts: dict[OutboxState, int] = {}
    for state, count in rows:
        counts[state] = count
    return Progress(counts)


def _written(wanted: ColumnElement[bool]) -> list[WrittenLetter]:
    about = aliased(Pupil)
    rows = db.session.execute(
        select(Outbox, Guardian, about, Guardianship.relation, ClassGroup.name, Staff)
        .outerjoin(Staff, Staff.id == Outbox.staff_id)
        .outerjoin(Guardian, Guardian.id == Outbox.guardian_id)
        .outerjoin(Booking, Booking.id == Outbox.booking_id)
        .outerjoin(Round, Round.id == Booking.round_id)
        .outerjoin(about, about.id == func.coalesce(Booking.pupil_id, Outbox.pupil_id))
        .outerjoin(Guardianship, (Guardianship.pupil_id == about.id) & (Guardianship.guardian_id == Outbox.guardian_id))
        .outerjoin(Enrolment, (Enrolment.pupil_id == about.id) & (Enrolment.year_id == Round.year_id))
        .outerjoin(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .where(wanted)
        .order_by(ClassGroup.name, about.surname, about.given_name, Outbox.id)
    )
    return [
        WrittenLetter(
            id=row.id,
            letter=row.letter,
            state=row.state,
            name=guardian.name if guardian else staff.name if staff else pupil.name if pupil else Name(""),
            relation=relation or "",
            pupil=pupil.name if pupil else None,
            class_name=class_name or "",
            booking_id=row.booking_id,
            guardian_id=row.guardian_id,
            address=row.address,
            code=row.last_code,
            text=row.last_text,
            attempts=row.attempts,
            at=row.sent_at or row.offered_at or row.created_at,
        )
        for row, guardian, pupil, relation, class_name, staff in rows
    ]
