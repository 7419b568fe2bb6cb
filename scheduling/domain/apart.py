"""Groups that cannot meet at the same moment: the fewest moments that do, with the proof that fewer do not.

An exact search (colouring a graph), the group with the fewest moments left first. It counts its own steps, so the same
question has the same answer on every machine; a question that needs more steps is answered as well as it can be and
says that nothing is proven.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

Together = Mapping[int, Collection[int]]
"""Per group the groups that it shares somebody with."""

MOST_STEPS = 100_000


@dataclass(frozen=True)
class Spread:
    """A moment (0, 1, 2, …) per group. `proven`: no fewer moments do."""

    moment_of: Mapping[int, int]
    proven: bool
    all_apart: tuple[int, ...] = ()
    """Groups of which each shares somebody with each other: they alone need so many moments."""
    left_out: tuple[int, ...] = ()
    """Groups for which there was no moment any more."""

    @property
    def moments(self) -> int:
        return 1 + max(self.moment_of.values(), default=-1)


def fewest_moments(
    groups: Sequence[int], sharing: Together, *, barred: Mapping[int, Collection[int]] | None = None, most: int
) -> Spread:
    """Spread these groups over as few moments as possible, never two that share somebody at one moment.

    `barred`: per group moments that it cannot have; `most`: so many moments are there.
    """
    never = {group: frozenset((barred or {}).get(group, ())) for group in groups}
    near = {group: frozenset(sharing.get(group, ())) & set(groups) for group in groups}
    clique = _all_apart(groups, near)
    proven = True
    for count in range(min(len(clique), most), most + 1):
        search = _Search(near, never, count)
        found = search.run()
        if found is not None:
            return Spread(found, proven, clique)
        proven = proven and not search.gave_up
    return _as_many_as_fit(groups, near, never, most, clique)


def fit_in(groups: Sequence[int], sharing: Together, moments: int) -> bool | None:
    """Do these groups fit in so many moments? None: not found and not disproved."""
    near = {group: frozenset(sharing.get(group, ())) & set(groups) for group in groups}
    if len(_all_apart(groups, near)) > moments:
        return False
    search = _Search(near, dict.fromkeys(groups, frozenset()), moments)
    return search.run() is not None or (None if search.gave_up else False)


@dataclass
class _Search:
    near: Mapping[int, frozenset[int]]
    never: Mapping[int, frozenset[int]]
    count: int
    gave_up: bool = False
    steps: int = 0
    moment_of: dict[int, int] = field(default_factory=dict)

    def run(self) -> dict[int, int] | None:
        """A moment for every group, or None: there is none, or (`gave_up`) it was not found."""
        return dict(self.moment_of) if self._place_next() else None

    def _place_next(self) -> bool:
        group = self._hardest()
        if group is None:
            return True
        for moment in self._choices(group):
            self.steps += 1
            if self.steps > MOST_STEPS:
                self.gave_up = True
                return False
            self.moment_of[group] = moment
            if self._place_next():
                return True
            del self.moment_of[group]
            if self.gave_up:
                return False
        return False

    def _hardest(self) -> int | None:
        """The group with the fewest moments left; of those the one that shares most, then the first."""
        left = [group for group in self.near if group not in self.moment_of]
        return min(left, key=lambda group: (len(self._free(group)), -len(self.near[group]), group), default=None)

    def _free(self, group: int) -> list[int]:
        taken = {self.moment_of[other] for other in self.near[group] if other in self.moment_of}
        return [moment for moment in range(self.count) if moment not in taken and moment not in self.never[group]]

    def _choices(self, group: int) -> Iterator[int]:
        """The moments to try. Those that nobody has yet are alike where nobody is barred: one will do."""
        used, alike = set(self.moment_of.values()), not any(self.never.values())
        for moment in self._free(group):
            yield moment
            if alike and moment not in used:
                return


def _all_apart(groups: Sequence[int], near: Mapping[int, frozenset[int]]) -> tuple[int, ...]:
    """A large set of groups that all share somebody: grown from each group in turn, most sharing first."""
    ordered = sorted(groups, key=lambda group: (-len(near[group]), group))
    best: tuple[int, ...] = ()
    for first in ordered:
        grown = [first]
        for other in ordered:
            if other != first and all(other in near[one] for one in grown):
                grown.append(other)
        if len(grown) > len(best):
            best = tuple(sorted(grown))
    return best


def _as_many_as_fit(
    groups: Sequence[int], near: Mapping[int, frozenset[int]], never: Mapping[int, frozenset[int]], most: int,
    clique: tuple[int, ...],
) -> Spread:  # fmt: skip
    """There are too few moments: who comes first gets one, who is left over is named."""
    moment_of: dict[int, int] = {}
    for group in groups:
        taken = {moment_of[other] for other in near[group] if other in moment_of} | never[group]
        moment = next((one for one in range(most) if one not in taken), None)
        if moment is not None:
            moment_of[group] = moment
    left_out = tuple(group for group in groups if group not in moment_of)
    return Spread(moment_of, proven=False, all_apart=clique, left_out=left_out)
