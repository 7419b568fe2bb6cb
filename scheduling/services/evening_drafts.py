"""The plan of a contact evening: made by the optimiser in its own process, beside what first come would have given."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scheduling.domain.evenings import NothingAsked, NoTimesYet
from scheduling.domain.rosters import NothingToRoster, SolverFailed
from scheduling.optimiser.problem import EveningBound, EveningRoster, EveningScore, Reason
from scheduling.queries.evenings import Ask, EveningSnapshot, take_evening
from scheduling.services import solving
from scheduling.services.transaction import transaction

TRAVEL, GUARDIAN_LEADS, OWN_PARENT = "travel", "guardian_leads", "own_parent"
ELSEWHERE = (Reason.NO_POSSIBLE_TIME, Reason.FAMILY_TIMES)
"""What the optimiser says of a family whose other times are for another location, or for talks that a parent leads."""


@dataclass(frozen=True)
class MadeEvening:
    """A plan, what it was made for, and what first come, first served would have given."""

    snapshot: EveningSnapshot
    roster: EveningRoster
    first_come: EveningRoster
    score: EveningScore
    bound: EveningBound

    @property
    def papers(self) -> dict[str, Any]:
        """All three as documents, so that the figures can be checked again."""
        return {
            "problem": self.snapshot.problem.as_json(),
            "roster": self.roster.as_json(),
            "first_come": self.first_come.as_json(),
        }


def make(
    *, round_id: int, seconds: int, seed: int, work: int | None, based_on: int | None, now: datetime,
    on_progress: solving.Progress,
) -> MadeEvening:  # fmt: skip
    """Plan around the talks that stand, and around those of each interpreter, who go one after the other.

    Without the one or the other in the problem when they break its rules themselves.
    """
    failed = SolverFailed("nothing was tried")
    for keep_booked, chained in ((True, True), (True, False), (False, True), (False, False)):
        snapshot = _snapshot(round_id, now, based_on=based_on, keep_booked=keep_booked, chained=chained)
        try:
            roster = solving.solve_evening(
                snapshot.problem, seconds=seconds, seed=seed, work=work, on_progress=on_progress
            )
            break
        except SolverFailed as error:
            if not snapshot.problem.pinned:
                raise
            failed = error
    else:
        raise failed
    if roster.score is None or roster.bound is None:
        raise SolverFailed("a roster without figures")
    first_come = solving.first_come(snapshot.problem, seed=seed)
    return MadeEvening(snapshot, roster, first_come, roster.score, roster.bound)


def rows_of(made: MadeEvening) -> list[dict[str, Any]]:
    """One row per talk that was asked for, as `RosterTalk` keeps it."""
    starts = {place.request: made.snapshot.moment(place) for place in made.roster.placed}
    reasons = {**made.roster.unplaced, **dict.fromkeys(made.snapshot.left_out, "interpreter")}
    return [_row(made, ask, starts.get(key), reasons.get(key, "")) for key, ask in made.snapshot.asks.items()]


def _row(made: MadeEvening, ask: Ask, start: datetime | None, reason: str) -> dict[str, Any]:
    starts_at = ask.booked.starts_at if ask.booked else start
    return {
        "pupil_id": ask.need.pupil_id,
        "household_id": ask.need.household_id,
        "request_id": ask.need.request_id,
        "leader_id": ask.teacher_id,
        "slots": ask.slots,
        "starts_at": starts_at,
        "reason": "" if starts_at else _why(made, ask, reason),
        "facts": _facts(ask),
        "pinned": ask.booked is not None,
        "held": ask.held,
    }


def _why(made: MadeEvening, ask: Ask, reason: str) -> str:
    """In the optimiser's word; of who is elsewhere at all other times, that."""
    if ask.teacher_id in ask.need.colleagues:
        return OWN_PARENT
    if reason == Reason.NO_SLOTS and _has_times(made, ask.teacher_id):
        return TRAVEL if ask.travels else Reason.TEACHER_FULL
    if reason not in ELSEWHERE:
        return reason
    return TRAVEL if ask.travels else GUARDIAN_LEADS if ask.need.colleagues else reason


def _has_times(made: MadeEvening, teacher_id: int) -> bool:
    """Has this teacher times, although the optimiser saw none: for another location, or given up as a parent?"""
    desks = (one for one in made.snapshot.problem.teachers if one.id.partition(".")[0] == f"s{teacher_id}")
    is_parent = any(teacher_id in ask.need.colleagues for ask in made.snapshot.asks.values())
    return any(desk.available for desk in desks) or (is_parent and str(teacher_id) in made.snapshot.fingerprints)


def _facts(ask: Ask) -> Mapping[str, Any]:
    facts: dict[str, Any] = {"family": ask.family, "place": ask.place}
    facts |= {name: True for name in ("wanted", "obligatory", "lost_last_time") if getattr(ask, name)}
    if ask.subject:
        facts["subject"] = ask.subject
    if ask.need.interpreter:
        facts["interpreter"] = True
    if ask.need.colleagues:
        facts["colleagues"] = sorted(ask.need.colleagues)
        facts["own_parent_leads"] = ask.teacher_id in ask.need.colleagues
    if not ask.need.guardians:
        facts["without_parents"] = True
    return facts


def _snapshot(
    round_id: int, now: datetime, *, based_on: int | None, keep_booked: bool, chained: bool
) -> EveningSnapshot:
    with transaction():
        snapshot = take_evening(round_id, now=now, keep_booked=keep_booked, based_on=based_on, chained=chained)
    if not snapshot.asks:
        raise NothingAsked
    if not snapshot.grid.evenings:
        raise NoTimesYet
    if snapshot.is_empty:
        raise NothingToRoster
    return snapshot
