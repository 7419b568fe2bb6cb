"""Taking back the last import: what stands in the way, and what it would turn back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, NotFound

UNDO_LIFE = timedelta(days=14)
"""So long it is remembered how things were; the next import takes its place."""


class BuiltOnWith(StrEnum):
    """What was done with what an import brought."""

    TALKS = "talks"
    ROSTERS = "rosters"
    ROUNDS = "rounds"
    LETTERS = "letters"
    LINKS = "links"
    AGREEMENTS = "agreements"
    WISHES = "wishes"
    ACCOUNTS = "accounts"
    CHANGES = "changes"


class NothingToUndo(NotFound):
    """There is no import that can be taken back: none was made lately, or it has been taken back already."""


class BuiltOn(Conflict):
    """Since the import something was done with what it brought; taking it back would break that."""

    def __init__(self, with_: Sequence[BuiltOnWith]) -> None:
        super().__init__(", ".join(with_))
        self.with_ = tuple(with_)


@dataclass(frozen=True)
class LastImport:
    """The import that can be taken back, and how much it put in, changed and took away, in rows of people."""

    id: int
    year: str
    saved_at: datetime
    by: str
    file_names: tuple[str, ...]
    new_pupils: int
    left_pupils: int
    added: int
    changed: int
    removed: int


@dataclass(frozen=True)
class TakenBack:
    """How many rows went, came back, and got their old values."""

    removed: int
    restored: int
    changed: int
