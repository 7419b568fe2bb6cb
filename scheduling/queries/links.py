"""Whom a personal link or a visit belongs to."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Row, select
from sqlalchemy.orm import Session

from scheduling.domain.links import HolderKind, NoSuchGuardian, hash_of, is_alive
from scheduling.domain.people import Person
from scheduling.domain.staff import NoSuchColleague
from scheduling.models import AccessLink, Guardian, Pupil, Staff, Visit, db
from scheduling.queries.bookings import opens_to_guardian
from scheduling.queries.imports import find_guardian
from scheduling.queries.once import once


@dataclass(frozen=True)
class FoundLink:
    """A living personal link."""

    id: int
    person: Person
    year_id: int
    expires_at: datetime


def find_link(token: str, now: datetime) -> FoundLink | None:
    """The link with this token, if it still opens a door. Reading it changes nothing."""
    link = db.session.scalar(select(AccessLink).where(AccessLink.token_hash == hash_of(token)))
    if link is None or not _opens(link, now):
        return None
    return FoundLink(link.id, person_of(link), link.year_id, link.expires_at)


def person_of_visit(key: str, now: datetime) -> Person | None:
    """Who entered with this key, as long as the visit and its link live."""
    found = _visit(db.session(), hash_of(key))
    if found is None:
        return None
    visit, link, _guardian = found
    if not (is_alive(visit.expires_at, visit.ended_at, now) and _opens(link, now)):
        return None
    return person_of(link)


@once
def _visit(session: Session, key_hash: str) -> Row[Visit, AccessLink, Guardian | None] | None:
    """A visit by link; the guardian it belongs to comes along, so that no page has to ask who that is."""
    return session.execute(
        select(Visit, AccessLink, Guardian)
        .join(AccessLink, AccessLink.id == Visit.link_id)
        .outerjoin(Guardian, Guardian.id == AccessLink.guardian_id)
        .where(Visit.key_hash == key_hash)
    ).one_or_none()


def guardian_known_as(external_id: str) -> int:
    """The guardian with this id of the school's own."""
    found = find_guardian(external_id)
    if found is None:
        raise NoSuchGuardian(external_id)
    return found


def staff_known_as(code: str) -> int:
    """The colleague with this code."""
    found = db.session.scalar(select(Staff.id).where(Staff.code == code))
    if found is None:
        raise NoSuchColleague
    return found


def person_of(link: AccessLink) -> Person:
    """The holder of a link; somebody from outside the school is known by the link itself."""
    return Person(link.kind, link.guardian_id or link.pupil_id or link.id)


def _opens(link: AccessLink, now: datetime) -> bool:
    return is_alive(link.expires_at, link.revoked_at, now) and _is_here(link, now)


def _is_here(link: AccessLink, now: datetime) -> bool:
    if link.guardian_id is not None:
        guardian = db.session.get(Guardian, link.guardian_id)
        return guardian is not None and guardian.active and opens_to_guardian(db.session(), guardian.id, now)
    if link.kind is HolderKind.PUPIL and link.pupil_id is not None:
        pupil = db.session.get(Pupil, link.pupil_id)
        return pupil is not None and (pupil.left_on is None or now.date() < pupil.left_on)
    return True
