"""Let a round open in turns, and hold each family to its own."""

from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.domain.errors import NotFound
from scheduling.domain.journal import Actor
from scheduling.domain.rounds import ClosesBeforeItOpens
from scheduling.domain.turns import NotTheirTurn, Turns
from scheduling.models import OpeningTurns, Round
from scheduling.queries import turns as asking
from scheduling.services.journal import record
from scheduling.services.rounds import hold_round
from scheduling.services.transaction import transaction


def set_turns(*, round_id: int, turns: Turns, by: Actor, now: datetime) -> None:
    """When each turn begins from now on; without a first turn the round opens for everybody at once."""
    turns.ensure_in_order()
    with transaction() as session:
        hold_round(session, round_id)
        found = session.get(Round, round_id)
        if found is None:
            raise NotFound
        if found.closes_at and turns.all_at and turns.all_at >= found.closes_at:
            raise ClosesBeforeItOpens
        row = session.get(OpeningTurns, round_id)
        if row is None:
            row = OpeningTurns(round_id=round_id)
            session.add(row)
        row.siblings_at, row.obligatory_at, found.opens_at = turns.siblings_at, turns.obligatory_at, turns.all_at
        moments = {"siblings": turns.siblings_at, "obligatory": turns.obligatory_at, "all": turns.all_at}
        record(
            session, by=by, action="turns.set", subject="round", subject_id=round_id, now=now,
            **{name: at.isoformat() if at else None for name, at in moments.items()},
        )  # fmt: skip


def ensure_turn(
    session: Session, found: Round, *, pupil_id: int, household_id: int | None, early: bool, now: datetime
) -> None:
    """The school books for a family before its turn only when it says so (`early`)."""
    opens_at = asking.waits_for_turn(session, found, pupil_id, household_id, now)
    if opens_at is not None and not early:
        raise NotTheirTurn(opens_at)
