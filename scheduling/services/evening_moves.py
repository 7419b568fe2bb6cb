"""The plan of an evening by hand: move a talk, let two change places, hold one, take it out, or put any of it back.

Every change names the edition of the talk that somebody looked at: who was second changes nothing. Putting back is a
change like any other, so that it can be put back as well.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from scheduling.domain.drafts import MovedMeanwhile, MoveKind, NoSuchTalk, NothingToUndo, NotPossible, StopKind
from scheduling.domain.evenings import Spot
from scheduling.domain.journal import Actor, ActorKind
from scheduling.models import RosterMove, RosterRecord, RosterStep, RosterTalk
from scheduling.optimiser.reasons import reasons
from scheduling.optimiser.times import Times
from scheduling.queries.drafts import last_hand
from scheduling.queries.evening_boards import EveningBoard, read_board, spot_named
from scheduling.queries.evening_plans import changed_by_hand
from scheduling.services.drafts import PARKED, Seen
from scheduling.services.journal import record
from scheduling.services.rounds import hold_round
from scheduling.services.transaction import transaction


@dataclass(frozen=True)
class _State:
    """What a change by hand makes of one talk."""

    spot: Spot | None
    held: bool


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
        held = {one: board.rows[one].held for one in changes}
        _carry_out(session, board, kind, {one: _State(at, held[one]) for one, at in changes.items()}, by, now)


def change(*, round_id: int, number: int, seen: Seen, kind: MoveKind, by: Actor, now: datetime) -> None:
    """Hold this talk at its time, release it, or take it out of the plan."""
    with transaction() as session:
        board, key = _seen(session, round_id, number, seen)
        place = board.places.get(key)
        if place is None or kind not in (MoveKind.HOLD, MoveKind.RELEASE, MoveKind.PARK):
            raise NotPossible(StopKind.NO_TIME)
        parked = kind is MoveKind.PARK
        _carry_out(session, board, kind, {key: _State(None if parked else place, kind is MoveKind.HOLD)}, by, now)


def undo(*, round_id: int, number: int, move_id: int, by: Actor, now: datetime) -> None:
    """Put back what was done, as long as nobody did anything else with those talks."""
    with transaction() as session:
        hold_round(session, round_id)
        board = read_board(round_id, number)
        done = session.get(RosterMove, move_id)
        if done is None or done.version_id != board.version.id or not done.steps:
            raise NothingToUndo
        if any(step.talk.edition != step.edition for step in done.steps):
            raise NothingToUndo
        _put_back(session, board, done.steps, by, now, undoes_id=done.id)


def undo_all(*, round_id: int, number: int, by: Actor, now: datetime) -> int:
    """The plan as it was made, before the first change by hand. How many talks went back."""
    with transaction() as session:
        hold_round(session, round_id)
        board = read_board(round_id, number)
        changed = changed_by_hand(board.version.id)
        if not changed:
            raise NothingToUndo
        _put_back(session, board, changed, by, now)
        return len(changed)


def _put_back(
    session: Session, board: EveningBoard, steps: Sequence[RosterStep], by: Actor, now: datetime,
    undoes_id: int | None = None,
) -> None:  # fmt: skip
    after = {}
    for step in steps:
        key = board.key_of(step.talk_id)
        spot = board.grid.spot(step.from_starts_at) if step.from_starts_at else None
        if step.from_starts_at and spot is None:
            raise NotPossible(StopKind.NO_TIME)
        after[key] = _State(spot, step.from_held)
    if not board.is_possible({key: state.spot for key, state in after.items()}):
        raise NotPossible(StopKind.TAKEN)
    _carry_out(session, board, MoveKind.UNDO, after, by, now, undoes_id=undoes_id)


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
    session: Session, board: EveningBoard, kind: MoveKind, after: Mapping[str, _State], by: Actor, now: datetime,
    *, undoes_id: int | None = None,
) -> None:  # fmt: skip
    """Change the talks, remember how they were, and count the plan again."""
    why_not = _reasons(board, after) if kind is MoveKind.UNDO else {}
    done = RosterMove(
        version_id=board.version.id, kind=kind, undoes_id=undoes_id, made_at=now,
        made_by=by.id if by.kind is ActorKind.STAFF else None,
    )  # fmt: skip
    for position, (key, state) in enumerate(after.items()):
        row, was = board.rows[key], board.places.get(key)
        starts_at = board.grid.moment(*state.spot) if state.spot else None
        held = state.held and starts_at is not None
        row.edition += 1
        done.steps.append(
            RosterStep(
                talk_id=row.id, position=position, edition=row.edition, from_slots=row.slots, to_slots=row.slots,
                from_starts_at=board.grid.moment(*was) if was else None, to_starts_at=starts_at,
                from_held=row.held, to_held=held,
            )
        )  # fmt: skip
        row.starts_at, row.held = starts_at, held
        row.reason = "" if starts_at else why_not.get(key, PARKED)
    session.add(done)
    _count_again(session, board, {key: state.spot for key, state in after.items()})
    session.flush()
    record(
        session, by=by, action=f"rosters.{kind}", subject="round", subject_id=board.version.round_id, now=now,
        version=board.version.number, move=done.id, talks=[board.rows[key].id for key in after],
    )  # fmt: skip


def _reasons(board: EveningBoard, after: Mapping[str, _State]) -> dict[str, str]:
    """Why talks have no time when somebody puts back that they had none."""
    if all(state.spot for state in after.values()):
        return {}
    placed = board.after({key: state.spot for key, state in after.items()}).placed
    return reasons(Times(board.problem), placed)


def _count_again(session: Session, board: EveningBoard, changes: Mapping[str, Spot | None]) -> None:
    """The figures of the plan as it is now, beside the limits that were proven; kept with the plan."""
    papers = session.get_one(RosterRecord, board.version.id)
    roster = board.after(changes)
    if roster.score is None:
        raise NotPossible(StopKind.NO_TIME)
    papers.roster = roster.as_json() | {"bound": papers.roster["bound"]}
    board.version.score = asdict(roster.score)
    board.version.proof = "feasible"
