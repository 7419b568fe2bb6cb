"""All that the house keeps of one person, as it is handed over."""

from dataclasses import dataclass
from typing import Any

from scheduling.domain.journal import ActorKind
from scheduling.domain.people import Name


@dataclass(frozen=True)
class Part:
    """What is kept of one kind: the columns by name, and the rows as wide as these."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[object, ...], ...]

    @property
    def as_dicts(self) -> list[dict[str, Any]]:
        return [dict(zip(self.columns, row, strict=True)) for row in self.rows]


@dataclass(frozen=True)
class PersonFile:
    """A pupil, a guardian or a colleague. `external_id`: how the school knows this person."""

    kind: ActorKind
    external_id: str
    name: Name
    parts: tuple[Part, ...]
