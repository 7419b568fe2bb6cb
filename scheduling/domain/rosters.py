"""Rosters: which talks a round needs, who leads them, who belongs together, and the life of a version."""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from scheduling.domain.errors import Conflict, NotFound, Refused
from scheduling.domain.homes import HomeTalks, has_own_talks
from scheduling.domain.people import SeparatedParents
from scheduling.domain.timeslots import Span, local


class VersionStatus(StrEnum):
    """REQUESTED → RUNNING → DRAFT → PUBLISHED (whole or in part); or FAILED, or DISCARDED."""

    REQUESTED = "requested"
    RUNNING = "running"
    DRAFT = "draft"
    PUBLISHED = "published"
    FAILED = "failed"
    DISCARDED = "discarded"


UNDER_WAY = (VersionStatus.REQUESTED, VersionStatus.RUNNING)
SHOWABLE = (VersionStatus.DRAFT, VersionStatus.PUBLISHED)


class NoRoster(NotFound):
    """This round has no roster of that number."""


class RosterUnderWay(Conflict):
    """A roster for this round is being made already."""


class NothingToRoster(Refused):
    """No pupil of this round still needs a time."""


class NotADraft(Conflict):
    """Only a draft can be published or thrown away."""


class NothingToPublish(Refused):
    """Everything in this version has been published."""


class SolverFailed(Refused):
    """The optimiser gave no roster; `detail` is its own last word, for the log."""

    def __init__(self, detail: str) -> None:
        super().__init__(detail)
        self.detail = detail


class LeaseLost(Conflict):
    """Another worker has taken this run over."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A pupil for whom a leader must be found: who may lead, how many slots, and whose siblings these are."""

    pupil: int
    leaders: tuple[int, ...]
    slots: int
    siblings: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Apart:
    """A sibling whose talk does not adjoin: whether their leaders' times allow it at all."""

    pupil: int
    possible: bool


def talks_needed(
    homes: Sequence[int],
    policy: SeparatedParents,
    *,
    exception: HomeTalks | None = None,
    speaks_for_self: bool = False,
) -> tuple[int | None, ...]:
    """The household of each talk of a pupil; None: one talk with everybody. The exception goes before the policy."""
    if speaks_for_self or not homes:
        return (None,)
    if len(homes) == 1 or has_own_talks(policy, exception):
        return tuple(homes)
    return (None,)


def who_may_lead(leaders: Sequence[int], guardians: Collection[int]) -> tuple[int, ...]:
    """The leaders of a pupil's class without the pupil's own parent, as long as there is another."""
    others = tuple(leader for leader in leaders if leader not in guardians)
    return others or tuple(leaders)


def walking_gap(walking_minutes: int, slot_minutes: int) -> int:
    """Free slots between the talks of siblings, so that a family can walk from room to room."""
    return math.ceil(walking_minutes / slot_minutes)


def sibling_groups(talks_of: Mapping[int, Iterable[str]]) -> tuple[tuple[str, ...], ...]:
    """Per guardian the talks to attend, each group once, and none that lies within another."""
    groups = {frozenset(talks) for talks in talks_of.values()}
    groups = {group for group in groups if len(group) > 1}
    return tuple(sorted(tuple(sorted(group)) for group in groups if not any(group < other for other in groups)))


def share_out(
    choices: Iterable[Choice], room: Mapping[int, int], days: Mapping[int, Collection[date]]
) -> dict[int, int]:
    """Give each pupil one responsible leader: in proportion to the room leaders have, brothers and sisters together.

    `room` counts the slots a leader can use, `days` are the days on which that leader has any. A pupil with siblings
    goes to the leader who shares most days with theirs, as long as that leader's fair share is not full; brothers and
    sisters in one class have the same leader.
    """
    found: dict[int, int] = {}
    load: dict[int, int] = dict.fromkeys(room, 0)
    ordered = sorted(choices, key=lambda choice: (len(choice.leaders) > 1, not choice.siblings, choice.pupil))
    share = _fair_share(ordered, room)
    for choice in ordered:
        if not choice.leaders:
            continue
        leader = max(choice.leaders, key=lambda one: _merit(one, choice, found, load, room, days, share))
        found[choice.pupil] = leader
        load[leader] = load.get(leader, 0) + choice.slots
    return found


def adjoins(first: Span, second: Span, gap_slots: int, slot_minutes: int) -> bool:
    """Whether one talk follows the other on the same day, with room to walk and no long wait."""
    early, late = sorted((first, second))
    shortest = timedelta(minutes=gap_slots * slot_minutes)
    between = late.starts_at - early.ends_at
    same_day = local(early.starts_at).date() == local(late.starts_at).date()
    return same_day and shortest <= between <= shortest + timedelta(minutes=slot_minutes)


def _fair_share(choices: Iterable[Choice], room: Mapping[int, int]) -> dict[int, float]:
    share: dict[int, float] = dict.fromkeys(room, 0.0)
    for choice in choices:
        total = sum(room.get(leader, 0) for leader in choice.leaders)
        for leader in choice.leaders:
            part = room.get(leader, 0) / total if total else 1 / len(choice.leaders)
            share[leader] = share.get(leader, 0.0) + choice.slots * part
    return share


def _merit(
    leader: int, choice: Choice, found: Mapping[int, int], load: Mapping[int, int], room: Mapping[int, int],
    days: Mapping[int, Collection[date]], share: Mapping[int, float],
) -> tuple[bool, bool, int, float, int]:  # fmt: skip
    """The more, the better: room, a sibling's own leader, days shared with siblings, a lighter load, the first."""
    after = load.get(leader, 0) + choice.slots
    has_room = after <= room.get(leader, 0)
    led = [found[sibling] for sibling in choice.siblings if sibling in found]
    shared = sum(len(set(days.get(leader, ())) & set(days.get(other, ()))) for other in led)
    within = after <= math.ceil(share.get(leader, 0.0))
    lightness = -after / max(room.get(leader, 0), 1)
    return (has_room, leader in led, shared if within else 0, lightness, -choice.leaders.index(leader))
