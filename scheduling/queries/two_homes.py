"""The office's page of a pupil with two homes: what is arranged, what was asked, and talks that still differ from it.

And a guardian's own page about it, which knows nothing of the other home but what a joint talk tells.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.homes import HomeTalks, has_own_talks
from scheduling.domain.journal import Actor
from scheduling.domain.people import Name, NoSuchPupil, SeparatedParents, natural_order
from scheduling.domain.rounds import LIVE, slots_needed, starts_of
from scheduling.domain.timeslots import Span, local
from scheduling.models import (
    Booking,
    ClassGroup,
    Enrolment,
    Guardian,
    Guardianship,
    OwnTalkWish,
    Pupil,
    Round,
    School,
    Staff,
    TwoHomes,
    db,
)
from scheduling.queries import bookings as asking
from scheduling.queries import homes


@dataclass(frozen=True)
class HomeNames:
    """One home, by the names of who is invited there."""

    household_id: int
    names: tuple[str, ...]

    @property
    def label(self) -> str:
        return ", ".join(self.names)


@dataclass(frozen=True)
class Wish:
    """A home that asks for a talk of its own."""

    id: int
    pupil_id: int
    pupil: Name
    who: Name
    asked_at: datetime


@dataclass(frozen=True)
class StandingTalk:
    """A talk ahead. `home` None: a joint one. `told`: the family heard of it."""

    booking_id: int
    home: HomeNames | None
    starts_at: datetime
    ends_at: datetime
    leader: Name
    leader_id: int
    told: bool


@dataclass(frozen=True)
class StandingRound:
    """The talks of this pupil in one round, when they are not as arranged."""

    round_id: int
    name: str
    talks: tuple[StandingTalk, ...]

    @property
    def is_joint(self) -> bool:
        return any(talk.home is None for talk in self.talks)


@dataclass(frozen=True)
class HomesPage:
    """A pupil's homes and what was arranged for them this year."""

    pupil_id: int
    name: Name
    year_id: int
    year: str
    homes: tuple[HomeNames, ...]
    policy: SeparatedParents
    talks: HomeTalks | None
    apart_minutes: int
    usual_minutes: int
    """The school's own number of minutes, for homes that are kept apart."""
    wishes: tuple[Wish, ...]
    differing: tuple[StandingRound, ...]

    @property
    def own_talks(self) -> bool:
        return has_own_talks(self.policy, self.talks)

    def find_round(self, round_id: int) -> StandingRound | None:
        """The talks of this round, if they are not as arranged."""
        return next((one for one in self.differing if one.round_id == round_id), None)


@dataclass(frozen=True)
class Arrangement:
    """A pupil for whom a year goes otherwise than usual. `differs`: a talk is still planned otherwise than arranged."""

    pupil_id: int
    name: Name
    class_name: str
    homes: tuple[HomeNames, ...]
    talks: HomeTalks | None
    apart_minutes: int
    differs: bool


@dataclass(frozen=True)
class OwnTime:
    """A time that one home may get when a joint talk is split."""

    slot_id: int
    starts_at: datetime
    ends_at: datetime
    is_now: bool
    """The time of the joint talk itself."""


@dataclass(frozen=True)
class HomeTimes:
    home: HomeNames
    times: tuple[OwnTime, ...]


@dataclass(frozen=True)
class OwnTalk:
    """One child on a guardian's own page. `asked`: this home asked, and the office has not answered."""

    pupil_id: int
    pupil: str
    may_ask: bool
    asked: bool


def homes_page(pupil_id: int, year_id: int, year: str, *, now: datetime) -> HomesPage:
    """Everything the office needs to decide about a pupil's homes; raises NoSuchPupil."""
    session = db.session()
    pupil = session.get(Pupil, pupil_id)
    if pupil is None:
        raise NoSuchPupil
    row = session.scalar(select(TwoHomes).where(TwoHomes.pupil_id == pupil_id, TwoHomes.year_id == year_id))
    policy, talks = homes.policy_of(session), homes.exceptions_of(session, year_id, [pupil_id]).get(pupil_id)
    own = _homes(session, pupil_id, now)
    return HomesPage(
        pupil_id=pupil_id,
        name=pupil.name,
        year_id=year_id,
        year=year,
        homes=own,
        policy=policy,
        talks=talks,
        apart_minutes=row.apart_minutes if row else 0,
        usual_minutes=session.scalar(select(School.apart_minutes)) or 0,
        wishes=wishes_of(year_id, pupil_id),
        differing=_differing(session, pupil_id, year_id, own, has_own_talks(policy, talks), now),
    )


def usual_policy() -> SeparatedParents:
    """What the school does for pupils with two homes."""
    return homes.policy_of(db.session())


def wishes_of(year_id: int, pupil_id: int | None = None) -> tuple[Wish, ...]:
    """Who waits for an answer about a talk of its own, the first who asked first."""
    wanted = select(OwnTalkWish, Pupil, Guardian).join(Pupil, Pupil.id == OwnTalkWish.pupil_id)
    wanted = wanted.outerjoin(Guardian, Guardian.id == OwnTalkWish.guardian_id)
    wanted = wanted.where(OwnTalkWish.year_id == year_id, OwnTalkWish.decided_at.is_(None))
    if pupil_id is not None:
        wanted = wanted.where(OwnTalkWish.pupil_id == pupil_id)
    return tuple(
        Wish(wish.id, pupil.id, pupil.name, guardian.name if guardian else Name(""), wish.asked_at)
        for wish, pupil, guardian in db.session.execute(wanted.order_by(OwnTalkWish.asked_at, OwnTalkWish.id))
    )


def arrangements(year_id: int, *, now: datetime) -> tuple[Arrangement, ...]:
    """The pupils of a year for whom something was arranged, by class and name."""
    session = db.session()
    policy = homes.policy_of(session)
    wanted = (
        select(TwoHomes, Pupil, ClassGroup.name)
        .join(Pupil, Pupil.id == TwoHomes.pupil_id)
        .join(Enrolment, (Enrolment.pupil_id == Pupil.id) & (Enrolment.year_id == TwoHomes.year_id))
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .where(
            TwoHomes.year_id == year_id, Enrolment.present, or_(TwoHomes.talks.is_not(None), TwoHomes.apart_minutes > 0)
        )
    )  # fmt: skip
    rows = sorted(session.execute(wanted), key=lambda row: (natural_order(row[2]), row[1].name.sort_key, row[1].id))
    found = []
    for row, pupil, class_name in rows:
        own = _homes(session, pupil.id, now)
        differing = _differing(session, pupil.id, year_id, own, has_own_talks(policy, row.talks), now)
        found.append(Arrangement(pupil.id, pupil.name, class_name, own, row.talks, row.apart_minutes, bool(differing)))
    return tuple(found)


def times_for(page: HomesPage, round_id: int, *, now: datetime) -> tuple[HomeTimes, ...]:
    """Per home the times of its leader that would do when the joint talk is split, the present one among them."""
    session = db.session()
    standing = page.find_round(round_id)
    joint = next((talk for talk in standing.talks if talk.home is None), None) if standing else None
    if joint is None:
        raise NotFound
    return tuple(HomeTimes(home, _times(session, page.pupil_id, round_id, joint, home, now)) for home in page.homes)


def own_talks_of(by: Actor, year_id: int, now: datetime) -> tuple[OwnTalk, ...]:
    """A guardian's children, and for which of them this home may ask for a talk of its own."""
    session = db.session()
    own = asking.find_homes(session, by, local(now).date())
    wanted = select(Pupil).where(Pupil.id.in_([home.pupil_id for home in own]))
    names = {pupil.id: pupil.given_name for pupil in session.scalars(wanted)}
    waiting = select(OwnTalkWish.pupil_id).where(
        OwnTalkWish.year_id == year_id, OwnTalkWish.decided_at.is_(None),
        OwnTalkWish.household_id.in_([home.household_id for home in own]),
    )  # fmt: skip
    asked = set(session.scalars(waiting))
    return tuple(
        OwnTalk(
            home.pupil_id,
            names[home.pupil_id],
            may_ask=home.has_another and homes.may_ask_own(session, home.pupil_id, year_id),
            asked=home.pupil_id in asked,
        )
        for home in own
    )


def _homes(session: Session, pupil_id: int, now: datetime) -> tuple[HomeNames, ...]:
    """The homes that are invited, the first in the school's file first."""
    invited = asking.homes_invited(session, pupil_id, local(now).date())
    names: dict[int, list[str]] = defaultdict(list)
    for household_id, guardian in session.execute(
        select(Guardianship.household_id, Guardian)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(
            Guardianship.pupil_id == pupil_id, Guardianship.household_id.in_(invited), Guardianship.is_invited,
            Guardian.active,
        )
        .order_by(Guardianship.position, Guardianship.id)
    ):  # fmt: skip
        names[household_id].append(guardian.name.full)
    return tuple(HomeNames(household_id, tuple(found)) for household_id, found in names.items())


def _differing(
    session: Session, pupil_id: int, year_id: int, own: Sequence[HomeNames], own_talks: bool, now: datetime
) -> tuple[StandingRound, ...]:
    """The rounds with a joint talk where two are arranged, or with talks of one home where it is one together."""
    labels = {home.household_id: home for home in own}
    rows = session.execute(
        select(Booking, Round.name, Staff)
        .join(Round, Round.id == Booking.round_id)
        .join(Staff, Staff.id == Booking.leader_id)
        .where(
            Booking.pupil_id == pupil_id, Round.year_id == year_id, Booking.status.in_(LIVE), Booking.starts_at > now
        )
        .order_by(Booking.starts_at)
    )
    found: dict[int, list[StandingTalk]] = defaultdict(list)
    names: dict[int, str] = {}
    for booking, name, staff in rows:
        names[booking.round_id] = name
        home = labels.get(booking.household_id) or HomeNames(booking.household_id, ()) if booking.household_id else None
        told = booking.invited_at is not None or booking.confirmed_at is not None
        talk = StandingTalk(booking.id, home, booking.starts_at, booking.ends_at, staff.name, staff.id, told)
        found[booking.round_id].append(talk)
    if len(own) < 2:
        return ()
    rounds = [StandingRound(round_id, names[round_id], tuple(talks)) for round_id, talks in found.items()]
    return tuple(one for one in rounds if one.is_joint is own_talks)


def _times(
    session: Session, pupil_id: int, round_id: int, joint: StandingTalk, home: HomeNames, now: datetime
) -> tuple[OwnTime, ...]:
    language = asking.interpreter_language(session, round_id, pupil_id, home.household_id)
    expected = asking.expected_guardians(session, pupil_id, home.household_id, local(now).date())
    out = asking.times_out(
        session, guardians=expected, leader_id=joint.leader_id, pupil_id=pupil_id, besides=joint.booking_id
    )
    free = [
        asking.facts_of(slot)
        for slot in asking.leader_slots(session, round_id, [joint.leader_id])
        if slot.starts_at > now and not slot.blocked and slot.booking_id in (None, joint.booking_id)
    ]
    times = []
    for row in starts_of(free, slots_needed(interpreter=bool(language))):
        span = Span(row[0].span.starts_at, row[-1].span.ends_at)
        if not any(map(span.overlaps, out)):
            is_now = span.starts_at == joint.starts_at
            times.append(OwnTime(row[0].id, span.starts_at, span.ends_at, is_now))
    return tuple(times)
