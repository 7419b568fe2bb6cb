"""Personal links: make one, enter by one, withdraw them, ask for a new one."""

from dataclasses import dataclass
from datetime import date, datetime, time

from sqlalchemy import delete, func, or_, select, update
from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor
from scheduling.domain.links import (
    FAMILY_VISIT,
    LINK_OUTLIVES_YEAR,
    RESENDS,
    HolderKind,
    LinkDead,
    Secret,
    hash_of,
    new_secret,
)
from scheduling.domain.mailings import Addressee
from scheduling.domain.people import Person
from scheduling.domain.timeslots import local, moment_at
from scheduling.models import AccessLink, Booking, FamilyFeed, Guardian, Outbox, Pupil, Round, SchoolYear, Visit
from scheduling.queries.bookings import opens_to_guardian, speaks_for_himself
from scheduling.queries.links import find_link
from scheduling.services import outbox
from scheduling.services.journal import record
from scheduling.services.throttle import count
from scheduling.services.transaction import transaction


@dataclass(frozen=True)
class Entered:
    """A visit has begun. `key` goes into the visitor's cookie and is kept nowhere."""

    key: str
    person: Person


def issue(
    *,
    by: Actor,
    now: datetime,
    guardian_id: int | None = None,
    pupil_id: int | None = None,
    outbox_id: int | None = None,
) -> str:
    """Make a fresh personal link for a guardian or an adult pupil; the token is told once.

    Written in the journal, but for the link of a letter: the letter is its own witness.
    """
    secret = new_secret()
    with transaction() as session:
        add_link(session, secret, guardian_id=guardian_id, pupil_id=pupil_id, now=now, outbox_id=outbox_id)
        if outbox_id is None:
            subject = ("guardian", guardian_id) if guardian_id else ("pupil", pupil_id)
            record(session, by=by, action="links.issue", subject=subject[0], subject_id=subject[1], now=now)
    return secret.token


def enter(*, token: str, now: datetime) -> Entered:
    """Open a visit of one device with a living link. The link stays good for the next time."""
    key = new_secret()
    with transaction() as session:
        link = find_link(token, now)
        if link is None:
            raise LinkDead
        ends = min(now + FAMILY_VISIT, link.expires_at)
        session.add(Visit(key_hash=key.hash, link_id=link.id, started_at=now, expires_at=ends))
    return Entered(key.token, link.person)


def leave(key: str, now: datetime) -> None:
    """End the visit on this device."""
    with transaction() as session:
        session.execute(
            update(Visit).where(Visit.key_hash == hash_of(key), Visit.ended_at.is_(None)).values(ended_at=now)
        )


def revoke_all(*, by: Actor, now: datetime, guardian_id: int | None = None, pupil_id: int | None = None) -> int:
    """Withdraw every personal link of this person, with the visits that came through them and the calendar."""
    holder = AccessLink.guardian_id == guardian_id if guardian_id else AccessLink.pupil_id == pupil_id
    with transaction() as session:
        ended = list(
            session.scalars(
                update(AccessLink)
                .where(holder, AccessLink.revoked_at.is_(None))
                .values(revoked_at=now)
                .returning(AccessLink.id)
            )
        )
        session.execute(update(Visit).where(Visit.link_id.in_(ended), Visit.ended_at.is_(None)).values(ended_at=now))
        feed = FamilyFeed.guardian_id == guardian_id if guardian_id else FamilyFeed.pupil_id == pupil_id
        session.execute(delete(FamilyFeed).where(feed))
        subject = ("guardian", guardian_id) if guardian_id else ("pupil", pupil_id)
        record(
            session, by=by, action="links.revoke", subject=subject[0], subject_id=subject[1], now=now, links=len(ended)
        )
    return len(ended)


def resend(*, address: str, now: datetime) -> None:
    """Mail a new link to everyone who has this address with us. Nobody learns whether that is anyone."""
    wanted = address.strip().casefold()
    with transaction() as session:
        tries = [count(session, f"links.resend:{wanted}", per, now) <= limit for limit, per in RESENDS]
        if not wanted or not all(tries):
            return
        for guardian in _guardians_at(session, wanted):
            if opens_to_guardian(session, guardian.id, now):
                outbox.post_link(session, guardian=guardian, now=now)
        for pupil in _adult_pupils_at(session, wanted, local(now).date()):
            outbox.post_link(session, pupil=pupil, now=now)


def link_on_paper(session: Session, person: Addressee, now: datetime) -> str:
    """The token of a fresh link for a letter on paper, within the caller's transaction. It is told here once."""
    secret = new_secret()
    add_link(session, secret, guardian_id=person.guardian_id, pupil_id=person.pupil_id, now=now)
    return secret.token


def add_link(
    session: Session,
    secret: Secret,
    *,
    now: datetime,
    guardian_id: int | None = None,
    pupil_id: int | None = None,
    outbox_id: int | None = None,
) -> None:
    """Write a link down inside a running transaction; it ends some time after the school year."""
    year = _year_of_letter(session, outbox_id) or _newest_year(session)
    session.add(
        AccessLink(
            token_hash=secret.hash,
            kind=HolderKind.GUARDIAN if guardian_id else HolderKind.PUPIL,
            guardian_id=guardian_id,
            pupil_id=pupil_id,
            year_id=year.id,
            created_at=now,
            expires_at=moment_at(year.ends_on + LINK_OUTLIVES_YEAR, time(0)),
            outbox_id=outbox_id,
        )
    )


def _year_of_letter(session: Session, outbox_id: int | None) -> SchoolYear | None:
    return session.scalar(
        select(SchoolYear)
        .join(Round, Round.year_id == SchoolYear.id)
        .join(Booking, Booking.round_id == Round.id)
        .join(Outbox, Outbox.booking_id == Booking.id)
        .where(Outbox.id == outbox_id)
    )


def _newest_year(session: Session) -> SchoolYear:
    """The newest year there is: in summer, that is the one that letters are about."""
    year = session.scalar(select(SchoolYear).order_by(SchoolYear.ends_on.desc()).limit(1))
    if year is None:
        raise NotFound
    return year


def _guardians_at(session: Session, address: str) -> list[Guardian]:
    return list(
        session.scalars(select(Guardian).where(func.lower(Guardian.email) == address, Guardian.active.is_(True)))
    )


def _adult_pupils_at(session: Session, address: str, today: date) -> list[Pupil]:
    pupils = session.scalars(
        select(Pupil).where(func.lower(Pupil.email) == address, or_(Pupil.left_on.is_(None), Pupil.left_on > today))
    )
    return [pupil for pupil in pupils if speaks_for_himself(session, pupil, today)]
