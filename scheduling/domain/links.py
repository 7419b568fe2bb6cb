"""Secrets that open a door: personal links, calendar feeds, sessions. Only their hashes are kept."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduling.domain.errors import NotFound

LINK_OUTLIVES_YEAR = timedelta(days=30)
FAMILY_VISIT = timedelta(hours=24)
STAFF_VISIT = timedelta(hours=12)
RESENDS = ((3, timedelta(hours=1)), (10, timedelta(days=1)))
"""How often one address may be sent a new link: so many times, in so long."""


class NoSuchGuardian(NotFound):
    """No guardian who is here has this id of the school's own."""

    def __init__(self, external_id: str) -> None:
        super().__init__(external_id)
        self.external_id = external_id


class LinkDead(NotFound):
    """This personal link is unknown, has ended, or was withdrawn: never told apart."""


class HolderKind(StrEnum):
    """Whom a personal link can belong to."""

    GUARDIAN = "guardian"
    PUPIL = "pupil"
    INTERPRETER = "interpreter"
    EXTERNAL = "external"
    CONTACT_PARENT = "contact_parent"


@dataclass(frozen=True)
class Secret:
    """A fresh secret: `token` leaves the house once, `hash` stays."""

    token: str
    hash: str


def new_secret() -> Secret:
    """256 random bits, as text that fits a URL."""
    token = secrets.token_urlsafe(32)
    return Secret(token, hash_of(token))


def hash_of(token: str) -> str:
    """What is stored in place of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_alive(expires_at: datetime, ended_at: datetime | None, now: datetime) -> bool:
    """A link or visit works until it ends or is ended."""
    return ended_at is None and now < expires_at
