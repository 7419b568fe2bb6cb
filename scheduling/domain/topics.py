"""What a family wants to bring up in a talk: few and short, so that there is time for all of it."""

from scheduling.domain.errors import Invalid, Refused

MOST_TOPICS = 5
LONGEST_LANGUAGE = 40
LONGEST_NEED = 120
LONGEST_TOPIC = 200
SEE_THE_FILE = "Het leerlingdossier inzien"
"""A right of the family, as a line of the agenda; nothing of what is in the file. In Dutch, for who leads the talk."""


class TopicEmpty(Invalid):
    field = "text"


class TopicTooLong(Invalid):
    field = "text"

    def __init__(self, length: int) -> None:
        super().__init__(length)
        self.length = length
        self.most = LONGEST_TOPIC


class LanguageTooLong(Invalid):
    field = "language"
    most = LONGEST_LANGUAGE


class NeedTooLong(Invalid):
    field = "need"
    most = LONGEST_NEED


class TopicsFull(Refused):
    """This home already has as many topics as fit in one talk."""

    most = MOST_TOPICS


def clean_topic(text: str) -> str:
    """One line of text, without what cannot be seen."""
    line = _one_line(text)
    if not line:
        raise TopicEmpty
    if len(line) > LONGEST_TOPIC:
        raise TopicTooLong(len(line))
    return line


def ensure_room(count: int) -> None:
    if count >= MOST_TOPICS:
        raise TopicsFull


def clean_need(text: str) -> str:
    """What is needed, in a few words; empty: nothing."""
    line = _one_line(text)
    if len(line) > LONGEST_NEED:
        raise NeedTooLong
    return line


def clean_language(text: str) -> str:
    """The name of a language; empty: no interpreter is needed."""
    line = _one_line(text)
    if len(line) > LONGEST_LANGUAGE:
        raise LanguageTooLong
    return line


def _one_line(text: str) -> str:
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
