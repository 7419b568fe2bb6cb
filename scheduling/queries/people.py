"""Who is who: colleagues at the door, classes, pupils, their homes and guardians."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.links import hash_of, is_alive
from scheduling.domain.people import Name, StaffRole
from scheduling.domain.staff import KEEPERS, is_here
from scheduling.domain.timeslots import local
from scheduling.models import Staff, StaffMemberRole, Visit, db


@dataclass(frozen=True)
class Colleague:
    """Who stands at the staff door."""

    id: int
    code: str
    name: Name
    roles: frozenset[StaffRole]
    language: str = "nl"

    @property
    def actor(self) -> Actor:
        return Actor(ActorKind.STAFF, self.id)

    def is_(self, *roles: StaffRole) -> bool:
        return not self.roles.isdisjoint(roles)

    @property
    def keeps_office(self) -> bool:
        return not self.roles.isdisjoint(KEEPERS)


def colleague_of_visit(key: str, now: datetime) -> Colleague | None:
    """Who signed in with this key, as long as the visit lasts and this person works here."""
    rows = db.session.execute(
        select(Visit.expires_at, Visit.ended_at, Staff, StaffMemberRole.role)
        .join(Staff, Staff.id == Visit.staff_id)
        .outerjoin(StaffMemberRole, StaffMemberRole.staff_id == Staff.id)
        .where(Visit.key_hash == hash_of(key))
    ).all()
    if not rows:
        return None
    expires_at, ended_at, staff, _role = rows[0]
    if not (is_alive(expires_at, ended_at, now) and is_here(staff.left_on, local(now).date())):
        return None
    roles = frozenset(role for _, _, _, role in rows if role is not None)
    return Colleague(staff.id, staff.code, staff.name, roles, staff.language)
