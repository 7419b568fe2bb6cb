"""Recompute every rule and every figure of a roster, sharing nothing with the solvers but the dataclasses.

`check` answers with one sentence per broken rule. The `…_score` functions recompute the figures alone. This module is
written for being read beside INTERFACES, not for speed.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import combinations, pairwise

from scheduling.optimiser.problem import (
    ConversationsProblem,
    ConversationsRoster,
    ConversationsScore,
    EveningProblem,
    EveningRoster,
    EveningScore,
    Place,
    Problem,
    Reason,
    Roster,
    Siblings,
    SwapsProblem,
    SwapsRoster,
)

Span = tuple[datetime, datetime]


def check(problem: Problem, roster: Roster) -> list[str]:
    """One sentence per broken rule; empty when the roster is what it says it is."""
    if isinstance(problem, ConversationsProblem) and isinstance(roster, ConversationsRoster):
        return _check_conversations(problem, roster)
    if isinstance(problem, EveningProblem) and isinstance(roster, EveningRoster):
        return _check_evening(problem, roster)
    if isinstance(problem, SwapsProblem) and isinstance(roster, SwapsRoster):
        return _check_swaps(problem, roster)
    return ["the roster is of another kind than the problem"]


def score(problem: Problem, roster: Roster) -> dict[str, int]:
    """The recomputed score of a roster of which the ids are known."""
    if isinstance(problem, ConversationsProblem) and isinstance(roster, ConversationsRoster):
        return asdict(conversations_score(problem, roster.placed))
    if isinstance(problem, EveningProblem) and isinstance(roster, EveningRoster):
        return asdict(evening_score(problem, roster.placed))
    return {"served": len(roster.moves)} if isinstance(roster, SwapsRoster) else {}


# conversations


def conversations_score(problem: ConversationsProblem, placed: Mapping[str, str]) -> ConversationsScore:
    """The sum to be minimised, and the sibling pairs."""
    spans = _conversation_spans(problem, placed)
    objective = sum(talk.cost[placed[talk.id]] if talk.id in placed else 60 for talk in problem.talks)
    pairs = adjacent = 0
    for group in problem.siblings:
        near, longer = _adjacent_pairs(group, spans, problem.slot_minutes)
        pairs, adjacent = pairs + len(group.talks) - 1, adjacent + near
        objective += 15 * (len(group.talks) - 1 - near) + longer
    return ConversationsScore(objective, pairs, adjacent)


def _conversation_spans(problem: ConversationsProblem, placed: Mapping[str, str]) -> dict[str, Span]:
    spans = {}
    for talk in problem.talks:
        if talk.id in placed:
            start = datetime.fromisoformat(placed[talk.id])
            spans[talk.id] = (start, start + timedelta(minutes=talk.slots * problem.slot_minutes))
    return spans


def _adjacent_pairs(group: Siblings, spans: Mapping[str, Span], slot_minutes: int) -> tuple[int, int]:
    """Neighbours in time that follow each other, and how many of them at more than the shortest gap."""
    shortest = timedelta(minutes=group.gap_slots * slot_minutes)
    longest = shortest + timedelta(minutes=slot_minutes)
    near = longer = 0
    for (begin, end), (following, _) in pairwise(sorted(spans[name] for name in group.talks if name in spans)):
        if begin.date() == following.date() and shortest <= following - end <= longest:
            near, longer = near + 1, longer + (following - end > shortest)
    return near, longer


def _check_conversations(problem: ConversationsProblem, roster: ConversationsRoster) -> list[str]:
    talks = {talk.id: talk for talk in problem.talks}
    broken = _check_ids(talks, roster.placed, roster.unplaced)
    known = {name: start for name, start in roster.placed.items() if name in talks}
    broken += [
        f"talk {name} is at {start}, which is not possible for it"
        for name, start in known.items()
        if start not in talks[name].cost
    ]
    broken += [
        f"talk {name} is not at {start}, where it is pinned"
        for name, start in problem.pinned.items()
        if known.get(name) != start
    ]
    spans = _conversation_spans(problem, known)
    broken += _check_leaders(problem, spans)
    for group in problem.siblings:
        broken += _overlaps(f"siblings {list(group.talks)}", {n: spans[n] for n in group.talks if n in spans})
    for name, leader in problem.guardian_leads:
        for other in problem.talks:
            if other.leader == leader and other.id != name and {name, other.id} <= spans.keys():
                broken += _overlaps(f"guardian {leader}", {n: spans[n] for n in (name, other.id)})
    if broken or roster.score is None:
        return broken
    true = conversations_score(problem, known)
    broken += _check_figures(asdict(roster.score), asdict(true))
    if roster.bound is not None and not problem.previous and true.objective < roster.bound:
        broken.append(f"the bound {roster.bound} is above the objective {true.objective}")
    if roster.status == "optimal" and roster.bound != true.objective:
        broken.append("the status is optimal although the objective is not the bound")
    return broken


def _check_leaders(problem: ConversationsProblem, spans: Mapping[str, Span]) -> list[str]:
    broken = []
    step = timedelta(minutes=problem.slot_minutes)
    for leader in problem.leaders:
        own = {talk.id: spans[talk.id] for talk in problem.talks if talk.leader == leader.id and talk.id in spans}
        open_slots = {datetime.fromisoformat(slot) for slot in leader.slots}
        broken += _overlaps(f"leader {leader.id}", own)
        taken = {name: _steps(span, step) for name, span in own.items()}
        for name, slots in taken.items():
            if not set(slots) <= open_slots:
                broken.append(f"talk {name} runs outside the slots of leader {leader.id}")
        if problem.max_in_a_row and _longest_row(taken.values(), step) > problem.max_in_a_row:
            broken.append(f"leader {leader.id} has more than {problem.max_in_a_row} slots in a row")
    return broken


def _steps(span: Span, step: timedelta) -> list[datetime]:
    return [span[0] + step * index for index in range((span[1] - span[0]) // step)]


def _longest_row(taken: Iterable[list[datetime]], step: timedelta) -> int:
    slots = {slot for slots in taken for slot in slots}
    longest = 0
    for slot in slots:
        row = 1
        while slot + row * step in slots:
            row += 1
        longest = max(longest, row)
    return longest


def _overlaps(whose: str, spans: Mapping[str, Span]) -> list[str]:
    return [
        f"{whose}: the talks {first} and {second} overlap"
        for first, second in combinations(sorted(spans), 2)
        if spans[first][0] < spans[second][1] and spans[second][0] < spans[first][1]
    ]


# evenings


def evening_score(problem: EveningProblem, placed: Iterable[Place]) -> EveningScore:
    """The five levels of the objective."""
    requests = {request.id: request for request in problem.requests}
    places = list(placed)
    waits = _waits(problem, places)
    asked = Counter(request.family for request in problem.requests)
    got = Counter(requests[place.request].family for place in places)
    return EveningScore(
        weight=sum(requests[place.request].weight for place in places),
        families_over_30=sum(wait * problem.slot_minutes > 30 for wait in waits.values()),
        waiting_slots=sum(waits.values()),
        families_under_half=sum(2 * got[family] < number for family, number in asked.items()),
        idle_slots=_idle_slots(problem, places),
    )


def _busy(problem: EveningProblem, places: Iterable[Place], whose: str) -> dict[tuple[str, str], list[range]]:
    """The talks of each family or teacher per evening, in time order."""
    requests, lengths = {request.id: request for request in problem.requests}, problem.lengths
    busy: dict[tuple[str, str], list[range]] = defaultdict(list)
    for place in places:
        request = requests[place.request]
        owner = request.family if whose == "family" else request.teacher
        busy[owner, place.evening].append(range(place.slot, place.slot + lengths.of(request, place.evening)))
    return {key: sorted(talks, key=lambda talk: talk.start) for key, talks in busy.items()}


def _waits(problem: EveningProblem, places: Iterable[Place]) -> dict[str, int]:
    """Slots each family waits, over its evenings."""
    waits: dict[str, int] = defaultdict(int)
    for (family, _), talks in _busy(problem, places, "family").items():
        occupied = {slot for talk in talks for slot in talk}
        between = range(talks[0].start, max(talk.stop for talk in talks))
        empty = sum(slot not in occupied for slot in between)
        waits[family] += empty - problem.gap_slots * (len(talks) - 1)
    return waits


def _idle_slots(problem: EveningProblem, places: Iterable[Place]) -> int:
    """Slots at which a teacher is there without a talk, between the first and the last talk of an evening."""
    there = {teacher.id: set(teacher.available) for teacher in problem.teachers}
    idle = 0
    for (teacher, evening), talks in _busy(problem, places, "teacher").items():
        occupied = {slot for talk in talks for slot in talk}
        between = range(talks[0].start, max(talk.stop for talk in talks))
        idle += sum(slot not in occupied and (evening, slot) in there[teacher] for slot in between)
    return idle


def _check_evening(problem: EveningProblem, roster: EveningRoster) -> list[str]:
    requests = {request.id: request for request in problem.requests}
    broken = _check_ids(requests, (place.request for place in roster.placed), roster.unplaced)
    places = [place for place in roster.placed if place.request in requests]
    broken += _check_presence(problem, places)
    broken += _check_clashes(problem, places)
    broken += _check_breaks(problem, places)
    standing = {place.request: place for place in places}
    broken += [
        f"request {pin.request} is not where it is pinned" for pin in problem.pinned if standing.get(pin.request) != pin
    ]
    if problem.one_evening_per_family:
        evenings: dict[str, set[str]] = defaultdict(set)
        for place in places:
            evenings[requests[place.request].family].add(place.evening)
        broken += [f"family {family} comes on several evenings" for family in evenings if len(evenings[family]) > 1]
    if broken or roster.score is None:
        return broken
    return _check_evening_figures(roster, evening_score(problem, places))


def _check_presence(problem: EveningProblem, places: Iterable[Place]) -> list[str]:
    requests = {request.id: request for request in problem.requests}
    teachers = {teacher.id: set(teacher.available) for teacher in problem.teachers}
    families = {family.id: set(family.available) for family in problem.families}
    broken, lengths = [], problem.lengths
    for place in places:
        request = requests[place.request]
        spots = {(place.evening, place.slot + step) for step in range(lengths.of(request, place.evening))}
        if not _begins_in_step(place, teachers[request.teacher], lengths.unit(request.teacher, place.evening)):
            broken.append(f"request {request.id} begins between two times of its teacher")
        for who, there in (("teacher", teachers[request.teacher]), ("family", families[request.family])):
            if not spots <= there:
                broken.append(f"request {request.id} is at a time when the {who} is not there")
    return broken


def _begins_in_step(place: Place, there: Collection[tuple[str, int]], unit: int) -> bool:
    """Whole talks fit between this one and the beginning of the teacher's stretch."""
    before = 0
    while unit > 1 and (place.evening, place.slot - before - 1) in there:
        before += 1
    return before % unit == 0


def _check_clashes(problem: EveningProblem, places: list[Place]) -> list[str]:
    broken = []
    for whose, gap in (("teacher", 0), ("family", problem.gap_slots)):
        for (owner, evening), talks in _busy(problem, places, whose).items():
            for first, second in pairwise(talks):
                if second.start < first.stop:
                    broken.append(f"{whose} {owner} has two talks at once on evening {evening}, slot {second.start}")
                elif second.start < first.stop + gap:
                    broken.append(f"{whose} {owner} has less than {gap} slots between two talks on evening {evening}")
    return broken


def _check_breaks(problem: EveningProblem, places: list[Place]) -> list[str]:
    broken = []
    busy = _busy(problem, places, "teacher")
    for teacher in problem.teachers:
        for evening in problem.evenings:
            window = set(range(teacher.pause.start, teacher.pause.until)) if teacher.pause else set()
            occupied = {slot for talk in busy.get((teacher.id, evening.id), []) for slot in talk}
            bound = window and {(evening.id, slot) for slot in window} <= set(teacher.available)
            if bound and window <= occupied:
                broken.append(f"teacher {teacher.id} has no break on evening {evening.id}")
    return broken


def _check_evening_figures(roster: EveningRoster, true: EveningScore) -> list[str]:
    broken = _check_figures(asdict(roster.score) if roster.score else {}, asdict(true))
    if roster.bound is None:
        return broken
    levels = ("weight", "families_over_30", "waiting_slots")
    if true.weight > roster.bound.weight:
        broken.append(f"the weight {true.weight} is above its bound {roster.bound.weight}")
    at_bound = all(getattr(true, level) == getattr(roster.bound, level) for level in levels)
    if roster.status == "optimal" and not at_bound:
        broken.append("the status is optimal although the score is not the bound")
    if true.weight == roster.bound.weight:
        first_worse = next(
            (level for level in levels[1:] if getattr(true, level) != getattr(roster.bound, level)), None
        )
        if first_worse and getattr(true, first_worse) < getattr(roster.bound, first_worse):
            broken.append(f"{first_worse} is below its bound")
    return broken


# swaps


def _check_swaps(problem: SwapsProblem, roster: SwapsRoster) -> list[str]:
    own = {slot.holder: slot.id for slot in problem.slots if slot.holder is not None}
    moves = {move.talk: move for move in roster.moves}
    broken = [f"talk {talk} moves twice" for talk, times in Counter(m.talk for m in roster.moves).items() if times > 1]
    for move in roster.moves:
        if own.get(move.talk) != move.origin:
            broken.append(f"talk {move.talk} does not hold slot {move.origin}")
        if move.target not in problem.wishes.get(move.talk, ()):
            broken.append(f"talk {move.talk} does not wish slot {move.target}")
    after = {slot.id: [slot.holder] for slot in problem.slots if slot.holder is not None and slot.holder not in moves}
    for move in roster.moves:
        after.setdefault(move.target, []).append(move.talk)
    broken += [
        f"slot {slot} would be held by {' and '.join(map(str, who))}" for slot, who in after.items() if len(who) > 1
    ]
    for group in problem.together:
        if 0 < sum(talk in moves for talk in group) < len(group):
            broken.append(f"talks {list(group)} do not move together")
    broken += _check_proposals(problem, roster, own, moves.keys())
    if not broken and roster.served != len(roster.moves):
        broken.append(f"score says {roster.served} served, it is {len(roster.moves)}")
    if not broken and roster.served > roster.bound:
        broken.append(f"the served talks {roster.served} are above their bound {roster.bound}")
    return broken


def _check_proposals(
    problem: SwapsProblem, roster: SwapsRoster, own: Mapping[str, str], moving: Iterable[str]
) -> list[str]:
    """Each proposal must be possible by itself, whatever becomes of the others."""
    broken = []
    named = Counter(talk for proposal in roster.proposals for talk in proposal)
    if named != Counter(moving):
        broken.append("the proposals are not exactly the moves, each once")
    target = {move.talk: move.target for move in roster.moves}
    holder = {slot: talk for talk, slot in own.items()}
    for proposal in roster.proposals:
        if problem.max_parties is not None and len(proposal) > problem.max_parties:
            broken.append(f"proposal {list(proposal)} has more than {problem.max_parties} parties")
        for talk in proposal:
            there = holder.get(target.get(talk, ""))
            if there is not None and there not in proposal:
                broken.append(f"proposal {list(proposal)} needs the slot of {there}")
        for group in problem.together:
            if 0 < len(set(group) & set(proposal)) < len(group):
                broken.append(f"proposal {list(proposal)} splits {list(group)}")
    return broken


# all kinds


def _check_ids(known: Iterable[str], placed: Iterable[str], unplaced: Mapping[str, str]) -> list[str]:
    names, places = set(known), Counter(list(placed))
    broken = [f"{name} is not in the problem" for name in sorted({*places, *unplaced} - names)]
    broken += [f"{name} is placed twice" for name, times in places.items() if times > 1]
    broken += [f"{name} is both placed and not" for name in sorted(places.keys() & unplaced.keys())]
    if unplaced or len(places) == len(names):
        broken += [f"{name} is neither placed nor unplaced" for name in sorted(names - {*places, *unplaced})]
    reasons = {str(reason) for reason in Reason}
    broken += [f"{name} has the unknown reason {why}" for name, why in unplaced.items() if why not in reasons]
    return broken


def _check_figures(said: Mapping[str, int], true: Mapping[str, int]) -> list[str]:
    return [f"score says {name} {said[name]}, it is {true[name]}" for name in true if said[name] != true[name]]
