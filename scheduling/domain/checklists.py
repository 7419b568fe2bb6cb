"""How well a mentor knows the parents of each pupil, for the mentor alone: twice a year, with one next step.

Words, never a figure: nothing here is added up, and nobody is put in an order by it.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from scheduling.domain.errors import Invalid
from scheduling.domain.imports import Problem
from scheduling.domain.kept_tables import KeptTable
from scheduling.domain.texts import TextTooLong, clean, ensure_inviting, one_line

LONGEST_STEP = 200
LONGEST_ITEM = 120
MOST_OWN = 3
"""So many items of its own a school may add."""


class Moment(StrEnum):
    """Before the autumn holiday, and once more after the winter holiday."""

    AUTUMN = "autumn"
    WINTER = "winter"


class Kind(StrEnum):
    """How an item is answered."""

    YES_NO = "yes_no"
    DEGREE = "degree"

    @property
    def answers(self) -> "tuple[Answer, ...]":
        return YES_OR_NO if self is Kind.YES_NO else DEGREES


class Answer(StrEnum):
    """What a mentor says on an item."""

    YES = "yes"
    NO = "no"
    NOT_YET = "1"
    A_LITTLE = "2"
    FAIRLY = "3"
    WELL = "4"


YES_OR_NO = (Answer.YES, Answer.NO)
DEGREES = (Answer.NOT_YET, Answer.A_LITTLE, Answer.FAIRLY, Answer.WELL)


class Asked(StrEnum):
    """What an item asks, by key; and the one next step, which is kept beside the answers."""

    TALK = "talk"
    EVENING = "evening"
    EASY_PARENT = "easy_parent"
    EASY_SELF = "easy_self"
    BACKGROUND = "background"
    TRUST = "trust"
    OTHER_ADULT = "other_adult"
    OWN1 = "own1"
    OWN2 = "own2"
    OWN3 = "own3"
    STEP = "step"


TALK = Asked.TALK
"""Whether somebody came to a talk: the house knows it where the mentor ticked who came."""

STEP = Asked.STEP


@dataclass(frozen=True)
class Item:
    """One line of the list. `words` empty: the usual ones."""

    key: Asked
    kind: Kind
    on: bool = True
    words: str = ""


USUAL = (
    Item(TALK, Kind.YES_NO),
    Item(Asked.EVENING, Kind.YES_NO),
    Item(Asked.EASY_PARENT, Kind.DEGREE),
    Item(Asked.EASY_SELF, Kind.DEGREE),
    Item(Asked.BACKGROUND, Kind.DEGREE),
    Item(Asked.TRUST, Kind.DEGREE, on=False),
    Item(Asked.OTHER_ADULT, Kind.YES_NO),
)
"""What a list begins with; one that judges a parent is off until a school wants it."""

OWN = tuple(Item(key, Kind.DEGREE, on=False) for key in (Asked.OWN1, Asked.OWN2, Asked.OWN3))
"""Items of the school's own, which it words itself."""

EVERY = (*USUAL, *OWN)


class ItemNeedsWords(Invalid):
    """An item of the school's own has words."""

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self.field = field


class RowFault(Invalid):
    """What is the matter with one row of a spreadsheet; nothing of the list is kept."""

    field = "rows"

    def __init__(self, row: int, found: str = "", column: str = "") -> None:
        super().__init__(row, found, column)
        self.row, self.found, self.column = row, found, column


class NotAnAnswer(RowFault):
    """In a row stands something that this item has no answer for."""


class NotInThisClass(RowFault):
    """A row is about a pupil who is not in this class."""


class PupilTwice(RowFault):
    """A pupil has a row already."""


class RowTooWide(RowFault):
    """A row has more cells than there are titles: which is which cannot be told."""


class StepTooLong(RowFault):
    """The next step is longer than a line."""


class RowsRefused(Invalid):
    """Some rows do not go, so none does; each with its line and what is the matter. `table`: as they came."""

    field = "rows"

    def __init__(self, faults: Sequence[RowFault], table: KeptTable | None = None) -> None:
        super().__init__(len(faults))
        self.faults, self.table = tuple(faults), table


class NoRows(Invalid):
    """The first row has the titles, the first of them the pupil's number; then come the pupils."""

    field = "rows"


class ListUnreadable(Invalid):
    """The file is no table that can be read."""

    field = "file"

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(len(problems))
        self.problems = tuple(problems)


def tidy_item(item: Item, usual: Item) -> Item:
    """As a school may keep it: short, and in the way that a parent may read."""
    words = one_line(clean(item.words)).strip()
    field = f"words_{item.key}"
    if len(words) > LONGEST_ITEM:
        raise TextTooLong(LONGEST_ITEM, field)
    ensure_inviting(words, field=field)
    if item.on and not words and usual in OWN:
        raise ItemNeedsWords(field)
    return Item(item.key, item.kind if usual in OWN else usual.kind, item.on, words)


def tidy_step(text: str) -> str:
    """One next step, in a line."""
    found = one_line(clean(text)).strip()
    if len(found) > LONGEST_STEP:
        raise TextTooLong(LONGEST_STEP, STEP)
    return found


def tidy_answers(items: Sequence[Item], answers: Mapping[str, str]) -> dict[Asked, str]:
    """Per item of the list the answer; nothing where it was left open."""
    said = {item.key: answers.get(item.key, "") for item in items}
    return {item.key: said[item.key] if said[item.key] in item.kind.answers else "" for item in items}


def moment_on(today: date, year_starts: date) -> Moment:
    """Which of the two is at hand: the autumn until the new year."""
    return Moment.WINTER if today >= date(year_starts.year + 1, 1, 1) else Moment.AUTUMN


def changed(items: Sequence[Item], first: Mapping[Asked, str], second: Mapping[Asked, str]) -> tuple[Item, ...]:
    """On which items the second answer is another than the first; never which is better."""
    return tuple(
        item for item in items if first.get(item.key) and second.get(item.key) and first[item.key] != second[item.key]
    )


@dataclass(frozen=True)
class Reading:
    """How the rows of a spreadsheet are read: all words in small letters."""

    titles: Mapping[str, Asked]
    """What a column is about, by its title."""
    answers: Mapping[Asked, Mapping[str, Answer]]
    pupils: Mapping[str, int]
    """Who is meant, by the pupil's number."""
    passed_over: frozenset[str] = frozenset()
    """Titles of columns that only help the eye, as names."""


@dataclass(frozen=True)
class FilledRow:
    """What one row says of a pupil; a column that is not there leaves as it is what stands in the list."""

    row: int
    pupil_id: int
    said: Mapping[Asked, str]


@dataclass(frozen=True)
class FilledRows:
    """All rows of a spreadsheet, and the titles that say nothing to us."""

    rows: tuple[FilledRow, ...]
    unread: tuple[str, ...]


def pasted(text: str) -> KeptTable:
    """Rows as copied from a spreadsheet, each with the number of its line."""
    text = text.removeprefix("\ufeff")
    first = next((line for line in text.splitlines() if line.strip()), "")
    lines = csv.reader(text.splitlines(), delimiter="\t" if "\t" in first else ";")
    try:
        rows = [(lines.line_num, tuple(cells)) for cells in lines if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise NoRows from error
    return KeptTable(rows[0][1], tuple(rows[1:])) if rows else KeptTable((), ())


def as_pasted(table: KeptTable) -> str:
    """The same as text, each row on its own line, so that it can be mended on the page."""
    lines = dict(table.rows)
    out = io.StringIO()
    writer = csv.writer(out, delimiter="\t", lineterminator="\n")
    for number in range(1, max(lines, default=1) + 1):
        cells = table.header if number == 1 else lines.get(number, ())
        writer.writerow([one_line(cell) for cell in cells])
    return out.getvalue()


def rows_of(table: KeptTable, reading: Reading) -> FilledRows:
    """What the rows say, or everything that is the matter with them."""
    columns = [reading.titles.get(title.strip().casefold()) for title in table.header]
    if not table.rows or not any(columns[1:]):
        raise NoRows
    faults: list[RowFault] = []
    rows: dict[int, FilledRow] = {}
    for number, cells in table.rows:
        tidy = [_tidy_cell(cell) for cell in cells]
        pupil_id = reading.pupils.get(tidy[0])
        if pupil_id is None:
            faults.append(NotInThisClass(number, tidy[0]))
        elif pupil_id in rows:
            faults.append(PupilTwice(number, tidy[0]))
        else:
            rows[pupil_id] = FilledRow(number, pupil_id, _said(number, tidy, columns, table.header, reading, faults))
    if faults:
        raise RowsRefused(faults, table)
    unread = [
        title.strip()
        for title, column in zip(table.header[1:], columns[1:], strict=True)
        if column is None and title.strip() and title.strip().casefold() not in reading.passed_over
    ]
    return FilledRows(tuple(rows.values()), tuple(unread))


def _said(
    number: int, cells: Sequence[str], columns: Sequence[Asked | None], header: Sequence[str], reading: Reading,
    faults: list[RowFault],
) -> dict[Asked, str]:  # fmt: skip
    if any(cells[len(header) :]):
        faults.append(RowTooWide(number))
        return {}
    said: dict[Asked, str] = {}
    for cell, column, title in zip(cells, columns, header, strict=False):
        if column is STEP:
            said[STEP] = cell
            if len(cell) > LONGEST_STEP:
                faults.append(StepTooLong(number))
        elif column is not None:
            said[column] = reading.answers[column].get(cell.casefold(), "")
            if cell and not said[column]:
                faults.append(NotAnAnswer(number, cell, title.strip()))
    return said


def _tidy_cell(cell: str) -> str:
    """As it is kept; without the mark that our own files put before what a spreadsheet would calculate."""
    text = one_line(clean(cell)).strip()
    return text[1:] if text[:2] in ("'=", "'+", "'-", "'@") else text
