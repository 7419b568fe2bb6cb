"""The rooms of the school, as its own file gave them."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from scheduling.domain.rooms import Place, RoomList
from scheduling.models import ClassGroup, Enrolment, Room, db
from scheduling.queries.once import once


@once
def room_list(session: Session) -> RoomList:
    """Every room of the school's list; an empty list when the school never gave one."""
    rows = session.execute(select(Room.name, Room.floor, Room.building, Room.location).order_by(Room.id))
    return RoomList(Place(*row) for row in rows)


def rooms_of_the_school() -> RoomList:
    """The same, for a page."""
    return room_list(db.session())


def place_of(session: Session, rooms: RoomList, room: str, *, pupil_id: int, year_id: int) -> Place:
    """Where this pupil's talk is: of rooms with one name the one at the location of the pupil's class."""
    location = location_of(session, pupil_id, year_id) if rooms.is_ambiguous(room) else ""
    return rooms.find(room, location)


def location_of(session: Session, pupil_id: int, year_id: int) -> str:
    """At which location this pupil has lessons."""
    found = session.scalar(
        select(ClassGroup.location)
        .join(Enrolment, Enrolment.class_id == ClassGroup.id)
        .where(Enrolment.pupil_id == pupil_id, Enrolment.year_id == year_id)
    )
    return found or ""
