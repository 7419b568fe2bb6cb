"""What is kept about some pupils, or a parent, at all: of most kinds nothing, and then there is nothing to ask."""

from collections.abc import Collection, Mapping

from sqlalchemy import ColumnElement, exists, or_, select
from sqlalchemy.orm import Session

from scheduling.domain.journal import Actor, ActorKind
from scheduling.models import (
    Base,
    Booking,
    BookingAbsence,
    BuddyWish,
    CallRequest,
    ClassContact,
    CommunicationPlan,
    ExtraPerson,
    Guardianship,
    HomeByPhone,
    HomeWishes,
    InterpreterRequest,
    NoTalkNeeded,
    PracticalNeed,
    Pupil,
    SupportMeeting,
    TalkNote,
    TalkRequest,
    TalkWay,
    Topic,
)
from scheduling.queries.once import once

OF_A_PUPIL = (
    CallRequest, CommunicationPlan, ExtraPerson, InterpreterRequest, NoTalkNeeded, PracticalNeed, SupportMeeting,
    TalkRequest, Topic,
)  # fmt: skip
OF_A_TALK = (BookingAbsence, HomeByPhone, TalkNote, TalkWay)
OF_A_PARENT = (BuddyWish, ClassContact)


def kinds_about(session: Session, pupil_ids: Collection[int]) -> frozenset[type[Base]]:
    """Of which kinds there is anything about these pupils, their talks or their homes: one question for all kinds."""
    return _kinds(session, frozenset(pupil_ids)) if pupil_ids else frozenset()


@once
def _kinds(session: Session, pupil_ids: frozenset[int]) -> frozenset[type[Base]]:
    pupils = select(Pupil.id).where(Pupil.id.in_(sorted(pupil_ids))).cte("pupils")
    these = select(pupils.c.id)
    talks = select(Booking.id).where(Booking.pupil_id.in_(these))
    homes = select(Guardianship.household_id).where(Guardianship.pupil_id.in_(these))
    wanted: dict[type[Base], ColumnElement[bool]] = {
        **{kind: kind.pupil_id.in_(these) for kind in OF_A_PUPIL},
        **{kind: kind.booking_id.in_(talks) for kind in OF_A_TALK},
        HomeWishes: or_(HomeWishes.pupil_id.in_(these), HomeWishes.household_id.in_(homes)),
    }
    return _there(session, wanted)


@once
def kinds_about_parent(session: Session, by: Actor) -> frozenset[type[Base]]:
    """Of which kinds there is anything about this parent alone; about a grown pupil there is none."""
    if by.kind is not ActorKind.GUARDIAN:
        return frozenset()
    return _there(session, {kind: kind.guardian_id == by.id for kind in OF_A_PARENT})


def _there(session: Session, wanted: Mapping[type[Base], ColumnElement[bool]]) -> frozenset[type[Base]]:
    found = session.execute(select(*(exists().where(there) for there in wanted.values()))).one()
    return frozenset(kind for kind, there in zip(wanted, found, strict=True) if there)
