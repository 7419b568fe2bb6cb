"""Drafts by hand: move, change places, hold, lengthen, set apart, put back; and the rest anew around what is held.

Every change names the edition of the talk that somebody looked at: who was second changes nothing. Each one can be put
back, and putting back is a change like any other, so that it can be put back as well.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import groupby

from sqlalchemy.orm import Session

from scheduling.domain.drafts import (
    HeldInARow,
    MovedMeanwhile,
    MoveKind,
    NoSuchTalk,
    NothingToUndo,
    NotPossible,
    StopKind,
    longest_row,
)
from scheduling.domain.journal import Actor, ActorKind
from scheduling.domain.rosters import NotADraft, RosterUnderWay, VersionStatus
from scheduling.models import RosterMove, RosterStep, RosterTalk, RosterVersion, Staff
from scheduling.queries.drafts import Draft, find_version, last_hand, read_draft, settled_by, start_of_slot
from scheduling.queries.snapshots import is_by_request, slots_from, take_snapshot
from scheduling.services import rosters
from scheduling.services.explaining import explain_families, moment_of
from scheduling.services.journal import record
from scheduling.services.rounds import hold_round
from scheduling.services.transaction import lock, transaction

PARKED = "parked"
"""Why a talk has no time when somebody set it apart by hand."""


@dataclass(frozen=True)
class Seen:
    """A talk as the form showed it."""

    talk_id: int
    edition: int


@dataclass(frozen=True)
class _State:
    """What a step changes about a talk."""

    starts_at: datetime | None
    slots: int
    held: bool


def move(
    *, round_id: int, number: int, seen: Seen, slot_id: int, other: Seen | None = None, by: Actor, now: datetime
) -> int:
    """Put this talk there; the talk that is there takes its place, if the form said so. The move's id."""
    with transaction() as session:
        version = _hold(session, round_id, number)
        row = _as_seen(session, version, seen)
        draft = read_draft(version, now)
        key = draft.key_of(row.id)
        target = start_of_slot(round_id, slot_id)
        if target is None or target[0] != draft.snapshot.talks[key].leader_id:
            raise NotPossible(StopKind.NO_TIME)
        start = target[1]
        _ensure_same_other(session, version, draft, draft.at(key, start), other)
        weighed = draft.weigh(key, start)
        if not weighed.is_possible:
            raise NotPossible(weighed.stops[0].kind)
        changes = draft.changes(key, start)
        after = {
            one: _State(moment_of(at), slots, draft.rows[one].held)
            for one, (at, slots) in changes.items()
            if at is not None
        }
        kind = MoveKind.SWAP if len(changes) > 1 else MoveKind.MOVE if key in draft.places else MoveKind.PLACE
        return _carry_out(session, draft, kind, after, by, now)


def change(*, round_id: int, number: int, seen: Seen, kind: MoveKind, by: Actor, now: datetime) -> int:
    """Hold, release, lengthen, shorten this talk, or set it apart. The move's id."""
    with transaction() as session:
        version = _hold(session, round_id, number)
        row = _as_seen(session, version, seen)
        draft = read_draft(version, now)
        key = draft.key_of(row.id)
        after = _after(row, kind)
        place = draft.places.get(key)
        if place is None and kind is not MoveKind.PARK:
            raise NotPossible(StopKind.NO_TIME)
        if kind in (MoveKind.LONGER, MoveKind.SHORTER):
            weighed = draft.scales.weigh({key: (place, after.slots)})
            if not weighed.is_possible:
                raise NotPossible(weighed.stops[0].kind)
        return _carry_out(session, draft, kind, {key: after}, by, now)


def undo(*, round_id: int, number: int, move_id: int, by: Actor, now: datetime) -> int:
    """Put back what was done, as long as nobody did anything else with those talks. The move's id."""
    with transaction() as session:
        version = _hold(session, round_id, number)
        done = session.get(RosterMove, move_id)
        if done is None or done.version_id != version.id or not done.steps:
            raise NothingToUndo
        if any(step.talk.edition != step.edition for step in done.steps):
            raise NothingToUndo
        draft = read_draft(version, now)
        keys = {row.id: key for key, row in draft.rows.items()}
        after = {
            keys[step.talk_id]: _State(step.from_starts_at, step.from_slots, step.from_held) for step in done.steps
        }
        _ensure_possible(draft, after)
        return _carry_out(session, draft, MoveKind.UNDO, after, by, now, undoes_id=done.id)


def regenerate(*, round_id: int, number: int, by: Actor, now: datetime) -> int:
    """Ask for a version around the talks that are held, in which as few others as possible move. Its number."""
    _ensure_breaks(round_id, number, now)
    version_id = rosters.request(round_id=round_id, based_on=number, by=by, now=now)
    return _number(version_id)


def repair(*, round_id: int, number: int, by: Actor, now: datetime) -> int | None:
    """The same, for what was not published because parents were first; None when a version is being made already."""
    try:
        return regenerate(round_id=round_id, number=number, by=by, now=now)
    except (RosterUnderWay, HeldInARow):
        return None


# what was seen


def _hold(session: Session, round_id: int, number: int) -> RosterVersion:
    """The draft, so that nobody else changes or publishes it until we are done."""
    hold_round(session, round_id)
    version = find_version(round_id, number)
    lock(session, RosterVersion, [version.id])
    if version.status is not VersionStatus.DRAFT:
        raise NotADraft
    return version


def _as_seen(session: Session, version: RosterVersion, seen: Seen) -> RosterTalk:
    row = session.get(RosterTalk, seen.talk_id)
    if row is None or row.version_id != version.id:
        raise NoSuchTalk
    if row.edition != seen.edition:
        raise MovedMeanwhile(row.id, *last_hand(row.id))
    return row


def _ensure_same_other(
    session: Session, version: RosterVersion, draft: Draft, there: str | None, other: Seen | None
) -> None:
    """Whoever is there now is whom the form showed there: nobody changes places unseen."""
    present = draft.rows[there].id if there in draft.rows and there is not None else None
    if other is not None:
        row = _as_seen(session, version, other)
        if row.id != present:
            raise MovedMeanwhile(row.id, *last_hand(row.id))
    elif present is not None and there is not None and draft.snapshot.talks[there].booking_id is None:
        raise MovedMeanwhile(present, *last_hand(present))


def _after(row: RosterTalk, kind: MoveKind) -> _State:
    return {
        MoveKind.HOLD: _State(row.starts_at, row.slots, True),
        MoveKind.RELEASE: _State(row.starts_at, row.slots, False),
        MoveKind.LONGER: _State(row.starts_at, 2, row.held),
        MoveKind.SHORTER: _State(row.starts_at, 1, row.held),
        MoveKind.PARK: _State(None, row.slots, False),
    }[kind]


def _ensure_possible(draft: Draft, after: Mapping[str, _State]) -> None:
    """The earlier place is still there: parents may have been first meanwhile."""
    changes = {key: (_text(draft, key, state), state.slots) for key, state in after.items()}
    stops = draft.scales.weigh(changes).stops
    if stops:
        raise NotPossible(stops[0].kind)


def _text(draft: Draft, key: str, state: _State) -> str | None:
    if key not in draft.scales.talks or draft.snapshot.talks[key].booking_id is not None:
        raise NothingToUndo
    return draft.written(state.starts_at)


# doing it


def _carry_out(
    session: Session, draft: Draft, kind: MoveKind, after: Mapping[str, _State], by: Actor, now: datetime,
    *, undoes_id: int | None = None,
) -> int:  # fmt: skip
    """Change the talks, remember how they were, and count the draft's score again."""
    done = RosterMove(
        version_id=draft.version.id, kind=kind, undoes_id=undoes_id, made_at=now,
        made_by=by.id if by.kind is ActorKind.STAFF else None,
    )  # fmt: skip
    for position, (key, state) in enumerate(after.items()):
        row = draft.rows[key]
        row.edition += 1
        done.steps.append(
            RosterStep(
                talk_id=row.id, position=position, edition=row.edition,
                from_starts_at=row.starts_at, from_slots=row.slots, from_held=row.held,
                to_starts_at=state.starts_at, to_slots=state.slots, to_held=state.held,
            )
        )  # fmt: skip
        row.starts_at, row.slots, row.held = state.starts_at, state.slots, state.held
        row.own_length = state.slots != draft.snapshot.talks[key].need.slots
        row.reason = "" if state.starts_at else PARKED
    session.add(done)
    session.flush()
    changes = {key: (draft.written(state.starts_at), state.slots) for key, state in after.items()}
    _count_again(draft.after(changes), after)
    record(
        session, by=by, action=f"rosters.{kind}", subject="round", subject_id=draft.version.round_id, now=now,
        version=draft.version.number, move=done.id, talks=[draft.rows[key].id for key in after],
    )  # fmt: skip
    return done.id


def _count_again(draft: Draft, touched: Iterable[str]) -> None:
    """The score and what explains each place, of the roster as it is now: it is no longer what was proven."""
    version = draft.version
    version.score = asdict(draft.score)
    version.proof = "feasible"
    families = explain_families(draft.snapshot, draft.places, touched)
    for key, facts in families.items():
        if key in draft.rows:
            draft.rows[key].facts = draft.rows[key].facts | facts


# the rest anew


def _ensure_breaks(round_id: int, number: int, now: datetime) -> None:
    """Talks held by hand leave every leader a break: else no roster can be made around them.

    The plan of an evening is weighed when a talk is moved, and stands as it is.
    """
    with transaction() as session:
        if is_by_request(round_id):
            return
        version = find_version(round_id, number)
        snapshot = take_snapshot(round_id, now=now, settled=settled_by(round_id, version.number))
        problem = snapshot.problem
        pins = [talk for talk in problem.talks if talk.id in problem.pinned]
        if not problem.max_in_a_row or not any(snapshot.talks[talk.id].held for talk in pins):
            return
        for leader, own in groupby(sorted(pins, key=lambda talk: talk.leader), key=lambda talk: talk.leader):
            talks = list(own)
            taken = [
                moment_of(start)
                for talk in talks
                for start in slots_from(problem.pinned[talk.id], talk.slots, problem.slot_minutes)
            ]
            too_long = longest_row(taken, problem.slot_minutes) > problem.max_in_a_row
            if too_long and any(snapshot.talks[talk.id].held for talk in talks):
                raise HeldInARow(session.get_one(Staff, int(leader[1:])).name.full, problem.max_in_a_row)


def _number(version_id: int) -> int:
    with transaction() as session:
        return session.get_one(RosterVersion, version_id).number
