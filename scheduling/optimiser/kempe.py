"""The one move that makes everything possible: exchange two slots along a chain of talks.

In an over-asked school every slot of a popular teacher is taken, so no single talk can move. If a talk goes from
slot a to slot b, its family's and teacher's talks at b go to a, theirs at a go to b, and so on. The chain always keeps
"one talk at a time" for everybody and changes the busy slots of at most the two families or teachers at its ends.
"""

from collections.abc import Iterator
from itertools import pairwise

from scheduling.optimiser.sheet import Sheet, waits


def closure(sheet: Sheet, talk: int, shift: int) -> dict[int, int] | None:
    """Every talk that must move if this one moves by `shift` slots: talk → its own shift; None when it cannot be.

    Talks of any length: each moves by `shift` or by its opposite, and none may be asked for both.
    """
    moves = {talk: shift}
    waiting = [talk]
    slots = sheet.slots
    while waiting:
        current = waiting.pop()
        step = moves[current]
        target = sheet.pos[current] + step
        if target < 0 or not sheet.allowed[current] >> target & 1:
            return None
        f, t = sheet.family[current] * slots + target, sheet.teacher[current] * slots + target
        for offset in range(sheet.length[current]):
            for other in (sheet.fam[f + offset], sheet.tea[t + offset]):
                if other < 0 or other == current:
                    continue
                if other not in moves:
                    moves[other] = -step
                    waiting.append(other)
                elif moves[other] == step:
                    return None
    return moves if _is_clean(sheet, moves) else None


def apply(sheet: Sheet, moves: dict[int, int]) -> None:
    """Carry out a closure."""
    targets = [(talk, sheet.pos[talk] + step) for talk, step in moves.items()]
    for talk, _ in targets:
        sheet.take(talk)
    for talk, slot in targets:
        sheet.put(talk, slot)


def insert(sheet: Sheet, talk: int, *, keep_gaps: bool = False, chains: bool = True) -> bool:
    """Place a talk: on a slot free for both, else after one chain that frees a slot. True when it is placed.

    Without `chains` only free slots are looked at; with `keep_gaps` no two talks may come to stand too close.
    """
    for slot in range(sheet.slots):
        if sheet.fits(talk, slot) and not (keep_gaps and _is_close(sheet, talk, slot, {})):
            sheet.put(talk, slot)
            return True
    for blocker, shift, slot in _blockers(sheet, talk) if chains else ():
        moves = closure(sheet, blocker, shift)
        if moves is None:
            continue
        apply(sheet, moves)
        if sheet.fits(talk, slot) and not (keep_gaps and _is_close(sheet, talk, slot, moves)):
            sheet.put(talk, slot)
            return True
        apply(sheet, {other: -step for other, step in moves.items()})
    return False


def _is_close(sheet: Sheet, talk: int, slot: int, moves: dict[int, int]) -> bool:
    """Whether a family concerned would have two talks too close, if the talk stood here."""
    sheet.put(talk, slot)
    families = {sheet.family[other] for other in (talk, *moves) if not sheet.is_break(other)}
    close = any(waits(sheet.family_key(family), sheet.gap)[1] for family in families)
    sheet.take(talk)
    return close


def squeeze(sheet: Sheet, target: int, tries: int = 400) -> None:
    """While the sheet holds less weight than this, let heavy talks push others aside that may find another place."""
    out = sorted((t for t, slot in enumerate(sheet.pos) if slot < 0), key=lambda t: (-sheet.weight[t], t))
    spots = [(t, slot) for t in out for slot in range(sheet.slots) if sheet.allowed[t] >> slot & 1]
    for talk, slot in spots[:tries]:
        if _weight(sheet) >= target:
            return
        if sheet.pos[talk] < 0:
            _push(sheet, talk, slot)


def _push(sheet: Sheet, talk: int, slot: int) -> None:
    """Place a talk here if those it pushes aside, and others that are out, make up for it."""
    before, kept = _weight(sheet), list(sheet.pos)
    f, t = sheet.family[talk] * sheet.slots, sheet.teacher[talk] * sheet.slots
    near = range(max(0, slot - sheet.gap), min(sheet.slots, slot + sheet.length[talk] + sheet.gap))
    pushed = {sheet.tea[t + at] for at in range(slot, slot + sheet.length[talk])} | {sheet.fam[f + at] for at in near}
    pushed.discard(-1)
    if any(sheet.fixed[other] for other in pushed):
        return
    for other in sorted(pushed):
        sheet.take(other)
    sheet.put(talk, slot)
    waiting = [other for other, at in enumerate(sheet.pos) if at < 0]
    for other in sorted(waiting, key=lambda other: (other not in pushed, -sheet.weight[other], other)):
        insert(sheet, other, keep_gaps=True, chains=other in pushed)
    if _weight(sheet) <= before:
        sheet.load(kept)


def _weight(sheet: Sheet) -> int:
    return sum(weight for weight, slot in zip(sheet.weight, sheet.pos, strict=True) if slot >= 0)


def drop_too_close(sheet: Sheet) -> None:
    """Take off the lightest talk of every two that stand too close, until no two do."""
    for family in range(len(sheet.asked)):
        while waits(sheet.family_key(family), sheet.gap)[1]:
            row = sheet.fam[family * sheet.slots : (family + 1) * sheet.slots]
            talks = sorted({talk for talk in row if talk >= 0}, key=lambda talk: sheet.pos[talk])
            pairs = [
                (one, two)
                for one, two in pairwise(talks)
                if sheet.pos[two] - sheet.pos[one] < sheet.length[one] + sheet.gap
            ]
            sheet.take(min(pairs[0], key=lambda talk: (sheet.fixed[talk], sheet.weight[talk], talk)))


def _blockers(sheet: Sheet, talk: int) -> Iterator[tuple[int, int, int]]:
    """Single talks in the way at a possible slot of the talk, with the shifts to try."""
    f, t = sheet.family[talk] * sheet.slots, sheet.teacher[talk] * sheet.slots
    for slot in range(sheet.slots):
        if not sheet.allowed[talk] >> slot & 1:
            continue
        covered = range(slot, slot + sheet.length[talk])
        blockers = {sheet.fam[f + at] for at in covered} | {sheet.tea[t + at] for at in covered}
        blockers.discard(-1)
        if len(blockers) == 1:
            (blocker,) = blockers
            begin = sheet.pos[blocker]
            for target in range(sheet.slots):
                if target != begin and sheet.allowed[blocker] >> target & 1:
                    yield blocker, target - begin, slot


def _is_clean(sheet: Sheet, moves: dict[int, int]) -> bool:
    """Whether no two moved talks meet; only long talks can."""
    if all(sheet.length[talk] == 1 for talk in moves):
        return True
    seen: set[tuple[str, int, int]] = set()
    for talk, step in moves.items():
        for slot in range(sheet.pos[talk] + step, sheet.pos[talk] + step + sheet.length[talk]):
            for spot in (("family", sheet.family[talk], slot), ("teacher", sheet.teacher[talk], slot)):
                if spot in seen:
                    return False
                seen.add(spot)
    return True
