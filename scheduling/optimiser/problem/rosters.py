"""Answers: what was placed, what was not and why, the score and the proven bound."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from scheduling.optimiser.problem.evenings import Place


class Reason(StrEnum):
    """Why a talk has no place; the package's docstring says when each is true."""

    NO_SLOTS = "no_slots"
    NO_POSSIBLE_TIME = "no_possible_time"
    LEADER_FULL = "leader_full"
    TEACHER_FULL = "teacher_full"
    FAMILY_TIMES = "family_times"
    OTHER_EVENING = "other_evening"
    EVENING_TOO_SHORT = "evening_too_short"
    OWN_TALKS = "own_talks"
    BREAK = "break"
    SIBLING_CONFLICT = "sibling_conflict"
    GUARDIAN_LEADS = "guardian_leads"
    COSTS_MORE = "costs_more"


@dataclass(frozen=True, slots=True)
class ConversationsScore:
    """The sum to be minimised, and how many sibling pairs there are and follow each other."""

    objective: int
    sibling_pairs: int
    sibling_pairs_adjacent: int


@dataclass(frozen=True, slots=True)
class ConversationsRoster:
    """A roster of conversations: talk → start, talk → reason."""

    status: str
    seed: int
    placed: Mapping[str, str]
    unplaced: Mapping[str, str]
    score: ConversationsScore | None
    bound: int | None

    def as_json(self) -> dict[str, Any]:
        """The roster as INTERFACES writes it."""
        return {
            "status": self.status,
            "seed": self.seed,
            "placed": [{"talk": talk, "start": start} for talk, start in self.placed.items()],
            "unplaced": [{"talk": talk, "reason": reason} for talk, reason in self.unplaced.items()],
            "score": asdict(self.score) if self.score else None,
            "bound": {"objective": self.bound} if self.bound is not None else None,
        }


@dataclass(frozen=True, slots=True)
class EveningScore:
    """The five levels, in their order: the first as high as possible, the others as low as possible."""

    weight: int
    families_over_30: int
    waiting_slots: int
    families_under_half: int
    idle_slots: int

    def rank(self) -> tuple[int, ...]:
        """The smaller, the better."""
        waits = (self.families_over_30, self.waiting_slots)
        return (-self.weight, *waits, self.families_under_half, self.idle_slots)


@dataclass(frozen=True, slots=True)
class EveningBound:
    """Proven limits of the first three levels."""

    weight: int
    families_over_30: int
    waiting_slots: int


@dataclass(frozen=True, slots=True)
class EveningRoster:
    """A roster of one or more evenings: places, and request → reason."""

    status: str
    seed: int
    placed: tuple[Place, ...]
    unplaced: Mapping[str, str]
    score: EveningScore | None
    bound: EveningBound | None

    def as_json(self) -> dict[str, Any]:
        """The roster as INTERFACES writes it."""
        return {
            "status": self.status,
            "seed": self.seed,
            "placed": [place.as_json() for place in self.placed],
            "unplaced": [{"request": request, "reason": reason} for request, reason in self.unplaced.items()],
            "score": asdict(self.score) if self.score else None,
            "bound": asdict(self.bound) if self.bound else None,
        }


@dataclass(frozen=True, slots=True)
class Move:
    """One talk that goes from its slot to a slot it would rather have."""

    talk: str
    origin: str
    target: str


@dataclass(frozen=True, slots=True)
class SwapsRoster:
    """The moves, and the chains and rings in which they must happen all or none."""

    moves: tuple[Move, ...]
    proposals: tuple[tuple[str, ...], ...]
    served: int
    bound: int

    def as_json(self) -> dict[str, Any]:
        """The answer as INTERFACES writes it."""
        return {
            "moves": [{"talk": move.talk, "from": move.origin, "to": move.target} for move in self.moves],
            "proposals": [list(talks) for talks in self.proposals],
            "score": {"served": self.served},
            "bound": {"served": self.bound},
        }
