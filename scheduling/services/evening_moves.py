"""The plan of an evening by hand: move a talk, let two change places, hold one, or take it out.

Every change names the edition of the talk that somebody looked at: who was second changes nothing.
"""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.domain.drafts import MovedMeanwhile, MoveKind, NoSuchTalk, NotPossible, StopKind
from scheduling.domain.evenings import Spot
from scheduling.domain.journal import Actor, ActorKind
from scheduling.models import RosterMove, RosterRecord, RosterStep, RosterTalk
from scheduling.queries.drafts import last_hand
from scheduling.queries.evening_boards import EveningBoard, read_board, spot_named
from scheduling.services.drafts import PARKED, Seen
from scheduling.services.journal import record
from scheduling.services.rounds import hold_round
from scheduling.services.transaction import transaction


def move(*, round_id: int, number: int, seen: Seen, spot: str, by: Actor, now: datetime) -> None:
    """Put this talk there; a talk of the same teacher that is there takes its place."""
    with transaction() as session:
        board, key = _seen(session, round_id, number, seen)
        target = spot_named(spot, board)
        if target is None:
            raise NotPossible(StopKind.NO_TIME)
        changes = board.changes(key, target)
        if not board.is_possible(changes):
            raise NotPossible(StopKind.NO_TIME)
        kind = MoveKind.SWAP if len(changes) > 1 else MoveKind.MOVE if key in board.places else MoveKind.PLACE
        _carry_out(session, board, kind, changes, by, now)


def change(*, round_id: int, number: int, seen: Seen, kind: MoveKind, by: Actor, now: datetime) -> None:
    """Hold this talk at its time, release it, or take it out of the plan."""
    with transaction() as session:
        board, key = _seen(session, round_id, number, seen)
        place = board.places.get(key)
        if place is None or kind not in (MoveKind.HOLD, MoveKind.RELEASE, MoveKind.PARK):
            raise NotPossible(StopKind.NO_TIME)
        if kind is not MoveKind.PARK:
            board.rows[key].held = kind is MoveKind.HOLD
        _carry_out(session, board, kind, {key: None if kind is MoveKind.PARK else place}, by, now)


def _seen(session: Session, round_id: int, number: int, seen: Seen) -> tuple[EveningBoard, str]:
    hold_round(session, round_id)
    board = read_board(round_id, number)
    row = session.get(RosterTalk, seen.talk_id)
    if row is None or row.version_id != board.version.id:
        raise NoSuchTalk
    if row.edition != seen.edition:
        raise MovedMeanwhile(row.id, *last_hand(row.id))
    return board, board.key_of(row.id)


def _carry_out(
    session: Session, board: EveningBoard, kind: MoveKind, changes: Mapping[str, Spot | None], by: Actor, now: datetime
) -> None:
    """Change the talks, remember how they were, and count the plan again."""
    done = RosterMove(
        version_id=board.version.id, kind=kind, made_at=now, made_by=by.id if by.kind is ActorKind.STAFF else None
    )
    for position, (key, spot) in enumerate(changes.items()):
        row, was = board.rows[key], board.places.get(key)
        starts_at = board.grid.moment(*spot) if spot else None
        row.edition += 1
        done.steps.append(
            RosterStep(
                talk_id=row.id, position=position, edition=row.edition, from_slots=row.slots, to_slots=row.slots,
                from_starts_at=board.grid.moment(*was) if was else None, to_starts_at=starts_at,
                from_held=row.held, to_held=row.held and starts_at is not None,
            )
        )  # fmt: skip
        row.starts_at, row.held = starts_at, row.held and starts_at is not None
        row.reason = "" if starts_at else PARKED
    session.add(done)
    _count_again(session, board, changes)
    session.flush()
    record(
        session, by=by, action=f"rosters.{kind}", subject="round", subject_id=board.version.round_id, now=now,
        version=board.version.number, move=done.id, talks=[board.rows[key].id for key in changes],
    )  # fmt: skip


def _count_again(session: Session, board: EveningBoard, changes: Mapping[str, Spot | None]) -> None:
    """The figures of the plan as it is now, beside the limits that were proven; kept with the plan."""
    papers = session.get_one(RosterRecord, board.version.id)
    roster = board.after(changes)
    if roster.score is None:
        raise NotPossible(StopKind.NO_TIME)
    papers.roster = roster.as_json() | {"bound": papers.roster["bound"]}
    board.version.score = asdict(roster.score)
    board.version.proof = "feasible"
