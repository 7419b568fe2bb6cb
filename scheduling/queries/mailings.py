"""Who hears of a talk, who gets what of a batch of letters, and what became of it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scheduling.domain.mailings import (
    TELLS_THE_TIME,
    Addressee,
    Audience,
    Contact,
    Letter,
    OutboxState,
    PupilContact,
    SkipReason,
    audience,
)
from scheduling.domain.people import Name, is_adult
from scheduling.domain.rounds import LIVE, RoundMode, RoundUnknown
from scheduling.domain.timeslots import local
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
    Round,
    RoundClass,
    RoundExclusion,
)

HEARS_ANYWAY = (SkipReason.SAME_MAILBOX, SkipReason.NO_ADDRESS, SkipReason.BOUNCED)


@dataclass(frozen=True)
class Circle:
    """A pupil and the guardians around him."""

    pupil: PupilContact
    contacts: tuple[Contact, ...]

    def audience(self, household_id: int | None, absent: Collection[int] = ()) -> Audience:
        """Who hears of a talk with this household (None: with every household)."""
        return audience(self.pupil, self.contacts, household_id=household_id, absent=absent)

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
    return {pupil.id: Circle(_pupil_contact(pupil, on), tuple(contacts[pupil.id])) for pupil in pupils}


def _contact(tie: Guardianship, guardian: Guardian) -> Contact:
    return Contact(
        guardian_id=guardian.id,
        household_id=tie.household_id,
        position=tie.position,
        authority=tie.authority,
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
    talks = _talks_of(session, round_id, letter, now)
    circles = circles_of(session, list(pupils), local(now).date())
    ties = _ties_of(session, list(pupils))
    had = _had_it(session, round_id, letter)
    absent = _absent_homes(session, round_id) if letter is Letter.REMINDER else {}
    plan = Plan()
    for pupil_id, (pupil, class_name, leaders_open) in pupils.items():
        own = talks.get(pupil_id, [])
        chooses = found.mode is RoundMode.PICK and letter is Letter.INVITATION and leaders_open
        if not own and not chooses:
            plan.without_talk.append(WithoutTalk(pupil.name, class_name))
        about: list[Booking | None] = [*own] if own or not chooses else [None]
        for talk in about:
            told = circles[pupil_id].audience(
                talk.household_id if talk else None, absent.get(talk.id, ()) if talk else ()
            )
            _add(plan, told, talk, pupil, class_name, ties, had)
    return plan


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
