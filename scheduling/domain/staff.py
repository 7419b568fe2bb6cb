"""Colleagues and their accounts: passwords, roles, and who must stay so that the school is never locked out."""

import re
from collections.abc import Collection
from datetime import date, timedelta

from scheduling.domain.errors import Invalid, NotFound, Refused
from scheduling.domain.people import StaffRole

PASSWORD_KEY_LIFE = timedelta(days=3)
SHORTEST_PASSWORD = 12
SHORTEST_OPERATOR_PASSWORD = 8
LONGEST_PASSWORD = 200

SIGN_IN_WINDOW = timedelta(minutes=15)
SIGN_INS_PER_ACCOUNT_AND_ORIGIN = 10
SIGN_INS_PER_ORIGIN = 300
"""A whole school may stand behind one address of the internet."""

RESETS = ((3, timedelta(hours=1)), (10, timedelta(days=1)))
"""How many letters with a key an account gets."""

RESETS_PER_ORIGIN = (60, timedelta(hours=1))

KEEPERS = frozenset({StaffRole.OFFICE, StaffRole.DIRECTOR})
"""The roles that can invite colleagues: at least one person who can sign in keeps one of them."""

EMAIL = re.compile(r"[^\s@<>\"(),:;\\]{1,64}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")
ENCODED_WORD = "=?"
COMMON_WORDS = frozenset(
    {
        "wachtwoord", "welkom", "password", "passw0rd", "welcome", "geheim", "qwerty", "qwertyuiop", "azerty", "abcdef",
        "abcdefgh", "school", "driehoek", "leerkracht", "juf", "meester", "mentor", "admin", "administratie", "letmein",
        "iloveyou", "zomer", "winter", "lente", "herfst", "nederland", "belgie", "vlaanderen", "vakantie", "test",
    }
)  # fmt: skip


class SignInRefused(Refused):
    """Unknown address, wrong password, no longer here, or tried too often: never told apart."""


class NoSuchColleague(NotFound):
    """There is no colleague with this id."""


class PasswordKeyDead(NotFound):
    """This key to set a password has been used, is too old, or never was."""


class PasswordTooShort(Invalid):
    field = "password"

    def __init__(self, shortest: int) -> None:
        super().__init__(shortest)
        self.shortest = shortest


class PasswordTooLong(Invalid):
    field = "password"

    def __init__(self, longest: int) -> None:
        super().__init__(longest)
        self.longest = longest


class PasswordTooCommon(Invalid):
    """One of the first words that somebody would try."""

    field = "password"


class EmailInUse(Invalid):
    """Another colleague signs in with this address."""

    field = "email"


class EmailMissing(Invalid):
    """Without an address nobody can be invited."""

    field = "email"


class EmailBroken(Invalid):
    field = "email"

    def __init__(self, email: str) -> None:
        super().__init__(email)
        self.email = email


class NameMissing(Invalid):
    field = "given_name"


class CodeInUse(Invalid):
    """A staff code belongs to one colleague for ever."""

    field = "code"

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class LastKeeper(Refused):
    """Nobody would be left who can sign in and manage the school."""


def ensure_good_password(password: str, *, known_words: Collection[str] = ()) -> None:
    """Long, and not the first thing that comes to mind; any letters, spaces and signs are welcome."""
    ensure_length(password, SHORTEST_PASSWORD)
    bare = re.sub(r"[\W\d_]+", "", password.casefold())
    words = COMMON_WORDS | {re.sub(r"[\W\d_]+", "", word.casefold()) for word in known_words}
    if bare in words - {""} or len(set(password)) < 4:
        raise PasswordTooCommon


def ensure_length(password: str, shortest: int = SHORTEST_OPERATOR_PASSWORD) -> None:
    """Not shorter than this, and not so long that hashing it becomes a burden."""
    if len(password) < shortest:
        raise PasswordTooShort(shortest)
    if len(password) > LONGEST_PASSWORD:
        raise PasswordTooLong(LONGEST_PASSWORD)


def tidy_email(text: str) -> str:
    """An address to sign in with: no spaces around it, its domain in small letters; empty when none was given."""
    local, at, domain = text.strip().rpartition("@")
    return f"{local}{at}{domain.lower()}"


def ensure_email(email: str) -> None:
    if len(email) > 254 or not EMAIL.fullmatch(email) or ENCODED_WORD in email:
        raise EmailBroken(email)


def ensure_one_keeper(before: int, after: int) -> None:
    """Someone who can sign in and invite colleagues stays."""
    if before and not after:
        raise LastKeeper


def is_here(left_on: date | None, today: date) -> bool:
    """A colleague works here until the day of leaving."""
    return left_on is None or today < left_on
