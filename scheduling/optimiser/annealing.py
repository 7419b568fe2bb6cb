"""Take the waiting out of an evening: simulated annealing with Kempe chains.

`anneal` makes proposals: a talk of some family to another slot, with the chain that needs; now and then a request that
was left out instead of one of equal weight. A proposal that shortens the waiting is taken, one that lengthens it is
taken with a chance that falls with the temperature. The best sheet of the run, by the objective's own order, is what
remains. The number of proposals is the measure of work, so a run is the same on a slow machine.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import exp

from scheduling.optimiser.kempe import apply, closure
from scheduling.optimiser.sheet import CONTINUED, Sheet, idle_slots, waits

OVER_LIMIT = 3.0  # what a slot beyond the limit costs on top
TOO_CLOSE = 8.0  # what a slot too few between two talks costs
UNDER_HALF = 100.0  # more than any waiting it could save: level 4 is not sold for what later moves repair
PRESS = 8.0  # how much dearer the families' waiting grows while idle slots are looked at, so that none is sold for them
FEW = 0.6  # share of the idle slots that a good run leaves at most
BLOCK = 8192  # proposals between two looks at the temperature, the best so far and the clock


@dataclass(frozen=True, slots=True)
class Schedule:
    """How warm a run starts and ends, and what it looks at besides the waiting."""

    proposals: int
    warm: float = 1.0
    cold: float = 0.15
    idle: float = 0.0  # what a teacher's idle slot costs
    moved: float = 0.0  # what a talk away from its previous slot costs
    exchange: float = 0.1  # share of proposals that exchange a request for one that was left out
    stay: float = 0.75  # share of proposals passed over for families that do not wait
    focus: float = 0.5  # share of proposals for a family that waits
    pressed: float = 0.0  # how far the price of waiting has risen already when a run begins, from 0 to 1
    goes_on: bool = False  # whether it goes on from where the run before ended, not from the best
    enough: int = 0  # slots of waiting below which a run need not come


def anneal(sheet: Sheet, schedule: Schedule, seed: int, is_over: Callable[[], bool] = bool) -> int:
    """Improve the sheet in place; the number of proposals made. Stops early when there is nothing left to gain."""
    run = _Run(sheet, schedule, seed, is_over)
    run.go_on(schedule)
    sheet.load(run.best_pos)
    return run.done


def gather(sheet: Sheet, plans: Sequence[Schedule], most: int, seed: int, is_over: Callable[[], bool] = bool) -> int:
    """Anneal with an eye on idle slots until few are left, at most so many proposals; the number of those made.

    A run that ends with somebody waiting does not count, though it seldom is far from a good one: a plan that `goes_on`
    begins there, any other from the best.
    """
    run = _Run(sheet, plans[0], seed, is_over)
    enough = FEW * run.best[-1]
    for plan in plans:
        if run.done and run.done + plan.proposals > most:
            continue
        if run.done and not plan.goes_on:
            run.go_back()
        run.go_on(plan)
        if run.best[-1] <= enough or is_over():
            break
    sheet.load(run.best_pos)
    return run.done


class _Run:
    """A sheet that is annealed, and the best it has been."""

    def __init__(self, sheet: Sheet, schedule: Schedule, seed: int, is_over: Callable[[], bool]) -> None:
        self.sheet, self.is_over = sheet, is_over
        self.rng = random.Random(seed)
        self.costs = _Costs(sheet, schedule)
        self.best, self.best_pos = sheet.rank(), list(sheet.pos)
        self.done = 0

    def go_on(self, schedule: Schedule) -> None:
        """All proposals of a schedule, from warm to cold."""
        made = 0
        while made < schedule.proposals and not self.is_over() and not _is_perfect(self.best, schedule):
            share = made / schedule.proposals
            temperature = schedule.warm * (schedule.cold / schedule.warm) ** share
            pressed = schedule.pressed + (1 - schedule.pressed) * share
            self.costs.press = 1.0 + PRESS * pressed**2 if schedule.idle else 1.0
            changed = _block(self.sheet, schedule, self.costs, self.rng, temperature)
            made += BLOCK
            if changed and self.costs.promises(self.best):
                rank = self.sheet.rank()
                if rank < self.best:
                    self.best, self.best_pos = rank, list(self.sheet.pos)
        self.done += made

    def go_back(self) -> None:
        """Begin from the best again."""
        self.sheet.load(self.best_pos)
        self.costs = _Costs(self.sheet, self.costs.schedule)


def _is_perfect(rank: tuple[int, ...], schedule: Schedule) -> bool:
    close, _, moved, over, waiting, under, idle = rank
    return waiting <= schedule.enough and not (close or moved or over) and (not schedule.idle or not (under or idle))


class _Costs:
    """What every family's and teacher's slots cost now, kept up to date by the moves."""

    def __init__(self, sheet: Sheet, schedule: Schedule) -> None:
        self.sheet, self.schedule = sheet, schedule
        self.press = 1.0
        self.memo: dict[int, float] = {}
        self.idle_memo: list[dict[int, float]] = [{} for _ in range(sheet.teachers)]
        self.keys = [sheet.family_key(family) for family in range(len(sheet.asked))]
        self.masks = [sheet.teacher_mask(teacher) for teacher in range(sheet.teachers)]
        self.got = list(sheet.elsewhere)
        self.out: list[int] = []
        for talk, slot in enumerate(sheet.pos):
            if slot >= 0:
                self.got[sheet.family[talk]] += 1
            else:
                self.out.append(talk)
        self.families = sorted({sheet.family[talk] for talk in range(len(sheet.pos)) if not sheet.is_break(talk)})
        self.under = sum(2 * got < asked for got, asked in zip(self.got, sheet.asked, strict=True))
        self.real = [asked > 0 for asked in sheet.asked]
        self.total = sum(self.of(key) for key, real in zip(self.keys, self.real, strict=True) if real)
        self.waiting: list[int] = []
        self.place = [-1] * len(self.keys)  # where a family stands in `waiting`
        for family in self.families:
            self.note(family)

    def of(self, key: int) -> float:
        """What a family with these busy slots costs."""
        cost = self.memo.get(key)
        if cost is None:
            wait, short = waits(key, self.sheet.gap)
            cost = wait + OVER_LIMIT * max(0, wait - self.sheet.limit) + TOO_CLOSE * short
            self.memo[key] = cost
        return cost

    def note(self, family: int) -> None:
        """Put a family among those that wait, or take it out."""
        place = self.place[family]
        if self.of(self.keys[family]) > 0:
            if place < 0:
                self.place[family] = len(self.waiting)
                self.waiting.append(family)
        elif place >= 0:
            last = self.waiting.pop()
            if last != family:
                self.waiting[place] = last
                self.place[last] = place
            self.place[family] = -1

    def idle(self, teacher: int, mask: int) -> float:
        """What a teacher with these talks costs."""
        memo = self.idle_memo[teacher]
        cost = memo.get(mask)
        if cost is None:
            cost = memo[mask] = self.schedule.idle * idle_slots(mask, self.sheet.present[teacher])
        return cost

    def promises(self, best: tuple[int, ...]) -> bool:
        """Whether the families' costs allow the sheet to be better than the best so far."""
        close, _, moved, over, waiting, under, idle = best
        if moved or over or close:
            return True
        if self.total > waiting + 1e-9:
            return False
        if self.total < waiting - 1e-9 or self.under < under or not self.schedule.idle:
            return True
        return sum(map(idle_slots, self.masks, self.sheet.present)) < idle

    def refresh(self, talks: list[int]) -> None:
        """Read the families and teachers of these talks again."""
        for talk in talks:
            family, teacher = self.sheet.family[talk], self.sheet.teacher[talk]
            if self.real[family]:
                self.total -= self.of(self.keys[family])
                self.keys[family] = self.sheet.family_key(family)
                self.total += self.of(self.keys[family])
                self.note(family)
            self.masks[teacher] = self.sheet.teacher_mask(teacher)


def _block(sheet: Sheet, schedule: Schedule, costs: _Costs, rng: random.Random, temperature: float) -> bool:
    """One block of proposals at one temperature; whether any was taken.

    The chain of single talks is written out here for speed; `kempe.closure` does the same for talks of any length.
    """
    slots, fam, tea, pos = sheet.slots, sheet.fam, sheet.tea, sheet.pos
    family, teacher, allowed, length = sheet.family, sheet.teacher, sheet.allowed, sheet.length
    keys, masks, memo, real = costs.keys, costs.masks, costs.memo, costs.real
    cost_of, idle_of, home = costs.of, costs.idle, sheet.home
    families, counted, idle_price, moved_price = costs.families, len(costs.families), schedule.idle, schedule.moved
    exchange, stay = (schedule.exchange if costs.out else 0.0), schedule.stay
    chance, busy_bits = rng.random, (1 << CONTINUED) - 1
    press, waiting, focus = costs.press, costs.waiting, schedule.focus
    has_long = max(length, default=1) > 1
    sides = (tea, teacher, fam, family), (fam, family, tea, teacher)
    changed = False
    if not counted:
        return False
    for _ in range(BLOCK):
        dice = chance()
        if dice < exchange:
            changed |= _exchange(sheet, costs, rng, temperature)
            continue
        if idle_price and chance() < 0.5:
            t = int(chance() * sheet.teachers)
            busy = masks[t]
            if not busy or (not idle_of(t, busy) and chance() < stay):
                continue
            first, last = (busy & -busy).bit_length() - 1, busy.bit_length() - 1
            a = first if chance() < 0.5 else last
            b = first + int(chance() * (last - first + 1))
            r = tea[t * slots + a]
        else:
            if waiting and chance() < focus:
                f = waiting[int(chance() * len(waiting))]
            else:
                f = families[int(chance() * counted)]
            key = keys[f]
            now = memo.get(key)
            if now is None:
                now = cost_of(key)
            if not now and chance() < stay:
                continue
            busy = key & busy_bits
            if not busy:
                continue
            first, last = (busy & -busy).bit_length() - 1, busy.bit_length() - 1
            dice = chance()
            if dice < 0.25:
                a = first
            elif dice < 0.5:
                a = last
            else:
                a = first + int(chance() * (last - first + 1))
            r = fam[f * slots + a]
            if r < 0:
                continue
            if chance() < 0.5:
                b = first - 1 + int(chance() * (last - first + 3))
            else:
                b = int(chance() * slots)
        if b == a or b < 0 or b >= slots or not allowed[r] >> b & 1:
            continue
        if length[r] > 1:
            changed |= _long_move(sheet, costs, r, b - pos[r], temperature, rng)
            continue

        # talks in `up` go from a to b, talks in `down` from b to a: follow the teacher's side, then the family's
        up, down = [r], []
        ends: list[int] = []
        good, ring, stuck = True, False, r
        for near, near_of, far, far_of in sides:
            x, near_end, far_end = r, -1, -1
            while True:
                y = near[near_of[x] * slots + b]
                if y < 0:
                    near_end = near_of[x]
                    break
                if not allowed[y] >> a & 1 or (has_long and length[y] > 1):
                    good, stuck = False, y
                    break
                down.append(y)
                z = far[far_of[y] * slots + a]
                if z < 0:
                    far_end = far_of[y]
                    break
                if z == r:
                    ring = True
                    break
                if not allowed[z] >> b & 1 or (has_long and length[z] > 1):
                    good, stuck = False, z
                    break
                up.append(z)
                x = z
            ends += near_end, far_end
            if ring or not good:
                break
        if not good:
            if has_long and length[stuck] > 1:
                changed |= _long_move(sheet, costs, r, b - a, temperature, rng)
            continue
        end_teacher, end_family, other_family, other_teacher = (-1, -1, -1, -1) if ring else ends

        bits = (1 << a) | (1 << b)
        delta = 0.0
        if end_family >= 0 and real[end_family]:
            key = keys[end_family]
            delta += cost_of(key ^ bits) - cost_of(key)
        if other_family >= 0 and real[other_family]:
            key = keys[other_family]
            delta += cost_of(key ^ bits) - cost_of(key)
        teachers_changed: tuple[int, ...] = ()
        if idle_price:
            delta *= press
            teachers_changed = _changed_teachers(
                sheet, real, (end_family, other_family), (end_teacher, other_teacher), a, b
            )
            for t in teachers_changed:
                delta += idle_of(t, masks[t] ^ bits) - idle_of(t, masks[t])
        if moved_price:
            for x in up:
                if home[x] >= 0:
                    delta += moved_price * ((home[x] != b) - (home[x] != a))
            for x in down:
                if home[x] >= 0:
                    delta += moved_price * ((home[x] != a) - (home[x] != b))
        if delta > 0 and chance() >= exp(-delta / temperature):
            continue

        changed = True
        if end_teacher >= 0:
            tea[end_teacher * slots + a] = -1
        if other_teacher >= 0:
            tea[other_teacher * slots + b] = -1
        if end_family >= 0:
            fam[end_family * slots + b] = -1
        if other_family >= 0:
            fam[other_family * slots + a] = -1
        for x in up:
            pos[x] = b
            fam[family[x] * slots + b] = x
            tea[teacher[x] * slots + b] = x
        for x in down:
            pos[x] = a
            fam[family[x] * slots + a] = x
            tea[teacher[x] * slots + a] = x
        for f in (end_family, other_family):
            if f >= 0:
                if real[f]:
                    before, after = cost_of(keys[f]), cost_of(keys[f] ^ bits)
                    costs.total += after - before
                    keys[f] ^= bits
                    if (before > 0) != (after > 0):
                        costs.note(f)
                else:
                    keys[f] ^= bits
        if idle_price:
            for t in teachers_changed:
                masks[t] ^= bits
    return changed


def _changed_teachers(
    sheet: Sheet, real: list[bool], families: tuple[int, int], teachers: tuple[int, int], a: int, b: int
) -> tuple[int, ...]:
    """The teachers whose talks come to stand on other slots: those at the chain's ends, also behind a break."""
    found = [t for t in teachers if t >= 0]
    for f in families:
        if f >= 0 and not real[f]:
            pause = max(sheet.fam[f * sheet.slots + a], sheet.fam[f * sheet.slots + b])
            found.append(sheet.teacher[pause])
    return tuple(found)


def _long_move(sheet: Sheet, costs: _Costs, talk: int, shift: int, temperature: float, rng: random.Random) -> bool:
    """Move a talk whose chain holds talks of several slots."""
    moves = closure(sheet, talk, shift)
    if moves is None:
        return False
    talks = list(moves)
    before = _price(sheet, costs, talks)
    apply(sheet, moves)
    costs.refresh(talks)
    delta = _price(sheet, costs, talks) - before
    if delta <= 0 or rng.random() < exp(-delta / temperature):
        return True
    apply(sheet, {other: -step for other, step in moves.items()})
    costs.refresh(talks)
    return False


def _price(sheet: Sheet, costs: _Costs, talks: list[int]) -> float:
    """What the families, teachers and displacements of these talks cost now."""
    families = {sheet.family[talk] for talk in talks}
    price = costs.press * sum(costs.of(costs.keys[f]) for f in families if costs.real[f])
    if costs.schedule.idle:
        price += sum(costs.idle(t, costs.masks[t]) for t in {sheet.teacher[talk] for talk in talks})
    away = sum(sheet.home[talk] not in (-1, sheet.pos[talk]) for talk in talks)
    return price + costs.schedule.moved * away


def _exchange(sheet: Sheet, costs: _Costs, rng: random.Random, temperature: float) -> bool:
    """Place a request that was left out, instead of one of at most its weight when need be."""
    if not costs.out:
        return False
    place = int(rng.random() * len(costs.out))
    talk = costs.out[place]
    slot = int(rng.random() * sheet.slots)
    if not sheet.allowed[talk] >> slot & 1 or sheet.length[talk] > 1:
        return False
    f, t = sheet.family[talk], sheet.teacher[talk]
    if sheet.fam[f * sheet.slots + slot] >= 0:
        return False
    loser = sheet.tea[t * sheet.slots + slot]
    if loser < 0:
        if sheet.gap and waits(costs.keys[f] | 1 << slot, sheet.gap)[1] > waits(costs.keys[f], sheet.gap)[1]:
            return False  # no weight is worth two talks too close, and chains would not always part them later
        sheet.put(talk, slot)
        costs.under += _under_change(sheet, costs, f, 1)
        costs.got[f] += 1
        costs.refresh([talk])
        costs.out[place] = costs.out[-1]
        costs.out.pop()
        return True
    g = sheet.family[loser]
    if g == f or sheet.fixed[loser] or sheet.length[loser] > 1 or sheet.weight[loser] > sheet.weight[talk]:
        return False
    delta = costs.of(costs.keys[f] | 1 << slot) - costs.of(costs.keys[f])
    delta += costs.of(costs.keys[g] ^ 1 << slot) - costs.of(costs.keys[g])
    under = _under_change(sheet, costs, f, 1) + _under_change(sheet, costs, g, -1)
    delta += UNDER_HALF * under
    if costs.schedule.moved:
        delta += costs.schedule.moved * (sheet.home[loser] >= 0)
    delta -= 10 * (sheet.weight[talk] - sheet.weight[loser])
    if delta > 0 and rng.random() >= exp(-delta / temperature):
        return False
    sheet.take(loser)
    sheet.put(talk, slot)
    costs.under += under
    costs.got[f] += 1
    costs.got[g] -= 1
    costs.refresh([loser, talk])
    costs.out[place] = loser
    return True


def _under_change(sheet: Sheet, costs: _Costs, family: int, more: int) -> int:
    """By how much the number of families under half changes when this one gets more."""
    got, asked = costs.got[family], sheet.asked[family]
    return (2 * (got + more) < asked) - (2 * got < asked)
