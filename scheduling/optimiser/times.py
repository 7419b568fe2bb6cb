"""When each request could be placed, as bits per evening: what the split and the sheets both start from."""

from scheduling.optimiser.problem import EveningProblem, Place, Request


class Times:
    """Everything of an evening problem by number: evenings, requests, families and teachers in their given order."""

    def __init__(self, problem: EveningProblem) -> None:
        self.problem = problem
        self.evening = {evening.id: index for index, evening in enumerate(problem.evenings)}
        self.request = {request.id: index for index, request in enumerate(problem.requests)}
        self.family = {family.id: index for index, family in enumerate(problem.families)}
        self.teacher = {teacher.id: index for index, teacher in enumerate(problem.teachers)}
        self.slots = [evening.slots for evening in problem.evenings]
        self.family_there = [self._bits(family.available) for family in problem.families]
        self.teacher_there = [self._bits(teacher.available) for teacher in problem.teachers]
        self.pause = [[self._pause(t, e) for e in range(len(self.slots))] for t in range(len(self.teacher_there))]
        self.pinned = {place.request: place for place in problem.pinned}
        self.previous = {place.request: place for place in problem.previous if place.request in self.request}
        lengths = problem.lengths
        self.units = [[lengths.unit(teacher.id, e.id) for e in problem.evenings] for teacher in problem.teachers]
        self.length = [[lengths.of(request, e.id) for e in problem.evenings] for request in problem.requests]
        """Request → evening → how many slots its talk takes there."""
        self.starts = [self._starts(request) for request in problem.requests]
        self.requests_of: list[list[int]] = [[] for _ in problem.families]
        for index, request in enumerate(problem.requests):
            self.requests_of[self.family[request.family]].append(index)

    def place(self, request: int, evening: int, slot: int) -> Place:
        """A place by numbers as one by names."""
        return Place(self.problem.requests[request].id, self.problem.evenings[evening].id, slot)

    def begins(self, teacher: int, evening: int, slot: int) -> bool:
        """Whether talks of this teacher begin here."""
        return bool(beginnings(self.teacher_there[teacher][evening], self.units[teacher][evening]) >> slot & 1)

    def home(self, request: int, evening: int) -> int:
        """The slot of the request in the previous roster if it was on this evening, -1 otherwise."""
        place = self.previous.get(self.problem.requests[request].id)
        return place.slot if place and self.evening[place.evening] == evening else -1

    def likely_evening(self, family: int) -> int:
        """The evening on which most of the family's requests could be placed."""
        requests = self.requests_of[family]
        return max(range(len(self.slots)), key=lambda e: (sum(self.starts[r][e] > 0 for r in requests), -e))

    def _bits(self, available: tuple[tuple[str, int], ...]) -> list[int]:
        bits = [0] * len(self.slots)
        for evening, slot in available:
            bits[self.evening[evening]] |= 1 << slot
        return bits

    def _pause(self, teacher: int, evening: int) -> int:
        """The break's window as bits, 0 when the teacher need not have one on this evening."""
        pause = self.problem.teachers[teacher].pause
        if pause is None:
            return 0
        window = (1 << pause.until) - (1 << pause.start)
        return window if self.teacher_there[teacher][evening] & window == window else 0

    def _starts(self, request: Request) -> list[int]:
        pin = self.pinned.get(request.id)
        if pin is not None:
            return [1 << pin.slot if evening == self.evening[pin.evening] else 0 for evening in range(len(self.slots))]
        family = self.family_there[self.family[request.family]]
        number = self.teacher[request.teacher]
        lengths = self.length[self.request[request.id]]
        return [
            first_slots(family[e] & there, lengths[e]) & beginnings(there, self.units[number][e])
            for e, there in enumerate(self.teacher_there[number])
        ]


def first_slots(free: int, length: int) -> int:
    """The slots from which `length` slots in a row are free."""
    bits = free
    for step in range(1, length):
        bits &= free >> step
    return bits


def beginnings(there: int, unit: int) -> int:
    """Where talks of so many slots may begin: in every stretch one after the other, from its beginning."""
    if unit == 1:
        return there
    bits = run = 0
    for slot in range(there.bit_length()):
        run = run + 1 if there >> slot & 1 else 0
        if run and (run - 1) % unit == 0:
            bits |= 1 << slot
    return bits


def covered(starts: int, length: int) -> int:
    """The slots that a talk with these possible starts may use."""
    bits = starts
    for step in range(1, length):
        bits |= starts << step
    return bits
