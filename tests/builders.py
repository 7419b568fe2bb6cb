"""Plain builders: rows as the house knows them, with the least one has to say. Call them inside an app context.

school = a_school(); year = a_year(); anna = a_leader("anna"); three = a_class("3", leaders=[anna])
sami = a_pupil("Sami", three); layla = a_guardian("Layla", sami)
start = a_round(classes=[three]); slots = some_slots(start, anna, count=6); talk = a_booking(start, sami, slots[0])
"""

import hashlib
import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar

from scheduling.domain.people import Authority, Sector, SeparatedParents, StaffRole
from scheduling.domain.rounds import BookingOrigin, BookingStatus, RoundKind, RoundMode
from scheduling.domain.years import DayKind, Period, Region, year_period
from scheduling.models import (
    Booking,
    ClassGroup,
    ClassLeader,
    Enrolment,
    Guardian,
    Guardianship,
    Household,
    LeaderOpening,
    Pupil,
    Round,
    RoundClass,
    School,
    SchoolDay,
    SchoolYear,
    Slot,
    Staff,
    StaffMemberRole,
    db,
)

NOW = datetime(2027, 8, 20, 8, 0, tzinfo=UTC)
"""A Friday in the summer holiday of 2027; the builders' rounds are ten days later."""

TUESDAY = datetime(2027, 8, 31, 13, 0, tzinfo=UTC)
"""31 August 2027, 15.00 hours in the Netherlands."""

START_WINDOW = Period(date(2027, 8, 25), date(2027, 9, 19))
"""When start conversations belong in the year that `a_year` makes."""

Row = TypeVar("Row")
_numbers = itertools.count(1)


def a_school(
    *, region: Region = Region.MIDDLE, sector: Sector = Sector.PRIMARY,
    separated_parents: SeparatedParents = SeparatedParents.SEPARATE_ON_REQUEST,
) -> School:  # fmt: skip
    return _kept(
        School(
            id=1, name="De Linde", sector=sector, region=region, phone="000 - 000 00 00",
            email="kantoor@linde.example.org", separated_parents=separated_parents,
        )
    )  # fmt: skip


def a_year(label: str = "2027-2028", region: Region = Region.MIDDLE) -> SchoolYear:
    period = year_period(label, region)
    year = SchoolYear(label=label, starts_on=period.starts_on, ends_on=period.ends_on)
    if label == "2027-2028":
        summer = SchoolDay(
            kind=DayKind.HOLIDAY, label="zomervakantie", starts_on=date(2027, 7, 17), ends_on=date(2027, 8, 29)
        )
        year.days.append(summer)
    return _kept(year)


def a_leader(code: str = "", *, roles: Sequence[StaffRole] = (StaffRole.LEADER,), email: str | None = None) -> Staff:
    code = code or f"leider{next(_numbers)}"
    staff = Staff(
        code=code, given_name=code.capitalize(), surname="Jansen",
        email=f"{code}@linde.example.org" if email is None else email,
    )  # fmt: skip
    staff.roles = [StaffMemberRole(role=role) for role in roles]
    return _kept(staff)


def an_office_worker(code: str = "kantoor") -> Staff:
    return a_leader(code, roles=[StaffRole.OFFICE])


def a_class(name: str = "3", *, leaders: Sequence[Staff] = (), year: SchoolYear | None = None) -> ClassGroup:
    year = year or db.session.query(SchoolYear).first() or a_year()
    group = ClassGroup(year_id=year.id, name=name, room=f"lokaal {name}")
    group.leaders = [ClassLeader(staff_id=leader.id, position=place) for place, leader in enumerate(leaders, 1)]
    return _kept(group)


def a_pupil(given_name: str, group: ClassGroup, *, birth_date: date | None = date(2019, 5, 4)) -> Pupil:
    pupil = _kept(Pupil(number=f"{next(_numbers):06}", given_name=given_name, surname="Yilmaz", birth_date=birth_date))
    _kept(Enrolment(pupil_id=pupil.id, year_id=group.year_id, class_id=group.id, year_level=group.name))
    return pupil


def a_guardian(
    given_name: str, *pupils: Pupil, email: str | None = None, position: int = 1, household: Household | None = None,
    authority: Authority = Authority.YES, language: str = "nl", interpreter: str = "",
) -> Guardian:  # fmt: skip
    """A guardian of these pupils; give the household of another guardian to share it."""
    if email is None:
        email = f"{given_name.lower()}{next(_numbers)}@ouders.example.org"
    guardian = _kept(
        Guardian(
            external_id=f"g{next(_numbers)}", given_name=given_name, surname="Yilmaz", email=email, language=language
        )
    )
    household = household or a_household()
    for pupil in pupils:
        _kept(
            Guardianship(
                pupil_id=pupil.id, guardian_id=guardian.id, household_id=household.id, position=position,
                relation="ouder", authority=authority, interpreter=interpreter,
            )
        )  # fmt: skip
    return guardian


def a_household() -> Household:
    return _kept(Household(key=hashlib.sha256(str(next(_numbers)).encode()).hexdigest()))


def household_of(guardian: Guardian) -> Household:
    found = db.session.query(Household).join(Guardianship, Guardianship.household_id == Household.id)
    return found.filter(Guardianship.guardian_id == guardian.id).first()


def a_round(
    name: str = "Startgesprekken", *, classes: Sequence[ClassGroup] = (), mode: RoundMode = RoundMode.ROSTER,
    slot_minutes: int = 20, max_in_a_row: int = 4, lead_time_hours: int = 24, period: Period = START_WINDOW,
    kind: RoundKind = RoundKind.START_CONVERSATION,
) -> Round:  # fmt: skip
    year = db.session.query(SchoolYear).first()
    found = Round(
        year_id=year.id, kind=kind, name=name, mode=mode, slot_minutes=slot_minutes,
        max_in_a_row=max_in_a_row, lead_time_hours=lead_time_hours, created_at=NOW,
        starts_on=period.starts_on, ends_on=period.ends_on,
    )  # fmt: skip
    found.classes = [RoundClass(class_id=group.id) for group in classes]
    return _kept(found)


def some_slots(
    found: Round, leader: Staff, *, count: int = 6, first: datetime = TUESDAY, room: str = "lokaal 3",
    opened: bool = True,
) -> list[Slot]:  # fmt: skip
    """Slots of a leader, one after the other; families see them unless `opened` is False."""
    length = timedelta(minutes=found.slot_minutes)
    slots = [
        Slot(round_id=found.id, leader_id=leader.id, starts_at=first + n * length, ends_at=first + (n + 1) * length,
             room=room)
        for n in range(count)
    ]  # fmt: skip
    db.session.add_all(slots)
    if opened and db.session.get(LeaderOpening, (found.id, leader.id)) is None:
        db.session.add(LeaderOpening(round_id=found.id, leader_id=leader.id, opened_at=NOW))
    db.session.commit()
    return slots


def a_booking(
    found: Round, pupil: Pupil, *slots: Slot, household: Household | None = None,
    status: BookingStatus = BookingStatus.INVITED, origin: BookingOrigin = BookingOrigin.ROSTER,
) -> Booking:  # fmt: skip
    """A talk on these adjacent slots; without a household it is a joint talk, or that of a pupil with one home."""
    booking = _kept(
        Booking(
            round_id=found.id, pupil_id=pupil.id, household_id=household.id if household else None,
            leader_id=slots[0].leader_id, starts_at=slots[0].starts_at, ends_at=slots[-1].ends_at, room=slots[0].room,
            status=status, origin=origin, ical_uid=f"b-{next(_numbers)}@localhost", ical_stamp=NOW,
            confirmed_at=NOW if status is BookingStatus.CONFIRMED else None,
        )
    )  # fmt: skip
    for slot in slots:
        slot.booking_id = booking.id
    db.session.commit()
    return booking


def _kept(row: Row) -> Row:
    db.session.add(row)
    db.session.commit()
    return row
