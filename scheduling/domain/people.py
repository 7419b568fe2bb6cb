"""People of the school: names, ages, authority, who may be invited."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scheduling.domain.errors import Invalid, NotFound
from scheduling.domain.journal import SYSTEM, Actor, ActorKind
from scheduling.domain.links import HolderKind


class Sector(StrEnum):
    PRIMARY = "po"
    SECONDARY = "vo"
    VOCATIONAL = "mbo"


class StaffRole(StrEnum):
    OFFICE = "office"
    LEADER = "leader"
    INTERNAL_SUPERVISOR = "internal_supervisor"
    DIRECTOR = "director"


class Authority(StrEnum):
    """Parental authority as the school's file says it (J, N, V, empty)."""

    YES = "yes"
    NO = "no"
    LEGAL_GUARDIAN = "legal_guardian"
    UNKNOWN = "unknown"


class OnRequest(StrEnum):
    """What the school gives a parent without authority who asked for it: word after a talk, or a talk of the own."""

    NOTHING = "nothing"
    INFORMATION = "information"
    TALK = "talk"


class SeparatedParents(StrEnum):
    """What the school does for a pupil with two households."""

    ONE_JOINT = "one_joint"
    SEPARATE_ON_REQUEST = "separate_on_request"
    ALWAYS_TWO = "always_two"


class FeedDetail(StrEnum):
    """How much a leader's calendar feed tells."""

    TIME_ONLY = "time_only"
    INITIALS = "initials"
    GIVEN_NAME = "given_name"


class NoSuchPupil(NotFound):
    """There is no such pupil or class in this school."""


class NoSuchGuardian(NotFound):
    """There is no such guardian in this school."""


class NobodyKnownAs(NotFound):
    """Nobody in this school goes by this number or code, or more than one of these kinds."""

    def __init__(self, external_id: str, kinds: Sequence[ActorKind]) -> None:
        super().__init__(external_id)
        self.external_id = external_id
        self.kinds = tuple(kinds)


class NotYetAdult(Invalid):
    """Only a pupil of eighteen gives the parents permission."""

    field = "permitted"


@dataclass(frozen=True)
class Name:
    """A Dutch name: the prefix stands before the surname and does not count for sorting."""

    given: str
    prefix: str = ""
    surname: str = ""

    @property
    def full(self) -> str:
        return " ".join(part for part in (self.given, self.prefix, self.surname) if part)

    @property
    def called(self) -> str:
        """Where a given name would do: a parent of whom no given name is known keeps the surname."""
        return self.full if not self.given or self.given.endswith(".") else self.given

    @property
    def initials(self) -> str:
        return "".join(f"{part[0]}." for part in (self.given, self.surname) if part)

    @property
    def sort_key(self) -> tuple[str, str]:
        return (_as_sorted(self.surname), _as_sorted(self.given))


WITHOUT_MARK = str.maketrans("łøđðħı", "loddhi")
"""Letters that have no mark of their own to leave out."""


def _as_sorted(text: str) -> str:
    """Çelik stands under C and Öztürk under O, as people look for them."""
    letters = unicodedata.normalize("NFKD", text.casefold().translate(WITHOUT_MARK))
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def dotted(initials: str) -> str:
    """ "FG" as people write it: F.G."""
    return initials if "." in initials else "".join(f"{letter}." for letter in re.findall(r"\w[a-zà-ÿ]*", initials))


@dataclass(frozen=True)
class Person:
    """Who stands at the family door: a guardian, an adult pupil, or someone else who has a personal link."""

    kind: HolderKind
    id: int

    @property
    def actor(self) -> Actor:
        if self.kind in (HolderKind.INTERPRETER, HolderKind.EXTERNAL):
            return SYSTEM  # known by the link only: that number must never pass for a guardian's
        return Actor(ActorKind.PUPIL if self.kind is HolderKind.PUPIL else ActorKind.GUARDIAN, self.id)


ADULT_AGE = 18


def is_adult(birth_date: date | None, on: date) -> bool:
    """A pupil of eighteen speaks for himself; one without a known birth date is taken for a minor."""
    if birth_date is None:
        return False
    had_birthday = (on.month, on.day) >= (birth_date.month, birth_date.day)
    return on.year - birth_date.year - (not had_birthday) >= ADULT_AGE


def may_be_invited(authority: Authority, on_request: OnRequest = OnRequest.NOTHING, *, active: bool) -> bool:
    """A parent without authority is invited only when the school gave a talk on request; unknown counts as yes."""
    return active and (authority is not Authority.NO or on_request is OnRequest.TALK)


def natural_order(name: str) -> tuple[tuple[int, str], ...]:
    """Sorts 3, 4, 10 and 1/2a, 1/2b as people do."""
    parts, digits = [], ""
    for letter in name.casefold() + " ":
        if letter.isdecimal():
            digits += letter
            continue
        if digits:
            parts.append((int(digits), ""))
            digits = ""
        parts.append((-1, letter))
    return tuple(parts)
