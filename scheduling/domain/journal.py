"""Who did what: the actor of a journal line."""

from dataclasses import dataclass
from enum import StrEnum


class ActorKind(StrEnum):
    GUARDIAN = "guardian"
    PUPIL = "pupil"
    STAFF = "staff"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """A person (by kind and id), or the system itself."""

    kind: ActorKind
    id: int | None = None

    @property
    def is_family(self) -> bool:
        return self.kind in (ActorKind.GUARDIAN, ActorKind.PUPIL)


SYSTEM = Actor(ActorKind.SYSTEM)
PERSONS = (ActorKind.PUPIL, ActorKind.GUARDIAN, ActorKind.STAFF)
