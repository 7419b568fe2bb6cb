"""Why a request has no place on a finished roster of evenings."""

from collections.abc import Iterable

from scheduling.optimiser.problem import Place, Reason
from scheduling.optimiser.times import Times, covered, first_slots


def reasons(times: Times, placed: Iterable[Place]) -> dict[str, str]:
    """Request → reason for every request that is not placed, in the problem's order."""
    placed = list(placed)
    rooms = _Rooms(times, placed)
    standing = {place.request for place in placed}
    return {
        request.id: str(rooms.reason(index))
        for index, request in enumerate(times.problem.requests)
        if request.id not in standing
    }


class _Rooms:
    """What every teacher and family still has free, as bits per evening."""

    def __init__(self, times: Times, placed: Iterable[Place]) -> None:
        self.times = times
        self.teacher_free = [list(there) for there in times.teacher_there]
        self.family_free = [list(there) for there in times.family_there]
        self.comes: list[set[int]] = [set() for _ in times.family_there]
        for place in placed:
            request = times.problem.requests[times.request[place.request]]
            e, gap = times.evening[place.evening], times.problem.gap_slots
            family, teacher = times.family[request.family], times.teacher[request.teacher]
            talk = ((1 << times.length[times.request[place.request]][e]) - 1) << place.slot
            self.teacher_free[teacher][e] &= ~talk
            self.family_free[family][e] &= ~(covered(talk, gap + 1) | covered(talk, gap + 1) >> gap)
            self.comes[family].add(e)

    def reason(self, index: int) -> Reason:
        """The first true answer, from what nobody can change to what a different choice would change."""
        times, request = self.times, self.times.problem.requests[index]
        family, teacher = times.family[request.family], times.teacher[request.teacher]
        starts, length = times.starts[index], times.length[index]
        if not any(times.teacher_there[teacher]):
            return Reason.NO_SLOTS
        if not any(starts):
            return Reason.NO_POSSIBLE_TIME
        bound = times.problem.one_evening_per_family and self.comes[family]
        evenings = sorted(self.comes[family]) if bound else range(len(starts))
        possible = [e for e in evenings if starts[e]]
        if not possible:
            return Reason.OTHER_EVENING
        found = {self._on_evening(e, family, teacher, starts[e], length[e]) for e in possible}
        for reason in (Reason.COSTS_MORE, Reason.EVENING_TOO_SHORT, Reason.OWN_TALKS, Reason.BREAK):
            if reason in found:
                return reason
        elsewhere = (e for e in range(len(starts)) if e not in possible)
        if any(starts[e] & self._teacher_starts(e, teacher, length[e]) for e in elsewhere):
            return Reason.OTHER_EVENING
        return Reason.FAMILY_TIMES if Reason.FAMILY_TIMES in found else Reason.TEACHER_FULL

    def _on_evening(self, e: int, family: int, teacher: int, starts: int, length: int) -> Reason:
        room = self._teacher_starts(e, teacher, length)
        own = first_slots(self.family_free[family][e], length)
        if starts & room & own:
            return Reason.COSTS_MORE
        if starts & room:
            return Reason.OWN_TALKS if own else Reason.EVENING_TOO_SHORT
        if starts & first_slots(self.teacher_free[teacher][e], length):
            return Reason.BREAK
        return Reason.FAMILY_TIMES if room else Reason.TEACHER_FULL

    def _teacher_starts(self, e: int, teacher: int, length: int) -> int:
        """Where the teacher could still begin a talk without losing its break."""
        free, pause = self.teacher_free[teacher][e], self.times.pause[teacher][e]
        starts = first_slots(free, length)
        if not pause:
            return starts
        talks = (((1 << length) - 1) << slot for slot in range(starts.bit_length()) if starts >> slot & 1)
        return sum(talk & -talk for talk in talks if free & pause & ~talk)
