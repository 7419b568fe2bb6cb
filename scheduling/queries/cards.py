"""Cards that invite the children themselves: one per child and talk, per class, per leader, or for a whole round."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from scheduling.domain.errors import NotFound
from scheduling.domain.kinds import PupilPart
from scheduling.domain.mailings import Letter
from scheduling.domain.people import Name, Sector, natural_order
from scheduling.domain.rooms import Place
from scheduling.domain.rounds import LIVE
from scheduling.domain.single_talks import Medium
from scheduling.models import (
    Booking,
    ClassGroup,
    Enrolment,
    Guardian,
    Guardianship,
    Pupil,
    Round,
    RoundClass,
    School,
    Staff,
    TalkWay,
    db,
)
from scheduling.queries import rooms
from scheduling.queries.mailings import plan_of


@dataclass(frozen=True)
class Card:
    """What a child reads about its own talk."""

    school: str
    pupil: str
    language: str
    class_name: str
    leader: Name
    starts_at: datetime
    place: Place
    home: tuple[str, ...]
    """For whose house it is, when this child has more than one and this talk belongs to one of them."""
    met: Medium = Medium.SCHOOL


@dataclass(frozen=True)
class Cards:
    """The cards of a round, sorted as they are handed out: by class, then by name."""

    round_id: int
    round_name: str
    classes: tuple[tuple[int, str], ...]
    cards: tuple[Card, ...]
    without_time: int
    """Children here who have no time yet: for them there is no card."""

    @property
    def sheets(self) -> list[tuple[Card, ...]]:
        """Four on a sheet."""
        return [self.cards[first : first + 4] for first in range(0, len(self.cards), 4)]


def cards_of(
    round_id: int, *, now: datetime, class_id: int | None = None, leader_id: int | None = None, on_paper: bool = False
) -> Cards:
    """Cards for primary schools: of one class, of the talks one leader leads, or of all who get no mail at home."""
    found, school = db.session.get(Round, round_id), db.session.get(School, 1)
    if found is None or school is None or school.sector is not Sector.PRIMARY:
        raise NotFound
    plan = plan_of(db.session(), round_id, Letter.INVITATION, now)
    wanted = (
        select(Booking, Pupil, ClassGroup)
        .join(Pupil, Pupil.id == Booking.pupil_id)
        .join(Enrolment, (Enrolment.pupil_id == Pupil.id) & (Enrolment.year_id == found.year_id))
        .join(ClassGroup, ClassGroup.id == Enrolment.class_id)
        .where(Booking.round_id == round_id, Booking.status.in_(LIVE), Booking.starts_at > now)
    )
    if class_id is not None:
        wanted = wanted.where(ClassGroup.id == class_id)
    if leader_id is not None:
        wanted = wanted.where(Booking.leader_id == leader_id)
    if on_paper:
        wanted = wanted.where(Pupil.id.in_({one.pupil_id for one in plan.on_paper}))
    rows = sorted(
        db.session.execute(wanted), key=lambda row: (natural_order(row[2].name), row[1].given_name, row[0].starts_at)
    )
    return Cards(
        round_id=round_id,
        round_name=found.name,
        classes=_classes(round_id),
        cards=tuple(_cards(school.name, [(booking, pupil, group.name) for booking, pupil, group in rows]))
        if found.pupil is not PupilPart.ABSENT
        else (),
        without_time=len(plan.without_talk) if leader_id is None and class_id is None and not on_paper else 0,
    )


def _classes(round_id: int) -> tuple[tuple[int, str], ...]:
    rows = db.session.execute(
        select(ClassGroup.id, ClassGroup.name)
        .join(RoundClass, RoundClass.class_id == ClassGroup.id)
        .where(RoundClass.round_id == round_id)
    )
    return tuple(sorted(((row[0], row[1]) for row in rows), key=lambda row: natural_order(row[1])))


def _cards(school: str, rows: list[tuple[Booking, Pupil, str]]) -> list[Card]:
    homes = _homes({pupil.id for _booking, pupil, _class in rows})
    listed = rooms.room_list(db.session())
    elsewhere = select(TalkWay).where(TalkWay.booking_id.in_([booking.id for booking, _pupil, _class in rows]))
    met = {row.booking_id: row.way for row in db.session.scalars(elsewhere)}
    return [
        Card(
            school=school,
            pupil=pupil.given_name,
            language=pupil.language,
            class_name=class_name,
            leader=db.session.get_one(Staff, booking.leader_id).name,
            starts_at=booking.starts_at,
            place=rooms.place_of(
                db.session(), listed, booking.room, pupil_id=pupil.id, year_id=booking.round.year_id
            ),
            home=_home(homes[pupil.id], booking.household_id),
            met=met.get(booking.id, Medium.SCHOOL),
        )
        for booking, pupil, class_name in rows
    ]  # fmt: skip


def _home(homes: dict[int, tuple[str, ...]], household_id: int | None) -> tuple[str, ...]:
    """The names at this talk's own home, when there is another one too: only these, never the other's."""
    return homes.get(household_id, ()) if household_id is not None and len(homes) > 1 else ()


def _homes(pupil_ids: Collection[int]) -> dict[int, dict[int, tuple[str, ...]]]:
    found: dict[int, dict[int, tuple[str, ...]]] = defaultdict(dict)
    rows = db.session.execute(
        select(Guardianship.pupil_id, Guardianship.household_id, Guardian)
        .join(Guardian, Guardian.id == Guardianship.guardian_id)
        .where(Guardianship.pupil_id.in_(pupil_ids), Guardian.active.is_(True))
        .order_by(Guardianship.position, Guardian.id)
    )
    for pupil_id, household_id, guardian in rows:
        found[pupil_id][household_id] = (*found[pupil_id].get(household_id, ()), guardian.name.called)
    return found
