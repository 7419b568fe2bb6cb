"""Opening in turns: first who has most to fit in, then whom the school would like to see, then everybody.

So it does not matter who is quickest. Without turns a round opens for everybody at one moment.
"""

import itertools
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from scheduling.domain.errors import Conflict, Invalid


class Turn(StrEnum):
    """Who chooses first. SIBLINGS: homes with several children in the round. OBLIGATORY: whom the school asks."""

    SIBLINGS = "siblings"
    OBLIGATORY = "obligatory"
    ALL = "all"


class MomentForAllNeeded(Invalid):
    """A first turn is set, and no moment for everybody else."""

    field = "all_on"


class TurnsOutOfOrder(Invalid):
    """This turn does not begin before the next one."""

    def __init__(self, turn: Turn) -> None:
        super().__init__(turn)
        self.turn, self.field = turn, f"{turn}_on"


class NotTheirTurn(Conflict):
    """This family chooses from `opens_at`; the school may go before that, and then says so."""

    def __init__(self, opens_at: datetime) -> None:
        super().__init__(opens_at)
        self.opens_at = opens_at


@dataclass(frozen=True)
class Turns:
    """When each turn of a round begins. A turn without a moment begins with everybody's."""

    siblings_at: datetime | None = None
    obligatory_at: datetime | None = None
    all_at: datetime | None = None

    @property
    def are_set(self) -> bool:
        """Does somebody choose before everybody does?"""
        return self.all_at is not None and (self.siblings_at is not None or self.obligatory_at is not None)

    def ensure_in_order(self) -> None:
        """Each turn begins before the next one, and everybody has a moment."""
        moments = {
            Turn.SIBLINGS: self.siblings_at, Turn.OBLIGATORY: self.obligatory_at, Turn.ALL: self.all_at
        }  # fmt: skip
        ordered = [(turn, at) for turn, at in moments.items() if at]
        if ordered and self.all_at is None:
            raise MomentForAllNeeded
        for (turn, at), (_, after) in itertools.pairwise(ordered):
            if at >= after:
                raise TurnsOutOfOrder(turn)

    def opens_at(self, groups: Collection[Turn]) -> datetime | None:
        """From when a family of these groups chooses; None: there is nothing to wait for."""
        if self.all_at is None:
            return None
        own = {Turn.SIBLINGS: self.siblings_at, Turn.OBLIGATORY: self.obligatory_at}
        return min([self.all_at, *(at for turn, at in own.items() if at and turn in groups)])
