"""Accounts of colleagues: signing in and out, inviting, passwords, roles, leaving.

Hashing a password is slow on purpose: it is done before the transaction, never inside one.
"""

from collections.abc import Collection, Iterable
from datetime import date, datetime
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.links import STAFF_VISIT, hash_of, is_alive, new_secret
from scheduling.domain.mailings import Letter
from scheduling.domain.people import Name, StaffRole
from scheduling.domain.staff import (
    KEEPERS,
    PASSWORD_KEY_LIFE,
    RESETS,
    RESETS_PER_ORIGIN,
    SIGN_IN_WINDOW,
    SIGN_INS_PER_ACCOUNT_AND_ORIGIN,
    SIGN_INS_PER_ORIGIN,
    CodeInUse,
    EmailInUse,
    EmailMissing,
    NameMissing,
    NoSuchColleague,
    PasswordKeyDead,
    SignInRefused,
    ensure_email,
    ensure_good_password,
    ensure_one_keeper,
    is_here,
    tidy_email,
)
from scheduling.domain.timeslots import local
from scheduling.models import CalendarFeed, PasswordKey, School, Staff, StaffMemberRole, Visit, db
from scheduling.services import outbox, throttle
from scheduling.services.journal import record
from scheduling.services.transaction import transaction

_hasher = PasswordHasher(time_cost=2, memory_cost=19_456, parallelism=1)


def sign_in(*, email: str, password: str, now: datetime, origin: str) -> str:
    """Open a visit for a colleague; the key goes into the cookie. Takes as long whether or not anybody is known."""
    email = tidy_email(email)
    staff_id, kept = _account(email, _day(now))
    welcome = _may_try(email, origin, now)
    matches = _matches(kept, password)
    if staff_id is None or not (welcome and matches):
        raise SignInRefused
    fresh = hash_password(password) if _hasher.check_needs_rehash(kept) else kept
    return _open_visit(staff_id=staff_id, kept=kept, fresh=fresh, now=now)


def sign_out(*, key: str, now: datetime) -> None:
    """End this visit; ending it twice is ending it once."""
    with transaction() as session:
        visit = session.scalar(select(Visit).where(Visit.key_hash == hash_of(key), Visit.staff_id.is_not(None)))
        if visit is not None and visit.ended_at is None:
            visit.ended_at = now
            by = Actor(ActorKind.STAFF, visit.staff_id)
            record(session, by=by, action="staff.sign_out", subject="staff", subject_id=visit.staff_id, now=now)


def add(*, code: str, name: Name, email: str, roles: Collection[StaffRole], by: Actor, now: datetime) -> int:
    """A new colleague by hand, invited at once when there is an address."""
    email = tidy_email(email)
    with transaction() as session:
        staff = _add(session, code=code, name=name, email=email, roles=roles)
        _write(session, staff, "staff.add", by, now, roles=sorted(roles))
        if email:
            _post_invitation(session, staff, by, now)
        return staff.id


def change(*, staff_id: int, name: Name, email: str, by: Actor, now: datetime) -> None:
    """Another name or address. A new address ends open visits and mailed keys: the old mailbox opens nothing."""
    email = tidy_email(email)
    with transaction() as session:
        staff = _get(session, staff_id)
        _ensure_name(name)
        _ensure_free(session, email, staff_id)
        moved = staff.email.casefold() != email.casefold()
        staff.given_name, staff.surname_prefix, staff.surname = name.given, name.prefix, name.surname
        staff.email = email
        if moved:
            _shut_doors(session, staff_id, now)
        _write(session, staff, "staff.change", by, now, address_changed=moved)


def invite(*, staff_id: int, by: Actor, now: datetime) -> None:
    """Send a colleague a letter with which to set a password."""
    with transaction() as session:
        staff = _get(session, staff_id)
        if not staff.email:
            raise EmailMissing
        _post_invitation(session, staff, by, now)


def invite_all(*, by: Actor, now: datetime) -> int:
    """Invite every colleague who has an address and a role but no password yet; answers how many."""
    with transaction() as session:
        waiting = session.scalars(
            select(Staff).where(Staff.email != "", Staff.password_hash.is_(None), Staff.roles.any()).order_by(Staff.id)
        ).all()
        here = [staff for staff in waiting if is_here(staff.left_on, _day(now))]
        for staff in here:
            _post_invitation(session, staff, by, now)
        return len(here)


def request_reset(*, email: str, now: datetime, origin: str) -> None:
    """Mail a key to set a password, to the stored address only. The answer is the same for everyone.

    Counted per account, known or not; and per origin, so that nobody fills our books with addresses.
    """
    email = tidy_email(email)
    if not throttle.hit(f"reset-from:{origin}", *RESETS_PER_ORIGIN, now):
        return
    welcome = [throttle.hit(f"reset:{email.casefold()}", limit, per, now) for limit, per in RESETS]
    with transaction() as session:
        staff = _find_by_email(session, email)
        wanted = staff is not None and all(welcome) and is_here(staff.left_on, _day(now))
        found = staff.id if staff is not None and wanted else None
        record(session, by=SYSTEM, action="staff.forgot", subject="staff", subject_id=found, now=now)
        if staff is not None and wanted:
            outbox.post_to_staff(session, letter=Letter.SET_PASSWORD, staff=staff, now=now)


def new_password_key(*, staff_id: int, now: datetime) -> str:
    """A key to set a password, made when its letter is rendered: it is in that letter and nowhere else."""
    secret = new_secret()
    with transaction() as session:
        staff = _get(session, staff_id)
        session.add(
            PasswordKey(token_hash=secret.hash, staff_id=staff.id, created_at=now, expires_at=now + PASSWORD_KEY_LIFE)
        )
        record(session, by=SYSTEM, action="staff.key", subject="staff", subject_id=staff.id, now=now)
    return secret.token


def set_password(*, token: str, password: str, now: datetime) -> None:
    """Use a mailed key, once. Every open visit of this colleague ends."""
    ensure_good_password(password, known_words=_known_words())
    fresh = hash_password(password)
    with transaction() as session:
        key = _claim(session, token, now)
        staff = _get(session, key.staff_id)
        if not is_here(staff.left_on, _day(now)):
            raise PasswordKeyDead
        staff.password_hash = fresh
        _shut_doors(session, staff.id, now)
        _write(session, staff, "staff.set_password", Actor(ActorKind.STAFF, staff.id), now)


def change_password(*, staff_id: int, current: str, password: str, now: datetime, origin: str) -> str:
    """Another password for who is in; answers the key of a fresh visit, all others end."""
    kept = _get(db.session(), staff_id).password_hash or _nobodys_hash()
    welcome = _may_try(f"staff {staff_id}", origin, now)
    if not (_matches(kept, current) and welcome):
        raise SignInRefused
    ensure_good_password(password, known_words=_known_words())
    fresh = hash_password(password)
    with transaction() as session:
        staff = _get(session, staff_id)
        if staff.password_hash != kept:
            raise SignInRefused
        staff.password_hash = fresh
        _shut_doors(session, staff_id, now)
        _write(session, staff, "staff.change_password", Actor(ActorKind.STAFF, staff_id), now)
        return _visit(session, staff_id, now)


def set_roles(*, staff_id: int, roles: Collection[StaffRole], by: Actor, now: datetime) -> None:
    """What a colleague may do from now on; the next page they open knows it."""
    with transaction() as session:
        staff = _get(session, staff_id)
        before, keepers = sorted(role.role for role in staff.roles), _keepers(session)
        _give(staff, roles)
        session.flush()
        ensure_one_keeper(keepers, _keepers(session))
        _write(session, staff, "staff.roles", by, now, before=before, after=sorted(roles))


def leave(*, staff_id: int, on: date, by: Actor, now: datetime) -> None:
    """A colleague leaves on this day; who is gone already is signed out, and the calendar feed ends."""
    with transaction() as session:
        staff = _get(session, staff_id)
        keepers = _keepers(session)
        staff.left_on = on
        session.flush()
        ensure_one_keeper(keepers, _keepers(session))
        if not is_here(on, _day(now)):
            _shut_doors(session, staff_id, now)
            _end_feeds(session, staff_id, now)
        _write(session, staff, "staff.leave", by, now, on=on.isoformat())


def come_back(*, staff_id: int, by: Actor, now: datetime) -> None:
    """A colleague stays, or is here again."""
    with transaction() as session:
        staff = _get(session, staff_id)
        staff.left_on = None
        _write(session, staff, "staff.come_back", by, now)


def hash_password(password: str) -> str:
    """argon2id, with the parameters of OWASP's password sheet."""
    return _hasher.hash(password)


def is_password(kept: str | None, password: str) -> bool:
    """Is this the password of that hash?"""
    return kept is not None and _matches(kept, password)


def put_office_account(session: Session, *, email: str, password_hash: str, keep: bool, now: datetime) -> Staff:
    """The office's first account, for `setup`; `keep` leaves the password of an account that is there alone."""
    staff = _find_by_email(session, email)
    if staff is None:
        staff = _add(session, code=_free_code(session), name=Name("Kantoor"), email=email, roles=[StaffRole.OFFICE])
        _write(session, staff, "staff.add", SYSTEM, now, roles=[StaffRole.OFFICE])
    if StaffRole.OFFICE not in {role.role for role in staff.roles}:
        staff.roles.append(StaffMemberRole(role=StaffRole.OFFICE))
    if not keep:
        staff.password_hash = password_hash
        _shut_doors(session, staff.id, now)
        _write(session, staff, "staff.set_password", SYSTEM, now)
    staff.left_on = None
    return staff


def _may_try(account: str, origin: str, now: datetime) -> bool:
    """Counted per account and origin, so that nobody can shut a colleague out from elsewhere; and per origin."""
    key = f"sign-in:{account.casefold()}:{origin}"
    here = throttle.hit(key, SIGN_INS_PER_ACCOUNT_AND_ORIGIN, SIGN_IN_WINDOW, now)
    anywhere = throttle.hit(f"sign-in:{origin}", SIGN_INS_PER_ORIGIN, SIGN_IN_WINDOW, now)
    return here and anywhere


@cache
def _nobodys_hash() -> str:
    """What the password of an unknown address is compared with: as slow as a real one, and never right."""
    return _hasher.hash(new_secret().token)


def _matches(kept: str, password: str) -> bool:
    try:
        return _hasher.verify(kept, password)
    except (VerificationError, InvalidHashError):
        return False


def _account(email: str, today: date) -> tuple[int | None, str]:
    """Who signs in with this address, and the hash to compare with; nobody has a hash as well."""
    staff = _find_by_email(db.session(), email)
    if staff is None or staff.password_hash is None or not is_here(staff.left_on, today):
        return None, _nobodys_hash()
    return staff.id, staff.password_hash


def _open_visit(*, staff_id: int, kept: str, fresh: str, now: datetime) -> str:
    with transaction() as session:
        staff = _get(session, staff_id)
        if staff.password_hash != kept:
            raise SignInRefused
        staff.password_hash = fresh
        _write(session, staff, "staff.sign_in", Actor(ActorKind.STAFF, staff_id), now)
        return _visit(session, staff_id, now)


def _visit(session: Session, staff_id: int, now: datetime) -> str:
    secret = new_secret()
    session.add(Visit(key_hash=secret.hash, staff_id=staff_id, started_at=now, expires_at=now + STAFF_VISIT))
    return secret.token


def _claim(session: Session, token: str, now: datetime) -> PasswordKey:
    """Take a key, if it is still good; a second taker comes too late."""
    key = session.scalar(select(PasswordKey).where(PasswordKey.token_hash == hash_of(token)).with_for_update())
    if key is None or not is_alive(key.expires_at, key.used_at, now):
        raise PasswordKeyDead
    key.used_at = now
    return key


def _shut_doors(session: Session, staff_id: int, now: datetime) -> None:
    """End every open visit and every unused key."""
    session.execute(update(Visit).where(Visit.staff_id == staff_id, Visit.ended_at.is_(None)).values(ended_at=now))
    session.execute(
        update(PasswordKey).where(PasswordKey.staff_id == staff_id, PasswordKey.used_at.is_(None)).values(used_at=now)
    )


def _end_feeds(session: Session, staff_id: int, now: datetime) -> None:
    session.execute(
        update(CalendarFeed)
        .where(CalendarFeed.staff_id == staff_id, CalendarFeed.revoked_at.is_(None))
        .values(revoked_at=now)
    )


def _post_invitation(session: Session, staff: Staff, by: Actor, now: datetime) -> None:
    outbox.post_to_staff(session, letter=Letter.SET_PASSWORD, staff=staff, now=now)
    _write(session, staff, "staff.invite", by, now)


def _add(session: Session, *, code: str, name: Name, email: str, roles: Iterable[StaffRole]) -> Staff:
    code = code.strip()
    _ensure_name(name)
    if not code or session.scalar(select(Staff.id).where(func.lower(Staff.code) == code.lower())):
        raise CodeInUse(code)
    _ensure_free(session, email, None)
    staff = Staff(code=code, given_name=name.given, surname_prefix=name.prefix, surname=name.surname, email=email)
    staff.roles = [StaffMemberRole(role=role) for role in sorted(set(roles))]
    session.add(staff)
    session.flush()
    return staff


def _ensure_name(name: Name) -> None:
    if not name.given:
        raise NameMissing


def _ensure_free(session: Session, email: str, staff_id: int | None) -> None:
    if not email:
        return
    ensure_email(email)
    holder = _find_by_email(session, email)
    if holder is not None and holder.id != staff_id:
        raise EmailInUse


def _give(staff: Staff, roles: Collection[StaffRole]) -> None:
    kept = [row for row in staff.roles if row.role in roles]
    known = {row.role for row in kept}
    staff.roles = kept + [StaffMemberRole(role=role) for role in sorted(set(roles) - known)]


def _keepers(session: Session) -> int:
    """How many can sign in and manage the school, once all who announced it have left."""
    keeps = select(StaffMemberRole.staff_id).where(StaffMemberRole.role.in_(KEEPERS))
    can_enter = (Staff.password_hash.is_not(None), Staff.email != "", Staff.left_on.is_(None))
    return session.scalar(select(func.count(Staff.id)).where(Staff.id.in_(keeps), *can_enter)) or 0


def _find_by_email(session: Session, email: str) -> Staff | None:
    if not email:
        return None
    return session.scalars(
        select(Staff).where(func.lower(Staff.email) == email.lower()).order_by(Staff.left_on.is_not(None), Staff.id)
    ).first()


def _free_code(session: Session) -> str:
    taken = {code.casefold() for code in session.scalars(select(Staff.code))}
    return next(code for code in ("kantoor", *(f"kantoor{n}" for n in range(2, 100))) if code not in taken)


def _get(session: Session, staff_id: int) -> Staff:
    staff = session.get(Staff, staff_id)
    if staff is None:
        raise NoSuchColleague
    return staff


def _known_words() -> list[str]:
    """Words that everybody at this school would try first."""
    names = [name for name in db.session.scalars(select(School.name)) if name]
    db.session.rollback()  # nothing stays open while a password is hashed
    return names


def _write(session: Session, staff: Staff, action: str, by: Actor, now: datetime, **facts: object) -> None:
    record(session, by=by, action=action, subject="staff", subject_id=staff.id, now=now, **facts)


def _day(now: datetime) -> date:
    return local(now).date()
