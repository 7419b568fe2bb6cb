"""What a change by hand would cost, before it is made: the checker's own sum, and which families notice what."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import combinations

from scheduling.domain.drafts import WITHOUT_BREAK, Cost, CostKind, Stop, StopKind, Weighed, longest_row, without_break
from scheduling.domain.travel import NOWHERE, Journeys
from scheduling.optimiser.checker import conversations_score
from scheduling.optimiser.problem import ConversationsProblem, Siblings, Talk
from scheduling.queries.snapshots import slots_from

NO_TIME = timedelta()
Places = Mapping[str, str]
Interval = tuple[datetime, datetime]
Change = tuple[str | None, int]
"""Where a talk would start (None: nowhere), and how many slots it would take."""


class Scales:
    """A draft as it stands; weighs changes to it one at a time."""

    def __init__(self, problem: ConversationsProblem, places: Places, journeys: Journeys = NOWHERE) -> None:
        self.problem, self.places = problem, places
        self.journeys, self.travel = journeys, timedelta(minutes=journeys.minutes)
        self.talks = {talk.id: talk for talk in problem.talks}
        self.slots = {leader.id: frozenset(leader.slots) for leader in problem.leaders}
        self.of_leader: dict[str, list[str]] = defaultdict(list)
        for talk in problem.talks:
            self.of_leader[talk.leader].append(talk.id)
        self.groups: dict[str, list[Siblings]] = defaultdict(list)
        for group in problem.siblings:
            for key in group.talks:
                self.groups[key].append(group)
        self.leads: dict[str, list[str]] = defaultdict(list)
        self.led: dict[str, list[str]] = defaultdict(list)
        for key, leader in problem.guardian_leads:
            self.leads[key].append(leader)
            self.led[leader].append(key)

    def weigh(self, changes: Mapping[str, Change]) -> Weighed:
        """Whether these talks can go there together, and what that costs."""
        changed = {key: replace(self.talks[key], slots=slots) for key, (_, slots) in changes.items()}
        after = {key: start for key, start in self.places.items() if key not in changes}
        after |= {key: start for key, (start, _) in changes.items() if start is not None}
        stops = tuple(stop for key in changes if key in after for stop in self._stops(changed[key], changed, after))
        if stops:
            return Weighed(stops=stops)
        return Weighed(costs=tuple(self._costs(changed, after)), total=self._total(changed, after))

    @property
    def without_break(self) -> int:
        """Talks in the whole draft for which their leader has no break first."""
        return sum(self._without_break(leader, {}, self.places) for leader in self.of_leader)

    def span(self, key: str) -> Interval | None:
        """When a talk is now."""
        return self._span(self.talks[key], self.places)

    # not possible

    def _stops(self, talk: Talk, changed: Mapping[str, Talk], after: Places) -> Iterable[Stop]:
        start = after[talk.id]
        wanted = slots_from(start, talk.slots, self.problem.slot_minutes)
        if not set(wanted) <= self.slots.get(talk.leader, frozenset()):
            yield Stop(StopKind.NO_TIME, talk.id)
            return
        if start not in talk.cost:
            yield Stop(StopKind.FAMILY, talk.id)
        for kind, others in (
            (StopKind.TAKEN, self.of_leader[talk.leader]),
            (StopKind.SIBLING, [key for group in self.groups[talk.id] for key in group.talks]),
            (StopKind.LEADS, [key for leader in self.leads[talk.id] for key in self.of_leader[leader]]),
            (StopKind.LEADS, self.led[talk.leader]),
        ):
            other = self._meets(talk, others, changed, after)
            if other is not None:
                yield Stop(kind, talk.id, other)
                return
        far = self._meets(talk, self.journeys.other_ends(talk.id), changed, after, self.travel)
        if far is not None:
            yield Stop(StopKind.TRAVEL, talk.id, far)

    def _meets(
        self, talk: Talk, others: Iterable[str], changed: Mapping[str, Talk], after: Places, apart: timedelta = NO_TIME
    ) -> str | None:
        own = self._span(talk, after)
        for key in others:
            span = self._span(changed.get(key, self.talks[key]), after)
            if key != talk.id and own and span and own[0] < span[1] + apart and span[0] < own[1] + apart:
                return key
        return None

    # costs

    def _costs(self, changed: Mapping[str, Talk], after: Places) -> Iterable[Cost]:
        for key, talk in changed.items():
            yield from self._own_costs(talk, after.get(key))
        seen: set[tuple[str, str]] = set()
        for key in changed:
            for group in self.groups[key]:
                for pair in combinations(sorted(group.talks), 2):
                    if key in pair and pair not in seen:
                        seen.add(pair)
                        yield from self._pair(group, key, pair[1] if pair[0] == key else pair[0], changed, after)
        for leader in {talk.leader for talk in changed.values()}:
            lost = self._without_break(leader, changed, after) - self._without_break(leader, {}, self.places)
            if lost > 0:
                row = longest_row(self._taken(leader, changed, after), self.problem.slot_minutes)
                yield Cost(CostKind.NO_BREAK, next(iter(changed)), count=row)
            elif lost < 0:
                yield Cost(CostKind.BREAK, next(iter(changed)))

    def _own_costs(self, talk: Talk, start: str | None) -> Iterable[Cost]:
        before = self.places.get(talk.id)
        if before is None and start is not None:
            yield Cost(CostKind.WITH_TIME, talk.id)
        if before is not None and start is None:
            yield Cost(CostKind.WITHOUT_TIME, talk.id)
        lost = (talk.cost.get(start, 0) if start else 0) - (talk.cost.get(before, 0) if before else 0)
        if lost > 0:
            yield Cost(CostKind.WISH_LOST, talk.id, count=lost)
        elif lost < 0 and start is not None:
            yield Cost(CostKind.WISH_KEPT, talk.id, count=-lost)

    def _pair(
        self, group: Siblings, key: str, other: str, changed: Mapping[str, Talk], after: Places
    ) -> Iterable[Cost]:
        near = self._between(self._span(self.talks[key], self.places), self._span(self.talks[other], self.places))
        then = self._between(
            self._span(changed.get(key, self.talks[key]), after),
            self._span(changed.get(other, self.talks[other]), after),
        )
        slot = timedelta(minutes=self.problem.slot_minutes)
        least, most = group.gap_slots * slot, (group.gap_slots + 1) * slot
        were, are = near is not None and least <= near <= most, then is not None and least <= then <= most
        if were and not are:
            yield Cost(CostKind.APART, key, other)
        elif are and not were:
            yield Cost(CostKind.BESIDE, key, other)
        elif are and near is not None and then is not None and then > near:
            yield Cost(CostKind.LATER, key, other)

    def _without_break(self, leader: str, changed: Mapping[str, Talk], places: Places) -> int:
        taken = self._taken(leader, changed, places)
        return without_break(taken, self.problem.slot_minutes, self.problem.max_in_a_row)

    def _taken(self, leader: str, changed: Mapping[str, Talk], places: Places) -> list[datetime]:
        """The starts of the slots that this leader's talks take."""
        taken: list[str] = []
        for key in self.of_leader[leader]:
            if key in places:
                talk = changed.get(key, self.talks[key])
                taken += slots_from(places[key], talk.slots, self.problem.slot_minutes)
        return [datetime.fromisoformat(start) for start in taken]

    def _total(self, changed: Mapping[str, Talk], after: Places) -> int:
        """The difference in the roster's sum, and for the breaks; only these talks and their families can make one."""
        groups = tuple({id(group): group for key in changed for group in self.groups[key]}.values())
        concerned = dict.fromkeys([*changed, *(key for group in groups for key in group.talks)])
        before = replace(self.problem, talks=tuple(self.talks[key] for key in concerned), siblings=groups)
        now = replace(before, talks=tuple(changed.get(key, self.talks[key]) for key in concerned))
        were = {key: self.places[key] for key in concerned if key in self.places}
        are = {key: after[key] for key in concerned if key in after}
        breaks = sum(
            self._without_break(leader, changed, after) - self._without_break(leader, {}, self.places)
            for leader in {talk.leader for talk in changed.values()}
        )
        score = conversations_score(now, are).objective - conversations_score(before, were).objective
        return score + WITHOUT_BREAK * breaks

    def _span(self, talk: Talk, places: Places) -> Interval | None:
        if talk.id not in places:
            return None
        start = datetime.fromisoformat(places[talk.id])
        return start, start + timedelta(minutes=talk.slots * self.problem.slot_minutes)

    @staticmethod
    def _between(first: Interval | None, second: Interval | None) -> timedelta | None:
        """The free time between two talks of one day."""
        if first is None or second is None or first[0].date() != second[0].date():
            return None
        early, late = sorted((first, second))
        return late[0] - early[1]
