"""Why a request of an evening stands where it stands: what every other time would mean.

For each time at which somebody could have looked, the first thing that is in the way:

here            the request stands here
pinned          it is pinned elsewhere
teacher_away    the teacher is not there for all of the talk
family_away     the family is not there for all of the talk
other_evening   the family's other talks are on another evening, and it comes on one
teacher_busy    the teacher has another talk
family_busy     the family has another talk
too_close       another talk of the family is too near to walk
break           it would take the teacher's break
free            nothing: `change` says what each figure of the score would become more or less
"""

from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from scheduling.optimiser import checker
from scheduling.optimiser.problem import BadProblem, EveningProblem, EveningRoster, Place
from scheduling.optimiser.times import Times, covered


def explain(problem: EveningProblem, roster: EveningRoster, name: str) -> dict[str, Any]:
    """The place of one request, or the reason why it has none, and what every time would mean."""
    times = Times(problem)
    if name not in times.request:
        raise BadProblem([f"problem: there is no request {name}"])
    others = [place for place in roster.placed if place.request != name and place.request in times.request]
    own = next((place for place in roster.placed if place.request == name), None)
    around = _Around(times, name, others)
    found: list[dict[str, Any]] = []
    for e, evening in enumerate(problem.evenings):
        for slot in range(evening.slots):
            place = times.place(times.request[name], e, slot)
            what: dict[str, Any] = {"why": "here"} if place == own else {"why": around.why(e, slot)}
            if what["why"] == "free":
                what["change"] = _change(problem, [*others, *([own] if own else [])], [*others, place])
            found.append({"evening": evening.id, "slot": slot, **what})
    stands = own.as_json() if own else None
    return {"request": name, "place": stands, "reason": roster.unplaced.get(name), "times": found}


def _change(problem: EveningProblem, now: Iterable[Place], then: Iterable[Place]) -> dict[str, int]:
    before, after = (asdict(checker.evening_score(problem, places)) for places in (now, then))
    return {level: after[level] - before[level] for level in after}


class _Around:
    """What is taken around one request by all others, as bits per evening."""

    def __init__(self, times: Times, name: str, others: Iterable[Place]) -> None:
        self.times, self.pinned = times, times.pinned.get(name)
        request = times.problem.requests[times.request[name]]
        self.talks = [(1 << length) - 1 for length in times.length[times.request[name]]]
        self.family, self.teacher = times.family[request.family], times.teacher[request.teacher]
        count = len(times.slots)
        self.family_busy, self.too_close, self.teacher_busy = [0] * count, [0] * count, [0] * count
        for place in others:
            other, e = times.problem.requests[times.request[place.request]], times.evening[place.evening]
            taken = ((1 << times.length[times.request[place.request]][e]) - 1) << place.slot
            if other.family == request.family:
                gap = times.problem.gap_slots
                self.family_busy[e] |= taken
                self.too_close[e] |= covered(taken, gap + 1) | covered(taken, gap + 1) >> gap
            if other.teacher == request.teacher:
                self.teacher_busy[e] |= taken

    def why(self, e: int, slot: int) -> str:
        """What is in the way of a talk that would begin here."""
        times, talk = self.times, self.talks[e] << slot
        comes = [n for n, taken in enumerate(self.family_busy) if taken]
        pause = times.pause[self.teacher][e]
        in_the_way = {
            "pinned": self.pinned is not None,
            "teacher_away": talk & ~times.teacher_there[self.teacher][e] or not times.begins(self.teacher, e, slot),
            "family_away": talk & ~times.family_there[self.family][e],
            "other_evening": times.problem.one_evening_per_family and comes and e not in comes,
            "teacher_busy": talk & self.teacher_busy[e],
            "family_busy": talk & self.family_busy[e],
            "too_close": talk & self.too_close[e],
            "break": pause and not pause & ~self.teacher_busy[e] & ~talk,
        }
        return next((why for why, is_so in in_the_way.items() if is_so), "free")
