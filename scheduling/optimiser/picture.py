"""A roster as a drawing (SVG): teachers or leaders down, time across, and who waits in colour."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import escape
from itertools import pairwise

from scheduling.optimiser.problem import (
    BadProblem,
    ConversationsProblem,
    ConversationsRoster,
    EveningProblem,
    EveningRoster,
    Problem,
    Roster,
)

CELL, ROW, LEFT, TOP = 26, 18, 70, 44
TALK, NEAR, WAITS, LONG_WAIT, OPEN = "#7fb2d6", "#79b791", "#e8b04b", "#c8553d", "#eef1f4"
STYLE = "text{font:10px sans-serif;fill:#22303c}.title{font-size:13px;font-weight:bold}.cell text{font-size:8px}"


def draw(problem: Problem, roster: Roster) -> str:
    """The drawing of a roster of conversations or evenings."""
    if isinstance(problem, EveningProblem) and isinstance(roster, EveningRoster):
        return _svg(_evening_sheets(problem, roster), "waits", "waits over 30 minutes")
    if isinstance(problem, ConversationsProblem) and isinstance(roster, ConversationsRoster):
        return _svg(_conversation_sheets(problem, roster), "sibling apart", "", near="siblings follow")
    raise BadProblem(["problem: swaps have no drawing"])


class _Sheet:
    """One block of the drawing: columns of time, rows of people, cells with a text and a colour."""

    def __init__(self, title: str, columns: list[str], rows: list[str]) -> None:
        self.title, self.columns, self.rows = title, columns, rows
        self.open: set[tuple[str, int]] = set()
        self.cells: list[tuple[str, int, int, str, str, str]] = []  # row, column, length, text, colour, hint


def _evening_sheets(problem: EveningProblem, roster: EveningRoster) -> Iterator[_Sheet]:
    requests, lengths = {request.id: request for request in problem.requests}, problem.lengths
    talks: dict[tuple[str, str], list[range]] = defaultdict(list)
    for place in roster.placed:
        request = requests[place.request]
        talks[request.family, place.evening].append(range(place.slot, place.slot + lengths.of(request, place.evening)))
    waits: dict[str, int] = defaultdict(int)
    for (family, _), spans in talks.items():
        between = max(span.stop for span in spans) - min(span.start for span in spans)
        waits[family] += between - sum(map(len, spans)) - problem.gap_slots * (len(spans) - 1)
    for evening in problem.evenings:
        start = datetime.fromisoformat(evening.starts_at)
        times = [start + timedelta(minutes=problem.slot_minutes * slot) for slot in range(evening.slots)]
        sheet = _Sheet(
            f"{evening.id}, {start:%d-%m-%Y}", [f"{time:%H:%M}" for time in times], [t.id for t in problem.teachers]
        )
        sheet.open = {(t.id, slot) for t in problem.teachers for name, slot in t.available if name == evening.id}
        for place in roster.placed:
            if place.evening == evening.id:
                request = requests[place.request]
                minutes = waits[request.family] * problem.slot_minutes
                colour = TALK if not minutes else WAITS if minutes <= 30 else LONG_WAIT
                hint = f"{request.id}: {request.family} with {request.teacher}, waits {minutes} minutes"
                length = lengths.of(request, place.evening)
                sheet.cells.append((request.teacher, place.slot, length, request.family, colour, hint))
        yield sheet


def _conversation_sheets(problem: ConversationsProblem, roster: ConversationsRoster) -> Iterator[_Sheet]:
    step = timedelta(minutes=problem.slot_minutes)
    talks = {talk.id: talk for talk in problem.talks}
    starts = {name: datetime.fromisoformat(start) for name, start in roster.placed.items()}
    near, apart = _siblings(problem, starts)
    slots = {leader.id: [datetime.fromisoformat(slot) for slot in leader.slots] for leader in problem.leaders}
    for day in sorted({slot.date() for own in slots.values() for slot in own}):
        times = sorted({slot for own in slots.values() for slot in own if slot.date() == day})
        column = {time: number for number, time in enumerate(times)}
        sheet = _Sheet(
            f"{day:%d-%m-%Y}", [f"{time:%H:%M}" for time in times], [leader.id for leader in problem.leaders]
        )
        sheet.open = {(leader, column[slot]) for leader, own in slots.items() for slot in own if slot in column}
        for name, start in starts.items():
            if start in column:
                talk = talks[name]
                colour = NEAR if name in near else WAITS if name in apart else TALK
                hint = f"{name}: {talk.pupil} with {talk.leader}, {start:%H:%M}-{start + talk.slots * step:%H:%M}"
                sheet.cells.append((talk.leader, column[start], talk.slots, talk.pupil, colour, hint))
        yield sheet


def _siblings(problem: ConversationsProblem, starts: dict[str, datetime]) -> tuple[set[str], set[str]]:
    """Talks that follow or precede a sibling's, and talks of siblings that do not."""
    length = {talk.id: timedelta(minutes=talk.slots * problem.slot_minutes) for talk in problem.talks}
    near: set[str] = set()
    everyone: set[str] = set()
    for group in problem.siblings:
        longest = timedelta(minutes=(group.gap_slots + 1) * problem.slot_minutes)
        ordered = sorted((name for name in group.talks if name in starts), key=lambda name: starts[name])
        everyone |= set(ordered)
        for first, second in pairwise(ordered):
            if starts[second] - starts[first] - length[first] <= longest:
                near |= {first, second}
    return near, everyone - near


def _svg(sheets: Iterator[_Sheet], amber: str, red: str, near: str = "") -> str:
    blocks, top, width = [], TOP, 400
    for sheet in sheets:
        blocks.append(_block(sheet, top))
        top += ROW * (len(sheet.rows) + 3)
        width = max(width, LEFT + CELL * len(sheet.columns) + 20)
    legend = [(TALK, "talk"), (NEAR, near), (WAITS, amber), (LONG_WAIT, red), (OPEN, "free")]
    shown = [(colour, text) for colour, text in legend if text]
    keys = "".join(_key(10 + 140 * number, colour, text) for number, (colour, text) in enumerate(shown))
    head = f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{top}" role="img"><title>Roster</title>'
    return f'{head}<style>{STYLE}</style><rect width="100%" height="100%" fill="white"/>{keys}{"".join(blocks)}</svg>\n'


def _key(x: int, colour: str, text: str) -> str:
    return f'<rect x="{x}" y="8" width="12" height="12" fill="{colour}"/><text x="{x + 16}" y="18">{text}</text>'


def _block(sheet: _Sheet, top: int) -> str:
    line = {name: top + ROW * (number + 1) for number, name in enumerate(sheet.rows)}
    parts = [f'<text class="title" x="10" y="{top - 4}">{escape(sheet.title)}</text>']
    parts += [
        f'<text x="{LEFT + CELL * number}" y="{top + ROW - 5}">{text}</text>'
        for number, text in enumerate(sheet.columns)
        if number % 2 == 0
    ]
    parts += [f'<text x="10" y="{y + 12}">{escape(name)}</text>' for name, y in line.items()]
    parts += [_rect(line[name], column, 1, OPEN) for name, column in sorted(sheet.open)]
    for name, column, length, text, colour, hint in sheet.cells:
        label = f'<text x="{LEFT + CELL * column + 3}" y="{line[name] + 11}">{escape(text)}</text>'
        rect = _rect(line[name], column, length, colour)
        parts.append(f'<g class="cell"><title>{escape(hint)}</title>{rect}{label}</g>')
    return "".join(parts)


def _rect(y: int, column: int, length: int, colour: str) -> str:
    x, width = LEFT + CELL * column, CELL * length - 2
    return f'<rect x="{x}" y="{y}" width="{width}" height="{ROW - 2}" rx="2" fill="{colour}"/>'
