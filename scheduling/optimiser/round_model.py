"""The integer model of a round of conversations, for what cannot be proven without one.

One variable per talk and possible start, one per talk that stays out, one per leader's slot (taken or not), and one per
way in which two siblings can follow each other. Everything else is a row of this nearly bipartite model.
"""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Mapping, Set
from itertools import permutations

from scheduling.optimiser.board import Board
from scheduling.optimiser.families import APART, MINUTES_A_DAY
from scheduling.optimiser.milp import Milp, Solution
from scheduling.optimiser.problem import ConversationsProblem, Siblings, Talk
from scheduling.optimiser.problem.fields import minute
from scheduling.optimiser.progress import Clock, Report

UNPLACED, LONGER_GAP = 60, 1


class RoundModel:
    """The rows and variables, and how to read a roster out of them."""

    def __init__(self, problem: ConversationsProblem) -> None:
        self.problem, self.step = problem, problem.slot_minutes
        self.milp = Milp()
        self.always = self.milp.variable(low=1.0)  # carries the constant part of the objective
        self.quality: list[tuple[int, float]] = []
        self.starts: dict[str, dict[int, int]] = {}  # talk → minute → variable
        self.out: dict[str, int] = {}
        self.taken: dict[str, dict[int, int]] = {}
        self.texts: dict[str, dict[int, str]] = {}
        self.links: list[tuple[int, int, int, list[int]]] = []  # variable, both starts, starts that would lie between
        board = Board(problem)
        for talk in problem.talks:
            self._add_talk(talk, board.starts(talk))
        self._add_leaders()
        for group in problem.siblings:
            self._add_siblings(group)
        for name, leader in problem.guardian_leads:
            if board.talks[name].leader != leader:
                self._add_guardian(name, leader)
        self.price_quality()

    def price_quality(self) -> None:
        """The sum of INTERFACES: unplaced talks, siblings apart, longer gaps, costs."""
        self.milp.price(self.quality)

    def price_disturbance(self, unplaced: int) -> None:
        """So much per talk without a place, 1 per talk that moves."""
        self.milp.price(
            [(out, unplaced) for out in self.out.values()] + [(moved, 1) for moved in self._moves(self.out)]
        )

    def hold_disturbance(self, leaders: Set[str], unplaced: int, most: int) -> None:
        """The talks of these leaders together are disturbed no more than this."""
        own = [talk.id for talk in self.problem.talks if talk.leader in leaders]
        moved = [(variable, 1.0) for variable in self._moves(own)]
        self.milp.row([*moved, *((self.out[name], unplaced) for name in own)], high=most)

    def solve(
        self, seed: int, clock: Clock, nodes: int | None, known: Mapping[str, str], phase: str, report: Report
    ) -> Solution:
        """Minimise the present objective, from a roster that is known."""
        start = self._values_of(known)
        return self.milp.solve(
            seed=seed, seconds=clock.left(), nodes=nodes, gap=0.99, start=start, phase=phase, report=report
        )

    def placed(self, solution: Solution) -> dict[str, str]:
        """The roster in a solution."""
        return {
            name: self.texts[name][at]
            for name, starts in self.starts.items()
            for at, variable in starts.items()
            if solution.values[variable] > 0.5
        }

    def _values_of(self, placed: Mapping[str, str]) -> list[float]:
        """A roster as a starting point."""
        values = [0.0] * self.milp.size()
        values[self.always] = 1.0
        for talk in self.problem.talks:
            if talk.id not in placed:
                values[self.out[talk.id]] = 1.0
                continue
            begin = minute(placed[talk.id])
            values[self.starts[talk.id][begin]] = 1.0
            for at in range(begin, begin + talk.slots * self.step, self.step):
                values[self.taken[talk.leader][at]] = 1.0
        for link, here, there, between in self.links:
            values[link] = values[here] * values[there] * (not any(values[other] for other in between))
        return values

    def _add_talk(self, talk: Talk, starts: Iterable[str]) -> None:
        variables: dict[int, int] = {}
        texts: dict[int, str] = {}
        for start in sorted(starts):
            variable = self.milp.variable()
            variables[minute(start)] = variable
            texts[minute(start)] = start
            if talk.cost[start]:
                self.quality.append((variable, talk.cost[start]))
        out = self.milp.variable()
        self.quality.append((out, UNPLACED))
        self.milp.row([(variable, 1.0) for variable in (*variables.values(), out)], 1.0, 1.0)
        if talk.id in self.problem.pinned:
            self.milp.fix(variables[minute(self.problem.pinned[talk.id])], 1.0)
        self.starts[talk.id], self.texts[talk.id], self.out[talk.id] = variables, texts, out

    def _add_leaders(self) -> None:
        """A slot holds one talk, and a row of slots is never longer than the leader likes."""
        covering: dict[str, dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for talk in self.problem.talks:
            for begin, variable in self.starts[talk.id].items():
                for at in range(begin, begin + talk.slots * self.step, self.step):
                    covering[talk.leader][at].append(variable)
        for leader in self.problem.leaders:
            taken = self.taken[leader.id] = {}
            for at in sorted(covering[leader.id]):
                taken[at] = self.milp.variable(whole=False)
                self.milp.row([*((variable, 1.0) for variable in covering[leader.id][at]), (taken[at], -1.0)], 0.0, 0.0)
            if self.problem.max_in_a_row:
                for window in _windows(taken, self.step, self.problem.max_in_a_row + 1):
                    self.milp.row([(taken[at], 1.0) for at in window], high=self.problem.max_in_a_row)

    def _add_siblings(self, group: Siblings) -> None:
        """Siblings never overlap, and earn their pair when one follows the other."""
        members = [talk for talk in self.problem.talks if talk.id in group.talks]
        self.quality.append((self.always, APART * (len(members) - 1)))
        moments = sorted({begin for talk in members for begin in self.starts[talk.id]})
        for at in moments:
            running = [pair for talk in members for pair in self._running(talk, at)]
            if len(running) > 1:
                self.milp.row(running, high=1.0)
        leaving: dict[int, list[int]] = defaultdict(list)
        arriving: dict[int, list[int]] = defaultdict(list)
        for first, second in permutations(members, 2):
            for begin, here in self.starts[first.id].items():
                end = begin + first.slots * self.step
                for late, there in self.starts[second.id].items():
                    gap = late - end
                    if group.gap_slots * self.step <= gap <= (group.gap_slots + 1) * self.step and _same_day(
                        begin, late
                    ):
                        link = self.milp.variable(whole=False)
                        price = LONGER_GAP if gap > group.gap_slots * self.step else 0
                        self.quality.append((link, price - APART))
                        leaving[here].append(link)
                        arriving[there].append(link)
                        others = [talk for talk in members if talk not in (first, second)]
                        self.links.append((link, here, there, self._keep_between_free(link, end, late, others)))
        self.milp.row([(link, 1.0) for links in leaving.values() for link in links], high=len(members) - 1)
        for ends in (leaving, arriving):
            for start, links in ends.items():
                self.milp.row([*((link, 1.0) for link in links), (start, -1.0)], high=0.0)

    def _keep_between_free(self, link: int, end: int, late: int, others: list[Talk]) -> list[int]:
        """Neighbours have nobody between them; the starts that would be."""
        starts: list[int] = []
        for talk in others:
            between = [
                (variable, 1.0)
                for begin, variable in self.starts[talk.id].items()
                if end <= begin and begin + talk.slots * self.step <= late
            ]
            if between:
                self.milp.row([*between, (link, 1.0)], high=1.0)
                starts += [variable for variable, _ in between]
        return starts

    def _add_guardian(self, name: str, leader: str) -> None:
        """While a guardian of this talk leads another one, this talk does not run."""
        talk = next(talk for talk in self.problem.talks if talk.id == name)
        moments = sorted({*self.taken[leader], *self.starts[name]})
        for at in moments:
            own = list(self._running(talk, at))
            led = [(variable, 1.0) for begin, variable in self.taken[leader].items() if begin <= at < begin + self.step]
            if own and led:
                self.milp.row([*own, *led], high=1.0)

    def _running(self, talk: Talk, at: int) -> Iterator[tuple[int, float]]:
        length = talk.slots * self.step
        return ((variable, 1.0) for begin, variable in self.starts[talk.id].items() if begin <= at < begin + length)

    def _moves(self, talks: Container[str]) -> list[int]:
        return [
            variable
            for name, start in self.problem.previous.items()
            if name in talks
            for begin, variable in self.starts[name].items()
            if begin != minute(start)
        ]


def _windows(taken: dict[int, int], step: int, length: int) -> Iterator[range]:
    for begin in taken:
        window = range(begin, begin + length * step, step)
        if all(at in taken for at in window):
            yield window


def _same_day(first: int, second: int) -> bool:
    return first // MINUTES_A_DAY == second // MINUTES_A_DAY
