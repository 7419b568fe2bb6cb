"""A roster of conversations while it grows: what stands where, and what stands in the way of a talk."""

from collections import defaultdict

from scheduling.optimiser.problem import ConversationsProblem, Reason, Talk
from scheduling.optimiser.problem.fields import minute


class Board:
    """The leaders' slots with the talks on them, in minutes since 2000."""

    def __init__(self, problem: ConversationsProblem) -> None:
        self.problem, self.step = problem, problem.slot_minutes
        self.talks = {talk.id: talk for talk in problem.talks}
        self.open = {leader.id: {minute(slot) for slot in leader.slots} for leader in problem.leaders}
        self.taken: dict[str, dict[int, str]] = {leader.id: {} for leader in problem.leaders}
        self.placed: dict[str, str] = {}
        self._brothers: dict[str, set[str]] = defaultdict(set)
        self._away: dict[str, set[str]] = defaultdict(set)  # talk → leaders who must be free while it runs
        self._parents: dict[str, set[str]] = defaultdict(set)  # leader → talks of which it is a guardian
        for group in problem.siblings:
            for name in group.talks:
                self._brothers[name] |= set(group.talks) - {name}
        for name, leader in problem.guardian_leads:
            if self.talks[name].leader != leader:
                self._away[name].add(leader)
                self._parents[leader].add(name)

    def place(self, name: str, start: str) -> None:
        """Put a talk at a start that has no obstacle."""
        talk = self.talks[name]
        self.placed[name] = start
        for at in self._slots(talk, start):
            self.taken[talk.leader][at] = name

    def remove(self, name: str) -> None:
        """Take a talk off the board."""
        talk, start = self.talks[name], self.placed.pop(name)
        for at in self._slots(talk, start):
            del self.taken[talk.leader][at]

    def starts(self, talk: Talk) -> list[str]:
        """The starts that are possible on an empty board, cheapest and then earliest first."""
        fitting = [start for start in talk.cost if self._exists(talk, start)]
        return sorted(fitting, key=lambda start: (talk.cost[start], start))

    def obstacle(self, talk: Talk, start: str) -> Reason | None:
        """What stands in the way of the talk at this start; None when nothing does."""
        if not self._exists(talk, start):
            return Reason.NO_POSSIBLE_TIME
        slots = self._slots(talk, start)
        if any(at in self.taken[talk.leader] for at in slots):
            return Reason.LEADER_FULL
        if self._row_too_long(talk, slots):
            return Reason.BREAK
        return self.elsewhere(talk, start)

    def elsewhere(self, talk: Talk, start: str) -> Reason | None:
        """What stands in the way of the talk at this start outside its leader's slots; None when nothing does."""
        slots = self._slots(talk, start)
        begin, end = slots[0], slots[-1] + self.step
        if any(self._meets(name, begin, end) for name in self._brothers[talk.id]):
            return Reason.SIBLING_CONFLICT
        leading = (other for leader in self._away[talk.id] for other in set(self.taken[leader].values()))
        if any(self._meets(name, begin, end) for name in (*leading, *self._parents[talk.leader])):
            return Reason.GUARDIAN_LEADS
        return None

    def reason(self, name: str) -> Reason:
        """Why a talk that is not on the board has no place on it."""
        talk = self.talks[name]
        if not self.open[talk.leader]:
            return Reason.NO_SLOTS
        obstacles = [self.obstacle(talk, start) for start in self.starts(talk)]
        if not obstacles:
            return Reason.NO_POSSIBLE_TIME
        if None in obstacles:
            return Reason.COSTS_MORE
        for softer in (Reason.SIBLING_CONFLICT, Reason.GUARDIAN_LEADS, Reason.BREAK):
            if softer in obstacles:
                return softer
        return Reason.FAMILY_TIMES if self._has_room(talk) else Reason.LEADER_FULL

    def _slots(self, talk: Talk, start: str) -> range:
        begin = minute(start)
        return range(begin, begin + talk.slots * self.step, self.step)

    def _exists(self, talk: Talk, start: str) -> bool:
        longest = self.problem.max_in_a_row
        return (longest is None or talk.slots <= longest) and self.open[talk.leader].issuperset(
            self._slots(talk, start)
        )

    def _row_too_long(self, talk: Talk, slots: range) -> bool:
        if self.problem.max_in_a_row is None:
            return False
        taken, row = self.taken[talk.leader], talk.slots
        before, after = slots[0] - self.step, slots[-1] + self.step
        while before in taken:
            row, before = row + 1, before - self.step
        while after in taken:
            row, after = row + 1, after + self.step
        return row > self.problem.max_in_a_row

    def _meets(self, name: str, begin: int, end: int) -> bool:
        if name not in self.placed:
            return False
        slots = self._slots(self.talks[name], self.placed[name])
        return slots[0] < end and begin < slots[-1] + self.step

    def _has_room(self, talk: Talk) -> bool:
        for begin in self.open[talk.leader]:
            slots = range(begin, begin + talk.slots * self.step, self.step)
            free = self.open[talk.leader].issuperset(slots) and not any(at in self.taken[talk.leader] for at in slots)
            if free and not self._row_too_long(talk, slots):
                return True
        return False
