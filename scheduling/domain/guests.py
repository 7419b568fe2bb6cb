"""Who comes to a talk besides the family and its leader: an interpreter. And what the school arranged about it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduling.domain.corrections import clean_email, clean_phone
from scheduling.domain.errors import Conflict, Invalid, NotFound
from scheduling.domain.rounds import FamilyBusy
from scheduling.domain.texts import one_line

NAME_LENGTH = 120
LANGUAGES_LENGTH = 200
NUMBER_LENGTH = 300


class Way(StrEnum):
    """How an interpreter takes part."""

    ON_SITE = "on_site"
    PHONE = "phone"
    VIDEO = "video"


class HelpState(StrEnum):
    """How far the school is with what a family asked."""

    ASKED = "asked"
    BOOKED = "booked"
    CONFIRMED = "confirmed"
    NOT_POSSIBLE = "not_possible"


ARRANGED = (HelpState.BOOKED, HelpState.CONFIRMED)
"""Somebody is asked to come, and keeps the time free."""

TOLD_TO_FAMILY = (HelpState.CONFIRMED, HelpState.NOT_POSSIBLE)
"""What a family gets a letter about: that it is certain, or that it did not work."""


class NoSuchGuest(NotFound):
    """There is no interpreter of this number, or there is no talk to interpret."""


class GuestNeedsName(Invalid):
    field = "name"
    most = NAME_LENGTH


class LanguagesNeeded(Invalid):
    """The list is by language."""

    field = "languages"
    most = LANGUAGES_LENGTH


class NumberTooLong(Invalid):
    field = "number"
    most = NUMBER_LENGTH


class InterpreterNeeded(Invalid):
    """Booked or confirmed is somebody: choose who."""

    field = "interpreter"


class LanguageNeeded(Invalid):
    """Nobody interprets from no language."""

    field = "language"


class InterpreterElsewhere(FamilyBusy):
    """The interpreter of this talk is at another talk then."""


class InterpreterTwice(Conflict):
    """One interpreter would be at two talks at once; `starts_at` of the second."""

    field = "interpreter"

    def __init__(self, name: str, starts_at: datetime) -> None:
        super().__init__(name, starts_at)
        self.name, self.starts_at = name, starts_at


class StillExpected(Conflict):
    """This interpreter is still expected at talks to come."""

    def __init__(self, talks: int) -> None:
        super().__init__(talks)
        self.talks = talks


@dataclass(frozen=True)
class Card:
    """An interpreter, as the office writes one down."""

    name: str
    languages: str
    organisation: str = ""
    email: str = ""
    phone: str = ""

    def tidy(self) -> "Card":
        """As it is kept: a name, at least one language, and a mailbox that can exist."""
        name, languages = one_line(self.name), ", ".join(languages_of(self.languages))
        if not 0 < len(name) <= NAME_LENGTH:
            raise GuestNeedsName
        if not 0 < len(languages) <= LANGUAGES_LENGTH:
            raise LanguagesNeeded
        email = clean_email(self.email.strip()) if self.email.strip() else ""
        return Card(name, languages, one_line(self.organisation)[:NAME_LENGTH], email, clean_phone(self.phone.strip()))


@dataclass(frozen=True)
class Ordered:
    """Who interprets and how, and how far the school is with it."""

    language: str
    way: Way
    state: HelpState
    interpreter_id: int | None
    number: str = ""


def languages_of(text: str) -> tuple[str, ...]:
    """The languages of a line, each once."""
    found = (one_line(part) for part in text.replace(";", ",").split(","))
    return tuple({one.casefold(): one for one in found if one}.values())


def speaks(languages: str, wanted: str) -> bool:
    """Is this language in the line?"""
    return wanted.strip().casefold() in {one.casefold() for one in languages_of(languages)}


def clean_number(text: str) -> str:
    """A telephone number or a link, on one line."""
    line = one_line(text)
    if len(line) > NUMBER_LENGTH:
        raise NumberTooLong
    return line


def ensure_somebody(state: HelpState, interpreter_id: int | None, language: str) -> None:
    if state is not HelpState.ASKED and not language:
        raise LanguageNeeded
    if state in ARRANGED and interpreter_id is None:
        raise InterpreterNeeded
