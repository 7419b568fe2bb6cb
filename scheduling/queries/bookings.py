"""Whose talk is it, who is expected at it, and when are they busy: what booking needs to know.

Every question here is about people by id; nothing is named, so that no answer can carry the other home's facts.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import ColumnElement, Row, Select, and_, or_, select, true
from sqlalchemy.orm import Session, aliased

from scheduling.domain.homes import widened
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.people import Authority, is_adult
from scheduling.domain.requests import FreedState
from scheduling.domain.rounds import LIVE, BookingOrigin, BookingStatus, SlotFacts
from scheduling.domain.single_talks import Medium, around
from scheduling.domain.timeslots import Span, local, moment_at
from scheduling.models import (
    Booking,
    ClassGroup,
    ClassLeader,
    Enrolment,
    FreedOffer,
    Guardian,
    Guardianship,
    InterpreterRequest,
    JournalLine,
    LeaderOpening,
    Pupil,
    Round,
    RoundClass,
    RoundExclusion,
    School,
    Slot,
    SupportMeeting,
    TalkRequest,
    TalkWay,
)
from scheduling.queries.agreed_rounds import agreed_parts
from scheduling.queries.homes import each_has_own, homes_beside, times_gone
from scheduling.queries.interpreting import interpreters_of, times_interpreting
from scheduling.queries.joining import times_joining
from scheduling.queries.once import once

MOVES = ("bookings.move", "bookings.swap")
"""How the journal calls a talk going to another time."""


@dataclass(frozen=True)
class Home:
    """One person's place beside one pupil: the own household, and every home that is invited."""

    pupil_id: int
    household_id: int | None
    """None: the adult pupil himself."""
    homes: frozenset[int]
    joins: bool = True
    """What is for every home together is for this person too: not for a parent who is invited on request alone."""

    def is_asked(self, household_id: int | None) -> bool:
        """Is what is for this household, or (None) for every home together, for this person?"""
        return self.household_id in (None, household_id) or (household_id is None and self.joins)

    def asked_by(self, household_id: ColumnElement[int | None]) -> ColumnElement[bool]:
        """The same, of a column."""
        if self.household_id is None:
            return true()
        own = household_id == self.household_id
        return or_(household_id.is_(None), own) if self.joins else own

    @property
    def has_another(self) -> bool:
        return self.household_id is not None and len(self.homes) > 1


def find_homes(session: Session, by: Actor, on: date, *, pupil_id: int | None = None) -> list[Home]:
    """The children a person speaks for on this day (or this one child): none that is an adult and did not permit it."""
    if by.kind is ActorKind.PUPIL:
        return _himself(session, by, on, pupil_id)
    own: dict[int, Guardianship] = {}
    homes: dict[int, set[int]] = {}
    for row, active, pupil in _ties(session, by.id, on):
        if pupil_id in (None, pupil.id) and row.is_invited and active and _parents_count(pupil, on):
            homes.setdefault(row.pupil_id, set()).add(row.household_id)
            if row.guardian_id == by.id and by.kind is ActorKind.GUARDIAN:
                own[row.pupil_id] = row
    return [
        Home(pupil, own[pupil].household_id, frozenset(found), own[pupil].authority is not Authority.NO)
        for pupil, found in homes.items()
        if pupil in own
    ]


def given_names(session: Session, by: Actor, on: date) -> dict[int, str]:
    """What the children of a person are called; a pupil is his own."""
    if by.kind is ActorKind.PUPIL:
        pupil = session.get(Pupil, by.id)
        return {pupil.id: pupil.given_name} if pupil else {}
    return {pupil.id: pupil.given_name for _tie, _active, pupil in _ties(session, by.id, on)}


@once
def _ties(session: Session, guardian_id: int | None, on: date) -> Sequence[Row[Guardianship, bool, Pupil]]:
    """Everybody who is tied to the children of this guardian who are still here on this day, the eldest child first."""
    mine = select(Guardianship.pupil_id).where(Guardianship.guardian_id == guardian_id)
    return session.execute(
        select(Guardianship, Guardian.active, Pupil)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .join(Pupil, Pupil.id == Guardianship.pupil_id)
        .where(Pupil.id.in_(mine), Pupil.left_on.is_(None) | (Pupil.left_on > on))
        .order_by(Pupil.birth_date, Pupil.id)
    ).all()


def speaks_for_himself(session: Session, pupil: Pupil, on: date) -> bool:
    """Is this pupil eighteen, or will he be on the day of a talk that he is invited to?"""
    if pupil.left_on and pupil.left_on <= on:
        return False
    if is_adult(pupil.birth_date, on):
        return True
    days = select(Booking.starts_at).where(
        Booking.pupil_id == pupil.id, Booking.status.in_(LIVE), Booking.starts_at > moment_at(on, time(0)),
        Booking.invited_at.is_not(None),
    )  # fmt: skip
    return any(is_adult(pupil.birth_date, local(starts_at).date()) for starts_at in session.scalars(days))


def opens_to_guardian(session: Session, guardian_id: int, now: datetime) -> bool:
    """Is there anything here for this guardian? Not when every child here is of age and goes on alone."""
    today = local(now).date()
    children = [pupil for _tie, _active, pupil in _ties(session, guardian_id, today)]
    return not children or any(_parents_count(pupil, today) for pupil in children)


def find_home(session: Session, by: Actor, pupil_id: int, on: date) -> Home | None:
    """This person's place beside this pupil, if there is one."""
    return next(iter(find_homes(session, by, on, pupil_id=pupil_id)), None)


def find_live(session: Session, round_id: int, home: Home, request_id: int | None = None) -> Booking | None:
    """The talk this home has in a round: its own, or the joint one; on an evening of several, the one asked for."""
    found = live_talks(session, round_id, home)
    return next((booking for booking in found if request_id in (None, booking.request_id)), None)


def live_talks(session: Session, round_id: int, home: Home) -> list[Booking]:
    """Every talk this home has in a round: one, or on an evening one for each request."""
    mine = select(Booking).where(
        Booking.round_id == round_id, Booking.pupil_id == home.pupil_id, Booking.status.in_(LIVE),
        home.asked_by(Booking.household_id.expression),
    )  # fmt: skip
    return list(session.scalars(mine.order_by(Booking.household_id, Booking.starts_at)))


def find_request(session: Session, round_id: int, home: Home, request_id: int) -> TalkRequest | None:
    """What this home asked, or was asked by the school, as long as it stands."""
    row = session.get(TalkRequest, request_id)
    if row is None or (row.round_id, row.pupil_id) != (round_id, home.pupil_id):
        return None
    stands = row.withdrawn_at is None and row.done_at is None
    own = row.household_id == home.household_id or (row.household_id is None and home.joins)
    return row if stands and own else None


def is_of(booking: Booking, home: Home) -> bool:
    """Is this talk one of this home's?"""
    return booking.pupil_id == home.pupil_id and home.is_asked(booking.household_id)


@dataclass(frozen=True)
class Answer:
    """What a family said to the time of its talk, and who chose that time."""

    status: BookingStatus
    confirmed_at: datetime | None
    origin: BookingOrigin

    def as_facts(self) -> dict[str, str | None]:
        """For the journal."""
        said = self.confirmed_at.isoformat() if self.confirmed_at else None
        return {"status": self.status.value, "confirmed_at": said, "origin": self.origin.value}


def answer_of(booking: Booking) -> Answer:
    """How it stands now."""
    return Answer(booking.status, booking.confirmed_at, booking.origin)


def answer_before(session: Session, booking_id: int) -> Answer | None:
    """How it stood before the last time that this talk moved."""
    moved = select(JournalLine).where(
        JournalLine.subject == "booking", JournalLine.subject_id == booking_id, JournalLine.action.in_(MOVES)
    )  # fmt: skip
    line = session.scalars(moved.order_by(JournalLine.id.desc()).limit(1)).first()
    was = line.facts.get("was") if line else None
    if was is None:
        return None
    said = datetime.fromisoformat(was["confirmed_at"]) if was["confirmed_at"] else None
    return Answer(BookingStatus(was["status"]), said, BookingOrigin(was["origin"]))


def last_step(session: Session, booking_id: int) -> JournalLine | None:
    """What was done last with this talk."""
    done = select(JournalLine).where(JournalLine.subject == "booking", JournalLine.subject_id == booking_id)
    return session.scalars(done.order_by(JournalLine.id.desc()).limit(1)).first()


def is_joint(booking: Booking, home: Home) -> bool:
    """Is another home expected at this talk as well?"""
    return booking.household_id is None and home.has_another


def household_for(session: Session, home: Home, found: Round) -> int | None:
    """With whom a new talk is: this home alone, or (None) every home together, as was arranged for this pupil.

    A home that agreed on another form of contact is not called to it by the other one.
    """
    if home.household_id is None or len(home.homes) < 2 or each_has_own(session, home.pupil_id, found.year_id):
        return home.household_id
    out = agreed_parts(session, found.id, frozenset({home.pupil_id})).homes_out(home.pupil_id)
    return home.household_id if out - {home.household_id} else None


def homes_invited(session: Session, pupil_id: int, on: date) -> set[int]:
    """The households that are invited to a talk of this pupil; none of an adult who speaks for himself."""
    pupil = session.get(Pupil, pupil_id)
    if pupil is None or not _parents_count(pupil, on):
        return set()
    return {tie.household_id for tie, active in _ties_of(session, pupil_id) if tie.is_invited and active}


def expected_guardians(session: Session, pupil_id: int, household_id: int | None, on: date) -> frozenset[int]:
    """Which guardians are expected at a talk of this pupil with this home (None: with every home)."""
    pupil = session.get(Pupil, pupil_id)
    if pupil is None or not _parents_count(pupil, on):
        return frozenset()
    return frozenset(
        tie.guardian_id
        for tie, active in _ties_of(session, pupil_id)
        if tie.is_invited and active and _is_expected(tie, household_id)
    )


def _is_expected(tie: Guardianship, household_id: int | None) -> bool:
    """To a talk with every home (None) nobody comes who is invited on request alone."""
    return tie.household_id == household_id or (household_id is None and tie.authority is not Authority.NO)


@once
def _ties_of(session: Session, pupil_id: int) -> Sequence[Row[Guardianship, bool]]:
    """Everybody who is tied to this pupil, in the order of the school's file, and who of them still counts."""
    return session.execute(
        select(Guardianship, Guardian.active)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.pupil_id == pupil_id)
        .order_by(Guardianship.position)
    ).all()


def guardians_among(session: Session, staff_ids: Iterable[int]) -> frozenset[int]:
    """Which guardians are these colleagues at home."""
    return frozenset(session.scalars(select(Guardian.id).where(Guardian.staff_id.in_(list(staff_ids)))))


def busy_spans(
    session: Session, *, guardians: Collection[int], pupil_id: int | None = None, besides: int | None = None,
    besides_meeting: int | None = None,
) -> list[Span]:  # fmt: skip
    """When any of these guardians, or this pupil, has another live talk: as family, or as the one who leads it."""
    led = select(Guardian.staff_id).where(Guardian.id.in_(guardians), Guardian.staff_id.is_not(None))
    talks = select(Booking.starts_at, Booking.ends_at).where(
        Booking.status.in_(LIVE),
        Booking.id != (besides or 0),
        or_(Booking.pupil_id == (pupil_id or 0), _comes(guardians), Booking.leader_id.in_(led)),
    )
    rows = session.execute(talks.union_all(_at_other_tables(guardians, pupil_id, besides_meeting)))
    return [Span(starts_at, ends_at) for starts_at, ends_at in rows]


def _at_other_tables(
    guardians: Collection[int], pupil_id: int | None, besides: int | None
) -> Select[datetime, datetime]:
    """When these people sit with the support team."""
    mine = select(Guardianship.pupil_id).where(
        Guardianship.guardian_id.in_(guardians), Guardianship.is_invited,
        or_(SupportMeeting.household_id.is_(None), SupportMeeting.household_id == Guardianship.household_id),
        Guardianship.pupil_id == SupportMeeting.pupil_id,
    )  # fmt: skip
    return select(SupportMeeting.starts_at, SupportMeeting.ends_at).where(
        SupportMeeting.cancelled_at.is_(None),
        SupportMeeting.id != (besides or 0),
        or_(SupportMeeting.pupil_id == (pupil_id or 0), mine.exists()),
    )


def times_out(
    session: Session, *, guardians: Collection[int], leader_id: int, pupil_id: int, besides: int | None = None
) -> list[Span]:
    """All times that a talk of this pupil with these guardians and this leader cannot have.

    Whoever reads them learns only that they are gone: they hold the other home's talks too.
    """
    around = frozenset(guardians) | guardians_among(session, [leader_id])
    busy = busy_spans(session, guardians=around, pupil_id=pupil_id, besides=besides)
    travelling = times_travelling(
        session, guardians=around, pupil_id=pupil_id, besides=besides, leader_id=leader_id
    )  # fmt: skip
    booked = interpreters_of(session, pupil_id, guardians) if _help_for(session, pupil_id) else ()
    elsewhere = times_interpreting(session, booked, besides=besides)
    joining = times_joining(session, leader_id, besides=besides)
    return busy + travelling + elsewhere + joining + times_gone(session, guardians, besides=besides)


def times_travelling(
    session: Session, *, guardians: Collection[int], pupil_id: int, besides: int | None = None,
    leader_id: int | None = None,
) -> list[Span]:  # fmt: skip
    """When a talk of this pupil cannot be, because these guardians, or this leader, are on their way between locations.

    The leader of a talk comes from and goes to the talks that are led at another location, or at a family's home.
    """
    theirs, there, mine, here = aliased(Enrolment), aliased(ClassGroup), aliased(Enrolment), aliased(ClassGroup)
    led = select(Guardian.staff_id).where(Guardian.id.in_(guardians), Guardian.staff_id.is_not(None))
    somebody = or_(_comes(guardians), Booking.leader_id.in_(led), Booking.leader_id == (leader_id or 0))
    visits = (
        select(Booking.starts_at, Booking.ends_at, TalkWay.travel_before, TalkWay.travel_after)
        .join(TalkWay, TalkWay.booking_id == Booking.id)
        .where(TalkWay.way == Medium.HOME, Booking.status.in_(LIVE), Booking.id != (besides or 0), somebody)
    )
    locations = (
        select(Booking.starts_at, Booking.ends_at, School.travel_minutes, School.travel_minutes)
        .join(Round, Round.id == Booking.round_id)
        .join(theirs, and_(theirs.pupil_id == Booking.pupil_id, theirs.year_id == Round.year_id))
        .join(there, and_(there.id == theirs.class_id, there.location != ""))
        .join(mine, and_(mine.pupil_id == pupil_id, mine.year_id == Round.year_id))
        .join(here, and_(here.id == mine.class_id, here.location != "", here.location != there.location))
        .join(School, School.travel_minutes > 0)
        .where(
            Booking.status.in_(LIVE), Booking.id != (besides or 0), Booking.pupil_id != pupil_id, somebody,
        )
    )  # fmt: skip
    rows = session.execute(locations.union_all(visits))
    return [around(Span(starts_at, ends_at), before, after) for starts_at, ends_at, before, after in rows]


def times_walking(
    session: Session, *, guardians: Collection[int], leader_id: int, besides: int | None = None
) -> list[Span]:
    """When these guardians are with another leader, or on their way from there or to there."""
    walking = session.scalar(select(School.walking_minutes)) or 0
    rows = session.execute(
        select(Booking.starts_at, Booking.ends_at).where(
            Booking.status.in_(LIVE), Booking.id != (besides or 0), Booking.leader_id != leader_id, _comes(guardians)
        )
    )
    return [widened(Span(starts_at, ends_at), walking) for starts_at, ends_at in rows]


def sibling_talks(session: Session, *, guardians: Collection[int], pupil_id: int) -> list[tuple[int, Span]]:
    """When these guardians come for another child, and with which leader."""
    rows = session.execute(
        select(Booking.leader_id, Booking.starts_at, Booking.ends_at).where(
            Booking.status.in_(LIVE), Booking.pupil_id != pupil_id, _comes(guardians)
        )
    )
    return [(leader_id, Span(starts_at, ends_at)) for leader_id, starts_at, ends_at in rows]


def _comes(guardians: Collection[int]) -> ColumnElement[bool]:
    """One of these guardians is expected at a talk."""
    return (
        select(Guardianship.id)
        .where(
            Guardianship.guardian_id.in_(guardians),
            Guardianship.pupil_id == Booking.pupil_id,
            Guardianship.is_invited,
            or_(Booking.household_id.is_(None), Booking.household_id == Guardianship.household_id),
        )
        .exists()
    )


def households_around(session: Session, pupil_id: int, guardians: Collection[int]) -> list[int]:
    """Every household that must hold still while a talk of these people changes."""
    around = or_(
        Guardianship.pupil_id == pupil_id,
        Guardianship.guardian_id.in_(guardians),
        Guardianship.pupil_id.in_(homes_beside(guardians)),
    )
    return list(session.scalars(select(Guardianship.household_id).where(around).distinct()))


def open_leaders(session: Session, round_id: int, pupil_id: int) -> list[int]:
    """Who may lead this pupil's talk: the leaders of the class who are open in this round, never the own parent."""
    own_parent = (
        select(Guardian.staff_id)
        .join(Guardianship, Guardianship.guardian_id == Guardian.id)
        .where(Guardianship.pupil_id == pupil_id, Guardian.staff_id.is_not(None))
    )
    return list(
        session.scalars(
            select(ClassLeader.staff_id)
            .join(Enrolment, Enrolment.class_id == ClassLeader.class_id)
            .join(RoundClass, RoundClass.class_id == Enrolment.class_id)
            .join(
                LeaderOpening,
                and_(LeaderOpening.round_id == RoundClass.round_id, LeaderOpening.leader_id == ClassLeader.staff_id),
            )
            .where(
                RoundClass.round_id == round_id,
                Enrolment.pupil_id == pupil_id,
                Enrolment.present,
                ClassLeader.staff_id.not_in(own_parent),
                ~select(RoundExclusion.pupil_id)
                .where(RoundExclusion.round_id == round_id, RoundExclusion.pupil_id == pupil_id)
                .exists(),
            )
            .order_by(ClassLeader.position)
        )
    )


def takes_part(session: Session, round_id: int, pupil_id: int) -> bool:
    """Does this pupil have a talk in this round, or may one be chosen?"""
    has = select(Booking.id).where(Booking.round_id == round_id, Booking.pupil_id == pupil_id).limit(1)
    return session.scalar(has) is not None or bool(open_leaders(session, round_id, pupil_id))


def is_open_leader(session: Session, round_id: int, leader_id: int) -> bool:
    return session.get(LeaderOpening, (round_id, leader_id)) is not None


def leader_slots(session: Session, round_id: int, leader_ids: Iterable[int]) -> list[Slot]:
    """All slots of these leaders in a round, in order of time."""
    wanted = select(Slot).where(Slot.round_id == round_id, Slot.leader_id.in_(list(leader_ids)))
    return list(session.scalars(wanted.order_by(Slot.starts_at, Slot.leader_id)))


def held_slots(
    session: Session, round_id: int, leader_ids: Iterable[int], now: datetime, *, besides: int | None = None
) -> set[int]:
    """The slots that are kept for families that wait for them (`besides`: not for this request)."""
    held, offered = aliased(Slot), aliased(Slot)
    rows = session.scalars(
        select(held.id)
        .join(FreedOffer, (FreedOffer.starts_at <= held.starts_at) & (held.ends_at <= FreedOffer.ends_at))
        .join(offered, offered.id == FreedOffer.slot_id)
        .where(
            held.round_id == round_id, held.leader_id.in_(list(leader_ids)), offered.round_id == round_id,
            offered.leader_id == held.leader_id, FreedOffer.state == FreedState.OPEN, FreedOffer.expires_at > now,
            FreedOffer.request_id != (besides or 0),
        )
    )  # fmt: skip
    return set(rows)


def facts_of(slot: Slot) -> SlotFacts:
    return SlotFacts(slot.id, slot.leader_id, Span(slot.starts_at, slot.ends_at))


def interpreter_language(session: Session, round_id: int, pupil_id: int, household_id: int | None) -> str:
    """The language of the interpreter this talk needs; empty: none. What the family asked goes before the file."""
    asked = {row.household_id: row.language for row in _help_for(session, pupil_id) if row.round_id == round_id}
    at_home = [
        asked.get(tie.household_id, tie.interpreter)
        for tie, _active in _ties_of(session, pupil_id)
        if household_id in (None, tie.household_id)
    ]
    wanted = [asked.get(None, ""), *at_home]  # None: what the adult pupil asked
    return next((language for language in wanted if language), "")


@once
def _help_for(session: Session, pupil_id: int) -> Sequence[InterpreterRequest]:
    """Every interpreter that was asked for talks of this pupil."""
    return session.scalars(select(InterpreterRequest).where(InterpreterRequest.pupil_id == pupil_id)).all()


def find_round(session: Session, round_id: int) -> Round | None:
    return session.get(Round, round_id)


def _himself(session: Session, by: Actor, on: date, pupil_id: int | None) -> list[Home]:
    """An adult pupil speaks for himself, and for nobody else."""
    pupil = session.get(Pupil, by.id) if pupil_id in (None, by.id) else None
    if pupil is None or not speaks_for_himself(session, pupil, on):
        return []
    return [Home(pupil.id, None, frozenset())]


def _parents_count(pupil: Pupil, on: date) -> bool:
    return pupil.parents_permitted or not is_adult(pupil.birth_date, on)
