"""One evening as plain arrays: who talks with whom at which slot.

Talks are edges between a family and a teacher, slots are colours: no family and no teacher has two talks of one colour.
A teacher's break is one more talk, with a family of its own, that may stand anywhere in the break's window; so a break
needs no rule of its own. Everything is a list indexed by small integers, because the annealing reads it millions of
times; `fam[family * slots + slot]` and `tea[teacher * slots + slot]` hold a talk or -1.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import lru_cache

from scheduling.optimiser.problem.fields import MOST_SLOTS

CONTINUED = MOST_SLOTS  # bit offset in a family's key: slots in which a talk goes on that began earlier


@dataclass(slots=True)
class Sheet:
    """The talks of one evening, placed (`pos` >= 0), granted but not yet placed, or left out."""

    slots: int
    gap: int
    limit: int  # slots a family may wait before it counts as waiting long
    names: list[str] = field(default_factory=list)  # talk → request id, "" for a break
    family: list[int] = field(default_factory=list)
    teacher: list[int] = field(default_factory=list)
    allowed: list[int] = field(default_factory=list)  # talk → bits of possible first slots
    length: list[int] = field(default_factory=list)
    weight: list[int] = field(default_factory=list)
    home: list[int] = field(default_factory=list)  # talk → its slot in the previous roster, -1 without one
    fixed: list[bool] = field(default_factory=list)  # breaks and pins never leave the sheet
    pos: list[int] = field(default_factory=list)
    asked: list[int] = field(default_factory=list)  # family → requests in all; 0 for a break's own family
    elsewhere: list[int] = field(default_factory=list)  # family → requests placed on other evenings
    teachers: int = 0
    present: list[int] = field(default_factory=list)  # teacher → bits at which it is there
    fam: list[int] = field(default_factory=list)
    tea: list[int] = field(default_factory=list)

    def add_family(self, asked: int, elsewhere: int = 0) -> int:
        """A family with its number of requests; its index."""
        self.asked.append(asked)
        self.elsewhere.append(elsewhere)
        self.fam.extend([-1] * self.slots)
        return len(self.asked) - 1

    def add_teacher(self, present: int) -> int:
        """A teacher; its index."""
        self.present.append(present)
        self.tea.extend([-1] * self.slots)
        self.teachers += 1
        return self.teachers - 1

    def add_talk(
        self, name: str, family: int, teacher: int, allowed: int, length: int, weight: int, *, home: int, fixed: bool
    ) -> int:
        """A talk that is not placed yet; its index."""
        self.names.append(name)
        self.family.append(family)
        self.teacher.append(teacher)
        self.allowed.append(allowed)
        self.length.append(length)
        self.weight.append(weight)
        self.home.append(home)
        self.fixed.append(fixed)
        self.pos.append(-1)
        return len(self.names) - 1

    def is_break(self, talk: int) -> bool:
        """Whether the talk is a teacher's break."""
        return not self.asked[self.family[talk]]

    def put(self, talk: int, slot: int) -> None:
        """Place a talk on slots that are free for both."""
        self.pos[talk] = slot
        self._write(talk, slot, talk)

    def take(self, talk: int) -> None:
        """Take a talk off the sheet."""
        self._write(talk, self.pos[talk], -1)
        self.pos[talk] = -1

    def fits(self, talk: int, slot: int) -> bool:
        """Whether a talk may start here and both are free for all of it."""
        if not self.allowed[talk] >> slot & 1:
            return False
        f, t = self.family[talk] * self.slots + slot, self.teacher[talk] * self.slots + slot
        return all(self.fam[f + step] < 0 and self.tea[t + step] < 0 for step in range(self.length[talk]))

    def family_key(self, family: int) -> int:
        """The family's busy slots as bits, and those in which a talk goes on from CONTINUED."""
        key = 0
        for slot in range(self.slots):
            talk = self.fam[family * self.slots + slot]
            if talk >= 0:
                key |= 1 << slot
                if self.pos[talk] != slot:
                    key |= 1 << slot + CONTINUED
        return key

    def teacher_mask(self, teacher: int) -> int:
        """The teacher's slots with a talk, its break not counted, as bits."""
        row = self.tea[teacher * self.slots : (teacher + 1) * self.slots]
        return sum(1 << slot for slot, talk in enumerate(row) if talk >= 0 and not self.is_break(talk))

    def load(self, positions: Iterable[int]) -> None:
        """Empty the sheet and place every talk where this list says."""
        self.fam[:] = [-1] * len(self.fam)
        self.tea[:] = [-1] * len(self.tea)
        for talk, slot in enumerate(positions):
            self.pos[talk] = slot
            if slot >= 0:
                self._write(talk, slot, talk)

    def rank(self) -> tuple[int, int, int, int, int, int, int]:
        """(talks too close, -weight, moved, over the limit, waiting, under half, idle): the smaller, the better."""
        close = over = waiting = under = 0
        got = list(self.elsewhere)
        weight = moved = 0
        for talk, slot in enumerate(self.pos):
            if slot >= 0:
                got[self.family[talk]] += 1
                weight += self.weight[talk]
                moved += self.home[talk] not in (-1, slot)
        for family, asked in enumerate(self.asked):
            if asked:
                wait, near = waits(self.family_key(family), self.gap)
                close, waiting, over = close + near, waiting + wait, over + (wait > self.limit)
                under += 2 * got[family] < asked
        idle = sum(idle_slots(self.teacher_mask(t), present) for t, present in enumerate(self.present))
        return close, -weight, moved, over, waiting, under, idle

    def _write(self, talk: int, slot: int, value: int) -> None:
        f, t = self.family[talk] * self.slots + slot, self.teacher[talk] * self.slots + slot
        for step in range(self.length[talk]):
            self.fam[f + step] = value
            self.tea[t + step] = value


@lru_cache(maxsize=1 << 18)
def waits(key: int, gap: int) -> tuple[int, int]:
    """Slots a family waits beyond the obligatory gaps, and slots its gaps are too short."""
    begins = key & (1 << CONTINUED) - 1
    busy, goes_on = begins, key >> CONTINUED
    begins &= ~goes_on
    wait = short = 0
    end = -1
    slot = 0
    while busy >> slot:
        if busy >> slot & 1:
            if begins >> slot & 1 and end >= 0:
                free = slot - end - gap
                wait, short = wait + max(0, free), short + max(0, -free)
            end = slot + 1
        slot += 1
    return wait, short


@lru_cache(maxsize=1 << 18)
def idle_slots(mask: int, present: int) -> int:
    """Slots between the first and the last talk at which the teacher is there without a talk."""
    if not mask:
        return 0
    between = (1 << mask.bit_length()) - (mask & -mask)
    return (between & present & ~mask).bit_count()
