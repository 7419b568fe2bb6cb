"""What only the office knows about school files: questions with choices; without an answer the default holds."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

from scheduling.domain.errors import Invalid
from scheduling.domain.imports import Place

Answers = Mapping[str, str]
"""Per question, by its key, the choice."""


class QuestionKind(StrEnum):
    DAMAGED_TEXT = "damaged_text"
    SEVERAL_ADDRESSES = "several_addresses"
    SHARED_MAILBOX = "shared_mailbox"
    NUMBERS_ALIKE = "numbers_alike"


class NoSuchChoice(Invalid):
    """The answer is not one of the choices of the question."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One possible answer; the facts stand in its sentence."""

    value: str
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """Something that the files leave open; its words stand in `wording/import_questions.py`."""

    key: str
    kind: QuestionKind
    choices: tuple[Choice, ...]
    default: str
    """What holds without an answer."""
    answer: str = ""
    facts: Mapping[str, str] = field(default_factory=dict)
    place: Place = field(default=Place())
    examples: tuple[tuple[str, str], ...] = ()
    """Texts before and after."""

    def answered(self, choice: str) -> "Question":
        """The question with its answer; raises NoSuchChoice."""
        if choice not in {one.value for one in self.choices}:
            raise NoSuchChoice
        return replace(self, answer=choice)


LASTING = frozenset({QuestionKind.SHARED_MAILBOX, QuestionKind.NUMBERS_ALIKE})
"""Answers about people hold for the next import too; the others are about one file."""


def question_key(kind: QuestionKind, *facts: str) -> str:
    """The same question in the next file has the same key; no name or address can be read from it."""
    digest = hashlib.sha256("\n".join(facts).encode()).hexdigest()
    return f"{kind.value}-{digest[:40]}"
